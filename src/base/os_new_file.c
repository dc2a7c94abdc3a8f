#define _GNU_SOURCE /* O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "dz_os.h"
#include "os_seam.h"

#define COPY_BYTES ((size_t)1 << 20)

/* A file that gets its name when it is whole. Killed before, a program leaves nothing: not half a
 * report, which reads like a whole one, and nothing unsealed under a name that nobody looks for. */

static int
open_unnamed(int dirfd, const char *folder)
{
    int fd;
    do {
        fd = SEAM(-1, openat(dirfd, folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    } while (fd < 0 && errno == EINTR);
    return fd;
}

enum dz_code
dz_os_new_file(int dirfd, const char *path, struct dz_os_new *ret, struct dz_err *err)
{
    DZ_AUTO_FREE char *folder = dz_os_folder_of(path);
    *ret = (struct dz_os_new){.dirfd = dirfd, .path = path, .fd = open_unnamed(dirfd, folder)};
    if (ret->fd >= 0)
        return DZ_OK;
    /* A file system that knows no such files (FUSE, NFS, FAT), or an error that shows again. */
    ret->has_name = true;
    return dz_os_open(dirfd, path, DZ_OS_CREATE, &ret->fd, err);
}

static int
link_unnamed(int fd, int dirfd, const char *path)
{
    char self[40];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    return SEAM(-1, linkat(AT_FDCWD, self, dirfd, path, AT_SYMLINK_FOLLOW));
}

static enum dz_code
give_name(struct dz_os_new *f, struct dz_err *err)
{
    if (f->has_name)
        return DZ_OK;
    if (link_unnamed(f->fd, f->dirfd, f->path) != 0)
        return dz_fail_sys(err, errno, "giving '%s' its name", f->path);
    f->has_name = true;
    return DZ_OK;
}

static enum dz_code
make_durable(struct dz_os_new *f, struct dz_err *err)
{
    enum dz_code code = dz_os_fsync(f->fd, err);
    if (code == DZ_OK)
        code = give_name(f, err);
    if (code == DZ_OK)
        code = dz_os_close(&f->fd, err);
    if (code == DZ_OK)
        code = dz_os_sync_name(f->dirfd, f->path, err);
    return code == DZ_OK ? DZ_OK : dz_while(err, "writing '%s'", f->path);
}

enum dz_code
dz_os_new_finish(struct dz_os_new *f, enum dz_code code, struct dz_err *err)
{
    if (code == DZ_OK)
        code = make_durable(f, err);
    dz_os_close_quiet(&f->fd);
    if (code != DZ_OK && f->has_name && dz_os_unlink(f->dirfd, f->path, NULL) != DZ_OK)
        return dz_while(err, "'%s' is not complete: delete it", f->path);
    return code;
}

enum dz_code
dz_os_write_new(int dirfd, const char *path, struct dz_view content, struct dz_err *err)
{
    struct dz_os_new f;
    enum dz_code code = dz_os_new_file(dirfd, path, &f, err);
    if (code != DZ_OK)
        return code;
    code = dz_os_write_all(f.fd, content.p, content.n, err);
    if (code != DZ_OK)
        code = dz_while(err, "writing '%s'", path);
    return dz_os_new_finish(&f, code, err);
}

/* ---- what waits without a name ---- */

enum dz_code
dz_os_nameless_file(int dirfd, int *ret_fd, struct dz_err *err)
{
    int fd = open_unnamed(dirfd, ".");
    if (fd < 0)
        return dz_os_memory_file("waiting", ret_fd, err);
    *ret_fd = fd;
    return DZ_OK;
}

static enum dz_code
copy_all(int from, int to, struct dz_err *err)
{
    struct dz_os_stat st;
    DZ_AUTO_FREE uint8_t *chunk = dz_alloc(COPY_BYTES);
    DZ_TRY(dz_os_fstat(from, &st, err));
    for (uint64_t done = 0; done < st.size_bytes;) {
        uint64_t left = st.size_bytes - done;
        size_t part = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
        DZ_TRY(dz_os_pread_all(from, chunk, part, done, err));
        DZ_TRY(dz_os_write_all(to, chunk, part, err));
        done += part;
    }
    return dz_os_fsync(to, err);
}

enum dz_code
dz_os_name_file(int fd, int dirfd, const char *path, struct dz_err *err)
{
    DZ_AUTO_FD int to = -1;
    DZ_TRY(dz_os_fsync(fd, err));
    if (link_unnamed(fd, dirfd, path) == 0)
        return DZ_OK;
    /* It lies in memory, or there is no /proc to name it by. */
    if (errno != EXDEV && errno != ENOENT)
        return dz_fail_sys(err, errno, "giving '%s' its name", path);
    DZ_TRY(dz_os_open(dirfd, path, DZ_OS_CREATE, &to, err));
    DZ_TRY(copy_all(fd, to, err));
    return dz_os_close(&to, err);
}
