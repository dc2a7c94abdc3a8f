#include "dz_dates_priv.h"

#include <stdio.h>
#include <string.h>

#include "dz_edtf.h"

static bool
ends_in(struct dz_view word, const char *tail)
{
    size_t n = strlen(tail);
    return word.n > n && memcmp(word.p + word.n - n, tail, n) == 0;
}

static bool
one_of(struct dz_view word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (dz_view_is(word, list[i]))
            return true;
    }
    return false;
}

/* "штрафуватимуть": the Ukrainian future is an ending. */
static bool
is_future_form(struct dz_view word)
{
    static const char *const tails[] = {"тиме",   "тимуть",   "тимемо",
                                        "тимете", "тиметься", "тимуться"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        if (ends_in(word, tails[i]))
            return true;
    }
    return false;
}

bool
dz_date_is_past(struct dz_view fold)
{
    static const char *const tails[] = {"ла",   "ло",  "ли",  "лась", "лася", "лось", "лись",
                                        "лися", "лся", "вся", "ав",   "ив",   "ал",   "ил",
                                        "ято",  "ено", "ано", "ены",  "ані",  "ені"};
    static const char *const words[] = {"was",  "were", "had",  "did",  "said", "took", "came",
                                        "told", "left", "були", "было", "було", "был",  "був"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(fold, words[i]))
            return true;
    }
    for (size_t i = 0; fold.n > 6 && i < sizeof tails / sizeof *tails; i++) {
        if (ends_in(fold, tails[i]))
            return true;
    }
    return fold.n > 4 && (unsigned char)fold.p[0] < 0x80 && ends_in(fold, "ed");
}

/* What the context adds: the role of a date, and the year that its words leave out. */

static bool
sentence_has(const struct dz_rules *r, const struct dz_document *d, uint32_t sentence,
             unsigned kinds)
{
    const struct dz_sentence *s = &d->sentences[sentence];
    size_t n;
    for (size_t i = 0; i < s->n_tokens; i++)
        if (d->tokens[s->first_token + i].kind == DZ_TOKEN_WORD &&
            dz_lex_find(&r->dates, d, s->first_token + i, kinds, &n))
            return true;
    return false;
}

static bool
sentence_promises(const struct dz_document *d, uint32_t sentence)
{
    const struct dz_sentence *s = &d->sentences[sentence];
    for (size_t i = 0; i < s->n_tokens; i++) {
        if (is_future_form(d->tokens[s->first_token + i].fold))
            return true;
    }
    return false;
}

static bool
sentence_is_past(const struct dz_document *d, uint32_t sentence)
{
    const struct dz_sentence *s = &d->sentences[sentence];
    for (size_t i = 0; i < s->n_tokens; i++) {
        if (dz_date_is_past(d->tokens[s->first_token + i].fold))
            return true;
    }
    return false;
}

static enum dz_date_role
role_of(const struct dz_rules *r, const struct dz_document *d, const struct dz_date_found *f)
{
    const unsigned kinds =
        DZ_LEX_KIND(DZ_DW_SINCE) | DZ_LEX_KIND(DZ_DW_UNTIL) | DZ_LEX_KIND(DZ_DW_BY);
    size_t n, i = f->first, past = f->first + f->n;
    if (past < d->n_tokens && d->tokens[past].sentence == d->tokens[i].sentence &&
        dz_lex_find(&r->dates, d, past, DZ_LEX_KIND(DZ_DW_DEADLINE_AFTER), &n))
        return DZ_DATE_BY;
    if (i > 0 &&
        (dz_view_is(d->tokens[i - 1].fold, "the") || dz_view_is(d->tokens[i - 1].fold, "on")) &&
        d->tokens[i - 1].sentence == d->tokens[i].sentence)
        i--;
    if (i > 1 &&
        (dz_view_is(d->tokens[i - 1].fold, "–") || dz_view_is(d->tokens[i - 1].fold, "—") ||
         dz_view_is(d->tokens[i - 1].fold, ":")) &&
        dz_lex_before(&r->dates, d, i - 1, DZ_LEX_KIND(DZ_DW_STATED), &n))
        return DZ_DATE_BY;
    const struct dz_lex_entry *e = i > 0 ? dz_lex_before(&r->dates, d, i, kinds, &n) : NULL;
    if (!e || d->tokens[i - n].sentence != d->tokens[f->first].sentence)
        return DZ_DATE_PLAIN;
    /* "№ 183 від 27 квітня" is the date of a paper, not a beginning. */
    if (e->kind == DZ_DW_SINCE && i > n && d->tokens[i - n - 1].kind == DZ_TOKEN_NUMBER)
        return DZ_DATE_PLAIN;
    if (e->kind == DZ_DW_SINCE)
        return DZ_DATE_SINCE;
    return e->kind == DZ_DW_UNTIL ? DZ_DATE_UNTIL : DZ_DATE_BY;
}

/* "On 4 January he signed", "had already announced in December that ...": the verb beside the date is
 * in the past, so the date is. */
static bool
is_told_as_past(const struct dz_document *d, const struct dz_date_found *f)
{
    static const char *const small[] = {"in",   "on",   "the", "у",    "в",    "о",  "he",
                                        "she",  "they", "it",  "він",  "вона", "он", "она",
                                        "they", "ми",   "мы",  "його", "їх"};
    uint32_t sentence = d->tokens[f->first].sentence;
    size_t past = f->first + f->n;
    for (size_t back = 1; back <= 2 && back <= f->first; back++) {
        const struct dz_token *t = &d->tokens[f->first - back];
        if (t->sentence != sentence || t->kind != DZ_TOKEN_WORD)
            break;
        if (dz_date_is_past(t->fold))
            return true;
        if (!one_of(t->fold, small, sizeof small / sizeof *small))
            break;
    }
    for (size_t on = 0; on < 2 && past + on < d->n_tokens; on++) {
        const struct dz_token *t = &d->tokens[past + on];
        if (t->sentence != sentence || t->kind != DZ_TOKEN_WORD)
            break;
        if (dz_date_is_past(t->fold))
            return f->role == DZ_DATE_PLAIN;
        if (!one_of(t->fold, small, sizeof small / sizeof *small))
            break;
    }
    return false;
}

/* Does a clause go on past this token? Not where punctuation or "that" ends it. */
static bool
ends_clause(const struct dz_token *t, uint32_t sentence)
{
    static const char *const words[] = {"that", "що", "что", "щоб", "чтобы", "або", "или", "or"};
    return t->sentence != sentence || t->kind == DZ_TOKEN_PUNCT ||
           one_of(t->fold, words, sizeof words / sizeof *words);
}

/* Is a verb of the date's own clause in the past, and none that sets a deadline? "They gave us until
 * May" and "they warned that papers are due by May" speak of what was to come. */
static bool
clause_is_past(const struct dz_rules *r, const struct dz_document *d, const struct dz_date_found *f)
{
    uint32_t sentence = d->tokens[f->first].sentence;
    size_t from = f->first, to = f->first + f->n, n;
    bool past = false;
    while (from > 0 && !ends_clause(&d->tokens[from - 1], sentence))
        from--;
    while (to < d->n_tokens && !ends_clause(&d->tokens[to], sentence))
        to++;
    for (size_t i = from; i < to; i++) {
        if (dz_lex_find(&r->dates, d, i, DZ_LEX_KIND(DZ_DW_SETS), &n))
            return false;
        past = past || dz_date_is_past(d->tokens[i].fold);
    }
    return past;
}

void
dz_dates_set_roles(const struct dz_rules *r, const struct dz_document *d, struct dz_date_list *list)
{
    uint32_t seen = UINT32_MAX;
    bool future = false;
    for (size_t i = 0; i < list->n; i++) {
        struct dz_date_found *f = &list->items[i];
        uint32_t sentence = d->tokens[f->first].sentence;
        if (sentence != seen)
            future = sentence_has(r, d, sentence, DZ_LEX_KIND(DZ_DW_FUTURE));
        seen = sentence;
        /* A date with its year may be told beside a promise. */
        f->future = future || (!f->from.year && sentence_promises(d, sentence));
        f->role = role_of(r, d, f);
        f->past = !f->from.year && sentence_is_past(d, sentence);
        f->clause_past = !f->from.year && clause_is_past(r, d, f);
        f->happened = !f->from.year && is_told_as_past(d, f);
        f->future = f->future && !f->happened;
        f->aims = f->first > 0 && (dz_view_is(d->tokens[f->first - 1].fold, "на") ||
                                   dz_view_is(d->tokens[f->first - 1].fold, "for"));
    }
}

int32_t
dz_date_day_number(int year, const struct dz_date_part *p)
{
    int month = p->month >= 1 && p->month <= 12 ? p->month : 6;
    struct dz_date date = {
        .year = year, .month = (int8_t)month, .day = (int8_t)(p->day ? p->day : 1)};
    return dz_date_to_days(date);
}

bool
dz_date_is_forward(const struct dz_date_found *f)
{
    return f->role == DZ_DATE_BY || f->role == DZ_DATE_UNTIL ||
           (f->role == DZ_DATE_SINCE && f->future);
}

/* First month of a season, or the month itself. */
static int
month_of(const struct dz_date_part *p)
{
    return p->month >= 21 && p->month <= 24 ? (p->month - 20) * 3 : p->month;
}

/* An earlier date of the same story that says its year: in the same sentence, or in the sentence
 * before
 * within the paragraph when it names a month too ("In July and August 2022 ... But in
 * September"). */
static int
year_from_story(const struct dz_document *d, const struct dz_date_list *list, size_t ix, bool sure)
{
    const struct dz_date_found *f = &list->items[ix];
    uint32_t sentence = d->tokens[f->first].sentence;
    for (size_t k = ix, steps = 0; k-- > 0 && steps < 32; steps++) {
        const struct dz_date_found *a = &list->items[k];
        uint32_t there = d->tokens[a->first].sentence;
        if (d->sentences[there].paragraph != d->sentences[sentence].paragraph)
            return 0;
        /* Further back only whole days and what goes on from them: "20 March 2023 ... On 17 April". */
        if (there + 1 < sentence && !(a->from.day && f->from.day && a->role == DZ_DATE_PLAIN &&
                                      f->role == DZ_DATE_PLAIN && !f->future))
            continue;
        const struct dz_date_part *last = a->to.year ? &a->to : &a->from;
        if (last->year && a->rel == DZ_REL_YEAR && there == sentence && f->role == DZ_DATE_PLAIN)
            return last->year;
        if (last->year == 0 || a->decade || a->rel)
            continue;
        bool month = last->month >= 1 && last->month <= 12;
        /* "In the spring of 2023 he said: either an application by May, or ..." */
        if (last->month >= 21 && last->month <= 24 && f->role == DZ_DATE_BY && !f->from.day &&
            f->from.month <= 12)
            return last->year + (f->from.month < month_of(last));
        if (!month && (there != sentence || a->role != DZ_DATE_PLAIN || f->role != DZ_DATE_PLAIN))
            continue;
        /* "Since February 2022 it issued ..., and in September he spoke": its own time. */
        if (a->role == DZ_DATE_SINCE && !a->to.year && sure && f->role == DZ_DATE_PLAIN)
            continue;
        bool deadline = f->role != DZ_DATE_PLAIN;
        /* "In the autumn of 2023 ..., in January": the January that came next. */
        bool season = last->month >= 23 && last->month <= 24;
        if (season && there == sentence && f->from.month <= 12)
            return last->year + (f->from.month < month_of(last) && f->from.month <= 6);
        if (!month || f->from.month >= last->month)
            return last->year;
        /* "On 3 May he was dismissed. The wages for March were not paid": a month just before. */
        if (!f->from.day && f->from.month <= 12 && f->role == DZ_DATE_PLAIN && a->from.day &&
            !f->future && last->month - f->from.month <= 4)
            return last->year;
        return there == sentence && deadline ? last->year + 1 : 0;
    }
    return 0;
}

static bool
day_is_real(const struct dz_date_part *p)
{
    return p->day <= dz_days_in_month(p->year, (int8_t)p->month);
}

#define TOLD_SENTENCES 24 /* how far back a story is followed */

/* The year of a season that is told without one: of the last month or season of the story, or the
 * year behind it. 0: there is no story. */
static int
year_of_season(const struct dz_document *d, const struct dz_date_list *list, size_t ix,
               const struct dz_date *now)
{
    const struct dz_date_found *f = &list->items[ix];
    uint32_t sentence = d->tokens[f->first].sentence;
    for (size_t k = ix, steps = 0; k-- > 0 && steps < 32; steps++) {
        const struct dz_date_found *a = &list->items[k];
        if (d->tokens[a->first].sentence + TOLD_SENTENCES < sentence)
            return 0;
        if (!a->from.year || !a->from.month || a->decade || a->rel ||
            (dz_date_is_forward(a) && a->future))
            continue;
        /* "Since 2015 the law says ... In spring she asked": no story leads from there. */
        bool apart = d->sentences[d->tokens[a->first].sentence].paragraph !=
                     d->sentences[sentence].paragraph;
        if (now && !list->story && apart && a->from.year + 3 < now->year)
            return 0;
        int year = a->from.year + (month_of(&f->from) < month_of(&a->from));
        /* What something began with lies before the day that is told of. */
        if (f->role == DZ_DATE_SINCE)
            year = a->from.year - (month_of(&f->from) > month_of(&a->from));
        return now && year > now->year ? 0 : year;
    }
    return 0;
}

/* A story that goes on over paragraphs, month by month: the year of the last month told, for a
 * month
 * that is not before it. */
static int
year_told(const struct dz_document *d, const struct dz_date_list *list, size_t ix,
          const struct dz_date *now)
{
    const struct dz_date_found *f = &list->items[ix];
    uint32_t sentence = d->tokens[f->first].sentence;
    for (size_t k = ix, steps = 0; k-- > 0 && steps < 32; steps++) {
        const struct dz_date_found *a = &list->items[k];
        const struct dz_date_part *last = a->to.year ? &a->to : &a->from;
        if (d->tokens[a->first].sentence + TOLD_SENTENCES < sentence)
            return 0;
        bool month = last->year && last->month >= 1 && last->month <= 12;
        if (!month || a->decade || a->rel || (dz_date_is_forward(a) && a->future) ||
            (a->role == DZ_DATE_SINCE && !a->to.year))
            continue;
        /* What is still to come is no part of the story. */
        if (now && dz_date_is_forward(a) &&
            dz_date_day_number(last->year, last) > dz_date_to_days(*now))
            continue;
        bool on = f->from.month >= last->month && f->from.month <= 12;
        return on && !dz_date_is_forward(f) ? last->year : 0;
    }
    return 0;
}

/* The year that puts the date nearest to the publication: news speak of the past, deadlines of
 * what comes. */
static int
year_near(const struct dz_date_found *f, const struct dz_date *now)
{
    int32_t today = dz_date_to_days(*now);
    int past = now->year;
    if (dz_date_day_number(past, &f->from) > today)
        past--;
    int32_t back = today - dz_date_day_number(past, &f->from);
    int32_t ahead = dz_date_day_number(past + 1, &f->from) - today;
    bool deadline = f->role == DZ_DATE_BY || f->role == DZ_DATE_UNTIL;
    /* A day of this month or the last is a passed deadline, not one of the coming year. */
    /* One that the past tense tells of is the nearer one: "he promised full coverage by 9 May". */
    if (deadline && f->clause_past && !f->future && back < ahead)
        return past;
    if (deadline || (f->future && f->role == DZ_DATE_SINCE))
        return back <= 45 || ahead > 270 ? past : past + 1;
    if (f->happened && !f->aims)
        return ahead <= 3 ? past + 1 : past;
    /* "Що буде 11 вересня?": what is to come lies ahead. */
    if (f->future && !f->past && f->role == DZ_DATE_PLAIN && ahead < 330)
        return back <= 10 ? past : past + 1;
    int32_t weight = f->role == DZ_DATE_SINCE ? 5 : f->past ? 8 : 3;
    if (f->from.day || f->future)
        return ahead * weight < back ? past + 1 : past;
    return f->aims && ahead < 120 ? past + 1 : past;
}

/* "Thursday, 6 June": the latest year, up to the next, in which the day is that day of the week. */
static int
year_of_weekday(const struct dz_date_list *list, size_t ix, const struct dz_date *now)
{
    const struct dz_date_found *f = &list->items[ix];
    const struct dz_date_found *w = ix > 0 ? &list->items[ix - 1] : NULL;
    if (!w || w->rel != DZ_REL_WEEKDAY || !f->from.day || w->first + w->n + 1 < f->first)
        return 0;
    for (int year = now->year; year > now->year - 6; year--) {
        struct dz_date date = {year, (int8_t)f->from.month, (int8_t)f->from.day};
        if (date.day <= dz_days_in_month(year, date.month) && dz_date_weekday(date) == w->rel_by &&
            dz_date_to_days(date) <= dz_date_to_days(*now) + 60)
            return year;
    }
    return 0;
}

static bool
complete_relative(struct dz_date_found *f, const struct dz_date *now)
{
    int32_t days = dz_date_to_days(*now);
    switch (f->rel) {
    case DZ_REL_NONE:
        return true;
    case DZ_REL_YEAR:
        f->from.year = now->year + f->rel_by;
        if (f->to.month)
            f->to.year = f->from.year;
        /* From here on the story goes as if the year had been said. */
        if (f->from.month && f->from.month <= 12 && f->rel_by < -1)
            f->rel = DZ_REL_NONE;
        return true;
    case DZ_REL_MONTH: {
        int month = now->year * 12 + now->month - 1 + f->rel_by;
        f->from = (struct dz_date_part){month / 12, month % 12 + 1, 0};
        return true;
    }
    case DZ_REL_SEASON: {
        /* The last one that is over, or the one of this year; a winter bears its first year. */
        static const int8_t ends[] = {5, 8, 11, 12};
        int ix = f->from.month >= 21 && f->from.month <= 24 ? f->from.month - 21 : 0;
        bool over = now->month > ends[ix];
        bool back = f->rel_by < 0 ? !over : ix == 3 && now->month <= 2;
        static const int8_t begins[] = {3, 6, 9, 12};
        bool next = f->rel_by > 0 && now->month >= begins[ix];
        f->from.year = f->rel_by > 0 ? now->year + next : now->year - back;
        return true;
    }
    case DZ_REL_NAMED: /* the last one that is over, or the one of this year */
        f->from.year = now->year - (f->rel_by < 0 && (f->whole || f->from.month >= now->month)) +
                       (f->rel_by > 0 && f->from.month <= now->month);
        return true;
    case DZ_REL_STORY:
    case DZ_REL_SAME:
    case DZ_REL_MONTH_DAY:
        return false;
    case DZ_REL_DAY:
        days += f->rel_by;
        break;
    case DZ_REL_WEEKDAY: /* the last such day, today included */
        days -= (dz_date_weekday(*now) - f->rel_by + 7) % 7;
        break;
    }
    struct dz_date date = dz_date_from_days(days);
    f->from = (struct dz_date_part){date.year, date.month, date.day};
    return true;
}

static bool
is_day(const struct dz_date_part *p, const struct dz_date *day)
{
    return day && p->year == day->year && p->month == day->month && p->day == day->day;
}

/* The last date in front that says its year: of the story, not of the page. A deadline does not
 * move a story on (story); without one, a month is needed. */
static const struct dz_date_found *
last_told(const struct dz_document *d, const struct dz_date_list *list, size_t ix,
          const struct dz_date *now, bool story)
{
    uint32_t sentence = d->tokens[list->items[ix].first].sentence;
    for (size_t k = ix, steps = 0; k-- > 0 && steps < 32; steps++) {
        const struct dz_date_found *a = &list->items[k];
        if (d->tokens[a->first].sentence + TOLD_SENTENCES < sentence)
            return NULL;
        bool has_month = a->from.month >= 1 && a->from.month <= 12;
        if (!a->from.year || a->decade || is_day(&a->from, now) || (a->rel && !has_month) ||
            (story ? dz_date_is_forward(a) : !has_month))
            continue;
        return a;
    }
    return NULL;
}

#define HEAD_SENTENCES 3

/* The whole day at the head of a page: "Voice messages, 6 January 2025." */
static bool
day_of_head(const struct dz_document *d, const struct dz_date_list *list, size_t ix,
            struct dz_date *ret)
{
    for (size_t i = 0; i < ix; i++) {
        const struct dz_date_found *a = &list->items[i];
        uint32_t there = d->tokens[a->first].sentence;
        uint32_t here = d->tokens[list->items[ix].first].sentence;
        if (there >= HEAD_SENTENCES ||
            d->sentences[there].paragraph == d->sentences[here].paragraph)
            return false;
        if (a->from.year && a->from.month && a->from.day && !a->to.year && !a->rel) {
            *ret = (struct dz_date){a->from.year, (int8_t)a->from.month, (int8_t)a->from.day};
            return true;
        }
    }
    return false;
}

/* "On the third": of the month that the story has come to, or of the next when the day is over
 * there; without a story the last such day, or the next one of a deadline. */
static bool
complete_day(const struct dz_document *d, struct dz_date_list *list, size_t ix,
             const struct dz_date *now)
{
    struct dz_date_found *f = &list->items[ix];
    struct dz_date head;
    if (day_of_head(d, list, ix, &head))
        now = &head;
    const struct dz_date_found *told = last_told(d, list, ix, now, false);
    bool deadline = f->role == DZ_DATE_BY || f->role == DZ_DATE_UNTIL;
    int month;
    if (told)
        month = told->from.year * 12 + told->from.month - 1 +
                (told->from.day > 0 && f->from.day < told->from.day);
    else if (now)
        month = now->year * 12 + now->month - 1 + (deadline && f->from.day < now->day) -
                (!deadline && f->from.day > now->day);
    else
        return false;
    struct dz_date_part day = {month / 12, month % 12 + 1, f->from.day};
    if (!day_is_real(&day) || (now && !deadline && !f->future &&
                               dz_date_day_number(day.year, &day) > dz_date_to_days(*now) + 31))
        return false;
    f->from = day;
    f->rel = DZ_REL_NONE;
    f->said = told && told->said;
    return true;
}

/* "... by the fifteenth of December. That was in twenty-three.": the year that is said behind. */
static int
year_behind_story(const struct dz_document *d, const struct dz_date_list *list, size_t ix)
{
    static const char *const points[] = {"це", "то", "это", "that", "it", "this"};
    uint32_t sentence = d->tokens[list->items[ix].first].sentence;
    for (size_t k = ix + 1; k < list->n; k++) {
        const struct dz_date_found *a = &list->items[k];
        const struct dz_sentence *in = &d->sentences[d->tokens[a->first].sentence];
        if (d->tokens[a->first].sentence > sentence + 3)
            return 0;
        bool year_only = a->from.year && !a->from.month && !a->to.year && !a->rel && !a->decade;
        if (!year_only || a->first > in->first_token + 3)
            continue;
        for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
            if (dz_view_is(d->tokens[in->first_token].fold, points[i]))
                return a->from.year;
        }
    }
    return 0;
}

/* A story far from the day of the page, whose year was told as people tell it ("двадцять третій рік
 * ... шостого січня"): it goes on from there, a month that is over lies in the next year. */
static int
year_of_said(const struct dz_document *d, const struct dz_date_list *list, size_t ix,
             const struct dz_date *now)
{
    const struct dz_date_found *f = &list->items[ix];
    const struct dz_date_found *a = last_told(d, list, ix, now, true);
    if (!a || !(a->said || list->story) || !now || a->from.year >= now->year ||
        f->from.month > 12 || (a->from.month > 12 && !list->story))
        return 0;
    /* "... by the fifth of December. That was in twenty-three": the story stands in December. */
    const struct dz_date_found *meant = a > list->items ? a - 1 : a;
    if (!a->from.month && meant->said && meant->from.year == a->from.year)
        a = meant;
    /* A deadline comes after what it was set for: in January, a year later. */
    bool deadline = f->role == DZ_DATE_BY || f->role == DZ_DATE_UNTIL;
    int after = a->from.month ? month_of(&a->from) : deadline ? 3 : 1;
    int year = a->from.year + (f->from.month < after);
    return deadline || dz_date_day_number(year, &f->from) <= dz_date_to_days(*now) ? year : 0;
}

/* "2023 рік" on a line of its own: the year of the entries below, up to the next such line. */
static int
year_of_heading(const struct dz_document *d, const struct dz_date_list *list, size_t ix)
{
    uint32_t here = d->tokens[list->items[ix].first].sentence;
    for (size_t k = ix; k-- > 0;) {
        const struct dz_date_found *a = &list->items[k];
        uint32_t there = d->tokens[a->first].sentence;
        const struct dz_sentence *line = &d->sentences[there];
        bool alone =
            line->n_tokens <= a->n + 1 &&
            (there == 0 || d->sentences[there - 1].paragraph != line->paragraph) &&
            (there + 1 >= d->n_sentences || d->sentences[there + 1].paragraph != line->paragraph);
        if (alone && there < here && a->from.year && !a->from.month && !a->to.year && !a->decade)
            return a->from.year;
    }
    return 0;
}

/* The year of the story puts a deadline far from the day of the page, where its day is at hand: "the
 * decree of April 2023 lets them stay until 1 July", in June 2024; or most of a year ahead. */
static bool
deadline_at_hand(const struct dz_date_found *f, const struct dz_date *now, int year)
{
    enum { SOON = 75, FAR = 250 }; /* days */
    if (f->role != DZ_DATE_BY && f->role != DZ_DATE_UNTIL)
        return false;
    int32_t today = dz_date_to_days(*now), told = dz_date_day_number(year, &f->from);
    int32_t near = dz_date_day_number(now->year, &f->from) - today;
    if (near < 0)
        near = dz_date_day_number(now->year + 1, &f->from) - today;
    return told - today > FAR || (told < today && near <= (f->past ? SOON / 3 : SOON));
}

#define SHORT_NOTE 12 /* tokens: "Второй такой случай с лета." needs no verb */

/* "Навесні", "that October", "с лета": the year that the story has come to, or that of the page. */
static bool
complete_told(const struct dz_document *d, struct dz_date_list *list, size_t ix,
              const struct dz_date *published)
{
    struct dz_date_found *f = &list->items[ix];
    /* "З весни запропонують": of a spring to come, and of no year that is known. */
    const struct dz_sentence *in = &d->sentences[d->tokens[f->first].sentence];
    if (f->role != DZ_DATE_PLAIN && (f->future || (!f->past && in->n_tokens > SHORT_NOTE)))
        return false;
    f->from.year = year_of_season(d, list, ix, published);
    /* No story: the season that is over in the year of the page. */
    static const int8_t ends[] = {5, 8, 11};
    bool whole = dz_view_is(d->tokens[f->first].fold, "за"); /* "за лето": as good as over */
    bool over = f->from.month >= 21 && f->from.month <= 23 && published &&
                published->month + whole > ends[f->from.month - 21];
    if (!f->from.year && over)
        f->from.year = published->year;
    bool month = f->from.month <= 12;
    if (!f->from.year && published && (month || f->role == DZ_DATE_SINCE))
        f->from.year = published->year - (month_of(&f->from) > published->month);
    if (month && f->from.year)
        f->rel = DZ_REL_NONE; /* the story goes on from here */
    return f->from.year != 0;
}

bool
dz_dates_complete(const struct dz_document *d, struct dz_date_list *list, size_t ix,
                  const struct dz_date *published, bool sure, bool *ret_inferred)
{
    struct dz_date_found *f = &list->items[ix];
    *ret_inferred = false;
    if (f->from.year && !f->rel)
        return true;
    *ret_inferred = true;
    if (f->rel == DZ_REL_STORY)
        return complete_told(d, list, ix, published);
    if (f->rel == DZ_REL_MONTH_DAY)
        return complete_day(d, list, ix, published);
    if (f->rel == DZ_REL_SAME) {
        const struct dz_date_found *told = last_told(d, list, ix, published, true);
        if (!told)
            return false;
        f->from.year = told->from.year;
        if (f->to.month)
            f->to.year = f->from.year;
        f->rel = DZ_REL_NONE;
        return true;
    }
    if (f->rel)
        return published && complete_relative(f, published);
    int year = published ? year_of_weekday(list, ix, published) : 0;
    if (!year)
        year = year_of_heading(d, list, ix);
    if (!year && (year = year_behind_story(d, list, ix)) != 0)
        f->said = true;
    if (!year && (year = year_of_said(d, list, ix, published)) != 0)
        f->said = f->from.day != 0;
    if (!year)
        year = year_from_story(d, list, ix, sure);
    if (!year && !sure)
        year = year_told(d, list, ix, published);
    if (year && published && sure && f->role == DZ_DATE_PLAIN && !f->future &&
        dz_date_day_number(year, &f->from) > dz_date_to_days(*published))
        year = 0;
    if (year && published && sure && deadline_at_hand(f, published, year))
        year = 0;
    if (!year && published)
        year = year_near(f, published);
    if (!year)
        return false;
    f->from.year = year;
    if (f->to.month)
        f->to.year = year;
    return true;
}

static int
print_part(const struct dz_date_part *p, char *ret, size_t size)
{
    if (p->day)
        return snprintf(ret, size, "%04d-%02d-%02d", p->year, p->month, p->day);
    if (p->month)
        return snprintf(ret, size, "%04d-%02d", p->year, p->month);
    return snprintf(ret, size, "%04d", p->year);
}

void
dz_dates_print(const struct dz_date_found *f, char *ret, size_t size)
{
    if (f->decade) {
        (void)snprintf(ret, size, "%03dX", f->from.year / 10);
        return;
    }
    int n = print_part(&f->from, ret, size);
    if (!f->to.year || n <= 0 || (size_t)n + 12 >= size)
        return;
    ret[n] = '/';
    (void)print_part(&f->to, ret + n + 1, size - (size_t)n - 1);
    /* What ends before it begins ("from March 2 to March 1") is no span: the first day stands. */
    struct dz_edtf *span = NULL;
    if (dz_edtf_parse(dz_view_of(ret), &span, NULL) != DZ_OK)
        ret[n] = '\0';
    dz_edtf_free(span);
}
