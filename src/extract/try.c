#include <string.h>

#include "dz_extract.h"

/* Whether reading works on this computer: a few bytes of each kind go through the box. What comes
 * of them does not matter, only that a reader locked itself in and answered. */

static const struct {
    const char *name;
    struct dz_view bytes;
} samples[] = {
    {"a.txt", DZ_VIEW_INIT("words")},
    {"a.html", DZ_VIEW_INIT("<html><p>words")},
    {"a.json", DZ_VIEW_INIT("{\"type\":\"saved_messages\",\"messages\":[]}")},
    {"a.pdf", DZ_VIEW_INIT("%PDF-1.4\n")},
    {"a.docx", DZ_VIEW_INIT("PK\x03\x04")},
    {"a.rtf", DZ_VIEW_INIT("{\\rtf1 words}")},
    {"a.eml", DZ_VIEW_INIT("From: a\nMIME-Version: 1.0\nReceived: b\n\nwords")},
    {"a.zip", DZ_VIEW_INIT("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
    {"a.warc", DZ_VIEW_INIT("WARC/1.1\r\n\r\n")},
    {"a.png", DZ_VIEW_INIT("\x89PNG\r\n\x1a\n")},
};

static enum dz_code
feed(void *ctx, dz_extract_chunk_fn *to, void *to_ctx, struct dz_err *err)
{
    const struct dz_view *bytes = ctx;
    return to(to_ctx, bytes->p, bytes->n, err);
}

enum dz_code
dz_extract_try(struct dz_box *box, struct dz_err *err)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct dz_view bytes = samples[i].bytes;
        struct dz_extract_job job = {
            .name = samples[i].name, .size_bytes = bytes.n, .feed = feed, .feed_ctx = &bytes};
        DZ_AUTO_EXTRACTED struct dz_extracted x = {0};
        DZ_TRY(dz_extract(box, &job, &x, err));
        if (x.status == DZ_EXTRACT_FAILED)
            return dz_fail(err, DZ_E_IO, "%s: %s", x.media_type, dz_extract_reason(x.why));
    }
    return DZ_OK;
}
