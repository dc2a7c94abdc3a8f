#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>

#include "aead_impl.h"
#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_seal.h"
#include "dz_secret.h"

#define SEALED_CHUNK (DZ_SEAL_CHUNK + 16)
#define N_MAX ((size_t)3 * DZ_SEAL_CHUNK + 10)

static const uint8_t key[DZ_FILE_KEY_BYTES] = "sixteen byte key";
static char *content; /* N_MAX bytes without a period */

static struct dz_view
content_of(size_t n)
{
    return (struct dz_view){.p = content, .n = n};
}

/* Seal in pieces. */
static void
seal_in_pieces(size_t n, size_t piece, struct dz_buf *out)
{
    struct dz_seal *s = NULL;
    assert_int_equal(dz_seal_new(key, dz_sink_buf, out, &s, NULL), DZ_OK);
    for (size_t i = 0; i < n; i += piece)
        assert_int_equal(dz_seal_write(s, content + i, n - i < piece ? n - i : piece, NULL), DZ_OK);
    assert_int_equal(dz_seal_finish(s, NULL), DZ_OK);
    dz_seal_free(s);
}

static void
unseal_in_pieces(struct dz_view sealed, size_t piece, struct dz_buf *out)
{
    struct dz_unseal *u = NULL;
    assert_int_equal(dz_unseal_new(key, dz_sink_buf, out, &u, NULL), DZ_OK);
    for (size_t i = 0; i < sealed.n; i += piece)
        assert_int_equal(
            dz_unseal_write(u, sealed.p + i, sealed.n - i < piece ? sealed.n - i : piece, NULL),
            DZ_OK);
    assert_int_equal(dz_unseal_finish(u, NULL), DZ_OK);
    dz_unseal_free(u);
}

static const size_t sizes[] = {
    0,
    1,
    15,
    16,
    17,
    DZ_SEAL_CHUNK - 1,
    DZ_SEAL_CHUNK,
    DZ_SEAL_CHUNK + 1,
    2 * DZ_SEAL_CHUNK,
    2 * DZ_SEAL_CHUNK + 1,
    3 * DZ_SEAL_CHUNK,
    N_MAX,
};
#define N_SIZES (sizeof sizes / sizeof sizes[0])

static void
test_round_trips(void **state)
{
    (void)state;
    static const size_t pieces[] = {1,     7,     16,    4096,  65535,
                                    65536, 65537, 65552, 65553, SIZE_MAX / 2};
    for (size_t i = 0; i < N_SIZES; i++)
        for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
            DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1 << 20);
            DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(1 << 20);
            seal_in_pieces(sizes[i], pieces[k], &sealed);
            assert_int_equal(sealed.n, dz_seal_size(sizes[i]));
            unseal_in_pieces(dz_buf_view(&sealed), pieces[k], &plain);
            assert_int_equal(plain.n, sizes[i]);
            assert_true(dz_view_eq(dz_buf_view(&plain), content_of(sizes[i])));
        }
}

static void
test_whole_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SIZES; i++) {
        DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1 << 20);
        DZ_AUTO_BUF struct dz_buf again = DZ_BUF(1 << 20);
        DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(1 << 20);
        dz_buf_adds(&sealed, "before");
        dz_buf_adds(&plain, "before");
        assert_int_equal(dz_seal_bytes(key, content_of(sizes[i]), &sealed, NULL), DZ_OK);
        assert_int_equal(dz_seal_bytes(key, content_of(sizes[i]), &again, NULL), DZ_OK);
        assert_int_equal(sealed.n, 6 + dz_seal_size(sizes[i]));
        /* A nonce of its own each time. */
        assert_memory_not_equal(sealed.p + 6, again.p, again.n);
        struct dz_view v = {.p = sealed.p + 6, .n = sealed.n - 6};
        assert_int_equal(dz_unseal_bytes(key, v, &plain, NULL), DZ_OK);
        assert_int_equal(plain.n, 6 + sizes[i]);
        assert_memory_equal(plain.p, "before", 6);
        assert_memory_equal(plain.p + 6, content, sizes[i]);
    }
}

static void
test_sizes_near_the_end(void **state)
{
    (void)state;
    assert_true(dz_seal_size(0) == 32);
    assert_true(dz_seal_size(65536) == 65568);
    assert_true(dz_seal_size(65537) == 65585);
    assert_true(dz_seal_size((uint64_t)1 << 40) == ((uint64_t)1 << 40) + 16 + ((uint64_t)1 << 28));
    assert_true(dz_seal_size(UINT64_MAX) == UINT64_MAX);
    assert_true(dz_seal_size(UINT64_MAX - 16) == UINT64_MAX);
}

/* Opening must be refused, and the buffer must be as before. */
static void
assert_refused(const uint8_t with[DZ_FILE_KEY_BYTES], struct dz_view sealed)
{
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(1 << 20);
    struct dz_err err = {0};
    dz_buf_adds(&plain, "before");
    assert_int_equal(dz_unseal_bytes(with, sealed, &plain, &err), DZ_E_CORRUPT);
    assert_int_equal(err.code, DZ_E_CORRUPT);
    assert_true(err.msg[0] != '\0');
    assert_true(dz_view_is(dz_buf_view(&plain), "before"));
}

static void
test_every_flip_is_refused(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1 << 20);
    assert_int_equal(dz_seal_bytes(key, content_of(37), &sealed, NULL), DZ_OK);
    for (size_t bit = 0; bit < sealed.n * 8; bit++) {
        sealed.p[bit / 8] = (char)(sealed.p[bit / 8] ^ 1 << bit % 8);
        assert_refused(key, dz_buf_view(&sealed));
        sealed.p[bit / 8] = (char)(sealed.p[bit / 8] ^ 1 << bit % 8);
    }
    uint8_t other[DZ_FILE_KEY_BYTES];
    memcpy(other, key, sizeof other);
    other[15] ^= 1;
    assert_refused(other, dz_buf_view(&sealed));
}

static void
test_every_cut_is_refused(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1 << 20);
    assert_int_equal(dz_seal_bytes(key, content_of(37), &sealed, NULL), DZ_OK);
    for (size_t n = 0; n < sealed.n; n++)
        assert_refused(key, (struct dz_view){.p = sealed.p, .n = n});
    dz_buf_addc(&sealed, '\0');
    assert_refused(key, dz_buf_view(&sealed));

    /* At and around the borders of chunks. */
    dz_buf_reset(&sealed);
    assert_int_equal(dz_seal_bytes(key, content_of(2 * DZ_SEAL_CHUNK), &sealed, NULL), DZ_OK);
    for (size_t d = 0; d < 40; d++) {
        assert_refused(key, (struct dz_view){.p = sealed.p, .n = 16 + SEALED_CHUNK - 20 + d});
        assert_refused(key, (struct dz_view){.p = sealed.p, .n = sealed.n - 1 - d});
    }
    for (size_t d = 0; d < 20; d++) {
        dz_buf_addc(&sealed, 'x');
        assert_refused(key, dz_buf_view(&sealed));
    }
}

/* Put the chunks in the given order ("0123" is the right one) behind the nonce. */
static void
rearrange(struct dz_view sealed, const char *order, struct dz_buf *out)
{
    dz_buf_reset(out);
    dz_buf_add(out, sealed.p, 16);
    for (; *order != '\0'; order++) {
        size_t at = 16 + (size_t)(*order - '0') * SEALED_CHUNK;
        dz_buf_add(out, sealed.p + at, *order == '3' ? sealed.n - at : SEALED_CHUNK);
    }
}

static void
test_order_of_chunks(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1 << 20);
    DZ_AUTO_BUF struct dz_buf other = DZ_BUF(1 << 20);
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(1 << 20);
    assert_int_equal(dz_seal_bytes(key, content_of(N_MAX), &sealed, NULL), DZ_OK);
    rearrange(dz_buf_view(&sealed), "0123", &other);
    assert_int_equal(dz_unseal_bytes(key, dz_buf_view(&other), &plain, NULL), DZ_OK);
    static const char *const orders[] = {"1023", "0213", "0113", "00123", "013", "023",
                                         "123",  "012",  "0",    "3",     "",    "01233"};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        rearrange(dz_buf_view(&sealed), orders[i], &other);
        assert_refused(key, dz_buf_view(&other));
    }
}

/* A sink that takes so many calls and then says that the disk is full. */
struct small_sink {
    int calls_left;
    int calls;
    size_t n;
};

static enum dz_code
sink_small(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)p;
    struct small_sink *sink = ctx;
    sink->calls++;
    if (sink->calls_left-- == 0)
        return dz_fail(err, DZ_E_FULL, "no room");
    sink->n += n;
    return DZ_OK;
}

static void
test_sink_errors_end_it(void **state)
{
    (void)state;
    struct dz_err err = {0};
    struct small_sink none = {0};
    struct dz_seal *s = NULL;
    assert_int_equal(dz_seal_new(key, sink_small, &none, &s, &err), DZ_E_FULL);
    assert_null(s);

    struct small_sink sink = {.calls_left = 2};
    assert_int_equal(dz_seal_new(key, sink_small, &sink, &s, &err), DZ_OK);
    assert_int_equal(dz_seal_write(s, content, N_MAX, &err), DZ_E_FULL);
    assert_int_equal(sink.calls, 3);
    /* Nothing follows the gap. */
    assert_int_equal(dz_seal_write(s, content, N_MAX, &err), DZ_E_FULL);
    assert_int_equal(dz_seal_finish(s, &err), DZ_E_FULL);
    assert_int_equal(sink.calls, 3);
    dz_seal_free(s);

    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1 << 20);
    assert_int_equal(dz_seal_bytes(key, content_of(N_MAX), &sealed, NULL), DZ_OK);
    struct small_sink out = {.calls_left = 1};
    struct dz_unseal *u = NULL;
    assert_int_equal(dz_unseal_new(key, sink_small, &out, &u, &err), DZ_OK);
    assert_int_equal(dz_unseal_write(u, sealed.p, sealed.n, &err), DZ_E_FULL);
    assert_int_equal(dz_unseal_write(u, sealed.p, sealed.n, &err), DZ_E_FULL);
    assert_int_equal(dz_unseal_finish(u, &err), DZ_E_FULL);
    assert_int_equal(out.calls, 2);
    assert_int_equal(out.n, DZ_SEAL_CHUNK);
    dz_unseal_free(u);
}

static void
test_only_genuine_bytes_are_released(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1 << 20);
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(1 << 20);
    struct dz_unseal *u = NULL;
    assert_int_equal(dz_seal_bytes(key, content_of(N_MAX), &sealed, NULL), DZ_OK);
    sealed.p[16 + SEALED_CHUNK + 5] ^= 1;
    assert_int_equal(dz_unseal_new(key, dz_sink_buf, &plain, &u, NULL), DZ_OK);
    assert_int_equal(dz_unseal_write(u, sealed.p, sealed.n, NULL), DZ_E_CORRUPT);
    assert_true(dz_view_eq(dz_buf_view(&plain), content_of(DZ_SEAL_CHUNK)));
    /* After a refusal nothing more is taken, not even what would be genuine. */
    assert_int_equal(dz_unseal_write(u, sealed.p, sealed.n, NULL), DZ_E_CORRUPT);
    assert_int_equal(dz_unseal_finish(u, NULL), DZ_E_CORRUPT);
    assert_int_equal(plain.n, DZ_SEAL_CHUNK);
    dz_unseal_free(u);
}

static void
test_nothing_follows_the_end(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1 << 20);
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(1 << 20);
    struct dz_seal *s = NULL;
    struct dz_unseal *u = NULL;
    assert_int_equal(dz_seal_new(key, dz_sink_buf, &sealed, &s, NULL), DZ_OK);
    assert_int_equal(dz_seal_finish(s, NULL), DZ_OK);
    assert_int_equal(dz_seal_write(s, "x", 1, NULL), DZ_E_USAGE);
    assert_int_equal(dz_seal_finish(s, NULL), DZ_E_USAGE);
    dz_seal_free(s);
    assert_int_equal(sealed.n, 32);
    assert_int_equal(dz_unseal_new(key, dz_sink_buf, &plain, &u, NULL), DZ_OK);
    assert_int_equal(dz_unseal_write(u, sealed.p, sealed.n, NULL), DZ_OK);
    assert_int_equal(dz_unseal_finish(u, NULL), DZ_OK);
    assert_int_equal(dz_unseal_write(u, "x", 1, NULL), DZ_E_USAGE);
    assert_int_equal(dz_unseal_finish(u, NULL), DZ_E_USAGE);
    dz_unseal_free(u);
    dz_seal_free(NULL);
    dz_unseal_free(NULL);
}

static void
test_limits_of_the_buffer(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1 << 20);
    DZ_AUTO_BUF struct dz_buf small = DZ_BUF(100);
    struct dz_err err = {0};
    dz_buf_adds(&small, "before");
    assert_int_equal(dz_seal_bytes(key, content_of(200), &small, &err), DZ_E_LIMIT);
    assert_true(dz_view_is(dz_buf_view(&small), "before"));
    dz_buf_reset(&small);
    assert_int_equal(dz_seal_bytes(key, content_of(200), &sealed, NULL), DZ_OK);
    assert_int_equal(dz_unseal_bytes(key, dz_buf_view(&sealed), &small, &err), DZ_E_LIMIT);
    assert_int_equal(small.n, 0);
}

/* The cipher decrypts before it knows whether the tag fits; nothing of that may be left. */
static void
test_cipher_leaves_nothing(void **state)
{
    (void)state;
    static const uint8_t nonce[AEAD_NONCE_BYTES];
    static const uint8_t zeros[AEAD_KEY_BYTES];
    uint8_t sealed[20 + AEAD_TAG_BYTES];
    uint8_t out[20];
    EVP_CIPHER_CTX *a = dz_aead_new(zeros, AEAD_SEAL);
    EVP_CIPHER_CTX *b = dz_aead_new(zeros, AEAD_OPEN);
    dz_aead_seal(a, nonce, "twenty bytes of text", 20, sealed);
    assert_true(dz_aead_open(b, nonce, sealed, 20, out));
    assert_memory_equal(out, "twenty bytes of text", 20);
    sealed[20] ^= 1;
    assert_false(dz_aead_open(b, nonce, sealed, 20, out));
    assert_memory_equal(out, zeros, 20);
    dz_aead_free(a);
    dz_aead_free(b);
    dz_aead_free(NULL);
}

/* The bytes behind a label of the example in docs/format/sealing.md. */
static void
example(const char *doc, const char *label, uint8_t *ret, size_t n)
{
    const char *at = strstr(doc, label);
    assert_non_null(at);
    at += strlen(label);
    at += strspn(at, " ");
    assert_true(dz_hex_decode((struct dz_view){.p = at, .n = strcspn(at, "\n")}, ret, n));
}

static void
test_documented_example(void **state)
{
    (void)state;
    uint8_t file_key[DZ_FILE_KEY_BYTES];
    uint8_t sealed[16 + 43 + 16];
    uint8_t wanted[43];
    uint8_t payload_key[32];
    uint8_t derived[32];
    DZ_AUTO_BUF struct dz_buf doc = DZ_BUF(1 << 20);
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(1000);
    assert_int_equal(dz_os_slurp(AT_FDCWD, "docs/format/sealing.md", 1 << 20, &doc, NULL), DZ_OK);
    example(doc.p, "\nfile key ", file_key, sizeof file_key);
    example(doc.p, "\nnonce ", sealed, 16);
    example(doc.p, "\npayload key ", payload_key, sizeof payload_key);
    example(doc.p, "\ncontent ", wanted, sizeof wanted);
    example(doc.p, "\nsealed bytes ", sealed + 16, 43);
    example(doc.p, "\ntag ", sealed + 16 + 43, 16);

    dz_hkdf_sha256(file_key, sizeof file_key, sealed, 16, "payload", 7, derived, sizeof derived);
    assert_memory_equal(derived, payload_key, sizeof derived);
    struct dz_view v = {.p = (const char *)sealed, .n = sizeof sealed};
    assert_int_equal(dz_unseal_bytes(file_key, v, &plain, NULL), DZ_OK);
    assert_int_equal(plain.n, sizeof wanted);
    assert_memory_equal(plain.p, wanted, sizeof wanted);
}

static int
setup(void **state)
{
    (void)state;
    content = dz_alloc(N_MAX);
    uint32_t x = 1;
    for (size_t i = 0; i < N_MAX; i++) {
        x = x * 1664525u + 1013904223u;
        content[i] = (char)(x >> 24);
    }
    return dz_crypto_init(NULL) == DZ_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    dz_free(content);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_whole_messages),
        cmocka_unit_test(test_sizes_near_the_end),
        cmocka_unit_test(test_every_flip_is_refused),
        cmocka_unit_test(test_every_cut_is_refused),
        cmocka_unit_test(test_order_of_chunks),
        cmocka_unit_test(test_sink_errors_end_it),
        cmocka_unit_test(test_only_genuine_bytes_are_released),
        cmocka_unit_test(test_nothing_follows_the_end),
        cmocka_unit_test(test_limits_of_the_buffer),
        cmocka_unit_test(test_cipher_leaves_nothing),
        cmocka_unit_test(test_documented_example),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
