#define _GNU_SOURCE /* memmem, mempcpy */
#include "dz_pdf_open.h"

#include <string.h>

/* The end of a whole file stands in its last bytes; what some servers add behind it is short. */
#define TAIL_BYTES 4096
#define CATALOG_NEAR 4096 /* bytes of a catalog before its type at most */

/* A document of one empty page. While it is open, poppler keeps its lists of character maps, so
 * that
 * a locked-in child need not search folders for them. */
static const char tiny[] =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R"
    "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    "4 0 obj<</Length 23>>stream\nBT /F 1 Tf (a) Tj ET   \nendstream endobj\n"
    "trailer<</Root 1 0 R>>\n%%EOF\n";

/* poppler reports every flaw of a file by a warning of GLib; nobody reads them here. */
static void
ignore(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
    (void)domain;
    (void)level;
    (void)message;
    (void)data;
}

void
dz_pdf_warm(void)
{
    static struct dz_pdf kept; /* alive as long as the process */
    const char *status;
    g_log_set_default_handler(ignore, NULL);
    if (kept.doc || dz_pdf_open(dz_view_of(tiny), &kept, &status))
        return;
    DZ_AUTO_PAGE PopplerPage *page = poppler_document_get_page(kept.doc, 0);
    if (page) {
        DZ_AUTO_G char *text = poppler_page_get_text(page);
        (void)text;
    }
}

static bool
ends(struct dz_view bytes)
{
    size_t n = bytes.n < TAIL_BYTES ? bytes.n : TAIL_BYTES;
    const char *tail = bytes.p + bytes.n - n;
    return memmem(tail, n, "%%EOF", 5) != NULL || memmem(tail, n, "startxref", 9) != NULL;
}

static PopplerDocument *
open_bytes(GBytes *bytes, bool *ret_locked)
{
    GError *error = NULL;
    PopplerDocument *doc = poppler_document_new_from_bytes(bytes, NULL, &error);
    *ret_locked = g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
    g_clear_error(&error);
    return doc;
}

/* The number of the object that holds the catalog: what stands before the last "obj" in front of
 * "/Catalog". 0: there is none to be seen, it may be packed into a stream of objects. */
static unsigned
find_catalog(struct dz_view bytes)
{
    const char *at = memmem(bytes.p, bytes.n, "/Catalog", 8);
    if (!at)
        return 0;
    const char *low = at - bytes.p > CATALOG_NEAR ? at - CATALOG_NEAR : bytes.p;
    for (const char *c = at; c - low > 7; c--) {
        if (memcmp(c - 6, " 0 obj", 6) != 0)
            continue;
        unsigned number = 0;
        unsigned power = 1;
        for (c -= 7; c >= low && *c >= '0' && *c <= '9' && power < 100000000; c--, power *= 10)
            number += (unsigned)(*c - '0') * power;
        return number;
    }
    return 0;
}

/* A file that was cut off has lost its trailer, which names the catalog; poppler can do without all
 * other tables. One is put at its end, and what is there of the pages can be read. */
static PopplerDocument *
open_cut(struct dz_pdf *p, struct dz_view bytes)
{
    unsigned catalog = find_catalog(bytes);
    if (catalog == 0)
        return NULL;
    DZ_AUTO_FREE char *trailer =
        dz_asprintf("\nendstream\nendobj\ntrailer\n<</Root %u 0 R>>\n%%%%EOF\n", catalog);
    size_t n = strlen(trailer);
    char *whole = g_malloc(bytes.n + n);
    char *end = mempcpy(whole, bytes.p, bytes.n);
    (void)mempcpy(end, trailer, n);
    g_bytes_unref(p->bytes);
    p->bytes = g_bytes_new_take(whole, bytes.n + n);
    bool locked;
    return open_bytes(p->bytes, &locked);
}

const char *
dz_pdf_open(struct dz_view bytes, struct dz_pdf *ret, const char **ret_status)
{
    g_log_set_default_handler(ignore, NULL);
    *ret = (struct dz_pdf){.truncated = !ends(bytes)};
    *ret_status = "damaged";
    const char *damage = ret->truncated ? "truncated" : "damaged";
    if (bytes.n == 0)
        return damage;
    bool locked;
    ret->bytes = g_bytes_new_static(bytes.p, bytes.n);
    ret->doc = open_bytes(ret->bytes, &locked);
    if (!ret->doc && !locked && ret->truncated)
        ret->doc = open_cut(ret, bytes);
    if (ret->doc)
        ret->n_pages = poppler_document_get_n_pages(ret->doc);
    const char *why = NULL;
    if (locked) {
        *ret_status = "unsupported";
        why = "encrypted";
    } else if (!ret->doc || ret->n_pages <= 0) {
        why = damage;
    } else if (ret->n_pages > DZ_PDF_PAGES_MAX) {
        *ret_status = "limit";
        why = "too_large";
    }
    if (why)
        dz_pdf_close(ret);
    return why;
}

void
dz_pdf_close(struct dz_pdf *p)
{
    g_clear_object(&p->first);
    g_clear_object(&p->doc);
    g_clear_pointer(&p->bytes, g_bytes_unref);
}
