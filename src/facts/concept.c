#include <string.h>

#include "dz_data.h"
#include "dz_facts_priv.h"
#include "dz_json.h"
#include "dz_query_priv.h"
#include "dz_text.h"

/* Words that a query does not name itself: those of a concept of the codebook, which are looked
 * for, and those of the same root, which are offered. Both come from what is there: the data built
 * in, and the words of the collection. */

#define TERMS_MAX 48   /* words of the collection that a stem inside a phrase stands for */
#define RELATED_MAX 6
#define ROOT_LETTERS 4 /* a shorter beginning says nothing */

struct widening {
    struct dz_question *q;
    struct dz_db *db;
    struct dz_query_node *first;
    struct dz_query_node **end;
    dz_search_word_fn *told;
    void *ctx;
};

static void
add_alternative(struct dz_buf *terms, struct dz_view term)
{
    if (terms->n > 0)
        dz_buf_addc(terms, DZ_FTS_OR);
    dz_buf_addv(terms, term);
}

/* Words of the collection that begin so. */
static enum dz_code
add_beginning(struct widening *w, struct dz_view stem, struct dz_buf *terms, struct dz_err *err)
{
    DZ_AUTO_FREE char *from = dz_strndup(stem.p, stem.n);
    char to[64];
    struct dz_rows *rows = NULL;
    if (stem.n == 0 || stem.n > 60)
        return DZ_OK;
    dz_prefix_end(from, to);
    DZ_TRY(dz_db_query(w->db, DZ_Q_INDEX_WORDS, &rows, err,
                       DZ_ARGS(dz_arg_text(from), dz_arg_text(to), dz_arg_int(TERMS_MAX))));
    while (dz_rows_next(rows))
        add_alternative(terms, dz_rows_view(rows, 0));
    return dz_rows_end(rows, err);
}

static int
add_first_word(void *ctx, const struct dz_terms_word *word)
{
    for (size_t i = 0; i < word->n; i++)
        add_alternative(ctx, word->terms[i].text);
    return 1;
}

/* One place of a pattern: alternatives parted by a stroke, each a word or a stem*. */
static enum dz_code
read_place(struct widening *w, struct dz_view part, bool last, struct dz_query_phrase *p,
           struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf terms = DZ_BUF(1u << 16);
    DZ_AUTO_BUF struct dz_buf fold = DZ_BUF(4096);
    bool one = memchr(part.p, '/', part.n) == NULL;
    while (part.n > 0) {
        const char *cut = memchr(part.p, '/', part.n);
        struct dz_view word = {part.p, cut ? (size_t)(cut - part.p) : part.n};
        part.p += cut ? word.n + 1 : word.n;
        part.n -= cut ? word.n + 1 : word.n;
        bool stem = word.n > 0 && word.p[word.n - 1] == '*';
        word.n -= stem;
        if (!stem) {
            (void)dz_terms_ask(w->q->terms, word, add_first_word, &terms);
            continue;
        }
        dz_buf_reset(&fold);
        dz_text_fold(word, &fold);
        if (one && last) {
            p->begins = true;
            add_alternative(&terms, dz_buf_view(&fold));
        } else {
            DZ_TRY(add_beginning(w, dz_buf_view(&fold), &terms, err));
        }
    }
    DZ_TRY(dz_buf_ok(&terms, "search", err));
    const char *kept = dz_arena_strndup(&w->q->arena, terms.p ? terms.p : "", terms.n);
    p->places[p->n++].terms = (struct dz_view){kept ? kept : "", kept ? terms.n : 0};
    return DZ_OK;
}

/* "медичн* допомог*", "hospital/hospitals", "social [security] payment*". What points to other
 * concepts or has gaps is left to the reading of facts. */
static enum dz_code
add_pattern(struct widening *w, const char *pattern, struct dz_err *err)
{
    struct dz_query_phrase p = {0};
    bool empty = false;
    if (strchr(pattern, '<') || strchr(pattern, '~') || strchr(pattern, '"'))
        return DZ_OK;
    for (const char *at = pattern; *at;) {
        size_t n = strcspn(at, " ");
        size_t blank = strspn(at + n, " ");
        struct dz_view part = {at, n};
        at += n + blank;
        if (n == 0 || part.p[0] == '[')
            continue;
        if (p.n == DZ_QUERY_PLACES)
            return DZ_OK;
        DZ_TRY(read_place(w, part, *at == '\0', &p, err));
        empty = empty || p.places[p.n - 1].terms.n == 0;
    }
    w->told(w->ctx, pattern);
    if (p.n == 0 || empty) /* no word of the collection begins so */
        return DZ_OK;
    struct dz_query_node *node = dz_query_add_phrase(w->q, &p);
    if (node) {
        *w->end = node;
        w->end = &node->next;
    }
    return DZ_OK;
}

static enum dz_code
add_patterns(struct widening *w, const json_t *list, struct dz_err *err)
{
    size_t i;
    const json_t *pattern;
    json_array_foreach(list, i, pattern) DZ_TRY(add_pattern(w, json_string_value(pattern), err));
    return DZ_OK;
}

static enum dz_code
load(const char *name, json_t **ret, struct dz_err *err)
{
    struct dz_data file;
    if (!dz_data_find(name, &file))
        return dz_fail(err, DZ_E_CORRUPT, "the built-in data are missing");
    return dz_json_parse((struct dz_view){(const char *)file.bytes, file.size}, ret, err);
}

/* Spheres and means have stems in each language. */
static enum dz_code
from_codebook(struct widening *w, const json_t *list, const char *name, struct dz_buf *names,
              struct dz_err *err)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *id = dz_json_str(item, "id"), *lang;
        json_t *stems;
        dz_buf_addf(names, "%s%s", names->n > 0 ? " " : "", id ? id : "");
        if (!id || strcmp(id, name) != 0)
            continue;
        json_object_foreach(json_object_get(item, "stems"), lang, stems)
            DZ_TRY(add_patterns(w, stems, err));
    }
    return DZ_OK;
}

static void
tell_nobody(void *ctx, const char *word)
{
    (void)ctx;
    (void)word;
}

static enum dz_code
from_data(struct widening *w, const char *name, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *codebook = NULL;
    DZ_AUTO_JSON json_t *phrases = NULL;
    DZ_AUTO_BUF struct dz_buf names = DZ_BUF(65536);
    size_t i;
    const json_t *item;
    DZ_TRY(load("codebook.json", &codebook, err));
    DZ_TRY(from_codebook(w, json_object_get(codebook, "spheres"), name, &names, err));
    DZ_TRY(from_codebook(w, json_object_get(codebook, "means"), name, &names, err));
    if (w->first)
        return DZ_OK;
    DZ_TRY(load("phrases.json", &phrases, err));
    json_array_foreach(phrases, i, item)
    {
        const char *id = dz_json_str(item, "id");
        if (id && strcmp(id, name) == 0)
            DZ_TRY(add_patterns(w, json_object_get(item, "patterns"), err));
    }
    if (!w->first)
        return dz_fail(err, DZ_E_NOTFOUND, "no concept '%s' with words of its own: there are %s",
                       name, names.p ? names.p : "");
    return DZ_OK;
}

enum dz_code
dz_query_concept(struct dz_question *q, struct dz_db *db, const char *name, dz_search_word_fn *told,
                 void *ctx, struct dz_query_node **ret, struct dz_err *err)
{
    struct widening w = {.q = q, .db = db, .told = told ? told : tell_nobody, .ctx = ctx};
    w.end = &w.first;
    DZ_TRY(from_data(&w, name, err));
    *ret = dz_query_node_of(q, DZ_QUERY_OR, w.first);
    return *ret ? DZ_OK : dz_fail(err, DZ_E_LIMIT, "the concept has too many words");
}

/* ---- words of the same root ---- */

/* Endings with which words are made of others, longest first. */
static const char *const makings[] = {
    "изованість", "ізованість", "изування", "ізування", "изувати", "ізувати",     "изировать",
    "изований",   "ізований",   "изація",   "ізація",   "изация",  "ирование",    "ization",
    "isation",    "ування",     "ювання",   "увати",    "ювати",   "ировать",     "ность",
    "ський",      "ський",      "ность",    "ньський",  "ний",     "ский",        "ство",
    "ність",      "ниця",       "ница",     "ення",     "ание",    "ение",        "ання",
    "ация",       "ація",       "ник",      "ный",      "ity",     "ment",        "ship",
    "ation",      "ing",        "ed",       "er",       "ия",      "ія",          "ня",
    "ец",         "ець",        "ка",       "а",        "я",       "о",           "ь",
};

static size_t
root_of(struct dz_view term)
{
    for (size_t i = 0; i < sizeof makings / sizeof *makings; i++) {
        size_t n = strlen(makings[i]);
        if (term.n > n && memcmp(term.p + term.n - n, makings[i], n) == 0 &&
            dz_utf8_length((struct dz_view){term.p, term.n - n}) >= ROOT_LETTERS)
            return term.n - n;
    }
    return term.n;
}

struct related {
    const struct dz_question *q;
    struct {
        char *term;
        int64_t n;
    } best[RELATED_MAX];
    size_t n;
};

static bool
is_asked(const struct dz_question *q, struct dz_view term)
{
    for (size_t i = 0; i < q->n; i++) {
        for (size_t k = 0; k < q->phrases[i].n; k++)
            if (dz_query_has_term(q->phrases[i].places[k].terms, term))
                return true;
    }
    return false;
}

static void
offer(struct related *r, struct dz_view term, int64_t n)
{
    size_t at = r->n;
    for (size_t i = 0; i < r->n; i++)
        if (dz_view_is(term, r->best[i].term))
            return;
    if (r->n == RELATED_MAX && r->best[r->n - 1].n >= n)
        return;
    if (r->n == RELATED_MAX) {
        dz_free(r->best[--at].term);
        r->n--;
    }
    while (at > 0 && r->best[at - 1].n < n) {
        r->best[at] = r->best[at - 1];
        at--;
    }
    r->best[at].term = dz_strndup(term.p, term.n);
    r->best[at].n = n;
    r->n++;
}

static enum dz_code
look_for_related(struct related *r, struct dz_db *db, struct dz_view term, struct dz_err *err)
{
    char to[64];
    size_t root = root_of(term);
    struct dz_rows *rows = NULL;
    if (root > 48 || dz_utf8_length((struct dz_view){term.p, root}) < ROOT_LETTERS)
        return DZ_OK;
    DZ_AUTO_FREE char *from = dz_strndup(term.p, root);
    dz_prefix_end(from, to);
    DZ_TRY(dz_db_query(db, DZ_Q_INDEX_WORDS, &rows, err,
                       DZ_ARGS(dz_arg_text(from), dz_arg_text(to), dz_arg_int(200))));
    while (dz_rows_next(rows)) {
        struct dz_view found = dz_rows_view(rows, 0);
        /* Of the same root, so that "паспортний" counts and a longer name does not. */
        if (root_of(found) <= root + 4 && !is_asked(r->q, found))
            offer(r, found, dz_rows_int(rows, 1));
    }
    return dz_rows_end(rows, err);
}

enum dz_code
dz_query_related(const struct dz_question *q, struct dz_db *db, dz_search_word_fn *fn, void *ctx,
                 struct dz_err *err)
{
    struct related r = {.q = q};
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < q->n && code == DZ_OK; i++) {
        const struct dz_query_phrase *p = &q->phrases[i];
        if (p->n != 1 || p->begins || p->excluded || p->places[0].exact)
            continue;
        struct dz_view terms = p->places[0].terms;
        const char *cut = memchr(terms.p, DZ_FTS_OR, terms.n);
        terms.n = cut ? (size_t)(cut - terms.p) : terms.n;
        code = look_for_related(&r, db, terms, err);
    }
    for (size_t i = 0; i < r.n; i++) {
        if (code == DZ_OK)
            fn(ctx, r.best[i].term);
        dz_free(r.best[i].term);
    }
    return code;
}
