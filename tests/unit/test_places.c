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

/* Endings that few names have, a name as it is heard, and cities to which people fled. */
static void
test_rare_forms(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Тётка живёт в Джанкое, дед в Чаплынке.", NULL,
         "Dzhankoi/settlement; Chaplynka/settlement; "},
        {"Кордон із Білоруссю. Мешканці Нижніх Сірогоз.", NULL,
         "Belarus/country; Nyzhni Sirohozy/settlement; "},
        {"They write from Gdynia, Bremen and Izmir.", NULL,
         "Gdynia/settlement; Bremen/settlement; Izmir/settlement; "},
    };
    CHECK(samples);
}

/* Names that several places bear: the region beside decides, then everyday use. */
static void
test_homonyms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *id; /* NULL: candidates are offered, none is picked */
    } samples[] = {
        {"Families from Kostiantynivka, Zaporizhzhia region, left.", "UA2308005001"},
        {"Families from Kostiantynivka, Donetsk region, left.", "UA1412007001"},
        {"An exhibition in New York showed it.", "US-new-york"},
        {"In Kherson region much is shut. A school in Myrne stays open.", "UA6508011001"},
        {"A school in Myrne stays open.", NULL},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct dz_document d;
        struct dz_mentions m = {0};
        assert_int_equal(dz_document_init(&d, dz_view_of(samples[i].text), NULL), DZ_OK);
        assert_int_equal(dz_find_places(rules, &d, &m, NULL), DZ_OK);
        const struct dz_mention *town = NULL;
        for (size_t k = 0; k < m.n; k++)
            if (strcmp(m.items[k].place_kind, "settlement") == 0)
                town = &m.items[k];
        assert_non_null(town);
        if (samples[i].id) {
            assert_non_null(town->place_id);
            assert_string_equal(town->place_id, samples[i].id);
        } else {
            assert_null(town->place_id);
            assert_true(town->n_candidates >= 2);
        }
        dz_mentions_done(&m);
        dz_document_done(&d);
    }
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
         "(gov) Russia/country; Russia/country; Ukraine/country; Crimea/republic; "},
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
        cmocka_unit_test(test_rare_forms), cmocka_unit_test(test_homonyms),
        cmocka_unit_test(test_governments_and_names),
        cmocka_unit_test(test_ukrainian),
        cmocka_unit_test(test_russian),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
