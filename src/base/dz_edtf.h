/* EDTF: dates that say how sure they are (ISO 8601-2:2019, the Library of Congress profile).
 *
 * Level 1 whole: YYYY, YYYY-MM, YYYY-MM-DD, date-times, ? ~ %, unspecified digits (201X, 2004-XX, 2022-XX-XX), seasons
 * 21-24, intervals with open (..) and unknown (empty) ends, negative years and Y-prefixed years. Of level 2: qualification
 * of single components (2022-?07-~14), sets "[a,b]" and "{a,b}" with "..", sub-year groupings 25-41
 * (quarters, halves). Values are compared by their bounds in days; uncertainty never disappears. */
#ifndef DZ_EDTF_H
#define DZ_EDTF_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_time.h"

#define DZ_EDTF_MAX 200 /* longest text accepted (bytes) */

/* Day numbers that stand for "no bound on this side". */
#define DZ_EDTF_MIN_DAY INT32_MIN
#define DZ_EDTF_MAX_DAY INT32_MAX

struct dz_edtf; /* parsed value; immutable */

/** Parse; caller frees. DZ_E_INPUT says at which character and what was expected. */
DZ_MUSTUSE enum dz_code
dz_edtf_parse(struct dz_view text, struct dz_edtf **ret, struct dz_err *err);
void
dz_edtf_free(struct dz_edtf *e);
/** Canonical text (what parse accepts, in one spelling). */
void
dz_edtf_print(const struct dz_edtf *e, struct dz_buf *out);

/* What a value says about time, in whole days, both ends included.
 * lo..hi is the widest span it can mean: every day it could concern lies inside. For approximate (~)
 * values the span is widened on both sides by the precision of the value: a year by one year, a month
 * by one month, a day by three days; uncertain (?) does not widen but sets `uncertain`.
 * sure_lo..sure_hi is the span that it surely covers when it names a whole period (an interval with two
 * known plain ends, e.g. a measure in force from..to); empty (sure_lo > sure_hi) when it names some
 * moment inside lo..hi or when qualified. */
struct dz_edtf_bounds {
    int32_t lo;
    int32_t hi;
    int32_t sure_lo;
    int32_t sure_hi;
    bool approximate;
    bool uncertain;
    bool is_interval;
};
struct dz_edtf_bounds
dz_edtf_get_bounds(const struct dz_edtf *e);

/** Bounds straight from text; false (and the whole axis) when it does not parse or is empty. */
bool
dz_edtf_text_bounds(const char *text, struct dz_edtf_bounds *ret);

/* How two values lie to each other, uncertainty respected. */
enum dz_edtf_order {
    DZ_EDTF_BEFORE,         /* a surely ends before b begins */
    DZ_EDTF_AFTER,          /* a surely begins after b ends */
    DZ_EDTF_OVERLAP,        /* they surely share a day, or are the same exact day */
    DZ_EDTF_MAYBE_OVERLAP   /* nothing sure can be said */
};
enum dz_edtf_order
dz_edtf_compare(const struct dz_edtf *a, const struct dz_edtf *b);

/** Total order for lists: by lo, then hi, then text; a value without bound on the left comes first. */
int
dz_edtf_sort_cmp(const struct dz_edtf *a, const struct dz_edtf *b);

/** Coarsest unit that holds the value: 'd' day, 'm' month, 's' season or quarter, 'y' year, 'D' decade or wider, 'i' interval or set. */
char
dz_edtf_precision(const struct dz_edtf *e);

#endif
