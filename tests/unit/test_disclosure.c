/* What the public is told: who is shown and who is counted, how coarse, which numbers, and what the
 * matrix and the summary make of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fact_rows.h"

#include "dz_disclosure.h"
#include "dz_matrix.h"
#include "dz_summary.h"

static struct dz_disclosure *d;

static void
learn(const char *id, const char *basis, const char *access, bool consented)
{
    struct dz_source_row row = {
        .id = id, .name = id, .basis = basis, .access = access, .sha256 = id};
    dz_disclosure_add(d, &row, consented);
}

static int
setup(void **state)
{
    d = dz_disclosure_new(rows_rules);
    learn("press", "published", "open", false);
    learn("decree", "official", "open", false);
    learn("locked", "published", "restricted", false);
    learn("nobody", "unstated", "open", true);
    learn("silent", "testimony", "open", false);
    learn("sealed", "testimony", "sealed", true);
    static char ids[40][8];
    for (size_t i = 0; i < 40; i++) {
        snprintf(ids[i], sizeof ids[i], "t%zu", i);
        learn(ids[i], i % 2 ? "testimony" : "private_document", "open", true);
    }
    return rows_setup(state);
}

static int
teardown(void **state)
{
    dz_disclosure_free(d);
    return rows_teardown(state);
}

/* n acts told by as many witnesses, of a place, date, sphere and means. */
static void
tell_of(size_t n, const char *place, const char *date, const char *sphere, const char *means)
{
    static unsigned serial;
    for (size_t i = 0; i < n; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "{'id':'act-%u','kind':'act','scope':'specific_event','sphere':'%s','means':'%s',"
                 "'src':'t%zu','date':'%s','place_id':'%s'}",
                 serial++, sphere, means, i, date, place);
        fact(text);
        dz_disclosure_count(d, &rows[n_rows - 1]);
        json_decref(rows_bodies[--n_rows]);
    }
}

static struct dz_disclosure_told
ask(const char *place, enum dz_matrix_level level, const char *period, enum dz_matrix_step step,
    const char *sphere)
{
    struct dz_matrix_place row = {.id = place};
    struct dz_matrix_period column = {0};
    if (period)
        snprintf(column.label, sizeof column.label, "%s", period);
    const struct dz_disclosure_ask q = {.level = level,
                                        .step = step,
                                        .place = place ? &row : NULL,
                                        .period = period ? &column : NULL,
                                        .sphere = sphere};
    return dz_disclosure_tell(d, &q);
}
#define OBLAST DZ_LEVEL_OBLAST
#define RAION DZ_LEVEL_RAION
#define MONTH DZ_STEP_MONTH
#define QUARTER DZ_STEP_QUARTER
#define YEAR DZ_STEP_YEAR
#define IS_TOLD(told, number)                 \
    do {                                      \
        struct dz_disclosure_told t_ = told;  \
        assert_false(t_.withheld);            \
        assert_int_equal(t_.n, number);       \
    } while (0)
#define IS_WITHHELD(told) assert_true((told).withheld)

static void
test_who_is_shown(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        enum dz_disclosed want;
    } cases[] = {
        {"press", DZ_DISCLOSED_SHOWN}, {"decree", DZ_DISCLOSED_SHOWN},
        {"locked", DZ_DISCLOSED_NOT},  {"nobody", DZ_DISCLOSED_NOT},
        {"silent", DZ_DISCLOSED_NOT},  {"sealed", DZ_DISCLOSED_NOT},
        {"t1", DZ_DISCLOSED_COUNTED},  {"t2", DZ_DISCLOSED_COUNTED},
        {"unheard", DZ_DISCLOSED_NOT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        snprintf(text, sizeof text, "{'id':'act-1','kind':'act','src':'%s'}", cases[i].source);
        fact(text);
        assert_int_equal(dz_disclosure_of(d, &rows[n_rows - 1]), cases[i].want);
    }
    fact("{'id':'fig-1','kind':'figure','src':'t1'}"); /* only acts are counted */
    assert_int_equal(dz_disclosure_of(d, &rows[n_rows - 1]), DZ_DISCLOSED_NOT);
    struct dz_passage both[2] = {{.source = "press"}, {.source = "t1"}};
    struct dz_fact_row mixed = {.kind = "act", .passages = both, .n_passages = 2};
    assert_int_equal(dz_disclosure_of(d, &mixed), DZ_DISCLOSED_COUNTED);
    both[1].source = "silent";
    assert_int_equal(dz_disclosure_of(d, &mixed), DZ_DISCLOSED_NOT);
}

static void
test_quarters_for_what_is_sensitive(void **state)
{
    (void)state;
    static const struct {
        const char *sphere, *means, *src, *date, *want;
    } cases[] = {
        {"pensions_benefits", "denial", "t1", "2023-05-17", "2023-05"},
        {"healthcare", "denial", "t1", "2023-05-17", "2023-34"},
        {"healthcare", "denial", "press", "2023-05-17", "2023-05"}, /* published: as today */
        {"employment", "detention", "t1", "2023-12-31", "2023-36"},
        {"healthcare", "denial", "t1", "2023", "2023"},
        {"healthcare", "denial", "t1", "2023-03/2023-05", "2023-33/2023-34"},
        {"healthcare", "denial", "t1", "..2023-05-02", "../2023-34"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "{'id':'act-1','kind':'act','sphere':'%s','means':'%s','src':'%s','date':'%s',"
                 "'place_id':'UA2308007001','place':'a yard','victims':{'number':1},'note':'n'}",
                 cases[i].sphere, cases[i].means, cases[i].src, cases[i].date);
        fact(text);
        struct dz_fact_row row = rows[n_rows - 1];
        json_t *body = json_deep_copy(row.body);
        dz_disclosure_narrow(d, &row, body);
        assert_string_equal(row.date, cases[i].want);
        assert_string_equal(row.place, "UA2308");
        assert_string_equal(dz_json_str(body, "place_id"), "UA2308");
        assert_null(json_object_get(body, "victims"));
        assert_null(json_object_get(body, "place"));
        json_decref(body);
    }
    fact("{'id':'a','kind':'act','sphere':'education','victims':{'group':'children'},'src':'t1'}");
    assert_true(dz_disclosure_is_sensitive(rows_rules, &rows[n_rows - 1]));
    fact("{'id':'a','kind':'act','sphere':'education','also':['medicines'],'src':'t1'}");
    assert_true(dz_disclosure_is_sensitive(rows_rules, &rows[n_rows - 1]));
    fact("{'id':'a','kind':'act','sphere':'education','harm':['lost_work'],'src':'t1'}");
    assert_false(dz_disclosure_is_sensitive(rows_rules, &rows[n_rows - 1]));
}

static void
test_few_are_not_told(void **state)
{
    (void)state;
    tell_of(4, "UA2308", "2023-05", "banking", "denial");
    dz_disclosure_settle(d);
    /* As if there were none: neither a number nor a mark. */
    IS_TOLD(ask(NULL, OBLAST, NULL, MONTH, NULL), 0);
    IS_TOLD(ask("UA23", OBLAST, "2023-05", MONTH, "banking"), 0);
}

static void
test_enough_are_told(void **state)
{
    (void)state;
    tell_of(5, "UA2308", "2023-05", "banking", "denial");
    dz_disclosure_settle(d);
    IS_TOLD(ask(NULL, OBLAST, NULL, MONTH, NULL), 5);
    IS_TOLD(ask("UA2308", RAION, "2023-05", MONTH, "banking"), 5);
    IS_TOLD(ask("UA23", OBLAST, "2023-34", QUARTER, "banking"), 5);
    IS_TOLD(ask("UA2306", RAION, "2023-05", MONTH, "banking"), 0);
    assert_int_equal(ask(NULL, OBLAST, NULL, MONTH, NULL).state, DZ_CELL_DENIED);
}

/* Ten for health and its like, by each source once. */
static void
test_ten_where_it_is_sensitive(void **state)
{
    (void)state;
    tell_of(9, "UA2308", "2023-05", "healthcare", "denial");
    tell_of(12, "UA2308", "2023-05", "banking", "denial");
    dz_disclosure_settle(d);
    IS_WITHHELD(ask(NULL, OBLAST, NULL, MONTH, "healthcare"));
    IS_WITHHELD(ask("UA23", OBLAST, "2023", YEAR, "banking")); /* it would give the other away */
}

static void
test_one_source_is_one_person(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++)
        tell_of(1, "UA2308", "2023-05", "banking", "denial"); /* all by t0 */
    dz_disclosure_settle(d);
    IS_TOLD(ask(NULL, OBLAST, NULL, MONTH, "banking"), 0);
    assert_int_equal(dz_disclosure_n_acts(d), 0);
}

/* 3 in one raion and 12 in another: the sum of the oblast is told, and neither raion; a third
 * one, in which there is nothing, looks the same. */
static void
test_complement_and_zero(void **state)
{
    (void)state;
    tell_of(3, "UA2308", "2023-05", "banking", "denial");
    tell_of(12, "UA2306", "2023-05", "banking", "denial");
    tell_of(30, "UA1414", "2023-05", "banking", "denial");
    dz_disclosure_settle(d);
    IS_TOLD(ask("UA23", OBLAST, "2023-05", MONTH, "banking"), 15);
    IS_WITHHELD(ask("UA2308", RAION, "2023-05", MONTH, "banking"));
    IS_WITHHELD(ask("UA2306", RAION, "2023-05", MONTH, "banking"));
    IS_WITHHELD(ask("UA2302", RAION, "2023-05", MONTH, "banking"));
    IS_TOLD(ask("UA1414", RAION, "2023-05", MONTH, "banking"), 30);
    IS_TOLD(ask("UA1412", RAION, "2023-05", MONTH, "banking"), 0);
    IS_TOLD(ask("UA23", OBLAST, "2023-06", MONTH, "banking"), 0);
}

/* A month and the quarter around it, of which one month would follow from the difference. */
static void
test_month_and_quarter(void **state)
{
    (void)state;
    tell_of(8, "UA2308", "2023-04", "banking", "denial");
    tell_of(2, "UA2308", "2023-05", "banking", "denial");
    tell_of(9, "UA2308", "2023-06", "banking", "denial");
    dz_disclosure_settle(d);
    IS_TOLD(ask("UA2308", RAION, "2023-34", QUARTER, "banking"), 19);
    IS_WITHHELD(ask("UA2308", RAION, "2023-05", MONTH, "banking"));
    IS_WITHHELD(ask("UA2308", RAION, "2023-04", MONTH, "banking")); /* the smallest of the others */
    IS_TOLD(ask("UA2308", RAION, "2023-06", MONTH, "banking"), 9);
}

static void
test_total_gives_no_sphere_back(void **state)
{
    (void)state;
    tell_of(20, "UA2308", "2023-05", "banking", "denial");
    tell_of(11, "UA2308", "2023-05", "telecom", "denial");
    tell_of(2, "UA2308", "2023-05", "housing_property", "denial");
    dz_disclosure_settle(d);
    IS_TOLD(ask(NULL, OBLAST, NULL, MONTH, NULL), 33);
    IS_TOLD(ask(NULL, OBLAST, NULL, MONTH, "banking"), 20);
    IS_WITHHELD(ask(NULL, OBLAST, NULL, MONTH, "telecom"));
    IS_WITHHELD(ask(NULL, OBLAST, NULL, MONTH, "housing_property"));
    IS_WITHHELD(ask(NULL, OBLAST, NULL, MONTH, "utilities"));
    /* sums over spheres: everything or nothing */
    IS_WITHHELD(ask("UA23", OBLAST, NULL, MONTH, NULL));
}

/* ---- views ---- */

static const struct dz_cell *
cell_of(const struct dz_matrix *m, const char *place, const char *period, const char *sphere)
{
    for (size_t i = 0; i < m->n_cells; i++) {
        const struct dz_cell *c = &m->cells[i];
        const char *id = m->places[c->place_ix].id;
        if (strcmp(id ? id : "", place) == 0 &&
            strcmp(m->periods[c->period_ix].label, period) == 0 &&
            strcmp(m->spheres[c->sphere_ix], sphere) == 0)
            return c;
    }
    return NULL;
}

static void
shown(const char *place, const char *date, const char *sphere, const char *modality)
{
    char text[512];
    snprintf(text, sizeof text,
             "{'id':'act-p','kind':'act','scope':'specific_event','sphere':'%s','means':'denial',"
             "'src':'press','date':'%s','place_id':'%s','modality':'%s'}",
             sphere, date, place, modality);
    fact(text);
}

static void
test_matrix(void **state)
{
    (void)state;
    source("press", "Paper", NULL, NULL, NULL);
    tell_of(3, "UA2308", "2023-05", "banking", "denial");
    tell_of(12, "UA2306", "2023-05", "banking", "denial");
    tell_of(7, "UA2302", "2023-05", "banking", "denial");
    dz_disclosure_settle(d);
    shown("UA2308", "2023-05", "banking", "asserted");
    shown("UA2306", "2023-05", "telecom", "denied");
    struct dz_matrix_opts o = {.level = DZ_LEVEL_RAION,
                               .scope = {.for_publication = true, .counted = d}};
    DZ_AUTO_MATRIX struct dz_matrix m = {0};
    struct dz_err err = {0};
    assert_int_equal(dz_matrix_of(rows_origins, rows_rules, rows, n_rows, &o, &m, &err), DZ_OK);
    /* 3 and the smallest of the others are withheld together; what is shown stays shown. */
    const struct dz_cell *c = cell_of(&m, "UA2308", "2023-05", "banking");
    assert_int_equal(c->state, DZ_CELL_DENIED);
    assert_true(c->withheld);
    assert_int_equal(c->n_events, 1);
    assert_int_equal(c->n_facts, 1);
    assert_int_equal(c->n_unpublished, 0);
    c = cell_of(&m, "UA2306", "2023-05", "banking"); /* told, with nothing that is shown */
    assert_int_equal(c->state, DZ_CELL_DENIED);
    assert_int_equal(c->n_unpublished, 12);
    assert_int_equal(c->n_facts + c->n_events + c->counts.n_sources, 0);
    c = cell_of(&m, "UA2306", "2023-05", "telecom");
    assert_int_equal(c->state, DZ_CELL_AVAILABLE);
    assert_false(c->withheld);
    assert_null(cell_of(&m, "UA2302", "2023-05", "banking")); /* no row that would tell */
    assert_int_equal(m.n_places, 2);
    assert_int_equal(m.n_facts, 2);
    assert_int_equal(m.counts.n_facts, 2);
    o.level = DZ_LEVEL_SETTLEMENT;
    struct dz_matrix none = {0};
    assert_int_equal(dz_matrix_of(rows_origins, rows_rules, rows, n_rows, &o, &none, &err),
                     DZ_E_USAGE);
}

/* The fifth state, and a period that cuts through a month. */
static void
test_matrix_withheld_and_narrowed(void **state)
{
    (void)state;
    source("press", "Paper", NULL, NULL, NULL);
    tell_of(6, "UA2308", "2023-05", "banking", "denial");
    tell_of(2, "UA2306", "2023-06", "banking", "denial");
    tell_of(7, "UA2308", "2023-07", "telecom", "denial");
    dz_disclosure_settle(d);
    shown("UA2306", "2023-06", "telecom", "asserted");
    struct dz_matrix_opts o = {.scope = {.for_publication = true, .counted = d}};
    DZ_AUTO_MATRIX struct dz_matrix m = {0};
    struct dz_err err = {0};
    assert_int_equal(dz_matrix_of(rows_origins, rows_rules, rows, n_rows, &o, &m, &err), DZ_OK);
    assert_int_equal(cell_of(&m, "UA23", "2023-07", "telecom")->n_unpublished, 7);
    assert_null(cell_of(&m, "UA23", "2023-05", "banking")); /* no column of its own either */
    dz_matrix_done(&m);
    o.scope.period = "2023-07-10/2023-08";
    assert_int_equal(dz_matrix_of(rows_origins, rows_rules, rows, n_rows, &o, &m, &err), DZ_OK);
    assert_int_equal(m.n_cells, 0);
    dz_matrix_done(&m);
    o.scope.period = "2023-05/2023-08";
    o.scope.sphere = "banking";
    shown("UA2306", "2023-06", "banking", "asserted");
    assert_int_equal(dz_matrix_of(rows_origins, rows_rules, rows, n_rows, &o, &m, &err), DZ_OK);
    assert_true(cell_of(&m, "UA23", "2023-06", "banking")->withheld);
    assert_int_equal(cell_of(&m, "UA23", "2023-06", "banking")->state, DZ_CELL_DENIED);
}

static void
test_summary(void **state)
{
    (void)state;
    source("press", "Paper", NULL, NULL, NULL);
    tell_of(6, "UA2308", "2023-05", "banking", "denial");
    tell_of(9, "UA2308", "2023-05", "telecom", "denial");
    dz_disclosure_settle(d);
    shown("UA2306", "2023-06", "banking", "asserted");
    struct dz_scope scope = {.for_publication = true, .counted = d};
    DZ_AUTO_SUMMARY struct dz_summary s = {0};
    struct dz_err err = {0};
    assert_int_equal(dz_summary_of(rows_origins, rows_rules, rows, n_rows, &scope, &s, &err),
                     DZ_OK);
    assert_int_equal(s.n_spheres, 2);
    assert_string_equal(s.spheres[0].code, "banking");
    assert_int_equal(s.spheres[0].n_unpublished, 6);
    assert_int_equal(s.spheres[0].n_events, 1);
    assert_string_equal(s.spheres[1].code, "telecom");
    assert_int_equal(s.spheres[1].n_unpublished, 9);
    assert_int_equal(s.n_unpublished_acts, 15);
    assert_int_equal(s.acts.n_facts, 1);
    dz_summary_done(&s);
    scope.period = "2023-05-10/2023-05-20";
    assert_int_equal(dz_summary_of(rows_origins, rows_rules, rows, n_rows, &scope, &s, &err),
                     DZ_OK);
    assert_true(s.withheld_acts);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_who_is_shown),
        TEST(test_quarters_for_what_is_sensitive),
        TEST(test_few_are_not_told),
        TEST(test_enough_are_told),
        TEST(test_ten_where_it_is_sensitive),
        TEST(test_one_source_is_one_person),
        TEST(test_complement_and_zero),
        TEST(test_month_and_quarter),
        TEST(test_total_gives_no_sphere_back),
        TEST(test_matrix),
        TEST(test_matrix_withheld_and_narrowed),
        TEST(test_summary),
    };
    return cmocka_run_group_tests(tests, rows_load, rows_unload);
}
