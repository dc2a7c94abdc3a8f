#define _GNU_SOURCE /* memmem */
/* Timestamps against a local authority: what holds, and that nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_hash.h"
#include "dz_time.h"
#include "dz_tsp.h"
#include "tsa_fixture.h"
#include "told.h"

#define YEAR_US (366ll * 86400 * 1000000)

static uint8_t imprint[32];
static struct dz_buf ca, old_ca, other_ca, middle_ca, request, reply;

static int
setup(void **state)
{
    if (tsa_setup(state) != 0)
        return -1;
    dz_sha256("what is stamped", 15, imprint);
    tsa_read("ca.pem", &ca);
    tsa_read("old.pem", &old_ca);
    tsa_read("another.pem", &other_ca);
    tsa_read("between.pem", &middle_ca);
    OK(dz_tsp_request(imprint, &request, &err));
    tsa_reply(dz_buf_view(&request), "good", &reply);
    return 0;
}

static int
teardown(void **state)
{
    struct dz_buf *const all[] = {&ca, &old_ca, &other_ca, &middle_ca, &request, &reply};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        dz_buf_done(all[i]);
    return tsa_teardown(state);
}

static enum dz_code
check_reply(struct dz_view asked, struct dz_view got, const struct dz_buf *trusted,
            struct dz_buf *token, struct dz_tsp_result *r)
{
    return dz_tsp_check_reply(asked, got, dz_buf_view(trusted), dz_os_now_us(), token, r, &err);
}

static enum dz_code
check_token(const struct dz_buf *token, struct dz_view trusted, int64_t now_us,
            struct dz_tsp_result *r)
{
    return dz_tsp_check_token(dz_buf_view(token), imprint, trusted, (struct dz_view){0}, now_us, r,
                              &err);
}

static void
test_request(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(DZ_TSP_REQUEST_MAX);
    OK(dz_tsp_request(imprint, &again, &err));
    /* 69 bytes: version, algorithm, imprint, nonce of 8 bytes, wish for the certificate. */
    assert_int_equal(request.n, 69);
    assert_int_equal(again.n, 69);
    assert_memory_not_equal(request.p, again.p, 69);
    tsa_write("ours", dz_buf_view(&request));
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
    const char *const argv[] = {"openssl", "ts", "-query", "-in", tsa_path("ours"), "-text", NULL};
    assert_int_equal(tool_run(argv, &text), 0);
    assert_non_null(strstr(text.p, "Hash Algorithm: sha256"));
    assert_non_null(strstr(text.p, "Certificate required: yes"));
}

static void
test_reply_of_each_authority(void **state)
{
    (void)state;
    static const char *const by[] = {"good", "rsa", "middle", "older"};
    for (size_t i = 0; i < 4; i++) {
        DZ_AUTO_BUF struct dz_buf got = DZ_BUF(DZ_TSP_RESPONSE_MAX);
        DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
        struct dz_tsp_result r, stored;
        int64_t before = dz_os_now_us();
        tsa_reply(dz_buf_view(&request), by[i], &got);
        OK(check_reply(dz_buf_view(&request), dz_buf_view(&got), &ca, &token, &r));
        assert_true(r.time_us >= before / 1000000 * 1000000 && r.time_us <= dz_os_now_us());
        assert_int_equal(r.has_accuracy, i != 3);
        assert_int_equal(r.accuracy_us, i != 3 ? 1500000 : 0);
        assert_string_equal(r.policy, "1.3.6.1.4.1.99999.1");
        assert_int_equal(r.chain, DZ_TSP_CHAIN_HOLDS);
        assert_true(r.serial[0] >= '1' && r.serial[0] <= 'f');
        assert_string_equal(r.anchor, "CN=Test Root, O=Tests of dokaz");
        /* The token says the same by itself. */
        OK(check_token(&token, dz_buf_view(&ca), dz_os_now_us(), &stored));
        assert_memory_equal(&stored, &r, sizeof r);
    }
}

static void
test_names_of_authority(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result r;
    OK(check_reply(dz_buf_view(&request), dz_buf_view(&reply), &ca, &token, &r));
    assert_string_equal(r.authority, "CN=Годинник тестів, O=Tests of dokaz");
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
    const char *const argv[] = {"openssl", "x509",         "-in",     tsa_path("ca.pem"),
                                "-noout",  "-fingerprint", "-sha256", NULL};
    assert_int_equal(tool_run(argv, &text), 0);
    char plain[65];
    size_t n = 0;
    for (const char *p = strchr(text.p, '=') + 1; *p != '\n' && n < 64; p++)
        if (*p != ':')
            plain[n++] = (char)(*p >= 'A' ? *p + 32 : *p);
    plain[n] = '\0';
    assert_string_equal(r.anchor_sha256, plain);
}

static void
test_other_tool_agrees(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result r;
    OK(check_reply(dz_buf_view(&request), dz_buf_view(&reply), &ca, &token, &r));
    tsa_write("token", dz_buf_view(&token));
    tsa_write("data", DZ_VIEW("what is stamped"));
    const char *const argv[] = {"openssl",
                                "ts",
                                "-verify",
                                "-data",
                                tsa_path("data"),
                                "-in",
                                tsa_path("token"),
                                "-token_in",
                                "-CAfile",
                                tsa_path("ca.pem"),
                                NULL};
    assert_int_equal(tool_run(argv, NULL), 0);
}

static void
test_other_request_or_imprint(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf same = DZ_BUF(DZ_TSP_REQUEST_MAX);
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result r;
    /* The same imprint, another nonce: an old reply played back. */
    OK(dz_tsp_request(imprint, &same, &err));
    FAILS(DZ_E_CORRUPT, "another request",
          check_reply(dz_buf_view(&same), dz_buf_view(&reply), &ca, &token, &r));
    /* The same nonce, another imprint. */
    DZ_AUTO_BUF struct dz_buf other = DZ_BUF(DZ_TSP_REQUEST_MAX);
    dz_buf_addv(&other, dz_buf_view(&request));
    const char *at = memmem(other.p, other.n, imprint, 32);
    assert_non_null(at);
    other.p[at - other.p] ^= 1;
    FAILS(DZ_E_CORRUPT, "something else",
          check_reply(dz_buf_view(&other), dz_buf_view(&reply), &ca, &token, &r));
    assert_int_equal(token.n, 0);
    OK(check_reply(dz_buf_view(&request), dz_buf_view(&reply), &ca, &token, &r));
    uint8_t wrong[32];
    dz_sha256("", 0, wrong);
    FAILS(DZ_E_CORRUPT, "something else",
          dz_tsp_check_token(dz_buf_view(&token), wrong, dz_buf_view(&ca), (struct dz_view){0},
                             dz_os_now_us(), &r, &err));
}

static void
test_no_flipped_bit(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result good, r;
    OK(check_reply(dz_buf_view(&request), dz_buf_view(&reply), &ca, &token, &good));
    size_t n_refused = 0;
    for (size_t i = 0; i < token.n; i++) {
        token.p[i] ^= (char)(1u << (i % 8));
        if (check_token(&token, dz_buf_view(&ca), dz_os_now_us(), &r) != DZ_OK)
            n_refused++;
        /* What is not signed (version numbers, say) may change; what is said never does. */
        else
            assert_memory_equal(&r, &good, sizeof r);
        token.p[i] ^= (char)(1u << (i % 8));
    }
    assert_true(n_refused > token.n * 9 / 10);
    print_message("# tried: %zu changed bytes, %zu refused, the rest not signed and without effect\n", token.n,
                  n_refused);
}

static void
test_other_length(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result r;
    OK(check_reply(dz_buf_view(&request), dz_buf_view(&reply), &ca, &token, &r));
    for (size_t n = 0; n < token.n; n++) {
        DZ_AUTO_FREE char *part = dz_alloc(n);
        memcpy(part, token.p, n);
        assert_int_equal(dz_tsp_check_token((struct dz_view){part, n}, imprint, dz_buf_view(&ca),
                                            (struct dz_view){0}, 0, &r, NULL),
                         DZ_E_INPUT);
    }
    dz_buf_addc(&token, '\0');
    FAILS(DZ_E_INPUT, "RFC 3161", check_token(&token, dz_buf_view(&ca), 0, &r));
    for (size_t n = 0; n < reply.n; n++) {
        DZ_AUTO_FREE char *part = dz_alloc(n);
        memcpy(part, reply.p, n);
        DZ_AUTO_BUF struct dz_buf none = DZ_BUF(DZ_TSP_TOKEN_MAX);
        assert_int_not_equal(
            check_reply(dz_buf_view(&request), (struct dz_view){part, n}, &ca, &none, &r), DZ_OK);
    }
    print_message("# tried: %zu lengths\n", token.n + reply.n);
    DZ_AUTO_FREE char *large = dz_alloc(DZ_TSP_RESPONSE_MAX + 1);
    FAILS(DZ_E_LIMIT, "larger",
          check_reply(dz_buf_view(&request), (struct dz_view){large, DZ_TSP_RESPONSE_MAX + 1}, &ca,
                      &token, &r));
}

static void
test_chain(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    DZ_AUTO_BUF struct dz_buf below = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result r;
    FAILS(DZ_E_AUTH, "does not lead to a trusted one",
          check_reply(dz_buf_view(&request), dz_buf_view(&reply), &other_ca, &token, &r));
    FAILS(DZ_E_USAGE, "no certificate",
          check_reply(dz_buf_view(&request), dz_buf_view(&reply), &(struct dz_buf){0}, &token, &r));
    OK(check_reply(dz_buf_view(&request), dz_buf_view(&reply), &ca, &token, &r));
    FAILS(DZ_E_AUTH, "trusted", check_token(&token, dz_buf_view(&other_ca), 0, &r));
    FAILS(DZ_E_INPUT, "no certificate", check_token(&token, DZ_VIEW("none\n"), 0, &r));
    /* Trust may begin below a root. */
    DZ_AUTO_BUF struct dz_buf got = DZ_BUF(DZ_TSP_RESPONSE_MAX);
    tsa_reply(dz_buf_view(&request), "middle", &got);
    OK(check_reply(dz_buf_view(&request), dz_buf_view(&got), &middle_ca, &below, &r));
    assert_string_equal(r.anchor, "CN=Between, O=Tests of dokaz");
    FAILS(DZ_E_AUTH, "trusted",
          check_reply(dz_buf_view(&request), dz_buf_view(&reply), &middle_ca, &below, &r));
}

static void
test_unchecked_chain(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result r;
    OK(check_reply(dz_buf_view(&request), dz_buf_view(&reply), &ca, &token, &r));
    OK(check_token(&token, (struct dz_view){0}, dz_os_now_us(), &r));
    assert_int_equal(r.chain, DZ_TSP_CHAIN_UNCHECKED);
    assert_string_equal(r.anchor, "");
    assert_string_equal(r.anchor_sha256, "");
    assert_string_equal(r.authority, "CN=Годинник тестів, O=Tests of dokaz");
    /* All else is still looked at. */
    token.p[token.n - 5] ^= 4;
    FAILS(DZ_E_CORRUPT, "signature", check_token(&token, (struct dz_view){0}, 0, &r));
}

static void
test_purpose(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result r;
    tsa_token(imprint, "noeku", "20300601120000Z", "sha256", "sha256", &token);
    FAILS(DZ_E_AUTH, "not one for timestamps alone",
          check_token(&token, dz_buf_view(&ca), dz_os_now_us(), &r));
    FAILS(DZ_E_AUTH, "not one for timestamps alone",
          check_token(&token, (struct dz_view){0}, dz_os_now_us(), &r));
}

static void
test_long_after(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result r;
    int64_t stamped, ended;
    assert_true(dz_time_parse(DZ_VIEW("2015-06-01T12:00:00Z"), &stamped));
    assert_true(dz_time_parse(DZ_VIEW("2016-01-01T00:00:00Z"), &ended));
    tsa_token(imprint, "past", "20150601120000Z", "sha256", "sha256", &token);
    /* The certificate ended in 2016: the stamp of 2015 holds, and that is said. */
    OK(check_token(&token, dz_buf_view(&old_ca), dz_os_now_us(), &r));
    assert_int_equal(r.chain, DZ_TSP_CHAIN_EXPIRED);
    assert_int_equal(r.time_us, stamped);
    assert_int_equal(r.valid_until_us, ended);
    assert_false(r.has_accuracy);
    assert_string_equal(r.serial, "abc123");
    OK(check_token(&token, dz_buf_view(&old_ca), ended, &r));
    assert_int_equal(r.chain, DZ_TSP_CHAIN_HOLDS);
    OK(check_token(&token, dz_buf_view(&old_ca), ended + 1, &r));
    assert_int_equal(r.chain, DZ_TSP_CHAIN_EXPIRED);
}

static void
test_not_valid_then(void **state)
{
    (void)state;
    static const char *const times[] = {"20141231235959Z", "20160101000001Z", "20260101000000Z"};
    for (size_t i = 0; i < 3; i++) {
        DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
        struct dz_tsp_result r;
        tsa_token(imprint, "past", times[i], "sha256", "sha256", &token);
        FAILS(DZ_E_AUTH, "not valid at the stamping time",
              check_token(&token, dz_buf_view(&old_ca), dz_os_now_us(), &r));
        FAILS(DZ_E_AUTH, "not valid at the stamping time",
              check_token(&token, (struct dz_view){0}, dz_os_now_us(), &r));
    }
    /* `openssl ts` stamps with an expired certificate and says nothing; we do not take it. */
    DZ_AUTO_BUF struct dz_buf got = DZ_BUF(DZ_TSP_RESPONSE_MAX);
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result r;
    tsa_reply(dz_buf_view(&request), "past", &got);
    FAILS(DZ_E_AUTH, "not valid at the stamping time",
          check_reply(dz_buf_view(&request), dz_buf_view(&got), &old_ca, &token, &r));
}

static void
test_digests(void **state)
{
    (void)state;
    static const char *const good[] = {"sha256", "sha384", "sha512"};
    struct dz_tsp_result r;
    for (size_t i = 0; i < 3; i++) {
        DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
        tsa_token(imprint, "past", "20150601120000Z", good[i], "sha256", &token);
        OK(check_token(&token, dz_buf_view(&old_ca), dz_os_now_us(), &r));
    }
    DZ_AUTO_BUF struct dz_buf weak = DZ_BUF(DZ_TSP_TOKEN_MAX);
    tsa_token(imprint, "past", "20150601120000Z", "sha1", "sha256", &weak);
    FAILS(DZ_E_INPUT, "other than SHA-256",
          check_token(&weak, dz_buf_view(&old_ca), dz_os_now_us(), &r));
    /* 32 bytes that call themselves another digest. */
    DZ_AUTO_BUF struct dz_buf misnamed = DZ_BUF(DZ_TSP_TOKEN_MAX);
    tsa_token(imprint, "past", "20150601120000Z", "sha256", "sha512", &misnamed);
    FAILS(DZ_E_CORRUPT, "something else",
          check_token(&misnamed, dz_buf_view(&old_ca), dz_os_now_us(), &r));
}

static void
test_times(void **state)
{
    (void)state;
    static const struct {
        const char *written;
        const char *read; /* NULL: refused */
    } times[] = {
        {"20150601120000.5Z", "2015-06-01T12:00:00.500000Z"},
        {"20150601120000.123456789Z", "2015-06-01T12:00:00.123456Z"},
        {"20150601120060Z", "2015-06-01T12:01:00Z"}, /* a leap second */
        {"20150601120000", NULL},
        {"20150601120000+0200", NULL},
        {"201506011200Z", NULL},
        {"20150631120000Z", NULL},
        {"20150601120000.Z", NULL},
        {"20150601120000,5Z", NULL},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
        struct dz_tsp_result r;
        int64_t expected;
        tsa_token(imprint, "past", times[i].written, "sha256", "sha256", &token);
        if (times[i].read == NULL) {
            FAILS(DZ_E_INPUT, "time", check_token(&token, dz_buf_view(&old_ca), 0, &r));
            continue;
        }
        OK(check_token(&token, dz_buf_view(&old_ca), dz_os_now_us(), &r));
        assert_true(dz_time_parse(dz_view_of(times[i].read), &expected));
        assert_int_equal(r.time_us, expected);
    }
}

/* TimeStampResp { status 2, text "closed", failure timeNotAvailable } and one without words. */
static void
test_refusal(void **state)
{
    (void)state;
    static const uint8_t words[] = {0x30, 0x13, 0x30, 0x11, 0x02, 0x01, 0x02,
                                    0x30, 0x08, 0x0c, 0x06, 'c',  'l',  'o',
                                    's',  'e',  'd',  0x03, 0x02, 0x07, 0x80};
    static const uint8_t clock[] = {0x30, 0x0b, 0x30, 0x09, 0x02, 0x01, 0x02,
                                    0x03, 0x04, 0x01, 0x00, 0x02, 0x00};
    static const uint8_t silent[] = {0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02};
    static const uint8_t empty[] = {0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00};
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    struct dz_tsp_result r;
    FAILS(DZ_E_DENIED, "refuses: closed; it does not know the digest",
          check_reply(dz_buf_view(&request), (struct dz_view){(const char *)words, sizeof words},
                      &ca, &token, &r));
    FAILS(DZ_E_DENIED, "its clock is not available",
          check_reply(dz_buf_view(&request), (struct dz_view){(const char *)clock, sizeof clock},
                      &ca, &token, &r));
    FAILS(DZ_E_DENIED, "does not say why",
          check_reply(dz_buf_view(&request), (struct dz_view){(const char *)silent, sizeof silent},
                      &ca, &token, &r));
    FAILS(DZ_E_INPUT, "not one of a timestamp authority",
          check_reply(dz_buf_view(&request), (struct dz_view){(const char *)empty, sizeof empty},
                      &ca, &token, &r));
    FAILS(DZ_E_INPUT, "not one of a timestamp authority",
          check_reply(dz_buf_view(&request), DZ_VIEW("<html>hello</html>"), &ca, &token, &r));
}

static void
test_certificates(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(DZ_TSP_PEM_MAX);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TSP_PEM_MAX);
    OK(dz_tsp_certificates(dz_buf_view(&ca), &out, &err));
    assert_true(dz_view_eq(dz_buf_view(&out), dz_buf_view(&ca)));
    /* Words around the blocks do not stay; several certificates do. */
    dz_buf_addf(&text, "Issued by us\n%s\nand\n%s\n", ca.p, other_ca.p);
    dz_buf_reset(&out);
    OK(dz_tsp_certificates(dz_buf_view(&text), &out, &err));
    assert_int_equal(out.n, ca.n + other_ca.n);
    FAILS(DZ_E_INPUT, "no certificate", dz_tsp_certificates(DZ_VIEW("hello"), &out, &err));
    FAILS(DZ_E_INPUT, "no certificate", dz_tsp_certificates((struct dz_view){0}, &out, &err));
    FAILS(DZ_E_INPUT, "damaged", dz_tsp_certificates((struct dz_view){ca.p, ca.n / 2}, &out, &err));
    FAILS(DZ_E_INPUT, "damaged", dz_tsp_certificates(DZ_VIEW("\x30\x82\x01\x01"), &out, &err));
    tsa_read("good.csr", &text);
    FAILS(DZ_E_INPUT, "besides certificates", dz_tsp_certificates(dz_buf_view(&text), &out, &err));
    DZ_AUTO_FREE char *large = dz_alloc(DZ_TSP_PEM_MAX + 1);
    FAILS(DZ_E_LIMIT, "bytes",
          dz_tsp_certificates((struct dz_view){large, DZ_TSP_PEM_MAX + 1}, &out, &err));
}

static void
last_certificate(void *ctx, const struct dz_tsp_certificate *c)
{
    *(struct dz_tsp_certificate *)ctx = *c;
}

static void
test_each_certificate(void **state)
{
    (void)state;
    struct dz_tsp_certificate c = {0};
    int64_t end;
    OK(dz_tsp_each_certificate(dz_buf_view(&old_ca), last_certificate, &c, &err));
    assert_string_equal(c.subject, "CN=Old Root, O=Tests of dokaz");
    assert_true(dz_time_parse(DZ_VIEW("2040-01-01T00:00:00Z"), &end));
    assert_int_equal(c.valid_until_us, end);
    assert_int_equal(strlen(c.sha256), 64);
    FAILS(DZ_E_INPUT, "no certificate",
          dz_tsp_each_certificate(DZ_VIEW("x"), last_certificate, &c, &err));
}

static void
test_no_private_key(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(DZ_TSP_PEM_MAX);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TSP_PEM_MAX);
    tsa_read("ca.key", &text);
    FAILS(DZ_E_DENIED, "private key", dz_tsp_certificates(dz_buf_view(&text), &out, &err));
    /* Behind a certificate, and cut off before its end. */
    DZ_AUTO_BUF struct dz_buf both = DZ_BUF(DZ_TSP_PEM_MAX);
    dz_buf_addv(&both, dz_buf_view(&ca));
    dz_buf_add(&both, text.p, 40);
    FAILS(DZ_E_DENIED, "private key", dz_tsp_certificates(dz_buf_view(&both), &out, &err));
    assert_int_equal(out.n, 0);
}

static void
test_der_certificate(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf der = DZ_BUF(DZ_TSP_PEM_MAX);
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(DZ_TSP_PEM_MAX);
    const char *const argv[] = {"openssl",  "x509", "-in", tsa_path("ca.pem"),
                                "-outform", "DER",  NULL};
    assert_int_equal(tool_run(argv, &der), 0);
    OK(dz_tsp_certificates(dz_buf_view(&der), &out, &err));
    assert_true(dz_view_eq(dz_buf_view(&out), dz_buf_view(&ca)));
}

static void
test_kept_chain(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf got = DZ_BUF(DZ_TSP_RESPONSE_MAX);
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    DZ_AUTO_BUF struct dz_buf chain = DZ_BUF(DZ_TSP_PEM_MAX);
    struct dz_tsp_result r;
    tsa_reply(dz_buf_view(&request), "middle", &got);
    OK(check_reply(dz_buf_view(&request), dz_buf_view(&got), &ca, &token, &r));
    OK(dz_tsp_chain_pem(dz_buf_view(&token), dz_buf_view(&ca), (struct dz_view){0}, &chain, &err));
    /* Signer, between, root. */
    size_t n = 0;
    for (const char *p = chain.p; (p = strstr(p, "-----BEGIN")) != NULL; p++)
        n++;
    assert_int_equal(n, 3);
    assert_non_null(strstr(chain.p, ca.p));
    /* Kept beside the token, it leads to the same root. */
    struct dz_tsp_result again;
    OK(check_token(&token, dz_buf_view(&chain), dz_os_now_us(), &again));
    assert_memory_equal(&again, &r, sizeof r);
    /* So does one that was trusted from an intermediate certificate on. */
    DZ_AUTO_BUF struct dz_buf shorter = DZ_BUF(DZ_TSP_PEM_MAX);
    OK(dz_tsp_chain_pem(dz_buf_view(&token), dz_buf_view(&middle_ca), (struct dz_view){0}, &shorter,
                        &err));
    OK(check_token(&token, dz_buf_view(&shorter), dz_os_now_us(), &again));
    assert_string_equal(again.anchor, "CN=Between, O=Tests of dokaz");
    /* Where only the signer's own certificate is given, that one is trusted. */
    DZ_AUTO_BUF struct dz_buf own = DZ_BUF(DZ_TSP_PEM_MAX);
    tsa_read("middle.pem", &own);
    OK(check_token(&token, dz_buf_view(&own), dz_os_now_us(), &again));
    assert_string_equal(again.anchor, again.authority);
    assert_string_equal(again.authority, r.authority);
    /* Beside those of authorities it is one on the way, and they have to be led to. */
    dz_buf_addv(&own, dz_buf_view(&other_ca));
    FAILS(DZ_E_AUTH, "trusted", check_token(&token, dz_buf_view(&own), dz_os_now_us(), &again));
    dz_buf_reset(&chain);
    FAILS(DZ_E_AUTH, "trusted",
          dz_tsp_chain_pem(dz_buf_view(&token), dz_buf_view(&other_ca), (struct dz_view){0}, &chain,
                           &err));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_reply_of_each_authority),
        cmocka_unit_test(test_names_of_authority),
        cmocka_unit_test(test_other_tool_agrees),
        cmocka_unit_test(test_other_request_or_imprint),
        cmocka_unit_test(test_no_flipped_bit),
        cmocka_unit_test(test_other_length),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_unchecked_chain),
        cmocka_unit_test(test_purpose),
        cmocka_unit_test(test_long_after),
        cmocka_unit_test(test_not_valid_then),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_refusal),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_each_certificate),
        cmocka_unit_test(test_no_private_key),
        cmocka_unit_test(test_der_certificate),
        cmocka_unit_test(test_kept_chain),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
