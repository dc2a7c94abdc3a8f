/* One sentence on which a finder looks ahead: tokens behind its end are not seen, so a date, a
 * number or a place never goes over it. Private to coding/. */
#ifndef DZ_SCAN_PRIV_H
#define DZ_SCAN_PRIV_H

#include "dz_rules_priv.h"

struct dz_scan {
    const struct dz_rules *r;
    const struct dz_document *d;
    size_t begin, end; /* of the sentence, as token indices */
};

static inline struct dz_scan
dz_scan_of(const struct dz_rules *r, const struct dz_document *d, const struct dz_sentence *s)
{
    return (struct dz_scan){r, d, s->first_token, s->first_token + s->n_tokens};
}

/** Token i, or NULL behind the end. */
static inline const struct dz_token *
dz_scan_at(const struct dz_scan *s, size_t i)
{
    return i < s->end ? &s->d->tokens[i] : NULL;
}

/** The same for reading a field: behind the end there is an empty sign. */
static inline const struct dz_token *
dz_scan_token(const struct dz_scan *s, size_t i)
{
    static const struct dz_token none = {
        .fold = {"", 0}, .kind = DZ_TOKEN_PUNCT, .space_before = true};
    return i < s->end ? &s->d->tokens[i] : &none;
}

/** Is token i this folded word or sign? */
static inline bool
dz_scan_is(const struct dz_scan *s, size_t i, const char *fold)
{
    const struct dz_token *t = dz_scan_at(s, i);
    return t && dz_view_is(t->fold, fold);
}

/** Longest phrase of the list x at token i; NULL when there is none. *ret_n tokens. */
static inline const struct dz_lex_entry *
dz_scan_phrase(const struct dz_scan *s, const struct dz_lex *x, size_t i, unsigned kinds,
               size_t *ret_n)
{
    *ret_n = 0;
    return i < s->end ? dz_lex_find(x, s->d, i, kinds, ret_n) : NULL;
}

#endif
