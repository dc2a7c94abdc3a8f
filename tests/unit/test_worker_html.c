#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "dz_html_reader.h"
#include "read_family.h"

static void
test_fixtures(void **state)
{
    (void)state;
    assert_true(check_fixtures(&dz_family_html, "html", "links=yes") >= 24);
}

static void
test_truncated(void **state)
{
    (void)state;
    static const char *const names[] = {"wordpress.html", "government.html", "news.html",
                                        "letter.xhtml",   "utf16.html",      "links.html"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_truncated(&dz_family_html, "html", names[i], "links=yes");
}

static struct dz_buf
read_page(struct dz_view page, const char *media_type, const char *options)
{
    return read_bytes(&dz_family_html, page, "p.html", media_type, options);
}

/* What was declared outside of the page counts before its own word. */
static void
test_charset_from_outside(void **state)
{
    (void)state;
    /* The same bytes are a word in each; only one of them was said. */
    struct dz_view page = DZ_VIEW("<meta charset=koi8-r><p>\xcb\xce\xc9\xc7\xc1");
    DZ_AUTO_BUF struct dz_buf own = read_page(page, "text/html", NULL);
    assert_non_null(strstr(own.p, "text книга"));
    page = DZ_VIEW("<meta charset=utf-8><p>\xea\xed\xe8\xe3\xe0 \xe6\xe0\xeb\xee\xe1");
    DZ_AUTO_BUF struct dz_buf media = read_page(page, "text/html; charset=\"cp1251\"", NULL);
    assert_non_null(strstr(media.p, "field encoding=windows-1251\n"));
    assert_non_null(strstr(media.p, "text книга жалоб"));
    DZ_AUTO_BUF struct dz_buf option = read_page(page, "text/html", "charset=windows-1251");
    assert_non_null(strstr(option.p, "text книга жалоб"));
}

static void
test_what_is_wanted(void **state)
{
    (void)state;
    struct dz_view page = DZ_VIEW("<title>T</title><nav>menu</nav><p>text<a href=x>l</a>");
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4096);
    struct dz_work *w = dz_work_memory((struct dz_view){0}, "", "", NULL, &out);
    struct dz_html_want want = {0};
    assert_int_equal(dz_html_read(w, page, &want, NULL), DZ_OK);
    dz_work_done(w, "text", NULL);
    dz_work_free(w);
    assert_string_equal(out.p, "text menu\\n\ntext textl\\n\ndone text\n");
}

static void
test_declared_charset(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        const char *charset;
    } heads[] = {
        {"<meta charset=koi8-u>", "koi8-u"},
        {"<META  CharSet = 'windows-1251' />", "windows-1251"},
        {"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=cp866\">", "cp866"},
        {"<!-- <meta charset=koi8-r> --><meta charset=utf-8>", "utf-8"},
        {"<meta charset=utf-16>", "utf-8"},
        {"<?xml version='1.0' encoding='koi8-r'?><meta charset=utf-8>", "koi8-r"},
        {"<meta name=author content=x><p>charset=koi8-r", NULL},
        {"<p>none", NULL},
        {"<meta charset", NULL},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        char found[40] = "";
        bool is = dz_html_charset(dz_view_of(heads[i].head), found);
        assert_int_equal(is, heads[i].charset != NULL);
        assert_string_equal(found, heads[i].charset ? heads[i].charset : "");
    }
}

static char *
repeated(const char *what, size_t times, size_t *ret_n)
{
    size_t n = strlen(what);
    char *all = dz_alloc(n * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(all + i * n, what, n);
    *ret_n = n * times;
    return all;
}

/* Pages that would cost a parser gigabytes or hours are named, and quickly. */
static void
test_hostile_pages(void **state)
{
    (void)state;
    static const struct {
        const char *piece;
        size_t times;
        const char *end;
    } pages[] = {
        {"<div>", 1000000, "done limit nesting\n"},
        {"<i>x</i>", 1000000, "done limit nesting\n"},
        {"<b>", 100000, "done limit nesting\n"},
        {"<a b c d e f g h i j k ", 200000, "done limit nesting\n"},
        {"<font size=1><p>x", 200000, "done limit nesting\n"},
        {"<table><tr><td>", 100000, "done limit nesting\n"},
        {"<div>x", 1900, "done text\n"},
        {"x<br>", 290000, "done text\n"},
        {"<div class='menu share related'>x</div>", 140000, "done text\n"},
        {"<h1>x</h1>", 140000, "done text\n"},
        {"&amp;", 3000000, "done text\n"},
        {"<![CDATA[", 1000000, "done empty blank\n"},
        {"x<!--", 1000000, "done text\n"},
        {"word ", 4000000, "done limit too_large\n"},
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        size_t n;
        DZ_AUTO_FREE char *page = repeated(pages[i].piece, pages[i].times, &n);
        clock_t begin = clock();
        DZ_AUTO_BUF struct dz_buf out = read_page((struct dz_view){page, n}, "", "links=yes");
        if (!ends_with(&out, pages[i].end))
            print_message("# %s: %.*s\n", pages[i].piece, 40,
                          out.p + (out.n > 40 ? out.n - 40 : 0));
        assert_true(ends_with(&out, pages[i].end));
        /* Under sanitizers, and with others at work. */
        assert_true((clock() - begin) / CLOCKS_PER_SEC < 30);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixtures),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_charset_from_outside),
        cmocka_unit_test(test_what_is_wanted),
        cmocka_unit_test(test_declared_charset),
        cmocka_unit_test(test_hostile_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
