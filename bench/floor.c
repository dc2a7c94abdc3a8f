/* What cannot be left out: floor DIR < PATHS
 *
 * The files whose paths come in, a line each, go through the libraries that dokaz uses and through
 * nothing else: no journal, no database, no names, no checks. What this takes, dokaz takes at
 * least, with what unlocking takes on top. Three lines for bench/run, parted by tabs: what, wall
 * and processor seconds.
 *
 *   add    read, SHA-256, zstd where it helps, seal, SHA-256 of that, write, fdatasync
 *   again  read, SHA-256
 *   deep   read what add wrote, SHA-256, open, unpack, SHA-256, and a signature for each file */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zstd.h>

#include "dz_hash.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_pool.h"
#include "dz_seal.h"
#include "dz_secret.h"
#include "dz_sign.h"

#define ROOM (32u << 20) /* for a file of the corpus, more than the largest */
#define PROBE_BYTES 65536
#define LEVEL 3
#define SIGNED_BYTES 64

struct file {
    char *path;
    uint8_t key[DZ_FILE_KEY_BYTES];
    bool packed;
    int fd; /* where it is stored */
    uint64_t offset;
    uint64_t stored;
};

struct corpus {
    struct file *files;
    size_t n;
    size_t next; /* atomic */
    bool only_hash;
};

/* One thread, with room that is taken once. */
struct hand {
    struct corpus *corpus;
    pthread_t thread;
    int fd;
    uint64_t end;
    char *plain;
    char *packed;
    struct dz_buf sealed;
    ZSTD_CCtx *zstd;
};

static void
must(enum dz_code code, const struct dz_err *err)
{
    if (code == DZ_OK)
        return;
    fprintf(stderr, "floor: %s\n", err->msg);
    exit(1);
}

static size_t
read_whole(const char *path, char *to)
{
    struct dz_err err = {0};
    DZ_AUTO_FD int fd = -1;
    size_t total = 0;
    must(dz_os_open(AT_FDCWD, path, DZ_OS_READ, &fd, &err), &err);
    for (size_t n = 1; n > 0 && total < ROOM; total += n)
        must(dz_os_read(fd, to + total, ROOM - total, &n, &err), &err);
    return total;
}

static bool
helps(size_t packed, size_t n)
{
    return !ZSTD_isError(packed) && packed < n - n / 20;
}

/* Packed as dokaz packs: where the first 64 KiB shrink. */
static struct dz_view
pack(struct hand *h, struct file *f, size_t n)
{
    size_t room = ZSTD_compressBound(ROOM);
    if (n <= PROBE_BYTES ||
        helps(ZSTD_compressCCtx(h->zstd, h->packed, room, h->plain, PROBE_BYTES, 1), PROBE_BYTES)) {
        size_t got = ZSTD_compressCCtx(h->zstd, h->packed, room, h->plain, n, LEVEL);
        f->packed = helps(got, n);
        if (f->packed)
            return (struct dz_view){h->packed, got};
    }
    return (struct dz_view){h->plain, n};
}

static void
take(struct hand *h, struct file *f)
{
    struct dz_err err = {0};
    uint8_t hash[DZ_SHA256_BYTES];
    size_t n = read_whole(f->path, h->plain);
    dz_sha256(h->plain, n, hash);
    if (h->corpus->only_hash)
        return;
    struct dz_view content = pack(h, f, n);
    dz_os_random(f->key, sizeof f->key);
    dz_buf_cut(&h->sealed, 0);
    must(dz_seal_bytes(f->key, content, &h->sealed, &err), &err);
    dz_sha256(h->sealed.p, h->sealed.n, hash);
    f->fd = h->fd;
    f->offset = h->end;
    f->stored = h->sealed.n;
    must(dz_os_write_all(h->fd, h->sealed.p, h->sealed.n, &err), &err);
    dz_os_start_writing(h->fd, f->offset, f->stored);
    h->end += f->stored;
}

static void *
work(void *ctx)
{
    struct dz_err err = {0};
    struct hand *h = ctx;
    struct corpus *c = h->corpus;
    for (;;) {
        size_t i = __atomic_fetch_add(&c->next, 1, __ATOMIC_RELAXED);
        if (i >= c->n)
            break;
        take(h, &c->files[i]);
    }
    must(dz_os_fdatasync(h->fd, &err), &err);
    return NULL;
}

static void
take_all(struct hand *hands, size_t n)
{
    hands[0].corpus->next = 0;
    for (size_t i = 0; i < n; i++)
        if (pthread_create(&hands[i].thread, NULL, work, &hands[i]) != 0)
            abort();
    for (size_t i = 0; i < n; i++)
        pthread_join(hands[i].thread, NULL);
}

static void
hash_all(struct hand *hands, size_t n)
{
    hands[0].corpus->only_hash = true;
    take_all(hands, n);
}

static void
take_apart(struct hand *hands, size_t n)
{
    struct dz_err err = {0};
    struct corpus *c = hands[0].corpus;
    struct hand *h = &hands[0];
    uint8_t hash[DZ_SHA256_BYTES], pk[DZ_SIGN_PUBLIC_BYTES], sig[DZ_SIGN_BYTES];
    char message[SIGNED_BYTES] = "one signature is checked again and again";
    DZ_AUTO_SECRET struct dz_secret *seed = NULL;
    (void)n;
    must(dz_secret_random(DZ_SIGN_SEED_BYTES, &seed, &err), &err);
    must(dz_sign_public(seed, pk, &err), &err);
    must(dz_sign(seed, message, sizeof message, sig, &err), &err);
    ZSTD_DCtx *zstd = ZSTD_createDCtx();
    for (size_t i = 0; i < c->n; i++) {
        const struct file *f = &c->files[i];
        must(dz_os_pread_all(f->fd, h->packed, f->stored, f->offset, &err), &err);
        dz_sha256(h->packed, f->stored, hash);
        dz_buf_cut(&h->sealed, 0);
        must(dz_unseal_bytes(f->key, (struct dz_view){h->packed, f->stored}, &h->sealed, &err),
             &err);
        struct dz_view plain = dz_buf_view(&h->sealed);
        if (f->packed)
            plain = (struct dz_view){
                h->plain, ZSTD_decompressDCtx(zstd, h->plain, ROOM, plain.p, plain.n)};
        dz_sha256(plain.p, plain.n, hash);
        if (!dz_sign_verify(pk, message, sizeof message, sig))
            abort();
    }
    ZSTD_freeDCtx(zstd);
}

static double
processor_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void
measure(const char *what, void (*fn)(struct hand *, size_t), struct hand *hands, size_t n)
{
    int64_t begin = dz_os_monotonic_us();
    double cpu = processor_seconds();
    fn(hands, n);
    printf("%s\t%.3f\t%.3f\n", what, (double)(dz_os_monotonic_us() - begin) / 1e6,
           processor_seconds() - cpu);
}

static void
read_paths(struct corpus *c)
{
    char line[4096];
    size_t cap = 0;
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        c->files = dz_grow(c->files, &cap, c->n + 1, sizeof *c->files);
        c->files[c->n++] = (struct file){.path = dz_strdup(line)};
    }
}

static void
hand_start(struct hand *h, struct corpus *c, const char *folder, size_t i)
{
    struct dz_err err = {0};
    *h = (struct hand){.corpus = c, .fd = -1, .sealed = DZ_BUF(2 * ROOM)};
    DZ_AUTO_FREE char *path = dz_asprintf("%s/floor-%zu", folder, i);
    must(dz_os_open(AT_FDCWD, path, DZ_OS_CREATE, &h->fd, &err), &err);
    must(dz_os_unlink(AT_FDCWD, path, &err), &err);
    h->plain = dz_alloc(ROOM);
    h->packed = dz_alloc(ZSTD_compressBound(ROOM));
    h->zstd = ZSTD_createCCtx();
}

static void
hand_done(struct hand *h)
{
    dz_os_close_quiet(&h->fd);
    dz_buf_done(&h->sealed);
    dz_free(h->plain);
    dz_free(h->packed);
    ZSTD_freeCCtx(h->zstd);
}

int
main(int argc, char **argv)
{
    struct dz_err err = {0};
    struct corpus c = {.n = 0};
    struct hand hands[DZ_POOL_THREADS_MAX];
    size_t n = dz_pool_threads(0);
    if (argc != 2) {
        fputs("usage: floor DIR < PATHS\n", stderr);
        return 2;
    }
    must(dz_crypto_init(&err), &err);
    read_paths(&c);
    for (size_t i = 0; i < n; i++)
        hand_start(&hands[i], &c, argv[1], i);
    measure("add", take_all, hands, n);
    measure("deep", take_apart, hands, n);
    measure("again", hash_all, hands, n);
    for (size_t i = 0; i < n; i++)
        hand_done(&hands[i]);
    for (size_t i = 0; i < c.n; i++)
        dz_free(c.files[i].path);
    dz_free(c.files);
    return 0;
}
