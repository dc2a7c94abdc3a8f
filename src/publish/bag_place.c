/* Where a bag is built: beside its final name, and leaving nothing behind. */
#define _GNU_SOURCE /* AT_FDCWD */
#include <fcntl.h>
#include <string.h>

#include "bag_impl.h"
#include "dz_os.h"

#define DEPTH_MAX 8 /* our bags are four folders deep */
#define NOISE 16    /* hex digits of a temporary name */

static char *
parent_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return dz_strdup(".");
    return slash == path ? dz_strdup("/") : dz_strndup(path, (size_t)(slash - path));
}

enum dz_code
dz_bag_sync_parent(const char *path, struct dz_err *err)
{
    DZ_AUTO_FREE char *parent = parent_of(path);
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_opendir(AT_FDCWD, parent, &fd, err));
    return dz_os_fsync(fd, err);
}

static void
remove_tree(const char *path, int depth)
{
    struct dz_os_stat st;
    struct dz_err ignored;
    if (depth > DEPTH_MAX || dz_os_stat(AT_FDCWD, path, false, &st, &ignored) != DZ_OK)
        return;
    if (!st.is_dir) {
        (void)!dz_os_unlink(AT_FDCWD, path, &ignored);
        return;
    }
    char **names = NULL;
    size_t n = 0;
    if (dz_os_list(AT_FDCWD, path, &names, &n, &ignored) == DZ_OK) {
        for (size_t i = 0; i < n; i++) {
            DZ_AUTO_FREE char *sub = dz_asprintf("%s/%s", path, names[i]);
            remove_tree(sub, depth + 1);
        }
        dz_os_names_free(names, n);
    }
    (void)!dz_os_rmdir(AT_FDCWD, path, &ignored);
}

void
dz_bag_remove(const char *path)
{
    remove_tree(path, 0);
}

static bool
is_leftover(const char *name, const char *base)
{
    size_t n = strlen(base);
    if (strncmp(name, base, n) != 0 || strncmp(name + n, ".tmp-", 5) != 0)
        return false;
    const char *noise = name + n + 5;
    return strlen(noise) == NOISE && strspn(noise, "0123456789abcdef") == NOISE;
}

void
dz_bag_sweep(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    DZ_AUTO_FREE char *parent = parent_of(path);
    char **names = NULL;
    size_t n = 0;
    if (dz_os_list(AT_FDCWD, parent, &names, &n, NULL) != DZ_OK)
        return;
    for (size_t i = 0; i < n; i++) {
        if (!is_leftover(names[i], base))
            continue;
        DZ_AUTO_FREE char *old = dz_asprintf("%s/%s", parent, names[i]);
        dz_bag_remove(old);
    }
    dz_os_names_free(names, n);
}
