/* Loaded in front of a program (LD_PRELOAD): the FAIL_MALLOC_AT-th allocation of the process finds
 * no memory. FAIL_MALLOC_COUNT names a file that gets the number of allocations at the end. It
 * reaches what a seam of our own cannot: SQLite, OpenSSL, ICU, jansson, the C library itself. */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void *
__libc_malloc(size_t n);
void *
__libc_calloc(size_t n, size_t size);
void *
__libc_realloc(void *p, size_t n);

static atomic_ulong seen;
static atomic_ulong at;

__attribute__((constructor)) static void
begin(void)
{
    const char *text = getenv("FAIL_MALLOC_AT");
    unsigned long nth = 0;
    if (text != NULL && sscanf(text, "%lu", &nth) == 1) {
        atomic_store(&seen, 0);
        atomic_store(&at, nth);
    }
}

__attribute__((destructor)) static void
end(void)
{
    const char *path = getenv("FAIL_MALLOC_COUNT");
    unsigned long n = atomic_load(&seen);
    FILE *f = path != NULL ? fopen(path, "w") : NULL;
    if (f == NULL)
        return;
    fprintf(f, "%lu\n", n);
    fclose(f);
}

static bool
fails(void)
{
    unsigned long n = atomic_fetch_add(&seen, 1) + 1;
    if (n != atomic_load(&at))
        return false;
    errno = ENOMEM;
    return true;
}

void *
malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}
