#include "dz_where.h"

#include <stdlib.h>
#include <string.h>

#include "dz_facts_priv.h"
#include "dz_locators.h"

/* Page, minute, message and cell of a passage. */

void
dz_where_done(struct dz_where *w)
{
    for (size_t i = 0; i < DZ_WHERE_SLOTS; i++)
        dz_buf_done(&w->slots[i].locators);
    *w = (struct dz_where){.v = w->v};
}

enum dz_code
dz_source_locators(struct dz_vault *v, const char *source, const char *text_sha256,
                   struct dz_buf *out, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_AUTO_FREE char *object = NULL;
    DZ_AUTO_FREE char *codec = NULL;
    if (!text_sha256) {
        DZ_TRY(dz_source_get(v, source, &s, err));
        source = s.row.id;
        text_sha256 = s.row.text_sha256;
    }
    if (!text_sha256)
        return DZ_OK;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_TEXT_LOCATORS, &rows, err,
                       DZ_ARGS(dz_arg_text(source), dz_arg_text(text_sha256))));
    if (dz_rows_next(rows) && !dz_rows_is_null(rows, 0)) {
        object = dz_strdup(dz_rows_text(rows, 0));
        codec = dz_strdup(dz_rows_text(rows, 1));
    }
    DZ_TRY(dz_rows_end(rows, err));
    if (out->max == 0)
        out->max = DZ_LOCATORS_MAX;
    return object ? dz_vault_slurp_object(v, object, codec, DZ_LOCATORS_MAX, out, err) : DZ_OK;
}

/* What is damaged must not keep a list from being printed. */
static enum dz_code
load(struct dz_where *w, const char *source, const char *text_sha256, struct dz_view *ret,
     struct dz_err *err)
{
    struct dz_err why = {0};
    for (size_t i = 0; i < DZ_WHERE_SLOTS; i++) {
        struct dz_where_slot *s = &w->slots[i];
        if (strcmp(s->source, source) == 0 && strcmp(s->sha256, text_sha256) == 0) {
            *ret = dz_buf_view(&s->locators);
            return DZ_OK;
        }
    }
    *ret = (struct dz_view){"", 0};
    if (strlen(source) >= DZ_ID_MAX || strlen(text_sha256) >= DZ_HEX32)
        return DZ_OK;
    struct dz_where_slot *s = &w->slots[w->next++ % DZ_WHERE_SLOTS];
    dz_buf_done(&s->locators);
    *s = (struct dz_where_slot){.locators = DZ_BUF(DZ_LOCATORS_MAX)};
    enum dz_code code = dz_source_locators(w->v, source, text_sha256, &s->locators, &why);
    if (code == DZ_E_CORRUPT || code == DZ_E_NOTFOUND)
        dz_buf_done(&s->locators);
    else if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    memcpy(s->source, source, strlen(source) + 1);
    memcpy(s->sha256, text_sha256, strlen(text_sha256) + 1);
    *ret = dz_buf_view(&s->locators);
    return DZ_OK;
}

/* ---- what concerns a passage ---- */

/* By enum kind below: each is given by the last one that begins at or before the passage. */
static const char *const kinds[] = {"page", "slide", "sheet", "cell", "time", "message", "section"};
enum kind { PAGE, SLIDE, SHEET, CELL, TIME, MESSAGE, SECTION, N_KINDS };

struct concerned {
    struct dz_locator at[N_KINDS]; /* no label: none */
    struct dz_locator page_end;
};

/* One pass, because locators may be many. */
static void
concern(struct dz_view locators, size_t start, size_t end, struct concerned *ret)
{
    struct dz_locator one;
    bool more = true;
    *ret = (struct concerned){0};
    while (dz_locators_next(&locators, &one, &more, NULL) == DZ_OK && more &&
           (one.start <= start || one.start < end)) {
        if (dz_view_is(one.kind, kinds[PAGE]))
            ret->page_end = one;
        for (size_t k = 0; one.start <= start && k < N_KINDS; k++)
            if (dz_view_is(one.kind, kinds[k]))
                ret->at[k] = one;
    }
    /* A cell of the sheet before says nothing about a place in this one. */
    if (ret->at[SHEET].label.n > 0 && ret->at[CELL].start < ret->at[SHEET].start)
        ret->at[CELL] = (struct dz_locator){0};
    if (dz_view_eq(ret->page_end.label, ret->at[PAGE].label))
        ret->page_end = (struct dz_locator){0};
}

static int
by_start(const void *a, const void *b)
{
    const struct dz_locator *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

enum dz_code
dz_where_marks(struct dz_where *w, const char *source, const char *text_sha256, size_t start,
               size_t end, struct dz_buf *out, struct dz_err *err)
{
    struct dz_view all;
    struct concerned c;
    struct dz_locator list[N_KINDS + 1];
    size_t n = 0;
    DZ_TRY(load(w, source, text_sha256, &all, err));
    concern(all, start, end, &c);
    for (size_t k = 0; k < N_KINDS; k++)
        if (c.at[k].kind.n > 0)
            list[n++] = c.at[k];
    if (c.page_end.kind.n > 0)
        list[n++] = c.page_end;
    qsort(list, n, sizeof *list, by_start);
    for (size_t i = 0; i < n; i++)
        dz_locators_add(out, list[i].start, list[i].kind, list[i].label);
    return DZ_OK;
}

void
dz_where_words(struct dz_view marks, size_t start, size_t end, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(4096);
    if (marks.n > 0)
        dz_locators_say(marks, start, end, &words);
    dz_buf_addv(out, dz_buf_view(&words));
}

enum dz_code
dz_where_say(struct dz_where *w, const char *source, const char *text_sha256, size_t start,
             size_t end, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf marks = DZ_BUF(1 << 16);
    DZ_TRY(dz_where_marks(w, source, text_sha256, start, end, &marks, err));
    dz_where_words(dz_buf_view(&marks), start, end, out);
    return DZ_OK;
}

enum dz_code
dz_where_fields(struct dz_where *w, const char *source, const char *text_sha256, size_t start,
                size_t end, json_t **ret, struct dz_err *err)
{
    struct dz_view all;
    struct concerned c;
    *ret = NULL;
    DZ_TRY(load(w, source, text_sha256, &all, err));
    concern(all, start, end, &c);
    DZ_AUTO_JSON json_t *fields = json_object();
    for (size_t k = 0; k < N_KINDS; k++)
        if (c.at[k].label.n > 0)
            dz_json_set_view(fields, kinds[k], c.at[k].label);
    if (c.page_end.label.n > 0)
        dz_json_set_view(fields, "page_end", c.page_end.label);
    if (json_object_size(fields) > 0)
        *ret = json_incref(fields);
    return DZ_OK;
}
