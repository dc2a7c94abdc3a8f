#include <string.h>

#include "dz_carried_priv.h"
#include "dz_mem.h"

/* Access as compartments: a source lies in the compartment of its access, with its texts, locators
 * and entries; a fact in the strictest one of the sources that any of its versions rests on; an
 * entry that names several items in the strictest of theirs. What changes its access moves. */

enum dz_compartment
dz_access_in(const char *access)
{
    switch (dz_carried_rank(DZ_CARRIED_ACCESS, access)) {
    case 0:
        return DZ_IN_OPEN;
    case 1:
        return DZ_IN_RESTRICTED;
    default:
        return DZ_IN_SEALED;
    }
}

static enum dz_compartment
stricter(enum dz_compartment a, enum dz_compartment b)
{
    return a > b ? a : b;
}

/* ---- where items lie ---- */

static enum dz_code
source_in(struct dz_vault *v, const char *id, enum dz_compartment *ret, struct dz_err *err)
{
    DZ_AUTO_FREE char *access = NULL;
    DZ_TRY(dz_db_get_text(dz_vault_db(v), DZ_Q_SOURCE_ACCESS, &access, err,
                          DZ_ARGS(dz_arg_text(id))));
    *ret = access ? dz_access_in(access) : DZ_IN_OPEN;
    return DZ_OK;
}

enum dz_code
dz_item_in(struct dz_vault *v, const char *id, enum dz_compartment *ret, struct dz_err *err)
{
    DZ_AUTO_FREE char *ref = NULL;
    *ret = DZ_IN_OPEN;
    if (strncmp(id, "src-", 4) == 0)
        return source_in(v, id, ret, err);
    DZ_TRY(dz_db_get_text(dz_vault_db(v), DZ_Q_ENTRY_FIRST_OF_ITEM, &ref, err,
                          DZ_ARGS(dz_arg_text(id))));
    return ref ? dz_vault_entry_in(v, ref, ret, err) : DZ_OK;
}

enum dz_code
dz_strictest_in_view(struct dz_vault *v, enum dz_compartment *ret, struct dz_err *err)
{
    DZ_AUTO_FREE char *access = NULL;
    DZ_TRY(dz_db_get_text(dz_vault_db(v), DZ_Q_SOURCE_STRICTEST, &access, err, DZ_NO_ARGS));
    *ret = access ? dz_access_in(access) : DZ_IN_OPEN;
    return DZ_OK;
}

static enum dz_code
raise_by(struct dz_vault *v, const char *id, enum dz_compartment *in, struct dz_err *err)
{
    enum dz_compartment one;
    if (!id)
        return DZ_OK;
    DZ_TRY(dz_item_in(v, id, &one, err));
    *in = stricter(*in, one);
    return DZ_OK;
}

static enum dz_code
raise_by_list(struct dz_vault *v, const json_t *list, const char *key, enum dz_compartment *in,
              struct dz_err *err)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
        DZ_TRY(raise_by(v, key ? dz_json_str(one, key) : json_string_value(one), in, err));
    return DZ_OK;
}

enum dz_code
dz_entry_in(struct dz_vault *v, const json_t *fields, enum dz_compartment *ret, struct dz_err *err)
{
    static const char *const names[] = {"id",     "item",         "source",        "fact",
                                        "origin", "found_in",     "derivative_of", "carried_from"};
    *ret = DZ_IN_OPEN;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        DZ_TRY(raise_by(v, dz_json_str(fields, names[i]), ret, err));
    DZ_TRY(raise_by_list(v, json_object_get(fields, "passages"), "source", ret, err));
    DZ_TRY(raise_by_list(v, json_object_get(fields, "sources"), NULL, ret, err));
    return raise_by_list(v, json_object_get(fields, "facts"), NULL, ret, err);
}

enum dz_code
dz_put_entry(struct dz_batch *b, const char *kind, const json_t *fields,
             const char *const *objects, struct dz_err *err)
{
    enum dz_compartment in;
    /* A new fact lies nowhere yet, and most vaults hold nothing but what is open. */
    if (strcmp(kind, "fact.recorded") == 0 || strcmp(kind, "text.derived") == 0) {
        DZ_TRY(dz_strictest_in_view(dz_batch_vault(b), &in, err));
        if (in == DZ_IN_OPEN)
            return dz_batch_entry(b, kind, fields, objects, NULL, err);
    }
    DZ_TRY(dz_entry_in(dz_batch_vault(b), fields, &in, err));
    return dz_batch_entry_in(b, in, kind, fields, objects, NULL, err);
}

/* ---- moving ---- */

struct strings {
    char **list; /* NULL-ended */
    size_t n;
    size_t cap;
};

static void
strings_done(struct strings *s)
{
    for (size_t i = 0; i < s->n; i++)
        dz_free(s->list[i]);
    dz_free(s->list);
}
#define AUTO_STRINGS __attribute__((cleanup(strings_done)))

static enum dz_code
collect(struct dz_vault *v, enum dz_query q, const char *item, struct strings *ret,
        struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), q, &rows, err, DZ_ARGS(dz_arg_text(item))));
    while (dz_rows_next(rows)) {
        ret->list = dz_grow(ret->list, &ret->cap, ret->n + 2, sizeof *ret->list);
        ret->list[ret->n++] = dz_strdup(dz_rows_text(rows, 0));
        ret->list[ret->n] = NULL;
    }
    return dz_rows_end(rows, err);
}

enum dz_code
dz_item_move(struct dz_batch *b, const char *item, enum dz_compartment to, const json_t *fields,
             struct dz_err *err)
{
    struct dz_vault *v = dz_batch_vault(b);
    AUTO_STRINGS struct strings objects = {0};
    AUTO_STRINGS struct strings bodies = {0};
    enum dz_compartment from;
    DZ_TRY(dz_item_in(v, item, &from, err));
    DZ_TRY(collect(v, DZ_Q_OBJECTS_OF_ITEM, item, &objects, err));
    /* What told of earlier moves stays where it tells of them. */
    DZ_TRY(collect(v, DZ_Q_ENTRY_REFS_TO_MOVE, item, &bodies, err));
    return dz_batch_move(b, from < to ? from : to, to, "access.changed", fields,
                         (const char *const *)objects.list, (const char *const *)bodies.list, err);
}

/* Where a fact belongs when some sources lie elsewhere: `moved` has them as {id: compartment}. Any
 * version may quote a source that the present one does not. */
static enum dz_code
fact_belongs(struct dz_vault *v, const char *fact, const json_t *moved, enum dz_compartment *ret,
             struct dz_err *err)
{
    AUTO_STRINGS struct strings bodies = {0};
    *ret = DZ_IN_OPEN;
    DZ_TRY(collect(v, DZ_Q_FACT_VERSION_BODIES, fact, &bodies, err));
    for (size_t n = 0; n < bodies.n; n++) {
        DZ_AUTO_JSON json_t *body = NULL;
        size_t i;
        const json_t *passage;
        DZ_TRY(dz_json_parse(dz_view_of(bodies.list[n]), &body, err));
        json_array_foreach(json_object_get(body, "passages"), i, passage)
        {
            const char *source = dz_json_str(passage, "source");
            const json_t *place = source ? json_object_get(moved, source) : NULL;
            if (place)
                *ret = stricter(*ret, (enum dz_compartment)json_integer_value(place));
            else
                DZ_TRY(raise_by(v, source, ret, err));
        }
    }
    return DZ_OK;
}

static enum dz_code
fact_follows(struct dz_batch *b, const char *fact, const char *source, const json_t *moved,
             struct dz_err *err)
{
    struct dz_vault *v = dz_batch_vault(b);
    enum dz_compartment from, to;
    DZ_TRY(dz_item_in(v, fact, &from, err));
    DZ_TRY(fact_belongs(v, fact, moved, &to, err));
    if (from == to)
        return DZ_OK;
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "item", fact);
    dz_json_set_str(fields, "carried_from", source);
    return dz_item_move(b, fact, to, fields, err);
}

enum dz_code
dz_facts_follow(struct dz_batch *b, const json_t *moved, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *seen = json_object();
    DZ_AUTO_JSON json_t *sources = json_deep_copy(moved);
    const char *source;
    json_t *place;
    json_object_foreach(sources, source, place)
    {
        AUTO_STRINGS struct strings facts = {0};
        DZ_TRY(collect(dz_batch_vault(b), DZ_Q_FACTS_OF_SOURCE, source, &facts, err));
        for (size_t i = 0; i < facts.n; i++) {
            if (json_object_get(seen, facts.list[i]))
                continue;
            json_object_set_new(seen, facts.list[i], json_true());
            DZ_TRY(fact_follows(b, facts.list[i], source, moved, err));
        }
    }
    return DZ_OK;
}
