#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dz_err.h"
#include "dz_utf8.h"

static bool
is_clean(const char *msg)
{
    struct dz_view v = dz_view_of(msg);
    for (size_t pos = 0; pos < v.n;) {
        if (dz_utf8_is_control(dz_utf8_next(v, &pos)))
            return false;
    }
    return dz_utf8_valid_prefix(v) == v.n;
}

static void
test_fail_fills_and_returns(void **state)
{
    (void)state;
    struct dz_err err = {.sys = 99};
    assert_int_equal(dz_fail(&err, DZ_E_INPUT, "page %d: %s", 3, "odd"), DZ_E_INPUT);
    assert_int_equal(err.code, DZ_E_INPUT);
    assert_int_equal(err.sys, 0);
    assert_string_equal(err.msg, "page 3: odd");
    assert_int_equal(dz_fail(NULL, DZ_E_AUTH, "nobody reads this"), DZ_E_AUTH);
}

static void
test_arguments_are_shown_on_one_line(void **state)
{
    (void)state;
    struct dz_err err;
    dz_fail(&err, DZ_E_INPUT, "'%s'",
            "a\nb\x1b[2Jc\xE2\x80\xAE"
            "d\xC2\x85"
            "e");
    assert_string_equal(err.msg, "'a b [2Jc d e'");
    /* File names are bytes. */
    dz_fail(&err, DZ_E_INPUT, "'%s'", "x\xFFy\xD0");
    assert_string_equal(err.msg, "'x\xEF\xBF\xBDy\xEF\xBF\xBD'");
    dz_fail(&err, DZ_E_INPUT, "%s", "\xEF\xBF\xBD");
    assert_string_equal(err.msg, "\xEF\xBF\xBD");
}

static void
test_long_messages_are_cut_at_a_character(void **state)
{
    (void)state;
    char text[6000];
    /* Three lengths of prefix, so that the border falls on every byte of a character. */
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 3 < sizeof text; i += 2)
            memcpy(text + i, "\xD1\x94", 3);
        struct dz_err err;
        dz_fail(&err, DZ_E_LIMIT, "%s", text);
        assert_true(strlen(err.msg) < sizeof err.msg);
        assert_true(strlen(err.msg) > sizeof err.msg - 8);
        assert_true(is_clean(err.msg));
        assert_non_null(strstr(err.msg, "\xE2\x80\xA6"));
    }
    /* Exactly what fits is not cut. */
    char exact[512];
    memset(exact, 'x', sizeof exact - 1);
    exact[sizeof exact - 1] = '\0';
    struct dz_err err;
    dz_fail(&err, DZ_E_LIMIT, "%s", exact);
    assert_string_equal(err.msg, exact);
}

static void
test_sys_codes(void **state)
{
    (void)state;
    static const struct {
        int sys;
        enum dz_code code;
        const char *words;
    } rows[] = {
        {ENOSPC, DZ_E_FULL, "No space left on device"},
        {EDQUOT, DZ_E_FULL, "Disk quota exceeded"},
        {ENOENT, DZ_E_NOTFOUND, "No such file or directory"},
        {EEXIST, DZ_E_EXISTS, "File exists"},
        {EIO, DZ_E_IO, "Input/output error"},
        {EACCES, DZ_E_IO, "Permission denied"},
        {EXDEV, DZ_E_IO, "Invalid cross-device link"},
        {12345, DZ_E_IO, "unknown error"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dz_err err;
        assert_int_equal(dz_fail_sys(&err, rows[i].sys, "opening '%s'", "f"), rows[i].code);
        assert_int_equal(err.code, rows[i].code);
        assert_int_equal(err.sys, rows[i].sys);
        char want[128];
        snprintf(want, sizeof want, "opening 'f': %s", rows[i].words);
        assert_string_equal(err.msg, want);
        assert_int_equal(dz_fail_sys(NULL, rows[i].sys, "opening"), rows[i].code);
    }
}

static void
test_sys_words_survive_a_long_path(void **state)
{
    (void)state;
    char path[4000];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    struct dz_err err;
    dz_fail_sys(&err, ENOSPC, "writing '%s'", path);
    static const char tail[] = "\xE2\x80\xA6: No space left on device";
    assert_true(strlen(err.msg) > 400);
    assert_string_equal(err.msg + strlen(err.msg) - strlen(tail), tail);
}

static void
test_while_puts_the_cause_in_front(void **state)
{
    (void)state;
    struct dz_err err;
    dz_fail_sys(&err, ENOSPC, "writing a file");
    assert_int_equal(dz_while(&err, "importing '%s'", "a.pdf"), DZ_E_FULL);
    assert_string_equal(err.msg, "importing 'a.pdf': writing a file: No space left on device");
    assert_int_equal(err.sys, ENOSPC);

    char path[4000];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    dz_fail(&err, DZ_E_CORRUPT, "segment %d ends early", 3);
    assert_int_equal(dz_while(&err, "importing '%s'", path), DZ_E_CORRUPT);
    static const char tail[] = "\xE2\x80\xA6: segment 3 ends early";
    assert_string_equal(err.msg + strlen(err.msg) - strlen(tail), tail);

    /* An inner cause that fills the line leaves the outer one its share. */
    dz_fail(&err, DZ_E_CORRUPT, "%s", path);
    dz_while(&err, "importing '%s'", "a.pdf");
    assert_ptr_equal(strstr(err.msg, "importing 'a.pdf': ppp"), err.msg);
    for (int i = 0; i < 50; i++)
        dz_while(&err, "\xD1\x96\xD1\x96\xD1\x96 %d", i);
    assert_true(is_clean(err.msg));
    assert_ptr_equal(strstr(err.msg, "\xD1\x96\xD1\x96\xD1\x96 49: "), err.msg);
}

static enum dz_code
nobody_listens(void)
{
    if (dz_fail(NULL, DZ_E_LOCKED, "inner") != DZ_OK)
        return dz_while(NULL, "outer");
    return DZ_OK;
}

static void
test_while_without_text_keeps_the_code(void **state)
{
    (void)state;
    assert_int_equal(nobody_listens(), DZ_E_LOCKED);
    assert_int_equal(dz_fail_sys(NULL, ENOENT, "x"), DZ_E_NOTFOUND);
    assert_int_equal(dz_while(NULL, "outer"), DZ_E_NOTFOUND);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail_fills_and_returns),
        cmocka_unit_test(test_arguments_are_shown_on_one_line),
        cmocka_unit_test(test_long_messages_are_cut_at_a_character),
        cmocka_unit_test(test_sys_codes),
        cmocka_unit_test(test_sys_words_survive_a_long_path),
        cmocka_unit_test(test_while_puts_the_cause_in_front),
        cmocka_unit_test(test_while_without_text_keeps_the_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
