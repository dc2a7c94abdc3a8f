#include "dz_leak_cmd.h"

#include <string.h>

#include "dz_json.h"
#include "dz_personal.h"
#include "dz_source.h"

/* ---- what somebody types ---- */

struct typing {
    const struct dz_ctx *c;
    const char *field;
    bool told[DZ_PERSONAL_KINDS]; /* a kind is told once for each field */
};

static void
warn(void *ctx, const struct dz_personal *found)
{
    struct typing *t = ctx;
    if (!t->told[found->kind])
        dz_notice(t->c,
                  _("%s: this looks like %s: dokaz needs no such data, and everybody who reads the "
                    "collection would see it"),
                  t->field, dz_personal_words(found->kind));
    t->told[found->kind] = true;
}

void
dz_warn_personal_text(const struct dz_ctx *c, const char *field, const char *text)
{
    struct typing t = {.c = c, .field = field};
    if (text != NULL)
        dz_personal_find(dz_view_of(text), warn, &t);
}

static void
warn_value(const struct dz_ctx *c, const char *field, const json_t *value)
{
    /* The address of a source is where it was published, and ids are no numbers of anybody. */
    static const char *const passed[] = {"address", "source", "text", "id", "place_id"};
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        if (strcmp(field, passed[i]) == 0)
            return;
    size_t i;
    const json_t *part;
    if (json_is_string(value))
        dz_warn_personal_text(c, field, json_string_value(value));
    json_array_foreach(value, i, part)
    {
        warn_value(c, field, part);
    }
    DZ_AUTO_JSON json_t *object = json_is_object(value) ? json_deep_copy(value) : NULL;
    const char *key;
    json_t *one;
    json_object_foreach(object, key, one)
    {
        warn_value(c, key, one);
    }
}

void
dz_warn_personal(const struct dz_ctx *c, const json_t *fields)
{
    warn_value(c, "", fields);
}

/* ---- what leaves ---- */

void
dz_tell_findings(const struct dz_ctx *c, const struct dz_leaks *l)
{
    const struct dz_leak *f;
    for (size_t i = 0; (f = dz_leaks_at(l, i)) != NULL; i++)
        if (f->state == DZ_LEAK_OPEN)
            dz_notice(c, "%s  %s  %s: %s", f->id, f->item, f->field, dz_leak_words(f->kind));
}

enum dz_code
dz_warn_leaks(struct dz_ctx *c, const char *source, struct dz_err *err)
{
    DZ_AUTO_LEAKS struct dz_leaks *l = NULL;
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    DZ_TRY(dz_leaks_new(c->vault, NULL, false, &l, err));
    DZ_TRY(dz_source_get(c->vault, source, &s, err));
    if (s.row.text_sha256 != NULL)
        DZ_TRY(dz_source_text(c->vault, s.row.id, &text, NULL, err));
    (void)dz_leaks_look(l, s.row.id, "name", dz_view_of(s.row.name), DZ_LEAK_FIELD, NULL);
    (void)dz_leaks_look(l, s.row.id, "text", dz_buf_view(&text), DZ_LEAK_SOURCE, NULL);
    if (dz_leaks_open(l) > 0)
        dz_notice(c,
                  dz_trn("what leaves of %s holds %zu number or address of a person, as it seems, "
                         "and is not masked",
                         "what leaves of %s holds %zu numbers or addresses of persons, as it "
                         "seems, and is not masked",
                         (unsigned long)dz_leaks_open(l)),
                  s.row.id, dz_leaks_open(l));
    return DZ_OK;
}
