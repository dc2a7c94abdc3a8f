#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_merkle.h"

/* The eight leaves that implementations of RFC 6962 share as a reference. */
static const struct {
    const char *bytes;
    size_t n;
} known_leaves[8] = {
    {"", 0},
    {"\x00", 1},
    {"\x10", 1},
    {"\x20\x21", 2},
    {"\x30\x31", 2},
    {"\x40\x41\x42\x43", 4},
    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
};
static const char *const known_roots[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static void
reference_roots(void **state)
{
    (void)state;
    struct dz_merkle t = {.size = 0};
    for (size_t n = 0; n <= 8; n++) {
        struct dz_hash32 root;
        char hex[65];
        dz_merkle_root(&t, &root);
        dz_hex_encode(root.b, 32, hex);
        assert_string_equal(hex, known_roots[n]);
        if (n < 8) {
            dz_merkle_leaf(known_leaves[n].bytes, known_leaves[n].n, &root);
            dz_merkle_push(&t, &root);
        }
    }
    print_message("# tried: %zu public roots\n", sizeof known_roots / sizeof *known_roots);
}

#define N 64
static struct dz_hash32 leaves[N];
static struct dz_hash32 roots[N + 1];

static enum dz_code
get_leaf(void *ctx, uint64_t ix, struct dz_hash32 *ret, struct dz_err *err)
{
    (void)ctx;
    if (ix >= N)
        return dz_fail(err, DZ_E_IO, "beyond the test data");
    *ret = leaves[ix];
    return DZ_OK;
}

/* The definition of RFC 6962 section 2.1, written as it reads. */
static struct dz_hash32
defined_root(size_t first, size_t n)
{
    if (n == 1)
        return leaves[first];
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    struct dz_hash32 left = defined_root(first, k);
    struct dz_hash32 right = defined_root(first + k, n - k);
    uint8_t block[65] = {1};
    memcpy(block + 1, left.b, 32);
    memcpy(block + 33, right.b, 32);
    struct dz_hash32 node;
    dz_sha256(block, sizeof block, node.b);
    return node;
}

static int
fill(void **state)
{
    (void)state;
    struct dz_merkle t = {.size = 0};
    dz_merkle_root(&t, &roots[0]);
    for (size_t i = 0; i < N; i++) {
        uint8_t record[2] = {(uint8_t)i, (uint8_t)(i * 7)};
        dz_merkle_leaf(record, sizeof record, &leaves[i]);
        dz_merkle_push(&t, &leaves[i]);
        dz_merkle_root(&t, &roots[i + 1]);
    }
    return 0;
}

static void
growing_equals_defined(void **state)
{
    (void)state;
    for (size_t n = 1; n <= N; n++) {
        struct dz_hash32 defined = defined_root(0, n);
        assert_memory_equal(defined.b, roots[n].b, 32);
    }
}

static void
inclusion_holds_and_mutants_fail(void **state)
{
    (void)state;
    size_t n_proofs = 0;
    struct dz_hash32 proof[DZ_MERKLE_MAX_PROOF + 1];
    for (uint64_t n = 1; n <= N; n++)
        for (uint64_t i = 0; i < n; i++) {
            size_t k = 99;
            assert_int_equal(dz_merkle_inclusion(get_leaf, NULL, i, n, proof, &k, NULL), DZ_OK);
            const struct dz_hash32 *root = &roots[n];
            assert_true(dz_merkle_check_inclusion(&leaves[i], i, n, proof, k, root));
            assert_false(dz_merkle_check_inclusion(&leaves[(i + 1) % N], i, n, proof, k, root));
            assert_false(dz_merkle_check_inclusion(&leaves[i], i, n, proof, k, &roots[n - 1]));
            assert_false(dz_merkle_check_inclusion(&leaves[i], i + 1, n, proof, k, root));
            assert_false(i > 0 && dz_merkle_check_inclusion(&leaves[i], i - 1, n, proof, k, root));
            assert_false(k > 0 && dz_merkle_check_inclusion(&leaves[i], i, n, proof, k - 1, root));
            assert_false(dz_merkle_check_inclusion(&leaves[i], i, i, proof, k, root));
            proof[k] = leaves[0];
            assert_false(dz_merkle_check_inclusion(&leaves[i], i, n, proof, k + 1, root));
            for (size_t p = 0; p < k; p++) {
                proof[p].b[(i + p) % 32] ^= (uint8_t)(1u << (n % 8));
                assert_false(dz_merkle_check_inclusion(&leaves[i], i, n, proof, k, root));
                proof[p].b[(i + p) % 32] ^= (uint8_t)(1u << (n % 8));
                if (p == 0)
                    continue;
                struct dz_hash32 swapped = proof[p];
                proof[p] = proof[p - 1];
                proof[p - 1] = swapped;
                assert_false(dz_merkle_check_inclusion(&leaves[i], i, n, proof, k, root));
                proof[p - 1] = proof[p];
                proof[p] = swapped;
            }
            n_proofs++;
        }
    print_message("# tried: %zu proofs of inclusion, each with its mutants\n", n_proofs);
}

static void
consistency_holds_and_mutants_fail(void **state)
{
    (void)state;
    size_t n_proofs = 0;
    struct dz_hash32 proof[DZ_MERKLE_MAX_PROOF + 1];
    for (uint64_t n = 1; n <= N; n++)
        for (uint64_t m = 1; m <= n; m++) {
            size_t k = 99;
            assert_int_equal(dz_merkle_consistency(get_leaf, NULL, m, n, proof, &k, NULL), DZ_OK);
            const struct dz_hash32 *rm = &roots[m];
            const struct dz_hash32 *rn = &roots[n];
            assert_true(dz_merkle_check_consistency(m, n, rm, rn, proof, k));
            assert_false(dz_merkle_check_consistency(m, n, &roots[m - 1], rn, proof, k));
            assert_false(dz_merkle_check_consistency(m, n, rm, &roots[n - 1], proof, k));
            assert_false(dz_merkle_check_consistency(m - 1, n, rm, rn, proof, k));
            assert_false(dz_merkle_check_consistency(m + 1, n, rm, rn, proof, k));
            assert_false(k > 0 && dz_merkle_check_consistency(m, n, rm, rn, proof, k - 1));
            proof[k] = leaves[0];
            assert_false(dz_merkle_check_consistency(m, n, rm, rn, proof, k + 1));
            for (size_t p = 0; p < k; p++) {
                proof[p].b[(m + p) % 32] ^= (uint8_t)(1u << (n % 8));
                assert_false(dz_merkle_check_consistency(m, n, rm, rn, proof, k));
                proof[p].b[(m + p) % 32] ^= (uint8_t)(1u << (n % 8));
                if (p == 0)
                    continue;
                struct dz_hash32 swapped = proof[p];
                proof[p] = proof[p - 1];
                proof[p - 1] = swapped;
                assert_false(dz_merkle_check_consistency(m, n, rm, rn, proof, k));
                proof[p - 1] = proof[p];
                proof[p] = swapped;
            }
            n_proofs++;
        }
    print_message("# tried: %zu proofs of consistency, of trees of up to %d leaves, each with its mutants\n",
                  n_proofs, N);
}

/* In small trees every bit of every hash, not one of each. */
static void
every_bit_counts(void **state)
{
    (void)state;
    struct dz_hash32 proof[DZ_MERKLE_MAX_PROOF];
    for (uint64_t n = 1; n <= 12; n++)
        for (uint64_t i = 1; i <= n; i++) {
            size_t k = 0;
            assert_int_equal(dz_merkle_inclusion(get_leaf, NULL, i - 1, n, proof, &k, NULL), DZ_OK);
            for (size_t bit = 0; bit < 256 * k; bit++) {
                proof[bit / 256].b[bit / 8 % 32] ^= (uint8_t)(1u << (bit % 8));
                assert_false(
                    dz_merkle_check_inclusion(&leaves[i - 1], i - 1, n, proof, k, &roots[n]));
                proof[bit / 256].b[bit / 8 % 32] ^= (uint8_t)(1u << (bit % 8));
            }
            assert_int_equal(dz_merkle_consistency(get_leaf, NULL, i, n, proof, &k, NULL), DZ_OK);
            for (size_t bit = 0; bit < 256 * k; bit++) {
                proof[bit / 256].b[bit / 8 % 32] ^= (uint8_t)(1u << (bit % 8));
                assert_false(dz_merkle_check_consistency(i, n, &roots[i], &roots[n], proof, k));
                proof[bit / 256].b[bit / 8 % 32] ^= (uint8_t)(1u << (bit % 8));
            }
        }
}

/* The kept subtrees: the same roots and proofs, with few leaf hashes. */
#define MANY 600
static struct dz_hash32 many_leaves[MANY];
static struct dz_hash32 many_roots[MANY + 1];

static enum dz_code
get_many(void *ctx, uint64_t ix, struct dz_hash32 *ret, struct dz_err *err)
{
    unsigned *asked = ctx;
    if (ix >= MANY)
        return dz_fail(err, DZ_E_IO, "beyond the test data");
    if (asked != NULL)
        ++*asked;
    *ret = many_leaves[ix];
    return DZ_OK;
}

static void
fill_many(struct dz_merkle_nodes *nodes)
{
    for (size_t i = 0; i < MANY; i++) {
        dz_merkle_leaf(&i, sizeof i, &many_leaves[i]);
        dz_merkle_nodes_push(nodes, &many_leaves[i]);
        dz_merkle_root(&nodes->tree, &many_roots[i + 1]);
    }
}

static void
kept_subtrees_give_the_same(void **state)
{
    (void)state;
    struct dz_merkle_nodes nodes = {.tree.size = 0};
    fill_many(&nodes);
    struct dz_hash32 proof[DZ_MERKLE_MAX_PROOF], plain[DZ_MERKLE_MAX_PROOF], root;
    size_t k, k_plain;
    for (uint64_t n = 1; n <= MANY; n += n < 70 || n % 64 >= 62 || n % 64 < 3 ? 1 : 13) {
        unsigned asked = 0;
        assert_int_equal(dz_merkle_nodes_root_at(&nodes, get_many, &asked, n, &root, NULL), DZ_OK);
        assert_memory_equal(root.b, many_roots[n].b, 32);
        assert_true(asked < 64);
        for (uint64_t i = 0; i < n; i++) {
            asked = 0;
            assert_int_equal(
                dz_merkle_nodes_inclusion(&nodes, get_many, &asked, i, n, proof, &k, NULL), DZ_OK);
            assert_true(
                dz_merkle_check_inclusion(&many_leaves[i], i, n, proof, k, &many_roots[n]));
            assert_true(asked < 128);
            asked = 0;
            assert_int_equal(
                dz_merkle_nodes_consistency(&nodes, get_many, &asked, i + 1, n, proof, &k, NULL),
                DZ_OK);
            assert_true(dz_merkle_check_consistency(i + 1, n, &many_roots[i + 1], &many_roots[n],
                                                    proof, k));
            assert_true(asked < 192);
            if (i % 31 != 0)
                continue;
            assert_int_equal(
                dz_merkle_consistency(get_many, NULL, i + 1, n, plain, &k_plain, NULL), DZ_OK);
            assert_int_equal(k, k_plain);
            assert_memory_equal(proof, plain, k * sizeof *plain);
        }
    }
    assert_int_equal(dz_merkle_nodes_root_at(&nodes, get_many, NULL, 0, &root, NULL), DZ_OK);
    assert_memory_equal(root.b, roots[0].b, 32);
    assert_int_equal(dz_merkle_nodes_inclusion(&nodes, get_many, NULL, 5, 5, proof, &k, NULL),
                     DZ_E_INPUT);
    dz_merkle_nodes_done(&nodes);
    assert_int_equal(nodes.tree.size, 0);
}

static void
limits(void **state)
{
    (void)state;
    struct dz_hash32 proof[DZ_MERKLE_MAX_PROOF + 1] = {{{0}}};
    size_t k = 99;
    struct dz_err err = {.code = DZ_OK};
    assert_int_equal(dz_merkle_inclusion(get_leaf, NULL, 5, 5, proof, &k, &err), DZ_E_INPUT);
    assert_int_equal(dz_merkle_inclusion(get_leaf, NULL, 0, UINT64_MAX, proof, &k, &err),
                     DZ_E_INPUT);
    assert_int_equal(dz_merkle_consistency(get_leaf, NULL, 0, 5, proof, &k, &err), DZ_E_INPUT);
    assert_int_equal(dz_merkle_consistency(get_leaf, NULL, 6, 5, proof, &k, &err), DZ_E_INPUT);
    assert_int_equal(k, 99);
    /* The error of the source of hashes comes through. */
    assert_int_equal(dz_merkle_inclusion(get_leaf, NULL, 0, N + 1, proof, &k, &err), DZ_E_IO);
    assert_int_equal(dz_merkle_consistency(get_leaf, NULL, 1, N + 1, proof, &k, &err), DZ_E_IO);
    /* Sizes at the border neither overflow nor loop, and no proof longer than a tree is deep. */
    assert_false(
        dz_merkle_check_inclusion(&leaves[0], UINT64_MAX - 1, UINT64_MAX, proof, 64, &roots[1]));
    assert_false(dz_merkle_check_inclusion(&leaves[0], DZ_MERKLE_MAX_SIZE - 1, DZ_MERKLE_MAX_SIZE,
                                           proof, 64, &roots[1]));
    assert_false(dz_merkle_check_consistency(1, UINT64_MAX, &roots[1], &roots[2], proof, 64));
    assert_false(dz_merkle_check_inclusion(&leaves[0], 0, 1, proof, 65, &leaves[0]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_roots),
        cmocka_unit_test(growing_equals_defined),
        cmocka_unit_test(inclusion_holds_and_mutants_fail),
        cmocka_unit_test(consistency_holds_and_mutants_fail),
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(kept_subtrees_give_the_same),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests_name("merkle", tests, fill, NULL);
}
