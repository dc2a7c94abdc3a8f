#include <string.h>

#include "dz_compose.h"
#include "dz_json.h"

/* Statements: positions on taking the passport, recognising it, and its legality. */

/* The author alone calls nothing a position of a state, but a firm judgment of law is worth
 * proposing. */
#define SCORE_NAMED 80
#define SCORE_UNNAMED 55

static void
emit_statement(struct dz_compose *c, size_t s, struct dz_span quote,
               const struct dz_concept *stance)
{
    const struct dz_voice *v = &c->voices[s];
    json_t *fields = json_object();
    dz_json_set_view(fields, "speaker", v->speaker);
    dz_json_set_str(fields, "stance", stance->stance);
    dz_json_set_str(fields, "date", dz_compose_said_on(c, s, quote));
    dz_compose_emit(c, "statement", quote, stance->rule,
                    v->speaker.n > 0 ? SCORE_NAMED : SCORE_UNNAMED, fields);
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

/* "Nobody is forced" is a position of those who rule or judge; a neighbour who says so tells what
 * he
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
sentence_statements(struct dz_compose *c, size_t s)
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
        emit_statement(c, s, quote, stance);
        limit.from = quote.to;
    }
}

void
dz_compose_statements(struct dz_compose *c)
{
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        if (c->ties[s] >= DZ_TIE_NEAR)
            sentence_statements(c, s);
    }
}
