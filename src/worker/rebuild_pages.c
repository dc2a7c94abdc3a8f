#include "rebuild_impl.h"

#include <stdarg.h>
#include <stdio.h>

#include <zlib.h>

#include "dz_mem.h"

#define JPEG_QUALITY 85
#define OBJECTS_BEFORE 2 /* the catalog and the list of pages */
#define OBJECTS_A_PAGE 3 /* page, content, picture */

static void
put(struct dz_pages *p, const void *bytes, size_t n)
{
    dz_work_part_data(p->w, bytes, n);
    p->at += n;
}

static void
putf(struct dz_pages *p, const char *fmt, ...) DZ_PRINTF(2, 3);

static void
putf(struct dz_pages *p, const char *fmt, ...)
{
    char line[512];
    va_list list;
    va_start(list, fmt);
    int n = vsnprintf(line, sizeof line, fmt, list);
    va_end(list);
    if (n > 0 && (size_t)n < sizeof line)
        put(p, line, (size_t)n);
}

static void
begin_object(struct dz_pages *p, size_t number)
{
    p->offsets = dz_grow(p->offsets, &p->cap, number + 1, sizeof *p->offsets);
    p->offsets[number] = p->at;
    p->n_offsets = number + 1 > p->n_offsets ? number + 1 : p->n_offsets;
    putf(p, "%zu 0 obj\n", number);
}

void
dz_pages_begin(struct dz_pages *p, struct dz_work *w)
{
    *p = (struct dz_pages){.w = w};
    putf(p, "%%PDF-1.4\n%%\xe2\xe3\xcf\xd3\n");
}

/* Rows of 1 or 3 bytes a pixel, as PDF wants them. */
static uint8_t *
rows_of(PIX *pix, bool gray, size_t *ret_n)
{
    size_t width = (size_t)pixGetWidth(pix);
    size_t height = (size_t)pixGetHeight(pix);
    size_t wpl = (size_t)pixGetWpl(pix);
    bool eight = pixGetDepth(pix) == 8;
    *ret_n = width * height * (gray ? 1 : 3);
    uint8_t *rows = dz_alloc(*ret_n);
    uint8_t *to = rows;
    for (size_t y = 0; y < height; y++) {
        const l_uint32 *line = pixGetData(pix) + y * wpl;
        for (size_t x = 0; x < width; x++) {
            uint32_t c = eight ? (uint32_t)GET_DATA_BYTE(line, x) << 24 : line[x];
            *to++ = (uint8_t)(c >> 24);
            if (!gray) {
                *to++ = (uint8_t)(c >> 16);
                *to++ = (uint8_t)(c >> 8);
            }
        }
    }
    return rows;
}

static bool
is_gray(PIX *pix)
{
    if (pixGetDepth(pix) == 8)
        return true;
    size_t n = (size_t)pixGetWpl(pix) * (size_t)pixGetHeight(pix);
    const l_uint32 *data = pixGetData(pix);
    for (size_t i = 0; i < n; i++)
        if ((data[i] >> 24) != (data[i] >> 16 & 255) || (data[i] >> 24) != (data[i] >> 8 & 255))
            return false;
    return true;
}

struct packed {
    uint8_t *flate; /* dz_free */
    size_t n_flate;
    l_uint8 *jpeg; /* lept_free */
    size_t n_jpeg;
};

/* Writing is sharp and small without loss; a photograph is neither, and a JPEG of it is far
 * smaller.
 * Whichever it is shows in the sizes. */
static bool
pack(PIX *pix, bool gray, struct packed *ret)
{
    *ret = (struct packed){0};
    size_t n;
    DZ_AUTO_FREE uint8_t *rows = rows_of(pix, gray, &n);
    uLongf room = compressBound(n);
    ret->flate = dz_alloc(room);
    if (compress2(ret->flate, &room, rows, n, 6) != Z_OK)
        return false;
    ret->n_flate = room;
    if (pixWriteMemJpeg(&ret->jpeg, &ret->n_jpeg, pix, JPEG_QUALITY, 0) != 0 ||
        ret->n_jpeg >= ret->n_flate / 3 * 2) {
        lept_free(ret->jpeg);
        ret->jpeg = NULL;
    }
    return true;
}

static void
put_picture(struct dz_pages *p, PIX *pix, size_t number, bool gray, const struct packed *packed)
{
    /* leptonica writes 32 bits as three colours, even where they are equal. */
    bool one = packed->jpeg ? pixGetDepth(pix) == 8 : gray;
    size_t n = packed->jpeg ? packed->n_jpeg : packed->n_flate;
    begin_object(p, number);
    putf(p,
         "<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%s/BitsPerComponent 8"
         "/Filter/%s/Length %zu>>stream\n",
         pixGetWidth(pix), pixGetHeight(pix), one ? "DeviceGray" : "DeviceRGB",
         packed->jpeg ? "DCTDecode" : "FlateDecode", n);
    put(p, packed->jpeg ? packed->jpeg : packed->flate, n);
    putf(p, "\nendstream\nendobj\n");
}

bool
dz_pages_add(struct dz_pages *p, PIX *pix, double width, double height)
{
    struct packed packed;
    bool gray = is_gray(pix);
    bool ok = pack(pix, gray, &packed);
    if (ok) {
        size_t page = 1 + OBJECTS_BEFORE + OBJECTS_A_PAGE * p->n_pages++;
        begin_object(p, page);
        putf(p,
             "<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.0f %.0f]/Contents %zu 0 R"
             "/Resources<</XObject<</I %zu 0 R>>>>>>\nendobj\n",
             width, height, page + 1, page + 2);
        char content[128];
        int n = snprintf(content, sizeof content, "q %.0f 0 0 %.0f 0 0 cm /I Do Q", width, height);
        begin_object(p, page + 1);
        putf(p, "<</Length %d>>stream\n%s\nendstream\nendobj\n", n, content);
        put_picture(p, pix, page + 2, gray, &packed);
    }
    dz_free(packed.flate);
    lept_free(packed.jpeg);
    return ok;
}

void
dz_pages_end(struct dz_pages *p)
{
    begin_object(p, 1);
    putf(p, "<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    begin_object(p, 2);
    putf(p, "<</Type/Pages/Count %zu/Kids[", p->n_pages);
    for (size_t i = 0; i < p->n_pages; i++)
        putf(p, "%zu 0 R ", 1 + OBJECTS_BEFORE + OBJECTS_A_PAGE * i);
    putf(p, "]>>\nendobj\n");
    uint64_t start = p->at;
    putf(p, "xref\n0 %zu\n0000000000 65535 f \n", p->n_offsets);
    for (size_t i = 1; i < p->n_offsets; i++)
        putf(p, "%010llu 00000 n \n", (unsigned long long)p->offsets[i]);
    putf(p, "trailer\n<</Size %zu/Root 1 0 R>>\nstartxref\n%llu\n%%%%EOF\n", p->n_offsets,
         (unsigned long long)start);
    dz_free(p->offsets);
    p->offsets = NULL;
}
