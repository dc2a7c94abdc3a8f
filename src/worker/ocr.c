#include "dz_families.h"

#include <string.h>

#include "dz_pdf_render.h"
#include "ocr_impl.h"

/* Pictures, and PDF without text, by OCR: page by page, so that what was recognised is out before
 * the
 * next page needs memory. */

#define WARM_LANGUAGES "ukr+rus+eng"
#define DPI 300
#define PIXELS_MOST 36000000u /* of a page that is recognised */
#define SIGNS_FEW 3           /* on a page without writing */

struct job {
    struct dz_work *w;
    TessBaseAPI *engine;
    long n_signs;
    size_t n_lost;
};

static void
warm(void)
{
    dz_pdf_warm();
    setMsgSeverity(L_SEVERITY_NONE);
    (void)dz_ocr_engine(WARM_LANGUAGES);
}

/* One gray page, not larger than what OCR can use. Takes the picture. */
static PIX *
made_ready(PIX *pix)
{
    if (pix && pixGetDepth(pix) > 8) {
        PIX *gray = pixConvertTo8(pix, 0);
        pixDestroy(&pix);
        pix = gray;
    }
    while (pix && (uint64_t)pixGetWidth(pix) * (uint64_t)pixGetHeight(pix) > PIXELS_MOST) {
        PIX *half = pixScaleAreaMap(pix, 0.5F, 0.5F);
        pixDestroy(&pix);
        pix = half;
    }
    return pix;
}

static double
longer_side(PIX *pix)
{
    l_int32 width = pixGetWidth(pix);
    l_int32 height = pixGetHeight(pix);
    return width > height ? width : height;
}

/* How many pixels of the picture one pixel of what was decoded stands for. Pages of a TIFF may
 * differ in size, so that they are compared with themselves. */
static double
unit_of(const struct dz_picture_head *head, PIX *decoded, double before)
{
    double whole = head->width > head->height ? head->width : head->height;
    if (head->kind == DZ_PICTURE_TIFF)
        whole = before;
    return decoded ? whole / longer_side(decoded) : 1;
}

static void
read_page(struct job *j, struct dz_ocr_page *page)
{
    long n = page->pix ? dz_ocr_say_page(j->w, j->engine, page) : -1;
    if (n < 0)
        j->n_lost++;
    else
        j->n_signs += n;
    pixDestroy(&page->pix);
}

static void
end(struct job *j, const char *trouble)
{
    if (trouble)
        dz_work_done(j->w, "damaged", trouble);
    else if (j->n_lost > 0)
        dz_work_done(j->w, "damaged", "damaged");
    else if (j->n_signs < SIGNS_FEW)
        dz_work_done(j->w, "empty", "no_text");
    else
        dz_work_done(j->w, "text", NULL);
}

static void
read_pdf(struct job *j, struct dz_view bytes)
{
    DZ_AUTO_PDF struct dz_pdf pdf = {0};
    const char *status;
    const char *why = dz_pdf_open(bytes, &pdf, &status);
    if (why) {
        dz_work_done(j->w, status, why);
        return;
    }
    const struct dz_pdf_render how = {.dpi = DPI, .most = PIXELS_MOST, .colours = DZ_PDF_GRAY};
    for (int i = 0; i < pdf.n_pages && !dz_work_is_done(j->w); i++) {
        DZ_AUTO_PAGE PopplerPage *page = poppler_document_get_page(pdf.doc, i);
        DZ_AUTO_G char *label = page ? poppler_page_get_label(page) : NULL;
        DZ_AUTO_FREE char *plain = dz_asprintf("%d", i + 1);
        double dpi = DPI;
        struct dz_ocr_page p = {.number = i + 1};
        p.pix = page ? dz_pdf_render_page(page, &how, &dpi) : NULL;
        p.unit = 72 / dpi;
        p.label = label && *label && strcmp(label, plain) != 0 ? label : NULL;
        if (p.pix)
            pixSetResolution(p.pix, (l_int32)(dpi + 0.5), (l_int32)(dpi + 0.5));
        read_page(j, &p);
        dz_work_progress(j->w, (uint64_t)i + 1, (uint64_t)pdf.n_pages);
    }
    end(j, pdf.truncated ? "truncated" : NULL);
}

static void
read_picture(struct job *j, struct dz_view bytes)
{
    struct dz_picture_head head;
    const char *status;
    const char *why = dz_picture_head(bytes, &head, &status);
    if (why) {
        dz_work_done(j->w, status, why);
        return;
    }
    bool any_flawed = false;
    for (uint32_t i = 0; i < head.n_pages && !dz_work_is_done(j->w); i++) {
        struct dz_ocr_page p = {.number = (int)i + 1};
        bool flawed = false;
        PIX *pix = dz_picture_decode(bytes, &head, i, PIXELS_MOST, &flawed);
        any_flawed = any_flawed || flawed;
        double before = pix ? longer_side(pix) : 0;
        p.pix = made_ready(pix);
        p.unit = unit_of(&head, p.pix, before);
        read_page(j, &p);
        dz_work_progress(j->w, i + 1, head.n_pages);
    }
    end(j, any_flawed ? "truncated" : NULL);
}

static void
read_any(struct dz_work *w)
{
    char languages[DZ_OCR_LANGUAGES_MAX];
    const char *wanted = dz_work_option(w, "ocr");
    struct dz_view bytes;
    struct job j = {.w = w};
    if (!wanted || !*wanted) {
        dz_work_done(w, "unsupported", "ocr_off");
        return;
    }
    if (dz_work_map(w, &bytes, NULL) != DZ_OK) {
        dz_work_done(w, "limit", "too_large");
        return;
    }
    if (dz_ocr_languages(wanted, languages))
        j.engine = dz_ocr_engine(languages);
    if (!j.engine) {
        dz_work_done(w, "unsupported", "ocr_language");
        return;
    }
    /* How it was recognised belongs to the text: another set of languages gives another one. */
    dz_work_meta(w, "ocr.languages", dz_view_of(languages));
    DZ_AUTO_FREE char *engine = dz_asprintf("tesseract %s", TessVersion());
    dz_work_meta(w, "ocr.engine", dz_view_of(engine));
    if (dz_picture_kind(bytes) == DZ_PICTURE_NONE)
        read_pdf(&j, bytes);
    else
        read_picture(&j, bytes);
}

/* Models of languages; fonts and character maps that PDFs name and do not carry. */
static const char *const folders[] = {
    "/usr/share/tesseract-ocr", "/usr/share/tessdata", "/usr/share/poppler",    "/usr/share/fonts",
    "/usr/share/fontconfig",    "/etc/fonts",          "/var/cache/fontconfig", NULL,
};

const struct dz_family dz_family_ocr = {
    .name = "ocr",
    .extractor = "ocr/1",
    .folders = folders,
    .warm = warm,
    .read = read_any,
};
