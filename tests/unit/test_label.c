/* Labels of places in what is published: nothing is left that could name somebody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dz_label.h"

static void
is(const char *kind, const char *label, const char *left)
{
    struct dz_view v = dz_label_public(dz_view_of(kind), dz_view_of(label));
    assert_int_equal(v.n, dz_view_of(left).n);
    assert_memory_equal(v.p, left, v.n);
}

static void
test_what_is_left(void **state)
{
    (void)state;
    is("page", "12", "12");
    is("page", "12 (xii)", "12");
    is("page", "Odarka", "");
    is("slide", "3", "3");
    is("message", "4711", "4711");
    is("message", "a1@office.example", "");
    is("cell", "AB12", "AB12");
    is("cell", "ODARKA1", "");
    is("cell", "12", "");
    is("time", "00:12:30.500", "00:12:30.500");
    is("time", "at nine", "");
    is("sheet", "Sheet1", "Sheet1");
    is("sheet", "Аркуш12", "Аркуш12");
    is("sheet", "Лист3", "Лист3");
    is("sheet", "2024", "2024");
    is("sheet", "Sheet", "");
    is("sheet", "Sheet1 Odarka", "");
    is("sheet", "Веремійчук", "");
    is("section", "Odarka.txt", "");
    is("section", "12", "");
    is("line", "1 2 3 4", "");
}

static void
test_narrowing(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1024);
    dz_labels_narrow(DZ_VIEW("0\tsheet\tOdarka\n0\tcell\tA1\n4\tpage\t2 (ii)\n9\tsection\tx\n"),
                     &out);
    assert_string_equal(out.p, "0\tcell\tA1\n4\tpage\t2\n");
    /* What is damaged says nothing from there on. */
    dz_buf_cut(&out, 0);
    dz_labels_narrow(DZ_VIEW("0\tcell\tA1\nOdarka"), &out);
    assert_string_equal(out.p, "0\tcell\tA1\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_left),
        cmocka_unit_test(test_narrowing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
