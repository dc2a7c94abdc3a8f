#include "dz_sketch.h"

#include <string.h>

/* Where two texts say the same words. The shingles of one lie in a hash table by their first word;
 * the other is walked from its beginning, and where one of its shingles is met, the run that goes
 * on
 * longest is taken. Runs with little between them are one passage. */

#define CHAIN_MAX 16 /* places of one shingle that are tried: a text may repeat itself for ever */
#define GAP_MAX 4    /* words between two runs of one passage, on either side */

struct dz_aligner {
    const struct dz_text_words *words;
    uint32_t *heads; /* by hash: number of a word plus one, 0: none */
    uint32_t *next;  /* of each word: the next place with the same slot */
    uint32_t mask;
};

struct dz_aligner *
dz_aligner_new(const struct dz_text_words *words)
{
    struct dz_aligner *a = dz_alloc(sizeof *a);
    size_t slots = 64;
    while (slots < words->n)
        slots *= 2;
    a->words = words;
    a->mask = (uint32_t)slots - 1;
    a->heads = dz_alloc_array(slots, sizeof *a->heads);
    a->next = dz_alloc_array(words->n, sizeof *a->next);
    /* From the end, so that chains begin with what stands first. */
    for (size_t i = words->n < DZ_SHINGLE_WORDS ? 0 : words->n - DZ_SHINGLE_WORDS + 1; i > 0; i--) {
        uint32_t slot = dz_shingle_hash(&words->items[i - 1]) & a->mask;
        a->next[i - 1] = a->heads[slot];
        a->heads[slot] = (uint32_t)i;
    }
    return a;
}

void
dz_aligner_free(struct dz_aligner *a)
{
    if (!a)
        return;
    dz_free(a->heads);
    dz_free(a->next);
    dz_free(a);
}

static size_t
run_length(const struct dz_text_words *x, size_t i, const struct dz_text_words *y, size_t k)
{
    size_t n = 0;
    while (i + n < x->n && k + n < y->n && x->items[i + n].hash == y->items[k + n].hash)
        n++;
    return n;
}

/* The longest run of `words` from i on; its length, 0 when there is none. One that continues the
 * passage before wins over others of the same length. */
static size_t
longest(const struct dz_aligner *a, const struct dz_text_words *words, size_t i, uint32_t hash,
        size_t expected, size_t *ret_at)
{
    size_t best = 0;
    unsigned tried = 0;
    for (uint32_t k = a->heads[hash & a->mask]; k != 0 && tried < CHAIN_MAX; k = a->next[k - 1]) {
        size_t n = run_length(words, i, a->words, k - 1);
        tried++;
        bool goes_on = k - 1 >= expected && k - 1 <= expected + GAP_MAX;
        if (n < DZ_SHINGLE_WORDS || n < best || (n == best && !goes_on))
            continue;
        best = n;
        *ret_at = k - 1;
    }
    return best;
}

static bool
has_hash(const uint32_t *hashes, size_t n, uint32_t hash)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hashes[middle] == hash)
            return true;
        if (hashes[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void
add_run(struct dz_shared_list *l, size_t i, size_t k, size_t n)
{
    struct dz_shared *last = l->n > 0 ? &l->items[l->n - 1] : NULL;
    if (n < DZ_SHINGLE_WORDS) {
        l->n_common += (uint32_t)n;
        return;
    }
    if (last && i - last->a_end <= GAP_MAX && k >= last->b_end && k - last->b_end <= GAP_MAX) {
        last->a_end = (uint32_t)(i + n);
        last->b_end = (uint32_t)(k + n);
        last->n_same += (uint32_t)n;
        last->n_shingles += (uint32_t)(n - DZ_SHINGLE_WORDS + 1);
        return;
    }
    l->items = dz_grow(l->items, &l->cap, l->n + 1, sizeof *l->items);
    l->items[l->n++] = (struct dz_shared){.a_start = (uint32_t)i,
                                          .a_end = (uint32_t)(i + n),
                                          .b_start = (uint32_t)k,
                                          .b_end = (uint32_t)(k + n),
                                          .n_same = (uint32_t)n,
                                          .n_shingles = (uint32_t)(n - DZ_SHINGLE_WORDS + 1)};
}

/* What lies between two common shingles counts only if a rare one is there. Where a footer meets a
 * quoted law, the few shingles across the seam are rare though neither side is: they come to less
 * than a verdict needs. */
static void
add_marked(struct dz_shared_list *l, const struct dz_text_words *words,
           const struct dz_marks *marks, size_t i, size_t k, size_t n)
{
    size_t from = 0; /* behind the last common shingle */
    bool rare = false;
    for (size_t at = 0; at + DZ_SHINGLE_WORDS <= n; at++) {
        uint32_t hash = dz_shingle_hash(&words->items[i + at]);
        if (has_hash(marks->common, marks->n_common, hash)) {
            if (at > from && rare)
                add_run(l, i + from, k + from, at - from);
            else if (at > from)
                l->n_common += (uint32_t)(at - from);
            size_t covered = at > from ? at : from;
            l->n_common += (uint32_t)(at + DZ_SHINGLE_WORDS - covered);
            from = at + DZ_SHINGLE_WORDS;
            rare = false;
        } else if (!rare) {
            rare = has_hash(marks->rare, marks->n_rare, hash);
        }
    }
    if (n > from && rare)
        add_run(l, i + from, k + from, n - from);
    else if (n > from)
        l->n_common += (uint32_t)(n - from);
}

void
dz_align(const struct dz_aligner *with, const struct dz_text_words *words,
         const struct dz_marks *marks, struct dz_shared_list *ret)
{
    ret->n = 0;
    ret->n_common = 0;
    size_t expected = 0;
    for (size_t i = 0; i + DZ_SHINGLE_WORDS <= words->n;) {
        size_t at = 0;
        uint32_t hash = dz_shingle_hash(&words->items[i]);
        size_t n = longest(with, words, i, hash, expected, &at);
        if (n == 0) {
            i++;
            continue;
        }
        if (marks)
            add_marked(ret, words, marks, i, at, n);
        else
            add_run(ret, i, at, n);
        i += n;
        expected = at + n;
    }
}

void
dz_shared_list_done(struct dz_shared_list *l)
{
    dz_free(l->items);
    *l = (struct dz_shared_list){0};
}
