#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_note.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as the text of a checkpoint: what is accepted begins with its own printed form; only
 * extension lines may follow. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_checkpoint c;
    struct dz_view text = {.p = (const char *)data, .n = size};
    if (dz_checkpoint_parse(text, &c, NULL) != DZ_OK)
        return 0;
    DZ_AUTO_BUF struct dz_buf printed = DZ_BUF(1024);
    dz_checkpoint_print(&c, &printed);
    if (printed.n > size || memcmp(printed.p, data, printed.n) != 0)
        abort();
    return 0;
}
