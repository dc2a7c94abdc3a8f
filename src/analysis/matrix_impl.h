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

#define DZ_PERIOD_NONE INT32_MIN /* no single period: "not stated more closely" */

/** The row in which a place stands, and whether it is known no closer; NULL: no place at all. */
const char *
dz_matrix_row(const struct dz_rules *rules, const char *place, enum dz_matrix_level level,
              bool *ret_not_closer);
/** Number of the period that a date lies in: months since year 0, quarters, years. NULL: no
 *  date. */
int32_t
dz_matrix_column(enum dz_matrix_step step, const char *date, bool *ret_uncertain);

/* matrix_public.c: acts that are only counted (dz_disclosure.h). */

/** Behind all acts that are shown: those whose cells are told, so that there are rows and columns
 *  for them. */
void
dz_matrix_add_counted(struct dz_matrix_builder *b);
/** Numbers of counted acts into the cells, and cells for what is withheld. */
DZ_MUSTUSE enum dz_code
dz_matrix_withhold(struct dz_matrix_builder *b, struct dz_matrix *m, struct dz_err *err);

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
