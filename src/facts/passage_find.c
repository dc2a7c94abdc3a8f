#include <string.h>

#include <unicode/uchar.h>

#include "dz_mem.h"
#include "dz_passage.h"

/* Looking for the exact words of a passage in another version of its text. */

static const char *const state_names[] = {"same", "moved", "orphan", "unknown"};

const char *
dz_passage_state_name(enum dz_passage_state state)
{
    return state_names[state];
}

enum dz_passage_state
dz_passage_state_of(const char *name)
{
    for (size_t i = 0; name && i < DZ_PASSAGE_UNKNOWN; i++)
        if (strcmp(state_names[i], name) == 0)
            return (enum dz_passage_state)i;
    return DZ_PASSAGE_UNKNOWN;
}

/* ---- context ---- */

static bool
is_space(uint32_t cp)
{
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || (cp >= 0x80 && u_isUWhiteSpace((UChar32)cp));
}

/* The character that ends before *pos, moving back; 0 at the beginning. */
static uint32_t
step_back(struct dz_view text, size_t *pos)
{
    if (*pos == 0)
        return 0;
    size_t at = *pos - 1;
    while (at > 0 && ((unsigned char)text.p[at] & 0xc0) == 0x80)
        at--;
    *pos = at;
    return dz_utf8_next(text, &at);
}

static uint32_t
step_on(struct dz_view text, size_t *pos)
{
    return *pos < text.n ? dz_utf8_next(text, pos) : 0;
}

typedef uint32_t
step_fn(struct dz_view text, size_t *pos);

#define SPACES_MAX 128 /* longer stretches of white space are not one gap between words */

/* Moves over white space and counts it. */
static unsigned
skip_spaces(struct dz_view text, size_t *pos, step_fn *step)
{
    unsigned count = 0;
    for (; count < SPACES_MAX; count++) {
        size_t at = *pos;
        uint32_t cp = step(text, &at);
        if (cp == 0 || !is_space(cp))
            break;
        *pos = at;
    }
    return count;
}

/* How many characters of one context stand at a place of the text too, from the quote outwards. A
 * context shorter than usual reached the edge of its text: where that is so again, all agrees. */
static unsigned
agreement(struct dz_view context, size_t at, struct dz_view text, size_t pos, step_fn *step)
{
    unsigned n = 0;
    unsigned length = (unsigned)dz_utf8_length(context);
    size_t edge = step == step_back ? 0 : context.n;
    size_t text_edge = step == step_back ? 0 : text.n;
    while (at != edge) {
        unsigned here = skip_spaces(context, &at, step), there = skip_spaces(text, &pos, step);
        if ((here > 0) != (there > 0))
            return n;
        n += here;
        if (at == edge)
            break;
        size_t next = at, text_next = pos;
        if (pos == text_edge || step(context, &next) != step(text, &text_next))
            return n;
        at = next;
        pos = text_next;
        n++;
    }
    return length < DZ_FACT_CONTEXT && pos == text_edge ? DZ_FACT_CONTEXT : n;
}

static unsigned
agrees_at(const struct dz_quote *q, struct dz_view text, size_t from, size_t to)
{
    return agreement(q->prefix, q->prefix.n, text, from, step_back) +
           agreement(q->suffix, 0, text, to, step_on);
}

/* ---- the place it had ---- */

static bool
stands_at(struct dz_view text, size_t at, struct dz_view what)
{
    return at <= text.n && what.n <= text.n - at &&
           (what.n == 0 || memcmp(text.p + at, what.p, what.n) == 0);
}

/* A prefix that is empty says that the text began with the quote; then it has to stand at 0, which
 * the place says already. */
static bool
is_same(const struct dz_quote *q, const struct dz_utf8_map *map)
{
    if (q->exact.n == 0 || q->start > map->length_cp)
        return false;
    size_t from = dz_utf8_map_byte(map, q->start);
    return stands_at(map->text, from, q->exact) && q->prefix.n <= from &&
           stands_at(map->text, from - q->prefix.n, q->prefix) &&
           stands_at(map->text, from + q->exact.n, q->suffix);
}

/* ---- everywhere else ---- */

struct search {
    const struct dz_quote *q;
    const struct dz_utf8_map *map;
    struct dz_quote_found *found;
    size_t n_exact; /* code points */
    size_t byte;    /* where the last occurrence began, and its code point */
    size_t cp;
};

static size_t
distance(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

/* Whether a is the better of two places. */
static bool
is_better(const struct dz_quote *q, const struct dz_quote_place *a, const struct dz_quote_place *b)
{
    if (a->agrees != b->agrees)
        return a->agrees > b->agrees;
    return distance(a->start, q->start) < distance(b->start, q->start);
}

static void
keep_place(struct search *s, const struct dz_quote_place *place)
{
    struct dz_quote_found *f = s->found;
    size_t at = f->n;
    f->n_all++;
    if (at == DZ_PLACES_MAX && !is_better(s->q, place, &f->places[at - 1]))
        return;
    at = at == DZ_PLACES_MAX ? at - 1 : f->n++;
    for (; at > 0 && is_better(s->q, place, &f->places[at - 1]); at--)
        f->places[at] = f->places[at - 1];
    f->places[at] = *place;
}

static void
note(struct search *s, size_t from)
{
    struct dz_quote_place place = {.from = from, .to = from + s->q->exact.n};
    s->cp += dz_utf8_length((struct dz_view){s->map->text.p + s->byte, from - s->byte});
    s->byte = from;
    place.start = s->cp;
    place.end = s->cp + s->n_exact;
    place.agrees = agrees_at(s->q, s->map->text, from, place.to);
    keep_place(s, &place);
}

/* Knuth, Morris and Pratt: of each beginning of the words, how much of it is also its end. Texts of
 * one repeated letter take no longer than others. */
static uint32_t *
make_borders(struct dz_view what)
{
    uint32_t *borders = dz_alloc_array(what.n, sizeof *borders);
    size_t k = 0;
    for (size_t i = 1; i < what.n; i++) {
        while (k > 0 && what.p[i] != what.p[k])
            k = borders[k - 1];
        k += what.p[i] == what.p[k];
        borders[i] = (uint32_t)k;
    }
    return borders;
}

/* Every place where the words stand, overlapping ones too; or only the first of them. */
static void
find_all(struct search *s, bool only_first)
{
    struct dz_view text = s->map->text, what = s->q->exact;
    if (what.n == 0 || what.n > text.n || what.n > UINT32_MAX)
        return;
    DZ_AUTO_FREE uint32_t *borders = make_borders(what);
    size_t k = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (k == 0) {
            const char *next = memchr(text.p + i, what.p[0], text.n - i);
            if (!next)
                return;
            i = (size_t)(next - text.p);
        }
        while (k > 0 && text.p[i] != what.p[k])
            k = borders[k - 1];
        k += text.p[i] == what.p[k];
        if (k < what.n)
            continue;
        note(s, i + 1 - what.n);
        if (only_first)
            return;
        k = borders[k - 1];
    }
}

void
dz_quote_find(const struct dz_quote *q, const struct dz_utf8_map *map, struct dz_quote_found *ret)
{
    *ret = (struct dz_quote_found){.state = DZ_PASSAGE_ORPHAN};
    struct search s = {q, map, ret, .n_exact = dz_utf8_length(q->exact)};
    if (is_same(q, map)) {
        note(&s, dz_utf8_map_byte(map, q->start));
        ret->state = DZ_PASSAGE_SAME;
        ret->is_clear = true;
        return;
    }
    find_all(&s, false);
    if (ret->n > 0) {
        ret->state = DZ_PASSAGE_MOVED;
        ret->is_clear = ret->n == 1 || ret->places[0].agrees > ret->places[1].agrees;
        return;
    }
    ret->n = ret->n_all = dz_quote_near(q, map, ret->places);
}

enum dz_passage_state
dz_quote_state(const struct dz_quote *q, const struct dz_utf8_map *map)
{
    struct dz_quote_found found = {0};
    struct search s = {q, map, &found, .n_exact = dz_utf8_length(q->exact)};
    if (is_same(q, map))
        return DZ_PASSAGE_SAME;
    find_all(&s, true);
    return found.n > 0 ? DZ_PASSAGE_MOVED : DZ_PASSAGE_ORPHAN;
}
