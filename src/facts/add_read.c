#include <fcntl.h>
#include <string.h>

#include "dz_add_priv.h"
#include "dz_codec.h"
#include "dz_hash.h"

/* The part of adding that needs nothing but the file: reading it, making sure that it did not
 * change meanwhile, its hash, and sealing it. It runs in several threads at once, so it
 * touches only its job, its own tools, and the file.
 *
 * A small file is read into memory whole. A large one is streamed. Where the same
 * bytes may be here already, judging by their size, a file is only hashed at first. */

#define CHUNK (256u << 10)
#define IN_MEMORY_MAX (1u << 20)

struct dz_add_tools {
    struct dz_sealer *sealer;
    struct dz_hash *hash;
    char *chunk;
};

enum dz_code
dz_add_tools_new(struct dz_vault *v, struct dz_add_tools **ret, struct dz_err *err)
{
    struct dz_add_tools *t = dz_alloc(sizeof *t);
    enum dz_code code = dz_sealer_new(v, &t->sealer, err);
    if (code != DZ_OK) {
        dz_free(t);
        return code;
    }
    t->hash = dz_hash_new(DZ_SHA256);
    t->chunk = dz_alloc(CHUNK);
    *ret = t;
    return DZ_OK;
}

void
dz_add_tools_free(struct dz_add_tools *t)
{
    if (!t)
        return;
    dz_sealer_free(t->sealer);
    dz_hash_free(t->hash);
    dz_free(t->chunk);
    dz_free(t);
}

bool
dz_add_is_large(uint64_t size_bytes)
{
    return size_bytes > IN_MEMORY_MAX;
}

void
dz_add_job_free(struct dz_add_job *j)
{
    if (!j)
        return;
    dz_sealed_drop(j->sealed);
    dz_buf_done(&j->bytes);
    json_decref(j->described);
    dz_free(j->path);
    dz_free(j->inside);
    dz_free(j);
}

size_t
dz_add_job_held(const void *job)
{
    const struct dz_add_job *j = job;
    return j->bytes.n + (j->sealed ? dz_sealed_held(j->sealed) : 0);
}

const char *
dz_add_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ---- reading ---- */

/* Same file, same length, same times: nothing was written while we read. */
static bool
is_unchanged(const struct dz_os_stat *a, const struct dz_os_stat *b, uint64_t n_read)
{
    return a->size_bytes == b->size_bytes && a->mtime_us == b->mtime_us &&
           a->ctime_us == b->ctime_us && a->ino == b->ino && a->dev == b->dev &&
           n_read == a->size_bytes;
}

static bool
is_stopped(const struct dz_add_job *j)
{
    return __atomic_load_n(j->stop, __ATOMIC_RELAXED) ||
           (j->cancel && __atomic_load_n(j->cancel, __ATOMIC_RELAXED));
}

typedef enum dz_code
sink_fn(void *ctx, const void *p, size_t n, struct dz_err *err);

/* *ret_same false: it changed while it was read. The file is read at most one byte past its
 * stated size, so that one that grows without end does not hold us. */
static enum dz_code
read_through(struct dz_add_tools *t, struct dz_add_job *j, sink_fn *fn, void *ctx, bool *ret_same,
             struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    struct dz_os_stat after;
    DZ_TRY(dz_os_open(AT_FDCWD, j->path, DZ_OS_READ, &fd, err));
    DZ_TRY(dz_os_fstat(fd, &j->before, err));
    if (!j->before.is_file)
        return dz_fail(err, DZ_E_INPUT, "not a regular file any more");
    uint64_t total = 0;
    for (;;) {
        size_t n = 0;
        if (is_stopped(j))
            return dz_fail(err, DZ_E_CANCELLED, "stopped");
        DZ_TRY(dz_os_read(fd, t->chunk, CHUNK, &n, err));
        if (n == 0)
            break;
        total += n;
        if (total > j->before.size_bytes)
            break;
        DZ_TRY(fn(ctx, t->chunk, n, err));
    }
    DZ_TRY(dz_os_fstat(fd, &after, err));
    *ret_same = is_unchanged(&j->before, &after, total);
    return DZ_OK;
}

static enum dz_code
into_memory(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    dz_buf_add(ctx, p, n);
    return DZ_OK;
}

static enum dz_code
into_hash(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    dz_hash_add(ctx, p, n);
    return DZ_OK;
}

struct stream {
    struct dz_sealer *sealer;
    bool vault_failed; /* the error is the vault's, not the file's */
};

static enum dz_code
into_sealer(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct stream *s = ctx;
    enum dz_code code = dz_sealer_write(s->sealer, p, n, err);
    s->vault_failed = code != DZ_OK;
    return code;
}

static void
give_hash(struct dz_add_job *j, struct dz_hash *h)
{
    uint8_t digest[DZ_SHA256_BYTES];
    dz_hash_final(h, digest);
    dz_hex_encode(digest, sizeof digest, j->sha256);
}

/* The whole file into memory, or only through the hash. Tried twice when it changes. */
static enum dz_add_result
read_steady(struct dz_add_tools *t, struct dz_add_job *j, bool keep)
{
    uint8_t unused[DZ_SHA256_BYTES];
    for (int attempt = 0; attempt < 2; attempt++) {
        bool same = false;
        dz_buf_reset(&j->bytes);
        dz_hash_final(t->hash, unused);
        enum dz_code code = keep ? read_through(t, j, into_memory, &j->bytes, &same, &j->why)
                                 : read_through(t, j, into_hash, t->hash, &same, &j->why);
        if (code != DZ_OK)
            return DZ_ADD_UNREADABLE;
        /* It may also have grown past what is read into memory between two looks. */
        if (same && !j->bytes.failed)
            return DZ_ADD_READ;
    }
    return DZ_ADD_CHANGED;
}

/* ---- sealing ---- */

static enum dz_add_result
seal_small(struct dz_add_tools *t, struct dz_add_job *j)
{
    dz_sealer_begin(t->sealer);
    enum dz_code code = dz_sealer_write(t->sealer, j->bytes.p, j->bytes.n, &j->why);
    if (code == DZ_OK)
        code = dz_sealer_finish(t->sealer, &j->sealed, &j->why);
    dz_buf_done(&j->bytes);
    if (code != DZ_OK)
        return DZ_ADD_VAULT_FAILED;
    memcpy(j->sha256, dz_sealed_info(j->sealed)->sha256, sizeof j->sha256);
    return DZ_ADD_READ;
}

static enum dz_add_result
seal_large(struct dz_add_tools *t, struct dz_add_job *j)
{
    struct stream s = {.sealer = t->sealer};
    bool same = false;
    dz_sealer_begin(t->sealer);
    enum dz_code code = read_through(t, j, into_sealer, &s, &same, &j->why);
    if (code != DZ_OK || !same) {
        dz_sealer_cancel(t->sealer);
        if (code == DZ_OK)
            return DZ_ADD_CHANGED;
        return s.vault_failed ? DZ_ADD_VAULT_FAILED : DZ_ADD_UNREADABLE;
    }
    if (dz_sealer_finish(t->sealer, &j->sealed, &j->why) != DZ_OK)
        return DZ_ADD_VAULT_FAILED;
    memcpy(j->sha256, dz_sealed_info(j->sealed)->sha256, sizeof j->sha256);
    return DZ_ADD_READ;
}

void
dz_add_seal(struct dz_add_tools *t, struct dz_add_job *j)
{
    j->result = dz_add_is_large(j->size_bytes) ? seal_large(t, j) : seal_small(t, j);
    if (j->result == DZ_ADD_VAULT_FAILED)
        dz_sealer_cancel(t->sealer);
}

void
dz_add_read(void *tools, void *job)
{
    struct dz_add_tools *t = tools;
    struct dz_add_job *j = job;
    bool large = dz_add_is_large(j->size_bytes);
    j->bytes.max = IN_MEMORY_MAX;
    j->result = DZ_ADD_READ;
    if (!large || j->may_be_here)
        j->result = read_steady(t, j, !large);
    if (j->result != DZ_ADD_READ)
        return;
    /* Sealing takes the hash of what it seals; nothing is hashed twice. */
    if (!j->may_be_here) {
        dz_add_seal(t, j);
        return;
    }
    if (!large)
        dz_hash_add(t->hash, j->bytes.p, j->bytes.n);
    give_hash(j, t->hash);
}
