/* For tests with one `err` for all calls: what has to go well, and what has to fail with a code and
 * words. */
#ifndef TOLD_H
#define TOLD_H

#include <string.h>

#include "dz_err.h"

static struct dz_err err;

#define OK(expr)                     \
    do {                             \
        err.msg[0] = '\0';           \
        if ((expr) != DZ_OK)         \
            fail_msg("%s", err.msg); \
    } while (0)
#define FAILS(code, words, expr)                               \
    do {                                                       \
        err = (struct dz_err){0};                              \
        assert_int_equal((expr), (code));                      \
        if (strstr(err.msg, (words)) == NULL)                  \
            fail_msg("'%s' is not in '%s'", (words), err.msg); \
    } while (0)

#endif
