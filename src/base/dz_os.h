/* The operating-system seam: all files, the clock, randomness and processes go through here, so
 * that every failure can be injected in tests and every write can be accounted for.
 *
 * Failures carry errno in err->sys. A failed fsync is final: callers stop, they never retry. All
 * descriptors are close-on-exec. Paths are bytes; they are shown through dz_utf8_line. */
#ifndef DZ_OS_H
#define DZ_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_os_stat {
    uint64_t size_bytes;
    int64_t mtime_us;
    int64_t ctime_us;
    uint64_t dev;
    uint64_t ino;
    bool is_dir;
    bool is_file;
    bool is_link;
};

enum dz_os_mode {
    DZ_OS_READ,      /* must exist */
    DZ_OS_CREATE,    /* must not exist; mode 0600 */
    DZ_OS_APPEND,    /* read and append, created 0600 if missing */
    DZ_OS_READWRITE  /* must exist */
};

/** Open path relative to dirfd (AT_FDCWD allowed). *ret_fd is closed with dz_os_close. Blocking
 *  devices and FIFOs never hang an open for reading (O_NONBLOCK at open); what is not a regular
 *  file is for the caller to check by dz_os_fstat. */
DZ_MUSTUSE enum dz_code
dz_os_open(int dirfd, const char *path, enum dz_os_mode mode, int *ret_fd, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_os_opendir(int dirfd, const char *path, int *ret_fd, struct dz_err *err);
/** Open what somebody else may have laid out, and never leave the folder: path is taken name by
 *  name,
 *  and a symbolic link anywhere in it is refused, as are "..", ".", an empty name and a leading
 *  slash. The result is a file or a folder open for reading, for the caller to check by
 *  dz_os_fstat.
 *  DZ_E_INPUT: a path or a link that could lead elsewhere. */
DZ_MUSTUSE enum dz_code
dz_os_open_inside(int dirfd, const char *path, int *ret_fd, struct dz_err *err);
/** Close; *fd becomes -1. The error of a close after writing is an error of the write. -1 is
 *  fine. */
DZ_MUSTUSE enum dz_code
dz_os_close(int *fd, struct dz_err *err);
/** Close for cleanup paths, result ignored; usable as DZ_CLEANUP(dz_os_close_quiet). */
void
dz_os_close_quiet(int *fd);
#define DZ_AUTO_FD DZ_CLEANUP(dz_os_close_quiet)

/** Read up to n bytes (retries EINTR); *ret_n 0 at the end. */
DZ_MUSTUSE enum dz_code
dz_os_read(int fd, void *p, size_t n, size_t *ret_n, struct dz_err *err);
/** Read exactly n at offset; DZ_E_CORRUPT when the file is shorter. */
DZ_MUSTUSE enum dz_code
dz_os_pread_all(int fd, void *p, size_t n, uint64_t offset, struct dz_err *err);
/** Write all (short writes are continued). */
DZ_MUSTUSE enum dz_code
dz_os_write_all(int fd, const void *p, size_t n, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_os_pwrite_all(int fd, const void *p, size_t n, uint64_t offset, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_os_fsync(int fd, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_os_fdatasync(int fd, struct dz_err *err);
/** Begin to bring n bytes at offset to the disk, without waiting: a sync later finds less to do. A
 *  hint; it promises nothing and cannot fail. */
void
dz_os_start_writing(int fd, uint64_t offset, uint64_t n);
DZ_MUSTUSE enum dz_code
dz_os_truncate(int fd, uint64_t size, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_os_rename(int dirfd, const char *from, const char *to, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_os_unlink(int dirfd, const char *path, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_os_rmdir(int dirfd, const char *path, struct dz_err *err); /* an empty folder */
DZ_MUSTUSE enum dz_code
dz_os_mkdir(int dirfd, const char *path, struct dz_err *err); /* mode 0700 */
DZ_MUSTUSE enum dz_code
dz_os_stat(int dirfd, const char *path, bool follow, struct dz_os_stat *ret, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_os_fstat(int fd, struct dz_os_stat *ret, struct dz_err *err);
bool
dz_os_exists(int dirfd, const char *path);

/** Whole small regular file, appended to out. DZ_E_LIMIT beyond max bytes, DZ_E_INPUT when it is no
 *  regular file; out is then as before. */
DZ_MUSTUSE enum dz_code
dz_os_slurp(int dirfd, const char *path, size_t max, struct dz_buf *out, struct dz_err *err);
/** Replace a small file for good: write path + ".tmp" (mode 0600), fsync, rename, fsync the folder.
 *  After an error path holds the old or the new content, never a part. One writer at a time. */
DZ_MUSTUSE enum dz_code
dz_os_replace(int dirfd, const char *path, struct dz_view content, struct dz_err *err);

/** A new file that gets its name when it is whole: killed before, the program leaves nothing. On
 *  file systems that know no files without a name it has it from the beginning. */
struct dz_os_new {
    int dirfd;
    const char *path; /* borrowed */
    int fd;           /* to be written to */
    bool has_name;
};
DZ_MUSTUSE enum dz_code
dz_os_new_file(int dirfd, const char *path, struct dz_os_new *ret, struct dz_err *err);
/** Make the content durable and give it its name (DZ_E_EXISTS: somebody else took it), when what
 *  was done so far went well (code); otherwise, or when this fails, nothing is left and the error
 *  stays the one of code. Called once after dz_os_new_file went well, on every way. */
DZ_MUSTUSE enum dz_code
dz_os_new_finish(struct dz_os_new *f, enum dz_code code, struct dz_err *err);
/** All three with content that is there already. */
DZ_MUSTUSE enum dz_code
dz_os_write_new(int dirfd, const char *path, struct dz_view content, struct dz_err *err);
/** The folder in which a path stands, "." for a bare name; freed by the caller. */
char *
dz_os_folder_of(const char *path);

/** A file without a name, in a folder whose file system knows such files, else in memory: killed,
 *  the program leaves nothing of it. To be read and written. */
DZ_MUSTUSE enum dz_code
dz_os_nameless_file(int dirfd, int *ret_fd, struct dz_err *err);
/** Give one a name after all (DZ_E_EXISTS: somebody else has it); what lies elsewhere is copied.
 *  The content is durable afterwards, the name by dz_os_sync_name. After an error in copying a part
 *  of it may stand under the name. */
DZ_MUSTUSE enum dz_code
dz_os_name_file(int fd, int dirfd, const char *path, struct dz_err *err);

/** A file that lies in memory and nowhere else; name is for the reader of /proc alone. */
DZ_MUSTUSE enum dz_code
dz_os_memory_file(const char *name, int *ret_fd, struct dz_err *err);
/** Nobody can change it any more, and reading starts at its beginning: fit to be handed out. */
DZ_MUSTUSE enum dz_code
dz_os_seal_memory(int fd, struct dz_err *err);

/** Make the name of a file or folder durable: it is an entry of the folder in which it stands, and
 *  that one is synced. */
DZ_MUSTUSE enum dz_code
dz_os_sync_name(int dirfd, const char *path, struct dz_err *err);

/** Names in a folder, sorted by bytes, without "." and ".."; caller frees with dz_os_names_free. */
DZ_MUSTUSE enum dz_code
dz_os_list(int dirfd, const char *path, char ***ret, size_t *ret_n, struct dz_err *err);
/** The same for an open folder of unknown size; DZ_E_LIMIT when it holds more than max names. */
DZ_MUSTUSE enum dz_code
dz_os_list_at_most(int dirfd, size_t max, char ***ret, size_t *ret_n, struct dz_err *err);
void
dz_os_names_free(char **names, size_t n);

/** Advisory whole-file write lock (open file description lock) on fd, opened for writing. Polls
 *  every 50 ms up to wait_ms, then DZ_E_LOCKED; the pid stored in the file by the holder is
 *  named in the message. The content of the file is the holder's pid and nothing else. Released
 *  by dz_os_unlock or by closing fd. */
DZ_MUSTUSE enum dz_code
dz_os_lock(int fd, unsigned wait_ms, struct dz_err *err);
void
dz_os_unlock(int fd);

/** Wall clock, microseconds UTC. Test builds honour DOKAZ_TEST_NOW (RFC 3339), release builds
 *  never. */
int64_t
dz_os_now_us(void);
/** Monotonic clock for progress and deadlines. */
int64_t
dz_os_monotonic_us(void);
/** Cryptographic randomness from the kernel; stops the process if there is none. */
void
dz_os_random(void *p, size_t n);

/** No core dumps, no ptrace by others (PR_SET_DUMPABLE 0, RLIMIT_CORE 0). Call first in main. */
void
dz_os_harden(void);

/** State folder of this user (XDG_STATE_HOME or ~/.local/state) + "/dokaz", made if missing.
 *  Caller frees. */
DZ_MUSTUSE enum dz_code
dz_os_state_dir(char **ret, struct dz_err *err);

/** Kilobytes of the largest resident set so far. */
long
dz_os_peak_rss_kib(void);

/* Fault injection, compiled in only with DZ_FAULTS (test builds). */
#ifdef DZ_FAULTS
/** The nth fallible call from now (1 = the next) fails with errno sys without being made, or all
 *  from it on. nth 0 makes nothing fail. Starts the count anew. A test of "all from it on" with
 *  EINTR would never end, as calls that were interrupted are tried again. */
void
dz_os_fault_arm(long nth, int sys, bool from_then_on);
long
dz_os_fault_count(void); /* fallible calls seen since arm */
#endif

#endif
