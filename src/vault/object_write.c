#include "vault_impl.h"

#include <string.h>
#include <zstd.h>

#include "dz_codec.h"

/* One object on its way in: plain bytes -> SHA-256 -> zstd where a probe shows a gain -> seal ->
 * SHA-256 of what is stored -> memory while small, a temporary file (of sealed bytes only) once it
 * has grown. What comes out waits apart from the vault until a batch takes it, so that several
 * threads can seal at once, each with a sealer of its own, which keeps its contexts and buffers
 * from one object to the next. */

#define PROBE_BYTES 65536
#define LEVEL 3
#define QUICK_LEVEL 1
#define PROBE_LEVEL 1
/* A large file is pushed to the disk while the rest is still being read, so that the sync at its
 * end does not wait for all of it. */
#define PUSH_BYTES (4u << 20)

struct dz_sealer {
    int objects_fd; /* borrowed from the vault */
    struct dz_hash *plain_hash;
    struct dz_hash *sealed_hash;
    ZSTD_CCtx *zstd;
    uint8_t *probe; /* the first bytes, until it is decided whether to compress */
    size_t n_probe;
    uint8_t *zout;
    size_t room_zout;
    /* Of the object in the making. */
    struct dz_sealed *made; /* NULL between objects */
    bool decided;
    bool compress;
    bool apart; /* it outlives the write lock: dz_sealer_begin_apart */
    struct dz_seal *seal;
    int fd; /* temporary file of a large one, or -1 */
    uint64_t pushed_bytes;
};

enum dz_code
dz_sealer_new(struct dz_vault *v, struct dz_sealer **ret, struct dz_err *err)
{
    struct dz_sealer *s = dz_alloc(sizeof *s);
    s->objects_fd = v->objects.fd;
    s->fd = -1;
    s->plain_hash = dz_hash_new(DZ_SHA256);
    s->sealed_hash = dz_hash_new(DZ_SHA256);
    s->probe = dz_alloc(PROBE_BYTES);
    s->room_zout = ZSTD_CStreamOutSize();
    if (s->room_zout < ZSTD_compressBound(PROBE_BYTES))
        s->room_zout = ZSTD_compressBound(PROBE_BYTES);
    s->zout = dz_alloc(s->room_zout);
    s->zstd = ZSTD_createCCtx();
    if (!s->zstd) {
        dz_sealer_free(s);
        return dz_fail(err, DZ_E_MEMORY, "compressing: out of memory");
    }
    ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_checksumFlag, 1);
    *ret = s;
    return DZ_OK;
}

void
dz_sealer_quick(struct dz_sealer *s)
{
    ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_compressionLevel, QUICK_LEVEL);
}

void
dz_sealer_free(struct dz_sealer *s)
{
    if (!s)
        return;
    dz_sealer_cancel(s);
    dz_hash_free(s->plain_hash);
    dz_hash_free(s->sealed_hash);
    ZSTD_freeCCtx(s->zstd);
    dz_free(s->probe);
    dz_free(s->zout);
    dz_free(s);
}

const struct dz_object_info *
dz_sealed_info(const struct dz_sealed *m)
{
    return &m->info;
}

size_t
dz_sealed_held(const struct dz_sealed *m)
{
    return m->item.n;
}

void
dz_sealed_drop(struct dz_sealed *m)
{
    if (!m)
        return;
    if (m->tmp[0])
        (void)!dz_os_unlink(m->objects_fd, m->tmp, NULL);
    dz_os_close_quiet(&m->fd);
    dz_buf_done(&m->item);
    dz_wipe(&m->rec, sizeof m->rec);
    dz_free(m);
}

void
dz_sealer_cancel(struct dz_sealer *s)
{
    if (!s)
        return;
    dz_os_close_quiet(&s->fd);
    dz_seal_free(s->seal);
    s->seal = NULL;
    dz_sealed_drop(s->made);
    s->made = NULL;
}

void
dz_sealer_begin(struct dz_sealer *s)
{
    uint8_t unused[32];
    dz_sealer_cancel(s);
    dz_hash_final(s->plain_hash, unused);
    dz_hash_final(s->sealed_hash, unused);
    ZSTD_CCtx_reset(s->zstd, ZSTD_reset_session_only);
    s->n_probe = 0;
    s->decided = s->compress = s->apart = false;
    s->pushed_bytes = 0;
    s->made = dz_alloc(sizeof *s->made);
    s->made->objects_fd = s->objects_fd;
    s->made->item.max = SMALL_OBJECT_MAX + 131072;
    s->made->rec.type = 'o';
    s->made->fd = -1;
    dz_os_random(s->made->rec.key, sizeof s->made->rec.key);
}

void
dz_sealer_begin_apart(struct dz_sealer *s)
{
    dz_sealer_begin(s);
    s->apart = true;
}

/* ---- sealed bytes ---- */

/* Room in front of the sealed bytes for what precedes them in a segment. */
static void
begin_item(struct dz_sealed *m)
{
    static const uint8_t none[ITEM_HEAD];
    dz_buf_add(&m->item, none, sizeof none);
}

/* Without the write lock the next writer would clear a file with a name away. */
static enum dz_code
open_tmp(struct dz_sealer *s, struct dz_err *err)
{
    struct dz_sealed *m = s->made;
    uint8_t rnd[8];
    char name[sizeof m->tmp] = "tmp-";
    dz_os_random(rnd, sizeof rnd);
    dz_hex_encode(rnd, sizeof rnd, name + 4);
    if (s->apart) {
        DZ_TRY(dz_os_nameless_file(s->objects_fd, &s->fd, err));
    } else {
        DZ_TRY(dz_os_open(s->objects_fd, name, DZ_OS_CREATE, &s->fd, err));
        memcpy(m->tmp, name, sizeof m->tmp);
    }
    DZ_TRY(dz_os_write_all(s->fd, m->item.p + ITEM_HEAD, m->item.n - ITEM_HEAD, err));
    dz_buf_done(&m->item);
    return DZ_OK;
}

/* Sealed bytes of a stream arrive here. */
static enum dz_code
store_sealed(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct dz_sealer *s = ctx;
    struct dz_sealed *m = s->made;
    dz_hash_add(s->sealed_hash, p, n);
    m->info.stored_bytes += n;
    if (s->fd < 0 && m->info.stored_bytes <= SMALL_OBJECT_MAX) {
        dz_buf_add(&m->item, p, n);
        return dz_buf_ok(&m->item, "object", err);
    }
    if (s->fd < 0)
        DZ_TRY(open_tmp(s, err));
    DZ_TRY(dz_os_write_all(s->fd, p, n, err));
    if (m->info.stored_bytes - s->pushed_bytes >= PUSH_BYTES) {
        dz_os_start_writing(s->fd, s->pushed_bytes, m->info.stored_bytes - s->pushed_bytes);
        s->pushed_bytes = m->info.stored_bytes;
    }
    return DZ_OK;
}

/* ---- compressing ---- */

static enum dz_code
zstd_fail(size_t code, struct dz_err *err)
{
    return dz_fail(err, DZ_E_MEMORY, "compressing: %s", ZSTD_getErrorName(code));
}

/* Feed bytes through zstd into the seal. */
static enum dz_code
compress(struct dz_sealer *s, const void *p, size_t n, ZSTD_EndDirective end, struct dz_err *err)
{
    ZSTD_inBuffer in = {p, n, 0};
    for (;;) {
        ZSTD_outBuffer out = {s->zout, s->room_zout, 0};
        size_t left = ZSTD_compressStream2(s->zstd, &out, &in, end);
        if (ZSTD_isError(left))
            return zstd_fail(left, err);
        DZ_TRY(dz_seal_write(s->seal, out.dst, out.pos, err));
        if (end == ZSTD_e_end ? left == 0 : in.pos == in.size)
            return DZ_OK;
    }
}

static enum dz_code
pass_on(struct dz_sealer *s, const void *p, size_t n, struct dz_err *err)
{
    if (n == 0)
        return DZ_OK;
    return s->compress ? compress(s, p, n, ZSTD_e_continue, err)
                       : dz_seal_write(s->seal, p, n, err);
}

static bool
is_gain(size_t compressed, size_t n)
{
    return !ZSTD_isError(compressed) && compressed < n - n / 20;
}

/* The content is longer than the probe: it becomes a stream, compressed only where the first 64 KiB
 * shrink by more than 5 per cent. */
static enum dz_code
begin_stream(struct dz_sealer *s, struct dz_err *err)
{
    size_t got =
        ZSTD_compressCCtx(s->zstd, s->zout, s->room_zout, s->probe, s->n_probe, PROBE_LEVEL);
    ZSTD_CCtx_reset(s->zstd, ZSTD_reset_session_only); /* the trial has fixed a size */
    s->decided = true;
    s->compress = is_gain(got, s->n_probe);
    begin_item(s->made);
    DZ_TRY(dz_seal_new(s->made->rec.key, store_sealed, s, &s->seal, err));
    return pass_on(s, s->probe, s->n_probe, err);
}

/* The whole content is in the probe: compressed once, and that is kept where it is a gain. */
static enum dz_code
seal_whole(struct dz_sealer *s, struct dz_err *err)
{
    struct dz_sealed *m = s->made;
    struct dz_view content = {(const char *)s->probe, s->n_probe};
    size_t got = 0;
    if (s->n_probe >= 64) {
        got = ZSTD_compress2(s->zstd, s->zout, s->room_zout, s->probe, s->n_probe);
        s->compress = is_gain(got, s->n_probe);
    }
    if (s->compress)
        content = (struct dz_view){(const char *)s->zout, got};
    begin_item(m);
    DZ_TRY(dz_seal_bytes(m->rec.key, content, &m->item, err));
    DZ_TRY(dz_buf_ok(&m->item, "object", err));
    m->info.stored_bytes = m->item.n - ITEM_HEAD;
    dz_hash_add(s->sealed_hash, m->item.p + ITEM_HEAD, m->item.n - ITEM_HEAD);
    return DZ_OK;
}

enum dz_code
dz_sealer_write(struct dz_sealer *s, const void *p, size_t n, struct dz_err *err)
{
    dz_hash_add(s->plain_hash, p, n);
    s->made->info.size_bytes += n;
    if (!s->decided) {
        size_t room = PROBE_BYTES - s->n_probe, part = n < room ? n : room;
        if (part)
            memcpy(s->probe + s->n_probe, p, part);
        s->n_probe += part;
        p = (const uint8_t *)p + part;
        n -= part;
        if (n == 0)
            return DZ_OK;
        DZ_TRY(begin_stream(s, err));
    }
    return pass_on(s, p, n, err);
}

/* A large one is whole and on the disk before anybody hears of it. */
static enum dz_code
end_stream(struct dz_sealer *s, struct dz_err *err)
{
    if (s->compress)
        DZ_TRY(compress(s, NULL, 0, ZSTD_e_end, err));
    DZ_TRY(dz_seal_finish(s->seal, err));
    if (s->fd < 0)
        return DZ_OK;
    DZ_TRY(dz_os_fsync(s->fd, err));
    if (!s->apart)
        return dz_os_close(&s->fd, err);
    s->made->fd = s->fd;
    s->fd = -1;
    return DZ_OK;
}

enum dz_code
dz_sealer_finish(struct dz_sealer *s, struct dz_sealed **ret, struct dz_err *err)
{
    DZ_TRY(s->decided ? end_stream(s, err) : seal_whole(s, err));
    struct dz_sealed *m = s->made;
    uint8_t plain[32];
    dz_hash_final(s->sealed_hash, m->rec.id);
    dz_hash_final(s->plain_hash, plain);
    dz_hex_encode(m->rec.id, 32, m->info.id);
    dz_hex_encode(plain, 32, m->info.sha256);
    m->info.codec = s->compress ? "zstd" : "none";
    dz_seal_free(s->seal);
    s->seal = NULL;
    s->made = NULL;
    *ret = m;
    return DZ_OK;
}
