#include "dz_lemma.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <libstemmer.h>

#include "dz_text_priv.h"

/* docs/format/lemmas.md describes the table. It is made for the machine that it is built on, so
 * numbers are read as they lie; _Static_assert and a test hold what is relied on. */
extern const uint32_t dz_lemma_table[];
enum table_head {
    MAGIC,
    VERSION,
    UK_FORMS,
    UK_ENDINGS,
    RU_FORMS,
    RU_ENDINGS,
    N_ARCS,
    N_SETS,
    MARK,
    HEAD
};
#define LAST 64U
#define LETTER_BITS 63U
#define WORD_LETTERS 40 /* longer words are in no table */

/* A word in the numbers of the table, with the byte behind each letter. */
struct spelling {
    size_t n;
    uint8_t letter[WORD_LETTERS];
    uint8_t past[WORD_LETTERS + 1]; /* past[0] is 0 */
};

/* 0: no letter of the two languages. */
static unsigned
letter_of(unsigned char lead, unsigned char trail)
{
    unsigned cp = (lead & 0x1FU) << 6 | (trail & 0x3FU);
    if ((lead & 0xE0) != 0xC0 || (trail & 0xC0) != 0x80)
        return 0;
    if (cp >= 0x0430 && cp <= 0x044F)
        return cp - 0x0430 + 1;
    switch (cp) {
    case 0x0456: /* і */
        return 33;
    case 0x0457: /* ї */
        return 34;
    case 0x0454: /* є */
        return 35;
    case 0x0491: /* ґ */
        return 36;
    default:
        return 0;
    }
}

static bool
spell(struct dz_view word, struct spelling *s)
{
    size_t n = 0, i = 0;
    s->past[0] = 0;
    while (i < word.n) {
        unsigned letter = 0;
        if (n == WORD_LETTERS)
            return false;
        if (word.p[i] == '\'') {
            letter = 37;
            i++;
        } else if (i + 1 < word.n) {
            letter = letter_of((unsigned char)word.p[i], (unsigned char)word.p[i + 1]);
            i += 2;
        }
        if (letter == 0)
            return false;
        s->letter[n++] = (uint8_t)letter;
        s->past[n] = (uint8_t)i;
    }
    s->n = n;
    return n > 0;
}

static uint32_t
step(uint32_t state, unsigned letter)
{
    const uint32_t *arc = dz_lemma_table + HEAD + state;
    for (;; arc++) {
        if ((*arc & LETTER_BITS) == letter)
            return *arc >> 7;
        if (*arc & LAST)
            return 0;
    }
}

/* The value of a state, 0 when no word ends there. */
static uint32_t
value_of(uint32_t state)
{
    uint32_t arc = dz_lemma_table[HEAD + state];
    return (arc & LETTER_BITS) == 0 ? arc >> 7 : 0;
}

/* States behind every two letters, of forms in Ukrainian and in Russian: where words begin most
 * arcs leave a state, and there all words pass. */
#define LETTERS 64U
static uint32_t behind_two[2][LETTERS * LETTERS];
static pthread_once_t behind_once = PTHREAD_ONCE_INIT;

static void
fill_behind(void)
{
    for (unsigned ru = 0; ru < 2; ru++) {
        uint32_t root = dz_lemma_table[ru ? RU_FORMS : UK_FORMS];
        for (unsigned a = 1; a < LETTERS; a++) {
            uint32_t state = step(root, a);
            for (unsigned b = 1; state != 0 && b < LETTERS; b++)
                behind_two[ru][a * LETTERS + b] = step(state, b);
        }
    }
}

static uint32_t
find_form(const struct spelling *s, bool ru)
{
    if (s->n < 2) {
        uint32_t state = step(dz_lemma_table[ru ? RU_FORMS : UK_FORMS], s->letter[0]);
        return state == 0 ? 0 : value_of(state);
    }
    (void)pthread_once(&behind_once, fill_behind);
    uint32_t state = behind_two[ru][s->letter[0] * LETTERS + s->letter[1]];
    for (size_t i = 2; i < s->n && state != 0; i++)
        state = step(state, s->letter[i]);
    return state == 0 ? 0 : value_of(state);
}

/* What the longest ending that was learned says. */
static uint32_t
find_ending(const struct spelling *s, uint32_t root)
{
    uint32_t state = root, best = 0;
    for (size_t i = s->n; i > 0; i--) {
        state = step(state, s->letter[i - 1]);
        if (state == 0)
            break;
        uint32_t value = value_of(state);
        best = value != 0 ? value : best;
    }
    return best;
}

static bool
is_there(const struct dz_lemmas *l, struct dz_view v)
{
    for (size_t i = 0; i < l->n; i++)
        if (dz_view_eq(l->item[i], v))
            return true;
    return false;
}

/* Classes of the readings of a set. */
enum { COMMON, NAME, LINKED };

/* Apply the rules of a set to a word; what ret holds already stays in front. */
static void
read_set(struct dz_view word, const struct spelling *s, uint32_t set, struct dz_lemmas *ret)
{
    const unsigned char *p =
        (const unsigned char *)(dz_lemma_table + HEAD + dz_lemma_table[N_ARCS]) + set;
    size_t n = *p++, room = ret->n > 0 ? ret->item[0].n : 0, others = 0;
    for (size_t i = 0; i < n && ret->n < DZ_LEMMA_ITEMS; i++) {
        size_t front = p[0] & 7U, class = p[0] >> 6, cut = p[1], add_n = p[2];
        const unsigned char *add = p + 3;
        bool named = class == NAME || (p[0] & 8) != 0;
        p += 3 + add_n;
        if (front + cut > s->n)
            continue;
        size_t from = s->past[front], stay = s->past[s->n - cut] - from;
        if (room + stay + add_n > sizeof ret->room)
            break;
        struct dz_view made = {ret->room + room, stay + add_n};
        memcpy(ret->room + room, word.p + from, stay);
        memcpy(ret->room + room + stay, add, add_n);
        if (made.n == 0 || is_there(ret, made))
            continue;
        room += made.n;
        ret->item[ret->n++] = made;
        ret->n_linked += class == LINKED;
        others += class != NAME;
        ret->has_name = ret->has_name || named;
    }
    ret->name = ret->n > 0 && others == 0;
}

/* Unknown words in -овым, -евой, -ину are surnames nearly always: the tables have what is common.
 * Their
 * nominative is put in front of what the ending says (which takes them for adjectives). */
static void
read_surname(struct dz_view word, const struct spelling *s, struct dz_lemmas *ret)
{
    static const char *const suffixes[] = {"ов", "ев", "єв", "ин", "ін", "їн"};
    static const struct {
        const char *ending;
        const char *nominative;
    } cases[] = {
        {"ым", ""},   {"им", ""},   {"а", ""},   {"у", ""},   {"ові", ""}, {"ых", ""},
        {"их", ""},   {"ыми", ""},  {"ими", ""}, {"ой", "а"}, {"ої", "а"}, {"ою", "а"},
        {"ій", "а"},
    };
    for (size_t i = 0; s->n > 5 && i < sizeof cases / sizeof *cases; i++) {
        size_t n = strlen(cases[i].ending), add = strlen(cases[i].nominative);
        if (memcmp(word.p + word.n - n, cases[i].ending, n) != 0 || word.n < n + 4)
            continue;
        const char *suffix = word.p + word.n - n - 4;
        for (size_t k = 0; k < sizeof suffixes / sizeof *suffixes; k++)
            if (memcmp(suffix, suffixes[k], 4) == 0) {
                memcpy(ret->room, word.p, word.n - n);
                memcpy(ret->room + word.n - n, cases[i].nominative, add);
                ret->item[ret->n++] = (struct dz_view){ret->room, word.n - n + add};
                return;
            }
    }
}

static void
read_cyrillic(struct dz_view word, bool uk, struct dz_lemmas *ret)
{
    struct spelling s;
    if (!spell(word, &s))
        return;
    uint32_t set = find_form(&s, !uk);
    ret->known = set != 0;
    if (set == 0 && s.n < 4) /* too little to tell from */
        return;
    if (set == 0)
        read_surname(word, &s, ret);
    if (set == 0)
        set = find_ending(&s, dz_lemma_table[uk ? UK_ENDINGS : RU_ENDINGS]);
    if (set != 0)
        read_set(word, &s, set, ret);
    ret->name = ret->name && ret->known;
    ret->has_name = ret->has_name && ret->known;
}

/* A stemmer has a state, so each thread has its own; it goes with the thread. */
static pthread_key_t stemmer_key;
static pthread_once_t stemmer_once = PTHREAD_ONCE_INIT;
static bool stemmer_there;

static void
free_stemmer(void *stemmer)
{
    sb_stemmer_delete(stemmer);
}

static void
make_stemmer_key(void)
{
    stemmer_there = pthread_key_create(&stemmer_key, free_stemmer) == 0;
}

/* What no stemmer can know; by the form, in the order of bytes. */
static const struct irregular {
    const char *form;
    const char *base;
} irregulars[] = {
    {"began", "begin"},       {"begun", "begin"},
    {"bought", "buy"},        {"broke", "break"},
    {"broken", "break"},      {"brought", "bring"},
    {"came", "come"},         {"caught", "catch"},
    {"children", "child"},    {"chose", "choose"},
    {"chosen", "choose"},     {"did", "do"},
    {"done", "do"},           {"drove", "drive"},
    {"fled", "flee"},         {"forbade", "forbid"},
    {"forbidden", "forbid"},  {"forgot", "forget"},
    {"fought", "fight"},      {"found", "find"},
    {"gave", "give"},         {"given", "give"},
    {"gone", "go"},           {"got", "get"},
    {"had", "have"},          {"heard", "hear"},
    {"held", "hold"},         {"hid", "hide"},
    {"hidden", "hide"},       {"kept", "keep"},
    {"knew", "know"},         {"known", "know"},
    {"led", "lead"},          {"left", "leave"},
    {"lost", "lose"},         {"made", "make"},
    {"men", "man"},           {"met", "meet"},
    {"paid", "pay"},          {"ran", "run"},
    {"said", "say"},          {"saw", "see"},
    {"seen", "see"},          {"sent", "send"},
    {"sold", "sell"},         {"sought", "seek"},
    {"spent", "spend"},       {"spoke", "speak"},
    {"spoken", "speak"},      {"stood", "stand"},
    {"taken", "take"},        {"taught", "teach"},
    {"thought", "think"},     {"told", "tell"},
    {"took", "take"},         {"understood", "understand"},
    {"went", "go"},           {"withdrew", "withdraw"},
    {"withheld", "withhold"}, {"wives", "wife"},
    {"women", "woman"},       {"won", "win"},
    {"written", "write"},     {"wrote", "write"},
};

static struct dz_view
regular(struct dz_view word)
{
    size_t low = 0, high = sizeof irregulars / sizeof *irregulars;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *form = irregulars[middle].form;
        size_t n = strlen(form);
        int order = memcmp(form, word.p, n < word.n ? n : word.n);
        if (order == 0 && n == word.n)
            return dz_view_of(irregulars[middle].base);
        if (order < 0 || (order == 0 && n < word.n))
            low = middle + 1;
        else
            high = middle;
    }
    return word;
}

static void
read_english(struct dz_view word, struct dz_lemmas *ret)
{
    (void)pthread_once(&stemmer_once, make_stemmer_key);
    if (!stemmer_there || word.n > 64)
        return;
    struct sb_stemmer *stemmer = pthread_getspecific(stemmer_key);
    if (!stemmer) {
        stemmer = sb_stemmer_new("english", "UTF_8");
        if (!stemmer || pthread_setspecific(stemmer_key, stemmer) != 0) {
            sb_stemmer_delete(stemmer);
            return;
        }
    }
    word = regular(word);
    unsigned char bytes[64];
    memcpy(bytes, word.p, word.n);
    const sb_symbol *stem = sb_stemmer_stem(stemmer, bytes, (int)word.n);
    int n = stem ? sb_stemmer_length(stemmer) : 0;
    if (n <= 0 || (size_t)n > sizeof ret->room)
        return;
    memcpy(ret->room, stem, (size_t)n);
    ret->item[ret->n++] = (struct dz_view){ret->room, (size_t)n};
}

void
dz_lemmas_of(struct dz_view word, enum dz_text_lang lang, struct dz_lemmas *ret)
{
    ret->n = 0;
    ret->n_linked = 0;
    ret->known = false;
    ret->name = false;
    ret->has_name = false;
    if (word.n > 0 && (lang == DZ_TEXT_UK || lang == DZ_TEXT_RU))
        read_cyrillic(word, lang == DZ_TEXT_UK, ret);
    else if (word.n > 0 && lang == DZ_TEXT_EN)
        read_english(word, ret);
    if (ret->n == 0)
        ret->item[ret->n++] = word;
}

/* Answers given of late, each in one number: up to ten letters of six bits, which tell the word
 * from all others, and the two bits of the answer. Threads share them: an answer is whole or not
 * there, and it never changes. */
#define ANSWERS 8192U
#define ANSWER_LETTERS 10
static _Atomic uint64_t answers[ANSWERS];

static unsigned
known_by_tables(const struct spelling *s)
{
    if (s->n < 2) {
        unsigned one = find_form(s, false) != 0, other = find_form(s, true) != 0;
        return one | other << 1;
    }
    /* Side by side, since each step waits for memory. */
    (void)pthread_once(&behind_once, fill_behind);
    unsigned first = s->letter[0] * LETTERS + s->letter[1];
    uint32_t in_uk = behind_two[0][first], in_ru = behind_two[1][first];
    for (size_t i = 2; i < s->n && (in_uk | in_ru) != 0; i++) {
        in_uk = in_uk != 0 ? step(in_uk, s->letter[i]) : 0;
        in_ru = in_ru != 0 ? step(in_ru, s->letter[i]) : 0;
    }
    unsigned uk = in_uk != 0 && value_of(in_uk) != 0;
    unsigned ru = in_ru != 0 && value_of(in_ru) != 0;
    return uk | ru << 1;
}

unsigned
dz_lemma_known_in(struct dz_view word)
{
    struct spelling s;
    if (!spell(word, &s))
        return 0;
    unsigned known;
    if (s.n > ANSWER_LETTERS) {
        known = known_by_tables(&s);
    } else {
        uint64_t key = 0;
        for (size_t i = 0; i < s.n; i++)
            key = key << 6 | s.letter[i];
        _Atomic uint64_t *answer = &answers[key * 0x9E3779B97F4A7C15U >> 51];
        uint64_t given = atomic_load_explicit(answer, memory_order_relaxed);
        known = given & 3U;
        if (given >> 2 != key) {
            known = known_by_tables(&s);
            atomic_store_explicit(answer, key << 2 | known, memory_order_relaxed);
        }
    }
    return (known & 1U) << DZ_TEXT_UK | known >> 1 << DZ_TEXT_RU;
}

uint32_t
dz_lemma_mark(void)
{
    return dz_lemma_table[MARK];
}

bool
dz_lemma_same(struct dz_view a, struct dz_view b, enum dz_text_lang lang)
{
    struct dz_lemmas left, right;
    dz_lemmas_of(a, lang, &left);
    dz_lemmas_of(b, lang, &right);
    for (size_t i = 0; i < left.n; i++)
        if (is_there(&right, left.item[i]))
            return true;
    return false;
}

/* Endings of derived words, and what their root ends with. */
static const struct way {
    const char *derived;
    const char *root;
    enum dz_text_lang lang;
} ways[] = {
    {"ізація", "", DZ_TEXT_UK},     {"изація", "", DZ_TEXT_UK},   {"изация", "", DZ_TEXT_RU},
    {"ізаційний", "", DZ_TEXT_UK},  {"изаційний", "", DZ_TEXT_UK}, {"изационный", "", DZ_TEXT_RU},
    {"ізувати", "", DZ_TEXT_UK},    {"изувати", "", DZ_TEXT_UK},  {"изировать", "", DZ_TEXT_RU},
    {"ний", "", DZ_TEXT_UK},        {"ный", "", DZ_TEXT_RU},      {"ний", "а", DZ_TEXT_UK},
    {"ный", "а", DZ_TEXT_RU},       {"ський", "", DZ_TEXT_UK},    {"ский", "", DZ_TEXT_RU},
    {"ист", "", DZ_TEXT_UK},        {"ист", "", DZ_TEXT_RU},
};

static bool
is_own_lemma(struct dz_view word, enum dz_text_lang lang)
{
    struct dz_lemmas l;
    dz_lemmas_of(word, lang, &l);
    return l.known && is_there(&l, word);
}

struct dz_view
dz_lemma_root(struct dz_view lemma, enum dz_text_lang lang, char *room)
{
    struct dz_view none = {0};
    if (lemma.n > 100)
        return none;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        size_t n = strlen(ways[i].derived), add = strlen(ways[i].root);
        if (ways[i].lang != lang || lemma.n < n + 6 ||
            memcmp(lemma.p + lemma.n - n, ways[i].derived, n) != 0)
            continue;
        memcpy(room, lemma.p, lemma.n - n);
        memcpy(room + lemma.n - n, ways[i].root, add);
        struct dz_view root = {room, lemma.n - n + add};
        if (is_own_lemma(root, lang))
            return root;
    }
    return none;
}
