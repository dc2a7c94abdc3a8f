/* EDTF: what a date can mean in days, and how two dates lie to each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dz_edtf.h"

#define LEN(table) (sizeof(table) / sizeof(table)[0])

static struct dz_edtf *
parsed(const char *text)
{
    struct dz_edtf *e = NULL;
    struct dz_err err = {.code = DZ_OK};
    if (dz_edtf_parse(dz_view_of(text), &e, &err) != DZ_OK)
        fail_msg("%s is refused: %s", text, err.msg);
    assert_int_equal(err.code, DZ_OK);
    assert_non_null(e);
    return e;
}

/* "-" stands for no bound, and for an empty sure span. Dates here are plain civil dates. */
static const struct {
    const char *text;
    const char *lo;
    const char *hi;
    const char *sure_lo;
    const char *sure_hi;
    const char *flags; /* u uncertain, a approximate, i interval */
    char precision;
} bounds[] = {
    {"2022-07-14", "2022-07-14", "2022-07-14", "2022-07-14", "2022-07-14", "", 'd'},
    {"2022-07", "2022-07-01", "2022-07-31", "-", "-", "", 'm'},
    {"2023-02", "2023-02-01", "2023-02-28", "-", "-", "", 'm'},
    {"2024-02", "2024-02-01", "2024-02-29", "-", "-", "", 'm'},
    {"1900-02", "1900-02-01", "1900-02-28", "-", "-", "", 'm'},
    {"2022-12", "2022-12-01", "2022-12-31", "-", "-", "", 'm'},
    {"2022", "2022-01-01", "2022-12-31", "-", "-", "", 'y'},
    {"-0001", "-0001-01-01", "-0001-12-31", "-", "-", "", 'y'},
    /* Times: as written without zone, every day the instant can be with one. */
    {"2022-07-14T10:30:00", "2022-07-14", "2022-07-14", "2022-07-14", "2022-07-14", "", 'd'},
    {"2022-07-14T23:30:00", "2022-07-14", "2022-07-14", "2022-07-14", "2022-07-14", "", 'd'},
    {"2022-07-14T10:30:00Z", "2022-07-14", "2022-07-14", "2022-07-14", "2022-07-14", "", 'd'},
    {"2022-07-14T19:59:59Z", "2022-07-14", "2022-07-14", "2022-07-14", "2022-07-14", "", 'd'},
    {"2022-07-14T20:00:00Z", "2022-07-14", "2022-07-15", "-", "-", "", 'd'},
    {"2022-07-14T02:59:00+03:00", "2022-07-13", "2022-07-14", "-", "-", "", 'd'},
    {"2022-07-14T03:00:00+03:00", "2022-07-14", "2022-07-14", "2022-07-14", "2022-07-14", "", 'd'},
    {"2022-07-14T22:00:00-05:00", "2022-07-14", "2022-07-15", "-", "-", "", 'd'},
    {"2022-12-31T23:00:00+03:00", "2022-12-31", "2023-01-01", "-", "-", "", 'd'},
    /* Approximate and uncertain. */
    {"2022-07-14~", "2022-07-11", "2022-07-17", "-", "-", "a", 'd'},
    {"2024-03-01~", "2024-02-27", "2024-03-04", "-", "-", "a", 'd'},
    {"2023-01-02~", "2022-12-30", "2023-01-05", "-", "-", "a", 'd'},
    {"2022-09~", "2022-08-01", "2022-10-31", "-", "-", "a", 'm'},
    {"2023-01~", "2022-12-01", "2023-02-28", "-", "-", "a", 'm'},
    {"2024-03~", "2024-02-01", "2024-04-30", "-", "-", "a", 'm'},
    {"2023~", "2022-01-01", "2024-12-31", "-", "-", "a", 'y'},
    {"201X~", "2000-01-01", "2029-12-31", "-", "-", "a", 'D'},
    {"20XX~", "1900-01-01", "2199-12-31", "-", "-", "a", 'D'},
    {"2022?", "2022-01-01", "2022-12-31", "-", "-", "u", 'y'},
    {"2022-07-14?", "2022-07-14", "2022-07-14", "-", "-", "u", 'd'},
    {"2022-07-14%", "2022-07-11", "2022-07-17", "-", "-", "ua", 'd'},
    {"2022-23~", "2022-06-01", "2023-02-28", "-", "-", "a", 's'},
    {"2022-24~", "2021-10-01", "2023-05-31", "-", "-", "a", 's'},
    {"2022-40~", "2021-07-01", "2022-12-31", "-", "-", "a", 's'},
    {"2022-37~", "2021-09-01", "2022-08-31", "-", "-", "a", 's'},
    {"2022-33~", "2021-10-01", "2022-06-30", "-", "-", "a", 's'},
    /* Qualified components: the sign reaches as far as its unit. */
    {"2022-07~-14", "2022-06-14", "2022-08-14", "-", "-", "a", 'd'},
    {"2022~-07-14", "2021-07-14", "2023-07-14", "-", "-", "a", 'd'},
    {"2022-~07-14", "2022-06-14", "2022-08-14", "-", "-", "a", 'd'},
    {"2022-07-~14", "2022-07-11", "2022-07-17", "-", "-", "a", 'd'},
    {"2022-~07-~14", "2022-06-14", "2022-08-14", "-", "-", "a", 'd'},
    {"~2022-07-~14", "2021-07-14", "2023-07-14", "-", "-", "a", 'd'},
    {"2022-?07-~14", "2022-07-11", "2022-07-17", "-", "-", "ua", 'd'},
    {"2022-?07-14", "2022-07-14", "2022-07-14", "-", "-", "u", 'd'},
    {"2022-~07-31", "2022-06-30", "2022-08-31", "-", "-", "a", 'd'},
    {"~2024-02-29", "2023-02-28", "2025-02-28", "-", "-", "a", 'd'},
    {"2022-07-XX~", "2022-06-01", "2022-08-31", "-", "-", "a", 'm'},
    {"2022-07-1X~", "2022-06-10", "2022-08-19", "-", "-", "a", 'm'},
    {"2022-XX~", "2021-01-01", "2023-12-31", "-", "-", "a", 'y'},
    {"2022-XX-15~", "2022-01-12", "2022-12-18", "-", "-", "a", 'y'},
    /* Unspecified digits. */
    {"201X", "2010-01-01", "2019-12-31", "-", "-", "", 'D'},
    {"20XX", "2000-01-01", "2099-12-31", "-", "-", "", 'D'},
    {"XXXX", "0000-01-01", "9999-12-31", "-", "-", "", 'D'},
    {"-001X", "-0019-01-01", "-0010-12-31", "-", "-", "", 'D'},
    {"-000X", "-0009-01-01", "-0001-12-31", "-", "-", "", 'D'},
    {"2004-XX", "2004-01-01", "2004-12-31", "-", "-", "", 'y'},
    {"2004-0X", "2004-01-01", "2004-09-30", "-", "-", "", 'y'},
    {"2004-1X", "2004-10-01", "2004-12-31", "-", "-", "", 'y'},
    {"1985-04-XX", "1985-04-01", "1985-04-30", "-", "-", "", 'm'},
    {"1985-04-0X", "1985-04-01", "1985-04-09", "-", "-", "", 'm'},
    {"1985-04-3X", "1985-04-30", "1985-04-30", "1985-04-30", "1985-04-30", "", 'm'},
    {"2023-02-2X", "2023-02-20", "2023-02-28", "-", "-", "", 'm'},
    {"1985-XX-XX", "1985-01-01", "1985-12-31", "-", "-", "", 'y'},
    {"2022-XX-15", "2022-01-15", "2022-12-15", "-", "-", "", 'y'},
    {"2022-XX-31", "2022-01-31", "2022-12-31", "-", "-", "", 'y'},
    {"2022-1X-31", "2022-10-31", "2022-12-31", "-", "-", "", 'y'},
    {"202X-03", "2020-03-01", "2029-03-31", "-", "-", "", 'D'},
    {"156X-12-25", "1560-12-25", "1569-12-25", "-", "-", "", 'D'},
    {"190X-02-29", "1904-02-29", "1908-02-29", "-", "-", "", 'D'},
    {"18XX-02-29", "1804-02-29", "1896-02-29", "-", "-", "", 'D'},
    {"XXXX-02-29", "0000-02-29", "9996-02-29", "-", "-", "", 'D'},
    {"202X-24", "2020-01-01", "2030-02-28", "-", "-", "", 'D'},
    /* Seasons and other parts of the year. */
    {"2022-21", "2022-03-01", "2022-05-31", "-", "-", "", 's'},
    {"2022-22", "2022-06-01", "2022-08-31", "-", "-", "", 's'},
    {"2022-23", "2022-09-01", "2022-11-30", "-", "-", "", 's'},
    {"2022-24", "2022-01-01", "2023-02-28", "-", "-", "", 's'},
    {"2023-24", "2023-01-01", "2024-02-29", "-", "-", "", 's'},
    {"2022-25", "2022-03-01", "2022-05-31", "-", "-", "", 's'},
    {"2022-26", "2022-06-01", "2022-08-31", "-", "-", "", 's'},
    {"2022-27", "2022-09-01", "2022-11-30", "-", "-", "", 's'},
    {"2022-28", "2022-01-01", "2023-02-28", "-", "-", "", 's'},
    {"2022-29", "2022-09-01", "2022-11-30", "-", "-", "", 's'},
    {"2022-30", "2022-01-01", "2023-02-28", "-", "-", "", 's'},
    {"2022-31", "2022-03-01", "2022-05-31", "-", "-", "", 's'},
    {"2022-32", "2022-06-01", "2022-08-31", "-", "-", "", 's'},
    {"2024-33", "2024-01-01", "2024-03-31", "-", "-", "", 's'},
    {"2024-34", "2024-04-01", "2024-06-30", "-", "-", "", 's'},
    {"2024-35", "2024-07-01", "2024-09-30", "-", "-", "", 's'},
    {"2024-36", "2024-10-01", "2024-12-31", "-", "-", "", 's'},
    {"2024-37", "2024-01-01", "2024-04-30", "-", "-", "", 's'},
    {"2024-38", "2024-05-01", "2024-08-31", "-", "-", "", 's'},
    {"2024-39", "2024-09-01", "2024-12-31", "-", "-", "", 's'},
    {"2024-40", "2024-01-01", "2024-06-30", "-", "-", "", 's'},
    {"2024-41", "2024-07-01", "2024-12-31", "-", "-", "", 's'},
    /* Intervals. */
    {"2022-03-01/2022-05-31", "2022-03-01", "2022-05-31", "2022-03-01", "2022-05-31", "i", 'i'},
    {"2022-07/2022-08", "2022-07-01", "2022-08-31", "2022-07-31", "2022-08-01", "i", 'i'},
    {"2014/2015", "2014-01-01", "2015-12-31", "2014-12-31", "2015-01-01", "i", 'i'},
    {"2022/2022", "2022-01-01", "2022-12-31", "-", "-", "i", 'i'},
    {"2022-07-20/2022-07", "2022-07-20", "2022-07-31", "-", "-", "i", 'i'},
    {"2022-07-14/2022-07-14", "2022-07-14", "2022-07-14", "2022-07-14", "2022-07-14", "i", 'i'},
    {"2024-08/..", "2024-08-01", "-", "-", "-", "i", 'i'},
    {"2024-08-01/", "2024-08-01", "-", "-", "-", "i", 'i'},
    {"../2024-07-01", "-", "2024-07-01", "-", "-", "i", 'i'},
    {"..2024-07-01", "-", "2024-07-01", "-", "-", "i", 'i'},
    {"/2024-07", "-", "2024-07-31", "-", "-", "i", 'i'},
    {"../..", "-", "-", "-", "-", "i", 'i'},
    {"2022-07~/2022-09", "2022-06-01", "2022-09-30", "-", "-", "ia", 'i'},
    {"2022-07/2022-09?", "2022-07-01", "2022-09-30", "-", "-", "iu", 'i'},
    {"2022-03-01/2022-05-10~", "2022-03-01", "2022-05-13", "-", "-", "ia", 'i'},
    {"2022-22/2022-23", "2022-06-01", "2022-11-30", "2022-08-31", "2022-09-01", "i", 'i'},
    {"../2024-07~", "-", "2024-08-31", "-", "-", "ia", 'i'},
    /* Sets. */
    {"[2022-03-01,2022-03-05]", "2022-03-01", "2022-03-05", "-", "-", "", 'i'},
    {"[2022-03-01..2022-03-05]", "2022-03-01", "2022-03-05", "-", "-", "", 'i'},
    {"[2022-03-01]", "2022-03-01", "2022-03-01", "2022-03-01", "2022-03-01", "", 'i'},
    {"[2022-03-01,2022-03-01]", "2022-03-01", "2022-03-01", "2022-03-01", "2022-03-01", "", 'i'},
    {"{2022-03-01,2022-03-05}", "2022-03-01", "2022-03-05", "2022-03-01", "2022-03-01", "", 'i'},
    {"{2022-03-05,2022-03-01}", "2022-03-01", "2022-03-05", "2022-03-01", "2022-03-01", "", 'i'},
    {"{2022-03-01,2022-04-02..2022-04-09}", "2022-03-01", "2022-04-09", "2022-04-02", "2022-04-09",
     "", 'i'},
    {"{2022-03,2022-05-02}", "2022-03-01", "2022-05-02", "2022-05-02", "2022-05-02", "", 'i'},
    {"{2022-03-01,2022-05-02~}", "2022-03-01", "2022-05-05", "-", "-", "a", 'i'},
    {"{2022-03-01,2022-05-02?}", "2022-03-01", "2022-05-02", "-", "-", "u", 'i'},
    {"[..2024-07-01]", "-", "2024-07-01", "-", "-", "", 'i'},
    {"[2024-07..]", "2024-07-01", "-", "-", "-", "", 'i'},
    {"[2023,2019-05]", "2019-05-01", "2023-12-31", "-", "-", "", 'i'},
    {"[..2019,2023..]", "-", "-", "-", "-", "", 'i'},
};

/* Reads "-YYYY-MM-DD" with the base calendar, independent of the parser under test. */
static int32_t
civil(const char *text, int32_t none)
{
    if (strcmp(text, "-") == 0)
        return none;
    int sign = text[0] == '-' ? -1 : 1;
    int v[3] = {0};
    const char *p = text[0] == '-' ? text + 1 : text;
    for (size_t i = 0; *p != '\0'; p++) {
        if (*p == '-')
            i++;
        else
            v[i] = v[i] * 10 + (*p - '0');
    }
    return dz_date_to_days(
        (struct dz_date){.year = sign * v[0], .month = (int8_t)v[1], .day = (int8_t)v[2]});
}

static void
same_day(const char *text, const char *field, int32_t got, int32_t want)
{
    if (got != want) {
        struct dz_date d = dz_date_from_days(got);
        fail_msg("%s: %s is day %d (%d-%02d-%02d), wanted day %d", text, field, got, d.year,
                 d.month, d.day, want);
    }
}

static void
test_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(bounds); i++) {
        const char *text = bounds[i].text;
        struct dz_edtf *e = parsed(text);
        struct dz_edtf_bounds b = dz_edtf_get_bounds(e);
        same_day(text, "lo", b.lo, civil(bounds[i].lo, DZ_EDTF_MIN_DAY));
        same_day(text, "hi", b.hi, civil(bounds[i].hi, DZ_EDTF_MAX_DAY));
        if (strcmp(bounds[i].sure_lo, "-") == 0) {
            if (b.sure_lo <= b.sure_hi)
                fail_msg("%s surely covers %d..%d", text, b.sure_lo, b.sure_hi);
        } else {
            same_day(text, "sure_lo", b.sure_lo, civil(bounds[i].sure_lo, 0));
            same_day(text, "sure_hi", b.sure_hi, civil(bounds[i].sure_hi, 0));
        }
        if (b.uncertain != (strchr(bounds[i].flags, 'u') != NULL) ||
            b.approximate != (strchr(bounds[i].flags, 'a') != NULL) ||
            b.is_interval != (strchr(bounds[i].flags, 'i') != NULL))
            fail_msg("%s: flags are not %s", text, bounds[i].flags);
        if (dz_edtf_precision(e) != bounds[i].precision)
            fail_msg("%s: precision %c", text, dz_edtf_precision(e));

        struct dz_edtf_bounds again = {0};
        assert_true(dz_edtf_text_bounds(text, &again));
        assert_int_equal(again.lo, b.lo);
        assert_int_equal(again.hi, b.hi);
        assert_int_equal(again.sure_lo, b.sure_lo);
        assert_int_equal(again.sure_hi, b.sure_hi);
        dz_edtf_free(e);
    }
}

/* The calendar of this module agrees with that of base, over all leap-year rules. */
static void
test_bounds_agree_with_calendar(void **state)
{
    (void)state;
    for (int year = -9999; year <= 9999; year += year % 400 == -1 || year % 100 == 99 ? 1 : 7) {
        for (int8_t month = 1; month <= 12; month++) {
            char text[32];
            snprintf(text, sizeof text, "%s%04d-%02d", year < 0 ? "-" : "", year < 0 ? -year : year,
                     month);
            struct dz_edtf_bounds b = {0};
            assert_true(dz_edtf_text_bounds(text, &b));
            struct dz_date first = {.year = year, .month = month, .day = 1};
            struct dz_date last = {
                .year = year, .month = month, .day = dz_days_in_month(year, month)};
            same_day(text, "lo", b.lo, dz_date_to_days(first));
            same_day(text, "hi", b.hi, dz_date_to_days(last));
        }
    }
}

static void
test_far_years(void **state)
{
    (void)state;
    struct dz_edtf_bounds b = {0};
    /* The year after 9999 follows without a gap, and so does a winter across that border. */
    assert_true(dz_edtf_text_bounds("Y10000", &b));
    assert_int_equal(b.lo, civil("9999-12-31", 0) + 1);
    assert_int_equal(b.hi, b.lo + 365);
    assert_true(dz_edtf_text_bounds("9999-24", &b));
    assert_int_equal(b.hi, civil("9999-12-31", 0) + 31 + 29);
    assert_true(dz_edtf_text_bounds("9999~", &b));
    assert_int_equal(b.hi, civil("9999-12-31", 0) + 366);
    assert_true(dz_edtf_text_bounds("Y-10000", &b));
    assert_int_equal(b.hi, civil("-9999-01-01", 0) - 1);
    assert_true(dz_edtf_text_bounds("-0001~", &b));
    assert_int_equal(b.hi, civil("0000-12-31", 0));
    /* Beyond the scale of days: still bounded towards us, open on the far side. */
    assert_true(dz_edtf_text_bounds("Y170000002", &b));
    assert_int_equal(b.lo, DZ_EDTF_MAX_DAY - 1);
    assert_int_equal(b.hi, DZ_EDTF_MAX_DAY);
    assert_true(dz_edtf_text_bounds("Y-999999999999~", &b));
    assert_int_equal(b.lo, DZ_EDTF_MIN_DAY);
    assert_int_equal(b.hi, DZ_EDTF_MIN_DAY + 1);
    assert_true(b.sure_lo > b.sure_hi);
}

static void
test_text_bounds_of_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {NULL, "", "conditionality", "2022-13"};
    for (size_t i = 0; i < LEN(texts); i++) {
        struct dz_edtf_bounds b = {.uncertain = true, .is_interval = true};
        assert_false(dz_edtf_text_bounds(texts[i], &b));
        assert_int_equal(b.lo, DZ_EDTF_MIN_DAY);
        assert_int_equal(b.hi, DZ_EDTF_MAX_DAY);
        assert_true(b.sure_lo > b.sure_hi);
        assert_false(b.uncertain || b.approximate || b.is_interval);
    }
}

#define B DZ_EDTF_BEFORE
#define O DZ_EDTF_OVERLAP
#define M DZ_EDTF_MAYBE_OVERLAP

/* Every row is tried in both directions; AFTER is the mirror of BEFORE. */
static const struct {
    const char *a;
    const char *b;
    enum dz_edtf_order order;
} pairs[] = {
    /* Plain. */
    {"2022-07-14", "2022-07-15", B},
    {"2022-07-14", "2022-07-14", O},
    {"2022-07", "2022-08", B},
    {"2022-07", "2022-07", M},
    {"2022-07", "2022-07-14", M},
    {"2022", "2022-07-14", M},
    {"2021", "2022-01-01", B},
    {"-0002", "-0001", B},
    {"2022-07-14T10:00:00", "2022-07-14", O},
    {"2022-07-14T10:00:00", "2022-07-14T11:00:00", O},
    /* One instant, two clocks: never in order. */
    {"2022-03-01T23:30:00Z", "2022-03-02T01:30:00+02:00", M},
    {"2022-03-01T23:30:00Z", "2022-03-02", M},
    {"2022-03-01T12:30:00Z", "2022-03-02", B},
    /* Leap years and year ends. */
    {"2024-02-29", "2024-03", B},
    {"2024-02", "2024-02-29", M},
    {"2023-02", "2023-03-01", B},
    {"2022-12-31", "2023", B},
    {"2022-23", "2022-12", B},
    {"2022-23", "2022-11-30", M},
    {"2022-21", "2022-22", B},
    {"2022-22", "2022-23", B},
    {"2022-23", "2022-24", M}, /* winter may be the one that ended in February 2022 */
    {"2022-24", "2023-02-28", M},
    {"2022-24", "2022-01-15", M},
    {"2022-24", "2023-03-01", B},
    {"2021-12-31", "2022-24", B},
    {"2023-24", "2024-02-29", M},
    {"2023-24", "2024-03-01", B},
    {"2022-40", "2022-41", B},
    {"2022-33", "2022-34", B},
    /* Approximate: the widened span decides. */
    {"2022-09~", "2022-10", M},
    {"2022-09~", "2022-11", B},
    {"2022-07", "2022-09~", B},
    {"2022-07-14~", "2022-07-17", M},
    {"2022-07-14~", "2022-07-18", B},
    {"2023~", "2025", B},
    {"2023~", "2024", M},
    {"2023~", "2023-05-01", M},
    /* Uncertain: order as stated, never sure to meet. */
    {"2022?", "2023", B},
    {"2022-07-14?", "2022-07-14", M},
    {"2022-07-14?", "2022-01-01/2022-12-31", M},
    {"2022-07-14~", "2022-01-01/2022-12-31", O},
    {"2022-07-14%", "2022-01-01/2022-12-31", M},
    /* Intervals. */
    {"2022-03-01/2022-05-31", "2022-05-31/2022-06-30", O},
    {"2022-03-01/2022-05-31", "2022-06-01/2022-06-30", B},
    {"2022-03-01/2022-05-31", "2022-04", O},
    {"2022-03-01/2022-05-31", "2022-05", O},
    {"2022-03-01/2022-05-31", "2022-04?", M},
    {"2022-03-02/2022-05-31", "2022-03", M},
    {"2022-03-01/2022-05-31", "2022-21", O},
    {"2022-03-01/2022-05-31", "2022", M},
    {"2022-03-01/2022-05-31", "2022-04-10~", O},
    {"2022-03/2022-05", "2022-03-31", O},
    {"2022-03/2022-05", "2022-03-30", M},
    {"2014/2015", "2014-12-31", O},
    {"2014/2015", "2014-12-30", M},
    {"2014/2015", "2015", M},
    {"2014/2015", "2016", B},
    {"2022-03~/2022-05-31", "2022-04-15", M},
    {"2022-03-01/2022-05-31", "[2022-04-01,2022-04-20]", O},
    {"2022-03-01/2022-05-31", "[2022-04-01,2022-06-20]", M},
    /* Open and unknown ends. */
    {"2024-08/..", "2030", M},
    {"2024-07-31", "2024-08/..", B},
    {"2024-07-31", "2024-08/", B},
    {"2024-08/..", "2024-08-01", M},
    {"../2024-07-01", "2024-07-02", B},
    {"../2024-07-01", "2024-07-01", M},
    {"/2024-07-01", "1950", M},
    {"../2024-07-01", "2024-07-02/..", B},
    {"../2024-07-01", "2024-07-01/..", M},
    {"../..", "2022", M},
    {"[..2024-07-01]", "2024-07-02", B},
    {"[..2024-07-01]", "2023", M},
    /* Sets and far years. */
    {"[2022,2023]", "2024", B},
    {"{2022-03-01,2022-05-01}", "2022-03-01", O},
    {"{2022-03-01..2022-03-09}", "2022-03-05", O},
    {"[2022-03-01..2022-03-09]", "2022-03-05", M},
    {"2022", "Y170000002", B},
    {"Y-170000002", "2022", B},
    {"Y170000002", "Y170000003", M},
    {"Y-170000002", "Y170000002", B},
};

static void
test_compare(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(pairs); i++) {
        struct dz_edtf *a = parsed(pairs[i].a);
        struct dz_edtf *b = parsed(pairs[i].b);
        enum dz_edtf_order mirror = pairs[i].order == B ? DZ_EDTF_AFTER : pairs[i].order;
        if (dz_edtf_compare(a, b) != pairs[i].order)
            fail_msg("%s and %s give %d", pairs[i].a, pairs[i].b, dz_edtf_compare(a, b));
        if (dz_edtf_compare(b, a) != mirror)
            fail_msg("%s and %s give %d", pairs[i].b, pairs[i].a, dz_edtf_compare(b, a));
        struct dz_edtf_bounds x = dz_edtf_get_bounds(a);
        struct dz_edtf_bounds y = dz_edtf_get_bounds(b);
        assert_int_equal(dz_edtf_compare_bounds(&x, &y), pairs[i].order);
        dz_edtf_free(a);
        dz_edtf_free(b);
    }
}

static void
test_sort(void **state)
{
    (void)state;
    static const char *const sorted[] = {
        "Y-17000000", "../2024-07-01", "/2024-07-01", "../..",      "-0044",
        "2022-03-01", "2022-03",       "2022-21",     "2022-03/..", "2022-03-02",
        "2022-04",    "2022-04?",      "Y170000002",
    };
    for (size_t i = 0; i < LEN(sorted); i++) {
        for (size_t k = 0; k < LEN(sorted); k++) {
            struct dz_edtf *a = parsed(sorted[i]);
            struct dz_edtf *b = parsed(sorted[k]);
            int want = i < k ? -1 : (i > k ? 1 : 0);
            if (dz_edtf_sort_cmp(a, b) != want)
                fail_msg("%s, %s: %d", sorted[i], sorted[k], dz_edtf_sort_cmp(a, b));
            dz_edtf_free(a);
            dz_edtf_free(b);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),    cmocka_unit_test(test_bounds_agree_with_calendar),
        cmocka_unit_test(test_far_years), cmocka_unit_test(test_text_bounds_of_nothing),
        cmocka_unit_test(test_compare),   cmocka_unit_test(test_sort),
    };
    return cmocka_run_group_tests_name("edtf_bounds", tests, NULL, NULL);
}
