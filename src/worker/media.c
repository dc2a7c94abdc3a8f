#include "dz_families.h"

#include <string.h>

#include "dz_mem.h"
#include "dz_xml.h"
#include "media_impl.h"

/* Of what a file says about itself only titles and dates of publication become fields of the
 * source: the name of whoever took a picture, and where, is kept as metadata, which stays in the
 * custody record. */

#define ROOM_BYTES (64u << 10)
#define WHOLE_MAX (64u << 20) /* bytes of a TIFF */

enum media_end {
    PICTURE,     /* its words are read by OCR, elsewhere */
    PRESERVED,   /* a picture that is not read */
    SOUND,       /* or film */
    NOT_A_MEDIUM
};

/* The one kind that jumps to and fro: it has to be there as a whole. */
static enum media_end
read_tiff(struct dz_media *m)
{
    DZ_AUTO_BUF struct dz_buf whole = DZ_BUF(WHOLE_MAX);
    char block[4096];
    while (dz_media_peek(m, 1) != NULL && !whole.failed) {
        size_t n = dz_media_peek(m, sizeof block) ? sizeof block : 1;
        if (dz_media_take(m, block, n))
            dz_buf_add(&whole, block, n);
    }
    if (whole.failed)
        dz_work_done(m->w, "limit", "too_large");
    else
        dz_media_tiff(m, dz_buf_view(&whole));
    return PICTURE;
}

static enum media_end
read_boxes(struct dz_media *m)
{
    bool picture = false;
    dz_media_boxes(m, &picture);
    return picture ? PRESERVED : SOUND;
}

static enum media_end
read_riff(struct dz_media *m, struct dz_view head)
{
    dz_media_riff(m);
    return dz_media_has(head, 8, "WEBP", 4) ? PICTURE : SOUND;
}

static const struct {
    const char *mark;
    size_t n;
    void (*read)(struct dz_media *m);
    enum media_end end;
} kinds[] = {
    {"\xff\xd8\xff", 3, dz_media_jpeg, PICTURE},
    {"\x89PNG\r\n\x1a\n", 8, dz_media_png, PICTURE},
    {"GIF8", 4, dz_media_gif, PICTURE},
    {"BM", 2, dz_media_bmp, PICTURE},
    {"\x1a\x45\xdf\xa3", 4, dz_media_matroska, SOUND},
    {"fLaC", 4, dz_media_flac, SOUND},
    {"OggS", 4, dz_media_ogg, SOUND},
    {"ID3", 3, dz_media_mp3, SOUND},
};

static enum media_end
read_kind(struct dz_media *m, struct dz_view head)
{
    if (dz_media_has(head, 0, "II*\0", 4) || dz_media_has(head, 0, "MM\0*", 4))
        return read_tiff(m);
    if (dz_media_has(head, 0, "RIFF", 4))
        return read_riff(m, head);
    if (dz_media_has(head, 4, "ftyp", 4))
        return read_boxes(m);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (dz_media_has(head, 0, kinds[i].mark, kinds[i].n)) {
            kinds[i].read(m);
            return kinds[i].end;
        }
    }
    if (head.n >= 2 && (unsigned char)head.p[0] == 0xff &&
        ((unsigned char)head.p[1] & 0xe6) == 0xe2) {
        dz_media_mp3(m);
        return SOUND;
    }
    return NOT_A_MEDIUM;
}

static void
finish(struct dz_media *m, enum media_end end)
{
    static const char *const words[] = {
        [PICTURE] = "no_text", [PRESERVED] = "kind", [SOUND] = "media", [NOT_A_MEDIUM] = "kind"};
    if (dz_work_is_done(m->w))
        return;
    if (m->too_many)
        dz_work_done(m->w, "limit", "nesting");
    else if (m->why)
        dz_work_done(m->w, "damaged", m->why);
    else
        dz_work_done(m->w, end == NOT_A_MEDIUM ? "unsupported" : "empty", words[end]);
}

/* Twelve bytes tell all kinds. */
static void
read_any(struct dz_work *w)
{
    struct dz_media m = {.w = w};
    DZ_AUTO_FREE uint8_t *room = dz_alloc(ROOM_BYTES);
    m.room = room;
    size_t n = 12;
    while (n > 0 && !dz_media_peek(&m, n))
        n--;
    if (n == 0) {
        dz_work_done(w, "empty", "empty");
        return;
    }
    struct dz_view head = {(const char *)dz_media_peek(&m, n), n};
    char kept[12];
    memcpy(kept, head.p, n);
    finish(&m, read_kind(&m, (struct dz_view){kept, n}));
}

const struct dz_family dz_family_media = {
    .name = "media",
    .extractor = "media/1",
    .warm = dz_xml_warm,
    .read = read_any,
};
