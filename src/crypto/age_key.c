#include <sodium.h>
#include <string.h>

#include "age_impl.h"
#include "dz_bech32.h"
#include "dz_tr.h"

_Static_assert(DZ_X25519_BYTES == crypto_scalarmult_BYTES, "point size");
_Static_assert(DZ_X25519_BYTES == crypto_scalarmult_SCALARBYTES, "scalar size");

static const char recipient_hrp[] = "age";
/* The checksum counts lower-case letters; the text is shown in upper case. */
static const char identity_hrp[] = "age-secret-key-";
static const char identity_hrp_shown[] = "AGE-SECRET-KEY-";

enum dz_code
dz_age_identity_new(struct dz_secret **ret, struct dz_err *err)
{
    return dz_secret_random(DZ_X25519_BYTES, ret, err);
}

static enum dz_code
check_size(const struct dz_secret *identity, struct dz_err *err)
{
    if (dz_secret_size(identity) == DZ_X25519_BYTES)
        return DZ_OK;
    return dz_fail(err, DZ_E_USAGE, "an age key has 32 bytes, this one has %zu",
                   dz_secret_size(identity));
}

enum dz_code
dz_age_identity_public(const struct dz_secret *identity, uint8_t ret[DZ_X25519_BYTES],
                       struct dz_err *err)
{
    enum dz_code code = check_size(identity, err);
    if (code != DZ_OK)
        return code;
    /* Multiplying the base point fails for no scalar. */
    if (crypto_scalarmult_base(ret, dz_secret_peek(identity)) != 0)
        return dz_fail(err, DZ_E_USAGE, "this age key has no public key");
    return DZ_OK;
}

void
dz_age_recipient_text(const uint8_t pk[DZ_X25519_BYTES], struct dz_buf *out)
{
    char text[128];
    dz_bech32_encode(recipient_hrp, pk, DZ_X25519_BYTES, text);
    dz_buf_adds(out, text);
}

enum dz_code
dz_age_recipient_parse(struct dz_view text, uint8_t ret[DZ_X25519_BYTES], struct dz_err *err)
{
    uint8_t pk[DZ_X25519_BYTES];
    size_t n = 0;
    if (!dz_bech32_decode(text, recipient_hrp, pk, sizeof pk, &n) || n != sizeof pk)
        return dz_fail(err, DZ_E_INPUT,
                       "not an age recipient: it begins with age1 and has 62 characters; "
                       "check it for a typing error");
    memcpy(ret, pk, sizeof pk);
    return DZ_OK;
}

enum dz_code
dz_age_identity_text(const struct dz_secret *identity, struct dz_secret **ret, struct dz_err *err)
{
    enum dz_code code = check_size(identity, err);
    if (code != DZ_OK)
        return code;

    struct dz_secret *text = NULL;
    size_t n = dz_bech32_size(sizeof identity_hrp - 1, DZ_X25519_BYTES);
    code = dz_secret_new(n + 1, &text, err);
    if (code != DZ_OK)
        return code;
    char *at = (char *)dz_secret_at(text);
    dz_bech32_encode(identity_hrp, dz_secret_peek(identity), DZ_X25519_BYTES, at);
    for (size_t i = 0; i < n; i++)
        if (at[i] >= 'a' && at[i] <= 'z')
            at[i] = (char)(at[i] - 'a' + 'A');
    *ret = text;
    return DZ_OK;
}

enum dz_code
dz_age_identity_parse(struct dz_view text, struct dz_secret **ret, struct dz_err *err)
{
    uint8_t key[DZ_X25519_BYTES];
    size_t n = 0;
    if (!dz_bech32_decode(text, identity_hrp_shown, key, sizeof key, &n) || n != sizeof key) {
        dz_wipe(key, sizeof key);
        return dz_fail(err, DZ_E_INPUT,
                       "not an age key: it begins with AGE-SECRET-KEY-1 and has 74 characters; "
                       "check it for a typing error");
    }
    enum dz_code code = dz_secret_copy(key, sizeof key, ret, err);
    dz_wipe(key, sizeof key);
    return code;
}
