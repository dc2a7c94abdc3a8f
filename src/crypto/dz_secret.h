/* Secrets: guarded, locked, erased memory (libsodium's sodium_malloc). Keys and passphrases live
 * only here.
 *
 * A child process gets zeros instead of the contents: there dz_secret_at and dz_secret_peek stop
 * the process, dz_secret_free and dz_secret_size work. So keys are unlocked after a fork, never
 * before one that means to use them. Each secret takes at least one page of the user's limit on
 * locked memory (usually 8 MiB); past it secrets still work, but may be swapped out. */
#ifndef DZ_SECRET_H
#define DZ_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"

struct dz_secret; /* n bytes between guard pages, locked, not dumped, wiped at fork and free */

/** Start the library; call once from main before threads. DZ_E_IO if the random generator is
 *  unusable. */
DZ_MUSTUSE enum dz_code
dz_crypto_init(struct dz_err *err);

/** n zero bytes. DZ_E_LIMIT over 1 MiB; DZ_E_MEMORY when guarded memory is not to be had. Caller
 *  frees. */
DZ_MUSTUSE enum dz_code
dz_secret_new(size_t n, struct dz_secret **ret, struct dz_err *err);
/** n bytes from the kernel's random generator; otherwise as dz_secret_new. */
DZ_MUSTUSE enum dz_code
dz_secret_random(size_t n, struct dz_secret **ret, struct dz_err *err);
/** Copy of n bytes at p, as dz_secret_new; the caller still has to wipe p. */
DZ_MUSTUSE enum dz_code
dz_secret_copy(const void *p, size_t n, struct dz_secret **ret, struct dz_err *err);
/** Wipes and frees; NULL is fine. */
void
dz_secret_free(struct dz_secret *s);
static inline void
dz_cleanup_secret(struct dz_secret **s)
{
    dz_secret_free(*s);
}
#define DZ_AUTO_SECRET __attribute__((cleanup(dz_cleanup_secret)))

uint8_t *
dz_secret_at(struct dz_secret *s); /* borrowed, writable */
const uint8_t *
dz_secret_peek(const struct dz_secret *s); /* borrowed */
size_t
dz_secret_size(const struct dz_secret *s);

/** Erase memory in a way that the compiler keeps. */
void
dz_wipe(void *p, size_t n);
/** Compare without telling by time where they differ. */
bool
dz_ct_equal(const void *a, const void *b, size_t n);

#endif
