#include <string.h>

#include "dz_figure_unit.h"
#include "dz_rules_priv.h"

/* What a number counts: the noun behind it, the noun in front ("відмов – 30", "человек сорок"), or
 * what the figure before it counted ("of these, 312", "another 40", "at the port, nine"). */

#define BEHIND_WORDS 5
#define FRONT_WORDS 8
#define FAR_WORDS 14
#define MONEY_WORDS 6

/* Ids of data/phrases/units.ini that count something of the campaign, and the unit of the fact.
 * Other ids (years, roubles, hectares) count nothing here. */
static const char *
unit_of_mention(const char *id)
{
    static const char *const units[][2] = {
        {"passports", "passports"}, {"people", "people"},         {"applications", "applications"},
        {"percent", "percent"},     {"properties", "properties"}, {"children", "children"},
        {"families", "families"},   {"cases", "cases"},           {"refusals", "refusals"},
        {"businesses", "other"},    {"parcels", "other"},         {"documents", "passports"},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(id, units[i][0]) == 0)
            return units[i][1];
    }
    return NULL;
}

/* Words of the thing counted that begins at word w; 0 when none does. */
static size_t
unit_at(const struct dz_compose *c, size_t w, const char **ret_unit)
{
    const struct dz_reading *rd = c->rd;
    size_t n;
    for (size_t i = rd->word_hit[w]; i < rd->n_hits && rd->hits[i].first == w; i++) {
        const struct dz_concept *unit = dz_lexicon_concept(rd->lexicon, rd->hits[i].concept);
        if (unit->kind != DZ_CONCEPT_UNIT)
            continue;
        *ret_unit = unit->unit;
        return rd->hits[i].n;
    }
    const struct dz_lex_entry *e =
        dz_lex_find(&c->rules->numbers, c->d, rd->words[w].token, DZ_LEX_KIND(DZ_NW_UNIT), &n);
    const char *unit = e && strcmp(e->id, "percent") != 0 ? unit_of_mention(e->id) : NULL;
    if (!unit)
        return 0;
    *ret_unit = unit;
    return 1;
}

/* Behind these begins another thing: "203 hospitals a leaflet", "семь тысяч и выдали". */
static bool
turns_away(struct dz_view fold)
{
    static const char *const words[] = {"a", "an", "and", "і", "й", "та", "и"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(fold, words[i]))
            return true;
    }
    return false;
}

static const char *
noun_behind(const struct dz_compose *c, size_t from, size_t limit, size_t *ret_end)
{
    const char *unit = NULL;
    for (size_t w = from; w < limit && w < from + BEHIND_WORDS; w++) {
        if (c->rd->words[w].before >= DZ_BREAK_COMMA || turns_away(c->rd->words[w].fold))
            return NULL;
        size_t n = unit_at(c, w, &unit);
        if (n == 0)
            continue;
        *ret_end = w + n;
        return unit;
    }
    return NULL;
}

#define LEAST_UNNAMED 3000 /* years and hours are smaller */
#define LEAST_CLAIMED 100000
#define LEAST_BARE 1000    /* "the number of citizens reached 48,000": these are people */

static bool
at_least(const char *value, unsigned n)
{
    size_t digits = strcspn(value, ".");
    unsigned whole = 0;
    for (size_t i = 0; i < digits && i < 8; i++)
        whole = whole * 10 + (unsigned)(value[i] - '0');
    return digits >= 8 || whole >= n;
}

/* A colon or a dash in front of the number: "Відмов – 30". */
static bool
opens_number(const struct dz_compose *c, size_t at)
{
    static const char *const marks[] = {":", "–", "—", " - "};
    struct dz_view gap = {c->d->text.p + c->rd->words[at - 1].end,
                          c->rd->words[at].start - c->rd->words[at - 1].end};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        for (size_t k = 0; k + n <= gap.n; k++) {
            if (memcmp(gap.p + k, marks[i], n) == 0)
                return true;
        }
    }
    return false;
}

static bool
is_turning(const struct dz_word *w)
{
    static const char *const words[] = {
        "at", "by", "to",  "for", "from", "of", "in",  "on",   "under", "до",  "у", "в", "за", "на",
        "з",  "с",  "від", "от",  "із",   "по", "при", "over", "aged",  "and", "і", "и", "та"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(w->fold, words[i]))
            return true;
    }
    return false;
}

/* "The number of people still in the zone, at about 17,000": the noun right behind the word,
 * however
 * far off. NULL when there is no such word in front. */
static const char *
noun_told(const struct dz_compose *c, struct dz_span sentence, size_t at, size_t *ret_from)
{
    size_t from = at > sentence.from + FAR_WORDS ? at - FAR_WORDS : sentence.from;
    const struct dz_hit *h = dz_reading_hit(c->rd, c->id.figure_word, from, at);
    const char *unit = NULL;
    for (size_t w = h ? h->first + h->n : at; w < at; w++) {
        if (c->rd->words[w].number)
            return NULL;
        if (unit_at(c, w, &unit) == 0)
            continue;
        *ret_from = h->first;
        return unit;
    }
    return NULL;
}

/* Is the word part of a date? */
static bool
is_dated(const struct dz_compose *c, size_t w)
{
    const struct dz_word *word = &c->rd->words[w];
    return dz_compose_mention(c, DZ_MENTION_DATE, word->start > 0 ? word->start - 1 : 0,
                              word->start + 1) != NULL;
}

/* "Without a passport", "через паспорт", "про паспорти": not what is counted. */
static bool
behind_preposition(const struct dz_compose *c, struct dz_span sentence, size_t w)
{
    static const char *const words[] = {"without", "over",  "about", "for",   "because", "through",
                                        "через",   "про",   "без",   "щодо",  "за",      "из-за",
                                        "о",       "по",    "насчет", "из",
                                        "на"};
    for (size_t back = 1; back <= 3 && w >= sentence.from + back; back++) {
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (dz_view_is(c->rd->words[w - back].fold, words[i]))
                return true;
        }
        if (c->rd->words[w - back + 1].before != DZ_BREAK_NONE)
            return false;
    }
    return false;
}

static bool
bracket_before(const struct dz_compose *c, size_t w)
{
    size_t end = w > 0 && w < c->rd->n_words ? c->rd->words[w - 1].end : 0;
    return end > 0 && memchr(c->d->text.p + end, '(', c->rd->words[w].start - end) != NULL;
}

/* "Взяли четверо", "осталось шестеро": only people are counted so. */
static bool
counts_people(const struct dz_compose *c, struct dz_span at)
{
    static const char *const words[] = {"двоє",     "троє",      "четверо",  "п'ятеро",   "шестеро",
                                        "семеро",   "восьмеро",  "дев'ятеро", "десятеро", "двое",
                                        "трое",     "пятеро",    "восьмеро", "девятеро"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (at.to > at.from && dz_view_is(c->rd->words[at.to - 1].fold, words[i]))
            return true;
    }
    return false;
}

/* The noun in front, as far as the clause reaches; only right before the number may stand a colon
 * or a dash. */
static const char *
noun_in_front(const struct dz_compose *c, struct dz_span sentence, size_t at, const char *value,
              size_t *ret_from)
{
    const struct dz_word *words = c->rd->words;
    const char *unit = noun_told(c, sentence, at, ret_from);
    if (unit)
        return unit;
    /* "children under 14", "rejected by 41": no number of theirs. */
    if (!at_least(value, LEAST_BARE) && at > sentence.from && is_turning(&words[at - 1]))
        return NULL;
    const char *within = NULL; /* behind a preposition: "скарг через паспорт було 64" */
    size_t within_at = at;
    for (size_t w = at; w > sentence.from && at - w < FRONT_WORDS + 4; w--) {
        bool open = words[w].before >= DZ_BREAK_COMMA && !(w == at && opens_number(c, at));
        /* "96 orders against citizens (in 2020, 178)": the bracket counts the same again. */
        open = open || bracket_before(c, w);
        if (open || (words[w - 1].number && !is_dated(c, w - 1)))
            break;
        if (words[w - 1].number || unit_at(c, w - 1, &unit) == 0)
            continue;
        if (behind_preposition(c, sentence, w - 1)) {
            if (!within && at - w < FRONT_WORDS) {
                within = unit;
                within_at = w - 1;
            }
            continue;
        }
        if (at - w >= FRONT_WORDS && !within)
            break;
        /* "60,000 passports in the town and 45,000 in the village": they are those in front. */
        for (size_t back = 2; back <= 4 && w >= sentence.from + back; back++) {
            if (c->rd->words[w - back].number)
                return NULL;
        }
        *ret_from = w - 1;
        return unit;
    }
    *ret_from = within ? within_at : *ret_from;
    return within;
}

/* "paid 30 thousand", "штраф – пять тысяч": a price, without its coin. */
static bool
is_money(const struct dz_compose *c, struct dz_span sentence, struct dz_span at)
{
    size_t from = at.from > sentence.from + MONEY_WORDS ? at.from - MONEY_WORDS : sentence.from;
    return dz_compose_has(c, c->id.money, (struct dz_span){from, at.to});
}

/* "38 годом ранее": of another time. */
static bool
says_then(const struct dz_compose *c, struct dz_span sentence, struct dz_span at)
{
    static const char *const then[] = {"годом", "роком", "месяцем", "місяцем", "торік"};
    for (size_t i = 0; at.to < sentence.to && i < sizeof then / sizeof *then; i++) {
        if (dz_view_is(c->rd->words[at.to].fold, then[i]))
            return true;
    }
    return false;
}

/* "131 of them", "из них 57", "another 40", "38 годом ранее": of the thing counted in front. */
static bool
is_part(const struct dz_compose *c, struct dz_span sentence, struct dz_span at)
{
    static const char *const more[] = {"another", "further", "additional", "ще", "еще"};
    if (says_then(c, sentence, at))
        return true;
    for (size_t i = 0; at.from > sentence.from && i < sizeof more / sizeof *more; i++) {
        if (dz_view_is(c->rd->words[at.from - 1].fold, more[i]))
            return true;
    }
    static const char *const turn[] = {"up", "down", "compared", "порівняно", "сравнению"};
    for (size_t i = 0; at.from >= sentence.from + 2 && i < sizeof turn / sizeof *turn; i++) {
        if (dz_view_is(c->rd->words[at.from - 2].fold, turn[i]))
            return true;
    }
    size_t from = at.from > sentence.from + 3 ? at.from - 3 : sentence.from;
    size_t to = at.to + 1 < sentence.to ? at.to + 1 : sentence.to;
    return dz_compose_has(c, c->id.part_of_them, (struct dz_span){from, to});
}

/* "Из 1 240 семей отказ получили 950": of so many that stand in front in the sentence. */
static bool
is_out_of(const struct dz_compose *c, size_t s, struct dz_span at)
{
    static const char *const of[] = {"of", "з", "із", "зі", "из"};
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        size_t w = dz_reading_word_at(c->rd, m->start);
        if (m->kind != DZ_MENTION_QUANTITY || w >= at.from || w == 0 || m->unit[0] == '\0')
            continue;
        size_t before = w - 1 - (w > 1 && dz_view_is(c->rd->words[w - 1].fold, "the"));
        for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
            if (dz_view_is(c->rd->words[before].fold, of[k]))
                return true;
        }
    }
    return false;
}

/* "another 1.5 million", "700,000 have been issued": what is counted stands in a figure or
 * sentence before. */
static const char *
of_sentence(const struct dz_compose *c, struct dz_span sentence, const char *last_unit)
{
    static const char *const turning[] = {"converted", "naturalised", "naturalized"};
    for (size_t w = sentence.from; w < sentence.to; w++) {
        for (size_t i = 0; i < sizeof turning / sizeof *turning; i++) {
            if (dz_view_is(c->rd->words[w].fold, turning[i]))
                return "people";
        }
    }
    if (last_unit)
        return last_unit;
    return dz_compose_has(c, c->id.passport, sentence) ? "passports" : NULL;
}

/* A large number whose noun is nowhere beside it. */
static void
find_unnamed(const struct dz_compose *c, size_t s, struct dz_span sentence, const char *value,
             const char *last_unit, struct dz_figure_unit *ret)
{
    if (!at_least(value, LEAST_UNNAMED))
        return;
    /* After a share comes what it is a share of. */
    if (last_unit && strcmp(last_unit, "percent") == 0)
        last_unit = "people";
    ret->carried = last_unit != NULL;
    ret->unit = of_sentence(c, sentence, last_unit);
    /* In a text on passports a claim of so many is one of passports. */
    bool claimed = dz_compose_has(c, c->id.speech, sentence) ||
                   dz_compose_has(c, c->id.names_number, sentence) ||
                   dz_compose_has(c, c->id.figure_word, sentence);
    if (!ret->unit && claimed && c->ties[s] >= DZ_TIE_NEAR && at_least(value, LEAST_CLAIMED))
        ret->unit = "passports";
    bool bare = !ret->unit && c->ties[s] >= DZ_TIE_NEIGHBOUR && at_least(value, LEAST_BARE);
    if (bare && dz_compose_has(c, c->id.figure_word, sentence))
        ret->unit = "people";
}

/* Is a word right behind that may be what is counted? Verbs and small words are not. */
static bool
thing_behind(const struct dz_compose *c, size_t w, size_t limit)
{
    if (w >= limit || c->rd->words[w].before >= DZ_BREAK_COMMA || c->rd->words[w].number ||
        c->rd->words[w].capital)
        return false;
    struct dz_view fold = c->rd->words[w].fold;
    static const char *const past[] = {"came", "went", "took", "left", "fled",
                                       "kept", "lost", "gave", "said", "told",
                                       "sold", "paid", "have", "were", "held"};
    for (size_t i = 0; i < sizeof past / sizeof *past; i++) {
        if (dz_view_is(fold, past[i]))
            return false;
    }
    static const char *const adverbs[] = {"still", "already", "досі",  "також",  "потім", "зараз",
                                          "тепер", "также",   "потом", "сейчас", "теперь"};
    for (size_t i = 0; i < sizeof adverbs / sizeof *adverbs; i++) {
        if (dz_view_is(fold, adverbs[i]))
            return false;
    }
    static const char *const tails[] = {"ed",   "ли",   "ло",  "но",  "ть",  "лись",
                                        "лися", "ться", "тся", "ают", "уют", "яют"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        size_t n = strlen(tails[i]);
        if (fold.n > n && memcmp(fold.p + fold.n - n, tails[i], n) == 0)
            return false;
    }
    return fold.n > 3 && !dz_text_function_word_is(fold);
}

/* "300 призванных из области", "44 затриманих без паспорта": those to whom something was done. */
static bool
are_people(const struct dz_compose *c, size_t w, size_t limit)
{
    static const char *const tails[] = {"нных", "нними", "нних",  "аних", "ених",
                                        "ными", "тых",   "анных", "ним",  "ным"};
    struct dz_view fold = c->rd->words[w].fold;
    const struct dz_word *next = w + 1 < limit ? &c->rd->words[w + 1] : NULL;
    if (next && next->before == DZ_BREAK_NONE && !dz_text_function_word_is(next->fold))
        return false;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        size_t n = strlen(tails[i]);
        if (fold.n > n + 6 && memcmp(fold.p + fold.n - n, tails[i], n) == 0)
            return true;
    }
    return false;
}

struct dz_figure_unit
dz_figure_unit_of(const struct dz_compose *c, size_t s, const struct dz_mention *m,
                  const char *last_unit)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    struct dz_figure_unit f = {
        .at = {dz_reading_word_at(c->rd, m->start), dz_reading_word_at(c->rd, m->end)}};
    bool bare = strcmp(m->rule, "quantity.bare") == 0;
    f.unit = m->unit[0] ? unit_of_mention(m->unit) : NULL;
    /* "We were called 1,740 times" */
    if (strcmp(m->unit, "times") == 0 && dz_compose_has(c, c->id.reached, sentence))
        f.unit = "cases";
    size_t limit = bare && f.at.to + 2 < sentence.to ? f.at.to + 2 : sentence.to;
    if (!f.unit && (m->unit[0] == '\0' || strcmp(m->unit, "points") == 0))
        f.unit = noun_behind(c, m->unit[0] ? f.at.from + 1 : f.at.to, limit, &f.at.to);
    if (f.unit || m->unit[0] || is_money(c, sentence, f.at))
        return f;
    bool ends = f.at.to >= sentence.to || c->rd->words[f.at.to].before >= DZ_BREAK_COMMA;
    if (last_unit && (is_part(c, sentence, f.at) || (ends && is_out_of(c, s, f.at)))) {
        f.carried = true;
        f.part = !says_then(c, sentence, f.at);
        f.unit = last_unit;
        return f;
    }
    bool thing = thing_behind(c, f.at.to, sentence.to) &&
                 !dz_reading_hit(c->rd, c->id.figure_word, f.at.to, f.at.to + 1);
    if (!bare || !thing)
        f.unit = noun_in_front(c, sentence, f.at.from, m->value, &f.at.from);
    if (!f.unit && !bare)
        find_unnamed(c, s, sentence, m->value, last_unit, &f);
    if (!f.unit && thing) { /* a noun that no list knows */
        f.unlisted = !are_people(c, f.at.to, sentence.to);
        f.unit = f.unlisted ? "other" : "people";
        f.at.to++;
    }
    if (f.unit || !bare)
        return f;
    /* A small number that a verb of several people follows, or that goes on an enumeration. */
    f.carried = last_unit != NULL;
    bool more = f.at.to < sentence.to && c->rd->words[f.at.to].before == DZ_BREAK_NONE;
    bool several = counts_people(c, f.at) && last_unit && strcmp(last_unit, "children") != 0;
    if (last_unit && !several && strcmp(last_unit, "percent") != 0)
        f.unit = last_unit;
    else if (last_unit || more || dz_compose_has(c, c->id.keeps_count, sentence))
        f.unit = "people";
    return f;
}
