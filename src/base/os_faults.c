/* Faults to order, in test builds only: the n-th call to the system fails, the n-th allocation
 * fails, syncs are left out. A test in the same process arms them by dz_os_fault_arm; a test that
 * starts the program does so by the environment:
 *
 *   DOKAZ_TEST_FAULT=N[+]:ERRNO  the N-th fallible call, or all from it on, fail with this number
 *   DOKAZ_TEST_ALLOC=N[+]        the same for allocations
 *   DOKAZ_TEST_COUNT=FILE        at the end, "calls allocations" seen are written there
 *   DOKAZ_TEST_SHORT=1           every read and write does half of what was asked
 *   DOKAZ_TEST_NO_SYNC=CALL      fsync or fdatasync says yes and does nothing */
#ifdef DZ_FAULTS
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dz_codec.h"
#include "dz_os.h"
#include "os_seam.h"

/* The only state below main. Workers of a test share it, hence atomics. */
struct fault {
    atomic_long seen;
    atomic_long nth; /* 0: nothing fails */
    atomic_int sys;
    atomic_bool stays;
};
static struct fault calls;
static struct fault allocs;

static void
arm(struct fault *f, long nth, int sys, bool stays)
{
    atomic_store(&f->nth, 0);
    atomic_store(&f->seen, 0);
    atomic_store(&f->sys, sys);
    atomic_store(&f->stays, stays);
    atomic_store(&f->nth, nth);
}

static bool
hit(struct fault *f)
{
    long seen = atomic_fetch_add(&f->seen, 1) + 1;
    long nth = atomic_load(&f->nth);
    if (nth <= 0 || (atomic_load(&f->stays) ? seen < nth : seen != nth))
        return false;
    errno = atomic_load(&f->sys);
    return true;
}

void
dz_os_fault_arm(long nth, int sys, bool from_then_on)
{
    arm(&calls, nth, sys, from_then_on);
}

long
dz_os_fault_count(void)
{
    return atomic_load(&calls.seen);
}

bool
dz_os_fault_hit(void)
{
    return hit(&calls);
}

bool
dz_mem_fault_hit(void)
{
    return hit(&allocs);
}

bool
dz_os_sync_left_out(const char *call)
{
    const char *which = getenv("DOKAZ_TEST_NO_SYNC");
    return which != NULL && strcmp(which, call) == 0;
}

size_t
dz_os_short(size_t n)
{
    return n > 1 && getenv("DOKAZ_TEST_SHORT") != NULL ? n / 2 : n;
}

/* "N", "N+", "N:ERRNO" or "N+:ERRNO". */
static void
arm_from(const char *name, struct fault *f)
{
    const char *text = getenv(name);
    if (text == NULL)
        return;
    size_t digits = strspn(text, "0123456789");
    const char *rest = text + digits;
    bool stays = *rest == '+';
    rest += stays ? 1 : 0;
    uint64_t nth = 0, sys = ENOMEM;
    if (!dz_parse_u64((struct dz_view){.p = text, .n = digits}, &nth) || nth > LONG_MAX ||
        (*rest == ':' && (!dz_parse_u64(dz_view_of(rest + 1), &sys) || sys > 4095)))
        dz_panic("a fault is ordered in a form that is not understood");
    arm(f, (long)nth, (int)sys, stays);
}

__attribute__((constructor)) static void
arm_from_environment(void)
{
    arm_from("DOKAZ_TEST_FAULT", &calls);
    arm_from("DOKAZ_TEST_ALLOC", &allocs);
}

__attribute__((destructor)) static void
write_counts(void)
{
    const char *path = getenv("DOKAZ_TEST_COUNT");
    int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return;
    char text[64];
    int n = snprintf(text, sizeof text, "%ld %ld\n", atomic_load(&calls.seen),
                     atomic_load(&allocs.seen));
    ssize_t ignored = write(fd, text, n > 0 ? (size_t)n : 0);
    (void)ignored;
    close(fd);
}
#else
/* A release build holds none of this; a file has to declare something. */
typedef int dz_os_no_faults;
#endif
