#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "dz_mem.h"
#include "dz_passage.h"

/* What may be meant by words that do not stand in a text as they are.
 *
 * Words and text are loosened: lower case, ё as е, one apostrophe, one kind of quotation mark, and
 * no white space, hyphens, dashes, stress marks and invisible characters at all. A quote with at
 * most k other letters has at least one of k + 1 pieces unchanged (each letter spoils one piece).
 * So the pieces are looked for by a rolling hash, and around each hit the letters are aligned
 * within
 * a narrow band. */

#define QUOTE_MAX 20000 /* letters of a quote that is looked for */
#define EDITS_MAX 64
#define PIECES_MAX (EDITS_MAX + 1)
#define PIECE_MAX 16          /* letters of a piece that are hashed */
#define CELLS_MAX (48u << 20) /* of alignments in all; hostile texts hit everywhere */
#define HITS_MAX 200000       /* alignments in all */
#define HASH_BASE 0x9E3779B97F4A7C15u

/* One loosened letter and the bytes that it stands for. */
struct letter {
    uint32_t cp;
    size_t from;
    size_t to;
};

/* ---- loosening ---- */

static bool
is_dropped(uint32_t cp)
{
    if (cp < 0x80)
        return cp <= ' ' || cp == '-' || cp == 0x7F;
    return cp == 0xAD || (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x2010 && cp <= 0x2015) ||
           cp == 0x2060 || cp == 0x2212 || cp == 0xFEFF || (cp >= 0x0300 && cp <= 0x036F) ||
           u_isUWhiteSpace((UChar32)cp);
}

static uint32_t
loosen(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp == '`' ? '\'' : cp;
    if (cp == 0x2019 || cp == 0x2018 || cp == 0x02BC || cp == 0x02B9 || cp == 0x2032)
        return '\'';
    if (cp == 0xAB || cp == 0xBB || (cp >= 0x201C && cp <= 0x201F))
        return '"';
    cp = (uint32_t)u_tolower((UChar32)cp);
    return cp == 0x0451 ? 0x0435 : cp;
}

/* й and ї may be written in two parts. */
static uint32_t
compose(uint32_t cp, struct dz_view text, size_t *pos)
{
    for (;;) {
        size_t next = *pos;
        uint32_t mark = next < text.n ? dz_utf8_next(text, &next) : 0;
        if (mark < 0x0300 || mark > 0x036F)
            return cp;
        *pos = next;
        UErrorCode status = U_ZERO_ERROR;
        const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
        UChar32 both = U_SUCCESS(status) ? unorm2_composePair(nfc, (UChar32)cp, (UChar32)mark) : -1;
        if (both >= 0)
            cp = (uint32_t)both;
    }
}

static bool
next_letter(struct dz_view text, size_t *pos, struct letter *ret)
{
    while (*pos < text.n) {
        size_t from = *pos;
        uint32_t cp = dz_utf8_next(text, pos);
        if (is_dropped(cp))
            continue;
        cp = compose(cp, text, pos);
        *ret = (struct letter){loosen(cp), from, *pos};
        return true;
    }
    return false;
}

/* At most max letters from a byte on. */
static size_t
take_letters(struct dz_view text, size_t pos, struct letter *out, size_t max)
{
    size_t n = 0;
    while (n < max && next_letter(text, &pos, &out[n]))
        n++;
    return n;
}

/* ---- aligning ---- */

struct near {
    const struct dz_quote *q;
    const struct dz_utf8_map *map;
    struct letter *pattern;
    size_t n_pattern;
    unsigned edits; /* allowed */
    struct letter *window;
    uint32_t *cost; /* two rows of the band */
    uint32_t *begin;
    uint64_t cells; /* filled so far */
    size_t n_hits;
    struct dz_quote_place *places;
    size_t n;
};

struct alignment {
    unsigned edits;
    size_t begin; /* letters of the window */
    size_t end;
};

/* The cheapest way to write the pattern with letters of the window that begin among its first
 * 2 * edits + 1. Row i holds, for each d, the cost of i letters of the pattern against a stretch
 * that
 * ends at letter i + d of the window. */
static struct alignment
align(struct near *s, size_t n_window)
{
    size_t width = 2 * (size_t)s->edits + 1;
    uint32_t *cost = s->cost, *begin = s->begin;
    uint32_t far = s->edits + 1;
    s->cells += width * s->n_pattern;
    for (size_t d = 0; d < width; d++) {
        cost[d] = d <= n_window ? 0 : far;
        begin[d] = (uint32_t)d;
    }
    for (size_t i = 1; i <= s->n_pattern; i++) {
        for (size_t d = 0; d < width; d++) {
            size_t at = i + d; /* letters of the window used */
            bool is_there = at <= n_window;
            uint32_t best =
                is_there ? cost[d] + (s->window[at - 1].cp != s->pattern[i - 1].cp) : far;
            uint32_t from = begin[d];
            if (d + 1 < width && cost[d + 1] + 1 < best) {
                best = cost[d + 1] + 1;
                from = begin[d + 1];
            }
            if (d > 0 && is_there && cost[d - 1] + 1 < best) {
                best = cost[d - 1] + 1;
                from = begin[d - 1];
            }
            cost[d] = best < far ? best : far;
            begin[d] = from;
        }
    }
    struct alignment a = {.edits = far};
    for (size_t d = 0; d < width; d++)
        if (cost[d] < a.edits)
            a = (struct alignment){cost[d], begin[d], s->n_pattern + d};
    return a;
}

static size_t
distance(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

static bool
is_better(const struct near *s, const struct dz_quote_place *a, const struct dz_quote_place *b)
{
    if (a->edits != b->edits)
        return a->edits < b->edits;
    return distance(a->start, s->q->start) < distance(b->start, s->q->start);
}

/* Of places that overlap, the better one. */
static void
keep_place(struct near *s, const struct dz_quote_place *place)
{
    size_t k = 0;
    for (size_t i = 0; i < s->n; i++) {
        bool overlaps = s->places[i].from < place->to && place->from < s->places[i].to;
        if (overlaps && !is_better(s, place, &s->places[i]))
            return;
        if (!overlaps)
            s->places[k++] = s->places[i];
    }
    s->n = k;
    if (s->n == DZ_PLACES_MAX && !is_better(s, place, &s->places[s->n - 1]))
        return;
    size_t at = s->n == DZ_PLACES_MAX ? s->n - 1 : s->n++;
    for (; at > 0 && is_better(s, place, &s->places[at - 1]); at--)
        s->places[at] = s->places[at - 1];
    s->places[at] = *place;
}

static void
try_window(struct near *s, size_t window_byte)
{
    size_t n =
        take_letters(s->map->text, window_byte, s->window, s->n_pattern + 2 * (size_t)s->edits + 1);
    struct alignment a = align(s, n);
    if (a.edits > s->edits || a.end <= a.begin || a.end > n)
        return;
    struct dz_quote_place place = {
        .from = s->window[a.begin].from, .to = s->window[a.end - 1].to, .edits = a.edits};
    place.start = dz_utf8_map_cp(s->map, place.from);
    place.end = dz_utf8_map_cp(s->map, place.to);
    keep_place(s, &place);
}

/* ---- pieces ---- */

struct piece {
    uint64_t hash;
    size_t at; /* letters of the pattern before it */
};
struct pieces {
    struct piece items[PIECES_MAX];
    size_t n;
    size_t length;
    uint64_t top;        /* HASH_BASE to the power length - 1 */
    uint64_t filter[64]; /* bits of the hashes that are wanted */
};

static unsigned
filter_bit(uint64_t hash)
{
    return (unsigned)(hash >> 52);
}

static void
cut_pieces(const struct near *s, struct pieces *p)
{
    *p = (struct pieces){.n = s->edits + 1, .top = 1};
    size_t stride = s->n_pattern / p->n;
    p->length = stride < PIECE_MAX ? stride : PIECE_MAX;
    for (size_t i = 1; i < p->length; i++)
        p->top *= HASH_BASE;
    for (size_t i = 0; i < p->n; i++) {
        struct piece *one = &p->items[i];
        one->at = i * stride;
        for (size_t k = 0; k < p->length; k++)
            one->hash = one->hash * HASH_BASE + s->pattern[one->at + k].cp;
        unsigned bit = filter_bit(one->hash);
        p->filter[bit / 64] |= (uint64_t)1 << bit % 64;
    }
}

/* Where the last letters of the text began, so that a hit finds the beginning of its window. */
struct trail {
    size_t *bytes;
    uint32_t *cps;
    size_t size;
};

static void
hits_at(struct near *s, const struct pieces *p, const struct trail *t, uint64_t hash, size_t first,
        size_t *last_window)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->items[i].hash != hash)
            continue;
        size_t back = p->items[i].at + s->edits;
        size_t window = first > back ? first - back : 0;
        /* Pieces of one place lead to nearly the same window: it is looked at once. */
        if (*last_window != SIZE_MAX && distance(window, *last_window) == 0)
            continue;
        if (s->cells > CELLS_MAX || ++s->n_hits > HITS_MAX)
            return;
        *last_window = window;
        try_window(s, t->bytes[window % t->size]);
    }
}

static void
scan(struct near *s, const struct pieces *p, const struct trail *t)
{
    struct letter l;
    uint64_t hash = 0;
    size_t n = 0, pos = 0, last_window = SIZE_MAX;
    while (s->cells <= CELLS_MAX && s->n_hits <= HITS_MAX && next_letter(s->map->text, &pos, &l)) {
        if (n >= p->length)
            hash -= p->top * t->cps[(n - p->length) % t->size];
        hash = hash * HASH_BASE + l.cp;
        t->cps[n % t->size] = l.cp;
        t->bytes[n % t->size] = l.from;
        n++;
        unsigned bit = filter_bit(hash);
        if (n >= p->length && (p->filter[bit / 64] >> bit % 64 & 1) != 0)
            hits_at(s, p, t, hash, n - p->length, &last_window);
    }
}

/* One letter in ten may differ, none in very short words: they would mean everything. */
static unsigned
allowed(size_t n_letters)
{
    if (n_letters < 6)
        return 0;
    size_t edits = n_letters < 20 ? 1 : n_letters / 10;
    return edits < EDITS_MAX ? (unsigned)edits : EDITS_MAX;
}

size_t
dz_quote_near(const struct dz_quote *q, const struct dz_utf8_map *map,
              struct dz_quote_place *places)
{
    DZ_AUTO_FREE struct letter *pattern = dz_alloc_array(QUOTE_MAX, sizeof *pattern);
    struct near s = {.q = q, .map = map, .pattern = pattern, .places = places};
    s.n_pattern = take_letters(q->exact, 0, pattern, QUOTE_MAX);
    if (s.n_pattern < 2)
        return 0;
    s.edits = allowed(s.n_pattern);
    size_t width = 2 * (size_t)s.edits + 1;
    struct pieces p;
    cut_pieces(&s, &p);
    struct trail t = {.size = s.n_pattern + width + PIECE_MAX};
    DZ_AUTO_FREE size_t *bytes = t.bytes = dz_alloc_array(t.size, sizeof *bytes);
    DZ_AUTO_FREE uint32_t *cps = t.cps = dz_alloc_array(t.size, sizeof *cps);
    DZ_AUTO_FREE struct letter *window = dz_alloc_array(s.n_pattern + width, sizeof *window);
    DZ_AUTO_FREE uint32_t *cost = dz_alloc_array(width, sizeof *cost);
    DZ_AUTO_FREE uint32_t *begin = dz_alloc_array(width, sizeof *begin);
    s.window = window;
    s.cost = cost;
    s.begin = begin;
    scan(&s, &p, &t);
    for (size_t i = 0; i < s.n; i++)
        places[i].agrees = 0;
    return s.n;
}
