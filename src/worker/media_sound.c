#include <string.h>

#include "media_impl.h"

/* FLAC (RFC 9639), Ogg (RFC 3533) and the comments they share, and the frames of MP3. */

#define COMMENTS_MAX 1000
#define PACKET_MAX (1u << 20) /* bytes of a head or of comments; pictures in them may be more */

/* ---- comments: who made it, and a list of "NAME=value" ---- */

static struct dz_view
counted(struct dz_view v, size_t *at)
{
    size_t n = (size_t)dz_media_le(v, *at, 4);
    struct dz_view text = dz_media_part(v, *at + 4, n);
    *at = n > v.n ? v.n : *at + 4 + n;
    return text;
}

void
dz_media_vorbis(struct dz_media *m, struct dz_view v)
{
    size_t at = 0;
    dz_media_say(m, "vorbis.vendor", counted(v, &at));
    uint64_t count = dz_media_le(v, at, 4);
    at += 4;
    for (uint64_t i = 0; i < count && i < COMMENTS_MAX && at + 4 <= v.n; i++) {
        struct dz_view one = counted(v, &at);
        const char *sign = one.n ? memchr(one.p, '=', one.n) : NULL;
        if (!sign)
            continue;
        struct dz_view key = {one.p, (size_t)(sign - one.p)};
        struct dz_view value = {sign + 1, one.n - key.n - 1};
        if (dz_view_is(key, "METADATA_BLOCK_PICTURE")) {
            dz_media_sayf(m, "vorbis.picture", "%zu bytes", value.n / 4 * 3);
            continue;
        }
        dz_media_say_named(m, "vorbis.", key, value);
        if (dz_view_is(key, "TITLE") || dz_view_is(key, "title"))
            dz_media_field(m, "title", value);
    }
}

/* ---- FLAC ---- */

static void
flac_stream(struct dz_media *m, struct dz_view v)
{
    uint64_t bits = dz_media_be(v, 10, 8);
    uint64_t rate = bits >> 44;
    uint64_t n_samples = bits & 0xfffffffffULL;
    dz_media_sayf(m, "audio.codec", "flac");
    dz_media_sayf(m, "audio.rate", "%u", (unsigned)rate);
    dz_media_sayf(m, "audio.channels", "%u", (unsigned)(bits >> 41 & 7) + 1);
    if (rate > 0)
        dz_media_say_seconds(m, "audio.duration", (double)n_samples / (double)rate);
}

static void
flac_picture(struct dz_media *m, struct dz_view v)
{
    size_t type = (size_t)dz_media_be(v, 4, 4);
    struct dz_view words = dz_media_part(v, 8, type);
    if (type < v.n)
        words = dz_media_part(v, 12 + type, (size_t)dz_media_be(v, 8 + type, 4));
    dz_media_sayf(m, "flac.picture", "yes");
    dz_media_say(m, "flac.picture_words", words);
}

void
dz_media_flac(struct dz_media *m)
{
    DZ_AUTO_BUF struct dz_buf block = DZ_BUF(PACKET_MAX);
    char head[4];
    bool last = false;
    (void)dz_media_skip(m, 4);
    while (!last && dz_media_step(m) && dz_media_take(m, head, 4)) {
        uint64_t n = dz_media_be((struct dz_view){head, 4}, 1, 3);
        uint8_t type = (uint8_t)head[0] & 0x7f;
        last = ((uint8_t)head[0] & 0x80) != 0;
        bool wanted = type == 0 || type == 4 || type == 6;
        if (!dz_media_load(m, n, wanted ? PACKET_MAX : 0, &block))
            return;
        if (block.n == 0)
            continue;
        if (type == 0)
            flac_stream(m, dz_buf_view(&block));
        else if (type == 4)
            dz_media_vorbis(m, dz_buf_view(&block));
        else if (type == 6)
            flac_picture(m, dz_buf_view(&block));
    }
    (void)dz_media_skip(m, UINT64_MAX);
}

/* ---- Ogg ---- */

struct ogg {
    struct dz_media *m;
    uint32_t serial; /* of the stream that began first */
    bool has_serial;
    struct dz_buf packet;
    unsigned n_packets;
    uint64_t rate;
    uint64_t before; /* samples that are not played */
    uint64_t last;   /* sample at which the stream ends */
    bool is_film;
};

static void
first_packet(struct ogg *o, struct dz_view v)
{
    const char *codec = "other";
    unsigned channels = 0;
    if (dz_media_has(v, 0, "\1vorbis", 7)) {
        codec = "vorbis";
        channels = (unsigned)dz_media_le(v, 11, 1);
        o->rate = dz_media_le(v, 12, 4);
    } else if (dz_media_has(v, 0, "OpusHead", 8)) {
        codec = "opus";
        channels = (unsigned)dz_media_le(v, 9, 1);
        o->before = dz_media_le(v, 10, 2);
        o->rate = 48000;
    } else if (dz_media_has(v, 0, "\x7f" "FLAC", 5)) {
        codec = "flac";
    } else if (dz_media_has(v, 0, "Speex   ", 8)) {
        codec = "speex";
        o->rate = dz_media_le(v, 36, 4);
        channels = (unsigned)dz_media_le(v, 48, 4);
    } else if (dz_media_has(v, 0, "\x80theora", 7)) {
        o->is_film = true;
        dz_media_sayf(o->m, "video.codec", "theora");
        dz_media_say_sides(o->m, "video", dz_media_be(v, 14, 3), dz_media_be(v, 17, 3));
        return;
    }
    dz_media_sayf(o->m, "audio.codec", "%s", codec);
    if (o->rate > 0 && o->rate < UINT32_MAX)
        dz_media_sayf(o->m, "audio.rate", "%u", (unsigned)o->rate);
    if (channels > 0)
        dz_media_sayf(o->m, "audio.channels", "%u", channels);
}

static void
second_packet(struct ogg *o, struct dz_view v)
{
    static const struct {
        const char *mark;
        size_t n;
    } marks[] = {{"\3vorbis", 7}, {"OpusTags", 8}, {"\x81theora", 7}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (!dz_media_has(v, 0, marks[i].mark, marks[i].n))
            continue;
        dz_media_vorbis(o->m, dz_media_part(v, marks[i].n, SIZE_MAX));
        return;
    }
    /* FLAC puts blocks of its own there, Speex the comments alone. */
    bool flac = v.n > 4 && ((uint8_t)v.p[0] & 0x7f) == 4;
    dz_media_vorbis(o->m, flac ? dz_media_part(v, 4, SIZE_MAX) : v);
}

/* A packet ends in a piece of less than 255 bytes. Only the first two are kept. */
static bool
page_packets(struct ogg *o, const uint8_t *pieces, unsigned n)
{
    DZ_AUTO_BUF struct dz_buf piece = DZ_BUF(255);
    for (unsigned i = 0; i < n; i++) {
        bool kept = o->n_packets < 2;
        if (!dz_media_load(o->m, pieces[i], kept ? 255 : 0, &piece))
            return false;
        if (!kept)
            continue;
        dz_buf_addv(&o->packet, dz_buf_view(&piece));
        if (pieces[i] == 255)
            continue;
        if (o->n_packets++ == 0)
            first_packet(o, dz_buf_view(&o->packet));
        else
            second_packet(o, dz_buf_view(&o->packet));
        dz_buf_reset(&o->packet);
    }
    return true;
}

static bool
next_page(struct ogg *o)
{
    char head[27];
    uint8_t pieces[255];
    if (!dz_media_peek(o->m, 1) || !dz_media_step(o->m) ||
        !dz_media_take(o->m, head, sizeof head))
        return false;
    struct dz_view v = {head, sizeof head};
    unsigned n = (unsigned)dz_media_le(v, 26, 1);
    uint32_t serial = (uint32_t)dz_media_le(v, 14, 4);
    if (!dz_media_has(v, 0, "OggS", 4)) {
        dz_media_flaw(o->m, "damaged");
        return false;
    }
    if (!dz_media_take(o->m, pieces, n))
        return false;
    if (!o->has_serial)
        o->serial = serial;
    o->has_serial = true;
    if (serial == o->serial && dz_media_le(v, 6, 8) != UINT64_MAX)
        o->last = dz_media_le(v, 6, 8);
    if (serial == o->serial)
        return page_packets(o, pieces, n);
    uint64_t sum = 0;
    for (unsigned i = 0; i < n; i++)
        sum += pieces[i];
    return dz_media_skip(o->m, sum);
}

void
dz_media_ogg(struct dz_media *m)
{
    struct ogg o = {.m = m, .packet = DZ_BUF(PACKET_MAX)};
    while (next_page(&o))
        ;
    if (o.rate > 0 && o.last > o.before && !o.is_film)
        dz_media_say_seconds(m, "audio.duration", (double)(o.last - o.before) / (double)o.rate);
    dz_buf_done(&o.packet);
}

/* ---- MP3 ---- */

/* Of the head of a frame: 0 for the parts that are forbidden. */
struct frame {
    unsigned kbits;
    unsigned rate;
    unsigned n_samples;
    unsigned side; /* bytes before the mark of a table of contents */
    unsigned channels;
};

static bool
read_frame(const uint8_t *p, struct frame *ret)
{
    static const uint16_t mpeg1[] = {0,  32,  40,  48,  56,  64,  80, 96,
                                     112, 128, 160, 192, 224, 256, 320, 0};
    static const uint16_t mpeg2[] = {0,  8,  16, 24,  32,  40,  48,  56,
                                     64, 80, 96, 112, 128, 144, 160, 0};
    static const unsigned rates[] = {44100, 48000, 32000, 0};
    unsigned version = p[1] >> 3 & 3; /* 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5 */
    bool mono = p[3] >> 6 == 3;
    if (p[0] != 0xff || (p[1] & 0xe6) != 0xe2 || version == 1)
        return false;
    bool one = version == 3;
    *ret = (struct frame){
        .kbits = one ? mpeg1[p[2] >> 4] : mpeg2[p[2] >> 4],
        .rate = rates[p[2] >> 2 & 3] >> (one ? 0 : version == 2 ? 1 : 2),
        .n_samples = one ? 1152 : 576,
        .side = one ? (mono ? 17 : 32) : (mono ? 9 : 17),
        .channels = mono ? 1 : 2,
    };
    return ret->kbits > 0 && ret->rate > 0;
}

/* The first frame of a file of changing rates holds the number of frames; else all are alike. */
static void
say_frames(struct dz_media *m, const struct frame *f, uint64_t bytes, uint64_t n_frames)
{
    dz_media_sayf(m, "audio.codec", "mp3");
    dz_media_sayf(m, "audio.rate", "%u", f->rate);
    dz_media_sayf(m, "audio.channels", "%u", f->channels);
    dz_media_sayf(m, "audio.duration_by", "%s", n_frames > 0 ? "frames" : "bitrate");
    if (n_frames > 0)
        dz_media_say_seconds(m, "audio.duration",
                             (double)n_frames * f->n_samples / (double)f->rate);
    else
        dz_media_say_seconds(m, "audio.duration", (double)bytes * 8.0 / (f->kbits * 1000.0));
}

void
dz_media_mp3(struct dz_media *m)
{
    struct frame frame = {0};
    uint64_t n_frames = 0;
    const uint8_t *p;
    m->keeps_tail = true;
    while (dz_media_id3(m))
        ;
    if (m->why || m->too_many)
        return;
    bool known = false;
    uint64_t limit = m->pos + DZ_MEDIA_SMALL;
    /* Padding may stand before the first frame. */
    while (m->pos < limit && (p = dz_media_peek(m, 4)) && !(known = read_frame(p, &frame)))
        (void)dz_media_skip(m, 1);
    uint64_t begin = m->pos;
    p = known ? dz_media_peek(m, 4 + frame.side + 12) : NULL;
    if (p) {
        struct dz_view v = {(const char *)p + 4 + frame.side, 12};
        bool table = dz_media_has(v, 0, "Xing", 4) || dz_media_has(v, 0, "Info", 4);
        n_frames = table && (dz_media_be(v, 4, 4) & 1) ? dz_media_be(v, 8, 4) : 0;
    }
    (void)dz_media_skip(m, UINT64_MAX);
    struct dz_view tail = {(const char *)m->tail, sizeof m->tail};
    bool old = m->pos >= sizeof m->tail && dz_media_has(tail, 0, "TAG", 3);
    if (known)
        say_frames(m, &frame, m->pos - begin - (old ? sizeof m->tail : 0), n_frames);
    if (old)
        dz_media_id3_old(m, tail);
}
