#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_note.h"

static const char good[] = "dokaz/0123456789abcdef\n8\n"
                           "Xcnaeacgwamq1Ve0AdKbqnrtCDqq0uSc0P43Dv9GBGA=\n";

static void
both_ways(void **state)
{
    (void)state;
    struct dz_checkpoint c;
    assert_int_equal(dz_checkpoint_parse(dz_view_of(good), &c, NULL), DZ_OK);
    assert_string_equal(c.origin, "dokaz/0123456789abcdef");
    assert_int_equal(c.size, 8);
    assert_int_equal(c.root.b[0], 0x5d);
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1024);
    dz_checkpoint_print(&c, &out);
    assert_string_equal(out.p, good);
}

static void
extension_lines(void **state)
{
    (void)state;
    struct dz_checkpoint c;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1024);
    dz_buf_addf(&text, "%sanything\n", good);
    assert_int_equal(dz_checkpoint_parse(dz_buf_view(&text), &c, NULL), DZ_OK);
    dz_buf_adds(&text, "\n");
    assert_int_equal(dz_checkpoint_parse(dz_buf_view(&text), &c, NULL), DZ_E_INPUT);
}

static void
ill_formed(void **state)
{
    (void)state;
    static const char root[] = "Xcnaeacgwamq1Ve0AdKbqnrtCDqq0uSc0P43Dv9GBGA=";
    static const char *const forms[] = {
        "",
        "o",
        "o\n8\n",
        "\n8\n%s\n",
        "o\n08\n%s\n",
        "o\n-1\n%s\n",
        "o\n+8\n%s\n",
        "o\n\n%s\n",
        "o\n8 \n%s\n",
        "o\n9223372036854775808\n%s\n",
        "o\n18446744073709551616\n%s\n",
        "o\n8\n%s",
        "o\n8\n%s=\n",
        "o\n8\nXcna\n",
        "o\n8\n\n",
        "o\x01\n8\n%s\n",
        "o\n8\n%s\n\nx\n",
    };
    struct dz_checkpoint c = {.size = 77};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1024);
        const char *hole = strstr(forms[i], "%s");
        if (hole == NULL) {
            dz_buf_adds(&text, forms[i]);
        } else {
            dz_buf_add(&text, forms[i], (size_t)(hole - forms[i]));
            dz_buf_adds(&text, root);
            dz_buf_adds(&text, hole + 2);
        }
        assert_int_equal(dz_checkpoint_parse(dz_buf_view(&text), &c, NULL), DZ_E_INPUT);
        assert_int_equal(c.size, 77);
    }
    DZ_AUTO_BUF struct dz_buf longest = DZ_BUF(1024);
    for (int i = 0; i < 128; i++)
        dz_buf_adds(&longest, "o");
    dz_buf_addf(&longest, "\n8\n%s\n", root);
    assert_int_equal(dz_checkpoint_parse(dz_buf_view(&longest), &c, NULL), DZ_E_INPUT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),
        cmocka_unit_test(extension_lines),
        cmocka_unit_test(ill_formed),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
