/* Addresses that may be gone to, and what is said when nobody is there. The exchange itself is
 * tested
 * end to end, against a server: tests/e2e/timestamp.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* A server for one request, which it reads to the end of its body of one byte. */
static pid_t
serve_once(const char *answer, char *ret_url, size_t n)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &length), 0);
    snprintf(ret_url, n, "http://127.0.0.1:%d/", ntohs(at.sin_port));
    pid_t child = fork();
    if (child == 0) {
        char heard[4096] = "";
        size_t at_byte = 0;
        int line = accept(listener, NULL, NULL);
        while (at_byte < sizeof heard - 1 && strstr(heard, "\r\n\r\nq") == NULL) {
            ssize_t got = read(line, heard + at_byte, sizeof heard - 1 - at_byte);
            if (got <= 0)
                break;
            at_byte += (size_t)got;
        }
        _exit(write(line, answer, strlen(answer)) < 0);
    }
    close(listener);
    return child;
}

static void
test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        enum dz_code code;
        const char *message; /* or what was fetched */
    } answers[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", DZ_OK, "beforeabc"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", DZ_OK, "before0123456789"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890", DZ_E_LIMIT,
         "sends more than 10 bytes"},
        {"HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nabc", DZ_E_IO, "HTTP status 404"},
        {"HTTP/1.1 204 Nothing\r\n\r\n", DZ_E_IO, "HTTP status 204"},
        {"HTTP/1.1 301 Gone\r\nLocation: http://b.example/\r\nContent-Length: 1\r\n\r\na", DZ_E_IO,
         "refers to http://b.example/"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", DZ_E_IO, "broke the exchange off"},
        {"no words of HTTP", DZ_E_IO, "broke the exchange off"},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        char url[64];
        struct dz_err err = {0};
        DZ_AUTO_BUF struct dz_buf reply = DZ_BUF(100);
        const struct dz_fetch_opts opts = {.max_bytes = 10};
        dz_buf_adds(&reply, "before");
        pid_t server = serve_once(answers[i].answer, url, sizeof url);
        enum dz_code code = dz_fetch_post(url, "text/plain", DZ_VIEW("q"), &opts, &reply, &err);
        assert_int_equal(waitpid(server, NULL, 0), server);
        assert_int_equal(code, answers[i].code);
        if (code != DZ_OK && strstr(err.msg, answers[i].message) == NULL)
            fail_msg("'%s' is not in '%s'", answers[i].message, err.msg);
        assert_string_equal(reply.p, code == DZ_OK ? answers[i].message : "before");
        assert_false(reply.failed);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_proxies),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_answers),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
