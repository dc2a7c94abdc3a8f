#include <string.h>
#include <strings.h>

#include "dz_families.h"
#include "dz_html_reader.h"
#include "dz_mem.h"
#include "dz_web.h"

/* What a page or a style sheet needs, for captures: the body of an answer as it came over the wire
 * is unpacked and looked through, and every address it names as a part of itself is said as meta
 * "resource", as it stands there. Options: "kind" (html or css), "encoding" (of the header
 * Content-Encoding), "chunked" (yes), "charset". Of the kind "body" it is unpacked only, and what
 * it holds is said as a part. */

#define ADDRESS_MAX 2048u

static void
take(void *ctx, struct dz_view bytes)
{
    dz_buf_addv(ctx, bytes);
}

/* ---- style sheets (CSS Syntax Level 3, as far as addresses are concerned) ---- */

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
say(struct dz_work *w, struct dz_view address)
{
    address = dz_view_trim(address);
    bool inside = address.n >= 5 && strncasecmp(address.p, "data:", 5) == 0;
    if (address.n > 0 && address.n <= ADDRESS_MAX && address.p[0] != '#' && !inside)
        dz_work_meta(w, "resource", address);
}

/* Behind the quote at `at`: where the string ends. A line break ends it, too: it is broken then. */
static size_t
string_end(struct dz_view css, size_t at, bool *ret_whole)
{
    char quote = css.p[at++];
    while (at < css.n && css.p[at] != quote && css.p[at] != '\n')
        at += css.p[at] == '\\' && at + 1 < css.n ? 2 : 1;
    if (at > css.n)
        at = css.n;
    *ret_whole = at < css.n && css.p[at] == quote;
    return at;
}

/* A string at `at` is an address. Returns what follows it. */
static size_t
say_string(struct dz_work *w, struct dz_view css, size_t at)
{
    bool whole = false;
    size_t end = string_end(css, at, &whole);
    if (whole)
        say(w, (struct dz_view){css.p + at + 1, end - at - 1});
    return end < css.n ? end + 1 : end;
}

static size_t
say_url(struct dz_work *w, struct dz_view css, size_t at)
{
    while (at < css.n && is_space(css.p[at]))
        at++;
    if (at < css.n && (css.p[at] == '"' || css.p[at] == '\''))
        return say_string(w, css, at);
    const char *close = at < css.n ? memchr(css.p + at, ')', css.n - at) : NULL;
    if (close == NULL)
        return css.n;
    size_t n = (size_t)(close - css.p) - at;
    say(w, (struct dz_view){css.p + at, n});
    return at + n + 1;
}

static bool
word_at(struct dz_view css, size_t at, const char *word)
{
    size_t n = strlen(word);
    return css.n - at >= n && strncasecmp(css.p + at, word, n) == 0;
}

static size_t
comment_end(struct dz_view css, size_t at)
{
    for (at += 2; at + 1 < css.n; at++)
        if (css.p[at] == '*' && css.p[at + 1] == '/')
            return at + 2;
    return css.n;
}

static void
read_css(struct dz_work *w, struct dz_view css)
{
    for (size_t at = 0; at < css.n;) {
        char c = css.p[at];
        bool whole = false;
        if (c == '/' && at + 1 < css.n && css.p[at + 1] == '*') {
            at = comment_end(css, at);
        } else if (word_at(css, at, "url(")) {
            at = say_url(w, css, at + 4);
        } else if (word_at(css, at, "@import")) {
            at += strlen("@import");
            while (at < css.n && is_space(css.p[at]))
                at++;
            if (at < css.n && (css.p[at] == '"' || css.p[at] == '\''))
                at = say_string(w, css, at);
        } else if (c == '"' || c == '\'') {
            at = string_end(css, at, &whole);
            at += at < css.n;
        } else {
            at += c == '\\' && at + 1 < css.n ? 2 : 1;
        }
    }
}

/* ---- the body ---- */

static void
pass_on(void *ctx, struct dz_view bytes)
{
    dz_work_part_data(ctx, bytes.p, bytes.n);
}

static enum dz_code
unpack(struct dz_work *w, dz_web_sink *sink, void *ctx, bool *ret_whole, struct dz_err *err)
{
    const char *encoding = dz_work_option(w, "encoding");
    const char *chunked = dz_work_option(w, "chunked");
    bool in_chunks = chunked != NULL && strcmp(chunked, "yes") == 0;
    struct dz_web_unpack *u =
        dz_web_unpack_new(dz_view_of(encoding != NULL ? encoding : ""), in_chunks, sink, ctx);
    enum dz_code code = DZ_OK;
    bool wants = true;
    for (size_t n = 1; n > 0 && wants && code == DZ_OK;) {
        char room[16384];
        code = dz_work_next(w, room, sizeof room, &n, err);
        if (code == DZ_OK && n > 0)
            wants = dz_web_unpack_feed(u, (struct dz_view){room, n});
    }
    *ret_whole = dz_web_unpack_end(u) == DZ_WEB_WHOLE;
    return code;
}

static void
read_body(struct dz_work *w)
{
    struct dz_err err = {0};
    bool whole = false;
    dz_work_part_begin(w, dz_view_of("body"), "application/octet-stream");
    enum dz_code code = unpack(w, pass_on, w, &whole, &err);
    dz_work_part_end(w);
    bool good = code == DZ_OK && whole;
    dz_work_done(w, good ? "empty" : "damaged", good ? NULL : "damaged");
}

static void
read_needs(struct dz_work *w)
{
    const char *wanted = dz_work_option(w, "kind");
    if (wanted != NULL && strcmp(wanted, "body") == 0) {
        read_body(w);
        return;
    }
    struct dz_err err = {0};
    DZ_AUTO_BUF struct dz_buf body = DZ_BUF(DZ_HTML_BYTES_MAX);
    bool whole = false;
    enum dz_code code = unpack(w, take, &body, &whole, &err);
    const char *kind = dz_work_option(w, "kind");
    const char *charset = dz_work_option(w, "charset");
    struct dz_html_want want = {.links = true};
    if (code == DZ_OK && kind != NULL && strcmp(kind, "css") == 0)
        read_css(w, dz_buf_view(&body));
    else if (code == DZ_OK && body.n > 0)
        code = dz_html_read_bytes(w, dz_buf_view(&body), charset, &want, &err);
    if (code == DZ_OK && whole && !body.failed)
        dz_work_done(w, "empty", NULL);
    else
        dz_work_done(w, "damaged", "damaged");
}

static void
warm(void)
{
    dz_family_html.warm();
}

const struct dz_family dz_family_needs = {
    .name = "needs",
    .extractor = "needs/1",
    .warm = warm,
    .read = read_needs,
};
