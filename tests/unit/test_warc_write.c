/* Records of a WARC as they are written: every byte of a sample, ids, and values that must not get
 * in. The rules of whole files are checked end to end, by tests/checker/warc.py and warcio. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_warc_write.h"

static enum dz_code
take(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct dz_buf *out = ctx;
    if (out->failed)
        return dz_fail(err, DZ_E_FULL, "full");
    dz_buf_add(out, p, n);
    return DZ_OK;
}

static void
test_bytes(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1 << 16);
    const struct dz_warc_sink to = {take, &out};
    struct dz_warc_record r = {
        .type = "response",
        .id = "<urn:uuid:11111111-2222-4333-8444-555555555555>",
        .date_us = 1683100800000000,
        .uri = "http://a.example/b",
        .content_type = "application/http; msgtype=response",
        .warcinfo = "<urn:uuid:99999999-2222-4333-8444-555555555555>",
        .ip = "192.0.2.7",
        .truncated = "length",
        .head = DZ_VIEW("HTTP/1.1 200 OK\r\n\r\n"),
        .body = DZ_VIEW("abc"),
        .has_payload = true,
    };
    assert_int_equal(dz_warc_write(&to, &r, NULL), DZ_OK);
    /* The digests are those that sha256sum gives. */
    assert_string_equal(
        out.p, "WARC/1.1\r\n"
               "WARC-Type: response\r\n"
               "WARC-Record-ID: <urn:uuid:11111111-2222-4333-8444-555555555555>\r\n"
               "WARC-Date: 2023-05-03T08:00:00Z\r\n"
               "WARC-Target-URI: http://a.example/b\r\n"
               "WARC-IP-Address: 192.0.2.7\r\n"
               "WARC-Warcinfo-ID: <urn:uuid:99999999-2222-4333-8444-555555555555>\r\n"
               "WARC-Truncated: length\r\n"
               "WARC-Block-Digest: sha256:"
               "04dfbbfc9de110a4cbb93294aa5b7391ea1a3d849da6d15a871440f8d4c2ac19\r\n"
               "WARC-Payload-Digest: sha256:"
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\r\n"
               "Content-Type: application/http; msgtype=response\r\n"
               "Content-Length: 22\r\n\r\n"
               "HTTP/1.1 200 OK\r\n\r\nabc\r\n\r\n");
}

/* An address with a line break could add headers of somebody else's choice. */
static void
test_broken_lines(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1 << 16);
    const struct dz_warc_sink to = {take, &out};
    static const char *const bad[] = {"http://a.example/\r\nWARC-Type: response", "http://a/\n",
                                      "http://a/\x7f"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct dz_warc_record r = {.type = "metadata", .uri = bad[i], .content_type = "text/plain"};
        dz_warc_new_id(r.id);
        assert_int_equal(dz_warc_write(&to, &r, NULL), DZ_E_INPUT);
    }
    assert_int_equal(out.n, 0);
    DZ_AUTO_BUF struct dz_buf address = DZ_BUF(1 << 16);
    while (address.n < 40000)
        dz_buf_adds(&address, "abcdefgh");
    struct dz_warc_record r = {.type = "metadata", .uri = address.p, .content_type = "text/plain"};
    assert_int_equal(dz_warc_write(&to, &r, NULL), DZ_E_LIMIT);
    assert_int_equal(out.n, 0);
}

static void
test_sink_fails(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(10);
    const struct dz_warc_sink to = {take, &out};
    struct dz_warc_record r = {.type = "warcinfo", .content_type = "text/plain",
                               .head = DZ_VIEW("x")};
    dz_warc_new_id(r.id);
    assert_int_equal(dz_warc_write(&to, &r, NULL), DZ_E_FULL);
}

static void
test_ids(void **state)
{
    (void)state;
    char last[DZ_WARC_ID_MAX] = "", id[DZ_WARC_ID_MAX];
    for (int i = 0; i < 100; i++) {
        dz_warc_new_id(id);
        assert_int_equal(strlen(id), 47);
        assert_memory_equal(id, "<urn:uuid:", 10);
        assert_int_equal(id[24], '4');
        assert_non_null(strchr("89ab", id[29]));
        assert_string_not_equal(id, last);
        memcpy(last, id, sizeof last);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_broken_lines),
        cmocka_unit_test(test_sink_fails),
        cmocka_unit_test(test_ids),
    };
    return cmocka_run_group_tests_name("warc_write", tests, NULL, NULL);
}
