#include "dz_text_priv.h"

#include <string.h>

#define MAX_TEXT ((size_t)16 << 20) /* bytes; as the header says */
#define TOKEN_BYTES 8 /* so many of a text make a token: what there is room for at first */

/* Cutting a text into tokens after the word rules of UAX #29, with four changes that reading needs:
 * hyphens and full stops separate (except in initials like "U.N."), a number and the letters glued
 * to
 * it are two tokens, and the English possessive is a token of its own, so that the name in front of
 * it stands alone. */
struct scanner {
    struct dz_view text;
    struct dz_document *d;
    const struct dz_text_char *chars;
    bool slowly; /* by the general functions alone */
    size_t cap;
    struct dz_buf folds; /* of all tokens in a row; their pointers are set when it stands still */
    uint32_t paragraph;
};

static uint32_t
peek(const struct scanner *s, size_t pos, size_t *ret_next)
{
    if (pos >= s->text.n) {
        *ret_next = pos;
        return ' ';
    }
    unsigned char first = (unsigned char)s->text.p[pos];
    if (first < 0x80) {
        *ret_next = pos + 1;
        return first;
    }
    uint32_t cp = dz_utf8_next(s->text, &pos);
    *ret_next = pos;
    return cp;
}

static enum dz_text_class
class_of(const struct scanner *s, uint32_t cp)
{
    return cp < DZ_TEXT_CHARS ? (enum dz_text_class)s->chars[cp].class : dz_text_class_of(cp);
}

static bool
letter_at(const struct scanner *s, size_t pos)
{
    size_t next;
    return pos < s->text.n && class_of(s, peek(s, pos, &next)) == DZ_TEXT_LETTER;
}

/* 's after a Latin word, with nothing more behind it. */
static bool
possessive_at(const struct scanner *s, size_t pos, size_t *ret_end)
{
    size_t next, end;
    if (class_of(s, peek(s, pos, &next)) != DZ_TEXT_APOSTROPHE || next == pos)
        return false;
    uint32_t cp = peek(s, next, &end);
    if ((cp != 's' && cp != 'S') || letter_at(s, end))
        return false;
    *ret_end = end;
    return true;
}

/* "U.N.", "т.д.": single letters, each with a full stop; at least two of them. */
static size_t
initials_end(const struct scanner *s, size_t pos)
{
    size_t end = pos;
    for (size_t n = 0;; n++) {
        size_t next, after;
        uint32_t cp = peek(s, end, &next);
        if (class_of(s, cp) != DZ_TEXT_LETTER || letter_at(s, next))
            return n >= 2 ? end : 0;
        if (peek(s, next, &after) != '.')
            return n >= 1 ? next : 0; /* "U.N" */
        end = after;
    }
}

static size_t
word_end(const struct scanner *s, size_t pos)
{
    while (pos < s->text.n) {
        size_t next, end;
        enum dz_text_class class = class_of(s, peek(s, pos, &next));
        if (class == DZ_TEXT_APOSTROPHE) {
            if (!letter_at(s, next) || possessive_at(s, pos, &end))
                break;
        } else if (class != DZ_TEXT_LETTER && class != DZ_TEXT_DIGIT && class != DZ_TEXT_MARK) {
            break;
        }
        pos = next;
    }
    return pos;
}

/* Digits with single points and commas between them. */
static size_t
number_end(const struct scanner *s, size_t pos)
{
    while (pos < s->text.n) {
        size_t next, after;
        uint32_t cp = peek(s, pos, &next);
        if (class_of(s, cp) != DZ_TEXT_DIGIT) {
            bool inner = (cp == '.' || cp == ',') && next < s->text.n &&
                         class_of(s, peek(s, next, &after)) == DZ_TEXT_DIGIT;
            if (!inner)
                break;
        }
        pos = next;
    }
    return pos;
}

static void
note_case(struct dz_token *t, struct dz_view word)
{
    size_t letters = 0, upper = 0, pos = 0;
    while (pos < word.n) {
        uint32_t cp = dz_utf8_next(word, &pos);
        if (dz_text_class_of(cp) != DZ_TEXT_LETTER)
            continue;
        bool is_upper = dz_text_is_upper(cp);
        if (letters == 0)
            t->capital = is_upper;
        letters++;
        upper += is_upper;
    }
    t->all_caps = letters >= 2 && upper == letters;
}

static struct dz_token *
new_token(struct scanner *s, size_t start, size_t end, enum dz_token_kind kind, bool space)
{
    struct dz_document *d = s->d;
    d->tokens = dz_grow(d->tokens, &s->cap, d->n_tokens + 1, sizeof *d->tokens);
    struct dz_token *t = &d->tokens[d->n_tokens++];
    *t = (struct dz_token){
        .start = start, .end = end, .kind = kind, .space_before = space, .sentence = s->paragraph};
    return t;
}

static void
add_token(struct scanner *s, size_t start, size_t end, enum dz_token_kind kind, bool space)
{
    struct dz_view raw = {s->text.p + start, end - start};
    struct dz_token *t = new_token(s, start, end, kind, space);
    size_t from = s->folds.n;
    dz_text_fold(raw, &s->folds);
    t->fold.n = s->folds.n - from;
    if (kind == DZ_TOKEN_WORD)
        note_case(t, raw);
}

#define PLAIN_MAX 64 /* bytes of a word that is read here */

/* Nearly every word is letters and digits of which folding makes one character each, in one
 * alphabet: it is cut, folded and looked at for capitals in one go. 0: it needs a closer look. */
static size_t
add_plain_word(struct scanner *s, size_t start, bool space)
{
    const struct dz_view text = s->text;
    char folded[PLAIN_MAX + 2];
    size_t pos = start, letters = 0, upper = 0, latin = 0, pairs = 0;
    bool capital = false;
    while (pos < text.n && pos - start < PLAIN_MAX) {
        unsigned char c = (unsigned char)text.p[pos];
        uint32_t cp = c;
        size_t n = 1;
        if (c >= 0xE0)
            cp = peek(s, pos, &n);
        else if (c >= 0x80)
            cp = (c & 0x1FU) << 6 | ((unsigned char)text.p[pos + 1] & 0x3FU);
        if (cp >= DZ_TEXT_CHARS) {
            enum dz_text_class class = dz_text_class_of(cp);
            if (class != DZ_TEXT_SPACE && class != DZ_TEXT_LINE && class != DZ_TEXT_SIGN)
                return 0;
            break;
        }
        const struct dz_text_char *about = &s->chars[cp];
        if (about->part == DZ_PART_NONE)
            break;
        if (about->part == DZ_PART_OTHER)
            return 0;
        bool letter = about->part == DZ_PART_LETTER;
        if (pos == start)
            capital = about->upper;
        letters += letter;
        upper += about->upper;
        if (c < 0x80) {
            latin += letter;
            folded[pos++ - start] = (char)about->fold;
            continue;
        }
        pairs++;
        folded[pos - start] = (char)(0xC0 | about->fold >> 6);
        folded[pos + 1 - start] = (char)(0x80 | (about->fold & 0x3F));
        pos += 2;
    }
    if (pos - start >= PLAIN_MAX || (latin > 0 && pairs > 0))
        return 0;
    struct dz_token *t = new_token(s, start, pos, DZ_TOKEN_WORD, space);
    t->capital = capital;
    t->all_caps = letters >= 2 && upper == letters;
    t->fold.n = pos - start;
    dz_buf_add(&s->folds, folded, pos - start);
    return pos;
}

static size_t
next_token(struct scanner *s, size_t pos, uint32_t cp, size_t next, bool space)
{
    size_t end;
    switch (class_of(s, cp)) {
    case DZ_TEXT_LETTER:
        end = next < s->text.n && s->text.p[next] == '.' ? initials_end(s, pos) : 0;
        if (end == 0 && !s->slowly && (end = add_plain_word(s, pos, space)) > 0)
            return end;
        end = end > 0 ? end : word_end(s, next);
        add_token(s, pos, end, DZ_TOKEN_WORD, space);
        return end;
    case DZ_TEXT_DIGIT:
        end = number_end(s, next);
        add_token(s, pos, end, DZ_TOKEN_NUMBER, space);
        return end;
    case DZ_TEXT_APOSTROPHE: {
        const struct dz_document *d = s->d;
        const struct dz_token *last = d->n_tokens > 0 ? &d->tokens[d->n_tokens - 1] : NULL;
        bool glued = last && last->end == pos && last->kind == DZ_TOKEN_WORD;
        if (glued && possessive_at(s, pos, &end)) {
            add_token(s, pos, end, DZ_TOKEN_WORD, false);
            return end;
        }
        break;
    }
    case DZ_TEXT_SPACE:
    case DZ_TEXT_LINE:
    case DZ_TEXT_MARK:
    case DZ_TEXT_SIGN:
        break;
    }
    add_token(s, pos, next, DZ_TOKEN_PUNCT, space);
    return next;
}

static void
scan(struct scanner *s)
{
    bool space = true, fresh = true; /* fresh: nothing stands in this paragraph yet */
    bool wrapped = dz_text_is_wrapped(s->text);
    size_t pos = 0, line_start = 0;
    while (pos < s->text.n) {
        size_t next;
        uint32_t cp = peek(s, pos, &next);
        enum dz_text_class class = class_of(s, cp);
        bool soft = cp == '\n' && wrapped && dz_text_is_soft_break(s->text, pos, line_start);
        if (cp == '\n')
            line_start = next;
        if (class == DZ_TEXT_LINE && !soft && !(cp == '\r' && wrapped) && !fresh) {
            s->paragraph++;
            fresh = true;
        }
        if (class == DZ_TEXT_SPACE || class == DZ_TEXT_LINE || class == DZ_TEXT_MARK) {
            space = space || class != DZ_TEXT_MARK;
            pos = next;
            continue;
        }
        pos = next_token(s, pos, cp, next, space);
        space = false;
        fresh = false;
    }
}

/* Move the folded forms into the arena, where they stay as long as the document. */
static enum dz_code
settle_folds(struct scanner *s, struct dz_err *err)
{
    struct dz_document *d = s->d;
    enum dz_code code = dz_buf_ok(&s->folds, "the folded text", err);
    if (code != DZ_OK)
        return code;
    char *folds = dz_arena_alloc(&d->arena, s->folds.n + 1);
    if (!folds)
        return dz_fail(err, DZ_E_LIMIT, "the text is too long to be read");
    if (s->folds.n > 0)
        memcpy(folds, s->folds.p, s->folds.n);
    for (size_t i = 0; i < d->n_tokens; i++) {
        d->tokens[i].fold.p = folds;
        folds += d->tokens[i].fold.n;
    }
    return DZ_OK;
}

static enum dz_code
init(struct dz_document *d, struct dz_view text, bool whole, bool slowly, struct dz_err *err)
{
    if (text.n > MAX_TEXT)
        return dz_fail(err, DZ_E_LIMIT, "the text has %zu bytes: at most %zu can be read", text.n,
                       MAX_TEXT);
    enum dz_code code = dz_utf8_check(text, err);
    if (code != DZ_OK)
        return code;
    struct dz_document fresh = {.text = text, .lang = DZ_TEXT_OTHER};
    fresh.arena.max_bytes = (size_t)256 << 20;
    struct scanner s = {.text = text, .d = &fresh, .chars = dz_text_chars(), .slowly = slowly};
    s.folds.max = (size_t)64 << 20;
    fresh.tokens = dz_grow(NULL, &s.cap, text.n / TOKEN_BYTES, sizeof *fresh.tokens);
    scan(&s);
    code = settle_folds(&s, err);
    dz_buf_done(&s.folds);
    if (code != DZ_OK) {
        dz_document_done(&fresh);
        return code;
    }
    dz_text_cut_sentences(&fresh);
    dz_text_vote(&fresh);
    if (whole)
        dz_utf8_map_init(&fresh.map, text);
    *d = fresh;
    return DZ_OK;
}

enum dz_code
dz_document_init(struct dz_document *d, struct dz_view text, struct dz_err *err)
{
    return init(d, text, true, false, err);
}

enum dz_code
dz_document_init_sentences(struct dz_document *d, struct dz_view text, struct dz_err *err)
{
    return init(d, text, false, false, err);
}

enum dz_code
dz_document_init_slowly(struct dz_document *d, struct dz_view text, struct dz_err *err)
{
    return init(d, text, true, true, err);
}

void
dz_document_done(struct dz_document *d)
{
    if (!d)
        return;
    dz_free(d->tokens);
    dz_free(d->sentences);
    dz_utf8_map_done(&d->map);
    dz_arena_done(&d->arena);
    *d = (struct dz_document){0};
}
