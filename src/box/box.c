#define _GNU_SOURCE /* pipe2, F_SETPIPE_SZ */
#include "dz_box.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box_impl.h"
#include "dz_os.h"

#define MEMORY_DEFAULT ((uint64_t)512 << 20)
#define PROCESSOR_DEFAULT 60u
#define WALL_DEFAULT 120u
#define OUTPUT_DEFAULT ((uint64_t)256 << 20)
#define FRAMES_DEFAULT ((uint64_t)2000000)

#define CHUNK_BYTES ((size_t)64 << 10)
#define ROOM_BYTES (DZ_WIRE_HEAD_BYTES + DZ_WIRE_PAYLOAD_MAX + CHUNK_BYTES)
#define PIPE_BYTES (256 << 10)
#define SMALL_BYTES (64 << 10) /* a file whose words fit into a pipe as it comes */
#define LOOK_MS 100                /* how often the cancel flag is looked at */
#define GRACE_US ((int64_t)5000000) /* over the server's own time */
#define LINGER_US ((int64_t)2000000) /* from the end of the output to the end of the process */

/* Where a box looks for the programs beside dokaz itself. */
static const char *const known_families[] = {"text", "html", "pdf", "office", "mail"};

struct dz_box_session {
    struct dz_box *box;
    struct dz_box_limits limits;
    dz_box_frame_fn *frame;
    void *ctx;
    const bool *cancel;
    int *ret_signal;
    pid_t server;
    int source; /* read and passed on by us; -1: none */
    uint64_t source_pos;
    int in;   /* -1: nothing more to write */
    int out;  /* -1: the output has ended */
    int exit; /* -1: the end is known, or given up */
    int64_t deadline_us;

    char *room; /* what has come and is no whole frame yet */
    size_t room_n;
    uint64_t n_bytes;
    uint64_t n_frames;
    struct box_check check;

    bool exited;
    enum dz_wire_exit how;
    uint32_t value;
    bool judged;             /* verdict holds, whatever comes later */
    enum dz_box_end verdict;
    enum dz_code code;       /* not the worker's fault */
    struct dz_err err;
};

/* ---- the box ---- */

static bool
holds_programs(const char *folder)
{
    for (size_t i = 0; i < sizeof known_families / sizeof *known_families; i++) {
        DZ_AUTO_FREE char *path = dz_asprintf("%s/dokaz-read-%s", folder, known_families[i]);
        if (dz_os_exists(AT_FDCWD, path))
            return true;
    }
    return false;
}

static char *
find_folder(void)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = NULL;
    if (n > 0) {
        self[n] = '\0';
        slash = strrchr(self, '/');
    }
    if (slash != NULL && slash != self) {
        *slash = '\0';
        if (holds_programs(self))
            return dz_strdup(self);
    }
    return holds_programs(DZ_LIBEXECDIR) ? dz_strdup(DZ_LIBEXECDIR) : NULL;
}

enum dz_code
dz_box_new(const struct dz_box_opts *opts, struct dz_box **ret, struct dz_err *err)
{
    char *folder = opts->folder != NULL ? dz_strdup(opts->folder) : find_folder();
    if (folder == NULL)
        return dz_fail(
            err, DZ_E_NOTFOUND,
            "the programs that read files (dokaz-read-...) are neither beside dokaz nor in "
            "'%s': install dokaz completely",
            DZ_LIBEXECDIR);
    struct dz_box *b = dz_alloc(sizeof *b);
    b->folder = folder;
    b->without_landlock = opts->without_landlock;
    (void)pthread_mutex_init(&b->lock, NULL);
    *ret = b;
    return DZ_OK;
}

void
dz_box_free(struct dz_box *b)
{
    if (b == NULL)
        return;
    /* All are told before the first is waited for. */
    for (size_t i = 0; i < b->n_servers; i++) {
        if (b->servers[i].fd >= 0)
            (void)shutdown(b->servers[i].fd, SHUT_RDWR);
    }
    for (size_t i = 0; i < b->n_servers; i++)
        dz_box_stop_server(&b->servers[i]);
    (void)pthread_mutex_destroy(&b->lock);
    dz_free(b->folder);
    dz_free(b);
}

/* ---- beginning ---- */

/* A description of its own: a reader that moves its place in the file must not move dokaz's. A file
 * in memory is read by place and made for the reader alone. -1: not to be had, as an ordinary user
 * may not look into the descriptors of a process that is closed to debuggers. */
static int
open_again(int fd)
{
    if (fcntl(fd, F_GET_SEALS) >= 0)
        return fcntl(fd, F_DUPFD_CLOEXEC, 0);
    char path[40];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static bool
is_small(int input_fd)
{
    struct stat st;
    return input_fd >= 0 && fstat(input_fd, &st) == 0 && S_ISREG(st.st_mode) &&
           st.st_size <= SMALL_BYTES;
}

/* Make the three ways; ours go into the session, theirs into fds. */
static bool
make_ways(struct dz_box_session *s, int input_fd, int fds[REQUEST_FDS])
{
    int pair[2];
    if (input_fd >= 0)
        fds[0] = open_again(input_fd);
    if (fds[0] < 0) {
        /* Then dokaz reads the file itself and passes it on. */
        s->source = input_fd;
        /* A socket, as writing to one can be asked not to raise SIGPIPE. */
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
            return false;
        s->in = pair[0];
        fds[0] = pair[1];
        (void)shutdown(s->in, SHUT_RD);
    }
    if (pipe2(pair, O_CLOEXEC) != 0)
        return false;
    s->out = pair[0];
    fds[1] = pair[1];
    (void)fcntl(s->out, F_SETFL, O_NONBLOCK);
    /* Refused where many are in use, works anyway, and what little a small page says has room. */
    if (!is_small(input_fd))
        (void)fcntl(s->out, F_SETPIPE_SZ, PIPE_BYTES);
    if (pipe2(pair, O_CLOEXEC) != 0)
        return false;
    s->exit = pair[0];
    fds[2] = pair[1];
    (void)fcntl(s->exit, F_SETFL, O_NONBLOCK);
    return true;
}

static void
close_one(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void
free_session(struct dz_box_session *s)
{
    close_one(&s->in);
    close_one(&s->out);
    close_one(&s->exit);
    dz_free(s->room);
    dz_free(s);
}

static struct dz_box_limits
with_defaults(struct dz_box_limits l)
{
    l.memory_bytes = l.memory_bytes != 0 ? l.memory_bytes : MEMORY_DEFAULT;
    l.processor_s = l.processor_s != 0 ? l.processor_s : PROCESSOR_DEFAULT;
    l.wall_s = l.wall_s != 0 ? l.wall_s : WALL_DEFAULT;
    l.output_bytes = l.output_bytes != 0 ? l.output_bytes : OUTPUT_DEFAULT;
    l.n_frames = l.n_frames != 0 ? l.n_frames : FRAMES_DEFAULT;
    return l;
}

static enum dz_code
hand_in(struct dz_box_session *s, const struct dz_box_job *job, struct dz_err *err)
{
    struct request q = {
        .memory_bytes = s->limits.memory_bytes,
        .processor_s = s->limits.processor_s,
        .wall_s = s->limits.wall_s,
        .name = job->name != NULL ? job->name : "",
        .media_type = job->media_type != NULL ? job->media_type : "",
        .options = job->options != NULL ? job->options : "",
    };
    DZ_AUTO_BUF struct dz_buf packet = DZ_BUF(REQUEST_MAX);
    DZ_TRY(dz_request_write(&q, &packet, err));
    int fds[REQUEST_FDS] = {-1, -1, -1};
    enum dz_code code = DZ_OK;
    if (!make_ways(s, job->input_fd, fds))
        code = dz_fail_sys(err, errno, "the file cannot be handed to its reader");
    else
        code = dz_box_request(s->box, job->family, dz_buf_view(&packet), fds, &s->server, err);
    for (size_t i = 0; i < REQUEST_FDS; i++)
        close_one(&fds[i]);
    return code;
}

enum dz_code
dz_box_begin(struct dz_box *b, const struct dz_box_job *job, struct dz_box_session **ret,
             struct dz_err *err)
{
    if (!b->without_landlock && dz_box_landlock_abi() == 0)
        return dz_fail(
            err, DZ_E_DENIED,
            "this kernel has no Landlock (Linux 5.13 or newer has), and without it nothing "
            "but a filter of system calls holds a reader of foreign files");
    struct dz_box_session *s = dz_alloc(sizeof *s);
    s->box = b;
    s->limits = with_defaults(job->limits);
    s->frame = job->frame;
    s->ctx = job->ctx;
    s->cancel = job->cancel;
    s->ret_signal = job->ret_signal;
    s->source = s->in = s->out = s->exit = -1;
    size_t cap = 0;
    s->room = dz_grow_room(NULL, &cap, ROOM_BYTES);
    s->deadline_us = dz_os_monotonic_us() + (int64_t)s->limits.wall_s * 1000000 + GRACE_US;
    enum dz_code code = hand_in(s, job, err);
    if (code != DZ_OK) {
        free_session(s);
        return code;
    }
    *ret = s;
    return DZ_OK;
}

/* ---- listening ---- */

/* The worker's fault: nothing more of it is wanted. Its server kills it when the exit closes. */
static void
judge(struct dz_box_session *s, enum dz_box_end verdict)
{
    if (!s->judged)
        s->verdict = verdict;
    s->judged = true;
    close_one(&s->in);
    close_one(&s->out);
    close_one(&s->exit);
}

/* Our own reason to stop. */
static enum dz_code
give_up(struct dz_box_session *s, enum dz_code code)
{
    s->code = code;
    close_one(&s->in);
    close_one(&s->out);
    close_one(&s->exit);
    return code;
}

/* Take the whole frames out of the room. False: the session has ended by them. */
static bool
take_frames(struct dz_box_session *s)
{
    struct dz_view in = {.p = s->room, .n = s->room_n};
    for (;;) {
        enum dz_wire_type type;
        struct dz_view payload;
        bool whole;
        struct dz_err err = {0};
        enum dz_code code = dz_wire_next(&in, &type, &payload, &whole, &err);
        if (code == DZ_OK && !whole)
            break;
        if (code == DZ_OK)
            code = dz_box_check(&s->check, type, payload, &err);
        if (code == DZ_OK && ++s->n_frames > s->limits.n_frames) {
            judge(s, DZ_BOX_OUTPUT);
            return false;
        }
        if (code == DZ_OK)
            code = s->frame(s->ctx, type, payload, &err);
        if (code == DZ_E_CORRUPT) {
            judge(s, DZ_BOX_LIED);
            return false;
        }
        if (code != DZ_OK) {
            s->err = err;
            (void)give_up(s, code);
            return false;
        }
    }
    memmove(s->room, in.p, in.n);
    s->room_n = in.n;
    return true;
}

static void
hear_output(struct dz_box_session *s)
{
    ssize_t n = read(s->out, s->room + s->room_n, CHUNK_BYTES);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        /* The process should be gone now; one that lives on without a voice has its reasons. */
        close_one(&s->out);
        close_one(&s->in);
        int64_t until = dz_os_monotonic_us() + LINGER_US;
        s->deadline_us = until < s->deadline_us ? until : s->deadline_us;
        return;
    }
    s->room_n += (size_t)n;
    s->n_bytes += (uint64_t)n;
    if (s->n_bytes > s->limits.output_bytes)
        judge(s, DZ_BOX_OUTPUT);
    else
        (void)take_frames(s);
}

static void
hear_exit(struct dz_box_session *s)
{
    char bytes[64];
    ssize_t n = read(s->exit, bytes, sizeof bytes);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    struct dz_view in = {.p = bytes, .n = n > 0 ? (size_t)n : 0};
    enum dz_wire_type type;
    struct dz_view payload;
    bool whole = false;
    if (dz_wire_next(&in, &type, &payload, &whole, NULL) == DZ_OK && whole &&
        type == DZ_WIRE_EXIT && payload.n == 5) {
        struct dz_reader r = dz_reader_of(payload.p, payload.n);
        s->how = (enum dz_wire_exit)dz_read_u8(&r);
        s->value = dz_read_u32be(&r);
        s->exited = true;
    }
    close_one(&s->exit);
}

static bool
is_cancelled(const struct dz_box_session *s)
{
    return s->cancel != NULL && __atomic_load_n(s->cancel, __ATOMIC_RELAXED);
}

/* Write some of *p, take what has come. Comes back after one round. */
static enum dz_code
turn(struct dz_box_session *s, struct dz_view *p, struct dz_err *err)
{
    if (is_cancelled(s))
        return give_up(s, dz_fail(&s->err, DZ_E_CANCELLED, "stopped while a file was read"));
    int64_t left = s->deadline_us - dz_os_monotonic_us();
    if (left <= 0) {
        /* Its server should have ended it long ago, or it has closed its output and goes on. */
        bool lingers = s->out < 0;
        judge(s, DZ_BOX_TIME);
        if (!lingers)
            dz_box_kill_server(s->box, s->server);
        return DZ_OK;
    }
    struct pollfd polled[3] = {
        {.fd = s->out, .events = POLLIN},
        {.fd = s->exit, .events = POLLIN},
        {.fd = p->n > 0 ? s->in : -1, .events = POLLOUT},
    };
    /* The exit is heard last, so that everything that was said before it counts. */
    if (s->out >= 0)
        polled[1].fd = -1;
    int wait = left / 1000 + 1 < LOOK_MS ? (int)(left / 1000 + 1) : LOOK_MS;
    if (poll(polled, 3, wait) <= 0)
        return DZ_OK;
    if (polled[2].revents != 0) {
        ssize_t n = send(s->in, p->p, p->n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            p->p += n;
            p->n -= (size_t)n;
        } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
            close_one(&s->in); /* it reads no more: it has seen enough, or is gone */
        }
    }
    if (polled[0].revents != 0)
        hear_output(s);
    else if (polled[1].revents != 0)
        hear_exit(s);
    if (s->code != DZ_OK && err != NULL)
        *err = s->err;
    return s->code;
}

enum dz_code
dz_box_write(struct dz_box_session *s, const void *p, size_t n, bool *ret_wants,
             struct dz_err *err)
{
    struct dz_view rest = {.p = p, .n = n};
    while (s->code == DZ_OK && rest.n > 0 && s->in >= 0)
        (void)turn(s, &rest, NULL);
    if (s->code != DZ_OK) {
        if (err != NULL)
            *err = s->err;
        return s->code;
    }
    *ret_wants = s->in >= 0;
    return DZ_OK;
}

/* The file that could not be handed over. */
static void
pass_on(struct dz_box_session *s)
{
    bool wants = s->source >= 0;
    DZ_AUTO_FREE char *piece = wants ? dz_alloc(CHUNK_BYTES) : NULL;
    while (wants) {
        ssize_t n = pread(s->source, piece, CHUNK_BYTES, (off_t)s->source_pos);
        if (n < 0 && errno == ESPIPE)
            n = read(s->source, piece, CHUNK_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            (void)give_up(s, dz_fail_sys(&s->err, errno, "a file cannot be read on"));
        if (n <= 0 || dz_box_write(s, piece, (size_t)n, &wants, NULL) != DZ_OK)
            return;
        s->source_pos += (uint64_t)n;
    }
}

/* ---- the end ---- */

static enum dz_box_end
classify(const struct dz_box_session *s)
{
    if (s->judged)
        return s->verdict;
    if (!s->exited)
        return DZ_BOX_CRASHED; /* with its server */
    switch (s->how) {
    case DZ_WIRE_LATE:
        return DZ_BOX_TIME;
    case DZ_WIRE_KILLED:
        /* Nobody here sends SIGKILL for another reason than time: it was the kernel, out of
         * memory. */
        return s->value == SIGKILL ? DZ_BOX_MEMORY : DZ_BOX_CRASHED;
    case DZ_WIRE_EXITED:
        break;
    }
    if (s->value == DZ_WIRE_EXIT_MEMORY)
        return DZ_BOX_MEMORY;
    if (s->value != 0)
        return DZ_BOX_CRASHED;
    return s->check.done && s->room_n == 0 ? DZ_BOX_DONE : DZ_BOX_LIED;
}

enum dz_code
dz_box_end(struct dz_box_session *s, enum dz_box_end *ret_end, struct dz_err *err)
{
    pass_on(s);
    close_one(&s->in);
    struct dz_view nothing = {.p = "", .n = 0};
    while (s->code == DZ_OK && (s->out >= 0 || s->exit >= 0))
        (void)turn(s, &nothing, NULL);
    enum dz_code code = s->code;
    if (code == DZ_OK) {
        *ret_end = classify(s);
        if (s->ret_signal != NULL)
            *s->ret_signal = s->exited && s->how != DZ_WIRE_EXITED ? (int)s->value : 0;
    } else if (err != NULL) {
        *err = s->err;
    }
    free_session(s);
    return code;
}

void
dz_box_cancel(struct dz_box_session *s)
{
    if (s != NULL)
        free_session(s);
}
