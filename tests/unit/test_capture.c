/* What a capture may go to, how addresses become absolute, names of files, and what pages and style
 * sheets need. The exchanges are tested end to end: tests/e2e/capture.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "dz_address.h"
#include "dz_capture.h"
#include "read_family.h"

static struct sockaddr_storage
number(const char *text, uint16_t port)
{
    struct sockaddr_storage s = {0};
    struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, text, &in4.sin_addr) == 1)
        memcpy(&s, &in4, sizeof in4);
    else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
        memcpy(&s, &in6, sizeof in6);
    else
        fail_msg("no number: %s", text);
    return s;
}

static const struct sockaddr *
as_address(const struct sockaddr_storage *s)
{
    return (const struct sockaddr *)s;
}

static void
test_private(void **state)
{
    (void)state;
    static const char *const ours[] = {
        "0.0.0.0",         "0.1.2.3",       "10.0.0.1",     "10.255.255.255",  "100.64.0.1",
        "100.127.255.255", "127.0.0.1",     "127.255.0.3",  "169.254.169.254", "172.16.0.1",
        "172.31.255.255",  "192.0.0.8",     "192.168.1.1",  "198.18.0.1",      "198.19.255.255",
        "224.0.0.251",     "239.1.1.1",     "240.0.0.1",    "255.255.255.255", "::",
        "::1",             "fe80::1",       "fc00::1",      "fd12:3456::1",    "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.1.1.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1",
        "2001:db8::1",     "::127.0.0.1",   "fec0::1",      "100::1",
    };
    static const char *const theirs[] = {
        "1.1.1.1",         "9.255.255.255", "11.0.0.1",    "100.63.255.255", "100.128.0.1",
        "126.255.255.255", "128.0.0.1",     "169.253.1.1", "172.15.255.255", "172.32.0.1",
        "192.167.255.255", "192.169.0.1",   "198.17.1.1",  "198.20.0.1",     "223.255.255.255",
        "2606:4700::1",    "2a00:1450::1",  "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
    };
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        struct sockaddr_storage s = number(ours[i], 80);
        if (!dz_address_is_private(as_address(&s)))
            fail_msg("not refused: %s", ours[i]);
    }
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) {
        struct sockaddr_storage s = number(theirs[i], 80);
        if (dz_address_is_private(as_address(&s)))
            fail_msg("refused: %s", theirs[i]);
    }
    struct sockaddr_storage local = {.ss_family = AF_UNIX};
    assert_true(dz_address_is_private(as_address(&local)));
}

static void
test_named(void **state)
{
    (void)state;
    struct sockaddr_storage a = number("127.0.0.1", 8000), b = number("::1", 80);
    assert_true(dz_address_is_named("127.0.0.1", as_address(&a)));
    assert_true(dz_address_is_named("10.0.0.1, 127.0.0.1:8000", as_address(&a)));
    assert_false(dz_address_is_named("127.0.0.1:80", as_address(&a)));
    assert_false(dz_address_is_named("127.0.0.2", as_address(&a)));
    assert_false(dz_address_is_named("", as_address(&a)));
    assert_false(dz_address_is_named(NULL, as_address(&a)));
    assert_true(dz_address_is_named("::1", as_address(&b)));
    assert_true(dz_address_is_named("[::1]:80", as_address(&b)));
    assert_false(dz_address_is_named("[::1]:81", as_address(&b)));
    static const char *const bad[] = {
        "all", "127.0.0",     "127.0.0.1:",          "127.0.0.1:99999", "[::1",
        ",",   "[127.0.0.1]", "127.0.0.1,,10.0.0.1", "localhost",       "10.0.0.0/8"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (dz_address_check_list(bad[i], NULL) != DZ_E_USAGE)
            fail_msg("taken: %s", bad[i]);
    assert_int_equal(dz_address_check_list("127.0.0.1:1,::1,[::1]:2", NULL), DZ_OK);
    assert_int_equal(dz_address_check_list(NULL, NULL), DZ_OK);
}

static void
test_hosts(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "http://127.0.0.1/",  "http://2130706433/", "http://0x7f.1/",      "http://017700000001/",
        "http://[::1]/",      "http://localhost/",  "http://LOCALHOST./",  "http://a.localhost:1/",
        "https://10.0.0.1/x", "http://[::ffff:127.0.0.1]/", "http://192.168.0.1:99/",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (!dz_address_host_refused(refused[i], NULL))
            fail_msg("not refused: %s", refused[i]);
    assert_false(dz_address_host_refused("http://a.example/", NULL));
    assert_false(dz_address_host_refused("http://notlocalhost/", NULL));
    assert_false(dz_address_host_refused("http://8.8.8.8/", NULL));
    assert_false(dz_address_host_refused("http://127.0.0.1/", "127.0.0.1:80"));
    assert_false(dz_address_host_refused("https://127.0.0.1/", "127.0.0.1:443"));
    assert_true(dz_address_host_refused("http://127.0.0.1:81/", "127.0.0.1:80"));
}

static void
test_resolve(void **state)
{
    (void)state;
    static const struct {
        const char *base;
        const char *address;
        const char *whole; /* NULL: refused */
    } all[] = {
        {NULL, "http://a.example", "http://a.example/"},
        {NULL, "HTTP://A.example/x#part", "http://A.example/x"},
        {NULL, "a.example", NULL},
        {NULL, "//a.example/", NULL},
        {NULL, "", NULL},
        {NULL, "http://u:p@a.example/", NULL},
        {NULL, "http://u@a.example/", NULL},
        {NULL, "file:///etc/passwd", NULL},
        {"http://a.example/b/c?d", "e.png", "http://a.example/b/e.png"},
        {"http://a.example/b/c", "../e.png", "http://a.example/e.png"},
        {"http://a.example/b/c", "/e f.png", "http://a.example/e%20f.png"},
        {"http://a.example/b/c", "//x.example/y", "http://x.example/y"},
        {"http://a.example/b/c", "?q", "http://a.example/b/c?q"},
        {"http://a.example/", "\xd1\x84.png", "http://a.example/%D1%84.png"},
        {"http://a.example/", " x\n.png\t", "http://a.example/x.png"},
        {"http://a.example/", "ftp://a.example/", NULL},
        {"http://a.example/", "gopher://a.example/", NULL},
        {"http://a.example/", "javascript:alert(1)", NULL},
        {"http://a.example/", "data:image/png;base64,AA==", NULL},
        {"http://a.example/", "http://u:p@b.example/", NULL},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1 << 14);
        enum dz_code code =
            dz_address_resolve(all[i].base, dz_view_of(all[i].address), &out, NULL);
        if (all[i].whole == NULL ? code != DZ_E_INPUT || out.n > 0
                                 : code != DZ_OK || strcasecmp(out.p, all[i].whole) != 0)
            fail_msg("%s: %s", all[i].address, out.p != NULL ? out.p : "(nothing)");
    }
    DZ_AUTO_BUF struct dz_buf longer = DZ_BUF(1 << 14);
    dz_buf_adds(&longer, "http://a.example/");
    while (longer.n <= 2048)
        dz_buf_adds(&longer, "abcdefgh");
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1 << 14);
    assert_int_equal(dz_address_resolve(NULL, dz_buf_view(&longer), &out, NULL), DZ_E_INPUT);
}

static void
test_names(void **state)
{
    (void)state;
    static const char *const all[][2] = {
        {"http://a.example/", "a.example.warc"},
        {"https://a.example/news/12?x=1", "a.example-news-12-x-1.warc"},
        {"http://a.example:81/%D1%84/../../etc", "a.example-81-D1-84-..-..-etc.warc"},
        {"http://../", ".warc"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        DZ_AUTO_FREE char *name = dz_capture_name(all[i][0]);
        if (i < 3)
            assert_string_equal(name, all[i][1]);
        assert_null(strchr(name, '/'));
    }
    DZ_AUTO_BUF struct dz_buf longer = DZ_BUF(1 << 14);
    dz_buf_adds(&longer, "http://a.example/");
    while (longer.n < 2000)
        dz_buf_adds(&longer, "abcdefgh");
    DZ_AUTO_FREE char *name = dz_capture_name(longer.p);
    assert_true(strlen(name) < 120);
}

static void
test_headers(void **state)
{
    (void)state;
    struct dz_view head = DZ_VIEW("HTTP/1.1 200 OK\r\nETag:  \"a\" \r\ncontent-type:text/html\r\n"
                                  "Server:\r\n\r\n");
    assert_true(dz_view_is(dz_exchange_header(head, "etag"), "\"a\""));
    assert_true(dz_view_is(dz_exchange_header(head, "Content-Type"), "text/html"));
    assert_int_equal(dz_exchange_header(head, "server").n, 0);
    assert_int_equal(dz_exchange_header(head, "tag").n, 0);
    assert_int_equal(dz_exchange_header((struct dz_view){0}, "a").n, 0);
}

/* ---- the family "needs" ---- */

static void
check_needs(const char *options, struct dz_view body, const char *const *wanted, size_t n)
{
    DZ_AUTO_BUF struct dz_buf found =
        read_bytes(&dz_family_needs, body, "page", "application/octet-stream", options);
    DZ_AUTO_BUF struct dz_buf list = DZ_BUF(1 << 20);
    static const char begins[] = "meta resource=";
    for (const char *at = found.p; at != NULL && *at != '\0';) {
        const char *end = strchr(at, '\n');
        size_t length = end != NULL ? (size_t)(end - at) : strlen(at);
        if (strncmp(at, begins, sizeof begins - 1) == 0) {
            dz_buf_add(&list, at + sizeof begins - 1, length - (sizeof begins - 1));
            dz_buf_addc(&list, '\n');
        }
        at = end != NULL ? end + 1 : NULL;
    }
    DZ_AUTO_BUF struct dz_buf want = DZ_BUF(1 << 20);
    for (size_t i = 0; i < n; i++)
        dz_buf_addf(&want, "%s\n", wanted[i]);
    assert_string_equal(list.p != NULL ? list.p : "", want.p != NULL ? want.p : "");
}

static void
test_style_needs(void **state)
{
    (void)state;
    static const char *const wanted[] = {"a.css", "b.css", "c.css", "d.png", "e f.png", "g.png",
                                         "h.woff2"};
    check_needs(
        "kind=css\n",
        DZ_VIEW("@charset 'utf-8'; @import \"a.css\"; @IMPORT url(b.css); @import url( 'c.css' );\n"
                "/* url(no.png) */ p { background: URL(d.png) , url(\"e f.png\") }\n"
                "q { content: \"url(no.png)\"; content: 'it\\'s url(no.png)' }\n"
                "r { background: url(data:image/png;base64,AA==); mask: url(#shape) }\n"
                "s { cursor: url( g.png ) } @font-face { src: url(h.woff2) format('woff2') }"),
        wanted, sizeof wanted / sizeof *wanted);
    static const char *const broken[] = {"url(", "url(\"x", "url('x\n')", "@import", "@import \"x",
                                         "/*", "\"", "\\", "url(\\"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        check_needs("kind=css\n", dz_view_of(broken[i]), NULL, 0);
}

static void
test_page_needs(void **state)
{
    (void)state;
    static const char *const wanted[] = {"a.png", "s.css"};
    struct dz_view page = DZ_VIEW("<html><body><img src=a.png><a href=b.html>b</a>"
                                  "<link rel=stylesheet href=s.css></body></html>");
    check_needs("kind=html\n", page, wanted, 2);
    check_needs("kind=html\nchunked=yes\n",
                DZ_VIEW("1b\r\n<html><body><img src=a.png>\r\n1e\r\n"
                        "<link rel=stylesheet href=s.css>\r\n0\r\n\r\n"),
                wanted, 1);
    check_needs("kind=html\nencoding=gzip\n", DZ_VIEW("\x1f\x8b\x08\x00 broken"), NULL, 0);
    check_needs("kind=html\n", DZ_VIEW(""), NULL, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_private),     cmocka_unit_test(test_named),
        cmocka_unit_test(test_hosts),       cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_names),       cmocka_unit_test(test_headers),
        cmocka_unit_test(test_style_needs), cmocka_unit_test(test_page_needs),
    };
    return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
