#define _GNU_SOURCE /* MS_*, mount_setattr */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "browse_impl.h"

/* What the browser sees as the file system: a folder in memory, in which programs, libraries and
 * fonts are shown read-only, and nothing else of the machine. Whatever it writes lies in that
 * memory and ends with it. */

#define MEMORY_OPTIONS "size=512m,nr_inodes=65536,mode=0700"
#define OLD "/.old" /* the machine's own root, for as long as it is needed */

/* Programs and their libraries; a place that is not there is left out. Only parts of /etc: it holds
 * the names of the machine and of its users. */
static const char *const shown[] = {
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/nix/store",
    "/gnu/store",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/chromium.d",
    "/etc/chromium",
    "/etc/opt/chrome",
    "/var/cache/fontconfig",
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
};
static const char *const made[] = {"/tmp", "/dev/shm", "/run", "/home", "/home/profile"};

/* Every folder above path. */
static bool
make_parents(const char *path)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n >= sizeof part)
        return false;
    memcpy(part, path, n + 1);
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return true;
}

static bool
make_place(const char *path, const struct stat *like)
{
    if (S_ISDIR(like->st_mode))
        return mkdir(path, 0755) == 0 || errno == EEXIST;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return fd >= 0 && close(fd) == 0;
}

/* Nothing that is shown can be written, and nothing gives rights; only the devices are devices. */
static bool
close_down(const char *path, bool device)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID};
    attr.attr_set |= device ? MOUNT_ATTR_NOEXEC : MOUNT_ATTR_NODEV;
    return syscall(SYS_mount_setattr, AT_FDCWD, path, AT_RECURSIVE, &attr, sizeof attr) == 0;
}

static bool
show(const char *path)
{
    char from[PATH_MAX];
    char link[PATH_MAX];
    struct stat what;
    int n = snprintf(from, sizeof from, "%s%s", OLD, path);
    if (n < 0 || (size_t)n >= sizeof from)
        return false;
    if (lstat(from, &what) != 0)
        return errno == ENOENT || errno == EACCES;
    if (!make_parents(path))
        return false;
    if (S_ISLNK(what.st_mode)) { /* /bin, which leads to /usr/bin */
        ssize_t got = readlink(from, link, sizeof link - 1);
        if (got < 0)
            return false;
        link[got] = '\0';
        return symlink(link, path) == 0;
    }
    return make_place(path, &what) && mount(from, path, NULL, MS_BIND | MS_REC, NULL) == 0 &&
           close_down(path, S_ISCHR(what.st_mode));
}

static bool
is_below(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && path[n] == '/';
}

/* Whoever this process is by now: root's own folders are closed to it. */
static bool
can_run(const char *browser)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s%s", OLD, browser);
    return n > 0 && (size_t)n < sizeof path && access(path, X_OK) == 0;
}

/* A browser that a person names may lie anywhere: then the folder that holds it is shown, too. */
static bool
show_browser(const char *browser)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(browser, '/');
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (is_below(browser, shown[i]))
            return true;
    size_t n = slash != NULL ? (size_t)(slash - browser) : 0;
    if (n == 0 || n >= sizeof folder) {
        errno = ENOENT;
        return false;
    }
    memcpy(folder, browser, n);
    folder[n] = '\0';
    return show(folder);
}

static bool
fill(const char *browser, const char **ret_step)
{
    *ret_step = "programs";
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (!show(shown[i]))
            return false;
    *ret_step = "start";
    if (!can_run(browser))
        return false;
    *ret_step = "programs";
    if (!show_browser(browser))
        return false;
    *ret_step = "folders";
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (!make_parents(made[i]) || (mkdir(made[i], 0700) != 0 && errno != EEXIST))
            return false;
    *ret_step = "proc";
    return (mkdir("/proc", 0755) == 0 || errno == EEXIST) &&
           mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}

bool
dz_browse_root(const char *browser, const char **ret_step)
{
    *ret_step = "memory";
    /* Nothing of what follows is seen outside. */
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, MEMORY_OPTIONS) != 0 ||
        mkdir("/tmp" OLD, 0700) != 0)
        return false;
    *ret_step = "root";
    if (syscall(SYS_pivot_root, "/tmp", "/tmp" OLD) != 0 || chdir("/") != 0)
        return false;
    if (!fill(browser, ret_step))
        return false;
    *ret_step = "leaving";
    return umount2(OLD, MNT_DETACH) == 0 && rmdir(OLD) == 0 && chdir("/home") == 0;
}
