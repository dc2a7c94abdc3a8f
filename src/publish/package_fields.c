/* Which fields of an entry a package withholds. docs/format/package.md section 2 has the list. */
#include <string.h>

#include "dz_disclosure.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_tr.h"
#include "package_impl.h"

/* Who did it, what colleagues write to each other, where the file lay, and what it says of itself:
 * place, device, names. */
static const char *const always[] = {"member", "note",          "tags",          "subject",
                                     "path",   "path_bytes",    "assessment_by", "reason",
                                     "meta",   "captured_from", "carried_from",  "salt",
                                     "n",      "compartment"};

/* What an entry is and where it stands: enough for custody, whatever else is withheld. */
static const char *const skeleton[] = {"kind",    "id",  "source", "fact_kind", "item",
                                       "revises", "log", "seq",    "clock",     "time"};

/* For the public: a file name in hexadecimal cannot be looked through for names. */
static const char name_bytes[] = "name_bytes";

/* Of an act for the public: what leads to a village, a day, a household. */
static const char *const narrow[] = {"place", "stated_reason", "summary", "victims"};

#define IS_IN(list, name) is_in((list), sizeof(list) / sizeof *(list), (name))
static bool
is_in(const char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

/* ---- ids of other items ---- */

#define ID_CHARS 10

static bool
is_base32(char c)
{
    return c != '\0' && strchr("0123456789abcdefghjkmnpqrstvwxyz", c) != NULL;
}

static bool
is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* An id of a source or fact that is not in the package, in running text or alone. */
static bool
text_names_outsider(const struct pack *p, const char *text)
{
    static const char *const prefixes[] = {"src-", "act-", "mea-", "fig-", "sta-", "per-"};
    for (const char *s = strchr(text, '-'); s != NULL; s = strchr(s + 1, '-')) {
        const char *start = s - 3;
        if (s - text < 3 || (start > text && is_word(start[-1])))
            continue;
        bool known = false;
        for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
            known = known || strncmp(start, prefixes[i], 4) == 0;
        size_t n = 0;
        while (is_base32(s[1 + n]))
            n++;
        if (!known || n != ID_CHARS || is_word(s[1 + n]))
            continue;
        DZ_AUTO_FREE char *id = dz_strndup(start, 4 + ID_CHARS);
        const struct pack_source *source = dz_pack_source(p, id);
        if ((source == NULL || !source->chosen) && dz_pack_fact(p, id) == NULL)
            return true;
    }
    return false;
}

/* ---- looking into values ---- */

typedef bool
text_test(struct pack *p, const char *source, const char *text);

static bool
outsider_test(struct pack *p, const char *source, const char *text)
{
    (void)source;
    return text_names_outsider(p, text);
}

static bool
any_text(struct pack *p, const json_t *value, const char *source, text_test *test)
{
    if (json_is_string(value))
        return test(p, source, json_string_value(value));
    size_t i;
    const char *key;
    json_t *part;
    json_array_foreach(value, i, part)
    {
        if (any_text(p, part, source, test))
            return true;
    }
    /* jansson's iteration takes no constant object. */
    json_t *object = json_is_object(value) ? json_deep_copy(value) : NULL;
    bool found = false;
    json_object_foreach(object, key, part)
    {
        found = found || any_text(p, part, source, test);
    }
    json_decref(object);
    return found;
}

/* A fact's words may stem from each of its sources. */
static bool
names_someone(struct pack *p, const json_t *body, const json_t *value, const char *item)
{
    size_t i;
    const json_t *passage;
    json_array_foreach(json_object_get(body, "passages"), i, passage)
    {
        const char *source = dz_json_str(passage, "source");
        if (any_text(p, value, source, dz_pack_names_someone))
            return true;
        /* Quotes are one field: what stands around one of them holds all of them back. */
        if (value == json_object_get(body, "passages") &&
            dz_masks_cut_name(&p->masks, source, dz_json_str(passage, "prefix"),
                              dz_json_str(passage, "suffix")))
            return true;
    }
    return any_text(p, value, item, dz_pack_names_someone);
}

/* What the leak scan says of a field: its own words, and the quotes in it as those of their source.
 * Everything is looked at, so that all findings are told. */
static bool
leaks(struct pack *p, const json_t *value, const char *item, const char *field)
{
    static const char *const passed[] = {"source", "text", "address", "sha256", "object", "id"};
    bool found = false;
    size_t i;
    const json_t *part;
    if (json_is_string(value))
        return !IS_IN(passed, field) && dz_pack_leaks(p, item, field, json_string_value(value));
    json_array_foreach(value, i, part)
    {
        found = leaks(p, part, item, field) || found;
    }
    bool quote = json_object_get(value, "exact") != NULL;
    const char *of = quote ? dz_json_str(value, "source") : NULL, *key;
    json_t *object = json_is_object(value) ? json_deep_copy(value) : NULL, *one;
    json_object_foreach(object, key, one)
    {
        bool word = quote && !IS_IN(passed, key);
        found = leaks(p, one, of != NULL ? of : item, word ? "quote" : key) || found;
    }
    json_decref(object);
    return found;
}

/* ---- deciding ---- */

static bool
names_victims(const char *name, const json_t *value)
{
    return strcmp(name, "victims") == 0 && json_array_size(json_object_get(value, "persons")) > 0;
}

/* For the public an act is told by month and raion, as in the report. */
static bool
is_too_close(const struct pack *p, const struct dz_entry_view *e, const char *name,
             const json_t *value)
{
    const char *kind = dz_json_str(e->body, "fact_kind");
    if (kind == NULL || strcmp(kind, "act") != 0)
        return false;
    if (IS_IN(narrow, name))
        return true;
    const char *text = json_string_value(value);
    if (strcmp(name, "place_id") == 0) {
        const char *wider = dz_disclosure_place(p->rules, text);
        return wider == NULL || strcmp(wider, text) != 0;
    }
    if (strcmp(name, "date") != 0 || text == NULL)
        return false;
    DZ_AUTO_BUF struct dz_buf wider = DZ_BUF(1024);
    dz_disclosure_date(text, false, &wider);
    return wider.n == 0 || strcmp(wider.p, text) != 0;
}

/* A version that was replaced, and a description that no longer holds, are there for the record;
 * what they said is not repeated. */
static bool
is_past(const struct pack *p, const struct dz_entry_view *e, const char *item, const char *name,
        const json_t *value)
{
    if (strncmp(e->kind, "fact.", 5) == 0)
        return json_object_get(p->heads, e->ref) == NULL;
    /* The fact has the words, as far as they may leave; here it is the place that counts. */
    if (strcmp(e->kind, "passage.confirmed") == 0)
        return strcmp(name, "exact") == 0 || strcmp(name, "prefix") == 0 ||
               strcmp(name, "suffix") == 0;
    if (strcmp(e->kind, "source.described") != 0)
        return false;
    const struct pack_source *s = dz_pack_source(p, item);
    return !json_equal(json_object_get(s->described, name), value);
}

bool
dz_package_withholds(const char *name, const json_t *value)
{
    return IS_IN(always, name) || names_victims(name, value);
}

/* A page names its author to all its readers. Documents take the name of whoever owned the program
 * that wrote them, and nobody looks there before handing one on. */
bool
dz_package_withholds_claim(const json_t *body, const char *name)
{
    const char *type = dz_json_str(body, "media_type");
    return strcmp(name, "author") == 0 && json_object_get(body, "status") != NULL &&
           (type == NULL || strcmp(type, "text/html") != 0);
}

bool
dz_package_shows_always(const char *name)
{
    return IS_IN(skeleton, name);
}

json_t *
dz_pack_withhold(struct pack *p, const struct dz_entry_view *e, const char *item)
{
    json_t *out = json_array();
    DZ_AUTO_JSON json_t *body = json_deep_copy(e->body);
    const char *name;
    json_t *value;
    json_object_foreach(body, name, value)
    {
        bool hide = dz_package_withholds(name, value) || dz_package_withholds_claim(e->body, name);
        if (!hide && !IS_IN(skeleton, name))
            hide = is_past(p, e, item, name, value) || any_text(p, value, NULL, outsider_test) ||
                   (p->o->for_publication &&
                    (strcmp(name, name_bytes) == 0 || is_too_close(p, e, name, value) ||
                     names_someone(p, body, value, item) || leaks(p, value, item, name)));
        if (hide)
            json_array_append_new(out, json_string(name));
    }
    return out;
}

/* ---- what must be found nowhere ---- */

/* The field as it would stand in canonical JSON: "name":value. */
static enum dz_code
remember_field(struct pack *p, const char *name, const json_t *value, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf pair = DZ_BUF(DZ_TEXT_MAX);
    dz_buf_addf(&pair, "\"%s\":", name);
    DZ_TRY(dz_json_canonical(&pair, value, err));
    dz_needles_add(&p->fields, N_("a field that is withheld"), dz_buf_view(&pair));
    return DZ_OK;
}

enum dz_code
dz_pack_remember(struct pack *p, const json_t *body, const json_t *withheld, struct dz_err *err)
{
    size_t i;
    const json_t *name;
    json_array_foreach(withheld, i, name)
    {
        const char *key = json_string_value(name);
        const json_t *value = json_object_get(body, key);
        /* Metadata is kept out as a whole; nothing else would hold it as it stands here. */
        if (strcmp(key, "meta") == 0)
            continue;
        if (dz_package_withholds(key, value))
            DZ_TRY(remember_field(p, key, value, err));
    }
    return DZ_OK;
}
