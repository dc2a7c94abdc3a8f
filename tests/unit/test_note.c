#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_note.h"
#include "dz_secret.h"
#include "dz_sign.h"

/* Published vectors: a key of the signed-note text, and the signing vector of the note package. */
static const char foo_vkey[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char neumann_seed[] = "YEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
static const char neumann_text[] = "If you think cryptography is the answer to your problem,\n"
                                   "then you don't know what your problem is.\n";
static const char neumann_sig[] =
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgK"
    "vqfqdngotpRZb6KE6RyyBwJnAM=";

static struct dz_secret *seed;
static struct dz_note_key key;

static int
prepare(void **state)
{
    (void)state;
    if (dz_crypto_init(NULL) != DZ_OK)
        return 1;
    DZ_AUTO_BUF struct dz_buf raw = DZ_BUF(64);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(64);
    dz_buf_addf(&text, "A%s", neumann_seed);
    if (dz_b64_decode(&raw, dz_buf_view(&text), DZ_B64_PADDED, NULL) != DZ_OK || raw.n != 33)
        return 1;
    uint8_t pk[32];
    if (dz_secret_copy(raw.p + 1, 32, &seed, NULL) != DZ_OK ||
        dz_sign_public(seed, pk, NULL) != DZ_OK)
        return 1;
    return dz_note_key_init(&key, "PeterNeumann", pk, NULL) != DZ_OK;
}

static int
finish(void **state)
{
    (void)state;
    dz_secret_free(seed);
    return 0;
}

static void
published_key(void **state)
{
    (void)state;
    struct dz_note_key k;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1024);
    assert_int_equal(dz_note_vkey_parse(dz_view_of(foo_vkey), &k, NULL), DZ_OK);
    assert_string_equal(k.name, "example.com/foo");
    assert_int_equal(k.id, 0x530d903a);
    dz_note_vkey(&k, &out);
    assert_string_equal(out.p, foo_vkey);
}

static void
published_signature(void **state)
{
    (void)state;
    assert_int_equal(key.id, 0xc74f20a3);
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(4096);
    assert_int_equal(dz_note_sign(dz_view_of(neumann_text), &key, seed, &note, NULL), DZ_OK);
    DZ_AUTO_BUF struct dz_buf expected = DZ_BUF(4096);
    dz_buf_addf(&expected, "%s\n\xe2\x80\x94 PeterNeumann %s\n", neumann_text, neumann_sig);
    assert_string_equal(note.p, expected.p);
    struct dz_view text;
    assert_int_equal(dz_note_open(dz_buf_view(&note), &key, 1, &text, NULL), DZ_OK);
    assert_true(dz_view_is(text, neumann_text));
}

static void
mangled_keys_fail(void **state)
{
    (void)state;
    struct dz_note_key k;
    size_t n = strlen(foo_vkey);
    for (size_t from = 0; from < n; from++)
        for (size_t to = from; to <= n; to++) {
            struct dz_view part = {.p = foo_vkey + from, .n = to - from};
            if (part.n != n)
                assert_int_equal(dz_note_vkey_parse(part, &k, NULL), DZ_E_INPUT);
        }
    for (size_t i = 0; i < n; i++) {
        char changed[sizeof foo_vkey];
        memcpy(changed, foo_vkey, sizeof changed);
        changed[i]++;
        assert_int_equal(dz_note_vkey_parse(dz_view_of(changed), &k, NULL), DZ_E_INPUT);
    }
}

static void
wrong_key_kinds_fail(void **state)
{
    (void)state;
    /* Another algorithm and another length, each with an id that belongs to it. */
    for (int kind = 0; kind < 2; kind++) {
        uint8_t typed[34] = {kind == 0 ? 2 : 1};
        size_t n = kind == 0 ? 33 : 34;
        uint8_t tail[35] = {'\n'};
        memcpy(tail + 1, typed, n);
        uint8_t digest[32];
        dz_sha256_2("x", 1, tail, n + 1, digest);
        char hex[9];
        dz_hex_encode(digest, 4, hex);
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(256);
        dz_buf_addf(&text, "x+%s+", hex);
        dz_b64_encode(&text, typed, n, DZ_B64_PADDED);
        struct dz_note_key k;
        assert_int_equal(dz_note_vkey_parse(dz_buf_view(&text), &k, NULL), DZ_E_INPUT);
    }
    const uint8_t pk[32] = {0};
    const char *const bad[] = {"", "a b", "a+b", "a\xc2\xa0z", "a\xe3\x80\x80", "\xff", "a\nb"};
    struct dz_note_key k;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(dz_note_key_init(&k, bad[i], pk, NULL), DZ_E_INPUT);
}

static void
refuse(const char *bytes, size_t n, enum dz_code expected)
{
    struct dz_view text = {.p = "untouched", .n = 9};
    struct dz_err err = {.code = DZ_OK};
    assert_int_equal(dz_note_open((struct dz_view){.p = bytes, .n = n}, &key, 1, &text, &err),
                     expected);
    assert_int_equal(err.code, expected);
    assert_true(dz_view_is(text, "untouched"));
}

static void
malformed_notes(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf good = DZ_BUF(4096);
    assert_int_equal(dz_note_sign(dz_view_of("text\n"), &key, seed, &good, NULL), DZ_OK);
    refuse("", 0, DZ_E_INPUT);
    refuse("text\n", 5, DZ_E_INPUT);
    refuse("text\n\n", 6, DZ_E_INPUT);
    refuse(good.p, good.n - 1, DZ_E_INPUT); /* the last line needs its newline */
    DZ_AUTO_BUF struct dz_buf bad = DZ_BUF(8192);
    const char *const extra[] = {
        "hello\n",
        "\xe2\x80\x94 bad name c2ln\n",
        "\xe2\x80\x94 name\n",
        "\xe2\x80\x94 name AAAA\n", /* shorter than an id and a signature */
        "\xe2\x80\x94 name !!!!AAAA\n",
        "\xe2\x80\x94 na+me AAAAAAAA\n",
        "\xe2\x80\x94  AAAAAAAA\n",
        "- name AAAAAAAA\n",
        "\x01\n"};
    for (size_t i = 0; i < sizeof extra / sizeof *extra; i++) {
        dz_buf_reset(&bad);
        dz_buf_addv(&bad, dz_buf_view(&good));
        dz_buf_adds(&bad, extra[i]);
        refuse(bad.p, bad.n, DZ_E_INPUT);
    }
    for (size_t i = 0; i < 4; i++) {
        const char wrong[] = {'\x01', '\xff', '\0', '\t'};
        dz_buf_reset(&bad);
        dz_buf_addv(&bad, dz_buf_view(&good));
        bad.p[1] = wrong[i];
        refuse(bad.p, bad.n, DZ_E_INPUT);
    }
    /* An unknown signature is no signature; a changed text is a failing one. */
    dz_buf_reset(&bad);
    dz_buf_adds(&bad, "text\n\n\xe2\x80\x94 other AAAAAAAA\n");
    refuse(bad.p, bad.n, DZ_E_CORRUPT);
    dz_buf_reset(&bad);
    dz_buf_addv(&bad, dz_buf_view(&good));
    bad.p[0] = 'T';
    refuse(bad.p, bad.n, DZ_E_CORRUPT);
}

static void
many_signatures(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(65536);
    struct dz_view text;
    /* The text may hold blank lines; foreign signatures are ignored; a repeated line is skipped. */
    assert_int_equal(dz_note_sign(dz_view_of("a\n\nb\n"), &key, seed, &note, NULL), DZ_OK);
    dz_buf_addf(&note, "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS\n");
    for (int i = 2; i < DZ_NOTE_MAX_SIGS; i++)
        dz_buf_addf(&note, "\xe2\x80\x94 other AAAAAAAA\n");
    assert_int_equal(dz_note_open(dz_buf_view(&note), &key, 1, &text, NULL), DZ_OK);
    assert_true(dz_view_is(text, "a\n\nb\n"));
    dz_buf_addf(&note, "\xe2\x80\x94 other AAAAAAAA\n");
    refuse(note.p, note.n, DZ_E_INPUT);
    /* Two known keys: one failing signature refuses the note although the other holds. */
    DZ_AUTO_SECRET struct dz_secret *seed2 = NULL;
    uint8_t pk[32];
    struct dz_note_key two[2] = {key};
    assert_int_equal(dz_secret_random(32, &seed2, NULL), DZ_OK);
    assert_int_equal(dz_sign_public(seed2, pk, NULL), DZ_OK);
    assert_int_equal(dz_note_key_init(&two[1], "second", pk, NULL), DZ_OK);
    uint8_t zeros[68] = {(uint8_t)(two[1].id >> 24), (uint8_t)(two[1].id >> 16),
                         (uint8_t)(two[1].id >> 8), (uint8_t)two[1].id};
    dz_buf_reset(&note);
    assert_int_equal(dz_note_sign(dz_view_of("c\n"), &key, seed, &note, NULL), DZ_OK);
    dz_buf_adds(&note, "\xe2\x80\x94 second ");
    dz_b64_encode(&note, zeros, sizeof zeros, DZ_B64_PADDED);
    dz_buf_adds(&note, "\n");
    assert_int_equal(dz_note_open(dz_buf_view(&note), two, 1, &text, NULL), DZ_OK);
    assert_int_equal(dz_note_open(dz_buf_view(&note), two, 2, &text, NULL), DZ_E_CORRUPT);
    /* A seed that is not the key's is refused before anything is written. */
    dz_buf_reset(&note);
    assert_int_equal(dz_note_sign(dz_view_of("c\n"), &key, seed2, &note, NULL), DZ_E_INPUT);
    assert_int_equal(dz_note_sign(dz_view_of("c"), &key, seed, &note, NULL), DZ_E_INPUT);
    assert_int_equal(note.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_key),     cmocka_unit_test(published_signature),
        cmocka_unit_test(mangled_keys_fail), cmocka_unit_test(wrong_key_kinds_fail),
        cmocka_unit_test(malformed_notes),   cmocka_unit_test(many_signatures),
    };
    return cmocka_run_group_tests_name("note", tests, prepare, finish);
}
