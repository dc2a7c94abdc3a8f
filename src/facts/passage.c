#include <string.h>

#include "dz_facts_priv.h"
#include "dz_passage.h"
#include "dz_tr.h"

/* Passages that need a person: listing them with what may be meant, and confirming where their
 * words
 * stand. */

/* One row of the projection, kept while the vault is asked for texts. */
struct kept {
    char *strings[9]; /* fact source text exact prefix suffix state kind, and one to spare */
    struct dz_passage passage;
    int64_t ix;
};
struct kept_list {
    struct kept *items;
    size_t n;
    size_t cap;
};

static void
kept_list_done(struct kept_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < sizeof l->items[i].strings / sizeof *l->items[i].strings; k++)
            dz_free(l->items[i].strings[k]);
    dz_free(l->items);
    *l = (struct kept_list){0};
}
#define AUTO_KEPT DZ_CLEANUP(kept_list_done)

static void
keep(struct kept_list *l, struct dz_rows *rows)
{
    static const int columns[] = {0, 2, 3, 6, 7, 8, 9, 10};
    struct kept k = {.ix = dz_rows_int(rows, 1)};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        k.strings[i] = dz_strdup(dz_rows_text(rows, columns[i]));
    int64_t start = dz_rows_int(rows, 4), end = dz_rows_int(rows, 5);
    k.passage = (struct dz_passage){.source = k.strings[1],
                                    .text_sha256 = k.strings[2],
                                    .start = start > 0 ? (size_t)start : 0,
                                    .end = end > 0 ? (size_t)end : 0,
                                    .exact = k.strings[3],
                                    .prefix = k.strings[4],
                                    .suffix = k.strings[5],
                                    .state = dz_passage_state_of(k.strings[6])};
    l->items = dz_grow(l->items, &l->cap, l->n + 1, sizeof *l->items);
    l->items[l->n++] = k;
}

static struct dz_quote
quote_of(const struct dz_passage *p)
{
    return (struct dz_quote){.exact = dz_view_of(p->exact),
                             .prefix = dz_view_of(p->prefix),
                             .suffix = dz_view_of(p->suffix),
                             .start = p->start};
}

/* ---- listing ---- */

/* The current text of a source, for one passage after the other; none is no error. */
static enum dz_code
load_text(struct dz_vault *v, struct dz_anchor *a, const char *source, struct dz_err *err)
{
    struct dz_err why = {0};
    if (a->loaded && strcmp(a->source, source) == 0)
        return DZ_OK;
    dz_anchor_done(a);
    enum dz_code code = dz_anchor_load(v, a, source, NULL, &why);
    if (code == DZ_OK || code == DZ_E_NOTFOUND || code == DZ_E_CORRUPT)
        return DZ_OK;
    return dz_fail(err, code, "%s", why.msg);
}

static enum dz_code
give(struct dz_vault *v, struct dz_anchor *a, const struct kept *k, dz_passage_fn *fn, void *ctx,
     struct dz_err *err)
{
    struct dz_passage_case one = {.fact = k->strings[0],
                                  .kind = k->strings[7],
                                  .number = (size_t)k->ix + 1,
                                  .passage = k->passage,
                                  .found = {.state = DZ_PASSAGE_UNKNOWN}};
    DZ_TRY(load_text(v, a, k->passage.source, err));
    if (a->loaded) {
        struct dz_quote q = quote_of(&k->passage);
        one.text_sha256 = a->sha256;
        one.text = dz_buf_view(&a->text);
        dz_quote_find(&q, &a->map, &one.found);
    }
    return fn(ctx, &one, err);
}

enum dz_code
dz_passages_each(struct dz_vault *v, const char *fact, const char *source, dz_passage_fn *fn,
                 void *ctx, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    AUTO_KEPT struct kept_list list = {0};
    DZ_AUTO_ANCHOR struct dz_anchor a = {0};
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_PASSAGES_OPEN, &rows, err,
                       DZ_ARGS(dz_arg_text(fact), dz_arg_text(source))));
    while (dz_rows_next(rows))
        keep(&list, rows);
    DZ_TRY(dz_rows_end(rows, err));
    for (size_t i = 0; i < list.n; i++)
        DZ_TRY(give(v, &a, &list.items[i], fn, ctx, err));
    return DZ_OK;
}

enum dz_code
dz_passages_count(struct dz_vault *v, const char *source, struct dz_passage_counts *ret,
                  struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    *ret = (struct dz_passage_counts){0};
    DZ_TRY(
        dz_db_query(dz_vault_db(v), DZ_Q_PASSAGES_COUNT, &rows, err, DZ_ARGS(dz_arg_text(source))));
    while (dz_rows_next(rows))
        ret->n[dz_passage_state_of(dz_rows_text(rows, 0))] += (size_t)dz_rows_int(rows, 1);
    return dz_rows_end(rows, err);
}

/* ---- confirming ---- */

static enum dz_code
find_only(struct dz_vault *v, const char *fact, struct kept_list *ret, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_PASSAGES_OPEN, &rows, err,
                       DZ_ARGS(dz_arg_text(fact), dz_arg_text(NULL))));
    while (dz_rows_next(rows))
        keep(ret, rows);
    DZ_TRY(dz_rows_end(rows, err));
    if (ret->n == 0)
        return dz_fail(err, DZ_E_INPUT,
                       "all passages of %s stand in the current texts: there is nothing to confirm",
                       fact);
    if (ret->n > 1)
        return dz_fail(err, DZ_E_INPUT,
                       "%zu passages of %s do not stand where they stood: name one by its number",
                       ret->n, fact);
    return DZ_OK;
}

static enum dz_code
find_passage(struct dz_vault *v, const char *fact, size_t number, struct kept_list *ret,
             struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    if (number == 0)
        return find_only(v, fact, ret, err);
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_PASSAGE_GET, &rows, err,
                       DZ_ARGS(dz_arg_text(fact), dz_arg_int((int64_t)number - 1))));
    if (dz_rows_next(rows))
        keep(ret, rows);
    DZ_TRY(dz_rows_end(rows, err));
    if (ret->n == 0)
        return dz_fail(err, DZ_E_INPUT, "%s has no passage %zu", fact, number);
    return DZ_OK;
}

/* The place that was named, or the only one. */
static enum dz_code
choose_place(const struct dz_anchor *a, const struct dz_passage *p, size_t at,
             struct dz_quote_place *ret, struct dz_err *err)
{
    struct dz_quote q = quote_of(p);
    struct dz_quote_found found = {0};
    dz_quote_find(&q, &a->map, &found);
    if (found.state == DZ_PASSAGE_ORPHAN)
        return dz_fail(err, DZ_E_DENIED,
                       "these words do not stand in the current text of %s: a confirmation cannot "
                       "change words. Revise the fact with a passage of the current text, or leave "
                       "it as it is: its words stand in the version that was read before",
                       p->source);
    if (at == DZ_PLACE_ONLY && found.n_all > 1)
        return dz_fail(err, DZ_E_INPUT,
                       "these words stand in %s at %zu places: say which with --at START",
                       p->source, found.n_all);
    if (at == DZ_PLACE_ONLY) {
        *ret = found.places[0];
        return DZ_OK;
    }
    size_t from = dz_utf8_map_byte(&a->map, at);
    if (at > a->map.length_cp || q.exact.n > a->text.n - from ||
        memcmp(a->text.p + from, q.exact.p, q.exact.n) != 0)
        return dz_fail(err, DZ_E_INPUT, "what stands at %zu of %s is not the quote", at, p->source);
    *ret = (struct dz_quote_place){
        .start = at, .end = at + dz_utf8_length(q.exact), .from = from, .to = from + q.exact.n};
    return DZ_OK;
}

static enum dz_code
make_entry(struct dz_vault *v, struct dz_anchor *a, const struct kept *k,
           const struct dz_quote_place *place, json_t **ret, struct dz_err *err)
{
    const struct dz_passage *p = &k->passage;
    DZ_AUTO_JSON json_t *wanted = json_object();
    dz_json_set_str(wanted, "source", p->source);
    dz_json_set_str(wanted, "text", a->sha256);
    dz_json_set_str(wanted, "exact", p->exact);
    dz_json_set_int(wanted, "start", (int64_t)place->start);
    dz_json_set_int(wanted, "end", (int64_t)place->end);
    /* Checked like every passage, and its context taken from the text. */
    DZ_TRY(dz_passage_check(v, a, wanted, (size_t)k->ix + 1, ret, err));
    dz_json_set_str(*ret, "id", k->strings[0]);
    dz_json_set_str(*ret, "fact_kind", k->strings[7]);
    dz_json_set_int(*ret, "passage", k->ix + 1);
    dz_json_set_str(*ret, "was", p->text_sha256);
    dz_json_set_int(*ret, "was_start", (int64_t)p->start);
    dz_json_set_int(*ret, "was_end", (int64_t)p->end);
    return DZ_OK;
}

/* Under the lock, so that the passage and the text are the last ones. */
static enum dz_code
confirm(struct dz_vault *v, struct dz_batch *b, const char *fact, size_t number, size_t at,
        struct dz_quote_place *ret, struct dz_err *err)
{
    AUTO_KEPT struct kept_list list = {0};
    DZ_AUTO_ANCHOR struct dz_anchor a = {0};
    DZ_AUTO_JSON json_t *fields = NULL;
    DZ_TRY(find_passage(v, fact, number, &list, err));
    const struct kept *k = &list.items[0];
    DZ_TRY(dz_anchor_load(v, &a, k->passage.source, NULL, err));
    if (strcmp(a.sha256, k->passage.text_sha256) == 0 &&
        (at == DZ_PLACE_ONLY || at == k->passage.start))
        return dz_fail(err, DZ_E_INPUT,
                       "passage %zu of %s stands in the current text: there is nothing to confirm",
                       (size_t)k->ix + 1, fact);
    DZ_TRY(choose_place(&a, &k->passage, at, ret, err));
    DZ_TRY(make_entry(v, &a, k, ret, &fields, err));
    DZ_TRY(dz_put_entry(b, "passage.confirmed", fields, NULL, err));
    return dz_batch_commit(b, err);
}

enum dz_code
dz_passage_confirm(struct dz_vault *v, const char *fact, size_t number, size_t at,
                   struct dz_quote_place *ret, struct dz_err *err)
{
    DZ_AUTO_FACT struct dz_fact f = {0};
    struct dz_quote_place place;
    struct dz_batch *b = NULL;
    DZ_TRY(dz_fact_get(v, fact, &f, err));
    if (strcmp(f.row.state, "withdrawn") == 0)
        return dz_fail(err, DZ_E_DENIED, "%s is withdrawn: record it anew", f.row.id);
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = confirm(v, b, f.row.id, number, at, &place, err);
    dz_batch_end(b);
    if (code == DZ_OK)
        *ret = place;
    return code;
}
