#include "dz_examples.h"

#include <string.h>

#include "dz_json.h"
#include "dz_suggest.h"

#define EXAMPLE_DATE "2024-06-01" /* the day on which examples are told */

static struct dz_view
cut(struct dz_view *rest, char mark)
{
    const char *end = rest->n > 0 ? memchr(rest->p, mark, rest->n) : NULL;
    struct dz_view part = {rest->p, end ? (size_t)(end - rest->p) : rest->n};
    size_t step = part.n + (end != NULL);
    rest->p += step;
    rest->n -= step;
    return dz_view_trim(part);
}

/* Is id one of "a/b/c"? */
static bool
one_of(struct dz_view choices, const char *id)
{
    while (choices.n > 0) {
        if (dz_view_is(cut(&choices, '/'), id))
            return true;
    }
    return false;
}

static bool
known(const struct dz_rules *r, const char *list, struct dz_view choices)
{
    while (choices.n > 0) {
        DZ_AUTO_FREE char *id = NULL;
        struct dz_view one = cut(&choices, '/');
        id = dz_strndup(one.p, one.n);
        if (!dz_rules_has(r, list, id))
            return false;
    }
    return true;
}

/* The means of an act: the main one and those in `also`. */
static bool
has_means(const struct dz_suggestion *s, struct dz_view choices)
{
    const char *means = dz_json_str(s->fields, "means");
    if (means && one_of(choices, means))
        return true;
    const json_t *also = json_object_get(s->fields, "also");
    for (size_t i = 0; i < json_array_size(also); i++) {
        if (one_of(choices, json_string_value(json_array_get(also, i))))
            return true;
    }
    return false;
}

static bool
is_found(const struct dz_suggestions *all, struct dz_view sphere, struct dz_view means)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct dz_suggestion *s = &all->items[i];
        const char *its = strcmp(s->kind, "act") == 0 ? dz_json_str(s->fields, "sphere") : NULL;
        if (its && one_of(sphere, its) && has_means(s, means))
            return true;
    }
    return false;
}

static void
list_found(const struct dz_suggestions *all, struct dz_buf *out)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct dz_suggestion *s = &all->items[i];
        if (strcmp(s->kind, "act") != 0)
            continue;
        dz_buf_addf(out, "%s%s %s", out->n ? ", " : "", dz_json_str(s->fields, "sphere"),
                    dz_json_str(s->fields, "means"));
    }
}

static enum dz_code
compare(const struct dz_rules *r, struct dz_example *e, const struct dz_suggestions *all,
        struct dz_err *err)
{
    struct dz_view want = e->want;
    if (dz_view_is(want, "nothing")) {
        e->ok = e->found.n == 0;
        return DZ_OK;
    }
    e->ok = true;
    while (want.n > 0) {
        struct dz_view pair = cut(&want, ','), sphere = cut(&pair, ' '), means = pair;
        if (!known(r, "sphere", sphere) || !known(r, "means", means) || means.n == 0)
            return dz_fail(err, DZ_E_INPUT, "line %zu: '%.*s' is no sphere with a means", e->line,
                           (int)e->want.n, e->want.p);
        e->ok = e->ok && is_found(all, sphere, means);
    }
    return DZ_OK;
}

static enum dz_code
run_one(const struct dz_rules *r, struct dz_example *e, dz_example_fn fn, void *ctx,
        struct dz_err *err)
{
    static const struct dz_doc_info info = {.published = EXAMPLE_DATE};
    struct dz_document d = {0};
    struct dz_suggestions all = {0};
    DZ_AUTO_BUF struct dz_buf found = DZ_BUF(1 << 16);
    DZ_TRY(dz_document_init(&d, e->text, err));
    enum dz_code code = dz_suggest_document(r, &d, &info, &all, err);
    if (code == DZ_OK) {
        list_found(&all, &found);
        e->found = dz_buf_view(&found);
        code = compare(r, e, &all, err);
    }
    if (code == DZ_OK)
        fn(ctx, e);
    dz_suggestions_done(&all);
    dz_document_done(&d);
    return code;
}

enum dz_code
dz_examples_run(const struct dz_rules *r, struct dz_view page, dz_example_fn fn, void *ctx,
                struct dz_err *err)
{
    DZ_TRY(dz_utf8_check(page, err));
    for (size_t line = 1; page.n > 0; line++) {
        struct dz_view text = cut(&page, '\n');
        if (text.n == 0 || text.p[0] == '#')
            continue;
        struct dz_example e = {.line = line};
        if (!memchr(text.p, '|', text.n))
            return dz_fail(err, DZ_E_INPUT, "line %zu: an example is 'sphere means | text'", line);
        e.want = cut(&text, '|');
        e.text = dz_view_trim(text);
        DZ_TRY(run_one(r, &e, fn, ctx, err));
    }
    return DZ_OK;
}
