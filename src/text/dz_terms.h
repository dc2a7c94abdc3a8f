/* Words as the full-text index knows them: the dictionary forms of a text's words, in order.
 *
 * A word is a run of letters and digits; apostrophes join inside it, soft hyphens and other
 * invisible characters are dropped, ё counts as е, Latin letters among Cyrillic ones as the letters
 * they look like; hyphens part, and so does the English possessive. Every word has one term or
 * several at one place: its dictionary forms in the language of its sentence, and in both where
 * the sentence does not tell Ukrainian from Russian. Terms are numbered in the order in which a
 * splitter meets them, so that whoever counts them needs no hash. A splitter belongs to one
 * thread. */
#ifndef DZ_TERMS_H
#define DZ_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"

#define DZ_TERMS_EACH 6 /* at one place, at most */

struct dz_terms; /* splitter: remembers the words that it has met */

struct dz_term {
    struct dz_view text;
    uint32_t id; /* from 0, without gaps */
};
struct dz_terms_word {
    size_t start; /* bytes in the text */
    size_t end;
    struct dz_view form; /* folded, as it stands */
    size_t n;            /* 1 or more */
    struct dz_term terms[DZ_TERMS_EACH];
};
/** Everything borrowed for the call; another answer than 0 ends the splitting. */
typedef int
dz_terms_fn(void *ctx, const struct dz_terms_word *w);

struct dz_terms *
dz_terms_new(void);
void
dz_terms_free(struct dz_terms *t); /* NULL is fine */

/** Forget all words when there are too many of them: numbers begin anew. To be called between
 *  texts. */
void
dz_terms_fresh(struct dz_terms *t);

/** Walk the words of well-formed text. Returns what fn answered last. */
int
dz_terms_split(struct dz_terms *t, struct dz_view text, dz_terms_fn *fn, void *ctx);

/** The same for what a person asks: every word with its terms in every language that it can be. */
int
dz_terms_ask(struct dz_terms *t, struct dz_view text, dz_terms_fn *fn, void *ctx);

/** Changes whenever the same text would give other terms: an index made before is then stale. */
const char *
dz_terms_version(void);

#endif
