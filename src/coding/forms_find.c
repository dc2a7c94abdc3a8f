#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#include "dz_lemma.h"
#include "dz_mem.h"
#include "dz_forms_priv.h"

/* Names in running text. The text is cut into words more than once where that is not sure (a line
 * that ends inside a word, letters with spaces between them, words run together), each word is
 * looked up, and words of one name beside each other are put together. Only what lies near is ever
 * looked at, so a long text is read in pieces that overlap. */

#define PIECE ((size_t)64 << 10) /* bytes */
#define OVERLAP ((size_t)1024)   /* what a name may need */
#define GAP_MAX 24               /* bytes between two words of a name */

struct word {
    uint32_t start; /* bytes, in the piece */
    uint32_t end;
    uint32_t first; /* numbers of the plain words that it is made of */
    uint32_t last;
    uint8_t letters;
    bool capital;
    bool inner_capital; /* written togetherLikeThis */
    bool extra;         /* another way to cut */
    uint8_t before;     /* what stands in front, enum gap */
    char initial;       /* class of the first sound of a word of one or two letters, or 0 */
};

/* What stands between two words. */
enum gap {
    GAP_NONE,
    GAP_SPACE,
    GAP_SPACES, /* wider */
    GAP_LINE,
    GAP_HYPHEN,
    GAP_WRAP, /* a hyphen at the end of a line */
    GAP_SIGN, /* comma, full stop, bracket, underscore, slash ... */
    GAP_END   /* of a sentence or what else parts */
};

struct found {
    uint32_t start;
    uint32_t end;
    uint32_t first;
    uint32_t last;
    uint32_t person;
    uint16_t slot;
    uint8_t kind;
    bool over; /* dearer than what may stand alone */
    bool exact; /* nothing differs */
    bool capital;
    bool everyday; /* also a word of the language */
    bool joined;   /* part of something surer */
    uint8_t strength;
};

struct finder {
    const struct dz_forms *names;
    struct dz_view text; /* the piece */
    struct word *words;
    size_t n;
    size_t cap;
    struct found *found;
    size_t n_found;
    size_t cap_found;
};

/* ---- words ---- */

static bool
is_apostrophe(uint32_t cp)
{
    return cp == '\'' || cp == '`' || cp == '"' || cp == '*' || (cp >= 0x2018 && cp <= 0x201D) ||
           cp == 0x02BC || cp == 0x02B9 || cp == 0x02BA || cp == 0x2032 || cp == 0x00B4;
}

/* Is it a sign inside a word: Лук'яненко, Лук"яненко? 's ends a word in English. */
static bool
goes_on(struct dz_view text, size_t at, uint32_t cp, const struct dz_letters *l)
{
    if (!is_apostrophe(cp) || l->n == 0)
        return false;
    bool single = cp != '"' && cp != '*' && (cp < 0x201A || cp > 0x201D);
    uint32_t next = dz_utf8_next(text, &at);
    if (next == 0 || !u_isalpha((UChar32)next))
        return false;
    uint32_t behind = dz_utf8_next(text, &at);
    if (single && l->cp[l->n - 1] < 0x80 && (next | 32) == 's' && !u_isalpha((UChar32)behind))
        return false;
    uint32_t low = (uint32_t)u_tolower((UChar32)next);
    return single || low == 0x044F || low == 0x044E || low == 0x0454 || low == 0x0457;
}

static enum gap
gap_of(uint32_t cp, enum gap so_far)
{
    if (so_far == GAP_END)
        return GAP_END;
    switch (cp) {
    case '\n':
    case 0x2028:
        return so_far == GAP_HYPHEN || so_far == GAP_WRAP ? GAP_WRAP
               : so_far == GAP_LINE                       ? GAP_END
               : so_far == GAP_SIGN                       ? GAP_SIGN
                                                          : GAP_LINE;
    case '\r':
        return so_far;
    case '-':
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2212:
        return so_far == GAP_NONE ? GAP_HYPHEN : so_far == GAP_SPACE ? GAP_SIGN : so_far;
    case ',':
    case '.':
    case '(':
    case ')':
    case '_':
    case '/':
    case '+':
    case '@':
    case '<':
    case '>':
    case '|':
    case '\t':
        return GAP_SIGN;
    default:
        break;
    }
    if (is_apostrophe(cp) || cp == 0x00AB || cp == 0x00BB)
        return GAP_SIGN;
    if (u_isUWhiteSpace((UChar32)cp))
        return so_far == GAP_NONE                             ? GAP_SPACE
               : so_far == GAP_SPACE || so_far == GAP_SPACES ? GAP_SPACES
                                                             : so_far;
    return GAP_END;
}

/* The sounds that a word of one or two letters can begin with are enough for an initial. */
static void
put_word(struct finder *f, struct word w, const struct dz_letters *l)
{
    w.letters = (uint8_t)l->n;
    f->words = dz_grow(f->words, &f->cap, f->n + 1, sizeof *f->words);
    f->words[f->n++] = w;
}

static void
letters_of(struct dz_view text, size_t start, size_t end, struct dz_letters *l)
{
    *l = (struct dz_letters){0};
    while (start < end)
        (void)dz_letters_put(l, dz_utf8_next(text, &start));
}

static void
cut(struct finder *f)
{
    struct dz_letters l = {0};
    struct word w = {0};
    enum gap gap = GAP_END;
    uint32_t number = 0;
    bool low = false;
    for (size_t at = 0, here = 0; here <= f->text.n; here = at) {
        uint32_t cp = at < f->text.n ? dz_utf8_next(f->text, &at) : 0;
        size_t before = l.n;
        if (here < f->text.n && (goes_on(f->text, at, cp, &l) || dz_letters_put(&l, cp))) {
            bool upper = l.n > before && u_isupper((UChar32)cp);
            if (before == 0 && l.n > 0) {
                w = (struct word){
                    .start = (uint32_t)here, .capital = upper, .before = (uint8_t)gap};
                low = false;
            }
            w.inner_capital = w.inner_capital || (upper && low);
            low = l.n > before ? !upper : low;
            continue;
        }
        if (l.n > 0) {
            w.end = (uint32_t)here;
            w.first = w.last = number++;
            put_word(f, w, &l);
            l.n = 0;
            gap = GAP_NONE;
        }
        if (here >= f->text.n)
            break;
        gap = gap_of(cp, gap);
    }
}

/* ---- other ways to cut ---- */

static void
join(struct finder *f, size_t from, size_t to)
{
    struct word w = f->words[from];
    w.end = f->words[to].end;
    w.last = f->words[to].last;
    w.extra = true;
    struct dz_letters l;
    letters_of(f->text, w.start, w.end, &l);
    put_word(f, w, &l);
}

/* IvanenkoOlena: cut before a capital that follows a small letter. */
static void
cut_inside(struct finder *f, size_t ix)
{
    struct word whole = f->words[ix], part = whole;
    bool low = false;
    for (size_t at = whole.start, here = at; here <= whole.end; here = at) {
        uint32_t cp = here < whole.end ? dz_utf8_next(f->text, &at) : 0;
        bool upper = cp != 0 && u_isupper((UChar32)cp);
        if (here == whole.end || (upper && low)) {
            struct dz_letters l;
            part.end = (uint32_t)here;
            part.extra = part.capital = true;
            letters_of(f->text, part.start, part.end, &l);
            if (l.n >= 3)
                put_word(f, part, &l);
            part.start = (uint32_t)here;
            part.before = GAP_SIGN;
        }
        if (here == whole.end)
            break;
        low = cp != 0 && u_islower((UChar32)cp);
    }
}

/* І в а н е н к о: at least four letters with a space between each. */
static size_t
join_spaced(struct finder *f, size_t from, size_t n)
{
    size_t to = from;
    while (to + 1 < n && f->words[to + 1].letters == 1 && f->words[to + 1].before == GAP_SPACE)
        to++;
    if (to - from >= 3)
        join(f, from, to);
    return to;
}

static void
cut_otherwise(struct finder *f)
{
    size_t n = f->n;
    for (size_t i = 0; i < n; i++) {
        if (f->words[i].inner_capital && f->words[i].letters >= 6)
            cut_inside(f, i);
        if (i + 1 < n && !f->words[i + 1].capital && f->words[i + 1].letters > 1 &&
            f->words[i].letters > 1 &&
            (f->words[i + 1].before == GAP_WRAP || f->words[i + 1].before == GAP_LINE))
            join(f, i, i + 1);
        if (f->words[i].letters == 1)
            i = join_spaced(f, i, n);
    }
}

/* ---- looking up ---- */

static bool
is_everyday(struct dz_view word)
{
    DZ_AUTO_BUF struct dz_buf fold = DZ_BUF(1024);
    dz_text_fold(word, &fold);
    if (fold.failed || fold.n == 0 || (unsigned char)fold.p[0] < 0x80)
        return false;
    static const enum dz_text_lang langs[] = {DZ_TEXT_UK, DZ_TEXT_RU};
    for (size_t i = 0; i < 2; i++) {
        struct dz_lemmas l;
        dz_lemmas_of(dz_buf_view(&fold), langs[i], &l);
        if (l.known && !l.name)
            return true;
    }
    return false;
}

static void
add_found(struct finder *f, const struct word *w, const struct dz_stem_hit *hit, bool everyday)
{
    const struct dz_stem *s = hit->stem;
    for (size_t i = 0; i < s->n_owners; i++) {
        f->found = dz_grow(f->found, &f->cap_found, f->n_found + 1, sizeof *f->found);
        f->found[f->n_found++] =
            (struct found){.start = w->start,
                           .end = w->end,
                           .first = w->first,
                           .last = w->last,
                           .person = s->owners[i].person,
                           .slot = s->owners[i].slot,
                           .kind = s->kind,
                           .capital = w->capital,
                           .everyday = everyday,
                           .over = hit->cost > hit->limit || (w->extra && hit->cost > 0),
                           .exact = hit->cost == 0};
    }
}

/* "she", "для" */
static bool
is_small_word(const struct finder *f, const struct word *w)
{
    return w->letters < 6 && dz_text_function_word_is(
                                 (struct dz_view){f->text.p + w->start, w->end - w->start});
}

static void
look_up(struct finder *f)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct word *w = &f->words[i];
        struct dz_stem_hit hits[DZ_STEM_HITS];
        struct dz_letters l;
        if (w->letters < 2)
            continue;
        letters_of(f->text, w->start, w->end, &l);
        if (!w->capital && (w->letters < 3 || is_small_word(f, w)))
            continue;
        size_t n = dz_forms_look_up(f->names, &l, hits);
        bool everyday =
            n > 0 && is_everyday((struct dz_view){f->text.p + w->start, w->end - w->start});
        for (size_t k = 0; k < n; k++)
            add_found(f, w, &hits[k], everyday);
    }
}

/* ---- putting together ---- */

static int
by_person(const void *pa, const void *pb)
{
    const struct found *a = pa, *b = pb;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->kind < b->kind ? -1 : a->kind > b->kind;
}

static int
by_start(const void *pa, const void *pb)
{
    const struct found *a = pa, *b = pb;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    return a->kind < b->kind ? -1 : a->kind > b->kind;
}

/* The plain word with that number: they stand first, in order. */
static const struct word *
plain(const struct finder *f, uint32_t number)
{
    return number < f->n && f->words[number].first == number && !f->words[number].extra
               ? &f->words[number]
               : NULL;
}

/* May these be words of one name? At most one more stands between them: a patronymic, an initial,
 * a short form in brackets. */
static bool
are_near(const struct finder *f, const struct found *a, const struct found *b)
{
    if (b->start < a->end)
        return false;
    if (b->first == a->last) /* cut inside one word */
        return true;
    if (b->first < a->last || b->first - a->last > 2)
        return false;
    for (uint32_t k = a->last + 1; k <= b->first; k++) {
        const struct word *w = plain(f, k);
        if (w == NULL || w->before == GAP_END || (k < b->first && !w->capital))
            return false;
    }
    return b->first == a->last + 1 ? b->start - a->end <= GAP_MAX
                                   : b->start - a->end <= 3 * GAP_MAX;
}

static bool
make_one_name(const struct found *a, const struct found *b)
{
    bool small = !a->capital && !b->capital;
    if (a->person != b->person || (small && (!a->exact || !b->exact)))
        return false;
    return a->kind != b->kind || (a->slot != b->slot && a->slot / 8 == b->slot / 8);
}

/* Sorted by person, so that a common given name costs no more than it is borne. */
static void
put_together(struct finder *f)
{
    qsort(f->found, f->n_found, sizeof *f->found, by_person);
    for (size_t i = 0; i < f->n_found; i++) {
        struct found *a = &f->found[i];
        for (size_t k = i + 1; k < f->n_found; k++) {
            struct found *b = &f->found[k];
            if (b->person != a->person || b->start > a->end + 3 * GAP_MAX)
                break;
            if (!make_one_name(a, b) || !are_near(f, a, b))
                continue;
            a->joined = b->joined = true;
            a->strength = b->strength = DZ_FORM_FULL;
            /* What stands between them belongs to the name. */
            a->end = b->start > a->end ? b->start : a->end;
        }
    }
}

/* Is this word an initial: one or two letters, the first a capital, with a full stop behind it or
 * an underscore around it? */
static bool
is_initial(const struct finder *f, const struct word *w)
{
    if (w == NULL || w->letters > 2 || !w->capital)
        return false;
    char behind = w->end < f->text.n ? f->text.p[w->end] : ' ';
    return behind == '.' || behind == '_';
}

static bool
is_lone_letter(const struct word *w)
{
    return w != NULL && w->letters == 1 && w->capital;
}

/* Initials on either side belong to a surname, and make it sure. */
static void
take_initials(struct finder *f, struct found *s)
{
    uint32_t before = s->first, behind = s->last;
    for (int i = 0; i < 2 && before > 0; i++) {
        const struct word *w = plain(f, before - 1), *next = plain(f, before);
        if (next == NULL || next->before == GAP_END || next->before == GAP_WRAP ||
            !is_initial(f, w))
            break;
        before--;
        s->start = w->start;
    }
    for (int i = 0; i < 2; i++) {
        const struct word *w = plain(f, behind + 1);
        if (w == NULL || w->before == GAP_END || (!is_initial(f, w) && !is_lone_letter(w)))
            break;
        behind++;
        s->end = w->end;
    }
    if (before != s->first || behind != s->last)
        s->strength = DZ_FORM_FULL;
}

/* ---- telling ---- */

/* What stands alone counts when it is written as a name, or can be nothing else. */
static bool
counts_alone(const struct found *s)
{
    if (s->over || (!s->exact && (!s->capital || s->everyday)))
        return false;
    if (s->kind != DZ_PART_SURNAME)
        return s->capital;
    return s->capital || (!s->everyday && s->end - s->start >= 5);
}

/* Is this word, with a capital, a given name that is known? */
static bool
is_given(const struct finder *f, const struct word *w)
{
    struct dz_letters l;
    if (w == NULL || !w->capital || w->letters < 3)
        return false;
    letters_of(f->text, w->start, w->end, &l);
    return dz_given_groups_have(dz_given_groups(), &l);
}

/* "Сергій Коваль", "Коваль Сергій": the neighbour is none of this person's names, or it would have
 * been put together with the surname. */
static bool
is_of_another(const struct finder *f, const struct found *s)
{
    const struct word *before = s->first > 0 ? plain(f, s->first - 1) : NULL;
    const struct word *own = plain(f, s->first), *behind = plain(f, s->last + 1);
    if (s->strength != DZ_FORM_SURNAME || own == NULL)
        return false;
    return (own->before == GAP_SPACE && is_given(f, before)) ||
           (behind != NULL && behind->before == GAP_SPACE && is_given(f, behind));
}

struct telling {
    dz_form_hit_fn *fn;
    void *ctx;
    size_t offset; /* of the piece */
    size_t from;   /* only what starts in here */
    size_t to;
    enum dz_form_strength least;
};

static void
tell(struct finder *f, const struct telling *t)
{
    for (size_t i = 0; i < f->n_found; i++) {
        struct found *s = &f->found[i];
        if (!s->joined && !counts_alone(s))
            continue;
        if (!s->joined)
            s->strength = s->kind == DZ_PART_SURNAME ? DZ_FORM_SURNAME : DZ_FORM_GIVEN;
        if (s->kind == DZ_PART_SURNAME)
            take_initials(f, s);
        if (s->strength < t->least || s->start < t->from || s->start >= t->to)
            continue;
        /* The same place under another word of the same name is told once. */
        bool twice = false;
        for (size_t k = i; k-- > 0 && f->found[k].start == s->start && !twice;)
            twice = f->found[k].person == s->person && f->found[k].end >= s->end &&
                    f->found[k].strength >= s->strength && f->found[k].strength >= t->least &&
                    (f->found[k].joined || counts_alone(&f->found[k]));
        struct dz_form_hit hit = {.start = t->offset + s->start,
                                  .end = t->offset + s->end,
                                  .person = s->person,
                                  .strength = (enum dz_form_strength)s->strength,
                                  .of_another = !twice && is_of_another(f, s)};
        if (!twice)
            t->fn(t->ctx, &hit);
    }
}

static void
find_in_piece(struct finder *f, const struct telling *t)
{
    f->n = f->n_found = 0;
    cut(f);
    cut_otherwise(f);
    look_up(f);
    if (f->n_found == 0)
        return;
    put_together(f);
    qsort(f->found, f->n_found, sizeof *f->found, by_start);
    tell(f, t);
}

void
dz_forms_find(const struct dz_forms *n, struct dz_view text, enum dz_form_strength least,
              dz_form_hit_fn *fn, void *ctx)
{
    struct finder f = {.names = n};
    for (size_t at = 0; at < text.n && n->n > 0;) {
        size_t end = text.n - at > PIECE ? at + PIECE : text.n;
        size_t from = at > OVERLAP ? at - OVERLAP : 0;
        size_t to = text.n - end > OVERLAP ? end + OVERLAP : text.n;
        while (from > 0 && from < at && ((unsigned char)text.p[from] & 0xC0) == 0x80)
            from++;
        f.text = (struct dz_view){text.p + from, to - from};
        struct telling t = {fn, ctx, from, at - from, end - from, least};
        find_in_piece(&f, &t);
        at = end;
    }
    dz_free(f.words);
    dz_free(f.found);
}
