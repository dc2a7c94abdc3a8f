#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "dz_wire.h"
#include "dz_worker.h"

static void
test_frames_come_back_whole(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1 << 20);
    dz_wire_add(&b, DZ_WIRE_TEXT, DZ_VIEW("one"));
    dz_wire_add(&b, DZ_WIRE_PART_END, DZ_VIEW(""));
    dz_wire_add_pair(&b, DZ_WIRE_FIELD, DZ_VIEW("title"), DZ_VIEW("Наказ"));
    enum dz_wire_type type;
    struct dz_view payload;
    bool whole;
    /* Every cut of the bytes asks for more instead of guessing. */
    for (size_t n = 0; n < DZ_WIRE_HEAD_BYTES + 3; n++) {
        struct dz_view in = {.p = b.p, .n = n};
        assert_int_equal(dz_wire_next(&in, &type, &payload, &whole, NULL), DZ_OK);
        assert_false(whole);
        assert_int_equal(in.n, n);
    }
    struct dz_view in = dz_buf_view(&b);
    assert_int_equal(dz_wire_next(&in, &type, &payload, &whole, NULL), DZ_OK);
    assert_true(whole && type == DZ_WIRE_TEXT && dz_view_is(payload, "one"));
    assert_int_equal(dz_wire_next(&in, &type, &payload, &whole, NULL), DZ_OK);
    assert_true(whole && type == DZ_WIRE_PART_END && payload.n == 0);
    assert_int_equal(dz_wire_next(&in, &type, &payload, &whole, NULL), DZ_OK);
    struct dz_view key;
    struct dz_view value;
    assert_true(whole && dz_wire_pair(payload, &key, &value));
    assert_true(dz_view_is(key, "title") && dz_view_is(value, "Наказ"));
    assert_int_equal(in.n, 0);
    assert_false(dz_wire_pair(DZ_VIEW("no border"), &key, &value));
}

static void
test_false_heads_are_refused_before_the_payload(void **state)
{
    (void)state;
    static const unsigned char heads[][DZ_WIRE_HEAD_BYTES] = {
        {0x00, 0x01, 0x00, 0x01, DZ_WIRE_TEXT}, /* one byte more than a payload may have */
        {0xFF, 0xFF, 0xFF, 0xFF, DZ_WIRE_TEXT},
        {0x00, 0x00, 0x00, 0x00, 0},
        {0x00, 0x00, 0x00, 0x01, DZ_WIRE_EXIT + 1},
        {0x00, 0x00, 0x00, 0x01, 0xFF},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct dz_view in = {.p = (const char *)heads[i], .n = sizeof heads[i]};
        enum dz_wire_type type;
        struct dz_view payload;
        bool whole;
        struct dz_err err;
        assert_int_equal(dz_wire_next(&in, &type, &payload, &whole, &err), DZ_E_CORRUPT);
    }
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1 << 20);
    static char big[DZ_WIRE_PAYLOAD_MAX + 1];
    dz_wire_add(&b, DZ_WIRE_PART_DATA, (struct dz_view){.p = big, .n = sizeof big});
    assert_int_equal(dz_buf_ok(&b, "frames", NULL), DZ_E_LIMIT);
}

static void
test_pairs_are_cut_at_a_character(void **state)
{
    (void)state;
    char key[DZ_WIRE_KEY_MAX + 3];
    memset(key, 'k', sizeof key);
    memcpy(key + DZ_WIRE_KEY_MAX - 1, "\xD0\x90", 2); /* a letter across the border */
    char value[DZ_WIRE_VALUE_MAX + 10];
    memset(value, 'v', sizeof value);
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1 << 20);
    dz_wire_add_pair(&b, DZ_WIRE_META, (struct dz_view){.p = key, .n = sizeof key},
                     (struct dz_view){.p = value, .n = sizeof value});
    dz_wire_add_pair(&b, DZ_WIRE_LOCATOR, DZ_VIEW("section"),
                     (struct dz_view){.p = value, .n = sizeof value});
    dz_wire_add_pair(&b, DZ_WIRE_META, DZ_VIEW("a\0b"), DZ_VIEW("c\0d"));
    struct dz_view in = dz_buf_view(&b);
    const size_t expected[][2] = {
        {DZ_WIRE_KEY_MAX - 1, DZ_WIRE_VALUE_MAX}, {7, DZ_WIRE_LABEL_MAX}, {1, 1}};
    for (size_t i = 0; i < 3; i++) {
        enum dz_wire_type type;
        struct dz_view payload;
        struct dz_view x;
        struct dz_view y;
        bool whole;
        assert_int_equal(dz_wire_next(&in, &type, &payload, &whole, NULL), DZ_OK);
        assert_true(whole && dz_wire_pair(payload, &x, &y));
        assert_int_equal(x.n, expected[i][0]);
        assert_int_equal(y.n, expected[i][1]);
    }
}

/* ---- what a reader says, as the readable protocol shows it ---- */

static struct dz_work *
memory(struct dz_buf *out)
{
    return dz_work_memory(DZ_VIEW("a document"), "a.txt", "text/plain", "parts=yes\nocr=ukr", out);
}

static void
test_protocol_of_everything(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1 << 20);
    struct dz_work *w = memory(&out);
    assert_string_equal(dz_work_name(w), "a.txt");
    assert_string_equal(dz_work_media_type(w), "text/plain");
    assert_string_equal(dz_work_option(w, "ocr"), "ukr");
    assert_null(dz_work_option(w, "oc"));
    dz_work_field(w, "title", DZ_VIEW("  Про \n\t облік\xC2\x85 "));
    dz_work_field(w, "title", DZ_VIEW("another"));
    dz_work_field(w, "author", DZ_VIEW(" \n "));
    dz_work_meta(w, "mail.Received", DZ_VIEW("one  two"));
    dz_work_meta(w, "mail.Received", DZ_VIEW("three\0four"));
    dz_work_locator(w, "page", "1");
    dz_work_texts(w, "Ї\\к\tб\x01");
    dz_work_texts(w, " і\nдалі");
    dz_work_progress(w, 1, 2);
    dz_work_locatorf(w, "page", "%d", 2);
    dz_work_texts(w, "кінець");
    assert_int_equal(dz_work_chars(w), 19);
    dz_work_part_begin(w, DZ_VIEW("../a b.pdf"), "application/pdf");
    dz_work_texts(w, "not in a part");
    dz_work_part_meta(w, "status", DZ_VIEW("200"));
    dz_work_part_data(w, "123456789", 9);
    dz_work_part_end(w);
    dz_work_done(w, "text", NULL);
    dz_work_texts(w, "late");
    dz_work_meta(w, "late", DZ_VIEW("late"));
    assert_true(dz_work_is_done(w));
    dz_work_free(w);
    assert_string_equal(out.p,
                        "field title=Про облік\n"
                        "meta mail.Received=one  two\n"
                        "meta mail.Received=three four\n"
                        "locator 0 page 1\n"
                        "text Ї\\\\к\\tб\\x01 і\\n\n"
                        "text далі\n"
                        "locator 13 page 2\n"
                        "text кінець\n"
                        "part application/pdf ../a b.pdf\n"
                        "part-meta status=200\n"
                        "part-end 9 bytes e3069283\n"
                        "done text\n");
}

static void
test_parts_nobody_wants_have_no_bytes(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1 << 20);
    struct dz_work *w = dz_work_memory(DZ_VIEW(""), NULL, NULL, NULL, &out);
    dz_work_part_begin(w, DZ_VIEW("a"), "text/plain");
    dz_work_part_data(w, "123", 3);
    dz_work_part_begin(w, DZ_VIEW("b"), "text/plain"); /* ends the one before */
    dz_work_done(w, "empty", "empty");
    dz_work_free(w);
    assert_string_equal(out.p, "part text/plain a\npart-end 0 bytes 00000000\n"
                               "part text/plain b\npart-end 0 bytes 00000000\ndone empty empty\n");
}

/* One text, said in two pieces at every border and byte by byte, is the same text. */
static void
test_text_does_not_depend_on_its_pieces(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"aІ€𝄞z", "text aІ€𝄞z\ndone text\n"},
        {"\xE2\x82|\xF0\x9F\x98",
         "text \xEF\xBF\xBD|\xEF\xBF\xBD\nmeta text.repaired=2\ndone text\n"},
        {"\xE0\x80\x80x", "text \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx\nmeta text.repaired=3\n"
                          "done text\n"},
        {"\xED\xA0\x80", "text \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\nmeta text.repaired=3\n"
                         "done text\n"},
        {"\xF4\x90\x80\x80", "text \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\n"
                             "meta text.repaired=4\ndone text\n"},
        {"\xE2\xE2\x82\xAC\xC3",
         "text \xEF\xBF\xBD€\xEF\xBF\xBD\nmeta text.repaired=2\ndone text\n"},
        {"\xFF\xC2\xC2\xA0",
         "text \xEF\xBF\xBD\xEF\xBF\xBD\xC2\xA0\nmeta text.repaired=2\ndone text\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = strlen(cases[i].text);
        for (size_t first = 0; first <= n + 1; first++) {
            DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1 << 20);
            struct dz_work *w = memory(&out);
            size_t at = first <= n ? first : 0;
            dz_work_text(w, (struct dz_view){.p = cases[i].text, .n = at});
            for (size_t k = 0; first > n && k < n; k++)
                dz_work_text(w, (struct dz_view){.p = cases[i].text + k, .n = 1});
            if (first <= n)
                dz_work_text(w, (struct dz_view){.p = cases[i].text + at, .n = n - at});
            dz_work_done(w, "text", NULL);
            dz_work_free(w);
            assert_string_equal(out.p, cases[i].expected);
        }
    }
}

static void
test_begun_character_ends_at_a_locator(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1 << 20);
    struct dz_work *w = memory(&out);
    dz_work_texts(w, "a\xD0");
    dz_work_locator(w, "page", "2");
    dz_work_texts(w, "\x90");
    dz_work_text(w, DZ_VIEW("x\0y"));
    dz_work_done(w, "text", NULL);
    dz_work_free(w);
    assert_string_equal(out.p, "text a\xEF\xBF\xBD\nlocator 2 page 2\n"
                               "text \xEF\xBF\xBDx\xEF\xBF\xBDy\nmeta text.repaired=3\n"
                               "done text\n");
}

static void
test_long_values_are_cut(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4 << 20);
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1 << 20);
    for (int i = 0; i < 9000; i++)
        dz_buf_adds(&words, "ї");
    struct dz_work *w = memory(&out);
    dz_work_field(w, "title", dz_buf_view(&words));
    dz_work_meta(w, "k", dz_buf_view(&words));
    dz_work_locator(w, "section", words.p);
    /* More metadata than anybody wants is counted. */
    for (int i = 0; i < 5000; i++)
        dz_work_meta(w, "m", DZ_VIEW("v"));
    dz_work_done(w, "empty", "blank");
    dz_work_free(w);
    struct dz_view v = dz_buf_view(&out);
    assert_true(dz_view_starts(v, "field title="));
    const char *end = memchr(v.p, '\n', v.n);
    assert_int_equal(end - v.p, strlen("field title=") + 2000 + 3); /* and an ellipsis */
    const char *meta = end + 1;
    end = strchr(meta, '\n');
    assert_int_equal(end - meta, strlen("meta k=") + DZ_WIRE_VALUE_MAX);
    const char *locator = end + 1;
    end = strchr(locator, '\n');
    assert_int_equal(end - locator, strlen("locator 0 section ") + DZ_WIRE_LABEL_MAX);
    assert_non_null(strstr(v.p, "\nmeta meta.left_out=905\ndone empty blank\n"));
}

static void
test_much_text_is_counted_and_whole(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4 << 20);
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1 << 20);
    for (int i = 0; i < 100000; i++)
        dz_buf_adds(&words, i % 3 == 0 ? "€" : "ї");
    struct dz_work *w = memory(&out);
    dz_work_text(w, dz_buf_view(&words));
    assert_int_equal(dz_work_chars(w), 100000);
    dz_work_done(w, "text", NULL);
    dz_work_free(w);
    assert_int_equal(out.n, 5 + words.n + strlen("\ndone text\n"));
    assert_memory_equal(out.p + 5, words.p, words.n);
}

static void
test_document_streams_or_maps(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(64);
    struct dz_work *w = memory(&out);
    char part[4];
    size_t n;
    assert_int_equal(dz_work_next(w, part, 4, &n, NULL), DZ_OK);
    assert_true(n == 4 && memcmp(part, "a do", 4) == 0);
    assert_int_equal(dz_work_next(w, part, 4, &n, NULL), DZ_OK);
    assert_int_equal(dz_work_next(w, part, 4, &n, NULL), DZ_OK);
    assert_true(n == 2 && memcmp(part, "nt", 2) == 0);
    assert_int_equal(dz_work_next(w, part, 4, &n, NULL), DZ_OK);
    assert_int_equal(n, 0);
    dz_work_free(w);

    w = memory(&out);
    struct dz_view whole;
    assert_int_equal(dz_work_map(w, &whole, NULL), DZ_OK);
    assert_true(dz_view_is(whole, "a document"));
    /* A protocol that nobody has room for ends the reading. */
    for (int i = 0; i < 100; i++)
        dz_work_locator(w, "page", "1");
    assert_true(dz_work_is_done(w));
    assert_int_equal(dz_work_next(w, part, 4, &n, NULL), DZ_OK);
    assert_int_equal(n, 0);
    dz_work_free(w);
    dz_work_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_come_back_whole),
        cmocka_unit_test(test_false_heads_are_refused_before_the_payload),
        cmocka_unit_test(test_pairs_are_cut_at_a_character),
        cmocka_unit_test(test_protocol_of_everything),
        cmocka_unit_test(test_parts_nobody_wants_have_no_bytes),
        cmocka_unit_test(test_text_does_not_depend_on_its_pieces),
        cmocka_unit_test(test_begun_character_ends_at_a_locator),
        cmocka_unit_test(test_long_values_are_cut),
        cmocka_unit_test(test_much_text_is_counted_and_whole),
        cmocka_unit_test(test_document_streams_or_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
