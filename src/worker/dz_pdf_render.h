/* Pages of a PDF as pixels, for what looks at pages and not into them. */
#ifndef DZ_PDF_RENDER_H
#define DZ_PDF_RENDER_H

#include "dz_pdf_open.h"
#include "dz_picture.h"

enum dz_pdf_colours { DZ_PDF_GRAY, DZ_PDF_RGB }; /* 8 or 32 bits a pixel */

struct dz_pdf_render {
    double dpi;
    uint64_t most; /* pixels: larger pages are rendered coarser */
    enum dz_pdf_colours colours;
};
/** The page on white. *ret_dpi: the resolution that it came to. NULL when its size is none or
 *  memory
 * is gone. Caller destroys with pixDestroy. */
PIX *
dz_pdf_render_page(PopplerPage *page, const struct dz_pdf_render *how, double *ret_dpi);

#endif
