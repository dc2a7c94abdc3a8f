#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_time.h"

static void
test_known_days(void **state)
{
    (void)state;
    static const struct {
        struct dz_date date;
        int32_t days;
        int weekday;
    } rows[] = {
        {{1970, 1, 1}, 0, 3},     {{1969, 12, 31}, -1, 2},   {{2000, 2, 29}, 11016, 1},
        {{2000, 3, 1}, 11017, 2}, {{2022, 2, 24}, 19047, 3}, {{1900, 3, 1}, -25508, 3},
        {{1, 1, 1}, -719162, 0},  {{0, 3, 1}, -719468, 2},   {{9999, 12, 31}, 2932896, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(dz_date_to_days(rows[i].date), rows[i].days);
        assert_int_equal(dz_date_weekday(rows[i].date), rows[i].weekday);
        struct dz_date back = dz_date_from_days(rows[i].days);
        assert_int_equal(back.year, rows[i].date.year);
        assert_int_equal(back.month, rows[i].date.month);
        assert_int_equal(back.day, rows[i].date.day);
    }
}

/* Walks through every day of the supported years, counting in the plainest way. */
static void
test_every_day(void **state)
{
    (void)state;
    struct dz_date d = {.year = -9999, .month = 1, .day = 1};
    int32_t days = dz_date_to_days(d);
    int weekday = dz_date_weekday(d);
    while (d.year <= 9999) {
        struct dz_date back = dz_date_from_days(days);
        if (dz_date_to_days(d) != days || back.year != d.year || back.month != d.month ||
            back.day != d.day || dz_date_weekday(d) != weekday)
            fail_msg("%d-%d-%d is not day %d", d.year, d.month, d.day, days);
        days++;
        weekday = (weekday + 1) % 7;
        d.day++;
        if (d.day > dz_days_in_month(d.year, d.month)) {
            d.day = 1;
            d.month++;
        }
        if (d.month > 12) {
            d.month = 1;
            d.year++;
        }
    }
    assert_int_equal(days, 2932897);
}

static void
test_days_in_month(void **state)
{
    (void)state;
    assert_int_equal(dz_days_in_month(2023, 2), 28);
    assert_int_equal(dz_days_in_month(2024, 2), 29);
    assert_int_equal(dz_days_in_month(1900, 2), 28);
    assert_int_equal(dz_days_in_month(2000, 2), 29);
    assert_int_equal(dz_days_in_month(-4, 2), 29);
    assert_int_equal(dz_days_in_month(0, 2), 29);
    assert_int_equal(dz_days_in_month(-100, 2), 28);
    assert_int_equal(dz_days_in_month(2024, 4), 30);
    assert_int_equal(dz_days_in_month(2024, 12), 31);
    assert_int_equal(dz_days_in_month(2024, 0), 0);
    assert_int_equal(dz_days_in_month(2024, 13), 0);
}

static const struct {
    const char *text;
    int64_t us;
    const char *canonical;
} good[] = {
    {"1970-01-01T00:00:00Z", 0, NULL},
    {"2026-11-21T09:30:00Z", INT64_C(1795253400000000), NULL},
    {"1969-12-31T23:59:59.999999Z", -1, NULL},
    {"2022-02-24T05:00:00+02:00", INT64_C(1645671600000000), "2022-02-24T03:00:00Z"},
    {"2022-02-24t03:00:00z", INT64_C(1645671600000000), "2022-02-24T03:00:00Z"},
    {"2022-02-24T03:00:00-00:00", INT64_C(1645671600000000), "2022-02-24T03:00:00Z"},
    {"2022-02-23T22:30:00-04:30", INT64_C(1645671600000000), "2022-02-24T03:00:00Z"},
    {"1970-01-01T00:00:00.5Z", 500000, "1970-01-01T00:00:00.500000Z"},
    {"1970-01-01T00:00:00.0000019Z", 1, "1970-01-01T00:00:00.000001Z"},
    {"1970-01-01T00:00:00.12345678901234567890Z", 123456, "1970-01-01T00:00:00.123456Z"},
    {"0000-01-01T00:00:00Z", INT64_C(-62167219200000000), NULL},
    {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999), NULL},
    /* A leap second is the second after it, also where the local clock reads otherwise. */
    {"2016-12-31T23:59:60Z", INT64_C(1483228800000000), "2017-01-01T00:00:00Z"},
    {"1990-12-31T15:59:60-08:00", INT64_C(662688000000000), "1991-01-01T00:00:00Z"},
};

static void
test_parse_and_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t us = 77;
        if (!dz_time_parse(dz_view_of(good[i].text), &us) || us != good[i].us)
            fail_msg("%s gave %lld", good[i].text, (long long)us);
        char text[32];
        dz_time_format(us, text);
        assert_string_equal(text, good[i].canonical != NULL ? good[i].canonical : good[i].text);
    }
}

static void
test_parse_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2022",
        "2022-02-24",
        "2022-02-24T03:00Z",
        "2022-02-24T03:00:00",
        "2022-02-24 03:00:00Z",
        "2022-02-24T03:00:00Z ",
        " 2022-02-24T03:00:00Z",
        "2022-02-24T03:00:00.Z",
        "2022-02-24T03:00:00,5Z",
        "2022-02-24T03:00:00+0200",
        "2022-02-24T03:00:00+24:00",
        "2022-02-24T03:00:00+02:60",
        "2022-02-24T03:00:00+2:00",
        "2022-02-24T24:00:00Z",
        "2022-02-24T03:60:00Z",
        "2022-02-24T03:00:61Z",
        "2022-02-24T03:00:60Z",
        "2022-12-31T22:59:60Z",
        "2022-02-29T03:00:00Z",
        "2022-00-01T03:00:00Z",
        "2022-13-01T03:00:00Z",
        "2022-04-31T03:00:00Z",
        "2022-04-00T03:00:00Z",
        "22-02-24T03:00:00Z",
        "-022-02-24T03:00:00Z",
        "12022-02-24T03:00:00Z",
        "2022-02-24T03:00:00ZZ",
        "2022-2-24T03:00:00Z",
        "2022-02-24T+3:00:00Z",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t us = 77;
        if (dz_time_parse(dz_view_of(bad[i]), &us) || us != 77)
            fail_msg("'%s' was accepted", bad[i]);
    }
    /* Every proper beginning of a time is refused and read within its bounds. */
    static const char whole[] = "2022-02-24T03:00:00.5+02:00";
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        DZ_AUTO_FREE char *part = dz_alloc(n);
        memcpy(part, whole, n);
        int64_t us;
        assert_false(dz_time_parse((struct dz_view){.p = part, .n = n}, &us));
    }
}

static void
test_format_fits_in_its_room(void **state)
{
    (void)state;
    char *text = dz_alloc(32);
    dz_time_format(INT64_MIN, text);
    assert_string_equal(text, "-290308-12-21T19:59:05.224192Z");
    dz_time_format(INT64_MAX, text);
    assert_string_equal(text, "294247-01-10T04:00:54.775807Z");
    dz_time_format(INT64_C(-62167219200000001), text);
    assert_string_equal(text, "-0001-12-31T23:59:59.999999Z");
    dz_free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_days),    cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_days_in_month), cmocka_unit_test(test_parse_and_format),
        cmocka_unit_test(test_parse_refuses), cmocka_unit_test(test_format_fits_in_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
