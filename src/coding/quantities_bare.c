#include "dz_numbers_priv.h"

/* What a small number without a noun says: "41 still have none", "refusals: 410", "18 – що
 * погрожували",
 * "ще 40". Times, ages, days and labels count nothing. */

static bool
ends_in(struct dz_view word, const char *tail)
{
    size_t n = strlen(tail);
    return word.n > n + 2 && memcmp(word.p + word.n - n, tail, n) == 0;
}

/* A word that only a verb of several people looks like: "казали", "взяли", "refused". */
bool
dz_number_verb(const struct dz_number_scan *s, size_t i)
{
    static const char *const not_verbs[] = {"коли", "або", "если", "ли", "пыли", "земли", "солі"};
    static const char *const tails[] = {"ли",  "лися", "лись", "ають", "ують", "яють",
                                        "ают", "уют",  "яют",  "ться", "тся"};
    const struct dz_token *t = dz_scan_at(&s->in, i);
    if (!t || t->kind != DZ_TOKEN_WORD || (unsigned char)t->fold.p[0] < 0x80 ||
        DZ_NUMBER_IS(s, i, not_verbs))
        return false;
    for (size_t k = 0; k < sizeof tails / sizeof *tails; k++)
        if (ends_in(t->fold, tails[k]))
            return true;
    return false;
}

/* A verb of several people, or what may stand for it: "41 still have", "сімнадцятьох виселили". */
static bool
verb_at(const struct dz_number_scan *s, size_t i)
{
    static const char *const skip[] = {"still", "already", "also",  "later", "have",  "had", "were",
                                       "are",   "досі",    "вже",   "уже",   "також", "не",  "до",
                                       "сих",   "пор",     "также", "потім", "потом", "so",  "far",
                                       "of",    "never",   "not",   "did",   "do"};
    static const char *const verbs[] = {
        "came",   "fled",    "wrote",         "chose",        "sold",     "sent",      "signed",
        "found",  "saw",     "heard",         "felt",         "stood",    "spent",     "made",
        "swore",  "brought", "paid",          "said",         "told",     "took",      "got",
        "lost",   "left",    "kept",          "gave",         "went",     "became",    "remain",
        "hold",   "held",    "say",           "live",         "spoke",    "without",   "were",
        "have",   "had",     "are",           "мають",        "живуть",   "лишаються", "без",
        "немає",  "має",     "імеют",         "имеют",        "живут",    "остаются",  "нет",
        "кажуть", "говорят", "відмовляються", "отказываются", "остались", "бояться",   "боятся"};
    for (size_t k = 0; k < 4; k++) {
        const struct dz_token *t = dz_scan_at(&s->in, i + k);
        if (!t || t->kind != DZ_TOKEN_WORD)
            return false;
        if (DZ_NUMBER_IS(s, i + k, verbs) || dz_number_verb(s, i + k))
            return true;
        bool latin = (unsigned char)t->fold.p[0] < 0x80;
        if (k > 0 && !latin &&
            (ends_in(t->fold, "на") || ends_in(t->fold, "но") || ends_in(t->fold, "ны") ||
             ends_in(t->fold, "ні")))
            return true;
        /* "312 refused": the regular past, which no noun behind a number has. */
        if (latin && ends_in(t->fold, "ed") && !t->capital)
            return true;
        if (!DZ_NUMBER_IS(s, i + k, skip))
            return false;
    }
    return false;
}

/* "of these, 312", "з них 52", "31 of them". */
static bool
part_at(const struct dz_number_scan *s, size_t i, size_t past)
{
    static const char *const them[] = {"them", "these", "those", "whom",    "us",    "них", "яких",
                                       "нас",  "цих",   "этих",  "которых", "which", "the"};
    static const char *const of[] = {"of", "among", "with", "з", "із", "серед", "из", "среди"};
    size_t comma = i > s->in.begin && dz_view_is(s->in.d->tokens[i - 1].fold, ",");
    size_t at = i - comma;
    if (at >= s->in.begin + 2 && DZ_NUMBER_IS(s, at - 1, them) && DZ_NUMBER_IS(s, at - 2, of) &&
        !dz_scan_is(&s->in, at - 1, "the"))
        return true;
    return DZ_NUMBER_IS(s, past, of) && DZ_NUMBER_IS(s, past + 1, them);
}

/* "another 40", "ще 40", "up from nine", "проти 610": more of what was counted before. */
static bool
more_before(const struct dz_number_scan *s, size_t i)
{
    static const char *const words[] = {"another", "further", "additional", "ще",
                                        "еще",     "решта",   "проти",      "против"};
    static const char *const from[] = {"from", "with", "to", "з", "із", "с"};
    static const char *const turn[] = {"up",        "down",      "compared",   "increase", "rise",
                                       "порівняно", "сравнению", "порівнянні", "сравнении"};
    if (i > s->in.begin && DZ_NUMBER_IS(s, i - 1, words))
        return true;
    return i >= s->in.begin + 2 && DZ_NUMBER_IS(s, i - 1, from) && DZ_NUMBER_IS(s, i - 2, turn);
}

/* "in 203, she says", "у 118 згадано", "в 40 случаях из них": in so many of what was counted. */
static bool
in_them(const struct dz_number_scan *s, size_t i, size_t past)
{
    static const char *const in[] = {"in", "у", "в"};
    static const char *const tails[] = {"но", "то", "ся"};
    if (i == s->in.begin || !DZ_NUMBER_IS(s, i - 1, in))
        return false;
    const struct dz_token *t = dz_scan_at(&s->in, past);
    if (!t || dz_view_is(t->fold, ",") || dz_number_verb(s, past))
        return true;
    for (size_t k = 0; k < sizeof tails / sizeof *tails; k++)
        if (t->kind == DZ_TOKEN_WORD && ends_in(t->fold, tails[k]))
            return true;
    return false;
}

/* "Seizures totalled 73" */
static bool
totalled(const struct dz_number_scan *s, size_t i)
{
    static const char *const totals[] = {"totalled", "totaled", "numbered"};
    return i > s->in.begin && DZ_NUMBER_IS(s, i - 1, totals);
}

/* "таких дворів 120", "Відмов було 67": the thing counted stands in front, in the same clause. */
static bool
thing_before(const struct dz_number_scan *s, size_t i)
{
    static const char *const many[] = {"справ",    "скарг", "жалоб",  "осіб",   "человек", "заяв",
                                       "квартир",  "хат",   "виплат", "выплат", "відмов",  "родин",
                                       "постанов", "дел",   "шкіл",   "школ",   "випадків"};
    static const char *const tails[] = {"ів", "їв", "ей", "ов", "ев", "ок", "ий", "ань", "ень"};
    for (size_t back = 1; back <= 12 && i >= s->in.begin + back; back++) {
        const struct dz_token *t = &s->in.d->tokens[i - back];
        if (s->dated[i - back] || dz_view_is(t->fold, "-"))
            continue;
        if (t->kind != DZ_TOKEN_WORD)
            return false;
        size_t n;
        bool plural = DZ_NUMBER_IS(s, i - back, many);
        for (size_t k = 0; k < sizeof tails / sizeof *tails; k++)
            plural = plural || ends_in(t->fold, tails[k]);
        if (plural && dz_number_word(s, i - back, DZ_LEX_KIND(DZ_NW_UNIT), &n))
            return true;
    }
    return false;
}

/* "28 dismissals in May and 12 in June", "у першому ... й 643 у другому": the next of the same. */
static bool
next_of_same(const struct dz_number_scan *s, size_t i, size_t past)
{
    static const char *const joints[] = {"and", "і", "й", "та", "и"};
    static const char *const in[] = {"in", "on", "at", "у", "в", "на"};
    return i >= s->in.begin + 2 && DZ_NUMBER_IS(s, i - 1, joints) && DZ_NUMBER_IS(s, past, in) &&
           s->in.d->tokens[i - 2].kind == DZ_TOKEN_WORD;
}

/* Does the clause end behind the number? */
static bool
clause_ends(const struct dz_number_scan *s, size_t past)
{
    const struct dz_token *t = dz_scan_at(&s->in, past);
    return !t || (t->kind == DZ_TOKEN_PUNCT && !dz_view_is(t->fold, "-") &&
                  !dz_view_is(t->fold, "/") && !dz_view_is(t->fold, "%"));
}

/* "Едва ему исполнилось восемнадцать": an age. */
static bool
age_before(const struct dz_number_scan *s, size_t i)
{
    static const char *const stems[] = {"исполнил", "виповнил", "turned", "стукнул", "aged"};
    for (size_t back = 1; back <= 2 && i >= s->in.begin + back; back++)
        for (size_t k = 0; k < sizeof stems / sizeof *stems; k++)
            if (dz_view_starts(s->in.d->tokens[i - back].fold, stems[k]) &&
                !(back == 2 && dz_scan_is(&s->in, i - 1, "back"))) /* "turned back 29" */
                return true;
    return false;
}

/* "The number of such files at a hundred and fifty" */
static bool
number_word_before(const struct dz_number_scan *s, size_t i)
{
    static const char *const words[] = {"число", "кількість", "количество", "number", "total"};
    for (size_t back = 1; back <= 8 && i >= s->in.begin + back; back++)
        if (DZ_NUMBER_IS(s, i - back, words) &&
            (!dz_scan_is(&s->in, i - back, "number") || dz_scan_is(&s->in, i - back + 1, "of")))
            return true;
    return false;
}

/* "18 – що погрожували", "в 17 — о труде": the list goes on. */
static bool
goes_on(const struct dz_number_scan *s, size_t past)
{
    return (dz_scan_is(&s->in, past, "–") || dz_scan_is(&s->in, past, "—")) &&
           dz_scan_at(&s->in, past + 1) && s->in.d->tokens[past + 1].kind == DZ_TOKEN_WORD &&
           dz_text_function_word_is(s->in.d->tokens[past + 1].fold);
}

/* Does a verb, a participle or a word such as "only" stand in front: "Исполнено девятнадцать"? */
static bool
said_before(const struct dz_number_scan *s, size_t i)
{
    static const char *const words[] = {"only",   "just",  "лише", "тільки", "только", "аж",
                                        "всього", "всего", "were", "was",    "had"};
    static const char *const tails[] = {"но", "то", "ла", "ло", "ли", "ив", "ил", "ав", "ал", "не"};
    size_t n;
    const struct dz_token *t = &s->in.d->tokens[i - 1];
    if (t->kind != DZ_TOKEN_WORD)
        return false;
    if (DZ_NUMBER_IS(s, i - 1, words) ||
        dz_lex_before(&s->in.r->numbers, s->in.d, i, DZ_LEX_KIND(DZ_NW_QUALIFIER), &n))
        return true;
    for (size_t k = 0; (unsigned char)t->fold.p[0] >= 0x80 && k < sizeof tails / sizeof *tails; k++)
        if (ends_in(t->fold, tails[k]))
            return true;
    return false;
}

/* Behind these a number is a time, a name, a place in a list, or a price. */
static bool
named_before(const struct dz_number_scan *s, size_t i)
{
    static const char *const words[] = {
        "о",      "об",      "в",        "у",       "at",      "on",     "in",
        "by",     "since",   "from",     "age",     "aged",    "п",      "ст",
        "no",     "nos",     "about",    "form",    "кв",      "буд",    "вул",
        "д",      "стр",     "№",        "с",       "з",       "к",      "до",
        "of",     "із",      "из",       "school",  "школа",   "школи",  "школы",
        "школу",  "лікарня", "больница", "section", "article", "part",   "point",
        "number", "номер",   "номером",  "пункт",   "пункту",  "пункта", "room"};
    return i > s->in.begin && DZ_NUMBER_IS(s, i - 1, words);
}

/* "20 червня", "August 4": a day whose year nobody knows is no date, and no number either. */
static bool
beside_month(const struct dz_number_scan *s, size_t i, size_t past)
{
    size_t n;
    return dz_scan_phrase(&s->in, &s->in.r->dates, past, DZ_LEX_KIND(DZ_DW_MONTH), &n) ||
           (i > s->in.begin &&
            dz_scan_phrase(&s->in, &s->in.r->dates, i - 1, DZ_LEX_KIND(DZ_DW_MONTH), &n));
}

bool
dz_number_is_day(const struct dz_number_scan *s, size_t i, const struct dz_number *v)
{
    struct dz_numeral most = {32, 0};
    return v->n == 1 && dz_number_less(v->value, most) && beside_month(s, i, i + 1);
}

/* A noun that no list knows: "130 accounts", "208 карток". */
static bool
noun_at(const struct dz_number_scan *s, size_t i)
{
    for (size_t k = 0; k < 3; k++) {
        const struct dz_token *t = dz_scan_at(&s->in, i + k);
        if (!t || t->kind != DZ_TOKEN_WORD || t->capital || !t->space_before ||
            dz_text_function_word_is(t->fold))
            return false;
        bool latin = (unsigned char)t->fold.p[0] < 0x80;
        if (!latin)
            return !verb_at(s, i + k) && t->fold.n > 6;
        if (t->fold.n > 3 && t->fold.p[t->fold.n - 1] == 's' && t->fold.p[t->fold.n - 2] != 's')
            return !dz_scan_is(&s->in, i + k + 1, "to"); /* "45 appears to be" */
    }
    return false;
}

/* "38 годом ранее", "29 a year earlier": the same thing, at another time. */
bool
dz_number_earlier(const struct dz_number_scan *s, size_t i)
{
    static const char *const time[] = {"годом",  "роком",  "месяцем", "місяцем", "торік", "тижнем",
                                       "неделей", "днем",   "кварталом", "a",     "the",   "in",
                                       "в",      "у",      "за",      "на"};
    static const char *const then[] = {"ранее", "раніше", "тому",    "позже", "пізніше", "year",
                                       "month", "july",   "earlier", "whole", "previous"};
    return DZ_NUMBER_IS(s, i, time) &&
           (DZ_NUMBER_IS(s, i + 1, then) || DZ_NUMBER_IS(s, i + 2, then) ||
            DZ_NUMBER_IS(s, i + 3, then) || s->dated[i + 1]);
}

#define LEAST_THINGS 20

/* "Articles 27 and 55", "two of the eleven": named, or counted before. */
static bool
listed_before(const struct dz_number_scan *s, size_t i)
{
    static const char *const joints[] = {"and", "or", ",", "і", "та", "й", "и", "или", "або"};
    if (i < s->in.begin + 2)
        return false;
    if (DZ_NUMBER_IS(s, i - 1, joints))
        return s->in.d->tokens[i - 2].kind == DZ_TOKEN_NUMBER;
    static const char *const these[] = {"the",  "these", "those", "цих", "тих", "цими",
                                        "этих", "тех",   "своих", "своїх"};
    static const char *const of[] = {"of", "з", "із", "из"};
    return DZ_NUMBER_IS(s, i - 1, these) && DZ_NUMBER_IS(s, i - 2, of);
}

/* "I counted 31 by name", "набралось девятнадцать": somebody counted, or so many are left. */
static bool
counted_before(const struct dz_number_scan *s, size_t i)
{
    size_t n;
    for (size_t back = 1; back <= 2 && i >= s->in.begin + back; back++) {
        if (s->in.d->tokens[i - back].kind != DZ_TOKEN_WORD)
            return false;
        if (dz_number_word(s, i - back, DZ_LEX_KIND(DZ_NW_COUNTED), &n))
            return true;
    }
    return false;
}

/* A clause of several words ends with the number: "не представили копию одиннадцать". */
static bool
said_or_behind(const struct dz_number_scan *s, size_t i)
{
    /* English has the verb in front anyway: "turned back 29". */
    bool english = (unsigned char)s->in.d->tokens[i - 1].fold.p[0] < 0x80;
    for (size_t back = 1; back <= 4 && i >= s->in.begin + back; back++) {
        if (s->in.d->tokens[i - back].kind != DZ_TOKEN_WORD || english)
            return back > 1 || (english && s->in.d->tokens[i - 1].kind == DZ_TOKEN_WORD);
        if (dz_number_verb(s, i - back) || said_before(s, i - back + 1))
            return true;
    }
    return false;
}

/* "Из 12 400 семей отказ получили 2 950", "of the 54 who came, 29": of so many that stand before
 * in the sentence. */
static bool
out_of_before(const struct dz_number_scan *s, size_t i)
{
    static const char *const of[] = {"of", "з", "із", "зі", "из"};
    for (size_t at = i; at > s->in.begin + 1; at--) {
        size_t k = at - 1;
        bool digits = s->in.d->tokens[k].kind == DZ_TOKEN_NUMBER;
        size_t n;
        if ((!digits && !dz_number_word(s, k, DZ_LEX_KIND(DZ_NW_NUMBER), &n)) || s->dated[k] ||
            !(DZ_NUMBER_IS(s, k - 1, of) ||
              (dz_scan_is(&s->in, k - 1, "the") && k > s->in.begin + 1 &&
               dz_scan_is(&s->in, k - 2, "of"))))
            continue;
        return true;
    }
    return false;
}

/* Does what stands around a small number say that it counts something? */
bool
dz_number_counts(const struct dz_number_scan *s, size_t i, size_t n, const struct dz_number *v,
                 bool any_before)
{
    struct dz_numeral two = {2, 0}, three = {3, 0};
    const struct dz_token *before = i > s->in.begin ? &s->in.d->tokens[i - 1] : NULL;
    if (dz_number_less(v->value, two) || v->value.power < 0 || beside_month(s, i, i + n) ||
        age_before(s, i) || listed_before(s, i))
        return false;
    if (part_at(s, i, i + n) || more_before(s, i) || (any_before && dz_number_earlier(s, i + n)))
        return true;
    static const char *const people[] = {"человек", "людей", "осіб", "чоловік", "душ"};
    /* "человек двести": about 200 */
    if (!v->digits && i > s->in.begin && DZ_NUMBER_IS(s, i - 1, people))
        return true;
    struct dz_numeral things = {LEAST_THINGS, 0};
    bool many = !dz_number_less(v->value, things);
    if (many && noun_at(s, i + n) && !(before && before->kind == DZ_TOKEN_NUMBER))
        return true;
    if (many && number_word_before(s, i))
        return true;
    static const char *const of[] = {"про", "о", "об", "about"};
    bool ends = clause_ends(s, i + n);
    if (any_before && many && in_them(s, i, i + n))
        return true;
    if (v->digits && (totalled(s, i) || (any_before && next_of_same(s, i, i + n))))
        return true;
    if (any_before &&
        (goes_on(s, i + n) || (many && ends && i > s->in.begin && DZ_NUMBER_IS(s, i - 1, of))))
        return true;
    if (counted_before(s, i) && (ends || many || verb_at(s, i + n)))
        return true;
    if (named_before(s, i))
        return false;
    if (ends && any_before && said_or_behind(s, i) && out_of_before(s, i))
        return true;
    bool marked = before && (dz_view_is(before->fold, ":") || dz_view_is(before->fold, "–") ||
                             dz_view_is(before->fold, "—"));
    if (ends) {
        bool opens = i == s->in.begin + 1;
        bool told = before && (!before->capital || opens) && said_before(s, i);
        bool alone = told && !v->digits && !dz_number_less(v->value, three) &&
                     dz_number_verb(s, i - 1); /* "уволили одиннадцать" */
        return marked || alone || (any_before && told) || (v->digits && thing_before(s, i));
    }
    bool comma = before && dz_view_is(before->fold, ",");
    return verb_at(s, i + n) && (!comma || any_before);
}
