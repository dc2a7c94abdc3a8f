/* Passphrase to key: Argon2id (RFC 9106, libsodium; lanes 1). */
#ifndef DZ_KDF_H
#define DZ_KDF_H

#include <stdint.h>

#include "dz_err.h"
#include "dz_secret.h"

#define DZ_KDF_SALT_BYTES 16

struct dz_kdf_params {
    uint64_t ops;     /* passes */
    uint64_t mem_kib; /* KiB */
    uint8_t salt[DZ_KDF_SALT_BYTES];
};

/** Parameters for new keys: 3 passes over 512 MiB with a fresh salt; 256 MiB where less than 2 GiB are free. Test builds
 *  (DZ_WEAK_KDF): 1 pass over 8 MiB. */
void
dz_kdf_default(struct dz_kdf_params *ret);
/** 32-byte key. DZ_E_INPUT: parameters under the floor (3 passes, 256 MiB; test builds accept less) or over the ceiling
 *  (16 passes, 4 GiB); DZ_E_MEMORY. */
DZ_MUSTUSE enum dz_code
dz_kdf_derive(const struct dz_secret *passphrase, const struct dz_kdf_params *params, struct dz_secret **ret,
              struct dz_err *err);

#endif
