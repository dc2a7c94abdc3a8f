#include "dz_merkle.h"

#include <string.h>

#include "dz_hash.h"
#include "dz_mem.h"

void
dz_merkle_leaf(const void *record, size_t n, struct dz_hash32 *ret)
{
    static const uint8_t prefix = 0x00;
    dz_sha256_2(&prefix, 1, record, n, ret->b);
}

/* SHA-256(0x01 || left || right). The result may overwrite either input. */
static void
hash_node(const struct dz_hash32 *left, const struct dz_hash32 *right, struct dz_hash32 *ret)
{
    uint8_t block[1 + 2 * sizeof left->b];
    block[0] = 0x01;
    memcpy(block + 1, left->b, sizeof left->b);
    memcpy(block + 1 + sizeof left->b, right->b, sizeof right->b);
    dz_sha256(block, sizeof block, ret->b);
}

static bool
same_hash(const struct dz_hash32 *a, const struct dz_hash32 *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

/* Add a full subtree of 2^height leaves; the size is a multiple of that. */
static void
push_subtree(struct dz_merkle *t, const struct dz_hash32 *subtree, unsigned height)
{
    /* Each set bit at the low end of the size is a full subtree that the new one completes into
     * one twice as large; the edge holds one hash for each bit that is set. */
    struct dz_hash32 grown = *subtree;
    for (uint64_t rest = t->size >> height; (rest & 1) != 0; rest >>= 1) {
        t->depth--;
        hash_node(&t->edge[t->depth], &grown, &grown);
    }
    t->edge[t->depth] = grown;
    t->depth++;
    t->size += (uint64_t)1 << height;
}

void
dz_merkle_push(struct dz_merkle *t, const struct dz_hash32 *leaf)
{
    push_subtree(t, leaf, 0);
}

void
dz_merkle_root(const struct dz_merkle *t, struct dz_hash32 *ret)
{
    if (t->size == 0) {
        dz_sha256("", 0, ret->b);
        return;
    }
    struct dz_hash32 root = t->edge[t->depth - 1];
    for (unsigned i = t->depth - 1; i > 0; i--)
        hash_node(&t->edge[i - 1], &root, &root);
    *ret = root;
}

static void
keep_node(struct dz_merkle_nodes *t, unsigned height, const struct dz_hash32 *node)
{
    struct dz_merkle_level *level = &t->levels[height - DZ_MERKLE_NODE_HEIGHT];
    level->hashes = dz_grow(level->hashes, &level->cap, level->n + 1, sizeof *level->hashes);
    level->hashes[level->n++] = *node;
}

void
dz_merkle_nodes_push(struct dz_merkle_nodes *t, const struct dz_hash32 *leaf)
{
    /* As dz_merkle_push, and each subtree that becomes full on the way is kept. */
    struct dz_merkle *tree = &t->tree;
    struct dz_hash32 grown = *leaf;
    unsigned height = 0;
    for (uint64_t rest = tree->size; (rest & 1) != 0; rest >>= 1) {
        tree->depth--;
        hash_node(&tree->edge[tree->depth], &grown, &grown);
        height++;
        if (height >= DZ_MERKLE_NODE_HEIGHT)
            keep_node(t, height, &grown);
    }
    tree->edge[tree->depth] = grown;
    tree->depth++;
    tree->size++;
}

void
dz_merkle_nodes_done(struct dz_merkle_nodes *t)
{
    for (size_t i = 0; i < sizeof t->levels / sizeof *t->levels; i++)
        dz_free(t->levels[i].hashes);
    *t = (struct dz_merkle_nodes){.tree.size = 0};
}

/* Where hashes come from: single leaves, and full subtrees where they are kept (nodes may be
 * NULL). */
struct source {
    const struct dz_merkle_nodes *nodes;
    dz_leaf_hash_fn *get;
    void *ctx;
};

/* The largest kept subtree that begins at leaf first and has at most n leaves; NULL when there is
 * none. */
static const struct dz_hash32 *
kept_at(const struct dz_merkle_nodes *nodes, uint64_t first, uint64_t n, unsigned *ret_height)
{
    const struct dz_hash32 *found = NULL;
    const unsigned n_levels = sizeof nodes->levels / sizeof *nodes->levels;
    for (unsigned i = 0; i < n_levels; i++) {
        unsigned height = i + DZ_MERKLE_NODE_HEIGHT;
        uint64_t ix = first >> height;
        if (height > 62 || n >> height == 0 || ix << height != first || ix >= nodes->levels[i].n)
            break;
        found = &nodes->levels[i].hashes[ix];
        *ret_height = height;
    }
    return found;
}

/* Hash of the tree over leaves first .. first + n - 1, n > 0. first is a multiple of the largest
 * subtree that fits in n, as in every proof: so a full subtree of the whole is one of the part. */
static enum dz_code
hash_range(const struct source *from, uint64_t first, uint64_t n, struct dz_hash32 *ret,
           struct dz_err *err)
{
    struct dz_merkle part = {.size = 0};
    while (part.size < n) {
        unsigned height = 0;
        const struct dz_hash32 *kept =
            from->nodes == NULL ? NULL
                                : kept_at(from->nodes, first + part.size, n - part.size, &height);
        if (kept != NULL) {
            push_subtree(&part, kept, height);
            continue;
        }
        struct dz_hash32 leaf;
        enum dz_code code = from->get(from->ctx, first + part.size, &leaf, err);
        if (code != DZ_OK)
            return code;
        dz_merkle_push(&part, &leaf);
    }
    dz_merkle_root(&part, ret);
    return DZ_OK;
}

/* The largest power of two strictly less than n, for n > 1: where RFC 6962 splits a tree. */
static uint64_t
split_of(uint64_t n)
{
    uint64_t k = 1;
    while (k < n - k)
        k <<= 1;
    return k;
}

/* Proofs are gathered on the way from the root down; their order is from the leaf up. */
static void
hand_out(const struct dz_hash32 *gathered, size_t n, struct dz_hash32 *ret, size_t *ret_n)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = gathered[n - 1 - i];
    *ret_n = n;
}

static enum dz_code
inclusion(const struct source *from, uint64_t ix, uint64_t size,
          struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF], size_t *ret_n, struct dz_err *err)
{
    if (size > DZ_MERKLE_MAX_SIZE || ix >= size)
        return dz_fail(err, DZ_E_INPUT, "there is no entry %llu in a log of %llu",
                       (unsigned long long)ix, (unsigned long long)size);
    /* PATH(m, D[n]) of RFC 6962 section 2.1.1, as a loop: [first, first + n) is the subtree that
     * holds the leaf, and its sibling is hashed at each level. */
    struct dz_hash32 gathered[DZ_MERKLE_MAX_PROOF];
    size_t count = 0;
    uint64_t first = 0;
    uint64_t n = size;
    while (n > 1) {
        uint64_t k = split_of(n);
        bool left = ix - first < k;
        enum dz_code code = left ? hash_range(from, first + k, n - k, &gathered[count], err)
                                 : hash_range(from, first, k, &gathered[count], err);
        if (code != DZ_OK)
            return code;
        count++;
        first = left ? first : first + k;
        n = left ? k : n - k;
    }
    hand_out(gathered, count, ret, ret_n);
    return DZ_OK;
}

static enum dz_code
consistency(const struct source *from, uint64_t m, uint64_t n,
            struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF], size_t *ret_n, struct dz_err *err)
{
    if (n > DZ_MERKLE_MAX_SIZE || m == 0 || m > n)
        return dz_fail(err, DZ_E_INPUT, "a log of %llu entries cannot begin with one of %llu",
                       (unsigned long long)n, (unsigned long long)m);
    /* SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2, as a loop. `whole` is b: as long as it holds,
     * the old tree's root is known to the checker and is not repeated. */
    struct dz_hash32 gathered[DZ_MERKLE_MAX_PROOF];
    size_t count = 0;
    uint64_t first = 0;
    bool whole = true;
    enum dz_code code = DZ_OK;
    while (m < n) {
        uint64_t k = split_of(n);
        bool left = m <= k;
        code = left ? hash_range(from, first + k, n - k, &gathered[count], err)
                    : hash_range(from, first, k, &gathered[count], err);
        if (code != DZ_OK)
            return code;
        count++;
        if (left) {
            n = k;
            continue;
        }
        first += k;
        m -= k;
        n -= k;
        whole = false;
    }
    if (!whole) {
        code = hash_range(from, first, n, &gathered[count], err);
        if (code != DZ_OK)
            return code;
        count++;
    }
    hand_out(gathered, count, ret, ret_n);
    return DZ_OK;
}

enum dz_code
dz_merkle_inclusion(dz_leaf_hash_fn *get, void *ctx, uint64_t ix, uint64_t size,
                    struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF], size_t *ret_n, struct dz_err *err)
{
    const struct source from = {.get = get, .ctx = ctx};
    return inclusion(&from, ix, size, ret, ret_n, err);
}

enum dz_code
dz_merkle_consistency(dz_leaf_hash_fn *get, void *ctx, uint64_t m, uint64_t n,
                      struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF], size_t *ret_n, struct dz_err *err)
{
    const struct source from = {.get = get, .ctx = ctx};
    return consistency(&from, m, n, ret, ret_n, err);
}

enum dz_code
dz_merkle_nodes_inclusion(const struct dz_merkle_nodes *nodes, dz_leaf_hash_fn *get, void *ctx,
                          uint64_t ix, uint64_t size, struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF],
                          size_t *ret_n, struct dz_err *err)
{
    const struct source from = {.nodes = nodes, .get = get, .ctx = ctx};
    return inclusion(&from, ix, size, ret, ret_n, err);
}

enum dz_code
dz_merkle_nodes_consistency(const struct dz_merkle_nodes *nodes, dz_leaf_hash_fn *get, void *ctx,
                            uint64_t m, uint64_t n, struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF],
                            size_t *ret_n, struct dz_err *err)
{
    const struct source from = {.nodes = nodes, .get = get, .ctx = ctx};
    return consistency(&from, m, n, ret, ret_n, err);
}

enum dz_code
dz_merkle_nodes_root_at(const struct dz_merkle_nodes *nodes, dz_leaf_hash_fn *get, void *ctx,
                        uint64_t size, struct dz_hash32 *ret, struct dz_err *err)
{
    const struct source from = {.nodes = nodes, .get = get, .ctx = ctx};
    if (size == 0 || size > DZ_MERKLE_MAX_SIZE) {
        dz_merkle_root(&(struct dz_merkle){.size = 0}, ret);
        return DZ_OK;
    }
    return hash_range(&from, 0, size, ret, err);
}

bool
dz_merkle_check_inclusion(const struct dz_hash32 *leaf, uint64_t ix, uint64_t size,
                          const struct dz_hash32 *proof, size_t n_proof,
                          const struct dz_hash32 *root)
{
    if (size > DZ_MERKLE_MAX_SIZE || ix >= size || n_proof > DZ_MERKLE_MAX_PROOF)
        return false;
    /* RFC 9162 section 2.1.3.2; fn and sn are the RFC's names. */
    uint64_t fn = ix;
    uint64_t sn = size - 1;
    struct dz_hash32 r = *leaf;
    for (size_t i = 0; i < n_proof; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            hash_node(&proof[i], &r, &r);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            hash_node(&r, &proof[i], &r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same_hash(&r, root);
}

bool
dz_merkle_check_consistency(uint64_t m, uint64_t n, const struct dz_hash32 *root_m,
                            const struct dz_hash32 *root_n, const struct dz_hash32 *proof,
                            size_t n_proof)
{
    if (n > DZ_MERKLE_MAX_SIZE || m == 0 || m > n || n_proof > DZ_MERKLE_MAX_PROOF)
        return false;
    if (m == n)
        return n_proof == 0 && same_hash(root_m, root_n);
    /* RFC 9162 section 2.1.4.2. A power of two is a whole subtree of the new tree: the proof then
     * leaves its hash out, because the checker has it. */
    bool begins_with_root = (m & (m - 1)) == 0;
    if (n_proof == 0)
        return false;
    uint64_t fn = m - 1;
    uint64_t sn = n - 1;
    while ((fn & 1) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    struct dz_hash32 fr = begins_with_root ? *root_m : proof[0];
    struct dz_hash32 sr = fr;
    for (size_t i = begins_with_root ? 0 : 1; i < n_proof; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            hash_node(&proof[i], &fr, &fr);
            hash_node(&proof[i], &sr, &sr);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            hash_node(&sr, &proof[i], &sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same_hash(&fr, root_m) && same_hash(&sr, root_n);
}
