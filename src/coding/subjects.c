#include <string.h>

#include "dz_persons.h"
#include "dz_speakers.h"

/* Who is meant: the subject of a verb of speech, whoever stands behind "according to", and nouns
 * and pronouns that point back. attribution.c makes voices of it. */

#define SUBJECT_REACH 40 /* words back from the verb of speech */
#define BEHIND_REACH 6   /* words on from it: "said two officials" */
#define NAME_WORDS 5   /* of a name in quotation marks */
#define BODY_BACK 8      /* sentences back in which "the ministry" was named in full */


static bool
hit_at(const struct dz_voices *v, int concept, size_t w)
{
    return concept >= 0 && dz_reading_hit(v->c->rd, concept, w, w + 1) != NULL;
}

static bool
latin(const struct dz_word *w)
{
    return w->fold.n > 0 && (unsigned char)w->fold.p[0] < 0x80;
}

/* ---- nouns that point back ---- */

/* Same beginning: "ministry", "Ministry"; "відомство", "відомства". */
static bool
same_noun(struct dz_view a, struct dz_view b)
{
    size_t n = 0, least = (unsigned char)a.p[0] < 0x80 ? 6 : 10;
    while (n < a.n && n < b.n && a.p[n] == b.p[n])
        n++;
    return n >= least || (n == a.n && n == b.n);
}

/* "Відомство", "the agency": any body that was named. */
static bool
any_body(struct dz_view fold)
{
    static const char *const stems[] = {"відомств", "ведомств", "організац", "организац", "agency",
                                        "organisation", "organization", "it", "воно", "оно",
                                        "body"};
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        if ((unsigned char)stems[i][0] < 0x80 ? dz_view_is(fold, stems[i])
                                              : dz_view_starts(fold, stems[i]))
            return true;
    }
    return false;
}

static bool
words_share_noun(const struct dz_voices *v, struct dz_view noun, size_t from, size_t to)
{
    for (size_t w = from; w < to && w < v->c->rd->n_words; w++) {
        if (same_noun(noun, v->c->rd->words[w].fold))
            return true;
    }
    return false;
}

/* The body named before with this noun in its name, or the person whose office it is. */
const struct dz_mention *
dz_speaker_named_before(const struct dz_voices *v, size_t s, size_t noun)
{
    const struct dz_compose *c = v->c;
    struct dz_view fold = c->rd->words[noun].fold;
    bool any = any_body(fold), role = (v->word[noun] & (DZ_VW_ROLE | DZ_VW_PRIVATE)) != 0;
    for (size_t back = s; back > 0 && s - back < BODY_BACK; back--) {
        size_t last = c->sentence_mention[back], first = c->sentence_mention[back - 1];
        for (size_t i = last; i > first; i--) {
            const struct dz_mention *m = &c->mentions->items[i - 1];
            size_t w = dz_reading_word_at(c->rd, m->start);
            size_t end = dz_reading_word_at(c->rd, m->end);
            if (m->kind == DZ_MENTION_OFFICE && (any || words_share_noun(v, fold, w, end)))
                return m;
            if (m->kind == DZ_MENTION_PERSON && role && !any &&
                words_share_noun(v, fold, w > 5 ? w - 5 : 0, end + 5))
                return m;
        }
    }
    return NULL;
}

/* "Омбудсман", "посадовець" of whom the paragraph called otherwise: who acts in public there. */
static const struct dz_mention *
public_before(const struct dz_voices *v, size_t s)
{
    const struct dz_compose *c = v->c;
    for (size_t back = s; back > 0 && s - back < 3; back--) {
        if (c->rd->pieces[back - 1].paragraph != c->rd->pieces[s].paragraph)
            return NULL;
        for (size_t i = c->sentence_mention[back]; i > c->sentence_mention[back - 1]; i--) {
            const struct dz_mention *m = &c->mentions->items[i - 1];
            if (m->kind == DZ_MENTION_PERSON && !m->protect)
                return m;
        }
    }
    return NULL;
}

/* A noun alone that means somebody named before: definite in English, without a name behind. */
static bool
points_back(const struct dz_voices *v, const struct dz_speaker *who)
{
    const struct dz_word *words = v->c->rd->words;
    size_t w = who->head;
    if (who->person || who->at.to - who->at.from > 1 || words[w].quoted)
        return false;
    if (!latin(&words[w])) /* "за словами Уповноваженого": offices are written large, too */
        return !words[w].capital || w == 0 || words[w].before >= DZ_BREAK_SENTENCE ||
               (v->word[w] & DZ_VW_ROLE);
    return w > 0 && (dz_view_is(words[w - 1].fold, "the") || dz_view_is(words[w - 1].fold, "this"));
}

static struct dz_speaker
resolved(const struct dz_voices *v, size_t s, struct dz_speaker who)
{
    if (!points_back(v, &who))
        return who;
    const struct dz_mention *m = dz_speaker_named_before(v, s, who.head);
    if (!m && (v->word[who.head] & DZ_VW_ROLE))
        m = public_before(v, s);
    if (!m)
        return who;
    who.m = m;
    who.as_is = false;
    who.person = m->kind == DZ_MENTION_PERSON;
    size_t from = dz_reading_word_at(v->c->rd, m->start);
    who.at = (struct dz_span){from, dz_reading_word_at(v->c->rd, m->end)};
    who.head = from;
    while (!who.person && !latin(&v->c->rd->words[from]) && who.head + 1 < who.at.to &&
           dz_phrase_adjective(v->c->rd->words[who.head].fold, v->c->d->lang))
        who.head++;
    return who;
}

/* ---- the subject of a verb ---- */

/* A few words in quotation marks right in front of w, no comma behind: the name of a thing. */
static bool
names_thing(const struct dz_word *words, size_t from, size_t w)
{
    size_t at = w;
    while (at > from && words[at - 1].quoted && !words[at - 1].opens_quote)
        at--;
    if (at <= from || !words[at - 1].opens_quote || !words[at - 1].capital)
        return false;
    size_t n = w - at + 1;
    return n <= 5 && (words[w].before < DZ_BREAK_COMMA || words[at - 1].before < DZ_BREAK_COMMA);
}

static size_t
clause_start(const struct dz_voices *v, struct dz_span sentence, size_t verb)
{
    const struct dz_word *words = v->c->rd->words;
    size_t from = verb > sentence.from + SUBJECT_REACH ? verb - SUBJECT_REACH : sentence.from;
    for (size_t w = verb; w > from; w--) {
        bool clause = w < verb && words[w].before >= DZ_BREAK_HARD;
        /* What stands in a quotation in front is not the subject. */
        bool quotation = words[w - 1].quoted && !words[w].quoted && !names_thing(words, from, w);
        if (clause || quotation)
            return w;
    }
    return from;
}

static bool
comma_between(const struct dz_voices *v, size_t from, size_t to)
{
    for (size_t w = from; w <= to; w++) {
        if (v->c->rd->words[w].before >= DZ_BREAK_COMMA)
            return true;
    }
    return false;
}

/* May b, behind a, be part of what a names? */
static bool
attached(const struct dz_voices *v, const struct dz_speaker *a, const struct dz_speaker *b)
{
    const struct dz_word *words = v->c->rd->words;
    if (b->at.from < a->at.to)
        return true;
    if (comma_between(v, a->at.to, b->at.from))
        return false;
    return b->at.from == a->at.to ||
           (b->weak && b->at.from - a->at.to <= 2 && latin(&words[a->head]));
}

static struct dz_speaker
merged(const struct dz_voices *v, struct dz_speaker a, struct dz_speaker b)
{
    if (b.person || a.person)
        return b.person ? b : a;
    a.at.to = b.at.to > a.at.to ? b.at.to : a.at.to;
    /* "the Kremlin spokesman": in English the last noun before a preposition is the head. */
    if (latin(&v->c->rd->words[a.head]) && !b.weak) {
        a.head = b.head;
        a.m = a.m && b.m ? b.m : NULL;
    }
    return a;
}

/* "У відомстві додали", "на гарячій лінії кажуть": those who work there. */
static bool
impersonal(const struct dz_voices *v, const struct dz_speaker *who, size_t verb)
{
    static const char *const many[] = {"ли", "уть", "ють", "ать", "ять", "ут", "ют", "ат", "ят"};
    static const char *const in[] = {"у", "в", "на", "во"};
    const struct dz_word *words = v->c->rd->words;
    bool body = (v->word[who->head] & DZ_VW_BODY) || (who->m && !who->person);
    if (verb == SIZE_MAX || who->at.from == 0 || !body || latin(&words[who->head]))
        return false;
    bool there = false, plural = false;
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        there = there || dz_view_is(words[who->at.from - 1].fold, in[i]);
    struct dz_view fold = words[verb].fold;
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        size_t n = strlen(many[i]);
        plural = plural || (fold.n > n && memcmp(fold.p + fold.n - n, many[i], n) == 0);
    }
    return there && plural;
}

/* "На запит редакції": right behind another noun it is a genitive, unless the dictionary has it
 * so. */
static bool
in_chain(const struct dz_voices *v, const struct dz_speaker *who)
{
    const struct dz_word *words = v->c->rd->words;
    size_t w = who->at.from;
    if (w == 0 || words[w].before != DZ_BREAK_NONE || words[w - 1].number)
        return false;
    const struct dz_word *left = &words[w - 1];
    bool noun = !dz_text_function_word_is(left->fold) && !(v->word[w - 1] & DZ_VW_SPEECH) &&
                !dz_phrase_adjective(left->fold, v->c->d->lang) && left->fold.n > 6;
    /* One verb stands for all: whoever is a subject of its own passes it. */
    bool place = who->m && who->m->kind == DZ_MENTION_PLACE; /* "громадян РФ" */
    return noun && (place || !dz_speaker_nominative(v, who->head, w - 1));
}

/* "«Східна група» веде власний підрахунок": a few words in quotation marks that begin with a
 * capital are a name. */
static bool
quoted_name(const struct dz_word *words, struct dz_span in, size_t w)
{
    size_t from = w, to = w;
    while (from > in.from && !words[from].opens_quote && words[from - 1].quoted)
        from--;
    while (to < in.to && words[to].quoted && to - from <= NAME_WORDS)
        to++;
    bool name = words[from].opens_quote && words[from].capital && to - from <= NAME_WORDS;
    return name && to < in.to && words[to].before < DZ_BREAK_COMMA;
}

/* "Dim Pivdnia, whose figures are at Annex 7, gives": the figures are in the aside. */
static bool
behind_whose(const struct dz_word *words, size_t from, size_t w)
{
    static const char *const whose[] = {"whose", "чиї",   "чия",  "чиє",   "чийого", "чиєї",
                                        "чьи",   "чья",   "чье",  "чьего", "чьей",   "чьих"};
    for (size_t back = 1; back <= 2 && w >= from + back; back++) {
        for (size_t i = 0; i < sizeof whose / sizeof *whose; i++) {
            if (dz_view_is(words[w - back].fold, whose[i]))
                return true;
        }
    }
    return false;
}

/* "N of the Kharkiv-based network told us": the body is where N works. */
static bool
of_body(const struct dz_word *words, size_t from, size_t to)
{
    static const char *const links[] = {"of", "from", "at", "with"};
    bool linked = false;
    for (size_t i = 0; from < to && i < sizeof links / sizeof *links; i++)
        linked = linked || dz_view_is(words[from].fold, links[i]);
    for (size_t w = from; w < to; w++)
        linked = linked && words[w].before == DZ_BREAK_NONE;
    return linked;
}

/* The subject among words in front of the verb. */
struct dz_speaker
dz_speaker_subject(const struct dz_voices *v, size_t s, struct dz_span in, size_t verb)
{
    const struct dz_word *words = v->c->rd->words;
    struct dz_speaker best = {0}, weak = {0};
    size_t to = in.to;
    for (size_t w = in.from; w < to;) {
        struct dz_speaker next = dz_speaker_next(v, s, w, to);
        if (next.at.to == 0)
            break;
        w = next.at.to > w ? next.at.to : w + 1;
        bool first = best.at.to == 0;
        if (!first && attached(v, &best, &next)) {
            best = merged(v, best, next);
            continue;
        }
        /* "N, an expert at the institute, told": the aside describes the speaker. */
        bool aside = !first && v->c->rd->words[best.at.to].before == DZ_BREAK_COMMA &&
                     comma_between(v, next.at.to, to);
        if (aside && (best.person || !next.person))
            continue;
        if (behind_whose(words, in.from, next.at.from))
            continue;
        if (best.person && of_body(words, best.at.to, next.at.from))
            continue;
        if (next.weak) {
            weak = impersonal(v, &next, verb) ? next : weak;
            continue;
        }
        bool mute = words[next.head].quoted && verb != SIZE_MAX && !words[verb].quoted &&
                    next.at.to != verb && !quoted_name(words, in, next.head);
        if (mute || (!next.person && (!dz_speaker_nominative(v, next.head, verb) ||
                                      (!latin(&words[next.head]) && in_chain(v, &next)))))
            continue;
        best = next;
        best.as_is = true;
    }
    struct dz_speaker who = best.at.to ? best : weak;
    return dz_speaker_settle(v, s, who, dz_compose_sentence(v->c, s).to);
}

static struct dz_speaker
subject_behind(const struct dz_voices *v, size_t s, size_t from, size_t to)
{
    const struct dz_word *words = v->c->rd->words;
    size_t end = from;
    while (end < to && end < from + BEHIND_REACH && words[end].before < DZ_BREAK_COMMA)
        end++;
    for (size_t w = from; w < end;) {
        struct dz_speaker who = dz_speaker_next(v, s, w, end);
        if (who.at.to == 0)
            break;
        w = who.at.to > w ? who.at.to : w + 1;
        struct dz_speaker named = dz_speaker_settle(v, s, who, end + 4 < to ? end + 4 : to);
        if (!who.weak && named.person)
            return named;
        bool there = who.weak && impersonal(v, &who, from - 1);
        bool subject = !who.weak && (who.person || dz_speaker_nominative(v, who.head, from - 1));
        /* "said two officials", but not "states that such an official ..." */
        if (latin(&words[from]) && (who.at.from > from + 2 || dz_view_is(words[from].fold, "that")))
            break;
        if (!there && !subject)
            continue;
        size_t far = who.at.to + 8 < to ? who.at.to + 8 : to;
        who.as_is = subject;
        return dz_speaker_settle(v, s, who, far);
    }
    return (struct dz_speaker){0};
}

/* A name that no list knows, right beside the verb: "Верстка сообщила", "повідомляє Укрінформ". */
static struct dz_speaker
proper_beside(const struct dz_voices *v, size_t s, const struct dz_hit *verb, size_t side)
{
    static const char *const never[] = {"also", "later", "earlier", "then", "yet", "here", "so"};
    const struct dz_word *words = v->c->rd->words;
    struct dz_span sentence = dz_compose_sentence(v->c, s);
    size_t w = side == 0 ? verb->first - 1 : verb->first + verb->n;
    if (w < sentence.from || w >= sentence.to || (side == 0 && verb->first == sentence.from))
        return (struct dz_speaker){0};
    const struct dz_word *word = &words[w];
    size_t right = side == 0 ? w + 1 : w;
    bool other = word->number || (v->word[w] & DZ_VW_SPEECH) ||
                 dz_text_function_word_is(word->fold) || word->fold.n < 4;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        other = other || dz_view_is(word->fold, never[i]);
    /* "громадян РФ звітувало": a place behind a noun belongs to that. */
    other = other || (w > sentence.from && word->before == DZ_BREAK_NONE && !latin(word) &&
                      dz_compose_mention(v->c, DZ_MENTION_PLACE, word->start, word->start + 1));
    if (!word->capital || other || words[right].before != DZ_BREAK_NONE ||
        !dz_speaker_nominative(v, w, verb->first))
        return (struct dz_speaker){0};
    /* Any word may open a sentence with a capital. */
    bool opens = word->before >= DZ_BREAK_HARD && !word->opens_quote;
    if (opens && dz_person_everyday(word->fold, v->c->d->lang))
        return (struct dz_speaker){0};
    struct dz_speaker who = {.at = {w, w + 1}, .head = w, .as_is = true};
    while (side == 0 && who.at.from > sentence.from && words[who.at.from - 1].capital &&
           words[who.at.from].before == DZ_BREAK_NONE && who.at.to - who.at.from < 4 &&
           !dz_text_function_word_is(words[who.at.from - 1].fold))
        who.at.from--;
    while (side == 1 && who.at.to < sentence.to && words[who.at.to].capital &&
           words[who.at.to].before == DZ_BREAK_NONE && who.at.to - who.at.from < 4)
        who.at.to++;
    return who;
}

/* "Госкомрегистр в ответе на запрос указал": a name that no list knows opens the clause. */
static struct dz_speaker
proper_first(const struct dz_voices *v, size_t from, size_t verb)
{
    const struct dz_word *word = &v->c->rd->words[from];
    bool name = verb > from + 1 && verb - from < 12 && word->capital && !latin(word) &&
                !word->number && word->fold.n > 8 && !dz_text_function_word_is(word->fold) &&
                !dz_person_everyday(word->fold, v->c->d->lang) &&
                dz_speaker_nominative(v, from, verb) &&
                !dz_phrase_adjective(word->fold, v->c->d->lang) &&
                !dz_compose_mention(v->c, DZ_MENTION_PLACE, word->start, word->start + 1) &&
                !dz_compose_mention(v->c, DZ_MENTION_DATE, word->start, word->start + 1);
    if (!name)
        return (struct dz_speaker){0};
    return (struct dz_speaker){.at = {from, from + 1}, .head = from, .as_is = true};
}

/* "He said", "we recall", "сказала вона": how a pronoun beside the verb points. */
static bool
by_pronoun(const struct dz_voices *v, struct dz_span sentence, const struct dz_hit *verb,
           struct dz_frame *f)
{
    const struct dz_word *words = v->c->rd->words;
    const size_t places[3] = {verb->first - 1, verb->first - 2, verb->first + verb->n};
    for (size_t i = 0; i < 3; i++) {
        size_t w = places[i];
        bool before = i < 2;
        if (w < sentence.from || w >= sentence.to ||
            (before && verb->first < sentence.from + i + 1))
            continue;
        /* "He says it has logged": behind the verb only where the words stand in front of it. */
        if (!before && latin(&words[w]) && words[verb->first].before < DZ_BREAK_COMMA &&
            !(verb->first > sentence.from && words[verb->first - 1].quoted))
            break;
        size_t right = before ? w + 1 : w;
        if (words[right].before >= DZ_BREAK_COMMA)
            break;
        if (hit_at(v, v->id.own, w) && words[w].quoted == words[verb->first].quoted)
            f->how = words[w].quoted ? BY_NOBODY : BY_OWN;
        else if (hit_at(v, v->id.pronoun, w) || hit_at(v, v->id.many_pronoun, w) ||
                 hit_at(v, v->id.that_one, w))
            f->how = BY_PRONOUN;
        else if (any_body(words[w].fold) && words[w].fold.n <= 8)
            f->how = BY_BODY_PRONOUN;
        else
            continue;
        f->at = w;
        return true;
    }
    return false;
}

/* Words that are said to somebody, not by somebody: "told the paper". */
static bool
addresses(const struct dz_word *w)
{
    return dz_view_is(w->fold, "told") || dz_view_is(w->fold, "tells") ||
           dz_view_is(w->fold, "informed") || dz_view_is(w->fold, "urged") ||
           dz_view_is(w->fold, "reminded");
}

/* "He was dismissed", "they were told": the subject says nothing. */
static bool
is_passive(const struct dz_word *words, struct dz_span sentence, const struct dz_hit *verb)
{
    static const char *const be[] = {"was", "were", "been", "be", "is", "are", "being", "got"};
    struct dz_view fold = words[verb->first].fold;
    if (fold.n < 5 || memcmp(fold.p + fold.n - 3, "ing", 3) == 0)
        return false;
    for (size_t back = 1; back <= 2 && verb->first >= sentence.from + back; back++) {
        const struct dz_word *left = &words[verb->first - back];
        for (size_t i = 0; i < sizeof be / sizeof *be; i++) {
            if (dz_view_is(left->fold, be[i]))
                return true;
        }
        if (left[1].before != DZ_BREAK_NONE)
            return false;
    }
    return false;
}

/* "It was argued by N", "argued, notably by N": the agent. */
static struct dz_speaker
agent_of(const struct dz_voices *v, size_t s, size_t from)
{
    const struct dz_word *words = v->c->rd->words;
    size_t to = dz_compose_sentence(v->c, s).to;
    for (size_t w = from; w < to && w < from + 3 && words[w].before < DZ_BREAK_HARD; w++) {
        if (!dz_view_is(words[w].fold, "by"))
            continue;
        struct dz_speaker who = dz_speaker_behind(v, s, w + 1);
        bool somebody = who.at.to && (who.m || (v->word[who.head] & DZ_VW_VOICE));
        return somebody ? who : (struct dz_speaker){0}; /* "said by telephone" */
    }
    return (struct dz_speaker){0};
}

struct dz_frame
dz_frame_of_verb(const struct dz_voices *v, size_t s, struct dz_span sentence,
                 const struct dz_hit *verb)
{
    const struct dz_word *words = v->c->rd->words;
    struct dz_frame f = {.how = BY_NOBODY, .at = verb->first};
    size_t from = clause_start(v, sentence, verb->first);
    size_t end = verb->first + verb->n;
    /* "N, who said": the one in front of the comma. */
    for (size_t w = verb->first; w > from && verb->first - w < 3; w--) {
        if (hit_at(v, v->id.relative, w - 1) && words[w - 1].before == DZ_BREAK_COMMA) {
            f.who = dz_speaker_subject(v, s, (struct dz_span){from, w - 1}, SIZE_MAX);
            f.how = BY_NAME;
            return f;
        }
    }
    struct dz_speaker front = {0}, behind = agent_of(v, s, end);
    if (behind.at.to) {
        f.who = resolved(v, s, behind);
        f.how = BY_NAME;
        return f;
    }
    if (is_passive(words, sentence, verb))
        return f;
    if (by_pronoun(v, sentence, verb, &f))
        return f;
    if (!addresses(&words[verb->first]))
        behind = subject_behind(v, s, end, sentence.to);
    front = dz_speaker_subject(v, s, (struct dz_span){from, verb->first}, verb->first);
    bool quote_in_front =
        verb->first > sentence.from && words[verb->first].before >= DZ_BREAK_COMMA;
    bool opens = verb->first == from;
    if (front.at.to == 0 && !quote_in_front)
        front = proper_beside(v, s, verb, 0);
    if (front.at.to == 0 && !quote_in_front)
        front = proper_first(v, from, verb->first);
    /* "Such data, the council published": what is published does not speak. */
    bool object = front.at.to && !front.person && behind.at.to && !behind.weak &&
                  (v->word[front.head] & (DZ_VW_DATA | DZ_VW_PAPER)) &&
                  !(v->word[behind.head] & (DZ_VW_DATA | DZ_VW_PAPER)) &&
                  !latin(&words[front.head]);
    if (behind.at.to == 0 && quote_in_front && !latin(&words[verb->first]) && !front.person)
        behind = proper_beside(v, s, verb, 1); /* "..., заявив Боррель" */
    bool take_behind = behind.at.to && (opens || front.at.to == 0 || front.weak || object ||
                                        (quote_in_front && (behind.person || !front.person)));
    f.who = resolved(v, s, take_behind ? behind : front);
    /* "contains", "shows": papers do, and people do other things so. */
    bool paper = f.who.at.to && (v->word[f.who.head] & (DZ_VW_PAPER | DZ_VW_DATA));
    if (verb->concept == v->id.shows && !paper)
        return f;
    if (f.who.at.to == 0)
        f.who = proper_beside(v, s, verb, 1);
    f.how = f.who.at.to ? BY_NAME : BY_NOBODY;
    return f;
}

/* ---- source phrases ---- */

static bool
which(const struct dz_word *w)
{
    static const char *const words[] = {"which", "whom", "яким", "якою", "якими", "якого", "якої",
                                        "яких"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(w->fold, words[i]))
            return true;
    }
    return dz_view_starts(w->fold, "котор");
}

struct dz_frame
dz_frame_of_source(const struct dz_voices *v, size_t s, struct dz_span sentence, int concept)
{
    const struct dz_hit *h =
        concept < 0 ? NULL : dz_reading_hit(v->c->rd, concept, sentence.from, sentence.to);
    struct dz_frame f = {.how = BY_NOBODY};
    /* "An order, according to which ...": of the order, and nobody's words. */
    while (h && h->first + h->n < sentence.to && which(&v->c->rd->words[h->first + h->n]))
        h = dz_reading_hit(v->c->rd, concept, h->first + h->n, sentence.to);
    if (!h)
        return f;
    f.at = h->first;
    size_t from = h->first + h->n;
    /* "According to Moscow": right behind these words a place stands for its government. */
    const struct dz_mention *place =
        from < sentence.to
            ? dz_compose_mention(v->c, DZ_MENTION_PLACE, v->c->rd->words[from].start,
                                 v->c->rd->words[from].start + 1)
            : NULL;
    f.who = dz_speaker_behind(v, s, from);
    bool at_place = place && (f.who.at.to == 0 || (!f.who.m && f.who.at.to - f.who.at.from <= 1));
    if (at_place) {
        f.who = (struct dz_speaker){.m = place, .head = from};
        f.who.at = (struct dz_span){from, dz_reading_word_at(v->c->rd, place->end)};
    }
    f.who = resolved(v, s, f.who);
    f.how = f.who.at.to ? BY_NAME : BY_NOBODY;
    return f;
}

/* "Твердження російської сторони", "the claim by Moscow", "Moscow's claim". */
struct dz_frame
dz_frame_of_claim(const struct dz_voices *v, size_t s, struct dz_span sentence)
{
    const struct dz_word *words = v->c->rd->words;
    struct dz_frame f = {.how = BY_NOBODY};
    const struct dz_hit *h =
        v->id.claim_noun < 0
            ? NULL
            : dz_reading_hit(v->c->rd, v->id.claim_noun, sentence.from, sentence.to);
    if (!h)
        return f;
    size_t from = h->first + h->n, to = from + 5 < sentence.to ? from + 5 : sentence.to;
    f.at = h->first;
    if (from < sentence.to && words[from].before == DZ_BREAK_NONE)
        f.who = dz_speaker_next(v, s, from, to);
    bool linked = f.who.at.to && latin(&words[f.who.head]) && f.who.weak;
    if (f.who.at.to && f.who.at.from > from + (linked ? 2 : 0))
        f.who = (struct dz_speaker){0};
    if (f.who.at.to == 0 && h->first > sentence.from && words[h->first - 1].possessive)
        f.who = dz_speaker_subject(v, s, (struct dz_span){sentence.from, h->first}, SIZE_MAX);
    f.who = resolved(v, s, dz_speaker_settle(v, s, f.who, sentence.to));
    f.how = f.who.at.to ? BY_NAME : BY_NOBODY;
    return f;
}

