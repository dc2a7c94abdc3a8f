#include <string.h>

#include "media_impl.h"

/* Matroska and WebM (RFC 8794, RFC 9559): elements of a name, a length and data. Elements that hold
 * others are simply entered, so that unknown lengths and false ones matter nowhere. */

#define SECONDS_2001 978307200

enum form { ENTER, TEXT, NUMBER, REAL, DATE };

static const struct element {
    uint32_t id;
    enum form form;
    const char *key; /* NULL: read_special knows */
} elements[] = {
    {0x1a45dfa3, ENTER, NULL},
    {0x4282, TEXT, "matroska.doctype"},
    {0x18538067, ENTER, NULL}, /* segment */
    {0x1549a966, ENTER, NULL}, /* information */
    {0x2ad7b1, NUMBER, NULL},  /* nanoseconds of a tick */
    {0x4489, REAL, NULL},      /* length in ticks */
    {0x4461, DATE, "video.created"},
    {0x7ba9, TEXT, "matroska.title"},
    {0x4d80, TEXT, "matroska.muxer"},
    {0x5741, TEXT, "matroska.writer"},
    {0x7384, TEXT, "matroska.filename"},
    {0x1654ae6b, ENTER, NULL}, /* tracks */
    {0xae, ENTER, NULL},
    {0x83, NUMBER, NULL}, /* kind of track */
    {0x86, TEXT, NULL},   /* its codec */
    {0x536e, TEXT, "track.name"},
    {0x22b59c, TEXT, "track.language"},
    {0x22b59d, TEXT, "track.language"},
    {0xe0, ENTER, NULL},
    {0xb0, NUMBER, "video.width"},
    {0xba, NUMBER, "video.height"},
    {0xe1, ENTER, NULL},
    {0xb5, REAL, "audio.rate"},
    {0x9f, NUMBER, "audio.channels"},
    {0x1254c367, ENTER, NULL}, /* tags */
    {0x7373, ENTER, NULL},
    {0x67c8, ENTER, NULL},
    {0x45a3, TEXT, NULL}, /* name of a tag */
    {0x4487, TEXT, NULL}, /* and its value */
    {0x1941a469, ENTER, NULL}, /* attachments */
    {0x61a7, ENTER, NULL},
    {0x466e, TEXT, "matroska.attachment"},
};

struct matroska {
    struct dz_media *m;
    uint64_t tick_ns;
    double ticks;
    uint64_t kind; /* of the track */
    struct dz_buf name;
};

/* A number whose first byte tells its length. keeps: with the mark, as in names of elements.
 * All ones: unknown, as UINT64_MAX. false: none, or the file ends. */
static bool
take_number(struct dz_media *m, bool keeps, uint64_t *ret)
{
    uint8_t p[8];
    unsigned n = 1;
    if (!dz_media_take(m, p, 1))
        return false;
    while (n <= 8 && (p[0] & 0x80u >> (n - 1)) == 0)
        n++;
    if (n > (keeps ? 4u : 8u)) {
        dz_media_flaw(m, "damaged");
        return false;
    }
    if (n > 1 && !dz_media_take(m, p + 1, n - 1))
        return false;
    uint64_t value = keeps ? p[0] : p[0] & (0x7fu >> (n - 1));
    for (unsigned i = 1; i < n; i++)
        value = value << 8 | p[i];
    bool ones = !keeps && value == ((uint64_t)1 << 7 * n) - 1;
    *ret = ones ? UINT64_MAX : value;
    return true;
}

static double
real_of(struct dz_view v)
{
    uint64_t bits = dz_media_be(v, 0, (unsigned)v.n);
    if (v.n == 4) {
        uint32_t half = (uint32_t)bits;
        float single;
        memcpy(&single, &half, sizeof single);
        return (double)single;
    }
    double whole = 0.0;
    if (v.n == 8)
        memcpy(&whole, &bits, sizeof whole);
    return whole;
}

static void
read_special(struct matroska *k, uint32_t id, struct dz_view v)
{
    uint64_t number = v.n <= 8 ? dz_media_be(v, 0, (unsigned)v.n) : 0;
    switch (id) {
    case 0x2ad7b1:
        k->tick_ns = number;
        break;
    case 0x4489:
        k->ticks = real_of(v);
        break;
    case 0x83:
        k->kind = number;
        dz_media_sayf(k->m, "track.kind", "%s",
                      number == 1    ? "vide"
                      : number == 2  ? "soun"
                      : number == 17 ? "text"
                                     : "other");
        break;
    case 0x86:
        dz_media_say(k->m, k->kind == 2 ? "audio.codec" : k->kind == 1 ? "video.codec" : "track.codec",
                     v);
        break;
    case 0x45a3:
        dz_buf_reset(&k->name);
        dz_buf_addv(&k->name, v);
        break;
    case 0x4487:
        dz_media_say_named(k->m, "matroska.tag.", dz_buf_view(&k->name), v);
        break;
    default:
        break;
    }
}

static void
read_element(struct matroska *k, const struct element *e, struct dz_view v)
{
    struct dz_view text = dz_media_string(v);
    if (!e->key)
        read_special(k, e->id, e->form == TEXT ? text : v);
    else if (e->form == TEXT)
        dz_media_say(k->m, e->key, text);
    else if (e->form == NUMBER && v.n <= 8)
        dz_media_sayf(k->m, e->key, "%llu", (unsigned long long)dz_media_be(v, 0, (unsigned)v.n));
    else if (e->form == REAL && real_of(v) > 0.0 && real_of(v) < 1e9)
        dz_media_sayf(k->m, e->key, "%.0f", real_of(v));
    else if (e->form == DATE && v.n == 8)
        dz_media_say_time(k->m, e->key,
                          (int64_t)dz_media_be(v, 0, 8) / 1000000000 + SECONDS_2001);
    if (e->id == 0x7ba9)
        dz_media_field(k->m, "title", text);
}

static const struct element *
find(uint64_t id)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (elements[i].id == id)
            return &elements[i];
    return NULL;
}

static bool
next_element(struct matroska *k, struct dz_buf *body)
{
    uint64_t id;
    uint64_t n;
    if (!dz_media_peek(k->m, 1) || !dz_media_step(k->m) || !take_number(k->m, true, &id) ||
        !take_number(k->m, false, &n))
        return false;
    const struct element *e = find(id);
    /* A cluster of unknown length ends where the next element of its rank begins. */
    if ((e && e->form == ENTER) || (n == UINT64_MAX && id == 0x1f43b675))
        return true;
    if (n == UINT64_MAX) {
        dz_media_flaw(k->m, "damaged");
        return false;
    }
    if (!e)
        return dz_media_skip(k->m, n);
    if (!dz_media_load(k->m, n, DZ_MEDIA_SMALL, body))
        return false;
    read_element(k, e, dz_buf_view(body));
    return true;
}

void
dz_media_matroska(struct dz_media *m)
{
    DZ_AUTO_BUF struct dz_buf body = DZ_BUF(DZ_MEDIA_SMALL);
    struct matroska k = {.m = m, .tick_ns = 1000000, .name = DZ_BUF(DZ_MEDIA_SMALL)};
    while (next_element(&k, &body))
        ;
    dz_media_say_seconds(m, "video.duration", k.ticks * (double)k.tick_ns / 1e9);
    dz_buf_done(&k.name);
}
