#include "aead_impl.h"

#include <string.h>

#include "dz_secret.h"
#include "openssl_impl.h"

EVP_CIPHER_CTX *
dz_aead_new(const uint8_t key[AEAD_KEY_BYTES], enum aead_use use)
{
    EVP_CIPHER_CTX *a = EVP_CIPHER_CTX_new();
    dz_openssl_must(a != NULL);
    dz_openssl_must(EVP_CipherInit_ex2(a, dz_openssl_algs()->chacha20_poly1305, key, NULL,
                                       use == AEAD_SEAL ? 1 : 0, NULL));
    return a;
}

void
dz_aead_seal(EVP_CIPHER_CTX *a, const uint8_t nonce[AEAD_NONCE_BYTES], const void *in, size_t n,
             uint8_t *out)
{
    uint8_t none[AEAD_TAG_BYTES]; /* a stream cipher keeps nothing back for the end */
    int n_out = 0;
    int n_end = 0;

    dz_openssl_must(EVP_EncryptInit_ex2(a, NULL, NULL, nonce, NULL));
    if (n > 0)
        dz_openssl_must(EVP_EncryptUpdate(a, out, &n_out, in, (int)n));
    dz_openssl_must(EVP_EncryptFinal_ex(a, none, &n_end));
    dz_openssl_must((size_t)n_out == n && n_end == 0);
    dz_openssl_must(EVP_CIPHER_CTX_ctrl(a, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_BYTES, out + n));
}

bool
dz_aead_open(EVP_CIPHER_CTX *a, const uint8_t nonce[AEAD_NONCE_BYTES], const uint8_t *in, size_t n,
             uint8_t *out)
{
    uint8_t tag[AEAD_TAG_BYTES]; /* the library wants a writable one */
    uint8_t none[AEAD_TAG_BYTES];
    int n_out = 0;
    int n_end = 0;

    memcpy(tag, in + n, sizeof tag);
    dz_openssl_must(EVP_DecryptInit_ex2(a, NULL, NULL, nonce, NULL));
    dz_openssl_must(EVP_CIPHER_CTX_ctrl(a, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG_BYTES, tag));
    if (n > 0)
        dz_openssl_must(EVP_DecryptUpdate(a, out, &n_out, in, (int)n));
    dz_openssl_must((size_t)n_out == n);
    if (EVP_DecryptFinal_ex(a, none, &n_end) == 1)
        return true;
    dz_wipe(out, n);
    return false;
}

void
dz_aead_free(EVP_CIPHER_CTX *a)
{
    EVP_CIPHER_CTX_free(a);
}
