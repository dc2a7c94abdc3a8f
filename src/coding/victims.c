#include <string.h>

#include "dz_compose.h"
#include "dz_json.h"

/* Witness or victim: a private person is a victim where a sentence tells of an act and names them,
 * and where "he" or "her" in the sentence behind can mean nobody else. So is who is only told of,
 * when nothing says what they are. Whoever is heard in the text
 * is its witness, also of what was done to themselves. */

static bool
one_of(struct dz_view fold, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (dz_view_is(fold, list[i]))
            return true;
    }
    return false;
}
#define HAS_ONE(c, span, list) has_one((c), (span), (list), sizeof(list) / sizeof *(list))

static bool
has_one(const struct dz_compose *c, struct dz_span span, const char *const *list, size_t n)
{
    for (size_t w = span.from; w < span.to; w++) {
        if (one_of(c->rd->words[w].fold, list, n))
            return true;
    }
    return false;
}

static bool
of_other(const struct dz_compose *c, struct dz_span span)
{
    static const char *const words[] = {"he",  "she",  "him",  "her",   "his",  "він",  "вона",
                                        "його", "її",  "йому", "їй",    "ним",  "нею",  "него",
                                        "он",  "она",  "его",  "ее",    "ему",  "ей",   "им",
                                        "нього", "неї", "нему", "нее",  "нему", "ней",  "himself"};
    return HAS_ONE(c, span, words);
}

static size_t
sentence_of(const struct dz_compose *c, const struct dz_suggestion *s)
{
    size_t w = dz_reading_word_at(c->rd, (size_t)(s->quote.p - c->d->text.p));
    return w < c->rd->n_words ? c->rd->words[w].sentence : 0;
}

/* The one protected person that sentence s names; NULL where it names none or several. */
static const struct dz_mention *
only_person(const struct dz_compose *c, size_t s)
{
    const struct dz_mention *found = NULL;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind != DZ_MENTION_PERSON || !m->protect)
            continue;
        if (found && found->person_ix != m->person_ix)
            return NULL;
        found = m;
    }
    return found;
}

static size_t
mark_named(const struct dz_compose *c, size_t s, bool *victim)
{
    size_t named = 0;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind != DZ_MENTION_PERSON || !m->protect)
            continue;
        named++;
        victim[m->person_ix] = true;
    }
    return named;
}

static void
mark_act(const struct dz_compose *c, const struct dz_suggestion *act, bool *victim)
{
    size_t s = sentence_of(c, act);
    struct dz_span sentence = dz_compose_sentence(c, s);
    const char *modality = dz_json_str(act->fields, "modality");
    bool real = !modality || (strcmp(modality, "denied") != 0 && strcmp(modality, "planned") != 0);
    if (!real || mark_named(c, s, victim) > 0)
        return;
    for (size_t back = s; back > 0 && s - back < 2 && of_other(c, sentence); back--) {
        if (c->rd->pieces[back - 1].paragraph != c->rd->pieces[s].paragraph)
            return;
        const struct dz_mention *m = only_person(c, back - 1);
        if (m) {
            victim[m->person_ix] = true;
            return;
        }
    }
}

/* "They hung up on me, Nina." */
static bool
is_spoken_to(const struct dz_compose *c, const struct dz_mention *m)
{
    const struct dz_reading *rd = c->rd;
    size_t from = dz_reading_word_at(rd, m->start), to = dz_reading_word_at(rd, m->end);
    bool opens = from < rd->n_words && rd->words[from].before >= DZ_BREAK_COMMA;
    return opens && (to >= rd->n_words || rd->words[to].before >= DZ_BREAK_COMMA);
}

void
dz_compose_victims(const struct dz_compose *c, bool *victim)
{
    for (size_t i = 0; i < c->out->n; i++) {
        if (strcmp(c->out->items[i].kind, "act") == 0)
            mark_act(c, &c->out->items[i], victim);
    }
    for (size_t i = 0; i < c->mentions->n; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind == DZ_MENTION_PERSON && m->role_guessed && !is_spoken_to(c, m))
            victim[m->person_ix] = true;
    }
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        const struct dz_voice *v = &c->voices[s];
        if (v->person)
            victim[v->person->person_ix] = false;
        if (c->authors[s].person)
            victim[c->authors[s].person->person_ix] = false;
    }
}
