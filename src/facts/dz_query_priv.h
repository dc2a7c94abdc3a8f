/* What a person typed, understood: phrases of dictionary forms, and how they belong together. */
#ifndef DZ_QUERY_PRIV_H
#define DZ_QUERY_PRIV_H

#include "dz_fts.h"
#include "dz_search.h"
#include "dz_terms.h"

#define DZ_QUERY_PLACES 16 /* of a phrase */

enum dz_query_field { DZ_FIELD_ANY, DZ_FIELD_TITLE, DZ_FIELD_TEXT };

struct dz_query_place {
    struct dz_view terms; /* parted by DZ_FTS_OR */
    struct dz_view form;  /* folded, as it was typed */
    bool exact;           /* no other form counts */
};
struct dz_query_phrase {
    struct dz_view words; /* as the index wants them */
    size_t n;
    struct dz_query_place places[DZ_QUERY_PLACES];
    bool begins;
    bool excluded;
    enum dz_query_field field;
};

enum dz_query_kind { DZ_QUERY_PHRASE, DZ_QUERY_AND, DZ_QUERY_OR };
struct dz_query_node {
    enum dz_query_kind kind;
    bool excluded;              /* of an AND: must not be */
    uint32_t phrase;            /* of a phrase */
    struct dz_query_node *first; /* of the others */
    struct dz_query_node *next;  /* beside this one */
};

struct dz_question {
    struct dz_arena arena;
    struct dz_terms *terms; /* borrowed */
    bool translit;
    bool exact; /* some phrase asks for a form */
    struct dz_query_phrase *phrases;
    size_t n, cap;
    struct dz_query_node *root;
    struct dz_buf match; /* FTS5 expression */
    uint32_t order[DZ_FTS_PHRASES_MAX]; /* of the phrases in it */
    size_t n_order;
};

void
dz_query_done(struct dz_question *q);
/** Read what was typed into q->root (NULL: no word in it). DZ_E_INPUT says what cannot be read. */
DZ_MUSTUSE enum dz_code
dz_query_parse(struct dz_question *q, const char *typed, struct dz_err *err);
/** A phrase of the words in `text`; NULL when there is none. */
struct dz_query_node *
dz_query_phrase_of(struct dz_question *q, struct dz_view text, bool begins, bool exact,
                   enum dz_query_field field);
/** Is the term one of those of a place, which DZ_FTS_OR stands between? */
bool
dz_query_has_term(struct dz_view terms, struct dz_view term);
/** A phrase made by hand: its places; words are written here. NULL: there are too many. */
struct dz_query_node *
dz_query_add_phrase(struct dz_question *q, struct dz_query_phrase *p);
struct dz_query_node *
dz_query_node_of(struct dz_question *q, enum dz_query_kind kind, struct dz_query_node *first);
/** Write q->match from q->root. DZ_E_INPUT: nothing to look for. */
DZ_MUSTUSE enum dz_code
dz_query_express(struct dz_question *q, struct dz_err *err);

/** The concept or sphere or means of the codebook by its id, as a node of all its words in the
 *  three languages; told gets them one by one, as they stand in the data. DZ_E_NOTFOUND names those
 *  that there are. */
DZ_MUSTUSE enum dz_code
dz_query_concept(struct dz_question *q, struct dz_db *db, const char *name, dz_search_word_fn *told,
                 void *ctx, struct dz_query_node **ret, struct dz_err *err);
/** dz_searcher_related of a query that was read. */
DZ_MUSTUSE enum dz_code
dz_query_related(const struct dz_question *q, struct dz_db *db, dz_search_word_fn *fn, void *ctx,
                 struct dz_err *err);

/* ---- where it stands ---- */

struct dz_found {
    size_t start; /* bytes */
    size_t end;
    uint32_t phrase;
};
/* Looks for the phrases of a query in texts; keeps what it has learned of words between them. */
struct dz_finder;
struct dz_finder *
dz_finder_new(const struct dz_question *q);
void
dz_finder_free(struct dz_finder *f);
/** Occurrences in a text, in order, at most max of them; found[phrase] is set for each that occurs
 *  (an array of q->n, not cleared here). Returns how many. */
size_t
dz_finder_look(struct dz_finder *f, struct dz_view text, bool is_title, struct dz_found *out,
               size_t max, bool *found);
/** Whether the query holds, given the phrases that occur. */
bool
dz_query_holds(const struct dz_question *q, const struct dz_query_node *node, const bool *found);
/** The stretch of a text that shows most of what was found, marked; never cut inside a word.
 *  *ret_start: byte of the first found word. */
void
dz_snippet(struct dz_view text, const struct dz_found *found, size_t n, size_t n_phrases,
           struct dz_buf *out, size_t *ret_start);

#endif
