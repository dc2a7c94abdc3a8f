#include "openssl_impl.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

/* Looking an algorithm up takes microseconds and locks, hashing a tree node takes a fraction of
 * one: hence these, the only state that lives as long as the process. They are constant once set.
 */
static struct dz_openssl_algs algs;
static pthread_once_t algs_once = PTHREAD_ONCE_INIT;

static void
fetch_algs(void)
{
    /* The configuration file and its environment variable could put other code in place of the
     * algorithms; dokaz takes what is compiled into the library. */
    dz_openssl_must(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL));

    algs.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    algs.sha512 = EVP_MD_fetch(NULL, "SHA512", NULL);
    algs.md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    algs.sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    algs.sha224 = EVP_MD_fetch(NULL, "SHA224", NULL);
    algs.sha384 = EVP_MD_fetch(NULL, "SHA384", NULL);
    algs.chacha20_poly1305 = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
    dz_openssl_must(algs.sha256 != NULL && algs.sha512 != NULL && algs.chacha20_poly1305 != NULL);
}

const struct dz_openssl_algs *
dz_openssl_algs(void)
{
    if (pthread_once(&algs_once, fetch_algs) != 0)
        abort();
    return &algs;
}

void
dz_openssl_must(int result)
{
    if (result != 1)
        abort();
}
