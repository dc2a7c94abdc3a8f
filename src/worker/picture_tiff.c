#include "dz_picture.h"

#include <string.h>

/* TIFF 6.0, section 2: directories of entries of 12 bytes, in a chain. EXIF has the same form. */

#define TAG_WIDTH 256
#define TAG_HEIGHT 257
#define TAG_ORIENTATION 274
#define ENTRIES_MAX 4096

struct tiff {
    const uint8_t *p;
    size_t n;
    bool little;
};

static uint32_t
number(const struct tiff *t, size_t at, unsigned n)
{
    uint32_t v = 0;
    if (at > t->n || t->n - at < n)
        return 0;
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | t->p[at + (t->little ? n - 1 - i : i)];
    return v;
}

static bool
open_tiff(struct dz_view v, struct tiff *ret)
{
    *ret = (struct tiff){.p = (const uint8_t *)v.p, .n = v.n};
    if (v.n < 8 || (memcmp(v.p, "II*\0", 4) != 0 && memcmp(v.p, "MM\0*", 4) != 0))
        return false;
    ret->little = v.p[0] == 'I';
    return true;
}

/* The value of an entry: a short or a long, standing in the entry itself. */
static uint32_t
value_at(const struct tiff *t, size_t at)
{
    uint32_t type = number(t, at + 2, 2);
    return type == 3 ? number(t, at + 8, 2) : type == 4 ? number(t, at + 8, 4) : 0;
}

struct directory {
    uint32_t width;
    uint32_t height;
    uint32_t orientation;
    size_t next;
};

/* Of an entry that stands twice, other readers may take either: the larger counts. */
static uint32_t
more(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static bool
read_directory(const struct tiff *t, size_t at, struct directory *ret)
{
    *ret = (struct directory){0};
    if (at < 8 || at > t->n || t->n - at < 2)
        return false;
    uint32_t n = number(t, at, 2);
    if (n == 0 || n > ENTRIES_MAX || (t->n - at - 2) / 12 < n)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        size_t entry = at + 2 + (size_t)i * 12;
        switch (number(t, entry, 2)) {
        case TAG_WIDTH:
            ret->width = more(ret->width, value_at(t, entry));
            break;
        case TAG_HEIGHT:
            ret->height = more(ret->height, value_at(t, entry));
            break;
        case TAG_ORIENTATION:
            ret->orientation = value_at(t, entry);
            break;
        default:
            break;
        }
    }
    ret->next = number(t, at + 2 + (size_t)n * 12, 4);
    return true;
}

unsigned
dz_picture_orientation(struct dz_view exif)
{
    struct tiff t;
    struct directory d;
    if (exif.n > 6 && memcmp(exif.p, "Exif\0", 5) == 0)
        exif = (struct dz_view){exif.p + 6, exif.n - 6};
    if (!open_tiff(exif, &t) || !read_directory(&t, number(&t, 4, 4), &d))
        return 1;
    return d.orientation >= 1 && d.orientation <= 8 ? d.orientation : 1;
}

/* A chain that leads back would never end: it is followed for as many pages as are read. */
const char *
dz_picture_tiff_head(struct dz_view bytes, struct dz_picture_head *ret)
{
    struct tiff t;
    struct directory d;
    ret->n_pages = 0;
    if (!open_tiff(bytes, &t))
        return "damaged";
    for (size_t at = number(&t, 4, 4); at != 0 && ret->n_pages < DZ_PICTURE_PAGES_MAX;
         at = d.next) {
        if (!read_directory(&t, at, &d))
            break;
        if ((uint64_t)d.width * d.height > (uint64_t)ret->width * ret->height ||
            ret->n_pages == 0) {
            ret->width = d.width;
            ret->height = d.height;
        }
        ret->n_pages++;
    }
    return ret->n_pages > 0 ? NULL : "damaged";
}
