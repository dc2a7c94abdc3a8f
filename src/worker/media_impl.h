/* What pictures, sound and film say of themselves, shared by the files media*.c.
 *
 * Everything is read once, from front to back, in bounded memory: what is not wanted is passed
 * over. No pixel and no sample is decoded. Numbers in files are claims: a size is only ever used to
 * read or to pass over that many bytes, both of which end with the file. */
#ifndef DZ_MEDIA_IMPL_H
#define DZ_MEDIA_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_worker.h"

#define DZ_MEDIA_SMALL (64u << 10) /* bytes of what is looked at in memory: a box, a chunk */
#define DZ_MEDIA_XMP (4u << 20)    /* bytes of a packet of XMP */
#define DZ_MEDIA_STEPS 1000000u    /* boxes, chunks and elements of one file that are looked at */

struct dz_media {
    struct dz_work *w;
    uint8_t *room; /* bytes read ahead, at to n */
    size_t at;
    size_t n;
    uint64_t pos; /* of the next byte in the file */
    bool ended;
    bool too_many;   /* steps were used up */
    const char *why; /* the first flaw: "truncated" or "damaged"; NULL: none */
    uint32_t steps;
    /* The last bytes of the file, for a tag that stands at its end. Kept while keeps_tail. */
    bool keeps_tail;
    uint8_t tail[128];
};

/* ---- input (media_input.c) ---- */

/** The next n bytes without taking them, n at most 4096; NULL where the file ends before. */
const uint8_t *
dz_media_peek(struct dz_media *m, size_t n);
/** Take n bytes. false: the file ended before; that is noted as a flaw. */
bool
dz_media_take(struct dz_media *m, void *p, size_t n);
/** Pass over n bytes; as dz_media_take. UINT64_MAX: to the end, which is no flaw. */
bool
dz_media_skip(struct dz_media *m, uint64_t n);
/** Take up to n bytes where they lie, at least one; 0 at the end of the file. */
size_t
dz_media_some(struct dz_media *m, uint64_t n, const uint8_t **ret);
/** The next n bytes in out; where n is more than max they are passed over and out stays empty.
 * false: the file ended before. */
bool
dz_media_load(struct dz_media *m, uint64_t n, size_t max, struct dz_buf *out);
/** Count a step of the reading. false: enough of them, the reading has to end. */
bool
dz_media_step(struct dz_media *m);
void
dz_media_flaw(struct dz_media *m, const char *why);

/* ---- numbers in bytes: 0 where the bytes are not there ---- */

uint64_t
dz_media_be(struct dz_view v, size_t at, unsigned n);
uint64_t
dz_media_le(struct dz_view v, size_t at, unsigned n);
/** The bytes from at, n of them or as many as there are. */
struct dz_view
dz_media_part(struct dz_view v, size_t at, size_t n);
/** Up to the first NUL. */
struct dz_view
dz_media_string(struct dz_view v);
static inline bool
dz_media_has(struct dz_view v, size_t at, const char *mark, size_t n)
{
    return at <= v.n && v.n - at >= n && memcmp(v.p + at, mark, n) == 0;
}

/* ---- what is said (media_say.c) ---- */

/** value is UTF-8, or bytes in an encoding that is told from them. */
void
dz_media_say(struct dz_media *m, const char *key, struct dz_view value);
/** A field of the source (dz_work_field); its value is taken as that of dz_media_say is. */
void
dz_media_field(struct dz_media *m, const char *key, struct dz_view value);
void
dz_media_sayf(struct dz_media *m, const char *key, const char *fmt, ...) DZ_PRINTF(3, 4);
/** A key made of a prefix and a name from the file, of which only plain characters are taken. */
void
dz_media_say_named(struct dz_media *m, const char *prefix, struct dz_view name,
                   struct dz_view value);
/** Seconds, with three places. Nothing for what is no believable length. */
void
dz_media_say_seconds(struct dz_media *m, const char *key, double seconds);
/** An instant in RFC 3339, given in seconds from 1970; nothing for 0 and what no clock shows. */
void
dz_media_say_time(struct dz_media *m, const char *key, int64_t seconds);
/** A side of a picture; nothing for 0. */
void
dz_media_say_sides(struct dz_media *m, const char *prefix, uint64_t width, uint64_t height);
void
dz_media_utf16(struct dz_buf *out, struct dz_view v, bool little);

/* ---- tags that stand in many kinds ---- */

/** EXIF: a TIFF block with or without "Exif" and two NUL before it (media_exif.c). */
void
dz_media_exif(struct dz_media *m, struct dz_view block);
/** A packet of XMP (media_xmp.c). */
void
dz_media_xmp(struct dz_media *m, struct dz_view packet);
/** Resources of Photoshop ("8BIM" ...), of which IPTC is one; or IPTC itself (media_iptc.c). */
void
dz_media_photoshop(struct dz_media *m, struct dz_view resources);
void
dz_media_iptc(struct dz_media *m, struct dz_view records);
/** The name of a colour profile (media_iptc.c). */
void
dz_media_profile(struct dz_media *m, struct dz_view profile);
/** Comments of Ogg and FLAC (media_sound.c). */
void
dz_media_vorbis(struct dz_media *m, struct dz_view comments);
/** An ID3v2 tag that begins here; false: there is none (media_id3.c). */
bool
dz_media_id3(struct dz_media *m);
/** ID3v1, in the last 128 bytes of a file. */
void
dz_media_id3_old(struct dz_media *m, struct dz_view tag);

/* ---- the kinds: each begins at the first byte and reads to the end ---- */

void
dz_media_jpeg(struct dz_media *m);
void
dz_media_png(struct dz_media *m);
void
dz_media_gif(struct dz_media *m);
void
dz_media_bmp(struct dz_media *m);
void
dz_media_tiff(struct dz_media *m, struct dz_view whole);
/** MP4, QuickTime, HEIC, AVIF. *ret_picture: it is a picture, not a film. */
void
dz_media_boxes(struct dz_media *m, bool *ret_picture);
void
dz_media_matroska(struct dz_media *m);
/** WAV, AVI, WEBP. */
void
dz_media_riff(struct dz_media *m);
void
dz_media_flac(struct dz_media *m);
void
dz_media_ogg(struct dz_media *m);
void
dz_media_mp3(struct dz_media *m);

/* HEIC keeps what it says of itself as items behind its pictures (media_items.c). */
struct dz_media_item {
    uint64_t offset;
    uint64_t n;
    bool is_exif; /* else XMP */
};
#define DZ_MEDIA_ITEMS 16
struct dz_media_items {
    struct dz_media_item item[DZ_MEDIA_ITEMS];
    size_t n;
};
/** Where the items with EXIF and XMP lie, by the boxes "iinf" and "iloc" (without their heads).
 * Those inside idat are said at once. */
void
dz_media_find_items(struct dz_media *m, struct dz_view iinf, struct dz_view iloc,
                    struct dz_view idat, struct dz_media_items *ret);
/** Pass over n bytes, and read the items among them. */
bool
dz_media_pass_items(struct dz_media *m, uint64_t n, struct dz_media_items *items);

#endif
