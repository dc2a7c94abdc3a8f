#include <string.h>

#include "dz_edtf.h"
#include "dz_facts_priv.h"
#include "dz_passage.h"

/* Reading facts. */

void
dz_fact_done(struct dz_fact *f)
{
    json_decref(f->body);
    json_decref(f->kept);
    json_decref(f->elsewhere);
    dz_free(f->passages);
    *f = (struct dz_fact){0};
}

static const char *
text_or_empty(const json_t *object, const char *key)
{
    const char *s = dz_json_str(object, key);
    return s ? s : "";
}

static void
set_elsewhere(struct dz_fact *f, struct dz_passage *to, const json_t *from)
{
    to->state = dz_passage_state_of(dz_json_str(from, "state"));
    if (to->state > f->row.passage_state)
        f->row.passage_state = to->state;
    to->confirmed = dz_json_str(from, "confirmed");
    if (!to->confirmed)
        return;
    to->text_sha256 = text_or_empty(from, "text");
    to->start = (size_t)dz_json_int(from, "start", 0);
    to->end = (size_t)dz_json_int(from, "end", 0);
    to->prefix = text_or_empty(from, "prefix");
    to->suffix = text_or_empty(from, "suffix");
}

static void
take_passages(struct dz_fact *f)
{
    const json_t *list = json_object_get(f->body, "passages");
    size_t i;
    const json_t *p;
    f->passages = dz_alloc_array(json_array_size(list) + 1, sizeof *f->passages);
    json_array_foreach(list, i, p)
    {
        f->passages[i] = (struct dz_passage){
            .source = text_or_empty(p, "source"),
            .text_sha256 = text_or_empty(p, "text"),
            .start = (size_t)dz_json_int(p, "start", 0),
            .end = (size_t)dz_json_int(p, "end", 0),
            .exact = text_or_empty(p, "exact"),
            .prefix = text_or_empty(p, "prefix"),
            .suffix = text_or_empty(p, "suffix"),
            .translation = dz_json_str(p, "translation"),
        };
    }
    f->row.passages = f->passages;
    f->row.n_passages = json_array_size(list);
    json_array_foreach(f->elsewhere, i, p)
    {
        int64_t ix = dz_json_int(p, "ix", -1);
        if (ix >= 0 && (uint64_t)ix < f->row.n_passages)
            set_elsewhere(f, &f->passages[ix], p);
    }
}

/* Columns stay valid only until the next step of the query. */
static const char *
keep(json_t *body, const char *key, struct dz_rows *rows, int col)
{
    if (dz_rows_is_null(rows, col))
        return NULL;
    dz_json_set_view(body, key, dz_rows_view(rows, col));
    return dz_json_str(body, key);
}

static enum dz_code
take_fact(struct dz_rows *rows, struct dz_fact *f, struct dz_err *err)
{
    DZ_TRY(dz_json_parse(dz_rows_view(rows, 15), &f->body, err));
    if (!dz_rows_is_null(rows, 16))
        DZ_TRY(dz_json_parse(dz_rows_view(rows, 16), &f->elsewhere, err));
    json_t *kept = f->kept = json_object();
    f->row = (struct dz_fact_row){
        .id = keep(kept, "id", rows, 0),
        .ref = keep(kept, "ref", rows, 1),
        .kind = keep(kept, "kind", rows, 2),
        .state = keep(kept, "state", rows, 3),
        .sphere = keep(kept, "sphere", rows, 4),
        .means = keep(kept, "means", rows, 5),
        .place = keep(kept, "place", rows, 6),
        .date = keep(kept, "date", rows, 7),
        .has_date = !dz_rows_is_null(rows, 7),
        .lo = (int32_t)dz_rows_int(rows, 8),
        .hi = (int32_t)dz_rows_int(rows, 9),
        .modality = keep(kept, "modality", rows, 10),
        .reviewed = dz_rows_int(rows, 11) != 0,
        .suggestion = keep(kept, "suggestion", rows, 12),
        .coder = keep(kept, "coder", rows, 13),
        .recorded = keep(kept, "recorded", rows, 14),
        .body = f->body,
    };
    const char *accepted = dz_json_str(f->body, "accepted");
    f->row.bulk = accepted && strcmp(accepted, "bulk") == 0 && !f->row.reviewed;
    take_passages(f);
    return DZ_OK;
}

enum dz_code
dz_fact_get(struct dz_vault *v, const char *id, struct dz_fact *ret, struct dz_err *err)
{
    char full[DZ_ID_MAX];
    struct dz_rows *rows = NULL;
    struct dz_fact found = {0};
    DZ_TRY(dz_item_resolve(v, id, full, err));
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_FACT_GET, &rows, err, DZ_ARGS(dz_arg_text(full))));
    bool is_fact = dz_rows_next(rows);
    enum dz_code code = is_fact ? take_fact(rows, &found, err) : DZ_OK;
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    if (code == DZ_OK && end == DZ_OK && is_fact) {
        *ret = found;
        return DZ_OK;
    }
    dz_fact_done(&found);
    if (code != DZ_OK || end != DZ_OK)
        return code != DZ_OK ? code : end;
    return dz_fail(err, DZ_E_NOTFOUND, "'%s' is not a fact", id);
}

/* ---- history ---- */

struct kept_version {
    struct dz_fact_version fv;
    char *strings[5];
    json_t *body;
};

static void
versions_free(struct kept_version *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t s = 0; s < 5; s++)
            dz_free(all[i].strings[s]);
        json_decref(all[i].body);
    }
    dz_free(all);
}

static enum dz_code
load_versions(struct dz_vault *v, const char *id, struct kept_version **ret, size_t *ret_n,
              struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    size_t cap = 0;
    enum dz_code code = DZ_OK;
    *ret = NULL;
    *ret_n = 0;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_FACT_VERSIONS, &rows, err, DZ_ARGS(dz_arg_text(id))));
    while (code == DZ_OK && dz_rows_next(rows)) {
        *ret = dz_grow(*ret, &cap, *ret_n + 1, sizeof **ret);
        struct kept_version *k = &(*ret)[(*ret_n)++];
        for (int c = 0; c < 5; c++)
            k->strings[c] = dz_rows_is_null(rows, c) ? NULL : dz_strdup(dz_rows_text(rows, c));
        code = dz_json_parse(dz_rows_view(rows, 5), &k->body, err);
        k->fv = (struct dz_fact_version){k->strings[0], k->strings[1], k->strings[2], k->strings[3],
                                         k->strings[4], true,          k->body};
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

enum dz_code
dz_fact_history(struct dz_vault *v, const char *id, dz_fact_version_fn *fn, void *ctx,
                struct dz_err *err)
{
    char full[DZ_ID_MAX];
    struct kept_version *all;
    size_t n;
    DZ_TRY(dz_item_resolve(v, id, full, err));
    enum dz_code code = load_versions(v, full, &all, &n, err);
    for (size_t i = 0; i < n && code == DZ_OK; i++) {
        for (size_t k = 0; k < n; k++) {
            if (all[k].fv.revises && strcmp(all[k].fv.revises, all[i].fv.ref) == 0)
                all[i].fv.head = false;
        }
        code = fn(ctx, &all[i].fv, err);
    }
    versions_free(all, n);
    return code;
}

/* ---- lists ---- */

static bool
has_code(const struct dz_fact_row *row, const char *code, const char *main)
{
    if (!code || (main && strcmp(main, code) == 0))
        return true;
    static const char *const lists[] = {"also", "spheres"};
    for (size_t l = 0; l < 2; l++) {
        size_t i;
        const json_t *item;
        json_array_foreach(json_object_get(row->body, lists[l]), i, item)
        {
            if (json_is_string(item) && strcmp(json_string_value(item), code) == 0)
                return true;
        }
    }
    return false;
}

static bool
fits(const struct dz_fact_filter *f, const struct dz_fact_row *row)
{
    if (!has_code(row, f->sphere, row->sphere) || !has_code(row, f->means, row->means))
        return false;
    if (!f->place)
        return true;
    return row->place && dz_place_within(f->rules, row->place, f->place);
}

static enum dz_code
check_filter(const struct dz_fact_filter *f, int64_t *ret_lo, int64_t *ret_hi, struct dz_err *err)
{
    *ret_lo = DZ_EDTF_MIN_DAY;
    *ret_hi = DZ_EDTF_MAX_DAY;
    if (f->kind && !dz_fact_prefix(f->kind))
        return dz_fail(err, DZ_E_INPUT,
                       "there is no kind of fact '%s': act, measure, figure, statement", f->kind);
    if (f->place && (!f->rules || !dz_place_by_id(f->rules, f->place)))
        return dz_fail(err, DZ_E_INPUT, "the gazetteer has no place '%s'", f->place);
    if (f->rules && f->sphere && !dz_rules_has(f->rules, "sphere", f->sphere))
        return dz_fail(err, DZ_E_INPUT, "there is no sphere '%s'", f->sphere);
    if (f->rules && f->means && !dz_rules_has(f->rules, "means", f->means))
        return dz_fail(err, DZ_E_INPUT, "there is no means '%s'", f->means);
    if (!f->date)
        return DZ_OK;
    struct dz_edtf *e = NULL;
    if (dz_edtf_parse(dz_view_of(f->date), &e, err) != DZ_OK)
        return dz_while(err, "date");
    dz_edtf_free(e);
    dz_date_columns(f->date, ret_lo, ret_hi);
    return DZ_OK;
}

enum dz_code
dz_facts_each(struct dz_vault *v, const struct dz_fact_filter *filter, dz_fact_fn *fn, void *ctx,
              struct dz_err *err)
{
    static const struct dz_fact_filter any = {0};
    const struct dz_fact_filter *f = filter ? filter : &any;
    int64_t lo, hi;
    struct dz_rows *rows = NULL;
    DZ_TRY(check_filter(f, &lo, &hi, err));
    bool all_states = f->state && strcmp(f->state, "any") == 0;
    int64_t reviewed = f->reviewed == DZ_REVIEWED_ANY ? -1 : f->reviewed == DZ_REVIEWED_YES;
    DZ_TRY(
        dz_db_query(dz_vault_db(v), DZ_Q_FACT_LIST, &rows, err,
                    DZ_ARGS(dz_arg_text(f->kind), dz_arg_text(all_states ? NULL : f->state),
                            dz_arg_int(f->state == NULL), dz_arg_int(reviewed), dz_arg_int(hi),
                            dz_arg_int(lo), dz_arg_int(f->date != NULL), dz_arg_text(f->source))));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows)) {
        DZ_AUTO_FACT struct dz_fact one = {0};
        code = take_fact(rows, &one, err);
        if (code == DZ_OK && fits(f, &one.row))
            code = fn(ctx, &one.row, err);
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

enum dz_code
dz_facts_count(struct dz_vault *v, const char *kind, uint64_t *ret, struct dz_err *err)
{
    int64_t n = 0;
    DZ_TRY(
        dz_db_get_int(dz_vault_db(v), DZ_Q_FACT_COUNT, &n, NULL, err, DZ_ARGS(dz_arg_text(kind))));
    *ret = (uint64_t)n;
    return DZ_OK;
}
