#include <string.h>

#include "dz_compose.h"

/* Where a text plays when a sentence does not say: the place that its head names, the place where
 * its narrator is; and whether a place can be meant at all. */

static struct dz_span
words_of(const struct dz_compose *c, const struct dz_mention *m)
{
    return (struct dz_span){dz_reading_word_at(c->rd, m->start), dz_reading_word_at(c->rd, m->end)};
}

static bool
is_kind(const struct dz_mention *m, const char *kind)
{
    return m->place_kind && strcmp(m->place_kind, kind) == 0;
}

bool
dz_where_occupied(const struct dz_compose *c, const struct dz_mention *m)
{
    if (!m->place_id)
        return true;
    if (is_kind(m, "settlement") && dz_compose_has(c, c->id.free_city, words_of(c, m)))
        return false;
    const struct dz_place *p = dz_place_by_id(c->rules, m->place_id);
    for (size_t depth = 0; p && depth < 8; depth++) {
        if (p->occupied_since)
            return true;
        p = p->parent ? dz_place_by_id(c->rules, p->parent) : NULL;
    }
    if (is_kind(m, "region") || is_kind(m, "territory"))
        return dz_place_within(c->rules, m->place_id, "UA");
    return dz_place_within(c->rules, m->place_id, "T-FOUR-OBLASTS");
}

bool
dz_where_destination(const struct dz_compose *c, const struct dz_mention *m)
{
    struct dz_span at = words_of(c, m);
    if (at.from == 0 || c->rd->words[at.from].before >= DZ_BREAK_COMMA)
        return false;
    struct dz_view word = c->rd->words[at.from - 1].fold;
    return dz_view_is(word, "to") || dz_view_is(word, "до") || dz_view_is(word, "into") ||
           dz_view_is(word, "towards");
}

/* ---- the head of a short text ---- */

#define SHORT_TEXT 60 /* sentences */
#define HEAD_PARAGRAPHS 5
#define HEAD_WORDS 25 /* a headline or dateline is no longer */
#define LINE_WORDS 10 /* of a heading of several sentences: "MARIUPOL. FIGURES." */
#define LEAD_WORDS 6  /* "MELITOPOL, Zaporizhzhia Oblast." begins the first long paragraph */

struct head {
    const struct dz_mention *settlement, *region;
    bool dateline; /* the settlement stands in front of a report */
    bool headline; /* the region stands in a heading */
    size_t settlement_at; /* sentence */
    size_t region_at;
    bool several_settlements, several_regions;
};

static void
see(struct head *h, const struct dz_mention *m, size_t s, bool heading)
{
    bool small = is_kind(m, "settlement");
    const struct dz_mention **slot = small ? &h->settlement : &h->region;
    bool *several = small ? &h->several_settlements : &h->several_regions;
    if (*slot && strcmp((*slot)->place_id, m->place_id) != 0)
        *several = true;
    if (!*slot) {
        *slot = m;
        h->dateline = h->dateline || (small && !heading);
        h->headline = h->headline || (!small && heading);
        *(small ? &h->settlement_at : &h->region_at) = s;
    }
}

static bool
has_date(const struct dz_compose *c, size_t s)
{
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        if (c->mentions->items[i].kind == DZ_MENTION_DATE)
            return true;
    }
    return false;
}

struct dz_where
dz_where_topic(const struct dz_compose *c)
{
    struct dz_where none = {0}, area = {0};
    struct head head = {0};
    const struct dz_reading *rd = c->rd;
    uint32_t paragraphs = 0;
    if (rd->n_sentences > SHORT_TEXT)
        return none;
    for (size_t s = 0; s < rd->n_sentences; s++) {
        if (s == 0 || rd->pieces[s].paragraph != rd->pieces[s - 1].paragraph)
            paragraphs++;
        else if (s > 0)
            continue; /* only the first sentence of a paragraph can be a heading */
        if (paragraphs > HEAD_PARAGRAPHS)
            break;
        struct dz_span span = dz_compose_sentence(c, s);
        size_t past = s + 1;
        while (past < rd->n_sentences && rd->pieces[past].paragraph == rd->pieces[s].paragraph)
            past++;
        size_t length = rd->sentence_word[past] - span.from;
        bool heading = length <= (past > s + 1 ? LINE_WORDS : HEAD_WORDS) &&
                       !rd->words[span.from].quoted;
        for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
            const struct dz_mention *m = &c->mentions->items[i];
            bool lead = m->kind == DZ_MENTION_PLACE && words_of(c, m).from < span.from + LEAD_WORDS;
            if (m->place_id && dz_where_fits(c, m) && (heading || lead))
                see(&head, m, s, heading && !(lead && has_date(c, s)));
        }
        if (heading && area.words.n == 0)
            (void)dz_where_area(c, s, &area);
        if (!heading && (head.settlement || head.region || area.words.n > 0))
            break;
    }
    /* A report on a region that is sent from a town is about the region. */
    bool sent_from = head.dateline && head.headline && !head.several_regions;
    if (head.settlement && !sent_from)
        return head.several_settlements ? none
                                        : dz_where_group(c, head.settlement_at, head.settlement);
    if (head.region && !head.several_regions)
        return dz_where_group(c, head.region_at, head.region);
    return head.region ? none : area;
}

/* ---- the narrator ---- */

#define NARRATED_TEXT 160 /* sentences of a text that one person tells */
#define NARRATED_PLACES 32

/* How often each occupied settlement is named; returns how many there are. */
static size_t
count_places(const struct dz_compose *c, const struct dz_mention **first, size_t *times)
{
    size_t n = 0;
    for (size_t i = 0; i < c->mentions->n; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind != DZ_MENTION_PLACE || !is_kind(m, "settlement") || !m->place_id ||
            !dz_where_occupied(c, m) || !dz_where_fits(c, m))
            continue;
        size_t k = 0;
        while (k < n && strcmp(first[k]->place_id, m->place_id) != 0)
            k++;
        if (k == n && n < NARRATED_PLACES) {
            first[n] = m;
            times[n++] = 0;
        }
        if (k < n)
            times[k]++;
    }
    return n;
}

#define TOLD_SHARE 12 /* one sentence in so many says "I" or "we" */

/* Does somebody tell of themselves? */
static bool
is_told(const struct dz_compose *c)
{
    size_t told = 0;
    for (size_t s = 0; s < c->rd->n_sentences; s++)
        told += dz_compose_has(c, c->id.first_person, dz_compose_sentence(c, s));
    return told >= 2 && told * TOLD_SHARE >= c->rd->n_sentences;
}

struct dz_where
dz_where_narrator(const struct dz_compose *c)
{
    const struct dz_mention *first[NARRATED_PLACES];
    size_t times[NARRATED_PLACES] = {0}, total = 0, best = 0;
    if (c->rd->n_sentences > NARRATED_TEXT)
        return (struct dz_where){0};
    size_t n = count_places(c, first, times);
    for (size_t i = 0; i < n; i++) {
        total += times[i];
        if (times[i] > times[best])
            best = i;
    }
    /* Who tells of themselves says once where they live; a report names its place again. */
    size_t share = n > 0 ? times[best] * 2 : 0;
    if (n == 0 || share < total || (share == total && !is_told(c)))
        return (struct dz_where){0};
    const struct dz_mention *m = first[best];
    return (struct dz_where){.words = {c->d->text.p + m->start, m->end - m->start},
                             .id = m->place_id,
                             .at = words_of(c, m),
                             .m = m};
}
