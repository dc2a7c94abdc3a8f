#include <string.h>

#include "dz_json.h"
#include "dz_speakers.h"

/* Statements: positions on taking the passport, recognising it, and its legality. */

/* The author alone calls nothing a position of a state, but a firm judgment of law is worth
 * proposing. */
#define SCORE_NAMED 80
#define SCORE_UNNAMED 55

/* ---- whose position ---- */

/* "Ukraine does not recognise ...", "The Convention forbids ...": who holds it is its subject. */
static struct dz_view
holder_of(const struct dz_voices *v, size_t s, const struct dz_hit *h)
{
    const struct dz_compose *c = v->c;
    struct dz_span in = {dz_compose_sentence(c, s).from, h->first};
    for (size_t w = h->first; w > in.from; w--) {
        const struct dz_word *word = &c->rd->words[w];
        if (word->before >= DZ_BREAK_HARD || (word->opens_quote && word->quoted)) {
            in.from = w;
            break;
        }
    }
    struct dz_speaker who = dz_speaker_subject(v, s, in, SIZE_MAX);
    /* A state may be the first word of the pattern itself. */
    for (size_t w = in.from; who.at.to == 0 && w <= h->first; w++) {
        const struct dz_word *word = &c->rd->words[w];
        const struct dz_mention *m =
            dz_compose_mention(c, DZ_MENTION_PLACE, word->start, word->start + 1);
        bool state = m && m->place_kind && strcmp(m->place_kind, "country") == 0;
        if (state && dz_speaker_nominative(v, w, SIZE_MAX))
            who = (struct dz_speaker){
                .m = m, .head = w, .at = {w, dz_reading_word_at(c->rd, m->end)}};
    }
    bool holds = who.at.to && (who.m || (v->word[who.head] & (DZ_VW_BODY | DZ_VW_PAPER)));
    return holds ? dz_speaker_shown(v, &who) : (struct dz_view){0};
}

/* Who spoke last in the paragraph goes on; in a quotation, who was named last. */
static struct dz_view
heard_before(const struct dz_voices *v, size_t s)
{
    const struct dz_compose *c = v->c;
    uint32_t paragraph = c->rd->pieces[s].paragraph;
    for (size_t at = s; at > 0 && c->rd->pieces[at - 1].paragraph == paragraph; at--) {
        if (c->voices[at - 1].speaker.n > 0)
            return c->voices[at - 1].speaker;
    }
    size_t first = s;
    while (first > 0 && c->rd->pieces[first - 1].paragraph == paragraph)
        first--;
    for (size_t i = c->sentence_mention[s + 1]; i > c->sentence_mention[first]; i--) {
        const struct dz_mention *m = &c->mentions->items[i - 1];
        struct dz_speaker who = {.m = m, .person = true};
        who.at = (struct dz_span){0, 1};
        if (m->kind == DZ_MENTION_PERSON)
            return dz_speaker_shown(v, &who);
    }
    return (struct dz_view){0};
}

static struct dz_view
position_of(const struct dz_voices *v, size_t s, const struct dz_hit *h)
{
    const struct dz_voice *voice = dz_compose_voice(v->c, s);
    if (voice->speaker.n > 0)
        return voice->speaker;
    struct dz_view holder = holder_of(v, s, h);
    return holder.n > 0 ? holder : heard_before(v, s);
}

static void
emit_statement(const struct dz_voices *v, struct dz_compose *c, size_t s, const struct dz_hit *h,
               struct dz_span quote, const struct dz_concept *stance)
{
    struct dz_view speaker = position_of(v, s, h);
    json_t *fields = json_object();
    dz_json_set_view(fields, "speaker", speaker);
    dz_json_set_str(fields, "stance", stance->stance);
    dz_json_set_str(fields, "date", dz_compose_said_on(c, s, quote));
    dz_compose_emit(c, "statement", quote, stance->rule,
                    speaker.n > 0 ? SCORE_NAMED : SCORE_UNNAMED, fields);
}

/* Of two readings of the same words the one that stands first in the phrases wins: "urged ...
 * not to take" is also "urged ... to take". */
static const struct dz_hit *
outranked_by(const struct dz_compose *c, size_t s, const struct dz_hit *h)
{
    const struct dz_reading *rd = c->rd;
    for (size_t i = rd->sentence_hit[s]; i < rd->sentence_hit[s + 1]; i++) {
        const struct dz_hit *other = &rd->hits[i];
        bool touch = other->first < h->first + h->n && h->first < other->first + other->n;
        bool stance = dz_lexicon_concept(rd->lexicon, other->concept)->kind == DZ_CONCEPT_STANCE;
        if (stance && touch && other->concept < h->concept)
            return other;
    }
    return NULL;
}

/* "People who do not take the passport": somebody's conduct, no advice. */
static bool
tells_of_people(const struct dz_compose *c, const struct dz_hit *h, size_t from)
{
    static const char *const words[] = {"who", "хто", "які", "який", "кто", "которые"};
    for (size_t i = 0; h->first > from && i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(c->rd->words[h->first - 1].fold, words[i]))
            return true;
    }
    return false;
}

/* "Nobody is forced" is a position of those who rule or judge; a neighbour who says so tells what he
 * saw. */
static bool
private_talk(const struct dz_compose *c, size_t s, const struct dz_concept *stance)
{
    const struct dz_voice *v = &c->voices[s];
    return strcmp(stance->id, "stance_voluntary") == 0 &&
           ((v->speaker.n == 0 && c->ties[s] < DZ_TIE_DIRECT) ||
            (v->person && v->person->protect));
}

static void
sentence_statements(const struct dz_voices *v, struct dz_compose *c, size_t s)
{
    const struct dz_reading *rd = c->rd;
    struct dz_span limit = dz_compose_sentence(c, s);
    for (size_t i = rd->sentence_hit[s]; i < rd->sentence_hit[s + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *stance = dz_lexicon_concept(rd->lexicon, h->concept);
        if (stance->kind != DZ_CONCEPT_STANCE || h->first < limit.from || outranked_by(c, s, h))
            continue;
        if (tells_of_people(c, h, limit.from) || private_talk(c, s, stance))
            continue;
        struct dz_span at = {h->first, h->first + h->n};
        struct dz_span quote = dz_compose_clause(c, at, limit);
        emit_statement(v, c, s, h, quote, stance);
        limit.from = quote.to;
    }
}

void
dz_compose_statements(struct dz_compose *c)
{
    struct dz_voices v;
    dz_voices_init(&v, c);
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        if (c->ties[s] >= DZ_TIE_NEAR)
            sentence_statements(&v, c, s);
    }
    dz_free(v.word);
}
