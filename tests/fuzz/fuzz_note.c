#include <stdint.h>
#include <stdlib.h>

#include "dz_note.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as a signed note, against one key. What is accepted has to be text that ends in a
 * newline and lies inside the note. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dz_note_key key;
    if (key.name[0] == '\0' &&
        dz_note_vkey_parse(
            DZ_VIEW("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), &key,
            NULL) != DZ_OK)
        abort();
    struct dz_view note = {.p = (const char *)data, .n = size};
    struct dz_view text;
    if (dz_note_open(note, &key, 1, &text, NULL) == DZ_OK &&
        (text.p != note.p || text.n == 0 || text.n >= note.n || text.p[text.n - 1] != '\n'))
        abort();
    return 0;
}
