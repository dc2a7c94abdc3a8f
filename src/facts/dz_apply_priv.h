/* Rows of passages, shared by what applies facts and texts. */
#ifndef DZ_APPLY_PRIV_H
#define DZ_APPLY_PRIV_H

#include <jansson.h>

#include "dz_db.h"
#include "dz_vault.h"

extern const struct dz_apply dz_passage_applies[];
extern const struct dz_word_source dz_facts_words; /* dz_terms.h, as the index wants it */

/** Make the passages of a fact anew from its body and from what was confirmed. */
DZ_MUSTUSE enum dz_code
dz_apply_passages(struct dz_vault *v, struct dz_db *db, const char *fact, const json_t *body,
                  struct dz_err *err);
/** Compare all passages in a source with its current text. */
DZ_MUSTUSE enum dz_code
dz_apply_new_text(struct dz_vault *v, struct dz_db *db, const char *source, struct dz_err *err);

#endif
