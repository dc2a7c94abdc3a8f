#include <string.h>

#include "media_impl.h"

/* TIFF 6.0, section 2: directories of entries of 12 bytes, in a chain. What is in them is said by
 * libexif, which reads the same form; here are the pages, and the blocks of other formats. */

#define PAGES_MAX 10000u

struct tiff {
    struct dz_view v;
    bool little;
};

static uint64_t
number(const struct tiff *t, size_t at, unsigned n)
{
    return t->little ? dz_media_le(t->v, at, n) : dz_media_be(t->v, at, n);
}

static uint64_t
value_of(const struct tiff *t, size_t entry)
{
    return number(t, entry + 8, number(t, entry + 2, 2) == 3 ? 2 : 4);
}

/* The bytes of an entry, of whatever type: four stand in it, more elsewhere. */
static struct dz_view
bytes_of(const struct tiff *t, size_t entry)
{
    static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
    uint64_t type = number(t, entry + 2, 2);
    uint64_t n = number(t, entry + 4, 4) * (type < sizeof sizes ? sizes[type] : 0);
    size_t at = n <= 4 ? entry + 8 : (size_t)number(t, entry + 8, 4);
    return dz_media_part(t->v, at, (size_t)n);
}

static void
read_entry(struct dz_media *m, const struct tiff *t, size_t entry)
{
    switch (number(t, entry, 2)) {
    case 700:
        dz_media_xmp(m, bytes_of(t, entry));
        break;
    case 33723:
        dz_media_iptc(m, bytes_of(t, entry));
        break;
    case 34377:
        dz_media_photoshop(m, bytes_of(t, entry));
        break;
    case 34675:
        dz_media_profile(m, bytes_of(t, entry));
        break;
    default:
        break;
    }
}

/* The directory at *at; *at becomes that of the next one. */
static bool
read_page(struct dz_media *m, const struct tiff *t, size_t *at)
{
    uint64_t width = 0;
    uint64_t height = 0;
    size_t count = (size_t)number(t, *at, 2);
    if (count == 0 || *at + 2 + 12 * count + 4 > t->v.n)
        return false;
    for (size_t i = 0; i < count && dz_media_step(m); i++) {
        size_t entry = *at + 2 + 12 * i;
        uint64_t tag = number(t, entry, 2);
        if (tag == 256)
            width = value_of(t, entry);
        else if (tag == 257)
            height = value_of(t, entry);
        else
            read_entry(m, t, entry);
    }
    dz_media_say_sides(m, "image", width, height);
    *at = (size_t)number(t, *at + 2 + 12 * count, 4);
    return true;
}

void
dz_media_tiff(struct dz_media *m, struct dz_view whole)
{
    struct tiff t = {.v = whole, .little = whole.n > 0 && whole.p[0] == 'I'};
    size_t at = (size_t)number(&t, 4, 4);
    size_t anchor = 0;
    unsigned pages = 0;
    while (at != 0 && pages < PAGES_MAX && !m->too_many) {
        if (!read_page(m, &t, &at)) {
            dz_media_flaw(m, at >= whole.n ? "truncated" : "damaged");
            break;
        }
        pages++;
        /* In a ring a directory comes again that was marked before. */
        if (at != 0 && at == anchor) {
            dz_media_flaw(m, "damaged");
            break;
        }
        if ((pages & (pages - 1)) == 0)
            anchor = at;
    }
    if (pages > 1)
        dz_media_sayf(m, "tiff.pages", "%u", pages);
    dz_media_exif(m, whole);
}
