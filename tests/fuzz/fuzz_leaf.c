#include <stdint.h>
#include <stdlib.h>

#include "dz_entry.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as a leaf record: what is accepted is written again as the same bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_leaf leaf;
    struct dz_view bytes = {.p = (const char *)data, .n = size};
    if (dz_leaf_decode(bytes, &leaf, NULL) != DZ_OK)
        return 0;
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(1u << 20);
    if (dz_leaf_encode(&leaf, &again, NULL) != DZ_OK || !dz_view_eq(dz_buf_view(&again), bytes))
        abort();
    dz_leaf_done(&leaf);
    return 0;
}
