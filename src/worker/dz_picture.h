/* Pictures in memory: what their headers promise, checked before anything is allocated, and their
 * pixels, upright. For every family that needs pixels: OCR, rebuilding. */
#ifndef DZ_PICTURE_H
#define DZ_PICTURE_H

#include <stdint.h>

/* leptonica's header wants its own type of picture first. */
#include <leptonica/allheaders.h>

#include "dz_buf.h"

#define DZ_PICTURE_PIXELS_MAX 100000000u /* of one page */
#define DZ_PICTURE_PAGES_MAX 1000u

enum dz_picture_kind {
    DZ_PICTURE_NONE,
    DZ_PICTURE_PNG,
    DZ_PICTURE_JPEG,
    DZ_PICTURE_TIFF,
    DZ_PICTURE_BMP,
    DZ_PICTURE_GIF,
    DZ_PICTURE_WEBP,
    DZ_PICTURE_PNM
};

struct dz_picture_head {
    enum dz_picture_kind kind;
    uint32_t width; /* pixels; of several pages, those of the largest */
    uint32_t height;
    uint32_t n_pages;
    unsigned orientation; /* of EXIF, 1 to 8; 1 where decoding turns by itself */
    size_t first_end;     /* GIF: the first picture ends before this byte */
};

/** The kind of a picture by its first bytes. */
enum dz_picture_kind
dz_picture_kind(struct dz_view bytes);
/** Read the header. NULL, or the reason with *ret_status set: "kind" (none of these), "damaged",
 *  and
 * "too_large", where it promises more pixels than are decoded. */
const char *
dz_picture_head(struct dz_view bytes, struct dz_picture_head *ret, const char **ret_status);
/** Orientation in a block of EXIF (with or without its "Exif" mark), 1 when it has none. */
unsigned
dz_picture_orientation(struct dz_view exif);
/** Walk the directories of a TIFF: sizes and number of its pages. */
const char *
dz_picture_tiff_head(struct dz_view bytes, struct dz_picture_head *ret);
/** Pixels of page (from 0), turned upright, transparent ones white; at most 32 bits a pixel. With
 * most > 0, JPEG is decoded at half, quarter or eighth size while it has more pixels than that.
 * *ret_flawed (may be NULL) says whether the bytes end early or make no sense, so that gray stands
 * for what is missing. NULL when it cannot be decoded. Caller destroys with pixDestroy. */
PIX *
dz_picture_decode(struct dz_view bytes, const struct dz_picture_head *head, uint32_t page,
                  uint64_t most, bool *ret_flawed);

#endif
