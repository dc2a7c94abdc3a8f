#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box_impl.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "dz_utf8.h"

#define START_WAIT_MS 30000 /* a server of OCR loads its data first */
#define STOP_WAIT_US 2000000

/* Servers get nothing of dokaz's surroundings. Libraries are told to stay in one thread: another is
 * refused to them. Their functions are looked up once, in the server, instead of in the process of
 * each document. */
static char *const environment[] = {
    (char[]){"PATH=/nonexistent"},  (char[]){"LC_ALL=C.UTF-8"},
    (char[]){"OMP_THREAD_LIMIT=1"}, (char[]){"OMP_NUM_THREADS=1"},
    (char[]){"MALLOC_ARENA_MAX=1"}, (char[]){"G_SLICE=always-malloc"},
    (char[]){"GIO_USE_VFS=local"},  (char[]){"LD_BIND_NOW=1"},
    (char[]){"GLIBC_TUNABLES=glibc.malloc.tcache_count=4096"},
    NULL,
};

/* The first words of a server: whether it is locked in. */
static enum dz_code
hear_answer(int fd, const char *family, struct dz_err *err)
{
    char packet[ANSWER_MAX + 1];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int64_t until = dz_os_monotonic_us() + (int64_t)START_WAIT_MS * 1000;
    int ready;
    do {
        int64_t left = (until - dz_os_monotonic_us()) / 1000;
        ready = poll(&p, 1, left > 0 ? (int)left : 0);
    } while (ready < 0 && errno == EINTR);
    ssize_t n = ready > 0 ? recv(fd, packet, sizeof packet - 1, MSG_DONTWAIT) : -1;
    if (n < 2 || packet[0] != DZ_WIRE_VERSION)
        return dz_fail(err, DZ_E_IO,
                       "the reader of '%s' files did not start: the installation may be incomplete",
                       family);
    if (packet[1] == DZ_OK)
        return DZ_OK;
    packet[n] = '\0';
    return dz_fail(err, DZ_E_DENIED, "the reader of '%s' files could not lock itself in: %s",
                   family, packet + 2);
}

void
dz_box_stop_server(struct box_server *s)
{
    if (s->pid == 0)
        return;
    (void)close(s->fd);
    s->fd = -1;
    int64_t until = dz_os_monotonic_us() + STOP_WAIT_US;
    pid_t got;
    while ((got = waitpid(s->pid, NULL, WNOHANG)) == 0 || (got < 0 && errno == EINTR)) {
        if (dz_os_monotonic_us() > until)
            (void)kill(s->pid, SIGKILL);
        (void)poll(NULL, 0, 1);
    }
    s->pid = 0;
}

static enum dz_code
start(struct dz_box *b, struct box_server *s, struct dz_err *err)
{
    DZ_AUTO_FREE char *program = dz_asprintf("%s/dokaz-read-%s", b->folder, s->family);
    if (!dz_os_exists(AT_FDCWD, program))
        return dz_fail(err, DZ_E_NOTFOUND,
                       "'%s' is not there, and without it such files are kept but not read",
                       program);
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return dz_fail_sys(err, errno, "'%s' cannot be started", program);
    const char *const arguments[] = {program, NULL};
    int sys = dz_box_spawn(program, arguments, environment, &pair[1], 1, &s->pid);
    (void)close(pair[1]);
    if (sys != 0) {
        s->pid = 0;
        (void)close(pair[0]);
        return dz_fail_sys(err, sys, "'%s' cannot be started", program);
    }
    s->fd = pair[0];
    char hello[START_BYTES] = {DZ_WIRE_VERSION,
                               b->without_landlock ? (char)START_WITHOUT_LANDLOCK : 0};
    (void)!send(s->fd, hello, sizeof hello, MSG_NOSIGNAL);
    enum dz_code code = hear_answer(s->fd, s->family, err);
    if (code != DZ_OK)
        dz_box_stop_server(s);
    return code;
}

static bool
send_request(int fd, struct dz_view packet, const int fds[REQUEST_FDS])
{
    union {
        char space[CMSG_SPACE(REQUEST_FDS * sizeof(int))];
        struct cmsghdr align;
    } control;
    memset(&control, 0, sizeof control);
    struct iovec part = {.iov_base = (void *)(uintptr_t)packet.p, .iov_len = packet.n};
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = control.space,
                       .msg_controllen = sizeof control.space};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(REQUEST_FDS * sizeof(int));
    memcpy(CMSG_DATA(c), fds, REQUEST_FDS * sizeof(int));
    ssize_t n;
    do
        n = sendmsg(fd, &m, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)packet.n;
}

static struct box_server *
find(struct dz_box *b, const char *family)
{
    for (size_t i = 0; i < b->n_servers; i++) {
        if (strcmp(b->servers[i].family, family) == 0)
            return &b->servers[i];
    }
    size_t n = strlen(family);
    bool good = n > 0 && n <= FAMILY_NAME_MAX && strspn(family, "abcdefghijklmnopqrstuvwxyz") == n;
    if (!good || b->n_servers == FAMILIES_MAX)
        return NULL;
    struct box_server *s = &b->servers[b->n_servers++];
    *s = (struct box_server){.fd = -1};
    memcpy(s->family, family, n + 1);
    return s;
}

static enum dz_code
request(struct dz_box *b, const char *family, struct dz_view packet, const int fds[REQUEST_FDS],
        pid_t *ret_pid, struct dz_err *err)
{
    struct box_server *s = find(b, family);
    if (s == NULL)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no reader of '%s' files", family);
    bool fresh = s->pid == 0;
    if (fresh)
        DZ_TRY(start(b, s, err));
    bool sent = send_request(s->fd, packet, fds);
    if (!sent && !fresh) {
        /* It died since the last document; a new one is as good. */
        dz_box_stop_server(s);
        DZ_TRY(start(b, s, err));
        sent = send_request(s->fd, packet, fds);
    }
    if (!sent) {
        dz_box_stop_server(s);
        return dz_fail(err, DZ_E_IO, "the reader of '%s' files ended as soon as it had started",
                       family);
    }
    *ret_pid = s->pid;
    return DZ_OK;
}

enum dz_code
dz_box_request(struct dz_box *b, const char *family, struct dz_view packet,
               const int fds[REQUEST_FDS], pid_t *ret_pid, struct dz_err *err)
{
    (void)pthread_mutex_lock(&b->lock);
    enum dz_code code = request(b, family, packet, fds, ret_pid, err);
    (void)pthread_mutex_unlock(&b->lock);
    return code;
}

void
dz_box_kill_server(struct dz_box *b, pid_t pid)
{
    (void)pthread_mutex_lock(&b->lock);
    for (size_t i = 0; i < b->n_servers; i++) {
        if (b->servers[i].pid == pid && pid > 0) {
            (void)kill(pid, SIGKILL);
            dz_box_stop_server(&b->servers[i]);
        }
    }
    (void)pthread_mutex_unlock(&b->lock);
}
