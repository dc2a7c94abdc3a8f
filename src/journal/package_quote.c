/* Whether words stand where a passage says. The text is read through once and only what lies around
 * the passage is kept, so that it may have any length. */
#include <string.h>

#include "dz_os.h"
#include "package_read_impl.h"

#define AROUND 64 /* code points kept on either side; prefixes and suffixes have up to 32 */
#define CHUNK_BYTES 65536u

struct window {
    int64_t from; /* first code point kept */
    int64_t to;   /* first one behind */
    int64_t start;
    int64_t end;
    int64_t at;         /* code points begun so far */
    struct dz_buf kept; /* their bytes */
    size_t start_byte;  /* where start and end lie in kept */
    size_t end_byte;
    bool has_start;
    bool has_end;
};

/* Every byte that does not go on with a character begins one. */
static void
feed(struct window *w, const char *p, size_t n)
{
    for (size_t i = 0; i < n && w->at <= w->to; i++) {
        if (((unsigned char)p[i] & 0xc0) != 0x80) {
            if (w->at == w->start) {
                w->start_byte = w->kept.n;
                w->has_start = true;
            }
            if (w->at == w->end) {
                w->end_byte = w->kept.n;
                w->has_end = true;
            }
            w->at++;
        }
        if (w->at > w->from && w->at <= w->to)
            dz_buf_addc(&w->kept, p[i]);
    }
}

static bool
stands_before(const struct window *w, const char *prefix)
{
    size_t n = prefix != NULL ? strlen(prefix) : 0;
    return n <= w->start_byte && memcmp(w->kept.p + w->start_byte - n, prefix, n) == 0;
}

static bool
stands_after(const struct window *w, const char *suffix)
{
    size_t n = suffix != NULL ? strlen(suffix) : 0;
    return n <= w->kept.n - w->end_byte && memcmp(w->kept.p + w->end_byte, suffix, n) == 0;
}

static enum package_quote
verdict(struct window *w, const struct package_quote_at *q)
{
    /* A passage may reach to the very end, where no further character begins. */
    if (!w->has_end && w->at == w->end) {
        w->end_byte = w->kept.n;
        w->has_end = true;
    }
    if (!w->has_start || !w->has_end)
        return PACKAGE_QUOTE_SHORT;
    size_t n = strlen(q->exact);
    if (w->end_byte - w->start_byte != n || memcmp(w->kept.p + w->start_byte, q->exact, n) != 0)
        return PACKAGE_QUOTE_OTHER;
    if (q->prefix != NULL && q->prefix[0] != '\0' && !stands_before(w, q->prefix))
        return PACKAGE_QUOTE_BEFORE;
    if (q->suffix != NULL && q->suffix[0] != '\0' && !stands_after(w, q->suffix))
        return PACKAGE_QUOTE_AFTER;
    return PACKAGE_QUOTE_SAME;
}

enum dz_code
dz_package_quote(int fd, const struct package_quote_at *q, enum package_quote *ret,
                 struct dz_err *err)
{
    size_t n_exact = strlen(q->exact);
    /* No text has more characters than bytes, and none is quoted in vain. */
    if (q->start < 0 || q->end <= q->start || q->end > INT64_MAX / 8 ||
        (uint64_t)(q->end - q->start) > n_exact) {
        *ret = PACKAGE_QUOTE_OTHER;
        return DZ_OK;
    }
    struct window w = {.from = q->start > AROUND ? q->start - AROUND : 0,
                       .to = q->end + AROUND,
                       .start = q->start,
                       .end = q->end,
                       .kept = DZ_BUF(n_exact * 4 + (size_t)16 * AROUND + 64)};
    enum dz_code code = DZ_OK;
    while (w.at <= w.to && !w.kept.failed) {
        char chunk[CHUNK_BYTES];
        size_t n = 0;
        code = dz_os_read(fd, chunk, sizeof chunk, &n, err);
        if (code != DZ_OK || n == 0)
            break;
        feed(&w, chunk, n);
    }
    if (code == DZ_OK)
        *ret = w.kept.failed ? PACKAGE_QUOTE_OTHER : verdict(&w, q);
    dz_buf_done(&w.kept);
    return code;
}
