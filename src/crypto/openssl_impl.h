/* Inside crypto/: the OpenSSL algorithms, looked up once for the process. */
#ifndef OPENSSL_IMPL_H
#define OPENSSL_IMPL_H

#include <openssl/evp.h>

struct dz_openssl_algs {
    const EVP_MD *sha256;
    const EVP_MD *sha512;
    const EVP_MD *md5; /* these four may be NULL where the library refuses them */
    const EVP_MD *sha1;
    const EVP_MD *sha224;
    const EVP_MD *sha384;
    const EVP_CIPHER *chacha20_poly1305;
};

/* The algorithms; the first call of the process fetches them, from whatever thread. */
const struct dz_openssl_algs *
dz_openssl_algs(void);

/* For calls that can only go wrong when memory is gone or the library is broken. Going on with a
 * hash or a cipher in an unknown state could store a wrong commitment or an unsealed byte, so the
 * process stops: nothing counts as stored before its commit point. */
void
dz_openssl_must(int result);

#endif
