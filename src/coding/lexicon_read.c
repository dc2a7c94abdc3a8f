#include <string.h>

#include "dz_known.h"

#define MAX_STEPS 4000 /* per start of a pattern: bounds gaps inside gaps */

struct matcher {
    struct dz_reading *rd;
    const struct dz_lexicon *l;
    const struct dz_plan **plans; /* of each word */
    uint32_t *heads;              /* first hit at each word, UINT32_MAX when none */
    size_t hit_cap;
    unsigned steps;
    size_t start;   /* word where the pattern being tried begins */
    uint32_t *seen; /* per key: 1 + the last word that satisfies it in what was read so far */
    struct dz_arena arena; /* of plans that nobody had made */
};

/* Words: tokens without punctuation; what stood between is kept as a class. */

static enum dz_break
break_of(struct dz_view mark)
{
    static const char *const hard[] = {"…", "—", "–", "•"};
    switch (mark.n == 1 ? mark.p[0] : 'x') {
    case ',':
    case '/':
    case '|':
        return DZ_BREAK_COMMA;
    case ';':
    case ':':
    case '.':
    case '?':
    case '!':
        return DZ_BREAK_HARD;
    default:
        break;
    }
    for (size_t i = 0; mark.n == 3 && i < sizeof hard / sizeof *hard; i++) {
        if (memcmp(mark.p, hard[i], 3) == 0)
            return DZ_BREAK_HARD;
    }
    return DZ_BREAK_NONE;
}

static int
quote_of(struct dz_view mark, bool inside)
{
    if (mark.n == 1)
        return mark.p[0] != '"' ? 0 : inside ? -1 : 1;
    if (dz_view_is(mark, "“") || dz_view_is(mark, "«") || dz_view_is(mark, "„"))
        return 1;
    return dz_view_is(mark, "”") || dz_view_is(mark, "»") ? -1 : 0;
}

struct word_state {
    enum dz_break before;
    bool quoted;
    bool opens;
    uint32_t paragraph;
    uint32_t sentence;
    uint32_t piece_of; /* document sentence of the current piece */
    size_t in_piece;   /* words */
};

static void
see_mark(struct word_state *s, const struct dz_document *d, const struct dz_token *t)
{
    struct dz_view mark = {d->text.p + t->start, t->end - t->start};
    bool lone_hyphen = dz_view_is(mark, "-") && t->space_before;
    enum dz_break b = lone_hyphen ? DZ_BREAK_HARD : break_of(mark);
    if (b > s->before)
        s->before = b;
    int q = quote_of(mark, s->quoted);
    if (q != 0)
        s->quoted = q > 0;
    s->opens = q > 0 || (s->opens && q == 0);
}

#define PIECE_WORDS 160 /* longest sentence read as one */

/* Number of the piece that a word of document sentence `sentence` belongs to. */
static uint32_t
piece_for(struct dz_reading *rd, struct word_state *s, const struct dz_token *t)
{
    bool fresh = rd->n_sentences == 0 || s->piece_of != t->sentence;
    if (fresh || s->in_piece >= PIECE_WORDS) {
        rd->pieces = dz_grow(rd->pieces, &rd->piece_cap, rd->n_sentences + 1, sizeof *rd->pieces);
        size_t start = fresh ? rd->document->sentences[t->sentence].start : t->start;
        rd->pieces[rd->n_sentences++] = (struct dz_piece){
            .start = start, .paragraph = s->paragraph, .first_word = (uint32_t)rd->n_words};
        s->piece_of = t->sentence;
        s->in_piece = 0;
    }
    s->in_piece++;
    return (uint32_t)rd->n_sentences - 1;
}

static void
split_words(struct dz_reading *rd)
{
    struct dz_document *d = rd->document;
    rd->words = dz_alloc_array(d->n_tokens + 1, sizeof *rd->words);
    struct word_state s = {.before = DZ_BREAK_SENTENCE};
    for (size_t i = 0; i < d->n_tokens; i++) {
        const struct dz_token *t = &d->tokens[i];
        uint32_t paragraph = d->sentences[t->sentence].paragraph;
        if (paragraph != s.paragraph)
            s = (struct word_state){.paragraph = paragraph,
                                    .sentence = t->sentence,
                                    .piece_of = s.piece_of,
                                    .in_piece = s.in_piece};
        if (t->sentence != s.sentence || i == 0 || paragraph != s.paragraph)
            s.before = DZ_BREAK_SENTENCE;
        s.sentence = t->sentence;
        if (t->kind == DZ_TOKEN_PUNCT) {
            see_mark(&s, d, t);
            continue;
        }
        if (dz_view_is(t->fold, "'s") && rd->n_words > 0 && !t->space_before) {
            rd->words[rd->n_words - 1].possessive = true;
            continue;
        }
        uint32_t piece = piece_for(rd, &s, t);
        struct dz_word *w = &rd->words[rd->n_words++];
        *w = (struct dz_word){.start = t->start,
                              .end = t->end,
                              .fold = t->fold,
                              .token = (uint32_t)i,
                              .sentence = piece,
                              .before = (uint8_t)s.before,
                              .quoted = s.quoted,
                              .opens_quote = s.opens,
                              .capital = t->capital,
                              .number = t->kind == DZ_TOKEN_NUMBER};
        if (rd->n_words == 1 || w[-1].sentence != w->sentence)
            w->before = DZ_BREAK_SENTENCE;
        s.before = DZ_BREAK_NONE;
        s.opens = false;
    }
}

#define PARALLEL_WORDS 5

/* "No passport — no insulin", «нет паспорта — нет пенсии»: the dash of a saying parts nothing. */
static void
join_parallels(struct dz_reading *rd)
{
    static const char *const openings[] = {"no", "нет", "немає", "нема"};
    for (size_t w = 1; w < rd->n_words; w++) {
        struct dz_word *word = &rd->words[w];
        if (word->before != DZ_BREAK_HARD)
            continue;
        for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
            if (!dz_view_is(word->fold, openings[i]))
                continue;
            for (size_t back = 1; back <= PARALLEL_WORDS && back <= w; back++) {
                if (dz_view_is(word[-(ptrdiff_t)back].fold, openings[i]))
                    word->before = DZ_BREAK_COMMA;
                if (word[-(ptrdiff_t)back].before >= DZ_BREAK_HARD)
                    break;
            }
        }
    }
}

/* What the lexicon says of each word: known already, or made for this text alone. */
static void
find_plans(struct matcher *m)
{
    static const struct dz_plan none = {0};
    const struct dz_reading *rd = m->rd;
    const struct dz_document *d = rd->document;
    bool known = d->known && d->known_lexicon == m->l;
    m->plans = dz_alloc_array(rd->n_words + 1, sizeof *m->plans);
    m->arena.max_bytes = (size_t)256 << 20;
    for (size_t w = 0; w < rd->n_words; w++) {
        const struct dz_known *k = known ? d->known[rd->words[w].token] : NULL;
        m->plans[w] = k ? &k->plan : &none;
        if (k)
            continue;
        struct dz_plan *plan = dz_arena_alloc(&m->arena, sizeof *plan);
        if (plan && dz_lexicon_plan(m->l, rd->words[w].fold, &m->arena, plan))
            m->plans[w] = plan;
    }
}

static void
mark_seen(struct matcher *m, const uint32_t *keys, size_t n, size_t w)
{
    for (size_t i = 0; i < n; i++)
        if (m->seen[keys[i]] <= w)
            m->seen[keys[i]] = (uint32_t)w + 1;
}

static void
add_hit(struct matcher *m, int concept, size_t first, size_t end)
{
    struct dz_reading *rd = m->rd;
    mark_seen(m, m->l->concept_keys[concept].items, m->l->concept_keys[concept].n, first);
    uint32_t n = (uint32_t)(end - first);
    for (uint32_t i = m->heads[first]; i != UINT32_MAX; i = rd->hits[i].next) {
        struct dz_hit *h = &rd->hits[i];
        if (h->concept != concept || h->dead)
            continue;
        if (n > h->n)
            h->n = n;
        return;
    }
    if (rd->n_hits == m->hit_cap)
        rd->hits = dz_grow(rd->hits, &m->hit_cap, rd->n_hits + 1, sizeof *rd->hits);
    rd->hits[rd->n_hits] = (struct dz_hit){
        .concept = concept, .first = (uint32_t)first, .n = n, .next = m->heads[first]};
    m->heads[first] = (uint32_t)rd->n_hits++;
}

/* Does word w satisfy one of the written words of an element of this class? */
static bool
word_fits(const struct matcher *m, size_t w, uint32_t class)
{
    const struct dz_plan *plan = m->plans[w];
    const uint32_t *at = plan->fits;
    /* Halved without branches: nobody can guess which way it goes. */
    for (size_t n = plan->n_fits; n > 1;) {
        size_t half = n / 2;
        at += (size_t)(at[half - 1] < class) * half;
        n -= half;
    }
    return plan->n_fits > 0 && *at == class;
}

/* Words that a concept takes at w; 0 when it does not stand there. */
static size_t
concept_words(const struct matcher *m, int concept, size_t w)
{
    for (uint32_t i = m->heads[w]; i != UINT32_MAX; i = m->rd->hits[i].next) {
        const struct dz_hit *h = &m->rd->hits[i];
        if (h->concept == concept && !h->dead)
            return h->n;
    }
    return 0;
}

static size_t
match(struct matcher *m, const struct dz_pattern *p, uint32_t e, size_t w, bool glued);

/* After a gap of up to `gap` words in the same sentence. */
static size_t
match_gap(struct matcher *m, const struct dz_pattern *p, uint32_t e, size_t w, unsigned gap)
{
    const struct dz_reading *rd = m->rd;
    for (unsigned skipped = 0; skipped <= gap; skipped++) {
        size_t end = match(m, p, e, w + skipped, false);
        if (end)
            return end;
        size_t next = w + skipped;
        if (next >= rd->n_words || rd->words[next].before >= DZ_BREAK_HARD)
            return 0;
        /* «..., » he said: what follows a quotation is another statement. */
        bool leaves_quote = next > 0 && rd->words[next - 1].quoted && !rd->words[next].quoted;
        if (leaves_quote && rd->words[next].before == DZ_BREAK_COMMA)
            return 0;
    }
    return 0;
}

/* End (word index) of the match of elements e.. at word w; 0 when there is none. glued: no
 * comma may stand in front. */
static size_t
match(struct matcher *m, const struct dz_pattern *p, uint32_t e, size_t w, bool glued)
{
    if (e == p->n)
        return w;
    if (m->steps++ > MAX_STEPS)
        return 0;
    const struct dz_reading *rd = m->rd;
    const struct dz_element *el = &m->l->elements[p->first + e];
    if (el->gap)
        return e + 1 == p->n ? w : match_gap(m, p, e + 1, w, el->gap);
    bool here = w < rd->n_words;
    if (here && w > m->start)
        here = rd->words[w].before <= (glued ? DZ_BREAK_NONE : DZ_BREAK_COMMA);
    for (size_t a = 0; here && m->heads[w] != UINT32_MAX && a < el->n_concepts; a++) {
        size_t n = concept_words(m, m->l->alts[el->alts + a].concept, w);
        size_t end = n ? match(m, p, e + 1, w + n, true) : 0;
        if (end)
            return end;
    }
    if (here && el->n_concepts < el->n_alts && word_fits(m, w, el->class)) {
        size_t end = match(m, p, e + 1, w + 1, true);
        if (end)
            return end;
    }
    return el->optional ? match(m, p, e + 1, w, glued) : 0;
}

/* Is it plain that a pattern whose first element takes n words at w does not stand there? */
static bool
fails(const struct matcher *m, const struct dz_try *t, size_t w, size_t n)
{
    if (t->next == DZ_NO_KEY)
        return false;
    size_t behind = w + n;
    if (behind >= m->rd->n_words || m->rd->words[behind].before != DZ_BREAK_NONE)
        return true;
    bool by_concept = !t->next_is_word && m->heads[behind] != UINT32_MAX;
    return !by_concept && !word_fits(m, behind, t->next);
}

/* Patterns of a level that can begin with the word or concept that takes n words at w. */
static void
try_patterns(struct matcher *m, const struct dz_tries *tries, size_t w, size_t n, int level)
{
    if (!tries->items)
        return;
    const struct dz_try *end = tries->items + tries->upto[level + 1];
    for (const struct dz_try *t = tries->items + tries->upto[level]; t < end; t++) {
        /* The key stands behind the first element, or all that ask for it fail. */
        if (t->key != DZ_NO_KEY && m->seen[t->key] <= w + 1) {
            t += t->same;
            continue;
        }
        if (fails(m, t, w, n))
            continue;
        const struct dz_pattern *p = &m->l->patterns[t->pattern];
        m->steps = 0;
        m->start = w;
        /* What stands here is the first element, unless that one may be missing. */
        size_t past = t->alone      ? w + n
                      : p->may_miss ? match(m, p, 0, w, true)
                                    : match(m, p, 1, w + n, true);
        if (past > w)
            add_hit(m, p->concept, w, past);
    }
}

/* Forget what a longer hit of another concept covers. */
static void
hide(struct matcher *m, int level, size_t from)
{
    struct dz_reading *rd = m->rd;
    for (size_t i = from; i < rd->n_hits; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *c = &m->l->concepts[h->concept];
        if (c->hides < 0 || c->level != level)
            continue;
        for (size_t w = h->first; w < h->first + h->n; w++) {
            for (uint32_t k = m->heads[w]; k != UINT32_MAX; k = rd->hits[k].next) {
                struct dz_hit *other = &rd->hits[k];
                if (other->concept == c->hides && other->first + other->n <= h->first + h->n)
                    other->dead = true;
            }
        }
    }
}

static void
read_level(struct matcher *m, int level, size_t from, size_t to, size_t first_hit)
{
    struct dz_reading *rd = m->rd;
    for (size_t w = from; w < to; w++) {
        try_patterns(m, &m->plans[w]->tries, w, 1, level);
        if (level == 0)
            continue;
        /* Hits that are added on the way belong to this level and start no pattern of it. */
        for (uint32_t i = m->heads[w]; i != UINT32_MAX; i = rd->hits[i].next) {
            if (!rd->hits[i].dead)
                try_patterns(m, &m->l->concept_tries[rd->hits[i].concept], w, rd->hits[i].n, level);
        }
    }
    hide(m, level, first_hit);
}

/* Patterns never go beyond a sentence, so that each can be read on its own, level by level. */
static void
read_sentence(struct matcher *m, size_t from, size_t to)
{
    size_t first_hit = m->rd->n_hits;
    for (size_t w = from; w < to; w++)
        mark_seen(m, m->plans[w]->fits, m->plans[w]->n_keys, w);
    for (int level = 0; level <= m->l->max_level; level++)
        read_level(m, level, from, to, first_hit);
}

static void
order_hits(struct dz_reading *rd, const uint32_t *heads)
{
    struct dz_hit *sorted = dz_alloc_array(rd->n_hits + 1, sizeof *sorted);
    rd->word_hit = dz_alloc_array(rd->n_words + 1, sizeof *rd->word_hit);
    size_t n = 0;
    for (size_t w = 0; w < rd->n_words; w++) {
        size_t from = n;
        rd->word_hit[w] = (uint32_t)n;
        for (uint32_t i = heads[w]; i != UINT32_MAX; i = rd->hits[i].next) {
            if (rd->hits[i].dead)
                continue;
            size_t at = n++;
            struct dz_hit h = rd->hits[i];
            /* Few hits share a word: insertion keeps longer ones first, then the order of the
             * codebook. */
            while (at > from && (sorted[at - 1].n < h.n ||
                                 (sorted[at - 1].n == h.n && sorted[at - 1].concept > h.concept))) {
                sorted[at] = sorted[at - 1];
                at--;
            }
            sorted[at] = h;
        }
    }
    rd->word_hit[rd->n_words] = (uint32_t)n;
    dz_free(rd->hits);
    rd->hits = sorted;
    rd->n_hits = n;
}

#define BLOCK 32 /* bytes */

/* The first word at or behind every so many bytes. */
static void
index_blocks(struct dz_reading *rd)
{
    size_t n = rd->document->text.n / BLOCK + 1, w = 0;
    rd->block_word = dz_alloc_array(n, sizeof *rd->block_word);
    for (size_t i = 0; i < n; i++) {
        while (w < rd->n_words && rd->words[w].start < i * BLOCK)
            w++;
        rd->block_word[i] = (uint32_t)w;
    }
}

static void
index_sentences(struct dz_reading *rd)
{
    size_t n = rd->n_sentences;
    rd->sentence_word = dz_alloc_array(n + 1, sizeof *rd->sentence_word);
    rd->sentence_hit = dz_alloc_array(n + 1, sizeof *rd->sentence_hit);
    size_t w = 0, h = 0;
    for (size_t s = 0; s <= n; s++) {
        while (w < rd->n_words && rd->words[w].sentence < s)
            w++;
        while (h < rd->n_hits && rd->hits[h].first < w)
            h++;
        rd->sentence_word[s] = (uint32_t)w;
        rd->sentence_hit[s] = (uint32_t)h;
    }
    rd->n_has = rd->lexicon->n_concepts / 64 + 1;
    rd->has = dz_alloc_array((n + 1) * rd->n_has, sizeof *rd->has);
    for (size_t i = 0; i < rd->n_hits; i++) {
        size_t concept = (size_t)rd->hits[i].concept;
        uint32_t s = rd->words[rd->hits[i].first].sentence;
        rd->has[s * rd->n_has + concept / 64] |= (uint64_t)1 << concept % 64;
    }
}

void
dz_reading_init(struct dz_reading *rd, const struct dz_lexicon *l, struct dz_document *d)
{
    *rd = (struct dz_reading){.lexicon = l, .document = d};
    split_words(rd);
    join_parallels(rd);
    struct matcher m = {.rd = rd, .l = l};
    find_plans(&m);
    m.heads = dz_alloc_array(rd->n_words + 1, sizeof *m.heads);
    memset(m.heads, 0xff, (rd->n_words + 1) * sizeof *m.heads);
    m.seen = dz_alloc_array(l->n_keys + 1, sizeof *m.seen);
    for (size_t from = 0, to; from < rd->n_words; from = to) {
        for (to = from + 1; to < rd->n_words && rd->words[to].before < DZ_BREAK_HARD; to++)
            ;
        read_sentence(&m, from, to);
    }
    order_hits(rd, m.heads);
    index_sentences(rd);
    index_blocks(rd);
    dz_free(m.heads);
    dz_free(m.seen);
    dz_free(m.plans);
    dz_arena_done(&m.arena);
}

void
dz_reading_done(struct dz_reading *rd)
{
    if (!rd)
        return;
    dz_free(rd->words);
    dz_free(rd->hits);
    dz_free(rd->word_hit);
    dz_free(rd->pieces);
    dz_free(rd->sentence_word);
    dz_free(rd->sentence_hit);
    dz_free(rd->has);
    dz_free(rd->block_word);
    *rd = (struct dz_reading){0};
}

const struct dz_hit *
dz_reading_hit(const struct dz_reading *rd, int concept, size_t from, size_t to)
{
    if (from >= to || from >= rd->n_words || concept < 0)
        return NULL;
    /* Most that is asked for stands nowhere in the sentence. */
    uint32_t s = rd->words[from].sentence;
    if (to <= rd->sentence_word[s + 1] &&
        !(rd->has[s * rd->n_has + (size_t)concept / 64] >> (unsigned)concept % 64 & 1))
        return NULL;
    size_t i = rd->word_hit[from];
    for (; i < rd->n_hits && rd->hits[i].first < to; i++) {
        if (rd->hits[i].concept == concept)
            return &rd->hits[i];
    }
    return NULL;
}

size_t
dz_reading_word_at(const struct dz_reading *rd, size_t byte)
{
    if (byte >= rd->document->text.n)
        return rd->n_words;
    size_t w = rd->block_word[byte / BLOCK];
    while (w < rd->n_words && rd->words[w].start < byte)
        w++;
    return w;
}
