#include "dz_translit.h"

#include <string.h>

#include "dz_text_priv.h"

#define SPELLING_MAX 96 /* bytes */
#define COST_MAX 5

/* ---- from Cyrillic ---- */

enum { KMU, BGN_UK, ICAO_RU, BGN_RU, N_SCHEMES };

struct latin {
    uint32_t letter;
    const char *inside[N_SCHEMES];
    const char *initial[N_SCHEMES]; /* NULL: as inside; BGN also after a vowel */
};

#define SAME(s) {s, s, s, s}
#define TWO(uk, ru) {uk, uk, ru, ru}

static const struct latin latins[] = {
    {0x0430, SAME("a"), {0}},
    {0x0431, SAME("b"), {0}},
    {0x0432, SAME("v"), {0}},
    {0x0433, TWO("h", "g"), {0}},
    {0x0491, SAME("g"), {0}},
    {0x0434, SAME("d"), {0}},
    {0x0435, SAME("e"), {NULL, NULL, NULL, "ye"}},
    {0x0454, {"ie", "ye", "e", "ye"}, {"ye", NULL, NULL, NULL}},
    {0x0436, SAME("zh"), {0}},
    {0x0437, SAME("z"), {0}},
    {0x0438, TWO("y", "i"), {0}},
    {0x0456, SAME("i"), {0}},
    {0x0457, {"i", "yi", "i", "yi"}, {"yi", NULL, NULL, NULL}},
    {0x0439, {"i", "y", "i", "y"}, {"y", NULL, NULL, NULL}},
    {0x043A, SAME("k"), {0}},
    {0x043B, SAME("l"), {0}},
    {0x043C, SAME("m"), {0}},
    {0x043D, SAME("n"), {0}},
    {0x043E, SAME("o"), {0}},
    {0x043F, SAME("p"), {0}},
    {0x0440, SAME("r"), {0}},
    {0x0441, SAME("s"), {0}},
    {0x0442, SAME("t"), {0}},
    {0x0443, SAME("u"), {0}},
    {0x0444, SAME("f"), {0}},
    {0x0445, SAME("kh"), {0}},
    {0x0446, SAME("ts"), {0}},
    {0x0447, SAME("ch"), {0}},
    {0x0448, SAME("sh"), {0}},
    {0x0449, SAME("shch"), {0}},
    {0x044A, {"", "", "ie", ""}, {0}},
    {0x044B, SAME("y"), {0}},
    {0x044C, SAME(""), {0}},
    {0x044D, SAME("e"), {0}},
    {0x044E, {"iu", "yu", "iu", "yu"}, {"yu", NULL, NULL, NULL}},
    {0x044F, {"ia", "ya", "ia", "ya"}, {"ya", NULL, NULL, NULL}},
    {'\'', SAME(""), {0}},
};

static const struct latin *
latin_of(uint32_t letter)
{
    for (size_t i = 0; i < sizeof latins / sizeof *latins; i++)
        if (latins[i].letter == letter)
            return &latins[i];
    return NULL;
}

static bool
is_vowel(uint32_t cp)
{
    static const uint32_t vowels[] = {0x0430, 0x0435, 0x0454, 0x0438, 0x0456, 0x0457, 0x043E,
                                      0x0443, 0x044B, 0x044D, 0x044E, 0x044F, 0x044C, 0x044A};
    for (size_t i = 0; i < sizeof vowels / sizeof *vowels; i++)
        if (vowels[i] == cp)
            return true;
    return false;
}

/* Empty when a letter is none of the two languages. */
static void
write_latin(struct dz_view fold, size_t scheme, char out[SPELLING_MAX * 2])
{
    uint32_t before = 0;
    size_t n = 0;
    out[0] = '\0';
    for (size_t pos = 0; pos < fold.n;) {
        uint32_t cp = dz_utf8_next(fold, &pos);
        const struct latin *l = latin_of(cp);
        if (!l) {
            out[0] = '\0';
            return;
        }
        const char *s = l->inside[scheme];
        bool first = before == 0 || (scheme == BGN_RU && is_vowel(before));
        if (first && l->initial[scheme])
            s = l->initial[scheme];
        /* зг is not ж: the resolution says so. */
        if (scheme == KMU && cp == 0x0433 && before == 0x0437)
            s = "gh";
        memcpy(out + n, s, strlen(s) + 1); /* at most four letters for two bytes */
        n += strlen(s);
        before = cp;
    }
}

/* ---- from Latin ---- */

struct reading {
    const char *latin;
    const char *cyrillic[6]; /* the likeliest first */
};

/* Longest first; a reading costs its place in the row. */
static const struct reading uk_readings[] = {
    {"shch", {"щ"}},
    {"zgh", {"зг"}},
    {"tsk", {"цьк", "тськ", "цк"}},
    {"sk", {"ськ", "ск"}},
    {"zh", {"ж"}},
    {"kh", {"х"}},
    {"ts", {"ц", "тс"}},
    {"ch", {"ч"}},
    {"sh", {"ш"}},
    {"ie", {"є", "іє"}},
    {"ye", {"є", "ие"}},
    {"yi", {"ї", "ий"}},
    {"ii", {"ії", "ій"}},
    {"iu", {"ю", "іу"}},
    {"yu", {"ю"}},
    {"ia", {"я", "ія"}},
    {"ya", {"я"}},
    {"yo", {"йо", "ьо"}},
    {"io", {"йо", "іо"}},
    {"a", {"а"}},
    {"b", {"б"}},
    {"v", {"в"}},
    {"h", {"г"}},
    {"g", {"ґ", "г"}},
    {"d", {"д"}},
    {"e", {"е", "є"}},
    {"z", {"з", "зь"}},
    {"y", {"и", "й"}},
    {"i", {"і", "ї", "й", "и"}},
    {"k", {"к"}},
    {"l", {"л", "ль"}},
    {"m", {"м"}},
    {"n", {"н", "нь"}},
    {"o", {"о"}},
    {"p", {"п"}},
    {"r", {"р"}},
    {"s", {"с", "сь"}},
    {"t", {"т", "ть"}},
    {"u", {"у"}},
    {"f", {"ф"}},
    {"w", {"в"}},
    {"c", {"к", "ц"}},
    {"j", {"й", "дж"}},
    {"x", {"кс"}},
    {0},
};
static const struct reading ru_readings[] = {
    {"shch", {"щ"}},
    {"zh", {"ж"}},
    {"kh", {"х"}},
    {"ts", {"ц", "тс"}},
    {"ch", {"ч"}},
    {"sh", {"ш"}},
    {"ye", {"е", "ье"}},
    {"ie", {"ие", "ье"}},
    {"yu", {"ю"}},
    {"iu", {"ю", "иу"}},
    {"ya", {"я"}},
    {"ia", {"я", "ия"}},
    {"yo", {"е", "ьо"}},
    {"iy", {"ий"}},
    {"yy", {"ый"}},
    {"a", {"а"}},
    {"b", {"б"}},
    {"v", {"в"}},
    {"g", {"г"}},
    {"h", {"х", "г"}},
    {"d", {"д"}},
    {"e", {"е", "э"}},
    {"z", {"з"}},
    {"y", {"ы", "й", "ий"}},
    {"i", {"и", "й"}},
    {"k", {"к"}},
    {"l", {"л", "ль"}},
    {"m", {"м"}},
    {"n", {"н", "нь"}},
    {"o", {"о"}},
    {"p", {"п"}},
    {"r", {"р", "рь"}},
    {"s", {"с"}},
    {"t", {"т", "ть"}},
    {"u", {"у"}},
    {"f", {"ф"}},
    {"w", {"в"}},
    {"c", {"к", "ц"}},
    {"j", {"й", "дж"}},
    {"x", {"кс"}},
    {0},
};

struct spelling {
    const struct reading *readings;
    struct dz_view latin;
    char text[SPELLING_MAX];
    size_t max;
    size_t *n;
    dz_translit_fn *fn;
    void *ctx;
};

/* All spellings of the rest that cost exactly `cost`; the cheap ones are asked for first. */
static void
spell(struct spelling *s, size_t pos, size_t n, unsigned cost)
{
    if (pos == s->latin.n) {
        if (cost == 0 && *s->n < s->max) {
            ++*s->n;
            s->fn(s->ctx, (struct dz_view){s->text, n});
        }
        return;
    }
    unsigned extra = 0; /* a shorter reading where a longer one fits */
    for (const struct reading *r = s->readings; r->latin && *s->n < s->max; r++) {
        size_t length = strlen(r->latin);
        if (length > s->latin.n - pos || memcmp(s->latin.p + pos, r->latin, length) != 0)
            continue;
        for (unsigned k = 0; k < 6 && r->cyrillic[k] && k + extra <= cost; k++) {
            size_t m = strlen(r->cyrillic[k]);
            if (n + m > sizeof s->text)
                return;
            memcpy(s->text + n, r->cyrillic[k], m);
            spell(s, pos + length, n + m, cost - k - extra);
        }
        extra = 2;
    }
}

void
dz_translit_each(struct dz_view fold, size_t max, dz_translit_fn *fn, void *ctx)
{
    size_t n = 0;
    bool cyrillic = false, latin = false;
    for (size_t pos = 0; pos < fold.n;) {
        uint32_t cp = dz_utf8_next(fold, &pos);
        cyrillic = cyrillic || dz_text_is_cyrillic(cp);
        latin = latin || (cp >= 'a' && cp <= 'z');
        if (cp < 'a' && cp != '\'')
            return;
    }
    if (cyrillic == latin || fold.n > SPELLING_MAX / 2)
        return;
    if (cyrillic) {
        char given[N_SCHEMES][SPELLING_MAX * 2];
        for (size_t i = 0; i < N_SCHEMES && n < max; i++) {
            bool twice = false;
            write_latin(fold, i, given[i]);
            for (size_t k = 0; k < i; k++)
                twice = twice || strcmp(given[i], given[k]) == 0;
            if (given[i][0] && !twice) {
                fn(ctx, dz_view_of(given[i]));
                n++;
            }
        }
        return;
    }
    static const struct reading *const readings[] = {uk_readings, ru_readings};
    for (unsigned cost = 0; cost <= COST_MAX; cost++) {
        for (size_t i = 0; i < 2 && n < max; i++) {
            struct spelling s = {
                .readings = readings[i], .latin = fold, .max = max, .n = &n, .fn = fn, .ctx = ctx};
            spell(&s, 0, 0, cost);
        }
    }
}
