#include "dz_families.h"

#include <string.h>

#include "dz_decode.h"
#include "dz_pdf_render.h"
#include "rebuild_impl.h"

/* A copy for publication that holds what is seen and nothing else. It is made anew: pictures from
 * their pixels, PDF from the pixels of its pages, text from its characters. Nothing of the old file
 * is copied, so that nothing in it has to be found and taken out. It comes as one part. */

#define DPI_USUAL 150
#define DPI_LEAST 50
#define DPI_MOST 600
#define PAGE_PIXELS_MOST 36000000u
#define JPEG_QUALITY 92
#define TIFF_DPI 200   /* of a page that does not say its own */
#define PDF_START 1024 /* bytes in which a PDF says that it is one */

static void
begin(struct dz_work *w, const char *name, const char *media_type)
{
    dz_work_part_begin(w, dz_view_of(name), media_type);
}

/* ---- pictures ---- */

/* The pixels in a picture of their own: leptonica keeps remarks and resolution beside them. */
static PIX *
pixels_alone(PIX *pix)
{
    PIX *made = pixCreateNoInit(pixGetWidth(pix), pixGetHeight(pix), pixGetDepth(pix));
    if (!made)
        return NULL;
    size_t n = (size_t)pixGetWpl(made) * (size_t)pixGetHeight(made) * 4;
    memcpy(pixGetData(made), pixGetData(pix), n);
    return made;
}

static PIX *
decoded(struct dz_view bytes, const struct dz_picture_head *head, uint32_t page,
        const struct dz_paint_boxes *masks)
{
    bool flawed = false;
    PIX *pix = dz_picture_decode(bytes, head, page, 0, &flawed);
    /* A copy that lacks a part of the picture is none. */
    if (flawed)
        pixDestroy(&pix);
    PIX *alone = pix ? pixels_alone(pix) : NULL;
    if (alone && head->n_pages > 1)
        pixSetResolution(alone, pixGetXRes(pix), pixGetYRes(pix));
    pixDestroy(&pix);
    PIX *painted = alone ? dz_paint_over(masks, (int)page + 1, alone, 1) : NULL;
    if (painted)
        pixSetResolution(painted, pixGetXRes(alone), pixGetYRes(alone));
    pixDestroy(&alone);
    return painted;
}

/* The chunks of a PNG that was just written, without what leptonica adds to the pixels: it says a
 * resolution even where there is none. */
static void
put_png(struct dz_work *w, const l_uint8 *p, size_t n)
{
    static const char kept[][5] = {"IHDR", "PLTE", "IDAT", "IEND"};
    dz_work_part_data(w, p, 8);
    for (size_t at = 8; at + 12 <= n;) {
        size_t chunk = ((size_t)p[at] << 24 | (size_t)p[at + 1] << 16 | (size_t)p[at + 2] << 8 |
                        (size_t)p[at + 3]) +
                       12;
        if (chunk > n - at)
            return;
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
            if (memcmp(p + at + 4, kept[i], 4) == 0)
                dz_work_part_data(w, p + at, chunk);
        at += chunk;
    }
}

static bool
rebuild_picture(struct dz_work *w, struct dz_view bytes, const struct dz_picture_head *head,
                const struct dz_paint_boxes *masks)
{
    PIX *pix = decoded(bytes, head, 0, masks);
    l_uint8 *p = NULL;
    size_t n = 0;
    const char *form = dz_work_option(w, "form");
    bool jpeg = head->kind == DZ_PICTURE_JPEG && !(form && strcmp(form, "png") == 0);
    bool ok = pix && (jpeg ? pixWriteMemJpeg(&p, &n, pix, JPEG_QUALITY, 0)
                           : pixWriteMemPng(&p, &n, pix, 0)) == 0;
    if (ok) {
        begin(w, jpeg ? "cleaned.jpg" : "cleaned.png", jpeg ? "image/jpeg" : "image/png");
        if (jpeg)
            dz_work_part_data(w, p, n);
        else
            put_png(w, p, n);
        dz_work_part_end(w);
    }
    lept_free(p);
    pixDestroy(&pix);
    return ok;
}

static bool
add_picture_page(struct dz_pages *pages, PIX *pix)
{
    l_int32 dpi = pixGetXRes(pix);
    if (dpi < DPI_LEAST || dpi > 2 * DPI_MOST)
        dpi = TIFF_DPI;
    PIX *even = pixGetDepth(pix) == 32 ? pixClone(pix) : pixConvertTo8(pix, 0);
    bool ok = even && dz_pages_add(pages, even, 72.0 * pixGetWidth(pix) / dpi + 0.5,
                                   72.0 * pixGetHeight(pix) / dpi + 0.5);
    pixDestroy(&even);
    return ok;
}

/* Several pages in one file become a PDF: there is no picture without metadata that has pages. */
static bool
rebuild_pages(struct dz_work *w, struct dz_view bytes, const struct dz_picture_head *head,
              const struct dz_paint_boxes *masks)
{
    struct dz_pages pages;
    bool ok = true;
    begin(w, "cleaned.pdf", "application/pdf");
    dz_pages_begin(&pages, w);
    for (uint32_t i = 0; i < head->n_pages && ok && !dz_work_is_done(w); i++) {
        PIX *pix = decoded(bytes, head, i, masks);
        ok = pix && add_picture_page(&pages, pix);
        pixDestroy(&pix);
    }
    dz_pages_end(&pages);
    dz_work_part_end(w);
    return ok;
}

static void
read_picture(struct dz_work *w, struct dz_view bytes)
{
    struct dz_picture_head head;
    const char *status;
    const char *why = dz_picture_head(bytes, &head, &status);
    if (why) {
        dz_work_done(w, status, why);
        return;
    }
    struct dz_paint_boxes masks;
    dz_paint_read(w, &masks);
    const char *form = dz_work_option(w, "form");
    bool pages = head.n_pages > 1 || (form && strcmp(form, "pdf") == 0);
    bool ok = pages ? rebuild_pages(w, bytes, &head, &masks)
                    : rebuild_picture(w, bytes, &head, &masks);
    dz_paint_free(&masks);
    dz_work_done(w, ok ? "text" : "damaged", ok ? NULL : "damaged");
}

/* ---- PDF ---- */

static double
wanted_dpi(const struct dz_work *w)
{
    const char *option = dz_work_option(w, "dpi");
    int dpi = 0;
    for (; option && *option >= '0' && *option <= '9' && dpi <= DPI_MOST; option++)
        dpi = dpi * 10 + (*option - '0');
    return dpi >= DPI_LEAST && dpi <= DPI_MOST ? dpi : DPI_USUAL;
}

static bool
rebuild_page(struct dz_pages *pages, const struct dz_pdf *pdf, int i, double dpi,
             struct dz_paint_boxes *masks)
{
    const struct dz_pdf_render how = {.dpi = dpi, .most = PAGE_PIXELS_MOST, .colours = DZ_PDF_RGB};
    DZ_AUTO_PAGE PopplerPage *page = poppler_document_get_page(pdf->doc, i);
    double got = 0;
    PIX *drawn = page ? dz_pdf_render_page(page, &how, &got) : NULL;
    if (drawn && masks->n > 0)
        dz_paint_narrow(masks, i + 1, page);
    PIX *pix = drawn ? dz_paint_over(masks, i + 1, drawn, got / 72) : NULL;
    pixDestroy(&drawn);
    bool ok = pix && dz_pages_add(pages, pix, pixGetWidth(pix) * 72.0 / got,
                                  pixGetHeight(pix) * 72.0 / got);
    pixDestroy(&pix);
    return ok;
}

static void
read_pdf(struct dz_work *w, struct dz_view bytes)
{
    DZ_AUTO_PDF struct dz_pdf pdf = {0};
    struct dz_pages pages;
    const char *status;
    const char *why = dz_pdf_open(bytes, &pdf, &status);
    if (why) {
        dz_work_done(w, status, why);
        return;
    }
    struct dz_paint_boxes masks;
    double dpi = wanted_dpi(w);
    bool ok = true;
    dz_paint_read(w, &masks);
    begin(w, "cleaned.pdf", "application/pdf");
    dz_pages_begin(&pages, w);
    for (int i = 0; i < pdf.n_pages && !dz_work_is_done(w); i++) {
        ok = rebuild_page(&pages, &pdf, i, dpi, &masks) && ok;
        dz_work_progress(w, (uint64_t)i + 1, (uint64_t)pdf.n_pages);
    }
    dz_paint_free(&masks);
    dz_pages_end(&pages);
    dz_work_part_end(w);
    /* A copy that lacks pages is none, and whoever asked has to know. */
    if (pdf.truncated || !ok)
        dz_work_done(w, "damaged", pdf.truncated ? "truncated" : "damaged");
    else
        dz_work_done(w, "text", NULL);
}

/* ---- text ---- */

static void
read_text(struct dz_work *w, struct dz_view bytes)
{
    DZ_AUTO_BUF struct dz_buf utf8 = DZ_BUF(3u * (64u << 20));
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(3u * (64u << 20));
    struct dz_decoded how;
    enum dz_code code = dz_decode(bytes, NULL, &utf8, &how, NULL);
    if (code != DZ_OK) {
        bool large = code == DZ_E_LIMIT;
        dz_work_done(w, large ? "limit" : "unsupported", large ? "too_large" : "kind");
        return;
    }
    dz_rebuild_text(&plain, dz_buf_view(&utf8));
    begin(w, "cleaned.txt", "text/plain");
    dz_work_part_data(w, plain.p, plain.n);
    dz_work_part_end(w);
    dz_work_done(w, "text", NULL);
}

static void
read_any(struct dz_work *w)
{
    struct dz_view bytes;
    if (dz_work_map(w, &bytes, NULL) != DZ_OK) {
        dz_work_done(w, "limit", "too_large");
        return;
    }
    size_t start = bytes.n < PDF_START ? bytes.n : PDF_START;
    bool is_pdf = false;
    for (size_t i = 0; i + 5 <= start && !is_pdf; i++)
        is_pdf = memcmp(bytes.p + i, "%PDF-", 5) == 0;
    if (dz_picture_kind(bytes) != DZ_PICTURE_NONE)
        read_picture(w, bytes);
    else if (is_pdf)
        read_pdf(w, bytes);
    else
        read_text(w, bytes);
}

/* Fonts and character maps that PDFs name and do not carry. */
static const char *const folders[] = {
    "/usr/share/poppler", "/usr/share/fonts",      "/usr/share/fontconfig",
    "/etc/fonts",         "/var/cache/fontconfig", NULL,
};

const struct dz_family dz_family_rebuild = {
    .name = "rebuild",
    .extractor = "rebuild/1",
    .folders = folders,
    .warm = dz_pdf_warm,
    .read = read_any,
};
