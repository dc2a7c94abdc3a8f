#include "dz_extract.h"

#include <string.h>

#include "dz_extract_priv.h"
#include "dz_tr.h"
#include "dz_utf8.h"

/* Which kind of file it is, is decided by its bytes first and by its name second: a name is a
 * claim of whoever made the file. */

struct dz_extractor {
    char *name;
    struct dz_buf bytes;
    uint64_t total;
};

struct kind {
    const char *ending;
    const char *media_type;
    bool is_read; /* text is taken out of it now */
};
static const struct kind kinds[] = {
    {"txt", "text/plain", true},
    {"text", "text/plain", true},
    {"md", "text/markdown", true},
    {"markdown", "text/markdown", true},
    {"html", "text/html", true},
    {"htm", "text/html", true},
    {"xhtml", "text/html", true},
    /* Kinds with a structure of their own: read as plain text, their passages would have to move
     * as soon as they are read properly. */
    {"pdf", "application/pdf", false},
    {"doc", "application/msword", false},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", false},
    {"odt", "application/vnd.oasis.opendocument.text", false},
    {"rtf", "application/rtf", false},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet", false},
    {"csv", "text/csv", false},
    {"tsv", "text/tab-separated-values", false},
    {"json", "application/json", false},
    {"xml", "application/xml", false},
    {"eml", "message/rfc822", false},
    {"mbox", "application/mbox", false},
    {"mhtml", "multipart/related", false},
    {"srt", "application/x-subrip", false},
    {"vtt", "text/vtt", false},
    {"epub", "application/epub+zip", false},
    {"zip", "application/zip", false},
    {"warc", "application/warc", false},
    {"wacz", "application/wacz", false},
    {"jpg", "image/jpeg", false},
    {"jpeg", "image/jpeg", false},
    {"png", "image/png", false},
    {"svg", "image/svg+xml", false},
    {"mp3", "audio/mpeg", false},
    {"mp4", "video/mp4", false},
};

struct magic {
    struct dz_view bytes;
    const char *media_type;
};
static const struct magic magics[] = {
    {DZ_VIEW_INIT("%PDF-"), "application/pdf"},
    {DZ_VIEW_INIT("PK\x03\x04"), "application/zip"},
    {DZ_VIEW_INIT("\x89PNG\r\n"), "image/png"},
    {DZ_VIEW_INIT("\xff\xd8\xff"), "image/jpeg"},
    {DZ_VIEW_INIT("GIF8"), "image/gif"},
    {DZ_VIEW_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "application/x-ole-storage"},
    {DZ_VIEW_INIT("\x1f\x8b"), "application/gzip"},
    {DZ_VIEW_INIT("{\\rtf"), "application/rtf"},
    {DZ_VIEW_INIT("WARC/"), "application/warc"},
};

const char *
dz_extract_status_name(enum dz_extract_status s)
{
    switch (s) {
    case DZ_EXTRACT_TEXT:
        return "text";
    case DZ_EXTRACT_REPAIRED:
        return "repaired";
    case DZ_EXTRACT_EMPTY:
        return "empty";
    case DZ_EXTRACT_UNSUPPORTED:
        return "unsupported";
    case DZ_EXTRACT_NOT_TEXT:
        return "not_text";
    case DZ_EXTRACT_TOO_LARGE:
        return "too_large";
    }
    return "unsupported";
}

static const struct {
    const char *why;
    const char *words;
} reasons[] = {
    {"nesting", N_("the page nests too deeply or holds too many tags to be read")},
    {"not_utf8", N_("not UTF-8: other encodings are not read yet")},
    {"blank", N_("there is no text in it")},
    {"empty", N_("the file is empty")},
    {"utf16", N_("UTF-16: only UTF-8 text is read so far")},
    {"kind", N_("this kind of file is not read yet")},
    {"binary", N_("not text, although its name says so")},
    {"too_large", N_("text is read up to 16 MiB only")},
};

const char *
dz_extract_reason(const char *why)
{
    for (size_t i = 0; why && i < sizeof reasons / sizeof *reasons; i++) {
        if (strcmp(reasons[i].why, why) == 0)
            return dz_tr(reasons[i].words);
    }
    return "";
}

void
dz_extracted_done(struct dz_extracted *x)
{
    dz_buf_done(&x->text);
    dz_free(x->title);
    dz_free(x->author);
    dz_free(x->published);
    dz_free(x->language);
    dz_free(x->address);
    dz_free(x->site);
    *x = (struct dz_extracted){0};
}

struct dz_extractor *
dz_extractor_new(const char *name)
{
    struct dz_extractor *x = dz_alloc(sizeof *x);
    x->name = dz_strdup(name ? name : "");
    x->bytes.max = DZ_EXTRACT_MAX;
    return x;
}

void
dz_extractor_feed(struct dz_extractor *x, const void *p, size_t n)
{
    size_t room = x->total < DZ_EXTRACT_MAX ? DZ_EXTRACT_MAX - (size_t)x->total : 0;
    dz_buf_add(&x->bytes, p, n < room ? n : room);
    x->total += n;
}

void
dz_extractor_free(struct dz_extractor *x)
{
    if (!x)
        return;
    dz_buf_done(&x->bytes);
    dz_free(x->name);
    dz_free(x);
}

/* ---- which kind ---- */

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
starts_no_case(struct dz_view text, const char *what)
{
    size_t n = strlen(what);
    if (text.n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (lower(text.p[i]) != what[i])
            return false;
    }
    return true;
}

static const struct kind *
kind_of_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof kinds / sizeof *kinds; i++) {
        struct dz_view ending = dz_view_of(dot + 1);
        if (ending.n == strlen(kinds[i].ending) && starts_no_case(ending, kinds[i].ending))
            return &kinds[i];
    }
    return NULL;
}

static const char *
media_of_bytes(struct dz_view bytes)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        if (bytes.n >= magics[i].bytes.n &&
            memcmp(bytes.p, magics[i].bytes.p, magics[i].bytes.n) == 0)
            return magics[i].media_type;
    }
    return NULL;
}

/* No text of any encoding that is read holds NUL, and hardly any holds control characters. */
static bool
looks_binary(struct dz_view bytes)
{
    size_t controls = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        if (c == 0)
            return true;
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f')
            controls++;
    }
    return controls * 100 > bytes.n;
}

static bool
looks_html(struct dz_view bytes)
{
    struct dz_view head = dz_view_trim(bytes);
    /* Comments and an XML declaration may stand in front of the doctype. */
    for (int i = 0; i < 4; i++) {
        const char *end = NULL;
        size_t skip = 0;
        if (starts_no_case(head, "<?xml")) {
            end = memchr(head.p, '>', head.n);
            skip = 1;
        } else if (starts_no_case(head, "<!--")) {
            for (size_t at = 4; at + 3 <= head.n && !end; at++)
                end = memcmp(head.p + at, "-->", 3) == 0 ? head.p + at : NULL;
            skip = 3;
        }
        if (!end)
            break;
        size_t used = (size_t)(end - head.p) + skip;
        head = dz_view_trim((struct dz_view){head.p + used, head.n - used});
    }
    return starts_no_case(head, "<!doctype html") || starts_no_case(head, "<html");
}

static enum dz_code
without_text(struct dz_extracted *ret, enum dz_extract_status status, const char *why)
{
    ret->status = status;
    ret->extractor = "none/1";
    ret->why = why;
    return DZ_OK;
}

/* ---- text ---- */

static struct dz_view
skip_mark(struct dz_view bytes)
{
    if (bytes.n >= 3 && memcmp(bytes.p, "\xef\xbb\xbf", 3) == 0)
        return (struct dz_view){bytes.p + 3, bytes.n - 3};
    return bytes;
}

/* Strict UTF-8, or repaired where at most one byte in a hundred is wrong: more than that is
 * another encoding, in which a repair would lose words. False then. */
static bool
decode(struct dz_view bytes, struct dz_buf *out, size_t *ret_repaired)
{
    *ret_repaired = 0;
    if (dz_utf8_valid_prefix(bytes) == bytes.n) {
        dz_buf_addv(out, bytes);
        return true;
    }
    size_t parts = dz_utf8_repair(out, bytes);
    size_t bad = bytes.n - (out->n - 3 * parts);
    *ret_repaired = parts;
    return bad * 100 <= bytes.n;
}

/* "# Heading" as the title of a Markdown file. */
static void
markdown_title(struct dz_extracted *ret)
{
    struct dz_view rest = dz_buf_view(&ret->text);
    while (rest.n > 0) {
        const char *end = memchr(rest.p, '\n', rest.n);
        struct dz_view line = {rest.p, end ? (size_t)(end - rest.p) : rest.n};
        rest = (struct dz_view){rest.p + line.n + (end ? 1 : 0), rest.n - line.n - (end ? 1 : 0)};
        line = dz_view_trim(line);
        if (dz_view_starts(line, "# ")) {
            dz_meta_set(&ret->title, (struct dz_view){line.p + 2, line.n - 2});
            return;
        }
        if (line.n > 0)
            return;
    }
}

static enum dz_code
read_html(struct dz_extracted *ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf page = ret->text;
    ret->text = (struct dz_buf)DZ_BUF(2 * DZ_EXTRACT_MAX);
    ret->extractor = "html/1";
    if (!dz_html_is_bounded(dz_buf_view(&page))) {
        ret->n_repaired = 0;
        return without_text(ret, DZ_EXTRACT_UNSUPPORTED, "nesting");
    }
    return dz_html_extract(dz_buf_view(&page), ret, err);
}

static enum dz_code
read_text(struct dz_view bytes, struct dz_extracted *ret, struct dz_err *err)
{
    ret->text = (struct dz_buf)DZ_BUF(4 * (size_t)DZ_EXTRACT_MAX);
    if (!decode(skip_mark(bytes), &ret->text, &ret->n_repaired)) {
        ret->n_repaired = 0;
        dz_buf_reset(&ret->text);
        return without_text(ret, DZ_EXTRACT_UNSUPPORTED, "not_utf8");
    }
    DZ_TRY(dz_buf_ok(&ret->text, _("text"), err));
    ret->status = ret->n_repaired ? DZ_EXTRACT_REPAIRED : DZ_EXTRACT_TEXT;
    ret->extractor = "text/1";
    if (strcmp(ret->media_type, "text/html") == 0)
        DZ_TRY(read_html(ret, err));
    else if (strcmp(ret->media_type, "text/markdown") == 0)
        markdown_title(ret);
    if (ret->status == DZ_EXTRACT_UNSUPPORTED)
        return DZ_OK;
    if (dz_view_trim(dz_buf_view(&ret->text)).n == 0) {
        dz_buf_reset(&ret->text);
        return without_text(ret, DZ_EXTRACT_EMPTY, "blank");
    }
    return DZ_OK;
}

static enum dz_code
finish(struct dz_extractor *x, struct dz_extracted *ret, struct dz_err *err)
{
    struct dz_view bytes = dz_buf_view(&x->bytes);
    const struct kind *named = kind_of_name(x->name);
    const char *found = media_of_bytes(bytes);
    ret->media_type = named ? named->media_type : found ? found : "application/octet-stream";
    if (x->total == 0)
        return without_text(ret, DZ_EXTRACT_EMPTY, "empty");
    if (bytes.n >= 2 &&
        (memcmp(bytes.p, "\xff\xfe", 2) == 0 || memcmp(bytes.p, "\xfe\xff", 2) == 0)) {
        if (!named)
            ret->media_type = "text/plain";
        return without_text(ret, DZ_EXTRACT_UNSUPPORTED, "utf16");
    }
    if (found || looks_binary(bytes)) {
        if (!named || !named->is_read) {
            return without_text(ret, DZ_EXTRACT_UNSUPPORTED, "kind");
        }
        ret->media_type = found ? found : "application/octet-stream";
        return without_text(ret, DZ_EXTRACT_NOT_TEXT, "binary");
    }
    if (named && !named->is_read)
        return without_text(ret, DZ_EXTRACT_UNSUPPORTED, "kind");
    if (looks_html(skip_mark(bytes)))
        ret->media_type = "text/html";
    else if (!named)
        ret->media_type = "text/plain";
    if (x->total > DZ_EXTRACT_MAX)
        return without_text(ret, DZ_EXTRACT_TOO_LARGE, "too_large");
    return read_text(bytes, ret, err);
}

enum dz_code
dz_extractor_finish(struct dz_extractor *x, struct dz_extracted *ret, struct dz_err *err)
{
    struct dz_extracted found = {0};
    enum dz_code code = finish(x, &found, err);
    if (code != DZ_OK) {
        dz_extracted_done(&found);
        return code;
    }
    *ret = found;
    return DZ_OK;
}
