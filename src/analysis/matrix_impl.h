/* Building a matrix: private to the layer. */
#ifndef MATRIX_IMPL_H
#define MATRIX_IMPL_H

#include "analysis_impl.h"
#include "dz_matrix.h"

struct dz_matrix_act {
    struct dz_evidence fact;
    const char *place; /* of the level, or the wider area */
    bool not_closer;
    bool specific;
    bool uncertain;
    int32_t period; /* number of its period; INT32_MIN: not stated more closely */
    uint32_t place_ix;
    uint32_t period_ix;
};
/* One act in one cell. */
struct dz_matrix_mark {
    uint32_t act;
    uint32_t place_ix;
    uint32_t period_ix;
    uint32_t sphere_ix;
};

struct dz_matrix_builder {
    const struct dz_matrix_opts *opts;
    struct dz_gather gather;
    struct dz_arena arena;
    struct dz_keeper keep;
    const char *const *spheres; /* of the codebook */
    size_t n_spheres;
    struct dz_matrix_act *acts;
    size_t n_acts;
    size_t cap_acts;
    struct dz_matrix_mark *marks;
    size_t n_marks;
    size_t cap_marks;
};

/** Zeroes b first; given back with dz_matrix_builder_done whatever comes of it. */
DZ_MUSTUSE enum dz_code
dz_matrix_begin(struct dz_matrix_builder *b, const struct dz_origins *o,
                const struct dz_rules *rules, const struct dz_matrix_opts *opts,
                struct dz_err *err);
/** A dz_fact_fn; what is no act is passed over. */
DZ_MUSTUSE enum dz_code
dz_matrix_take(void *ctx, const struct dz_fact_row *fact, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_matrix_end(struct dz_matrix_builder *b, struct dz_matrix *ret, struct dz_err *err);
void
dz_matrix_builder_done(struct dz_matrix_builder *b);

#endif
