#include <string.h>

#include "html_impl.h"

/* Which part of a page is its main text, and what the rest is. Nothing is dropped by it: a wrong
 * guess only puts a wrong mark. Elements say so by their kind (<nav>), their role, or the words of
 * their class and id; lists of links count as navigation. What holds the heading of the page or
 * most
 * of its text is never put aside because of its class. */

struct element {
    const GumboNode *node;
    uint32_t parent; /* number of the parent + 1, 0 at the root */
    uint32_t own;    /* bytes of words that stand directly in it */
    uint32_t words;  /* with everything inside */
    uint32_t linked; /* of these in links */
    uint32_t links;
    bool holds_main; /* <main>, <article> or <h1> are inside */
    bool in_link;
    bool in_content; /* inside <main> or <article> */
    bool in_chosen;  /* inside the one element that is the content of the page */
    bool in_heading; /* inside <h1> */
};

struct survey {
    struct element *e;
    size_t n;
    size_t cap;
    size_t at; /* number of the element that we are in, + 1 */
};

/* ---- looking ---- */

static bool
is_content(const GumboNode *node)
{
    const GumboElement *e = &node->v.element;
    return e->tag == GUMBO_TAG_MAIN || e->tag == GUMBO_TAG_ARTICLE ||
           html_is_no_case(html_attribute(e, "role"), "main");
}

static void
enter_survey(void *ctx, const GumboNode *node)
{
    struct survey *s = ctx;
    if (node->type == GUMBO_NODE_ELEMENT) {
        s->e = dz_grow(s->e, &s->cap, s->n + 1, sizeof *s->e);
        struct element *e = &s->e[s->n++];
        const struct element *above = s->at ? &s->e[s->at - 1] : NULL;
        GumboTag tag = node->v.element.tag;
        *e = (struct element){.node = node, .parent = (uint32_t)s->at};
        e->links = tag == GUMBO_TAG_A;
        e->in_link = tag == GUMBO_TAG_A || (above && above->in_link);
        e->in_content = is_content(node) || (above && above->in_content);
        e->in_heading = tag == GUMBO_TAG_H1 || (above && above->in_heading);
        e->holds_main = tag == GUMBO_TAG_H1 || is_content(node);
        s->at = s->n;
    } else if (html_is_text(node) && s->at) {
        struct element *e = &s->e[s->at - 1];
        for (const char *p = node->v.text.text; *p; p++) {
            bool blank = *p == ' ' || *p == '\n' || *p == '\t' || *p == '\r' || *p == '\f';
            e->own += !blank;
        }
    }
}

static void
leave_survey(void *ctx, const GumboNode *node)
{
    struct survey *s = ctx;
    if (node->type != GUMBO_NODE_ELEMENT)
        return;
    struct element *e = &s->e[s->at - 1];
    e->words += e->own;
    e->linked += e->in_link ? e->own : 0;
    s->at = e->parent;
    if (!s->at)
        return;
    struct element *above = &s->e[s->at - 1];
    above->words += e->words;
    above->linked += e->linked;
    above->links += e->links;
    above->holds_main = above->holds_main || e->holds_main;
}

/* ---- words of class and id ---- */

static const struct {
    const char *word; /* a whole word, or several with '-' between them */
    const char *is;
} class_words[] = {
    {"cookie", "cookie"},
    {"cookies", "cookie"},
    {"consent", "cookie"},
    {"gdpr", "cookie"},
    {"share", "share"},
    {"sharing", "share"},
    {"sharedaddy", "share"},
    {"addtoany", "share"},
    {"social", "share"},
    {"socials", "share"},
    {"related", "related"},
    {"recommended", "related"},
    {"jp-relatedposts", "related"},
    {"read-also", "related"},
    {"read-more", "related"},
    {"more-news", "related"},
    {"comments", "comments"},
    {"comment-list", "comments"},
    {"disqus", "comments"},
    {"comment-respond", "comments"},
    {"nav", "nav"},
    {"navbar", "nav"},
    {"navigation", "nav"},
    {"menu", "nav"},
    {"breadcrumb", "nav"},
    {"breadcrumbs", "nav"},
    {"pagination", "nav"},
    {"pager", "nav"},
    {"sidebar", "sidebar"},
    {"widget", "sidebar"},
    {"widgets", "sidebar"},
    {"footer", "footer"},
    {"colophon", "footer"},
    {"masthead", "header"},
    {"topbar", "header"},
    {"site-header", "header"},
    {"newsletter", "advert"},
    {"subscribe", "advert"},
    {"advert", "advert"},
    {"advertisement", "advert"},
    {"promo", "advert"},
    {"banner", "advert"},
    {"skip-link", "nav"},
    {"screen-reader-text", "nav"},
};

/* "has-sidebar", "no-comments" say something about the neighbours. */
static bool
is_about_others(const char *word, size_t n)
{
    struct dz_view v = {word, n};
    return dz_view_is(v, "has") || dz_view_is(v, "no") || dz_view_is(v, "with") ||
           dz_view_is(v, "without");
}

/* What begins at a part of a class: an entry of the table that ends with a part as well. */
static const char *
class_part(const char *word, size_t n)
{
    for (size_t i = 0; i < sizeof class_words / sizeof *class_words; i++) {
        const char *w = class_words[i].word;
        if (w[0] != word[0])
            continue;
        size_t length = strlen(w);
        bool ends = length == n || (length < n && (word[length] == '-' || word[length] == '_'));
        if (ends && memcmp(word, w, length) == 0)
            return class_words[i].is;
    }
    return NULL;
}

/* One word of a class list: "site-header" whole, and from each '-' and '_' on. */
static const char *
class_word(const char *word, size_t n)
{
    for (size_t at = 0; at < n;) {
        const char *is = class_part(word + at, n - at);
        size_t end = at;
        while (end < n && word[end] != '-' && word[end] != '_')
            end++;
        if (is)
            return is;
        if (is_about_others(word + at, end - at))
            return NULL;
        at = end + 1;
    }
    return NULL;
}

static const char *
class_list(struct dz_view list)
{
    char word[64];
    size_t n = 0;
    size_t words = 0;
    for (size_t i = 0; i <= list.n && words < 20; i++) {
        char c = i < list.n ? list.p[i] : ' ';
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
        if (!blank && n < sizeof word) {
            word[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
            continue;
        }
        const char *is = blank ? class_word(word, n) : NULL;
        if (is)
            return is;
        if (blank) {
            n = 0;
            words++;
        }
    }
    return NULL;
}

/* ---- deciding ---- */

static const char *
by_kind(const struct element *e)
{
    const GumboElement *g = &e->node->v.element;
    switch ((int)g->tag) {
    case GUMBO_TAG_NAV:
        return "nav";
    case GUMBO_TAG_ASIDE:
        return "aside";
    case GUMBO_TAG_FOOTER:
        return "footer";
    case GUMBO_TAG_HEADER:
        /* The head of an article is part of it. */
        return e->in_content || e->holds_main ? NULL : "header";
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA:
        return "control";
    default:
        break;
    }
    static const struct {
        const char *role;
        const char *is;
    } roles[] = {{"navigation", "nav"},     {"contentinfo", "footer"}, {"complementary", "aside"},
                 {"search", "control"},     {"banner", "header"},      {"dialog", "dialog"},
                 {"alertdialog", "dialog"}, {"menu", "nav"},           {"menubar", "nav"}};
    struct dz_view role = html_attribute(g, "role");
    for (size_t i = 0; role.n > 0 && i < sizeof roles / sizeof *roles; i++) {
        if (html_is_no_case(role, roles[i].role))
            return e->holds_main ? NULL : roles[i].is;
    }
    return html_is_no_case(html_attribute(g, "aria-hidden"), "true") ? "hidden" : NULL;
}

static const char *
by_class(const struct element *e, uint32_t all)
{
    static const GumboTag boxes[] = {
        GUMBO_TAG_DIV,   GUMBO_TAG_SECTION, GUMBO_TAG_UL,     GUMBO_TAG_OL,   GUMBO_TAG_P,
        GUMBO_TAG_TABLE, GUMBO_TAG_TD,      GUMBO_TAG_FORM,   GUMBO_TAG_SPAN, GUMBO_TAG_A,
        GUMBO_TAG_LI,    GUMBO_TAG_DL,      GUMBO_TAG_HEADER,
    };
    const GumboElement *g = &e->node->v.element;
    if (!HTML_IN_LIST(g->tag, boxes) || e->holds_main || e->words * 2 > all)
        return NULL;
    const char *is = class_list(html_attribute(g, "class"));
    return is ? is : class_list(html_attribute(g, "id"));
}

/* Hardly anything but links, and short ones, outside of an article. */
static const char *
by_links(const struct element *e, uint32_t all)
{
    static const GumboTag lists[] = {GUMBO_TAG_UL, GUMBO_TAG_OL, GUMBO_TAG_DIV, GUMBO_TAG_TABLE,
                                     GUMBO_TAG_TD};
    if (!HTML_IN_LIST(e->node->v.element.tag, lists) || e->holds_main || e->in_content)
        return NULL;
    bool mostly = e->links >= 4 && (uint64_t)e->linked * 10 >= (uint64_t)e->words * 8;
    return mostly && e->words / e->links < 60 && (uint64_t)e->words * 10 < (uint64_t)all * 4 ? "nav"
                                                                                             : NULL;
}

/* The one element that holds what the page is about: <main>, else the only <article>. */
static size_t
choose_content(const struct survey *s, uint32_t all)
{
    size_t main_at = 0;
    size_t article_at = 0;
    size_t articles = 0;
    for (size_t i = 0; i < s->n; i++) {
        const GumboElement *g = &s->e[i].node->v.element;
        bool inside = s->e[i].parent && s->e[s->e[i].parent - 1].in_content;
        if (!is_content(s->e[i].node))
            continue;
        if (g->tag == GUMBO_TAG_ARTICLE) {
            articles += !inside || main_at;
            article_at = i + 1;
        } else if (!main_at) {
            main_at = i + 1;
        }
    }
    size_t at = main_at ? main_at : articles == 1 ? article_at : 0;
    return at && (uint64_t)s->e[at - 1].words * 4 >= all ? at : 0;
}

static uint32_t
mark(struct survey *s, const char **of, bool with_classes)
{
    uint32_t all = s->n ? s->e[0].words : 0;
    size_t chosen = choose_content(s, all);
    uint32_t in_main = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct element *e = &s->e[i];
        const struct element *above = e->parent ? &s->e[e->parent - 1] : NULL;
        of[i] = above ? of[e->parent - 1] : NULL;
        e->in_chosen = i + 1 == chosen || (above && above->in_chosen);
        /* What is only outside may still be told more exactly. */
        if (of[i] && strcmp(of[i], "outside") != 0)
            continue;
        const char *is = by_kind(e);
        if (!is && with_classes)
            is = by_class(e, all);
        if (!is && with_classes)
            is = by_links(e, all);
        if (!is && chosen && !e->in_chosen && !e->in_heading)
            is = "outside";
        of[i] = is;
        in_main += is ? 0 : e->own;
    }
    return in_main;
}

void
html_find_regions(const GumboNode *root, struct html_regions *ret)
{
    struct survey s = {0};
    html_walk_tree(&(struct html_walk){root, enter_survey, leave_survey, html_skips_unseen, &s});
    ret->of = dz_alloc_array(s.n ? s.n : 1, sizeof *ret->of);
    ret->n = s.n;
    /* A page that is all aside has its text where we did not expect it. */
    if (mark(&s, ret->of, true) == 0 && mark(&s, ret->of, false) == 0)
        memset(ret->of, 0, (s.n ? s.n : 1) * sizeof *ret->of);
    dz_free(s.e);
}

void
html_regions_done(struct html_regions *r)
{
    dz_free(r->of);
    *r = (struct html_regions){0};
}
