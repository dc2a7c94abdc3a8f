/* age v1 files (C2SP age.md): X25519 and scrypt recipients, no armor. The same payload as dz_seal.h, with
 * a header that wraps the file key. */
#ifndef DZ_AGE_H
#define DZ_AGE_H

#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_seal.h"
#include "dz_secret.h"

#define DZ_X25519_BYTES 32
#define DZ_AGE_HEADER_MAX 65536 /* bytes of header accepted when reading */
#define DZ_AGE_RECIPIENTS_MAX 512

/** Fresh X25519 identity (32 secret bytes). */
DZ_MUSTUSE enum dz_code
dz_age_identity_new(struct dz_secret **ret, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_age_identity_public(const struct dz_secret *identity, uint8_t ret[DZ_X25519_BYTES], struct dz_err *err);
/** Bech32 "age1..." of a public key. */
void
dz_age_recipient_text(const uint8_t pk[DZ_X25519_BYTES], struct dz_buf *out);
DZ_MUSTUSE enum dz_code
dz_age_recipient_parse(struct dz_view text, uint8_t ret[DZ_X25519_BYTES], struct dz_err *err);
/** Bech32 "AGE-SECRET-KEY-1..." into and from a secret (the text itself is secret: it is kept in guarded memory,
 *  NUL-terminated). */
DZ_MUSTUSE enum dz_code
dz_age_identity_text(const struct dz_secret *identity, struct dz_secret **ret, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_age_identity_parse(struct dz_view text, struct dz_secret **ret, struct dz_err *err);

/** Header for a file key and n X25519 recipients; header || payload is a standard age file. */
DZ_MUSTUSE enum dz_code
dz_age_header_x25519(const uint8_t key[DZ_FILE_KEY_BYTES], const uint8_t (*pks)[DZ_X25519_BYTES], size_t n,
                     struct dz_buf *out, struct dz_err *err);
/** Header for a passphrase; log2_n is 18 for age's default. */
DZ_MUSTUSE enum dz_code
dz_age_header_scrypt(const uint8_t key[DZ_FILE_KEY_BYTES], const struct dz_secret *passphrase,
                     unsigned log2_n, struct dz_buf *out, struct dz_err *err);

/** Read the header at the start of p (n bytes available) and find the file key with one of the identities
 *  (NULL list allowed) or the passphrase (NULL allowed). *ret_header_bytes is where the payload begins.
 *  DZ_E_INPUT: not an age header or ill-formed; DZ_E_AUTH: no identity fits; DZ_E_CORRUPT: header MAC wrong. */
DZ_MUSTUSE enum dz_code
dz_age_header_open(const void *p, size_t n, const struct dz_secret *const *identities, size_t n_identities,
                   const struct dz_secret *passphrase, uint8_t ret_key[DZ_FILE_KEY_BYTES],
                   size_t *ret_header_bytes, struct dz_err *err);

/** Whole small files in memory: seal to recipients; open with one identity. */
DZ_MUSTUSE enum dz_code
dz_age_seal_bytes(const uint8_t (*pks)[DZ_X25519_BYTES], size_t n, struct dz_view plain, struct dz_buf *out,
                  struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_age_open_bytes(const struct dz_secret *identity, struct dz_view file, struct dz_secret **ret,
                  struct dz_err *err);

#endif
