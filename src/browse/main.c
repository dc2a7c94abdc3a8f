/* dokaz-browse: a browser without network and without disk.
 *
 *     dokaz-browse PARENT BROWSER ARGUMENT...
 *
 * Starts BROWSER (absolute, without symbolic links) as process of a namespace of its own, in which
 * there is no network, no other process, and no file but programs and what the browser itself
 * writes into memory (root.c). Descriptors 3 and 4 are passed on: the browser is spoken to through
 * them. What goes wrong before it runs is written to descriptor 5 as "STEP: NUMBER", the number
 * being that of errno; the end of 5 without a word says that it runs. PARENT is the process id of
 * dokaz: when dokaz ends, however it ends, the browser and all that it started end with it.
 *
 * This is a program of its own and no part of dokaz, because it needs a process that holds no key
 * and may be looked into (the kernel lets only such a one make namespaces). */
#define _GNU_SOURCE /* unshare, CLONE_* */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "browse_impl.h"

#define SAY_FD 5
#define NOBODY 65534u /* what the numbers stand for that are nobody's */
/* who the browser is in its own eyes: an ordinary user, so it locks itself in */
#define INSIDE 1000u

#define SPACES                                                                                 \
    (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | \
     CLONE_NEWCGROUP)

static char *const environment[] = {
    (char[]){"PATH=/usr/local/bin:/usr/bin:/bin"},
    (char[]){"HOME=/home"},
    (char[]){"USER=user"},
    (char[]){"TMPDIR=/tmp"},
    (char[]){"XDG_CONFIG_HOME=/home"},
    (char[]){"XDG_CACHE_HOME=/home"},
    (char[]){"XDG_DATA_HOME=/home"},
    (char[]){"XDG_STATE_HOME=/home"},
    (char[]){"XDG_RUNTIME_DIR=/run"},
    (char[]){"LC_ALL=C.UTF-8"},
    (char[]){"TZ=UTC"},
    NULL,
};

static _Noreturn void
fail(const char *step)
{
    int sys = errno;
    char line[128];
    int n = snprintf(line, sizeof line, "%s: %d", step, sys);
    if (n > 0)
        (void)!write(SAY_FD, line, (size_t)n);
    _exit(1);
}

static void
write_map(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t n = strlen(text);
    if (fd < 0 || write(fd, text, n) != (ssize_t)n || close(fd) != 0)
        fail("user");
}

/* When `parent` ends, so does this process; also when it has ended already. */
static void
end_with(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        fail("parent");
}

/* Root hands its might on to nobody: what the namespace is made by can read no more than
 * anybody. */
static void
become_nobody(void)
{
    if (geteuid() != 0 && getuid() != 0)
        return;
    if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
        setresuid(NOBODY, NOBODY, NOBODY) != 0)
        fail("user");
    /* Changing the user closed this process to itself, and it has to write its own maps. */
    (void)prctl(PR_SET_DUMPABLE, 1);
}

static void
enter_spaces(void)
{
    char map[64];
    uid_t user = geteuid();
    gid_t group = getegid();
    if (unshare(SPACES) != 0)
        fail("namespaces");
    write_map("/proc/self/setgroups", "deny");
    (void)snprintf(map, sizeof map, "%u %u 1", INSIDE, (unsigned)group);
    write_map("/proc/self/gid_map", map);
    (void)snprintf(map, sizeof map, "%u %u 1", INSIDE, (unsigned)user);
    write_map("/proc/self/uid_map", map);
}

static _Noreturn void
run_browser(char **arguments)
{
    (void)execve(arguments[0], arguments, environment);
    fail("start");
}

/* The first process of the namespace: with it, all others end. */
static _Noreturn void
be_first(char **arguments)
{
    const char *step = "";
    struct rlimit none = {0};
    if (!dz_browse_root(arguments[0], &step))
        fail(step);
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        fail("rights");
    pid_t browser = fork();
    if (browser < 0)
        fail("start");
    if (browser == 0)
        run_browser(arguments);
    for (int fd = 3; fd <= SAY_FD; fd++)
        (void)close(fd);
    for (;;) {
        int status;
        pid_t ended = wait(&status);
        if (ended == browser)
            _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
        if (ended < 0 && errno != EINTR)
            _exit(1);
    }
}

int
main(int argc, char **argv)
{
    if (argc < 3 || argv[2][0] != '/' || fcntl(SAY_FD, F_SETFD, FD_CLOEXEC) != 0) {
        (void)!write(2, "dokaz-browse: started by dokaz only\n", 36);
        return 2;
    }
    pid_t parent = 0;
    for (const char *p = argv[1]; *p >= '0' && *p <= '9' && parent < 100000000; p++)
        parent = parent * 10 + (*p - '0');
    become_nobody();
    end_with(parent);
    enter_spaces();
    /* Before the fork: should this process end in between, the read end tells the first one. */
    int alive[2];
    if (pipe2(alive, O_CLOEXEC) != 0)
        fail("namespaces");
    pid_t first = fork();
    if (first < 0)
        fail("namespaces");
    if (first == 0) {
        char word;
        (void)close(alive[1]);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || read(alive[0], &word, 1) != 1)
            _exit(1);
        be_first(argv + 2);
    }
    (void)!write(alive[1], "+", 1);
    for (int fd = 3; fd <= SAY_FD; fd++)
        (void)close(fd);
    int status = 0;
    while (waitpid(first, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
