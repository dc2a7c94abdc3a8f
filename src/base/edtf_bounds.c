#include "dz_edtf.h"

#include <string.h>

#include "dz_buf.h"
#include "dz_time.h"

#include "edtf_impl.h"

#define DAY_MIN (24 * 60)

/* The clocks of Ukraine and of Moscow lie between UTC+2 and, from 2011 to 2014, UTC+4. */
#define LOCAL_EAST_MIN (4 * 60)

/* Approximate days are widened by this many on both sides. */
#define NEAR_DAYS 3

/* A point of the calendar while it is still being moved. day may be 31 in any month and then
 * means the month's last day, so that the end of February moves to the end of March. */
struct civil {
    int64_t year;
    int64_t month;
    int64_t day;
};

struct civil_span {
    struct civil lo;
    struct civil hi;
};

/* Where each grouping of ISO 8601-2 lies: first month (1 = January of the year) and last month
 * (13 and 14 are January and February of the next year). Winter is ambiguous in every language:
 * the winter that begins in December and the one that ends in February both carry the year's
 * name, so it takes in both. */
static const struct {
    uint8_t first;
    uint8_t last;
} groups[] = {
    {3, 5},  {6, 8},  {9, 11}, {1, 14},  /* 21-24 seasons, read as northern */
    {3, 5},  {6, 8},  {9, 11}, {1, 14},  /* 25-28 seasons, northern */
    {9, 11}, {1, 14}, {3, 5},  {6, 8},   /* 29-32 seasons, southern */
    {1, 3},  {4, 6},  {7, 9},  {10, 12}, /* 33-36 quarters */
    {1, 4},  {5, 8},  {9, 12},           /* 37-39 thirds */
    {1, 6},  {7, 12}                     /* 40-41 halves */
};
_Static_assert(sizeof groups / sizeof groups[0] == 41 - 21 + 1, "one row for each grouping 21-41");

/* Months by which an approximate grouping is widened: its own length, a season's being three. */
static int64_t
group_months(uint8_t group)
{
    if (group <= 36) {
        return 3;
    }
    return group <= 39 ? 4 : 6;
}

/* Days from 1970-01-01 to the first of a month, for years that dz_date_to_days does not reach:
 * Y-years and the neighbours of -9999 and 9999. month may be any number. Counting years from
 * March puts the leap day last; 146097 days make 400 Gregorian years, 719468 lie between
 * 0000-03-01 and 1970-01-01. */
static int64_t
month_start(int64_t year, int64_t month)
{
    int64_t months = year * 12 + (month - 1) - 2;
    int64_t y = months / 12 - (months % 12 < 0 ? 1 : 0);
    int64_t m = months - y * 12;
    int64_t era = y / 400 - (y % 400 < 0 ? 1 : 0);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * m + 2) / 5;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int64_t
civil_days(struct civil c)
{
    int64_t first = month_start(c.year, c.month);
    int64_t last = month_start(c.year, c.month + 1) - 1;
    int64_t day = first + c.day - 1;
    return day < last ? day : last;
}

/* The two ends of the scale mean "no bound". A day beyond the scale stays a bound on the side that
 * looks towards us, and loses it on the far side. */
static int32_t
clamp_lo(int64_t days)
{
    if (days >= DZ_EDTF_MAX_DAY) {
        return DZ_EDTF_MAX_DAY - 1;
    }
    return days <= DZ_EDTF_MIN_DAY ? DZ_EDTF_MIN_DAY : (int32_t)days;
}

static int32_t
clamp_hi(int64_t days)
{
    if (days <= DZ_EDTF_MIN_DAY) {
        return DZ_EDTF_MIN_DAY + 1;
    }
    return days >= DZ_EDTF_MAX_DAY ? DZ_EDTF_MAX_DAY : (int32_t)days;
}

static int64_t
power_of_ten(uint8_t n)
{
    int64_t value = 1;
    for (uint8_t i = 0; i < n; i++) {
        value *= 10;
    }
    return value;
}

/* First and last year that the digits allow. "-000X" has no year 0: that one carries no minus. */
static void
year_range(const struct edtf_date *d, int64_t *ret_lo, int64_t *ret_hi)
{
    int64_t spread = power_of_ten(d->year_x) - 1;
    *ret_lo = d->negative ? d->year - spread : d->year;
    *ret_hi = d->negative ? d->year : d->year + spread;
    if (d->negative && *ret_hi == 0) {
        *ret_hi = -1;
    }
}

/* value fits two characters of which the last, or both, may be X. */
static bool
pair_fits(const char pair[2], int value)
{
    bool tens = pair[0] == 'X' || pair[0] - '0' == value / 10;
    bool ones = pair[1] == 'X' || pair[1] - '0' == value % 10;
    return tens && ones;
}

/* First (step 1) or last (step -1) day of one year that fits month and day; false if there is
 * none. */
static bool
find_in_year(const struct edtf_date *d, int64_t year, int step, struct civil *ret)
{
    for (int m = step > 0 ? 1 : 12; m >= 1 && m <= 12; m += step) {
        if (!pair_fits(d->month, m)) {
            continue;
        }
        int last = dz_days_in_month((int32_t)year, (int8_t)m);
        for (int day = step > 0 ? 1 : last; day >= 1 && day <= last; day += step) {
            if (pair_fits(d->day, day)) {
                *ret = (struct civil){.year = year, .month = m, .day = day};
                return true;
            }
        }
    }
    return false;
}

/* First or last day that fits all digits. What fits in no leap year fits in none, and every eight
 * years in a row have a leap year, so eight years from either end are enough to look at. */
static bool
find_day(const struct edtf_date *d, int step, struct civil *ret)
{
    int64_t lo = 0;
    int64_t hi = 0;
    year_range(d, &lo, &hi);
    int64_t year = step > 0 ? lo : hi;
    for (int i = 0; i < 8 && year >= lo && year <= hi; i++, year += step) {
        if (find_in_year(d, year, step, ret)) {
            return true;
        }
    }
    return false;
}

bool
dz_edtf_date_exists(const struct edtf_date *d)
{
    struct civil any;
    return d->n_parts < EDTF_PARTS || find_day(d, 1, &any);
}

/* What a date without qualifiers can mean, as calendar points. */
static struct civil_span
plain_span(const struct edtf_date *d)
{
    struct civil_span s = {.lo = {.month = 1, .day = 1}, .hi = {.month = 12, .day = 31}};
    year_range(d, &s.lo.year, &s.hi.year);
    if (d->n_parts == EDTF_PARTS) {
        bool found = find_day(d, 1, &s.lo) && find_day(d, -1, &s.hi);
        (void)found; /* the parser refuses dates without any day, so both are found */
    } else if (d->group != 0) {
        s.lo.month = groups[d->group - 21].first;
        s.hi.month = groups[d->group - 21].last;
    } else if (d->n_parts == 2) {
        while (!pair_fits(d->month, (int)s.lo.month)) {
            s.lo.month++;
        }
        while (!pair_fits(d->month, (int)s.hi.month)) {
            s.hi.month--;
        }
    }
    return s;
}

/* The component whose unit widens an approximate date. A sign that holds from the year on without
 * a gap belongs to the value as far as it reaches (2022-07-14~ is a day, 2022-07~-14 a month);
 * otherwise the coarsest approximate component decides. Digits that are X make a component as
 * coarse as the one before it. -1 when nothing is approximate. */
static int
approximate_part(const struct edtf_date *d)
{
    int part = 0;
    while (part < d->n_parts && (d->flags[part] & EDTF_APPROXIMATE) == 0) {
        part++;
    }
    if (part == d->n_parts) {
        return -1;
    }
    if (part == EDTF_YEAR) {
        while (part + 1 < d->n_parts && (d->flags[part + 1] & EDTF_APPROXIMATE) != 0) {
            part++;
        }
    }
    if (part == EDTF_DAY && d->day[1] == 'X') {
        part = EDTF_MONTH;
    }
    if (part == EDTF_MONTH && d->group == 0 && d->month[1] == 'X') {
        part = EDTF_YEAR;
    }
    return part;
}

static void
shift_months(struct civil *c, int64_t months)
{
    int64_t total = c->year * 12 + c->month - 1 + months;
    c->year = total / 12 - (total % 12 < 0 ? 1 : 0);
    c->month = total - c->year * 12 + 1;
}

/* A time with a zone names an instant, and the calendar day of an instant depends on the place. It
 * can be the day as written, the day in UTC, or the day where our sources come from. */
static void
widen_by_zone(const struct edtf_date *d, int64_t *lo, int64_t *hi)
{
    if (d->zone == EDTF_ZONE_NONE) {
        return;
    }
    /* Minutes since the written day began. */
    int64_t utc = d->hour * 60 + d->minute - d->offset_min;
    int64_t local = utc + LOCAL_EAST_MIN;
    if (utc < 0) {
        *lo -= 1;
    }
    if (local >= DAY_MIN) {
        *hi += 1;
    }
}

struct edtf_days
dz_edtf_date_days(const struct edtf_date *d)
{
    struct civil_span s = plain_span(d);
    int64_t near_months = 0;
    int64_t near_days = 0;
    switch (approximate_part(d)) {
    case EDTF_YEAR:
        near_months = 12 * power_of_ten(d->year_x);
        break;
    case EDTF_MONTH:
        near_months = d->group != 0 ? group_months(d->group) : 1;
        break;
    case EDTF_DAY:
        near_days = NEAR_DAYS;
        break;
    default:
        break;
    }
    shift_months(&s.lo, -near_months);
    shift_months(&s.hi, near_months);
    int64_t lo = civil_days(s.lo) - near_days;
    int64_t hi = civil_days(s.hi) + near_days;
    if (d->has_time) {
        widen_by_zone(d, &lo, &hi);
    }
    return (struct edtf_days){.lo = clamp_lo(lo), .hi = clamp_hi(hi)};
}

uint8_t
dz_edtf_date_flags(const struct edtf_date *d)
{
    uint8_t flags = 0;
    for (size_t i = 0; i < d->n_parts; i++) {
        flags |= d->flags[i];
    }
    return flags;
}

char
dz_edtf_date_precision(const struct edtf_date *d)
{
    if (d->year_x > 0) {
        return 'D';
    }
    if (d->group != 0) {
        return 's';
    }
    if (d->n_parts == 1 || d->month[1] == 'X') {
        return 'y';
    }
    return d->n_parts == 2 || d->day[1] == 'X' ? 'm' : 'd';
}

static void
make_unsure(struct dz_edtf_bounds *b)
{
    b->sure_lo = DZ_EDTF_MAX_DAY;
    b->sure_hi = DZ_EDTF_MIN_DAY;
}

static bool
is_sure(const struct dz_edtf_bounds *b)
{
    return b->sure_lo <= b->sure_hi;
}

static void
add_flags(struct dz_edtf_bounds *b, uint8_t flags)
{
    b->uncertain = b->uncertain || (flags & EDTF_UNCERTAIN) != 0;
    b->approximate = b->approximate || (flags & EDTF_APPROXIMATE) != 0;
}

/* A single date surely covers a day only when it can mean no other. */
static struct dz_edtf_bounds
date_bounds(const struct edtf_date *d)
{
    struct edtf_days days = dz_edtf_date_days(d);
    struct dz_edtf_bounds b = {.lo = days.lo, .hi = days.hi};
    make_unsure(&b);
    add_flags(&b, dz_edtf_date_flags(d));
    if (b.lo == b.hi && !b.approximate && !b.uncertain) {
        b.sure_lo = b.lo;
        b.sure_hi = b.hi;
    }
    return b;
}

/* A span from..to. It begins at some day of its first end and finishes at some day of its last,
 * so what it surely covers runs from the last day of the one to the first day of the other. */
static struct dz_edtf_bounds
span_bounds(const struct edtf_item *item)
{
    struct dz_edtf_bounds b = {.lo = DZ_EDTF_MIN_DAY, .hi = DZ_EDTF_MAX_DAY};
    bool both = item->from_kind == EDTF_END_DATE && item->to_kind == EDTF_END_DATE;
    make_unsure(&b);
    struct edtf_days from = {.lo = DZ_EDTF_MIN_DAY, .hi = DZ_EDTF_MIN_DAY};
    struct edtf_days to = {.lo = DZ_EDTF_MAX_DAY, .hi = DZ_EDTF_MAX_DAY};
    if (item->from_kind == EDTF_END_DATE) {
        from = dz_edtf_date_days(&item->from);
        add_flags(&b, dz_edtf_date_flags(&item->from));
    }
    if (item->to_kind == EDTF_END_DATE) {
        to = dz_edtf_date_days(&item->to);
        add_flags(&b, dz_edtf_date_flags(&item->to));
    }
    b.lo = from.lo;
    b.hi = to.hi;
    if (both && !b.approximate && !b.uncertain && from.hi <= to.lo) {
        b.sure_lo = from.hi;
        b.sure_hi = to.lo;
    }
    return b;
}

static struct dz_edtf_bounds
item_bounds(const struct edtf_item *item)
{
    return item->to_kind == EDTF_END_ABSENT ? date_bounds(&item->from) : span_bounds(item);
}

/* Length of what is surely covered, to choose among members; 0 when nothing is. */
static int64_t
sure_length(const struct dz_edtf_bounds *b)
{
    return is_sure(b) ? (int64_t)b->sure_hi - b->sure_lo + 1 : 0;
}

/* The members of a set together span lo..hi. "All of" surely covers what any member covers; one
 * field holds only one span, so it names the longest, the earlier of equals. "One of" surely
 * covers only what cannot be otherwise: the day itself, when all members agree on it. */
static struct dz_edtf_bounds
set_bounds(const struct dz_edtf *e)
{
    struct dz_edtf_bounds b = item_bounds(&e->items[0]);
    for (size_t i = 1; i < e->n_items; i++) {
        struct dz_edtf_bounds next = item_bounds(&e->items[i]);
        b.lo = next.lo < b.lo ? next.lo : b.lo;
        b.hi = next.hi > b.hi ? next.hi : b.hi;
        b.approximate = b.approximate || next.approximate;
        b.uncertain = b.uncertain || next.uncertain;
        bool earlier = next.sure_lo < b.sure_lo && sure_length(&next) == sure_length(&b);
        if (sure_length(&next) > sure_length(&b) || earlier) {
            b.sure_lo = next.sure_lo;
            b.sure_hi = next.sure_hi;
        }
    }
    if (b.approximate || b.uncertain || (e->kind == EDTF_ONE_OF && b.lo != b.hi)) {
        make_unsure(&b);
    }
    return b;
}

struct dz_edtf_bounds
dz_edtf_get_bounds(const struct dz_edtf *e)
{
    if (e->kind == EDTF_ONE_OF || e->kind == EDTF_ALL_OF) {
        return set_bounds(e);
    }
    struct dz_edtf_bounds b = item_bounds(&e->items[0]);
    b.is_interval = e->kind == EDTF_INTERVAL;
    return b;
}

bool
dz_edtf_text_bounds(const char *text, struct dz_edtf_bounds *ret)
{
    struct dz_edtf *e = NULL;
    if (dz_edtf_parse(dz_view_of(text), &e, NULL) != DZ_OK) {
        *ret = (struct dz_edtf_bounds){.lo = DZ_EDTF_MIN_DAY, .hi = DZ_EDTF_MAX_DAY};
        make_unsure(ret);
        return false;
    }
    *ret = dz_edtf_get_bounds(e);
    dz_edtf_free(e);
    return true;
}

/* a surely covers every day that b can mean, and b is not in doubt as a whole. */
static bool
holds(const struct dz_edtf_bounds *a, const struct dz_edtf_bounds *b)
{
    return is_sure(a) && !b->uncertain && a->sure_lo <= b->lo && b->hi <= a->sure_hi;
}

enum dz_edtf_order
dz_edtf_compare_bounds(const struct dz_edtf_bounds *a, const struct dz_edtf_bounds *b)
{
    /* An end without bound is at the end of the scale, so plain comparison never passes it. */
    if (a->hi < b->lo) {
        return DZ_EDTF_BEFORE;
    }
    if (a->lo > b->hi) {
        return DZ_EDTF_AFTER;
    }
    bool meet = is_sure(a) && is_sure(b) && a->sure_lo <= b->sure_hi && b->sure_lo <= a->sure_hi;
    if (meet || holds(a, b) || holds(b, a)) {
        return DZ_EDTF_OVERLAP;
    }
    return DZ_EDTF_MAYBE_OVERLAP;
}

enum dz_edtf_order
dz_edtf_compare(const struct dz_edtf *a, const struct dz_edtf *b)
{
    struct dz_edtf_bounds x = dz_edtf_get_bounds(a);
    struct dz_edtf_bounds y = dz_edtf_get_bounds(b);
    return dz_edtf_compare_bounds(&x, &y);
}

int
dz_edtf_sort_cmp(const struct dz_edtf *a, const struct dz_edtf *b)
{
    struct dz_edtf_bounds x = dz_edtf_get_bounds(a);
    struct dz_edtf_bounds y = dz_edtf_get_bounds(b);
    if (x.lo != y.lo) {
        return x.lo < y.lo ? -1 : 1;
    }
    if (x.hi != y.hi) {
        return x.hi < y.hi ? -1 : 1;
    }
    DZ_AUTO_BUF struct dz_buf s = DZ_BUF(4 * DZ_EDTF_MAX);
    DZ_AUTO_BUF struct dz_buf t = DZ_BUF(4 * DZ_EDTF_MAX);
    dz_edtf_print(a, &s);
    dz_edtf_print(b, &t);
    size_t n = s.n < t.n ? s.n : t.n;
    int order = n > 0 ? memcmp(s.p, t.p, n) : 0;
    if (order != 0) {
        return order < 0 ? -1 : 1;
    }
    return s.n == t.n ? 0 : (s.n < t.n ? -1 : 1);
}

char
dz_edtf_precision(const struct dz_edtf *e)
{
    return e->kind == EDTF_SINGLE ? dz_edtf_date_precision(&e->items[0].from) : 'i';
}
