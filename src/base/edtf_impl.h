/* Inside of a parsed EDTF value, shared by edtf_parse.c, edtf_bounds.c and edtf_print.c only.
 *
 * A value is a list of items; only sets have more than one. An item is a single date (`to`
 * absent) or a span from..to, whose ends may be open ("..") or unknown (empty, in intervals
 * only). */
#ifndef EDTF_IMPL_H
#define EDTF_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Qualifiers of one component, as a set: '?' is one bit, '~' the other, '%' both. */
#define EDTF_UNCERTAIN 1u
#define EDTF_APPROXIMATE 2u

/* Components in the order in which they are written. */
enum edtf_part { EDTF_YEAR, EDTF_MONTH, EDTF_DAY, EDTF_PARTS };

enum edtf_zone {
    EDTF_ZONE_NONE,  /* clock of the place, zone not said */
    EDTF_ZONE_OFFSET /* minutes east of UTC are known; 0 prints as Z */
};

struct edtf_date {
    int64_t year;              /* value with X read as 0; sign included */
    uint8_t year_x;            /* how many of the four digits, from the right, are X */
    bool negative;             /* the text had a minus (matters when X hides all digits) */
    bool long_year;            /* written with Y, more than four digits */
    uint8_t n_parts;           /* 1 year, 2 month or sub-year group, 3 day */
    uint8_t group;             /* 21..41, or 0 when the second part is a month */
    char month[2];             /* as written, digits or X; unused for groups */
    char day[2];               /* as written, digits or X */
    uint8_t flags[EDTF_PARTS]; /* qualifiers that hold for each component */
    bool has_time;
    uint8_t hour;
    uint8_t minute;
    uint8_t second;
    enum edtf_zone zone;
    int16_t offset_min;
};

enum edtf_end {
    EDTF_END_ABSENT, /* the item is a single date: there is no second end */
    EDTF_END_DATE,
    EDTF_END_OPEN,   /* written ".." */
    EDTF_END_UNKNOWN /* written as nothing */
};

struct edtf_item {
    enum edtf_end from_kind;
    enum edtf_end to_kind;
    struct edtf_date from;
    struct edtf_date to;
};

enum edtf_kind {
    EDTF_SINGLE,   /* one date */
    EDTF_INTERVAL, /* from/to */
    EDTF_ONE_OF,   /* [a,b]: one of these, not known which */
    EDTF_ALL_OF    /* {a,b}: every one of these */
};

struct dz_edtf {
    enum edtf_kind kind;
    size_t n_items;
    struct edtf_item *items;
};

/* Widest span of one date in days, as lo..hi of struct dz_edtf_bounds. */
struct edtf_days {
    int32_t lo;
    int32_t hi;
};

struct edtf_days
dz_edtf_date_days(const struct edtf_date *d);

/* Some day of the calendar fits the digits of a date with three components ("2022-02-30" and
 * "2022-02-3X" have none). Always true for fewer components. */
bool
dz_edtf_date_exists(const struct edtf_date *d);

/* Qualifiers of all components together. */
uint8_t
dz_edtf_date_flags(const struct edtf_date *d);

/* Unit that holds one date: see dz_edtf_precision. */
char
dz_edtf_date_precision(const struct edtf_date *d);

#endif
