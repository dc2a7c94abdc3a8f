/* What the public is told: one place that decides it for every view, report and package.
 *
 * A fact that rests on published and official sources alone is shown, an act only by month and
 * by raion or wider area. An act that rests on a source of which consent says that it may be
 * counted (purpose anonymised_statistics) is never shown by itself and only adds to numbers.
 * Anything else stays inside.
 *
 * Numbers are held back where they are small. Counted acts fill a table of place (oblast,
 * raion), time (year, quarter, month) and sphere; the table is cut into blocks, each with enough
 * acts of enough sources, and the sums of whole blocks are all that is ever told. A cell that
 * cuts through a block is withheld, whether anything lies in it or not. So no row, column, total
 * or difference of two tables can give back more than a block; docs/METHOD.md, "What is made
 * public", has the rules and what they do not hold against. */
#ifndef DZ_DISCLOSURE_H
#define DZ_DISCLOSURE_H

#include "dz_fact.h"
#include "dz_matrix.h"
#include "dz_rules.h"
#include "dz_source.h"

/* Fewer acts, or acts of fewer sources, are not told; the second number holds where a code is
 * marked `sensitive` in the codebook: children, health, sexual violence, detention. */
#define DZ_FEW 5
#define DZ_FEW_SENSITIVE 10

enum dz_disclosed {
    DZ_DISCLOSED_NOT,     /* stays inside and is counted nowhere */
    DZ_DISCLOSED_COUNTED, /* adds to numbers, is listed nowhere */
    DZ_DISCLOSED_SHOWN    /* published or official, and open */
};

struct dz_disclosure;

/** rules must outlive it. Caller frees. */
struct dz_disclosure *
dz_disclosure_new(const struct dz_rules *rules);
void
dz_disclosure_free(struct dz_disclosure *d);
static inline void
dz_cleanup_disclosure(struct dz_disclosure **d)
{
    dz_disclosure_free(*d);
}
#define DZ_AUTO_DISCLOSURE DZ_CLEANUP(dz_cleanup_disclosure)

/** Learn of a source. consented: a person agreed that it be counted without a name; without effect
 *  on sources that are no testimony or private document. */
void
dz_disclosure_add(struct dz_disclosure *d, const struct dz_source_row *row, bool consented);
/** All sources of a vault. */
DZ_MUSTUSE enum dz_code
dz_disclosure_load(struct dz_vault *v, const struct dz_rules *rules, struct dz_disclosure **ret,
                   struct dz_err *err);
/** What becomes of a fact: the least of what its sources allow. Only acts are counted. */
enum dz_disclosed
dz_disclosure_of(const struct dz_disclosure *d, const struct dz_fact_row *row);

/* ---- coarsening ---- */

/** An EDTF value no finer than a month, or a quarter; the value itself when it is coarse. Appended
 *  to out; nothing where it means no time. */
void
dz_disclosure_date(const char *edtf, bool quarter, struct dz_buf *out);
/** The raion or wider area of a settlement; the place itself when it is none. Borrowed; NULL. */
const char *
dz_disclosure_place(const struct dz_rules *rules, const char *place);
/** Is one of its codes marked as sensitive? */
bool
dz_disclosure_is_sensitive(const struct dz_rules *rules, const struct dz_fact_row *row);
/** Make an act as coarse as the public may know it; other facts stay. body is row->body, owned by
 *  the caller and outlives row: the new date stands in it. */
void
dz_disclosure_narrow(const struct dz_disclosure *d, struct dz_fact_row *row, json_t *body);

/* ---- numbers ---- */

/** Take an act that may be counted. What nobody has reviewed is passed over. */
void
dz_disclosure_count(struct dz_disclosure *d, const struct dz_fact_row *row);
/** Cut the table into blocks, once, when all acts have been taken. Where there are too few of them
 *  altogether they are as if they were not there: answers say nothing of them. */
void
dz_disclosure_settle(struct dz_disclosure *d);

struct dz_disclosure_ask {
    enum dz_matrix_level level;
    enum dz_matrix_step step;
    const struct dz_matrix_place *place;   /* a row of that level; NULL: everywhere */
    const struct dz_matrix_period *period; /* a column of that step; NULL: at any time */
    const char *sphere; /* NULL: all, each act once; told for everywhere and any time only */
};
struct dz_disclosure_told {
    bool withheld; /* nothing is told: there may be acts here, and there may be none */
    size_t n;      /* acts that rest on unpublished sources; 0 is known to be none */
    enum dz_cell_state state; /* of those alone */
};
struct dz_disclosure_told
dz_disclosure_tell(const struct dz_disclosure *d, const struct dz_disclosure_ask *ask);

/** Of all that a view was narrowed to. Withheld, too, where a period or a settlement cuts through
 *  what is told, and there is anything at all. sphere: instead of the scope's own; may be NULL. */
struct dz_disclosure_told
dz_disclosure_tell_scope(const struct dz_rules *rules, const struct dz_scope *scope,
                         const char *sphere);

/* The acts that were taken, for views that need to know where numbers stand. */
struct dz_disclosure_act {
    const char *place; /* as coarse as it may be known; or NULL */
    const char *date;  /* EDTF or NULL */
    const uint32_t *spheres; /* indices into the codebook's list */
    size_t n_spheres;
};
size_t
dz_disclosure_n_acts(const struct dz_disclosure *d);
struct dz_disclosure_act
dz_disclosure_act(const struct dz_disclosure *d, size_t ix);

#endif
