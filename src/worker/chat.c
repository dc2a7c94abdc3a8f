#include <stdio.h>
#include <string.h>

#include "chat_impl.h"
#include "dz_decode.h"
#include "dz_families.h"
#include "dz_html_reader.h"

/* Exports of chats by Telegram Desktop. Each message is one place that can be cited, and its text
 * begins with date and sender as they stand in the export: nothing is dropped or masked here. */

#define READ_BYTES ((size_t)64 << 10)
#define PAGE_MAX ((size_t)16 << 20)

void
chat_done(struct chat *c)
{
    dz_free(c->chat_id);
    *c = (struct chat){0};
}

/* ---- messages ---- */

void
chat_begin(struct chat_message *m, const char *id, struct dz_view date, bool service,
           struct dz_view sender)
{
    *m = (struct chat_message){.line = DZ_BUF(4 * CHAT_MESSAGE_MAX)};
    (void)snprintf(m->id, sizeof m->id, "%s", id);
    (void)snprintf(m->date, sizeof m->date, "%.*s", (int)(date.n < 31 ? date.n : 31), date.p);
    dz_buf_adds(&m->line, m->date);
    if (service)
        dz_buf_adds(&m->line, m->date[0] ? " [service]" : "[service]");
    if (sender.n > 0 && m->line.n > 0)
        dz_buf_addc(&m->line, ' ');
    dz_buf_addv(&m->line, sender);
    if (m->line.n > 0)
        dz_buf_addc(&m->line, ':');
}

void
chat_mark(struct chat_message *m, const char *what, struct dz_view words)
{
    if (words.n == 0)
        return;
    dz_buf_addf(&m->line, " [%s ", what);
    dz_buf_addv(&m->line, words);
    dz_buf_addc(&m->line, ']');
}

void
chat_message_done(struct chat_message *m)
{
    dz_buf_done(&m->line);
}

enum dz_code
chat_say(struct chat *c, const struct chat_message *m, struct dz_err *err)
{
    c->n_messages++;
    c->bytes += m->line.n + 1;
    if (c->n_messages > CHAT_MESSAGES_MAX || c->bytes > CHAT_TEXT_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the chat is longer than is kept as text");
    if (c->several && c->chat_id)
        dz_work_locatorf(c->w, "message", "%s/%s", c->chat_id, m->id);
    else
        dz_work_locator(c->w, "message", m->id);
    dz_work_text(c->w, dz_buf_view(&m->line));
    dz_work_texts(c->w, "\n");
    /* Written year first, dates are in order as words; chats of an account are not in any. */
    if (m->date[0] && (!c->first[0] || strcmp(m->date, c->first) < 0))
        memcpy(c->first, m->date, sizeof c->first);
    if (m->date[0] && strcmp(m->date, c->last) > 0)
        memcpy(c->last, m->date, sizeof c->last);
    return DZ_OK;
}

void
chat_summary(struct chat *c)
{
    char n[24];
    (void)snprintf(n, sizeof n, "%llu", (unsigned long long)c->n_messages);
    dz_work_meta(c->w, "chat.messages", dz_view_of(n));
    dz_work_meta(c->w, "chat.first", dz_view_of(c->first));
    dz_work_meta(c->w, "chat.last", dz_view_of(c->last));
}

/* ---- the two exports ---- */

static void
finish(struct chat *c, enum dz_code code, bool whole, bool found)
{
    if (found)
        chat_summary(c);
    if (code == DZ_E_LIMIT)
        dz_work_done(c->w, "limit", c->nested ? "nesting" : "too_large");
    else if (!found)
        dz_work_done(c->w, "unsupported", "kind");
    else if (code != DZ_OK || c->damaged)
        dz_work_done(c->w, "damaged", "damaged");
    else if (!whole)
        dz_work_done(c->w, "damaged", "truncated");
    else if (c->n_messages == 0)
        dz_work_done(c->w, "empty", "blank");
    else
        dz_work_done(c->w, "text", NULL);
}

static void
read_json(struct chat *c, struct dz_view head)
{
    struct dz_err err = {0};
    struct chat_scan *s = chat_scan_new(c);
    enum dz_code code = chat_scan_feed(s, head, &err);
    DZ_AUTO_FREE char *bytes = dz_alloc(READ_BYTES);
    while (code == DZ_OK && !dz_work_is_done(c->w)) {
        size_t n = 0;
        code = dz_work_next(c->w, bytes, READ_BYTES, &n, &err);
        if (code != DZ_OK || n == 0)
            break;
        code = chat_scan_feed(s, (struct dz_view){bytes, n}, &err);
    }
    finish(c, code, chat_scan_is_whole(s), chat_scan_found(s));
    chat_scan_free(s);
}

/* Some other page that looks like one of Telegram, such as the preview of a channel in the web. */
static void
read_other_page(struct chat *c, struct dz_view page)
{
    struct dz_err err = {0};
    struct dz_html_want want = {.fields = true, .whole = true};
    if (dz_html_read(c->w, page, &want, &err) != DZ_OK)
        dz_work_done(c->w, "limit", "nesting");
    else if (dz_work_chars(c->w) == 0)
        dz_work_done(c->w, "empty", "blank");
    else
        dz_work_done(c->w, "text", NULL);
}

static void
read_page(struct chat *c, struct dz_view head)
{
    struct dz_err err = {0};
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(PAGE_MAX);
    dz_buf_addv(&bytes, head);
    enum dz_code code = DZ_OK;
    DZ_AUTO_FREE char *block = dz_alloc(READ_BYTES);
    size_t n = 1;
    while (code == DZ_OK && n > 0 && !bytes.failed) {
        code = dz_work_next(c->w, block, READ_BYTES, &n, &err);
        if (code == DZ_OK)
            dz_buf_add(&bytes, block, n);
    }
    if (code == DZ_OK)
        code = dz_buf_ok(&bytes, "the page", &err);
    DZ_AUTO_BUF struct dz_buf page = DZ_BUF(4 * PAGE_MAX);
    struct dz_decoded decoded;
    if (code == DZ_OK)
        code = dz_decode(dz_buf_view(&bytes), "utf-8", &page, &decoded, &err);
    bool is_export = false;
    if (code == DZ_OK)
        code = chat_html_read(c, dz_buf_view(&page), &is_export, &err);
    if (code == DZ_OK && !is_export) {
        read_other_page(c, dz_buf_view(&page));
        return;
    }
    /* A page that was cut shows it only by the end that is missing. */
    struct dz_view end = dz_view_trim(dz_buf_view(&page));
    bool whole = end.n >= 7 && memcmp(end.p + end.n - 7, "</html>", 7) == 0;
    finish(c, code, whole, is_export);
}

static void
read_chat(struct dz_work *w)
{
    struct dz_err err = {0};
    struct chat c = {.w = w};
    DZ_AUTO_FREE char *bytes = dz_alloc(READ_BYTES);
    size_t n = 0;
    struct dz_view head = {bytes, 0};
    enum dz_code code = dz_work_next(w, bytes, READ_BYTES, &n, &err);
    head.n = code == DZ_OK ? n : 0;
    if (dz_view_starts(head, "\xef\xbb\xbf"))
        head = (struct dz_view){head.p + 3, head.n - 3};
    struct dz_view begin = dz_view_trim(head);
    if (code != DZ_OK)
        dz_work_done(w, "damaged", "damaged");
    else if (n == 0)
        dz_work_done(w, "empty", "empty");
    else if (begin.n > 0 && begin.p[0] == '<')
        read_page(&c, head);
    else
        read_json(&c, head);
    chat_done(&c);
}

const struct dz_family dz_family_chat = {
    .name = "chat",
    .extractor = "chat/1",
    .read = read_chat,
};
