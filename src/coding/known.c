#include "dz_known.h"

#include <pthread.h>
#include <string.h>

#include "dz_persons.h"

/* A table of forms that only grows, up to a bound: entries never move and never change, so whoever
 * has one needs no lock. What does not fit any more is looked up by whoever asks. */

#define SLOTS (1U << 16)          /* a power of two */
#define MOST (SLOTS / 2)          /* forms kept */
#define PROBES 16                 /* places looked at for one form */
#define FORM_MAX 64               /* bytes of a form that is kept */
#define ARENA_MAX ((size_t)8 << 20)

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

/* Words are short, and most that are compared are equal: eight bytes at a time, the last eight
 * again where they overlap. */
static bool
same(struct dz_view a, struct dz_view b)
{
    uint64_t x, y;
    size_t i = 0;
    if (a.n != b.n)
        return false;
    if (a.n < 8)
        return memcmp(a.p, b.p, a.n) == 0;
    for (;; i = i + 16 <= a.n ? i + 8 : a.n - 8) {
        memcpy(&x, a.p + i, 8);
        memcpy(&y, b.p + i, 8);
        if (x != y)
            return false;
        if (i + 8 == a.n)
            return true;
    }
}

static unsigned
kinds_of(const struct dz_lex *x, uint32_t at)
{
    unsigned kinds = 0;
    for (; at != DZ_MAP_NONE; at = x->entries[at].next)
        kinds |= DZ_LEX_KIND(x->entries[at].kind);
    return kinds;
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
    ret->kinds = kinds_of(x, ret->exact);
    for (size_t length = most; length > 1; length--) {
        uint32_t at = dz_lex_prefix(x, fold, length);
        if (at == DZ_MAP_NONE)
            continue;
        ret->kinds |= kinds_of(x, at);
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
    struct dz_known *k = dz_arena_alloc(arena, sizeof *k + fold.n);
    if (!k || !dz_lexicon_plan(l, fold, arena, &k->plan))
        return NULL;
    memcpy(k->text, fold.p, fold.n);
    k->fold = (struct dz_view){k->text, fold.n};
    k->gaz = dz_map_get(&r->gaz.forms, fold);
    k->gaz_key = dz_gaz_rough(&r->gaz, fold);
    k->demonym = dz_office_demonym(fold);
    k->first_name = dz_person_is_given(fold) || dz_person_is_first_form(fold);
    for (size_t i = 0; i < DZ_LISTS; i++)
        if (!read_list(lists[i], k->fold, arena, &k->lists[i]))
            return NULL;
    return k;
}

static const struct dz_known *
look_up(struct dz_known_words *words, const struct dz_rules *r, const struct dz_lexicon *l,
        struct dz_view fold, uint64_t hash)
{
    if (fold.n == 0 || fold.n > FORM_MAX)
        return NULL;
    for (size_t i = 0; i < PROBES; i++) {
        struct slot *s = &words->slots[(hash + i) & (SLOTS - 1)];
        if (s->known) {
            if (s->hash == hash && same(s->known->fold, fold))
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

#define AT_ONCE 16

/* The table is larger than what lies near the processor: first all places are named that will be
 * looked at, so that they are fetched side by side. */
static void
look_up_some(struct dz_known_words *words, const struct dz_rules *r, const struct dz_lexicon *l,
             const struct dz_document *d, size_t first, const struct dz_known **ret)
{
    uint64_t hashes[AT_ONCE];
    size_t n = d->n_tokens - first < AT_ONCE ? d->n_tokens - first : AT_ONCE;
    const struct dz_token *t = &d->tokens[first];
    for (size_t i = 0; i < n; i++) {
        hashes[i] = dz_view_hash(t[i].fold);
        __builtin_prefetch(&words->slots[hashes[i] & (SLOTS - 1)]);
    }
    for (size_t i = 0; i < n; i++) {
        const struct dz_known *k = words->slots[hashes[i] & (SLOTS - 1)].known;
        if (k)
            __builtin_prefetch(k);
    }
    for (size_t i = 0; i < n; i++)
        ret[first + i] = t[i].kind == DZ_TOKEN_PUNCT
                             ? NULL
                             : look_up(words, r, l, t[i].fold, hashes[i]);
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
    for (size_t i = 0; i < d->n_tokens; i += AT_ONCE)
        look_up_some(words, r, l, d, i, known);
    (void)pthread_mutex_unlock(&words->lock);
    d->known = known;
    d->known_by = r;
    d->known_lexicon = l;
}
