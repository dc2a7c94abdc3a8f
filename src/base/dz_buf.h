/* Views to read bytes, bounded sticky buffers to build them.
 *
 * A view borrows. A buffer owns, has a maximum from birth, and is sticky: after the first append
 * that does not fit, all appends do nothing and dz_buf_ok reports it once. The content is always
 * followed by a NUL that is not counted. What is appended must not lie in the buffer itself. A
 * zeroed buffer is valid, empty, with a maximum of 16 MiB. */
#ifndef DZ_BUF_H
#define DZ_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"
#include "dz_mem.h"

struct dz_view {
    const char *p;
    size_t n;
};

#define DZ_VIEW(lit) ((struct dz_view){ .p = (lit), .n = sizeof(lit) - 1 })
/* The same as an initialiser of constant tables. */
#define DZ_VIEW_INIT(lit) { .p = (lit), .n = sizeof(lit) - 1 }

/* Texts are compared word by word with lists of words, so these few lie open to the compiler: the
 * length of a literal is then known, and most comparisons end at the first byte or the length. */

/** NULL gives the empty view. */
static inline struct dz_view
dz_view_of(const char *s)
{
    return (struct dz_view){.p = s != NULL ? s : "", .n = s != NULL ? strlen(s) : 0};
}

static inline bool
dz_view_eq(struct dz_view a, struct dz_view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/** For tables in memory that words are looked up in: eight bytes at a time, since words are short.
 *  Another machine or version may give another number. */
uint64_t
dz_view_hash(struct dz_view v);

static inline bool
dz_view_is(struct dz_view a, const char *s)
{
    if (s == NULL)
        return a.n == 0;
    if (__builtin_constant_p(__builtin_strlen(s)))
        return a.n == strlen(s) && memcmp(a.n > 0 ? a.p : s, s, strlen(s)) == 0;
    for (size_t i = 0; i < a.n; i++) {
        if (a.p[i] != s[i] || s[i] == '\0')
            return false;
    }
    return s[a.n] == '\0';
}

static inline bool
dz_view_starts(struct dz_view a, const char *prefix)
{
    if (__builtin_constant_p(__builtin_strlen(prefix)))
        return a.n >= strlen(prefix) && (a.n == 0 || memcmp(a.p, prefix, strlen(prefix)) == 0);
    size_t n = 0;
    while (n < a.n && prefix[n] != '\0' && a.p[n] == prefix[n])
        n++;
    return prefix[n] == '\0';
}

/** ASCII white space cut at both ends. */
struct dz_view
dz_view_trim(struct dz_view a);

struct dz_buf {
    char *p;
    size_t n;
    size_t cap;
    size_t max; /* bytes; 0 means 16 MiB */
    bool failed;
};

#define DZ_BUF(maximum) { .max = (maximum) }

void
dz_buf_done(struct dz_buf *b);
#define DZ_AUTO_BUF DZ_CLEANUP(dz_buf_done)

void
dz_buf_reset(struct dz_buf *b); /* empties, keeps memory and maximum, clears the sticky mark */
/** Take back what stands behind the first n bytes, e.g. of an append that did not come to its
 *  end; the sticky mark stays as it is. */
void
dz_buf_cut(struct dz_buf *b, size_t n);
void
dz_buf_add(struct dz_buf *b, const void *p, size_t n);
void
dz_buf_adds(struct dz_buf *b, const char *s);
void
dz_buf_addv(struct dz_buf *b, struct dz_view v);
void
dz_buf_addc(struct dz_buf *b, char c);
void
dz_buf_addf(struct dz_buf *b, const char *fmt, ...) DZ_PRINTF(2, 3);
/** Big-endian integers, for on-disk formats. */
void
dz_buf_add_u8(struct dz_buf *b, uint8_t v);
void
dz_buf_add_u32be(struct dz_buf *b, uint32_t v);
void
dz_buf_add_u64be(struct dz_buf *b, uint64_t v);

/** DZ_OK, or DZ_E_LIMIT when an append did not fit. what names the thing for the message; it is
 *  translated here, so write the English literal in the call. */
DZ_MUSTUSE enum dz_code
dz_buf_ok(const struct dz_buf *b, const char *what, struct dz_err *err);
struct dz_view
dz_buf_view(const struct dz_buf *b);
/** Move the string out (caller frees with dz_free); the buffer is empty afterwards. Never NULL. */
char *
dz_buf_take(struct dz_buf *b);

/* Reader over a view for on-disk formats: sticky too; reads past the end give zeros and set
 * failed. */
struct dz_reader {
    const uint8_t *p;
    size_t n;
    size_t pos;
    bool failed;
};
struct dz_reader
dz_reader_of(const void *p, size_t n);
uint8_t
dz_read_u8(struct dz_reader *r);
uint32_t
dz_read_u32be(struct dz_reader *r);
uint64_t
dz_read_u64be(struct dz_reader *r);
/** Borrowed pointer to n bytes, or NULL when fewer are left. */
const uint8_t *
dz_read_bytes(struct dz_reader *r, size_t n);

#endif
