/* What is told of a cell: the sum of the blocks that lie in it, if none lies in it by half. */
#include <string.h>

#include "disclosure_impl.h"

/* What a cell takes of one side: those with this key at this depth. Without a closer key the key is
 * of no one parent: "not stated more closely" stands below each year and quarter. */
struct wanted {
    unsigned depth; /* 0: all of it */
    int32_t path[DZ_SMALL_DEPTHS];
};
enum overlap { APART, INSIDE, HALF };

static enum overlap
compare(const struct dz_small_range *r, const struct wanted *w)
{
    if (w->depth == 0)
        return INSIDE;
    int32_t key = w->path[w->depth];
    if (w->depth <= r->depth)
        return r->path[w->depth] == key ? INSIDE : APART;
    if (key == DZ_SMALL_NONE)
        return r->depth > 0 && r->path[r->depth] == DZ_SMALL_NONE ? INSIDE : HALF;
    if (r->depth > 0 && r->path[r->depth] != w->path[r->depth])
        return APART;
    for (size_t i = 0; i < r->n_out; i++)
        if (r->out[i] == w->path[r->depth + 1])
            return APART;
    return HALF;
}

/* ---- rows and columns as keys ---- */

static bool
want_number(const struct dz_disclosure *d, const char *text, int32_t *ret)
{
    const json_t *known = json_object_get(d->numbers, text);
    *ret = known ? (int32_t)json_integer_value(known) : -1;
    return known != NULL;
}

/* A row that no act has is a key that no block has; its parents may be known. */
static struct wanted
want_place(const struct dz_disclosure *d, const struct dz_disclosure_ask *ask)
{
    static const enum dz_matrix_level levels[] = {DZ_LEVEL_OBLAST, DZ_LEVEL_RAION};
    struct wanted w = {.depth = ask->level == DZ_LEVEL_OBLAST ? 1 : 2};
    if (!ask->place)
        return (struct wanted){0};
    for (size_t i = 0; i < w.depth; i++) {
        bool not_closer;
        const char *row = dz_matrix_row(d->rules, ask->place->id, levels[i], &not_closer);
        DZ_AUTO_FREE char *text =
            dz_asprintf("place %s%s", row ? row : "", not_closer ? " not closer" : "");
        want_number(d, text, &w.path[i + 1]);
    }
    return w;
}

static struct wanted
want_time(const struct dz_disclosure_ask *ask)
{
    struct wanted w = {.depth = ask->step == DZ_STEP_YEAR      ? 1
                                : ask->step == DZ_STEP_QUARTER ? 2
                                                               : 3};
    if (!ask->period)
        return (struct wanted){0};
    if (ask->period->not_closer)
        w.path[w.depth] = DZ_SMALL_NONE;
    else
        dz_small_time_keys(ask->period->label, w.path);
    return w;
}

static struct wanted
want_sphere(const struct dz_disclosure *d, const char *sphere)
{
    struct wanted w = {.depth = 1, .path = {0, -1}};
    if (!sphere)
        return (struct wanted){0};
    for (size_t i = 0; i < d->n_spheres; i++)
        if (strcmp(d->spheres[i], sphere) == 0)
            w.path[1] = (int32_t)i;
    return w;
}

/* ---- the answer ---- */

/* Which side prevails. The other is told of only where it would be enough by itself. */
static enum dz_cell_state
state_of(size_t pressed, size_t not_so)
{
    bool both = pressed >= DZ_FEW_SENSITIVE && not_so >= DZ_FEW_SENSITIVE;
    return both                ? DZ_CELL_CONTRADICTORY
           : pressed >= not_so ? (pressed > 0 ? DZ_CELL_DENIED : DZ_CELL_NO_INFORMATION)
                               : DZ_CELL_AVAILABLE;
}

static void
add_block(const struct dz_disclosure *d, const struct dz_small_block *b, bool *seen,
          size_t standing[3], struct dz_disclosure_told *t)
{
    for (size_t i = 0; i < b->n; i++) {
        if (seen[b->acts[i]])
            continue;
        seen[b->acts[i]] = true;
        standing[d->acts[b->acts[i]].standing]++;
        t->n++;
    }
}

struct dz_disclosure_told
dz_disclosure_tell(const struct dz_disclosure *d, const struct dz_disclosure_ask *ask)
{
    const struct wanted want[DZ_SIDES] = {want_place(d, ask), want_time(ask),
                                          want_sphere(d, ask->sphere)};
    struct dz_disclosure_told t = {.withheld = true, .state = DZ_CELL_WITHHELD};
    size_t standing[3] = {0};
    bool everything = !ask->place && !ask->period;
    /* Over all spheres only the grand total, and not where it would lead to a sphere. */
    if (d->n_blocks > 0 && !ask->sphere && !(everything && d->total_told))
        return t;
    t = (struct dz_disclosure_told){0};
    DZ_AUTO_FREE bool *seen = dz_alloc_array(d->n_acts + 1, sizeof *seen);
    for (size_t i = 0; i < d->n_blocks; i++) {
        enum overlap how = INSIDE;
        for (size_t s = 0; s < DZ_SIDES && how != APART; s++) {
            enum overlap one = compare(&d->blocks[i].side[s], &want[s]);
            how = one == APART || how == INSIDE ? one : how;
        }
        if (how == HALF)
            return (struct dz_disclosure_told){.withheld = true, .state = DZ_CELL_WITHHELD};
        if (how == INSIDE)
            add_block(d, &d->blocks[i], seen, standing, &t);
    }
    t.state = state_of(standing[DZ_STANDS], standing[DZ_DENIES]);
    return t;
}

struct dz_disclosure_told
dz_disclosure_tell_scope(const struct dz_rules *rules, const struct dz_scope *scope,
                         const char *sphere)
{
    const struct dz_disclosure *d = scope->counted;
    struct dz_disclosure_ask ask = {.sphere = sphere ? sphere : scope->sphere};
    struct dz_matrix_place row = {0};
    if (!d || d->n_blocks == 0)
        return (struct dz_disclosure_told){0};
    bool half = scope->period != NULL;
    if (scope->place) {
        bool not_closer = true;
        row.id = dz_matrix_row(rules, scope->place, DZ_LEVEL_OBLAST, &not_closer);
        if (not_closer || strcmp(row.id, scope->place) != 0) {
            ask.level = DZ_LEVEL_RAION;
            row.id = dz_matrix_row(rules, scope->place, DZ_LEVEL_RAION, &not_closer);
        }
        half = half || not_closer || strcmp(row.id, scope->place) != 0;
        ask.place = &row;
    }
    if (half)
        return (struct dz_disclosure_told){.withheld = true, .state = DZ_CELL_WITHHELD};
    return dz_disclosure_tell(d, &ask);
}
