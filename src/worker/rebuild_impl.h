/* Between the files of what rebuilds. */
#ifndef DZ_REBUILD_IMPL_H
#define DZ_REBUILD_IMPL_H

#include <poppler.h>

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

/* ---- rebuild_paint.c: what is painted over ---- */

struct dz_paint_box {
    int page; /* from 1 */
    double x; /* pixels of a picture, points of a page of a PDF, from the upper left */
    double y;
    double width;
    double height;
    const char *words; /* in it, or "" */
};
struct dz_paint_boxes {
    struct dz_paint_box *v;
    size_t n;
    size_t cap;
    char *text; /* what words point into */
    bool wanted;
};
/** What was asked for; none is none. Given back with dz_paint_free. */
void
dz_paint_read(const struct dz_work *w, struct dz_paint_boxes *m);
void
dz_paint_free(struct dz_paint_boxes *m);
/** A picture without what is to be painted over: new pixels, or the same where there is nothing.
 *  NULL: no memory. Caller destroys it. */
PIX *
dz_paint_over(const struct dz_paint_boxes *m, int page, PIX *pix, double scale);
/** Boxes of a page made as narrow as their words, where the page says where those stand. */
void
dz_paint_narrow(struct dz_paint_boxes *m, int number, PopplerPage *page);

/* ---- rebuild_text.c ---- */

/** The text as plain UTF-8: newlines alone end lines, no control characters, none of the characters
 * that are not seen and could mark a copy, no space before a newline. */
void
dz_rebuild_text(struct dz_buf *out, struct dz_view utf8);

#endif
