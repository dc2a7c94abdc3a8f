#include "pdf_impl.h"

#include <string.h>

static void
meta(struct dz_work *w, const char *key, const char *value)
{
    struct dz_view v = dz_view_trim(dz_view_of(value));
    if (v.n > 0)
        dz_work_meta(w, key, v);
}

/* Takes the string. */
static void
say(struct dz_work *w, const char *key, const char *field, char *taken)
{
    DZ_AUTO_G char *value = taken;
    if (!value)
        return;
    meta(w, key, value);
    if (field)
        dz_work_field(w, field, dz_view_trim(dz_view_of(value)));
}

/* With its own offset from UTC, which tells where the writing program thought it was. Takes the
 * time. */
static void
say_time(struct dz_work *w, const char *key, GDateTime *taken)
{
    if (!taken)
        return;
    DZ_AUTO_G char *text = g_date_time_format(taken, "%Y-%m-%dT%H:%M:%S%:z");
    g_date_time_unref(taken);
    if (text)
        meta(w, key, text);
}

static void
say_count(struct dz_work *w, const char *key, long n)
{
    if (n <= 0)
        return;
    DZ_AUTO_FREE char *text = dz_asprintf("%ld", n);
    meta(w, key, text);
}

/* The two halves of /ID: the first is kept when a file is written anew, the second is not. Each is
 * 32 digits without an end mark. */
static void
say_id(struct dz_work *w, PopplerDocument *doc)
{
    DZ_AUTO_G char *first = NULL;
    DZ_AUTO_G char *second = NULL;
    if (!poppler_document_get_id(doc, &first, &second))
        return;
    if (first)
        dz_work_meta(w, "pdf.ID", (struct dz_view){first, strnlen(first, 32)});
    if (second)
        dz_work_meta(w, "pdf.InstanceID", (struct dz_view){second, strnlen(second, 32)});
}

void
dz_pdf_meta(struct dz_work *w, const struct dz_pdf *p)
{
    PopplerDocument *doc = p->doc;
    say(w, "pdf.Title", "title", poppler_document_get_title(doc));
    say(w, "pdf.Author", "author", poppler_document_get_author(doc));
    say(w, "pdf.Subject", NULL, poppler_document_get_subject(doc));
    say(w, "pdf.Keywords", NULL, poppler_document_get_keywords(doc));
    say(w, "pdf.Creator", NULL, poppler_document_get_creator(doc));
    say(w, "pdf.Producer", NULL, poppler_document_get_producer(doc));
    /* When a file was made is not when it was published: metadata, no field. */
    say_time(w, "pdf.CreationDate", poppler_document_get_creation_date_time(doc));
    say_time(w, "pdf.ModDate", poppler_document_get_modification_date_time(doc));
    say(w, "pdf.Version", NULL, poppler_document_get_pdf_version_string(doc));
    say_count(w, "pdf.Pages", p->n_pages);
    say_id(w, doc);
    if (poppler_document_get_permissions(doc) != POPPLER_PERMISSIONS_FULL)
        meta(w, "pdf.Permissions", "restricted");
    if (poppler_document_has_javascript(doc))
        meta(w, "pdf.JavaScript", "yes");
    say_count(w, "pdf.Signatures", poppler_document_get_n_signatures(doc));
    DZ_AUTO_G char *packet = poppler_document_get_metadata(doc);
    if (packet)
        dz_pdf_xmp(w, packet);
}
