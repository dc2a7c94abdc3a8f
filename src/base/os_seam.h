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
#define SEAM(failed, call) (dz_os_fault_hit() ? (failed) : (call))
#else
#define SEAM(failed, call) (call)
#endif

#endif
