#include "reading_fixture.h"

static void
describe(const struct dz_mention *m, struct dz_view quote, struct dz_buf *out)
{
    (void)quote;
    dz_buf_addf(out, "%s%s%s%s %s; ", m->qualifier, m->value, m->value_max[0] ? ".." : "",
                m->value_max, m->unit[0] ? m->unit : "?");
}

static void
check_all(const struct sample *samples, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_sample(&samples[i], DZ_MENTION_QUANTITY, describe);
}
#define CHECK(samples) check_all(samples, sizeof samples / sizeof *samples)

static void
test_digits(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Over 1.25 million Russian passports were handed out.", NULL, ">1250000 passports; "},
        {"Around 430,000 residents and 2,500,000 others.", NULL, "~430000 people; 2500000 people; "},
        {"Видали 2,75 млн паспортів і 92 тис. заяв.", NULL,
         "2750000 passports; 92000 applications; "},
        {"Понад 3 500 000 осіб, 50 000 гривень.", NULL, ">3500000 people; 50000 hryvnias; "},
        {"Не менее 1,2 млн жителей, до 15 тыс. человек.", NULL,
         ">=1200000 people; <=15000 people; "},
        {"A 400-bed ward for a 1,500-person camp.", NULL, "1500 people; "},
        {"It cost $3 billion, or 12.5% more.", NULL, "3000000000 dollars; 12.5 percent; "},
        {"They processed 60k passport applications.", NULL, "60000 applications; "},
    };
    CHECK(samples);
}

static void
test_words(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"More than three million people left.", NULL, ">3000000 people; "},
        {"Two hundred and fifty thousand pensioners.", NULL, "250000 people; "},
        {"Half a million people, a million documents.", NULL, "500000 people; 1000000 documents; "},
        {"Півтора мільйона заяв, двадцять п'ять родин.", NULL,
         "1500000 applications; 25 families; "},
        {"Двести пятьдесят тысяч рублей, двое детей.", NULL, "250000 rubles; 2 children; "},
        {"Twenty-five families and thirty-two schools.", NULL, "25 families; 32 points; "},
    };
    CHECK(samples);
}

static void
test_shares(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Every third resident, one in five teachers.", NULL, "33 percent; 20 percent; "},
        {"More than two thirds of the town, half the school.", NULL, ">67 percent; 50 percent; "},
        {"Кожен десятий лікар, троє з п'яти учнів.", NULL, "10 percent; 60 percent; "},
        {"Половина родин, чверть мешканців.", NULL, "50 percent; 25 percent; "},
        {"Каждая четвёртая семья, девять из десяти.", NULL, "25 percent; 90 percent; "},
        {"Every second day, half a year, the first half of the year.", NULL, ""},
        {"Кожен третій день, половина року.", NULL, ""},
        {"Каждый второй час, в первой половине 2023 года.", NULL, ""},
    };
    CHECK(samples);
}

/* Small numbers without a noun: only where the words around them count. */
static void
test_bare(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Of these, 312 stayed; 31 of them said so.", NULL, "312 ?; 31 ?; "},
        {"Сімнадцятьох виселили. О 18 прийшли знову.", NULL, "17 ?; "},
        {"Отказов: 410. Ещё 40 добавили.", NULL, "410 ?; 40 ?; "},
        {"On August 4 they came, 20 червня.", "2024-10", ""},
        {"A hundred people, two dozen families, два десятки родин.", NULL,
         "100 people; 24 families; 20 families; "},
    };
    CHECK(samples);
}

static void
test_ranges(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Between 10,000 and 12,000 people came.", NULL, "10000..12000 people; "},
        {"From 15 to 20 percent, 3–4 thousand families.", NULL,
         "15..20 percent; 3000..4000 families; "},
        {"Between two and three thousand families.", NULL, "2000..3000 families; "},
        {"Від 5 до 7 тисяч родин.", NULL, "5000..7000 families; "},
        {"От 10 до 12 процентов.", NULL, "10..12 percent; "},
    };
    CHECK(samples);
}

static void
test_not_quantities(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Article 49, No. 183, the 4th convention, at 12:30.", NULL, ""},
        {"Prices rose a lot, page 25, year on year.", NULL, ""},
        {"Dozens came, thousands left, millions live there.", NULL, ""},
        {"One of them, code 43552686-ab12, on 5 May 2022.", NULL, ""},
        {"Стаття 51, № 309, 10-го класу.", NULL, ""},
        {"Anna, 34, a nurse.", NULL, ""},
        {"Блокування сім-картки, купити сім карту.", NULL, ""},
    };
    CHECK(samples);
}

static void
test_extremes(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"99999999999999999999 people and 0.00000000000000000001 percent.", NULL, ""},
        {"999 billion people.", NULL, "999000000000 people; "},
        {"1,2,3 people; 1.2.3.4 people; 0 people.", NULL, "0 people; "},
    };
    CHECK(samples);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits),   cmocka_unit_test(test_words),
        cmocka_unit_test(test_ranges),   cmocka_unit_test(test_not_quantities),
        cmocka_unit_test(test_extremes), cmocka_unit_test(test_shares),
        cmocka_unit_test(test_bare),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
