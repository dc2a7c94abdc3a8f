#include <gumbo.h>
#include <string.h>
#include <strings.h>

#include "dz_extract_priv.h"
#include "dz_tr.h"
#include "dz_utf8.h"

/* Readable text of a page: what a reader would see of the page itself, block by block, without
 * its navigation. Trees of foreign pages can be deep, so that they are walked by their parent
 * pointers and never by calling oneself; and they are made in an arena, because gumbo's own way
 * of freeing calls itself for every level. */

#define ARENA_MAX ((size_t)3 << 30)

/* ---- which elements say what ---- */

static bool
in_list(GumboTag tag, const GumboTag *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == tag)
            return true;
    }
    return false;
}
#define IN_LIST(tag, list) in_list((tag), (list), sizeof(list) / sizeof *(list))

static bool
is_left_out(const GumboElement *e)
{
    static const GumboTag tags[] = {
        GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE,  GUMBO_TAG_NOSCRIPT, GUMBO_TAG_TEMPLATE,
        GUMBO_TAG_HEAD,   GUMBO_TAG_NAV,    GUMBO_TAG_FOOTER,   GUMBO_TAG_ASIDE,
        GUMBO_TAG_IFRAME, GUMBO_TAG_OBJECT, GUMBO_TAG_SVG,      GUMBO_TAG_MATH,
        GUMBO_TAG_SELECT, GUMBO_TAG_BUTTON, GUMBO_TAG_TEXTAREA, GUMBO_TAG_CANVAS,
        GUMBO_TAG_AUDIO,  GUMBO_TAG_VIDEO,  GUMBO_TAG_FRAMESET,
    };
    if (IN_LIST(e->tag, tags) || gumbo_get_attribute(&e->attributes, "hidden"))
        return true;
    const GumboAttribute *a = gumbo_get_attribute(&e->attributes, "aria-hidden");
    if (a && strcasecmp(a->value, "true") == 0)
        return true;
    a = gumbo_get_attribute(&e->attributes, "role");
    return a &&
           (strcasecmp(a->value, "navigation") == 0 || strcasecmp(a->value, "contentinfo") == 0 ||
            strcasecmp(a->value, "complementary") == 0 || strcasecmp(a->value, "search") == 0);
}

static bool
is_inline(GumboTag tag)
{
    static const GumboTag tags[] = {
        GUMBO_TAG_A,     GUMBO_TAG_ABBR,  GUMBO_TAG_ACRONYM, GUMBO_TAG_B,      GUMBO_TAG_BDI,
        GUMBO_TAG_BDO,   GUMBO_TAG_BIG,   GUMBO_TAG_CITE,    GUMBO_TAG_CODE,   GUMBO_TAG_DATA,
        GUMBO_TAG_DEL,   GUMBO_TAG_DFN,   GUMBO_TAG_EM,      GUMBO_TAG_FONT,   GUMBO_TAG_I,
        GUMBO_TAG_IMG,   GUMBO_TAG_INS,   GUMBO_TAG_KBD,     GUMBO_TAG_LABEL,  GUMBO_TAG_MARK,
        GUMBO_TAG_NOBR,  GUMBO_TAG_Q,     GUMBO_TAG_RUBY,    GUMBO_TAG_S,      GUMBO_TAG_SAMP,
        GUMBO_TAG_SMALL, GUMBO_TAG_SPAN,  GUMBO_TAG_STRIKE,  GUMBO_TAG_STRONG, GUMBO_TAG_SUB,
        GUMBO_TAG_SUP,   GUMBO_TAG_TIME,  GUMBO_TAG_TT,      GUMBO_TAG_U,      GUMBO_TAG_VAR,
        GUMBO_TAG_WBR,   GUMBO_TAG_INPUT, GUMBO_TAG_UNKNOWN,
    };
    return IN_LIST(tag, tags);
}

/* ---- writing text ---- */

struct writer {
    struct dz_buf *out;
    bool space;   /* white space waits for the next word */
    bool newline; /* a block ended */
};

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
flush(struct writer *w)
{
    if (w->newline && w->out->n > 0)
        dz_buf_addc(w->out, '\n');
    else if (w->space && w->out->n > 0 && w->out->p[w->out->n - 1] != '\n')
        dz_buf_addc(w->out, ' ');
    w->newline = w->space = false;
}

/* White space between words is one space, as a browser shows it; lines of <pre> stay. */
static void
write_text(struct writer *w, const char *text, bool preformatted)
{
    while (*text) {
        size_t n = 0;
        while (text[n] && !is_space(text[n]))
            n++;
        if (n > 0) {
            flush(w);
            dz_buf_add(w->out, text, n);
            text += n;
            continue;
        }
        if (preformatted && *text == '\n')
            w->newline = true;
        else
            w->space = true;
        text++;
    }
}

/* ---- walking ---- */

static const GumboVector *
children_of(const GumboNode *node)
{
    if (node->type == GUMBO_NODE_DOCUMENT)
        return &node->v.document.children;
    if (node->type == GUMBO_NODE_ELEMENT)
        return &node->v.element.children;
    return NULL;
}

static const GumboNode *
child_at(const GumboNode *node, size_t ix)
{
    const GumboVector *children = children_of(node);
    return children && ix < children->length ? children->data[ix] : NULL;
}

struct walk {
    const GumboNode *root;
    void (*enter)(void *ctx, const GumboNode *node);
    void (*leave)(void *ctx, const GumboNode *node);
    bool (*skips)(const GumboNode *node);
    void *ctx;
};

static void
walk_tree(const struct walk *w)
{
    const GumboNode *node = w->root;
    while (node) {
        bool skipped = w->skips(node);
        if (!skipped)
            w->enter(w->ctx, node);
        const GumboNode *next = skipped ? NULL : child_at(node, 0);
        /* Up until there is a neighbour. */
        while (!next) {
            if (!skipped)
                w->leave(w->ctx, node);
            skipped = false;
            if (node == w->root)
                return;
            next = child_at(node->parent, node->index_within_parent + 1);
            node = node->parent;
        }
        node = next;
    }
}

static bool
skips_hidden(const GumboNode *node)
{
    return (node->type == GUMBO_NODE_ELEMENT && is_left_out(&node->v.element)) ||
           node->type == GUMBO_NODE_COMMENT || node->type == GUMBO_NODE_TEMPLATE;
}

struct text_state {
    struct writer w;
    size_t pre; /* depth inside <pre> */
};

static void
enter_text(void *ctx, const GumboNode *node)
{
    struct text_state *s = ctx;
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
        node->type == GUMBO_NODE_CDATA) {
        write_text(&s->w, node->v.text.text, s->pre > 0);
        return;
    }
    if (node->type != GUMBO_NODE_ELEMENT)
        return;
    GumboTag tag = node->v.element.tag;
    if (tag == GUMBO_TAG_PRE)
        s->pre++;
    if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH)
        s->w.space = true;
    else if (!is_inline(tag))
        s->w.newline = true;
}

static void
leave_text(void *ctx, const GumboNode *node)
{
    struct text_state *s = ctx;
    if (node->type != GUMBO_NODE_ELEMENT)
        return;
    GumboTag tag = node->v.element.tag;
    if (tag == GUMBO_TAG_PRE)
        s->pre--;
    if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH)
        s->w.space = true;
    else if (!is_inline(tag))
        s->w.newline = true;
}

/* ---- what the page says about itself ---- */

static struct dz_view
attribute(const GumboElement *e, const char *name)
{
    const GumboAttribute *a = gumbo_get_attribute(&e->attributes, name);
    return dz_view_of(a ? a->value : NULL);
}

static struct dz_view
first_text(const GumboNode *node)
{
    const GumboNode *child = child_at(node, 0);
    bool is_text = child && (child->type == GUMBO_NODE_TEXT || child->type == GUMBO_NODE_CDATA);
    return dz_view_of(is_text ? child->v.text.text : NULL);
}

static bool
skips_nothing(const GumboNode *node)
{
    return node->type == GUMBO_NODE_TEMPLATE;
}

static void
enter_meta(void *ctx, const GumboNode *node)
{
    struct dz_html_meta *m = ctx;
    if (node->type != GUMBO_NODE_ELEMENT)
        return;
    const GumboElement *e = &node->v.element;
    switch ((int)e->tag) {
    case GUMBO_TAG_HTML:
        dz_meta_set(&m->language[DZ_META_STRONG], attribute(e, "lang"));
        break;
    case GUMBO_TAG_TITLE:
        dz_meta_set(&m->title[DZ_META_WEAK], first_text(node));
        break;
    case GUMBO_TAG_META:
        dz_meta_named(m, attribute(e, "property"), attribute(e, "content"));
        dz_meta_named(m, attribute(e, "name"), attribute(e, "content"));
        dz_meta_named(m, attribute(e, "itemprop"), attribute(e, "content"));
        break;
    case GUMBO_TAG_LINK:
        if (strcasecmp(attribute(e, "rel").p ? attribute(e, "rel").p : "", "canonical") == 0)
            dz_meta_set(&m->address[DZ_META_STRONG], attribute(e, "href"));
        break;
    case GUMBO_TAG_TIME:
        if (dz_view_is(attribute(e, "itemprop"), "datePublished"))
            dz_meta_set(&m->published[DZ_META_WEAK], attribute(e, "datetime"));
        dz_meta_set(&m->published[DZ_META_LAST], attribute(e, "datetime"));
        break;
    case GUMBO_TAG_SCRIPT:
        if (dz_view_is(attribute(e, "type"), "application/ld+json"))
            dz_meta_json_ld(m, first_text(node));
        break;
    default:
        break;
    }
}

static void
leave_nothing(void *ctx, const GumboNode *node)
{
    (void)ctx;
    (void)node;
}

/* ---- parsing ---- */

static void *
arena_alloc(void *ctx, size_t n)
{
    void *p = dz_arena_alloc(ctx, n ? n : 1);
    /* dz_html_is_bounded keeps every page far below the ceiling. */
    if (!p)
        dz_panic(_("out of memory while reading a web page"));
    return p;
}

static void
arena_free(void *ctx, void *p)
{
    (void)ctx;
    (void)p;
}

enum dz_code
dz_html_extract(struct dz_view page, struct dz_extracted *ret, struct dz_err *err)
{
    struct dz_arena arena = {.max_bytes = ARENA_MAX};
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = arena_alloc;
    options.deallocator = arena_free;
    options.userdata = &arena;
    options.max_errors = 0;
    GumboOutput *output = gumbo_parse_with_options(&options, page.p ? page.p : "", page.n);

    struct text_state s = {.w = {.out = &ret->text}};
    walk_tree(&(struct walk){output->document, enter_text, leave_text, skips_hidden, &s});
    struct dz_html_meta meta = {0};
    walk_tree(&(struct walk){output->document, enter_meta, leave_nothing, skips_nothing, &meta});
    dz_arena_done(&arena);
    dz_meta_take(&meta, ret);
    dz_html_meta_done(&meta);

    if (ret->text.n > 0)
        dz_buf_addc(&ret->text, '\n');
    /* gumbo lets a numeric entity that overflows through as bytes that are no character. */
    if (dz_utf8_valid_prefix(dz_buf_view(&ret->text)) < ret->text.n) {
        DZ_AUTO_BUF struct dz_buf raw = ret->text;
        ret->text = (struct dz_buf)DZ_BUF(raw.max * 2);
        dz_utf8_repair(&ret->text, dz_buf_view(&raw));
    }
    return dz_buf_ok(&ret->text, _("text of the page"), err);
}
