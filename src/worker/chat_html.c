#include <stdio.h>
#include <string.h>

#include "chat_impl.h"
#include "html_impl.h"

/* messages.html of Telegram Desktop: each <div class="message" id="message123"> is one message; its
 * parts are told by their classes. A message that is "joined" has the sender of the one before. */

struct page {
    struct chat *c;
    struct dz_err *err;
    enum dz_code code;
    const GumboNode *message; /* the one that we are in */
    bool is_export;
    struct dz_buf sender; /* of the last message that named one */
};

/* Parts of one message, gathered before it is said. */
struct parts {
    const GumboNode *inside; /* a part that was taken whole: nothing in it is looked at again */
    bool service;
    size_t forwarded; /* depth inside what was forwarded */
    char date[40];
    struct dz_buf sender;
    struct dz_buf forwarded_from;
    struct dz_buf reply;
    struct dz_buf text;
    struct dz_buf marks; /* media and what else there is, "[...] [...]" */
};

static struct dz_view
classes_of(const GumboNode *node)
{
    if (node->type != GUMBO_NODE_ELEMENT)
        return (struct dz_view){0};
    return html_attribute(&node->v.element, "class");
}

/* ---- words ---- */

struct lines {
    struct dz_buf *out;
    bool space;
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static void
enter_lines(void *ctx, const GumboNode *node)
{
    struct lines *l = ctx;
    if (node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == GUMBO_TAG_BR) {
        dz_buf_addc(l->out, '\n');
        l->space = false;
    }
    if (!html_is_text(node))
        return;
    for (const char *p = node->v.text.text; *p; p++) {
        if (is_blank(*p)) {
            l->space = true;
            continue;
        }
        if (l->space && l->out->n > 0 && l->out->p[l->out->n - 1] != '\n')
            dz_buf_addc(l->out, ' ');
        l->space = false;
        dz_buf_addc(l->out, *p);
    }
}

/* Behind the words of a link its address, when it says something else. */
static void
leave_lines(void *ctx, const GumboNode *node)
{
    struct lines *l = ctx;
    if (node->type != GUMBO_NODE_ELEMENT || node->v.element.tag != GUMBO_TAG_A)
        return;
    struct dz_view href = html_attribute(&node->v.element, "href");
    if (href.n == 0 || href.p[0] == '#' ||
        (l->out->n >= href.n && memcmp(l->out->p + l->out->n - href.n, href.p, href.n) == 0))
        return;
    dz_buf_adds(l->out, " (");
    dz_buf_addv(l->out, href);
    dz_buf_addc(l->out, ')');
}

static void
add_lines(struct dz_buf *out, const GumboNode *node)
{
    struct lines l = {.out = out};
    html_walk_tree(&(struct html_walk){node, enter_lines, leave_lines, html_skips_unseen, &l});
}

/* The text that stands directly in a node: a name without the date behind it. */
static void
add_own_text(struct dz_buf *out, const GumboNode *node)
{
    const GumboNode *child;
    for (size_t i = 0; (child = html_child_at(node, i)) != NULL; i++) {
        if (html_is_text(child))
            dz_buf_adds(out, child->v.text.text);
    }
    struct dz_view tidy = dz_view_trim(dz_buf_view(out));
    DZ_AUTO_BUF struct dz_buf copy = DZ_BUF(CHAT_MESSAGE_MAX);
    dz_buf_addv(&copy, tidy);
    dz_buf_reset(out);
    dz_buf_addv(out, dz_buf_view(&copy));
}

/* "05.03.2024 22:15:00 UTC+02:00" as "2024-03-05 22:15:00 UTC+02:00"; anything else as it is. */
static void
take_date(struct dz_view title, char ret[40])
{
    title = dz_view_trim(title);
    if (title.n > 35 || title.n == 0)
        return;
    bool dots = title.n >= 10 && title.p[2] == '.' && title.p[5] == '.';
    if (dots)
        (void)snprintf(ret, 40, "%.4s-%.2s-%.2s%.*s", title.p + 6, title.p + 3, title.p,
                       (int)(title.n - 10), title.p + 10);
    else
        (void)snprintf(ret, 40, "%.*s", (int)title.n, title.p);
}

/* ---- parts of a message ---- */

static void
mark(struct parts *p, const char *what, struct dz_view words)
{
    if (words.n == 0)
        return;
    dz_buf_addf(&p->marks, " [%s", what);
    dz_buf_addv(&p->marks, words);
    dz_buf_addc(&p->marks, ']');
}

/* Address of the first link inside, without those inside the page. */
static void
enter_href(void *ctx, const GumboNode *node)
{
    struct dz_buf *out = ctx;
    if (out->n > 0 || node->type != GUMBO_NODE_ELEMENT || node->v.element.tag != GUMBO_TAG_A)
        return;
    dz_buf_addv(out, dz_view_trim(html_attribute(&node->v.element, "href")));
}

static void
add_media(struct parts *p, const GumboNode *node)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(CHAT_MESSAGE_MAX);
    DZ_AUTO_BUF struct dz_buf href = DZ_BUF(CHAT_MESSAGE_MAX);
    html_words_of(node, &words, CHAT_MESSAGE_MAX / 2);
    html_walk_tree(
        &(struct html_walk){node, enter_href, html_leave_nothing, html_skips_unseen, &href});
    if (href.n > 0 && words.n > 0)
        dz_buf_addc(&words, ' ');
    dz_buf_addv(&words, dz_buf_view(&href));
    mark(p, "", dz_buf_view(&words));
}

/* "#go_to_message12", also behind the name of another page. */
static void
add_reply(struct parts *p, const GumboNode *node)
{
    DZ_AUTO_BUF struct dz_buf href = DZ_BUF(CHAT_MESSAGE_MAX);
    html_walk_tree(
        &(struct html_walk){node, enter_href, html_leave_nothing, html_skips_unseen, &href});
    const char *id = href.p ? strstr(href.p, "go_to_message") : NULL;
    if (id)
        dz_buf_adds(&p->reply, id + strlen("go_to_message"));
}

static void
enter_part(void *ctx, const GumboNode *node)
{
    struct parts *p = ctx;
    struct dz_view class = classes_of(node);
    if (p->inside || class.n == 0)
        return;
    if (html_has_word(class, "forwarded")) {
        p->forwarded++;
        return;
    }
    const GumboNode *taken = node;
    if (html_has_word(class, "date") && html_has_word(class, "details")) {
        if (!p->forwarded)
            take_date(html_attribute(&node->v.element, "title"), p->date);
    } else if (html_has_word(class, "from_name")) {
        struct dz_buf *to = p->forwarded ? &p->forwarded_from : &p->sender;
        dz_buf_reset(to);
        add_own_text(to, node);
    } else if (html_has_word(class, "reply_to")) {
        add_reply(p, node);
    } else if (html_has_word(class, "text")) {
        if (p->text.n > 0)
            dz_buf_addc(&p->text, '\n');
        add_lines(&p->text, node);
    } else if (html_has_word(class, "media_wrap")) {
        add_media(p, node);
    } else if (html_has_word(class, "signature") || html_has_word(class, "reactions")) {
        DZ_AUTO_BUF struct dz_buf words = DZ_BUF(CHAT_MESSAGE_MAX);
        html_words_of(node, &words, CHAT_MESSAGE_MAX / 2);
        mark(p, html_has_word(class, "reactions") ? "reactions " : "signed ", dz_buf_view(&words));
    } else if (p->service && html_has_word(class, "body")) {
        add_lines(&p->text, node);
    } else if (html_has_word(class, "userpic_wrap")) {
        ; /* initials of the sender */
    } else {
        taken = NULL;
    }
    p->inside = taken;
}

static void
leave_part(void *ctx, const GumboNode *node)
{
    struct parts *p = ctx;
    if (p->inside == node)
        p->inside = NULL;
    else if (!p->inside && html_has_word(classes_of(node), "forwarded") && p->forwarded)
        p->forwarded--;
}

static void
parts_done(struct parts *p)
{
    dz_buf_done(&p->sender);
    dz_buf_done(&p->forwarded_from);
    dz_buf_done(&p->reply);
    dz_buf_done(&p->text);
    dz_buf_done(&p->marks);
}

static enum dz_code
read_message(struct page *page, const GumboNode *node)
{
    struct dz_view class = classes_of(node);
    struct parts p = {.service = html_has_word(class, "service")};
    html_walk_tree(&(struct html_walk){node, enter_part, leave_part, html_skips_unseen, &p});
    if (p.sender.n > 0) {
        dz_buf_reset(&page->sender);
        dz_buf_addv(&page->sender, dz_buf_view(&p.sender));
    }
    struct dz_view id = html_attribute(&node->v.element, "id");
    if (dz_view_starts(id, "message"))
        id = (struct dz_view){id.p + 7, id.n - 7};
    struct chat_message m;
    struct dz_view sender = {0};
    if (!p.service)
        sender = dz_buf_view(&page->sender);
    chat_begin(&m, id.p ? id.p : "", dz_view_of(p.date), p.service, sender);
    chat_mark(&m, "forwarded from", dz_buf_view(&p.forwarded_from));
    chat_mark(&m, "reply to", dz_buf_view(&p.reply));
    struct dz_view text = dz_view_trim(dz_buf_view(&p.text));
    if (text.n > 0)
        dz_buf_addc(&m.line, ' ');
    dz_buf_addv(&m.line, text);
    dz_buf_addv(&m.line, dz_buf_view(&p.marks));
    enum dz_code code = dz_buf_ok(&m.line, "one message", page->err);
    if (code == DZ_OK)
        code = chat_say(page->c, &m, page->err);
    chat_message_done(&m);
    parts_done(&p);
    return code;
}

/* ---- the page ---- */

static void
enter_page(void *ctx, const GumboNode *node)
{
    struct page *page = ctx;
    struct dz_view class = classes_of(node);
    if (class.n == 0 || page->message || page->code != DZ_OK)
        return;
    if (html_has_word(class, "page_header")) {
        DZ_AUTO_BUF struct dz_buf title = DZ_BUF(16384);
        html_words_of(node, &title, 4000);
        dz_work_field(page->c->w, "title", dz_buf_view(&title));
        dz_work_meta(page->c->w, "chat.name", dz_buf_view(&title));
    } else if (html_has_word(class, "message") && node->v.element.tag == GUMBO_TAG_DIV) {
        page->message = node;
        page->code = read_message(page, node);
    }
}

static void
leave_page(void *ctx, const GumboNode *node)
{
    struct page *page = ctx;
    if (page->message == node)
        page->message = NULL;
}

/* The frame of an export: <div class="page_wrap"> and in it <div class="history">. */
static void
enter_frame(void *ctx, const GumboNode *node)
{
    unsigned *seen = ctx;
    struct dz_view class = classes_of(node);
    *seen |= html_has_word(class, "page_wrap") ? 1u : 0;
    *seen |= html_has_word(class, "history") ? 2u : 0;
}

enum dz_code
chat_html_read(struct chat *c, struct dz_view page, bool *ret_is_export, struct dz_err *err)
{
    struct html_tree tree = {0};
    enum dz_code code = html_parse(&tree, c->w, page, err);
    c->nested = code == DZ_E_LIMIT;
    DZ_TRY(code);
    const GumboNode *root = tree.output->document;
    unsigned seen = 0;
    html_walk_tree(
        &(struct html_walk){root, enter_frame, html_leave_nothing, html_skips_template, &seen});
    struct page p = {.c = c, .err = err, .sender = DZ_BUF(CHAT_MESSAGE_MAX)};
    *ret_is_export = seen == 3;
    if (seen == 3)
        html_walk_tree(&(struct html_walk){root, enter_page, leave_page, html_skips_unseen, &p});
    dz_buf_done(&p.sender);
    html_tree_done(&tree);
    return p.code;
}
