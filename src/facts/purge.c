#include <string.h>

#include "dz_facts_priv.h"
#include "dz_read_priv.h"

/* Removing what was added in error. The journal keeps that something was removed, when, by whom
 * and why; the bodies and objects are destroyed.
 *
 * What goes is decided for the whole before anything is written: a source with the sources that
 * were taken out of it, and the facts that rest on nothing else. */

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

/* All that goes. */
struct plan {
    struct dz_vault *v;
    const char *reason;
    struct dz_id_list sources; /* the item first, what lies in it behind it */
    struct dz_id_list facts;
    json_t *goes;    /* id: true, of the sources */
    json_t *on;      /* fact: on how many of the sources it rests */
    json_t *objects; /* object: how many of what goes use it */
    size_t standing; /* facts that are not withdrawn */
    size_t shared;   /* of them those that rest on a source that stays */
    struct dz_purge done;
};

static void
plan_done(struct plan *p)
{
    dz_id_list_done(&p->sources);
    dz_id_list_done(&p->facts);
    json_decref(p->goes);
    json_decref(p->on);
    json_decref(p->objects);
}

/* ---- sources ---- */

static void
add_source(struct plan *p, const char *id)
{
    dz_id_list_add(&p->sources, id);
    json_object_set_new(p->goes, id, json_true());
}

static enum dz_code
take_inside(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    (void)err;
    /* What was added as a file of its own is no part of anything. */
    if (dz_json_str(json_object_get(row->body, "added"), "derivative_of"))
        list_add(ctx, row->id);
    return DZ_OK;
}

/* A part goes when nothing that stays holds it. What was destroyed before holds nothing. */
static enum dz_code
is_left_alone(struct plan *p, const char *part, bool *ret, struct dz_err *err)
{
    struct list holders = {0};
    size_t n_going = 0, n_staying = 0;
    enum dz_code code = collect(p->v, DZ_Q_KIN_TAKEN_OUT, part, &holders, err);
    for (size_t i = 0; i < holders.n && code == DZ_OK; i++) {
        bool here = false;
        if (json_object_get(p->goes, holders.items[i])) {
            n_going++;
            continue;
        }
        code = dz_source_is_here(p->v, holders.items[i], &here, err);
        n_staying += here;
    }
    list_done(&holders);
    *ret = n_going > 0 && n_staying == 0;
    return code;
}

static enum dz_code
take_parts_of(struct plan *p, const char *id, bool *ret_grew, size_t *ret_held, struct dz_err *err)
{
    struct list inside = {0};
    enum dz_code code = dz_sources_taken_out(p->v, id, take_inside, &inside, err);
    for (size_t i = 0; i < inside.n && code == DZ_OK; i++) {
        bool goes = false;
        if (json_object_get(p->goes, inside.items[i]))
            continue;
        code = is_left_alone(p, inside.items[i], &goes, err);
        if (goes)
            add_source(p, inside.items[i]);
        *ret_grew = *ret_grew || goes;
        *ret_held += !goes;
    }
    list_done(&inside);
    return code;
}

/* Again until nothing is added: a part may be held by one that goes only later in the list. */
static enum dz_code
take_parts(struct plan *p, struct dz_err *err)
{
    for (bool grew = true; grew;) {
        grew = false;
        p->done.n_held = 0;
        for (size_t i = 0; i < p->sources.n; i++)
            DZ_TRY(take_parts_of(p, p->sources.ids[i], &grew, &p->done.n_held, err));
    }
    p->done.n_parts = p->sources.n - 1;
    return DZ_OK;
}

/* ---- facts ---- */

static enum dz_code
take_facts_of(struct plan *p, const char *source, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(p->v), DZ_Q_FACTS_OF_SOURCE, &rows, err,
                       DZ_ARGS(dz_arg_text(source))));
    while (dz_rows_next(rows)) {
        const char *fact = dz_rows_text(rows, 0);
        bool withdrawn = strcmp(dz_rows_text(rows, 1), "withdrawn") == 0;
        int64_t of = dz_rows_int(rows, 2), on = dz_json_int(p->on, fact, 0) + 1;
        if (on == 1) {
            dz_id_list_add(&p->facts, fact);
            p->standing += !withdrawn;
            p->shared += !withdrawn;
        }
        dz_json_set_int(p->on, fact, on);
        p->shared -= !withdrawn && on == of;
    }
    return dz_rows_end(rows, err);
}

/* Which facts go, or why they are in the way. */
static enum dz_code
take_facts(struct plan *p, bool with_facts, struct dz_err *err)
{
    const char *source = p->sources.ids[0];
    for (size_t i = 0; i < p->sources.n; i++)
        DZ_TRY(take_facts_of(p, p->sources.ids[i], err));
    p->done.n_facts = p->facts.n;
    if (p->shared > 0)
        return dz_fail(err, DZ_E_DENIED,
                       "%zu facts rest on %s and on further sources: revise or withdraw them first",
                       p->shared, source);
    if (p->standing > 0 && !with_facts)
        return dz_fail(err, DZ_E_DENIED,
                       "%zu facts rest on %s: withdraw or purge them first, or purge them with it",
                       p->standing, source);
    return DZ_OK;
}

/* ---- removing ---- */

static enum dz_code
count_objects(struct plan *p, const char *item, struct dz_err *err)
{
    struct list all = {0};
    enum dz_code code = collect(p->v, DZ_Q_OBJECTS_OF_ITEM, item, &all, err);
    for (size_t i = 0; i < all.n; i++)
        dz_json_set_int(p->objects, all.items[i], dz_json_int(p->objects, all.items[i], 0) + 1);
    list_done(&all);
    return code;
}

/* The objects of an item that nothing else uses but what goes, too; each once. */
static enum dz_code
own_objects(struct plan *p, const char *item, struct list *out, struct dz_err *err)
{
    struct list all = {0};
    enum dz_code code = collect(p->v, DZ_Q_OBJECTS_OF_ITEM, item, &all, err);
    for (size_t i = 0; i < all.n && code == DZ_OK; i++) {
        int64_t users = 0, going = dz_json_int(p->objects, all.items[i], 0);
        code = dz_db_get_int(dz_vault_db(p->v), DZ_Q_OBJECT_USERS, &users, NULL, err,
                             DZ_ARGS(dz_arg_text(all.items[i])));
        if (code != DZ_OK || going == 0 || users > going)
            continue;
        list_add(out, all.items[i]);
        json_object_del(p->objects, all.items[i]);
    }
    list_done(&all);
    return code;
}

static enum dz_code
purge_item(struct plan *p, struct dz_batch *b, const char *item, struct dz_err *err)
{
    struct list objects = {0}, bodies = {0};
    enum dz_code code = own_objects(p, item, &objects, err);
    if (code == DZ_OK)
        code = collect(p->v, DZ_Q_ENTRY_REFS_OF_ITEM, item, &bodies, err);
    if (code == DZ_OK) {
        DZ_AUTO_JSON json_t *fields = json_object();
        dz_json_set_str(fields, "item", item);
        dz_json_set_str(fields, "reason", p->reason);
        enum dz_compartment in = DZ_IN_OPEN;
        code = dz_item_in(p->v, item, &in, err);
        if (code == DZ_OK)
            code = dz_batch_removal(b, in, "item.purged", fields,
                                    (const char *const *)objects.items,
                                    (const char *const *)bodies.items, err);
    }
    p->done.n_objects += objects.n;
    p->done.n_bodies += bodies.n;
    list_done(&objects);
    list_done(&bodies);
    return code;
}

/* Facts first, then parts, the container last: what is gone names nothing that is still there. */
static enum dz_code
purge_all(struct plan *p, struct dz_batch *b, struct dz_err *err)
{
    for (size_t i = 0; i < p->facts.n; i++)
        DZ_TRY(count_objects(p, p->facts.ids[i], err));
    for (size_t i = 0; i < p->sources.n; i++)
        DZ_TRY(count_objects(p, p->sources.ids[i], err));
    for (size_t i = 0; i < p->facts.n; i++)
        DZ_TRY(purge_item(p, b, p->facts.ids[i], err));
    for (size_t i = p->sources.n; i > 0; i--)
        DZ_TRY(purge_item(p, b, p->sources.ids[i - 1], err));
    return dz_batch_commit(b, err);
}

static enum dz_code
decide(struct plan *p, const char *item, unsigned with, struct dz_err *err)
{
    add_source(p, item);
    if (strncmp(item, "src-", 4) != 0)
        return DZ_OK;
    DZ_TRY(take_parts(p, err));
    if (p->done.n_parts > 0 && !(with & DZ_PURGE_PARTS))
        return dz_fail(err, DZ_E_DENIED,
                       "%zu sources were taken out of %s and would stay behind: purge those first, "
                       "or purge them with it (--with-parts)",
                       p->done.n_parts, item);
    return take_facts(p, (with & DZ_PURGE_FACTS) != 0, err);
}

enum dz_code
dz_item_purge(struct dz_vault *v, const char *id, const char *reason, unsigned with,
              struct dz_purge *ret, struct dz_err *err)
{
    size_t length = reason ? strlen(reason) : 0;
    char item[DZ_ID_MAX];
    if (length == 0 || length > 500)
        return dz_fail(err, DZ_E_USAGE, "a purge needs a reason of 1 to 500 bytes");
    DZ_TRY(dz_item_resolve(v, id, item, err));
    /* An abbreviation is too little to destroy by. */
    if (strcmp(item, id) != 0)
        return dz_fail(err, DZ_E_INPUT, "give the whole id: '%s' is short for %s", id, item);
    struct plan p = {.v = v,
                     .reason = reason,
                     .goes = json_object(),
                     .on = json_object(),
                     .objects = json_object()};
    struct dz_batch *b = NULL;
    enum dz_code code = dz_batch_begin(v, &b, err);
    if (code == DZ_OK)
        code = decide(&p, item, with, err);
    if (code == DZ_OK)
        code = purge_all(&p, b, err);
    dz_batch_end(b);
    if (code == DZ_OK && ret)
        *ret = p.done;
    plan_done(&p);
    return code;
}
