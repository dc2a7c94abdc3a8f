/* Files of a vault that somebody else may have written: a segment of objects, a copy of the key
 * table, a member's key file, and the records inside a batch of the key table, sealed as a holder
 * of the key could. The first byte says which; whatever the rest is, reading it ends in DZ_OK or in
 * a clear refusal. */
#include "dz_vault.h"
#include "scratch_folder.h"
#include "vault_impl.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t vault_id[16] = "fuzz fuzz fuzz!";
/* The files, then the folders they stand in. */
static const char *const names[] = {
    "objects/seg-00000001",
    "keytable/open.a",
    "keytable/open.b",
    "keys/0123456789abcdef.key",
    "objects",
    "keytable",
    "keys",
    NULL,
};
#define N_FILES 4

static void
read_segment(int fd)
{
    struct objects o;
    if (dz_objects_open(fd, &o, NULL) != DZ_OK)
        abort();
    if (dz_objects_scan(&o, NULL) == DZ_OK) {
        uint8_t keep[1][32] = {{0}};
        uint64_t removed;
        (void)!dz_objects_recover(&o, vault_id, (const uint8_t(*)[32])keep, 1, &removed, NULL);
    }
    dz_objects_done(&o);
}

static void
hold_open(struct keyring *k)
{
    struct dz_secret *secret = NULL;
    if (dz_secret_new(32, &secret, NULL) != DZ_OK ||
        dz_keys_put(k, DZ_IN_OPEN, 1, secret, NULL) != DZ_OK)
        abort();
}

static void
read_key_table(int fd)
{
    struct keyring k = {0};
    struct keytable t = {0};
    hold_open(&k);
    if (dz_keytable_load(fd, vault_id, &k, &t, NULL) == DZ_OK &&
        dz_keytable_need(fd, vault_id, &k, &t, NULL) != DZ_OK)
        abort();
    dz_keytable_done(&t);
    dz_keys_done(&k);
}

/* Any bytes as the records of one batch. A table that opens is written anew, and again opens. */
static void
read_records(int fd, const uint8_t *data, size_t size)
{
    struct keyring k = {0};
    struct keytable t = {0};
    struct dz_secret *key = NULL;
    static const uint8_t salt[16] = {0, 0, 0, 0, 0, 0, 0, 1};
    struct dz_buf file = DZ_BUF(1u << 20);
    struct dz_buf sealed = DZ_BUF(1u << 20);
    hold_open(&k);
    if (dz_keys_derive(&k, DZ_IN_OPEN, "dokaz/v1/keytable", salt, sizeof salt, DZ_FILE_KEY_BYTES, &key, NULL) !=
            DZ_OK ||
        dz_seal_bytes(dz_secret_peek(key), (struct dz_view){(const char *)data, size}, &sealed,
                      NULL) != DZ_OK)
        abort();
    dz_buf_add(&file, "dzK3", 4);
    dz_buf_add(&file, vault_id, sizeof vault_id);
    dz_buf_add_u64be(&file, 1);
    dz_buf_add_u32be(&file, 1);
    dz_buf_add_u8(&file, 's');
    dz_buf_add_u32be(&file, (uint32_t)sealed.n);
    dz_buf_addv(&file, dz_buf_view(&sealed));
    scratch_put("keytable/open.a", (const uint8_t *)file.p, file.n);
    scratch_put("keytable/open.b", (const uint8_t *)file.p, file.n);
    if (dz_keytable_load(fd, vault_id, &k, &t, NULL) == DZ_OK) {
        struct keytable again = {0};
        if (dz_keytable_need(fd, vault_id, &k, &t, NULL) != DZ_OK)
            abort();
        size_t n = t.keys.n;
        if (dz_keytable_rewrite(fd, vault_id, &k, &t, 2, NULL, 0, NULL) != DZ_OK ||
            dz_keytable_load(fd, vault_id, &k, &again, NULL) != DZ_OK ||
            dz_keytable_need(fd, vault_id, &k, &again, NULL) != DZ_OK || again.keys.n != n)
            abort();
        dz_keytable_done(&again);
    }
    dz_keytable_done(&t);
    dz_secret_free(key);
    dz_keys_done(&k);
    dz_buf_done(&file);
    dz_buf_done(&sealed);
}

static void
read_key_file(int fd)
{
    struct keyring k = {0};
    struct dz_secret *passphrase = NULL;
    if (dz_secret_copy("fuzz", 4, &passphrase, NULL) != DZ_OK)
        abort();
    if (dz_keys_open(fd, "0123456789abcdef", passphrase, &k, NULL) == DZ_OK)
        dz_keys_done(&k);
    dz_secret_free(passphrase);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (scratch_open(names))
        scratch_mkdirs(names + N_FILES);
    int fd = scratch_fd;
    switch (data[0] % 4) {
    case 0:
        scratch_put("objects/seg-00000001", data + 1, size - 1);
        read_segment(fd);
        break;
    case 1:
        scratch_put("keytable/open.a", data + 1, size - 1);
        scratch_put("keytable/open.b", data + 1, size - 1);
        read_key_table(fd);
        break;
    case 3:
        read_records(fd, data + 1, size - 1);
        break;
    default:
        scratch_put("keys/0123456789abcdef.key", data + 1, size - 1);
        read_key_file(fd);
    }
    return 0;
}
