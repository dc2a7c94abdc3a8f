#include <string.h>

#include "dz_acts_priv.h"

/* What is left when neither harm nor words of access are named. The condition and a negation say
 * it all ("without a passport you will not get to a surgeon"), or the sentence only points to the
 * one in front ("the bank did the same"). */

/* Words that say that somebody lacks or refuses the passport. */
static bool
in_condition(const struct dz_compose *c, size_t w)
{
    struct dz_span at = {w, w + 1};
    const int concepts[] = {c->id.without_passport, c->id.refusing, c->id.ukr_passport};
    for (size_t i = 0; i < sizeof concepts / sizeof *concepts; i++) {
        for (size_t from = w > 8 ? w - 8 : 0; concepts[i] >= 0 && from <= w; from++) {
            const struct dz_hit *h = dz_reading_hit(c->rd, concepts[i], from, from + 1);
            if (h && dz_act_touches(at, (struct dz_span){h->first, h->first + h->n}))
                return true;
        }
    }
    return false;
}

static bool
has_condition(const struct dz_compose *c, struct dz_span at)
{
    return dz_compose_has(c, c->id.without_passport, at) || dz_compose_has(c, c->id.refusing, at) ||
           dz_compose_has(c, c->id.ukr_passport, at);
}

#define LOSS_REACH 3 /* words from "nobody" to "will lose" */

/* "Nobody will lose": takes an act back. */
static bool
negates_loss(const struct dz_compose *c, const struct dz_hit *h)
{
    for (size_t w = h->first + h->n; w < h->first + h->n + LOSS_REACH; w++) {
        if (w >= c->rd->n_words || c->rd->words[w].before >= DZ_BREAK_COMMA)
            break;
        if (dz_reading_hit(c->rd, c->id.loss_word, w, w + 1))
            return true;
    }
    return false;
}

/* "Not only", "no doubt": no negation of what follows. */
static bool
negates(const struct dz_compose *c, const struct dz_hit *h)
{
    static const char *const words[] = {"only", "doubt", "лише", "тільки", "только", "лишь"};
    size_t w = h->first + h->n;
    for (size_t i = 0; w < c->rd->n_words && i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(c->rd->words[w].fold, words[i]))
            return false;
    }
    return !negates_loss(c, h) && !in_condition(c, h->first);
}

#define CARRY_WORDS 12 /* of a sentence whose good stands in the one in front */

/* "Without a Russian passport you will not get to a surgeon": the verb can be any. */
static void
take_negated(const struct dz_compose *c, struct dz_act_cores *cs)
{
    const struct dz_reading *rd = c->rd;
    if (cs->tie != DZ_TIE_DIRECT || cs->taken_back || !has_condition(c, cs->sentence))
        return;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        if (rd->hits[i].concept != c->id.open_denial || !negates(c, &rd->hits[i]))
            continue;
        size_t first = cs->n, count = dz_act_goods_of(c, cs, &rd->hits[i]);
        if (count == 0 && dz_compose_has(c, c->id.without_passport, cs->sentence) &&
            cs->sentence.to - cs->sentence.from <= CARRY_WORDS)
            count = dz_act_good_carried(c, cs, &rd->hits[i]);
        for (size_t k = first; k < cs->n; k++)
            cs->items[k].listed = count > 1;
        if (count > 0)
            return;
    }
}

/* "Widows attach a copy of the passport to receive the allowance": papers that something asks for,
 * beside a good. */
static void
take_conditioned(const struct dz_compose *c, struct dz_act_cores *cs)
{
    const struct dz_reading *rd = c->rd;
    if (cs->tie != DZ_TIE_DIRECT || cs->taken_back)
        return;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        struct dz_span at = {h->first, h->first + h->n};
        if (h->concept != c->id.open_condition || dz_act_negated(c, at, cs->sentence.from))
            continue;
        size_t first = cs->n, count = dz_act_goods_of(c, cs, h);
        for (size_t k = first; k < cs->n; k++)
            cs->items[k].listed = count > 1;
        if (count > 0)
            return;
    }
}

#define LACK_REACH 14 /* words between who lacks the passport and the good */

/* Somebody who lacks or refuses the passport, and a good in the same sentence: whatever the verb,
 * a source hardly names the lack unless it is the reason. */
static void
take_lack(const struct dz_compose *c, struct dz_act_cores *cs)
{
    const struct dz_reading *rd = c->rd;
    const struct dz_hit *lack = NULL, *good = NULL, *how = NULL;
    size_t best = LACK_REACH + 1;
    if (cs->tie != DZ_TIE_DIRECT || cs->taken_back ||
        dz_compose_has(c, c->id.all_the_same, cs->sentence) ||
        (dz_compose_has(c, c->id.law_names, cs->sentence) &&
         dz_compose_has(c, c->id.law_value, cs->sentence)))
        return;
    lack = dz_reading_hit(rd, c->id.without_passport, cs->sentence.from, cs->sentence.to);
    if (!lack)
        lack = dz_reading_hit(rd, c->id.refusing, cs->sentence.from, cs->sentence.to);
    for (size_t i = rd->sentence_hit[cs->number]; lack && i < rd->sentence_hit[cs->number + 1];
         i++) {
        const struct dz_hit *h = &rd->hits[i];
        struct dz_span at = {h->first, h->first + h->n};
        struct dz_span condition = {lack->first, lack->first + lack->n};
        size_t far = dz_words_between(c, at, condition);
        if (h->concept == c->id.open_denial && negates_loss(c, h))
            return;
        if (!dz_act_is_good(c, cs, h) || dz_act_touches(at, condition) || far >= best)
            continue;
        good = h;
        best = far;
    }
    how = good ? lack : NULL;
    if (!how)
        return;
    struct dz_act_core core = {.at = {good->first, good->first + good->n},
                               .frame = {how->first, how->first + how->n},
                               .what = dz_act_concept(c, good),
                               .how = dz_lexicon_concept(rd->lexicon, c->id.open_denial),
                               .means = "denial"};
    (void)dz_act_add(cs, core);
}

/* ---- a clause of its own ---- */

/* The words around w that no comma, no full break and no other act parts from it. */
static struct dz_span
clause_around(const struct dz_compose *c, const struct dz_act_cores *cs, size_t w)
{
    const struct dz_word *words = c->rd->words;
    struct dz_span span = {w, w + 1};
    while (span.from > cs->sentence.from && words[span.from].before < DZ_BREAK_COMMA)
        span.from--;
    while (span.to < cs->sentence.to && words[span.to].before < DZ_BREAK_COMMA)
        span.to++;
    return span;
}

static bool
is_told_of(const struct dz_act_cores *cs, struct dz_span clause)
{
    for (size_t i = 0; i < cs->n; i++) {
        const struct dz_act_core *core = &cs->items[i];
        if (dz_act_touches(core->at, clause) ||
            (core->frame.to > core->frame.from && dz_act_touches(core->frame, clause)))
            return true;
    }
    return false;
}

/* The good of the clause that stands outside the condition; NULL when there is none. */
static const struct dz_hit *
good_in(const struct dz_compose *c, const struct dz_act_cores *cs, struct dz_span clause)
{
    const struct dz_reading *rd = c->rd;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        if (h->first >= clause.from && h->first + h->n <= clause.to && dz_act_is_good(c, cs, h) &&
            !in_condition(c, h->first))
            return h;
    }
    return NULL;
}

/* "Insulin is sold against a policy, and without a passport you get no policy": a clause that has
 * the condition, a negation and a good is an act beside those of the other clauses. */
void
dz_act_take_clauses(const struct dz_compose *c, struct dz_act_cores *cs)
{
    const struct dz_reading *rd = c->rd;
    if (cs->tie != DZ_TIE_DIRECT || cs->taken_back || !has_condition(c, cs->sentence))
        return;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        if (h->concept != c->id.open_denial || !negates(c, h))
            continue;
        struct dz_span clause = clause_around(c, cs, h->first);
        const struct dz_hit *good = good_in(c, cs, clause);
        if (!good || !has_condition(c, clause) || is_told_of(cs, clause))
            continue;
        struct dz_act_core core = {.at = {good->first, good->first + good->n},
                                   .frame = {h->first, h->first + h->n},
                                   .what = dz_act_concept(c, good),
                                   .how = dz_act_concept(c, h),
                                   .means = "denial"};
        (void)dz_act_add(cs, core);
    }
}

#define LIST_ITEMS 20     /* items between a heading and the last of its list */
#define LIKEWISE_WORDS 16 /* a sentence that only points back is short */

/* "The bank did the same": what was done in the sentence in front, with another good. */
static void
take_likewise(const struct dz_compose *c, struct dz_act_cores *cs, const struct dz_act_cores *last)
{
    const struct dz_reading *rd = c->rd;
    if (!last || last->n == 0 || cs->tie < DZ_TIE_NEAR || cs->taken_back ||
        cs->sentence.to - cs->sentence.from > LIKEWISE_WORDS ||
        !dz_compose_has(c, c->id.likewise, cs->sentence))
        return;
    const struct dz_act_core *like = &last->items[last->n - 1];
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *good = dz_act_concept(c, h);
        if (!dz_act_is_good(c, cs, h) ||
            (cs->n > 0 && strcmp(cs->items[cs->n - 1].sphere, good->sphere) == 0))
            continue;
        struct dz_act_core core = {.at = {h->first, h->first + h->n},
                                   .what = good,
                                   .how = like->how,
                                   .means = like->means,
                                   .listed = true};
        (void)dz_act_add(cs, core);
    }
}

/* ---- lists under a heading ---- */

bool
dz_act_begins_item(const struct dz_compose *c, size_t s)
{
    static const char *const marks[] = {"-", "–", "—", "•", "*", "·", "▪", "●"};
    struct dz_view text = c->d->text;
    size_t at = c->rd->pieces[s].start;
    text.p += at;
    text.n -= at;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (dz_view_starts(text, marks[i]))
            return true;
    }
    size_t n = 0;
    while (n < text.n && n < 3 && ((unsigned char)text.p[n] > ' ') && text.p[n] != '.' &&
           text.p[n] != ')')
        n++;
    return n > 0 && n < text.n && (text.p[n] == ')' || text.p[n] == '.');
}

/* Does the sentence end in a colon? */
static bool
ends_in_colon(const struct dz_compose *c, size_t s)
{
    struct dz_span words = dz_compose_sentence(c, s);
    if (words.to <= words.from)
        return false;
    size_t end = s + 1 < c->rd->n_sentences ? c->rd->pieces[s + 1].start : c->d->text.n;
    for (size_t at = c->rd->words[words.to - 1].end; at < end; at++) {
        if (c->d->text.p[at] == ':')
            return true;
    }
    return false;
}

/* The words of access that the list around sentence s hangs on; NULL when it is no such list. */
static const struct dz_hit *
list_heading(const struct dz_compose *c, size_t s)
{
    const struct dz_reading *rd = c->rd;
    if (!dz_act_begins_item(c, s))
        return NULL;
    size_t head = s;
    while (head > 0 && s - head < LIST_ITEMS && dz_act_begins_item(c, head))
        head--;
    if (dz_act_begins_item(c, head) || !ends_in_colon(c, head) || c->ties[head] < DZ_TIE_NEIGHBOUR)
        return NULL;
    for (size_t i = rd->sentence_hit[head + 1]; i > rd->sentence_hit[head]; i--) {
        const struct dz_hit *h = &rd->hits[i - 1];
        struct dz_span at = {h->first, h->first + h->n};
        if (dz_act_concept(c, h)->kind == DZ_CONCEPT_ACCESS && !dz_act_is_open(c, h) &&
            !dz_act_negated(c, at, rd->sentence_word[head]))
            return h;
    }
    return NULL;
}

/* "Without a passport there is no:" and then a good a line. */
static void
take_item(const struct dz_compose *c, struct dz_act_cores *cs)
{
    const struct dz_reading *rd = c->rd;
    const struct dz_hit *head = list_heading(c, cs->number);
    for (size_t i = rd->sentence_hit[cs->number]; head && i < rd->sentence_hit[cs->number + 1];
         i++) {
        if (!dz_act_is_good(c, cs, &rd->hits[i]))
            continue;
        const struct dz_concept *how = dz_act_concept(c, head);
        struct dz_act_core core = {.at = {rd->hits[i].first, rd->hits[i].first + rd->hits[i].n},
                                   .what = dz_act_concept(c, &rd->hits[i]),
                                   .how = how,
                                   .means = how->means,
                                   .listed = true};
        (void)dz_act_add(cs, core);
        return;
    }
}

/* ---- what is refused was named before ---- */

#define ECHO_WORDS 8 /* a sentence that only says that it was not done is short */

/* The first words of access that deny something in the sentence; NULL when there are none. */
static const struct dz_hit *
denial_in(const struct dz_compose *c, const struct dz_act_cores *cs)
{
    const struct dz_reading *rd = c->rd;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *how = dz_act_concept(c, h);
        if (how->kind == DZ_CONCEPT_ACCESS && !dz_act_is_open(c, h) &&
            strcmp(how->means, "denial") == 0)
            return h;
    }
    return NULL;
}

/* "They would bring it to those with a passport. And they did not bring it": the good of the act in
 * front. */
static void
take_echo(const struct dz_compose *c, struct dz_act_cores *cs, const struct dz_act_cores *last)
{
    const struct dz_piece *pieces = c->rd->pieces;
    const struct dz_hit *h = denial_in(c, cs);
    if (!h || !last || last->n == 0 || cs->taken_back || cs->tie < DZ_TIE_NEAR ||
        cs->sentence.to - cs->sentence.from > ECHO_WORDS ||
        pieces[cs->number - 1].paragraph != pieces[cs->number].paragraph)
        return;
    const struct dz_act_core *like = &last->items[last->n - 1];
    struct dz_span at = {h->first, h->first + h->n};
    if (like->what->kind != DZ_CONCEPT_GOOD)
        return;
    struct dz_act_core core = {
        .at = at, .frame = at, .what = like->what, .how = dz_act_concept(c, h), .means = "denial"};
    (void)dz_act_add(cs, core);
}

/* "You are no citizen, nothing is due to you": who lacks the passport stands in the sentence, and
 * what is refused in one before. */
static void
take_denied(const struct dz_compose *c, struct dz_act_cores *cs)
{
    const struct dz_hit *h = denial_in(c, cs);
    if (!h || cs->tie != DZ_TIE_DIRECT || cs->taken_back ||
        dz_compose_has(c, c->id.all_the_same, cs->sentence))
        return;
    const int lacks[] = {c->id.without_passport, c->id.refusing};
    for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++) {
        const struct dz_hit *lack =
            lacks[i] < 0 ? NULL
                         : dz_reading_hit(c->rd, lacks[i], cs->sentence.from, cs->sentence.to);
        struct dz_span at = {h->first, h->first + h->n};
        if (!lack || dz_act_touches(at, (struct dz_span){lack->first, lack->first + lack->n}))
            continue;
        (void)dz_act_good_carried(c, cs, h);
        return;
    }
}

void
dz_act_take_open(const struct dz_compose *c, struct dz_act_cores *cs,
                 const struct dz_act_cores *last)
{
    take_negated(c, cs);
    if (cs->n == 0)
        take_conditioned(c, cs);
    if (cs->n == 0)
        take_item(c, cs);
    if (cs->n == 0)
        take_lack(c, cs);
    if (cs->n == 0)
        take_likewise(c, cs, last);
    if (cs->n == 0)
        take_echo(c, cs, last);
    if (cs->n == 0)
        take_denied(c, cs);
}
