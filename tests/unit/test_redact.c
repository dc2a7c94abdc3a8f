/* Redacted copies: what a person names, where stretches of a text stand on pages, and the
 * commitment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_mem.h"
#include "redact_impl.h"

static void
test_what_a_person_names(void **state)
{
    (void)state;
    DZ_AUTO_REDACT_SPANS struct dz_redact_spans s = {0};
    struct dz_err err = {0};
    const char *good = "# remarks\n\nspan 3 9\nspan   12 40  # a name\r\nbox 2 10 20 30 40\n"
                       "span 0 1";
    assert_int_equal(dz_redact_spans_parse(dz_view_of(good), &s, &err), DZ_OK);
    assert_int_equal(s.n, 4);
    assert_int_equal(s.v[1].start, 12);
    assert_int_equal(s.v[1].end, 40);
    assert_true(s.v[2].is_box);
    assert_int_equal(s.v[2].page, 2);
    assert_int_equal(s.v[2].box[3], 40);
    assert_int_equal(s.v[3].end, 1);
    static const char *const bad[] = {
        "span",          "span 1",          "span 2 2",          "span 3 2",
        "span 1 2 3",    "span -1 2",       "span 1 2x",         "span 1.5 2",
        "box 1 1 1 1",   "box 0 1 1 1 1",   "box 1 1 1 0 1",     "box 1 1 1 1 0",
        "box 1 1 1 1 1 1", "spans 1 2",     "span 1 99999999999", "\xff\xfe",
        "mask 1 2",      "span\t1\t2",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        DZ_AUTO_REDACT_SPANS struct dz_redact_spans none = {0};
        if (dz_redact_spans_parse(dz_view_of(bad[i]), &none, &err) != DZ_E_INPUT)
            fail_msg("taken: %s", bad[i]);
        assert_non_null(strstr(err.msg, "line 1"));
    }
}

/* Two pages; a remark that is no line of a page; a name across two lines, one behind letters of two
 * bytes. */
static const char text[] = "said Olena\nTkachuk, a baker\nїжак Olena\n\nremark of Olena\n";
static const char locators[] = "0\tpage\t1\n0\tline\t10 20 100 12\n11\tline\t10 40 120 12\n"
                               "28\tpage\t2 (ii)\n28\tline\t10 60 90 12\n40\taside\tnote\n";

static struct dz_redaction
plan_of(struct dz_stretches *s, const struct dz_redact_spans *boxes)
{
    struct dz_redact_lines l = {.locators = DZ_BUF(4096)};
    struct dz_redaction r = {.text = DZ_BUF(4096), .mask = DZ_BUF(4096)};
    struct dz_err err = {0};
    dz_buf_adds(&l.locators, locators);
    assert_int_equal(dz_redact_lines_read(&l, &err), DZ_OK);
    assert_int_equal(l.n_pages, 2);
    dz_redact_lines_mask(&l, dz_view_of(text), s, boxes, &r);
    dz_redact_lines_done(&l);
    return r;
}

static void
stretch(struct dz_stretches *s, const char *words, size_t nth)
{
    const char *at = strstr(text, words);
    for (; nth > 0; nth--)
        at = strstr(at + 1, words);
    dz_stretches_add(s, (size_t)(at - text), (size_t)(at - text) + strlen(words), true);
}

static void
test_places_on_pages(void **state)
{
    (void)state;
    struct dz_stretches s = {0};
    struct dz_redact_span box = {.is_box = true, .page = 2, .box = {1, 2, 3, 4}};
    struct dz_redact_spans boxes = {.v = &box, .n = 1};
    stretch(&s, "Olena\nTkachuk", 0);
    stretch(&s, "Olena", 1);
    struct dz_redaction r = plan_of(&s, &boxes);
    assert_string_equal(r.mask.p, "1 10 20 100 12 Olena\x1f"
                                  "1 10 40 120 12 Tkachuk\x1f"
                                  "2 10 60 90 12 Olena\x1f"
                                  "2 1 2 3 4 ");
    assert_int_equal(r.n_lost, 0);
    dz_redaction_done(&r);
    /* What stands on no line of a page is said to be lost, not painted somewhere. */
    stretch(&s, "Olena", 2);
    r = plan_of(&s, &boxes);
    assert_int_equal(r.n_lost, 1);
    dz_redaction_done(&r);
    dz_free(s.v);
}

static void
test_damaged_locators(void **state)
{
    (void)state;
    static const char *const bad[] = {"0\tline\t1 2 3 4", "x\tline\t1 2 3 4\n", "0 line 1\n", "\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct dz_redact_lines l = {.locators = DZ_BUF(4096)};
        struct dz_err err = {0};
        dz_buf_adds(&l.locators, bad[i]);
        assert_int_equal(dz_redact_lines_read(&l, &err), DZ_E_CORRUPT);
        dz_redact_lines_done(&l);
    }
    /* A line without its four numbers is none that could be painted. */
    struct dz_redact_lines l = {.locators = DZ_BUF(4096)};
    struct dz_err err = {0};
    dz_buf_adds(&l.locators, "0\tpage\tiv\n0\tline\t1 2 3 4\n5\tpage\t2\n5\tline\t1 -2 3 4\n");
    assert_int_equal(dz_redact_lines_read(&l, &err), DZ_OK);
    assert_int_equal(l.n, 2);
    assert_false(l.v[0].known);
    assert_false(l.v[1].known);
    dz_redact_lines_done(&l);
}

/* Computed with another program (Python's hmac). */
static void
test_commitment(void **state)
{
    (void)state;
    uint8_t salt[DZ_REDACT_SALT], original[32], copy[32], made[32];
    char hex[65];
    for (size_t i = 0; i < sizeof salt; i++)
        salt[i] = (uint8_t)i;
    dz_sha256("original", 8, original);
    dz_sha256("copy", 4, copy);
    dz_redaction_commit(salt, original, copy, made);
    dz_hex_encode(made, sizeof made, hex);
    assert_string_equal(hex, "11cbf7348da8438e9168f37fe0fe0d7b646ca1fd907caa49e0bd977106b3827b");
    salt[31] ^= 1;
    dz_redaction_commit(salt, original, copy, made);
    dz_hex_encode(made, sizeof made, hex);
    assert_string_not_equal(hex,
                            "11cbf7348da8438e9168f37fe0fe0d7b646ca1fd907caa49e0bd977106b3827b");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_person_names),
        cmocka_unit_test(test_places_on_pages),
        cmocka_unit_test(test_damaged_locators),
        cmocka_unit_test(test_commitment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
