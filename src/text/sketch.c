#include "dz_sketch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

/* Words and shingles in one pass over the bytes. Letters go into the hash as they come; nothing is
 * copied. A table says of every character below U+0800 what it is; the few others are looked up. */

#define TABLE_SIZE 0x800

/* What a character is, beside the letters, which stand for themselves in folded form. */
enum { SEPARATES = 0, IGNORED = 1, MARK = 2, LETTERS_FROM = 3 };

static uint16_t table[TABLE_SIZE];

/* Latin letters that look Cyrillic in one of their two cases are one with them. No two Latin
 * letters and no two Cyrillic ones become the same, so nothing is lost. */
static uint32_t
twin_of(uint32_t cp)
{
    static const struct {
        char latin;
        uint16_t cyrillic;
    } twins[] = {
        {'a', 0x0430}, {'b', 0x0432}, {'c', 0x0441}, {'e', 0x0435}, {'h', 0x043D},
        {'i', 0x0456}, {'k', 0x043A}, {'m', 0x043C}, {'o', 0x043E}, {'p', 0x0440},
        {'t', 0x0442}, {'x', 0x0445}, {'y', 0x0443},
    };
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (cp == (unsigned char)twins[i].latin)
            return twins[i].cyrillic;
    return cp;
}

/* The letter under its accents. Of Cyrillic letters only ё and those with a stress mark lose
 * something: й and ї are letters of their own. */
static uint32_t
bare_letter(uint32_t cp)
{
    UErrorCode status = U_ZERO_ERROR;
    if (cp >= 0x0400 && cp <= 0x052F)
        return cp == 0x0451 || cp == 0x0450 ? 0x0435 : cp == 0x045D ? 0x0438 : cp;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    UChar parts[8];
    int32_t n = U_SUCCESS(status)
                    ? unorm2_getDecomposition(nfd, (UChar32)cp, parts, 8, &status)
                    : -1;
    return n > 0 && U_SUCCESS(status) && !U16_IS_SURROGATE(parts[0]) ? parts[0] : cp;
}

static bool
is_apostrophe(uint32_t cp)
{
    return cp == '\'' || cp == '`' || cp == 0x02B9 || cp == 0x02BC || cp == 0x2018 ||
           cp == 0x2019 || cp == 0x2032;
}

static uint32_t
classify(uint32_t cp)
{
    if (is_apostrophe(cp) || cp == 0x00AD || (cp >= 0x200B && cp <= 0x200F) ||
        (cp >= 0x2060 && cp <= 0x2064) || cp == 0xFEFF)
        return IGNORED;
    if (cp >= 0x0300 && cp <= 0x036F)
        return MARK;
    uint32_t mask = U_MASK(u_charType((UChar32)cp));
    if (mask & U_GC_M_MASK)
        return IGNORED;
    if (mask & U_GC_ND_MASK)
        return '0' + (uint32_t)u_charDigitValue((UChar32)cp);
    if (!(mask & (U_GC_L_MASK | U_GC_N_MASK)))
        return SEPARATES;
    /* A letter that loses its accent may be one that has a twin. */
    return twin_of((uint32_t)u_tolower((UChar32)bare_letter((uint32_t)u_tolower((UChar32)cp))));
}

static void
make_table(void)
{
    for (uint32_t cp = 0; cp < TABLE_SIZE; cp++)
        table[cp] = (uint16_t)classify(cp);
}

static void
need_table(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, make_table);
}

/* ---- words ---- */

struct scan {
    const unsigned char *p;
    size_t n;
    size_t pos;
};

#define WORD_FACTOR 0x9E3779B97F4A7C15u

static inline uint64_t
add_letter(uint64_t h, uint32_t letter)
{
    return ((h << 5 | h >> 59) ^ letter) * WORD_FACTOR;
}

/* What й, ї and ў are made of where a text has them in two parts. */
static uint32_t
composed(uint32_t letter, uint32_t mark)
{
    if (mark == 0x0306)
        return letter == 0x0438 ? 0x0439 : letter == 0x0443 ? 0x045E : letter;
    return mark == 0x0308 && letter == 0x0456 ? 0x0457 : letter;
}

/* A hyphen and the end of a line between two letters: the word goes on. Behind the break, or 0. */
static size_t
broken_word(const struct scan *s, size_t behind)
{
    size_t at = behind;
    if (at < s->n && s->p[at] == '\r')
        at++;
    if (at >= s->n || s->p[at] != '\n')
        return 0;
    at++;
    return at < s->n && (s->p[at] >= 0x80 || (s->p[at] >= 'a' && s->p[at] <= 'z')) ? at : 0;
}

/* One character of the text at s->pos, and what it is. */
static inline uint32_t
next_class(struct scan *s, uint32_t *ret_cp)
{
    const unsigned char *p = s->p + s->pos;
    size_t left = s->n - s->pos;
    if (p[0] < 0x80) {
        s->pos++;
        *ret_cp = p[0];
        return table[p[0]];
    }
    if (p[0] < 0xE0 && left >= 2) {
        s->pos += 2;
        *ret_cp = (p[0] & 0x1FU) << 6 | (p[1] & 0x3FU);
        return table[*ret_cp];
    }
    if (p[0] < 0xF0 && left >= 3) {
        s->pos += 3;
        *ret_cp = (p[0] & 0x0FU) << 12 | (p[1] & 0x3FU) << 6 | (p[2] & 0x3FU);
        return classify(*ret_cp);
    }
    s->pos += left >= 4 ? 4 : left;
    *ret_cp = left >= 4 ? (p[0] & 0x07U) << 18 | (p[1] & 0x3FU) << 12 | (p[2] & 0x3FU) << 6 |
                              (p[3] & 0x3FU)
                        : ' ';
    return classify(*ret_cp);
}

/* The next word; false at the end. */
static inline bool
next_word(struct scan *s, struct dz_text_word *ret)
{
    uint64_t h = 0, before = 0; /* before: without the last letter */
    uint32_t last = 0, cp = 0;
    size_t end = 0;
    while (s->pos < s->n) {
        size_t at = s->pos;
        uint32_t c = next_class(s, &cp);
        if (c >= LETTERS_FROM) {
            if (last == 0)
                ret->start = (uint32_t)at;
            before = h;
            h = add_letter(h, c);
            last = c;
            end = s->pos;
        } else if (c == SEPARATES) {
            if (last == 0)
                continue;
            size_t on = cp == '-' || cp == 0x2010 ? broken_word(s, s->pos) : 0;
            if (on == 0 || last <= '9')
                break;
            s->pos = on;
        } else if (c == MARK && last != 0) {
            uint32_t whole = composed(last, cp);
            h = whole != last ? add_letter(before, whole) : h;
            last = whole;
            end = s->pos;
        }
    }
    ret->end = (uint32_t)end;
    ret->hash = (uint32_t)(h >> 32);
    return last != 0;
}

void
dz_text_words_split(struct dz_text_words *w, struct dz_view text)
{
    struct scan s = {(const unsigned char *)text.p, text.n, 0};
    need_table();
    w->n = 0;
    for (;;) {
        if (w->n == w->cap)
            w->items = dz_grow(w->items, &w->cap, w->n + 1, sizeof *w->items);
        if (!next_word(&s, &w->items[w->n]))
            break;
        w->n++;
    }
}

void
dz_text_words_done(struct dz_text_words *w)
{
    dz_free(w->items);
    *w = (struct dz_text_words){0};
}

/* ---- shingles ---- */

#define ROLL 0xD6E8FEB86659FD93u                /* odd */
#define ROLL_5 (ROLL * ROLL * ROLL * ROLL * ROLL) /* modulo 2^64: what the sixth word back has */

/* The upper half decides which shingle is kept, the lower half is what is kept: the smallest of
 * several are no longer spread evenly. */
static inline uint64_t
mixed(uint64_t h)
{
    h = (h ^ h >> 32) * 0xE9846AF9B1A615DDu;
    h = (h ^ h >> 29) * 0xBF58476D1CE4E5B9u;
    return h ^ h >> 32;
}

uint32_t
dz_shingle_hash(const struct dz_text_word *first)
{
    uint64_t h = 0;
    for (size_t i = 0; i < DZ_SHINGLE_WORDS; i++)
        h = h * ROLL + first[i].hash;
    return (uint32_t)mixed(h);
}

struct winnow {
    struct dz_sketch *sketch;
    uint64_t window[DZ_SKETCH_WINDOW];
    size_t n; /* shingles so far */
    uint64_t least;
    size_t least_at;
};

static inline void
keep(struct winnow *w)
{
    struct dz_sketch *s = w->sketch;
    if (s->n == s->cap)
        s->hashes = dz_grow(s->hashes, &s->cap, s->n + 1, sizeof *s->hashes);
    s->hashes[s->n++] = (uint32_t)w->least;
}

/* Of equal ones the last counts, so that a text that repeats itself keeps few. */
static inline void
add_shingle(struct winnow *w, uint64_t shingle)
{
    size_t at = w->n++;
    bool full = w->n >= DZ_SKETCH_WINDOW;
    w->window[at % DZ_SKETCH_WINDOW] = shingle;
    if (at == 0 || shingle >> 32 <= w->least >> 32) {
        w->least = shingle;
        w->least_at = at;
        if (full)
            keep(w);
        return;
    }
    if (at - w->least_at >= DZ_SKETCH_WINDOW) {
        w->least = shingle;
        w->least_at = at;
        for (size_t i = at - 1; i + DZ_SKETCH_WINDOW > at; i--) {
            if (w->window[i % DZ_SKETCH_WINDOW] >> 32 < w->least >> 32) {
                w->least = w->window[i % DZ_SKETCH_WINDOW];
                w->least_at = i;
            }
        }
        keep(w);
    } else if (w->n == DZ_SKETCH_WINDOW) {
        keep(w);
    }
}

/* Four passes over one byte each; sketches are short, and this is done for each of them. */
static void
sort_hashes(struct dz_sketch *s)
{
    uint32_t small[1024];
    uint32_t *other = s->n <= 1024 ? small : dz_alloc_array(s->n, sizeof *other);
    uint32_t *from = s->hashes, *to = other;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        uint32_t at[257] = {0};
        for (size_t i = 0; i < s->n; i++)
            at[(from[i] >> shift & 0xFF) + 1]++;
        for (size_t i = 0; i < 256; i++)
            at[i + 1] += at[i];
        for (size_t i = 0; i < s->n; i++)
            to[at[from[i] >> shift & 0xFF]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (other != small)
        dz_free(other);
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        if (n == 0 || s->hashes[n - 1] != s->hashes[i])
            s->hashes[n++] = s->hashes[i];
    s->n = n;
}

void
dz_sketch_make(struct dz_sketch *s, struct dz_view text)
{
    struct scan scan = {(const unsigned char *)text.p, text.n, 0};
    struct winnow w = {.sketch = s};
    struct dz_text_word word;
    uint32_t last[8] = {0}; /* hashes of the words before */
    uint64_t h = 0;
    need_table();
    s->n = 0;
    size_t n = 0;
    for (; next_word(&scan, &word); n++) {
        h = h * ROLL + word.hash;
        if (n >= DZ_SHINGLE_WORDS)
            h -= ROLL_5 * last[(n - DZ_SHINGLE_WORDS) % 8];
        last[n % 8] = word.hash;
        if (n + 1 >= DZ_SHINGLE_WORDS)
            add_shingle(&w, mixed(h));
    }
    if (w.n > 0 && w.n < DZ_SKETCH_WINDOW)
        keep(&w);
    s->n_words = n;
    if (s->n > 0)
        sort_hashes(s);
}

void
dz_sketch_done(struct dz_sketch *s)
{
    dz_free(s->hashes);
    *s = (struct dz_sketch){0};
}
