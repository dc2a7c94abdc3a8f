#include <string.h>

#include "dz_dates_priv.h"
#include "dz_scan_priv.h"

/* Dates as people say them: "двадцять восьме грудня", "осенью двадцать второго", "третього числа".
 * What the words leave out is filled in by dates_infer.c. */

static const struct dz_lex_entry *
word(const struct dz_scan *s, size_t i, unsigned kind, size_t *ret_n)
{
    return dz_scan_phrase(s, &s->r->dates, i, DZ_LEX_KIND(kind), ret_n);
}

static int
value_of(const struct dz_lex_entry *e)
{
    int n = 0;
    for (const char *p = e->value; *p >= '0' && *p <= '9'; p++)
        n = n * 10 + (*p - '0');
    return n;
}

size_t
dz_date_ordinal(const struct dz_scan *s, size_t i, int *ret)
{
    size_t n, more;
    const struct dz_lex_entry *e = word(s, i, DZ_DW_TENS, &n);
    if (e) {
        size_t dash = dz_scan_is(s, i + n, "-");
        const struct dz_lex_entry *unit = word(s, i + n + dash, DZ_DW_ORDINAL, &more);
        if (!unit || value_of(unit) > 9)
            return 0;
        *ret = value_of(e) + value_of(unit);
        return n + dash + more;
    }
    e = word(s, i, DZ_DW_ORDINAL, &n);
    if (!e)
        return 0;
    *ret = value_of(e);
    return n;
}

#define FIRST_SAID 14 /* nobody says a year before 2014 by its last two digits here */
#define LAST_SAID 39

/* "22-го", "'22": two digits with something that makes a year of them. */
static size_t
short_year(const struct dz_scan *s, size_t i, int *ret)
{
    static const char *const tails[] = {"го", "му", "й", "м", "ого", "ому"};
    const struct dz_token *t = dz_scan_at(s, i);
    if (!t || t->kind != DZ_TOKEN_NUMBER || t->fold.n != 2)
        return 0;
    const struct dz_token *tail = dz_scan_at(s, i + 2);
    if (!dz_scan_is(s, i + 1, "-") || !tail || tail->space_before)
        return 0;
    bool ends = false;
    for (size_t k = 0; k < sizeof tails / sizeof *tails; k++)
        ends = ends || dz_view_is(tail->fold, tails[k]);
    if (!ends || t->fold.p[0] < '1' || t->fold.p[0] > '3')
        return 0;
    *ret = (t->fold.p[0] - '0') * 10 + (t->fold.p[1] - '0');
    return 3;
}

size_t
dz_date_said_year(const struct dz_scan *s, size_t i, int *ret, bool *ret_sure)
{
    size_t lead = 0, more;
    int n = 0;
    const struct dz_token *t = dz_scan_at(s, i);
    if (!t || (t->kind == DZ_TOKEN_NUMBER && t->fold.n != 2))
        return 0;
    *ret_sure = t->kind == DZ_TOKEN_WORD && word(s, i, DZ_DW_MILLENNIUM, &lead) != NULL;
    if (!*ret_sure)
        lead = 0;
    size_t said = dz_date_ordinal(s, i + lead, &n);
    if (said == 0 && lead == 0)
        said = short_year(s, i, &n);
    if (said == 0 || n < FIRST_SAID || n > LAST_SAID)
        return 0;
    said += lead;
    if (word(s, i + said, DZ_DW_YEAR_WORD, &more) && !dz_scan_is(s, i + said, "year")) {
        *ret_sure = true;
        said += more;
    }
    *ret = 2000 + n;
    return said;
}

/* Is the day said in the genitive or with an ending of one, as dates are? */
static bool
genitive(struct dz_view fold)
{
    static const char *const tails[] = {"ого", "ього", "его"};
    for (size_t k = 0; k < sizeof tails / sizeof *tails; k++) {
        size_t n = strlen(tails[k]);
        if (fold.n > n && memcmp(fold.p + fold.n - n, tails[k], n) == 0)
            return true;
    }
    return false;
}

/* "On the third he left", "on the third.": no noun follows that the ordinal would belong to. */
static bool
stands_alone(const struct dz_scan *s, size_t i)
{
    static const char *const words[] = {"he",  "she", "they", "we",   "i",   "and",  "but", "it",
                                        "the", "при", "на",   "у",    "в",   "до",   "я",   "ми",
                                        "мы",  "він", "она",  "вона", "они", "вони", "он",  "до"};
    const struct dz_token *t = dz_scan_at(s, i);
    if (!t || t->kind == DZ_TOKEN_PUNCT)
        return true;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        if (dz_view_is(t->fold, words[k]))
            return true;
    }
    return false;
}

/* "двадцятого століття" is no day. */
static bool
century(const struct dz_scan *s, size_t i)
{
    static const char *const words[] = {"століття", "сторіччя", "века", "столетия", "разу", "раза"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        if (dz_scan_is(s, i, words[k]))
            return true;
    }
    return false;
}

/* 1 to 31 in words or digits ("20-го", "20th", "20"). */
static size_t
day_said(const struct dz_scan *s, size_t i, int *ret)
{
    const struct dz_token *t = dz_scan_at(s, i);
    if (!t || t->kind != DZ_TOKEN_NUMBER)
        return dz_date_ordinal(s, i, ret);
    int n = 0;
    for (size_t k = 0; k < t->fold.n; k++) {
        if (t->fold.n > 2 || t->fold.p[k] < '0' || t->fold.p[k] > '9')
            return 0;
        n = n * 10 + (t->fold.p[k] - '0');
    }
    *ret = n;
    const struct dz_token *tail = dz_scan_at(s, i + 1);
    if (tail && !tail->space_before &&
        (dz_view_is(tail->fold, "th") || dz_view_is(tail->fold, "st") ||
         dz_view_is(tail->fold, "nd") || dz_view_is(tail->fold, "rd")))
        return 2;
    size_t dash = short_year(s, i, &n);
    return dash ? dash : 1;
}

/* "From the 12th" */
static bool
from_the(const struct dz_scan *s, size_t i)
{
    static const char *const words[] = {"on", "from", "since", "until", "by", ":"};
    if (i < s->begin + 2 || !dz_view_is(s->d->tokens[i - 1].fold, "the"))
        return false;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        if (dz_view_is(s->d->tokens[i - 2].fold, words[k]))
            return true;
    }
    return false;
}

size_t
dz_date_bare_day(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    int day = 0;
    size_t more, n = day_said(s, i, &day);
    if (n == 0 || day < 1 || day > 31)
        return 0;
    const struct dz_token *t = dz_scan_token(s, i);
    bool latin = (unsigned char)t->fold.p[0] < 0x80 && t->kind == DZ_TOKEN_WORD;
    bool first = i == s->d->sentences[t->sentence].first_token;
    size_t at = i + n;
    bool named = word(s, at, DZ_DW_DAY_WORD, &more) != NULL;
    n += named ? more : 0;
    if (latin || dz_scan_is(s, at, "of")) {
        /* "By the first of the month" is any month's. */
        bool on = i >= 2 && dz_view_is(s->d->tokens[i - 1].fold, "the") &&
                  dz_view_is(s->d->tokens[i - 2].fold, "on");
        if (!on || (!named && !stands_alone(s, at)))
            return 0;
    } else if (from_the(s, i) && !named && at > i + 1) { /* "from the 12th, admissions ..." */
        if (dz_scan_at(s, at) && dz_scan_at(s, at)->kind != DZ_TOKEN_PUNCT)
            return 0;
    } else if (!named) {
        /* A day that opens a sentence: "Шістнадцятого на прохідній ...". */
        const struct dz_token *last = dz_scan_token(s, at - 1);
        if (t->kind == DZ_TOKEN_NUMBER || !first || !genitive(last->fold) || century(s, at) ||
            (day <= 10 && !stands_alone(s, at)))
            return 0;
    }
    f->from.day = day;
    f->rel = DZ_REL_MONTH_DAY;
    f->rule = "date.day-said";
    f->score = 60;
    return n;
}
