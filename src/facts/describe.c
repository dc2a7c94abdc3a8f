#include <string.h>

#include "dz_carried_priv.h"
#include "dz_edtf.h"

/* What a person says a source is. */

#define VALUE_MAX 2000 /* bytes */
#define TAGS_MAX 50

const char *const dz_describe_fields[] = {
    "title",       "publisher",     "author",      "published", "address", "language", "basis",
    "reliability", "derivative_of", "source_type", "licence",   "note",    "tags",     NULL,
};

static bool
is_describe_field(const char *key)
{
    for (const char *const *f = dz_describe_fields; *f; f++) {
        if (strcmp(*f, key) == 0)
            return true;
    }
    return false;
}

/* The list whose ids a field holds, or NULL. */
static const char *
list_of(const char *key)
{
    static const char *const fields[] = {"basis", "reliability", "source_type", "access"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(fields[i], key) == 0)
            return fields[i];
    }
    return NULL;
}

/* "user:password@" in an address is a secret that has no place in a record. */
static bool
has_credentials(const char *address)
{
    const char *rest = strstr(address, "://");
    const char *at = rest ? strchr(rest + 3, '@') : NULL;
    const char *slash = rest ? strchr(rest + 3, '/') : NULL;
    return at && (!slash || at < slash);
}

static enum dz_code
check_string(const struct dz_rules *rules, const char *key, const char *value, struct dz_err *err)
{
    if (strlen(value) > VALUE_MAX)
        return dz_fail(err, DZ_E_INPUT, "%s: longer than %d bytes", key, VALUE_MAX);
    if (!value[0])
        return DZ_OK;
    const char *list = list_of(key);
    if (list && !dz_rules_has(rules, list, value))
        return dz_fail(err, DZ_E_INPUT, "%s: there is no code '%s'", key, value);
    if (strcmp(key, "published") == 0) {
        struct dz_edtf *e = NULL;
        if (dz_edtf_parse(dz_view_of(value), &e, err) != DZ_OK)
            return dz_while(err, "published");
        dz_edtf_free(e);
    }
    if (strcmp(key, "address") == 0 && has_credentials(value))
        return dz_fail(err, DZ_E_INPUT,
                       "address: it holds a user name or password: leave them out");
    return DZ_OK;
}

static enum dz_code
check_tags(const json_t *tags, struct dz_err *err)
{
    size_t i;
    const json_t *tag;
    if (!json_is_array(tags) || json_array_size(tags) > TAGS_MAX)
        return dz_fail(err, DZ_E_INPUT, "tags: must be a list of at most %d words", TAGS_MAX);
    json_array_foreach(tags, i, tag)
    {
        if (!json_is_string(tag) || json_string_length(tag) == 0 || json_string_length(tag) > 100)
            return dz_fail(err, DZ_E_INPUT, "tags: each must be a word of 1 to 100 bytes");
    }
    return DZ_OK;
}

enum dz_code
dz_describe_check(const struct dz_rules *rules, const json_t *fields, json_t **ret,
                  const char **ret_access, struct dz_err *err)
{
    if (!json_is_object(fields))
        return dz_fail(err, DZ_E_INPUT, "a description is a JSON object");
    DZ_AUTO_JSON json_t *clean = json_object();
    DZ_AUTO_JSON json_t *all = json_deep_copy(fields);
    const char *key, *access = NULL;
    json_t *value;
    json_object_foreach(all, key, value)
    {
        bool is_access = strcmp(key, "access") == 0;
        if (!is_access && !is_describe_field(key))
            return dz_fail(err, DZ_E_INPUT, "a source has no field '%s'", key);
        if (strcmp(key, "tags") == 0) {
            DZ_TRY(check_tags(value, err));
        } else if (!json_is_string(value)) {
            return dz_fail(err, DZ_E_INPUT, "%s: must be text", key);
        } else {
            DZ_TRY(check_string(rules, key, json_string_value(value), err));
        }
        if (is_access && json_string_length(value) == 0)
            return dz_fail(err, DZ_E_INPUT, "access: must be open, restricted or sealed");
        if (is_access)
            access = dz_json_str(fields, "access");
        else
            json_object_set(clean, key, value);
    }
    *ret = clean;
    clean = NULL;
    *ret_access = access;
    return DZ_OK;
}

/* ---- what changes with it ---- */

/* Values that a container's description changes for what is inside it. */
struct carrying {
    struct dz_vault *v;
    struct dz_batch *b;
    struct dz_kin_list kin;
    bool all;
    json_t *moved; /* sources that change their compartment: {id: compartment} */
    struct dz_described done;
};

/* An entry that changes the access of a source, which moves where that is another compartment. */
static enum dz_code
put_access(struct dz_batch *b, const char *id, const char *was, const char *is,
           const json_t *fields, json_t *moved, struct dz_err *err)
{
    enum dz_compartment from = dz_access_in(was), to = dz_access_in(is);
    if (from == to)
        return dz_batch_entry_in(b, from, "access.changed", fields, NULL, NULL, err);
    dz_json_set_int(moved, id, (int64_t)to);
    return dz_item_move(b, id, to, fields, err);
}

static enum dz_code
put_field(struct carrying *c, const struct dz_kin *k, enum dz_carried_field f, struct dz_err *err)
{
    /* Where a person wants it for every part, it is said of the part itself. */
    bool carried = !(c->all && k->own[f]);
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "source", k->id);
    dz_json_set_str(fields, dz_carried_key(f), k->held[f]);
    dz_json_set_str(fields, "carried_from", carried ? c->kin.items[0].id : NULL);
    if (f == DZ_CARRIED_BASIS)
        return dz_put_entry(c->b, "source.described", fields, NULL, err);
    return put_access(c->b, k->id, k->was[f], k->is[f], fields, c->moved, err);
}

static bool
is_stricter(const struct dz_kin_list *l, const struct dz_kin *k)
{
    bool any = false;
    for (size_t i = 0; i < DZ_CARRIED_FIELDS; i++) {
        enum dz_carried_field f = (enum dz_carried_field)i;
        bool changed = strcmp(l->items[0].was[f], l->items[0].is[f]) != 0;
        any = any || (changed && k->own[f] &&
                      dz_carried_rank(f, k->is[f]) > dz_carried_rank(f, l->items[0].is[f]));
    }
    return any;
}

static enum dz_code
put_parts(struct carrying *c, struct dz_err *err)
{
    for (size_t i = 1; i < c->kin.n; i++) {
        const struct dz_kin *k = &c->kin.items[i];
        bool changed = false;
        for (size_t j = 0; j < DZ_CARRIED_FIELDS; j++) {
            if (!k->inside || strcmp(k->was[j], k->is[j]) == 0)
                continue;
            changed = true;
            DZ_TRY(put_field(c, k, (enum dz_carried_field)j, err));
        }
        c->done.n_parts += changed;
        c->done.n_stricter += k->inside && is_stricter(&c->kin, k);
    }
    return DZ_OK;
}

/* What the source itself becomes follows from the same functions that apply its entry. */
static enum dz_code
carry(struct carrying *c, const struct dz_source *s, const json_t *clean, const char *access,
      struct dz_err *err)
{
    const char *basis = json_string_value(json_object_get(clean, "basis"));
    if (!basis && !access)
        return DZ_OK;
    DZ_TRY(dz_kin_load(c->v, s->row.id, &c->kin, err));
    if (c->kin.n == 1)
        return DZ_OK;
    DZ_AUTO_JSON json_t *body = json_deep_copy(s->body);
    if (basis) {
        dz_carried_say(body, DZ_CARRIED_BASIS, basis);
        dz_kin_change(&c->kin, DZ_CARRIED_BASIS, dz_carried_value(body, DZ_CARRIED_BASIS), c->all);
    }
    if (access) {
        dz_carried_say(body, DZ_CARRIED_ACCESS, access);
        dz_kin_change(&c->kin, DZ_CARRIED_ACCESS, dz_carried_value(body, DZ_CARRIED_ACCESS),
                      c->all);
    }
    return put_parts(c, err);
}

/* ---- describing ---- */

/* What is said of the source itself. */
static enum dz_code
describe_own(struct carrying *c, const struct dz_source *s, json_t *clean, const char *access,
             struct dz_err *err)
{
    const char *id = s->row.id;
    if (json_object_size(clean) > 0) {
        dz_json_set_str(clean, "source", id);
        DZ_TRY(dz_put_entry(c->b, "source.described", clean, NULL, err));
    }
    if (!access)
        return DZ_OK;
    DZ_AUTO_JSON json_t *body = json_deep_copy(s->body);
    DZ_AUTO_JSON json_t *change = json_object();
    dz_json_set_str(change, "source", id);
    dz_json_set_str(change, "access", access);
    dz_carried_say(body, DZ_CARRIED_ACCESS, access);
    return put_access(c->b, id, s->row.access, dz_carried_value(body, DZ_CARRIED_ACCESS), change,
                      c->moved, err);
}

/* Under the write lock, so that no part comes or changes meanwhile. */
enum dz_code
dz_describe_put(struct dz_vault *v, struct dz_batch *b, const char *id, json_t *clean,
                const char *access, bool all_parts, struct dz_described *ret, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_AUTO_JSON json_t *moved = json_object();
    struct carrying c = {.v = v, .b = b, .all = all_parts, .moved = moved};
    DZ_TRY(dz_source_get(v, id, &s, err));
    enum dz_code code = describe_own(&c, &s, clean, access, err);
    if (code == DZ_OK)
        code = carry(&c, &s, clean, access, err);
    if (code == DZ_OK)
        code = dz_facts_follow(b, moved, err);
    dz_kin_done(&c.kin);
    *ret = c.done;
    return code;
}

static enum dz_code
check_parent(struct dz_vault *v, const char *id, json_t *clean, struct dz_err *err)
{
    const char *parent = dz_json_str(clean, "derivative_of");
    if (!parent || !parent[0])
        return DZ_OK;
    DZ_AUTO_SOURCE struct dz_source other = {0};
    DZ_TRY(dz_source_get(v, parent, &other, err));
    if (strcmp(other.row.id, id) == 0)
        return dz_fail(err, DZ_E_INPUT, "derivative_of: a source cannot come from itself");
    dz_json_set_str(clean, "derivative_of", other.row.id);
    return DZ_OK;
}

enum dz_code
dz_source_describe_parts(struct dz_vault *v, const struct dz_rules *rules, const char *id,
                         const json_t *fields, bool all_parts, struct dz_described *ret,
                         struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_AUTO_JSON json_t *clean = NULL;
    const char *access = NULL;
    DZ_TRY(dz_source_get(v, id, &s, err));
    DZ_TRY(dz_describe_check(rules, fields, &clean, &access, err));
    DZ_TRY(check_parent(v, s.row.id, clean, err));
    if (json_object_size(clean) == 0 && !access)
        return dz_fail(err, DZ_E_INPUT, "the description says nothing: give at least one field");
    struct dz_batch *b = NULL;
    struct dz_described done = {0};
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = dz_describe_put(v, b, s.row.id, clean, access, all_parts, &done, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    if (code == DZ_OK && ret)
        *ret = done;
    return code;
}

enum dz_code
dz_source_describe(struct dz_vault *v, const struct dz_rules *rules, const char *id,
                   const json_t *fields, struct dz_err *err)
{
    return dz_source_describe_parts(v, rules, id, fields, false, NULL, err);
}
