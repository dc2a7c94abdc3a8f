#include "lemmas.h"

#include <stdlib.h>
#include <string.h>

/* A lemma is told by what changes: so many letters go at the end of the form, others come. */

#define SLOTS ((size_t)1 << 20)

static const uint8_t superlatives[2][3] = {{14, 1, 10}, {14, 1, 9}}; /* най, наи */

static size_t
common(const uint8_t *a, size_t a_n, const uint8_t *b, size_t b_n)
{
    size_t n = 0;
    while (n < a_n && n < b_n && a[n] == b[n])
        n++;
    return n;
}

static uint32_t
intern(struct rules *r, const struct rule *rule)
{
    if (!r->slots) {
        size_t cap = 0;
        r->slots = grow(NULL, &cap, SLOTS, sizeof *r->slots);
    }
    uint32_t h = rule->front * 31u + rule->cut;
    for (size_t i = 0; i < rule->add_n; i++)
        h = (h ^ rule->add[i]) * 16777619u;
    h ^= h >> 15;
    for (size_t at = h & (SLOTS - 1);; at = (at + 1) & (SLOTS - 1)) {
        if (r->slots[at] == 0) {
            r->items = grow(r->items, &r->cap, r->n + 1, sizeof *rule);
            r->items[r->n++] = *rule;
            if (r->n * 2 > SLOTS)
                die("too many rules");
            r->slots[at] = (uint32_t)r->n;
        }
        const struct rule *there = &r->items[r->slots[at] - 1];
        if (there->front == rule->front && there->cut == rule->cut && there->add_n == rule->add_n &&
            memcmp(there->add, rule->add, rule->add_n) == 0)
            return r->slots[at] - 1;
    }
}

uint32_t
rule_of(struct rules *r, const struct language *l, const struct reading *reading)
{
    const uint8_t *form = l->pool.p + reading->form, *lemma = l->pool.p + reading->lemma;
    size_t front = 0, same = common(form, reading->form_n, lemma, reading->lemma_n);
    for (size_t i = 0; i < 2; i++) {
        if (reading->form_n <= 6 || memcmp(form, superlatives[i], 3) != 0)
            continue;
        size_t inner = common(form + 3, reading->form_n - 3u, lemma, reading->lemma_n);
        if (inner > same) {
            front = 3;
            same = inner;
        }
    }
    struct rule rule = {.front = (uint8_t)front,
                        .cut = (uint8_t)(reading->form_n - front - same),
                        .add_n = (uint8_t)(reading->lemma_n - same)};
    memcpy(rule.add, lemma + same, rule.add_n);
    return intern(r, &rule);
}

static size_t
put_letter(uint8_t *out, unsigned letter)
{
    static const uint16_t others[] = {0x456, 0x457, 0x454, 0x491};
    if (letter == 37) {
        out[0] = '\'';
        return 1;
    }
    unsigned cp = letter <= 32 ? 0x42Fu + letter : others[letter - 33];
    out[0] = (uint8_t)(0xC0 | cp >> 6);
    out[1] = (uint8_t)(0x80 | (cp & 0x3F));
    return 2;
}

struct listed {
    uint32_t rule;
    uint8_t class;
    bool rare;
    bool named;
};

/* docs/format/lemmas.md, "Sets": equal sets are there once. */
static uint32_t
intern_set(struct rules *r, const struct listed *list, size_t n)
{
    uint8_t bytes[1 + SET_MAX * (3 + 2 * WORD_MAX)];
    size_t len = 0;
    bytes[len++] = (uint8_t)n;
    for (size_t i = 0; i < n; i++) {
        const struct rule *rule = &r->items[list[i].rule];
        unsigned class = list[i].class > COMMON ? (unsigned)list[i].class - COMMON : 0u;
        bytes[len++] = (uint8_t)(rule->front | (unsigned)list[i].named << 3 | class << 6);
        bytes[len++] = rule->cut;
        size_t add_at = len++;
        for (size_t k = 0; k < rule->add_n; k++)
            len += put_letter(bytes + len, rule->add[k]);
        bytes[add_at] = (uint8_t)(len - add_at - 1);
    }
    if (!r->set_slots) {
        size_t cap = 0;
        r->set_slots = grow(NULL, &cap, SLOTS, sizeof *r->set_slots);
        r->sets.p = grow(NULL, &r->sets.cap, 1, 1);
        r->sets.n = 1; /* value 0 means: none */
    }
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ bytes[i]) * 16777619u;
    h ^= h >> 15;
    for (size_t at = h & (SLOTS - 1);; at = (at + 1) & (SLOTS - 1)) {
        uint32_t there = r->set_slots[at];
        if (there == 0) {
            r->sets.p = grow(r->sets.p, &r->sets.cap, r->sets.n + len, 1);
            memcpy(r->sets.p + r->sets.n, bytes, len);
            r->set_slots[at] = (uint32_t)r->sets.n;
            r->sets.n += len;
            if (++r->n_sets * 2 > SLOTS)
                die("too many sets of readings");
            return r->set_slots[at];
        }
        if (there + len <= r->sets.n && memcmp(r->sets.p + there, bytes, len) == 0)
            return there;
    }
}

/* Whose something is (лікарів, "the doctor's") looks like of whom (лікарів, "of the doctors"), and
 * is much rarer. */
static bool
is_possessive(const struct language *l, const struct reading *reading)
{
    const uint8_t *end = l->pool.p + reading->lemma + reading->lemma_n;
    return reading->lemma_n > 4 && (end[-2] == 33 || end[-2] == 34) && end[-1] == 3; /* ів, їв */
}

/* Of політик and політика, физик and физика, Франция and франций the second is meant more often,
 * where
 * a form belongs to both. */
static bool
is_shadowed(const struct language *l, const struct reading *readings, size_t n, size_t at)
{
    const uint8_t *word = l->pool.p + readings[at].lemma;
    size_t len = readings[at].lemma_n;
    bool ik = len > 3 && word[len - 1] == 11 && (word[len - 2] == 9 || word[len - 2] == 33);
    bool ij = len > 3 && word[len - 1] == 10 && (word[len - 2] == 9 || word[len - 2] == 33);
    for (size_t i = 0; i < n && (ik || ij); i++) {
        const uint8_t *other = l->pool.p + readings[i].lemma;
        size_t same = ik ? len : len - 1;
        if (readings[i].lemma_n == same + 1 && memcmp(word, other, same) == 0 &&
            other[same] == (ik ? 1 : 32))
            return true;
    }
    return false;
}

uint32_t
set_of(struct rules *r, const struct language *l, const struct reading *readings, size_t n)
{
    struct listed list[64];
    size_t kept = 0;
    for (size_t i = 0; i < n && kept < sizeof list / sizeof *list; i++)
        list[kept++] = (struct listed){
            .rule = rule_of(r, l, &readings[i]),
            .class = readings[i].class,
            .rare = is_possessive(l, &readings[i]) || is_shadowed(l, readings, n, i),
            .named = readings[i].named,
        };
    for (size_t i = 1; i < kept; i++)
        for (size_t k = i; k > 0; k--) {
            const struct listed a = list[k - 1], b = list[k];
            uint32_t a_count = r->items[a.rule].count, b_count = r->items[b.rule].count;
            bool after = a.class != b.class ? a.class > b.class
                         : a.rare != b.rare ? a.rare
                         : a_count != b_count ? a_count < b_count
                                              : a.rule > b.rule;
            if (!after)
                break;
            list[k - 1] = b;
            list[k] = a;
        }
    return intern_set(r, list, kept < SET_MAX ? kept : SET_MAX);
}

uint32_t
set_of_rules(struct rules *r, const uint32_t *rules, size_t n)
{
    struct listed list[SET_MAX];
    for (size_t i = 0; i < n; i++)
        list[i] = (struct listed){.rule = rules[i], .class = COMMON};
    return intern_set(r, list, n);
}

void
rules_done(struct rules *r)
{
    free(r->items);
    free(r->slots);
    free(r->sets.p);
    free(r->set_slots);
    *r = (struct rules){0};
}
