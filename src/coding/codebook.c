#include "dz_rules_priv.h"

#include <string.h>

#include "dz_json.h"

const char *
dz_rules_version(const struct dz_rules *r)
{
    const char *version = dz_json_str(r->codebook, "version");
    return version ? version : "";
}

/* Keep one array of coded items under its list name, in the order of the codebook. */
static enum dz_code
add_list(struct dz_rules *r, const char *name, const json_t *items, struct dz_err *err)
{
    if (!json_is_array(items))
        return dz_fail(err, DZ_E_CORRUPT, "the built-in codebook has no list '%s'", name);
    r->lists = dz_grow(r->lists, &r->cap_lists, r->n_lists + 1, sizeof *r->lists);
    struct dz_rules_list *list = &r->lists[r->n_lists++];
    size_t n = json_array_size(items);
    *list = (struct dz_rules_list){
        .name = name,
        .ids = dz_alloc_array(n + 1, sizeof *list->ids),
        .items = dz_alloc_array(n + 1, sizeof *list->items),
    };
    for (size_t i = 0; i < n; i++) {
        json_t *item = json_array_get(items, i);
        const char *id = dz_json_str(item, "id");
        if (!id)
            return dz_fail(err, DZ_E_CORRUPT, "the built-in list '%s' has an item without id",
                           name);
        list->ids[list->n] = id;
        list->items[list->n++] = item;
    }
    return DZ_OK;
}

enum dz_code
dz_codebook_load(struct dz_rules *r, struct dz_err *err)
{
    enum dz_code code = add_list(r, "sphere", json_object_get(r->codebook, "spheres"), err);
    if (code == DZ_OK)
        code = add_list(r, "means", json_object_get(r->codebook, "means"), err);
    const char *name;
    json_t *items;
    json_t *lists = json_object_get(r->codebook, "lists");
    for (void *it = json_object_iter(lists); code == DZ_OK && it;
         it = json_object_iter_next(lists, it)) {
        name = json_object_iter_key(it);
        items = json_object_iter_value(it);
        code = add_list(r, name, items, err);
    }
    return code;
}

void
dz_codebook_done(struct dz_rules *r)
{
    for (size_t i = 0; i < r->n_lists; i++) {
        dz_free(r->lists[i].ids);
        dz_free(r->lists[i].items);
    }
    dz_free(r->lists);
    r->lists = NULL;
    r->n_lists = 0;
}

static const struct dz_rules_list *
list_of(const struct dz_rules *r, const char *name)
{
    for (size_t i = 0; i < r->n_lists; i++)
        if (strcmp(r->lists[i].name, name) == 0)
            return &r->lists[i];
    return NULL;
}

static const json_t *
item_of(const struct dz_rules *r, const char *list, const char *id)
{
    const struct dz_rules_list *l = list_of(r, list);
    for (size_t i = 0; l && i < l->n; i++)
        if (strcmp(l->ids[i], id) == 0)
            return l->items[i];
    return NULL;
}

const char *
dz_rules_label(const struct dz_rules *r, const char *list, const char *id, enum dz_lang lang)
{
    const json_t *item = item_of(r, list, id);
    const json_t *labels = item ? json_object_get(item, "label") : NULL;
    const char *label = labels ? dz_json_str(labels, dz_lang_code(lang)) : NULL;
    if (!label && labels)
        label = dz_json_str(labels, "en");
    return label && label[0] ? label : id;
}

bool
dz_rules_has(const struct dz_rules *r, const char *list, const char *id)
{
    return item_of(r, list, id) != NULL;
}

const char *const *
dz_rules_ids(const struct dz_rules *r, const char *list, size_t *ret_n)
{
    const struct dz_rules_list *l = list_of(r, list);
    *ret_n = l ? l->n : 0;
    return l ? l->ids : NULL;
}
