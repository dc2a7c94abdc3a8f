#include "reading_fixture.h"

/* "2024-07-01 by; 2023-04 inferred; " */
static void
describe(const struct dz_mention *m, struct dz_view quote, struct dz_buf *out)
{
    static const char *const roles[] = {"", " since", " until", " by"};
    (void)quote;
    dz_buf_addf(out, "%s%s%s; ", m->edtf, roles[m->date_role], m->inferred ? " inferred" : "");
}

static void
check_all(const struct sample *samples, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_sample(&samples[i], DZ_MENTION_DATE, describe);
}
#define CHECK(samples) check_all(samples, sizeof samples / sizeof *samples)

static void
test_english_full(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"The office opened on March 4, 2023.", NULL, "2023-03-04; "},
        {"It closed on 4 March 2023 at noon.", NULL, "2023-03-04; "},
        {"A rule of the 1st of June, 2021 applies.", NULL, "2021-06-01; "},
        {"On Sept. 9, 2022 he came; on 10 Oct 2022 he left.", NULL, "2022-09-09; 2022-10-10; "},
        {"Signed 2024-02-29, published 01.03.2024.", NULL, "2024-02-29; 2024-03-01; "},
        {"Dates: 13/02/2024 and 02/28/2024.", NULL, "2024-02-13; 2024-02-28; "},
        {"There is no 31 February 2023 here.", NULL, "2023-02; "},
        {"may and march are words; They march in May 2020.", NULL, "2020-05; "},
    };
    CHECK(samples);
}

/* Seasons without a year: of the last one, or of the year that the story has come to. */
static void
test_seasons(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Last autumn they came. This spring they left.", "2024-05-12",
         "2023-23 inferred; 2024-21 inferred; "},
        {"Минулої зими було тихо.", "2024-05-12", "2023-24 inferred; "},
        {"Прошлым летом пришли.", "2024-05-12", "2023-22 inferred; "},
        {"У вересні 2022 року забрали паспорт. Навесні повернули.", "2024-05-12",
         "2022-09; 2023-21 inferred; "},
        {"Навесні повернули.", "2024-05-12", ""},
        {"In the summer of 2022 nobody cared. By the following spring it was a list.", "2024-05-12",
         "2022-22; 2023-21 by inferred; "},
        {"В декабре 2023 года второй такой случай с лета.", "2024-01-09",
         "2023-12; 2023-22 since inferred; "},
    };
    CHECK(samples);
}

/* What is beside a date says whether it is over: a verb, a promise, the day of the page. */
static void
test_told_or_to_come(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"He promised full coverage by 9 May.", "2023-09-19", "2023-05-09 by inferred; "},
        {"The rule is due from January.", "2023-09-19", "2024-01 since inferred; "},
        {"They had already announced in December that adults would be foreigners.", "2025-06-26",
         "2024-12 inferred; "},
        {"Що буде 11 вересня?", "2025-04-02", "2025-09-11 inferred; "},
        {"Путин 6 января подписал указ.", "2024-11-27", "2024-01-06 inferred; "},
        {"Обіцяють переведення, а з лютого звільнення.", "2024-12-18",
         "2025-02 since inferred; "},
        {"К марту из этих девятнадцати уволили одиннадцать.", "2025-07-30",
         "2025-03 by inferred; "},
        {"The decree of 27 April 2023 lets them stay until July 1.", "2024-06-24",
         "2023-04-27; 2024-07-01 until inferred; "},
        {"20 марта 2023 г. зачитали приказ. Не подписали одиннадцать человек. 17 апреля их "
         "уволили. Плата за март не выплачена.",
         "2024-12-05", "2023-03-20; 2023-04-17 inferred; 2023-03 inferred; "},
        {"Dismissals between 1 and 9 September were noted.", "2025-09-11",
         "2025-09-01/2025-09-09 inferred; "},
    };
    CHECK(samples);
}

/* A page without a day: what everybody knows by its day, and what day of the week it was. */
static void
test_no_day_of_the_page(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Указ підписали 20 березня. До 10 вересня треба подати заяву.", NULL,
         "2025-03-20 inferred; 2025-09-10 by inferred; "},
        {"On Tuesday, 18 November, police came. On 3 November they had come too.", NULL,
         "2025-11-18 inferred; 2025-11-03 inferred; "},
        {"On 18 November police came.", NULL, ""},
        {"After 1 September they may not drive.", NULL, ""},
    };
    CHECK(samples);
}

/* The month of a paper, and of what is somebody's. */
static void
test_months_of(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Мартовский указ обязывает уехать.", "2025-04-02", "2025-03 inferred; "},
        {"За квітневим указом Путіна 2023 року це так.", "2024-07-18", "2023-04; "},
        {"Жовтневий район і майская улица.", "2024-07-18", ""},
        {"They withheld January's wages. May's government did not.", "2024-04-09",
         "2024-01 inferred; "},
        {"Від січня звернулося 640 родин.", "2024-06-20", "2024-01 inferred; "},
    };
    CHECK(samples);
}

/* Dates as people tell them, and the years that their words leave out. */
static void
test_said(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Двадцять восьмого травня 2023 року прийшли.", NULL, "2023-05-28; "},
        {"Тридцать первого марта 2023 года ушли.", NULL, "2023-03-31; "},
        {"On the twenty-third of May, 2022 they left.", NULL, "2022-05-23; "},
        {"Он ушёл в марте двадцать третьего.", NULL, "2023-03; "},
        {"Осенью двадцать второго было тихо.", NULL, "2022-23; "},
        {"Це був двадцять четвертий рік.", NULL, "2024; "},
        {"Навесні 22-го в 23-му році.", NULL, "2022-21; 2023; "},
        {"Дві тисячі двадцять третього року.", NULL, "2023; "},
        {"В августе позапрошлого года. В октябре того же года.", "2025-04-02",
         "2023-08 inferred; 2023-10 inferred; "},
        {"Торік у травні, last year in June, в этом феврале.", "2025-04-02",
         "2024-05 inferred; 2024-06 inferred; 2025-02 inferred; "},
        {"Last March they came.", "2025-06-02", "2025-03 inferred; "},
        {"Із третього числа не пускають.", "2025-04-12", "2025-04-03 since inferred; "},
        {"They came on the third. He took the third floor.", "2025-04-02", "2025-03-03 inferred; "},
        {"Наказ від 14 травня 2024 року. Шістнадцятого не пустили.", "2025-04-12",
         "2024-05-14; 2024-05-16 inferred; "},
        {"Шістнадцятого березня. Двадцятого століття. Першого разу не вийшло.", "2025-04-12",
         "2025-03-16 inferred; "},
        {"До п'ятого грудня здали. Це двадцять третій рік. Шостого січня померла.", "2025-04-12",
         "2023-12-05 by inferred; 2023; 2024-01-06 inferred; "},
        {"Весной отобрали.", "2025-09-12", "2025-21 inferred; "},
        {"Sign by the first of the month. On the other hand, second thoughts.", "2025-09-12", ""},
    };
    CHECK(samples);
}

static void
test_english_partial(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"It began in November 2021.", NULL, "2021-11; "},
        {"In the spring of 2019 and in winter 2020.", NULL, "2019-21; 2020-24; "},
        {"Since 2014 little changed; a 2018 survey says so.", NULL, "2014 since; 2018; "},
        {"In the 1990s and by the end of 2001.", NULL, "199X; 2001 by; "},
        {"In the second half of 2023, after the first quarter of 2022.", NULL,
         "2023-07/2023-12; 2022-01/2022-03 since; "},
        {"In the first half of the year and in the second quarter of 2024.", "2025-08-02",
         "2025-01/2025-06 inferred; 2024-04/2024-06; "},
        {"In May and June 2022 buses ran.", NULL, "2022-05/2022-06; "},
        {"From 2015 to 2019 and 2020–2021.", NULL, "2015/2019 since; 2020/2021; "},
        {"From 3 to 9 May 2022 it was shut.", NULL, "2022-05-03/2022-05-09 since; "},
        {"Between 1 March and 31 August 2024, in mid-2023.", NULL, "2024-03-01/2024-08-31; 2023; "},
        {"Between April 2022 and May 2023.", NULL, "2022-04/2023-05; "},
        {"December 30 to January 2, 2024 was a holiday.", NULL, "2023-12-30/2024-01-02; "},
        {"From March 2 to March 1 2024 offices were shut.", NULL, "2024-03-02 since; "},
    };
    CHECK(samples);
}

/* What later samples taught: diaries, holidays, what is still to come, stories told long after. */
static void
test_elsewhere(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"2023 рік\n\nСічень. Сніг.\n\n9 травня. Дощ.\n\n2024 рік\n\nЛютий. Хати, в яких до 1 квітня порожньо.",
         "2024-08-24",
         "2023; 2023-01 inferred; 2023-05-09 inferred; 2024; 2024-02 inferred; 2024-04-01 by inferred; "},
        {"У II кварталі 2024 року, во втором полугодии 2023 года.", NULL,
         "2024-04/2024-06; 2023-07/2023-12; "},
        {"На Великдень 2024 року. На Пасху 2023 года. At Christmas 2022.", NULL,
         "2024-05-05; 2023-04-16; 2022-12-25; "},
        {"Занятия 21 и 22 апреля пройдут дома.", "2025-03-28",
         "2025-04-21 inferred; 2025-04-22 inferred; "},
        {"Гроші за вересень і жовтень.", "2024-12-01", "2024-09 inferred; 2024-10 inferred; "},
        {"Вручение паспортов — 12 июня, явка обязательна.", "2025-03-28", "2025-06-12 inferred; "},
        {"Вручили паспорта 12 июня.", "2025-03-28", "2024-06-12 inferred; "},
        {"Навантаження на вересень не дали.", "2024-08-27", "2024-09 inferred; "},
        {"The office closes next spring, last May it moved.", "2025-03-20",
         "2026-21 inferred; 2024-05 inferred; "},
        {"В прошлом мае пришли.", "2024-10-09", "2023-05 inferred; "},
        {"In the autumn of 2023 they came, in January they came again.", "2025-05-20",
         "2023-23; 2024-01 inferred; "},
        {"У серпні 2023 року, жовтні та грудні писали.", "2025-05-20",
         "2023-08; 2023-10 inferred; 2023-12 inferred; "},
        {"Строк – 1 липня. Срок — 1 июля.", "2025-05-20",
         "2025-07-01 by inferred; 2025-07-01 by inferred; "},
        {"В двадцать втором стало нужно, в двадцать втором доме.", NULL, "2022; "},
        {"Свідчення. Перелом стався восени 2023-го. До 1 листопада вимагали. У грудні захворів, в лютому помер.",
         "2025-06-11", "2023-23; 2023-11-01 by inferred; 2023-12 inferred; 2024-02 inferred; "},
    };
    CHECK(samples);
}

static void
test_not_dates(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"They counted 2015 people, paid $2020 and cited Article 1949.", NULL, ""},
        {"Law No. 2019 and about 2000 passports.", NULL, ""},
        {"Model X2015 and code 2015-ab, road 1,945 km.", NULL, ""},
        {"She may go; we march on.", NULL, ""},
    };
    CHECK(samples);
}

static void
test_roles(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Hand it in by 5 May 2024, no later than June 1, 2024.", NULL,
         "2024-05-05 by; 2024-06-01 by; "},
        {"Valid until 7 July 2025 and through August 2025.", NULL,
         "2025-07-07 until; 2025-08 until; "},
        {"Starting on 1 March 2024 it is banned.", NULL, "2024-03-01 since; "},
        {"The autumn 2023 deadline passed.", NULL, "2023-23 by; "},
        {"До 1 вересня 2023 року треба з'явитися, починаючи з 2 серпня 2023 р.", NULL,
         "2023-09-01 by; 2023-08-02 since; "},
        {"Не позднее 1 июня 2024 года.", NULL, "2024-06-01 by; "},
        {"Наказ № 17 від 3 травня 2023 року.", NULL, "2023-05-03; "},
    };
    CHECK(samples);
}

static void
test_ukrainian_russian(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"З 1 липня 2024 року, у серпні 2023-го, навесні 2022 року.", NULL,
         "2024-07-01 since; 2023-08; 2022-21; "},
        {"У 2014-му році та в 2015 р. їх не було. Першого вересня 2020 року почали.", NULL,
         "2014; 2015; 2020-09-01; "},
        {"Липень–серпень 2023 року; 24.02.2022; 2014–2022 роки.", NULL,
         "2023-07/2023-08; 2022-02-24; 2014/2022; "},
        {"С 5 по 9 мая 2023 года, летом 2022-го, в марте 2021 г.", NULL,
         "2023-05-05/2023-05-09 since; 2022-22; 2021-03; "},
        {"К концу 2024 года и в 1990-х годах.", NULL, "2024 by; 199X; "},
    };
    CHECK(samples);
}

static void
test_year_from_publication(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"He said on 3 February that it works.", "2024-02-10", "2024-02-03 inferred; "},
        {"He said in December that it works.", "2024-02-10", "2023-12 inferred; "},
        {"Apply by 1 July or leave.", "2024-02-10", "2024-07-01 by inferred; "},
        {"The deadline of 10 January passed.", "2024-02-10", "2024-01-10 by inferred; "},
        {"У вересні минулого року, до 20 лютого.", "2024-02-10",
         "2023-09 inferred; 2024-02-20 by inferred; "},
        {"Осенью прошлого года.", "2024-02-10", "2023-23 inferred; "},
        {"It was on Thursday, 6 June.", "2025-08-20", "2025-08-14 inferred; 2024-06-06 inferred; "},
        {"It was late April.", "2023-06~", "2023-04 inferred; "},
        {"On Tuesday and yesterday.", "2024-02-10", "2024-02-06 inferred; 2024-02-09 inferred; "},
        {"On Tuesday and yesterday.", NULL, ""},
        {"On Tuesday and yesterday.", "2024-02%", ""},
    };
    CHECK(samples);
}

static void
test_year_from_story(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"In June and July 2021 it was free. In August they asked for papers.", "2024-02-10",
         "2021-06/2021-07; 2021-08 inferred; "},
        {"A decree of March 2025 orders people to leave by 10 September.", NULL,
         "2025-03; 2025-09-10 by inferred; "},
        {"In November 2024 they were given until 15 January.", NULL,
         "2024-11; 2025-01-15 until inferred; "},
    };
    CHECK(samples);
}

static void
test_head_of_page(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *published;
    } samples[] = {
        {"Clinic shuts\nFeb 3, 2024 - 12:30\nThe clinic shut in May 2023.", "2024-02-03"},
        {"Published: 5 May 2023 by staff\nText follows here.", "2023-05-05"},
        {"KYIV, June 7, 2022 — Officials said so.", "2022-06-07"},
        {"Заголовок\nОпубліковано 03.11.2024 о 12:15\nТекст.", "2024-11-03"},
        {"On 5 May 2023 the head of the town told people to apply for papers.", NULL},
        {"Residents wait for bread in a queue in the rain. May 12, 2022.\nText.", NULL},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct dz_document d;
        char edtf[64] = "";
        assert_int_equal(dz_document_init(&d, dz_view_of(samples[i].text), NULL), DZ_OK);
        bool found = dz_guess_published(rules, &d, edtf);
        if (samples[i].published)
            assert_string_equal(edtf, samples[i].published);
        else
            assert_false(found);
        dz_document_done(&d);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_english_full),
        cmocka_unit_test(test_english_partial),
        cmocka_unit_test(test_seasons),
        cmocka_unit_test(test_told_or_to_come), cmocka_unit_test(test_months_of),
        cmocka_unit_test(test_no_day_of_the_page),
        cmocka_unit_test(test_said),
        cmocka_unit_test(test_elsewhere),
        cmocka_unit_test(test_not_dates),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_ukrainian_russian),
        cmocka_unit_test(test_year_from_publication),
        cmocka_unit_test(test_year_from_story),
        cmocka_unit_test(test_head_of_page),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
