#include "dz_zip_read.h"

#define ZLIB_CONST
#include <string.h>
#include <zlib.h>

#include "dz_mem.h"

#define LOCAL_SIGNATURE 0x04034b50u
#define ENTRY_SIGNATURE 0x02014b50u
#define END_SIGNATURE 0x06054b50u
#define END64_SIGNATURE 0x06064b50u
#define LOCATOR64_SIGNATURE 0x07064b50u
#define DESCRIPTOR_SIGNATURE 0x08074b50u

#define LOCAL_BYTES 30
#define ENTRY_BYTES 46
#define END_BYTES 22
#define LOCATOR64_BYTES 20
#define END64_BYTES 56

#define FLAG_ENCRYPTED 0x0001u
#define FLAG_DESCRIPTOR 0x0008u
#define FLAG_UTF8 0x0800u

static uint32_t
le16(const char *p)
{
    const uint8_t *u = (const uint8_t *)p;
    return (uint32_t)u[0] | (uint32_t)u[1] << 8;
}

static uint32_t
le32(const char *p)
{
    return le16(p) | le16(p + 2) << 16;
}

static uint64_t
le64(const char *p)
{
    return (uint64_t)le32(p) | (uint64_t)le32(p + 4) << 32;
}

/* Whether n bytes lie at `at`; offsets come from the file and may be anything. */
static bool
has(struct dz_view v, uint64_t at, uint64_t n)
{
    return at <= v.n && n <= v.n - at;
}

static struct dz_zip_entry *
add_entry(struct dz_zip *z)
{
    if (z->n >= DZ_ZIP_ENTRIES_MAX) {
        z->too_many = true;
        return NULL;
    }
    z->entries = dz_grow(z->entries, &z->cap, z->n + 1, sizeof *z->entries);
    struct dz_zip_entry *e = &z->entries[z->n++];
    *e = (struct dz_zip_entry){0};
    return e;
}

/* Sizes and place of a large member stand in an extra field, in the order of those that are all
 * ones
 * in the record itself (APPNOTE 4.5.3). */
static void
take_zip64(struct dz_zip_entry *e, struct dz_view extra)
{
    while (extra.n >= 4) {
        uint32_t id = le16(extra.p);
        size_t n = le16(extra.p + 2);
        if (n > extra.n - 4)
            return;
        const char *p = extra.p + 4;
        if (id == 1) {
            uint64_t *const slots[] = {&e->size_bytes, &e->packed_bytes, &e->at};
            size_t used = 0;
            for (size_t i = 0; i < 3; i++) {
                if (*slots[i] != UINT32_MAX || n - used < 8)
                    continue;
                *slots[i] = le64(p + used);
                used += 8;
            }
        }
        extra.p += 4 + n;
        extra.n -= 4 + n;
    }
}

static void
take_name(struct dz_zip_entry *e, const char *p, size_t n)
{
    e->name = (struct dz_view){.p = p, .n = n < DZ_ZIP_NAME_MAX ? n : DZ_ZIP_NAME_MAX};
    e->folder = n > 0 && p[n - 1] == '/';
}

/* One record of the central directory at *at; false: there is none. */
static bool
read_entry(struct dz_zip *z, uint64_t *at, uint64_t shift)
{
    if (!has(z->bytes, *at, ENTRY_BYTES) || le32(z->bytes.p + *at) != ENTRY_SIGNATURE)
        return false;
    const char *p = z->bytes.p + *at;
    size_t n_name = le16(p + 28);
    size_t n_extra = le16(p + 30);
    size_t n_comment = le16(p + 32);
    if (!has(z->bytes, *at + ENTRY_BYTES, n_name + n_extra + n_comment))
        return false;
    struct dz_zip_entry *e = add_entry(z);
    if (e == NULL)
        return false;
    uint32_t flags = le16(p + 8);
    e->encrypted = (flags & FLAG_ENCRYPTED) != 0;
    e->is_utf8 = (flags & FLAG_UTF8) != 0;
    e->method = (uint16_t)le16(p + 10);
    e->crc = le32(p + 16);
    e->has_crc = true;
    e->packed_bytes = le32(p + 20);
    e->size_bytes = le32(p + 24);
    e->at = le32(p + 42);
    take_name(e, p + ENTRY_BYTES, n_name);
    take_zip64(e, (struct dz_view){.p = p + ENTRY_BYTES + n_name, .n = n_extra});
    if (e->at <= UINT64_MAX - shift)
        e->at += shift;
    /* Made on Unix: the upper half of the attributes is the mode, whose type says what it is. */
    e->symlink = le16(p + 4) >> 8 == 3 && (le16(p + 40) & 0170000u) == 0120000u;
    *at += ENTRY_BYTES + n_name + n_extra + n_comment;
    return true;
}

/* The end record lies in the last 64 KiB, before a comment; the last one that fits is taken. */
static bool
find_end(struct dz_view v, uint64_t *ret)
{
    if (v.n < END_BYTES)
        return false;
    uint64_t lowest = v.n > END_BYTES + 65535 ? v.n - END_BYTES - 65535 : 0;
    for (uint64_t at = v.n - END_BYTES + 1; at-- > lowest;) {
        if (v.p[at] == 'P' && le32(v.p + at) == END_SIGNATURE) {
            *ret = at;
            return true;
        }
    }
    return false;
}

static bool
read_directory(struct dz_zip *z)
{
    uint64_t end;
    if (!find_end(z->bytes, &end))
        return false;
    const char *p = z->bytes.p + end;
    uint64_t n = le16(p + 10);
    uint64_t size = le32(p + 12);
    uint64_t start = le32(p + 16);
    uint64_t after = end; /* where the directory ends */
    if (end >= LOCATOR64_BYTES && le32(p - LOCATOR64_BYTES) == LOCATOR64_SIGNATURE) {
        uint64_t end64 = le64(p - LOCATOR64_BYTES + 8);
        if (has(z->bytes, end64, END64_BYTES) && le32(z->bytes.p + end64) == END64_SIGNATURE) {
            n = le64(z->bytes.p + end64 + 32);
            size = le64(z->bytes.p + end64 + 40);
            start = le64(z->bytes.p + end64 + 48);
            after = end64;
        }
    }
    if (size > after)
        return false;
    /* Bytes put before the file shift everything; the directory still ends where its end begins. */
    uint64_t shift = after - size >= start ? after - size - start : 0;
    uint64_t at = start + shift;
    for (uint64_t i = 0; i < n; i++) {
        if (!read_entry(z, &at, shift)) {
            z->damaged = !z->too_many;
            break;
        }
    }
    return z->n > 0 || n == 0;
}

/* Where the data of a member begins: behind its local header, whose lengths are its own. */
static bool
data_of(const struct dz_zip *z, const struct dz_zip_entry *e, struct dz_view *ret)
{
    if (!has(z->bytes, e->at, LOCAL_BYTES) || le32(z->bytes.p + e->at) != LOCAL_SIGNATURE)
        return false;
    const char *p = z->bytes.p + e->at;
    uint64_t start = e->at + LOCAL_BYTES + le16(p + 26) + le16(p + 28);
    if (start > z->bytes.n)
        return false;
    uint64_t n = z->bytes.n - start;
    if (e->packed_bytes < n)
        n = e->packed_bytes;
    *ret = (struct dz_view){.p = z->bytes.p + start, .n = n};
    return true;
}

/* Length of packed data whose header does not tell it: deflate ends by itself, anything else at the
 * next header. */
static uint64_t
measure(const struct dz_zip *z, uint64_t start, uint16_t method)
{
    struct dz_view v = {.p = z->bytes.p + start, .n = z->bytes.n - start};
    if (method == Z_DEFLATED) {
        z_stream s = {0};
        if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
            return v.n;
        unsigned char drain[16384];
        int got = Z_OK;
        uint64_t out = 0;
        s.next_in = (const Bytef *)v.p;
        s.avail_in = v.n < UINT32_MAX ? (uInt)v.n : UINT32_MAX;
        while (got == Z_OK && out < DZ_ZIP_SUM_MAX) {
            s.next_out = drain;
            s.avail_out = sizeof drain;
            got = inflate(&s, Z_NO_FLUSH);
            out += sizeof drain - s.avail_out;
        }
        uint64_t used = v.n - s.avail_in;
        inflateEnd(&s);
        return used;
    }
    for (size_t at = 0; at + 4 <= v.n; at++) {
        if (v.p[at] != 'P')
            continue;
        uint32_t signature = le32(v.p + at);
        if (signature == DESCRIPTOR_SIGNATURE || signature == LOCAL_SIGNATURE ||
            signature == ENTRY_SIGNATURE)
            return at;
    }
    return v.n;
}

/* Walk from header to header, for a file without its end. */
static void
scan_headers(struct dz_zip *z)
{
    uint64_t at = 0;
    while (has(z->bytes, at, LOCAL_BYTES)) {
        const char *p = z->bytes.p + at;
        if (le32(p) != LOCAL_SIGNATURE) {
            const char *next = memchr(p + 1, 'P', z->bytes.n - at - 1);
            if (next == NULL)
                return;
            at = (uint64_t)(next - z->bytes.p);
            continue;
        }
        size_t n_name = le16(p + 26);
        size_t n_extra = le16(p + 28);
        uint64_t start = at + LOCAL_BYTES + n_name + n_extra;
        if (start > z->bytes.n)
            return;
        struct dz_zip_entry *e = add_entry(z);
        if (e == NULL)
            return;
        uint32_t flags = le16(p + 6);
        e->at = at;
        e->encrypted = (flags & FLAG_ENCRYPTED) != 0;
        e->is_utf8 = (flags & FLAG_UTF8) != 0;
        e->method = (uint16_t)le16(p + 8);
        e->crc = le32(p + 14);
        e->packed_bytes = le32(p + 18);
        e->size_bytes = le32(p + 22);
        take_name(e, p + LOCAL_BYTES, n_name);
        uint64_t own_place = e->at;
        take_zip64(e, (struct dz_view){.p = p + LOCAL_BYTES + n_name, .n = n_extra});
        e->at = own_place;
        e->has_crc = (flags & FLAG_DESCRIPTOR) == 0;
        if ((flags & FLAG_DESCRIPTOR) != 0)
            e->packed_bytes = measure(z, start, e->method);
        at = e->packed_bytes < z->bytes.n - start ? start + e->packed_bytes : z->bytes.n;
    }
}

/* Members that share bytes let a small file say the same thing very often. */
static bool
any_overlap(const struct dz_zip *z)
{
    size_t n_bits = (z->bytes.n >> 4) + 1;
    DZ_AUTO_FREE uint8_t *taken = dz_alloc(n_bits / 8 + 1);
    for (size_t i = 0; i < z->n; i++) {
        struct dz_view data;
        if (!data_of(z, &z->entries[i], &data) || data.n < 64)
            continue;
        /* Marks of 16 bytes, the first and last left out: neighbours may share those. */
        size_t from = ((size_t)(data.p - z->bytes.p) >> 4) + 1;
        size_t to = (size_t)(data.p + data.n - z->bytes.p) >> 4;
        for (size_t bit = from; bit < to; bit++) {
            if ((taken[bit / 8] & (1u << (bit % 8))) != 0)
                return true;
            taken[bit / 8] = (uint8_t)(taken[bit / 8] | 1u << (bit % 8));
        }
    }
    return false;
}

bool
dz_zip_open(struct dz_zip *z, struct dz_view bytes)
{
    *z = (struct dz_zip){.bytes = bytes};
    if (!read_directory(z)) {
        z->n = 0;
        z->damaged = true;
        scan_headers(z);
    }
    z->overlaps = any_overlap(z);
    return z->n > 0 || !z->damaged;
}

void
dz_zip_done(struct dz_zip *z)
{
    dz_free(z->entries);
    *z = (struct dz_zip){0};
}

const struct dz_zip_entry *
dz_zip_find_view(const struct dz_zip *z, struct dz_view name)
{
    for (size_t i = 0; i < z->n; i++) {
        if (dz_view_eq(z->entries[i].name, name))
            return &z->entries[i];
    }
    return NULL;
}

const struct dz_zip_entry *
dz_zip_find(const struct dz_zip *z, const char *name)
{
    return dz_zip_find_view(z, dz_view_of(name));
}

bool
dz_zip_stored(const struct dz_zip *z, const struct dz_zip_entry *e, struct dz_view *ret)
{
    return e->method == 0 && !e->encrypted && data_of(z, e, ret) && ret->n == e->packed_bytes;
}

/* One piece that came out: counted, checked and passed on. */
static enum dz_zip_end
pass_on(struct dz_zip *z, uint64_t packed, uint64_t *out, struct dz_view piece, dz_zip_sink *sink,
        void *ctx)
{
    *out += piece.n;
    z->spent_bytes += piece.n;
    if (z->spent_bytes > DZ_ZIP_SUM_MAX ||
        (*out > DZ_ZIP_FREE_BYTES && *out / DZ_ZIP_RATIO_MAX > packed))
        return DZ_ZIP_BOMB;
    return sink(ctx, piece.p, piece.n) ? DZ_ZIP_WHOLE : DZ_ZIP_STOPPED;
}

static enum dz_zip_end
stream_deflated(struct dz_zip *z, const struct dz_zip_entry *e, struct dz_view data,
                dz_zip_sink *sink, void *ctx)
{
    z_stream s = {0};
    if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
        return DZ_ZIP_DAMAGED;
    DZ_AUTO_FREE unsigned char *piece = dz_alloc(65536);
    enum dz_zip_end end = DZ_ZIP_WHOLE;
    uLong crc = crc32(0, NULL, 0);
    uint64_t out = 0;
    int got = Z_OK;
    s.next_in = (const Bytef *)data.p;
    s.avail_in = data.n < UINT32_MAX ? (uInt)data.n : UINT32_MAX;
    while (got == Z_OK && end == DZ_ZIP_WHOLE) {
        s.next_out = piece;
        s.avail_out = 65536;
        got = inflate(&s, Z_NO_FLUSH);
        size_t n = 65536 - s.avail_out;
        if (n == 0)
            continue;
        crc = crc32(crc, piece, (uInt)n);
        end = pass_on(z, data.n, &out, (struct dz_view){.p = (char *)piece, .n = n}, sink, ctx);
    }
    inflateEnd(&s);
    if (end != DZ_ZIP_WHOLE)
        return end;
    return got == Z_STREAM_END && (!e->has_crc || crc == e->crc) ? DZ_ZIP_WHOLE : DZ_ZIP_DAMAGED;
}

enum dz_zip_end
dz_zip_stream(struct dz_zip *z, const struct dz_zip_entry *e, dz_zip_sink *sink, void *ctx)
{
    struct dz_view data;
    if (e->encrypted)
        return DZ_ZIP_LOCKED;
    if (!data_of(z, e, &data))
        return DZ_ZIP_DAMAGED;
    if (e->method == Z_DEFLATED)
        return stream_deflated(z, e, data, sink, ctx);
    if (e->method != 0)
        return DZ_ZIP_METHOD;
    uint64_t out = 0;
    uLong crc = crc32(0, NULL, 0);
    for (size_t at = 0; at < data.n;) {
        size_t n = data.n - at < 65536 ? data.n - at : 65536;
        crc = crc32(crc, (const Bytef *)data.p + at, (uInt)n);
        struct dz_view piece = {.p = data.p + at, .n = n};
        enum dz_zip_end end = pass_on(z, data.n, &out, piece, sink, ctx);
        if (end != DZ_ZIP_WHOLE)
            return end;
        at += n;
    }
    bool whole = data.n == e->packed_bytes && (!e->has_crc || crc == e->crc);
    return whole ? DZ_ZIP_WHOLE : DZ_ZIP_DAMAGED;
}

static bool
to_buf(void *ctx, const void *p, size_t n)
{
    struct dz_buf *out = ctx;
    dz_buf_add(out, p, n);
    return !out->failed;
}

enum dz_zip_end
dz_zip_load(struct dz_zip *z, const struct dz_zip_entry *e, struct dz_buf *out)
{
    return dz_zip_stream(z, e, to_buf, out);
}
