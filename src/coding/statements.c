#include <string.h>

#include "dz_compose.h"
#include "dz_json.h"

/* Statements: positions on taking the passport, recognising it, and its legality. */

/* The author alone calls nothing a position of a state, but a firm judgment of law is worth proposing. */
#define SCORE_NAMED 80
#define SCORE_UNNAMED 55

static bool
rivals(const struct dz_concept *a, const struct dz_concept *b)
{
    return a->kind == DZ_CONCEPT_STANCE && b->kind == DZ_CONCEPT_STANCE;
}

static void
emit_statement(struct dz_compose *c, size_t s, struct dz_span quote, const struct dz_concept *stance)
{
    const struct dz_voice *v = &c->voices[s];
    struct dz_setting set = dz_compose_setting(c, s, quote);
    json_t *fields = json_object();
    dz_json_set_view(fields, "speaker", v->speaker);
    dz_json_set_str(fields, "stance", stance->stance);
    dz_json_set_str(fields, "date", set.date);
    struct dz_buf rule = DZ_BUF(128);
    dz_compose_emit(c, "statement", quote, stance->rule, v->speaker.n > 0 ? SCORE_NAMED : SCORE_UNNAMED, fields);
    dz_buf_done(&rule);
}

static void
sentence_statements(struct dz_compose *c, size_t s)
{
    const struct dz_reading *rd = c->rd;
    struct dz_span sentence = dz_compose_sentence(c, s);
    struct dz_span last = { 0 };
    const struct dz_concept *last_stance = NULL;
    for (size_t i = rd->sentence_hit[s]; i < rd->sentence_hit[s + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *stance = dz_lexicon_concept(rd->lexicon, h->concept);
        if (stance->kind != DZ_CONCEPT_STANCE)
            continue;
        struct dz_span at = { h->first, h->first + h->n };
        if (last_stance && rivals(stance, last_stance) && at.from < last.to)
            continue;
        struct dz_span limit = sentence;
        if (last_stance)
            limit.from = last.to;
        struct dz_span quote = dz_compose_clause(c, at, limit);
        emit_statement(c, s, quote, stance);
        last = quote;
        last_stance = stance;
    }
}

void
dz_compose_statements(struct dz_compose *c)
{
    for (size_t s = 0; s < c->d->n_sentences; s++) {
        if (c->ties[s] >= DZ_TIE_NEAR)
            sentence_statements(c, s);
    }
}
