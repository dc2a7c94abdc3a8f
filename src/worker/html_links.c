#include <string.h>
#include <strings.h>

#include "html_impl.h"

/* Addresses: of what a page needs (pictures, styles, scripts, frames), and of what it links to. */

#define ADDRESS_MAX 2048u /* longer ones are no addresses */

/* ---- <base> ---- */

struct find_base {
    struct dz_view href;
};

static void
enter_base(void *ctx, const GumboNode *node)
{
    struct find_base *f = ctx;
    if (f->href.n == 0 && node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == GUMBO_TAG_BASE)
        f->href = dz_view_trim(html_attribute(&node->v.element, "href"));
}

struct dz_view
html_base_of(const GumboNode *root)
{
    struct find_base f = {0};
    html_walk_tree(
        &(struct html_walk){root, enter_base, html_leave_nothing, html_skips_template, &f});
    return f.href;
}

/* ---- resolving ---- */

/* Length of "scheme:" at the beginning, 0 when there is none. */
static size_t
scheme_length(struct dz_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = (char)(v.p[i] | 0x20);
        if (v.p[i] == ':')
            return i > 0 ? i + 1 : 0;
        bool letter = c >= 'a' && c <= 'z';
        bool more =
            (v.p[i] >= '0' && v.p[i] <= '9') || v.p[i] == '+' || v.p[i] == '-' || v.p[i] == '.';
        if (!letter && !(i > 0 && more))
            return 0;
    }
    return 0;
}

/* Where the path of "http://host/path?x" begins. */
static size_t
path_begin(struct dz_view base, size_t scheme)
{
    size_t at = scheme;
    if (base.n >= scheme + 2 && memcmp(base.p + scheme, "//", 2) == 0)
        at += 2;
    while (at < base.n && base.p[at] != '/' && base.p[at] != '?' && base.p[at] != '#')
        at++;
    return at;
}

/* Append path without "." and ".." segments (section 5.2.4); it begins behind `from` in out. */
static void
add_path(struct dz_buf *out, size_t from, struct dz_view path)
{
    size_t at = 0;
    while (at < path.n) {
        size_t n = 0;
        while (at + n < path.n && path.p[at + n] != '/' && path.p[at + n] != '?' &&
               path.p[at + n] != '#')
            n++;
        struct dz_view part = {path.p + at, n};
        bool slash = at + n < path.n && path.p[at + n] == '/';
        if (dz_view_is(part, "..")) {
            size_t cut = out->n > from ? out->n - 1 : from;
            while (cut > from && out->p[cut - 1] != '/')
                cut--;
            dz_buf_cut(out, cut);
        } else if (!dz_view_is(part, ".")) {
            dz_buf_addv(out, part);
            if (slash)
                dz_buf_addc(out, '/');
        }
        at += n + (slash ? 1 : 0);
        if (!slash) {
            /* The query and the fragment are no path. */
            dz_buf_add(out, path.p + at, path.n - at);
            return;
        }
    }
}

void
html_resolve(struct dz_view base, struct dz_view address, struct dz_buf *out)
{
    address = dz_view_trim(address);
    size_t scheme = scheme_length(base);
    if (scheme_length(address) > 0 || scheme == 0 || address.n == 0) {
        dz_buf_addv(out, address);
        return;
    }
    if (dz_view_starts(address, "//")) {
        dz_buf_add(out, base.p, scheme);
        dz_buf_addv(out, address);
        return;
    }
    size_t path = path_begin(base, scheme);
    size_t end = path;
    while (end < base.n && base.p[end] != '?' && base.p[end] != '#')
        end++;
    if (address.p[0] == '?' || address.p[0] == '#') {
        size_t keep = address.p[0] == '?' ? end : base.n;
        const char *hash = memchr(base.p, '#', base.n);
        keep = hash && (size_t)(hash - base.p) < keep ? (size_t)(hash - base.p) : keep;
        dz_buf_add(out, base.p, keep);
        dz_buf_addv(out, address);
        return;
    }
    dz_buf_add(out, base.p, path);
    dz_buf_addc(out, '/');
    size_t from = out->n;
    if (address.p[0] == '/') {
        add_path(out, from, (struct dz_view){address.p + 1, address.n - 1});
        return;
    }
    /* Beside the last segment of the base. */
    while (end > path && base.p[end - 1] != '/')
        end--;
    if (end > path + 1)
        add_path(out, from, (struct dz_view){base.p + path + 1, end - path - 1});
    add_path(out, from, address);
}

/* ---- saying ---- */

struct links {
    struct dz_work *w;
    struct dz_view base;
    const char *key; /* "resource" or "link" */
};

static void
say_address(struct links *l, struct dz_view address)
{
    static const char *const inside[] = {
        "data:", "javascript:", "mailto:", "tel:", "about:", "blob:"};
    address = dz_view_trim(address);
    if (address.n == 0 || address.n > ADDRESS_MAX || address.p[0] == '#')
        return;
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        size_t n = strlen(inside[i]);
        if (address.n >= n && strncasecmp(address.p, inside[i], n) == 0)
            return;
    }
    DZ_AUTO_BUF struct dz_buf whole = DZ_BUF(4 * ADDRESS_MAX);
    html_resolve(l->base, address, &whole);
    if (!whole.failed)
        dz_work_meta(l->w, l->key, dz_buf_view(&whole));
}

/* "a.jpg 1x, b.jpg 640w" (HTML, section 4.8.4.2.1): an address ends at a blank. */
static void
say_srcset(struct links *l, struct dz_view set)
{
    size_t at = 0;
    while (at < set.n) {
        while (at < set.n && (set.p[at] == ',' || (unsigned char)set.p[at] <= ' '))
            at++;
        size_t from = at;
        while (at < set.n && (unsigned char)set.p[at] > ' ')
            at++;
        size_t end = at;
        while (end > from && set.p[end - 1] == ',')
            end--;
        say_address(l, (struct dz_view){set.p + from, end - from});
        /* The descriptor, unless the address ended with the comma. */
        bool described = end == at;
        while (described && at < set.n && set.p[at] != ',')
            at++;
    }
}

/* url(...) in a style. */
static void
say_style(struct links *l, struct dz_view style)
{
    for (size_t at = 0; at + 4 < style.n; at++) {
        if (strncasecmp(style.p + at, "url(", 4) != 0)
            continue;
        at += 4;
        const char *close = memchr(style.p + at, ')', style.n - at);
        if (!close)
            return;
        struct dz_view inner = {style.p + at, (size_t)(close - style.p) - at};
        inner = dz_view_trim(inner);
        if (inner.n >= 2 && (inner.p[0] == '"' || inner.p[0] == '\''))
            inner = (struct dz_view){inner.p + 1, inner.n - 2};
        say_address(l, inner);
        at = (size_t)(close - style.p);
    }
}

static void
enter_resource(void *ctx, const GumboNode *node)
{
    struct links *l = ctx;
    if (node->type != GUMBO_NODE_ELEMENT)
        return;
    const GumboElement *e = &node->v.element;
    static const GumboTag sources[] = {
        GUMBO_TAG_IMG,   GUMBO_TAG_SCRIPT, GUMBO_TAG_IFRAME, GUMBO_TAG_FRAME, GUMBO_TAG_VIDEO,
        GUMBO_TAG_AUDIO, GUMBO_TAG_EMBED,  GUMBO_TAG_SOURCE, GUMBO_TAG_TRACK, GUMBO_TAG_INPUT};
    if (HTML_IN_LIST(e->tag, sources)) {
        say_address(l, html_attribute(e, "src"));
        say_srcset(l, html_attribute(e, "srcset"));
        say_address(l, html_attribute(e, "poster"));
    } else if (e->tag == GUMBO_TAG_OBJECT) {
        say_address(l, html_attribute(e, "data"));
    } else if (e->tag == GUMBO_TAG_LINK) {
        struct dz_view rel = html_attribute(e, "rel");
        if (html_has_word(rel, "stylesheet") || html_has_word(rel, "icon") ||
            html_has_word(rel, "preload") || html_has_word(rel, "apple-touch-icon"))
            say_address(l, html_attribute(e, "href"));
        say_srcset(l, html_attribute(e, "imagesrcset"));
    } else if (e->tag == GUMBO_TAG_STYLE) {
        const GumboNode *text = html_child_at(node, 0);
        if (text && html_is_text(text))
            say_style(l, dz_view_of(text->v.text.text));
    }
    say_address(l, html_attribute(e, "background"));
    say_style(l, html_attribute(e, "style"));
}

static void
enter_link(void *ctx, const GumboNode *node)
{
    struct links *l = ctx;
    if (node->type != GUMBO_NODE_ELEMENT)
        return;
    const GumboElement *e = &node->v.element;
    if (e->tag == GUMBO_TAG_A || e->tag == GUMBO_TAG_AREA)
        say_address(l, html_attribute(e, "href"));
}

void
html_say_links(const GumboNode *root, struct dz_view base, struct dz_work *w)
{
    struct links l = {.w = w, .base = base, .key = "resource"};
    html_walk_tree(
        &(struct html_walk){root, enter_resource, html_leave_nothing, html_skips_template, &l});
    l.key = "link";
    html_walk_tree(
        &(struct html_walk){root, enter_link, html_leave_nothing, html_skips_template, &l});
}
