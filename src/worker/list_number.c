#include "dz_list_number.h"

#include <string.h>

#include "dz_mem.h"

#define LETTERS_MAX 20 /* of a number written in letters; longer ones are written in digits */
#define BULLET "\xe2\x80\xa2"

/* ---- one number ---- */

/* 29 letters, without those that no item is called by (ECMA-376 part 1, 17.18.59). LibreOffice
 * takes the same. */
static const char *const russian[] = {
    "а", "б", "в", "г", "д", "е", "ж", "з", "и", "к", "л", "м", "н", "о", "п",
    "р", "с", "т", "у", "ф", "х", "ц", "ч", "ш", "щ", "ы", "э", "ю", "я"};
static const char *const russian_upper[] = {
    "А", "Б", "В", "Г", "Д", "Е", "Ж", "З", "И", "К", "Л", "М", "Н", "О", "П",
    "Р", "С", "Т", "У", "Ф", "Х", "Ц", "Ч", "Ш", "Щ", "Ы", "Э", "Ю", "Я"};
#define N_RUSSIAN (sizeof russian / sizeof *russian)

struct letters {
    const char *const *cyrillic; /* NULL: Latin ones */
    uint32_t n;
    char first; /* Latin */
};

static void
put_letter(const struct letters *l, uint32_t ix, struct dz_buf *out)
{
    if (l->cyrillic != NULL)
        dz_buf_adds(out, l->cyrillic[ix]);
    else
        dz_buf_addc(out, (char)(l->first + (char)ix));
}

static void
put_letters(const struct letters *l, bool repeats, uint32_t number, struct dz_buf *out)
{
    uint32_t places[LETTERS_MAX];
    size_t n = 0;
    uint32_t left = number;
    if (repeats) {
        size_t times = (number - 1) / l->n + 1;
        for (; n < times && n < LETTERS_MAX; n++)
            places[n] = (number - 1) % l->n;
        left = times > LETTERS_MAX;
    }
    for (; !repeats && left > 0 && n < LETTERS_MAX; left = (left - 1) / l->n)
        places[n++] = (left - 1) % l->n;
    if (repeats && left > 0) {
        dz_buf_addf(out, "%u", (unsigned)number);
        return;
    }
    while (n > 0)
        put_letter(l, places[--n], out);
}

static void
put_roman(bool upper, uint32_t number, struct dz_buf *out)
{
    static const struct {
        uint32_t value;
        const char *small;
        const char *large;
    } signs[] = {{1000, "m", "M"}, {900, "cm", "CM"}, {500, "d", "D"}, {400, "cd", "CD"},
                 {100, "c", "C"},  {90, "xc", "XC"},  {50, "l", "L"},  {40, "xl", "XL"},
                 {10, "x", "X"},   {9, "ix", "IX"},   {5, "v", "V"},   {4, "iv", "IV"},
                 {1, "i", "I"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        for (; number >= signs[i].value; number -= signs[i].value)
            dz_buf_adds(out, upper ? signs[i].large : signs[i].small);
    }
}

void
dz_number_put(enum dz_number_kind kind, bool repeats, uint32_t number, struct dz_buf *out)
{
    struct letters l = {.n = 26, .first = 'a'};
    switch (kind) {
    case DZ_NUMBER_LATIN:
        break;
    case DZ_NUMBER_LATIN_UPPER:
        l.first = 'A';
        break;
    case DZ_NUMBER_RUSSIAN:
        l = (struct letters){.cyrillic = russian, .n = N_RUSSIAN};
        break;
    case DZ_NUMBER_RUSSIAN_UPPER:
        l = (struct letters){.cyrillic = russian_upper, .n = N_RUSSIAN};
        break;
    case DZ_NUMBER_ROMAN:
    case DZ_NUMBER_ROMAN_UPPER:
        if (number > 0 && number < 4000)
            put_roman(kind == DZ_NUMBER_ROMAN_UPPER, number, out);
        else
            dz_buf_addf(out, "%u", (unsigned)number);
        return;
    case DZ_NUMBER_ZERO:
        dz_buf_addf(out, "%02u", (unsigned)number);
        return;
    case DZ_NUMBER_NONE:
    case DZ_NUMBER_BULLET:
        return;
    case DZ_NUMBER_DECIMAL:
        dz_buf_addf(out, "%u", (unsigned)number);
        return;
    }
    if (number == 0)
        dz_buf_addc(out, '0');
    else
        put_letters(&l, repeats, number, out);
}

/* Fonts of signs keep theirs at U+F000 and behind, or under letters: what it is cannot be told from
 * the text, that it is a sign can. */
void
dz_bullet_put(struct dz_view sign, struct dz_buf *out)
{
    static const char *const plain[] = {"\xc2\xb7", "\xc2\xa7", "\xc3\x98", "\xc3\xbc",
                                        "o",        "v",        "q",        "w",
                                        "l",        "n",        "u",        "\xc2\xa8"};
    bool is_private = sign.n == 3 && (uint8_t)sign.p[0] == 0xef && (uint8_t)sign.p[1] >= 0x80 &&
                      (uint8_t)sign.p[1] < 0x84;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        is_private |= dz_view_is(sign, plain[i]);
    if (is_private)
        dz_buf_adds(out, BULLET);
    else if (sign.n <= 16)
        dz_buf_addv(out, sign);
}

/* ---- lists ---- */

void
dz_list_init(struct dz_list *l)
{
    *l = (struct dz_list){0};
    for (unsigned i = 0; i < DZ_LIST_LEVELS; i++)
        l->levels[i] = (struct dz_list_level){.start = 1, .restarts = true};
}

void
dz_list_done(struct dz_list *l)
{
    for (unsigned i = 0; i < DZ_LIST_LEVELS; i++) {
        dz_free(l->levels[i].pattern);
        dz_free(l->levels[i].style);
    }
    *l = (struct dz_list){0};
}

void
dz_list_copy(struct dz_list *to, const struct dz_list *from)
{
    *to = *from;
    for (unsigned i = 0; i < DZ_LIST_LEVELS; i++) {
        struct dz_list_level *level = &to->levels[i];
        level->pattern = level->pattern != NULL ? dz_strdup(level->pattern) : NULL;
        level->style = level->style != NULL ? dz_strdup(level->style) : NULL;
    }
}

void
dz_list_set(const struct dz_list *l, struct dz_list_count *c, unsigned level, uint32_t number)
{
    if (level >= DZ_LIST_LEVELS)
        return;
    c->at[level] = number;
    c->begun[level] = true;
    for (unsigned i = level + 1; i < DZ_LIST_LEVELS; i++) {
        const struct dz_list_level *below = &l->levels[i];
        if (below->restarts && (below->restart == 0 || level < below->restart))
            c->begun[i] = false;
    }
}

void
dz_list_next(const struct dz_list *l, struct dz_list_count *c, unsigned level)
{
    if (level >= DZ_LIST_LEVELS)
        return;
    uint32_t next = l->levels[level].start;
    if (c->begun[level])
        next = c->at[level] < UINT32_MAX ? c->at[level] + 1 : UINT32_MAX;
    dz_list_set(l, c, level, next);
}

/* A level that had no item yet is shown with the number that its first one would have. */
static void
put_level(const struct dz_list *l, const struct dz_list_count *c, unsigned level, bool legal,
          struct dz_buf *out)
{
    const struct dz_list_level *one = &l->levels[level];
    bool decimal = legal && one->kind != DZ_NUMBER_NONE && one->kind != DZ_NUMBER_BULLET;
    dz_number_put(decimal ? DZ_NUMBER_DECIMAL : one->kind, one->repeats,
                  c->begun[level] ? c->at[level] : one->start, out);
}

void
dz_list_put(const struct dz_list *l, const struct dz_list_count *c, unsigned level,
            struct dz_buf *out)
{
    const struct dz_list_level *one = level < DZ_LIST_LEVELS ? &l->levels[level] : NULL;
    if (one == NULL || one->pattern == NULL)
        return;
    size_t before = out->n;
    if (one->kind == DZ_NUMBER_BULLET)
        dz_bullet_put(dz_view_of(one->pattern), out);
    for (const char *p = one->pattern; one->kind != DZ_NUMBER_BULLET && *p != '\0'; p++) {
        if (p[0] == '%' && p[1] >= '1' && p[1] <= '9')
            put_level(l, c, (unsigned)(*++p - '1'), one->legal, out);
        else
            dz_buf_addc(out, *p);
    }
    if (out->n > before && !one->tight && out->p[out->n - 1] != ' ')
        dz_buf_addc(out, ' ');
}
