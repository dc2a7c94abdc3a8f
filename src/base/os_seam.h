/* The one point through which fallible system calls go; private to the os_*.c files.
 *
 * In test builds each passage is counted and can be made to fail without the call being made. */
#ifndef OS_SEAM_H
#define OS_SEAM_H

#include "dz_os.h"

#ifdef DZ_FAULTS
/** Counts one fallible call; true, with errno set, when it is this one's turn to fail. */
bool
dz_os_fault_hit(void);
/** The same for allocations. */
bool
dz_mem_fault_hit(void);
/** Whether this kind of sync is to say yes and do nothing: power-loss tests show with it that they
 *  would find a sync that is missing. */
bool
dz_os_sync_left_out(const char *call);
/** How much of n bytes a call may read or write: the system may always do less. */
size_t
dz_os_short(size_t n);
#define SEAM_SHORT(n) dz_os_short(n)
#define SEAM(failed, call) (dz_os_fault_hit() ? (failed) : (call))
#define SEAM_SYNC(name, call) (dz_os_sync_left_out(name) ? 0 : SEAM(-1, call))
#define SEAM_ALLOC(call) (dz_mem_fault_hit() ? NULL : (call))
#else
#define SEAM_SHORT(n) (n)
#define SEAM(failed, call) (call)
#define SEAM_SYNC(name, call) (call)
#define SEAM_ALLOC(call) (call)
#endif

#endif
