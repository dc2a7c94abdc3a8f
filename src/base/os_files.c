#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

char *
dz_os_folder_of(const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    while (n > 0 && path[n - 1] != '/')
        n--;
    return n == 0 ? dz_strdup(".") : dz_strndup(path, n);
}

enum dz_code
dz_os_sync_name(int dirfd, const char *path, struct dz_err *err)
{
    DZ_AUTO_FREE char *folder = dz_os_folder_of(path);
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
    code = dz_os_sync_name(dirfd, path, err);
    if (code != DZ_OK)
        return dz_while(err, "writing '%s'", path);
    return DZ_OK;
}

/* One name of a path, without following it. */
static enum dz_code
open_name(int dirfd, struct dz_view name, bool last, int *ret_fd, struct dz_err *err)
{
    DZ_AUTO_FREE char *one = dz_strndup(name.p, name.n);
    int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    int fd;
    do {
        fd = SEAM(-1, openat(dirfd, one, last ? flags : flags | O_DIRECTORY));
    } while (fd < 0 && errno == EINTR);
    int sys = fd < 0 ? errno : 0;
    struct dz_os_stat st;
    /* Where a folder is wanted, the system says of a link to one only that it is none. */
    bool is_link =
        sys == ELOOP ||
        (sys == ENOTDIR && dz_os_stat(dirfd, one, false, &st, NULL) == DZ_OK && st.is_link);
    if (is_link)
        return dz_fail(err, DZ_E_INPUT, "'%s' is a symbolic link, which is not followed", one);
    if (fd < 0)
        return dz_fail_sys(err, sys, "opening '%s'", one);
    *ret_fd = fd;
    return DZ_OK;
}

enum dz_code
dz_os_open_inside(int dirfd, const char *path, int *ret_fd, struct dz_err *err)
{
    DZ_AUTO_FD int folder = -1;
    const char *p = path;
    for (;;) {
        const char *slash = strchr(p, '/');
        struct dz_view name = {.p = p, .n = slash != NULL ? (size_t)(slash - p) : strlen(p)};
        if (name.n == 0 || dz_view_is(name, ".") || dz_view_is(name, ".."))
            return dz_fail(err, DZ_E_INPUT, "'%s' is no path inside the folder", path);
        int fd = -1;
        enum dz_code code = open_name(folder >= 0 ? folder : dirfd, name, slash == NULL, &fd, err);
        if (code != DZ_OK)
            return code;
        if (slash == NULL) {
            *ret_fd = fd;
            return DZ_OK;
        }
        dz_os_close_quiet(&folder);
        folder = fd;
        p = slash + 1;
    }
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
read_names(DIR *dir, size_t max, struct names *names, struct dz_err *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *e = SEAM(NULL, readdir(dir));
        if (e == NULL)
            break;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (names->n == max)
            return dz_fail(err, DZ_E_LIMIT, "it holds more than %zu names", max);
        names->p = dz_grow(names->p, &names->cap, names->n + 1, sizeof *names->p);
        names->p[names->n++] = dz_strdup(e->d_name);
    }
    if (errno != 0)
        return dz_fail_sys(err, errno, "reading a folder");
    return DZ_OK;
}

static enum dz_code
list(int dirfd, const char *path, size_t max, char ***ret, size_t *ret_n, struct dz_err *err)
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
    code = read_names(dir, max, &names, err);
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

enum dz_code
dz_os_list(int dirfd, const char *path, char ***ret, size_t *ret_n, struct dz_err *err)
{
    return list(dirfd, path, SIZE_MAX, ret, ret_n, err);
}

enum dz_code
dz_os_list_at_most(int dirfd, size_t max, char ***ret, size_t *ret_n, struct dz_err *err)
{
    return list(dirfd, ".", max, ret, ret_n, err);
}

void
dz_os_names_free(char **names, size_t n)
{
    for (size_t i = 0; names != NULL && i < n; i++)
        dz_free(names[i]);
    dz_free(names);
}

/* ---- files in memory ---- */

enum dz_code
dz_os_memory_file(const char *name, int *ret_fd, struct dz_err *err)
{
    int fd = SEAM(-1, memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (fd < 0)
        return dz_fail_sys(err, errno, "making room in memory");
    *ret_fd = fd;
    return DZ_OK;
}

enum dz_code
dz_os_seal_memory(int fd, struct dz_err *err)
{
    int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    if (SEAM(-1, fcntl(fd, F_ADD_SEALS, seals)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return dz_fail_sys(err, errno, "closing a document in memory");
    return DZ_OK;
}
