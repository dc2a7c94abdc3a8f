#define _GNU_SOURCE /* F_OFD_SETLK */
#include "dz_os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dz_codec.h"
#include "os_seam.h"

#define LOCK_POLL_MS 50

static int
open_flags(enum dz_os_mode mode)
{
    switch (mode) {
    case DZ_OS_READ:
        return O_RDONLY | O_NONBLOCK;
    case DZ_OS_CREATE:
        return O_RDWR | O_CREAT | O_EXCL;
    case DZ_OS_APPEND:
        return O_RDWR | O_CREAT | O_APPEND;
    case DZ_OS_READWRITE:
        return O_RDWR;
    }
    return O_RDONLY;
}

static enum dz_code
open_with(int dirfd, const char *path, int flags, int *ret_fd, struct dz_err *err)
{
    int fd;
    do {
        fd = SEAM(-1, openat(dirfd, path, flags | O_CLOEXEC | O_NOCTTY, 0600));
    } while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return dz_fail_sys(err, errno, "opening '%s'", path);
    *ret_fd = fd;
    return DZ_OK;
}

enum dz_code
dz_os_open(int dirfd, const char *path, enum dz_os_mode mode, int *ret_fd, struct dz_err *err)
{
    return open_with(dirfd, path, open_flags(mode), ret_fd, err);
}

enum dz_code
dz_os_opendir(int dirfd, const char *path, int *ret_fd, struct dz_err *err)
{
    return open_with(dirfd, path, O_RDONLY | O_DIRECTORY, ret_fd, err);
}

enum dz_code
dz_os_close(int *fd, struct dz_err *err)
{
    if (*fd < 0)
        return DZ_OK;
    /* The descriptor is gone whatever close says, also when a test injects a failure. */
    int rc = close(*fd);
    *fd = -1;
    if (SEAM(-1, rc) != 0 && errno != EINTR)
        return dz_fail_sys(err, errno, "closing a file");
    return DZ_OK;
}

void
dz_os_close_quiet(int *fd)
{
    /* No dz_fail here: it would change the code that dz_while gives back while a scope is left. */
    if (fd == NULL || *fd < 0)
        return;
    int saved = errno;
    close(*fd);
    *fd = -1;
    errno = saved;
}

enum dz_code
dz_os_read(int fd, void *p, size_t n, size_t *ret_n, struct dz_err *err)
{
    ssize_t got;
    do {
        got = SEAM(-1, read(fd, p, SEAM_SHORT(n)));
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return dz_fail_sys(err, errno, "reading a file");
    *ret_n = (size_t)got;
    return DZ_OK;
}

/* Offsets are unsigned in dokaz and signed in the system. */
static bool
offset_fits(uint64_t offset, size_t n)
{
    uint64_t end;
    return !__builtin_add_overflow(offset, n, &end) && end <= INT64_MAX;
}

enum dz_code
dz_os_pread_all(int fd, void *p, size_t n, uint64_t offset, struct dz_err *err)
{
    if (!offset_fits(offset, n))
        return dz_fail_sys(err, EOVERFLOW, "reading a file");
    size_t done = 0;
    while (done < n) {
        ssize_t got =
            SEAM(-1, pread(fd, (char *)p + done, SEAM_SHORT(n - done), (off_t)(offset + done)));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return dz_fail_sys(err, errno, "reading a file");
        if (got == 0) {
            unsigned long long has = offset + done;
            unsigned long long wanted = offset + n;
            return dz_fail(err, DZ_E_CORRUPT,
                           "a file ends after %llu bytes, where %llu are expected", has, wanted);
        }
        done += (size_t)got;
    }
    return DZ_OK;
}

enum dz_code
dz_os_write_all(int fd, const void *p, size_t n, struct dz_err *err)
{
    size_t done = 0;
    while (done < n) {
        ssize_t put = SEAM(-1, write(fd, (const char *)p + done, SEAM_SHORT(n - done)));
        if (put < 0 && errno == EINTR)
            continue;
        /* A write of nothing would be tried for ever. */
        if (put <= 0)
            return dz_fail_sys(err, put < 0 ? errno : EIO, "writing a file");
        done += (size_t)put;
    }
    return DZ_OK;
}

enum dz_code
dz_os_pwrite_all(int fd, const void *p, size_t n, uint64_t offset, struct dz_err *err)
{
    if (!offset_fits(offset, n))
        return dz_fail_sys(err, EFBIG, "writing a file");
    size_t done = 0;
    while (done < n) {
        ssize_t put = SEAM(
            -1, pwrite(fd, (const char *)p + done, SEAM_SHORT(n - done), (off_t)(offset + done)));
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return dz_fail_sys(err, put < 0 ? errno : EIO, "writing a file");
        done += (size_t)put;
    }
    return DZ_OK;
}

/* After a failed sync the kernel may have dropped the unwritten pages and report success to the
 * next call: there is no second try, not even for EINTR. */
enum dz_code
dz_os_fsync(int fd, struct dz_err *err)
{
    if (SEAM_SYNC("fsync", fsync(fd)) != 0)
        return dz_fail_sys(err, errno, "making a file durable");
    return DZ_OK;
}

enum dz_code
dz_os_fdatasync(int fd, struct dz_err *err)
{
    if (SEAM_SYNC("fdatasync", fdatasync(fd)) != 0)
        return dz_fail_sys(err, errno, "making a file durable");
    return DZ_OK;
}

void
dz_os_start_writing(int fd, uint64_t offset, uint64_t n)
{
    if (offset <= INT64_MAX && n <= INT64_MAX - offset)
        (void)sync_file_range(fd, (off_t)offset, (off_t)n, SYNC_FILE_RANGE_WRITE);
}

enum dz_code
dz_os_truncate(int fd, uint64_t size, struct dz_err *err)
{
    if (!offset_fits(size, 0))
        return dz_fail_sys(err, EFBIG, "cutting a file");
    int rc;
    do {
        rc = SEAM(-1, ftruncate(fd, (off_t)size));
    } while (rc != 0 && errno == EINTR);
    if (rc != 0)
        return dz_fail_sys(err, errno, "cutting a file");
    return DZ_OK;
}

enum dz_code
dz_os_rename(int dirfd, const char *from, const char *to, struct dz_err *err)
{
    if (SEAM(-1, renameat(dirfd, from, dirfd, to)) != 0)
        return dz_fail_sys(err, errno, "renaming '%s' to '%s'", from, to);
    return DZ_OK;
}

enum dz_code
dz_os_unlink(int dirfd, const char *path, struct dz_err *err)
{
    if (SEAM(-1, unlinkat(dirfd, path, 0)) != 0)
        return dz_fail_sys(err, errno, "removing '%s'", path);
    return DZ_OK;
}

enum dz_code
dz_os_rmdir(int dirfd, const char *path, struct dz_err *err)
{
    if (SEAM(-1, unlinkat(dirfd, path, AT_REMOVEDIR)) != 0)
        return dz_fail_sys(err, errno, "removing the folder '%s'", path);
    return DZ_OK;
}

enum dz_code
dz_os_mkdir(int dirfd, const char *path, struct dz_err *err)
{
    if (SEAM(-1, mkdirat(dirfd, path, 0700)) != 0)
        return dz_fail_sys(err, errno, "making the folder '%s'", path);
    return DZ_OK;
}

/* Some file systems store any 64-bit second; what does not fit in microseconds becomes the
 * nearest end. */
static int64_t
stamp_us(struct timespec t)
{
    int64_t us;
    if (__builtin_mul_overflow((int64_t)t.tv_sec, INT64_C(1000000), &us) ||
        __builtin_add_overflow(us, (int64_t)t.tv_nsec / 1000, &us))
        return t.tv_sec < 0 ? INT64_MIN : INT64_MAX;
    return us;
}

static struct dz_os_stat
stat_of(const struct stat *st)
{
    return (struct dz_os_stat){
        .size_bytes = st->st_size > 0 ? (uint64_t)st->st_size : 0,
        .mtime_us = stamp_us(st->st_mtim),
        .ctime_us = stamp_us(st->st_ctim),
        .dev = st->st_dev,
        .ino = st->st_ino,
        .is_dir = S_ISDIR(st->st_mode),
        .is_file = S_ISREG(st->st_mode),
        .is_link = S_ISLNK(st->st_mode),
    };
}

enum dz_code
dz_os_stat(int dirfd, const char *path, bool follow, struct dz_os_stat *ret, struct dz_err *err)
{
    struct stat st;
    if (SEAM(-1, fstatat(dirfd, path, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW)) != 0)
        return dz_fail_sys(err, errno, "looking at '%s'", path);
    *ret = stat_of(&st);
    return DZ_OK;
}

enum dz_code
dz_os_fstat(int fd, struct dz_os_stat *ret, struct dz_err *err)
{
    struct stat st;
    if (SEAM(-1, fstat(fd, &st)) != 0)
        return dz_fail_sys(err, errno, "looking at an open file");
    *ret = stat_of(&st);
    return DZ_OK;
}

bool
dz_os_exists(int dirfd, const char *path)
{
    struct stat st;
    return SEAM(-1, fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW)) == 0;
}

/* The pid that the holder of the lock wrote, or 0 where there is none to read. */
static uint64_t
holder_of(int fd)
{
    char text[24];
    ssize_t n = pread(fd, text, sizeof text, 0);
    struct dz_view v = {.p = text, .n = n > 0 ? (size_t)n : 0};
    uint64_t pid = 0;
    return dz_parse_u64(dz_view_trim(v), &pid) ? pid : 0;
}

static enum dz_code
locked_by_other(int fd, struct dz_err *err)
{
    uint64_t pid = holder_of(fd);
    if (pid == 0)
        return dz_fail(err, DZ_E_LOCKED,
                       "another process is writing: wait until it has finished and try again");
    return dz_fail(err, DZ_E_LOCKED,
                   "process %llu is writing: wait until it has finished and try again",
                   (unsigned long long)pid);
}

/* The pid is a courtesy to whoever waits: the lock holds without it, e.g. on a full device, and
 * room can then still be made. */
static void
write_pid(int fd)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || n <= 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return;
}

enum dz_code
dz_os_lock(int fd, unsigned wait_ms, struct dz_err *err)
{
    int64_t deadline_us = dz_os_monotonic_us() + (int64_t)wait_ms * 1000;
    for (;;) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        if (SEAM(-1, fcntl(fd, F_OFD_SETLK, &lock)) == 0) {
            write_pid(fd);
            return DZ_OK;
        }
        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return dz_fail_sys(err, errno, "taking the write lock");
        int64_t left_us = deadline_us - dz_os_monotonic_us();
        if (left_us <= 0)
            return locked_by_other(fd, err);
        int64_t pause_us = left_us < LOCK_POLL_MS * 1000 ? left_us : LOCK_POLL_MS * 1000;
        struct timespec pause = {.tv_nsec = (long)pause_us * 1000};
        nanosleep(&pause, NULL);
    }
}

void
dz_os_unlock(int fd)
{
    /* An emptied file names nobody to the next one who waits. */
    int cut = ftruncate(fd, 0);
    (void)cut;
    struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
    fcntl(fd, F_OFD_SETLK, &lock);
}
