/* Withholding the names of private persons in what is published. A source's text is read once more
 * for persons to protect; every form of such a name (dz_forms.h) is replaced wherever that source's
 * words are shown, and the whole name wherever anything is shown. It errs towards withholding: an
 * official who shares a first name with a witness loses it too. */
#ifndef DZ_MASK_H
#define DZ_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_forms.h"
#include "dz_rules.h"

/* Names by source. A zeroed value is empty: nothing is withheld. */
struct dz_masks {
    struct dz_mask_source *items;
    size_t n;
    size_t cap;
    struct dz_mask_person *people;
    size_t n_people;
    size_t cap_people;
    struct dz_forms *forms;
};
void
dz_masks_done(struct dz_masks *m);

/** Learn the names of one text. language is "en" ... or NULL. DZ_E_LIMIT, DZ_E_INPUT: it cannot be
 *  read, and then nothing
 *  of it may be published. */
DZ_MUSTUSE enum dz_code
dz_masks_learn(struct dz_masks *m, const struct dz_rules *rules, const char *source,
               struct dz_view text, const char *language, struct dz_err *err);

/** The name of a person whom the vault protects: withheld everywhere, the surname alone as well. */
void
dz_masks_add_name(struct dz_masks *m, struct dz_view name);

/** Every whole name of two words or more that was learned, from whatever source. */
typedef void
dz_mask_name_fn(void *ctx, struct dz_view name);
void
dz_masks_each_name(const struct dz_masks *m, dz_mask_name_fn *fn, void *ctx);

/** Each piece of text that is withheld, in order and apart from each other; bytes. source may be
 *  NULL: words that stem from none. */
typedef void
dz_mask_span_fn(void *ctx, size_t start, size_t end);
void
dz_masks_each_span(const struct dz_masks *m, const char *source, struct dz_view text,
                   dz_mask_span_fn *fn, void *ctx);

/** Whether what stands around a quote begins or ends inside a name that the source tells: prefix
 *  and suffix are cut after so many characters, and "ваненко" tells as much as the whole. Either may
 *  be NULL. */
bool
dz_masks_cut_name(const struct dz_masks *m, const char *source, const char *prefix,
                  const char *suffix);

/** Append text as it may be shown: each name becomes "[name withheld]". Returns whether anything
 *  was
 *  replaced. */
bool
dz_masks_apply(const struct dz_masks *m, const char *source, const char *text, struct dz_buf *out);
/** Whether anything would be. */
bool
dz_masks_names_someone(const struct dz_masks *m, const char *source, struct dz_view text);

#endif
