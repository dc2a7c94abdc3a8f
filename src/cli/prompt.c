#define _GNU_SOURCE /* AT_FDCWD */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "dz_cmd.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_secret.h"
#include "dz_utf8.h"

#define PASSPHRASE_MAX 1024          /* bytes */
#define OBJECT_MAX ((size_t)1 << 20) /* JSON on standard input */
#define LINE_MAX_BYTES ((size_t)1 << 20)

/* Copy the first n bytes of a buffer into a secret of just that size, without its line end. */
static enum dz_code
keep_line(struct dz_secret *room, size_t n, struct dz_secret **ret, struct dz_err *err)
{
    const uint8_t *p = dz_secret_peek(room);
    if (n > 0 && p[n - 1] == '\n')
        n--;
    if (n > 0 && p[n - 1] == '\r')
        n--;
    if (n == 0)
        return dz_fail(err, DZ_E_INPUT, "the passphrase is empty");
    if (n > PASSPHRASE_MAX)
        return dz_fail(err, DZ_E_INPUT, "the passphrase is longer than %d bytes", PASSPHRASE_MAX);
    return dz_secret_copy(p, n, ret, err);
}

/* Wait for bytes on a descriptor that does not block: pipes handed over by a shell are such. */
static void
wait_readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    poll(&p, 1, -1);
}

static enum dz_code
from_file(const char *path, struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    if (dz_os_open(AT_FDCWD, path, DZ_OS_READ, &fd, err) != DZ_OK)
        return dz_while(err, "the passphrase file");
    DZ_AUTO_SECRET struct dz_secret *room = NULL;
    DZ_TRY(dz_secret_new(PASSPHRASE_MAX + 3, &room, err));
    size_t n = 0;
    while (n < dz_secret_size(room)) {
        size_t got = 0;
        wait_readable(fd);
        if (dz_os_read(fd, dz_secret_at(room) + n, dz_secret_size(room) - n, &got, err) != DZ_OK)
            return dz_while(err, "the passphrase file '%s'", path);
        if (got == 0)
            break;
        n += got;
    }
    if (keep_line(room, n, ret, err) != DZ_OK)
        return dz_while(err, "the passphrase file '%s'", path);
    return DZ_OK;
}

static void
say(int fd, const char *text)
{
    struct dz_err ignored;
    if (dz_os_write_all(fd, text, strlen(text), &ignored) != DZ_OK)
        return; /* a prompt that cannot be seen is followed by a read that says so */
}

/* Read one line with the terminal's echo and signals off. Ctrl-C is then a byte like any other, so
 * that the terminal is always put back. */
static enum dz_code
read_hidden(int fd, struct dz_secret *room, size_t *ret_n, struct dz_err *err)
{
    size_t n = 0;
    for (;;) {
        uint8_t c = 0;
        size_t got = 0;
        DZ_TRY(dz_os_read(fd, &c, 1, &got, err));
        if (got == 0 || c == 3)
            return dz_fail(err, DZ_E_CANCELLED, "no passphrase was typed");
        if (c == '\n' || c == '\r')
            break;
        if (c == 127 || c == 8) {
            /* Take back one character, not one byte. */
            while (n > 0 && (dz_secret_peek(room)[n - 1] & 0xC0) == 0x80)
                n--;
            n -= n > 0;
        } else if (c == 21) {
            n = 0;
        } else if (n < dz_secret_size(room)) {
            dz_secret_at(room)[n++] = c;
        }
    }
    *ret_n = n;
    return DZ_OK;
}

static enum dz_code
ask_once(int fd, const char *prompt, struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *room = NULL;
    DZ_TRY(dz_secret_new(PASSPHRASE_MAX + 3, &room, err));
    struct termios before;
    if (tcgetattr(fd, &before) != 0)
        return dz_fail_sys(err, errno, "preparing the terminal");
    struct termios quiet = before;
    quiet.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | ISIG);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0)
        return dz_fail_sys(err, errno, "preparing the terminal");
    say(fd, prompt);
    size_t n = 0;
    enum dz_code code = read_hidden(fd, room, &n, err);
    tcsetattr(fd, TCSAFLUSH, &before);
    say(fd, "\n");
    DZ_TRY(code);
    return keep_line(room, n, ret, err);
}

static enum dz_code
from_terminal(bool twice, struct dz_secret **ret, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    if (dz_os_open(AT_FDCWD, "/dev/tty", DZ_OS_READWRITE, &fd, NULL) != DZ_OK)
        return dz_fail(err, DZ_E_USAGE,
                       "there is no terminal to ask for the passphrase: name a file with "
                       "--passphrase-file or DOKAZ_PASSPHRASE_FILE");
    DZ_AUTO_SECRET struct dz_secret *first = NULL;
    DZ_TRY(ask_once(fd, twice ? _("New passphrase: ") : _("Passphrase: "), &first, err));
    if (twice) {
        DZ_AUTO_SECRET struct dz_secret *second = NULL;
        DZ_TRY(ask_once(fd, _("The same again: "), &second, err));
        if (dz_secret_size(first) != dz_secret_size(second) ||
            !dz_ct_equal(dz_secret_peek(first), dz_secret_peek(second), dz_secret_size(first)))
            return dz_fail(err, DZ_E_INPUT, "the two passphrases differ: nothing was made");
    }
    *ret = first;
    first = NULL;
    return DZ_OK;
}

enum dz_code
dz_prompt_passphrase(const char *file, bool twice, struct dz_secret **ret, struct dz_err *err)
{
    return file != NULL ? from_file(file, ret, err) : from_terminal(twice, ret, err);
}

enum dz_code
dz_prompt_stdin(size_t max, struct dz_buf *out, struct dz_err *err)
{
    char piece[4096];
    size_t total = 0;
    for (;;) {
        size_t got = 0;
        if (dz_os_read(STDIN_FILENO, piece, sizeof piece, &got, err) != DZ_OK)
            return dz_while(err, "standard input");
        if (got == 0)
            return dz_buf_ok(out, _("standard input"), err);
        total += got;
        if (total > max)
            return dz_fail(err, DZ_E_LIMIT, "standard input is longer than the %zu bytes allowed",
                           max);
        dz_buf_add(out, piece, got);
    }
}

enum dz_code
dz_prompt_object(json_t **ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(OBJECT_MAX + 1);
    DZ_TRY(dz_prompt_stdin(OBJECT_MAX, &text, err));
    if (dz_view_trim(dz_buf_view(&text)).n == 0)
        return dz_fail(err, DZ_E_INPUT, "standard input is empty: one JSON object is expected");
    DZ_AUTO_JSON json_t *value = NULL;
    if (dz_json_parse(dz_buf_view(&text), &value, err) != DZ_OK)
        return dz_while(err, "standard input");
    if (!json_is_object(value))
        return dz_fail(err, DZ_E_INPUT, "standard input: a JSON object is expected");
    *ret = json_incref(value);
    return DZ_OK;
}

void
dz_lines_init(struct dz_lines *l)
{
    *l = (struct dz_lines){.buf = DZ_BUF(LINE_MAX_BYTES)};
}

enum dz_code
dz_lines_next(struct dz_lines *l, struct dz_view *ret, bool *ret_more, struct dz_err *err)
{
    for (;;) {
        const char *from = l->buf.n > l->pos ? l->buf.p + l->pos : NULL;
        size_t left = from != NULL ? l->buf.n - l->pos : 0;
        const char *end = from != NULL ? memchr(from, '\n', left) : NULL;
        if (end != NULL || (l->ended && left > 0)) {
            size_t n = end != NULL ? (size_t)(end - from) : left;
            l->pos += n + (end != NULL);
            *ret = (struct dz_view){from, n > 0 && from[n - 1] == '\r' ? n - 1 : n};
            *ret_more = true;
            return DZ_OK;
        }
        if (l->ended) {
            *ret_more = false;
            return DZ_OK;
        }
        if (left == 0) {
            dz_buf_reset(&l->buf);
            l->pos = 0;
        }
        char piece[4096];
        size_t got = 0;
        if (dz_os_read(STDIN_FILENO, piece, sizeof piece, &got, err) != DZ_OK)
            return dz_while(err, "standard input");
        l->ended = got == 0;
        dz_buf_add(&l->buf, piece, got);
        DZ_TRY(dz_buf_ok(&l->buf, _("standard input"), err));
    }
}

enum dz_code
dz_lines_key(struct dz_lines *l, struct dz_view *ret, bool *ret_more, struct dz_err *err)
{
    struct termios before;
    if (l->buf.n > l->pos || tcgetattr(STDIN_FILENO, &before) != 0)
        return dz_lines_next(l, ret, ret_more, err);
    struct termios key = before;
    key.c_lflag &= (tcflag_t) ~(ECHO | ICANON);
    key.c_cc[VMIN] = 1;
    key.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &key) != 0)
        return dz_lines_next(l, ret, ret_more, err);
    char c = 0;
    size_t n = 0;
    enum dz_code code = dz_os_read(STDIN_FILENO, &c, 1, &n, err);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    if (code != DZ_OK)
        return dz_while(err, "standard input");
    dz_buf_reset(&l->buf);
    dz_buf_addc(&l->buf, c);
    l->pos = 1;
    *ret = (struct dz_view){l->buf.p, 1};
    *ret_more = n > 0 && c != 4; /* Ctrl-D ends */
    return DZ_OK;
}

void
dz_lines_done(struct dz_lines *l)
{
    dz_buf_done(&l->buf);
}

void
dz_progress(const char *fmt, ...)
{
    if (isatty(STDERR_FILENO) != 1)
        return;
    va_list args;
    va_start(args, fmt);
    fputc('\r', stderr);
    vfprintf(stderr, fmt, args);
    fputs("\033[K", stderr);
    va_end(args);
    fflush(stderr);
}

void
dz_progress_end(void)
{
    if (isatty(STDERR_FILENO) == 1)
        fputs("\r\033[K", stderr);
}

void
dz_notice(const struct dz_ctx *c, const char *fmt, ...)
{
    char text[4096];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
    dz_utf8_line(&line, dz_view_of(text), 2000);
    fprintf(stderr, "dokaz: %s: %s\n", c->cmd->name, line.p != NULL ? line.p : "");
}
