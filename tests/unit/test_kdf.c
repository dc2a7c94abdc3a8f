#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_kdf.h"

/* Made with the reference implementation's command (argon2 -id -p 1 -l 32), not with ours. */
static const char passphrase_text[] = "three small words";
static const char salt_text[] = "saltsaltsaltsalt";
static const char key_3_256m[] = "6d1afbc4db7f09fa0d073d94840bd8ef103538875cf5112eabad26433a3432d7";
#ifdef DZ_WEAK_KDF
static const char key_1_8m[] = "40f95d2a2092aea12874c36a14989903185646aa306d132a46b2068cc91dacda";
#endif

static struct dz_secret *passphrase;

static struct dz_kdf_params
params_of(uint64_t ops, uint64_t mem_kib)
{
    struct dz_kdf_params params = {.ops = ops, .mem_kib = mem_kib};
    memcpy(params.salt, salt_text, DZ_KDF_SALT_BYTES);
    return params;
}

static void
assert_key(const struct dz_kdf_params *params, const char *wanted)
{
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    char hex[2 * DZ_KDF_KEY_BYTES + 1];
    assert_int_equal(dz_kdf_derive(passphrase, params, &key, NULL), DZ_OK);
    assert_int_equal(dz_secret_size(key), DZ_KDF_KEY_BYTES);
    dz_hex_encode(dz_secret_peek(key), DZ_KDF_KEY_BYTES, hex);
    assert_string_equal(hex, wanted);
}

static void
test_vectors(void **state)
{
    (void)state;
    struct dz_kdf_params params = params_of(3, (uint64_t)256 << 10);
    assert_key(&params, key_3_256m);
#ifdef DZ_WEAK_KDF
    params = params_of(1, (uint64_t)8 << 10);
    assert_key(&params, key_1_8m);
#endif
}

/* None is under the floor, and each is what its name says. */
static void
test_strengths(void **state)
{
    (void)state;
    struct dz_kdf_params light, usual, strong;
    dz_kdf_choose(DZ_KDF_LIGHT, &light);
    dz_kdf_choose(DZ_KDF_USUAL, &usual);
    dz_kdf_choose(DZ_KDF_STRONG, &strong);
    assert_true(light.mem_kib <= usual.mem_kib && usual.mem_kib < strong.mem_kib);
    assert_true(light.ops == usual.ops && usual.ops < strong.ops);
    assert_memory_not_equal(light.salt, usual.salt, sizeof light.salt);
#ifndef DZ_WEAK_KDF
    assert_int_equal(light.mem_kib, (uint64_t)256 << 10);
    assert_int_equal(strong.mem_kib, (uint64_t)1 << 20);
#endif
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    assert_int_equal(dz_kdf_derive(passphrase, &light, &key, NULL), DZ_OK);
}

static void
test_default(void **state)
{
    (void)state;
    struct dz_kdf_params a;
    struct dz_kdf_params b;
    dz_kdf_default(&a);
    dz_kdf_default(&b);
    assert_memory_not_equal(a.salt, b.salt, sizeof a.salt);
#ifdef DZ_WEAK_KDF
    assert_int_equal(a.ops, 1);
    assert_int_equal(a.mem_kib, 8192);
#else
    assert_int_equal(a.ops, 3);
    assert_true(a.mem_kib == (uint64_t)256 << 10 || a.mem_kib == (uint64_t)512 << 10);
#endif
    DZ_AUTO_SECRET struct dz_secret *key_a = NULL;
    DZ_AUTO_SECRET struct dz_secret *again = NULL;
    DZ_AUTO_SECRET struct dz_secret *key_b = NULL;
    assert_int_equal(dz_kdf_derive(passphrase, &a, &key_a, NULL), DZ_OK);
    assert_int_equal(dz_kdf_derive(passphrase, &a, &again, NULL), DZ_OK);
    assert_int_equal(dz_kdf_derive(passphrase, &b, &key_b, NULL), DZ_OK);
    assert_memory_equal(dz_secret_peek(key_a), dz_secret_peek(again), DZ_KDF_KEY_BYTES);
    assert_memory_not_equal(dz_secret_peek(key_a), dz_secret_peek(key_b), DZ_KDF_KEY_BYTES);
}

static void
test_bounds(void **state)
{
    (void)state;
    const struct dz_kdf_params refused[] = {
        params_of(0, (uint64_t)256 << 10),
        params_of(17, (uint64_t)256 << 10),
        params_of(UINT64_MAX, (uint64_t)256 << 10),
        params_of(3, 0),
        params_of(3, 8191),
        params_of(3, ((uint64_t)4 << 20) + 1),
        params_of(3, UINT64_MAX),
#ifndef DZ_WEAK_KDF
        params_of(2, (uint64_t)256 << 10),
        params_of(3, ((uint64_t)256 << 10) - 1),
#endif
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct dz_secret *key = NULL;
        struct dz_err err = {0};
        assert_int_equal(dz_kdf_derive(passphrase, &refused[i], &key, &err), DZ_E_INPUT);
        assert_int_equal(err.code, DZ_E_INPUT);
        assert_null(key);
    }
}

static int
setup(void **state)
{
    (void)state;
    if (dz_crypto_init(NULL) != DZ_OK)
        return -1;
    return dz_secret_copy(passphrase_text, sizeof passphrase_text - 1, &passphrase, NULL) == DZ_OK
               ? 0
               : -1;
}

static int
teardown(void **state)
{
    (void)state;
    dz_secret_free(passphrase);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_default),
        cmocka_unit_test(test_strengths),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
