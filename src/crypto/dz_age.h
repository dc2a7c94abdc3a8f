/* age v1 files (C2SP age.md): X25519 and scrypt recipients, no armor. The same payload as
 * dz_seal.h, with a header in front that wraps the file key. Format with a worked example:
 * docs/format/sealing.md.
 *
 * An identity is the secret half of a key, 32 bytes in a dz_secret; a recipient is the public
 * half. Who opens a file learns that nobody changed it since it was sealed, but not who sealed
 * it: anybody who knows a recipient can. */
#ifndef DZ_AGE_H
#define DZ_AGE_H

#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_seal.h"
#include "dz_secret.h"

#define DZ_X25519_BYTES 32
#define DZ_AGE_HEADER_MAX 65536   /* bytes of header accepted when reading */
#define DZ_AGE_RECIPIENTS_MAX 512 /* of a file that we write */
#define DZ_AGE_SCRYPT_LOG2_N 18   /* what the age tool writes: 256 MiB, about a second */

/* A uint8_t array[n][32] as the list of recipients that the functions below take: C17 does not
 * turn it into a list of constants by itself. */
#define DZ_AGE_PKS(array) ((const uint8_t(*)[DZ_X25519_BYTES])(array))

/** Fresh X25519 identity (32 secret bytes). Caller frees. DZ_E_MEMORY. */
DZ_MUSTUSE enum dz_code
dz_age_identity_new(struct dz_secret **ret, struct dz_err *err);
/** The recipient of an identity. DZ_E_USAGE: not 32 bytes. */
DZ_MUSTUSE enum dz_code
dz_age_identity_public(const struct dz_secret *identity, uint8_t ret[DZ_X25519_BYTES],
                       struct dz_err *err);
/** Bech32 "age1..." of a public key (62 characters), appended to out. */
void
dz_age_recipient_text(const uint8_t pk[DZ_X25519_BYTES], struct dz_buf *out);
/** The public key of exactly that text, without spaces around it. DZ_E_INPUT. */
DZ_MUSTUSE enum dz_code
dz_age_recipient_parse(struct dz_view text, uint8_t ret[DZ_X25519_BYTES], struct dz_err *err);
/** Bech32 "AGE-SECRET-KEY-1..." (74 characters) of an identity. The text is secret too: it is
 *  kept in guarded memory, and the secret's size counts the NUL at its end. DZ_E_USAGE: not 32
 *  bytes. */
DZ_MUSTUSE enum dz_code
dz_age_identity_text(const struct dz_secret *identity, struct dz_secret **ret, struct dz_err *err);
/** The identity of exactly that text, upper case, without spaces around it. The caller still has
 *  to wipe the text; messages do not repeat it. DZ_E_INPUT, DZ_E_MEMORY. */
DZ_MUSTUSE enum dz_code
dz_age_identity_parse(struct dz_view text, struct dz_secret **ret, struct dz_err *err);

/** Header for a file key and n X25519 recipients, appended to out; header || payload is a
 *  standard age file. The number of recipients can be seen in it, but not who they are.
 *  DZ_E_USAGE: n is 0 or over DZ_AGE_RECIPIENTS_MAX; DZ_E_INPUT: a recipient is a point of small
 *  order; DZ_E_LIMIT: out is full. */
DZ_MUSTUSE enum dz_code
dz_age_header_x25519(const uint8_t key[DZ_FILE_KEY_BYTES], const uint8_t (*pks)[DZ_X25519_BYTES],
                     size_t n, struct dz_buf *out, struct dz_err *err);
/** Header for a passphrase, appended to out; log2_n (1 to 22) is the work, DZ_AGE_SCRYPT_LOG2_N
 *  is usual. DZ_E_USAGE, DZ_E_MEMORY, DZ_E_LIMIT. */
DZ_MUSTUSE enum dz_code
dz_age_header_scrypt(const uint8_t key[DZ_FILE_KEY_BYTES], const struct dz_secret *passphrase,
                     unsigned log2_n, struct dz_buf *out, struct dz_err *err);

/** Read the header at the start of p (n bytes available) and find the file key with one of the
 *  identities (NULL list allowed) or the passphrase (NULL allowed). *ret_header_bytes is where
 *  the payload begins. Of p at most DZ_AGE_HEADER_MAX bytes are looked at, so a caller with a
 *  large file hands over its beginning. A passphrase takes the memory that the file asks for, up
 *  to 4 GiB. The caller wipes ret_key. DZ_E_INPUT: not an age header or ill-formed; DZ_E_AUTH:
 *  no identity fits; DZ_E_CORRUPT: header MAC wrong; DZ_E_MEMORY. */
DZ_MUSTUSE enum dz_code
dz_age_header_open(const void *p, size_t n, const struct dz_secret *const *identities,
                   size_t n_identities, const struct dz_secret *passphrase,
                   uint8_t ret_key[DZ_FILE_KEY_BYTES], size_t *ret_header_bytes,
                   struct dz_err *err);

/** Whole small files in memory: seal to recipients (appended to out; errors of
 *  dz_age_header_x25519); open with one identity, up to 1 MiB of content (errors of
 *  dz_age_header_open; DZ_E_CORRUPT: changed or cut; DZ_E_LIMIT: too large). */
DZ_MUSTUSE enum dz_code
dz_age_seal_bytes(const uint8_t (*pks)[DZ_X25519_BYTES], size_t n, struct dz_view plain,
                  struct dz_buf *out, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_age_open_bytes(const struct dz_secret *identity, struct dz_view file, struct dz_secret **ret,
                  struct dz_err *err);

#endif
