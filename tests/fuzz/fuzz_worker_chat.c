#include <stdint.h>
#include <string.h>

#include "dz_families.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as an export: it ends in exactly one way, what is said is well-formed, and the same
 * bytes say the same again. */
static struct dz_buf
said(struct dz_view bytes)
{
    struct dz_buf out = DZ_BUF((size_t)64 << 20);
    struct dz_work *w = dz_work_memory(bytes, "result.json", "", NULL, &out);
    dz_family_chat.read(w);
    if (!dz_work_is_done(w))
        __builtin_trap();
    dz_work_free(w);
    return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view bytes = {(const char *)data, size};
    DZ_AUTO_BUF struct dz_buf a = said(bytes);
    DZ_AUTO_BUF struct dz_buf b = said(bytes);
    if (!dz_view_eq(dz_buf_view(&a), dz_buf_view(&b)) ||
        dz_utf8_check(dz_buf_view(&a), NULL) != DZ_OK)
        __builtin_trap();
    return 0;
}
