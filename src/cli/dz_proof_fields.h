/* What a proof shows of an entry to whoever gets it, and what it withholds.
 *
 * A proof leaves as a package does, so it shows no more by itself. Of sources that are open, and
 * published or official, and of facts that rest on such sources only, everything is shown but what
 * packages withhold of every entry. Of all others, and of entries that are about neither, only what
 * an entry is and where it stands. --show and --withhold change that field by field. */
#ifndef DZ_PROOF_FIELDS_H
#define DZ_PROOF_FIELDS_H

#include <jansson.h>
#include <stdbool.h>

#include "dz_cmd.h"

#define DZ_PROOF_NAMES_MAX 64 /* after one option */

struct dz_proof_fields {
    const char *shown[DZ_PROOF_NAMES_MAX + 1]; /* names after --show, NULL-ended, borrowed */
    const char *withheld[DZ_PROOF_NAMES_MAX + 1];
    bool show_all;
    json_t *present;   /* objects used as sets: all fields of the entries that were read, */
    json_t *seen;      /* those that are shown of at least one of them, */
    json_t *kept_back; /* those that are withheld of at least one */
    json_t *judged;    /* source -> whether it may be shown */
};

/** Take apart the texts of both options, either of which may be NULL. Commas in them become NULs,
 *  and ret borrows them until dz_proof_fields_done. DZ_E_USAGE. */
DZ_MUSTUSE enum dz_code
dz_proof_fields_begin(char *show, char *withhold, struct dz_proof_fields *ret, struct dz_err *err);
void
dz_proof_fields_done(struct dz_proof_fields *p);

/** The names to withhold of one entry, a new list. Notices say what there is to be careful about
 *  its sources, once for each. */
DZ_MUSTUSE enum dz_code
dz_proof_fields_of(struct dz_ctx *c, struct dz_proof_fields *p, const json_t *body, json_t **ret,
                   struct dz_err *err);
/** When all entries were looked at: the options name fields that there are. DZ_E_USAGE. */
DZ_MUSTUSE enum dz_code
dz_proof_fields_check(const struct dz_proof_fields *p, struct dz_err *err);
/** What the reader of the proofs sees and what not: on standard output, or as notices where that is
 *  taken by the proof itself. */
void
dz_proof_fields_tell(struct dz_ctx *c, const struct dz_proof_fields *p, bool as_notices);

#endif
