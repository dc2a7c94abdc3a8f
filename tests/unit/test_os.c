#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os_folder.h"

#include "only_faults.h"

#ifdef DZ_FAULTS

static void
test_open_modes(void **state)
{
    (void)state;
    struct dz_err err = {0};
    int fd = -1;
    assert_int_equal(dz_os_open(dir, "f", DZ_OS_READ, &fd, &err), DZ_E_NOTFOUND);
    assert_string_equal(err.msg, "opening 'f': No such file or directory");
    assert_int_equal(err.sys, ENOENT);
    assert_int_equal(fd, -1);
    assert_int_equal(dz_os_open(dir, "f", DZ_OS_READWRITE, &fd, NULL), DZ_E_NOTFOUND);
    assert_false(dz_os_exists(dir, "f"));

    mode_t old = umask(0);
    assert_int_equal(dz_os_open(dir, "f", DZ_OS_CREATE, &fd, NULL), DZ_OK);
    umask(old);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(dz_os_close(&fd, NULL), DZ_OK);
    assert_int_equal(fd, -1);
    assert_int_equal(dz_os_close(&fd, NULL), DZ_OK);
    assert_int_equal(dz_os_open(dir, "f", DZ_OS_CREATE, &fd, NULL), DZ_E_EXISTS);
    assert_true(dz_os_exists(dir, "f"));

    for (int i = 0; i < 2; i++) {
        assert_int_equal(dz_os_open(dir, "log", DZ_OS_APPEND, &fd, NULL), DZ_OK);
        assert_int_equal(dz_os_write_all(fd, "ab", 2, NULL), DZ_OK);
        assert_int_equal(dz_os_close(&fd, NULL), DZ_OK);
    }
    assert_content("log", "abab");
    assert_int_equal(dz_os_open(dir, "log", DZ_OS_READ, &fd, NULL), DZ_OK);
    assert_int_equal(dz_os_write_all(fd, "x", 1, &err), DZ_E_IO);
    assert_int_equal(err.sys, EBADF);
    dz_os_close_quiet(&fd);
    dz_os_close_quiet(&fd);
    dz_os_close_quiet(NULL);
    fd = INT_MAX;
    assert_int_equal(dz_os_close(&fd, &err), DZ_E_IO);
    assert_int_equal(fd, -1);
    assert_int_equal(dz_os_opendir(dir, "log", &fd, &err), DZ_E_IO);
    assert_int_equal(err.sys, ENOTDIR);
}

static void
test_a_fifo_does_not_hang(void **state)
{
    (void)state;
    assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
    alarm(20);
    int fd = -1;
    assert_int_equal(dz_os_open(dir, "fifo", DZ_OS_READ, &fd, NULL), DZ_OK);
    struct dz_os_stat st;
    assert_int_equal(dz_os_fstat(fd, &st, NULL), DZ_OK);
    assert_false(st.is_file);
    dz_os_close_quiet(&fd);
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
    struct dz_err err;
    assert_int_equal(dz_os_slurp(dir, "fifo", 100, &b, &err), DZ_E_INPUT);
    assert_int_equal(dz_os_slurp(dir, ".", 100, &b, &err), DZ_E_INPUT);
    alarm(0);
}

static void
test_reading_and_writing_at_offsets(void **state)
{
    (void)state;
    put("f", "0123456789");
    DZ_AUTO_FD int fd = -1;
    struct dz_err err;
    char p[16] = "";
    assert_int_equal(dz_os_open(dir, "f", DZ_OS_READWRITE, &fd, NULL), DZ_OK);
    assert_int_equal(dz_os_pread_all(fd, p, 4, 3, NULL), DZ_OK);
    assert_memory_equal(p, "3456", 4);
    assert_int_equal(dz_os_pread_all(fd, p, 4, 8, &err), DZ_E_CORRUPT);
    assert_string_equal(err.msg, "a file ends after 10 bytes, where 12 are expected");
    assert_int_equal(dz_os_pread_all(fd, p, 0, 100, NULL), DZ_OK);
    assert_int_equal(dz_os_pread_all(fd, p, 1, UINT64_MAX, &err), DZ_E_IO);
    assert_int_equal(dz_os_pread_all(fd, p, 1, INT64_MAX, &err), DZ_E_IO);
    assert_int_equal(dz_os_pwrite_all(fd, "xy", 2, 9, NULL), DZ_OK);
    assert_int_equal(dz_os_pwrite_all(fd, "xy", 2, UINT64_MAX, &err), DZ_E_IO);
    assert_int_equal(err.sys, EFBIG);
    assert_int_equal(dz_os_fsync(fd, NULL), DZ_OK);
    assert_int_equal(dz_os_fdatasync(fd, NULL), DZ_OK);
    assert_content("f", "012345678xy");
    assert_int_equal(dz_os_truncate(fd, 3, NULL), DZ_OK);
    assert_content("f", "012");
    assert_int_equal(dz_os_truncate(fd, UINT64_MAX, NULL), DZ_E_IO);
    size_t n = 99;
    assert_int_equal(dz_os_read(fd, p, sizeof p, &n, NULL), DZ_OK);
    assert_int_equal(n, 3);
    assert_int_equal(dz_os_read(fd, p, sizeof p, &n, NULL), DZ_OK);
    assert_int_equal(n, 0);
    n = 99;
    assert_int_equal(dz_os_read(-1, p, sizeof p, &n, NULL), DZ_E_IO);
    assert_int_equal(n, 99);
    assert_int_equal(dz_os_fsync(-1, NULL), DZ_E_IO);
    assert_int_equal(dz_os_fdatasync(-1, NULL), DZ_E_IO);
}

/* A pipe takes less at once than is written: the rest has to follow. */
static void
test_short_writes_are_continued(void **state)
{
    (void)state;
    enum { BYTES = 400000 };
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(fds[1]);
        static char chunk[1000];
        size_t total = 0;
        ssize_t n;
        while ((n = read(fds[0], chunk, sizeof chunk)) > 0)
            total += (size_t)n;
        _exit(total == BYTES ? 0 : 1);
    }
    close(fds[0]);
    DZ_AUTO_FREE char *bytes = dz_alloc(BYTES);
    assert_int_equal(dz_os_write_all(fds[1], bytes, BYTES, NULL), DZ_OK);
    close(fds[1]);
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    /* And a device that is full says so. */
    DZ_AUTO_FD int full = -1;
    struct dz_err err;
    assert_int_equal(dz_os_open(AT_FDCWD, "/dev/full", DZ_OS_READWRITE, &full, NULL), DZ_OK);
    assert_int_equal(dz_os_write_all(full, "x", 1, &err), DZ_E_FULL);
    assert_string_equal(err.msg, "writing a file: No space left on device");
}

static void
test_names_and_folders(void **state)
{
    (void)state;
    struct dz_err err;
    mode_t old = umask(0);
    assert_int_equal(dz_os_mkdir(dir, "sub", NULL), DZ_OK);
    umask(old);
    assert_int_equal(dz_os_mkdir(dir, "sub", &err), DZ_E_EXISTS);
    struct stat raw;
    assert_int_equal(fstatat(dir, "sub", &raw, 0), 0);
    assert_int_equal(raw.st_mode & 07777, 0700);
    put("b", "bb");
    assert_int_equal(dz_os_rename(dir, "b", "a", NULL), DZ_OK);
    assert_int_equal(dz_os_rename(dir, "b", "c", &err), DZ_E_NOTFOUND);
    assert_string_equal(err.msg, "renaming 'b' to 'c': No such file or directory");
    assert_int_equal(symlinkat("a", dir, "link"), 0);
    assert_int_equal(symlinkat("nowhere", dir, "dangling"), 0);

    struct dz_os_stat st;
    assert_int_equal(dz_os_stat(dir, "a", false, &st, NULL), DZ_OK);
    assert_true(st.is_file && !st.is_dir && !st.is_link);
    assert_int_equal(st.size_bytes, 2);
    assert_true(st.mtime_us > INT64_C(1577836800000000));
    struct dz_os_stat through;
    assert_int_equal(dz_os_stat(dir, "link", true, &through, NULL), DZ_OK);
    assert_true(through.is_file && through.ino == st.ino && through.dev == st.dev);
    assert_int_equal(dz_os_stat(dir, "link", false, &through, NULL), DZ_OK);
    assert_true(through.is_link && !through.is_file);
    assert_int_equal(dz_os_stat(dir, "dangling", true, &through, &err), DZ_E_NOTFOUND);
    assert_true(dz_os_exists(dir, "dangling"));
    assert_int_equal(dz_os_stat(dir, "sub", true, &through, NULL), DZ_OK);
    assert_true(through.is_dir);
    assert_int_equal(dz_os_fstat(-1, &through, &err), DZ_E_IO);

    assert_int_equal(dz_os_unlink(dir, "dangling", NULL), DZ_OK);
    assert_int_equal(dz_os_unlink(dir, "dangling", &err), DZ_E_NOTFOUND);
    assert_int_equal(dz_os_unlink(dir, "sub", &err), DZ_E_IO);
    put("\xFFx", "");
    put("Я", "");

    char **names = NULL;
    size_t n = 0;
    assert_int_equal(dz_os_list(dir, ".", &names, &n, NULL), DZ_OK);
    static const char *const want[] = {"a", "link", "sub", "Я", "\xFFx"};
    assert_int_equal(n, 5);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(names[i], want[i]);
    dz_os_names_free(names, n);
    names = NULL;
    assert_int_equal(dz_os_list(dir, "sub", &names, &n, NULL), DZ_OK);
    assert_int_equal(n, 0);
    dz_os_names_free(names, n);
    assert_int_equal(dz_os_list(dir, "missing", &names, &n, &err), DZ_E_NOTFOUND);
    assert_int_equal(dz_os_list(dir, "a", &names, &n, &err), DZ_E_IO);
}

static void
test_times_that_do_not_fit(void **state)
{
    (void)state;
    put("f", "");
    const struct timespec far[2] = {{.tv_sec = 1}, {.tv_sec = INT64_MAX}};
    struct dz_os_stat st;
    if (utimensat(dir, "f", far, 0) != 0)
        skip();
    assert_int_equal(dz_os_stat(dir, "f", true, &st, NULL), DZ_OK);
    assert_true(st.mtime_us > INT64_C(1577836800000000)); /* cut by the file system or by us */
    const struct timespec past[2] = {{.tv_sec = 1}, {.tv_sec = -2, .tv_nsec = 999999999}};
    assert_int_equal(utimensat(dir, "f", past, 0), 0);
    assert_int_equal(dz_os_stat(dir, "f", true, &st, NULL), DZ_OK);
    assert_int_equal(st.mtime_us, -1000001);
}

static void
test_slurp_is_bounded(void **state)
{
    (void)state;
    put("f", "0123456789");
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
    dz_buf_adds(&b, ">");
    assert_int_equal(dz_os_slurp(dir, "f", 10, &b, NULL), DZ_OK);
    assert_string_equal(b.p, ">0123456789");
    struct dz_err err;
    assert_int_equal(dz_os_slurp(dir, "f", 9, &b, &err), DZ_E_LIMIT);
    assert_string_equal(err.msg, "reading 'f': it is longer than the 9 bytes that are allowed");
    assert_string_equal(b.p, ">0123456789");
    assert_int_equal(dz_os_slurp(dir, "none", 9, &b, &err), DZ_E_NOTFOUND);
    DZ_AUTO_BUF struct dz_buf small = DZ_BUF(5);
    dz_buf_adds(&small, "ab");
    assert_int_equal(dz_os_slurp(dir, "f", 100, &small, &err), DZ_E_LIMIT);
    assert_string_equal(small.p, "ab");
    /* A file that says it is empty and is not. */
    DZ_AUTO_BUF struct dz_buf proc = DZ_BUF(100000);
    assert_int_equal(dz_os_slurp(AT_FDCWD, "/proc/self/status", 100000, &proc, NULL), DZ_OK);
    assert_true(proc.n > 100);
}

static void
test_replace(void **state)
{
    (void)state;
    assert_int_equal(dz_os_replace(dir, "f", DZ_VIEW("one"), NULL), DZ_OK);
    assert_content("f", "one");
    /* What a killed process left does not stand in the way, nor does a link lead it elsewhere. */
    put("victim", "untouched");
    assert_int_equal(symlinkat("victim", dir, "f.tmp"), 0);
    assert_int_equal(dz_os_replace(dir, "f", DZ_VIEW("two"), NULL), DZ_OK);
    assert_content("f", "two");
    assert_content("victim", "untouched");
    assert_false(dz_os_exists(dir, "f.tmp"));
    assert_int_equal(dz_os_replace(dir, "f", (struct dz_view){0}, NULL), DZ_OK);
    assert_content("f", "");
    /* In another folder, relative and absolute. */
    assert_int_equal(dz_os_mkdir(dir, "sub", NULL), DZ_OK);
    assert_int_equal(dz_os_replace(dir, "sub/g", DZ_VIEW("three"), NULL), DZ_OK);
    assert_content("sub/g", "three");
    DZ_AUTO_FREE char *path = dz_asprintf("%s/sub/g", folder);
    assert_int_equal(dz_os_replace(dir, path, DZ_VIEW("four"), NULL), DZ_OK);
    assert_content("sub/g", "four");
    assert_int_equal(dz_os_unlink(dir, "sub/g", NULL), DZ_OK);
    struct dz_err err;
    assert_int_equal(dz_os_replace(dir, "none/g", DZ_VIEW("x"), &err), DZ_E_NOTFOUND);
    assert_ptr_equal(strstr(err.msg, "writing 'none/g': "), err.msg);
}

/* Every call of a replacement fails once: what is read afterwards is the old or the new content,
 * the code is the one of the errno, no descriptor is left open and no scrap lies about. */
static void
test_replace_under_faults(void **state)
{
    (void)state;
    assert_int_equal(dz_os_replace(dir, "f", DZ_VIEW("old"), NULL), DZ_OK);
    int fds = open_fds();
    long n = 1;
    for (;; n++) {
        dz_os_fault_arm(n, ENOSPC, false);
        struct dz_err err = {0};
        enum dz_code code = dz_os_replace(dir, "f", DZ_VIEW("new"), &err);
        long seen = dz_os_fault_count();
        dz_os_fault_arm(0, 0, false);
        assert_int_equal(open_fds(), fds);
        if (code == DZ_OK) {
            assert_true(seen < n);
            break;
        }
        assert_int_equal(code, DZ_E_FULL);
        assert_int_equal(err.code, DZ_E_FULL);
        assert_int_equal(err.sys, ENOSPC);
        assert_ptr_equal(strstr(err.msg, "writing 'f': "), err.msg);
        assert_false(dz_os_exists(dir, "f.tmp"));
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
        assert_int_equal(dz_os_slurp(dir, "f", 100, &b, NULL), DZ_OK);
        assert_true(strcmp(b.p, "old") == 0 || strcmp(b.p, "new") == 0);
    }
    /* unlink, open, write, fsync, close, rename, opendir, fsync */
    assert_int_equal(n, 9);

    /* From one call on everything fails: still old or new. */
    for (n = 1; n <= 9; n++) {
        dz_os_fault_arm(0, 0, false);
        assert_int_equal(dz_os_replace(dir, "f", DZ_VIEW("old"), NULL), DZ_OK);
        dz_os_fault_arm(n, EIO, true);
        enum dz_code code = dz_os_replace(dir, "f", DZ_VIEW("new"), NULL);
        dz_os_fault_arm(0, 0, false);
        assert_int_equal(code, n <= 8 ? DZ_E_IO : DZ_OK);
        assert_content("f", n <= 6 ? "old" : "new");
        assert_int_equal(open_fds(), fds);
    }
}

/* One interrupted call is no failure, except for a sync, which has no second try. */
static void
test_interruptions(void **state)
{
    (void)state;
    static const enum dz_code want[] = {
        DZ_E_IO, /* unlink */
        DZ_OK,   /* open */
        DZ_OK,   /* write */
        DZ_E_IO, /* fsync */
        DZ_OK,   /* close */
        DZ_E_IO, /* rename */
        DZ_OK,   /* opendir */
        DZ_E_IO, /* fsync of the folder */
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        dz_os_fault_arm((long)i + 1, EINTR, false);
        assert_int_equal(dz_os_replace(dir, "f", DZ_VIEW("x"), NULL), want[i]);
    }
    dz_os_fault_arm(0, 0, false);
    DZ_AUTO_FD int fd = -1;
    char p[1];
    size_t n;
    assert_int_equal(dz_os_open(dir, "f", DZ_OS_READWRITE, &fd, NULL), DZ_OK);
    dz_os_fault_arm(1, EINTR, false);
    assert_int_equal(dz_os_read(fd, p, 1, &n, NULL), DZ_OK);
    dz_os_fault_arm(1, EINTR, false);
    assert_int_equal(dz_os_pread_all(fd, p, 1, 0, NULL), DZ_OK);
    dz_os_fault_arm(1, EINTR, false);
    assert_int_equal(dz_os_pwrite_all(fd, "y", 1, 0, NULL), DZ_OK);
    dz_os_fault_arm(1, EINTR, false);
    assert_int_equal(dz_os_truncate(fd, 1, NULL), DZ_OK);
    assert_int_equal(dz_os_fault_count(), 2);
}

static void
test_slurp_and_list_under_faults(void **state)
{
    (void)state;
    put("f", "content");
    int fds = open_fds();
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
    long n = 1;
    for (;; n++) {
        struct dz_err err = {0};
        dz_buf_reset(&b);
        dz_buf_adds(&b, "kept");
        dz_os_fault_arm(n, EIO, false);
        enum dz_code code = dz_os_slurp(dir, "f", 100, &b, &err);
        assert_int_equal(open_fds(), fds);
        if (code == DZ_OK)
            break;
        assert_int_equal(code, DZ_E_IO);
        assert_int_equal(err.sys, EIO);
        assert_non_null(strstr(err.msg, "'f'"));
        assert_string_equal(b.p, "kept");
    }
    assert_int_equal(n, 5); /* open, fstat, read, read */
    assert_string_equal(b.p, "keptcontent");

    char **names = NULL;
    size_t count = 77;
    for (n = 1;; n++) {
        struct dz_err err = {0};
        dz_os_fault_arm(n, EIO, false);
        enum dz_code code = dz_os_list(dir, ".", &names, &count, &err);
        assert_int_equal(open_fds(), fds);
        if (code == DZ_OK)
            break;
        assert_int_equal(code, DZ_E_IO);
        assert_int_equal(err.sys, EIO);
        assert_null(names);
        assert_int_equal(count, 77);
    }
    dz_os_fault_arm(0, 0, false);
    assert_int_equal(n, 7); /* opendir, fdopendir, ".", "..", "f", the end */
    assert_int_equal(count, 1);
    dz_os_names_free(names, count);
}

/* Each function gives the code of the errno that the system gave, and leaves its outputs alone. */
static void
test_each_call_under_a_fault(void **state)
{
    (void)state;
    put("f", "abc");
    DZ_AUTO_FD int fd = -1;
    assert_int_equal(dz_os_open(dir, "f", DZ_OS_READWRITE, &fd, NULL), DZ_OK);
    struct dz_err err = {0};
    char p[4] = "zzz";
    size_t n = 77;
    int got = -7;
    struct dz_os_stat st = {.size_bytes = 77};
    dz_os_fault_arm(1, EDQUOT, true);
    assert_int_equal(dz_os_open(dir, "f", DZ_OS_READ, &got, &err), DZ_E_FULL);
    assert_int_equal(err.sys, EDQUOT);
    assert_int_equal(dz_os_opendir(dir, ".", &got, &err), DZ_E_FULL);
    assert_int_equal(got, -7);
    assert_int_equal(dz_os_read(fd, p, 1, &n, &err), DZ_E_FULL);
    assert_int_equal(n, 77);
    assert_int_equal(dz_os_pread_all(fd, p, 1, 0, &err), DZ_E_FULL);
    assert_int_equal(dz_os_write_all(fd, p, 1, &err), DZ_E_FULL);
    assert_int_equal(dz_os_pwrite_all(fd, p, 1, 0, &err), DZ_E_FULL);
    assert_int_equal(dz_os_fsync(fd, &err), DZ_E_FULL);
    assert_int_equal(dz_os_fdatasync(fd, &err), DZ_E_FULL);
    assert_int_equal(dz_os_truncate(fd, 0, &err), DZ_E_FULL);
    assert_int_equal(dz_os_rename(dir, "f", "g", &err), DZ_E_FULL);
    assert_int_equal(dz_os_unlink(dir, "f", &err), DZ_E_FULL);
    assert_int_equal(dz_os_mkdir(dir, "d", &err), DZ_E_FULL);
    assert_int_equal(dz_os_stat(dir, "f", true, &st, &err), DZ_E_FULL);
    assert_int_equal(dz_os_fstat(fd, &st, &err), DZ_E_FULL);
    assert_int_equal(st.size_bytes, 77);
    assert_false(dz_os_exists(dir, "f"));
    assert_int_equal(dz_os_lock(fd, 1000, &err), DZ_E_FULL);
    assert_int_equal(dz_os_fault_count(), 16);
    assert_int_equal(dz_os_close(&fd, &err), DZ_E_FULL);
    assert_int_equal(fd, -1);
    dz_os_fault_arm(0, 0, false);
    assert_content("f", "abc");
    assert_false(dz_os_exists(dir, "d"));
}

static void
test_lock(void **state)
{
    (void)state;
    DZ_AUTO_FD int a = -1;
    DZ_AUTO_FD int b = -1;
    assert_int_equal(dz_os_open(dir, "lock", DZ_OS_APPEND, &a, NULL), DZ_OK);
    assert_int_equal(dz_os_open(dir, "lock", DZ_OS_APPEND, &b, NULL), DZ_OK);
    assert_int_equal(dz_os_write_all(a, "4294967295999 stale", 19, NULL), DZ_OK);
    assert_int_equal(dz_os_lock(a, 0, NULL), DZ_OK);
    char pid[32];
    snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    assert_content("lock", pid);

    /* Another open file, even of the same process, is somebody else; waiting has its end. */
    struct dz_err err;
    int64_t from = dz_os_monotonic_us();
    assert_int_equal(dz_os_lock(b, 120, &err), DZ_E_LOCKED);
    int64_t waited = dz_os_monotonic_us() - from;
    assert_true(waited >= 120000 && waited < 60000000);
    char want[128];
    snprintf(want, sizeof want, "process %ld is writing: wait until it has finished and try again",
             (long)getpid());
    assert_string_equal(err.msg, want);
    from = dz_os_monotonic_us();
    assert_int_equal(dz_os_lock(b, 0, NULL), DZ_E_LOCKED);

    /* A file that names nobody, or names nonsense. */
    assert_int_equal(dz_os_truncate(a, 0, NULL), DZ_OK);
    assert_int_equal(dz_os_lock(b, 0, &err), DZ_E_LOCKED);
    assert_ptr_equal(strstr(err.msg, "another process is writing"), err.msg);
    assert_int_equal(dz_os_write_all(a, "12 monkeys", 10, NULL), DZ_OK);
    assert_int_equal(dz_os_lock(b, 0, &err), DZ_E_LOCKED);
    assert_ptr_equal(strstr(err.msg, "another process is writing"), err.msg);

    dz_os_unlock(a);
    assert_content("lock", "");
    assert_int_equal(dz_os_lock(b, 0, NULL), DZ_OK);
    dz_os_close_quiet(&b);
    assert_int_equal(dz_os_lock(a, 0, NULL), DZ_OK);
}

static void
test_lock_waits_for_the_holder(void **state)
{
    (void)state;
    int ready[2];
    int go[2];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    DZ_AUTO_FD int fd = -1;
    assert_int_equal(dz_os_open(dir, "lock", DZ_OS_APPEND, &fd, NULL), DZ_OK);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int own = -1;
        if (dz_os_open(dir, "lock", DZ_OS_APPEND, &own, NULL) != DZ_OK ||
            dz_os_lock(own, 0, NULL) != DZ_OK || write(ready[1], "x", 1) != 1)
            _exit(1);
        char asked;
        if (read(go[0], &asked, 1) != 1)
            _exit(1);
        usleep(200000);
        _exit(0); /* dying releases the lock */
    }
    char c;
    assert_int_equal(read(ready[0], &c, 1), 1);
    struct dz_err err;
    assert_int_equal(dz_os_lock(fd, 0, &err), DZ_E_LOCKED);
    char want[32];
    snprintf(want, sizeof want, "process %ld is writing", (long)pid);
    assert_ptr_equal(strstr(err.msg, want), err.msg);
    assert_int_equal(write(go[1], "x", 1), 1);
    assert_int_equal(dz_os_lock(fd, 20000, NULL), DZ_OK);
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(go[i]);
    }
}

static void
test_clocks(void **state)
{
    (void)state;
    unsetenv("DOKAZ_TEST_NOW");
    assert_true(dz_os_now_us() > INT64_C(1577836800000000));
    int64_t a = dz_os_monotonic_us();
    usleep(2000);
    assert_true(dz_os_monotonic_us() - a >= 2000);
    setenv("DOKAZ_TEST_NOW", "2022-02-24T05:00:00+02:00", 1);
    assert_int_equal(dz_os_now_us(), INT64_C(1645671600000000));
    unsetenv("DOKAZ_TEST_NOW");
    assert_true(dz_os_peak_rss_kib() > 100);
}

static void
test_random(void **state)
{
    (void)state;
    /* More than one call of the kernel gives; every byte must have been set by one of two draws. */
    const size_t n = 3000;
    DZ_AUTO_FREE unsigned char *a = dz_alloc(n);
    DZ_AUTO_FREE unsigned char *b = dz_alloc(n);
    dz_os_random(a, n);
    dz_os_random(b, n);
    assert_memory_not_equal(a, b, n);
    size_t zeros = 0;
    for (size_t i = 0; i < n; i++)
        zeros += a[i] == 0 && b[i] == 0 ? 1 : 0;
    assert_true(zeros < 20);
    dz_os_random(a, 0);
}

static void
test_harden(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dz_os_harden();
        struct rlimit core = {1, 1};
        getrlimit(RLIMIT_CORE, &core);
        _exit(prctl(PR_GET_DUMPABLE) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void
remove_folders(const char *const *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(unlinkat(dir, parts[i], AT_REMOVEDIR), 0);
}

static void
test_state_dir(void **state)
{
    (void)state;
    struct dz_err err;
    DZ_AUTO_FREE char *xdg = dz_asprintf("%s/x/y", folder);
    DZ_AUTO_FREE char *under_xdg = dz_asprintf("%s/x/y/dokaz", folder);
    DZ_AUTO_FREE char *under_home = dz_asprintf("%s/.local/state/dokaz", folder);
    static const char *const made_xdg[] = {"x/y/dokaz", "x/y", "x"};
    static const char *const made_home[] = {".local/state/dokaz", ".local/state", ".local"};

    setenv("HOME", folder, 1);
    setenv("XDG_STATE_HOME", xdg, 1);
    for (int i = 0; i < 2; i++) { /* made, then found */
        char *path = NULL;
        assert_int_equal(dz_os_state_dir(&path, NULL), DZ_OK);
        assert_string_equal(path, under_xdg);
        dz_free(path);
    }
    struct stat st;
    assert_int_equal(fstatat(dir, "x/y/dokaz", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    remove_folders(made_xdg, 3);

    /* Every call of it fails once; nothing half-made stands in the way afterwards. */
    char *path = NULL;
    for (long n = 1;; n++) {
        dz_os_fault_arm(n, EIO, false);
        enum dz_code code = dz_os_state_dir(&path, &err);
        dz_os_fault_arm(0, 0, false);
        if (code == DZ_OK) {
            assert_true(n > 5);
            break;
        }
        assert_int_equal(code, DZ_E_IO);
        assert_null(path);
    }
    assert_string_equal(path, under_xdg);
    dz_free(path);
    remove_folders(made_xdg, 3);

    setenv("XDG_STATE_HOME", "relative", 1);
    path = NULL;
    assert_int_equal(dz_os_state_dir(&path, NULL), DZ_OK);
    assert_string_equal(path, under_home);
    dz_free(path);
    remove_folders(made_home, 3);

    put("x", "a file");
    setenv("XDG_STATE_HOME", xdg, 1);
    path = NULL;
    assert_int_equal(dz_os_state_dir(&path, &err), DZ_E_IO);
    assert_int_equal(err.sys, ENOTDIR);
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_int_equal(dz_os_state_dir(&path, &err), DZ_E_NOTFOUND);
    assert_null(path);
}

/* What lies in a folder that others made is opened, and nothing outside it. */
static void
test_open_inside(void **state)
{
    (void)state;
    struct dz_err err = {0};
    int fd = -1;
    assert_int_equal(dz_os_mkdir(dir, "sub", NULL), DZ_OK);
    assert_int_equal(dz_os_replace(dir, "sub/file", DZ_VIEW("x"), NULL), DZ_OK);
    assert_int_equal(symlinkat("sub", dir, "link"), 0);
    assert_int_equal(symlinkat("file", dir, "sub/link"), 0);

    assert_int_equal(dz_os_open_inside(dir, "sub/file", &fd, NULL), DZ_OK);
    dz_os_close_quiet(&fd);
    assert_int_equal(dz_os_open_inside(dir, "sub", &fd, NULL), DZ_OK);
    char **names = NULL;
    size_t n = 0;
    assert_int_equal(dz_os_list_at_most(fd, 2, &names, &n, NULL), DZ_OK);
    assert_int_equal(n, 2);
    dz_os_names_free(names, n);
    assert_int_equal(dz_os_list_at_most(fd, 1, &names, &n, &err), DZ_E_LIMIT);
    dz_os_close_quiet(&fd);

    static const char *const refused[] = {"link", "link/file", "sub/link", "sub/../sub", "./sub",
                                          "/tmp", "", "sub/", "sub//file"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(dz_os_open_inside(dir, refused[i], &fd, &err), DZ_E_INPUT);
        assert_int_equal(fd, -1);
    }
    assert_int_equal(dz_os_open_inside(dir, "sub/none", &fd, &err), DZ_E_NOTFOUND);
    assert_int_equal(dz_os_open_inside(dir, "none/file", &fd, &err), DZ_E_NOTFOUND);
    unlinkat(dir, "sub/file", 0);
    unlinkat(dir, "sub/link", 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_open_modes),
        IN_FOLDER(test_a_fifo_does_not_hang),
        IN_FOLDER(test_reading_and_writing_at_offsets),
        IN_FOLDER(test_short_writes_are_continued),
        IN_FOLDER(test_names_and_folders),
        IN_FOLDER(test_times_that_do_not_fit),
        IN_FOLDER(test_slurp_is_bounded),
        IN_FOLDER(test_replace),
        IN_FOLDER(test_replace_under_faults),
        IN_FOLDER(test_interruptions),
        IN_FOLDER(test_slurp_and_list_under_faults),
        IN_FOLDER(test_each_call_under_a_fault),
        IN_FOLDER(test_lock),
        IN_FOLDER(test_lock_waits_for_the_holder),
        IN_FOLDER(test_open_inside),
        cmocka_unit_test(test_clocks),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_harden),
        IN_FOLDER(test_state_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
