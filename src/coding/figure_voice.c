#include <string.h>

#include "dz_figure_unit.h"

/* Who asserts a figure. First whoever the sentence lets speak; then whoever kept the count ("the
 * centre registered 40", "до Уповноваженого надійшло 1 874 звернення"); then the text itself where
 * it counts ("our lawyers", "за месяц зафиксировано"); then whoever was heard before in the
 * paragraph; then in whose name the text speaks there. */

#define HEARD_BACK 3 /* sentences in which whoever spoke in the paragraph is still heard */
#define KEEPER_WORDS 12
#define NAMING_WORDS 8

static bool
has_unquoted(const struct dz_compose *c, int concept, struct dz_span in)
{
    for (size_t w = in.from; concept >= 0 && w < in.to; w++) {
        const struct dz_hit *h = dz_reading_hit(c->rd, concept, w, w + 1);
        if (h && !c->rd->words[h->first].quoted)
            return true;
    }
    return false;
}

/* The one who wrote the text: as it says itself, else as its source is described, without what
 * stands there in brackets behind the name. */
struct dz_voice
dz_compose_author(const struct dz_compose *c, size_t s)
{
    if (c->authors[s].speaker.n > 0)
        return c->authors[s];
    if (c->byline.speaker.n > 0)
        return c->byline;
    struct dz_view name = dz_view_trim(dz_view_of(c->info ? c->info->publisher : NULL));
    const char *bracket = name.n > 0 ? memchr(name.p, '(', name.n) : NULL;
    if (bracket && bracket > name.p && name.p[name.n - 1] == ')')
        name = dz_view_trim((struct dz_view){name.p, (size_t)(bracket - name.p)});
    return (struct dz_voice){.speaker = name};
}

static struct dz_voice
voice_of(const struct dz_voices *v, const struct dz_speaker *who)
{
    struct dz_voice voice = {0};
    if (who->at.to <= who->at.from)
        return voice;
    voice.speaker = dz_speaker_shown(v, who);
    voice.person = who->person ? who->m : NULL;
    voice.here = true;
    return voice;
}

/* ---- who keeps the count ---- */

static bool
is_body(const struct dz_voices *v, const struct dz_speaker *who)
{
    return who->at.to > who->at.from &&
           (who->person || (who->m && who->m->kind == DZ_MENTION_OFFICE) ||
            (v->word[who->head] & (DZ_VW_BODY | DZ_VW_ROLE)));
}

/* "До Уповноваженого надійшло 1 874", "в центр обратились 300": behind the preposition. */
static struct dz_speaker
receiver(const struct dz_voices *v, size_t s, struct dz_span sentence)
{
    static const char *const to[] = {"до", "в", "к", "на", "у", "ко", "to"};
    const struct dz_word *words = v->c->rd->words;
    for (size_t w = sentence.from; w + 1 < sentence.to; w++) {
        bool joint = false;
        for (size_t i = 0; i < sizeof to / sizeof *to; i++)
            joint = joint || dz_view_is(words[w].fold, to[i]);
        if (!joint || words[w].quoted)
            continue;
        struct dz_speaker who = dz_speaker_next(v, s, w + 1, sentence.to);
        if (is_body(v, &who) && who.at.from <= w + 3)
            return dz_speaker_settle(v, s, who, sentence.to);
    }
    return (struct dz_speaker){0};
}

static struct dz_voice
keeper(const struct dz_voices *v, size_t s, struct dz_span at)
{
    const struct dz_compose *c = v->c;
    struct dz_span sentence = dz_compose_sentence(c, s);
    size_t from = at.from > sentence.from + KEEPER_WORDS ? at.from - KEEPER_WORDS : sentence.from;
    size_t to = at.to + KEEPER_WORDS < sentence.to ? at.to + KEEPER_WORDS : sentence.to;
    struct dz_speaker who = {0};
    if (dz_compose_has(c, c->id.reached, (struct dz_span){from, to}))
        who = receiver(v, s, sentence);
    for (size_t w = from; who.at.to == 0 && w < to; w++) {
        const struct dz_hit *h =
            c->id.keeps_count < 0 ? NULL : dz_reading_hit(c->rd, c->id.keeps_count, w, w + 1);
        if (!h || c->rd->words[h->first].quoted)
            continue;
        struct dz_frame f = dz_frame_of_verb(v, s, sentence, h);
        if (f.how == BY_NAME && is_body(v, &f.who))
            who = f.who;
    }
    return voice_of(v, &who);
}

/* ---- who names the number ---- */

static bool
one_of(struct dz_view fold, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (dz_view_is(fold, list[i]))
            return true;
    }
    return false;
}

/* "Говорить про 97", "boasted of 1.1 million": the word in front of the number, or SIZE_MAX. */
static size_t
about_word(const struct dz_compose *c, struct dz_span clause, size_t number)
{
    static const char *const about[] = {"про", "о", "об", "of"};
    for (size_t n = 1; n <= 4 && number >= clause.from + n; n++) {
        size_t w = number - n;
        if (one_of(c->rd->words[w].fold, about, sizeof about / sizeof *about))
            return w;
        if (c->rd->words[w].before >= DZ_BREAK_COMMA && !c->rd->words[w].opens_quote)
            break;
    }
    return SIZE_MAX;
}

static bool
latin(const struct dz_word *w)
{
    return w->fold.n > 0 && (unsigned char)w->fold.p[0] < 0x80;
}

/* The verb that gives the number: of naming or claiming it, else (not in English) any in front of
 * "about". SIZE_MAX when there is none. */
static size_t
naming_verb(const struct dz_compose *c, struct dz_span clause, size_t number)
{
    size_t about = about_word(c, clause, number);
    size_t from = number > clause.from + NAMING_WORDS ? number - NAMING_WORDS : clause.from;
    for (size_t w = number; w > from; w--) {
        const struct dz_hit *h = c->id.names_number < 0
                                     ? NULL
                                     : dz_reading_hit(c->rd, c->id.names_number, w - 1, w);
        const struct dz_hit *said =
            about == SIZE_MAX ? NULL : dz_reading_hit(c->rd, c->id.speech, w - 1, w);
        if (h || said)
            return w - 1;
    }
    return about != SIZE_MAX && !latin(&c->rd->words[about]) && about > clause.from ? about - 1
                                                                                    : SIZE_MAX;
}

static struct dz_span
clause_of(const struct dz_compose *c, size_t s, size_t word)
{
    struct dz_span clause = dz_compose_sentence(c, s);
    for (size_t w = word; w > clause.from; w--) {
        if (dz_voice_contrast(c->rd->words, w)) {
            clause.from = w;
            break;
        }
    }
    clause.to = word;
    return clause;
}

/* "Another estimate, 113,000, is given by N", "113 тисяч, дає аналітик N". */
static struct dz_speaker
namer_behind(const struct dz_voices *v, size_t s, struct dz_span at)
{
    const struct dz_compose *c = v->c;
    struct dz_span sentence = dz_compose_sentence(c, s);
    size_t far = at.to + 3 < sentence.to ? at.to + 3 : sentence.to;
    const struct dz_hit *h = c->id.names_number < 0 || at.to >= far
                                 ? NULL
                                 : dz_reading_hit(c->rd, c->id.names_number, at.to, far);
    if (!h || c->rd->words[h->first].before == DZ_BREAK_NONE)
        return (struct dz_speaker){0};
    struct dz_frame f = dz_frame_of_verb(v, s, sentence, h);
    return f.how == BY_NAME && f.who.at.from > h->first ? f.who : (struct dz_speaker){0};
}

/* "Мішустін ще в травні доповідав про 1,5 мільйона", "the network puts it at 48 per cent". */
static struct dz_speaker
namer(const struct dz_voices *v, size_t s, struct dz_span at)
{
    const struct dz_compose *c = v->c;
    struct dz_span clause = clause_of(c, s, at.from);
    size_t verb = naming_verb(c, clause, at.from);
    if (verb == SIZE_MAX || verb <= clause.from)
        return namer_behind(v, s, at);
    clause.to = verb;
    struct dz_speaker who = dz_speaker_subject(v, s, clause, verb);
    bool apart = who.at.to > who.at.from && c->rd->words[verb].quoted &&
                 !c->rd->words[who.head].quoted;
    if (apart)
        who.at = (struct dz_span){0, 0};
    return who;
}

/* ---- the order ---- */

static bool
is_we(const struct dz_compose *c, size_t w)
{
    return c->id.own_any >= 0 && dz_reading_hit(c->rd, c->id.own_any, w, w + 1) &&
           !c->rd->words[w].quoted &&
           !(c->id.own_nation >= 0 && dz_reading_hit(c->rd, c->id.own_nation, w, w + 1));
}

/* "We", "our partners", "I", "my clients": not "our country", which is everybody's. The last such
 * word, or SIZE_MAX. */
static size_t
own_word(const struct dz_compose *c, struct dz_span in)
{
    size_t found = SIZE_MAX;
    for (size_t w = in.from; w < in.to; w++) {
        bool self = c->id.self >= 0 && dz_reading_hit(c->rd, c->id.self, w, w + 1) &&
                    !c->rd->words[w].quoted;
        if (self || is_we(c, w))
            found = w;
    }
    return found;
}

/* Only "we" makes a text speak of itself: "I" says many a witness without quotation marks. */
bool
dz_compose_speaks(const struct dz_compose *c)
{
    for (size_t w = 0; w < c->rd->n_words; w++) {
        if (is_we(c, w))
            return true;
    }
    return false;
}

static bool
counts_itself(const struct dz_compose *c, size_t s, const char *unit)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    bool records = strcmp(unit, "cases") == 0 || strcmp(unit, "other") == 0 ||
                   strcmp(unit, "refusals") == 0;
    return own_word(c, sentence) != SIZE_MAX ||
           (records && has_unquoted(c, c->id.own_count, sentence));
}

/* Word at which the speaker is named, as far as the source's own words show him. */
static size_t
named_at(const struct dz_compose *c, const struct dz_voice *voice)
{
    const char *text = c->d->text.p, *p = voice->speaker.p;
    if (voice->person)
        return dz_reading_word_at(c->rd, voice->person->start);
    bool inside = p >= text && p < text + c->d->text.n;
    return inside ? dz_reading_word_at(c->rd, (size_t)(p - text)) : SIZE_MAX;
}

/* "We counted", "подсчитали мы": beside a verb of saying or counting, in this clause. */
static bool
we_counted(const struct dz_compose *c, struct dz_span clause)
{
    const int verbs[] = {c->id.speech, c->id.keeps_count, c->id.names_number};
    const struct dz_word *words = c->rd->words;
    for (size_t own = clause.from; own < clause.to; own++) {
        if (own_word(c, (struct dz_span){own, own + 1}) == SIZE_MAX)
            continue;
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
            bool behind = own + 1 < clause.to && words[own + 1].before == DZ_BREAK_NONE &&
                          dz_reading_hit(c->rd, verbs[i], own + 1, own + 2);
            bool front = own > clause.from && words[own].before == DZ_BREAK_NONE &&
                         dz_reading_hit(c->rd, verbs[i], own - 1, own) &&
                         dz_view_starts(words[own].fold, "м"); /* ми, мы: "told us" is no claim */
            if (verbs[i] >= 0 && (behind || front))
                return true;
        }
    }
    return false;
}

/* "N claims 99 per cent, but the forms that our partners collected show 17": who is named before
 * "our" says nothing behind it. And who is counted does not speak. */
static bool
speaks_here(const struct dz_compose *c, size_t s, struct dz_span at, const struct dz_voice *voice)
{
    struct dz_span front = {dz_compose_sentence(c, s).from, at.from};
    size_t own = own_word(c, front), named = named_at(c, voice);
    if (named != SIZE_MAX && named >= at.from && named < at.to && !voice->person)
        return false;
    if (own == SIZE_MAX || named == SIZE_MAX || named < front.from)
        return true;
    for (size_t w = named + 1; w <= own; w++) {
        if (dz_voice_contrast(c->rd->words, w))
            return false;
    }
    return true;
}

static struct dz_voice
voice_in(const struct dz_voices *v, size_t s, struct dz_span at, const char *unit)
{
    const struct dz_compose *c = v->c;
    const struct dz_voice *told = dz_compose_voice_told(c, s, at.from);
    bool own = counts_itself(c, s, unit);
    size_t named = told ? named_at(c, told) : SIZE_MAX;
    bool ours = named > 0 && named < c->rd->n_words && /* "our partners found" */
                own_word(c, (struct dz_span){named - 1, named}) != SIZE_MAX;
    struct dz_span clause = clause_of(c, s, at.from);
    if (ours || we_counted(c, clause))
        return dz_compose_author(c, s);
    struct dz_speaker who = namer(v, s, at);
    bool beside = told && told->here && named >= clause.from && named < clause.to &&
                  named >= who.at.from;
    if (who.at.to > who.at.from && !beside)
        return voice_of(v, &who);
    if (told && told->speaker.n > 0 && (told->here || !own) && speaks_here(c, s, at, told))
        return *told;
    struct dz_voice voice = keeper(v, s, at);
    if (voice.speaker.n > 0)
        return voice;
    return own ? dz_compose_author(c, s) : (struct dz_voice){0};
}

/* "Об этом рассказал N", "This was reported by N": of the sentences before. */
static struct dz_voice
told_behind(const struct dz_compose *c, size_t s)
{
    uint32_t paragraph = c->rd->pieces[s].paragraph;
    for (size_t n = s + 1; n < c->rd->n_sentences && n <= s + HEARD_BACK; n++) {
        if (c->rd->pieces[n].paragraph != paragraph)
            break;
        struct dz_span sentence = dz_compose_sentence(c, n);
        struct dz_span head = {sentence.from,
                               sentence.to < sentence.from + 3 ? sentence.to : sentence.from + 3};
        if (c->voices[n].here && c->voices[n].speaker.n > 0 &&
            has_unquoted(c, c->id.tells_back, head))
            return c->voices[n];
        if (c->voices[n].here)
            break;
    }
    return (struct dz_voice){0};
}

struct dz_voice
dz_figure_voice(const struct dz_voices *v, size_t s, struct dz_span at, const char *unit,
                bool *ret_carried)
{
    const struct dz_compose *c = v->c;
    *ret_carried = false;
    struct dz_voice voice = voice_in(v, s, at, unit);
    if (voice.speaker.n > 0)
        return voice;
    *ret_carried = true;
    if (c->voices[s].here) /* somebody speaks, and nobody knows who */
        return c->authors[s];
    voice = told_behind(c, s);
    uint32_t paragraph = c->rd->pieces[s].paragraph;
    for (size_t n = 1; voice.speaker.n == 0 && n <= HEARD_BACK && n <= s; n++) {
        if (c->rd->pieces[s - n].paragraph != paragraph)
            break;
        struct dz_span before = dz_compose_sentence(c, s - n);
        if (before.to > before.from)
            voice = voice_in(v, s - n, (struct dz_span){before.to - 1, before.to}, unit);
        /* A crowd or a neighbour was heard once and counts nothing. */
        if (voice.speaker.n > 0 && !voice.person && voice.here) {
            size_t named = named_at(c, &voice);
            if (named < c->rd->n_words && (v->word[named] & (DZ_VW_MANY | DZ_VW_PRIVATE)))
                return c->authors[s];
        }
    }
    if (voice.speaker.n > 0)
        return voice;
    /* What nobody else is named for is the claim of a text that speaks of itself. */
    return c->speaks ? dz_compose_author(c, s) : c->authors[s];
}
