#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dz_extract_priv.h"
#include "dz_json.h"

/* A worker is believed nothing: here it says what no honest one says. */

struct talk {
    struct dz_extracted x;
    struct dz_hearing r;
    struct dz_err err;
};

static void
talk_init(struct talk *t, size_t text_max)
{
    *t = (struct talk){.x = {.text = DZ_BUF(text_max), .locators = DZ_BUF(4096)}};
    t->r = (struct dz_hearing){.x = &t->x, .part_bytes_max = 1000};
}

static void
talk_done(struct talk *t)
{
    dz_hearing_done(&t->r);
    dz_extracted_done(&t->x);
}

static enum dz_code
say(struct talk *t, enum dz_wire_type type, const char *p, size_t n)
{
    return dz_hearing_frame(&t->r, type, (struct dz_view){p, n}, &t->err);
}
#define SAY(t, type, lit) say((t), (type), (lit), sizeof(lit) - 1)

static void
hello(struct talk *t)
{
    assert_int_equal(SAY(t, DZ_WIRE_HELLO, "\x01pdf/1"), DZ_OK);
}

static void
test_an_honest_worker_is_understood(void **state)
{
    (void)state;
    struct talk t;
    talk_init(&t, 1000);
    hello(&t);
    assert_int_equal(SAY(&t, DZ_WIRE_FIELD, "title\0A notice"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_FIELD, "title\0A second one"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_FIELD, "published\0D:20230714101112+03'00'"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_META, "pdf.Producer\0A"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_META, "pdf.Producer\0B"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_LOCATOR, "page\0" "1"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_TEXT, "Слово"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_LOCATOR, "page\0" "2"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_DONE, "text\0"), DZ_OK);
    assert_int_equal(t.x.status, DZ_EXTRACT_TEXT);
    assert_null(t.x.why);
    assert_string_equal(t.x.extractor, "pdf/1");
    assert_string_equal(t.x.title, "A notice");
    assert_string_equal(t.x.published, "2023-07-14");
    assert_int_equal(json_array_size(json_object_get(t.x.meta, "pdf.Producer")), 2);
    assert_string_equal(t.x.locators.p, "0\tpage\t1\n5\tpage\t2\n");
    talk_done(&t);
}

static void
test_lies_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum dz_wire_type type;
        struct dz_view payload;
    } lies[] = {
        {DZ_WIRE_HELLO, DZ_VIEW_INIT("\x01pdf/1")}, /* a second time */
        {DZ_WIRE_EXIT, DZ_VIEW_INIT("\0\0\0\0\0")},
        {DZ_WIRE_TEXT, DZ_VIEW_INIT("\xff")},
        {DZ_WIRE_TEXT, DZ_VIEW_INIT("\xd0")}, /* half a character */
        {DZ_WIRE_TEXT, DZ_VIEW_INIT("a\0b")},
        {DZ_WIRE_FIELD, DZ_VIEW_INIT("title")}, /* no NUL */
        {DZ_WIRE_FIELD, DZ_VIEW_INIT("title\0two\nlines")},
        {DZ_WIRE_FIELD, DZ_VIEW_INIT("title\0\xc3(")},
        {DZ_WIRE_META, DZ_VIEW_INIT("a key\0v")},
        {DZ_WIRE_META, DZ_VIEW_INIT("\0v")},
        {DZ_WIRE_LOCATOR, DZ_VIEW_INIT("folder\0x")},
        {DZ_WIRE_LOCATOR, DZ_VIEW_INIT("page\0" "1\t2")},
        {DZ_WIRE_PART_END, DZ_VIEW_INIT("")},
        {DZ_WIRE_PART_DATA, DZ_VIEW_INIT("x")},
        {DZ_WIRE_PART_META, DZ_VIEW_INIT("address\0x")},
        {DZ_WIRE_DONE, DZ_VIEW_INIT("splendid\0")},
        {DZ_WIRE_DONE, DZ_VIEW_INIT("text")},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct talk t;
        talk_init(&t, 1000);
        hello(&t);
        if (say(&t, lies[i].type, lies[i].payload.p, lies[i].payload.n) != DZ_E_CORRUPT)
            fail_msg("lie %zu was believed", i);
        talk_done(&t);
    }
}

static void
test_who_does_not_greet_or_goes_on_after_the_end_lies(void **state)
{
    (void)state;
    struct talk t;
    talk_init(&t, 1000);
    assert_int_equal(SAY(&t, DZ_WIRE_TEXT, "a"), DZ_E_CORRUPT);
    assert_int_equal(SAY(&t, DZ_WIRE_HELLO, "\x02pdf/1"), DZ_E_CORRUPT);
    assert_int_equal(SAY(&t, DZ_WIRE_HELLO, "\x01"), DZ_E_CORRUPT);
    assert_int_equal(SAY(&t, DZ_WIRE_HELLO, "\x01" "a name with blanks"), DZ_E_CORRUPT);
    hello(&t);
    assert_int_equal(SAY(&t, DZ_WIRE_DONE, "empty\0blank"), DZ_OK);
    assert_string_equal(t.x.why, "blank");
    assert_int_equal(SAY(&t, DZ_WIRE_TEXT, "a"), DZ_E_CORRUPT);
    assert_int_equal(SAY(&t, DZ_WIRE_DONE, "text\0"), DZ_E_CORRUPT);
    talk_done(&t);
}

static void
test_a_text_beyond_the_limit_keeps_its_beginning(void **state)
{
    (void)state;
    struct talk t;
    talk_init(&t, 10);
    hello(&t);
    assert_int_equal(SAY(&t, DZ_WIRE_TEXT, "12345678"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_TEXT, "12345678"), DZ_E_LIMIT);
    assert_string_equal(t.x.text.p, "12345678");
    assert_string_equal(t.x.why, "too_large");
    talk_done(&t);
}

static void
test_metadata_is_bounded(void **state)
{
    (void)state;
    struct talk t;
    char pair[2000];
    talk_init(&t, 10);
    hello(&t);
    memset(pair, 'x', sizeof pair);
    memcpy(pair, "k\0", 2);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(say(&t, DZ_WIRE_META, pair, sizeof pair), DZ_OK);
    assert_string_equal(dz_json_str(t.x.meta, "meta.cut"), "yes");
    assert_true(json_array_size(json_object_get(t.x.meta, "k")) * 2000 <= DZ_EXTRACT_META_MAX);
    talk_done(&t);
}

/* ---- files inside ---- */

struct taken {
    char log[512];
    enum dz_code answer;
};

static enum dz_code
begin(void *ctx, const struct dz_part *part, struct dz_err *err)
{
    struct taken *t = ctx;
    (void)err;
    strncat(t->log, "[", sizeof t->log - strlen(t->log) - 1);
    strncat(t->log, part->name.p, part->name.n);
    return t->answer;
}

static enum dz_code
data(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct taken *t = ctx;
    (void)err;
    strncat(t->log, p, n);
    return DZ_OK;
}

static enum dz_code
end(void *ctx, const struct dz_part *part, bool commit, struct dz_err *err)
{
    struct taken *t = ctx;
    (void)err;
    const char *address = dz_json_str(part->meta, "address");
    size_t n = strlen(t->log);
    snprintf(t->log + n, sizeof t->log - n, "%s%s", address ? address : "", commit ? "]" : "!");
    return DZ_OK;
}

static void
test_files_inside_are_handed_on_under_harmless_names(void **state)
{
    (void)state;
    struct talk t;
    struct taken taken = {0};
    struct dz_part_sink sink = {begin, data, end, &taken};
    talk_init(&t, 1000);
    t.r.sink = &sink;
    hello(&t);
    assert_int_equal(SAY(&t, DZ_WIRE_PART, "../../etc/./passwd\0text/plain"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_PART_DATA, "=1"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_PART_DATA, "2"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_PART_META, "address\0@"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_TEXT, "inside a part"), DZ_E_CORRUPT);
    assert_int_equal(SAY(&t, DZ_WIRE_PART_END, ""), DZ_OK);
    /* Nothing in it: nothing to preserve. */
    assert_int_equal(SAY(&t, DZ_WIRE_PART, "/\0"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_PART_END, ""), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_PART, "//\0"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_PART_DATA, ":"), DZ_OK);
    assert_int_equal(SAY(&t, DZ_WIRE_PART, "b\0"), DZ_E_CORRUPT);
    /* The worker dies in the middle of one: it is given up. */
    talk_done(&t);
    assert_string_equal(taken.log, "[etc/passwd=12@][unnamed:!");
    assert_int_equal(t.r.part_bytes, 4);
}

static void
test_files_inside_are_bounded(void **state)
{
    (void)state;
    struct talk t;
    struct taken taken = {.answer = DZ_OK};
    struct dz_part_sink sink = {begin, data, end, &taken};
    char bytes[400] = {0};
    talk_init(&t, 1000);
    t.r.sink = &sink;
    hello(&t);
    assert_int_equal(SAY(&t, DZ_WIRE_PART, "a\0"), DZ_OK);
    assert_int_equal(say(&t, DZ_WIRE_PART_DATA, bytes, 400), DZ_OK);
    assert_int_equal(say(&t, DZ_WIRE_PART_DATA, bytes, 400), DZ_OK);
    assert_int_equal(say(&t, DZ_WIRE_PART_DATA, bytes, 400), DZ_E_LIMIT);
    assert_string_equal(t.x.why, "bomb");
    talk_done(&t);

    talk_init(&t, 1000);
    hello(&t);
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i <= DZ_EXTRACT_PARTS_MAX && code == DZ_OK; i++) {
        code = SAY(&t, DZ_WIRE_PART, "a\0");
        if (code == DZ_OK)
            code = SAY(&t, DZ_WIRE_PART_END, "");
    }
    assert_int_equal(code, DZ_E_LIMIT);
    assert_string_equal(t.x.why, "parts_limit");
    talk_done(&t);
}

static void
test_dates_of_publication(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *edtf; /* NULL: none */
    } rows[] = {
        {"2023-07-14", "2023-07-14"},
        {"2023-07-14T23:59:00+03:00", "2023-07-14"},
        {" 2023-07-14 10:00 ", "2023-07-14"},
        {"2023-07", "2023-07"},
        {"2023", "2023"},
        {"D:20230714101112Z", "2023-07-14"},
        {"D:20231314", NULL},
        {"Fri, 14 Jul 2023 10:11:12 +0300", "2023-07-14"},
        {"4 jul 23 10:11 GMT", "2023-07-04"},
        {"31 Feb 2023", NULL},
        {"2022-21", "2022-21"},
        {"2022/2023", "2022/2023"},
        {"soon", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        DZ_AUTO_FREE char *found = dz_published_edtf(dz_view_of(rows[i].text));
        if (rows[i].edtf && (!found || strcmp(found, rows[i].edtf) != 0))
            fail_msg("'%s' gave %s", rows[i].text, found ? found : "nothing");
        if (!rows[i].edtf && found)
            fail_msg("'%s' gave %s", rows[i].text, found);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_honest_worker_is_understood),
        cmocka_unit_test(test_lies_are_refused),
        cmocka_unit_test(test_who_does_not_greet_or_goes_on_after_the_end_lies),
        cmocka_unit_test(test_a_text_beyond_the_limit_keeps_its_beginning),
        cmocka_unit_test(test_metadata_is_bounded),
        cmocka_unit_test(test_files_inside_are_handed_on_under_harmless_names),
        cmocka_unit_test(test_files_inside_are_bounded),
        cmocka_unit_test(test_dates_of_publication),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
