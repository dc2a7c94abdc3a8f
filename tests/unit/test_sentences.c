#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/ubrk.h>

#include "dz_text.h"

/* Each case is a text with a bar where a new sentence begins. The bars are taken out, the text is
 * read, and bars are put back where the reader found a border. */
static void
check(const char *const *cases, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(0);
        DZ_AUTO_BUF struct dz_buf cut = DZ_BUF(0);
        for (const char *p = cases[i]; *p; p++)
            if (*p != '|')
                dz_buf_addc(&text, *p);
        struct dz_document d;
        assert_int_equal(dz_document_init(&d, dz_buf_view(&text), NULL), DZ_OK);
        for (size_t k = 0; k < d.n_sentences; k++) {
            size_t end = k + 1 < d.n_sentences ? d.sentences[k + 1].start : text.n;
            if (k > 0)
                dz_buf_addc(&cut, '|');
            dz_buf_add(&cut, text.p + d.sentences[k].start, end - d.sentences[k].start);
        }
        dz_document_done(&d);
        if (strcmp(cut.p, cases[i]) != 0) {
            print_error("found:  %s\nwanted: %s\n", cut.p, cases[i]);
            wrong++;
        }
    }
    if (wrong > 0)
        fail_msg("%zu of %zu cases", wrong, n);
}
#define CHECK(cases) check(cases, sizeof cases / sizeof *cases)

static void
test_english(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "They came in May. |Nobody answered.",
        "The office closed on Sept. 5 and never opened again.",
        "Passports were issued from Jan. to Dec. 2023 in Kherson.",
        "She spoke to Mr. Smith and Mrs. Jones. |Both agreed.",
        "Dr. Petrenko treats nobody without papers.",
        "The U.S. Department of State replied.",
        "He moved to the U.S. |The family stayed.",
        "The U.N. report names no one. |It should.",
        "J. Smith and A. B. Miller wrote it.",
        "See art. 45 of the convention, p. 7.",
        "Under No. 183 they had to leave.",
        "Gen. Ivanov and Lt. Col. Orlov signed.",
        "“Where are they?” asked the doctor. |No one knew.",
        "\"We had no choice!\" she said. |\"None at all.\"",
        "\"Go home!\" Petrov said to the crowd.",
        "\"Is it true?\" Anna Kovalenko asked him twice.",
        "He said: \"Take it or leave.\" |She left.",
        "\"They took it.\" |Then they went.",
        "It cost approx. 500 roubles, i.e. a month of pay.",
        "The company (Ritm Inc.) closed.",
        "Ritm Ltd. said it had closed.",
        "Water, light, etc. were cut off.",
        "They took food, papers, etc. |The next day they came back.",
        "The rate rose to 3.5 percent. |It fell later.",
        "On 10.09.2025 the term ended. |What then?",
        "Why? |Because they could!",
        "Stop! |Do not go there... |They went anyway.",
        "Well... maybe later.",
        "He lived at 5 Main St. in Melitopol.",
        "St. Nicholas hospital refused her.",
        "1. Bring a photo. |2. Bring money.",
        "Russia vs. Ukraine was the third case.",
        "The meeting began at 5 p.m. |They all left at six.",
        "She is 40. |He is 50.",
        "(They had been told.) |Nobody came.",
        "First line\n|Second line",
    };
    CHECK(cases);
}

static void
test_ukrainian(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "Прийшли у травні. |Ніхто не відчинив.",
        "Жителі Херсонської обл. чекають на пенсію.",
        "Він народився в м. Херсон. |Потім поїхав.",
        "Лікарня у с. Чкалове не працює.",
        "Вона мешкала на вул. Миру, буд. 5, кв. 7.",
        "Це порушує ст. 49 конвенції. |Суд погодився.",
        "За ч. 2 ст. 438 йому загрожує строк.",
        "Указ набув чинності у 2023 р. |Жителі про це не знали.",
        "Це було 12 травня 2024 р. у Мелітополі.",
        "Пенсію не платили до 2022 р. |За словами сусідів, її забрали.",
        "Протягом 2014–2022 рр. |Вони чекали.",
        "Штраф становив 5 тис. грн. |Гроші забрали одразу.",
        "Паспорти отримали 3,5 млн. осіб.",
        "Привезли воду, хліб та ін. |Черга стояла до вечора.",
        "Забрали телефони, документи і т. д. |Потім відпустили.",
        "Так звані т. зв. комісії працювали щодня.",
        "І. І. Петренко отримав відмову.",
        "Розпорядження підписав В. Сальдо. |Його не опублікували.",
        "Школа ім. Шевченка закрита.",
        "Проф. Коваленко та акад. Мельник мовчать.",
        "«Нас змусили», — сказала вона. |Далі мовчала.",
        "«Нас змусили!» — сказала вона.",
        "«Куди йти?» — Марія не знала.",
        "Він відповів: «Без паспорта не приймаємо». |Вона пішла.",
        "Він відповів: «Не приймаємо.» |Вона пішла.",
        "— Так, — сказав він. |— Я знаю.",
        "Чому? |Бо так вирішили!",
        "Він мовчав... |Потім пішов.",
        "Ну... може, колись.",
        "1. Паспорт. |2. Заява.",
        "Прийом о 10 год. ранку.",
        "Див. також п. 3 розпорядження.",
        "Ціна зросла на 3.5 відсотка. |Хліб подорожчав.",
        "Строк спливає 10.09.2025. |Що далі?",
        "Із р. Дніпро беруть воду.",
        "До лікарні (див. розд. 2) не пускають. |Черг немає.",
        "Перше речення\n|Друге речення",
    };
    CHECK(cases);
}

static void
test_russian(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "Пришли в мае. |Никто не открыл.",
        "Жители Запорожской обл. ждут пенсии.",
        "Он живёт в г. Мелитополь. |Раньше жил в селе.",
        "Больница в с. Весёлое закрыта.",
        "Она жила на ул. Кирова, д. 5, кв. 7.",
        "Это нарушает ст. 49 конвенции. |Суд согласился.",
        "По ч. 2 ст. 322 УК его оштрафовали.",
        "Указ вступил в силу в 2023 г. |Жители об этом не знали.",
        "Это было 12 мая 2024 г. в Бердянске.",
        "Пенсию не платили до 2022 г. |По словам соседей, её забрали.",
        "За 2014–2022 гг. |Они привыкли.",
        "Штраф составил 5 тыс. руб. |Деньги забрали сразу.",
        "Паспорта получили 3,5 млн. человек.",
        "Привезли воду, хлеб и др. |Очередь стояла до вечера.",
        "Забрали телефоны, документы и т. д. |Потом отпустили.",
        "Это т. н. комиссия, т. е. четыре человека.",
        "И. И. Петров получил отказ.",
        "Распоряжение подписал Е. Балицкий. |Его не опубликовали.",
        "Школа им. Кирова закрыта.",
        "Проф. Иванов и акад. Орлов молчат.",
        "«Нас заставили», — сказала она. |Дальше молчала.",
        "«Нас заставили!» — сказала она.",
        "«Куда идти?» — Мария не знала.",
        "Он ответил: «Без паспорта не принимаем». |Она ушла.",
        "Он ответил: «Не принимаем.» |Она ушла.",
        "— Да, — сказал он. |— Я знаю.",
        "Почему? |Потому что так решили!",
        "Он молчал... |Потом ушёл.",
        "Ну... может быть, когда-нибудь.",
        "1. Паспорт. |2. Заявление.",
        "Приём с 10 час. утра.",
        "См. также п. 3 распоряжения.",
        "Цена выросла на 3.5 процента. |Хлеб подорожал.",
        "Срок истекает 10.09.2025. |Что дальше?",
        "Он уехал в Ростов. |Семья осталась.",
        "Их вызвали (см. гл. 2) дважды. |Никто не пришёл.",
        "Первое предложение\n|Второе предложение",
    };
    CHECK(cases);
}

/* Words begin and end where ICU's rules (UAX #29) have a border, too. Ours have more of them:
 * between
 * the parts of a hyphenated word, before the possessive, between a number and letters; and initials
 * keep their stop. */
static void
test_words_as_icu(void **state)
{
    (void)state;
    static const char text[] =
        "Вона не мала жодного вибору: паспорт, або ні лікарні, ні пенсії. П’ять об’єктів, "
        "з'їзд і Мар’яна; 3,5 млн осіб (78 %) — «усе добре»! Они говорили, что ёлки стоят. "
        "The doctor's note wasn’t read; people waited 12 days, 4 hours. Привет, мир!";
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *icu = ubrk_open(UBRK_WORD, "uk", NULL, 0, &status);
    UText *u = utext_openUTF8(NULL, text, sizeof text - 1, &status);
    ubrk_setUText(icu, u, &status);
    assert_true(U_SUCCESS(status));
    struct dz_document d;
    assert_int_equal(dz_document_init(&d, dz_view_of(text), NULL), DZ_OK);
    for (size_t i = 0; i < d.n_tokens; i++) {
        const struct dz_token *t = &d.tokens[i];
        bool possessive = i + 1 < d.n_tokens && dz_view_is(d.tokens[i + 1].fold, "'s");
        if (t->kind != DZ_TOKEN_WORD || dz_view_is(t->fold, "'s"))
            continue;
        assert_true(ubrk_isBoundary(icu, (int32_t)t->start));
        if (!possessive)
            assert_true(ubrk_isBoundary(icu, (int32_t)t->end));
    }
    assert_true(d.n_tokens > 60);
    dz_document_done(&d);
    utext_close(u);
    ubrk_close(icu);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_english),
        cmocka_unit_test(test_ukrainian),
        cmocka_unit_test(test_russian),
        cmocka_unit_test(test_words_as_icu),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
