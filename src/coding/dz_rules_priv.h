/* Inside coding/: maps, word lists and the gazetteer behind struct dz_rules. Built once while
 * loading,
 * read-only afterwards. Not for other layers. */
#ifndef DZ_RULES_PRIV_H
#define DZ_RULES_PRIV_H

#include "dz_mention.h"
#include "dz_rules.h"

/* Map from strings to small numbers: open addressing, never shrinks, keys are borrowed. */
struct dz_map {
    struct dz_map_slot *slots;
    size_t n;
    size_t cap; /* power of two, or 0 */
};
#define DZ_MAP_NONE UINT32_MAX
void
dz_map_done(struct dz_map *m);
/** The number of key, or DZ_MAP_NONE. */
uint32_t
dz_map_get(const struct dz_map *m, struct dz_view key);
void
dz_map_put(struct dz_map *m, struct dz_view key, uint32_t value);

/* One record of an INI file of data/phrases. */
struct dz_ini_line {
    struct dz_view section;
    struct dz_view key;
    struct dz_view value; /* continuation lines joined, lives during the call only */
};
/** Calls back for each key of a built-in INI file. DZ_E_CORRUPT when it is not there or
 * ill-formed. */
DZ_MUSTUSE enum dz_code
dz_ini_each(const char *name, void (*each)(void *arg, const struct dz_ini_line *line), void *arg,
            struct dz_err *err);

/** The same for the text of such a file; name is for the message. */
DZ_MUSTUSE enum dz_code
dz_ini_read(struct dz_view text, const char *name,
            void (*each)(void *arg, const struct dz_ini_line *line), void *arg, struct dz_err *err);

/* A word list: phrases of one to four words; a last letter * of a word matches any ending. */
struct dz_lex_entry {
    struct dz_view rest[3]; /* words after the first */
    bool rest_prefix[3];
    uint8_t n_rest;
    uint8_t kind;   /* what the list's owner makes of it, 0..31 */
    const char *id; /* section of the INI file */
    const char *value;
    uint32_t next; /* further entry of the same first word, or DZ_MAP_NONE */
};
struct dz_lex {
    const struct dz_rules *owner;
    unsigned place; /* enum dz_known_list */
    struct dz_map exact;
    struct dz_map prefix;
    size_t longest_prefix; /* bytes */
    unsigned prefix_kinds; /* kinds that have words with a star */
    uint64_t begins[64];   /* bit per beginning of a word: most words of a text begin no entry */
    struct dz_lex_entry *entries;
    size_t n;
    size_t cap;
};
void
dz_lex_done(struct dz_lex *x);
/** Bit of the first letters of a word: two Cyrillic ones, or four Latin. */
static inline unsigned
dz_lex_beginning(struct dz_view word)
{
    uint32_t key = 0;
    for (size_t i = 0; i < 4 && i < word.n; i++)
        key = key << 8 | (unsigned char)word.p[i];
    return (key * 0x9E3779B1u) >> 20;
}
/** False: no entry begins with this word. */
static inline bool
dz_lex_may_begin(const struct dz_lex *x, struct dz_view word)
{
    unsigned bit = dz_lex_beginning(word);
    return x->begins[bit / 64] >> bit % 64 & 1;
}
/** Add one phrase in raw spelling; arena keeps what it needs. */
void
dz_lex_add(struct dz_lex *x, struct dz_arena *arena, struct dz_view phrase, unsigned kind,
           const char *id, const char *value);
/** First entry that begins with the first n bytes of a word and a star, or DZ_MAP_NONE. */
uint32_t
dz_lex_prefix(const struct dz_lex *x, struct dz_view word, size_t n);
#define DZ_LEX_KIND(k) (1U << (k))
/** Longest phrase of the wanted kinds that begins at token i; NULL when there is none. *ret_n
 * tokens. */
const struct dz_lex_entry *
dz_lex_find(const struct dz_lex *x, const struct dz_document *d, size_t i, unsigned kinds,
            size_t *ret_n);
/** The same, but the phrase ends before token `end`. */
const struct dz_lex_entry *
dz_lex_find_upto(const struct dz_lex *x, const struct dz_document *d, size_t i, size_t end,
                 unsigned kinds, size_t *ret_n);
/** The longest phrase that ends just before token i. */
const struct dz_lex_entry *
dz_lex_before(const struct dz_lex *x, const struct dz_document *d, size_t i, unsigned kinds,
              size_t *ret_n);

/* Kinds in each list. Names are those of the sections or of `kind =` in data/phrases. */
enum dz_date_word {
    DZ_DW_MONTH,
    DZ_DW_PART,
    DZ_DW_YEAR_WORD,
    DZ_DW_SINCE,
    DZ_DW_UNTIL,
    DZ_DW_BY,
    DZ_DW_DEADLINE_AFTER,
    DZ_DW_IN,
    DZ_DW_AND,
    DZ_DW_FUTURE,
    DZ_DW_SEASON,
    DZ_DW_ORDINAL,
    DZ_DW_QUARTER,
    DZ_DW_HALF,
    DZ_DW_WEEKDAY,
    DZ_DW_DAY,
    DZ_DW_REL_YEAR,
    DZ_DW_REL_MONTH,
    DZ_DW_REL_SEASON,
    DZ_DW_BARE_SEASON,
    DZ_DW_PUBLISHED,
    DZ_DW_TENS,
    DZ_DW_MILLENNIUM,
    DZ_DW_DAY_WORD,
    DZ_DW_EVENT,
    DZ_DW_ROMAN,
    DZ_DW_HOLIDAY,
    DZ_DW_STATED,
    DZ_DW_MONTH_ADJ, /* "березневий" */
    DZ_DW_DATED,     /* what such a word dates: a decree */
    DZ_DW_TOLD,      /* "that", of a story */
    DZ_DW_SETS,      /* verbs that set a deadline */
};
enum dz_number_word {
    DZ_NW_NUMBER,
    DZ_NW_SCALE,
    DZ_NW_FACTOR,
    DZ_NW_QUALIFIER,
    DZ_NW_VAGUE,
    DZ_NW_UNIT,
    DZ_NW_SHARE,
    DZ_NW_EVERY,
    DZ_NW_OUT_OF,
    DZ_NW_RHYTHM,
    DZ_NW_COUNTED,
    DZ_NW_THOUSANDTH
};
enum dz_place_word {
    DZ_PW_OBLAST,
    DZ_PW_KRAI,
    DZ_PW_RAION,
    DZ_PW_REPUBLIC,
    DZ_PW_CITY,
    DZ_PW_AND,
    DZ_PW_OF,
    DZ_PW_LOCATIVE,
    DZ_PW_PAPER,
    DZ_PW_GOVERNMENT,
    DZ_PW_CAPITAL,
    DZ_PW_GIVEN,
    DZ_PW_LOWER,
    DZ_PW_COMMON,
    DZ_PW_WATER
};

/* Names of places as paths of words in a tree. Every inflected form of a word leads to the word. */
struct dz_gaz {
    struct dz_map words; /* nominative -> word number */
    struct dz_map forms; /* any form -> first of its chain in form_links */
    struct dz_map keys;  /* rough Latin spelling -> the same */
    struct dz_gaz_link {
        uint32_t word;
        uint32_t next;
    } * links;
    size_t n_links;
    size_t cap_links;
    uint8_t *word_langs; /* of each word: bit 1 << lang when its forms are there */
    size_t n_words;
    size_t cap_words;
    struct dz_gaz_edge {
        uint64_t key; /* (node + 1) << 32 | word; 0 is empty */
        uint32_t to;
    } * edges;
    size_t n_edges;
    size_t cap_edges;
    struct dz_gaz_end {
        uint32_t place; /* index */
        uint32_t next;
        bool base; /* the name without its head word: "Kherson" of "Kherson Oblast" */
    } * ends;
    size_t n_ends;
    size_t cap_ends;
    uint32_t *node_end; /* first end of each node or DZ_MAP_NONE */
    size_t n_nodes;
    size_t cap_nodes;
};
#define DZ_GAZ_WORDS 8 /* longest name, in words */
#define DZ_GAZ_MAX 16  /* candidates kept of one name */

struct dz_place_more { /* what the public row does not show */
    const char *class_id;
    int rank; /* of settlements: city 3, town 2, urban settlement 1, else 0 */
};

struct dz_rules_list {
    const char *name;
    const char **ids;
    json_t **items;
    size_t n;
};

struct dz_holder;
struct dz_lexicon;
struct dz_rules {
    json_t *codebook, *measures, *norms, *terms, *offices, *gazetteer, *homonyms;
    struct dz_rules_list *lists;
    size_t n_lists;
    size_t cap_lists;
    struct dz_place *places;
    struct dz_place_more *more;
    size_t n_places;
    struct dz_map place_ids;
    struct dz_map prefer; /* folded homonym -> index of the place that everyday use means */
    struct dz_gaz gaz;
    struct dz_lex dates, numbers, place_words;
    struct dz_holder *holders; /* of public office, folded: dz_persons.h */
    size_t n_holders;
    /* Phrase patterns of facts (dz_lexicon.h), compiled when a text is first read: most commands
     * read none. Held apart, since rules are constant for those who share them. */
    struct dz_late_lexicon *late;
    struct dz_arena arena;
};

/** Lexicon that belongs to the rules, compiled at the first call; in any thread. DZ_E_CORRUPT as
 *  dz_lexicon_load. */
DZ_MUSTUSE enum dz_code
dz_rules_lexicon(const struct dz_rules *r, const struct dz_lexicon **ret, struct dz_err *err);
struct dz_known_words;
/** Forms met so far (dz_known.h). */
struct dz_known_words *
dz_rules_known(const struct dz_rules *r);
DZ_MUSTUSE enum dz_code
dz_codebook_load(struct dz_rules *r, struct dz_err *err);
void
dz_codebook_done(struct dz_rules *r);
DZ_MUSTUSE enum dz_code
dz_gaz_load(struct dz_rules *r, struct dz_err *err);
void
dz_gaz_done(struct dz_gaz *g);
/** One word's case forms in Ukrainian or Russian, itself included; each goes to put(). Folded. */
void
dz_gaz_inflect(struct dz_view word, enum dz_text_lang lang,
               void (*put)(void *arg, struct dz_view form), void *arg);
/** Latin spelling of a folded Cyrillic word (Ukrainian national system of 2010; plain for
 * Russian). */
void
dz_gaz_romanise(struct dz_view word, enum dz_text_lang lang, struct dz_buf *out);
/** Rough key under which spellings of one Slavic name in Latin letters meet. */
void
dz_gaz_key(struct dz_view word, struct dz_buf *out);
/** Cut a name into its words as a document would; returns how many (at most DZ_GAZ_WORDS), 0 when
 * none or too many. */
size_t
dz_gaz_split(struct dz_view folded, struct dz_view *ret_words);

/** First link of the names that a word in Latin letters is roughly spelled like, or DZ_MAP_NONE. */
uint32_t
dz_gaz_rough(const struct dz_gaz *g, struct dz_view word);
/** Node that a word leads to from a node (0 is the root), or DZ_MAP_NONE. */
uint32_t
dz_gaz_edge(const struct dz_gaz *g, uint32_t node, uint32_t word);

/* A match in a text. */
struct dz_gaz_hit {
    size_t n_tokens;
    size_t n;
    uint32_t places[DZ_GAZ_MAX];
    bool rough; /* found only by the rough key */
    bool base;  /* of names without their head word */
};
/** Longest name at token i, in whole names (base false) or in names without their head word (base
 * true). */
bool
dz_gaz_match(const struct dz_rules *r, const struct dz_document *d, size_t i, bool base,
             struct dz_gaz_hit *ret);

/** Append a mention; returned pointer is good until the next one. */
struct dz_mention *
dz_mention_add(struct dz_mentions *m, struct dz_document *d, enum dz_mention_kind kind,
               size_t first, size_t n, const char *rule, int score);

#endif
