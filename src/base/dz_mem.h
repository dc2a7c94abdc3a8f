/* Memory: the only place that calls malloc.
 *
 * dz_alloc and its sisters never return NULL for a size that fits: when memory is gone the
 * process stops with one clear line (evidence is safe: nothing counts as stored before its
 * commit point, and a killed process loses nothing acknowledged). Sizes that come from outside
 * must be bounded before they get here. An arena gives many small pieces that die together. */
#ifndef DZ_MEM_H
#define DZ_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/** Stop the process at once with one line on standard error and exit status 1. Only for what
 *  leaves no way on: no memory, no randomness. line is shown as it is: pass it through dz_tr. */
void
dz_panic(const char *line) __attribute__((noreturn, cold));
/** Stop with another exit status from now on, for programs whose parent has to tell. */
void
dz_panic_exit(int status);

/** n bytes, zeroed; never NULL. n == 0 gives a valid pointer. Caller frees with dz_free. */
void *
dz_alloc(size_t n) __attribute__((malloc, returns_nonnull));

/** The same, as it comes: for libraries that fill all of it themselves. Small pieces are much
 *  cheaper so. */
void *
dz_alloc_room(size_t n) __attribute__((malloc, returns_nonnull));

/** Array of n elements of size bytes, zeroed, overflow-checked. */
void *
dz_alloc_array(size_t n, size_t size) __attribute__((malloc, returns_nonnull));

/** Grow an array to hold at least need elements, doubling *cap; new room is zeroed. Returns the
 *  new base. */
void *
dz_grow(void *base, size_t *cap, size_t need, size_t size) __attribute__((returns_nonnull));
/** The same for bytes that are written before they are read: new room is left as it comes, so that
 *  memory which is never needed is never touched. */
void *
dz_grow_room(void *base, size_t *cap, size_t need) __attribute__((returns_nonnull));

char *
dz_strdup(const char *s) __attribute__((malloc, returns_nonnull));

char *
dz_strndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));

/** printf into fresh memory. */
char *
dz_asprintf(const char *fmt, ...) __attribute__((malloc, returns_nonnull, format(printf, 1, 2)));

void
dz_free(void *p);

/** Overflow-checked arithmetic: false and *ret untouched when the result does not fit. */
bool
dz_add_size(size_t a, size_t b, size_t *ret);
bool
dz_mul_size(size_t a, size_t b, size_t *ret);

/* Cleanup at the end of the scope: `DZ_AUTO_BUF struct dz_buf b = DZ_BUF(...)` calls
 * dz_buf_done(&b). Each module that has a _done or _free for its type offers its own
 * DZ_AUTO_<TYPE> made of DZ_CLEANUP. */
#define DZ_CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void
dz_cleanup_free(void *pp)
{
    void *p; /* copied, not cast: pp points to a pointer of any type */
    memcpy(&p, pp, sizeof p);
    dz_free(p);
}
/** A local pointer from dz_alloc that is freed when the scope ends. */
#define DZ_AUTO_FREE DZ_CLEANUP(dz_cleanup_free)

/* Arena: bump allocation with a ceiling. A zeroed arena is valid, empty, and limited to 64 MiB. */
struct dz_arena_chunk;
struct dz_arena {
    struct dz_arena_chunk *chunks;
    size_t used_bytes;
    size_t max_bytes; /* 0 means 64 MiB */
};

/** n bytes, zeroed, aligned for anything, alive until dz_arena_done; NULL past the ceiling. */
void *
dz_arena_alloc(struct dz_arena *a, size_t n);
char *
dz_arena_strndup(struct dz_arena *a, const char *s, size_t n);
void
dz_arena_done(struct dz_arena *a);

#endif
