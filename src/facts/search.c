#include "dz_search.h"

#include <limits.h>
#include <string.h>

#include "dz_edtf.h"
#include "dz_facts_priv.h"
#include "dz_query_priv.h"
#include "dz_utf8.h"
#include "dz_where.h"

/* Answering a query: the index says which sources, the text of each says where. */

#define FOUND_MAX 256 /* occurrences looked at for a snippet */

struct dz_searcher {
    struct dz_vault *v;
    struct dz_terms *terms;
};

struct dz_searcher *
dz_searcher_new(struct dz_vault *v)
{
    struct dz_searcher *s = dz_alloc(sizeof *s);
    s->v = v;
    s->terms = dz_terms_new();
    dz_fts_keep(dz_vault_db(v));
    return s;
}

void
dz_searcher_free(struct dz_searcher *s)
{
    if (!s)
        return;
    dz_terms_free(s->terms);
    dz_free(s);
}

/* ---- a query ready to be asked ---- */

struct asked {
    struct dz_searcher *s;
    const struct dz_search_opts *opts;
    struct dz_question q;
    struct dz_fts_phrase phrases[DZ_FTS_PHRASES_MAX];
    struct dz_fts_query index;
    bool narrowed; /* by something else than words */
    int64_t since;
    int64_t until;
    struct dz_finder *finder; /* of words in one text; NULL until one is looked into */
    bool *holds;              /* by phrase, in the text looked into last */
    struct dz_buf text;
};

static void
asked_done(struct asked *a)
{
    dz_finder_free(a->finder);
    dz_free(a->holds);
    dz_buf_done(&a->text);
    dz_query_done(&a->q);
}

/* Words of the question in a source's text; a damaged one counts as empty, and verify names it.
 * Returns how many were found, of which max are remembered in found. */
static size_t
look_into(struct asked *a, const struct dz_source_row *row, struct dz_found *found, size_t max)
{
    struct dz_err why = {0};
    if (!a->finder) {
        a->finder = dz_finder_new(&a->q);
        a->holds = dz_alloc_array(a->q.n + 1, sizeof *a->holds);
        a->text = (struct dz_buf)DZ_BUF(DZ_TEXT_MAX);
    }
    dz_buf_reset(&a->text);
    memset(a->holds, 0, (a->q.n + 1) * sizeof *a->holds);
    if (row->text_sha256 && dz_source_text_version(a->s->v, row->id, row->text_sha256, &a->text,
                                                   &why) != DZ_OK)
        dz_buf_reset(&a->text);
    return dz_finder_look(a->finder, dz_buf_view(&a->text), false, found, max, a->holds);
}

/* The index knows no forms: whether this one stands there, the text says. */
static enum dz_code
holds_forms(struct asked *a, int64_t row, bool *ret, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_AUTO_FREE char *id = NULL;
    struct dz_vault *v = a->s->v;
    struct dz_found found[1];
    *ret = false;
    DZ_TRY(dz_db_get_text(dz_vault_db(v), DZ_Q_INDEX_SOURCE, &id, err, DZ_ARGS(dz_arg_int(row))));
    if (!id)
        return DZ_OK;
    DZ_TRY(dz_source_get(v, id, &s, err));
    (void)look_into(a, &s.row, found, 1);
    (void)dz_finder_look(a->finder, dz_view_of(s.row.title), true, found, 1, a->holds);
    *ret = dz_query_holds(&a->q, a->q.root, a->holds);
    return DZ_OK;
}

static enum dz_code
fits(const struct asked *a, int64_t row, bool *ret, struct dz_err *err)
{
    int64_t n = 0;
    DZ_TRY(dz_db_get_int(dz_vault_db(a->s->v), DZ_Q_INDEX_WANTED, &n, NULL, err,
                         DZ_ARGS(dz_arg_int(row), dz_arg_int(a->until), dz_arg_int(a->since),
                                 dz_arg_int(a->opts->since || a->opts->until),
                                 dz_arg_text(a->opts->language), dz_arg_text(a->opts->basis),
                                 dz_arg_text(a->opts->publisher))));
    *ret = n > 0;
    return DZ_OK;
}

/* Asked of sources that would be among the best. */
static enum dz_code
wanted(void *ctx, int64_t row, bool *ret, struct dz_err *err)
{
    struct asked *a = ctx;
    *ret = true;
    if (a->narrowed)
        DZ_TRY(fits(a, row, ret, err));
    return *ret && a->q.exact ? holds_forms(a, row, ret, err) : DZ_OK;
}

static enum dz_code
days_of(const char *date, struct dz_edtf_bounds *ret, struct dz_err *err)
{
    if (dz_edtf_text_bounds(date, ret))
        return DZ_OK;
    return dz_fail(err, DZ_E_USAGE, "'%s' is no date: write 2024-07-01, 2024-07 or 2024", date);
}

static enum dz_code
date_bounds(struct asked *a, struct dz_err *err)
{
    struct dz_edtf_bounds days;
    a->since = INT64_MIN;
    a->until = INT64_MAX;
    if (a->opts->since) {
        DZ_TRY(days_of(a->opts->since, &days, err));
        a->since = days.lo;
    }
    if (a->opts->until) {
        DZ_TRY(days_of(a->opts->until, &days, err));
        a->until = days.hi;
    }
    if (a->since > a->until)
        return dz_fail(err, DZ_E_USAGE, "the last day lies before the first: exchange them");
    return DZ_OK;
}

static enum dz_code
understand(struct asked *a, struct dz_err *err)
{
    struct dz_query_node *concept = NULL;
    a->q = (struct dz_question){.terms = a->s->terms, .translit = a->opts->translit};
    a->q.match = (struct dz_buf)DZ_BUF(1u << 20);
    if (a->opts->words)
        DZ_TRY(dz_query_parse(&a->q, a->opts->words, err));
    if (a->opts->concept) {
        DZ_TRY(dz_query_concept(&a->q, dz_vault_db(a->s->v), a->opts->concept, a->opts->told,
                                a->opts->told_ctx, &concept, err));
        concept->next = a->q.root;
        a->q.root = a->q.root ? dz_query_node_of(&a->q, DZ_QUERY_AND, concept) : concept;
    }
    DZ_TRY(dz_query_express(&a->q, err));
    for (size_t i = 0; i < a->q.n_order; i++) {
        const struct dz_query_phrase *p = &a->q.phrases[a->q.order[i]];
        a->phrases[i] = (struct dz_fts_phrase){p->words, p->begins, p->excluded};
    }
    DZ_TRY(date_bounds(a, err));
    const struct dz_search_opts *o = a->opts;
    a->narrowed = o->since || o->until || o->language || o->basis || o->publisher;
    a->index = (struct dz_fts_query){.match = a->q.match.p,
                                       .phrases = a->phrases,
                                       .n = a->q.n_order,
                                       .limit = o->limit,
                                       .wanted = a->narrowed || a->q.exact ? wanted : NULL,
                                       .ctx = a};
    return DZ_OK;
}

/* ---- hits ---- */

struct hit_maker {
    struct asked *a;
    struct dz_where where;
    struct dz_buf line;
    struct dz_buf said;
    struct dz_found *found;
    dz_search_fn *fn;
    void *ctx;
    size_t rank;
};

static void
hit_maker_done(struct hit_maker *m)
{
    dz_where_done(&m->where);
    dz_buf_done(&m->line);
    dz_buf_done(&m->said);
    dz_free(m->found);
}

/* The snippet of one source, of its title when nothing stands in the text, and where that is. */
static enum dz_code
make_snippet(struct hit_maker *m, const struct dz_source_row *row, struct dz_err *err)
{
    struct asked *a = m->a;
    size_t start = 0;
    struct dz_found in_title[8];
    struct dz_view title = dz_view_of(row->title);
    size_t n = look_into(a, row, m->found, FOUND_MAX);
    struct dz_view text = dz_buf_view(&a->text);
    size_t n_title = dz_finder_look(a->finder, title, true, in_title, 8, a->holds);
    DZ_AUTO_BUF struct dz_buf shown = DZ_BUF(1u << 20);
    dz_buf_reset(&m->line);
    dz_buf_reset(&m->said);
    if (n == 0 && n_title > 0)
        dz_snippet(title, in_title, n_title, a->q.n, &shown, &start);
    else
        dz_snippet(text, m->found, n, a->q.n, &shown, &start);
    dz_utf8_line(&m->line, dz_buf_view(&shown), 2000);
    bool has = dz_json_str(json_object_get(row->body, "text"), "locators") != NULL;
    if (!has || n == 0)
        return DZ_OK;
    start = dz_utf8_cp_of(text, start);
    return dz_where_say(&m->where, row->id, row->text_sha256, start, start + 1, &m->said, err);
}

static enum dz_code
give_hit(struct hit_maker *m, int64_t row, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_AUTO_FREE char *id = NULL;
    struct dz_vault *v = m->a->s->v;
    DZ_TRY(dz_db_get_text(dz_vault_db(v), DZ_Q_INDEX_SOURCE, &id, err, DZ_ARGS(dz_arg_int(row))));
    if (!id)
        return DZ_OK; /* another process has just taken it out */
    struct dz_search_hit hit = {.source = id, .snippet = "", .where = "", .rank = ++m->rank};
    if (m->a->opts->bare)
        return m->fn(m->ctx, &hit, err);
    DZ_TRY(dz_source_get(v, id, &s, err));
    DZ_TRY(make_snippet(m, &s.row, err));
    hit.title = s.row.title;
    hit.name = s.row.name;
    hit.published = s.row.published;
    hit.snippet = m->line.n > 0 ? m->line.p : "";
    hit.where = m->said.n > 0 ? m->said.p : "";
    return m->fn(m->ctx, &hit, err);
}

static enum dz_code
give_hits(struct asked *a, dz_search_fn *fn, void *ctx, struct dz_err *err)
{
    size_t n = 0;
    DZ_AUTO_FREE struct dz_fts_hit *hits = dz_alloc_array(a->index.limit, sizeof *hits);
    DZ_TRY(dz_fts_find(dz_vault_db(a->s->v), &a->index, hits, &n, err));
    struct hit_maker m = {.a = a, .where = {.v = a->s->v}, .fn = fn, .ctx = ctx};
    if (!a->opts->bare)
        m.found = dz_alloc_array(FOUND_MAX, sizeof *m.found);
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++)
        code = give_hit(&m, hits[i].row, err);
    hit_maker_done(&m);
    return code;
}

enum dz_code
dz_searcher_run(struct dz_searcher *s, const struct dz_search_opts *opts, dz_search_fn *fn,
                void *ctx, struct dz_err *err)
{
    if (opts->limit == 0 || opts->limit > DZ_FTS_LIMIT_MAX)
        return dz_fail(err, DZ_E_USAGE, "a limit is 1 to 1000");
    struct asked a = {.s = s, .opts = opts};
    bool begun = false;
    DZ_TRY(dz_db_read_begin(dz_vault_db(s->v), &begun, err));
    enum dz_code code = understand(&a, err);
    if (code == DZ_OK)
        code = give_hits(&a, fn, ctx, err);
    dz_db_read_end(dz_vault_db(s->v), begun);
    asked_done(&a);
    return code;
}

enum dz_code
dz_searcher_count(struct dz_searcher *s, const struct dz_search_opts *opts, size_t max, size_t *ret,
                  struct dz_err *err)
{
    struct asked a = {.s = s, .opts = opts};
    enum dz_code code = understand(&a, err);
    if (code == DZ_OK)
        code = dz_fts_count(dz_vault_db(s->v), &a.index, max, ret, err);
    asked_done(&a);
    return code;
}

enum dz_code
dz_searcher_related(struct dz_searcher *s, const char *words, dz_search_word_fn *fn, void *ctx,
                    struct dz_err *err)
{
    struct dz_question q = {.terms = s->terms};
    enum dz_code code = dz_query_parse(&q, words, err);
    if (code == DZ_OK)
        code = dz_query_related(&q, dz_vault_db(s->v), fn, ctx, err);
    dz_query_done(&q);
    return code;
}

enum dz_code
dz_search(struct dz_vault *v, const char *query, size_t limit, dz_search_fn *fn, void *ctx,
          struct dz_err *err)
{
    struct dz_search_opts opts = {.words = query, .limit = limit};
    struct dz_searcher *s = dz_searcher_new(v);
    enum dz_code code = dz_searcher_run(s, &opts, fn, ctx, err);
    dz_searcher_free(s);
    return code;
}

enum dz_code
dz_search_expression(const char *query, struct dz_buf *out, struct dz_err *err)
{
    struct dz_question q = {.match = DZ_BUF(1u << 20)};
    q.terms = dz_terms_new();
    enum dz_code code = dz_query_parse(&q, query, err);
    if (code == DZ_OK)
        code = dz_query_express(&q, err);
    if (code == DZ_OK)
        dz_buf_addv(out, dz_buf_view(&q.match));
    dz_terms_free(q.terms);
    dz_query_done(&q);
    return code;
}
