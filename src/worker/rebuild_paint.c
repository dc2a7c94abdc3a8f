#include "rebuild_impl.h"

#include <math.h>

#include "dz_mem.h"
#include "dz_pdf_open.h"
#include "dz_utf8.h"

/* What is painted over in a copy. It comes as an option: items "page x y width height words", parted
 * by the unit separator. Where a page has text, only those characters in the box are painted that
 * make up the words; where they are not found there, or there are none, the whole box is. */

#define ITEM_END '\x1f'
#define WORDS_NEAR 2.0 /* points in which a character may stand outside of its line's box */
#define NUMBER_MOST 100000000
#define EDGE 1.5       /* points around a character, which may be wider than its box says */

/* A whole number and the space behind it. */
static int
take_number(const char **at)
{
    int n = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++)
        n = n < NUMBER_MOST ? n * 10 + (**at - '0') : n;
    if (**at == ' ')
        (*at)++;
    return n;
}

void
dz_paint_read(const struct dz_work *w, struct dz_paint_boxes *m)
{
    const char *option = dz_work_option(w, "mask");
    *m = (struct dz_paint_boxes){0};
    m->text = dz_strdup(option ? option : "");
    m->wanted = option != NULL;
    for (char *item = m->text; item && *item;) {
        char *end = strchr(item, ITEM_END);
        if (end)
            *end = '\0';
        const char *at = item;
        struct dz_paint_box b = {.page = take_number(&at)};
        double *const sides[] = {&b.x, &b.y, &b.width, &b.height};
        for (size_t i = 0; i < 4; i++)
            *sides[i] = take_number(&at);
        b.words = at;
        m->v = dz_grow(m->v, &m->cap, m->n + 1, sizeof *m->v);
        m->v[m->n++] = b;
        item = end ? end + 1 : NULL;
    }
}

void
dz_paint_free(struct dz_paint_boxes *m)
{
    dz_free(m->v);
    dz_free(m->text);
    *m = (struct dz_paint_boxes){0};
}

/* ---- pixels ---- */

/* Zero is black only where pixels are colours; of one bit it is white. */
static PIX *
with_colours(PIX *pix)
{
    return pixGetDepth(pix) == 32 ? pixClone(pix) : pixConvertTo32(pix);
}

static void
paint(PIX *pix, const struct dz_paint_box *b, double scale)
{
    /* The box of a whole line was told in whole numbers: a little may stand over. */
    double edge = b->words[0] != '\0' ? EDGE : 0;
    double x = floor((b->x - edge) * scale), y = floor((b->y - edge) * scale);
    double right = ceil((b->x + b->width + edge) * scale);
    double bottom = ceil((b->y + b->height + edge) * scale);
    double wide = pixGetWidth(pix), high = pixGetHeight(pix);
    x = fmin(fmax(x, 0), wide);
    y = fmin(fmax(y, 0), high);
    right = fmin(fmax(right, x), wide);
    bottom = fmin(fmax(bottom, y), high);
    if (!(right > x) || !(bottom > y))
        return;
    BOX *box = boxCreate((l_int32)x, (l_int32)y, (l_int32)(right - x), (l_int32)(bottom - y));
    if (box)
        pixClearInRect(pix, box);
    boxDestroy(&box);
}

PIX *
dz_paint_over(const struct dz_paint_boxes *m, int page, PIX *pix, double scale)
{
    bool any = false;
    for (size_t i = 0; i < m->n; i++)
        any = any || m->v[i].page == page;
    if (!any)
        return pixClone(pix);
    PIX *clean = with_colours(pix);
    for (size_t i = 0; clean && i < m->n; i++)
        if (m->v[i].page == page)
            paint(clean, &m->v[i], scale);
    return clean;
}

/* ---- characters of a page ---- */

struct letters {
    uint32_t *c; /* without spaces */
    PopplerRectangle *box;
    size_t n;
};

static bool
is_space(uint32_t c)
{
    return c <= ' ' || c == 0xA0 || c == 0xAD || (c >= 0x2000 && c <= 0x200F);
}

static bool
is_in(const struct dz_paint_box *b, const PopplerRectangle *r)
{
    double x = (r->x1 + r->x2) / 2, y = (r->y1 + r->y2) / 2;
    return x >= b->x - WORDS_NEAR && x <= b->x + b->width + WORDS_NEAR &&
           y >= b->y - WORDS_NEAR && y <= b->y + b->height + WORDS_NEAR;
}

static void
letters_in(const struct dz_paint_box *b, struct dz_view text, const PopplerRectangle *boxes,
           struct letters *ret)
{
    size_t at = 0;
    ret->n = 0;
    for (size_t pos = 0; pos < text.n; at++) {
        uint32_t c = dz_utf8_next(text, &pos);
        if (is_space(c) || !is_in(b, &boxes[at]))
            continue;
        ret->c[ret->n] = c;
        ret->box[ret->n++] = boxes[at];
    }
}

/* Number of characters of words that stand at this place; 0: they do not. */
static size_t
match(const struct letters *l, size_t at, struct dz_view words)
{
    size_t n = 0;
    for (size_t pos = 0; pos < words.n;) {
        uint32_t c = dz_utf8_next(words, &pos);
        if (is_space(c))
            continue;
        if (at + n >= l->n || l->c[at + n] != c)
            return 0;
        n++;
    }
    return n;
}

static struct dz_paint_box
around(const struct letters *l, size_t from, size_t n, int page)
{
    double left = l->box[from].x1, right = l->box[from].x2;
    double top = l->box[from].y1, bottom = l->box[from].y2;
    for (size_t i = from + 1; i < from + n; i++) {
        left = fmin(left, l->box[i].x1);
        right = fmax(right, l->box[i].x2);
        top = fmin(top, l->box[i].y1);
        bottom = fmax(bottom, l->box[i].y2);
    }
    return (struct dz_paint_box){.page = page,
                                .x = left - EDGE,
                                .y = top - EDGE,
                                .width = right - left + 2 * EDGE,
                                .height = bottom - top + 2 * EDGE,
                                .words = ""};
}

static bool
is_sane(const PopplerRectangle *boxes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(boxes[i].x1) || !isfinite(boxes[i].x2) || !isfinite(boxes[i].y1) ||
            !isfinite(boxes[i].y2))
            return false;
    return true;
}

/* Words that the line has twice are painted twice: which of them was meant is not asked. */
static void
narrow(struct dz_paint_boxes *m, size_t ix, const struct letters *l)
{
    struct dz_view words = dz_view_of(m->v[ix].words);
    int page = m->v[ix].page;
    bool found = false;
    for (size_t at = 0; at < l->n;) {
        size_t n = match(l, at, words);
        if (n == 0) {
            at++;
            continue;
        }
        struct dz_paint_box b = around(l, at, n, page);
        if (found) {
            m->v = dz_grow(m->v, &m->cap, m->n + 1, sizeof *m->v);
            m->v[m->n++] = b;
        } else {
            m->v[ix] = b;
        }
        found = true;
        at += n;
    }
}

void
dz_paint_narrow(struct dz_paint_boxes *m, int number, PopplerPage *page)
{
    DZ_AUTO_G char *text = poppler_page_get_text(page);
    DZ_AUTO_G PopplerRectangle *boxes = NULL;
    guint n_boxes = 0;
    struct dz_view all = dz_view_of(text ? text : "");
    if (!poppler_page_get_text_layout(page, &boxes, &n_boxes))
        return;
    /* The two lists belong together character by character, or are of no use together. */
    if (n_boxes != dz_utf8_length(all) || !is_sane(boxes, n_boxes))
        return;
    DZ_AUTO_FREE uint32_t *c = dz_alloc_array(n_boxes + 1, sizeof *c);
    DZ_AUTO_FREE PopplerRectangle *kept = dz_alloc_array(n_boxes + 1, sizeof *kept);
    struct letters l = {.c = c, .box = kept};
    size_t n = m->n;
    for (size_t i = 0; i < n; i++) {
        if (m->v[i].page != number || m->v[i].words[0] == '\0')
            continue;
        letters_in(&m->v[i], all, boxes, &l);
        narrow(m, i, &l);
    }
}
