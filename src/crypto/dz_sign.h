/* Ed25519 signatures (RFC 8032, libsodium). */
#ifndef DZ_SIGN_H
#define DZ_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"
#include "dz_secret.h"

#define DZ_SIGN_SEED_BYTES 32
#define DZ_SIGN_PUBLIC_BYTES 32
#define DZ_SIGN_KEY_BYTES 64
#define DZ_SIGN_BYTES 64

/** Public key of a 32-byte seed. DZ_E_USAGE: another size. */
DZ_MUSTUSE enum dz_code
dz_sign_public(const struct dz_secret *seed, uint8_t ret[DZ_SIGN_PUBLIC_BYTES], struct dz_err *err);
/** Seed and public key together, for who signs often: half of the work of a signature made from a
 *  seed is deriving the public key. Caller frees. DZ_E_USAGE: the seed has another size. */
DZ_MUSTUSE enum dz_code
dz_sign_key(const struct dz_secret *seed, struct dz_secret **ret, struct dz_err *err);
/** Signature over n bytes by a 32-byte seed or the 64-byte key made of it; the same bytes and seed
 *  always give the same one. DZ_E_USAGE: another size. */
DZ_MUSTUSE enum dz_code
dz_sign(const struct dz_secret *seed_or_key, const void *p, size_t n, uint8_t ret[DZ_SIGN_BYTES],
        struct dz_err *err);
/** Strict verification (small-order and non-canonical keys refused). */
bool
dz_sign_verify(const uint8_t pk[DZ_SIGN_PUBLIC_BYTES], const void *p, size_t n,
               const uint8_t sig[DZ_SIGN_BYTES]);

#endif
