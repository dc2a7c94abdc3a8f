#include <string.h>

#include "media_impl.h"

/* RIFF: WAV, AVI and WEBP. Chunks of a name and a length, lists of chunks. Lists are entered, so
 * that false lengths of them matter nowhere. */

#define CHUNK_MAX DZ_MEDIA_XMP

struct riff {
    struct dz_media *m;
    char form[4];   /* of the file */
    char stream[4]; /* AVI: "vids", "auds" */
    uint64_t bytes_a_second;
    bool has_duration;
    bool in_info;
};

static bool
is(const char *name, const char *what)
{
    return memcmp(name, what, 4) == 0;
}

/* ---- WAV ---- */

static void
wave_format(struct riff *r, struct dz_view v)
{
    uint64_t code = dz_media_le(v, 0, 2);
    r->bytes_a_second = dz_media_le(v, 8, 4);
    dz_media_sayf(r->m, "audio.codec", "%s",
                  code == 1        ? "pcm"
                  : code == 3      ? "float"
                  : code == 6      ? "alaw"
                  : code == 7      ? "ulaw"
                  : code == 0x55   ? "mp3"
                  : code == 0xff   ? "aac"
                  : code == 0xfffe ? "extensible"
                                   : "other");
    dz_media_sayf(r->m, "audio.channels", "%u", (unsigned)dz_media_le(v, 2, 2));
    dz_media_sayf(r->m, "audio.rate", "%u", (unsigned)dz_media_le(v, 4, 4));
}

/* EBU Tech 3285: who recorded what, and when. */
static void
broadcast(struct riff *r, struct dz_view v)
{
    static const struct {
        size_t at;
        size_t n;
        const char *key;
    } rows[] = {
        {0, 256, "bext.Description"},      {256, 32, "bext.Originator"},
        {288, 32, "bext.OriginatorReference"}, {320, 10, "bext.OriginationDate"},
        {330, 8, "bext.OriginationTime"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        dz_media_say(r->m, rows[i].key, dz_media_string(dz_media_part(v, rows[i].at, rows[i].n)));
    dz_media_say(r->m, "bext.CodingHistory", dz_media_string(dz_media_part(v, 602, 4096)));
}

/* ---- AVI ---- */

static void
avi_head(struct riff *r, struct dz_view v)
{
    double frame_us = (double)dz_media_le(v, 0, 4);
    dz_media_say_seconds(r->m, "video.duration", frame_us * (double)dz_media_le(v, 16, 4) / 1e6);
    dz_media_say_sides(r->m, "video", dz_media_le(v, 32, 4), dz_media_le(v, 36, 4));
}

static void
avi_stream(struct riff *r, struct dz_view v)
{
    if (v.n < 8)
        return;
    memcpy(r->stream, v.p, 4);
    dz_media_say(r->m, "track.kind", dz_media_part(v, 0, 4));
    if (is(r->stream, "vids"))
        dz_media_say(r->m, "video.codec", dz_media_string(dz_media_part(v, 4, 4)));
}

/* ---- WEBP ---- */

static void
webp_sides(struct riff *r, const char *name, struct dz_view v)
{
    uint64_t width = 0;
    uint64_t height = 0;
    if (is(name, "VP8X")) {
        width = dz_media_le(v, 4, 3) + 1;
        height = dz_media_le(v, 7, 3) + 1;
    } else if (is(name, "VP8 ")) {
        width = dz_media_le(v, 6, 2) & 0x3fff;
        height = dz_media_le(v, 8, 2) & 0x3fff;
    } else if (v.n >= 5) {
        uint64_t bits = dz_media_le(v, 1, 4);
        width = (bits & 0x3fff) + 1;
        height = (bits >> 14 & 0x3fff) + 1;
    }
    /* The whole stands first; pictures of an animation follow, each with its own. */
    if (!r->has_duration)
        dz_media_say_sides(r->m, "image", width, height);
    r->has_duration = true;
}

/* ---- chunks ---- */

static void
read_chunk(struct riff *r, const char *name, struct dz_view v)
{
    if (r->in_info && name[0] == 'I') {
        dz_media_say_named(r->m, "info.", (struct dz_view){name, 4}, dz_media_string(v));
        if (is(name, "INAM"))
            dz_media_field(r->m, "title", dz_media_string(v));
    } else if (is(name, "fmt ") || (is(name, "strf") && is(r->stream, "auds"))) {
        wave_format(r, v);
    } else if (is(name, "bext")) {
        broadcast(r, v);
    } else if (is(name, "iXML")) {
        dz_media_sayf(r->m, "riff.ixml", "%zu bytes", v.n);
    } else if (is(name, "avih")) {
        avi_head(r, v);
    } else if (is(name, "strh")) {
        avi_stream(r, v);
    } else if (is(name, "strn")) {
        dz_media_say(r->m, "track.name", dz_media_string(v));
    } else if (is(name, "IDIT")) {
        dz_media_say(r->m, "video.created", dz_media_string(v));
    } else if (is(name, "VP8X") || is(name, "VP8 ") || is(name, "VP8L")) {
        webp_sides(r, name, v);
    } else if (is(name, "EXIF")) {
        dz_media_exif(r->m, v);
    } else if (is(name, "XMP ") || is(name, "_PMX")) {
        dz_media_xmp(r->m, v);
    } else if (is(name, "ICCP")) {
        dz_media_profile(r->m, v);
    }
}

static bool
begin_list(struct riff *r, uint64_t n)
{
    char form[4];
    if (n < 4) {
        dz_media_flaw(r->m, "damaged");
        return false;
    }
    if (!dz_media_take(r->m, form, 4))
        return false;
    r->in_info = is(form, "INFO");
    return !is(form, "movi") || dz_media_skip(r->m, n - 4 + n % 2);
}

static size_t
wanted(const struct riff *r, const char *name)
{
    bool frame = is(name, "VP8 ") || is(name, "VP8L");
    return frame || is(name, "data") || is(name, "JUNK") || is(name, "idx1") ? 0
           : is(r->form, "WEBP") || is(name, "_PMX")                         ? CHUNK_MAX
                                                                             : DZ_MEDIA_SMALL;
}

/* Of pictures the first bytes hold the sides; of sound the length tells how long it lasts. */
static bool
pass_data(struct riff *r, const char *name, uint64_t n)
{
    const uint8_t *p = is(name, "VP8 ") || is(name, "VP8L") ? dz_media_peek(r->m, 10) : NULL;
    if (p && n >= 10) {
        char head[10];
        memcpy(head, p, sizeof head);
        webp_sides(r, name, (struct dz_view){head, sizeof head});
    }
    if (is(name, "data") && r->bytes_a_second > 0)
        dz_media_say_seconds(r->m, "audio.duration", (double)n / (double)r->bytes_a_second);
    return dz_media_skip(r->m, n);
}

static bool
next_chunk(struct riff *r, struct dz_buf *body)
{
    char head[8];
    if (!dz_media_peek(r->m, 1) || !dz_media_step(r->m) || !dz_media_take(r->m, head, 8))
        return false;
    uint64_t n = dz_media_le((struct dz_view){head, 8}, 4, 4);
    if (is(head, "LIST") || is(head, "RIFF"))
        return begin_list(r, n);
    size_t most = wanted(r, head);
    bool ok = most == 0 ? pass_data(r, head, n) : dz_media_load(r->m, n, most, body);
    if (ok && most > 0 && body->n == n)
        read_chunk(r, head, dz_buf_view(body));
    /* The byte that makes lengths even may be missing at the end. */
    return ok && (n % 2 == 0 || !dz_media_peek(r->m, 1) || dz_media_skip(r->m, 1));
}

void
dz_media_riff(struct dz_media *m)
{
    DZ_AUTO_BUF struct dz_buf body = DZ_BUF(CHUNK_MAX);
    struct riff r = {.m = m};
    char head[8];
    if (!dz_media_take(m, head, 8) || !dz_media_take(m, r.form, 4))
        return;
    uint64_t size = dz_media_le((struct dz_view){head, 8}, 4, 4);
    while (next_chunk(&r, &body))
        ;
    /* A recorder that was stopped leaves 0 or all ones there. */
    if (size > 4 && size < UINT32_MAX - 8 && m->pos < size)
        dz_media_flaw(m, "truncated");
}
