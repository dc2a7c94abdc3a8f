#define _GNU_SOURCE /* memrchr */

#include "dz_mail.h"

#include <string.h>
#include <strings.h>

#include "dz_decode.h"
#include "dz_families.h"
#include "dz_html_reader.h"
#include "dz_mem.h"
#include "dz_office_media.h"
#include "dz_tnef.h"

#define TEXT_MAX ((size_t)48 << 20) /* bytes of one text in a message */

/* One body with what its headers say of it. */
struct body {
    struct dz_mail_body b;
    struct dz_buf type;    /* "text/plain", never empty */
    struct dz_buf charset; /* empty: not said */
    struct dz_buf name;    /* of the file; empty: none */
    bool attached;
    unsigned depth;
};

static void
body_open(struct body *o, struct dz_view bytes, unsigned depth, const char *otherwise)
{
    *o = (struct body){.depth = depth};
    dz_mail_body_parse(&o->b, bytes);
    struct dz_view type = dz_mail_header(&o->b, "Content-Type");
    struct dz_view disposition = dz_mail_header(&o->b, "Content-Disposition");
    dz_mail_value(type, &o->type);
    if (o->type.n == 0 || memchr(o->type.p, '/', o->type.n) == NULL) {
        dz_buf_reset(&o->type);
        dz_buf_adds(&o->type, otherwise);
    }
    (void)dz_mail_parameter(type, "charset", &o->charset);
    if (!dz_mail_parameter(disposition, "filename", &o->name))
        (void)dz_mail_parameter(type, "name", &o->name);
    struct dz_buf how = DZ_BUF(256);
    dz_mail_value(disposition, &how);
    o->attached = dz_view_is(dz_buf_view(&how), "attachment");
    dz_buf_done(&how);
}

static void
body_done(struct body *o)
{
    dz_mail_body_done(&o->b);
    dz_buf_done(&o->type);
    dz_buf_done(&o->charset);
    dz_buf_done(&o->name);
}

static bool
is_type(const struct body *o, const char *type)
{
    return dz_view_is(dz_buf_view(&o->type), type);
}

static bool
is_text(const struct body *o)
{
    return !o->attached && (is_type(o, "text/plain") || is_type(o, "text/html")) &&
           (o->name.n == 0 || o->depth == 0);
}

/* ---- texts ---- */

/* Text whose lines flow (RFC 3676): one that ends with a space goes on in the next, unless that is
 * quoted more or less deeply, or is the line before a signature. */
struct flow {
    bool is_flowed;
    bool no_space; /* the space at the end is not part of the text */
};

static size_t
quotes_before(struct dz_view line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] == '>')
        n++;
    return n;
}

static void
join_lines(const struct flow *flow, struct dz_view text, struct dz_buf *out)
{
    bool goes_on = false;
    size_t depth = 0;
    while (text.n > 0) {
        const char *end = memchr(text.p, '\n', text.n);
        struct dz_view line = {.p = text.p, .n = end != NULL ? (size_t)(end - text.p) : text.n};
        size_t quotes = quotes_before(line);
        text.p += line.n + (end != NULL);
        text.n -= line.n + (end != NULL);
        struct dz_view words = {.p = line.p + quotes, .n = line.n - quotes};
        if (words.n > 0 && words.p[0] == ' ')
            words = (struct dz_view){.p = words.p + 1, .n = words.n - 1};
        bool is_mark = dz_view_is(words, "-- ");
        bool joins = goes_on && quotes == depth && !is_mark;
        if (goes_on && !joins)
            dz_buf_addc(out, '\n');
        if (!joins && quotes > 0) {
            dz_buf_add(out, line.p, quotes);
            dz_buf_addc(out, ' ');
        }
        depth = quotes;
        goes_on = words.n > 0 && words.p[words.n - 1] == ' ' && !is_mark;
        dz_buf_add(out, words.p, words.n - (goes_on && flow->no_space));
        if (!goes_on)
            dz_buf_addc(out, '\n');
    }
}

static void
say_plain(struct dz_mail *m, struct dz_view bytes, const char *charset, const struct flow *flow)
{
    struct dz_buf text = DZ_BUF(3 * TEXT_MAX);
    struct dz_buf lines = DZ_BUF(3 * TEXT_MAX);
    struct dz_decoded decoded;
    if (bytes.n > 0 && dz_decode(bytes, charset, &text, &decoded, NULL) != DZ_OK)
        m->damaged = true;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\r' || i + 1 >= text.n || text.p[i + 1] != '\n')
            dz_buf_addc(&lines, text.p[i] == '\0' ? ' ' : text.p[i]);
    }
    if (flow->is_flowed) {
        dz_buf_reset(&text);
        join_lines(flow, dz_buf_view(&lines), &text);
        dz_buf_reset(&lines);
        dz_buf_addv(&lines, dz_buf_view(&text));
    }
    if (lines.n > 0 && lines.p[lines.n - 1] != '\n')
        dz_buf_addc(&lines, '\n');
    dz_work_text(m->w, dz_buf_view(&lines));
    dz_buf_done(&text);
    dz_buf_done(&lines);
}

static void
say_html(struct dz_mail *m, struct dz_view bytes, const char *charset)
{
    struct dz_html_want want = {
        .fields = m->kind == DZ_MAIL_PAGE, .whole = m->kind == DZ_MAIL_PAGE};
    enum dz_code code = dz_html_read_bytes(m->w, bytes, charset, &want, NULL);
    if (code == DZ_E_LIMIT && m->limit == NULL)
        m->limit = bytes.n > DZ_HTML_BYTES_MAX ? "too_large" : "nesting";
    else if (code != DZ_OK)
        m->damaged = true;
}

static struct flow
flow_of(const struct body *o)
{
    struct dz_view type = dz_mail_header(&o->b, "Content-Type");
    struct flow flow = {0};
    struct dz_buf value = DZ_BUF(64);
    if (dz_mail_parameter(type, "format", &value))
        flow.is_flowed = value.n == 6 && strncasecmp(value.p, "flowed", 6) == 0;
    dz_buf_reset(&value);
    if (dz_mail_parameter(type, "delsp", &value))
        flow.no_space = value.n == 3 && strncasecmp(value.p, "yes", 3) == 0;
    dz_buf_done(&value);
    return flow;
}

static void
say_text(struct dz_mail *m, const struct body *o)
{
    struct flow flow = flow_of(o);
    struct dz_buf bytes = DZ_BUF(TEXT_MAX);
    dz_mail_decode(o->b.content, dz_mail_header(&o->b, "Content-Transfer-Encoding"), &bytes);
    const char *charset = o->charset.n > 0 ? o->charset.p : NULL;
    if (bytes.failed && m->limit == NULL)
        m->limit = "too_large";
    else if (is_type(o, "text/html"))
        say_html(m, dz_buf_view(&bytes), charset);
    else
        say_plain(m, dz_buf_view(&bytes), charset, &flow);
    dz_buf_done(&bytes);
}

/* ---- parts ---- */

static void
part_meta(struct dz_mail *m, const char *key, struct dz_view raw)
{
    struct dz_buf value = DZ_BUF((size_t)1 << 20);
    dz_mail_words(raw, &value);
    struct dz_view v = dz_view_trim(dz_buf_view(&value));
    if (strcmp(key, "content_id") == 0 && v.n > 2 && v.p[0] == '<' && v.p[v.n - 1] == '>')
        v = (struct dz_view){.p = v.p + 1, .n = v.n - 2};
    if (v.n > 0)
        dz_work_part_meta(m->w, key, v);
    dz_buf_done(&value);
}

/* The last part of an address. A page often has no ending there, and would be taken for plain
 * text. */
static void
name_by_place(const struct body *o, struct dz_view last, struct dz_buf *name)
{
    dz_buf_addv(name, last);
    if (is_type(o, "text/html") && strcmp(dz_office_media_type(last), "text/html") != 0)
        dz_buf_adds(name, ".html");
}

/* A file needs some name: a forwarded message is called by its subject. */
static void
name_part(const struct body *o, struct dz_buf *name)
{
    dz_buf_addv(name, dz_buf_view(&o->name));
    if (name->n > 0)
        return;
    if (is_type(o, "message/rfc822")) {
        struct dz_mail_body inner;
        dz_mail_body_parse(&inner, o->b.content);
        dz_mail_words(dz_mail_header(&inner, "Subject"), name);
        dz_mail_body_done(&inner);
        dz_buf_adds(name, name->n > 0 ? ".eml" : "message.eml");
        return;
    }
    struct dz_view place = dz_mail_header(&o->b, "Content-Location");
    const char *slash = place.n > 0 ? memrchr(place.p, '/', place.n) : NULL;
    if (slash != NULL && slash + 1 < place.p + place.n)
        name_by_place(
            o, (struct dz_view){.p = slash + 1, .n = (size_t)(place.p + place.n - slash - 1)},
            name);
    else
        dz_buf_addf(name, "part.%.*s", (int)(o->type.n < 100 ? o->type.n : 100),
                    strchr(o->type.p, '/') + 1);
}

/* What a page needs to look as it did, without being a source itself. */
static bool
is_only_counted(const struct dz_mail *m, const struct body *o)
{
    if (m->kind != DZ_MAIL_PAGE)
        return false;
    static const char *const counted[] = {"css", "javascript", "font", "ecmascript"};
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        if (strstr(o->type.p, counted[i]) != NULL)
            return true;
    }
    return false;
}

static void
say_part(struct dz_mail *m, const struct body *o)
{
    if (is_only_counted(m, o)) {
        m->n_counted++;
        return;
    }
    if (m->n_parts == DZ_MAIL_PARTS_MAX) {
        m->too_many_parts = true;
        return;
    }
    m->n_parts++;
    struct dz_buf name = DZ_BUF((size_t)1 << 20);
    name_part(o, &name);
    const char *type = o->type.p;
    if (is_type(o, "application/octet-stream"))
        type = dz_office_media_type(dz_buf_view(&name));
    dz_work_part_begin(m->w, dz_buf_view(&name), type);
    dz_buf_done(&name);
    part_meta(m, "content_id", dz_mail_header(&o->b, "Content-ID"));
    part_meta(m, "address", dz_mail_header(&o->b, "Content-Location"));
    if (m->kind == DZ_MAIL_BOX) {
        part_meta(m, "message_id", dz_buf_view(&m->message_id));
        part_meta(m, "date", dz_buf_view(&m->date));
    }
    const char *wanted = dz_work_option(m->w, "parts");
    if (wanted != NULL && strcmp(wanted, "yes") == 0) {
        struct dz_buf bytes = DZ_BUF(DZ_MAIL_BYTES_MAX);
        dz_mail_decode(o->b.content, dz_mail_header(&o->b, "Content-Transfer-Encoding"), &bytes);
        dz_work_part_data(m->w, bytes.p, bytes.n);
        dz_buf_done(&bytes);
    }
    dz_work_part_end(m->w);
}

/* ---- the tree ---- */

/* Text comes first and files behind it, so the tree is walked twice. */
enum pass { PASS_TEXT, PASS_PARTS };

static void
walk(struct dz_mail *m, struct body *o, enum pass pass);

static bool
has_boundary(const struct body *o, struct dz_buf *boundary)
{
    return strncmp(o->type.p, "multipart/", 10) == 0 &&
           dz_mail_parameter(dz_mail_header(&o->b, "Content-Type"), "boundary", boundary) &&
           boundary->n > 0;
}

/* Whether a body, or one inside it, is a text of this type. */
static bool
holds_text(const struct body *o, const char *type)
{
    if (is_text(o) && is_type(o, type))
        return dz_view_trim(o->b.content).n > 0;
    struct dz_buf boundary = DZ_BUF(1024);
    struct dz_view left = o->b.content;
    struct dz_view bytes;
    bool closed;
    bool found = false;
    bool inside = o->depth < DZ_MAIL_DEPTH_MAX && has_boundary(o, &boundary);
    while (inside && !found && dz_mail_next_body(&left, dz_buf_view(&boundary), &bytes, &closed)) {
        struct body child;
        body_open(&child, bytes, o->depth + 1, "text/plain");
        found = holds_text(&child, type);
        body_done(&child);
    }
    dz_buf_done(&boundary);
    return found;
}

static void
walk_all(struct dz_mail *m, struct body *o, struct dz_view boundary, enum pass pass)
{
    /* Of the same thing said in several ways the plain one is read, else the page. */
    bool alternative = is_type(o, "multipart/alternative");
    const char *wanted = NULL;
    if (alternative)
        wanted = holds_text(o, "text/plain") ? "text/plain" : "text/html";
    bool is_digest = is_type(o, "multipart/digest");
    bool said = false;
    bool closed = false;
    struct dz_view left = o->b.content;
    struct dz_view bytes;
    while (m->limit == NULL && dz_mail_next_body(&left, boundary, &bytes, &closed)) {
        struct body child;
        body_open(&child, bytes, o->depth + 1, is_digest ? "message/rfc822" : "text/plain");
        bool has = wanted != NULL && holds_text(&child, wanted);
        bool other_text = wanted != NULL && !has && is_text(&child);
        if (!other_text && !(pass == PASS_TEXT && has && said))
            walk(m, &child, pass);
        said |= has;
        body_done(&child);
    }
    if (pass == PASS_TEXT && !closed && m->limit == NULL)
        m->damaged = true;
}

static void
walk(struct dz_mail *m, struct body *o, enum pass pass)
{
    if (o->depth > DZ_MAIL_DEPTH_MAX) {
        m->limit = "nesting";
        return;
    }
    if (is_type(o, "multipart/encrypted") || is_type(o, "application/pkcs7-mime") ||
        is_type(o, "application/x-pkcs7-mime"))
        m->encrypted = true;
    struct dz_buf boundary = DZ_BUF(1024);
    if (has_boundary(o, &boundary)) {
        walk_all(m, o, dz_buf_view(&boundary), pass);
    } else if (is_text(o) && !(m->kind == DZ_MAIL_PAGE && m->page_read)) {
        if (pass == PASS_TEXT) {
            m->page_read = m->kind == DZ_MAIL_PAGE && is_type(o, "text/html");
            say_text(m, o);
        }
    } else if (pass == PASS_PARTS) {
        say_part(m, o);
    }
    dz_buf_done(&boundary);
}

/* The root of a page was read as text in the first pass; frames beside it become parts. */
static void
walk_twice(struct dz_mail *m, struct body *o)
{
    m->page_read = false;
    walk(m, o, PASS_TEXT);
    bool had_page = m->page_read;
    m->page_read = false;
    if (m->limit == NULL && !(m->kind == DZ_MAIL_PAGE && had_page)) {
        walk(m, o, PASS_PARTS);
        return;
    }
    struct dz_buf boundary = DZ_BUF(1024);
    struct dz_view left = o->b.content;
    struct dz_view bytes;
    bool closed;
    if (had_page && has_boundary(o, &boundary)) {
        while (m->limit == NULL &&
               dz_mail_next_body(&left, dz_buf_view(&boundary), &bytes, &closed)) {
            struct body child;
            body_open(&child, bytes, 1, "text/plain");
            bool is_root = !m->page_read && is_type(&child, "text/html");
            m->page_read |= is_root;
            if (!is_root)
                walk(m, &child, PASS_PARTS);
            body_done(&child);
        }
    }
    dz_buf_done(&boundary);
}

/* ---- one message ---- */

static void
say_headers(struct dz_mail *m, const struct dz_mail_body *b)
{
    for (size_t i = 0; i < b->n_headers; i++) {
        const struct dz_mail_header *h = &b->headers[i];
        struct dz_buf value = DZ_BUF((size_t)1 << 20);
        char key[64];
        size_t n = h->name.n < sizeof key - 6 ? h->name.n : sizeof key - 6;
        memcpy(key, "mail.", 5);
        memcpy(key + 5, h->name.p, n);
        key[5 + n] = '\0';
        dz_mail_words(h->value, &value);
        dz_work_meta(m->w, key, dz_buf_view(&value));
        dz_buf_done(&value);
    }
}

static void
say_field(struct dz_mail *m, const struct dz_mail_body *b, const char *header, const char *field)
{
    struct dz_buf value = DZ_BUF((size_t)1 << 20);
    dz_mail_words(dz_mail_header(b, header), &value);
    dz_work_field(m->w, field, dz_buf_view(&value));
    dz_buf_done(&value);
}

/* In a mailbox each message begins with the lines that tell it from the others. */
static void
say_opening(struct dz_mail *m, const struct dz_mail_body *b)
{
    static const char *const names[] = {"From", "To", "Date", "Subject"};
    struct dz_view id = dz_view_trim(dz_buf_view(&m->message_id));
    m->n_messages++;
    if (id.n > 2 && id.p[0] == '<' && id.p[id.n - 1] == '>')
        id = (struct dz_view){.p = id.p + 1, .n = id.n - 2};
    if (id.n > 0 && id.n < 400)
        dz_work_locatorf(m->w, "message", "%.*s", (int)id.n, id.p);
    else
        dz_work_locatorf(m->w, "message", "%llu", (unsigned long long)m->n_messages);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct dz_buf value = DZ_BUF((size_t)1 << 20);
        dz_mail_words(dz_mail_header(b, names[i]), &value);
        if (value.n > 0) {
            dz_work_texts(m->w, names[i]);
            dz_work_texts(m->w, ": ");
            dz_work_text(m->w, dz_buf_view(&value));
            dz_work_texts(m->w, "\n");
        }
        dz_buf_done(&value);
    }
    dz_work_texts(m->w, "\n");
}

/* Saved by a browser: the address it was saved from, or the root's own. */
static void
say_address(struct dz_mail *m, const struct body *o)
{
    say_field(m, &o->b, "Snapshot-Content-Location", "address");
    if (dz_view_starts(dz_mail_header(&o->b, "Content-Location"), "http"))
        say_field(m, &o->b, "Content-Location", "address");
    struct dz_buf boundary = DZ_BUF(1024);
    struct dz_view left = o->b.content;
    struct dz_view bytes;
    bool closed;
    if (has_boundary(o, &boundary) &&
        dz_mail_next_body(&left, dz_buf_view(&boundary), &bytes, &closed)) {
        struct dz_mail_body root;
        dz_mail_body_parse(&root, bytes);
        struct dz_view place = dz_mail_header(&root, "Content-Location");
        if (dz_view_starts(place, "http"))
            dz_work_field(m->w, "address", place);
        dz_mail_body_done(&root);
    }
    dz_buf_done(&boundary);
}

static bool
is_page(const struct dz_mail *m, const struct dz_mail_body *b)
{
    const char *name = dz_work_name(m->w);
    const char *dot = strrchr(name, '.');
    bool named = dot != NULL && (strcasecmp(dot, ".mht") == 0 || strcasecmp(dot, ".mhtml") == 0);
    return named || strcmp(dz_work_media_type(m->w), "multipart/related") == 0 ||
           dz_mail_header(b, "Snapshot-Content-Location").n > 0 ||
           dz_view_starts(dz_mail_header(b, "From"), "<Saved by");
}

void
dz_mail_read(struct dz_mail *m, struct dz_view bytes)
{
    struct body o;
    body_open(&o, bytes, 0, "text/plain");
    dz_buf_reset(&m->message_id);
    dz_buf_reset(&m->date);
    dz_buf_addv(&m->message_id, dz_mail_header(&o.b, "Message-ID"));
    dz_buf_addv(&m->date, dz_mail_header(&o.b, "Date"));
    if (!o.b.has_end)
        m->damaged = true;
    if (m->kind == DZ_MAIL_BOX) {
        say_opening(m, &o.b);
        walk_twice(m, &o);
        body_done(&o);
        return;
    }
    say_headers(m, &o.b);
    if (is_page(m, &o.b)) {
        m->kind = DZ_MAIL_PAGE;
        say_address(m, &o);
        walk_twice(m, &o);
        say_field(m, &o.b, "Subject", "title"); /* when the page itself has none */
    } else {
        say_field(m, &o.b, "Subject", "title");
        say_field(m, &o.b, "From", "author");
        say_field(m, &o.b, "Date", "published");
        say_field(m, &o.b, "Content-Language", "language");
        walk_twice(m, &o);
    }
    body_done(&o);
}

/* ---- the document ---- */

static void
finish(struct dz_mail *m)
{
    if (m->n_counted > 0) {
        DZ_AUTO_FREE char *n = dz_asprintf("%zu", m->n_counted);
        dz_work_meta(m->w, "mail.resources", dz_view_of(n));
    }
    if (m->n_damaged > 0) {
        DZ_AUTO_FREE char *n = dz_asprintf("%llu", (unsigned long long)m->n_damaged);
        dz_work_meta(m->w, "mail.damagedMessages", dz_view_of(n));
    }
    if (m->encrypted)
        dz_work_meta(m->w, "mail.encrypted", DZ_VIEW("yes"));
    bool text = dz_work_chars(m->w) > 0;
    if (m->limit == NULL && m->too_many_parts)
        m->limit = "parts_limit";
    if (m->limit != NULL)
        dz_work_done(m->w, "limit", m->limit);
    else if (m->encrypted && !text)
        dz_work_done(m->w, "unsupported", "encrypted");
    else if (m->damaged)
        dz_work_done(m->w, "damaged", "truncated");
    else
        dz_work_done(m->w, text ? "text" : "empty", text ? NULL : "no_text");
}

/* Apple's mail puts the number of bytes on a line of its own before the message. */
static struct dz_view
without_count(struct dz_view v)
{
    size_t n = 0;
    size_t count = 0;
    for (; n < v.n && n < 12 && v.p[n] >= '0' && v.p[n] <= '9'; n++)
        count = count * 10 + (size_t)(v.p[n] - '0');
    size_t end = n;
    while (end < v.n && v.p[end] == ' ')
        end++;
    if (n == 0 || end >= v.n || v.p[end] != '\n')
        return v;
    size_t left = v.n - end - 1; /* what Apple adds behind the message is not the message */
    return (struct dz_view){.p = v.p + end + 1, .n = count < left ? count : left};
}

static bool
is_message(struct dz_view v)
{
    struct dz_mail_body b;
    dz_mail_body_parse(&b, v);
    bool has = b.n_headers > 0;
    dz_mail_body_done(&b);
    return has;
}

static void
read_mail(struct dz_work *w)
{
    struct dz_mail m = {.w = w};
    struct dz_buf all = DZ_BUF(DZ_MAIL_BYTES_MAX);
    bool is_box = false;
    size_t n = 0;
    do {
        char piece[16384];
        if (dz_work_next(w, piece, sizeof piece, &n, NULL) != DZ_OK) {
            m.damaged = true;
            break;
        }
        dz_buf_add(&all, piece, n);
        is_box = dz_view_starts(dz_buf_view(&all), "From ");
    } while (n > 0 && !is_box && !all.failed);
    struct dz_view v = without_count(dz_buf_view(&all));
    if (v.n >= 3 && memcmp(v.p, "\xef\xbb\xbf", 3) == 0)
        v = (struct dz_view){.p = v.p + 3, .n = v.n - 3};
    if (is_box) {
        m.kind = DZ_MAIL_BOX;
        dz_mbox_read(&m, dz_buf_view(&all));
        finish(&m);
    } else if (all.failed) {
        dz_work_done(w, "limit", "too_large");
    } else if (v.n == 0) {
        dz_work_done(w, "empty", "empty");
    } else if (dz_tnef_is(v)) {
        dz_tnef_read(w, v);
    } else if (!is_message(v)) {
        dz_work_done(w, "unsupported", "kind");
    } else {
        dz_mail_read(&m, v);
        finish(&m);
    }
    dz_buf_done(&all);
    dz_buf_done(&m.message_id);
    dz_buf_done(&m.date);
}

const struct dz_family dz_family_mail = {
    .name = "mail",
    .extractor = "mail/2",
    .read = read_mail,
};
