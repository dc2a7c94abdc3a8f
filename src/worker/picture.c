#include "dz_picture.h"

#include <string.h>

#include "dz_mem.h"

/* A replacement for *pix, which is destroyed; NULL stays NULL. */
static void
take(PIX **pix, PIX *made)
{
    pixDestroy(pix);
    *pix = made;
}

/* EXIF 2.3, 4.6.4: where the first row and the first column of the stored pixels belong. */
static void
turn_upright(PIX **pix, unsigned orientation)
{
    if (*pix && (orientation == 2 || orientation == 5 || orientation == 7))
        pixFlipLR(*pix, *pix);
    if (*pix && orientation == 4)
        pixFlipTB(*pix, *pix);
    if (*pix && orientation == 3)
        pixRotate180(*pix, *pix);
    if (*pix && (orientation == 6 || orientation == 7))
        take(pix, pixRotate90(*pix, 1));
    if (*pix && (orientation == 5 || orientation == 8))
        take(pix, pixRotate90(*pix, -1));
}

static PIX *
decode_jpeg(const l_uint8 *p, size_t n, const struct dz_picture_head *head, uint64_t most,
            bool *ret_flawed)
{
    l_int32 reduction = 1;
    l_int32 n_warnings = 0;
    uint64_t pixels = (uint64_t)head->width * head->height;
    for (; most > 0 && reduction < 8 && pixels > most; pixels /= 4)
        reduction *= 2;
    PIX *pix = pixReadMemJpeg(p, n, 0, reduction, &n_warnings, L_JPEG_CONTINUE_WITH_BAD_DATA);
    *ret_flawed = n_warnings > 0;
    return pix;
}

/* Only the first picture, with an end put behind it: others could each be of any size. */
static PIX *
decode_gif(const l_uint8 *p, const struct dz_picture_head *head)
{
    DZ_AUTO_FREE l_uint8 *cut = dz_alloc(head->first_end + 1);
    memcpy(cut, p, head->first_end);
    cut[head->first_end] = 0x3B;
    return pixReadMemGif(cut, head->first_end + 1);
}

static PIX *
decode(struct dz_view bytes, const struct dz_picture_head *head, uint32_t page, uint64_t most,
       bool *ret_flawed)
{
    const l_uint8 *p = (const l_uint8 *)bytes.p;
    switch (head->kind) {
    case DZ_PICTURE_NONE:
        break;
    case DZ_PICTURE_PNG:
        return pixReadMemPng(p, bytes.n);
    case DZ_PICTURE_JPEG:
        return decode_jpeg(p, bytes.n, head, most, ret_flawed);
    case DZ_PICTURE_TIFF:
        return pixReadMemTiff(p, bytes.n, (l_int32)page); /* turns by itself */
    case DZ_PICTURE_BMP:
        return pixReadMemBmp(p, bytes.n);
    case DZ_PICTURE_GIF:
        return decode_gif(p, head);
    case DZ_PICTURE_WEBP:
        return pixReadMemWebP(p, bytes.n);
    case DZ_PICTURE_PNM:
        return pixReadMemPnm(p, bytes.n);
    }
    return NULL;
}

PIX *
dz_picture_decode(struct dz_view bytes, const struct dz_picture_head *head, uint32_t page,
                  uint64_t most, bool *ret_flawed)
{
    setMsgSeverity(L_SEVERITY_NONE);
    bool flawed = false;
    PIX *pix = decode(bytes, head, page, most, &flawed);
    if (ret_flawed)
        *ret_flawed = flawed;
    if (pix && pixGetColormap(pix))
        take(&pix, pixRemoveColormap(pix, REMOVE_CMAP_BASED_ON_SRC));
    if (pix && pixGetDepth(pix) == 32 && pixGetSpp(pix) == 4)
        take(&pix, pixRemoveAlpha(pix));
    turn_upright(&pix, head->orientation);
    return pix;
}
