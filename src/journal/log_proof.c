#include <string.h>

#include "log_impl.h"

enum dz_code
dz_log_leaf_hash(void *ctx, uint64_t ix, struct dz_hash32 *ret, struct dz_err *err)
{
    struct dz_log *l = ctx;
    struct index_record r;
    enum dz_code code = dz_index_get(&l->index, ix, &r, err);
    if (code == DZ_OK)
        *ret = r.leaf;
    return code;
}

/* Bring the kept subtrees up to the tree. They count only while they give its root: the leaf hashes
 * come from the index file, which anybody may have changed since it was checked. */
static enum dz_code
reach(struct dz_log *l, struct dz_err *err)
{
    if (l->nodes.tree.size == l->tree.size)
        return DZ_OK;
    if (l->nodes.tree.size > l->tree.size)
        dz_merkle_nodes_done(&l->nodes);
    while (l->nodes.tree.size < l->tree.size) {
        struct dz_hash32 leaf;
        enum dz_code code = dz_log_leaf_hash(l, l->nodes.tree.size, &leaf, err);
        if (code != DZ_OK)
            return code;
        dz_merkle_nodes_push(&l->nodes, &leaf);
    }
    struct dz_hash32 kept;
    struct dz_hash32 root;
    dz_merkle_root(&l->nodes.tree, &kept);
    dz_merkle_root(&l->tree, &root);
    if (memcmp(kept.b, root.b, sizeof root.b) == 0)
        return DZ_OK;
    dz_merkle_nodes_done(&l->nodes);
    return dz_fail(err, DZ_E_CORRUPT,
                   "the index of log '%s' was changed while it was in use: try again",
                   l->info.id_hex);
}

static enum dz_code
may_ask(struct dz_log *l, uint64_t size, struct dz_err *err)
{
    if (size > l->tree.size)
        return dz_fail(err, DZ_E_NOTFOUND, "the log has %llu entries, not %llu",
                       (unsigned long long)l->tree.size, (unsigned long long)size);
    return reach(l, err);
}

enum dz_code
dz_log_root_at(struct dz_log *l, uint64_t size, struct dz_hash32 *ret, struct dz_err *err)
{
    /* These two are at hand: every commit asks for one of them. */
    if (size == l->tree.size || size == l->last_tree.size) {
        dz_merkle_root(size == l->tree.size ? &l->tree : &l->last_tree, ret);
        return DZ_OK;
    }
    enum dz_code code = may_ask(l, size, err);
    return code == DZ_OK
               ? dz_merkle_nodes_root_at(&l->nodes, dz_log_leaf_hash, l, size, ret, err)
               : code;
}

enum dz_code
dz_log_inclusion(struct dz_log *l, uint64_t seq, uint64_t size,
                 struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF], size_t *ret_n, struct dz_err *err)
{
    enum dz_code code = may_ask(l, size, err);
    return code == DZ_OK ? dz_merkle_nodes_inclusion(&l->nodes, dz_log_leaf_hash, l, seq, size, ret,
                                                     ret_n, err)
                         : code;
}

enum dz_code
dz_log_consistency(struct dz_log *l, uint64_t m, uint64_t n,
                   struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF], size_t *ret_n, struct dz_err *err)
{
    enum dz_code code = may_ask(l, n, err);
    return code == DZ_OK ? dz_merkle_nodes_consistency(&l->nodes, dz_log_leaf_hash, l, m, n, ret,
                                                       ret_n, err)
                         : code;
}
