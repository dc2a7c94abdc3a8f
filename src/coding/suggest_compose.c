#include <string.h>

#include "dz_compose.h"

/* Helpers that all composers share: spans, clauses, settings, proposing. */

struct dz_concept_ids
dz_concept_ids_of(const struct dz_lexicon *l)
{
    struct dz_concept_ids id;
#define FIND(name) id.name = dz_lexicon_find(l, #name)
    FIND(passport);
    FIND(passportization);
    FIND(without_passport);
    FIND(refusing);
    FIND(force_passport);
    FIND(ukr_passport);
    FIND(illicit_reason);
    FIND(occupation);
    FIND(boilerplate);
    FIND(negation);
    FIND(planned);
    FIND(announced);
    FIND(alleged);
    FIND(denied);
    FIND(speech);
    FIND(source_of);
    FIND(relay);
    FIND(instrument);
    FIND(enact);
    FIND(announce_rule);
    FIND(general_law);
    FIND(deadline_word);
    FIND(concerned);
    FIND(casualty);
    FIND(health_child);
    FIND(pronoun);
    FIND(plural_source);
    FIND(report_noun);
    FIND(elsewhere);
    FIND(ruling_body);
    FIND(goes_on);
    FIND(the_body);
    FIND(that_place);
    FIND(outlet);
    FIND(change_of);
    FIND(subgroup);
    FIND(part_of_them);
    FIND(that_time);
    FIND(year_start);
    FIND(own_any);
    FIND(self);
    FIND(other_share);
    FIND(of_such);
    FIND(sized_place);
    FIND(own_nation);
    FIND(names_number);
    FIND(tells_back);
    FIND(own_count);
    FIND(keeps_count);
    FIND(reached);
    FIND(strong_threat);
    FIND(citizen);
    FIND(oblige_rule);
    FIND(figure_word);
    FIND(law_forbids);
    FIND(law_names);
    FIND(law_value);
    FIND(law_rejects);
    FIND(require_any);
    FIND(open_denial);
    FIND(open_condition);
    FIND(all_the_same);
    FIND(likewise);
    FIND(future_harm);
    FIND(no_event);
    FIND(doubted);
    FIND(unlawful_stay);
    FIND(free_city);
    FIND(first_person);
    FIND(child_word);
    FIND(staff_word);
    FIND(loss_word);
    FIND(school_word);
    FIND(take_away);
    FIND(money);
    FIND(notice);
    FIND(judgment);
    FIND(court_of_states);
    FIND(handed);
    FIND(clarified);
    FIND(takes_effect);
    FIND(issuing_body);
    FIND(binding);
#undef FIND
    return id;
}

/* Nearly every word is asked; most answers are given by the length. */
static bool
one_of(struct dz_view fold, const struct dz_view *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fold.n == list[i].n && memcmp(fold.p, list[i].p, fold.n) == 0)
            return true;
    }
    return false;
}
#define ONE_OF(w, list) one_of((w)->fold, (list), sizeof(list) / sizeof *(list))
#define W(word) DZ_VIEW_INIT(word)

bool
dz_word_joins(const struct dz_word *w)
{
    static const struct dz_view words[] = {
        W("and"), W("or"), W("та"), W("і"), W("й"), W("або"), W("чи"), W("и"), W("или")};
    return ONE_OF(w, words);
}

bool
dz_word_subordinates(const struct dz_word *w)
{
    static const struct dz_view words[] = {
        W("that"), W("which"), W("because"), W("while"), W("whereas"), W("although"), W("but"),
        W("where"), W("що"), W("який"), W("яка"), W("які"), W("бо"), W("але"), W("котрий"),
        W("щоб"), W("что"), W("который"), W("которая"), W("которые"), W("потому"), W("но"),
        W("чтобы")};
    return ONE_OF(w, words);
}

struct dz_span
dz_compose_sentence(const struct dz_compose *c, size_t s)
{
    return (struct dz_span){c->rd->sentence_word[s], c->rd->sentence_word[s + 1]};
}

bool
dz_compose_has(const struct dz_compose *c, int concept, struct dz_span span)
{
    return concept >= 0 && dz_reading_hit(c->rd, concept, span.from, span.to) != NULL;
}

#define CLAUSE_LEFT 14 /* words */
#define CLAUSE_RIGHT 16
#define CLAUSE_JOIN 5 /* "and" ends a clause once so many words are in */

struct dz_span
dz_compose_clause(const struct dz_compose *c, struct dz_span core, struct dz_span limit)
{
    const struct dz_word *words = c->rd->words;
    struct dz_span span = core;
    while (span.from > limit.from && core.from - span.from < CLAUSE_LEFT) {
        const struct dz_word *w = &words[span.from];
        const struct dz_word *left = w - 1;
        if (w->before >= DZ_BREAK_COMMA || w->opens_quote || dz_word_subordinates(left))
            break;
        if (dz_word_joins(left) && core.from - span.from >= CLAUSE_JOIN)
            break;
        span.from--;
    }
    while (span.to < limit.to && span.to - core.to < CLAUSE_RIGHT) {
        const struct dz_word *w = &words[span.to];
        bool quote_ends = words[span.to - 1].quoted && !w->quoted;
        if (w->before >= DZ_BREAK_COMMA || w->opens_quote || quote_ends || dz_word_subordinates(w))
            break;
        if (dz_word_joins(w) && span.to - core.to >= CLAUSE_JOIN)
            break;
        span.to++;
    }
    /* A joining word at an end belongs to nobody. */
    while (span.from < core.from && dz_word_joins(&words[span.from]))
        span.from++;
    while (span.to > core.to && dz_word_joins(&words[span.to - 1]))
        span.to--;
    return span;
}

struct dz_view
dz_compose_text(const struct dz_compose *c, struct dz_span span)
{
    if (span.to <= span.from)
        return (struct dz_view){0};
    size_t start = c->rd->words[span.from].start;
    return (struct dz_view){c->d->text.p + start, c->rd->words[span.to - 1].end - start};
}

const struct dz_mention *
dz_compose_mention(const struct dz_compose *c, enum dz_mention_kind kind, size_t start, size_t end)
{
    size_t low = 0, high = c->mentions->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->mentions->items[middle].start < start)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < c->mentions->n && c->mentions->items[low].start < end; low++) {
        if (c->mentions->items[low].kind == kind)
            return &c->mentions->items[low];
    }
    return NULL;
}

struct dz_suggestion *
dz_compose_emit_bytes(struct dz_compose *c, const char *kind, size_t start, size_t end,
                      const char *rule, int score, json_t *fields)
{
    struct dz_suggestions *out = c->out;
    if (end <= start) {
        json_decref(fields);
        return NULL;
    }
    out->items = dz_grow(out->items, &out->cap, out->n + 1, sizeof *out->items);
    struct dz_suggestion *s = &out->items[out->n++];
    *s = (struct dz_suggestion){.kind = kind,
                                .start = dz_utf8_map_cp(&c->d->map, start),
                                .end = dz_utf8_map_cp(&c->d->map, end),
                                .quote = {c->d->text.p + start, end - start},
                                .rule = rule,
                                .score = score > 100 ? 100 : score,
                                .fields = fields};
    if (c->explain)
        dz_compose_explain(c, s, start, end);
    return s;
}

struct dz_suggestion *
dz_compose_emit(struct dz_compose *c, const char *kind, struct dz_span span, const char *rule,
                int score, json_t *fields)
{
    struct dz_view text = dz_compose_text(c, span);
    size_t start = text.n ? (size_t)(text.p - c->d->text.p) : 0;
    return dz_compose_emit_bytes(c, kind, start, start + text.n, rule, score, fields);
}
