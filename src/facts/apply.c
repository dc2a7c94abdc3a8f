#include <string.h>

#include "dz_apply_priv.h"
#include "dz_carried_priv.h"
#include "dz_fts.h"
#include "dz_registry.h"

/* From journal entries to rows. Deterministic: nothing but the entry, the rows made of earlier
 * entries and stored objects decides. docs/format/entries.md has the fields. */

/* ---- sources ---- */

/* Title as the index and lists show it. */
static const char *
effective_title(const json_t *body)
{
    const char *title = dz_json_str(json_object_get(body, "described"), "title");
    return title ? title : dz_json_str(json_object_get(body, "text"), "title");
}

static enum dz_code
put_source(struct dz_db *db, const char *id, const char *ref, int64_t clock, const json_t *body,
           struct dz_err *err)
{
    struct dz_source_row row;
    DZ_AUTO_FREE char *doc = NULL;
    DZ_AUTO_FREE char *text = NULL;
    dz_source_row_fill(&row, id, ref, body, &doc);
    DZ_TRY(dz_json_text(body, &text, err));
    int64_t lo, hi;
    dz_date_columns(row.published, &lo, &hi);
    return dz_db_exec(
        db, DZ_Q_SOURCE_PUT, err,
        DZ_ARGS(dz_arg_text(id), dz_arg_int(clock), dz_arg_text(ref), dz_arg_text(row.name),
                dz_arg_text(row.sha256), dz_arg_int((int64_t)row.size_bytes),
                dz_arg_text(row.published), dz_arg_int(lo), dz_arg_int(hi),
                dz_arg_text(row.publisher), dz_arg_text(row.language), dz_arg_text(row.basis),
                dz_arg_text(row.access), dz_arg_text(row.text_status), dz_arg_text(text)));
}

/* An id that is longer than ours names nothing here. */
static enum dz_code
put_kin(struct dz_db *db, const char *id, const char *container, const char *how,
        struct dz_err *err)
{
    if (!container || !container[0] || strlen(container) >= DZ_ID_MAX)
        return DZ_OK;
    return dz_db_exec(db, DZ_Q_KIN_PUT, err,
                      DZ_ARGS(dz_arg_text(id), dz_arg_text(container), dz_arg_text(how)));
}

static enum dz_code
apply_source_added(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                   struct dz_err *err)
{
    (void)v;
    const char *id = dz_json_str(e->body, "id");
    if (!id)
        return DZ_OK;
    DZ_AUTO_JSON json_t *body = json_object();
    json_t *added = dz_entry_fields(e->body);
    json_object_set_new(body, "added", added);
    dz_json_set_str(added, "time", e->time);
    dz_json_set_str(added, "member", e->member);
    DZ_TRY(put_kin(db, id, dz_json_str(added, "derivative_of"), "added", err));
    return put_source(db, id, e->ref, dz_json_int(e->body, "clock", 0), body, err);
}

struct stored {
    json_t *body;
    char ref[64];
    int64_t clock;
};

/* *ret->body NULL: no such source (it was purged). */
static enum dz_code
load_source(struct dz_db *db, const char *id, struct stored *ret, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    *ret = (struct stored){0};
    if (!id)
        return DZ_OK;
    DZ_TRY(dz_db_query(db, DZ_Q_SOURCE_GET, &rows, err, DZ_ARGS(dz_arg_text(id))));
    enum dz_code code = DZ_OK;
    if (dz_rows_next(rows)) {
        struct dz_view ref = dz_rows_view(rows, 1);
        memcpy(ret->ref, ref.p, ref.n < sizeof ret->ref ? ref.n : sizeof ret->ref - 1);
        ret->clock = dz_rows_int(rows, 2);
        code = dz_json_parse(dz_rows_view(rows, 3), &ret->body, err);
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    if (code == DZ_OK && end != DZ_OK)
        json_decref(ret->body);
    return code == DZ_OK ? end : code;
}

/* ---- the full-text index ---- */

/* Enter a text object under a title. */
static enum dz_code
index_object(struct dz_vault *v, struct dz_db *db, const char *id, const char *title,
             const char *object, const char *codec, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    DZ_AUTO_BUF struct dz_buf clean = DZ_BUF(DZ_TEXT_MAX);
    enum dz_code code = dz_vault_slurp_object(v, object, codec, DZ_TEXT_MAX, &text, NULL);
    /* A damaged object must not keep the vault from opening: verify names it. */
    if (code == DZ_E_CORRUPT || code == DZ_E_NOTFOUND)
        return dz_fts_drop(db, id, err);
    if (code != DZ_OK)
        return dz_fail(err, code, "the text of %s cannot be read", id);
    struct dz_view words = dz_buf_view(&text);
    if (dz_utf8_valid_prefix(words) != words.n) {
        dz_utf8_repair(&clean, words);
        words = dz_buf_view(&clean);
    }
    return dz_fts_put(db, id, dz_view_of(title), words, err);
}

/* The index keeps no text, so a new title takes the text along once more. */
static enum dz_code
index_title(struct dz_vault *v, struct dz_db *db, const char *id, const char *title,
            struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_AUTO_FREE char *object = NULL;
    DZ_AUTO_FREE char *codec = NULL;
    DZ_TRY(dz_db_query(db, DZ_Q_TEXT_CURRENT, &rows, err, DZ_ARGS(dz_arg_text(id))));
    if (dz_rows_next(rows)) {
        object = dz_strdup(dz_rows_text(rows, 1));
        codec = dz_strdup(dz_rows_text(rows, 2));
    }
    DZ_TRY(dz_rows_end(rows, err));
    if (!object || !object[0])
        return DZ_OK;
    return index_object(v, db, id, title, object, codec, err);
}

/* ---- what a person says of a source ---- */

static void
describe_field(json_t *body, json_t *described, const char *field, json_t *value)
{
    bool empty = (json_is_string(value) && json_string_length(value) == 0) ||
                 (json_is_array(value) && json_array_size(value) == 0);
    if (strcmp(field, "basis") == 0 && json_is_string(value))
        dz_carried_say(body, DZ_CARRIED_BASIS, json_string_value(value));
    else if (empty)
        json_object_del(described, field);
    else
        json_object_set(described, field, value);
}

static enum dz_code
apply_source_described(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                       struct dz_err *err)
{
    (void)v;
    const char *id = dz_json_str(e->body, "source");
    struct stored s;
    DZ_TRY(load_source(db, id, &s, err));
    if (!s.body)
        return DZ_OK;
    DZ_AUTO_JSON json_t *body = s.body;
    DZ_AUTO_FREE char *before = dz_strdup(effective_title(body) ? effective_title(body) : "");
    /* Carried over from a container: no person has described this one. */
    if (dz_json_str(e->body, "carried_from")) {
        const char *basis = dz_json_str(e->body, "basis");
        if (basis)
            dz_carried_carry(body, DZ_CARRIED_BASIS, basis);
        return put_source(db, id, s.ref, s.clock, body, err);
    }
    json_t *described = json_object_get(body, "described");
    if (!described) {
        described = json_object();
        json_object_set_new(body, "described", described);
    }
    for (const char *const *f = dz_describe_fields; *f; f++) {
        json_t *value = json_object_get(e->body, *f);
        if (value)
            describe_field(body, described, *f, value);
    }
    if (json_object_get(e->body, "derivative_of")) {
        DZ_TRY(dz_db_exec(db, DZ_Q_KIN_UNSAY, err, DZ_ARGS(dz_arg_text(id))));
        DZ_TRY(put_kin(db, id, dz_json_str(described, "derivative_of"), "said", err));
    }
    DZ_TRY(put_source(db, id, s.ref, s.clock, body, err));
    const char *title = effective_title(body);
    if (strcmp(title ? title : "", before) == 0)
        return DZ_OK;
    return index_title(v, db, id, title ? title : "", err);
}

static enum dz_code
apply_access_changed(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                     struct dz_err *err)
{
    (void)v;
    const char *id = dz_json_str(e->body, "source");
    const char *access = dz_json_str(e->body, "access");
    struct stored s;
    /* Of a fact, which follows its sources, it says only where it lies. */
    if (!id)
        return DZ_OK;
    DZ_TRY(load_source(db, id, &s, err));
    if (!s.body)
        return DZ_OK;
    DZ_AUTO_JSON json_t *body = s.body;
    if (access && dz_json_str(e->body, "carried_from"))
        dz_carried_carry(body, DZ_CARRIED_ACCESS, access);
    else if (access)
        dz_carried_say(body, DZ_CARRIED_ACCESS, access);
    return put_source(db, id, s.ref, s.clock, body, err);
}

/* The same bytes lie in a further container: the stricter of both counts. */
static enum dz_code
apply_source_found(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                   struct dz_err *err)
{
    (void)v;
    const char *id = dz_json_str(e->body, "source");
    struct stored s;
    DZ_TRY(load_source(db, id, &s, err));
    if (!s.body)
        return DZ_OK;
    DZ_AUTO_JSON json_t *body = s.body;
    dz_carried_found(body, e->body);
    DZ_TRY(put_kin(db, id, dz_json_str(e->body, "found_in"), "found", err));
    return put_source(db, id, s.ref, s.clock, body, err);
}

/* ---- text ---- */

static enum dz_code
apply_text_derived(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                   struct dz_err *err)
{
    const char *id = dz_json_str(e->body, "source");
    struct stored s;
    DZ_TRY(load_source(db, id, &s, err));
    if (!s.body)
        return DZ_OK;
    DZ_AUTO_JSON json_t *body = s.body;
    const char *object = dz_json_str(e->body, "object");
    const char *sha256 = dz_json_str(e->body, "sha256");
    const char *codec = dz_json_str(e->body, "codec");
    const char *status = dz_json_str(e->body, "status");
    const char *extractor = dz_json_str(e->body, "extractor");
    DZ_TRY(dz_db_exec(db, DZ_Q_TEXT_PUT, err,
                      DZ_ARGS(dz_arg_text(id), dz_arg_int(dz_json_int(e->body, "clock", 0)),
                              dz_arg_text(e->ref), dz_arg_text(sha256 ? sha256 : ""),
                              dz_arg_text(object ? object : ""), dz_arg_text(codec ? codec : ""),
                              dz_arg_int(dz_json_int(e->body, "chars", 0)),
                              dz_arg_text(extractor ? extractor : ""),
                              dz_arg_text(status ? status : "unsupported"),
                              dz_arg_text(dz_json_str(e->body, "locators")),
                              dz_arg_text(dz_json_str(e->body, "locators_codec")))));
    json_object_set_new(body, "text", dz_entry_fields(e->body));
    DZ_TRY(put_source(db, id, s.ref, s.clock, body, err));
    if (object)
        DZ_TRY(index_object(v, db, id, effective_title(body), object, codec, err));
    else
        DZ_TRY(dz_fts_drop(db, id, err));
    return dz_apply_new_text(v, db, id, err);
}

/* ---- decisions, settings, removal ---- */

static enum dz_code
apply_rejected(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
               struct dz_err *err)
{
    (void)v;
    if (!dz_json_str(e->body, "suggestion") || !dz_json_str(e->body, "quote_hash"))
        return DZ_OK;
    return dz_db_exec(db, DZ_Q_REJECTION_PUT, err,
                      DZ_ARGS(dz_arg_text(dz_json_str(e->body, "suggestion")), dz_arg_text(e->ref),
                              dz_arg_text(dz_json_str(e->body, "quote_hash")),
                              dz_arg_text(dz_json_str(e->body, "meaning_hash")),
                              dz_arg_text(dz_json_str(e->body, "text"))));
}

static enum dz_code
apply_setting(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
              struct dz_err *err)
{
    (void)v;
    const char *key = dz_json_str(e->body, "setting");
    const char *value = dz_json_str(e->body, "value");
    if (!key)
        return DZ_OK;
    if (!value)
        return dz_db_exec(db, DZ_Q_SETTING_DROP, err, DZ_ARGS(dz_arg_text(key)));
    return dz_db_exec(db, DZ_Q_SETTING_PUT, err, DZ_ARGS(dz_arg_text(key), dz_arg_text(value)));
}

/* Everything in the index that came from a removed source or fact; what others said about them
 * went with their bodies. */
static enum dz_code
apply_purged(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
             struct dz_err *err)
{
    (void)v;
    static const enum dz_query drops[] = {
        DZ_Q_TEXT_DROP,         DZ_Q_SOURCE_DROP,
        DZ_Q_CACHE_READ_DROP,   DZ_Q_CACHE_SUGGESTION_DROP, DZ_Q_PASSAGE_DROP, DZ_Q_FACT_DROP,
        DZ_Q_FACT_VERSION_DROP, DZ_Q_CONFIRMED_DROP,        DZ_Q_KIN_DROP,
        DZ_Q_SKETCH_DROP,       DZ_Q_PAIR_DROP,             DZ_Q_LINEAGE_DECISION_DROP,
    };
    const char *item = dz_json_str(e->body, "item");
    if (item)
        DZ_TRY(dz_fts_drop(db, item, err));
    for (size_t i = 0; i < sizeof drops / sizeof *drops; i++)
        DZ_TRY(dz_db_exec(db, drops[i], err, DZ_ARGS(dz_arg_text(item))));
    size_t i;
    const json_t *ref;
    json_array_foreach(json_object_get(e->body, "bodies"), i, ref) DZ_TRY(
        dz_db_exec(db, DZ_Q_REJECTION_DROP, err, DZ_ARGS(dz_arg_text(json_string_value(ref)))));
    return DZ_OK;
}

static enum dz_code
apply_lineage(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
              struct dz_err *err)
{
    (void)v;
    const char *source = dz_json_str(e->body, "source"), *origin = dz_json_str(e->body, "origin");
    const char *decision = dz_json_str(e->body, "decision");
    struct stored s;
    if (!source || !origin || !decision)
        return DZ_OK;
    /* Of a source that was purged nothing is said. */
    DZ_TRY(load_source(db, origin, &s, err));
    if (!s.body)
        return DZ_OK;
    json_decref(s.body);
    return dz_db_exec(db, DZ_Q_LINEAGE_DECIDED, err,
                      DZ_ARGS(dz_arg_text(source), dz_arg_text(origin), dz_arg_text(e->ref),
                              dz_arg_int(dz_json_int(e->body, "clock", 0)),
                              dz_arg_text(decision)));
}

static enum dz_code
apply_finding(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
              struct dz_err *err)
{
    (void)v;
    const char *id = dz_json_str(e->body, "finding"), *reason = dz_json_str(e->body, "reason");
    const char *decision = dz_json_str(e->body, "decision");
    if (!id || !decision)
        return DZ_OK;
    return dz_db_exec(db, DZ_Q_FINDING_DECIDED, err,
                      DZ_ARGS(dz_arg_text(id), dz_arg_text(e->ref),
                              dz_arg_int(dz_json_int(e->body, "clock", 0)), dz_arg_text(decision),
                              dz_arg_text(reason ? reason : "")));
}

/* The entry itself is the record. */
static enum dz_code
apply_nothing(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
              struct dz_err *err)
{
    (void)v;
    (void)db;
    (void)e;
    (void)err;
    return DZ_OK;
}

static const struct dz_apply source_applies[] = {
    {"source.added", apply_source_added},
    {"source.described", apply_source_described},
    {"access.changed", apply_access_changed},
    {"source.found", apply_source_found},
    {"text.derived", apply_text_derived},
    {"suggestion.rejected", apply_rejected},
    {"lineage.decided", apply_lineage},
    {"finding.decided", apply_finding},
    {"settings.changed", apply_setting},
    {"item.purged", apply_purged},
    {"checkpoint.timestamped", apply_nothing},
    {"export.made", apply_nothing},
    {"redaction.made", apply_nothing},
    {0},
};

static const struct dz_apply *const all[] = {source_applies, dz_fact_applies, dz_passage_applies,
                                             NULL};
const struct dz_registry dz_facts_registry = {all, &dz_facts_words};
