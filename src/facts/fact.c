#include "dz_fact.h"

#include <string.h>

#include "dz_facts_priv.h"
#include "dz_tr.h"

/* Recording, revising and withdrawing facts. */

const char *
dz_fact_prefix(const char *kind)
{
    static const char *const prefixes[] = {"act-", "mea-", "fig-", "sta-"};
    for (size_t i = 0; dz_fact_kinds[i]; i++) {
        if (strcmp(dz_fact_kinds[i], kind) == 0)
            return prefixes[i];
    }
    return NULL;
}

/* The date by which a fact is found and sorted. */
void
dz_fact_date(const char *kind, const json_t *body, struct dz_buf *out)
{
    static const char *const of_measure[] = {"effective", "date", "adopted", "deadline", NULL};
    static const char *const of_figure[] = {"as_of", NULL};
    static const char *const of_other[] = {"date", NULL};
    bool is_figure = strcmp(kind, "figure") == 0;
    const char *const *keys = is_figure                      ? of_figure
                              : strcmp(kind, "measure") == 0 ? of_measure
                                                             : of_other;
    for (; *keys; keys++) {
        if (dz_json_str(body, *keys)) {
            dz_buf_adds(out, dz_json_str(body, *keys));
            return;
        }
    }
    const char *from = is_figure ? dz_json_str(body, "from") : NULL;
    const char *to = is_figure ? dz_json_str(body, "to") : NULL;
    if (from && to) {
        /* Only plain dates can be the ends of an interval. */
        if (strchr(from, '/') || strchr(to, '/'))
            dz_buf_adds(out, to);
        else
            dz_buf_addf(out, "%s/%s", from, to);
    } else if (from || to) {
        dz_buf_adds(out, from ? from : to);
    }
}

enum dz_code
dz_fact_add(struct dz_batch *b, const char *kind, json_t *checked, char ret_id[DZ_ID_MAX],
            struct dz_err *err)
{
    char id[DZ_ID_MAX];
    dz_vault_new_id(dz_fact_prefix(kind), id);
    dz_json_set_str(checked, "id", id);
    dz_json_set_str(checked, "fact_kind", kind);
    DZ_TRY(dz_put_entry(b, "fact.recorded", checked, NULL, err));
    memcpy(ret_id, id, sizeof id);
    return DZ_OK;
}

/* Where a fact came from is not for a person to state. */
static json_t *
without_own_fields(const json_t *fields)
{
    json_t *copy = json_deep_copy(fields);
    for (const char *const *f = dz_fact_own_fields; *f; f++)
        json_object_del(copy, *f);
    return copy;
}

enum dz_code
dz_fact_record(struct dz_vault *v, const struct dz_rules *rules, const char *kind,
               const json_t *fields, char ret_id[DZ_ID_MAX], struct dz_err *err)
{
    DZ_AUTO_JSON json_t *given = without_own_fields(fields);
    DZ_AUTO_JSON json_t *checked = NULL;
    struct dz_batch *b = NULL;
    DZ_TRY(dz_fact_check(v, rules, kind, given, &checked, err));
    if (!json_object_get(checked, "reviewed"))
        json_object_set_new(checked, "reviewed", json_true());
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = dz_fact_add(b, kind, checked, ret_id, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

/* ---- which version ---- */

struct heads {
    const char *wanted; /* ref that the caller named, or NULL */
    char ref[64];       /* the head found */
    json_t *body;       /* of it */
    size_t n;           /* living heads */
    bool found;         /* the wanted one is among them */
};

static enum dz_code
count_head(void *ctx, const struct dz_fact_version *fv, struct dz_err *err)
{
    (void)err;
    struct heads *h = ctx;
    if (!fv->head || strcmp(fv->action, "withdrawn") == 0)
        return DZ_OK;
    h->n++;
    bool is_wanted = h->wanted && strcmp(h->wanted, fv->ref) == 0;
    h->found = h->found || is_wanted;
    if ((!h->wanted || is_wanted) && strlen(fv->ref) < sizeof h->ref) {
        memcpy(h->ref, fv->ref, strlen(fv->ref) + 1);
        json_decref(h->body);
        h->body = json_deep_copy(fv->body);
    }
    return DZ_OK;
}

static enum dz_code
find_head(struct dz_vault *v, const char *id, const char *version, struct heads *ret,
          struct dz_err *err)
{
    *ret = (struct heads){.wanted = version};
    enum dz_code code = dz_fact_history(v, id, count_head, ret, err);
    if (code == DZ_OK && ret->n == 0)
        code = dz_fail(err, DZ_E_DENIED, "%s is withdrawn: record it anew", id);
    else if (code == DZ_OK && version && !ret->found)
        code = dz_fail(err, DZ_E_NOTFOUND, "%s: '%s' is not a version that stands", id, version);
    else if (code == DZ_OK && !version && ret->n > 1)
        code = dz_fail(
            err, DZ_E_DENIED,
            "%s: two versions stand against each other: withdraw one of them by its entry", id);
    if (code != DZ_OK) {
        json_decref(ret->body);
        ret->body = NULL;
    }
    return code;
}

/* ---- changing ---- */

static bool
is_empty(const json_t *value)
{
    return (json_is_string(value) && json_string_length(value) == 0) ||
           (json_is_array(value) && json_array_size(value) == 0);
}

static void
merge(json_t *into, const json_t *fields)
{
    const char *key;
    json_t *value;
    DZ_AUTO_JSON json_t *given = without_own_fields(fields);
    json_object_foreach(given, key, value)
    {
        if (is_empty(value))
            json_object_del(into, key);
        else
            json_object_set(into, key, value);
    }
}

static enum dz_code
check_revision(struct dz_vault *v, const struct dz_rules *rules, const char *id,
               const char *version, const json_t *fields, json_t **ret, struct dz_err *err)
{
    struct heads h;
    DZ_TRY(find_head(v, id, version, &h, err));
    DZ_AUTO_JSON json_t *merged = h.body;
    DZ_AUTO_FREE char *kind = dz_strdup(dz_json_str(merged, "kind"));
    const char *new_kind = dz_json_str(fields, "kind");
    if (new_kind && strcmp(new_kind, kind) != 0)
        return dz_fail(err, DZ_E_INPUT,
                       "%s is a record of another kind than '%s': withdraw it, record anew", id,
                       new_kind);
    bool said_reviewed = json_object_get(fields, "reviewed") != NULL;
    merge(merged, fields);
    DZ_TRY(dz_fact_check(v, rules, kind, merged, ret, err));
    if (!said_reviewed)
        json_object_set_new(*ret, "reviewed", json_true());
    dz_json_set_str(*ret, "id", id);
    dz_json_set_str(*ret, "fact_kind", kind);
    dz_json_set_str(*ret, "revises", h.ref);
    return DZ_OK;
}

/* A revision that rests on a stricter source takes the versions before it along. */
static enum dz_code
put_revision(struct dz_batch *b, const char *id, const json_t *entry, struct dz_err *err)
{
    enum dz_compartment was, is;
    DZ_TRY(dz_item_in(dz_batch_vault(b), id, &was, err));
    DZ_TRY(dz_entry_in(dz_batch_vault(b), entry, &is, err));
    if (is > was) {
        DZ_AUTO_JSON json_t *fields = json_object();
        dz_json_set_str(fields, "item", id);
        DZ_TRY(dz_item_move(b, id, is, fields, err));
    }
    return dz_batch_entry_in(b, is, "fact.revised", entry, NULL, NULL, err);
}

enum dz_code
dz_fact_revise(struct dz_vault *v, const struct dz_rules *rules, const char *id,
               const char *version, const json_t *fields, struct dz_err *err)
{
    DZ_AUTO_FACT struct dz_fact f = {0};
    DZ_AUTO_JSON json_t *entry = NULL;
    if (!json_is_object(fields))
        return dz_fail(err, DZ_E_INPUT, "a revision is a JSON object");
    DZ_TRY(dz_fact_get(v, id, &f, err));
    struct dz_batch *b = NULL;
    /* The head is looked for under the lock, so that nobody revises the same version in
     * between. */
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = check_revision(v, rules, f.row.id, version, fields, &entry, err);
    if (code == DZ_OK)
        code = put_revision(b, f.row.id, entry, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

static enum dz_code
withdraw(struct dz_vault *v, struct dz_batch *b, const char *id, const char *version,
         const char *reason, struct dz_err *err)
{
    struct heads h;
    DZ_TRY(find_head(v, id, version, &h, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "id", id);
    dz_json_set_str(fields, "fact_kind", dz_json_str(h.body, "kind"));
    dz_json_set_str(fields, "revises", h.ref);
    dz_json_set_str(fields, "reason", reason);
    json_decref(h.body);
    DZ_TRY(dz_put_entry(b, "fact.withdrawn", fields, NULL, err));
    return dz_batch_commit(b, err);
}

enum dz_code
dz_fact_withdraw(struct dz_vault *v, const char *id, const char *version, const char *reason,
                 struct dz_err *err)
{
    DZ_AUTO_FACT struct dz_fact f = {0};
    size_t length = reason ? strlen(reason) : 0;
    if (length == 0 || length > 500)
        return dz_fail(err, DZ_E_USAGE, "a withdrawal needs a reason of 1 to 500 bytes");
    DZ_TRY(dz_fact_get(v, id, &f, err));
    struct dz_batch *b = NULL;
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = withdraw(v, b, f.row.id, version, reason, err);
    dz_batch_end(b);
    return code;
}
