/* Renderings of captured pages, as sources. */
#ifndef DZ_SOURCE_SHOT_H
#define DZ_SOURCE_SHOT_H

#include "dz_err.h"
#include "dz_vault.h"

struct dz_captured;
struct dz_shot;
struct dz_source_capture;

/** Preserve the picture and the PDF that were made of a captured page, as two sources made from it
 *  (docs/format/capture.md section 4), with the basis and access of the page, in one commit; waits
 *  for the write lock as dz_source_capture does. Their full ids go to ret_png and ret_pdf. Errors
 *  of the vault. */
DZ_MUSTUSE enum dz_code
dz_source_keep_shot(struct dz_vault *v, const char *page_id, const struct dz_captured *page,
                    const struct dz_source_capture *what, const struct dz_shot *shot,
                    char ret_png[DZ_ID_MAX], char ret_pdf[DZ_ID_MAX], struct dz_err *err);

#endif
