#include "dz_suggest.h"

#include <stdlib.h>
#include <string.h>

#include "dz_compose.h"
#include "dz_json.h"
#include "dz_known.h"

/* Reading one document: mentions, ties, voices, then the facts, each by its own file. */

void
dz_suggestions_done(struct dz_suggestions *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        json_decref(s->items[i].fields);
    dz_free(s->items);
    *s = (struct dz_suggestions){0};
}

#define NEAR_SENTENCES 7   /* how far a tie reaches in a text that is about passports */
#define TOPIC_SENTENCES 12 /* how far for goods that are refused there */
#define TOPIC_SHARE 12     /* such a text: one sentence in twelve names them, */
#define TOPIC_MENTIONS 5   /* or so many sentences do */

static bool
speaks_of_passports(const struct dz_compose *c, struct dz_span s)
{
    return dz_compose_has(c, c->id.passport, s) || dz_compose_has(c, c->id.passportization, s) ||
           dz_compose_has(c, c->id.without_passport, s) || dz_compose_has(c, c->id.refusing, s) ||
           dz_compose_has(c, c->id.ukr_passport, s) || dz_compose_has(c, c->id.citizen, s);
}

/* So many words make a sentence of a report. People who talk use shorter ones: what counts is how
 * much was said in between. */
#define SENTENCE_WORDS 14

static size_t
sentences_apart(const struct dz_compose *c, size_t a, size_t b)
{
    size_t words = dz_compose_sentence(c, b).from - dz_compose_sentence(c, a).from;
    size_t by_words = (words + SENTENCE_WORDS - 1) / SENTENCE_WORDS;
    return by_words > 0 && by_words < b - a ? by_words : b - a;
}

static size_t
to_nearest(const struct dz_compose *c, const size_t *last, const size_t *next, size_t s)
{
    size_t back = last[s] == SIZE_MAX ? SIZE_MAX : sentences_apart(c, last[s], s);
    size_t ahead = next[s] == SIZE_MAX ? SIZE_MAX : sentences_apart(c, s, next[s]);
    return back < ahead ? back : ahead;
}

static uint8_t
tie_of(const struct dz_compose *c, size_t s, const size_t *last, const size_t *next, bool topic)
{
    struct dz_span span = dz_compose_sentence(c, s);
    if (last[s] == s)
        return DZ_TIE_DIRECT;
    if (dz_compose_has(c, c->id.boilerplate, span) || dz_compose_has(c, c->id.illicit_reason, span))
        return DZ_TIE_NONE;
    size_t away = to_nearest(c, last, next, s);
    uint32_t paragraph = c->rd->pieces[s].paragraph;
    if (((s > 0 && last[s] == s - 1 && c->rd->pieces[s - 1].paragraph == paragraph) ||
                      (next[s] == s + 1 && c->rd->pieces[s + 1].paragraph == paragraph)))
        return DZ_TIE_NEIGHBOUR;
    if (away <= (topic ? NEAR_SENTENCES : 1))
        return DZ_TIE_NEAR;
    return topic && away <= TOPIC_SENTENCES ? DZ_TIE_TOPIC : DZ_TIE_NONE;
}

static void
set_ties(struct dz_compose *c)
{
    size_t n = c->rd->n_sentences, direct = 0;
    size_t *last = dz_alloc_array(n + 1, sizeof *last);
    size_t *next = dz_alloc_array(n + 1, sizeof *next);
    bool *named = dz_alloc_array(n + 1, sizeof *named);
    size_t at = SIZE_MAX;
    for (size_t s = 0; s < n; s++) {
        named[s] = speaks_of_passports(c, dz_compose_sentence(c, s));
        direct += named[s];
        at = named[s] ? s : at;
        last[s] = at;
    }
    at = SIZE_MAX;
    for (size_t s = n; s > 0; s--) {
        at = named[s - 1] ? s - 1 : at;
        next[s - 1] = at;
    }
    size_t by_words = c->rd->n_words / SENTENCE_WORDS, length = by_words < n ? by_words : n;
    bool topic = (direct >= 2 && direct * TOPIC_SHARE >= length) || direct >= TOPIC_MENTIONS;
    for (size_t s = 0; s < n; s++)
        c->ties[s] = tie_of(c, s, last, next, topic);
    dz_free(last);
    dz_free(next);
    dz_free(named);
}

static void
index_mentions(struct dz_compose *c)
{
    size_t at = 0;
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        while (at < c->mentions->n && c->mentions->items[at].start < c->rd->pieces[s].start)
            at++;
        c->sentence_mention[s] = (uint32_t)at;
    }
    c->sentence_mention[c->rd->n_sentences] = (uint32_t)c->mentions->n;
}

static int
by_span(const void *pa, const void *pb)
{
    const struct dz_suggestion *a = pa, *b = pb;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    int kind = strcmp(a->kind, b->kind);
    return kind ? kind : strcmp(a->rule, b->rule);
}

static void
compose(struct dz_compose *c)
{
    size_t n = c->rd->n_sentences;
    c->sentence_mention = dz_alloc_array(n + 1, sizeof *c->sentence_mention);
    c->ties = dz_alloc_array(n + 1, sizeof *c->ties);
    c->voices = dz_alloc_array(n + 1, sizeof *c->voices);
    c->authors = dz_alloc_array(n + 1, sizeof *c->authors);
    index_mentions(c);
    set_ties(c);
    dz_compose_voices(c);
    c->topic = dz_where_topic(c);
    c->narrator = dz_where_narrator(c);
    c->diary = dz_compose_is_diary(c);
    dz_compose_values(c);
    dz_compose_acts(c);
    dz_compose_persons(c); /* what was done to them says what they are */
    dz_compose_measures(c);
    dz_compose_figures(c);
    dz_compose_statements(c);
    if (c->out->n > 1)
        qsort(c->out->items, c->out->n, sizeof *c->out->items, by_span);
    dz_compose_drop_positions(c);
    dz_free(c->sentence_mention);
    dz_free(c->ties);
    dz_free(c->voices);
    dz_free(c->authors);
    dz_free(c->parts);
}

enum dz_code
dz_suggest_document(const struct dz_rules *r, struct dz_document *d, const struct dz_doc_info *info,
                    struct dz_suggestions *out, struct dz_err *err)
{
    return dz_suggest_with(r, d, info, NULL, out, err);
}

enum dz_code
dz_suggest_with(const struct dz_rules *r, struct dz_document *d, const struct dz_doc_info *info,
                struct dz_explain *explain, struct dz_suggestions *out, struct dz_err *err)
{
    static const struct dz_doc_info nothing = {0};
    struct dz_reading rd;
    struct dz_mentions mentions = {0};
    struct dz_suggestions fresh = {0};
    const struct dz_lexicon *lexicon = NULL;
    DZ_TRY(dz_rules_lexicon(r, &lexicon, err));
    dz_known_attach(r, lexicon, d);
    dz_reading_init(&rd, lexicon, d);
    enum dz_code code = dz_find_mentions_in(r, &rd, info ? info : &nothing, &mentions, err);
    if (code == DZ_OK) {
        struct dz_compose c = {.rules = r,
                               .info = info ? info : &nothing,
                               .d = d,
                               .rd = &rd,
                               .mentions = &mentions,
                               .out = &fresh,
                               .explain = explain};
        c.id = dz_concept_ids_of(rd.lexicon);
        compose(&c);
        *out = fresh;
    }
    dz_mentions_done(&mentions);
    dz_reading_done(&rd);
    return code;
}
