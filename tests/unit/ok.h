/* For tests: what has to go well, with an `err` of its own to name in the call; or the test ends
 * with the call and its message. */
#ifndef OK_H
#define OK_H

#include "dz_err.h"

#define OK(expr)                                 \
    do {                                         \
        struct dz_err err_ = {0};                \
        struct dz_err *err = &err_;              \
        if ((expr) != DZ_OK)                     \
            fail_msg("%s: %s", #expr, err_.msg); \
    } while (0)

#endif
