/* For fuzz targets of readers: any bytes; the reading ends with a status, and what was said is
 * well-formed. */
#ifndef ANY_BYTES_H
#define ANY_BYTES_H

#include "dz_families.h"
#include "dz_utf8.h"

static inline void
read_any_bytes(const struct dz_family *f, const uint8_t *data, size_t size)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(64u << 20);
    struct dz_view bytes = {size ? (const char *)data : "", size};
    struct dz_work *w =
        dz_work_memory(bytes, "file", "application/octet-stream", "parts=yes\n", &out);
    f->read(w);
    if (!dz_work_is_done(w) || dz_utf8_check(dz_buf_view(&out), NULL) != DZ_OK)
        __builtin_trap();
    dz_work_free(w);
}

#endif
