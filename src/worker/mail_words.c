#define _GNU_SOURCE /* memrchr */

#include <string.h>
#include <strings.h>

#include "dz_codec.h"
#include "dz_decode.h"
#include "dz_mail.h"
#include "dz_mem.h"

#define VALUE_MAX ((size_t)256 << 10) /* bytes of a decoded value */
#define PIECES_MAX 64                 /* continuations of a parameter */

/* ---- encoded words (RFC 2047) ---- */

struct word {
    struct dz_view charset;
    char form; /* 'B' or 'Q' */
    struct dz_view text;
    size_t n; /* bytes of the whole word */
};

/* "=?charset?B?text?=" at the front of v. */
static bool
parse_word(struct dz_view v, struct word *ret)
{
    if (v.n < 8 || v.p[0] != '=' || v.p[1] != '?')
        return false;
    const char *charset = v.p + 2;
    const char *end = v.p + v.n;
    const char *mark = memchr(charset, '?', (size_t)(end - charset));
    if (mark == NULL || mark == charset || end - mark < 5 || mark[2] != '?')
        return false;
    char form = (char)(mark[1] & ~0x20);
    const char *text = mark + 3;
    const char *at = text;
    while (at + 1 < end && !(at[0] == '?' && at[1] == '='))
        at++;
    if ((form != 'B' && form != 'Q') || at + 1 >= end)
        return false;
    size_t n = (size_t)(mark - charset);
    const char *language = memchr(charset, '*', n);
    ret->charset =
        (struct dz_view){.p = charset, .n = language != NULL ? (size_t)(language - charset) : n};
    ret->form = form;
    ret->text = (struct dz_view){.p = text, .n = (size_t)(at - text)};
    ret->n = (size_t)(at + 2 - v.p);
    return true;
}

/* Bytes in a charset that may be wrong, unknown or unsaid. */
static void
add_decoded(struct dz_view bytes, struct dz_view charset, struct dz_buf *out)
{
    char declared[64];
    size_t n = charset.n < sizeof declared - 1 ? charset.n : 0;
    memcpy(declared, n > 0 ? charset.p : "", n);
    declared[n] = '\0';
    struct dz_decoded decoded;
    struct dz_buf text = DZ_BUF(VALUE_MAX * 3);
    if (bytes.n > 0 && dz_decode(bytes, n > 0 ? declared : NULL, &text, &decoded, NULL) == DZ_OK)
        dz_buf_addv(out, dz_buf_view(&text));
    dz_buf_done(&text);
}

static bool
same_charset(struct dz_view a, struct dz_view b)
{
    return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Words of one charset are decoded together, since mailers cut letters in two; white space between
 * two words is not text. */
static void
decode_words(struct dz_view v, struct dz_buf *out)
{
    struct dz_buf run = DZ_BUF(VALUE_MAX);
    struct dz_view charset = {0};
    size_t plain = 0; /* where undecoded text began */
    size_t at = 0;
    bool after_word = false;
    while (at < v.n) {
        struct word word;
        if (v.p[at] != '=' || !parse_word((struct dz_view){.p = v.p + at, .n = v.n - at}, &word)) {
            at++;
            continue;
        }
        struct dz_view between = {.p = v.p + plain, .n = at - plain};
        bool joins = after_word && dz_view_trim(between).n == 0;
        if (!joins || !same_charset(charset, word.charset)) {
            add_decoded(dz_buf_view(&run), charset, out);
            dz_buf_reset(&run);
        }
        if (!joins)
            add_decoded(between, (struct dz_view){0}, out);
        charset = word.charset;
        if (word.form == 'B')
            dz_mail_decode_base64(word.text, &run);
        else
            dz_mail_decode_quoted(word.text, true, &run);
        at += word.n;
        plain = at;
        after_word = true;
    }
    add_decoded(dz_buf_view(&run), charset, out);
    add_decoded((struct dz_view){.p = v.p + plain, .n = v.n - plain}, (struct dz_view){0}, out);
    dz_buf_done(&run);
}

void
dz_mail_words(struct dz_view raw, struct dz_buf *out)
{
    struct dz_buf line = DZ_BUF(VALUE_MAX);
    raw = dz_view_trim(raw);
    for (size_t i = 0; i < raw.n && i < VALUE_MAX; i++) {
        /* A folded line goes on behind one space. */
        if (raw.p[i] == '\r' || raw.p[i] == '\n') {
            while (i + 1 < raw.n && is_blank(raw.p[i + 1]))
                i++;
            dz_buf_addc(&line, ' ');
        } else {
            dz_buf_addc(&line, raw.p[i] == '\0' ? ' ' : raw.p[i]);
        }
    }
    decode_words(dz_buf_view(&line), out);
    dz_buf_done(&line);
}

/* ---- values and parameters ---- */

void
dz_mail_value(struct dz_view raw, struct dz_buf *out)
{
    for (size_t i = 0; i < raw.n && i < 200 && raw.p[i] != ';'; i++) {
        char c = raw.p[i];
        if (c > ' ' && c < 0x7f && c != '"')
            dz_buf_addc(out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
    }
}

struct parameter {
    struct dz_view name;
    struct dz_buf value; /* quotes undone */
};

/* The next "name=value" of *v. */
static bool
next_parameter(struct dz_view *v, struct parameter *ret)
{
    const char *mark = v->n > 0 ? memchr(v->p, '=', v->n) : NULL;
    if (mark == NULL)
        return false;
    ret->name = dz_view_trim((struct dz_view){.p = v->p, .n = (size_t)(mark - v->p)});
    const char *semicolon = ret->name.n > 0 ? memrchr(ret->name.p, ';', ret->name.n) : NULL;
    if (semicolon != NULL) {
        ret->name.n -= (size_t)(semicolon + 1 - ret->name.p);
        ret->name.p = semicolon + 1;
        ret->name = dz_view_trim(ret->name);
    }
    const char *at = mark + 1;
    const char *end = v->p + v->n;
    while (at < end && is_blank(*at))
        at++;
    bool quoted = at < end && *at == '"';
    for (at += quoted; at < end && *at != (quoted ? '"' : ';'); at++) {
        if (quoted && *at == '\\' && at + 1 < end)
            at++;
        if (*at != '\r' && *at != '\n')
            dz_buf_addc(&ret->value, *at);
    }
    while (at < end && *at != ';')
        at++;
    at += at < end;
    v->n = (size_t)(end - at);
    v->p = at;
    return true;
}

static void
unescape(struct dz_view v, struct dz_buf *out)
{
    for (size_t i = 0; i < v.n; i++) {
        int high = v.p[i] == '%' && i + 2 < v.n ? dz_hex_digit(v.p[i + 1]) : -1;
        int low = high >= 0 ? dz_hex_digit(v.p[i + 2]) : -1;
        if (low >= 0) {
            dz_buf_addc(out, (char)(high << 4 | low));
            i += 2;
        } else {
            dz_buf_addc(out, v.p[i]);
        }
    }
}

/* Pieces "name*0*", "name*1" (RFC 2231): bytes of one charset, which the first piece names. */
struct pieces {
    struct dz_buf list[PIECES_MAX];
    size_t n;
    bool extended; /* the first names a charset */
};

static void
take_piece(struct pieces *p, struct dz_view rest, struct dz_view value)
{
    uint64_t ix = 0;
    bool extended = rest.n > 0 && rest.p[rest.n - 1] == '*';
    struct dz_view digits = {.p = rest.p + 1, .n = rest.n - 1 - extended};
    if (rest.n == 1)
        digits.n = 0;
    if (digits.n > 0 && !dz_parse_u64(digits, &ix))
        return;
    if (ix >= PIECES_MAX || p->list[ix].n > 0)
        return;
    p->list[ix].max = VALUE_MAX;
    if (extended)
        unescape(value, &p->list[ix]);
    else
        dz_buf_addv(&p->list[ix], value);
    if (ix == 0)
        p->extended = extended;
    if (ix + 1 > p->n)
        p->n = (size_t)ix + 1;
}

static void
join_pieces(struct pieces *p, struct dz_buf *out)
{
    struct dz_buf all = DZ_BUF(VALUE_MAX);
    for (size_t i = 0; i < p->n; i++) {
        dz_buf_addv(&all, dz_buf_view(&p->list[i]));
        dz_buf_done(&p->list[i]);
    }
    struct dz_view v = dz_buf_view(&all);
    struct dz_view charset = {0};
    const char *quote = p->extended && v.n > 0 ? memchr(v.p, '\'', v.n) : NULL;
    const char *second =
        quote != NULL ? memchr(quote + 1, '\'', (size_t)(v.p + v.n - quote - 1)) : NULL;
    if (second != NULL) {
        charset = (struct dz_view){.p = v.p, .n = (size_t)(quote - v.p)};
        v.n -= (size_t)(second + 1 - v.p);
        v.p = second + 1;
    }
    add_decoded(v, charset, out);
    dz_buf_done(&all);
}

bool
dz_mail_parameter(struct dz_view raw, const char *name, struct dz_buf *out)
{
    size_t n_name = strlen(name);
    const char *first = raw.n > 0 ? memchr(raw.p, ';', raw.n) : NULL;
    if (first == NULL)
        return false;
    struct dz_view v = {.p = first + 1, .n = (size_t)(raw.p + raw.n - first - 1)};
    DZ_AUTO_FREE struct pieces *pieces = dz_alloc(sizeof *pieces);
    bool found = false;
    for (size_t i = 0; i < 200 && !found; i++) {
        struct parameter p = {.value = DZ_BUF(VALUE_MAX)};
        bool more = next_parameter(&v, &p);
        if (more && p.name.n >= n_name && strncasecmp(p.name.p, name, n_name) == 0) {
            struct dz_view rest = {.p = p.name.p + n_name, .n = p.name.n - n_name};
            if (rest.n == 0) {
                /* Not allowed, and done by most: encoded words in a parameter. */
                dz_mail_words(dz_buf_view(&p.value), out);
                found = true;
            } else if (rest.p[0] == '*') {
                take_piece(pieces, rest, dz_buf_view(&p.value));
            }
        }
        dz_buf_done(&p.value);
        if (!more)
            break;
    }
    bool pieced = pieces->n > 0;
    if (pieced) {
        /* Who gives both forms means the longer one, which knows all letters. */
        if (found)
            dz_buf_reset(out);
        join_pieces(pieces, out);
    }
    return found || pieced;
}
