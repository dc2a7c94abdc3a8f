#include <libexif/exif-data.h>
#include <string.h>

#include "dz_mem.h"
#include "media_impl.h"

/* EXIF by libexif: the only parser of a library that sees tags of pictures, and one that follows
 * offsets. It is told to take nothing for granted: unknown tags are passed over, and nothing is
 * added that a standard would have in the file. */

#define VALUE_MAX 1024
#define BLOCK_MAX (64u << 20)

/* Text as it stands: libexif would cut it, and takes every byte for a character. */
static bool
say_text(struct dz_media *m, const char *name, const ExifEntry *e)
{
    if (e->format != EXIF_FORMAT_ASCII || !e->data)
        return false;
    struct dz_view text = {(const char *)e->data, e->size};
    dz_media_say_named(m, "exif.", dz_view_of(name), dz_media_string(text));
    return true;
}

/* Blocks of other formats, which are said in their own words, and places in the file. */
static bool
is_passed_over(ExifTag tag)
{
    static const ExifTag tags[] = {
        EXIF_TAG_XML_PACKET,        EXIF_TAG_IPTC_NAA,      EXIF_TAG_INTER_COLOR_PROFILE,
        EXIF_TAG_IMAGE_RESOURCES,   EXIF_TAG_STRIP_OFFSETS, EXIF_TAG_STRIP_BYTE_COUNTS,
        EXIF_TAG_TRANSFER_FUNCTION, EXIF_TAG_SUB_IFDS,
    };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (tags[i] == tag)
            return true;
    return false;
}

static void
say_entry(ExifEntry *e, void *ctx)
{
    struct dz_media *m = ctx;
    ExifIfd ifd = exif_entry_get_ifd(e);
    const char *name = exif_tag_get_name_in_ifd(e->tag, ifd);
    char value[VALUE_MAX];
    if (!name || is_passed_over(e->tag) || say_text(m, name, e))
        return;
    if (e->tag == EXIF_TAG_MAKER_NOTE) {
        dz_media_sayf(m, "exif.MakerNote", "%u bytes", e->size);
        return;
    }
    dz_media_say_named(m, "exif.", dz_view_of(name),
                       dz_view_of(exif_entry_get_value(e, value, sizeof value)));
}

static void
say_content(ExifContent *content, void *ctx)
{
    ExifIfd ifd = exif_content_get_ifd(content);
    /* What a thumbnail says repeats what the picture says. */
    if (ifd != EXIF_IFD_1 && ifd != EXIF_IFD_INTEROPERABILITY)
        exif_content_foreach_entry(content, say_entry, ctx);
}

/* Degrees of a latitude or longitude, kept as three fractions. */
static bool
degrees(ExifData *data, ExifTag value, ExifTag side, char negative, double *ret)
{
    ExifEntry *e = exif_content_get_entry(data->ifd[EXIF_IFD_GPS], value);
    ExifEntry *s = exif_content_get_entry(data->ifd[EXIF_IFD_GPS], side);
    if (!e || !e->data || e->format != EXIF_FORMAT_RATIONAL || e->components < 3 || e->size < 24)
        return false;
    double all = 0.0;
    static const double units[] = {1.0, 60.0, 3600.0};
    for (unsigned i = 0; i < 3; i++) {
        ExifRational r = exif_get_rational(e->data + (size_t)8 * i, exif_data_get_byte_order(data));
        if (r.denominator != 0)
            all += (double)r.numerator / (double)r.denominator / units[i];
    }
    *ret = s && s->data && s->size > 0 && s->data[0] == (unsigned char)negative ? -all : all;
    return all <= 180.0;
}

static void
say_position(struct dz_media *m, ExifData *data)
{
    double latitude;
    double longitude;
    /* The numbers of these tags mean something else outside the directory of positions. */
    if (degrees(data, (ExifTag)EXIF_TAG_GPS_LATITUDE, (ExifTag)EXIF_TAG_GPS_LATITUDE_REF, 'S',
                &latitude) &&
        degrees(data, (ExifTag)EXIF_TAG_GPS_LONGITUDE, (ExifTag)EXIF_TAG_GPS_LONGITUDE_REF, 'W',
                &longitude))
        dz_media_sayf(m, "exif.position", "%.6f, %.6f", latitude, longitude);
}

/* What makers of cameras keep in a block of their own: numbers of devices and owners are there. */
static void
say_maker_note(struct dz_media *m, ExifData *data)
{
    ExifMnoteData *note = exif_data_get_mnote_data(data);
    unsigned count = note ? exif_mnote_data_count(note) : 0;
    for (unsigned i = 0; i < count && i < 1000; i++) {
        char value[VALUE_MAX];
        const char *name = exif_mnote_data_get_name(note, i);
        if (name && exif_mnote_data_get_value(note, i, value, sizeof value))
            dz_media_say_named(m, "exif.maker.", dz_view_of(name), dz_view_of(value));
    }
}

void
dz_media_exif(struct dz_media *m, struct dz_view block)
{
    static const char mark[] = {'E', 'x', 'i', 'f', 0, 0};
    DZ_AUTO_BUF struct dz_buf marked = DZ_BUF((size_t)BLOCK_MAX + sizeof mark);
    if (!dz_media_has(block, 0, mark, sizeof mark)) {
        dz_buf_add(&marked, mark, sizeof mark);
        dz_buf_addv(&marked, block);
        block = dz_buf_view(&marked);
    }
    if (marked.failed || block.n > BLOCK_MAX)
        return;
    ExifData *data = exif_data_new();
    if (!data)
        return;
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_set_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
    exif_data_load_data(data, (const unsigned char *)block.p, (unsigned)block.n);
    exif_data_foreach_content(data, say_content, m);
    say_position(m, data);
    say_maker_note(m, data);
    if (data->size > 0)
        dz_media_sayf(m, "exif.thumbnail", "%u bytes", data->size);
    exif_data_unref(data);
}
