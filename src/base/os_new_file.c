#define _GNU_SOURCE /* O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "dz_os.h"
#include "os_seam.h"

/* A file that gets its name when it is whole. Killed before, a program leaves nothing: not half a
 * report, which reads like a whole one, and nothing unsealed under a name that nobody looks for. */

static int
open_unnamed(int dirfd, const char *path)
{
    DZ_AUTO_FREE char *folder = dz_os_folder_of(path);
    int fd;
    do {
        fd = SEAM(-1, openat(dirfd, folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    } while (fd < 0 && errno == EINTR);
    return fd;
}

enum dz_code
dz_os_new_file(int dirfd, const char *path, struct dz_os_new *ret, struct dz_err *err)
{
    *ret = (struct dz_os_new){.dirfd = dirfd, .path = path, .fd = open_unnamed(dirfd, path)};
    if (ret->fd >= 0)
        return DZ_OK;
    /* A file system that knows no such files (FUSE, NFS, FAT), or an error that shows again. */
    ret->has_name = true;
    return dz_os_open(dirfd, path, DZ_OS_CREATE, &ret->fd, err);
}

static enum dz_code
give_name(struct dz_os_new *f, struct dz_err *err)
{
    char self[40];
    if (f->has_name)
        return DZ_OK;
    snprintf(self, sizeof self, "/proc/self/fd/%d", f->fd);
    if (SEAM(-1, linkat(AT_FDCWD, self, f->dirfd, f->path, AT_SYMLINK_FOLLOW)) != 0)
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
