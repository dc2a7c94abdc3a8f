#include <string.h>

#include "dz_lemma.h"
#include "dz_text_priv.h"

/* What has no end after so many tokens is cut: a line of words is no sentence, and what readers of
 * sentences do within one may take time that grows faster than its length. */
#define SENTENCE_TOKENS 400

/* Abbreviations whose full stop does not end a sentence. NEVER: something always follows (a title
 * before a name, "art. 5"). MAYBE: they also stand at the end; then only a word that
 * is no name and still has a capital ("... 2025 р. За словами", "Жителі") tells that a new sentence
 * begins. */
static const char never_list[] =
    " mr mrs ms dr prof sen rep gov gen col capt maj lt sgt st rev hon pres messrs no nos art "
    "arts vs fig vol para p pp cf al gov supt ch sec mt "
    "ст п пп ч см ред м с смт вул просп пл пров буд кв ім гр св о проф акад доц ген полк підп "
    "тов напр див англ рос укр нім фр лат зв тел пор абз розд вип "
    "ул пр пер д корп кв им гр г-н г-жа акад полк подп напр англ рус нем т стр гл табл рис тел разд вып абз ";
static const char maybe_list[] =
    " jan feb mar apr jun jul aug sept sep oct nov dec inc ltd co corp jr sr etc ave dept est "
    "approx "
    "р рр обл тис млн млрд грн ін год хв сек "
    "г гг тыс руб др пр чел мин ";

static bool
listed(const char *list, struct dz_view fold)
{
    if (fold.n == 0 || fold.n > 14)
        return false;
    char padded[18];
    padded[0] = ' ';
    memcpy(padded + 1, fold.p, fold.n);
    padded[fold.n + 1] = ' ';
    padded[fold.n + 2] = '\0';
    return strstr(list, padded) != NULL;
}

static bool
is_terminator(const struct dz_token *t)
{
    return t->kind == DZ_TOKEN_PUNCT && (dz_view_is(t->fold, ".") || dz_view_is(t->fold, "!") ||
                                         dz_view_is(t->fold, "?") || dz_view_is(t->fold, "…"));
}

static bool
is_closer(const struct dz_token *t)
{
    static const char *const closers[] = {"\"", "'", "”", "»", ")", "]", "“", "›"};
    if (t->kind != DZ_TOKEN_PUNCT || t->space_before)
        return false;
    for (size_t i = 0; i < sizeof closers / sizeof *closers; i++)
        if (dz_view_is(t->fold, closers[i]))
            return true;
    return false;
}

static bool
is_quote(const struct dz_token *t)
{
    static const char *const quotes[] = {"\"", "'", "”", "»", "“", "›"};
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
        if (dz_view_is(t->fold, quotes[i]))
            return true;
    return false;
}

/* The first word or number at or after a place, over opening quotes and dashes. */
static const struct dz_token *
opening_word(const struct dz_document *d, size_t at)
{
    uint32_t paragraph = d->tokens[at].sentence;
    for (size_t i = at; i < d->n_tokens && i < at + 4; i++) {
        const struct dz_token *t = &d->tokens[i];
        if (t->sentence != paragraph)
            return NULL;
        if (t->kind != DZ_TOKEN_PUNCT)
            return t;
    }
    return NULL;
}

static bool
one_letter(const struct dz_token *t)
{
    struct dz_view v = t->fold;
    size_t pos = 0;
    if (v.n == 0 || v.n > 4)
        return false;
    (void)dz_utf8_next(v, &pos);
    return pos == v.n;
}

/* Does a word begin a sentence by its looks? It has a capital and is no name: a function word of
 * any
 * language, or a word that a dictionary has, and not only as a name. */
static bool
looks_first(const struct dz_token *t)
{
    if (t->kind != DZ_TOKEN_WORD || !t->capital || t->all_caps || one_letter(t))
        return false;
    if (dz_text_function_word(t->fold) != 0)
        return true;
    bool common = false, name = false;
    for (enum dz_text_lang lang = DZ_TEXT_UK; lang <= DZ_TEXT_RU; lang++) {
        struct dz_lemmas l;
        dz_lemmas_of(t->fold, lang, &l);
        common = common || (l.known && !l.name);
        name = name || (l.known && l.has_name);
    }
    return common && !name;
}

/* "і т. д.", "и т. п.": a letter that stands for a word at the end of a list. */
static bool
ends_list(const struct dz_document *d, size_t word, size_t first)
{
    static const char *const letters[] = {"д", "п", "і", "ін"};
    if (word < first + 2 || !dz_view_is(d->tokens[word - 1].fold, ".") ||
        !dz_view_is(d->tokens[word - 2].fold, "т"))
        return false;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (dz_view_is(d->tokens[word].fold, letters[i]))
            return true;
    return false;
}

/* Does the full stop behind token `word` end a sentence, when `next` opens what follows? */
static bool
stop_ends(const struct dz_document *d, size_t word, size_t first, const struct dz_token *next)
{
    const struct dz_token *t = &d->tokens[word];
    if (t->kind == DZ_TOKEN_NUMBER)
        return word != first; /* "1. " opens a list item */
    if (t->kind != DZ_TOKEN_WORD)
        return true;
    if (one_letter(t) && t->capital)
        return word > first + 2 && dz_text_function_word(next->fold) != 0 && looks_first(next);
    if (ends_list(d, word, first))
        return looks_first(next);
    if (listed(never_list, t->fold))
        return false;
    if (listed(maybe_list, t->fold))
        return looks_first(next);
    return true;
}

/* Direct speech that ends with a mark of its own goes on with who said it: «Ні!» — сказав Іван;
 * "Go!" Petrov said. at: first token behind the closing quote. */
static bool
goes_on(const struct dz_document *d, size_t at)
{
    static const char *const verbs[] = {"said",  "says",  "asked",  "asks",    "told",
                                        "added", "wrote", "replied", "answered", "shouted",
                                        "cried", "recalled", "explained", "whispered"};
    const struct dz_token *t = &d->tokens[at];
    if (dz_view_is(t->fold, "—") || dz_view_is(t->fold, "–") || dz_view_is(t->fold, "-"))
        return true;
    for (size_t i = at; i < d->n_tokens && i < at + 4; i++) {
        const struct dz_token *word = &d->tokens[i];
        if (word->sentence != t->sentence || word->kind != DZ_TOKEN_WORD)
            return false;
        for (size_t k = 0; i > at && k < sizeof verbs / sizeof *verbs; k++)
            if (dz_view_is(word->fold, verbs[k]))
                return true;
        if (!word->capital || dz_text_function_word(word->fold) != 0)
            return false;
    }
    return false;
}

/* Whether a sentence that began at `first` ends with the closing marks that stand before `next_at`;
 * `end_at` is the terminator. */
static bool
breaks(const struct dz_document *d, size_t first, size_t end_at, size_t next_at)
{
    if (!d->tokens[next_at].space_before)
        return false;
    const struct dz_token *next = opening_word(d, next_at);
    if (!next)
        return true;
    if (next->kind == DZ_TOKEN_WORD && !next->capital)
        return false;
    const struct dz_token *end = &d->tokens[end_at];
    if (end->kind == DZ_TOKEN_WORD) /* initials with their stops */
        return looks_first(next);
    if (next_at > end_at + 1 && is_quote(&d->tokens[next_at - 1]) && goes_on(d, next_at))
        return false;
    bool plain_stop = dz_view_is(end->fold, ".") && next_at == end_at + 1 && end_at > first;
    if (plain_stop && !end->space_before)
        return stop_ends(d, end_at - 1, first, next);
    return true;
}

static void
close_sentence(struct dz_document *d, size_t *cap, size_t first, size_t past)
{
    d->sentences = dz_grow(d->sentences, cap, d->n_sentences + 1, sizeof *d->sentences);
    struct dz_sentence *s = &d->sentences[d->n_sentences];
    *s = (struct dz_sentence){
        .start = d->tokens[first].start,
        .end = d->tokens[past - 1].end,
        .first_token = first,
        .n_tokens = past - first,
        .lang = DZ_TEXT_OTHER,
        .paragraph = d->tokens[first].sentence,
    };
    d->n_sentences++;
}

void
dz_text_cut_sentences(struct dz_document *d)
{
    size_t cap = 0, first = 0;
    for (size_t i = 0; i < d->n_tokens; i++) {
        const struct dz_token *t = &d->tokens[i];
        bool initials = t->kind == DZ_TOKEN_WORD && d->text.p[t->end - 1] == '.';
        size_t past = i + 1;
        if (is_terminator(t) || initials) {
            while (past < d->n_tokens && d->tokens[past].sentence == t->sentence &&
                   !d->tokens[past].space_before &&
                   (is_closer(&d->tokens[past]) || is_terminator(&d->tokens[past])))
                past++;
        }
        bool last = past == d->n_tokens;
        bool line_ends = !last && d->tokens[past].sentence != t->sentence;
        bool stops =
            (is_terminator(t) || initials) && !last && !line_ends && breaks(d, first, i, past);
        if (!last && !line_ends && !stops && past - first < SENTENCE_TOKENS)
            continue;
        close_sentence(d, &cap, first, past);
        first = past;
        i = past - 1;
    }
    for (size_t k = 0; k < d->n_sentences; k++)
        for (size_t i = 0; i < d->sentences[k].n_tokens; i++)
            d->tokens[d->sentences[k].first_token + i].sentence = (uint32_t)k;
}
