#include "dz_secret.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dz_mem.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "openssl_impl.h"

#define SECRET_MAX ((size_t)1 << 20)

/* The kernel wipes the guarded pages in a child process, silently. Sixteen known bytes in front of
 * the secret tell whether that has happened: a child that went on with a key of zeros would seal
 * for everybody to open. */
#define MARK_BYTES 16
static const uint8_t mark[MARK_BYTES] = {0xd0, 0x4a, 0x2e, 0x7b, 0x91, 0x5c, 0xe3, 0x0f,
                                         0x66, 0xb8, 0x13, 0xf5, 0x8d, 0x27, 0xca, 0x79};

struct dz_secret {
    uint8_t *guarded; /* mark, then the secret; from sodium_malloc */
    size_t n;
};

enum dz_code
dz_crypto_init(struct dz_err *err)
{
    if (sodium_init() < 0)
        return dz_fail(err, DZ_E_IO,
                       "this computer gives no usable random numbers: nothing can be sealed");
    dz_openssl_algs();
    return DZ_OK;
}

/* Ask the kernel to hand these pages to no child process. sodium_malloc has already locked them and
 * kept them out of core dumps. A kernel that cannot (before 4.14) leaves the other guards standing.
 */
static void
wipe_on_fork(uint8_t *p, size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = (uintptr_t)p & ~(uintptr_t)(page - 1);
    uintptr_t end = ((uintptr_t)p + n + page - 1) & ~(uintptr_t)(page - 1);
    (void)madvise(p - ((uintptr_t)p - first), end - first, MADV_WIPEONFORK);
}

enum dz_code
dz_secret_new(size_t n, struct dz_secret **ret, struct dz_err *err)
{
    if (n > SECRET_MAX)
        return dz_fail(err, DZ_E_LIMIT, "guarded memory holds at most 1 MiB at a time");

    uint8_t *guarded = sodium_malloc(MARK_BYTES + n);
    if (guarded == NULL)
        return dz_fail(err, DZ_E_MEMORY, "no guarded memory for keys: close other programs");

    wipe_on_fork(guarded, MARK_BYTES + n);
    memcpy(guarded, mark, MARK_BYTES);
    memset(guarded + MARK_BYTES, 0, n);

    struct dz_secret *s = dz_alloc(sizeof *s);
    s->guarded = guarded;
    s->n = n;
    *ret = s;
    return DZ_OK;
}

enum dz_code
dz_secret_random(size_t n, struct dz_secret **ret, struct dz_err *err)
{
    struct dz_secret *s = NULL;
    enum dz_code code = dz_secret_new(n, &s, err);
    if (code != DZ_OK)
        return code;
    dz_os_random(dz_secret_at(s), n);
    *ret = s;
    return DZ_OK;
}

enum dz_code
dz_secret_copy(const void *p, size_t n, struct dz_secret **ret, struct dz_err *err)
{
    struct dz_secret *s = NULL;
    enum dz_code code = dz_secret_new(n, &s, err);
    if (code != DZ_OK)
        return code;
    if (n > 0)
        memcpy(dz_secret_at(s), p, n);
    *ret = s;
    return DZ_OK;
}

static bool
is_alive(const struct dz_secret *s)
{
    return memcmp(s->guarded, mark, MARK_BYTES) == 0;
}

void
dz_secret_free(struct dz_secret *s)
{
    if (s == NULL)
        return;
    /* In a child process the kernel has wiped the pages, and the library's own guard bytes with
     * them: it would take that for an overflow. The empty pages go when the process ends. */
    if (is_alive(s))
        sodium_free(s->guarded);
    dz_free(s);
}

uint8_t *
dz_secret_at(struct dz_secret *s)
{
    if (!is_alive(s))
        abort();
    return s->guarded + MARK_BYTES;
}

const uint8_t *
dz_secret_peek(const struct dz_secret *s)
{
    if (!is_alive(s))
        abort();
    return s->guarded + MARK_BYTES;
}

size_t
dz_secret_size(const struct dz_secret *s)
{
    return s->n;
}

void
dz_wipe(void *p, size_t n)
{
    if (n > 0)
        sodium_memzero(p, n);
}

bool
dz_ct_equal(const void *a, const void *b, size_t n)
{
    return n == 0 || sodium_memcmp(a, b, n) == 0;
}
