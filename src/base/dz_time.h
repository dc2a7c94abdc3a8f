/* Instants: int64_t microseconds since 1970-01-01 UTC, and civil dates in the proleptic
 * Gregorian calendar. */
#ifndef DZ_TIME_H
#define DZ_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"

struct dz_date {
    int32_t year; /* -9999..9999 */
    int8_t month; /* 1..12 */
    int8_t day;   /* 1..31 */
};

/** Days since 1970-01-01 (may be negative). */
int32_t
dz_date_to_days(struct dz_date d);
struct dz_date
dz_date_from_days(int32_t days);
int8_t
dz_days_in_month(int32_t year, int8_t month);
/** 0 = Monday .. 6 = Sunday. */
int
dz_date_weekday(struct dz_date d);

/** RFC 3339 in UTC with microseconds only if not zero: "2026-11-21T09:30:00Z" into ret (at least
 *  32 bytes). */
void
dz_time_format(int64_t time_us, char *ret);
/** RFC 3339 with Z or an offset; false if ill-formed. */
bool
dz_time_parse(struct dz_view text, int64_t *ret_us);

#endif
