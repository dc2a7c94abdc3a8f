#include <string.h>

#include "dz_bag.h"
#include "dz_mem.h"
#include "dz_os.h"

struct walk {
    dz_bag_walk_fn *fn;
    void *ctx;
};

static enum dz_code
walk_folder(const struct walk *w, int fd, const char *path, unsigned depth, struct dz_err *err);

/* A folder is entered, a file told; what it is, is asked before it is opened, because opening some
 * devices does something. */
static enum dz_code
walk_name(const struct walk *w, int fd, const char *folder, const char *name, unsigned depth,
          struct dz_err *err)
{
    struct dz_os_stat st;
    DZ_AUTO_FREE char *path =
        folder[0] == '\0' ? dz_strdup(name) : dz_asprintf("%s/%s", folder, name);
    DZ_TRY(dz_os_stat(fd, name, false, &st, err));
    if (!st.is_dir)
        return w->fn(w->ctx, path, st.is_file, err);
    if (depth == DZ_BAG_DEPTH_MAX)
        return dz_fail(err, DZ_E_LIMIT, "'%s' lies more than %d folders deep", path,
                       DZ_BAG_DEPTH_MAX);
    DZ_AUTO_FD int inner = -1;
    DZ_TRY(dz_os_open_inside(fd, name, &inner, err));
    return walk_folder(w, inner, path, depth + 1, err);
}

static enum dz_code
walk_folder(const struct walk *w, int fd, const char *path, unsigned depth, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list_at_most(fd, DZ_BAG_FILES_MAX, &names, &n, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++)
        code = walk_name(w, fd, path, names[i], depth, err);
    dz_os_names_free(names, n);
    return code;
}

enum dz_code
dz_bag_walk(int dirfd, const char *folder, dz_bag_walk_fn *fn, void *ctx, struct dz_err *err)
{
    struct walk w = {.fn = fn, .ctx = ctx};
    if (folder[0] == '\0')
        return walk_folder(&w, dirfd, "", 0, err);
    DZ_AUTO_FD int fd = -1;
    struct dz_os_stat st = {0};
    enum dz_code code = dz_os_open_inside(dirfd, folder, &fd, err);
    if (code != DZ_OK)
        return code == DZ_E_NOTFOUND ? DZ_OK : code;
    DZ_TRY(dz_os_fstat(fd, &st, err));
    if (!st.is_dir)
        return DZ_OK;
    return walk_folder(&w, fd, folder, 0, err);
}

enum dz_code
dz_bag_read(int dirfd, const char *path, size_t max, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    struct dz_os_stat st;
    DZ_TRY(dz_os_open_inside(dirfd, path, &fd, err));
    DZ_TRY(dz_os_fstat(fd, &st, err));
    if (!st.is_file)
        return dz_fail(err, DZ_E_INPUT, "'%s' is not a regular file", path);
    if (st.size_bytes > max)
        return dz_fail(err, DZ_E_LIMIT, "'%s' is longer than the %zu bytes that are read", path,
                       max);
    size_t before = out->n;
    size_t total = 0;
    for (;;) {
        char chunk[16384];
        size_t n = 0;
        enum dz_code code = dz_os_read(fd, chunk, sizeof chunk, &n, err);
        if (code == DZ_OK && n > max - total)
            code = dz_fail(err, DZ_E_LIMIT, "'%s' is longer than the %zu bytes that are read", path,
                           max);
        if (code != DZ_OK) {
            dz_buf_cut(out, before);
            return code;
        }
        if (n == 0)
            break;
        total += n;
        dz_buf_add(out, chunk, n);
    }
    return dz_buf_ok(out, "the content", err);
}
