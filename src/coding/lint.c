#include <string.h>

#include "dz_data.h"
#include "dz_examples.h"
#include "dz_json.h"
#include "dz_lexicon.h"
#include "dz_rules_priv.h"

/* Faults of the knowledge that no compiler sees. Whether a pattern can match is tried: a text is
 * made of its own words and read. */

struct linting {
    const struct dz_rules *r;
    const struct dz_lexicon *lexicon;
    json_t *phrases;
    dz_lint_fn fn;
    void *ctx;
};

static void
tell(const struct linting *l, const char *what, const char *id, const char *text)
{
    l->fn(l->ctx, &(struct dz_lint){what, id, text});
}

static const json_t *
concept_named(const struct linting *l, struct dz_view id)
{
    size_t i;
    json_t *item;
    json_array_foreach(l->phrases, i, item)
    {
        const char *its = dz_json_str(item, "id");
        bool group = its && strlen(its) > id.n && its[id.n] == '_' && !strncmp(its, id.p, id.n);
        if (its && (dz_view_is(id, its) || group))
            return item;
    }
    return NULL;
}

static struct dz_view
cut(struct dz_view *rest, char mark)
{
    const char *end = rest->n > 0 ? memchr(rest->p, mark, rest->n) : NULL;
    struct dz_view part = {rest->p, end ? (size_t)(end - rest->p) : rest->n};
    size_t step = part.n + (end != NULL);
    rest->p += step;
    rest->n -= step;
    return part;
}

#define DEEPEST 6 /* concepts that point to concepts */

static void
add_sample(const struct linting *l, struct dz_view pattern, size_t pick, int depth,
           struct dz_buf *out);

/* One written word as a text would have it: "stem*" becomes the stem, a star inside an s. */
static void
add_word(struct dz_view word, struct dz_buf *out)
{
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] != '*')
            dz_buf_addc(out, word.p[i]);
        else if (i + 1 < word.n)
            dz_buf_addc(out, 's');
    }
    dz_buf_addc(out, ' ');
}

static void
add_alternative(const struct linting *l, struct dz_view alt, int depth, struct dz_buf *out)
{
    if (alt.n < 3 || alt.p[0] != '<') {
        add_word(alt, out);
        return;
    }
    const json_t *target = concept_named(l, (struct dz_view){alt.p + 1, alt.n - 2});
    const char *first = json_string_value(json_array_get(json_object_get(target, "patterns"), 0));
    if (first && depth < DEEPEST)
        add_sample(l, dz_view_of(first), 0, depth + 1, out);
}

/* A text that a pattern has to match; pick: which alternative of its elements to take. Optional
 * words and gaps are left out. */
static void
add_sample(const struct linting *l, struct dz_view pattern, size_t pick, int depth,
           struct dz_buf *out)
{
    while (pattern.n > 0) {
        struct dz_view part = cut(&pattern, ' '), alt = {0};
        if (part.n == 0 || part.p[0] == '[' || part.p[0] == '~')
            continue;
        for (size_t i = 0; part.n > 0 && i <= pick; i++)
            alt = cut(&part, '/');
        add_alternative(l, alt, depth, out);
    }
}

static size_t
most_alternatives(struct dz_view pattern)
{
    size_t most = 1;
    while (pattern.n > 0) {
        struct dz_view part = cut(&pattern, ' ');
        size_t n = 1;
        for (size_t i = 0; i < part.n; i++)
            n += part.p[i] == '/';
        most = n > most ? n : most;
    }
    return most;
}

/* Does the concept, or one that hides it, stand in the text? */
static bool
matches(const struct linting *l, const char *id, struct dz_view text)
{
    struct dz_document d = {0};
    struct dz_reading rd;
    bool found = false;
    if (dz_document_init(&d, text, NULL) != DZ_OK)
        return false;
    dz_reading_init(&rd, l->lexicon, &d);
    int ix = dz_lexicon_find(l->lexicon, id);
    for (size_t i = 0; i < rd.n_hits && !found; i++)
        found = rd.hits[i].concept == ix ||
                dz_lexicon_concept(l->lexicon, rd.hits[i].concept)->hides == ix;
    dz_reading_done(&rd);
    dz_document_done(&d);
    return found;
}

static void
try_pattern(const struct linting *l, const char *id, const char *pattern)
{
    size_t n = most_alternatives(dz_view_of(pattern));
    for (size_t pick = 0; pick < n; pick++) {
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1 << 16);
        add_sample(l, dz_view_of(pattern), pick, 0, &text);
        if (text.n > 0 && !matches(l, id, dz_buf_view(&text))) {
            tell(l, "never-matches", id, text.p);
            return;
        }
    }
}

/* "word" or "stem*" covers a word that begins so. */
static bool
covers(struct dz_view a, struct dz_view b)
{
    bool stem = a.n > 0 && a.p[a.n - 1] == '*';
    size_t n = a.n - stem;
    if (!stem)
        return dz_view_eq(a, b);
    return b.n >= n && memcmp(a.p, b.p, n) == 0;
}

static bool
is_one_word(struct dz_view pattern)
{
    return pattern.n > 0 && !memchr(pattern.p, ' ', pattern.n) && pattern.p[0] != '<';
}

/* Words that others of the list cover; of two that are the same the later one. */
static void
tell_covered(const struct linting *l, const char *id, const struct dz_view *words, size_t n)
{
    for (size_t b = 0; b < n; b++) {
        bool covered = false;
        for (size_t a = 0; a < n && !covered; a++)
            covered = a != b && covers(words[a], words[b]) &&
                      (a < b || !covers(words[b], words[a]));
        DZ_AUTO_FREE char *word = dz_strndup(words[b].p, words[b].n);
        if (covered)
            tell(l, "shadowed", id, word);
    }
}

/* Of the patterns [from, to) of one language: those that stand twice, and words of one-word
 * patterns that another such pattern covers. */
static void
find_shadowed(const struct linting *l, const char *id, const json_t *patterns, size_t from,
              size_t to)
{
    struct dz_map seen = {0};
    struct dz_view *words = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = from; i < to; i++) {
        const json_t *item = json_array_get(patterns, i);
        struct dz_view text = dz_view_of(json_string_value(item));
        if (dz_map_get(&seen, text) != DZ_MAP_NONE)
            tell(l, "shadowed", id, text.p);
        dz_map_put(&seen, text, 1);
        while (is_one_word(dz_view_of(json_string_value(item))) && text.n > 0) {
            words = dz_grow(words, &cap, n + 1, sizeof *words);
            words[n++] = cut(&text, '/');
        }
    }
    tell_covered(l, id, words, n);
    dz_map_done(&seen);
    dz_free(words);
}

static void
check_ids(const struct linting *l, const json_t *concept)
{
    static const struct {
        const char *key;
        const char *list;
    } ids[] = {{"sphere", "sphere"},
               {"means", "means"},
               {"threatened", "means"},
               {"stance", "stance"}};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const char *id = dz_json_str(concept, ids[i].key);
        if (id && !dz_rules_has(l->r, ids[i].list, id))
            tell(l, "unknown-id", dz_json_str(concept, "id"), id);
    }
}

static void
check_labels(const struct linting *l, const json_t *items)
{
    static const char *const langs[] = {"en", "uk", "ru"};
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
    {
        for (size_t k = 0; k < sizeof langs / sizeof *langs; k++) {
            const char *label = dz_json_str(json_object_get(item, "label"), langs[k]);
            if (!label || !*label)
                tell(l, "label", dz_json_str(item, "id"), langs[k]);
        }
    }
}

enum dz_code
dz_codebook_lint(const struct dz_rules *r, dz_lint_fn fn, void *ctx, struct dz_err *err)
{
    struct dz_data file;
    DZ_AUTO_JSON json_t *phrases = NULL;
    if (!dz_data_find("phrases.json", &file))
        return dz_fail(err, DZ_E_CORRUPT, "the built-in phrases are missing");
    struct linting l = {.r = r, .fn = fn, .ctx = ctx};
    DZ_TRY(dz_rules_lexicon(r, &l.lexicon, err));
    DZ_TRY(dz_json_parse((struct dz_view){(const char *)file.bytes, file.size}, &phrases, err));
    l.phrases = phrases;
    size_t i, k;
    json_t *concept, *pattern;
    json_array_foreach(phrases, i, concept)
    {
        const char *id = dz_json_str(concept, "id");
        check_ids(&l, concept);
        json_array_foreach(json_object_get(concept, "patterns"), k, pattern)
        {
            try_pattern(&l, id, json_string_value(pattern));
        }
        size_t from = 0;
        const json_t *counts = json_object_get(concept, "counts");
        for (size_t lang = 0; lang < json_array_size(counts); lang++) {
            size_t to = from + (size_t)json_integer_value(json_array_get(counts, lang));
            find_shadowed(&l, id, json_object_get(concept, "patterns"), from, to);
            from = to;
        }
    }
    check_labels(&l, json_object_get(r->codebook, "spheres"));
    check_labels(&l, json_object_get(r->codebook, "means"));
    return DZ_OK;
}
