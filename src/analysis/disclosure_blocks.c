/* Cutting the table of counted acts into blocks.
 *
 * It is cut from the top: by sphere, then by place or time, whichever keeps more acts in parts
 * that are large enough. The parts that are not are left together, with all that is empty beside
 * them, and where that is too little still, the smallest of the others is added. Every part is
 * cut further as long as anything is gained. What is left over is a block; only sums of whole
 * blocks are told (disclosure_tell.c). */
#include <stdlib.h>
#include <string.h>

#include "disclosure_impl.h"
#include "dz_json.h"

/* ---- keys ---- */

int32_t
dz_small_number(struct dz_disclosure *d, const char *text)
{
    const json_t *known = json_object_get(d->numbers, text);
    if (known)
        return (int32_t)json_integer_value(known);
    int32_t next = (int32_t)json_object_size(d->numbers);
    json_object_set_new(d->numbers, text, json_integer(next));
    return next;
}

void
dz_small_place_keys(struct dz_disclosure *d, const char *place, int32_t ret[DZ_SMALL_DEPTHS])
{
    static const enum dz_matrix_level levels[] = {DZ_LEVEL_OBLAST, DZ_LEVEL_RAION};
    ret[0] = 0;
    for (size_t i = 0; i < 2; i++) {
        bool not_closer;
        const char *row = dz_matrix_row(d->rules, place, levels[i], &not_closer);
        DZ_AUTO_FREE char *text =
            dz_asprintf("place %s%s", row ? row : "", not_closer ? " not closer" : "");
        ret[i + 1] = dz_small_number(d, text);
    }
    ret[3] = ret[2];
}

void
dz_small_time_keys(const char *date, int32_t ret[DZ_SMALL_DEPTHS])
{
    static const enum dz_matrix_step steps[] = {DZ_STEP_YEAR, DZ_STEP_QUARTER, DZ_STEP_MONTH};
    bool uncertain;
    ret[0] = 0;
    for (size_t i = 0; i < 3; i++)
        ret[i + 1] = dz_matrix_column(steps[i], date, &uncertain);
}

static unsigned
depth_of(enum dz_small_side side)
{
    static const unsigned deepest[DZ_SIDES] = {2, 3, 1};
    return deepest[side];
}

/* ---- taking ---- */

void
dz_disclosure_count(struct dz_disclosure *d, const struct dz_fact_row *row)
{
    struct dz_keeper *k = &d->keep;
    bool stands = row->state == NULL || strcmp(row->state, "withdrawn") != 0;
    /* With or without what nobody has reviewed would be two tables, and their difference a
     * third. */
    if (strcmp(row->kind, "act") != 0 || !stands || (row->bulk && !row->reviewed))
        return;
    DZ_AUTO_JSON json_t *body = json_deep_copy(row->body);
    struct dz_fact_row act = *row;
    bool sensitive = dz_disclosure_is_sensitive(d->rules, row);
    dz_disclosure_narrow(d, &act, body);
    struct dz_small_act a = {.place = act.place,
                             .date = dz_keep_str(k, act.has_date ? act.date : NULL),
                             .least = sensitive ? DZ_FEW_SENSITIVE : DZ_FEW,
                             .standing = dz_modality_standing(row->modality ? row->modality : "")};
    DZ_AUTO_FREE char *source = dz_asprintf("source %s", row->passages[0].source);
    a.source = (uint32_t)dz_small_number(d, source);
    dz_small_place_keys(d, a.place, a.keys[DZ_SIDE_PLACE]);
    dz_small_time_keys(a.date, a.keys[DZ_SIDE_TIME]);
    a.spheres = dz_keep_bytes(k, (d->n_spheres + 1) * sizeof *a.spheres);
    for (size_t i = 0; a.spheres && i < d->n_spheres; i++)
        if (dz_fact_has_code(row, "sphere", d->spheres[i]))
            a.spheres[a.n_spheres++] = (uint32_t)i;
    if (k->full || a.n_spheres == 0)
        return;
    d->acts = dz_grow(d->acts, &d->cap_acts, d->n_acts + 1, sizeof *d->acts);
    d->acts[d->n_acts++] = a;
}

size_t
dz_disclosure_n_acts(const struct dz_disclosure *d)
{
    return d->n_acts;
}

struct dz_disclosure_act
dz_disclosure_act(const struct dz_disclosure *d, size_t ix)
{
    const struct dz_small_act *a = &d->acts[ix];
    return (struct dz_disclosure_act){a->place, a->date, a->spheres, a->n_spheres};
}

/* ---- parts ---- */

struct part {
    int32_t key;
    uint32_t *acts;
    size_t n;
    bool enough;
};
struct parts {
    struct part *list; /* the kept ones, smallest first, then the others */
    size_t n;
    size_t cap;
    size_t n_kept;
    uint32_t *rest; /* acts of the others, each once */
    size_t n_rest;
    size_t score; /* acts in kept parts */
};

static void
parts_done(struct parts *p)
{
    for (size_t i = 0; i < p->n; i++)
        dz_free(p->list[i].acts);
    dz_free(p->list);
    dz_free(p->rest);
    *p = (struct parts){0};
}

static int
by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t
distinct(uint32_t *list, size_t n)
{
    size_t kept = 0;
    if (n > 0)
        qsort(list, n, sizeof *list, by_number);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || list[i] != list[kept - 1])
            list[kept++] = list[i];
    return kept;
}

/* Enough acts, of enough sources: ten acts that one person tells are one person. */
static bool
is_enough(const struct dz_disclosure *d, const uint32_t *acts, size_t n)
{
    unsigned least = DZ_FEW;
    DZ_AUTO_FREE uint32_t *sources = dz_alloc_array(n + 1, sizeof *sources);
    for (size_t i = 0; i < n; i++) {
        const struct dz_small_act *a = &d->acts[acts[i]];
        least = a->least > least ? a->least : least;
        sources[i] = a->source;
    }
    return n >= least && distinct(sources, n) >= least;
}

static void
add_to(struct parts *p, int32_t key, uint32_t act, size_t room)
{
    size_t i = 0;
    while (i < p->n && p->list[i].key != key)
        i++;
    if (i == p->n) {
        p->list = dz_grow(p->list, &p->cap, p->n + 1, sizeof *p->list);
        p->list[p->n++] =
            (struct part){.key = key, .acts = dz_alloc_array(room, sizeof(uint32_t))};
    }
    p->list[i].acts[p->list[i].n++] = act;
}

static int
by_size(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    if (x->enough != y->enough)
        return x->enough ? -1 : 1;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

static void
add_rest(struct parts *p, const struct part *more)
{
    memcpy(p->rest + p->n_rest, more->acts, more->n * sizeof *more->acts);
    p->n_rest = distinct(p->rest, p->n_rest + more->n);
}

/* The parts of a block along one side. What is too small is put together, and the smallest of the
 * others with it until that is enough. Nothing is kept where that takes all of them. */
static void
divide(const struct dz_disclosure *d, const struct dz_small_block *b, enum dz_small_side side,
       struct parts *p)
{
    unsigned depth = b->side[side].depth + 1;
    size_t total = 0;
    *p = (struct parts){0};
    for (size_t i = 0; i < b->n; i++) {
        const struct dz_small_act *a = &d->acts[b->acts[i]];
        size_t n = side == DZ_SIDE_SPHERE ? a->n_spheres : 1;
        for (size_t k = 0; k < n; k++)
            add_to(p, side == DZ_SIDE_SPHERE ? (int32_t)a->spheres[k] : a->keys[side][depth],
                   b->acts[i], b->n);
        total += n;
    }
    p->rest = dz_alloc_array(total + 1, sizeof *p->rest);
    for (size_t i = 0; i < p->n; i++) {
        p->list[i].enough = is_enough(d, p->list[i].acts, p->list[i].n);
        p->n_kept += p->list[i].enough;
    }
    if (p->n > 0)
        qsort(p->list, p->n, sizeof *p->list, by_size);
    for (size_t i = p->n_kept; i < p->n; i++)
        add_rest(p, &p->list[i]);
    size_t first = 0;
    while (p->n_rest > 0 && first < p->n_kept && !is_enough(d, p->rest, p->n_rest))
        add_rest(p, &p->list[first++]);
    /* Those that were added are kept no more. */
    for (size_t i = 0; i < first; i++)
        p->list[i].enough = false;
    if (p->n > 0)
        qsort(p->list, p->n, sizeof *p->list, by_size);
    p->n_kept -= first;
    if (p->n_rest > 0 && !is_enough(d, p->rest, p->n_rest))
        p->n_kept = 0;
    for (size_t i = 0; i < p->n_kept; i++)
        p->score += p->list[i].n;
}

/* ---- blocks ---- */

static struct dz_small_range
copy_range(const struct dz_small_range *r)
{
    struct dz_small_range c = *r;
    c.out = r->n_out > 0 ? dz_alloc_array(r->n_out, sizeof *c.out) : NULL;
    if (r->n_out > 0)
        memcpy(c.out, r->out, r->n_out * sizeof *c.out);
    return c;
}

static struct dz_small_block
block_like(const struct dz_small_block *b, uint32_t *acts, size_t n)
{
    struct dz_small_block c = {.acts = acts, .n = n};
    for (size_t s = 0; s < DZ_SIDES; s++)
        c.side[s] = copy_range(&b->side[s]);
    return c;
}

static void
push(struct dz_disclosure *d, const struct dz_small_block *b)
{
    d->blocks = dz_grow(d->blocks, &d->cap_blocks, d->n_blocks + 1, sizeof *d->blocks);
    d->blocks[d->n_blocks++] = *b;
}

/* The side along which to cut, and its parts; false: the block stays whole. Spheres come first:
 * their sums are told for everything only. */
static bool
choose(const struct dz_disclosure *d, const struct dz_small_block *b, enum dz_small_side *ret_side,
       struct parts *ret)
{
    bool whole = b->side[DZ_SIDE_SPHERE].depth == 0 && b->side[DZ_SIDE_SPHERE].n_out == 0;
    enum dz_small_side from = whole ? DZ_SIDE_SPHERE : DZ_SIDE_PLACE;
    enum dz_small_side to = whole ? DZ_SIDE_SPHERE : DZ_SIDE_TIME;
    *ret = (struct parts){0};
    for (enum dz_small_side s = from; s <= to; s++) {
        struct parts p;
        if (b->side[s].n_out > 0 || b->side[s].depth == depth_of(s))
            continue;
        divide(d, b, s, &p);
        if (p.score > ret->score) {
            parts_done(ret);
            *ret = p;
            *ret_side = s;
        } else {
            parts_done(&p);
        }
    }
    return ret->score > 0;
}

/* Takes over a block that is enough, and cuts it as far as it goes. Each cut goes deeper on a side
 * or closes it, so this ends after a few steps. */
static void
cut(struct dz_disclosure *d, struct dz_small_block b)
{
    struct parts p;
    enum dz_small_side side = DZ_SIDE_PLACE;
    if (!choose(d, &b, &side, &p)) {
        push(d, &b);
        return;
    }
    for (size_t i = 0; i < p.n_kept; i++) {
        struct dz_small_block part = block_like(&b, p.list[i].acts, p.list[i].n);
        struct dz_small_range *r = &part.side[side];
        r->path[++r->depth] = p.list[i].key;
        p.list[i].acts = NULL;
        cut(d, part);
    }
    if (p.n_rest > 0) {
        struct dz_small_block rest = block_like(&b, p.rest, p.n_rest);
        struct dz_small_range *r = &rest.side[side];
        r->out = dz_alloc_array(p.n_kept, sizeof *r->out);
        for (size_t i = 0; i < p.n_kept; i++)
            r->out[r->n_out++] = p.list[i].key;
        p.rest = NULL;
        cut(d, rest);
    }
    for (size_t s = 0; s < DZ_SIDES; s++)
        dz_free(b.side[s].out);
    dz_free(b.acts);
    parts_done(&p);
}

/* Who knows the total and the spheres that are told knows how many acts have no other sphere. */
static bool
total_may_be_told(const struct dz_disclosure *d)
{
    DZ_AUTO_FREE bool *told = dz_alloc_array(d->n_acts + 1, sizeof *told);
    DZ_AUTO_FREE uint32_t *others = dz_alloc_array(d->n_acts + 1, sizeof *others);
    size_t n = 0;
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct dz_small_block *b = &d->blocks[i];
        for (size_t k = 0; b->side[DZ_SIDE_SPHERE].depth > 0 && k < b->n; k++)
            told[b->acts[k]] = true;
    }
    for (size_t i = 0; i < d->n_acts; i++)
        if (!told[i])
            others[n++] = (uint32_t)i;
    return n == 0 || is_enough(d, others, n);
}

void
dz_disclosure_settle(struct dz_disclosure *d)
{
    struct dz_small_block all = {.acts = dz_alloc_array(d->n_acts + 1, sizeof(uint32_t))};
    for (size_t i = 0; i < d->n_acts; i++)
        all.acts[all.n++] = (uint32_t)i;
    /* Too few altogether: a table with them looks as one without. */
    if (is_enough(d, all.acts, all.n)) {
        cut(d, all);
        d->total_told = total_may_be_told(d);
        return;
    }
    dz_free(all.acts);
    d->n_acts = 0;
}
