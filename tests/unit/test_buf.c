#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_buf.h"

static void
test_views(void **state)
{
    (void)state;
    assert_int_equal(dz_view_of(NULL).n, 0);
    assert_non_null(dz_view_of(NULL).p);
    assert_int_equal(dz_view_of("abc").n, 3);
    assert_true(dz_view_eq(DZ_VIEW("ab"), dz_view_of("ab")));
    assert_false(dz_view_eq(DZ_VIEW("ab"), DZ_VIEW("abc")));
    assert_false(dz_view_eq(DZ_VIEW("ab"), DZ_VIEW("ac")));
    assert_true(dz_view_eq((struct dz_view){0}, DZ_VIEW("")));
    assert_true(dz_view_eq(DZ_VIEW("a\0b"), DZ_VIEW("a\0b")));
    assert_true(dz_view_is(DZ_VIEW("ab"), "ab"));
    assert_false(dz_view_is(DZ_VIEW("a\0"), "a"));
    assert_true(dz_view_starts(DZ_VIEW("abc"), "ab"));
    assert_true(dz_view_starts(DZ_VIEW("abc"), ""));
    assert_false(dz_view_starts(DZ_VIEW("a"), "ab"));
    assert_false(dz_view_starts(DZ_VIEW("xbc"), "ab"));
    assert_true(dz_view_is(dz_view_trim(DZ_VIEW(" \t\n\v\f\ra b\r\n ")), "a b"));
    assert_int_equal(dz_view_trim(DZ_VIEW("  \n")).n, 0);
    assert_int_equal(dz_view_trim((struct dz_view){0}).n, 0);
    /* Only ASCII white space: the first byte of a no-break space is not a space. */
    assert_int_equal(dz_view_trim(DZ_VIEW("\xC2\xA0")).n, 2);
}

static void
test_appends(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1000);
    assert_string_equal(dz_buf_view(&b).p, "");
    dz_buf_add(&b, "a\0b", 3);
    dz_buf_adds(&b, "cd");
    dz_buf_adds(&b, NULL);
    dz_buf_addv(&b, DZ_VIEW("ef"));
    dz_buf_addv(&b, (struct dz_view){0});
    dz_buf_addc(&b, 'g');
    dz_buf_addf(&b, "%d-%s", 42, "x");
    dz_buf_addf(&b, "%s", "");
    assert_int_equal(b.n, 12);
    assert_memory_equal(b.p, "a\0bcdefg42-x", 13);
    assert_int_equal(dz_buf_ok(&b, "it", NULL), DZ_OK);
    dz_buf_cut(&b, 20);
    assert_int_equal(b.n, 12);
    dz_buf_cut(&b, 4);
    assert_memory_equal(b.p, "a\0bc", 5);
    dz_buf_reset(&b);
    assert_int_equal(b.n, 0);
    assert_string_equal(dz_buf_view(&b).p, "");
}

static void
test_long_formats(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100000);
    for (int i = 0; i < 100; i++)
        dz_buf_addf(&b, "%*d;", 200 + i, i);
    size_t want = 0;
    for (size_t i = 0; i < 100; i++)
        want += 201 + i;
    assert_int_equal(b.n, want);
    assert_int_equal(strlen(b.p), want);
    assert_int_equal(b.p[b.n - 1], ';');
}

static void
test_sticky_at_the_maximum(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(5);
    dz_buf_adds(&b, "abc");
    dz_buf_adds(&b, "de");
    assert_int_equal(dz_buf_ok(&b, "label", NULL), DZ_OK);
    dz_buf_addc(&b, 'f');
    dz_buf_reset(&b);
    dz_buf_adds(&b, "abcdef");
    /* Nothing after the one that did not fit, not even what would. */
    dz_buf_addc(&b, 'x');
    dz_buf_addf(&b, "%d", 1);
    assert_int_equal(b.n, 0);
    struct dz_err err = {0};
    assert_int_equal(dz_buf_ok(&b, "label", &err), DZ_E_LIMIT);
    assert_string_equal(err.msg, "label: longer than the 5 bytes that are allowed");
    dz_buf_reset(&b);
    dz_buf_addf(&b, "%s", "12345");
    assert_int_equal(dz_buf_ok(&b, "label", NULL), DZ_OK);
    dz_buf_addf(&b, "%s", "6");
    assert_int_equal(dz_buf_ok(&b, "label", NULL), DZ_E_LIMIT);
    assert_string_equal(b.p, "12345");
}

static void
test_default_maximum(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf b = {0};
    static char mib[1 << 20];
    for (int i = 0; i < 16; i++)
        dz_buf_add(&b, mib, sizeof mib);
    assert_int_equal(dz_buf_ok(&b, "it", NULL), DZ_OK);
    dz_buf_addc(&b, 'x');
    assert_int_equal(dz_buf_ok(&b, "it", NULL), DZ_E_LIMIT);
}

static void
test_take_moves_out(void **state)
{
    (void)state;
    struct dz_buf b = DZ_BUF(10);
    DZ_AUTO_FREE char *empty = dz_buf_take(&b);
    assert_string_equal(empty, "");
    dz_buf_adds(&b, "abc");
    DZ_AUTO_FREE char *s = dz_buf_take(&b);
    assert_string_equal(s, "abc");
    assert_int_equal(b.n, 0);
    assert_int_equal(b.max, 10);
    dz_buf_adds(&b, "again");
    assert_string_equal(b.p, "again");
    dz_buf_done(&b);
    dz_buf_done(&b);
    dz_buf_done(NULL);
}

static void
test_integers_are_big_endian(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
    dz_buf_add_u8(&b, 0xFE);
    dz_buf_add_u32be(&b, 0x01020304U);
    dz_buf_add_u64be(&b, UINT64_C(0x1122334455667788));
    assert_memory_equal(b.p, "\xFE\x01\x02\x03\x04\x11\x22\x33\x44\x55\x66\x77\x88", 13);
    struct dz_reader r = dz_reader_of(b.p, b.n);
    assert_int_equal(dz_read_u8(&r), 0xFE);
    assert_int_equal(dz_read_u32be(&r), 0x01020304U);
    assert_true(dz_read_u64be(&r) == UINT64_C(0x1122334455667788));
    assert_false(r.failed);
    assert_int_equal(r.pos, r.n);
}

static void
test_reader_is_sticky(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {1, 2, 3, 4, 5};
    struct dz_reader r = dz_reader_of(bytes, sizeof bytes);
    assert_memory_equal(dz_read_bytes(&r, 2), bytes, 2);
    assert_int_equal(dz_read_u32be(&r), 0);
    assert_true(r.failed);
    assert_int_equal(r.pos, 2);
    assert_int_equal(dz_read_u8(&r), 0);
    assert_null(dz_read_bytes(&r, 0));

    r = dz_reader_of(bytes, sizeof bytes);
    assert_null(dz_read_bytes(&r, SIZE_MAX));
    assert_true(r.failed);

    r = dz_reader_of(NULL, 0);
    assert_non_null(dz_read_bytes(&r, 0));
    assert_false(r.failed);
    assert_true(dz_read_u64be(&r) == 0);
    assert_true(r.failed);
}

/* Equal views alike wherever they lie; one changed byte, wherever, another number. */
static void
test_hash(void **state)
{
    (void)state;
    char here[32], there[33];
    for (size_t n = 0; n < sizeof here; n++) {
        memset(here, 'x', sizeof here);
        memset(there, 'x', sizeof there);
        struct dz_view a = {here, n}, b = {there + 1, n};
        assert_true(dz_view_hash(a) == dz_view_hash(b));
        for (size_t i = 0; i < n; i++) {
            here[i] = 'y';
            assert_true(dz_view_hash(a) != dz_view_hash(b));
            here[i] = 'x';
        }
        assert_true(dz_view_hash(a) != dz_view_hash((struct dz_view){here, n + 1}));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_appends),
        cmocka_unit_test(test_long_formats),
        cmocka_unit_test(test_sticky_at_the_maximum),
        cmocka_unit_test(test_default_maximum),
        cmocka_unit_test(test_take_moves_out),
        cmocka_unit_test(test_integers_are_big_endian),
        cmocka_unit_test(test_reader_is_sticky),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
