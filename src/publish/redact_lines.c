#include <string.h>

#include "dz_mem.h"
#include "dz_utf8.h"
#include "redact_impl.h"

/* The reader of a file says where each line stands: "line x y width height". A name is painted with
 * its line as the frame in which the worker looks for its characters. Locators are those of
 * docs/format/locators.md; their lines are read here, because extract/ is no layer of this one. */

static bool
take_field(struct dz_view *line, char end, struct dz_view *ret)
{
    const char *at = memchr(line->p, end, line->n);
    if (at == NULL)
        return false;
    *ret = (struct dz_view){line->p, (size_t)(at - line->p)};
    line->n -= ret->n + 1;
    line->p = at + 1;
    return true;
}

#define NUMBER_MOST 99999999

bool
dz_redact_number(struct dz_view *v, int *ret)
{
    size_t at = 0;
    int n = 0;
    while (at < v->n && v->p[at] == ' ')
        at++;
    size_t first = at;
    for (; at < v->n && v->p[at] >= '0' && v->p[at] <= '9' && n <= NUMBER_MOST; at++)
        n = n <= NUMBER_MOST / 10 ? n * 10 + (v->p[at] - '0') : NUMBER_MOST + 1;
    bool ok = at > first && n <= NUMBER_MOST && (at == v->n || v->p[at] == ' ');
    while (at < v->n && v->p[at] == ' ')
        at++;
    *v = (struct dz_view){v->p + at, v->n - at};
    *ret = n;
    return ok;
}

static void
add_line(struct dz_redact_lines *l, const struct dz_redact_line *one)
{
    l->v = dz_grow(l->v, &l->cap, l->n + 1, sizeof *l->v);
    l->v[l->n++] = *one;
}

static void
take_line(struct dz_redact_lines *l, size_t start, struct dz_view label)
{
    struct dz_redact_line one = {.start = start, .page = 1, .known = true};
    struct dz_view page = l->n_pages > 0 ? l->pages[l->n_pages - 1].label : dz_view_of("1");
    one.known = dz_redact_number(&page, &one.page) && one.page > 0; /* "12 (xii)" */
    for (size_t i = 0; i < 4; i++)
        one.known = dz_redact_number(&label, &one.box[i]) && one.known;
    add_line(l, &one);
}

static enum dz_code
damaged(struct dz_err *err)
{
    return dz_fail(err, DZ_E_CORRUPT,
                   "what is kept of the pages of this text is damaged: run 'dokaz verify'");
}

enum dz_code
dz_redact_lines_read(struct dz_redact_lines *l, struct dz_err *err)
{
    struct dz_view rest = dz_buf_view(&l->locators);
    struct dz_view number, kind, label;
    while (rest.n > 0) {
        if (!take_field(&rest, '\t', &number) || !take_field(&rest, '\t', &kind) ||
            !take_field(&rest, '\n', &label))
            return damaged(err);
        int at = 0;
        if (!dz_redact_number(&number, &at))
            return damaged(err);
        size_t start = (size_t)at;
        if (dz_view_is(kind, "page")) {
            l->pages = dz_grow(l->pages, &l->cap_pages, l->n_pages + 1, sizeof *l->pages);
            l->pages[l->n_pages++] = (struct dz_redact_page){start, label};
        } else if (dz_view_is(kind, "line")) {
            take_line(l, start, label);
        } else if (dz_view_is(kind, "aside")) {
            /* Remarks and the like are no line of a page. */
            add_line(l, &(struct dz_redact_line){.start = start});
        }
    }
    return DZ_OK;
}

void
dz_redact_lines_done(struct dz_redact_lines *l)
{
    dz_buf_done(&l->locators);
    dz_free(l->v);
    dz_free(l->pages);
}

/* ---- what is painted over ---- */

#define ITEM_END '\x1f'

static void
add_item(struct dz_redaction *r, int page, const int box[4], struct dz_view words)
{
    if (r->mask.n > 0)
        dz_buf_addc(&r->mask, ITEM_END);
    dz_buf_addf(&r->mask, "%d %d %d %d %d ", page, box[0], box[1], box[2], box[3]);
    for (size_t pos = 0; pos < words.n;) {
        size_t from = pos;
        uint32_t c = dz_utf8_next(words, &pos);
        if (c < ' ' || dz_utf8_is_control(c))
            dz_buf_addc(&r->mask, ' ');
        else
            dz_buf_add(&r->mask, words.p + from, pos - from);
    }
}

/* Bytes at which lines begin; those that begin behind the text begin at its end. */
static size_t *
bytes_of_lines(const struct dz_redact_lines *l, struct dz_view text)
{
    size_t *at = dz_alloc_array(l->n + 1, sizeof *at);
    size_t pos = 0, cp = 0;
    for (size_t i = 0; i < l->n; i++) {
        while (cp < l->v[i].start && pos < text.n) {
            dz_utf8_next(text, &pos);
            cp++;
        }
        at[i] = pos;
    }
    at[l->n] = text.n;
    return at;
}

void
dz_redact_lines_mask(const struct dz_redact_lines *l, struct dz_view text,
                     const struct dz_stretches *s, const struct dz_redact_spans *spans,
                     struct dz_redaction *r)
{
    DZ_AUTO_FREE size_t *at = bytes_of_lines(l, text);
    for (size_t i = 0; i < s->n; i++) {
        size_t start = s->v[i].start, end = s->v[i].end;
        bool lost = l->n == 0 || start < at[0];
        for (size_t k = 0; k < l->n; k++) {
            size_t from = start > at[k] ? start : at[k], to = end < at[k + 1] ? end : at[k + 1];
            struct dz_view words = {text.p + from, to > from ? to - from : 0};
            if (dz_view_trim(words).n == 0)
                continue;
            lost = lost || !l->v[k].known;
            if (l->v[k].known)
                add_item(r, l->v[k].page, l->v[k].box, dz_view_trim(words));
        }
        r->n_lost += lost;
    }
    for (size_t i = 0; i < spans->n; i++)
        if (spans->v[i].is_box)
            add_item(r, spans->v[i].page, spans->v[i].box, (struct dz_view){"", 0});
}
