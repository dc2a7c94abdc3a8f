/* Addresses that may be gone to, and what is said when nobody is there. The exchange itself is
 * tested
 * end to end, against a server: tests/e2e/timestamp.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_fetch.h"

static void
test_addresses(void **state)
{
    (void)state;
    static const char *const good[] = {
        "http://a.example",          "https://a.example/tsr?x=1", "HTTP://A.EXAMPLE:8080/",
        "http://[::1]:80/",          "https://me:word@a.example", "http://127.0.0.1/",
        "http://xn--80ak6aa92e.com", "http://приклад.example/",   "http://a.example?q",
        "http://u:p@[::1]:9/",
    };
    static const char *const bad[] = {
        "",
        "a.example",
        "ftp://a.example/",
        "file:///etc/passwd",
        "http://",
        "http:///path",
        "http://a example/",
        "http://a.example/\r\nHost: b",
        "http://a.example/\x7f",
        " http://a.example/",
        "http://a.example/\xff",
        "javascript:alert(1)",
        "socks5h://a.example:1",
        "gopher://a.example",
        "http://a.example:99999/",
        "http://a.example:/",
        "http://a.example:0/",
        "http://a@/",
        "http://[::1/",
        "http://[]/",
        "http://a.example\\b/",
        "http://a,b/",
        "://a.example",
        "http:a.example",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (dz_fetch_check_url(good[i], NULL) != DZ_OK)
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (dz_fetch_check_url(bad[i], NULL) != DZ_E_INPUT)
            fail_msg("taken: %s", bad[i]);
    char longest[DZ_FETCH_URL_MAX + 2] = "http://a.example/";
    memset(longest + 17, 'a', DZ_FETCH_URL_MAX - 17);
    assert_int_equal(dz_fetch_check_url(longest, NULL), DZ_OK);
    longest[DZ_FETCH_URL_MAX] = 'a';
    assert_int_equal(dz_fetch_check_url(longest, NULL), DZ_E_INPUT);
}

static void
test_proxies(void **state)
{
    (void)state;
    assert_int_equal(dz_fetch_check_proxy("http://127.0.0.1:3128", NULL), DZ_OK);
    assert_int_equal(dz_fetch_check_proxy("socks5h://127.0.0.1:9050", NULL), DZ_OK);
    static const char *const bad[] = {"", "socks5://127.0.0.1:9050", /* looks names up here */
                                      "socks4a://127.0.0.1:9050", "https://127.0.0.1",
                                      "127.0.0.1:9050"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (dz_fetch_check_proxy(bad[i], NULL) != DZ_E_INPUT)
            fail_msg("taken: %s", bad[i]);
}

static void
test_nobody_there(void **state)
{
    (void)state;
    struct dz_err err = {0};
    DZ_AUTO_BUF struct dz_buf reply = DZ_BUF(100);
    dz_buf_adds(&reply, "before");
    assert_int_equal(dz_fetch_post("http://me:secretword@127.0.0.1:1/x", "text/plain", DZ_VIEW("q"),
                                   NULL, &reply, &err),
                     DZ_E_IO);
    assert_non_null(strstr(err.msg, "127.0.0.1 is out of reach"));
    assert_null(strstr(err.msg, "secretword"));
    assert_string_equal(reply.p, "before");
    assert_int_equal(
        dz_fetch_post("file:///etc/hostname", "text/plain", DZ_VIEW(""), NULL, &reply, &err),
        DZ_E_USAGE);
    const struct dz_fetch_opts opts = {.proxy = "ftp://127.0.0.1"};
    assert_int_equal(
        dz_fetch_post("http://127.0.0.1:1/", "text/plain", DZ_VIEW(""), &opts, &reply, &err),
        DZ_E_USAGE);
    assert_non_null(strstr(err.msg, "a proxy is given as"));
    assert_string_equal(reply.p, "before");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_proxies),
        cmocka_unit_test(test_nobody_there),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
