/* The ledger of figures: exact decimals, one statement from several sources, what may be
 * compared, what a difference implies, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fact_rows.h"

#include "dz_figures.h"

#define MILLION ((int64_t)1000000 * 1000000)

static struct dz_figures f;

static void
build(const struct dz_scope *scope)
{
    struct dz_err err = {0};
    dz_figures_done(&f);
    if (dz_figures_of(rows_origins, rows_rules, rows, n_rows, scope, &f, &err) != DZ_OK)
        fail_msg("%s", err.msg);
}

static int
teardown(void **state)
{
    dz_figures_done(&f);
    return rows_teardown(state);
}

static void
round_trip(const char *text, int64_t want, const char *shown)
{
    int64_t value = -1;
    assert_true(dz_decimal_parse(text, &value));
    assert_true(value == want);
    struct dz_buf b = DZ_BUF(64);
    dz_decimal_print(value, &b);
    assert_string_equal(b.p, shown);
    dz_buf_done(&b);
}

static void
test_decimals(void **state)
{
    (void)state;
    round_trip("3500000", 3500000 * (int64_t)1000000, "3500000");
    round_trip("0.7", 700000, "0.7");
    round_trip("2.800000", 2800000, "2.8");
    round_trip("-12.05", -12050000, "-12.05");
    round_trip("0", 0, "0");
    round_trip("0.000001", 1, "0.000001");
    round_trip("9000000000000", 9000000000000 * (int64_t)1000000, "9000000000000");
    int64_t value = 7;
    static const char *const wrong[] = {"",
                                        "-",
                                        ".5",
                                        "5.",
                                        "1e6",
                                        "1,000",
                                        "0.0000001",
                                        "9999999999999",
                                        "99999999999999999999999",
                                        "1.2.3",
                                        " 1",
                                        "NaN"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(dz_decimal_parse(wrong[i], &value));
    assert_false(dz_decimal_parse(NULL, &value));
    assert_int_equal(value, 7);
}

static const struct dz_figure_statement *
statement(const char *value)
{
    const struct dz_figure_statement *found = NULL;
    for (size_t i = 0; i < f.n; i++) {
        if (strcmp(f.statements[i].value, value) == 0) {
            assert_null(found);
            found = &f.statements[i];
        }
    }
    assert_non_null(found);
    return found;
}

/* What two newspapers of one day wrote about one minister's number. */
static void
two_papers(void)
{
    source("kp", "Kyiv Post", "2025-03-08~", NULL, NULL);
    source("in", "The Independent", "2025-03-08~", NULL, NULL);
    fact(
        "{'id':'fig-1','kind':'figure','src':'kp','value':'3500000','unit':'passports','asserted_by':'British Defence Intelligence'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'kp','value':'3500000','unit':'passports','asserted_by':'Vladimir Kolokoltsev','via':'British Defence Intelligence'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'kp','value':'2800000','unit':'passports','as_of':'2024-03','via':'British Defence Intelligence'}");
    fact(
        "{'id':'fig-4','kind':'figure','src':'in','value':'3500000','qualifier':'~','unit':'passports','asserted_by':'Владимира Колокольцева'}");
    fact(
        "{'id':'fig-5','kind':'figure','src':'in','value':'700000','qualifier':'~','unit':'passports','as_of':'2024-03/..'}");
    fact(
        "{'id':'fig-6','kind':'figure','src':'in','value':'2800000','unit':'passports','as_of':'2024-03'}");
}

static void
test_one_statement_with_its_relays(void **state)
{
    (void)state;
    two_papers();
    build(NULL);
    assert_int_equal(f.n, 3);
    const struct dz_figure_statement *s = statement("3500000");
    assert_int_equal(s->n_facts, 3);
    assert_int_equal(s->n_sources, 2);
    assert_string_equal(s->claimant, "ru_mvd");
    assert_string_equal(s->asserted_by, "Vladimir Kolokoltsev");
    assert_string_equal(s->side, "RU");
    assert_int_equal(s->counts.n_origins, 1); /* the office that relays it is no second origin */
    assert_true(s->as_of_by_source);
    assert_string_equal(s->as_of, "2025-03-08~");
    assert_string_equal(s->facts[0].id, "fig-1"); /* each repetition keeps its own words */
    assert_string_equal(s->facts[0].said_by, "British Defence Intelligence");
    const struct dz_figure_statement *before = statement("2800000");
    assert_int_equal(before->n_facts, 2);
    assert_string_equal(before->claimant, "int_uk_mod");
    assert_int_equal(before->counts.n_origins, 2); /* who told the second paper is not known */
    assert_int_equal(before->lo, day("2024-03-01"));
    assert_false(before->as_of_by_source);
    assert_int_equal(statement("700000")->type, DZ_FIGURE_FLOW);
}

/* The paper that rounds does not blur the claim, whichever comes first. */
static void
test_exact_wording_speaks_for_all(void **state)
{
    (void)state;
    source("aa", "A Paper", "2025-03-08", NULL, NULL);
    source("bb", "B Paper", "2025-03-08", NULL, NULL);
    fact("{'id':'fig-1','kind':'figure','src':'aa','value':'3500000','qualifier':'~',"
         "'unit':'passports','asserted_by':'Vladimir Kolokoltsev'}");
    fact("{'id':'fig-2','kind':'figure','src':'bb','value':'3500000',"
         "'unit':'passports','asserted_by':'Vladimir Kolokoltsev'}");
    build(NULL);
    assert_int_equal(f.n, 1);
    assert_int_equal(f.statements[0].n_sources, 2);
    assert_true(f.statements[0].qualifier == NULL || f.statements[0].qualifier[0] == '\0');
    assert_true(f.statements[0].min == f.statements[0].max);
}

static void
test_difference_is_implied(void **state)
{
    (void)state;
    two_papers();
    build(NULL);
    assert_int_equal(f.n_groups, 2); /* totals and the number over a period */
    assert_int_equal(f.n_pairs, 1);
    const struct dz_figure_pair *p = &f.pairs[0];
    assert_int_equal(p->relation, DZ_FIGURES_DIFFER);
    assert_true(p->has_difference);
    assert_true(p->diff == 7 * MILLION / 10);
    assert_true(p->diff_min <= p->diff && p->diff <= p->diff_max);
    assert_true(p->time_by_source);
    assert_int_equal(p->from, day("2024-03-01"));
    assert_string_equal(f.statements[p->a].value, "2800000");
    assert_true(p->stated_by != SIZE_MAX);
    assert_string_equal(f.statements[p->stated_by].value, "700000");
    assert_int_equal(f.n_refused, 1);
    assert_int_equal(f.refused[0].refusal, DZ_REFUSE_TYPE);
    assert_int_equal(f.counts.n_facts, 6);
}

static void
test_other_claims_stay_apart(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'100','unit':'passports','as_of':'2023-05','asserted_by':'Mikhail Mishustin'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s2','value':'100','unit':'passports','as_of':'2023-05','asserted_by':'Vladimir Kolokoltsev'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s3','value':'100','unit':'passports','as_of':'2024-05','asserted_by':'Vladimir Kolokoltsev'}");
    fact(
        "{'id':'fig-4','kind':'figure','src':'s4','value':'100','qualifier':'>','unit':'passports','as_of':'2024-05','asserted_by':'Vladimir Kolokoltsev'}");
    fact(
        "{'id':'fig-5','kind':'figure','src':'s5','value':'100','unit':'passports','as_of':'2024-05','place_id':'UA01','asserted_by':'Vladimir Kolokoltsev'}");
    fact(
        "{'id':'fig-6','kind':'figure','src':'s6','value':'100','unit':'passports','as_of':'2024-05','place_id':'UA14','asserted_by':'Vladimir Kolokoltsev'}");
    fact(
        "{'id':'fig-7','kind':'figure','src':'s7','value':'100','unit':'people','as_of':'2024-05','asserted_by':'Vladimir Kolokoltsev'}");
    fact(
        "{'id':'fig-8','kind':'figure','src':'s8','value':'100','unit':'passports','as_of':'2024-05','modality':'denied','asserted_by':'Vladimir Kolokoltsev'}");
    build(NULL);
    /* fig-3 names no territory and could repeat fig-5 or fig-6: it is left alone or joined to
     * one, but those two never become one. */
    for (size_t i = 0; i < f.n; i++)
        assert_true(f.statements[i].n_facts <= 2);
    assert_true(f.n >= 7);
}

static void
test_unnamed_with_two_claimants_joins_neither(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'100','unit':'passports','as_of':'2023-05','asserted_by':'Mikhail Mishustin'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s2','value':'100','unit':'passports','as_of':'2023-05','asserted_by':'Vladimir Kolokoltsev'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s3','value':'100','unit':'passports','as_of':'2023-05'}");
    build(NULL);
    assert_int_equal(f.n, 3);
    n_rows = 1;
    json_decref(rows_bodies[1]);
    json_decref(rows_bodies[2]);
    fact("{'id':'fig-3','kind':'figure','src':'s3','value':'100','unit':'passports'}");
    build(NULL);
    assert_int_equal(f.n, 2); /* without claimant and without time nothing ties it to the first */
}

static void
test_issuer_counts_its_papers(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'100','unit':'passports','asserted_by':'British Defence Intelligence'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s1','value':'100','unit':'passports','asserted_by':'Vladimir Kolokoltsev'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s2','value':'100','unit':'passports','asserted_by':'Human Rights Watch'}");
    fact(
        "{'id':'fig-4','kind':'figure','src':'s1','value':'100','unit':'people','asserted_by':'British Defence Intelligence'}");
    fact(
        "{'id':'fig-5','kind':'figure','src':'s1','value':'100','unit':'people','asserted_by':'Vladimir Kolokoltsev'}");
    build(NULL);
    assert_int_equal(f.n, 4); /* only of papers, and only inside one source */
    for (size_t i = 0; i < f.n; i++) {
        bool both = f.statements[i].n_facts == 2;
        if (!both)
            continue;
        assert_string_equal(f.statements[i].claimant, "ru_mvd");
        assert_string_equal(f.statements[i].unit, "passports");
        assert_int_equal(f.statements[i].n_sources, 1);
        assert_int_equal(f.statements[i].counts.n_origins, 2); /* likely, not documented */
    }
}

static enum dz_figure_refusal
refusal(const char *a, const char *b)
{
    size_t x = (size_t)(statement(a) - f.statements), y = (size_t)(statement(b) - f.statements);
    struct dz_figure_pair p = dz_figures_compare(&f, x, y), q = dz_figures_compare(&f, y, x);
    assert_int_equal(p.refusal, q.refusal);
    assert_int_equal(p.relation == DZ_FIGURES_NOT_COMPARABLE, p.refusal != DZ_REFUSE_NONE);
    if (p.refusal == DZ_REFUSE_NONE)
        assert_int_equal(p.a, q.a); /* the earlier one, whichever is asked for first */
    assert_int_equal(dz_figure_refusal_text(p.refusal)[0] == '\0', p.refusal == DZ_REFUSE_NONE);
    assert_int_equal(dz_figure_refusal_id(p.refusal)[0] == '\0', p.refusal == DZ_REFUSE_NONE);
    return p.refusal;
}

static void
test_refusals(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'101','unit':'passports','as_of':'2023'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s1','value':'102','unit':'people','of':'residents','as_of':'2023'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s1','value':'103','unit':'people','of':'Residents','as_of':'2024'}");
    fact(
        "{'id':'fig-4','kind':'figure','src':'s1','value':'104','unit':'people','of':'children','as_of':'2024'}");
    fact("{'id':'fig-5','kind':'figure','src':'s1','value':'105','unit':'people','as_of':'2024'}");
    fact("{'id':'fig-6','kind':'figure','src':'s1','value':'106','unit':'people','as_of':'2023'}");
    fact(
        "{'id':'fig-7','kind':'figure','src':'s1','value':'107','unit':'passports','as_of':'2024','place_id':'UA01'}");
    fact(
        "{'id':'fig-8','kind':'figure','src':'s1','value':'108','unit':'passports','from':'2022','to':'2023'}");
    fact("{'id':'fig-9','kind':'figure','src':'s1','value':'109','unit':'passports'}");
    fact(
        "{'id':'fig-a','kind':'figure','src':'s1','value':'110','unit':'passports','as_of':'2022/2023'}");
    build(NULL);
    assert_int_equal(f.n, 10);
    assert_int_equal(refusal("101", "102"), DZ_REFUSE_UNIT);
    assert_int_equal(refusal("102", "103"), DZ_REFUSE_NONE);
    assert_int_equal(refusal("103", "104"), DZ_REFUSE_POPULATION);
    assert_int_equal(refusal("103", "105"), DZ_REFUSE_POPULATION); /* only one says who */
    assert_int_equal(refusal("105", "106"), DZ_REFUSE_POPULATION); /* neither says who */
    assert_int_equal(refusal("101", "107"), DZ_REFUSE_TERRITORY);  /* only one says where */
    assert_int_equal(refusal("101", "108"), DZ_REFUSE_TYPE);
    assert_int_equal(refusal("101", "109"), DZ_REFUSE_TIME);
    assert_int_equal(statement("108")->type, DZ_FIGURE_FLOW);
    assert_int_equal(statement("110")->type, DZ_FIGURE_FLOW);
    assert_true(f.n_refused > 0);
    for (size_t i = 0; i < f.n_refused; i++)
        assert_int_equal(f.refused[i].relation, DZ_FIGURES_NOT_COMPARABLE);
}

static void
test_contradictions(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'100','unit':'passports','as_of':'2023-05','asserted_by':'Mikhail Mishustin'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s2','value':'150','unit':'passports','as_of':'2023-05-10','asserted_by':'Vladimir Kolokoltsev'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s3','value':'90','qualifier':'>','unit':'passports','as_of':'2023-05-20','asserted_by':'Sergey Lavrov'}");
    fact(
        "{'id':'fig-4','kind':'figure','src':'s4','value':'120','unit':'passports','as_of':'2024','asserted_by':'Sergey Lavrov'}");
    build(NULL);
    struct dz_figure_pair same = dz_figures_compare(&f, (size_t)(statement("100") - f.statements),
                                                    (size_t)(statement("150") - f.statements));
    assert_int_equal(same.relation, DZ_FIGURES_CONTRADICT);
    struct dz_figure_pair open = dz_figures_compare(&f, (size_t)(statement("150") - f.statements),
                                                    (size_t)(statement("90") - f.statements));
    assert_int_equal(open.relation,
                     DZ_FIGURES_DIFFER); /* "over 90" ten days later says nothing against 150 */
    assert_true(open.diff_max == INT64_MAX);
    struct dz_figure_pair fell = dz_figures_compare(&f, (size_t)(statement("150") - f.statements),
                                                    (size_t)(statement("120") - f.statements));
    assert_int_equal(fell.relation, DZ_FIGURES_CONTRADICT); /* papers issued cannot become fewer */
    assert_true(fell.diff == -30 * (int64_t)1000000);
    size_t flagged = 0;
    for (size_t i = 0; i < f.n_pairs; i++)
        flagged += f.pairs[i].relation == DZ_FIGURES_CONTRADICT;
    assert_true(flagged >= 1);
    assert_string_equal(dz_figure_relation_id(DZ_FIGURES_CONTRADICT), "contradict");
}

/* A raion is not the country, and where only one says its territory nothing is compared. */
static void
test_territories_known_and_unknown(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'62000','unit':'passports','as_of':'2023-12','territory':'the raion','place_id':'UA4414'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s2','value':'2700000','unit':'passports','as_of':'2024-03','territory':'occupied territories','place_id':'T-TOT'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s3','value':'3400000','unit':'passports','as_of':'2025-03','place_id':'T-TOT'}");
    fact(
        "{'id':'fig-4','kind':'figure','src':'s4','value':'5000','unit':'passports','as_of':'2024'}");
    build(NULL);
    size_t raion = (size_t)(statement("62000") - f.statements);
    size_t early = (size_t)(statement("2700000") - f.statements);
    size_t late = (size_t)(statement("3400000") - f.statements);
    size_t none = (size_t)(statement("5000") - f.statements);
    assert_int_equal(dz_figures_compare(&f, raion, early).refusal, DZ_REFUSE_TERRITORY);
    assert_int_equal(dz_figures_compare(&f, none, late).refusal, DZ_REFUSE_TERRITORY);
    assert_int_equal(dz_figures_compare(&f, early, late).relation, DZ_FIGURES_DIFFER);
    assert_int_equal(f.n_pairs, 1);
}

/* "The raion" of one source is not that of another. */
static void
test_nameless_territory(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'10','unit':'passports','as_of':'2023','territory':'the raion'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s1','value':'20','unit':'passports','as_of':'2024','territory':'the raion'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s2','value':'30','unit':'passports','as_of':'2025','territory':'the raion'}");
    build(NULL);
    size_t a = (size_t)(statement("10") - f.statements),
           b = (size_t)(statement("20") - f.statements);
    size_t other = (size_t)(statement("30") - f.statements);
    assert_int_equal(dz_figures_compare(&f, a, b).relation, DZ_FIGURES_DIFFER);
    assert_int_equal(dz_figures_compare(&f, b, other).refusal, DZ_REFUSE_TERRITORY);
}

/* An increase is no total, and two of them over unknown periods are not compared either. */
static void
test_change_is_no_total(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'700','unit':'passports','as_of':'2024','change':true}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s2','value':'900','unit':'passports','as_of':'2025'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s3','value':'800','unit':'passports','change':true}");
    build(NULL);
    size_t total = (size_t)(statement("900") - f.statements);
    size_t change = (size_t)(statement("700") - f.statements);
    size_t other = (size_t)(statement("800") - f.statements);
    assert_int_equal(f.statements[change].type, DZ_FIGURE_FLOW);
    assert_int_equal(dz_figures_compare(&f, total, change).refusal, DZ_REFUSE_TYPE);
    assert_int_equal(dz_figures_compare(&f, change, other).refusal, DZ_REFUSE_PERIOD);
}

/* "Over 3 million", later 3.5 million: that is no difference of half a million. */
static void
test_may_be_the_same(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'3000000','qualifier':'>','unit':'passports','as_of':'2024-03'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s2','value':'3500000','unit':'passports','as_of':'2025-03'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s3','value':'3600000','unit':'passports','as_of':'2025-09'}");
    build(NULL);
    assert_int_equal(f.n_pairs, 2);
    assert_true(f.pairs[0].may_be_same);
    assert_false(f.pairs[1].may_be_same);
}

static void
test_people_may_become_fewer_and_wide_times_say_nothing(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'100','unit':'people','of':'residents','as_of':'2023'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s2','value':'80','unit':'people','of':'residents','as_of':'2024'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s3','value':'60','unit':'people','of':'residents','as_of':'2024-06'}");
    build(NULL);
    struct dz_figure_pair fell = dz_figures_compare(&f, (size_t)(statement("100") - f.statements),
                                                    (size_t)(statement("80") - f.statements));
    assert_int_equal(fell.relation, DZ_FIGURES_DIFFER);
    assert_int_equal(refusal("80", "60"), DZ_REFUSE_TIME);
}

static void
test_about_is_half_a_place_wide(void **state)
{
    (void)state;
    fact(
        "{'id':'fig-1','kind':'figure','src':'s1','value':'3500000','qualifier':'~','unit':'passports'}");
    fact(
        "{'id':'fig-2','kind':'figure','src':'s1','value':'3','value_max':'4','unit':'passports','as_of':'2020'}");
    fact(
        "{'id':'fig-3','kind':'figure','src':'s1','value':'5','qualifier':'<=','unit':'passports','as_of':'2021'}");
    build(NULL);
    assert_true(statement("3500000")->min == 345 * MILLION / 100);
    assert_true(statement("3500000")->max == 355 * MILLION / 100);
    assert_true(statement("3")->max == 4000000);
    assert_true(statement("5")->min == INT64_MIN);
}

static void
test_narrowed(void **state)
{
    (void)state;
    two_papers();
    fact(
        "{'id':'fig-7','kind':'figure','src':'in','value':'5','unit':'passports','as_of':'2024','place_id':'UA01'}");
    fact("{'id':'act-1','kind':'act','src':'in','sphere':'healthcare','means':'denial'}");
    build(&(struct dz_scope){.place = "UA01"});
    assert_int_equal(f.n, 1); /* a figure of unknown territory is not one of Crimea */
    build(&(struct dz_scope){.period = "2024-03"});
    assert_int_equal(f.n, 3); /* the one of Crimea in 2024 may be of March */
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, rows_setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_decimals),
        TEST(test_one_statement_with_its_relays),
        TEST(test_exact_wording_speaks_for_all),
        TEST(test_difference_is_implied),
        TEST(test_other_claims_stay_apart),
        TEST(test_unnamed_with_two_claimants_joins_neither),
        TEST(test_issuer_counts_its_papers),
        TEST(test_refusals),
        TEST(test_contradictions),
        TEST(test_territories_known_and_unknown),
        TEST(test_nameless_territory),
        TEST(test_change_is_no_total),
        TEST(test_may_be_the_same),
        TEST(test_people_may_become_fewer_and_wide_times_say_nothing),
        TEST(test_about_is_half_a_place_wide),
        TEST(test_narrowed),
    };
    return cmocka_run_group_tests(tests, rows_load, rows_unload);
}
