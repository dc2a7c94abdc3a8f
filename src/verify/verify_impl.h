/* The parts of dokaz-verify: arguments, what a path is, the checks, printing. */
#ifndef VERIFY_IMPL_H
#define VERIFY_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_check.h"
#include "dz_err.h"
#include "dz_keyless.h"
#include "dz_package.h"
#include "dz_trust.h"

enum verify_exit { EXIT_SOUND = 0, EXIT_FAILED = 1, EXIT_WRONG_USAGE = 2, EXIT_DAMAGED = 3 };

#define VERIFY_FILE_MAX (8u << 20) /* bytes of a proof */

struct verify_args {
    struct dz_trust trust;
    bool json;
    bool help;
    bool version;
    char **paths; /* of argv */
    size_t n_paths;
};

/* Reads argv; *ret_exit is what to end with when it gives false, and that was told. */
bool
verify_args_read(struct verify_args *a, int argc, char **argv, enum verify_exit *ret_exit);
void
verify_args_done(struct verify_args *a);
void
verify_help(void);

/* --- print.c --- */

void
verify_say(const struct verify_args *a, const struct dz_check_line *line);
/* dz_check_fn; ctx is struct verify_args. */
void
verify_line(void *ctx, const struct dz_check_line *line);
/* One line on standard error: the check could not run. */
enum verify_exit
verify_fail(const char *path, const struct dz_err *err);
void
verify_end_package(const struct verify_args *a, const struct dz_package_result *r);
void
verify_end_vault(const struct verify_args *a, const struct dz_keyless_report *r);
void
verify_end_file(const struct verify_args *a, const char *path, const char *kind, bool good);

/* --- folder.c, file.c --- */

enum verify_exit
verify_folder(const struct verify_args *a, const char *path, int fd);
/* All paths that are files, together: a consistency file needs the earlier checkpoint. */
enum verify_exit
verify_files(const struct verify_args *a);

#endif
