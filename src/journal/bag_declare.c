/* The small tag files of a bag: bagit.txt, bag-info.txt (package-info.txt in the first drafts) and
 * fetch.txt. */
#include <string.h>
#include <strings.h>

#include "bag_read_impl.h"
#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_tr.h"

#define DECLARATION "bagit.txt"

static bool
is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* What follows "label: ", when the line has exactly this form; the case of the label may differ,
 * which is said. */
static bool
take_label(struct dz_bag *b, struct dz_view line, uint64_t number, const char *label,
           struct dz_view *ret)
{
    size_t n = strlen(label);
    if (line.n < n + 3 || strncasecmp(line.p, label, n) != 0 || line.p[n] != ':' ||
        line.p[n + 1] != ' ' || is_space(line.p[n + 2]) || is_space(line.p[line.n - 1]))
        return false;
    if (strncmp(line.p, label, n) != 0)
        dz_bag_say_line(b, DZ_CHECK_NOTICE, "bag-declaration-case", DECLARATION, number,
                        _("the label is written in other letters than the specification has"));
    *ret = (struct dz_view){.p = line.p + n + 2, .n = line.n - n - 2};
    return true;
}

static bool
known_version(struct dz_bag *b, struct dz_view text)
{
    static const char *const drafts[] = {"0.93", "0.94", "0.95", "0.96", "0.97"};
    for (size_t i = 0; i < sizeof drafts / sizeof *drafts; i++) {
        if (!dz_view_is(text, drafts[i]))
            continue;
        b->version = (struct bag_version){.minor = 93 + (unsigned)i};
        memcpy(b->report.version, drafts[i], 5);
        return true;
    }
    if (!dz_view_is(text, "1.0"))
        return false;
    b->version = (struct bag_version){.major = 1};
    memcpy(b->report.version, "1.0", 4);
    return true;
}

static void
take_encoding(struct dz_bag *b, struct dz_view text)
{
    char name[sizeof b->report.encoding] = "";
    if (text.n < sizeof name)
        memcpy(name, text.p, text.n);
    if (name[0] == '\0' || !dz_bag_encoding_known(name)) {
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-encoding", DECLARATION, 2,
                        _("tag files in this encoding cannot be read"));
        return;
    }
    memcpy(b->report.encoding, name, sizeof name);
}

static void
declaration_line(struct dz_bag *b, uint64_t number, struct dz_view line)
{
    struct dz_view value;
    if (number == 1) {
        if (!take_label(b, line, 1, "BagIt-Version", &value))
            dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-declaration", DECLARATION, 1,
                            _("this is not 'BagIt-Version: M.N'"));
        else if (!known_version(b, value))
            dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-version", DECLARATION, 1,
                            _("only the versions 0.93 to 0.97 and 1.0 can be checked"));
        return;
    }
    if (number == 2) {
        if (!take_label(b, line, 2, "Tag-File-Character-Encoding", &value))
            dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-declaration", DECLARATION, 2,
                            _("this is not 'Tag-File-Character-Encoding: NAME'"));
        else
            take_encoding(b, value);
        return;
    }
    if (number == 3)
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-declaration", DECLARATION, 3,
                        _("there are more than two lines"));
}

enum dz_code
dz_bag_declaration(struct dz_bag *b, struct dz_err *err)
{
    struct bag_text t = {.fd = -1};
    bool there = false;
    memcpy(b->report.encoding, "UTF-8", 6);
    DZ_TRY(dz_bag_open_tag(b, DECLARATION, &t, &there, err));
    if (!there && !dz_os_exists(b->dir, "data"))
        return dz_fail(err, DZ_E_NOTFOUND, "there is no bagit.txt here: this is not a bag");
    if (!there) {
        /* What looks like a bag is checked like one, by the strictest rules. */
        b->version = (struct bag_version){.major = 1};
        dz_bag_say(b, DZ_CHECK_FINDING, "bag-declaration", DECLARATION, _("the file is missing"));
        return DZ_OK;
    }
    enum dz_code code = DZ_OK;
    uint64_t lines = 0;
    for (bool end = false; code == DZ_OK;) {
        struct dz_view line;
        code = dz_bag_next_line(b, DECLARATION, &t, &line, &end, err);
        if (code != DZ_OK || end)
            break;
        declaration_line(b, ++lines, line);
    }
    if (code == DZ_OK && lines < 2)
        dz_bag_say(b, DZ_CHECK_FINDING, "bag-declaration", DECLARATION,
                   _("there are fewer than two lines"));
    if (code == DZ_OK && (t.marks & BAG_TEXT_BOM) != 0)
        dz_bag_say(b, DZ_CHECK_FINDING, "bag-bom", DECLARATION,
                   _("it begins with a byte order mark"));
    dz_bag_text_done(&t);
    return code;
}

/* --- bag-info.txt --- */

static void
take_oxum(struct dz_bag *b, const char *name, uint64_t number, struct dz_view value)
{
    const char *dot = memchr(value.p, '.', value.n);
    size_t n = dot != NULL ? (size_t)(dot - value.p) : 0;
    uint64_t bytes = 0;
    uint64_t files = 0;
    if (dot == NULL || !dz_parse_u64((struct dz_view){.p = value.p, .n = n}, &bytes) ||
        !dz_parse_u64((struct dz_view){.p = dot + 1, .n = value.n - n - 1}, &files)) {
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-oxum", name, number,
                        _("Payload-Oxum is not 'bytes.files'"));
        return;
    }
    if (b->has_oxum)
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-oxum", name, number,
                        _("Payload-Oxum stands there more than once"));
    b->has_oxum = true;
    b->oxum_bytes = bytes;
    b->oxum_files = files;
}

/* One element "label: value". Drafts allowed more white space around the colon. */
static void
info_line(struct dz_bag *b, const char *name, uint64_t number, struct dz_view line)
{
    const char *colon = memchr(line.p, ':', line.n);
    if (colon == NULL || colon == line.p) {
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-info", name, number,
                        _("this is not 'label: value'"));
        return;
    }
    struct dz_view label = {.p = line.p, .n = (size_t)(colon - line.p)};
    struct dz_view value = {.p = colon + 1, .n = line.n - label.n - 1};
    bool strict = value.n >= 1 && is_space(value.p[0]) && (value.n < 2 || !is_space(value.p[1])) &&
                  !is_space(label.p[label.n - 1]);
    if (!strict && dz_bag_version_is_1(b->version))
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-info", name, number,
                        _("between label and value stands not one colon and one space"));
    label = dz_view_trim(label);
    if (label.n == strlen("Payload-Oxum") && strncasecmp(label.p, "Payload-Oxum", label.n) == 0)
        take_oxum(b, name, number, dz_view_trim(value));
}

enum dz_code
dz_bag_info(struct dz_bag *b, struct dz_err *err)
{
    const char *name = "bag-info.txt";
    struct bag_text t = {.fd = -1};
    bool there = false;
    DZ_TRY(dz_bag_open_tag(b, name, &t, &there, err));
    if (!there && !dz_bag_version_is_1(b->version) && b->version.minor < 96) {
        name = "package-info.txt";
        DZ_TRY(dz_bag_open_tag(b, name, &t, &there, err));
    }
    if (!there)
        return DZ_OK;
    enum dz_code code = DZ_OK;
    bool any = false;
    for (;;) {
        struct dz_view line;
        bool end = false;
        code = dz_bag_next_line(b, name, &t, &line, &end, err);
        if (code != DZ_OK || end)
            break;
        /* An indented line goes on with the value before; no value that we use is so long. */
        if (line.n > 0 && is_space(line.p[0]) && any)
            continue;
        if (line.n == 0 || dz_view_trim(line).n == 0)
            dz_bag_say_line(b, DZ_CHECK_NOTICE, "bag-empty-line", name, t.line_number,
                            _("the line is empty"));
        else
            info_line(b, name, t.line_number, line);
        any = true;
    }
    dz_bag_text_done(&t);
    return code;
}

/* --- fetch.txt --- */

struct fetch {
    struct dz_view url;
    struct dz_view length;
    struct dz_view path;
};

static struct dz_view
take_word(struct dz_view *rest)
{
    size_t n = 0;
    while (n < rest->n && !is_space(rest->p[n]))
        n++;
    struct dz_view word = {.p = rest->p, .n = n};
    while (n < rest->n && is_space(rest->p[n]))
        n++;
    rest->p += n;
    rest->n -= n;
    return word;
}

/* A scheme and something behind it: RFC 3986 section 4.3 in what matters to a reader who will never
 * follow it. */
static bool
is_uri(struct dz_view url)
{
    size_t n = 0;
    while (n < url.n && url.p[n] != ':')
        n++;
    bool letter = url.n > 0 && ((url.p[0] | 0x20) >= 'a' && (url.p[0] | 0x20) <= 'z');
    return letter && n < url.n - 1;
}

static const char *
fetch_fault(const struct fetch *f)
{
    uint64_t length;
    if (f->path.n == 0 || f->length.n == 0)
        return _("this is not 'address length path'");
    if (!is_uri(f->url))
        return _("the address is not an absolute one");
    if (!dz_view_is(f->length, "-") && !dz_parse_u64(f->length, &length))
        return _("the length is neither a number nor '-'");
    return NULL;
}

static void
fetch_line(struct dz_bag *b, uint64_t number, struct dz_view line)
{
    static const char name[] = "fetch.txt";
    struct dz_view rest = line;
    struct fetch f = {.url = take_word(&rest)};
    f.length = take_word(&rest);
    f.path = rest;
    unsigned notes = 0;
    DZ_AUTO_BUF struct dz_buf path = DZ_BUF(DZ_BAG_LINE_MAX);
    const char *fault = fetch_fault(&f);
    if (fault == NULL)
        fault = dz_bag_path_take(f.path, b->version, &path, &notes);
    if (fault == NULL && !dz_view_starts(dz_buf_view(&path), "data/"))
        fault = _("the path does not lie in data/");
    if (fault != NULL) {
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-fetch", name, number, fault);
        return;
    }
    struct bag_record *r = dz_bag_table_find(&b->table, dz_buf_view(&path));
    if (r == NULL) {
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-fetch", name, number,
                        _("no payload manifest lists this file"));
        return;
    }
    r->flags |= BAG_FETCH;
}

enum dz_code
dz_bag_fetch(struct dz_bag *b, struct dz_err *err)
{
    struct bag_text t = {.fd = -1};
    bool there = false;
    DZ_TRY(dz_bag_open_tag(b, "fetch.txt", &t, &there, err));
    if (!there)
        return DZ_OK;
    dz_bag_say(b, DZ_CHECK_NOTICE, "bag-fetch-file", "fetch.txt",
               _("names files to be fetched from the network; nothing was fetched"));
    enum dz_code code = DZ_OK;
    for (;;) {
        struct dz_view line;
        bool end = false;
        code = dz_bag_next_line(b, "fetch.txt", &t, &line, &end, err);
        if (code != DZ_OK || end)
            break;
        if (dz_view_trim(line).n > 0)
            fetch_line(b, t.line_number, line);
    }
    dz_bag_text_done(&t);
    return code;
}
