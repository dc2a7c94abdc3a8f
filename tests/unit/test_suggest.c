#include "reading.h"

static const char *const text =
    "Olena, a teacher from Tokmak, was denied insulin in May 2024 because she had no Russian "
    "passport. The school in Tokmak told staff without Russian passports that they would be fired. "
    "By 1 July 2024 everyone must apply, Governor Ihor Savchuk said.";

/* The same text gives the same suggestions, in order, each with a rule and its own words. */
static void
test_deterministic_and_ordered(void **state)
{
    (void)state;
    struct reading a = read_text(text, "2024-06-01");
    struct reading b = read_text(text, "2024-06-01");
    assert_int_equal(a.s.n, b.s.n);
    assert_true(a.s.n >= 7);
    for (size_t i = 0; i < a.s.n; i++) {
        const struct dz_suggestion *x = &a.s.items[i], *y = &b.s.items[i];
        assert_string_equal(x->kind, y->kind);
        assert_string_equal(x->rule, y->rule);
        assert_int_equal(x->start, y->start);
        assert_true(json_equal(x->fields, y->fields));
        assert_true(x->rule[0] && x->score > 0 && x->score <= 100);
        assert_true(i == 0 || x[-1].start <= x->start);
        size_t start = dz_utf8_byte_of(a.d.text, x->start);
        assert_ptr_equal(x->quote.p, a.d.text.p + start);
        assert_int_equal(start + x->quote.n, dz_utf8_byte_of(a.d.text, x->end));
    }
    reading_done(&a);
    reading_done(&b);
}

/* Places, dates and persons once per value. */
static void
test_values_once(void **state)
{
    (void)state;
    struct reading r = read_text(text, "2024-06-01");
    assert_int_equal(count(&r, "place"), 1);
    assert_int_equal(count(&r, "person"), 2);
    assert_int_equal(count(&r, "date"), 2);
    assert_string_equal(field(find(&r, "place", NULL, 0), "name_en"), "Tokmak");
    reading_done(&r);
}

static void
test_sensitive(void **state)
{
    (void)state;
    struct reading r = read_text(text, "2024-06-01");
    assert_true(must_find(&r, "act", "insulin")->sensitive);
    assert_false(must_find(&r, "act", "fired")->sensitive);
    reading_done(&r);
}

static void
test_empty(void **state)
{
    (void)state;
    static const char *const texts[] = {"", " \n\n", "...", "«»", "1 2 3"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct reading r = read_text(texts[i], NULL);
        assert_int_equal(r.s.n, 0);
        reading_done(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deterministic_and_ordered),
        cmocka_unit_test(test_values_once),
        cmocka_unit_test(test_sensitive),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
