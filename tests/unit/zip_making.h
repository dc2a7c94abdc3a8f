/* ZIP files put together in a test: members stored unpacked, or packed by zlib. */
#ifndef ZIP_MAKING_H
#define ZIP_MAKING_H

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "dz_buf.h"

struct zip_making {
    struct dz_buf file;
    struct dz_buf directory;
    unsigned n;
};

static inline void
zip_le(struct dz_buf *b, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        dz_buf_add_u8(b, (uint8_t)(i < 8 ? v >> (8 * i) : 0));
}

static inline void
zip_record(struct zip_making *z, const char *name, unsigned method, unsigned long crc,
           struct dz_view packed, size_t size)
{
    size_t at = z->file.n;
    for (int is_directory = 0; is_directory < 2; is_directory++) {
        struct dz_buf *b = is_directory ? &z->directory : &z->file;
        zip_le(b, is_directory ? 0x02014b50 : 0x04034b50, 4);
        if (is_directory)
            zip_le(b, 20, 2);
        zip_le(b, 20, 2);
        zip_le(b, 0x800, 2);
        zip_le(b, method, 2);
        zip_le(b, 0x58656000, 4);
        zip_le(b, crc, 4);
        zip_le(b, packed.n, 4);
        zip_le(b, size, 4);
        zip_le(b, strlen(name), 2);
        zip_le(b, 0, 2);
        if (is_directory) {
            zip_le(b, 0, 10);
            zip_le(b, at, 4);
        }
        dz_buf_adds(b, name);
    }
    dz_buf_addv(&z->file, packed);
    z->n++;
}

static inline void
zip_store(struct zip_making *z, const char *name, struct dz_view data)
{
    unsigned long crc = crc32(0, (const Bytef *)data.p, (uInt)data.n);
    zip_record(z, name, 0, crc, data, data.n);
}

/* times repetitions of a text, deflated. */
static inline void
zip_pack(struct zip_making *z, const char *name, struct dz_view head, struct dz_view body,
         size_t times, struct dz_view tail)
{
    z_stream s = {0};
    (void)deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    struct dz_buf packed = DZ_BUF((size_t)64 << 20);
    unsigned long crc = crc32(0, NULL, 0);
    size_t size = 0;
    for (size_t i = 0; i < times + 2; i++) {
        struct dz_view v = i == 0 ? head : i <= times ? body : tail;
        crc = crc32(crc, (const Bytef *)v.p, (uInt)v.n);
        size += v.n;
        memcpy(&s.next_in, &v.p, sizeof s.next_in);
        s.avail_in = (uInt)v.n;
        int got = Z_OK;
        do {
            unsigned char room[16384];
            s.next_out = room;
            s.avail_out = sizeof room;
            got = deflate(&s, i == times + 1 ? Z_FINISH : Z_NO_FLUSH);
            dz_buf_add(&packed, room, sizeof room - s.avail_out);
        } while (s.avail_out == 0 || (i == times + 1 && got == Z_OK));
    }
    deflateEnd(&s);
    zip_record(z, name, 8, crc, dz_buf_view(&packed), size);
    dz_buf_done(&packed);
}

static inline struct dz_view
zip_finish(struct zip_making *z)
{
    size_t start = z->file.n;
    dz_buf_addv(&z->file, dz_buf_view(&z->directory));
    zip_le(&z->file, 0x06054b50, 4);
    zip_le(&z->file, 0, 4);
    zip_le(&z->file, z->n, 2);
    zip_le(&z->file, z->n, 2);
    zip_le(&z->file, z->directory.n, 4);
    zip_le(&z->file, start, 4);
    zip_le(&z->file, 0, 2);
    return dz_buf_view(&z->file);
}

static inline void
zip_done(struct zip_making *z)
{
    dz_buf_done(&z->file);
    dz_buf_done(&z->directory);
}

#endif
