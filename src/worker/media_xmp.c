#include <stdio.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_xml.h"
#include "media_impl.h"

/* XMP is RDF written in a few fixed ways (ISO 16684-1, 7): a property is an attribute of a
 * description, or an element with text, a list of rdf:li, or further properties. Prefixes are
 * customary and taken as they stand. */

#define NAME_MAX 56
#define VALUES_MAX 1000

struct packet {
    struct dz_media *m;
    char names[DZ_XML_DEPTH_MAX + 1][NAME_MAX]; /* property around each depth; "" outside */
    size_t depth;
    size_t n_values;
    struct dz_buf text;
};

/* What RDF and XMP put around properties. */
static bool
is_frame(struct dz_view prefix)
{
    return prefix.n == 0 || dz_view_is(prefix, "rdf") || dz_view_is(prefix, "x") ||
           dz_view_is(prefix, "xml");
}

static void
name_of(char ret[NAME_MAX], struct dz_view prefix, struct dz_view local)
{
    bool own = dz_view_is(prefix, "xmp");
    (void)snprintf(ret, NAME_MAX, "%.*s%s%.*s", own ? 0 : (int)prefix.n, prefix.p, own ? "" : ".",
                   (int)(local.n < NAME_MAX ? local.n : NAME_MAX), local.p);
}

static void
say(struct packet *p, const char *name, struct dz_view value)
{
    value = dz_view_trim(value);
    if (value.n == 0 || p->n_values++ >= VALUES_MAX)
        return;
    /* A small picture of the picture, as text. */
    if (strcmp(name, "xmpGImg.image") == 0) {
        dz_media_sayf(p->m, "xmp.thumbnail", "%zu bytes in base64", value.n);
        return;
    }
    dz_media_say_named(p->m, "xmp.", dz_view_of(name), value);
    if (strcmp(name, "dc.title") == 0)
        dz_media_field(p->m, "title", value);
    else if (strcmp(name, "prism.publicationDate") == 0 || strcmp(name, "dcterms.issued") == 0)
        dz_media_field(p->m, "published", value);
}

/* libxml2 leaves an ampersand in an attribute as a reference to its number. */
static void
say_attribute(struct packet *p, const char *name, struct dz_view value)
{
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(DZ_MEDIA_XMP);
    for (size_t i = 0; i < value.n; i++) {
        dz_buf_addc(&plain, value.p[i]);
        if (dz_media_has(value, i, "&#38;", 5))
            i += 4;
    }
    say(p, name, dz_buf_view(&plain));
}

static void
flush(struct packet *p)
{
    if (p->depth > 0 && p->names[p->depth - 1][0])
        say(p, p->names[p->depth - 1], dz_buf_view(&p->text));
    dz_buf_reset(&p->text);
}

static void
on_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct packet *p = ctx;
    flush(p);
    struct dz_view prefix = dz_view_of(dz_xml_prefix(a));
    char *own = p->names[p->depth];
    if (!is_frame(prefix))
        name_of(own, prefix, dz_view_of(name));
    else if (p->depth > 0)
        memcpy(own, p->names[p->depth - 1], NAME_MAX);
    else
        own[0] = '\0';
    p->depth++;
    for (size_t i = 0;; i++) {
        struct dz_xml_attribute one;
        char key[NAME_MAX];
        if (!dz_xml_attr_at(a, i, &one))
            return;
        if (is_frame(one.prefix))
            continue;
        name_of(key, one.prefix, one.name);
        say_attribute(p, key, one.value);
    }
}

static void
on_end(void *ctx, const char *name)
{
    (void)name;
    struct packet *p = ctx;
    flush(p);
    p->depth -= p->depth > 0;
}

static void
on_text(void *ctx, struct dz_view text)
{
    struct packet *p = ctx;
    dz_buf_addv(&p->text, text);
}

/* Padding of thousands of spaces, and in pictures bytes of a trailer, stand behind the packet. */
static struct dz_view
trimmed(struct dz_view v)
{
    while (v.n > 0 && v.p[v.n - 1] != '>')
        v.n--;
    while (v.n > 0 && v.p[0] != '<')
        v = (struct dz_view){v.p + 1, v.n - 1};
    return v;
}

void
dz_media_xmp(struct dz_media *m, struct dz_view packet)
{
    static const struct dz_xml_events events = {on_start, on_end, on_text};
    DZ_AUTO_FREE struct packet *p = dz_alloc(sizeof *p);
    p->m = m;
    p->text.max = DZ_MEDIA_XMP;
    packet = trimmed(packet);
    if (packet.n == 0 || packet.n > DZ_MEDIA_XMP)
        return;
    struct dz_xml *x = dz_xml_new(&events, p);
    (void)dz_xml_feed(x, packet.p, packet.n);
    /* What came before a flaw was said and stays. */
    (void)dz_xml_finish(x);
    dz_buf_done(&p->text);
}
