#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_note.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as a verifier key: what is accepted prints as a key that is read as the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_note_key key;
    struct dz_note_key again;
    struct dz_view text = {.p = (const char *)data, .n = size};
    if (dz_note_vkey_parse(text, &key, NULL) != DZ_OK)
        return 0;
    DZ_AUTO_BUF struct dz_buf printed = DZ_BUF(1024);
    dz_note_vkey(&key, &printed);
    if (dz_note_vkey_parse(dz_buf_view(&printed), &again, NULL) != DZ_OK || again.id != key.id ||
        strcmp(again.name, key.name) != 0 || memcmp(again.pk, key.pk, sizeof key.pk) != 0)
        abort();
    return 0;
}
