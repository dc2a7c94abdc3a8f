/* Between the two files of the lock: which calls (jail_calls.c), and everything else (jail.c). */
#ifndef JAIL_IMPL_H
#define JAIL_IMPL_H

#include <linux/filter.h>

#include "dz_jail.h"

enum jail_role {
    JAIL_SERVER,
    JAIL_READER,  /* a document, in a family that may still read its own folders */
    JAIL_DOCUMENT /* a document; opens nothing at all */
};

/** The filter of a role as instructions for the kernel, made once and kept for the process. */
DZ_MUSTUSE enum dz_code
dz_jail_filter(enum jail_role role, const struct sock_fprog **ret, struct dz_err *err);

#endif
