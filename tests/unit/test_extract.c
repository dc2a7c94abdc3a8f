#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dz_box.h"
#include "dz_extract.h"
#include "dz_mem.h"

/* Documents through the real box, as adding does it. What single formats give is tested with their
 * readers. */

static int
box_setup(void **state)
{
    struct dz_err err = {0};
    struct dz_box *box = NULL;
    struct dz_box_opts opts = {.folder = getenv("DOKAZ_TEST_READERS")};
    if (dz_box_new(&opts, &box, &err) != DZ_OK)
        fail_msg("%s", err.msg);
    *state = box;
    return 0;
}

static int
box_teardown(void **state)
{
    dz_box_free(*state);
    return 0;
}

struct document {
    const char *p;
    size_t n;
    size_t times; /* the same again and again */
};

static enum dz_code
feed(void *ctx, dz_extract_chunk_fn *to, void *to_ctx, struct dz_err *err)
{
    const struct document *d = ctx;
    for (size_t i = 0; i < d->times; i++)
        DZ_TRY(to(to_ctx, d->p, d->n, err));
    return DZ_OK;
}

static struct dz_extracted
extracted(struct dz_box *box, const char *name, const char *p, size_t n, size_t times)
{
    struct dz_err err = {0};
    struct dz_extracted x = {0};
    struct document d = {p, n, times};
    struct dz_extract_job job = {
        .name = name, .size_bytes = (uint64_t)n * times, .feed = feed, .feed_ctx = &d};
    if (dz_extract(box, &job, &x, &err) != DZ_OK)
        fail_msg("%s", err.msg);
    return x;
}
#define EXTRACT(box, name, lit) extracted((box), (name), (lit), sizeof(lit) - 1, 1)

static void
test_a_text(void **state)
{
    DZ_AUTO_EXTRACTED struct dz_extracted x =
        EXTRACT(*state, "a.txt", "\xef\xbb\xbfOne\r\nДва\r\n\r\nThree");
    assert_int_equal(x.status, DZ_EXTRACT_TEXT);
    assert_string_equal(x.media_type, "text/plain");
    assert_string_equal(x.text.p, "One\r\nДва\r\n\r\nThree");
    assert_string_equal(x.extractor, "text/2");
    assert_null(x.why);
}

static void
test_a_page(void **state)
{
    DZ_AUTO_EXTRACTED struct dz_extracted x =
        EXTRACT(*state, "p.html",
                "<html lang=uk><meta property='article:published_time' content='2023-05-01T10:00Z'>"
                "<title>Оголошення</title><p>Без паспорта не приймають.");
    assert_int_equal(x.status, DZ_EXTRACT_TEXT);
    assert_string_equal(x.title, "Оголошення");
    assert_string_equal(x.published, "2023-05-01");
    assert_string_equal(x.language, "uk");
    assert_non_null(strstr(x.text.p, "Без паспорта не приймають."));
}

static void
test_another_encoding_is_recorded(void **state)
{
    /* "У лікарні вимагали паспорт" in windows-1251. */
    DZ_AUTO_EXTRACTED struct dz_extracted x =
        EXTRACT(*state, "a.txt",
                "\xd3 \xeb\xb3\xea\xe0\xf0\xed\xb3 \xe2\xe8\xec\xe0\xe3\xe0\xeb\xe8 "
                "\xef\xe0\xf1\xef\xee\xf0\xf2");
    assert_int_equal(x.status, DZ_EXTRACT_TEXT);
    assert_string_equal(x.text.p, "У лікарні вимагали паспорт");
    assert_string_equal(x.encoding, "windows-1251");
}

static void
test_what_has_no_text_says_why(void **state)
{
    DZ_AUTO_EXTRACTED struct dz_extracted blank = EXTRACT(*state, "a.txt", " \n\t\n");
    assert_int_equal(blank.status, DZ_EXTRACT_EMPTY);
    assert_string_equal(blank.why, "blank");
    assert_int_equal(blank.text.n, 0);
    /* Only a scan is a picture of words: an office file without any may hold no picture at all. */
    DZ_AUTO_EXTRACTED struct dz_extracted rtf = EXTRACT(*state, "a.rtf", "{\\rtf1\\ansi \\par}");
    assert_int_equal(rtf.status, DZ_EXTRACT_EMPTY);
    assert_string_equal(rtf.why, "blank");
    DZ_AUTO_EXTRACTED struct dz_extracted json = EXTRACT(*state, "a.json", "{\"a\": 1}");
    assert_int_equal(json.status, DZ_EXTRACT_UNSUPPORTED);
    assert_string_equal(json.why, "kind");
    assert_string_equal(json.extractor, "none/1");
    assert_string_not_equal(dz_extract_reason(json.why), "");
    /* Named like a text, and none: it is preserved all the same, and named. */
    DZ_AUTO_EXTRACTED struct dz_extracted binary =
        EXTRACT(*state, "a.txt", "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x00");
    assert_int_equal(binary.status, DZ_EXTRACT_UNSUPPORTED);
    assert_string_equal(binary.media_type, "application/octet-stream");
}

static void
test_a_torn_pdf_is_a_reason_not_an_error(void **state)
{
    DZ_AUTO_EXTRACTED struct dz_extracted x = EXTRACT(*state, "a.pdf", "%PDF-1.7\n1 0 obj <<");
    assert_int_equal(x.status, DZ_EXTRACT_DAMAGED);
    assert_non_null(x.why);
}

/* A gigabyte without a line end, and no more memory than the text may take. */
static void
test_a_text_that_never_ends(void **state)
{
    DZ_AUTO_FREE char *words = dz_alloc(1 << 20);
    memset(words, 'x', 1 << 20);
    DZ_AUTO_EXTRACTED struct dz_extracted x = extracted(*state, "a.txt", words, 1 << 20, 1024);
    assert_int_equal(x.status, DZ_EXTRACT_TOO_LARGE);
    assert_string_equal(x.why, "too_large");
    assert_true(x.text.n <= DZ_EXTRACT_TEXT_MAX);
}

static void
test_too_large_to_be_whole_in_memory(void **state)
{
    static const char head[] = "%PDF-1.7\n";
    struct document d = {head, sizeof head - 1, 1};
    struct dz_err err = {0};
    struct dz_extract_job job = {.name = "a.pdf",
                                 .size_bytes = DZ_EXTRACT_MAPPED_MAX + 1,
                                 .feed = feed,
                                 .feed_ctx = &d};
    DZ_AUTO_EXTRACTED struct dz_extracted x = {0};
    assert_int_equal(dz_extract(*state, &job, &x, &err), DZ_OK);
    assert_int_equal(x.status, DZ_EXTRACT_TOO_LARGE);
    assert_string_equal(x.media_type, "application/pdf");
}

static enum dz_code
broken_feed(void *ctx, dz_extract_chunk_fn *to, void *to_ctx, struct dz_err *err)
{
    (void)ctx;
    DZ_TRY(to(to_ctx, "some words", 10, err));
    return dz_fail(err, DZ_E_CORRUPT, "the object is damaged");
}

static void
test_damage_in_the_vault_is_told_as_such(void **state)
{
    struct dz_err err = {0};
    struct dz_extracted x = {0};
    struct dz_extract_job job = {.name = "a.txt", .size_bytes = 100, .feed = broken_feed};
    assert_int_equal(dz_extract(*state, &job, &x, &err), DZ_E_CORRUPT);
    assert_non_null(strstr(err.msg, "damaged"));
}

static void
test_stopping(void **state)
{
    struct dz_err err = {0};
    struct dz_extracted x = {0};
    bool cancel = true;
    struct document d = {"words", 5, 1};
    struct dz_extract_job job = {
        .name = "a.txt", .size_bytes = 5, .feed = feed, .feed_ctx = &d, .cancel = &cancel};
    assert_int_equal(dz_extract(*state, &job, &x, &err), DZ_E_CANCELLED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_text),
        cmocka_unit_test(test_a_page),
        cmocka_unit_test(test_another_encoding_is_recorded),
        cmocka_unit_test(test_what_has_no_text_says_why),
        cmocka_unit_test(test_a_torn_pdf_is_a_reason_not_an_error),
        cmocka_unit_test(test_a_text_that_never_ends),
        cmocka_unit_test(test_too_large_to_be_whole_in_memory),
        cmocka_unit_test(test_damage_in_the_vault_is_told_as_such),
        cmocka_unit_test(test_stopping),
    };
    return cmocka_run_group_tests(tests, box_setup, box_teardown);
}
