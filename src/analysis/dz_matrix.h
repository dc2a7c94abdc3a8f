/* Matrix: places x periods x spheres, and what is documented in each cell.
 *
 * Only acts are counted here. A cell is in one of four states; the number of specific events and
 * of general claims is kept apart, and passages are counted, not codes: one quote with three
 * codes of one sphere counts once. What has no place as close as the level asked for stands in a
 * row "not stated more closely", what has no date that falls into one period in a column of the
 * same name; nothing is spread over cells it may belong to. Rules with examples: docs/METHOD.md. */
#ifndef DZ_MATRIX_H
#define DZ_MATRIX_H

#include "dz_origin.h"

enum dz_cell_state {
    DZ_CELL_NO_INFORMATION, /* does not mean that nothing happened */
    DZ_CELL_DENIED,         /* denial or pressure is documented */
    DZ_CELL_AVAILABLE,      /* only that it was not denied: every fact negates or denies it */
    DZ_CELL_CONTRADICTORY,  /* both */
    DZ_CELL_WITHHELD        /* public output: too little to be told, or nothing */
};
/** "no_information" "denied" "available" "contradictory" "withheld" */
const char *
dz_cell_state_id(enum dz_cell_state s);

enum dz_matrix_level { DZ_LEVEL_OBLAST, DZ_LEVEL_RAION, DZ_LEVEL_SETTLEMENT };
enum dz_matrix_step { DZ_STEP_MONTH, DZ_STEP_QUARTER, DZ_STEP_YEAR };

struct dz_matrix_place {
    /* gazetteer id of the level; of the wider area in a "not more closely" row; NULL: no
         * place at all */
    const char *id;
    bool not_closer; /* known only as this wider area, or not at all */
};
struct dz_matrix_period {
    char label
        /* "2024-07", "2024-35" (EDTF third quarter), "2024"; "" for not stated more closely */
        [16];
    int32_t lo; /* days, both included */
    int32_t hi;
    bool not_closer;
};

struct dz_cell {
    uint32_t place_ix;
    uint32_t period_ix;
    uint32_t sphere_ix;
    enum dz_cell_state state;
    /* Documented acts: passages of specific events; of general claims; of what denies or negates;
     * of what was only announced or planned, which decides no state. */
    size_t n_events;
    size_t n_claims;
    size_t n_denied;
    size_t n_announced;
    struct dz_counts counts; /* over all of its facts; n_origins is "at most" */
    bool uncertain;          /* at least one date is approximate or uncertain */
    /* Public output: acts that rest on unpublished sources, which are not among the facts, or that
     * no number of them is told. The state takes in what is told. */
    size_t n_unpublished;
    bool withheld;
    const uint32_t *facts;   /* indices into facts of the matrix */
    size_t n_facts;
};

struct dz_matrix {
    struct dz_matrix_place *places; /* by id, which is by oblast; "not more closely" rows last */
    size_t n_places;
    struct dz_matrix_period
        *periods; /* by time without gaps; "not more closely" last, if it is needed */
    size_t n_periods;
    const char **spheres; /* codes in codebook order, those that occur */
    size_t n_spheres;
    struct dz_cell *cells; /* those with information, by place, period, sphere */
    size_t n_cells;
    struct dz_evidence *facts;
    const bool *specific;  /* of each fact: a specific event */
    const bool *uncertain; /* of each fact: its date is approximate or uncertain */
    size_t n_facts;
    struct dz_counts counts; /* of all acts in it, each once */
    size_t n_withheld;       /* as in dz_chronology.h */
    struct dz_arena arena;
};

struct dz_matrix_opts {
    struct dz_scope scope;
    enum dz_matrix_level level;
    enum dz_matrix_step step;
};

/** ret is zeroed by the caller and given back with dz_matrix_done. DZ_E_INPUT, DZ_E_LIMIT as for
 *  chronologies; also DZ_E_LIMIT when the periods would be more than DZ_MATRIX_PERIODS_MAX: ask
 *  for a wider step or a period. */
#define DZ_MATRIX_PERIODS_MAX 2400
DZ_MUSTUSE enum dz_code
dz_matrix_build(struct dz_vault *v, const struct dz_rules *rules, const struct dz_matrix_opts *opts,
                struct dz_matrix *ret, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_matrix_of(const struct dz_origins *o, const struct dz_rules *rules,
             const struct dz_fact_row *rows, size_t n, const struct dz_matrix_opts *opts,
             struct dz_matrix *ret, struct dz_err *err);
void
dz_matrix_done(struct dz_matrix *m);
#define DZ_AUTO_MATRIX DZ_CLEANUP(dz_matrix_done)

/** NULL where there is no information. */
const struct dz_cell *
dz_matrix_cell(const struct dz_matrix *m, size_t place_ix, size_t period_ix, size_t sphere_ix);
/** Over all spheres of a place and period, or all periods of a place and sphere (SIZE_MAX: all):
 *  each passage once, so sums of cells may be larger; facts is NULL. */
struct dz_cell
dz_matrix_sum(const struct dz_matrix *m, size_t place_ix, size_t period_ix, size_t sphere_ix);

#endif
