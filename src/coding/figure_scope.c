#include <string.h>

#include "dz_compose.h"

/* What a number is a number of: where, of whom, and whether it is a total at all. */

#define ONE_OF(view, list) one_of((view), (list), sizeof(list) / sizeof *(list))

static bool
one_of(struct dz_view fold, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (dz_view_is(fold, list[i]))
            return true;
    }
    return false;
}

static const struct dz_word *
word_at(const struct dz_compose *c, size_t w)
{
    return &c->rd->words[w];
}

/* ---- where ---- */

/* "1.2 million in Poland": a state counts as a territory when the number is in it. */
static bool
country_of(const struct dz_compose *c, size_t s, struct dz_span at, struct dz_where *ret)
{
    static const char *const in[] = {"in", "across", "inside", "throughout", "у", "в", "во"};
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        size_t w = dz_reading_word_at(c->rd, m->start);
        bool state = m->kind == DZ_MENTION_PLACE && !m->metonym && m->place_kind &&
                     strcmp(m->place_kind, "country") == 0;
        if (!state || w == 0 || w < at.to || !ONE_OF(word_at(c, w - 1)->fold, in) ||
            dz_words_between(c, at, (struct dz_span){w, w + 1}) > 12)
            continue;
        *ret = dz_where_group(c, s, m);
        return true;
    }
    return false;
}

/* The district or region that a place lies in, for "the raion" and "the region". */
static const char *
climb(const struct dz_compose *c, const char *id, const char *kind)
{
    const struct dz_place *p = id ? dz_place_by_id(c->rules, id) : NULL;
    while (p && strcmp(p->kind, kind) != 0)
        p = p->parent ? dz_place_by_id(c->rules, p->parent) : NULL;
    return p ? p->id : NULL;
}

static bool
begins(struct dz_view word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = strlen(list[i]);
        if (word.n >= k && memcmp(word.p, list[i], k) == 0)
            return true;
    }
    return false;
}

/* What "the raion", "у громаді" or "there" comes to, when `before` is the place named last. */
static void
refer(const struct dz_compose *c, const struct dz_hit *h, struct dz_view words, const char *before,
      struct dz_figure_scope *ret)
{
    static const char *const adverbs[] = {"there", "here", "там", "тут", "здесь"};
    static const char *const raion[] = {"raion", "district", "район"};
    static const char *const oblast[] = {"oblast", "region", "област"};
    static const char *const many[] = {"these", "those", "both", "all", "цих", "ці", "этих", "эти"};
    static const char *const hromada[] = {"hromada", "communit", "громад"};
    static const char *const town[] = {"city",  "town",  "village", "settlement", "міст",
                                       "селищ", "город", "посел",   "there",      "here",
                                       "там",   "тут",   "здесь"};
#define BEGINS(w, list) begins((w), (list), sizeof(list) / sizeof *(list))
    struct dz_span span = {h->first, h->first + h->n};
    struct dz_view noun = word_at(c, span.to - 1)->fold;
    ret->territory = dz_compose_text(c, span);
    if (ONE_OF(noun, adverbs)) {
        ret->territory = words;
        ret->place_id = before;
        return;
    }
    bool several = ONE_OF(word_at(c, span.from)->fold, many);
    if (!several && BEGINS(noun, raion))
        ret->place_id = climb(c, before, "raion");
    else if (!several && BEGINS(noun, oblast))
        ret->place_id = climb(c, before, "oblast");
    else if (several || !BEGINS(noun, hromada) || BEGINS(noun, town))
        ret->place_id = before;
}

static bool
same_paragraph(const struct dz_compose *c, size_t a, size_t b)
{
    return c->rd->pieces[a].paragraph == c->rd->pieces[b].paragraph;
}

#define REFER_WORDS 14 /* so far from the number "there" is still about it */

static const struct dz_hit *
reference_near(const struct dz_compose *c, size_t s, struct dz_span at)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    for (size_t w = sentence.from; w < sentence.to; w++) {
        const struct dz_hit *h = dz_reading_hit(c->rd, c->id.that_place, w, w + 1);
        if (h && dz_words_between(c, at, (struct dz_span){w, w + h->n}) <= REFER_WORDS)
            return h;
    }
    return NULL;
}

/* last: the figure in front, or NULL. */
static void
find_territory(const struct dz_compose *c, size_t s, struct dz_span at, bool goes_on,
               const struct dz_figure_scope *last, struct dz_figure_scope *ret)
{
    struct dz_where where;
    bool known = last && last->territory.n > 0 && same_paragraph(c, last->sentence, s);
    if (dz_where_in(c, s, at, &where) || country_of(c, s, at, &where)) {
        ret->territory = where.words;
        /* A wider area than the one counted would make unlike numbers alike. */
        ret->place_id = where.shared ? NULL : where.id;
        return;
    }
    const struct dz_hit *h = reference_near(c, s, at);
    if (h) {
        struct dz_setting set = dz_compose_setting(c, s, at);
        if (known)
            refer(c, h, last->territory, last->place_id, ret);
        else
            refer(c, h, set.place, set.place_id, ret);
        return;
    }
    if (known && goes_on) {
        ret->territory = last->territory;
        ret->place_id = last->place_id;
        return;
    }
    struct dz_setting set = dz_compose_setting(c, s, at);
    if (set.doubt == DZ_DOUBT_PARAGRAPH) {
        ret->territory = set.place;
        ret->place_id = set.place_id;
    }
}

/* ---- of whom ---- */

#define OF_WORDS 12

/* Small words that a description of people may go on with. */
static bool
opens_description(const struct dz_word *w)
{
    static const char *const words[] = {
        "of",      "under",   "in",          "near",      "at",      "on",     "from",
        "without", "with",    "living",      "remaining", "staying", "aged",   "who",
        "whose",   "between", "із",          "з",         "у",       "в",      "на",
        "під",     "поблизу", "біля",        "без",       "які",     "що",     "котрі",
        "старші",  "віком",   "окупованих",  "под",       "возле",   "около",  "из",
        "живущих", "которые", "проживающих", "во",        "с",       "старше", "возраста"};
    return ONE_OF(w->fold, words);
}

/* Where the description is over: a verb of the sentence itself. */
static bool
ends_description(const struct dz_compose *c, size_t w)
{
    static const char *const verbs[] = {
        "have",    "has",   "had",   "was",    "were",    "is",    "are",   "been",  "be",
        "will",    "would", "got",   "get",    "could",   "can",   "may",   "must",  "by",
        "through", "via",   "after", "during", "because", "since", "until", "там",   "there",
        "було",    "були",  "буде",  "вже",    "уже",     "были",  "было",  "будет", "станом"};
    const struct dz_word *word = word_at(c, w);
    return word->before >= DZ_BREAK_COMMA || ONE_OF(word->fold, verbs) ||
           dz_reading_hit(c->rd, c->id.speech, w, w + 1);
}

static bool
is_date_word(const struct dz_compose *c, size_t s, size_t w)
{
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind == DZ_MENTION_DATE && m->start <= word_at(c, w)->start &&
            word_at(c, w)->start < m->end)
            return true;
    }
    return false;
}

/* The noun phrase that begins with the thing counted, at word `noun`. */
static struct dz_span
description(const struct dz_compose *c, size_t s, size_t noun)
{
    struct dz_span sentence = dz_compose_sentence(c, s), span = {noun, noun + 1};
    bool relative = false;
    for (size_t w = noun + 1; w < sentence.to && w - noun < OF_WORDS; w++) {
        const struct dz_word *word = word_at(c, w);
        relative = relative || dz_view_is(word->fold, "who") || dz_view_is(word->fold, "які") ||
                   dz_view_is(word->fold, "которые");
        bool comma_of_relative = relative && word->before == DZ_BREAK_COMMA && w == noun + 1;
        if ((!comma_of_relative && ends_description(c, w)) || is_date_word(c, s, w))
            break;
        /* Passports taken are the predicate: "residents of the raion received". */
        if (!relative && dz_reading_hit(c->rd, c->id.concerned, w, w + 1) &&
            !dz_compose_has(c, c->id.occupation, (struct dz_span){w, w + 3}))
            break;
        bool named = dz_compose_mention(c, DZ_MENTION_PLACE, word->start, word->end) != NULL ||
                     dz_reading_hit(c->rd, c->id.that_place, w, w + 1);
        if (w == noun + 1 && !opens_description(word) && !named)
            break;
        span.to = w + 1;
    }
    while (span.to > noun + 1 &&
           (opens_description(word_at(c, span.to - 1)) || dz_word_joins(word_at(c, span.to - 1)) ||
            dz_view_is(word_at(c, span.to - 1)->fold, "the")))
        span.to--;
    return span;
}

static bool
says_nothing(const struct dz_word *w)
{
    static const char *const words[] = {"people", "persons", "person",  "людей", "люди",
                                        "осіб",   "особи",   "человек", "лиц"};
    return ONE_OF(w->fold, words);
}

/* "of them", "з них": a part of the number in front. */
static const struct dz_hit *
part_beside(const struct dz_compose *c, size_t s, struct dz_span at)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    size_t from = at.from > sentence.from + 3 ? at.from - 3 : sentence.from;
    for (size_t w = from; w < at.from; w++) {
        const struct dz_hit *h = dz_reading_hit(c->rd, c->id.part_of_them, w, w + 1);
        if (h)
            return h;
    }
    bool behind = at.to < sentence.to && word_at(c, at.to)->before == DZ_BREAK_NONE;
    return behind ? dz_reading_hit(c->rd, c->id.part_of_them, at.to, at.to + 1) : NULL;
}

/* The special group whom papers were given to, right behind the number. */
static struct dz_span
group_behind(const struct dz_compose *c, size_t s, struct dz_span at)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    for (size_t w = at.to; w < sentence.to && w < at.to + 6; w++) {
        if (word_at(c, w)->before >= DZ_BREAK_COMMA)
            break;
        const struct dz_hit *h = dz_reading_hit(c->rd, c->id.subgroup, w, w + 1);
        if (h)
            return (struct dz_span){h->first, h->first + h->n};
    }
    return (struct dz_span){0};
}

/* The word that names the thing counted; at.to when the figure in front does. */
static size_t
noun_of(const struct dz_compose *c, struct dz_span at)
{
    for (size_t w = at.to; w > at.from; w--) {
        for (size_t i = c->rd->word_hit[w - 1]; i < c->rd->n_hits && c->rd->hits[i].first == w - 1;
             i++) {
            const struct dz_hit *h = &c->rd->hits[i];
            if (dz_lexicon_concept(c->rd->lexicon, h->concept)->kind == DZ_CONCEPT_UNIT)
                return h->first + h->n - 1;
        }
    }
    return at.to;
}

static void
find_population(const struct dz_compose *c, size_t s, struct dz_span at, const char *unit,
                struct dz_figure_scope *ret)
{
    struct dz_span span = {0};
    const struct dz_hit *part = part_beside(c, s, at);
    size_t noun = noun_of(c, at);
    if (part) {
        /* With the number in it, so that no two such parts are taken for the same. */
        size_t end = part->first + part->n;
        span = (struct dz_span){part->first < at.from ? part->first : at.from,
                                end > at.to ? end : at.to};
    } else if (strcmp(unit, "people") == 0 || strcmp(unit, "children") == 0 ||
               strcmp(unit, "families") == 0) {
        if (noun >= at.to)
            return;
        span = description(c, s, noun);
        if (span.to == span.from + 1 && says_nothing(word_at(c, noun)))
            return;
    } else if (strcmp(unit, "percent") == 0) {
        size_t of = at.to < c->rd->n_words && dz_view_is(word_at(c, at.to)->fold, "of");
        if (at.to + of >= dz_compose_sentence(c, s).to || ends_description(c, at.to + of))
            return;
        span = description(c, s, at.to + of);
    } else if (strcmp(unit, "passports") == 0) {
        const struct dz_hit *own = dz_reading_hit(c->rd, c->id.ukr_passport, at.from, at.to);
        span = own ? (struct dz_span){own->first, own->first + own->n} : group_behind(c, s, at);
    }
    ret->of = dz_compose_text(c, span);
}

/* ---- a total or not ---- */

static bool
is_change(const struct dz_compose *c, size_t s, struct dz_span at)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    static const char *const more[] = {"more",   "fewer", "less",  "больше",
                                       "більше", "менше", "меньше"};
    size_t from = at.from > sentence.from + 5 ? at.from - 5 : sentence.from;
    for (size_t w = from; w <= at.from && w < sentence.to; w++) {
        const struct dz_hit *h = dz_reading_hit(c->rd, c->id.change_of, w, w + 1);
        size_t end = h ? h->first + h->n : 0;
        /* A word such as "about" may stand between; the mention of the number may hold
         * "another". */
        if (h && end <= at.to && end + 1 >= at.from && (h->n > 1 || h->first + 1 >= at.from))
            return true;
    }
    for (size_t w = at.from; w < at.to + 1 && w < sentence.to; w++) {
        if (w > at.from && ONE_OF(word_at(c, w)->fold, more) &&
            word_at(c, w)->before < DZ_BREAK_COMMA &&
            !(w + 1 < sentence.to && dz_view_is(word_at(c, w + 1)->fold, "than")))
            return true;
    }
    return false;
}

struct dz_figure_scope
dz_figure_scope_of(const struct dz_compose *c, size_t s, struct dz_span at, const char *unit,
                   bool goes_on, const struct dz_figure_scope *last)
{
    struct dz_figure_scope scope = {.sentence = s};
    find_territory(c, s, at, goes_on, last, &scope);
    find_population(c, s, at, unit, &scope);
    if (scope.of.n == 0 && goes_on && last && same_paragraph(c, last->sentence, s))
        scope.of = last->of;
    scope.change = is_change(c, s, at);
    return scope;
}
