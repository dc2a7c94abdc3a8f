#include "dz_terms.h"

#include <pthread.h>
#include <stdio.h>

#include "dz_lemma.h"
#include "dz_terms_priv.h"
#include "dz_text_priv.h"

/* Cutting a text into words, quicker than the reader of document.c: no sentences are needed, only
 * about where one ends, so that its words can vote for a language together. Letters of the three
 * languages are folded as they are read; any other character sends its word to dz_text_fold. */

#define SENTENCE_MAX 256   /* words that vote together at most */
#define KEEP_MAX 200000    /* words remembered between texts */
#define RAW_MAX ((size_t)4096) /* bytes of one word; the rest is another one */
#define FOLD_FULL ((size_t)32768) /* bytes of folded words that wait */

struct placed {
    size_t start;
    size_t end;
    uint32_t fold; /* where its folded form begins */
    uint32_t fold_n;
    uint32_t hash;
    uint32_t form;
};

struct dz_terms {
    struct dz_form_table table;
    struct dz_buf fold; /* of the words of a sentence */
    struct placed words[SENTENCE_MAX];
    size_t n;
    /* of one text */
    bool asking;
    unsigned all_uk; /* sentences that were told */
    unsigned all_ru;
    dz_terms_fn *fn;
    void *ctx;
    int answer;
};

struct dz_terms *
dz_terms_new(void)
{
    struct dz_terms *t = dz_alloc(sizeof *t);
    t->fold.max = 1u << 18;
    return t;
}

void
dz_terms_free(struct dz_terms *t)
{
    if (!t)
        return;
    dz_form_table_done(&t->table);
    dz_buf_done(&t->fold);
    dz_free(t);
}

void
dz_terms_fresh(struct dz_terms *t)
{
    if (t->table.n > KEEP_MAX)
        dz_form_table_done(&t->table);
}

/* Behind the stroke: of the rules in this folder, to be counted up when they give other terms. */
#define RULES "1"
static char version[32];
static pthread_once_t version_once = PTHREAD_ONCE_INIT;

static void
make_version(void)
{
    snprintf(version, sizeof version, "%08lx/" RULES, (unsigned long)dz_lemma_mark());
}

const char *
dz_terms_version(void)
{
    (void)pthread_once(&version_once, make_version);
    return version;
}

/* ---- a sentence has been read: its language, and its words are given out ---- */

static enum dz_terms_reading
vote(struct dz_terms *t)
{
    unsigned uk = 0, ru = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct dz_form *form = dz_form_at(&t->table, t->words[i].form);
        uk += form->uk;
        ru += form->ru;
    }
    if (uk != ru) {
        t->all_uk += uk > ru;
        t->all_ru += ru > uk;
        return uk > ru ? DZ_READ_UK : DZ_READ_RU;
    }
    /* A sentence that says nothing is taken as the text goes; where that is not clear, both. */
    if (uk == 0 && t->all_uk != t->all_ru && (t->all_uk == 0 || t->all_ru == 0))
        return t->all_uk > 0 ? DZ_READ_UK : DZ_READ_RU;
    return DZ_READ_BOTH;
}

static void
give(struct dz_terms *t, const struct placed *p, enum dz_terms_reading reading)
{
    size_t n = 0;
    if (t->asking)
        reading = dz_form_reading(&t->table, p->form);
    const uint32_t *numbers = dz_form_terms(&t->table, p->form, reading, &n);
    const struct dz_form *form = dz_form_at(&t->table, p->form);
    struct dz_terms_word w;
    w.start = p->start;
    w.end = p->end;
    w.form = dz_form_text(form);
    w.n = n;
    for (size_t i = 0; i < n; i++) {
        w.terms[i] = (struct dz_term){dz_form_text(dz_form_at(&t->table, numbers[i])), numbers[i]};
    }
    t->answer = t->fn(t->ctx, &w);
}

static void
number_words(struct dz_terms *t)
{
    for (size_t i = 0; i < t->n; i++)
        dz_form_fetch_slot(&t->table, t->words[i].hash);
    for (size_t i = 0; i < t->n; i++)
        dz_form_fetch(&t->table, t->words[i].hash);
    for (size_t i = 0; i < t->n; i++) {
        struct placed *p = &t->words[i];
        p->form = dz_form_number(&t->table, (struct dz_view){t->fold.p + p->fold, p->fold_n},
                                 p->hash);
    }
    dz_buf_reset(&t->fold);
}

static void
flush(struct dz_terms *t)
{
    number_words(t);
    enum dz_terms_reading reading = t->n > 0 && !t->asking ? vote(t) : DZ_READ_BOTH;
    for (size_t i = 0; i < t->n && t->answer == 0; i++)
        give(t, &t->words[i], reading);
    t->n = 0;
}

/* ---- letters ---- */

/* Folded form of a letter of two bytes that folding leaves at two bytes; 0: look closer. */
static uint32_t
pair_letter(unsigned char lead, unsigned char trail)
{
    bool is_yo = (lead == 0xD0 && trail == 0x81) || (lead == 0xD1 && trail == 0x91);
    return is_yo ? 0x0435 : dz_text_fold_pair(lead, trail);
}

static bool
is_ascii_letter(unsigned char c)
{
    return (unsigned char)((c | 32) - 'a') < 26;
}

static bool
is_ascii_digit(unsigned char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* The class of what stands at pos; *ret_next is behind it. */
static enum dz_text_class
class_at(struct dz_view v, size_t pos, size_t *ret_next)
{
    if (pos >= v.n) {
        *ret_next = pos;
        return DZ_TEXT_SPACE;
    }
    *ret_next = pos;
    return dz_text_class_of(dz_utf8_next(v, ret_next));
}

static bool
letter_at(struct dz_view v, size_t pos)
{
    size_t next;
    return pos < v.n && class_at(v, pos, &next) == DZ_TEXT_LETTER;
}

/* What the scanner knows of the word that it reads. */
struct word {
    bool plain; /* the folded form is in t->fold */
    bool latin;
    bool cyrillic;
};

/* An apostrophe of `width` bytes at pos joins when a letter follows, unless it begins the English
 * possessive; *ret_skip is then behind it. */
static bool
joins(struct dz_view v, size_t pos, size_t width, const struct word *w, size_t *ret_skip)
{
    size_t at = pos + width;
    *ret_skip = pos;
    if (!letter_at(v, at))
        return false;
    if (w->latin && !w->cyrillic && (v.p[at] == 's' || v.p[at] == 'S') && !letter_at(v, at + 1)) {
        *ret_skip = at + 1;
        return false;
    }
    return true;
}

/* One character that is no plain letter or digit; false: the word ends before it. */
static bool
odd_character(struct dz_terms *t, struct dz_view v, size_t *pos, struct word *w, size_t *ret_skip)
{
    size_t next;
    enum dz_text_class class = class_at(v, *pos, &next);
    if (class == DZ_TEXT_APOSTROPHE) {
        if (!joins(v, *pos, next - *pos, w, ret_skip))
            return false;
        dz_buf_addc(&t->fold, '\'');
    } else if (class == DZ_TEXT_LETTER || class == DZ_TEXT_DIGIT || class == DZ_TEXT_MARK) {
        w->plain = false;
    } else {
        return false;
    }
    *pos = next;
    *ret_skip = next;
    return true;
}

/* Read a word from pos; *ret_skip is where reading goes on. */
static size_t
read_letters(struct dz_terms *t, struct dz_view v, size_t pos, struct word *w, size_t *ret_skip)
{
    size_t start = pos;
    char small[64];
    size_t n = 0;
    while (pos < v.n && pos - start < RAW_MAX) {
        unsigned char c = (unsigned char)v.p[pos];
        uint32_t cp = 0;
        if (n + 2 > sizeof small) {
            dz_buf_add(&t->fold, small, n);
            n = 0;
        }
        if (is_ascii_letter(c)) {
            w->latin = true;
            small[n++] = (char)(c | 32);
            pos++;
        } else if (is_ascii_digit(c)) {
            small[n++] = (char)c;
            pos++;
        } else if (c >= 0xD0 && c <= 0xD2 && pos + 1 < v.n &&
                   (cp = pair_letter(c, (unsigned char)v.p[pos + 1])) != 0) {
            w->cyrillic = true;
            small[n++] = (char)(0xC0 | cp >> 6);
            small[n++] = (char)(0x80 | (cp & 0x3F));
            pos += 2;
        } else {
            dz_buf_add(&t->fold, small, n);
            n = 0;
            *ret_skip = pos;
            if (c < 0x80 && c != '\'' && c != '`')
                return pos;
            if (!odd_character(t, v, &pos, w, ret_skip))
                return pos;
        }
    }
    dz_buf_add(&t->fold, small, n);
    *ret_skip = pos;
    return pos;
}

/* Digits with single points and commas between them, as the reader of documents has it. */
static size_t
read_digits(struct dz_terms *t, struct dz_view v, size_t pos, struct word *w, size_t *ret_skip)
{
    size_t next, after, start = pos;
    while (pos < v.n && pos - start < RAW_MAX) {
        unsigned char c = (unsigned char)v.p[pos];
        bool inner = (c == '.' || c == ',') && pos + 1 < v.n &&
                     class_at(v, pos + 1, &after) == DZ_TEXT_DIGIT;
        if (!inner && class_at(v, pos, &next) != DZ_TEXT_DIGIT)
            break;
        if (c < 0x80)
            next = pos + 1;
        dz_buf_addc(&t->fold, (char)c);
        w->plain = w->plain && c < 0x80;
        pos = next;
    }
    *ret_skip = pos;
    return pos;
}

static size_t
read_word(struct dz_terms *t, struct dz_view v, size_t start, bool digits)
{
    struct word w = {.plain = true};
    size_t skip = start, at = t->fold.n;
    size_t end =
        digits ? read_digits(t, v, start, &w, &skip) : read_letters(t, v, start, &w, &skip);
    if (end == start)
        return skip > start ? skip : start + 1;
    if (!w.plain || (w.latin && w.cyrillic)) {
        dz_buf_cut(&t->fold, at);
        dz_text_fold((struct dz_view){v.p + start, end - start}, &t->fold);
    }
    if (t->fold.n > at) {
        struct dz_view fold = {t->fold.p + at, t->fold.n - at};
        uint32_t hash = dz_form_hash(&fold);
        t->words[t->n++] =
            (struct placed){start, end, (uint32_t)at, (uint32_t)fold.n, hash, 0};
        if (t->n == SENTENCE_MAX || t->fold.n > FOLD_FULL)
            flush(t);
    }
    return skip > end ? skip : end;
}

/* Whether a sentence may end at the sign c: good enough to ask for a language. */
static bool
ends_sentence(struct dz_view v, size_t pos, unsigned char c)
{
    if (c == '\n')
        return true;
    return (c == '.' || c == '!' || c == '?') && pos + 1 < v.n &&
           (v.p[pos + 1] == ' ' || v.p[pos + 1] == '\n');
}

static int
run(struct dz_terms *t, struct dz_view v)
{
    size_t pos = 0;
    while (pos < v.n && t->answer == 0) {
        unsigned char c = (unsigned char)v.p[pos];
        if (is_ascii_letter(c)) {
            pos = read_word(t, v, pos, false);
        } else if (is_ascii_digit(c)) {
            pos = read_word(t, v, pos, true);
        } else if (c < 0x80) {
            /* Short ones, as headings and initials are, wait for the next. */
            if (t->n > 4 && ends_sentence(v, pos, c))
                flush(t);
            pos++;
        } else {
            size_t next;
            enum dz_text_class class = class_at(v, pos, &next);
            if (class == DZ_TEXT_LETTER || class == DZ_TEXT_DIGIT)
                pos = read_word(t, v, pos, class == DZ_TEXT_DIGIT);
            else
                pos = next;
        }
    }
    flush(t);
    return t->answer;
}

static int
walk(struct dz_terms *t, struct dz_view text, bool asking, dz_terms_fn *fn, void *ctx)
{
    t->asking = asking;
    t->all_uk = t->all_ru = 0;
    t->n = 0;
    t->answer = 0;
    dz_buf_reset(&t->fold);
    t->fn = fn;
    t->ctx = ctx;
    return run(t, text);
}

int
dz_terms_split(struct dz_terms *t, struct dz_view text, dz_terms_fn *fn, void *ctx)
{
    return walk(t, text, false, fn, ctx);
}

int
dz_terms_ask(struct dz_terms *t, struct dz_view text, dz_terms_fn *fn, void *ctx)
{
    return walk(t, text, true, fn, ctx);
}
