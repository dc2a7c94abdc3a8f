/* Copies for publication: made anew of what is seen in a document, with nothing else of the old
 * file in them. Done in the box, like reading. */
#ifndef DZ_REBUILD_H
#define DZ_REBUILD_H

#include "dz_extract.h"

/** Make a copy of one document, which comes as the one part of job->parts (its name tells the kind:
 * "cleaned.png", "cleaned.jpg", "cleaned.pdf", "cleaned.txt"). job->ocr is not used.
 * ret->status is DZ_EXTRACT_TEXT when the copy is whole; else what came must be given up, and
 * ret->why says the reason. Errors as those of dz_extract. */
DZ_MUSTUSE enum dz_code
dz_extract_rebuild(struct dz_box *box, const struct dz_extract_job *job, struct dz_extracted *ret,
                   struct dz_err *err);

/* A copy in which something is painted over (docs/format/worker.md, "rebuild"). */
struct dz_rebuild_how {
    const char *form; /* "png" or "pdf" for pictures, or NULL: as the document is */
    const char *mask; /* items "page x y width height words" parted by U+001F; or NULL */
};
#define DZ_REBUILD_MASK_MAX 14000 /* bytes: it has to fit into a request */
/** The same with how; DZ_E_LIMIT when the mask is too long. */
DZ_MUSTUSE enum dz_code
dz_extract_rebuild_masked(struct dz_box *box, const struct dz_extract_job *job,
                          const struct dz_rebuild_how *how, struct dz_extracted *ret,
                          struct dz_err *err);

#endif
