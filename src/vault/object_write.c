#include "vault_impl.h"

#include <string.h>
#include <zstd.h>

#include "dz_codec.h"

/* One object on its way in: plain bytes -> SHA-256 -> zstd where a probe shows a gain -> seal ->
 * SHA-256 of what is stored ->
 * memory while small, a temporary file (of sealed bytes only) once it has grown. */

#define PROBE_BYTES 65536

struct object_writer {
    struct objects *o;
    struct dz_hash *plain_hash;
    struct dz_hash *sealed_hash;
    struct dz_buf probe; /* the first bytes, until it is decided whether to compress */
    bool decided;
    ZSTD_CCtx *zstd; /* NULL: stored as it is */
    uint8_t *zout;
    struct dz_seal *seal;
    uint8_t key[DZ_FILE_KEY_BYTES];
    struct dz_buf small; /* sealed bytes of a small object */
    int fd;              /* temporary file of a large one, or -1 */
    char tmp[24];
    uint64_t plain_bytes;
    uint64_t sealed_bytes;
};

/* Sealed bytes arrive here. */
static enum dz_code
store_sealed(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct object_writer *w = ctx;
    dz_hash_add(w->sealed_hash, p, n);
    w->sealed_bytes += n;
    if (w->fd < 0 && w->small.n + n <= SMALL_OBJECT_MAX) {
        dz_buf_add(&w->small, p, n);
        return dz_buf_ok(&w->small, "object", err);
    }
    if (w->fd < 0) {
        uint8_t rnd[8];
        dz_os_random(rnd, sizeof rnd);
        memcpy(w->tmp, "tmp-", 4);
        dz_hex_encode(rnd, sizeof rnd, w->tmp + 4);
        DZ_TRY(dz_os_open(w->o->fd, w->tmp, DZ_OS_CREATE, &w->fd, err));
        DZ_TRY(dz_os_write_all(w->fd, w->small.p, w->small.n, err));
        dz_buf_done(&w->small);
    }
    return dz_os_write_all(w->fd, p, n, err);
}

enum dz_code
dz_object_writer_new(struct objects *o, struct object_writer **ret, struct dz_err *err)
{
    struct object_writer *w = dz_alloc(sizeof *w);
    w->o = o;
    w->fd = -1;
    w->small.max = SMALL_OBJECT_MAX + 131072;
    w->probe.max = PROBE_BYTES;
    w->plain_hash = dz_hash_new(DZ_SHA256);
    w->sealed_hash = dz_hash_new(DZ_SHA256);
    dz_os_random(w->key, sizeof w->key);
    enum dz_code code = dz_seal_new(w->key, store_sealed, w, &w->seal, err);
    if (code != DZ_OK) {
        dz_object_writer_free(w);
        return code;
    }
    *ret = w;
    return DZ_OK;
}

void
dz_object_writer_free(struct object_writer *w)
{
    if (!w)
        return;
    if (w->fd >= 0) {
        dz_os_close_quiet(&w->fd);
        (void)!dz_os_unlink(w->o->fd, w->tmp, NULL);
    }
    dz_hash_free(w->plain_hash);
    dz_hash_free(w->sealed_hash);
    dz_seal_free(w->seal);
    ZSTD_freeCCtx(w->zstd);
    dz_free(w->zout);
    dz_buf_done(&w->probe);
    dz_buf_done(&w->small);
    dz_wipe(w->key, sizeof w->key);
    dz_free(w);
}

/* Feed bytes through zstd into the seal. */
static enum dz_code
compress(struct object_writer *w, const void *p, size_t n, ZSTD_EndDirective end,
         struct dz_err *err)
{
    ZSTD_inBuffer in = {p, n, 0};
    for (;;) {
        ZSTD_outBuffer out = {w->zout, ZSTD_CStreamOutSize(), 0};
        size_t left = ZSTD_compressStream2(w->zstd, &out, &in, end);
        if (ZSTD_isError(left))
            return dz_fail(err, DZ_E_MEMORY, "compressing: %s", ZSTD_getErrorName(left));
        DZ_TRY(dz_seal_write(w->seal, out.dst, out.pos, err));
        if (end == ZSTD_e_end ? left == 0 : in.pos == in.size)
            return DZ_OK;
    }
}

static enum dz_code
pass_on(struct object_writer *w, const void *p, size_t n, struct dz_err *err)
{
    if (n == 0)
        return DZ_OK;
    return w->zstd ? compress(w, p, n, ZSTD_e_continue, err) : dz_seal_write(w->seal, p, n, err);
}

/* Compress only where the first 64 KiB shrink by more than 5 per cent. */
static enum dz_code
decide(struct object_writer *w, struct dz_err *err)
{
    w->decided = true;
    if (w->probe.n >= 64) {
        size_t room = ZSTD_compressBound(w->probe.n);
        DZ_AUTO_FREE void *trial = dz_alloc(room);
        size_t got = ZSTD_compress(trial, room, w->probe.p, w->probe.n, 1);
        if (!ZSTD_isError(got) && got < w->probe.n - w->probe.n / 20) {
            w->zstd = ZSTD_createCCtx();
            if (!w->zstd)
                return dz_fail(err, DZ_E_MEMORY, "compressing: out of memory");
            ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, 1);
            ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_checksumFlag, 1);
            w->zout = dz_alloc(ZSTD_CStreamOutSize());
        }
    }
    return pass_on(w, w->probe.p, w->probe.n, err);
}

enum dz_code
dz_object_writer_add(struct object_writer *w, const void *p, size_t n, struct dz_err *err)
{
    dz_hash_add(w->plain_hash, p, n);
    w->plain_bytes += n;
    if (!w->decided) {
        size_t room = PROBE_BYTES - w->probe.n, part = n < room ? n : room;
        dz_buf_add(&w->probe, p, part);
        p = (const uint8_t *)p + part;
        n -= part;
        if (w->probe.n < PROBE_BYTES)
            return DZ_OK;
        DZ_TRY(decide(w, err));
    }
    return pass_on(w, p, n, err);
}

enum dz_code
dz_object_writer_finish(struct object_writer *w, const uint8_t vault_id[16],
                        struct dz_object_info *info, struct key_record *rec, struct dz_err *err)
{
    if (!w->decided)
        DZ_TRY(decide(w, err));
    if (w->zstd)
        DZ_TRY(compress(w, NULL, 0, ZSTD_e_end, err));
    DZ_TRY(dz_seal_finish(w->seal, err));

    *rec = (struct key_record){.type = 'o'};
    memcpy(rec->key, w->key, sizeof rec->key);
    dz_hash_final(w->sealed_hash, rec->id);
    uint8_t plain[32];
    dz_hash_final(w->plain_hash, plain);
    *info = (struct dz_object_info){.size_bytes = w->plain_bytes,
                                    .stored_bytes = w->sealed_bytes,
                                    .codec = w->zstd ? "zstd" : "none"};
    dz_hex_encode(rec->id, 32, info->id);
    dz_hex_encode(plain, 32, info->sha256);

    if (w->fd < 0)
        return dz_objects_append(w->o, vault_id, rec->id, dz_buf_view(&w->small), err);
    DZ_TRY(dz_os_fsync(w->fd, err));
    DZ_TRY(dz_os_close(&w->fd, err));
    DZ_TRY(dz_os_rename(w->o->fd, w->tmp, info->id, err));
    struct object_place p = {.size = w->sealed_bytes};
    memcpy(p.id, rec->id, 32);
    if (w->o->scanned)
        dz_objects_note(w->o, &p);
    return DZ_OK;
}
