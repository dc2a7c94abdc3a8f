/* Where and when of an act: what its sentence says, what is carried over, what is not. */
#include "reading.h"

struct example {
    const char *text;
    const char *quote; /* stands in the quote of the act */
    const char *place; /* "" when none is expected */
    const char *place_id;
    const char *date;
};

static const struct example examples[] = {
    /* The smaller of two nested places; the nearest of several. */
    {"In the village hospital of Tokmak in Zaporizhzhia Oblast, a man without a Russian passport was refused "
     "treatment in June 2023.",
     "refused", "Tokmak", "UA2310027001", "2023-06"},
    {"The bank in Berdiansk closed the accounts of those without a Russian passport, and in Skadovsk teachers "
     "without Russian citizenship were dismissed.",
     "dismissed", "Skadovsk", "UA6508015001", ""},
    {"У лікарні Бердянська Запорізької області жінці без паспорта РФ відмовили в лікуванні 3 квітня 2023 року.",
     "відмовили", "Бердянська", "UA2302005001", "2023-04-03"},
    /* Where somebody fled or lives now is not where it happened. */
    {"A clinic in Melitopol refused treatment to Oksana because she had no Russian passport. She was beaten "
     "for refusing the Russian passport and later fled to Lithuania.",
     "beaten", "Melitopol", "UA2308007001", ""},
    {"Pupils without Russian citizenship were barred from school in Henichesk, said Iryna, who now lives in "
     "Warsaw.",
     "barred", "Henichesk", "UA6504001001", ""},
    {"Ніна, яка виїхала до Запоріжжя, розповіла, що в Енергодарі її звільнили за відмову від російського паспорта.",
     "звільнили", "Енергодарі", "UA2304011001", ""},
    {"Анна бежала в Вильнюс. В Скадовске её избили за отказ от российского паспорта.", "избили",
     "Скадовске", "UA6508015001", ""},
    {"Lawyers in Warsaw say that people without a Russian passport are denied insulin.", "insulin",
     "", "", ""},
    {"In Russia, people without a Russian passport were detained at the airport.", "detained",
     "Russia", "RU", ""},
    {"The Kherson branch of the clinic refused treatment to those without a Russian passport.",
     "refused", "Kherson", "UA6510015001", ""},
    /* Governments, bodies and outlets that bear the name of a place. */
    {"Запорізька обласна військова адміністрація повідомила: тим, хто не має паспорта РФ, відмовили в пенсії.",
     "відмовили", "", "", ""},
    {"Moscow says that teachers without a Russian passport were dismissed.", "dismissed", "", "",
     ""},
    {"«Бердянский рабочий» пишет, что мужчину без паспорта РФ уволили.", "уволили", "", "", ""},
    /* An enumeration is the territory of its members, or what they share, or only its words. */
    {"In Donetsk, Luhansk, Zaporizhzhia and Kherson oblasts, people without Russian passports were denied "
     "medical care.",
     "denied", "Donetsk, Luhansk, Zaporizhzhia and Kherson oblasts", "T-FOUR-OBLASTS", ""},
    {"В Донецкой и Луганской областях тем, у кого нет паспорта РФ, отказали в пенсии.", "отказали",
     "Донецкой и Луганской областях", "R-DONBAS", ""},
    {"У Херсонській та Харківській областях людям без паспорта РФ відмовили в пенсіях.",
     "відмовили", "Херсонській та Харківській областях", "UA", ""},
    {"В Мелитополе и Токмаке людям без паспорта РФ отказали в пенсии.", "отказали",
     "Мелитополе и Токмаке", "UA23", ""},
    {"In Crimea and Sevastopol, people without Russian passports were denied medical care.",
     "denied", "Crimea and Sevastopol", "T-CRIMEA-SEVASTOPOL", ""},
    /* The day of a paper is not that of what it brings; a story goes on by way of others. */
    {"Under Decree No. 307 of 27 April 2023 people without a Russian passport were treated as foreigners.",
     "foreigners", "", "", ""},
    {"У Токмаку 11 липня 2024 року чоловіка без паспорта РФ затримали. Потім його били. Відпустили після "
     "заяви на громадянство.",
     "били", "Токмаку", "UA2310027001", "2024-07-11"},
    /* The occupied territories. */
    {"In the temporarily occupied territories of Ukraine, people without a Russian passport are denied "
     "medical care.",
     "denied", "temporarily occupied territories of Ukraine", "T-TOT", ""},
    {"На тимчасово окупованих територіях без паспорта РФ не виплачують пенсії.", "пенсії",
     "тимчасово окупованих територіях", "T-TOT", ""},
    {"На оккупированных территориях без паспорта РФ отказывают в лечении.", "отказывают",
     "оккупированных территориях", "T-TOT", ""},
    {"На окупованих територіях області людям без паспорта РФ відмовили в пенсіях.", "відмовили",
     "окупованих територіях області", "", ""},
    {"Elsewhere in the occupied areas it is the same. In Rubizhne, a nurse without a Russian passport was "
     "dismissed.",
     "dismissed", "Rubizhne", "UA4412009001", ""},
    /* Carried within the paragraph, and the date only where the story goes on. */
    {"On 4 May 2023 soldiers came to the school in Tokmak. They beat a guard who had refused the Russian "
     "passport.",
     "beat", "Tokmak", "UA2310027001", "2023-05-04"},
    {"On 4 May 2023 a new bridge was opened in Tokmak. Pensions are paid only to holders of a Russian passport.",
     "Pensions", "Tokmak", "UA2310027001", ""},
    {"4 травня 2023 року до Токмака приїхали військові. Вони побили сторожа, який відмовився від російського паспорта.",
     "побили", "Токмака", "UA2310027001", "2023-05-04"},
    /* A deadline dates what is still to come and nothing else; the day of a statement nothing. */
    {"Drivers in Henichesk who do not get a Russian passport by 1 July 2024 will be fired.",
     "fired", "Henichesk", "UA6504001001", "2024-07-01"},
    {"Лікарям у Генічеську, які до 1 липня 2024 року не отримають паспорт РФ, погрожують звільненням.",
     "звільненням", "Генічеську", "UA6504001001", "2024-07-01"},
    {"Лікарів у Генічеську, які до 1 липня 2024 року не взяли паспорт РФ, звільнили.", "звільнили",
     "Генічеську", "UA6504001001", ""},
    {"An aid worker said on 3 March 2024 that a man in Rubizhne was beaten because he had refused a Russian "
     "passport.",
     "beaten", "Rubizhne", "UA4412009001", ""},
    {"In Tokmak a guard without a Russian passport was told in May 2023 that he would be fired, as somebody is "
     "every Friday.",
     "fired", "Tokmak", "UA2310027001", "2023-05"},
    /* The head of a short text serves what names no place, until the text goes on elsewhere. */
    {"Doctors leave Skadovsk\n\nNews of the week, 3 May 2024\n\nThe hospital has no surgeon any more.\n\n"
     "A man without a Russian passport was refused treatment.",
     "refused", "Skadovsk", "UA6508015001", ""},
    {"Doctors leave Skadovsk\n\nThe hospital in Henichesk has no surgeon either.\n\n"
     "A man without a Russian passport was refused treatment.",
     "refused", "", "", ""},
    {"SKADOVSK, 3 May 2024 — A man without a Russian passport was refused treatment at the hospital.",
     "refused", "SKADOVSK", "UA6508015001", ""},
    {"Скадовск и Геническ: сводка\n\nМужчину без паспорта РФ уволили.", "уволили", "", "", ""},
    /* What cannot be occupied, or is only where somebody goes, gives way to what was named. */
    {"In Tokmak nobody opens the door. She wrote about it to her daughter in Dnipro. He was beaten for refusing "
     "a Russian passport.",
     "beaten", "Tokmak", "UA2310027001", ""},
    {"У Токмаку тихо. Без паспорта РФ його не пустили до Криму.", "не пустили", "Токмаку",
     "UA2310027001", ""},
    {"По дороге в тот город у него не было паспорта РФ, и его избили.", "избили", "", "", ""},
    /* A narrator says once where it is; a report that is sent from a town is about its region. */
    {"I live in Tokmak and we keep goats.\n\nMy brother rang from Bremen.\n\nMen came. They beat me because "
     "I had no Russian passport.",
     "beat me", "Tokmak", "UA2310027001", ""},
    {"О паспортах напомнили жителям Запорожской области\n\nМЕЛИТОПОЛЬ, 14 августа. Объявление вывесили вчера.\n\n"
     "Тех, кто не получил паспорт РФ, увольняют.",
     "увольняют", "Запорожской области", "UA23", ""},
    /* The entries of a diary. */
    {"3 травня 2023 року. Тихо.\n\n5 травня 2023 року. Токмак. Сусіда без паспорта РФ побили.",
     "побили", "Токмак", "UA2310027001", "2023-05-05"},
    {"На Луганщині та в Бердянську вчителів без паспорта РФ звільнили.", "звільнили",
     "Луганщині та в Бердянську", "", ""},
};

static void
test_examples(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct reading r = read_text(e->text, "2025-01-15");
        const struct dz_suggestion *s = find(&r, "act", e->quote, 0);
        bool right = s && strcmp(field(s, "place"), e->place) == 0 &&
                     strcmp(field(s, "place_id"), e->place_id) == 0 &&
                     strcmp(field(s, "date"), e->date) == 0;
        if (!right) {
            print_error("%s\n  got %s '%s' %s '%s'\n", e->text, s ? "act" : "nothing",
                        s ? field(s, "place") : "", s ? field(s, "place_id") : "",
                        s ? field(s, "date") : "");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* What was carried further is less sure. */
static void
test_doubt(void **state)
{
    (void)state;
    struct reading near = read_text(
                       "In Tokmak a man without a Russian passport was refused treatment.", NULL),
                   far = read_text(
                       "Doctors leave Tokmak\n\nA man without a Russian passport was refused "
                       "treatment.",
                       NULL);
    assert_true(must_find(&near, "act", "refused")->score >
                must_find(&far, "act", "refused")->score);
    reading_done(&near);
    reading_done(&far);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_doubt),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
