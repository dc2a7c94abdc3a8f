#include "dz_source.h"

#include <string.h>

#include "dz_carried_priv.h"
#include "dz_edtf.h"

/* Reading what is known about sources. */

/* Described by a person, else found in the file, else as it was added. */
static const char *
pick(const json_t *described, const json_t *other, const char *key)
{
    const char *value = dz_json_str(described, key);
    return value ? value : dz_json_str(other, key);
}

bool
dz_basis_is_public(const char *basis)
{
    return basis && (strcmp(basis, "published") == 0 || strcmp(basis, "official") == 0);
}

bool
dz_basis_is_personal(const char *basis)
{
    return basis && strcmp(basis, "unstated") != 0 && !dz_basis_is_public(basis);
}

static char *
without_ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dz_strndup(name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

void
dz_source_row_fill(struct dz_source_row *row, const char *id, const char *ref, const json_t *body,
                   char **ret_doc)
{
    const json_t *added = json_object_get(body, "added");
    const json_t *described = json_object_get(body, "described");
    const json_t *text = json_object_get(body, "text");
    *row = (struct dz_source_row){
        .id = id,
        .ref = ref,
        .name = dz_json_str(added, "name"),
        .title = pick(described, text, "title"),
        .publisher = pick(described, text, "site"),
        .author = pick(described, text, "author"),
        .published = pick(described, text, "published"),
        .address = pick(described, text, "address"),
        .derivative_of = pick(described, added, "derivative_of"),
        .language = pick(described, text, "language"),
        .basis = dz_carried_value(body, DZ_CARRIED_BASIS),
        .access = dz_carried_value(body, DZ_CARRIED_ACCESS),
        .reliability = dz_json_str(described, "reliability"),
        .media_type = pick(text, added, "media_type"),
        .sha256 = dz_json_str(added, "sha256"),
        .size_bytes = (uint64_t)dz_json_int(added, "size", 0),
        .object = dz_json_str(added, "object"),
        .codec = dz_json_str(added, "codec"),
        .added = dz_json_str(added, "time"),
        .added_by = dz_json_str(added, "member"),
        .described = json_object_size(described) > 0,
        .text_status = dz_json_str(text, "status"),
        .extractor = dz_json_str(text, "extractor"),
        .text_chars = (uint64_t)dz_json_int(text, "chars", 0),
        .body = body,
    };
    /* Pages name their authors to readers, documents whoever owned the program. */
    row->author_is_claim = row->author && !dz_json_str(described, "author") &&
                           (!row->media_type || strcmp(row->media_type, "text/html") != 0);
    /* The publication's own name for itself counts as publisher until a person names one. */
    const char *publisher = dz_json_str(described, "publisher");
    if (publisher)
        row->publisher = publisher;
    /* A page or a file from inside another may only be known by what its container said. */
    if (!row->address)
        row->address = dz_json_str(json_object_get(added, "meta"), "address");
    if (row->published)
        row->published_by =
            dz_json_str(described, "published") ? "described" : dz_json_str(text, "published_by");
    if (dz_json_str(text, "object")) {
        row->text_sha256 = dz_json_str(text, "sha256");
        row->text_object = dz_json_str(text, "object");
        row->text_codec = dz_json_str(text, "codec");
    }
    row->name = row->name ? row->name : "";
    row->sha256 = row->sha256 ? row->sha256 : "";
    row->object = row->object ? row->object : "";
    row->codec = row->codec ? row->codec : "none";
    row->title = row->title ? row->title : row->name;
    *ret_doc = without_ending(row->name);
    row->doc = *ret_doc;
}

/* ---- ids ---- */

#define PREFIX_MIN 5

enum dz_code
dz_item_resolve(struct dz_vault *v, const char *prefix, char ret_id[DZ_ID_MAX], struct dz_err *err)
{
    char end[64], found[DZ_ID_MAX] = "";
    size_t n = strlen(prefix), hits = 0;
    if (n < PREFIX_MIN || n >= DZ_ID_MAX)
        return dz_fail(err, DZ_E_NOTFOUND, "'%s' is not the id of a source or fact", prefix);
    dz_prefix_end(prefix, end);
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_ITEM_BY_PREFIX, &rows, err,
                       DZ_ARGS(dz_arg_text(prefix), dz_arg_text(end))));
    while (dz_rows_next(rows)) {
        struct dz_view id = dz_rows_view(rows, 0);
        /* A whole id wins over longer ones that begin with it. */
        if (hits++ == 0 && id.n < sizeof found)
            memcpy(found, id.p, id.n + 1);
    }
    DZ_TRY(dz_rows_end(rows, err));
    if (hits == 0) {
        DZ_AUTO_FREE char *purged = NULL;
        DZ_TRY(dz_db_get_text(dz_vault_db(v), DZ_Q_PURGED_GET, &purged, err,
                              DZ_ARGS(dz_arg_text(prefix))));
        if (purged)
            return dz_fail(err, DZ_E_NOTFOUND, "'%s' was purged; the journal says when", prefix);
        return dz_fail(err, DZ_E_NOTFOUND, "there is no source or fact '%s'", prefix);
    }
    if (hits > 1 && strcmp(found, prefix) != 0)
        return dz_fail(err, DZ_E_INPUT, "several ids begin with '%s': give more of it", prefix);
    memcpy(ret_id, found, sizeof found);
    return DZ_OK;
}

/* ---- one and many ---- */

void
dz_source_done(struct dz_source *s)
{
    json_decref(s->body);
    dz_free(s->doc);
    *s = (struct dz_source){0};
}

/* id and ref live in the body, so that they stay as long as the row. */
static enum dz_code
take_row(struct dz_rows *rows, struct dz_source *ret, struct dz_err *err)
{
    DZ_TRY(dz_json_parse(dz_rows_view(rows, 3), &ret->body, err));
    dz_json_set_view(ret->body, "id", dz_rows_view(rows, 0));
    dz_json_set_view(ret->body, "ref", dz_rows_view(rows, 1));
    dz_source_row_fill(&ret->row, dz_json_str(ret->body, "id"), dz_json_str(ret->body, "ref"),
                       ret->body, &ret->doc);
    return DZ_OK;
}

enum dz_code
dz_source_get(struct dz_vault *v, const char *id, struct dz_source *ret, struct dz_err *err)
{
    char full[DZ_ID_MAX];
    struct dz_rows *rows = NULL;
    struct dz_source found = {0};
    DZ_TRY(dz_item_resolve(v, id, full, err));
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_SOURCE_GET, &rows, err, DZ_ARGS(dz_arg_text(full))));
    bool is_source = dz_rows_next(rows);
    enum dz_code code = is_source ? take_row(rows, &found, err) : DZ_OK;
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    if (code == DZ_OK && end == DZ_OK && is_source) {
        *ret = found;
        return DZ_OK;
    }
    dz_source_done(&found);
    if (code != DZ_OK || end != DZ_OK)
        return code != DZ_OK ? code : end;
    return dz_fail(err, DZ_E_NOTFOUND, "'%s' is not a source", id);
}

enum dz_code
dz_sources_each(struct dz_vault *v, const struct dz_source_filter *filter, dz_source_fn *fn,
                void *ctx, struct dz_err *err)
{
    static const struct dz_source_filter any = {0};
    const struct dz_source_filter *f = filter ? filter : &any;
    int64_t lo = DZ_EDTF_MIN_DAY, hi = DZ_EDTF_MAX_DAY;
    if (f->published) {
        struct dz_edtf *e = NULL;
        DZ_TRY(dz_edtf_parse(dz_view_of(f->published), &e, err));
        dz_edtf_free(e);
        dz_date_columns(f->published, &lo, &hi);
    }
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_SOURCE_LIST, &rows, err,
                       DZ_ARGS(dz_arg_text(f->basis), dz_arg_text(f->access),
                               dz_arg_text(f->language), dz_arg_text(f->publisher), dz_arg_int(hi),
                               dz_arg_int(lo), dz_arg_int(f->without_text))));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows)) {
        DZ_AUTO_SOURCE struct dz_source s = {0};
        code = take_row(rows, &s, err);
        /* Whoever asks for a time does not want sources without one. */
        if (code == DZ_OK && (!f->published || s.row.published))
            code = fn(ctx, &s.row, err);
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

static enum dz_code
each_inside(struct dz_vault *v, enum dz_query q, const char *id, dz_source_fn *fn, void *ctx,
            struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), q, &rows, err, DZ_ARGS(dz_arg_text(id))));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows)) {
        DZ_AUTO_SOURCE struct dz_source s = {0};
        code = take_row(rows, &s, err);
        if (code == DZ_OK)
            code = fn(ctx, &s.row, err);
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

enum dz_code
dz_sources_inside(struct dz_vault *v, const char *id, dz_source_fn *fn, void *ctx,
                  struct dz_err *err)
{
    return each_inside(v, DZ_Q_SOURCE_INSIDE, id, fn, ctx, err);
}

enum dz_code
dz_sources_taken_out(struct dz_vault *v, const char *id, dz_source_fn *fn, void *ctx,
                     struct dz_err *err)
{
    return each_inside(v, DZ_Q_SOURCE_TAKEN_OUT, id, fn, ctx, err);
}

enum dz_code
dz_source_containers(struct dz_vault *v, const char *id, dz_container_fn *fn, void *ctx,
                     struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_KIN_TAKEN_OUT, &rows, err, DZ_ARGS(dz_arg_text(id))));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows))
        code = fn(ctx, dz_rows_text(rows, 0), err);
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

enum dz_code
dz_sources_count(struct dz_vault *v, uint64_t *ret, struct dz_err *err)
{
    int64_t n = 0;
    DZ_TRY(dz_db_get_int(dz_vault_db(v), DZ_Q_SOURCE_COUNT, &n, NULL, err, DZ_NO_ARGS));
    *ret = (uint64_t)n;
    return DZ_OK;
}

/* ---- text ---- */

enum dz_code
dz_source_text(struct dz_vault *v, const char *id, struct dz_buf *out, char ret_sha256[DZ_HEX32],
               struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_source_get(v, id, &s, err));
    const char *why = dz_json_str(json_object_get(s.body, "text"), "why");
    if (!s.row.text_status)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "%s has not been read yet: run 'dokaz add' without a file", s.row.id);
    if (!s.row.text_object && why)
        return dz_fail(err, DZ_E_NOTFOUND, "%s has no text: %s", s.row.id, dz_extract_reason(why));
    if (!s.row.text_object)
        return dz_fail(err, DZ_E_NOTFOUND, "%s has no text", s.row.id);
    DZ_TRY(dz_source_text_version(v, s.row.id, s.row.text_sha256, out, err));
    if (ret_sha256)
        memcpy(ret_sha256, s.row.text_sha256, DZ_HEX32);
    return DZ_OK;
}

enum dz_code
dz_source_text_version(struct dz_vault *v, const char *id, const char *sha256, struct dz_buf *out,
                       struct dz_err *err)
{
    char object[DZ_HEX32] = "", codec[16] = "none";
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_TEXT_VERSION, &rows, err,
                       DZ_ARGS(dz_arg_text(id), dz_arg_text(sha256))));
    if (dz_rows_next(rows)) {
        struct dz_view o = dz_rows_view(rows, 0), c = dz_rows_view(rows, 1);
        if (o.n == DZ_HEX32 - 1 && c.n < sizeof codec) {
            memcpy(object, o.p, o.n + 1);
            memcpy(codec, c.p, c.n + 1);
        }
    }
    DZ_TRY(dz_rows_end(rows, err));
    if (!object[0])
        return dz_fail(err, DZ_E_NOTFOUND, "%s has no text version %.12s", id, sha256);
    size_t before = out->n;
    if (out->max == 0)
        out->max = DZ_TEXT_MAX;
    DZ_TRY(dz_vault_slurp_object(v, object, codec, DZ_TEXT_MAX, out, err));
    /* Texts are checked when they are derived; a foreign entry may still name other bytes. */
    struct dz_view text = {out->p + before, out->n - before};
    if (dz_utf8_check(text, err) != DZ_OK) {
        dz_buf_cut(out, before);
        return dz_while(err, "text of %s", id);
    }
    return DZ_OK;
}

/* ---- custody ---- */

enum dz_code
dz_item_history(struct dz_vault *v, const char *id, dz_entry_fn *fn, void *ctx, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_ENTRY_LIST, &rows, err,
                       DZ_ARGS(dz_arg_text(NULL), dz_arg_text(id))));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows)) {
        DZ_AUTO_FREE char *ref =
            dz_asprintf("%s:%lld", dz_rows_text(rows, 0), (long long)dz_rows_int(rows, 1));
        DZ_AUTO_JSON json_t *body = NULL;
        enum dz_code read = dz_vault_read_entry(v, ref, &body, NULL);
        if (read != DZ_OK && read != DZ_E_NOTFOUND)
            code = dz_vault_read_entry(v, ref, &body, err);
        struct dz_entry_view e = {.log = dz_rows_text(rows, 0),
                                  .seq = (uint64_t)dz_rows_int(rows, 1),
                                  .ref = ref,
                                  .kind = dz_rows_text(rows, 5),
                                  .member = dz_rows_text(rows, 4),
                                  .time = dz_rows_text(rows, 3),
                                  .body = body};
        if (code == DZ_OK)
            code = fn(ctx, &e, err);
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}
