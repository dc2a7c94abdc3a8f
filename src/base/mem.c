#define _GNU_SOURCE /* vasprintf */
#include "dz_mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dz_tr.h"
#include "os_seam.h"

#define ARENA_DEFAULT_MAX ((size_t)64 << 20)
#define ARENA_CHUNK_BYTES ((size_t)64 << 10)

static int panic_status = 1;

void
dz_panic_exit(int status)
{
    panic_status = status;
}

void
dz_panic(const char *line)
{
    /* write and _exit need no memory and run no handlers: nothing half-done is flushed on the
     * way out. */
    char text[512];
    int n = snprintf(text, sizeof text, "dokaz: %s\n", line);
    if (n > 0) {
        size_t len = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
        ssize_t ignored = write(STDERR_FILENO, text, len);
        (void)ignored;
    }
    _exit(panic_status);
}

__attribute__((noreturn, cold)) static void
out_of_memory(void)
{
    dz_panic(_("out of memory: what was acknowledged is safe; close other programs and try again"));
}

void *
dz_alloc(size_t n)
{
    void *p = SEAM_ALLOC(calloc(1, n > 0 ? n : 1));
    if (p == NULL)
        out_of_memory();
    return p;
}

void *
dz_alloc_room(size_t n)
{
    void *p = SEAM_ALLOC(malloc(n > 0 ? n : 1));
    if (p == NULL)
        out_of_memory();
    return p;
}

void *
dz_alloc_array(size_t n, size_t size)
{
    size_t bytes;
    if (!dz_mul_size(n, size, &bytes))
        out_of_memory();
    return dz_alloc(bytes);
}

/* Doubling keeps appends linear; where doubling would overflow, the exact need is tried. */
static size_t
next_cap(const void *base, size_t cap, size_t need, size_t first)
{
    size_t next = base != NULL && cap > 0 ? cap : first;
    while (next < need) {
        if (!dz_mul_size(next, 2, &next))
            next = need;
    }
    return next;
}

void *
dz_grow_room(void *base, size_t *cap, size_t need)
{
    if (base != NULL && need <= *cap)
        return base;
    size_t next = next_cap(base, *cap, need, 32);
    void *p = SEAM_ALLOC(realloc(base, next));
    if (p == NULL)
        out_of_memory();
    *cap = next;
    return p;
}

void *
dz_grow(void *base, size_t *cap, size_t need, size_t size)
{
    if (base != NULL && need <= *cap)
        return base;
    size_t next = next_cap(base, *cap, need, 8);
    size_t bytes;
    if (!dz_mul_size(next, size, &bytes))
        out_of_memory();
    void *p = SEAM_ALLOC(realloc(base, bytes > 0 ? bytes : 1));
    if (p == NULL)
        out_of_memory();
    size_t old = base != NULL ? *cap * size : 0;
    memset((char *)p + old, 0, bytes - old);
    *cap = next;
    return p;
}

char *
dz_strdup(const char *s)
{
    return dz_strndup(s, strlen(s));
}

char *
dz_strndup(const char *s, size_t n)
{
    size_t len = n > 0 ? strnlen(s, n) : 0;
    size_t bytes;
    if (!dz_add_size(len, 1, &bytes))
        out_of_memory();
    char *copy = dz_alloc(bytes);
    if (len > 0)
        memcpy(copy, s, len);
    return copy;
}

char *
dz_asprintf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = NULL;
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0 || text == NULL)
        out_of_memory();
    return text;
}

void
dz_free(void *p)
{
    free(p);
}

bool
dz_add_size(size_t a, size_t b, size_t *ret)
{
    size_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *ret = sum;
    return true;
}

bool
dz_mul_size(size_t a, size_t b, size_t *ret)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *ret = product;
    return true;
}

/* The head of a chunk is padded to the strictest alignment, so that the bytes behind it are
 * aligned too. */
struct dz_arena_chunk {
    _Alignas(max_align_t) struct dz_arena_chunk *next;
    size_t cap;
    size_t used;
};

_Static_assert(sizeof(struct dz_arena_chunk) % _Alignof(max_align_t) == 0,
               "arena chunks start aligned");

void *
dz_arena_alloc(struct dz_arena *a, size_t n)
{
    const size_t align = _Alignof(max_align_t);
    size_t max = a->max_bytes > 0 ? a->max_bytes : ARENA_DEFAULT_MAX;
    size_t rounded;
    if (!dz_add_size(n > 0 ? n : 1, align - 1, &rounded))
        return NULL;
    rounded -= rounded % align;
    if (a->used_bytes > max || rounded > max - a->used_bytes)
        return NULL;

    struct dz_arena_chunk *c = a->chunks;
    if (c == NULL || rounded > c->cap - c->used) {
        /* A large piece gets a chunk of its own size; the rest of the chunk before it is given
         * up. */
        size_t cap = rounded > ARENA_CHUNK_BYTES ? rounded : ARENA_CHUNK_BYTES;
        size_t bytes;
        if (!dz_add_size(cap, sizeof *c, &bytes))
            return NULL;
        c = SEAM_ALLOC(malloc(bytes));
        if (c == NULL)
            out_of_memory();
        *c = (struct dz_arena_chunk){.cap = cap, .next = a->chunks};
        a->chunks = c;
    }
    void *p = (char *)(c + 1) + c->used;
    c->used += rounded;
    a->used_bytes += rounded;
    /* Not the whole chunk at once: what of it is never used is never touched. */
    return memset(p, 0, rounded);
}

char *
dz_arena_strndup(struct dz_arena *a, const char *s, size_t n)
{
    size_t len = n > 0 ? strnlen(s, n) : 0;
    size_t bytes;
    if (!dz_add_size(len, 1, &bytes))
        return NULL;
    char *copy = dz_arena_alloc(a, bytes);
    if (copy != NULL && len > 0)
        memcpy(copy, s, len);
    return copy;
}

void
dz_arena_done(struct dz_arena *a)
{
    if (a == NULL)
        return;
    struct dz_arena_chunk *c = a->chunks;
    while (c != NULL) {
        struct dz_arena_chunk *next = c->next;
        dz_free(c);
        c = next;
    }
    a->chunks = NULL;
    a->used_bytes = 0;
}
