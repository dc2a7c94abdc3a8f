#include "dz_known.h"

#include <string.h>

void
dz_lex_done(struct dz_lex *x)
{
    dz_map_done(&x->exact);
    dz_map_done(&x->prefix);
    dz_free(x->entries);
    *x = (struct dz_lex){0};
}

static struct dz_view
keep(struct dz_arena *arena, struct dz_view v)
{
    char *p = dz_arena_strndup(arena, v.p, v.n);
    return (struct dz_view){p ? p : "", p ? v.n : 0};
}

static bool
take_star(struct dz_view *word)
{
    bool star = word->n > 1 && word->p[word->n - 1] == '*';
    word->n -= star;
    return star;
}

void
dz_lex_add(struct dz_lex *x, struct dz_arena *arena, struct dz_view phrase, unsigned kind,
           const char *id, const char *value)
{
    struct dz_buf fold DZ_AUTO_BUF = DZ_BUF(4096);
    dz_text_fold(dz_view_trim(phrase), &fold);
    struct dz_lex_entry e = {.kind = (uint8_t)kind, .id = id, .value = value};
    struct dz_view first = {0}, text = keep(arena, dz_buf_view(&fold));
    bool first_prefix = false;
    size_t n = 0;
    for (size_t at = 0; at < text.n && n < 4; n++) {
        const char *space = memchr(text.p + at, ' ', text.n - at);
        size_t end = space ? (size_t)(space - text.p) : text.n;
        struct dz_view word = {text.p + at, end - at};
        bool star = take_star(&word);
        if (n == 0) {
            first = word;
            first_prefix = star;
        } else {
            e.rest[n - 1] = word;
            e.rest_prefix[n - 1] = star;
            e.n_rest = (uint8_t)n;
        }
        at = end + 1;
    }
    if (first.n == 0)
        return;
    struct dz_map *map = first_prefix ? &x->prefix : &x->exact;
    unsigned bit = dz_lex_beginning(first);
    x->begins[bit / 64] |= (uint64_t)1 << bit % 64;
    if (first_prefix && first.n < 4) /* its words may begin with anything behind it */
        memset(x->begins, 0xff, sizeof x->begins);
    if (first_prefix)
        x->prefix_kinds |= DZ_LEX_KIND(kind);
    if (first_prefix && first.n > x->longest_prefix)
        x->longest_prefix = first.n;
    e.next = dz_map_get(map, first);
    x->entries = dz_grow(x->entries, &x->cap, x->n + 1, sizeof *x->entries);
    x->entries[x->n] = e;
    dz_map_put(map, first, (uint32_t)x->n);
    x->n++;
}

static bool
word_fits(struct dz_view word, bool prefix, struct dz_view fold)
{
    if (!prefix)
        return dz_view_eq(word, fold);
    return fold.n >= word.n && memcmp(fold.p, word.p, word.n) == 0;
}

static const struct dz_lex_entry *
best_of_chain(const struct dz_lex *x, uint32_t at, const struct dz_document *d, size_t i,
              size_t end, unsigned kinds, size_t *ret_n)
{
    const struct dz_lex_entry *best = NULL;
    for (; at != DZ_MAP_NONE; at = x->entries[at].next) {
        const struct dz_lex_entry *e = &x->entries[at];
        if (!(kinds & DZ_LEX_KIND(e->kind)) || i + e->n_rest >= end)
            continue;
        bool fits = d->tokens[i + e->n_rest].sentence == d->tokens[i].sentence;
        for (size_t k = 0; fits && k < e->n_rest; k++)
            fits = word_fits(e->rest[k], e->rest_prefix[k], d->tokens[i + 1 + k].fold);
        if (fits && (!best || e->n_rest > best->n_rest))
            best = e;
    }
    if (best)
        *ret_n = best->n_rest + 1U;
    return best;
}

uint32_t
dz_lex_prefix(const struct dz_lex *x, struct dz_view word, size_t n)
{
    if (n < word.n && ((unsigned char)word.p[n] & 0xC0) == 0x80)
        return DZ_MAP_NONE; /* inside a character */
    return dz_map_get(&x->prefix, (struct dz_view){word.p, n});
}

static const struct dz_lex_entry *
find_known(const struct dz_lex *x, const struct dz_known_heads *heads, const struct dz_document *d,
           size_t i, size_t end, unsigned kinds, size_t *ret_n)
{
    if (!(heads->kinds & kinds))
        return NULL;
    const struct dz_lex_entry *e = best_of_chain(x, heads->exact, d, i, end, kinds, ret_n);
    if (!(x->prefix_kinds & kinds))
        return e;
    for (size_t k = 0; !e && k < heads->n_prefixes; k++)
        e = best_of_chain(x, heads->prefixes[k], d, i, end, kinds, ret_n);
    return e;
}

const struct dz_lex_entry *
dz_lex_find(const struct dz_lex *x, const struct dz_document *d, size_t i, unsigned kinds,
            size_t *ret_n)
{
    return dz_lex_find_upto(x, d, i, d->n_tokens, kinds, ret_n);
}

const struct dz_lex_entry *
dz_lex_find_upto(const struct dz_lex *x, const struct dz_document *d, size_t i, size_t end,
                 unsigned kinds, size_t *ret_n)
{
    if (i >= end)
        return NULL;
    const struct dz_known *known = dz_known_at(x->owner, d, i);
    if (known)
        return find_known(x, &known->lists[x->place], d, i, end, kinds, ret_n);
    struct dz_view fold = d->tokens[i].fold;
    if (!dz_lex_may_begin(x, fold))
        return NULL;
    uint32_t at = dz_map_get(&x->exact, fold);
    const struct dz_lex_entry *e = best_of_chain(x, at, d, i, end, kinds, ret_n);
    size_t n = fold.n < x->longest_prefix ? fold.n : x->longest_prefix;
    if (!(x->prefix_kinds & kinds))
        return e;
    for (; !e && n > 1; n--)
        e = best_of_chain(x, dz_lex_prefix(x, fold, n), d, i, end, kinds, ret_n);
    return e;
}

const struct dz_lex_entry *
dz_lex_before(const struct dz_lex *x, const struct dz_document *d, size_t i, unsigned kinds,
              size_t *ret_n)
{
    for (size_t n = 4; n >= 1; n--) {
        size_t found;
        if (n > i || d->tokens[i - n].sentence != d->tokens[i - 1].sentence)
            continue;
        const struct dz_lex_entry *e = dz_lex_find_upto(x, d, i - n, i, kinds, &found);
        if (e && found == n) {
            *ret_n = n;
            return e;
        }
    }
    return NULL;
}
