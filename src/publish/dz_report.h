/* The report: one self-contained HTML file for reading, printing and filing.
 *
 * No script, no external resource, nothing hidden: summary, limits, chronology, matrix, ledger of
 * figures, acts by sphere, statements, sources with their hashes, and every quote with its context.
 * Every number leads to its quotes, every quote to its source and back. The same collection, scope
 * and options give the same bytes; the time of making is the caller's.
 *
 * What does not stand in it: sources that are not open, testimonies and private documents without a
 * consent record, notes of coders, protected persons. For publication also everything whose basis
 * is not stated; acts are then coarsened to month and raion. */
#ifndef DZ_REPORT_H
#define DZ_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_err.h"
#include "dz_leak.h"
#include "dz_matrix.h"
#include "dz_origin.h"
#include "dz_rules.h"
#include "dz_tr.h"
#include "dz_vault.h"

struct dz_report_opts {
    enum dz_lang lang;
    const char *title;     /* NULL: a plain one */
    const char *purpose;   /* id of the list consent_purpose, or "internal"; NULL: internal */
    const char *recipient; /* NULL: nobody named */
    bool for_publication;  /* --public */
    int64_t generated_us;
    struct dz_scope scope;
    enum dz_matrix_level level;
    enum dz_matrix_step step; /* DZ_STEP_MONTH is turned into quarters where columns get too many */
    bool without_reference;   /* leave out reference measures */
    struct dz_leaks *leaks; /* with for_publication: as in dz_package_out.h; NULL: no scan */
    bool only_scan;         /* write nothing */
};

/** Write the report to sink, in pieces. The language of the thread is the same afterwards.
 *  DZ_E_USAGE: a purpose that is not known; DZ_E_INPUT: place, sphere or period unknown;
 *  DZ_E_LIMIT: too much for one report, narrow it; or what sink says. */
DZ_MUSTUSE enum dz_code
dz_report_html(struct dz_vault *v, const struct dz_rules *rules, const struct dz_report_opts *opts,
               dz_chunk_fn *sink, void *ctx, struct dz_err *err);

#endif
