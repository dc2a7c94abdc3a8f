#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "crc32c_impl.h"
#include "dz_codec.h"

static void
test_hex(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x00, 0x7F, 0xAB, 0xFF};
    char hex[9];
    dz_hex_encode(bytes, sizeof bytes, hex);
    assert_string_equal(hex, "007fabff");
    dz_hex_encode(NULL, 0, hex);
    assert_string_equal(hex, "");
    uint8_t back[4] = {1, 1, 1, 1};
    assert_true(dz_hex_decode(DZ_VIEW("007FabFf"), back, 4));
    assert_memory_equal(back, bytes, 4);
    static const char *const bad[] = {"007fabf",  "007fabff0", "007fabfff0", "007fabfg", "0x7fabff",
                                      " 07fabff", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t kept[4] = {9, 9, 9, 9};
        assert_false(dz_hex_decode(dz_view_of(bad[i]), kept, 4));
        assert_memory_equal(kept, "\x09\x09\x09\x09", 4);
    }
    assert_true(dz_hex_decode(DZ_VIEW(""), back, 0));
}

/* RFC 4648, section 10. */
static const struct {
    const char *bytes;
    const char *padded;
    const char *raw;
} b64_rows[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xFB\xFF\xBF", "+/+/", "+/+/"},
};

static void
test_base64_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof b64_rows / sizeof *b64_rows; i++) {
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
        dz_b64_encode(&b, b64_rows[i].bytes, strlen(b64_rows[i].bytes), DZ_B64_PADDED);
        assert_string_equal(dz_buf_view(&b).p, b64_rows[i].padded);
        dz_buf_reset(&b);
        dz_b64_encode(&b, b64_rows[i].bytes, strlen(b64_rows[i].bytes), DZ_B64_RAW);
        assert_string_equal(dz_buf_view(&b).p, b64_rows[i].raw);
        dz_buf_reset(&b);
        struct dz_view v = dz_view_of(b64_rows[i].padded);
        assert_int_equal(dz_b64_decode(&b, v, DZ_B64_PADDED, NULL), DZ_OK);
        assert_string_equal(dz_buf_view(&b).p, b64_rows[i].bytes);
        dz_buf_reset(&b);
        v = dz_view_of(b64_rows[i].raw);
        assert_int_equal(dz_b64_decode(&b, v, DZ_B64_RAW, NULL), DZ_OK);
        assert_string_equal(dz_buf_view(&b).p, b64_rows[i].bytes);
    }
}

static void
test_base64_is_canonical_only(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum dz_b64 form;
    } bad[] = {
        {"Zo==", DZ_B64_PADDED},
        {"Zm+=", DZ_B64_PADDED},
        {"Zg", DZ_B64_PADDED},
        {"Zg=", DZ_B64_PADDED},
        {"Zg==", DZ_B64_RAW},
        {"Zm8=", DZ_B64_RAW},
        {"Zh==", DZ_B64_PADDED},
        {"Zm9=", DZ_B64_PADDED},
        {"Zh", DZ_B64_RAW},
        {"Zm9", DZ_B64_RAW},
        {"Z", DZ_B64_RAW},
        {"Z===", DZ_B64_PADDED},
        {"====", DZ_B64_PADDED},
        {"Zm9v\n", DZ_B64_RAW},
        {"Zm 9v", DZ_B64_RAW},
        {"Zm-_", DZ_B64_PADDED},
        {"Zg==Zg==", DZ_B64_PADDED},
        {"Zm9v====", DZ_B64_PADDED},
        {"\xD0\xB0"
         "AA",
         DZ_B64_RAW},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
        dz_buf_adds(&b, "kept");
        struct dz_err err = {0};
        struct dz_view v = dz_view_of(bad[i].text);
        assert_int_equal(dz_b64_decode(&b, v, bad[i].form, &err), DZ_E_INPUT);
        assert_int_equal(err.code, DZ_E_INPUT);
        assert_string_equal(b.p, "kept");
    }
    DZ_AUTO_BUF struct dz_buf small = DZ_BUF(4);
    dz_buf_adds(&small, "ab");
    assert_int_equal(dz_b64_decode(&small, DZ_VIEW("Zm9v"), DZ_B64_RAW, NULL), DZ_E_LIMIT);
    assert_string_equal(small.p, "ab");
}

static void
test_numbers(void **state)
{
    (void)state;
    uint64_t u = 7;
    assert_true(dz_parse_u64(DZ_VIEW("0"), &u));
    assert_int_equal(u, 0);
    assert_true(dz_parse_u64(DZ_VIEW("18446744073709551615"), &u));
    assert_true(u == UINT64_MAX);
    static const char *const bad_u[] = {"",
                                        "00",
                                        "01",
                                        "-1",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1a",
                                        "0x1",
                                        "18446744073709551616",
                                        "99999999999999999999999"};
    for (size_t i = 0; i < sizeof bad_u / sizeof *bad_u; i++) {
        u = 7;
        assert_false(dz_parse_u64(dz_view_of(bad_u[i]), &u));
        assert_int_equal(u, 7);
    }
    int64_t s = 7;
    assert_true(dz_parse_i64(DZ_VIEW("-9223372036854775808"), &s));
    assert_true(s == INT64_MIN);
    assert_true(dz_parse_i64(DZ_VIEW("9223372036854775807"), &s));
    assert_true(s == INT64_MAX);
    assert_true(dz_parse_i64(DZ_VIEW("-1"), &s));
    assert_int_equal(s, -1);
    static const char *const bad_s[] = {
        "", "-", "-0", "--1", "-01", "9223372036854775808", "-9223372036854775809", "+1"};
    for (size_t i = 0; i < sizeof bad_s / sizeof *bad_s; i++) {
        s = 7;
        assert_false(dz_parse_i64(dz_view_of(bad_s[i]), &s));
        assert_int_equal(s, 7);
    }
}

static void
test_crc32c(void **state)
{
    (void)state;
    /* RFC 3720, appendix B.4. */
    uint8_t block[32];
    memset(block, 0, sizeof block);
    assert_true(dz_crc32c(0, block, 32) == 0x8A9136AAU);
    memset(block, 0xFF, sizeof block);
    assert_true(dz_crc32c(0, block, 32) == 0x62A8AB43U);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (uint8_t)i;
    assert_true(dz_crc32c(0, block, 32) == 0x46DD794EU);
    assert_true(dz_crc32c(0, "123456789", 9) == 0xE3069283U);
    assert_true(dz_crc32c(0, NULL, 0) == 0);
    /* Piece by piece is the same. */
    assert_true(dz_crc32c(dz_crc32c(0, "1234", 4), "56789", 5) == 0xE3069283U);
    assert_true(dz_crc32c_portable(0, "123456789", 9) == 0xE3069283U);

    /* The instruction takes eight bytes at a time and the rest singly: every length and start up
     * to a few words gives what the table gives, alone and as a continuation. */
    uint8_t bytes[80];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 151 + 7);
    for (size_t from = 0; from < 9; from++)
        for (size_t n = 0; from + n <= sizeof bytes; n++) {
            assert_true(dz_crc32c(0, bytes + from, n) == dz_crc32c_portable(0, bytes + from, n));
            assert_true(dz_crc32c(0x8A9136AAU, bytes + from, n) ==
                        dz_crc32c_portable(0x8A9136AAU, bytes + from, n));
        }
}

static void
test_base32_id(void **state)
{
    (void)state;
    char id[27];
    static const uint8_t ones[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    dz_base32_id(ones, 8, id);
    assert_string_equal(id, "zzzzzzzz");
    dz_base32_id(ones, 9, id);
    assert_string_equal(id, "zzzzzzzz0");
    /* 00000 00001 00010 ... 00111 */
    static const uint8_t steps[] = {0x00, 0x44, 0x32, 0x14, 0xC7};
    dz_base32_id(steps, 8, id);
    assert_string_equal(id, "01234567");
    /* No byte behind the last one needed is read: the address sanitizer watches the heap block. */
    DZ_AUTO_FREE uint8_t *exact = dz_alloc(2);
    exact[0] = 0x08;
    dz_base32_id(exact, 3, id);
    assert_string_equal(id, "100");
    dz_base32_id(exact, 0, id);
    assert_string_equal(id, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_base64_vectors),
        cmocka_unit_test(test_base64_is_canonical_only),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_crc32c),
        cmocka_unit_test(test_base32_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
