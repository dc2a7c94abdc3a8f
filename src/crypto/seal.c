#include "dz_seal.h"

#include <string.h>

#include "aead_impl.h"
#include "dz_hash.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_secret.h"
#include "dz_tr.h"

/* The format, with a worked example: docs/format/sealing.md. */
#define SEALED_CHUNK (DZ_SEAL_CHUNK + AEAD_TAG_BYTES)

enum last { NOT_LAST = 0, LAST = 1 };

/* Nonce of a chunk: its number in 11 bytes, big-endian, then whether it is the last. */
static void
chunk_nonce(uint64_t counter, enum last last, uint8_t ret[AEAD_NONCE_BYTES])
{
    memset(ret, 0, AEAD_NONCE_BYTES);
    for (size_t i = 0; i < 8; i++)
        ret[10 - i] = (uint8_t)(counter >> (8 * i));
    ret[11] = (uint8_t)last;
}

/* The cipher of one payload: its key is HKDF(file key, salt = nonce, "payload"). */
static EVP_CIPHER_CTX *
payload_cipher(const uint8_t key[DZ_FILE_KEY_BYTES], const uint8_t nonce[DZ_SEAL_NONCE],
               enum aead_use use)
{
    static const char info[] = "payload";
    uint8_t chunk_key[AEAD_KEY_BYTES];
    dz_hkdf_sha256(key, DZ_FILE_KEY_BYTES, nonce, DZ_SEAL_NONCE, info, sizeof info - 1, chunk_key,
                   sizeof chunk_key);
    EVP_CIPHER_CTX *a = dz_aead_new(chunk_key, use);
    dz_wipe(chunk_key, sizeof chunk_key);
    return a;
}

enum dz_code
dz_sink_buf(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct dz_buf *out = ctx;
    dz_buf_add(out, p, n);
    return dz_buf_ok(out, _("the content"), err);
}

uint64_t
dz_seal_size(uint64_t n)
{
    uint64_t chunks = n / DZ_SEAL_CHUNK + (n % DZ_SEAL_CHUNK != 0 ? 1 : 0);
    uint64_t more = DZ_SEAL_NONCE + AEAD_TAG_BYTES * (chunks > 0 ? chunks : 1);
    return n <= UINT64_MAX - more ? n + more : UINT64_MAX;
}

/* --- Sealing --- */

struct dz_seal {
    EVP_CIPHER_CTX *cipher;
    dz_sink_fn *sink;
    void *ctx;
    uint64_t counter;   /* chunks given out */
    size_t n;           /* plain bytes waiting in chunk */
    enum dz_code ended; /* DZ_OK while more can be written */
    uint8_t chunk[];    /* plain bytes, sealed in place */
};

/* room: the most plain bytes that will ever wait, at most a whole chunk. */
static enum dz_code
seal_new(const uint8_t key[DZ_FILE_KEY_BYTES], size_t room, dz_sink_fn *sink, void *ctx,
         struct dz_seal **ret, struct dz_err *err)
{
    uint8_t nonce[DZ_SEAL_NONCE];
    dz_os_random(nonce, sizeof nonce);
    enum dz_code code = sink(ctx, nonce, sizeof nonce, err);
    if (code != DZ_OK)
        return code;

    struct dz_seal *s = dz_alloc(sizeof *s + room + AEAD_TAG_BYTES);
    s->cipher = payload_cipher(key, nonce, AEAD_SEAL);
    s->sink = sink;
    s->ctx = ctx;
    *ret = s;
    return DZ_OK;
}

enum dz_code
dz_seal_new(const uint8_t key[DZ_FILE_KEY_BYTES], dz_sink_fn *sink, void *ctx, struct dz_seal **ret,
            struct dz_err *err)
{
    return seal_new(key, DZ_SEAL_CHUNK, sink, ctx, ret, err);
}

static enum dz_code
seal_chunk(struct dz_seal *s, const void *plain, size_t n, enum last last, struct dz_err *err)
{
    uint8_t nonce[AEAD_NONCE_BYTES];
    chunk_nonce(s->counter, last, nonce);
    dz_aead_seal(s->cipher, nonce, plain, n, s->chunk);
    s->counter++;
    s->n = 0;
    /* A sink that refused a chunk has a gap: nothing may follow it. */
    s->ended = s->sink(s->ctx, s->chunk, n + AEAD_TAG_BYTES, err);
    return s->ended;
}

static enum dz_code
seal_is_open(const struct dz_seal *s, struct dz_err *err)
{
    if (s->ended == DZ_OK)
        return DZ_OK;
    return dz_fail(err, s->ended, "sealing had already ended");
}

enum dz_code
dz_seal_write(struct dz_seal *s, const void *p, size_t n, struct dz_err *err)
{
    const uint8_t *at = p;
    enum dz_code code = seal_is_open(s, err);

    /* A full chunk waits until more bytes show that it is not the last one. Whole chunks that come
     * in one piece are sealed from where they lie. */
    while (code == DZ_OK && n > 0) {
        if (s->n == 0 && n > DZ_SEAL_CHUNK) {
            code = seal_chunk(s, at, DZ_SEAL_CHUNK, NOT_LAST, err);
            at += DZ_SEAL_CHUNK;
            n -= DZ_SEAL_CHUNK;
            continue;
        }
        if (s->n == DZ_SEAL_CHUNK) {
            code = seal_chunk(s, s->chunk, s->n, NOT_LAST, err);
            continue;
        }
        size_t room = DZ_SEAL_CHUNK - s->n;
        size_t take = n < room ? n : room;
        memcpy(s->chunk + s->n, at, take);
        s->n += take;
        at += take;
        n -= take;
    }
    return code;
}

enum dz_code
dz_seal_finish(struct dz_seal *s, struct dz_err *err)
{
    enum dz_code code = seal_is_open(s, err);
    if (code != DZ_OK)
        return code;
    code = seal_chunk(s, s->chunk, s->n, LAST, err);
    if (code == DZ_OK)
        s->ended = DZ_E_USAGE;
    return code;
}

void
dz_seal_free(struct dz_seal *s)
{
    if (s == NULL)
        return;
    dz_aead_free(s->cipher);
    /* Plain bytes remain only in a stream that was broken off: finished chunks are sealed in place.
     */
    dz_wipe(s->chunk, s->n);
    dz_free(s);
}

/* --- Opening --- */

struct dz_unseal {
    EVP_CIPHER_CTX *cipher; /* NULL until the nonce is there */
    dz_sink_fn *sink;
    void *ctx;
    uint64_t counter;
    uint8_t key[DZ_FILE_KEY_BYTES]; /* wiped as soon as the nonce is there */
    uint8_t nonce[DZ_SEAL_NONCE];
    size_t n_nonce;
    size_t n;       /* sealed bytes waiting in sealed */
    size_t n_dirty; /* plain bytes that may stand in plain */
    enum dz_code ended;
    uint8_t *plain;
    uint8_t sealed[];
};

/* room: the most sealed bytes that will ever wait, at most a whole chunk with its tag. */
static struct dz_unseal *
unseal_new(const uint8_t key[DZ_FILE_KEY_BYTES], size_t room, dz_sink_fn *sink, void *ctx)
{
    struct dz_unseal *u = dz_alloc(sizeof *u + room);
    u->plain = dz_alloc(room);
    u->sink = sink;
    u->ctx = ctx;
    memcpy(u->key, key, sizeof u->key);
    return u;
}

enum dz_code
dz_unseal_new(const uint8_t key[DZ_FILE_KEY_BYTES], dz_sink_fn *sink, void *ctx,
              struct dz_unseal **ret, struct dz_err *err)
{
    (void)err;
    *ret = unseal_new(key, SEALED_CHUNK, sink, ctx);
    return DZ_OK;
}

/* Whether the n bytes at sealed are the next chunk; if so its content stands in u->plain. */
static bool
authenticates(struct dz_unseal *u, const uint8_t *sealed, size_t n, enum last last)
{
    uint8_t nonce[AEAD_NONCE_BYTES];
    size_t n_plain = n - AEAD_TAG_BYTES;
    chunk_nonce(u->counter, last, nonce);
    if (n_plain > u->n_dirty)
        u->n_dirty = n_plain;
    return dz_aead_open(u->cipher, nonce, sealed, n_plain, u->plain);
}

/* Open one chunk and pass its content on. expected says where we stand in the payload: whether
 * bytes follow. A whole chunk that authenticates only as the other kind is what the sealer wrote,
 * so its content is passed on too, but the payload around it is not whole. */
static enum dz_code
unseal_chunk(struct dz_unseal *u, const uint8_t *sealed, size_t n, enum last expected,
             struct dz_err *err)
{
    enum last found = expected;
    u->n = 0;
    if (!authenticates(u, sealed, n, expected)) {
        found = expected == LAST ? NOT_LAST : LAST;
        if (n != SEALED_CHUNK || !authenticates(u, sealed, n, found)) {
            u->ended = DZ_E_CORRUPT;
            return dz_fail(err, DZ_E_CORRUPT,
                           "sealed bytes were changed or belong to another key (chunk %llu)",
                           (unsigned long long)u->counter);
        }
    }

    u->counter++;
    u->ended = u->sink(u->ctx, u->plain, n - AEAD_TAG_BYTES, err);
    if (u->ended != DZ_OK || found == expected)
        return u->ended;

    u->ended = DZ_E_CORRUPT;
    if (found == LAST)
        return dz_fail(err, DZ_E_CORRUPT, "bytes follow the end of the sealed content");
    return dz_fail(err, DZ_E_CORRUPT, "the sealed content ends early: its end is missing");
}

static enum dz_code
unseal_is_open(const struct dz_unseal *u, struct dz_err *err)
{
    if (u->ended == DZ_OK)
        return DZ_OK;
    return dz_fail(err, u->ended, "opening had already ended");
}

/* Take what is still missing of the nonce; with its last byte the cipher is made. Returns the bytes
 * taken. */
static size_t
take_nonce(struct dz_unseal *u, const uint8_t *p, size_t n)
{
    size_t missing = DZ_SEAL_NONCE - u->n_nonce;
    size_t take = n < missing ? n : missing;
    if (take == 0)
        return 0;
    memcpy(u->nonce + u->n_nonce, p, take);
    u->n_nonce += take;
    if (u->n_nonce == DZ_SEAL_NONCE) {
        u->cipher = payload_cipher(u->key, u->nonce, AEAD_OPEN);
        dz_wipe(u->key, sizeof u->key);
    }
    return take;
}

enum dz_code
dz_unseal_write(struct dz_unseal *u, const void *p, size_t n, struct dz_err *err)
{
    enum dz_code code = unseal_is_open(u, err);
    if (code != DZ_OK || n == 0)
        return code;

    size_t taken = take_nonce(u, p, n);
    const uint8_t *at = (const uint8_t *)p + taken;
    n -= taken;

    /* As in dz_seal_write: a full chunk waits until more bytes come. */
    while (code == DZ_OK && n > 0) {
        if (u->n == 0 && n > SEALED_CHUNK) {
            code = unseal_chunk(u, at, SEALED_CHUNK, NOT_LAST, err);
            at += SEALED_CHUNK;
            n -= SEALED_CHUNK;
            continue;
        }
        if (u->n == SEALED_CHUNK) {
            code = unseal_chunk(u, u->sealed, u->n, NOT_LAST, err);
            continue;
        }
        size_t room = SEALED_CHUNK - u->n;
        size_t take = n < room ? n : room;
        memcpy(u->sealed + u->n, at, take);
        u->n += take;
        at += take;
        n -= take;
    }
    return code;
}

enum dz_code
dz_unseal_finish(struct dz_unseal *u, struct dz_err *err)
{
    enum dz_code code = unseal_is_open(u, err);
    if (code != DZ_OK)
        return code;

    /* An empty chunk is the last one only where it is the first, too: otherwise one content could
     * be sealed in two ways. */
    if (u->n < AEAD_TAG_BYTES) {
        u->ended = DZ_E_CORRUPT;
        return dz_fail(err, DZ_E_CORRUPT, "the sealed content ends early: its end is missing");
    }
    if (u->n == AEAD_TAG_BYTES && u->counter > 0) {
        u->ended = DZ_E_CORRUPT;
        return dz_fail(err, DZ_E_CORRUPT,
                       "the sealed content has an empty end, as nothing writes it");
    }
    code = unseal_chunk(u, u->sealed, u->n, LAST, err);
    if (code == DZ_OK)
        u->ended = DZ_E_USAGE;
    return code;
}

void
dz_unseal_free(struct dz_unseal *u)
{
    if (u == NULL)
        return;
    dz_aead_free(u->cipher);
    dz_wipe(u->key, sizeof u->key);
    dz_wipe(u->plain, u->n_dirty);
    dz_free(u->plain);
    dz_free(u);
}

/* --- Whole small messages: the same, with room for no more than is there --- */

enum dz_code
dz_seal_bytes(const uint8_t key[DZ_FILE_KEY_BYTES], struct dz_view plain, struct dz_buf *out,
              struct dz_err *err)
{
    size_t before = out->n;
    struct dz_seal *s = NULL;
    enum dz_code code =
        seal_new(key, plain.n < DZ_SEAL_CHUNK ? plain.n : DZ_SEAL_CHUNK, dz_sink_buf, out, &s, err);
    if (code == DZ_OK)
        code = dz_seal_write(s, plain.p, plain.n, err);
    if (code == DZ_OK)
        code = dz_seal_finish(s, err);
    dz_seal_free(s);
    if (code != DZ_OK)
        dz_buf_cut(out, before);
    return code;
}

/* A payload of one chunk, opened from where it lies. False: of another form, or not authentic;
 * which of the two, the stream says. */
static bool
unseal_one(const uint8_t key[DZ_FILE_KEY_BYTES], struct dz_view sealed, struct dz_buf *out)
{
    const size_t least = DZ_SEAL_NONCE + AEAD_TAG_BYTES;
    if (sealed.n < least || sealed.n > DZ_SEAL_NONCE + SEALED_CHUNK)
        return false;
    const uint8_t *at = (const uint8_t *)sealed.p;
    size_t n_plain = sealed.n - least;
    uint8_t nonce[AEAD_NONCE_BYTES];
    uint8_t *plain = dz_alloc(n_plain);
    EVP_CIPHER_CTX *cipher = payload_cipher(key, at, AEAD_OPEN);
    chunk_nonce(0, LAST, nonce);
    bool good = dz_aead_open(cipher, nonce, at + DZ_SEAL_NONCE, n_plain, plain);
    dz_aead_free(cipher);
    if (good)
        dz_buf_add(out, plain, n_plain);
    dz_wipe(plain, n_plain);
    dz_free(plain);
    return good;
}

enum dz_code
dz_unseal_bytes(const uint8_t key[DZ_FILE_KEY_BYTES], struct dz_view sealed, struct dz_buf *out,
                struct dz_err *err)
{
    size_t before = out->n;
    if (unseal_one(key, sealed, out))
        return dz_buf_ok(out, _("the content"), err);
    struct dz_unseal *u =
        unseal_new(key, sealed.n < SEALED_CHUNK ? sealed.n : SEALED_CHUNK, dz_sink_buf, out);
    enum dz_code code = dz_unseal_write(u, sealed.p, sealed.n, err);
    if (code == DZ_OK)
        code = dz_unseal_finish(u, err);
    dz_unseal_free(u);
    if (code != DZ_OK && out->n > before) {
        dz_wipe(out->p + before, out->n - before);
        dz_buf_cut(out, before);
    }
    return code;
}
