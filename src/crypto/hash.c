#include "dz_hash.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_secret.h"
#include "openssl_impl.h"

#define HMAC_BLOCK_BYTES 64 /* of SHA-256, RFC 2104 section 2 */

struct dz_hash {
    EVP_MD_CTX *ctx;
    const EVP_MD *md;
};

static const struct {
    const char *name;
    size_t bytes;
} algs[DZ_HASH_ALGS] = {
    [DZ_SHA256] = {"sha256", 32}, [DZ_SHA512] = {"sha512", 64}, [DZ_MD5] = {"md5", 16},
    [DZ_SHA1] = {"sha1", 20},     [DZ_SHA224] = {"sha224", 28}, [DZ_SHA384] = {"sha384", 48},
};

/* NULL only for the algorithms that we read and never write: a library may be set to refuse
 * them. */
static const EVP_MD *
md_of(enum dz_hash_alg alg)
{
    const struct dz_openssl_algs *known = dz_openssl_algs();
    switch (alg) {
    case DZ_SHA256:
        return known->sha256;
    case DZ_SHA512:
        return known->sha512;
    case DZ_MD5:
        return known->md5;
    case DZ_SHA1:
        return known->sha1;
    case DZ_SHA224:
        return known->sha224;
    case DZ_SHA384:
        return known->sha384;
    }
    abort();
}

bool
dz_hash_alg_named(const char *name, enum dz_hash_alg *ret)
{
    for (unsigned i = 0; i < DZ_HASH_ALGS; i++) {
        if (strcmp(algs[i].name, name) != 0)
            continue;
        if (md_of((enum dz_hash_alg)i) == NULL)
            return false;
        *ret = (enum dz_hash_alg)i;
        return true;
    }
    return false;
}

const char *
dz_hash_alg_name(enum dz_hash_alg alg)
{
    return algs[alg].name;
}

size_t
dz_hash_alg_bytes(enum dz_hash_alg alg)
{
    return algs[alg].bytes;
}

static EVP_MD_CTX *
ctx_new(const EVP_MD *md)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    dz_openssl_must(ctx != NULL);
    dz_openssl_must(EVP_DigestInit_ex2(ctx, md, NULL));
    return ctx;
}

/* The digest, and a context that is ready again. The new start is made at once because a context
 * remembers the last digest, and that can be a key. */
static void
ctx_final(EVP_MD_CTX *ctx, const EVP_MD *md, uint8_t *ret)
{
    dz_openssl_must(EVP_DigestFinal_ex(ctx, ret, NULL));
    dz_openssl_must(EVP_DigestInit_ex2(ctx, md, NULL));
}

static void
ctx_add(EVP_MD_CTX *ctx, const void *p, size_t n)
{
    if (n > 0)
        dz_openssl_must(EVP_DigestUpdate(ctx, p, n));
}

struct dz_hash *
dz_hash_new(enum dz_hash_alg alg)
{
    struct dz_hash *h = dz_alloc(sizeof *h);
    h->md = md_of(alg);
    dz_openssl_must(h->md != NULL);
    h->ctx = ctx_new(h->md);
    return h;
}

void
dz_hash_add(struct dz_hash *h, const void *p, size_t n)
{
    ctx_add(h->ctx, p, n);
}

void
dz_hash_final(struct dz_hash *h, uint8_t *ret)
{
    ctx_final(h->ctx, h->md, ret);
}

void
dz_hash_free(struct dz_hash *h)
{
    if (h == NULL)
        return;
    EVP_MD_CTX_free(h->ctx);
    dz_free(h);
}

/* --- One-shot hashes: a context of each kind per thread ---
 *
 * A context costs three times what hashing a tree node costs, so each thread keeps its own. They
 * are always left started and empty. The key is there only for its destructor, which frees them
 * when the thread ends. */

struct thread_hashes {
    EVP_MD_CTX *sha256;
    EVP_MD_CTX *sha512;
};

static _Thread_local struct thread_hashes *thread_hashes;
static pthread_key_t thread_key;
static pthread_once_t thread_once = PTHREAD_ONCE_INIT;

static void
thread_hashes_free(void *p)
{
    struct thread_hashes *t = p;
    EVP_MD_CTX_free(t->sha256);
    EVP_MD_CTX_free(t->sha512);
    dz_free(t);
    thread_hashes = NULL;
}

static void
make_thread_key(void)
{
    if (pthread_key_create(&thread_key, thread_hashes_free) != 0)
        abort();
}

static struct thread_hashes *
own_hashes(void)
{
    if (thread_hashes != NULL)
        return thread_hashes;

    if (pthread_once(&thread_once, make_thread_key) != 0)
        abort();
    struct thread_hashes *t = dz_alloc(sizeof *t);
    t->sha256 = ctx_new(dz_openssl_algs()->sha256);
    t->sha512 = ctx_new(dz_openssl_algs()->sha512);
    if (pthread_setspecific(thread_key, t) != 0)
        abort();
    thread_hashes = t;
    return t;
}

void
dz_sha256(const void *p, size_t n, uint8_t ret[DZ_SHA256_BYTES])
{
    EVP_MD_CTX *ctx = own_hashes()->sha256;
    ctx_add(ctx, p, n);
    ctx_final(ctx, dz_openssl_algs()->sha256, ret);
}

void
dz_sha256_2(const void *a, size_t na, const void *b, size_t nb, uint8_t ret[DZ_SHA256_BYTES])
{
    EVP_MD_CTX *ctx = own_hashes()->sha256;
    ctx_add(ctx, a, na);
    ctx_add(ctx, b, nb);
    ctx_final(ctx, dz_openssl_algs()->sha256, ret);
}

void
dz_sha512(const void *p, size_t n, uint8_t ret[DZ_SHA512_BYTES])
{
    EVP_MD_CTX *ctx = own_hashes()->sha512;
    ctx_add(ctx, p, n);
    ctx_final(ctx, dz_openssl_algs()->sha512, ret);
}

/* --- HMAC (RFC 2104) and HKDF (RFC 5869) ---
 *
 * Built of the hash above and not taken from the library: its HMAC keeps a copy of the last key in
 * ordinary memory, and ours wipes its own. */

static void
hmac_start(const uint8_t block[HMAC_BLOCK_BYTES], uint8_t mask)
{
    uint8_t pad[HMAC_BLOCK_BYTES];
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] = block[i] ^ mask;
    ctx_add(own_hashes()->sha256, pad, sizeof pad);
    dz_wipe(pad, sizeof pad);
}

struct part {
    const void *p;
    size_t n;
};

/* HMAC over the parts put together. ret may be one of the parts. */
static void
hmac_parts(const void *key, size_t n_key, const struct part *parts, size_t n_parts,
           uint8_t ret[DZ_SHA256_BYTES])
{
    uint8_t block[HMAC_BLOCK_BYTES] = {0};
    uint8_t inner[DZ_SHA256_BYTES];

    if (n_key > sizeof block)
        dz_sha256(key, n_key, block);
    else if (n_key > 0)
        memcpy(block, key, n_key);

    EVP_MD_CTX *ctx = own_hashes()->sha256;
    hmac_start(block, 0x36);
    for (size_t i = 0; i < n_parts; i++)
        ctx_add(ctx, parts[i].p, parts[i].n);
    ctx_final(ctx, dz_openssl_algs()->sha256, inner);

    hmac_start(block, 0x5c);
    ctx_add(ctx, inner, sizeof inner);
    ctx_final(ctx, dz_openssl_algs()->sha256, ret);

    dz_wipe(block, sizeof block);
    dz_wipe(inner, sizeof inner);
}

void
dz_hmac_sha256(const void *key, size_t n_key, const void *p, size_t n, uint8_t ret[DZ_SHA256_BYTES])
{
    hmac_parts(key, n_key, &(struct part){.p = p, .n = n}, 1, ret);
}

void
dz_hkdf_sha256(const void *ikm, size_t n_ikm, const void *salt, size_t n_salt, const void *info,
               size_t n_info, void *ret, size_t n)
{
    uint8_t prk[DZ_SHA256_BYTES];
    uint8_t block[DZ_SHA256_BYTES];
    uint8_t *out = ret;
    if (n > DZ_HKDF_BYTES_MAX)
        abort();

    /* Extract. An empty salt stands for 32 zero bytes, which as an HMAC key is the same. */
    dz_hmac_sha256(salt, n_salt, ikm, n_ikm, prk);

    /* Expand: T(i) = HMAC(prk, T(i - 1) || info || i), with T(0) empty. */
    uint8_t i = 0;
    for (size_t done = 0; done < n;) {
        size_t n_previous = i > 0 ? sizeof block : 0;
        i++;
        const struct part parts[] = {
            {.p = block, .n = n_previous},
            {.p = info, .n = n_info},
            {.p = &i, .n = 1},
        };
        hmac_parts(prk, sizeof prk, parts, sizeof parts / sizeof parts[0], block);
        size_t take = n - done < sizeof block ? n - done : sizeof block;
        memcpy(out + done, block, take);
        done += take;
    }
    dz_wipe(prk, sizeof prk);
    dz_wipe(block, sizeof block);
}
