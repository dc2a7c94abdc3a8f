#include <string.h>

#include "dz_facts_priv.h"

/* Removing what was added in error. The journal keeps that something was removed, when, by whom
 * and why; the bodies and objects are destroyed. */

struct list {
    char **items; /* NULL-ended */
    size_t n;
    size_t cap;
};

static void
list_add(struct list *l, const char *s)
{
    l->items = dz_grow(l->items, &l->cap, l->n + 2, sizeof *l->items);
    l->items[l->n++] = dz_strdup(s);
    l->items[l->n] = NULL;
}

static void
list_done(struct list *l)
{
    for (size_t i = 0; i < l->n; i++)
        dz_free(l->items[i]);
    dz_free(l->items);
    *l = (struct list){0};
}

static enum dz_code
collect(struct dz_vault *v, enum dz_query q, const char *item, struct list *out, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), q, &rows, err, DZ_ARGS(dz_arg_text(item))));
    while (dz_rows_next(rows))
        list_add(out, dz_rows_text(rows, 0));
    return dz_rows_end(rows, err);
}

/* The objects of an item that nothing else uses. */
static enum dz_code
own_objects(struct dz_vault *v, const char *item, struct list *out, struct dz_err *err)
{
    struct list all = {0};
    enum dz_code code = collect(v, DZ_Q_OBJECTS_OF_ITEM, item, &all, err);
    for (size_t i = 0; i < all.n && code == DZ_OK; i++) {
        int64_t users = 0;
        code = dz_db_get_int(dz_vault_db(v), DZ_Q_OBJECT_USERS, &users, NULL, err,
                             DZ_ARGS(dz_arg_text(all.items[i])));
        if (code == DZ_OK && users <= 1)
            list_add(out, all.items[i]);
    }
    list_done(&all);
    return code;
}

static enum dz_code
purge_item(struct dz_vault *v, struct dz_batch *b, const char *item, const char *reason,
           struct dz_purge *ret, struct dz_err *err)
{
    struct list objects = {0}, bodies = {0};
    enum dz_code code = own_objects(v, item, &objects, err);
    if (code == DZ_OK)
        code = collect(v, DZ_Q_ENTRY_REFS_OF_ITEM, item, &bodies, err);
    if (code == DZ_OK) {
        DZ_AUTO_JSON json_t *fields = json_object();
        dz_json_set_str(fields, "item", item);
        dz_json_set_str(fields, "reason", reason);
        code = dz_batch_removal(b, "item.purged", fields, (const char *const *)objects.items,
                                (const char *const *)bodies.items, err);
    }
    if (code == DZ_OK) {
        ret->n_objects += objects.n;
        ret->n_bodies += bodies.n;
    }
    list_done(&objects);
    list_done(&bodies);
    return code;
}

/* Which facts go with a source, or why they are in the way. */
static enum dz_code
facts_of_source(struct dz_vault *v, const char *source, bool with_facts, struct list *out,
                struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    size_t standing = 0, shared = 0;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_FACTS_OF_SOURCE, &rows, err,
                       DZ_ARGS(dz_arg_text(source))));
    while (dz_rows_next(rows)) {
        bool withdrawn = strcmp(dz_rows_text(rows, 1), "withdrawn") == 0;
        standing += !withdrawn;
        shared += !withdrawn && dz_rows_int(rows, 2) > 1;
        list_add(out, dz_rows_text(rows, 0));
    }
    DZ_TRY(dz_rows_end(rows, err));
    if (shared > 0)
        return dz_fail(err, DZ_E_DENIED,
                       "%zu facts rest on %s and on further sources: revise or withdraw them first",
                       shared, source);
    if (standing > 0 && !with_facts)
        return dz_fail(err, DZ_E_DENIED,
                       "%zu facts rest on %s: withdraw or purge them first, or purge them with it",
                       standing, source);
    return DZ_OK;
}

static enum dz_code
purge_all(struct dz_vault *v, struct dz_batch *b, const char *item, const char *reason,
          bool with_facts, struct dz_purge *ret, struct dz_err *err)
{
    struct list facts = {0};
    enum dz_code code = DZ_OK;
    if (strncmp(item, "src-", 4) == 0)
        code = facts_of_source(v, item, with_facts, &facts, err);
    for (size_t i = 0; i < facts.n && code == DZ_OK; i++)
        code = purge_item(v, b, facts.items[i], reason, ret, err);
    if (code == DZ_OK)
        code = purge_item(v, b, item, reason, ret, err);
    ret->n_facts = facts.n;
    list_done(&facts);
    return code == DZ_OK ? dz_batch_commit(b, err) : code;
}

enum dz_code
dz_item_purge(struct dz_vault *v, const char *id, const char *reason, bool with_facts,
              struct dz_purge *ret, struct dz_err *err)
{
    size_t length = reason ? strlen(reason) : 0;
    char item[DZ_ID_MAX];
    struct dz_purge done = {0};
    if (length == 0 || length > 500)
        return dz_fail(err, DZ_E_USAGE, "a purge needs a reason of 1 to 500 bytes");
    DZ_TRY(dz_item_resolve(v, id, item, err));
    /* An abbreviation is too little to destroy by. */
    if (strcmp(item, id) != 0)
        return dz_fail(err, DZ_E_INPUT, "give the whole id: '%s' is short for %s", id, item);
    struct dz_batch *b = NULL;
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = purge_all(v, b, item, reason, with_facts, &done, err);
    dz_batch_end(b);
    if (code == DZ_OK && ret)
        *ret = done;
    return code;
}
