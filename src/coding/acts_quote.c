#include <string.h>

#include "dz_acts_priv.h"

/* The words that stand for an act: one act for what is said once, in the smallest clause. */

static void
sort_cores(struct dz_act_cores *cs)
{
    for (size_t i = 1; i < cs->n; i++) {
        struct dz_act_core core = cs->items[i];
        size_t at = i;
        for (; at > 0 && cs->items[at - 1].at.from > core.at.from; at--)
            cs->items[at] = cs->items[at - 1];
        cs->items[at] = core;
    }
}

#define SAME_REACH 8 /* words between two readings of one act */

#define WHO_REACH 6 /* words from "who" to the end of its clause */

/* "The nurses who had held on to their papers were dismissed": two clauses, though no comma parts
 * them in English. */
static bool
closes_relative(const struct dz_compose *c, const struct dz_act_core *a)
{
    for (size_t w = a->at.from; w > 0 && a->at.from - w < WHO_REACH; w--) {
        if (c->rd->words[w].before >= DZ_BREAK_COMMA)
            return false;
        if (dz_view_is(c->rd->words[w - 1].fold, "who"))
            return true;
    }
    return false;
}

/* Neither a comma nor a joining or subordinating word stands between the two: one clause, which
 * tells of one act whatever its words are. Cores are sorted. */
static bool
one_clause(const struct dz_compose *c, const struct dz_act_core *a, const struct dz_act_core *b)
{
    if (!dz_act_joined(c, a->at.to, b->at.from, SAME_REACH) || closes_relative(c, a))
        return false;
    for (size_t w = a->at.to; w < b->at.to; w++) {
        const struct dz_word *word = &c->rd->words[w];
        if (dz_word_joins(word) || dz_word_subordinates(word) || dz_view_is(word->fold, "who"))
            return false;
    }
    return true;
}

/* How much a reading says: a reward or an ultimatum is nothing beside what is done ("new citizens
 * were handed summonses"), where somebody is turned back says what was refused ("at aid points"),
 * and who was dismissed was so whatever their trade. */
static int
weight(const struct dz_act_core *core)
{
    bool harm = core->what == core->how;
    if (strcmp(core->means, "incentive") == 0)
        return harm ? 1 : 0;
    if (harm && strcmp(core->what->id, "harm_ultimatum") == 0)
        return 1;
    if (harm && ((strcmp(core->sphere, "movement") == 0 && strcmp(core->means, "denial") == 0) ||
                 strcmp(core->means, "status_change") == 0))
        return 2;
    return harm && strcmp(core->means, "dismissal") == 0 ? 4 : 3;
}

static bool
is_condition(const struct dz_act_core *core)
{
    return core->what != core->how && strcmp(core->means, "conditionality") == 0;
}

/* Of two harms the more direct one stands first in the file; "pupils whose parents lack citizenship
 * were barred": what happened to a good says more than what it hung on. */
static bool
says_more(const struct dz_act_core *a, const struct dz_act_core *b)
{
    int one = weight(a), other = weight(b);
    bool harms = a->what == a->how && b->what == b->how;
    bool goods = a->what != a->how && b->what != b->how;
    if (other != one)
        return other > one;
    return (harms && b->what < a->what) || (goods && is_condition(a) && !is_condition(b));
}

static void
cover(struct dz_span *span, struct dz_span more)
{
    span->from = more.from < span->from ? more.from : span->from;
    span->to = more.to > span->to ? more.to : span->to;
}

/* One act read twice, "lost her job and place" once as a harm and once as a good refused, or "cut
 * off numbers not matched to the passport" as two harms: the first words keep it, and its words
 * are those of both. Cores are sorted. */
static void
drop_doubles(const struct dz_compose *c, struct dz_act_cores *cs)
{
    size_t kept = cs->n > 0;
    for (size_t i = 1; i < cs->n; i++) {
        struct dz_act_core *last = &cs->items[kept - 1], core = cs->items[i];
        bool harm = last->what == last->how, one_harm = harm != (core.what == core.how);
        if (one_harm && strcmp(last->sphere, core.sphere) == 0 &&
            dz_act_joined(c, last->at.to, core.at.from, SAME_REACH)) {
            if (core.what == core.how)
                *last = core;
            continue;
        }
        if (one_clause(c, last, &core)) {
            struct dz_span at = last->at;
            cover(&at, core.at);
            if (says_more(last, &core))
                *last = core;
            last->at = at;
            continue;
        }
        cs->items[kept++] = core;
    }
    cs->n = kept;
}

void
dz_act_settle(const struct dz_compose *c, struct dz_act_cores *cs)
{
    sort_cores(cs);
    drop_doubles(c, cs);
}

/* The item of an enumeration: to the separators on both sides. */
static struct dz_span
item_span(const struct dz_compose *c, struct dz_span at, struct dz_span limit)
{
    const struct dz_word *words = c->rd->words;
    struct dz_span span = at;
    while (span.from > limit.from && at.from - span.from < 6) {
        if (words[span.from].before >= DZ_BREAK_COMMA || dz_word_joins(&words[span.from - 1]))
            break;
        span.from--;
    }
    while (span.to < limit.to && span.to - at.to < 6) {
        const struct dz_word *w = &words[span.to];
        if (w->before >= DZ_BREAK_COMMA || dz_word_joins(w) || dz_word_subordinates(w))
            break;
        span.to++;
    }
    return span;
}

/* First of the words of threat right in front of a harm: "could face deportation". */
static size_t
threat_word(const struct dz_compose *c, const struct dz_act_cores *cs, struct dz_span span,
            size_t at)
{
    const struct dz_reading *rd = c->rd;
    size_t first = at;
    for (size_t i = rd->sentence_hit[cs->number + 1]; i > rd->sentence_hit[cs->number]; i--) {
        const struct dz_hit *h = &rd->hits[i - 1];
        bool threat = dz_act_concept(c, h)->kind == DZ_CONCEPT_THREAT;
        if (threat && h->first >= span.from && h->first < first && first - h->first <= 4)
            first = h->first;
    }
    return first;
}

#define TAIL_WORDS 16 /* of a clause that is added at the end */
#define TAIL_CLAUSES 2
#define NAME_WORDS 5 /* in quotation marks: part of the clause around it */

/* Words that open a clause which says to whom, why or until when: it belongs to the act. */
static bool
opens_tail(struct dz_view word)
{
    static const char *const words[] = {
        "including", "зокрема", "включая", "включно", "who",       "whose",  "that",    "which",
        "because",   "since",   "unless",  "until",   "if",        "as",     "until",   "when",
        "for",       "хто",     "хтось",   "який",    "яка",       "які",    "яких",    "яким",
        "чиї",       "котрий",  "котрі",   "бо",      "оскільки",  "адже",   "позаяк",  "доки",
        "поки",      "допоки",  "якщо",    "коли",    "що",        "кто",    "который", "которая",
        "которые",   "которых", "которым", "чьи",     "поскольку", "потому", "так",     "ибо",
        "пока",      "если",    "когда",   "что",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(word, words[i]))
            return true;
    }
    return false;
}

/* Where the clause that begins at word w ends. */
static size_t
clause_end(const struct dz_compose *c, size_t w, size_t limit)
{
    const struct dz_word *words = c->rd->words;
    size_t end = w + 1;
    while (end < limit && end - w < TAIL_WORDS && words[end].before < DZ_BREAK_COMMA &&
           words[end].quoted == words[end - 1].quoted)
        end++;
    return end;
}

/* A name in quotation marks that the clause runs through: «Верхній Ларс». */
static size_t
past_quoted_name(const struct dz_compose *c, size_t w, size_t limit)
{
    const struct dz_word *words = c->rd->words;
    if (w >= limit || !words[w].opens_quote || words[w].before != DZ_BREAK_NONE)
        return w;
    size_t end = w + 1;
    while (end < limit && end - w <= NAME_WORDS && words[end].quoted && !words[end].opens_quote)
        end++;
    if (end - w > NAME_WORDS || (end < limit && words[end].before >= DZ_BREAK_COMMA))
        return end - w > NAME_WORDS ? w : end;
    return end < limit ? clause_end(c, end, limit) : end;
}

/* "... , who had not changed citizenship": the clauses behind that say to whom and why. */
static struct dz_span
with_tail(const struct dz_compose *c, struct dz_span span, struct dz_span limit)
{
    const struct dz_word *words = c->rd->words;
    span.to = past_quoted_name(c, span.to, limit.to);
    for (size_t n = 0; n < TAIL_CLAUSES && span.to < limit.to; n++) {
        const struct dz_word *w = &words[span.to];
        if (w->before >= DZ_BREAK_HARD || words[span.to - 1].quoted != w->quoted ||
            !opens_tail(w->fold))
            break;
        span.to = clause_end(c, span.to, limit.to);
    }
    return span;
}

#define ASIDE_WORDS 6  /* between the commas of an aside */
#define SHORT_WORDS 7  /* a clause that says little without its subject */
#define BEFORE_WORDS 4 /* of the clause in front of it */

/* "Двоих, тянувших с подачей, сняли с нагрузки": an aside that tells more of who stands in
 * front. */
static bool
opens_aside(struct dz_view word)
{
    static const char *const words[] = {"who", "whose",   "які",     "який",    "яка", "котрі",
                                        "що",  "которые", "который", "которая", "не"};
    static const char *const ends[] = {"вших", "вшие", "вшим", "вшего", "вшая",
                                       "вший", "щих",  "щие",  "щего",  "щим"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(word, words[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t n = strlen(ends[i]);
        if (word.n > n && memcmp(word.p + word.n - n, ends[i], n) == 0)
            return true;
    }
    return false;
}

/* The clause, with its subject where an aside parts the two. */
static struct dz_span
with_subject(const struct dz_compose *c, struct dz_span span, struct dz_span limit)
{
    const struct dz_word *words = c->rd->words;
    if (span.from <= limit.from || words[span.from].before != DZ_BREAK_COMMA ||
        span.to - span.from > SHORT_WORDS)
        return span;
    size_t aside = span.from - 1;
    while (aside > limit.from && span.from - aside < ASIDE_WORDS &&
           words[aside].before < DZ_BREAK_COMMA)
        aside--;
    if (aside <= limit.from || words[aside].before != DZ_BREAK_COMMA ||
        !opens_aside(words[aside].fold))
        return span;
    size_t from = aside - 1;
    while (from > limit.from && aside - from < BEFORE_WORDS && words[from].before < DZ_BREAK_COMMA)
        from--;
    span.from = from;
    return span;
}

struct dz_span
dz_act_quote(const struct dz_compose *c, const struct dz_act_cores *cs, size_t ix)
{
    const struct dz_act_core *core = &cs->items[ix];
    struct dz_span limit = cs->sentence;
    if (ix > 0)
        limit.from = cs->items[ix - 1].at.to;
    if (ix + 1 < cs->n)
        limit.to = cs->items[ix + 1].at.from;
    struct dz_span whole = core->at;
    if (!core->listed && core->frame.to > core->frame.from) {
        if (core->frame.from < whole.from)
            whole.from = core->frame.from;
        if (core->frame.to > whole.to)
            whole.to = core->frame.to;
        if (limit.from > whole.from)
            limit.from = whole.from;
        if (limit.to < whole.to)
            limit.to = whole.to;
        return with_tail(c, with_subject(c, dz_compose_clause(c, whole, limit), limit), limit);
    }
    if (core->listed) {
        struct dz_span item = item_span(c, core->at, limit);
        bool near = core->frame.to <= core->at.from && core->at.from - core->frame.to < 3;
        if (core->leads && near && core->frame.from >= limit.from)
            item.from = core->frame.from;
        return item;
    }
    /* Harms: several in one clause are cut between each other. */
    bool alone = cs->n == 1;
    struct dz_span span = with_subject(c, dz_compose_clause(c, whole, limit), limit);
    if (!alone) {
        bool next_near = ix + 1 < cs->n && cs->items[ix + 1].at.from <= span.to + 1;
        for (size_t w = core->at.to; next_near && w < span.to; w++) {
            if (dz_word_joins(&c->rd->words[w]))
                span.to = w;
        }
        bool last_near = ix > 0 && span.from <= cs->items[ix - 1].at.to + 1;
        for (size_t w = span.from; last_near && w < core->at.from; w++) {
            if (dz_word_joins(&c->rd->words[w])) {
                span.from = w + 1;
                break;
            }
        }
        size_t threat = threat_word(c, cs, span, core->at.from);
        if (threat < core->at.from)
            span.from = threat;
    }
    return with_tail(c, span, limit);
}
