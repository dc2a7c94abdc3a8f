#include "vault_impl.h"

#include <string.h>

#include "dz_slip39.h"
#include "dz_sshsig.h"

/* What a member does with their own keys: another passphrase, shares, the key that signs packages;
 * and how files under keys/ change.
 *
 * A change of passphrase makes a new key file; the journal says that it is there and that the old
 * one is not. On disk that cannot happen in one step, so the new file waits beside the old one:
 *
 *   1. keys/NAME.new is written and synced. Nothing names it: the old one counts.
 *   2. The entry is committed; its leaf brings the new file and removes the old one.
 *   3. keys/NAME.new is renamed over keys/NAME, and the folder is synced.
 *
 * After a crash the journal says which of both counts: the waiting file if a leaf brings it, else
 * the
 * old one. Whoever opens is held to that, and whoever writes next puts the waiting file in place or
 * removes it. */

#define LABEL_PACKAGE "dokaz/v1/package-signer"

/* ---- changing the passphrase ---- */

/* Whether some leaf brings this file and none removes it. A key file's bytes are never the same
 * twice, since each has a fresh salt, so the order of the leaves does not matter. */
static enum dz_code
is_brought(struct dz_vault *v, const struct dz_thing *file, bool *ret, struct dz_err *err)
{
    bool brought = false, removed = false;
    for (size_t i = 0; i < v->n_logs; i++) {
        for (uint64_t seq = 0; seq < dz_log_size(v->logs[i]); seq++) {
            struct dz_leaf leaf = {0};
            DZ_TRY(dz_entries_leaf(v->logs[i], seq, &leaf, err));
            for (size_t t = 0; t < leaf.n_brings; t++)
                brought = brought || (leaf.brings[t].cls == DZ_THING_FILE &&
                                      memcmp(leaf.brings[t].sha256.b, file->sha256.b, 32) == 0);
            for (size_t t = 0; t < leaf.n_removes; t++)
                removed = removed || (leaf.removes[t].cls == DZ_THING_FILE &&
                                      memcmp(leaf.removes[t].sha256.b, file->sha256.b, 32) == 0);
            dz_leaf_done(&leaf);
        }
    }
    *ret = brought && !removed;
    return DZ_OK;
}

/* Hash of a file that may be missing, or be no file of keys/ at all: then it is not there. What the
 * system cannot read is an error and not a loss. */
static enum dz_code
file_if_there(struct dz_vault *v, const char *path, struct dz_thing *ret, bool *ret_there,
              struct dz_err *err)
{
    struct dz_err failed = {0};
    enum dz_code code = dz_keys_file_thing(v->fd, path, ret, &failed);
    *ret_there = code == DZ_OK;
    if (code == DZ_E_NOTFOUND || code == DZ_E_INPUT || code == DZ_E_LIMIT)
        return DZ_OK;
    if (code != DZ_OK && err != NULL)
        *err = failed;
    return code;
}

enum dz_code
dz_members_check(struct dz_vault *v, struct dz_err *err)
{
    DZ_AUTO_FREE char *staged = dz_asprintf("keys/%s.key" STAGED, v->keys.member);
    struct dz_thing file;
    bool there = false, brought = false;
    if (v->keys.recovered || !dz_os_exists(v->fd, staged))
        return DZ_OK;
    DZ_TRY(file_if_there(v, staged, &file, &there, err));
    if (there)
        DZ_TRY(is_brought(v, &file, &brought, err));
    else if (!dz_os_exists(v->fd, staged))
        return DZ_OK; /* somebody settled it meanwhile */
    /* What is no key file is not what a leaf brought: the file in place counts. */
    if (brought == v->keys.staged)
        return DZ_OK;
    if (brought)
        return dz_fail(err, DZ_E_AUTH,
                       "wrong passphrase: it was changed, and only the new one "
                       "opens the vault");
    return dz_fail(err, DZ_E_AUTH,
                   "wrong passphrase: changing it was cut short, and the old one "
                   "still counts");
}

/* The grant that counts: the one that waits if a leaf brings it. */
enum dz_code
dz_members_grant(struct dz_vault *v, struct dz_err *err)
{
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.grant.age", v->keys.member);
    DZ_AUTO_FREE char *staged = dz_asprintf("%s" STAGED, path);
    struct dz_thing file;
    bool there = false, brought = false;
    if (dz_os_exists(v->fd, staged))
        DZ_TRY(file_if_there(v, staged, &file, &there, err));
    if (there)
        DZ_TRY(is_brought(v, &file, &brought, err));
    /* Somebody may have put it in place meanwhile. */
    if (brought && dz_grant_read(v->fd, staged, &v->keys, NULL) == DZ_OK)
        return DZ_OK;
    return dz_grant_read(v->fd, path, &v->keys, err);
}

static enum dz_code
sync_keys(struct dz_vault *v, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_opendir(v->fd, "keys", &fd, err));
    return dz_os_fsync(fd, err);
}

enum dz_code
dz_members_put_in_place(struct dz_vault *v, const char *staged, struct dz_err *err)
{
    DZ_AUTO_FREE char *path = dz_strndup(staged, strlen(staged) - strlen(".new"));
    DZ_TRY(dz_os_rename(v->fd, staged, path, err));
    return sync_keys(v, err);
}

static enum dz_code
settle_one(struct dz_vault *v, const char *staged, struct dz_err *err)
{
    struct dz_thing file;
    bool brought = false;
    DZ_TRY(dz_keys_file_thing(v->fd, staged, &file, err));
    DZ_TRY(is_brought(v, &file, &brought, err));
    return brought ? dz_members_put_in_place(v, staged, err) : dz_os_unlink(v->fd, staged, err);
}

static bool
ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), n_end = strlen(end);
    return n > n_end && strcmp(name + n - n_end, end) == 0;
}

enum dz_code
dz_members_settle(struct dz_vault *v, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list(v->fd, "keys", &names, &n, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++) {
        DZ_AUTO_FREE char *path = dz_asprintf("keys/%s", names[i]);
        if (ends_with(names[i], STAGED))
            code = settle_one(v, path, err);
        else if (ends_with(names[i], ".tmp"))
            code = dz_os_unlink(v->fd, path, err);
    }
    dz_os_names_free(names, n);
    return code == DZ_OK ? DZ_OK : dz_while(err, "finishing a change of key files");
}

enum dz_code
dz_members_clear(struct dz_vault *v, struct dz_err *err)
{
    static const char *const ends[] = {".key", ".sign.age", ".grant.age"};
    bool any = false;
    for (size_t i = 0; i < v->members.n; i++) {
        for (size_t j = 0; j < sizeof ends / sizeof *ends && v->members.list[i].removed; j++) {
            DZ_AUTO_FREE char *path = dz_asprintf("keys/%s%s", v->members.list[i].id, ends[j]);
            if (!dz_os_exists(v->fd, path))
                continue;
            DZ_TRY(dz_os_unlink(v->fd, path, err));
            any = true;
        }
    }
    return any ? sync_keys(v, err) : DZ_OK;
}

/* Whether a file with these bytes is stored where files stand that leaves bring. */
static enum dz_code
is_stored(struct dz_vault *v, const struct dz_thing *file, bool *ret, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    struct dz_thing found;
    bool there = false, stored = false;
    DZ_TRY(dz_os_list(v->fd, "keys", &names, &n, err));
    enum dz_code code = file_if_there(v, "vault.json", &found, &there, err);
    for (size_t i = 0; code == DZ_OK; i++) {
        stored = stored || (there && memcmp(found.sha256.b, file->sha256.b, 32) == 0);
        if (i == n || stored)
            break;
        DZ_AUTO_FREE char *path = dz_asprintf("keys/%s", names[i]);
        code = file_if_there(v, path, &found, &there, err);
    }
    dz_os_names_free(names, n);
    *ret = stored;
    return code;
}

/* Files that the journal says are there and that are not; the last one goes to ret. */
static enum dz_code
find_lost(struct dz_vault *v, struct dz_thing *ret, size_t *ret_n, struct dz_err *err)
{
    *ret_n = 0;
    for (size_t i = 0; i < v->n_logs; i++) {
        for (uint64_t seq = 0; seq < dz_log_size(v->logs[i]); seq++) {
            struct dz_leaf leaf = {0};
            enum dz_code code = dz_entries_leaf(v->logs[i], seq, &leaf, err);
            for (size_t t = 0; t < leaf.n_brings && code == DZ_OK; t++) {
                bool counts = false, stored = false;
                if (leaf.brings[t].cls == DZ_THING_FILE)
                    code = is_brought(v, &leaf.brings[t], &counts, err);
                if (code == DZ_OK && counts)
                    code = is_stored(v, &leaf.brings[t], &stored, err);
                if (code == DZ_OK && counts && !stored) {
                    *ret = leaf.brings[t];
                    ++*ret_n;
                }
            }
            dz_leaf_done(&leaf);
            DZ_TRY(code);
        }
    }
    return DZ_OK;
}

/* The key file that the new one replaces, as leaves know it. Where it is damaged or lost (and
 * shares
 * have opened the vault) it is the one file that is missing; with more missing than that nothing is
 * said of any, so that checking goes on telling. */
static enum dz_code
find_old(struct dz_vault *v, struct dz_thing *ret, bool *ret_known, struct dz_err *err)
{
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.key", v->keys.member);
    bool there = false;
    *ret_known = false;
    DZ_TRY(file_if_there(v, path, ret, &there, err));
    if (there)
        DZ_TRY(is_brought(v, ret, ret_known, err));
    if (*ret_known)
        return DZ_OK;
    size_t n_lost = 0;
    DZ_TRY(find_lost(v, ret, &n_lost, err));
    *ret_known = n_lost == 1;
    return DZ_OK;
}

static enum dz_code
commit_change(struct dz_vault *v, struct dz_batch *b, const char *staged,
              const struct dz_kdf_params *kdf, bool recovered, struct dz_err *err)
{
    struct dz_thing old;
    bool known = false;
    DZ_TRY(find_old(v, &old, &known, err));
    DZ_TRY(dz_batch_bring_file(b, staged, err));
    if (known)
        DZ_TRY(dz_batch_drop_file(b, &old, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "what", "passphrase");
    dz_json_set_int(fields, "ops", (int64_t)kdf->ops);
    dz_json_set_int(fields, "mem_kib", (int64_t)kdf->mem_kib);
    if (recovered)
        json_object_set_new(fields, "recovered", json_true());
    DZ_TRY(dz_batch_entry(b, "key.changed", fields, NULL, NULL, err));
    return dz_batch_commit(b, err);
}

enum dz_code
dz_vault_change_passphrase(struct dz_vault *v, const struct dz_secret *passphrase,
                           enum dz_strength strength, bool recovered, struct dz_err *err)
{
    static const enum dz_kdf_strength strengths[] = {
        [DZ_STRENGTH_USUAL] = DZ_KDF_USUAL,
        [DZ_STRENGTH_LIGHT] = DZ_KDF_LIGHT,
        [DZ_STRENGTH_STRONG] = DZ_KDF_STRONG,
    };
    struct dz_kdf_params kdf;
    dz_kdf_choose(strengths[strength], &kdf);
    DZ_AUTO_FREE char *staged = dz_asprintf("keys/%s.key" STAGED, v->keys.member);

    struct dz_batch *b = NULL;
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = dz_keys_member_write(v->fd, staged, &v->keys, passphrase, &kdf, err);
    if (code == DZ_OK)
        code = commit_change(v, b, staged, &kdf, recovered, err);
    if (code == DZ_OK && dz_members_put_in_place(v, staged, err) != DZ_OK)
        code = dz_while(err, "the new passphrase counts, but the old one still opens until the "
                             "next command that writes");
    dz_batch_end(b);
    return code;
}

/* ---- sharing ---- */

_Static_assert(DZ_KEY_SHARES_MAX == DZ_SLIP39_SHARES_MAX, "as many shares as the format has");

static enum dz_code
write_split(struct dz_vault *v, unsigned needed, unsigned n, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "what", "shares");
    dz_json_set_int(fields, "needed", (int64_t)needed);
    dz_json_set_int(fields, "made", (int64_t)n);
    struct dz_batch *b = NULL;
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = dz_batch_entry(b, "key.changed", fields, NULL, NULL, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

enum dz_code
dz_vault_split_key(struct dz_vault *v, unsigned needed, unsigned n,
                   struct dz_secret *ret[DZ_KEY_SHARES_MAX], struct dz_err *err)
{
    struct dz_secret *made[DZ_KEY_SHARES_MAX] = {NULL};
    DZ_TRY(dz_slip39_split(v->keys.identity, needed, n, made, err));
    enum dz_code code = write_split(v, needed, n, err);
    for (unsigned i = 0; i < n; i++) {
        if (code == DZ_OK)
            ret[i] = made[i];
        else
            dz_secret_free(made[i]);
    }
    return code;
}

/* ---- signing packages ---- */

/* A key of its own for packages: what a court sees is neither the key that signs entries nor the
 * one that signs checkpoints, and a signature cannot be passed off as either. */
static enum dz_code
package_seed(struct dz_vault *v, struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *seed = NULL;
    DZ_TRY(dz_secret_new(DZ_SIGN_SEED_BYTES, &seed, err));
    dz_hkdf_sha256(dz_secret_peek(v->keys.sign_seed), dz_secret_size(v->keys.sign_seed), NULL, 0,
                   LABEL_PACKAGE, strlen(LABEL_PACKAGE), dz_secret_at(seed), DZ_SIGN_SEED_BYTES);
    *ret = seed;
    seed = NULL;
    return DZ_OK;
}

enum dz_code
dz_vault_package_signer(struct dz_vault *v, uint8_t ret_pk[32], struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *seed = NULL;
    DZ_TRY(package_seed(v, &seed, err));
    return dz_sign_public(seed, ret_pk, err);
}

enum dz_code
dz_vault_sign_package(struct dz_vault *v, const uint8_t sha512[64], const char *name_space,
                      struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *seed = NULL;
    DZ_TRY(package_seed(v, &seed, err));
    return dz_sshsig_make(seed, name_space, sha512, out, err);
}
