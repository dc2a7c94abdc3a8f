/* Numbers and signs that a program puts in front of the items of a list. Files hold only how they
 * are made; laws and orders are quoted by them, so readers make them again.
 *
 * A list has levels; each has a pattern in which "%1" to "%9" stand for the number of that level,
 * as in WordprocessingML (ECMA-376 part 1, 17.9.11). What OpenDocument and HTML say is written so
 * too. */
#ifndef DZ_LIST_NUMBER_H
#define DZ_LIST_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"

#define DZ_LIST_LEVELS 10
#define DZ_LIST_NUMBER_BYTES 400 /* of one number with everything around it */

enum dz_number_kind {
    DZ_NUMBER_DECIMAL,
    DZ_NUMBER_ZERO, /* 01, 02 */
    DZ_NUMBER_LATIN,
    DZ_NUMBER_LATIN_UPPER,
    DZ_NUMBER_ROMAN,
    DZ_NUMBER_ROMAN_UPPER,
    DZ_NUMBER_RUSSIAN,
    DZ_NUMBER_RUSSIAN_UPPER,
    DZ_NUMBER_BULLET, /* a sign; the pattern is that sign */
    DZ_NUMBER_NONE
};

struct dz_list_level {
    enum dz_number_kind kind;
    bool known;       /* some file said something of this level */
    bool repeats;     /* after "z" comes "aa", "bb" as in Word; else "aa", "ab" */
    bool legal;       /* all numbers in the pattern are decimal */
    bool tight;       /* no space behind it */
    bool restarts;    /* from its start when a higher level goes on */
    unsigned restart; /* if not 0: only when one of the first so many levels goes on */
    uint32_t start;
    char *pattern;    /* NULL: nothing is shown */
    char *style;      /* of paragraphs of this level, or NULL */
};
struct dz_list {
    struct dz_list_level levels[DZ_LIST_LEVELS];
};
/** Levels start at 1 and are decimal. */
void
dz_list_init(struct dz_list *l);
void
dz_list_done(struct dz_list *l);
/** The same in to, which is no list yet. */
void
dz_list_copy(struct dz_list *to, const struct dz_list *from);

/* How far a list has come. All zero: it has not begun. */
struct dz_list_count {
    uint32_t at[DZ_LIST_LEVELS];
    bool begun[DZ_LIST_LEVELS];
};
/** The next item on a level. */
void
dz_list_next(const struct dz_list *l, struct dz_list_count *c, unsigned level);
/** The next item on a level has this number. */
void
dz_list_set(const struct dz_list *l, struct dz_list_count *c, unsigned level, uint32_t number);
/** What stands in front of the item reached on a level, with the space behind it. May be
 * nothing. */
void
dz_list_put(const struct dz_list *l, const struct dz_list_count *c, unsigned level,
            struct dz_buf *out);

/** Append a number as its kind is written. */
void
dz_number_put(enum dz_number_kind kind, bool repeats, uint32_t number, struct dz_buf *out);
/** Append a sign. What is a letter of a font of signs becomes a bullet. */
void
dz_bullet_put(struct dz_view sign, struct dz_buf *out);

#endif
