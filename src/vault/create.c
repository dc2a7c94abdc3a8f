#include "vault_impl.h"

#include <fcntl.h>
#include <string.h>

#include "dz_codec.h"

/* A new vault: folders, vault.json, the first member, the first log and its first entry.
 * docs/format/vault.md. */

/* Where vault.json waits until the first entry names it: a folder without vault.json is no vault.
 */
#define VAULT_JSON_NEW "vault.json.new"

static enum dz_code
make_folder(const char *path, int *ret_fd, struct dz_err *err)
{
    if (!dz_os_exists(AT_FDCWD, path)) {
        DZ_TRY(dz_os_mkdir(AT_FDCWD, path, err));
        DZ_TRY(dz_os_sync_name(AT_FDCWD, path, err));
        return dz_os_opendir(AT_FDCWD, path, ret_fd, err);
    }
    int fd = -1;
    DZ_TRY(dz_os_opendir(AT_FDCWD, path, &fd, err));
    char **names = NULL;
    size_t n = 0;
    enum dz_code code = dz_os_list(fd, ".", &names, &n, err);
    dz_os_names_free(names, n);
    if (code == DZ_OK && n > 0)
        code =
            dz_fail(err, DZ_E_EXISTS, "'%s' is not empty: a vault wants a folder of its own", path);
    if (code == DZ_OK)
        *ret_fd = fd;
    else
        dz_os_close_quiet(&fd);
    return code;
}

static enum dz_code
write_vault_json(int fd, const char *id_hex, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *file = json_object();
    dz_json_set_int(file, "format", VAULT_FORMAT);
    dz_json_set_str(file, "kind", "dokaz vault");
    dz_json_set_str(file, "vault", id_hex);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
    DZ_TRY(dz_json_canonical(&text, file, err));
    dz_buf_addc(&text, '\n');
    return dz_os_replace(fd, VAULT_JSON_NEW, dz_buf_view(&text), err);
}

/** Make a log for this device: signing key under keys/, folder under journal/. */
enum dz_code
dz_vault_new_log(struct dz_vault *v, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *seed = NULL;
    uint8_t pk[32];
    struct dz_log_info info;
    DZ_TRY(dz_secret_random(DZ_SIGN_SEED_BYTES, &seed, err));
    DZ_TRY(dz_sign_public(seed, pk, err));
    DZ_TRY(dz_log_create(v->journal_fd, pk, &info, err));
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.log", info.id_hex);
    DZ_TRY(dz_keys_log_signer_write(v->fd, &v->keys, info.id_hex, path, seed, err));
    DZ_TRY(dz_vault_add_log(v, info.id_hex, DZ_LOG_WRITE, err));
    DZ_TRY(dz_guard_set_own_log(v, info.id_hex, err));
    dz_secret_free(v->signer);
    v->signer = seed;
    seed = NULL;
    return DZ_OK;
}

static void
set_recipient(json_t *object, const char *key, const uint8_t pk[DZ_X25519_BYTES])
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(256);
    dz_age_recipient_text(pk, &text);
    dz_json_set_view(object, key, dz_buf_view(&text));
}

static enum dz_code
first_entry(struct dz_vault *v, const char *name, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = json_object();
    char pk[DZ_HEX32];
    uint8_t x[DZ_X25519_BYTES];
    dz_hex_encode(v->keys.sign_pk, 32, pk);
    DZ_TRY(dz_age_identity_public(v->keys.identity, x, err));
    dz_json_set_str(fields, "vault", v->id_hex);
    dz_json_set_str(fields, "name", name);
    dz_json_set_str(fields, "public", pk);
    set_recipient(fields, "recipient", x);
    json_t *compartments = json_object();
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        set_recipient(compartments, dz_compartment_name((enum dz_compartment)i), v->keys.in[i].pk);
    json_object_set_new(fields, "compartments", compartments);
    dz_json_set_int(fields, "epoch", 1);

    struct dz_batch *b = NULL;
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = dz_batch_bring_file(b, VAULT_JSON_NEW, err);
    DZ_AUTO_FREE char *member_key = dz_asprintf("keys/%s.key", v->keys.member);
    DZ_AUTO_FREE char *member_sign = dz_asprintf("keys/%s.sign.age", v->keys.member);
    DZ_AUTO_FREE char *member_grant = dz_asprintf("keys/%s.grant.age", v->keys.member);
    if (code == DZ_OK)
        code = dz_batch_bring_file(b, member_key, err);
    if (code == DZ_OK)
        code = dz_batch_bring_file(b, member_sign, err);
    if (code == DZ_OK)
        code = dz_batch_bring_file(b, member_grant, err);
    DZ_AUTO_FREE char *log_key =
        dz_asprintf("keys/%s.log", dz_log_get_info(v->logs[v->own_log])->id_hex);
    if (code == DZ_OK)
        code = dz_batch_bring_file(b, log_key, err);
    if (code == DZ_OK)
        code = dz_batch_entry(b, "vault.created", fields, NULL, NULL, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

static enum dz_code
fill(struct dz_vault *v, const char *name, const struct dz_secret *passphrase, struct dz_err *err)
{
    static const char *const folders[] = {"keys", "journal", "objects", "keytable"};
    dz_os_random(v->id, sizeof v->id);
    dz_hex_encode(v->id, sizeof v->id, v->id_hex);
    for (int i = 0; i < 4; i++)
        DZ_TRY(dz_os_mkdir(v->fd, folders[i], err));
    DZ_TRY(dz_keys_create(v->fd, passphrase, &v->keys, err));
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        DZ_TRY(dz_keytable_create(v->fd, v->id, &v->keys, (enum dz_compartment)i, err));
    DZ_TRY(dz_tables_load(v, err));
    DZ_TRY(dz_os_opendir(v->fd, "journal", &v->journal_fd, err));
    DZ_TRY(dz_objects_open(v->fd, &v->objects, err));
    DZ_TRY(dz_os_open(v->fd, "lock", DZ_OS_APPEND, &v->lock_fd, err));
    DZ_TRY(dz_guard_open(v, err));
    DZ_TRY(dz_project_open(v, err));
    DZ_TRY(write_vault_json(v->fd, v->id_hex, err));
    DZ_TRY(first_entry(v, name, err));
    DZ_TRY(dz_os_rename(v->fd, VAULT_JSON_NEW, "vault.json", err));
    return dz_os_fsync(v->fd, err);
}

enum dz_code
dz_vault_create(const char *path, const struct dz_registry *registry,
                const struct dz_secret *passphrase, struct dz_err *err)
{
    return dz_vault_create_as(path, registry, NULL, passphrase, err);
}

enum dz_code
dz_vault_create_as(const char *path, const struct dz_registry *registry, const char *name,
                   const struct dz_secret *passphrase, struct dz_err *err)
{
    int fd = -1;
    if (name)
        DZ_TRY(dz_member_check_name(name, err));
    if (make_folder(path, &fd, err) != DZ_OK)
        return dz_while(err, "making a vault");
    struct dz_vault *v = dz_vault_alloc();
    v->fd = fd;
    v->path = dz_strdup(path);
    v->registry = registry;
    enum dz_code code = fill(v, name, passphrase, err);
    dz_vault_close(v);
    return code == DZ_OK ? DZ_OK : dz_while(err, "making a vault in '%s'", path);
}
