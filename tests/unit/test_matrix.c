/* The matrix: rows, columns and states; passages counted and not codes; nothing spread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fact_rows.h"

#include "dz_matrix.h"

#define MARIUPOL "UA1414005001"
#define MELITOPOL "UA2308007001"

static struct dz_matrix m;

static void
build(const struct dz_matrix_opts *opts)
{
    struct dz_err err = {0};
    dz_matrix_done(&m);
    if (dz_matrix_of(rows_origins, rows_rules, rows, n_rows, opts, &m, &err) != DZ_OK)
        fail_msg("%s", err.msg);
}

static int
teardown(void **state)
{
    dz_matrix_done(&m);
    return rows_teardown(state);
}

/* The cell of a place, a period's label and a sphere; NULL without information. */
static const struct dz_cell *
cell(const char *place, const char *period, const char *sphere)
{
    for (size_t i = 0; i < m.n_cells; i++) {
        const struct dz_cell *x = &m.cells[i];
        const char *id = m.places[x->place_ix].id;
        if (strcmp(id ? id : "", place) == 0 &&
            strcmp(m.periods[x->period_ix].label, period) == 0 &&
            strcmp(m.spheres[x->sphere_ix], sphere) == 0)
            return x;
    }
    return NULL;
}

static void
test_rows_and_columns(void **state)
{
    (void)state;
    fact(
        "{'id':'act-1','kind':'act','scope':'specific_event','sphere':'healthcare','means':'denial','src':'s1','date':'2023-03-05','place_id':'" MARIUPOL
        "'}");
    fact(
        "{'id':'act-2','kind':'act','scope':'specific_event','sphere':'healthcare','means':'denial','src':'s1','date':'2023-05','place_id':'UA01'}");
    build(NULL);
    assert_int_equal(m.n_places, 2);
    assert_int_equal(m.n_periods, 3); /* without gaps: March, April, May */
    assert_string_equal(m.periods[1].label, "2023-04");
    assert_int_equal(m.periods[1].lo, day("2023-04-01"));
    assert_int_equal(m.periods[1].hi, day("2023-04-30"));
    assert_int_equal(m.n_cells, 2);
    assert_non_null(cell("UA14", "2023-03", "healthcare"));
    assert_non_null(cell("UA01", "2023-05", "healthcare")); /* Crimea ranks with the oblasts */
    const struct dz_cell *x = cell("UA14", "2023-03", "healthcare");
    assert_ptr_equal(dz_matrix_cell(&m, x->place_ix, x->period_ix, x->sphere_ix), x);
    assert_null(dz_matrix_cell(&m, x->place_ix, 1, x->sphere_ix));
    assert_string_equal(m.facts[x->facts[0]].id, "act-1");
    assert_int_equal(m.facts[x->facts[0]].n_passages, 1);
}

static void
test_what_is_not_closer_is_not_spread(void **state)
{
    (void)state;
    fact(
        "{'id':'act-1','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023','place_id':'" MARIUPOL
        "'}");
    fact(
        "{'id':'act-2','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-03~','place_id':'" MARIUPOL
        "'}");
    fact(
        "{'id':'act-3','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-02/2023-09','place_id':'" MARIUPOL
        "'}");
    fact(
        "{'id':'act-4','kind':'act','sphere':'healthcare','means':'denial','src':'s1','place_id':'" MARIUPOL
        "'}");
    fact(
        "{'id':'act-5','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-03?','place_id':'R-DONBAS'}");
    fact(
        "{'id':'act-6','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-03'}");
    build(NULL);
    assert_int_equal(m.n_places, 3);
    assert_false(m.places[0].not_closer);
    assert_true(m.places[1].not_closer);
    assert_string_equal(m.places[1].id, "R-DONBAS");
    assert_true(m.places[2].not_closer);
    assert_null(m.places[2].id);
    assert_int_equal(m.n_periods, 2);
    assert_true(m.periods[1].not_closer);
    assert_int_equal(cell("UA14", "", "healthcare")->n_claims, 4);
    assert_null(cell("UA14", "2023-03", "healthcare"));
    assert_int_equal(cell("R-DONBAS", "2023-03", "healthcare")->n_claims, 1);
    assert_true(cell("R-DONBAS", "2023-03", "healthcare")->uncertain);
    assert_int_equal(cell("", "2023-03", "healthcare")->n_claims, 1);
    build(&(struct dz_matrix_opts){.step = DZ_STEP_YEAR});
    assert_int_equal(cell("UA14", "2023", "healthcare")->n_claims, 3); /* all but the undated */
    build(&(struct dz_matrix_opts){.level = DZ_LEVEL_SETTLEMENT});
    assert_string_equal(m.places[0].id, MARIUPOL);
}

static void
test_level_without_a_closer_place(void **state)
{
    (void)state;
    fact(
        "{'id':'act-1','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-03','place_id':'UA14'}");
    fact(
        "{'id':'act-2','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-03','place_id':'" MARIUPOL
        "'}");
    build(&(struct dz_matrix_opts){.level = DZ_LEVEL_RAION});
    assert_int_equal(m.n_places, 2);
    assert_string_equal(m.places[0].id, "UA1414");
    assert_string_equal(m.places[1].id, "UA14");
    assert_true(m.places[1].not_closer);
}

static void
test_quarters(void **state)
{
    (void)state;
    fact(
        "{'id':'act-1','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2022-11'}");
    fact(
        "{'id':'act-2','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-02-28'}");
    build(&(struct dz_matrix_opts){.step = DZ_STEP_QUARTER});
    assert_int_equal(m.n_periods, 2);
    assert_string_equal(m.periods[0].label, "2022-36"); /* EDTF: fourth quarter */
    assert_string_equal(m.periods[1].label, "2023-33");
    assert_int_equal(m.periods[1].hi, day("2023-03-31"));
}

#define ACT(id, modality, scope, from, at)                                       \
    fact("{'id':'" id "','kind':'act','modality':'" modality "','scope':'" scope \
         "','sphere':'healthcare','means':'denial','src':'" from "','at':" at    \
         ",'date':'2023-03','place_id':'UA14'}")

static void
test_four_states(void **state)
{
    (void)state;
    ACT("act-1", "reported", "specific_event", "s1", "[1,9]");
    build(NULL);
    assert_int_equal(m.cells[0].state, DZ_CELL_DENIED);
    ACT("act-2", "denied", "general_claim", "s1", "[20,29]");
    build(NULL);
    assert_int_equal(m.cells[0].state, DZ_CELL_CONTRADICTORY);
    assert_int_equal(m.cells[0].n_events, 1);
    assert_int_equal(m.cells[0].n_claims, 0);
    assert_int_equal(m.cells[0].n_denied, 1);
    struct dz_fact_row first = rows[0];
    rows[0] = rows[1];
    n_rows = 1;
    build(NULL);
    assert_int_equal(m.cells[0].state, DZ_CELL_AVAILABLE);
    rows[0] = first;
    n_rows = 2;
    assert_string_equal(dz_cell_state_id(DZ_CELL_CONTRADICTORY), "contradictory");
}

static void
test_announced_decides_nothing(void **state)
{
    (void)state;
    ACT("act-1", "announced", "specific_event", "s1", "[1,9]");
    ACT("act-2", "planned", "general_claim", "s1", "[20,29]");
    build(NULL);
    assert_int_equal(m.cells[0].state, DZ_CELL_NO_INFORMATION);
    assert_int_equal(m.cells[0].n_announced, 2);
    assert_int_equal(m.cells[0].n_events + m.cells[0].n_claims, 0);
    ACT("act-3", "alleged", "specific_event", "s1", "[40,49]");
    build(NULL);
    assert_int_equal(m.cells[0].state, DZ_CELL_DENIED);
    assert_int_equal(m.cells[0].n_events, 1);
}

static void
test_passages_and_origins_are_counted(void **state)
{
    (void)state;
    source("s1", "Meduza", NULL, NULL, NULL);
    source("s2", "Kyiv Post", NULL, NULL, "same");
    source("s3", "The Independent", NULL, NULL, "same"); /* a copy of s2 */
    source("s4", "Meduza", NULL, NULL, NULL);
    ACT("act-1", "asserted", "specific_event", "s1", "[1,9]");
    ACT("act-2", "asserted", "specific_event", "s1", "[1,9]"); /* a second code on one quote */
    ACT("act-3", "asserted", "general_claim", "s2", "[1,9]");
    ACT("act-4", "asserted", "general_claim", "s3", "[1,9]");
    ACT("act-5", "asserted", "specific_event", "s4", "[1,9]");
    build(NULL);
    assert_int_equal(m.n_cells, 1);
    const struct dz_cell *x = &m.cells[0];
    assert_int_equal(x->n_events, 2);
    assert_int_equal(x->n_claims, 2);
    assert_int_equal(x->n_facts, 5);
    assert_int_equal(x->counts.n_passages, 4);
    assert_int_equal(x->counts.n_sources, 4);
    assert_int_equal(x->counts.n_origins, 2); /* Meduza twice; Kyiv Post and its copy */
}

static void
test_further_spheres_and_sums(void **state)
{
    (void)state;
    fact(
        "{'id':'act-1','kind':'act','scope':'specific_event','sphere':'healthcare','also':['medicines','threat'],'means':'denial','src':'s1','date':'2023-03','place_id':'UA14'}");
    fact(
        "{'id':'act-2','kind':'act','scope':'general_claim','sphere':'medicines','means':'denial','src':'s1','date':'2023-04','place_id':'UA14'}");
    build(NULL);
    assert_int_equal(m.n_spheres, 2); /* "threat" is a means */
    assert_string_equal(m.spheres[0], "healthcare");
    assert_int_equal(m.n_cells, 3);
    struct dz_cell sum = dz_matrix_sum(&m, 0, SIZE_MAX, SIZE_MAX);
    assert_int_equal(sum.counts.n_facts, 2); /* the act in two spheres counts once */
    assert_int_equal(sum.n_events, 1);
    assert_int_equal(sum.n_claims, 1);
    assert_int_equal(sum.state, DZ_CELL_DENIED);
    assert_int_equal(m.counts.n_facts, 2);
    build(&(struct dz_matrix_opts){.scope = {.sphere = "medicines"}});
    assert_int_equal(m.n_spheres, 1);
    assert_int_equal(m.n_cells, 2);
}

static void
test_narrowed(void **state)
{
    (void)state;
    fact(
        "{'id':'act-1','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-03','place_id':'" MARIUPOL
        "'}");
    fact(
        "{'id':'act-2','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-03','place_id':'UA14'}");
    fact(
        "{'id':'act-3','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-03'}");
    fact(
        "{'id':'msr-1','kind':'measure','issuer':'Putin','src':'s1','date':'2023-03','place_id':'" MARIUPOL
        "'}");
    build(&(struct dz_matrix_opts){.scope = {.place = MARIUPOL}});
    assert_int_equal(m.counts.n_facts,
                     1); /* what may lie elsewhere stays out, and so do measures */
    build(&(struct dz_matrix_opts){.scope = {.place = "UA14", .period = "2023-03-15"}});
    assert_int_equal(m.counts.n_facts, 2);
    build(&(struct dz_matrix_opts){.scope = {.period = "2024"}});
    assert_int_equal(m.n_cells, 0);
    assert_int_equal(m.n_periods, 0);
}

static void
test_too_many_columns(void **state)
{
    (void)state;
    struct dz_err err = {0};
    struct dz_matrix none = {0};
    fact(
        "{'id':'act-1','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'1023-03'}");
    fact(
        "{'id':'act-2','kind':'act','sphere':'healthcare','means':'denial','src':'s1','date':'2023-03'}");
    assert_int_equal(dz_matrix_of(rows_origins, rows_rules, rows, n_rows, NULL, &none, &err),
                     DZ_E_LIMIT);
    build(&(struct dz_matrix_opts){.step = DZ_STEP_YEAR});
    assert_int_equal(m.n_periods, 1001);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, rows_setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_rows_and_columns),
        TEST(test_what_is_not_closer_is_not_spread),
        TEST(test_level_without_a_closer_place),
        TEST(test_quarters),
        TEST(test_four_states),
        TEST(test_announced_decides_nothing),
        TEST(test_passages_and_origins_are_counted),
        TEST(test_further_spheres_and_sums),
        TEST(test_narrowed),
        TEST(test_too_many_columns),
    };
    return cmocka_run_group_tests(tests, rows_load, rows_unload);
}
