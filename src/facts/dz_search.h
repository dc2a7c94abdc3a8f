/* Full-text search over the current texts and titles of sources. */
#ifndef DZ_SEARCH_H
#define DZ_SEARCH_H

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

/** Turn what a person typed into an FTS5 expression: words all must occur, "a phrase", -not,
 * begin*. Nothing that is typed is an operator otherwise. DZ_E_INPUT: nothing to look for
 * (empty, or only exclusions). */
DZ_MUSTUSE enum dz_code
dz_search_expression(const char *query, struct dz_buf *out, struct dz_err *err);

/** Best first, at most limit (1..1000). */
DZ_MUSTUSE enum dz_code
dz_search(struct dz_vault *v, const char *query, size_t limit, dz_search_fn *fn, void *ctx,
          struct dz_err *err);

#endif
