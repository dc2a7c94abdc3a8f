/* Between the files of the PDF reader. */
#ifndef DZ_PDF_IMPL_H
#define DZ_PDF_IMPL_H

#include "dz_pdf_open.h"
#include "dz_worker.h"

/* ---- pdf_text.c: lines of a page ---- */

/* Points from the top left of the page as it is shown. */
struct dz_pdf_box {
    double x;
    double y;
    double width;
    double height;
};
struct dz_pdf_line {
    size_t at; /* bytes of dz_pdf_lines.text */
    size_t n;
    struct dz_pdf_box box;
    bool has_box;
    bool begins; /* a paragraph begins here */
};
struct dz_pdf_lines {
    struct dz_buf text; /* the lines one after another, each with its newline */
    struct dz_pdf_line *v;
    size_t n;
    size_t cap;
};
/** The lines of a page in reading order. */
void
dz_pdf_lines_of(PopplerPage *page, struct dz_pdf_lines *ret);
void
dz_pdf_lines_done(struct dz_pdf_lines *l);
#define DZ_AUTO_PDF_LINES DZ_CLEANUP(dz_pdf_lines_done)

/* ---- pdf_probe.c ---- */

enum dz_pdf_probe {
    DZ_PDF_TEXT,   /* there is text to read */
    DZ_PDF_PICTURE /* as good as none: pictures of pages */
};
enum dz_pdf_probe
dz_pdf_probe(struct dz_pdf *p);

/* ---- pdf_meta.c, pdf_xmp.c: what the file says about itself ---- */

void
dz_pdf_meta(struct dz_work *w, const struct dz_pdf *p);
/** An XMP packet, as metadata "xmp.*" and as fields. */
void
dz_pdf_xmp(struct dz_work *w, const char *packet);

/* ---- pdf_parts.c: files inside ---- */

/** Attachments of the document. false: there is more than is taken out. */
bool
dz_pdf_attachments(struct dz_work *w, const struct dz_pdf *p);
struct dz_pdf_taken { /* of all files inside together */
    size_t n;
    size_t bytes;
    bool full;
};
void
dz_pdf_attachment(struct dz_work *w, PopplerAttachment *a, struct dz_pdf_taken *taken);

/* ---- pdf_outline.c ---- */

struct dz_pdf_section {
    int page;      /* from 0 */
    double bottom; /* where on the page, points from its bottom; -1: at its beginning */
    size_t order;
    char *title;
};
struct dz_pdf_outline {
    struct dz_pdf_section *v; /* in the order of the pages */
    size_t n;
    size_t cap;
};
void
dz_pdf_outline_of(const struct dz_pdf *p, struct dz_pdf_outline *ret);
void
dz_pdf_outline_done(struct dz_pdf_outline *o);
#define DZ_AUTO_PDF_OUTLINE DZ_CLEANUP(dz_pdf_outline_done)

/* ---- pdf_notes.c: form fields and annotations ---- */

/** Say what stands in forms and notes of a page and not in its text. */
void
dz_pdf_notes(struct dz_work *w, PopplerPage *page, int number, struct dz_view text,
             struct dz_pdf_taken *taken);

#endif
