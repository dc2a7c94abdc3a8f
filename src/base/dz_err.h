/* Errors: one code that decides behaviour, one line that a person reads.
 *
 * A function that can fail returns enum dz_code and takes `struct dz_err *err` last. Not DZ_OK
 * means: err is filled and outputs are untouched; DZ_OK means: err is untouched. err may be NULL
 * where the text is not wanted. Messages are one line, "what: why: what to do", without secrets
 * or contents. The format of dz_fail and dz_while is a gettext msgid: write the English literal
 * in the call. */
#ifndef DZ_ERR_H
#define DZ_ERR_H

#include <stdint.h>

#define DZ_MUSTUSE __attribute__((warn_unused_result))
#define DZ_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum dz_code {
    DZ_OK = 0,
    DZ_E_USAGE,    /* the caller asked for something that makes no sense: exit 2 */
    DZ_E_INPUT,    /* foreign bytes or words that do not fit their format */
    DZ_E_NOTFOUND, /* the named thing is not there */
    DZ_E_EXISTS,   /* it is there already */
    DZ_E_LIMIT,    /* a stated limit was passed */
    DZ_E_MEMORY,   /* out of memory */
    DZ_E_IO,       /* the operating system refused; err->sys holds errno */
    DZ_E_FULL,     /* no room left on the device or in the quota */
    DZ_E_LOCKED,   /* somebody else holds the write lock */
    DZ_E_AUTH,     /* wrong passphrase or key */
    DZ_E_DENIED,   /* the rules do not allow it */
    DZ_E_FORMAT,   /* made by a newer or a foreign program */
    DZ_E_CORRUPT,  /* stored bytes are not what was stored: exit 3 */
    DZ_E_ROLLBACK, /* the vault is behind what was last seen: exit 3 */
    DZ_E_CANCELLED /* stopped by the user */
};

struct dz_err {
    enum dz_code code;
    int sys;       /* errno of the call that failed, or 0 */
    char msg[512]; /* UTF-8, one line, NUL-terminated */
};

/** Fill err (if not NULL) and give back code: `return dz_fail(err, DZ_E_INPUT, "...")`. The
 *  format is translated into the language of the thread before it is used. Control characters in
 *  arguments are shown as spaces; the message is cut at a character border. */
enum dz_code
dz_fail(struct dz_err *err, enum dz_code code, const char *fmt, ...) DZ_PRINTF(3, 4);

/** As dz_fail, and adds the system's own words for errno value sys; ENOSPC and EDQUOT become
 *  DZ_E_FULL, ENOENT DZ_E_NOTFOUND, EEXIST DZ_E_EXISTS, others DZ_E_IO. Returns that code. */
enum dz_code
dz_fail_sys(struct dz_err *err, int sys, const char *fmt, ...) DZ_PRINTF(3, 4);

/** Put the outer cause in front of a filled err and return its code: dz_while(err, "importing
 *  '%s'", name) gives "importing 'a.pdf': ...". With a NULL err the code is that of this
 *  thread's last dz_fail, so call it straight after the call that failed. */
enum dz_code
dz_while(struct dz_err *err, const char *fmt, ...) DZ_PRINTF(2, 3);

#ifdef __clang_analyzer__
/* The analyzer of `make lint` reads one file at a time. It has to be told that a failure is never
 * DZ_OK, or it follows callers to outputs that nobody filled. */
#define dz_fail(err, code, ...) ((void)dz_fail(err, code, __VA_ARGS__), (code))
#define dz_fail_sys(...) ((void)dz_fail_sys(__VA_ARGS__), DZ_E_IO)
#define dz_while(...) ((void)dz_while(__VA_ARGS__), DZ_E_IO)
#endif

/** Pass a failure up: nothing may be owned that is not DZ_AUTO. */
#define DZ_TRY(expr)                                                                               \
    do {                                                                                           \
        enum dz_code try_code_ = (expr);                                                           \
        if (try_code_ != DZ_OK)                                                                    \
            return try_code_;                                                                      \
    } while (0)

#endif
