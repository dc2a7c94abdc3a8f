#include "dz_known.h"

#include <pthread.h>
#include <string.h>

/* A table of forms that only grows, up to a bound: entries never move and never change, so whoever
 * has one needs no lock. What does not fit any more is looked up by whoever asks. */

#define SLOTS (1U << 17)          /* a power of two */
#define MOST (SLOTS / 2)          /* forms kept */
#define PROBES 16                 /* places looked at for one form */
#define FORM_MAX 64               /* bytes of a form that is kept */
#define ARENA_MAX ((size_t)48 << 20)

struct slot {
    uint64_t hash;
    const struct dz_known *known; /* NULL: free */
};

struct dz_known_words {
    pthread_mutex_t lock;
    struct slot *slots; /* made at first use: most commands read no text */
    size_t n;
    struct dz_arena arena;
};

struct dz_known_words *
dz_known_new(void)
{
    struct dz_known_words *k = dz_alloc(sizeof *k);
    (void)pthread_mutex_init(&k->lock, NULL);
    k->arena.max_bytes = ARENA_MAX;
    return k;
}

void
dz_known_free(struct dz_known_words *k)
{
    if (!k)
        return;
    (void)pthread_mutex_destroy(&k->lock);
    dz_free(k->slots);
    dz_arena_done(&k->arena);
    dz_free(k);
}

static uint64_t
hash_of(struct dz_view v)
{
    uint64_t h = v.n * 0x9E3779B97F4A7C15U;
    size_t i = 0;
    for (; i + 8 <= v.n; i += 8) {
        uint64_t part;
        memcpy(&part, v.p + i, 8);
        h = (h ^ part) * 0x9E3779B97F4A7C15U;
        h ^= h >> 29;
    }
    for (; i < v.n; i++)
        h = (h ^ (unsigned char)v.p[i]) * 0x100000001B3U;
    h *= 0x9E3779B97F4A7C15U;
    return h ^ h >> 32;
}

static bool
read_list(const struct dz_lex *x, struct dz_view fold, struct dz_arena *arena,
          struct dz_known_heads *ret)
{
    uint32_t found[FORM_MAX];
    size_t n = 0, most = fold.n < x->longest_prefix ? fold.n : x->longest_prefix;
    *ret = (struct dz_known_heads){.exact = DZ_MAP_NONE, .may_begin = dz_lex_may_begin(x, fold)};
    if (!ret->may_begin)
        return true;
    ret->exact = dz_map_get(&x->exact, fold);
    for (size_t length = most; length > 1; length--) {
        uint32_t at = dz_lex_prefix(x, fold, length);
        if (at != DZ_MAP_NONE)
            found[n++] = at;
    }
    if (n == 0)
        return true;
    uint32_t *kept = dz_arena_alloc(arena, n * sizeof *kept);
    if (!kept)
        return false;
    memcpy(kept, found, n * sizeof *kept);
    ret->prefixes = kept;
    ret->n_prefixes = (uint8_t)n;
    return true;
}

static const struct dz_known *
make(const struct dz_rules *r, const struct dz_lexicon *l, struct dz_arena *arena,
     struct dz_view fold)
{
    const struct dz_lex *lists[DZ_LISTS] = {&r->dates, &r->numbers, &r->place_words};
    struct dz_known *k = dz_arena_alloc(arena, sizeof *k);
    char *text = k ? dz_arena_alloc(arena, fold.n) : NULL;
    if (!text || !dz_lexicon_plan(l, fold, arena, &k->plan))
        return NULL;
    memcpy(text, fold.p, fold.n);
    k->fold = (struct dz_view){text, fold.n};
    k->gaz = dz_map_get(&r->gaz.forms, fold);
    k->gaz_key = dz_gaz_rough(&r->gaz, fold);
    for (size_t i = 0; i < DZ_LISTS; i++)
        if (!read_list(lists[i], k->fold, arena, &k->lists[i]))
            return NULL;
    return k;
}

static const struct dz_known *
look_up(struct dz_known_words *words, const struct dz_rules *r, const struct dz_lexicon *l,
        struct dz_view fold)
{
    if (fold.n == 0 || fold.n > FORM_MAX)
        return NULL;
    uint64_t hash = hash_of(fold);
    for (size_t i = 0; i < PROBES; i++) {
        struct slot *s = &words->slots[(hash + i) & (SLOTS - 1)];
        if (s->known) {
            if (s->hash == hash && dz_view_eq(s->known->fold, fold))
                return s->known;
            continue;
        }
        const struct dz_known *fresh =
            words->n < MOST ? make(r, l, &words->arena, fold) : NULL;
        if (fresh) {
            *s = (struct slot){hash, fresh};
            words->n++;
        }
        return fresh;
    }
    return NULL;
}

void
dz_known_attach(const struct dz_rules *r, const struct dz_lexicon *l, struct dz_document *d)
{
    struct dz_known_words *words = dz_rules_known(r);
    if (d->known_by == r || d->n_tokens == 0)
        return;
    const struct dz_known **known = dz_arena_alloc(&d->arena, d->n_tokens * sizeof *known);
    if (!known)
        return;
    (void)pthread_mutex_lock(&words->lock);
    if (!words->slots)
        words->slots = dz_alloc_array(SLOTS, sizeof *words->slots);
    for (size_t i = 0; i < d->n_tokens; i++)
        known[i] = d->tokens[i].kind == DZ_TOKEN_PUNCT ? NULL
                                                       : look_up(words, r, l, d->tokens[i].fold);
    (void)pthread_mutex_unlock(&words->lock);
    d->known = known;
    d->known_by = r;
    d->known_lexicon = l;
}
