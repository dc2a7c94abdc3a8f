/* Sketches of the texts of a vault, and what people decide about lineage.
 *
 * A sketch is made when a text is read for suggestions, or when lineage is first asked for; it
 * stands
 * in the cache beside the hash of its text and goes when its source is purged. */
#ifndef DZ_SKETCHES_H
#define DZ_SKETCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"
#include "dz_sketch.h"
#include "dz_vault.h"

/** Make what is missing or stale. cancel (may be NULL) is set by a signal handler: what was made is
 *  kept, then DZ_E_CANCELLED. ret_n (may be NULL): how many. A text that cannot be read has no
 *  sketch: verify names it. */
DZ_MUSTUSE enum dz_code
dz_sketches_update(struct dz_vault *v, const bool *cancel, uint64_t *ret_n, struct dz_err *err);
/** A text version as it is compared, appended to out: what stands beside the main text of a page
 *  (menus, footers, heads of pages) is blank, a blank for a character, so that code points stay.
 *  Errors as those of dz_source_text_version. */
DZ_MUSTUSE enum dz_code
dz_sketches_text(struct dz_vault *v, const char *source, const char *text_sha256,
                 struct dz_buf *out, struct dz_err *err);
/** The same of a text that is at hand. *ret_framed false: it is compared as it is, and nothing was
 *  appended. */
DZ_MUSTUSE enum dz_code
dz_sketches_main(struct dz_vault *v, const char *source, const char *text_sha256,
                 const char *extractor, struct dz_view text, struct dz_buf *out, bool *ret_framed,
                 struct dz_err *err);
/** Keep one, inside a transaction of the cache. */
DZ_MUSTUSE enum dz_code
dz_sketches_put(struct dz_vault *v, const char *source, const char *text_sha256,
                const struct dz_sketch *s, struct dz_err *err);
/** Append the hashes of a stored sketch. false: it is damaged, and counts as none. */
bool
dz_sketches_decode(struct dz_view stored, uint32_t **hashes, size_t *n, size_t *cap);

/** Decide about two sources (ids or unique beginnings): "independent", "derived" (the source comes
 *  from the origin) or "open" (take back what was decided). One entry lineage.decided; the latest
 *  about two sources counts. note may be NULL. DZ_E_NOTFOUND; DZ_E_INPUT: one source twice, or a
 *  note of more than 500 bytes. */
DZ_MUSTUSE enum dz_code
dz_lineage_decide(struct dz_vault *v, const char *source, const char *origin, const char *decision,
                  const char *note, struct dz_err *err);

#endif
