#include "dz_numbers_priv.h"

#include <inttypes.h>
#include <stdio.h>

/* Reading one number: digits in the ways of three languages, words, scale words, parts. */

#define FRACTION_MAX 12 /* digits behind the point */

static struct dz_numeral
trimmed(struct dz_numeral v)
{
    while (v.power < 0 && v.mantissa % 10 == 0) {
        v.mantissa /= 10;
        v.power++;
    }
    while (v.power > 0 && v.mantissa < DZ_MANTISSA_MAX) {
        v.mantissa *= 10;
        v.power--;
    }
    return v;
}

bool
dz_number_less(struct dz_numeral a, struct dz_numeral b)
{
    a = trimmed(a);
    b = trimmed(b);
    while (a.power > b.power && a.mantissa < DZ_MANTISSA_MAX) {
        a.mantissa *= 10;
        a.power--;
    }
    while (b.power > a.power && b.mantissa < DZ_MANTISSA_MAX) {
        b.mantissa *= 10;
        b.power--;
    }
    return a.power == b.power && a.mantissa < b.mantissa;
}

void
dz_number_print(struct dz_numeral v, char *ret, size_t size)
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
read_digits(struct dz_view v, bool scale_follows, struct dz_numeral *ret)
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
    struct dz_numeral n = {0};
    bool behind = false;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == fraction) {
            behind = true;
        } else if (v.p[i] >= '0' && v.p[i] <= '9') {
            if (n.mantissa > DZ_MANTISSA_MAX / 10 || n.power <= 1 - FRACTION_MAX)
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
spaced_groups(const struct dz_number_scan *s, size_t i, struct dz_numeral *v)
{
    size_t n = 1;
    if (!plain_group(dz_scan_at(&s->in, i), 3))
        return n;
    for (; n < 5; n++) {
        const struct dz_token *t = dz_scan_at(&s->in, i + n);
        if (!plain_group(t, 3) || t->fold.n != 3 || !t->space_before || s->dated[i + n] ||
            t->start - s->in.d->tokens[i + n - 1].end > 3)
            break;
        struct dz_numeral group;
        if (!read_digits(t->fold, false, &group))
            break;
        v->mantissa = v->mantissa * 1000 + group.mantissa;
    }
    return n;
}

/* A scale word at i, with its stop ("тис."); k and m only where they touch the digits. */
size_t
dz_number_scale(const struct dz_number_scan *s, size_t i, int *ret_power)
{
    size_t n;
    const struct dz_lex_entry *e = dz_number_word(s, i, DZ_LEX_KIND(DZ_NW_SCALE), &n);
    if (!e || (dz_scan_token(&s->in, i)->fold.n == 1 && !dz_number_glued(s, i)))
        return 0;
    *ret_power = e->value[0] - '0';
    if (dz_scan_is(&s->in, i + n, ".") && dz_number_glued(s, i + n) &&
        dz_scan_at(&s->in, i + n + 1))
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
read_words(const struct dz_number_scan *s, size_t i, struct dz_numeral *ret)
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
        if (n > 0 && ((dz_scan_is(&s->in, i + n, "-") && dz_number_glued(s, i + n)) ||
                      dz_scan_is(&s->in, i + n, "and")))
            skip = 1;
        const struct dz_lex_entry *e = dz_number_word(
            s, i + n + skip, DZ_LEX_KIND(DZ_NW_NUMBER) | DZ_LEX_KIND(DZ_NW_FACTOR), &more);
        if (e && e->kind == DZ_NW_FACTOR && n == 0) {
            size_t scale = dz_number_scale(s, i + more, &power);
            if (scale == 0)
                return 0;
            *ret = (struct dz_numeral){15, power - 1};
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
        size_t scale = group > 0 && !skip ? dz_number_scale(s, i + n, &power) : 0;
        if (scale == 0)
            break;
        if (power <= 2) {
            group *= power_of_ten(power);
            last = power == 2 ? 100 : 1;
        } else {
            if (group > 1000000 || total > DZ_MANTISSA_MAX / 10)
                return 0;
            total += group * power_of_ten(power);
            group = 0;
            last = 0;
        }
        n += scale;
    }
    *ret = (struct dz_numeral){total + group, 0};
    return n;
}

/* A scale word that means one of it: "a million", "понад тисячу", "мільйон людей". */
static size_t
bare_scale(const struct dz_number_scan *s, size_t i, struct dz_numeral *ret)
{
    static const char *const one[] = {"тисяча", "тисячу", "мільйон", "мільярд",  "тысяча",
                                      "тысячу", "миллион", "миллиард", "сотня",   "сотню",
                                      "сотнею", "сотней",  "десяток",  "десятку", "десяткові",
                                      "десятком"};
    int power;
    size_t n = dz_scan_is(&s->in, i, "a") ? 1 : 0;
    size_t scale = dz_number_scale(s, i + n, &power);
    if (scale == 0 || (n == 1 && power == 2))
        return 0;
    bool single = n == 1;
    for (size_t k = 0; k < sizeof one / sizeof *one; k++)
        single = single || dz_scan_is(&s->in, i, one[k]);
    *ret = (struct dz_numeral){1, power};
    return single ? n + scale : 0;
}

/* "and a half", "с половиной", "з чвертю": hundredths of what stands in front, and its tokens. */
static size_t
part_more(const struct dz_number_scan *s, size_t i, int64_t *ret)
{
    static const char *const with[] = {"с", "з", "із"};
    static const char *const half[] = {"половиной", "половиною"};
    static const char *const quarter[] = {"четвертью", "чвертю"};
    if (dz_scan_is(&s->in, i, "and") && dz_scan_is(&s->in, i + 1, "a") &&
        dz_scan_is(&s->in, i + 2, "half")) {
        *ret = 50;
        return 3;
    }
    bool halves = DZ_NUMBER_IS(s, i + 1, half);
    if (!DZ_NUMBER_IS(s, i, with) || (!halves && !DZ_NUMBER_IS(s, i + 1, quarter)))
        return 0;
    *ret = halves ? 50 : 25;
    return 2;
}

/* "Three and a half million", "миллион с четвертью". Returns the tokens behind the number. */
static size_t
add_part(const struct dz_number_scan *s, size_t i, size_t n, struct dz_numeral *v)
{
    int64_t hundredths = 0;
    int power = 0, last = 0;
    size_t part = part_more(s, i + n, &hundredths);
    if (part == 0 || v->power != 0 || v->mantissa <= 0 || v->mantissa > DZ_MANTISSA_MAX / 1000)
        return 0;
    size_t scale = dz_number_scale(s, i + n + part, &power);
    if (scale > 0 && v->mantissa < 1000) {
        *v = (struct dz_numeral){v->mantissa * 100 + hundredths, power - 2};
        return part + scale;
    }
    if (scale > 0 || dz_number_scale(s, i + n - 1, &last) == 0 || last < 3)
        return 0;
    v->mantissa += hundredths * power_of_ten(last - 2);
    return part;
}

/* "5 тисяч 312": what is left over the thousands. */
static void
take_rest(const struct dz_number_scan *s, size_t i, int power, struct dz_number *v)
{
    const struct dz_token *t = dz_scan_at(&s->in, i + v->n);
    struct dz_numeral rest;
    if (power != 3 || v->value.power != 3 || !plain_group(t, 3) || s->dated[i + v->n] ||
        !read_digits(t->fold, false, &rest) || v->value.mantissa > DZ_MANTISSA_MAX / 1000)
        return;
    v->value = (struct dz_numeral){v->value.mantissa * 1000 + rest.mantissa, 0};
    v->n++;
}

/* "Пятидесятитысячный паспорт": so many were issued by then. Only in front of a paper or a person:
 * "десятитысячный город" is a size. */
static size_t
thousandth(const struct dz_number_scan *s, size_t i, struct dz_numeral *ret)
{
    static const char *const counted[] = {"passports", "applications", "people", "documents"};
    size_t n, more;
    const struct dz_lex_entry *e = dz_number_word(s, i, DZ_LEX_KIND(DZ_NW_THOUSANDTH), &n);
    for (size_t k = 0; e && k < 3; k++) {
        const struct dz_lex_entry *unit =
            dz_number_word(s, i + n + k, DZ_LEX_KIND(DZ_NW_UNIT), &more);
        for (size_t u = 0; unit && u < sizeof counted / sizeof *counted; u++) {
            if (strcmp(unit->id, counted[u]) != 0)
                continue;
            *ret = (struct dz_numeral){small_number(e->value), 0};
            return n;
        }
    }
    return 0;
}

/* "Тысяч пять", "тисяч п'ять-шість": the scale in front says that it is about so many. */
static size_t
around_thousands(const struct dz_number_scan *s, size_t i, struct dz_numeral *ret)
{
    static const char *const scales[] = {"тисяч", "тысяч", "мільйонів", "миллионов", "сотень", "сотен"};
    int power = 0;
    size_t scale = DZ_NUMBER_IS(s, i, scales) ? dz_number_scale(s, i, &power) : 0;
    const struct dz_token *next = scale ? dz_scan_at(&s->in, i + scale) : NULL;
    const struct dz_token *before = i > s->in.begin ? &s->in.d->tokens[i - 1] : NULL;
    if (!next || next->kind != DZ_TOKEN_WORD || (before && before->kind == DZ_TOKEN_NUMBER))
        return 0;
    size_t n = read_words(s, i + scale, ret), other;
    if (n == 0 || ret->power != 0 || ret->mantissa >= 1000 ||
        dz_number_scale(s, i + scale + n, &power) > 0)
        return 0;
    (void)dz_number_scale(s, i, &power);
    ret->power = power;
    /* "five or six": the smaller one. */
    struct dz_numeral second;
    if (dz_scan_is(&s->in, i + scale + n, "-") &&
        (other = read_words(s, i + scale + n + 1, &second)) > 0)
        n += 1 + other;
    return scale + n;
}

bool
dz_number_at(const struct dz_number_scan *s, size_t i, struct dz_number *ret)
{
    const struct dz_token *t = dz_scan_at(&s->in, i);
    if (!t || s->dated[i])
        return false;
    *ret = (struct dz_number){0};
    if (t->kind == DZ_TOKEN_WORD) {
        /* "Сім-картки" are no seven of them. */
        size_t hyphen = dz_scan_is(&s->in, i + 1, "-");
        if (dz_view_is(t->fold, "сім") &&
            dz_view_starts(dz_scan_token(&s->in, i + 1 + hyphen)->fold, "карт"))
            return false;
        ret->n = thousandth(s, i, &ret->value);
        if (ret->n == 0)
            ret->n = around_thousands(s, i, &ret->value);
        if (ret->n == 0)
            ret->n = read_words(s, i, &ret->value);
        if (ret->n == 0)
            ret->n = bare_scale(s, i, &ret->value);
        while (ret->value.power > 0 && ret->value.mantissa < DZ_MANTISSA_MAX) {
            ret->value.mantissa *= 10;
            ret->value.power--;
        }
        if (ret->n > 0)
            ret->n += add_part(s, i, ret->n, &ret->value);
        /* "В двадцать втором": a year, or the twenty-second of something. */
        size_t more;
        if (ret->n == 1 &&
            dz_scan_phrase(&s->in, &s->in.r->dates, i, DZ_LEX_KIND(DZ_DW_TENS), &more) &&
            dz_scan_phrase(&s->in, &s->in.r->dates, i + 1, DZ_LEX_KIND(DZ_DW_ORDINAL), &more))
            ret->n = 0;
        /* "The forty-third list" */
        if (ret->n > 0 && dz_scan_is(&s->in, i + ret->n, "-") && dz_number_glued(s, i + ret->n) &&
            dz_scan_phrase(&s->in, &s->in.r->dates, i + ret->n + 1, DZ_LEX_KIND(DZ_DW_ORDINAL),
                           &more))
            ret->n = 0;
        ret->scaled = ret->value.power >= 3 || ret->value.mantissa >= 1000;
        return ret->n > 0;
    }
    int power = 0;
    size_t scale = dz_number_scale(s, i + 1, &power);
    if (t->kind != DZ_TOKEN_NUMBER || !read_digits(t->fold, scale > 0, &ret->value))
        return false;
    ret->digits = true;
    ret->n = spaced_groups(s, i, &ret->value);
    scale = dz_number_scale(s, i + ret->n, &power);
    if (scale > 0) {
        ret->value.power += power;
        ret->n += scale;
        ret->scaled = true;
        take_rest(s, i, power, ret);
    }
    return true;
}
