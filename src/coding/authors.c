#include <string.h>

#include "dz_speakers.h"

/* In whose name a text itself speaks: the ministry whose statement it is, who signed the letter,
 * who answers in an interview, whose turn it is in minutes or a chat. This is never mixed with
 * the voices of its sentences: an author asserts, whom a sentence names is reported. */

#define HEAD_SENTENCES 7  /* in which a text says who issued it */
#define NAME_SENTENCES 10 /* in which an interview says with whom */
#define SIGN_PARAGRAPHS 4 /* at the end, in which a letter is signed */
#define SIGN_WORDS 9
#define QUESTION_WORDS 40 /* in one question of an interview */
#define LABEL_WORDS 9     /* "Halyna, retired seamstress, Kakhovka" above what she says */
#define BYLINE_WORDS 18   /* in the paragraph that says who wrote the text */
#define TOLD_WORDS 8      /* at least, under such a line */
#define QUESTIONS_LEAST 3

struct paragraph {
    size_t from, to; /* sentences */
};

static struct paragraph
paragraph_at(const struct dz_reading *rd, size_t s)
{
    struct paragraph p = {s, s + 1};
    while (p.to < rd->n_sentences && rd->pieces[p.to].paragraph == rd->pieces[s].paragraph)
        p.to++;
    return p;
}

static struct dz_span
words_of(const struct dz_reading *rd, struct paragraph p)
{
    return (struct dz_span){rd->sentence_word[p.from], rd->sentence_word[p.to]};
}

static struct dz_voice
voice_by(const struct dz_voices *v, const struct dz_speaker *who)
{
    struct dz_voice voice = {.speaker = dz_speaker_shown(v, who)};
    voice.person = who->person ? who->m : NULL;
    return voice;
}

static const struct dz_mention *
person_in(const struct dz_voices *v, size_t from, size_t to)
{
    const struct dz_compose *c = v->c;
    for (size_t i = c->sentence_mention[from]; i < c->sentence_mention[to]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        bool writes = m->role && strcmp(m->role, "journalist") == 0;
        if (m->kind == DZ_MENTION_PERSON && !writes)
            return m;
    }
    return NULL;
}

static struct dz_voice
voice_by_person(const struct dz_voices *v, const struct dz_mention *m)
{
    struct dz_speaker who = {.m = m, .person = true};
    who.at.from = dz_reading_word_at(v->c->rd, m->start);
    who.at.to = dz_reading_word_at(v->c->rd, m->end);
    return voice_by(v, &who);
}

/* ---- head and foot ---- */

/* "Statement of the ministry", "Підготовлено Центром", "від адвоката N". */
static bool
author_in_head(const struct dz_voices *v, struct dz_voice *ret)
{
    const struct dz_reading *rd = v->c->rd;
    for (size_t s = 0; s < rd->n_sentences && s < HEAD_SENTENCES; s++) {
        struct dz_span sentence = dz_compose_sentence(v->c, s);
        const struct dz_hit *h =
            v->id.author_mark < 0
                ? NULL
                : dz_reading_hit(rd, v->id.author_mark, sentence.from, sentence.to);
        if (!h || h->first > sentence.from + 3)
            continue;
        size_t from = h->first + h->n;
        size_t far = from + 8 < sentence.to ? from + 8 : sentence.to;
        struct dz_speaker who = dz_speaker_next(v, s, from, far);
        if (who.at.to == 0 || who.at.from > from + 2)
            continue;
        who = dz_speaker_settle(v, s, who, sentence.to);
        *ret = voice_by(v, &who);
        return ret->speaker.n > 0;
    }
    return false;
}

/* "By N", "Автор: N": who wrote it. The text may tell of others; only "I" and "we" are meant by
 * it. */
static struct dz_voice
byline(const struct dz_voices *v)
{
    const struct dz_reading *rd = v->c->rd;
    int mark = dz_lexicon_find(rd->lexicon, "written_by");
    for (size_t s = 0; mark >= 0 && s < rd->n_sentences && s < HEAD_SENTENCES; s++) {
        struct dz_span words = words_of(rd, paragraph_at(rd, s));
        const struct dz_hit *h =
            words.to - words.from > BYLINE_WORDS
                ? NULL
                : dz_reading_hit(rd, mark, words.from,
                                 words.from + 2 < words.to ? words.from + 2 : words.to);
        for (size_t i = v->c->sentence_mention[s]; h && i < v->c->sentence_mention[s + 1]; i++) {
            const struct dz_mention *m = &v->c->mentions->items[i];
            size_t at = dz_reading_word_at(rd, m->start);
            if (m->kind == DZ_MENTION_PERSON && at >= h->first + h->n && at <= h->first + h->n + 1)
                return voice_by_person(v, m);
        }
    }
    return (struct dz_voice){0};
}

static bool
speaks_of_self(const struct dz_voices *v)
{
    const struct dz_reading *rd = v->c->rd;
    for (size_t i = 0; i < rd->n_hits; i++) {
        if (rd->hits[i].concept == v->id.own && !rd->words[rd->hits[i].first].quoted)
            return true;
    }
    return false;
}

/* A short last line that is a name: "Leonid V., Gdynia, 20 November". */
static bool
author_at_foot(const struct dz_voices *v, struct dz_voice *ret)
{
    const struct dz_reading *rd = v->c->rd;
    size_t s = rd->n_sentences;
    for (size_t n = 0; n < SIGN_PARAGRAPHS && s > 0; n++) {
        uint32_t number = rd->pieces[s - 1].paragraph;
        size_t to = s;
        while (s > 0 && rd->pieces[s - 1].paragraph == number)
            s--;
        struct dz_span words = words_of(rd, (struct paragraph){s, to});
        const struct dz_mention *m = person_in(v, s, to);
        if (!m || words.to - words.from > SIGN_WORDS ||
            dz_reading_word_at(rd, m->start) > words.from + 2)
            continue;
        bool photo = memchr(v->c->d->text.p + m->end, '/',
                            rd->words[words.to - 1].end - m->end) != NULL;
        if (photo)
            continue;
        *ret = voice_by_person(v, m);
        return true;
    }
    return false;
}

/* A body that nothing in the text names more closely speaks of itself: "The mission recorded". */
static bool
body_of_itself(const struct dz_voices *v, struct dz_voice *ret)
{
    const struct dz_reading *rd = v->c->rd;
    for (size_t i = 0; i < rd->n_hits; i++) {
        const struct dz_hit *h = &rd->hits[i];
        if (h->concept != v->id.speech || h->first == 0 || rd->words[h->first].quoted)
            continue;
        size_t w = h->first - 1;
        const struct dz_word *noun = &rd->words[w], *left = w > 0 ? noun - 1 : noun;
        if (noun->before >= DZ_BREAK_SENTENCE || (v->word[w] & DZ_VW_BODY)) {
            bool is_latin = (unsigned char)noun->fold.p[0] < 0x80;
            bool definite = is_latin ? dz_view_is(left->fold, "the")
                                     : noun->before >= DZ_BREAK_HARD;
            if (!(v->word[w] & DZ_VW_BODY) || !definite ||
                (v->id.media_noun >= 0 && dz_reading_hit(rd, v->id.media_noun, w, w + 1)) ||
                rd->words[h->first].before != DZ_BREAK_NONE)
                continue;
            struct dz_speaker who = {.at = {w, w + 1}, .head = w};
            *ret = voice_by(v, &who);
            return true;
        }
    }
    return false;
}

/* ---- turns ---- */

enum turn { TURN_NONE, TURN_QUESTION, TURN_ANSWER, TURN_NAMED, TURN_OTHER };

static struct dz_view
lead_of(const struct dz_reading *rd, size_t w)
{
    size_t start = w > 0 ? rd->words[w - 1].end : 0;
    return (struct dz_view){rd->document->text.p + start, rd->words[w].start - start};
}

static bool
holds(struct dz_view text, const char *what)
{
    size_t n = strlen(what);
    for (size_t i = 0; i + n <= text.n; i++) {
        if (memcmp(text.p + i, what, n) == 0)
            return true;
    }
    return false;
}

/* The line begins with a dash, as people speak in print. */
static bool
dash_leads(const struct dz_reading *rd, size_t w)
{
    struct dz_view lead = lead_of(rd, w);
    size_t line = lead.n;
    while (line > 0 && lead.p[line - 1] != '\n')
        line--;
    lead.p += line;
    lead.n -= line;
    return (line > 0 || w == 0) && (holds(lead, "—") || holds(lead, "–"));
}

static bool
mark_behind(const struct dz_reading *rd, size_t w, char mark)
{
    const struct dz_view text = rd->document->text;
    size_t at = rd->words[w].end;
    while (at < text.n && (text.p[at] == ' ' || text.p[at] == ')' || text.p[at] == '.'))
        at++;
    if (mark == '.')
        return rd->words[w].end < text.n && text.p[rd->words[w].end] == '.';
    return at < text.n && text.p[at] == mark;
}

static bool
ends_asking(const struct dz_reading *rd, struct dz_span words)
{
    struct dz_view text = rd->document->text;
    size_t at = rd->words[words.to - 1].end;
    for (size_t n = 0; n < 6 && at < text.n && text.p[at] != '\n'; n++, at++) {
        if (text.p[at] == '?')
            return true;
    }
    return false;
}

/* Words of the line that word w opens. */
static size_t
line_words(const struct dz_reading *rd, size_t w)
{
    struct dz_view text = rd->document->text;
    size_t n = 1;
    while (w + n < rd->n_words &&
           !memchr(text.p + rd->words[w + n - 1].end, '\n',
                   rd->words[w + n].start - rd->words[w + n - 1].end))
        n++;
    return n;
}

/* "Halyna, retired seamstress, Kakhovka" on a line of its own, and below it what she says. */
static const struct dz_mention *
label_of(const struct dz_voices *v, struct paragraph p)
{
    const struct dz_reading *rd = v->c->rd;
    struct dz_span words = words_of(rd, p);
    size_t n = line_words(rd, words.from), below = words.from + n;
    if (n > LABEL_WORDS || n < 2 || below >= rd->n_words || line_words(rd, below) < TOLD_WORDS)
        return NULL;
    for (size_t i = v->c->sentence_mention[p.from]; i < v->c->sentence_mention[p.from + 1]; i++) {
        const struct dz_mention *m = &v->c->mentions->items[i];
        size_t first = dz_reading_word_at(rd, m->start), next = dz_reading_word_at(rd, m->end);
        if (first > words.from + 1)
            break;
        char mark = next < below ? rd->document->text.p[m->end] : '\n';
        bool apart = next < below && (rd->words[next].before == DZ_BREAK_COMMA || mark == ' ') &&
                     (mark != ' ' || rd->document->text.p[m->end + 1] == '(');
        if (m->kind == DZ_MENTION_PERSON && apart)
            return m;
    }
    return NULL;
}

/* "— Павле, це часто?", "— Це типово? — запитали ми в Ніни": who is asked, by name. */
static const struct dz_mention *
asked_by_name(const struct dz_voices *v, struct paragraph p)
{
    const struct dz_reading *rd = v->c->rd;
    struct dz_span words = words_of(rd, p);
    struct dz_view text = rd->document->text;
    size_t asks = 0; /* behind the last question mark */
    if (words.to <= words.from || !dash_leads(rd, words.from) ||
        line_words(rd, words.from) < words.to - words.from) /* the answer stands in it too */
        return NULL;
    size_t end = rd->words[words.to - 1].end + 3;
    end = end < text.n ? end : text.n;
    for (size_t at = rd->words[words.from].start; at < end; at++)
        asks = text.p[at] == '?' ? at : asks;
    if (asks == 0)
        return NULL;
    for (size_t i = v->c->sentence_mention[p.from]; i < v->c->sentence_mention[p.to]; i++) {
        const struct dz_mention *m = &v->c->mentions->items[i];
        if (m->kind != DZ_MENTION_PERSON)
            continue;
        size_t at = dz_reading_word_at(rd, m->start), next = dz_reading_word_at(rd, m->end);
        size_t mark = dz_reading_word_at(rd, asks);
        bool told = m->start > asks && at < mark + 8 &&
                    dz_compose_has(v->c, v->id.own, (struct dz_span){mark, at});
        bool called = ends_asking(rd, words) && at == words.from && next < words.to &&
                      rd->words[next].before == DZ_BREAK_COMMA;
        if (called || told)
            return m;
    }
    return NULL;
}

/* "— (Коваль.) Берите": who answers, in brackets. */
static const struct dz_mention *
answers_by_name(const struct dz_voices *v, struct paragraph p)
{
    const struct dz_mention *m = person_in(v, p.from, p.to);
    return m && m->start > 0 && v->c->d->text.p[m->start - 1] == '(' &&
                   dz_reading_word_at(v->c->rd, m->start) == words_of(v->c->rd, p).from
               ? m
               : NULL;
}

static enum turn
turn_of(const struct dz_voices *v, struct paragraph p, const struct dz_mention **ret)
{
    static const char *const asks[] = {"вопрос", "питання", "запитання", "question", "q"};
    static const char *const tells[] = {"ответ", "відповідь", "answer", "a"};
    const struct dz_reading *rd = v->c->rd;
    struct dz_span words = words_of(rd, p);
    if (words.to <= words.from)
        return TURN_NONE;
    const struct dz_word *first = &rd->words[words.from];
    bool colon = mark_behind(rd, words.from, ':');
    for (size_t i = 0; colon && i < sizeof asks / sizeof *asks; i++) {
        if (dz_view_is(first->fold, asks[i]))
            return TURN_QUESTION;
    }
    for (size_t i = 0; colon && i < sizeof tells / sizeof *tells; i++) {
        if (dz_view_is(first->fold, tells[i]))
            return TURN_ANSWER;
    }
    if (dash_leads(rd, words.from))
        return ends_asking(rd, words) ? TURN_QUESTION : TURN_ANSWER;
    *ret = label_of(v, p);
    if (*ret)
        return TURN_NAMED;
    /* "Alla H., Bremen: No." and "Гнатишин Р. О. Шановні колеги!" */
    const struct dz_mention *m = person_in(v, p.from, p.from + 1);
    if (!m && p.from + 1 < p.to)
        m = person_in(v, p.from, p.from + 2);
    if (m && m->start <= first->start) {
        size_t last = dz_reading_word_at(rd, m->end) - 1;
        bool initials = last > words.from && rd->words[last].end - rd->words[last].start <= 2;
        *ret = m;
        for (size_t w = last; w < words.to && w < last + 4; w++) {
            if (mark_behind(rd, w, ':'))
                return TURN_NAMED;
        }
        return initials && mark_behind(rd, last, '.') && last > words.from + 1 ? TURN_NAMED
                                                                               : TURN_NONE;
    }
    bool label = (v->word[words.from] & DZ_VW_ROLE) || colon;
    return label && (colon || mark_behind(rd, words.from, '.')) &&
                   (words.to - words.from > 1 || p.to - p.from > 1)
               ? TURN_OTHER
               : TURN_NONE;
}

struct turns {
    size_t named, asked, answered;
    size_t lines;        /* paragraphs or lines that are questions, with an answer behind */
    bool to_you, of_self; /* questions say "you"; they say "I", as in an advice column */
};

static bool
ends_line(const struct dz_reading *rd, size_t s)
{
    size_t w = rd->sentence_word[s + 1];
    if (w == 0 || w >= rd->n_words)
        return true;
    size_t end = rd->words[w - 1].end;
    return memchr(rd->document->text.p + end, '\n', rd->words[w].start - end) != NULL;
}

static bool
asks_at(const struct dz_reading *rd, struct dz_span words)
{
    return words.to > words.from && ends_asking(rd, words);
}

/* "Were people deported?" on a line of its own: sentences of the questions at s, 0 when it is
 * none. The answer stands behind, in the same paragraph or the next. */
static size_t
question_line(const struct dz_compose *c, size_t s)
{
    const struct dz_reading *rd = c->rd;
    bool opens = s == 0 || ends_line(rd, s - 1);
    for (size_t n = 0; opens && n < 4 && s + n + 1 < rd->n_sentences; n++) {
        if (!ends_line(rd, s + n))
            continue;
        struct dz_span words = {dz_compose_sentence(c, s).from, dz_compose_sentence(c, s + n).to};
        return asks_at(rd, words) && words.to - words.from <= QUESTION_WORDS ? n + 1 : 0;
    }
    return 0;
}

static struct turns
count_turns(const struct dz_voices *v)
{
    struct turns n = {0};
    for (size_t s = 0; s < v->c->rd->n_sentences;) {
        struct paragraph p = paragraph_at(v->c->rd, s);
        const struct dz_mention *m = NULL;
        enum turn t = turn_of(v, p, &m);
        n.named += t == TURN_NAMED;
        n.asked += t == TURN_QUESTION;
        n.answered += t == TURN_ANSWER;
        s = p.to;
    }
    for (size_t s = 0; s < v->c->rd->n_sentences; s++) {
        size_t asked = question_line(v->c, s);
        if (asked == 0)
            continue;
        struct dz_span words = {dz_compose_sentence(v->c, s).from,
                                dz_compose_sentence(v->c, s + asked - 1).to};
        n.lines++;
        n.to_you = n.to_you || dz_compose_has(v->c, v->id.you, words);
        n.of_self = n.of_self || dz_compose_has(v->c, v->id.self, words);
        s += asked - 1;
    }
    return n;
}

/* With whom an interview is held: the first person its head names; else the one official. */
static struct dz_voice
interviewed(const struct dz_voices *v)
{
    const struct dz_reading *rd = v->c->rd;
    size_t head = rd->n_sentences < NAME_SENTENCES ? rd->n_sentences : NAME_SENTENCES;
    for (size_t s = 0; s < head; s++) {
        struct dz_span words = dz_compose_sentence(v->c, s);
        if (words.to > words.from && dash_leads(rd, words.from)) {
            head = s;
            break;
        }
    }
    const struct dz_mention *m = person_in(v, 0, head);
    for (size_t i = 0; !m && i < v->c->mentions->n; i++) {
        const struct dz_mention *other = &v->c->mentions->items[i];
        if (other->kind == DZ_MENTION_PERSON && !other->protect && other->role &&
            strcmp(other->role, "official") == 0)
            m = other;
    }
    return m ? voice_by_person(v, m) : (struct dz_voice){0};
}

/* An interview whose questions stand on lines of their own, without dashes. */
static void
set_answers(const struct dz_voices *v, struct dz_voice *authors, struct dz_voice whole)
{
    struct dz_voice answers = interviewed(v), now = whole;
    for (size_t s = 0; s < v->c->rd->n_sentences; s++) {
        for (size_t asked = question_line(v->c, s); asked > 0; asked--) {
            authors[s++] = (struct dz_voice){0};
            now = answers;
        }
        if (s < v->c->rd->n_sentences)
            authors[s] = now;
    }
}

static void
set_turns(const struct dz_voices *v, struct dz_voice *authors, struct dz_voice whole)
{
    struct turns n = count_turns(v);
    bool dialogue = n.asked >= 2 && n.answered >= 2;
    bool by_lines = !dialogue && n.named < 2 && n.lines >= QUESTIONS_LEAST && n.to_you &&
                    !n.of_self;
    if (by_lines) {
        set_answers(v, authors, whole);
        return;
    }
    struct dz_voice answers = dialogue ? interviewed(v) : (struct dz_voice){0};
    struct dz_voice now = whole;
    bool replies = false; /* somebody was asked by name in the paragraph before */
    for (size_t s = 0; s < v->c->rd->n_sentences;) {
        struct paragraph p = paragraph_at(v->c->rd, s);
        const struct dz_mention *m = NULL;
        enum turn t = turn_of(v, p, &m);
        const struct dz_mention *asked = asked_by_name(v, p);
        if (asked)
            answers = voice_by_person(v, asked);
        if (t == TURN_ANSWER && answers_by_name(v, p))
            answers = voice_by_person(v, answers_by_name(v, p));
        if (t == TURN_NAMED && n.named >= 2)
            now = voice_by_person(v, m);
        else if (t == TURN_ANSWER && (dialogue || replies))
            now = answers;
        else if ((t == TURN_QUESTION && dialogue) ||
                 (t == TURN_OTHER && (n.named >= 2 || dialogue)))
            now = (struct dz_voice){0};
        else if (replies)
            now = whole;
        replies = asked != NULL || (replies && t == TURN_ANSWER);
        for (; s < p.to; s++)
            authors[s] = now;
    }
}

void
dz_compose_authors(const struct dz_voices *v, struct dz_voice *authors,
                   struct dz_voice *ret_byline)
{
    *ret_byline = byline(v);
    struct dz_voice whole = {0};
    bool found = author_in_head(v, &whole) || (speaks_of_self(v) && author_at_foot(v, &whole)) ||
                 body_of_itself(v, &whole);
    (void)found;
    set_turns(v, authors, whole);
}
