#include "dz_picture.h"

#include <string.h>

/* Sides that no format needs to pass; sums of them fit everywhere. */
#define SIDE_MAX 1000000u

static uint32_t
be(const uint8_t *p, unsigned n)
{
    uint32_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static uint32_t
le(const uint8_t *p, unsigned n)
{
    uint32_t v = 0;
    for (unsigned i = n; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}

struct bytes {
    const uint8_t *p;
    size_t n;
};

static bool
starts(struct bytes b, size_t at, const char *mark, size_t n)
{
    return b.n >= at && b.n - at >= n && memcmp(b.p + at, mark, n) == 0;
}

enum dz_picture_kind
dz_picture_kind(struct dz_view v)
{
    struct bytes b = {(const uint8_t *)v.p, v.n};
    if (starts(b, 0, "\x89PNG\r\n\x1a\n", 8))
        return DZ_PICTURE_PNG;
    if (starts(b, 0, "\xff\xd8\xff", 3))
        return DZ_PICTURE_JPEG;
    if (starts(b, 0, "II*\0", 4) || starts(b, 0, "MM\0*", 4))
        return DZ_PICTURE_TIFF;
    if (starts(b, 0, "BM", 2) && b.n >= 26)
        return DZ_PICTURE_BMP;
    if (starts(b, 0, "GIF87a", 6) || starts(b, 0, "GIF89a", 6))
        return DZ_PICTURE_GIF;
    if (starts(b, 0, "RIFF", 4) && starts(b, 8, "WEBP", 4))
        return DZ_PICTURE_WEBP;
    if (b.n > 3 && b.p[0] == 'P' && b.p[1] >= '1' && b.p[1] <= '6' && strchr(" \t\r\n#", b.p[2]))
        return DZ_PICTURE_PNM;
    return DZ_PICTURE_NONE;
}

/* PNG (ISO 15948): chunks of length, name, bytes, sum. The first is IHDR; eXIf may stand
 * anywhere. */
static bool
read_png(struct bytes b, struct dz_picture_head *h)
{
    if (!starts(b, 12, "IHDR", 4) || b.n < 33)
        return false;
    h->width = be(b.p + 16, 4);
    h->height = be(b.p + 20, 4);
    for (size_t at = 8; at + 12 <= b.n;) {
        size_t n = be(b.p + at, 4);
        if (n > b.n - at - 12)
            break;
        if (starts(b, at + 4, "eXIf", 4))
            h->orientation =
                dz_picture_orientation((struct dz_view){(const char *)b.p + at + 8, n});
        at += n + 12;
    }
    return true;
}

static bool
is_frame_head(uint8_t mark)
{
    return mark >= 0xC0 && mark <= 0xCF && mark != 0xC4 && mark != 0xC8 && mark != 0xCC;
}

/* JPEG (ISO 10918-1, B.1): marks with lengths up to the head of the frame. */
static bool
read_jpeg(struct bytes b, struct dz_picture_head *h)
{
    bool turned = false;
    for (size_t at = 2; at + 4 <= b.n;) {
        if (b.p[at] != 0xFF)
            return false;
        uint8_t mark = b.p[at + 1];
        if (mark == 0xFF || (mark >= 0xD0 && mark <= 0xD7) || mark == 0x01) {
            at += mark == 0xFF ? 1 : 2; /* filling, or a mark without length */
            continue;
        }
        size_t n = be(b.p + at + 2, 2);
        if (n < 2 || n > b.n - at - 2)
            return false;
        if (is_frame_head(mark)) {
            if (n < 8)
                return false;
            h->height = be(b.p + at + 5, 2);
            h->width = be(b.p + at + 7, 2);
            return true;
        }
        if (mark == 0xE1 && !turned && starts(b, at + 4, "Exif\0", 5)) {
            h->orientation =
                dz_picture_orientation((struct dz_view){(const char *)b.p + at + 4, n - 2});
            turned = true;
        }
        at += n + 2;
    }
    return false;
}

/* Windows and OS/2 heads; a negative height means that rows begin at the top. */
static bool
read_bmp(struct bytes b, struct dz_picture_head *h)
{
    uint32_t size = le(b.p + 14, 4);
    bool old = size == 12;
    if (!old && (size < 40 || b.n < 54))
        return false;
    h->width = le(b.p + 18, old ? 2 : 4);
    h->height = old ? le(b.p + 20, 2) : le(b.p + 22, 4);
    if (h->height > INT32_MAX)
        h->height = 0u - h->height;
    return true;
}

/* Blocks of at most 255 bytes, ended by an empty one. Returns where they end, 0 when they do
 * not. */
static size_t
skip_blocks(struct bytes b, size_t at)
{
    while (at < b.n) {
        size_t n = b.p[at];
        at += n + 1;
        if (n == 0)
            return at;
    }
    return 0;
}

/* GIF89a: only the first picture is decoded, so only its own size matters. */
static bool
read_gif(struct bytes b, struct dz_picture_head *h)
{
    if (b.n < 13)
        return false;
    size_t at = 13;
    if (b.p[10] & 0x80)
        at += (size_t)3 << ((b.p[10] & 7) + 1);
    while (at + 10 < b.n) {
        if (b.p[at] == 0x21) {
            at = skip_blocks(b, at + 2);
            if (at == 0)
                return false;
            continue;
        }
        if (b.p[at] != 0x2C)
            return false;
        h->width = le(b.p + at + 5, 2);
        h->height = le(b.p + at + 7, 2);
        uint8_t flags = b.p[at + 9];
        at += 10 + (flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0);
        h->first_end = skip_blocks(b, at + 1);
        return h->first_end > 0;
    }
    return false;
}

/* WebP container specification: RIFF chunks; the first names the coding. */
static bool
read_webp(struct bytes b, struct dz_picture_head *h)
{
    if (b.n < 30)
        return false;
    const uint8_t *d = b.p + 20;
    if (starts(b, 12, "VP8X", 4)) {
        h->width = le(d + 4, 3) + 1;
        h->height = le(d + 7, 3) + 1;
    } else if (starts(b, 12, "VP8L", 4)) {
        uint32_t bits = le(d + 1, 4);
        h->width = (bits & 0x3FFF) + 1;
        h->height = (bits >> 14 & 0x3FFF) + 1;
    } else if (starts(b, 12, "VP8 ", 4)) {
        h->width = le(d + 6, 2) & 0x3FFF;
        h->height = le(d + 8, 2) & 0x3FFF;
    } else {
        return false;
    }
    for (size_t at = 12; at + 8 <= b.n;) {
        size_t n = le(b.p + at + 4, 4);
        if (n > b.n - at - 8)
            break;
        if (starts(b, at, "EXIF", 4))
            h->orientation =
                dz_picture_orientation((struct dz_view){(const char *)b.p + at + 8, n});
        at += 8 + n + (n & 1);
    }
    return true;
}

/* Netpbm: numbers in words, between spaces and remarks. */
static bool
read_number(struct bytes b, size_t *at, uint32_t *ret)
{
    for (; *at < b.n; (*at)++) {
        if (b.p[*at] == '#')
            while (*at + 1 < b.n && b.p[*at] != '\n')
                (*at)++;
        else if (!strchr(" \t\r\n", b.p[*at]) || b.p[*at] == 0)
            break;
    }
    uint32_t v = 0;
    size_t from = *at;
    for (; *at < b.n && b.p[*at] >= '0' && b.p[*at] <= '9' && v <= SIDE_MAX; (*at)++)
        v = v * 10 + (uint32_t)(b.p[*at] - '0');
    *ret = v;
    return *at > from;
}

static bool
read_pnm(struct bytes b, struct dz_picture_head *h)
{
    size_t at = 2;
    return read_number(b, &at, &h->width) && read_number(b, &at, &h->height);
}

const char *
dz_picture_head(struct dz_view v, struct dz_picture_head *ret, const char **ret_status)
{
    struct bytes b = {(const uint8_t *)v.p, v.n};
    *ret = (struct dz_picture_head){.kind = dz_picture_kind(v), .n_pages = 1, .orientation = 1};
    const char *why = NULL;
    bool ok = false;
    *ret_status = "damaged";
    switch (ret->kind) {
    case DZ_PICTURE_NONE:
        *ret_status = "unsupported";
        return "kind";
    case DZ_PICTURE_PNG:
        ok = read_png(b, ret);
        break;
    case DZ_PICTURE_JPEG:
        ok = read_jpeg(b, ret);
        break;
    case DZ_PICTURE_TIFF:
        why = dz_picture_tiff_head(v, ret);
        ok = !why;
        break;
    case DZ_PICTURE_BMP:
        ok = read_bmp(b, ret);
        break;
    case DZ_PICTURE_GIF:
        ok = read_gif(b, ret);
        break;
    case DZ_PICTURE_WEBP:
        ok = read_webp(b, ret);
        break;
    case DZ_PICTURE_PNM:
        ok = read_pnm(b, ret);
        break;
    }
    if (!ok || ret->width == 0 || ret->height == 0)
        return why ? why : "damaged";
    if (ret->width > SIDE_MAX || ret->height > SIDE_MAX ||
        (uint64_t)ret->width * ret->height > DZ_PICTURE_PIXELS_MAX) {
        *ret_status = "limit";
        return "too_large";
    }
    return NULL;
}
