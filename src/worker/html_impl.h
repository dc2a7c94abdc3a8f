/* What the files of the HTML reader share.
 *
 * Trees of foreign pages can be deep: they are walked by their parent pointers, never by calling
 * oneself, and made in an arena, because gumbo's own way of freeing calls itself for every
 * level. */
#ifndef HTML_IMPL_H
#define HTML_IMPL_H

#include <gumbo.h>
#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_list_number.h"
#include "dz_worker.h"

/* ---- what a page is without its words (html_slim.c) ---- */

struct html_run;
struct html_slim {
    struct dz_buf page; /* with marks for runs of plain text; to be parsed instead */
    struct html_run *runs; /* borrow from the page that it was made of */
    size_t n_runs;
    size_t n_back; /* that are back in the tree */
    size_t cap;
};
/** False: nothing can be left out of this page, parse it as it is. To be done either way. */
bool
html_slim_make(struct html_slim *s, struct dz_view page);
/** Put the text back where the marks came out. False: not each came out once, and in a text; then
 * the tree is not that of the page. */
bool
html_slim_put_back(struct html_slim *s, struct dz_arena *arena, GumboNode *root);
void
html_slim_done(struct html_slim *s);

/* ---- trees ---- */

struct html_tree {
    struct dz_arena arena;
    struct html_slim slim;
    struct dz_work *w; /* whose reading ends when a page needs more memory than any may */
    GumboOutput *output;
};
/** DZ_E_LIMIT: not parsed, it nests deeper or holds more tags than is read. */
DZ_MUSTUSE enum dz_code
html_parse(struct html_tree *t, struct dz_work *w, struct dz_view page, struct dz_err *err);
void
html_tree_done(struct html_tree *t);
/** Whether a page can be parsed with bounded effort: few enough tags, not nested too deeply, and no
 * pile of unclosed formatting that every block would repeat. */
bool
html_is_bounded(struct dz_view page);

struct html_walk {
    const GumboNode *root;
    void (*enter)(void *ctx, const GumboNode *node);
    void (*leave)(void *ctx, const GumboNode *node);
    bool (*skips)(const GumboNode *node);
    void *ctx;
};
void
html_walk_tree(const struct html_walk *w);
void
html_leave_nothing(void *ctx, const GumboNode *node);
/** Templates: their content is not part of the page. */
bool
html_skips_template(const GumboNode *node);
/** What no reader of the page sees: scripts, styles, comments, hidden elements. */
bool
html_skips_unseen(const GumboNode *node);

const GumboNode *
html_child_at(const GumboNode *node, size_t ix);
struct dz_view
html_attribute(const GumboElement *e, const char *name);
/** Whether a word stands in a list parted by blanks, in any case. */
bool
html_has_word(struct dz_view list, const char *word);
bool
html_is_no_case(struct dz_view v, const char *word);
bool
html_in_list(GumboTag tag, const GumboTag *list, size_t n);
#define HTML_IN_LIST(tag, list) html_in_list((tag), (list), sizeof(list) / sizeof *(list))
bool
html_is_text(const GumboNode *node);
/** The words inside a node, runs of white space as one space, at most max bytes. */
void
html_words_of(const GumboNode *node, struct dz_buf *out, size_t max);

/* ---- which part of the page is what ---- */

/* For each element in the order in which it is entered: NULL for the main text, else what it is. */
struct html_regions {
    const char **of;
    size_t n;
};
void
html_find_regions(const GumboNode *root, struct html_regions *ret);
void
html_regions_done(struct html_regions *r);

/* ---- numbers of items ---- */

struct html_list {
    enum dz_number_kind kind; /* DZ_NUMBER_NONE: without */
    int64_t next;
    int64_t step;
};
struct html_lists {
    struct html_list *lists; /* that we are in */
    size_t n;
    size_t cap;
};
/** <ol> and <ul> are entered and left. */
void
html_lists_begin(struct html_lists *l, const GumboElement *e);
void
html_lists_end(struct html_lists *l);
/** <li> is entered: what stands in front of it becomes the content of out. */
void
html_lists_item(struct html_lists *l, const GumboNode *node, struct dz_buf *out);
void
html_lists_done(struct html_lists *l);

/* ---- what the page says about itself ---- */

enum html_rank { HTML_STRONG, HTML_LINKED, HTML_WEAK, HTML_LAST, HTML_RANKS };
struct html_meta {
    char *title[HTML_RANKS];
    char *author[HTML_RANKS];
    char *published[HTML_RANKS];
    char *site[HTML_RANKS];
    char *address[HTML_RANKS];
    char *language[HTML_RANKS];
};
/** The first value stays. */
void
html_meta_set(char **slot, struct dz_view value);
void
html_meta_named(struct html_meta *m, struct dz_view name, struct dz_view content);
void
html_meta_json_ld(struct html_meta *m, struct dz_view text);
/** Say the best of each as fields. base: address that relative ones start from, may be empty. */
void
html_meta_say(const struct html_meta *m, struct dz_view base, struct dz_work *w);
void
html_meta_done(struct html_meta *m);

/** <base href>, or the empty view. */
struct dz_view
html_base_of(const GumboNode *root);
/** Append the absolute form of an address, as far as base gives one (RFC 3986, section 5.2). */
void
html_resolve(struct dz_view base, struct dz_view address, struct dz_buf *out);
void
html_say_fields(const GumboNode *root, struct dz_view base, struct dz_work *w);
void
html_say_links(const GumboNode *root, struct dz_view base, struct dz_work *w);

#endif
