#include "vault_impl.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_kdf.h"

/* Files under keys/, docs/format/vault.md section 2:
 *   <member>.key       JSON: parameters of Argon2id in the clear, the X25519 identity sealed under
 *   the derived key; <member>.key.new while the passphrase is being changed
 *   <member>.sign.age  age file to that identity: the Ed25519 seed that signs this member's entries
 *   open-<n>.age       age file to every member who may read: the key of the compartment
 *   <log>.log          sealed under the compartment key: the seed that signs checkpoints of a log
 *   */

#define KEY_FILE_MAX 65536

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
dz_keys_create(int vault_fd, const struct dz_secret *passphrase, struct keyring *ret,
               struct dz_err *err)
{
    struct keyring k = {0};
    uint8_t id[8];
    dz_os_random(id, sizeof id);
    dz_hex_encode(id, sizeof id, k.member);
    DZ_AUTO_FREE char *sign_path = dz_asprintf("keys/%s.sign.age", k.member);
    DZ_AUTO_FREE char *key_path = dz_asprintf("keys/%s.key", k.member);
    struct dz_kdf_params kdf;
    dz_kdf_default(&kdf);

    enum dz_code code = dz_age_identity_new(&k.identity, err);
    if (code == DZ_OK)
        code = dz_secret_random(DZ_SIGN_SEED_BYTES, &k.sign_seed, err);
    if (code == DZ_OK)
        code = dz_secret_random(32, &k.compartment, err);
    if (code == DZ_OK)
        code = dz_sign_public(k.sign_seed, k.sign_pk, err);
    if (code == DZ_OK)
        code = dz_sign_key(k.sign_seed, &k.sign_key, err);
    if (code == DZ_OK)
        code =
            age_file_write(vault_fd, "keys/" COMPARTMENT "-1.age", k.identity, k.compartment, err);
    if (code == DZ_OK)
        code = age_file_write(vault_fd, sign_path, k.identity, k.sign_seed, err);
    if (code == DZ_OK)
        code = dz_keys_member_write(vault_fd, key_path, &k, passphrase, &kdf, err);
    if (code == DZ_OK)
        *ret = k;
    else
        dz_keys_done(&k);
    return code;
}

/* The only member there is; a vault of several needs a name. */
static enum dz_code
sole_member(int vault_fd, char ret[17], struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0, found = 0;
    DZ_TRY(dz_os_list(vault_fd, "keys", &names, &n, err));
    for (size_t i = 0; i < n; i++) {
        if (strlen(names[i]) == 20 && strcmp(names[i] + 16, ".key") == 0) {
            memcpy(ret, names[i], 16);
            ret[16] = '\0';
            found++;
        }
    }
    dz_os_names_free(names, n);
    if (found == 0)
        return dz_fail(err, DZ_E_CORRUPT,
                       "keys: no member's key file is there: restore it from a backup");
    if (found > 1)
        return dz_fail(err, DZ_E_USAGE,
                       "this vault has several members: say which with --as MEMBER");
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
    DZ_AUTO_FREE char *staged = dz_asprintf("keys/%s" KEY_STAGED, member);
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
    DZ_TRY(age_file_read(vault_fd, "keys/" COMPARTMENT "-1.age", k->identity, 32, &k->compartment,
                         err));
    DZ_TRY(dz_sign_key(k->sign_seed, &k->sign_key, err));
    return dz_sign_public(k->sign_seed, k->sign_pk, err);
}

enum dz_code
dz_keys_open(int vault_fd, const char *member, const struct dz_secret *passphrase,
             struct keyring *ret, struct dz_err *err)
{
    struct keyring k = {0};
    if (member) {
        uint8_t id[8];
        if (!dz_hex_decode(dz_view_of(member), id, sizeof id))
            return dz_fail(err, DZ_E_USAGE,
                           "'%s' is not a member: an id has 16 hexadecimal characters", member);
        dz_hex_encode(id, sizeof id, k.member);
    } else {
        DZ_TRY(sole_member(vault_fd, k.member, err));
    }
    enum dz_code code =
        open_with_passphrase(vault_fd, k.member, passphrase, &k.identity, &k.staged, err);
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
    dz_secret_free(k->compartment);
    *k = (struct keyring){0};
}

enum dz_code
dz_keys_derive(const struct keyring *k, const char *label, const void *salt, size_t n_salt,
               size_t n, struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *s = NULL;
    DZ_TRY(dz_secret_new(n, &s, err));
    dz_hkdf_sha256(dz_secret_peek(k->compartment), dz_secret_size(k->compartment), salt, n_salt,
                   label, strlen(label), dz_secret_at(s), n);
    *ret = s;
    s = NULL;
    return DZ_OK;
}

enum dz_code
dz_keys_log_signer_write(int vault_fd, const struct keyring *k, const char *log,
                         const struct dz_secret *seed, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    DZ_TRY(
        dz_keys_derive(k, "dokaz/v1/log-signer", log, strlen(log), DZ_FILE_KEY_BYTES, &key, err));
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(4096);
    struct dz_view plain = {(const char *)dz_secret_peek(seed), dz_secret_size(seed)};
    DZ_TRY(dz_seal_bytes(dz_secret_peek(key), plain, &sealed, err));
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.log", log);
    return dz_os_replace(vault_fd, path, dz_buf_view(&sealed), err);
}

enum dz_code
dz_keys_log_signer_read(int vault_fd, const struct keyring *k, const char *log,
                        struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    DZ_TRY(
        dz_keys_derive(k, "dokaz/v1/log-signer", log, strlen(log), DZ_FILE_KEY_BYTES, &key, err));
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.log", log);
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(4096);
    DZ_TRY(dz_os_slurp(vault_fd, path, 4096, &sealed, err));
    struct dz_buf plain = DZ_BUF(256);
    enum dz_code code = dz_unseal_bytes(dz_secret_peek(key), dz_buf_view(&sealed), &plain, NULL);
    if (code == DZ_OK && plain.n == DZ_SIGN_SEED_BYTES)
        code = dz_secret_copy(plain.p, plain.n, ret, err);
    else
        code = dz_fail(err, DZ_E_CORRUPT, "%s: the key file is damaged: restore it from a backup",
                       path);
    if (plain.p)
        dz_wipe(plain.p, plain.cap);
    dz_buf_done(&plain);
    return code;
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
