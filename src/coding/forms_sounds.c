#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "dz_forms_priv.h"

/* Sounds of a word. All transliterations of a name into Latin letters and both Cyrillic spellings
 * come to the same consonants or to ones of one class, and to vowels that differ little. */

/* ---- letters ---- */

static bool
is_cyrillic(uint32_t cp)
{
    return cp >= 0x0400 && cp <= 0x052F;
}

static bool
is_dropped(uint32_t cp)
{
    return cp == 0x00AD || (cp >= 0x200B && cp <= 0x200F) || cp == 0x2060 || cp == 0xFEFF ||
           (cp >= 0x0300 && cp <= 0x036F) || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == 0x061C;
}

/* What a mark makes of the letter in front of it. */
static void
put_mark(struct dz_letters *l, uint32_t mark)
{
    static const struct {
        uint32_t mark, from, to;
    } made[] = {
        {0x0306, 0x0438, 0x0439}, {0x0308, 0x0456, 0x0457}, {0x030C, 's', 0x0161},
        {0x030C, 'c', 0x010D},    {0x030C, 'z', 0x017E},    {0x0302, 's', 0x0161},
        {0x0307, 'z', 0x017E},
    };
    for (size_t i = 0; l->n > 0 && i < sizeof made / sizeof *made; i++)
        if (made[i].mark == mark && made[i].from == l->cp[l->n - 1])
            l->cp[l->n - 1] = made[i].to;
}

/* Letters of other alphabets that look like one of ours, and decorated ones. */
static uint32_t
base_letter(uint32_t cp)
{
    static const struct {
        uint16_t from, to;
    } same[] = {
        {0x0161, 0x0161}, {0x010D, 0x010D}, {0x017E, 0x017E}, {0x015D, 0x0161}, {0x017C, 0x017E},
        {0x0142, 'l'},    {0x0131, 'i'},    {0x03B1, 'a'},    {0x03BF, 'o'},    {0x03B5, 'e'},
        {0x03B9, 'i'},    {0x03BA, 'k'},    {0x03BD, 'v'},    {0x03C1, 'p'},    {0x03C4, 't'},
        {0x03C7, 'x'},    {0x03C5, 'u'},    {0x0455, 's'},    {0x0458, 'j'},    {0x04BB, 'h'},
        {0x0501, 'd'},    {0x051B, 'q'},    {0x051D, 'w'},    {0x0261, 'g'},    {0x045E, 0x0443},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (same[i].from == cp)
            return same[i].to;
    if (cp < 0x80 || is_cyrillic(cp))
        return cp == 0x0451 ? 0x0435 : cp;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
    UChar parts[32];
    int32_t n = U_SUCCESS(status)
                    ? unorm2_getDecomposition(nfkc, (UChar32)cp, parts, 32, &status)
                    : -1;
    if (n < 1 || U_FAILURE(status) || U16_IS_SURROGATE(parts[0]))
        return cp;
    return parts[0] == cp ? cp : base_letter((uint32_t)u_tolower((UChar32)parts[0]));
}

bool
dz_letters_put(struct dz_letters *l, uint32_t cp)
{
    if (is_dropped(cp)) {
        put_mark(l, cp);
        return true;
    }
    if (cp < 0x80 ? !((cp | 32) >= 'a' && (cp | 32) <= 'z') : !u_isalpha((UChar32)cp))
        return false;
    if (l->n < DZ_WORD_LETTERS)
        l->cp[l->n++] = base_letter(cp < 0x80 ? cp | 32 : (uint32_t)u_tolower((UChar32)cp));
    return true;
}

/* ---- sounds ---- */

#define FIRST_CYRILLIC 0x0430
/* а б в г д е ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я; a blank is no sound. */
static const char cyrillic[] = "ABVHDEGZIJKLMNOPRSTUFXCQWW I EUA";

static char
cyrillic_sound(uint32_t cp)
{
    if (cp >= FIRST_CYRILLIC && cp < FIRST_CYRILLIC + sizeof cyrillic - 1)
        return cyrillic[cp - FIRST_CYRILLIC];
    switch (cp) {
    case 0x0454:
        return 'E';
    case 0x0456:
    case 0x0457:
        return 'I';
    case 0x0491:
        return 'H';
    default:
        return ' ';
    }
}

/* Of Latin letters the longest group counts. Up to four ways to read it. Ř and the like have lost
 * their marks; š, č and ž are written 1, 2 and 3 here. */
static const struct latin_group {
    const char *letters;
    const char *sounds[4];
} latin_groups[] = {
    {"schtsch", {"W"}},
    {"chtch", {"W"}},
    {"shch", {"W"}},
    {"szcz", {"W"}},
    {"tsch", {"Q"}},
    {"sch", {"W"}},
    {"tch", {"Q"}},
    {"zgh", {"ZH"}},
    {"dzh", {"DG"}},
    {"12", {"W"}},
    {"sh", {"W"}},
    {"sz", {"W"}},
    {"zh", {"G"}},
    {"kh", {"X"}},
    {"gh", {"H"}},
    {"ph", {"F"}},
    {"th", {"T", "F"}},
    {"ts", {"C"}},
    {"tz", {"C"}},
    {"tc", {"C"}},
    {"cz", {"Q", "C"}},
    {"ch", {"Q", "X"}},
    {"ck", {"K", "CK"}},
    {"dj", {"DG"}},
    {"wh", {"V", "U"}},
    {"ou", {"U", "OU"}},
    {"oo", {"U"}},
    {"ee", {"I"}},
    {"a", {"A"}},
    {"b", {"B"}},
    {"c", {"C", "K"}},
    {"d", {"D"}},
    {"e", {"E"}},
    {"f", {"F"}},
    {"g", {"H"}},
    {"h", {"H"}},
    {"i", {"I"}},
    {"j", {"J", "G", "DG"}},
    {"k", {"K"}},
    {"l", {"L"}},
    {"m", {"M"}},
    {"n", {"N"}},
    {"o", {"O"}},
    {"p", {"P"}},
    {"q", {"K"}},
    {"r", {"R"}},
    {"s", {"S"}},
    {"t", {"T"}},
    {"u", {"U"}},
    {"v", {"V"}},
    {"w", {"V", "U"}},
    {"x", {"KS", "X"}},
    {"y", {"I"}},
    {"z", {"Z"}},
    {"1", {"W"}},
    {"2", {"Q"}},
    {"3", {"G"}},
    {0},
};

char
dz_sound_class(char c)
{
    switch (c) {
    case 'Z':
    case 'C':
    case 'W':
    case 'G':
    case 'Q':
        return 'S';
    case 'X':
        return 'H';
    case 'F':
        return 'V';
    default:
        return c;
    }
}

static bool
is_vowel(char c)
{
    return c == 'A' || c == 'E' || c == 'I' || c == 'O' || c == 'U' || c == 'J';
}

/* A glide says nothing beside a vowel: Наталія, Наталя; Бойко, Boyko; Соловйов, Соловьёв. */
static void
without_glides(char *vow)
{
    char out[DZ_WORD_VOWELS + 1];
    size_t n = 0;
    bool other = strpbrk(vow, "AEOU") != NULL;
    for (const char *p = vow; *p != '\0'; p++) {
        if ((*p == 'I' && other) || (n > 0 && out[n - 1] == *p))
            continue;
        out[n++] = *p;
    }
    out[n] = '\0';
    memcpy(vow, out, n + 1);
}

static void
add_sound(struct dz_sounds *s, char sound)
{
    if (sound == ' ')
        return;
    char *vow = s->vow[s->n];
    size_t n = strlen(vow);
    if (is_vowel(sound)) {
        if (n < DZ_WORD_VOWELS)
            vow[n] = sound == 'J' ? 'I' : sound;
        return;
    }
    /* Геннадій, Генадій: a doubled consonant is one. */
    if (n == 0 && s->n > 0 && s->cons[s->n - 1] == sound)
        return;
    if (s->n < DZ_WORD_SOUNDS)
        s->cons[s->n++] = sound;
}

static void
finish(struct dz_sounds *s)
{
    memcpy(s->last, s->vow[s->n], sizeof s->last);
    for (size_t i = 0; i <= s->n; i++)
        without_glides(s->vow[i]);
}

struct spelled {
    char text[DZ_WORD_LETTERS + 1];
    struct dz_sounds *ret;
    size_t n;
};

static void
read_latin(struct spelled *w, size_t at, const struct dz_sounds *so_far)
{
    if (w->n == DZ_WORD_READINGS)
        return;
    if (w->text[at] == '\0') {
        w->ret[w->n] = *so_far;
        finish(&w->ret[w->n++]);
        return;
    }
    const struct latin_group *g = latin_groups;
    while (g->letters != NULL && strncmp(w->text + at, g->letters, strlen(g->letters)) != 0)
        g++;
    if (g->letters == NULL) {
        read_latin(w, at + 1, so_far);
        return;
    }
    for (size_t i = 0; i < 4 && g->sounds[i] != NULL; i++) {
        struct dz_sounds next = *so_far;
        for (const char *p = g->sounds[i]; *p != '\0'; p++)
            add_sound(&next, *p);
        read_latin(w, at + strlen(g->letters), &next);
    }
}

/* Latin and Cyrillic letters that look alike, in lower case and in what was upper case. */
static const struct {
    char latin;
    uint16_t cyrillic;
} twins[] = {
    {'a', 0x0430}, {'b', 0x0432}, {'c', 0x0441}, {'e', 0x0435}, {'h', 0x043D}, {'i', 0x0456},
    {'k', 0x043A}, {'m', 0x043C}, {'o', 0x043E}, {'p', 0x0440}, {'t', 0x0442}, {'x', 0x0445},
    {'y', 0x0443}, {'j', 0x0458}, {'s', 0x0455}, {'u', 0x0438},
};

static uint32_t
as_cyrillic(uint32_t cp)
{
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (cp == (unsigned char)twins[i].latin)
            return twins[i].cyrillic;
    return cp;
}

/* The letter as one of ASCII; 0: it does not look like one. */
static char
as_latin(uint32_t cp)
{
    if (cp < 0x80)
        return (char)cp;
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (cp == twins[i].cyrillic)
            return twins[i].latin;
    return cp == 0x0161 ? '1' : cp == 0x010D ? '2' : cp == 0x017E ? '3' : '\0';
}

size_t
dz_sounds_of(const struct dz_letters *l, struct dz_sounds ret[DZ_WORD_READINGS])
{
    struct spelled w = {.ret = ret};
    bool any_cyrillic = false, any_latin = false, all_latin = true;
    for (size_t i = 0; i < l->n; i++) {
        w.text[i] = as_latin(l->cp[i]);
        all_latin = all_latin && w.text[i] != '\0';
        any_cyrillic = any_cyrillic || is_cyrillic(l->cp[i]);
        any_latin = any_latin || !is_cyrillic(l->cp[i]);
    }
    w.text[l->n] = '\0';
    if (any_cyrillic) {
        struct dz_sounds s = {0};
        for (size_t i = 0; i < l->n; i++)
            add_sound(&s, cyrillic_sound(as_cyrillic(l->cp[i])));
        finish(&s);
        ret[w.n++] = s;
    }
    /* A word of letters that could be either is read in both ways: "Оlena" with one О. */
    if (any_latin && all_latin) {
        struct dz_sounds none = {.latin = true};
        read_latin(&w, 0, &none);
    }
    return w.n;
}
