#include "dz_redact.h"

#include <stdlib.h>
#include <string.h>

#include "dz_hash.h"
#include "dz_mask.h"
#include "dz_tr.h"
#include "dz_utf8.h"
#include "dz_where.h"
#include "redact_impl.h"

void
dz_redaction_done(struct dz_redaction *r)
{
    dz_buf_done(&r->text);
    dz_buf_done(&r->mask);
}

void
dz_redact_spans_done(struct dz_redact_spans *s)
{
    dz_free(s->v);
    *s = (struct dz_redact_spans){0};
}

/* ---- what a person names ---- */

static bool
parse_line(char *line, struct dz_redact_span *ret)
{
    int n[5];
    *ret = (struct dz_redact_span){.is_box = strncmp(line, "box ", 4) == 0};
    if (!ret->is_box && strncmp(line, "span ", 5) != 0)
        return false;
    struct dz_view rest = dz_view_of(strchr(line, ' '));
    size_t wanted = ret->is_box ? 5 : 2;
    for (size_t i = 0; i < wanted; i++)
        if (!dz_redact_number(&rest, &n[i]))
            return false;
    if (rest.n > 0)
        return false;
    ret->start = (size_t)n[0];
    ret->end = (size_t)n[1];
    if (!ret->is_box)
        return ret->end > ret->start;
    ret->page = n[0];
    memcpy(ret->box, n + 1, sizeof ret->box);
    return ret->page >= 1 && ret->box[2] > 0 && ret->box[3] > 0;
}

enum dz_code
dz_redact_spans_parse(struct dz_view text, struct dz_redact_spans *ret, struct dz_err *err)
{
    size_t number = 0;
    for (size_t pos = 0; pos < text.n; number++) {
        const char *nl = memchr(text.p + pos, '\n', text.n - pos);
        size_t end = nl ? (size_t)(nl - text.p) : text.n;
        DZ_AUTO_FREE char *line = dz_strndup(text.p + pos, end - pos);
        pos = end + 1;
        line[strcspn(line, "#\r")] = '\0';
        size_t n = strlen(line);
        while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'))
            line[--n] = '\0';
        struct dz_redact_span one;
        if (n == 0)
            continue;
        if (!parse_line(line, &one))
            return dz_fail(err, DZ_E_INPUT,
                           "line %zu of what is to be masked: 'span START END' or 'box PAGE X Y "
                           "WIDTH HEIGHT' was expected",
                           number + 1);
        if (ret->n == DZ_REDACT_SPANS_MAX)
            return dz_fail(err, DZ_E_LIMIT, "more than %d places are to be masked",
                           DZ_REDACT_SPANS_MAX);
        ret->v = dz_grow(ret->v, &ret->cap, ret->n + 1, sizeof *ret->v);
        ret->v[ret->n++] = one;
    }
    return DZ_OK;
}

/* ---- stretches of the text ---- */

void
dz_stretches_add(struct dz_stretches *s, size_t start, size_t end, bool name)
{
    s->v = dz_grow(s->v, &s->cap, s->n + 1, sizeof *s->v);
    s->v[s->n++] = (struct dz_stretch){start, end, name};
}

static int
by_start(const void *a, const void *b)
{
    const struct dz_stretch *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* What overlaps becomes one. */
static void
join(struct dz_stretches *s)
{
    size_t n = 0;
    if (s->n > 0)
        qsort(s->v, s->n, sizeof *s->v, by_start);
    for (size_t i = 0; i < s->n; i++) {
        if (n > 0 && s->v[i].start < s->v[n - 1].end) {
            if (s->v[i].end > s->v[n - 1].end)
                s->v[n - 1].end = s->v[i].end;
        } else {
            s->v[n++] = s->v[i];
        }
    }
    s->n = n;
}

struct naming {
    struct dz_stretches *s;
    struct dz_redaction *r;
};

static void
take_name(void *ctx, size_t start, size_t end)
{
    struct naming *n = ctx;
    dz_stretches_add(n->s, start, end, true);
    n->r->n_names++;
}

/* Code points as bytes. Spans are few, so each walks from the front. */
static bool
byte_of(struct dz_view text, size_t cp, size_t *ret)
{
    size_t pos = 0;
    for (size_t i = 0; i < cp; i++) {
        if (pos >= text.n)
            return false;
        dz_utf8_next(text, &pos);
    }
    *ret = pos;
    return true;
}

static enum dz_code
take_spans(struct dz_view text, const struct dz_redact_spans *spans, struct dz_stretches *s,
           struct dz_redaction *r, struct dz_err *err)
{
    for (size_t i = 0; i < spans->n; i++) {
        const struct dz_redact_span *one = &spans->v[i];
        size_t start, end;
        if (one->is_box) {
            r->n_boxes++;
            continue;
        }
        if (!byte_of(text, one->start, &start) || !byte_of(text, one->end, &end))
            return dz_fail(err, DZ_E_INPUT, "the span %zu to %zu lies outside of the text",
                           one->start, one->end);
        dz_stretches_add(s, start, end, false);
        r->n_spans++;
    }
    return DZ_OK;
}

/* ---- the text of the copy ---- */

static void
add_page(struct dz_buf *out, struct dz_view label)
{
    if (out->n > 0 && out->p[out->n - 1] != '\n')
        dz_buf_addc(out, '\n');
    dz_buf_addf(out, "[%s %.*s]\n", _("page"), (int)label.n, label.p);
}

static void
write_text(struct dz_view text, const struct dz_stretches *s, const struct dz_redact_lines *l,
           struct dz_buf *out)
{
    size_t next = 0, page = 0, cp = 0;
    for (size_t pos = 0; pos < text.n;) {
        while (page < l->n_pages && l->pages[page].start <= cp)
            add_page(out, l->pages[page++].label);
        if (next < s->n && s->v[next].start == pos) {
            dz_buf_addf(out, "[%s]", s->v[next].name ? _("name withheld") : _("withheld"));
            while (pos < s->v[next].end) {
                dz_utf8_next(text, &pos);
                cp++;
            }
            next++;
            continue;
        }
        size_t from = pos;
        dz_utf8_next(text, &pos);
        cp++;
        dz_buf_add(out, text.p + from, pos - from);
    }
}

/* ---- the plan ---- */

static enum dz_code
find_names(const struct dz_rules *rules, const struct dz_source_row *row, struct dz_view text,
           struct dz_stretches *s, struct dz_redaction *r, struct dz_err *err)
{
    struct dz_masks masks = {0};
    struct naming n = {s, r};
    enum dz_code code = dz_masks_learn(&masks, rules, row->id, text, row->language, err);
    if (code == DZ_OK)
        dz_masks_each_span(&masks, row->id, text, take_name, &n);
    dz_masks_done(&masks);
    return code;
}

static enum dz_code
plan(struct dz_vault *v, const struct dz_rules *rules, const struct dz_source_row *row,
     const struct dz_redact_spans *spans, struct dz_redaction *r, struct dz_stretches *s,
     struct dz_redact_lines *l, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    if (row->text_sha256 != NULL) {
        DZ_TRY(dz_source_text_version(v, row->id, row->text_sha256, &text, err));
        DZ_TRY(dz_source_locators(v, row->id, row->text_sha256, &l->locators, err));
    }
    struct dz_view all = dz_buf_view(&text);
    DZ_TRY(dz_redact_lines_read(l, err));
    if (all.n > 0)
        DZ_TRY(find_names(rules, row, all, s, r, err));
    DZ_TRY(take_spans(all, spans, s, r, err));
    if (s->n == 0 && r->n_boxes == 0)
        return dz_fail(err, DZ_E_INPUT,
                       "%s: nothing was found that would be masked: name it with --mask-spans, or "
                       "make a cleaned copy with 'dokaz clean'",
                       row->id);
    join(s);
    write_text(all, s, l, &r->text);
    dz_redact_lines_mask(l, all, s, spans, r);
    if (r->text.failed || r->mask.failed)
        return dz_fail(err, DZ_E_LIMIT, "%s: the copy would be too large", row->id);
    return DZ_OK;
}

enum dz_code
dz_redaction_plan(struct dz_vault *v, const struct dz_rules *rules, const struct dz_source_row *row,
                  const struct dz_redact_spans *spans, struct dz_redaction *ret,
                  struct dz_err *err)
{
    struct dz_redaction r = {.text = DZ_BUF(DZ_TEXT_MAX), .mask = DZ_BUF(1u << 20)};
    struct dz_stretches s = {0};
    struct dz_redact_lines l = {.locators = DZ_BUF(64u << 20)};
    enum dz_code code = plan(v, rules, row, spans, &r, &s, &l, err);
    dz_redact_lines_done(&l);
    dz_free(s.v);
    if (code == DZ_OK)
        *ret = r;
    else
        dz_redaction_done(&r);
    return code;
}

void
dz_redaction_commit(const uint8_t salt[DZ_REDACT_SALT], const uint8_t original[32],
                    const uint8_t copy[32], uint8_t ret[32])
{
    static const char what[] = "dokaz/v1/redaction"; /* with its zero byte */
    uint8_t message[sizeof what + 64];
    memcpy(message, what, sizeof what);
    memcpy(message + sizeof what, original, 32);
    memcpy(message + sizeof what + 32, copy, 32);
    dz_hmac_sha256(salt, DZ_REDACT_SALT, message, sizeof message, ret);
}
