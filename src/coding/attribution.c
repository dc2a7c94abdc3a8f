#include <string.h>

#include "dz_compose.h"

/* Attribution: whose words a sentence gives. The speaker stands before or right behind a verb
 * of speech, or behind "according to"; a pronoun and a quotation that goes on take the speaker
 * of the sentence before. */

#define SUBJECT_REACH 30 /* words back from the verb of speech */
#define OBJECT_REACH 6   /* words on from "according to" or the verb */

static bool
can_speak(const struct dz_mention *m)
{
    bool government = m->kind == DZ_MENTION_PLACE && m->metonym;
    return m->kind == DZ_MENTION_PERSON || m->kind == DZ_MENTION_OFFICE || government;
}

static struct dz_view
shown(const struct dz_compose *c, const struct dz_mention *m)
{
    if (m->kind == DZ_MENTION_PERSON && m->name.n > 0)
        return dz_person_shown(c->d, m->name);
    return (struct dz_view){c->d->text.p + m->start, m->end - m->start};
}

/* Last speaker in words [from, to); a person whom an aside describes wins over the body named
 * in the aside. */
static const struct dz_mention *
last_speaker(const struct dz_compose *c, size_t s, size_t from, size_t to)
{
    const struct dz_reading *rd = c->rd;
    const struct dz_mention *best = NULL;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        size_t w = dz_reading_word_at(rd, m->start);
        size_t end = dz_reading_word_at(rd, m->end);
        if (!can_speak(m) || w < from || end > to)
            continue;
        bool aside = best && best->kind == DZ_MENTION_PERSON && m->kind != DZ_MENTION_PERSON;
        size_t after = best ? dz_reading_word_at(rd, best->end) : 0;
        if (aside && after < rd->n_words && rd->words[after].before == DZ_BREAK_COMMA)
            continue;
        best = m;
    }
    return best;
}

static const struct dz_mention *
first_speaker(const struct dz_compose *c, size_t s, size_t from, size_t to)
{
    const struct dz_mention *office = NULL;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        size_t w = dz_reading_word_at(c->rd, m->start);
        if (!can_speak(m) || w < from || w >= to)
            continue;
        if (m->kind == DZ_MENTION_PERSON)
            return m;
        if (!office)
            office = m;
    }
    return office;
}

static bool
clause_starts(const struct dz_compose *c, size_t w)
{
    return c->rd->words[w].before >= DZ_BREAK_HARD;
}

#define BODY_BACK 8 /* sentences back in which "the ministry" was named in full */

/* "It said", "the ministry had reported": the word that points back, or SIZE_MAX. */
static size_t
points_back(const struct dz_compose *c, struct dz_span sentence, size_t verb)
{
    for (size_t back = 1; back <= 3 && verb >= sentence.from + back; back++) {
        size_t w = verb - back;
        const struct dz_word *word = &c->rd->words[w];
        if (c->rd->words[w + 1].before >= DZ_BREAK_COMMA)
            break;
        if (dz_view_is(word->fold, "it") || dz_view_is(word->fold, "воно") ||
            dz_view_is(word->fold, "оно"))
            return w;
        bool latin = (unsigned char)word->fold.p[0] < 0x80;
        bool definite = w > sentence.from &&
                        (dz_view_is(word[-1].fold, "the") || dz_view_is(word[-1].fold, "this"));
        if (dz_reading_hit(c->rd, c->id.the_body, w, w + 1) && !word->quoted &&
            (latin ? definite : !word->capital || w == sentence.from))
            return w;
    }
    return SIZE_MAX;
}

/* Same beginning: "ministry", "Ministry"; "відомство", "відомства". */
static bool
same_noun(struct dz_view a, struct dz_view b)
{
    size_t n = 0, least = (unsigned char)a.p[0] < 0x80 ? 6 : 10;
    while (n < a.n && n < b.n && a.p[n] == b.p[n])
        n++;
    return n >= least || (n == a.n && n == b.n);
}

/* The body that was named before with this word in its name; "it" is any body. */
static const struct dz_mention *
body_named(const struct dz_compose *c, size_t s, size_t points)
{
    struct dz_view noun = c->rd->words[points].fold;
    bool any = dz_reading_hit(c->rd, c->id.the_body, points, points + 1) == NULL;
    for (size_t back = s; back > 0 && s - back < BODY_BACK; back--) {
        size_t last = c->sentence_mention[back], first = c->sentence_mention[back - 1];
        for (size_t i = last; i > first; i--) {
            const struct dz_mention *m = &c->mentions->items[i - 1];
            if (m->kind != DZ_MENTION_OFFICE)
                continue;
            if (any)
                return m;
            size_t w = dz_reading_word_at(c->rd, m->start);
            for (; w < c->rd->n_words && c->rd->words[w].start < m->end; w++) {
                if (same_noun(noun, c->rd->words[w].fold))
                    return m;
            }
        }
    }
    return NULL;
}

/* Speaker of one verb of speech. *ret_pronoun: "he said". */
static const struct dz_mention *
subject_of(const struct dz_compose *c, size_t s, const struct dz_hit *verb, bool *ret_pronoun)
{
    const struct dz_reading *rd = c->rd;
    struct dz_span sentence = dz_compose_sentence(c, s);
    size_t from =
        verb->first > sentence.from + SUBJECT_REACH ? verb->first - SUBJECT_REACH : sentence.from;
    for (size_t w = verb->first; w > from; w--) {
        bool clause = clause_starts(c, w) && w < verb->first;
        /* What stands in a quotation in front is not the subject. */
        bool quotation = rd->words[w - 1].quoted && !rd->words[w].quoted;
        if (clause || quotation)
            from = w;
    }
    if (verb->first > from && dz_reading_hit(rd, c->id.pronoun, verb->first - 1, verb->first))
        *ret_pronoun = true;
    if (verb->first > from + 1 &&
        dz_reading_hit(rd, c->id.pronoun, verb->first - 2, verb->first - 1))
        *ret_pronoun = true;
    if (*ret_pronoun)
        return NULL;
    size_t end = verb->first + verb->n;
    const struct dz_mention *behind =
        first_speaker(c, s, end, end + 4 < sentence.to ? end + 4 : sentence.to);
    const struct dz_mention *front = last_speaker(c, s, from, verb->first);
    bool quote_in_front =
        verb->first > sentence.from && rd->words[verb->first].before >= DZ_BREAK_COMMA;
    if (behind && behind->kind == DZ_MENTION_PERSON && (quote_in_front || !front))
        return behind;
    if (!front && verb->first == from && from > sentence.from)
        return behind;
    size_t points = SIZE_MAX;
    if (!front || (front->kind == DZ_MENTION_OFFICE && front->n_tokens == 1))
        points = points_back(c, sentence, verb->first);
    const struct dz_mention *body = points == SIZE_MAX ? NULL : body_named(c, s, points);
    return body ? body : front;
}

/* "According to Moscow": a place right behind those words stands for its government. */
static const struct dz_mention *
place_as_source(const struct dz_compose *c, size_t s, size_t at)
{
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind == DZ_MENTION_PLACE && dz_reading_word_at(c->rd, m->start) == at)
            return m;
    }
    return NULL;
}

static const struct dz_mention *
inside_source(const struct dz_compose *c, size_t s, int concept)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    const struct dz_hit *h = dz_reading_hit(c->rd, concept, sentence.from, sentence.to);
    if (concept < 0 || !h)
        return NULL;
    size_t from = h->first + h->n;
    size_t to = from + OBJECT_REACH < sentence.to ? from + OBJECT_REACH : sentence.to;
    const struct dz_mention *m = first_speaker(c, s, from, to);
    return m ? m : place_as_source(c, s, from);
}

#define PHRASE_WORDS 5

/* Somebody whom no list knows: "according to the district council", "За оцінкою мерії,": the words
 * up to the comma. Nothing where they are too many, or say when or what. */
static struct dz_view
phrase_behind(const struct dz_compose *c, size_t s, int concept)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    const struct dz_hit *h =
        concept < 0 ? NULL : dz_reading_hit(c->rd, concept, sentence.from, sentence.to);
    if (!h)
        return (struct dz_view){0};
    struct dz_span phrase = {h->first + h->n, h->first + h->n};
    while (phrase.to < sentence.to && c->rd->words[phrase.to].before < DZ_BREAK_COMMA &&
           phrase.to - phrase.from <= PHRASE_WORDS)
        phrase.to++;
    bool number = false;
    for (size_t w = phrase.from; w < phrase.to; w++)
        number = number || c->rd->words[w].number;
    if (phrase.to - phrase.from > PHRASE_WORDS || number)
        return (struct dz_view){0};
    return dz_compose_text(c, phrase);
}

/* "Occupation officials claim", "Російська сторона звітує": a plural or a body in front of the
 * verb, with the words that describe it. */
static struct dz_view
phrase_before(const struct dz_compose *c, size_t s)
{
    const struct dz_reading *rd = c->rd;
    struct dz_span sentence = dz_compose_sentence(c, s);
    for (size_t i = rd->sentence_hit[s]; i < rd->sentence_hit[s + 1]; i++) {
        size_t w = rd->hits[i].first;
        if (rd->hits[i].concept != c->id.speech || w == sentence.from ||
            rd->words[w].before >= DZ_BREAK_COMMA)
            continue;
        if (!dz_reading_hit(rd, c->id.plural_source, w - 1, w) &&
            !dz_reading_hit(rd, c->id.the_body, w - 1, w))
            continue;
        struct dz_span phrase = {w - 1, w};
        while (phrase.from > sentence.from && w - phrase.from < 4 &&
               rd->words[phrase.from].before < DZ_BREAK_COMMA)
            phrase.from--;
        return dz_compose_text(c, phrase);
    }
    return (struct dz_view){0};
}

/* Whom "he said" means when nobody spoke before: the person named last in the paragraph. */
static const struct dz_mention *
person_before(const struct dz_compose *c, size_t s)
{
    for (size_t back = s; back > 0 && s - back < 2; back--) {
        if (c->rd->pieces[back - 1].paragraph != c->rd->pieces[s].paragraph)
            return NULL;
        size_t first = c->sentence_mention[back - 1];
        for (size_t i = c->sentence_mention[back]; i > first; i--) {
            if (c->mentions->items[i - 1].kind == DZ_MENTION_PERSON)
                return &c->mentions->items[i - 1];
        }
    }
    return NULL;
}

static struct dz_voice
voice_of(const struct dz_compose *c, size_t s, const struct dz_voice *last)
{
    struct dz_voice v = {0};
    struct dz_span sentence = dz_compose_sentence(c, s);
    const struct dz_mention *source = inside_source(c, s, c->id.source_of);
    const struct dz_mention *cited = inside_source(c, s, c->id.relay);
    const struct dz_mention *speaker = NULL;
    bool pronoun = false;
    for (size_t i = c->rd->sentence_hit[s]; i < c->rd->sentence_hit[s + 1] && !speaker && !pronoun;
         i++) {
        const struct dz_hit *h = &c->rd->hits[i];
        if (h->concept == c->id.speech && !dz_view_is(c->rd->words[h->first].fold, "according"))
            speaker = subject_of(c, s, h, &pronoun);
    }
    if (cited) { /* "Y said, citing X": X asserts, Y relays */
        if (speaker)
            v.via = shown(c, speaker);
        speaker = cited;
    } else if (source && speaker && source != speaker) {
        v.via = shown(c, source);
    } else if (source) {
        speaker = source;
    }
    v.here = speaker || pronoun || source;
    if (pronoun && !speaker && !last->person)
        speaker = person_before(c, s);
    struct dz_view phrase = {0};
    if (!speaker && !pronoun) {
        phrase = phrase_behind(c, s, c->id.source_of);
        phrase = phrase.n > 0 ? phrase : phrase_before(c, s);
    }
    if (speaker) {
        v.speaker = shown(c, speaker);
        v.person = speaker->kind == DZ_MENTION_PERSON ? speaker : NULL;
    } else if (phrase.n > 0) {
        v.speaker = phrase;
        v.here = true;
    } else if (v.here || dz_compose_has(c, c->id.report_noun, sentence)) {
        v.speaker = last->speaker;
        v.via = last->via;
        v.person = last->person;
    }
    return v;
}

/* A quotation that names nobody belongs to who speaks behind it, or before it, in the paragraph. */
static void
carry_quotes(struct dz_compose *c)
{
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        struct dz_span span = dz_compose_sentence(c, s);
        if (c->voices[s].speaker.n > 0 || span.to <= span.from || !c->rd->words[span.from].quoted)
            continue;
        uint32_t paragraph = c->rd->pieces[s].paragraph;
        bool before =
            s > 0 && c->rd->pieces[s - 1].paragraph == paragraph && c->voices[s - 1].speaker.n > 0;
        bool after = s + 1 < c->rd->n_sentences && c->rd->pieces[s + 1].paragraph == paragraph &&
                     c->voices[s + 1].speaker.n > 0;
        if (before || after) {
            c->voices[s] = c->voices[before ? s - 1 : s + 1];
            c->voices[s].here = false;
        }
    }
}

void
dz_compose_voices(struct dz_compose *c)
{
    struct dz_voice last = {0};
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        c->voices[s] = voice_of(c, s, &last);
        if (c->voices[s].speaker.n > 0)
            last = c->voices[s];
    }
    carry_quotes(c);
}
