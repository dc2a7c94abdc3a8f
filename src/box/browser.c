#define _GNU_SOURCE /* pipe2 */
#include "dz_browser.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box_impl.h"
#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_os.h"

#define SAY_MAX 200
#define ARGUMENTS_MAX 60
#define LOOK_MS 100 /* how often the cancel flag is looked at */
#define READ_BYTES ((size_t)256 << 10)
#define END_WAIT_MS 5000
#define CHECK_MS 20000

struct dz_browser {
    pid_t pid;
    int fd;
    int64_t deadline_us;
    const bool *cancel;
    struct dz_buf in;
    size_t taken;  /* bytes at the front that were handed out already */
    size_t looked; /* between taken and here there is no NUL */
    uint64_t n_in;
};

/* ---- finding ---- */

static bool
is_program(const char *path, char **ret)
{
    char real[PATH_MAX];
    if (access(path, X_OK) != 0 || realpath(path, real) == NULL)
        return false;
    *ret = dz_strdup(real);
    return true;
}

static bool
find_in(const char *folders, const char *name, char **ret)
{
    for (const char *at = folders; *at != '\0';) {
        size_t n = strcspn(at, ":");
        if (n > 0 && at[0] == '/') {
            DZ_AUTO_FREE char *path = dz_asprintf("%.*s/%s", (int)n, at, name);
            if (is_program(path, ret))
                return true;
        }
        at += n + (at[n] == ':');
    }
    return false;
}

enum dz_code
dz_browser_find(const char *named, char **ret, struct dz_err *err)
{
    static const char *const names[] = {"chromium", "chromium-browser", "google-chrome",
                                        "google-chrome-stable"};
    if (named != NULL) {
        if (is_program(named, ret))
            return DZ_OK;
        return dz_fail(err, DZ_E_NOTFOUND, "'%s' is no program that can be started", named);
    }
    const char *folders = getenv("PATH");
    for (size_t i = 0; folders != NULL && i < sizeof names / sizeof *names; i++)
        if (find_in(folders, names[i], ret))
            return DZ_OK;
    return dz_fail(err, DZ_E_NOTFOUND,
                   "pictures of pages are made by Chromium, which is not installed (nothing named "
                   "chromium or google-chrome in PATH): install it, or name it with --browser");
}

/* ---- starting ---- */

/* What it says besides its messages is about itself and its surroundings, and may quote pages:
 * nobody reads it. */
static int
spawn(const char *program, const struct dz_browser_opts *o, int talk, int say, pid_t *ret)
{
    char parent[24];
    const char *words[ARGUMENTS_MAX + 4] = {program, parent, o->path};
    size_t n = 3;
    static char *const environment[] = {NULL}; /* dokaz-browse makes the browser's */
    /* 3 and 4 are where browsers read and write, one socket here; 5 is of dokaz-browse. */
    const int fds[] = {talk, talk, say};
    (void)snprintf(parent, sizeof parent, "%ld", (long)getpid());
    for (size_t i = 0; i < ARGUMENTS_MAX && o->arguments[i] != NULL; i++)
        words[n++] = o->arguments[i];
    words[n] = NULL;
    return dz_box_spawn(program, words, environment, fds, 3, ret);
}

static enum dz_code
look(int64_t deadline_us, const bool *cancel, struct dz_err *err)
{
    if (cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED))
        return dz_fail(err, DZ_E_CANCELLED, "stopped");
    if (dz_os_monotonic_us() >= deadline_us)
        return dz_fail(err, DZ_E_LIMIT, "the browser was not done when its time was up");
    return DZ_OK;
}

/* Milliseconds to wait at once: never so long that an interrupt or the end of the time is
 * missed. */
static int
slice(int64_t until_us)
{
    int64_t left_ms = (until_us - dz_os_monotonic_us() + 999) / 1000;
    return left_ms < 0 ? 0 : left_ms < LOOK_MS ? (int)left_ms : LOOK_MS;
}

/* dokaz-browse could not do a step; it says which and why. */
static enum dz_code
take_refusal(const char *said, const char *path, struct dz_err *err)
{
    const char *colon = strchr(said, ':');
    uint64_t number = 0;
    size_t n = colon != NULL ? (size_t)(colon - said) : 0;
    if (colon == NULL || colon[1] != ' ' || !dz_parse_u64(dz_view_of(colon + 2), &number) ||
        number > 4095)
        return dz_fail(err, DZ_E_IO, "the program that locks browsers in does not work");
    if (n == 5 && memcmp(said, "start", n) == 0)
        return dz_fail_sys(err, (int)number, "'%s' cannot be started", path);
    /* Whatever number the kernel gives, it is a refusal to us. */
    (void)dz_fail_sys(
        err, (int)number,
        "the kernel does not let a browser be locked in (%.*s), and without that none "
        "is started",
        (int)n, said);
    if (err != NULL)
        err->code = DZ_E_DENIED;
    return DZ_E_DENIED;
}

/* Until the browser itself runs. */
static enum dz_code
wait_for_start(int say, const struct dz_browser_opts *o, struct dz_err *err)
{
    char said[SAY_MAX + 1];
    size_t n = 0;
    for (;;) {
        struct pollfd p = {.fd = say, .events = POLLIN};
        DZ_TRY(look(o->deadline_us, o->cancel, err));
        if (poll(&p, 1, slice(o->deadline_us)) <= 0)
            continue;
        ssize_t got = read(say, said + n, SAY_MAX - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    said[n] = '\0';
    return n == 0 ? DZ_OK : take_refusal(said, o->path, err);
}

enum dz_code
dz_browser_start(const struct dz_browser_opts *o, struct dz_browser **ret, struct dz_err *err)
{
    DZ_AUTO_FREE char *program = dz_asprintf("%s/dokaz-browse", o->box->folder);
    DZ_AUTO_FD int talk = -1;
    DZ_AUTO_FD int say = -1;
    int pair[2];
    if (!dz_os_exists(AT_FDCWD, program))
        return dz_fail(err, DZ_E_NOTFOUND, "'%s' is not there: install dokaz completely", program);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return dz_fail_sys(err, errno, "'%s' cannot be started", program);
    struct dz_browser *b = dz_alloc(sizeof *b);
    *b = (struct dz_browser){.fd = pair[0], .deadline_us = o->deadline_us, .cancel = o->cancel};
    b->in.max = DZ_BROWSER_MESSAGE_MAX + READ_BYTES;
    talk = pair[1];
    (void)fcntl(b->fd, F_SETFL, O_NONBLOCK);
    enum dz_code code = DZ_OK;
    int sys = pipe2(pair, O_CLOEXEC) == 0 ? 0 : errno;
    if (sys == 0) {
        DZ_AUTO_FD int theirs = pair[1];
        say = pair[0];
        sys = spawn(program, o, talk, theirs, &b->pid);
    }
    dz_os_close_quiet(&talk);
    if (sys != 0)
        code = dz_fail_sys(err, sys, "'%s' cannot be started", program);
    else
        code = wait_for_start(say, o, err);
    if (code == DZ_OK)
        *ret = b;
    else
        dz_browser_end(b);
    return code;
}

/* The socket is at its end when the last process that held the other one is gone. */
static void
wait_for_silence(int fd)
{
    char rest[4096];
    int64_t until = dz_os_monotonic_us() + (int64_t)END_WAIT_MS * 1000;
    while (dz_os_monotonic_us() < until) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, slice(until)) > 0 && recv(fd, rest, sizeof rest, MSG_DONTWAIT) <= 0 &&
            errno != EAGAIN && errno != EINTR)
            return;
        errno = 0;
    }
}

void
dz_browser_end(struct dz_browser *b)
{
    if (b == NULL)
        return;
    if (b->pid > 0) {
        (void)kill(b->pid, SIGKILL);
        while (waitpid(b->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
        wait_for_silence(b->fd);
    }
    (void)close(b->fd);
    dz_buf_done(&b->in);
    dz_free(b);
}

/* ---- trying ---- */

/* A browser that only says its version ends by itself, and well. */
static enum dz_code
wait_for_end(struct dz_browser *b, bool *ret_well, struct dz_err *err)
{
    char rest[4096];
    for (;;) {
        struct pollfd p = {.fd = b->fd, .events = POLLIN};
        DZ_TRY(look(b->deadline_us, b->cancel, err));
        if (poll(&p, 1, slice(b->deadline_us)) > 0 &&
            recv(b->fd, rest, sizeof rest, MSG_DONTWAIT) <= 0 && errno != EAGAIN && errno != EINTR)
            break;
        errno = 0;
    }
    int status = 0;
    while (waitpid(b->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    b->pid = 0;
    *ret_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return DZ_OK;
}

enum dz_code
dz_browser_check(const struct dz_browser_opts *opts, struct dz_err *err)
{
    static const char *const version[] = {"--version", NULL};
    struct dz_browser_opts o = *opts;
    DZ_AUTO_BROWSER struct dz_browser *b = NULL;
    bool well = false;
    o.arguments = version;
    int64_t until = dz_os_monotonic_us() + (int64_t)CHECK_MS * 1000;
    o.deadline_us = until < o.deadline_us ? until : o.deadline_us;
    DZ_TRY(dz_browser_start(&o, &b, err));
    DZ_TRY(wait_for_end(b, &well, err));
    if (!well)
        return dz_fail(err, DZ_E_DENIED, "'%s' does not work as a browser when it is locked in",
                       o.path);
    return DZ_OK;
}

/* ---- talking ---- */

static enum dz_code
ended(struct dz_err *err)
{
    return dz_fail(err, DZ_E_IO, "the browser ended before it was done");
}

/* Take what is there; *ret_any false: nothing is. */
static enum dz_code
take_in(struct dz_browser *b, bool *ret_any, struct dz_err *err)
{
    char room[16384];
    *ret_any = false;
    ssize_t n = recv(b->fd, room, sizeof room, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return DZ_OK;
    if (n <= 0)
        return ended(err);
    *ret_any = true;
    b->n_in += (uint64_t)n;
    dz_buf_add(&b->in, room, (size_t)n);
    if (b->in.failed || b->n_in > DZ_BROWSER_OUTPUT_MAX)
        return dz_fail(err, DZ_E_CORRUPT, "the browser says more than any honest one");
    return DZ_OK;
}

static enum dz_code
send_part(struct dz_browser *b, const char *p, size_t n, size_t *ret_n, struct dz_err *err)
{
    ssize_t sent = send(b->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    *ret_n = sent > 0 ? (size_t)sent : 0;
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
        return ended(err);
    return DZ_OK;
}

/* It may itself be waiting for us to read: both ways are kept going. */
static enum dz_code
send_all(struct dz_browser *b, const char *p, size_t n, struct dz_err *err)
{
    while (n > 0) {
        size_t done = 0;
        bool any = false;
        struct pollfd f = {.fd = b->fd, .events = POLLIN | POLLOUT};
        DZ_TRY(look(b->deadline_us, b->cancel, err));
        (void)poll(&f, 1, slice(b->deadline_us));
        if (f.revents & (POLLIN | POLLHUP))
            DZ_TRY(take_in(b, &any, err));
        if (f.revents & POLLOUT)
            DZ_TRY(send_part(b, p, n, &done, err));
        p += done;
        n -= done;
    }
    return DZ_OK;
}

enum dz_code
dz_browser_send(struct dz_browser *b, struct dz_view message, struct dz_err *err)
{
    DZ_TRY(send_all(b, message.p, message.n, err));
    return send_all(b, "", 1, err);
}

/* Forget what was handed out; what follows it moves to the front. Not for every message, as a
 * browser could send a great many small ones. */
static void
drop_taken(struct dz_browser *b)
{
    if (b->taken == 0)
        return;
    size_t left = b->in.n - b->taken;
    memmove(b->in.p, b->in.p + b->taken, left);
    dz_buf_cut(&b->in, left);
    b->looked -= b->taken;
    b->taken = 0;
}

enum dz_code
dz_browser_next(struct dz_browser *b, int64_t until_us, struct dz_view *ret, bool *ret_there,
                struct dz_err *err)
{
    *ret_there = false;
    DZ_TRY(look(b->deadline_us, b->cancel, err));
    for (;;) {
        bool any = false;
        const char *end =
            b->in.n > b->looked ? memchr(b->in.p + b->looked, '\0', b->in.n - b->looked) : NULL;
        if (end != NULL) {
            *ret = (struct dz_view){b->in.p + b->taken, (size_t)(end - b->in.p) - b->taken};
            b->taken += ret->n + 1;
            b->looked = b->taken;
            *ret_there = true;
            return DZ_OK;
        }
        b->looked = b->in.n;
        drop_taken(b);
        DZ_TRY(look(b->deadline_us, b->cancel, err));
        DZ_TRY(take_in(b, &any, err));
        if (any)
            continue;
        if (dz_os_monotonic_us() >= until_us)
            return DZ_OK;
        struct pollfd f = {.fd = b->fd, .events = POLLIN};
        (void)poll(&f, 1, slice(until_us < b->deadline_us ? until_us : b->deadline_us));
    }
}
