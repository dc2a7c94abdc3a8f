#include "vault_impl.h"

#include <fcntl.h>
#include <string.h>

/* A copy of everything that is not made again from it. The write lock is held meanwhile, so the
 * copy is one moment. */

/* Each name that is copied, with the folders in which it stands; databases, the lock and temporary
 * files stay behind. */
static bool
is_copied(const char *name)
{
    size_t n = strlen(name);
    return strcmp(name, "lock") != 0 && strncmp(name, "index-", 6) != 0 &&
           strncmp(name, "tmp-", 4) != 0 && strncmp(name, ".new-", 5) != 0 && !(n > 4 && strcmp(name + n - 4, ".tmp") == 0);
}

static enum dz_code
copy_file(int from_dir, int to_dir, const char *path, struct dz_err *err)
{
    DZ_AUTO_FD int from = -1;
    DZ_AUTO_FD int to = -1;
    DZ_TRY(dz_os_open(from_dir, path, DZ_OS_READ, &from, err));
    DZ_TRY(dz_os_open(to_dir, path, DZ_OS_CREATE, &to, err));
    DZ_AUTO_FREE uint8_t *chunk = dz_alloc(1u << 20);
    for (;;) {
        size_t n = 0;
        DZ_TRY(dz_os_read(from, chunk, 1u << 20, &n, err));
        if (n == 0)
            break;
        DZ_TRY(dz_os_write_all(to, chunk, n, err));
    }
    DZ_TRY(dz_os_fsync(to, err));
    return dz_os_close(&to, err);
}

/* The vault is three folders deep at most: journal/<log>/frames. */
static enum dz_code
copy_tree(int from_dir, int to_dir, const char *path, int depth, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list(from_dir, path, &names, &n, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++) {
        struct dz_os_stat st;
        DZ_AUTO_FREE char *sub =
            strcmp(path, ".") == 0 ? dz_strdup(names[i]) : dz_asprintf("%s/%s", path, names[i]);
        if (!is_copied(names[i]))
            continue;
        code = dz_os_stat(from_dir, sub, false, &st, err);
        if (code != DZ_OK)
            break;
        if (st.is_dir && depth < 3) {
            code = dz_os_mkdir(to_dir, sub, err);
            if (code == DZ_OK)
                code = copy_tree(from_dir, to_dir, sub, depth + 1, err);
        } else if (st.is_file) {
            code = copy_file(from_dir, to_dir, sub, err);
        }
    }
    dz_os_names_free(names, n);
    if (code == DZ_OK) {
        DZ_AUTO_FD int fd = -1;
        DZ_TRY(dz_os_opendir(to_dir, path, &fd, err));
        code = dz_os_fsync(fd, err);
    }
    return code;
}

static enum dz_code
make_target(const char *dir, int *ret, struct dz_err *err)
{
    if (dz_os_exists(AT_FDCWD, dir)) {
        char **names = NULL;
        size_t n = 0;
        DZ_TRY(dz_os_list(AT_FDCWD, dir, &names, &n, err));
        dz_os_names_free(names, n);
        if (n)
            return dz_fail(err, DZ_E_EXISTS, "'%s' is not empty: a backup wants a new folder", dir);
    } else {
        DZ_TRY(dz_os_mkdir(AT_FDCWD, dir, err));
        DZ_TRY(dz_os_sync_name(AT_FDCWD, dir, err));
    }
    return dz_os_opendir(AT_FDCWD, dir, ret, err);
}

static void
count_finding(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
              const char *touches)
{
    (void)thing;
    (void)message;
    (void)touches;
    *(uint64_t *)ctx += level == DZ_VERIFY_FINDING;
}

enum dz_code
dz_vault_backup(struct dz_vault *v, const char *dir, struct dz_err *err)
{
    DZ_AUTO_FD int to = -1;
    DZ_AUTO_FD int lock = -1;
    DZ_TRY(make_target(dir, &to, err));
    if (!v->read_only_medium) {
        DZ_TRY(dz_os_open(v->fd, "lock", DZ_OS_APPEND, &lock, err));
        DZ_TRY(dz_os_lock(lock, 10000, err));
    }
    enum dz_code code = copy_tree(v->fd, to, ".", 0, err);
    if (code != DZ_OK)
        return dz_while(err, "backing up to '%s'", dir);
    /* A copy that was not read back is a hope. */
    uint64_t bad = 0;
    struct dz_verify_report report;
    DZ_TRY(dz_vault_verify_keyless(dir, count_finding, &bad, &report, err));
    if (bad)
        return dz_fail(err, DZ_E_CORRUPT,
                       "the copy in '%s' does not verify: run 'dokaz verify' on the vault itself",
                       dir);
    return DZ_OK;
}
