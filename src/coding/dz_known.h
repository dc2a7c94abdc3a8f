/* What all lists of words and names say of one form, looked up once for as long as the rules live:
 * words come again and again, and what they mean to the lists never changes. Private to coding/. */
#ifndef DZ_KNOWN_H
#define DZ_KNOWN_H

#include "dz_lexicon_priv.h"
#include "dz_rules_priv.h"

/* By which list a phrase is looked for; each struct dz_lex has its place. */
enum dz_known_list { DZ_LIST_DATES, DZ_LIST_NUMBERS, DZ_LIST_PLACES, DZ_LISTS };

/* Chains of entries of a word list whose first word the form is. */
struct dz_known_heads {
    uint32_t exact;      /* entry, or DZ_MAP_NONE */
    unsigned kinds;      /* of all entries of all chains */
    uint8_t n_prefixes;
    bool may_begin;           /* as dz_lex_may_begin says */
    const uint32_t *prefixes; /* of words with a star, the longest first */
};

struct dz_known {
    struct dz_view fold;
    struct dz_plan plan;
    uint32_t gaz;     /* first of its links in the gazetteer, or DZ_MAP_NONE */
    uint32_t gaz_key; /* the same by its rough spelling, of words that are looked up so */
    bool demonym;    /* dz_office_demonym */
    bool first_name; /* dz_person_is_given or dz_person_is_first_form */
    struct dz_known_heads lists[DZ_LISTS];
    char text[]; /* of fold */
};

struct dz_known_words; /* all that one set of rules has met */

struct dz_known_words *
dz_known_new(void);
void
dz_known_free(struct dz_known_words *k);
/** Have the words of a document looked up: d->known, in its arena, lives as long as the rules and
 *  the document. The lexicon is that of the rules. In any thread. */
void
dz_known_attach(const struct dz_rules *r, const struct dz_lexicon *l, struct dz_document *d);
/** What is known of token i under these rules; NULL when it was not looked up. */
static inline const struct dz_known *
dz_known_at(const struct dz_rules *r, const struct dz_document *d, size_t i)
{
    return d->known && d->known_by == r ? d->known[i] : NULL;
}
/** May a phrase of the wanted kinds begin at token i? Sure to say so where one does. */
static inline bool
dz_known_begins(const struct dz_lex *x, const struct dz_document *d, size_t i, unsigned kinds)
{
    const struct dz_known *known = dz_known_at(x->owner, d, i);
    return known ? (known->lists[x->place].kinds & kinds) != 0
                 : dz_lex_may_begin(x, d->tokens[i].fold);
}

#endif
