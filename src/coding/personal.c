#include "dz_personal.h"

#include <string.h>
#include <unicode/uchar.h>

#include "dz_personal_priv.h"
#include "dz_text.h"
#include "dz_tr.h"
#include "dz_utf8.h"

/* ---- what stands beside ---- */

uint32_t
dz_personal_before(struct dz_view text, size_t at)
{
    size_t start = at;
    while (start > 0 && at - start < 4) {
        start--;
        if (((unsigned char)text.p[start] & 0xC0) != 0x80)
            break;
    }
    return start < at ? dz_utf8_next(text, &start) : 0;
}

uint32_t
dz_personal_behind(struct dz_view text, size_t at)
{
    return at < text.n ? dz_utf8_next(text, &at) : 0;
}

bool
dz_personal_beside(struct dz_view text, size_t from, size_t to, const char *const *words)
{
    DZ_AUTO_BUF struct dz_buf fold = DZ_BUF(4096);
    while (from < to && ((unsigned char)text.p[from] & 0xC0) == 0x80)
        from++;
    dz_text_fold((struct dz_view){text.p + from, to - from}, &fold);
    for (size_t i = 0; words[i] != NULL; i++) {
        size_t n = strlen(words[i]);
        for (size_t at = 0; at + n <= fold.n; at++) {
            if (memcmp(fold.p + at, words[i], n) == 0 &&
                !u_isalpha((UChar32)dz_personal_before(dz_buf_view(&fold), at)))
                return true;
        }
    }
    return false;
}

/* ---- letters and digits ---- */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_alnum(char c)
{
    return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* АА123456. With a space between, or in Latin letters, a word must say what it is. */
static bool
find_booklet(struct dz_view text, size_t at, struct dz_personal *ret)
{
    static const char *const words[] = {"паспорт", "passport", "серія", "серія", "серії",
                                        "серия",   "серии",    NULL};
    size_t p = at, digits = 0;
    uint32_t a = dz_utf8_next(text, &p), b = dz_utf8_next(text, &p);
    if (!u_isupper((UChar32)a) || !u_isupper((UChar32)b) ||
        u_isalnum((UChar32)dz_personal_before(text, at)))
        return false;
    bool sure = a >= 0x0400 && b >= 0x0400;
    for (size_t n; p < text.n && !is_digit(text.p[p]); p = n, sure = false) {
        n = p;
        uint32_t cp = dz_utf8_next(text, &n);
        if ((cp != ' ' && cp != 0x00A0 && cp != 0x2116 && cp != '-') || n - at > 14)
            return false;
    }
    while (p + digits < text.n && is_digit(text.p[p + digits]))
        digits++;
    if (digits != 6 || u_isalpha((UChar32)dz_personal_behind(text, p + 6)))
        return false;
    if (!sure && !dz_personal_beside(text, at > 96 ? at - 96 : 0, at, words))
        return false;
    *ret = (struct dz_personal){DZ_PERSONAL_PASSPORT, at, p + 6};
    return true;
}

static unsigned
mod_97(const char *s, size_t n, unsigned so_far)
{
    for (size_t i = 0; i < n; i++) {
        unsigned value =
            is_digit(s[i]) ? (unsigned)(s[i] - '0') : (unsigned)((s[i] | 32) - 'a' + 10);
        so_far = (so_far * (value > 9 ? 100 : 10) + value) % 97;
    }
    return so_far;
}

/* Two letters, two check digits, up to 30 letters and digits (ISO 13616); Ukrainian ones have 29 in
 * all. */
static bool
find_iban(struct dz_view text, size_t at, struct dz_personal *ret)
{
    char s[40];
    size_t n = 0, p = at;
    if (at + 15 > text.n || text.p[at] < 'A' || text.p[at] > 'Z' || text.p[at + 1] < 'A' ||
        text.p[at + 1] > 'Z' || !is_digit(text.p[at + 2]) || !is_digit(text.p[at + 3]) ||
        u_isalnum((UChar32)dz_personal_before(text, at)))
        return false;
    for (; p < text.n && n < 34; p++) {
        if (is_alnum(text.p[p]))
            s[n++] = text.p[p];
        else if (text.p[p] != ' ' || p + 1 >= text.n || !is_alnum(text.p[p + 1]))
            break;
        if (n >= 15 && (p + 1 == text.n || !is_alnum(text.p[p + 1])) &&
            (n == 29 || memcmp(s, "UA", 2) != 0) &&
            mod_97(s, 4, mod_97(s + 4, n - 4, 0)) == 1) {
            *ret = (struct dz_personal){DZ_PERSONAL_IBAN, at, p + 1};
            return true;
        }
    }
    return false;
}

/* ---- addresses ---- */

/* Bytes of a house number at `at`: "12", "12а", "12/3"; 0 for none. */
static size_t
house(struct dz_view text, size_t at)
{
    size_t p = at;
    while (p < text.n && is_digit(text.p[p]) && p - at < 4)
        p++;
    if (p == at || (p < text.n && is_digit(text.p[p])))
        return 0;
    if (p + 1 < text.n && text.p[p] == '/' && is_digit(text.p[p + 1]))
        p += 2;
    return p - at;
}

/* The place behind a word of the list that stands between from and to; 0 for none. */
static size_t
behind_word(struct dz_view text, size_t from, size_t to, const char *const *words)
{
    for (size_t at = from; at < to; at++) {
        for (size_t i = 0; words[i] != NULL; i++) {
            size_t n = strlen(words[i]);
            if (at + n < text.n && memcmp(text.p + at, words[i], n) == 0 &&
                !u_isalnum((UChar32)dz_personal_before(text, at)))
                return at + n;
        }
    }
    return 0;
}

/* A street, a house and a flat: not a square where people met, but where somebody lives. */
static bool
find_address(struct dz_view text, size_t at, struct dz_personal *ret)
{
    static const char *const streets[] = {
        "вул.",   "вулиц", "Вул.", "Вулиц", "просп", "пр-т", "пров.", "провул", "бульв",
        "ул.",    "улиц",  "Ул.",  "Улиц",  "пер.",  "переул", "наб.", "шосе",   "шоссе",
        "Street", "street", "Avenue", "мкр",  "квартал", "пл.", "площ", NULL};
    static const char *const flats[] = {"кв.", "кв ", "квартир", "apt", "flat", "Apt", "Flat",
                                        "apartment", "помешк", NULL};
    size_t street = behind_word(text, at, at + 1, streets);
    size_t limit = text.n - at > 140 ? at + 140 : text.n;
    for (size_t p = street; street != 0 && p < limit && text.p[p] != '\n'; p++) {
        size_t n = is_digit(text.p[p]) && !is_digit(text.p[p - 1]) ? house(text, p) : 0;
        if (n == 0)
            continue;
        size_t to = text.n - p > n + 24 ? p + n + 24 : text.n;
        size_t flat = behind_word(text, p + n, to, flats);
        for (size_t k = flat; flat != 0 && k < text.n && k < flat + 16; k++) {
            size_t m = is_digit(text.p[k]) ? house(text, k) : 0;
            if (m > 0) {
                *ret = (struct dz_personal){DZ_PERSONAL_ADDRESS, at, k + m};
                return true;
            }
        }
    }
    return false;
}

/* ---- e-mail and handles ---- */

static bool
is_local(char c)
{
    return is_alnum(c) || c == '.' || c == '_' || c == '-' || c == '+';
}

/* `at` is the sign @. */
static bool
find_email(struct dz_view text, size_t at, size_t floor, struct dz_personal *ret)
{
    size_t from = at, p = at + 1, last_dot = 0;
    while (from > floor && is_local(text.p[from - 1]))
        from--;
    while (p < text.n && (is_alnum(text.p[p]) || text.p[p] == '-' || text.p[p] == '.')) {
        last_dot = text.p[p] == '.' && p + 2 < text.n && is_alnum(text.p[p + 1]) ? p : last_dot;
        p++;
    }
    while (p > at + 1 && (text.p[p - 1] == '.' || text.p[p - 1] == '-'))
        p--;
    if (from == at || last_dot <= at + 1 || p - last_dot < 3)
        return false;
    *ret = (struct dz_personal){DZ_PERSONAL_EMAIL, from, p};
    return true;
}

static size_t
handle_end(struct dz_view text, size_t at)
{
    size_t p = at;
    while (p < text.n && (is_alnum(text.p[p]) || text.p[p] == '_' || text.p[p] == '.'))
        p++;
    while (p > at && text.p[p - 1] == '.')
        p--;
    return p;
}

static bool
find_handle(struct dz_view text, size_t at, struct dz_personal *ret)
{
    size_t end = handle_end(text, at + 1);
    uint32_t before = dz_personal_before(text, at);
    if (end - at < 5 || is_digit(text.p[at + 1]) || u_isalnum((UChar32)before) || before == '/' ||
        before == '.')
        return false;
    *ret = (struct dz_personal){DZ_PERSONAL_HANDLE, at, end};
    return true;
}

static bool
find_profile(struct dz_view text, size_t at, struct dz_personal *ret)
{
    static const char *const sites[] = {"t.me/",     "vk.com/",   "facebook.com/", "fb.com/",
                                        "instagram.com/", "ok.ru/profile/", "wa.me/", "vk.ru/",
                                        "tiktok.com/@", "twitter.com/", "x.com/", "viber.me/"};
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
        size_t n = strlen(sites[i]);
        if (text.n - at <= n || memcmp(text.p + at, sites[i], n) != 0 ||
            is_alnum((char)dz_personal_before(text, at)))
            continue;
        size_t end = handle_end(text, at + n);
        if (end - at - n < 3)
            return false;
        *ret = (struct dz_personal){DZ_PERSONAL_HANDLE, at, end};
        return true;
    }
    return false;
}

/* ---- all of it ---- */

static bool
find_at(struct dz_view text, size_t at, size_t floor, struct dz_personal *ret)
{
    char c = text.p[at];
    if (is_digit(c) || (c == '+' && at + 1 < text.n))
        return dz_personal_birth(text, at, ret) || dz_personal_number(text, at, ret);
    if (c == '@')
        return find_email(text, at, floor, ret) || find_handle(text, at, ret);
    if (((unsigned char)c & 0xC0) == 0x80 || (unsigned char)c < 'A')
        return false;
    return find_iban(text, at, ret) || find_booklet(text, at, ret) ||
           find_profile(text, at, ret) || find_address(text, at, ret);
}

void
dz_personal_find(struct dz_view text, dz_personal_fn *fn, void *ctx)
{
    for (size_t at = 0, floor = 0; at < text.n;) {
        struct dz_personal found;
        if (!find_at(text, at, floor, &found)) {
            at++;
            continue;
        }
        fn(ctx, &found);
        at = floor = found.end;
    }
}

static const struct {
    const char *id;
    const char *words;
} kinds[DZ_PERSONAL_KINDS] = {
    [DZ_PERSONAL_PASSPORT] = {"passport", N_("a passport number")},
    [DZ_PERSONAL_TAX] = {"tax", N_("a tax or insurance number")},
    [DZ_PERSONAL_PHONE] = {"phone", N_("a phone number")},
    [DZ_PERSONAL_EMAIL] = {"email", N_("an e-mail address")},
    [DZ_PERSONAL_CARD] = {"card", N_("the number of a bank card")},
    [DZ_PERSONAL_IBAN] = {"iban", N_("the number of a bank account")},
    [DZ_PERSONAL_BIRTH] = {"birth", N_("a date of birth")},
    [DZ_PERSONAL_ADDRESS] = {"address", N_("a home address")},
    [DZ_PERSONAL_HANDLE] = {"handle", N_("a name in a messenger or social network")},
};

const char *
dz_personal_id(enum dz_personal_kind kind)
{
    return kinds[kind].id;
}

const char *
dz_personal_words(enum dz_personal_kind kind)
{
    return _(kinds[kind].words);
}
