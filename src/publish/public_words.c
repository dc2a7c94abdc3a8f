#include "dz_public_words.h"

#include <string.h>

#include "dz_json.h"
#include "dz_source.h"

#define WORDS_MAX ((size_t)1 << 20) /* of one field */

/* A value in the words of each of its sources; any of them may have told the name. */
static json_t *
masked(const struct dz_masks *masks, const struct dz_fact_row *row, const char *value)
{
    char *words = dz_strdup(value);
    bool changed = false;
    for (size_t i = 0; i < row->n_passages; i++) {
        DZ_AUTO_BUF struct dz_buf out = DZ_BUF(WORDS_MAX);
        if (!dz_masks_apply(masks, row->passages[i].source, words, &out))
            continue;
        changed = true;
        dz_free(words);
        words = dz_strdup(out.failed ? "" : out.p);
    }
    json_t *value_out = changed ? json_string(words) : NULL;
    dz_free(words);
    return value_out;
}

/* Words also stand inside lists and objects, such as the names of perpetrators. */
static void
mask_all(const struct dz_masks *masks, const struct dz_fact_row *row, json_t *holder)
{
    const char *key;
    void *next;
    json_t *value;
    json_object_foreach_safe(holder, next, key, value)
    {
        json_t *other = json_is_string(value) ? masked(masks, row, json_string_value(value)) : NULL;
        if (other != NULL)
            json_object_set_new(holder, key, other);
        else
            mask_all(masks, row, value);
    }
    for (size_t i = 0; i < json_array_size(holder); i++) {
        value = json_array_get(holder, i);
        json_t *other = json_is_string(value) ? masked(masks, row, json_string_value(value)) : NULL;
        if (other != NULL)
            json_array_set_new(holder, i, other);
        else
            mask_all(masks, row, value);
    }
}

void
dz_public_mask_fact(const struct dz_masks *masks, const struct dz_fact_row *row, json_t *body)
{
    mask_all(masks, row, body);
}

static void
mask_for_scope(void *ctx, const struct dz_fact_row *row, json_t *body)
{
    const struct dz_public_words *w = ctx;
    dz_public_mask_fact(&w->masks, row, body);
}

struct learning {
    struct dz_public_words *w;
    struct dz_vault *v;
    const struct dz_rules *rules;
};

static enum dz_code
learn(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    struct learning *l = ctx;
    bool is_open = row->access != NULL && strcmp(row->access, "open") == 0;
    if (!is_open || !dz_basis_is_public(row->basis) || row->text_sha256 == NULL)
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    DZ_TRY(dz_source_text_version(l->v, row->id, row->text_sha256, &text, err));
    return dz_masks_learn(&l->w->masks, l->rules, row->id, dz_buf_view(&text), row->language, err);
}

enum dz_code
dz_public_words_learn(struct dz_public_words *w, struct dz_vault *v, const struct dz_rules *rules,
                      struct dz_scope *scope, struct dz_err *err)
{
    struct learning l = {w, v, rules};
    scope->mask = mask_for_scope;
    scope->mask_ctx = w;
    return dz_sources_each(v, NULL, learn, &l, err);
}

void
dz_public_words_done(struct dz_public_words *w)
{
    dz_masks_done(&w->masks);
}
