#include <string.h>

#include "dz_carried_priv.h"
#include "dz_read_priv.h"

/* How a change of a container reaches what is inside it.
 *
 * A file may lie in several containers, and these in each other, so the values are worked out for
 * all of them together: what a part takes over is the strictest value of everything that holds
 * it. */

/* Each round carries a value at least one container further; nesting is not deeper than this. */
#define ROUNDS_MAX 16

void
dz_kin_done(struct dz_kin_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        for (size_t f = 0; f < DZ_CARRIED_FIELDS; f++) {
            dz_free(l->items[i].own_value[f]);
            dz_free(l->items[i].was[f]);
            dz_free(l->items[i].is[f]);
            dz_free(l->items[i].held[f]);
        }
    }
    dz_free(l->items);
    dz_free(l->edges);
    json_decref(l->places);
    *l = (struct dz_kin_list){0};
}

/* ---- loading ---- */

static bool
place_of(const struct dz_kin_list *l, const char *id, size_t *ret)
{
    const json_t *place = json_object_get(l->places, id);
    if (place)
        *ret = (size_t)json_integer_value(place);
    return place != NULL;
}

static size_t
add(struct dz_kin_list *l, const struct dz_source_row *row, bool inside)
{
    l->items = dz_grow(l->items, &l->cap, l->n + 1, sizeof *l->items);
    struct dz_kin *k = &l->items[l->n];
    *k = (struct dz_kin){.inside = inside};
    memcpy(k->id, row->id, strnlen(row->id, DZ_ID_MAX - 1));
    for (size_t i = 0; i < DZ_CARRIED_FIELDS; i++) {
        enum dz_carried_field f = (enum dz_carried_field)i;
        k->own[f] = dz_carried_is_own(row->body, f);
        k->follows[f] = dz_carried_follows(row->body, f);
        k->own_value[f] = dz_strdup(dz_carried_own_value(row->body, f));
        k->was[f] = dz_strdup(dz_carried_value(row->body, f));
        k->is[f] = dz_strdup(k->was[f]);
    }
    json_object_set_new(l->places, k->id, json_integer((json_int_t)l->n));
    return l->n++;
}

static enum dz_code
take_part(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    struct dz_kin_list *l = ctx;
    size_t known;
    (void)err;
    if (!place_of(l, row->id, &known))
        (void)add(l, row, true);
    return DZ_OK;
}

static void
add_edge(struct dz_kin_list *l, size_t child, size_t container)
{
    l->edges = dz_grow(l->edges, &l->cap_edges, l->n_edges + 1, sizeof *l->edges);
    l->edges[l->n_edges++] = container;
    l->items[child].n_containers++;
}

static enum dz_code
load_container(struct dz_vault *v, struct dz_kin_list *l, size_t child, const char *id,
               struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    struct dz_err why = {0};
    size_t place;
    if (place_of(l, id, &place)) {
        add_edge(l, child, place);
        return DZ_OK;
    }
    enum dz_code code = dz_source_get(v, id, &s, &why);
    if (code == DZ_E_NOTFOUND)
        l->items[child].orphan = true;
    else if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    else
        add_edge(l, child, add(l, &s.row, false));
    return DZ_OK;
}

static enum dz_code
load_containers(struct dz_vault *v, struct dz_kin_list *l, size_t child, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    struct dz_id_list ids = {0};
    l->items[child].first = l->n_edges;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_KIN_CONTAINERS, &rows, err,
                       DZ_ARGS(dz_arg_text(l->items[child].id))));
    while (dz_rows_next(rows))
        dz_id_list_add(&ids, dz_rows_text(rows, 0));
    enum dz_code code = dz_rows_end(rows, err);
    for (size_t i = 0; i < ids.n && code == DZ_OK; i++)
        code = load_container(v, l, child, ids.ids[i], err);
    dz_id_list_done(&ids);
    return code;
}

enum dz_code
dz_kin_load(struct dz_vault *v, const char *id, struct dz_kin_list *ret, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    *ret = (struct dz_kin_list){.places = json_object()};
    DZ_TRY(dz_source_get(v, id, &s, err));
    (void)add(ret, &s.row, false);
    /* The list grows while it is walked: what is inside the parts comes behind them. */
    for (size_t i = 0; i < ret->n; i++)
        DZ_TRY(dz_sources_inside(v, ret->items[i].id, take_part, ret, err));
    size_t n_inside = ret->n;
    for (size_t i = 1; i < n_inside; i++)
        DZ_TRY(load_containers(v, ret, i, err));
    return DZ_OK;
}

enum dz_code
dz_source_protected_inside(struct dz_vault *v, const char *id, size_t *ret, struct dz_err *err)
{
    DZ_AUTO_KIN struct dz_kin_list l = {.places = json_object()};
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_source_get(v, id, &s, err));
    (void)add(&l, &s.row, false);
    *ret = 0;
    for (size_t i = 0; i < l.n; i++)
        DZ_TRY(dz_sources_taken_out(v, l.items[i].id, take_part, &l, err));
    for (size_t i = 1; i < l.n; i++)
        *ret += strcmp(l.items[i].was[DZ_CARRIED_ACCESS], "open") != 0 ||
                dz_basis_is_personal(l.items[i].was[DZ_CARRIED_BASIS]);
    return DZ_OK;
}

/* ---- working out ---- */

static void
set(char **value, const char *to)
{
    char *copy = dz_strdup(to);
    dz_free(*value);
    *value = copy;
}

/* The strictest of what holds k, before and after; of what is gone nobody knows, so that k is
 * never loosened. */
static void
held_by(const struct dz_kin_list *l, const struct dz_kin *k, enum dz_carried_field f,
        const char **ret_was, const char **ret_is)
{
    *ret_was = k->orphan ? k->was[f] : NULL;
    *ret_is = *ret_was;
    for (size_t i = 0; i < k->n_containers; i++) {
        const struct dz_kin *c = &l->items[l->edges[k->first + i]];
        *ret_was = dz_carried_stricter(f, *ret_was, c->was[f]);
        *ret_is = dz_carried_stricter(f, *ret_is, c->is[f]);
    }
}

/* What a part is of its own stands, unless what holds it is stricter than it was; and it comes
 * back when that is no longer so. */
static const char *
value_of(const struct dz_kin *k, enum dz_carried_field f, const char *was, const char *is, bool all)
{
    if (!k->own[f] || all)
        return is;
    bool tightened = dz_carried_rank(f, is) > dz_carried_rank(f, was);
    if (tightened)
        return dz_carried_stricter(f, k->was[f], is);
    return k->follows[f] ? dz_carried_stricter(f, k->own_value[f], is) : k->was[f];
}

static bool
move(const struct dz_kin_list *l, struct dz_kin *k, enum dz_carried_field f, bool all)
{
    const char *was, *is;
    held_by(l, k, f, &was, &is);
    const char *now = is ? value_of(k, f, was, is, all) : k->is[f];
    if (strcmp(now, k->is[f]) == 0)
        return false;
    set(&k->held[f], is);
    set(&k->is[f], now);
    return true;
}

void
dz_kin_change(struct dz_kin_list *l, enum dz_carried_field field, const char *value, bool all)
{
    bool moved = true;
    set(&l->items[0].is[field], value);
    for (size_t round = 0; moved && round < ROUNDS_MAX; round++) {
        moved = false;
        for (size_t i = 1; i < l->n; i++)
            moved = (l->items[i].inside && move(l, &l->items[i], field, all)) || moved;
    }
}
