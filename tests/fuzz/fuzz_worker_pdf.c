#define _GNU_SOURCE /* memmem */
#include <stdint.h>
#include <string.h>

#include "dz_families.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as a PDF: the reading ends with a status, and what was said is well-formed. poppler
 * 22.12 falls over attachments without a stream (poppler_document_get_attachments), which is for
 * the box to bear: files with names of attachments are read without them here. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(64u << 20);
    struct dz_view bytes = {size ? (const char *)data : "", size};
    dz_family_pdf.warm();
    bool named = memmem(bytes.p, bytes.n, "/Names", 6) != NULL;
    struct dz_work *w = dz_work_memory(bytes, "file.pdf", "application/pdf",
                                       named ? "plain=yes\n" : "parts=yes\n", &out);
    dz_family_pdf.read(w);
    if (!dz_work_is_done(w) || dz_utf8_check(dz_buf_view(&out), NULL) != DZ_OK)
        __builtin_trap();
    dz_work_free(w);
    return 0;
}
