#include <stdlib.h>
#include <string.h>

#include "dz_lexicon_priv.h"

/* What reading needs, made once when all patterns are there: the trie as a double array, the
 * elements that each term satisfies, and the patterns to be tried by level.
 *
 * Double array (Aoe 1989): the child of a state by a byte lies at base + byte and is its child if
 * it names the state as its parent. One access a byte, and no search. */

struct edge {
    uint32_t node;
    uint32_t to;
    unsigned char byte;
};

static int
by_node(const void *pa, const void *pb)
{
    const struct edge *a = pa, *b = pb;
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    return (a->byte > b->byte) - (a->byte < b->byte);
}

struct packing {
    struct dz_lexicon *l;
    struct edge *edges; /* by node */
    size_t n;
    uint32_t *first; /* edge of each node */
    size_t cap;
    uint32_t free;  /* no state below it is free */
    uint32_t loose; /* from here on there is room for several children at once */
};

#define TRIES 32 /* places tried before the next search begins further on */

static void
make_room(struct packing *p, size_t states)
{
    size_t old = p->cap;
    if (states <= old)
        return;
    p->l->states = dz_grow(p->l->states, &p->cap, states, sizeof *p->l->states);
    for (size_t i = old; i < p->cap; i++)
        p->l->states[i] = (struct dz_state){.parent = UINT32_MAX, .exact = -1, .prefix = -1};
}

/* Where the children of a node fit: a base that leaves all their places free. */
static uint32_t
find_base(struct packing *p, const struct edge *e, size_t n)
{
    while (p->l->states[p->free].parent != UINT32_MAX)
        make_room(p, ++p->free + 512);
    uint32_t begin = n > 1 && p->loose > p->free ? p->loose : p->free;
    for (uint32_t at = begin;; at++) {
        make_room(p, at + 512);
        if (n > 1 && at > begin + TRIES)
            p->loose = at;
        if (at < e->byte || p->l->states[at].parent != UINT32_MAX)
            continue;
        uint32_t base = at - e->byte;
        bool fits = true;
        for (size_t i = 1; fits && i < n; i++)
            fits = p->l->states[base + e[i].byte].parent == UINT32_MAX;
        if (fits)
            return base;
    }
}

/* Lay out a node's children, then theirs; nodes are laid out in the order in which they were made,
 * so that a parent always has its state before its children. */
static void
lay_out(struct packing *p, uint32_t node, uint32_t *state_of)
{
    size_t from = p->first[node], n = p->first[node + 1] - from;
    if (n == 0)
        return;
    uint32_t base = find_base(p, &p->edges[from], n);
    p->l->states[state_of[node]].base = base;
    for (size_t i = 0; i < n; i++) {
        const struct edge *e = &p->edges[from + i];
        struct dz_state *s = &p->l->states[base + e->byte];
        s->parent = state_of[node];
        s->exact = p->l->nodes[e->to].exact;
        s->prefix = p->l->nodes[e->to].prefix;
        state_of[e->to] = base + e->byte;
    }
}

static void
pack_trie(struct dz_lexicon *l)
{
    struct packing p = {.l = l, .free = 256}; /* a base is never negative */
    p.edges = dz_alloc_array(l->used_edges + 1, sizeof *p.edges);
    p.first = dz_alloc_array(l->n_nodes + 2, sizeof *p.first);
    uint32_t *state_of = dz_alloc_array(l->n_nodes + 1, sizeof *state_of);
    for (size_t i = 0; i < l->n_edges; i++) {
        if (l->edges[i].key == 0)
            continue;
        uint64_t key = l->edges[i].key - 1;
        p.edges[p.n++] =
            (struct edge){(uint32_t)(key >> 8), l->edges[i].to, (unsigned char)(key & 0xff)};
    }
    if (p.n > 1)
        qsort(p.edges, p.n, sizeof *p.edges, by_node);
    size_t at = 0;
    for (size_t node = 0; node <= l->n_nodes; node++) {
        while (at < p.n && p.edges[at].node < node)
            at++;
        p.first[node] = (uint32_t)at;
    }
    make_room(&p, 1024);
    l->states[0].parent = 0; /* the root is nobody's child: no step leads to state 0 */
    for (uint32_t node = 0; node < l->n_nodes; node++)
        lay_out(&p, node, state_of);
    l->n_states = p.cap;
    dz_free(p.edges);
    dz_free(p.first);
    dz_free(state_of);
    dz_free(l->nodes);
    dz_free(l->edges);
    l->nodes = NULL;
    l->edges = NULL;
}

static void
add_fit(struct dz_uses *uses, uint32_t class)
{
    if (uses->n > 0 && uses->items[uses->n - 1] == class)
        return;
    uses->items = dz_grow(uses->items, &uses->cap, uses->n + 1, sizeof *uses->items);
    uses->items[uses->n++] = class;
}

#define COMMON 64 /* a small word weighs as much as so many rare ones */

/* How many words would do for an element: the fewer, the more it says about a sentence. */
static size_t
weight_of(const struct dz_lexicon *l, uint32_t element)
{
    const struct dz_element *el = &l->elements[element];
    size_t weight = 0;
    for (uint32_t a = 0; a < el->n_alts; a++) {
        const struct dz_alt *alt = &l->alts[el->alts + a];
        weight += alt->concept >= 0 ? 4 : l->common[alt->term] ? COMMON : 1;
    }
    return weight;
}

/* A pattern whose key stands nowhere in a sentence need not be tried there. The first element is
 * no key: without it nothing is tried. */
static uint32_t
key_element(const struct dz_lexicon *l, const struct dz_pattern *p)
{
    size_t least = SIZE_MAX;
    uint32_t key = DZ_NO_KEY;
    for (uint32_t e = p->first + 1; e < p->first + p->n; e++) {
        if (l->elements[e].gap || l->elements[e].optional || l->elements[p->first].optional)
            continue;
        size_t weight = weight_of(l, e);
        if (weight < least && weight < COMMON) {
            least = weight;
            key = e;
        }
    }
    return key;
}

/* Elements of the same alternatives, of which there are many, count as one: classes are numbered,
 * those that are keys of patterns first. Returns an element of each class. */
static uint32_t *
number_classes(struct dz_lexicon *l, size_t *ret_n)
{
    struct dz_map seen = {0};
    uint32_t *first = dz_alloc_array(l->n_elements + 1, sizeof *first);
    uint32_t *number = dz_alloc_array(l->n_elements + 1, sizeof *number);
    uint32_t n = 0;
    for (uint32_t e = 0; e < l->n_elements; e++) {
        struct dz_element *el = &l->elements[e];
        struct dz_view alts = {(const char *)&l->alts[el->alts], el->n_alts * sizeof *l->alts};
        el->class = dz_map_get(&seen, alts);
        if (el->class != DZ_MAP_NONE)
            continue;
        el->class = n;
        dz_map_put(&seen, alts, n);
        first[n++] = e;
    }
    dz_map_done(&seen);
    for (size_t i = 0; i < l->n_patterns; i++) {
        struct dz_pattern *p = &l->patterns[i];
        uint32_t e = key_element(l, p);
        p->may_miss = l->elements[p->first].optional;
        p->key = e == DZ_NO_KEY ? DZ_NO_KEY : l->elements[e].class;
        if (p->key != DZ_NO_KEY && number[p->key] == 0)
            number[p->key] = (uint32_t)++l->n_keys;
    }
    uint32_t last = (uint32_t)l->n_keys;
    for (uint32_t c = 0; c < n; c++)
        number[c] = number[c] == 0 ? last++ : number[c] - 1;
    uint32_t *element = dz_alloc_array(n + 1, sizeof *element);
    for (uint32_t c = 0; c < n; c++)
        element[number[c]] = first[c];
    for (uint32_t e = 0; e < l->n_elements; e++)
        l->elements[e].class = number[l->elements[e].class];
    for (size_t i = 0; i < l->n_patterns; i++)
        if (l->patterns[i].key != DZ_NO_KEY)
            l->patterns[i].key = number[l->patterns[i].key];
    dz_free(first);
    dz_free(number);
    *ret_n = n;
    return element;
}

/* Which classes a term satisfies, and which keys a concept. */
static void
pack_classes(struct dz_lexicon *l)
{
    size_t n;
    uint32_t *element = number_classes(l, &n);
    l->term_fits = dz_alloc_array(l->n_terms + 1, sizeof *l->term_fits);
    l->concept_keys = dz_alloc_array(l->n_concepts + 1, sizeof *l->concept_keys);
    for (uint32_t c = 0; c < n; c++) {
        const struct dz_element *el = &l->elements[element[c]];
        for (uint32_t a = 0; a < el->n_alts; a++) {
            const struct dz_alt *alt = &l->alts[el->alts + a];
            if (alt->term >= 0)
                add_fit(&l->term_fits[alt->term], c);
            else if (c < l->n_keys)
                add_fit(&l->concept_keys[alt->concept], c);
        }
    }
    dz_free(element);
}

/* Alternatives that point to concepts stand first in their element; the words are looked up from
 * the other side. */
static void
order_alternatives(struct dz_lexicon *l)
{
    for (uint32_t e = 0; e < l->n_elements; e++) {
        struct dz_element *el = &l->elements[e];
        for (uint32_t a = 0; a < el->n_alts; a++) {
            struct dz_alt alt = l->alts[el->alts + a];
            if (alt.term < 0)
                l->alts[el->alts + el->n_concepts++] = alt;
        }
    }
}

static struct dz_try
try_of(const struct dz_lexicon *l, uint32_t pattern)
{
    const struct dz_pattern *p = &l->patterns[pattern];
    struct dz_try t = {.pattern = pattern, .key = p->key, .next = DZ_NO_KEY};
    if (p->may_miss)
        return t;
    const struct dz_element *second = &l->elements[p->first + 1];
    t.alone = p->n == 1;
    if (p->n > 1 && !second->gap && !second->optional) {
        t.next = second->class;
        t.next_is_word = second->n_concepts == 0;
    }
    return t;
}

static int
by_key(const void *pa, const void *pb)
{
    const struct dz_try *a = pa, *b = pb;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->pattern > b->pattern) - (a->pattern < b->pattern);
}

static void
order_by_key(struct dz_try *tries, size_t n)
{
    if (n > 1)
        qsort(tries, n, sizeof *tries, by_key);
    for (size_t i = n; i > 1; i--) {
        bool alike = tries[i - 2].key == tries[i - 1].key && tries[i - 1].same < UINT16_MAX;
        tries[i - 2].same = alike ? (uint16_t)(tries[i - 1].same + 1) : 0;
    }
}

/* The patterns of several lists as tries, level by level and list by list. */
static bool
make_tries(const struct dz_lexicon *l, const struct dz_uses *const *lists, size_t n_lists,
           struct dz_arena *arena, struct dz_tries *ret)
{
    size_t all = 0, n = 0, levels = (size_t)l->max_level + 1;
    for (size_t i = 0; i < n_lists; i++)
        all += lists[i]->n;
    *ret = (struct dz_tries){0};
    if (all == 0)
        return true;
    uint32_t *upto = dz_arena_alloc(arena, (levels + 1) * sizeof *upto);
    struct dz_try *items = dz_arena_alloc(arena, all * sizeof *items);
    if (!upto || !items)
        return false;
    for (size_t level = 0; level < levels; level++) {
        upto[level] = (uint32_t)n;
        for (size_t i = 0; i < n_lists; i++) {
            for (size_t k = 0; k < lists[i]->n; k++) {
                uint32_t pattern = lists[i]->items[k];
                const struct dz_pattern *p = &l->patterns[pattern];
                if (l->concepts[p->concept].level == (int)level)
                    items[n++] = try_of(l, pattern);
            }
        }
        order_by_key(items + upto[level], n - upto[level]);
    }
    upto[levels] = (uint32_t)n;
    *ret = (struct dz_tries){items, upto};
    return true;
}

#define WORD_TERMS 64 /* beginnings of one word that are terms, at most */

static size_t
terms_of(const struct dz_lexicon *l, struct dz_view fold, int *ret)
{
    size_t n = 0, i = 0;
    uint32_t node = 0;
    for (; i < fold.n && n < WORD_TERMS; i++) {
        uint32_t to = dz_lexicon_step(l, node, (unsigned char)fold.p[i]);
        if (to == 0)
            break;
        node = to;
        if (l->states[node].prefix >= 0)
            ret[n++] = l->states[node].prefix;
    }
    if (i == fold.n && fold.n > 0 && n < WORD_TERMS && l->states[node].exact >= 0)
        ret[n++] = l->states[node].exact;
    return n;
}

static int
by_number(const void *pa, const void *pb)
{
    const uint32_t *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

bool
dz_lexicon_plan(const struct dz_lexicon *l, struct dz_view fold, struct dz_arena *arena,
                struct dz_plan *ret)
{
    int terms[WORD_TERMS];
    const struct dz_uses *uses[WORD_TERMS];
    size_t n_terms = terms_of(l, fold, terms), all = 0;
    *ret = (struct dz_plan){0};
    for (size_t i = 0; i < n_terms; i++) {
        uses[i] = &l->term_uses[terms[i]];
        all += l->term_fits[terms[i]].n;
    }
    if (!make_tries(l, uses, n_terms, arena, &ret->tries))
        return false;
    if (all == 0)
        return true;
    uint32_t *fits = dz_arena_alloc(arena, all * sizeof *fits);
    if (!fits)
        return false;
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < n_terms; i++)
        for (size_t k = 0; k < l->term_fits[terms[i]].n; k++)
            fits[n++] = l->term_fits[terms[i]].items[k];
    if (n_terms > 1)
        qsort(fits, n, sizeof *fits, by_number);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || fits[kept - 1] != fits[i])
            fits[kept++] = fits[i];
    ret->fits = fits;
    ret->n_fits = (uint32_t)kept;
    while (ret->n_keys < kept && fits[ret->n_keys] < l->n_keys)
        ret->n_keys++;
    return true;
}

void
dz_lexicon_pack(struct dz_lexicon *l)
{
    pack_classes(l);
    order_alternatives(l);
    l->concept_tries = dz_alloc_array(l->n_concepts + 1, sizeof *l->concept_tries);
    for (size_t i = 0; i < l->n_concepts; i++) {
        const struct dz_uses *uses = &l->concept_uses[i];
        (void)make_tries(l, &uses, 1, &l->arena, &l->concept_tries[i]);
    }
    pack_trie(l);
}
