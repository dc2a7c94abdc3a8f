#include "dz_shares.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Numbers with what is counted: digits in the ways of three languages, words, scale words, ranges.
 * */

/* mantissa * 10^power: figures stay exact, there is no floating point on the way. */
struct decimal {
    int64_t mantissa;
    int power;
};
#define MANTISSA_MAX INT64_C(1000000000000000)
#define FRACTION_MAX 12 /* digits behind the point */

struct scan {
    struct dz_scan in;
    struct dz_document *d;
    const bool *dated; /* tokens that belong to a date */
};

static bool
glued(const struct scan *s, size_t i)
{
    const struct dz_token *t = dz_scan_at(&s->in, i);
    return t && !t->space_before;
}

static const struct dz_lex_entry *
word(const struct scan *s, size_t i, unsigned kinds, size_t *ret_n)
{
    return dz_scan_phrase(&s->in, &s->in.r->numbers, i, kinds, ret_n);
}

#define IS(s, i, list) is_one((s), (i), (list), sizeof(list) / sizeof *(list))

static bool
is_one(const struct scan *s, size_t i, const char *const *list, size_t n)
{
    const struct dz_token *t = dz_scan_at(&s->in, i);
    for (size_t k = 0; t && k < n; k++)
        if (dz_view_is(t->fold, list[k]))
            return true;
    return false;
}

static bool
ends_in(struct dz_view word, const char *tail)
{
    size_t n = strlen(tail);
    return word.n > n + 2 && memcmp(word.p + word.n - n, tail, n) == 0;
}

static struct decimal
trimmed(struct decimal v)
{
    while (v.power < 0 && v.mantissa % 10 == 0) {
        v.mantissa /= 10;
        v.power++;
    }
    while (v.power > 0 && v.mantissa < MANTISSA_MAX) {
        v.mantissa *= 10;
        v.power--;
    }
    return v;
}

static bool
less(struct decimal a, struct decimal b)
{
    a = trimmed(a);
    b = trimmed(b);
    while (a.power > b.power && a.mantissa < MANTISSA_MAX) {
        a.mantissa *= 10;
        a.power--;
    }
    while (b.power > a.power && b.mantissa < MANTISSA_MAX) {
        b.mantissa *= 10;
        b.power--;
    }
    return a.power == b.power && a.mantissa < b.mantissa;
}

static void
print_decimal(struct decimal v, char *ret, size_t size)
{
    v = trimmed(v);
    char digits[24];
    size_t behind = v.power < 0 ? (size_t)-v.power : 0;
    int n =
        snprintf(digits, sizeof digits, "%0*" PRId64, (int)(behind % FRACTION_MAX) + 1, v.mantissa);
    size_t whole = n > 0 && (size_t)n > behind ? (size_t)n - behind : 0;
    if (behind == 0 || whole == 0)
        (void)snprintf(ret, size, "%s", digits);
    else
        (void)snprintf(ret, size, "%.*s.%s", (int)whole, digits, digits + whole);
}

/* Groups of three digits behind each sign: the sign separates thousands. */
static bool
in_thousands(struct dz_view v, char sign)
{
    size_t group = 0, groups = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == sign) {
            if ((groups == 0 && (group == 0 || group > 3)) || (groups > 0 && group != 3))
                return false;
            groups++;
            group = 0;
        } else if (v.p[i] < '0' || v.p[i] > '9') {
            return false;
        } else {
            group++;
        }
    }
    return groups > 0 && group == 3;
}

static size_t
count_of(struct dz_view v, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++)
        n += v.p[i] == c;
    return n;
}

/* Digits of one token. A point or comma before three digits: the comma separates thousands unless
 * a scale
 * word follows ("1,250 million"), the point only where it stands twice. */
static bool
read_digits(struct dz_view v, bool scale_follows, struct decimal *ret)
{
    size_t commas = count_of(v, ','), points = count_of(v, '.');
    char thousands = '\0', fraction = '\0';
    if (commas > 0 && points > 0) {
        bool comma_first = memchr(v.p, ',', v.n) < memchr(v.p, '.', v.n);
        thousands = comma_first ? ',' : '.';
        fraction = comma_first ? '.' : ',';
    } else if (commas > 0) {
        bool groups = in_thousands(v, ',') && (commas > 1 || !scale_follows);
        thousands = groups ? ',' : '\0';
        fraction = groups ? '\0' : ',';
    } else if (points > 0) {
        bool groups = points > 1 && in_thousands(v, '.');
        thousands = groups ? '.' : '\0';
        fraction = groups ? '\0' : '.';
    }
    if (fraction && count_of(v, fraction) > 1)
        return false;
    struct decimal n = {0};
    bool behind = false;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == fraction) {
            behind = true;
        } else if (v.p[i] >= '0' && v.p[i] <= '9') {
            if (n.mantissa > MANTISSA_MAX / 10 || n.power <= 1 - FRACTION_MAX)
                return false;
            n.mantissa = n.mantissa * 10 + (v.p[i] - '0');
            n.power -= behind;
        } else if (v.p[i] != thousands) {
            return false;
        }
    }
    *ret = n;
    return true;
}

static bool
plain_group(const struct dz_token *t, size_t at_most)
{
    return t && t->kind == DZ_TOKEN_NUMBER && t->fold.n <= at_most &&
           count_of(t->fold, ',') + count_of(t->fold, '.') == 0;
}

/* "3 500 000": groups of three behind single spaces. */
static size_t
spaced_groups(const struct scan *s, size_t i, struct decimal *v)
{
    size_t n = 1;
    if (!plain_group(dz_scan_at(&s->in, i), 3))
        return n;
    for (; n < 5; n++) {
        const struct dz_token *t = dz_scan_at(&s->in, i + n);
        if (!plain_group(t, 3) || t->fold.n != 3 || !t->space_before || s->dated[i + n] ||
            t->start - s->in.d->tokens[i + n - 1].end > 3)
            break;
        struct decimal group;
        if (!read_digits(t->fold, false, &group))
            break;
        v->mantissa = v->mantissa * 1000 + group.mantissa;
    }
    return n;
}

/* A scale word at i, with its stop ("тис."); k and m only where they touch the digits. */
static size_t
scale_at(const struct scan *s, size_t i, int *ret_power)
{
    size_t n;
    const struct dz_lex_entry *e = word(s, i, DZ_LEX_KIND(DZ_NW_SCALE), &n);
    if (!e || (dz_scan_token(&s->in, i)->fold.n == 1 && !glued(s, i)))
        return 0;
    *ret_power = e->value[0] - '0';
    if (dz_scan_is(&s->in, i + n, ".") && glued(s, i + n) && dz_scan_at(&s->in, i + n + 1))
        n++;
    return n;
}

static int64_t
small_number(const char *text)
{
    int64_t n = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        n = n * 10 + (*text - '0');
    return n;
}

static int64_t
power_of_ten(int power)
{
    int64_t n = 1;
    while (power-- > 0)
        n *= 10;
    return n;
}

/* "two hundred and fifty thousand", "двадцять п'ять тисяч", "півтора мільйона". */
static size_t
read_words(const struct scan *s, size_t i, struct decimal *ret)
{
    int64_t total = 0, group = 0;
    size_t n = 0, last = 0, more;
    int power;
    /* "a hundred and twenty" */
    if (dz_scan_is(&s->in, i, "a") && dz_scan_is(&s->in, i + 1, "hundred")) {
        group = 100;
        last = 100;
        n = 2;
    }
    while (dz_scan_at(&s->in, i + n)) {
        size_t skip = 0;
        if (n > 0 && ((dz_scan_is(&s->in, i + n, "-") && glued(s, i + n)) ||
                      dz_scan_is(&s->in, i + n, "and")))
            skip = 1;
        const struct dz_lex_entry *e =
            word(s, i + n + skip, DZ_LEX_KIND(DZ_NW_NUMBER) | DZ_LEX_KIND(DZ_NW_FACTOR), &more);
        if (e && e->kind == DZ_NW_FACTOR && n == 0) {
            size_t scale = scale_at(s, i + more, &power);
            if (scale == 0)
                return 0;
            *ret = (struct decimal){15, power - 1};
            return more + scale;
        }
        if (e && e->kind == DZ_NW_NUMBER && group < 1000000) {
            int64_t value = small_number(e->value);
            if (last != 0 && (int64_t)last <= value) /* "two, three": not one number */
                break;
            group += value;
            last = value >= 100 ? 100 : value >= 20 ? 20 : 1;
            n += skip + more;
            continue;
        }
        size_t scale = group > 0 && !skip ? scale_at(s, i + n, &power) : 0;
        if (scale == 0)
            break;
        if (power <= 2) {
            group *= power_of_ten(power);
            last = power == 2 ? 100 : 1;
        } else {
            if (group > 1000000 || total > MANTISSA_MAX / 10)
                return 0;
            total += group * power_of_ten(power);
            group = 0;
            last = 0;
        }
        n += scale;
    }
    *ret = (struct decimal){total + group, 0};
    return n;
}

/* A scale word that means one of it: "a million", "понад тисячу", "мільйон людей". */
static size_t
bare_scale(const struct scan *s, size_t i, struct decimal *ret)
{
    static const char *const one[] = {"тисяча", "тисячу", "мільйон", "мільярд",  "тысяча",
                                      "тысячу", "миллион", "миллиард", "сотня",   "сотню",
                                      "сотнею", "сотней",  "десяток",  "десятку", "десяткові",
                                      "десятком"};
    int power;
    size_t n = dz_scan_is(&s->in, i, "a") ? 1 : 0;
    size_t scale = scale_at(s, i + n, &power);
    if (scale == 0 || (n == 1 && power == 2))
        return 0;
    bool single = n == 1;
    for (size_t k = 0; k < sizeof one / sizeof *one; k++)
        single = single || dz_scan_is(&s->in, i, one[k]);
    *ret = (struct decimal){1, power};
    return single ? n + scale : 0;
}

/* "and a half", "с половиной", "з чвертю": hundredths of what stands in front, and its tokens. */
static size_t
part_more(const struct scan *s, size_t i, int64_t *ret)
{
    static const char *const with[] = {"с", "з", "із"};
    static const char *const half[] = {"половиной", "половиною"};
    static const char *const quarter[] = {"четвертью", "чвертю"};
    if (dz_scan_is(&s->in, i, "and") && dz_scan_is(&s->in, i + 1, "a") &&
        dz_scan_is(&s->in, i + 2, "half")) {
        *ret = 50;
        return 3;
    }
    bool halves = IS(s, i + 1, half);
    if (!IS(s, i, with) || (!halves && !IS(s, i + 1, quarter)))
        return 0;
    *ret = halves ? 50 : 25;
    return 2;
}

/* "Three and a half million", "миллион с четвертью". Returns the tokens behind the number. */
static size_t
add_part(const struct scan *s, size_t i, size_t n, struct decimal *v)
{
    int64_t hundredths = 0;
    int power = 0, last = 0;
    size_t part = part_more(s, i + n, &hundredths);
    if (part == 0 || v->power != 0 || v->mantissa <= 0 || v->mantissa > MANTISSA_MAX / 1000)
        return 0;
    size_t scale = scale_at(s, i + n + part, &power);
    if (scale > 0 && v->mantissa < 1000) {
        *v = (struct decimal){v->mantissa * 100 + hundredths, power - 2};
        return part + scale;
    }
    if (scale > 0 || scale_at(s, i + n - 1, &last) == 0 || last < 3)
        return 0;
    v->mantissa += hundredths * power_of_ten(last - 2);
    return part;
}

struct number {
    struct decimal value;
    size_t n;
    bool scaled;
    bool digits;
};

/* "5 тисяч 312": what is left over the thousands. */
static void
take_rest(const struct scan *s, size_t i, int power, struct number *v)
{
    const struct dz_token *t = dz_scan_at(&s->in, i + v->n);
    struct decimal rest;
    if (power != 3 || v->value.power != 3 || !plain_group(t, 3) || s->dated[i + v->n] ||
        !read_digits(t->fold, false, &rest) || v->value.mantissa > MANTISSA_MAX / 1000)
        return;
    v->value = (struct decimal){v->value.mantissa * 1000 + rest.mantissa, 0};
    v->n++;
}

static bool
number_at(const struct scan *s, size_t i, struct number *ret)
{
    const struct dz_token *t = dz_scan_at(&s->in, i);
    if (!t || s->dated[i])
        return false;
    *ret = (struct number){0};
    if (t->kind == DZ_TOKEN_WORD) {
        ret->n = read_words(s, i, &ret->value);
        if (ret->n == 0)
            ret->n = bare_scale(s, i, &ret->value);
        while (ret->value.power > 0 && ret->value.mantissa < MANTISSA_MAX) {
            ret->value.mantissa *= 10;
            ret->value.power--;
        }
        if (ret->n > 0)
            ret->n += add_part(s, i, ret->n, &ret->value);
        /* "В двадцать втором": a year, or the twenty-second of something. */
        size_t more;
        if (ret->n == 1 && dz_scan_phrase(&s->in, &s->in.r->dates, i, DZ_LEX_KIND(DZ_DW_TENS), &more) &&
            dz_scan_phrase(&s->in, &s->in.r->dates, i + 1, DZ_LEX_KIND(DZ_DW_ORDINAL), &more))
            ret->n = 0;
        ret->scaled = ret->value.power >= 3 || ret->value.mantissa >= 1000;
        return ret->n > 0;
    }
    int power = 0;
    size_t scale = scale_at(s, i + 1, &power);
    if (t->kind != DZ_TOKEN_NUMBER || !read_digits(t->fold, scale > 0, &ret->value))
        return false;
    ret->digits = true;
    ret->n = spaced_groups(s, i, &ret->value);
    scale = scale_at(s, i + ret->n, &power);
    if (scale > 0) {
        ret->value.power += power;
        ret->n += scale;
        ret->scaled = true;
        take_rest(s, i, power, ret);
    }
    return true;
}

/* Numbers of articles, ordinals, times, parts of codes: not quantities. */
static bool
is_label(const struct scan *s, size_t i, size_t n)
{
    static const char *const before[] = {"№",      "no",     "nos",     "article",    "articles",
                                         "ст",     "п",      "section", "chapter",    "room",
                                         "#",      "+",      "@",       "resolution", "partner",
                                         "pages",  "page",   "стаття",  "статті",     "статтею",
                                         "статья", "статьи", "статье",  "convention"};
    static const char *const tails[] = {"st", "nd", "rd", "th", "го", "ого", "му", "й", "є",
                                        "е",  "х",  "ї",  "та", "ша", "я",   "s",  "ма"};
    if (i > 0 && s->in.d->tokens[i - 1].sentence == s->in.d->tokens[i].sentence) {
        const struct dz_token *t = &s->in.d->tokens[i - 1];
        size_t back = dz_view_is(t->fold, ".") && i > 1 && !t->space_before ? 2 : 1;
        for (size_t k = 0; k < sizeof before / sizeof *before; k++)
            if (dz_view_is(s->in.d->tokens[i - back].fold, before[k]))
                return true;
        bool touches =
            !s->in.d->tokens[i].space_before &&
            (t->kind != DZ_TOKEN_PUNCT || dz_view_is(t->fold, "/") || dz_view_is(t->fold, ":") ||
             dz_view_is(t->fold, "_") || dz_view_is(t->fold, "=") || dz_view_is(t->fold, "-"));
        if (touches)
            return true;
    }
    size_t past = i + n;
    if (glued(s, past) && (dz_scan_is(&s->in, past, "/") || dz_scan_is(&s->in, past, ":") ||
                           dz_scan_is(&s->in, past, "_")))
        return dz_scan_at(&s->in, past + 1) && glued(s, past + 1);
    size_t hyphen = glued(s, past) && dz_scan_is(&s->in, past, "-");
    const struct dz_token *t = dz_scan_at(&s->in, past + hyphen);
    for (size_t k = 0; t && !t->space_before && k < sizeof tails / sizeof *tails; k++)
        if (dz_view_is(t->fold, tails[k]))
            return true;
    size_t m;
    /* "43552686-dc62": letters behind a hyphen that name no unit. */
    return t && !t->space_before && t->kind == DZ_TOKEN_WORD &&
           !word(s, past + hyphen, DZ_LEX_KIND(DZ_NW_UNIT), &m);
}

/* A word that only a verb of several people looks like: "казали", "взяли", "refused". */
static bool
looks_like_verb(const struct scan *s, size_t i)
{
    static const char *const not_verbs[] = {"коли", "або", "если", "ли", "пыли", "земли", "солі"};
    static const char *const tails[] = {"ли",   "лися", "лись", "ають", "ують",
                                        "яють", "ают",  "уют",  "яют",  "ться", "тся"};
    const struct dz_token *t = dz_scan_at(&s->in, i);
    if (!t || t->kind != DZ_TOKEN_WORD || (unsigned char)t->fold.p[0] < 0x80 ||
        IS(s, i, not_verbs))
        return false;
    for (size_t k = 0; k < sizeof tails / sizeof *tails; k++)
        if (ends_in(t->fold, tails[k]))
            return true;
    return false;
}

/* The noun that is counted, a few words on. Returns the number of tokens up to its end. */
static size_t
unit_behind(const struct scan *s, size_t i, const char **ret_id)
{
    for (size_t n = 0; n < 5 && dz_scan_at(&s->in, i + n); n++) {
        const struct dz_token *t = dz_scan_at(&s->in, i + n);
        size_t more;
        const struct dz_lex_entry *e = word(s, i + n, DZ_LEX_KIND(DZ_NW_UNIT), &more);
        if (e) {
            size_t past = n + more;
            /* "passport applications": in English the last noun is the one that is counted. */
            const struct dz_lex_entry *next =
                (unsigned char)t->fold.p[0] < 0x80 && strcmp(e->id, "percent") != 0
                    ? word(s, i + past, DZ_LEX_KIND(DZ_NW_UNIT), &more)
                    : NULL;
            *ret_id = next ? next->id : e->id;
            return next ? past + more : past;
        }
        bool hyphen = n == 0 && dz_scan_is(&s->in, i, "-") && !t->space_before;
        if (t->kind == DZ_TOKEN_PUNCT && !hyphen)
            return 0;
        if (t->kind == DZ_TOKEN_NUMBER || looks_like_verb(s, i + n) ||
            (n == 0 && dz_view_is(t->fold, "still")))
            return 0;
        if (dz_text_function_word_is(t->fold) && !dz_view_is(t->fold, "of") &&
            !dz_view_is(t->fold, "the"))
            return 0;
    }
    return 0;
}

/* The second number of "10–15 thousand", "від 10 до 15", "between 10 and 15". */
static size_t
range_behind(const struct scan *s, size_t i, struct number *first, struct number *second)
{
    size_t past = i + first->n, joint = 1;
    const struct dz_token *before = i > 0 ? &s->in.d->tokens[i - 1] : NULL;
    bool dash = dz_scan_is(&s->in, past, "-") || dz_scan_is(&s->in, past, "–") ||
                dz_scan_is(&s->in, past, "—");
    bool to = dz_scan_is(&s->in, past, "to") || dz_scan_is(&s->in, past, "до");
    bool opened = before && (dz_view_is(before->fold, "between") ||
                             dz_view_is(before->fold, "між") || dz_view_is(before->fold, "между"));
    bool and_ = opened && (dz_scan_is(&s->in, past, "and") || dz_scan_is(&s->in, past, "і") ||
                           dz_scan_is(&s->in, past, "та") || dz_scan_is(&s->in, past, "и"));
    if (!dash && !to && !and_)
        return 0;
    if (!number_at(s, past + joint, second))
        return 0;
    if (second->scaled && !first->scaled) {
        int power = 0;
        (void)scale_at(s, past + joint + second->n - 1, &power);
        if (power == 0)
            (void)scale_at(s, past + joint + second->n - 2, &power);
        struct decimal scaled = first->value;
        scaled.power += power;
        if (less(scaled, second->value))
            first->value = scaled;
    }
    return less(first->value, second->value) ? joint + second->n : 0;
}

static const char *
currency_before(const struct scan *s, size_t i)
{
    static const char *const signs[][2] = {
        {"$", "dollars"}, {"€", "euros"}, {"₽", "rubles"}, {"₴", "hryvnias"}, {"£", "pounds"}};
    for (size_t k = 0; i > 0 && k < sizeof signs / sizeof *signs; k++)
        if (dz_view_is(s->in.d->tokens[i - 1].fold, signs[k][0]))
            return signs[k][1];
    return NULL;
}

/* Small numbers without a noun ("one of them", "(18)") say nothing that could be a figure. */
static bool
says_enough(const struct number *v, const char *unit, bool qualified)
{
    if (!v->digits && v->value.mantissa == 1 && v->value.power == 0)
        return false;
    if (unit)
        return true;
    struct decimal limit = {qualified ? 100 : 1000, 0};
    return v->scaled || !less(v->value, limit);
}

/* ---- what a number without a noun says ---- */

/* A verb of several people, or what may stand for it: "41 still have", "сімнадцятьох виселили". */
static bool
verb_at(const struct scan *s, size_t i)
{
    static const char *const skip[] = {"still", "already", "also",  "later", "have",  "had", "were",
                                       "are",   "досі",    "вже",   "уже",   "також", "не",  "до",
                                       "сих",   "пор",     "также", "потім", "потом", "so",  "far",
                                       "of",    "never",   "not",   "did",   "do"};
    static const char *const verbs[] = {
        "came",    "fled",    "wrote",   "chose",   "sold",  "sent",   "signed", "found",  "saw",
        "heard",   "felt",    "stood",   "spent",   "made",  "swore",  "brought", "paid",
        "said",    "told",    "took",    "got",     "lost",    "left",  "kept",   "gave",
        "went",    "became",  "remain",  "hold",    "held",    "say",   "live",   "spoke",
        "without", "were",    "have",    "had",     "are",     "мають", "живуть", "лишаються",
        "без",     "немає",   "має",     "імеют",   "имеют",   "живут", "остаются", "нет",
        "кажуть",  "говорят", "відмовляються", "отказываются", "остались", "бояться", "боятся"};
    for (size_t k = 0; k < 4; k++) {
        const struct dz_token *t = dz_scan_at(&s->in, i + k);
        if (!t || t->kind != DZ_TOKEN_WORD)
            return false;
        if (IS(s, i + k, verbs) || looks_like_verb(s, i + k))
            return true;
        bool latin = (unsigned char)t->fold.p[0] < 0x80;
        if (k > 0 && !latin && (ends_in(t->fold, "на") || ends_in(t->fold, "но") ||
                                ends_in(t->fold, "ны") || ends_in(t->fold, "ні")))
            return true;
        /* "312 refused": the regular past, which no noun behind a number has. */
        if (latin && ends_in(t->fold, "ed") && !t->capital)
            return true;
        if (!IS(s, i + k, skip))
            return false;
    }
    return false;
}

/* "of these, 312", "з них 52", "31 of them". */
static bool
part_at(const struct scan *s, size_t i, size_t past)
{
    static const char *const them[] = {"them", "these", "those", "whom",    "us",    "них", "яких",
                                       "нас",  "цих",   "этих",  "которых", "which", "the"};
    static const char *const of[] = {"of", "among", "with", "з", "із", "серед", "из", "среди"};
    size_t comma = i > s->in.begin && dz_view_is(s->in.d->tokens[i - 1].fold, ",");
    size_t at = i - comma;
    if (at >= s->in.begin + 2 && IS(s, at - 1, them) && IS(s, at - 2, of) &&
        !dz_scan_is(&s->in, at - 1, "the"))
        return true;
    return IS(s, past, of) && IS(s, past + 1, them);
}

/* "another 40", "ще 40": more of what was counted before. */
static bool
more_before(const struct scan *s, size_t i)
{
    static const char *const words[] = {"another", "further", "additional", "ще", "еще", "решта"};
    return i > s->in.begin && IS(s, i - 1, words);
}

/* Does the clause end behind the number? */
static bool
clause_ends(const struct scan *s, size_t past)
{
    const struct dz_token *t = dz_scan_at(&s->in, past);
    return !t || (t->kind == DZ_TOKEN_PUNCT && !dz_view_is(t->fold, "-") &&
                  !dz_view_is(t->fold, "/") && !dz_view_is(t->fold, "%"));
}

/* "Едва ему исполнилось восемнадцать": an age. */
static bool
age_before(const struct scan *s, size_t i)
{
    static const char *const stems[] = {"исполнил", "виповнил", "turned", "стукнул", "aged"};
    for (size_t back = 1; back <= 2 && i >= s->in.begin + back; back++)
        for (size_t k = 0; k < sizeof stems / sizeof *stems; k++)
            if (dz_view_starts(s->in.d->tokens[i - back].fold, stems[k]))
                return true;
    return false;
}

/* "The number of such files at a hundred and fifty" */
static bool
number_word_before(const struct scan *s, size_t i)
{
    static const char *const words[] = {"число", "кількість", "количество", "number", "total"};
    for (size_t back = 1; back <= 8 && i >= s->in.begin + back; back++)
        if (IS(s, i - back, words) && (!dz_scan_is(&s->in, i - back, "number") ||
                                       dz_scan_is(&s->in, i - back + 1, "of")))
            return true;
    return false;
}

/* "18 – що погрожували", "в 17 — о труде": the list goes on. */
static bool
goes_on(const struct scan *s, size_t past)
{
    return (dz_scan_is(&s->in, past, "–") || dz_scan_is(&s->in, past, "—")) &&
           dz_scan_at(&s->in, past + 1) && s->in.d->tokens[past + 1].kind == DZ_TOKEN_WORD &&
           dz_text_function_word_is(s->in.d->tokens[past + 1].fold);
}

/* Does a verb, a participle or a word such as "only" stand in front: "Исполнено девятнадцать"? */
static bool
said_before(const struct scan *s, size_t i)
{
    static const char *const words[] = {"only", "just", "лише", "тільки", "только", "аж", "всього",
                                        "всего", "were", "was", "had"};
    static const char *const tails[] = {"но", "то", "ла", "ло", "ли", "ив", "ил", "ав", "ал", "не"};
    size_t n;
    const struct dz_token *t = &s->in.d->tokens[i - 1];
    if (t->kind != DZ_TOKEN_WORD)
        return false;
    if (IS(s, i - 1, words) ||
        dz_lex_before(&s->in.r->numbers, s->in.d, i, DZ_LEX_KIND(DZ_NW_QUALIFIER), &n))
        return true;
    for (size_t k = 0; (unsigned char)t->fold.p[0] >= 0x80 && k < sizeof tails / sizeof *tails; k++)
        if (ends_in(t->fold, tails[k]))
            return true;
    return false;
}

/* Behind these a number is a time, a name, a place in a list, or a price. */
static bool
named_before(const struct scan *s, size_t i)
{
    static const char *const words[] = {
        "о",  "об", "в",  "у",   "at",  "on",   "in",   "by",    "since", "from", "age",   "aged",
        "п",  "ст", "no", "nos", "about", "form", "кв", "буд",  "вул",   "д",    "стр",   "№",
        "с",  "з",  "к",  "до",  "of",  "school", "школа", "школи", "школы", "школу", "лікарня",
        "больница", "section", "article", "part", "point", "number", "номер", "номером", "пункт", "пункту", "пункта", "room"};
    return i > s->in.begin && IS(s, i - 1, words);
}

/* "20 червня", "August 4": a day whose year nobody knows is no date, and no number either. */
static bool
beside_month(const struct scan *s, size_t i, size_t past)
{
    size_t n;
    return dz_scan_phrase(&s->in, &s->in.r->dates, past, DZ_LEX_KIND(DZ_DW_MONTH), &n) ||
           (i > s->in.begin && dz_scan_phrase(&s->in, &s->in.r->dates, i - 1,
                                              DZ_LEX_KIND(DZ_DW_MONTH), &n));
}

static bool
is_day(const struct scan *s, size_t i, const struct number *v)
{
    struct decimal most = {32, 0};
    return v->n == 1 && less(v->value, most) && beside_month(s, i, i + 1);
}

/* A noun that no list knows: "130 accounts", "208 карток". */
static bool
noun_at(const struct scan *s, size_t i)
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
static bool
earlier_at(const struct scan *s, size_t i)
{
    static const char *const time[] = {"годом", "роком", "месяцем", "місяцем", "торік", "a", "the",
                                       "in",    "в",     "у",       "за",      "на"};
    static const char *const then[] = {"ранее", "раніше", "тому",    "позже", "пізніше", "year",
                                       "month", "july",   "earlier", "whole", "previous"};
    return IS(s, i, time) && (IS(s, i + 1, then) || IS(s, i + 2, then) || IS(s, i + 3, then) ||
                              s->dated[i + 1]);
}

#define LEAST_THINGS 20

/* "Articles 27 and 55", "two of the eleven": named, or counted before. */
static bool
listed_before(const struct scan *s, size_t i)
{
    static const char *const joints[] = {"and", "or", ",", "і", "та", "й", "и", "или", "або"};
    if (i < s->in.begin + 2)
        return false;
    if (IS(s, i - 1, joints))
        return s->in.d->tokens[i - 2].kind == DZ_TOKEN_NUMBER;
    return dz_scan_is(&s->in, i - 1, "the") && dz_scan_is(&s->in, i - 2, "of");
}

/* Does what stands around a small number say that it counts something? */
static bool
counts_by_context(const struct scan *s, size_t i, size_t n, const struct number *v, bool any_before)
{
    struct decimal two = {2, 0};
    const struct dz_token *before = i > s->in.begin ? &s->in.d->tokens[i - 1] : NULL;
    if (less(v->value, two) || v->value.power < 0 || beside_month(s, i, i + n) ||
        age_before(s, i) || listed_before(s, i))
        return false;
    if (part_at(s, i, i + n) || more_before(s, i) || (any_before && earlier_at(s, i + n)))
        return true;
    static const char *const people[] = {"человек", "людей", "осіб", "чоловік", "душ"};
    if (!v->digits && i > s->in.begin && IS(s, i - 1, people)) /* "человек двести": about 200 */
        return true;
    struct decimal things = {LEAST_THINGS, 0};
    bool many = !less(v->value, things);
    if (many && noun_at(s, i + n) && !(before && before->kind == DZ_TOKEN_NUMBER))
        return true;
    if (many && number_word_before(s, i))
        return true;
    static const char *const of[] = {"про", "о", "об", "about"};
    bool ends = clause_ends(s, i + n);
    if (any_before && (goes_on(s, i + n) || (many && ends && i > s->in.begin && IS(s, i - 1, of))))
        return true;
    if (named_before(s, i))
        return false;
    bool marked = before && (dz_view_is(before->fold, ":") || dz_view_is(before->fold, "–") ||
                             dz_view_is(before->fold, "—"));
    if (ends) {
        bool opens = i == s->in.begin + 1;
        bool told = before && (!before->capital || opens) && said_before(s, i);
        return marked || (any_before && told);
    }
    bool comma = before && dz_view_is(before->fold, ",");
    return verb_at(s, i + n) && (!comma || any_before);
}

/* "Зросла вдвічі – до 8400": up to that number, which is reached. */
static bool
grows_before(const struct scan *s, size_t i)
{
    static const char *const stems[] = {"зрос",   "вирос",  "вырос",  "збільш", "увелич", "возрос",
                                        "скорот", "сократ", "снизил", "зменш",  "уменьш", "grew",
                                        "rose",   "increas", "впал",  "упал"};
    for (size_t back = 1; back <= 4 && i >= s->in.begin + back; back++)
        for (size_t k = 0; k < sizeof stems / sizeof *stems; k++)
            if (dz_view_starts(s->in.d->tokens[i - back].fold, stems[k]))
                return true;
    return false;
}

/* A qualifier in front ("over", "близько"), its tokens in ret_n. */
static const struct dz_lex_entry *
qualifier_before(const struct scan *s, size_t start, size_t *ret_n)
{
    *ret_n = 0;
    if (start <= s->in.begin)
        return NULL;
    const struct dz_lex_entry *q =
        dz_lex_before(&s->in.r->numbers, s->in.d, start, DZ_LEX_KIND(DZ_NW_QUALIFIER), ret_n);
    if (q && s->in.d->tokens[start - *ret_n].sentence == s->in.d->tokens[start].sentence &&
        !(strcmp(q->value, "<=") == 0 && grows_before(s, start - *ret_n)))
        return q;
    *ret_n = 0;
    return NULL;
}

static size_t
share_at(const struct scan *s, size_t i, struct dz_mentions *out)
{
    int percent = 0;
    size_t before, n = s->dated[i] ? 0 : dz_share_at(&s->in, i, &percent);
    if (n == 0)
        return 0;
    const struct dz_lex_entry *q = qualifier_before(s, i, &before);
    struct dz_mention *m = dz_mention_add(out, s->d, DZ_MENTION_QUANTITY, i - before, n + before,
                                          "quantity.share", 70);
    (void)snprintf(m->value, sizeof m->value, "%d", percent);
    (void)snprintf(m->qualifier, sizeof m->qualifier, "%s", q ? q->value : "");
    (void)snprintf(m->unit, sizeof m->unit, "percent");
    return n;
}

static size_t
quantity_at(const struct scan *s, size_t i, struct dz_mentions *out, bool *any_before)
{
    struct number first, second = {0};
    size_t share = share_at(s, i, out);
    if (share > 0 || !number_at(s, i, &first))
        return share;
    if (first.digits && (is_label(s, i, first.n) || first.value.mantissa > MANTISSA_MAX / 10 ||
                         is_day(s, i, &first)))
        return first.n;
    size_t range = range_behind(s, i, &first, &second);
    size_t n = first.n + range, more = 0, before;
    const char *unit = currency_before(s, i), *found = NULL;
    size_t start = unit ? i - 1 : i;
    more = *any_before && earlier_at(s, i + n) ? 0 : unit_behind(s, i + n, &found);
    unit = unit ? unit : found;
    const struct dz_lex_entry *q = qualifier_before(s, start, &before);
    bool bare = !says_enough(&first, unit, q != NULL);
    if (bare && !counts_by_context(s, i, n, &first, *any_before))
        return n;
    *any_before = true;
    start -= before;
    struct dz_mention *m =
        dz_mention_add(out, s->d, DZ_MENTION_QUANTITY, start, i + n + more - start,
                       bare           ? "quantity.bare"
                       : first.digits ? "quantity.digits"
                                      : "quantity.words",
                       bare           ? 30
                       : unit         ? 90
                       : first.scaled ? 70
                                      : 50);
    print_decimal(first.value, m->value, sizeof m->value);
    if (range)
        print_decimal(second.value, m->value_max, sizeof m->value_max);
    if (q && !range)
        (void)snprintf(m->qualifier, sizeof m->qualifier, "%s", q->value);
    if (unit)
        (void)snprintf(m->unit, sizeof m->unit, "%s", unit);
    return n;
}

enum dz_code
dz_find_quantities(const struct dz_rules *r, struct dz_document *d, struct dz_mentions *out,
                   struct dz_err *err)
{
    (void)err;
    bool *dated = dz_alloc_array(d->n_tokens + 1, sizeof *dated);
    for (size_t k = 0; k < out->n; k++)
        for (size_t i = 0; out->items[k].kind == DZ_MENTION_DATE && i < out->items[k].n_tokens; i++)
            dated[out->items[k].first_token + i] = true;
    bool any_before = false; /* a quantity in front of this one in the paragraph */
    for (size_t k = 0; k < d->n_sentences; k++) {
        const struct dz_sentence *sentence = &d->sentences[k];
        struct scan s = {dz_scan_of(r, d, sentence), d, dated};
        if (k == 0 || d->sentences[k - 1].paragraph != sentence->paragraph)
            any_before = false;
        for (size_t i = sentence->first_token; i < s.in.end;) {
            const struct dz_token *t = &d->tokens[i];
            bool hopeless = t->kind == DZ_TOKEN_PUNCT ||
                            (t->kind == DZ_TOKEN_WORD && !dz_lex_may_begin(&r->numbers, t->fold));
            size_t n = hopeless ? 0 : quantity_at(&s, i, out, &any_before);
            i += n > 0 ? n : 1;
        }
    }
    dz_free(dated);
    return DZ_OK;
}
