#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "dz_known.h"
#include "dz_lexicon.h"

/* What is kept of forms says the same as the lists themselves, and is kept once. */

static struct dz_rules *rules;

static const char text[] =
    "From March to June 2023 about 1,200 residents of Melitopol and of Kherson Oblast were told "
    "to take Russian passports, two out of three of them in the last week. Токмацька лікарня з 1 "
    "червня 2024 року не приймає людей без паспорта РФ, у Херсонській та Запорізькій областях "
    "таких понад три тисячі. В Бердянске и Энергодаре с прошлой осени без гражданства не платят "
    "пенсии; двадцать пять семей уехали в Запорожье.";

static int
set_up(void **state)
{
    (void)state;
    return dz_rules_load(&rules, NULL) == DZ_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void)state;
    dz_rules_free(rules);
    return 0;
}

static struct dz_document
read_text(bool attach)
{
    struct dz_document d;
    const struct dz_lexicon *lexicon = NULL;
    assert_int_equal(dz_document_init(&d, dz_view_of(text), NULL), DZ_OK);
    assert_int_equal(dz_rules_lexicon(rules, &lexicon, NULL), DZ_OK);
    if (attach)
        dz_known_attach(rules, lexicon, &d);
    return d;
}

static struct dz_mentions
find(struct dz_document *d)
{
    static const struct dz_doc_info info = {.published = "2024-08-01"};
    struct dz_mentions m = {0};
    assert_int_equal(dz_find_dates(rules, d, &info, &m, NULL), DZ_OK);
    assert_int_equal(dz_find_quantities(rules, d, &m, NULL), DZ_OK);
    assert_int_equal(dz_find_places(rules, d, &m, NULL), DZ_OK);
    return m;
}

static void
test_same_mentions(void **state)
{
    (void)state;
    struct dz_document plain = read_text(false), known = read_text(true);
    struct dz_mentions a = find(&plain), b = find(&known);
    assert_null(plain.known);
    assert_non_null(known.known);
    assert_true(a.n >= 15);
    assert_int_equal(a.n, b.n);
    for (size_t i = 0; i < a.n; i++) {
        const struct dz_mention *x = &a.items[i], *y = &b.items[i];
        assert_int_equal(x->kind, y->kind);
        assert_int_equal(x->start, y->start);
        assert_int_equal(x->end, y->end);
        assert_string_equal(x->edtf, y->edtf);
        assert_string_equal(x->value, y->value);
        assert_string_equal(x->unit, y->unit);
        assert_ptr_equal(x->place_id, y->place_id);
    }
    dz_mentions_done(&a);
    dz_mentions_done(&b);
    dz_document_done(&plain);
    dz_document_done(&known);
}

static void
test_same_hits(void **state)
{
    (void)state;
    struct dz_document plain = read_text(false), known = read_text(true);
    const struct dz_lexicon *lexicon = NULL;
    struct dz_reading a, b;
    assert_int_equal(dz_rules_lexicon(rules, &lexicon, NULL), DZ_OK);
    dz_reading_init(&a, lexicon, &plain);
    dz_reading_init(&b, lexicon, &known);
    assert_true(a.n_hits > 10);
    assert_int_equal(a.n_hits, b.n_hits);
    for (size_t i = 0; i < a.n_hits; i++) {
        assert_int_equal(a.hits[i].concept, b.hits[i].concept);
        assert_int_equal(a.hits[i].first, b.hits[i].first);
        assert_int_equal(a.hits[i].n, b.hits[i].n);
    }
    /* The first word at or behind a byte, by blocks, is the one that a walk finds. */
    for (size_t byte = 0, w = 0; byte <= sizeof text; byte++) {
        while (w < a.n_words && a.words[w].start < byte)
            w++;
        assert_int_equal(dz_reading_word_at(&a, byte), w);
    }
    dz_reading_done(&a);
    dz_reading_done(&b);
    dz_document_done(&plain);
    dz_document_done(&known);
}

static void
test_kept_once(void **state)
{
    (void)state;
    struct dz_document a = read_text(true), b = read_text(true);
    size_t found = 0;
    for (size_t i = 0; i < a.n_tokens; i++) {
        assert_ptr_equal(a.known[i], b.known[i]);
        if (a.tokens[i].kind == DZ_TOKEN_PUNCT)
            assert_null(a.known[i]);
        else
            assert_true(dz_view_eq(a.known[i]->fold, a.tokens[i].fold));
        found += a.known[i] && a.known[i]->gaz != DZ_MAP_NONE;
    }
    assert_true(found >= 5);
    /* Other rules have lists of their own. */
    struct dz_rules *others = NULL;
    assert_int_equal(dz_rules_load(&others, NULL), DZ_OK);
    assert_null(dz_known_at(others, &a, 0));
    assert_non_null(dz_known_at(rules, &a, 0));
    dz_rules_free(others);
    dz_document_done(&a);
    dz_document_done(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_mentions),
        cmocka_unit_test(test_same_hits),
        cmocka_unit_test(test_kept_once),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
