#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_age.h"
#include "dz_mem.h"

static const uint8_t file_key[DZ_FILE_KEY_BYTES] = "sixteen byte key";
static struct dz_secret *alice;
static struct dz_secret *bob;
static uint8_t pks[2][DZ_X25519_BYTES]; /* alice, bob */

static enum dz_code
open_with(const struct dz_buf *b, const struct dz_secret *identity, uint8_t key[DZ_FILE_KEY_BYTES],
          size_t *ret_n)
{
    return dz_age_header_open(b->p, b->n, &identity, 1, NULL, key, ret_n, NULL);
}

static void
test_key_texts(void **state)
{
    (void)state;
    DZ_AUTO_SECRET struct dz_secret *text = NULL;
    DZ_AUTO_SECRET struct dz_secret *back = NULL;
    DZ_AUTO_BUF struct dz_buf recipient = DZ_BUF(100);
    uint8_t pk[DZ_X25519_BYTES];
    assert_int_equal(dz_age_identity_text(alice, &text, NULL), DZ_OK);
    assert_int_equal(dz_secret_size(text), 75);
    const char *p = (const char *)dz_secret_peek(text);
    assert_int_equal(strlen(p), 74);
    assert_int_equal(strncmp(p, "AGE-SECRET-KEY-1", 16), 0);
    assert_int_equal(dz_age_identity_parse(dz_view_of(p), &back, NULL), DZ_OK);
    assert_int_equal(dz_secret_size(back), 32);
    assert_memory_equal(dz_secret_peek(back), dz_secret_peek(alice), 32);

    dz_age_recipient_text(pks[0], &recipient);
    assert_int_equal(recipient.n, 62);
    assert_true(dz_view_starts(dz_buf_view(&recipient), "age1"));
    assert_int_equal(dz_age_recipient_parse(dz_buf_view(&recipient), pk, NULL), DZ_OK);
    assert_memory_equal(pk, pks[0], sizeof pk);
}

static void
test_wrong_key_texts(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "age1",
        "age10xnrrmk7r0uunrcjqvkdatwsu7s8jwv0c7rt3rxggmkgntu955dq25yyzk",
        "AGE10XNRRMK7R0UUNRCJQVKDATWSU7S8JWV0C7RT3RXGGMKGNTU955DQ25YYZJ",
        "age10xnrrmk7r0uunrcjqvkdatwsu7s8jwv0c7rt3rxggmkgntu955dq25yyzj ",
        "age19l388n", /* no bytes */
        "AGE-SECRET-KEY-1GPQ5YS6YG4RYWJZFFF95CN2WFAG9Z5JN2324V46CT9D9KHZATE0S5FAZ65",
        "age-secret-key-1gpq5ys6yg4rywjzfff95cn2wfag9z5jn2324v46ct9d9khzate0s5faz64",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint8_t pk[DZ_X25519_BYTES] = {7};
        struct dz_secret *identity = NULL;
        struct dz_err err = {0};
        assert_int_equal(dz_age_recipient_parse(dz_view_of(wrong[i]), pk, &err), DZ_E_INPUT);
        assert_int_equal(pk[0], 7);
        err.code = DZ_OK;
        assert_int_equal(dz_age_identity_parse(dz_view_of(wrong[i]), &identity, &err), DZ_E_INPUT);
        assert_int_equal(err.code, DZ_E_INPUT);
        assert_null(identity);
        /* What was typed may be nearly the key: it is not repeated. */
        assert_null(strstr(err.msg, "GPQ5YS6"));
    }
    DZ_AUTO_SECRET struct dz_secret *small = NULL;
    struct dz_secret *text = NULL;
    uint8_t pk[DZ_X25519_BYTES];
    assert_int_equal(dz_secret_new(31, &small, NULL), DZ_OK);
    assert_int_equal(dz_age_identity_public(small, pk, NULL), DZ_E_USAGE);
    assert_int_equal(dz_age_identity_text(small, &text, NULL), DZ_E_USAGE);
}

static void
test_each_recipient_opens(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf h = DZ_BUF(DZ_AGE_HEADER_MAX);
    DZ_AUTO_SECRET struct dz_secret *carol = NULL;
    uint8_t key[DZ_FILE_KEY_BYTES] = {0};
    size_t n = 0;
    assert_int_equal(dz_age_identity_new(&carol, NULL), DZ_OK);
    dz_buf_adds(&h, "xx");
    assert_int_equal(dz_age_header_x25519(file_key, DZ_AGE_PKS(pks), 2, &h, NULL), DZ_OK);
    memmove(h.p, h.p + 2, h.n - 2); /* it was appended */
    h.n -= 2;
    size_t n_header = h.n;
    dz_buf_adds(&h, "-> payload that looks like a header\n");

    assert_int_equal(open_with(&h, alice, key, &n), DZ_OK);
    assert_memory_equal(key, file_key, sizeof key);
    assert_int_equal(n, n_header);
    memset(key, 0, sizeof key);
    assert_int_equal(open_with(&h, bob, key, &n), DZ_OK);
    assert_memory_equal(key, file_key, sizeof key);

    uint8_t untouched[DZ_FILE_KEY_BYTES] = {7};
    n = 77;
    assert_int_equal(open_with(&h, carol, untouched, &n), DZ_E_AUTH);
    const struct dz_secret *both[] = {carol, bob};
    assert_int_equal(dz_age_header_open(h.p, h.n, NULL, 5, NULL, untouched, &n, NULL), DZ_E_AUTH);
    assert_int_equal(dz_age_header_open(h.p, h.n, NULL, 0, bob, untouched, &n, NULL), DZ_E_AUTH);
    assert_int_equal(untouched[0], 7);
    assert_int_equal(n, 77);
    assert_int_equal(dz_age_header_open(h.p, h.n, both, 2, NULL, key, &n, NULL), DZ_OK);
}

static void
test_recipients_are_checked(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf h = DZ_BUF(DZ_AGE_HEADER_MAX);
    static const uint8_t weak[1][DZ_X25519_BYTES] = {{0}}; /* a point of small order */
    struct dz_err err = {0};
    assert_int_equal(dz_age_header_x25519(file_key, DZ_AGE_PKS(pks), 0, &h, &err), DZ_E_USAGE);
    assert_int_equal(dz_age_header_x25519(file_key, weak, 1, &h, &err), DZ_E_INPUT);
    assert_int_equal(err.code, DZ_E_INPUT);
    assert_int_equal(h.n, 0);

    /* The most that we write, we also read. */
    static uint8_t many[DZ_AGE_RECIPIENTS_MAX + 1][DZ_X25519_BYTES];
    uint8_t key[DZ_FILE_KEY_BYTES];
    size_t n = 0;
    for (size_t i = 0; i <= DZ_AGE_RECIPIENTS_MAX; i++)
        memcpy(many[i], pks[1], DZ_X25519_BYTES);
    memcpy(many[DZ_AGE_RECIPIENTS_MAX - 1], pks[0], DZ_X25519_BYTES);
    assert_int_equal(
        dz_age_header_x25519(file_key, DZ_AGE_PKS(many), DZ_AGE_RECIPIENTS_MAX + 1, &h, NULL),
        DZ_E_USAGE);
    assert_int_equal(
        dz_age_header_x25519(file_key, DZ_AGE_PKS(many), DZ_AGE_RECIPIENTS_MAX, &h, NULL), DZ_OK);
    assert_int_equal(open_with(&h, alice, key, &n), DZ_OK);
}

static void
test_passphrase(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf h = DZ_BUF(DZ_AGE_HEADER_MAX);
    DZ_AUTO_SECRET struct dz_secret *right = NULL;
    DZ_AUTO_SECRET struct dz_secret *wrong = NULL;
    uint8_t key[DZ_FILE_KEY_BYTES];
    size_t n = 0;
    struct dz_err err = {0};
    assert_int_equal(dz_secret_copy("three small words", 17, &right, NULL), DZ_OK);
    assert_int_equal(dz_secret_copy("three small wordS", 17, &wrong, NULL), DZ_OK);
    assert_int_equal(dz_age_header_scrypt(file_key, right, 10, &h, NULL), DZ_OK);
    assert_int_equal(dz_age_header_open(h.p, h.n, NULL, 0, right, key, &n, NULL), DZ_OK);
    assert_memory_equal(key, file_key, sizeof key);
    assert_int_equal(n, h.n);
    const struct dz_secret *identity = alice;
    assert_int_equal(dz_age_header_open(h.p, h.n, NULL, 0, wrong, key, &n, &err), DZ_E_AUTH);
    assert_int_equal(dz_age_header_open(h.p, h.n, &identity, 1, NULL, key, &n, &err), DZ_E_AUTH);
    assert_null(strstr(err.msg, "words"));
    size_t before = h.n;
    assert_int_equal(dz_age_header_scrypt(file_key, right, 0, &h, NULL), DZ_E_USAGE);
    assert_int_equal(dz_age_header_scrypt(file_key, right, 23, &h, NULL), DZ_E_USAGE);
    assert_int_equal(h.n, before);
}

/* No bit of a header can change unseen, and no part of one is a header. */
static void
test_header_is_bound(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf h = DZ_BUF(DZ_AGE_HEADER_MAX);
    uint8_t key[DZ_FILE_KEY_BYTES];
    size_t n = 0;
    assert_int_equal(dz_age_header_x25519(file_key, DZ_AGE_PKS(pks), 2, &h, NULL), DZ_OK);
    for (size_t bit = 0; bit < h.n * 8; bit++) {
        h.p[bit / 8] = (char)(h.p[bit / 8] ^ 1 << bit % 8);
        enum dz_code code = open_with(&h, alice, key, &n);
        assert_true(code == DZ_E_INPUT || code == DZ_E_AUTH || code == DZ_E_CORRUPT);
        h.p[bit / 8] = (char)(h.p[bit / 8] ^ 1 << bit % 8);
    }
    const struct dz_secret *identity = alice;
    for (size_t i = 0; i < h.n; i++)
        assert_int_equal(dz_age_header_open(h.p, i, &identity, 1, NULL, key, &n, NULL), DZ_E_INPUT);
    assert_int_equal(dz_age_header_open(NULL, 0, &identity, 1, NULL, key, &n, NULL), DZ_E_INPUT);
}

#define COLUMNS_64 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* Stanzas of kinds that nobody knows: well-formed ones are passed over, so that the file is merely
 * not ours; ill-formed ones make the header ill-formed. */
static void
test_form_of_stanzas(void **state)
{
    (void)state;
    static const struct {
        const char *stanzas;
        enum dz_code code;
    } cases[] = {
        {"-> x\n\n", DZ_E_AUTH},
        {"-> x y ~ !\n\n", DZ_E_AUTH},
        {"-> x\nAAAA\n", DZ_E_AUTH},
        {"-> x\n" COLUMNS_64 "\n\n", DZ_E_AUTH},
        {"-> x\n" COLUMNS_64 "\nAA\n-> y\n\n", DZ_E_AUTH},
        {"", DZ_E_INPUT},
        {"-> \n\n", DZ_E_INPUT},
        {"->\n\n", DZ_E_INPUT},
        {"->x\n\n", DZ_E_INPUT},
        {"->  x\n\n", DZ_E_INPUT},
        {"-> x \n\n", DZ_E_INPUT},
        {"-> x  y\n\n", DZ_E_INPUT},
        {"-> x\ty\n\n", DZ_E_INPUT},
        {"-> x\x7fy\n\n", DZ_E_INPUT},
        {"-> \xc3\xa9\n\n", DZ_E_INPUT},
        {"-> x\n", DZ_E_INPUT},
        {"-> x\n" COLUMNS_64 "\n", DZ_E_INPUT},
        {"-> x\n" COLUMNS_64 "AAAA\n", DZ_E_INPUT},
        {"-> x\n" COLUMNS_64 "AAAA\n\n", DZ_E_INPUT},
        {"-> x\nAAAA\nAAAA\n", DZ_E_INPUT},
        {"-> x\nAB\n", DZ_E_INPUT},
        {"-> x\nAA==\n", DZ_E_INPUT},
        {"-> x\r\n\n", DZ_E_INPUT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t key[DZ_FILE_KEY_BYTES];
        size_t n = 0;
        DZ_AUTO_BUF struct dz_buf h = DZ_BUF(DZ_AGE_HEADER_MAX);
        dz_buf_adds(&h, "age-encryption.org/v1\n");
        dz_buf_adds(&h, cases[i].stanzas);
        dz_buf_adds(&h, "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
        if (open_with(&h, alice, key, &n) != cases[i].code)
            fail_msg("case %zu: %s", i, cases[i].stanzas);
    }
}

static void
test_long_headers_are_refused(void **state)
{
    (void)state;
    uint8_t key[DZ_FILE_KEY_BYTES];
    size_t n = 0;
    DZ_AUTO_BUF struct dz_buf h = DZ_BUF(1 << 20);
    /* Stanzas without end, and one stanza without end. */
    dz_buf_adds(&h, "age-encryption.org/v1\n");
    for (int i = 0; i < 1025; i++)
        dz_buf_adds(&h, "-> x\n\n");
    dz_buf_adds(&h, "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    assert_int_equal(open_with(&h, alice, key, &n), DZ_E_INPUT);

    dz_buf_reset(&h);
    dz_buf_adds(&h, "age-encryption.org/v1\n-> x\n");
    for (int i = 0; i < 1024; i++)
        dz_buf_adds(&h, COLUMNS_64 "\n");
    dz_buf_adds(&h, "\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    assert_int_equal(open_with(&h, alice, key, &n), DZ_E_INPUT);

    /* One that is just within the limits fails for the right reason: nobody's key. */
    dz_buf_reset(&h);
    dz_buf_adds(&h, "age-encryption.org/v1\n");
    for (int i = 0; i < 1024; i++)
        dz_buf_adds(&h, "-> x\n\n");
    dz_buf_adds(&h, "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    assert_int_equal(open_with(&h, alice, key, &n), DZ_E_AUTH);
}

static void
test_whole_files(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 74, 65536, 65537, 200000, (size_t)1 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        DZ_AUTO_FREE char *plain = dz_alloc(sizes[i]);
        DZ_AUTO_BUF struct dz_buf file = DZ_BUF(2 << 20);
        DZ_AUTO_SECRET struct dz_secret *back = NULL;
        memset(plain, 'p', sizes[i]);
        struct dz_view v = {.p = plain, .n = sizes[i]};
        assert_int_equal(dz_age_seal_bytes(DZ_AGE_PKS(pks), 2, v, &file, NULL), DZ_OK);
        assert_int_equal(dz_age_open_bytes(bob, dz_buf_view(&file), &back, NULL), DZ_OK);
        assert_int_equal(dz_secret_size(back), sizes[i]);
        assert_memory_equal(dz_secret_peek(back), plain, sizes[i]);

        struct dz_secret *none = NULL;
        file.p[file.n - 1] ^= 1; /* of the tag */
        assert_int_equal(dz_age_open_bytes(bob, dz_buf_view(&file), &none, NULL), DZ_E_CORRUPT);
        for (size_t cut = 1; cut <= 32; cut++) {
            struct dz_view part = {.p = file.p, .n = file.n - cut};
            assert_int_equal(dz_age_open_bytes(bob, part, &none, NULL), DZ_E_CORRUPT);
        }
        file.p[file.n - 1] ^= 1;
        dz_buf_addc(&file, 'x');
        assert_int_equal(dz_age_open_bytes(bob, dz_buf_view(&file), &none, NULL), DZ_E_CORRUPT);
        assert_null(none);
    }
}

static void
test_whole_files_refused(void **state)
{
    (void)state;
    DZ_AUTO_FREE char *plain = dz_alloc(((size_t)1 << 20) + 1);
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(2 << 20);
    DZ_AUTO_BUF struct dz_buf small = DZ_BUF(300);
    struct dz_secret *none = NULL;
    struct dz_view v = {.p = plain, .n = ((size_t)1 << 20) + 1};
    assert_int_equal(dz_age_seal_bytes(DZ_AGE_PKS(pks), 1, v, &file, NULL), DZ_OK);
    assert_int_equal(dz_age_open_bytes(alice, dz_buf_view(&file), &none, NULL), DZ_E_LIMIT);
    assert_int_equal(dz_age_open_bytes(bob, dz_buf_view(&file), &none, NULL), DZ_E_AUTH);
    assert_int_equal(dz_age_open_bytes(bob, DZ_VIEW("age"), &none, NULL), DZ_E_INPUT);
    assert_null(none);
    dz_buf_adds(&small, "before");
    v.n = 1000;
    assert_int_equal(dz_age_seal_bytes(DZ_AGE_PKS(pks), 1, v, &small, NULL), DZ_E_LIMIT);
    assert_true(dz_view_is(dz_buf_view(&small), "before"));
}

static int
setup(void **state)
{
    (void)state;
    return dz_crypto_init(NULL) == DZ_OK && dz_age_identity_new(&alice, NULL) == DZ_OK &&
                   dz_age_identity_new(&bob, NULL) == DZ_OK &&
                   dz_age_identity_public(alice, pks[0], NULL) == DZ_OK &&
                   dz_age_identity_public(bob, pks[1], NULL) == DZ_OK
               ? 0
               : -1;
}

static int
teardown(void **state)
{
    (void)state;
    dz_secret_free(alice);
    dz_secret_free(bob);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_texts),
        cmocka_unit_test(test_wrong_key_texts),
        cmocka_unit_test(test_each_recipient_opens),
        cmocka_unit_test(test_recipients_are_checked),
        cmocka_unit_test(test_passphrase),
        cmocka_unit_test(test_header_is_bound),
        cmocka_unit_test(test_form_of_stanzas),
        cmocka_unit_test(test_long_headers_are_refused),
        cmocka_unit_test(test_whole_files),
        cmocka_unit_test(test_whole_files_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
