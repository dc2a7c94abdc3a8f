#include "dz_time.h"

#include <stddef.h>
#include <stdio.h>

#define US_PER_SECOND INT64_C(1000000)
#define SECONDS_PER_DAY INT64_C(86400)
#define DAYS_PER_ERA INT64_C(146097) /* 400 Gregorian years repeat exactly */

/* Division that rounds down, so that the time before 1970 needs no special case. */
static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

/* Years are counted from 1 March, which puts the leap day last and makes the lengths of the
 * months a straight line: day of the year of month m (March = 0) is (153 m + 2) / 5. */
int32_t
dz_date_to_days(struct dz_date d)
{
    int64_t year = (int64_t)d.year - (d.month <= 2 ? 1 : 0);
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month = d.month + (d.month > 2 ? -3 : 9);
    int64_t day_of_year = (153 * month + 2) / 5 + d.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int32_t)(era * DAYS_PER_ERA + day_of_era -
                     719468); /* days from 0000-03-01 to 1970-01-01 */
}

struct dz_date
dz_date_from_days(int32_t days)
{
    int64_t z = (int64_t)days + 719468;
    int64_t era = floor_div(z, DAYS_PER_ERA);
    int64_t day_of_era = z - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    return (struct dz_date){
        .year = (int32_t)(year_of_era + era * 400 + (month >= 10 ? 1 : 0)),
        .month = (int8_t)(month < 10 ? month + 3 : month - 9),
        .day = (int8_t)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

int8_t
dz_days_in_month(int32_t year, int8_t month)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12)
        return 0;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

int
dz_date_weekday(struct dz_date d)
{
    /* 1970-01-01 was a Thursday. */
    int64_t days = (int64_t)dz_date_to_days(d) + 3;
    return (int)(days - floor_div(days, 7) * 7);
}

void
dz_time_format(int64_t time_us, char *ret)
{
    int64_t seconds = floor_div(time_us, US_PER_SECOND);
    int64_t us = time_us % US_PER_SECOND;
    us += us < 0 ? US_PER_SECOND : 0; /* the product of the whole seconds might not fit */
    int64_t days = floor_div(seconds, SECONDS_PER_DAY);
    int s = (int)(seconds - days * SECONDS_PER_DAY);
    struct dz_date d = dz_date_from_days((int32_t)days);
    int n = snprintf(ret, 32, "%s%04d-%02d-%02dT%02d:%02d:%02d", d.year < 0 ? "-" : "",
                     d.year < 0 ? -d.year : d.year, d.month, d.day, s / 3600, s / 60 % 60, s % 60);
    size_t at = n > 0 && n < 32 ? (size_t)n : 0;
    if (us != 0)
        snprintf(ret + at, 32 - at, ".%06dZ", (int)us);
    else
        snprintf(ret + at, 32 - at, "Z");
}

/* Exactly n digits at *pos; -1 when there are not. */
static int
digits(struct dz_view text, size_t *pos, size_t n)
{
    if (n > text.n - *pos)
        return -1;
    int v = 0;
    for (size_t i = 0; i < n; i++) {
        char c = text.p[*pos + i];
        if (c < '0' || c > '9')
            return -1;
        v = v * 10 + (c - '0');
    }
    *pos += n;
    return v;
}

static bool
literal(struct dz_view text, size_t *pos, char upper, char lower)
{
    if (*pos >= text.n || (text.p[*pos] != upper && text.p[*pos] != lower))
        return false;
    (*pos)++;
    return true;
}

/* Optional fraction of a second; digits behind the microsecond are cut. */
static bool
fraction(struct dz_view text, size_t *pos, int64_t *us)
{
    *us = 0;
    if (!literal(text, pos, '.', '.'))
        return true;
    size_t first = *pos;
    int64_t scale = US_PER_SECOND / 10;
    while (*pos < text.n && text.p[*pos] >= '0' && text.p[*pos] <= '9') {
        *us += (text.p[*pos] - '0') * scale;
        scale /= 10;
        (*pos)++;
    }
    return *pos > first;
}

/* "Z" or "+hh:mm", as seconds east of UTC. */
static bool
offset(struct dz_view text, size_t *pos, int *ret_s)
{
    *ret_s = 0;
    if (literal(text, pos, 'Z', 'z'))
        return true;
    int sign = literal(text, pos, '-', '-') ? -1 : 1;
    if (sign > 0 && !literal(text, pos, '+', '+'))
        return false;
    int h = digits(text, pos, 2);
    bool colon = literal(text, pos, ':', ':');
    int m = colon ? digits(text, pos, 2) : -1;
    if (h < 0 || h > 23 || m < 0 || m > 59)
        return false;
    *ret_s = sign * (h * 3600 + m * 60);
    return true;
}

/* RFC 3339, section 5.6. */
bool
dz_time_parse(struct dz_view text, int64_t *ret_us)
{
    size_t pos = 0;
    int year = digits(text, &pos, 4);
    if (year < 0 || !literal(text, &pos, '-', '-'))
        return false;
    int month = digits(text, &pos, 2);
    if (month < 1 || month > 12 || !literal(text, &pos, '-', '-'))
        return false;
    int day = digits(text, &pos, 2);
    if (day < 1 || day > dz_days_in_month(year, (int8_t)month) || !literal(text, &pos, 'T', 't'))
        return false;
    int hour = digits(text, &pos, 2);
    if (hour < 0 || hour > 23 || !literal(text, &pos, ':', ':'))
        return false;
    int minute = digits(text, &pos, 2);
    if (minute < 0 || minute > 59 || !literal(text, &pos, ':', ':'))
        return false;
    int second = digits(text, &pos, 2);
    int64_t us;
    int east_s;
    if (second < 0 || second > 60 || !fraction(text, &pos, &us) || !offset(text, &pos, &east_s) ||
        pos != text.n)
        return false;

    struct dz_date d = {.year = year, .month = (int8_t)month, .day = (int8_t)day};
    int64_t days = dz_date_to_days(d);
    int64_t utc = days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - east_s;
    /* A leap second stands only at the end of a UTC day and counts as the second after it. */
    if (second == 60 && utc % SECONDS_PER_DAY != 0)
        return false;
    *ret_us = utc * US_PER_SECOND + us;
    return true;
}
