/* Between the files of disclosure control: private to the layer. */
#ifndef DISCLOSURE_IMPL_H
#define DISCLOSURE_IMPL_H

#include "analysis_impl.h"
#include "dz_disclosure.h"
#include "matrix_impl.h"

/* A table of three sides, each a tree. An act has a key at each depth of place and time; deeper
 * than it is known it has DZ_SMALL_NONE. Depth 0 is everything. */
enum dz_small_side { DZ_SIDE_PLACE, DZ_SIDE_TIME, DZ_SIDE_SPHERE, DZ_SIDES };
#define DZ_SMALL_DEPTHS 4 /* everything, year, quarter, month */
#define DZ_SMALL_NONE INT32_MIN

struct dz_small_act {
    const char *place;
    const char *date;
    int32_t keys[2][DZ_SMALL_DEPTHS]; /* of place and time */
    uint32_t *spheres;
    size_t n_spheres;
    uint32_t source;
    unsigned least; /* so many are enough to tell of it */
    enum dz_standing standing;
};

/* A stretch of one side: a node of its tree without some of its children. */
struct dz_small_range {
    unsigned depth;
    int32_t path[DZ_SMALL_DEPTHS];
    int32_t *out; /* keys of children that are told by themselves */
    size_t n_out;
};
struct dz_small_block {
    struct dz_small_range side[DZ_SIDES];
    uint32_t *acts;
    size_t n;
};

struct dz_disclosure {
    const struct dz_rules *rules;
    const char *const *spheres;
    size_t n_spheres;
    json_t *sources; /* id -> enum dz_disclosed */
    json_t *numbers; /* of places and sources: text -> number */
    struct dz_small_act *acts;
    size_t n_acts;
    size_t cap_acts;
    struct dz_small_block *blocks;
    size_t n_blocks;
    size_t cap_blocks;
    bool total_told; /* the number of all acts gives no sphere back */
    struct dz_arena arena;
    struct dz_keeper keep;
};

/** A number for a text, the same each time. */
int32_t
dz_small_number(struct dz_disclosure *d, const char *text);
/** Keys of a place at each depth of the side. */
void
dz_small_place_keys(struct dz_disclosure *d, const char *place, int32_t ret[DZ_SMALL_DEPTHS]);
void
dz_small_time_keys(const char *date, int32_t ret[DZ_SMALL_DEPTHS]);

#endif
