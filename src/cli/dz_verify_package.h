/* `dokaz verify PACKAGE`: the package half of the command. */
#ifndef DZ_VERIFY_PACKAGE_H
#define DZ_VERIFY_PACKAGE_H

#include "dz_cmd.h"
#include "dz_vault_package.h"

/** Check the package and print it; DZ_E_CORRUPT with findings. */
DZ_MUSTUSE enum dz_code
dz_verify_package(struct dz_ctx *c, const char *path, const struct dz_package_words *words,
                  struct dz_err *err);

#endif
