/* Numbers as a text writes them, for quantities*.c. Private to coding/. */
#ifndef DZ_NUMBERS_PRIV_H
#define DZ_NUMBERS_PRIV_H

#include <string.h>

#include "dz_scan_priv.h"

/* mantissa * 10^power: figures stay exact, there is no floating point on the way. */
struct dz_numeral {
    int64_t mantissa;
    int power;
};
#define DZ_MANTISSA_MAX INT64_C(1000000000000000)

struct dz_number {
    struct dz_numeral value;
    size_t n; /* tokens */
    bool scaled;
    bool digits;
};

struct dz_number_scan {
    struct dz_scan in;
    struct dz_document *d;
    const bool *dated; /* tokens that belong to a date */
};

bool
dz_number_less(struct dz_numeral a, struct dz_numeral b);
/** Plain digits with a point where needed, into ret. */
void
dz_number_print(struct dz_numeral v, char *ret, size_t size);
/** The number that begins at token i, in digits or in words. */
bool
dz_number_at(const struct dz_number_scan *s, size_t i, struct dz_number *ret);
/** A scale word ("million", "тис.") at token i: its tokens, or 0, and its power of ten. */
size_t
dz_number_scale(const struct dz_number_scan *s, size_t i, int *ret_power);

/** Does what stands around a small number without a noun say that it counts something? any_before:
 *  another quantity stands in front of it in the paragraph. */
bool
dz_number_counts(const struct dz_number_scan *s, size_t i, size_t n, const struct dz_number *v,
                 bool any_before);
/** "20 червня", "August 4": a day of a month. */
bool
dz_number_is_day(const struct dz_number_scan *s, size_t i, const struct dz_number *v);
/** "a year earlier", "годом ранее" at token i: the same thing, at another time. */
bool
dz_number_earlier(const struct dz_number_scan *s, size_t i);
/** Does only a verb of several people look like token i: "казали", "взяли"? */
bool
dz_number_verb(const struct dz_number_scan *s, size_t i);

static inline bool
dz_number_glued(const struct dz_number_scan *s, size_t i)
{
    const struct dz_token *t = dz_scan_at(&s->in, i);
    return t && !t->space_before;
}

static inline const struct dz_lex_entry *
dz_number_word(const struct dz_number_scan *s, size_t i, unsigned kinds, size_t *ret_n)
{
    return dz_scan_phrase(&s->in, &s->in.r->numbers, i, kinds, ret_n);
}

/** Is token i one of the n words? */
static inline bool
dz_number_is(const struct dz_number_scan *s, size_t i, const char *const *list, size_t n)
{
    const struct dz_token *t = dz_scan_at(&s->in, i);
    for (size_t k = 0; t && k < n; k++)
        if (dz_view_is(t->fold, list[k]))
            return true;
    return false;
}
#define DZ_NUMBER_IS(s, i, list) dz_number_is((s), (i), (list), sizeof(list) / sizeof *(list))

#endif
