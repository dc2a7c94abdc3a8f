/* Building a summary: private to the layer. */
#ifndef SUMMARY_IMPL_H
#define SUMMARY_IMPL_H

#include "analysis_impl.h"
#include "dz_summary.h"

struct dz_summary_fact {
    struct dz_evidence fact;
    bool specific;
};
/* One fact under one code of a table. */
struct dz_summary_mark {
    uint32_t fact;
    uint32_t order; /* of the code in its table */
    const char *code;
};
struct dz_summary_table {
    struct dz_summary_mark *marks;
    size_t n;
    size_t cap;
};

struct dz_summary_builder {
    const struct dz_scope *scope; /* or NULL */
    struct dz_gather gather;
    struct dz_arena arena;
    struct dz_keeper keep;
    struct dz_summary_fact *facts;
    size_t n;
    size_t cap;
    struct dz_summary_table spheres;
    struct dz_summary_table means;
    struct dz_summary_table places;
    struct dz_summary_table stances;
    struct dz_summary s; /* what is counted while facts stream by */
    int32_t first_day;
    int32_t last_day;
};

/** Zeroes b first; given back with dz_summary_builder_done whatever comes of it. */
DZ_MUSTUSE enum dz_code
dz_summary_begin(struct dz_summary_builder *b, const struct dz_origins *o,
                 const struct dz_rules *rules, const struct dz_scope *scope, struct dz_err *err);
/** A dz_fact_fn. */
DZ_MUSTUSE enum dz_code
dz_summary_take(void *ctx, const struct dz_fact_row *fact, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_summary_end(struct dz_summary_builder *b, struct dz_summary *ret, struct dz_err *err);
void
dz_summary_builder_done(struct dz_summary_builder *b);

#endif
