#include <stdint.h>
#include <stdlib.h>

#include "dz_entry.h"
#include "dz_hash.h"
#include "dz_seal.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as the plain form of a body that a leaf names: accepted only in the canonical form, and
 * with the commitment that belongs to it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[16] = {1};
    static const uint8_t salt[DZ_SALT_BYTES] = {2};
    if (dz_crypto_init(NULL) != DZ_OK)
        abort();
    struct dz_view plain = {.p = (const char *)data, .n = size};
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(16u << 20);
    if (dz_seal_bytes(key, plain, &sealed, NULL) != DZ_OK)
        abort();
    struct dz_leaf leaf = {.n_brings = 0};
    dz_sha256(sealed.p, sealed.n, leaf.sealed_sha256.b);
    /* The right commitment, where the bytes have one; otherwise none fits. */
    DZ_AUTO_JSON json_t *own = NULL;
    struct dz_view text = {.p = plain.p + 68, .n = size - 68};
    if (size > 68 && dz_json_parse(text, &own, NULL) == DZ_OK &&
        dz_entry_commit(salt, own, &leaf.commitment, NULL) != DZ_OK)
        return 0;
    DZ_AUTO_JSON json_t *body = NULL;
    uint8_t sig[64];
    if (dz_entry_open(dz_buf_view(&sealed), key, salt, &leaf, &body, sig, NULL) != DZ_OK)
        return 0;
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(DZ_ENTRY_BODY_MAX);
    if (dz_json_canonical(&again, body, NULL) != DZ_OK || !dz_view_eq(dz_buf_view(&again), text))
        abort();
    return 0;
}
