#include "vault_impl.h"

#include <fcntl.h>
#include <string.h>

#include "dz_codec.h"

/* The rollback guard: what this device remembers of a vault outside the vault, in the state folder
 * of the user.
 *   <state>/<vault id>/own-log           the log that this device writes, 32 hex characters
 *   <state>/<vault id>/<log>.checkpoint  the last checkpoint signed or seen, as a signed note
 * Without it (a new device, a lost home folder) nothing can be compared: reading works, writing
 * starts a new log. */

enum dz_code
dz_guard_open(struct dz_vault *v, struct dz_err *err)
{
    DZ_AUTO_FREE char *base = NULL;
    DZ_TRY(dz_os_state_dir(&base, err));
    char *dir = dz_asprintf("%s/%s", base, v->id_hex);
    if (!dz_os_exists(AT_FDCWD, dir)) {
        enum dz_code code = dz_os_mkdir(AT_FDCWD, dir, err);
        if (code == DZ_OK)
            code = dz_os_sync_name(AT_FDCWD, dir, err);
        if (code != DZ_OK) {
            dz_free(dir);
            return code;
        }
    }
    v->state_dir = dir;
    return DZ_OK;
}

/* Absent is an answer; a folder that cannot be looked into is not. */
static enum dz_code
is_there(const char *path, bool *ret, struct dz_err *err)
{
    struct dz_os_stat st;
    struct dz_err why = {0};
    enum dz_code code = dz_os_stat(AT_FDCWD, path, true, &st, &why);
    *ret = code == DZ_OK;
    if (code == DZ_OK || code == DZ_E_NOTFOUND)
        return DZ_OK;
    return dz_fail(err, code, "%s", why.msg);
}

enum dz_code
dz_guard_last(struct dz_vault *v, struct dz_log *log, struct dz_checkpoint *ret, struct dz_err *err)
{
    *ret = (struct dz_checkpoint){0};
    if (!v->state_dir)
        return DZ_OK;
    const struct dz_log_info *info = dz_log_get_info(log);
    DZ_AUTO_FREE char *path = dz_asprintf("%s/%s.checkpoint", v->state_dir, info->id_hex);
    bool there;
    DZ_TRY(is_there(path, &there, err));
    if (!there)
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    DZ_TRY(dz_os_slurp(AT_FDCWD, path, DZ_NOTE_MAX, &note, err));
    struct dz_view text;
    if (dz_note_open(dz_buf_view(&note), &info->key, 1, &text, err) != DZ_OK ||
        dz_checkpoint_parse(text, ret, err) != DZ_OK)
        return dz_fail(
            err, DZ_E_ROLLBACK,
            "the checkpoint kept on this device does not belong to this vault's journal: stop and "
            "compare with a backup");
    return DZ_OK;
}

/* A log that this device has seen, its own or another one's, and that is gone altogether. */
static enum dz_code
check_missing(struct dz_vault *v, struct dz_err *err)
{
    if (!v->state_dir)
        return DZ_OK;
    char **names = NULL;
    size_t n = 0;
    char own[33], gone[33] = "";
    DZ_TRY(dz_guard_own_log(v, own, err));
    if (own[0] && !dz_vault_log_by_hex(v, own))
        memcpy(gone, own, sizeof gone);
    DZ_TRY(dz_os_list(AT_FDCWD, v->state_dir, &names, &n, err));
    for (size_t i = 0; i < n && !gone[0]; i++) {
        uint8_t id[DZ_LOG_ID_BYTES];
        char hex[33] = "";
        if (strlen(names[i]) == 32 + strlen(".checkpoint") &&
            strcmp(names[i] + 32, ".checkpoint") == 0 &&
            dz_hex_decode((struct dz_view){names[i], 32}, id, sizeof id))
            dz_hex_encode(id, sizeof id, hex);
        if (hex[0] && !dz_vault_log_by_hex(v, hex))
            memcpy(gone, hex, sizeof gone);
    }
    dz_os_names_free(names, n);
    if (gone[0])
        return dz_fail(
            err, DZ_E_ROLLBACK,
            "log %.8s, which this device has seen, is missing: an older copy was put in its "
            "place; stop and find the newer one",
            gone);
    return DZ_OK;
}

/* The logs of other devices are remembered as far as this one has seen them; its own log is when
 * it signs. Where that cannot be kept, the next time may: nothing depends on it now. */
static void
remember_others(struct dz_vault *v)
{
    char own[33];
    if (!v->state_dir || dz_guard_own_log(v, own, NULL) != DZ_OK)
        return;
    for (size_t i = 0; i < v->n_logs; i++) {
        struct dz_checkpoint seen, last;
        DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
        if (strcmp(dz_log_get_info(v->logs[i])->id_hex, own) != 0 &&
            dz_guard_last(v, v->logs[i], &seen, NULL) == DZ_OK &&
            dz_log_last_checkpoint(v->logs[i], &last, &note, NULL) == DZ_OK &&
            last.size > seen.size)
            (void)!dz_guard_remember(v, v->logs[i], dz_buf_view(&note), NULL);
    }
}

enum dz_code
dz_guard_check(struct dz_vault *v, struct dz_err *err)
{
    for (size_t i = 0; i < v->n_logs; i++) {
        struct dz_checkpoint seen;
        struct dz_hash32 root;
        DZ_TRY(dz_guard_last(v, v->logs[i], &seen, err));
        if (seen.size == 0)
            continue;
        const char *hex = dz_log_get_info(v->logs[i])->id_hex;
        if (dz_log_size(v->logs[i]) < seen.size)
            return dz_fail(
                err, DZ_E_ROLLBACK,
                "log %.8s has %llu entries, but this device has seen %llu: an older copy was put "
                "in its place; stop and find the newer one",
                hex, (unsigned long long)dz_log_size(v->logs[i]), (unsigned long long)seen.size);
        DZ_TRY(dz_log_root_at(v->logs[i], seen.size, &root, err));
        if (memcmp(root.b, seen.root.b, 32) != 0)
            return dz_fail(
                err, DZ_E_ROLLBACK,
                "log %.8s differs from what this device has seen: the history was replaced; stop "
                "and compare with a backup",
                hex);
    }
    DZ_TRY(check_missing(v, err));
    remember_others(v);
    return DZ_OK;
}

enum dz_code
dz_guard_own_log(struct dz_vault *v, char ret[33], struct dz_err *err)
{
    ret[0] = '\0';
    if (!v->state_dir)
        return DZ_OK;
    DZ_AUTO_FREE char *path = dz_asprintf("%s/own-log", v->state_dir);
    bool there;
    DZ_TRY(is_there(path, &there, err));
    if (!there)
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(64);
    DZ_TRY(dz_os_slurp(AT_FDCWD, path, 64, &text, err));
    struct dz_view hex = dz_view_trim(dz_buf_view(&text));
    uint8_t id[16];
    if (dz_hex_decode(hex, id, sizeof id))
        dz_hex_encode(id, sizeof id, ret);
    return DZ_OK;
}

enum dz_code
dz_guard_set_own_log(struct dz_vault *v, const char *log, struct dz_err *err)
{
    DZ_AUTO_FREE char *path = dz_asprintf("%s/own-log", v->state_dir);
    return dz_os_replace(AT_FDCWD, path, dz_view_of(log), err);
}

enum dz_code
dz_guard_remember(struct dz_vault *v, struct dz_log *log, struct dz_view note, struct dz_err *err)
{
    if (!v->state_dir)
        return DZ_OK;
    DZ_AUTO_FREE char *path =
        dz_asprintf("%s/%s.checkpoint", v->state_dir, dz_log_get_info(log)->id_hex);
    return dz_os_replace(AT_FDCWD, path, note, err);
}

enum dz_code
dz_guard_writable(struct dz_vault *v, struct dz_log *log, struct dz_err *err)
{
    if (!v->state_dir)
        return DZ_OK;
    DZ_AUTO_FREE char *path =
        dz_asprintf("%s/%s.checkpoint", v->state_dir, dz_log_get_info(log)->id_hex);
    DZ_AUTO_FD int fd = -1;
    if (dz_os_open(AT_FDCWD, path, DZ_OS_READWRITE, &fd, err) != DZ_OK)
        return dz_while(err, "keeping a checkpoint in %s", v->state_dir);
    return DZ_OK;
}
