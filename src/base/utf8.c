#include "dz_utf8.h"

#include <string.h>

#include "dz_mem.h"

#define REPLACEMENT 0xFFFDU
#define ANCHOR_EVERY ((size_t)64) /* characters between two anchors of a map */

/* One step of the decoder: the character at p (n >= 1 bytes there) and its length. For
 * ill-formed input *ok is false and the length is that of the maximal subpart (Unicode 15,
 * section 3.9, table 3-7), which is what one U+FFFD stands for. */
static size_t
step(const uint8_t *p, size_t n, uint32_t *cp, bool *ok)
{
    uint8_t a = p[0];
    *ok = true;
    *cp = a;
    if (a < 0x80)
        return 1;

    *ok = false;
    *cp = REPLACEMENT;
    size_t len;
    uint8_t lo = 0x80; /* the range of the second byte; of the others it is always 80..BF */
    uint8_t hi = 0xBF;
    uint32_t value;
    if (a >= 0xC2 && a <= 0xDF) {
        len = 2;
        value = a & 0x1FU;
    } else if (a >= 0xE0 && a <= 0xEF) {
        len = 3;
        value = a & 0x0FU;
        lo = a == 0xE0 ? 0xA0 : 0x80; /* no overlong forms */
        hi = a == 0xED ? 0x9F : 0xBF; /* no surrogates */
    } else if (a >= 0xF0 && a <= 0xF4) {
        len = 4;
        value = a & 0x07U;
        lo = a == 0xF0 ? 0x90 : 0x80;
        hi = a == 0xF4 ? 0x8F : 0xBF; /* nothing beyond U+10FFFF */
    } else {
        return 1;
    }
    for (size_t i = 1; i < len; i++) {
        if (i >= n || p[i] < lo || p[i] > hi)
            return i;
        value = value << 6 | (p[i] & 0x3FU);
        lo = 0x80;
        hi = 0xBF;
    }
    *ok = true;
    *cp = value;
    return len;
}

static const uint8_t *
bytes_at(struct dz_view text, size_t pos)
{
    return (const uint8_t *)text.p + pos;
}

static bool
is_pair(const uint8_t *p, size_t n)
{
    return n >= 2 && p[0] >= 0xC2 && p[0] <= 0xDF && (p[1] & 0xC0) == 0x80;
}

/* Texts are checked several times on their way, so most of them at sixteen bytes a look, whatever
 * the languages: the bytes that continue a character have to be those that stand behind a byte that
 * begins one of two or three. Left to `step` are characters of four bytes and the two beginnings
 * whose second byte has a range of its own. */
typedef uint8_t v16 __attribute__((vector_size(16)));
#define V16 sizeof(v16)

static v16
v16_at(const uint8_t *p)
{
    v16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

static v16
in_range(v16 v, uint8_t first, uint8_t last)
{
    return (v16)(v - first <= (uint8_t)(last - first));
}

static v16
begins_three(v16 v)
{
    return in_range(v, 0xE1, 0xEF) & (v16)(v != 0xED);
}

/* Two bytes before p are there and end a character, or belong to one that was looked at before. */
static bool
is_usual(const uint8_t *p)
{
    v16 v = v16_at(p);
    v16 before = v16_at(p - 1);
    v16 continues = in_range(v, 0x80, 0xBF);
    v16 expected = in_range(before, 0xC2, 0xDF) | begins_three(before) |
                   begins_three(v16_at(p - 2));
    v16 bad = (continues ^ expected) |
              ~((v16)(v < 0x80) | continues | in_range(v, 0xC2, 0xDF) | begins_three(v));
    uint64_t halves[2];
    memcpy(halves, &bad, sizeof bad);
    return (halves[0] | halves[1]) == 0;
}

/* From pos, where a character begins, to where one ends: as far as such looks reach. */
static size_t
usual_until(struct dz_view text, size_t pos)
{
    size_t end = pos;
    while (text.n - end >= V16 && is_usual(bytes_at(text, end)))
        end += V16;
    /* A character that was begun goes back. */
    if (end > pos && *bytes_at(text, end - 1) >= 0xC2)
        return end - 1;
    return end > pos && *bytes_at(text, end - 2) >= 0xE1 ? end - 2 : end;
}

size_t
dz_utf8_valid_prefix(struct dz_view text)
{
    size_t pos = 0;
    while (pos < text.n) {
        uint32_t cp;
        bool ok;
        size_t len = step(bytes_at(text, pos), text.n - pos, &cp, &ok);
        if (!ok)
            break;
        pos += len;
        if (pos >= 2)
            pos = usual_until(text, pos);
    }
    return pos;
}

enum dz_code
dz_utf8_check(struct dz_view text, struct dz_err *err)
{
    size_t good = dz_utf8_valid_prefix(text);
    if (good == text.n)
        return DZ_OK;
    return dz_fail(err, DZ_E_INPUT, "not UTF-8 at byte %zu", good);
}

size_t
dz_utf8_repair(struct dz_buf *out, struct dz_view text)
{
    size_t replaced = 0;
    size_t from = 0; /* start of the well-formed run not yet copied */
    size_t pos = 0;
    while (pos < text.n) {
        uint32_t cp;
        bool ok;
        size_t len = step(bytes_at(text, pos), text.n - pos, &cp, &ok);
        if (!ok) {
            dz_buf_add(out, text.p + from, pos - from);
            dz_utf8_put(out, REPLACEMENT);
            from = pos + len;
            replaced++;
        }
        pos += len;
    }
    if (pos > from)
        dz_buf_add(out, text.p + from, pos - from);
    return replaced;
}

uint32_t
dz_utf8_next(struct dz_view text, size_t *pos)
{
    if (*pos >= text.n)
        return 0;
    const uint8_t *p = bytes_at(text, *pos);
    if (p[0] < 0x80) {
        *pos += 1;
        return p[0];
    }
    if (is_pair(p, text.n - *pos)) {
        *pos += 2;
        return (p[0] & 0x1FU) << 6 | (p[1] & 0x3FU);
    }
    uint32_t cp;
    bool ok;
    size_t len = step(p, text.n - *pos, &cp, &ok);
    *pos += ok ? len : 1;
    return cp;
}

void
dz_utf8_put(struct dz_buf *out, uint32_t cp)
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        cp = REPLACEMENT;
    uint8_t b[4];
    size_t n;
    if (cp < 0x80) {
        b[0] = (uint8_t)cp;
        n = 1;
    } else if (cp < 0x800) {
        b[0] = (uint8_t)(0xC0 | cp >> 6);
        n = 2;
    } else if (cp < 0x10000) {
        b[0] = (uint8_t)(0xE0 | cp >> 12);
        n = 3;
    } else {
        b[0] = (uint8_t)(0xF0 | cp >> 18);
        n = 4;
    }
    for (size_t i = 1; i < n; i++)
        b[i] = (uint8_t)(0x80 | (cp >> (6 * (n - 1 - i)) & 0x3F));
    dz_buf_add(out, b, n);
}

/* In well-formed text every byte that is not a continuation byte begins a character. */
static bool
begins(struct dz_view text, size_t byte)
{
    return ((uint8_t)text.p[byte] & 0xC0) != 0x80;
}

static size_t
count_between(struct dz_view text, size_t from, size_t to)
{
    size_t n = 0;
    size_t i = from;
    /* Eight at a time: a continuation byte has its highest bit and not the next. */
    for (uint64_t eight; i + sizeof eight <= to; i += sizeof eight) {
        memcpy(&eight, text.p + i, sizeof eight);
        uint64_t inside = eight >> 7 & ~(eight >> 6) & 0x0101010101010101U;
        n += sizeof eight - (size_t)(inside * 0x0101010101010101U >> 56);
    }
    for (; i < to; i++)
        n += begins(text, i) ? 1 : 0;
    return n;
}

/* Byte offset of the character that stands cp characters behind the border `from`. */
static size_t
walk(struct dz_view text, size_t from, size_t cp)
{
    size_t i = from;
    while (i < text.n && cp > 0) {
        i++;
        while (i < text.n && !begins(text, i))
            i++;
        cp--;
    }
    return i;
}

size_t
dz_utf8_length(struct dz_view text)
{
    return count_between(text, 0, text.n);
}

size_t
dz_utf8_byte_of(struct dz_view text, size_t cp)
{
    return walk(text, 0, cp);
}

size_t
dz_utf8_cp_of(struct dz_view text, size_t byte)
{
    return count_between(text, 0, byte < text.n ? byte : text.n);
}

void
dz_utf8_map_init(struct dz_utf8_map *m, struct dz_view text)
{
    *m = (struct dz_utf8_map){.text = text};
    m->length_cp = dz_utf8_length(text);
    m->n_anchors = m->length_cp / ANCHOR_EVERY + 1;
    m->anchors = dz_alloc_array(m->n_anchors, sizeof *m->anchors);
    size_t at = 0;
    for (size_t i = 1; i < m->n_anchors; i++) {
        at = walk(text, at, ANCHOR_EVERY);
        m->anchors[i] = at;
    }
}

void
dz_utf8_map_done(struct dz_utf8_map *m)
{
    if (m == NULL)
        return;
    dz_free(m->anchors);
    *m = (struct dz_utf8_map){0};
}

size_t
dz_utf8_map_cp(const struct dz_utf8_map *m, size_t byte)
{
    if (byte >= m->text.n)
        return m->length_cp;
    /* The last anchor at or before byte; anchors[0] is always 0. */
    size_t lo = 0;
    size_t hi = m->n_anchors;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (m->anchors[mid] <= byte)
            lo = mid;
        else
            hi = mid;
    }
    return lo * ANCHOR_EVERY + count_between(m->text, m->anchors[lo], byte);
}

size_t
dz_utf8_map_byte(const struct dz_utf8_map *m, size_t cp)
{
    if (cp >= m->length_cp)
        return m->text.n;
    size_t i = cp / ANCHOR_EVERY;
    return walk(m->text, m->anchors[i], cp % ANCHOR_EVERY);
}

bool
dz_utf8_is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x2028 || cp == 0x2029 /* line breaks */
           || cp == 0x061C || cp == 0x200E || cp == 0x200F                         /* bidi marks */
           || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);    /* bidi spans */
}

void
dz_utf8_line(struct dz_buf *out, struct dz_view text, size_t max_cp)
{
    size_t pos = 0;
    for (size_t n = 0; pos < text.n; n++) {
        if (n == max_cp) {
            dz_utf8_put(out, 0x2026);
            return;
        }
        uint32_t cp = dz_utf8_next(text, &pos);
        dz_utf8_put(out, dz_utf8_is_control(cp) ? ' ' : cp);
    }
}
