#define ZLIB_CONST
#include <brotli/decode.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_web.h"

enum coding { CODING_NONE, CODING_INFLATE, CODING_BROTLI };
enum chunk { CHUNK_UNSURE, CHUNK_SIZE, CHUNK_DATA, CHUNK_AFTER, CHUNK_END, CHUNK_NONE };

struct dz_web_unpack {
    dz_web_sink *sink;
    dz_web_sink *plain;
    void *ctx;
    enum coding coding;
    bool begun; /* the first byte was looked at */
    bool is_raw_deflate;
    bool ended; /* the packing said that it is at its end */
    z_stream z;
    bool has_z;
    BrotliDecoderState *brotli;
    enum chunk chunk;
    uint64_t chunk_left;
    unsigned size_digits;
    bool size_ended; /* digits are over: an extension follows */
    struct dz_buf unsure;
    uint64_t in;
    uint64_t out;
    enum dz_web_unpacked end;
};

static bool
names(struct dz_view encoding, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= encoding.n; i++) {
        if (strncasecmp(encoding.p + i, word, n) == 0)
            return true;
    }
    return false;
}

struct dz_web_unpack *
dz_web_unpack_new(struct dz_view encoding, bool chunked, dz_web_sink *sink, void *ctx)
{
    struct dz_web_unpack *u = dz_alloc(sizeof *u);
    u->sink = sink;
    u->ctx = ctx;
    u->chunk = chunked ? CHUNK_UNSURE : CHUNK_NONE;
    u->unsure.max = 64;
    encoding = dz_view_trim(encoding);
    if (names(encoding, "gzip") || names(encoding, "deflate"))
        u->coding = CODING_INFLATE;
    else if (dz_view_is(encoding, "br") || dz_view_is(encoding, "BR"))
        u->coding = CODING_BROTLI;
    u->is_raw_deflate = names(encoding, "deflate");
    return u;
}

void
dz_web_unpack_plain(struct dz_web_unpack *u, dz_web_sink *plain)
{
    u->plain = plain;
}

static void
put(struct dz_web_unpack *u, struct dz_view bytes)
{
    u->out += bytes.n;
    if (u->out > DZ_WEB_FREE_BYTES && u->out / DZ_WEB_RATIO_MAX > u->in)
        u->end = DZ_WEB_BOMB;
    else
        u->sink(u->ctx, bytes);
}

/* Whether the bytes are packed at all is told by the first of them: gzip begins with 1f, zlib with
 * 78 as everybody writes it; a browser's own archive has the header, but plain bytes behind it. */
static void
look(struct dz_web_unpack *u, struct dz_view bytes)
{
    unsigned char first = (unsigned char)bytes.p[0];
    u->begun = true;
    if (u->coding == CODING_INFLATE) {
        int window = first == 0x1f || first == 0x78 ? MAX_WBITS + 32 : -MAX_WBITS;
        bool text = first == '<' || first == '{' || first == '[' || first == 0xef || first == '%' ||
                    (window < 0 && !u->is_raw_deflate);
        u->has_z = !text && inflateInit2(&u->z, window) == Z_OK;
        if (!u->has_z)
            u->coding = CODING_NONE;
    } else if (u->coding == CODING_BROTLI) {
        u->brotli = first == '<' ? NULL : BrotliDecoderCreateInstance(NULL, NULL, NULL);
        if (u->brotli == NULL)
            u->coding = CODING_NONE;
    }
}

static void
feed_inflate(struct dz_web_unpack *u, struct dz_view bytes)
{
    unsigned char room[32768];
    u->z.next_in = (const Bytef *)bytes.p;
    u->z.avail_in = (uInt)bytes.n;
    while (u->end == DZ_WEB_WHOLE && u->z.avail_in > 0) {
        u->z.next_out = room;
        u->z.avail_out = sizeof room;
        int got = inflate(&u->z, Z_NO_FLUSH);
        size_t n = sizeof room - u->z.avail_out;
        if (n > 0)
            put(u, (struct dz_view){.p = (char *)room, .n = n});
        u->ended = got == Z_STREAM_END;
        if (got == Z_STREAM_END) {
            /* One gzip member behind another is one content; anything else is left over. */
            if (u->z.avail_in == 0 || *u->z.next_in != 0x1f || inflateReset(&u->z) != Z_OK)
                return;
        } else if (got != Z_OK && got != Z_BUF_ERROR) {
            u->end = u->end == DZ_WEB_WHOLE ? DZ_WEB_BROKEN : u->end;
        } else if (got == Z_BUF_ERROR && n == 0) {
            return;
        }
    }
}

static void
feed_brotli(struct dz_web_unpack *u, struct dz_view bytes)
{
    unsigned char room[32768];
    const uint8_t *in = (const uint8_t *)bytes.p;
    size_t left = bytes.n;
    BrotliDecoderResult got = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    while (u->end == DZ_WEB_WHOLE && got == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
        uint8_t *out = room;
        size_t free_bytes = sizeof room;
        got = BrotliDecoderDecompressStream(u->brotli, &left, &in, &free_bytes, &out, NULL);
        if (free_bytes < sizeof room)
            put(u, (struct dz_view){.p = (char *)room, .n = sizeof room - free_bytes});
    }
    u->ended = got == BROTLI_DECODER_RESULT_SUCCESS;
    if (got == BROTLI_DECODER_RESULT_ERROR && u->end == DZ_WEB_WHOLE)
        u->end = DZ_WEB_BROKEN;
}

static void
feed_content(struct dz_web_unpack *u, struct dz_view bytes)
{
    if (bytes.n == 0 || u->end != DZ_WEB_WHOLE)
        return;
    if (u->plain != NULL)
        u->plain(u->ctx, bytes);
    u->in += bytes.n;
    if (!u->begun)
        look(u, bytes);
    if (u->coding == CODING_NONE)
        put(u, bytes);
    else if (u->ended)
        return; /* what follows the end of the packing is not content */
    else if (u->coding == CODING_INFLATE)
        feed_inflate(u, bytes);
    else
        feed_brotli(u, bytes);
}

/* Chunks begin with a size in hexadecimal and a line break; anything else was undone already. */
static bool
is_chunked(struct dz_view v, bool *ret_sure)
{
    size_t n = 0;
    while (n < v.n && n < 16 && dz_hex_digit(v.p[n]) >= 0)
        n++;
    *ret_sure = n < v.n || n == 16;
    return n > 0 && n < 16 &&
           (n == v.n || v.p[n] == '\r' || v.p[n] == '\n' || v.p[n] == ';' || v.p[n] == ' ');
}

/* One byte of a size line. */
static void
feed_size(struct dz_web_unpack *u, char c)
{
    int digit = u->size_ended ? -1 : dz_hex_digit(c);
    if (digit >= 0) {
        if (u->size_digits++ > 14)
            u->end = DZ_WEB_BROKEN;
        else
            u->chunk_left = u->chunk_left << 4 | (uint64_t)digit;
        return;
    }
    if (c != '\n') {
        u->size_ended = u->size_digits > 0;
        return;
    }
    if (u->size_digits == 0)
        u->end = DZ_WEB_BROKEN;
    else
        u->chunk = u->chunk_left > 0 ? CHUNK_DATA : CHUNK_END;
}

static void
feed_chunks(struct dz_web_unpack *u, struct dz_view v)
{
    while (v.n > 0 && u->end == DZ_WEB_WHOLE && u->chunk != CHUNK_END) {
        size_t n = 1;
        if (u->chunk == CHUNK_SIZE) {
            feed_size(u, v.p[0]);
        } else if (u->chunk == CHUNK_AFTER) {
            if (v.p[0] == '\n') {
                u->chunk = CHUNK_SIZE;
                u->chunk_left = 0;
                u->size_digits = 0;
                u->size_ended = false;
            } else if (v.p[0] != '\r') {
                u->end = DZ_WEB_BROKEN;
            }
        } else {
            n = v.n < u->chunk_left ? v.n : (size_t)u->chunk_left;
            feed_content(u, (struct dz_view){.p = v.p, .n = n});
            u->chunk_left -= n;
            if (u->chunk_left == 0)
                u->chunk = CHUNK_AFTER;
        }
        v.p += n;
        v.n -= n;
    }
}

bool
dz_web_unpack_feed(struct dz_web_unpack *u, struct dz_view bytes)
{
    if (u->chunk == CHUNK_UNSURE && bytes.n > 0) {
        struct dz_buf all = DZ_BUF(bytes.n + 128);
        dz_buf_addv(&all, dz_buf_view(&u->unsure));
        dz_buf_addv(&all, bytes);
        bool sure;
        bool chunked = is_chunked(dz_buf_view(&all), &sure);
        if (!sure) {
            dz_buf_addv(&u->unsure, bytes);
        } else {
            u->chunk = chunked ? CHUNK_SIZE : CHUNK_NONE;
            (void)dz_web_unpack_feed(u, dz_buf_view(&all));
        }
        dz_buf_done(&all);
    } else if (u->chunk == CHUNK_NONE) {
        feed_content(u, bytes);
    } else {
        feed_chunks(u, bytes);
    }
    return u->end == DZ_WEB_WHOLE;
}

enum dz_web_unpacked
dz_web_unpack_end(struct dz_web_unpack *u)
{
    if (u->chunk == CHUNK_UNSURE)
        feed_content(u, dz_buf_view(&u->unsure)); /* too short to tell, so it is what it is */
    bool packed = u->begun && u->coding != CODING_NONE;
    if (u->end == DZ_WEB_WHOLE && packed && !u->ended)
        u->end = DZ_WEB_BROKEN;
    if (u->end == DZ_WEB_WHOLE && (u->chunk == CHUNK_DATA || u->chunk == CHUNK_AFTER))
        u->end = DZ_WEB_BROKEN;
    enum dz_web_unpacked end = u->end;
    if (u->has_z)
        inflateEnd(&u->z);
    if (u->brotli != NULL)
        BrotliDecoderDestroyInstance(u->brotli);
    dz_buf_done(&u->unsure);
    dz_free(u);
    return end;
}
