/* Inside of the lexicon: shared by compiling (lexicon.c) and reading (lexicon_read.c). */
#ifndef DZ_LEXICON_PRIV_H
#define DZ_LEXICON_PRIV_H

#include "dz_lexicon.h"

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
    uint8_t gap; /* up to so many words; 0: this is no gap */
    bool optional;
};

struct dz_pattern {
    int concept;
    uint32_t first; /* element */
    uint32_t n;
};

/* Patterns that can begin with a term or concept. */
struct dz_uses {
    uint32_t *items;
    size_t n;
    size_t cap;
};

struct dz_lexicon {
    struct dz_arena arena;
    struct dz_concept *concepts;
    size_t n_concepts;
    struct dz_uses *concept_uses;
    struct dz_uses *term_uses;
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

/** Node reached from a node by a byte, or 0. */
uint32_t
dz_lexicon_step(const struct dz_lexicon *l, uint32_t node, unsigned char byte);

#endif
