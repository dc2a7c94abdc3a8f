/* The summary, independent origins, and names of claimants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fact_rows.h"

#include "dz_summary.h"

static struct dz_summary s;

static void
build(const struct dz_scope *scope)
{
    struct dz_err err = {0};
    dz_summary_done(&s);
    if (dz_summary_of(rows_origins, rows_rules, rows, n_rows, scope, &s, &err) != DZ_OK)
        fail_msg("%s", err.msg);
}

static int
teardown(void **state)
{
    dz_summary_done(&s);
    return rows_teardown(state);
}

static void
test_counts(void **state)
{
    (void)state;
    source("s1", "Meduza", NULL, NULL, NULL);
    source("s2", NULL, NULL, "unstated", NULL);
    source("s3", NULL, NULL, NULL, NULL);
    fact(
        "{'id':'act-1','kind':'act','scope':'specific_event','sphere':'healthcare','also':['employment'],'means':'denial','src':'s1','date':'2023-03','place_id':'UA14'}");
    fact(
        "{'id':'act-2','kind':'act','scope':'general_claim','sphere':'healthcare','means':'threat','src':'s1','place_id':'UA14'}");
    fact(
        "{'id':'act-3','kind':'act','scope':'general_claim','modality':'denied','sphere':'healthcare','means':'threat','src':'s2','date':'2022-12~','state':'conflict'}");
    fact("{'id':'msr-1','kind':'measure','issuer':'Putin','src':'s1','date':'2025-03'}");
    fact(
        "{'id':'fig-1','kind':'figure','value':'5','unit':'passports','src':'s1','as_of':'2026','bulk':true}");
    fact(
        "{'id':'stm-1','kind':'statement','speaker':'Iryna Vereshchuk','stance':'do_not_take','src':'s1'}");
    build(NULL);
    assert_int_equal(s.all.n_facts, 6);
    assert_int_equal(s.acts.n_facts, 3);
    assert_int_equal(s.measures.n_facts, 1);
    assert_int_equal(s.figures.n_facts, 1);
    assert_int_equal(s.statements.n_facts, 1);
    assert_int_equal(s.n_events, 1);
    assert_int_equal(s.n_claims, 1);
    assert_int_equal(s.n_denied, 1);
    assert_int_equal(s.n_conflicts, 1);
    assert_int_equal(s.n_undated_acts, 1);
    assert_int_equal(s.n_unplaced_acts, 1);
    assert_int_equal(s.all.n_unreviewed, 1);
    assert_string_equal(s.first_date, "2022-12~");
    assert_string_equal(
        s.last_date, "2025-03"); /* figures tell of a collection's time as little as statements */
    assert_int_equal(s.n_spheres, 2);
    assert_string_equal(s.spheres[0].code, "healthcare");
    assert_int_equal(s.spheres[0].counts.n_facts, 3);
    assert_int_equal(s.spheres[0].n_events, 1);
    assert_int_equal(s.n_means, 2);
    assert_string_equal(s.means[0].code, "denial");
    assert_int_equal(s.n_places, 1);
    assert_int_equal(s.places[0].counts.n_facts, 2);
    assert_int_equal(s.n_stances, 1);
    assert_string_equal(s.stances[0].code, "do_not_take");
    assert_int_equal(s.n_sources, 3);
    assert_int_equal(s.n_sources_used, 2);
    assert_int_equal(s.n_sources_unstated, 1);
    build(&(struct dz_scope){.sphere = "employment"});
    assert_int_equal(s.all.n_facts, 1);
    build(&(struct dz_scope){.place = "UA14", .period = "2023"});
    assert_int_equal(s.all.n_facts, 1);
}

static void
test_empty(void **state)
{
    (void)state;
    build(NULL);
    assert_int_equal(s.all.n_facts, 0);
    assert_null(s.first_date);
    assert_int_equal(s.n_spheres, 0);
}

static const char *
origin(const char *text)
{
    static char keys[8][256];
    static size_t turn;
    struct dz_buf b = DZ_BUF(256);
    fact(text);
    dz_origin_key(rows_origins, &rows[n_rows - 1], &b);
    char *key = keys[turn++ % 8];
    snprintf(key, sizeof keys[0], "%s", b.p);
    dz_buf_done(&b);
    return key;
}

static void
test_origins(void **state)
{
    (void)state;
    source("s1", "Meduza", NULL, NULL, "t1");
    source("s2", "Медуза", NULL, NULL, "t2");
    source("s3", "The Town Gazette", NULL, NULL, "t3");
    source("s4", "A Reprinter", NULL, NULL, "t3"); /* the same text as s3 */
    source("s5", NULL, NULL, NULL, "t5");
    json_t *body = rows_parse("{'described':{'derivative_of':'s1'}}");
    dz_origins_add(
        rows_origins,
        &(struct dz_source_row){
            .id = "s6", .title = "t", .publisher = "A translator", .sha256 = "t6", .body = body});
    json_decref(body);
#define ACT_OF(s) origin("{'id':'a','kind':'act','src':'" s "'}")
    assert_string_equal(ACT_OF("s1"), "party:media_meduza");
    assert_string_equal(ACT_OF("s4"), ACT_OF("s3"));
    assert_string_equal(ACT_OF("s4"), "party:=the town gazette");
    assert_string_equal(ACT_OF("s5"), "source:s5");
    assert_string_equal(ACT_OF("s6"), "party:media_meduza");
    assert_string_equal(ACT_OF("s9"), "source:s9");
    /* Whoever is cited is where it comes from; the issuer of a measure is not cited by being
     * named. */
    assert_string_equal(
        origin("{'id':'f','kind':'figure','src':'s1','asserted_by':'Kolokoltsev','via':'TASS'}"),
        "party:ru_mvd");
    assert_string_equal(
        origin("{'id':'f','kind':'figure','src':'s1','via':'British Defence Intelligence'}"),
        "party:int_uk_mod");
    assert_string_equal(origin("{'id':'m','kind':'measure','src':'s1','issuer':'Putin'}"),
                        "party:media_meduza");
    assert_int_equal(dz_origins_source(rows_origins, "s3")->publisher[0], 'T');
    assert_null(dz_origins_source(rows_origins, "s9"));
    build(NULL);
    assert_int_equal(s.n_sources, 6);
    assert_int_equal(s.n_source_origins, 4); /* s4 with s3, s6 with s1 */
}

static void
test_derivative_loop_ends(void **state)
{
    (void)state;
    json_t *to_b = rows_parse("{'described':{'derivative_of':'b'}}");
    json_t *to_a = rows_parse("{'described':{'derivative_of':'a'}}");
    dz_origins_add(rows_origins,
                   &(struct dz_source_row){.id = "a", .title = "a", .sha256 = "1", .body = to_b});
    dz_origins_add(rows_origins,
                   &(struct dz_source_row){.id = "b", .title = "b", .sha256 = "2", .body = to_a});
    assert_non_null(origin("{'id':'x','kind':'act','src':'a'}"));
    json_decref(to_b);
    json_decref(to_a);
}

static void
party(const char *name, const char *want)
{
    struct dz_buf b = DZ_BUF(512);
    dz_buf_adds(&b, "");
    dz_party_key(dz_origins_parties(rows_origins), name, &b);
    if (strcmp(b.n > 0 ? b.p : "", want) != 0)
        fail_msg("%s: %s instead of %s", name ? name : "NULL", b.n > 0 ? b.p : "", want);
    dz_buf_done(&b);
}

static void
test_parties(void **state)
{
    (void)state;
    party("Vladimir Kolokoltsev", "ru_mvd");
    party("Володимира Колокольцева", "ru_mvd");
    party("Владимир Колокольцев", "ru_mvd");
    party("Kolokoltsev", "ru_mvd");
    party("Russian Interior Minister Vladimir Kolokoltsev", "ru_mvd");
    party("Путін", "ru_president");
    party("Dmytro Lubynets", "ua_ombudsman");
    party("Dmytro Lubinets", "ua_ombudsman");
    party("UK Ministry of Defence", "int_uk_mod");
    party("British Defence Intelligence", "int_uk_mod");
    party("Russia", "ru_federation");
    party("Россия", "ru_federation");
    party("Ukraine", "ua_state");
    /* Another Vladimir, and a namesake with another first name, are other people. */
    party("Vladimir Ivanenko", "=vladimir ivanenko");
    party("Petro Kolokoltsev", "=petro kolokoltsev");
    party("A Man of the Town", "=a man of the town");
    party("", "");
    party(" - ", "");
    party(NULL, "");
    const struct dz_parties *p = dz_origins_parties(rows_origins);
    assert_string_equal(dz_party_side(p, "ru_mvd"), "RU");
    assert_string_equal(dz_party_side(p, "=a man"), "");
    assert_string_equal(dz_party_name(p, "int_uk_mod", DZ_LANG_EN),
                        "Ministry of Defence of the United Kingdom");
    assert_null(dz_party_name(p, "=a man", DZ_LANG_EN));
}

static void
test_evidence_is_a_copy(void **state)
{
    (void)state;
    struct dz_err err = {0};
    struct dz_arena arena = {0};
    struct dz_evidence e;
    fact("{'id':'act-1','kind':'act','src':'s1','at':[4,9]}");
    assert_int_equal(dz_evidence_take(rows_origins, &rows[0], &arena, &e, &err), DZ_OK);
    assert_ptr_not_equal(e.passages, rows[0].passages);
    assert_string_equal(e.passages[0].exact, "words of the source");
    assert_int_equal(e.passages[0].start, 4);
    dz_arena_done(&arena);
    struct dz_arena full = {.max_bytes = 16};
    assert_int_equal(dz_evidence_take(rows_origins, &rows[0], &full, &e, &err), DZ_E_LIMIT);
    dz_arena_done(&full);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, rows_setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_counts),  TEST(test_empty),
        TEST(test_origins), TEST(test_derivative_loop_ends),
        TEST(test_parties), TEST(test_evidence_is_a_copy),
    };
    return cmocka_run_group_tests(tests, rows_load, rows_unload);
}
