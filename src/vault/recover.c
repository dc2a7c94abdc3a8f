#include "vault_impl.h"

#include <string.h>

/* What commands that were cut short left among the objects. */

/* Collect the ids of all objects that the journal knows, sorted. */
struct id_list {
    uint8_t (*ids)[32];
    size_t n;
    size_t cap;
};

static enum dz_code
collect_ids(void *ctx, const struct dz_leaf *leaf)
{
    struct id_list *l = ctx;
    for (size_t i = 0; i < leaf->n_brings; i++) {
        if (leaf->brings[i].cls != DZ_THING_OBJECT)
            continue;
        l->ids = dz_grow(l->ids, &l->cap, l->n + 1, 32);
        memcpy(l->ids[l->n++], leaf->brings[i].sha256.b, 32);
    }
    return DZ_OK;
}

/* Ids in the order of the list, without those that an entry has removed: an old copy of a segment
 * put back may hold them again. */
static void
leave_out(struct id_list *l, const struct removals *r)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        if (!r->n_objects || !bsearch(l->ids[i], r->objects, r->n_objects, 32, dz_compare_id))
            memmove(l->ids[n++], l->ids[i], 32);
    l->n = n;
}

/* Something was written to objects/ and never committed: keep what the journal names, remove the
 * rest. */
enum dz_code
dz_vault_recover_objects(struct dz_vault *v, struct dz_err *err)
{
    struct id_list l = {0};
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < v->n_logs && code == DZ_OK; i++) {
        for (uint64_t seq = 0; seq < dz_log_size(v->logs[i]) && code == DZ_OK; seq++) {
            struct dz_leaf leaf = {0};
            code = dz_entries_leaf(v->logs[i], seq, &leaf, err);
            if (code == DZ_OK)
                code = collect_ids(&l, &leaf);
            dz_leaf_done(&leaf);
        }
    }
    struct removals gone = {0};
    if (code == DZ_OK)
        code = dz_removals_collect(v, &gone, err);
    leave_out(&l, &gone);
    dz_removals_done(&gone);
    uint64_t removed = 0;
    if (code == DZ_OK && l.n)
        qsort(l.ids, l.n, 32, dz_compare_id);
    if (code == DZ_OK)
        code =
            dz_objects_recover(&v->objects, v->id, (const uint8_t(*)[32])l.ids, l.n, &removed, err);
    dz_free(l.ids);
    return code;
}

enum dz_code
dz_vault_check_objects(struct dz_vault *v, struct dz_err *err)
{
    char now[64];
    DZ_TRY(dz_objects_state(&v->objects, now, err));
    DZ_AUTO_FREE char *known = NULL;
    DZ_TRY(dz_db_get_text(v->db, DZ_Q_META_GET, &known, err, DZ_ARGS(dz_arg_text("objects"))));
    if (known && strcmp(known, now) == 0)
        return DZ_OK;
    if (!known && strcmp(now, "0:0:0") == 0)
        return DZ_OK;
    DZ_TRY(dz_vault_recover_objects(v, err));
    return dz_objects_state(&v->objects, now, err);
}

enum dz_code
dz_vault_remember_objects(struct dz_vault *v, struct dz_err *err)
{
    char now[64];
    DZ_TRY(dz_objects_state(&v->objects, now, err));
    DZ_TRY(dz_db_cache_begin(v->db, err));
    enum dz_code code =
        dz_db_exec(v->db, DZ_Q_META_PUT, err, DZ_ARGS(dz_arg_text("objects"), dz_arg_text(now)));
    enum dz_code done = dz_db_cache_commit(v->db, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? done : code;
}
