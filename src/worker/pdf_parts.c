#include "pdf_impl.h"

#include <string.h>

/* Files inside one PDF, and their bytes together. A few kilobytes can unpack to any size. */
#define PARTS_MAX 10000
#define PARTS_BYTES_MAX (192u << 20)

struct sink {
    struct dz_work *w;
    struct dz_pdf_taken *taken;
};

static gboolean
on_bytes(const gchar *p, gsize n, gpointer data, GError **error)
{
    (void)error;
    struct sink *s = data;
    if (n > PARTS_BYTES_MAX - s->taken->bytes) {
        s->taken->full = true;
        return FALSE;
    }
    s->taken->bytes += n;
    dz_work_part_data(s->w, p, n);
    return TRUE;
}

/* Borrowed time, as the attachment keeps it. */
static void
say_time(struct dz_work *w, const char *key, GDateTime *time)
{
    if (!time)
        return;
    DZ_AUTO_G char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S%:z");
    if (text)
        dz_work_part_meta(w, key, dz_view_of(text));
}

void
dz_pdf_attachment(struct dz_work *w, PopplerAttachment *a, struct dz_pdf_taken *taken)
{
    if (taken->full || taken->n >= PARTS_MAX) {
        taken->full = true;
        return;
    }
    taken->n++;
    /* The type that a PDF gives to its attachments is whatever its writer liked: the first bytes
     * tell better, and whoever takes the part looks at them. */
    dz_work_part_begin(w, dz_view_of(poppler_attachment_get_name(a)), "application/octet-stream");
    const gchar *description = poppler_attachment_get_description(a);
    if (description && *description)
        dz_work_part_meta(w, "pdf.Description", dz_view_of(description));
    GDateTime *changed = poppler_attachment_get_mtime(a);
    say_time(w, "date", changed ? changed : poppler_attachment_get_ctime(a));
    const char *wanted = dz_work_option(w, "parts");
    struct sink sink = {.w = w, .taken = taken};
    if (wanted && strcmp(wanted, "yes") == 0)
        (void)poppler_attachment_save_to_callback(a, on_bytes, &sink, NULL);
    dz_work_part_end(w);
}

bool
dz_pdf_attachments(struct dz_work *w, const struct dz_pdf *p)
{
    struct dz_pdf_taken taken = {0};
    GList *list = poppler_document_get_attachments(p->doc);
    for (GList *i = list; i; i = i->next)
        dz_pdf_attachment(w, i->data, &taken);
    g_list_free_full(list, g_object_unref);
    return !taken.full;
}
