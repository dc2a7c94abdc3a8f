/* Hashes and what is built of them (OpenSSL): SHA-256, SHA-512, HMAC-SHA-256, HKDF-SHA-256 (RFC
 * 5869). The other algorithms are for reading bags that others made, and for nothing else: MD5 and
 * SHA-1 do not withstand a forger. */
#ifndef DZ_HASH_H
#define DZ_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"

#define DZ_SHA256_BYTES 32
#define DZ_SHA512_BYTES 64
#define DZ_HASH_BYTES_MAX 64
#define DZ_HKDF_BYTES_MAX (255 * (size_t)DZ_SHA256_BYTES)

struct dz_hash; /* running hash */
enum dz_hash_alg { DZ_SHA256, DZ_SHA512, DZ_MD5, DZ_SHA1, DZ_SHA224, DZ_SHA384 };
#define DZ_HASH_ALGS 6

/** The algorithm that RFC 8493 section 2.4 calls so ("sha256", "md5"); false when we know none of
 *  this name or the system's library refuses it. */
bool
dz_hash_alg_named(const char *name, enum dz_hash_alg *ret);
/** That name, and the length of a digest in bytes. */
const char *
dz_hash_alg_name(enum dz_hash_alg alg);
size_t
dz_hash_alg_bytes(enum dz_hash_alg alg);

struct dz_hash *
dz_hash_new(enum dz_hash_alg alg); /* never NULL */
/** More of the message; where n is 0, p may be NULL, here and below. */
void
dz_hash_add(struct dz_hash *h, const void *p, size_t n);
/** Digest into ret (dz_hash_alg_bytes); the hash is ready for a new message afterwards. */
void
dz_hash_final(struct dz_hash *h, uint8_t *ret);
void
dz_hash_free(struct dz_hash *h);
static inline void
dz_cleanup_hash(struct dz_hash **h)
{
    dz_hash_free(*h);
}
#define DZ_AUTO_HASH __attribute__((cleanup(dz_cleanup_hash)))

/** One-shot hashes. They reuse contexts of the calling thread: cheap for many small messages. */
void
dz_sha256(const void *p, size_t n, uint8_t ret[32]);
/** SHA-256(a || b), for prefixes and tree nodes. */
void
dz_sha256_2(const void *a, size_t na, const void *b, size_t nb, uint8_t ret[32]);
void
dz_sha512(const void *p, size_t n, uint8_t ret[64]);
/** HMAC (RFC 2104). The key may have any length and leaves no copy behind. */
void
dz_hmac_sha256(const void *key, size_t n_key, const void *p, size_t n, uint8_t ret[32]);
/** HKDF-SHA-256; salt may be NULL (empty); n <= DZ_HKDF_BYTES_MAX bytes out. info is a text
 *  label. */
void
dz_hkdf_sha256(const void *ikm, size_t n_ikm, const void *salt, size_t n_salt, const void *info,
               size_t n_info, void *ret, size_t n);

#endif
