#include <fcntl.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_examples.h"
#include "dz_json.h"
#include "dz_os.h"
#include "dz_rules.h"
#include "dz_show.h"

/* The list as the built-in codebook has it, with definitions. Borrowed, or NULL. */
static const json_t *
items_of(struct dz_ctx *c, const char *list)
{
    const json_t *book = dz_rules_table(c->rules, "codebook");
    if (strcmp(list, "sphere") == 0 || strcmp(list, "spheres") == 0)
        return json_object_get(book, "spheres");
    if (strcmp(list, "means") == 0)
        return json_object_get(book, "means");
    return json_object_get(json_object_get(book, "lists"), list);
}

/* A text that stands there by language; English where the other is missing. */
static const char *
by_language(const json_t *item, const char *key)
{
    const json_t *texts = json_object_get(item, key);
    const char *text = dz_json_str(texts, dz_lang_code(dz_lang_get()));
    return text != NULL ? text : dz_json_str(texts, "en");
}

static void
print_list(struct dz_ctx *c, const char *list, const json_t *items)
{
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const char *id = dz_json_str(item, "id");
        if (c->json) {
            json_t *line = json_deep_copy(item);
            dz_json_set_str(line, "list", list);
            dz_out_json_new(&c->out, line);
            continue;
        }
        dz_out_f(&c->out, "%s  %s\n", id != NULL ? id : "", dz_label(c, list, id));
        const char *definition = by_language(item, "definition");
        if (definition != NULL)
            dz_out_wrap(&c->out, dz_view_of(definition), 4, 0);
    }
}

/* ---- codebook test FILE... ---- */

#define PAGE_MAX (8u << 20)

struct trying {
    struct dz_ctx *c;
    const char *file;
    size_t n;
    size_t failed;
};

static void
tell_example(void *ctx, const struct dz_example *e)
{
    struct trying *t = ctx;
    t->n++;
    t->failed += !e->ok;
    if (t->c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "file", t->file);
        dz_json_set_int(line, "line", (int64_t)e->line);
        json_object_set_new(line, "ok", json_boolean(e->ok));
        dz_json_set_view(line, "wanted", e->want);
        dz_json_set_view(line, "found", e->found);
        dz_json_set_view(line, "text", e->text);
        dz_out_json_new(&t->c->out, line);
        return;
    }
    if (e->ok)
        return;
    dz_out_f(&t->c->out, "%s:%zu: ", t->file, e->line);
    dz_out_line(&t->c->out, e->text, 300);
    dz_out_f(&t->c->out, "\n    ");
    dz_out_f(&t->c->out, _("wanted %.*s; found %.*s"), (int)e->want.n, e->want.p,
             e->found.n ? (int)e->found.n : 7, e->found.n ? e->found.p : "nothing");
    dz_out_text(&t->c->out, "\n");
}

static enum dz_code
run_test(struct dz_ctx *c, struct dz_err *err)
{
    struct trying t = {.c = c};
    if (c->n_words < 2)
        return dz_fail(err, DZ_E_USAGE, "name the page of examples to try");
    for (size_t i = 1; i < c->n_words; i++) {
        DZ_AUTO_BUF struct dz_buf page = DZ_BUF(PAGE_MAX);
        t.file = c->words[i];
        DZ_TRY(dz_os_slurp(AT_FDCWD, t.file, PAGE_MAX, &page, err));
        if (dz_examples_run(c->rules, dz_buf_view(&page), tell_example, &t, err) != DZ_OK)
            return dz_while(err, "'%s'", t.file);
    }
    if (!c->json) {
        dz_out_f(&c->out, _("%zu examples, %zu not as wanted."), t.n, t.failed);
        dz_out_text(&c->out, "\n");
    }
    if (t.failed > 0)
        return dz_fail(err, DZ_E_INPUT, "examples are read otherwise than they say: change the "
                                        "phrases or the examples");
    return DZ_OK;
}

/* ---- codebook lint ---- */

struct linting {
    struct dz_ctx *c;
    size_t n;
};

static const char *
words_for(const char *what)
{
    static const struct {
        const char *what;
        const char *words;
    } all[] = {
        {"unknown-id", N_("names a code that the codebook does not have")},
        {"never-matches", N_("can match nothing: its own words are not found")},
        {"shadowed", N_("is covered by another pattern of the same concept")},
        {"label", N_("has no label in this language")},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].what, what) == 0)
            return _(all[i].words);
    return what;
}

static void
tell_fault(void *ctx, const struct dz_lint *l)
{
    struct linting *t = ctx;
    t->n++;
    if (t->c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "what", l->what);
        dz_json_set_str(line, "id", l->id);
        dz_json_set_str(line, "text", l->text);
        dz_out_json_new(&t->c->out, line);
        return;
    }
    dz_out_f(&t->c->out, "%s: '%s': %s\n", l->id, l->text, words_for(l->what));
}

static enum dz_code
run_lint(struct dz_ctx *c, struct dz_err *err)
{
    struct linting t = {.c = c};
    DZ_TRY(dz_codebook_lint(c->rules, tell_fault, &t, err));
    if (t.n > 0)
        return dz_fail(err, DZ_E_INPUT, "the codebook has %zu faults", t.n);
    if (!c->json)
        dz_out_f(&c->out, "%s\n", _("No fault was found."));
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    if (c->n_words > 0 && strcmp(c->words[0], "test") == 0)
        return run_test(c, err);
    if (c->n_words == 1 && strcmp(c->words[0], "lint") == 0)
        return run_lint(c, err);
    if (c->n_words > 1)
        return dz_fail(err, DZ_E_USAGE, "one list at a time, or 'test FILE...'");
    if (c->n_words == 1) {
        const char *list = strcmp(c->words[0], "spheres") == 0 ? "sphere" : c->words[0];
        const json_t *items = items_of(c, list);
        if (items == NULL)
            return dz_fail(err, DZ_E_USAGE, "the codebook has no list '%s': sphere, means, ...",
                           c->words[0]);
        print_list(c, list, items);
        return DZ_OK;
    }
    if (!c->json)
        dz_out_f(&c->out, _("Codebook %s. Spheres:"), dz_rules_version(c->rules));
    if (!c->json)
        dz_out_text(&c->out, "\n\n");
    print_list(c, "sphere", items_of(c, "sphere"));
    if (!c->json)
        dz_out_f(&c->out, "\n%s\n\n", _("Means:"));
    print_list(c, "means", items_of(c, "means"));
    return DZ_OK;
}

const struct dz_cmd dz_cmd_codebook = {
    .name = "codebook",
    .group = DZ_GROUP_FACTS,
    .summary = N_("list the codes with their labels and definitions"),
    .usage = N_("[LIST | test FILE... | lint]"),
    .help = N_("Without LIST the spheres of life and the means of coercion; otherwise one of the "
               "small lists such as basis, access, modality, stance, figure_unit.\n\n"
               "'codebook test FILE' reads a page of examples, each 'sphere means | text', and says "
               "which are read otherwise. 'codebook lint' looks for codes that do not exist, "
               "patterns that can match nothing, and labels that a language lacks."),
    .needs = DZ_NEED_RULES | DZ_HAS_JSON,
    .max_words = SIZE_MAX,
    .run = run,
};
