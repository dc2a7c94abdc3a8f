#include <sodium.h>
#include <string.h>

#include "age_impl.h"
#include "dz_codec.h"
#include "dz_os.h"
#include "dz_tr.h"

static const char x25519_label[] = "age-encryption.org/v1/X25519";
static const char scrypt_label[] = "age-encryption.org/v1/scrypt";

void
dz_age_header_mac(const uint8_t key[DZ_FILE_KEY_BYTES], const void *header, size_t n,
                  uint8_t ret[DZ_SHA256_BYTES])
{
    uint8_t mac_key[DZ_SHA256_BYTES];
    dz_hkdf_sha256(key, DZ_FILE_KEY_BYTES, NULL, 0, "header", 6, mac_key, sizeof mac_key);
    dz_hmac_sha256(mac_key, sizeof mac_key, header, n, ret);
    dz_wipe(mac_key, sizeof mac_key);
}

enum dz_code
dz_age_x25519_wrap_key(const uint8_t own[DZ_X25519_BYTES], const uint8_t their_pk[DZ_X25519_BYTES],
                       const uint8_t share[DZ_X25519_BYTES],
                       const uint8_t recipient[DZ_X25519_BYTES], uint8_t ret[AEAD_KEY_BYTES],
                       struct dz_err *err)
{
    uint8_t shared[DZ_X25519_BYTES];
    if (crypto_scalarmult(shared, own, their_pk) != 0) {
        dz_wipe(shared, sizeof shared);
        return dz_fail(err, DZ_E_INPUT, "an age key is one of the few that protect nothing");
    }

    uint8_t salt[2 * DZ_X25519_BYTES];
    memcpy(salt, share, DZ_X25519_BYTES);
    memcpy(salt + DZ_X25519_BYTES, recipient, DZ_X25519_BYTES);
    dz_hkdf_sha256(shared, sizeof shared, salt, sizeof salt, x25519_label, sizeof x25519_label - 1,
                   ret, AEAD_KEY_BYTES);
    dz_wipe(shared, sizeof shared);
    return DZ_OK;
}

enum dz_code
dz_age_scrypt_wrap_key(const struct dz_secret *passphrase, const uint8_t salt[AGE_SALT_BYTES],
                       unsigned log2_n, uint8_t ret[AEAD_KEY_BYTES], struct dz_err *err)
{
    uint8_t labelled[sizeof scrypt_label - 1 + AGE_SALT_BYTES];
    memcpy(labelled, scrypt_label, sizeof scrypt_label - 1);
    memcpy(labelled + sizeof scrypt_label - 1, salt, AGE_SALT_BYTES);

    /* N = 2^log2_n, r = 8, p = 1: 2^(log2_n + 10) bytes of memory. */
    if (crypto_pwhash_scryptsalsa208sha256_ll(
            dz_secret_peek(passphrase), dz_secret_size(passphrase), labelled, sizeof labelled,
            (uint64_t)1 << log2_n, 8, 1, ret, AEAD_KEY_BYTES) == 0)
        return DZ_OK;
    unsigned long long mib = (1ull << log2_n) / 1024 + 1;
    return dz_fail(
        err, DZ_E_MEMORY,
        "the passphrase needs %llu MiB of free memory for a moment: close other programs", mib);
}

/* The body of a stanza: the file key under a key that is used only here, hence the nonce of zeros.
 */
static void
add_body(struct dz_buf *h, const uint8_t wrap_key[AEAD_KEY_BYTES],
         const uint8_t key[DZ_FILE_KEY_BYTES])
{
    static const uint8_t nonce[AEAD_NONCE_BYTES];
    uint8_t body[AGE_BODY_BYTES];
    EVP_CIPHER_CTX *a = dz_aead_new(wrap_key, AEAD_SEAL);
    dz_aead_seal(a, nonce, key, DZ_FILE_KEY_BYTES, body);
    dz_aead_free(a);
    dz_b64_encode(h, body, sizeof body, DZ_B64_RAW); /* 43 characters: one short line */
    dz_buf_addc(h, '\n');
}

/* Close the header with its MAC and append it to out, whole or not at all. */
static enum dz_code
finish_header(struct dz_buf *h, const uint8_t key[DZ_FILE_KEY_BYTES], struct dz_buf *out,
              struct dz_err *err)
{
    uint8_t mac[DZ_SHA256_BYTES];
    dz_buf_adds(h, AGE_END);
    enum dz_code code = dz_buf_ok(h, _("the age header"), err);
    if (code != DZ_OK)
        return code;
    dz_age_header_mac(key, h->p, h->n, mac);
    dz_buf_addc(h, ' ');
    dz_b64_encode(h, mac, sizeof mac, DZ_B64_RAW);
    dz_buf_addc(h, '\n');
    code = dz_buf_ok(h, _("the age header"), err);
    if (code != DZ_OK)
        return code;

    dz_buf_addv(out, dz_buf_view(h));
    return dz_buf_ok(out, _("the age file"), err);
}

static enum dz_code
add_x25519(struct dz_buf *h, const uint8_t key[DZ_FILE_KEY_BYTES],
           const uint8_t pk[DZ_X25519_BYTES], struct dz_err *err)
{
    uint8_t ephemeral[DZ_X25519_BYTES];
    uint8_t share[DZ_X25519_BYTES];
    uint8_t wrap_key[AEAD_KEY_BYTES];
    dz_os_random(ephemeral, sizeof ephemeral);
    (void)crypto_scalarmult_base(share, ephemeral); /* fails for no scalar */

    enum dz_code code = dz_age_x25519_wrap_key(ephemeral, pk, share, pk, wrap_key, err);
    dz_wipe(ephemeral, sizeof ephemeral);
    if (code != DZ_OK)
        return code;
    dz_buf_adds(h, "-> X25519 ");
    dz_b64_encode(h, share, sizeof share, DZ_B64_RAW);
    dz_buf_addc(h, '\n');
    add_body(h, wrap_key, key);
    dz_wipe(wrap_key, sizeof wrap_key);
    return DZ_OK;
}

enum dz_code
dz_age_header_x25519(const uint8_t key[DZ_FILE_KEY_BYTES], const uint8_t (*pks)[DZ_X25519_BYTES],
                     size_t n, struct dz_buf *out, struct dz_err *err)
{
    if (n == 0 || n > DZ_AGE_RECIPIENTS_MAX)
        return dz_fail(err, DZ_E_USAGE, "an age file has 1 to %d recipients, not %zu",
                       DZ_AGE_RECIPIENTS_MAX, n);
    DZ_AUTO_BUF struct dz_buf h = DZ_BUF(DZ_AGE_HEADER_MAX);
    dz_buf_adds(&h, AGE_VERSION_LINE);
    for (size_t i = 0; i < n; i++) {
        enum dz_code code = add_x25519(&h, key, pks[i], err);
        if (code != DZ_OK)
            return code;
    }
    return finish_header(&h, key, out, err);
}

enum dz_code
dz_age_header_scrypt(const uint8_t key[DZ_FILE_KEY_BYTES], const struct dz_secret *passphrase,
                     unsigned log2_n, struct dz_buf *out, struct dz_err *err)
{
    if (log2_n < 1 || log2_n > AGE_LOG2_N_MAX)
        return dz_fail(err, DZ_E_USAGE, "the work for a passphrase is 1 to %d, not %u",
                       AGE_LOG2_N_MAX, log2_n);
    uint8_t salt[AGE_SALT_BYTES];
    uint8_t wrap_key[AEAD_KEY_BYTES];
    dz_os_random(salt, sizeof salt);
    enum dz_code code = dz_age_scrypt_wrap_key(passphrase, salt, log2_n, wrap_key, err);
    if (code != DZ_OK)
        return code;

    DZ_AUTO_BUF struct dz_buf h = DZ_BUF(DZ_AGE_HEADER_MAX);
    dz_buf_adds(&h, AGE_VERSION_LINE "-> scrypt ");
    dz_b64_encode(&h, salt, sizeof salt, DZ_B64_RAW);
    dz_buf_addf(&h, " %u\n", log2_n);
    add_body(&h, wrap_key, key);
    dz_wipe(wrap_key, sizeof wrap_key);
    return finish_header(&h, key, out, err);
}
