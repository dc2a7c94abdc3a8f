#include <stdlib.h>
#include <string.h>

#include "dz_lexicon_priv.h"

/* What reading needs, made once when all patterns are there: the trie as a double array, the
 * elements that each term satisfies, and the uses of each term by level.
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
add_fit(struct dz_uses *uses, uint32_t element)
{
    if (uses->n > 0 && uses->items[uses->n - 1] == element)
        return;
    uses->items = dz_grow(uses->items, &uses->cap, uses->n + 1, sizeof *uses->items);
    uses->items[uses->n++] = element;
}

/* Alternatives that point to concepts stand first in their element; the words are looked up from
 * the other side. */
static void
pack_elements(struct dz_lexicon *l)
{
    l->term_fits = dz_alloc_array(l->n_terms + 1, sizeof *l->term_fits);
    for (uint32_t e = 0; e < l->n_elements; e++) {
        struct dz_element *el = &l->elements[e];
        for (uint32_t a = 0; a < el->n_alts; a++) {
            struct dz_alt alt = l->alts[el->alts + a];
            if (alt.term >= 0) {
                add_fit(&l->term_fits[alt.term], e);
                continue;
            }
            l->alts[el->alts + el->n_concepts++] = alt;
        }
    }
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
static void
choose_keys(struct dz_lexicon *l)
{
    l->term_keys = dz_alloc_array(l->n_terms + 1, sizeof *l->term_keys);
    l->concept_keys = dz_alloc_array(l->n_concepts + 1, sizeof *l->concept_keys);
    bool *is_key = dz_alloc_array(l->n_elements + 1, sizeof *is_key);
    for (size_t i = 0; i < l->n_patterns; i++) {
        struct dz_pattern *p = &l->patterns[i];
        size_t least = SIZE_MAX;
        p->key = UINT32_MAX;
        for (uint32_t e = p->first + 1; e < p->first + p->n; e++) {
            if (l->elements[e].gap || l->elements[e].optional || l->elements[p->first].optional)
                continue;
            size_t weight = weight_of(l, e);
            if (weight < least && weight < COMMON) {
                least = weight;
                p->key = e;
            }
        }
        if (p->key != UINT32_MAX)
            is_key[p->key] = true;
    }
    for (uint32_t e = 0; e < l->n_elements; e++) {
        const struct dz_element *el = &l->elements[e];
        for (uint32_t a = 0; is_key[e] && a < el->n_alts; a++) {
            const struct dz_alt *alt = &l->alts[el->alts + a];
            add_fit(alt->term >= 0 ? &l->term_keys[alt->term] : &l->concept_keys[alt->concept], e);
        }
    }
    dz_free(is_key);
}

/* Uses ordered by the level of their patterns; few have more than one. */
static void
order_uses(const struct dz_lexicon *l, struct dz_uses *uses)
{
    for (size_t i = 1; i < uses->n; i++) {
        uint32_t item = uses->items[i];
        int level = l->concepts[l->patterns[item].concept].level;
        size_t at = i;
        for (; at > 0 && l->concepts[l->patterns[uses->items[at - 1]].concept].level > level; at--)
            uses->items[at] = uses->items[at - 1];
        uses->items[at] = item;
    }
    for (size_t i = 0; i < uses->n; i++) {
        int level = l->concepts[l->patterns[uses->items[i]].concept].level;
        uses->levels |= 1u << (level < 31 ? level : 31);
    }
}

void
dz_lexicon_pack(struct dz_lexicon *l)
{
    choose_keys(l);
    pack_elements(l);
    for (size_t i = 0; i < l->n_terms; i++)
        order_uses(l, &l->term_uses[i]);
    for (size_t i = 0; i < l->n_concepts; i++)
        order_uses(l, &l->concept_uses[i]);
    pack_trie(l);
}
