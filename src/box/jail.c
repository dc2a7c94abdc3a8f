#define _GNU_SOURCE
#include "dz_jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail_impl.h"

/* Landlock, from the kernel's include/uapi/linux/landlock.h. The rights that a version knows are
 * all
 * taken; what it adds to the last one stands beside its number. */
#define FS_RIGHTS_1 ((1ULL << 13) - 1) /* execute, write, read, list, remove, make */
#define FS_REFER (1ULL << 13)          /* 2 */
#define FS_TRUNCATE (1ULL << 14)       /* 3 */
#define FS_IOCTL_DEV (1ULL << 15)      /* 5 */
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define NET_BIND_TCP (1ULL << 0)          /* 4 */
#define NET_CONNECT_TCP (1ULL << 1)       /* 4 */
#define SCOPE_ABSTRACT_SOCKET (1ULL << 0) /* 6 */
#define SCOPE_SIGNAL (1ULL << 1)          /* 6 */
#define RULE_PATH_BENEATH 1

struct ruleset_attr {
    uint64_t fs;
    uint64_t net;
    uint64_t scoped;
};

struct path_beneath_attr {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

/* Nothing is allowed that a rule does not name. */
static int
make_ruleset(int abi)
{
    struct ruleset_attr attr = {.fs = FS_RIGHTS_1};
    size_t size = sizeof attr.fs; /* older kernels refuse what they do not know */
    if (abi >= 2)
        attr.fs |= FS_REFER;
    if (abi >= 3)
        attr.fs |= FS_TRUNCATE;
    if (abi >= 4) {
        attr.net = NET_BIND_TCP | NET_CONNECT_TCP;
        size += sizeof attr.net;
    }
    if (abi >= 5)
        attr.fs |= FS_IOCTL_DEV;
    if (abi >= 6) {
        attr.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
        size += sizeof attr.scoped;
    }
    return (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
}

/* A folder that is not installed gives no right and is no error. */
static bool
allow_folder(int ruleset, const char *path)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT;
    struct path_beneath_attr rule = {.allowed = FS_READ_FILE | FS_READ_DIR, .parent_fd = fd};
    long failed = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
    (void)close(fd);
    return failed == 0;
}

static enum dz_code
lock_files(int abi, const char *const *folders, struct dz_err *err)
{
    int ruleset = make_ruleset(abi);
    bool ok = ruleset >= 0;
    for (size_t i = 0; ok && folders != NULL && folders[i] != NULL; i++)
        ok = allow_folder(ruleset, folders[i]);
    ok = ok && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    int sys = errno;
    if (ruleset >= 0)
        (void)close(ruleset);
    if (!ok)
        return dz_fail(err, DZ_E_DENIED, "the kernel refuses to lock a reader in by Landlock (%d)",
                       sys);
    return DZ_OK;
}

/* Whoever is root stays so by number, but without what makes root mighty. */
static void
drop_privileges(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    (void)syscall(SYS_capset, &head, none);
}

static enum dz_code
load_filter(enum jail_role role, struct dz_err *err)
{
    const struct sock_fprog *program;
    DZ_TRY(dz_jail_filter(role, &program, err));
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program) != 0)
        return dz_fail(err, DZ_E_DENIED, "the kernel refuses the list of system calls (%d)", errno);
    return DZ_OK;
}

static int landlock_abi = -1;

enum dz_code
dz_jail_server(const char *const *folders, bool without_landlock, struct dz_err *err)
{
    /* The children's filter is made here, where that is still possible, and once for all. */
    const struct sock_fprog *made;
    DZ_TRY(dz_jail_filter(folders != NULL ? JAIL_READER : JAIL_DOCUMENT, &made, err));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return dz_fail(err, DZ_E_DENIED, "the kernel refuses to let a reader give up its rights");
    drop_privileges();
    landlock_abi = dz_jail_landlock_abi();
    if (landlock_abi > 0)
        DZ_TRY(lock_files(landlock_abi, folders, err));
    else if (!without_landlock)
        return dz_fail(err, DZ_E_DENIED, "this kernel has no Landlock");
    return load_filter(JAIL_SERVER, err);
}

/* The lower one tells, the higher one kills: a handler of the first does not save anybody. */
static bool
limit(__rlimit_resource_t what, uint64_t soft, uint64_t hard)
{
    struct rlimit now;
    /* What the system allows less of than we would is its own good. */
    if (getrlimit(what, &now) == 0 && now.rlim_max != RLIM_INFINITY && now.rlim_max < hard) {
        hard = now.rlim_max;
        soft = soft < hard ? soft : hard;
    }
    struct rlimit r = {.rlim_cur = soft, .rlim_max = hard};
    return setrlimit(what, &r) == 0;
}

enum dz_code
dz_jail_document(const struct dz_jail_limits *limits, bool may_read, struct dz_err *err)
{
    bool ok = limit(RLIMIT_AS, limits->memory_bytes, limits->memory_bytes) &&
              limit(RLIMIT_CPU, limits->processor_s, (uint64_t)limits->processor_s + 1) &&
              limit(RLIMIT_FSIZE, 0, 0) && limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_NPROC, 0, 0) &&
              limit(RLIMIT_MEMLOCK, 0, 0);
    if (!ok)
        return dz_fail_sys(err, errno, "the limits of a reader cannot be set");
    /* A second wall for those that open nothing, in case the first list has a hole; and signals of
     * a
     * document reach no other. */
    if (landlock_abi > 0 && !may_read)
        DZ_TRY(lock_files(landlock_abi, NULL, err));
    /* Last, as the ruleset was a descriptor too. */
    uint64_t descriptors = may_read ? 32 : DZ_JAIL_FDS;
    if (close_range(DZ_JAIL_FDS, ~0U, 0) != 0 || !limit(RLIMIT_NOFILE, descriptors, descriptors))
        return dz_fail_sys(err, errno, "the limits of a reader cannot be set");
    return load_filter(may_read ? JAIL_READER : JAIL_DOCUMENT, err);
}
