#include "vault_impl.h"

#include <string.h>

/* The key tables of all compartments as one: which compartment a body or an object lies in is told
 * by where its key is, and by nothing else. */

static const char *const names[DZ_COMPARTMENTS] = {
    [DZ_IN_OPEN] = "open",
    [DZ_IN_RESTRICTED] = "restricted",
    [DZ_IN_SEALED] = "sealed",
    [DZ_IN_IDENTITIES] = "identities",
};

const char *
dz_compartment_name(enum dz_compartment c)
{
    return names[c];
}

bool
dz_compartment_parse(const char *name, enum dz_compartment *ret)
{
    for (int i = 0; name && i < DZ_COMPARTMENTS; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        *ret = (enum dz_compartment)i;
        return true;
    }
    return false;
}

enum dz_code
dz_tables_load(struct dz_vault *v, struct dz_err *err)
{
    for (int i = 0; i < DZ_COMPARTMENTS; i++) {
        v->tables[i].in = (enum dz_compartment)i;
        DZ_TRY(dz_keytable_load(v->fd, v->id, &v->keys, &v->tables[i], err));
    }
    return DZ_OK;
}

enum dz_code
dz_tables_heal(struct dz_vault *v, struct dz_err *err)
{
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        DZ_TRY(dz_keytable_heal(v->fd, &v->tables[i], err));
    return DZ_OK;
}

void
dz_tables_done(struct dz_vault *v)
{
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        dz_keytable_done(&v->tables[i]);
}

/* Open first: nearly everything lies there. */
enum dz_code
dz_tables_find(struct dz_vault *v, const uint8_t id[32], const struct key_record **ret,
               enum dz_compartment *ret_in, struct dz_err *err)
{
    *ret = NULL;
    for (int i = 0; i < DZ_COMPARTMENTS && !*ret; i++) {
        struct keytable *t = &v->tables[i];
        if (!dz_keys_hold(&v->keys, (enum dz_compartment)i))
            continue;
        DZ_TRY(dz_keytable_need(v->fd, v->id, &v->keys, t, err));
        *ret = dz_keytable_find(t, id);
        if (*ret && ret_in)
            *ret_in = (enum dz_compartment)i;
    }
    return DZ_OK;
}

bool
dz_tables_hold_all(const struct dz_vault *v)
{
    bool all = true;
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        all = all && dz_keys_hold(&v->keys, (enum dz_compartment)i);
    return all;
}
