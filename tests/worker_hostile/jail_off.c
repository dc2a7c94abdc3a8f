/* The lock, taken out: linked in place of src/box/jail.c. */
#include "dz_jail.h"

enum dz_code
dz_jail_server(const char *const *folders, bool without_landlock, struct dz_err *err)
{
    (void)folders;
    (void)without_landlock;
    (void)err;
    return DZ_OK;
}

enum dz_code
dz_jail_document(const struct dz_jail_limits *limits, bool may_read, struct dz_err *err)
{
    (void)limits;
    (void)may_read;
    (void)err;
    return DZ_OK;
}
