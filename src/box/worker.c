#define _GNU_SOURCE /* ppoll */
#include "dz_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dz_jail.h"
#include "dz_os.h"
#include "request_impl.h"
#include "work_impl.h"

#define READER_NICE 3
#define CHILDREN_MAX 64 /* documents at a time; more wait in the socket */

struct child {
    pid_t pid;
    int exit_fd; /* says how it ended; when nobody listens there any more, the child has to go */
    int64_t deadline_us;
    unsigned processor_s;
    bool late;
};

struct server {
    const struct dz_family *family;
    pid_t pid;
    struct child children[CHILDREN_MAX];
    size_t n_children;
    sigset_t usual; /* signals as they are outside of the loop's wait */
};

/* ---- memory ---- */

#define POOL_BYTES ((int)512 << 10)      /* of memory fetched from the kernel at a time */
#define LARGE_BYTES ((int)4 << 20)       /* pieces from here on come and go on their own */

/* A process that reads one document gives nothing back before it ends: what it frees it will need
 * again, and each page that went back would be cleared and mapped anew. */
static void
keep_memory(void)
{
    (void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
    (void)mallopt(M_TOP_PAD, POOL_BYTES);
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
}

#define ROOM_LEAST ((size_t)64 << 10)
#define ROOM_MOST ((size_t)1 << 20)
#define ROOM_RATIO 8 /* bytes that reading takes for each byte of a page */

/* Have the memory that a document of this size will need mapped at once: page by page, each by a
 * fault of its own, it costs twice as much. Kernels before 5.14 refuse, and nothing is lost. */
static void
make_room(uint64_t document_bytes)
{
#ifdef MADV_POPULATE_WRITE
    size_t n = ROOM_MOST;
    if (document_bytes < (ROOM_MOST - ROOM_LEAST) / ROOM_RATIO)
        n = ROOM_LEAST + (size_t)document_bytes * ROOM_RATIO;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t cap = 0;
    char *room = dz_grow_room(NULL, &cap, n);
    uintptr_t from = ((uintptr_t)room + page - 1) & ~(page - 1);
    uintptr_t to = ((uintptr_t)room + n) & ~(page - 1);
    (void)madvise((void *)from, to - from, MADV_POPULATE_WRITE);
    dz_free(room);
#else
    (void)document_bytes;
#endif
}

#define HUGE_BYTES ((size_t)2 << 20) /* a large page of most processors */
#define HEAVY_ROOM (4 * HUGE_BYTES)
#define ASIDE_LEAST ((size_t)64 << 10)

/* A library that takes megabytes gets them as large pages, each by one fault instead of five
 * hundred. What is free before the first of them is left aside, untouched. */
static void
make_heavy_room(void)
{
#ifdef MADV_HUGEPAGE
    size_t cap = 0;
    (void)mallopt(M_MMAP_THRESHOLD, (int)(2 * HEAVY_ROOM));
    char *room = dz_grow_room(NULL, &cap, HEAVY_ROOM);
    size_t before = (HUGE_BYTES - (uintptr_t)room % HUGE_BYTES) % HUGE_BYTES;
    (void)madvise(room + before, HEAVY_ROOM - HUGE_BYTES, MADV_HUGEPAGE);
    dz_free(room);
    for (size_t part = HUGE_BYTES / 2; part >= ASIDE_LEAST; part /= 2) {
        if (before <= part)
            continue;
        cap = 0;
        (void)dz_grow_room(NULL, &cap, part); /* as long as the process */
        before -= part;
    }
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
#endif
}

/* ---- servers ---- */

static volatile sig_atomic_t child_ended;

static void
on_child(int sig)
{
    (void)sig;
    child_ended = 1;
}

static void
close_all(int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fds[i] >= 0)
            (void)close(fds[i]);
        fds[i] = -1;
    }
}

/* One packet and the descriptors that came with it. False: the socket is closed. */
static bool
receive(char *packet, size_t size, size_t *ret_n, int fds[REQUEST_FDS], size_t *ret_fds)
{
    union {
        char space[CMSG_SPACE(REQUEST_FDS * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = packet, .iov_len = size};
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = control.space,
                       .msg_controllen = sizeof control.space};
    ssize_t n;
    do
        n = recvmsg(SERVER_FD, &m, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    *ret_n = (size_t)n;
    *ret_fds = 0;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
        *ret_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds, CMSG_DATA(c), *ret_fds * sizeof(int));
    }
    return true;
}

/* ---- the child ---- */

static void
send_out(struct dz_work *w)
{
    const char *p = w->out->p;
    size_t n = w->out->n;
    while (n > 0) {
        ssize_t sent = write(w->out_fd, p, n);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            _exit(0); /* nobody listens any more */
        p += sent;
        n -= (size_t)sent;
    }
    dz_buf_reset(w->out);
}

static void
emit_frame(struct dz_work *w, enum dz_wire_type type, struct dz_view payload)
{
    if (w->out->n + DZ_WIRE_HEAD_BYTES + payload.n > w->out->max)
        send_out(w);
    dz_wire_add(w->out, type, payload);
    /* Progress is for somebody who waits. */
    if (type == DZ_WIRE_PROGRESS)
        send_out(w);
}

__attribute__((noreturn)) static void
end_process(struct dz_work *w)
{
    send_out(w);
    _exit(0);
}

static volatile sig_atomic_t memory_refused;

void
dz_worker_memory_refused(void)
{
    memory_refused = 1;
}

/* Libraries answer an allocation that was refused by a null pointer used or by abort. Told apart
 * here from a crash of another cause; without memory nothing else could be done anyway. */
static void
on_fatal(int sig)
{
    if (memory_refused)
        _exit(DZ_WIRE_EXIT_MEMORY);
    (void)signal(sig, SIG_DFL); /* and the instruction is run again */
}

static void
watch_for_memory(void)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGILL, SIGFPE};
    struct sigaction action = {.sa_handler = on_fatal};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        (void)sigaction(fatal[i], &action, NULL);
    dz_panic_exit(DZ_WIRE_EXIT_MEMORY);
}

/* The document and the output get their places behind 0, 1 and 2, which are the null device since
 * the start; the lock closes everything else. */
static bool
put_in_place(int document, int output)
{
    /* The numbers may be the other way round, so both go above first. */
    int a = fcntl(document, F_DUPFD, 64);
    int b = fcntl(output, F_DUPFD, 64);
    return a >= 0 && b >= 0 && dup2(a, 3) == 3 && dup2(b, 4) == 4;
}

__attribute__((noreturn)) static void
read_document(const struct server *s, const struct request *q, const int fds[REQUEST_FDS])
{
    /* Between fork and this call the server may have died; then nobody keeps the time. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != s->pid)
        _exit(2);
    (void)signal(SIGCHLD, SIG_DFL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &s->usual, NULL);
    if (!put_in_place(fds[0], fds[1]))
        _exit(2);
    watch_for_memory();

    struct dz_work *w = dz_work_new(q->name, q->media_type, q->options);
    struct dz_buf out = DZ_BUF(DZ_WIRE_HEAD_BYTES + DZ_WIRE_PAYLOAD_MAX);
    w->fd = 3;
    w->out_fd = 4;
    w->out = &out;
    w->emit = emit_frame;
    w->end = end_process;
    dz_work_measure(w);
    if (s->family->heavy)
        make_heavy_room();
    else
        make_room(w->file_bytes);
    struct dz_jail_limits limits = {.memory_bytes = q->memory_bytes, .processor_s = q->processor_s};
    /* Not locked in, nothing is read. */
    if (dz_jail_document(&limits, s->family->folders != NULL, NULL) != DZ_OK)
        _exit(2);

    DZ_AUTO_BUF struct dz_buf hello = DZ_BUF(256);
    dz_buf_add_u8(&hello, DZ_WIRE_VERSION);
    dz_buf_adds(&hello, s->family->extractor);
    emit_frame(w, DZ_WIRE_HELLO, dz_buf_view(&hello));
    s->family->read(w);
    /* A reader that forgot to end is a mistake of ours, and seen as such. */
    _exit(3);
}

/* ---- the server's work ---- */

static void
begin_child(struct server *s, struct dz_view packet, int fds[REQUEST_FDS], size_t n_fds)
{
    struct request q;
    if (n_fds != REQUEST_FDS || !dz_request_read(packet, &q)) {
        close_all(fds, n_fds);
        return;
    }
    pid_t pid = fork();
    if (pid == 0)
        read_document(s, &q, fds);
    /* Without a child the exit closes without a word, which dokaz takes for what it is. */
    if (pid < 0)
        (void)close(fds[2]);
    else
        s->children[s->n_children++] = (struct child){
            .pid = pid,
            .exit_fd = fds[2],
            .deadline_us = dz_os_monotonic_us() + (int64_t)q.wall_s * 1000000,
            .processor_s = q.processor_s,
        };
    close_all(fds, 2);
}

static void
say_exit(const struct child *c, int status, const struct rusage *used)
{
    enum dz_wire_exit how = WIFSIGNALED(status) ? DZ_WIRE_KILLED : DZ_WIRE_EXITED;
    uint32_t value = (uint32_t)(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    int64_t spent = (int64_t)used->ru_utime.tv_sec + used->ru_stime.tv_sec;
    /* The hard limit of processor time kills without a word of its own. */
    bool spent_all = how == DZ_WIRE_KILLED && value == SIGKILL && spent >= c->processor_s;
    if (c->late || spent_all || (how == DZ_WIRE_KILLED && value == SIGXCPU))
        how = DZ_WIRE_LATE;
    DZ_AUTO_BUF struct dz_buf payload = DZ_BUF(8);
    dz_buf_add_u8(&payload, (uint8_t)how);
    dz_buf_add_u32be(&payload, value);
    DZ_AUTO_BUF struct dz_buf frame = DZ_BUF(64);
    dz_wire_add(&frame, DZ_WIRE_EXIT, dz_buf_view(&payload));
    /* The pipe is empty and has room; when nobody reads it, nobody wants to know. */
    ssize_t ignored = write(c->exit_fd, frame.p, frame.n);
    (void)ignored;
    (void)close(c->exit_fd);
}

static void
reap(struct server *s)
{
    int status;
    struct rusage used;
    pid_t pid;
    child_ended = 0;
    while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) {
        size_t i = 0;
        while (i < s->n_children && s->children[i].pid != pid)
            i++;
        if (i == s->n_children)
            continue;
        say_exit(&s->children[i], status, &used);
        s->children[i] = s->children[--s->n_children];
    }
}

/* Wait for the next request, the end of a child, or the time of one to be up. */
static bool
wait_for_work(struct server *s)
{
    struct pollfd polled[CHILDREN_MAX + 1];
    bool room = s->n_children < CHILDREN_MAX;
    polled[0] = (struct pollfd){.fd = SERVER_FD, .events = (short)(room ? POLLIN : 0)};
    int64_t next_us = INT64_MAX;
    for (size_t i = 0; i < s->n_children; i++) {
        struct child *c = &s->children[i];
        polled[i + 1] = (struct pollfd){.fd = c->late ? -1 : c->exit_fd};
        if (!c->late && c->deadline_us < next_us)
            next_us = c->deadline_us;
    }
    struct timespec wait = {0};
    int64_t left = next_us != INT64_MAX ? next_us - dz_os_monotonic_us() : 0;
    if (left > 0)
        wait = (struct timespec){.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
    sigset_t open_for_children = s->usual;
    (void)sigdelset(&open_for_children, SIGCHLD);
    int n = ppoll(polled, s->n_children + 1, next_us == INT64_MAX ? NULL : &wait,
                  &open_for_children);
    int64_t now = dz_os_monotonic_us();
    for (size_t i = 0; i < s->n_children; i++) {
        struct child *c = &s->children[i];
        bool unwanted = n > 0 && (polled[i + 1].revents & POLLERR) != 0;
        if (!c->late && (unwanted || now >= c->deadline_us)) {
            c->late = true;
            (void)kill(c->pid, SIGKILL);
        }
    }
    if (child_ended)
        reap(s);
    if (n <= 0)
        return false;
    /* When dokaz closes the socket, the children end with their server. */
    if ((polled[0].revents & (POLLHUP | POLLERR)) != 0)
        _exit(0);
    return (polled[0].revents & POLLIN) != 0;
}

static void
answer(enum dz_code code, const char *words)
{
    DZ_AUTO_BUF struct dz_buf packet = DZ_BUF(ANSWER_MAX);
    dz_buf_add_u8(&packet, DZ_WIRE_VERSION);
    dz_buf_add_u8(&packet, (uint8_t)code);
    dz_buf_adds(&packet, words);
    ssize_t ignored = send(SERVER_FD, packet.p, packet.n, MSG_NOSIGNAL);
    (void)ignored;
}

int
dz_worker_main(const struct dz_family *f)
{
    static struct server s;
    char packet[REQUEST_MAX];
    int fds[REQUEST_FDS];
    size_t n;
    size_t n_fds;
    dz_os_harden();
    s.family = f;
    s.pid = getpid();
    if (!receive(packet, sizeof packet, &n, fds, &n_fds) || n != START_BYTES ||
        packet[0] != DZ_WIRE_VERSION) {
        static const char words[] =
            "This program is a part of dokaz, which starts it when needed.\n";
        ssize_t ignored = write(STDERR_FILENO, words, sizeof words - 1);
        (void)ignored;
        return 2;
    }
    bool without_landlock = ((unsigned char)packet[1] & START_WITHOUT_LANDLOCK) != 0;
    /* The thread of dokaz that takes over what was read goes first: it is one, and readers are
     * many. When it lags, they run out of work at the end and it is left alone with a processor. */
    (void)setpriority(PRIO_PROCESS, 0, READER_NICE);
    keep_memory();
    if (f->warm != NULL)
        f->warm();
    struct dz_err err;
    enum dz_code code = dz_jail_server(f->folders, without_landlock, &err);
    /* What making the filters left behind in the allocator would be copied for every document. */
    (void)malloc_trim(0);
    answer(code, code == DZ_OK ? "" : err.msg);
    if (code != DZ_OK)
        return 1;

    sigset_t child;
    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &child, &s.usual);
    (void)sigaction(SIGCHLD, &(struct sigaction){.sa_handler = on_child}, NULL);
    /* Who was given up by dokaz is written an exit that nobody reads. */
    (void)signal(SIGPIPE, SIG_IGN);
    for (;;) {
        if (!wait_for_work(&s))
            continue;
        if (!receive(packet, sizeof packet, &n, fds, &n_fds))
            return 0;
        begin_child(&s, (struct dz_view){.p = packet, .n = n}, fds, n_fds);
    }
}
