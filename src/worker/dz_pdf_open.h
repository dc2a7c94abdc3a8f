/* A PDF in memory, opened by poppler. For every family that meets PDF: text, OCR, rebuilding.
 *
 * poppler mends a broken table of objects by itself; what it cannot mend is refused here with the
 * status and the reason that the reader passes on. The bytes are borrowed until dz_pdf_close. */
#ifndef DZ_PDF_OPEN_H
#define DZ_PDF_OPEN_H

#include <stdbool.h>

#include <poppler.h>

#include "dz_buf.h"
#include "dz_mem.h"

struct dz_pdf {
    PopplerDocument *doc;
    GBytes *bytes;
    PopplerPage *first; /* kept by who looked at it already, or NULL */
    int n_pages;        /* at least 1 */
    bool truncated;     /* the end of the file is missing; what is there was mended */
};

#define DZ_PDF_PAGES_MAX 200000

/** What poppler loads once and keeps (names of character sets, maps); for the server. */
void
dz_pdf_warm(void);
/** Open without a password, so files that only restrict copying open too. NULL when it is open;
 *  else
 * the reason ("encrypted", "damaged", "too_large", "truncated") with *ret_status set, and nothing
 * to close. */
const char *
dz_pdf_open(struct dz_view bytes, struct dz_pdf *ret, const char **ret_status);
void
dz_pdf_close(struct dz_pdf *p);
#define DZ_AUTO_PDF DZ_CLEANUP(dz_pdf_close)

/** Cleanups for what poppler and GLib give away. */
static inline void
dz_pdf_cleanup_g(void *pp)
{
    void *p;
    memcpy(&p, pp, sizeof p);
    g_free(p);
}
#define DZ_AUTO_G DZ_CLEANUP(dz_pdf_cleanup_g)
static inline void
dz_pdf_cleanup_page(PopplerPage **page)
{
    g_clear_object(page);
}
#define DZ_AUTO_PAGE DZ_CLEANUP(dz_pdf_cleanup_page)

#endif
