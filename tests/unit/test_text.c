#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dz_text_priv.h"
#include "dz_utf8.h"

static struct dz_document
read_text(const char *text)
{
    struct dz_document d;
    struct dz_err err = {.code = DZ_OK};
    assert_int_equal(dz_document_init(&d, dz_view_of(text), &err), DZ_OK);
    assert_int_equal(err.code, DZ_OK);
    return d;
}

/* Folded tokens with a bar behind each. */
static void
check_tokens(const char *text, const char *expected)
{
    struct dz_document d = read_text(text);
    struct dz_buf out = DZ_BUF(0);
    for (size_t i = 0; i < d.n_tokens; i++) {
        dz_buf_addv(&out, d.tokens[i].fold);
        dz_buf_addc(&out, '|');
    }
    assert_string_equal(out.p ? out.p : "", expected);
    dz_buf_done(&out);
    dz_document_done(&d);
}

static void
test_tokens(void **state)
{
    (void)state;
    check_tokens("", "");
    check_tokens(" \n\t ", "");
    check_tokens("The U.N. report, p. 7", "the|u.n.|report|,|p|.|7|");
    check_tokens("Ukraine's people don’t", "ukraine|'s|people|don't|");
    check_tokens("П’ять Мар'янів", "п'ять|мар'янів|");
    check_tokens("3,500.5 and 10.09.2025.", "3,500.5|and|10.09.2025|.|");
    check_tokens("25-го 1st 60k", "25|-|го|1|st|60|k|");
    check_tokens("Івано-Франківськ", "івано|-|франківськ|");
    check_tokens("І.І.Петренко", "і.і.|петренко|");
    check_tokens("\xE2\x80\x9CQuote\xE2\x80\x9D", "“|quote|”|");
}

static void
check_fold(const char *text, const char *expected)
{
    struct dz_buf out = DZ_BUF(0);
    dz_text_fold(dz_view_of(text), &out);
    assert_string_equal(out.p ? out.p : "", expected);
    dz_buf_done(&out);
}

static void
test_fold(void **state)
{
    (void)state;
    check_fold("ЁЛКА Ґанок ЇЖАК", "елка ґанок їжак");
    check_fold("об\xCA\xBCєкт", "об'єкт");
    check_fold("за\xCC\x81мок", "замок");                 /* stress mark */
    check_fold("пас\xC2\xADпорт", "паспорт");             /* soft hyphen */
    check_fold("и\xCC\x86 і\xCC\x88 е\xCC\x88", "й ї е"); /* composed */
    check_fold("e\xCC\x81t\xC3\xA9", "été");
    check_fold("п\x61спорт", "паспорт"); /* a Latin a inside */
    check_fold("non\xE2\x80\x91stop", "non-stop");
}

static void
fold_to(struct dz_buf *out, const char *before, uint32_t cp, const char *after)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(64);
    dz_buf_adds(&text, before);
    dz_utf8_put(&text, cp);
    dz_buf_adds(&text, after);
    dz_buf_reset(out);
    dz_text_fold(dz_buf_view(&text), out);
}

/* Plain words are folded at a look, all others by way of ICU, and a word with a blank behind it is
 * not plain: both make the same of every character of the three alphabets, wherever it stands. */
static void
test_fold_alike(void **state)
{
    (void)state;
    static const char *const places[][2] = {{"", ""},   {"a", ""},       {"", "b"},
                                            {"я", "Ґ"}, {"X", "\u0301"}, {"", "'є"}};
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(256);
    DZ_AUTO_BUF struct dz_buf close = DZ_BUF(256);
    for (uint32_t cp = 1; cp < 0x0600; cp++) {
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            char after[16];
            snprintf(after, sizeof after, "%s ", places[i][1]);
            fold_to(&plain, places[i][0], cp, places[i][1]);
            fold_to(&close, places[i][0], cp, after);
            dz_buf_addc(&plain, ' ');
            if (plain.n != close.n || memcmp(plain.p, close.p, plain.n) != 0)
                fail_msg("U+%04X, place %zu: '%s', '%s'", cp, i, plain.p, close.p);
        }
    }
}

static void
test_case_marks(void **state)
{
    (void)state;
    struct dz_document d = read_text("ДНР Херсон дім A-b");
    assert_true(d.tokens[0].all_caps && d.tokens[0].capital);
    assert_true(d.tokens[1].capital && !d.tokens[1].all_caps);
    assert_false(d.tokens[2].capital);
    assert_true(d.tokens[3].capital && !d.tokens[3].all_caps);
    assert_true(d.tokens[3].space_before && !d.tokens[4].space_before);
    dz_document_done(&d);
}

/* Every token lies inside the text, in order, and its bytes are the untouched ones. */
static void
test_offsets(void **state)
{
    (void)state;
    const char *text = "Місто\xC2\xA0Щастя. Second line’s “end”.\n\nТретій рядок…";
    struct dz_document d = read_text(text);
    size_t last = 0;
    for (size_t i = 0; i < d.n_tokens; i++) {
        assert_true(d.tokens[i].start >= last && d.tokens[i].end > d.tokens[i].start);
        last = d.tokens[i].end;
    }
    assert_true(last <= strlen(text));
    assert_memory_equal(text + d.tokens[1].start, "Щастя", strlen("Щастя"));
    assert_int_equal(dz_utf8_map_cp(&d.map, d.tokens[1].start), 6);
    dz_document_done(&d);
}

static void
check_sentences(const char *text, size_t n, const char *second)
{
    struct dz_document d = read_text(text);
    if (d.n_sentences != n)
        print_error("in: %s\n", text);
    assert_int_equal(d.n_sentences, n);
    if (second) {
        struct dz_view v = {text + d.sentences[1].start, d.sentences[1].end - d.sentences[1].start};
        assert_int_equal(v.n, strlen(second));
        assert_memory_equal(v.p, second, v.n);
    }
    for (size_t i = 0; i < d.n_tokens; i++)
        assert_true(d.tokens[i].sentence < d.n_sentences);
    dz_document_done(&d);
}

static void
test_sentences(void **state)
{
    (void)state;
    check_sentences("He came. She left.", 2, "She left.");
    check_sentences("On Sept. 9 Dr. Brown met the U.N. envoy at 5 p.m. sharp.", 1, NULL);
    check_sentences("It is in the U.S. The town is small.", 2, "The town is small.");
    check_sentences("\"Take it,\" he said. \"Or leave!\" she cried.", 2, NULL);
    check_sentences("\"You must go!\" he cried.", 1, NULL);
    check_sentences("Скадовський р-н Херсонської обл. має 3 тис. мешканців.", 1, NULL);
    check_sentences("У 2023 р. Іваненко поїхав. За словами сусідів, він не хотів.", 2, NULL);
    check_sentences("Про це заявив О. Петренко. Він живе в м. Токмак.", 2, "Він живе в м. Токмак.");
    check_sentences("В ст. 51 сказано иначе. Это важно.", 2, "Это важно.");
    check_sentences("A headline\nA caption. 5 May 2022", 3, "A caption.");
    check_sentences("«Йди геть». Він пішов…", 2, "Він пішов…");
    check_sentences("1. First point\n2. Second point", 2, "2. Second point");
}

/* Lines wrapped by hand are one paragraph; lines of other texts stand alone. */
static void
test_wrapped_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n_sentences;
    } cases[] = {
        {"The clinic in the town has stopped taking patients who\n"
         "have no papers of the occupier. Nobody at the reception\n"
         "would say who gave the order, and the head doctor was\n"
         "away on leave.\n"
         "\n"
         "A second paragraph.\n",
         3},
        {"Sim cards are sold on papers of the occupier only, said\r\n"
         "three people from the port, who asked not to be named by\r\n"
         "us because their relatives still live there and work in\r\n"
         "the harbour.\r\n",
         1},
        /* Headlines: no line was broken because it was full. */
        {"Clinic closed\nPort open\nSchool asks for papers\nBus runs again\n", 4},
        /* One long line: nobody wrapped this text. */
        {"A heading that is about as wide as a wrapped line would be\n"
         "The whole paragraph stands on one line here and therefore goes on and on, much longer than "
         "any line that somebody would have wrapped by hand, until it ends at last.\n"
         "A further heading that is about as wide as a wrapped line\n"
         "And more.\n",
         4},
        /* Items keep their lines. */
        {"What the notice demanded of everyone who lives in town was\n"
         "- an application for citizenship, handed in personally at\n"
         "- a photograph and fingerprints, taken at the same counter\n"
         "- the oath, read aloud in front of two officials and a flag\n",
         4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dz_document d = {0};
        assert_int_equal(dz_document_init(&d, dz_view_of(cases[i].text), NULL), DZ_OK);
        if (d.n_sentences != cases[i].n_sentences)
            fail_msg("case %zu: %zu sentences", i, d.n_sentences);
        dz_document_done(&d);
    }
}

/* A line of words without an end is cut into pieces, so that reading stays linear. */
static void
test_endless_sentence(void **state)
{
    (void)state;
    struct dz_buf text = DZ_BUF(1u << 20);
    for (int i = 0; i < 5000; i++)
        dz_buf_adds(&text, "endless ");
    struct dz_document d = {0};
    assert_int_equal(dz_document_init(&d, dz_buf_view(&text), NULL), DZ_OK);
    assert_int_equal(d.n_tokens, 5000);
    assert_in_range(d.n_sentences, 10, 50);
    for (size_t i = 0; i < d.n_sentences; i++)
        assert_in_range(d.sentences[i].n_tokens, 1, 500);
    dz_document_done(&d);
    dz_buf_done(&text);
}

static void
test_languages(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum dz_text_lang lang;
    } samples[] = {
        {"The clinic asks for papers and turns people away.", DZ_TEXT_EN},
        {"Лікарня не приймає людей без паспорта.", DZ_TEXT_UK},
        {"Больница не принимает людей без паспорта, это видно.", DZ_TEXT_RU},
        {"Людей без паспорта не приймають.", DZ_TEXT_UK},
        {"Они говорят, что работы нет.", DZ_TEXT_RU},
        {"Die Klinik verlangt einen Ausweis und weist die Leute ab, sagt er.", DZ_TEXT_OTHER},
        /* Neither letters nor small words tell: the tables of forms do. */
        {"Вкладка паперу", DZ_TEXT_UK},
        {"Заява про громадянство", DZ_TEXT_UK},
        {"Видача нового паспорта", DZ_TEXT_UK},
        {"Справка из больницы", DZ_TEXT_RU},
        {"Отказ получать паспорт", DZ_TEXT_RU},
        {"Список получателей помощи", DZ_TEXT_RU},
        {"Паспорт", DZ_TEXT_OTHER}, /* a word of both */
        {"", DZ_TEXT_OTHER},
        {"12 345", DZ_TEXT_OTHER},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        if (dz_text_guess(dz_view_of(samples[i].text)) != samples[i].lang)
            fail_msg("%s", samples[i].text);
    assert_string_equal(dz_text_lang_code(DZ_TEXT_UK), "uk");
    assert_string_equal(dz_text_lang_code(DZ_TEXT_OTHER), "und");

    struct dz_document d = read_text("Він сказав, що їх не буде.\nОна ответила, что это ложь.\nOK");
    assert_int_equal(d.sentences[0].lang, DZ_TEXT_UK);
    assert_int_equal(d.sentences[1].lang, DZ_TEXT_RU);
    dz_document_done(&d);
}

/* Plain words are read in one go, and the same comes of it as by the general functions. */
static void
test_quick_and_slow(void **state)
{
    (void)state;
    static const char *const samples[] = {
        "Plain words, 12,5 % and COVID19; don't, l'État, O'Neil's «Їжак» та об’єкт.",
        "У м. Києві т.д. U.N. A.B. ІВАН іВАН Ёлка ёж е\xCC\x81 ко\xCC\x81жний при\xC2\xADклад",
        "Пaспорт (латинська a), naïve café, ŁÓDŹ ß ĳ İstanbul Ǆ ǆ \xE2\x85\xA7",
        "тридцятьдвадцятьдесятьтисячкілометрівнадовжинуєдиногословабезпробілів кінець",
        "a\xCD\x8F"
        "b і\xCC\x88 \xE2\x80\x8Bслово x²y ١٢٣ abc١ \xF0\x9D\x90\x80 word\xF0\x9D\x90\x80",
        "",
        "'",
        "а",
        "`слово` ʼтак",
    };
    for (size_t k = 0; k < sizeof samples / sizeof *samples; k++) {
        struct dz_document quick, slow;
        assert_int_equal(dz_document_init(&quick, dz_view_of(samples[k]), NULL), DZ_OK);
        assert_int_equal(dz_document_init_slowly(&slow, dz_view_of(samples[k]), NULL), DZ_OK);
        assert_int_equal(quick.n_tokens, slow.n_tokens);
        assert_int_equal(quick.n_sentences, slow.n_sentences);
        for (size_t i = 0; i < quick.n_tokens; i++) {
            const struct dz_token *a = &quick.tokens[i], *b = &slow.tokens[i];
            bool same = a->start == b->start && a->end == b->end && a->kind == b->kind &&
                        a->capital == b->capital && a->all_caps == b->all_caps &&
                        a->space_before == b->space_before && dz_view_eq(a->fold, b->fold);
            if (!same)
                fail_msg("%s: token %zu", samples[k], i);
        }
        dz_document_done(&quick);
        dz_document_done(&slow);
    }
}

static void
test_function_words(void **state)
{
    (void)state;
    static const char *const words[] = {"the", "a", "you", "і", "якщо", "это", "не", "ім'я"};
    for (size_t i = 0; i < 7; i++)
        assert_true(dz_text_function_word_is(dz_view_of(words[i])));
    assert_false(dz_text_function_word_is(dz_view_of(words[7])));
    assert_false(dz_text_function_word_is(dz_view_of("")));
}

static void
test_refused(void **state)
{
    (void)state;
    struct dz_document d;
    struct dz_err err = {.code = DZ_OK};
    assert_int_equal(dz_document_init(&d, dz_view_of("ab\xFF"), &err), DZ_E_INPUT);
    size_t n = ((size_t)16 << 20) + 1;
    char *big = dz_alloc(n);
    memset(big, 'a', n);
    assert_int_equal(dz_document_init(&d, (struct dz_view){big, n}, &err), DZ_E_LIMIT);
    dz_free(big);
    struct dz_document none = {0};
    dz_document_done(&none);
    dz_document_done(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),     cmocka_unit_test(test_fold),
        cmocka_unit_test(test_fold_alike),
        cmocka_unit_test(test_case_marks), cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_sentences),  cmocka_unit_test(test_languages),
        cmocka_unit_test(test_quick_and_slow), cmocka_unit_test(test_function_words),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_endless_sentence),
        cmocka_unit_test(test_wrapped_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
