#include "vault_impl.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_kdf.h"

/* Files under keys/, docs/format/vault.md section 2:
 *   <member>.key        JSON: parameters of Argon2id in the clear, the X25519 identity sealed under
 *                       the derived key
 *   <member>.sign.age   age file to that identity: the Ed25519 seed that signs their entries
 *   <member>.grant.age  age file to that identity: keys of compartments (grant.c)
 *   <log>.log           sealed under the key of the open compartment: the seed that signs
 *                       checkpoints of a log
 * NAME.new is a file that waits to take the place of NAME. */

#define MEMBER_HEX 16 /* characters of a member's id */

/* The sealing key of a member's key file binds the parameters that stand beside it in the clear. */
static enum dz_code
member_file_key(const struct dz_secret *passphrase, const struct dz_kdf_params *kdf,
                const char *member, struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *kek = NULL;
    DZ_TRY(dz_kdf_derive(passphrase, kdf, &kek, err));
    DZ_AUTO_BUF struct dz_buf info = DZ_BUF(256);
    dz_buf_addf(&info, "dokaz/v1/member-key/%s/%llu/%llu", member, (unsigned long long)kdf->ops,
                (unsigned long long)kdf->mem_kib);
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    DZ_TRY(dz_secret_new(DZ_FILE_KEY_BYTES, &key, err));
    dz_hkdf_sha256(dz_secret_peek(kek), dz_secret_size(kek), kdf->salt, sizeof kdf->salt, info.p,
                   info.n, dz_secret_at(key), DZ_FILE_KEY_BYTES);
    *ret = key;
    key = NULL;
    return DZ_OK;
}

enum dz_code
dz_keys_member_write(int vault_fd, const char *path, const struct keyring *k,
                     const struct dz_secret *passphrase, const struct dz_kdf_params *kdf,
                     struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    DZ_TRY(member_file_key(passphrase, kdf, k->member, &key, err));

    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(4096);
    struct dz_view plain = {(const char *)dz_secret_peek(k->identity), dz_secret_size(k->identity)};
    DZ_TRY(dz_seal_bytes(dz_secret_peek(key), plain, &sealed, err));

    DZ_AUTO_BUF struct dz_buf b64 = DZ_BUF(8192);
    DZ_AUTO_BUF struct dz_buf salt = DZ_BUF(64);
    dz_b64_encode(&b64, sealed.p, sealed.n, DZ_B64_PADDED);
    dz_b64_encode(&salt, kdf->salt, sizeof kdf->salt, DZ_B64_PADDED);
    DZ_AUTO_JSON json_t *file = json_object();
    json_t *params = json_object();
    dz_json_set_str(params, "alg", "argon2id");
    dz_json_set_int(params, "ops", (int64_t)kdf->ops);
    dz_json_set_int(params, "mem_kib", (int64_t)kdf->mem_kib);
    dz_json_set_view(params, "salt", dz_buf_view(&salt));
    dz_json_set_int(file, "format", VAULT_FORMAT);
    dz_json_set_str(file, "member", k->member);
    json_object_set_new(file, "kdf", params);
    dz_json_set_view(file, "sealed", dz_buf_view(&b64));

    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(KEY_FILE_MAX);
    DZ_TRY(dz_json_canonical(&text, file, err));
    dz_buf_addc(&text, '\n');
    return dz_os_replace(vault_fd, path, dz_buf_view(&text), err);
}

static enum dz_code
member_file_read(int vault_fd, const char *path, const char *member,
                 const struct dz_secret *passphrase, struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(KEY_FILE_MAX);
    DZ_TRY(dz_os_slurp(vault_fd, path, KEY_FILE_MAX, &text, err));
    DZ_AUTO_JSON json_t *file = NULL;
    if (dz_json_parse(dz_buf_view(&text), &file, err) != DZ_OK)
        return dz_fail(err, DZ_E_CORRUPT, "%s: this is not a key file", path);
    if (dz_json_int(file, "format", 0) > VAULT_FORMAT)
        return dz_fail(err, DZ_E_FORMAT, "%s: made by a newer dokaz: update the program", path);

    const json_t *params = json_object_get(file, "kdf");
    const char *salt_text = dz_json_str(params, "salt"), *sealed_text = dz_json_str(file, "sealed");
    const char *named = dz_json_str(file, "member");
    DZ_AUTO_BUF struct dz_buf salt = DZ_BUF(64);
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(4096);
    if (!salt_text || !sealed_text || !named || strcmp(named, member) != 0 ||
        dz_b64_decode(&salt, dz_view_of(salt_text), DZ_B64_PADDED, NULL) != DZ_OK ||
        dz_b64_decode(&sealed, dz_view_of(sealed_text), DZ_B64_PADDED, NULL) != DZ_OK ||
        salt.n != DZ_KDF_SALT_BYTES)
        return dz_fail(err, DZ_E_CORRUPT, "%s: the key file is damaged: restore it from a backup",
                       path);

    struct dz_kdf_params kdf = {.ops = (uint64_t)dz_json_int(params, "ops", 0),
                                .mem_kib = (uint64_t)dz_json_int(params, "mem_kib", 0)};
    memcpy(kdf.salt, salt.p, sizeof kdf.salt);
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    DZ_TRY(member_file_key(passphrase, &kdf, member, &key, err));
    struct dz_buf plain = DZ_BUF(256);
    enum dz_code code = dz_unseal_bytes(dz_secret_peek(key), dz_buf_view(&sealed), &plain, NULL);
    if (code == DZ_OK && plain.n == DZ_X25519_BYTES)
        code = dz_secret_copy(plain.p, plain.n, ret, err);
    else
        code = dz_fail(err, DZ_E_AUTH,
                       "wrong passphrase: try again; without it the vault cannot be opened");
    if (plain.p)
        dz_wipe(plain.p, plain.cap);
    dz_buf_done(&plain);
    return code;
}

/* An age file to one's own identity that holds a secret. */
static enum dz_code
age_file_write(int vault_fd, const char *path, const struct dz_secret *identity,
               const struct dz_secret *content, struct dz_err *err)
{
    uint8_t pk[1][DZ_X25519_BYTES];
    DZ_TRY(dz_age_identity_public(identity, pk[0], err));
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(KEY_FILE_MAX);
    struct dz_view plain = {(const char *)dz_secret_peek(content), dz_secret_size(content)};
    DZ_TRY(dz_age_seal_bytes((const uint8_t(*)[DZ_X25519_BYTES])pk, 1, plain, &file, err));
    return dz_os_replace(vault_fd, path, dz_buf_view(&file), err);
}

static enum dz_code
age_file_read(int vault_fd, const char *path, const struct dz_secret *identity, size_t n,
              struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(KEY_FILE_MAX);
    DZ_TRY(dz_os_slurp(vault_fd, path, KEY_FILE_MAX, &file, err));
    DZ_AUTO_SECRET struct dz_secret *got = NULL;
    if (dz_age_open_bytes(identity, dz_buf_view(&file), &got, err) != DZ_OK ||
        dz_secret_size(got) != n)
        return dz_fail(err, DZ_E_CORRUPT, "%s: the key file is damaged: restore it from a backup",
                       path);
    *ret = got;
    got = NULL;
    return DZ_OK;
}

enum dz_code
dz_keys_sign_write(int vault_fd, const char *path, const struct keyring *k, struct dz_err *err)
{
    return age_file_write(vault_fd, path, k->identity, k->sign_seed, err);
}

/* ---- keys of compartments ---- */

static enum dz_code
compartment_key(const struct dz_secret *secret, struct dz_secret **ret, struct dz_err *err)
{
    static const char label[] = "dokaz/v1/compartment";
    DZ_TRY(dz_secret_new(32, ret, err));
    dz_hkdf_sha256(dz_secret_peek(secret), dz_secret_size(secret), NULL, 0, label, sizeof label - 1,
                   dz_secret_at(*ret), 32);
    return DZ_OK;
}

enum dz_code
dz_keys_put_earlier(struct keyring *k, enum dz_compartment in, struct dz_secret *secret,
                    struct dz_err *err)
{
    struct compartment_key *c = &k->in[in];
    dz_secret_free(c->earlier);
    dz_secret_free(c->earlier_key);
    c->earlier = secret;
    c->earlier_key = NULL;
    return compartment_key(secret, &c->earlier_key, err);
}

enum dz_code
dz_keys_put(struct keyring *k, enum dz_compartment in, uint32_t epoch, struct dz_secret *secret,
            struct dz_err *err)
{
    struct compartment_key *c = &k->in[in];
    if (c->secret && epoch > c->epoch) {
        dz_secret_free(c->earlier);
        dz_secret_free(c->earlier_key);
        c->earlier = c->secret;
        c->earlier_key = c->key;
    } else {
        dz_secret_free(c->secret);
        dz_secret_free(c->key);
    }
    c->secret = secret;
    c->key = NULL;
    c->epoch = epoch;
    DZ_TRY(dz_age_identity_public(secret, c->pk, err));
    c->has_pk = true;
    return compartment_key(secret, &c->key, err);
}

enum dz_compartment
dz_keys_level(const struct keyring *k)
{
    return dz_keys_hold(k, DZ_IN_SEALED)       ? DZ_IN_SEALED
           : dz_keys_hold(k, DZ_IN_RESTRICTED) ? DZ_IN_RESTRICTED
                                               : DZ_IN_OPEN;
}

/* ---- making members ---- */

enum dz_code
dz_keys_new_member(struct keyring *ret, struct dz_err *err)
{
    struct keyring k = {0};
    uint8_t id[MEMBER_HEX / 2];
    dz_os_random(id, sizeof id);
    dz_hex_encode(id, sizeof id, k.member);
    enum dz_code code = dz_age_identity_new(&k.identity, err);
    if (code == DZ_OK)
        code = dz_secret_random(DZ_SIGN_SEED_BYTES, &k.sign_seed, err);
    if (code == DZ_OK)
        code = dz_sign_public(k.sign_seed, k.sign_pk, err);
    if (code == DZ_OK)
        code = dz_sign_key(k.sign_seed, &k.sign_key, err);
    if (code == DZ_OK)
        *ret = k;
    else
        dz_keys_done(&k);
    return code;
}

static enum dz_code
create_compartments(struct keyring *k, struct dz_err *err)
{
    DZ_TRY(dz_secret_random(32, &k->hash_key, err));
    for (int in = 0; in < DZ_COMPARTMENTS; in++) {
        struct dz_secret *secret = NULL;
        DZ_TRY(dz_age_identity_new(&secret, err));
        DZ_TRY(dz_keys_put(k, (enum dz_compartment)in, 1, secret, err));
    }
    return DZ_OK;
}

static enum dz_code
write_files(int vault_fd, const struct keyring *k, const struct dz_secret *passphrase,
            struct dz_err *err)
{
    DZ_AUTO_FREE char *sign_path = dz_asprintf("keys/%s.sign.age", k->member);
    DZ_AUTO_FREE char *grant_path = dz_asprintf("keys/%s.grant.age", k->member);
    DZ_AUTO_FREE char *key_path = dz_asprintf("keys/%s.key", k->member);
    uint8_t pk[DZ_X25519_BYTES];
    struct dz_kdf_params kdf;
    dz_kdf_default(&kdf);
    DZ_TRY(dz_age_identity_public(k->identity, pk, err));
    DZ_TRY(dz_keys_sign_write(vault_fd, sign_path, k, err));
    DZ_TRY(dz_grant_write(vault_fd, grant_path, k, ~0u, k->member, pk, (struct dz_view){0}, err));
    return dz_keys_member_write(vault_fd, key_path, k, passphrase, &kdf, err);
}

enum dz_code
dz_keys_create(int vault_fd, const struct dz_secret *passphrase, struct keyring *ret,
               struct dz_err *err)
{
    struct keyring k = {0};
    DZ_TRY(dz_keys_new_member(&k, err));
    enum dz_code code = create_compartments(&k, err);
    if (code == DZ_OK)
        code = write_files(vault_fd, &k, passphrase, err);
    if (code == DZ_OK)
        *ret = k;
    else
        dz_keys_done(&k);
    return code;
}

/* ---- opening ---- */

/* Ids of members who have a key file; the caller frees them. */
static enum dz_code
list_members(int vault_fd, char ***ret, size_t *ret_n, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0, found = 0;
    DZ_TRY(dz_os_list(vault_fd, "keys", &names, &n, err));
    for (size_t i = 0; i < n; i++) {
        if (strlen(names[i]) == MEMBER_HEX + 4 && strcmp(names[i] + MEMBER_HEX, ".key") == 0) {
            names[i][MEMBER_HEX] = '\0';
            char *id = names[i];
            names[i] = names[found];
            names[found++] = id;
        }
    }
    if (found == 0) {
        dz_os_names_free(names, n);
        return dz_fail(err, DZ_E_CORRUPT,
                       "keys: no member's key file is there: restore it from a backup");
    }
    *ret = names;
    *ret_n = n;
    for (size_t i = found; i < n; i++)
        names[i][0] = '\0';
    return DZ_OK;
}

/* The key file opens with the passphrase, or the one that a change of passphrase has written beside
 * it does: a change that was cut short leaves both. Which of them counts the journal says, when it
 * is open (dz_members_check). */
static enum dz_code
open_with_passphrase(int vault_fd, const char *member, const struct dz_secret *passphrase,
                     struct dz_secret **ret, bool *ret_staged, struct dz_err *err)
{
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.key", member);
    DZ_AUTO_FREE char *staged = dz_asprintf("keys/%s" ".key" STAGED, member);
    enum dz_code code = member_file_read(vault_fd, path, member, passphrase, ret, err);
    if (code != DZ_OK && dz_os_exists(vault_fd, staged))
        *ret_staged = member_file_read(vault_fd, staged, member, passphrase, ret, NULL) == DZ_OK;
    return *ret_staged ? DZ_OK : code;
}

/* What the identity opens, for a member whose id is known. Fills k and takes the identity over. */
static enum dz_code
open_files(int vault_fd, struct keyring *k, struct dz_err *err)
{
    DZ_AUTO_FREE char *sign_path = dz_asprintf("keys/%s.sign.age", k->member);
    DZ_TRY(age_file_read(vault_fd, sign_path, k->identity, DZ_SIGN_SEED_BYTES, &k->sign_seed, err));
    DZ_TRY(dz_sign_key(k->sign_seed, &k->sign_key, err));
    return dz_sign_public(k->sign_seed, k->sign_pk, err);
}

/* The first key file that the passphrase opens, or the only one there is. Names of members stand in
 * the journal only, which is still closed. */
static enum dz_code
open_any(int vault_fd, bool named, const struct dz_secret *passphrase, struct keyring *k,
         struct dz_err *err)
{
    char **ids = NULL;
    size_t n = 0, n_members = 0;
    DZ_TRY(list_members(vault_fd, &ids, &n, err));
    while (n_members < n && ids[n_members][0])
        n_members++;
    enum dz_code code = DZ_E_AUTH;
    if (n_members > 1 && !named)
        code = dz_fail(err, DZ_E_USAGE,
                       "this vault has several members: say which with --as MEMBER");
    for (size_t i = 0; i < n_members && code == DZ_E_AUTH; i++) {
        memcpy(k->member, ids[i], MEMBER_HEX + 1);
        code = open_with_passphrase(vault_fd, k->member, passphrase, &k->identity, &k->staged, err);
    }
    dz_os_names_free(ids, n);
    return code;
}

enum dz_code
dz_keys_open(int vault_fd, const char *member, const struct dz_secret *passphrase,
             struct keyring *ret, struct dz_err *err)
{
    struct keyring k = {0};
    uint8_t id[MEMBER_HEX / 2];
    enum dz_code code;
    if (member && dz_hex_decode(dz_view_of(member), id, sizeof id)) {
        dz_hex_encode(id, sizeof id, k.member);
        code = open_with_passphrase(vault_fd, k.member, passphrase, &k.identity, &k.staged, err);
        if (code == DZ_E_NOTFOUND)
            code = dz_fail(err, DZ_E_NOTFOUND, "there is no member %s", member);
    } else {
        code = open_any(vault_fd, member != NULL, passphrase, &k, err);
    }
    if (code == DZ_OK)
        code = open_files(vault_fd, &k, err);
    if (code == DZ_OK)
        *ret = k;
    else
        dz_keys_done(&k);
    return code;
}

/* Whether this identity opens what is sealed to a member. */
static bool
is_identity_of(int vault_fd, const char *member, const struct dz_secret *identity)
{
    DZ_AUTO_SECRET struct dz_secret *seed = NULL;
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.sign.age", member);
    return age_file_read(vault_fd, path, identity, DZ_SIGN_SEED_BYTES, &seed, NULL) == DZ_OK;
}

enum dz_code
dz_keys_open_identity(int vault_fd, const struct dz_secret *identity, struct keyring *ret,
                      struct dz_err *err)
{
    struct keyring k = {0};
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list(vault_fd, "keys", &names, &n, err));
    for (size_t i = 0; i < n && k.member[0] == '\0'; i++) {
        /* Not by the key file: whoever comes with the identity may do so because it is lost. */
        if (strlen(names[i]) != 25 || strcmp(names[i] + 16, ".sign.age") != 0)
            continue;
        names[i][16] = '\0';
        if (is_identity_of(vault_fd, names[i], identity))
            memcpy(k.member, names[i], 17);
    }
    dz_os_names_free(names, n);
    if (k.member[0] == '\0')
        return dz_fail(err, DZ_E_AUTH,
                       "this key opens nothing here: it belongs to a member of another vault");
    k.recovered = true;
    enum dz_code code =
        dz_secret_copy(dz_secret_peek(identity), dz_secret_size(identity), &k.identity, err);
    if (code == DZ_OK)
        code = open_files(vault_fd, &k, err);
    if (code == DZ_OK)
        *ret = k;
    else
        dz_keys_done(&k);
    return code;
}

void
dz_keys_done(struct keyring *k)
{
    dz_secret_free(k->identity);
    dz_secret_free(k->sign_seed);
    dz_secret_free(k->sign_key);
    dz_secret_free(k->hash_key);
    for (int i = 0; i < DZ_COMPARTMENTS; i++) {
        dz_secret_free(k->in[i].secret);
        dz_secret_free(k->in[i].key);
        dz_secret_free(k->in[i].earlier);
        dz_secret_free(k->in[i].earlier_key);
    }
    *k = (struct keyring){0};
}

static enum dz_code
derive(const struct dz_secret *key, const char *label, const void *salt, size_t n_salt, size_t n,
       struct dz_secret **ret, struct dz_err *err)
{
    DZ_TRY(dz_secret_new(n, ret, err));
    dz_hkdf_sha256(dz_secret_peek(key), dz_secret_size(key), salt, n_salt, label, strlen(label),
                   dz_secret_at(*ret), n);
    return DZ_OK;
}

enum dz_code
dz_keys_derive(const struct keyring *k, enum dz_compartment in, const char *label, const void *salt,
               size_t n_salt, size_t n, struct dz_secret **ret, struct dz_err *err)
{
    if (!dz_keys_hold(k, in))
        return dz_fail(err, DZ_E_DENIED, "this member does not hold the key of that compartment");
    return derive(k->in[in].key, label, salt, n_salt, n, ret, err);
}

enum dz_code
dz_keys_derive_at(const struct keyring *k, enum dz_compartment in, uint32_t epoch,
                  const char *label, const void *salt, size_t n_salt, size_t n,
                  struct dz_secret **ret, struct dz_err *err)
{
    const struct compartment_key *c = &k->in[in];
    const struct dz_secret *key = NULL;
    if (c->secret && epoch == c->epoch)
        key = c->key;
    else if (c->earlier_key && epoch + 1 == c->epoch)
        key = c->earlier_key;
    if (!key)
        return dz_fail(err, DZ_E_AUTH, "it is sealed under a key that this member does not hold");
    return derive(key, label, salt, n_salt, n, ret, err);
}

enum dz_code
dz_keys_log_signer_write(int vault_fd, const struct keyring *k, const char *log, const char *path,
                         const struct dz_secret *seed, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    DZ_TRY(dz_keys_derive(k, DZ_IN_OPEN, "dokaz/v1/log-signer", log, strlen(log), DZ_FILE_KEY_BYTES,
                          &key, err));
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(4096);
    struct dz_view plain = {(const char *)dz_secret_peek(seed), dz_secret_size(seed)};
    DZ_TRY(dz_seal_bytes(dz_secret_peek(key), plain, &sealed, err));
    return dz_os_replace(vault_fd, path, dz_buf_view(&sealed), err);
}

/* Sealed under the key of an epoch: opened, or not. */
static enum dz_code
log_signer_open(const struct keyring *k, uint32_t epoch, const char *log, struct dz_view sealed,
                struct dz_secret **ret)
{
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    DZ_TRY(dz_keys_derive_at(k, DZ_IN_OPEN, epoch, "dokaz/v1/log-signer", log, strlen(log),
                             DZ_FILE_KEY_BYTES, &key, NULL));
    struct dz_buf plain = DZ_BUF(256);
    enum dz_code code = dz_unseal_bytes(dz_secret_peek(key), sealed, &plain, NULL);
    if (code == DZ_OK && plain.n == DZ_SIGN_SEED_BYTES)
        code = dz_secret_copy(plain.p, plain.n, ret, NULL);
    else
        code = DZ_E_CORRUPT;
    if (plain.p)
        dz_wipe(plain.p, plain.cap);
    dz_buf_done(&plain);
    return code;
}

enum dz_code
dz_keys_log_signer_read(int vault_fd, const struct keyring *k, const char *log,
                        struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.log", log);
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(4096);
    uint32_t epoch = k->in[DZ_IN_OPEN].epoch;
    DZ_TRY(dz_os_slurp(vault_fd, path, 4096, &sealed, err));
    if (log_signer_open(k, epoch, log, dz_buf_view(&sealed), ret) == DZ_OK ||
        log_signer_open(k, epoch - 1, log, dz_buf_view(&sealed), ret) == DZ_OK)
        return DZ_OK;
    return dz_fail(err, DZ_E_CORRUPT, "%s: the key file is damaged: restore it from a backup",
                   path);
}

enum dz_code
dz_keys_file_thing(int vault_fd, const char *path, struct dz_thing *ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(KEY_FILE_MAX);
    DZ_TRY(dz_os_slurp(vault_fd, path, KEY_FILE_MAX, &file, err));
    *ret = (struct dz_thing){.cls = DZ_THING_FILE, .size_bytes = file.n};
    dz_sha256(file.p, file.n, ret->sha256.b);
    return DZ_OK;
}
