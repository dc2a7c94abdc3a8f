#include <string.h>

#include "dz_lemma.h"
#include "dz_speakers.h"

/* Noun phrases in the nominative: "за підрахунками Мелітопольської міської ради" counts what
 * "Мелітопольська міська рада" says. The head comes from the dictionary, adjectives in front of it
 * take its gender; what stands behind it keeps its case. Where a word cannot be read the phrase
 * stays as the text has it: an inflected phrase is better than a wrong one. */

enum gender { MALE, FEMALE, NEUTER, PLURAL };

#define WORD_MAX 128 /* bytes */

static bool
ends(struct dz_view word, const char *tail)
{
    size_t n = strlen(tail);
    return word.n > n && memcmp(word.p + word.n - n, tail, n) == 0;
}

static bool
ends_in(struct dz_view word, const char *const *tails, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ends(word, tails[i]))
            return true;
    }
    return false;
}
#define ENDS_IN(word, tails) ends_in((word), (tails), sizeof(tails) / sizeof *(tails))

static bool
adjective_lemma(struct dz_view lemma)
{
    static const char *const tails[] = {"ий", "ій", "ый", "ой"};
    return lemma.n > 8 && ENDS_IN(lemma, tails);
}

/* The adjective's lemma, copied into room; false: the word is none. */
static bool
adjective(struct dz_view fold, enum dz_text_lang lang, char room[WORD_MAX])
{
    static const char *const tails[] = {"ий", "ій", "ый", "ой", "ого", "ому", "им", "ым", "ої",
                                        "ою", "ій", "их", "ых", "ими", "ыми", "ая", "яя", "ое",
                                        "ее", "ые", "ие", "ую", "юю", "его", "ему", "ей", "а",
                                        "я",  "е",  "є",  "і",  "у",   "ю",   "ьою", "ньої"};
    struct dz_lemmas l;
    if (!ENDS_IN(fold, tails))
        return false;
    dz_lemmas_of(fold, lang, &l);
    for (size_t i = 0; i < l.n - l.n_linked; i++) {
        if (!adjective_lemma(l.item[i]) || l.item[i].n >= WORD_MAX)
            continue;
        memcpy(room, l.item[i].p, l.item[i].n);
        room[l.item[i].n] = '\0';
        return true;
    }
    return false;
}

bool
dz_phrase_adjective(struct dz_view fold, enum dz_text_lang lang)
{
    char room[WORD_MAX];
    return fold.n > 4 && (unsigned char)fold.p[0] >= 0x80 && adjective(fold, lang, room);
}

static const char plural_adjective[][8] = {"их", "ых", "іх", "ими", "ыми", "іми", "ие", "ые"};

static bool
adjective_is_plural(struct dz_view form)
{
    for (size_t i = 0; i < sizeof plural_adjective / sizeof *plural_adjective; i++) {
        if (ends(form, plural_adjective[i]))
            return true;
    }
    return false;
}

static bool
adjective_is_female(struct dz_view form)
{
    static const char *const tails[] = {"ої", "ій", "ою", "ой", "ую", "ей", "у", "ю"};
    return ENDS_IN(form, tails);
}

static bool
noun_is_plural(struct dz_view form, struct dz_view lemma)
{
    static const char *const tails[] = {"ам", "ям", "ами", "ями", "ах", "ях", "ів", "їв",
                                        "ов", "ев", "ьми"};
    static const char *const vowels[] = {"а", "я", "о", "е", "у", "ю", "и", "і", "ї", "ы", "є"};
    if (ENDS_IN(form, tails))
        return true;
    /* "мешканок", "організацій": the bare stem of a feminine noun. */
    return ENDS_IN(lemma, vowels) && !ENDS_IN(form, vowels) && !ends(form, "ью") &&
           !ends(form, "ой") && !ends(form, "ою") && !ends(form, "ом") && !ends(form, "ем");
}

struct change {
    const char *from;
    const char *to;
};

static bool
apply(struct dz_view lemma, const struct change *list, size_t n, struct dz_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        if (!ends(lemma, list[i].from))
            continue;
        dz_buf_add(out, lemma.p, lemma.n - strlen(list[i].from));
        dz_buf_adds(out, list[i].to);
        return true;
    }
    return false;
}

/* Nominative plural of a noun's lemma. */
static bool
plural_of(struct dz_view lemma, enum dz_text_lang lang, struct dz_buf *out)
{
    static const struct change uk[] = {
        {"людина", "люди"}, {"янин", "яни"}, {"анин", "ани"}, {"єць", "йці"}, {"ець", "ці"},
        {"ння", "ння"},     {"ція", "ції"},  {"ія", "ії"},    {"я", "і"},     {"а", "и"},
        {"о", "а"},         {"ар", "арі"},   {"яр", "ярі"},   {"ич", "ичі"},  {"ач", "ачі"},
        {"іч", "ічі"},      {"аж", "ажі"},   {"ій", "ії"},    {"ай", "аї"},   {"ь", "і"},
        {"ник", "ники"},    {"ист", "исти"}, {"к", "ки"},     {"т", "ти"},    {"р", "ри"},
        {"д", "ди"},        {"н", "ни"},     {"в", "ви"},     {"л", "ли"},    {"г", "ги"},
        {"с", "си"},        {"м", "ми"},
    };
    static const struct change ru[] = {
        {"человек", "люди"}, {"янин", "яне"}, {"анин", "ане"}, {"ец", "цы"},   {"ия", "ии"},
        {"ие", "ия"},        {"ка", "ки"},    {"га", "ги"},    {"ца", "цы"},   {"ша", "ши"},
        {"а", "ы"},          {"я", "и"},      {"о", "а"},      {"ач", "ачи"},  {"ич", "ичи"},
        {"ь", "и"},          {"й", "и"},      {"к", "ки"},     {"г", "ги"},    {"т", "ты"},
        {"р", "ры"},         {"д", "ды"},     {"н", "ны"},     {"в", "вы"},    {"л", "лы"},
        {"с", "сы"},         {"м", "мы"},
    };
    return lang == DZ_TEXT_RU ? apply(lemma, ru, sizeof ru / sizeof *ru, out)
                              : apply(lemma, uk, sizeof uk / sizeof *uk, out);
}

/* An adjective's lemma in the gender of its noun. */
static bool
agree(struct dz_view lemma, enum gender g, enum dz_text_lang lang, struct dz_buf *out)
{
    static const struct change uk[4][2] = {
        [FEMALE] = {{"ий", "а"}, {"ій", "я"}},
        [NEUTER] = {{"ий", "е"}, {"ій", "є"}},
        [PLURAL] = {{"ий", "і"}, {"ій", "і"}},
    };
    static const struct change ru[4][8] = {
        [FEMALE] = {{"кий", "кая"}, {"гий", "гая"}, {"хий", "хая"}, {"ший", "шая"},
                    {"щий", "щая"}, {"ий", "яя"},   {"ый", "ая"},   {"ой", "ая"}},
        [NEUTER] = {{"кий", "кое"}, {"гий", "гое"}, {"хий", "хое"}, {"ший", "шее"},
                    {"щий", "щее"}, {"ий", "ее"},   {"ый", "ое"},   {"ой", "ое"}},
        [PLURAL] = {{"кой", "кие"}, {"гой", "гие"}, {"хой", "хие"}, {"жой", "жие"},
                    {"ший", "шие"}, {"ий", "ие"},   {"ый", "ые"},   {"ой", "ые"}},
    };
    if (g == MALE) {
        dz_buf_addv(out, lemma);
        return true;
    }
    return lang == DZ_TEXT_RU ? apply(lemma, ru[g], 8, out) : apply(lemma, uk[g], 2, out);
}

static enum gender
gender_of(struct dz_view lemma, struct dz_view adjective_form)
{
    static const char *const neuter[] = {"о", "е", "ння", "ття", "ття", "сся"};
    if (adjective_form.n > 0 && adjective_is_female(adjective_form))
        return FEMALE;
    return ENDS_IN(lemma, neuter) ? NEUTER : MALE;
}

/* The new form with the letters of the old one as far as they are the same, capitals included. */
static bool
put(const struct dz_compose *c, size_t w, struct dz_view form, struct dz_buf *out)
{
    const struct dz_word *word = &c->rd->words[w];
    size_t same = 0, n = word->end - word->start;
    if (n != word->fold.n)
        return false;
    while (same < n && same < form.n && word->fold.p[same] == form.p[same])
        same++;
    same &= ~(size_t)1; /* whole letters: two bytes each */
    if (same < 4)
        return false;
    dz_buf_add(out, c->d->text.p + word->start, same);
    dz_buf_add(out, form.p + same, form.n - same);
    return true;
}

/* The head's own nominative into out; *ret_plural. False: it is one already, or cannot be told. */
static bool
head_form(struct dz_view fold, struct dz_view before, enum dz_text_lang lang, enum gender *ret,
          struct dz_buf *out)
{
    struct dz_lemmas l;
    dz_lemmas_of(fold, lang, &l);
    struct dz_view lemma = {0};
    for (size_t i = 0; i < l.n - l.n_linked && lemma.n == 0; i++) {
        if (dz_view_eq(l.item[i], fold))
            return false;
        if (!adjective_lemma(l.item[i]))
            lemma = l.item[i];
    }
    bool agreed = before.n > 0 && (ends(before, "им") || ends(before, "ым"));
    bool plural = before.n > 0 && !agreed ? adjective_is_plural(before)
                                          : noun_is_plural(fold, lemma.n ? lemma : l.item[0]);
    *ret = plural ? PLURAL : gender_of(lemma.n ? lemma : l.item[0], before);
    if (lemma.n == 0) { /* "уповноваженого": an adjective that became a noun */
        *ret = adjective_is_plural(fold) ? PLURAL : adjective_is_female(fold) ? FEMALE : MALE;
        return agree(l.item[0], *ret, lang, out);
    }
    if (plural)
        return plural_of(lemma, lang, out);
    dz_buf_addv(out, lemma);
    return true;
}

static bool
rewrite(const struct dz_compose *c, struct dz_span phrase, size_t head, struct dz_buf *out)
{
    const struct dz_word *words = c->rd->words;
    enum dz_text_lang lang = c->d->lang;
    enum gender g = MALE;
    DZ_AUTO_BUF struct dz_buf noun = DZ_BUF(WORD_MAX);
    struct dz_view before = {0};
    char lemma[WORD_MAX];
    if (head > phrase.from && adjective(words[head - 1].fold, lang, lemma))
        before = words[head - 1].fold;
    if (!head_form(words[head].fold, before, lang, &g, &noun))
        return false;
    for (size_t w = phrase.from; w < head; w++) {
        DZ_AUTO_BUF struct dz_buf form = DZ_BUF(WORD_MAX);
        if (!adjective(words[w].fold, lang, lemma) || !agree(dz_view_of(lemma), g, lang, &form) ||
            !put(c, w, dz_buf_view(&form), out))
            return false;
        dz_buf_add(out, c->d->text.p + words[w].end, words[w + 1].start - words[w].end);
    }
    if (!put(c, head, dz_buf_view(&noun), out))
        return false;
    size_t end = words[head].end;
    dz_buf_add(out, c->d->text.p + end, words[phrase.to - 1].end - end);
    return !out->failed;
}

struct dz_view
dz_phrase_nominative(const struct dz_compose *c, struct dz_span phrase, size_t head)
{
    struct dz_view text = dz_compose_text(c, phrase);
    const struct dz_token *t = &c->d->tokens[c->rd->words[head].token];
    if (text.n == 0 || t->all_caps || (unsigned char)c->rd->words[head].fold.p[0] < 0x80)
        return text;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1024);
    if (!rewrite(c, phrase, head, &out))
        return text;
    const char *kept = dz_arena_strndup(&c->d->arena, out.p, out.n);
    return kept ? (struct dz_view){kept, out.n} : text;
}
