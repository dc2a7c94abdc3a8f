/* EDTF: dates that say how sure they are (ISO 8601-2:2019, the Library of Congress profile).
 *
 * Level 1 whole: YYYY, YYYY-MM, YYYY-MM-DD, date-times, ? ~ %, unspecified digits (201X, 2004-XX,
 * 2022-XX-XX), seasons 21-24, intervals with open (..) and unknown (empty) ends, negative years
 * and Y-prefixed years. Of level 2: qualification of single components (2022-?07-~14), X in a
 * coarser component than the last (2022-XX-15, 201X-03), sets "[a,b]" and "{a,b}" with "..",
 * sub-year groupings 25-41 (quarters, halves). "..2024-07-01" and "2024-07-01.." are read as
 * "../2024-07-01" and "2024-07-01/..". Values are compared by their bounds in days; uncertainty
 * never disappears. Format, bounds and comparison with examples: docs/format/edtf.md. All
 * functions may be called from any thread. */
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

/** Parse; caller frees with dz_edtf_free. No blanks around the value.
 *  @return DZ_OK; DZ_E_INPUT: at which character (from 1) the text leaves the format and what was
 *          expected there; also when it is empty or longer than DZ_EDTF_MAX. */
DZ_MUSTUSE enum dz_code
dz_edtf_parse(struct dz_view text, struct dz_edtf **ret, struct dz_err *err);
void
dz_edtf_free(struct dz_edtf *e);
/** Append the canonical text: what parse accepts, in one spelling, never longer than DZ_EDTF_MAX.
 *  Parsing it again gives the same value, and printing that the same text. */
void
dz_edtf_print(const struct dz_edtf *e, struct dz_buf *out);

/* What a value says about time, in whole days since 1970-01-01, both ends included. lo..hi is the
 * widest span it can mean: every day it could concern lies inside. For approximate (~) values the
 * span is widened on both sides by the precision of the value: a year by one year (a decade by
 * ten), a month by one month, a season by three, a day by three days; uncertain (?) does not
 * widen but sets `uncertain`. Winter (24) of a year runs from its January to February of the next
 * year, so that both readings lie inside. A time with a zone takes in every calendar day that its
 * instant can be. sure_lo..sure_hi is the span that it surely covers: between two known plain
 * ends of an interval (e.g. a measure in force from..to; 2014/2015 surely covers only
 * 2014-12-31..2015-01-01), or the day itself for a plain day. It is empty (sure_lo > sure_hi)
 * when the value names some moment inside lo..hi, has an open or unknown end, or is qualified.
 * For {a,b} it is the longest that a member covers. is_interval is true for from/to, not for
 * sets. */
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

/** Bounds straight from text; false (and the whole axis, surely covering nothing) when it does not
 *  parse, is empty or NULL. */
bool
dz_edtf_text_bounds(const char *text, struct dz_edtf_bounds *ret);

/* How two values lie to each other, uncertainty respected. Approximate values count with their
 * widened span. BEFORE and AFTER go by what the texts state, also when one of them is uncertain
 * (?): then the order is as doubtful as the value, and whoever shows it shows `uncertain` too.
 * Such a value never gives OVERLAP. */
enum dz_edtf_order {
    DZ_EDTF_BEFORE,         /* a ends before b begins, whatever they mean inside lo..hi */
    DZ_EDTF_AFTER,          /* a begins after b ends */
    DZ_EDTF_OVERLAP,        /* they surely share a day, or are the same exact day */
    DZ_EDTF_MAYBE_OVERLAP   /* nothing sure can be said */
};
enum dz_edtf_order
dz_edtf_compare(const struct dz_edtf *a, const struct dz_edtf *b);
/** The same from bounds that a caller has kept. */
enum dz_edtf_order
dz_edtf_compare_bounds(const struct dz_edtf_bounds *a, const struct dz_edtf_bounds *b);

/** Total order for lists: by lo, then hi, then text; a value without bound on the left comes
 *  first. */
int
dz_edtf_sort_cmp(const struct dz_edtf *a, const struct dz_edtf *b);

/** Finest unit that surely holds the value: 'd' day, 'm' month, 's' season or another part of the
 *  year, 'y' year, 'D' decade or wider, 'i' interval or set. 2022-07-XX is a month, 2022-XX-15 a
 *  year. */
char
dz_edtf_precision(const struct dz_edtf *e);

#endif
