#include "dz_edtf.h"

#include <inttypes.h>

#include "dz_buf.h"

#include "edtf_impl.h"

static void
print_flags(uint8_t flags, struct dz_buf *out)
{
    static const char signs[] = {'\0', '?', '~', '%'};
    if (flags != 0) {
        dz_buf_addc(out, signs[flags & 3u]);
    }
}

static void
print_year(const struct edtf_date *d, struct dz_buf *out)
{
    int64_t year = d->negative ? -d->year : d->year;
    if (d->long_year) {
        dz_buf_adds(out, d->negative ? "Y-" : "Y");
        dz_buf_addf(out, "%" PRId64, year);
        return;
    }
    if (d->negative) {
        dz_buf_addc(out, '-');
    }
    int64_t unit = 1000;
    for (size_t i = 0; i < 4; i++) {
        char digit = (char)('0' + (year / unit) % 10);
        dz_buf_addc(out, i + d->year_x < 4 ? digit : 'X');
        unit /= 10;
    }
}

static void
print_part(const struct edtf_date *d, size_t part, struct dz_buf *out)
{
    if (part == EDTF_YEAR) {
        print_year(d, out);
    } else if (part == EDTF_DAY) {
        dz_buf_add(out, d->day, sizeof d->day);
    } else if (d->group != 0) {
        dz_buf_addf(out, "%d", d->group);
    } else {
        dz_buf_add(out, d->month, sizeof d->month);
    }
}

static void
print_time(const struct edtf_date *d, struct dz_buf *out)
{
    dz_buf_addf(out, "T%02d:%02d:%02d", d->hour, d->minute, d->second);
    if (d->zone == EDTF_ZONE_NONE) {
        return;
    }
    if (d->offset_min == 0) {
        dz_buf_addc(out, 'Z');
        return;
    }
    int minutes = d->offset_min < 0 ? -d->offset_min : d->offset_min;
    dz_buf_addf(out, "%c%02d:%02d", d->offset_min < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* The qualifiers of a date can be written in many ways; this is the one that we write. A sign
 * that holds for the year and on without a gap stands once, behind the last component it holds
 * for; every other one stands in front of its component. No spelling of the same qualifiers is
 * shorter, so the canonical text of an accepted value never passes the limit of the parser. */
static void
print_date(const struct edtf_date *d, struct dz_buf *out)
{
    uint8_t run[EDTF_PARTS + 1] = {0};
    uint8_t all = EDTF_UNCERTAIN | EDTF_APPROXIMATE;
    for (size_t i = 0; i < d->n_parts; i++) {
        all &= d->flags[i];
        run[i] = all;
    }
    for (size_t i = 0; i < d->n_parts; i++) {
        if (i > 0) {
            dz_buf_addc(out, '-');
        }
        print_flags((uint8_t)(d->flags[i] & ~run[i]), out);
        print_part(d, i, out);
        print_flags((uint8_t)(run[i] & ~run[i + 1]), out);
    }
    if (d->has_time) {
        print_time(d, out);
    }
}

static void
print_end(enum edtf_end kind, const struct edtf_date *d, struct dz_buf *out)
{
    switch (kind) {
    case EDTF_END_DATE:
        print_date(d, out);
        return;
    case EDTF_END_OPEN:
        dz_buf_adds(out, "..");
        return;
    case EDTF_END_ABSENT:
    case EDTF_END_UNKNOWN:
        return;
    }
}

static void
print_member(const struct edtf_item *item, struct dz_buf *out)
{
    if (item->from_kind == EDTF_END_DATE) {
        print_date(&item->from, out);
    }
    if (item->to_kind == EDTF_END_ABSENT) {
        return;
    }
    dz_buf_adds(out, "..");
    if (item->to_kind == EDTF_END_DATE) {
        print_date(&item->to, out);
    }
}

static void
print_set(const struct dz_edtf *e, struct dz_buf *out)
{
    dz_buf_addc(out, e->kind == EDTF_ONE_OF ? '[' : '{');
    for (size_t i = 0; i < e->n_items; i++) {
        if (i > 0) {
            dz_buf_addc(out, ',');
        }
        print_member(&e->items[i], out);
    }
    dz_buf_addc(out, e->kind == EDTF_ONE_OF ? ']' : '}');
}

void
dz_edtf_print(const struct dz_edtf *e, struct dz_buf *out)
{
    const struct edtf_item *item = &e->items[0];
    switch (e->kind) {
    case EDTF_SINGLE:
        print_date(&item->from, out);
        return;
    case EDTF_INTERVAL:
        print_end(item->from_kind, &item->from, out);
        dz_buf_addc(out, '/');
        print_end(item->to_kind, &item->to, out);
        return;
    case EDTF_ONE_OF:
    case EDTF_ALL_OF:
        print_set(e, out);
        return;
    }
}
