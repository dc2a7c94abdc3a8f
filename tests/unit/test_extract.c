#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_extract.h"
#include "dz_utf8.h"

static struct dz_extracted
extracted(const char *name, const void *p, size_t n)
{
    struct dz_extracted ret = {0};
    struct dz_err err = {0};
    DZ_AUTO_EXTRACTOR struct dz_extractor *x = dz_extractor_new(name);
    /* In small pieces, as a pipe would give them. */
    for (size_t at = 0; at < n; at += 7)
        dz_extractor_feed(x, (const char *)p + at, n - at < 7 ? n - at : 7);
    if (dz_extractor_finish(x, &ret, &err) != DZ_OK)
        fail_msg("%s", err.msg);
    return ret;
}
#define EXTRACT(name, lit) extracted((name), (lit), sizeof(lit) - 1)

static const char *
text_of(const struct dz_extracted *x)
{
    return x->text.p ? x->text.p : "";
}

static void
test_plain_text_stays_as_it_is(void **state)
{
    (void)state;
    DZ_AUTO_EXTRACTED struct dz_extracted x = EXTRACT("a.txt", "\xef\xbb\xbf"
                                                               "One\r\nДва\r\n\r\nThree");
    assert_int_equal(x.status, DZ_EXTRACT_TEXT);
    assert_string_equal(x.media_type, "text/plain");
    assert_string_equal(text_of(&x), "One\r\nДва\r\n\r\nThree");
    assert_string_equal(x.extractor, "text/1");
    assert_null(x.why);
    assert_string_equal(dz_extract_reason(x.why), "");
    assert_null(x.title);
}

static void
test_markdown_has_a_title(void **state)
{
    (void)state;
    DZ_AUTO_EXTRACTED struct dz_extracted x = EXTRACT("A.MD", "\n# Notes of a day \n\ntext\n");
    assert_string_equal(x.media_type, "text/markdown");
    assert_string_equal(x.title, "Notes of a day");
    assert_string_equal(text_of(&x), "\n# Notes of a day \n\ntext\n");
}

static void
test_few_bad_bytes_are_repaired(void **state)
{
    (void)state;
    char bytes[400];
    memset(bytes, 'a', sizeof bytes);
    bytes[100] = (char)0xff;
    DZ_AUTO_EXTRACTED struct dz_extracted x = extracted("a.txt", bytes, sizeof bytes);
    assert_int_equal(x.status, DZ_EXTRACT_REPAIRED);
    assert_int_equal(x.n_repaired, 1);
    assert_int_equal(x.text.n, 402);
    assert_memory_equal(x.text.p + 100, "\xef\xbf\xbd", 3);
}

static void
test_other_encodings_are_named(void **state)
{
    (void)state;
    /* "Паспорт" in windows-1251. */
    DZ_AUTO_EXTRACTED struct dz_extracted x = EXTRACT("a.txt", "\xcf\xe0\xf1\xef\xee\xf0\xf2 1");
    assert_int_equal(x.status, DZ_EXTRACT_UNSUPPORTED);
    assert_string_equal(x.why, "not_utf8");
    assert_non_null(strstr(dz_extract_reason(x.why), "UTF-8"));
    assert_int_equal(x.text.n, 0);
    DZ_AUTO_EXTRACTED struct dz_extracted y = EXTRACT("a.txt", "\xff\xfeP\0a\0");
    assert_int_equal(y.status, DZ_EXTRACT_UNSUPPORTED);
    assert_string_equal(y.why, "utf16");
}

static void
test_binary_is_not_text(void **state)
{
    (void)state;
    DZ_AUTO_EXTRACTED struct dz_extracted x = EXTRACT("a.txt", "abc\0def");
    assert_int_equal(x.status, DZ_EXTRACT_NOT_TEXT);
    DZ_AUTO_EXTRACTED struct dz_extracted y = EXTRACT("a.html", "%PDF-1.4 and so on");
    assert_int_equal(y.status, DZ_EXTRACT_NOT_TEXT);
    assert_string_equal(y.media_type, "application/pdf");
    /* Under its own name it is a kind that is not read yet. */
    DZ_AUTO_EXTRACTED struct dz_extracted z = EXTRACT("a.pdf", "%PDF-1.4 and so on");
    assert_int_equal(z.status, DZ_EXTRACT_UNSUPPORTED);
    assert_string_equal(z.media_type, "application/pdf");
    DZ_AUTO_EXTRACTED struct dz_extracted w = EXTRACT("noname", "\x89PNG\r\n\x1a\n");
    assert_int_equal(w.status, DZ_EXTRACT_UNSUPPORTED);
    assert_string_equal(w.media_type, "image/png");
}

static void
test_nothing_in_it(void **state)
{
    (void)state;
    DZ_AUTO_EXTRACTED struct dz_extracted x = EXTRACT("a.txt", "");
    assert_int_equal(x.status, DZ_EXTRACT_EMPTY);
    DZ_AUTO_EXTRACTED struct dz_extracted y = EXTRACT("a.txt", " \n\t\r\n");
    assert_int_equal(y.status, DZ_EXTRACT_EMPTY);
    assert_int_equal(y.text.n, 0);
    DZ_AUTO_EXTRACTED struct dz_extracted z =
        EXTRACT("a.html", "<html><script>x()</script></html>");
    assert_int_equal(z.status, DZ_EXTRACT_EMPTY);
}

static void
test_content_decides_over_name(void **state)
{
    (void)state;
    DZ_AUTO_EXTRACTED struct dz_extracted x =
        EXTRACT("saved.txt", "<!-- saved -->\n<!DOCTYPE html><p>One<p>Two");
    assert_string_equal(x.media_type, "text/html");
    assert_string_equal(text_of(&x), "One\nTwo\n");
    DZ_AUTO_EXTRACTED struct dz_extracted y = EXTRACT("README", "plain words");
    assert_int_equal(y.status, DZ_EXTRACT_TEXT);
    assert_string_equal(y.media_type, "text/plain");
}

static void
test_page_without_its_navigation(void **state)
{
    (void)state;
    DZ_AUTO_EXTRACTED struct dz_extracted x = EXTRACT(
        "p.html",
        "<html><head><title>t</title><style>p{}</style></head><body><nav>Home</nav>"
        "<h1>Clinic  sends\n people away</h1><p>No <b>pass</b>port, <i>no</i> doctor.<br>So it is.</p>"
        "<ul><li>one</li><li>two</li></ul><table><tr><td>a</td><td>b</td></tr><tr><td>c</table>"
        "<pre>x\n  y</pre><div hidden>unseen</div><div role=navigation>links</div>"
        "<script>var a = '<p>not text</p>';</script><aside>more</aside><footer>about</footer></body>");
    assert_string_equal(text_of(&x),
                        "Clinic sends people away\nNo passport, no doctor.\nSo it is.\none\ntwo\n"
                        "a b\nc\nx\ny\n");
}

static void
test_page_says_what_it_is(void **state)
{
    (void)state;
    DZ_AUTO_EXTRACTED struct dz_extracted x = EXTRACT(
        "p.html",
        "<!doctype html><html lang=uk-UA><head><title>Title | Site</title>"
        "<meta property='og:title' content='Deadline &amp; queue'>"
        "<meta property=\"article:published_time\" content=\"2024-07-01T23:30:00+03:00\">"
        "<meta name=author content='O. Writer'><meta property='og:site_name' content='Example Gazette'>"
        "<link rel=canonical href='https://example.org/a'></head><body><time datetime=2020-01-01>x</time>"
        "<p>Text</body></html>");
    assert_string_equal(x.title, "Deadline & queue");
    assert_string_equal(x.published, "2024-07-01");
    assert_string_equal(x.author, "O. Writer");
    assert_string_equal(x.site, "Example Gazette");
    assert_string_equal(x.address, "https://example.org/a");
    assert_string_equal(x.language, "uk-ua");
}

static void
test_json_ld(void **state)
{
    (void)state;
    DZ_AUTO_EXTRACTED struct dz_extracted x = EXTRACT(
        "p.html",
        "<title>Weak</title><script type='application/ld+json'>{\"@graph\":[{\"@type\":\"WebSite\","
        "\"name\":\"no\"},{\"@type\":\"NewsArticle\",\"headline\":\"Linked\",\"datePublished\":"
        "\"2025-03-14\",\"author\":[{\"name\":\"A\"},{\"name\":\"B\"}],\"publisher\":{\"name\":\"P\"}}]}"
        "</script><p>Text");
    assert_string_equal(x.title, "Linked");
    assert_string_equal(x.published, "2025-03-14");
    assert_string_equal(x.author, "A, B");
    assert_string_equal(x.site, "P");
    DZ_AUTO_EXTRACTED struct dz_extracted y = EXTRACT(
        "p.html", "<p>T<time datetime='2022-09'>x</time><script type='application/ld+json'>{bad");
    assert_string_equal(y.published, "2022-09");
    DZ_AUTO_EXTRACTED struct dz_extracted z =
        EXTRACT("p.html", "<meta name=date content='yesterday'><p>T<time datetime='soon'>x</time>");
    assert_null(z.published);
}

/* A numeric entity far beyond Unicode must not leave bytes that are no text. */
static void
test_overflowing_entity(void **state)
{
    (void)state;
    DZ_AUTO_EXTRACTED struct dz_extracted x =
        EXTRACT("p.html", "<p>a&#xDEEEEEEEEEEEEEEEEEEEE;b&#xDEEEEEEEEEEEEu");
    assert_int_equal(x.status, DZ_EXTRACT_TEXT);
    assert_int_equal(dz_utf8_check(dz_buf_view(&x.text), NULL), DZ_OK);
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
    } pages[] = {
        {"<div>", 3000000},
        {"<b>", 100000},
        {"<a b c d e f g h i j k ", 200000},
        {"<font size=1><p>x", 200000},
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        size_t n;
        DZ_AUTO_FREE char *page = repeated(pages[i].piece, pages[i].times, &n);
        DZ_AUTO_EXTRACTED struct dz_extracted x = extracted("p.html", page, n);
        assert_int_equal(x.status, DZ_EXTRACT_UNSUPPORTED);
        assert_string_equal(x.why, "nesting");
    }
    /* Deep, but no deeper than is read. */
    size_t n;
    DZ_AUTO_FREE char *page = repeated("<div>x", 1900, &n);
    DZ_AUTO_EXTRACTED struct dz_extracted x = extracted("p.html", page, n);
    assert_int_equal(x.status, DZ_EXTRACT_TEXT);
    assert_int_equal(x.text.n, 2 * 1900);
}

static void
test_long_text_is_left_alone(void **state)
{
    (void)state;
    DZ_AUTO_EXTRACTOR struct dz_extractor *x = dz_extractor_new("long.txt");
    DZ_AUTO_FREE char *block = dz_alloc(1u << 20);
    memset(block, 'x', 1u << 20);
    for (int i = 0; i < 17; i++)
        dz_extractor_feed(x, block, 1u << 20);
    DZ_AUTO_EXTRACTED struct dz_extracted ret = {0};
    assert_int_equal(dz_extractor_finish(x, &ret, NULL), DZ_OK);
    assert_int_equal(ret.status, DZ_EXTRACT_TOO_LARGE);
    assert_string_equal(ret.media_type, "text/plain");
    assert_int_equal(ret.text.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text_stays_as_it_is),
        cmocka_unit_test(test_markdown_has_a_title),
        cmocka_unit_test(test_few_bad_bytes_are_repaired),
        cmocka_unit_test(test_other_encodings_are_named),
        cmocka_unit_test(test_binary_is_not_text),
        cmocka_unit_test(test_nothing_in_it),
        cmocka_unit_test(test_content_decides_over_name),
        cmocka_unit_test(test_page_without_its_navigation),
        cmocka_unit_test(test_page_says_what_it_is),
        cmocka_unit_test(test_json_ld),
        cmocka_unit_test(test_overflowing_entity),
        cmocka_unit_test(test_hostile_pages),
        cmocka_unit_test(test_long_text_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
