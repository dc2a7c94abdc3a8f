#include <string.h>

#include "dz_sheet_dates.h"

/* Numbers of an XLSX file, as people see them. A file holds the number that the machine counts
 * with, to 17 digits ("5.0999999999999996" where 5.1 was typed, "7.0000000000000007E-2" for 0.07);
 * the program shows 15 at most, and those are what anybody reads, and quotes. */

#define DIGITS_MAX 15
#define POINT_MAX 20 /* places before and behind the point without an exponent */

struct number {
    bool minus;
    char digits[DIGITS_MAX]; /* without zeros at either end */
    size_t n;
    int point; /* how many digits stand before the point; negative: zeros behind it */
};

/* One more in the last place. False: there are only nines. */
static bool
round_up(struct number *x)
{
    for (size_t i = x->n; i > 0; i--) {
        if (x->digits[i - 1] < '9') {
            x->digits[i - 1]++;
            return true;
        }
        x->digits[i - 1] = '0';
    }
    return false;
}

/* The digits, the first DIGITS_MAX of them rounded by the next. False: no decimal number. */
static bool
take_digits(struct number *x, struct dz_view *v)
{
    bool any = false, fraction = false, up = false;
    size_t seen = 0, i = 0;
    for (; i < v->n; i++) {
        char c = v->p[i];
        if (c == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        any = true;
        x->point += !fraction && (x->n > 0 || c != '0');
        x->point -= fraction && x->n == 0 && c == '0';
        if (x->n == 0 && c == '0')
            continue;
        if (x->n < DIGITS_MAX)
            x->digits[x->n++] = c;
        else if (seen++ == 0)
            up = c >= '5';
    }
    *v = (struct dz_view){v->p + i, v->n - i};
    if (up && !round_up(x)) {
        x->digits[0] = '1';
        x->point++;
    }
    while (x->n > 0 && x->digits[x->n - 1] == '0')
        x->n--;
    return any;
}

static bool
parse(struct dz_view v, struct number *ret)
{
    *ret = (struct number){.minus = v.n > 0 && v.p[0] == '-'};
    if (ret->minus)
        v = (struct dz_view){v.p + 1, v.n - 1};
    if (!take_digits(ret, &v))
        return false;
    if (v.n == 0)
        return true;
    if (v.n < 2 || (v.p[0] != 'E' && v.p[0] != 'e'))
        return false;
    bool minus = v.p[1] == '-';
    size_t i = v.p[1] == '-' || v.p[1] == '+' ? 2 : 1;
    int exponent = 0;
    if (i == v.n)
        return false;
    for (; i < v.n && v.p[i] >= '0' && v.p[i] <= '9' && exponent < 1000; i++)
        exponent = exponent * 10 + (v.p[i] - '0');
    ret->point += minus ? -exponent : exponent;
    return i == v.n;
}

/* A whole number with zeros before it, where the style says so. */
static bool
put_zeros(unsigned n, struct dz_view number, char *ret)
{
    if (number.n >= n || number.n == 0)
        return false;
    memset(ret, '0', n - number.n);
    memcpy(ret + n - number.n, number.p, number.n);
    ret[n] = '\0';
    return true;
}

bool
dz_sheet_number(const struct dz_sheet_styles *s, uint64_t style, struct dz_view number, char *ret)
{
    bool percent = style < s->n_kinds && (s->kinds[style] & DZ_SHEET_PERCENT) != 0;
    struct number x;
    /* A whole number stays as it stands, however long: it may be that of an account. */
    bool whole = true;
    for (size_t i = 0; i < number.n; i++)
        whole = whole && number.p[i] >= '0' && number.p[i] <= '9';
    unsigned zeros = style < s->n_kinds ? s->kinds[style] / DZ_SHEET_ZEROS : 0;
    if (whole && zeros > 0)
        return put_zeros(zeros, number, ret);
    if ((whole && !percent) || !parse(number, &x))
        return false;
    x.point += x.n > 0 && percent ? 2 : 0;
    if (x.n > 0 && (x.point > POINT_MAX || x.point < -POINT_MAX))
        return false;
    struct dz_buf out = DZ_BUF(DZ_SHEET_NUMBER_MAX - 1);
    if (x.minus && x.n > 0)
        dz_buf_addc(&out, '-');
    if (x.n == 0 || x.point <= 0)
        dz_buf_addc(&out, '0');
    if (x.n > 0 && x.point <= 0)
        dz_buf_addc(&out, '.');
    for (int i = x.point; x.n > 0 && i < 0; i++)
        dz_buf_addc(&out, '0');
    for (int i = 0; i < (int)x.n || i < x.point; i++) {
        if (i == x.point && x.point > 0)
            dz_buf_addc(&out, '.');
        dz_buf_addc(&out, i < (int)x.n ? x.digits[i] : '0');
    }
    if (percent)
        dz_buf_addc(&out, '%');
    memcpy(ret, out.p, out.n + 1);
    dz_buf_done(&out);
    return true;
}
