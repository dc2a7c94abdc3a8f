#include <string.h>

#include "dz_query_priv.h"
#include "dz_translit.h"
#include "dz_utf8.h"

/* Reading a query. What people type is never handed to the index as it is: words become phrases of
 * terms, and the only operators are those that are read here. */

#define PHRASES_MAX 64 /* typed; concepts bring more */
#define DEPTH_MAX 24   /* brackets in brackets */
#define SPELLINGS_MAX 24

struct reader {
    struct dz_question *q;
    const char *p;
    unsigned depth;
    enum dz_query_field field;
    struct dz_err *err;
};

void
dz_query_done(struct dz_question *q)
{
    dz_free(q->phrases);
    dz_buf_done(&q->match);
    dz_arena_done(&q->arena);
    *q = (struct dz_question){0};
}

struct dz_query_node *
dz_query_node_of(struct dz_question *q, enum dz_query_kind kind, struct dz_query_node *first)
{
    struct dz_query_node *node = dz_arena_alloc(&q->arena, sizeof *node);
    if (!node)
        return NULL;
    node->kind = kind;
    node->first = first;
    return node;
}

/* ---- phrases ---- */

struct gathering {
    struct dz_question *q;
    struct dz_query_phrase *phrase;
    bool exact;
};

bool
dz_query_has_term(struct dz_view terms, struct dz_view term)
{
    size_t from = 0;
    for (size_t at = 0; at <= terms.n; at++) {
        if (at < terms.n && terms.p[at] != DZ_FTS_OR)
            continue;
        if (dz_view_eq((struct dz_view){terms.p + from, at - from}, term))
            return true;
        from = at + 1;
    }
    return false;
}

static void
add_term(struct dz_buf *out, struct dz_view term)
{
    if (term.n == 0 || dz_query_has_term(dz_buf_view(out), term))
        return;
    if (out->n > 0)
        dz_buf_addc(out, DZ_FTS_OR);
    dz_buf_addv(out, term);
}

static struct dz_view
kept(struct dz_question *q, struct dz_view v)
{
    const char *p = dz_arena_strndup(&q->arena, v.p, v.n);
    return (struct dz_view){p ? p : "", p ? v.n : 0};
}

static int
gather_spelling(void *ctx, const struct dz_terms_word *w)
{
    struct dz_buf *out = ctx;
    for (size_t i = 0; i < w->n; i++)
        add_term(out, w->terms[i].text);
    return 1; /* a name is one word */
}

struct spelling {
    struct dz_question *q;
    struct dz_buf *out;
};

static void
add_spelling(void *ctx, struct dz_view spelling)
{
    struct spelling *s = ctx;
    (void)dz_terms_ask(s->q->terms, spelling, gather_spelling, s->out);
}

static int
gather_place(void *ctx, const struct dz_terms_word *w)
{
    struct gathering *g = ctx;
    struct dz_query_phrase *p = g->phrase;
    DZ_AUTO_BUF struct dz_buf terms = DZ_BUF(4096);
    for (size_t i = 0; i < w->n; i++)
        add_term(&terms, w->terms[i].text);
    struct dz_query_place *place = &p->places[p->n++];
    place->form = kept(g->q, w->form);
    place->exact = g->exact;
    place->terms = kept(g->q, dz_buf_view(&terms));
    return p->n == DZ_QUERY_PLACES;
}

/* Names in the other script, in the same place, so that they count in phrases, too. */
static void
widen_place(struct dz_question *q, struct dz_query_place *place)
{
    DZ_AUTO_BUF struct dz_buf terms = DZ_BUF(16384);
    struct spelling s = {q, &terms};
    dz_buf_addv(&terms, place->terms);
    dz_translit_each(place->form, SPELLINGS_MAX, add_spelling, &s);
    place->terms = kept(q, dz_buf_view(&terms));
}

struct dz_query_node *
dz_query_add_phrase(struct dz_question *q, struct dz_query_phrase *p)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(65536);
    struct dz_query_node *node = dz_query_node_of(q, DZ_QUERY_PHRASE, NULL);
    if (!node || q->n >= DZ_FTS_PHRASES_MAX)
        return NULL;
    for (size_t i = 0; i < p->n; i++) {
        if (i > 0)
            dz_buf_addc(&words, DZ_FTS_NEXT);
        dz_buf_addv(&words, p->places[i].terms);
    }
    p->words = kept(q, dz_buf_view(&words));
    q->phrases = dz_grow(q->phrases, &q->cap, q->n + 1, sizeof *q->phrases);
    q->phrases[q->n] = *p;
    node->phrase = (uint32_t)q->n++;
    return node;
}

struct dz_query_node *
dz_query_phrase_of(struct dz_question *q, struct dz_view text, bool begins, bool exact,
                   enum dz_query_field field)
{
    struct dz_query_phrase phrase = {.begins = begins, .field = field};
    struct gathering g = {.q = q, .phrase = &phrase, .exact = exact};
    (void)dz_terms_ask(q->terms, text, gather_place, &g);
    if (phrase.n == 0)
        return NULL;
    for (size_t i = 0; i < phrase.n && q->translit && !exact; i++)
        widen_place(q, &phrase.places[i]);
    /* The last word as it was typed: a beginning has no dictionary form. */
    if (begins)
        phrase.places[phrase.n - 1].terms = phrase.places[phrase.n - 1].form;
    q->exact = q->exact || exact;
    return dz_query_add_phrase(q, &phrase);
}

/* ---- reading ---- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
skip_blanks(struct reader *r)
{
    while (is_blank(*r->p))
        r->p++;
}

/* An operator stands alone, in capitals. */
static bool
takes(struct reader *r, const char *operator)
{
    size_t n = strlen(operator);
    skip_blanks(r);
    if (strncmp(r->p, operator, n) != 0)
        return false;
    char behind = r->p[n];
    if (behind && !is_blank(behind) && behind != '(' && behind != ')' && behind != '"')
        return false;
    r->p += n;
    return true;
}

static enum dz_code
read_any(struct reader *r, struct dz_query_node **ret);

static enum dz_code
read_brackets(struct reader *r, struct dz_query_node **ret)
{
    if (++r->depth > DEPTH_MAX)
        return dz_fail(r->err, DZ_E_INPUT, "more than %d brackets in each other", DEPTH_MAX);
    r->p++;
    DZ_TRY(read_any(r, ret));
    skip_blanks(r);
    if (*r->p != ')')
        return dz_fail(r->err, DZ_E_INPUT, "a bracket is opened and not closed: add ')'");
    r->p++;
    r->depth--;
    return DZ_OK;
}

static enum dz_code
read_phrase(struct reader *r, struct dz_query_node **ret)
{
    const char *end = strchr(r->p + 1, '"');
    if (!end)
        return dz_fail(r->err, DZ_E_INPUT, "a quotation mark is opened and not closed: add '\"'");
    struct dz_view words = {r->p + 1, (size_t)(end - r->p - 1)};
    r->p = end + 1;
    bool begins = *r->p == '*';
    r->p += begins;
    bool inside = words.n > 0 && words.p[words.n - 1] == '*';
    *ret = dz_query_phrase_of(r->q, words, begins || inside, false, r->field);
    return DZ_OK;
}

static bool
takes_field(struct reader *r)
{
    static const struct {
        const char *name;
        enum dz_query_field field;
    } fields[] = {{"title:", DZ_FIELD_TITLE}, {"body:", DZ_FIELD_TEXT}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t n = strlen(fields[i].name);
        if (strncmp(r->p, fields[i].name, n) == 0 && r->p[n] && !is_blank(r->p[n])) {
            r->p += n;
            r->field = fields[i].field;
            return true;
        }
    }
    return false;
}

/* A word, a phrase or a bracket; *ret NULL: signs without a word. */
static enum dz_code
read_one(struct reader *r, struct dz_query_node **ret)
{
    enum dz_query_field outer = r->field;
    enum dz_code code = DZ_OK;
    *ret = NULL;
    bool exact = false;
    if (!takes_field(r) && *r->p == '=') {
        exact = true;
        r->p++;
    }
    if (*r->p == '(' && !exact) {
        code = read_brackets(r, ret);
    } else if (*r->p == '"' && !exact) {
        code = read_phrase(r, ret);
    } else {
        const char *start = r->p;
        while (*r->p && !is_blank(*r->p) && !strchr("()\"", *r->p))
            r->p++;
        struct dz_view word = {start, (size_t)(r->p - start)};
        bool begins = word.n > 0 && word.p[word.n - 1] == '*' && !exact;
        if (word.n > 0)
            *ret = dz_query_phrase_of(r->q, word, begins, exact, r->field);
    }
    r->field = outer;
    return code;
}

static void
mark_excluded(struct dz_question *q, struct dz_query_node *node)
{
    if (node->kind == DZ_QUERY_PHRASE)
        q->phrases[node->phrase].excluded = true;
    for (struct dz_query_node *n = node->first; n; n = n->next)
        mark_excluded(q, n);
}

/* Words side by side, up to OR, a closing bracket or the end. */
static enum dz_code
read_all(struct reader *r, struct dz_query_node **ret)
{
    struct dz_query_node *first = NULL, **end = &first;
    bool wanted = false;
    *ret = NULL;
    for (;;) {
        skip_blanks(r);
        const char *before = r->p;
        if (!*r->p || *r->p == ')' || takes(r, "OR")) {
            r->p = before;
            break;
        }
        (void)takes(r, "AND");
        skip_blanks(r);
        bool excluded = false;
        while (takes(r, "NOT") || (*r->p == '-' && r->p[1] && !is_blank(r->p[1]) && r->p++)) {
            excluded = true;
            skip_blanks(r);
        }
        struct dz_query_node *node = NULL;
        DZ_TRY(read_one(r, &node));
        if (r->q->n >= PHRASES_MAX)
            return dz_fail(r->err, DZ_E_INPUT, "more than %d words to look for", PHRASES_MAX - 1);
        if (node) {
            node->excluded = excluded;
            if (excluded)
                mark_excluded(r->q, node);
            wanted = wanted || !excluded;
            *end = node;
            end = &node->next;
        } else if (r->p == before) {
            r->p++;
        }
    }
    if (first && !wanted)
        return dz_fail(r->err, DZ_E_INPUT,
                       "nothing to look for: give at least one word that is to occur");
    *ret = first && !first->next ? first
           : first               ? dz_query_node_of(r->q, DZ_QUERY_AND, first)
                                 : NULL;
    return DZ_OK;
}

static enum dz_code
read_any(struct reader *r, struct dz_query_node **ret)
{
    struct dz_query_node *first = NULL, **end = &first;
    do {
        struct dz_query_node *node = NULL;
        DZ_TRY(read_all(r, &node));
        if (!node)
            continue;
        *end = node;
        end = &node->next;
    } while (takes(r, "OR"));
    *ret = first && !first->next ? first
           : first               ? dz_query_node_of(r->q, DZ_QUERY_OR, first)
                                 : NULL;
    return DZ_OK;
}

enum dz_code
dz_query_parse(struct dz_question *q, const char *typed, struct dz_err *err)
{
    struct reader r = {.q = q, .p = typed, .err = err};
    if (dz_utf8_check(dz_view_of(typed), err) != DZ_OK)
        return dz_while(err, "the words to look for");
    DZ_TRY(read_any(&r, &q->root));
    if (*r.p == ')')
        return dz_fail(err, DZ_E_INPUT, "a bracket is closed and was not opened: add '('");
    return DZ_OK;
}

/* ---- writing ---- */

static void
write_phrase(struct dz_question *q, uint32_t phrase)
{
    static const char *const fields[] = {"", "title : ", "body : "};
    const struct dz_query_phrase *p = &q->phrases[phrase];
    q->order[q->n_order++] = phrase;
    dz_buf_adds(&q->match, fields[p->field]);
    dz_buf_addc(&q->match, '"');
    dz_buf_addv(&q->match, p->words);
    dz_buf_adds(&q->match, p->begins ? "\" *" : "\"");
}

static bool
asks_for_form(const struct dz_question *q, const struct dz_query_node *node)
{
    if (node->kind == DZ_QUERY_PHRASE) {
        const struct dz_query_phrase *p = &q->phrases[node->phrase];
        for (size_t i = 0; i < p->n; i++)
            if (p->places[i].exact)
                return true;
        return false;
    }
    for (const struct dz_query_node *k = node->first; k; k = k->next)
        if (asks_for_form(q, k))
            return true;
    return false;
}

/* The index gives every source that may fit: it cannot leave out a form, so the text is asked. */
static void
write_node(struct dz_question *q, const struct dz_query_node *node)
{
    if (node->kind == DZ_QUERY_PHRASE) {
        write_phrase(q, node->phrase);
        return;
    }
    /* What is left out comes last: FTS5 knows "this NOT that" only. */
    size_t n = 0;
    dz_buf_addc(&q->match, '(');
    for (int excluded = 0; excluded < 2; excluded++) {
        for (const struct dz_query_node *k = node->first; k; k = k->next) {
            bool out = node->kind == DZ_QUERY_AND && k->excluded;
            if (out != (excluded == 1) || (out && asks_for_form(q, k)))
                continue;
            if (n++ > 0)
                dz_buf_adds(&q->match, out                          ? " NOT "
                                       : node->kind == DZ_QUERY_AND ? " AND "
                                                                    : " OR ");
            write_node(q, k);
        }
    }
    dz_buf_addc(&q->match, ')');
}

enum dz_code
dz_query_express(struct dz_question *q, struct dz_err *err)
{
    if (!q->root)
        return dz_fail(err, DZ_E_INPUT,
                       "nothing to look for: give at least one word that is to occur");
    dz_buf_reset(&q->match);
    q->n_order = 0;
    write_node(q, q->root);
    return dz_buf_ok(&q->match, "search", err);
}

bool
dz_query_holds(const struct dz_question *q, const struct dz_query_node *node, const bool *found)
{
    if (node->kind == DZ_QUERY_PHRASE)
        return found[node->phrase];
    bool all = node->kind == DZ_QUERY_AND;
    for (const struct dz_query_node *k = node->first; k; k = k->next) {
        bool holds = dz_query_holds(q, k, found);
        if (all && holds == k->excluded)
            return false;
        if (!all && holds)
            return true;
    }
    return all;
}
