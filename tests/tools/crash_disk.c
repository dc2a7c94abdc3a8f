/* crash_disk BYTES LOG MOUNTPOINT: a disk that remembers the order of everything written to it.
 *
 * A FUSE file system with two files. `disk` has BYTES bytes and lives in memory; a loop device and
 * a real file system go on top of it. What is written to `acks` is an acknowledgement: the standard
 * output of the program under test. One thread serves all requests, so that LOG holds one true
 * order of writes, flushes and acknowledgements: whatever stands behind an acknowledgement in LOG
 * had not reached the disk when it was given.
 *
 * LOG is a sequence of records in the byte order of the machine:
 *   u8 type | u64 offset | u32 n | n bytes
 * with type W (write at offset), F (flush, n is 0) or A (acknowledgement). */
#define _GNU_SOURCE
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define HEAD_BYTES 13

static char *disk;
static size_t disk_bytes;
static uint64_t ack_bytes;
static int log_fd = -1;

/* A log with a hole would prove nothing, so a failed write ends the disk. */
static void
put(const void *p, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = write(log_fd, (const char *)p + done, n - done);
        if (got <= 0) {
            perror("crash_disk: log");
            _exit(1);
        }
        done += (size_t)got;
    }
}

static void
record(char type, uint64_t offset, const char *p, size_t n)
{
    char head[HEAD_BYTES];
    uint32_t n32 = (uint32_t)n;
    head[0] = type;
    memcpy(head + 1, &offset, sizeof offset);
    memcpy(head + 9, &n32, sizeof n32);
    put(head, sizeof head);
    put(p, n);
}

static bool
is_disk(const char *path)
{
    return strcmp(path, "/disk") == 0;
}

static bool
is_acks(const char *path)
{
    return strcmp(path, "/acks") == 0;
}

static int
do_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
    (void)fi;
    memset(st, 0, sizeof *st);
    if (strcmp(path, "/") == 0) {
        st->st_mode = S_IFDIR | 0700;
        st->st_nlink = 2;
        return 0;
    }
    if (!is_disk(path) && !is_acks(path))
        return -ENOENT;
    st->st_mode = S_IFREG | 0600;
    st->st_nlink = 1;
    st->st_size = (off_t)(is_disk(path) ? disk_bytes : ack_bytes);
    return 0;
}

static int
do_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t offset,
           struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
    (void)path;
    (void)offset;
    (void)fi;
    (void)flags;
    fill(buf, "disk", NULL, 0, 0);
    fill(buf, "acks", NULL, 0, 0);
    return 0;
}

static int
do_open(const char *path, struct fuse_file_info *fi)
{
    if (!is_disk(path) && !is_acks(path))
        return -ENOENT;
    /* No page cache in between: a write is in the log when it returns. */
    fi->direct_io = is_acks(path) ? 1 : 0;
    return 0;
}

static int
do_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
    (void)size;
    (void)fi;
    return is_acks(path) ? 0 : -EPERM;
}

static int
do_read(const char *path, char *buf, size_t n, off_t offset, struct fuse_file_info *fi)
{
    (void)fi;
    size_t at = (size_t)offset;
    if (!is_disk(path) || at >= disk_bytes)
        return 0;
    size_t part = n < disk_bytes - at ? n : disk_bytes - at;
    memcpy(buf, disk + at, part);
    return (int)part;
}

static int
do_write(const char *path, const char *buf, size_t n, off_t offset, struct fuse_file_info *fi)
{
    (void)fi;
    size_t at = (size_t)offset;
    if (is_acks(path)) {
        record('A', ack_bytes, buf, n);
        ack_bytes += n;
        return (int)n;
    }
    if (at > disk_bytes || n > disk_bytes - at)
        return -ENOSPC;
    memcpy(disk + at, buf, n);
    record('W', at, buf, n);
    return (int)n;
}

static int
do_fsync(const char *path, int data_only, struct fuse_file_info *fi)
{
    (void)data_only;
    (void)fi;
    if (is_disk(path))
        record('F', 0, NULL, 0);
    return 0;
}

static const struct fuse_operations operations = {
    .getattr = do_getattr,
    .readdir = do_readdir,
    .open = do_open,
    .truncate = do_truncate,
    .read = do_read,
    .write = do_write,
    .fsync = do_fsync,
};

int
main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: crash_disk BYTES LOG MOUNTPOINT\n", stderr);
        return 2;
    }
    if (sscanf(argv[1], "%zu", &disk_bytes) != 1 || disk_bytes == 0) {
        fputs("crash_disk: BYTES is no number\n", stderr);
        return 2;
    }
    /* A driver that is killed takes its disk along. With SIGTERM, FUSE is closed in good order:
     * killed outright, the last process of a mount namespace waits for its own answers for ever. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    disk = mmap(NULL, disk_bytes, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    log_fd = open(argv[2], O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (disk == MAP_FAILED || log_fd < 0) {
        perror("crash_disk");
        return 1;
    }
    /* In the foreground, and one thread: the order of the log is the order of the requests. */
    char *own[] = {argv[0], argv[3], (char[]){"-f"}, (char[]){"-s"}, NULL};
    return fuse_main(4, own, &operations, NULL);
}
