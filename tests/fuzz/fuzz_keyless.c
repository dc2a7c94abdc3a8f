/* A vault as a stranger may hand it to the check without keys: vault.json, a key file, a copy of
 * the key table, a segment, a large object. The first byte says which of them the rest is. */
#include "dz_keyless.h"
#include "scratch_folder.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The files, then the folders they stand in. */
static const char *const files[] = {
    "vault.json",
    "keys/0123456789abcdef.key",
    "keytable/open.a",
    "objects/seg-00000001",
    "objects/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "journal",
    "keys",
    "keytable",
    "objects",
    NULL};
#define N_FILES 5
static const char vault_json[] = "{\"format\":2,\"vault\":\"000102030405060708090a0b0c0d0e0f\"}\n";

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
    if (scratch_open(files))
        scratch_mkdirs(files + N_FILES);
    if (size == 0)
        return 0;
    scratch_put(files[0], vault_json, sizeof vault_json - 1);
    const char *path = files[data[0] % N_FILES];
    scratch_put(path, data + 1, size - 1);
    uint64_t n[2] = {0, 0};
    struct dz_keyless_report r;
    /* There is no log, so nothing is sound; what is told is counted, each with a name and a
     * reason. */
    if (dz_keyless_verify(scratch_fd, count, n, &r, NULL) == DZ_OK &&
        (n[0] == 0 || n[0] != r.n_findings || n[1] != r.n_notices))
        abort();
    if (strcmp(path, files[0]) != 0)
        (void)!unlinkat(scratch_fd, path, 0);
    return 0;
}
