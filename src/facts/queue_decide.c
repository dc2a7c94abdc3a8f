#include <string.h>

#include "dz_facts_priv.h"

/* Deciding: a suggestion becomes a fact, or a mark that it was rejected. */

#define PENDING_BYTES (8u << 20)

/* A suggestion with what is needed to make a fact of it. */
struct chosen {
    char id[DZ_SUGGESTION_ID_MAX];
    char source[DZ_ID_MAX];
    char *kind;
    char *rule;
    char *quote;
    json_t *fields;
    size_t start;
    size_t end;
    bool sensitive;
    enum dz_decision decision;
};

static void
chosen_done(struct chosen *c)
{
    dz_free(c->kind);
    dz_free(c->rule);
    dz_free(c->quote);
    json_decref(c->fields);
    *c = (struct chosen){0};
}

static void
choose(struct chosen *c, const struct dz_queue_row *q)
{
    chosen_done(c);
    memcpy(c->id, q->id, strlen(q->id) + 1);
    memcpy(c->source, q->source, strlen(q->source) + 1);
    c->kind = dz_strdup(q->kind);
    c->rule = dz_strdup(q->rule ? q->rule : "");
    c->quote = dz_strdup(q->quote ? q->quote : "");
    c->fields = json_deep_copy(q->fields);
    c->start = q->start;
    c->end = q->end;
    c->sensitive = q->sensitive;
    c->decision = q->decision;
}

/* ---- finding one ---- */

struct wanted {
    const char *id;
    struct chosen *chosen;
};

static enum dz_code
take_wanted(void *ctx, const struct dz_queue_row *q, struct dz_err *err)
{
    (void)err;
    struct wanted *w = ctx;
    if (strcmp(w->id, q->id) == 0)
        choose(w->chosen, q);
    return DZ_OK;
}

/* Where one suggestion stands: in as many sources as hold the same text. */
struct places {
    char id[DZ_SUGGESTION_ID_MAX];
    char sources[16][DZ_ID_MAX];
    size_t n;
};

static enum dz_code
resolve(struct dz_vault *v, const char *prefix, struct places *p, struct dz_err *err)
{
    char end[64];
    bool several = false;
    struct dz_rows *rows = NULL;
    *p = (struct places){0};
    if (strncmp(prefix, "sug-", 4) != 0 || strlen(prefix) < 8 ||
        strlen(prefix) >= DZ_SUGGESTION_ID_MAX)
        return dz_fail(err, DZ_E_NOTFOUND, "'%s' is not the id of a suggestion", prefix);
    dz_prefix_end(prefix, end);
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_CACHE_SUGGESTION_BY_PREFIX, &rows, err,
                       DZ_ARGS(dz_arg_text(prefix), dz_arg_text(end))));
    while (dz_rows_next(rows)) {
        struct dz_view id = dz_rows_view(rows, 0);
        struct dz_view source = dz_rows_view(rows, 1);
        several = several || (p->n > 0 && !dz_view_is(id, p->id));
        if (p->n < 16 && id.n < DZ_SUGGESTION_ID_MAX && source.n < DZ_ID_MAX) {
            memcpy(p->id, id.p, id.n + 1);
            memcpy(p->sources[p->n++], source.p, source.n + 1);
        }
    }
    DZ_TRY(dz_rows_end(rows, err));
    if (several)
        return dz_fail(err, DZ_E_INPUT, "several suggestions begin with '%s': give more of it",
                       prefix);
    if (p->n == 0)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no suggestion '%s'", prefix);
    return DZ_OK;
}

/* The first that waits for a decision. */
static enum dz_code
find_open(struct dz_vault *v, const char *prefix, struct chosen *ret, struct dz_err *err)
{
    struct places p;
    DZ_TRY(resolve(v, prefix, &p, err));
    for (size_t i = 0; i < p.n; i++) {
        struct wanted w = {.id = p.id, .chosen = ret};
        struct dz_queue_filter filter = {.source = p.sources[i], .decided = true};
        DZ_TRY(dz_queue_each(v, &filter, take_wanted, &w, err));
        if (ret->kind && ret->decision == DZ_OPEN)
            return DZ_OK;
    }
    if (!ret->kind)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no suggestion '%s' any more", prefix);
    if (ret->decision == DZ_ACCEPTED)
        return dz_fail(err, DZ_E_EXISTS, "%s was accepted already", ret->id);
    return dz_fail(err, DZ_E_EXISTS, "%s was rejected already", ret->id);
}

/* ---- making a fact ---- */

/* The proposed fields that facts of the kind have; further ones serve the reader of the queue
 * only. */
static json_t *
proposed_fields(const struct chosen *c, const char *kind)
{
    DZ_AUTO_JSON json_t *all = json_deep_copy(c->fields);
    json_t *out = json_object();
    const char *key;
    json_t *value;
    json_object_foreach(all, key, value)
    {
        if (dz_fact_has_field(kind, key) && !json_is_null(value))
            json_object_set(out, key, value);
    }
    json_t *passage = json_object();
    dz_json_set_str(passage, "source", c->source);
    dz_json_set_int(passage, "start", (int64_t)c->start);
    dz_json_set_int(passage, "end", (int64_t)c->end);
    dz_json_set_str(passage, "exact", c->quote);
    json_t *passages = json_array();
    json_array_append_new(passages, passage);
    json_object_set_new(out, "passages", passages);
    return out;
}

static enum dz_code
make_fact(struct dz_vault *v, const struct dz_rules *rules, struct dz_anchor *a,
          const struct chosen *c, const json_t *corrections, bool bulk, const char **ret_kind,
          json_t **ret, struct dz_err *err)
{
    const char *kind = dz_json_str(corrections, "kind");
    kind = kind ? kind : c->kind;
    if (!dz_fact_prefix(kind))
        return dz_fail(err, DZ_E_DENIED,
                       "a %s is no fact of its own: it comes with the facts that name it", kind);
    DZ_AUTO_JSON json_t *fields = proposed_fields(c, kind);
    DZ_AUTO_JSON json_t *given = json_deep_copy(corrections);
    json_object_del(given, "kind");
    for (const char *const *own = dz_fact_own_fields; *own; own++)
        json_object_del(given, *own);
    if (given)
        json_object_update(fields, given);
    DZ_TRY(dz_fact_check_with(v, rules, a, kind, fields, ret, err));
    dz_json_set_str(*ret, "suggestion", c->id);
    dz_json_set_str(*ret, "rule", c->rule);
    dz_json_set_str(*ret, "codebook", dz_rules_version(rules));
    dz_json_set_str(*ret, "accepted", bulk ? "bulk" : "single");
    if (bulk || !json_object_get(*ret, "reviewed"))
        json_object_set_new(*ret, "reviewed", json_boolean(!bulk));
    *ret_kind = kind;
    return DZ_OK;
}

static enum dz_code
accept_in(struct dz_vault *v, struct dz_batch *b, const struct dz_rules *rules, const char *id,
          const json_t *corrections, char ret_fact[DZ_ID_MAX], struct dz_err *err)
{
    struct chosen c = {0};
    const char *kind = NULL;
    DZ_AUTO_ANCHOR struct dz_anchor a = {0};
    DZ_AUTO_JSON json_t *checked = NULL;
    enum dz_code code = find_open(v, id, &c, err);
    if (code == DZ_OK)
        code = make_fact(v, rules, &a, &c, corrections, false, &kind, &checked, err);
    if (code == DZ_OK)
        code = dz_fact_add(b, kind, checked, ret_fact, err);
    chosen_done(&c);
    return code == DZ_OK ? dz_batch_commit(b, err) : code;
}

enum dz_code
dz_queue_accept(struct dz_vault *v, const struct dz_rules *rules, const char *id,
                const json_t *corrections, char ret_fact[DZ_ID_MAX], struct dz_err *err)
{
    if (corrections && !json_is_object(corrections))
        return dz_fail(err, DZ_E_INPUT, "corrections are a JSON object");
    struct dz_batch *b = NULL;
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = accept_in(v, b, rules, id, corrections, ret_fact, err);
    dz_batch_end(b);
    return code;
}

static enum dz_code
reject(struct dz_vault *v, const struct chosen *c, struct dz_err *err)
{
    char hash[DZ_HEX32];
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_AUTO_JSON json_t *fields = json_object();
    DZ_TRY(dz_source_get(v, c->source, &s, err));
    dz_vault_keyed_hash(v, "quote", dz_view_of(c->quote), hash);
    dz_json_set_str(fields, "suggestion", c->id);
    dz_json_set_str(fields, "source", c->source);
    dz_json_set_str(fields, "text", s.row.text_sha256);
    dz_json_set_str(fields, "quote_hash", hash);
    /* The id belongs to this text version; in another one this tells the same words again. */
    dz_queue_meaning(v, c->source, c->kind, c->fields, c->quote, hash);
    dz_json_set_str(fields, "meaning_hash", hash);
    return dz_commit_one(v, "suggestion.rejected", fields, err);
}

enum dz_code
dz_queue_reject(struct dz_vault *v, const char *id, struct dz_err *err)
{
    struct chosen c = {0};
    enum dz_code code = find_open(v, id, &c, err);
    if (code == DZ_OK)
        code = reject(v, &c, err);
    chosen_done(&c);
    return code;
}

/* ---- in bulk ---- */

struct bulk {
    struct dz_vault *v;
    const struct dz_rules *rules;
    struct dz_batch *batch;
    struct dz_queue_bulk sum;
    struct chosen *items; /* of one source */
    size_t n;
    size_t cap;
};

static enum dz_code
collect(void *ctx, const struct dz_queue_row *q, struct dz_err *err)
{
    (void)err;
    struct bulk *k = ctx;
    if (!dz_fact_prefix(q->kind)) {
        k->sum.n_not_facts++;
        return DZ_OK;
    }
    if (q->sensitive) {
        k->sum.n_sensitive++;
        return DZ_OK;
    }
    k->items = dz_grow(k->items, &k->cap, k->n + 1, sizeof *k->items);
    choose(&k->items[k->n++], q);
    return DZ_OK;
}

static enum dz_code
count_withheld(void *ctx, const struct dz_queue_row *q, struct dz_err *err)
{
    (void)err;
    struct bulk *k = ctx;
    if (dz_fact_prefix(q->kind))
        k->sum.n_not_public++;
    else
        k->sum.n_not_facts++;
    return DZ_OK;
}

static void
forget_items(struct bulk *k)
{
    for (size_t i = 0; i < k->n; i++)
        chosen_done(&k->items[i]);
    k->n = 0;
}

static enum dz_code
accept_one(struct bulk *k, struct dz_anchor *a, struct dz_decisions *made, const struct chosen *c,
           struct dz_err *err)
{
    char id[DZ_ID_MAX];
    const char *kind = NULL;
    DZ_AUTO_JSON json_t *checked = NULL;
    enum dz_decision decision;
    /* Two proposals that overlap and say the same would make one fact twice. */
    DZ_TRY(dz_decisions_ask(k->v, made, c->id, c->kind, c->start, c->end, c->quote, c->fields,
                            &decision, err));
    if (decision != DZ_OPEN)
        return DZ_OK;
    struct dz_err why = {0};
    enum dz_code code = make_fact(k->v, k->rules, a, c, NULL, true, &kind, &checked, &why);
    if (code == DZ_E_INPUT || code == DZ_E_DENIED) {
        k->sum.n_refused++;
        return DZ_OK;
    }
    if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    DZ_TRY(dz_fact_add(k->batch, kind, checked, id, err));
    dz_decisions_add(made, c->start, c->end, c->kind, c->fields, c->id);
    k->sum.n_accepted++;
    for (size_t i = 0; i < 4; i++)
        k->sum.n_by_kind[i] += strcmp(dz_fact_kinds[i], kind) == 0;
    return dz_batch_pending_bytes(k->batch) >= PENDING_BYTES ? dz_batch_commit(k->batch, err)
                                                             : DZ_OK;
}

static enum dz_code
accept_source(struct bulk *k, const struct dz_source_row *row, struct dz_err *err)
{
    struct dz_queue_filter filter = {.source = row->id};
    if (!dz_basis_is_public(row->basis))
        return dz_queue_each(k->v, &filter, count_withheld, k, err);
    DZ_AUTO_ANCHOR struct dz_anchor a = {0};
    DZ_AUTO_DECISIONS struct dz_decisions made = {0};
    enum dz_code code = dz_queue_each(k->v, &filter, collect, k, err);
    for (size_t i = 0; i < k->n && code == DZ_OK; i++)
        code = accept_one(k, &a, &made, &k->items[i], err);
    forget_items(k);
    return code;
}

struct source_ids {
    char (*items)[DZ_ID_MAX];
    size_t n;
    size_t cap;
};

static enum dz_code
note_id(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    (void)err;
    struct source_ids *ids = ctx;
    ids->items = dz_grow(ids->items, &ids->cap, ids->n + 1, sizeof *ids->items);
    memcpy(ids->items[ids->n++], row->id, strlen(row->id) + 1);
    return DZ_OK;
}

static enum dz_code
accept_each(struct bulk *k, const struct source_ids *ids, struct dz_err *err)
{
    DZ_TRY(dz_batch_begin(k->v, &k->batch, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < ids->n && code == DZ_OK; i++) {
        DZ_AUTO_SOURCE struct dz_source s = {0};
        code = dz_source_get(k->v, ids->items[i], &s, err);
        if (code == DZ_OK)
            code = accept_source(k, &s.row, err);
    }
    if (code == DZ_OK)
        code = dz_batch_commit(k->batch, err);
    dz_batch_end(k->batch);
    return code;
}

enum dz_code
dz_queue_accept_all(struct dz_vault *v, const struct dz_rules *rules, const char *source,
                    struct dz_queue_bulk *ret, struct dz_err *err)
{
    struct bulk k = {.v = v, .rules = rules};
    struct source_ids ids = {0};
    DZ_TRY(dz_queue_update(v, rules, source, NULL, NULL, err));
    enum dz_code code;
    if (source) {
        DZ_AUTO_SOURCE struct dz_source s = {0};
        DZ_TRY(dz_source_get(v, source, &s, err));
        code = note_id(&ids, &s.row, err);
    } else {
        code = dz_sources_each(v, NULL, note_id, &ids, err);
    }
    if (code == DZ_OK)
        code = accept_each(&k, &ids, err);
    dz_free(ids.items);
    dz_free(k.items);
    if (code == DZ_OK)
        *ret = k.sum;
    return code;
}
