/* facts.jsonld: facts as W3C Web Annotations, sources and codes as nodes, everything inline. */
#include <string.h>

#include "dz_fact_fields.h"
#include "dz_disclosure.h"
#include "dz_json.h"
#include "dz_label.h"
#include "dz_mem.h"
#include "dz_tr.h"
#include "package_impl.h"

/* The terms that are used of the W3C's own context, with the same meaning, and those of dokaz.
 * There
 * is no "@version", so that the file holds no number but integers.
 * Nothing
 * has to be fetched to read them. */
static const char context[] =
    "{\"oa\":\"http://www.w3.org/ns/oa#\","
    "\"dcterms\":\"http://purl.org/dc/terms/\","
    "\"skos\":\"http://www.w3.org/2004/02/skos/core#\","
    "\"xsd\":\"http://www.w3.org/2001/XMLSchema#\","
    "\"dokaz\":\"urn:dokaz:term:\","
    "\"id\":\"@id\",\"type\":\"@type\","
    "\"Annotation\":\"oa:Annotation\","
    "\"TextQuoteSelector\":\"oa:TextQuoteSelector\","
    "\"TextPositionSelector\":\"oa:TextPositionSelector\","
    "\"FragmentSelector\":\"oa:FragmentSelector\","
    "\"value\":\"http://www.w3.org/1999/02/22-rdf-syntax-ns#value\","
    "\"conformsTo\":{\"@id\":\"dcterms:conformsTo\",\"@type\":\"@id\"},"
    "\"dokaz:where\":{\"@id\":\"dokaz:where\",\"@type\":\"@json\"},"
    "\"Concept\":\"skos:Concept\","
    "\"motivation\":{\"@id\":\"oa:motivatedBy\",\"@type\":\"@vocab\"},"
    "\"classifying\":\"oa:classifying\",\"identifying\":\"oa:identifying\","
    "\"body\":{\"@id\":\"oa:hasBody\",\"@type\":\"@id\"},"
    "\"target\":{\"@id\":\"oa:hasTarget\",\"@type\":\"@id\"},"
    "\"source\":{\"@id\":\"oa:hasSource\",\"@type\":\"@id\"},"
    "\"selector\":{\"@id\":\"oa:hasSelector\",\"@type\":\"@id\"},"
    "\"exact\":\"oa:exact\",\"prefix\":\"oa:prefix\",\"suffix\":\"oa:suffix\","
    "\"start\":{\"@id\":\"oa:start\",\"@type\":\"xsd:nonNegativeInteger\"},"
    "\"end\":{\"@id\":\"oa:end\",\"@type\":\"xsd:nonNegativeInteger\"},"
    "\"title\":\"dcterms:title\",\"publisher\":\"dcterms:publisher\","
    "\"author\":\"dcterms:creator\",\"published\":\"dcterms:issued\","
    "\"address\":\"dcterms:identifier\",\"language\":\"dcterms:language\","
    "\"mediaType\":\"dcterms:format\","
    "\"basis\":\"dokaz:basis\",\"sha256\":\"dokaz:sha256\",\"size\":\"dokaz:size\","
    "\"notation\":\"skos:notation\","
    "\"prefLabel\":{\"@id\":\"skos:prefLabel\",\"@container\":\"@language\"},"
    "\"dokaz:record\":{\"@id\":\"dokaz:record\",\"@type\":\"@json\"},"
    "\"dokaz:coarse\":{\"@id\":\"dokaz:coarse\",\"@type\":\"@json\"}}";

/* ---- codes ---- */

static void
add_body(struct pack *p, json_t *body, const char *list, const char *code)
{
    bool is_place = strcmp(list, "place") == 0;
    if (!is_place && !dz_rules_has(p->rules, list, code))
        return;
    DZ_AUTO_FREE char *key = dz_asprintf("%s:%s", list, code);
    DZ_AUTO_FREE char *urn =
        is_place ? dz_asprintf("urn:dokaz:%s", key) : dz_asprintf("urn:dokaz:code:%s", key);
    json_object_set_new(p->concepts, key, json_string(urn));
    json_array_append_new(body, json_string(urn));
}

static void
add_code(struct pack *p, json_t *body, const char *list, const char *code)
{
    if (code == NULL)
        return;
    if (strcmp(list, "sphere means") == 0)
        list = dz_rules_has(p->rules, "sphere", code) ? "sphere" : "means";
    add_body(p, body, list, code);
}

/* Every code that the shown fields hold, by the table of fields. */
static json_t *
codes_of(struct pack *p, const json_t *record)
{
    json_t *body = json_array();
    const char *kind = dz_json_str(record, "fact_kind");
    unsigned mask = dz_fact_mask_of(kind != NULL ? kind : "");
    for (const struct dz_fact_field *f = dz_fact_fields; f->name != NULL; f++) {
        const json_t *value = json_object_get(record, f->name);
        if ((f->on & mask) == 0 || value == NULL)
            continue;
        if (f->type == DZ_FIELD_CODE)
            add_code(p, body, f->list, json_string_value(value));
        if (f->type == DZ_FIELD_PLACE)
            add_body(p, body, "place", json_string_value(value));
        size_t i;
        const json_t *code;
        if (f->type == DZ_FIELD_CODES)
            json_array_foreach(value, i, code)
        {
            add_code(p, body, f->list, json_string_value(code));
        }
    }
    return body;
}

static json_t *
concept_node(const struct pack *p, const char *key, const char *urn)
{
    const char *colon = strchr(key, ':');
    DZ_AUTO_FREE char *list = dz_strndup(key, (size_t)(colon - key));
    const char *code = colon + 1;
    json_t *node = json_object();
    json_t *labels = json_object();
    dz_json_set_str(node, "id", urn);
    dz_json_set_str(node, "type", "Concept");
    dz_json_set_str(node, "notation", code);
    if (strcmp(list, "place") == 0) {
        const struct dz_place *place = dz_place_by_id(p->rules, code);
        dz_json_set_str(labels, "en", place != NULL ? place->name_en : code);
        dz_json_set_str(labels, "uk", place != NULL ? place->name_uk : code);
    } else {
        dz_json_set_str(labels, "en", dz_rules_label(p->rules, list, code, DZ_LANG_EN));
        dz_json_set_str(labels, "uk", dz_rules_label(p->rules, list, code, DZ_LANG_UK));
    }
    json_object_set_new(node, "prefLabel", labels);
    return node;
}

/* ---- facts ---- */

static json_t *
quote_selector(const json_t *passage)
{
    json_t *one = json_object();
    dz_json_set_str(one, "type", "TextQuoteSelector");
    dz_json_set_str(one, "exact", dz_json_str(passage, "exact"));
    dz_json_set_str(one, "prefix", dz_json_str(passage, "prefix"));
    dz_json_set_str(one, "suffix", dz_json_str(passage, "suffix"));
    return one;
}

static json_t *
position_selector(const json_t *passage)
{
    json_t *one = json_object();
    dz_json_set_str(one, "type", "TextPositionSelector");
    dz_json_set_int(one, "start", dz_json_int(passage, "start", 0));
    dz_json_set_int(one, "end", dz_json_int(passage, "end", 0));
    return one;
}

static bool
passage_names_someone(struct pack *p, const json_t *passage)
{
    static const char *const parts[] = {"exact", "prefix", "suffix", "translation"};
    const char *source = dz_json_str(passage, "source");
    for (size_t i = 0; p->o->for_publication && i < sizeof parts / sizeof *parts; i++) {
        const char *text = dz_json_str(passage, parts[i]);
        if (text != NULL && (dz_pack_names_someone(p, source, text) ||
                             dz_pack_leaks(p, source, "quote", text)))
            return true;
    }
    return p->o->for_publication &&
           dz_masks_cut_name(&p->masks, source, dz_json_str(passage, "prefix"),
                             dz_json_str(passage, "suffix"));
}

/* ---- page, minute, message, cell ---- */

/* The whole number that a page's label begins with; "" for none. */
static char *
page_number(const char *label)
{
    return dz_strndup(label, strspn(label, "0123456789"));
}

/* "01:02:03.500" as seconds, "3723.5"; "" when it is no such time. */
static char *
seconds_of(const char *label)
{
    uint64_t part[3] = {0};
    size_t n = 0;
    const char *at = label;
    for (; n < 3; n++) {
        size_t digits = strspn(at, "0123456789");
        if (digits == 0 || digits > 5)
            return dz_strdup("");
        for (; digits > 0; digits--)
            part[n] = part[n] * 10 + (uint64_t)(*at++ - '0');
        if (*at != ':')
            break;
        at++;
    }
    if (n != 2 || (*at != '\0' && *at != '.'))
        return dz_strdup("");
    uint64_t seconds = part[0] * 3600 + part[1] * 60 + part[2];
    size_t fraction = *at == '.' ? strspn(at + 1, "0123456789") : 0;
    if (*at == '.' && at[1 + fraction] != '\0')
        return dz_strdup("");
    return dz_asprintf("%llu%.*s", (unsigned long long)seconds, fraction ? (int)fraction + 1 : 0,
                       at);
}

static void
add_fragment(json_t *selectors, const char *standard, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    json_t *one = json_object();
    DZ_AUTO_FREE char *fragment = dz_asprintf("%s=%s", name, value);
    dz_json_set_str(one, "type", "FragmentSelector");
    dz_json_set_str(one, "conformsTo", standard);
    dz_json_set_str(one, "value", fragment);
    json_array_append_new(selectors, one);
}

/* In public only what cannot name anybody. */
static void
narrow_where(json_t *where)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(where, next, key, value)
    {
        bool is_end = strcmp(key, "page_end") == 0;
        struct dz_view label = dz_label_public(dz_view_of(is_end ? "page" : key),
                                               dz_view_of(json_string_value(value)));
        if (label.n == 0)
            json_object_del(where, key);
        else if (label.n < json_string_length(value))
            json_object_set_new(where, key, json_stringn(label.p, label.n));
    }
}

/* What the reader of the file found around the quote. */
static enum dz_code
add_where(struct pack *p, const json_t *passage, json_t *target, json_t *selectors,
          struct dz_err *err)
{
    const char *source = dz_json_str(passage, "source"), *text = dz_json_str(passage, "text");
    const struct pack_source *s = dz_pack_source(p, source);
    int64_t start = dz_json_int(passage, "start", 0), end = dz_json_int(passage, "end", 0);
    DZ_AUTO_JSON json_t *where = NULL;
    if (s == NULL || text == NULL || start < 0 || end < start)
        return DZ_OK;
    DZ_TRY(dz_where_fields(&p->where, source, text, (size_t)start, (size_t)end, &where, err));
    if (p->o->for_publication)
        narrow_where(where);
    if (json_object_size(where) == 0)
        return DZ_OK;
    const char *page = dz_json_str(where, "page"), *time = dz_json_str(where, "time");
    const char *type = dz_json_str(s->node, "mediaType");
    DZ_AUTO_FREE char *number = page_number(page != NULL ? page : "");
    DZ_AUTO_FREE char *seconds = seconds_of(time != NULL ? time : "");
    if (type != NULL && strcmp(type, "application/pdf") == 0)
        add_fragment(selectors, "http://tools.ietf.org/rfc/rfc8118", "page", number);
    add_fragment(selectors, "http://www.w3.org/TR/media-frags/", "t", seconds);
    json_object_set(target, "dokaz:where", where);
    return DZ_OK;
}

static enum dz_code
target_of(struct pack *p, const json_t *passage, json_t **ret, struct dz_err *err)
{
    const char *source = dz_json_str(passage, "source"), *text = dz_json_str(passage, "text");
    json_t *target = json_object();
    json_t *selectors = json_array();
    DZ_AUTO_FREE char *urn = dz_asprintf("urn:dokaz:%s", source);
    DZ_AUTO_FREE char *key = dz_asprintf("%s|%s", source, text != NULL ? text : "");
    dz_json_set_str(target, "source", urn);
    if (json_object_get(p->taken, key) != NULL) {
        DZ_AUTO_BUF struct dz_buf path = DZ_BUF(256);
        dz_pack_text_path(source, text, &path);
        dz_json_set_view(target, "dokaz:text", dz_buf_view(&path));
    }
    if (passage_names_someone(p, passage)) {
        DZ_AUTO_BUF struct dz_buf masked = DZ_BUF(DZ_TEXT_MAX);
        dz_pack_mask(p, source, dz_json_str(passage, "exact"), &masked);
        dz_json_set_view(target, "dokaz:masked", dz_buf_view(&masked));
    } else {
        json_array_append_new(selectors, quote_selector(passage));
        dz_json_set_str(target, "dokaz:translation", dz_json_str(passage, "translation"));
    }
    json_array_append_new(selectors, position_selector(passage));
    json_object_set_new(target, "selector", selectors);
    *ret = target;
    return add_where(p, passage, target, selectors, err);
}

/* Month and raion of an act, where the public is not told more. */
static void
set_coarse(struct pack *p, json_t *node, const json_t *body)
{
    const char *kind = dz_json_str(body, "fact_kind");
    if (!p->o->for_publication || kind == NULL || strcmp(kind, "act") != 0)
        return;
    json_t *coarse = json_object();
    const char *date = dz_json_str(body, "date"), *place = dz_json_str(body, "place_id");
    DZ_AUTO_BUF struct dz_buf month = DZ_BUF(1024);
    if (date != NULL)
        dz_disclosure_date(date, false, &month);
    dz_json_set_view(coarse, "date", dz_buf_view(&month));
    place = place != NULL ? dz_disclosure_place(p->rules, place) : NULL;
    dz_json_set_str(coarse, "place_id", place);
    if (place != NULL)
        add_body(p, json_object_get(node, "body"), "place", place);
    json_object_set_new(node, "dokaz:coarse", coarse);
}

enum dz_code
dz_pack_fact_node(struct pack *p, const struct pack_fact *f, const struct pack_entry *e,
                  const json_t *body, const json_t *shown, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *node = json_object();
    DZ_AUTO_FREE char *urn = dz_asprintf("urn:dokaz:%s", f->id);
    json_t *targets = json_array();
    size_t i;
    const json_t *passage;
    json_object_set_new(node, "target", targets);
    json_array_foreach(json_object_get(body, "passages"), i, passage)
    {
        const struct pack_source *s = dz_pack_source(p, dz_json_str(passage, "source"));
        json_t *target = NULL;
        if (s == NULL || !s->chosen)
            continue;
        enum dz_code code = target_of(p, passage, &target, err);
        json_array_append_new(targets, target);
        DZ_TRY(code);
    }
    dz_json_set_str(node, "id", urn);
    dz_json_set_str(node, "type", "Annotation");
    json_object_set_new(node, "body", codes_of(p, shown));
    set_coarse(p, node, body);
    if (json_array_size(json_object_get(node, "body")) > 0)
        dz_json_set_str(node, "motivation", "classifying");
    else
        json_object_del(node, "body");
    json_object_set_new(node, "dokaz:record", json_deep_copy(shown));
    dz_json_set_str(node, "dokaz:proof", e->proof);
    dz_json_set_str(node, "dokaz:state", f->conflict ? "conflict" : "current");
    dz_json_set_str(node, "dokaz:review", f->bulk ? "bulk" : f->reviewed ? "reviewed" : NULL);
    DZ_TRY(dz_json_canonical(&p->graph, node, err));
    dz_buf_adds(&p->graph, ",\n");
    return DZ_OK;
}

/* ---- the file ---- */

/* A title that names a private person is not told to the public. */
static void
strip_names(struct pack *p, const struct pack_source *s)
{
    static const char *const words[] = {"title", "publisher", "author", "address"};
    for (size_t i = 0; p->o->for_publication && i < sizeof words / sizeof *words; i++) {
        const char *text = dz_json_str(s->node, words[i]);
        bool withheld = text != NULL && (dz_pack_names_someone(p, s->id, text) ||
                                         (strcmp(words[i], "address") != 0 &&
                                          dz_pack_leaks(p, s->id, words[i], text)));
        if (withheld)
            json_object_del(s->node, words[i]);
    }
}

enum dz_code
dz_pack_jsonld(struct pack *p, struct dz_buf *out, struct dz_err *err)
{
    dz_buf_addf(out, "{\"@context\":%s,\n\"@graph\":[\n", context);
    dz_buf_addv(out, dz_buf_view(&p->graph));
    for (size_t i = 0; i < p->n_sources; i++) {
        if (!p->sources[i].chosen)
            continue;
        strip_names(p, &p->sources[i]);
        DZ_TRY(dz_json_canonical(out, p->sources[i].node, err));
        dz_buf_adds(out, ",\n");
    }
    const char *key;
    json_t *urn;
    json_object_foreach(p->concepts, key, urn)
    {
        DZ_AUTO_JSON json_t *node = concept_node(p, key, json_string_value(urn));
        DZ_TRY(dz_json_canonical(out, node, err));
        dz_buf_adds(out, ",\n");
    }
    /* The last node has no comma. There is one: a package without a source is not made. */
    if (out->n > 2 && !out->failed)
        dz_buf_cut(out, out->n - 2);
    dz_buf_adds(out, "\n]}\n");
    return dz_buf_ok(out, _("facts.jsonld"), err);
}
