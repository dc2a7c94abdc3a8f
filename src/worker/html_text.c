#include <string.h>

#include "dz_html_reader.h"
#include "html_impl.h"

/* The text of a page as its reader sees it: white space between words is one space, blocks end with
 * a newline, lines of <pre> stay as they are. Hidden elements are left out; all others are there,
 * in
 * the order of the document, with marks where the main text ends and begins. */

#define SECTION_BYTES 480 /* of a heading as label */
#define WORDS_BYTES 4096  /* said at a time */

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
        GUMBO_TAG_WBR,   GUMBO_TAG_INPUT, GUMBO_TAG_BUTTON,  GUMBO_TAG_RT,     GUMBO_TAG_MATH,
        GUMBO_TAG_MI,    GUMBO_TAG_MO,    GUMBO_TAG_MN,      GUMBO_TAG_MTEXT,  GUMBO_TAG_UNKNOWN,
    };
    return HTML_IN_LIST(tag, tags);
}

static bool
is_heading(GumboTag tag)
{
    return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6;
}

struct text_state {
    struct dz_work *w;
    const struct html_regions *regions; /* NULL: not asked */
    size_t n_elements;                  /* entered so far */
    size_t *open;                       /* numbers of the elements we are in */
    size_t n_open;
    size_t cap;
    size_t pre;            /* depth inside <pre> */
    bool space;            /* white space waits for the next word */
    bool newline;          /* a block ended */
    bool any;              /* some word was said */
    bool at_line;          /* nothing stands in the line yet */
    const char *region;    /* of what was said last */
    struct dz_buf words;   /* to be said; a piece at a time is checked faster than word by word */
    struct dz_buf section; /* heading that begins with the next word */
    struct html_lists lists;
    struct dz_buf number;  /* of the item that begins with the next word */
    struct dz_view post;   /* message of a channel's preview that begins with it */
};

static void
say_words(struct text_state *s)
{
    dz_work_text(s->w, dz_buf_view(&s->words));
    dz_buf_reset(&s->words);
}

static void
put_words(struct text_state *s, const char *p, size_t n)
{
    if (s->words.n + n > WORDS_BYTES)
        say_words(s);
    if (n > WORDS_BYTES)
        dz_work_text(s->w, (struct dz_view){p, n});
    else
        dz_buf_add(&s->words, p, n);
}

/* Marks of places stand between the words before and after them. */
static void
say_place(struct text_state *s, const char *kind, const char *label)
{
    say_words(s);
    dz_work_locator(s->w, kind, label);
}

static void
say_places(struct text_state *s)
{
    const char *region = NULL;
    if (s->regions && s->n_open > 0)
        region = s->regions->of[s->open[s->n_open - 1]];
    if (s->regions && region != s->region &&
        (!region || !s->region || strcmp(region, s->region) != 0)) {
        say_place(s, region ? "aside" : "main", region ? region : "");
        s->region = region;
    }
    if (s->section.n > 0 && !region)
        say_place(s, "section", s->section.p);
    dz_buf_reset(&s->section);
    if (s->post.n > 0)
        say_place(s, "message", s->post.p);
    s->post = (struct dz_view){0};
}

/* What waited before the next word, and the marks that belong to it. */
static void
flush(struct text_state *s)
{
    if (s->newline && s->any && !s->at_line)
        put_words(s, "\n", 1);
    else if (s->space && s->any && !s->at_line && !s->newline)
        put_words(s, " ", 1);
    s->newline = s->space = false;
    say_places(s);
    if (s->number.n > 0 && s->region == NULL)
        put_words(s, s->number.p, s->number.n);
    dz_buf_reset(&s->number);
    s->any = true;
    s->at_line = false;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
say_flowing(struct text_state *s, const char *text)
{
    while (*text) {
        size_t n = 0;
        while (text[n] && !is_space(text[n]))
            n++;
        if (n > 0) {
            flush(s);
            put_words(s, text, n);
            text += n;
            continue;
        }
        s->space = true;
        text++;
    }
}

/* Lines and columns of <pre>; blanks at the end of a line and empty lines say nothing. */
static void
say_pre(struct text_state *s, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        size_t words = n;
        while (words > 0 && is_space(text[words - 1]))
            words--;
        if (words > 0) {
            flush(s);
            put_words(s, text, words);
            s->space = words < n;
        }
        text += n;
        if (*text == '\n') {
            s->newline = true;
            text++;
        }
    }
}

static void
edge(struct text_state *s, GumboTag tag)
{
    if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH)
        s->space = true;
    else if (!is_inline(tag))
        s->newline = true;
}

static void
enter_text(void *ctx, const GumboNode *node)
{
    struct text_state *s = ctx;
    if (html_is_text(node)) {
        if (s->pre > 0)
            say_pre(s, node->v.text.text);
        else
            say_flowing(s, node->v.text.text);
        return;
    }
    if (node->type != GUMBO_NODE_ELEMENT)
        return;
    GumboTag tag = node->v.element.tag;
    s->open = dz_grow(s->open, &s->cap, s->n_open + 1, sizeof *s->open);
    s->open[s->n_open++] = s->n_elements++;
    s->pre += tag == GUMBO_TAG_PRE;
    edge(s, tag);
    if (tag == GUMBO_TAG_OL || tag == GUMBO_TAG_UL)
        html_lists_begin(&s->lists, &node->v.element);
    else if (tag == GUMBO_TAG_LI)
        html_lists_item(&s->lists, node, &s->number);
    /* Telegram's preview of a channel (t.me/s/NAME) gives each message its own name. */
    struct dz_view post = html_attribute(&node->v.element, "data-post");
    if (post.n > 0)
        s->post = post;
    if (is_heading(tag)) {
        dz_buf_reset(&s->section);
        html_words_of(node, &s->section, SECTION_BYTES);
    }
}

static void
leave_text(void *ctx, const GumboNode *node)
{
    struct text_state *s = ctx;
    if (node->type != GUMBO_NODE_ELEMENT)
        return;
    GumboTag tag = node->v.element.tag;
    s->n_open--;
    s->pre -= tag == GUMBO_TAG_PRE;
    edge(s, tag);
    if (tag == GUMBO_TAG_OL || tag == GUMBO_TAG_UL)
        html_lists_end(&s->lists);
    else if (tag == GUMBO_TAG_LI)
        dz_buf_reset(&s->number);
}

static void
say_text(struct dz_work *w, const GumboNode *root, const struct html_regions *regions)
{
    struct text_state s = {
        .w = w, .regions = regions, .section = DZ_BUF(4096), .words = DZ_BUF(WORDS_BYTES),
        .number = DZ_BUF(DZ_LIST_NUMBER_BYTES)};
    html_walk_tree(&(struct html_walk){root, enter_text, leave_text, html_skips_unseen, &s});
    if (s.any)
        put_words(&s, "\n", 1);
    say_words(&s);
    dz_buf_done(&s.words);
    dz_buf_done(&s.section);
    dz_buf_done(&s.number);
    html_lists_done(&s.lists);
    dz_free(s.open);
}

enum dz_code
dz_html_read(struct dz_work *w, struct dz_view page, const struct dz_html_want *want,
             struct dz_err *err)
{
    struct html_tree tree = {0};
    DZ_TRY(html_parse(&tree, w, page, err));
    const GumboNode *root = tree.output->document;
    struct dz_view base = html_base_of(root);
    if (want->fields)
        html_say_fields(root, base, w);
    struct html_regions regions = {0};
    if (want->whole)
        html_find_regions(root, &regions);
    say_text(w, root, want->whole ? &regions : NULL);
    html_regions_done(&regions);
    if (want->links)
        html_say_links(root, base, w);
    html_tree_done(&tree);
    return DZ_OK;
}
