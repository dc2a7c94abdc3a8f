/* What the views of this layer share: narrowing facts to a scope, keeping strings, counting. */
#ifndef ANALYSIS_IMPL_H
#define ANALYSIS_IMPL_H

#include "dz_edtf.h"
#include "dz_origin.h"

/* Copies into a result's arena. Sticky like a buffer: once the ceiling is reached everything is
 * NULL and full is set, so that a view asks once at its end. */
struct dz_keeper {
    struct dz_arena *arena;
    bool full;
};
void *
dz_keep_bytes(struct dz_keeper *k, size_t n);
/** NULL stays NULL. */
const char *
dz_keep_str(struct dz_keeper *k, const char *s);
/** NULL for an empty view. */
const char *
dz_keep_view(struct dz_keeper *k, struct dz_view v);
/** Folded for comparison: lower case, one spelling of apostrophes, blanks trimmed. NULL stays
 *  NULL. */
const char *
dz_keep_fold(struct dz_keeper *k, const char *s);
DZ_MUSTUSE enum dz_code
dz_keep_ok(const struct dz_keeper *k, struct dz_err *err);
void
dz_keep_evidence(struct dz_keeper *k, const struct dz_origins *o, const struct dz_fact_row *row,
                 struct dz_evidence *ret);

/* A scope that was checked, and what was left out because of consent. */
struct dz_gather {
    const struct dz_origins *origins;
    const struct dz_rules *rules;
    const char *place;
    const char *sphere;
    bool without_bulk;
    bool has_period;
    struct dz_edtf_bounds period;
    size_t n_withheld;
};
/** scope may be NULL. DZ_E_INPUT names what is unknown. */
DZ_MUSTUSE enum dz_code
dz_gather_open(const struct dz_origins *o, const struct dz_rules *rules,
               const struct dz_scope *scope, struct dz_gather *ret, struct dz_err *err);
/** Consent, review and sphere; counts what consent holds back. Place and time are asked apart. */
bool
dz_gather_wants(struct dz_gather *g, const struct dz_fact_row *row);
/** May a span of days overlap the period? Undated spans only pass where no period was given. */
bool
dz_gather_when(const struct dz_gather *g, bool dated, int32_t lo, int32_t hi);

enum dz_reach {
    DZ_REACH_NO,
    DZ_REACH_IN,   /* the fact's place is inside what was asked for, or everything was */
    DZ_REACH_WIDER /* the fact's place contains what was asked for, or its territory is not known */
};
enum dz_reach
dz_gather_where(const struct dz_gather *g, const struct dz_fact_row *row);

/** Place or territory of a fact: gazetteer id (borrowed from the rules) or NULL; *ret_text the
 *  source's words or NULL. */
const char *
dz_fact_place(const struct dz_rules *rules, const struct dz_fact_row *row, const char **ret_text);
/** Is code the main or a further one of the list ("sphere", "means")? */
bool
dz_fact_has_code(const struct dz_fact_row *row, const char *list, const char *code);
/** An act that is a specific event, not a general claim. */
bool
dz_fact_specific(const struct dz_fact_row *row);
/** Who issued, said or claimed it, in the source's words; NULL. */
const char *
dz_fact_said_by(const struct dz_fact_row *row);

/** DZ_E_LIMIT when the sources did not fit. */
DZ_MUSTUSE enum dz_code
dz_origins_ok(const struct dz_origins *o, struct dz_err *err);
/** Does a source rest on a person (testimony, private document)? */
bool
dz_origins_personal(const struct dz_origins *o, const char *id);
/** Append the origin key of what a source itself says. */
void
dz_origin_source_key(const struct dz_origins *o, const char *id, struct dz_buf *out);

struct dz_origins_tally {
    size_t n;
    size_t n_without_text;
    size_t n_unstated; /* basis not stated */
    size_t n_roots;    /* sources with the same text or made from one another count once */
};
struct dz_origins_tally
dz_origins_tally(const struct dz_origins *o);

/* How a modality counts (docs/METHOD.md, "States of a cell"). */
enum dz_standing {
    DZ_STANDS,   /* asserted, reported, alleged: documented */
    DZ_DENIES,   /* denied: documented that it was not so */
    DZ_ANNOUNCES /* announced, planned: not documented to have happened */
};
enum dz_standing
dz_modality_standing(const char *modality);

/** Number of distinct passages among those facts. */
size_t
dz_count_passages(const struct dz_evidence *const *facts, size_t n);

/* Counting for tables by code: facts fall into columns by scope and modality. */
struct dz_tally {
    size_t n_events;
    size_t n_claims;
    size_t n_denied;
    size_t n_announced;
};
/** specific[i]: facts[i] is a specific event. */
struct dz_tally
dz_tally_acts(const struct dz_evidence *const *facts, const bool *specific, size_t n);

#endif
