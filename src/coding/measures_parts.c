#include <string.h>

#include "dz_measures_priv.h"

/* What one measure consists of: its kind, days, number and issuer, and when two namings are of one
 * measure. */

#define NUMBER_MAX 24 /* bytes */

/* Words for one kind of instrument in three languages; order and decree of a president are one
 * thing. */
const char *
dz_measure_class(struct dz_view word)
{
    static const struct {
        const char *stem;
        const char *class_id;
    } stems[] = {
        {"decree", "decree"},       {"order", "decree"},    {"executive", "decree"},
        {"presidential", "decree"}, {"указ", "decree"},     {"law", "law"},
        {"закон", "law"},           {"federal", "law"},     {"resolution", "resolution"},
        {"постанов", "resolution"}, {"розпорядж", "order"}, {"распоряж", "order"},
        {"наказ", "order"},         {"приказ", "order"},    {"simplified", "procedure"},
        {"спрощ", "procedure"},     {"упрощ", "procedure"}, {"internal", "internal"},
    };
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        if (dz_view_starts(word, stems[i].stem))
            return stems[i].class_id;
    }
    return "instrument";
}

/* "Вимога: від 1 квітня ...", "чинний від 29 січня": what begins then is the rule. */
static bool
opens_rule(const struct dz_compose *c, size_t w, struct dz_span sentence)
{
    static const char *const stems[] = {"чинн", "діє", "діят", "действу", "effective", "force"};
    if (w <= sentence.from || c->rd->words[w].before >= DZ_BREAK_HARD)
        return true;
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        if (dz_view_starts(c->rd->words[w - 1].fold, stems[i]))
            return true;
    }
    return false;
}

/* Does a deadline word stand right in front of the date? later: the day of adoption is already
 * known and earlier, so that "from" and "since" open the time of the rule. */
static bool
is_deadline(const struct dz_compose *c, const struct dz_mention *date, struct dz_span sentence,
            bool later)
{
    if (date->date_role == DZ_DATE_BY || date->date_role == DZ_DATE_UNTIL)
        return true;
    size_t w = dz_reading_word_at(c->rd, date->start);
    size_t from = w > sentence.from + 2 ? w - 2 : sentence.from;
    const struct dz_hit *h = dz_reading_hit(c->rd, c->id.deadline_word, from, w + 1);
    if (!h)
        return false;
    /* "від 27 квітня" is the day of adoption; "з 1 січня", a whole day, the beginning of the
     * rule. */
    static const char *const opening[] = {"since", "від", "от", "з", "із", "с"};
    for (size_t i = 0; i < sizeof opening / sizeof *opening; i++) {
        if (dz_view_is(c->rd->words[h->first].fold, opening[i]))
            return later ||
                   (strlen(date->edtf) >= strlen("2024-07-01") &&
                    opens_rule(c, h->first, sentence)) ||
                   (i >= 3 && strlen(date->edtf) >= strlen("2024-07-01"));
    }
    return true;
}

#define EFFECT_REACH 7 /* words */

/* "The law, which came into force on 16 January", "the decree ran out on 10 September": the day
 * from which or up to which it holds. */
static bool
takes_effect(const struct dz_compose *c, size_t w, struct dz_span sentence)
{
    size_t from = w > sentence.from + EFFECT_REACH ? w - EFFECT_REACH : sentence.from;
    return c->id.takes_effect >= 0 && dz_reading_hit(c->rd, c->id.takes_effect, from, w) != NULL;
}

/* Dates of a part of the sentence: the first that a deadline word opens, and the first other. */
void
dz_measure_dates(const struct dz_compose *c, size_t s, struct dz_span part, struct dz_measure *m)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *date = &c->mentions->items[i];
        if (date->kind != DZ_MENTION_DATE || date->edtf[0] == '\0')
            continue;
        /* "Since spring" tells of a story, not of when a rule began. */
        if (date->date_role != DZ_DATE_PLAIN && strcmp(date->rule, "date.season-told") == 0)
            continue;
        size_t w = dz_reading_word_at(c->rd, date->start);
        if (w < part.from || w >= part.to)
            continue;
        bool later = m->date[0] && strcmp(date->edtf, m->date) > 0;
        bool names = strcmp(date->rule, "date.month-of-paper") == 0;
        if (!names && (is_deadline(c, date, sentence, later) || takes_effect(c, w, sentence))) {
            if (m->deadline[0] == '\0')
                m->deadline = date->edtf;
        } else if (m->date[0] == '\0') {
            m->date = date->edtf;
        }
    }
}

#define NUMBER_REACH 14 /* words: "Указа Президента ... от 27 апреля 2023 года № 307" */

bool
dz_measure_is_dated(const struct dz_compose *c, const struct dz_word *word)
{
    const struct dz_mention *m = dz_compose_mention(c, DZ_MENTION_DATE, word->start, word->end);
    return m && m->edtf[0];
}

/* "No. 783", "№ 159" behind the instrument, or "Decree 307" right behind it. */
struct dz_view
dz_measure_number(const struct dz_compose *c, size_t from, size_t to)
{
    const struct dz_reading *rd = c->rd;
    for (size_t w = from; w < to && w < from + NUMBER_REACH; w++) {
        const struct dz_word *word = &rd->words[w];
        struct dz_view gap = {c->d->text.p + word[-1].end, word->start - word[-1].end};
        bool sign = dz_view_is(word[-1].fold, "no") || dz_view_is(word[-1].fold, "n") ||
                    dz_view_is(word[-1].fold, "number") || dz_view_starts(word[-1].fold, "номер") ||
                    (w == from && word->number && word->before == DZ_BREAK_NONE &&
                     word->end - word->start <= 4 && !dz_measure_is_dated(c, word));
        for (size_t k = 0; k + 3 <= gap.n && !sign; k++)
            sign = memcmp(gap.p + k, "№", 3) == 0;
        if (!sign || !word->number)
            continue;
        size_t end = word->end;
        /* "27-FZ": letters glued by a hyphen belong to the number. */
        while (end < c->d->text.n && end - word->start < NUMBER_MAX &&
               !strchr(" ,.:;)\n", c->d->text.p[end]))
            end++;
        return (struct dz_view){c->d->text.p + word->start, end - word->start};
    }
    return (struct dz_view){0};
}

#define ISSUER_WORDS 6

/* "Указ президента РФ № 307", "a decree of the governor", "розпорядженням комендатури від 3
 * травня": the office or body named right behind the instrument; empty when there is none. */
struct dz_view
dz_measure_issuer_behind(const struct dz_compose *c, size_t w, struct dz_span sentence)
{
    static const char *const ends[] = {"від",  "от",    "про",   "о",     "об",  "no",
                                       "of",   "on",    "dated", "за",    "№",   "that",
                                       "щодо", "which", "with",  "under", "had", "was"};
    if (w + 1 < sentence.to &&
        (dz_view_is(c->rd->words[w].fold, "of") || dz_view_is(c->rd->words[w].fold, "by") ||
         dz_view_is(c->rd->words[w].fold, "from")))
        w++;
    if (w + 1 < sentence.to && dz_view_is(c->rd->words[w].fold, "the"))
        w++;
    size_t to = w;
    for (; to < sentence.to && to < w + ISSUER_WORDS; to++) {
        const struct dz_word *word = &c->rd->words[to];
        bool end = word->number || (to > w && word->before != DZ_BREAK_NONE);
        for (size_t i = 0; i < sizeof ends / sizeof *ends && !end; i++)
            end = dz_view_is(word->fold, ends[i]);
        if (end)
            break;
    }
    struct dz_span span = {w, to};
    const struct dz_hit *h = c->id.issuing_body >= 0
                                 ? dz_reading_hit(c->rd, c->id.issuing_body, span.from, span.to)
                                 : NULL;
    if (!h || c->rd->words[w].before >= DZ_BREAK_COMMA || h->first > w + 2)
        return (struct dz_view){0};
    /* "уряду Запорізької області", "главы государства": capitals and what they are called. */
    static const char *const tails[] = {"област",  "район",  "округ",    "кра",   "держав",
                                        "государ", "region", "district", "state", "republic"};
    size_t last = h->first + h->n;
    for (bool more = true; more && last < to && last < h->first + h->n + 3; last += more) {
        more = c->rd->words[last].capital;
        for (size_t i = 0; i < sizeof tails / sizeof *tails && !more; i++)
            more = dz_view_starts(c->rd->words[last].fold, tails[i]);
    }
    return dz_compose_text(c, (struct dz_span){w, last});
}

/* Who issued it: "X signed", "signed by X", "X's decree", else the first actor of the sentence. */
struct dz_view
dz_measure_issuer(const struct dz_compose *c, size_t s, size_t anchor)
{
    const struct dz_mention *before = NULL, *after = NULL;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        bool country = m->kind == DZ_MENTION_PLACE &&
                       (m->metonym || (m->place_kind && strcmp(m->place_kind, "country") == 0));
        if (m->kind != DZ_MENTION_PERSON && m->kind != DZ_MENTION_OFFICE && !country)
            continue;
        size_t w = dz_reading_word_at(c->rd, m->start);
        if (w < anchor) {
            /* A person or office beats a country; the nearest of them wins. */
            if (!before || before->kind == DZ_MENTION_PLACE || m->kind != DZ_MENTION_PLACE)
                before = m;
        } else if (!after && w < anchor + 8 && m->kind != DZ_MENTION_PLACE) {
            after = m;
        }
    }
    const struct dz_mention *m = before ? before : after;
    if (!m)
        return (struct dz_view){0};
    if (m->kind == DZ_MENTION_PERSON && m->name.n > 0)
        return m->name;
    return (struct dz_view){c->d->text.p + m->start, m->end - m->start};
}

static bool
same_issuer(struct dz_view a, struct dz_view b)
{
    if (a.n == 0 || b.n == 0)
        return true;
    /* The last words decide: "Vladimir Putin" and "Putin"; case endings aside. */
    size_t n = a.n < b.n ? a.n : b.n;
    size_t cut = n > 6 ? n - 4 : n;
    for (size_t i = 0; i + cut <= a.n; i++) {
        struct dz_view tail = {b.p + (b.n - n), cut};
        if (memcmp(a.p + i, tail.p, tail.n) == 0)
            return true;
    }
    for (size_t i = 0; i + cut <= b.n; i++) {
        struct dz_view tail = {a.p + (a.n - n), cut};
        if (memcmp(b.p + i, tail.p, tail.n) == 0)
            return true;
    }
    return false;
}

#define NOUN_STEM 8 /* bytes */

/* A letter and a leaflet are no one paper, though both are papers. */
static bool
same_noun(const struct dz_measure *a, const struct dz_measure *b)
{
    struct dz_view stem = {a->noun.p, a->noun.n < NOUN_STEM ? a->noun.n : NOUN_STEM};
    return strcmp(a->class_id, "instrument") != 0 ||
           (b->noun.n >= stem.n && memcmp(b->noun.p, stem.p, stem.n) == 0);
}

bool
dz_measure_same(const struct dz_measure *a, const struct dz_measure *b)
{
    if (a->class_id[0] == '\0' || b->class_id[0] == '\0' || strcmp(a->class_id, b->class_id) != 0)
        return false;
    if (!same_noun(a, b))
        return false;
    if (a->number.n > 0 && b->number.n > 0)
        return dz_view_eq(a->number, b->number);
    bool known = a->date[0] && b->date[0];
    if (known && strcmp(a->date, b->date) != 0)
        return !b->dated && !b->indefinite; /* the day of whoever speaks of it */
    if (!known && b->indefinite)
        return false;
    if ((b->indefinite && b->number.n > 0) || (a->indefinite && b->number.n > 0))
        return false; /* "a similar law No. 66", "laws ... Law No. 66" */
    return same_issuer(a->issuer, b->issuer);
}

void
dz_measure_merge(struct dz_measure *into, const struct dz_measure *from)
{
    into->last = from->sentence;
    if (into->date[0] == '\0')
        into->date = from->date;
    if (into->deadline[0] == '\0')
        into->deadline = from->deadline;
    if (into->number.n == 0)
        into->number = from->number;
    if (into->issuer.n == 0)
        into->issuer = from->issuer;
}
