#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_sign.h"

/* RFC 8032 section 7.1, tests 1 to 3. */
static const struct {
    const char *seed;
    const char *pk;
    const char *message;
    const char *sig;
} vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d97"
     "4d873e065224901555fb8821590a33bacc61e39701cf9b4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8"
     "fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a4"
     "45e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

static void
unhex(const char *hex, uint8_t *ret)
{
    assert_true(dz_hex_decode(dz_view_of(hex), ret, strlen(hex) / 2));
}

static void
test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t seed[32];
        uint8_t wanted_pk[32];
        uint8_t wanted_sig[64];
        uint8_t message[2];
        uint8_t pk[32];
        uint8_t sig[64];
        size_t n = strlen(vectors[i].message) / 2;
        unhex(vectors[i].seed, seed);
        unhex(vectors[i].pk, wanted_pk);
        unhex(vectors[i].message, message);
        unhex(vectors[i].sig, wanted_sig);

        DZ_AUTO_SECRET struct dz_secret *key = NULL;
        assert_int_equal(dz_secret_copy(seed, sizeof seed, &key, NULL), DZ_OK);
        assert_int_equal(dz_sign_public(key, pk, NULL), DZ_OK);
        assert_memory_equal(pk, wanted_pk, sizeof pk);
        assert_int_equal(dz_sign(key, message, n, sig, NULL), DZ_OK);
        assert_memory_equal(sig, wanted_sig, sizeof sig);
        assert_true(dz_sign_verify(pk, message, n, sig));

        DZ_AUTO_SECRET struct dz_secret *ready = NULL;
        assert_int_equal(dz_sign_key(key, &ready, NULL), DZ_OK);
        assert_int_equal(dz_secret_size(ready), DZ_SIGN_KEY_BYTES);
        memset(sig, 0, sizeof sig);
        assert_int_equal(dz_sign(ready, message, n, sig, NULL), DZ_OK);
        assert_memory_equal(sig, wanted_sig, sizeof sig);
    }
}

static void
test_any_change_is_refused(void **state)
{
    (void)state;
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    uint8_t pk[32];
    uint8_t sig[64];
    char text[] = "the head of the log";
    size_t n = sizeof text - 1;
    assert_int_equal(dz_secret_random(DZ_SIGN_SEED_BYTES, &key, NULL), DZ_OK);
    assert_int_equal(dz_sign_public(key, pk, NULL), DZ_OK);
    assert_int_equal(dz_sign(key, text, n, sig, NULL), DZ_OK);
    assert_true(dz_sign_verify(pk, text, n, sig));
    assert_false(dz_sign_verify(pk, text, n - 1, sig));
    for (size_t bit = 0; bit < sizeof sig * 8; bit++) {
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(dz_sign_verify(pk, text, n, sig));
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < sizeof pk * 8; bit++) {
        pk[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(dz_sign_verify(pk, text, n, sig));
        pk[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    text[3] ^= 1;
    assert_false(dz_sign_verify(pk, text, n, sig));
}

/* Signatures that a lenient verifier takes: a second form of a good one, and keys under which one
 * signature fits every message. */
static void
test_strictness(void **state)
{
    (void)state;
    uint8_t pk[32];
    uint8_t sig[64];
    unhex(vectors[0].pk, pk);
    unhex(vectors[0].sig, sig);
    assert_true(dz_sign_verify(pk, NULL, 0, sig));
    /* S plus the order of the group. */
    unhex("4c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe24655141438e7a101b", sig + 32);
    assert_false(dz_sign_verify(pk, NULL, 0, sig));

    /* The neutral point as key and as R, S = 0; then the same key in a form that is not
     * canonical. */
    uint8_t neutral[32] = {1};
    uint8_t zero_sig[64] = {1};
    assert_false(dz_sign_verify(neutral, "x", 1, zero_sig));
    memset(neutral, 0xff, sizeof neutral);
    neutral[0] = 0xee;
    neutral[31] = 0x7f;
    assert_false(dz_sign_verify(neutral, "x", 1, zero_sig));
}

static void
test_wrong_size(void **state)
{
    (void)state;
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    struct dz_err err = {0};
    uint8_t pk[32] = {7};
    uint8_t sig[64] = {7};
    assert_int_equal(dz_secret_random(31, &key, NULL), DZ_OK);
    assert_int_equal(dz_sign_public(key, pk, &err), DZ_E_USAGE);
    assert_int_equal(dz_sign(key, "x", 1, sig, &err), DZ_E_USAGE);
    DZ_AUTO_SECRET struct dz_secret *ready = NULL;
    assert_int_equal(dz_sign_key(key, &ready, &err), DZ_E_USAGE);
    assert_null(ready);
    assert_int_equal(err.code, DZ_E_USAGE);
    assert_int_equal(pk[0], 7);
    assert_int_equal(sig[0], 7);
}

static int
setup(void **state)
{
    (void)state;
    return dz_crypto_init(NULL) == DZ_OK ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_any_change_is_refused),
        cmocka_unit_test(test_strictness),
        cmocka_unit_test(test_wrong_size),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
