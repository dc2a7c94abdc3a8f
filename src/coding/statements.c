#include <string.h>

#include "dz_json.h"
#include "dz_speakers.h"

/* Statements: positions on taking the passport, recognising it, and its legality. */

/* The author alone calls nothing a position of a state, but a firm judgment of law is worth
 * proposing. */
#define SCORE_NAMED 80
#define SCORE_UNNAMED 55

static bool
begins_any(struct dz_view fold, const char *const *stems, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (dz_view_starts(fold, stems[i]))
            return true;
    }
    return false;
}
#define BEGINS_ANY(fold, stems) begins_any((fold), (stems), sizeof(stems) / sizeof *(stems))

/* ---- whose position ---- */

/* "Ukraine does not recognise ...", "The Convention forbids ...": who holds it is its subject. */
static struct dz_view
holder_of(const struct dz_voices *v, size_t s, const struct dz_hit *h)
{
    const struct dz_compose *c = v->c;
    struct dz_span in = {dz_compose_sentence(c, s).from, h->first};
    for (size_t w = h->first; w > in.from; w--) {
        const struct dz_word *word = &c->rd->words[w];
        if (word->before >= DZ_BREAK_HARD || (word->opens_quote && word->quoted)) {
            in.from = w;
            break;
        }
    }
    struct dz_speaker who = dz_speaker_subject(v, s, in, SIZE_MAX);
    /* A state may be the first word of the pattern itself. */
    for (size_t w = in.from; who.at.to == 0 && w <= h->first; w++) {
        const struct dz_word *word = &c->rd->words[w];
        const struct dz_mention *m =
            dz_compose_mention(c, DZ_MENTION_PLACE, word->start, word->start + 1);
        bool state = m && m->place_kind && strcmp(m->place_kind, "country") == 0;
        if (state && dz_speaker_nominative(v, w, SIZE_MAX))
            who = (struct dz_speaker){
                .m = m, .head = w, .at = {w, dz_reading_word_at(c->rd, m->end)}};
    }
    static const char *const laws[] = {"law",     "code",   "constitution", "convention", "charter",
                                       "article", "decree", "regulation",   "resolution", "court",
                                       "закон",   "кодекс", "конституц",    "конвенц",    "хартія",
                                       "хартия",  "статт",  "стать",        "указ",       "положен",
                                       "резолюц", "рішенн", "решени",       "legislation"};
    bool law = who.at.to && (v->word[who.head] & DZ_VW_PAPER) &&
               BEGINS_ANY(c->rd->words[who.head].fold, laws);
    bool holds = who.at.to && (who.m || law || (v->word[who.head] & DZ_VW_BODY));
    return holds ? dz_speaker_shown(v, &who) : (struct dz_view){0};
}

/* Who spoke last in the paragraph goes on; in a quotation, who was named last. */
static struct dz_view
heard_before(const struct dz_voices *v, size_t s)
{
    const struct dz_compose *c = v->c;
    uint32_t paragraph = c->rd->pieces[s].paragraph;
    for (size_t at = s; at > 0 && c->rd->pieces[at - 1].paragraph == paragraph; at--) {
        if (c->voices[at - 1].speaker.n > 0)
            return c->voices[at - 1].speaker;
    }
    size_t first = s;
    while (first > 0 && c->rd->pieces[first - 1].paragraph == paragraph)
        first--;
    for (size_t i = c->sentence_mention[s + 1]; i > c->sentence_mention[first]; i--) {
        const struct dz_mention *m = &c->mentions->items[i - 1];
        struct dz_speaker who = {.m = m, .person = true};
        who.at = (struct dz_span){0, 1};
        if (m->kind == DZ_MENTION_PERSON)
            return dz_speaker_shown(v, &who);
    }
    return (struct dz_view){0};
}

/* "The Union condemns this. We will not recognise ...": the body that spoke last is "we". */
static struct dz_view
we_before(const struct dz_voices *v, size_t s)
{
    const struct dz_compose *c = v->c;
    struct dz_span sentence = dz_compose_sentence(c, s);
    const struct dz_hit *own =
        v->id.own < 0 ? NULL : dz_reading_hit(c->rd, v->id.own, sentence.from, sentence.to);
    if (!own || c->rd->words[own->first].quoted || c->voices[s].speaker.n > 0)
        return (struct dz_view){0};
    for (size_t at = s; at > 0 && c->rd->pieces[at - 1].paragraph == c->rd->pieces[s].paragraph;
         at--) {
        const struct dz_voice *before = &c->voices[at - 1];
        if (before->person)
            break;
        if (before->speaker.n > 0)
            return before->speaker;
    }
    return (struct dz_view){0};
}

static struct dz_view
position_of(const struct dz_voices *v, size_t s, const struct dz_hit *h)
{
    const struct dz_voice *voice = dz_compose_voice(v->c, s, h->first);
    struct dz_view we = we_before(v, s);
    if (we.n > 0)
        return we;
    if (voice->speaker.n > 0)
        return voice->speaker;
    struct dz_view holder = holder_of(v, s, h);
    if (holder.n == 0)
        holder = heard_before(v, s);
    /* Who speaks of himself takes the position that is nobody else's. */
    bool own = holder.n == 0 && !v->c->rd->words[h->first].quoted && v->c->speaks;
    return own ? dz_compose_author(v->c, s).speaker : holder;
}

static void
emit_statement(const struct dz_voices *v, struct dz_compose *c, size_t s, const struct dz_hit *h,
               struct dz_span quote, const struct dz_concept *stance, const char *value)
{
    struct dz_view speaker = position_of(v, s, h);
    json_t *fields = json_object();
    dz_json_set_view(fields, "speaker", speaker);
    dz_json_set_str(fields, "stance", value);
    dz_json_set_str(fields, "date", dz_compose_said_on(c, s, quote));
    dz_compose_emit(c, "statement", quote, stance->rule,
                    speaker.n > 0 ? SCORE_NAMED : SCORE_UNNAMED, fields);
}

/* Of two readings of the same words the one that stands first in the phrases wins: "urged ...
 * not to take" is also "urged ... to take". */
static const struct dz_hit *
outranked_by(const struct dz_compose *c, size_t s, const struct dz_hit *h)
{
    const struct dz_reading *rd = c->rd;
    for (size_t i = rd->sentence_hit[s]; i < rd->sentence_hit[s + 1]; i++) {
        const struct dz_hit *other = &rd->hits[i];
        bool touch = other->first < h->first + h->n && h->first < other->first + other->n;
        /* "binds nobody, and nobody will be punished": the next one begins with its last word. */
        if (other->first == h->first + h->n - 1 && other->n > 1 && h->n > 1)
            touch = false;
        bool stance = dz_lexicon_concept(rd->lexicon, other->concept)->kind == DZ_CONCEPT_STANCE;
        if (stance && touch && other->concept < h->concept)
            return other;
    }
    return NULL;
}

/* ---- what is no position ---- */

static bool
stance_is(const struct dz_concept *stance, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(stance->id, list[i]) == 0)
            return true;
    }
    return false;
}
#define STANCE_IS(stance, list) stance_is((stance), (list), sizeof(list) / sizeof *(list))

static bool
hit_word(const struct dz_voices *v, int concept, size_t w)
{
    return concept >= 0 && dz_reading_hit(v->c->rd, concept, w, w + 1) != NULL;
}

/* "If it keeps you alive, take the paper." */
static bool
imperative(const struct dz_compose *c, const struct dz_hit *h)
{
    static const char *const words[] = {"take",  "accept", "get",    "sign",  "obtain",
                                        "apply", "avoid",  "refuse", "leave", "evacuate",
                                        "stay",  "keep",   "just"};
    for (size_t w = h->first; w < h->first + h->n; w++) {
        const struct dz_word *word = &c->rd->words[w];
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if ((word->before >= DZ_BREAK_COMMA || word->opens_quote) &&
                dz_view_is(word->fold, words[i]))
                return true;
        }
    }
    return false;
}

/* "The European Union, which has refused to accept ...": the relative of word w is a state's or a
 * body's. */
static bool
of_state(const struct dz_voices *v, size_t w)
{
    const struct dz_compose *c = v->c;
    if (w == 0 || dz_view_is(c->rd->words[w].fold, "who"))
        return false;
    const struct dz_word *word = &c->rd->words[w - 1];
    bool body = (v->word[w - 1] & DZ_VW_BODY) ||
                dz_compose_mention(c, DZ_MENTION_OFFICE, word->start, word->end) ||
                dz_compose_mention(c, DZ_MENTION_PLACE, word->start, word->end);
    return body && dz_speaker_nominative(v, w - 1, SIZE_MAX);
}

/* "She decided not to take it": conduct, no advice. Advice has its verb, or is said to somebody's
 * face. */
static bool
tells_of_conduct(const struct dz_voices *v, const struct dz_hit *h, struct dz_span sentence,
                 const struct dz_concept *stance)
{
    static const char *const advice[] = {"stance_do_not_take", "stance_take_if_needed",
                                         "stance_leave"};
    const struct dz_compose *c = v->c;
    size_t end = h->first + h->n;
    struct dz_span near = {h->first > sentence.from + 5 ? h->first - 5 : sentence.from, end};
    struct dz_span until = {sentence.from, end};
    static const char *const why[] = {"why", "чому", "почему", "навіщо", "зачем"};
    for (size_t w = h->first; STANCE_IS(stance, advice) && w < end; w++) {
        if (BEGINS_ANY(c->rd->words[w].fold, why))
            return true;
    }
    bool of_people = strcmp(stance->id, "stance_not_accepted") == 0;
    for (size_t w = near.from; w < h->first; w++) {
        bool relative = hit_word(v, v->id.relative, w);
        if (relative && (STANCE_IS(stance, advice) || (of_people && !of_state(v, w))))
            return true;
    }
    if (!STANCE_IS(stance, advice) || dz_compose_has(c, v->id.do_it, sentence) ||
        dz_compose_has(c, v->id.advice, until) || imperative(c, h))
        return false;
    return dz_compose_has(c, v->id.conduct, near) || strcmp(stance->id, advice[0]) != 0;
}

static bool
names_paper(const struct dz_compose *c, struct dz_span span)
{
    static const char *const papers[] = {
        "passport",   "document",      "paper",           "decree",   "citizenship", "naturali",
        "booklet",    "act",           "паспорт",         "документ", "папер",       "папір",
        "указ",       "громадян",      "книжечк",         "акт",      "бумаг",       "бумаж",
        "гражданств", "загранпаспорт", "закордонпаспорт", "посвідч",  "удостовер",   "annex",
        "анекс",      "аннекс",        "референдум",      "referend", "рішен",       "решен",
        "presvid",    "закон",         "постанов"};
    for (size_t w = span.from; w < span.to; w++) {
        if (BEGINS_ANY(c->rd->words[w].fold, papers))
            return true;
    }
    return false;
}

/* "The Commission does not recognise them": the papers of the sentence in front. */
static bool
means_papers_before(const struct dz_compose *c, size_t s, const struct dz_hit *h)
{
    static const char *const them[] = {"them", "these", "it",   "they", "їх", "такі",
                                       "його", "він",   "вони", "вона", "их", "такие",
                                       "его",  "он",    "они",  "она"};
    struct dz_span sentence = dz_compose_sentence(c, s);
    size_t from = h->first > sentence.from ? h->first - 1 : h->first, to = h->first + h->n + 1;
    if (s == 0 || !names_paper(c, dz_compose_sentence(c, s - 1)))
        return false;
    for (size_t w = from; w < to && w < sentence.to; w++) {
        for (size_t i = 0; i < sizeof them / sizeof *them; i++) {
            if (dz_view_is(c->rd->words[w].fold, them[i]))
                return true;
        }
    }
    return false;
}

/* What is not recognised must be a paper or what makes it, and not one of Ukraine's. */
static bool
other_paper(const struct dz_compose *c, size_t s, const struct dz_concept *stance,
            const struct dz_hit *h, struct dz_span clause)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    static const char *const theirs[] = {"ukrainian", "українськ", "украинск", "old", "стар"};
    static const char *const ours[] = {"russia", "occup",  "російськ", "рф",    "окупа",  "оккупа",
                                       "росс",   "issued", "видан",    "выдан", "нав'яз", "навяз",
                                       "forc",   "impos",  "примус",   "принуд"};
    static const char *const unrecognised[] = {"stance_not_recognised", "stance_not_accepted"};
    if (!STANCE_IS(stance, unrecognised))
        return false;
    bool paper = names_paper(c, sentence) || means_papers_before(c, s, h), ukrainian = false,
         russian = false;
    for (size_t w = clause.from; w < clause.to; w++) {
        struct dz_view fold = c->rd->words[w].fold;
        ukrainian = ukrainian || (BEGINS_ANY(fold, theirs) && !c->rd->words[w].possessive);
        russian = russian || BEGINS_ANY(fold, ours);
    }
    return !paper || (ukrainian && !russian);
}

#define ECHO 2 /* sentences: how far behind a position its repetition may stand */

/* The last position told in front, not farther than ECHO sentences; or NULL. */
static const struct dz_suggestion *
position_before(const struct dz_compose *c, size_t s)
{
    size_t from = s > ECHO ? s - ECHO : 0;
    size_t start = dz_utf8_map_cp(&c->d->map, c->rd->pieces[from].start);
    if (c->out->n == 0)
        return NULL;
    const struct dz_suggestion *last = &c->out->items[c->out->n - 1];
    return strcmp(last->kind, "statement") == 0 && last->start >= start ? last : NULL;
}

/* "Who does not take it is punished", "without a passport one is no criminal's equal": what is
 * negated is the taking, not the crime. */
static bool
negates_taking(const struct dz_compose *c, const struct dz_concept *stance, const struct dz_hit *h,
               struct dz_span sentence)
{
    static const char *const nots[] = {"not",    "n't", "don't",   "doesn't",
                                       "didn't", "не",  "without", "без"};
    static const char *const takes[] = {
        "take",     "taking",   "took",     "accept",  "obtain", "have",  "has",   "having",
        "hold",     "get",      "got",      "apply",   "receiv", "sign",  "брат",  "бер",
        "взя",      "візьм",    "отрим",    "мат",     "має",    "прийн", "оформ", "подат",
        "бра",      "возьм",    "получ",    "приня",   "име",    "подал", "пода",  "russian",
        "російськ", "российск", "passport", "паспорт", "volunt", "coop"};
    const struct dz_word *words = c->rd->words;
    if (strcmp(stance->id, "stance_not_a_crime_wide") != 0)
        return false;
    size_t s = words[h->first].sentence;
    if (c->ties[s] < DZ_TIE_DIRECT && c->voices[s].speaker.n == 0 && !position_before(c, s))
        return true;
    for (size_t w = sentence.from; w + 1 < sentence.to && w < h->first + h->n; w++) {
        bool negates = false;
        for (size_t i = 0; i < sizeof nots / sizeof *nots; i++)
            negates = negates || dz_view_is(words[w].fold, nots[i]);
        size_t far = w + 3 < sentence.to ? w + 3 : sentence.to;
        for (size_t k = w + 1; negates && k < far; k++) {
            if (BEGINS_ANY(words[k].fold, takes))
                return true;
        }
    }
    return false;
}

static bool
any_word(const struct dz_compose *c, struct dz_span span, const char *const *stems, size_t n)
{
    for (size_t w = span.from; w < span.to; w++) {
        if (begins_any(c->rd->words[w].fold, stems, n))
            return true;
    }
    return false;
}
#define ANY_WORD(c, span, stems) any_word((c), (span), (stems), sizeof(stems) / sizeof *(stems))

/* "He was fined for violating migration law", "they did not charge him": what happened to somebody,
 * by the law of whoever rules there. */
static bool
happened(const struct dz_compose *c, const struct dz_concept *stance, const struct dz_hit *h,
         struct dz_span sentence)
{
    static const char *const fines[] = {"fine",   "оштраф",  "штраф", "migra",     "міграц",
                                        "миграц", "traffic", "освіт", "образован", "протокол"};
    static const char *const ours[] = {
        "internat", "humanit", "geneva", "hague",      "human",     "war",    "conven",  "міжнар",
        "гуманіт",  "женев",   "гааз",   "гаагс",      "людин",     "воєнн",  "конвенц", "междунар",
        "гуманит",  "человек", "военн",  "occupation", "occupying", "окупац", "оккупац"};
    static const char *const one[] = {"he",  "she", "him", "her", "його", "її",   "він", "вона",
                                      "его", "ее",  "он",  "она", "мене", "меня", "i",   "я"};
    struct dz_span near = {h->first > sentence.from + 2 ? h->first - 2 : sentence.from,
                           h->first + h->n};
    if (strcmp(stance->id, "stance_violation") == 0)
        return ANY_WORD(c, sentence, fines) && !ANY_WORD(c, sentence, ours);
    static const char *const will[] = {"will", "won't", "буде", "будуть", "будет", "будут"};
    if (strcmp(stance->stance, "not_a_crime") != 0 || c->rd->words[h->first].quoted)
        return false;
    for (size_t w = near.from; w < near.to; w++) {
        if (BEGINS_ANY(c->rd->words[w].fold, will))
            return false;
    }
    for (size_t w = near.from; w < near.to; w++) {
        for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
            if (dz_view_is(c->rd->words[w].fold, one[i]))
                return true;
        }
    }
    return false;
}

/* "The passports, wherever they were issued, we do not recognise": the thing stands clauses
 * before. */
static void
widen_to_paper(const struct dz_compose *c, const struct dz_concept *stance, struct dz_span *quote,
               size_t from)
{
    static const char *const unrecognised[] = {"stance_not_recognised", "stance_not_accepted"};
    const struct dz_word *words = c->rd->words;
    if (!STANCE_IS(stance, unrecognised))
        return;
    for (size_t clauses = 0; clauses < 2 && !names_paper(c, *quote); clauses++) {
        if (quote->from <= from || words[quote->from].before != DZ_BREAK_COMMA)
            return;
        size_t at = quote->from - 1;
        while (at > from && words[at].before < DZ_BREAK_COMMA && quote->from - at < 16)
            at--;
        quote->from = at;
    }
}

/* "Latvia will not accept such passports" is a position; of a clinic it is what it does. */
static bool
no_state(const struct dz_voices *v, size_t s, const struct dz_concept *stance)
{
    static const char *const bodies[] = {
        "consul", "embass",    "eu",     "european", "border",   "foreign", "member", "консул",
        "посол",  "мзс",       "мид",    "єс",       "ес",       "європ",   "европ",  "прикорд",
        "погран", "закордонн", "иностр", "євросо",   "евросо",   "держав",  "стран",  "країн",
        "visa",   "віз",       "виз",    "states",   "countries"};
    const struct dz_compose *c = v->c;
    if (strcmp(stance->id, "stance_not_accepted") != 0 &&
        strcmp(stance->id, "stance_recognised") != 0)
        return false;
    struct dz_span sentence = dz_compose_sentence(c, s);
    for (size_t w = sentence.from; w < sentence.to; w++) {
        if (BEGINS_ANY(c->rd->words[w].fold, bodies))
            return false;
    }
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        bool country =
            m->kind == DZ_MENTION_PLACE && m->place_kind && strcmp(m->place_kind, "country") == 0;
        if (country && m->place_id && strcmp(m->place_id, "RU") != 0)
            return false;
    }
    return true;
}

/* "Nobody is forced" is a position of those who rule or judge; a neighbour who says so tells what
 * he
 * saw. */
static bool
private_talk(const struct dz_compose *c, size_t s, const struct dz_concept *stance)
{
    const struct dz_voice *v = &c->voices[s];
    return strcmp(stance->id, "stance_voluntary") == 0 &&
           ((v->speaker.n == 0 && c->ties[s] < DZ_TIE_DIRECT) || v->private_person);
}

/* Has the sentence given this position already? The wide patterns find its repetitions too. */
static bool
said_before(const struct dz_compose *c, size_t s, const struct dz_concept *stance)
{
    size_t start = dz_utf8_map_cp(&c->d->map, c->rd->pieces[s].start);
    static const char *const told_once[] = {"stance_not_a_crime_wide", "stance_voluntary"};
    if (!STANCE_IS(stance, told_once))
        return false;
    for (size_t i = c->out->n; i > 0 && strcmp(c->out->items[i - 1].kind, "statement") == 0; i--) {
        const struct dz_suggestion *other = &c->out->items[i - 1];
        if (other->start < start)
            return false;
        if (strcmp(dz_json_str(other->fields, "stance"), stance->stance) == 0)
            return true;
    }
    return false;
}

/* "The Grand Chamber found the same": what it repeats was told in front. */
static const char *
value_of(const struct dz_compose *c, size_t s, const struct dz_concept *stance)
{
    if (strcmp(stance->id, "stance_same") != 0)
        return stance->stance;
    const struct dz_suggestion *before = position_before(c, s);
    return before ? dz_json_str(before->fields, "stance") : NULL;
}

static bool
is_and(struct dz_view fold)
{
    static const char *const ands[] = {"and", "but", "і", "й", "та", "а", "але", "и", "но"};
    for (size_t i = 0; i < sizeof ands / sizeof *ands; i++) {
        if (dz_view_is(fold, ands[i]))
            return true;
    }
    return false;
}

/* "considers the decree void and says its citizens bear no guilt": the words of a position end where
 * the next one is joined to it. */
static size_t
joined_at(const struct dz_compose *c, size_t s, const struct dz_hit *h, size_t to)
{
    const struct dz_reading *rd = c->rd;
    const char *own = dz_lexicon_concept(rd->lexicon, h->concept)->stance;
    for (size_t i = rd->sentence_hit[s]; i < rd->sentence_hit[s + 1]; i++) {
        const struct dz_hit *next = &rd->hits[i];
        const struct dz_concept *stance = dz_lexicon_concept(rd->lexicon, next->concept);
        if (stance->kind != DZ_CONCEPT_STANCE || next->first < h->first + h->n ||
            next->first >= to || strcmp(stance->stance, own) == 0 ||
            strcmp(stance->id, "stance_not_a_crime_wide") == 0)
            continue;
        for (size_t w = next->first; w > h->first + h->n; w--) {
            if (is_and(rd->words[w - 1].fold))
                return w - 1;
        }
    }
    return to;
}

static void
sentence_statements(const struct dz_voices *v, struct dz_compose *c, size_t s)
{
    const struct dz_reading *rd = c->rd;
    struct dz_span limit = dz_compose_sentence(c, s);
    for (size_t i = rd->sentence_hit[s]; i < rd->sentence_hit[s + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *stance = dz_lexicon_concept(rd->lexicon, h->concept);
        if (stance->kind != DZ_CONCEPT_STANCE || h->first + 1 < limit.from ||
            h->first + h->n <= limit.from || outranked_by(c, s, h))
            continue;
        struct dz_span at = {h->first < limit.from ? limit.from : h->first, h->first + h->n};
        const struct dz_suggestion *last = position_before(c, s);
        bool again = last && strcmp(dz_json_str(last->fields, "stance"), stance->stance) == 0;
        if (h->first < limit.from && again)
            continue;
        struct dz_span quote = dz_compose_clause(c, at, limit);
        struct dz_span whole = dz_compose_sentence(c, s);
        widen_to_paper(c, stance, &quote, limit.from);
        quote.to = joined_at(c, s, h, quote.to);
        const char *value = value_of(c, s, stance);
        if (!value || tells_of_conduct(v, h, whole, stance) || private_talk(c, s, stance) ||
            other_paper(c, s, stance, h, quote) || no_state(v, s, stance) ||
            negates_taking(c, stance, h, whole) || said_before(c, s, stance) ||
            happened(c, stance, h, whole))
            continue;
        emit_statement(v, c, s, h, quote, stance, value);
        limit.from = quote.to;
    }
}

void
dz_compose_statements(struct dz_compose *c)
{
    struct dz_voices v;
    dz_voices_init(&v, c);
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        if (c->ties[s] >= DZ_TIE_NEAR || position_before(c, s))
            sentence_statements(&v, c, s);
    }
    dz_free(v.word);
}
