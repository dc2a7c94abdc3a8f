#include <string.h>

#include "media_impl.h"

/* Items of HEIC and AVIF (ISO 14496-12, 8.11): "iinf" names them, "iloc" says where they lie. */

#define ITEMS_MAX 65535u

struct known {
    uint64_t id[DZ_MEDIA_ITEMS];
    bool is_exif[DZ_MEDIA_ITEMS];
    size_t n;
};

static void
note_item(struct known *k, struct dz_view entry)
{
    uint64_t version = dz_media_be(entry, 0, 1);
    unsigned wide = version == 3 ? 4 : 2;
    struct dz_view type = dz_media_part(entry, 4 + wide + 2, SIZE_MAX);
    bool is_exif = dz_media_has(type, 0, "Exif", 4);
    /* "mime": the name of the item and its type follow, each with a NUL. */
    struct dz_view name = dz_media_string(dz_media_part(type, 4, SIZE_MAX));
    struct dz_view mime = dz_media_string(dz_media_part(type, 4 + name.n + 1, SIZE_MAX));
    bool is_xmp = dz_media_has(type, 0, "mime", 4) && dz_view_is(mime, "application/rdf+xml");
    if (version < 2 || (!is_exif && !is_xmp) || k->n == DZ_MEDIA_ITEMS)
        return;
    k->id[k->n] = dz_media_be(entry, 4, wide);
    k->is_exif[k->n++] = is_exif;
}

static void
read_names(struct dz_media *m, struct dz_view iinf, struct known *k)
{
    bool wide = dz_media_be(iinf, 0, 1) > 0;
    uint64_t count = dz_media_be(iinf, 4, wide ? 4 : 2);
    size_t at = wide ? 8 : 6;
    for (uint64_t i = 0; i < count && i < ITEMS_MAX && dz_media_step(m); i++) {
        uint64_t n = dz_media_be(iinf, at, 4);
        if (n < 8 || n > iinf.n - at)
            return;
        if (dz_media_has(iinf, at + 4, "infe", 4))
            note_item(k, dz_media_part(iinf, at + 8, (size_t)n - 8));
        at += (size_t)n;
    }
}

/* EXIF of an item begins with the number of bytes to pass over before its TIFF block. */
static void
say_item(struct dz_media *m, struct dz_view v, bool is_exif)
{
    if (!is_exif) {
        dz_media_xmp(m, v);
        return;
    }
    uint64_t before = dz_media_be(v, 0, 4);
    if (before < v.n)
        dz_media_exif(m, dz_media_part(v, 4 + (size_t)before, SIZE_MAX));
}

static void
add_item(struct dz_media_items *items, uint64_t offset, uint64_t n, bool is_exif)
{
    size_t at = items->n;
    if (at == DZ_MEDIA_ITEMS)
        return;
    items->n++;
    for (; at > 0 && items->item[at - 1].offset > offset; at--)
        items->item[at] = items->item[at - 1];
    items->item[at] = (struct dz_media_item){offset, n, is_exif};
}

/* The numbers of "iloc" have the lengths that its head says. */
struct places {
    struct dz_view v;
    size_t at;
};

static uint64_t
number(struct places *p, unsigned n)
{
    uint64_t value = dz_media_be(p->v, p->at, n);
    p->at += n;
    return value;
}

static void
read_place(struct dz_media *m, struct places *p, const struct known *k, struct dz_view idat,
           struct dz_media_items *ret)
{
    uint64_t version = dz_media_be(p->v, 0, 1);
    unsigned sizes = (unsigned)dz_media_be(p->v, 4, 2);
    uint64_t id = number(p, version == 2 ? 4 : 2);
    uint64_t method = version > 0 ? number(p, 2) & 15 : 0;
    uint64_t data = number(p, 2);
    uint64_t base = number(p, sizes >> 4 & 15);
    uint64_t extents = number(p, 2);
    size_t which = 0;
    while (which < k->n && k->id[which] != id)
        which++;
    for (uint64_t i = 0; i < extents && p->at < p->v.n && dz_media_step(m); i++) {
        if (version > 0)
            (void)number(p, sizes & 15);
        uint64_t offset = base + number(p, sizes >> 12 & 15);
        uint64_t n = number(p, sizes >> 8 & 15);
        /* Metadata in several pieces is not written by anyone. */
        if (which == k->n || extents != 1 || data != 0)
            continue;
        if (method == 0)
            add_item(ret, offset, n, k->is_exif[which]);
        else if (method == 1 && offset < idat.n)
            say_item(m, dz_media_part(idat, (size_t)offset, (size_t)n), k->is_exif[which]);
    }
}

void
dz_media_find_items(struct dz_media *m, struct dz_view iinf, struct dz_view iloc,
                    struct dz_view idat, struct dz_media_items *ret)
{
    struct known known = {0};
    read_names(m, iinf, &known);
    bool wide = dz_media_be(iloc, 0, 1) == 2;
    struct places p = {iloc, wide ? 10 : 8};
    uint64_t count = dz_media_be(iloc, 6, wide ? 4 : 2);
    /* Half bytes that give lengths are 0, 4 or 8. */
    for (unsigned i = 0; i < 4; i++)
        if ((dz_media_be(iloc, 4, 2) >> (4 * i) & 15) > 8)
            return;
    for (uint64_t i = 0; i < count && p.at < iloc.n && dz_media_step(m); i++)
        read_place(m, &p, &known, idat, ret);
}

bool
dz_media_pass_items(struct dz_media *m, uint64_t n, struct dz_media_items *items)
{
    uint64_t end = n > UINT64_MAX - m->pos ? UINT64_MAX : m->pos + n;
    for (size_t i = 0; i < items->n; i++) {
        const struct dz_media_item *item = &items->item[i];
        if (item->offset < m->pos || item->n > end || item->offset > end - item->n)
            continue;
        DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(DZ_MEDIA_XMP);
        if (!dz_media_skip(m, item->offset - m->pos) ||
            !dz_media_load(m, item->n, DZ_MEDIA_XMP, &bytes))
            return false;
        say_item(m, dz_buf_view(&bytes), item->is_exif);
    }
    return dz_media_skip(m, end == UINT64_MAX ? UINT64_MAX : end - m->pos);
}
