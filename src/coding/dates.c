#include "dz_dates_priv.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_known.h"
#include "dz_scan_priv.h"

/* What the words say. One place in the text is tried against a few shapes; the longest wins. */

static bool
is_dash(const struct dz_scan *s, size_t i)
{
    return dz_scan_is(s, i, "-") || dz_scan_is(s, i, "–") || dz_scan_is(s, i, "—") ||
           dz_scan_is(s, i, "−");
}

static const struct dz_lex_entry *
word(const struct dz_scan *s, size_t i, unsigned kinds, size_t *ret_n)
{
    return dz_scan_phrase(s, &s->r->dates, i, kinds, ret_n);
}

static int
number_of(struct dz_view v)
{
    int n = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9' || v.n > 4)
            return -1;
        n = n * 10 + (v.p[i] - '0');
    }
    return v.n > 0 ? n : -1;
}

/* Endings glued to a number: "1st", "10-го", "2025-му". */
static size_t
number_tail(const struct dz_scan *s, size_t i)
{
    static const char *const tails[] = {"st", "nd", "rd", "th", "го", "ого", "му", "ому",
                                        "м",  "ом", "е",  "ше", "те", "й",   "є",  "х"};
    size_t skip = dz_scan_is(s, i, "-") && !dz_scan_token(s, i)->space_before ? 1 : 0;
    const struct dz_token *t = dz_scan_at(s, i + skip);
    if (!t || t->space_before || t->kind != DZ_TOKEN_WORD)
        return 0;
    for (size_t k = 0; k < sizeof tails / sizeof *tails; k++)
        if (dz_view_is(t->fold, tails[k]))
            return skip + 1;
    return 0;
}

/* 1 to 31 in digits, or "first" in the languages that write it so; returns the tokens taken. */
static size_t
day_at(const struct dz_scan *s, size_t i, int *ret)
{
    const struct dz_token *t = dz_scan_at(s, i);
    size_t n;
    if (!t)
        return 0;
    if (t->kind == DZ_TOKEN_NUMBER) {
        int day = t->fold.n <= 2 ? number_of(t->fold) : -1;
        if (day < 1 || day > 31)
            return 0;
        *ret = day;
        return 1 + number_tail(s, i + 1);
    }
    n = dz_date_ordinal(s, i, ret);
    return n > 0 && *ret <= 31 ? n : 0;
}

static bool
glued_after(const struct dz_scan *s, size_t i)
{
    const struct dz_token *t = dz_scan_at(s, i);
    return t && !t->space_before &&
           (t->kind != DZ_TOKEN_PUNCT || dz_scan_is(s, i, "/") || dz_scan_is(s, i, "_") ||
            dz_scan_is(s, i, "%"));
}

/* "2015-ab": part of a code. */
static bool
code_after(const struct dz_scan *s, size_t i)
{
    const struct dz_token *t = dz_scan_at(s, i + 1);
    return dz_scan_is(s, i, "-") && !dz_scan_token(s, i)->space_before && t && !t->space_before &&
           t->kind == DZ_TOKEN_WORD && t->fold.n <= 2;
}

/* A year of four digits with what belongs to it ("2025-го року", "2025 р."). */
static size_t
year_at(const struct dz_scan *s, size_t i, int *ret, bool *ret_sure)
{
    const struct dz_token *t = dz_scan_at(s, i);
    if (!t || t->kind != DZ_TOKEN_NUMBER || t->fold.n != 4)
        return 0;
    int year = number_of(t->fold);
    if (year < 1900 || year > 2099)
        return 0;
    size_t n = 1 + number_tail(s, i + 1);
    size_t more;
    *ret_sure = n > 1;
    if (n == 1 && code_after(s, i + 1))
        return 0;
    if (n == 1 && glued_after(s, i + 1) && !word(s, i + 1, DZ_LEX_KIND(DZ_DW_YEAR_WORD), &more))
        return 0;
    if (word(s, i + n, DZ_LEX_KIND(DZ_DW_YEAR_WORD), &more) && !dz_scan_is(s, i + n, "year")) {
        n += more;
        *ret_sure = true;
    }
    *ret = year;
    return n;
}

/* A month. English ones need their capital unless a number stands beside them (captions). */
static size_t
month_at(const struct dz_scan *s, size_t i, int *ret)
{
    size_t n;
    const struct dz_lex_entry *e = word(s, i, DZ_LEX_KIND(DZ_DW_MONTH), &n);
    if (!e)
        return 0;
    const struct dz_token *t = dz_scan_token(s, i);
    bool latin = (unsigned char)t->fold.p[0] < 0x80;
    const struct dz_token *before = i > 0 ? &s->d->tokens[i - 1] : NULL;
    const struct dz_token *after = dz_scan_at(s, i + 1);
    bool beside =
        (before && before->kind == DZ_TOKEN_NUMBER) || (after && after->kind == DZ_TOKEN_NUMBER);
    if (latin && !t->capital && !beside)
        return 0;
    *ret = number_of(dz_view_of(e->id));
    bool short_form = latin && t->fold.n <= 4 && dz_scan_at(s, i + n + 1);
    return n + (short_form && dz_scan_is(s, i + n, ".")); /* "Sept." */
}

size_t
dz_date_year_behind(const struct dz_scan *s, size_t i, int *ret)
{
    bool sure;
    size_t skip = dz_scan_is(s, i, ",") || dz_scan_is(s, i, "of");
    size_t n = year_at(s, i + skip, ret, &sure);
    if (n == 0)
        n = dz_date_said_year(s, i + skip, ret, &sure);
    if (n == 0 && skip && dz_scan_is(s, i, ","))
        return 0;
    return n > 0 ? n + skip : 0;
}

static void
set_rel_year(struct dz_date_found *f, const struct dz_lex_entry *e)
{
    bool same = strcmp(e->value, "same") == 0, minus = e->value[0] == '-';
    f->rel = same ? DZ_REL_SAME : DZ_REL_YEAR;
    f->rel_by = same ? 0 : number_of(dz_view_of(e->value + minus));
    f->rel_by = minus ? -f->rel_by : f->rel_by;
}

/* "last year" behind a month. */
static size_t
rel_year_behind(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    size_t skip = dz_scan_is(s, i, "of"), n;
    const struct dz_lex_entry *e = word(s, i + skip, DZ_LEX_KIND(DZ_DW_REL_YEAR), &n);
    if (!e)
        return 0;
    set_rel_year(f, e);
    return skip + n;
}

/* What joins two halves of a range: a dash, "to", "and". *ret_and: only enumerated. */
static size_t
joint_at(const struct dz_scan *s, size_t i, bool *ret_and)
{
    size_t n;
    *ret_and = false;
    if (is_dash(s, i))
        return 1;
    if (!word(s, i, DZ_LEX_KIND(DZ_DW_AND), &n))
        return 0;
    static const char *const to[] = {"to", "through", "until", "till", "до", "по"};
    *ret_and = true;
    for (size_t k = 0; k < sizeof to / sizeof *to; k++)
        *ret_and = *ret_and && !dz_scan_is(s, i, to[k]);
    return n;
}

static bool
day_fits(const struct dz_date_part *p)
{
    return p->day <= dz_days_in_month(p->year ? p->year : 2024, (int8_t)p->month);
}

/* 2025-09-10, 10.09.2025, 10/09/2025. */
static size_t
numeric_date(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    const struct dz_token *t = dz_scan_token(s, i);
    int v[3];
    size_t n = 1;
    if (t->fold.n == 10 || t->fold.n == 8) {
        struct dz_view w = t->fold;
        if (w.p[2] != '.' || w.p[5] != '.')
            return 0;
        v[0] = number_of((struct dz_view){w.p, 2});
        v[1] = number_of((struct dz_view){w.p + 3, 2});
        v[2] = number_of((struct dz_view){w.p + 6, w.n - 6});
        if (w.n == 8)
            v[2] = v[2] >= 14 && v[2] <= 40 ? 2000 + v[2] : 0;
    } else {
        bool iso = t->fold.n == 4 && dz_scan_is(s, i + 1, "-");
        if (!dz_scan_at(s, i + 4) ||
            (!iso && !(dz_scan_is(s, i + 1, "/") && dz_scan_is(s, i + 3, "/"))) ||
            (iso && !dz_scan_is(s, i + 3, "-")))
            return 0;
        for (size_t k = 0; k < 5; k++)
            if (k > 0 && dz_scan_token(s, i + k)->space_before)
                return 0;
        int a = number_of(t->fold), b = number_of(dz_scan_token(s, i + 2)->fold);
        int c = number_of(dz_scan_token(s, i + 4)->fold);
        v[0] = iso ? c : a;
        v[1] = b;
        v[2] = iso ? a : c;
        if (!iso && v[1] > 12 && v[0] <= 12) { /* month first, the American way */
            v[0] = b;
            v[1] = a;
        }
        n = 5;
    }
    if (v[0] < 1 || v[1] < 1 || v[1] > 12 || v[2] < 1900 || v[2] > 2099)
        return 0;
    f->from = (struct dz_date_part){v[2], v[1], v[0]};
    if (!day_fits(&f->from))
        return 0;
    f->rule = "date.numeric";
    f->score = 92;
    return n;
}

/* "between A and B" is a period too. */
static bool
between_before(const struct dz_scan *s, size_t i)
{
    static const char *const words[] = {"between", "між", "между"};
    for (size_t k = 0; i > 0 && k < sizeof words / sizeof *words; k++)
        if (dz_view_is(s->d->tokens[i - 1].fold, words[k]))
            return true;
    return false;
}

/* "8 March 2025", "12-13 October 2024", "з 1 по 10 вересня", "10 вересня". */
static size_t
day_first(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    int day, day2 = 0, month, year = 0;
    bool enumerated;
    size_t n = day_at(s, i, &day);
    if (n == 0)
        return 0;
    size_t joint = joint_at(s, i + n, &enumerated);
    size_t second = joint ? day_at(s, i + n + joint, &day2) : 0;
    if (second > 0 && day2 > day)
        n += joint + second;
    else
        day2 = 0;
    n += dz_scan_is(s, i + n, "of");
    size_t m = month_at(s, i + n, &month);
    if (m == 0)
        return 0;
    n += m;
    size_t y = dz_date_year_behind(s, i + n, &year);
    n += y > 0 ? y : rel_year_behind(s, i + n, f);
    f->from = (struct dz_date_part){year, month, day};
    if (day2)
        f->to = (struct dz_date_part){year, month, day2};
    f->listed = day2 && enumerated && !between_before(s, i);
    if (!day_fits(&f->from) || (day2 && !day_fits(&f->to)))
        return 0;
    f->rule = "date.day_month";
    f->score = year ? 96 : 85;
    return n;
}

/* The second half of a range of months: "July and August 2022", "July 2022 to March 2023". */
static size_t
second_month(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    bool enumerated;
    int month, year = 0;
    size_t n = joint_at(s, i, &enumerated);
    size_t m = n ? month_at(s, i + n, &month) : 0;
    if (m == 0)
        return 0;
    n += m;
    int first_year = f->from.year;
    size_t y = dz_date_year_behind(s, i + n, &year);
    /* Only months that follow each other make a period when they are merely listed. */
    if (enumerated && (month != f->from.month + 1 || first_year))
        return 0;
    if (!first_year && month <= f->from.month)
        return 0;
    if (first_year && !year)
        return 0;
    f->to = (struct dz_date_part){year, month, 0};
    /* "July and August 2022" is one time, "for September and October" two. */
    f->listed = enumerated && y == 0;
    if (!first_year)
        f->from.year = year;
    return n + y;
}

/* "March 4, 2025", "Sept. 30", "March 2024", "July and August 2022", "September". */
static size_t
month_first(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    int month, day = 0, day2 = 0, year = 0;
    bool enumerated;
    size_t n = month_at(s, i, &month);
    if (n == 0)
        return 0;
    bool latin = (unsigned char)dz_scan_token(s, i)->fold.p[0] < 0x80;
    size_t more = latin ? day_at(s, i + n, &day) : 0;
    if (more > 0 && dz_scan_token(s, i + n)->kind == DZ_TOKEN_NUMBER &&
        !glued_after(s, i + n + more)) {
        n += more;
        size_t joint = joint_at(s, i + n, &enumerated);
        size_t second = joint ? day_at(s, i + n + joint, &day2) : 0;
        if (second > 0 && day2 > day && !glued_after(s, i + n + joint + second))
            n += joint + second;
        else
            day2 = 0;
    } else {
        day = 0;
    }
    size_t y = dz_date_year_behind(s, i + n, &year);
    n += y > 0 ? y : rel_year_behind(s, i + n, f);
    f->from = (struct dz_date_part){year, month, day};
    if (day2)
        f->to = (struct dz_date_part){year, month, day2};
    if (day && (!day_fits(&f->from) || (day2 && !day_fits(&f->to))))
        return 0;
    if (!day)
        n += second_month(s, i + n, f);
    f->rule = day ? "date.month_day" : f->from.year ? "date.month_year" : "date.month";
    f->score = f->from.year ? 95 : day ? 85 : 70;
    return n;
}

/* "summer of 2023", "восени 2022 року". Without a year a season says too little. */
static size_t
season(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    size_t n;
    int year = 0;
    const struct dz_lex_entry *e = word(s, i, DZ_LEX_KIND(DZ_DW_SEASON), &n);
    if (!e)
        return 0;
    size_t y = dz_date_year_behind(s, i + n, &year);
    if (y == 0)
        y = rel_year_behind(s, i + n, f);
    if (y == 0)
        return 0;
    f->from = (struct dz_date_part){year, number_of(dz_view_of(e->value)), 0};
    f->rule = "date.season";
    f->score = 92;
    return n + y;
}

/* "last autumn", "минулої зими". */
static size_t
last_season(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    size_t n, m;
    const struct dz_lex_entry *rel = word(s, i, DZ_LEX_KIND(DZ_DW_REL_SEASON), &n);
    const struct dz_lex_entry *e = rel ? word(s, i + n, DZ_LEX_KIND(DZ_DW_SEASON), &m) : NULL;
    if (!e)
        return 0;
    f->from.month = number_of(dz_view_of(e->value));
    f->rel = DZ_REL_SEASON;
    f->rel_by = rel->value[0] == '-' ? -1 : rel->value[0] - '0';
    f->rule = "date.season";
    f->score = 70;
    return n + m;
}

/* "last March", "в этом июне", "цього червня". */
static size_t
named_month(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    size_t n;
    int month, year;
    const struct dz_lex_entry *rel = word(s, i, DZ_LEX_KIND(DZ_DW_REL_SEASON), &n);
    size_t m = rel ? month_at(s, i + n, &month) : 0;
    if (m == 0 || dz_date_year_behind(s, i + n + m, &year) > 0)
        return 0;
    f->from.month = month;
    f->rel = DZ_REL_NAMED;
    f->whole = (unsigned char)s->d->tokens[i].fold.p[0] >= 0x80;
    f->rel_by = rel->value[0] == '-' ? -1 : rel->value[0] - '0';
    f->rule = "date.month-told";
    f->score = 75;
    return n + m;
}

/* "торік у травні", "last year in May", "цього року навесні". */
static size_t
year_first(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    size_t n, m, in;
    int month;
    const struct dz_lex_entry *e = word(s, i, DZ_LEX_KIND(DZ_DW_REL_YEAR), &n);
    if (!e)
        return 0;
    if (word(s, i + n, DZ_LEX_KIND(DZ_DW_IN), &in))
        n += in;
    m = month_at(s, i + n, &month);
    if (m == 0) {
        const struct dz_lex_entry *season = word(s, i + n, DZ_LEX_KIND(DZ_DW_SEASON), &m);
        if (!season)
            return 0;
        month = number_of(dz_view_of(season->value));
    }
    f->from.month = month;
    set_rel_year(f, e);
    f->rule = "date.month-told";
    f->score = 80;
    return n + m;
}

/* "двадцять третій рік", "у 22-му році", "две тысячи двадцать второго года". */
static size_t
said_year(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    bool sure;
    int year;
    size_t more, n = dz_date_said_year(s, i, &year, &sure);
    /* "Перед канікулами двадцять другого": of an event it is the year, not the day. */
    bool event =
        n > 1 && i > 0 && dz_lex_before(&s->r->dates, s->d, i, DZ_LEX_KIND(DZ_DW_EVENT), &more);
    /* "В двадцать втором стало нужно": a verb follows, and no noun that the words would number. */
    const struct dz_token *next = n > 1 ? dz_scan_at(s, i + n) : NULL;
    bool when = next && dz_lex_before(&s->r->dates, s->d, i, DZ_LEX_KIND(DZ_DW_IN), &more) &&
                next->kind == DZ_TOKEN_WORD && dz_date_is_past(next->fold);
    if (n == 0 || (!sure && !event && !when))
        return 0;
    f->from.year = year;
    f->said = true;
    f->rule = "date.year-said";
    f->score = 80;
    return n;
}

/* "Навесні", "зимой": of the year that the story has come to. */
static size_t
bare_season(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    size_t n;
    int year;
    const struct dz_lex_entry *e = word(s, i, DZ_LEX_KIND(DZ_DW_BARE_SEASON), &n);
    if (!e || dz_date_year_behind(s, i + n, &year) > 0 || dz_scan_is(s, i + n, "of"))
        return 0;
    f->from.month = number_of(dz_view_of(e->value));
    f->rel = DZ_REL_STORY;
    f->rule = "date.season-told";
    f->score = 60;
    return n;
}

/* A number of four digits is not always a year. */
static bool
counts_something(const struct dz_scan *s, size_t i)
{
    static const char *const before[] = {"№", "no", "article", "ст",  "$",    "€", "£",
                                         "#", "п",  "section", "law", "room", "+"};
    size_t n;
    const unsigned kinds = DZ_LEX_KIND(DZ_NW_SCALE) | DZ_LEX_KIND(DZ_NW_UNIT);
    const struct dz_lex_entry *unit = dz_lex_find(&s->r->numbers, s->d, i + 1, kinds, &n);
    if (unit && dz_scan_at(s, i + 1) && strcmp(unit->id, "years") != 0 &&
        strcmp(unit->id, "points") != 0 && strcmp(unit->id, "documents") != 0)
        return true;
    if (i == 0)
        return false;
    const struct dz_token *t = &s->d->tokens[i - 1];
    bool mid = dz_view_is(t->fold, "-") && i > 1 && dz_view_is(s->d->tokens[i - 2].fold, "mid");
    if (!s->d->tokens[i].space_before && !mid &&
        (dz_view_is(t->fold, "/") || dz_view_is(t->fold, "-") || dz_view_is(t->fold, "_") ||
         t->kind != DZ_TOKEN_PUNCT))
        return true;
    if (t->kind == DZ_TOKEN_NUMBER)
        return true;
    for (size_t k = 0; k < sizeof before / sizeof *before; k++)
        if (dz_view_is(t->fold, before[k]))
            return true;
    if (dz_view_is(t->fold, ".") && i > 1 && dz_view_is(s->d->tokens[i - 2].fold, "no"))
        return true;
    return dz_lex_before(&s->r->numbers, s->d, i, DZ_LEX_KIND(DZ_NW_QUALIFIER), &n) &&
           !dz_lex_before(&s->r->dates, s->d, i,
                          DZ_LEX_KIND(DZ_DW_IN) | DZ_LEX_KIND(DZ_DW_BY) | DZ_LEX_KIND(DZ_DW_UNTIL),
                          &n) &&
           !dz_view_is(t->fold, "around") && !dz_view_is(t->fold, "about");
}

/* "2014", "2014–2022", "from 2014 to 2022", "1990s", "у 2014 році". */
static size_t
year_alone(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    int year, year2;
    bool sure = false, sure2, enumerated;
    if (i > 0 && dz_view_is(s->d->tokens[i].fold, "0000"))
        return 0;
    const struct dz_token *next = dz_scan_at(s, i + 1);
    int number = s->d->tokens[i].fold.n == 4 ? number_of(s->d->tokens[i].fold) : -1;
    bool tail =
        next && !next->space_before &&
        (dz_scan_is(s, i + 1, "s") || dz_scan_is(s, i + 1, "х") ||
         (dz_scan_is(s, i + 1, "-") && (dz_scan_is(s, i + 2, "х") || dz_scan_is(s, i + 2, "ті"))));
    if (tail && number % 10 == 0 && number >= 1900 && number <= 2030) {
        f->from.year = number;
        f->decade = true;
        f->rule = "date.decade";
        f->score = 88;
        size_t n = dz_scan_is(s, i + 1, "-") ? 3 : 2, more;
        if (word(s, i + n, DZ_LEX_KIND(DZ_DW_YEAR_WORD), &more))
            n += more;
        return n;
    }
    size_t n = year_at(s, i, &year, &sure);
    if (n == 0 || counts_something(s, i))
        return 0;
    size_t joint = joint_at(s, i + n, &enumerated);
    size_t second = joint && !enumerated ? year_at(s, i + n + joint, &year2, &sure2) : 0;
    f->from.year = year;
    f->from.month = dz_date_month_of_paper(s, i);
    f->rule = "date.year";
    f->score = sure ? 92 : 80;
    if (second > 0 && year2 > year && year2 - year < 100 && !f->from.month) {
        f->to.year = year2;
        f->rule = "date.years";
        n += joint + second;
    }
    return n;
}

/* "on Friday", "yesterday", "last month": they need the day of publication. */
static size_t
relative(const struct dz_scan *s, size_t i, struct dz_date_found *f)
{
    static const struct {
        unsigned kind;
        enum dz_date_rel rel;
    } kinds[] = {{DZ_DW_REL_YEAR, DZ_REL_YEAR},
                 {DZ_DW_REL_MONTH, DZ_REL_MONTH},
                 {DZ_DW_DAY, DZ_REL_DAY},
                 {DZ_DW_WEEKDAY, DZ_REL_WEEKDAY}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t n;
        const struct dz_lex_entry *e = word(s, i, DZ_LEX_KIND(kinds[k].kind), &n);
        if (!e)
            continue;
        bool latin_weekday = kinds[k].rel == DZ_REL_WEEKDAY && !dz_scan_token(s, i)->capital &&
                             (unsigned char)dz_scan_token(s, i)->fold.p[0] < 0x80;
        if (latin_weekday)
            continue;
        bool minus = e->value[0] == '-';
        if (kinds[k].rel == DZ_REL_YEAR && strcmp(e->value, "same") == 0)
            return 0;
        f->rel = kinds[k].rel;
        f->rel_by = number_of(dz_view_of(e->value + minus));
        f->rel_by = minus ? -f->rel_by : f->rel_by;
        f->rule = "date.relative";
        f->score = 60;
        return n;
    }
    return 0;
}

typedef size_t (*shape_fn)(const struct dz_scan *s, size_t i, struct dz_date_found *f);

/* Kinds of words that begin a date. */
#define STARTS                                                                                   \
    (DZ_LEX_KIND(DZ_DW_MONTH) | DZ_LEX_KIND(DZ_DW_SEASON) | DZ_LEX_KIND(DZ_DW_ORDINAL) |         \
     DZ_LEX_KIND(DZ_DW_TENS) | DZ_LEX_KIND(DZ_DW_MILLENNIUM) | DZ_LEX_KIND(DZ_DW_WEEKDAY) |      \
     DZ_LEX_KIND(DZ_DW_DAY) | DZ_LEX_KIND(DZ_DW_REL_YEAR) | DZ_LEX_KIND(DZ_DW_REL_MONTH) |       \
     DZ_LEX_KIND(DZ_DW_REL_SEASON) | DZ_LEX_KIND(DZ_DW_BARE_SEASON) | DZ_LEX_KIND(DZ_DW_ROMAN) | \
     DZ_LEX_KIND(DZ_DW_HOLIDAY) | DZ_LEX_KIND(DZ_DW_MONTH_ADJ) | DZ_LEX_KIND(DZ_DW_TOLD))

static bool
try_shapes(const struct dz_scan *s, size_t i, struct dz_date_found *best)
{
    static const shape_fn number_shapes[] = {numeric_date, day_first, year_alone, said_year,
                                             dz_date_bare_day};
    static const shape_fn word_shapes[] = {
        day_first,   month_first,     season,           dz_date_part_of_year, last_season,
        relative,    dz_date_holiday, dz_date_of_story, dz_date_of_paper,     bare_season,
        named_month, year_first,      said_year,        dz_date_bare_day};
    bool number = s->d->tokens[i].kind == DZ_TOKEN_NUMBER;
    size_t any;
    best->n = 0;
    /* Most words that some phrase begins with ("in", "the") begin no date: one look-up tells. */
    if (!number && !word(s, i, STARTS, &any))
        return false;
    const shape_fn *shapes = number ? number_shapes : word_shapes;
    size_t n_shapes = number ? sizeof number_shapes / sizeof *number_shapes
                             : sizeof word_shapes / sizeof *word_shapes;
    for (size_t k = 0; k < n_shapes; k++) {
        struct dz_date_found f = {.first = i};
        f.n = shapes[k](s, i, &f);
        if (f.n > best->n)
            *best = f;
    }
    return best->n > 0;
}

/* A month by itself counts only where a word before it asks for a time. */
static bool
stands_in_time(const struct dz_scan *s, const struct dz_date_found *f)
{
    if (f->from.month == 0 || f->from.year || f->from.day || f->rel || f->to.month)
        return true;
    const unsigned kinds = DZ_LEX_KIND(DZ_DW_IN) | DZ_LEX_KIND(DZ_DW_SINCE) |
                           DZ_LEX_KIND(DZ_DW_UNTIL) | DZ_LEX_KIND(DZ_DW_BY) |
                           DZ_LEX_KIND(DZ_DW_PART);
    size_t n, i = f->first;
    if (i > 1 && dz_view_is(s->d->tokens[i - 1].fold, "-") &&
        dz_view_is(s->d->tokens[i - 2].fold, "mid"))
        return true;
    /* "Січень. Сніг ...": the head of an entry in a diary. */
    const struct dz_sentence *sentence = &s->d->sentences[s->d->tokens[i].sentence];
    bool head =
        i == sentence->first_token && s->d->tokens[i].capital &&
        (i == 0 || s->d->sentences[s->d->tokens[i - 1].sentence].paragraph != sentence->paragraph);
    if (head && (!dz_scan_at(s, i + f->n) || dz_scan_is(s, i + f->n, ".") ||
                 dz_scan_is(s, i + f->n, ":") || dz_scan_is(s, i + f->n, "—")))
        return true;
    /* "January's wages", "the March decree", "(October: 102)"; not "May's government". */
    size_t past = i + f->n;
    if ((dz_scan_is(s, past, "'s") && f->from.month != 5) ||
        word(s, past, DZ_LEX_KIND(DZ_DW_DATED), &n) ||
        strcmp(f->rule, "date.month-of-paper") == 0 ||
        (i > 0 && dz_view_is(s->d->tokens[i - 1].fold, "(") && dz_scan_is(s, past, ":")))
        return true;
    return i > 0 && dz_lex_before(&s->r->dates, s->d, i, kinds, &n) != NULL;
}

/* "In August 2023, October and December": the list of months goes on. */
static bool
lists_on(const struct dz_scan *s, const struct dz_date_found *last, const struct dz_date_found *f)
{
    bool enumerated;
    size_t past = last ? last->first + last->n : 0;
    return last && last->first >= s->begin && past + 1 == f->first && last->from.month > 0 &&
           (dz_scan_is(s, past, ",") || (joint_at(s, past, &enumerated) == 1 && enumerated));
}

/* "late April", "mid-April", "наприкінці квітня": the words belong to the date. */
static void
take_part_words(const struct dz_scan *s, struct dz_date_found *f)
{
    size_t n, i = f->first;
    if (f->rule && strcmp(f->rule, "date.relative") == 0)
        return;
    if (i > 1 && dz_view_is(s->d->tokens[i - 1].fold, "-") &&
        dz_view_is(s->d->tokens[i - 2].fold, "mid"))
        n = 2;
    else if (i == 0 || !dz_lex_before(&s->r->dates, s->d, i, DZ_LEX_KIND(DZ_DW_PART), &n))
        return;
    if (s->d->tokens[i - n].sentence != s->d->tokens[i].sentence)
        return;
    f->first -= n;
    f->n += n;
}

static bool
same_precision(const struct dz_date_found *a, const struct dz_date_found *b)
{
    return (a->from.day != 0) == (b->from.day != 0) &&
           (a->from.month != 0) == (b->from.month != 0) && a->from.month <= 12 &&
           b->from.month <= 12;
}

/* "24 February to 1 March 2022": two days with a joint between them are one period. */
static bool
join_days(const struct dz_scan *s, struct dz_date_found *a, const struct dz_date_found *b)
{
    bool enumerated;
    size_t gap = b->first - (a->first + a->n);
    bool between = between_before(s, a->first);
    if ((!a->from.day && !between) || !same_precision(a, b) || a->to.year || a->to.month ||
        b->to.year || b->to.month || a->rel || b->rel || a->decade || b->decade || gap == 0 ||
        joint_at(s, a->first + a->n, &enumerated) != gap || (enumerated && !between) ||
        (a->from.year && !b->from.year))
        return false;
    bool turns = a->from.month > b->from.month;
    if (!a->from.year && turns && !b->from.year)
        return false;
    if (!a->from.year && b->from.year)
        a->from.year = b->from.year - turns;
    a->to = b->from;
    a->n = b->first + b->n - a->first;
    a->rule = "date.days";
    return true;
}

/* "21 and 22 April" are two dates, the day or month of the first stands alone. */
static void
add_found(const struct dz_scan *s, struct dz_date_list *out, const struct dz_date_found *f)
{
    out->items = dz_grow(out->items, &out->cap, out->n + 2, sizeof *out->items);
    struct dz_date_found *a = &out->items[out->n++];
    *a = *f;
    size_t n = 0, past = f->first + f->n;
    for (size_t i = f->first + 1; f->listed && n == 0 && i < past; i++) {
        bool enumerated;
        if (joint_at(s, i, &enumerated) > 0 && enumerated)
            n = i - f->first;
    }
    if (n == 0)
        return;
    a->n = n;
    a->to = (struct dz_date_part){0};
    struct dz_date_found *b = &out->items[out->n++];
    *b = *f;
    b->from = f->to;
    b->to = (struct dz_date_part){0};
    b->first += n + 1;
    b->n -= n + 1;
}

#define HEAD_SENTENCES 4

/* Does somebody tell what he lived through? The head of such a text says so. */
static bool
tells_story(const struct dz_document *d)
{
    static const char *const stems[] = {"свідчення", "записано",   "оповідач",   "рассказчи",
                                        "беседов",   "собеседни",  "співрозмов", "интервью",
                                        "інтерв'ю",  "спогад",     "testimon",   "interview",
                                        "recorded",  "воспоминан", "щоденник",   "дневник"};
    for (size_t i = 0; i < d->n_tokens && d->tokens[i].sentence < HEAD_SENTENCES; i++) {
        for (size_t k = 0; k < sizeof stems / sizeof *stems; k++) {
            if (dz_view_starts(d->tokens[i].fold, stems[k]))
                return true;
        }
    }
    return false;
}

void
dz_dates_scan(const struct dz_rules *r, const struct dz_document *d, struct dz_date_list *out)
{
    for (size_t k = 0; k < d->n_sentences; k++) {
        const struct dz_sentence *sentence = &d->sentences[k];
        struct dz_scan s = dz_scan_of(r, d, sentence);
        for (size_t i = sentence->first_token; i < s.end;) {
            struct dz_date_found f;
            const struct dz_token *t = &d->tokens[i];
            bool hopeless = t->kind == DZ_TOKEN_PUNCT ||
                            (t->kind == DZ_TOKEN_WORD && !dz_known_begins(&r->dates, d, i, STARTS));
            struct dz_date_found *last = out->n > 0 ? &out->items[out->n - 1] : NULL;
            if (hopeless || !try_shapes(&s, i, &f) ||
                (!stands_in_time(&s, &f) && !lists_on(&s, last, &f))) {
                i++;
                continue;
            }
            i += f.n;
            take_part_words(&s, &f);
            if (last && last->first >= sentence->first_token && join_days(&s, last, &f))
                continue;
            add_found(&s, out, &f);
        }
    }
    out->story = tells_story(d);
}

void
dz_date_list_done(struct dz_date_list *l)
{
    dz_free(l->items);
    *l = (struct dz_date_list){0};
}
