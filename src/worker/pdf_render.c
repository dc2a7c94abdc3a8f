#include "dz_pdf_render.h"

#include <cairo.h>
#include <math.h>

static void
copy_gray(const unsigned char *rows, int stride, PIX *to)
{
    l_int32 width = pixGetWidth(to);
    l_int32 height = pixGetHeight(to);
    for (l_int32 y = 0; y < height; y++) {
        const unsigned char *row = rows + (size_t)y * (size_t)stride;
        l_uint32 *line = pixGetData(to) + (size_t)y * (size_t)pixGetWpl(to);
        for (l_int32 x = 0; x < width; x++) {
            uint32_t c;
            memcpy(&c, row + (size_t)x * 4, 4);
            /* leptonica's own weights, in tenths. */
            uint32_t gray = ((c >> 16 & 255) * 3 + (c >> 8 & 255) * 5 + (c & 255) * 2) / 10;
            SET_DATA_BYTE(line, x, (l_uint8)gray);
        }
    }
}

/* cairo's word is 0RGB, leptonica's RGB0. */
static void
copy_rgb(const unsigned char *rows, int stride, PIX *to)
{
    l_int32 width = pixGetWidth(to);
    l_int32 height = pixGetHeight(to);
    for (l_int32 y = 0; y < height; y++) {
        const unsigned char *row = rows + (size_t)y * (size_t)stride;
        l_uint32 *line = pixGetData(to) + (size_t)y * (size_t)pixGetWpl(to);
        for (l_int32 x = 0; x < width; x++) {
            uint32_t c;
            memcpy(&c, row + (size_t)x * 4, 4);
            line[x] = c << 8;
        }
    }
}

static PIX *
pix_of(cairo_surface_t *surface, enum dz_pdf_colours colours)
{
    cairo_surface_flush(surface);
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    int stride = cairo_image_surface_get_stride(surface);
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    PIX *pix = rows ? pixCreateNoInit(width, height, colours == DZ_PDF_GRAY ? 8 : 32) : NULL;
    if (!pix)
        return NULL;
    if (colours == DZ_PDF_GRAY)
        copy_gray(rows, stride, pix);
    else
        copy_rgb(rows, stride, pix);
    return pix;
}

PIX *
dz_pdf_render_page(PopplerPage *page, const struct dz_pdf_render *how, double *ret_dpi)
{
    double width = 0;
    double height = 0;
    poppler_page_get_size(page, &width, &height);
    if (!(width > 0) || !(height > 0) || !isfinite(width) || !isfinite(height))
        return NULL;
    double scale = how->dpi / 72;
    double pixels = width * height * scale * scale;
    if (pixels > (double)how->most)
        scale *= sqrt((double)how->most / pixels);
    /* A page as thin as a hair can still be longer than a picture may be. */
    scale = fmin(scale, 30000 / fmax(width, height));
    *ret_dpi = scale * 72;
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)fmax(1, width * scale + 0.5), (int)fmax(1, height * scale + 0.5));
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, scale, scale);
    poppler_page_render(page, cr);
    /* Drawing that went wrong half way leaves what was drawn before it. */
    cairo_destroy(cr);
    PIX *pix = pix_of(surface, how->colours);
    cairo_surface_destroy(surface);
    return pix;
}
