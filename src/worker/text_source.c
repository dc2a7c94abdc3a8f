#include <stdio.h>
#include <string.h>

#include "text_impl.h"

#define READ_BYTES ((size_t)32 << 10)

static enum dz_code
read_some(struct text_source *s, struct dz_buf *out, struct dz_err *err)
{
    char bytes[READ_BYTES];
    size_t n = 0;
    DZ_TRY(dz_work_next(s->w, bytes, sizeof bytes, &n, err));
    if (n > 0)
        return dz_decoder_feed(s->decoder, (struct dz_view){bytes, n}, out, err);
    s->at_end = true;
    return dz_decoder_finish(s->decoder, out, &s->decoded, err);
}

enum dz_code
text_source_open(struct text_source *s, struct dz_work *w, struct dz_err *err)
{
    *s = (struct text_source){.w = w, .decoder = dz_decoder_new(NULL)};
    /* One piece of a decoder is its sample and what was read last; three bytes for one at most. */
    s->head.max = 16 * (size_t)DZ_DECODE_SAMPLE;
    s->piece.max = 16 * (size_t)DZ_DECODE_SAMPLE;
    while (!s->at_end && s->head.n < DZ_DECODE_SAMPLE)
        DZ_TRY(read_some(s, &s->head, err));
    return DZ_OK;
}

void
text_source_done(struct text_source *s)
{
    dz_decoder_free(s->decoder);
    dz_buf_done(&s->head);
    dz_buf_done(&s->piece);
}

static bool
has_word(struct dz_view v)
{
    return dz_view_trim(v).n > 0;
}

enum dz_code
text_source_next(struct text_source *s, struct dz_view *ret, struct dz_err *err)
{
    struct dz_buf *from = &s->piece;
    if (!s->head_given) {
        from = &s->head;
        s->head_given = true;
    } else {
        dz_buf_reset(&s->piece);
        while (!s->at_end && s->piece.n == 0)
            DZ_TRY(read_some(s, &s->piece, err));
    }
    struct dz_view v = dz_buf_view(from);
    s->given += v.n;
    if (s->given > TEXT_BYTES_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the text is longer than %llu bytes",
                       (unsigned long long)TEXT_BYTES_MAX);
    s->any_word = s->any_word || has_word(v);
    *ret = v;
    return DZ_OK;
}

void
text_source_finish(struct text_source *s, enum dz_code code)
{
    if (s->at_end && s->decoded.encoding[0] && strcmp(s->decoded.encoding, "utf-8") != 0)
        dz_work_field(s->w, "encoding", dz_view_of(s->decoded.encoding));
    if (s->decoded.n_repaired > 0) {
        char n[24];
        (void)snprintf(n, sizeof n, "%zu", s->decoded.n_repaired);
        dz_work_meta(s->w, "text.repaired", dz_view_of(n));
    }
    if (code == DZ_E_INPUT)
        dz_work_done(s->w, "unsupported", "binary");
    else if (code == DZ_E_LIMIT)
        dz_work_done(s->w, "limit", "too_large");
    else if (code != DZ_OK)
        dz_work_done(s->w, "damaged", "damaged");
    else if (s->any_word)
        dz_work_done(s->w, "text", NULL);
    else
        dz_work_done(s->w, "empty", s->given > 0 ? "blank" : "empty");
}

/* ---- lines ---- */

bool
text_take_line(struct dz_view *text, struct dz_view *ret)
{
    if (text->n == 0)
        return false;
    const char *end = memchr(text->p, '\n', text->n);
    size_t n = end ? (size_t)(end - text->p) + 1 : text->n;
    *ret = (struct dz_view){text->p, n};
    *text = (struct dz_view){text->p + n, text->n - n};
    return true;
}

/* Where a long piece may be cut: not inside a character. */
static size_t
whole_characters(struct dz_view v, size_t n)
{
    while (n > 1 && n < v.n && ((unsigned char)v.p[n] & 0xC0) == 0x80)
        n--;
    return n;
}

enum dz_code
text_lines(struct text_source *s, text_line_fn *line, void *ctx, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf held = DZ_BUF(2 * TEXT_LINE_MAX);
    bool begins = true;
    for (;;) {
        struct dz_view v;
        DZ_TRY(text_source_next(s, &v, err));
        bool end = v.n == 0;
        while (v.n > 0 || (end && held.n > 0)) {
            size_t room = TEXT_LINE_MAX - held.n;
            size_t n = v.n < room ? v.n : room;
            const char *newline = n > 0 ? memchr(v.p, '\n', n) : NULL;
            n = newline ? (size_t)(newline - v.p) + 1 : whole_characters(v, n);
            dz_buf_add(&held, v.p, n);
            v = (struct dz_view){v.p + n, v.n - n};
            if (!newline && !end && v.n == 0 && held.n + 4 < TEXT_LINE_MAX)
                break; /* the rest of the line is still to come */
            DZ_TRY(line(ctx, dz_buf_view(&held), begins, err));
            dz_buf_reset(&held);
            begins = newline != NULL;
        }
        if (end)
            return DZ_OK;
    }
}
