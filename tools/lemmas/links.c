#include "lemmas.h"

#include <stdlib.h>
#include <string.h>

/* ---- data/lemmas.txt: one rule a line ----
 *   uk дитина = діти дітей      the forms have this lemma and no other
 *   ru год + лет                they have it too
 *   uk дно - дні                they do not have it
 *   uk день < дні               they have it, and it is the likeliest
 *   ru слово/FLAGS              a word more, as in the dictionary (read_more_words) */

static size_t
read_word(const char **p, const char *end, uint8_t *out)
{
    while (p[0] < end && **p == ' ')
        ++*p;
    size_t n = 0;
    while (*p < end && **p != ' ') {
        unsigned letter = letter_of(next_code_point(p, end));
        if (letter == 0 || n == WORD_MAX)
            return 0;
        out[n++] = (uint8_t)letter;
    }
    return n;
}

static void
drop(struct language *l, const uint8_t *form, size_t form_n, const uint8_t *lemma, size_t lemma_n)
{
    size_t n, first = find_readings(l, form, form_n, &n);
    for (size_t i = first; i < first + n; i++) {
        struct reading *r = &l->readings[i];
        bool named = lemma_n > 0 && r->lemma_n == lemma_n &&
                     memcmp(l->pool.p + r->lemma, lemma, lemma_n) == 0;
        if (lemma_n == 0 || named)
            r->class = DROPPED;
    }
}

static void
apply(struct language *l, const char *line, const char *end, const char *path, size_t number)
{
    const char *p = line + 2;
    uint8_t lemma[WORD_MAX], form[WORD_MAX];
    size_t lemma_n = read_word(&p, end, lemma), n_forms = 0;
    while (p < end && *p == ' ')
        p++;
    char how = p < end ? *p++ : 0;
    if (lemma_n == 0 || (how != '=' && how != '+' && how != '-' && how != '<'))
        die("%s:%zu: not of the form 'uk lemma = forms'", path, number);
    for (size_t n; (n = read_word(&p, end, form)) > 0; n_forms++) {
        if (how == '=')
            drop(l, form, n, NULL, 0);
        if (how == '-')
            drop(l, form, n, lemma, lemma_n);
        else
            add_reading(l, form, n, lemma, lemma_n, how == '<' ? FIRST : COMMON, false);
    }
    if (p < end || n_forms == 0)
        die("%s:%zu: forms are words of small letters", path, number);
}

void
read_exceptions(struct language *l, const char *path)
{
    size_t n, number = 0;
    char *bytes = read_file(path, &n);
    for (const char *p = bytes, *end = bytes + n; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        number++;
        bool word = memchr(p, '/', (size_t)(stop - p)) != NULL;
        if (!word && stop - p > 3 && p[2] == ' ' && memcmp(p, l->code, 2) == 0)
            apply(l, p, stop, path, number);
        p = stop + 1;
    }
    free(bytes);
}

/* ---- Russian participles ----
 *
 * The dictionary has a participle as an adjective of its own. Who looks for a verb wants its
 * participles too, so they get the verb as one more lemma, if the dictionary knows it. */

/* A string of Cyrillic letters as our letters. */
static size_t
spell(const char *s, uint8_t *out)
{
    const char *end = s + strlen(s);
    size_t n = 0;
    while (s < end)
        out[n++] = (uint8_t)letter_of(next_code_point(&s, end));
    return n;
}

/* Ending of the participle, and of the form of the verb that it follows from. */
static const struct {
    const char *participle;
    const char *verb;
} ways[] = {
    {"анный", "ать"},   {"янный", "ять"},   {"енный", "ить"},     {"енный", "еть"},
    {"тый", "ть"},      {"вший", "ть"},     {"ший", "ти"},        {"вшийся", "ться"},
    {"ущий", "ут"},     {"ющий", "ют"},     {"ащий", "ат"},       {"ящий", "ят"},
    {"ущийся", "утся"}, {"ющийся", "ются"}, {"ащийся", "атся"},   {"ящийся", "ятся"},
    {"емый", "ем"},     {"имый", "им"},     {"ленный", "ить"},    {"женный", "дить"},
    {"женный", "зить"}, {"шенный", "сить"}, {"щенный", "тить"},   {"щенный", "стить"},
    {"ченный", "тить"}, {"жденный", "дить"}, {"денный", "сти"},   {"енный", "ти"},
    {"тенный", "сть"},  {"женный", "чь"},   {"ченный", "чь"},
};

static size_t
verbs_of(const struct language *l, const uint8_t *word, size_t n, uint32_t verbs[SET_MAX])
{
    size_t found = 0;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        uint8_t end[WORD_MAX], form[WORD_MAX + 8];
        size_t end_n = spell(ways[i].participle, end);
        if (n < end_n + 2 || memcmp(word + n - end_n, end, end_n) != 0)
            continue;
        memcpy(form, word, n - end_n);
        size_t form_n = n - end_n + spell(ways[i].verb, form + n - end_n);
        size_t k, first = find_readings(l, form, form_n, &k);
        for (size_t at = first; at < first + k && found < SET_MAX; at++)
            if (l->readings[at].verb)
                verbs[found++] = (uint32_t)at;
    }
    return found;
}

/* Adjectives that were participles once and are not read as such any more. */
static bool
is_adjective_now(const uint8_t *word, size_t n)
{
    static const char *const words[] = {"настоящий", "будущий", "следующий", "данный",
                                        "соответствующий", "выдающийся", "заведующий", "бывший"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        uint8_t bytes[WORD_MAX];
        size_t bytes_n = spell(words[i], bytes);
        if (bytes_n == n && memcmp(bytes, word, n) == 0)
            return true;
    }
    return false;
}

void
link_participles(struct language *l)
{
    static const char *const adjectives[] = {"ый", "ий", "ийся"};
    uint8_t ends[3][4];
    size_t n = l->n, ends_n[3];
    for (size_t i = 0; i < 3; i++)
        ends_n[i] = spell(adjectives[i], ends[i]);
    for (size_t i = 0; i < n; i++) {
        const struct reading r = l->readings[i];
        bool adjective = false;
        for (size_t k = 0; k < 3; k++)
            adjective =
                adjective || (r.lemma_n > 5 && memcmp(l->pool.p + r.lemma + r.lemma_n - ends_n[k],
                                                      ends[k], ends_n[k]) == 0);
        if (!adjective || r.class != COMMON || is_adjective_now(l->pool.p + r.lemma, r.lemma_n))
            continue;
        uint32_t verbs[SET_MAX];
        size_t found = verbs_of(l, l->pool.p + r.lemma, r.lemma_n, verbs);
        for (size_t k = 0; k < found; k++) {
            const struct reading v = l->readings[verbs[k]];
            add_reading(l, l->pool.p + r.form, r.form_n, l->pool.p + v.lemma, v.lemma_n, LINKED,
                        false);
        }
    }
}
