#include <string.h>
#include <unicode/uchar.h>

#include "decode_impl.h"
#include "decode_pairs.h"
#include "dz_utf8.h"

/* Which encoding a text is in. Marks and UTF-8 speak for themselves. Between 8-bit encodings the
 * bytes are decoded in each, and the one wins whose pairs of neighbouring characters are the most
 * usual: nonsense has capitals inside words, signs between letters and letters of two alphabets in
 * one word. Pairs of ASCII are the same everywhere and do not count. */

#define SCORE_NONSENSE (-6)
#define SCORE_BROKEN (-20)
#define SCORED_BYTES 4096 /* that are not ASCII: more of them do not tell more */

/* ---- names ---- */

/* What is written for what is meant; the others are looked up by ICU. Latin-1 and ASCII mean
 * windows-1252 on the web (WHATWG Encoding Standard, section 4.2). */
static const struct {
    const char *alias;
    const char *name;
} aliases[] = {
    {"utf8", "utf-8"},
    {"utf_8", "utf-8"},
    {"ascii", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"latin1", "windows-1252"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"cp1251", "windows-1251"},
    {"cp-1251", "windows-1251"},
    {"win-1251", "windows-1251"},
    {"x-cp1251", "windows-1251"},
    {"win1251", "windows-1251"},
    {"koi8u", "koi8-u"},
    {"koi8-ru", "koi8-u"},
    {"koi8", "koi8-r"},
    {"koi8r", "koi8-r"},
    {"dos-866", "cp866"},
    {"ibm866", "cp866"},
    {"cp-866", "cp866"},
    {"unicode", "utf-16le"},
    {"utf-16", "utf-16le"},
    {"utf-32", "utf-32le"},
};

static void
lower_name(const char *from, char to[DECODE_NAME])
{
    struct dz_view v = dz_view_trim(dz_view_of(from));
    size_t n = 0;
    for (size_t i = 0; i < v.n && n < DECODE_NAME - 1; i++) {
        char c = v.p[i];
        if (c == '"' || c == '\'' || c == ';')
            continue;
        to[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    to[n] = '\0';
}

/* The name in our spelling; false: no encoding that is known, or one that is never honoured: UTF-7
 * and its kin turn harmless ASCII into anything. */
static bool
known_name(const char *declared, char name[DECODE_NAME])
{
    static const char *const refused[] = {"utf-7",  "imap-mailbox-name", "scsu",      "bocu-1",
                                          "cesu-8", "utf-16,version=1",  "utf-ebcdic"};
    if (!declared)
        return false;
    lower_name(declared, name);
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (strcmp(name, aliases[i].alias) == 0)
            memcpy(name, aliases[i].name, strlen(aliases[i].name) + 1);
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (strcmp(name, refused[i]) == 0)
            return false;
    }
    if (!name[0] || strchr(name, ',') || strchr(name, '/'))
        return false;
    if (strcmp(name, "utf-8") == 0)
        return true; /* most are, and need no converter */
    UConverter *c = dz_decode_open(name);
    bool known = c != NULL;
    ucnv_close(c);
    return known;
}

UConverter *
dz_decode_open(const char *name)
{
    UErrorCode e = U_ZERO_ERROR;
    UConverter *c = ucnv_open(name, &e);
    return U_SUCCESS(e) ? c : NULL;
}

/* ---- how usual a text looks ---- */

/* Row of a lower-case letter in the table of pairs, 0 for what is none. */
static unsigned
pair_letter(UChar32 c)
{
    size_t at = (size_t)(c - 0x430);
    return c >= 0x430 && at < sizeof pair_rows ? pair_rows[at] : 0;
}

enum sort { SORT_OTHER, SORT_ASCII_LETTER, SORT_LATIN, SORT_CYRILLIC, SORT_SIGN, SORT_BROKEN };

struct seen {
    enum sort sort;
    unsigned letter;
    bool upper;
    bool lower;
};

static enum sort
sort_of(UChar32 c)
{
    /* Signs that are usual in texts; others between letters mean that these are not letters. */
    static const UChar usual[] = u"«»–—“”„’‘…№ʼ•·§°−€";
    if (c < 0x80) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter ? SORT_ASCII_LETTER : SORT_OTHER;
    }
    if (c >= 0x400 && c < 0x530)
        return SORT_CYRILLIC;
    if (c == 0xA0)
        return SORT_OTHER;
    for (size_t i = 0; usual[i]; i++) {
        if (usual[i] == c)
            return SORT_OTHER;
    }
    if (c == 0xFFFD || (c >= 0x80 && c < 0xA0) || (c >= 0xE000 && c < 0xF900))
        return SORT_BROKEN;
    return u_isalpha(c) ? SORT_LATIN : SORT_SIGN;
}

static struct seen
look_at(UChar32 c)
{
    struct seen s = {.sort = sort_of(c)};
    if (s.sort == SORT_CYRILLIC)
        s.letter = pair_letter(u_tolower(c));
    s.upper = s.sort >= SORT_LATIN && u_isupper(c);
    s.lower = u_islower(c);
    return s;
}

static int
pair_score(struct seen a, struct seen b)
{
    bool a_latin = a.sort == SORT_ASCII_LETTER || a.sort == SORT_LATIN;
    bool b_latin = b.sort == SORT_ASCII_LETTER || b.sort == SORT_LATIN;
    if (b.sort == SORT_BROKEN)
        return SCORE_BROKEN;
    if (a.sort == SORT_SIGN || b.sort == SORT_SIGN)
        return a.sort == SORT_OTHER || b.sort == SORT_OTHER ? -3 : SCORE_NONSENSE;
    if (a.sort == SORT_CYRILLIC || b.sort == SORT_CYRILLIC) {
        if (a_latin || b_latin)
            return SCORE_NONSENSE;
        if ((a.sort == SORT_CYRILLIC && !a.letter) || (b.sort == SORT_CYRILLIC && !b.letter))
            return SCORE_NONSENSE; /* a letter of another language */
        if (a.lower && b.upper)
            return SCORE_NONSENSE;
        return pairs[a.letter][b.letter] - '4';
    }
    if (a.sort == SORT_LATIN || b.sort == SORT_LATIN) {
        if (a.lower && b.upper)
            return SCORE_NONSENSE;
        /* Accents come singly among plain letters. */
        if (a.sort == b.sort)
            return -4;
        return a_latin && b_latin ? 2 : -1;
    }
    return 0;
}

/* As U16_NEXT, which mixes signs. */
static UChar32
next_char(const UChar *u, int32_t *at, int32_t n)
{
    uint32_t c = u[(*at)++];
    bool pair = (c & 0xFC00) == 0xD800 && *at < n && (u[*at] & 0xFC00) == 0xDC00;
    if (pair)
        c = 0x10000 + ((c & 0x3FF) << 10) + (u[(*at)++] & 0x3FFu);
    return (UChar32)c;
}

static long
score_units(const UChar *u, int32_t n, size_t *ret_pairs)
{
    struct seen last = {0};
    long score = 0;
    bool last_plain = true;
    for (int32_t i = 0; i < n;) {
        UChar32 c = next_char(u, &i, n);
        struct seen s = look_at(c);
        bool plain = c < 0x80;
        if (!plain || !last_plain) {
            /* DOS had no і of its own: between Cyrillic letters the Latin one stands for it. */
            if (c == 'i' && last.sort == SORT_CYRILLIC)
                s = look_at(0x456);
            score += pair_score(last, s);
            (*ret_pairs)++;
        }
        last = s;
        last_plain = plain;
    }
    return score;
}

/* How usual the sample looks in an encoding; what cannot be decoded counts as broken. */
static long
score_in(struct dz_view sample, const char *name, size_t *ret_pairs)
{
    UConverter *c = dz_decode_open(name);
    *ret_pairs = 1;
    if (!c)
        return -1000000;
    /* No encoding makes more units than there are bytes. */
    DZ_AUTO_FREE UChar *units = dz_alloc_array(sample.n + 1, sizeof *units);
    UChar *to = units;
    const char *from = sample.p;
    UErrorCode e = U_ZERO_ERROR;
    ucnv_toUnicode(c, &to, units + sample.n + 1, &from, sample.p + sample.n, NULL, false, &e);
    ucnv_close(c);
    return score_units(units, (int32_t)(to - units), ret_pairs);
}

/* ---- Unicode ---- */

struct mark {
    struct dz_view bytes;
    const char *name;
};
static const struct mark marks[] = {
    {DZ_VIEW_INIT("\xef\xbb\xbf"), "utf-8"},    {DZ_VIEW_INIT("\xff\xfe\0\0"), "utf-32le"},
    {DZ_VIEW_INIT("\0\0\xfe\xff"), "utf-32be"}, {DZ_VIEW_INIT("\xff\xfe"), "utf-16le"},
    {DZ_VIEW_INIT("\xfe\xff"), "utf-16be"},
};

static bool
by_mark(struct dz_view sample, struct decode_choice *ret)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = marks[i].bytes.n;
        if (sample.n >= n && memcmp(sample.p, marks[i].bytes.p, n) == 0) {
            memcpy(ret->name, marks[i].name, strlen(marks[i].name) + 1);
            ret->mark = n;
            return true;
        }
    }
    return false;
}

static unsigned
byte_at(struct dz_view v, size_t i)
{
    return (unsigned char)v.p[i];
}

/* Without a mark: what stands in the high half of a character is nearly always 00 (Latin), 04
 * (Cyrillic), 20 or 21 (dashes, quotes, №). */
static bool
looks_utf16(struct dz_view sample, size_t high)
{
    size_t units = sample.n / 2;
    size_t fit = 0;
    size_t spaces = 0;
    size_t nul = 0;
    for (size_t i = 0; i < units; i++) {
        unsigned h = byte_at(sample, 2 * i + high);
        unsigned l = byte_at(sample, 2 * i + 1 - high);
        fit += h == 0 || h == 4 || h == 0x20 || h == 0x21;
        /* A character that 8-bit text would have written in one byte, and no control. */
        spaces += h == 0 && l >= 0x09 && l < 0x7F;
        nul += h == 0 && l < 0x09;
    }
    return units >= 2 && fit * 20 >= units * 19 && spaces > 0 && nul * 100 <= units;
}

static bool
looks_utf32(struct dz_view sample, bool big)
{
    size_t units = sample.n / 4;
    size_t nul = 0;
    for (size_t i = 0; i < units; i++) {
        size_t at = 4 * i;
        unsigned top = byte_at(sample, big ? at : at + 3);
        unsigned plane = byte_at(sample, big ? at + 1 : at + 2);
        unsigned high = byte_at(sample, big ? at + 2 : at + 1);
        unsigned low = byte_at(sample, big ? at + 3 : at);
        if (top != 0 || plane > 2)
            return false;
        nul += plane == 0 && high == 0 && low < 0x09;
    }
    return units >= 2 && nul * 100 <= units;
}

static bool
without_mark(struct dz_view sample, struct decode_choice *ret)
{
    if (!memchr(sample.p, '\0', sample.n))
        return false;
    const char *name = looks_utf32(sample, false)  ? "utf-32le"
                       : looks_utf32(sample, true) ? "utf-32be"
                       : looks_utf16(sample, 1)    ? "utf-16le"
                       : looks_utf16(sample, 0)    ? "utf-16be"
                                                   : NULL;
    if (!name)
        return false;
    memcpy(ret->name, name, strlen(name) + 1);
    return true;
}

/* ---- 8 bits ---- */

static bool
is_binary(struct dz_view sample, bool begins)
{
    size_t controls = 0;
    for (size_t i = 0; i < sample.n; i++) {
        unsigned c = byte_at(sample, i);
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B)
            controls++;
    }
    /* A single one in a long text is damage. */
    return controls * 100 > sample.n + (begins ? 0 : 6400);
}

/* Well-formed bytes of several-byte characters against ill-formed ones: a few broken ones in much
 * UTF-8 are damage, more than that is another encoding. */
static bool
is_utf8(struct dz_view sample, bool whole, bool *ret_ascii)
{
    size_t good = 0;
    size_t bad = 0;
    if (dz_utf8_valid_prefix(sample) == sample.n) {
        *ret_ascii = dz_utf8_length(sample) == sample.n;
        return true;
    }
    for (size_t pos = 0; pos < sample.n;) {
        size_t at = pos;
        uint32_t cp = dz_utf8_next(sample, &pos);
        if (cp < 0x80)
            continue;
        bool ill = cp == 0xFFFD && pos - at == 1;
        /* A sample may end inside a character. */
        if (ill && !whole && sample.n - at < 4)
            break;
        if (ill)
            bad++;
        else
            good += pos - at;
    }
    *ret_ascii = good == 0 && bad == 0;
    return good >= 4 * bad;
}

static const char *const candidates[] = {
    /* The first of those that are equally good wins. */
    "windows-1252", "windows-1251", "koi8-u", "koi8-r", "iso-8859-5", "cp866", "ibm-1125",
};
#define CANDIDATES (sizeof candidates / sizeof *candidates)

/* KOI8-U and KOI8-R differ only in the Ukrainian letters: without one of these a text is in both,
 * and by custom in the older. */
static bool
has_ukrainian_koi8(struct dz_view sample)
{
    for (size_t i = 0; i < sample.n; i++) {
        unsigned c = byte_at(sample, i);
        if (c == 0xA4 || c == 0xA6 || c == 0xA7 || c == 0xAD || c == 0xB4 || c == 0xB6 ||
            c == 0xB7 || c == 0xBD)
            return true;
    }
    return false;
}

/* The best candidate and how usual it makes the sample look. */
static const char *
best_candidate(struct dz_view sample, long *ret_score, size_t *ret_pairs)
{
    const char *best = candidates[0];
    for (size_t i = 0; i < CANDIDATES; i++) {
        size_t n_pairs = 1;
        long score = score_in(sample, candidates[i], &n_pairs);
        if (i == 0 || score > *ret_score) {
            best = candidates[i];
            *ret_score = score;
            *ret_pairs = n_pairs;
        }
    }
    bool koi8 = strcmp(best, "koi8-u") == 0;
    return koi8 && !has_ukrainian_koi8(sample) ? "koi8-r" : best;
}

/* Encodings with several bytes a character, or with states: they cannot be weighed by letters. */
static bool
is_wide(const char *name)
{
    UConverter *c = dz_decode_open(name);
    bool wide = c && ucnv_getMaxCharSize(c) > 1;
    ucnv_close(c);
    return wide;
}

/* Whether the bytes can be decoded with hardly anything lost. */
static bool
decodes(struct dz_view sample, const char *name)
{
    UConverter *c = dz_decode_open(name);
    if (!c)
        return false;
    /* No encoding makes more units than there are bytes. */
    DZ_AUTO_FREE UChar *units = dz_alloc_array(sample.n + 1, sizeof *units);
    UChar *to = units;
    const char *from = sample.p;
    UErrorCode e = U_ZERO_ERROR;
    ucnv_toUnicode(c, &to, units + sample.n + 1, &from, sample.p + sample.n, NULL, false, &e);
    ucnv_close(c);
    size_t n = (size_t)(to - units);
    size_t bad = 0;
    for (size_t i = 0; i < n; i++)
        bad += units[i] == 0xFFFD || units[i] < 9 || (units[i] >= 0xE000 && units[i] < 0xF900);
    return bad * 50 <= n;
}

/* The part of a sample that tells encodings apart: from its first byte that is not ASCII on. */
static struct dz_view
telling_part(struct dz_view sample)
{
    size_t from = 0;
    while (from < sample.n && byte_at(sample, from) < 0x80)
        from++;
    size_t to = from;
    for (size_t high = 0; to < sample.n && high < SCORED_BYTES; to++)
        high += byte_at(sample, to) >= 0x80;
    from -= from > 0;
    return (struct dz_view){sample.p + from, to - from};
}

/* What is declared stands unless another makes much more sense of the bytes. */
static void
by_pairs(struct dz_view sample, const char *declared, bool wide, struct decode_choice *ret)
{
    long best_score = 0;
    size_t n_pairs = 1;
    struct dz_view part = telling_part(sample);
    const char *best = best_candidate(part, &best_score, &n_pairs);
    if (declared && wide) {
        /* Cyrillic in 8 bits can often be read as Chinese; Chinese never as good Cyrillic. */
        if (best_score < (long)n_pairs && decodes(sample, declared)) {
            best = declared;
            ret->guessed = false;
        }
    } else if (declared) {
        size_t n = 1;
        long score = score_in(part, declared, &n);
        if (score >= best_score || best_score - score <= (long)(n > n_pairs ? n : n_pairs)) {
            best = declared;
            ret->guessed = false;
        }
    }
    memcpy(ret->name, best, strlen(best) + 1);
}

bool
dz_decode_choose(struct dz_view sample, bool begins, bool whole, const char *declared,
                 struct decode_choice *ret)
{
    *ret = (struct decode_choice){0};
    if (begins && by_mark(sample, ret))
        return true;
    ret->guessed = true;
    char name[DECODE_NAME];
    bool is_declared = known_name(declared, name);
    if (begins && without_mark(sample, ret)) {
        ret->guessed = !(is_declared && strcmp(name, ret->name) == 0);
        return true;
    }
    if (is_binary(sample, begins))
        return false;
    bool ascii = false;
    bool wide = is_declared && strcmp(name, "utf-8") != 0 && is_wide(name);
    if (is_utf8(sample, whole, &ascii)) {
        /* ISO-2022 and its kin are ASCII bytes with escapes. */
        bool escaped = wide && ascii && memchr(sample.p, 0x1B, sample.n);
        const char *is = escaped && decodes(sample, name) ? name : "utf-8";
        memcpy(ret->name, is, strlen(is) + 1);
        ret->guessed = !is_declared || (strcmp(is, name) != 0 && !ascii);
        return true;
    }
    by_pairs(sample, is_declared ? name : NULL, wide, ret);
    return true;
}
