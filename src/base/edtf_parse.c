#include "dz_edtf.h"

#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_mem.h"
#include "dz_tr.h"

#include "edtf_impl.h"

/* Longest year behind Y, in digits. Far beyond any date that evidence can have, and small enough
 * that days counted from it stay inside 64 bits. */
#define LONG_YEAR_DIGITS 12

/* Every character that the grammar knows is ASCII, so as long as parsing goes on a byte offset is
 * also a character offset, and messages may call it so. */
struct parser {
    struct dz_view text;
    size_t pos;
    struct dz_err *err;
};

static enum dz_code
fail_at(const struct parser *p, size_t pos, const char *why)
{
    return dz_fail(p->err, DZ_E_INPUT, "date, character %zu: %s", pos + 1, _(why));
}

/* The character at pos, or NUL at the end; a NUL inside the text fits nowhere in the grammar
 * either. */
static char
peek(const struct parser *p)
{
    return p->pos < p->text.n ? p->text.p[p->pos] : '\0';
}

static bool
at_end(const struct parser *p)
{
    return p->pos == p->text.n;
}

static bool
take(struct parser *p, char c)
{
    if (at_end(p) || p->text.p[p->pos] != c) {
        return false;
    }
    p->pos++;
    return true;
}

static bool
take_dots(struct parser *p)
{
    if (p->text.n - p->pos < 2 || p->text.p[p->pos] != '.' || p->text.p[p->pos + 1] != '.') {
        return false;
    }
    p->pos += 2;
    return true;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* At most one qualifier per place: "?~" has a sign of its own, "%". */
static uint8_t
take_flags(struct parser *p)
{
    if (take(p, '?')) {
        return EDTF_UNCERTAIN;
    }
    if (take(p, '~')) {
        return EDTF_APPROXIMATE;
    }
    if (take(p, '%')) {
        return EDTF_UNCERTAIN | EDTF_APPROXIMATE;
    }
    return 0;
}

/* A qualifier to the right of a component holds for it and for all components to its left. */
static void
take_group_flags(struct parser *p, struct edtf_date *d, enum edtf_part part)
{
    uint8_t flags = take_flags(p);
    for (size_t i = 0; i <= (size_t)part; i++) {
        d->flags[i] |= flags;
    }
}

/* Year behind Y: only for years that four digits cannot hold. */
static enum dz_code
parse_long_year(struct parser *p, struct edtf_date *d)
{
    size_t start = p->pos;
    d->long_year = true;
    d->negative = take(p, '-');
    size_t first = p->pos;
    int64_t year = 0;
    while (is_digit(peek(p)) && p->pos - first < LONG_YEAR_DIGITS) {
        year = year * 10 + (peek(p) - '0');
        p->pos++;
    }
    if (is_digit(peek(p))) {
        return fail_at(p, p->pos, N_("a year may have at most twelve digits"));
    }
    if (p->pos - first < 5 || p->text.p[first] == '0') {
        return fail_at(p, start,
                       N_("after Y a year of five or more digits is expected, without a zero in "
                          "front; shorter years are written without Y"));
    }
    d->year = d->negative ? -year : year;
    return DZ_OK;
}

static enum dz_code
parse_year(struct parser *p, struct edtf_date *d)
{
    if (take(p, 'Y')) {
        return parse_long_year(p, d);
    }
    size_t start = p->pos;
    d->negative = take(p, '-');
    int64_t year = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = peek(p);
        if (c == 'X') {
            d->year_x++;
        } else if (is_digit(c) && d->year_x == 0) {
            year += c - '0';
        } else if (is_digit(c)) {
            return fail_at(p, p->pos,
                           N_("in a year, X may only be followed by X: 201X is the 2010s"));
        } else {
            return fail_at(p, p->pos,
                           N_("a year of four digits is expected, such as 2022, 201X or -0044"));
        }
        year = i < 3 ? year * 10 : year;
        p->pos++;
    }
    if (is_digit(peek(p)) || peek(p) == 'X') {
        return fail_at(p, p->pos,
                       N_("a year has four digits, the month follows after a hyphen; years with "
                          "more digits begin with Y"));
    }
    if (d->negative && year == 0 && d->year_x == 0) {
        return fail_at(p, start, N_("the year 0000 has no minus"));
    }
    d->year = d->negative ? -year : year;
    return DZ_OK;
}

/* Two characters of a month or day: two digits, a digit and X, or XX. */
static bool
take_pair(struct parser *p, char pair[2])
{
    if (p->text.n - p->pos < 2) {
        return false;
    }
    char a = p->text.p[p->pos];
    char b = p->text.p[p->pos + 1];
    bool known = is_digit(a) && (is_digit(b) || b == 'X');
    if (!known && !(a == 'X' && b == 'X')) {
        return false;
    }
    pair[0] = a;
    pair[1] = b;
    p->pos += 2;
    return true;
}

static int
pair_value(const char pair[2])
{
    return (pair[0] - '0') * 10 + (pair[1] - '0');
}

/* Second component: a month, or one of the groupings of ISO 8601-2 that take its place. */
static enum dz_code
parse_month(struct parser *p, struct edtf_date *d)
{
    static const char why[] =
        N_("a month 01 to 12 or XX is expected, a season 21 to 32, a quarter 33 to 36, "
           "a third 37 to 39 or a half 40 or 41 of the year");

    d->flags[EDTF_MONTH] |= take_flags(p);
    size_t start = p->pos;
    if (!take_pair(p, d->month)) {
        return fail_at(p, start, why);
    }
    d->n_parts = 2;
    if (d->month[1] == 'X') {
        bool fits = d->month[0] == '0' || d->month[0] == '1' || d->month[0] == 'X';
        return fits ? DZ_OK : fail_at(p, start, why);
    }
    int value = pair_value(d->month);
    if (value >= 1 && value <= 12) {
        return DZ_OK;
    }
    if (value < 21 || value > 41) {
        return fail_at(p, start, why);
    }
    d->group = (uint8_t)value;
    return DZ_OK;
}

static enum dz_code
parse_day(struct parser *p, struct edtf_date *d)
{
    d->flags[EDTF_DAY] |= take_flags(p);
    size_t start = p->pos;
    if (!take_pair(p, d->day)) {
        return fail_at(p, start, N_("a day of two digits or XX is expected"));
    }
    d->n_parts = 3;
    if (!dz_edtf_date_exists(d)) {
        return fail_at(p, start, N_("this month has no such day"));
    }
    return DZ_OK;
}

static bool
take_number(struct parser *p, int max, uint8_t *ret)
{
    char pair[2];
    size_t start = p->pos;
    if (!take_pair(p, pair) || pair[1] == 'X' || pair_value(pair) > max) {
        p->pos = start;
        return false;
    }
    *ret = (uint8_t)pair_value(pair);
    return true;
}

/* "Z", "+03" or "+03:30". The clocks of the world lie within fourteen hours of UTC; "-00:00" is not
 * allowed by ISO 8601, where it would mean that the zone is not known: then it is left out. */
static enum dz_code
parse_zone(struct parser *p, struct edtf_date *d)
{
    size_t start = p->pos;
    if (take(p, 'Z')) {
        d->zone = EDTF_ZONE_OFFSET;
        return DZ_OK;
    }
    bool west = take(p, '-');
    if (!west && !take(p, '+')) {
        return DZ_OK;
    }
    uint8_t hours = 0;
    uint8_t minutes = 0;
    if (!take_number(p, 14, &hours) || (take(p, ':') && !take_number(p, 59, &minutes))) {
        return fail_at(p, p->pos,
                       N_("a time zone such as +03 or +03:30 is expected, at most 14 hours"));
    }
    int offset = hours * 60 + minutes;
    if (offset > 14 * 60 || (west && offset == 0)) {
        return fail_at(p, start,
                       N_("a time zone such as +03 or +03:30 is expected, at most 14 hours"));
    }
    d->zone = EDTF_ZONE_OFFSET;
    d->offset_min = (int16_t)(west ? -offset : offset);
    return DZ_OK;
}

static enum dz_code
parse_time(struct parser *p, struct edtf_date *d)
{
    if (d->n_parts != 3 || d->year_x > 0 || d->month[1] == 'X' || d->day[1] == 'X' ||
        dz_edtf_date_flags(d) != 0) {
        return fail_at(p, p->pos - 1,
                       N_("a time of day needs a whole date in front, without X, ?, ~ or %"));
    }
    d->has_time = true;
    if (!take_number(p, 23, &d->hour) || !take(p, ':') || !take_number(p, 59, &d->minute) ||
        !take(p, ':') || !take_number(p, 59, &d->second)) {
        return fail_at(p, p->pos, N_("a time is written hh:mm:ss, from 00:00:00 to 23:59:59"));
    }
    return parse_zone(p, d);
}

/* One date without time. Stops at the first character that does not belong to it. */
static enum dz_code
parse_date(struct parser *p, struct edtf_date *d)
{
    *d = (struct edtf_date){.n_parts = 1};
    d->flags[EDTF_YEAR] = take_flags(p);
    enum dz_code rc = parse_year(p, d);
    if (rc != DZ_OK) {
        return rc;
    }
    take_group_flags(p, d, EDTF_YEAR);
    if (d->long_year || !take(p, '-')) {
        return DZ_OK;
    }
    rc = parse_month(p, d);
    if (rc != DZ_OK) {
        return rc;
    }
    take_group_flags(p, d, EDTF_MONTH);
    if (d->group != 0 || !take(p, '-')) {
        return DZ_OK;
    }
    rc = parse_day(p, d);
    if (rc != DZ_OK) {
        return rc;
    }
    take_group_flags(p, d, EDTF_DAY);
    return DZ_OK;
}

/* An inverted span is a slip of the pen, and bounds with lo > hi would spread it. Only what
 * cannot be true under any reading is refused: 2022-08/2022-07 is, 2022-07-20/2022-07 is not. */
static enum dz_code
check_order(const struct parser *p, size_t pos, const struct edtf_item *item)
{
    if (item->from_kind != EDTF_END_DATE || item->to_kind != EDTF_END_DATE ||
        dz_edtf_date_days(&item->from).lo <= dz_edtf_date_days(&item->to).hi) {
        return DZ_OK;
    }
    return fail_at(p, pos, N_("the end lies before the beginning"));
}

/* Right side of '/': a date, "..", or nothing. */
static enum dz_code
parse_interval_end(struct parser *p, struct edtf_item *item)
{
    size_t start = p->pos;
    if (at_end(p)) {
        if (item->from_kind == EDTF_END_UNKNOWN) {
            return fail_at(p, start, N_("an interval needs a date on one side at least"));
        }
        item->to_kind = EDTF_END_UNKNOWN;
        return DZ_OK;
    }
    if (take_dots(p)) {
        item->to_kind = EDTF_END_OPEN;
        return DZ_OK;
    }
    enum dz_code rc = parse_date(p, &item->to);
    if (rc != DZ_OK) {
        return rc;
    }
    item->to_kind = EDTF_END_DATE;
    return check_order(p, start, item);
}

/* A single date, an interval, or the short forms "..date" and "date.." for one-sided intervals. */
static enum dz_code
parse_plain(struct parser *p, struct dz_edtf *e)
{
    struct edtf_item *item = &e->items[0];
    enum dz_code rc = DZ_OK;
    if (take(p, '/')) {
        e->kind = EDTF_INTERVAL;
        item->from_kind = EDTF_END_UNKNOWN;
        return parse_interval_end(p, item);
    }
    if (take_dots(p)) {
        e->kind = EDTF_INTERVAL;
        item->from_kind = EDTF_END_OPEN;
        if (take(p, '/')) {
            return parse_interval_end(p, item);
        }
        item->to_kind = EDTF_END_DATE;
        return parse_date(p, &item->to);
    }
    rc = parse_date(p, &item->from);
    if (rc != DZ_OK) {
        return rc;
    }
    item->from_kind = EDTF_END_DATE;
    if (take(p, 'T')) {
        return parse_time(p, &item->from);
    }
    if (take(p, '/')) {
        e->kind = EDTF_INTERVAL;
        return parse_interval_end(p, item);
    }
    if (take_dots(p)) {
        e->kind = EDTF_INTERVAL;
        item->to_kind = EDTF_END_OPEN;
    }
    return DZ_OK;
}

/* Both ends of "a..b" in a set count in the same unit, as ISO 8601-2 wants it: otherwise it is
 * not said what the members between them are. */
static enum dz_code
check_range(const struct parser *p, size_t pos, const struct edtf_item *item)
{
    if (item->from.n_parts != item->to.n_parts ||
        (item->from.group != 0) != (item->to.group != 0)) {
        return fail_at(p, pos,
                       N_("both ends of a range in a set need the same unit: years, months or "
                          "days"));
    }
    return check_order(p, pos, item);
}

/* One member of a set. An open range stands only where it makes sense: "..a" first, "a.." last. */
static enum dz_code
parse_member(struct parser *p, struct edtf_item *item, bool first, char close)
{
    size_t start = p->pos;
    if (take_dots(p)) {
        if (!first) {
            return fail_at(p, start, N_("only the first member of a set may begin with \"..\""));
        }
        item->from_kind = EDTF_END_OPEN;
        item->to_kind = EDTF_END_DATE;
        return parse_date(p, &item->to);
    }
    enum dz_code rc = parse_date(p, &item->from);
    if (rc != DZ_OK) {
        return rc;
    }
    item->from_kind = EDTF_END_DATE;
    size_t dots = p->pos;
    if (!take_dots(p)) {
        return DZ_OK;
    }
    if (peek(p) == close) {
        item->to_kind = EDTF_END_OPEN;
        return DZ_OK;
    }
    if (peek(p) == ',') {
        return fail_at(p, dots, N_("only the last member of a set may end with \"..\""));
    }
    size_t second = p->pos;
    rc = parse_date(p, &item->to);
    if (rc != DZ_OK) {
        return rc;
    }
    item->to_kind = EDTF_END_DATE;
    return check_range(p, second, item);
}

static enum dz_code
parse_set(struct parser *p, struct dz_edtf *e, char close)
{
    for (size_t i = 0; i < e->n_items; i++) {
        enum dz_code rc = parse_member(p, &e->items[i], i == 0, close);
        if (rc != DZ_OK) {
            return rc;
        }
        if (i + 1 < e->n_items && !take(p, ',')) {
            break;
        }
    }
    if (!take(p, close)) {
        return fail_at(p, p->pos,
                       N_("a comma or the closing bracket of the set is expected; a set holds "
                          "dates without time, and no blanks"));
    }
    return DZ_OK;
}

static enum dz_code
parse_whole(struct parser *p, struct dz_edtf *e)
{
    enum dz_code rc = DZ_OK;
    if (take(p, '[')) {
        e->kind = EDTF_ONE_OF;
        rc = parse_set(p, e, ']');
    } else if (take(p, '{')) {
        e->kind = EDTF_ALL_OF;
        rc = parse_set(p, e, '}');
    } else {
        rc = parse_plain(p, e);
    }
    if (rc != DZ_OK) {
        return rc;
    }
    if (at_end(p)) {
        return DZ_OK;
    }
    if (peek(p) == 'T') {
        return fail_at(p, p->pos, N_("a time of day stands only with a single whole date"));
    }
    return fail_at(p, p->pos,
                   N_("the date is complete here, and this character does not belong to it"));
}

enum dz_code
dz_edtf_parse(struct dz_view text, struct dz_edtf **ret, struct dz_err *err)
{
    if (text.n == 0) {
        return dz_fail(err, DZ_E_INPUT,
                       "the date is empty: write it as EDTF, for example 2022-07-14, 2022-07~ or "
                       "2022-07/2022-08");
    }
    if (text.n > DZ_EDTF_MAX) {
        return dz_fail(err, DZ_E_INPUT, "the date is too long: at most %d characters are read",
                       DZ_EDTF_MAX);
    }
    /* One item for every comma and one more is exact for sets and enough for everything else. */
    struct dz_edtf *e = dz_alloc(sizeof *e);
    e->n_items = 1;
    if (text.p[0] == '[' || text.p[0] == '{') {
        for (size_t i = 0; i < text.n; i++) {
            e->n_items += text.p[i] == ',' ? 1u : 0u;
        }
    }
    e->items = dz_alloc_array(e->n_items, sizeof *e->items);

    struct parser p = {.text = text, .err = err};
    enum dz_code rc = parse_whole(&p, e);
    if (rc != DZ_OK) {
        dz_edtf_free(e);
        return rc;
    }
    *ret = e;
    return DZ_OK;
}

void
dz_edtf_free(struct dz_edtf *e)
{
    if (e == NULL) {
        return;
    }
    dz_free(e->items);
    dz_free(e);
}
