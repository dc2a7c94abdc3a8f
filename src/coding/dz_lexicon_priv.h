/* Inside of the lexicon: shared by compiling (lexicon.c) and reading (lexicon_read.c). */
#ifndef DZ_LEXICON_PRIV_H
#define DZ_LEXICON_PRIV_H

#include "dz_lexicon.h"
#include "dz_rules_priv.h"

struct dz_trie_node {
    int exact;  /* term of the word that ends here, or -1 */
    int prefix; /* term of the words that begin so, or -1 */
};

struct dz_trie_edge {
    uint64_t key; /* (node << 8 | byte) + 1; 0 when free */
    uint32_t to;
};

struct dz_alt {
    int term;    /* or -1 */
    int concept; /* or -1 */
};

struct dz_element {
    uint32_t alts; /* first alternative */
    uint32_t n_alts;
    uint32_t n_concepts; /* of them, in front; the words are found through dz_plan */
    uint32_t class; /* the same number for all elements of the same alternatives; keys come first */
    uint8_t gap; /* up to so many words; 0: this is no gap */
    bool optional;
};

#define DZ_NO_KEY UINT32_MAX
struct dz_pattern {
    int concept;
    uint32_t first; /* element */
    uint32_t n;
    uint32_t key; /* class of the element that has to stand in the same sentence, or DZ_NO_KEY */
    bool may_miss; /* its first element is optional */
};

/* Numbers by term or concept: patterns that can begin with it, classes of elements that it
 * satisfies. */
struct dz_uses {
    uint32_t *items;
    size_t n;
    size_t cap;
};

/* A pattern to be tried, with what most fail for want of: what its key is, and the class of its
 * second element where that one has to stand right behind the first. */
struct dz_try {
    uint32_t pattern;
    uint32_t key;
    uint32_t next; /* or DZ_NO_KEY */
    uint16_t same; /* so many tries behind it have the same key */
    bool alone; /* the first element is all there is */
    bool next_is_word; /* no concept would do for the second */
};

/* Tries in the order of the levels of their patterns, and of their keys: of level n are those from
 * upto[n] to upto[n + 1]. NULL: there are none. */
struct dz_tries {
    struct dz_try *items;
    const uint32_t *upto;
};

/* What the lexicon says of one word: made once for a form, however often it stands in texts. */
struct dz_plan {
    struct dz_tries tries;
    const uint32_t *fits; /* classes of elements that the word satisfies, ascending */
    uint32_t n_fits;
    uint32_t n_keys; /* of them, in front: those that are keys of patterns */
};

/* A state of the packed trie: lexicon_pack.c. */
struct dz_state {
    uint32_t base;
    uint32_t parent; /* UINT32_MAX: free */
    int exact;
    int prefix;
};

struct dz_lexicon {
    struct dz_arena arena;
    struct dz_concept *concepts;
    size_t n_concepts;
    struct dz_map by_id; /* of the concepts */
    struct dz_uses *concept_uses;
    struct dz_uses *term_uses;
    struct dz_uses *term_fits;
    struct dz_uses *concept_keys; /* classes that are keys of patterns, by concept */
    struct dz_tries *concept_tries;
    size_t n_keys; /* classes below are keys */
    struct dz_state *states;
    size_t n_states;
    bool *common; /* per term: a small word */
    size_t common_cap;
    size_t n_terms;
    size_t term_cap;
    struct dz_pattern *patterns;
    size_t n_patterns;
    size_t pattern_cap;
    struct dz_element *elements;
    size_t n_elements;
    size_t element_cap;
    struct dz_alt *alts;
    size_t n_alts;
    size_t alt_cap;
    struct dz_trie_node *nodes;
    size_t n_nodes;
    size_t node_cap;
    struct dz_trie_edge *edges;
    size_t n_edges; /* power of two */
    size_t used_edges;
    int max_level;
};

/** State reached from a state by a byte, or 0. */
static inline uint32_t
dz_lexicon_step(const struct dz_lexicon *l, uint32_t state, unsigned char byte)
{
    size_t to = (size_t)l->states[state].base + byte;
    return to < l->n_states && l->states[to].parent == state ? (uint32_t)to : 0;
}
/** Make what reading needs, once all patterns are there. */
void
dz_lexicon_pack(struct dz_lexicon *l);
/** What the lexicon says of a folded word; it lies in the arena. False: the arena is full. */
bool
dz_lexicon_plan(const struct dz_lexicon *l, struct dz_view fold, struct dz_arena *arena,
                struct dz_plan *ret);

#endif
