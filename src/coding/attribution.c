#include <string.h>

#include "dz_speakers.h"

/* Attribution: whose words a sentence gives. Where a sentence gives several people's, each part of
 * it between semicolons and contrasts has the voice that it names, or goes on with the last. A
 * quotation that goes on belongs to who spoke before it, or speaks behind it. */

#define COLON_WORDS 14  /* in front of the colon behind which somebody speaks */
#define PAPER_WORDS 10  /* between "in the report" and "it is written" */
#define FULL_WORDS 3000 /* so far back letters may stand for a name */

/* Whom "he said" means when nobody spoke before: the person named last in the paragraph. */
static const struct dz_mention *
person_before(const struct dz_voices *v, size_t s, size_t word)
{
    const struct dz_compose *c = v->c;
    for (size_t back = s + 1; back > 0 && s + 1 - back < 3; back--) {
        if (c->rd->pieces[back - 1].paragraph != c->rd->pieces[s].paragraph)
            return NULL;
        size_t first = c->sentence_mention[back - 1];
        for (size_t i = c->sentence_mention[back]; i > first; i--) {
            const struct dz_mention *m = &c->mentions->items[i - 1];
            if (m->kind == DZ_MENTION_PERSON && dz_reading_word_at(c->rd, m->start) < word)
                return m;
        }
    }
    return NULL;
}

static size_t
letter_bytes(struct dz_view v)
{
    return v.n > 0 && (unsigned char)v.p[0] >= 0x80 ? 2 : 1;
}

/* Do these letters begin the words from w on, one each? */
static bool
abbreviates(const struct dz_reading *rd, struct dz_view letters, size_t w)
{
    size_t step = letter_bytes(letters);
    for (size_t i = 0; i * step < letters.n; i++) {
        const struct dz_word *word = &rd->words[w + i];
        if (word->fold.n <= step || memcmp(word->fold.p, letters.p + i * step, step) != 0 ||
            (i > 0 && word->before != DZ_BREAK_NONE))
            return false;
    }
    return true;
}

/* "ОВА": the words in full that the text used before, from a capital on. Empty: none. */
static struct dz_view
in_full(const struct dz_voices *v, const struct dz_speaker *who)
{
    const struct dz_compose *c = v->c;
    const struct dz_word *words = c->rd->words, *word = &words[who->head];
    size_t n = word->fold.n / letter_bytes(word->fold);
    if (who->person || who->at.to - who->at.from != 1 || n < 3 || n > 6 ||
        !c->d->tokens[word->token].all_caps)
        return (struct dz_view){0};
    size_t least = who->head > FULL_WORDS ? who->head - FULL_WORDS : n;
    for (size_t w = who->head; w >= least && w >= n; w--) {
        size_t from = w - n;
        if (!abbreviates(c->rd, word->fold, from))
            continue;
        while (from > 0 && words[from - 1].capital && words[from].before == DZ_BREAK_NONE &&
               !dz_text_function_word_is(words[from - 1].fold))
            from--;
        if (words[from].capital)
            return dz_phrase_nominative(c, (struct dz_span){from, w}, w - 1);
    }
    return (struct dz_view){0};
}

static void
set_speaker(const struct dz_voices *v, struct dz_voice *voice, const struct dz_speaker *who)
{
    struct dz_view full = in_full(v, who);
    voice->speaker = full.n > 0 ? full : dz_speaker_shown(v, who);
    voice->person = who->person ? who->m : NULL;
    bool official = who->person && who->m->role && strcmp(who->m->role, "official") == 0;
    voice->private_person = who->person ? who->m->protect && !official
                                        : !who->m && (v->word[who->head] & DZ_VW_PRIVATE) != 0;
}

static void
set_person(const struct dz_voices *v, struct dz_voice *voice, const struct dz_mention *m)
{
    struct dz_speaker who = {.m = m, .person = true};
    size_t from = dz_reading_word_at(v->c->rd, m->start);
    who.at = (struct dz_span){from, from + 1};
    set_speaker(v, voice, &who);
}

/* "1.5 million (Mikhail Mishustin)": whom the brackets name. */
static struct dz_frame
frame_in_brackets(const struct dz_voices *v, size_t s)
{
    const struct dz_compose *c = v->c;
    struct dz_frame f = {.how = BY_NOBODY};
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        size_t w = dz_reading_word_at(c->rd, m->start);
        bool open = m->start > 0 && c->d->text.p[m->start - 1] == '(';
        bool quantity =
            open && w > 0 && (m->kind == DZ_MENTION_PERSON || m->kind == DZ_MENTION_OFFICE) &&
            dz_compose_mention(c, DZ_MENTION_QUANTITY, c->rd->pieces[s].start, m->start);
        if (!quantity)
            continue;
        f.who = dz_speaker_next(v, s, w, w + 1);
        f.at = w;
        f.how = f.who.at.to ? BY_NAME : BY_NOBODY;
        return f;
    }
    return f;
}

/* Is there a colon in front of word w? */
static bool
colon_before(const struct dz_compose *c, size_t w)
{
    size_t end = c->rd->words[w - 1].end;
    return memchr(c->d->text.p + end, ':', c->rd->words[w].start - end) != NULL;
}

/* "По радио Пасечник: ...", "N, a consultant: ...", "Адвокатка N заспокоює телефоном: ...": who is
 * named in front of the colon, with a verb that no list knows or with none. */
static struct dz_frame
frame_of_colon(const struct dz_voices *v, size_t s, struct dz_span in)
{
    const struct dz_compose *c = v->c;
    struct dz_frame f = {.how = BY_NOBODY};
    size_t colon = in.from + 1;
    while (colon < in.to && colon < in.from + COLON_WORDS && !colon_before(c, colon))
        colon++;
    if (colon >= in.to || colon >= in.from + COLON_WORDS || in.to - colon < 3 ||
        c->rd->words[in.from].quoted || c->rd->words[colon].number)
        return f;
    struct dz_speaker who = dz_speaker_subject(v, s, (struct dz_span){in.from, colon}, SIZE_MAX);
    if (who.at.to == 0 || !who.person || who.weak || who.at.from > in.from + 6)
        return f;
    f.who = who;
    f.at = who.head;
    f.how = BY_NAME;
    return f;
}

/* "В районной газете написано, что ...", "у звіті йдеться про ...": the paper says it. */
static struct dz_frame
frame_in_paper(const struct dz_voices *v, size_t s, struct dz_span in)
{
    static const char *const into[] = {"у", "в", "in", "на", "во"};
    const struct dz_word *words = v->c->rd->words;
    struct dz_frame f = {.how = BY_NOBODY};
    const struct dz_hit *h = v->id.in_paper < 0
                                 ? NULL
                                 : dz_reading_hit(v->c->rd, v->id.in_paper, in.from, in.to);
    if (!h || words[h->first].quoted)
        return f;
    for (size_t w = h->first; w > in.from && h->first - w < PAPER_WORDS; w--) {
        bool preposition = false;
        for (size_t i = 0; i < sizeof into / sizeof *into; i++)
            preposition = preposition || dz_view_is(words[w - 1].fold, into[i]);
        struct dz_speaker who = {0};
        if (preposition)
            who = dz_speaker_next(v, s, w, h->first);
        bool paper = who.at.to && who.at.from <= w + 2 &&
                     ((v->word[who.head] & (DZ_VW_PAPER | DZ_VW_DATA | DZ_VW_BODY)) ||
                      (who.m && who.m->kind == DZ_MENTION_OFFICE));
        if (!paper)
            continue;
        f.who = dz_speaker_settle(v, s, who, in.to);
        f.at = h->first;
        f.how = BY_NAME;
        return f;
    }
    return f;
}

/* "N, чиї слова переказало агентство, визнає": the verb tells who relays, not who speaks. */
static bool
relays_words(const struct dz_voices *v, const struct dz_hit *verb)
{
    static const char *const whose[] = {"whose", "чиї", "чии",   "чьи",   "чия",   "чья",
                                        "чиє",   "чье", "чийого", "чиєї", "чиїх", "чьего",
                                        "чьей",  "чьих"};
    for (size_t back = 1; back <= 5 && verb->first >= back; back++) {
        for (size_t i = 0; i < sizeof whose / sizeof *whose; i++) {
            if (dz_view_is(v->c->rd->words[verb->first - back].fold, whose[i]))
                return true;
        }
    }
    return false;
}

/* The first verb of speech outside quotations that somebody is the subject of; else any. */
static struct dz_frame
speech_of(const struct dz_voices *v, size_t s, struct dz_span in)
{
    const struct dz_reading *rd = v->c->rd;
    struct dz_frame best = {.how = BY_NOBODY, .at = SIZE_MAX};
    for (size_t i = rd->sentence_hit[s]; i < rd->sentence_hit[s + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        bool verb = h->concept == v->id.speech || h->concept == v->id.shows;
        if (!verb || h->first < in.from || h->first >= in.to ||
            dz_view_is(rd->words[h->first].fold, "according"))
            continue;
        if (relays_words(v, h))
            continue;
        struct dz_frame f = dz_frame_of_verb(v, s, in, h);
        bool outside = !rd->words[h->first].quoted;
        if (best.at == SIZE_MAX)
            best = (struct dz_frame){.how = BY_NOBODY, .at = h->first};
        if (f.how != BY_NOBODY && outside)
            return f;
        if (f.how == BY_NAME && best.how == BY_NOBODY)
            best = f;
    }
    return best;
}

/* "За її записами": hers who was named in the paragraph, unless somebody spoke since. */
static bool
heard_since(const struct dz_compose *c, size_t s, const struct dz_mention *m)
{
    size_t named = c->rd->words[dz_reading_word_at(c->rd, m->start)].sentence;
    for (size_t at = s; at > named; at--) {
        if (c->voices[at - 1].speaker.n > 0 && c->voices[at - 1].here)
            return true;
    }
    return false;
}

/* "Citing its own tally": who cites himself relays nobody. */
static bool
own_data(const struct dz_voices *v, const struct dz_speaker *who)
{
    static const char *const own[] = {"own", "its", "their", "his", "her", "власн", "собственн",
                                      "свої", "свои"};
    const struct dz_word *words = v->c->rd->words;
    size_t from = who->at.from > 2 ? who->at.from - 2 : 0;
    if (who->m)
        return false;
    for (size_t w = from; w < who->at.to; w++) {
        for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
            if (i < 5 ? dz_view_is(words[w].fold, own[i]) : dz_view_starts(words[w].fold, own[i]))
                return true;
        }
    }
    return false;
}

/* "Нагадуємо позицію держави", "Напоминаем": who writes says it. */
static bool
we_remind(const struct dz_voices *v, struct dz_span sentence)
{
    static const char *const tails[] = {"ємо", "уємо", "имо", "аем", "яем", "уем"};
    struct dz_view fold = v->c->rd->words[sentence.from].fold;
    for (size_t i = 0; sentence.from < sentence.to && i < sizeof tails / sizeof *tails; i++) {
        size_t n = strlen(tails[i]);
        if (fold.n > n + 4 && memcmp(fold.p + fold.n - n, tails[i], n) == 0)
            return true;
    }
    return false;
}

static struct dz_voice
voice_of(const struct dz_voices *v, size_t s, struct dz_span sentence, const struct dz_voice *last)
{
    const struct dz_compose *c = v->c;
    struct dz_voice voice = {0};
    struct dz_frame source = dz_frame_of_source(v, s, sentence, v->id.source_of);
    const struct dz_hit *by_data =
        v->id.source_pronoun < 0
            ? NULL
            : dz_reading_hit(c->rd, v->id.source_pronoun, sentence.from, sentence.to);
    if (by_data && source.how == BY_NAME && source.at == by_data->first) /* "за її записами" */
        source.how = BY_NOBODY;
    struct dz_frame cited = dz_frame_of_source(v, s, sentence, v->id.relay);
    if (cited.how == BY_NAME && own_data(v, &cited.who))
        cited.how = BY_NOBODY;
    struct dz_frame speech = speech_of(v, s, sentence);
    if (speech.how == BY_NOBODY && source.how == BY_NOBODY && !we_remind(v, sentence))
        source = dz_frame_of_claim(v, s, sentence);
    if (speech.how == BY_NOBODY && source.how == BY_NOBODY)
        source = frame_in_brackets(v, s);
    if (speech.how == BY_NOBODY && source.how == BY_NOBODY)
        source = frame_in_paper(v, s, sentence);
    if (speech.how == BY_NOBODY && source.how == BY_NOBODY)
        source = frame_of_colon(v, s, sentence);
    voice.here = source.how == BY_NAME || cited.how == BY_NAME || speech.how == BY_NAME ||
                 speech.how == BY_PRONOUN || speech.how == BY_BODY_PRONOUN || by_data;
    bool inner = source.how == BY_NAME && speech.how == BY_NAME && source.at > speech.at;
    if (cited.how == BY_NAME) { /* "Y said, citing X": X asserts, Y relays */
        set_speaker(v, &voice, &cited.who);
        bool other = cited.who.head < speech.who.at.from || cited.who.head >= speech.who.at.to;
        if (speech.how == BY_NAME && other)
            voice.via = dz_speaker_shown(v, &speech.who);
    } else if (inner) { /* "Y said that according to X": the same */
        set_speaker(v, &voice, &source.who);
        voice.via = dz_speaker_shown(v, &speech.who);
    } else if (speech.how == BY_NAME) {
        set_speaker(v, &voice, &speech.who);
        if (source.how == BY_NAME)
            voice.via = dz_speaker_shown(v, &source.who);
    } else if (source.how == BY_NAME) {
        set_speaker(v, &voice, &source.who);
    }
    if (voice.speaker.n > 0 && dz_view_eq(voice.speaker, voice.via))
        voice.via = (struct dz_view){0};
    if (voice.speaker.n > 0)
        return voice;
    bool back = voice.here || dz_compose_has(c, v->id.report_noun, sentence) ||
                (speech.how == BY_OWN && last->speaker.n > 0);
    if (speech.how == BY_PRONOUN && (!last->person || last->speaker.n == 0)) {
        const struct dz_mention *m = person_before(v, s, speech.at);
        if (m) {
            set_person(v, &voice, m);
            return voice;
        }
    }
    if (speech.how == BY_BODY_PRONOUN) {
        const struct dz_mention *m = dz_speaker_named_before(v, s, speech.at);
        if (m) {
            struct dz_speaker who = {.m = m, .head = dz_reading_word_at(c->rd, m->start)};
            who.at = (struct dz_span){who.head, dz_reading_word_at(c->rd, m->end)};
            set_speaker(v, &voice, &who);
        }
        if (m || last->person) /* a person is no "it" */
            return voice;
    }
    if (by_data) {
        const struct dz_mention *m = person_before(v, s, dz_compose_sentence(c, s).from);
        if (m && !heard_since(c, s, m)) {
            set_person(v, &voice, m);
            return voice;
        }
    }
    if (back) {
        voice.speaker = last->speaker;
        voice.via = last->via;
        voice.person = last->person;
        voice.private_person = last->private_person;
    }
    return voice;
}

/* "Of them 57 ...", "Ще 40 ...", or words of somebody inside: the sentence before goes on. */
static bool
goes_on(const struct dz_voices *v, struct dz_span sentence)
{
    const struct dz_word *words = v->c->rd->words;
    size_t quoted = 0, far = sentence.from + 3 < sentence.to ? sentence.from + 3 : sentence.to;
    for (size_t w = sentence.from; w < sentence.to; w++)
        quoted += words[w].quoted;
    return quoted >= 4 || (v->id.of_them >= 0 &&
                           dz_reading_hit(v->c->rd, v->id.of_them, sentence.from, far) != NULL);
}

/* A quotation that names nobody belongs to who speaks behind it, or before it, in the paragraph. */
static void
carry_quotes(const struct dz_voices *v, struct dz_compose *c)
{
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        struct dz_span span = dz_compose_sentence(c, s);
        if (c->voices[s].speaker.n > 0 || span.to <= span.from)
            continue;
        bool quoted = c->rd->words[span.from].quoted;
        if (!quoted && !goes_on(v, span))
            continue;
        uint32_t paragraph = c->rd->pieces[s].paragraph;
        bool before =
            s > 0 && c->rd->pieces[s - 1].paragraph == paragraph && c->voices[s - 1].speaker.n > 0;
        bool after = quoted && s + 1 < c->rd->n_sentences &&
                     c->rd->pieces[s + 1].paragraph == paragraph && c->voices[s + 1].speaker.n > 0;
        if (before || after) {
            c->voices[s] = c->voices[before ? s - 1 : s + 1];
            c->voices[s].here = false;
        }
    }
}

/* ---- parts of a sentence ---- */

/* "..., while the ministry says", "..., а ватажок говорив": another part begins at this word. */
bool
dz_voice_contrast(const struct dz_word *words, size_t w)
{
    static const char *const joins[] = {"while",  "whereas",   "but",   "although", "though",
                                        "and",    "а",         "але",   "тоді",     "однак",
                                        "проте",  "натомість", "тогда", "но",       "зато",
                                        "однако", "хотя",      "хоча",  "причем",   "причому"};
    if (words[w].quoted)
        return false;
    if (words[w].before == DZ_BREAK_HARD)
        return true;
    for (size_t i = 0; words[w].before == DZ_BREAK_COMMA && i < sizeof joins / sizeof *joins; i++) {
        if (dz_view_is(words[w].fold, joins[i]))
            return true;
    }
    return false;
}

static void
add_part(struct dz_compose *c, struct dz_span part, const struct dz_voice *voice)
{
    c->parts = dz_grow(c->parts, &c->part_cap, c->n_parts + 1, sizeof *c->parts);
    c->parts[c->n_parts++] = (struct dz_voice_part){part.from, part.to, *voice};
}

/* The voices of the parts of sentence s, where two of them name somebody. *last goes on. */
static void
part_voices(const struct dz_voices *v, struct dz_compose *c, size_t s, struct dz_voice *last)
{
    struct dz_span sentence = dz_compose_sentence(c, s);
    struct dz_voice now = {0};
    size_t first = c->n_parts, named = 0, from = sentence.from;
    for (size_t w = sentence.from + 1; w <= sentence.to; w++) {
        if (w < sentence.to && !dz_voice_contrast(c->rd->words, w))
            continue;
        struct dz_span part = {from, w};
        struct dz_voice voice = voice_of(v, s, part, now.speaker.n > 0 ? &now : last);
        bool own = voice.here && voice.speaker.n > 0;
        named += own && !dz_view_eq(voice.speaker, now.speaker);
        now = own ? voice : now;
        add_part(c, part, &now);
        from = w;
    }
    if (named < 2) {
        c->n_parts = first;
        return;
    }
    *last = now;
}

void
dz_compose_voices(struct dz_compose *c)
{
    struct dz_voice last = {0};
    struct dz_voices v;
    dz_voices_init(&v, c);
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        struct dz_voice before = last;
        c->voices[s] = voice_of(&v, s, dz_compose_sentence(c, s), &last);
        if (c->voices[s].speaker.n > 0)
            last = c->voices[s];
        if (c->voices[s].here)
            part_voices(&v, c, s, &before);
        if (before.speaker.n > 0 && c->voices[s].speaker.n > 0 && c->n_parts > 0 &&
            c->parts[c->n_parts - 1].to == dz_compose_sentence(c, s).to)
            last = c->parts[c->n_parts - 1].voice;
    }
    carry_quotes(&v, c);
    c->speaks = dz_compose_speaks(c);
    dz_compose_authors(&v, c->authors, &c->byline);
    dz_free(v.word);
}

const struct dz_voice *
dz_compose_voice_told(const struct dz_compose *c, size_t s, size_t word)
{
    const struct dz_voice *v = dz_compose_voice(c, s, word);
    return v == &c->authors[s] ? NULL : v;
}

const struct dz_voice *
dz_compose_voice(const struct dz_compose *c, size_t s, size_t word)
{
    size_t low = 0, high = c->n_parts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->parts[middle].to <= word)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < c->n_parts && c->parts[low].from <= word && c->parts[low].voice.speaker.n > 0)
        return &c->parts[low].voice;
    return c->voices[s].speaker.n > 0 ? &c->voices[s] : &c->authors[s];
}
