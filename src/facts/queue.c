#include "dz_queue.h"

#include <string.h>

#include "dz_facts_priv.h"
#include "dz_pool.h"
#include "dz_sketches.h"
#include "dz_suggest.h"

/* Computing suggestions and listing them. What stands in the cache can be thrown away at any
 * time: the id of a suggestion follows from the text and the codes, so that decisions find it
 * again. */

/* ---- identity ---- */

static void
suggestion_id(const struct dz_vault *v, const char *text_sha256, const struct dz_suggestion *s,
              char ret[DZ_SUGGESTION_ID_MAX])
{
    char hex[DZ_HEX32];
    DZ_AUTO_BUF struct dz_buf message = DZ_BUF(1024);
    dz_buf_addf(&message, "%s|%s|%zu|%zu", text_sha256, s->kind, s->start, s->end);
    if (strcmp(s->kind, "act") == 0) {
        const char *sphere = dz_json_str(s->fields, "sphere"),
                   *means = dz_json_str(s->fields, "means");
        dz_buf_addf(&message, "|%s|%s", sphere ? sphere : "", means ? means : "");
    }
    dz_vault_keyed_hash(v, "suggestion", dz_buf_view(&message), hex);
    memcpy(ret, "sug-", 4);
    memcpy(ret + 4, hex, 16);
    ret[20] = '\0';
}

void
dz_queue_signature(const char *kind, const json_t *fields, struct dz_buf *out)
{
    static const char *const by_kind[][4] = {
        {"act", "sphere", "means", NULL},
        {"measure", "date", "deadline", "number"},
        {"figure", "value", "unit", NULL},
        {"statement", "stance", NULL, NULL},
    };
    dz_buf_adds(out, kind);
    for (size_t k = 0; k < 4; k++) {
        if (strcmp(by_kind[k][0], kind) != 0)
            continue;
        for (size_t i = 1; i < 4 && by_kind[k][i]; i++) {
            const char *value = dz_json_str(fields, by_kind[k][i]);
            dz_buf_addf(out, "|%s", value ? value : "");
        }
    }
}

void
dz_queue_meaning(const struct dz_vault *v, const char *source, const char *kind,
                 const json_t *fields, const char *quote, char ret[DZ_HEX32])
{
    DZ_AUTO_BUF struct dz_buf message = DZ_BUF(1 << 20);
    dz_buf_addf(&message, "%s|", source);
    dz_queue_signature(kind, fields, &message);
    dz_buf_addf(&message, "|%s", quote ? quote : "");
    dz_vault_keyed_hash(v, "meaning", dz_buf_view(&message), ret);
}

/* ---- decisions ---- */

void
dz_decisions_add(struct dz_decisions *d, size_t start, size_t end, const char *kind,
                 const json_t *fields, const char *suggestion)
{
    DZ_AUTO_BUF struct dz_buf signature = DZ_BUF(8192);
    dz_queue_signature(kind, fields, &signature);
    d->items = dz_grow(d->items, &d->cap, d->n + 1, sizeof *d->items);
    d->items[d->n++] = (struct dz_decided){.start = start,
                                           .end = end,
                                           .signature = dz_buf_take(&signature),
                                           .suggestion = suggestion ? dz_strdup(suggestion) : NULL};
}

void
dz_decisions_done(struct dz_decisions *d)
{
    for (size_t i = 0; i < d->n; i++) {
        dz_free(d->items[i].signature);
        dz_free(d->items[i].suggestion);
        dz_free(d->items[i].moved);
    }
    dz_free(d->items);
    *d = (struct dz_decisions){0};
}

enum dz_code
dz_decisions_load(struct dz_vault *v, const char *source, const char *text_sha256,
                  struct dz_decisions *ret, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    enum dz_code code = DZ_OK;
    if (strlen(source) < sizeof ret->source)
        memcpy(ret->source, source, strlen(source) + 1);
    if (strlen(text_sha256) < sizeof ret->text_sha256)
        memcpy(ret->text_sha256, text_sha256, strlen(text_sha256) + 1);
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_PASSAGES_OF_SOURCE, &rows, err,
                       DZ_ARGS(dz_arg_text(source))));
    while (code == DZ_OK && dz_rows_next(rows)) {
        DZ_AUTO_JSON json_t *body = NULL;
        code = dz_json_parse(dz_rows_view(rows, 5), &body, err);
        /* Offsets of another text version say nothing about this one, unless the words stand at
         * the same place; the suggestion's id still may. */
        bool same_text = dz_view_is(dz_rows_view(rows, 2), text_sha256) ||
                         dz_view_is(dz_rows_view(rows, 6), "same");
        if (code == DZ_OK)
            dz_decisions_add(ret, same_text ? (size_t)dz_rows_int(rows, 0) : 0,
                             same_text ? (size_t)dz_rows_int(rows, 1) : 0, dz_rows_text(rows, 3),
                             body, dz_rows_is_null(rows, 4) ? NULL : dz_rows_text(rows, 4));
        if (code == DZ_OK && dz_view_is(dz_rows_view(rows, 6), "moved"))
            ret->items[ret->n - 1].moved = dz_strdup(dz_rows_text(rows, 7));
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    if (code == DZ_OK)
        code = end;
    if (code != DZ_OK)
        dz_decisions_done(ret);
    return code;
}

/* Whether a decision is about the same words: at the same place, or, of a passage that
 * has moved and waits for a person, wherever they stand. */
static bool
is_about(const struct dz_decided *one, size_t start, size_t end, const char *quote)
{
    if (one->start < end && start < one->end)
        return true;
    return one->moved && quote &&
           (strstr(quote, one->moved) != NULL || strstr(one->moved, quote) != NULL);
}

enum dz_code
dz_decisions_ask(struct dz_vault *v, const struct dz_decisions *d, const char *id, const char *kind,
                 size_t start, size_t end, const char *quote, const json_t *fields,
                 enum dz_decision *ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf signature = DZ_BUF(8192);
    char meaning[DZ_HEX32];
    int64_t rejected = 0;
    dz_queue_signature(kind, fields, &signature);
    for (size_t i = 0; i < d->n; i++) {
        const struct dz_decided *one = &d->items[i];
        bool same = one->suggestion && strcmp(one->suggestion, id) == 0;
        bool overlaps =
            is_about(one, start, end, quote) && dz_view_is(dz_buf_view(&signature), one->signature);
        if (same || overlaps) {
            *ret = DZ_ACCEPTED;
            return DZ_OK;
        }
    }
    dz_queue_meaning(v, d->source, kind, fields, quote, meaning);
    DZ_TRY(
        dz_db_get_int(dz_vault_db(v), DZ_Q_REJECTED, &rejected, NULL, err,
                      DZ_ARGS(dz_arg_text(id), dz_arg_text(meaning), dz_arg_text(d->text_sha256))));
    *ret = rejected > 0 ? DZ_REJECTED : DZ_OPEN;
    return DZ_OK;
}

/* ---- computing ---- */

#define SOURCES_PER_COMMIT 64
#define JOBS_MAX 16
#define BYTES_MAX ((size_t)4 << 20) /* of text; one that is larger is read alone */

/* What the suggestions of a text rest on besides the text itself. */
static char *
version_of(const struct dz_rules *rules, const struct dz_source_row *row)
{
    return dz_asprintf("%s|" DZ_VERSION "|%s|%s", dz_rules_version(rules),
                       row->published ? row->published : "", row->publisher ? row->publisher : "");
}

static enum dz_code
is_fresh(struct dz_vault *v, const struct dz_rules *rules, const struct dz_source_row *row,
         bool *ret, struct dz_err *err)
{
    DZ_AUTO_FREE char *version = version_of(rules, row);
    DZ_AUTO_FREE char *wanted = dz_asprintf("%s|%s", row->text_sha256, version);
    DZ_AUTO_FREE char *have = NULL;
    DZ_TRY(dz_db_get_text(dz_vault_db(v), DZ_Q_CACHE_READ_GET, &have, err,
                          DZ_ARGS(dz_arg_text(row->id))));
    *ret = have && strcmp(have, wanted) == 0;
    return DZ_OK;
}

static enum dz_code
put_suggestion(struct dz_vault *v, const struct dz_source_row *row, const struct dz_suggestion *s,
               struct dz_err *err)
{
    char id[DZ_SUGGESTION_ID_MAX];
    DZ_AUTO_JSON json_t *body = json_object();
    DZ_AUTO_FREE char *text = NULL;
    suggestion_id(v, row->text_sha256, s, id);
    dz_json_set_str(body, "rule", s->rule);
    dz_json_set_view(body, "quote", s->quote);
    json_object_set(body, "fields", s->fields);
    DZ_TRY(dz_json_text(body, &text, err));
    return dz_db_exec(dz_vault_db(v), DZ_Q_CACHE_SUGGESTION_PUT, err,
                      DZ_ARGS(dz_arg_text(id), dz_arg_text(row->id), dz_arg_text(s->kind),
                              dz_arg_int((int64_t)s->start), dz_arg_int((int64_t)s->end),
                              dz_arg_int(s->score), dz_arg_int(s->sensitive), dz_arg_text(text)));
}

/* Inside a transaction of the caller. A part that was written is stale, as no version stands beside
 * it. Nothing is written of a source that another process has removed meanwhile. */
static enum dz_code
store(struct dz_vault *v, const struct dz_rules *rules, const struct dz_source_row *row,
      const struct dz_suggestions *all, const struct dz_sketch *sketch, struct dz_err *err)
{
    struct dz_db *db = dz_vault_db(v);
    bool here = false;
    DZ_TRY(dz_source_is_here(v, row->id, &here, err));
    if (!here)
        return DZ_OK;
    DZ_AUTO_FREE char *version = version_of(rules, row);
    enum dz_code code =
        dz_db_exec(db, DZ_Q_CACHE_SUGGESTION_DROP, err, DZ_ARGS(dz_arg_text(row->id)));
    for (size_t i = 0; i < all->n && code == DZ_OK; i++)
        code = put_suggestion(v, row, &all->items[i], err);
    if (code == DZ_OK)
        code = dz_db_exec(
            db, DZ_Q_CACHE_READ_PUT, err,
            DZ_ARGS(dz_arg_text(row->id), dz_arg_text(row->text_sha256), dz_arg_text(version)));
    if (code == DZ_OK)
        code = dz_sketches_put(v, row->id, row->text_sha256, sketch, err);
    return code;
}

struct ids {
    struct dz_vault *v;
    const struct dz_rules *rules;
    char (*items)[DZ_ID_MAX]; /* stale sources */
    size_t n;
    size_t cap;
};

static enum dz_code
note_stale(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    struct ids *ids = ctx;
    bool fresh = false;
    if (!row->text_sha256)
        return DZ_OK;
    DZ_TRY(is_fresh(ids->v, ids->rules, row, &fresh, err));
    if (fresh)
        return DZ_OK;
    ids->items = dz_grow(ids->items, &ids->cap, ids->n + 1, sizeof *ids->items);
    memcpy(ids->items[ids->n++], row->id, strlen(row->id) + 1);
    return DZ_OK;
}

/* The words of a rendering are those of the page that it was made of: what they say would be
 * proposed twice. Asked for by name it is read all the same. */
static enum dz_code
note_stale_source(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    const char *method = dz_json_str(json_object_get(row->body, "added"), "method");
    if (method != NULL && strcmp(method, "rendering") == 0)
        return DZ_OK;
    return note_stale(ctx, row, err);
}

/* What one text says needs nothing but the text: several are read at once. Their words are fetched
 * and what was found is stored by the thread that holds the vault, in the order of the list. */
struct suggest_job {
    const struct dz_rules *rules;
    struct dz_source source;
    struct dz_buf text;
    struct dz_suggestions found; /* quotes point into text */
    struct dz_sketch sketch;     /* for lineage, while the text is at hand */
    struct dz_buf main;          /* what it is made of, where that is not the text itself */
    bool framed;
    enum dz_code code;
    struct dz_err why;
};

struct computing {
    const struct ids *ids;
    struct dz_pool *pool;
    size_t bytes_under_way;
    size_t n_done;
    bool open; /* a transaction of the cache */
};

static void
suggest_job_free(struct suggest_job *j)
{
    if (!j)
        return;
    dz_suggestions_done(&j->found);
    dz_sketch_done(&j->sketch);
    dz_buf_done(&j->main);
    dz_buf_done(&j->text);
    dz_source_done(&j->source);
    dz_free(j);
}

static void
suggest_run(void *state, void *job)
{
    struct suggest_job *j = job;
    struct dz_doc_info info = {.language = j->source.row.language,
                               .published = j->source.row.published,
                               .publisher = j->source.row.publisher};
    (void)state;
    dz_sketch_make(&j->sketch, dz_buf_view(j->framed ? &j->main : &j->text));
    j->code = dz_suggest_text(j->rules, dz_buf_view(&j->text), &info, &j->found, &j->why);
}

static enum dz_code
begin_cache(struct computing *c, struct dz_err *err)
{
    if (c->open)
        return DZ_OK;
    enum dz_code code = dz_db_cache_begin(dz_vault_db(c->ids->v), err);
    c->open = code == DZ_OK;
    return code;
}

/* Many to a transaction: a commit costs as much as a reading. */
static enum dz_code
settle_oldest(struct computing *c, struct dz_err *err)
{
    struct suggest_job *j = dz_pool_take(c->pool);
    const struct dz_source_row *row = &j->source.row;
    enum dz_code code = j->code;
    c->bytes_under_way -= j->text.n;
    if (code != DZ_OK)
        code = dz_fail(err, code, "%s", j->why.msg);
    if (code == DZ_OK)
        code = begin_cache(c, err);
    if (code == DZ_OK)
        code = store(c->ids->v, c->ids->rules, row, &j->found, &j->sketch, err);
    if (code != DZ_OK)
        code = dz_while(err, "reading %s", row->id);
    suggest_job_free(j);
    if (code == DZ_OK && ++c->n_done % SOURCES_PER_COMMIT == 0) {
        c->open = false;
        code = dz_db_cache_commit(dz_vault_db(c->ids->v), err);
    }
    return code;
}

/* NULL: it was removed since the list was made. */
static enum dz_code
make_suggest_job(struct computing *c, const char *id, struct suggest_job **ret, struct dz_err *err)
{
    bool here = false;
    *ret = NULL;
    struct suggest_job *j = dz_alloc(sizeof *j);
    j->rules = c->ids->rules;
    j->text.max = j->main.max = DZ_TEXT_MAX;
    enum dz_code code = dz_source_get(c->ids->v, id, &j->source, err);
    if (code == DZ_OK) {
        const struct dz_source_row *row = &j->source.row;
        code = dz_source_text_version(c->ids->v, row->id, row->text_sha256, &j->text, err);
        if (code == DZ_OK)
            code = dz_sketches_main(c->ids->v, row->id, row->text_sha256, row->extractor,
                                    dz_buf_view(&j->text), &j->main, &j->framed, err);
        if (code != DZ_OK)
            code = dz_while(err, "reading %s", id);
    }
    if (code == DZ_OK) {
        *ret = j;
        return DZ_OK;
    }
    suggest_job_free(j);
    return dz_source_is_here(c->ids->v, id, &here, NULL) == DZ_OK && !here ? DZ_OK : code;
}

static enum dz_code
put_source(struct computing *c, const char *id, struct dz_err *err)
{
    struct suggest_job *j = NULL;
    enum dz_code code = make_suggest_job(c, id, &j, err);
    if (code == DZ_OK && !j)
        return DZ_OK;
    while (code == DZ_OK && dz_pool_count(c->pool) > 0 &&
           (dz_pool_count(c->pool) == JOBS_MAX || c->bytes_under_way + j->text.n > BYTES_MAX))
        code = settle_oldest(c, err);
    if (code != DZ_OK) {
        suggest_job_free(j);
        return code;
    }
    c->bytes_under_way += j->text.n;
    dz_pool_put(c->pool, j);
    return DZ_OK;
}

static enum dz_code
compute_all(const struct ids *ids, const bool *cancel, struct dz_err *err)
{
    struct computing c = {.ids = ids};
    enum dz_code code = DZ_OK;
    c.pool = dz_pool_new(&(struct dz_pool_opts){.n_jobs = JOBS_MAX, .run = suggest_run});
    for (size_t i = 0; i < ids->n && code == DZ_OK; i++) {
        if (cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED))
            code = dz_fail(err, DZ_E_CANCELLED,
                           "stopped: %zu of %zu sources were read, the next command reads the rest",
                           c.n_done, ids->n);
        else
            code = put_source(&c, ids->items[i], err);
    }
    while (code == DZ_OK && dz_pool_count(c.pool) > 0)
        code = settle_oldest(&c, err);
    while (dz_pool_count(c.pool) > 0)
        suggest_job_free(dz_pool_take(c.pool));
    dz_pool_free(c.pool);
    /* What was read before a failure is kept. */
    enum dz_code done =
        c.open ? dz_db_cache_commit(dz_vault_db(ids->v), code == DZ_OK ? err : NULL) : DZ_OK;
    return code == DZ_OK ? done : code;
}

enum dz_code
dz_queue_update(struct dz_vault *v, const struct dz_rules *rules, const char *source,
                const bool *cancel, uint64_t *ret_n, struct dz_err *err)
{
    struct ids ids = {.v = v, .rules = rules};
    enum dz_code code;
    if (source) {
        DZ_AUTO_SOURCE struct dz_source s = {0};
        DZ_TRY(dz_source_get(v, source, &s, err));
        code = note_stale(&ids, &s.row, err);
    } else {
        code = dz_sources_each(v, NULL, note_stale_source, &ids, err);
    }
    if (code == DZ_OK && ids.n)
        code = compute_all(&ids, cancel, err);
    if (code == DZ_OK && ret_n)
        *ret_n = ids.n;
    dz_free(ids.items);
    return code;
}

enum dz_code
dz_queue_backlog(struct dz_vault *v, const struct dz_rules *rules, uint64_t *ret,
                 struct dz_err *err)
{
    struct ids ids = {.v = v, .rules = rules};
    enum dz_code code = dz_sources_each(v, NULL, note_stale_source, &ids, err);
    if (code == DZ_OK)
        *ret = ids.n;
    dz_free(ids.items);
    return code;
}

/* ---- listing ---- */

struct listing {
    struct dz_vault *v;
    const struct dz_queue_filter *filter;
    dz_queue_fn *fn;
    void *ctx;
};

/* The line that `suggest --json` prints: the common fields and the kind's own, flat. */
static json_t *
line_of(const struct dz_queue_row *q)
{
    json_t *line = json_deep_copy(q->fields);
    dz_json_set_str(line, "id", q->id);
    dz_json_set_str(line, "source", q->source);
    dz_json_set_str(line, "doc", q->doc);
    dz_json_set_str(line, "kind", q->kind);
    dz_json_set_int(line, "start", (int64_t)q->start);
    dz_json_set_int(line, "end", (int64_t)q->end);
    dz_json_set_str(line, "quote", q->quote);
    dz_json_set_str(line, "rule", q->rule);
    dz_json_set_int(line, "score", q->score);
    if (q->sensitive)
        json_object_set_new(line, "sensitive", json_true());
    return line;
}

static enum dz_code
list_one(struct listing *l, const struct dz_source_row *row, const struct dz_decisions *d,
         struct dz_rows *rows, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *body = NULL;
    DZ_TRY(dz_json_parse(dz_rows_view(rows, 6), &body, err));
    struct dz_queue_row q = {
        .id = dz_rows_text(rows, 0),
        .source = row->id,
        .doc = row->doc,
        .title = row->title,
        .kind = dz_rows_text(rows, 1),
        .start = (size_t)dz_rows_int(rows, 2),
        .end = (size_t)dz_rows_int(rows, 3),
        .quote = dz_json_str(body, "quote"),
        .rule = dz_json_str(body, "rule"),
        .score = (int)dz_rows_int(rows, 4),
        .sensitive = dz_rows_int(rows, 5) != 0,
        .fields = json_object_get(body, "fields"),
    };
    if ((l->filter->kind && strcmp(l->filter->kind, q.kind) != 0) || q.score < l->filter->min_score)
        return DZ_OK;
    DZ_TRY(dz_decisions_ask(l->v, d, q.id, q.kind, q.start, q.end, q.quote, q.fields, &q.decision,
                            err));
    if (q.decision != DZ_OPEN && !l->filter->decided)
        return DZ_OK;
    DZ_AUTO_JSON json_t *line = line_of(&q);
    q.line = line;
    return l->fn(l->ctx, &q, err);
}

static enum dz_code
list_source(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    struct listing *l = ctx;
    DZ_AUTO_DECISIONS struct dz_decisions d = {0};
    struct dz_rows *rows = NULL;
    if (!row->text_sha256)
        return DZ_OK;
    DZ_TRY(dz_decisions_load(l->v, row->id, row->text_sha256, &d, err));
    DZ_TRY(dz_db_query(dz_vault_db(l->v), DZ_Q_CACHE_SUGGESTIONS, &rows, err,
                       DZ_ARGS(dz_arg_text(row->id))));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows))
        code = list_one(l, row, &d, rows, err);
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

enum dz_code
dz_queue_each(struct dz_vault *v, const struct dz_queue_filter *filter, dz_queue_fn *fn, void *ctx,
              struct dz_err *err)
{
    static const struct dz_queue_filter any = {0};
    struct listing l = {.v = v, .filter = filter ? filter : &any, .fn = fn, .ctx = ctx};
    if (!l.filter->source)
        return dz_sources_each(v, NULL, list_source, &l, err);
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_source_get(v, l.filter->source, &s, err));
    return list_source(&l, &s.row, err);
}
