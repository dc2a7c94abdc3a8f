#include "ocr_impl.h"

#include "dz_utf8.h"

#define LINES_MAX 100000 /* of one page */

struct saying {
    struct dz_work *w;
    TessResultIterator *at;
    const struct dz_ocr_page *page;
    long n_signs;
};

/* What a page has is counted in letters and digits: on a photograph without any writing, tesseract
 * sees dots and strokes. */
static void
count_signs(struct saying *s, struct dz_view line)
{
    for (size_t pos = 0; pos < line.n;) {
        uint32_t c = dz_utf8_next(line, &pos);
        s->n_signs += (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 0xC0;
    }
}

static void
say_place(struct saying *s)
{
    const TessPageIterator *at = TessResultIteratorGetPageIteratorConst(s->at);
    int left;
    int top;
    int right;
    int bottom;
    if (!TessPageIteratorBoundingBox(at, RIL_TEXTLINE, &left, &top, &right, &bottom))
        return;
    double unit = s->page->unit;
    dz_work_locatorf(s->w, "line", "%.0f %.0f %.0f %.0f", left * unit, top * unit,
                     (right - left) * unit, (bottom - top) * unit);
}

static void
say_line(struct saying *s)
{
    const TessPageIterator *at = TessResultIteratorGetPageIteratorConst(s->at);
    char *text = TessResultIteratorGetUTF8Text(s->at, RIL_TEXTLINE);
    struct dz_view line = dz_view_trim(dz_view_of(text));
    if (line.n > 0) {
        bool block = TessPageIteratorIsAtBeginningOf(at, RIL_BLOCK);
        bool paragraph = block || TessPageIteratorIsAtBeginningOf(at, RIL_PARA);
        if (paragraph && s->n_signs > 0)
            dz_work_texts(s->w, "\n");
        if (block)
            dz_work_locatorf(s->w, "confidence", "%.0f",
                             (double)TessResultIteratorConfidence(s->at, RIL_BLOCK));
        say_place(s);
        dz_work_text(s->w, line);
        dz_work_texts(s->w, "\n");
        count_signs(s, line);
    }
    if (text)
        TessDeleteText(text);
}

long
dz_ocr_say_page(struct dz_work *w, TessBaseAPI *engine, const struct dz_ocr_page *page)
{
    if (dz_work_chars(w) > 0)
        dz_work_texts(w, "\n");
    if (page->label)
        dz_work_locatorf(w, "page", "%d (%s)", page->number, page->label);
    else
        dz_work_locatorf(w, "page", "%d", page->number);
    TessBaseAPISetImage2(engine, page->pix);
    if (TessBaseAPIRecognize(engine, NULL) != 0)
        return -1;
    struct saying s = {.w = w, .page = page, .at = TessBaseAPIGetIterator(engine)};
    int n = 0;
    if (s.at) {
        do {
            say_line(&s);
        } while (++n < LINES_MAX && TessResultIteratorNext(s.at, RIL_TEXTLINE));
        TessResultIteratorDelete(s.at);
    }
    TessBaseAPIClear(engine);
    return s.n_signs;
}
