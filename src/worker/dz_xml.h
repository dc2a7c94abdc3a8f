/* XML as a stream of events, by libxml2's push parser: no tree, no entities but the five of XML
 * itself, no external anything, bounded nesting. A file that declares entities of its own is
 * refused:
 * no office program writes them, and attacks do.
 *
 * Names are local names, without a prefix: office formats never use one local name for two things
 * in
 * a way that matters here. */
#ifndef DZ_XML_H
#define DZ_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"

#define DZ_XML_DEPTH_MAX 200

struct dz_xml;
/** Attributes of the element being opened; valid during the call only. */
struct dz_xml_attrs;
/** The value of an attribute by its local name, as it stands in the file but with references to
 * characters resolved; empty view with p NULL when absent. */
struct dz_view
dz_xml_attr(const struct dz_xml_attrs *a, const char *name);
/** Whether an attribute is there and has this value. */
bool
dz_xml_attr_is(const struct dz_xml_attrs *a, const char *name, const char *value);
/** The same where several attributes share a local name under different prefixes. */
bool
dz_xml_attr_any(const struct dz_xml_attrs *a, const char *name, const char *value);

/** The prefix of the element itself, "" for none. */
const char *
dz_xml_prefix(const struct dz_xml_attrs *a);
/** The attribute number i, for who wants them all. false: there are no more. */
struct dz_xml_attribute {
    struct dz_view prefix; /* empty: none */
    struct dz_view name;
    struct dz_view value;
};
bool
dz_xml_attr_at(const struct dz_xml_attrs *a, size_t i, struct dz_xml_attribute *ret);

struct dz_xml_events { /* any may be NULL */
    void (*start)(void *ctx, const char *name, const struct dz_xml_attrs *a);
    void (*end)(void *ctx, const char *name);
    void (*text)(void *ctx, struct dz_view text);
};

enum dz_xml_end {
    DZ_XML_WHOLE,
    DZ_XML_DAMAGED, /* not well-formed, or cut off: what came before was said */
    DZ_XML_NESTING, /* deeper than DZ_XML_DEPTH_MAX */
    DZ_XML_ENTITY   /* declares entities */
};

/** What libxml2 builds once; before the process is locked in. */
void
dz_xml_warm(void);
/** events and ctx are borrowed until dz_xml_finish. */
struct dz_xml *
dz_xml_new(const struct dz_xml_events *events, void *ctx);
/** Next bytes; false: the rest is not wanted. */
bool
dz_xml_feed(struct dz_xml *x, const void *p, size_t n);
/** All bytes were fed: how it went. Frees x. */
enum dz_xml_end
dz_xml_finish(struct dz_xml *x);

#endif
