#include <string.h>

#include "dz_compose.h"
#include "dz_json.h"
#include "dz_measures_priv.h"

/* Measures: decrees, laws, orders and rules announced. Each instrument once per text: what
 * later sentences say of the same decree (its deadline, its number) goes to the first. */

#define MAX_MEASURES 24
#define RULE_DATED "measure.date-and-refusal"

struct measures {
    struct dz_measure items[MAX_MEASURES];
    size_t n;
};

static struct dz_span
quote_for(const struct dz_compose *c, struct dz_span core, struct dz_span sentence)
{
    struct dz_span quote = core;
    size_t most = core.to + 14;
    while (quote.to < sentence.to && quote.to < most &&
           c->rd->words[quote.to].before < DZ_BREAK_HARD)
        quote.to++;
    return quote;
}

static const struct dz_hit *
hit_in(const struct dz_compose *c, int concept, struct dz_span span)
{
    return concept >= 0 ? dz_reading_hit(c->rd, concept, span.from, span.to) : NULL;
}

/* One of two EDTF texts says the same day more closely: "2025-01" and "2025-01-01". */
static bool
closer(const char *coarse, const char *fine)
{
    size_t n = strlen(coarse);
    return n > 0 && strncmp(coarse, fine, n) == 0;
}

static void
add_measure(struct measures *ms, struct dz_measure m, bool founding)
{
    for (size_t i = 0; i < ms->n; i++) {
        struct dz_measure *old = &ms->items[i];
        if (dz_measure_same(old, &m)) {
            dz_measure_merge(old, &m);
            return;
        }
        /* A rule told twice, once by the month and once by the day. */
        bool both_rules = old->class_id[0] == '\0' && m.class_id[0] == '\0';
        if (m.class_id[0] == '\0' && m.deadline[0] && closer(m.deadline, old->deadline))
            return;
        if (both_rules && closer(old->deadline, m.deadline)) {
            *old = m;
            return;
        }
    }
    if (founding && ms->n < MAX_MEASURES)
        ms->items[ms->n++] = m;
}

#define BESIDE 3 /* sentences: a deadline told so near to an instrument is its own */

/* A headline or neighbouring sentence told the deadline before the instrument was named. */
static void
take_over_deadline(struct measures *ms, struct dz_measure *m)
{
    for (size_t i = 0; i < ms->n && m->deadline[0] == '\0'; i++) {
        const struct dz_measure *old = &ms->items[i];
        bool bare = strcmp(old->rule, RULE_DATED) == 0 && m->sentence - old->sentence <= BESIDE;
        if (!bare)
            continue;
        m->deadline = old->deadline;
        ms->items[i] = ms->items[--ms->n];
    }
}

/* "The document obliges everyone to leave by 10 September": the sentence behind the instrument. */
static bool
give_deadline(struct measures *ms, const struct dz_measure *rule)
{
    for (size_t i = ms->n; i > 0; i--) {
        struct dz_measure *m = &ms->items[i - 1];
        bool bare = m->class_id[0] && m->deadline[0] == '\0';
        if (bare && rule->deadline[0] && rule->sentence >= m->last &&
            rule->sentence - m->last <= BESIDE) {
            m->deadline = rule->deadline;
            m->last = rule->sentence;
            /* "They put out a notice on Tuesday. From 1 January ...": the notice is its rule. */
            if (m->soft && m->number.n == 0 && rule->quote.to > rule->quote.from) {
                m->quote = rule->quote;
                m->sentence = rule->sentence;
            }
            return true;
        }
    }
    return false;
}

/* "The decree lets them stay until 10 September. By 10 June they must be examined": a further day
 * of the instrument just named is no rule of its own. */
static bool
is_further_day(const struct measures *ms, const struct dz_measure *rule)
{
    for (size_t i = 0; i < ms->n; i++) {
        const struct dz_measure *m = &ms->items[i];
        if (m->class_id[0] && !m->soft && m->deadline[0] && rule->sentence >= m->last &&
            rule->sentence - m->last <= BESIDE)
            return true;
    }
    return false;
}

/* A rule stated without a named instrument: "a deadline ... mandatory", "announced the end of". */
static void
take_rule(const struct dz_compose *c, struct measures *ms, size_t s, const struct dz_hit *rule)
{
    bool needs_day = rule->concept == c->id.oblige_rule;
    struct dz_span sentence = dz_compose_sentence(c, s);
    struct dz_measure m = {.sentence = s,
                           .class_id = "",
                           .date = "",
                           .deadline = "",
                           .rule = "measure.announced-rule",
                           .score = 70};
    m.quote = quote_for(c, (struct dz_span){rule->first, rule->first + rule->n}, sentence);
    m.issuer = dz_measure_issuer(c, s, rule->first);
    dz_measure_dates(c, s, (struct dz_span){rule->first, sentence.to}, &m);
    if (needs_day && (m.deadline[0] == '\0' || give_deadline(ms, &m)))
        return;
    add_measure(ms, m, true);
}

/* The rule is quoted with its day. */
static void
reach_day(const struct dz_compose *c, size_t s, const char *day, struct dz_span *quote)
{
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind != DZ_MENTION_DATE || strcmp(m->edtf, day) != 0)
            continue;
        size_t from = dz_reading_word_at(c->rd, m->start), to = dz_reading_word_at(c->rd, m->end);
        quote->from = from < quote->from ? from : quote->from;
        quote->to = to > quote->to ? to : quote->to;
        return;
    }
}

#define WHOLE_DAY 10 /* "2024-09-30" */

/* "On 30 September 2024 the ministry clarified that ...": what an office explained on a day. */
static void
take_clarification(const struct dz_compose *c, struct measures *ms, size_t s)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    const struct dz_hit *said = hit_in(c, c->id.clarified, sentence);
    if (!said || c->ties[s] < DZ_TIE_DIRECT)
        return;
    struct dz_measure m = {.sentence = s,
                           .last = s,
                           .class_id = "",
                           .date = "",
                           .deadline = "",
                           .rule = "measure.clarification",
                           .score = 70};
    dz_measure_dates(c, s, (struct dz_span){sentence.from, said->first + said->n}, &m);
    if (strlen(m.date) != WHOLE_DAY)
        return;
    m.quote = (struct dz_span){said->first, said->first + said->n};
    reach_day(c, s, m.date, &m.quote);
    m.issuer = dz_measure_issuer(c, s, said->first + said->n);
    add_measure(ms, m, true);
}

/* "They say that from July ...", "He left before 1 July": a rumour of a rule, or one man's day. */
static bool
is_hearsay(const struct dz_compose *c, struct dz_span sentence)
{
    static const char *const one[] = {"he", "she", "i", "він", "вона", "я", "он", "она"};
    for (size_t i = 0; sentence.from < sentence.to && i < sizeof one / sizeof *one; i++) {
        if (dz_view_is(c->rd->words[sentence.from].fold, one[i]))
            return true;
    }
    static const char *const words[] = {"говорят", "кажуть", "подейкують", "ходят",
                                        "чутки",   "слухи",  "rumours",    "rumour"};
    for (size_t w = sentence.from; w < sentence.to; w++) {
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (dz_view_is(c->rd->words[w].fold, words[i]))
                return true;
        }
    }
    return false;
}

/* "Beginning 1 January those who refuse ... will lose": a day from which it goes ill with
 * whoever has no passport. */
static void
take_dated_refusal(const struct dz_compose *c, struct measures *ms, size_t s)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    const struct dz_hit *who = hit_in(c, c->id.refusing, sentence);
    if (!who) /* "From 1 March pensions are paid only to citizens" */
        who = hit_in(c, c->id.require_any, sentence);
    if (!who || c->ties[s] < DZ_TIE_DIRECT) /* "By 31 December farmers must register anew" */
        who = hit_in(c, c->id.binding, sentence);
    struct dz_measure m = {
        .sentence = s, .class_id = "", .date = "", .deadline = "", .rule = RULE_DATED, .score = 60};
    if (!who)
        return;
    dz_measure_dates(c, s, sentence, &m);
    if (is_hearsay(c, sentence))
        return;
    if (strlen(m.deadline) < strlen("2024-07") || strchr(m.deadline, '/'))
        return;
    m.date = "";
    m.quote = dz_compose_clause(c, (struct dz_span){who->first, who->first + who->n}, sentence);
    reach_day(c, s, m.deadline, &m.quote);
    m.issuer = dz_measure_issuer(c, s, who->first);
    if (!give_deadline(ms, &m) && !is_further_day(ms, &m))
        add_measure(ms, m, true);
}

/* "Local laws forbid it": no one paper. */
static bool
is_plural(const struct dz_compose *c, const struct dz_hit *instrument)
{
    static const char *const plural[] = {"laws",   "decrees", "orders", "amendments",
                                         "закони", "законы",  "укази",  "указы"};
    struct dz_view word = c->rd->words[instrument->first + instrument->n - 1].fold;
    for (size_t i = 0; i < sizeof plural / sizeof *plural; i++) {
        if (dz_view_is(word, plural[i]))
            return true;
    }
    return false;
}

static bool
is_indefinite(const struct dz_compose *c, const struct dz_hit *instrument)
{
    if (is_plural(c, instrument))
        return true;
    static const char *const other[] = {"another", "new",    "similar", "separate", "analog",
                                        "аналог",  "подібн", "подобн",  "схож",     "сходн",
                                        "похож",   "окрем",  "отдельн", "інш",      "друг"};
    for (size_t back = 1; back <= 3 && back <= instrument->first; back++) {
        struct dz_view left = c->rd->words[instrument->first - back].fold;
        for (size_t i = 0; back == 1 && i < sizeof other / sizeof *other; i++) {
            if (dz_view_starts(left, other[i]))
                return true;
        }
        if (dz_view_is(left, "a") || dz_view_is(left, "an") || dz_view_is(left, "another") ||
            dz_view_is(left, "new"))
            return true;
        if (dz_view_is(left, "the"))
            return false;
    }
    return false;
}

#define TITLE_LINES 6

/* "ORDER of 10 August 2023": the heading of a paper, in a text that speaks of passports further
 * on. */
static bool
is_title(const struct dz_compose *c, size_t s)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    struct dz_span head = {sentence.from,
                           sentence.from + 2 < sentence.to ? sentence.from + 2 : sentence.to};
    bool tied = false;
    for (size_t i = 0; i < c->rd->n_sentences && i < 40 && !tied; i++)
        tied = c->ties[i] == DZ_TIE_DIRECT;
    return s < TITLE_LINES && tied && c->rd->words[sentence.from].capital &&
           hit_in(c, c->id.instrument, head) != NULL;
}

/* The line under "ORDER": its day and number. */
static void
take_line_below(const struct dz_compose *c, size_t s, struct dz_measure *m)
{
    if (m->date[0] || s >= c->rd->n_sentences)
        return;
    struct dz_span line = dz_compose_sentence(c, s);
    dz_measure_dates(c, s, line, m);
    if (m->date[0] == '\0')
        return;
    if (m->number.n == 0)
        m->number = dz_measure_number(c, line.from + 1, line.to);
    m->quote.to = line.to;
}

#define COLON_WORDS 16

/* "Наказ: усім до 15 грудня ...", "a notice that reads: ...": the word with which the rule itself
 * begins, or 0. */
static size_t
rule_behind(const struct dz_compose *c, struct dz_span core, struct dz_span sentence)
{
    size_t most = core.to + COLON_WORDS < sentence.to ? core.to + COLON_WORDS : sentence.to;
    for (size_t w = core.to; w < most; w++) {
        if (c->rd->words[w].before != DZ_BREAK_HARD)
            continue;
        struct dz_span rest = {w, sentence.to};
        bool rule = w <= core.to + 1 || dz_compose_has(c, c->id.binding, rest) ||
                    dz_compose_has(c, c->id.require_any, rest) ||
                    dz_compose_has(c, c->id.without_passport, rest);
        return rule && sentence.to - w >= 3 ? w : 0;
    }
    return 0;
}

/* "The order hung in the hall: payments are made to citizens": a colon opens the rule. */
static bool
is_colon(const struct dz_compose *c, size_t w)
{
    const struct dz_word *word = &c->rd->words[w];
    struct dz_view gap = {c->d->text.p + word[-1].end, word->start - word[-1].end};
    return memchr(gap.p, ':', gap.n) != NULL;
}

/* Letters and decisions are everybody's: those that count bear a day or a number of their own; what
 * hangs on a door need only say its rule. */
static bool
is_instrument(const struct dz_compose *c, const struct dz_measure *m, struct dz_span core,
              size_t behind)
{
    static const char *const shown[] = {"notice", "poster", "leaflet", "announcement", "memo",
                                        "rules",  "оголош", "пам'ят",  "правил",       "інструк",
                                        "объявл", "памятк", "инструк"};
    struct dz_view noun = c->rd->words[core.to - 1].fold;
    if (dz_view_starts(noun, "повідомл"))
        return behind && m->deadline[0];
    if (m->dated || m->number.n > 0)
        return true;
    for (size_t i = 0; behind && i < sizeof shown / sizeof *shown; i++) {
        if (dz_view_starts(noun, shown[i]))
            return true;
    }
    bool letter = dz_view_starts(noun, "letter") || dz_view_starts(noun, "лист") ||
                  dz_view_starts(noun, "письм");
    return (m->deadline[0] && !letter) || (behind && m->date[0]);
}

#define DAY_WORDS 7 /* "Указ президента РФ № 159, підписаний 20 березня" */
#define OLDEST "2014" /* conventions are older, and no measures */

/* Does its own day stand beside the instrument, or a word of enacting it? */
static bool
is_own_day(const struct dz_compose *c, size_t s, const struct dz_measure *m, struct dz_span core,
           bool enacted, bool soft)
{
    for (size_t i = c->sentence_mention[s]; m->date[0] && i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *date = &c->mentions->items[i];
        if (date->kind != DZ_MENTION_DATE || strcmp(date->edtf, m->date) != 0)
            continue;
        size_t w = dz_reading_word_at(c->rd, date->start);
        bool of_law = strcmp(m->date, OLDEST) >= 0;
        bool behind = w >= core.to && w - core.to <= DAY_WORDS &&
                      (!soft || (strlen(m->date) >= strlen("2024-05") &&
                                 strcmp(date->rule, "date.relative") != 0));
        if (of_law && (enacted || behind || dz_reading_word_at(c->rd, date->end) == core.from))
            return true;
    }
    return false;
}

/* "Putin's decree of 30 May": whose it is belongs to the words quoted. */
static void
reach_issuer(const struct dz_compose *c, const struct dz_measure *m, struct dz_span sentence,
             struct dz_span *core)
{
    for (size_t back = 1; m->issuer.n > 0 && back <= 3 && core->from >= sentence.from + back;
         back++) {
        size_t w = core->from - back;
        if (c->rd->words[w + 1].before >= DZ_BREAK_COMMA)
            return;
        if (!c->rd->words[w].possessive)
            continue;
        core->from = w;
        while (core->from > sentence.from && c->rd->words[core->from - 1].capital &&
               c->rd->words[core->from].before == DZ_BREAK_NONE)
            core->from--;
        return;
    }
}

/* "По апрельскому указу", "the April decree": the month that names it belongs to the words quoted.
 */
static void
reach_month(const struct dz_compose *c, size_t s, struct dz_span *core)
{
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *date = &c->mentions->items[i];
        if (date->kind == DZ_MENTION_DATE && dz_reading_word_at(c->rd, date->end) == core->from &&
            strcmp(date->rule, "date.month-of-paper") == 0)
            core->from = dz_reading_word_at(c->rd, date->start);
    }
}

/* Handed to one person, who has to sign for it, or cited: a threat or a source, and no rule. */
static bool
is_handed(const struct dz_compose *c, struct dz_span core, struct dz_span sentence)
{
    /* "Confirmed this in a letter dated 22 May": a letter that is cited is a source. */
    static const char *const cited[] = {"листі", "письме"};
    struct dz_view noun = c->rd->words[core.to - 1].fold;
    for (size_t i = 0; i < sizeof cited / sizeof *cited; i++) {
        if (dz_view_is(noun, cited[i]))
            return true;
    }
    size_t in = core.from >= sentence.from + 2 ? core.from - 2 : sentence.from;
    if (dz_view_is(noun, "letter") && dz_view_is(c->rd->words[in].fold, "in"))
        return true;
    return dz_compose_has(c, c->id.handed, (struct dz_span){sentence.from, core.from});
}

static void
take_instrument(const struct dz_compose *c, struct measures *ms, size_t s,
                const struct dz_hit *instrument, const struct dz_hit *enact, struct dz_span part)
{
    bool soft = instrument->concept == c->id.notice;
    struct dz_span sentence = dz_compose_sentence(c, s);
    struct dz_span core = {instrument->first, instrument->first + instrument->n};
    struct dz_measure m = {
        .sentence = s, .date = "", .deadline = "", .rule = "measure.instrument", .score = 80};
    m.class_id = dz_measure_class(c->rd->words[instrument->first].fold);
    m.instrument = dz_compose_text(c, core);
    m.noun = c->rd->words[instrument->first].fold;
    m.indefinite = is_indefinite(c, instrument);
    m.soft = soft;
    m.laws = is_plural(c, instrument);
    m.issuer = dz_measure_issuer_behind(c, core.to, sentence);
    if (m.issuer.n == 0)
        m.issuer =
            dz_measure_issuer(c, s, enact && enact->first < core.from ? enact->first : core.from);
    m.number = dz_measure_number(c, core.to, part.to);
    dz_measure_dates(c, s, part, &m);
    m.dated = is_own_day(c, s, &m, core, enact != NULL, soft);
    size_t behind = rule_behind(c, core, sentence);
    if (soft && (!is_instrument(c, &m, core, behind) || is_handed(c, core, sentence)))
        return;
    reach_month(c, s, &core);
    reach_issuer(c, &m, sentence, &core);
    if (enact && enact->first < core.from && core.from - enact->first < 8)
        core.from = enact->first;
    if (enact && enact->first > core.to && enact->first - core.to < 10)
        core.to = enact->first + enact->n;
    m.quote = quote_for(c, core, sentence);
    if (behind && behind <= m.quote.to)
        m.quote.to = quote_for(c, (struct dz_span){core.from, behind + 1}, sentence).to;
    bool founding =
        ((enact && !m.laws) || m.deadline[0] || m.number.n > 0 ||
         (m.dated && (m.issuer.n > 0 || c->ties[s] == DZ_TIE_DIRECT)) ||
         ((soft || (behind && is_colon(c, behind))) && c->ties[s] >= DZ_TIE_NEIGHBOUR)) &&
        c->ties[s] >= DZ_TIE_NEAR;
    if (is_title(c, s)) {
        take_line_below(c, s + 1, &m);
        founding = m.date[0] || m.deadline[0] || m.number.n > 0;
    }
    m.last = s;
    if (founding)
        take_over_deadline(ms, &m);
    add_measure(ms, m, founding);
}

/* A sentence right behind an instrument that only adds its day: "by 10 September they must
 * leave". */
static void
take_added_day(const struct dz_compose *c, struct measures *ms, size_t s)
{
    if (ms->n == 0 || ms->items[ms->n - 1].last + 1 != s ||
        ms->items[ms->n - 1].class_id[0] == '\0')
        return;
    struct dz_measure m = {
        .sentence = s, .class_id = "", .date = "", .deadline = "", .rule = RULE_DATED};
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *date = &c->mentions->items[i];
        bool until = date->date_role == DZ_DATE_BY || date->date_role == DZ_DATE_UNTIL;
        if (date->kind == DZ_MENTION_DATE && until && strlen(date->edtf) >= strlen("2024-07") &&
            m.deadline[0] == '\0')
            m.deadline = date->edtf;
    }
    (void)give_deadline(ms, &m);
}

/* Is the rule only what the sentence says of its instrument? "signed an order that set a
 * deadline" */
static bool
tells_of(const struct dz_compose *c, const struct dz_hit *instrument, const struct dz_hit *rule,
         bool enacted)
{
    bool beside =
        rule->first < instrument->first + 6 && instrument->first < rule->first + rule->n + 6;
    bool relative = rule->first > instrument->first && rule->first < instrument->first + 12 &&
                    dz_word_subordinates(&c->rd->words[rule->first - 1]);
    return relative || (beside && enacted);
}

/* The next instrument of the sentence from word w on: named as such, or a paper of another kind. */
static const struct dz_hit *
next_instrument(const struct dz_compose *c, size_t w, struct dz_span sentence)
{
    struct dz_span rest = {w, sentence.to};
    const struct dz_hit *a = hit_in(c, c->id.instrument, rest), *b = hit_in(c, c->id.notice, rest);
    if (b && dz_compose_has(c, c->id.judgment, sentence) &&
        !dz_compose_has(c, c->id.court_of_states, sentence))
        b = NULL;
    if (!a || !b)
        return a ? a : b;
    return b->first < a->first ? b : a;
}

/* "96 постановлений о выдворении": papers that are counted are no rule; "article 5 of the law"
 * counts none. */
static bool
is_counted(const struct dz_compose *c, const struct dz_hit *h, struct dz_span sentence)
{
    static const char *const parts[] = {"стат", "ст", "част", "пункт", "п", "article", "section"};
    const struct dz_word *words = c->rd->words;
    size_t w = h->first;
    if (w <= sentence.from || !words[w - 1].number || words[w].before != DZ_BREAK_NONE ||
        dz_measure_is_dated(c, &words[w - 1]))
        return false;
    for (size_t i = 0; w >= sentence.from + 2 && i < sizeof parts / sizeof *parts; i++) {
        if (dz_view_starts(words[w - 2].fold, parts[i]))
            return false;
    }
    return true;
}

/* All instruments of the sentence; each has what is said up to the next one. */
static void
take_instruments(const struct dz_compose *c, struct measures *ms, size_t s,
                 const struct dz_hit *rule)
{
    struct dz_span sentence = dz_compose_sentence(c, s), part = sentence;
    for (const struct dz_hit *h = next_instrument(c, sentence.from, sentence); h;) {
        const struct dz_hit *next = next_instrument(c, h->first + h->n, sentence);
        part.to = next ? next->first : sentence.to;
        if (is_counted(c, h, sentence)) {
            part.from = next ? next->first : part.to;
            h = next;
            continue;
        }
        if (rule && h->first < rule->first && rule->first < part.to)
            part.to = rule->first;
        take_instrument(c, ms, s, h, hit_in(c, c->id.enact, part), part);
        part.from = next ? next->first : part.to;
        h = next;
    }
}

static void
sentence_measures(const struct dz_compose *c, struct measures *ms, size_t s)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    if (sentence.to <= sentence.from || (c->ties[s] == DZ_TIE_NONE && !is_title(c, s)))
        return;
    const struct dz_hit *rule = hit_in(c, c->id.announce_rule, sentence);
    const struct dz_hit *instrument = next_instrument(c, sentence.from, sentence);
    const struct dz_hit *enact = hit_in(c, c->id.enact, sentence);
    if (!rule && !instrument && c->ties[s] == DZ_TIE_DIRECT)
        rule = hit_in(c, c->id.oblige_rule, sentence);
    if (c->ties[s] < DZ_TIE_NEAR)
        rule = NULL;
    if (rule && instrument && tells_of(c, instrument, rule, enact != NULL))
        rule = NULL;
    size_t before = ms->n;
    take_instruments(c, ms, s, rule);
    if (ms->n == before)
        take_clarification(c, ms, s);
    if (rule)
        take_rule(c, ms, s, rule);
    if (rule || (instrument && (instrument->concept == c->id.instrument || ms->n > before)))
        return;
    take_added_day(c, ms, s);
    if (c->ties[s] >= DZ_TIE_NEIGHBOUR)
        take_dated_refusal(c, ms, s);
}

static void
emit_measure(struct dz_compose *c, const struct dz_measure *m)
{
    struct dz_setting set = dz_compose_setting(c, m->sentence, m->quote);
    json_t *fields = json_object();
    dz_json_set_view(fields, "issuer", m->issuer);
    dz_json_set_view(fields, "instrument", m->instrument);
    dz_json_set_view(fields, "number", m->number);
    dz_json_set_str(fields, "date", m->date);
    dz_json_set_str(fields, "deadline", m->deadline);
    /* A rule holds where its own paragraph says, not where the article happens to be. */
    if (set.doubt <= DZ_DOUBT_PARAGRAPH) {
        dz_json_set_view(fields, "territory", set.place);
        dz_json_set_str(fields, "place_id", set.shared ? NULL : set.place_id);
    }
    dz_compose_emit(c, "measure", m->quote, m->rule, m->score, fields);
}

void
dz_compose_measures(struct dz_compose *c)
{
    struct measures *ms = dz_alloc(sizeof *ms);
    for (size_t s = 0; s < c->rd->n_sentences; s++)
        sentence_measures(c, ms, s);
    for (size_t i = 0; i < ms->n; i++)
        emit_measure(c, &ms->items[i]);
    dz_free(ms);
}
