#include "dz_out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unicode/uchar.h>
#include <unistd.h>

#include "dz_json.h"
#include "dz_os.h"
#include "dz_utf8.h"

#define OUT_FLUSH ((size_t)64 << 10) /* bytes that wait at most */
#define OUT_MAX ((size_t)64 << 20)

/* Narrower than this, columns do not help any more; wider, lines are hard to follow. */
#define WIDTH_LEAST 40
#define WIDTH_MOST 120
#define WIDTH_USUAL 80

void
dz_out_init(struct dz_out *o, int fd)
{
    *o = (struct dz_out){.buf = DZ_BUF(OUT_MAX), .fd = fd, .width = WIDTH_USUAL};
    o->tty = isatty(fd) == 1;
    struct winsize size;
    if (o->tty && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        o->width = size.ws_col < WIDTH_LEAST  ? WIDTH_LEAST
                   : size.ws_col > WIDTH_MOST ? WIDTH_MOST
                                              : size.ws_col;
    }
}

void
dz_out_flush(struct dz_out *o)
{
    struct dz_err err = {0};
    if (!o->failed && o->buf.n > 0 && dz_os_write_all(o->fd, o->buf.p, o->buf.n, &err) != DZ_OK) {
        o->failed = true;
        o->err = err;
    }
    dz_buf_reset(&o->buf);
}

enum dz_code
dz_out_finish(struct dz_out *o, struct dz_err *err)
{
    dz_out_flush(o);
    if (!o->failed || o->err.sys == EPIPE)
        return DZ_OK;
    if (o->err.code == DZ_E_FULL)
        return dz_fail(err, DZ_E_FULL,
                       "standard output: no room left on the device: the output is not complete");
    if (err != NULL)
        *err = o->err;
    return dz_while(err, "standard output");
}

void
dz_out_done(struct dz_out *o)
{
    dz_buf_done(&o->buf);
}

void
dz_out_bytes(struct dz_out *o, const void *p, size_t n)
{
    if (o->failed)
        return;
    /* What does not fit beside what waits goes in pieces. */
    const char *bytes = p;
    while (n > 0) {
        size_t piece = n < OUT_FLUSH ? n : OUT_FLUSH;
        dz_buf_add(&o->buf, bytes, piece);
        if (o->buf.n >= OUT_FLUSH)
            dz_out_flush(o);
        bytes += piece;
        n -= piece;
    }
}

void
dz_out_text(struct dz_out *o, const char *s)
{
    dz_out_bytes(o, s, strlen(s));
}

void
dz_out_f(struct dz_out *o, const char *fmt, ...)
{
    char text[4096];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n > 0)
        dz_out_bytes(o, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void
dz_out_line(struct dz_out *o, struct dz_view text, size_t max_cp)
{
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(OUT_MAX);
    dz_utf8_line(&line, text, max_cp);
    dz_out_bytes(o, line.p, line.n);
}

void
dz_out_lines(struct dz_out *o, struct dz_view text)
{
    if (!o->tty) {
        dz_out_bytes(o, text.p, text.n);
        return;
    }
    /* Stored text comes from strangers: on a terminal it must not move the cursor or reorder. */
    DZ_AUTO_BUF struct dz_buf one = DZ_BUF(16);
    for (size_t pos = 0; pos < text.n;) {
        uint32_t cp = dz_utf8_next(text, &pos);
        dz_buf_reset(&one);
        dz_utf8_put(&one, cp != '\n' && dz_utf8_is_control(cp) ? ' ' : cp);
        dz_out_bytes(o, one.p, one.n);
    }
}

size_t
dz_out_columns(struct dz_view text)
{
    size_t columns = 0;
    for (size_t pos = 0; pos < text.n;) {
        uint32_t cp = dz_utf8_next(text, &pos);
        int8_t type = u_charType((UChar32)cp);
        if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR)
            continue;
        int wide = u_getIntPropertyValue((UChar32)cp, UCHAR_EAST_ASIAN_WIDTH);
        columns += wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
    }
    return columns;
}

static void
spaces(struct dz_out *o, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dz_out_bytes(o, " ", 1);
}

void
dz_out_wrap(struct dz_out *o, struct dz_view text, size_t indent, size_t at)
{
    size_t column = at;
    size_t limit = o->width > indent + 20 ? o->width : indent + 20;
    bool fresh = true; /* nothing stands on this line yet */
    spaces(o, at < indent ? indent - at : 0);
    column = at < indent ? indent : at;
    for (size_t i = 0; i < text.n;) {
        if (text.p[i] == '\n') {
            dz_out_text(o, "\n");
            /* An empty line parts paragraphs and gets no indent. */
            if (i + 1 < text.n && text.p[i + 1] != '\n')
                spaces(o, indent);
            column = indent;
            fresh = true;
            i++;
            continue;
        }
        if (text.p[i] == ' ') {
            i++;
            continue;
        }
        size_t end = i;
        while (end < text.n && text.p[end] != ' ' && text.p[end] != '\n')
            end++;
        struct dz_view word = {text.p + i, end - i};
        size_t wide = dz_out_columns(word);
        if (!fresh && column + 1 + wide > limit) {
            dz_out_text(o, "\n");
            spaces(o, indent);
            column = indent;
            fresh = true;
        }
        if (!fresh) {
            dz_out_text(o, " ");
            column++;
        }
        dz_out_bytes(o, word.p, word.n);
        column += wide;
        fresh = false;
        i = end;
    }
    dz_out_text(o, "\n");
}

void
dz_out_json(struct dz_out *o, const json_t *value)
{
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(OUT_MAX);
    struct dz_err err = {0};
    if (dz_json_line(&line, value, &err) != DZ_OK) {
        if (!o->failed) {
            o->failed = true;
            o->err = err;
        }
        return;
    }
    dz_out_bytes(o, line.p, line.n);
    dz_out_text(o, "\n");
}

void
dz_out_json_new(struct dz_out *o, json_t *value)
{
    dz_out_json(o, value);
    json_decref(value);
}
