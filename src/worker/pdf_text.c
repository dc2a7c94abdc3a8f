#include "pdf_impl.h"

#include <math.h>
#include <stdlib.h>

#include "dz_utf8.h"

#define LINES_MAX 200000          /* of one page */
#define PAGE_TEXT_MAX (32u << 20) /* bytes */

/* Between two characters of a line stands a gap of this many line heights at least where poppler
 * joins two pieces without a space: cells of a table, a label and its value. */
#define GAP_SPACE 0.2
#define GAP_CELL 1.0

static struct dz_pdf_box
box_of(const PopplerRectangle *r)
{
    return (struct dz_pdf_box){
        .x = r->x1, .y = r->y1, .width = r->x2 - r->x1, .height = r->y2 - r->y1};
}

static bool
is_sane(const PopplerRectangle *r)
{
    return isfinite(r->x1) && isfinite(r->y1) && isfinite(r->x2) && isfinite(r->y2);
}

static void
box_join(struct dz_pdf_box *a, const PopplerRectangle *r)
{
    double right = fmax(a->x + a->width, r->x2);
    double bottom = fmax(a->y + a->height, r->y2);
    a->x = fmin(a->x, r->x1);
    a->y = fmin(a->y, r->y1);
    a->width = right - a->x;
    a->height = bottom - a->y;
}

/* A tab for a wide gap, so that cells stay apart for readers and for rules; a space for a small
 * one. */
static void
add_gap(struct dz_buf *text, const PopplerRectangle *a, const PopplerRectangle *b)
{
    double height = fmin(a->y2 - a->y1, b->y2 - b->y1);
    bool level = fmin(a->y2, b->y2) - fmax(a->y1, b->y1) > height / 2;
    if (!level || !(height > 0))
        return;
    double gap = b->x1 - a->x2;
    if (gap > GAP_CELL * height)
        dz_buf_addc(text, '\t');
    else if (gap > GAP_SPACE * height)
        dz_buf_addc(text, ' ');
}

/* Characters of one line: from *pos to its newline, with their boxes. */
static void
add_line(struct dz_pdf_lines *l, struct dz_view all, size_t *pos, const PopplerRectangle *boxes,
         size_t *cp)
{
    struct dz_pdf_line line = {.at = l->text.n};
    const PopplerRectangle *last = NULL;
    while (*pos < all.n) {
        size_t from = *pos;
        uint32_t c = dz_utf8_next(all, pos);
        const PopplerRectangle *r = boxes ? &boxes[*cp] : NULL;
        (*cp)++;
        if (c == '\n')
            break;
        bool space = c == ' ' || c == 0xA0 || c == '\t';
        if (r && !space && is_sane(r)) {
            if (last)
                add_gap(&l->text, last, r);
            if (line.has_box)
                box_join(&line.box, r);
            else
                line.box = box_of(r);
            line.has_box = true;
        }
        last = !space && r && is_sane(r) ? r : NULL;
        /* Other control characters are no text; fonts without a map of their glyphs give them. */
        if (c >= 0x20 || c == '\t')
            dz_buf_add(&l->text, all.p + from, *pos - from);
    }
    line.n = l->text.n - line.at;
    if (line.n == 0)
        return;
    dz_buf_addc(&l->text, '\n');
    l->v = dz_grow(l->v, &l->cap, l->n + 1, sizeof *l->v);
    l->v[l->n++] = line;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
gap_above(const struct dz_pdf_lines *l, size_t i)
{
    const struct dz_pdf_box *above = &l->v[i - 1].box;
    return l->v[i].box.y - (above->y + above->height);
}

/* The usual distance of lines on this page: its median. Texts set with wide lines have wide gaps
 * everywhere, and not a paragraph each. */
static double
usual_gap(const struct dz_pdf_lines *l)
{
    if (l->n < 2)
        return 0;
    DZ_AUTO_FREE double *gaps = dz_alloc_array(l->n, sizeof *gaps);
    size_t n = 0;
    for (size_t i = 1; i < l->n; i++)
        if (l->v[i].has_box && l->v[i - 1].has_box && l->v[i].box.y > l->v[i - 1].box.y)
            gaps[n++] = gap_above(l, i);
    if (n == 0)
        return 0;
    qsort(gaps, n, sizeof *gaps, by_size);
    return fmax(gaps[n / 2], 0);
}

/* A first line set in, between one that is not and one that is not. */
static bool
is_indented(const struct dz_pdf_lines *l, size_t i)
{
    const struct dz_pdf_box *box = &l->v[i].box;
    double least = 1.2 * box->height;
    return i + 1 < l->n && l->v[i + 1].has_box && l->v[i + 1].box.y > box->y &&
           box->x - l->v[i - 1].box.x > least && box->x - l->v[i + 1].box.x > least &&
           box->x - l->v[i + 1].box.x < 5 * least;
}

/* Words that run up or down the page: their boxes say nothing about lines below each other. */
static bool
is_upright(const struct dz_pdf_line *line)
{
    return line->has_box && (line->n < 4 || line->box.height < line->box.width);
}

static void
find_paragraphs(struct dz_pdf_lines *l)
{
    double usual = usual_gap(l);
    for (size_t i = 1; i < l->n; i++) {
        const struct dz_pdf_box *box = &l->v[i].box;
        const struct dz_pdf_box *above = &l->v[i - 1].box;
        if (!is_upright(&l->v[i]) || !is_upright(&l->v[i - 1]))
            continue;
        double low = fmin(box->height, above->height);
        double high = fmax(box->height, above->height);
        bool up = box->y < above->y - low / 2; /* the next column */
        bool apart = gap_above(l, i) > usual + low / 2;
        bool resized = high > 1.35 * low;
        l->v[i].begins = up || apart || resized || is_indented(l, i);
    }
}

void
dz_pdf_lines_of(PopplerPage *page, struct dz_pdf_lines *ret)
{
    *ret = (struct dz_pdf_lines){.text = DZ_BUF(PAGE_TEXT_MAX)};
    DZ_AUTO_G char *text = poppler_page_get_text(page);
    DZ_AUTO_G PopplerRectangle *boxes = NULL;
    guint n_boxes = 0;
    struct dz_view all = dz_view_of(text);
    if (all.n == 0)
        return;
    if (!poppler_page_get_text_layout(page, &boxes, &n_boxes))
        n_boxes = 0;
    /* The two lists belong together character by character, or are of no use together. */
    bool fit = n_boxes == dz_utf8_length(all);
    size_t pos = 0;
    size_t cp = 0;
    while (pos < all.n && ret->n < LINES_MAX && !ret->text.failed)
        add_line(ret, all, &pos, fit ? boxes : NULL, &cp);
    find_paragraphs(ret);
}

void
dz_pdf_lines_done(struct dz_pdf_lines *l)
{
    dz_buf_done(&l->text);
    dz_free(l->v);
    *l = (struct dz_pdf_lines){0};
}
