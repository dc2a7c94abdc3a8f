#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "dz_kind.h"
#include "dz_locators.h"

/* The only looks that dokaz takes at foreign bytes itself: what kind of file it is, and the list of
 * pages beside a text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view in = {(const char *)data, size};
    const struct dz_kind *k = dz_kind_of(in, size % 2 ? "a.docx" : "b.htm");
    if (!k->media_type)
        abort();
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1 << 16);
    dz_locators_say(in, 1, 1000, &words);
    struct dz_locator one;
    bool more = true;
    while (more && dz_locators_next(&in, &one, &more, NULL) == DZ_OK)
        ;
    return 0;
}
