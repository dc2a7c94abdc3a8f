/* The files of a log: checkpoints, frames, log.json, index. The first byte says which one the rest
 * of the input is; the others are those of a small log that is in order. A log in which the check
 * finds nothing can be opened, and what can be opened can be read. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dz_hash.h"
#include "dz_os.h"
#include "dz_sign.h"
#include "log_impl.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64] = "/dev/shm/dokaz-fuzz-XXXXXX";
static char name[33];
static const char *const files[] = {NAME_CHECKPOINTS, NAME_FRAMES, NAME_INFO, NAME_INDEX};
static struct dz_buf good[4];

static void
clean_up(void)
{
    for (size_t i = 0; i < 5; i++) {
        char path[192];
        snprintf(path, sizeof path, "%s/%s/%s", folder, name, i < 4 ? files[i] : "");
        (void)!remove(path);
    }
    (void)!remove(folder);
    for (size_t i = 0; i < 4; i++)
        dz_buf_done(&good[i]);
}

static void
append(struct dz_log *l, const struct dz_secret *seed, const char *body)
{
    struct dz_leaf leaf = {.brings = NULL};
    dz_sha256(body, strlen(body), leaf.sealed_sha256.b);
    struct dz_log_batch b = {.frames = DZ_BUF(1u << 20)};
    if (dz_log_batch_add(l, &b, dz_log_size(l), &leaf, dz_view_of(body), NULL) != DZ_OK ||
        dz_log_append(l, &b, NULL) != DZ_OK ||
        dz_log_checkpoint(l, seed, NULL, NULL, NULL) != DZ_OK)
        abort();
    dz_buf_done(&b.frames);
}

/* One log for all runs, made with a key that is always the same. */
static int
scratch(void)
{
    static int fd = -1;
    if (fd >= 0)
        return fd;
    uint8_t bytes[32] = "a seed that is no secret at all";
    uint8_t pk[32];
    struct dz_secret *seed = NULL;
    struct dz_log_info info;
    struct dz_log *l = NULL;
    if (access("/dev/shm", W_OK) != 0)
        snprintf(folder, sizeof folder, "/tmp/dokaz-fuzz-XXXXXX");
    if (mkdtemp(folder) == NULL || dz_crypto_init(NULL) != DZ_OK ||
        dz_os_opendir(AT_FDCWD, folder, &fd, NULL) != DZ_OK ||
        dz_secret_copy(bytes, sizeof bytes, &seed, NULL) != DZ_OK ||
        dz_sign_public(seed, pk, NULL) != DZ_OK || dz_log_create(fd, pk, &info, NULL) != DZ_OK ||
        dz_log_open(fd, info.id_hex, DZ_LOG_WRITE, &l, NULL, NULL) != DZ_OK)
        abort();
    memcpy(name, info.id_hex, sizeof name);
    append(l, seed, "the first body");
    append(l, seed, "the second body");
    dz_log_close(l);
    dz_secret_free(seed);
    for (size_t i = 0; i < 4; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", name, files[i]);
        good[i] = (struct dz_buf){.max = 1u << 20};
        if (dz_os_slurp(fd, path, 1u << 20, &good[i], NULL) != DZ_OK)
            abort();
    }
    atexit(clean_up);
    return fd;
}

static void
put(int fd, size_t which, const void *data, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", name, files[which]);
    int file = openat(fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    close(file);
}

static void
read_all(struct dz_log *l)
{
    for (uint64_t seq = 0; seq < dz_log_size(l); seq++) {
        DZ_AUTO_BUF struct dz_buf leaf = DZ_BUF(65536);
        DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(8u << 20);
        if (dz_log_read(l, seq, &leaf, &sealed, NULL) != DZ_OK)
            abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = scratch();
    if (size == 0)
        return 0;
    size_t which = data[0] % 4;
    put(fd, which, data + 1, size - 1);
    uint64_t n = 0;
    struct dz_log *l = NULL;
    enum dz_code checked = dz_log_verify(fd, name, NULL, NULL, NULL, NULL, &n, NULL);
    enum dz_code opened = dz_log_open(fd, name, DZ_LOG_READ, &l, NULL, NULL);
    if (checked == DZ_OK && n == 0 && opened != DZ_OK)
        abort();
    if (opened == DZ_OK && n == 0)
        read_all(l);
    if (opened == DZ_OK)
        dz_log_close(l);
    put(fd, which, good[which].p, good[which].n);
    return 0;
}
