/* Full-text search over the current texts and titles of sources.
 *
 * What people type: words, all of which must occur, in any of their forms; "a phrase"; begin*;
 * -word or NOT word; OR between; ( ) around; title:word and body:word; =word for this form and no
 * other. Words are understood in each of the three languages that they can belong to. */
#ifndef DZ_SEARCH_H
#define DZ_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_vault.h"

/* Marks around found words in a snippet: private-use characters that no text keeps, for the
 * caller to replace. */
#define DZ_MARK_OPEN "\xEE\x80\x80"  /* U+E000 */
#define DZ_MARK_CLOSE "\xEE\x80\x81" /* U+E001 */

struct dz_search_hit {
    const char *source;
    const char *title;
    const char *name;
    const char *published; /* EDTF or NULL */
    const char *snippet;   /* one line with marks and "…" at cut ends */
    const char *where;     /* page, minute, message or cell of the snippet; "" when not known */
    size_t rank;           /* from 1 */
};
typedef enum dz_code
dz_search_fn(void *ctx, const struct dz_search_hit *hit, struct dz_err *err);
typedef void
dz_search_word_fn(void *ctx, const char *word);

struct dz_search_opts {
    const char *words;   /* as typed; may be NULL beside a concept */
    const char *concept; /* id in the codebook or among its phrases, or NULL */
    bool translit;       /* names in the other script count, too */
    const char *since;   /* EDTF: published then or later; NULL: any time */
    const char *until;   /* EDTF: published then or before */
    const char *language;
    const char *basis;
    const char *publisher;
    size_t limit; /* 1 to 1000 */
    bool bare;    /* hits have source and rank only */
    dz_search_word_fn *told; /* what a concept was widened to; NULL: not asked */
    void *told_ctx;
};

/* Keeps between questions what is dear to make. One thread; before the vault is closed. */
struct dz_searcher;
struct dz_searcher *
dz_searcher_new(struct dz_vault *v);
void
dz_searcher_free(struct dz_searcher *s); /* NULL is fine */

/** Best first. DZ_E_INPUT: it cannot be read, or there is nothing to look for; DZ_E_NOTFOUND: no
 *  such concept; DZ_E_USAGE: the limit. */
DZ_MUSTUSE enum dz_code
dz_searcher_run(struct dz_searcher *s, const struct dz_search_opts *opts, dz_search_fn *fn,
                void *ctx, struct dz_err *err);
/** How many sources there are in all, counted no further than max. */
DZ_MUSTUSE enum dz_code
dz_searcher_count(struct dz_searcher *s, const struct dz_search_opts *opts, size_t max, size_t *ret,
                  struct dz_err *err);
/** Words of the collection that are made of the same root as those asked for, but are others:
 *  offered, never looked for by themselves. Most frequent first, at most a handful. */
DZ_MUSTUSE enum dz_code
dz_searcher_related(struct dz_searcher *s, const char *words, dz_search_word_fn *fn, void *ctx,
                    struct dz_err *err);

/** The plain case: words, best first, at most limit (1..1000). */
DZ_MUSTUSE enum dz_code
dz_search(struct dz_vault *v, const char *query, size_t limit, dz_search_fn *fn, void *ctx,
          struct dz_err *err);
/** The FTS5 expression that becomes of a query, for tests: terms parted by control characters. */
DZ_MUSTUSE enum dz_code
dz_search_expression(const char *query, struct dz_buf *out, struct dz_err *err);

#endif
