#include <string.h>

#include "dz_edtf.h"
#include "dz_fact_fields.h"
#include "dz_facts_priv.h"
#include "dz_utf8.h"

/* Checking a fact: its fields by the table, its passages against the very text they quote. */

#define EXACT_MAX 20000 /* bytes of one quote */

const char *const dz_fact_kinds[] = {"act", "measure", "figure", "statement", NULL};
const char *const dz_fact_own_fields[] = {"suggestion", "rule", "codebook", "accepted", NULL};

/* ---- the text that is quoted ---- */

void
dz_anchor_done(struct dz_anchor *a)
{
    if (a->loaded)
        dz_utf8_map_done(&a->map);
    dz_buf_done(&a->text);
    *a = (struct dz_anchor){0};
}

enum dz_code
dz_anchor_load(struct dz_vault *v, struct dz_anchor *a, const char *source, const char *sha256,
               struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    if (a->loaded && sha256 && strcmp(a->source, source) == 0 && strcmp(a->sha256, sha256) == 0)
        return DZ_OK;
    DZ_TRY(dz_source_get(v, source, &s, err));
    const char *wanted = sha256 ? sha256 : s.row.text_sha256;
    if (a->loaded && wanted && strcmp(a->source, s.row.id) == 0 && strcmp(a->sha256, wanted) == 0)
        return DZ_OK;
    dz_anchor_done(a);
    a->text.max = DZ_TEXT_MAX;
    if (wanted)
        DZ_TRY(dz_source_text_version(v, s.row.id, wanted, &a->text, err));
    else
        DZ_TRY(dz_source_text(v, s.row.id, &a->text, NULL, err));
    dz_utf8_map_init(&a->map, dz_buf_view(&a->text));
    memcpy(a->source, s.row.id, strlen(s.row.id) + 1);
    if (wanted && strlen(wanted) == DZ_HEX32 - 1)
        memcpy(a->sha256, wanted, DZ_HEX32);
    a->loaded = true;
    return DZ_OK;
}

/* ---- passages ---- */

const char *
dz_find(struct dz_view text, struct dz_view what)
{
    if (what.n == 0 || what.n > text.n)
        return NULL;
    const char *last = text.p + (text.n - what.n);
    for (const char *p = text.p; p <= last; p++) {
        p = memchr(p, what.p[0], (size_t)(last - p) + 1);
        if (!p)
            return NULL;
        if (memcmp(p, what.p, what.n) == 0)
            return p;
    }
    return NULL;
}

/* Where exact stands when no offsets were given: it must stand there once. */
static enum dz_code
locate(const struct dz_anchor *a, struct dz_view exact, size_t ix, size_t *ret_byte,
       struct dz_err *err)
{
    struct dz_view text = dz_buf_view(&a->text);
    const char *first = dz_find(text, exact);
    if (!first)
        return dz_fail(err, DZ_E_INPUT, "passage %zu: %s does not hold these words", ix, a->source);
    size_t after = (size_t)(first - text.p) + 1;
    if (dz_find((struct dz_view){text.p + after, text.n - after}, exact))
        return dz_fail(err, DZ_E_INPUT,
                       "passage %zu: these words stand in %s more than once: give start and end",
                       ix, a->source);
    *ret_byte = after - 1;
    return DZ_OK;
}

/* Bytes [from, to) of what is quoted. */
static enum dz_code
place_passage(const struct dz_anchor *a, const json_t *p, struct dz_view exact, size_t ix,
              size_t *ret_from, size_t *ret_to, struct dz_err *err)
{
    int64_t start = dz_json_int(p, "start", -1), end = dz_json_int(p, "end", -1);
    if (start < 0 && end < 0) {
        DZ_TRY(locate(a, exact, ix, ret_from, err));
        *ret_to = *ret_from + exact.n;
        return DZ_OK;
    }
    if (start < 0 || end <= start || (uint64_t)end > a->map.length_cp)
        return dz_fail(err, DZ_E_INPUT, "passage %zu: start and end do not lie in the text of %s",
                       ix, a->source);
    size_t from = dz_utf8_map_byte(&a->map, (size_t)start);
    size_t to = dz_utf8_map_byte(&a->map, (size_t)end);
    if (to - from != exact.n || memcmp(a->text.p + from, exact.p, exact.n) != 0)
        return dz_fail(err, DZ_E_INPUT,
                       "passage %zu: what stands at %lld to %lld of %s is not the quote", ix,
                       (long long)start, (long long)end, a->source);
    *ret_from = from;
    *ret_to = to;
    return DZ_OK;
}

/* Prefix and suffix: up to 32 characters on either side; given ones must fit. */
static enum dz_code
set_context(const struct dz_anchor *a, const json_t *given, size_t from, size_t to, size_t ix,
            json_t *out, struct dz_err *err)
{
    size_t start = dz_utf8_map_cp(&a->map, from), end = dz_utf8_map_cp(&a->map, to);
    size_t left = start > DZ_FACT_CONTEXT ? start - DZ_FACT_CONTEXT : 0;
    size_t left_byte = dz_utf8_map_byte(&a->map, left);
    size_t right_byte = dz_utf8_map_byte(&a->map, end + DZ_FACT_CONTEXT);
    struct dz_view prefix = {a->text.p + left_byte, from - left_byte};
    struct dz_view suffix = {a->text.p + to, right_byte - to};
    struct dz_view p = dz_view_of(dz_json_str(given, "prefix"));
    struct dz_view s = dz_view_of(dz_json_str(given, "suffix"));
    bool fits = p.n <= from && memcmp(p.n ? p.p : "", a->text.p + from - p.n, p.n) == 0 &&
                s.n <= a->text.n - to && memcmp(s.n ? s.p : "", a->text.p + to, s.n) == 0;
    if (!fits)
        return dz_fail(err, DZ_E_INPUT,
                       "passage %zu: prefix or suffix is not what stands around the quote", ix);
    dz_json_set_int(out, "start", (int64_t)start);
    dz_json_set_int(out, "end", (int64_t)end);
    if (prefix.n)
        dz_json_set_view(out, "prefix", prefix);
    if (suffix.n)
        dz_json_set_view(out, "suffix", suffix);
    return DZ_OK;
}

static enum dz_code
check_keys(const json_t *p, size_t ix, struct dz_err *err)
{
    static const char *const known[] = {"source", "text", "start", "end", "exact", "prefix",
                                        "suffix", "translation",
                                        /* What `show --json` adds of the place may come back. */
                                        "state", "confirmed", "where"};
    size_t n = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        n += json_object_get(p, known[i]) != NULL;
    if (!json_is_object(p) || n != json_object_size(p))
        return dz_fail(
            err, DZ_E_INPUT,
            "passage %zu: it has source, start, end, exact, text, prefix, suffix, translation", ix);
    return DZ_OK;
}

enum dz_code
dz_passage_check(struct dz_vault *v, struct dz_anchor *a, const json_t *p, size_t ix, json_t **ret,
                 struct dz_err *err)
{
    const char *source = dz_json_str(p, "source");
    const char *translation = dz_json_str(p, "translation");
    struct dz_view exact = dz_view_of(dz_json_str(p, "exact"));
    size_t from, to;
    DZ_TRY(check_keys(p, ix, err));
    if (!source || exact.n == 0)
        return dz_fail(err, DZ_E_INPUT, "passage %zu: it needs a source and the exact words", ix);
    if (exact.n > EXACT_MAX || (translation && strlen(translation) > EXACT_MAX))
        return dz_fail(err, DZ_E_INPUT, "passage %zu: longer than %d bytes", ix, EXACT_MAX);
    if (dz_anchor_load(v, a, source, dz_json_str(p, "text"), err) != DZ_OK)
        return dz_while(err, "passage %zu", ix);
    DZ_TRY(place_passage(a, p, exact, ix, &from, &to, err));
    DZ_AUTO_JSON json_t *out = json_object();
    dz_json_set_str(out, "source", a->source);
    dz_json_set_str(out, "text", a->sha256);
    dz_json_set_view(out, "exact", exact);
    dz_json_set_str(out, "translation", translation);
    DZ_TRY(set_context(a, p, from, to, ix, out, err));
    *ret = json_incref(out);
    return DZ_OK;
}

static enum dz_code
check_passages(struct dz_vault *v, struct dz_anchor *a, const json_t *list, json_t *out,
               struct dz_err *err)
{
    size_t i;
    const json_t *p;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return dz_fail(err, DZ_E_INPUT,
                       "passages: a fact needs at least one: the source and its exact words");
    if (json_array_size(list) > DZ_FACT_PASSAGES_MAX)
        return dz_fail(err, DZ_E_INPUT, "passages: at most %d", DZ_FACT_PASSAGES_MAX);
    json_t *checked = json_array();
    json_object_set_new(out, "passages", checked);
    json_array_foreach(list, i, p)
    {
        json_t *one = NULL;
        DZ_TRY(dz_passage_check(v, a, p, i + 1, &one, err));
        json_array_append_new(checked, one);
    }
    return DZ_OK;
}

/* ---- the whole ---- */

static bool
is_one_of(const char *name, const char *const *list)
{
    for (; *list; list++) {
        if (strcmp(*list, name) == 0)
            return true;
    }
    return false;
}

bool
dz_fact_has_field(const char *kind, const char *field)
{
    return dz_fact_field_find(dz_fact_mask_of(kind), field) != NULL;
}

static enum dz_code
check_field(const struct dz_rules *rules, unsigned mask, const char *key, const json_t *value,
            json_t *out, struct dz_err *err)
{
    const struct dz_fact_field *f = dz_fact_field_find(mask, key);
    if (!f && dz_fact_is_forbidden(key))
        return dz_fail(err, DZ_E_DENIED, "dokaz does not keep '%s': leave it out", key);
    if (!f)
        return dz_fail(err, DZ_E_INPUT, "facts of this kind have no field '%s'", key);
    json_t *checked = NULL;
    DZ_TRY(dz_fact_field_check(rules, f, value, &checked, err));
    if (checked)
        json_object_set_new(out, key, checked);
    return DZ_OK;
}

static enum dz_code
check_order(const json_t *out, const char *first, const char *second, struct dz_err *err)
{
    struct dz_edtf_bounds a, b;
    if (!dz_json_str(out, first) || !dz_json_str(out, second))
        return DZ_OK;
    (void)dz_edtf_text_bounds(dz_json_str(out, first), &a);
    (void)dz_edtf_text_bounds(dz_json_str(out, second), &b);
    if (a.lo > b.hi)
        return dz_fail(err, DZ_E_INPUT, "%s lies after %s", first, second);
    return DZ_OK;
}

enum dz_code
dz_fact_check_with(struct dz_vault *v, const struct dz_rules *rules, struct dz_anchor *a,
                   const char *kind, const json_t *fields, json_t **ret, struct dz_err *err)
{
    unsigned mask = dz_fact_mask_of(kind);
    if (!mask)
        return dz_fail(err, DZ_E_INPUT,
                       "there is no kind of fact '%s': act, measure, figure, statement", kind);
    if (!json_is_object(fields))
        return dz_fail(err, DZ_E_INPUT, "a fact is a JSON object");
    DZ_AUTO_JSON json_t *all = json_deep_copy(fields);
    DZ_AUTO_JSON json_t *out = json_object();
    const char *key;
    json_t *value;
    json_object_foreach(all, key, value)
    {
        if (strcmp(key, "passages") == 0)
            continue;
        /* What `show --json` printed may come back. */
        bool same_kind = strcmp(key, "kind") == 0 && json_is_string(value) &&
                         strcmp(json_string_value(value), kind) == 0;
        if (same_kind || strcmp(key, "id") == 0)
            continue;
        if (is_one_of(key, dz_fact_own_fields) && json_is_string(value))
            json_object_set(out, key, value);
        else
            DZ_TRY(check_field(rules, mask, key, value, out, err));
    }
    for (const struct dz_fact_field *f = dz_fact_fields; f->name; f++) {
        if ((f->needed & mask) && !json_object_get(out, f->name))
            return dz_fail(err, DZ_E_INPUT, "%s: missing", f->name);
    }
    DZ_TRY(check_order(out, "from", "to", err));
    DZ_TRY(check_order(out, "effective", "ended", err));
    DZ_TRY(check_passages(v, a, json_object_get(all, "passages"), out, err));
    *ret = json_incref(out);
    return DZ_OK;
}

enum dz_code
dz_fact_check(struct dz_vault *v, const struct dz_rules *rules, const char *kind,
              const json_t *fields, json_t **ret, struct dz_err *err)
{
    DZ_AUTO_ANCHOR struct dz_anchor a = {0};
    return dz_fact_check_with(v, rules, &a, kind, fields, ret, err);
}
