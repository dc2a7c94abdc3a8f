#define _GNU_SOURCE
#include "lemmas.h"

#include <stdlib.h>
#include <string.h>

static uint32_t
keep(struct pool *pool, const uint8_t *word, size_t n)
{
    if (pool->n + n > UINT32_MAX)
        die("too many letters");
    pool->p = grow(pool->p, &pool->cap, pool->n + n, 1);
    memcpy(pool->p + pool->n, word, n);
    pool->n += n;
    return (uint32_t)(pool->n - n);
}

void
add_reading(struct language *l, const uint8_t *form, size_t form_n, const uint8_t *lemma,
            size_t lemma_n, enum reading_class class, bool verb)
{
    /* The words may lie in the pool, which moves. */
    uint8_t f[WORD_MAX], m[WORD_MAX];
    memcpy(f, form, form_n);
    memcpy(m, lemma, lemma_n);
    struct reading r = {.form_n = (uint8_t)form_n,
                        .lemma_n = (uint8_t)lemma_n,
                        .class = (uint8_t)class,
                        .verb = verb};
    const struct reading *last = l->n > 0 ? &l->readings[l->n - 1] : NULL;
    bool same = last && last->lemma_n == lemma_n &&
                memcmp(l->pool.p + last->lemma, m, lemma_n) == 0;
    r.lemma = same ? last->lemma : keep(&l->pool, m, lemma_n);
    r.form = form_n == lemma_n && memcmp(f, m, form_n) == 0 ? r.lemma : keep(&l->pool, f, form_n);
    l->readings = grow(l->readings, &l->cap, l->n + 1, sizeof r);
    l->readings[l->n++] = r;
}

void
mark_bare(struct language *l)
{
    l->readings[l->n - 1].bare = true;
}

static int
compare_words(const uint8_t *a, size_t a_n, const uint8_t *b, size_t b_n)
{
    int order = memcmp(a, b, a_n < b_n ? a_n : b_n);
    return order != 0 ? order : (a_n > b_n) - (a_n < b_n);
}

static int
compare_readings(const void *left, const void *right, void *pool)
{
    const struct reading *a = left, *b = right;
    const uint8_t *p = pool;
    int order = compare_words(p + a->form, a->form_n, p + b->form, b->form_n);
    if (order == 0)
        order = compare_words(p + a->lemma, a->lemma_n, p + b->lemma, b->lemma_n);
    return order != 0 ? order : a->class - b->class;
}

void
sort_readings(struct language *l)
{
    qsort_r(l->readings, l->n, sizeof *l->readings, compare_readings, l->pool.p);
    const uint8_t *p = l->pool.p;
    size_t kept = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct reading *r = &l->readings[i];
        struct reading *last = kept > 0 ? &l->readings[kept - 1] : NULL;
        bool same = last &&
                    compare_words(p + r->form, r->form_n, p + last->form, last->form_n) == 0 &&
                    compare_words(p + r->lemma, r->lemma_n, p + last->lemma, last->lemma_n) == 0;
        if (same) {
            last->verb = last->verb || r->verb;
            last->bare = last->bare && r->bare;
            last->named = last->named || r->class == NAME;
        }
        else
            l->readings[kept++] = *r;
    }
    l->n = 0;
    for (size_t i = 0; i < kept; i++)
        if (l->readings[i].class != DROPPED)
            l->readings[l->n++] = l->readings[i];
    l->n_sorted = l->n;
}

size_t
find_readings(const struct language *l, const uint8_t *form, size_t form_n, size_t *ret_n)
{
    size_t low = 0, high = l->n_sorted;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct reading *r = &l->readings[middle];
        if (compare_words(l->pool.p + r->form, r->form_n, form, form_n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_n = 0;
    while (low + *ret_n < l->n_sorted) {
        const struct reading *r = &l->readings[low + *ret_n];
        if (compare_words(l->pool.p + r->form, r->form_n, form, form_n) != 0)
            break;
        ++*ret_n;
    }
    return low;
}
