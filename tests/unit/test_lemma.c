#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_lemma.h"

/* The lemmas of a word as it is written, with a blank between them; looser ones behind "~". */
static void
lemmas_of(const char *word, enum dz_text_lang lang, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf fold = DZ_BUF(0);
    struct dz_lemmas l;
    dz_text_fold(dz_view_of(word), &fold);
    dz_lemmas_of(dz_buf_view(&fold), lang, &l);
    dz_buf_reset(out);
    for (size_t i = 0; i < l.n; i++) {
        dz_buf_adds(out, i > 0 ? " " : "");
        dz_buf_adds(out, i >= l.n - l.n_linked ? "~" : "");
        dz_buf_addv(out, l.item[i]);
    }
}

struct word {
    const char *form;
    const char *lemmas;
};

static void
check(const struct word *words, size_t n, enum dz_text_lang lang)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(0);
    for (size_t i = 0; i < n; i++) {
        lemmas_of(words[i].form, lang, &out);
        if (strcmp(out.p, words[i].lemmas) != 0)
            fail_msg("%s: %s, not %s", words[i].form, out.p, words[i].lemmas);
    }
}
#define CHECK(words, lang) check(words, sizeof words / sizeof *words, lang)

static void
test_ukrainian(void **state)
{
    (void)state;
    static const struct word words[] = {
        {"паспорт", "паспорт"},
        {"паспорти", "паспорт"},
        {"ПАСПОРТІВ", "паспорт"},
        {"паспортом", "паспорт"},
        {"паспортизацію", "паспортизація"},
        {"паспортизації", "паспортизація"},
        {"громадянством", "громадянство"},
        {"громадянстві", "громадянство"},
        {"громадяни", "громадянин"},
        {"лікарень", "лікарня"},
        {"лікарнями", "лікарня"},
        {"лікарів", "лікар лікарів"},
        {"Києва", "київ"},
        {"Бучі", "буча"},
        {"дні", "день дно"},
        {"дітей", "дитина"},
        {"була", "бути"},
        {"буде", "бути"},
        {"є", "бути"},
        {"очей", "око"},
        {"людьми", "людина"},
        {"найкращого", "найкращий найкраще"},
        {"примусової", "примусовий"},
        {"отримав", "отримати"},
        {"можуть", "могти"},      /* forms that the dictionary lists without their lemma */
        {"матері", "мати"},
        {"хоче", "хотіти"},
        {"здатен", "здатний"},
        {"вимагається", "вимагатися"},
        {"прийшли", "прийти"},
        {"Бердянську", "бердянський бердянськ"}, /* a town, or an adjective */
        {"Алчевськом", "алчевськ"},
        {"року", "рік рок"},
        {"політику", "політика політик"},
        {"друзів", "друг"},
        {"добровільно", "добровільно"}, /* an adverb, not an adjective */
        {"п\xE2\x80\x99ять", "п'ять"},
        {"зобов\xCA\xBCязали", "зобов'язати"},
    };
    CHECK(words, DZ_TEXT_UK);
}

static void
test_russian(void **state)
{
    (void)state;
    static const struct word words[] = {
        {"паспортами", "паспорт"},
        {"паспортизации", "паспортизация"},
        {"гражданства", "гражданство"},
        {"больницах", "больница"},
        {"врачей", "врач"},
        {"детьми", "ребенок"},
        {"будут", "быть"},
        {"деревьев", "дерево"},
        {"братья", "брат"},
        {"дочерей", "дочь"},
        {"времени", "время"},
        {"найдёт", "найти"},
        {"людей", "человек"},
        {"возьмётесь", "взяться"}, /* forms that the dictionary lists without their lemma */
        {"прошла", "пройти"},
        {"прошли", "пройти"},
        {"огня", "огонь"},
        {"сестёр", "сестра"},
        {"хотите", "хотеть"},
        {"могут", "мочь"},
        {"чертежей", "чертеж"},
        {"добровольно", "добровольно"},
        {"лет", "лето год"},
        {"ещё", "еще"},
        {"разработаны", "разработанный ~разработать"},
        {"осуществлён", "осуществленный ~осуществить"},
        {"Херсона", "херсон"},
        {"Мариуполе", "мариуполь"},
        {"Геническе", "геническ"}, /* of the gazetteer */
        {"Волновахе", "волноваха"},
        {"Енакиева", "енакиево"},
        {"паспортизированы", "паспортизированный ~паспортизировать"},
    };
    CHECK(words, DZ_TEXT_RU);
}

static void
test_english(void **state)
{
    (void)state;
    static const struct word words[] = {
        {"hospitals", "hospit"}, {"Hospital", "hospit"}, {"passports", "passport"},
        {"issued", "issu"},      {"issuing", "issu"},
        /* The first and the last of the irregular ones, and some between. */
        {"began", "begin"},      {"children", "child"}, {"Women", "woman"},
        {"taken", "take"},       {"took", "take"},      {"wrote", "write"},
        {"written", "write"},    {"left", "leav"},      {"leave", "leav"},
    };
    CHECK(words, DZ_TEXT_EN);
}

/* Words that no dictionary has go by their ending, and by that all forms find each other. */
static void
test_unknown(void **state)
{
    (void)state;
    static const struct word uk[] = {
        {"крабоїдкування", "крабоїдкування"},
        {"крабоїдкуванням", "крабоїдкування"},
        {"зюзьківського", "зюзьківський"},
        {"зюзьківських", "зюзьківський"},
        {"Зюзькенко", "зюзькенко"},
    };
    CHECK(uk, DZ_TEXT_UK);
    /* Surnames are the most of them, and look like adjectives. */
    static const struct word ru[] = {
        {"Зюзюковым", "зюзюков зюзюковый"},
        {"Зюзюковой", "зюзюкова зюзюковый"},
        {"Зюзюкова", "зюзюков"},
        {"Зюзюхиным", "зюзюхин"},
    };
    CHECK(ru, DZ_TEXT_RU);
    struct dz_lemmas l;
    dz_lemmas_of(DZ_VIEW("зюзьківського"), DZ_TEXT_UK, &l);
    assert_false(l.known);
    dz_lemmas_of(DZ_VIEW("лікарня"), DZ_TEXT_UK, &l);
    assert_true(l.known && !l.name);
    dz_lemmas_of(DZ_VIEW("херсон"), DZ_TEXT_UK, &l);
    assert_true(l.known && l.name);
}

/* A hospital is not a doctor, in any form of either. */
static void
test_apart(void **state)
{
    (void)state;
    static const char *const hospital[] = {"лікарня",  "лікарні",   "лікарню",
                                           "лікарнею", "лікарне",   "лікарень",
                                           "лікарням", "лікарнями", "лікарнях"};
    static const char *const doctor[] = {"лікар",   "лікаря",  "лікарю",  "лікареві", "лікарем",
                                         "лікарі",  "лікарів", "лікарям", "лікарями", "лікарях"};
    for (size_t i = 0; i < sizeof hospital / sizeof *hospital; i++)
        for (size_t k = 0; k < sizeof doctor / sizeof *doctor; k++)
            assert_false(dz_lemma_same(dz_view_of(hospital[i]), dz_view_of(doctor[k]), DZ_TEXT_UK));
    assert_true(dz_lemma_same(DZ_VIEW("лікарень"), DZ_VIEW("лікарню"), DZ_TEXT_UK));
    assert_false(dz_lemma_same(DZ_VIEW("паспортизація"), DZ_VIEW("паспорт"), DZ_TEXT_UK));
}

static void
check_root(const char *lemma, enum dz_text_lang lang, const char *root)
{
    char room[128];
    struct dz_view found = dz_lemma_root(dz_view_of(lemma), lang, room);
    if (!dz_view_is(found, root))
        fail_msg("%s: %.*s, not %s", lemma, (int)found.n, found.n > 0 ? found.p : "", root);
}

static void
test_root(void **state)
{
    (void)state;
    check_root("паспортизація", DZ_TEXT_UK, "паспорт");
    check_root("паспортний", DZ_TEXT_UK, "паспорт");
    check_root("паспортизация", DZ_TEXT_RU, "паспорт");
    check_root("паспортный", DZ_TEXT_RU, "паспорт");
    check_root("лікарня", DZ_TEXT_UK, "");
    check_root("сделанный", DZ_TEXT_RU, "");
    check_root("паспортизація", DZ_TEXT_EN, "");
}

static void
test_known_in(void **state)
{
    (void)state;
    assert_int_equal(dz_lemma_known_in(DZ_VIEW("лікарні")), 1U << DZ_TEXT_UK);
    assert_int_equal(dz_lemma_known_in(DZ_VIEW("больницы")), 1U << DZ_TEXT_RU);
    assert_int_equal(dz_lemma_known_in(DZ_VIEW("паспорт")), 1U << DZ_TEXT_UK | 1U << DZ_TEXT_RU);
    assert_int_equal(dz_lemma_known_in(DZ_VIEW("hospital")), 0);
    assert_int_equal(dz_lemma_known_in(DZ_VIEW("")), 0);
}

/* Whatever is asked, there is one lemma at least, and it stays inside its room. */
static void
test_odd(void **state)
{
    (void)state;
    static const struct word words[] = {
        {"", ""},   {"'", "'"},     {"''''", "''''"}, {"2024", "2024"},
        {"b2b", "b2b"}, {"ъ", "ъ"}, {"café", "café"}, {"івано-франківськ", "івано-франківськ"},
    };
    CHECK(words, DZ_TEXT_OTHER);
    struct dz_lemmas l;
    dz_lemmas_of(DZ_VIEW("\xD0"), DZ_TEXT_UK, &l);
    assert_int_equal(l.n, 1);
    char word[400];
    for (size_t n = 1; n <= sizeof word; n++) {
        for (size_t i = 0; i < n; i++)
            word[i] = i % 2 == 0 ? '\xD0' : '\xB0';
        for (int lang = 0; lang < 4; lang++) {
            dz_lemmas_of((struct dz_view){word, n}, (enum dz_text_lang)lang, &l);
            assert_true(l.n >= 1);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ukrainian), cmocka_unit_test(test_russian),
        cmocka_unit_test(test_english),   cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_apart),     cmocka_unit_test(test_root),
        cmocka_unit_test(test_known_in),  cmocka_unit_test(test_odd),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
