#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dz_box.h"
#include "dz_os.h"

/* One document through a box, and what came of it. */
struct outcome {
    enum dz_code code;
    enum dz_box_end end;
    int signal;
    struct dz_buf text;
    struct dz_buf all; /* of the frames: a letter for each type */
    struct dz_err err;
};

static struct dz_box *locked;
static struct dz_box *loose;
static char folder[] = "/tmp/dokaz-box-XXXXXX";

static enum dz_code
keep(void *ctx, enum dz_wire_type type, struct dz_view payload, struct dz_err *err)
{
    (void)err;
    struct outcome *o = ctx;
    if (type == DZ_WIRE_TEXT)
        dz_buf_addv(&o->text, payload);
    if (o->all.n < 1000)
        dz_buf_addc(&o->all, (char)('0' + (int)type));
    return DZ_OK;
}

static int
memory_file(const char *words)
{
    int fd = memfd_create("document", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, words, strlen(words)), strlen(words));
    return fd;
}

static void
give(struct dz_box *b, const char *words, const struct dz_box_job *more, struct outcome *o)
{
    struct dz_box_job job = more != NULL ? *more : (struct dz_box_job){0};
    *o = (struct outcome){.signal = -1};
    int fd = memory_file(words);
    job.family = b == loose ? "loose" : "hostile";
    job.input_fd = fd;
    job.frame = job.frame != NULL ? job.frame : keep;
    job.ctx = job.ctx != NULL ? job.ctx : o;
    job.ret_signal = &o->signal;
    struct dz_box_session *s;
    o->code = dz_box_begin(b, &job, &s, &o->err);
    if (o->code == DZ_OK)
        o->code = dz_box_end(s, &o->end, &o->err);
    (void)close(fd);
}

static void
drop(struct outcome *o)
{
    dz_buf_done(&o->text);
    dz_buf_done(&o->all);
}

static void
expect_honest(struct dz_box *b)
{
    struct outcome o;
    give(b, "an honest document", NULL, &o);
    assert_int_equal(o.code, DZ_OK);
    assert_int_equal(o.end, DZ_BOX_DONE);
    assert_int_equal(o.signal, 0);
    assert_string_equal(o.text.p, "an");
    assert_string_equal(o.all.p, "154;");
    drop(&o);
}

static void
test_honest_document(void **state)
{
    (void)state;
    expect_honest(locked);
    expect_honest(loose);
}

/* A path in the folder of this test. */
static const char *
path_of(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void
fill_file(const char *name)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "vault", 5), 5);
    (void)close(fd);
}

/* What an attempt may come to under the lock. */
enum stopped {
    REFUSED, /* the call gave EPERM or EACCES, and the reader went on */
    KILLED   /* the process was ended for the call alone */
};

static void
expect_stopped(const char *words, enum stopped how)
{
    struct outcome o;
    give(locked, words, NULL, &o);
    assert_int_equal(o.code, DZ_OK);
    if (how == KILLED) {
        if (o.end != DZ_BOX_CRASHED || o.signal != SIGSYS)
            fail_msg("'%s' was not killed: end %d, signal %d, '%s'", words, (int)o.end, o.signal,
                     o.text.p != NULL ? o.text.p : "");
    } else if (o.end != DZ_BOX_DONE || o.text.p == NULL ||
               (strcmp(o.text.p, "refused 1") != 0 && strcmp(o.text.p, "refused 13") != 0)) {
        fail_msg("'%s' was not refused: end %d, signal %d, '%s'", words, (int)o.end, o.signal,
                 o.text.p != NULL ? o.text.p : "");
    }
    drop(&o);
    expect_honest(locked);
}

/* The same attempt without the lock works, or the test would prove nothing. */
static void
expect_works_loose(const char *words)
{
    struct outcome o;
    give(loose, words, NULL, &o);
    assert_int_equal(o.code, DZ_OK);
    if (o.end != DZ_BOX_DONE || o.text.p == NULL || strcmp(o.text.p, "did") != 0)
        fail_msg("'%s' does not work without the lock either: end %d, signal %d, '%s'", words,
                 (int)o.end, o.signal, o.text.p != NULL ? o.text.p : "");
    drop(&o);
}

static void
test_files_are_out_of_reach(void **state)
{
    (void)state;
    static const char *const reads[] = {"read /etc/passwd", "read /proc/self/environ",
                                        "read /proc/self/fd/3", "read /proc/self/maps",
                                        "list /proc/self/fd",   "list /",
                                        "stat /etc/passwd"};
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        expect_stopped(reads[i], REFUSED);
        /* A process closed to debuggers shows an ordinary user not even its own. */
        if (geteuid() == 0 || strstr(reads[i], "/proc") == NULL)
            expect_works_loose(reads[i]);
    }
    static const char *const verbs[] = {"read", "append", "empty", "rename", "unlink"};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        char words[300];
        fill_file("vault.db");
        (void)snprintf(words, sizeof words, "%s %s", verbs[i], path_of("vault.db"));
        expect_stopped(words, REFUSED);
        struct stat st;
        assert_int_equal(stat(path_of("vault.db"), &st), 0);
        assert_int_equal(st.st_size, 5);
        expect_works_loose(words);
    }
    static const char *const makers[] = {"create", "mkdir"};
    for (size_t i = 0; i < 2; i++) {
        char words[300];
        (void)snprintf(words, sizeof words, "%s %s", makers[i], path_of(makers[i]));
        expect_stopped(words, REFUSED);
        assert_int_equal(access(path_of(makers[i]), F_OK), -1);
        expect_works_loose(words);
        assert_int_equal(access(path_of(makers[i]), F_OK), 0);
    }
    expect_stopped("memfd", REFUSED);
    expect_works_loose("memfd");
}

/* ---- nobody is called ---- */

static int
listen_on(const struct sockaddr *a, socklen_t n, int type, unsigned *ret_port)
{
    int fd = socket(a->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, a, n), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(fd, 4), 0);
    struct sockaddr_in in;
    socklen_t size = sizeof in;
    if (a->sa_family == AF_INET && getsockname(fd, (struct sockaddr *)&in, &size) == 0)
        *ret_port = ntohs(in.sin_port);
    return fd;
}

static bool
was_called(int fd, int type)
{
    char byte;
    int peer = type == SOCK_STREAM ? accept(fd, NULL, NULL) : (int)recv(fd, &byte, 1, MSG_DONTWAIT);
    if (peer > 0 && type == SOCK_STREAM)
        (void)close(peer);
    return peer >= 0;
}

static void
test_nobody_can_be_called(void **state)
{
    (void)state;
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    (void)snprintf(un.sun_path, sizeof un.sun_path, "%s", path_of("socket"));
    struct sockaddr_un abstract = {.sun_family = AF_UNIX};
    (void)snprintf(abstract.sun_path + 1, sizeof abstract.sun_path - 1, "dokaz-box-%d", getpid());
    socklen_t abstract_n =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(abstract.sun_path + 1));
    unsigned tcp = 0;
    unsigned udp = 0;
    struct {
        int fd;
        int type;
        char words[300];
    } ways[] = {
        {listen_on((struct sockaddr *)&in, sizeof in, SOCK_STREAM, &tcp), SOCK_STREAM, ""},
        {listen_on((struct sockaddr *)&in, sizeof in, SOCK_DGRAM, &udp), SOCK_DGRAM, ""},
        {listen_on((struct sockaddr *)&un, sizeof un, SOCK_STREAM, &tcp), SOCK_STREAM, ""},
        {listen_on((struct sockaddr *)&abstract, abstract_n, SOCK_STREAM, &tcp), SOCK_STREAM, ""},
    };
    (void)snprintf(ways[0].words, sizeof ways[0].words, "tcp %u", tcp);
    (void)snprintf(ways[1].words, sizeof ways[1].words, "udp %u", udp);
    (void)snprintf(ways[2].words, sizeof ways[2].words, "unix %s", un.sun_path);
    (void)snprintf(ways[3].words, sizeof ways[3].words, "unix @%s", abstract.sun_path + 1);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        expect_stopped(ways[i].words, KILLED);
        assert_false(was_called(ways[i].fd, ways[i].type));
        expect_works_loose(ways[i].words);
        assert_true(was_called(ways[i].fd, ways[i].type));
        (void)close(ways[i].fd);
    }
}

/* ---- processes ---- */

static void
test_no_process_and_no_signal(void **state)
{
    (void)state;
    static const char *const deadly[] = {"fork", "vfork", "thread", "kill", "ptrace"};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        expect_stopped(deadly[i], KILLED);
        expect_works_loose(deadly[i]);
    }
    expect_stopped("tgkill", REFUSED);
    expect_works_loose("tgkill");
    char words[300];
    (void)snprintf(words, sizeof words, "kill %d", getpid());
    expect_stopped(words, KILLED);
    expect_works_loose(words);
    /* Another program leaves its trace. */
    (void)snprintf(words, sizeof words, "exec %s", path_of("touched"));
    expect_stopped(words, KILLED);
    assert_int_equal(access(path_of("touched"), F_OK), -1);
    struct outcome o;
    give(loose, words, NULL, &o);
    assert_int_equal(o.end, DZ_BOX_LIED);
    assert_int_equal(access(path_of("touched"), F_OK), 0);
    drop(&o);
}

static void
test_the_lock_does_not_come_off(void **state)
{
    (void)state;
    static const char *const refused[] = {"descriptors", "limits",  "dup",       "dumpable",
                                          "filter prctl", "exec-memory", "exec-file", "exec-later"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        expect_stopped(refused[i], REFUSED);
        expect_works_loose(refused[i]);
    }
    expect_stopped("filter", KILLED);
    expect_works_loose("filter");
    expect_stopped("int80", KILLED);
    /* A call of the processor's third mode, x32: getpid. */
    expect_stopped("call 1073741863", KILLED);
}

static void
test_large_parts_of_the_kernel_are_shut(void **state)
{
    (void)state;
    static const long calls[] = {
        SYS_socketpair,  SYS_sendmsg,       SYS_recvmsg,    SYS_execve,         SYS_execveat,
        SYS_clone,       SYS_clone3,        SYS_bpf,        SYS_perf_event_open, SYS_userfaultfd,
        SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_keyctl, SYS_add_key,
        SYS_request_key, SYS_mount,         SYS_umount2,    SYS_pivot_root,     SYS_chroot,
        SYS_setns,       SYS_unshare,       SYS_init_module, SYS_finit_module,  SYS_kexec_load,
        SYS_reboot,      SYS_pidfd_open,    SYS_pidfd_getfd, SYS_process_vm_readv,
        SYS_process_vm_writev, SYS_personality, SYS_fsopen, SYS_open_tree,      SYS_move_mount,
        SYS_setuid,      SYS_setgroups,     SYS_capset,     SYS_open_by_handle_at, SYS_mknodat,
        SYS_splice,      SYS_vmsplice,      SYS_memfd_secret,
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        char words[40];
        struct outcome o;
        (void)snprintf(words, sizeof words, "call %ld", calls[i]);
        give(locked, words, NULL, &o);
        if (o.code != DZ_OK || o.end != DZ_BOX_CRASHED || o.signal != SIGSYS)
            fail_msg("system call %ld is not deadly: end %d, signal %d, '%s'", calls[i], (int)o.end,
                     o.signal, o.text.p != NULL ? o.text.p : "");
        drop(&o);
        /* Without the lock no filter ends anybody; what the kernel says to it is its own matter. */
        if (calls[i] == SYS_userfaultfd || calls[i] == SYS_bpf || calls[i] == SYS_keyctl) {
            give(loose, words, NULL, &o);
            assert_int_equal(o.end, DZ_BOX_DONE);
            drop(&o);
        }
    }
    expect_honest(locked);
    expect_stopped("io-uring", KILLED);
    /* The null device is no terminal, which the kernel says only where the filter lets it. */
    expect_stopped("tiocsti", REFUSED);
    struct outcome o;
    give(loose, "tiocsti", NULL, &o);
    assert_string_equal(o.text.p, "refused 25");
    drop(&o);
}

static void
test_nothing_is_inherited(void **state)
{
    (void)state;
    /* As if dokaz had a secret open without close-on-exec. */
    fill_file("secret");
    int fd = open(path_of("secret"), O_RDONLY);
    int high = fcntl(fd, F_DUPFD, 200);
    assert_true(fd >= 0 && high >= 200);
    struct dz_box *fresh;
    struct dz_box_opts opts = {.folder = HOSTILE_FOLDER};
    assert_int_equal(dz_box_new(&opts, &fresh, NULL), DZ_OK);
    struct outcome o;
    give(fresh, "inherited", NULL, &o);
    assert_int_equal(o.end, DZ_BOX_DONE);
    assert_string_equal(o.text.p, "refused 9"); /* EBADF for each of 4096 */
    drop(&o);
    dz_box_free(fresh);
    (void)close(fd);
    (void)close(high);
    /* Without the lock there are at least the server's own. */
    expect_works_loose("inherited");
}

/* ---- limits ---- */

static void
expect_end(struct dz_box *b, const char *words, const struct dz_box_limits *limits,
           enum dz_box_end end)
{
    struct outcome o;
    struct dz_box_job job = {0};
    if (limits != NULL)
        job.limits = *limits;
    give(b, words, &job, &o);
    assert_int_equal(o.code, DZ_OK);
    if (o.end != end)
        fail_msg("'%s' ended as %d, not %d: signal %d, '%.60s'", words, (int)o.end, (int)end,
                 o.signal, o.text.p != NULL ? o.text.p : "");
    drop(&o);
    expect_honest(b);
}

static void
test_memory_ends(void **state)
{
    (void)state;
    struct dz_box_limits limits = {.memory_bytes = (uint64_t)256 << 20};
    static const char *const ways[] = {"memory", "memory abort", "memory base"};
    for (size_t i = 0; i < 3; i++)
        expect_end(locked, ways[i], &limits, DZ_BOX_MEMORY);
    expect_works_loose("memory");
    struct outcome o;
    give(locked, "map", NULL, &o);
    assert_string_equal(o.text.p, "refused 12");
    drop(&o);
    expect_works_loose("map");
}

static void
test_time_ends(void **state)
{
    (void)state;
    struct dz_box_limits processor = {.processor_s = 1, .wall_s = 100};
    struct dz_box_limits wall = {.wall_s = 1};
    int64_t start = dz_os_monotonic_us();
    expect_end(locked, "sleep", &wall, DZ_BOX_TIME);
    assert_true(dz_os_monotonic_us() - start < 60000000); /* half of what it is without */
    expect_end(locked, "wire-close", NULL, DZ_BOX_TIME);
    expect_end(locked, "wire-done-and-live", NULL, DZ_BOX_TIME);
    expect_end(locked, "spin", &processor, DZ_BOX_TIME);
    /* A handler for the warning does not help against the limit behind it. */
    expect_end(locked, "spin-on", &processor, DZ_BOX_TIME);
}

static void
test_floods_end(void **state)
{
    (void)state;
    struct dz_box_limits bytes = {.output_bytes = 4 << 20};
    struct dz_box_limits frames = {.n_frames = 10000};
    expect_end(locked, "flood-text", &bytes, DZ_BOX_OUTPUT);
    expect_end(locked, "flood-frames", &frames, DZ_BOX_OUTPUT);
    /* Much, but not too much, comes whole. */
    struct outcome o;
    give(locked, "slow", NULL, &o);
    assert_int_equal(o.end, DZ_BOX_DONE);
    assert_int_equal(o.text.n, 50000 * strlen("another line of an honest document\n"));
    drop(&o);
}

static void
test_lies_end(void **state)
{
    (void)state;
    static const char *const lies[] = {
        "wire-type-0",     "wire-type-99",   "wire-exit",         "wire-hello-again",
        "wire-bad-text",   "wire-nul-text",  "wire-no-pair",      "wire-empty-key",
        "wire-bad-value",  "wire-two-lines", "wire-bidi",         "wire-bad-kind",
        "wire-stray-part", "wire-part-end",  "wire-progress",     "wire-status",
        "wire-why",        "wire-no-hello",  "wire-false-length", "wire-unfinished",
        "wire-done-twice", "wire-after-done", "wire-text-in-part", "wire-done-in-part",
        "leave 0",
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
        expect_end(locked, lies[i], NULL, DZ_BOX_LIED);
    expect_end(locked, "leave 5", NULL, DZ_BOX_CRASHED);
    expect_end(locked, "wire-done-and-crash", NULL, DZ_BOX_CRASHED);
    expect_end(locked, "crash", NULL, DZ_BOX_CRASHED);
}

/* ---- the side of dokaz ---- */

static enum dz_code
stop_at_text(void *ctx, enum dz_wire_type type, struct dz_view payload, struct dz_err *err)
{
    (void)payload;
    const enum dz_code *code = ctx;
    return type == DZ_WIRE_TEXT ? dz_fail(err, *code, "enough") : DZ_OK;
}

static void
test_errors_of_the_listener(void **state)
{
    (void)state;
    enum dz_code own = DZ_E_FULL;
    struct dz_box_job job = {.frame = stop_at_text, .ctx = &own};
    struct outcome o;
    give(locked, "flood-text", &job, &o);
    assert_int_equal(o.code, DZ_E_FULL);
    assert_string_equal(o.err.msg, "enough");
    own = DZ_E_CORRUPT;
    give(locked, "flood-text", &job, &o);
    assert_int_equal(o.code, DZ_OK);
    assert_int_equal(o.end, DZ_BOX_LIED);
    expect_honest(locked);
}

static void *
cancel_soon(void *flag)
{
    (void)usleep(200000);
    __atomic_store_n((bool *)flag, true, __ATOMIC_RELAXED);
    return NULL;
}

static void
test_cancel(void **state)
{
    (void)state;
    bool cancel = false;
    pthread_t thread;
    struct dz_box_job job = {.cancel = &cancel};
    struct outcome o;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
    int64_t start = dz_os_monotonic_us();
    give(locked, "sleep", &job, &o);
    assert_int_equal(o.code, DZ_E_CANCELLED);
    assert_true(dz_os_monotonic_us() - start < 60000000);
    (void)pthread_join(thread, NULL);
    drop(&o);
    expect_honest(locked);
}

static void
test_written_documents(void **state)
{
    (void)state;
    struct outcome o = {0};
    struct dz_box_job job = {.family = "hostile", .input_fd = -1, .frame = keep, .ctx = &o};
    struct dz_box_session *s;
    bool wants = false;
    assert_int_equal(dz_box_begin(locked, &job, &s, NULL), DZ_OK);
    assert_int_equal(dz_box_write(s, "hon", 3, &wants, NULL), DZ_OK);
    assert_true(wants);
    assert_int_equal(dz_box_write(s, "est", 3, &wants, NULL), DZ_OK);
    enum dz_box_end end;
    assert_int_equal(dz_box_end(s, &end, NULL), DZ_OK);
    assert_int_equal(end, DZ_BOX_DONE);
    assert_string_equal(o.text.p, "honest");
    drop(&o);

    /* Who has seen enough is not written to; and dokaz does not die of SIGPIPE. */
    o = (struct outcome){0};
    assert_int_equal(dz_box_begin(locked, &job, &s, NULL), DZ_OK);
    static char much[1 << 20];
    wants = true;
    for (int i = 0; i < 64 && wants; i++)
        assert_int_equal(dz_box_write(s, much, sizeof much, &wants, NULL), DZ_OK);
    assert_false(wants);
    assert_int_equal(dz_box_end(s, &end, NULL), DZ_OK);
    assert_int_equal(end, DZ_BOX_DONE);
    drop(&o);

    assert_int_equal(dz_box_begin(locked, &job, &s, NULL), DZ_OK);
    dz_box_cancel(s);
    dz_box_cancel(NULL);
    expect_honest(locked);
}

/* The reader has a place of its own in the file, also where dokaz may not open it a second time. */
static void
test_place_in_the_file_is_ours(void **state)
{
    (void)state;
    fill_file("honest");
    int dumpable = prctl(PR_GET_DUMPABLE);
    for (int way = 0; way < 3; way++) {
        int fd = way == 0 ? memory_file("vault") : open(path_of("honest"), O_RDONLY | O_CLOEXEC);
        assert_int_equal(lseek(fd, 3, SEEK_SET), 3);
        (void)prctl(PR_SET_DUMPABLE, way == 2 ? 0 : dumpable);
        struct outcome o = {0};
        struct dz_box_job job = {.family = "hostile", .input_fd = fd, .frame = keep, .ctx = &o};
        struct dz_box_session *s;
        enum dz_box_end end;
        assert_int_equal(dz_box_begin(locked, &job, &s, NULL), DZ_OK);
        assert_int_equal(dz_box_end(s, &end, NULL), DZ_OK);
        (void)prctl(PR_SET_DUMPABLE, dumpable);
        assert_string_equal(o.text.p, "vault");
        assert_int_equal(lseek(fd, 0, SEEK_CUR), 3);
        drop(&o);
        (void)close(fd);
    }
}

static int
count_children(void)
{
    char path[64];
    char list[4096] = "";
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, list, sizeof list - 1) : 0;
    (void)close(fd);
    int count = 0;
    for (ssize_t i = 0; i < n; i++)
        count += list[i] == ' ';
    return count;
}

static int
count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void
test_server_that_died_is_replaced(void **state)
{
    (void)state;
    expect_honest(loose);
    int children = count_children();
    int open_now = count_descriptors();
    for (int i = 0; i < 5; i++) {
        /* Without the lock a document can end its own server. */
        struct outcome o;
        give(loose, "kill-server", NULL, &o);
        assert_int_equal(o.code, DZ_OK);
        assert_int_equal(o.end, DZ_BOX_CRASHED);
        drop(&o);
        expect_honest(loose);
    }
    assert_int_equal(count_children(), children); /* no zombie */
    assert_int_equal(count_descriptors(), open_now);
}

/* How long a server took to go while one of its children slept. */
static int64_t
time_to_go(void)
{
    struct dz_box *fresh;
    struct dz_box_opts opts = {.folder = HOSTILE_FOLDER};
    int children = count_children();
    assert_int_equal(dz_box_new(&opts, &fresh, NULL), DZ_OK);
    int fd = memory_file("sleep");
    struct outcome o = {0};
    struct dz_box_job job = {.family = "hostile", .input_fd = fd, .frame = keep, .ctx = &o};
    struct dz_box_session *s;
    assert_int_equal(dz_box_begin(fresh, &job, &s, NULL), DZ_OK);
    assert_int_equal(count_children(), children + 1);
    int64_t start = dz_os_monotonic_us();
    dz_box_cancel(s);
    dz_box_free(fresh);
    dz_box_free(NULL);
    int64_t took = dz_os_monotonic_us() - start;
    assert_int_equal(count_children(), children);
    (void)close(fd);
    drop(&o);
    return took;
}

/* It ends by itself, before it is killed after two seconds: once in five, on a busy machine. */
static void
test_children_die_with_the_server(void **state)
{
    (void)state;
    for (int tries = 5; time_to_go() >= 1900000; tries--)
        assert_true(tries > 0);
}

static void *
read_many(void *ctx)
{
    (void)ctx;
    for (int i = 0; i < 60; i++)
        expect_honest(locked);
    return NULL;
}

static void
test_threads_share_a_box(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_many, NULL), 0);
    for (size_t i = 0; i < 4; i++)
        (void)pthread_join(threads[i], NULL);
}

static void
test_missing_programs(void **state)
{
    (void)state;
    static const char *const families[] = {"none", "../hostile", "", "Hostile"};
    for (size_t i = 0; i < 4; i++) {
        struct dz_box_job job = {.family = families[i], .input_fd = -1, .frame = keep};
        struct dz_box_session *s;
        assert_int_equal(dz_box_begin(locked, &job, &s, NULL), DZ_E_NOTFOUND);
    }
    /* Neither beside this test nor installed: said at once. */
    struct dz_box_opts opts = {0};
    struct dz_box *b = NULL;
    if (dz_box_new(&opts, &b, NULL) == DZ_OK)
        dz_box_free(b);
    else
        assert_null(b);
}

/* This program again, on a kernel that knows no Landlock (tests/worker_hostile/no_landlock.c). */
static void
test_kernel_without_landlock(void **state)
{
    (void)state;
    assert_true(dz_box_landlock_abi() > 0);
    char self[512];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(n > 0);
    self[n] = '\0';
    pid_t pid = fork();
    if (pid == 0) {
        (void)setenv("DOKAZ_TEST_BOX_WITHOUT", "1", 1);
        (void)execl(HOSTILE_FOLDER "/no-landlock", "no-landlock", self, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* What that other run looks at: refused, unless told otherwise; and then the filter still holds. */
static int
without_landlock(void)
{
    struct outcome o;
    struct dz_box_opts opts = {.folder = HOSTILE_FOLDER};
    if (dz_box_landlock_abi() != 0)
        return 10;
    if (dz_box_new(&opts, &locked, NULL) != DZ_OK)
        return 11;
    give(locked, "honest", NULL, &o);
    if (o.code != DZ_E_DENIED || strstr(o.err.msg, "Landlock") == NULL)
        return 12;
    drop(&o);
    dz_box_free(locked);
    opts.without_landlock = true;
    if (dz_box_new(&opts, &locked, NULL) != DZ_OK)
        return 13;
    give(locked, "honest", NULL, &o);
    if (o.code != DZ_OK || o.end != DZ_BOX_DONE)
        return 14;
    drop(&o);
    give(locked, "read /etc/passwd", NULL, &o);
    if (o.code != DZ_OK || o.text.p == NULL || strcmp(o.text.p, "refused 1") != 0)
        return 15;
    drop(&o);
    dz_box_free(locked);
    return 0;
}

static int
open_boxes(void **state)
{
    (void)state;
    struct dz_box_opts opts = {.folder = HOSTILE_FOLDER};
    return mkdtemp(folder) == NULL || dz_box_new(&opts, &locked, NULL) != DZ_OK ||
           dz_box_new(&opts, &loose, NULL) != DZ_OK;
}

static int
close_boxes(void **state)
{
    (void)state;
    dz_box_free(locked);
    dz_box_free(loose);
    static const char *const left[] = {"vault.db", "vault.db.moved", "create", "socket",
                                       "touched",  "honest",         "secret"};
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        (void)unlink(path_of(left[i]));
    (void)rmdir(path_of("mkdir"));
    return rmdir(folder);
}

int
main(void)
{
    if (getenv("DOKAZ_TEST_BOX_WITHOUT") != NULL)
        return without_landlock();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_honest_document),
        cmocka_unit_test(test_files_are_out_of_reach),
        cmocka_unit_test(test_nobody_can_be_called),
        cmocka_unit_test(test_no_process_and_no_signal),
        cmocka_unit_test(test_the_lock_does_not_come_off),
        cmocka_unit_test(test_large_parts_of_the_kernel_are_shut),
        cmocka_unit_test(test_nothing_is_inherited),
        cmocka_unit_test(test_memory_ends),
        cmocka_unit_test(test_time_ends),
        cmocka_unit_test(test_floods_end),
        cmocka_unit_test(test_lies_end),
        cmocka_unit_test(test_errors_of_the_listener),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_written_documents),
        cmocka_unit_test(test_place_in_the_file_is_ours),
        cmocka_unit_test(test_server_that_died_is_replaced),
        cmocka_unit_test(test_children_die_with_the_server),
        cmocka_unit_test(test_threads_share_a_box),
        cmocka_unit_test(test_missing_programs),
        cmocka_unit_test(test_kernel_without_landlock),
    };
    return cmocka_run_group_tests(tests, open_boxes, close_boxes);
}
