#include <string.h>

#include "dz_dates_priv.h"
#include "dz_scan_priv.h"

/* Quarters, halves and holidays. */

static const struct dz_lex_entry *
word(const struct dz_scan *s, size_t i, unsigned kinds, size_t *ret_n)
{
    return dz_scan_phrase(s, &s->r->dates, i, kinds, ret_n);
}

static int
value_of(const struct dz_lex_entry *e)
{
    int n = 0;
    for (const char *p = e->value; *p >= '0' && *p <= '9'; p++)
        n = n * 10 + (*p - '0');
    return n;
}

/* Months bear their number as the name of their section. */
static int
value_of_id(const struct dz_lex_entry *e)
{
    int n = 0;
    for (const char *p = e->id; *p >= '0' && *p <= '9'; p++)
        n = n * 10 + (*p - '0');
    return n;
}

/* "of the year", "року": of the one that the text stands in. */
static size_t
this_year(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    static const char *const words[] = {"року", "года"};
    size_t n, skip = dz_scan_is(s, i, "of");
    const struct dz_lex_entry *e = word(s, i + skip, DZ_LEX_KIND(DZ_DW_REL_YEAR), &n);
    if (e) {
        bool same = strcmp(e->value, "same") == 0, minus = e->value[0] == '-';
        f->rel = same ? DZ_REL_SAME : DZ_REL_YEAR;
        f->rel_by = same ? 0 : (e->value[minus] - '0') * (minus ? -1 : 1);
        return skip + n;
    }
    f->rel = DZ_REL_YEAR;
    if (skip && dz_scan_is(s, i + 1, "the") && dz_scan_is(s, i + 2, "year"))
        return 3;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        if (dz_scan_is(s, i, words[k]))
            return 1;
    }
    f->rel = DZ_REL_NONE;
    return 0;
}

size_t
dz_date_part_of_year(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    size_t n, m;
    int year = 0;
    const struct dz_lex_entry *e =
        word(s, i, DZ_LEX_KIND(DZ_DW_ORDINAL) | DZ_LEX_KIND(DZ_DW_ROMAN), &n);
    const struct dz_lex_entry *p =
        e ? word(s, i + n, DZ_LEX_KIND(DZ_DW_QUARTER) | DZ_LEX_KIND(DZ_DW_HALF), &m) : NULL;
    if (!p)
        return 0;
    bool half = p->kind == DZ_DW_HALF;
    int which = value_of(e), months = half ? 6 : 3;
    if (which < 1 || which > 12 / months)
        return 0;
    size_t y = dz_date_year_behind(s, i + n + m, &year);
    if (y == 0)
        y = this_year(s, i + n + m, f);
    if (y == 0) /* "the first half" of anything */
        return 0;
    f->from = (struct dz_date_part){year, (which - 1) * months + 1, 0};
    f->to = (struct dz_date_part){year, which * months, 0};
    f->rule = "date.part_of_year";
    f->score = year ? 90 : 70;
    return n + m + y;
}

/* Easter Sunday by the Julian calendar, as a day of the Gregorian one (J. Meeus, Astronomical
 * Algorithms, chapter 8; thirteen days apart from 1900 to 2099). */
static struct dz_date_part
easter(int year)
{
    int d = (19 * (year % 19) + 15) % 30;
    int e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
    int day = (d + e + 114) % 31 + 1 + 13, month = (d + e + 114) / 31;
    int most = month == 4 ? 30 : 31;
    if (day > most)
        return (struct dz_date_part){year, month + 1, day - most};
    return (struct dz_date_part){year, month, day};
}

size_t
dz_date_holiday(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    size_t n;
    int year = 0;
    const struct dz_lex_entry *e = word(s, i, DZ_LEX_KIND(DZ_DW_HOLIDAY), &n);
    size_t y = e ? dz_date_year_behind(s, i + n, &year) : 0;
    if (y == 0)
        return 0;
    int day = value_of(e);
    f->from = day ? (struct dz_date_part){year, day / 100, day % 100} : easter(year);
    f->rule = "date.holiday";
    f->score = 85;
    return n + y;
}

/* A season without a year behind it, and its number. */
static size_t
bare(const struct dz_scan *s, size_t i, unsigned kinds, int *ret_month)
{
    size_t n;
    int year;
    const struct dz_lex_entry *e = word(s, i, kinds, &n);
    if (!e || dz_date_year_behind(s, i + n, &year) > 0 || dz_scan_is(s, i + n, "of"))
        return 0;
    *ret_month = e->kind == DZ_DW_MONTH ? value_of_id(e) : value_of(e);
    return n;
}

size_t
dz_date_of_story(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    size_t n, m = 0;
    const unsigned before =
        DZ_LEX_KIND(DZ_DW_SINCE) | DZ_LEX_KIND(DZ_DW_BY) | DZ_LEX_KIND(DZ_DW_UNTIL);
    const struct dz_lex_entry *told = word(s, i, DZ_LEX_KIND(DZ_DW_TOLD), &n);
    if (told)
        m = bare(s, i + n, DZ_LEX_KIND(DZ_DW_SEASON) | DZ_LEX_KIND(DZ_DW_MONTH), &f->from.month);
    if (m == 0 && i > s->begin && dz_lex_before(&s->r->dates, s->d, i, before, &n)) {
        n = 0;
        m = bare(s, i, DZ_LEX_KIND(DZ_DW_SEASON), &f->from.month);
    }
    if (m == 0)
        return 0;
    f->rel = DZ_REL_STORY;
    f->rule = "date.season-told";
    f->score = 60;
    return n + m;
}

size_t
dz_date_of_paper(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    size_t n, m;
    const struct dz_lex_entry *e = word(s, i, DZ_LEX_KIND(DZ_DW_MONTH_ADJ), &n);
    if (!e || !word(s, i + n, DZ_LEX_KIND(DZ_DW_DATED), &m))
        return 0;
    f->from.month = value_of(e);
    f->rule = "date.month-of-paper";
    f->score = 75;
    /* "Квітневим указом Путіна 2023 року": the year bears the date, so that the paper stays a word. */
    const struct dz_token *next = dz_scan_at(s, i + n + m);
    size_t whose = next && next->kind == DZ_TOKEN_WORD && next->capital;
    int year;
    return dz_date_year_behind(s, i + n + m + whose, &year) > 0 ? 0 : n;
}

int
dz_date_month_of_paper(const struct dz_scan *s, size_t i)
{
    size_t n;
    for (size_t whose = 0; whose < 2; whose++) {
        if (i < s->begin + 2 + whose)
            return 0;
        size_t paper = i - 1 - whose;
        const struct dz_lex_entry *e = word(s, paper - 1, DZ_LEX_KIND(DZ_DW_MONTH_ADJ), &n);
        bool names = whose == 0 || s->d->tokens[i - 1].capital;
        if (e && names && word(s, paper, DZ_LEX_KIND(DZ_DW_DATED), &n))
            return value_of(e);
    }
    return 0;
}
