#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "log_impl.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as a frame. The checksum would keep a fuzzer out, so the form is tried without it too;
 * what is accepted with it is written again as the same bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view bytes = {.p = (const char *)data, .n = size};
    struct frame frame;
    (void)dz_has_hole(bytes, size);
    if (!dz_frame_parse(bytes, FRAME_WITHOUT_CRC, &frame))
        return 0;
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(FRAME_MAX);
    dz_frame_write(&again, frame.type, frame.seq, frame.leaf, frame.sealed);
    if (again.n != frame.n_bytes || memcmp(again.p, data, again.n - 4) != 0)
        abort();
    struct frame strict;
    bool whole = dz_frame_parse(bytes, FRAME_STRICT, &strict);
    if (whole != (memcmp(again.p, data, again.n) == 0))
        abort();
    return 0;
}
