#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

#include "dz_os.h"
#include "dz_time.h"
#include "dz_tr.h"
#include "os_seam.h"

static int64_t
clock_us(clockid_t id)
{
    struct timespec t;
    if (clock_gettime(id, &t) != 0)
        dz_panic(_("the system has no clock"));
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
dz_os_now_us(void)
{
#ifdef DZ_WEAK_KDF
    /* Test builds only: whoever can set the clock of evidence can forge its order. */
    const char *fixed = getenv("DOKAZ_TEST_NOW");
    int64_t us;
    if (fixed != NULL) {
        if (!dz_time_parse(dz_view_of(fixed), &us))
            dz_panic("DOKAZ_TEST_NOW is not an RFC 3339 time");
        return us;
    }
#endif
    return clock_us(CLOCK_REALTIME);
}

int64_t
dz_os_monotonic_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

void
dz_os_random(void *p, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = getrandom((char *)p + done, n - done, 0);
        if (got < 0 && errno == EINTR)
            continue;
        /* A key made of less than real randomness is worse than none. */
        if (got <= 0)
            dz_panic(
                _("the system gives no random numbers, and without them nothing can be sealed"));
        done += (size_t)got;
    }
}

void
dz_os_harden(void)
{
    /* Both may be refused inside a sandbox that is stricter still; then there is nothing to do. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

/* Make every missing folder of an absolute path. */
static enum dz_code
make_path(const char *path, struct dz_err *err)
{
    DZ_AUTO_FREE char *part = dz_strdup(path);
    for (char *p = part + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char end = *p;
        *p = '\0';
        struct dz_os_stat st;
        enum dz_code code = dz_os_stat(AT_FDCWD, part, true, &st, err);
        if (code == DZ_E_NOTFOUND) {
            code = dz_os_mkdir(AT_FDCWD, part, err);
            if (code == DZ_OK)
                code = dz_os_sync_name(AT_FDCWD, part, err);
            /* Another process may have been faster. */
            if (code == DZ_E_EXISTS)
                code = DZ_OK;
        } else if (code == DZ_OK && !st.is_dir) {
            code = dz_fail_sys(err, ENOTDIR, "using '%s' as a folder", part);
        }
        if (code != DZ_OK)
            return code;
        *p = end;
        if (end == '\0')
            return DZ_OK;
    }
}

enum dz_code
dz_os_state_dir(char **ret, struct dz_err *err)
{
    /* The XDG base directory specification ignores relative paths. */
    const char *xdg = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char *path;
    if (xdg != NULL && xdg[0] == '/')
        path = dz_asprintf("%s/dokaz", xdg);
    else if (home != NULL && home[0] == '/')
        path = dz_asprintf("%s/.local/state/dokaz", home);
    else
        return dz_fail(err, DZ_E_NOTFOUND,
                       "no folder for the state of this user: set HOME or XDG_STATE_HOME");
    enum dz_code code = make_path(path, err);
    if (code != DZ_OK) {
        dz_free(path);
        return code;
    }
    *ret = path;
    return DZ_OK;
}

long
dz_os_peak_rss_kib(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}
