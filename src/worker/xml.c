#include "dz_xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <string.h>

#include "dz_mem.h"

struct dz_xml_attrs {
    const xmlChar **list; /* five pointers each: name, prefix, URI, value, end of value */
    size_t n;
    const char *prefix; /* of the element */
};

struct dz_xml {
    const struct dz_xml_events *events;
    void *ctx;
    xmlParserCtxtPtr parser;
    size_t depth;
    enum dz_xml_end end;
};

struct dz_view
dz_xml_attr(const struct dz_xml_attrs *a, const char *name)
{
    for (size_t i = 0; i < a->n; i++) {
        const xmlChar **at = a->list + i * 5;
        if (strcmp((const char *)at[0], name) == 0)
            return (struct dz_view){.p = (const char *)at[3], .n = (size_t)(at[4] - at[3])};
    }
    return (struct dz_view){0};
}

bool
dz_xml_attr_is(const struct dz_xml_attrs *a, const char *name, const char *value)
{
    struct dz_view v = dz_xml_attr(a, name);
    return v.p != NULL && dz_view_is(v, value);
}

bool
dz_xml_attr_any(const struct dz_xml_attrs *a, const char *name, const char *value)
{
    for (size_t i = 0; i < a->n; i++) {
        const xmlChar **at = a->list + i * 5;
        struct dz_view v = {.p = (const char *)at[3], .n = (size_t)(at[4] - at[3])};
        if (strcmp((const char *)at[0], name) == 0 && dz_view_is(v, value))
            return true;
    }
    return false;
}

const char *
dz_xml_prefix(const struct dz_xml_attrs *a)
{
    return a->prefix != NULL ? a->prefix : "";
}

bool
dz_xml_attr_at(const struct dz_xml_attrs *a, size_t i, struct dz_xml_attribute *ret)
{
    if (i >= a->n)
        return false;
    const xmlChar **at = a->list + i * 5;
    *ret = (struct dz_xml_attribute){
        .prefix = dz_view_of((const char *)at[1]),
        .name = dz_view_of((const char *)at[0]),
        .value = {.p = (const char *)at[3], .n = (size_t)(at[4] - at[3])},
    };
    return true;
}

static void
stop(struct dz_xml *x, enum dz_xml_end end)
{
    if (x->end == DZ_XML_WHOLE)
        x->end = end;
    xmlStopParser(x->parser);
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_ns,
         const xmlChar **ns, int n_attrs, int n_defaulted, const xmlChar **attrs)
{
    (void)uri, (void)n_ns, (void)ns, (void)n_defaulted;
    struct dz_xml *x = ctx;
    if (x->end != DZ_XML_WHOLE)
        return;
    if (++x->depth > DZ_XML_DEPTH_MAX) {
        stop(x, DZ_XML_NESTING);
        return;
    }
    struct dz_xml_attrs a = {.list = attrs, .n = n_attrs > 0 ? (size_t)n_attrs : 0,
                             .prefix = (const char *)prefix};
    if (x->events->start != NULL)
        x->events->start(x->ctx, (const char *)name, &a);
}

static void
on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)prefix, (void)uri;
    struct dz_xml *x = ctx;
    if (x->end != DZ_XML_WHOLE)
        return;
    x->depth -= x->depth > 0;
    if (x->events->end != NULL)
        x->events->end(x->ctx, (const char *)name);
}

static void
on_text(void *ctx, const xmlChar *p, int n)
{
    struct dz_xml *x = ctx;
    if (x->end == DZ_XML_WHOLE && x->events->text != NULL && n > 0)
        x->events->text(x->ctx, (struct dz_view){.p = (const char *)p, .n = (size_t)n});
}

static void
on_entity(void *ctx, const xmlChar *name, int type, const xmlChar *public_id,
          const xmlChar *system_id, xmlChar *content)
{
    (void)name, (void)type, (void)public_id, (void)system_id, (void)content;
    stop(ctx, DZ_XML_ENTITY);
}

/* Values that a declaration gives to every element of a name multiply just as entities do. */
static void
on_attribute(void *ctx, const xmlChar *element, const xmlChar *name, int type, int def,
             const xmlChar *value, xmlEnumerationPtr tree)
{
    (void)element, (void)name, (void)type, (void)def, (void)value;
    xmlFreeEnumeration(tree);
    stop(ctx, DZ_XML_ENTITY);
}

static void
on_error(void *ctx, xmlErrorPtr error)
{
    struct dz_xml *x = ctx;
    if (x->end == DZ_XML_WHOLE && error != NULL && error->level == XML_ERR_FATAL)
        x->end = DZ_XML_DAMAGED;
}

void
dz_xml_warm(void)
{
    xmlInitParser();
}

struct dz_xml *
dz_xml_new(const struct dz_xml_events *events, void *ctx)
{
    struct dz_xml *x = dz_alloc(sizeof *x);
    x->events = events;
    x->ctx = ctx;
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .entityDecl = on_entity,
        .attributeDecl = on_attribute,
        .serror = on_error,
    };
    x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
    if (x->parser == NULL)
        x->end = DZ_XML_DAMAGED;
    else
        xmlCtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_NOWARNING);
    return x;
}

bool
dz_xml_feed(struct dz_xml *x, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0 && x->end == DZ_XML_WHOLE) {
        int piece = n < 32768 ? (int)n : 32768;
        if (xmlParseChunk(x->parser, at, piece, 0) != 0 && x->end == DZ_XML_WHOLE &&
            !x->parser->wellFormed)
            x->end = DZ_XML_DAMAGED;
        at += piece;
        n -= (size_t)piece;
    }
    return x->end == DZ_XML_WHOLE;
}

enum dz_xml_end
dz_xml_finish(struct dz_xml *x)
{
    if (x->end == DZ_XML_WHOLE) {
        xmlParseChunk(x->parser, NULL, 0, 1);
        if (x->end == DZ_XML_WHOLE && !x->parser->wellFormed)
            x->end = DZ_XML_DAMAGED;
    }
    enum dz_xml_end end = x->end;
    if (x->parser != NULL) {
        if (x->parser->myDoc != NULL)
            xmlFreeDoc(x->parser->myDoc);
        xmlFreeParserCtxt(x->parser);
    }
    dz_free(x);
    return end;
}
