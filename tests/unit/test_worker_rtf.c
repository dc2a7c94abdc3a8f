#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dz_families.h"
#include "read_family.h"

static const struct dz_family *const rtf = &dz_family_rtf;

static struct dz_buf
said(const char *text)
{
    return read_bytes(rtf, dz_view_of(text), "file.rtf", "application/rtf", NULL);
}

static void
files_say_what_is_expected(void **state)
{
    (void)state;
    assert_true(check_fixtures(rtf, "rtf", "parts=yes\n") >= 8);
}

static void
every_beginning_ends_with_a_status(void **state)
{
    (void)state;
    check_truncated(rtf, "rtf", "order.rtf", NULL);
    check_truncated(rtf, "rtf", "object.rtf", NULL);
}

static void
deep_groups_end_at_a_limit(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4u << 20);
    dz_buf_adds(&text, "{\\rtf1 before ");
    for (size_t i = 0; i < 1000000; i++)
        dz_buf_addc(&text, '{');
    DZ_AUTO_BUF struct dz_buf out =
        read_bytes(rtf, dz_buf_view(&text), "f", "application/rtf", NULL);
    assert_string_equal(out.p, "text before \ndone limit nesting\n");
}

/* Numbers that no font table and no byte count can have. */
static void
false_numbers_do_no_harm(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out =
        said("{\\rtf1\\deff99999999\\uc-5{\\fonttbl{\\f-1\\fcharset99999999999;}{\\f4096;}}"
             "\\f99999 a\\u99999999999999 \\'zz\\'4 b\\bin-7 c}");
    assert_true(ends_with(&out, "done text\n"));
    DZ_AUTO_BUF struct dz_buf cut = said("{\\rtf1 a\\bin999999999 b}");
    assert_string_equal(cut.p, "text a\ndone damaged truncated\n");
}

static void
nothing_of_it_is_text(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf nothing = said("{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\par}");
    assert_true(ends_with(&nothing, "done empty no_text\n"));
    DZ_AUTO_BUF struct dz_buf empty = said("");
    assert_string_equal(empty.p, "done empty empty\n");
    DZ_AUTO_BUF struct dz_buf other = said("%PDF-1.4");
    assert_string_equal(other.p, "done unsupported kind\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_say_what_is_expected),
        cmocka_unit_test(every_beginning_ends_with_a_status),
        cmocka_unit_test(deep_groups_end_at_a_limit),
        cmocka_unit_test(false_numbers_do_no_harm),
        cmocka_unit_test(nothing_of_it_is_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
