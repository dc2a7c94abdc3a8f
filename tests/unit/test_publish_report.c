/* The report from rows made by hand: every number leads to its quotes, every quote to its source
 * and back; nothing leaves that must not; dates and places are never finer than promised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_edtf.h"
#include "dz_json.h"
#include "dz_unit.h"
#include "dz_disclosure.h"
#include "report_impl.h"

static struct dz_rules *rules;

#define EVIL "<script>alert(1)</script>"
static const char hash64[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static struct dz_passage
passage(const char *source, size_t start, const char *exact)
{
    return (struct dz_passage){.source = source,
                               .text_sha256 = hash64,
                               .start = start,
                               .end = start + strlen(exact),
                               .exact = exact,
                               .prefix = "before ",
                               .suffix = " after"};
}

static void
add_source(struct dz_report_content *c, struct dz_origins *o, const char *id, const char *title,
           const char *address)
{
    c->sources[c->n_sources++] = (struct dz_report_source){.id = id,
                                                           .name = "a.txt",
                                                           .title = title,
                                                           .publisher = "Steppe Courier",
                                                           .published = "2023-11-14",
                                                           .address = address,
                                                           .language = "en",
                                                           .basis = "published",
                                                           .access = "open",
                                                           .media_type = "text/plain",
                                                           .sha256 = hash64,
                                                           .added = "2026-11-21T09:30:00Z",
                                                           .added_by = "00112233445566ff",
                                                           .size_bytes = 1234,
                                                           .has_text = true};
    struct dz_source_row row = {.id = id,
                                .name = "a.txt",
                                .doc = "a",
                                .title = title,
                                .publisher = "Steppe Courier",
                                .published = "2023-11-14",
                                .published_by = "described",
                                .basis = "published",
                                .access = "open",
                                .sha256 = id,
                                .added = "2026-11-21T09:30:00Z",
                                .text_status = "text",
                                .text_sha256 = id};
    dz_origins_add(o, &row);
}

static void
add_fact(struct dz_report_content *c, const char *id, const char *kind, const char *json,
         const struct dz_passage *passages, size_t n)
{
    struct dz_err err;
    struct dz_report_fact *f = &c->facts[c->n_facts++];
    assert_int_equal(dz_json_parse(dz_view_of(json), &f->body, &err), DZ_OK);
    const char *date = dz_json_str(f->body, "as_of");
    date = date != NULL ? date : dz_json_str(f->body, "date");
    struct dz_edtf_bounds b;
    bool known = dz_edtf_text_bounds(date, &b);
    const char *modality = dz_json_str(f->body, "modality");
    f->row = (struct dz_fact_row){.id = id,
                                  .kind = kind,
                                  .state = "current",
                                  .ref = "x:1",
                                  .sphere = dz_json_str(f->body, "sphere"),
                                  .means = dz_json_str(f->body, "means"),
                                  .place = dz_json_str(f->body, "place_id"),
                                  .date = date,
                                  .has_date = known,
                                  .lo = known ? b.lo : DZ_EDTF_MIN_DAY,
                                  .hi = known ? b.hi : DZ_EDTF_MAX_DAY,
                                  .modality = modality != NULL ? modality : "asserted",
                                  .bulk = strcmp(kind, "act") == 0,
                                  .reviewed = strcmp(kind, "act") != 0,
                                  .body = f->body,
                                  .passages = passages,
                                  .n_passages = n};
}

/* Two sources, one act, one measure, two figures, two statements that conflict. */
static void
make(struct dz_report_content *c, enum dz_lang lang)
{
    static struct dz_passage act[2], measure, early, late, take, refuse;
    *c = (struct dz_report_content){.rules = rules, .version = 12};
    memcpy(c->hash, hash64, sizeof hash64);
    c->opts.lang = lang;
    c->sources = dz_alloc_array(3, sizeof *c->sources);
    c->facts = dz_alloc_array(8, sizeof *c->facts);
    struct dz_origins *o = dz_origins_new(rules);
    add_source(c, o, "src-aaaaaaaaaa", EVIL " one", "https://courier.example/1?a=1&b=2");
    add_source(c, o, "src-bbbbbbbbbb", "Second", "javascript:alert(1)");
    add_source(c, o, "src-cccccccccc", "Unused", NULL);
    act[0] = passage("src-aaaaaaaaaa", 10, "turned away " EVIL);
    act[1] = passage("src-bbbbbbbbbb", 5, "no doctor without it");
    measure = passage("src-aaaaaaaaaa", 90, "a decree of 27 April");
    early = passage("src-aaaaaaaaaa", 200, "2.8 million passports");
    late = passage("src-bbbbbbbbbb", 300, "3.5 million passports");
    take = passage("src-aaaaaaaaaa", 400, "take it if you must");
    refuse = passage("src-bbbbbbbbbb", 400, "do not take it");
    add_fact(c, "act-1", "act",
             "{\"sphere\":\"healthcare\",\"means\":\"denial\",\"scope\":\"specific_event\","
             "\"date\":\"2023-10\"}",
             act, 2);
    add_fact(c, "mea-1", "measure",
             "{\"issuer\":\"Vladimir Putin\",\"instrument\":\"decree\",\"date\":\"2023-04-27\","
             "\"adopted\":\"2023-04-27\",\"deadline\":\"2024-07-01\"}",
             &measure, 1);
    add_fact(c, "fig-1", "figure",
             "{\"value\":\"2800000\",\"unit\":\"passports\",\"of\":\"passports issued\","
             "\"as_of\":\"2024-03\",\"asserted_by\":\"the ministry\"}",
             &early, 1);
    add_fact(c, "fig-2", "figure",
             "{\"value\":\"3500000\",\"unit\":\"passports\",\"of\":\"passports issued\","
             "\"as_of\":\"2025-03\",\"asserted_by\":\"the ministry\"}",
             &late, 1);
    add_fact(c, "sta-1", "statement",
             "{\"speaker\":\"an office\",\"stance\":\"take_if_needed\",\"date\":\"2023\"}", &take,
             1);
    add_fact(c, "sta-2", "statement",
             "{\"speaker\":\"another office\",\"stance\":\"do_not_take\",\"date\":\"2023\"}",
             &refuse, 1);
    struct dz_fact_row rows[8];
    for (size_t i = 0; i < c->n_facts; i++)
        rows[i] = c->facts[i].row;
    struct dz_err err = {0};
    struct dz_chronology_opts co = {.with_reference = true};
    struct dz_matrix_opts mo = {.step = DZ_STEP_MONTH};
    struct dz_scope all = {0};
    enum dz_code code = dz_summary_of(o, rules, rows, c->n_facts, &all, &c->summary, &err);
    if (code == DZ_OK)
        code = dz_chronology_of(o, rules, rows, c->n_facts, &co, &c->chronology, &err);
    if (code == DZ_OK)
        code = dz_figures_of(o, rules, rows, c->n_facts, &all, &c->figures, &err);
    if (code == DZ_OK)
        code = dz_matrix_of(o, rules, rows, c->n_facts, &mo, &c->matrix, &err);
    if (code == DZ_OK)
        code = dz_report_number(c, &err);
    dz_origins_free(o);
    assert_string_equal(err.msg, "");
    assert_int_equal(code, DZ_OK);
}

static enum dz_code
keep(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    dz_buf_add(ctx, p, n);
    return dz_buf_ok(ctx, "report", err);
}

static void
render(struct dz_report_content *c, struct dz_buf *out)
{
    struct dz_err err;
    assert_int_equal(dz_report_render(c, keep, out, &err), DZ_OK);
}

static size_t
count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        n++;
    return n;
}

/* Every href="#x" has its id="x", and every id stands once. */
static void
check_links(const char *html)
{
    size_t links = 0;
    for (const char *at = strstr(html, "href=\"#"); at != NULL; at = strstr(at + 1, "href=\"#")) {
        const char *name = at + strlen("href=\"#");
        DZ_AUTO_FREE char *id = dz_asprintf(" id=\"%.*s\"", (int)strcspn(name, "\""), name);
        if (count(html, id) != 1)
            fail_msg("%s stands %zu times", id, count(html, id));
        links++;
    }
    assert_true(links > 20);
}

static void
test_numbers_lead_to_quotes_and_back(void **state)
{
    (void)state;
    DZ_AUTO_REPORT_CONTENT struct dz_report_content c;
    DZ_AUTO_BUF struct dz_buf out = {0};
    make(&c, DZ_LANG_EN);
    render(&c, &out);
    check_links(out.p);
    assert_int_equal(c.n_quotes, 7);
    /* The act: from chronology and acts to both quotes, from the quotes to exhibit and act. */
    for (size_t e = 1; e <= 2; e++) {
        DZ_AUTO_FREE char *ref = dz_asprintf("href=\"#q%zu-1\"", e);
        DZ_AUTO_FREE char *id = dz_asprintf("id=\"q%zu-1\"", e);
        assert_true(count(out.p, ref) >= 3);
        const char *quote = strstr(out.p, id);
        assert_non_null(quote);
        DZ_AUTO_FREE char *back = dz_asprintf("href=\"#e%zu\"", e);
        assert_true(strstr(quote, back) < strstr(quote, "</article>"));
        assert_true(strstr(quote, "act-1") < strstr(quote, "</article>"));
    }
    /* A cell of the matrix leads to a line, the line to both quotes. */
    const char *cell = strstr(out.p, "href=\"#m0-0-0\"");
    assert_non_null(cell);
    const char *line = strstr(out.p, "id=\"m0-0-0\"");
    assert_non_null(line);
    assert_true(strstr(line, "#q1-1") < strstr(line, "</li>"));
    assert_true(strstr(line, "#q2-1") < strstr(line, "</li>"));
}

static void
test_context_is_whole_words(void **state)
{
    (void)state;
    DZ_AUTO_REPORT_CONTENT struct dz_report_content c;
    DZ_AUTO_BUF struct dz_buf out = {0};
    make(&c, DZ_LANG_EN);
    struct dz_passage *p = &(struct dz_passage){0};
    *p = *c.quotes[c.n_quotes - 1].passage;
    p->prefix = "ow many were asked and then said ";
    p->suffix = " because nobody there could have he";
    c.quotes[c.n_quotes - 1].passage = p;
    render(&c, &out);
    assert_non_null(strstr(out.p, ">\xe2\x80\xa6 many were asked and then said </span>"));
    assert_non_null(strstr(out.p, "> because nobody there could have \xe2\x80\xa6</span>"));
    /* Where the text begins or ends nothing is cut and no sign stands. */
    assert_non_null(strstr(out.p, "> after</span>"));
    p->start = strlen(p->prefix);
    dz_buf_reset(&out);
    render(&c, &out);
    assert_non_null(strstr(out.p, ">ow many were asked and then said </span>"));
}

static void
test_source_text_never_becomes_markup(void **state)
{
    (void)state;
    DZ_AUTO_REPORT_CONTENT struct dz_report_content c;
    DZ_AUTO_BUF struct dz_buf out = {0};
    make(&c, DZ_LANG_UK);
    c.opts.title = EVIL;
    c.opts.recipient = EVIL;
    render(&c, &out);
    assert_int_equal(count(out.p, "<script"), 0);
    assert_true(count(out.p, "&lt;script&gt;") > 4);
    assert_int_equal(count(out.p, "href=\"javascript"), 0);
    assert_non_null(strstr(out.p, "javascript:alert(1)")); /* printed in full all the same */
    assert_int_equal(count(out.p, " src="), 0);
    assert_int_equal(count(out.p, "url("), 0);
    assert_int_equal(count(out.p, "@import"), 0);
}

static void
test_marks_and_limits(void **state)
{
    (void)state;
    DZ_AUTO_REPORT_CONTENT struct dz_report_content c;
    DZ_AUTO_BUF struct dz_buf out = {0};
    make(&c, DZ_LANG_EN);
    render(&c, &out);
    const char *html = out.p;
    assert_non_null(strstr(html, "No record does not mean that nothing happened"));
    assert_non_null(strstr(html, "Documented in this collection, never totals"));
    assert_non_null(strstr(html, "1 of 6 facts were accepted in bulk"));
    /* Chronology, matrix and acts each mark the one fact that nobody has reviewed. */
    assert_int_equal(count(html, "<span class=\"mark\">"), 3);
    /* Reference measures are marked, in an annex, and counted nowhere. */
    assert_non_null(strstr(html, "Reference, source not held in this collection"));
    assert_true(c.chronology.n_reference > 10);
    assert_int_equal(c.summary.measures.n_facts, 1);
    /* No purpose: in title, on the cover and in the header of every page. */
    assert_non_null(strstr(html, "<title>INTERNAL"));
    assert_non_null(strstr(html, "@top-left{content:\"INTERNAL"));
    /* What both offices advise stands side by side. */
    assert_non_null(strstr(html, "Guidance that conflicts"));
    assert_non_null(strstr(html, hash64));
    /* A source without facts is named, shortly. */
    assert_non_null(strstr(html, "Unused"));
}

static void
test_purpose_takes_the_mark_away(void **state)
{
    (void)state;
    DZ_AUTO_REPORT_CONTENT struct dz_report_content c;
    DZ_AUTO_BUF struct dz_buf out = {0};
    make(&c, DZ_LANG_EN);
    c.opts.purpose = "icc_un";
    render(&c, &out);
    assert_null(strstr(out.p, "INTERNAL"));
    assert_non_null(strstr(out.p, "Sharing with the ICC or the UN"));
    dz_buf_reset(&out);
    c.opts.purpose = "internal";
    render(&c, &out);
    assert_non_null(strstr(out.p, "<title>INTERNAL"));
}

static void
test_same_content_same_bytes(void **state)
{
    (void)state;
    DZ_AUTO_REPORT_CONTENT struct dz_report_content c;
    DZ_AUTO_BUF struct dz_buf first = {0};
    DZ_AUTO_BUF struct dz_buf second = {0};
    make(&c, DZ_LANG_UK);
    dz_lang_set(DZ_LANG_EN);
    render(&c, &first);
    render(&c, &second);
    assert_int_equal(first.n, second.n);
    assert_memory_equal(first.p, second.p, first.n);
    assert_int_equal(dz_lang_get(), DZ_LANG_EN);
    assert_non_null(strstr(first.p, "<html lang=\"uk\">"));
    assert_non_null(strstr(first.p, "<mark>2.8 million passports</mark>"));
    assert_non_null(strstr(first.p, "<blockquote lang=\"en\""));
}

static void
test_empty_collection(void **state)
{
    (void)state;
    DZ_AUTO_REPORT_CONTENT struct dz_report_content c = {.rules = rules};
    DZ_AUTO_BUF struct dz_buf out = {0};
    struct dz_err err;
    assert_int_equal(dz_report_number(&c, &err), DZ_OK);
    render(&c, &out);
    assert_non_null(strstr(out.p, "That does not mean that nothing happened."));
}

static void
test_what_may_leave(void **state)
{
    (void)state;
    assert_int_equal(dz_report_judge("published", "open", true), DZ_REPORT_SHOW);
    assert_int_equal(dz_report_judge("official", NULL, true), DZ_REPORT_SHOW);
    assert_int_equal(dz_report_judge("unstated", "open", true), DZ_REPORT_NOT_PUBLIC);
    assert_int_equal(dz_report_judge(NULL, "open", true), DZ_REPORT_NOT_PUBLIC);
    assert_int_equal(dz_report_judge("testimony", "open", true), DZ_REPORT_NOT_PUBLIC);
    assert_int_equal(dz_report_judge("private_document", "open", true), DZ_REPORT_NOT_PUBLIC);
    assert_int_equal(dz_report_judge("unstated", "open", false), DZ_REPORT_SHOW);
    assert_int_equal(dz_report_judge("published", "restricted", false), DZ_REPORT_NOT_OPEN);
    assert_int_equal(dz_report_judge("published", "sealed", true), DZ_REPORT_NOT_OPEN);
}

static void
test_dates_are_coarsened_to_months(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
    } cases[] = {
        {"2023-11-14", "2023-11"},
        {"2023-11-14~", "2023-11~"},
        {"2023-11", "2023-11"},
        {"2023", "2023"},
        {"2023-22", "2023-22"},
        {"2023-11-14/2023-12-03", "2023-11/2023-12"},
        {"../2024-07-01", "../2024-07"},
        {"2024-07-01/..", "2024-07/.."},
        {"2023-11-14T10:00:00Z", "2023-11"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DZ_AUTO_BUF struct dz_buf out = {0};
        dz_disclosure_date(cases[i].from, false, &out);
        assert_string_equal(out.p, cases[i].to);
    }
    /* Unusual forms: no day is left, and what comes out is EDTF. */
    static const char *const odd[] = {"2022-?07-~14", "[2023-11-14,2023-12-03]", "2022-XX-15"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        DZ_AUTO_BUF struct dz_buf out = {0};
        dz_disclosure_date(odd[i], false, &out);
        struct dz_edtf_bounds b;
        assert_true(dz_edtf_text_bounds(out.p, &b));
        assert_null(strstr(out.p, "14"));
        assert_null(strstr(out.p, "-15"));
    }
}

static void
test_places_are_coarsened_to_raions(void **state)
{
    (void)state;
    size_t seen = 0;
    for (size_t i = 0; i < dz_place_count(rules); i++) {
        const struct dz_place *place = dz_place_at(rules, i);
        const char *coarse = dz_disclosure_place(rules, place->id);
        if (strcmp(place->kind, "settlement") != 0) {
            assert_string_equal(coarse, place->id);
            continue;
        }
        seen++;
        const struct dz_place *area = coarse != NULL ? dz_place_by_id(rules, coarse) : NULL;
        assert_true(area == NULL || strcmp(area->kind, "settlement") != 0);
    }
    assert_true(seen > 20);
    assert_null(dz_disclosure_place(rules, NULL));
}

static void
test_words(void **state)
{
    (void)state;
    static const struct {
        const char *edtf;
        const char *words;
    } dates[] = {
        {"2023-11-14", "14 November 2023"},
        {"2023-11", "November 2023"},
        {"2023", "2023"},
        {"2023-07~", "about July 2023"},
        {"2022-23", "autumn 2022"},
        {"2024-35", "quarter 3 of 2024"},
        {"../2024-07-01", "1 July 2024 or before"},
        {"2022-10/..", "since October 2022"},
        {"2022/..", "from 2022"},
        {"2023-11-14/..", "since 14 November 2023"},
        {"2022-10~/..", "about October 2022 or later"},
        {"2022-XX-15", "2022-XX-15"},
        {"2023?", "2023 (uncertain)"},
    };
    dz_lang_set(DZ_LANG_EN);
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        DZ_AUTO_BUF struct dz_buf out = {0};
        dz_report_date_words(dates[i].edtf, &out);
        assert_string_equal(out.p, dates[i].words);
    }
    DZ_AUTO_BUF struct dz_buf out = {0};
    dz_report_value_words("3500000", NULL, ">=", &out);
    assert_string_equal(out.p, "at least 3\xe2\x80\xaf"
                               "500\xe2\x80\xaf"
                               "000");
    dz_buf_reset(&out);
    dz_report_value_words("9000", "9500.5", NULL, &out);
    assert_string_equal(out.p, "9000\xe2\x80\x93"
                               "9500.5");
}

/* The noun stands in the form that the number wants; an unknown one follows as it is. */
static void
test_units(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        const char *value;
        const char *words;
    } units[] = {
        {"people", "1", "n person"},           {"people", "40000", "n people"},
        {"children", "1000001", "n children"}, {"passports", "2.5", "n passports"},
        {"samovars", "3", "n Samovars"},
    };
    dz_lang_set(DZ_LANG_EN);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        DZ_AUTO_BUF struct dz_buf out = {0};
        dz_unit_words(units[i].unit, "Samovars", "n", units[i].value, &out);
        assert_string_equal(out.p, units[i].words);
    }
}

static int
load(void **state)
{
    (void)state;
    struct dz_err err;
    return dz_rules_load(&rules, &err) == DZ_OK ? 0 : -1;
}

static int
unload(void **state)
{
    (void)state;
    dz_rules_free(rules);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_lead_to_quotes_and_back),
        cmocka_unit_test(test_context_is_whole_words),
        cmocka_unit_test(test_source_text_never_becomes_markup),
        cmocka_unit_test(test_marks_and_limits),
        cmocka_unit_test(test_purpose_takes_the_mark_away),
        cmocka_unit_test(test_same_content_same_bytes),
        cmocka_unit_test(test_empty_collection),
        cmocka_unit_test(test_what_may_leave),
        cmocka_unit_test(test_dates_are_coarsened_to_months),
        cmocka_unit_test(test_places_are_coarsened_to_raions),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_units),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
