/* Between the files of what rebuilds. */
#ifndef DZ_REBUILD_IMPL_H
#define DZ_REBUILD_IMPL_H

#include "dz_picture.h"
#include "dz_worker.h"

/* ---- rebuild_pages.c: a PDF of pictures ---- */

/* It is written here and not by cairo, which puts its version and the time into each file and
 * cannot be told not to. What is written are pages, pictures and their sizes: there is nothing else
 * in the file that anything could hide in (ISO 32000-1, 7.5). */
struct dz_pages {
    struct dz_work *w;
    uint64_t at;       /* bytes so far */
    uint64_t *offsets; /* of objects, by number */
    size_t n_offsets;
    size_t cap;
    size_t n_pages;
};
/** The file goes into the part that has begun. */
void
dz_pages_begin(struct dz_pages *p, struct dz_work *w);
/** One page of these pixels (8 or 32 bits), shown in a size in points. false: no memory for it. */
bool
dz_pages_add(struct dz_pages *p, PIX *pix, double width, double height);
void
dz_pages_end(struct dz_pages *p);

/* ---- rebuild_text.c ---- */

/** The text as plain UTF-8: newlines alone end lines, no control characters, none of the characters
 * that are not seen and could mark a copy, no space before a newline. */
void
dz_rebuild_text(struct dz_buf *out, struct dz_view utf8);

#endif
