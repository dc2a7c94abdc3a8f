#include <string.h>
#include <strings.h>

#include "html_impl.h"

#define ARENA_MAX ((size_t)300 << 20) /* html_is_bounded keeps every page below it */

/* ---- parsing ---- */

static void *
arena_alloc(void *ctx, size_t n)
{
    struct html_tree *t = ctx;
    void *p = dz_arena_alloc(&t->arena, n ? n : 1);
    if (!p) {
        /* gumbo knows no way back; in a worker the process ends here. */
        dz_work_done(t->w, "limit", "nesting");
        dz_panic("out of memory while reading a web page");
    }
    return p;
}

static void
arena_free(void *ctx, void *p)
{
    (void)ctx;
    (void)p;
}

static void
parse(struct html_tree *t, struct dz_view page)
{
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = arena_alloc;
    options.deallocator = arena_free;
    options.userdata = t;
    options.max_errors = 0;
    t->output = gumbo_parse_with_options(&options, page.p ? page.p : "", page.n);
}

enum dz_code
html_parse(struct html_tree *t, struct dz_work *w, struct dz_view page, struct dz_err *err)
{
    if (!html_is_bounded(page))
        return dz_fail(err, DZ_E_LIMIT, "the page nests too deeply or holds too many tags");
    t->arena.max_bytes = ARENA_MAX;
    t->w = w;
    if (html_slim_make(&t->slim, page)) {
        parse(t, dz_buf_view(&t->slim.page));
        if (html_slim_put_back(&t->slim, &t->arena, t->output->document))
            return DZ_OK;
        dz_arena_done(&t->arena);
    }
    parse(t, page);
    return DZ_OK;
}

void
html_tree_done(struct html_tree *t)
{
    dz_arena_done(&t->arena);
    html_slim_done(&t->slim);
    t->output = NULL;
}

/* ---- nodes ---- */

const GumboNode *
html_child_at(const GumboNode *node, size_t ix)
{
    const GumboVector *children = NULL;
    if (node->type == GUMBO_NODE_DOCUMENT)
        children = &node->v.document.children;
    else if (node->type == GUMBO_NODE_ELEMENT)
        children = &node->v.element.children;
    return children && ix < children->length ? children->data[ix] : NULL;
}

struct dz_view
html_attribute(const GumboElement *e, const char *name)
{
    const GumboAttribute *a = gumbo_get_attribute(&e->attributes, name);
    return dz_view_of(a ? a->value : NULL);
}

bool
html_is_no_case(struct dz_view v, const char *word)
{
    return v.n == strlen(word) && (v.n == 0 || strncasecmp(v.p, word, v.n) == 0);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool
html_has_word(struct dz_view list, const char *word)
{
    size_t at = 0;
    while (at < list.n) {
        size_t n = 0;
        while (at + n < list.n && !is_blank(list.p[at + n]))
            n++;
        if (n > 0 && html_is_no_case((struct dz_view){list.p + at, n}, word))
            return true;
        at += n + 1;
    }
    return false;
}

bool
html_in_list(GumboTag tag, const GumboTag *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == tag)
            return true;
    }
    return false;
}

bool
html_is_text(const GumboNode *node)
{
    return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
           node->type == GUMBO_NODE_CDATA;
}

/* ---- walking ---- */

void
html_walk_tree(const struct html_walk *w)
{
    const GumboNode *node = w->root;
    while (node) {
        bool skipped = w->skips(node);
        if (!skipped)
            w->enter(w->ctx, node);
        const GumboNode *next = skipped ? NULL : html_child_at(node, 0);
        /* Up until there is a neighbour. */
        while (!next) {
            if (!skipped)
                w->leave(w->ctx, node);
            skipped = false;
            if (node == w->root)
                return;
            next = html_child_at(node->parent, node->index_within_parent + 1);
            node = node->parent;
        }
        node = next;
    }
}

void
html_leave_nothing(void *ctx, const GumboNode *node)
{
    (void)ctx;
    (void)node;
}

bool
html_skips_template(const GumboNode *node)
{
    return node->type == GUMBO_NODE_TEMPLATE;
}

/* "display: none" and "visibility: hidden" of an inline style, whatever blanks it has. */
static bool
style_hides(struct dz_view style)
{
    char tidy[256];
    size_t n = 0;
    for (size_t i = 0; i < style.n && n < sizeof tidy - 1; i++) {
        char c = style.p[i];
        if (!is_blank(c))
            tidy[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    tidy[n] = '\0';
    return strstr(tidy, "display:none") || strstr(tidy, "visibility:hidden");
}

bool
html_skips_unseen(const GumboNode *node)
{
    static const GumboTag unseen[] = {
        GUMBO_TAG_SCRIPT,   GUMBO_TAG_STYLE,  GUMBO_TAG_NOSCRIPT, GUMBO_TAG_TEMPLATE,
        GUMBO_TAG_HEAD,     GUMBO_TAG_IFRAME, GUMBO_TAG_OBJECT,   GUMBO_TAG_SVG,
        GUMBO_TAG_CANVAS,   GUMBO_TAG_AUDIO,  GUMBO_TAG_VIDEO,    GUMBO_TAG_FRAMESET,
        GUMBO_TAG_DATALIST, GUMBO_TAG_RP,
    };
    if (node->type == GUMBO_NODE_COMMENT || node->type == GUMBO_NODE_TEMPLATE)
        return true;
    if (node->type != GUMBO_NODE_ELEMENT)
        return false;
    const GumboElement *e = &node->v.element;
    return HTML_IN_LIST(e->tag, unseen) || gumbo_get_attribute(&e->attributes, "hidden") ||
           style_hides(html_attribute(e, "style"));
}

/* ---- words ---- */

struct words {
    struct dz_buf *out;
    size_t max;
    bool space;
};

static void
enter_words(void *ctx, const GumboNode *node)
{
    struct words *s = ctx;
    if (!html_is_text(node)) {
        s->space =
            s->space || (node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == GUMBO_TAG_BR);
        return;
    }
    for (const char *p = node->v.text.text; *p && s->out->n < s->max; p++) {
        if (is_blank(*p)) {
            s->space = true;
            continue;
        }
        if (s->space && s->out->n > 0)
            dz_buf_addc(s->out, ' ');
        s->space = false;
        dz_buf_addc(s->out, *p);
    }
}

void
html_words_of(const GumboNode *node, struct dz_buf *out, size_t max)
{
    struct words s = {.out = out, .max = max};
    html_walk_tree(
        &(struct html_walk){node, enter_words, html_leave_nothing, html_skips_unseen, &s});
}
