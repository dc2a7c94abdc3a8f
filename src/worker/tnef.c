#include "dz_tnef.h"

#include <string.h>

#include "dz_decode.h"
#include "dz_html_reader.h"
#include "dz_mem.h"
#include "dz_office_media.h"
#include "dz_time.h"

#define SIGNATURE 0x223e9f78u
#define TEXT_MAX ((size_t)64 << 20) /* bytes of the body */
#define LINE_MAX_BYTES ((size_t)64 << 10)

enum attribute { /* the lower half of their numbers (MS-OXTNEF 2.1.3.3) */
    AT_FROM = 0x8000,
    AT_SUBJECT = 0x8004,
    AT_SENT = 0x8005,
    AT_CLASS = 0x8008,
    AT_MESSAGE_ID = 0x8009,
    AT_BODY = 0x800c,
    AT_FILE_DATA = 0x800f,
    AT_FILE_TITLE = 0x8010,
    AT_FILE_BEGIN = 0x9002,
    AT_PROPERTIES = 0x9003,
    AT_FILE_PROPERTIES = 0x9005,
    AT_CODE_PAGE = 0x9007
};
enum property { /* MS-OXPROPS */
    PR_SUBJECT = 0x0037,
    PR_SUBMITTED = 0x0039,
    PR_SENDER_NAME = 0x0c1a,
    PR_SENDER_ADDRESS = 0x0c1f,
    PR_BODY = 0x1000,
    PR_RTF = 0x1009,
    PR_PAGE = 0x1013,
    PR_INTERNET_ID = 0x1035,
    PR_DISPLAY_NAME = 0x3001,
    PR_FILE_DATA = 0x3701,
    PR_FILE_SHORT_NAME = 0x3704,
    PR_FILE_LONG_NAME = 0x3707,
    PR_FILE_TYPE = 0x370e,
    PR_FILE_CONTENT_ID = 0x3712,
    PR_PAGE_CODE_PAGE = 0x3fde
};
#define TYPE_OBJECT 0x0d
#define TYPE_UNICODE 0x1f

/* Text as it stands in the file. */
struct words {
    struct dz_view v;
    bool is_utf16;
};
struct file {
    struct words title;
    struct words short_name;
    struct words long_name;
    struct words shown_name;
    struct words type;
    struct words content_id;
    struct dz_view data;
    bool is_object; /* data begins with what it is, 16 bytes */
};
struct tnef {
    struct dz_work *w;
    unsigned page;      /* code page of texts that are not Unicode; 0: not said */
    unsigned html_page; /* of the page */
    struct words subject;
    struct words sender;
    struct words address;
    struct words message_id;
    struct words class;
    struct words body;
    struct dz_view rtf;
    struct words html;
    struct dz_view from;
    char published[40];
    struct file *files;
    size_t n_files;
    size_t cap;
    bool damaged;
    const char *limit;
};

bool
dz_tnef_is(struct dz_view bytes)
{
    struct dz_tnef_input in = {.left = bytes};
    return dz_tnef_number(&in, 4) == SIGNATURE;
}

/* ---- texts ---- */

static void
put_page_name(unsigned page, struct dz_buf *name)
{
    static const struct {
        unsigned page;
        const char *name;
    } known[] = {{866, "ibm866"},   {20866, "koi8-r"},     {21866, "koi8-u"}, {28591, "iso-8859-1"},
                 {28595, "iso-8859-5"}, {20127, "us-ascii"}, {65001, "utf-8"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].page == page)
            dz_buf_adds(name, known[i].name);
    }
    if (name->n == 0 && page >= 1250 && page <= 1258)
        dz_buf_addf(name, "windows-%u", page);
}

/* Up to a NUL, in UTF-8. */
static void
put_words(const struct tnef *t, const struct words *words, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(64);
    struct dz_decoded decoded;
    put_page_name(t->page, &name);
    const char *page = words->is_utf16 ? "utf-16le" : name.n > 0 ? name.p : NULL;
    struct dz_view v = words->v;
    while (v.n > 0 && v.p[v.n - 1] == '\0' && (!words->is_utf16 || v.n % 2 == 0) &&
           (!words->is_utf16 || v.p[v.n - 2] == '\0'))
        v.n -= words->is_utf16 ? 2 : 1;
    if (v.n > 0 && dz_decode(v, page, out, &decoded, NULL) != DZ_OK)
        dz_buf_reset(out);
    if (out->n > 0 && memchr(out->p, '\0', out->n) != NULL)
        dz_buf_cut(out, strlen(out->p));
}

static void
say_field(const struct tnef *t, const char *key, const struct words *words)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(LINE_MAX_BYTES);
    put_words(t, words, &text);
    dz_work_field(t->w, key, dz_buf_view(&text));
}

static void
say_meta(const struct tnef *t, const char *key, const struct words *words)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(LINE_MAX_BYTES);
    put_words(t, words, &text);
    if (text.n > 0)
        dz_work_meta(t->w, key, dz_buf_view(&text));
}

/* ---- what is there ---- */

static void
take_words(struct words *slot, const struct dz_tnef_property *p)
{
    if (p->value.n > 0)
        *slot = (struct words){.v = p->value, .is_utf16 = p->type == TYPE_UNICODE};
}

/* 100 ns since 1601. */
static void
take_time(struct tnef *t, struct dz_view value)
{
    struct dz_tnef_input in = {.left = value};
    uint64_t low = dz_tnef_number(&in, 4);
    uint64_t ticks = (uint64_t)dz_tnef_number(&in, 4) << 32 | low;
    int64_t time_us = (int64_t)(ticks / 10) - INT64_C(11644473600000000);
    /* Times of no mail: before 1980, or behind the year 2200. */
    if (!in.cut && time_us > INT64_C(315532800000000) && time_us < INT64_C(7258118400000000))
        dz_time_format(time_us, t->published);
}

static void
take_property(void *ctx, const struct dz_tnef_property *p)
{
    struct tnef *t = ctx;
    struct dz_tnef_input in = {.left = p->value};
    switch (p->id) {
    case PR_SUBJECT:
        take_words(&t->subject, p);
        break;
    case PR_SENDER_NAME:
        take_words(&t->sender, p);
        break;
    case PR_SENDER_ADDRESS:
        take_words(&t->address, p);
        break;
    case PR_INTERNET_ID:
        take_words(&t->message_id, p);
        break;
    case PR_SUBMITTED:
        take_time(t, p->value);
        break;
    case PR_BODY:
        take_words(&t->body, p);
        break;
    case PR_PAGE:
        take_words(&t->html, p);
        break;
    case PR_RTF:
        t->rtf = p->value;
        break;
    case PR_PAGE_CODE_PAGE:
        t->html_page = dz_tnef_number(&in, 4);
        break;
    default:
        break;
    }
}

static void
take_file_property(void *ctx, const struct dz_tnef_property *p)
{
    struct file *f = ctx;
    switch (p->id) {
    case PR_FILE_LONG_NAME:
        take_words(&f->long_name, p);
        break;
    case PR_FILE_SHORT_NAME:
        take_words(&f->short_name, p);
        break;
    case PR_DISPLAY_NAME:
        take_words(&f->shown_name, p);
        break;
    case PR_FILE_TYPE:
        take_words(&f->type, p);
        break;
    case PR_FILE_CONTENT_ID:
        take_words(&f->content_id, p);
        break;
    case PR_FILE_DATA:
        if (p->value.n > 0) {
            f->data = p->value;
            f->is_object = p->type == TYPE_OBJECT;
        }
        break;
    default:
        break;
    }
}

/* Year, month, day, hour, minute, second. */
static void
take_date(struct tnef *t, struct dz_view v)
{
    struct dz_tnef_input in = {.left = v};
    unsigned at[6];
    for (size_t i = 0; i < 6; i++)
        at[i] = dz_tnef_number(&in, 2);
    bool fits = !in.cut && at[0] >= 1980 && at[0] < 2200 && at[1] >= 1 && at[1] <= 12 &&
                at[2] >= 1 && at[2] <= 31 && at[3] < 24 && at[4] < 60 && at[5] < 60;
    if (!fits || t->published[0] != '\0')
        return;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(sizeof t->published - 1);
    dz_buf_addf(&line, "%04u-%02u-%02uT%02u:%02u:%02u", at[0], at[1], at[2], at[3], at[4], at[5]);
    memcpy(t->published, line.p, line.n + 1);
}

static struct file *
last_file(struct tnef *t)
{
    return t->n_files > 0 ? &t->files[t->n_files - 1] : NULL;
}

static void
begin_file(struct tnef *t)
{
    if (t->n_files == DZ_TNEF_FILES_MAX) {
        t->limit = "parts_limit";
        return;
    }
    t->files = dz_grow(t->files, &t->cap, t->n_files + 1, sizeof *t->files);
    t->files[t->n_files++] = (struct file){0};
}

static void
take_of_file(struct tnef *t, unsigned id, struct dz_view v)
{
    if (id == AT_FILE_BEGIN || last_file(t) == NULL)
        begin_file(t);
    struct file *f = last_file(t);
    if (id == AT_FILE_TITLE)
        f->title = (struct words){.v = v};
    else if (id == AT_FILE_DATA && v.n > 0)
        f->data = v;
    else if (id == AT_FILE_PROPERTIES && !dz_tnef_properties(v, take_file_property, f))
        t->damaged = true;
}

static void
take_of_message(struct tnef *t, unsigned id, struct dz_view v)
{
    struct dz_tnef_input in = {.left = v};
    const struct words words = {.v = v};
    if (id == AT_SUBJECT && t->subject.v.n == 0)
        t->subject = words;
    else if (id == AT_BODY && t->body.v.n == 0)
        t->body = words;
    else if (id == AT_CLASS)
        t->class = words;
    else if (id == AT_MESSAGE_ID && t->message_id.v.n == 0)
        t->message_id = words;
    else if (id == AT_SENT)
        take_date(t, v);
    else if (id == AT_CODE_PAGE)
        t->page = dz_tnef_number(&in, 4);
    else if (id == AT_FROM)
        t->from = v;
    else if (id == AT_PROPERTIES && !dz_tnef_properties(v, take_property, t))
        t->damaged = true;
}

static void
take_attributes(struct tnef *t, struct dz_view bytes)
{
    struct dz_tnef_input in = {.left = bytes};
    (void)dz_tnef_bytes(&in, 6); /* the signature, and a key that nobody uses */
    while (in.left.n > 0 && !in.cut && t->limit == NULL) {
        unsigned level = dz_tnef_number(&in, 1);
        unsigned id = dz_tnef_number(&in, 4) & 0xffff;
        uint32_t n = dz_tnef_number(&in, 4);
        struct dz_view v = dz_tnef_bytes(&in, n);
        unsigned sum = dz_tnef_number(&in, 2);
        unsigned found = 0;
        for (size_t i = 0; i < v.n; i++)
            found = (found + (uint8_t)v.p[i]) & 0xffff;
        if (in.cut || (level != 1 && level != 2))
            break;
        t->damaged |= found != sum;
        if (level == 2)
            take_of_file(t, id, v);
        else
            take_of_message(t, id, v);
    }
    t->damaged |= in.cut || (in.left.n > 0 && t->limit == NULL);
}

/* ---- saying it ---- */

/* Older programs keep the sender apart: lengths, the name, and an address with its kind. */
static void
say_sender(const struct tnef *t)
{
    struct dz_tnef_input in = {.left = t->from};
    struct words name = t->sender;
    struct words address = t->address;
    (void)dz_tnef_bytes(&in, 4);
    unsigned name_bytes = dz_tnef_number(&in, 2);
    unsigned address_bytes = dz_tnef_number(&in, 2);
    struct dz_view old_name = dz_tnef_bytes(&in, name_bytes);
    struct dz_view old_address = dz_tnef_bytes(&in, address_bytes);
    if (name.v.n == 0 && !in.cut)
        name = (struct words){.v = old_name};
    if (address.v.n == 0 && !in.cut)
        address = (struct words){.v = old_address};
    say_meta(t, "tnef.SenderName", &name);
    say_meta(t, "tnef.SenderAddress", &address);
    say_field(t, "author", name.v.n > 0 ? &name : &address);
}

static void
say_plain(struct tnef *t)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(3 * TEXT_MAX);
    DZ_AUTO_BUF struct dz_buf lines = DZ_BUF(3 * TEXT_MAX);
    put_words(t, &t->body, &text);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\r' || i + 1 >= text.n || text.p[i + 1] != '\n')
            dz_buf_addc(&lines, text.p[i]);
    }
    if (lines.n > 0 && lines.p[lines.n - 1] != '\n')
        dz_buf_addc(&lines, '\n');
    dz_work_text(t->w, dz_buf_view(&lines));
}

static void
say_page(struct tnef *t)
{
    static const struct dz_html_want want = {0};
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(64);
    put_page_name(t->html_page, &name);
    const char *page = t->html.is_utf16 ? "utf-16le" : name.n > 0 ? name.p : NULL;
    enum dz_code code = dz_html_read_bytes(t->w, t->html.v, page, &want, NULL);
    if (code == DZ_E_LIMIT)
        t->limit = t->html.v.n > DZ_HTML_BYTES_MAX ? "too_large" : "nesting";
    else if (code != DZ_OK)
        t->damaged = true;
}

static void
say_part(struct tnef *t, struct dz_view name, const char *type, const struct file *f,
         struct dz_view data)
{
    DZ_AUTO_BUF struct dz_buf id = DZ_BUF(LINE_MAX_BYTES);
    const char *wanted = dz_work_option(t->w, "parts");
    dz_work_part_begin(t->w, name, type);
    if (f != NULL)
        put_words(t, &f->content_id, &id);
    if (id.n > 0)
        dz_work_part_meta(t->w, "content_id", dz_buf_view(&id));
    if (wanted != NULL && strcmp(wanted, "yes") == 0)
        dz_work_part_data(t->w, data.p, data.n);
    dz_work_part_end(t->w);
}

/* A message inside, or an object of a program, is told by its first 16 bytes. */
static void
say_file(struct tnef *t, const struct file *f)
{
    static const struct dz_view message =
        DZ_VIEW_INIT("\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46");
    const struct words *const names[] = {&f->long_name, &f->title, &f->short_name, &f->shown_name};
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(LINE_MAX_BYTES);
    DZ_AUTO_BUF struct dz_buf said = DZ_BUF(LINE_MAX_BYTES);
    struct dz_view data = f->data;
    bool is_message = false;
    for (size_t i = 0; i < sizeof names / sizeof *names && name.n == 0; i++)
        put_words(t, names[i], &name);
    if (f->is_object && data.n >= message.n) {
        is_message = memcmp(data.p, message.p, message.n) == 0;
        data = (struct dz_view){.p = data.p + message.n, .n = data.n - message.n};
    }
    if (name.n == 0 && data.n == 0)
        return; /* all that is left of a file that was cut off */
    if (name.n == 0)
        dz_buf_adds(&name, is_message ? "message" : "file");
    put_words(t, &f->type, &said);
    const char *type =
        is_message ? "application/ms-tnef" : dz_office_media_type(dz_buf_view(&name));
    if (!is_message && strcmp(type, "application/octet-stream") == 0 && said.n > 0 && said.n < 200)
        type = said.p;
    say_part(t, dz_buf_view(&name), type, f, data);
}

static void
say_rtf(struct tnef *t)
{
    DZ_AUTO_BUF struct dz_buf rtf = {0};
    if (!dz_tnef_unpack_rtf(t->rtf, &rtf))
        t->damaged = true;
    if (rtf.n > 0)
        say_part(t, DZ_VIEW("body.rtf"), "application/rtf", NULL, dz_buf_view(&rtf));
}

static void
say_all(struct tnef *t)
{
    say_field(t, "title", &t->subject);
    say_sender(t);
    dz_work_field(t->w, "published", dz_view_of(t->published));
    say_meta(t, "tnef.Subject", &t->subject);
    say_meta(t, "tnef.MessageClass", &t->class);
    say_meta(t, "tnef.MessageID", &t->message_id);
    if (t->published[0] != '\0')
        dz_work_meta(t->w, "tnef.Submitted", dz_view_of(t->published));
    if (t->body.v.n > 1)
        say_plain(t);
    else if (t->html.v.n > 0)
        say_page(t);
    else if (t->rtf.n > 0)
        say_rtf(t);
    for (size_t i = 0; i < t->n_files; i++)
        say_file(t, &t->files[i]);
}

void
dz_tnef_read(struct dz_work *w, struct dz_view bytes)
{
    struct tnef t = {.w = w};
    take_attributes(&t, bytes);
    say_all(&t);
    bool text = dz_work_chars(w) > 0;
    if (t.limit != NULL)
        dz_work_done(w, "limit", t.limit);
    else if (t.damaged)
        dz_work_done(w, "damaged", "truncated");
    else
        dz_work_done(w, text ? "text" : "empty", text ? NULL : "blank");
    dz_free(t.files);
}
