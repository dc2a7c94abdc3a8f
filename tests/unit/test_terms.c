#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "dz_terms.h"
#include "dz_translit.h"
#include "dz_utf8.h"

/* Words as "form=term|term", parted by blanks. */
static int
write_word(void *ctx, const struct dz_terms_word *w)
{
    struct dz_buf *out = ctx;
    dz_buf_addf(out, "%s%.*s", out->n > 0 ? " " : "", (int)w->form.n, w->form.p);
    for (size_t i = 0; i < w->n; i++)
        dz_buf_addf(out, "%s%.*s", i > 0 ? "|" : "=", (int)w->terms[i].text.n, w->terms[i].text.p);
    assert_true(w->start < w->end);
    return 0;
}

static const struct {
    const char *text;
    const char *words;
} cases[] = {
    {"", ""},
    {" ,.!- ", ""},
    {"Passports were issued.", "passports=passport were=were issued=issu"},
    {"3,5 and 2024-07-01, 25th", "3,5=3,5 and=and 2024=2024 07=07 01=01 25=25 th=th"},
    {"O'Neill's home", "o'neill=o'neil home=home"},
    {"co-operate U.N.", "co=co operate=oper u=u n=n"},
    /* Apostrophes join whatever they look like; soft hyphens, stress and ё leave no trace. */
    {"п'ять п’ять пʼять об’єкт", "п'ять=п'ять п'ять=п'ять п'ять=п'ять об'єкт=об'єкт"},
    {"гро\xC2\xADма\xCC\x81дянства", "громадянства=громадянство"},
    {"паспорт\xE2\x80\x8B", "паспорт=паспорт"},
    /* A Latin letter that looks Cyrillic. */
    {"пacпорти і ці", "паспорти=паспорт і=і ці=цей"},
    {"Ёлка и её", NULL},
    /* A decomposed letter is the same letter. */
    {"и\xCC\x86ого ці", "його=його ці=цей"},
    {"'quoted' ''", "quoted=quot"},
    {"\xE4\xB8\xAD\xE6\x96\x87", "\xE4\xB8\xAD\xE6\x96\x87=\xE4\xB8\xAD\xE6\x96\x87"},
};

static void
test_words(void **state)
{
    (void)state;
    struct dz_terms *t = dz_terms_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DZ_AUTO_BUF struct dz_buf out = DZ_BUF(65536);
        assert_int_equal(dz_terms_split(t, dz_view_of(cases[i].text), write_word, &out), 0);
        if (cases[i].words)
            assert_string_equal(out.p ? out.p : "", cases[i].words);
    }
    dz_terms_free(t);
}

static bool
has_term(struct dz_terms *t, const char *text, const char *word, bool asked)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf in = DZ_BUF(65536);
    struct dz_view v = dz_view_of(text);
    (void)(asked ? dz_terms_ask(t, v, write_word, &out) : dz_terms_split(t, v, write_word, &out));
    for (size_t i = 0; i < out.n; i++)
        dz_buf_addc(&in, out.p[i] == '=' || out.p[i] == '|' ? ' ' : out.p[i]);
    dz_buf_addc(&in, ' ');
    char wanted[128];
    snprintf(wanted, sizeof wanted, " %s ", word);
    return strstr(in.p, wanted) != NULL;
}

/* What the field asks for: forms meet, and words that are others do not. */
static void
test_meet(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *asked;
        const char *term; /* both have it */
    } meet[] = {
        {"Вони говорили про паспортизацію.", "паспортизація", "паспортизація"},
        {"наслідки примусової паспортизації для них", "паспортизація", "паспортизація"},
        {"Прием в больницах", "больница", "больница"},
        {"двері лікарень були зачинені", "лікарня", "лікарня"},
        {"It was about hospitals.", "hospital", "hospit"},
    };
    struct dz_terms *t = dz_terms_new();
    for (size_t i = 0; i < sizeof meet / sizeof *meet; i++) {
        assert_true(has_term(t, meet[i].text, meet[i].term, false));
        assert_true(has_term(t, meet[i].asked, meet[i].term, true));
    }
    assert_false(has_term(t, "двері лікарень були зачинені", "лікар", false));
    assert_false(has_term(t, "лікарня", "лікар", true));
    assert_false(has_term(t, "паспортизація", "паспорт", true));
    /* In a Russian sentence a word that Ukrainian has, too, is read as Russian alone. */
    assert_false(has_term(t, "Это было в школе, и мы это видели.", "видіти", false));
    dz_terms_free(t);
}

static int
stop_at_second(void *ctx, const struct dz_terms_word *w)
{
    (void)w;
    return ++*(int *)ctx == 2 ? 7 : 0;
}

static void
test_numbers(void **state)
{
    (void)state;
    struct dz_terms *t = dz_terms_new();
    int n = 0;
    assert_int_equal(dz_terms_split(t, dz_view_of("a b c d"), stop_at_second, &n), 7);
    assert_int_equal(n, 2);
    /* Many words, long ones, one without an end: all are counted, none is lost. */
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(8u << 20);
    for (int i = 0; i < 230000; i++)
        dz_buf_addf(&text, "w%d. ", i);
    for (int i = 0; i < 30000; i++)
        dz_buf_addc(&text, 'x');
    n = -300000;
    assert_int_equal(dz_terms_split(t, dz_buf_view(&text), stop_at_second, &n), 0);
    assert_int_equal(n, -300000 + 230000 + (30000 + 4095) / 4096);
    dz_terms_fresh(t); /* more than are kept: forgotten */
    n = -10;
    assert_int_equal(dz_terms_split(t, dz_view_of("again w5"), stop_at_second, &n), 0);
    assert_int_equal(n, -8);
    dz_terms_free(t);
}

struct spellings {
    const char *wanted;
    bool met;
    size_t n;
};

static void
note_spelling(void *ctx, struct dz_view spelling)
{
    struct spellings *s = ctx;
    s->n++;
    s->met = s->met || dz_view_is(spelling, s->wanted);
}

static void
test_translit(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"харків", "kharkiv"},       {"харьков", "kharkov"},     {"мелітополь", "melitopol"},
        {"запоріжжя", "zaporizhzhia"}, {"згурський", "zghurskyi"}, {"єнакієве", "yenakiieve"},
        {"щербак", "shcherbak"},     {"знам'янка", "znamianka"}, {"луганськ", "luhansk"},
        {"kharkiv", "харків"},       {"kharkov", "харьков"},     {"melitopol", "мелітополь"},
        {"donetsk", "донецьк"},      {"luhansk", "луганськ"},    {"moskva", "москва"},
        {"berdiansk", "бердянськ"},  {"henichesk", "генічеськ"}, {"shcherbak", "щербак"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct spellings s = {.wanted = pairs[i][1]};
        dz_translit_each(dz_view_of(pairs[i][0]), 24, note_spelling, &s);
        if (!s.met)
            fail_msg("%s is not spelled %s", pairs[i][0], pairs[i][1]);
        assert_true(s.n <= 24);
    }
    static const char *const none[] = {"", "2024", "kyїv", "中文", "x2"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct spellings s = {.wanted = ""};
        dz_translit_each(dz_view_of(none[i]), 24, note_spelling, &s);
        assert_int_equal(s.n, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_meet),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_translit),
    };
    return cmocka_run_group_tests_name("terms", tests, NULL, NULL);
}
