#include <string.h>

#include "media_impl.h"

#define ROOM_BYTES (64u << 10)
#define PEEK_MAX 4096u

void
dz_media_flaw(struct dz_media *m, const char *why)
{
    if (!m->why)
        m->why = why;
}

bool
dz_media_step(struct dz_media *m)
{
    if (m->steps < DZ_MEDIA_STEPS) {
        m->steps++;
        return true;
    }
    m->too_many = true;
    return false;
}

/* Room for at least one more byte is made first. */
static void
fill(struct dz_media *m)
{
    size_t got = 0;
    if (m->at > 0) {
        memmove(m->room, m->room + m->at, m->n - m->at);
        m->n -= m->at;
        m->at = 0;
    }
    if (dz_work_next(m->w, m->room + m->n, ROOM_BYTES - m->n, &got, NULL) != DZ_OK)
        got = 0;
    m->n += got;
    m->ended = got == 0;
}

const uint8_t *
dz_media_peek(struct dz_media *m, size_t n)
{
    while (m->n - m->at < n && n <= PEEK_MAX && !m->ended)
        fill(m);
    return m->n - m->at >= n ? m->room + m->at : NULL;
}

static void
keep_tail(struct dz_media *m, const uint8_t *p, size_t n)
{
    size_t size = sizeof m->tail;
    size_t part = n < size ? n : size;
    memmove(m->tail, m->tail + part, size - part);
    memcpy(m->tail + size - part, p + n - part, part);
}

size_t
dz_media_some(struct dz_media *m, uint64_t n, const uint8_t **ret)
{
    if (m->at == m->n && !m->ended)
        fill(m);
    size_t there = m->n - m->at;
    size_t part = n < there ? (size_t)n : there;
    *ret = m->room + m->at;
    if (m->keeps_tail)
        keep_tail(m, *ret, part);
    m->at += part;
    m->pos += part;
    return part;
}

bool
dz_media_take(struct dz_media *m, void *p, size_t n)
{
    uint8_t *to = p;
    while (n > 0) {
        const uint8_t *from;
        size_t part = dz_media_some(m, n, &from);
        if (part == 0) {
            dz_media_flaw(m, "truncated");
            return false;
        }
        memcpy(to, from, part);
        to += part;
        n -= part;
    }
    return true;
}

bool
dz_media_skip(struct dz_media *m, uint64_t n)
{
    bool to_end = n == UINT64_MAX;
    while (n > 0) {
        const uint8_t *from;
        size_t part = dz_media_some(m, n, &from);
        if (part == 0 && !to_end)
            dz_media_flaw(m, "truncated");
        if (part == 0)
            return to_end;
        n -= part;
    }
    return true;
}

bool
dz_media_load(struct dz_media *m, uint64_t n, size_t max, struct dz_buf *out)
{
    dz_buf_reset(out);
    if (n > max)
        return dz_media_skip(m, n);
    while (n > 0) {
        const uint8_t *from;
        size_t part = dz_media_some(m, n, &from);
        if (part == 0) {
            dz_media_flaw(m, "truncated");
            return false;
        }
        dz_buf_add(out, from, part);
        n -= part;
    }
    return true;
}

uint64_t
dz_media_be(struct dz_view v, size_t at, unsigned n)
{
    uint64_t number = 0;
    if (at > v.n || v.n - at < n)
        return 0;
    for (unsigned i = 0; i < n; i++)
        number = number << 8 | (unsigned char)v.p[at + i];
    return number;
}

uint64_t
dz_media_le(struct dz_view v, size_t at, unsigned n)
{
    uint64_t number = 0;
    if (at > v.n || v.n - at < n)
        return 0;
    for (unsigned i = n; i-- > 0;)
        number = number << 8 | (unsigned char)v.p[at + i];
    return number;
}

struct dz_view
dz_media_part(struct dz_view v, size_t at, size_t n)
{
    if (at >= v.n)
        return (struct dz_view){"", 0};
    return (struct dz_view){v.p + at, n < v.n - at ? n : v.n - at};
}

struct dz_view
dz_media_string(struct dz_view v)
{
    const char *end = v.n ? memchr(v.p, '\0', v.n) : NULL;
    return (struct dz_view){v.p, end ? (size_t)(end - v.p) : v.n};
}
