/* Passphrase to key: Argon2id version 1.3 (RFC 9106), one lane, 32 bytes (libsodium).
 *
 * The parameters are public and stand beside what the key opens; whoever stores them also binds
 * them to it, so that they cannot be changed unseen. The working memory is too large to be locked;
 * it goes back to the kernel when the call ends. */
#ifndef DZ_KDF_H
#define DZ_KDF_H

#include <stdint.h>

#include "dz_err.h"
#include "dz_secret.h"

#define DZ_KDF_SALT_BYTES 16
#define DZ_KDF_KEY_BYTES 32

struct dz_kdf_params {
    uint64_t ops;     /* passes */
    uint64_t mem_kib; /* KiB */
    uint8_t salt[DZ_KDF_SALT_BYTES];
};

enum dz_kdf_strength {
    DZ_KDF_USUAL, /* 3 passes over 512 MiB; 256 MiB where less than 2 GiB are free */
    DZ_KDF_LIGHT, /* 3 passes over 256 MiB, the floor: for machines with little memory */
    DZ_KDF_STRONG /* 4 passes over 1 GiB */
};

/** Parameters for new keys, with a fresh salt. Test builds (DZ_WEAK_KDF) take 1 pass over 8 MiB,
 *  and
 *  2 passes over 16 MiB for DZ_KDF_STRONG. */
void
dz_kdf_choose(enum dz_kdf_strength strength, struct dz_kdf_params *ret);
/** The same for DZ_KDF_USUAL. */
void
dz_kdf_default(struct dz_kdf_params *ret);
/** 32-byte key; the passphrase is taken as the bytes it holds, of any length. DZ_E_INPUT:
 * parameters under the floor (3 passes, 256 MiB; test builds 1 pass, 8 MiB) or over the ceiling (16
 * passes, 4 GiB); DZ_E_MEMORY. Caller frees. */
DZ_MUSTUSE enum dz_code
dz_kdf_derive(const struct dz_secret *passphrase, const struct dz_kdf_params *params,
              struct dz_secret **ret, struct dz_err *err);

#endif
