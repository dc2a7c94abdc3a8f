#include "dz_member.h"
#include "vault_impl.h"

#include <string.h>

#include "dz_codec.h"

/* Who may do what. The journal says it in member.added, key.granted and member.removed; the
 * projection keeps the present state, and a copy of it in memory is asked for every entry. */

static const char *const words[DZ_RIGHTS] = {"code", "review", "export", "identities",
                                             "administer"};

const char *
dz_right_word(enum dz_right r)
{
    for (size_t i = 0; i < DZ_RIGHTS; i++)
        if ((unsigned)r == 1u << i)
            return words[i];
    return "";
}

bool
dz_rights_parse(const char *text, unsigned *ret, struct dz_view *ret_bad)
{
    unsigned rights = 0;
    if (strcmp(text, "none") == 0 || strcmp(text, "all") == 0) {
        *ret = text[0] == 'a' ? DZ_RIGHTS_ALL : 0;
        return true;
    }
    for (const char *at = text; at;) {
        const char *comma = strchr(at, ',');
        struct dz_view word = {at, comma ? (size_t)(comma - at) : strlen(at)};
        word = dz_view_trim(word);
        size_t i = 0;
        while (i < DZ_RIGHTS && !dz_view_is(word, words[i]))
            i++;
        if (ret_bad)
            *ret_bad = word;
        if (i == DZ_RIGHTS)
            return false;
        rights |= 1u << i;
        at = comma ? comma + 1 : NULL;
    }
    *ret = rights;
    return true;
}

/* ---- what entries need ---- */

#define EITHER (DZ_RIGHT_CODE | DZ_RIGHT_REVIEW)

static const struct {
    const char *kind;
    unsigned any_of;
} needs[] = {
    {"source.added", DZ_RIGHT_CODE},
    {"source.described", DZ_RIGHT_CODE},
    {"source.found", DZ_RIGHT_CODE},
    {"access.changed", DZ_RIGHT_CODE},
    {"text.derived", DZ_RIGHT_CODE},
    {"fact.recorded", DZ_RIGHT_CODE},
    {"person.added", DZ_RIGHT_CODE},
    {"consent.recorded", DZ_RIGHT_CODE},
    {"consent.withdrawn", DZ_RIGHT_CODE},
    {"case.changed", DZ_RIGHT_CODE},
    {"fact.revised", EITHER},
    {"fact.withdrawn", EITHER},
    {"passage.confirmed", EITHER},
    {"suggestion.rejected", EITHER},
    {"conflict.resolved", EITHER},
    {"lineage.decided", EITHER},
    {"export.made", DZ_RIGHT_EXPORT},
    {"redaction.made", DZ_RIGHT_EXPORT},
    {"finding.decided", DZ_RIGHT_EXPORT | DZ_RIGHT_REVIEW},
    {"identity.requested", DZ_RIGHT_IDENTITIES},
    {"identity.decided", DZ_RIGHT_IDENTITIES},
    {"identity.opened", DZ_RIGHT_IDENTITIES},
    {"subject.erased", DZ_RIGHT_ADMINISTER},
    {"item.purged", DZ_RIGHT_ADMINISTER},
    {"settings.changed", DZ_RIGHT_ADMINISTER},
    {"member.added", DZ_RIGHT_ADMINISTER},
    {"member.removed", DZ_RIGHT_ADMINISTER},
    {"key.granted", DZ_RIGHT_ADMINISTER},
};

unsigned
dz_rights_of_entry(const char *kind, const json_t *fields)
{
    /* Taking over a suggestion is deciding on it. */
    if (strcmp(kind, "fact.recorded") == 0 && dz_json_str(fields, "suggestion"))
        return EITHER;
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (strcmp(needs[i].kind, kind) == 0)
            return needs[i].any_of;
    return 0;
}

/* ---- members in memory ---- */

void
dz_members_forget(struct dz_vault *v)
{
    for (size_t i = 0; i < v->members.n; i++) {
        dz_free(v->members.list[i].name);
        dz_free(v->members.list[i].recipient);
        dz_free(v->members.list[i].since);
        dz_free(v->members.list[i].removed);
    }
    dz_free(v->members.list);
    v->members = (struct member_list){0};
}

static char *
text_or_null(struct dz_rows *rows, int col)
{
    return dz_rows_is_null(rows, col) ? NULL : dz_strdup(dz_rows_text(rows, col));
}

static void
take_member(struct member_list *l, struct dz_rows *rows)
{
    l->list = dz_grow(l->list, &l->cap, l->n + 1, sizeof *l->list);
    struct member *m = &l->list[l->n++];
    const char *id = dz_rows_text(rows, 0);
    *m = (struct member){.recipient = dz_strdup(dz_rows_text(rows, 1)),
                         .name = text_or_null(rows, 2),
                         .rights = (unsigned)dz_rows_int(rows, 3),
                         .since = dz_strdup(dz_rows_text(rows, 5)),
                         .removed = text_or_null(rows, 6)};
    memcpy(m->id, id, strnlen(id, sizeof m->id - 1));
    (void)dz_compartment_parse(dz_rows_text(rows, 4), &m->level);
}

enum dz_code
dz_members_load(struct dz_vault *v, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    dz_members_forget(v);
    DZ_TRY(dz_db_query(v->db, DZ_Q_MEMBER_LIST, &rows, err, DZ_NO_ARGS));
    while (dz_rows_next(rows))
        take_member(&v->members, rows);
    v->members.loaded = true;
    return dz_rows_end(rows, err);
}

const struct member *
dz_members_by_id(const struct dz_vault *v, const char *id)
{
    for (size_t i = 0; id && i < v->members.n; i++)
        if (strcmp(v->members.list[i].id, id) == 0)
            return &v->members.list[i];
    return NULL;
}

const struct member *
dz_members_by_name(const struct dz_vault *v, const char *name)
{
    for (size_t i = 0; i < v->members.n; i++)
        if (!v->members.list[i].removed && v->members.list[i].name &&
            strcmp(v->members.list[i].name, name) == 0)
            return &v->members.list[i];
    return NULL;
}

bool
dz_members_may(const struct member *m, const char *kind, const json_t *fields)
{
    unsigned any_of = dz_rights_of_entry(kind, fields);
    return m && !m->removed && (any_of == 0 || (m->rights & any_of) != 0);
}

/* ---- questions ---- */

enum dz_code
dz_vault_each_member(struct dz_vault *v, dz_member_fn *fn, void *ctx, struct dz_err *err)
{
    for (size_t i = 0; i < v->members.n; i++) {
        const struct member *m = &v->members.list[i];
        struct dz_member_view view = {.id = m->id,
                                      .name = m->name ? m->name : m->id,
                                      .rights = m->rights,
                                      .level = m->level,
                                      .since = m->since,
                                      .removed = m->removed};
        DZ_TRY(fn(ctx, &view, err));
    }
    return DZ_OK;
}

unsigned
dz_vault_rights(const struct dz_vault *v)
{
    const struct member *m = dz_members_by_id(v, v->keys.member);
    return m && !m->removed ? m->rights : 0;
}

enum dz_compartment
dz_vault_level(const struct dz_vault *v)
{
    return dz_keys_level(&v->keys);
}

void
dz_vault_member_name(struct dz_vault *v, const char *id, struct dz_buf *out)
{
    const struct member *m = dz_members_by_id(v, id);
    dz_buf_adds(out, m && m->name ? m->name : id);
}

/* Of which rights one is needed, in words; and who can grant it. */
static void
add_wanted(unsigned any_of, struct dz_buf *out)
{
    for (size_t i = 0; i < DZ_RIGHTS; i++)
        if (any_of & 1u << i)
            dz_buf_addf(out, "%s'%s'", out->n ? _(" or ") : "", words[i]);
}

static void
add_administrators(struct dz_vault *v, struct dz_buf *out)
{
    for (size_t i = 0; i < v->members.n; i++) {
        const struct member *m = &v->members.list[i];
        if (!m->removed && (m->rights & DZ_RIGHT_ADMINISTER))
            dz_buf_addf(out, "%s%s", out->n ? ", " : "", m->name ? m->name : m->id);
    }
}

enum dz_code
dz_vault_need_right(struct dz_vault *v, unsigned any_of, struct dz_err *err)
{
    if (any_of == 0 || (dz_vault_rights(v) & any_of))
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf wanted = DZ_BUF(1024);
    DZ_AUTO_BUF struct dz_buf who = DZ_BUF(4096);
    add_wanted(any_of, &wanted);
    add_administrators(v, &who);
    return dz_fail(err, DZ_E_DENIED, "this needs the right %s: ask who can grant it (%s)", wanted.p,
                   who.n ? who.p : "-");
}

/* ---- what the journal does to it ---- */

json_t *
dz_rights_json(unsigned rights)
{
    json_t *list = json_array();
    for (size_t i = 0; i < DZ_RIGHTS; i++)
        if (rights & 1u << i)
            json_array_append_new(list, json_string(words[i]));
    return list;
}

static unsigned
rights_in(const json_t *body)
{
    const json_t *list = json_object_get(body, "rights"), *one;
    unsigned rights = 0, right;
    size_t i;
    json_array_foreach(list, i, one)
    {
        const char *word = json_string_value(one);
        /* A right of a later version gives nothing here. */
        if (word && strcmp(word, "all") != 0 && dz_rights_parse(word, &right, NULL))
            rights |= right;
    }
    return rights;
}

static const char *
level_in(const json_t *body)
{
    enum dz_compartment level = DZ_IN_OPEN;
    const char *word = dz_json_str(body, "level");
    if (!word || !dz_compartment_parse(word, &level) || level == DZ_IN_IDENTITIES)
        return dz_compartment_name(DZ_IN_OPEN);
    return word;
}

/* vault.created and member.added: one who made the vault has all rights. */
enum dz_code
dz_apply_member_added(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                      struct dz_err *err)
{
    const char *id = dz_json_str(e->body, "new_member");
    bool first = strcmp(e->kind, "vault.created") == 0;
    v->members.loaded = false;
    return dz_db_exec(
        db, DZ_Q_MEMBER_PUT, err,
        DZ_ARGS(dz_arg_text(first || !id ? e->member : id),
                dz_arg_text(dz_json_str(e->body, "public")),
                dz_arg_text(dz_json_str(e->body, "recipient")),
                dz_arg_text(dz_json_str(e->body, "name")),
                dz_arg_int(first ? (int64_t)DZ_RIGHTS_ALL : (int64_t)rights_in(e->body)),
                dz_arg_text(first ? dz_compartment_name(DZ_IN_SEALED) : level_in(e->body)),
                dz_arg_text(e->time), dz_arg_int(dz_json_int(e->body, "clock", 0))));
}

enum dz_code
dz_apply_granted(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                 struct dz_err *err)
{
    v->members.loaded = false;
    return dz_db_exec(db, DZ_Q_MEMBER_GRANT, err,
                      DZ_ARGS(dz_arg_text(dz_json_str(e->body, "of")),
                              dz_arg_int((int64_t)rights_in(e->body)),
                              dz_arg_text(level_in(e->body))));
}

enum dz_code
dz_apply_member_removed(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                        struct dz_err *err)
{
    v->members.loaded = false;
    return dz_db_exec(db, DZ_Q_MEMBER_REMOVE, err,
                      DZ_ARGS(dz_arg_text(dz_json_str(e->body, "of")), dz_arg_text(e->time)));
}

/* An entry that its member had no right to make is kept, applied and told of: others may have
 * built on it. */
enum dz_code
dz_apply_rights(struct dz_vault *v, const struct dz_entry_view *e, struct dz_err *err)
{
    if (strcmp(e->kind, "vault.created") == 0)
        return DZ_OK;
    if (!v->members.loaded)
        DZ_TRY(dz_members_load(v, err));
    if (dz_members_may(dz_members_by_id(v, e->member), e->kind, e->body))
        return DZ_OK;
    return dz_db_exec(v->db, DZ_Q_OVERREACH_PUT, err,
                      DZ_ARGS(dz_arg_text(e->ref), dz_arg_text(e->member), dz_arg_text(e->kind)));
}
