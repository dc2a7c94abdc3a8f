#include <string.h>

#include "dz_families.h"
#include "dz_html_reader.h"

/* Pages as files of their own. */

/* "charset" of a media type with parameters, as an answer of a server gives it. */
static const char *
declared_charset(struct dz_work *w, char ret[40])
{
    const char *option = dz_work_option(w, "charset");
    if (option && option[0])
        return option;
    const char *at = strstr(dz_work_media_type(w), "charset=");
    if (!at)
        return NULL;
    at += strlen("charset=");
    at += *at == '"';
    size_t n = strcspn(at, "\"; \t");
    if (n == 0 || n > 39)
        return NULL;
    memcpy(ret, at, n);
    ret[n] = '\0';
    return ret;
}

static void
read_html(struct dz_work *w)
{
    struct dz_err err = {0};
    struct dz_view bytes;
    enum dz_code code = dz_work_map(w, &bytes, &err);
    if (code != DZ_OK || bytes.n > DZ_HTML_BYTES_MAX) {
        bool large = code == DZ_OK || code == DZ_E_LIMIT;
        dz_work_done(w, large ? "limit" : "damaged", large ? "too_large" : "damaged");
        return;
    }
    if (bytes.n == 0) {
        dz_work_done(w, "empty", "empty");
        return;
    }
    char charset[40];
    const char *links = dz_work_option(w, "links");
    struct dz_html_want want = {
        .fields = true, .whole = true, .links = links && strcmp(links, "yes") == 0};
    code = dz_html_read_bytes(w, bytes, declared_charset(w, charset), &want, &err);
    if (code == DZ_E_INPUT)
        dz_work_done(w, "unsupported", "binary");
    else if (code != DZ_OK)
        dz_work_done(w, "limit", "nesting");
    else if (dz_work_chars(w) == 0)
        dz_work_done(w, "empty", "blank");
    else
        dz_work_done(w, "text", NULL);
}

/* gumbo has only constant tables; ICU reads its own when it is first asked. */
static void
warm(void)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(64);
    struct dz_decoded d;
    (void)!dz_decode(DZ_VIEW("\xcf\xf0\xe8"), "windows-1251", &out, &d, NULL);
}

const struct dz_family dz_family_html = {
    .name = "html",
    .extractor = "html/3",
    .warm = warm,
    .read = read_html,
};
