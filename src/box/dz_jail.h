/* Locking a process in: Landlock by system call, seccomp by libseccomp, resource limits.
 *
 * Debian's headers stop at Landlock's second version, so its constants stand in jail.c. What is
 * allowed is listed there with the reason for each system call. */
#ifndef DZ_JAIL_H
#define DZ_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"

/** 0: the kernel has no Landlock. */
int
dz_jail_landlock_abi(void);

/** The server of a family: may fork, wait and talk on the descriptors it has; may read what lies in
 * the folders (absolute; NULL-terminated, NULL for none) and nothing else; no network, no exec, no
 * writing. DZ_E_DENIED: the kernel refuses, or has no Landlock and without_landlock is false. */
DZ_MUSTUSE enum dz_code
dz_jail_server(const char *const *folders, bool without_landlock, struct dz_err *err);

/** Descriptors that a document keeps: 0 to 2, itself, the output. All others are closed. */
#define DZ_JAIL_FDS 5

struct dz_jail_limits {
    uint64_t memory_bytes; /* address space */
    unsigned processor_s;
};
/** The child that reads one document: no new process or thread, no socket, no signal to others, no
 * file unless may_read (then those that the server may read). Comes on top of the server's. */
DZ_MUSTUSE enum dz_code
dz_jail_document(const struct dz_jail_limits *limits, bool may_read, struct dz_err *err);

#endif
