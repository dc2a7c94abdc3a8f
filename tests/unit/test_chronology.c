/* The chronology: order, uncertainty, deadlines as rows of their own, one measure from several
 * sources, reference measures apart, narrowing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fact_rows.h"

#include "dz_chronology.h"

#define MARIUPOL "UA1414005001"
#define MELITOPOL "UA2308007001"

static struct dz_chronology c;

static void
build(const struct dz_chronology_opts *opts)
{
    struct dz_err err = {0};
    dz_chronology_done(&c);
    if (dz_chronology_of(rows_origins, rows_rules, rows, n_rows, opts, &c, &err) != DZ_OK)
        fail_msg("%s", err.msg);
}

static int
teardown(void **state)
{
    dz_chronology_done(&c);
    return rows_teardown(state);
}

static void
test_order_and_undated_at_the_end(void **state)
{
    (void)state;
    fact("{'id':'act-1','kind':'act','sphere':'healthcare','means':'denial','src':'s1'}");
    fact(
        "{'id':'act-2','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2024-03'}");
    fact(
        "{'id':'act-3','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2024-03-05'}");
    fact(
        "{'id':'act-4','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023~'}");
    build(NULL);
    assert_int_equal(c.n, 4);
    assert_int_equal(c.n_dated, 3);
    assert_string_equal(c.rows[0].facts[0].id, "act-4");
    assert_true(c.rows[0].approximate);
    assert_int_equal(c.rows[0].lo, day("2022-01-01"));   /* a year around it, never narrowed */
    assert_string_equal(c.rows[1].facts[0].id, "act-2"); /* earliest possible day first */
    assert_string_equal(c.rows[2].facts[0].id, "act-3");
    assert_string_equal(c.rows[3].facts[0].id, "act-1");
    assert_false(c.rows[3].dated);
    assert_null(c.rows[3].date);
}

static void
test_measure_gives_its_dates_as_rows(void **state)
{
    (void)state;
    fact(
        "{'id':'msr-1','kind':'measure','src':'s1','issuer':'Vladimir Putin','instrument':'decree',"
        "'number':'307','adopted':'2023-04-27','effective':'2023-04-28','deadline':'2024-07-01'}");
    fact(
        "{'id':'msr-2','kind':'measure','src':'s1','issuer':'local council','instrument':'order'}");
    build(NULL);
    assert_int_equal(c.n, 4);
    assert_int_equal(c.rows[0].kind, DZ_CHRONO_ADOPTED);
    assert_int_equal(c.rows[1].kind, DZ_CHRONO_EFFECTIVE);
    assert_int_equal(c.rows[2].kind, DZ_CHRONO_DEADLINE);
    assert_string_equal(c.rows[2].date, "2024-07-01");
    assert_string_equal(c.rows[2].measure, "msr-1");
    assert_string_equal(c.rows[0].side, "RU");
    assert_string_equal(c.rows[0].number, "307");
    assert_false(c.rows[3].dated);
    assert_int_equal(c.counts.n_facts, 2); /* three rows of one fact are one fact */
    assert_string_equal(dz_chrono_kind_id(DZ_CHRONO_DEADLINE), "deadline");
}

static const struct dz_chrono_row *
row_of(enum dz_chrono_kind kind, const char *date)
{
    for (size_t i = 0; i < c.n; i++) {
        if (c.rows[i].kind == kind && c.rows[i].date && strcmp(c.rows[i].date, date) == 0)
            return &c.rows[i];
    }
    fail_msg("no row of %s", date);
    return NULL;
}

static void
test_one_measure_from_several_sources(void **state)
{
    (void)state;
    source("s1", "The Kyiv Independent", NULL, NULL, NULL);
    source("s2", "Meduza", NULL, NULL, NULL);
    fact(
        "{'id':'msr-1','kind':'measure','src':'s1','issuer':'Vladimir Putin','date':'2025-03','deadline':'2025-09-10'}");
    fact(
        "{'id':'msr-2','kind':'measure','src':'s2','issuer':'Владимира Путина','date':'2025-03-20','deadline':'2025-09-10'}");
    fact(
        "{'id':'msr-3','kind':'measure','src':'s2','issuer':'Verkhovna Rada','deadline':'2025-09-10'}");
    build(NULL);
    const struct dz_chrono_row *adopted =
        row_of(DZ_CHRONO_ADOPTED, "2025-03-20"); /* the narrowest */
    assert_int_equal(adopted->n_facts, 2);
    assert_int_equal(c.n, 3); /* adopted, deadline, and the other side's deadline */
    size_t deadlines = 0;
    for (size_t i = 0; i < c.n; i++) {
        if (c.rows[i].kind != DZ_CHRONO_DEADLINE)
            continue;
        deadlines++;
        bool ours = strcmp(c.rows[i].side, "RU") == 0;
        assert_int_equal(c.rows[i].n_facts, ours ? 2 : 1);
        assert_int_equal(c.rows[i].counts.n_sources, ours ? 2 : 1);
        assert_int_equal(c.rows[i].counts.n_origins, ours ? 2 : 1);
        if (ours) { /* nothing is merged away */
            assert_string_equal(c.rows[i].facts[0].id, "msr-1");
            assert_string_equal(c.rows[i].facts[1].id, "msr-2");
            assert_string_equal(c.rows[i].facts[1].passages[0].source, "s2");
            assert_int_equal(c.rows[i].facts[1].n_passages, 1);
        }
    }
    assert_int_equal(deadlines, 2);
}

static void
test_what_contradicts_is_not_one_measure(void **state)
{
    (void)state;
    fact(
        "{'id':'msr-1','kind':'measure','src':'s1','issuer':'Putin','date':'2023-04-27','deadline':'2024-07-01'}");
    fact(
        "{'id':'msr-2','kind':'measure','src':'s2','issuer':'Putin','date':'2024-01-04','deadline':'2024-07-01'}");
    fact(
        "{'id':'msr-3','kind':'measure','src':'s3','issuer':'Putin','number':'183','deadline':'2030-01-01'}");
    fact(
        "{'id':'msr-4','kind':'measure','src':'s4','issuer':'Putin','number':'440','deadline':'2030-01-01'}");
    fact(
        "{'id':'msr-5','kind':'measure','src':'s4','issuer':'Putin','modality':'denied','deadline':'2031-01-01'}");
    fact("{'id':'msr-6','kind':'measure','src':'s4','issuer':'Putin','deadline':'2031-01-01'}");
    build(&(struct dz_chronology_opts){.kinds = DZ_CHRONO_BIT(DZ_CHRONO_DEADLINE)});
    assert_int_equal(c.n, 6);
    for (size_t i = 0; i < c.n; i++)
        assert_int_equal(c.rows[i].n_facts, 1);
}

static void
test_number_or_day_and_instrument(void **state)
{
    (void)state;
    fact(
        "{'id':'msr-1','kind':'measure','src':'s1','issuer':'Putin','number':'307-FZ','effective':'2023-05-01'}");
    fact("{'id':'msr-2','kind':'measure','src':'s2','issuer':'Russia','number':'307-fz'}");
    fact(
        "{'id':'msr-3','kind':'measure','src':'s3','issuer':'Russia','instrument':'Decree','date':'2022-05-25'}");
    fact(
        "{'id':'msr-4','kind':'measure','src':'s4','issuer':'Putin','instrument':'decree','date':'2022-05-25'}");
    fact(
        "{'id':'msr-5','kind':'measure','src':'s5','issuer':'Putin','instrument':'law','date':'2022-05-25'}");
    fact(
        "{'id':'msr-6','kind':'measure','src':'s6','issuer':'Putin','instrument':'decree','date':'2022-05'}");
    build(NULL);
    assert_int_equal(c.n, 4);
    assert_int_equal(row_of(DZ_CHRONO_ADOPTED, "2022-05")->n_facts, 1); /* a month is not a day */
    assert_int_equal(row_of(DZ_CHRONO_EFFECTIVE, "2023-05-01")->n_facts,
                     2); /* who dates nothing stays listed */
    size_t pairs = 0;
    for (size_t i = 0; i < c.n; i++)
        pairs += c.rows[i].n_facts == 2;
    assert_int_equal(pairs, 2);
    assert_int_equal(c.counts.n_facts, 6);
}

static void
test_issuer_not_named(void **state)
{
    (void)state;
    fact("{'id':'msr-1','kind':'measure','src':'s1','deadline':'2024-07-01'}");
    fact("{'id':'msr-2','kind':'measure','src':'s2','issuer':'Russia','deadline':'2024-07-01'}");
    fact("{'id':'msr-3','kind':'measure','src':'s3','issuer':'Town Hall','deadline':'2025-01-01'}");
    fact(
        "{'id':'msr-4','kind':'measure','src':'s3','issuer':'School Board','deadline':'2025-01-01'}");
    fact("{'id':'msr-5','kind':'measure','src':'s3','deadline':'2025-01-01'}");
    build(NULL);
    assert_int_equal(c.n, 4);
    assert_int_equal(c.rows[0].n_facts, 2); /* nothing speaks against the only measure it can be */
    assert_string_equal(c.rows[0].side, "RU");
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(c.rows[i].n_facts, 1); /* two it could be: none is picked */
}

static void
test_place_brings_wider_rules_but_no_far_acts(void **state)
{
    (void)state;
    fact(
        "{'id':'act-1','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023','place_id':'" MARIUPOL
        "'}");
    fact(
        "{'id':'act-2','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023','place_id':'" MELITOPOL
        "'}");
    fact(
        "{'id':'act-3','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023'}");
    fact(
        "{'id':'act-4','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023','place_id':'UA14'}");
    fact(
        "{'id':'msr-1','kind':'measure','src':'s1','issuer':'Putin','deadline':'2024-07-01','place_id':'T-FOUR-OBLASTS'}");
    fact(
        "{'id':'msr-2','kind':'measure','src':'s1','issuer':'Putin','deadline':'2024-08-01','place_id':'UA01'}");
    fact(
        "{'id':'msr-3','kind':'measure','src':'s1','issuer':'Putin','deadline':'2024-09-01','territory':'these lands'}");
    build(&(struct dz_chronology_opts){.scope = {.place = MARIUPOL}});
    assert_int_equal(c.n, 4);
    assert_string_equal(c.rows[0].facts[0].id, "act-1");
    assert_false(c.rows[0].wider);
    assert_string_equal(c.rows[1].facts[0].id, "act-4");
    assert_true(c.rows[1].wider);
    assert_string_equal(c.rows[2].facts[0].id, "msr-1");
    assert_true(c.rows[2].wider);
    assert_string_equal(c.rows[3].facts[0].id, "msr-3");
    assert_true(c.rows[3].wider);
    assert_string_equal(c.rows[3].place_text, "these lands");
}

static void
test_period_sphere_and_kinds(void **state)
{
    (void)state;
    fact(
        "{'id':'act-1','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-12'}");
    fact(
        "{'id':'act-2','kind':'act','sphere':'employment','also':['healthcare'],'means':'denial','src':'s1','date':'2023~'}");
    fact(
        "{'id':'act-3','kind':'act','sphere':'employment','means':'denial','src':'s1','date':'2024-02'}");
    fact("{'id':'act-4','kind':'act','sphere':'employment','means':'denial','src':'s1'}");
    fact(
        "{'id':'stm-1','kind':'statement','speaker':'Iryna Vereshchuk','stance':'do_not_take','src':'s1','date':'2024-02-01'}");
    build(&(struct dz_chronology_opts){.scope = {.period = "2024"}});
    assert_int_equal(c.n, 3); /* 2023~ may reach into 2024; undated ones do not stand in a period */
    build(&(struct dz_chronology_opts){.scope = {.sphere = "healthcare"}});
    assert_int_equal(c.n, 2);
    build(&(struct dz_chronology_opts){.kinds = DZ_CHRONO_BIT(DZ_CHRONO_STATEMENT)});
    assert_int_equal(c.n, 1);
    assert_string_equal(c.rows[0].stance, "do_not_take");
    assert_string_equal(c.rows[0].side, "UA");
    build(&(struct dz_chronology_opts){.without_undated = true});
    assert_int_equal(c.n, 4);
}

static void
test_references_stand_apart(void **state)
{
    (void)state;
    fact(
        "{'id':'act-1','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-12'}");
    build(&(struct dz_chronology_opts){.with_reference = true});
    assert_true(c.n_reference > 50);
    assert_int_equal(c.counts.n_facts, 1);
    for (size_t i = 0; i < c.n; i++) {
        if (!c.rows[i].reference)
            continue;
        assert_non_null(c.rows[i].ref_id);
        assert_non_null(c.rows[i].ref_source);
        assert_non_null(c.rows[i].ref_summary_uk);
        assert_int_equal(c.rows[i].n_facts, 0);
        assert_int_equal(c.rows[i].counts.n_facts, 0);
    }
    build(&(struct dz_chronology_opts){.with_reference = true,
                                       .scope = {.place = "UA01", .period = "2014"}});
    assert_true(c.n_reference > 0);
    for (size_t i = 0; i < c.n; i++)
        assert_true(c.rows[i].lo <= day("2014-12-31"));
    build(NULL);
    assert_int_equal(c.n_reference, 0);
}

/* A threat is dated by its deadline: the row says that it was still to come when it was told. */
static void
test_still_to_come(void **state)
{
    (void)state;
    source("s1", NULL, "2024-06-10", NULL, NULL);
    fact("{'id':'act-1','kind':'act','sphere':'employment','means':'threat','src':'s1',"
         "'date':'2024-07-01'}");
    fact("{'id':'act-2','kind':'act','sphere':'employment','means':'dismissal','src':'s1',"
         "'date':'2024-06'}");
    fact("{'id':'act-3','kind':'act','sphere':'employment','means':'dismissal','src':'s1',"
         "'modality':'announced','date':'2024-06'}");
    fact("{'id':'act-6','kind':'act','sphere':'employment','means':'dismissal','src':'s1',"
         "'modality':'announced','date':'2024-05'}");
    fact("{'id':'act-4','kind':'act','sphere':'employment','means':'threat','src':'s1',"
         "'modality':'announced'}");
    fact("{'id':'act-5','kind':'act','sphere':'employment','means':'threat','src':'s2',"
         "'date':'2030'}");
    build(NULL);
    assert_int_equal(c.n, 6);
    for (size_t i = 0; i < c.n; i++) {
        const char *id = c.rows[i].facts[0].id;
        bool ahead = strcmp(id, "act-1") == 0 || strcmp(id, "act-3") == 0;
        if (c.rows[i].ahead != ahead)
            fail_msg("%s", id);
    }
}

static void
test_no_consent_no_answer(void **state)
{
    (void)state;
    source("s1", NULL, NULL, "testimony", NULL);
    source("s2", NULL, NULL, "private_document", NULL);
    source("s3", NULL, NULL, "unstated", NULL);
    for (int i = 1; i <= 3; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "{'id':'act-%d','kind':'act','sphere':'healthcare','means':'denial','src':'s%d'}",
                 i, i);
        fact(text);
    }
    build(NULL);
    assert_int_equal(c.n, 1);
    assert_string_equal(c.rows[0].facts[0].id, "act-3");
    assert_int_equal(c.n_withheld, 2);
}

static void
test_unreviewed_and_withdrawn(void **state)
{
    (void)state;
    fact(
        "{'id':'act-1','kind':'act','sphere':'healthcare','means':'denial','src':'s1','bulk':true}");
    fact(
        "{'id':'act-2','kind':'act','sphere':'healthcare','means':'denial','src':'s1','state':'withdrawn'}");
    fact(
        "{'id':'act-3','kind':'act','sphere':'healthcare','means':'denial','src':'s1','state':'conflict'}");
    build(NULL);
    assert_int_equal(c.n, 2);
    assert_int_equal(c.counts.n_unreviewed, 1);
    assert_true(c.rows[1].facts[0].conflict);
    build(&(struct dz_chronology_opts){.scope = {.without_bulk = true}});
    assert_int_equal(c.n, 1);
}

static void
test_what_is_unknown_is_refused(void **state)
{
    (void)state;
    struct dz_err err = {0};
    struct dz_chronology none = {0};
    const struct dz_scope wrong[] = {{.place = "XX"}, {.sphere = "mood"}, {.period = "last year"}};
    for (size_t i = 0; i < 3; i++) {
        struct dz_chronology_opts opts = {.scope = wrong[i]};
        assert_int_equal(dz_chronology_of(rows_origins, rows_rules, rows, 0, &opts, &none, &err),
                         DZ_E_INPUT);
        assert_true(err.msg[0] != '\0');
    }
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, rows_setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_order_and_undated_at_the_end),
        TEST(test_measure_gives_its_dates_as_rows),
        TEST(test_one_measure_from_several_sources),
        TEST(test_what_contradicts_is_not_one_measure),
        TEST(test_number_or_day_and_instrument),
        TEST(test_issuer_not_named),
        TEST(test_place_brings_wider_rules_but_no_far_acts),
        TEST(test_period_sphere_and_kinds),
        TEST(test_references_stand_apart),
        TEST(test_still_to_come),
        TEST(test_no_consent_no_answer),
        TEST(test_unreviewed_and_withdrawn),
        TEST(test_what_is_unknown_is_refused),
    };
    return cmocka_run_group_tests(tests, rows_load, rows_unload);
}
