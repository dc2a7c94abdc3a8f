#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dz_codec.h"
#include "dz_entry.h"
#include "dz_hash.h"
#include "dz_seal.h"
#include "dz_sign.h"

static struct dz_secret *seed;
static uint8_t public_key[32];
static const uint8_t log_id[DZ_LOG_ID_BYTES] = {1, 2, 3};
static const uint8_t file_key[16] = {4, 5, 6};
static const uint8_t salt[DZ_SALT_BYTES] = {7, 8, 9};

static int
prepare(void **state)
{
    (void)state;
    static const uint8_t bytes[32] = {42};
    return dz_crypto_init(NULL) != DZ_OK || dz_secret_copy(bytes, 32, &seed, NULL) != DZ_OK ||
           dz_sign_public(seed, public_key, NULL) != DZ_OK;
}

static int
finish(void **state)
{
    (void)state;
    dz_secret_free(seed);
    return 0;
}

static json_t *
sample_body(void)
{
    json_t *body = NULL;
    assert_int_equal(dz_json_parse(DZ_VIEW("{\"kind\":\"fact.recorded\",\"member\":\"k3\",\"n\":5,"
                                           "\"note\":\"текст\",\"tags\":[\"a\"],\"ok\":true}"),
                                   &body, NULL),
                     DZ_OK);
    return body;
}

static void
leaf_both_ways(void **state)
{
    (void)state;
    struct dz_thing brings[2] = {{DZ_THING_OBJECT, 77, {{1}}}, {DZ_THING_FILE, 0, {{2}}}};
    struct dz_thing removes[3] = {
        {DZ_THING_BODY, 0, {{3}}}, {DZ_THING_OBJECT, 0, {{4}}}, {DZ_THING_FILE, 0, {{5}}}};
    struct dz_leaf leaf = {{{9}}, {{8}}, brings, 2, removes, 3};
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(4096);
    assert_int_equal(dz_leaf_encode(&leaf, &bytes, NULL), DZ_OK);
    assert_int_equal(bytes.n, 4 + 32 + 32 + 2 + 2 * 41 + 2 + 3 * 33);
    struct dz_leaf back;
    assert_int_equal(dz_leaf_decode(dz_buf_view(&bytes), &back, NULL), DZ_OK);
    assert_int_equal(back.n_brings, 2);
    assert_int_equal(back.n_removes, 3);
    assert_int_equal(back.brings[0].size_bytes, 77);
    assert_int_equal(back.removes[0].cls, DZ_THING_BODY);
    assert_memory_equal(back.removes[2].sha256.b, removes[2].sha256.b, 32);
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(4096);
    assert_int_equal(dz_leaf_encode(&back, &again, NULL), DZ_OK);
    assert_true(dz_view_eq(dz_buf_view(&again), dz_buf_view(&bytes)));
    dz_leaf_done(&back);

    /* Every shorter and every longer form is refused, and so are classes that do not exist. */
    struct dz_view cut = dz_buf_view(&bytes);
    for (cut.n = 0; cut.n < bytes.n; cut.n++)
        assert_int_equal(dz_leaf_decode(cut, &back, NULL), DZ_E_INPUT);
    dz_buf_add_u8(&bytes, 0);
    assert_int_equal(dz_leaf_decode(dz_buf_view(&bytes), &back, NULL), DZ_E_INPUT);
    bytes.n--;
    bytes.p[70] = 'b'; /* a body cannot be brought */
    assert_int_equal(dz_leaf_decode(dz_buf_view(&bytes), &back, NULL), DZ_E_INPUT);
    bytes.p[70] = 'o';
    bytes.p[71] = '\x80'; /* a size beyond 2^63 - 1 */
    assert_int_equal(dz_leaf_decode(dz_buf_view(&bytes), &back, NULL), DZ_E_INPUT);
    bytes.p[71] = 0;
    bytes.p[3] = '2';
    assert_int_equal(dz_leaf_decode(dz_buf_view(&bytes), &back, NULL), DZ_E_FORMAT);
}

static void
leaf_limits(void **state)
{
    (void)state;
    static struct dz_thing many[DZ_ENTRY_THINGS_MAX + 1];
    for (size_t i = 0; i <= DZ_ENTRY_THINGS_MAX; i++)
        many[i].cls = DZ_THING_OBJECT;
    struct dz_leaf leaf = {.brings = many, .n_brings = DZ_ENTRY_THINGS_MAX};
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(1u << 20);
    assert_int_equal(dz_leaf_encode(&leaf, &bytes, NULL), DZ_OK);
    assert_true(bytes.n <= 65535);
    leaf.removes = many;
    leaf.n_removes = 1;
    assert_int_equal(dz_leaf_encode(&leaf, &bytes, NULL), DZ_E_LIMIT);
    leaf = (struct dz_leaf){.brings = many, .n_brings = DZ_ENTRY_THINGS_MAX + 1};
    assert_int_equal(dz_leaf_encode(&leaf, &bytes, NULL), DZ_E_LIMIT);
    many[0].cls = DZ_THING_BODY;
    leaf.n_brings = 1;
    assert_int_equal(dz_leaf_encode(&leaf, &bytes, NULL), DZ_E_USAGE);
}

static void
commitment_by_fields(void **state)
{
    (void)state;
    DZ_AUTO_JSON json_t *body = sample_body();
    struct dz_hash32 all;
    assert_int_equal(dz_entry_commit(salt, body, &all, NULL), DZ_OK);
    /* The definition, put together by hand out of the digests of the fields. */
    static const char *const names[] = {"kind", "member", "n", "note", "ok", "tags"};
    DZ_AUTO_BUF struct dz_buf message = DZ_BUF(4096);
    dz_buf_add(&message, "dokaz/body/v1\0\0\x06", 16);
    for (size_t i = 0; i < 6; i++) {
        struct dz_hash32 digest;
        assert_int_equal(
            dz_entry_field_digest(salt, names[i], json_object_get(body, names[i]), &digest, NULL),
            DZ_OK);
        dz_buf_add_u8(&message, 0);
        dz_buf_add_u8(&message, (uint8_t)strlen(names[i]));
        dz_buf_adds(&message, names[i]);
        dz_buf_add(&message, digest.b, 32);
    }
    struct dz_hash32 by_hand;
    dz_sha256(message.p, message.n, by_hand.b);
    assert_memory_equal(all.b, by_hand.b, 32);

    uint8_t field_salt[32];
    dz_hmac_sha256(salt, sizeof salt, "n", 1, field_salt);
    dz_buf_reset(&message);
    dz_buf_add(&message, "dokaz/field/v1\0", 15);
    dz_buf_add(&message, field_salt, 32);
    dz_buf_add(&message, "\0\1n5", 4);
    struct dz_hash32 digest;
    dz_sha256(message.p, message.n, by_hand.b);
    assert_int_equal(dz_entry_field_digest(salt, "n", json_object_get(body, "n"), &digest, NULL),
                     DZ_OK);
    assert_memory_equal(digest.b, by_hand.b, 32);

    /* Another value, another name, one field less, another salt: another commitment. */
    struct dz_hash32 other;
    uint8_t salt2[DZ_SALT_BYTES] = {1};
    assert_int_equal(dz_entry_commit(salt2, body, &other, NULL), DZ_OK);
    assert_memory_not_equal(all.b, other.b, 32);
    json_object_set_new(body, "n", json_string("5"));
    assert_int_equal(dz_entry_commit(salt, body, &other, NULL), DZ_OK);
    assert_memory_not_equal(all.b, other.b, 32);
    json_object_del(body, "n");
    assert_int_equal(dz_entry_commit(salt, body, &other, NULL), DZ_OK);
    assert_memory_not_equal(all.b, other.b, 32);
}

/* ---- the short way against the long one ---- */

static uint32_t
draw(uint32_t below)
{
    static uint32_t x = 20240229;
    x = x * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)x * below) >> 32);
}

/* What a value or a name is put together from: all that a reader of JSON could stumble over. */
static json_t *
draw_string(void)
{
    static const char *const bits[] = {
        "\"",
        "\\",
        "\\\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "\x01",
        "a",
        "true",
        "\"}",
        "\xd1\x97",
        "\x7f",
        "\xf0\x9f\x93\x84",
    };
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
    for (uint32_t n = draw(8); n > 0; n--)
        dz_buf_adds(&text, bits[draw(sizeof bits / sizeof *bits)]);
    return json_stringn(text.n ? text.p : "", text.n);
}

static json_t *
draw_value(uint32_t depth)
{
    json_t *made = NULL;
    switch (draw(depth > 0 ? 6 : 4)) {
    case 0:
        return json_integer((json_int_t)draw(1u << 31) - (1 << 30));
    case 1:
        return json_boolean(draw(2));
    case 2:
    case 3:
        return draw_string();
    case 4:
        made = json_array();
        for (uint32_t n = draw(4); n > 0; n--)
            json_array_append_new(made, draw_value(depth - 1));
        return made;
    default:
        made = json_object();
        for (uint32_t n = draw(4); n > 0; n--) {
            DZ_AUTO_JSON json_t *name = draw_string();
            json_object_set_new(made, json_string_value(name), draw_value(depth - 1));
        }
        return made;
    }
}

/* Names of our own entries stand plainly; one body in eight has another. */
static json_t *
draw_body(bool *ret_plain)
{
    json_t *body = json_object();
    *ret_plain = draw(8) != 0;
    for (uint32_t n = 1 + draw(9); n > 0; n--) {
        char name[160];
        snprintf(name, sizeof name, "%c_%0*u", 'a' + (char)draw(26), 1 + (int)draw(120), draw(100));
        json_object_set_new(body, name, draw_value(3));
    }
    if (!*ret_plain)
        json_object_set_new(body, draw(2) ? "a\"b" : "line\nbreak", draw_value(1));
    return body;
}

static void
short_way_says_the_same(void **state)
{
    (void)state;
    for (int i = 0; i < 5000; i++) {
        bool plain = false;
        DZ_AUTO_JSON json_t *drawn = draw_body(&plain);
        DZ_AUTO_JSON json_t *body = NULL;
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1u << 20);
        struct dz_hash32 long_way, short_way;
        assert_int_equal(dz_json_canonical(&text, drawn, NULL), DZ_OK);
        assert_int_equal(dz_json_parse(dz_buf_view(&text), &body, NULL), DZ_OK);
        assert_int_equal(dz_entry_commit(salt, drawn, &long_way, NULL), DZ_OK);
        bool done = dz_entry_commit_text(salt, body, dz_buf_view(&text), &short_way);
        assert_int_equal(done, plain);
        if (done)
            assert_memory_equal(short_way.b, long_way.b, sizeof long_way.b);
        if (i % 50 != 0)
            continue;
        struct dz_leaf leaf = {.n_brings = 0};
        DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1u << 20);
        DZ_AUTO_JSON json_t *back = NULL;
        uint8_t sig[64];
        assert_int_equal(
            dz_entry_seal(drawn, log_id, 7, seed, file_key, salt, &leaf, &sealed, NULL), DZ_OK);
        assert_memory_equal(leaf.commitment.b, long_way.b, sizeof long_way.b);
        assert_int_equal(
            dz_entry_open(dz_buf_view(&sealed), file_key, salt, &leaf, &back, sig, NULL), DZ_OK);
        assert_true(json_equal(back, drawn));
    }
}

static void
seal_and_open(void **state)
{
    (void)state;
    DZ_AUTO_JSON json_t *body = sample_body();
    struct dz_leaf leaf = {.n_brings = 0};
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1u << 20);
    assert_int_equal(dz_entry_seal(body, log_id, 7, seed, file_key, salt, &leaf, &sealed, NULL),
                     DZ_OK);
    json_t *back = NULL;
    uint8_t sig[64];
    assert_int_equal(dz_entry_open(dz_buf_view(&sealed), file_key, salt, &leaf, &back, sig, NULL),
                     DZ_OK);
    assert_true(json_equal(back, body));
    json_decref(back);
    back = NULL;
    assert_int_equal(dz_entry_check_signature(&leaf, log_id, 7, public_key, sig, NULL), DZ_OK);

    /* The signature holds for its place only. */
    const uint8_t log2[DZ_LOG_ID_BYTES] = {1, 2, 4};
    assert_int_equal(dz_entry_check_signature(&leaf, log_id, 8, public_key, sig, NULL),
                     DZ_E_CORRUPT);
    assert_int_equal(dz_entry_check_signature(&leaf, log2, 7, public_key, sig, NULL), DZ_E_CORRUPT);
    sig[0] ^= 1;
    assert_int_equal(dz_entry_check_signature(&leaf, log_id, 7, public_key, sig, NULL),
                     DZ_E_CORRUPT);

    /* Wrong key, wrong salt, another leaf, any changed byte. */
    const uint8_t key2[16] = {1};
    const uint8_t salt2[DZ_SALT_BYTES] = {1};
    struct dz_view all = dz_buf_view(&sealed);
    struct dz_err err = {.code = DZ_OK};
    assert_int_not_equal(dz_entry_open(all, key2, salt, &leaf, &back, sig, &err), DZ_OK);
    assert_int_equal(dz_entry_open(all, file_key, salt2, &leaf, &back, sig, &err), DZ_E_CORRUPT);
    struct dz_leaf other = leaf;
    other.commitment.b[5] ^= 1;
    assert_int_equal(dz_entry_open(all, file_key, salt, &other, &back, sig, &err), DZ_E_CORRUPT);
    for (size_t i = 0; i < sealed.n; i++) {
        sealed.p[i] ^= 1;
        assert_int_equal(dz_entry_open(all, file_key, salt, &leaf, &back, sig, &err), DZ_E_CORRUPT);
        sealed.p[i] ^= 1;
    }
    assert_null(back);
}

/* A body that its writer sealed in a form that is not the canonical one. */
static void
only_one_form(void **state)
{
    (void)state;
    static const char *const forms[] = {"{\"n\": 5}", "{\"n\":5}\n", "{\"n\":5,\"n\":5}", "[5]",
                                        "{}"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        DZ_AUTO_JSON json_t *body = json_pack("{s:i}", "n", 5);
        struct dz_leaf leaf = {.n_brings = 0};
        assert_int_equal(dz_entry_commit(salt, body, &leaf.commitment, NULL), DZ_OK);
        DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(4096);
        uint8_t no_sig[64] = {0};
        dz_buf_adds(&plain, "dzB1");
        dz_buf_add(&plain, no_sig, sizeof no_sig);
        dz_buf_adds(&plain, forms[i]);
        DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(4096);
        assert_int_equal(dz_seal_bytes(file_key, dz_buf_view(&plain), &sealed, NULL), DZ_OK);
        dz_sha256(sealed.p, sealed.n, leaf.sealed_sha256.b);
        json_t *back = NULL;
        struct dz_err err = {.code = DZ_OK};
        assert_int_equal(
            dz_entry_open(dz_buf_view(&sealed), file_key, salt, &leaf, &back, no_sig, &err),
            DZ_E_CORRUPT);
        assert_null(back);
    }
}

static void
body_limits(void **state)
{
    (void)state;
    DZ_AUTO_JSON json_t *body = json_object();
    struct dz_hash32 c;
    assert_int_equal(dz_entry_commit(salt, body, &c, NULL), DZ_E_INPUT);
    json_object_set_new(body, "x", json_real(1.5));
    assert_int_equal(dz_entry_commit(salt, body, &c, NULL), DZ_E_INPUT);
    char *long_text = dz_alloc(DZ_ENTRY_BODY_MAX + 1);
    memset(long_text, 'a', DZ_ENTRY_BODY_MAX);
    json_object_set_new(body, "x", json_string(long_text));
    dz_free(long_text);
    struct dz_leaf leaf = {.n_brings = 0};
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(8u << 20);
    assert_int_equal(dz_entry_seal(body, log_id, 0, seed, file_key, salt, &leaf, &sealed, NULL),
                     DZ_E_LIMIT);
    assert_int_equal(sealed.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaf_both_ways),          cmocka_unit_test(leaf_limits),
        cmocka_unit_test(commitment_by_fields),    cmocka_unit_test(seal_and_open),
        cmocka_unit_test(only_one_form),           cmocka_unit_test(body_limits),
        cmocka_unit_test(short_way_says_the_same),
    };
    return cmocka_run_group_tests_name("entry", tests, prepare, finish);
}
