#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_mem.h"
#include "dz_secret.h"

static void
assert_hex(const uint8_t *p, size_t n, const char *wanted)
{
    char hex[512];
    assert_true(n * 2 < sizeof hex);
    dz_hex_encode(p, n, hex);
    assert_string_equal(hex, wanted);
}

/* FIPS 180-4: the empty message, "abc", and a million times "a". */
static const struct {
    size_t repeat;
    const char *piece;
    const char *sha256;
    const char *sha512;
} sha_vectors[] = {
    {0, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {1, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {100000, "aaaaaaaaaa", "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
     "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
     "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"},
};
#define N_SHA (sizeof sha_vectors / sizeof sha_vectors[0])

static void
test_running_hash(void **state)
{
    (void)state;
    DZ_AUTO_HASH struct dz_hash *h256 = dz_hash_new(DZ_SHA256);
    DZ_AUTO_HASH struct dz_hash *h512 = dz_hash_new(DZ_SHA512);
    uint8_t digest[DZ_SHA512_BYTES];
    /* Twice with the same two: after a digest they start anew. */
    for (size_t k = 0; k < 2 * N_SHA; k++) {
        size_t i = k % N_SHA;
        for (size_t r = 0; r < sha_vectors[i].repeat; r++) {
            dz_hash_add(h256, sha_vectors[i].piece, strlen(sha_vectors[i].piece));
            dz_hash_add(h512, sha_vectors[i].piece, strlen(sha_vectors[i].piece));
        }
        dz_hash_add(h256, NULL, 0);
        dz_hash_final(h256, digest);
        assert_hex(digest, DZ_SHA256_BYTES, sha_vectors[i].sha256);
        dz_hash_final(h512, digest);
        assert_hex(digest, DZ_SHA512_BYTES, sha_vectors[i].sha512);
    }
    dz_hash_free(NULL);
}

static void
test_one_shot(void **state)
{
    (void)state;
    uint8_t digest[DZ_SHA512_BYTES];
    for (size_t i = 0; i < 2; i++) {
        dz_sha256(sha_vectors[i].piece, strlen(sha_vectors[i].piece), digest);
        assert_hex(digest, DZ_SHA256_BYTES, sha_vectors[i].sha256);
        dz_sha512(sha_vectors[i].piece, strlen(sha_vectors[i].piece), digest);
        assert_hex(digest, DZ_SHA512_BYTES, sha_vectors[i].sha512);
    }
    dz_sha256(NULL, 0, digest);
    assert_hex(digest, DZ_SHA256_BYTES, sha_vectors[0].sha256);
    dz_sha256_2("a", 1, "bc", 2, digest);
    assert_hex(digest, DZ_SHA256_BYTES, sha_vectors[1].sha256);
    dz_sha256_2("abc", 3, NULL, 0, digest);
    assert_hex(digest, DZ_SHA256_BYTES, sha_vectors[1].sha256);
}

/* RFC 4231, all cases but the truncated one. */
static void
test_hmac(void **state)
{
    (void)state;
    static const struct {
        uint8_t key_byte; /* 0: the key counts up from 1 */
        size_t n_key;
        const char *key;
        uint8_t data_byte;
        size_t n_data;
        const char *data;
        const char *mac;
    } cases[] = {
        {.key_byte = 0x0b,
         .n_key = 20,
         .data = "Hi There",
         .mac = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {.key = "Jefe",
         .data = "what do ya want for nothing?",
         .mac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {.key_byte = 0xaa,
         .n_key = 20,
         .data_byte = 0xdd,
         .n_data = 50,
         .mac = "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {.key_byte = 0,
         .n_key = 25,
         .data_byte = 0xcd,
         .n_data = 50,
         .mac = "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {.key_byte = 0xaa,
         .n_key = 131,
         .data = "Test Using Larger Than Block-Size Key - Hash Key First",
         .mac = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {.key_byte = 0xaa,
         .n_key = 131,
         .data = "This is a test using a larger than block-size key and a larger than block-size "
                 "data. The key needs to be hashed before being used by the HMAC algorithm.",
         .mac = "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t key[131];
        uint8_t data[50];
        uint8_t mac[32];
        for (size_t k = 0; k < sizeof key; k++)
            key[k] = cases[i].key_byte != 0 ? cases[i].key_byte : (uint8_t)(k + 1);
        memset(data, cases[i].data_byte, sizeof data);
        bool text_key = cases[i].key != NULL;
        bool text = cases[i].data != NULL;
        dz_hmac_sha256(text_key ? (const void *)cases[i].key : key,
                       text_key ? strlen(cases[i].key) : cases[i].n_key,
                       text ? (const void *)cases[i].data : data,
                       text ? strlen(cases[i].data) : cases[i].n_data, mac);
        assert_hex(mac, sizeof mac, cases[i].mac);
    }
}

/* RFC 5869, the three cases for SHA-256. */
static void
test_hkdf(void **state)
{
    (void)state;
    uint8_t counting[256];
    uint8_t ikm[22];
    uint8_t out[82];
    for (size_t i = 0; i < sizeof counting; i++)
        counting[i] = (uint8_t)i;
    memset(ikm, 0x0b, sizeof ikm);

    dz_hkdf_sha256(ikm, sizeof ikm, counting, 13, counting + 0xf0, 10, out, 42);
    assert_hex(out, 42,
               "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b8871858"
               "65");
    dz_hkdf_sha256(counting, 80, counting + 0x60, 80, counting + 0xb0, 80, out, 82);
    assert_hex(
        out, 82,
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271"
        "cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
    dz_hkdf_sha256(ikm, sizeof ikm, NULL, 0, NULL, 0, out, 42);
    assert_hex(out, 42,
               "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96"
               "c8");
}

/* The longest output is made, and its beginning is that of a shorter one. */
static void
test_hkdf_longest(void **state)
{
    (void)state;
    DZ_AUTO_FREE uint8_t *longest = dz_alloc(DZ_HKDF_BYTES_MAX);
    uint8_t first[100];
    dz_hkdf_sha256("key", 3, "salt", 4, "info", 4, longest, DZ_HKDF_BYTES_MAX);
    dz_hkdf_sha256("key", 3, "salt", 4, "info", 4, first, sizeof first);
    assert_memory_equal(longest, first, sizeof first);
    assert_memory_not_equal(longest + DZ_HKDF_BYTES_MAX - 32, longest + DZ_HKDF_BYTES_MAX - 64, 32);
}

static void *
hash_often(void *ret)
{
    uint8_t digest[32] = {0};
    for (int i = 0; i < 20000; i++)
        dz_sha256_2("node", 4, digest, sizeof digest, digest);
    memcpy(ret, digest, sizeof digest);
    return NULL;
}

/* Each thread has contexts of its own, which end with it. */
static void
test_threads(void **state)
{
    (void)state;
    pthread_t threads[4];
    uint8_t digests[5][32];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hash_often, digests[i]), 0);
    hash_often(digests[4]);
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_memory_equal(digests[i], digests[4], 32);
    }
}

static int
setup(void **state)
{
    (void)state;
    return dz_crypto_init(NULL) == DZ_OK ? 0 : -1;
}

/* "abc" by RFC 1321 and FIPS 180-4, and the names of RFC 8493. */
static void
algorithms_of_foreign_bags(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *digest;
    } known[] = {
        {"md5", "900150983cd24fb0d6963f7d28e17f72"},
        {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"sha224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
        {"sha384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                   "8086072ba1e7cc2358baeca134c825a7"},
        {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        enum dz_hash_alg alg;
        uint8_t digest[DZ_HASH_BYTES_MAX];
        assert_true(dz_hash_alg_named(known[i].name, &alg));
        assert_string_equal(dz_hash_alg_name(alg), known[i].name);
        struct dz_hash *h = dz_hash_new(alg);
        dz_hash_add(h, "abc", 3);
        dz_hash_final(h, digest);
        dz_hash_free(h);
        assert_hex(digest, dz_hash_alg_bytes(alg), known[i].digest);
    }
    enum dz_hash_alg alg;
    assert_false(dz_hash_alg_named("SHA256", &alg));
    assert_false(dz_hash_alg_named("crc32", &alg));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(algorithms_of_foreign_bags),
        cmocka_unit_test(test_running_hash), cmocka_unit_test(test_one_shot),
        cmocka_unit_test(test_hmac),         cmocka_unit_test(test_hkdf),
        cmocka_unit_test(test_hkdf_longest), cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
