#include <stdio.h>
#include <string.h>

#include "dz_compose.h"
#include "dz_figure_unit.h"
#include "dz_json.h"

/* Figures: how many passports, how many people. Who asserts it comes from the sentence's voice;
 * as of when, from the date that stands nearest to it and not nearer to another figure. */

#define LEAST_PEOPLE 5 /* "two men came": nobody's count */
#define LEAST_CASES 5
#define LEAST_TOLD 20 /* "nineteen people", in words, is a story more often than a count */
#define LEAST_OF_ACT 3 /* "three men were dismissed": whom something was done to */
#define LEAST_FAR 20  /* counted in a sentence that names no passport itself */

/* Who asserts it stands beside it, was heard before, or nobody is known. */
#define SCORE_NAMED 85
#define SCORE_CARRIED 75
#define SCORE_UNNAMED 70

struct figure {
    const struct dz_mention *m;
    struct dz_span at; /* words of the number and the thing counted */
    const char *unit;
    bool carried;  /* the thing counted comes from the figure before */
    bool unlisted; /* a noun that no list of units knows */
    bool part;     /* "of them": of the figure before */
};

#define MAX_FIGURES 16 /* per sentence */

/* Whole part of the canonical value is below n. */
static bool
below(const char *value, int n)
{
    size_t digits = strcspn(value, ".");
    int whole = 0;
    for (size_t i = 0; i < digits && i < 8; i++) {
        if (value[i] < '0' || value[i] > '9')
            return false;
        whole = whole * 10 + (value[i] - '0');
    }
    return digits < 8 && whole < n;
}

/* "Article 49", "пункт 2": a number that names something counts nothing. */
static bool
is_label(const struct dz_compose *c, const struct figure *f)
{
    static const char *const words[] = {
        "article", "section", "paragraph", "no",   "order", "part",  "decree", "статт",
        "пункт",   "стать",   "частин",    "част", "указ",  "закон", "наказ",  "приказ"};
    struct dz_view left = {0};
    if (f->at.from > 0 && c->rd->words[f->at.from].before == DZ_BREAK_NONE)
        left = c->rd->words[f->at.from - 1].fold;
    for (size_t i = 0; left.n > 0 && i < sizeof words / sizeof *words; i++) {
        bool latin = (unsigned char)words[i][0] < 0x80;
        if (latin ? dz_view_is(left, words[i]) : dz_view_starts(left, words[i]))
            return true;
    }
    return false;
}

/* "a town of 20,000", "місто на 20 тисяч": how large a place is. */
static bool
is_size_of_place(const struct dz_compose *c, const struct figure *f)
{
    static const char *const of[] = {"of", "на", "у", "в"};
    size_t w = dz_reading_word_at(c->rd, f->m->start);
    bool joined = false;
    for (size_t i = 0; w >= 2 && i < sizeof of / sizeof *of; i++)
        joined = joined || dz_view_is(c->rd->words[w - 1].fold, of[i]);
    return joined && c->id.sized_place >= 0 &&
           dz_reading_hit(c->rd, c->id.sized_place, w - 2, w - 1) != NULL;
}

static bool
is_people(const char *unit)
{
    return strcmp(unit, "people") == 0 || strcmp(unit, "children") == 0 ||
           strcmp(unit, "families") == 0;
}

/* Does what was done to those who are counted stand around the number: "14 dockers were not let
 * in"? Acts are composed before figures. */
static bool
of_act(const struct dz_compose *c, const struct figure *f)
{
    const char *text = c->d->text.p;
    const struct dz_word *words = c->rd->words;
    for (size_t i = 0; i < c->out->n; i++) {
        const struct dz_suggestion *s = &c->out->items[i];
        if (strcmp(s->kind, "act") != 0 || s->quote.p < text)
            continue;
        size_t from = (size_t)(s->quote.p - text), to = from + s->quote.n;
        if (from < words[f->at.to - 1].end && words[f->at.from].start < to)
            return true;
    }
    return false;
}

/* Is this number about the campaign? */
static bool
fits(const struct dz_compose *c, size_t s, const struct figure *f)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    struct dz_span near = {f->at.from > sentence.from + 6 ? f->at.from - 6 : sentence.from,
                           f->at.to + 8 < sentence.to ? f->at.to + 8 : sentence.to};
    if (dz_compose_has(c, c->id.casualty, near))
        return false;
    enum dz_tie tie = c->ties[s];
    bool concerned = dz_compose_has(c, c->id.concerned, near) ||
                     dz_compose_has(c, c->id.without_passport, near);
    /* "Таких набралось девять человек": of those of whom the sentence in front told. */
    struct dz_span front = {near.from, f->at.to};
    if (tie >= DZ_TIE_NEIGHBOUR && !below(f->m->value, LEAST_OF_ACT) && !f->unlisted &&
        strcmp(f->unit, "percent") != 0 && dz_compose_has(c, c->id.of_such, front))
        return true;
    bool digits = strcmp(f->m->rule, "quantity.digits") == 0;
    bool homes = strcmp(f->unit, "properties") == 0 || strcmp(f->unit, "families") == 0 ||
                 strcmp(f->unit, "children") == 0;
    if ((homes || (digits && is_people(f->unit))) && !below(f->m->value, LEAST_OF_ACT) &&
        of_act(c, f))
        return true;
    bool told = strcmp(f->m->rule, "quantity.words") == 0 && below(f->m->value, LEAST_TOLD) &&
                !((tie >= DZ_TIE_DIRECT || (homes && tie >= DZ_TIE_NEAR)) && concerned);
    if (strcmp(f->unit, "percent") == 0) {
        bool concerns = dz_compose_has(c, c->id.concerned, sentence);
        struct dz_span close = {near.from, f->at.to + 4 < near.to ? f->at.to + 4 : near.to};
        bool elsewhere = dz_compose_has(c, c->id.money, close) ||
                         dz_compose_has(c, c->id.other_share, close);
        bool share = strcmp(f->m->rule, "quantity.share") == 0;
        struct dz_span behind = {f->at.from, near.to < f->at.to + 3 ? near.to : f->at.to + 3};
        if (share && dz_compose_has(c, c->id.money, behind)) /* "half of the pay" */
            return false;
        if (!share && !elsewhere && tie >= DZ_TIE_NEAR)
            return true;
        if (!concerns)
            return tie >= (share ? DZ_TIE_DIRECT : DZ_TIE_NEIGHBOUR);
        return tie >= (share ? DZ_TIE_NEIGHBOUR : DZ_TIE_NEAR);
    }
    /* "40 hens": what no list knows needs a verb of the campaign beside it. */
    if (f->unlisted && !dz_compose_has(c, c->id.concerned, sentence))
        return false;
    /* In a text on passports a large count of what is listed needs no passport beside it. */
    bool beside = tie >= DZ_TIE_NEAR && !told && !below(f->m->value, LEAST_PEOPLE) &&
                  concerned;
    if (beside && !f->unlisted)
        return true;
    if (tie < DZ_TIE_NEAR || (is_people(f->unit) && tie < DZ_TIE_DIRECT))
        return (f->carried && tie >= DZ_TIE_NEAR) ||
               (tie >= DZ_TIE_TOPIC && !f->unlisted && !below(f->m->value, LEAST_FAR));
    if (strcmp(f->unit, "other") == 0 || strcmp(f->unit, "refusals") == 0 ||
        strcmp(f->unit, "cases") == 0)
        return f->carried || !below(f->m->value, LEAST_CASES);
    return f->carried || (!told && !below(f->m->value, LEAST_PEOPLE));
}

/* "In 2023 passports were checked": four digits behind a preposition are a year. */
static bool
is_year(const struct dz_compose *c, const struct dz_mention *q)
{
    static const char *const words[] = {"in", "since", "by", "from", "of",  "until", "у",
                                        "в",  "з",     "с",  "до",   "від", "от",    "к"};
    size_t w = dz_reading_word_at(c->rd, q->start);
    const struct dz_word *word = &c->rd->words[w];
    bool four = strlen(q->value) == 4 && word->fold.n == 4 &&
                (strncmp(q->value, "19", 2) == 0 || strncmp(q->value, "20", 2) == 0);
    for (size_t i = 0; four && w > 0 && i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(word[-1].fold, words[i]))
            return true;
    }
    return false;
}

static bool
is_date(const struct dz_compose *c, const struct dz_mention *q)
{
    size_t w = dz_reading_word_at(c->rd, q->start);
    uint32_t s = w < c->rd->n_words ? c->rd->words[w].sentence : 0;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind == DZ_MENTION_DATE && m->start < q->end && q->start < m->end)
            return true;
    }
    return false;
}

/* The thing counted in front: in the paragraph, and on the page for large numbers. */
struct counted {
    const char *near;
    const char *page;
};

#define LEAST_OF_PAGE 10000 /* "In March he spoke of 1.9 million." */

static size_t
take_figures(const struct dz_compose *c, size_t s, struct figure *list, struct counted *last)
{
    size_t n = 0;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1] && n < MAX_FIGURES;
         i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind != DZ_MENTION_QUANTITY || m->value[0] == '\0' || is_date(c, m) || is_year(c, m))
            continue;
        const char *front = last->near || below(m->value, LEAST_OF_PAGE) ? last->near : last->page;
        struct dz_figure_unit counted = dz_figure_unit_of(c, s, m, front);
        struct figure f = {.m = m,
                           .at = counted.at,
                           .unit = counted.unit,
                           .carried = counted.carried,
                           .unlisted = counted.unlisted,
                           .part = counted.part};
        if (!f.unit || is_label(c, &f) || is_size_of_place(c, &f) || !fits(c, s, &f))
            continue;
        last->near = f.unit;
        if (!below(m->value, LEAST_OF_PAGE))
            last->page = f.unit;
        list[n++] = f;
    }
    return n;
}

/* The figure in front: what a part of it shares. */
struct front {
    struct dz_figure_scope scope;
    char as_of[64];
};

static void
set_as_of(const struct dz_compose *c, size_t s, const struct figure *list, size_t n, size_t k,
          struct front *last, json_t *fields)
{
    const struct dz_mention *numbers[MAX_FIGURES];
    for (size_t i = 0; i < n; i++)
        numbers[i] = list[i].m;
    struct dz_buf date DZ_AUTO_BUF = DZ_BUF(sizeof last->as_of - 1);
    dz_figure_as_of(c, s, numbers, n, k, &date);
    bool same = c->rd->pieces[last->scope.sentence].paragraph == c->rd->pieces[s].paragraph;
    if (date.n == 0 && list[k].part && same)
        dz_buf_adds(&date, last->as_of);
    (void)snprintf(last->as_of, sizeof last->as_of, "%s", date.n ? date.p : "");
    dz_json_set_str(fields, "as_of", last->as_of);
}

static void
emit_figure(const struct dz_voices *voices, struct dz_compose *c, size_t s,
            const struct figure *list, size_t n, size_t k, struct front *last)
{
    const struct figure *f = &list[k];
    bool carried = false;
    size_t word = dz_reading_word_at(c->rd, f->m->start);
    struct dz_span number = {word > f->at.from ? word : f->at.from, f->at.to};
    struct dz_voice v = dz_figure_voice(voices, s, number, f->unit, &carried);
    json_t *fields = json_object();
    dz_json_set_str(fields, "value", f->m->value);
    dz_json_set_str(fields, "value_max", f->m->value_max);
    dz_json_set_str(fields, "qualifier", f->m->qualifier);
    dz_json_set_str(fields, "unit", f->unit);
    set_as_of(c, s, list, n, k, last, fields);
    const struct dz_figure_scope *before = &last->scope;
    struct dz_figure_scope scope = dz_figure_scope_of(
        c, s, f->at, f->unit, f->carried, before->territory.n || before->of.n ? before : NULL);
    dz_json_set_view(fields, "of", scope.of);
    dz_json_set_view(fields, "territory", scope.territory);
    dz_json_set_str(fields, "place_id", scope.place_id);
    if (scope.change)
        json_object_set_new(fields, "change", json_true());
    last->scope = scope;
    dz_json_set_view(fields, "asserted_by", v.speaker);
    dz_json_set_view(fields, "via", v.via);
    int score = v.speaker.n == 0 ? SCORE_UNNAMED : carried ? SCORE_CARRIED : SCORE_NAMED;
    dz_compose_emit(c, "figure", f->at, "figure.quantity-with-unit", score, fields);
}

void
dz_compose_figures(struct dz_compose *c)
{
    struct counted unit = {0};
    struct front last = {0};
    struct dz_voices voices;
    dz_voices_init(&voices, c);
    uint32_t paragraph = UINT32_MAX;
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        if (c->rd->pieces[s].paragraph != paragraph)
            unit.near = NULL;
        paragraph = c->rd->pieces[s].paragraph;
        if (c->ties[s] == DZ_TIE_NONE)
            continue;
        struct figure list[MAX_FIGURES];
        size_t n = take_figures(c, s, list, &unit);
        for (size_t k = 0; k < n; k++)
            emit_figure(&voices, c, s, list, n, k, &last);
    }
    dz_free(voices.word);
}
