#include "reading.h"

struct example {
    const char *text;
    const char *issuer; /* "" where none is expected */
    const char *number;
    const char *date;
    const char *deadline;
};

static const struct example examples[] = {
    {"Governor Ihor Savchuk signed an order on 3 May 2023 that obliges staff to take Russian "
     "citizenship by 1 August 2023.",
     "Ihor Savchuk", "", "2023-05-03", "2023-08-01"},
    {"Decree No. 142 on Russian passports was adopted on 12 June 2023.", "", "142", "2023-06-12",
     ""},
    {"From 1 March 2024, people without a Russian passport will be treated as foreigners.", "", "",
     "", "2024-03-01"},
    {"Путін підписав указ від 20 березня 2025 року: громадянам без паспорта РФ звеліли виїхати до 10 "
     "вересня 2025 року.",
     "Путін", "", "2025-03-20", "2025-09-10"},
    {"Указом № 307 от 27 апреля 2023 года жителей без гражданства РФ обязали зарегистрироваться.",
     "", "307", "2023-04-27", ""},
    {"Shops were told to turn away customers who could not show a Russian passport, starting with those "
     "over 60, by 1 March 2024.",
     "", "", "", "2024-03-01"},
    {"Лікарням наказано припинити планове лікування людей без російського паспорта та поліса ОМС до 1 "
     "березня 2024 року.",
     "", "", "", "2024-03-01"},
    {"Указ президента РФ № 159 от 20 марта 2025 года касается людей без паспорта РФ.", "президента РФ",
     "159", "2025-03-20", ""},
    {"За постановою уряду Запорізької області від 14 січня 2025 року житло без паспорта РФ забирають.",
     "уряду Запорізької області", "", "2025-01-14", ""},
    {"С 1 февраля 2024 года для сделки нужен российский паспорт.", "", "", "", "2024-02-01"},
    {"Термін отримання паспорта РФ подовжили до 31 грудня 2024 року.", "", "", "", "2024-12-31"},
};

static void
test_examples(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct reading r = read_text(e->text, "2025-04-01");
        const struct dz_suggestion *s = find(&r, "measure", NULL, 0);
        bool right = s && strcmp(field(s, "number"), e->number) == 0 &&
                     strcmp(field(s, "date"), e->date) == 0 &&
                     strcmp(field(s, "deadline"), e->deadline) == 0 && count(&r, "measure") == 1;
        if (right && e->issuer[0])
            right = strcmp(field(s, "issuer"), e->issuer) == 0;
        if (!right) {
            print_error("%s: got %zu, issuer '%s' number '%s' date '%s' deadline '%s'\n", e->text,
                        count(&r, "measure"), s ? field(s, "issuer") : "",
                        s ? field(s, "number") : "", s ? field(s, "date") : "",
                        s ? field(s, "deadline") : "");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* How many measures a text tells of, with number, day and deadline of each. */
static const char *const counted[][2] = {
    {"Decree No. 183 of 24 April 2019 opened Russian citizenship to some, Decree No. 304 of 25 May 2022 "
     "to more, and Decree No. 440 of 11 July 2022 to all.",
     "183 2019-04-24 -; 304 2022-05-25 -; 440 2022-07-11 -; "},
    {"The Foreign Ministry of Ukraine called Decree No. 11 of 4 January 2024 on Russian citizenship void. On 6 "
     "January 2024 the ministry said again that the decree on Russian citizenship is void.",
     "11 2024-01-04 -; "},
    {"On the door of the clinic hangs a notice: from 15 June 2025 doctors see only patients with a Russian passport.",
     "- - 2025-06-15; "},
    {"The school rules adopted in August 2023 require a Russian passport of one parent.",
     "- 2023-08 -; "},
    {"Directive 17 of the fund stops pensions of those without a Russian passport.", "17 - -; "},
    {"By 31 December 2025 farmers must register anew, with a Russian passport in hand.",
     "- - 2025-12-31; "},
    {"He decided to leave before 1 July 2025 because they demanded a Russian passport.", ""},
    {"The rules of 1907 forbid an oath; she has a Russian passport.", ""},
    {"The court's decision of 5 May 2024 on the Russian passport is final.", ""},
    {"На пошті висить оголошення від 3 серпня 2025 року: пенсії лише з паспортом РФ.",
     "- 2025-08-03 -; "},
    {"Окупанти ввели нову вимогу: від 1 квітня 2024 року платня лише на картки за паспортом РФ.",
     "- - 2024-04-01; "},
    {"Інструкція МВС № 77 велить вилучати українські паспорти, коли видають паспорт РФ.",
     "77 - -; "},
    {"She received a letter from her sister, who has a Russian passport and must return it.", ""},
    {"The patient had to show the Russian passport; the rules of the queue were simple.", ""},
    {"Сусіди прийняли рішення: паспорт РФ брати лише разом.", ""},
    {"По требованию полицейских он должен был показать паспорт РФ.", ""},
    {"Вказівку подати списки без паспортів РФ до 10 травня 2025 року розіслали директорам.",
     "- - 2025-05-10; "},
    {"Кажуть, що з 1 липня 2025 року всіх без паспорта РФ мають вивезти.", ""},
    {"Решением совета № 44 у владельцев без паспорта РФ забирают квартиры.", "44 - -; "},
    {"По письму департамента от 9 июня 2024 года инсулин дают только с паспортом РФ.",
     "- 2024-06-09 -; "},
    {"Решение суда от 5 мая 2024 года признало паспорт РФ недействительным.", ""},
    {"Рішення Європейського суду з прав людини від 25 червня 2024 року стосується паспортів РФ у Криму.",
     "- 2024-06-25 -; "},
    {"The Grand Chamber judgment of 25 June 2024 speaks of Russian passports forced upon people.",
     "- 2024-06-25 -; "},
    {"On 30 September 2024 the Ministry of Justice clarified that a Russian passport taken under "
     "pressure is void.",
     "- 2024-09-30 -; "},
    {"30 вересня 2024 року Міністерство юстиції роз'яснило, що паспорт РФ, взятий під тиском, нічого не "
     "важить.",
     "- 2024-09-30 -; "},
    {"З 1 березня 2025 року прийом у поліклініці здійснюється за наявності паспорта РФ.",
     "- - 2025-03-01; "},
    {"Участковый вручил ей памятку: до 10 сентября 2025 года либо паспорт РФ, либо выезд.", ""},
    {"The fund confirmed in a letter dated 22 May 2024 that she has no Russian passport.", ""},
    {"Копия паспорта РФ есть в распоряжении редакции с 3 мая 2025 года.", ""},
    {"The decree on Russian passports, No. 159, ran out on 10 September 2025.", "159 - 2025-09-10; "},
};

static void
test_counted(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        struct reading r = read_text(counted[i][0], "2025-09-01");
        struct dz_buf got DZ_AUTO_BUF = DZ_BUF(1000);
        const struct dz_suggestion *s;
        for (size_t n = 0; (s = find(&r, "measure", NULL, n)) != NULL; n++) {
            static const char *const names[] = {"number", "date", "deadline"};
            for (size_t k = 0; k < 3; k++)
                dz_buf_addf(&got, "%s%s", field(s, names[k])[0] ? field(s, names[k]) : "-",
                            k < 2 ? " " : "; ");
        }
        if (!dz_view_is(dz_buf_view(&got), counted[i][1])) {
            print_error("%s\n  got %s\n", counted[i][0], got.p ? got.p : "nothing");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* Named again, the same decree is one measure; what is said of it later belongs to it. */
static void
test_once(void **state)
{
    (void)state;
    struct reading r =
        read_text("Putin signed a decree on Russian passports in April 2023. Residents were "
                  "afraid. Under the decree, people without a passport must leave by 1 "
                  "July 2024.",
                  NULL);
    assert_int_equal(count(&r, "measure"), 1);
    const struct dz_suggestion *s = find(&r, "measure", NULL, 0);
    assert_string_equal(field(s, "date"), "2023-04");
    assert_string_equal(field(s, "deadline"), "2024-07-01");
    assert_string_equal(s->rule, "measure.instrument");
    reading_done(&r);
}

static void
test_two_decrees(void **state)
{
    (void)state;
    struct reading r =
        read_text("Putin signed a decree on passports in April 2023. In March 2025 he signed "
                  "a decree on passports that set a deadline.",
                  NULL);
    assert_int_equal(count(&r, "measure"), 2);
    reading_done(&r);
}

/* What the sentence says of its instrument is no second measure. */
static void
test_one_sentence(void **state)
{
    (void)state;
    struct reading r =
        read_text("The governor signed a decree in early May 2023 that set a deadline for "
                  "taking Russian citizenship.",
                  NULL);
    assert_int_equal(count(&r, "measure"), 1);
    assert_string_equal(field(find(&r, "measure", NULL, 0), "instrument"), "decree");
    reading_done(&r);
}

static void
test_no_measure(void **state)
{
    (void)state;
    struct reading r =
        read_text("Forced passports violate international law. The rule of law and public "
                  "order suffer; nothing was signed.",
                  NULL);
    assert_int_equal(count(&r, "measure"), 0);
    reading_done(&r);
}

/* Where a rule holds: what its paragraph says; not the place of the article, and no country around
 * two oblasts. */
static const char *const territories[][3] = {
    {"From 1 March 2024, people in the occupied territories without a Russian passport will be treated as "
     "foreigners.",
     "occupied territories", "T-TOT"},
    {"Decree No. 12 on Russian passports in Donetsk, Luhansk, Zaporizhzhia and Kherson oblasts was adopted on 12 "
     "June 2023.",
     "Donetsk, Luhansk, Zaporizhzhia and Kherson oblasts", "T-FOUR-OBLASTS"},
    {"Указ № 15 про паспорти РФ у Харківській та Херсонській областях підписано 12 червня 2023 року.",
     "Харківській та Херсонській областях", ""},
    {"Queues in Skadovsk\n\nDecree No. 142 on Russian passports was adopted on 12 June 2023.", "",
     ""},
};

static void
test_territories(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof territories / sizeof *territories; i++) {
        struct reading r = read_text(territories[i][0], NULL);
        const struct dz_suggestion *s = find(&r, "measure", NULL, 0);
        if (!s || strcmp(field(s, "territory"), territories[i][1]) != 0 ||
            strcmp(field(s, "place_id"), territories[i][2]) != 0) {
            print_error("%s: got %s '%s' %s\n", territories[i][0], s ? "measure" : "nothing",
                        s ? field(s, "territory") : "", s ? field(s, "place_id") : "");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counted),     cmocka_unit_test(test_territories),
        cmocka_unit_test(test_examples),    cmocka_unit_test(test_once),
        cmocka_unit_test(test_two_decrees), cmocka_unit_test(test_one_sentence),
        cmocka_unit_test(test_no_measure),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
