#include "dz_buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dz_tr.h"

#define DEFAULT_MAX ((size_t)16 << 20)

static size_t
max_of(const struct dz_buf *b)
{
    return b->max > 0 ? b->max : DEFAULT_MAX;
}

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct dz_view
dz_view_trim(struct dz_view a)
{
    while (a.n > 0 && is_space(a.p[0])) {
        a.p++;
        a.n--;
    }
    while (a.n > 0 && is_space(a.p[a.n - 1]))
        a.n--;
    return a;
}

void
dz_buf_done(struct dz_buf *b)
{
    if (b == NULL)
        return;
    dz_free(b->p);
    *b = (struct dz_buf){.max = b->max};
}

void
dz_buf_reset(struct dz_buf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->p != NULL)
        b->p[0] = '\0';
}

void
dz_buf_cut(struct dz_buf *b, size_t n)
{
    if (n >= b->n)
        return;
    b->n = n;
    b->p[n] = '\0';
}

/* Room for n more bytes and the NUL; false (and marked) when the maximum would be passed. */
static bool
reserve(struct dz_buf *b, size_t n)
{
    if (b->failed)
        return false;
    size_t max = max_of(b);
    size_t need;
    if (b->n > max || n > max - b->n || !dz_add_size(b->n + n, 1, &need)) {
        b->failed = true;
        return false;
    }
    b->p = dz_grow_room(b->p, &b->cap, need);
    return true;
}

void
dz_buf_add(struct dz_buf *b, const void *p, size_t n)
{
    if (!reserve(b, n))
        return;
    if (n > 0)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void
dz_buf_adds(struct dz_buf *b, const char *s)
{
    dz_buf_add(b, s, s != NULL ? strlen(s) : 0);
}

void
dz_buf_addv(struct dz_buf *b, struct dz_view v)
{
    dz_buf_add(b, v.p, v.n);
}

void
dz_buf_addc(struct dz_buf *b, char c)
{
    dz_buf_add(b, &c, 1);
}

void
dz_buf_addf(struct dz_buf *b, const char *fmt, ...)
{
    if (b->failed)
        return;
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int wanted = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (wanted < 0) {
        b->failed = true;
    } else if (reserve(b, (size_t)wanted)) {
        int made = vsnprintf(b->p + b->n, (size_t)wanted + 1, fmt, again);
        if (made == wanted)
            b->n += (size_t)wanted;
        else
            b->failed = true;
        b->p[b->n] = '\0';
    }
    va_end(again);
}

void
dz_buf_add_u8(struct dz_buf *b, uint8_t v)
{
    dz_buf_add(b, &v, 1);
}

void
dz_buf_add_u32be(struct dz_buf *b, uint32_t v)
{
    uint8_t bytes[4];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(v >> (8 * (sizeof bytes - 1 - i)));
    dz_buf_add(b, bytes, sizeof bytes);
}

void
dz_buf_add_u64be(struct dz_buf *b, uint64_t v)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(v >> (8 * (sizeof bytes - 1 - i)));
    dz_buf_add(b, bytes, sizeof bytes);
}

enum dz_code
dz_buf_ok(const struct dz_buf *b, const char *what, struct dz_err *err)
{
    if (!b->failed)
        return DZ_OK;
    return dz_fail(err, DZ_E_LIMIT, "%s: longer than the %zu bytes that are allowed", dz_tr(what),
                   max_of(b));
}

struct dz_view
dz_buf_view(const struct dz_buf *b)
{
    return (struct dz_view){.p = b->p != NULL ? b->p : "", .n = b->n};
}

char *
dz_buf_take(struct dz_buf *b)
{
    char *p = b->p != NULL ? b->p : dz_strdup("");
    *b = (struct dz_buf){.max = b->max};
    return p;
}

struct dz_reader
dz_reader_of(const void *p, size_t n)
{
    return (struct dz_reader){.p = p, .n = n};
}

const uint8_t *
dz_read_bytes(struct dz_reader *r, size_t n)
{
    if (r->failed || n > r->n - r->pos) {
        r->failed = true;
        return NULL;
    }
    /* An empty piece at the end of an empty view still needs an address that is not NULL. */
    static const uint8_t nothing[1];
    const uint8_t *at = r->p != NULL ? r->p + r->pos : nothing;
    r->pos += n;
    return at;
}

static uint64_t
read_be(struct dz_reader *r, size_t n)
{
    const uint8_t *p = dz_read_bytes(r, n);
    uint64_t v = 0;
    for (size_t i = 0; p != NULL && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

uint8_t
dz_read_u8(struct dz_reader *r)
{
    return (uint8_t)read_be(r, 1);
}

uint32_t
dz_read_u32be(struct dz_reader *r)
{
    return (uint32_t)read_be(r, 4);
}

uint64_t
dz_read_u64be(struct dz_reader *r)
{
    return read_be(r, 8);
}

uint64_t
dz_view_hash(struct dz_view v)
{
    uint64_t h = v.n * 0x9E3779B97F4A7C15U;
    size_t i = 0;
    for (; i + 8 <= v.n; i += 8) {
        uint64_t eight;
        memcpy(&eight, v.p + i, 8);
        h = (h ^ eight) * 0xBF58476D1CE4E5B9U;
        h ^= h >> 29;
    }
    if (i < v.n) {
        uint64_t rest = 0;
        memcpy(&rest, v.p + i, v.n - i);
        h = (h ^ rest) * 0xBF58476D1CE4E5B9U;
        h ^= h >> 29;
    }
    h *= 0x94D049BB133111EBU;
    return h ^ h >> 32;
}
