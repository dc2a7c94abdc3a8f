#include <string.h>

#include "dz_lemma.h"
#include "dz_speakers.h"

/* Noun phrases that can speak: a named person, a body, "two officials in the town", "керівниця
 * напряму Олена Шевчук", "указ". What stands in front of a name says who the person is, and the
 * name is what is shown; of a phrase without a name the words themselves are. */

#define TAIL_WORDS 6 /* words behind the noun: "of the occupied district" */
#define LEFT_WORDS 3 /* words in front of it */

static bool
is_one(struct dz_view fold, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (dz_view_is(fold, list[i]))
            return true;
    }
    return false;
}
#define IS_ONE(fold, list) is_one((fold), (list), sizeof(list) / sizeof *(list))

static bool
latin(struct dz_view fold)
{
    return fold.n > 0 && (unsigned char)fold.p[0] < 0x80;
}

/* ---- words ---- */

/* The noun of a pattern of several words: "head of the administration", "human rights defender". */
static size_t
noun_of(const struct dz_reading *rd, const struct dz_hit *h)
{
    static const char *const links[] = {"of", "for", "at", "in", "on", "from", "to"};
    if (h->n == 1)
        return h->first;
    /* "голова обласної ради", but "гаряча лінія" */
    if (!latin(rd->words[h->first].fold)) {
        size_t w = h->first;
        while (w + 1 < h->first + h->n &&
               dz_phrase_adjective(rd->words[w].fold, rd->document->lang))
            w++;
        return w;
    }
    for (size_t w = h->first; w < h->first + h->n; w++) {
        if (IS_ONE(rd->words[w].fold, links))
            return h->first;
    }
    return h->first + h->n - 1;
}

void
dz_voices_init(struct dz_voices *v, const struct dz_compose *c)
{
    static const struct {
        const char *id;
        uint8_t bit;
    } nouns[] = {{"the_body", DZ_VW_BODY},
                 {"org_head", DZ_VW_BODY},
                 {"voice_body", DZ_VW_BODY},
                 {"role_official", DZ_VW_ROLE},
                 {"role_expert", DZ_VW_ROLE},
                 {"role_journalist", DZ_VW_ROLE},
                 {"role_private", DZ_VW_PRIVATE},
                 {"plural_source", DZ_VW_MANY},
                 {"voice_people", DZ_VW_MANY},
                 {"voice_paper", DZ_VW_PAPER},
                 {"data_noun", DZ_VW_DATA},
                 {"speech", DZ_VW_SPEECH},
                 {"shows", DZ_VW_SPEECH}};
    const struct dz_reading *rd = c->rd;
    *v = (struct dz_voices){.c = c};
#define FIND(name) v->id.name = dz_lexicon_find(rd->lexicon, #name)
    FIND(speech);
    FIND(source_of);
    FIND(source_pronoun);
    FIND(relay);
    FIND(data_noun);
    FIND(report_noun);
    FIND(pronoun);
    FIND(many_pronoun);
    FIND(relative);
    FIND(own);
    FIND(author_mark);
    FIND(claim_noun);
    FIND(advice);
    FIND(do_it);
    FIND(conduct);
    FIND(shows);
    FIND(of_them);
    FIND(you);
    FIND(self);
    FIND(that_one);
    FIND(in_paper);
    FIND(media_noun);
#undef FIND
    /* What the concepts of the text's hits say, by concept. */
    uint8_t *bits = dz_alloc_array(dz_lexicon_size(rd->lexicon) + 1, sizeof *bits);
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
        int concept = dz_lexicon_find(rd->lexicon, nouns[i].id);
        if (concept >= 0)
            bits[concept] |= nouns[i].bit;
    }
    v->word = dz_alloc_array(rd->n_words + 1, sizeof *v->word);
    for (size_t k = 0; k < rd->n_hits; k++) {
        const struct dz_hit *h = &rd->hits[k];
        uint8_t bit = bits[h->concept];
        if (bit & DZ_VW_SPEECH)
            v->word[h->first] |= DZ_VW_SPEECH;
        if (bit & ~DZ_VW_SPEECH)
            v->word[noun_of(rd, h)] |= (uint8_t)(bit & ~DZ_VW_SPEECH);
    }
    dz_free(bits);
}

static bool
ends_in(struct dz_view fold, const char *const *tails, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(tails[i]);
        if (fold.n > length && memcmp(fold.p + fold.n - length, tails[i], length) == 0)
            return true;
    }
    return false;
}
#define ENDS_IN(fold, tails) ends_in((fold), (tails), sizeof(tails) / sizeof *(tails))

/* Is the word in the dictionary as it stands? */
static bool
is_lemma(const struct dz_voices *v, size_t w)
{
    struct dz_lemmas l;
    dz_lemmas_of(v->c->rd->words[w].fold, v->c->d->lang, &l);
    for (size_t i = 0; i < l.n - l.n_linked; i++) {
        if (dz_view_eq(l.item[i], v->c->rd->words[w].fold))
            return true;
    }
    return false;
}

bool
dz_speaker_nominative(const struct dz_voices *v, size_t w, size_t verb)
{
    static const char *const of_many[] = {"и", "і", "ї", "ы", "е", "а", "я"};
    static const char *const many[] = {"ли",  "лися", "лись", "уть", "ють", "ать", "ять",  "ут",
                                       "ют",  "ат",   "ят",   "ться", "тся"};
    const struct dz_word *word = &v->c->rd->words[w];
    if (latin(word->fold) || v->c->d->tokens[word->token].all_caps)
        return true;
    if (is_lemma(v, w))
        return true;
    /* "мешканці кажуть": of many, and so is the verb. */
    bool plural = verb == SIZE_MAX || ENDS_IN(v->c->rd->words[verb].fold, many);
    return plural && ENDS_IN(word->fold, of_many);
}

/* "оголосив", "видают": the verb of the sentence ends the phrase. */
static bool
is_verb(const struct dz_voices *v, size_t w)
{
    static const char *const tails[] = {"в",   "ла",  "ло",  "ли",  "ся",  "сь", "є",
                                        "ить", "ать", "ють", "уть", "ять", "ет", "ит",
                                        "ют",  "ят",  "ут",  "л",   "но",  "то"};
    static const char *const verbs[] = {"ть", "ти", "ся", "сь", "чи", "чь"};
    static const char *const surely[] = {"лись", "лися", "лася", "лось", "лося", "ться", "тся"};
    struct dz_view fold = v->c->rd->words[w].fold;
    if (v->c->rd->words[w].capital || !ENDS_IN(fold, tails))
        return ENDS_IN(fold, surely);
    if (ENDS_IN(fold, surely))
        return true;
    struct dz_lemmas l;
    dz_lemmas_of(fold, v->c->d->lang, &l);
    return !dz_view_eq(l.item[0], fold) && ENDS_IN(l.item[0], verbs);
}

/* ---- phrases ---- */

static const struct dz_mention *
mention_at(const struct dz_voices *v, size_t s, size_t w)
{
    const struct dz_compose *c = v->c;
    size_t start = c->rd->words[w].start;
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->start > start)
            break;
        bool speaks = m->kind == DZ_MENTION_PERSON || m->kind == DZ_MENTION_OFFICE ||
                      (m->kind == DZ_MENTION_PLACE && m->metonym);
        if (m->start == start && speaks)
            return m;
    }
    return NULL;
}

static bool
person_at(const struct dz_voices *v, size_t w)
{
    const struct dz_mention *m = mention_at(v, v->c->rd->words[w].sentence, w);
    return m && m->kind == DZ_MENTION_PERSON;
}

/* "у вигнанні", "з прав людини", "в Вильнюсе": words behind a preposition that still belong. */
static bool
belongs(struct dz_view fold)
{
    static const char *const stems[] = {"вигнан", "екзил", "изгнан", "прав",   "питан",
                                        "справ",  "вопрос", "делам", "зв'язк", "связ"};
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        if (dz_view_starts(fold, stems[i]))
            return true;
    }
    return false;
}

static size_t
tail_cyrillic(const struct dz_voices *v, size_t w, size_t limit)
{
    static const char *const links[] = {"з", "із", "зі", "по", "у", "в", "при", "на"};
    static const char *const adverbs[] = {"вчора",  "вчера", "також", "также",   "раніше", "ранее",
                                          "знову",  "снова", "ще",    "еще",     "вже",    "уже",
                                          "сьогодні", "сегодня", "тоді", "тогда", "потім", "потом",
                                          "прямо", "так", "нині", "ныне", "тепер", "теперь"};
    const struct dz_word *words = v->c->rd->words;
    size_t from = w;
    while (w < limit && w - from < TAIL_WORDS && words[w].before == DZ_BREAK_NONE &&
           !words[w].opens_quote && !person_at(v, w)) {
        bool link = IS_ONE(words[w].fold, links);
        if (link && w + 1 < limit && words[w + 1].opens_quote) { /* "з «Назви центру»" */
            w++;
            while (w < limit && words[w].quoted && !words[w].number && w - from < TAIL_WORDS + 2)
                w++;
            break;
        }
        if (link) {
            if (w + 1 >= limit || words[w + 1].before != DZ_BREAK_NONE ||
                (!words[w + 1].capital && !belongs(words[w + 1].fold)))
                break;
            w += 2;
            continue;
        }
        /* "у Раді міністр юстиції": who stands in the nominative is somebody else. */
        bool other = (v->word[w] & (DZ_VW_ROLE | DZ_VW_BODY | DZ_VW_MANY)) && !words[w].capital &&
                     is_lemma(v, w);
        if (other || words[w].number || (v->word[w] & DZ_VW_SPEECH) ||
            IS_ONE(words[w].fold, adverbs) || dz_text_function_word_is(words[w].fold) ||
            is_verb(v, w))
            break;
        w++;
    }
    return w;
}

static size_t
tail_english(const struct dz_voices *v, size_t w, size_t limit)
{
    static const char *const links[] = {"of", "for", "at", "in", "on", "from"};
    static const char *const small[] = {"the", "a", "an", "its", "their", "and"};
    const struct dz_word *words = v->c->rd->words;
    size_t end = w, from = w;
    bool linked = false;
    while (w < limit && w - from < TAIL_WORDS + 2 && words[w].before == DZ_BREAK_NONE &&
           !words[w].opens_quote && !words[w].number && !(v->word[w] & DZ_VW_SPEECH) &&
           !person_at(v, w)) {
        bool link = IS_ONE(words[w].fold, links);
        if (link || (linked && IS_ONE(words[w].fold, small))) {
            linked = true;
            w++;
            continue;
        }
        /* "the monitoring group Dim Pivdnia" */
        bool name = w == end && words[w].capital && !dz_text_function_word_is(words[w].fold);
        if (name && !linked) {
            end = ++w;
            continue;
        }
        if (!linked || (dz_text_function_word_is(words[w].fold) && !words[w].capital))
            break;
        end = ++w;
        /* One plain noun, or a row of capitals with what links them. */
        if (!words[w - 1].capital && !(w < limit && words[w].capital))
            linked = w < limit && IS_ONE(words[w].fold, links);
    }
    return end;
}

static struct dz_span
phrase_around(const struct dz_voices *v, size_t s, size_t head, size_t from, size_t limit)
{
    const struct dz_word *words = v->c->rd->words;
    struct dz_span at = {head, head + 1};
    static const char *const pointing[] = {
        "саме", "сама",  "самий", "самої",  "тієї",   "того",  "той",  "те",   "та",    "цей",
        "ця",   "це",    "цього", "цієї",   "такі",   "сам",   "само", "той",  "тот",   "то",
        "этот", "эта",   "это",   "этого",  "этой",   "такие", "сами", "своя", "свого", "наш",
        "наша", "нашої", "нашей", "нашего", "нашего", "її",    "его"};
    static const char *const small[] = {
        "the", "a",  "an", "this", "that", "these", "its",  "their", "his", "her", "our",  "my",
        "and", "or", "of", "for",  "at",   "in",    "on",   "from",  "by",  "to",  "with", "as",
        "but", "if", "so", "when", "then", "than",  "says", "is",    "are", "was", "were", "not"};
    bool is_latin = latin(words[head].fold);
    (void)s;
    while (at.from > from && head - at.from < LEFT_WORDS &&
           words[at.from].before == DZ_BREAK_NONE && !words[at.from].opens_quote) {
        const struct dz_word *left = &words[at.from - 1];
        if (left->number || (v->word[at.from - 1] & DZ_VW_SPEECH) ||
            (dz_text_function_word_is(left->fold) && !left->capital))
            break;
        if (is_latin && (dz_text_function_word_is(left->fold) || IS_ONE(left->fold, small)))
            break;
        if (!is_latin && (IS_ONE(left->fold, pointing) ||
                          !dz_phrase_adjective(left->fold, v->c->d->lang)))
            break;
        at.from--;
    }
    /* "the prosecutor's office" */
    while (is_latin && at.to < limit && words[at.to - 1].possessive &&
           !dz_text_function_word_is(words[at.to].fold))
        at.to++;
    at.to = is_latin ? tail_english(v, at.to, limit) : tail_cyrillic(v, at.to, limit);
    return at;
}

/* An adjective is no noun, with the few exceptions that became one. */
static bool
noun_enough(const struct dz_voices *v, size_t w)
{
    static const char *const nouns[] = {"уповноважен", "уполномоченн", "пострадавш", "потерпіл",
                                        "постраждал",  "задержанн",    "затриман",   "рабоч"};
    struct dz_view fold = v->c->rd->words[w].fold;
    if (latin(fold) || !dz_phrase_adjective(fold, v->c->d->lang))
        return true;
    struct dz_lemmas l;
    dz_lemmas_of(fold, v->c->d->lang, &l);
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
        if (dz_view_starts(fold, nouns[i]))
            return true;
    }
    /* "рада": also a form of "радий". */
    for (size_t i = 0; i < l.n - l.n_linked; i++) {
        if (l.item[i].n <= 4 || memcmp(l.item[i].p + l.item[i].n - 2, "й", 2) != 0)
            return true;
    }
    return false;
}

static struct dz_speaker
of_mention(const struct dz_voices *v, size_t s, const struct dz_mention *m, size_t w, size_t to)
{
    const struct dz_reading *rd = v->c->rd;
    size_t end = dz_reading_word_at(rd, m->end);
    struct dz_speaker who = {.at = {w, end > w ? end : w + 1}, .head = w, .m = m};
    who.person = m->kind == DZ_MENTION_PERSON;
    if (m->kind != DZ_MENTION_OFFICE)
        return who;
    if (latin(rd->words[w].fold)) {
        who.head = who.at.to - 1;
        return who;
    }
    while (who.head + 1 < who.at.to && dz_phrase_adjective(rd->words[who.head].fold, v->c->d->lang))
        who.head++;
    /* "Центром правової допомоги" is a name with words behind; a row of capitals is whole. */
    struct dz_span around = phrase_around(v, s, who.head, w, to);
    if (who.at.to - who.at.from == 1 && around.to > who.at.to)
        who.at.to = around.to;
    return who;
}

static bool
behind_preposition(const struct dz_voices *v, size_t w)
{
    static const char *const words[] = {
        "with", "to",   "by",  "against", "about", "from", "for",  "of",   "at",  "in",   "on",
        "than", "like", "via", "under",   "after", "before", "з",  "із",   "зі",  "до",   "від",
        "для",  "про",  "у",   "в",       "на",    "під",  "за",   "при",  "по",  "через", "без",
        "с",    "со",   "к",   "от",      "о",     "об",   "под",  "из",   "у",   "к",    "перед",
        "after", "until", "into", "among", "between", "of"};
    static const char *const small[] = {"the", "a", "an", "this", "that", "these", "its", "their",
                                        "his", "her", "our", "my"};
    const struct dz_word *list = v->c->rd->words;
    for (size_t back = 1; back <= 2 && w >= back && list[w - back + 1].before == DZ_BREAK_NONE;
         back++) {
        if (IS_ONE(list[w - back].fold, words))
            return true;
        if (!IS_ONE(list[w - back].fold, small))
            return false;
    }
    return false;
}

struct dz_speaker
dz_speaker_next(const struct dz_voices *v, size_t s, size_t from, size_t to)
{
    struct dz_speaker who = {0};
    for (size_t w = from; w < to; w++) {
        const struct dz_mention *m = mention_at(v, s, w);
        if (m) {
            who = of_mention(v, s, m, w, to);
        } else if ((v->word[w] & DZ_VW_VOICE) && noun_enough(v, w)) {
            who = (struct dz_speaker){.at = phrase_around(v, s, w, from, to), .head = w};
        } else {
            continue;
        }
        who.weak = behind_preposition(v, who.at.from);
        return who;
    }
    return who;
}

/* "Figures released by the ministry", "a survey of the institute", "звіт місії ООН": what they say
 * is said by the body behind them. */
static struct dz_speaker
owner_of(const struct dz_voices *v, size_t s, struct dz_speaker paper, size_t limit)
{
    static const char *const links[] = {"by", "from", "of"};
    const struct dz_word *words = v->c->rd->words;
    size_t far = paper.head + 8 < limit ? paper.head + 8 : limit;
    if (paper.person || paper.head + 1 >= far || !(v->word[paper.head] & DZ_VW_DATA))
        return paper;
    size_t from = paper.head + 1;
    for (size_t w = paper.head; latin(words[paper.head].fold) && w > 0 && paper.head - w < 4; w--) {
        if (words[w].before != DZ_BREAK_NONE)
            break;
        if (words[w - 1].possessive && (v->word[w - 1] & DZ_VW_VOICE))
            return (struct dz_speaker){.at = {w - 1, w}, .head = w - 1};
    }
    if (latin(words[from].fold)) {
        while (from < far && words[from].before < DZ_BREAK_HARD &&
               !IS_ONE(words[from].fold, links) && !(v->word[from] & DZ_VW_SPEECH))
            from++;
        if (from >= far || !IS_ONE(words[from].fold, links))
            return paper;
        from++;
    }
    struct dz_speaker owner = dz_speaker_next(v, s, from, far);
    bool body = owner.at.to && (owner.m || (v->word[owner.head] & DZ_VW_BODY)) &&
                words[from].before == DZ_BREAK_NONE;
    if (!body || owner.at.from > from + (latin(words[from].fold) ? 2 : 0))
        return paper;
    owner.weak = false;
    return owner;
}

/* "Стаття 5 Закону № 1207-VII", "Article 45 of the Hague Regulations": it is the law that speaks. */
static struct dz_speaker
law_of(const struct dz_voices *v, struct dz_speaker article, size_t limit)
{
    static const char *const parts[] = {"статт", "стать", "статей", "частин", "част", "article"};
    static const char *const laws[] = {"закон",    "кодекс", "конвенц", "конституц", "хартi",
                                       "положен", "law",    "act",     "code",      "convention",
                                       "charter",  "statute", "regulations", "constitution"};
    const struct dz_word *words = v->c->rd->words;
    bool part = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        part = part || dz_view_starts(words[article.head].fold, parts[i]);
    for (size_t w = article.head + 1; part && w < limit && w <= article.head + 7; w++) {
        bool law = false;
        if (words[w].before >= DZ_BREAK_COMMA || (v->word[w] & DZ_VW_SPEECH))
            break;
        for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
            law = law || (latin(words[w].fold) ? dz_view_is(words[w].fold, laws[i])
                                               : dz_view_starts(words[w].fold, laws[i]));
        if (!law)
            continue;
        struct dz_speaker who = {.at = {w, w + 1}, .head = w};
        while (latin(words[w].fold) && who.at.from > article.head + 1 &&
               words[who.at.from - 1].capital)
            who.at.from--;
        while (who.at.to < limit && who.at.to < w + 4 &&
               (words[who.at.to].number || words[who.at.to].capital) &&
               words[who.at.to].before == DZ_BREAK_NONE)
            who.at.to++;
        return who;
    }
    return article;
}

struct dz_speaker
dz_speaker_settle(const struct dz_voices *v, size_t s, struct dz_speaker who, size_t limit)
{
    const struct dz_word *words = v->c->rd->words;
    if (who.person || who.at.to <= who.at.from)
        return who;
    who = law_of(v, who, limit);
    who = owner_of(v, s, who, limit);
    /* "міністр юстиції Ігор Савчук", "its director, N": the name behind the office. */
    for (size_t at = who.at.to, n = 0; n < 3 && at < limit; n++) {
        size_t end = at + 5 < limit ? at + 5 : limit;
        struct dz_speaker next = dz_speaker_next(v, s, at, end);
        if (next.at.to == 0 || next.at.from > at + 1)
            break;
        if (next.person && words[at].before <= DZ_BREAK_COMMA)
            return next;
        if (next.at.from > at || words[at].before != DZ_BREAK_NONE)
            break;
        at = next.at.to;
    }
    /* "врио начальника управления майор полиции Ольга Терещук": ranks in between. */
    for (size_t w = who.at.to; w < limit && w < who.at.to + 4; w++) {
        if (words[w].before != DZ_BREAK_NONE || words[w].number ||
            (v->word[w] & DZ_VW_SPEECH) || dz_text_function_word_is(words[w].fold) ||
            (!latin(words[w].fold) && is_verb(v, w)))
            break;
        if (person_at(v, w) && (v->word[who.head] & DZ_VW_ROLE))
            return of_mention(v, s, mention_at(v, s, w), w, limit);
    }
    /* The name among the words that describe the office: "of the district Ihor Savchuk". */
    for (size_t w = who.at.from; w < who.at.to; w++) {
        const struct dz_mention *m = mention_at(v, s, w);
        if (m && m->kind == DZ_MENTION_PERSON)
            return of_mention(v, s, m, w, limit);
    }
    return who;
}

/* ---- behind "according to" ---- */

/* "data published by the ministry", "figures of the service": where the source itself begins. */
static size_t
past_data(const struct dz_voices *v, size_t from, size_t to)
{
    static const char *const links[] = {"by", "from", "of"};
    static const char *const small[] = {
        "the",    "a",       "an",        "its",        "our",         "their",
        "one",    "two",     "official",  "так",        "званої",      "званого",
        "званих", "званому", "називаної", "называемой", "называемого", "называемых"};
    const struct dz_word *words = v->c->rd->words;
    while (from < to && IS_ONE(words[from].fold, small))
        from++;
    size_t far = from + 4 < to ? from + 4 : to;
    if (!dz_reading_hit(v->c->rd, v->id.data_noun, from, far))
        return from;
    for (size_t w = from; w < to && w < from + 7; w++) {
        if (words[w].before >= DZ_BREAK_COMMA && w > from)
            break;
        if (!IS_ONE(words[w].fold, links))
            continue;
        w++;
        while (w < to && IS_ONE(words[w].fold, small))
            w++;
        return w;
    }
    return from;
}

static struct dz_speaker
plain_phrase(const struct dz_voices *v, size_t from, size_t to)
{
    const struct dz_word *words = v->c->rd->words;
    struct dz_speaker who = {.at = {from, from}, .head = from};
    while (who.at.to < to && (who.at.to == from || words[who.at.to].before == DZ_BREAK_NONE)) {
        if (words[who.at.to].number || who.at.to - from >= TAIL_WORDS)
            return (struct dz_speaker){0};
        who.at.to++;
    }
    while (who.head + 1 < who.at.to && !latin(words[who.head].fold) &&
           dz_phrase_adjective(words[who.head].fold, v->c->d->lang))
        who.head++;
    return who;
}

struct dz_speaker
dz_speaker_behind(const struct dz_voices *v, size_t s, size_t from)
{
    const struct dz_compose *c = v->c;
    const struct dz_word *words = c->rd->words;
    size_t to = from, limit = dz_compose_sentence(c, s).to;
    while (to < limit && to < from + 14 &&
           (to == from || words[to].before < DZ_BREAK_COMMA))
        to++;
    from = past_data(v, from, to);
    if (from >= to)
        return (struct dz_speaker){0};
    struct dz_speaker who = dz_speaker_next(v, s, from, to);
    size_t lead = who.at.to ? who.at.from - from : SIZE_MAX;
    bool close = who.at.to && (lead <= 1 || (who.person && lead <= 6));
    if (!close)
        return plain_phrase(v, from, to);
    return dz_speaker_settle(v, s, who, limit);
}

struct dz_view
dz_speaker_shown(const struct dz_voices *v, const struct dz_speaker *who)
{
    const struct dz_compose *c = v->c;
    if (who->at.to <= who->at.from)
        return (struct dz_view){0};
    if (who->person && who->m->name.n > 0)
        return dz_person_shown(c->d, who->m->name);
    /* Of "Києва" the dictionary makes more than one town. */
    if (who->m && who->m->kind == DZ_MENTION_PLACE)
        return dz_compose_text(c, who->at);
    struct dz_view text =
        who->as_is ? dz_compose_text(c, who->at) : dz_phrase_nominative(c, who->at, who->head);
    /* A name in quotation marks keeps both. */
    const char *end = c->d->text.p + c->rd->words[who->at.to - 1].end;
    bool inside = text.n > 0 && text.p + text.n == end && who->at.to <= c->rd->n_words;
    size_t left = (size_t)(c->d->text.p + c->d->text.n - end);
    bool opened = false;
    for (size_t i = 0; inside && i + 2 <= text.n; i++)
        opened = opened || memcmp(text.p + i, "«", 2) == 0;
    if (opened && left >= 2 && memcmp(end, "»", 2) == 0)
        text.n += 2;
    return text;
}
