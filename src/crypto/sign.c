#include "dz_sign.h"

#include <sodium.h>

#include "dz_tr.h"

_Static_assert(DZ_SIGN_SEED_BYTES == crypto_sign_SEEDBYTES, "seed size");
_Static_assert(DZ_SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "public key size");
_Static_assert(DZ_SIGN_KEY_BYTES == crypto_sign_SECRETKEYBYTES, "key size");
_Static_assert(DZ_SIGN_BYTES == crypto_sign_BYTES, "signature size");

/* The library's expanded key (seed and public key). It lives on the stack of one call and is wiped.
 */
static enum dz_code
expand(const struct dz_secret *seed, uint8_t ret_pk[crypto_sign_PUBLICKEYBYTES],
       uint8_t ret_sk[crypto_sign_SECRETKEYBYTES], struct dz_err *err)
{
    if (dz_secret_size(seed) != DZ_SIGN_SEED_BYTES)
        return dz_fail(err, DZ_E_USAGE, "a signing key has 32 bytes, this one has %zu",
                       dz_secret_size(seed));
    crypto_sign_seed_keypair(ret_pk, ret_sk, dz_secret_peek(seed));
    return DZ_OK;
}

enum dz_code
dz_sign_public(const struct dz_secret *seed, uint8_t ret[DZ_SIGN_PUBLIC_BYTES], struct dz_err *err)
{
    uint8_t sk[crypto_sign_SECRETKEYBYTES];
    enum dz_code code = expand(seed, ret, sk, err);
    dz_wipe(sk, sizeof sk);
    return code;
}

enum dz_code
dz_sign_key(const struct dz_secret *seed, struct dz_secret **ret, struct dz_err *err)
{
    uint8_t pk[crypto_sign_PUBLICKEYBYTES];
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    DZ_TRY(dz_secret_new(DZ_SIGN_KEY_BYTES, &key, err));
    DZ_TRY(expand(seed, pk, dz_secret_at(key), err));
    *ret = key;
    key = NULL;
    return DZ_OK;
}

static void
sign_with(const uint8_t sk[crypto_sign_SECRETKEYBYTES], const void *p, size_t n,
          uint8_t ret[DZ_SIGN_BYTES])
{
    crypto_sign_detached(ret, NULL, n > 0 ? p : "", n, sk);
}

enum dz_code
dz_sign(const struct dz_secret *seed_or_key, const void *p, size_t n, uint8_t ret[DZ_SIGN_BYTES],
        struct dz_err *err)
{
    uint8_t pk[crypto_sign_PUBLICKEYBYTES];
    uint8_t sk[crypto_sign_SECRETKEYBYTES];
    if (dz_secret_size(seed_or_key) == DZ_SIGN_KEY_BYTES) {
        sign_with(dz_secret_peek(seed_or_key), p, n, ret);
        return DZ_OK;
    }
    enum dz_code code = expand(seed_or_key, pk, sk, err);
    if (code == DZ_OK)
        sign_with(sk, p, n, ret);
    dz_wipe(sk, sizeof sk);
    return code;
}

bool
dz_sign_verify(const uint8_t pk[DZ_SIGN_PUBLIC_BYTES], const void *p, size_t n,
               const uint8_t sig[DZ_SIGN_BYTES])
{
    return crypto_sign_verify_detached(sig, n > 0 ? p : "", n, pk) == 0;
}
