#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "dz_os.h"
#include "os_seam.h"

enum dz_code
dz_os_slurp(int dirfd, const char *path, size_t max, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    enum dz_code code = dz_os_open(dirfd, path, DZ_OS_READ, &fd, err);
    if (code != DZ_OK)
        return code;
    struct dz_os_stat st;
    code = dz_os_fstat(fd, &st, err);
    if (code != DZ_OK)
        return dz_while(err, "reading '%s'", path);
    if (!st.is_file)
        return dz_fail(err, DZ_E_INPUT, "reading '%s': it is not a regular file", path);

    /* The size is not believed: files of /proc say 0, and a file may grow while it is read. */
    size_t before = out->n;
    size_t total = 0;
    for (;;) {
        char chunk[16384];
        size_t n;
        code = dz_os_read(fd, chunk, sizeof chunk, &n, err);
        if (code != DZ_OK || n == 0)
            break;
        if (n > max - total) {
            code =
                dz_fail(err, DZ_E_LIMIT, "it is longer than the %zu bytes that are allowed", max);
            break;
        }
        total += n;
        dz_buf_add(out, chunk, n);
    }
    if (code == DZ_OK)
        code = dz_buf_ok(out, "the content", err);
    if (code != DZ_OK) {
        dz_buf_cut(out, before);
        return dz_while(err, "reading '%s'", path);
    }
    return DZ_OK;
}

static enum dz_code
write_new(int dirfd, const char *path, struct dz_view content, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    enum dz_code code = dz_os_open(dirfd, path, DZ_OS_CREATE, &fd, err);
    if (code == DZ_OK)
        code = dz_os_write_all(fd, content.p, content.n, err);
    if (code == DZ_OK)
        code = dz_os_fsync(fd, err);
    if (code == DZ_OK)
        code = dz_os_close(&fd, err);
    return code;
}

/* The name of a file is an entry of its folder, which has to become durable as well. */
static enum dz_code
sync_folder_of(int dirfd, const char *path, struct dz_err *err)
{
    const char *slash = strrchr(path, '/');
    DZ_AUTO_FREE char *folder = slash == NULL   ? dz_strdup(".")
                                : slash == path ? dz_strdup("/")
                                                : dz_strndup(path, (size_t)(slash - path));
    DZ_AUTO_FD int fd = -1;
    enum dz_code code = dz_os_opendir(dirfd, folder, &fd, err);
    if (code == DZ_OK)
        code = dz_os_fsync(fd, err);
    return code;
}

enum dz_code
dz_os_replace(int dirfd, const char *path, struct dz_view content, struct dz_err *err)
{
    DZ_AUTO_FREE char *tmp = dz_asprintf("%s.tmp", path);
    /* What a killed process left under this name was never the file. */
    enum dz_code code = dz_os_unlink(dirfd, tmp, err);
    if (code == DZ_OK || code == DZ_E_NOTFOUND)
        code = write_new(dirfd, tmp, content, err);
    if (code == DZ_OK)
        code = dz_os_rename(dirfd, tmp, path, err);
    if (code != DZ_OK) {
        code = dz_while(err, "writing '%s'", path);
        enum dz_code ignored = dz_os_unlink(dirfd, tmp, NULL);
        (void)ignored;
        return code;
    }
    code = sync_folder_of(dirfd, path, err);
    if (code != DZ_OK)
        return dz_while(err, "writing '%s'", path);
    return DZ_OK;
}

static int
name_cmp(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
    char **p;
    size_t n;
    size_t cap;
};

static enum dz_code
read_names(DIR *dir, struct names *names, struct dz_err *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *e = SEAM(NULL, readdir(dir));
        if (e == NULL)
            break;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        names->p = dz_grow(names->p, &names->cap, names->n + 1, sizeof *names->p);
        names->p[names->n++] = dz_strdup(e->d_name);
    }
    if (errno != 0)
        return dz_fail_sys(err, errno, "reading a folder");
    return DZ_OK;
}

enum dz_code
dz_os_list(int dirfd, const char *path, char ***ret, size_t *ret_n, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    enum dz_code code = dz_os_opendir(dirfd, path, &fd, err);
    if (code != DZ_OK)
        return code;
    DIR *dir = SEAM(NULL, fdopendir(fd));
    if (dir == NULL)
        return dz_fail_sys(err, errno, "reading the folder '%s'", path);
    fd = -1; /* now the stream's */
    struct names names = {0};
    code = read_names(dir, &names, err);
    closedir(dir);
    if (code != DZ_OK) {
        code = dz_while(err, "listing '%s'", path);
        dz_os_names_free(names.p, names.n);
        return code;
    }
    if (names.n > 1)
        qsort(names.p, names.n, sizeof *names.p, name_cmp);
    *ret = names.p;
    *ret_n = names.n;
    return DZ_OK;
}

void
dz_os_names_free(char **names, size_t n)
{
    for (size_t i = 0; names != NULL && i < n; i++)
        dz_free(names[i]);
    dz_free(names);
}
