/* Inside crypto/: what writing and reading of age headers share (C2SP age.md). */
#ifndef AGE_IMPL_H
#define AGE_IMPL_H

#include <stddef.h>
#include <stdint.h>

#include "aead_impl.h"
#include "dz_age.h"
#include "dz_hash.h"

#define AGE_VERSION_LINE "age-encryption.org/v1\n"
#define AGE_END "---"
#define AGE_BODY_BYTES (DZ_FILE_KEY_BYTES + AEAD_TAG_BYTES) /* a wrapped file key */
#define AGE_BODY_COLUMNS 64
#define AGE_SALT_BYTES 16
#define AGE_LOG2_N_MAX 22 /* 4 GiB and some 20 s: the limit of the age tool */
#define AGE_STANZAS_MAX 1024

/* MAC over the header up to and with "---". */
void
dz_age_header_mac(const uint8_t key[DZ_FILE_KEY_BYTES], const void *header, size_t n,
                  uint8_t ret[DZ_SHA256_BYTES]);
/* The key that wraps the file key for an X25519 recipient: from the shared secret of our key and
 * theirs, and both public keys of the exchange. DZ_E_INPUT: the shared secret is zero, as weak keys
 * make it. */
DZ_MUSTUSE enum dz_code
dz_age_x25519_wrap_key(const uint8_t own[DZ_X25519_BYTES], const uint8_t their_pk[DZ_X25519_BYTES],
                       const uint8_t share[DZ_X25519_BYTES],
                       const uint8_t recipient[DZ_X25519_BYTES], uint8_t ret[AEAD_KEY_BYTES],
                       struct dz_err *err);
/* The key that wraps the file key under a passphrase. DZ_E_MEMORY. */
DZ_MUSTUSE enum dz_code
dz_age_scrypt_wrap_key(const struct dz_secret *passphrase, const uint8_t salt[AGE_SALT_BYTES],
                       unsigned log2_n, uint8_t ret[AEAD_KEY_BYTES], struct dz_err *err);

#endif
