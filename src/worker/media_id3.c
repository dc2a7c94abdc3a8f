#include <string.h>

#include "media_impl.h"

/* ID3 (id3.org, versions 1.1, 2.2, 2.3 and 2.4): tags before the sound, and an old form behind. */

#define TAG_MAX (8u << 20) /* bytes of a tag; a larger one is passed over */
#define FRAMES_MAX 2000

struct tag {
    struct dz_media *m;
    unsigned version; /* 2, 3 or 4 */
    struct dz_view v;
};

/* Numbers of seven bits a byte, which cannot be taken for the head of a frame. */
static uint64_t
seven_bits(struct dz_view v, size_t at)
{
    uint64_t n = 0;
    for (size_t i = 0; i < 4; i++)
        n = n << 7 | (dz_media_be(v, at + i, 1) & 0x7f);
    return n;
}

/* In what is marked so, a NUL after each 0xff was put in. */
static void
take_out_marks(struct dz_buf *b)
{
    size_t to = 0;
    for (size_t at = 0; at < b->n; at++) {
        b->p[to++] = b->p[at];
        if ((uint8_t)b->p[at] == 0xff && at + 1 < b->n && b->p[at + 1] == 0)
            at++;
    }
    dz_buf_cut(b, to);
}

/* The first string in one of the four encodings; *rest is what stands behind it. */
static void
decode(struct dz_buf *out, uint64_t encoding, struct dz_view v, struct dz_view *rest)
{
    bool wide = encoding == 1 || encoding == 2;
    size_t n = 0;
    size_t unit = wide ? 2 : 1;
    while (n + unit <= v.n && (v.p[n] != 0 || (wide && v.p[n + 1] != 0)))
        n += unit;
    bool whole = n + unit <= v.n;
    if (rest)
        *rest = dz_media_part(v, whole ? n + unit : v.n, SIZE_MAX);
    bool little = encoding == 1 && !dz_media_has(v, 0, "\xfe\xff", 2);
    if (wide)
        dz_media_utf16(out, dz_media_part(v, 0, n), little);
    else
        dz_buf_add(out, v.p, n);
}

/* Version 4 allows several values in one frame, parted by a NUL. */
static void
text_frame(struct tag *t, const char *key, struct dz_view v)
{
    uint64_t encoding = dz_media_be(v, 0, 1);
    struct dz_view rest = dz_media_part(v, 1, SIZE_MAX);
    for (int i = 0; i < 20 && rest.n > 0; i++) {
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_MEDIA_SMALL);
        decode(&text, encoding, rest, &rest);
        dz_media_say(t->m, key, dz_buf_view(&text));
        if (strcmp(key, "id3.TIT2") == 0 || strcmp(key, "id3.TT2") == 0)
            dz_media_field(t->m, "title", dz_buf_view(&text));
        else if (strcmp(key, "id3.TDRL") == 0)
            dz_media_field(t->m, "published", dz_buf_view(&text));
    }
}

/* A name and a value: of the maker's own, or a remark after a language. */
static void
named_frame(struct tag *t, const char *prefix, uint64_t encoding, struct dz_view v)
{
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(DZ_MEDIA_SMALL);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_MEDIA_SMALL);
    struct dz_view rest;
    decode(&name, encoding, v, &rest);
    decode(&text, encoding, rest, NULL);
    if (name.n == 0)
        dz_buf_adds(&name, "text");
    dz_media_say_named(t->m, prefix, dz_buf_view(&name), dz_buf_view(&text));
}

static void
read_frame(struct tag *t, struct dz_view id, struct dz_view v)
{
    char key[16] = "id3.";
    uint64_t encoding = dz_media_be(v, 0, 1);
    memcpy(key + 4, id.p, id.n);
    key[4 + id.n] = '\0';
    if (dz_view_starts(id, "TXX"))
        named_frame(t, "id3.TXXX.", encoding, dz_media_part(v, 1, SIZE_MAX));
    else if (dz_view_starts(id, "COM"))
        named_frame(t, "id3.COMM.", encoding, dz_media_part(v, 4, SIZE_MAX));
    else if (id.p[0] == 'T')
        text_frame(t, key, v);
    else if (dz_view_starts(id, "WXX"))
        named_frame(t, "id3.WXXX.", 0, dz_media_part(v, 1, SIZE_MAX));
    else if (id.p[0] == 'W' || dz_view_is(id, "PRIV") || dz_view_is(id, "UFID"))
        dz_media_say(t->m, key, dz_media_string(v));
    else
        dz_media_sayf(t->m, key, "%zu bytes", v.n);
}

static bool
is_name(struct dz_view id)
{
    for (size_t i = 0; i < id.n; i++)
        if (!((id.p[i] >= 'A' && id.p[i] <= 'Z') || (id.p[i] >= '0' && id.p[i] <= '9')))
            return false;
    return id.n > 0;
}

static void
read_frames(struct tag *t)
{
    size_t name = t->version == 2 ? 3 : 4;
    size_t head = t->version == 2 ? 6 : 10;
    size_t at = 0;
    for (size_t i = 0; i < FRAMES_MAX && at + head <= t->v.n; i++) {
        struct dz_view id = dz_media_part(t->v, at, name);
        uint64_t n = t->version == 2   ? dz_media_be(t->v, at + 3, 3)
                     : t->version == 3 ? dz_media_be(t->v, at + 4, 4)
                                       : seven_bits(t->v, at + 4);
        uint64_t flags = t->version == 2 ? 0 : dz_media_be(t->v, at + 9, 1);
        if (!is_name(id))
            return;
        if (n > t->v.n - at - head) {
            dz_media_flaw(t->m, "damaged");
            return;
        }
        /* Packed and locked frames are named; a length before the data is passed over. */
        struct dz_view body = dz_media_part(t->v, at + head, (size_t)n);
        bool hidden = t->version == 3 ? (flags & 0xc0) != 0 : (flags & 0x0c) != 0;
        if (t->version == 4 && (flags & 1))
            body = dz_media_part(body, 4, SIZE_MAX);
        if (!hidden)
            read_frame(t, id, body);
        at += head + (size_t)n;
    }
}

bool
dz_media_id3(struct dz_media *m)
{
    char head[10];
    const uint8_t *p = dz_media_peek(m, 10);
    if (!p || memcmp(p, "ID3", 3) != 0 || !dz_media_step(m) || !dz_media_take(m, head, 10))
        return false;
    struct dz_view h = {head, sizeof head};
    uint64_t flags = dz_media_be(h, 5, 1);
    DZ_AUTO_BUF struct dz_buf body = DZ_BUF(TAG_MAX);
    if (!dz_media_load(m, seven_bits(h, 6), TAG_MAX, &body))
        return false;
    if (flags & 0x80)
        take_out_marks(&body);
    struct tag t = {m, (unsigned)dz_media_be(h, 3, 1), dz_buf_view(&body)};
    if (flags & 0x40) {
        /* A second head, whose length counts itself in version 4 only. */
        uint64_t n = t.version == 3 ? dz_media_be(t.v, 0, 4) + 4 : seven_bits(t.v, 0);
        t.v = dz_media_part(t.v, n < t.v.n ? (size_t)n : t.v.n, SIZE_MAX);
    }
    dz_media_sayf(m, "id3.version", "2.%u", t.version);
    if (t.version >= 2 && t.version <= 4)
        read_frames(&t);
    return (flags & 0x10) == 0 || dz_media_skip(m, 10);
}

void
dz_media_id3_old(struct dz_media *m, struct dz_view v)
{
    static const struct {
        size_t at;
        size_t n;
        const char *key;
    } rows[] = {{3, 30, "id3v1.title"},
                {33, 30, "id3v1.artist"},
                {63, 30, "id3v1.album"},
                {93, 4, "id3v1.year"},
                {97, 28, "id3v1.comment"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        dz_media_say(m, rows[i].key, dz_media_string(dz_media_part(v, rows[i].at, rows[i].n)));
}
