#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dz_codec.h"
#include "dz_families.h"
#include "hostile_impl.h"

static long
number(const char *digits)
{
    int64_t n = 0;
    (void)dz_parse_i64(dz_view_of(digits), &n);
    return (long)n;
}

/* Every attempt gives what a system call would: not negative when it worked. */
typedef long attempt_fn(const char *arg);

static long
open_and_read(const char *path)
{
    char byte;
    int fd = open(path, O_RDONLY);
    return fd < 0 ? -1 : read(fd, &byte, 1);
}

static long
create(const char *path)
{
    return open(path, O_WRONLY | O_CREAT, 0600);
}

static long
append(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND);
    return fd < 0 ? -1 : write(fd, "x", 1);
}

static long
empty(const char *path)
{
    return truncate(path, 0);
}

static long
remove_file(const char *path)
{
    return unlink(path);
}

static long
make_folder(const char *path)
{
    return mkdir(path, 0700);
}

static long
move_file(const char *path)
{
    char other[4096];
    (void)snprintf(other, sizeof other, "%s.moved", path);
    return rename(path, other);
}

static long
look(const char *path)
{
    struct stat st;
    return stat(path, &st);
}

static long
list(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY);
}

static long
talk_inet(int type, const char *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)number(port))};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, type, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
        return -1;
    return send(fd, "x", 1, MSG_NOSIGNAL);
}

static long
tcp(const char *port)
{
    return talk_inet(SOCK_STREAM, port);
}

static long
udp(const char *port)
{
    return talk_inet(SOCK_DGRAM, port);
}

/* A name that begins with @ is one of the abstract ones. */
static long
talk_unix(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    size_t n = sizeof a;
    if (path[0] == '@') {
        a.sun_path[0] = '\0';
        n = offsetof(struct sockaddr_un, sun_path) + strlen(path);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&a, (socklen_t)n);
}

static long
new_process(const char *arg)
{
    (void)arg;
    long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        _exit(0);
    return pid;
}

static long
new_vfork(const char *arg)
{
    (void)arg;
    pid_t pid = vfork();
    if (pid == 0)
        _exit(0);
    return pid;
}

static int
idle(void *arg)
{
    (void)arg;
    return 0;
}

static long
new_thread(const char *arg)
{
    (void)arg;
    char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        return -1;
    return clone(idle, stack + 65536, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, NULL);
}

static long
run(const char *path)
{
    char *const arguments[] = {(char[]){"touch"}, (char *)(uintptr_t)path, NULL};
    return execve("/usr/bin/touch", arguments, NULL);
}

static long
signal_to(const char *pid)
{
    return kill(pid[0] != '\0' ? (pid_t)number(pid) : getppid(), SIGCONT);
}

static long
end_server(const char *arg)
{
    (void)arg;
    return kill(getppid(), SIGKILL) != 0 ? -1 : pause();
}

static long
signal_thread(const char *arg)
{
    (void)arg;
    return syscall(SYS_tgkill, getppid(), getppid(), SIGCONT);
}

static long
traced(const char *arg)
{
    (void)arg;
    return ptrace(PTRACE_TRACEME, 0, 0, 0);
}

static long
allocate(const char *arg)
{
    for (int i = 0; i < 64; i++) {
        char *p = malloc((size_t)16 << 20);
        if (p == NULL && strcmp(arg, "abort") == 0)
            abort();
        if (p == NULL && strcmp(arg, "base") == 0)
            (void)dz_alloc((size_t)1 << 40);
        /* A library that does not look at what it got. */
        *(volatile char *)p = 1;
    }
    return 0;
}

static long
map_much(const char *arg)
{
    (void)arg;
    void *p = mmap(NULL, (size_t)2 << 30, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}

static long
spin(const char *arg)
{
    (void)arg;
    for (volatile unsigned i = 0; i < 2; i = 0)
        ;
    return 0;
}

static void
ignore(int sig)
{
    (void)sig;
}

static long
spin_on(const char *arg)
{
    (void)signal(SIGXCPU, ignore);
    (void)signal(SIGALRM, ignore);
    return spin(arg);
}

static long
rest(const char *arg)
{
    (void)arg;
    while (pause() != 0)
        (void)sleep(1);
    return 0;
}

static long
descriptors(const char *arg)
{
    (void)arg;
    for (int i = 0; i < 40; i++) {
        if (dup(0) < 0)
            return -1;
    }
    return 0;
}

static long
raise_limit(const char *arg)
{
    (void)arg;
    struct rlimit r;
    if (getrlimit(RLIMIT_AS, &r) != 0)
        return -1;
    r.rlim_cur = r.rlim_max = RLIM_INFINITY;
    return setrlimit(RLIMIT_AS, &r);
}

/* A filter that allows everything, as if that could replace the one that is there. */
static long
replace_filter(const char *arg)
{
    struct sock_filter all[] = {BPF_STMT(BPF_RET | BPF_K, 0x7fff0000)};
    struct sock_fprog program = {.len = 1, .filter = all};
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* needed where nothing is locked */
    if (strcmp(arg, "prctl") == 0)
        return prctl(PR_SET_SECCOMP, 2, &program);
    return syscall(SYS_seccomp, 1, 0, &program);
}

static long
dumpable(const char *arg)
{
    (void)arg;
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* Everything that this process was not given on purpose. */
static long
inherited(const char *arg)
{
    (void)arg;
    for (int fd = 5; fd < 4096; fd++) {
        if (lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF)
            return fd;
    }
    return -1;
}

static long
dup_in(const char *arg)
{
    (void)arg;
    return fcntl(3, F_DUPFD, 10);
}

static long
code_in_memory(const char *arg)
{
    (void)arg;
    void *p =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}

static long
code_of_file(const char *arg)
{
    (void)arg;
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, 3, 0);
    return p == MAP_FAILED ? -1 : 0;
}

static long
code_later(const char *arg)
{
    (void)arg;
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static long
ring(const char *arg)
{
    (void)arg;
    struct io_uring_params p = {0};
    return syscall(SYS_io_uring_setup, 4, &p);
}

static long
type_for_others(const char *arg)
{
    (void)arg;
    return ioctl(0, TIOCSTI, "x");
}

static long
memory_file(const char *arg)
{
    (void)arg;
    int fd = memfd_create("x", 0);
    return fd < 0 ? -1 : write(fd, "x", 1);
}

/* A system call by its number and without arguments. */
static long
call(const char *which)
{
    return syscall(number(which), 0, 0, 0, 0, 0, 0);
}

/* The gate of 32-bit programs, where numbers mean other calls: 20 is getpid there. */
static long
old_gate(const char *arg)
{
    (void)arg;
#ifdef __x86_64__
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    return result;
#else
    return -1;
#endif
}

static long
crash(const char *arg)
{
    *(volatile char *)(uintptr_t)(strlen(arg) + 8) = 1; /* nothing is mapped so low */
    return 0;
}

static long
leave(const char *status)
{
    _exit((int)number(status));
}

static const struct {
    const char *word;
    attempt_fn *attempt;
} attempts[] = {
    {"read", open_and_read},
    {"create", create},
    {"append", append},
    {"empty", empty},
    {"unlink", remove_file},
    {"mkdir", make_folder},
    {"rename", move_file},
    {"stat", look},
    {"list", list},
    {"tcp", tcp},
    {"udp", udp},
    {"unix", talk_unix},
    {"fork", new_process},
    {"vfork", new_vfork},
    {"thread", new_thread},
    {"exec", run},
    {"kill", signal_to},
    {"kill-server", end_server},
    {"tgkill", signal_thread},
    {"ptrace", traced},
    {"memory", allocate},
    {"map", map_much},
    {"spin", spin},
    {"spin-on", spin_on},
    {"sleep", rest},
    {"descriptors", descriptors},
    {"limits", raise_limit},
    {"filter", replace_filter},
    {"dumpable", dumpable},
    {"inherited", inherited},
    {"dup", dup_in},
    {"exec-memory", code_in_memory},
    {"exec-file", code_of_file},
    {"exec-later", code_later},
    {"io-uring", ring},
    {"tiocsti", type_for_others},
    {"memfd", memory_file},
    {"call", call},
    {"int80", old_gate},
    {"crash", crash},
    {"leave", leave},
};

void
hostile_say(struct dz_work *w, long result)
{
    char words[64];
    if (result >= 0)
        (void)snprintf(words, sizeof words, "did");
    else
        (void)snprintf(words, sizeof words, "refused %d", errno);
    dz_work_texts(w, words);
    dz_work_done(w, "text", NULL);
}

static void
read_hostile(struct dz_work *w)
{
    char text[4096];
    size_t n = 0;
    size_t got = 1;
    while (got > 0 && n < sizeof text - 1) {
        if (dz_work_next(w, text + n, sizeof text - 1 - n, &got, NULL) != DZ_OK)
            _exit(9);
        n += got;
    }
    text[n] = '\0';
    char *arg = strchr(text, ' ');
    if (arg != NULL)
        *arg++ = '\0';
    else
        arg = text + n;
    if (hostile_wire(w, text))
        return;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        if (strcmp(attempts[i].word, text) == 0)
            hostile_say(w, attempts[i].attempt(arg));
    }
    if (strcmp(text, "slow") == 0) {
        /* An honest one that takes its time and a lot of words. */
        for (int i = 0; i < 50000; i++)
            dz_work_texts(w, "another line of an honest document\n");
        dz_work_done(w, "text", NULL);
    }
    /* Anything else is an honest document. */
    dz_work_locator(w, "page", "1");
    dz_work_texts(w, text);
    dz_work_done(w, "text", NULL);
}

const struct dz_family dz_family_hostile = {
    .name = "hostile",
    .extractor = "hostile/1",
    .read = read_hostile,
};
