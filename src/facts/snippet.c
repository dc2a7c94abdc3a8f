#include <string.h>

#include "dz_query_priv.h"
#include "dz_utf8.h"

/* Finding the phrases of a query in a text, word by word, with the splitter that the index uses. */

#define SHOWN 240 /* bytes of a snippet, about */
#define BEFORE 60 /* of those before the first found word */

/* A place of a phrase that a term fits; places of the same term are chained. */
struct use {
    uint32_t phrase;
    uint32_t place;
    uint32_t next; /* number of a use plus one; 0: no more */
};
struct wanted {
    struct dz_view term;
    uint32_t first; /* use plus one */
};

struct dz_finder {
    const struct dz_question *q;
    struct wanted *wanted;
    size_t n_wanted, wanted_cap;
    struct use *uses;
    size_t n_uses, uses_cap;
    uint32_t *known; /* by number of a term: 0 not looked up, 1 not wanted, else wanted plus 2 */
    size_t known_cap;
    bool begins; /* some phrase does */
    size_t (*run)[DZ_QUERY_PLACES]; /* by phrase and place: word up to which it fits, plus one */
    size_t (*from)[DZ_QUERY_PLACES]; /* byte where that run began */
    /* of one text */
    size_t word;
    bool is_title;
    struct dz_found *out;
    size_t n, max;
    bool *found;
    size_t n_shown; /* phrases that are to be seen */
    size_t first;   /* occurrence from which as many as ever follow within a snippet */
    bool enough;    /* all of them */
};

static void
want(struct dz_finder *f, struct dz_view term, size_t phrase, size_t place)
{
    size_t i = 0;
    while (i < f->n_wanted && !dz_view_eq(f->wanted[i].term, term))
        i++;
    if (i == f->n_wanted) {
        f->wanted = dz_grow(f->wanted, &f->wanted_cap, i + 1, sizeof *f->wanted);
        f->wanted[f->n_wanted++] = (struct wanted){.term = term};
    }
    f->uses = dz_grow(f->uses, &f->uses_cap, f->n_uses + 1, sizeof *f->uses);
    f->uses[f->n_uses++] =
        (struct use){(uint32_t)phrase, (uint32_t)place, f->wanted[i].first};
    f->wanted[i].first = (uint32_t)f->n_uses;
}

struct dz_finder *
dz_finder_new(const struct dz_question *q)
{
    struct dz_finder *f = dz_alloc(sizeof *f);
    f->q = q;
    for (size_t i = 0; i < q->n; i++) {
        const struct dz_query_phrase *p = &q->phrases[i];
        f->n_shown += !p->excluded && p->field != DZ_FIELD_TITLE;
        f->begins = f->begins || p->begins;
        for (size_t k = 0; k < p->n; k++) {
            if (p->begins && k == p->n - 1)
                break;
            struct dz_view terms = p->places[k].terms;
            size_t from = 0;
            for (size_t at = 0; at <= terms.n; at++) {
                if (at < terms.n && terms.p[at] != DZ_FTS_OR)
                    continue;
                want(f, (struct dz_view){terms.p + from, at - from}, i, k);
                from = at + 1;
            }
        }
    }
    f->run = dz_alloc_array(q->n + 1, sizeof *f->run);
    f->from = dz_alloc_array(q->n + 1, sizeof *f->from);
    return f;
}

void
dz_finder_free(struct dz_finder *f)
{
    if (!f)
        return;
    dz_free(f->wanted);
    dz_free(f->uses);
    dz_free(f->known);
    dz_free(f->run);
    dz_free(f->from);
    dz_free(f);
}

/* Most texts need not be read to their end: a stretch that shows every phrase is as good as any. */
static void
note_enough(struct dz_finder *f)
{
    size_t kinds = 0;
    if (f->enough || f->q->exact)
        return;
    while (f->out[f->n - 1].end > f->out[f->first].start + SHOWN - BEFORE && f->first + 1 < f->n)
        f->first++;
    for (size_t i = f->first; i < f->n; i++) {
        size_t k = f->first;
        while (f->out[k].phrase != f->out[i].phrase)
            k++;
        kinds += k == i;
    }
    f->enough = kinds >= f->n_shown;
}

/* The word fits a place; where it is the last one of its phrase, the phrase stands here. */
static void
fits(struct dz_finder *f, const struct dz_terms_word *w, uint32_t phrase, uint32_t place)
{
    const struct dz_query_phrase *p = &f->q->phrases[phrase];
    if (p->field != DZ_FIELD_ANY && (p->field == DZ_FIELD_TITLE) != f->is_title)
        return;
    if (p->places[place].exact && !dz_view_eq(p->places[place].form, w->form))
        return;
    if (place > 0 && f->run[phrase][place - 1] != f->word)
        return;
    f->run[phrase][place] = f->word + 1;
    f->from[phrase][place] = place > 0 ? f->from[phrase][place - 1] : w->start;
    if (place + 1 < p->n)
        return;
    f->found[phrase] = true;
    if (p->excluded || f->n == f->max)
        return;
    f->out[f->n++] = (struct dz_found){f->from[phrase][place], w->end, phrase};
    note_enough(f);
}

static uint32_t
look_up(struct dz_finder *f, const struct dz_term *t)
{
    f->known = dz_grow(f->known, &f->known_cap, t->id + 1, sizeof *f->known);
    uint32_t *k = &f->known[t->id];
    if (*k == 0) {
        *k = 1;
        for (size_t i = 0; i < f->n_wanted && *k == 1; i++)
            if (dz_view_eq(f->wanted[i].term, t->text))
                *k = (uint32_t)i + 2;
    }
    return *k;
}

static void
look_at_beginnings(struct dz_finder *f, const struct dz_terms_word *w, const struct dz_term *t)
{
    for (size_t i = 0; i < f->q->n; i++) {
        const struct dz_query_phrase *p = &f->q->phrases[i];
        if (!p->begins)
            continue;
        struct dz_view beginning = p->places[p->n - 1].terms;
        if (t->text.n >= beginning.n && memcmp(t->text.p, beginning.p, beginning.n) == 0)
            fits(f, w, (uint32_t)i, (uint32_t)p->n - 1);
    }
}

static int
look_at_word(void *ctx, const struct dz_terms_word *w)
{
    struct dz_finder *f = ctx;
    for (size_t i = 0; i < w->n; i++) {
        uint32_t k = look_up(f, &w->terms[i]);
        /* Later places first (uses are chained so), or a word that fits two would be counted as
         * its own neighbour. */
        for (uint32_t u = k > 1 ? f->wanted[k - 2].first : 0; u; u = f->uses[u - 1].next)
            fits(f, w, f->uses[u - 1].phrase, f->uses[u - 1].place);
        if (f->begins)
            look_at_beginnings(f, w, &w->terms[i]);
    }
    f->word++;
    if (f->q->exact)
        return 0; /* whether the rest holds has to be known */
    return f->n >= f->max || (f->enough && w->start > f->out[f->first].start + SHOWN);
}

size_t
dz_finder_look(struct dz_finder *f, struct dz_view text, bool is_title, struct dz_found *out,
               size_t max, bool *found)
{
    memset(f->run, 0, f->q->n * sizeof *f->run);
    f->word = 1; /* 0 in run: never */
    f->is_title = is_title;
    f->out = out;
    f->n = 0;
    f->max = max;
    f->found = found;
    f->first = 0;
    f->enough = false;
    (void)dz_terms_split(f->q->terms, text, look_at_word, f);
    return f->n;
}

/* ---- what is shown ---- */

static bool
is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The found word to begin with: the one that most different phrases, then most words, follow. */
static size_t
best_first(const struct dz_found *found, size_t n, size_t n_phrases)
{
    size_t best = 0, best_worth = 0;
    DZ_AUTO_FREE size_t *met = dz_alloc_array(n_phrases + 1, sizeof *met);
    for (size_t i = 0; i < n; i++) {
        size_t worth = 0, last = found[i].start;
        for (size_t k = i; k < n && found[k].end <= found[i].start + SHOWN - BEFORE; k++) {
            bool fresh = met[found[k].phrase] != i + 1;
            met[found[k].phrase] = i + 1;
            worth += fresh ? 100 : found[k].start >= last;
            last = found[k].end;
        }
        if (worth > best_worth) {
            best = i;
            best_worth = worth;
        }
    }
    return best;
}

/* Back to a border between words: not further than twice as far, where a text has no blanks. */
static size_t
border_before(struct dz_view text, size_t at, size_t from)
{
    size_t to = from > 2 * BEFORE ? from - 2 * BEFORE : 0;
    while (at > to && !is_space(text.p[at - 1]))
        at--;
    while (at < from && ((unsigned char)text.p[at] & 0xC0) == 0x80)
        at++;
    return at;
}

static size_t
border_behind(struct dz_view text, size_t at)
{
    size_t to = text.n - at > SHOWN ? at + SHOWN : text.n;
    while (at < to && !is_space(text.p[at]))
        at++;
    while (at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80)
        at++;
    return at;
}

void
dz_snippet(struct dz_view text, const struct dz_found *found, size_t n, size_t n_phrases,
           struct dz_buf *out, size_t *ret_start)
{
    size_t first = n > 0 ? best_first(found, n, n_phrases) : 0;
    size_t start = n > 0 ? found[first].start : 0;
    size_t from = start > BEFORE ? border_before(text, start - BEFORE, start) : 0;
    size_t end = n > 0 ? found[first].end : 0;
    size_t to = text.n - from > SHOWN ? from + SHOWN : text.n;
    to = border_behind(text, to > end ? to : end);
    size_t whole = text.n;
    while (whole > end && is_space(text.p[whole - 1]))
        whole--;
    to = to < whole ? to : whole;
    *ret_start = start;
    if (from > 0)
        dz_buf_adds(out, "…");
    size_t at = from;
    for (size_t i = first; i < n && found[i].end <= to; i++) {
        if (found[i].start < at)
            continue; /* inside the one before */
        dz_buf_add(out, text.p + at, found[i].start - at);
        dz_buf_adds(out, DZ_MARK_OPEN);
        dz_buf_add(out, text.p + found[i].start, found[i].end - found[i].start);
        dz_buf_adds(out, DZ_MARK_CLOSE);
        at = found[i].end;
    }
    dz_buf_add(out, text.p + at, to - at);
    if (to < whole)
        dz_buf_adds(out, "…");
}
