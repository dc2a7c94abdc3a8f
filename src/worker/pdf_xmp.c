#include "pdf_impl.h"

#include <string.h>

/* XMP is RDF written in a few fixed ways (ISO 16684-1, 7): a property is an attribute of a
 * description, or an element with text, a list of rdf:li, or further properties. GLib's small
 * parser
 * is enough for that, and knows no document type and no entities of one. Prefixes are customary and
 * taken as they stand. */

#define XMP_MAX (4u << 20) /* bytes of a packet */
#define DEPTH_MAX 32
#define VALUES_MAX 1000

struct packet {
    struct dz_work *w;
    char names[DEPTH_MAX][DZ_WIRE_KEY_MAX]; /* property around each depth; "" outside */
    int depth;
    int n_values;
};

static bool
is_frame(const char *name)
{
    return g_str_has_prefix(name, "rdf:") || g_str_has_prefix(name, "x:") || !strchr(name, ':');
}

static const struct {
    const char *name;
    const char *field;
} fields[] = {
    {"dc:title", "title"},
    {"dc:creator", "author"},
    {"dc:language", "language"},
    {"prism:publicationDate", "published"},
    {"prism:coverDate", "published"},
    {"dcterms:issued", "published"},
};

static void
say(struct packet *p, const char *name, const char *value, size_t n)
{
    struct dz_view v = dz_view_trim((struct dz_view){value, n});
    if (v.n == 0 || p->n_values++ >= VALUES_MAX)
        return;
    /* xmp:CreatorTool is xmp.CreatorTool, dc:title is xmp.dc.title. */
    char key[DZ_WIRE_KEY_MAX + 8];
    const char *local = g_str_has_prefix(name, "xmp:") ? name + 4 : name;
    g_snprintf(key, sizeof key, "xmp.%s", local);
    for (char *c = key; *c; c++)
        if (*c == ':')
            *c = '.';
    dz_work_meta(p->w, key, v);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, name) == 0)
            dz_work_field(p->w, fields[i].field, v);
}

static void
on_start(GMarkupParseContext *x, const char *name, const char **keys, const char **values,
         gpointer data, GError **error)
{
    (void)x;
    struct packet *p = data;
    if (p->depth + 1 >= DEPTH_MAX) {
        g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_PARSE, "deep");
        return;
    }
    const char *around = p->depth > 0 ? p->names[p->depth - 1] : "";
    const char *property = is_frame(name) ? around : name;
    g_strlcpy(p->names[p->depth++], property, DZ_WIRE_KEY_MAX);
    for (size_t i = 0; keys[i]; i++)
        if (!is_frame(keys[i]) && !g_str_has_prefix(keys[i], "xml"))
            say(p, keys[i], values[i], strlen(values[i]));
}

static void
on_end(GMarkupParseContext *x, const char *name, gpointer data, GError **error)
{
    (void)x;
    (void)name;
    (void)error;
    struct packet *p = data;
    p->depth--;
}

static void
on_text(GMarkupParseContext *x, const char *text, gsize n, gpointer data, GError **error)
{
    (void)x;
    (void)error;
    struct packet *p = data;
    if (p->depth > 0 && p->names[p->depth - 1][0])
        say(p, p->names[p->depth - 1], text, n);
}

void
dz_pdf_xmp(struct dz_work *w, const char *packet)
{
    static const GMarkupParser parser = {
        .start_element = on_start, .end_element = on_end, .text = on_text};
    size_t n = strlen(packet);
    if (n > XMP_MAX)
        return;
    struct packet *p = g_new0(struct packet, 1);
    p->w = w;
    GMarkupParseContext *x = g_markup_parse_context_new(&parser, 0, p, NULL);
    /* What came before a flaw was said and stays. */
    if (g_markup_parse_context_parse(x, packet, (gssize)n, NULL))
        (void)g_markup_parse_context_end_parse(x, NULL);
    g_markup_parse_context_free(x);
    g_free(p);
}
