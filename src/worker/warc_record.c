#define _GNU_SOURCE /* memrchr */
#include <string.h>
#include <strings.h>

#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_office_media.h"
#include "dz_web.h"

#define NOTE_MAX ((size_t)64 << 10) /* bytes of a warcinfo or metadata record that are looked at */
#define ADDRESS_MAX 8192

enum type { TYPE_OTHER, TYPE_INFO, TYPE_METADATA, TYPE_REQUEST, TYPE_RESPONSE, TYPE_RESOURCE };
enum stage { STAGE_NONE, STAGE_HTTP_HEAD, STAGE_BODY };

/* A digest that the record states, and what it comes to. */
struct check {
    bool stated;
    unsigned char want[32];
    struct dz_web_digest digest;
};

struct dz_record {
    struct dz_web *web;
    enum type type;
    enum stage stage;
    struct dz_buf address;
    struct dz_buf date;
    struct dz_buf content_type; /* of the record, then of the answer */
    struct dz_buf http;         /* the headers of an answer; the text of a note */
    struct dz_buf line;         /* for the list of pages */
    char status[8];
    bool part_open; /* a part was begun and waits for its request */
    bool is_page;
    struct check block;
    struct check payload;       /* as recorded */
    struct check payload_plain; /* the same after chunks were undone */
    struct dz_web_unpack *unpack;
    struct dz_buf method_of; /* address of the last request */
    char method[16];
};

struct dz_record *
dz_record_new(struct dz_web *web)
{
    struct dz_record *r = dz_alloc(sizeof *r);
    r->web = web;
    r->http.max = DZ_WEB_HEAD_MAX;
    return r;
}

void
dz_record_free(struct dz_record *r)
{
    struct dz_buf *const all[] = {&r->address, &r->date, &r->content_type,
                                  &r->http,    &r->line, &r->method_of};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        dz_buf_done(all[i]);
    if (r->unpack != NULL)
        (void)dz_web_unpack_end(r->unpack);
    dz_free(r);
}

static void
set(struct dz_buf *b, struct dz_view v, size_t max)
{
    dz_buf_reset(b);
    dz_buf_add(b, v.p, v.n < max ? v.n : max);
}

static void
note(struct dz_record *r, const char *key, struct dz_view value)
{
    if (value.n > 0 && r->web->n_notes++ < DZ_WEB_NOTES_MAX)
        dz_work_meta(r->web->w, key, value);
}

/* ---- digests ---- */

static void
check_begin(struct check *c, struct dz_view stated)
{
    enum dz_web_digest_kind kind;
    c->stated = dz_web_digest_parse(stated, &kind, c->want);
    if (c->stated)
        dz_web_digest_begin(&c->digest, kind);
}

static void
check_add(struct check *c, struct dz_view v)
{
    if (c->stated)
        dz_web_digest_add(&c->digest, v.p, v.n);
}

static bool
check_fits(struct check *c)
{
    unsigned char found[32];
    size_t n = dz_web_digest_end(&c->digest, found);
    return memcmp(found, c->want, n) == 0;
}

/* ---- what is a source of its own ---- */

static bool
starts_any(const char *type, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strncasecmp(type, list[i], strlen(list[i])) == 0)
            return true;
    }
    return false;
}

static bool
is_source(const char *type)
{
    static const char *const sources[] = {
        "text/html",
        "application/xhtml",
        "text/plain",
        "text/csv",
        "application/pdf",
        "image/",
        "audio/",
        "video/",
        "application/rtf",
        "text/rtf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats",
        "application/vnd.oasis",
        "application/epub",
        "application/zip",
        "message/rfc822",
    };
    return starts_any(type, sources, sizeof sources / sizeof *sources);
}

static bool
is_document(const char *type)
{
    return is_source(type) && strncasecmp(type, "image/", 6) != 0;
}

/* ---- the end of a part, which waits for a request behind it ---- */

static void
say_line(struct dz_record *r)
{
    if (r->line.n > 0)
        dz_work_text(r->web->w, dz_buf_view(&r->line));
    dz_buf_reset(&r->line);
}

void
dz_record_flush(struct dz_record *r)
{
    if (!r->part_open)
        return;
    r->part_open = false;
    dz_work_part_end(r->web->w);
    say_line(r);
}

static bool
is_address(const struct dz_buf *a, struct dz_view b)
{
    return a->n == (b.n < ADDRESS_MAX ? b.n : ADDRESS_MAX) && b.n > 0 &&
           memcmp(a->p, b.p, a->n) == 0;
}

/* The method stands in the request, which lies before the answer or behind it. */
static void
take_method(struct dz_record *r)
{
    const char *end = r->http.n > 0 ? memchr(r->http.p, ' ', r->http.n) : NULL;
    size_t n = end != NULL ? (size_t)(end - r->http.p) : 0;
    if (n == 0 || n >= sizeof r->method)
        return;
    memcpy(r->method, r->http.p, n);
    r->method[n] = '\0';
    set(&r->method_of, dz_buf_view(&r->address), ADDRESS_MAX);
}

/* ---- an answer ---- */

static void
on_plain(void *ctx, struct dz_view bytes)
{
    struct dz_record *r = ctx;
    check_add(&r->payload_plain, bytes);
}

static void
on_content(void *ctx, struct dz_view bytes)
{
    struct dz_record *r = ctx;
    if (r->part_open && r->web->wants_parts)
        dz_work_part_data(r->web->w, bytes.p, bytes.n);
}

/* The last part of an address is as good a name as any. */
static void
name_part(const struct dz_record *r, struct dz_buf *name)
{
    struct dz_view v = dz_buf_view(&r->address);
    v.n = v.n > 0 ? strcspn(v.p, "?#") : 0;
    const char *slash = v.n > 0 ? memrchr(v.p, '/', v.n) : NULL;
    size_t n = slash != NULL ? (size_t)(v.p + v.n - slash - 1) : 0;
    bool only_host = slash != NULL && slash > v.p && slash[-1] == '/';
    if (n > 0 && !only_host)
        dz_buf_add(name, slash + 1, n < 255 ? n : 255);
    else
        dz_buf_adds(name, strncasecmp(r->content_type.p, "text/html", 9) == 0 ? "index.html"
                                                                              : "index");
}

static void
part_meta(struct dz_record *r, const char *key, struct dz_view value)
{
    if (value.n > 0)
        dz_work_part_meta(r->web->w, key, value);
}

/* "address TAB date TAB status TAB title": one line of the list of pages. */
static void
make_line(struct dz_record *r, struct dz_view title)
{
    dz_buf_reset(&r->line);
    if (!is_document(r->content_type.p))
        return;
    dz_buf_addv(&r->line, dz_buf_view(&r->address));
    dz_buf_addf(&r->line, "\t%.*s\t%s", (int)r->date.n, r->date.p != NULL ? r->date.p : "",
                r->status);
    if (title.n > 0)
        dz_buf_addc(&r->line, '\t');
    for (size_t i = 0; i < title.n && i < 4096; i++)
        dz_buf_addc(&r->line, (unsigned char)title.p[i] < 0x20 ? ' ' : title.p[i]);
    dz_buf_addc(&r->line, '\n');
}

static void
begin_part(struct dz_record *r)
{
    struct dz_web *web = r->web;
    struct dz_buf *type = &r->content_type;
    if (type->n == 0)
        dz_buf_adds(type, dz_office_media_type(dz_buf_view(&r->address)));
    /* Crawlers file their own logs under addresses of a scheme that nobody can visit. */
    if (!is_source(type->p) || dz_view_starts(dz_buf_view(&r->address), "metadata:")) {
        web->n_counted++;
        return;
    }
    if (web->n_parts == DZ_WEB_PARTS_MAX) {
        web->limit = "parts_limit";
        return;
    }
    web->n_parts++;
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(1024);
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(1024);
    name_part(r, &name);
    for (const char *c = type->p; *c > ' ' && *c < 0x7f && *c != ';' && plain.n < 200; c++)
        dz_buf_addc(&plain, *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c);
    dz_work_part_begin(web->w, dz_buf_view(&name), plain.p != NULL ? plain.p : "");
    r->part_open = true;
    part_meta(r, "address", dz_buf_view(&r->address));
    part_meta(r, "captured", dz_buf_view(&r->date));
    part_meta(r, "status", dz_view_of(r->status));
    part_meta(r, "content_type", dz_buf_view(type));
    if (is_address(&r->method_of, dz_buf_view(&r->address)))
        part_meta(r, "method", dz_view_of(r->method));
    struct dz_view title = dz_web_title(web->titles, dz_buf_view(&r->address));
    part_meta(r, "title", title);
    make_line(r, title);
}

/* "HTTP/1.1 301 Moved": the status, and whether there is something to read behind it. */
static void
end_http_head(struct dz_record *r)
{
    struct dz_view head = dz_buf_view(&r->http);
    const char *space = memchr(head.p, ' ', head.n);
    size_t left = space != NULL ? (size_t)(head.p + head.n - space - 1) : 0;
    bool stated = left >= 3 && dz_view_starts(head, "HTTP/");
    memcpy(r->status, stated ? space + 1 : "", stated ? 3 : 0);
    r->status[stated ? 3 : 0] = '\0';
    for (size_t i = 0; i < 3 && stated; i++) {
        if (r->status[i] < '0' || r->status[i] > '9')
            r->status[0] = '\0';
    }
    set(&r->content_type, dz_warc_header(head, "Content-Type"), 400);
    struct dz_view place = dz_warc_header(head, "Location");
    struct dz_view coding = dz_warc_header(head, "Content-Encoding");
    bool chunked = memmem(head.p, head.n, "hunked", 6) != NULL &&
                   dz_warc_header(head, "Transfer-Encoding").n > 0;
    r->stage = STAGE_BODY;
    if (r->status[0] == '3' && place.n > 0) {
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(4 * ADDRESS_MAX);
        dz_buf_addf(&line, "%s %.*s -> ", r->status, (int)r->address.n, r->address.p);
        dz_buf_add(&line, place.p, place.n < ADDRESS_MAX ? place.n : ADDRESS_MAX);
        note(r, "warc.redirect", dz_buf_view(&line));
        r->web->n_redirects++;
    } else {
        begin_part(r);
    }
    r->unpack = dz_web_unpack_new(coding, chunked, on_content, r);
    dz_web_unpack_plain(r->unpack, on_plain);
}

static void
feed_body(struct dz_record *r, struct dz_view bytes)
{
    check_add(&r->payload, bytes);
    (void)dz_web_unpack_feed(r->unpack, bytes);
}

/* Headers end with an empty line; what is left of the bytes is the body. */
static void
feed_http_head(struct dz_record *r, struct dz_view bytes)
{
    size_t used = 0;
    while (used < bytes.n && r->stage == STAGE_HTTP_HEAD) {
        dz_buf_addc(&r->http, bytes.p[used++]);
        const char *p = r->http.p;
        size_t n = r->http.n;
        bool ends = (n >= 2 && p[n - 1] == '\n' && p[n - 2] == '\n') ||
                    (n >= 3 && p[n - 1] == '\n' && p[n - 2] == '\r' && p[n - 3] == '\n');
        if (ends || r->http.failed)
            end_http_head(r);
    }
    if (used < bytes.n)
        feed_body(r, (struct dz_view){.p = bytes.p + used, .n = bytes.n - used});
}

/* ---- a record ---- */

static enum type
type_of(struct dz_view name, struct dz_view content_type)
{
    if (dz_view_is(name, "response"))
        return dz_view_starts(content_type, "application/http") ? TYPE_RESPONSE : TYPE_RESOURCE;
    if (dz_view_is(name, "resource") || dz_view_is(name, "conversion"))
        return TYPE_RESOURCE;
    if (dz_view_is(name, "request"))
        return TYPE_REQUEST;
    if (dz_view_is(name, "warcinfo"))
        return TYPE_INFO;
    return dz_view_is(name, "metadata") ? TYPE_METADATA : TYPE_OTHER;
}

static void
note_revisit(struct dz_record *r, struct dz_view head)
{
    struct dz_view first = dz_warc_header(head, "WARC-Refers-To-Date");
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(4 * ADDRESS_MAX);
    dz_buf_addf(&line, "%.*s %.*s", (int)r->date.n, r->date.p != NULL ? r->date.p : "",
                (int)r->address.n, r->address.p != NULL ? r->address.p : "");
    if (first.n > 0 && first.n < 100)
        dz_buf_addf(&line, " (%.*s)", (int)first.n, first.p);
    note(r, "warc.revisit", dz_buf_view(&line));
    r->web->n_revisits++;
}

void
dz_record_begin(struct dz_record *r, struct dz_view head, uint64_t block_bytes)
{
    (void)block_bytes;
    struct dz_view address = dz_warc_header(head, "WARC-Target-URI");
    if (address.n > 2 && address.p[0] == '<' && address.p[address.n - 1] == '>')
        address = (struct dz_view){.p = address.p + 1, .n = address.n - 2}; /* as WARC 1.0 has it */
    struct dz_view name = dz_warc_header(head, "WARC-Type");
    r->type = type_of(name, dz_warc_header(head, "Content-Type"));
    bool answers = r->type == TYPE_REQUEST && is_address(&r->address, address);
    if (r->part_open && !answers)
        dz_record_flush(r);
    set(&r->address, address, ADDRESS_MAX);
    set(&r->date, dz_warc_header(head, "WARC-Date"), 64);
    dz_buf_reset(&r->http);
    check_begin(&r->block, dz_warc_header(head, "WARC-Block-Digest"));
    check_begin(&r->payload, dz_warc_header(head, "WARC-Payload-Digest"));
    r->payload_plain = r->payload;
    r->stage = STAGE_NONE;
    if (r->type == TYPE_RESPONSE) {
        r->status[0] = '\0';
        r->stage = STAGE_HTTP_HEAD;
    } else if (r->type == TYPE_RESOURCE) {
        r->status[0] = '\0';
        set(&r->content_type, dz_warc_header(head, "Content-Type"), 400);
        begin_part(r);
        r->stage = STAGE_BODY;
        r->unpack = dz_web_unpack_new((struct dz_view){.p = "", .n = 0}, false, on_content, r);
    } else if (dz_view_is(name, "revisit")) {
        note_revisit(r, head);
    }
}

void
dz_record_data(struct dz_record *r, struct dz_view bytes)
{
    check_add(&r->block, bytes);
    if (r->stage == STAGE_HTTP_HEAD)
        feed_http_head(r, bytes);
    else if (r->stage == STAGE_BODY)
        feed_body(r, bytes);
    else if (r->type != TYPE_OTHER && r->http.n < NOTE_MAX)
        dz_buf_add(&r->http, bytes.p, bytes.n < NOTE_MAX ? bytes.n : NOTE_MAX);
}

static bool
is_key(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] <= ' ' || p[i] >= 0x7f)
            return false;
    }
    return true;
}

/* Lines "name: value" of what the crawler says about itself and its work. */
static void
say_notes(struct dz_record *r)
{
    struct dz_view v = dz_buf_view(&r->http);
    while (v.n > 0) {
        const char *stop = memchr(v.p, '\n', v.n);
        size_t n = stop != NULL ? (size_t)(stop - v.p) : v.n;
        struct dz_view line = dz_view_trim((struct dz_view){.p = v.p, .n = n});
        const char *colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;
        size_t n_key = colon != NULL ? (size_t)(colon - line.p) : 0;
        if (r->type == TYPE_METADATA) {
            note(r, "warc.metadata", line);
        } else if (n_key > 0 && n_key < 40 && is_key(line.p, n_key)) {
            DZ_AUTO_FREE char *key = dz_asprintf("warc.%.*s", (int)n_key, line.p);
            note(r, key,
                 dz_view_trim((struct dz_view){.p = colon + 1, .n = line.n - n_key - 1}));
        }
        n += stop != NULL;
        v.p += n;
        v.n -= n;
    }
}

/* What a digest says can only be told of a record that is whole. */
static void
say_digest(struct dz_record *r, bool whole)
{
    bool stated = r->block.stated || r->payload.stated;
    if (!stated || (r->type != TYPE_RESPONSE && r->type != TYPE_RESOURCE))
        return;
    bool fits = whole && (!r->block.stated || check_fits(&r->block));
    /* Some take the payload as it was sent, some after its chunks were undone. */
    if (fits && r->payload.stated)
        fits = check_fits(&r->payload) || check_fits(&r->payload_plain);
    r->web->n_bad_digests += !fits;
    if (r->part_open)
        part_meta(r, "digest_ok", fits ? DZ_VIEW("yes") : DZ_VIEW("no"));
}

void
dz_record_end(struct dz_record *r, bool whole)
{
    if (r->stage == STAGE_HTTP_HEAD && r->http.n > 0)
        end_http_head(r); /* an answer that is nothing but headers */
    enum dz_web_unpacked end = DZ_WEB_WHOLE;
    if (r->unpack != NULL)
        end = dz_web_unpack_end(r->unpack);
    r->unpack = NULL;
    r->stage = STAGE_NONE;
    if (end == DZ_WEB_BOMB && r->web->limit == NULL)
        r->web->limit = "bomb";
    say_digest(r, whole);
    if (r->type == TYPE_INFO || r->type == TYPE_METADATA) {
        say_notes(r);
    } else if (r->type == TYPE_REQUEST) {
        take_method(r);
        if (r->part_open) {
            part_meta(r, "method", dz_view_of(r->method));
            dz_record_flush(r);
        }
    } else if (r->part_open && (!whole || end != DZ_WEB_WHOLE)) {
        part_meta(r, "damaged", DZ_VIEW("yes"));
    }
}
