#include <string.h>
#include <unicode/uchar.h>

#include "dz_personal_priv.h"
#include "dz_utf8.h"

/* Numbers that belong to a person. Digits may stand in groups; a number ends where a group ends. */

#define DIGITS_MAX 34
#define GROUPS_MAX 12
#define WINDOW 96 /* bytes in front in which a word says what a number is */

struct digits {
    char d[DIGITS_MAX];
    size_t n;
    size_t group[GROUPS_MAX]; /* how many in each */
    size_t end[GROUPS_MAX];   /* byte behind each */
    size_t n_groups;
    size_t start;
    bool plus;
    bool words_between; /* "серия 1234 номер 567890" */
    struct dz_view text;
};

static const char *const passport_words[] = {
    "паспорт", "passport", "id-карт", "іd-карт", "ід-карт", "id карт", "id card", "id-card", "айді",
    "посвідчення особи", "удостоверение личности", "серія", "серия", "серії", "серии", NULL};
static const char *const tax_words[] = {"рнокпп", "іпн", "инн", "ідентифікаційн", "идентификационн",
                                        "податков", "tax number", "tax id", "снилс", NULL};

static size_t
window_before(size_t at)
{
    return at > WINDOW ? at - WINDOW : 0;
}

/* ---- reading digits ---- */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of what may stand between groups at `at`: a space, a hyphen, brackets; 0 for none. */
static size_t
separator(struct dz_view text, size_t at)
{
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        size_t next = at + n;
        uint32_t cp = dz_utf8_next(text, &next);
        if (cp != ' ' && cp != 0x00A0 && cp != 0x202F && cp != '-' && cp != 0x2011 &&
            cp != 0x2013 && cp != '(' && cp != ')')
            break;
        n = next - at;
    }
    return at + n < text.n && is_digit(text.p[at + n]) ? n : 0;
}

/* " № ", " номер ": between series and number. */
static size_t
filler(struct dz_view text, size_t at)
{
    static const char *const fillers[] = {" № ", " №", "№ ", "№", " номер ", ", номер ",
                                          " number ", " No. ", " N ", ", № ", " No "};
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++) {
        size_t n = strlen(fillers[i]);
        if (text.n - at > n && memcmp(text.p + at, fillers[i], n) == 0 &&
            is_digit(text.p[at + n]))
            return n;
    }
    return 0;
}

static void
read_digits(struct dz_view text, size_t at, struct digits *g)
{
    *g = (struct digits){.start = at, .text = text};
    g->plus = text.p[at] == '+';
    at += g->plus ? 1 : 0;
    at += g->plus && at < text.n && text.p[at] == '(' ? 1 : 0;
    while (g->n_groups < GROUPS_MAX) {
        size_t n = 0;
        while (at < text.n && is_digit(text.p[at]) && g->n < DIGITS_MAX) {
            g->d[g->n++] = text.p[at++];
            n++;
        }
        g->group[g->n_groups] = n;
        g->end[g->n_groups++] = at;
        size_t gap = separator(text, at), words = gap == 0 ? filler(text, at) : 0;
        if (n == 0 || gap + words == 0)
            break;
        g->words_between = g->words_between || words > 0;
        at += gap + words;
    }
}

/* ---- check digits ---- */

static int
digit(const struct digits *g, size_t i)
{
    return g->d[i] - '0';
}

static bool
is_luhn(const struct digits *g, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int d = digit(g, n - 1 - i);
        if (i % 2 == 1)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

static int
weighed(const struct digits *g, const int *weights, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i] * digit(g, i);
    return sum;
}

/* РНОКПП: the first five digits are the days since the end of 1899; adults and children of today
 * were born between 1919 and 2016. */
static bool
is_rnokpp(const struct digits *g)
{
    static const int weights[] = {-1, 5, 7, 9, 4, 6, 10, 5, 7};
    int days = 0;
    for (size_t i = 0; i < 5; i++)
        days = days * 10 + digit(g, i);
    int check = weighed(g, weights, 9) % 11;
    check = (check < 0 ? check + 11 : check) % 10;
    return days > 7000 && days < 42500 && check == digit(g, 9);
}

static bool
is_inn(const struct digits *g)
{
    static const int first[] = {7, 2, 4, 10, 3, 5, 9, 4, 6, 8};
    static const int second[] = {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8};
    bool zeros = strspn(g->d, "0") >= 4;
    return !zeros && weighed(g, first, 10) % 11 % 10 == digit(g, 10) &&
           weighed(g, second, 11) % 11 % 10 == digit(g, 11);
}

static bool
is_snils(const struct digits *g)
{
    static const int weights[] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    int check = weighed(g, weights, 9) % 101 % 100;
    return check == digit(g, 9) * 10 + digit(g, 10);
}

/* ---- what a number may be; n_groups of it ---- */

struct shape {
    const struct digits *g;
    size_t groups;
    size_t n;
};

static bool
groups_are(const struct shape *s, const char *lengths)
{
    if (strlen(lengths) != s->groups)
        return false;
    for (size_t i = 0; i < s->groups; i++)
        if (s->g->group[i] != (size_t)(lengths[i] - '0') && lengths[i] != 'a')
            return false;
    return true;
}

static bool
is_said(const struct shape *s, const char *const *words)
{
    return dz_personal_beside(s->g->text, window_before(s->g->start), s->g->start, words);
}

/* All groups of three: a sum. */
static bool
is_in_thousands(const struct shape *s)
{
    for (size_t i = 1; i < s->groups; i++)
        if (s->g->group[i] != 3)
            return false;
    return s->groups > 1 && s->g->group[0] <= 3;
}

/* Codes of Ukrainian operators and oblasts, without the zero. */
static bool
is_ukrainian_code(const char *d)
{
    static const char codes[] = "3132333435363738394143444647484950515254555657616263"
                                "6465666768697391929394959697989970717577";
    for (const char *p = codes; *p != '\0'; p += 2)
        if (p[0] == d[0] && p[1] == d[1])
            return true;
    return false;
}

/* Free lines of offices, 0 800 and 8 800, belong to nobody. */
static bool
is_phone(const struct shape *s)
{
    const char *d = s->g->d;
    bool ukrainian = strncmp(d, "380", 3) == 0 && s->n == 12 && is_ukrainian_code(d + 3);
    if (s->g->plus)
        return ukrainian || (d[0] == '7' && s->n == 11 && strncmp(d, "7800", 4) != 0) ||
               (d[0] != '7' && strncmp(d, "380", 3) != 0 && s->n >= 10 && s->n <= 15);
    if (is_in_thousands(s))
        return false;
    if (ukrainian)
        return true;
    if (d[0] == '0' && s->n == 10)
        return is_ukrainian_code(d + 1);
    if (d[0] != '8' || s->n != 11 || strncmp(d, "8800", 4) == 0 ||
        strchr("3489", d[1]) == NULL)
        return false;
    return s->groups > 1 ? s->g->group[0] == 1 || s->g->group[0] == 4 : d[1] == '9';
}

static bool
is_card(const struct shape *s)
{
    static const char *const starts[] = {"4", "51", "52", "53", "54", "55", "22", "23",
                                         "24", "25", "26", "27", "9804", "50", "6"};
    bool known = false;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        known = known || strncmp(s->g->d, starts[i], strlen(starts[i])) == 0;
    return known && s->n == 16 && (s->groups == 1 || groups_are(s, "4444")) &&
           is_luhn(s->g, 16);
}

static bool
is_tax(const struct shape *s)
{
    if (s->groups == 4 && groups_are(s, "3332"))
        return is_snils(s->g) || is_said(s, tax_words);
    if (s->groups != 1)
        return false;
    if (s->n == 10)
        return is_rnokpp(s->g) || is_said(s, tax_words);
    if (s->n == 11)
        return is_snils(s->g) && is_said(s, tax_words);
    return s->n == 12 && is_inn(s->g);
}

/* 19850412-01234: number of a record in the register of persons. */
static bool
is_record(const struct shape *s)
{
    int month = digit(s->g, 4) * 10 + digit(s->g, 5), day = digit(s->g, 6) * 10 + digit(s->g, 7);
    return groups_are(s, "85") &&
           (strncmp(s->g->d, "19", 2) == 0 || strncmp(s->g->d, "20", 2) == 0) && month >= 1 &&
           month <= 12 && day >= 1 && day <= 31 && s->g->text.p[s->g->end[0]] == '-';
}

static bool
is_passport(const struct shape *s)
{
    if (s->n == 13 && s->groups == 2)
        return is_record(s);
    bool nine = groups_are(s, "9");
    bool four_six = groups_are(s, "46") || groups_are(s, "226") ||
                    (s->groups == 1 && s->n == 10);
    return (nine || four_six) && is_said(s, passport_words);
}

bool
dz_personal_number(struct dz_view text, size_t at, struct dz_personal *ret)
{
    struct digits g;
    uint32_t before = dz_personal_before(text, at);
    if (u_isalnum((UChar32)before) || before == '_' || before == '.' || before == '/' ||
        before == '#' || before == '=')
        return false;
    read_digits(text, at, &g);
    bool found = false;
    struct shape s = {.g = &g};
    for (size_t i = 0; i < g.n_groups; i++) {
        uint32_t behind = dz_personal_behind(text, g.end[i]);
        s.groups = i + 1;
        s.n += g.group[i];
        if (s.n < 9 || u_isalpha((UChar32)behind) || behind == '_')
            continue;
        bool passport = is_passport(&s);
        if (!passport && g.words_between)
            continue;
        if (!passport && !is_card(&s) && !is_phone(&s) && !is_tax(&s))
            continue;
        found = true;
        *ret = (struct dz_personal){.kind = passport      ? DZ_PERSONAL_PASSPORT
                                            : is_card(&s)  ? DZ_PERSONAL_CARD
                                            : is_tax(&s) && !g.plus && g.d[0] != '0'
                                                ? DZ_PERSONAL_TAX
                                            : is_phone(&s) ? DZ_PERSONAL_PHONE
                                                           : DZ_PERSONAL_TAX,
                                    .start = g.start,
                                    .end = g.end[i]};
    }
    return found;
}

/* ---- dates of birth ---- */

static size_t
number_at(struct dz_view text, size_t *at, size_t most)
{
    size_t value = 0, n = 0;
    while (*at < text.n && is_digit(text.p[*at]) && n < most) {
        value = value * 10 + (size_t)(text.p[(*at)++] - '0');
        n++;
    }
    return n > 0 && (*at == text.n || !is_digit(text.p[*at])) ? value : 0;
}

/* "12.04.1985", "1985-04-12", "12 квітня 1985", "12 April 1985": a day, told apart by its parts. */
static bool
read_date(struct dz_view text, size_t at, size_t *ret_end)
{
    static const char *const months[] = {
        "січ", "лют", "бере", "квіт", "трав", "черв", "лип", "серп", "верес", "жовт", "листоп",
        "груд", "янв", "фев", "март", "апр", "мая", "июн", "июл", "авг", "сент", "окт", "нояб",
        "дек", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
    size_t first = number_at(text, &at, 4), month = 0, last = 0;
    if (at + 1 >= text.n || first == 0)
        return false;
    char sign = text.p[at];
    if (sign == '.' || sign == '/' || sign == '-') {
        at++;
        month = number_at(text, &at, 2);
        if (at >= text.n || text.p[at++] != sign)
            return false;
        last = number_at(text, &at, 4);
    } else if (sign == ' ') {
        at++;
        for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
            size_t n = strlen(months[i]), end = at + n;
            DZ_AUTO_BUF struct dz_buf low = DZ_BUF(64);
            if (text.n < end || end - at > 40)
                continue;
            for (size_t k = at; k < end;)
                dz_utf8_put(&low, (uint32_t)u_tolower((UChar32)dz_utf8_next(text, &k)));
            if (dz_view_is(dz_buf_view(&low), months[i]))
                month = i % 12 + 1;
        }
        while (at < text.n && text.p[at] != ' ' && text.p[at] != '\n')
            at++;
        at += at < text.n ? 1 : 0;
        last = month > 0 ? number_at(text, &at, 4) : 0;
    }
    *ret_end = at;
    size_t year = first > 31 ? first : last, day = first > 31 ? last : first;
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 && year >= 1900 && year <= 2030;
}

bool
dz_personal_birth(struct dz_view text, size_t at, struct dz_personal *ret)
{
    static const char *const before[] = {"народи", "народж", "рожден", "рожд.", "родил", "уродж",
                                         "д.н",    "д. н",   "дн:",    "born",  "birth", "dob",
                                         "д.р",    "д. р",   NULL};
    static const char *const behind[] = {"р.н",    "р. н",  "г.р",    "г. р", "року народж",
                                         "года рожд", "рожд", "народж", NULL};
    static const char *const papers[] = {"свідоцтв", "свидетельств", "certificate", NULL};
    size_t end = at;
    if (u_isalnum((UChar32)dz_personal_before(text, at)) || !read_date(text, at, &end))
        return false;
    size_t from = at > 56 ? at - 56 : 0, to = text.n - end > 32 ? end + 32 : text.n;
    bool said = dz_personal_beside(text, from, at, before) ||
                dz_personal_beside(text, end, to, behind);
    if (!said || dz_personal_beside(text, window_before(at), at, papers))
        return false;
    *ret = (struct dz_personal){DZ_PERSONAL_BIRTH, at, end};
    return true;
}
