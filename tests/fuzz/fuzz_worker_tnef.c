#include <stdint.h>

#include "any_bytes.h"
#include "dz_tnef.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says what the rest is: a message behind its signature, or RTF packed alone, which
 * a message reaches only through a list of properties. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view bytes = {size > 0 ? (const char *)data + 1 : "", size > 0 ? size - 1 : 0};
    if (size > 0 && data[0] == 'r') {
        DZ_AUTO_BUF struct dz_buf rtf = {0};
        (void)dz_tnef_unpack_rtf(bytes, &rtf);
        return 0;
    }
    DZ_AUTO_BUF struct dz_buf whole = DZ_BUF(64u << 20);
    dz_buf_add(&whole, "\x78\x9f\x3e\x22", 4);
    dz_buf_addv(&whole, bytes);
    read_any_bytes(&dz_family_mail, (const uint8_t *)whole.p, whole.n);
    return 0;
}
