#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dz_codec.h"
#include "dz_families.h"
#include "dz_web.h"
#include "read_family.h"
#include "zip_making.h"

/* Web archives put together by tests/tools/make_fixtures/web.py, and hostile ones made here. */

static const struct dz_family *const web = &dz_family_web;

static int
warm(void **state)
{
    (void)state;
    web->warm();
    return 0;
}

static void
files_say_what_is_expected(void **state)
{
    (void)state;
    assert_true(check_fixtures(web, "web", "parts=yes\n") >= 17);
}

static void
every_beginning_ends_with_a_status(void **state)
{
    (void)state;
    static const char *const names[] = {"crawl.warc", "crawl.warc.gz", "pages.wacz"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_truncated(web, "web", names[i], "parts=yes\n");
}

/* The same archive packed and not says the same, except how many bytes of it there were. */
static void
packed_records_say_what_plain_ones_do(void **state)
{
    (void)state;
    const char *root = getenv("DOKAZ_SRC");
    struct dz_buf said[2];
    for (size_t i = 0; i < 2; i++) {
        DZ_AUTO_FREE char *path = dz_asprintf("%s/tests/fixtures/web/crawl.warc%s",
                                              root ? root : ".", i == 0 ? "" : ".gz");
        DZ_AUTO_BUF struct dz_buf bytes = read_file(path);
        said[i] = read_bytes(web, dz_buf_view(&bytes), "a", "application/warc", "parts=yes\n");
    }
    assert_true(said[0].n > 1000);
    assert_true(dz_view_eq(dz_buf_view(&said[0]), dz_buf_view(&said[1])));
    dz_buf_done(&said[0]);
    dz_buf_done(&said[1]);
}

static void
digests_are_those_of_the_standard(void **state)
{
    (void)state;
    static const struct {
        enum dz_web_digest_kind kind;
        const char *text;
        size_t times;
        const char *stated;
    } cases[] = {
        {DZ_WEB_SHA1, "abc", 1, "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5"},
        {DZ_WEB_SHA1, "", 1, "SHA1:da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {DZ_WEB_SHA1, "a", 1000000, "sha-1:34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
        {DZ_WEB_SHA256, "abc", 1,
         "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {DZ_WEB_SHA256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
         "sha-256:248D6A61D20638B8E5C026930C3E6039A33CE45964FF2167F6ECEDD419DB06C1"},
        {DZ_WEB_SHA256, "a", 1000000,
         "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char want[32] = {0};
        unsigned char found[32] = {0};
        enum dz_web_digest_kind kind;
        assert_true(dz_web_digest_parse(dz_view_of(cases[i].stated), &kind, want));
        assert_int_equal(kind, cases[i].kind);
        struct dz_web_digest d;
        dz_web_digest_begin(&d, kind);
        for (size_t k = 0; k < cases[i].times; k++)
            dz_web_digest_add(&d, cases[i].text, strlen(cases[i].text));
        size_t n = dz_web_digest_end(&d, found);
        assert_memory_equal(found, want, n);
    }
    unsigned char bytes[32];
    enum dz_web_digest_kind kind;
    assert_false(
        dz_web_digest_parse(DZ_VIEW("md5:d41d8cd98f00b204e9800998ecf8427e"), &kind, bytes));
    assert_false(
        dz_web_digest_parse(DZ_VIEW("sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE"), &kind, bytes));
    assert_false(dz_web_digest_parse(DZ_VIEW("sha1:"), &kind, bytes));
}

/* An answer that is packed a thousandfold. */
static void
a_bomb_in_an_answer_is_stopped(void **state)
{
    (void)state;
    struct zip_making z = {0};
    static char blanks[1 << 20];
    memset(blanks, ' ', sizeof blanks);
    zip_pack(&z, "", DZ_VIEW(""), (struct dz_view){blanks, sizeof blanks}, 200, DZ_VIEW(""));
    struct dz_view packed = {z.file.p + 30, z.file.n - 30};
    DZ_AUTO_BUF struct dz_buf block = DZ_BUF(4u << 20);
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(4u << 20);
    dz_buf_adds(&block, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                        "Content-Encoding: deflate\r\n\r\n");
    dz_buf_addv(&block, packed);
    dz_buf_addf(&file, "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://x/\r\n"
                       "Content-Type: application/http\r\nContent-Length: %zu\r\n\r\n", block.n);
    dz_buf_addv(&file, dz_buf_view(&block));
    DZ_AUTO_BUF struct dz_buf out =
        read_bytes(web, dz_buf_view(&file), "a", "application/warc", "parts=yes\n");
    assert_true(ends_with(&out, "done limit bomb\n"));
    zip_done(&z);
}

static void
the_number_of_parts_is_bounded(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF((size_t)60 << 20);
    for (unsigned i = 0; i < DZ_WEB_PARTS_MAX + 1; i++)
        dz_buf_addf(&file, "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: http://x/%u\r\n"
                           "Content-Type: text/html\r\nContent-Length: 1\r\n\r\nx\r\n\r\n", i);
    DZ_AUTO_BUF struct dz_buf out =
        read_bytes(web, dz_buf_view(&file), "a", "application/warc", NULL);
    assert_true(ends_with(&out, "done limit parts_limit\n"));
}

/* Larger than what is looked at whole: streamed, and what stands behind the large record is
 * read. */
static void
large_files_are_streamed(void **state)
{
    (void)state;
    size_t n = (size_t)70 << 20;
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF((size_t)100 << 20);
    DZ_AUTO_FREE char *body = dz_alloc(n);
    static const char head[] = "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: http://x/%s\r\n"
                               "Content-Type: video/mp4\r\nContent-Length: %zu\r\n\r\n";
    dz_buf_addf(&file, head, "large", n);
    dz_buf_add(&file, body, n);
    dz_buf_adds(&file, "\r\n\r\n");
    dz_buf_addf(&file, head, "last", (size_t)1);
    dz_buf_adds(&file, "x\r\n\r\n");
    DZ_AUTO_BUF struct dz_buf out =
        read_bytes(web, dz_buf_view(&file), "a", "application/warc", "parts=yes\n");
    assert_non_null(strstr(out.p, "part-end 73400320 bytes"));
    assert_non_null(strstr(out.p, "text http://x/last"));
    assert_true(ends_with(&out, "done text\n"));
}

static void
collect(void *ctx, struct dz_view bytes)
{
    dz_buf_addv(ctx, bytes);
}

/* However the bytes are cut into pieces, the same comes out. */
static void
chunks_are_undone_in_any_pieces(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *out;
        enum dz_web_unpacked end;
    } cases[] = {
        {"3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\n", "abcde", DZ_WEB_WHOLE},
        {"3\nabc\n0\n\n", "abc", DZ_WEB_WHOLE},
        {"0005\r\nabcde\r\n0\r\nTrailer: x\r\n\r\n", "abcde", DZ_WEB_WHOLE},
        {"5\r\nab", "ab", DZ_WEB_BROKEN},
        {"3\r\nabcX\r\n", "abc", DZ_WEB_BROKEN},
        {"<html>never chunked", "<html>never chunked", DZ_WEB_WHOLE},
        {"fee", "fee", DZ_WEB_WHOLE},
        {"", "", DZ_WEB_WHOLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t piece = 1; piece < 30; piece++) {
            DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4096);
            struct dz_web_unpack *u = dz_web_unpack_new(DZ_VIEW(""), true, collect, &out);
            size_t n = strlen(cases[i].in);
            for (size_t at = 0; at < n; at += piece)
                (void)dz_web_unpack_feed(
                    u, (struct dz_view){cases[i].in + at, n - at < piece ? n - at : piece});
            assert_int_equal(dz_web_unpack_end(u), cases[i].end);
            assert_string_equal(out.p ? out.p : "", cases[i].out);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_say_what_is_expected),
        cmocka_unit_test(every_beginning_ends_with_a_status),
        cmocka_unit_test(packed_records_say_what_plain_ones_do),
        cmocka_unit_test(digests_are_those_of_the_standard),
        cmocka_unit_test(a_bomb_in_an_answer_is_stopped),
        cmocka_unit_test(the_number_of_parts_is_bounded),
        cmocka_unit_test(large_files_are_streamed),
        cmocka_unit_test(chunks_are_undone_in_any_pieces),
    };
    return cmocka_run_group_tests(tests, warm, NULL);
}
