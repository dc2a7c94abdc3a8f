#include "lemmas.h"

#include <string.h>

/* Both dictionaries list many inflected forms as words of their own, without a word on what they
 * are
 * forms of: whatever their suffix rules could not make (возьмут, днём, можуть). Here they get their
 * lemma: from a rule below, or else from the endings of regular words; but only one that the
 * dictionary has. Those for which nothing is found stay their own lemma. */

struct way {
    const char *form;  /* end of the form ... */
    const char *lemma; /* ... and of its lemma */
    const char *endings; /* what follows `form` in turn: a group of the table below, or NULL */
};

/* Endings in a row, and the same with ся behind them. The lemma takes ся as well. */
static const char *const groups[][2] = {
    {"ru1", "у ешь ет ем ете ут и ите"},
    {"ru2", "у ю ишь ит им ите ат ят и"},
    {"ruj", "ю ешь ет ем ете ют"},
    {"rup", "- ла ло ли"},
    {"rul", "л ла ло ли"},
    {"run", "я ю ем е и ей ям ями ях"},
    {"rue", "а у ом ем е ы ов ев ам ами ах"},
    {"ukj", "ю єш є ємо єте ють єм"},
    {"uk1", "у еш е емо ете уть и імо іть ем ім"},
    {"ukm", "у еш е емо ете уть"},
    {"ukp", "- ла ло ли"},
};

static const struct way russian[] = {
    /* Verbs: present, then past. */
    {"шел", "йти", NULL},
    {"шла", "йти", NULL},
    {"шло", "йти", NULL},
    {"шли", "йти", NULL},
    {"возьм", "взять", "ru1"},
    {"ним", "нять", "ru1"},
    {"ним", "нять", "ru2"},
    {"йм", "нять", "ru1"},
    {"йм", "ять", "ru1"},
    {"зов", "звать", "ru1"},
    {"бер", "брать", "ru1"},
    {"дер", "драть", "ru1"},
    {"стел", "стлать", "ruj"},
    {"гон", "гнать", "ru2"},
    {"жм", "жать", "ru1"},
    {"жн", "жать", "ru1"},
    {"мн", "мять", "ru1"},
    {"пь", "пить", "ruj"},
    {"бь", "бить", "ruj"},
    {"вь", "вить", "ruj"},
    {"ль", "лить", "ruj"},
    {"шь", "шить", "ruj"},
    {"пр", "переть", "ru1"},
    {"тр", "тереть", "ru1"},
    {"мр", "мереть", "ru1"},
    {"клян", "клясть", "ru1"},
    {"чт", "честь", "ru1"},
    {"ед", "ехать", "ru1"},
    {"йд", "йти", "ru1"},
    {"ид", "йти", "ru1"},
    {"дад", "дать", "ru1"},
    {"ляг", "лечь", "ru1"},
    {"ляж", "лечь", "ru1"},
    {"мог", "мочь", "ru1"},
    {"мож", "мочь", "ru1"},
    {"жг", "жечь", "ru1"},
    {"жж", "жечь", "ru1"},
    {"толк", "толочь", "ru1"},
    {"толч", "толочь", "ru1"},
    {"г", "чь", "ru1"},
    {"ж", "чь", "ru1"},
    {"к", "чь", "ru1"},
    {"ч", "чь", "ru1"},
    {"бь", "бить", "ruj"},
    {"по", "петь", "ruj"},
    {"сп", "спать", "ru2"},
    {"хоч", "хотеть", "ru1"},
    {"хот", "хотеть", "ru2"},
    {"бег", "бежать", "ru1"},
    {"д", "сти", "ru1"},
    {"т", "сти", "ru1"},
    {"б", "сти", "ru1"},
    {"с", "сти", "ru1"},
    {"з", "зти", "ru1"},
    {"д", "сть", "ru1"},
    {"т", "сть", "ru1"},
    {"з", "зть", "ru1"},
    {"ст", "сти", "ru1"},
    {"ч", "тить", "ru2"},
    {"щ", "стить", "ru2"},
    {"щ", "тить", "ru2"},
    {"ш", "сить", "ru2"},
    {"ж", "дить", "ru2"},
    {"ж", "зить", "ru2"},
    {"л", "ить", "ru2"},
    {"л", "еть", "ru2"},
    {"ч", "теть", "ru2"},
    {"ж", "деть", "ru2"},
    {"ш", "сеть", "ru2"},
    {"ч", "кать", "ru1"},
    {"ч", "тать", "ru1"},
    {"щ", "скать", "ru1"},
    {"щ", "стать", "ru1"},
    {"щ", "тать", "ru1"},
    {"ш", "сать", "ru1"},
    {"ш", "хать", "ru1"},
    {"ж", "зать", "ru1"},
    {"ж", "дать", "ru1"},
    {"л", "ать", "ruj"},
    {"у", "овать", "ruj"},
    {"ю", "евать", "ruj"},
    {"а", "авать", "ruj"},
    {"", "ить", "ru2"},
    {"", "ать", "ru2"},
    {"", "еть", "ru2"},
    {"", "ать", "ru1"},
    {"", "ть", "ruj"},
    {"ен", "ять", "ru1"},
    {"н", "ть", "ru1"},
    {"н", "нуть", "ru1"},
    {"лег", "лечь", "rup"},
    {"мог", "мочь", "rup"},
    {"жег", "жечь", NULL},
    {"жг", "жечь", "rup"},
    {"чел", "честь", NULL},
    {"ч", "честь", "rup"},
    {"г", "чь", "rup"},
    {"к", "чь", "rup"},
    {"б", "сти", "rup"},
    {"с", "сти", "rup"},
    {"з", "зти", "rup"},
    {"з", "зть", "rup"},
    {"рос", "расти", "rup"},
    {"", "сти", "rul"},
    {"", "сть", "rul"},
    {"ер", "ереть", "rup"},
    {"к", "кнуть", "rup"},
    {"г", "гнуть", "rup"},
    {"б", "бнуть", "rup"},
    {"п", "пнуть", "rup"},
    {"толк", "толочь", "rup"},
    {"х", "хнуть", "rup"},
    {"с", "снуть", "rup"},
    {"з", "знуть", "rup"},
    {"ся", "ти", NULL},
    {"дя", "сти", NULL},
    {"тя", "сти", NULL},
    {"я", "ти", NULL},
    {"я", "ить", NULL},
    {"я", "еть", NULL},
    /* Nouns, then short adjectives. */
    {"цем", "ец", NULL},
    {"цев", "ец", NULL},
    {"цом", "ец", NULL},
    {"цов", "ец", NULL},
    {"йц", "ец", "rue"},
    {"льц", "лец", "rue"},
    {"льв", "лев", "rue"},
    {"ем", "", NULL},
    {"ом", "", NULL},
    {"ей", "", NULL},
    {"ов", "", NULL},
    {"ев", "", NULL},
    {"н", "ень", "run"},
    {"н", "онь", "run"},
    {"ер", "ра", NULL},
    {"ер", "ро", NULL},
    {"ен", "на", NULL},
    {"ен", "но", NULL},
    {"ел", "ла", NULL},
    {"ел", "ло", NULL},
    {"ок", "ка", NULL},
    {"ок", "ко", NULL},
    {"ек", "ка", NULL},
    {"ек", "ко", NULL},
    {"ек", "ька", NULL},
    {"ей", "ь", NULL},
    {"ах", "ь", NULL},
    {"", "а", NULL},
    {"", "о", NULL},
    {"ен", "ный", NULL},
    {"ен", "енный", NULL},
    {"ок", "кий", NULL},
    {"ек", "кий", NULL},
    {"и", "ий", NULL},
    {"ы", "ый", NULL},
};

static const struct way ukrainian[] = {
    {"б'", "бити", "ukj"},     {"в'", "вити", "ukj"},    {"п'", "пити", "ukj"},
    {"лл", "лити", "ukj"},     {"бер", "брати", "uk1"},  {"дер", "драти", "uk1"},
    {"пер", "прати", "uk1"},   {"жен", "гнати", "uk1"},  {"стел", "стлати", "ukj"},
    {"візьм", "взяти", "uk1"}, {"йм", "йняти", "uk1"},   {"німу", "няти", NULL},
    {"зв", "звати", "uk1"},    {"мож", "могти", "ukm"},  {"міг", "могти", NULL},
    {"мог", "могти", "ukp"},   {"йш", "йти", "ukp"},     {"йшов", "йти", NULL},
    {"йд", "йти", "uk1"},      {"да", "дати", NULL},     {"н", "ти", "uk1"},
    {"дам", "дати", NULL},     {"даси", "дати", NULL},   {"дасть", "дати", NULL},
    {"дамо", "дати", NULL},    {"дасте", "дати", NULL},  {"дадуть", "дати", NULL},
    {"тр", "терти", "uk1"},    {"пр", "перти", "uk1"},   {"мр", "мерти", "uk1"},
    {"ен", "ний", NULL},       {"ен", "ений", NULL},     {"ів", "овий", NULL},
};

static size_t
spell(const char *s, uint8_t *out)
{
    const char *end = s + strlen(s);
    size_t n = 0;
    while (s < end) {
        uint32_t cp = next_code_point(&s, end);
        if (cp != '-')
            out[n++] = (uint8_t)letter_of(cp);
    }
    return n;
}

/* One end that forms may have, and what it is replaced by. */
struct tail {
    uint8_t form[12];
    uint8_t lemma[12];
    uint8_t form_n;
    uint8_t lemma_n;
};
static struct tail tails[8192];
static size_t n_tails;

static void
add_tail(const char *form, const char *ending, size_t ending_n, const char *lemma, const char *back,
         const char *lemma_back)
{
    struct tail t = {0};
    char last[32] = {0};
    memcpy(last, ending, ending_n);
    uint8_t end[16];
    size_t n = spell(form, t.form);
    size_t end_n = spell(last, end);
    if (n_tails == sizeof tails / sizeof *tails)
        die("too many tails");
    memcpy(t.form + n, end, end_n);
    n += end_n;
    t.form_n = (uint8_t)(n + spell(back, t.form + n));
    n = spell(lemma, t.lemma);
    t.lemma_n = (uint8_t)(n + spell(lemma_back, t.lemma + n));
    tails[n_tails++] = t;
}

static bool
is_vowel(const char *ending, size_t n)
{
    static const char *const vowels[] = {"у", "ю", "и", "е", "а", "о", "я", "є"};
    for (size_t i = 0; i < sizeof vowels / sizeof *vowels; i++)
        if (n >= 2 && memcmp(ending + n - 2, vowels[i], 2) == 0)
            return true;
    return false;
}

static void
expand(const struct way *w, bool uk)
{
    const char *endings = NULL;
    for (size_t i = 0; w->endings && i < sizeof groups / sizeof *groups; i++)
        endings = strcmp(groups[i][0], w->endings) == 0 ? groups[i][1] : endings;
    if (!endings) {
        add_tail(w->form, "", 0, w->lemma, "", "");
        bool verb = strlen(w->lemma) >= 4 && (strstr(w->lemma, "т") || strstr(w->lemma, "чь"));
        if (verb) {
            add_tail(w->form, "", 0, w->lemma, "ся", "ся");
            add_tail(w->form, "", 0, w->lemma, "сь",
                     uk                             ? "ся"
                     : strcmp(w->lemma, "йти") == 0 ? "сь"
                                                    : "ся");
        }
        return;
    }
    for (const char *p = endings; *p;) {
        size_t n = strcspn(p, " ");
        add_tail(w->form, p, n, w->lemma, "", "");
        bool noun = strcmp(w->endings, "run") == 0;
        bool ti = strlen(w->lemma) >= 4 && strcmp(w->lemma + strlen(w->lemma) - 4, "ти") == 0;
        if (!noun) {
            add_tail(w->form, p, n, w->lemma, !uk && is_vowel(p, n) ? "сь" : "ся",
                     !uk && ti ? "сь" : "ся");
            if (uk)
                add_tail(w->form, p, n, w->lemma, "сь", "ся");
        }
        p += n + (p[n] == ' ');
    }
}

/* Is there such a word that has forms, or, as any_word says, any such word? */
static bool
is_entry(const struct language *l, const uint8_t *word, size_t n, bool any_word)
{
    size_t k, first = find_readings(l, word, n, &k);
    for (size_t i = first; i < first + k; i++) {
        const struct reading *r = &l->readings[i];
        if (r->lemma_n == n && memcmp(l->pool.p + r->lemma, word, n) == 0)
            return any_word || !r->bare;
    }
    return false;
}

static size_t
by_tail(const struct language *l, const uint8_t *word, size_t n, uint8_t *lemma)
{
    for (size_t i = 0; i < n_tails; i++) {
        const struct tail *t = &tails[i];
        bool whole = n == t->form_n && t->lemma_n < 4; /* nothing would be left of the word */
        if (n < t->form_n || whole || n - t->form_n + t->lemma_n > WORD_MAX ||
            memcmp(word + n - t->form_n, t->form, t->form_n) != 0)
            continue;
        memcpy(lemma, word, n - t->form_n);
        memcpy(lemma + n - t->form_n, t->lemma, t->lemma_n);
        size_t made = n - t->form_n + t->lemma_n;
        /* What replaces two letters or more is no accident: an infinitive may stand alone, too. */
        if (made > 0 && is_entry(l, lemma, made, t->lemma_n > 1))
            return made;
    }
    return 0;
}

/* Two letters that adverbs end with; they are no forms of adjectives here. */
static bool
is_adverb_end(uint8_t letter)
{
    return letter == 15 || letter == 6; /* о, е */
}

static size_t
by_ending(const struct language *l, const struct automaton *a, const struct rules *r, uint32_t root,
          const uint8_t *word, size_t n, uint8_t *lemma)
{
    uint32_t rule = automaton_longest_end(a, root, word, n);
    if (rule == 0 || is_adverb_end(word[n - 1]))
        return 0;
    const struct rule *how = &r->items[rule - 1];
    if (how->cut >= n || how->front != 0 || n - how->cut + how->add_n > WORD_MAX)
        return 0;
    memcpy(lemma, word, n - how->cut);
    memcpy(lemma + n - how->cut, how->add, how->add_n);
    size_t made = n - how->cut + how->add_n;
    if (made == n && memcmp(lemma, word, n) == 0)
        return 0;
    return is_entry(l, lemma, made, true) ? made : 0;
}

/* Cases of Ukrainian towns in -ськ are listed one by one (Бердянську), and look like adjectives. */
static size_t
place_of(const struct language *l, const uint8_t *word, size_t n, uint8_t *lemma)
{
    static const char *const cases[] = {"а", "у", "ом", "ові", "ів", "е"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t end[8];
        size_t end_n = spell(cases[i], end);
        if (n < end_n + 5 || memcmp(word + n - end_n, end, end_n) != 0)
            continue;
        const uint8_t *last = word + n - end_n;
        if (last[-1] != 11 || last[-2] != 29) /* ьк */
            continue;
        memcpy(lemma, word, n - end_n);
        if (is_entry(l, lemma, n - end_n, true))
            return n - end_n;
    }
    return 0;
}

void
link_bare(struct language *l)
{
    bool uk = strcmp(l->code, "uk") == 0;
    const struct way *ways = uk ? ukrainian : russian;
    size_t n_ways = uk ? sizeof ukrainian / sizeof *ukrainian : sizeof russian / sizeof *russian;
    n_tails = 0;
    for (size_t i = 0; i < n_ways; i++)
        expand(&ways[i], uk);
    struct automaton a;
    struct rules r = {0};
    automaton_init(&a);
    uint32_t root = learn_ending_rules(&a, &r, l);
    size_t n = l->n, found[3] = {0};
    for (size_t i = 0; i < n; i++) {
        struct reading *b = &l->readings[i];
        if (!b->bare || b->class == DROPPED)
            continue;
        uint8_t word[WORD_MAX], lemma[WORD_MAX + 12];
        size_t word_n = b->form_n, k;
        memcpy(word, l->pool.p + b->form, word_n);
        enum reading_class class = b->class;
        find_readings(l, word, word_n, &k);
        size_t place = class == NAME ? place_of(l, word, word_n, lemma) : 0;
        if (place > 0) {
            b->class = DROPPED;
            add_reading(l, word, word_n, lemma, place, class, false);
            continue;
        }
        if (k > 1) { /* the form of another word: that is what it is */
            b->class = DROPPED;
            found[0]++;
            continue;
        }
        size_t made = by_tail(l, word, word_n, lemma);
        found[1] += made > 0;
        if (made == 0) {
            made = by_ending(l, &a, &r, root, word, word_n, lemma);
            found[2] += made > 0;
        }
        if (made == 0)
            continue;
        b->class = DROPPED;
        add_reading(l, word, word_n, lemma, made, class, false);
    }
    report(
        "%s: of the forms that stand alone %zu are others' too, %zu told by a rule, %zu by an ending",
        l->code, found[0], found[1], found[2]);
    automaton_done(&a);
    rules_done(&r);
}
