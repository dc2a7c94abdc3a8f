/* Inside crypto/: ChaCha20-Poly1305 (RFC 8439) under one key, many nonces, no additional data. The
 * only cipher of dokaz. Sealing and header stanzas are built of it. */
#ifndef AEAD_IMPL_H
#define AEAD_IMPL_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AEAD_KEY_BYTES 32
#define AEAD_NONCE_BYTES 12
#define AEAD_TAG_BYTES 16

enum aead_use { AEAD_SEAL, AEAD_OPEN };

/* A cipher that holds a copy of key; never NULL. It seals or it opens, as said here. */
EVP_CIPHER_CTX *
dz_aead_new(const uint8_t key[AEAD_KEY_BYTES], enum aead_use use);
/* n bytes of in to n + 16 bytes of out; out may be in. A nonce must never come twice. */
void
dz_aead_seal(EVP_CIPHER_CTX *a, const uint8_t nonce[AEAD_NONCE_BYTES], const void *in, size_t n,
             uint8_t *out);
/* n + 16 bytes of in to n bytes of out. False: the tag does not fit, and out is wiped. in and out
 * must not overlap, so that the caller can try another nonce on the same bytes. */
bool
dz_aead_open(EVP_CIPHER_CTX *a, const uint8_t nonce[AEAD_NONCE_BYTES], const uint8_t *in, size_t n,
             uint8_t *out);
/* Wipes the key; NULL is fine. */
void
dz_aead_free(EVP_CIPHER_CTX *a);

#endif
