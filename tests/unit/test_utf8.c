#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "dz_utf8.h"

static void
test_every_code_point_goes_round(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(8);
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        dz_buf_reset(&b);
        dz_utf8_put(&b, cp);
        size_t pos = 0;
        uint32_t got = dz_utf8_next(dz_buf_view(&b), &pos);
        if (got != (surrogate ? 0xFFFD : cp) || pos != b.n ||
            dz_utf8_valid_prefix(dz_buf_view(&b)) != b.n)
            fail_msg("U+%04X came back as U+%04X", cp, got);
    }
    dz_buf_reset(&b);
    dz_utf8_put(&b, 0x110000);
    assert_string_equal(b.p, "\xEF\xBF\xBD");
}

/* Most texts are looked at sixteen bytes at a time, wherever that begins: each byte of a mixed one
 * replaced by every other. */
static void
test_changed_byte_in_a_run(void **state)
{
    (void)state;
    static const char run[] = "обмеження для жителів — «пункт 5», it’s “so”: €3 \xE0\xA4\x95\xED\x9F\xBF "
                              "😀 ґанок і ще кілька слів";
    char text[sizeof run];
    for (size_t at = 0; at + 1 < sizeof run; at++) {
        for (int byte = 0; byte < 256; byte++) {
            memcpy(text, run, sizeof run);
            text[at] = (char)byte;
            struct dz_view v = {text, sizeof run - 1};
            size_t good = 0;
            for (size_t pos = 0; pos < v.n && dz_utf8_next(v, &pos) != 0xFFFD;)
                good = pos;
            assert_int_equal(dz_utf8_valid_prefix(v), good);
        }
    }
}

/* Ill-formed sequences, how many bytes before them are good, and how many maximal parts they have.
 */
static const struct {
    const char *text;
    size_t n;
    size_t good;
    size_t parts;
} ill[] = {
    {"\x80", 1, 0, 1},
    {"a\xBF", 2, 1, 1},
    {"\xC0\x80", 2, 0, 2},         /* overlong NUL */
    {"\xC1\xBF", 2, 0, 2},         /* overlong, two bytes */
    {"\xE0\x80\x80", 3, 0, 3},     /* overlong, three bytes */
    {"\xE0\x9F\xBF", 3, 0, 3},     /* last overlong, three bytes */
    {"\xF0\x8F\xBF\xBF", 4, 0, 4}, /* last overlong, four bytes */
    {"\xED\xA0\x80", 3, 0, 3},     /* first surrogate */
    {"\xED\xBF\xBF", 3, 0, 3},     /* last surrogate */
    {"\xF4\x90\x80\x80", 4, 0, 4}, /* U+110000 */
    {"\xF5\x80\x80\x80", 4, 0, 4},
    {"\xFE", 1, 0, 1},
    {"\xFF", 1, 0, 1},
    {"ab\xD0", 3, 2, 1},       /* cut after one of two */
    {"\xE2\x82", 2, 0, 1},     /* cut after two of three */
    {"\xF0\x9F\x98", 3, 0, 1}, /* cut after three of four */
    {"\xF0\x9F\x98z", 4, 0, 1},
    {"\xE2\x82\xE2\x82\xAC", 5, 0, 1},
    {"\xD0\x96\xD0\xD0\x96", 5, 2, 1},
    /* The example of the Unicode standard, table 3-11. */
    {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", 9, 0, 4},
};

static void
test_ill_formed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ill / sizeof *ill; i++) {
        struct dz_view v = {.p = ill[i].text, .n = ill[i].n};
        assert_int_equal(dz_utf8_valid_prefix(v), ill[i].good);
        struct dz_err err = {0};
        assert_int_equal(dz_utf8_check(v, &err), DZ_E_INPUT);
        char want[64];
        snprintf(want, sizeof want, "not UTF-8 at byte %zu", ill[i].good);
        assert_string_equal(err.msg, want);
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
        assert_int_equal(dz_utf8_repair(&b, v), ill[i].parts);
        assert_int_equal(dz_utf8_check(dz_buf_view(&b), NULL), DZ_OK);
        size_t marks = 0;
        for (size_t pos = 0; pos < b.n;)
            marks += dz_utf8_next(dz_buf_view(&b), &pos) == 0xFFFD ? 1 : 0;
        assert_int_equal(marks, ill[i].parts);
    }
}

static void
test_well_formed(void **state)
{
    (void)state;
    static const char text[] =
        "a\0\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"
        "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF";
    struct dz_view v = DZ_VIEW(text);
    assert_int_equal(dz_utf8_check(v, NULL), DZ_OK);
    assert_int_equal(dz_utf8_check((struct dz_view){0}, NULL), DZ_OK);
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
    assert_int_equal(dz_utf8_repair(&b, v), 0);
    assert_true(dz_view_eq(dz_buf_view(&b), v));
    dz_buf_reset(&b);
    assert_int_equal(dz_utf8_repair(&b, DZ_VIEW("a\xFF"
                                                "b\xD0")),
                     2);
    assert_string_equal(b.p, "a\xEF\xBF\xBD"
                             "b\xEF\xBF\xBD");
}

static void
test_next_on_bad_bytes_and_at_the_end(void **state)
{
    (void)state;
    struct dz_view v = DZ_VIEW("\xF0\x9F\x98z");
    size_t pos = 0;
    for (size_t want = 1; want <= 3; want++) {
        assert_int_equal(dz_utf8_next(v, &pos), 0xFFFD);
        assert_int_equal(pos, want);
    }
    assert_int_equal(dz_utf8_next(v, &pos), 'z');
    assert_int_equal(dz_utf8_next(v, &pos), 0);
    assert_int_equal(pos, 4);
}

static void
test_offsets(void **state)
{
    (void)state;
    struct dz_view v = DZ_VIEW("aЖ€😀z"); /* 1, 2, 3, 4 and 1 bytes */
    static const size_t border[] = {0, 1, 3, 6, 10, 11};
    assert_int_equal(dz_utf8_length(v), 5);
    for (size_t cp = 0; cp <= 5; cp++) {
        assert_int_equal(dz_utf8_byte_of(v, cp), border[cp]);
        assert_int_equal(dz_utf8_cp_of(v, border[cp]), cp);
    }
    assert_int_equal(dz_utf8_byte_of(v, 6), 11);
    assert_int_equal(dz_utf8_byte_of(v, SIZE_MAX), 11);
    assert_int_equal(dz_utf8_cp_of(v, 99), 5);
    assert_int_equal(dz_utf8_length((struct dz_view){0}), 0);
}

static void
test_map_agrees_with_counting(void **state)
{
    (void)state;
    static const uint32_t letters[] = {'a', 0x416, 0x20AC, 0x1F600};
    static const size_t lengths[] = {0, 1, 63, 64, 65, 127, 128, 129, 1000};
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(10000);
        for (size_t i = 0; i < lengths[k]; i++)
            dz_utf8_put(&b, letters[(i * 7 + i / 5) % 4]);
        struct dz_view v = dz_buf_view(&b);
        struct dz_utf8_map m;
        dz_utf8_map_init(&m, v);
        assert_int_equal(m.length_cp, lengths[k]);
        for (size_t cp = 0; cp <= lengths[k]; cp++) {
            size_t byte = dz_utf8_byte_of(v, cp);
            assert_int_equal(dz_utf8_map_byte(&m, cp), byte);
            assert_int_equal(dz_utf8_map_cp(&m, byte), cp);
        }
        assert_int_equal(dz_utf8_map_byte(&m, lengths[k] + 1), v.n);
        assert_int_equal(dz_utf8_map_cp(&m, v.n + 10), lengths[k]);
        dz_utf8_map_done(&m);
        dz_utf8_map_done(&m);
    }
    dz_utf8_map_done(NULL);
}

static void
test_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t max;
        const char *want;
    } rows[] = {
        {"просто", 10, "просто"},
        {"просто", 6, "просто"},
        {"просто", 5, "прост…"},
        {"просто", 0, "…"},
        {"", 0, ""},
        {"a\r\nb\tc\x1b[31m\x7F", 99, "a  b c [31m "},
        {"a\xC2\x85"
         "b\u2028c\u2029d",
         99, "a b c d"},
        {"a\u202Eb\u2066c\u200Fd\u061Ce\u2069f\u202Ag\u200Eh", 99, "a b c d e f g h"},
        /* Joiners shape words and faces; they stay. */
        {"a\u200Db", 99, "a\u200Db"},
        {"bad\xFF!", 99, "bad\uFFFD!"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
        dz_utf8_line(&b, dz_view_of(rows[i].text), rows[i].max);
        assert_string_equal(dz_buf_view(&b).p, rows[i].want);
    }
    DZ_AUTO_BUF struct dz_buf nul = DZ_BUF(100);
    dz_utf8_line(&nul, DZ_VIEW("a\0b"), 9);
    assert_string_equal(nul.p, "a b");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point_goes_round),
        cmocka_unit_test(test_changed_byte_in_a_run),
        cmocka_unit_test(test_ill_formed),
        cmocka_unit_test(test_well_formed),
        cmocka_unit_test(test_next_on_bad_bytes_and_at_the_end),
        cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_map_agrees_with_counting),
        cmocka_unit_test(test_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
