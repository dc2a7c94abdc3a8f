#include "reading_fixture.h"

static void
describe(const struct dz_mention *m, struct dz_view quote, struct dz_buf *out)
{
    (void)quote;
    dz_buf_addf(out, "%s%s/%s; ", m->metonym ? "(gov) " : "", m->place_name, m->place_kind);
}

static void
check_all(const struct sample *samples, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_sample(&samples[i], DZ_MENTION_PLACE, describe);
}
#define CHECK(samples) check_all(samples, sizeof samples / sizeof *samples)

static void
test_english(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Trucks from Berdyansk, Energodar and Henichesk reached Tokmak.", NULL,
         "Berdiansk/settlement; Enerhodar/settlement; Henichesk/settlement; Tokmak/settlement; "},
        {"Clinics in Kherson, Zaporizhzhia, and Luhansk oblasts closed.", NULL,
         "Kherson Oblast/oblast; Zaporizhzhia Oblast/oblast; Luhansk Oblast/oblast; "},
        {"In the regions of Donetsk and Kherson.", NULL,
         "Donetsk Oblast/oblast; Kherson Oblast/oblast; "},
        {"She moved to Kherson, Zaporizhzhia region.", NULL,
         "Kherson/settlement; Zaporizhzhia Oblast/oblast; "},
        {"They fled to Donetsk, Luhansk, Kherson and Zaporizhzhia.", NULL,
         "Donetsk Oblast/oblast; Luhansk Oblast/oblast; Kherson Oblast/oblast; "
         "Zaporizhzhia Oblast/oblast; "},
        {"The Luhansk “people's republic” and the Donetsk People's Republic.", NULL,
         "Luhansk People's Republic/republic; Donetsk People's Republic/republic; "},
        {"Officials in the LNR and in Crimea.", NULL,
         "Luhansk People's Republic/republic; Crimea/republic; "},
        {"Across the Dnipro, at the Kakhovka reservoir, near the city of Dnipro.", NULL,
         "Dnipro/settlement; "},
        {"Ivan Donetsky came.", NULL, ""},
        {"A Ukrainian and a Russian met Crimean friends.", NULL, ""},
    };
    CHECK(samples);
}

static void
test_governments_and_names(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Moscow denies it; she was born in Moscow.", NULL,
         "(gov) Moscow/settlement; Moscow/settlement; "},
        {"He told the Kyiv Independent in Kyiv.", NULL, "(gov) Kyiv/settlement; Kyiv/settlement; "},
        {"Georgia Miller lives in Tbilisi, Georgia.", NULL,
         "Tbilisi/settlement; Georgia/country; "},
        {"The Ukrainian Helsinki Union wrote to us.", NULL, "(gov) Helsinki/settlement; "},
    };
    CHECK(samples);
}

static void
test_ukrainian(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"У Скадовську, Новій Каховці та Бердянську; до Маріуполя й Волновахи.", NULL,
         "Skadovsk/settlement; Nova Kakhovka/settlement; Berdiansk/settlement; "
         "Mariupol/settlement; Volnovakha/settlement; "},
        {"У Донецькій, Луганській та Запорізькій областях.", NULL,
         "Donetsk Oblast/oblast; Luhansk Oblast/oblast; Zaporizhzhia Oblast/oblast; "},
        {"За словами очільника Херсонської обласної адміністрації та Запорізької ОВА.", NULL,
         "Kherson Oblast/oblast; Zaporizhzhia Oblast/oblast; "},
        {"На Херсонщині та Донеччині, у Мелітопольському районі.", NULL,
         "Kherson Oblast/oblast; Donetsk Oblast/oblast; Melitopolskyi Raion/raion; "},
        {"Громадянство рф, переїзд до Росії, України, Криму.", NULL,
         "Russia/country; Russia/country; Ukraine/country; Crimea/republic; "},
        {"Донецький обласний суд, лівий берег Дніпра.", NULL, ""},
        {"Запорізький завод і донецький степ.", NULL, ""},
        {"Щастя не в паспорті. Місто Щастя захопили.", NULL, "Shchastia/settlement; "},
    };
    CHECK(samples);
}

static void
test_russian(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"В Мелитополе, Бердянске и Энергодаре; из Рубежного и Северодонецка.", NULL,
         "Melitopol/settlement; Berdiansk/settlement; Enerhodar/settlement; "
         "Rubizhne/settlement; Sievierodonetsk/settlement; "},
        {"В Херсонской и Запорожской областях, в ДНР.", NULL,
         "Kherson Oblast/oblast; Zaporizhzhia Oblast/oblast; Donetsk People's Republic/republic; "},
        {"Уехали в Ростовскую область и Краснодарский край, жители Крыма.", NULL,
         "Rostov Oblast/oblast; Krasnodar Krai/oblast; Crimea/republic; "},
        {"Гражданин Российской Федерации.", NULL, "Russia/country; "},
    };
    CHECK(samples);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_english),
        cmocka_unit_test(test_governments_and_names),
        cmocka_unit_test(test_ukrainian),
        cmocka_unit_test(test_russian),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
