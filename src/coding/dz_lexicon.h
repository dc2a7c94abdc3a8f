/* The phrase patterns of data/phrases, compiled, and what they find in a document.
 *
 * Every pattern word is a path in one trie over folded bytes; a word of the text is walked
 * through it once and gives the terms it satisfies. Patterns are tried where their first word
 * stands. Private to coding/. */
#ifndef DZ_LEXICON_H
#define DZ_LEXICON_H

#include <jansson.h>

#include "dz_text.h"

enum dz_concept_kind {
    DZ_CONCEPT_PLAIN,
    DZ_CONCEPT_GOOD,   /* something a person can be refused */
    DZ_CONCEPT_ACCESS, /* closes or conditions a good */
    DZ_CONCEPT_HARM,   /* an act by itself */
    DZ_CONCEPT_THREAT,
    DZ_CONCEPT_STANCE,
    DZ_CONCEPT_ROLE,
    DZ_CONCEPT_UNIT
};

enum dz_slot { DZ_SLOT_AFTER, DZ_SLOT_BEFORE, DZ_SLOT_ANY };

/* Strings are borrowed from the lexicon; "" when absent. */
struct dz_concept {
    const char *id;
    enum dz_concept_kind kind;
    const char *sphere;
    const char *means;
    const char *threatened;
    const char *stance;
    const char *role;
    const char *unit;
    const char *rule; /* rule id of the suggestions made from it */
    enum dz_slot slot;
    int hides; /* concept whose shorter hits inside are forgotten, or -1 */
    int level; /* 0: words only; n: points to concepts of level n - 1 */
};

struct dz_lexicon;

/** Compile the parsed phrases.json (borrowed only during the call). DZ_E_CORRUPT names what does
 * not fit. */
DZ_MUSTUSE enum dz_code
dz_lexicon_new(const json_t *phrases, struct dz_lexicon **ret, struct dz_err *err);
/** From the data that is built in. */
DZ_MUSTUSE enum dz_code
dz_lexicon_load(struct dz_lexicon **ret, struct dz_err *err);
void
dz_lexicon_free(struct dz_lexicon *l);
/** Number of a concept, or -1. */
int
dz_lexicon_find(const struct dz_lexicon *l, const char *id);
/** How many concepts there are. */
size_t
dz_lexicon_size(const struct dz_lexicon *l);
const struct dz_concept *
dz_lexicon_concept(const struct dz_lexicon *l, int ix);

enum dz_break {
    DZ_BREAK_NONE, /* blank, hyphen, quotation mark or bracket */
    DZ_BREAK_COMMA,
    DZ_BREAK_HARD, /* ; : dash, full stop */
    DZ_BREAK_SENTENCE
};

/* A word or number of the text; the English possessive belongs to the word in front. */
struct dz_word {
    size_t start; /* bytes */
    size_t end;
    struct dz_view fold;
    uint32_t token; /* index into the document's tokens */
    uint32_t sentence;
    uint8_t before; /* enum dz_break between this and the word in front */
    bool quoted;    /* stands inside quotation marks */
    bool opens_quote;
    bool capital;
    bool possessive; /* 's behind it */
    bool number;
};

struct dz_hit {
    int concept;
    uint32_t first; /* word index */
    uint32_t n;     /* words */
    uint32_t next;  /* next hit at the same word, or UINT32_MAX; used while reading */
    bool dead;
};

/* A sentence, or a piece of one that is longer than anybody writes: bounds the work on a text
 * without full stops. */
struct dz_piece {
    size_t start; /* bytes */
    uint32_t paragraph;
    uint32_t first_word;
};

/* What the lexicon sees in a document. Borrows document and lexicon. */
struct dz_reading {
    const struct dz_lexicon *lexicon;
    struct dz_document *document;
    struct dz_word *words;
    size_t n_words;
    struct dz_hit *hits; /* by first word, longer first */
    size_t n_hits;
    uint32_t *word_hit;      /* first hit at or behind each word; n_words + 1 entries */
    struct dz_piece *pieces; /* what this layer calls sentences; words[].sentence counts them */
    size_t n_sentences;
    size_t piece_cap;
    uint32_t *sentence_word; /* first word of each sentence; n_sentences + 1 entries */
    uint32_t *sentence_hit;  /* first hit of each sentence; n_sentences + 1 entries */
    uint32_t *block_word;    /* for dz_reading_word_at */
    uint64_t *has;           /* bit per concept that stands in a sentence, n_has words a sentence */
    size_t n_has;
};

void
dz_reading_init(struct dz_reading *rd, const struct dz_lexicon *l, struct dz_document *d);
void
dz_reading_done(struct dz_reading *rd);
/** First hit of a concept within words [from, to), starting there; NULL if none. */
const struct dz_hit *
dz_reading_hit(const struct dz_reading *rd, int concept, size_t from, size_t to);
/** Index of the first word that starts at or after a byte offset. */
size_t
dz_reading_word_at(const struct dz_reading *rd, size_t byte);

#endif
