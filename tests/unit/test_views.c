/* The views over a real vault: sources with text, recorded facts, and what a rebuild leaves
 * unchanged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vault_fixture.h"

#include "dz_chronology.h"
#include "dz_fact.h"
#include "dz_figures.h"
#include "dz_json.h"
#include "dz_matrix.h"
#include "dz_summary.h"

static const char first_text[] =
    "The minister said 3.5 million booklets had been handed out. A year before it was 2.8 million.\n"
    "On 5 March 2023 the clinic in Melitopol sent a patient away. By 1 July 2024 everybody must apply.\n";
static const char second_text[] =
    "Some 3.5 million booklets were given out, the minister told reporters.\n"
    "Whoever has not applied by 1 July 2024 loses the right to stay.\n";

/* fields in single quotes; the passage is the first place of quote in the source. */
static void
record(struct fixture *f, const char *kind, const char *source, const char *quote,
       const char *fields)
{
    char text[1024], id[DZ_ID_MAX];
    snprintf(text, sizeof text, "{'passages':[{'source':'%s','exact':'%s'}],%s}", source, quote,
             fields);
    for (char *p = text; *p; p++) {
        if (*p == '\'')
            *p = '"';
    }
    DZ_AUTO_JSON json_t *body = NULL;
    OK(f, dz_json_parse(dz_view_of(text), &body, &f->err));
    OK(f, dz_fact_record(f->v, f->rules, kind, body, id, &f->err));
}

static void
describe(struct fixture *f, const char *id, const char *publisher, const char *published)
{
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "publisher", publisher);
    dz_json_set_str(fields, "published", published);
    OK(f, dz_source_describe(f->v, f->rules, id, fields, &f->err));
}

static void
fill(struct fixture *f)
{
    char one[DZ_ID_MAX], two[DZ_ID_MAX], three[DZ_ID_MAX];
    snprintf(one, sizeof one, "%s", fixture_source(f, "one.txt", first_text));
    snprintf(two, sizeof two, "%s", fixture_source(f, "two.txt", second_text));
    WRITE(f, "three.txt", "They told me to take the booklet or lose my work.\n");
    fixture_add_as(f, "three.txt", "testimony", false);
    snprintf(three, sizeof three, "%s", f->reports[0].id);
    describe(f, one, "The River Herald", "2025-03-08");
    describe(f, two, "The Hill Gazette", "2025-03-09");
    record(f, "figure", one, "3.5 million booklets",
           "'value':'3500000','unit':'passports','asserted_by':'Vladimir Kolokoltsev'");
    record(f, "figure", one, "2.8 million",
           "'value':'2800000','unit':'passports','as_of':'2024-03'");
    record(f, "figure", two, "3.5 million booklets",
           "'value':'3500000','qualifier':'~','unit':'passports','asserted_by':'Kolokoltsev'");
    record(f, "measure", one, "everybody must apply",
           "'issuer':'Vladimir Putin','deadline':'2024-07-01'");
    record(f, "measure", two, "by 1 July 2024", "'issuer':'Russia','deadline':'2024-07-01'");
    record(
        f, "act", one, "sent a patient away",
        "'scope':'specific_event','sphere':'healthcare','means':'denial','date':'2023-03-05','place_id':'UA2308007001'");
    record(f, "act", three, "lose my work",
           "'scope':'specific_event','sphere':'employment','means':'threat'");
}

static void
check_chronology(struct fixture *f)
{
    struct dz_chronology c = {0};
    OK(f, dz_chronology_build(f->v, f->rules, NULL, &c, &f->err));
    assert_int_equal(c.n, 5); /* act, deadline, three figures */
    assert_int_equal(c.n_withheld, 1);
    size_t deadlines = 0;
    for (size_t i = 0; i < c.n; i++) {
        if (c.rows[i].kind != DZ_CHRONO_DEADLINE)
            continue;
        deadlines++;
        assert_int_equal(c.rows[i].n_facts, 2);
        assert_int_equal(c.rows[i].counts.n_origins, 2);
        assert_string_equal(c.rows[i].facts[0].passages[0].prefix[0] ? "context" : "", "context");
    }
    assert_int_equal(deadlines, 1);
    dz_chronology_done(&c);
    struct dz_chronology_opts opts = {
        .scope = {.place = "UA23", .sphere = "healthcare", .period = "2023"}};
    OK(f, dz_chronology_build(f->v, f->rules, &opts, &c, &f->err));
    assert_int_equal(c.n, 1);
    dz_chronology_done(&c);
}

static void
check_figures(struct fixture *f)
{
    struct dz_figures g = {0};
    OK(f, dz_figures_build(f->v, f->rules, NULL, &g, &f->err));
    assert_int_equal(g.n, 2);
    assert_int_equal(g.statements[1].n_sources, 2);
    assert_int_equal(g.statements[1].counts.n_origins, 1);
    assert_string_equal(g.statements[1].as_of, "2025-03-08"); /* of the first that printed it */
    assert_true(g.statements[1].as_of_by_source);
    assert_int_equal(g.n_pairs, 1);
    assert_int_equal(g.pairs[0].relation, DZ_FIGURES_DIFFER);
    assert_true(g.pairs[0].diff == (int64_t)700000 * 1000000);
    dz_figures_done(&g);
}

static void
check_matrix_and_summary(struct fixture *f)
{
    struct dz_matrix m = {0};
    OK(f, dz_matrix_build(f->v, f->rules, NULL, &m, &f->err));
    assert_int_equal(m.n_cells, 1);
    assert_string_equal(m.places[0].id, "UA23");
    assert_string_equal(m.periods[0].label, "2023-03");
    assert_int_equal(m.cells[0].n_events, 1);
    assert_int_equal(m.n_withheld, 1);
    dz_matrix_done(&m);
    struct dz_summary s = {0};
    OK(f, dz_summary_build(f->v, f->rules, NULL, &s, &f->err));
    assert_int_equal(s.all.n_facts, 6);
    assert_int_equal(s.n_sources, 3);
    assert_int_equal(s.n_sources_used, 2);
    assert_int_equal(s.n_withheld, 1);
    dz_summary_done(&s);
}

static void
test_views_of_a_vault(void **state)
{
    struct fixture *f = *state;
    fill(f);
    for (int round = 0; round < 2; round++) {
        check_chronology(f);
        check_figures(f);
        check_matrix_and_summary(f);
        fixture_check_rebuild(f);
    }
}

static void
test_views_of_an_empty_vault(void **state)
{
    struct fixture *f = *state;
    struct dz_chronology c = {0};
    struct dz_matrix m = {0};
    struct dz_figures g = {0};
    OK(f, dz_chronology_build(f->v, f->rules, NULL, &c, &f->err));
    OK(f, dz_matrix_build(f->v, f->rules, NULL, &m, &f->err));
    OK(f, dz_figures_build(f->v, f->rules, NULL, &g, &f->err));
    assert_int_equal(c.n + m.n_cells + g.n, 0);
    dz_chronology_done(&c);
    dz_matrix_done(&m);
    dz_figures_done(&g);
    struct dz_matrix_opts opts = {.scope = {.place = "nowhere"}};
    assert_int_equal(dz_matrix_build(f->v, f->rules, &opts, &m, &f->err), DZ_E_INPUT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_views_of_a_vault, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_views_of_an_empty_vault, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
