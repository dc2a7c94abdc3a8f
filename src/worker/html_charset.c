#include <string.h>
#include <strings.h>

#include "dz_html_reader.h"

/* The encoding that a page declares: <?xml encoding>, <meta charset> or <meta http-equiv content>
 * within its first 1024 bytes (HTML, section 13.2.3.2, simplified). */

#define LOOKED_BYTES 1024

static size_t
find(struct dz_view v, size_t from, const char *what)
{
    size_t n = strlen(what);
    for (size_t i = from; i + n <= v.n; i++) {
        /* The first letter in either case, and a few others, before the function is called. */
        if (((v.p[i] ^ what[0]) & ~0x20) == 0 && strncasecmp(v.p + i, what, n) == 0)
            return i;
    }
    return v.n;
}

/* The value behind `name =` in a tag, with or without quotes. */
static struct dz_view
value_of(struct dz_view tag, const char *name)
{
    size_t at = find(tag, 0, name);
    if (at == tag.n)
        return (struct dz_view){0};
    at += strlen(name);
    while (at < tag.n && (unsigned char)tag.p[at] <= ' ')
        at++;
    if (at >= tag.n || tag.p[at] != '=')
        return (struct dz_view){0};
    at++;
    while (at < tag.n && ((unsigned char)tag.p[at] <= ' ' || tag.p[at] == '"' || tag.p[at] == '\''))
        at++;
    size_t end = at;
    while (end < tag.n && (unsigned char)tag.p[end] > ' ' && !strchr("\"';/>?", tag.p[end]))
        end++;
    return (struct dz_view){tag.p + at, end - at};
}

bool
dz_html_charset(struct dz_view bytes, char ret[40])
{
    struct dz_view head = {bytes.p, bytes.n < LOOKED_BYTES ? bytes.n : LOOKED_BYTES};
    struct dz_view found = {0};
    if (find(head, 0, "<?xml") == 0)
        found = value_of((struct dz_view){head.p, find(head, 0, "?>")}, "encoding");
    for (size_t at = 0; at < head.n && found.n == 0;) {
        size_t comment = find(head, at, "<!--");
        at = find(head, at, "<meta");
        if (comment < at) {
            at = find(head, comment + 4, "-->");
            continue;
        }
        size_t end = find(head, at, ">");
        /* "charset=" stands in the content of http-equiv as well. */
        found = value_of((struct dz_view){head.p + at, end - at}, "charset");
        at = end;
    }
    if (found.n == 0 || found.n > 39)
        return false;
    /* That the declaration could be read shows that it is not in UTF-16. */
    if (strncasecmp(found.p, "utf-16", found.n < 6 ? found.n : 6) == 0 && found.n >= 6)
        found = DZ_VIEW("utf-8");
    memcpy(ret, found.p, found.n);
    ret[found.n] = '\0';
    return true;
}

enum dz_code
dz_html_read_bytes(struct dz_work *w, struct dz_view bytes, const char *declared,
                   const struct dz_html_want *want, struct dz_err *err)
{
    char charset[40];
    if (!declared || !declared[0])
        declared = dz_html_charset(bytes, charset) ? charset : NULL;
    DZ_AUTO_BUF struct dz_buf page = DZ_BUF(4 * (size_t)DZ_HTML_BYTES_MAX + 16);
    struct dz_decoded decoded = {0};
    if (bytes.n > DZ_HTML_BYTES_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the page is larger than %u bytes", DZ_HTML_BYTES_MAX);
    DZ_TRY(dz_decode(bytes, declared, &page, &decoded, err));
    if (want->fields && strcmp(decoded.encoding, "utf-8") != 0)
        dz_work_field(w, "encoding", dz_view_of(decoded.encoding));
    return dz_html_read(w, dz_buf_view(&page), want, err);
}
