#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
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

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
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
    .usage = N_("[LIST]"),
    .help = N_("Without LIST the spheres of life and the means of coercion; otherwise one of the "
               "small lists such as basis, access, modality, stance, figure_unit."),
    .needs = DZ_NEED_RULES | DZ_HAS_JSON,
    .max_words = 1,
    .run = run,
};
