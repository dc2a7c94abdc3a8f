#include <stdint.h>
#include <string.h>

#include "dz_families.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as the body of an answer, packed or not: it ends in exactly one way, and what is said
 * is
 * well-formed. The first byte chooses the options. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const options[] = {
        "kind=css\n",
        "kind=html\n",
        "kind=css\nchunked=yes\n",
        "kind=html\nchunked=yes\nencoding=gzip\n",
        "kind=html\nencoding=br\n",
        "kind=css\nencoding=deflate\n",
        "kind=html\ncharset=windows-1251\n",
        "kind=body\nparts=yes\nchunked=yes\nencoding=br\n",
        "kind=body\nparts=yes\nencoding=gzip\n",
    };
    if (size == 0)
        return 0;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF((size_t)64 << 20);
    struct dz_view body = {(const char *)data + 1, size - 1};
    struct dz_work *w = dz_work_memory(body, "page", "application/octet-stream",
                                       options[data[0] % (sizeof options / sizeof *options)], &out);
    dz_family_needs.read(w);
    if (!dz_work_is_done(w) || dz_utf8_check(dz_buf_view(&out), NULL) != DZ_OK)
        __builtin_trap();
    dz_work_free(w);
    return 0;
}
