/* A ZIP file in memory, read by its central directory: office files, books and web archives are
 * such
 * files, and their members are wanted by name. Where the directory is gone (a file cut off), the
 * members are found one after another by their own headers instead.
 *
 * What a member says about its size is not believed: expansion is limited by what comes out.
 * Nothing
 * here fails in words, since an unreadable member is a finding about the file, not an error. The
 * format is PKWARE's APPNOTE 6.3. */
#ifndef DZ_ZIP_READ_H
#define DZ_ZIP_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"

#define DZ_ZIP_ENTRIES_MAX 65536
#define DZ_ZIP_NAME_MAX 4096
#define DZ_ZIP_FREE_BYTES ((uint64_t)32 << 20) /* expand to this much whatever the ratio */
#define DZ_ZIP_RATIO_MAX 250                   /* beyond that much */
#define DZ_ZIP_SUM_MAX ((uint64_t)1 << 30)     /* of all members that were read */

struct dz_zip_entry {
    struct dz_view name; /* as stored, in the document's memory */
    bool is_utf8;        /* the name says so */
    bool encrypted;
    bool folder;
    bool symlink;
    uint16_t method;
    uint32_t crc;
    bool has_crc;
    uint64_t packed_bytes; /* as stated; bounded by the file's end when read */
    uint64_t size_bytes;   /* as stated, for information only */
    uint64_t at;           /* of its local header */
};

struct dz_zip {
    struct dz_view bytes;
    struct dz_zip_entry *entries;
    size_t n;
    size_t cap;
    bool damaged;  /* no directory, or one that does not fit the file */
    bool overlaps; /* two members share bytes, as no honest file has it */
    bool too_many; /* more than DZ_ZIP_ENTRIES_MAX: the rest is left out */
    uint64_t spent_bytes;
};

enum dz_zip_end {
    DZ_ZIP_WHOLE,   /* all came, and its checksum is right */
    DZ_ZIP_DAMAGED, /* some may have come */
    DZ_ZIP_BOMB,    /* it expands beyond the limits above */
    DZ_ZIP_METHOD,  /* a way of packing that is not read */
    DZ_ZIP_LOCKED,  /* encrypted */
    DZ_ZIP_STOPPED  /* the receiver had enough */
};

/** Find the members. bytes are borrowed and must outlive *z. False: no ZIP file at all. */
bool
dz_zip_open(struct dz_zip *z, struct dz_view bytes);
void
dz_zip_done(struct dz_zip *z);
#define DZ_AUTO_ZIP DZ_CLEANUP(dz_zip_done)

/** The first member of that name, or NULL. */
const struct dz_zip_entry *
dz_zip_find(const struct dz_zip *z, const char *name);
const struct dz_zip_entry *
dz_zip_find_view(const struct dz_zip *z, struct dz_view name);

/** Gets the expanded bytes piece by piece; false stops the reading. */
typedef bool dz_zip_sink(void *ctx, const void *p, size_t n);
enum dz_zip_end
dz_zip_stream(struct dz_zip *z, const struct dz_zip_entry *e, dz_zip_sink *sink, void *ctx);
/** The whole member appended to out; DZ_ZIP_STOPPED when out is full. */
enum dz_zip_end
dz_zip_load(struct dz_zip *z, const struct dz_zip_entry *e, struct dz_buf *out);
/** The bytes as they lie in the file, for members that are stored unpacked; false otherwise. */
bool
dz_zip_stored(const struct dz_zip *z, const struct dz_zip_entry *e, struct dz_view *ret);

/** A member's name in UTF-8: as declared, else UTF-8 if it is that, else the usual code page of its
 * place and time (866 or 1251 by their letters). Control characters stand as spaces. */
void
dz_zip_name(struct dz_view name, bool is_utf8, struct dz_buf *out);

#endif
