/* The system calls of a reader. Three answers are given: what stands in `allowed` goes through,
 * what
 * stands in `deadly` ends the process, and anything else is refused with EPERM, as libraries ask
 * for
 * many things out of habit and do without when refused. */
#define _GNU_SOURCE /* memfd_create */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dz_buf.h"
#include "jail_impl.h"

/* Flags of clone that make a thread, or a world of its own. */
#define CLONES_MORE                                                                                \
    ((uint64_t)(CLONE_VM | CLONE_THREAD | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_PARENT |  \
                CLONE_PTRACE | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWPID |         \
                CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP))
/* Flags of open that make, empty or change a file. */
#define OPEN_WRITES                                                                                \
    ((uint64_t)(O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY)))
#define PROGRAM_MAX 4096 /* instructions the kernel takes (BPF_MAXINSNS) */
#define ROLE(r) (1u << (r))
#define ALL (ROLE(JAIL_SERVER) | ROLE(JAIL_READER) | ROLE(JAIL_DOCUMENT))
#define OPENS (ROLE(JAIL_SERVER) | ROLE(JAIL_READER))
#define SERVES ROLE(JAIL_SERVER)

struct group {
    unsigned roles;
    const char *names[24];
};

static const struct group allowed[] = {
    /* The document and the output, on descriptors that are there already. */
    {ALL, {"read", "write", "readv", "writev", "pread64", "lseek", "close"}},
    /* Waiting for them. */
    {ALL, {"poll", "ppoll", "select", "pselect6"}},
    /* Memory, as far as the limit reaches. mmap and mprotect: see below. */
    {ALL, {"brk", "munmap", "mremap", "madvise"}},
    /* Ending, and what the C library does around signals and locks of a single thread. */
    {ALL,
     {"exit", "exit_group", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
      "restart_syscall", "futex", "sched_yield", "set_robust_list", "rseq"}},
    /* Time, randomness of hash tables, and who one is: nothing that leads anywhere. */
    {ALL,
     {"clock_gettime", "clock_getres", "gettimeofday", "time", "nanosleep", "clock_nanosleep",
      "getrandom", "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid",
      "getrusage", "times", "sched_getaffinity", "getcpu", "uname", "sysinfo", "getrlimit"}},
    /* Data of its own that a family loads late; Landlock leaves only its folders. open and openat
     * without anything that writes: see below. fstat is newfstatat, which takes paths too, and
     * Landlock does not hold it: whoever opens nothing has no use for it. */
    {OPENS,
     {"stat", "lstat", "fstat", "newfstatat", "statx", "access", "faccessat", "faccessat2",
      "readlink", "readlinkat", "getcwd", "getdents64"}},
    /* The server: take requests, keep children and lock them in. What these may do is held by
     * Landlock, by the filter that stays on top of them, and by having no privilege. clone and
     * prctl: see below. */
    {SERVES,
     {"recvmsg", "sendto", "wait4", "kill", "dup2", "dup3", "fcntl", "close_range", "seccomp",
      "landlock_create_ruleset", "landlock_restrict_self", "setrlimit", "prlimit64", "fork",
      "capset"}},
};

static const char *const deadly[] = {
    /* Talking to anybody. */
    "socket",
    "socketpair",
    "connect",
    "bind",
    "listen",
    "accept",
    "accept4",
    "sendmsg",
    "sendmmsg",
    "sendto",
    "recvmsg",
    "recvmmsg",
    "recvfrom",
    "socketcall",
    /* Another program, process or thread. */
    "execve",
    "execveat",
    "fork",
    "vfork",
    "clone",
    "clone3",
    /* Somebody else's process. */
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "process_mrelease",
    "kcmp",
    "pidfd_open",
    "pidfd_getfd",
    "pidfd_send_signal",
    "kill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    /* Parts of the kernel that are large, and no business of a reader. */
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "io_setup",
    "io_submit",
    "keyctl",
    "add_key",
    "request_key",
    "modify_ldt",
    "vmsplice",
    "splice",
    "tee",
    "memfd_secret",
    "fanotify_init",
    "fanotify_mark",
    "lookup_dcookie",
    "quotactl",
    "quotactl_fd",
    "uselib",
    "personality",
    "seccomp",
    "mbind",
    "migrate_pages",
    "move_pages",
    /* The machine. */
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "open_tree",
    "move_mount",
    "mount_setattr",
    "setns",
    "unshare",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "reboot",
    "swapon",
    "swapoff",
    "iopl",
    "ioperm",
    "acct",
    "settimeofday",
    "clock_settime",
    "adjtimex",
    "clock_adjtime",
    "sethostname",
    "setdomainname",
    "syslog",
    "vhangup",
    "name_to_handle_at",
    "open_by_handle_at",
    "mknod",
    "mknodat",
    /* Other rights. */
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "setfsuid",
    "setfsgid",
    "setgroups",
    "capset",
};

static bool
add(scmp_filter_ctx filter, uint32_t action, const char *name)
{
    int call = seccomp_syscall_resolve_name(name);
    /* A call that this processor or libseccomp does not know gets the answer of all unknown
     * ones. */
    return call == __NR_SCMP_ERROR || seccomp_rule_add(filter, action, call, 0) == 0;
}

static bool
add_if(scmp_filter_ctx filter, const char *name, struct scmp_arg_cmp condition)
{
    int call = seccomp_syscall_resolve_name(name);
    return call == __NR_SCMP_ERROR ||
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, condition) == 0;
}

/* Lists may be longer than what stands in them. */
static bool
is_in(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n && names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* The roles that have an unconditional use for a call. */
static unsigned
users_of(const char *name)
{
    unsigned roles = 0;
    for (size_t g = 0; g < sizeof allowed / sizeof *allowed; g++) {
        if (is_in(name, allowed[g].names, sizeof allowed[g].names / sizeof *allowed[g].names))
            roles |= allowed[g].roles;
    }
    return roles;
}

/* The answer to a call that is not allowed. */
static uint32_t
refusal(const char *name)
{
    return is_in(name, deadly, sizeof deadly / sizeof *deadly) ? SCMP_ACT_KILL_PROCESS
                                                              : SCMP_ACT_ERRNO(EPERM);
}

/* The whole list, for the server: what is not named is refused. */
static bool
fill_server(scmp_filter_ctx filter)
{
    bool ok = true;
    for (size_t g = 0; g < sizeof allowed / sizeof *allowed; g++) {
        for (size_t i = 0; allowed[g].names[i] != NULL; i++)
            ok &= add(filter, SCMP_ACT_ALLOW, allowed[g].names[i]);
    }
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        if ((users_of(deadly[i]) & SERVES) == 0 && strncmp(deadly[i], "clone", 5) != 0)
            ok &= add(filter, SCMP_ACT_KILL_PROCESS, deadly[i]);
    }
    /* No memory that can be run: injected code has to do with what is there. */
    ok &= add_if(filter, "mmap", SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    ok &= add_if(filter, "mprotect", SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    ok &= add_if(filter, "openat", SCMP_A2_64(SCMP_CMP_MASKED_EQ, OPEN_WRITES, 0));
    ok &= add_if(filter, "open", SCMP_A1_64(SCMP_CMP_MASKED_EQ, OPEN_WRITES, 0));
    /* A process, but no thread and no world of its own. */
    ok &= add_if(filter, "clone", SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONES_MORE, 0));
    /* The C library tries the newer call first; its absence makes it use the other. */
    ok &= add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3");
    static const unsigned sets[] = {PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        ok &= add_if(filter, "prctl", SCMP_A0_64(SCMP_CMP_MASKED_EQ, UINT32_MAX, sets[i]));
    return ok;
}

/* What a document loses of that. The kernel asks both lists and takes the stricter answer; a short
 * one is loaded in a third of the time, and it is loaded for every document. */
static bool
fill_document(scmp_filter_ctx filter, enum jail_role role)
{
    bool ok = true;
    for (size_t g = 0; g < sizeof allowed / sizeof *allowed; g++) {
        for (size_t i = 0; (allowed[g].roles & ROLE(role)) == 0 && allowed[g].names[i] != NULL;
             i++) {
            const char *name = allowed[g].names[i];
            if ((users_of(name) & ROLE(role)) == 0)
                ok &= add(filter, refusal(name), name);
        }
    }
    static const char *const more[] = {"clone", "clone3", "prctl"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        ok &= add(filter, refusal(more[i]), more[i]);
    static const char *const opens[] = {"open", "openat"};
    for (size_t i = 0; role == JAIL_DOCUMENT && i < sizeof opens / sizeof *opens; i++)
        ok &= add(filter, SCMP_ACT_ERRNO(EPERM), opens[i]);
    return ok;
}

static bool
fill(scmp_filter_ctx filter, enum jail_role role)
{
    /* A search tree instead of a long list of comparisons. */
    bool ok = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0;
    /* System calls of another processor mode are a way around any list. */
    ok &= seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
    return ok && (role == JAIL_SERVER ? fill_server(filter) : fill_document(filter, role));
}

static bool
write_program(enum jail_role role, int fd)
{
    uint32_t others = role == JAIL_SERVER ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW;
    scmp_filter_ctx filter = seccomp_init(others);
    bool ok = filter != NULL && fill(filter, role) && seccomp_export_bpf(filter, fd) == 0;
    seccomp_release(filter);
    return ok;
}

/* In a process of its own: what libseccomp leaves behind in the allocator, every document of the
 * server would inherit, and copy page by page as it writes there. */
static bool
write_apart(enum jail_role role, int fd)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(write_program(role, fd) ? 0 : 1);
    int status = -1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && status == 0;
}

/* libseccomp writes its program to a descriptor; from there it goes into memory, so that a child
 * only has to hand it to the kernel. */
static bool
make(enum jail_role role, struct sock_fprog *ret)
{
    struct stat st;
    int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = write_apart(role, fd) && fstat(fd, &st) == 0 && st.st_size > 0 &&
              (size_t)st.st_size <= PROGRAM_MAX * sizeof *ret->filter;
    size_t n = ok ? (size_t)st.st_size : 0;
    struct sock_filter *program = ok ? dz_alloc(n) : NULL;
    ok = ok && pread(fd, program, n, 0) == (ssize_t)n;
    (void)close(fd);
    if (!ok) {
        dz_free(program);
        return false;
    }
    ret->len = (unsigned short)(n / sizeof *program);
    ret->filter = program;
    return true;
}

enum dz_code
dz_jail_filter(enum jail_role role, const struct sock_fprog **ret, struct dz_err *err)
{
    static struct sock_fprog made[JAIL_DOCUMENT + 1];
    if (made[role].len == 0 && !make(role, &made[role]))
        return dz_fail(err, DZ_E_DENIED, "the list of allowed system calls could not be made");
    *ret = &made[role];
    return DZ_OK;
}
