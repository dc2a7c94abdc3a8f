#include <stdint.h>
#include <string.h>

#include "dz_families.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte names the kind, the rest is the document: it ends in exactly one way, what is said
 * is well-formed, and the same bytes say the same again. */
static struct dz_buf
said(struct dz_view bytes, const char *name)
{
    struct dz_buf out = DZ_BUF((size_t)64 << 20);
    struct dz_work *w = dz_work_memory(bytes, name, "", NULL, &out);
    dz_family_text.read(w);
    if (!dz_work_is_done(w))
        __builtin_trap();
    dz_work_free(w);
    return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a.txt", "a.md", "a.csv", "a.tsv", "a.srt", "a.vtt"};
    if (size == 0)
        return 0;
    const char *name = names[data[0] % (sizeof names / sizeof *names)];
    struct dz_view bytes = {(const char *)data + 1, size - 1};
    DZ_AUTO_BUF struct dz_buf a = said(bytes, name);
    DZ_AUTO_BUF struct dz_buf b = said(bytes, name);
    if (!dz_view_eq(dz_buf_view(&a), dz_buf_view(&b)) ||
        dz_utf8_check(dz_buf_view(&a), NULL) != DZ_OK)
        __builtin_trap();
    return 0;
}
