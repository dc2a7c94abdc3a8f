/* A vault as a stranger may hand it to the check without keys: vault.json, a key file, a copy of
 * the
 * key table, a segment, a large object. The first byte says which of them the rest is. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dz_keyless.h"
#include "dz_os.h"
#include "dz_secret.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64] = "/dev/shm/dokaz-fuzz-XXXXXX";
static const char *const folders[] = {"journal", "keys", "keytable", "objects"};
static const char *const files[] = {
    "vault.json", "keys/0123456789abcdef.key", "keytable/open.a", "objects/seg-00000001",
    "objects/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
#define N_FILES (sizeof files / sizeof *files)
static const char vault_json[] = "{\"format\":1,\"vault\":\"000102030405060708090a0b0c0d0e0f\"}\n";

static void
clean_up(void)
{
    char path[192];
    for (size_t i = 0; i < N_FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)!remove(path);
    }
    for (size_t i = 0; i <= sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", folder,
                 i < sizeof folders / sizeof *folders ? folders[i] : "");
        (void)!remove(path);
    }
}

static int
scratch(void)
{
    static int fd = -1;
    if (fd >= 0)
        return fd;
    if (access("/dev/shm", W_OK) != 0)
        snprintf(folder, sizeof folder, "/tmp/dokaz-fuzz-XXXXXX");
    if (mkdtemp(folder) == NULL || dz_crypto_init(NULL) != DZ_OK ||
        dz_os_opendir(AT_FDCWD, folder, &fd, NULL) != DZ_OK)
        abort();
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (dz_os_mkdir(fd, folders[i], NULL) != DZ_OK)
            abort();
    atexit(clean_up);
    return fd;
}

static void
put(int fd, const char *path, const void *data, size_t size)
{
    int file = openat(fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    close(file);
}

static void
count(void *ctx, const char *thing, uint64_t seq, const char *message)
{
    uint64_t *n = ctx;
    if (thing[0] == '\0' || message[0] == '\0')
        abort();
    n[seq == DZ_SEQ_NOTICE ? 1 : 0]++;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = scratch();
    if (size == 0)
        return 0;
    put(fd, files[0], vault_json, sizeof vault_json - 1);
    const char *path = files[data[0] % N_FILES];
    put(fd, path, data + 1, size - 1);
    uint64_t n[2] = {0, 0};
    struct dz_keyless_report r;
    /* There is no log, so nothing is sound; what is told is counted, each with a name and a
     * reason. */
    if (dz_keyless_verify(fd, count, n, &r, NULL) == DZ_OK &&
        (n[0] == 0 || n[0] != r.n_findings || n[1] != r.n_notices))
        abort();
    if (strcmp(path, files[0]) != 0)
        (void)!unlinkat(fd, path, 0);
    return 0;
}
