/* Building the ledger of figures: private to the layer. */
#ifndef FIGURES_IMPL_H
#define FIGURES_IMPL_H

#include "analysis_impl.h"
#include "dz_figures.h"

/* One fact, before it is known which statement it repeats. s holds all but facts, sources,
 * counts. */
struct dz_figure_entry {
    struct dz_figure_statement s;
    struct dz_evidence fact;
    const char *via_key;        /* "" */
    const char *of_fold;        /* NULL */
    const char *territory_fold; /* key of the territory: id, or folded words; NULL */
    bool named;                 /* a claimant stands in the chain */
    bool timed;                 /* as_of or period is stated */
    size_t statement;
};

struct dz_figures_builder {
    struct dz_gather gather;
    struct dz_arena arena;
    struct dz_keeper keep;
    struct dz_figure_entry *entries;
    size_t n;
    size_t cap;
};

/** Zeroes b first; given back with dz_figures_builder_done whatever comes of it. */
DZ_MUSTUSE enum dz_code
dz_figures_begin(struct dz_figures_builder *b, const struct dz_origins *o,
                 const struct dz_rules *rules, const struct dz_scope *scope, struct dz_err *err);
/** A dz_fact_fn; what is no figure is passed over. */
DZ_MUSTUSE enum dz_code
dz_figures_take(void *ctx, const struct dz_fact_row *fact, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_figures_end(struct dz_figures_builder *b, struct dz_figures *ret, struct dz_err *err);
void
dz_figures_builder_done(struct dz_figures_builder *b);

/** Range that value, value_max and qualifier allow. False without a number. */
bool
dz_figure_range(const char *value, const char *value_max, const char *qualifier, int64_t *ret_min,
                int64_t *ret_max);
/** Is a unit one that means nothing unless it is said who or what is counted? */
bool
dz_figure_unit_open(const char *unit);
/** Fill groups, pairs and refused of a ledger whose statements stand in order. */
void
dz_figures_relate(struct dz_keeper *k, struct dz_figures *f);

#endif
