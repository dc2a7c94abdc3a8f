#include <string.h>

#include "dz_compose.h"

/* Where and when of a fact. What its own sentence does not say is carried from what went before,
 * within bounds, and every step away costs some of the score: a person decides in the end. */

#define CARRY_SENTENCES 12 /* so far back a place is carried within its paragraph */
#define WITNESS_SENTENCES 40
#define REFERRED_SENTENCES 6

static void
set_place(struct dz_setting *set, const struct dz_where *where, int doubt)
{
    set->place = where->words;
    set->place_id = where->id;
    set->shared = where->shared;
    set->doubt = doubt;
}

static struct dz_span
end_of(const struct dz_compose *c, size_t s)
{
    struct dz_span span = dz_compose_sentence(c, s);
    return (struct dz_span){span.to > span.from ? span.to - 1 : span.to, span.to};
}

/* Out of reach of the occupation, or only where somebody goes: no place of an act while another
 * can be found. */
static bool
is_dubious(const struct dz_compose *c, const struct dz_where *where)
{
    return where->m && !where->several &&
           (!dz_where_occupied(c, where->m) || dz_where_destination(c, where->m));
}

static bool
from_paragraph(const struct dz_compose *c, size_t s, bool any, struct dz_setting *set)
{
    uint32_t paragraph = c->rd->pieces[s].paragraph;
    struct dz_where where;
    for (size_t back = s; back > 0 && s - back < CARRY_SENTENCES; back--) {
        if (c->rd->pieces[back - 1].paragraph != paragraph)
            return false;
        if (!dz_where_in(c, back - 1, end_of(c, back - 1), &where) ||
            (!any && is_dubious(c, &where)))
            continue;
        set_place(set, &where, DZ_DOUBT_PARAGRAPH);
        return true;
    }
    return false;
}

/* "In these territories", "there": the place was named not long ago, maybe a paragraph before. */
static bool
from_reference(const struct dz_compose *c, size_t s, struct dz_setting *set)
{
    struct dz_where where;
    if (!dz_compose_has(c, c->id.that_place, dz_compose_sentence(c, s)))
        return false;
    for (size_t back = s; back > 0 && s - back < REFERRED_SENTENCES; back--) {
        if (!dz_where_in(c, back - 1, end_of(c, back - 1), &where) || is_dubious(c, &where))
            continue;
        set_place(set, &where, DZ_DOUBT_REFERRED);
        return true;
    }
    return false;
}

/* The person of whom, or in whose words, a sentence tells; SIZE_MAX when there is none. */
static size_t
person_of(const struct dz_compose *c, size_t s)
{
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind == DZ_MENTION_PERSON && m->protect)
            return m->person_ix;
    }
    const struct dz_voice *v = &c->voices[s];
    return v->person && v->person->protect ? v->person->person_ix : SIZE_MAX;
}

/* A witness tells of the place that was named beside the name, until another place is. */
static bool
from_witness(const struct dz_compose *c, size_t s, struct dz_setting *set)
{
    size_t person = person_of(c, s);
    struct dz_where where;
    for (size_t back = s; person != SIZE_MAX && back > 0 && s - back < WITNESS_SENTENCES; back--) {
        size_t at = back - 1;
        if (person_of(c, at) != person || !dz_where_in(c, at, end_of(c, at), &where) ||
            where.several || !where.m || is_dubious(c, &where))
            continue;
        set_place(set, &where, DZ_DOUBT_WITNESS);
        return true;
    }
    return false;
}

/* The place that the head of the text names, unless the text has gone on to another settlement. */
static bool
from_topic(const struct dz_compose *c, size_t s, struct dz_setting *set)
{
    if (c->topic.words.n == 0)
        return false;
    for (size_t i = c->sentence_mention[s]; i > 0; i--) {
        const struct dz_mention *m = &c->mentions->items[i - 1];
        if (!dz_where_fits(c, m) || !m->place_id || !dz_where_occupied(c, m))
            continue;
        bool same = c->topic.id && (dz_place_within(c->rules, m->place_id, c->topic.id) ||
                                    dz_place_within(c->rules, c->topic.id, m->place_id));
        if (!same)
            return false;
        break;
    }
    set_place(set, &c->topic, DZ_DOUBT_TOPIC);
    return true;
}

/* ---- dates ---- */

static struct dz_span
words_of(const struct dz_compose *c, const struct dz_mention *m)
{
    return (struct dz_span){dz_reading_word_at(c->rd, m->start), dz_reading_word_at(c->rd, m->end)};
}

/* "MELITOPOL, 14 November 2023 — ...": the day of the report, not of what it tells. */
static bool
is_dateline(const struct dz_compose *c, size_t s, struct dz_span at)
{
    const struct dz_word *words = c->rd->words;
    struct dz_span sentence = dz_compose_sentence(c, s);
    bool first = s == 0 || c->rd->pieces[s].paragraph != c->rd->pieces[s - 1].paragraph;
    if (!first || s > 8 || at.from > sentence.from + 8)
        return false;
    for (size_t w = sentence.from; w < at.from; w++) {
        if (!words[w].capital && !words[w].number)
            return false;
    }
    size_t past = at.to;
    while (past < sentence.to && past < at.to + 2 && words[past].before < DZ_BREAK_HARD)
        past++;
    return past < sentence.to ? words[past].before == DZ_BREAK_HARD : at.from > sentence.from;
}

/* "Staff were told in May to ...": that is the act itself. */
static bool
is_passive(const struct dz_compose *c, size_t verb, size_t from)
{
    static const char *const words[] = {"was", "were", "been", "be", "being"};
    for (size_t i = 0; verb > from && i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(c->rd->words[verb - 1].fold, words[i]))
            return true;
    }
    return false;
}

/* "Every Friday" is no day. */
static bool
recurs(const struct dz_compose *c, size_t w)
{
    static const char *const words[] = {"every", "each",   "кожної", "кожного", "кожну",
                                        "кожен", "каждую", "каждый", "каждое",  "каждого"};
    for (size_t i = 0; w > 0 && i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(c->rd->words[w - 1].fold, words[i]))
            return true;
    }
    return false;
}

/* "said on 3 March that ...": when it was said, not when it happened. */
static bool
dates_speech(const struct dz_compose *c, size_t s, struct dz_span at)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    for (size_t back = 1; back <= 2 && at.from >= sentence.from + back; back++) {
        size_t w = at.from - back;
        if (c->rd->words[w + 1].before >= DZ_BREAK_COMMA)
            return false;
        if (dz_reading_hit(c->rd, c->id.speech, w, w + 1))
            return !is_passive(c, w, sentence.from);
    }
    return false;
}

#define PAPER_REACH 4 /* words from "decree" to its day: "No. 307 of" */

/* "Decree No. 307 of 27 April 2023": the day of the paper, not of what it brings. */
static bool
dates_paper(const struct dz_compose *c, size_t s, struct dz_span at)
{
    static const char *const of[] = {"of", "від", "от"};
    size_t from = dz_compose_sentence(c, s).from;
    bool linked = false;
    for (size_t i = 0; at.from > from && i < sizeof of / sizeof *of; i++)
        linked = linked || dz_view_is(c->rd->words[at.from - 1].fold, of[i]);
    if (!linked)
        return false;
    size_t first = at.from > from + PAPER_REACH ? at.from - PAPER_REACH : from;
    return dz_compose_has(c, c->id.instrument, (struct dz_span){first, at.from});
}

static bool
dates_act(const struct dz_compose *c, size_t s, const struct dz_mention *m)
{
    if (m->kind != DZ_MENTION_DATE || m->edtf[0] == '\0')
        return false;
    if (m->date_role == DZ_DATE_UNTIL || m->date_role == DZ_DATE_BY)
        return false;
    struct dz_span at = words_of(c, m);
    return !is_dateline(c, s, at) && !dates_speech(c, s, at) && !recurs(c, at.from) &&
           !dates_paper(c, s, at);
}

static const struct dz_mention *
date_in(const struct dz_compose *c, size_t s, struct dz_span span)
{
    const struct dz_mention *best = NULL;
    size_t best_far = 0;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (!dates_act(c, s, m))
            continue;
        size_t far = dz_words_between(c, words_of(c, m), span);
        if (!best || far < best_far) {
            best = m;
            best_far = far;
        }
    }
    return best;
}

const struct dz_mention *
dz_compose_deadline(const struct dz_compose *c, size_t s, struct dz_span span)
{
    const struct dz_mention *best = NULL;
    size_t best_far = 0;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind != DZ_MENTION_DATE || m->edtf[0] == '\0' ||
            (m->date_role != DZ_DATE_UNTIL && m->date_role != DZ_DATE_BY))
            continue;
        size_t far = dz_words_between(c, words_of(c, m), span);
        if (!best || far < best_far) {
            best = m;
            best_far = far;
        }
    }
    return best;
}

/* ---- diaries ---- */

#define ENTRY_WORDS 2  /* in front of the day of an entry: a weekday, a mark */
#define DIARY_ENTRIES 2

/* "20 червня. Воронеж. ...", "3 January: ...": the day that a paragraph begins with. */
static const struct dz_mention *
entry_date(const struct dz_compose *c, size_t s)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        struct dz_span at = words_of(c, m);
        if (m->kind != DZ_MENTION_DATE || strlen(m->edtf) != strlen("2023-05-04"))
            continue;
        if (at.from > sentence.from + ENTRY_WORDS)
            return NULL;
        bool ends = at.to >= sentence.to || c->rd->words[at.to].before >= DZ_BREAK_HARD;
        return ends ? m : NULL;
    }
    return NULL;
}

static bool
begins_paragraph(const struct dz_compose *c, size_t s)
{
    return s == 0 || c->rd->pieces[s - 1].paragraph != c->rd->pieces[s].paragraph;
}

bool
dz_compose_is_diary(const struct dz_compose *c)
{
    size_t entries = 0;
    for (size_t s = 0; s < c->rd->n_sentences && entries < DIARY_ENTRIES; s++)
        entries += begins_paragraph(c, s) && entry_date(c, s) != NULL;
    return entries >= DIARY_ENTRIES;
}

const struct dz_mention *
dz_compose_entry_date(const struct dz_compose *c, size_t s)
{
    while (c->diary && !begins_paragraph(c, s))
        s--;
    return c->diary ? entry_date(c, s) : NULL;
}

const char *
dz_compose_said_on(const struct dz_compose *c, size_t s, struct dz_span span)
{
    const struct dz_mention *best = NULL;
    size_t best_far = 0;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind != DZ_MENTION_DATE || m->edtf[0] == '\0' || m->date_role == DZ_DATE_UNTIL ||
            m->date_role == DZ_DATE_BY)
            continue;
        struct dz_span at = words_of(c, m);
        if (dates_speech(c, s, at))
            return m->edtf;
        size_t far = dz_words_between(c, at, span);
        if (!best || far < best_far) {
            best = m;
            best_far = far;
        }
    }
    return best ? best->edtf : "";
}

#define OPENING_WORDS 4

/* "Отпустили с условием", "Відпустили під ранок": a verb of many that names nobody tells on. */
static bool
opens_with_deed(const struct dz_compose *c, struct dz_span sentence)
{
    static const char end[] = "ли";
    size_t n = strlen(end);
    if (sentence.to <= sentence.from)
        return false;
    struct dz_view word = c->rd->words[sentence.from].fold;
    return word.n > 3 * n && memcmp(word.p + word.n - n, end, n) == 0;
}

/* Does sentence s tell on what the sentence before began? It opens with a pronoun or "then", points
 * to the place named before, or tells of the same private person. */
static bool
goes_on(const struct dz_compose *c, size_t s)
{
    if (s == 0 || c->rd->pieces[s - 1].paragraph != c->rd->pieces[s].paragraph)
        return false;
    struct dz_span span = dz_compose_sentence(c, s);
    size_t to = span.from + OPENING_WORDS < span.to ? span.from + OPENING_WORDS : span.to;
    if (dz_compose_has(c, c->id.goes_on, (struct dz_span){span.from, to}))
        return true;
    if (dz_compose_has(c, c->id.that_place, span))
        return true;
    size_t person = person_of(c, s);
    return opens_with_deed(c, span) || (person != SIZE_MAX && person == person_of(c, s - 1));
}

#define STORY_SENTENCES 5

/* The day of the sentence from which s goes on, perhaps by way of others between. */
static const struct dz_mention *
date_of_story(const struct dz_compose *c, size_t s)
{
    for (size_t back = 0; back < STORY_SENTENCES && goes_on(c, s - back); back++) {
        const struct dz_mention *m = date_in(c, s - back - 1, end_of(c, s - back - 1));
        if (m)
            return m;
    }
    return NULL;
}

struct dz_setting
dz_compose_setting(const struct dz_compose *c, size_t s, struct dz_span span)
{
    struct dz_setting set = {.date = ""};
    struct dz_where where;
    bool here = dz_where_in(c, s, span, &where), dubious = here && is_dubious(c, &where);
    if (here && !dubious)
        set_place(&set, &where, 0);
    else if (!from_paragraph(c, s, false, &set) && !from_reference(c, s, &set) &&
             !from_witness(c, s, &set) && !from_topic(c, s, &set)) {
        if (here)
            set_place(&set, &where, 0);
        else if (!from_paragraph(c, s, true, &set) && c->narrator.words.n > 0)
            set_place(&set, &c->narrator, DZ_DOUBT_NARRATOR);
    }
    set.date_mention = date_in(c, s, span);
    if (!set.date_mention && set.doubt != DZ_DOUBT_NONE) {
        set.date_mention = date_of_story(c, s);
        set.date_carried = set.date_mention != NULL;
    }
    if (!set.date_mention && (set.date_mention = dz_compose_entry_date(c, s)) != NULL)
        set.date_carried = set.date_of_entry = true;
    if (set.date_mention)
        set.date = set.date_mention->edtf;
    return set;
}
