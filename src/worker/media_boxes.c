#include <string.h>

#include "media_impl.h"

/* ISO base media files (ISO 14496-12) and QuickTime: boxes in boxes. The film itself may be
 * gigabytes before the box that describes it; it is passed over. */

#define DEPTH_MAX 16
#define KEYS_MAX 256
#define KEY_BYTES 64
#define META_BOX_MAX (1u << 20) /* bytes of the list of items of a picture */
#define SECONDS_1904 2082844800 /* from there to 1970 */

#define TYPE(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

struct boxes {
    struct dz_media *m;
    bool picture;
    char (*keys)[KEY_BYTES]; /* names of QuickTime's metadata, by their number from 1 */
    size_t n_keys;
    uint64_t movie_scale;
    char handler[5]; /* of the track */
    struct dz_buf iinf;
    struct dz_buf iloc;
    struct dz_buf idat;
    uint64_t width; /* of the largest picture among the properties */
    uint64_t height;
    bool is_sound; /* declared to hold sound alone */
};

struct box {
    uint32_t type;
    uint64_t n; /* bytes behind the head; UINT64_MAX: to the end of the file */
};

/* false: no box begins here, or the file ends. *room is what is left where the box stands. */
static bool
next_box(struct dz_media *m, uint64_t *room, struct box *ret)
{
    char head[16];
    size_t used = 8;
    bool outside = *room == UINT64_MAX;
    if (*room < 8 || (outside && !dz_media_peek(m, 1)) || !dz_media_step(m) ||
        !dz_media_take(m, head, 8))
        return false;
    struct dz_view v = {head, sizeof head};
    uint64_t size = dz_media_be(v, 0, 4);
    ret->type = (uint32_t)dz_media_be(v, 4, 4);
    if (size == 1 && *room >= 16) {
        if (!dz_media_take(m, head + 8, 8))
            return false;
        size = dz_media_be(v, 8, 8);
        used = 16;
    }
    if (size == 0) {
        ret->n = outside ? UINT64_MAX : *room - used;
        *room = outside ? UINT64_MAX : 0;
        return true;
    }
    if (size < used || (!outside && size > *room)) {
        dz_media_flaw(m, "damaged");
        *room = outside ? 0 : *room - used;
        return false;
    }
    ret->n = size - used;
    if (!outside)
        *room -= size;
    return true;
}

/* ---- what stands in single boxes ---- */

static void
say_brands(struct boxes *b, struct dz_view v)
{
    dz_media_say(b->m, "mp4.brand", dz_media_part(v, 0, 4));
    b->is_sound = dz_media_has(v, 0, "M4A ", 4) || dz_media_has(v, 0, "M4B ", 4);
    for (size_t at = 8; at + 4 <= v.n && at < 8 + 4 * 32; at += 4) {
        struct dz_view brand = dz_media_part(v, at, 4);
        if (brand.p[0] > ' ')
            dz_media_say(b->m, "mp4.compatible", brand);
    }
}

/* Creation, change, scale and length are 4 bytes each, or 8 in version 1. */
static void
movie_head(struct boxes *b, struct dz_view v)
{
    unsigned wide = dz_media_be(v, 0, 1) == 1 ? 8 : 4;
    uint64_t created = dz_media_be(v, 4, wide);
    uint64_t changed = dz_media_be(v, 4 + wide, wide);
    uint64_t scale = dz_media_be(v, 4 + (size_t)2 * wide, 4);
    uint64_t length = dz_media_be(v, 8 + (size_t)2 * wide, wide);
    b->movie_scale = scale;
    if (created != 0 && created < INT32_MAX * (uint64_t)100)
        dz_media_say_time(b->m, "video.created", (int64_t)created - SECONDS_1904);
    if (changed != 0 && changed < INT32_MAX * (uint64_t)100)
        dz_media_say_time(b->m, "video.modified", (int64_t)changed - SECONDS_1904);
    if (scale > 0)
        dz_media_say_seconds(b->m, b->is_sound ? "audio.duration" : "video.duration",
                             (double)length / (double)scale);
}

static void
track_head(struct boxes *b, struct dz_view v)
{
    size_t at = dz_media_be(v, 0, 1) == 1 ? 88 : 76;
    dz_media_say_sides(b->m, "video", dz_media_be(v, at, 4) >> 16,
                       dz_media_be(v, at + 4, 4) >> 16);
}

/* Three letters of five bits; QuickTime has numbers there, of which 0 is English. */
static void
media_head(struct boxes *b, struct dz_view v)
{
    uint64_t code = dz_media_be(v, dz_media_be(v, 0, 1) == 1 ? 32 : 20, 2);
    char letters[4] = {(char)(0x60 + (code >> 10 & 31)), (char)(0x60 + (code >> 5 & 31)),
                       (char)(0x60 + (code & 31)), 0};
    if (code < 0x400 || code == 0x7fff || strcmp(letters, "und") == 0)
        return;
    dz_media_say(b->m, "track.language", dz_view_of(letters));
}

static void
handler(struct boxes *b, struct dz_view v)
{
    struct dz_view type = dz_media_part(v, 8, 4);
    if (type.n < 4)
        return;
    memcpy(b->handler, type.p, 4);
    struct dz_view name = dz_media_part(v, 24, 256);
    /* QuickTime counts the letters of the name, MP4 ends it with a NUL. */
    if (name.n > 0 && (uint8_t)name.p[0] == name.n - 1)
        name = dz_media_part(name, 1, 255);
    static const char *const kinds[] = {"vide", "soun", "text", "sbtl", "subt", "tmcd", "meta"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (memcmp(b->handler, kinds[i], 4) != 0)
            continue;
        dz_media_say(b->m, "track.kind", type);
        dz_media_say(b->m, "track.handler", dz_media_string(name));
    }
}

static void
samples(struct boxes *b, struct dz_view v)
{
    struct dz_view codec = dz_media_part(v, 12, 4);
    if (strcmp(b->handler, "vide") == 0) {
        dz_media_say(b->m, "video.codec", codec);
        /* The name of the encoder: a length and up to 31 letters. */
        size_t n = (size_t)dz_media_be(v, 58, 1);
        dz_media_say(b->m, "video.encoder", dz_media_part(v, 59, n < 31 ? n : 31));
    } else if (strcmp(b->handler, "soun") == 0) {
        dz_media_say(b->m, "audio.codec", codec);
        if (v.n >= 44)
            dz_media_sayf(b->m, "audio.channels", "%u", (unsigned)dz_media_be(v, 32, 2));
        if (v.n >= 44)
            dz_media_sayf(b->m, "audio.rate", "%u", (unsigned)(dz_media_be(v, 40, 4) >> 16));
    }
}

/* ---- metadata in its three forms ---- */

/* QuickTime's own: a length, a language, the text; "(c)xyz" holds a place (ISO 6709). */
static void
user_text(struct boxes *b, uint32_t type, struct dz_view v)
{
    char name[4] = {(char)(type >> 16), (char)(type >> 8), (char)type, 0};
    struct dz_view text = dz_media_part(v, 4, (size_t)dz_media_be(v, 0, 2));
    if (strcmp(name, "xyz") == 0)
        dz_media_say(b->m, "mp4.location", text);
    else
        dz_media_say_named(b->m, "mp4.", dz_view_of(name), text);
}

/* The texts of 3GPP (TS 26.244, 8): version, language, text in UTF-8 or UTF-16. */
static void
phone_text(struct boxes *b, uint32_t type, struct dz_view v)
{
    char name[5] = {(char)(type >> 24), (char)(type >> 16), (char)(type >> 8), (char)type, 0};
    struct dz_view text = dz_media_part(v, 6, 4096);
    if (dz_media_be(text, 0, 2) == 0xfeff) {
        DZ_AUTO_BUF struct dz_buf utf8 = DZ_BUF(16384);
        dz_media_utf16(&utf8, text, false);
        dz_media_say_named(b->m, "mp4.", dz_view_of(name), dz_buf_view(&utf8));
    } else {
        dz_media_say_named(b->m, "mp4.", dz_view_of(name), dz_media_string(text));
    }
}

/* "loci": name, role, longitude, latitude, altitude as numbers of 16.16 bits. */
static void
phone_place(struct boxes *b, struct dz_view v)
{
    struct dz_view name = dz_media_string(dz_media_part(v, 6, 4096));
    size_t at = 6 + name.n + 2;
    int32_t longitude = (int32_t)(uint32_t)dz_media_be(v, at, 4);
    int32_t latitude = (int32_t)(uint32_t)dz_media_be(v, at + 4, 4);
    if (at + 12 > v.n)
        return;
    dz_media_sayf(b->m, "mp4.location", "%+.4f%+.4f/", latitude / 65536.0, longitude / 65536.0);
    dz_media_say(b->m, "mp4.place", name);
}

static void
key_names(struct boxes *b, struct dz_view v)
{
    uint64_t count = dz_media_be(v, 4, 4);
    size_t at = 8;
    for (uint64_t i = 0; i < count && b->n_keys < KEYS_MAX && at + 8 <= v.n; i++) {
        uint64_t n = dz_media_be(v, at, 4);
        if (n < 8 || n > v.n - at)
            return;
        struct dz_view name = dz_media_part(v, at + 8, (size_t)n - 8);
        size_t part = name.n < KEY_BYTES - 1 ? name.n : KEY_BYTES - 1;
        memcpy(b->keys[b->n_keys], name.p, part);
        b->keys[b->n_keys++][part] = 0;
        at += (size_t)n;
    }
}

/* A name of four letters, the number of a key, or "----" with a name of its own beside the value. */
static void
say_value(struct boxes *b, uint32_t type, struct dz_view name, struct dz_view v)
{
    char letters[4] = {(char)(type >> 24), (char)(type >> 16), (char)(type >> 8), (char)type};
    bool marked = (uint8_t)letters[0] == 0xa9;
    uint64_t form = dz_media_be(v, 0, 4) & 0xffffff;
    struct dz_view text = dz_media_part(v, 8, SIZE_MAX);
    if (name.n == 0 && type >= 1 && type <= b->n_keys)
        name = dz_view_of(b->keys[type - 1]);
    else if (name.n == 0)
        name = (struct dz_view){letters + marked, (size_t)4 - marked};
    static const char place[] = "com.apple.quicktime.location.ISO6709";
    if (form == 1) {
        bool here = dz_view_is(name, place);
        dz_media_say_named(b->m, "mp4.", here ? DZ_VIEW("location") : name, text);
        if (marked && memcmp(letters + 1, "nam", 3) == 0)
            dz_media_field(b->m, "title", text);
    } else if (form == 13 || form == 14 || form == 27) {
        dz_media_sayf(b->m, "mp4.picture", "%zu bytes", text.n);
    } else if ((form == 21 || form == 22 || form == 0) && text.n > 0 && text.n <= 8) {
        char number[24];
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(sizeof number);
        dz_buf_addf(&line, "%llu", (unsigned long long)dz_media_be(text, 0, (unsigned)text.n));
        dz_media_say_named(b->m, "mp4.", name, dz_buf_view(&line));
    }
}

/* One entry of "ilst": boxes "data", and for "----" also "mean" and "name". */
static void
list_entry(struct boxes *b, uint32_t type, struct dz_view v)
{
    struct dz_view name = {"", 0};
    for (size_t at = 0; at + 8 <= v.n && dz_media_step(b->m);) {
        uint64_t n = dz_media_be(v, at, 4);
        if (n < 8 || n > v.n - at)
            return;
        struct dz_view body = dz_media_part(v, at + 8, (size_t)n - 8);
        if (dz_media_has(v, at + 4, "name", 4))
            name = dz_media_part(body, 4, KEY_BYTES);
        else if (dz_media_has(v, at + 4, "data", 4))
            say_value(b, type, name, body);
        at += (size_t)n;
    }
}

static void
packet_of_uuid(struct boxes *b, struct dz_view v)
{
    static const char xmp[] = "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
    if (dz_media_has(v, 0, xmp, 16))
        dz_media_xmp(b->m, dz_media_part(v, 16, SIZE_MAX));
}

static void
picture_sides(struct boxes *b, struct dz_view v)
{
    uint64_t width = dz_media_be(v, 4, 4);
    uint64_t height = dz_media_be(v, 8, 4);
    if (width * height > b->width * b->height) {
        b->width = width;
        b->height = height;
    }
}

static void
read_leaf(struct boxes *b, uint32_t parent, uint32_t type, struct dz_view v)
{
    if (parent == TYPE('i', 'l', 's', 't')) {
        list_entry(b, type, v);
        return;
    }
    if (type >> 24 == 0xa9) {
        user_text(b, type, v);
        return;
    }
    switch (type) {
    case TYPE('f', 't', 'y', 'p'):
        say_brands(b, v);
        break;
    case TYPE('m', 'v', 'h', 'd'):
        movie_head(b, v);
        break;
    case TYPE('t', 'k', 'h', 'd'):
        track_head(b, v);
        break;
    case TYPE('m', 'd', 'h', 'd'):
        media_head(b, v);
        break;
    case TYPE('m', 'e', 'h', 'd'):
        if (b->movie_scale > 0)
            dz_media_say_seconds(b->m, "video.duration",
                                 (double)dz_media_be(v, 4, dz_media_be(v, 0, 1) == 1 ? 8 : 4) /
                                     (double)b->movie_scale);
        break;
    case TYPE('h', 'd', 'l', 'r'):
        handler(b, v);
        break;
    case TYPE('s', 't', 's', 'd'):
        samples(b, v);
        break;
    case TYPE('k', 'e', 'y', 's'):
        key_names(b, v);
        break;
    case TYPE('l', 'o', 'c', 'i'):
        phone_place(b, v);
        break;
    case TYPE('t', 'i', 't', 'l'):
    case TYPE('a', 'u', 't', 'h'):
    case TYPE('d', 's', 'c', 'p'):
    case TYPE('p', 'e', 'r', 'f'):
    case TYPE('c', 'p', 'r', 't'):
        phone_text(b, type, v);
        break;
    case TYPE('i', 's', 'p', 'e'):
        picture_sides(b, v);
        break;
    case TYPE('i', 'i', 'n', 'f'):
        dz_buf_addv(&b->iinf, v);
        break;
    case TYPE('i', 'l', 'o', 'c'):
        dz_buf_addv(&b->iloc, v);
        break;
    case TYPE('i', 'd', 'a', 't'):
        dz_buf_addv(&b->idat, v);
        break;
    case TYPE('X', 'M', 'P', '_'):
        dz_media_xmp(b->m, v);
        break;
    case TYPE('u', 'u', 'i', 'd'):
        packet_of_uuid(b, v);
        break;
    default:
        break;
    }
}

/* ---- boxes in boxes ---- */

static bool
holds_boxes(uint32_t type)
{
    static const uint32_t types[] = {
        TYPE('m', 'o', 'o', 'v'), TYPE('t', 'r', 'a', 'k'), TYPE('m', 'd', 'i', 'a'),
        TYPE('m', 'i', 'n', 'f'), TYPE('s', 't', 'b', 'l'), TYPE('u', 'd', 't', 'a'),
        TYPE('m', 'e', 't', 'a'), TYPE('i', 'l', 's', 't'), TYPE('m', 'v', 'e', 'x'),
        TYPE('i', 'p', 'r', 'p'), TYPE('i', 'p', 'c', 'o'),
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i] == type)
            return true;
    return false;
}

static size_t
most_bytes(uint32_t type)
{
    if (type == TYPE('u', 'u', 'i', 'd') || type == TYPE('X', 'M', 'P', '_'))
        return DZ_MEDIA_XMP;
    bool items = type == TYPE('i', 'i', 'n', 'f') || type == TYPE('i', 'l', 'o', 'c') ||
                 type == TYPE('i', 'd', 'a', 't');
    return items ? META_BOX_MAX : DZ_MEDIA_SMALL;
}

static bool
is_passed_over(uint32_t type)
{
    return type == TYPE('m', 'd', 'a', 't') || type == TYPE('f', 'r', 'e', 'e') ||
           type == TYPE('s', 'k', 'i', 'p') || type == TYPE('m', 'o', 'o', 'f') ||
           type == TYPE('w', 'i', 'd', 'e') || type == TYPE('s', 'i', 'd', 'x');
}

/* "meta" of MP4 begins with a version, that of QuickTime does not. */
static bool
pass_version(struct dz_media *m, uint32_t type, uint64_t *room)
{
    const uint8_t *p = type == TYPE('m', 'e', 't', 'a') && *room >= 8 ? dz_media_peek(m, 8) : NULL;
    if (!p || memcmp(p + 4, "hdlr", 4) == 0)
        return true;
    *room -= 4;
    return dz_media_skip(m, 4);
}

static bool
read_boxes_in(struct boxes *b, uint32_t parent, uint64_t room, unsigned depth);

static bool
read_box(struct boxes *b, uint32_t parent, const struct box *box, unsigned depth)
{
    DZ_AUTO_BUF struct dz_buf body = DZ_BUF(DZ_MEDIA_XMP);
    uint64_t room = box->n;
    if (holds_boxes(box->type) && room != UINT64_MAX) {
        if (depth >= DEPTH_MAX) {
            dz_media_flaw(b->m, "damaged");
            return dz_media_skip(b->m, room);
        }
        return pass_version(b->m, box->type, &room) &&
               read_boxes_in(b, box->type, room, depth + 1);
    }
    if (is_passed_over(box->type) || room > most_bytes(box->type))
        return dz_media_skip(b->m, room);
    if (!dz_media_load(b->m, room, most_bytes(box->type), &body))
        return false;
    read_leaf(b, parent, box->type, dz_buf_view(&body));
    return true;
}

static bool
read_boxes_in(struct boxes *b, uint32_t parent, uint64_t room, unsigned depth)
{
    struct box box;
    while (room >= 8 && next_box(b->m, &room, &box))
        if (!read_box(b, parent, &box, depth))
            return false;
    return !b->m->too_many && dz_media_skip(b->m, room);
}

/* Items lie behind the list that names them, as a rule in "mdat". */
static void
read_file(struct boxes *b)
{
    struct dz_media_items items = {0};
    uint64_t room = UINT64_MAX;
    struct box box;
    bool listed = false;
    while (next_box(b->m, &room, &box)) {
        bool more = b->picture && is_passed_over(box.type)
                        ? dz_media_pass_items(b->m, box.n, &items)
                        : read_box(b, 0, &box, 0);
        if (!more || box.n == UINT64_MAX)
            return;
        if (!listed && box.type == TYPE('m', 'e', 't', 'a') && b->iloc.n > 0) {
            b->picture = b->width > 0;
            listed = true;
            dz_media_find_items(b->m, dz_buf_view(&b->iinf), dz_buf_view(&b->iloc),
                                dz_buf_view(&b->idat), &items);
        }
    }
}

void
dz_media_boxes(struct dz_media *m, bool *ret_picture)
{
    DZ_AUTO_FREE char(*keys)[KEY_BYTES] = dz_alloc_array(KEYS_MAX, KEY_BYTES);
    struct boxes b = {.m = m,
                      .keys = keys,
                      .iinf = DZ_BUF(META_BOX_MAX),
                      .iloc = DZ_BUF(META_BOX_MAX),
                      .idat = DZ_BUF(META_BOX_MAX)};
    read_file(&b);
    if (b.picture)
        dz_media_say_sides(m, "image", b.width, b.height);
    *ret_picture = b.picture;
    dz_buf_done(&b.iinf);
    dz_buf_done(&b.iloc);
    dz_buf_done(&b.idat);
}
