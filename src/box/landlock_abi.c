/* Apart from jail.c, so that asking does not link the lock into dokaz itself. */
#include <sys/syscall.h>
#include <unistd.h>

#include "dz_box.h"
#include "dz_jail.h"

#define CREATE_RULESET_VERSION 1u /* LANDLOCK_CREATE_RULESET_VERSION */

int
dz_jail_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

int
dz_box_landlock_abi(void)
{
    return dz_jail_landlock_abi();
}
