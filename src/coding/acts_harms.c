#include <string.h>

#include "dz_acts_priv.h"

/* Harms: acts by themselves, unless they are denied, only named, or set apart. */

#define LIST_REACH 5    /* words between two harms of one kind: "fingerprinted, photographed" */
#define THREAT_REACH 26 /* words from the words of threat to the harm */

const struct dz_concept *
dz_act_concept(const struct dz_compose *c, const struct dz_hit *h)
{
    return dz_lexicon_concept(c->rd->lexicon, h->concept);
}

bool
dz_act_touches(struct dz_span a, struct dz_span b)
{
    return a.from < b.to && b.from < a.to;
}

struct dz_act_core *
dz_act_add(struct dz_act_cores *cs, struct dz_act_core core)
{
    for (size_t i = 0; i < cs->n; i++) {
        /* One place in the text is one act; the first taken is the most direct. */
        if (dz_act_touches(cs->items[i].at, core.at))
            return NULL;
    }
    if (cs->n == DZ_ACT_CORES)
        return NULL;
    if (!core.sphere)
        core.sphere = core.what->sphere;
    cs->items[cs->n] = core;
    return &cs->items[cs->n++];
}

size_t
dz_act_stretch(const struct dz_compose *c, const struct dz_act_cores *cs, size_t w, size_t reach)
{
    size_t from = w > reach ? w - reach : 0;
    if (from < cs->sentence.from)
        from = cs->sentence.from;
    for (; w > from; w--) {
        if (c->rd->words[w].before >= DZ_BREAK_HARD)
            from = w;
    }
    return from;
}

bool
dz_act_joined(const struct dz_compose *c, size_t from, size_t to, size_t most)
{
    if (to > from + most)
        return false;
    for (size_t w = from; w <= to; w++) {
        if (w < c->rd->n_words && c->rd->words[w].before >= DZ_BREAK_COMMA)
            return false;
    }
    return true;
}

/* "instead of", "unlike with": named only to set it apart. */
static bool
contrasted(const struct dz_compose *c, struct dz_span at, size_t from)
{
    for (size_t back = 1; back <= 3 && at.from >= from + back; back++) {
        struct dz_view word = c->rd->words[at.from - back].fold;
        if (dz_view_is(word, "instead") || dz_view_is(word, "unlike") ||
            dz_view_is(word, "замість") || dz_view_is(word, "вместо"))
            return true;
    }
    return false;
}

/* "Не" negates the word behind it alone, or the verb behind "буде": "не получивших паспорт вышлют"
 * is no negation of being sent away. */
static bool
reaches(const struct dz_compose *c, size_t w, size_t back)
{
    struct dz_view word = c->rd->words[w].fold;
    if (back == 0 || (!dz_view_is(word, "не") && !dz_view_is(word, "ни")))
        return true;
    struct dz_view next = c->rd->words[w + 1].fold;
    return back == 1 && (dz_view_starts(next, "буд") || dz_view_starts(next, "був") ||
                         dz_view_starts(next, "бул") || dz_view_starts(next, "был"));
}

/* "There was no coercion", "не арестовали". */
bool
dz_act_negated(const struct dz_compose *c, struct dz_span at, size_t from)
{
    /* "Нікого не пускають": two negations are one, when the harm brings its own. */
    if (dz_view_is(c->rd->words[at.from].fold, "не"))
        return false;
    for (size_t back = 0; back < 3 && at.from > from + back; back++) {
        size_t w = at.from - 1 - back;
        if (c->rd->words[w + 1].before >= DZ_BREAK_COMMA)
            return false;
        const struct dz_hit *h = dz_reading_hit(c->rd, c->id.negation, w, w + 1);
        if (h && h->first + h->n <= at.from && reaches(c, w, back) &&
            !dz_view_is(c->rd->words[w].fold, "without") &&
            !dz_view_is(c->rd->words[w].fold, "без"))
            return true;
    }
    return false;
}

/* "Землі не відбирає": the thing in front, and the verb that takes it negated behind. */
static bool
negated_within(const struct dz_compose *c, struct dz_span at)
{
    static const char *const no[] = {"не", "not", "never"};
    if (at.to < at.from + 3 || !dz_reading_hit(c->rd, c->id.take_away, at.to - 1, at.to))
        return false;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        if (dz_view_is(c->rd->words[at.to - 2].fold, no[i]))
            return true;
    }
    return false;
}

#define FORBID_REACH 12 /* words from "the Convention forbids" to the harm */

/* "Article 49 forbids forcible transfers": what the law says, no event. */
static bool
only_named_in_law(const struct dz_compose *c, struct dz_span at, size_t from)
{
    size_t first = at.from > from + FORBID_REACH ? at.from - FORBID_REACH : from;
    for (size_t w = at.from; w > first; w--) {
        if (c->rd->words[w].before >= DZ_BREAK_COMMA)
            first = w;
    }
    return dz_compose_has(c, c->id.law_forbids, (struct dz_span){first, at.from});
}

#define VALUE_REACH 7  /* words from the harm to what it is called, */
#define NAMING_REACH 4 /* and from "called" or "found" to the harm */
#define REJECT_REACH 4 /* words from the harm to "is not recognised" */

/* Words behind `at` up to a comma. */
static struct dz_span
behind(const struct dz_compose *c, struct dz_span at, size_t to, size_t reach)
{
    struct dz_span span = {at.to, at.to};
    while (span.to < to && span.to < at.to + reach && c->rd->words[span.to].before < DZ_BREAK_COMMA)
        span.to++;
    return span;
}

/* "Found forced naturalisation unlawful", "автоматичне набуття не визнається": what somebody holds
 * of such acts, no event. */
static bool
only_judged(const struct dz_compose *c, struct dz_span at, struct dz_span sentence)
{
    if (dz_compose_has(c, c->id.law_rejects, behind(c, at, sentence.to, REJECT_REACH)))
        return true;
    size_t first = at.from > sentence.from + NAMING_REACH ? at.from - NAMING_REACH : sentence.from;
    for (size_t w = at.from; w > first; w--) {
        if (c->rd->words[w].before >= DZ_BREAK_COMMA)
            first = w;
    }
    struct dz_span value = behind(c, at, sentence.to, VALUE_REACH);
    struct dz_span naming = {first, at.from};
    return dz_compose_has(c, c->id.law_value, value) &&
           (dz_compose_has(c, c->id.law_names, naming) ||
            dz_compose_has(c, c->id.law_names, value));
}

/* "If people are mobilised in spring": inside the condition itself, no event. */
static bool
only_supposed(const struct dz_compose *c, struct dz_span at, size_t from)
{
    static const char *const words[] = {"if", "якщо", "якби", "если"};
    for (size_t w = at.from; w > from && c->rd->words[w].before < DZ_BREAK_COMMA; w--) {
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (dz_view_is(c->rd->words[w - 1].fold, words[i]))
                return true;
        }
    }
    return false;
}

/* Words that make a threat of what follows, before `at` and without a full break between. */
static bool
is_threatened(const struct dz_compose *c, const struct dz_act_cores *cs, struct dz_span at)
{
    const struct dz_reading *rd = c->rd;
    size_t from = dz_act_stretch(c, cs, at.from, THREAT_REACH);
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        if (h->first >= from && h->first <= at.from &&
            dz_act_concept(c, h)->kind == DZ_CONCEPT_THREAT)
            return true;
    }
    return false;
}

#define FUTURE_REACH 2 /* words from "will be" to the harm */
#define HARM_VERB 3    /* the verb is among so many words of the harm */

/* "Від 1 січня звільнять", "они могут быть уволены": said to come is a threat as yet. */
static bool
is_to_come(const struct dz_compose *c, const struct dz_act_cores *cs, struct dz_span at)
{
    size_t from = dz_act_stretch(c, cs, at.from, FUTURE_REACH);
    size_t to = at.from + HARM_VERB < at.to ? at.from + HARM_VERB : at.to;
    return dz_compose_has(c, c->id.future_harm, (struct dz_span){from, to});
}

/* ---- the sphere of a harm ---- */

#define SPHERE_REACH 10 /* words from a fine or an offer to the good it is about */

/* "Land of farmers": whose it is, not what it is. */
static bool
is_owner(struct dz_view word)
{
    static const char *const stems[] = {"farmer", "фермер",   "entrepreneur", "trader",
                                        "grower", "підприєм", "предприним"};
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        if (dz_view_starts(word, stems[i]))
            return true;
    }
    return false;
}

/* The nearest good to the words of a harm that some sphere fits; NULL when there is none. */
static const char *
good_near(const struct dz_compose *c, const struct dz_act_cores *cs, struct dz_span at,
          size_t reach, const char *const *spheres, size_t n)
{
    const struct dz_reading *rd = c->rd;
    const char *best = NULL;
    size_t best_far = reach + 1;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *good = dz_act_concept(c, h);
        if (good->kind != DZ_CONCEPT_GOOD || is_owner(c->rd->words[h->first].fold))
            continue;
        bool fits = false;
        for (size_t k = 0; k < n; k++)
            fits = fits || strcmp(good->sphere, spheres[k]) == 0;
        size_t far = dz_words_between(c, (struct dz_span){h->first, h->first + h->n}, at);
        if (fits && far < best_far) {
            best = good->sphere;
            best_far = far;
        }
    }
    return best;
}

/* What somebody is fined about stands beside the fine, or in the sentence in front. */
static const char *
sphere_of_fine(const struct dz_compose *c, const struct dz_act_cores *cs, struct dz_span at)
{
    static const char *const fined[] = {"business",   "transport_driving", "employment",
                                        "healthcare", "telecom",           "education"};
    const struct dz_piece *pieces = c->rd->pieces;
    const char *near = good_near(c, cs, at, SPHERE_REACH, fined, sizeof fined / sizeof *fined);
    if (near)
        return near;
    if (dz_compose_has(c, c->id.staff_word, cs->sentence))
        return "employment";
    size_t s = cs->number;
    bool before = s > 0 && pieces[s - 1].paragraph == pieces[s].paragraph;
    if (before && dz_compose_has(c, c->id.staff_word, dz_compose_sentence(c, s - 1)))
        return "employment";
    return NULL;
}

/* What is taken, fined or offered says the sphere better than the verb does. */
static const char *
sphere_of(const struct dz_compose *c, const struct dz_act_cores *cs, const struct dz_concept *harm,
          struct dz_span at)
{
    static const char *const taken[] = {"business", "transport_driving"};
    static const char *const offered[] = {"housing_property", "humanitarian_aid", "employment"};
    bool staff = dz_compose_has(c, c->id.staff_word, cs->sentence);
    bool child = dz_compose_has(c, c->id.child_word, cs->sentence);
    bool for_them = strcmp(harm->means, "third_party_application") == 0;
    const char *near = NULL;
    if (strcmp(harm->means, "confiscation") == 0)
        near = good_near(c, cs, at, 0, taken, sizeof taken / sizeof *taken);
    else if (strcmp(harm->means, "fine_penalty") == 0)
        near = sphere_of_fine(c, cs, at);
    else if (strcmp(harm->means, "incentive") == 0)
        near = good_near(c, cs, at, SPHERE_REACH, offered, sizeof offered / sizeof *offered);
    else if (strcmp(harm->means, "humiliation") == 0 &&
             dz_compose_has(c, c->id.school_word, cs->sentence))
        near = "education";
    else if (child && (for_them || strcmp(harm->means, "automatic_naturalisation") == 0))
        near = "family_children";
    else if (staff && (for_them || strcmp(harm->means, "registration") == 0))
        near = "employment";
    return near ? near : harm->sphere;
}

void
dz_act_take_harms(const struct dz_compose *c, struct dz_act_cores *cs)
{
    const struct dz_reading *rd = c->rd;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *harm = dz_act_concept(c, h);
        if (harm->kind != DZ_CONCEPT_HARM)
            continue;
        struct dz_span at = {h->first, h->first + h->n};
        if (only_supposed(c, at, cs->sentence.from))
            continue;
        if (dz_act_negated(c, at, cs->sentence.from) || negated_within(c, at) ||
            contrasted(c, at, cs->sentence.from) || only_named_in_law(c, at, cs->sentence.from) ||
            only_judged(c, at, cs->sentence)) {
            cs->taken_back = true;
            continue;
        }
        struct dz_act_core core = {.at = at, .what = harm, .how = harm};
        core.threatened = is_threatened(c, cs, at) || is_to_come(c, cs, at);
        core.sphere = sphere_of(c, cs, harm, at);
        core.means = core.threatened && harm->threatened[0] ? harm->threatened : harm->means;
        struct dz_act_core *last = cs->n > 0 ? &cs->items[cs->n - 1] : NULL;
        bool same = last && strcmp(last->sphere, core.sphere) == 0;
        /* "They become foreigners and must leave" are two, and so are a fine and a car that is
         * towed; "detained and tortured" is one. */
        bool fined = same && (strcmp(harm->means, "fine_penalty") == 0 ||
                              strcmp(last->what->means, "fine_penalty") == 0);
        if (fined || (same && strcmp(harm->sphere, "residence_deportation") == 0))
            same = strcmp(last->means, core.means) == 0;
        /* Fingerprints, photographs, an examination with a test: one registration. */
        bool held =
            harm == (last ? last->what : NULL) && strcmp(harm->sphere, "liberty_security") == 0;
        bool listed = same && (held || strcmp(harm->means, "registration") == 0) &&
                      strcmp(last->means, core.means) == 0 && at.from < last->at.to + LIST_REACH;
        if (listed || (same && dz_act_joined(c, last->at.to, at.from,
                                             strcmp(last->means, core.means) == 0 ? 14 : 10))) {
            /* "detained and tortured": one act, the more direct means first. */
            if (harm < last->what) {
                last->also = last->means;
                last->means = core.means;
                last->what = last->how = harm;
            } else if (strcmp(last->means, core.means) != 0) {
                last->also = core.means;
            }
            last->at.to = at.to > last->at.to ? at.to : last->at.to;
            continue;
        }
        dz_act_add(cs, core);
    }
}
