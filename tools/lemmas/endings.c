#define _GNU_SOURCE
#include "lemmas.h"

#include <stdlib.h>
#include <string.h>

/* Words that no dictionary has are read by their end: for each ending the rule that most forms with
 * it follow, written down only where it differs from what the shorter ending says. */

#define EVIDENCE 2 /* forms that it takes to believe an exception */

struct example {
    uint32_t form;
    uint32_t rule;
    uint8_t n;
};

struct lesson {
    struct automaton *a;
    struct rules *r;
    const uint8_t *pool;
    struct example *examples;
    uint32_t *count; /* by rule; all zero between uses */
    uint8_t ending[ENDING_MAX]; /* last letter first */
    bool plain; /* values are rules, not sets */
};

static int
compare_ends(const void *left, const void *right, void *pool)
{
    const struct example *x = left, *y = right;
    const uint8_t *p = pool;
    for (size_t i = 1; i <= x->n && i <= y->n; i++) {
        int order = p[x->form + x->n - i] - p[y->form + y->n - i];
        if (order != 0)
            return order;
    }
    if (x->n != y->n)
        return x->n - y->n;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

/* The rule of most examples, of those that change no more than the ending. */
static uint32_t
best_rule(struct lesson *t, size_t low, size_t high, size_t depth, uint32_t *ret_count)
{
    uint32_t best = UINT32_MAX, most = 0;
    for (size_t i = low; i < high; i++) {
        uint32_t rule = t->examples[i].rule;
        if (t->r->items[rule].cut > depth)
            continue;
        uint32_t n = ++t->count[rule];
        if (n > most || (n == most && rule < best)) {
            most = n;
            best = rule;
        }
    }
    for (size_t i = low; i < high; i++)
        t->count[t->examples[i].rule] = 0;
    *ret_count = most;
    return best;
}

static void
learn(struct lesson *t, size_t low, size_t high, size_t depth, uint32_t inherited)
{
    uint32_t count;
    uint32_t best = best_rule(t, low, high, depth, &count);
    if (depth > 0 && best != inherited && count >= EVIDENCE) {
        uint32_t value = t->plain ? best + 1 : set_of_rules(t->r, &best, 1);
        automaton_add(t->a, t->ending, depth, value);
        inherited = best;
    }
    if (depth == ENDING_MAX || high - low < EVIDENCE)
        return;
    while (low < high && t->examples[low].n <= depth)
        low++;
    while (low < high) {
        const struct example *first = &t->examples[low];
        uint8_t letter = t->pool[first->form + first->n - 1 - depth];
        size_t past = low;
        while (past < high && t->examples[past].n > depth &&
               t->pool[t->examples[past].form + t->examples[past].n - 1 - depth] == letter)
            past++;
        if (past == low) { /* a word that is its own ending */
            low++;
            continue;
        }
        t->ending[depth] = letter;
        learn(t, low, past, depth + 1, inherited);
        low = past;
    }
}

/* Russian short adjectives (сделана) say nothing of unknown words: most of these are names
 * (Солтана). */
static bool
is_short(const struct language *l, const struct reading *r)
{
    return l->code[0] == 'r' && r->form_n < r->lemma_n &&
           l->pool.p[r->lemma + r->lemma_n - 1] == 10; /* й */
}

static uint32_t
teach(struct automaton *a, struct rules *r, const struct language *l, bool plain)
{
    size_t cap = 0, n = 0, count_cap = 0;
    struct lesson t = {.a = a, .r = r, .pool = l->pool.p, .plain = plain};
    t.examples = grow(NULL, &cap, l->n, sizeof *t.examples);
    for (size_t i = 0; i < l->n; i++) {
        const struct reading *reading = &l->readings[i];
        if (reading->class == LINKED || reading->bare || reading->form_n < 4 ||
            is_short(l, reading))
            continue;
        t.examples[n++] = (struct example){reading->form, rule_of(r, l, reading), reading->form_n};
    }
    t.count = grow(NULL, &count_cap, r->n, sizeof *t.count);
    qsort_r(t.examples, n, sizeof *t.examples, compare_ends, l->pool.p);
    automaton_begin(a);
    learn(&t, 0, n, 0, UINT32_MAX);
    free(t.examples);
    free(t.count);
    return automaton_end(a);
}

uint32_t
learn_endings(struct automaton *a, struct rules *r, const struct language *l)
{
    return teach(a, r, l, false);
}

uint32_t
learn_ending_rules(struct automaton *a, struct rules *r, const struct language *l)
{
    return teach(a, r, l, true);
}
