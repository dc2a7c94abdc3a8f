#define _GNU_SOURCE /* memmem */

#include <string.h>
#include <strings.h>

#include "dz_codec.h"
#include "dz_mail.h"
#include "dz_mem.h"

/* The length of the line at the front of v, with its end. */
static size_t
line_length(struct dz_view v)
{
    const char *end = v.n > 0 ? memchr(v.p, '\n', v.n) : NULL;
    return end != NULL ? (size_t)(end + 1 - v.p) : v.n;
}

static bool
is_empty_line(struct dz_view v, size_t n)
{
    return n > 0 && (v.p[0] == '\n' || (v.p[0] == '\r' && n == 2 && v.p[1] == '\n'));
}

/* "Name:" at the front of a line: printable ASCII without spaces before the colon. */
static size_t
name_length(struct dz_view v, size_t line)
{
    size_t n = 0;
    while (n < line && n < 200 && v.p[n] > ' ' && v.p[n] < 0x7f && v.p[n] != ':')
        n++;
    size_t end = n;
    while (end < line && (v.p[end] == ' ' || v.p[end] == '\t'))
        end++;
    return n > 0 && end < line && v.p[end] == ':' ? n : 0;
}

void
dz_mail_body_parse(struct dz_mail_body *b, struct dz_view bytes)
{
    *b = (struct dz_mail_body){0};
    struct dz_view v = bytes;
    while (v.n > 0) {
        size_t n = line_length(v);
        if (is_empty_line(v, n)) {
            b->has_end = true;
            v.p += n;
            v.n -= n;
            break;
        }
        size_t name = name_length(v, n);
        bool folded = v.p[0] == ' ' || v.p[0] == '\t';
        if (folded && b->n_headers > 0 && b->n_headers <= DZ_MAIL_HEADERS_MAX) {
            struct dz_view *value = &b->headers[b->n_headers - 1].value;
            value->n = (size_t)(v.p + n - value->p);
        } else if (name > 0 && b->n_headers < DZ_MAIL_HEADERS_MAX) {
            b->headers = dz_grow(b->headers, &b->cap, b->n_headers + 1, sizeof *b->headers);
            const char *colon = memchr(v.p + name, ':', n - name);
            size_t before = (size_t)(colon + 1 - v.p);
            b->headers[b->n_headers++] = (struct dz_mail_header){
                .name = {.p = v.p, .n = name},
                .value = {.p = v.p + before, .n = n - before},
            };
        } else if (name == 0 && !folded) {
            break; /* no header, and no empty line before the content either */
        }
        v.p += n;
        v.n -= n;
    }
    b->content = v;
}

void
dz_mail_body_done(struct dz_mail_body *b)
{
    dz_free(b->headers);
    *b = (struct dz_mail_body){0};
}

struct dz_view
dz_mail_header(const struct dz_mail_body *b, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < b->n_headers; i++) {
        const struct dz_mail_header *h = &b->headers[i];
        if (h->name.n == n && strncasecmp(h->name.p, name, n) == 0)
            return dz_view_trim(h->value);
    }
    return (struct dz_view){.p = "", .n = 0};
}

/* ---- transfer encodings ---- */

static int
base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Whatever is no digit is passed over, as RFC 2045 section 6.8 asks; padding only ends a group. */
void
dz_mail_decode_base64(struct dz_view text, struct dz_buf *out)
{
    uint32_t bits = 0;
    unsigned n = 0;
    for (size_t i = 0; i < text.n; i++) {
        int digit = base64_digit(text.p[i]);
        if (digit < 0) {
            if (text.p[i] == '=')
                n = 0;
            continue;
        }
        bits = bits << 6 | (uint32_t)digit;
        n += 6;
        if (n >= 8) {
            n -= 8;
            dz_buf_addc(out, (char)(bits >> n & 0xff));
        }
    }
}

void
dz_mail_decode_quoted(struct dz_view text, bool in_header, struct dz_buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '_' && in_header) {
            dz_buf_addc(out, ' ');
            continue;
        }
        if (c != '=') {
            dz_buf_addc(out, c);
            continue;
        }
        int high = i + 2 < text.n ? dz_hex_digit(text.p[i + 1]) : -1;
        int low = high >= 0 ? dz_hex_digit(text.p[i + 2]) : -1;
        if (low >= 0) {
            dz_buf_addc(out, (char)(high << 4 | low));
            i += 2;
            continue;
        }
        /* "=" at the end of a line joins it with the next; blanks may stand between. */
        size_t at = i + 1;
        while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\t' || text.p[at] == '\r'))
            at++;
        if (at >= text.n || text.p[at] == '\n')
            i = at;
        else
            dz_buf_addc(out, c);
    }
}

static void
decode_uu(struct dz_view text, struct dz_buf *out)
{
    bool begun = false;
    while (text.n > 0) {
        size_t n = line_length(text);
        struct dz_view line = {.p = text.p, .n = n};
        text.p += n;
        text.n -= n;
        if (!begun) {
            begun = dz_view_starts(line, "begin ");
            continue;
        }
        if (dz_view_starts(line, "end"))
            return;
        size_t left = line.n > 0 ? (size_t)((line.p[0] - ' ') & 63) : 0;
        for (size_t i = 1; left > 0 && i + 3 < line.n; i += 4) {
            uint32_t bits = 0;
            for (size_t k = 0; k < 4; k++)
                bits = bits << 6 | (uint32_t)((line.p[i + k] - ' ') & 63);
            for (size_t k = 0; k < 3 && left > 0; k++, left--)
                dz_buf_addc(out, (char)(bits >> (16 - 8 * k) & 0xff));
        }
    }
}

void
dz_mail_decode(struct dz_view content, struct dz_view encoding, struct dz_buf *out)
{
    struct dz_buf name = DZ_BUF(256);
    dz_mail_value(encoding, &name);
    struct dz_view v = dz_buf_view(&name);
    if (dz_view_is(v, "base64"))
        dz_mail_decode_base64(content, out);
    else if (dz_view_is(v, "quoted-printable"))
        dz_mail_decode_quoted(content, false, out);
    else if (dz_view_is(v, "x-uuencode") || dz_view_is(v, "uuencode") || dz_view_is(v, "x-uue"))
        decode_uu(content, out);
    else
        dz_buf_addv(out, content);
    dz_buf_done(&name);
}

/* ---- bodies within bodies ---- */

/* The next line that is the boundary: where it begins, how long it is, whether it is the last. */
static bool
find_boundary(struct dz_view v, struct dz_view boundary, struct dz_view *ret, bool *ret_last)
{
    const char *at = v.p;
    const char *end = v.p + v.n;
    while (boundary.n > 0 && at < end) {
        const char *mark = memmem(at, (size_t)(end - at), boundary.p, boundary.n);
        if (mark == NULL)
            return false;
        at = mark + boundary.n;
        if (mark - v.p < 2 || mark[-1] != '-' || mark[-2] != '-' ||
            (mark - v.p > 2 && mark[-3] != '\n'))
            continue;
        bool last = end - at >= 2 && at[0] == '-' && at[1] == '-';
        const char *tail = last ? at + 2 : at;
        while (tail < end && (*tail == ' ' || *tail == '\t' || *tail == '\r'))
            tail++;
        if (tail < end && *tail != '\n' && !last)
            continue; /* a longer boundary that begins the same */
        tail += tail < end;
        *ret = (struct dz_view){.p = mark - 2, .n = (size_t)(tail - (mark - 2))};
        *ret_last = last;
        return true;
    }
    return false;
}

bool
dz_mail_next_body(struct dz_view *content, struct dz_view boundary, struct dz_view *ret,
                  bool *ret_closed)
{
    struct dz_view mark;
    bool last;
    /* What stands before the first boundary is for programs that know no MIME. */
    if (!find_boundary(*content, boundary, &mark, &last) || last) {
        *ret_closed = content->n > 0 && find_boundary(*content, boundary, &mark, &last) && last;
        return false;
    }
    const char *end = content->p + content->n;
    const char *behind = mark.p + mark.n;
    struct dz_view rest = {.p = behind, .n = (size_t)(end - behind)};
    struct dz_view next;
    *ret = rest;
    *content = (struct dz_view){.p = end, .n = 0};
    if (find_boundary(rest, boundary, &next, &last)) {
        /* The line break before a boundary belongs to it. */
        size_t n = (size_t)(next.p - rest.p);
        n -= n > 0 && rest.p[n - 1] == '\n';
        n -= n > 0 && rest.p[n - 1] == '\r';
        ret->n = n;
        *content = (struct dz_view){.p = next.p, .n = (size_t)(end - next.p)};
    }
    return true;
}
