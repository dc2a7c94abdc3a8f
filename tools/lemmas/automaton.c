#include "lemmas.h"

#include <stdlib.h>
#include <string.h>

/* A minimal acyclic automaton from sorted words (Daciuk, Mihov, Watson, Watson 2000): a state is
 * written when no later word can change it, and only if no equal one is there. An arc is a letter
 * (6 bits), a mark for the last arc of its state (1 bit) and the first arc of the next state (25
 * bits). The arc of letter 0 stands first and holds the value of the word that ends here. */

#define LAST 64u
#define TARGET_BITS 25

struct draft {
    uint32_t value;
    size_t n;
    uint8_t letters[LETTERS];
    uint32_t targets[LETTERS];
};
static struct draft path[WORD_MAX + 1];
static uint8_t before[WORD_MAX];
static size_t before_n;

void
automaton_init(struct automaton *a)
{
    *a = (struct automaton){.n_slots = (size_t)1 << 22};
    size_t cap = 0;
    a->slots = grow(NULL, &cap, a->n_slots, sizeof *a->slots);
    a->arcs = grow(NULL, &a->cap, 1, sizeof *a->arcs);
    a->arcs[a->n++] = LAST; /* no state begins at 0, which means: no way */
}

static uint64_t
mix(uint64_t h, uint32_t x)
{
    h = (h ^ x) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

static void
insert_slot(struct automaton *a, uint64_t hash, uint32_t state)
{
    size_t at = hash & (a->n_slots - 1);
    while (a->slots[at] != 0)
        at = (at + 1) & (a->n_slots - 1);
    a->slots[at] = state;
}

static uint64_t
hash_state(const struct automaton *a, uint32_t state)
{
    uint64_t h = 1;
    for (uint32_t i = state;; i++) {
        h = mix(h, a->arcs[i]);
        if (a->arcs[i] & LAST)
            return h;
    }
}

static void
widen_slots(struct automaton *a)
{
    if (a->n_states * 2 < a->n_slots)
        return;
    uint32_t *old = a->slots;
    size_t n = a->n_slots, cap = 0;
    a->n_slots = n * 2;
    a->slots = grow(NULL, &cap, a->n_slots, sizeof *a->slots);
    for (size_t i = 0; i < n; i++)
        if (old[i] != 0)
            insert_slot(a, hash_state(a, old[i]), old[i]);
    free(old);
}

/* The state of a draft: an equal one that is there, or a new one. */
static uint32_t
freeze(struct automaton *a, struct draft *d)
{
    uint32_t arcs[LETTERS + 1];
    size_t n = 0;
    if (d->value > 0)
        arcs[n++] = d->value << (32 - TARGET_BITS);
    for (size_t i = 0; i < d->n; i++)
        arcs[n++] = d->targets[i] << (32 - TARGET_BITS) | d->letters[i];
    if (n == 0)
        die("an automaton without words");
    arcs[n - 1] |= LAST;
    uint64_t h = 1;
    for (size_t i = 0; i < n; i++)
        h = mix(h, arcs[i]);
    for (size_t at = h & (a->n_slots - 1); a->slots[at] != 0; at = (at + 1) & (a->n_slots - 1)) {
        uint32_t there = a->slots[at];
        if (there + n <= a->n && memcmp(a->arcs + there, arcs, n * sizeof *arcs) == 0)
            return there;
    }
    uint32_t state = (uint32_t)a->n;
    if (a->n + n >= (size_t)1 << TARGET_BITS)
        die("more arcs than an arc can number");
    a->arcs = grow(a->arcs, &a->cap, a->n + n, sizeof *a->arcs);
    memcpy(a->arcs + a->n, arcs, n * sizeof *arcs);
    a->n += n;
    a->n_states++;
    insert_slot(a, h, state);
    widen_slots(a);
    return state;
}

/* Write all states of the word before that lie deeper than the first `keep` letters. */
static void
close_to(struct automaton *a, size_t keep)
{
    for (size_t i = before_n; i > keep; i--) {
        uint32_t state = freeze(a, &path[i]);
        struct draft *above = &path[i - 1];
        above->letters[above->n] = before[i - 1];
        above->targets[above->n++] = state;
    }
}

void
automaton_begin(struct automaton *a)
{
    (void)a;
    before_n = 0;
    path[0] = (struct draft){0};
}

void
automaton_add(struct automaton *a, const uint8_t *word, size_t n, uint32_t value)
{
    size_t same = 0;
    while (same < n && same < before_n && word[same] == before[same])
        same++;
    if (before_n > 0 && (same == n || (same < before_n && word[same] < before[same])))
        die("words are not in order");
    if (value == 0 || value >= 1u << TARGET_BITS)
        die("a value that does not fit");
    close_to(a, same);
    for (size_t i = same; i < n; i++)
        path[i + 1] = (struct draft){0};
    path[n].value = value;
    memcpy(before, word, n);
    before_n = n;
}

uint32_t
automaton_end(struct automaton *a)
{
    close_to(a, 0);
    return freeze(a, &path[0]);
}

void
automaton_order(struct automaton *a)
{
    /* A target always lies in front of its source: one pass counts the words behind each arc. */
    size_t cap = 0;
    uint32_t *words = grow(NULL, &cap, a->n, sizeof *words); /* at the first arc of a state */
    for (size_t state = 1; state < a->n;) {
        size_t past = state;
        uint64_t sum = 0, weight[LETTERS + 1];
        do {
            uint32_t arc = a->arcs[past];
            weight[past - state] = (arc & 63) == 0 ? UINT32_MAX : words[arc >> 7];
            sum += (arc & 63) == 0 ? 1 : words[arc >> 7];
        } while (!(a->arcs[past++] & LAST));
        words[state] = sum > UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)sum;
        a->arcs[past - 1] &= ~LAST;
        for (size_t i = state + 1; i < past; i++)
            for (size_t k = i; k > state && weight[k - state] > weight[k - state - 1]; k--) {
                uint32_t arc = a->arcs[k];
                uint64_t w = weight[k - state];
                a->arcs[k] = a->arcs[k - 1];
                weight[k - state] = weight[k - state - 1];
                a->arcs[k - 1] = arc;
                weight[k - state - 1] = w;
            }
        a->arcs[past - 1] |= LAST;
        state = past;
    }
    free(words);
}

void
automaton_done(struct automaton *a)
{
    free(a->arcs);
    free(a->slots);
    *a = (struct automaton){0};
}

static uint32_t
step(const struct automaton *a, uint32_t state, unsigned letter)
{
    for (const uint32_t *arc = a->arcs + state;; arc++) {
        if ((*arc & 63) == letter)
            return *arc >> 7;
        if (*arc & LAST)
            return 0;
    }
}

uint32_t
automaton_longest_end(const struct automaton *a, uint32_t root, const uint8_t *word, size_t n)
{
    uint32_t state = root, best = 0;
    for (size_t i = n; i > 0; i--) {
        state = step(a, state, word[i - 1]);
        if (state == 0)
            break;
        if ((a->arcs[state] & 63) == 0)
            best = a->arcs[state] >> 7;
    }
    return best;
}
