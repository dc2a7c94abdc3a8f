#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vault_fixture.h"

#include "dz_fts.h"
#include "dz_json.h"
#include "dz_search.h"

/* Terms parted by _ (next place) and | (either). */
static const struct {
    const char *typed;
    const char *expression; /* NULL: refused */
} expressions[] = {
    {"passport", "\"passport\""},
    {"Passports' ", "\"passport\""},
    {"  two   words ", "(\"two\" AND \"word\")"},
    {"\"a phrase\" word", "(\"a_phrase\" AND \"word\")"},
    {"word -not", "(\"word\" NOT \"not\")"},
    {"-not word -\"nor this\"", "(\"word\" NOT \"not\" NOT \"nor_this\")"},
    {"word NOT not", "(\"word\" NOT \"not\")"},
    {"паспорти", "\"паспорт\""},
    {"паспорті*", "\"паспорті\" *"},
    {"\"two beginnings*\"", "\"two_beginnings\" *"},
    {"a OR b c", "(\"a\" OR (\"b\" AND \"c\"))"},
    {"(a OR b) AND c", "((\"a\" OR \"b\") AND \"c\")"},
    {"c -(a OR b)", "(\"c\" NOT (\"a\" OR \"b\"))"},
    {"((a))", "\"a\""},
    {"or and not", "(\"or\" AND \"and\" AND \"not\")"},
    {"title:d body:\"e f\" http://g", "(title : \"d\" AND body : \"e_f\" AND \"http_g\")"},
    {"title:(d OR e)", "(title : \"d\" OR title : \"e\")"},
    {"NEAR(c) x^2 y+z", "(\"near\" AND \"c\" AND \"x_2\" AND \"y_z\")"},
    {"=passports", "\"passport\""},
    {"x ! - \" \" *", "\"x\""},
    {"a OR", "\"a\""},
    {"() OR (a)", "\"a\""},
    {"2024-07-01", "\"2024_07_01\""},
    {"п\xE2\x80\x99\xD1\x8Fть", "\"п'ять\""}, /* U+2019 */
    {"\"open phrase", NULL},
    {"(a", NULL},
    {"a)", NULL},
    {"", NULL},
    {"-only -not", NULL},
    {"a OR -b", NULL},
    {"*** \"\" -", NULL},
    {"((((((((((((((((((((((((((a))))))))))))))))))))))))))", NULL},
    {"\xff", NULL},
};

static void
test_expressions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        DZ_AUTO_BUF struct dz_buf out = {0};
        enum dz_code code = dz_search_expression(expressions[i].typed, &out, NULL);
        if (!expressions[i].expression) {
            assert_int_equal(code, DZ_E_INPUT);
            continue;
        }
        for (size_t k = 0; k < out.n; k++)
            out.p[k] = (char)(out.p[k] == DZ_FTS_NEXT ? '_'
                              : out.p[k] == DZ_FTS_OR ? '|'
                                                      : out.p[k]);
        assert_string_equal(out.p ? out.p : "", expressions[i].expression);
    }
}

struct hits {
    size_t n;
    char first[DZ_ID_MAX];
    char snippet[512];
    char title[128];
};

static enum dz_code
note_hit(void *ctx, const struct dz_search_hit *hit, struct dz_err *err)
{
    (void)err;
    struct hits *h = ctx;
    if (h->n++ == 0) {
        snprintf(h->first, sizeof h->first, "%s", hit->source);
        snprintf(h->snippet, sizeof h->snippet, "%s", hit->snippet);
        snprintf(h->title, sizeof h->title, "%s", hit->title);
    }
    assert_int_equal(hit->rank, h->n);
    return DZ_OK;
}

static struct hits
search(struct fixture *f, const char *query)
{
    struct hits h = {0};
    OK(f, dz_search(f->v, query, 10, note_hit, &h, &f->err));
    return h;
}

/* How many sources there are, the best one asked for. */
static size_t
count(struct fixture *f, const char *query)
{
    size_t n = 0;
    struct dz_search_opts opts = {.words = query, .limit = 1};
    struct dz_searcher *s = dz_searcher_new(f->v);
    OK(f, dz_searcher_count(s, &opts, 100, &n, &f->err));
    dz_searcher_free(s);
    return n;
}

/* A rare form is found behind however many better sources have another one. */
static void
test_exact_form(void **state)
{
    struct fixture *f = *state;
    char rare[DZ_ID_MAX];
    memcpy(rare, fixture_source(f, "rare.txt", "Of all the many words here, one: folders."),
           DZ_ID_MAX);
    for (int i = 0; i < 12; i++) {
        char text[64];
        snprintf(text, sizeof text, "Folder, folder, folder %d.", i);
        fixture_source(f, "other.txt", text);
    }
    struct dz_search_opts opts = {.words = "=folders", .limit = 1};
    struct hits h = {0};
    struct dz_searcher *s = dz_searcher_new(f->v);
    OK(f, dz_searcher_run(s, &opts, note_hit, &h, &f->err));
    dz_searcher_free(s);
    assert_int_equal(h.n, 1);
    assert_string_equal(h.first, rare);
    assert_int_equal(count(f, "folders"), 13);
    assert_int_equal(count(f, "=folders"), 1);
    assert_int_equal(count(f, "=folder"), 12);
    assert_int_equal(count(f, "folder NOT =folder"), 1);
    assert_int_equal(count(f, "=folder OR =folders"), 13);
}

static void
test_search(void **state)
{
    struct fixture *f = *state;
    char clinic[DZ_ID_MAX], school[DZ_ID_MAX];
    memcpy(
        clinic,
        fixture_source(f, "a.txt", "The clinic asked for a passport.\nLікарня вимагала паспорт."),
        DZ_ID_MAX);
    memcpy(school,
           fixture_source(f, "b.txt", "The school did not ask. A passport was of no matter there."),
           DZ_ID_MAX);
    assert_int_equal(search(f, "passport").n, 2);
    struct hits h = search(f, "clinic");
    assert_int_equal(h.n, 1);
    assert_string_equal(h.first, clinic);
    assert_non_null(strstr(h.snippet, DZ_MARK_OPEN "clinic" DZ_MARK_CLOSE));
    assert_null(strchr(h.snippet, '\n'));
    h = search(f, "passport -clinic");
    assert_int_equal(h.n, 1);
    assert_string_equal(h.first, school);
    assert_int_equal(search(f, "\"a passport was\"").n, 1);
    assert_int_equal(search(f, "ПАСПОРТ").n, 1);
    assert_int_equal(search(f, "вимаг*").n, 1);
    assert_int_equal(search(f, "вимагали").n, 1); /* another form of the word */
    assert_int_equal(search(f, "clinics OR schools").n, 2);
    assert_int_equal(search(f, "=passport").n, 2);
    assert_int_equal(search(f, "=passports").n, 0);
    assert_int_equal(search(f, "title:passport").n, 0);
    assert_int_equal(search(f, "body:passport").n, 2);
    assert_int_equal(search(f, "clinic school").n, 0);
    /* A title counts, as soon as somebody gives one. */
    DZ_AUTO_JSON json_t *said = json_pack("{s:s}", "title", "Zebra crossing");
    OK(f, dz_source_describe(f->v, f->rules, school, said, &f->err));
    h = search(f, "zebra");
    assert_int_equal(h.n, 1);
    assert_string_equal(h.first, school);
    assert_string_equal(h.title, "Zebra crossing");
    fixture_check_rebuild(f);
    assert_int_equal(search(f, "zebra").n, 1);
    struct hits none = {0};
    assert_int_equal(dz_search(f->v, "x", 0, note_hit, &none, NULL), DZ_E_USAGE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expressions),
        cmocka_unit_test_setup_teardown(test_exact_form, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_search, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
