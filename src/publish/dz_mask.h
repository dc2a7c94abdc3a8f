/* Withholding the names of private persons in what is published. A source's text is read once more
 * for
 * persons to protect; every form in which such a name stands there is replaced wherever that
 * source's
 * words are shown. It errs towards withholding: an official who shares a first name with a witness
 * loses
 * it too. */
#ifndef DZ_MASK_H
#define DZ_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_rules.h"

/* Names by source. A zeroed value is empty: nothing is withheld. */
struct dz_masks {
    struct dz_mask_source *items;
    size_t n;
    size_t cap;
};
void
dz_masks_done(struct dz_masks *m);

/** Learn the names of one text. language is "en" ... or NULL. DZ_E_LIMIT, DZ_E_INPUT: it cannot be
 *  read, and then nothing
 *  of it may be published. */
DZ_MUSTUSE enum dz_code
dz_masks_learn(struct dz_masks *m, const struct dz_rules *rules, const char *source,
               struct dz_view text, const char *language, struct dz_err *err);

/** Every whole name of two words or more that was learned, from whatever source. */
typedef void
dz_mask_name_fn(void *ctx, struct dz_view name);
void
dz_masks_each_name(const struct dz_masks *m, dz_mask_name_fn *fn, void *ctx);

/** Append text as it may be shown: each name as a whole word becomes "[name withheld]". Returns
 *  whether
 *  anything was replaced. */
bool
dz_masks_apply(const struct dz_masks *m, const char *source, const char *text, struct dz_buf *out);

/** Every stretch of text (bytes) that dz_masks_apply would replace, in order. */
typedef void
dz_mask_span_fn(void *ctx, size_t start, size_t end);
void
dz_masks_each_span(const struct dz_masks *m, const char *source, struct dz_view text,
                   dz_mask_span_fn *fn, void *ctx);

#endif
