/* Merkle tree of RFC 6962 section 2.1, proofs of RFC 9162 section 2.1.
 *
 * leaf = SHA-256(0x00 || record), node = SHA-256(0x01 || left || right). The tree over n leaves is
 * kept as its right edge (at most 63 hashes); proofs are made from the stored leaf hashes. */
#ifndef DZ_MERKLE_H
#define DZ_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"

#define DZ_MERKLE_MAX_PROOF 64
#define DZ_MERKLE_MAX_SIZE ((uint64_t)INT64_MAX)

struct dz_hash32 {
    uint8_t b[32];
};

void
dz_merkle_leaf(const void *record, size_t n, struct dz_hash32 *ret);

/* Growing tree: the right edge. A zeroed value is the empty tree. */
struct dz_merkle {
    uint64_t size;
    unsigned depth;
    struct dz_hash32 edge[64];
};
void
dz_merkle_push(struct dz_merkle *t, const struct dz_hash32 *leaf);
void
dz_merkle_root(const struct dz_merkle *t, struct dz_hash32 *ret);

/* The tree with the hash of every full subtree of 64 leaves and more: 1 MiB for a million leaves.
 * With it a proof, or the root of any earlier size, takes a few dozen leaf hashes in place of all
 * of
 * them. It lives in memory only and is made of leaf hashes that were just found to give a signed
 * root, so that nothing on the disk has to be believed. A zeroed value is the empty tree. */
#define DZ_MERKLE_NODE_HEIGHT 6 /* of the smallest subtrees that are kept: 2^6 leaves */
struct dz_merkle_level {
    struct dz_hash32 *hashes; /* number i: leaves i * 2^height ... (i + 1) * 2^height - 1 */
    size_t n;
    size_t cap;
};
struct dz_merkle_nodes {
    struct dz_merkle tree;
    struct dz_merkle_level levels[64 - DZ_MERKLE_NODE_HEIGHT];
};
void
dz_merkle_nodes_push(struct dz_merkle_nodes *t, const struct dz_hash32 *leaf);
void
dz_merkle_nodes_done(struct dz_merkle_nodes *t);

/** Gives leaf hash number ix. */
typedef enum dz_code
dz_leaf_hash_fn(void *ctx, uint64_t ix, struct dz_hash32 *ret, struct dz_err *err);

/** Proof that leaf ix is in the tree of size leaves; DZ_E_INPUT when ix >= size. */
DZ_MUSTUSE enum dz_code
dz_merkle_inclusion(dz_leaf_hash_fn *get, void *ctx, uint64_t ix, uint64_t size,
                    struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF], size_t *ret_n, struct dz_err *err);
/** Proof that the tree of n leaves begins with the tree of m leaves (0 < m <= n). */
DZ_MUSTUSE enum dz_code
dz_merkle_consistency(dz_leaf_hash_fn *get, void *ctx, uint64_t m, uint64_t n,
                      struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF], size_t *ret_n, struct dz_err *err);

/** The same proofs, and the root of the first size leaves, with the subtrees that are kept. get is
 *  asked for the few leaves that stand in none; size and n are at most nodes->tree.size. */
DZ_MUSTUSE enum dz_code
dz_merkle_nodes_inclusion(const struct dz_merkle_nodes *nodes, dz_leaf_hash_fn *get, void *ctx,
                          uint64_t ix, uint64_t size, struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF],
                          size_t *ret_n, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_merkle_nodes_consistency(const struct dz_merkle_nodes *nodes, dz_leaf_hash_fn *get, void *ctx,
                            uint64_t m, uint64_t n, struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF],
                            size_t *ret_n, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_merkle_nodes_root_at(const struct dz_merkle_nodes *nodes, dz_leaf_hash_fn *get, void *ctx,
                        uint64_t size, struct dz_hash32 *ret, struct dz_err *err);

bool
dz_merkle_check_inclusion(const struct dz_hash32 *leaf, uint64_t ix, uint64_t size,
                          const struct dz_hash32 *proof, size_t n_proof,
                          const struct dz_hash32 *root);
bool
dz_merkle_check_consistency(uint64_t m, uint64_t n, const struct dz_hash32 *root_m,
                            const struct dz_hash32 *root_n, const struct dz_hash32 *proof,
                            size_t n_proof);

#endif
