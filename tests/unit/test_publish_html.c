/* The HTML writer: nothing that comes from outside can become markup, a link or a style. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_html.h"

static enum dz_code
keep(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    dz_buf_add(ctx, p, n);
    return DZ_OK;
}

static enum dz_code
refuse(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)p;
    (void)n;
    ++*(int *)ctx;
    return dz_fail(err, DZ_E_FULL, "no room");
}

/* What stands behind the doctype. */
static const char *
body_of(struct dz_html *h, struct dz_buf *out)
{
    struct dz_err err;
    assert_int_equal(dz_html_finish(h, &err), DZ_OK);
    const char *start = strchr(out->p, '>');
    assert_non_null(start);
    return start + 1;
}

static void
test_text_is_escaped(void **state)
{
    (void)state;
    struct dz_html h;
    DZ_AUTO_BUF struct dz_buf out = {0};
    dz_html_init(&h, keep, &out);
    dz_html_open(&h, "b");
    dz_html_attr(&h, "title", "\"><script>alert(1)</script>");
    dz_html_text(&h, "<i>&\"'");
    dz_html_close(&h, "b");
    assert_string_equal(body_of(&h, &out),
                        "\n<b title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">"
                        "&lt;i&gt;&amp;&quot;&#39;</b>\n");
}

static void
test_bad_bytes_are_replaced(void **state)
{
    (void)state;
    struct dz_html h;
    DZ_AUTO_BUF struct dz_buf out = {0};
    dz_html_init(&h, keep, &out);
    dz_html_text(&h, "a\xff"
                     "b\x01"
                     "c\xc2\x85"
                     "d\n\xd1\x96");
    assert_string_equal(body_of(&h, &out), "\na\xef\xbf\xbd"
                                           "b\xef\xbf\xbd"
                                           "c\xef\xbf\xbd"
                                           "d\n\xd1\x96\n");
}

static void
test_only_web_addresses_are_links(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "javascript:alert(1)",   "data:text/html,x", " https://a.example",
        "https://a.example/ x",  "ftp://a.example",  "//a.example",
        "https://a.example/\"x", "HTTPS:/a",         ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(dz_html_is_link(bad[i]));
    assert_true(dz_html_is_link("https://a.example/b?c=1&d=2#e"));

    struct dz_html h;
    DZ_AUTO_BUF struct dz_buf out = {0};
    dz_html_init(&h, keep, &out);
    dz_html_open(&h, "a");
    assert_false(dz_html_href(&h, "javascript:alert(1)"));
    assert_true(dz_html_href(&h, "https://a.example/?c=1&d=2"));
    dz_html_close(&h, "a");
    assert_string_equal(body_of(&h, &out), "\n<a href=\"https://a.example/?c=1&amp;d=2\"></a>\n");
}

static void
test_css_strings_stay_strings(void **state)
{
    (void)state;
    struct dz_html h;
    DZ_AUTO_BUF struct dz_buf out = {0};
    dz_html_init(&h, keep, &out);
    dz_html_style_string(&h, "a{content:", "x\"}</style>\xd1\x96", "}");
    assert_string_equal(body_of(&h, &out), "\n\n<style>a{content:\"x\\22 \\7d \\3c \\2f style\\3e "
                                           "\\456 \"}</style>\n");
}

static void
test_tags_must_match(void **state)
{
    (void)state;
    struct dz_err err;
    struct dz_html h;
    DZ_AUTO_BUF struct dz_buf out = {0};
    dz_html_init(&h, keep, &out);
    dz_html_open(&h, "p");
    assert_int_equal(dz_html_finish(&h, &err), DZ_E_CORRUPT);

    dz_html_init(&h, keep, &out);
    dz_html_open(&h, "p");
    dz_html_open(&h, "b");
    dz_html_close(&h, "p");
    assert_int_equal(dz_html_finish(&h, &err), DZ_E_CORRUPT);

    dz_html_init(&h, keep, &out);
    dz_html_text(&h, "x");
    dz_html_attr(&h, "class", "late");
    assert_int_equal(dz_html_finish(&h, &err), DZ_E_CORRUPT);
}

static void
test_first_failure_stops(void **state)
{
    (void)state;
    int calls = 0;
    struct dz_err err;
    struct dz_html h;
    dz_html_init(&h, refuse, &calls);
    for (size_t i = 0; i < 3 * DZ_HTML_CHUNK; i++)
        dz_html_text(&h, "x");
    assert_int_equal(dz_html_finish(&h, &err), DZ_E_FULL);
    assert_string_equal(err.msg, "no room");
    assert_int_equal(calls, 1);
}

static void
test_long_text_passes_in_pieces(void **state)
{
    (void)state;
    struct dz_html h;
    DZ_AUTO_BUF struct dz_buf out = {0};
    dz_html_init(&h, keep, &out);
    size_t before = strlen("<!DOCTYPE html>\n");
    for (size_t i = 0; i < 3 * DZ_HTML_CHUNK; i++)
        dz_html_text(&h, "<");
    struct dz_err err;
    assert_int_equal(dz_html_finish(&h, &err), DZ_OK);
    assert_int_equal(out.n, before + 4 * 3 * DZ_HTML_CHUNK + 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_escaped),
        cmocka_unit_test(test_bad_bytes_are_replaced),
        cmocka_unit_test(test_only_web_addresses_are_links),
        cmocka_unit_test(test_css_strings_stay_strings),
        cmocka_unit_test(test_tags_must_match),
        cmocka_unit_test(test_first_failure_stops),
        cmocka_unit_test(test_long_text_passes_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
