#include "reading.h"

/* Whose words it is: seen through the speaker of a statement. Each text holds one statement. */
struct example {
    const char *text;
    const char *speaker;
};

static const struct example examples[] = {
    {"Minister Ihor Savchuk said the passports are null and void.", "Ihor Savchuk"},
    {"The passports are null and void, Minister Ihor Savchuk said.", "Ihor Savchuk"},
    {"\"The Russian passports are null and void,\" said Ihor Savchuk.", "Ihor Savchuk"},
    {"According to Ihor Savchuk, a lawyer, the Russian passports are null and void.",
     "Ihor Savchuk"},
    /* The body named in the aside is not the speaker. */
    {"Ihor Savchuk, an expert at the Harbour Institute, told the paper that Russian passports are null "
     "and void.",
     "Ihor Savchuk"},
    {"Russian passports are null and void, according to the Harbour Institute.",
     "Harbour Institute"},
    {"The Harbour Institute reported that Russian passports are null and void.",
     "Harbour Institute"},
    /* A pronoun stands for who spoke last. */
    {"Minister Ihor Savchuk arrived and said little. He added that the passports are null and void.",
     "Ihor Savchuk"},
    /* A quotation of two sentences has one speaker. */
    {"\"We know the passports. Those Russian passports are null and void. Nobody is bound by them,\" Ihor "
     "Savchuk said.",
     "Ihor Savchuk"},
    {"За словами юриста Ігоря Савчука, російські паспорти нікчемні.", "Ігор Савчук"},
    {"Российские паспорта ничтожны, заявил министр Игорь Савчук.", "Игорь Савчук"},
    /* An office stands for its holder, in front, behind, in an aside, and alone. */
    {"The ombudsman, Dmytro Lubinets, has repeatedly stressed that taking a Russian passport under "
     "duress is not a crime.",
     "Dmytro Lubinets"},
    {"Minister Olha Koval met relatives of detainees. The minister added that the Russian passports "
     "are null and void.",
     "Olha Koval"},
    {"Міністерка Ольга Коваль зустрілася з родинами. Посадовиця нагадала, що паспорти, видані "
     "окупантами, є нікчемними.",
     "Ольга Коваль"},
    {"Експертка Громадського центру Анна Литвин, яка веде моніторинг, каже, що отримання паспорта під "
     "примусом не є злочином.",
     "Анна Литвин"},
    {"На думку юристки організації Олени Луньової, отримання російського паспорта під примусом не є "
     "злочином.",
     "Олена Луньова"},
    {"Адвокат Анна Соколова, сотрудничающая с фондом, считает, что получение паспорта под принуждением "
     "не является преступлением.",
     "Анна Соколова"},
    {"Министр Игорь Савчук выступил в парламенте. По его словам, выданные паспорта ничтожны.",
     "Игорь Савчук"},
    {"Жодна відповідальність за російський паспорт не загрожує, заявив Боррель.", "Боррель"},
    {"«Ми не збираємося переслідувати людей за те, що вони взяли паспорт», – сказав у Раді міністр.",
     "міністр"},
    /* States, papers and those who work somewhere. */
    {"Велика Британія не визнає російських паспортів, виданих на окупованих територіях.",
     "Велика Британія"},
    {"The decree, signed in March, states that such passports are invalid.", "decree"},
    {"Lawyers interviewed for this study agree that accepting a Russian passport under threat is not a "
     "crime.",
     "Lawyers"},
    {"У Міністерстві реінтеграції наголосили, що отримання російського паспорта не позбавляє "
     "українського громадянства.",
     "Міністерство реінтеграції"},
    {"Примус до отримання паспорта є порушенням Женевської конвенції, зазначають у місії ООН.",
     "місія ООН"},
    /* The text itself: a statement, minutes, an interview. */
    {"Заява Міністерства закордонних справ\n\nЦі паспорти є юридично нікчемними.",
     "Міністерство закордонних справ"},
    {"Савчук І. О. Шановні колеги! Прошу підтримати.\n\nКоваль О. П. Ці паспорти є юридично нікчемними.",
     "Коваль О. П"},
    {"A talk with the lawyer Olha Koval\n\n— When did you leave?\n— In May.\n— And your clients?\n— A "
     "Russian passport is null and void.",
     "Olha Koval"},
    {"I have watched the queue for a year. Those Russian passports are null and void.\n\nOlha Koval, "
     "Odesa",
     "Olha Koval"},
    /* Nobody named: the author speaks. */
    {"The Russian passports are null and void.", ""},
};

static void
test_speakers(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct reading r = read_text(e->text, NULL);
        const struct dz_suggestion *s = find(&r, "statement", NULL, 0);
        if (!s || strcmp(field(s, "speaker"), e->speaker) != 0) {
            print_error("%s: got '%s'\n", e->text, s ? field(s, "speaker") : "no statement");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* The same seen through figures: the last one of each text. */
static const struct example counts[] = {
    {"Officials in Kakhovka said on Monday that 12,000 residents had received Russian passports.",
     "Officials in Kakhovka"},
    {"Two teachers from Tokmak told reporters that 340 families had refused the Russian passport.",
     "Two teachers from Tokmak"},
    {"By the end of May 18,500 people had applied for Russian citizenship, according to figures released "
     "by the interior ministry.",
     "interior ministry"},
    {"It was claimed by the occupation governor that 80 percent of residents hold Russian passports.",
     "occupation governor"},
    {"Moscow's claim that 90 percent of residents hold Russian passports has not been verified.",
     "Moscow"},
    {"A 2024 survey by the Dnipro Institute found that 38 percent of displaced people had been forced to "
     "take a Russian passport.",
     "Dnipro Institute"},
    {"March 2024: 2.8 million passports (Interior Ministry).", "Interior Ministry"},
    {"By the end of November 2023 the administration of Lysychansk had published 874 addresses of people "
     "without Russian passports.",
     "administration of Lysychansk"},
    {"The ministry says 3.5 million passports were issued, while the ombudsman puts the number at 2.9 "
     "million.",
     "ombudsman"},
    {"За словами міського голови Мелітополя Івана Федорова, російські паспорти отримали 30 тисяч "
     "мешканців.",
     "Іван Федоров"},
    {"За оцінкою обласної військової адміністрації, російські паспорти отримали 30 тисяч мешканців.",
     "обласна військова адміністрація"},
    {"За підрахунками незалежних юристів, російські паспорти отримали 30 тисяч мешканців.",
     "незалежні юристи"},
    {"У мерії Енергодара повідомили, що паспорти РФ нав'язали 12 тисячам мешканців.",
     "мерія Енергодара"},
    {"За даними так званої влади, видано 80 тисяч російських паспортів.", "влада"},
    {"Твердження російської сторони, нібито 95% мешканців мають паспорти РФ, не перевірене.",
     "російська сторона"},
    {"Такі дані про паспорти, 1 286 відмов, оприлюднила окупаційна міська рада.",
     "окупаційна міська рада"},
    {"МВС РФ заявляє про 3,5 млн паспортів; за оцінкою української розвідки, їх не більше 2,2 млн.",
     "українська розвідка"},
    {"За словами Богдана Щербини, паспорти РФ отримали 340 родин.", "Богдан Щербина"},
    {"Об этом напомнила врио начальника управления майор полиции Ольга Терещук. По её словам, выдано 38,6 "
     "тыс. паспортов.",
     "Ольга Терещук"},
    {"В администрации Токмака утверждают, что российское гражданство получили 13 тысяч жителей.",
     "администрация Токмака"},
    {"Если верить оккупационной администрации, паспорта получили 90 процентов жителей.",
     "оккупационная администрация"},
    {"The figure of 700,000 passports comes from the Russian embassy in Ankara.",
     "Russian embassy in Ankara"},
    {"На думку аналітиків Інституту стратегічних досліджень, паспорти отримали 40% мешканців.",
     "аналітики Інституту стратегічних досліджень"},
    {"По оценке украинских спецслужб, паспорта получили около 90 тысяч подростков.",
     "украинские спецслужбы"},
    {"За словами очільниці правозахисної групи «Схід» Катерини Левченко, паспорти отримали 7 тисяч людей.",
     "Катерина Левченко"},
    {"Госкомрегистр в ответе на запрос указал, что паспорта получили 11 572 жителя.",
     "Госкомрегистр"},
};

static void
test_counts(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const struct example *e = &counts[i];
        struct reading r = read_text(e->text, NULL);
        size_t n = count(&r, "figure");
        const struct dz_suggestion *s = n ? find(&r, "figure", NULL, n - 1) : NULL;
        if (!s || strcmp(field(s, "asserted_by"), e->speaker) != 0) {
            print_error("%s: got '%s'\n", e->text, s ? field(s, "asserted_by") : "no figure");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* Who relays is kept apart from who asserts. */
static void
test_relayed(void **state)
{
    (void)state;
    struct reading r =
        read_text("The Harbour Post wrote, citing occupation officials, that 94 percent of "
                  "adults held Russian passports.",
                  NULL);
    assert_string_equal(field(must_find(&r, "figure", NULL), "asserted_by"),
                        "occupation officials");
    assert_string_equal(field(must_find(&r, "figure", NULL), "via"), "Harbour Post");
    reading_done(&r);
    r = read_text("Лубінець повідомив, що, за даними окупаційної адміністрації, видано 80 тисяч "
                  "паспортів РФ.",
                  NULL);
    assert_string_equal(field(must_find(&r, "figure", NULL), "asserted_by"),
                        "окупаційна адміністрація");
    assert_string_equal(field(must_find(&r, "figure", NULL), "via"), "Лубінець");
    reading_done(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_speakers),
                                       cmocka_unit_test(test_counts),
                                       cmocka_unit_test(test_relayed)};
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
