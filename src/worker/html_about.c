#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "html_impl.h"

/* What a page says about itself, gathered from its elements. */

#define META_SAID_MAX 200 /* meta elements that are kept as they stand */

struct about {
    struct html_meta meta;
    struct dz_work *w;
    size_t said;
};

static void
text_of(const GumboNode *node, char **slot)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(8192);
    html_words_of(node, &words, 4000);
    html_meta_set(slot, dz_buf_view(&words));
}

/* Every <meta> for the custody record, under its own name. */
static void
say_meta(struct about *a, const GumboElement *e)
{
    struct dz_view name = html_attribute(e, "name");
    if (name.n == 0)
        name = html_attribute(e, "property");
    if (name.n == 0)
        name = html_attribute(e, "http-equiv");
    struct dz_view content = html_attribute(e, "content");
    if (name.n == 0 || name.n > DZ_WIRE_KEY_MAX - 6 || a->said >= META_SAID_MAX)
        return;
    char key[DZ_WIRE_KEY_MAX + 1];
    (void)snprintf(key, sizeof key, "html.%.*s", (int)name.n, name.p);
    /* A key is a word: what cannot be one is not kept. */
    for (size_t i = 0; key[i]; i++) {
        if ((unsigned char)key[i] <= ' ' || (unsigned char)key[i] >= 0x7F || key[i] == '=')
            return;
    }
    a->said++;
    dz_work_meta(a->w, key, content);
}

static void
enter_meta_element(struct about *a, const GumboElement *e)
{
    struct dz_view content = html_attribute(e, "content");
    html_meta_named(&a->meta, html_attribute(e, "property"), content);
    html_meta_named(&a->meta, html_attribute(e, "name"), content);
    html_meta_named(&a->meta, html_attribute(e, "itemprop"), content);
    if (html_is_no_case(html_attribute(e, "http-equiv"), "content-language"))
        html_meta_named(&a->meta, DZ_VIEW("content-language"), content);
    say_meta(a, e);
}

/* <time>: one that says that it is the date of publication counts more than the first of all. */
static void
enter_time(struct about *a, const GumboElement *e)
{
    struct dz_view when = html_attribute(e, "datetime");
    struct dz_view class = html_attribute(e, "class");
    if (html_has_word(html_attribute(e, "itemprop"), "datePublished") ||
        gumbo_get_attribute(&e->attributes, "pubdate") || html_has_word(class, "published") ||
        html_has_word(class, "entry-date"))
        html_meta_set(&a->meta.published[HTML_WEAK], when);
    html_meta_set(&a->meta.published[HTML_LAST], when);
}

static struct dz_view
first_text(const GumboNode *node)
{
    const GumboNode *child = html_child_at(node, 0);
    return dz_view_of(child && html_is_text(child) ? child->v.text.text : NULL);
}

static void
enter_about(void *ctx, const GumboNode *node)
{
    struct about *a = ctx;
    if (node->type != GUMBO_NODE_ELEMENT)
        return;
    const GumboElement *e = &node->v.element;
    bool in_svg = e->tag_namespace != GUMBO_NAMESPACE_HTML;
    switch ((int)e->tag) {
    case GUMBO_TAG_HTML:
        html_meta_set(&a->meta.language[HTML_STRONG], html_attribute(e, "lang"));
        html_meta_set(&a->meta.language[HTML_STRONG], html_attribute(e, "xml:lang"));
        break;
    case GUMBO_TAG_TITLE:
        if (!in_svg)
            html_meta_set(&a->meta.title[HTML_WEAK], first_text(node));
        break;
    case GUMBO_TAG_H1:
        text_of(node, &a->meta.title[HTML_LAST]);
        break;
    case GUMBO_TAG_META:
        enter_meta_element(a, e);
        break;
    case GUMBO_TAG_LINK:
        if (html_has_word(html_attribute(e, "rel"), "canonical"))
            html_meta_set(&a->meta.address[HTML_STRONG], html_attribute(e, "href"));
        break;
    case GUMBO_TAG_TIME:
        enter_time(a, e);
        break;
    case GUMBO_TAG_SCRIPT:
        if (html_is_no_case(html_attribute(e, "type"), "application/ld+json"))
            html_meta_json_ld(&a->meta, first_text(node));
        break;
    default:
        break;
    }
    bool names_author = html_has_word(html_attribute(e, "rel"), "author") ||
                        html_has_word(html_attribute(e, "itemprop"), "author");
    if (names_author && e->tag != GUMBO_TAG_META && e->tag != GUMBO_TAG_LINK)
        text_of(node, &a->meta.author[HTML_LAST]);
}

void
html_say_fields(const GumboNode *root, struct dz_view base, struct dz_work *w)
{
    struct about a = {.w = w};
    html_walk_tree(
        &(struct html_walk){root, enter_about, html_leave_nothing, html_skips_template, &a});
    html_meta_say(&a.meta, base, w);
    html_meta_done(&a.meta);
}
