#include <stdint.h>

#include "dz_picture.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PIXELS_MOST (1u << 20) /* so that most inputs are small enough to be decoded too */

/* Any bytes as a picture: what the header promises is within the limits, and what is decoded is
 * what it promised, turned. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view bytes = {size ? (const char *)data : "", size};
    struct dz_picture_head head;
    const char *status;
    (void)dz_picture_orientation(bytes);
    if (dz_picture_head(bytes, &head, &status))
        return 0;
    uint64_t pixels = (uint64_t)head.width * head.height;
    if (pixels == 0 || pixels > DZ_PICTURE_PIXELS_MAX || head.n_pages > DZ_PICTURE_PAGES_MAX ||
        head.orientation < 1 || head.orientation > 8)
        __builtin_trap();
    if (pixels > PIXELS_MOST)
        return 0;
    PIX *pix = dz_picture_decode(bytes, &head, 0, 0, NULL);
    if (pix && (uint64_t)pixGetWidth(pix) * (uint64_t)pixGetHeight(pix) > DZ_PICTURE_PIXELS_MAX)
        __builtin_trap();
    pixDestroy(&pix);
    return 0;
}
