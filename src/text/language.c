#include <pthread.h>
#include <string.h>

#include "dz_lemma.h"
#include "dz_text_priv.h"

/* Function words: they tell languages apart and never carry a name. Bits: 1 English, 2 Ukrainian,
 * 4 Russian. Sorted by bytes; a test walks the table. */
static const struct function_word {
    const char *word;
    unsigned langs;
} function_words[] = {
    {"a", 1},        {"about", 1},   {"according", 1}, {"after", 1},    {"again", 1},
    {"against", 1},  {"all", 1},     {"also", 1},      {"although", 1}, {"among", 1},
    {"an", 1},       {"and", 1},     {"any", 1},       {"are", 1},      {"as", 1},
    {"at", 1},       {"be", 1},      {"because", 1},   {"been", 1},     {"before", 1},
    {"being", 1},    {"between", 1}, {"both", 1},      {"but", 1},      {"by", 1},
    {"can", 1},      {"could", 1},   {"did", 1},       {"do", 1},       {"does", 1},
    {"down", 1},     {"during", 1},  {"each", 1},      {"for", 1},      {"from", 1},
    {"had", 1},      {"has", 1},     {"have", 1},      {"he", 1},       {"her", 1},
    {"here", 1},     {"his", 1},     {"how", 1},       {"however", 1},  {"i", 1},
    {"if", 1},       {"in", 1},      {"into", 1},      {"is", 1},       {"it", 1},
    {"its", 1},      {"just", 1},    {"may", 1},       {"might", 1},    {"more", 1},
    {"most", 1},     {"must", 1},    {"no", 1},        {"nor", 1},      {"not", 1},
    {"now", 1},      {"of", 1},      {"off", 1},       {"on", 1},       {"once", 1},
    {"only", 1},     {"or", 1},      {"other", 1},     {"our", 1},      {"out", 1},
    {"over", 1},     {"own", 1},     {"per", 1},       {"same", 1},     {"she", 1},
    {"should", 1},   {"since", 1},   {"so", 1},        {"some", 1},     {"such", 1},
    {"than", 1},     {"that", 1},    {"the", 1},       {"their", 1},    {"them", 1},
    {"then", 1},     {"there", 1},   {"these", 1},     {"they", 1},     {"this", 1},
    {"those", 1},    {"through", 1}, {"to", 1},        {"too", 1},      {"under", 1},
    {"until", 1},    {"up", 1},      {"upon", 1},      {"very", 1},     {"via", 1},
    {"was", 1},      {"we", 1},      {"were", 1},      {"what", 1},     {"when", 1},
    {"where", 1},    {"which", 1},   {"while", 1},     {"who", 1},      {"whom", 1},
    {"whose", 1},    {"why", 1},     {"will", 1},      {"with", 1},     {"without", 1},
    {"would", 1},    {"you", 1},     {"your", 1},      {"а", 4},        {"або", 2},
    {"але", 2},      {"б", 2},       {"без", 6},       {"би", 2},       {"бо", 2},
    {"больше", 4},   {"був", 2},     {"буде", 2},      {"будет", 4},    {"будут", 4},
    {"будуть", 2},   {"була", 2},    {"були", 2},      {"було", 2},     {"бы", 4},
    {"был", 4},      {"была", 4},    {"были", 4},      {"было", 4},     {"більше", 2},
    {"в", 6},        {"вам", 6},     {"вас", 6},       {"вже", 2},      {"ви", 2},
    {"во", 4},       {"вона", 2},    {"вони", 2},      {"воно", 2},     {"все", 4},
    {"всех", 4},     {"всі", 2},     {"всіх", 2},      {"вы", 4},       {"від", 2},
    {"він", 2},      {"где", 4},     {"да", 4},        {"даже", 4},     {"де", 2},
    {"для", 6},      {"до", 6},      {"дуже", 2},      {"его", 4},      {"ее", 4},
    {"ей", 4},       {"ему", 4},     {"если", 4},      {"есть", 4},     {"еще", 4},
    {"же", 6},       {"з", 2},       {"за", 6},        {"згідно", 2},   {"здесь", 4},
    {"зокрема", 2},  {"зі", 2},      {"и", 4},         {"ибо", 4},      {"из", 4},
    {"или", 4},      {"им", 4},      {"имеет", 4},     {"имеют", 4},    {"их", 4},
    {"й", 2},        {"його", 2},    {"йому", 2},      {"к", 4},        {"как", 4},
    {"ко", 4},       {"когда", 4},   {"кого", 6},      {"коли", 2},     {"которая", 4},
    {"которого", 4}, {"которое", 4}, {"которой", 4},   {"которые", 4},  {"который", 4},
    {"которых", 4},  {"кроме", 4},   {"крім", 2},      {"кто", 4},      {"ли", 4},
    {"лише", 2},     {"мають", 2},   {"має", 2},       {"между", 4},    {"мене", 2},
    {"меня", 4},     {"мені", 2},    {"ми", 2},        {"мне", 4},      {"може", 2},
    {"может", 4},    {"можна", 2},   {"можно", 4},     {"мы", 4},       {"між", 2},
    {"на", 6},       {"навіть", 2},  {"над", 6},       {"нам", 6},      {"нас", 6},
    {"не", 6},       {"нет", 4},     {"ни", 4},        {"но", 4},       {"ні", 2},
    {"о", 4},        {"об", 4},      {"однак", 2},     {"однако", 4},   {"он", 4},
    {"она", 4},      {"они", 4},     {"оно", 4},       {"от", 4},       {"очень", 4},
    {"перед", 6},    {"по", 6},      {"под", 4},       {"пока", 4},     {"поки", 2},
    {"после", 4},    {"потом", 4},   {"потому", 4},    {"потім", 2},    {"при", 6},
    {"про", 2},      {"проти", 2},   {"против", 4},    {"під", 2},      {"після", 2},
    {"с", 4},        {"своей", 4},   {"своих", 4},     {"свой", 4},     {"своєї", 2},
    {"своїх", 2},    {"свій", 2},    {"серед", 2},     {"со", 4},       {"согласно", 4},
    {"среди", 4},    {"та", 2},      {"так", 6},       {"также", 4},    {"також", 2},
    {"там", 6},      {"те", 6},      {"тебе", 2},      {"тебя", 4},     {"тепер", 2},
    {"теперь", 4},   {"тех", 4},     {"ти", 2},        {"тих", 2},      {"то", 6},
    {"той", 2},      {"только", 4},  {"тому", 2},      {"тот", 4},      {"тут", 6},
    {"ты", 4},       {"тільки", 2},  {"у", 6},         {"уже", 4},      {"усі", 2},
    {"хто", 2},      {"це", 2},      {"цей", 2},       {"цим", 2},      {"цих", 2},
    {"цього", 2},    {"ця", 2},      {"ці", 2},        {"цієї", 2},     {"чего", 4},
    {"через", 6},    {"чи", 2},      {"чого", 2},      {"что", 4},      {"чтобы", 4},
    {"ще", 2},       {"що", 2},      {"щоб", 2},       {"щодо", 2},     {"эта", 4},
    {"эти", 4},      {"этим", 4},    {"этих", 4},      {"это", 4},      {"этого", 4},
    {"этой", 4},     {"этот", 4},    {"я", 6},         {"як", 2},       {"яка", 2},
    {"якби", 2},     {"яке", 2},     {"який", 2},      {"яких", 2},     {"якого", 2},
    {"якої", 2},     {"якщо", 2},    {"які", 2},       {"є", 2},        {"і", 2},
    {"із", 2},       {"їй", 2},      {"їм", 2},        {"їх", 2},       {"її", 2},
};
#define N_FUNCTION_WORDS (sizeof function_words / sizeof *function_words)

/* Endings that one of the two Cyrillic languages has and the other has not. */
#define E(ending, lang)                  \
    {                                    \
        ending, sizeof(ending) - 1, lang \
    }
static const struct {
    const char *ending;
    size_t n;
    enum dz_text_lang lang;
} endings[] = {
    E("ють", DZ_TEXT_UK),   E("уть", DZ_TEXT_UK),  E("ння", DZ_TEXT_UK),
    E("ський", DZ_TEXT_UK), E("ська", DZ_TEXT_UK), E("ського", DZ_TEXT_UK),
    E("ают", DZ_TEXT_RU),   E("яют", DZ_TEXT_RU),  E("уют", DZ_TEXT_RU),
    E("ение", DZ_TEXT_RU),  E("ания", DZ_TEXT_RU), E("ения", DZ_TEXT_RU),
    E("ский", DZ_TEXT_RU),  E("ская", DZ_TEXT_RU), E("ского", DZ_TEXT_RU),
    E("ской", DZ_TEXT_RU),  E("ется", DZ_TEXT_RU), E("ится", DZ_TEXT_RU),
};
#define N_ENDINGS (sizeof endings / sizeof *endings)
static uint32_t endings_by_last[256]; /* bit per ending, by its last byte; with the slots */
_Static_assert(N_ENDINGS <= 32, "a bit for each ending");

/* Every word of every text is looked up, so the table is found by a hash, made at first use. */
#define SLOTS 1024 /* a power of two, well above the number of words */
#define FUNCTION_WORD_MAX 20
static uint16_t slots[SLOTS]; /* number in function_words plus one, 0: free */
static uint8_t lengths[N_FUNCTION_WORDS];
static pthread_once_t slots_once = PTHREAD_ONCE_INIT;

static size_t
hash_of(const char *p, size_t n)
{
    uint64_t head = 0, tail = 0;
    if (n >= 8) {
        memcpy(&head, p, 8);
        memcpy(&tail, p + n - 8, 8);
    } else {
        for (size_t i = 0; i < n; i++)
            head = head << 8 | (unsigned char)p[i];
    }
    uint64_t h = ((head ^ n) * 0x9E3779B97F4A7C15U) ^ (tail * 0xC2B2AE3D27D4EB4FU);
    return (size_t)(h ^ h >> 29) % SLOTS;
}

static void
fill_slots(void)
{
    for (size_t i = 0; i < N_FUNCTION_WORDS; i++) {
        size_t n = strlen(function_words[i].word);
        size_t at = hash_of(function_words[i].word, n);
        while (slots[at] != 0)
            at = (at + 1) % SLOTS;
        slots[at] = (uint16_t)(i + 1);
        lengths[i] = (uint8_t)n;
    }
    for (size_t i = 0; i < N_ENDINGS; i++)
        endings_by_last[(unsigned char)endings[i].ending[endings[i].n - 1]] |= 1U << i;
}

unsigned
dz_text_function_word(struct dz_view fold)
{
    if (fold.n == 0 || fold.n > FUNCTION_WORD_MAX)
        return 0;
    (void)pthread_once(&slots_once, fill_slots);
    for (size_t at = hash_of(fold.p, fold.n); slots[at] != 0; at = (at + 1) % SLOTS) {
        size_t i = slots[at] - 1U;
        if (lengths[i] == fold.n && memcmp(function_words[i].word, fold.p, fold.n) == 0)
            return function_words[i].langs;
    }
    return 0;
}

bool
dz_text_function_word_is(struct dz_view fold)
{
    return dz_text_function_word(fold) != 0;
}

/* What the words of one sentence say. */
struct vote {
    unsigned score[3]; /* by enum dz_text_lang */
    unsigned latin;    /* letters */
    unsigned cyrillic;
    unsigned foreign; /* letters that none of the three languages has */
};

uint64_t
dz_text_votes_of(uint32_t cp)
{
    if (cp < 0x80)
        return (uint64_t)(cp >= 'a' && cp <= 'z') << DZ_VOTE_LATIN * DZ_VOTE_BITS;
    bool uk = cp == 0x0456 || cp == 0x0457 || cp == 0x0454 || cp == 0x0491;
    bool ru = cp == 0x044B || cp == 0x044D || cp == 0x044A;
    bool cyrillic = dz_text_is_cyrillic(cp);
    bool ours = cyrillic && (cp <= 0x0451 || uk);
    bool letter = dz_text_class_of(cp) == DZ_TEXT_LETTER;
    return (uint64_t)cyrillic << DZ_VOTE_CYRILLIC * DZ_VOTE_BITS |
           (uint64_t)uk << DZ_VOTE_UK * DZ_VOTE_BITS | (uint64_t)ru << DZ_VOTE_RU * DZ_VOTE_BITS |
           (uint64_t)(!ours && (cyrillic || letter)) << DZ_VOTE_FOREIGN * DZ_VOTE_BITS;
}

static unsigned
counted(uint64_t votes, enum dz_text_vote which)
{
    return (unsigned)(votes >> which * DZ_VOTE_BITS & ((1U << DZ_VOTE_BITS) - 1));
}

#define AT_ONCE ((1U << DZ_VOTE_BITS) - 8) /* bytes whose votes cannot run over */

static void
count_letters(const struct dz_text_char *chars, struct dz_view fold, struct vote *v)
{
    for (size_t pos = 0; pos < fold.n;) {
        uint64_t votes = 0;
        size_t end = fold.n - pos > AT_ONCE ? pos + AT_ONCE : fold.n;
        while (pos < end) {
            unsigned char c = (unsigned char)fold.p[pos];
            if (c < 0x80) {
                votes += chars[c].votes;
                pos++;
            } else if (c < 0xE0) {
                votes += chars[(c & 0x1FU) << 6 | ((unsigned char)fold.p[pos + 1] & 0x3FU)].votes;
                pos += 2;
            } else {
                votes += dz_text_votes_of(dz_utf8_next(fold, &pos));
            }
        }
        v->latin += counted(votes, DZ_VOTE_LATIN);
        v->cyrillic += counted(votes, DZ_VOTE_CYRILLIC);
        v->score[DZ_TEXT_UK] += counted(votes, DZ_VOTE_UK);
        v->score[DZ_TEXT_RU] += counted(votes, DZ_VOTE_RU);
        v->foreign += counted(votes, DZ_VOTE_FOREIGN);
    }
}

static void
count_ending(struct dz_view fold, struct vote *v)
{
    uint32_t may = endings_by_last[(unsigned char)fold.p[fold.n - 1]];
    for (; may != 0; may &= may - 1) {
        size_t i = (size_t)__builtin_ctz(may), n = endings[i].n;
        if (fold.n <= n + 2 || memcmp(fold.p + fold.n - n, endings[i].ending, n) != 0)
            continue;
        v->score[endings[i].lang]++;
        return;
    }
}

static void
count_word(const struct dz_text_char *chars, const struct dz_token *t, struct vote *v)
{
    count_letters(chars, t->fold, v);
    if (t->fold.n > 5 && (unsigned char)t->fold.p[0] >= 0x80)
        count_ending(t->fold, v);
    unsigned langs = dz_text_function_word(t->fold);
    /* A word that two languages share says nothing between them. */
    for (unsigned k = 0; k < 3; k++)
        if (langs == 1U << k)
            v->score[k] += 2;
}

/* DZ_TEXT_OTHER means: undecided. */
static enum dz_text_lang
decide(const struct vote *v, unsigned words)
{
    if (v->foreign * 8 > v->latin + v->cyrillic)
        return DZ_TEXT_OTHER;
    if (v->latin >= v->cyrillic)
        return v->score[DZ_TEXT_EN] * 6 >= words && v->score[DZ_TEXT_EN] > 0 ? DZ_TEXT_EN
                                                                             : DZ_TEXT_OTHER;
    unsigned uk = v->score[DZ_TEXT_UK], ru = v->score[DZ_TEXT_RU];
    if (uk != ru)
        return uk > ru ? DZ_TEXT_UK : DZ_TEXT_RU;
    /* Every fifteenth Ukrainian letter is і or ї: a long run without one is Russian. */
    return uk == 0 && v->cyrillic >= 40 ? DZ_TEXT_RU : DZ_TEXT_OTHER;
}

/* Letters and small words decide most sentences. Where they say little or contradict each other,
 * the
 * tables of forms are asked: a word that only one of the two languages has is a vote for it. */
#define CLEAR_LEAD 4

static void
ask_tables(const struct dz_document *d, const struct dz_sentence *s, struct vote *v)
{
    for (size_t i = 0; i < s->n_tokens; i++) {
        const struct dz_token *t = &d->tokens[s->first_token + i];
        if (t->kind != DZ_TOKEN_WORD || t->fold.n < 4 || (unsigned char)t->fold.p[0] < 0x80)
            continue;
        unsigned known = dz_lemma_known_in(t->fold);
        v->score[DZ_TEXT_UK] += known == 1U << DZ_TEXT_UK ? 2 : 0;
        v->score[DZ_TEXT_RU] += known == 1U << DZ_TEXT_RU ? 2 : 0;
    }
}

static bool
is_clear(const struct vote *v)
{
    unsigned uk = v->score[DZ_TEXT_UK], ru = v->score[DZ_TEXT_RU];
    return v->latin >= v->cyrillic || uk >= 3 * ru + CLEAR_LEAD || ru >= 3 * uk + CLEAR_LEAD;
}

static struct vote
vote_of(const struct dz_document *d, const struct dz_sentence *s, unsigned *ret_words)
{
    const struct dz_text_char *chars = dz_text_chars();
    struct vote v = {0};
    (void)pthread_once(&slots_once, fill_slots);
    *ret_words = 0;
    for (size_t i = 0; i < s->n_tokens; i++) {
        const struct dz_token *t = &d->tokens[s->first_token + i];
        if (t->kind != DZ_TOKEN_WORD)
            continue;
        ++*ret_words;
        count_word(chars, t, &v);
    }
    if (!is_clear(&v))
        ask_tables(d, s, &v);
    return v;
}

/* A short sentence that says nothing by itself takes the language of the whole, if the script
 * fits. */
static enum dz_text_lang
inherited(const struct vote *v, unsigned words, enum dz_text_lang whole)
{
    bool cyrillic = v->cyrillic > v->latin;
    if (v->foreign * 8 > v->latin + v->cyrillic)
        return DZ_TEXT_OTHER;
    if (cyrillic)
        return whole == DZ_TEXT_UK || whole == DZ_TEXT_RU ? whole : DZ_TEXT_OTHER;
    if (v->latin == 0)
        return whole;
    return whole == DZ_TEXT_EN && words < 12 ? DZ_TEXT_EN : DZ_TEXT_OTHER;
}

void
dz_text_vote(struct dz_document *d)
{
    size_t weight[4] = {0};
    size_t latin = 0, cyrillic = 0, all_words = 0;
    for (size_t i = 0; i < d->n_sentences; i++) {
        struct dz_sentence *s = &d->sentences[i];
        unsigned words;
        struct vote v = vote_of(d, s, &words);
        s->lang = decide(&v, words);
        weight[s->lang] += words;
        all_words += words;
        latin += v.latin;
        cyrillic += v.cyrillic;
    }
    size_t best = 0;
    for (size_t k = 1; k < 3; k++)
        if (weight[k] > weight[best])
            best = k;
    d->lang = weight[best] > 0 ? (enum dz_text_lang)best : DZ_TEXT_OTHER;
    if (d->lang == DZ_TEXT_OTHER && latin > cyrillic && all_words < 12)
        d->lang = DZ_TEXT_EN; /* a bare headline in Latin letters: the likeliest of the three */
    for (size_t i = 0; i < d->n_sentences; i++) {
        struct dz_sentence *s = &d->sentences[i];
        if (s->lang != DZ_TEXT_OTHER)
            continue;
        unsigned words;
        struct vote v = vote_of(d, s, &words);
        s->lang = inherited(&v, words, d->lang);
    }
}

enum dz_text_lang
dz_text_guess(struct dz_view s)
{
    struct dz_document d;
    if (dz_document_init_sentences(&d, s, NULL) != DZ_OK)
        return DZ_TEXT_OTHER;
    enum dz_text_lang lang = d.lang;
    dz_document_done(&d);
    return lang;
}

const char *
dz_text_lang_code(enum dz_text_lang lang)
{
    switch (lang) {
    case DZ_TEXT_EN:
        return "en";
    case DZ_TEXT_UK:
        return "uk";
    case DZ_TEXT_RU:
        return "ru";
    case DZ_TEXT_OTHER:
        break;
    }
    return "und";
}
