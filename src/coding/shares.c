#include "dz_shares.h"

#include <stdio.h>
#include <string.h>

/* Shares in words: "every third", "four out of ten", "дві третини", "половина". What is said of a
 * part of a year or of every second day is none. */

#define OUT_OF_MOST 20 /* "14 of the 37 cases" counts; "nine in ten" is a share */

static const struct dz_lex_entry *
word(const struct dz_scan *s, size_t i, unsigned kind, size_t *ret_n)
{
    return dz_scan_phrase(s, &s->r->numbers, i, DZ_LEX_KIND(kind), ret_n);
}

static int
small(const char *value)
{
    int n = 0;
    for (; *value >= '0' && *value <= '9' && n < 1000; value++)
        n = n * 10 + (*value - '0');
    return n;
}

/* A number up to twenty (or a hundred in words or digits). */
static size_t
part_at(const struct dz_scan *s, size_t i, int *ret)
{
    const struct dz_token *t = dz_scan_at(s, i);
    size_t n;
    if (t && t->kind == DZ_TOKEN_NUMBER) {
        *ret = 0;
        for (size_t k = 0; k < t->fold.n; k++) {
            if (t->fold.n > 3 || t->fold.p[k] < '0' || t->fold.p[k] > '9')
                return 0;
            *ret = *ret * 10 + (t->fold.p[k] - '0');
        }
        return 1;
    }
    const struct dz_lex_entry *e = word(s, i, DZ_NW_NUMBER, &n);
    if (!e)
        return 0;
    *ret = small(e->value);
    return n;
}

static bool
is_time(const struct dz_scan *s, size_t i)
{
    size_t n;
    const struct dz_token *t = dz_scan_at(s, i);
    return (t && t->kind == DZ_TOKEN_NUMBER) || word(s, i, DZ_NW_RHYTHM, &n) ||
           dz_scan_phrase(s, &s->r->dates, i,
                          DZ_LEX_KIND(DZ_DW_MONTH) | DZ_LEX_KIND(DZ_DW_SEASON) |
                              DZ_LEX_KIND(DZ_DW_YEAR_WORD),
                          &n);
}

static size_t
every_nth(const struct dz_scan *s, size_t i, int *ret)
{
    size_t n, m;
    if (!word(s, i, DZ_NW_EVERY, &n))
        return 0;
    const struct dz_lex_entry *e =
        dz_scan_phrase(s, &s->r->dates, i + n, DZ_LEX_KIND(DZ_DW_ORDINAL), &m);
    int nth = e ? small(e->value) : 0;
    if (nth < 2 || nth > OUT_OF_MOST || is_time(s, i + n + m))
        return 0;
    *ret = (100 + nth / 2) / nth;
    return n + m;
}

/* Is the word in front an ordinal ("the first half") or a sign that it is a name? */
static bool
is_ordered(const struct dz_scan *s, size_t i)
{
    size_t n;
    return i > s->begin &&
           dz_lex_before(&s->r->dates, s->d, i,
                         DZ_LEX_KIND(DZ_DW_ORDINAL) | DZ_LEX_KIND(DZ_DW_PART), &n) != NULL;
}

static size_t
fraction(const struct dz_scan *s, size_t i, int *ret)
{
    size_t n;
    const struct dz_lex_entry *e = word(s, i, DZ_NW_SHARE, &n);
    const struct dz_token *next = dz_scan_at(s, i + n);
    if (!e || !next || next->kind == DZ_TOKEN_PUNCT || is_ordered(s, i) || is_time(s, i + n))
        return 0;
    bool latin = (unsigned char)s->d->tokens[i].fold.p[0] < 0x80;
    bool of = dz_scan_is(s, i + n, "of") || dz_scan_is(s, i + n, "the") ||
              dz_scan_is(s, i + n, "its") || dz_scan_is(s, i + n, "our") ||
              dz_scan_is(s, i + n, "their");
    if ((latin && !of) || (of && (is_time(s, i + n + 1) || is_time(s, i + n + 2))))
        return 0;
    if (!latin && dz_text_function_word_is(next->fold) && !dz_scan_is(s, i + n, "з") &&
        !dz_scan_is(s, i + n, "із") && !dz_scan_is(s, i + n, "из"))
        return 0;
    *ret = small(e->value);
    return n;
}

static size_t
n_out_of(const struct dz_scan *s, size_t i, int *ret)
{
    int part, whole;
    size_t joint, n = part_at(s, i, &part);
    const struct dz_lex_entry *e = n ? word(s, i + n, DZ_NW_OUT_OF, &joint) : NULL;
    size_t m = e ? part_at(s, i + n + joint, &whole) : 0;
    if (m == 0 || part < 1 || part >= whole || is_time(s, i + n + joint + m))
        return 0;
    bool latin = (unsigned char)s->d->tokens[i + n].fold.p[0] < 0x80;
    /* "один із трьох братів": one of three. */
    bool round = whole == 10 || whole == 100 || whole == 20 || (whole < 10 && (latin || part > 1));
    const struct dz_token *before = i > s->begin ? &s->d->tokens[i - 1] : NULL;
    bool dated = before && (before->kind == DZ_TOKEN_NUMBER || !s->d->tokens[i].space_before);
    if (!round || dated)
        return 0;
    *ret = (100 * part + whole / 2) / whole;
    return n + joint + m;
}

size_t
dz_share_at(const struct dz_scan *s, size_t i, int *ret_percent)
{
    size_t n = every_nth(s, i, ret_percent);
    if (n == 0)
        n = fraction(s, i, ret_percent);
    return n ? n : n_out_of(s, i, ret_percent);
}
