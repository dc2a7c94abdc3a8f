#include <stdint.h>
#include <stdlib.h>

#include "dz_slip39.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any text as shares, one a line. What comes out has the size of a secret. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    if (!ready && dz_crypto_init(NULL) != DZ_OK)
        abort();
    ready = true;
    struct dz_view lines[8];
    size_t n = 0;
    const char *at = (const char *)data;
    while (size > 0 && n < 8) {
        struct dz_view line = {at, 0};
        while (line.n < size && at[line.n] != '\n')
            line.n++;
        lines[n++] = line;
        size_t used = line.n + (line.n < size);
        at += used;
        size -= used;
    }
    DZ_AUTO_SECRET struct dz_secret *got = NULL;
    if (dz_slip39_combine(lines, n, "", &got, NULL) == DZ_OK &&
        (dz_secret_size(got) < DZ_SLIP39_SECRET_MIN || dz_secret_size(got) > DZ_SLIP39_SECRET_MAX ||
         dz_secret_size(got) % 2 != 0))
        abort();
    return 0;
}
