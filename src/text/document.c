#include "dz_text_priv.h"

#include <string.h>

#define MAX_TEXT ((size_t)16 << 20) /* bytes; as the header says */

/* Cutting a text into tokens after the word rules of UAX #29, with four changes that reading needs:
 * hyphens and full stops separate (except in initials like "U.N."), a number and the letters glued
 * to
 * it are two tokens, and the English possessive is a token of its own, so that the name in front of
 * it stands alone. */
struct scanner {
    struct dz_view text;
    struct dz_document *d;
    size_t cap;
    struct dz_buf folds;
    size_t
        *fold_at; /* offset of each token's fold; pointers are set when the buffer stands still */
    size_t fold_cap;
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

static bool
letter_at(const struct scanner *s, size_t pos)
{
    size_t next;
    return pos < s->text.n && dz_text_class_of(peek(s, pos, &next)) == DZ_TEXT_LETTER;
}

/* 's after a Latin word, with nothing more behind it. */
static bool
possessive_at(const struct scanner *s, size_t pos, size_t *ret_end)
{
    size_t next, end;
    if (dz_text_class_of(peek(s, pos, &next)) != DZ_TEXT_APOSTROPHE || next == pos)
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
        if (dz_text_class_of(cp) != DZ_TEXT_LETTER || letter_at(s, next))
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
        enum dz_text_class class = dz_text_class_of(peek(s, pos, &next));
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
        if (dz_text_class_of(cp) != DZ_TEXT_DIGIT) {
            bool inner = (cp == '.' || cp == ',') && next < s->text.n &&
                         dz_text_class_of(peek(s, next, &after)) == DZ_TEXT_DIGIT;
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

static void
add_token(struct scanner *s, size_t start, size_t end, enum dz_token_kind kind, bool space)
{
    struct dz_document *d = s->d;
    d->tokens = dz_grow(d->tokens, &s->cap, d->n_tokens + 1, sizeof *d->tokens);
    s->fold_at = dz_grow(s->fold_at, &s->fold_cap, d->n_tokens + 1, sizeof *s->fold_at);
    struct dz_view raw = {s->text.p + start, end - start};
    struct dz_token *t = &d->tokens[d->n_tokens];
    *t = (struct dz_token){
        .start = start, .end = end, .kind = kind, .space_before = space, .sentence = s->paragraph};
    s->fold_at[d->n_tokens++] = s->folds.n;
    dz_text_fold(raw, &s->folds);
    if (kind == DZ_TOKEN_WORD)
        note_case(t, raw);
}

static size_t
next_token(struct scanner *s, size_t pos, uint32_t cp, size_t next, bool space)
{
    size_t end;
    switch (dz_text_class_of(cp)) {
    case DZ_TEXT_LETTER:
        end = initials_end(s, pos);
        if (end == 0)
            end = word_end(s, next);
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
        enum dz_text_class class = dz_text_class_of(cp);
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
    if (!s->fold_at) /* not one token */
        return DZ_OK;
    if (s->folds.n > 0)
        memcpy(folds, s->folds.p, s->folds.n);
    for (size_t i = 0; i < d->n_tokens; i++) {
        size_t end = i + 1 < d->n_tokens ? s->fold_at[i + 1] : s->folds.n;
        d->tokens[i].fold = (struct dz_view){folds + s->fold_at[i], end - s->fold_at[i]};
        d->tokens[i].stem = d->tokens[i].fold;
    }
    return DZ_OK;
}

static void
set_stems(struct dz_document *d)
{
    for (size_t i = 0; i < d->n_tokens; i++) {
        struct dz_token *t = &d->tokens[i];
        if (t->kind == DZ_TOKEN_WORD)
            t->stem.n = dz_text_stem_length(t->fold, d->sentences[t->sentence].lang);
    }
}

static enum dz_code
init(struct dz_document *d, struct dz_view text, bool whole, struct dz_err *err)
{
    if (text.n > MAX_TEXT)
        return dz_fail(err, DZ_E_LIMIT, "the text has %zu bytes: at most %zu can be read", text.n,
                       MAX_TEXT);
    enum dz_code code = dz_utf8_check(text, err);
    if (code != DZ_OK)
        return code;
    struct dz_document fresh = {.text = text, .lang = DZ_TEXT_OTHER};
    fresh.arena.max_bytes = (size_t)256 << 20;
    struct scanner s = {.text = text, .d = &fresh, .folds = DZ_BUF((size_t)64 << 20)};
    scan(&s);
    code = settle_folds(&s, err);
    dz_buf_done(&s.folds);
    dz_free(s.fold_at);
    if (code != DZ_OK) {
        dz_document_done(&fresh);
        return code;
    }
    dz_text_cut_sentences(&fresh);
    dz_text_vote(&fresh);
    if (whole) {
        dz_utf8_map_init(&fresh.map, text);
        set_stems(&fresh);
    }
    *d = fresh;
    return DZ_OK;
}

enum dz_code
dz_document_init(struct dz_document *d, struct dz_view text, struct dz_err *err)
{
    return init(d, text, true, err);
}

enum dz_code
dz_document_init_sentences(struct dz_document *d, struct dz_view text, struct dz_err *err)
{
    return init(d, text, false, err);
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
