/* Any bytes as an age file, for the identity of docs/format/sealing.md. Without a passphrase:
 * its work factor is the file's to choose, and this would measure scrypt. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_age.h"

static struct dz_secret *
identity(void)
{
    static struct dz_secret *key;
    if (key != NULL)
        return key;
    uint8_t bytes[DZ_X25519_BYTES];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(0x40 + i);
    if (dz_crypto_init(NULL) != DZ_OK || dz_secret_copy(bytes, sizeof bytes, &key, NULL) != DZ_OK)
        abort();
    return key;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t untouched[DZ_FILE_KEY_BYTES] = {7, 7, 7};
    const struct dz_secret *key = identity();
    uint8_t file_key[DZ_FILE_KEY_BYTES];
    size_t n_header = SIZE_MAX;
    memcpy(file_key, untouched, sizeof file_key);

    enum dz_code code = dz_age_header_open(data, size, &key, 1, NULL, file_key, &n_header, NULL);
    if (code != DZ_OK) {
        if (n_header != SIZE_MAX || memcmp(file_key, untouched, sizeof file_key) != 0)
            abort();
        if (code != DZ_E_INPUT && code != DZ_E_AUTH && code != DZ_E_CORRUPT)
            abort();
        return 0;
    }
    if (n_header > size || n_header > DZ_AGE_HEADER_MAX)
        abort();

    struct dz_secret *plain = NULL;
    struct dz_view file = {.p = (const char *)data, .n = size};
    code = dz_age_open_bytes(key, file, &plain, NULL);
    if (code == DZ_OK && dz_seal_size(dz_secret_size(plain)) != size - n_header)
        abort();
    dz_secret_free(plain);
    return 0;
}
