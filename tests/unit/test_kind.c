#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_kind.h"
#include "dz_locators.h"

struct row {
    struct dz_view head;
    const char *name;
    const char *media_type;
    const char *family; /* NULL: none */
};

#define V(lit) DZ_VIEW_INIT(lit)
/* A local header of a stored member, sizes known. */
#define MEMBER(n, m, name, data)                                                                   \
    "PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0" m "\0\0\0" m "\0\0\0" n "\0\0\0" name data

static const struct row rows[] = {
    {V("A notice.\n"), "a.txt", "text/plain", "text"},
    {V("A notice.\n"), "no-ending", "text/plain", "text"},
    {V("\xcf\xee\xe2\xb3\xe4\xee\xec\xeb\xe5\xed\xed\xff"), "cp1251.txt", "text/plain", "text"},
    {V("\xff\xfeN\0o\0"), "u.txt", "text/plain", "text"},
    {V("N\0o\0t\0i\0c\0e\0 \0n\0o\0"), "u16le-no-mark", "text/plain", "text"},
    {V("# Head\n"), "a.MD", "text/markdown", "text"},
    {V("a;b\n1;2\n"), "t.csv", "text/csv", "text"},
    {V("1\n00:00:01,000 --> 00:00:02,000\nYes\n"), "t.srt", "application/x-subrip", "text"},
    {V("WEBVTT\n\n"), "x", "text/vtt", "text"},
    {V("<!-- c --><!DOCTYPE HTML><p>"), "x.txt", "text/html", "html"},
    {V("<?xml version='1.0'?>\n<html xmlns='x'>"), "x", "text/html", "html"},
    {V("\xef\xbb\xbf<html>"), "x", "text/html", "html"},
    {V("<div>fragment</div>"), "x.htm", "text/html", "html"},
    {V("<div>fragment</div>"), "x.txt", "text/plain", "text"},
    {V("<?xml version='1.0'?><a/>"), "x", "application/xml", NULL},
    {V("<svg xmlns='x'/>"), "x", "image/svg+xml", NULL},
    {V("{\"name\": \"N\", \"type\": \"private_supergroup\", \"id\": 1, \"messages\": []}"),
     "result.json", "application/json", "chat"},
    {V("{\"a\": 1}"), "a.json", "application/json", NULL},
    {V("not json"), "a.json", "text/plain", "text"},
    {V("<!DOCTYPE html><body><div class=\"page_wrap\"><div class=\"history\">"), "messages.html",
     "text/html", "chat"},
    {V("%PDF-1.7\n"), "a.txt", "application/pdf", "pdf"},
    {V("PK\3\4\12\0\0\0\0\0\0\0\0\0\0\0\0\0\53\0\0\0\53\0\0\0\10\0\0\0mimetype"
       "application/vnd.oasis.opendocument.graphics"),
     "x", "application/vnd.oasis.opendocument.graphics", "office"},
    {V("{\\rtf1\\ansi"), "a.doc", "application/rtf", "rtf"},
    {V("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"), "a.docx", "application/x-ole-storage", "office"},
    {V("Received: by x\r\nFrom: a@b\r\nSubject: s\r\n\r\nText"), "m", "message/rfc822", "mail"},
    {V("From: a talk\nTo: whom\n\nText"), "m.txt", "text/plain", "text"},
    {V("From a@b Mon Jan  1\nFrom: a@b\nDate: x\n\n"), "m", "application/mbox", "mail"},
    {V("From the office we heard\n"), "m.txt", "text/plain", "text"},
    {V("From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a/\r\nMIME-Version: 1.0\r\n"
       "\r\n"),
     "p", "multipart/related", "mail"},
    {V("\x78\x9f\x3e\x22\1\0"), "winmail.dat", "application/ms-tnef", "mail"},
    {V("7z\xbc\xaf\x27\x1c"), "x", "application/x-7z-compressed", "archive"},
    {V("\xfd" "7zXZ\0"), "x", "application/x-xz", "archive"},
    {V("WARC/1.1\r\n"), "x", "application/warc", "web"},
    {V("\x1f\x8b\x08"), "x.warc.gz", "application/warc", "web"},
    {V("\x1f\x8b\x08"), "x.tar.gz", "application/gzip", "archive"},
    {V(MEMBER("\x05", "\x02", "a.txt", "hi")), "x.zip", "application/zip", "archive"},
    {V(MEMBER("\x08", "\x14", "mimetype", "application/epub+zip")), "x.zip",
     "application/epub+zip", "office"},
    {V(MEMBER("\x05", "\x02", "a.xml", "hi") MEMBER("\x11", "\x01", "word/document.xml", "x")),
     "renamed.zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     "office"},
    {V(MEMBER("\x12", "\x01", "archive/data.warc1", "x")), "x", "application/wacz", "web"},
    {V(MEMBER("\x08", "\x30", "mimetype", "application/vnd.oasis.opendocument.text-template")),
     "x", "application/vnd.oasis.opendocument.text", "office"},
    {V("PK\x03\x04"), "a.docm",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "office"},
    {V("PK\x03\x04"), "a.ods", "application/vnd.oasis.opendocument.spreadsheet", "office"},
    {V("\xff\xd8\xff\xe0"), "x", "image/jpeg", "media"},
    {V("\x89PNG\r\n\x1a\n"), "x.jpg", "image/png", "media"},
    {V("RIFF\1\2\3\4WEBPVP8 "), "x", "image/webp", "media"},
    {V("\0\0\0\x18" "ftypqt  "), "x", "video/quicktime", "media"},
    {V("\0\0\0\x18" "ftypisom"), "x", "video/mp4", "media"},
    {V("ID3\x03"), "x", "audio/mpeg", "media"},
    {V("\0\1\2\3\4\5\6\7"), "a.txt", "application/octet-stream", NULL},
    {V(""), "a.txt", "text/plain", "text"},
};

static void
test_kinds_are_told_by_their_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct dz_kind *k = dz_kind_of(rows[i].head, rows[i].name);
        if (strcmp(k->media_type, rows[i].media_type) != 0)
            print_message("row %zu, %s\n", i, rows[i].name);
        assert_string_equal(k->media_type, rows[i].media_type);
        if (rows[i].family)
            assert_string_equal(k->family, rows[i].family);
        else
            assert_null(k->family);
    }
}

/* Every beginning of every head: nothing is read past its end (the sanitizer watches). */
static void
test_heads_may_be_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t n = 0; n <= rows[i].head.n; n++) {
            DZ_AUTO_FREE char *copy = dz_alloc(n + 1);
            memcpy(copy, rows[i].head.p, n);
            assert_non_null(dz_kind_of((struct dz_view){copy, n}, NULL)->media_type);
        }
    }
}

static void
said(const char *list, uint64_t start, uint64_t stop, const char *words)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(256);
    dz_locators_say(dz_view_of(list), start, stop, &out);
    assert_string_equal(out.n ? out.p : "", words);
}

static void
test_a_quote_says_where_it_stands(void **state)
{
    (void)state;
    const char *pages = "0\tpage\t1\n0\tline\t72 80 300 12\n100\tpage\t2\n250\tpage\tiv\n";
    said(pages, 0, 10, "p. 1");
    said(pages, 99, 100, "p. 1");
    said(pages, 99, 101, "pp. 1\xE2\x80\x93" "2");
    said(pages, 300, 310, "p. iv");
    said("", 5, 6, "");
    said("10\ttime\t00:01:02\n", 5, 6, "");
    said("10\ttime\t00:01:02\n", 12, 20, "00:01:02");
    said("0\tsheet\tJuly\n4\tcell\tA2\n9\tsheet\tAugust\n", 5, 6, "July!A2");
    said("0\tsheet\tJuly\n4\tcell\tA2\n9\tsheet\tAugust\n", 9, 10, "August");
    said("0\tmessage\t4711\n", 0, 3, "message 4711");
}

static void
test_locators_are_written_and_read(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(256);
    struct dz_locator one;
    bool more = false;
    dz_locators_add(&b, 7, DZ_VIEW("page"), DZ_VIEW("12 (xii)"));
    struct dz_view in = dz_buf_view(&b);
    assert_int_equal(dz_locators_next(&in, &one, &more, NULL), DZ_OK);
    assert_true(more && one.start == 7 && dz_view_is(one.kind, "page"));
    assert_true(dz_view_is(one.label, "12 (xii)"));
    assert_int_equal(dz_locators_next(&in, &one, &more, NULL), DZ_OK);
    assert_false(more);
    static const char *const bad[] = {"7\tpage", "7 page 1\n", "x\tpage\t1\n", "\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        in = dz_view_of(bad[i]);
        assert_int_equal(dz_locators_next(&in, &one, &more, NULL), DZ_E_CORRUPT);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_are_told_by_their_bytes),
        cmocka_unit_test(test_heads_may_be_cut_anywhere),
        cmocka_unit_test(test_a_quote_says_where_it_stands),
        cmocka_unit_test(test_locators_are_written_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
