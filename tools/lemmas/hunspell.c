#include "lemmas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As much of hunspell's format as the two dictionaries use: suffixes with one-byte flags, and
 * conditions on the end of the word. What else appears stops the build, so that a new edition of a
 * dictionary cannot be read half. */

#define ADD_MAX 16
#define CONDITION_MAX 24
#define CHOICE_MAX 40

struct text {
    const char *p;
    size_t n;
};

struct letters {
    uint32_t cp[WORD_MAX + ADD_MAX];
    size_t n;
};

struct choice {
    uint32_t cp[CHOICE_MAX];
    size_t n;
    bool except; /* any letter but these; with none of them: any letter */
};

struct suffix {
    struct letters strip;
    struct letters add;
    struct choice condition[CONDITION_MAX];
    size_t n_condition;
    struct suffix *next; /* of the same flag */
};
static struct suffix *by_flag[256];

char *
read_file(const char *path, size_t *ret_n)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        die("%s cannot be opened", path);
    char *bytes = NULL;
    size_t n = 0, cap = 0;
    for (;;) {
        bytes = grow(bytes, &cap, n + (1 << 20), 1);
        size_t got = fread(bytes + n, 1, 1 << 20, f);
        n += got;
        if (got == 0)
            break;
    }
    fclose(f);
    *ret_n = n;
    return bytes;
}

uint32_t
next_code_point(const char **p, const char *end)
{
    const unsigned char *s = (const unsigned char *)*p;
    uint32_t cp = s[0];
    size_t more = cp < 0x80 ? 0 : cp < 0xE0 ? 1 : cp < 0xF0 ? 2 : 3;
    if (more >= (size_t)(end - *p))
        more = 0;
    cp = more == 0 ? cp : cp & (0x3Fu >> more);
    for (size_t i = 1; i <= more; i++)
        cp = cp << 6 | (s[i] & 0x3Fu);
    *p += more + 1;
    return cp;
}

unsigned
letter_of(uint32_t cp)
{
    if (cp >= 0x0410 && cp <= 0x042F)
        cp += 32;
    if (cp >= 0x0430 && cp <= 0x044F)
        return cp - 0x0430 + 1;
    switch (cp) {
    case 0x0401: /* Ё */
    case 0x0451:
        return 6; /* е */
    case 0x0406:
    case 0x0456:
        return 33;
    case 0x0407:
    case 0x0457:
        return 34;
    case 0x0404:
    case 0x0454:
        return 35;
    case 0x0490:
    case 0x0491:
        return 36;
    case '\'':
    case 0x2019:
    case 0x02BC:
        return 37;
    default:
        return 0;
    }
}

/* The next word of a line; empty at its end. */
static struct text
field(const char **p, const char *end)
{
    while (*p < end && (**p == ' ' || **p == '\t' || **p == '\r'))
        ++*p;
    const char *start = *p;
    while (*p < end && **p != ' ' && **p != '\t' && **p != '\r')
        ++*p;
    return (struct text){start, (size_t)(*p - start)};
}

static struct letters
letters_of(struct text t)
{
    struct letters l = {0};
    const char *p = t.p, *end = t.p + t.n;
    if (t.n == 1 && t.p[0] == '0')
        return l;
    while (p < end) {
        if (l.n == WORD_MAX)
            return (struct letters){0};
        l.cp[l.n++] = next_code_point(&p, end);
    }
    return l;
}

static void
read_condition(struct suffix *s, struct text t)
{
    const char *p = t.p, *end = t.p + t.n;
    while (p < end) {
        if (s->n_condition == CONDITION_MAX)
            die("a condition of more than %d letters", CONDITION_MAX);
        struct choice *c = &s->condition[s->n_condition++];
        uint32_t cp = next_code_point(&p, end);
        if (cp == '.') {
            c->except = true;
            continue;
        }
        if (cp != '[') {
            c->cp[c->n++] = cp;
            continue;
        }
        while (p < end && (cp = next_code_point(&p, end)) != ']') {
            if (cp == '^' && c->n == 0) {
                c->except = true;
                continue;
            }
            if (c->n == CHOICE_MAX)
                die("a condition with more than %d letters to choose from", CHOICE_MAX);
            c->cp[c->n++] = cp;
        }
    }
}

static void
read_suffix(const char *p, const char *end)
{
    struct text flag = field(&p, end), strip = field(&p, end), add = field(&p, end);
    struct text condition = field(&p, end);
    if (flag.n != 1)
        die("flags of more than one byte");
    if (strip.n == 1 && (strip.p[0] == 'Y' || strip.p[0] == 'N'))
        return; /* the head of a group */
    if (memchr(add.p, '/', add.n))
        die("suffixes behind suffixes");
    size_t cap = 0;
    struct suffix *s = grow(NULL, &cap, 1, sizeof *s);
    s->strip = letters_of(strip);
    s->add = letters_of(add);
    if (s->add.n > ADD_MAX)
        die("a suffix of more than %d letters", ADD_MAX);
    read_condition(s, condition);
    struct suffix **last = &by_flag[(unsigned char)flag.p[0]];
    while (*last)
        last = &(*last)->next;
    *last = s;
}

/* Lines that say nothing about forms; any other word stops the build. */
static bool
is_known_line(struct text word)
{
    static const char *const known[] = {"SET",   "TRY",    "MAP",       "WORDCHARS",
                                        "BREAK", "IGNORE", "ICONV",     "OCONV",
                                        "REP",   "KEY",    "NOSUGGEST", "MAXNGRAMSUGS"};
    if (word.n == 0 || word.p[0] == '#')
        return true;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == word.n && memcmp(known[i], word.p, word.n) == 0)
            return true;
    return false;
}

static void
read_aff(const char *path)
{
    memset(by_flag, 0, sizeof by_flag);
    size_t n;
    char *bytes = read_file(path, &n);
    for (const char *p = bytes, *end = bytes + n; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        struct text word = field(&p, stop);
        if (word.n == 3 && memcmp(word.p, "SFX", 3) == 0)
            read_suffix(p, stop);
        else if (word.n == 3 && memcmp(word.p, "SET", 3) == 0) {
            struct text set = field(&p, stop);
            if (set.n != 5 || memcmp(set.p, "UTF-8", 5) != 0)
                die("%s is not UTF-8", path);
        } else if (!is_known_line(word))
            die("%s: '%.*s' is not understood", path, (int)word.n, word.p);
        p = stop + 1;
    }
    free(bytes);
}

static bool
fits(const struct suffix *s, const struct letters *word)
{
    if (word->n < s->n_condition || word->n <= s->strip.n)
        return false;
    if (memcmp(word->cp + word->n - s->strip.n, s->strip.cp, s->strip.n * sizeof *word->cp) != 0)
        return false;
    for (size_t i = 0; i < s->n_condition; i++) {
        const struct choice *c = &s->condition[i];
        uint32_t cp = word->cp[word->n - s->n_condition + i];
        bool in = false;
        for (size_t k = 0; k < c->n; k++)
            in = in || c->cp[k] == cp;
        if (in == c->except)
            return false;
    }
    return true;
}

/* 0: not a word of the two languages. */
static size_t
fold(const struct letters *word, uint8_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < word->n; i++) {
        if (word->cp[i] == 0x0301)
            continue;
        unsigned letter = letter_of(word->cp[i]);
        if (letter == 0 || n == WORD_MAX)
            return 0;
        out[n++] = (uint8_t)letter;
    }
    return n;
}

static bool
is_upper(uint32_t cp)
{
    return (cp >= 0x0400 && cp <= 0x042F) || cp == 0x0490;
}

/* A word that conjugates ends like an infinitive and has forms; in Russian by one of the flags of
 * verbs, since nouns may end so, too (часть). */
static bool
is_verb(const struct language *l, const struct letters *word, struct text flags)
{
    bool russian = l->code[0] == 'r', conjugates = !russian && flags.n > 0;
    size_t n = word->n;
    for (size_t i = 0; i < flags.n; i++)
        conjugates = conjugates || (russian && strchr("LMRUVY", flags.p[i]) != NULL);
    if (!conjugates || n < 4)
        return false;
    const uint32_t *e = word->cp + n;
    if (e[-2] == 0x441 && (e[-1] == 0x44F || e[-1] == 0x44C)) /* ся, сь */
        e -= 2;
    bool ti = e[-2] == 0x442 && e[-1] == 0x438;                     /* ти */
    bool t = (e[-2] == 0x442 || e[-2] == 0x447) && e[-1] == 0x44C; /* ть, чь */
    return ti || t;
}

/* Russian past tenses that a rule could not make stand as words with the flag of past tenses
 * (прошла/L): neither they nor what that flag makes of them is a lemma. */
static bool
is_past(const struct language *l, const struct letters *word, char flag)
{
    return l->code[0] == 'r' && flag == 'L' && !is_verb(l, word, (struct text){&flag, 1});
}

/* Adverbs (швидко) are words of their own, though both dictionaries make them from adjectives. */
static bool
is_adverb(const uint8_t *form, size_t form_n, const uint8_t *lemma, size_t lemma_n)
{
    bool adjective =
        lemma_n > 3 && lemma[lemma_n - 1] == 10 && /* ий, ый, ой */
        (lemma[lemma_n - 2] == 9 || lemma[lemma_n - 2] == 28 || lemma[lemma_n - 2] == 15);
    return adjective && form_n == lemma_n - 1 && form[form_n - 1] == 15;
}

static void
add_word(struct language *l, struct text word, struct text flags)
{
    struct letters raw = letters_of(word);
    uint8_t lemma[WORD_MAX], form[WORD_MAX];
    size_t lemma_n = fold(&raw, lemma);
    if (lemma_n == 0)
        return;
    enum reading_class class = is_upper(raw.cp[0]) ? NAME : COMMON;
    bool verb = class == COMMON && is_verb(l, &raw, flags);
    add_reading(l, lemma, lemma_n, lemma, lemma_n, class, verb);
    if (flags.n == 0 || (flags.n == 1 && is_past(l, &raw, flags.p[0])))
        mark_bare(l);
    for (size_t i = 0; i < flags.n; i++)
        for (const struct suffix *s = by_flag[(unsigned char)flags.p[i]]; s; s = s->next) {
            if (!fits(s, &raw))
                continue;
            struct letters made = raw;
            made.n -= s->strip.n;
            memcpy(made.cp + made.n, s->add.cp, s->add.n * sizeof *made.cp);
            made.n += s->add.n;
            size_t n = fold(&made, form);
            if (n == 0)
                continue;
            bool own = is_past(l, &raw, flags.p[i]) || is_adverb(form, n, lemma, lemma_n);
            add_reading(l, form, n, own ? form : lemma, own ? n : lemma_n, class, verb && !own);
            if (is_past(l, &raw, flags.p[i]))
                mark_bare(l);
        }
}

void
read_dictionary(struct language *l, const char *aff, const char *dic)
{
    read_aff(aff);
    size_t n;
    char *bytes = read_file(dic, &n);
    for (const char *p = bytes, *end = bytes + n; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        struct text word = field(&p, stop), flags = {0};
        const char *slash = word.n > 0 ? memchr(word.p, '/', word.n) : NULL;
        if (slash) {
            flags = (struct text){slash + 1, (size_t)(word.p + word.n - slash - 1)};
            word.n = (size_t)(slash - word.p);
        }
        if (word.n > 0)
            add_word(l, word, flags);
        p = stop + 1;
    }
    free(bytes);
    if (l->n < 100000)
        die("%s: only %zu forms", dic, l->n);
}

void
read_more_words(struct language *l, const char *path)
{
    size_t n;
    char *bytes = read_file(path, &n);
    for (const char *p = bytes, *end = bytes + n; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        struct text code = field(&p, stop), word = field(&p, stop), rest = field(&p, stop);
        const char *slash = word.n > 0 ? memchr(word.p, '/', word.n) : NULL;
        if (code.n == 2 && memcmp(code.p, l->code, 2) == 0 && slash && rest.n == 0)
            add_word(l, (struct text){word.p, (size_t)(slash - word.p)},
                     (struct text){slash + 1, (size_t)(word.p + word.n - slash - 1)});
        p = stop + 1;
    }
    free(bytes);
}

/* The column of a line of a table; parts of a quoted one are of no interest here. */
static struct text
column(const char *line, const char *end, size_t number)
{
    bool quoted = false;
    const char *start = line;
    for (const char *p = line; p < end; p++) {
        quoted = *p == '"' ? !quoted : quoted;
        if (*p != ',' || quoted)
            continue;
        if (number-- == 0)
            return (struct text){start, (size_t)(p - start)};
        start = p + 1;
    }
    return (struct text){start, number == 0 ? (size_t)(end - start) : 0};
}

/* The flag by which a Russian name of a place is declined, 0 when that is not plain to see: those
 * in
 * а and я like Волга, those in a consonant like Луганск, those in ово and ье as neuters. */
static char
place_flag(const struct letters *name)
{
    unsigned last = name->n > 3 ? letter_of(name->cp[name->n - 1]) : 0;
    unsigned before = last != 0 ? letter_of(name->cp[name->n - 2]) : 0;
    switch (last) {
    case 0:
    case 9:  /* и */
    case 10: /* й */
    case 20: /* у */
    case 28: /* ы */
    case 29: /* ь: of either gender */
    case 30: /* э */
    case 31: /* ю */
        return 0;
    case 1: /* а */
        return 'H';
    case 32: /* я: ая is an adjective */
        return before == 1 ? 0 : 'H';
    case 6: /* е: ое is an adjective */
        return before == 29 ? 'J' : 0;
    case 15: /* о */
        return before == 3 || before == 14 ? 'J' : 0;
    default:
        return 'J';
    }
}

void
read_places(struct language *l, const char *path)
{
    static const char wanted[] = "name_ru";
    size_t n, at = 0;
    char *bytes = read_file(path, &n);
    const char *end = bytes + n, *line_end = memchr(bytes, '\n', n);
    if (!line_end)
        die("%s is empty", path);
    for (struct text t;; at++) {
        t = column(bytes, line_end, at);
        if (t.n == sizeof wanted - 1 && memcmp(t.p, wanted, t.n) == 0)
            break;
        if (at > 100)
            die("%s has no column %s", path, wanted);
    }
    for (const char *p = line_end + 1; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        struct text name = column(p, stop, at);
        struct letters raw = letters_of(name);
        char flag = place_flag(&raw);
        if (flag != 0)
            add_word(l, name, (struct text){&flag, 1});
        p = stop + 1;
    }
    free(bytes);
}
