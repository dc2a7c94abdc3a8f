#include "dz_html.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dz_utf8.h"

#define FORMATTED_MAX ((size_t)1 << 20) /* bytes of one formatted value */

static void
flush(struct dz_html *h)
{
    if (h->code == DZ_OK && h->n > 0)
        h->code = h->sink(h->ctx, h->chunk, h->n, &h->err);
    h->n = 0;
}

static void
put(struct dz_html *h, const char *p, size_t n)
{
    while (n > 0 && h->code == DZ_OK) {
        size_t room = sizeof h->chunk - h->n;
        size_t part = n < room ? n : room;
        memcpy(h->chunk + h->n, p, part);
        h->n += part;
        p += part;
        n -= part;
        if (h->n == sizeof h->chunk)
            flush(h);
    }
}

static void
puts_constant(struct dz_html *h, const char *s)
{
    put(h, s, strlen(s));
}

/* Escapes that hold in text and in quoted attribute values alike. */
static const char *
entity(uint32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* What HTML does not allow as a character, in whatever spelling. */
static bool
not_html(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) ||
           (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static void
put_escaped(struct dz_html *h, struct dz_view text)
{
    size_t pos = 0, done = 0;
    while (pos < text.n) {
        size_t at = pos;
        uint32_t c = dz_utf8_next(text, &pos);
        const char *with = c == 0xfffd || not_html(c) ? "\xef\xbf\xbd" : entity(c);
        if (with == NULL)
            continue;
        put(h, text.p + done, at - done);
        puts_constant(h, with);
        done = pos;
    }
    put(h, text.p + done, text.n - done);
}

static void
end_tag_start(struct dz_html *h)
{
    if (h->in_tag)
        put(h, ">", 1);
    h->in_tag = false;
}

void
dz_html_init(struct dz_html *h, dz_chunk_fn *sink, void *ctx)
{
    h->sink = sink;
    h->ctx = ctx;
    h->err = (struct dz_err){0};
    h->code = DZ_OK;
    h->mistake = false;
    h->in_tag = false;
    h->depth = 0;
    h->n = 0;
    puts_constant(h, "<!DOCTYPE html>\n");
}

enum dz_code
dz_html_finish(struct dz_html *h, struct dz_err *err)
{
    end_tag_start(h);
    put(h, "\n", 1);
    flush(h);
    if (h->code != DZ_OK) {
        if (err != NULL)
            *err = h->err;
        return h->code;
    }
    if (h->mistake || h->depth != 0)
        return dz_fail(err, DZ_E_CORRUPT,
                       "page: the tags do not match: this is a mistake in dokaz");
    return DZ_OK;
}

/* Tags after which a line break changes nothing for a reader, but helps who looks at the file. */
static bool
starts_line(const char *name)
{
    static const char *const names[] = {
        "html", "head",    "meta", "title",   "style", "body",  "main",   "h1",      "h2",    "h3",
        "h4",   "section", "nav",  "table",   "tr",    "thead", "tbody",  "caption", "ul",    "ol",
        "li",   "dl",      "dt",   "article", "p",     "div",   "header", "footer",  "figure"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static void
start_tag(struct dz_html *h, const char *name)
{
    end_tag_start(h);
    puts_constant(h, starts_line(name) ? "\n<" : "<");
    puts_constant(h, name);
    h->in_tag = true;
}

void
dz_html_open(struct dz_html *h, const char *name)
{
    start_tag(h, name);
    if (h->depth < DZ_HTML_DEPTH)
        h->open[h->depth++] = name;
    else
        h->mistake = true;
}

void
dz_html_open_class(struct dz_html *h, const char *name, const char *class_name)
{
    dz_html_open(h, name);
    dz_html_attr(h, "class", class_name);
}

void
dz_html_close(struct dz_html *h, const char *name)
{
    end_tag_start(h);
    if (h->depth == 0 || strcmp(h->open[h->depth - 1], name) != 0) {
        h->mistake = true;
        return;
    }
    h->depth--;
    put(h, "</", 2);
    puts_constant(h, name);
    put(h, ">", 1);
}

void
dz_html_void(struct dz_html *h, const char *name)
{
    start_tag(h, name);
}

void
dz_html_attr(struct dz_html *h, const char *name, const char *value)
{
    if (value == NULL)
        return;
    if (!h->in_tag) {
        h->mistake = true;
        return;
    }
    put(h, " ", 1);
    puts_constant(h, name);
    put(h, "=\"", 2);
    put_escaped(h, dz_view_of(value));
    put(h, "\"", 1);
}

static char *
formatted(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));

static char *
formatted(const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    char *out = NULL;
    if (n >= 0 && (size_t)n < FORMATTED_MAX) {
        out = dz_alloc((size_t)n + 1);
        (void)vsnprintf(out, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return out;
}

void
dz_html_attrf(struct dz_html *h, const char *name, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    DZ_AUTO_FREE char *value = formatted(fmt, args);
    va_end(args);
    dz_html_attr(h, name, value);
}

bool
dz_html_is_link(const char *address)
{
    struct dz_view v = dz_view_of(address);
    if (!dz_view_starts(v, "https://") && !dz_view_starts(v, "http://"))
        return false;
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        if (c <= ' ' || c == '"' || c == '<' || c == '>' || c == '\\' || c == 0x7f)
            return false;
    }
    return true;
}

bool
dz_html_href(struct dz_html *h, const char *address)
{
    if (address == NULL || !dz_html_is_link(address))
        return false;
    dz_html_attr(h, "href", address);
    return true;
}

void
dz_html_text(struct dz_html *h, const char *s)
{
    if (s == NULL)
        return;
    end_tag_start(h);
    put_escaped(h, dz_view_of(s));
}

void
dz_html_textf(struct dz_html *h, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    DZ_AUTO_FREE char *text = formatted(fmt, args);
    va_end(args);
    dz_html_text(h, text);
}

void
dz_html_element(struct dz_html *h, const char *name, const char *text)
{
    dz_html_open(h, name);
    dz_html_text(h, text);
    dz_html_close(h, name);
}

void
dz_html_element_class(struct dz_html *h, const char *name, const char *class_name, const char *text)
{
    dz_html_open_class(h, name, class_name);
    dz_html_text(h, text);
    dz_html_close(h, name);
}

void
dz_html_style(struct dz_html *h, struct dz_view constant_css)
{
    dz_html_open(h, "style");
    end_tag_start(h);
    put(h, constant_css.p, constant_css.n);
    dz_html_close(h, "style");
}

/* CSS Syntax Level 3, section 4.3.7: any character may be written as a backslash, its number in
 * hex and one blank. Everything but letters, digits and spaces is written so, "</style" therefore
 * cannot appear. */
static void
put_css_string(struct dz_html *h, struct dz_view text)
{
    static const char digits[] = "0123456789abcdef";
    put(h, "\"", 1);
    size_t pos = 0;
    while (pos < text.n) {
        uint32_t c = dz_utf8_next(text, &pos);
        bool plain =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ';
        if (plain) {
            char byte = (char)c;
            put(h, &byte, 1);
            continue;
        }
        char hex[8] = {'\\'};
        size_t n = 1;
        for (int shift = 20; shift >= 0; shift -= 4) {
            uint32_t digit = (c >> shift) & 0xf;
            if (digit != 0 || n > 1 || shift == 0)
                hex[n++] = digits[digit];
        }
        hex[n++] = ' ';
        put(h, hex, n);
    }
    put(h, "\"", 1);
}

void
dz_html_style_string(struct dz_html *h, const char *before, const char *value, const char *after)
{
    dz_html_open(h, "style");
    end_tag_start(h);
    puts_constant(h, before);
    put_css_string(h, dz_view_of(value));
    puts_constant(h, after);
    dz_html_close(h, "style");
}
