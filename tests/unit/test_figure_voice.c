#include "reading.h"

/* Who asserts a figure when the sentence with it does not simply say who speaks. Each text holds
 * the figure asked for; an empty name means that nobody may be made up. */
struct example {
    const char *text;
    const char *figure; /* part of its quote */
    const char *claimant;
};

#define WATCH "Steppe Watch"

static const struct example examples[] = {
    /* The text counts itself. */
    {"Refusals over a missing Russian passport went on. We verified 43 cases of refusal in May.",
     "43", WATCH},
    {"Our lawyers took on 118 files over a missing Russian passport.", "118", WATCH},
    {"People are refused care without a Russian passport.\n\nTotal for the month: 43 entries verified.",
     "43", WATCH},
    {"In the first quarter 212 refusals over a missing Russian passport were documented.", "212",
     WATCH},
    {"Без паспорта РФ не лікують. За квартал зафіксовано 96 відмов.", "96", WATCH},
    {"До нас звернулися 240 людей, яким без паспорта РФ не платять пенсії.", "240", WATCH},
    {"Наші юристи ведуть 64 справи про відмову без російського паспорта.", "64", WATCH},
    {"Без паспорта РФ не принимают в больницу. Итог месяца: 31 сообщение об отказах.", "31", WATCH},
    {"За квартал зафиксировано 74 отказа в лечении без паспорта РФ.", "74", WATCH},
    {"К нам за полгода обратились 130 человек, у которых нет российского паспорта.", "130", WATCH},
    /* Who writes "I" counts too; in a text with a byline it is the author. */
    {"I took on 64 files of people who were refused care without a Russian passport.", "64", WATCH},
    {"What the counter wants\n\nBy Ihor Savchuk\n\nClinics ask for a Russian passport. I verified 64 "
     "refusals myself.",
     "64", "Ihor Savchuk"},
    {"Чого хоче віконце\n\nАвтор: Ігор Савчук\n\nЛікарні вимагають паспорт РФ. Я записав 64 "
     "відмови.",
     "64", "Ігор Савчук"},
    /* Named in front of a colon, with any verb or none. */
    {"По радио Игорь Савчук: российский паспорт получили 94 процента жителей.", "94",
     "Игорь Савчук"},
    {"Ihor Savchuk, adviser to the council: at least 4,000 residents have no Russian "
     "passport.",
     "4,000", "Ihor Savchuk"},
    /* "It" behind the verb is not who says it; where N works says nothing itself. */
    {"Ihor Savchuk of the Lviv-based Harbour Network told us that 1,200 residents had no Russian "
     "passport.",
     "1,200", "Ihor Savchuk"},
    /* A paper says what stands in it; an order by which something is done says nothing. */
    {"В районной газете написано, что за год выдано 4 870 российских паспортов.", "4 870",
     "районная газета"},
    /* "Той" is who was named last. */
    {"Газета поговорила з Ігорем Савчуком. Той хвалиться: паспорт РФ мають 97 % дорослих.", "97",
     "Ігор Савчук"},
    /* Behind a contrast "our" outweighs who was named in front. */
    {"Володимир Сальдо заявляв про 99 відсотків, однак анкети, зібрані нашими партнерами, показують, "
     "що без російського паспорта живуть 17 відсотків людей.",
     "17", WATCH},
    {"Ihor Savchuk speaks of 99 per cent, but our partners found 4,000 people without a Russian "
     "passport.",
     "4,000", WATCH},
    {"Ihor Savchuk, who met us in Kyiv, said 4,000 people had no Russian passport.", "4,000",
     "Ihor Savchuk"},
    /* Our country is everybody's. */
    {"Our country has 12,000 residents who were given a Russian passport by force.", "12,000", ""},
    {"В школах требуют паспорт РФ. Наше государство учло 800 отказов без паспорта РФ.", "800", ""},
    /* Who keeps the count. */
    {"The ombudsman's office received 1,120 complaints about Russian passports being imposed.",
     "1,120", "ombudsman's office"},
    {"The Harbour Centre has interviewed 187 people who were refused care without a Russian passport.",
     "187", "Harbour Centre"},
    {"До Міністерства реінтеграції надійшло 874 звернення про нав'язані паспорти РФ.", "874",
     "Міністерство реінтеграції"},
    {"В Министерство реинтеграции поступило 874 обращения о навязанных паспортах РФ.", "874",
     "Министерство реинтеграции"},
    {"Місія ООН зібрала 212 розповідей людей, яким без паспорта РФ відмовили в лікуванні.", "212",
     "Місія ООН"},
    {"Миссия ООН собрала 140 свидетельств людей, которым без паспорта РФ отказали в лечении.", "140",
     "Миссия ООН"},
    /* Of whom the paragraph told before. */
    {"According to Ihor Savchuk, clinics ask for a Russian passport. In May alone 340 residents were "
     "turned away without one.",
     "340", "Ihor Savchuk"},
    {"За словами Ігоря Савчука, лікарні вимагають паспорт РФ. Лише в травні відмовили 340 мешканцям.",
     "340", "Ігор Савчук"},
    {"По словам Игоря Савчука, в больницах требуют паспорт РФ. Только в мае отказали 340 жителям.",
     "340", "Игорь Савчук"},
    {"Residents say clinics ask for a Russian passport. In May 340 people were turned away without one.",
     "340", ""},
    {"According to Ihor Savchuk, clinics ask for a Russian passport.\n\nIn May 340 residents were "
     "turned away without a passport.",
     "340", ""},
    /* Hers who was named. */
    {"Комендантка Світлана Гай веде зошит. За її записами, 290 людей виїхали вже з паспортами РФ.",
     "290", "Світлана Гай"},
    {"Комендант Игорь Савчук ведёт тетрадь. По его записям, 290 человек уехали уже с паспортами РФ.",
     "290", "Игорь Савчук"},
    {"Coordinator Ihor Savchuk keeps a ledger. By his count, 290 people left with Russian passports.",
     "290", "Ihor Savchuk"},
    /* Told behind. */
    {"Без паспорта РФ выселили 58 семей. Об этом рассказал Игорь Савчук.", "58", "Игорь Савчук"},
    {"Без паспорта РФ виселили 58 родин. Про це розповів Ігор Савчук.", "58", "Ігор Савчук"},
    /* Papers of somebody, and what is said of a number. */
    {"По официальной справке Миграционной службы Украины, паспорта РФ получили 3 500 человек.",
     "3 500", "Миграционная служба Украины"},
    {"За довідкою Міністерства реінтеграції, паспорти РФ отримали 3 500 людей.", "3 500",
     "Міністерство реінтеграції"},
    {"The figure of 3.5 million passports was given by Ihor Savchuk.", "3.5 million",
     "Ihor Savchuk"},
    /* Letters that stand for a name in full; who cites himself. */
    {"Про це повідомила Луганська обласна військова адміністрація. За підрахунками ОВА, паспорти РФ "
     "отримали 412 людей.",
     "412", "Луганська обласна військова адміністрація"},
    {"The Regional Human Rights Mission spoke first. RHRM said 300 people were refused care without a "
     "Russian passport.",
     "300", "Regional Human Rights Mission"},
    {"The Harbour Institute, citing its own tally, says that 13,900 people were given Russian "
     "passports.",
     "13,900", "Harbour Institute"},
    /* Who gives the number in its clause outweighs who was heard before. */
    {"Загарбники кажуть, що видали 300 тисяч паспортів РФ. Мішустін ще в травні доповідав про 1,5 "
     "мільйона.",
     "1,5 мільйона", "Мішустін"},
    {"The ministry says 70 per cent have a Russian passport. The Harbour Institute puts it at 48 per "
     "cent.",
     "48", "Harbour Institute"},
    {"Украинский омбудсмен говорит о тысячах паспортов РФ. «Восточная правозащитная группа» ведёт "
     "подсчёт и говорит о 270 людях без паспорта РФ.",
     "270", "Восточная правозащитная группа"},
    {"По данным администрации, паспорта РФ получили 11 572 человека; из них женщин, подсчитали мы по "
     "спискам, 9 742 человека.",
     "9 742", WATCH},
    {"Ще одну оцінку паспортів РФ, 113 тисяч, дає аналітик Павло Стеценко.", "113 тисяч",
     "Павло Стеценко"},
    /* An interview without dashes; an advice column is none. */
    {"Ihor Savchuk left in 2022. He spoke to us.\n\nDo you go back?\nNo. They stay there without a Russian "
     "passport.\n\nWhat do you hear?\nI counted 310 people evicted without a passport.\n\nWill you "
     "return?\nYes.",
     "310", "Ihor Savchuk"},
};

static void
test_claimants(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct reading r = read_text_of(e->text, "2025-06-01", WATCH " (NGO)");
        const struct dz_suggestion *s = find(&r, "figure", e->figure, 0);
        if (!s || strcmp(field(s, "asserted_by"), e->claimant) != 0) {
            print_error("%s\n  got '%s'\n", e->text, s ? field(s, "asserted_by") : "no figure");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* Without a publisher nobody is made up. */
static void
test_no_publisher(void **state)
{
    (void)state;
    struct reading r = read_text("We verified 43 cases of refusal without a Russian passport.", NULL);
    assert_string_equal(field(must_find(&r, "figure", NULL), "asserted_by"), "");
    reading_done(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_claimants),
                                       cmocka_unit_test(test_no_publisher)};
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
