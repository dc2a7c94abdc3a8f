/* The words of facts for the public: names of private persons in them are replaced, as in reports,
 * wherever the reading of a source found them. */
#ifndef DZ_PUBLIC_WORDS_H
#define DZ_PUBLIC_WORDS_H

#include "dz_mask.h"
#include "dz_origin.h"
#include "dz_vault.h"

struct dz_public_words {
    struct dz_masks masks;
};
/** Learn the names in all sources that may be shown, and set the scope's mask, which borrows w.
 *  What cannot be read is an error: its words could not be looked through. */
DZ_MUSTUSE enum dz_code
dz_public_words_learn(struct dz_public_words *w, struct dz_vault *v, const struct dz_rules *rules,
                      struct dz_scope *scope, struct dz_err *err);
void
dz_public_words_done(struct dz_public_words *w);
#define DZ_AUTO_PUBLIC_WORDS DZ_CLEANUP(dz_public_words_done)

/** Replace names in the strings of a fact's body. */
void
dz_public_mask_fact(const struct dz_masks *masks, const struct dz_fact_row *row, json_t *body);

#endif
