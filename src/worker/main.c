#include <errno.h>
#include <stdlib.h>

#include "dz_worker.h"

/* The build says which family this program is for. */
extern const struct dz_family DZ_FAMILY;

/* The allocator of the C library, with a mark set when it refuses: libraries answer a refusal in
 * many ways, most of them fatal, and dokaz wants to tell them from other deaths. */
extern void *
__libc_malloc(size_t n);
extern void *
__libc_calloc(size_t n, size_t size);
extern void *
__libc_realloc(void *p, size_t n);

static void *
marked(void *p)
{
    if (p == NULL && errno == ENOMEM)
        dz_worker_memory_refused();
    return p;
}

void *
malloc(size_t n)
{
    return marked(__libc_malloc(n));
}

void *
calloc(size_t n, size_t size)
{
    return marked(__libc_calloc(n, size));
}

void *
realloc(void *p, size_t n)
{
    void *moved = __libc_realloc(p, n);
    return n > 0 ? marked(moved) : moved;
}

int
main(void)
{
    return dz_worker_main(&DZ_FAMILY);
}
