#include "pdf_impl.h"

#include "dz_utf8.h"

/* A page with fewer letters than this says nothing; one with very many is text whatever others
 * say. */
#define LETTERS_FEW 16
#define LETTERS_MANY 200
#define LETTERS_ENOUGH 64 /* from one page alone */
#define PICTURE_SHARE 0.4 /* of the page's area, from which pictures count as the page */

/* Letters of a page and a sum of them. Digits are left out, so that a stamp with a page number is
 * the same on each page. */
static size_t
letters_of(PopplerPage *page, uint64_t *ret_sum)
{
    DZ_AUTO_G char *text = poppler_page_get_text(page);
    struct dz_view view = dz_view_of(text);
    size_t n = 0;
    uint64_t sum = 14695981039346656037u; /* FNV-1a, 64 bits */
    for (size_t pos = 0; pos < view.n;) {
        uint32_t c = dz_utf8_next(view, &pos);
        if (c == 0xFFFD || !g_unichar_isalpha(c))
            continue;
        sum = (sum ^ c) * 1099511628211u;
        n++;
    }
    *ret_sum = sum;
    return n;
}

static bool
is_picture(PopplerPage *page)
{
    double width = 0;
    double height = 0;
    double covered = 0;
    poppler_page_get_size(page, &width, &height);
    GList *list = poppler_page_get_image_mapping(page);
    for (GList *i = list; i; i = i->next) {
        const PopplerRectangle *r = &((PopplerImageMapping *)i->data)->area;
        covered += ABS(r->x2 - r->x1) * ABS(r->y2 - r->y1);
    }
    poppler_page_free_image_mapping(list);
    return covered > PICTURE_SHARE * width * height;
}

static size_t
count_pictures(const struct dz_pdf *p)
{
    size_t n = 0;
    for (int i = 0; i < p->n_pages; i++) {
        DZ_AUTO_PAGE PopplerPage *page = poppler_document_get_page(p->doc, i);
        n += page && is_picture(page);
    }
    return n;
}

/* Scans often carry a line of the scanner's or the library's on every page. It is no text: two
 * pages that say different things are. */
enum dz_pdf_probe
dz_pdf_probe(struct dz_pdf *p)
{
    size_t total = 0;
    size_t said = 0; /* pages that say `first` */
    uint64_t first = 0;
    for (int i = 0; i < p->n_pages; i++) {
        DZ_AUTO_PAGE PopplerPage *page = poppler_document_get_page(p->doc, i);
        if (!page)
            continue;
        /* A page keeps its text, and the first is read next. */
        if (i == 0)
            p->first = g_object_ref(page);
        uint64_t sum;
        size_t n = letters_of(page, &sum);
        total += n;
        if (n < LETTERS_FEW)
            continue;
        if (n >= LETTERS_MANY || (said > 0 && sum != first))
            return DZ_PDF_TEXT;
        first = sum;
        said++;
    }
    if (total == 0)
        return DZ_PDF_PICTURE;
    if (said == 1 && total >= LETTERS_ENOUGH)
        return DZ_PDF_TEXT;
    return 2 * count_pictures(p) >= (size_t)p->n_pages ? DZ_PDF_PICTURE : DZ_PDF_TEXT;
}
