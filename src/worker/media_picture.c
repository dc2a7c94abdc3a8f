#include <string.h>

#include <zlib.h>

#include "media_impl.h"

/* JPEG, PNG, GIF and BMP: marks, chunks and blocks, one after another. */

#define UNPACKED_MAX (1u << 20) /* bytes of a packed remark */

static struct dz_view
behind(struct dz_view v, size_t at)
{
    return dz_media_part(v, at, SIZE_MAX);
}

/* ---- JPEG (ISO 10918-1, B.1) ---- */

static void
application_1(struct dz_media *m, struct dz_view v)
{
    static const char xmp[] = "http://ns.adobe.com/xap/1.0/";
    static const char more[] = "http://ns.adobe.com/xmp/extension/";
    if (dz_media_has(v, 0, "Exif\0", 5))
        dz_media_exif(m, v);
    else if (dz_media_has(v, 0, xmp, sizeof xmp))
        dz_media_xmp(m, behind(v, sizeof xmp));
    else if (dz_media_has(v, 0, more, sizeof more))
        dz_media_sayf(m, "xmp.extended", "%zu bytes", v.n);
}

static void
jpeg_segment(struct dz_media *m, uint8_t mark, struct dz_view v)
{
    bool is_frame = mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc;
    if (mark == 0xe1)
        application_1(m, v);
    else if (mark == 0xe2 && dz_media_has(v, 0, "ICC_PROFILE\0\1", 13))
        dz_media_profile(m, behind(v, 14));
    else if (mark == 0xe2 && dz_media_has(v, 0, "MPF\0", 4))
        dz_media_sayf(m, "jpeg.more_pictures", "yes");
    else if (mark == 0xed && dz_media_has(v, 0, "Photoshop 3.0\0", 14))
        dz_media_photoshop(m, behind(v, 14));
    else if (mark == 0xfe)
        dz_media_say(m, "jpeg.comment", v);
    if (!is_frame)
        return;
    dz_media_say_sides(m, "image", dz_media_be(v, 3, 2), dz_media_be(v, 1, 2));
    if (mark == 0xc2 || mark == 0xc6 || mark == 0xca || mark == 0xce)
        dz_media_sayf(m, "jpeg.progressive", "yes");
}

/* The scans are looked through only for the mark that ends the picture, and for how much stands
 * behind it: files are hidden there. */
static void
pass_scans(struct dz_media *m)
{
    uint64_t end = 0;
    bool marked = false; /* the byte before was 0xff */
    size_t n;
    const uint8_t *p;
    while (end == 0 && (n = dz_media_some(m, UINT64_MAX, &p)) > 0) {
        for (size_t i = 0; i < n && end == 0; i++) {
            if (marked && p[i] == 0xd9)
                end = m->pos - n + i + 1;
            marked = p[i] == 0xff;
        }
    }
    if (end == 0) {
        dz_media_flaw(m, "truncated");
        return;
    }
    (void)dz_media_skip(m, UINT64_MAX);
    if (m->pos > end)
        dz_media_sayf(m, "jpeg.behind_the_end", "%llu bytes", (unsigned long long)(m->pos - end));
}

void
dz_media_jpeg(struct dz_media *m)
{
    DZ_AUTO_BUF struct dz_buf segment = DZ_BUF(DZ_MEDIA_SMALL);
    uint8_t two[2];
    (void)dz_media_skip(m, 2);
    while (dz_media_step(m) && dz_media_take(m, two, 2)) {
        if (two[0] != 0xff) {
            dz_media_flaw(m, "damaged");
            return;
        }
        /* Any number of 0xff may stand before a mark. */
        while (two[1] == 0xff && dz_media_take(m, two + 1, 1))
            ;
        uint8_t mark = two[1];
        if (mark == 0xd9)
            return;
        if (mark == 0x01 || (mark >= 0xd0 && mark <= 0xd8))
            continue;
        if (!dz_media_take(m, two, 2))
            return;
        size_t n = (size_t)two[0] << 8 | two[1];
        if (n < 2) {
            dz_media_flaw(m, "damaged");
            return;
        }
        if (!dz_media_load(m, n - 2, DZ_MEDIA_SMALL, &segment))
            return;
        jpeg_segment(m, mark, dz_buf_view(&segment));
        if (mark == 0xda) {
            pass_scans(m);
            return;
        }
    }
}

/* ---- PNG (ISO 15948, 11) ---- */

/* Unpack up to a limit; what was packed into more is said to be there, and no more. */
static bool
unpack(struct dz_view packed, struct dz_buf *out)
{
    z_stream z = {0};
    unsigned char block[4096];
    if (inflateInit(&z) != Z_OK)
        return false;
    DZ_AUTO_BUF struct dz_buf in = DZ_BUF(UNPACKED_MAX + 1);
    dz_buf_addv(&in, packed);
    z.next_in = (unsigned char *)in.p;
    z.avail_in = (unsigned)in.n;
    int code = in.n > 0 ? Z_OK : Z_DATA_ERROR;
    while (code == Z_OK && !out->failed) {
        z.next_out = block;
        z.avail_out = sizeof block;
        code = inflate(&z, Z_NO_FLUSH);
        if (code == Z_OK || code == Z_STREAM_END)
            dz_buf_add(out, block, sizeof block - z.avail_out);
    }
    (void)inflateEnd(&z);
    return code == Z_STREAM_END && !out->failed;
}

static void
say_png_text(struct dz_media *m, struct dz_view key, struct dz_view text)
{
    if (dz_view_is(key, "XML:com.adobe.xmp")) {
        dz_media_xmp(m, text);
        return;
    }
    /* Blocks of other formats in hexadecimal, as one program puts them there. */
    if (dz_view_starts(key, "Raw profile type")) {
        dz_media_sayf(m, "png.raw_profile", "%zu bytes", text.n);
        return;
    }
    if (dz_view_is(key, "Title"))
        dz_media_field(m, "title", text);
    dz_media_say_named(m, "png.", key, text);
}

static void
say_packed(struct dz_media *m, struct dz_view key, struct dz_view packed)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(UNPACKED_MAX);
    if (unpack(packed, &text))
        say_png_text(m, key, dz_buf_view(&text));
    else if (text.failed)
        dz_media_say_named(m, "png.", key, DZ_VIEW("(left packed: too large)"));
    else
        dz_media_flaw(m, "damaged");
}

/* iTXt: key, whether packed, how, language, key in that language, text. */
static void
international(struct dz_media *m, struct dz_view v)
{
    struct dz_view key = dz_media_string(v);
    bool packed = dz_media_be(v, key.n + 1, 1) == 1;
    struct dz_view rest = behind(v, key.n + 3);
    for (int i = 0; i < 2; i++)
        rest = behind(rest, dz_media_string(rest).n + 1);
    if (packed)
        say_packed(m, key, rest);
    else
        say_png_text(m, key, rest);
}

static void
png_chunk(struct dz_media *m, const char *type, struct dz_view v)
{
    struct dz_view key = dz_media_string(v);
    if (memcmp(type, "IHDR", 4) == 0)
        dz_media_say_sides(m, "image", dz_media_be(v, 0, 4), dz_media_be(v, 4, 4));
    else if (memcmp(type, "tEXt", 4) == 0)
        say_png_text(m, key, behind(v, key.n + 1));
    else if (memcmp(type, "zTXt", 4) == 0)
        say_packed(m, key, behind(v, key.n + 2));
    else if (memcmp(type, "iTXt", 4) == 0)
        international(m, v);
    else if (memcmp(type, "eXIf", 4) == 0)
        dz_media_exif(m, v);
    else if (memcmp(type, "iCCP", 4) == 0)
        dz_media_say(m, "icc.name", key);
    else if (memcmp(type, "tIME", 4) == 0 && v.n == 7)
        dz_media_sayf(m, "png.time", "%04u-%02u-%02uT%02u:%02u:%02uZ",
                      (unsigned)dz_media_be(v, 0, 2), (unsigned)dz_media_be(v, 2, 1),
                      (unsigned)dz_media_be(v, 3, 1), (unsigned)dz_media_be(v, 4, 1),
                      (unsigned)dz_media_be(v, 5, 1), (unsigned)dz_media_be(v, 6, 1));
}

void
dz_media_png(struct dz_media *m)
{
    DZ_AUTO_BUF struct dz_buf chunk = DZ_BUF(UNPACKED_MAX);
    char head[8];
    (void)dz_media_skip(m, 8);
    while (dz_media_step(m) && dz_media_take(m, head, 8)) {
        uint64_t n = dz_media_be((struct dz_view){head, 4}, 0, 4);
        bool wanted = memcmp(head + 4, "IDAT", 4) != 0;
        if (!dz_media_load(m, n, wanted ? UNPACKED_MAX : 0, &chunk))
            return;
        if (wanted && chunk.n == n)
            png_chunk(m, head + 4, dz_buf_view(&chunk));
        if (!dz_media_skip(m, 4) || memcmp(head + 4, "IEND", 4) == 0)
            break;
    }
    uint64_t end = m->pos;
    if (m->why || m->too_many)
        return;
    (void)dz_media_skip(m, UINT64_MAX);
    if (m->pos > end)
        dz_media_sayf(m, "png.behind_the_end", "%llu bytes", (unsigned long long)(m->pos - end));
}

/* ---- GIF (89a) ---- */

/* Blocks of up to 255 bytes, the last of them empty; as many as fit are kept in out. */
static bool
gif_blocks(struct dz_media *m, struct dz_buf *out)
{
    uint8_t n;
    uint8_t block[255];
    while (dz_media_take(m, &n, 1) && (n == 0 || dz_media_take(m, block, n))) {
        if (n == 0)
            return true;
        if (out)
            dz_buf_add(out, block, n);
    }
    return false;
}

/* XMP stands in a GIF as bytes of its own, whose characters serve as the lengths of blocks, and
 * ends with a slide of 258 bytes that leads every reader to the end. Taken as blocks, each length
 * is
 * one of its characters. */
static bool
gif_xmp(struct dz_media *m)
{
    DZ_AUTO_BUF struct dz_buf packet = DZ_BUF(DZ_MEDIA_XMP);
    uint8_t n;
    uint8_t block[255];
    while (dz_media_take(m, &n, 1) && (n == 0 || dz_media_take(m, block, n))) {
        if (n == 0) {
            dz_media_xmp(m, dz_buf_view(&packet));
            return true;
        }
        dz_buf_addc(&packet, (char)n);
        dz_buf_add(&packet, block, n);
    }
    return false;
}

static bool
gif_extension(struct dz_media *m)
{
    DZ_AUTO_BUF struct dz_buf said = DZ_BUF(DZ_MEDIA_SMALL);
    uint8_t label;
    if (!dz_media_take(m, &label, 1))
        return false;
    const uint8_t *name = label == 0xff ? dz_media_peek(m, 12) : NULL;
    if (name && memcmp(name, "\013XMP DataXMP", 12) == 0)
        return dz_media_skip(m, 12) && gif_xmp(m);
    if (!gif_blocks(m, &said))
        return false;
    if (label == 0xfe)
        dz_media_say(m, "gif.comment", dz_buf_view(&said));
    return true;
}

static bool
gif_colours(struct dz_media *m, uint8_t flags)
{
    return (flags & 0x80) == 0 || dz_media_skip(m, (uint64_t)3 << ((flags & 7) + 1));
}

void
dz_media_gif(struct dz_media *m)
{
    char head[13];
    uint8_t kind = 0;
    unsigned frames = 0;
    if (!dz_media_take(m, head, sizeof head) || !gif_colours(m, (uint8_t)head[10]))
        return;
    struct dz_view v = {head, sizeof head};
    dz_media_say_sides(m, "image", dz_media_le(v, 6, 2), dz_media_le(v, 8, 2));
    while (dz_media_step(m) && dz_media_take(m, &kind, 1) && kind != 0x3b) {
        if (kind == 0x21) {
            if (!gif_extension(m))
                break;
            continue;
        }
        char place[9];
        if (kind != 0x2c) {
            dz_media_flaw(m, "damaged");
            break;
        }
        frames++;
        if (!dz_media_take(m, place, 9) || !gif_colours(m, (uint8_t)place[8]) ||
            !dz_media_skip(m, 1) || !gif_blocks(m, NULL))
            break;
    }
    dz_media_sayf(m, "gif.frames", "%u", frames);
}

/* ---- BMP ---- */

void
dz_media_bmp(struct dz_media *m)
{
    char head[26];
    if (!dz_media_take(m, head, sizeof head))
        return;
    struct dz_view v = {head, sizeof head};
    bool old = dz_media_le(v, 14, 4) == 12;
    uint64_t height = dz_media_le(v, old ? 20 : 22, old ? 2 : 4);
    /* Rows from the top are told by a negative height. */
    if (!old && height > INT32_MAX)
        height = (uint64_t)UINT32_MAX + 1 - height;
    dz_media_say_sides(m, "image", dz_media_le(v, 18, old ? 2 : 4), height);
    uint64_t size = dz_media_le(v, 2, 4);
    (void)dz_media_skip(m, UINT64_MAX);
    if (m->pos < size)
        dz_media_flaw(m, "truncated");
}
