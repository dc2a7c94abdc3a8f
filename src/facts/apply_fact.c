#include <string.h>

#include "dz_apply_priv.h"
#include "dz_edtf.h"
#include "dz_facts_priv.h"

/* A fact is what its versions say: each entry names the one it revises. What nothing revises is
 * a head; a withdrawal is a head that hides its fact while no other head stands. */

struct version {
    char *ref;
    char *revises; /* or NULL */
    char *action;
    char *member;
    char *time;
    char *body;
};

static void
versions_free(struct version *vs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        dz_free(vs[i].ref);
        dz_free(vs[i].revises);
        dz_free(vs[i].action);
        dz_free(vs[i].member);
        dz_free(vs[i].time);
        dz_free(vs[i].body);
    }
    dz_free(vs);
}

static enum dz_code
load_versions(struct dz_db *db, const char *fact, struct version **ret, size_t *ret_n,
              struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    size_t cap = 0;
    *ret = NULL;
    *ret_n = 0;
    DZ_TRY(dz_db_query(db, DZ_Q_FACT_VERSIONS, &rows, err, DZ_ARGS(dz_arg_text(fact))));
    while (dz_rows_next(rows)) {
        *ret = dz_grow(*ret, &cap, *ret_n + 1, sizeof **ret);
        (*ret)[(*ret_n)++] = (struct version){
            .ref = dz_strdup(dz_rows_text(rows, 0)),
            .revises = dz_rows_is_null(rows, 1) ? NULL : dz_strdup(dz_rows_text(rows, 1)),
            .action = dz_strdup(dz_rows_text(rows, 2)),
            .member = dz_strdup(dz_rows_text(rows, 3)),
            .time = dz_strdup(dz_rows_text(rows, 4)),
            .body = dz_strdup(dz_rows_text(rows, 5)),
        };
    }
    return dz_rows_end(rows, err);
}

static bool
is_head(const struct version *vs, size_t n, size_t at)
{
    for (size_t i = 0; i < n; i++) {
        if (vs[i].revises && strcmp(vs[i].revises, vs[at].ref) == 0)
            return false;
    }
    return true;
}

/* Index of the version to show and the state of the fact. */
static size_t
choose(const struct version *vs, size_t n, const char **ret_state)
{
    size_t shown = 0, living = 0, last = 0;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(vs[i].action, "withdrawn") == 0)
            continue;
        last = i;
        if (is_head(vs, n, i)) {
            living++;
            shown = i;
        }
    }
    *ret_state = living == 0 ? "withdrawn" : living == 1 ? "current" : "conflict";
    return living ? shown : last;
}

/* Entries are checked when they are made. One that was made elsewhere may lack what it should
 * have, and must not keep the vault from opening. */
static const char *
text_of(const json_t *object, const char *key)
{
    const char *s = dz_json_str(object, key);
    return s ? s : "";
}

static const char *
first_of(const json_t *body, const char *one, const char *list)
{
    const char *value = dz_json_str(body, one);
    return value ? value : json_string_value(json_array_get(json_object_get(body, list), 0));
}

static enum dz_code
put_fact(struct dz_vault *v, struct dz_db *db, const char *id, const struct version *shown,
         const struct version *first, const char *state, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *body = NULL;
    DZ_TRY(dz_json_parse(dz_view_of(shown->body), &body, err));
    const char *kind = text_of(body, "kind");
    const char *modality = dz_json_str(body, "modality");
    DZ_AUTO_BUF struct dz_buf date = DZ_BUF(512);
    dz_fact_date(kind, body, &date);
    int64_t lo, hi;
    dz_date_columns(date.p, &lo, &hi);
    DZ_TRY(dz_db_exec(
        db, DZ_Q_FACT_PUT, err,
        DZ_ARGS(dz_arg_text(id), dz_arg_text(shown->ref), dz_arg_text(kind), dz_arg_text(state),
                dz_arg_text(first_of(body, "sphere", "spheres")),
                dz_arg_text(dz_json_str(body, "means")), dz_arg_text(dz_json_str(body, "place_id")),
                dz_arg_text(date.n ? date.p : NULL), dz_arg_int(lo), dz_arg_int(hi),
                dz_arg_text(modality ? modality : "asserted"),
                dz_arg_int(dz_json_bool(body, "reviewed", false)),
                dz_arg_text(dz_json_str(body, "suggestion")), dz_arg_text(first->member),
                dz_arg_text(first->time), dz_arg_text(shown->body))));
    return dz_apply_passages(v, db, id, body, err);
}

static enum dz_code
apply_version(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
              const char *action, struct dz_err *err)
{
    const char *id = dz_json_str(e->body, "id");
    if (!id)
        return DZ_OK;
    DZ_AUTO_JSON json_t *body = dz_entry_fields(e->body);
    /* `kind` of the entry is taken; the record has its own back from here on. */
    dz_json_set_str(body, "kind", dz_json_str(e->body, "fact_kind"));
    json_object_del(body, "fact_kind");
    json_object_del(body, "revises");
    DZ_AUTO_FREE char *text = NULL;
    DZ_TRY(dz_json_text(body, &text, err));
    DZ_TRY(dz_db_exec(db, DZ_Q_FACT_VERSION_PUT, err,
                      DZ_ARGS(dz_arg_text(id), dz_arg_text(e->ref),
                              dz_arg_text(dz_json_str(e->body, "revises")),
                              dz_arg_int(dz_json_int(e->body, "clock", 0)), dz_arg_text(action),
                              dz_arg_text(e->member), dz_arg_text(e->time), dz_arg_text(text))));
    struct version *vs;
    size_t n;
    enum dz_code code = load_versions(db, id, &vs, &n, err);
    if (code == DZ_OK && n > 0) {
        const char *state;
        size_t shown = choose(vs, n, &state);
        /* A withdrawal alone says nothing of a fact that was removed. */
        if (strcmp(vs[shown].action, "withdrawn") != 0)
            code = put_fact(v, db, id, &vs[shown], &vs[0], state, err);
    }
    versions_free(vs, n);
    return code;
}

static enum dz_code
apply_recorded(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
               struct dz_err *err)
{
    return apply_version(v, db, e, "recorded", err);
}

static enum dz_code
apply_revised(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
              struct dz_err *err)
{
    return apply_version(v, db, e, "revised", err);
}

static enum dz_code
apply_withdrawn(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                struct dz_err *err)
{
    return apply_version(v, db, e, "withdrawn", err);
}

const struct dz_apply dz_fact_applies[] = {
    {"fact.recorded", apply_recorded},
    {"fact.revised", apply_revised},
    {"fact.withdrawn", apply_withdrawn},
    {0},
};
