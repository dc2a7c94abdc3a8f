#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include "box_impl.h"

/* Programs that meet foreign bytes start with nothing of dokaz: no terminal, no descriptor but
 * those they are given, no signal held back. */

#define FIRST_FD 3
#define FDS_MAX 4

static int
prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr, const int *fds, size_t n_fds)
{
    sigset_t none;
    sigset_t all;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int sys = 0;
    for (int std = 0; std < FIRST_FD && sys == 0; std++)
        sys = posix_spawn_file_actions_addopen(files, std, "/dev/null", O_RDWR, 0);
    for (size_t i = 0; i < n_fds && sys == 0; i++)
        sys = posix_spawn_file_actions_adddup2(files, fds[i], FIRST_FD + (int)i);
    /* Whatever dokaz or a library of it has open without close-on-exec ends here. */
    if (sys == 0)
        sys = posix_spawn_file_actions_addclosefrom_np(files, FIRST_FD + (int)n_fds);
    (void)posix_spawnattr_setsigmask(attr, &none);
    (void)posix_spawnattr_setsigdefault(attr, &all);
    /* A session of its own: no terminal to type into, and an interrupt from it is for dokaz, which
     * ends what it started in order. */
    (void)posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                             POSIX_SPAWN_SETSID);
    return sys;
}

int
dz_box_spawn(const char *program, const char *const *arguments, char *const *environment,
             const int *fds, size_t n_fds, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int high[FDS_MAX];
    size_t n_high = 0;
    if (n_fds > FDS_MAX || posix_spawn_file_actions_init(&files) != 0)
        return ENOMEM;
    int sys = posix_spawnattr_init(&attr);
    if (sys == 0) {
        /* Above the numbers they become, so that none takes the place of one still to come. */
        for (; n_high < n_fds && sys == 0; n_high += sys == 0) {
            high[n_high] = fcntl(fds[n_high], F_DUPFD_CLOEXEC, FIRST_FD + FDS_MAX);
            sys = high[n_high] < 0 ? errno : 0;
        }
        if (sys == 0)
            sys = prepare(&files, &attr, high, n_fds);
        if (sys == 0)
            sys = posix_spawn(ret, program, &files, &attr, (char *const *)(uintptr_t)arguments,
                              environment);
        (void)posix_spawnattr_destroy(&attr);
    }
    for (size_t i = 0; i < n_high; i++)
        (void)close(high[i]);
    (void)posix_spawn_file_actions_destroy(&files);
    return sys;
}
