#include <string.h>

#include "dz_compose.h"
#include "dz_json.h"

/* Why a suggestion was made: the words that the patterns matched, what ties it to the passport,
 * where its place and day come from, and what it lost of the score on the way. Asked of the same
 * reading that makes the suggestion, so that the answer cannot differ from what happened. */

static void
set_span(const struct dz_compose *c, json_t *line, size_t start, size_t end)
{
    dz_json_set_int(line, "start", (int64_t)dz_utf8_map_cp(&c->d->map, start));
    dz_json_set_int(line, "end", (int64_t)dz_utf8_map_cp(&c->d->map, end));
    dz_json_set_view(line, "text", (struct dz_view){c->d->text.p + start, end - start});
}

static size_t
sentence_at(const struct dz_compose *c, size_t byte)
{
    size_t w = dz_reading_word_at(c->rd, byte);
    return w < c->rd->n_words ? c->rd->words[w].sentence : 0;
}

/* Concepts that decide; the others only help to find names and voices. */
static bool
decides(const struct dz_concept *concept, const char *rule)
{
    return strcmp(concept->rule, rule) == 0 || concept->kind == DZ_CONCEPT_GOOD ||
           concept->kind == DZ_CONCEPT_ACCESS || concept->kind == DZ_CONCEPT_HARM ||
           concept->kind == DZ_CONCEPT_THREAT || concept->kind == DZ_CONCEPT_STANCE;
}

static json_t *
matched_words(const struct dz_compose *c, const struct dz_suggestion *s, size_t sentence)
{
    const struct dz_reading *rd = c->rd;
    json_t *list = json_array();
    for (size_t i = rd->sentence_hit[sentence]; i < rd->sentence_hit[sentence + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *concept = dz_lexicon_concept(rd->lexicon, h->concept);
        bool measure = h->concept == c->id.instrument || h->concept == c->id.enact ||
                       h->concept == c->id.announce_rule || h->concept == c->id.oblige_rule;
        if (!decides(concept, s->rule) && !(measure && strcmp(s->kind, "measure") == 0))
            continue;
        json_t *line = json_object();
        dz_json_set_str(line, "pattern", concept->id);
        if (strcmp(concept->rule, s->rule) == 0)
            json_object_set_new(line, "rule", json_true());
        set_span(c, line, rd->words[h->first].start, rd->words[h->first + h->n - 1].end);
        json_array_append_new(list, line);
    }
    return list;
}

/* The words that speak of the passport: in the sentence, else in the nearest that has some. */
static void
add_tie(const struct dz_compose *c, json_t *out, size_t sentence)
{
    static const struct {
        uint8_t tie;
        const char *name;
    } names[] = {{DZ_TIE_DIRECT, "sentence"},
                 {DZ_TIE_NEIGHBOUR, "neighbour"},
                 {DZ_TIE_NEAR, "near"},
                 {DZ_TIE_TOPIC, "topic"},
                 {DZ_TIE_NONE, "none"}};
    const int concepts[] = {c->id.without_passport, c->id.refusing,     c->id.passport,
                            c->id.passportization,  c->id.ukr_passport, c->id.citizen};
    json_t *tie = json_object();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (c->ties[sentence] == names[i].tie)
            dz_json_set_str(tie, "from", names[i].name);
    }
    for (size_t away = 0; away < c->rd->n_sentences; away++) {
        for (int side = 0; side < 2; side++) {
            size_t s = side ? sentence + away : sentence - away;
            if (s >= c->rd->n_sentences)
                continue;
            struct dz_span span = dz_compose_sentence(c, s);
            for (size_t k = 0; k < sizeof concepts / sizeof *concepts; k++) {
                const struct dz_hit *h =
                    concepts[k] < 0 ? NULL
                                    : dz_reading_hit(c->rd, concepts[k], span.from, span.to);
                if (!h)
                    continue;
                set_span(c, tie, c->rd->words[h->first].start,
                         c->rd->words[h->first + h->n - 1].end);
                json_object_set_new(out, "tie", tie);
                return;
            }
        }
    }
    json_object_set_new(out, "tie", tie);
}

static void
lower(json_t *list, const char *why, int points)
{
    if (points <= 0)
        return;
    json_t *line = json_object();
    dz_json_set_str(line, "why", why);
    dz_json_set_int(line, "points", points);
    json_array_append_new(list, line);
}

static const char *
doubt_name(int doubt)
{
    return doubt == DZ_DOUBT_PARAGRAPH  ? "place-from-paragraph"
           : doubt == DZ_DOUBT_REFERRED ? "place-referred-to"
           : doubt == DZ_DOUBT_WITNESS  ? "place-of-witness"
           : doubt == DZ_DOUBT_TOPIC    ? "place-of-headline"
           : doubt == DZ_DOUBT_NARRATOR ? "place-of-narrator"
                                        : "place-in-sentence";
}

/* Where an act happened and when, and what that cost. */
static void
add_setting(const struct dz_compose *c, json_t *out, json_t *lowered, size_t sentence,
            struct dz_span span, const char *shown)
{
    struct dz_setting set = dz_compose_setting(c, sentence, span);
    if (set.place.n > 0) {
        json_t *place = json_object();
        size_t start = (size_t)(set.place.p - c->d->text.p);
        dz_json_set_str(place, "from", doubt_name(set.doubt));
        set_span(c, place, start, start + set.place.n);
        json_object_set_new(out, "place", place);
    }
    const struct dz_mention *day = set.date_mention;
    const char *from = set.date_of_entry ? "date-of-entry"
                       : set.date_carried ? "sentence-before"
                                          : "sentence";
    /* A harm to come has no day but its deadline. */
    const struct dz_mention *deadline = dz_compose_deadline(c, sentence, span);
    if (deadline && shown && strcmp(shown, deadline->edtf) == 0 &&
        (!day || strcmp(shown, day->edtf) != 0)) {
        day = deadline;
        from = "deadline";
    }
    if (day && shown) {
        json_t *date = json_object();
        dz_json_set_str(date, "from", from);
        dz_json_set_str(date, "rule", day->rule);
        set_span(c, date, day->start, day->end);
        json_object_set_new(out, "date", date);
    }
    lower(lowered, doubt_name(set.doubt), set.doubt);
}

static void
add_mention(const struct dz_compose *c, json_t *out, const struct dz_suggestion *s, size_t start)
{
    for (size_t i = 0; i < c->mentions->n; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->start != start || strcmp(m->rule, s->rule) != 0)
            continue;
        if (m->kind == DZ_MENTION_DATE && m->inferred)
            json_object_set_new(out, "inferred", json_true());
        if (m->kind == DZ_MENTION_PERSON)
            json_object_set_new(out, "protected", json_boolean(m->protect));
        return;
    }
}

void
dz_compose_explain(struct dz_compose *c, const struct dz_suggestion *s, size_t start, size_t end)
{
    struct dz_explain *e = c->explain;
    if (e->out || s->start != e->start || s->end != e->end || strcmp(s->kind, e->kind) != 0 ||
        strcmp(s->rule, e->rule) != 0)
        return;
    json_t *out = json_object(), *lowered = json_array();
    size_t sentence = sentence_at(c, start);
    struct dz_span span = {dz_reading_word_at(c->rd, start), dz_reading_word_at(c->rd, end)};
    dz_json_set_str(out, "rule", s->rule);
    dz_json_set_int(out, "score", s->score);
    bool act = strcmp(s->kind, "act") == 0;
    bool value = strcmp(s->kind, "date") == 0 || strcmp(s->kind, "place") == 0 ||
                 strcmp(s->kind, "person") == 0;
    if (value) {
        add_mention(c, out, s, start);
    } else {
        json_object_set_new(out, "words", matched_words(c, s, sentence));
        add_tie(c, out, sentence);
        dz_json_set_view(out, "speaker", c->voices[sentence].speaker);
    }
    if (act) {
        lower(lowered, "tie", (DZ_TIE_DIRECT - c->ties[sentence]) / 2);
        add_setting(c, out, lowered, sentence, span, dz_json_str(s->fields, "date"));
    }
    json_object_set_new(out, "lowered", lowered);
    e->out = out;
}

enum dz_code
dz_suggest_explain(const struct dz_rules *r, struct dz_document *d, const struct dz_doc_info *info,
                   struct dz_explain *e, struct dz_err *err)
{
    struct dz_suggestions all = {0};
    enum dz_code code = dz_suggest_with(r, d, info, e, &all, err);
    dz_suggestions_done(&all);
    if (code == DZ_OK && !e->out)
        return dz_fail(err, DZ_E_NOTFOUND, "the text does not give this suggestion any more");
    return code;
}
