/* Any text as a key: what is read is what would be written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_age.h"
#include "dz_bech32.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view text = {.p = (const char *)data, .n = size};
    uint8_t bytes[DZ_BECH32_BYTES_MAX];
    char again[2 * DZ_BECH32_BYTES_MAX];
    size_t n = 0;
    if (dz_bech32_decode(text, "age", bytes, sizeof bytes, &n)) {
        dz_bech32_encode("age", bytes, n, again);
        if (!dz_view_is(text, again) || strlen(again) != dz_bech32_size(3, n))
            abort();
    }

    uint8_t pk[DZ_X25519_BYTES];
    if (dz_age_recipient_parse(text, pk, NULL) == DZ_OK && n != sizeof pk)
        abort();

    static bool started;
    if (!started && dz_crypto_init(NULL) != DZ_OK)
        abort();
    started = true;
    struct dz_secret *identity = NULL;
    struct dz_secret *shown = NULL;
    if (dz_age_identity_parse(text, &identity, NULL) == DZ_OK) {
        if (dz_age_identity_text(identity, &shown, NULL) != DZ_OK ||
            !dz_view_is(text, (const char *)dz_secret_peek(shown)))
            abort();
    }
    dz_secret_free(identity);
    dz_secret_free(shown);
    return 0;
}
