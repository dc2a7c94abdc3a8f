#define _GNU_SOURCE /* memmem */
#include <string.h>
#include <strings.h>

#include "dz_utf8.h"
#include "html_impl.h"

/* gumbo looks at every character of a page several times; most of them are words and scripts, which
 * change nothing in the tree. So the page is parsed without them: each long run of plain characters
 * is replaced by a short mark, and its text put back into the tree afterwards.
 *
 * A run begins and ends with a character that is no white space and holds none that means something
 * to the parser, so the mark is treated as the run would be. Where the parser saw the page
 * otherwise than we (a mark came out elsewhere than in a text, twice, or not at all), the whole
 * page
 * is parsed instead: a mistake here costs time and changes no result. */

#define RUN_MIN 24 /* bytes; a mark takes 8 */
#define MARK "\xf4\x8f\xbf\xbd" /* U+10FFFD, and after it the number of the run in four letters */
#define MARK_BYTES 8
#define LETTERS 26u
#define RUNS_MAX (LETTERS * LETTERS * LETTERS * LETTERS)

struct html_run {
    const char *p; /* NULL: put back */
    size_t n;
    bool raw; /* content of <script> or <style> */
};

struct slimming {
    struct html_slim *s;
    struct dz_view page;
    size_t pos;
    bool careful; /* inside <svg> or <select>, where <style> and <script> may be ordinary tags */
};

/* ---- characters ---- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
ends_name(char c)
{
    return is_blank(c) || c == '\r' || c == '\f' || c == '/' || c == '>';
}

/* Bytes of the character at p if the parser keeps it as it is wherever it stands in a text, else 0:
 * controls and characters that are none are replaced by it. The page is well-formed. */
static size_t
plain_bytes(const char *p)
{
    unsigned char c = (unsigned char)*p;
    if (c < 0x80)
        return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
    unsigned char second = (unsigned char)p[1];
    if (c < 0xe0)
        return c > 0xc2 || second >= 0xa0 ? 2 : 0;
    if (c < 0xf0)
        return c == 0xef && (second == 0xb7 || second == 0xbf) ? 0 : 3;
    return (unsigned char)p[2] == 0xbf && (unsigned char)p[3] >= 0xbe ? 0 : 4;
}

/* The same for the characters that most texts are made of; 0: ask plain_bytes. */
static inline size_t
usual_bytes(const char *p)
{
    unsigned char c = (unsigned char)*p;
    if (c >= 0x20 && c < 0x7f)
        return 1;
    return c > 0xc2 && c < 0xe0 ? 2 : 0;
}

/* ---- writing ---- */

static void
copy_to(struct slimming *m, size_t end)
{
    dz_buf_add(&m->s->page, m->page.p + m->pos, end - m->pos);
    m->pos = end;
}

/* Put a mark for what stands up to end. */
static void
put_mark(struct slimming *m, size_t end, bool raw)
{
    struct html_slim *s = m->s;
    size_t number = s->n_runs;
    if (end - m->pos < RUN_MIN || number == RUNS_MAX) {
        copy_to(m, end);
        return;
    }
    s->runs = dz_grow(s->runs, &s->cap, s->n_runs + 1, sizeof *s->runs);
    s->runs[s->n_runs++] =
        (struct html_run){.p = m->page.p + m->pos, .n = end - m->pos, .raw = raw};
    char mark[MARK_BYTES] = MARK;
    for (size_t i = MARK_BYTES; i > 4; i--, number /= LETTERS)
        mark[i - 1] = (char)('a' + number % LETTERS);
    dz_buf_add(&s->page, mark, sizeof mark);
    m->pos = end;
}

/* ---- texts ---- */

/* From a character that is no white space on. */
static void
take_words(struct slimming *m)
{
    const char *p = m->page.p;
    size_t end = m->pos;
    size_t last = end; /* behind the last character that is no white space */
    while (end < m->page.n && p[end] != '<' && p[end] != '&') {
        size_t n = usual_bytes(p + end);
        if (n == 0)
            n = plain_bytes(p + end);
        if (n == 0)
            break;
        end += n;
        if (!is_blank(p[end - 1]))
            last = end;
    }
    put_mark(m, last, false);
}

/* The parser decides by what follows where a reference without its semicolon ends. */
static void
take_reference(struct slimming *m)
{
    size_t end = m->pos + 1;
    while (end < m->page.n && (is_letter(m->page.p[end]) || m->page.p[end] == '#' ||
                               (m->page.p[end] >= '0' && m->page.p[end] <= ';')))
        end++;
    copy_to(m, end);
}

static void
take_character(struct slimming *m)
{
    unsigned char c = (unsigned char)m->page.p[m->pos];
    copy_to(m, m->pos + (c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4));
}

/* ---- markup ---- */

static size_t
find(struct dz_view page, size_t pos, const char *what)
{
    size_t n = strlen(what);
    const char *at = pos < page.n ? memmem(page.p + pos, page.n - pos, what, n) : NULL;
    return at ? (size_t)(at - page.p) : page.n;
}

/* Behind the ">" of a tag, from behind its name on (HTML, sections 13.2.5.32 to 13.2.5.40). */
static size_t
tag_end(struct dz_view page, size_t pos)
{
    bool value = false; /* an equals sign with a name before it: a value may begin */
    bool name = false;
    for (; pos < page.n && page.p[pos] != '>'; pos++) {
        char c = page.p[pos];
        if (is_blank(c) || c == '\r' || c == '\f') {
            /* The name may still be followed by its equals sign, and that by its value. */
            continue;
        }
        if (value && (c == '"' || c == '\'')) {
            const char *close = memchr(page.p + pos + 1, c, page.n - pos - 1);
            if (!close)
                return page.n;
            pos = (size_t)(close - page.p);
            value = name = false;
        } else if (value) {
            while (pos + 1 < page.n && page.p[pos + 1] != '>' && !is_blank(page.p[pos + 1]) &&
                   page.p[pos + 1] != '\r' && page.p[pos + 1] != '\f')
                pos++;
            value = name = false;
        } else if (c == '=' && name) {
            value = true;
        } else {
            name = c != '/';
        }
    }
    return pos < page.n ? pos + 1 : page.n;
}

/* Where "</name" and the end of that name stand, in any case; page.n if nowhere. */
static size_t
find_close(struct dz_view page, size_t pos, struct dz_view name)
{
    while (pos < page.n) {
        pos = find(page, pos, "</");
        size_t end = pos + 2 + name.n;
        if (end < page.n && strncasecmp(page.p + pos + 2, name.p, name.n) == 0 &&
            ends_name(page.p[end]))
            return pos;
        pos += 2;
    }
    return page.n;
}

/* Scripts and styles end at their closing tag, unless there is the beginning of a comment. */
static void
take_raw(struct slimming *m, struct dz_view name)
{
    size_t end = find_close(m->page, m->pos, name);
    size_t at = m->pos;
    bool plain = end < m->page.n && find((struct dz_view){m->page.p, end}, at, "<!--") == end;
    while (plain && at < end) {
        size_t n = usual_bytes(m->page.p + at);
        if (n == 0)
            n = plain_bytes(m->page.p + at);
        plain = n > 0;
        at += n;
    }
    if (plain)
        put_mark(m, end, true);
    else
        copy_to(m, end);
}

static bool
is_one_of(struct dz_view name, const char *const *list)
{
    for (; *list; list++) {
        if (html_is_no_case(name, *list))
            return true;
    }
    return false;
}

/* A start tag, and what follows it where that is no markup. False: the rest of the page is none. */
static bool
take_start_tag(struct slimming *m)
{
    static const char *const raw[] = {"script", "style", NULL};
    static const char *const verbatim[] = {"title",   "textarea", "xmp", "iframe",
                                           "noembed", "noframes", NULL};
    static const char *const strange[] = {"svg", "math", "select", "frameset", NULL};
    size_t end = m->pos + 1;
    while (end < m->page.n && !ends_name(m->page.p[end]))
        end++;
    struct dz_view name = {m->page.p + m->pos + 1, end - m->pos - 1};
    copy_to(m, tag_end(m->page, end));
    if (html_is_no_case(name, "plaintext"))
        return false;
    if (is_one_of(name, strange))
        m->careful = true;
    else if (is_one_of(name, verbatim))
        copy_to(m, find_close(m->page, m->pos, name));
    else if (!m->careful && is_one_of(name, raw))
        take_raw(m, name);
    return true;
}

static void
take_end_tag(struct slimming *m)
{
    static const char *const strange[] = {"svg", "math", "select", NULL};
    size_t end = m->pos + 2;
    while (end < m->page.n && !ends_name(m->page.p[end]))
        end++;
    if (is_one_of((struct dz_view){m->page.p + m->pos + 2, end - m->pos - 2}, strange))
        m->careful = false;
    copy_to(m, tag_end(m->page, end));
}

/* Comments end with "-->" (which may use the dashes they begin with) or "--!>". */
static size_t
comment_end(struct dz_view page, size_t pos)
{
    size_t usual = find(page, pos + 2, "-->");
    size_t end = usual < page.n ? usual + 3 : page.n;
    size_t odd = find((struct dz_view){page.p, end}, pos + 4, "--!>");
    return odd < end ? odd + 4 : end;
}

/* At "<". */
static bool
take_markup(struct slimming *m)
{
    struct dz_view page = m->page;
    char c = m->pos + 1 < page.n ? page.p[m->pos + 1] : '\0';
    char next = m->pos + 2 < page.n ? page.p[m->pos + 2] : '\0';
    if (is_letter(c))
        return take_start_tag(m);
    if (c == '/' && is_letter(next)) {
        take_end_tag(m);
    } else if (page.n - m->pos >= 4 && memcmp(page.p + m->pos, "<!--", 4) == 0) {
        copy_to(m, comment_end(page, m->pos));
    } else if (c == '/' || c == '!' || c == '?') {
        size_t end = find(page, m->pos, ">");
        copy_to(m, end < page.n ? end + 1 : page.n);
    } else {
        copy_to(m, m->pos + 1);
    }
    return true;
}

bool
html_slim_make(struct html_slim *s, struct dz_view page)
{
    struct slimming m = {.s = s, .page = page};
    *s = (struct html_slim){.page = DZ_BUF(page.n + MARK_BYTES)};
    bool fit = page.n >= RUN_MIN && !memchr(page.p, (unsigned char)MARK[0], page.n) &&
               dz_utf8_valid_prefix(page) == page.n;
    while (fit && m.pos < page.n) {
        char c = page.p[m.pos];
        if (c == '<')
            fit = take_markup(&m);
        else if (c == '&')
            take_reference(&m);
        else if (is_blank(c) || plain_bytes(page.p + m.pos) == 0)
            take_character(&m);
        else
            take_words(&m);
    }
    return fit && s->n_runs > 0 && !s->page.failed;
}

void
html_slim_done(struct html_slim *s)
{
    dz_buf_done(&s->page);
    dz_free(s->runs);
    *s = (struct html_slim){0};
}

/* ---- putting back ---- */

/* The run that is meant at a mark; NULL: none, or it is back already. */
static struct html_run *
run_at(struct html_slim *s, const char *mark)
{
    size_t number = 0;
    if (strncmp(mark, MARK, 4) != 0)
        return NULL;
    for (size_t i = 4; i < MARK_BYTES; i++) {
        if (mark[i] < 'a' || mark[i] > 'z')
            return NULL;
        number = number * LETTERS + (size_t)(mark[i] - 'a');
    }
    return number < s->n_runs && s->runs[number].p ? &s->runs[number] : NULL;
}

static bool
is_raw(const GumboNode *node)
{
    return node && node->type == GUMBO_NODE_ELEMENT &&
           node->v.element.tag_namespace == GUMBO_NAMESPACE_HTML &&
           (node->v.element.tag == GUMBO_TAG_SCRIPT || node->v.element.tag == GUMBO_TAG_STYLE);
}

static bool
put_back_text(struct html_slim *s, struct dz_arena *arena, GumboNode *node)
{
    const char *text = node->v.text.text;
    const char *mark = strchr(text, (unsigned char)MARK[0]);
    size_t n = strlen(text);
    if (!mark)
        return true;
    for (const char *at = mark; at; at = strchr(at + MARK_BYTES, (unsigned char)MARK[0])) {
        struct html_run *run = run_at(s, at);
        if (!run || (run->raw && !is_raw(node->parent)))
            return false;
        n += run->n;
    }
    char *whole = dz_arena_alloc(arena, n + 1);
    if (!whole)
        return false;
    char *to = whole;
    for (const char *from = text;; mark = strchr(from, (unsigned char)MARK[0])) {
        size_t before = mark ? (size_t)(mark - from) : strlen(from);
        memcpy(to, from, before);
        to += before;
        if (!mark)
            break;
        struct html_run *run = run_at(s, mark);
        if (!run)
            return false; /* twice in this text */
        memcpy(to, run->p, run->n);
        to += run->n;
        run->p = NULL;
        s->n_back++;
        from = mark + MARK_BYTES;
    }
    *to = '\0';
    node->v.text.text = whole;
    return true;
}

static GumboNode *
child_at(const GumboNode *node, size_t ix)
{
    const GumboVector *children = NULL;
    if (node->type == GUMBO_NODE_DOCUMENT)
        children = &node->v.document.children;
    else if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE)
        children = &node->v.element.children;
    return children && ix < children->length ? children->data[ix] : NULL;
}

bool
html_slim_put_back(struct html_slim *s, struct dz_arena *arena, GumboNode *root)
{
    GumboNode *node = root;
    while (node) {
        if (html_is_text(node) && !put_back_text(s, arena, node))
            return false;
        GumboNode *next = child_at(node, 0);
        while (!next && node != root) {
            next = child_at(node->parent, node->index_within_parent + 1);
            node = node->parent;
        }
        node = next;
    }
    return s->n_back == s->n_runs;
}
