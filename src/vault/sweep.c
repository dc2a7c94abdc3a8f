#include "vault_impl.h"

#include <string.h>

/* What commands that were cut short leave behind, beyond what recovery itself needs: files that
 * were being replaced (NAME.tmp), logs that were being made (.new-ID), and the database that
 * `verify` makes beside the one in use. Nothing refers to them; the next writer removes them, once
 * for each time a vault is opened. */

static bool
ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), n_end = strlen(end);
    return n > n_end && strcmp(name + n - n_end, end) == 0;
}

static bool
is_left_over(const char *name)
{
    return ends_with(name, ".tmp") ||
           (strncmp(name, "index-", 6) == 0 && strstr(name, "-check.db") != NULL);
}

/* Everything in a folder that is_left_over names, or all of it. */
static enum dz_code
sweep_folder(int dirfd, const char *path, bool all, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_opendir(dirfd, path, &fd, err));
    DZ_TRY(dz_os_list(fd, ".", &names, &n, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++)
        if (all || is_left_over(names[i]))
            code = dz_os_unlink(fd, names[i], err);
    dz_os_names_free(names, n);
    return code;
}

static enum dz_code
sweep_new_logs(struct dz_vault *v, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list(v->journal_fd, ".", &names, &n, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++) {
        if (strncmp(names[i], ".new-", 5) != 0)
            continue;
        code = sweep_folder(v->journal_fd, names[i], true, err);
        if (code == DZ_OK)
            code = dz_os_rmdir(v->journal_fd, names[i], err);
    }
    dz_os_names_free(names, n);
    return code;
}

enum dz_code
dz_vault_sweep(struct dz_vault *v, struct dz_err *err)
{
    static const char *const folders[] = {".", "keys", "keytable", "objects"};
    if (v->swept)
        return DZ_OK;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        DZ_TRY(sweep_folder(v->fd, folders[i], false, err));
    if (v->state_dir)
        DZ_TRY(sweep_folder(v->fd, v->state_dir, false, err));
    DZ_TRY(sweep_new_logs(v, err));
    v->swept = true;
    return DZ_OK;
}
