#include <string.h>

#include "shot_impl.h"

/* The form only: pictures are decoded by readers in the box, when somebody reads them. */

static const char signature[] = "\x89PNG\r\n\x1a\n";

bool
dz_shot_is_png(struct dz_view png, uint64_t *ret_width, uint64_t *ret_height)
{
    struct dz_reader r = dz_reader_of(png.p, png.n);
    const uint8_t *first = dz_read_bytes(&r, sizeof signature - 1);
    bool begun = false;
    if (first == NULL || memcmp(first, signature, sizeof signature - 1) != 0)
        return false;
    for (;;) {
        uint32_t n = dz_read_u32be(&r);
        const uint8_t *type = dz_read_bytes(&r, 4);
        const uint8_t *data = dz_read_bytes(&r, n);
        (void)dz_read_u32be(&r); /* its checksum */
        if (r.failed || type == NULL || (n > 0 && data == NULL))
            return false;
        if (!begun) {
            struct dz_reader head = dz_reader_of(data, n);
            *ret_width = dz_read_u32be(&head);
            *ret_height = dz_read_u32be(&head);
            if (memcmp(type, "IHDR", 4) != 0 || n != 13 || *ret_width == 0 || *ret_height == 0)
                return false;
            begun = true;
        } else if (memcmp(type, "IEND", 4) == 0) {
            return n == 0 && r.pos == r.n;
        }
    }
}

bool
dz_shot_is_pdf(struct dz_view pdf)
{
    static const char end[] = "%%EOF";
    struct dz_view tail = dz_view_trim(pdf.n > 64 ? (struct dz_view){pdf.p + pdf.n - 64, 64}
                                                  : (struct dz_view){pdf.p, pdf.n});
    size_t n = sizeof end - 1;
    return dz_view_starts(pdf, "%PDF-") && tail.n >= n && memcmp(tail.p + tail.n - n, end, n) == 0;
}
