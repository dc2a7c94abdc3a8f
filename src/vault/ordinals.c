#include "vault_impl.h"

#include <string.h>

/* Who does not hold every compartment cannot tell an entry that is not for them from one whose key
 * was taken out of a table. Bodies say which one they are among those of their compartment in their
 * log, so a gap shows, unless it is explained: by bodies that were removed, and by entries that
 * were moved out of view. */

void
dz_ordinals_entry(const struct dz_vault *v, struct ordinals *all, size_t ix, const json_t *body,
                  const struct entry_place *place)
{
    struct ordinals *o = &all[ix];
    enum dz_compartment in = DZ_IN_OPEN;
    if (!body) {
        o->explained += !place->hidden;
        return;
    }
    const char *born = dz_json_str(body, "compartment");
    int64_t n = dz_json_int(body, "n", -1);
    if (n >= 0 && (!born || dz_compartment_parse(born, &in)) && (uint64_t)n >= o->next[in]) {
        o->missing[in] += (uint64_t)n - o->next[in];
        o->next[in] = (uint64_t)n + 1;
    }
    size_t i;
    const json_t *moved;
    json_array_foreach(json_object_get(body, "moved"), i, moved)
        for (size_t log = 0; log < v->n_logs; log++)
            all[log].explained += strncmp(json_string_value(moved),
                                          dz_log_get_info(v->logs[log])->id_hex, 32) == 0;
}

uint64_t
dz_ordinals_missing(const struct dz_vault *v, const struct ordinals *o)
{
    uint64_t missing = 0;
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        if (dz_keys_hold(&v->keys, (enum dz_compartment)i))
            missing += o->missing[i];
    return missing > o->explained ? missing - o->explained : 0;
}
