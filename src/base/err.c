#define _GNU_SOURCE /* strerrordesc_np */
#include "dz_err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "dz_tr.h"
#include "dz_utf8.h"

/* What the header tells the analyzer is for callers only. */
#undef dz_fail
#undef dz_fail_sys
#undef dz_while

/* An outer cause keeps at least this much of the line, however long the inner one is (bytes). */
#define OUTER_MIN 160

/* The code of the last failure in this thread, for dz_while where nobody wanted the text. */
static _Thread_local enum dz_code last_code = DZ_E_IO;

/* The system's words for the errors people do meet, as msgids, because the catalogues of the C
 * library are not loaded under the fixed locale. Everything else is shown in the C library's
 * English. */
static const struct {
    int sys;
    const char *words;
} sys_words[] = {
    {EPERM, N_("Operation not permitted")},
    {ENOENT, N_("No such file or directory")},
    {EIO, N_("Input/output error")},
    {EACCES, N_("Permission denied")},
    {EBUSY, N_("Device or resource busy")},
    {EEXIST, N_("File exists")},
    {ENODEV, N_("No such device")},
    {ENOTDIR, N_("Not a directory")},
    {EISDIR, N_("Is a directory")},
    {EINVAL, N_("Invalid argument")},
    {EMFILE, N_("Too many open files")},
    {ENFILE, N_("Too many open files in system")},
    {EFBIG, N_("File too large")},
    {ENOSPC, N_("No space left on device")},
    {EROFS, N_("Read-only file system")},
    {ENAMETOOLONG, N_("File name too long")},
    {ENOTEMPTY, N_("Directory not empty")},
    {ELOOP, N_("Too many levels of symbolic links")},
    {EDQUOT, N_("Disk quota exceeded")},
    {ENOMEM, N_("Cannot allocate memory")},
    {ETIMEDOUT, N_("Connection timed out")},
    {ECONNREFUSED, N_("Connection refused")},
    {EADDRINUSE, N_("Address already in use")},
};

static const char *
words_of(int sys)
{
    for (size_t i = 0; i < sizeof sys_words / sizeof *sys_words; i++) {
        if (sys_words[i].sys == sys)
            return dz_tr(sys_words[i].words);
    }
    const char *words = strerrordesc_np(sys);
    return words != NULL ? words : _("unknown error");
}

static enum dz_code
code_of_sys(int sys)
{
    switch (sys) {
    case ENOSPC:
    case EDQUOT:
        return DZ_E_FULL;
    case ENOENT:
        return DZ_E_NOTFOUND;
    case EEXIST:
        return DZ_E_EXISTS;
    default:
        return DZ_E_IO;
    }
}

/* Copy text into dst as one printable line of at most cap - 1 bytes: whole characters only,
 * controls as spaces, ill-formed bytes (file names are bytes) as U+FFFD, and an ellipsis where
 * it was cut. */
static size_t
put_line(char *dst, size_t cap, const char *text, size_t n)
{
    static const char ellipsis[] = "\xE2\x80\xA6";
    static const char replacement[] = "\xEF\xBF\xBD";
    struct dz_view v = {.p = text, .n = n};
    size_t out = 0;
    size_t fits = 0; /* where the line ends if an ellipsis must follow */
    for (size_t pos = 0; pos < n;) {
        size_t from = pos;
        uint32_t cp = dz_utf8_next(v, &pos);
        const char *piece = text + from;
        size_t len = pos - from;
        if (dz_utf8_is_control(cp)) {
            piece = " ";
            len = 1;
        } else if (cp == 0xFFFD && len == 1) {
            piece = replacement;
            len = sizeof replacement - 1;
        }
        if (len >= cap - out) {
            if (cap > sizeof ellipsis) {
                memcpy(dst + fits, ellipsis, sizeof ellipsis - 1);
                out = fits + sizeof ellipsis - 1;
            }
            break;
        }
        memcpy(dst + out, piece, len);
        out += len;
        if (out + sizeof ellipsis <= cap)
            fits = out;
    }
    dst[out] = '\0';
    return out;
}

/* Format through the catalogue. The caller's literal is checked at compile time by the attribute
 * of the public functions; the catalogue's formats are checked against it by `msgfmt -c` when
 * they are built. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
__attribute__((format(printf, 3, 0))) static size_t
format_line(char *dst, size_t cap, const char *fmt, va_list ap)
{
    char raw[2048];
    int wanted = vsnprintf(raw, sizeof raw, dz_tr(fmt), ap);
    if (wanted < 0)
        return put_line(dst, cap, fmt, strlen(fmt));
    size_t n = (size_t)wanted;
    if (n >= sizeof raw) {
        /* Cut before the character that vsnprintf may have split. */
        n = sizeof raw - 1;
        while (n > 0 && ((unsigned char)raw[n - 1] & 0xC0) == 0x80)
            n--;
        if (n > 0)
            n--;
    }
    return put_line(dst, cap, raw, n);
}
#pragma GCC diagnostic pop

enum dz_code
dz_fail(struct dz_err *err, enum dz_code code, const char *fmt, ...)
{
    last_code = code;
    if (err == NULL)
        return code;
    err->code = code;
    err->sys = 0;
    va_list ap;
    va_start(ap, fmt);
    format_line(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    return code;
}

enum dz_code
dz_fail_sys(struct dz_err *err, int sys, const char *fmt, ...)
{
    enum dz_code code = code_of_sys(sys);
    last_code = code;
    if (err == NULL)
        return code;
    err->code = code;
    err->sys = sys;

    /* The reason always fits: what is long is a path, and its end is the part that can be
     * missed. */
    const char *words = words_of(sys);
    size_t tail = strlen(words) + 2;
    size_t cap = sizeof err->msg - (tail < sizeof err->msg - OUTER_MIN ? tail : 0);
    va_list ap;
    va_start(ap, fmt);
    size_t n = format_line(err->msg, cap, fmt, ap);
    va_end(ap);
    if (n + tail < sizeof err->msg) {
        memcpy(err->msg + n, ": ", 2);
        put_line(err->msg + n + 2, sizeof err->msg - n - 2, words, strlen(words));
    }
    return code;
}

enum dz_code
dz_while(struct dz_err *err, const char *fmt, ...)
{
    if (err == NULL)
        return last_code;
    char inner[sizeof err->msg];
    size_t inner_n = strnlen(err->msg, sizeof err->msg - 1);
    memcpy(inner, err->msg, inner_n);

    size_t room = sizeof err->msg > inner_n + 2 ? sizeof err->msg - inner_n - 2 : 0;
    va_list ap;
    va_start(ap, fmt);
    size_t n = format_line(err->msg, room > OUTER_MIN ? room : OUTER_MIN, fmt, ap);
    va_end(ap);
    memcpy(err->msg + n, ": ", 2);
    put_line(err->msg + n + 2, sizeof err->msg - n - 2, inner, inner_n);
    return err->code;
}
