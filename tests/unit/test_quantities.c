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
        {"Around 430,000 residents and 2,500,000 others.", NULL, "~430000 people; 2500000 ?; "},
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
        {"Двести пятьдесят тысяч рублей, двое детей.", NULL, "250000 rubles; 2 people; "},
        {"Twenty-five families and thirty-two schools.", NULL, "25 families; 32 points; "},
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
        cmocka_unit_test(test_extremes),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
