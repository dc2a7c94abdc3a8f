#include <stdlib.h>
#include <string.h>

#include "dz_pool.h"
#include "lineage_impl.h"

/* All texts against each other, by an inverted index of their sketches that is made in memory and
 * thrown away. Hashes are sorted in parts, so that a part fits into the processor's cache and
 * several threads have work; a hash that stands in one text only is dropped at once. What is left
 * gets a number, and each text counts with whom it shares how many numbers. */

#define PARTS 16 /* by the upper four bits of a hash */
#define PART_SHIFT 28
#define CHUNK 512 /* texts that one job counts */

/* A common shingle leads to one text only, the first: so a thousand reprints are found, and a
 * footer costs no more than its length. */
#define COMMON (UINT32_C(1) << 31)
#define COMMON_LEAST 8

struct entry {
    uint32_t hash;
    uint32_t doc;
};

struct part {
    const struct dz_sketch_set *set;
    const uint32_t *bounds; /* where parts begin within texts: [part * n + doc] */
    size_t number;
    struct entry *entries; /* of hashes that stand in several texts, by hash, then text */
    size_t n;
};

/* ---- one part ---- */

/* Stable, least significant bits first; the upper bits are the same in a part. */
static struct entry *
sort_entries(struct entry *from, struct entry *to, size_t n)
{
    static const unsigned shifts[] = {0, 10, 20};
    for (size_t pass = 0; pass < sizeof shifts / sizeof *shifts; pass++) {
        size_t at[1025] = {0};
        for (size_t i = 0; i < n; i++)
            at[(from[i].hash >> shifts[pass] & 1023) + 1]++;
        for (size_t i = 0; i < 1024; i++)
            at[i + 1] += at[i];
        for (size_t i = 0; i < n; i++)
            to[at[from[i].hash >> shifts[pass] & 1023]++] = from[i];
        struct entry *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

static void
run_part(void *state, void *job)
{
    struct part *p = job;
    const struct dz_sketch_set *set = p->set;
    const uint32_t *from = p->bounds + p->number * set->n, *to = from + set->n;
    size_t n = 0;
    (void)state;
    for (size_t d = 0; d < set->n; d++)
        n += to[d] - from[d];
    struct entry *one = dz_alloc_array(n, sizeof *one);
    struct entry *two = dz_alloc_array(n, sizeof *two);
    n = 0;
    for (size_t d = 0; d < set->n; d++)
        for (uint32_t i = from[d]; i < to[d]; i++)
            one[n++] = (struct entry){set->hashes[set->at[d] + i], (uint32_t)d};
    struct entry *sorted = sort_entries(one, two, n);
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && sorted[end].hash == sorted[i].hash)
            end++;
        if (end - i > 1) {
            memmove(&sorted[p->n], &sorted[i], (end - i) * sizeof *sorted);
            p->n += end - i;
        }
        i = end;
    }
    p->entries = sorted;
    dz_free(sorted == one ? two : one);
}

/* ---- numbers of shared shingles ---- */

/* The numbers of a text are written over its hashes, of which at least as many were used up. */
static void
number_group(struct dz_candidates *c, struct dz_sketch_set *set, const struct entry *group,
             size_t df)
{
    uint32_t number = (uint32_t)c->n_shared;
    bool common = df > DZ_LINEAGE_DF_MAX;
    size_t kept = common ? 1 : df;
    c->hash = dz_grow(c->hash, &c->cap_shared[0], c->n_shared + 1, sizeof *c->hash);
    c->doc_at = dz_grow(c->doc_at, &c->cap_shared[1], c->n_shared + 2, sizeof *c->doc_at);
    c->docs = dz_grow(c->docs, &c->cap_docs, c->n_docs + kept, sizeof *c->docs);
    c->hash[number] = group->hash;
    c->doc_at[number] = (uint32_t)c->n_docs;
    for (size_t i = 0; i < kept; i++)
        c->docs[c->n_docs++] = group[i].doc;
    c->doc_at[++c->n_shared] = (uint32_t)c->n_docs;
    for (size_t i = 0; i < df; i++) {
        uint32_t doc = group[i].doc;
        set->hashes[set->at[doc] + c->n_own[doc]++] = common ? number | COMMON : number;
    }
}

static void
take_part(struct dz_candidates *c, struct dz_sketch_set *set, struct part *p)
{
    for (size_t i = 0; i < p->n;) {
        size_t end = i + 1;
        while (end < p->n && p->entries[end].hash == p->entries[i].hash)
            end++;
        number_group(c, set, &p->entries[i], end - i);
        i = end;
    }
    dz_free(p->entries);
}

static uint32_t *
find_bounds(const struct dz_sketch_set *set)
{
    uint32_t *bounds = dz_alloc_array((PARTS + 1) * (set->n + 1), sizeof *bounds);
    for (size_t d = 0; d < set->n; d++) {
        const uint32_t *hashes = set->hashes + set->at[d];
        uint32_t i = 0, n = (uint32_t)(set->at[d + 1] - set->at[d]);
        for (size_t part = 0; part <= PARTS; part++) {
            while (i < n && hashes[i] >> PART_SHIFT < part)
                i++;
            bounds[part * set->n + d] = i;
        }
    }
    return bounds;
}

static void
number_all(struct dz_candidates *c, struct dz_sketch_set *set)
{
    uint32_t *bounds = find_bounds(set);
    struct part parts[PARTS];
    struct dz_pool *pool = dz_pool_new(&(struct dz_pool_opts){.n_jobs = 3, .run = run_part});
    size_t put = 0;
    for (size_t taken = 0; taken < PARTS; taken++) {
        for (; put < PARTS && dz_pool_count(pool) < 3; put++) {
            parts[put] = (struct part){.set = set, .bounds = bounds, .number = put};
            dz_pool_put(pool, &parts[put]);
        }
        take_part(c, set, dz_pool_take(pool));
    }
    dz_pool_free(pool);
    dz_free(bounds);
}

/* ---- counting ---- */

struct counter { /* one for each thread */
    uint32_t *rare; /* of each text */
    uint32_t *common;
    uint32_t *touched;
};
struct chunk {
    const struct dz_candidates *c;
    size_t from;
    size_t to;
    struct dz_candidate *items;
    size_t n;
    size_t cap;
};

static int
by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t
length_of(const struct dz_sketch_set *set, size_t doc)
{
    return set->at[doc + 1] - set->at[doc];
}

/* Worth reading both. A short text cannot share much; what is common counts only where it is the
 * greater part. */
static bool
is_candidate(const struct dz_sketch_set *set, const struct dz_candidate *k)
{
    size_t shorter = length_of(set, k->a) < length_of(set, k->b) ? length_of(set, k->a)
                                                                 : length_of(set, k->b);
    if (k->n_rare >= DZ_LINEAGE_RARE_LEAST || (size_t)2 * k->n_rare >= shorter)
        return true;
    return k->n_common >= COMMON_LEAST &&
           (size_t)2 * (k->n_rare + k->n_common) >= length_of(set, k->b);
}

static void
count_text(struct chunk *k, struct counter *t, size_t b)
{
    const struct dz_candidates *c = k->c;
    const uint32_t *numbers = c->set->hashes + c->set->at[b];
    size_t n_touched = 0;
    for (size_t i = 0; i < c->n_own[b]; i++) {
        uint32_t number = numbers[i] & ~COMMON;
        uint32_t *counts = numbers[i] & COMMON ? t->common : t->rare;
        for (uint32_t at = c->doc_at[number]; at < c->doc_at[number + 1]; at++) {
            uint32_t a = c->docs[at];
            if (a >= b)
                break;
            if (t->rare[a] == 0 && t->common[a] == 0)
                t->touched[n_touched++] = a;
            counts[a]++;
        }
    }
    qsort(t->touched, n_touched, sizeof *t->touched, by_number);
    for (size_t i = 0; i < n_touched; i++) {
        uint32_t a = t->touched[i];
        struct dz_candidate one = {a, (uint32_t)b, t->rare[a], t->common[a]};
        t->rare[a] = t->common[a] = 0;
        if (!is_candidate(c->set, &one))
            continue;
        k->items = dz_grow(k->items, &k->cap, k->n + 1, sizeof *k->items);
        k->items[k->n++] = one;
    }
}

static void
run_chunk(void *state, void *job)
{
    struct chunk *k = job;
    for (size_t b = k->from; b < k->to; b++)
        count_text(k, state, b);
}

static void
take_chunk(struct dz_candidates *c, struct chunk *k)
{
    if (k->n > 0) {
        c->items = dz_grow(c->items, &c->cap, c->n + k->n, sizeof *c->items);
        memcpy(c->items + c->n, k->items, k->n * sizeof *k->items);
        c->n += k->n;
    }
    dz_free(k->items);
    dz_free(k);
}

static void
count_all(struct dz_candidates *c)
{
    size_t n = c->set->n, n_threads = dz_pool_threads(0);
    struct counter counters[DZ_POOL_THREADS_MAX];
    void *states[DZ_POOL_THREADS_MAX] = {0};
    for (size_t i = 0; i < n_threads || i == 0; i++) {
        counters[i] = (struct counter){.rare = dz_alloc_array(n, sizeof(uint32_t)),
                                       .common = dz_alloc_array(n, sizeof(uint32_t)),
                                       .touched = dz_alloc_array(n, sizeof(uint32_t))};
        states[i] = &counters[i];
    }
    struct dz_pool *pool = dz_pool_new(&(struct dz_pool_opts){
        .n_threads = n_threads, .n_jobs = 8, .run = run_chunk, .states = states});
    for (size_t from = 0; from < n || dz_pool_count(pool) > 0;) {
        if (from < n && dz_pool_count(pool) < 8) {
            struct chunk *k = dz_alloc(sizeof *k);
            *k = (struct chunk){.c = c, .from = from, .to = from + CHUNK < n ? from + CHUNK : n};
            from = k->to;
            dz_pool_put(pool, k);
        } else {
            take_chunk(c, dz_pool_take(pool));
        }
    }
    dz_pool_free(pool);
    for (size_t i = 0; i < n_threads || i == 0; i++) {
        dz_free(counters[i].rare);
        dz_free(counters[i].common);
        dz_free(counters[i].touched);
    }
}

enum dz_code
dz_candidates_find(struct dz_sketch_set *set, struct dz_candidates *ret, struct dz_err *err)
{
    if (set->n > 0 && set->at[set->n] >= COMMON)
        return dz_fail(err, DZ_E_LIMIT, "the collection is too large to be compared at once");
    *ret = (struct dz_candidates){.set = set};
    if (set->n == 0)
        return DZ_OK;
    ret->n_own = dz_alloc_array(set->n, sizeof *ret->n_own);
    number_all(ret, set);
    count_all(ret);
    return DZ_OK;
}

void
dz_candidates_done(struct dz_candidates *c)
{
    dz_free(c->items);
    dz_free(c->docs);
    dz_free(c->doc_at);
    dz_free(c->hash);
    dz_free(c->n_own);
    *c = (struct dz_candidates){0};
}

struct dz_marks
dz_candidates_marks(const struct dz_candidates *c, size_t a, size_t b, struct dz_marks_buf *buf)
{
    const uint32_t *x = c->set->hashes + c->set->at[a], *y = c->set->hashes + c->set->at[b];
    size_t most = c->n_own[a] < c->n_own[b] ? c->n_own[a] : c->n_own[b];
    size_t i = 0, k = 0, rare = 0, common = 0;
    if (buf->cap < 2 * most)
        buf->hashes = dz_grow(buf->hashes, &buf->cap, 2 * most, sizeof *buf->hashes);
    /* Numbers rise with the hashes; the mark of common ones is no part of the order. */
    while (i < c->n_own[a] && k < c->n_own[b]) {
        uint32_t left = x[i] & ~COMMON, right = y[k] & ~COMMON;
        if (left == right && x[i] & COMMON)
            buf->hashes[most + common++] = c->hash[left];
        else if (left == right)
            buf->hashes[rare++] = c->hash[left];
        i += left <= right;
        k += right <= left;
    }
    return (struct dz_marks){buf->hashes, rare, buf->hashes + most, common};
}

size_t
dz_candidates_own_words(const struct dz_candidates *c, size_t doc, size_t n_words)
{
    const uint32_t *numbers = c->set->hashes + c->set->at[doc];
    size_t common = 0, length = length_of(c->set, doc);
    for (size_t i = 0; i < c->n_own[doc]; i++)
        common += (numbers[i] & COMMON) != 0;
    return length == 0 ? n_words : n_words - n_words * common / length;
}
