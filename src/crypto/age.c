#include "dz_age.h"

#include <string.h>

#include "aead_impl.h"
#include "dz_os.h"
#include "dz_tr.h"

enum dz_code
dz_age_seal_bytes(const uint8_t (*pks)[DZ_X25519_BYTES], size_t n, struct dz_view plain,
                  struct dz_buf *out, struct dz_err *err)
{
    size_t before = out->n;
    uint8_t key[DZ_FILE_KEY_BYTES];
    dz_os_random(key, sizeof key);
    enum dz_code code = dz_age_header_x25519(key, pks, n, out, err);
    if (code == DZ_OK)
        code = dz_seal_bytes(key, plain, out, err);
    dz_wipe(key, sizeof key);
    if (code != DZ_OK)
        dz_buf_cut(out, before);
    return code;
}

/* A secret that is being filled. */
struct filling {
    struct dz_secret *secret;
    size_t n;
};

static enum dz_code
sink_secret(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct filling *f = ctx;
    if (n > dz_secret_size(f->secret) - f->n)
        return dz_fail(err, DZ_E_LIMIT, "the sealed key is larger than its file says");
    if (n > 0)
        memcpy(dz_secret_at(f->secret) + f->n, p, n);
    f->n += n;
    return DZ_OK;
}

/* Plain bytes in n sealed ones, the inverse of dz_seal_size; false for a number that no sealing
 * gives. */
static bool
plain_size(size_t n, size_t *ret)
{
    const size_t tag = AEAD_TAG_BYTES;
    if (n < DZ_SEAL_NONCE + tag)
        return false;
    size_t chunks = (n - DZ_SEAL_NONCE + DZ_SEAL_CHUNK + tag - 1) / (DZ_SEAL_CHUNK + tag);
    size_t n_plain = n - DZ_SEAL_NONCE - chunks * tag;
    if (n < DZ_SEAL_NONCE + chunks * tag || dz_seal_size(n_plain) != n)
        return false;
    *ret = n_plain;
    return true;
}

static enum dz_code
open_payload(const uint8_t key[DZ_FILE_KEY_BYTES], struct dz_view payload, struct dz_secret **ret,
             struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *plain = NULL;
    struct dz_unseal *u = NULL;
    size_t n = 0;
    if (!plain_size(payload.n, &n))
        return dz_fail(err, DZ_E_CORRUPT, "the age file was cut off or something was added");
    enum dz_code code = dz_secret_new(n, &plain, err);
    if (code != DZ_OK)
        return code;

    struct filling f = {.secret = plain};
    code = dz_unseal_new(key, sink_secret, &f, &u, err);
    if (code == DZ_OK)
        code = dz_unseal_write(u, payload.p, payload.n, err);
    if (code == DZ_OK)
        code = dz_unseal_finish(u, err);
    dz_unseal_free(u);
    if (code != DZ_OK)
        return code;
    *ret = plain;
    plain = NULL;
    return DZ_OK;
}

enum dz_code
dz_age_open_bytes(const struct dz_secret *identity, struct dz_view file, struct dz_secret **ret,
                  struct dz_err *err)
{
    uint8_t key[DZ_FILE_KEY_BYTES];
    size_t n_header = 0;
    enum dz_code code = dz_age_header_open(file.p, file.n, &identity, 1, NULL, key, &n_header, err);
    if (code != DZ_OK)
        return code;
    struct dz_view payload = {.p = file.p + n_header, .n = file.n - n_header};
    code = open_payload(key, payload, ret, err);
    dz_wipe(key, sizeof key);
    return code;
}
