#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_consistency.h"
#include "dz_secret.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Two notes and a file in one input, parted by a zero byte: the earlier checkpoint, then the file.
 * What is read is written again as the same bytes; what holds keeps to what a tree can be. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dz_note_key key;
    if (key.name[0] == '\0' &&
        (dz_crypto_init(NULL) != DZ_OK ||
         dz_note_vkey_parse(
             DZ_VIEW(
                 "dokaz/5eed5eed5eed5eed+be75ecbc+Ac0Us3+VbpUxlP9/tzs9gdzFYdYadTgJS3w+GmQ+5fOq"),
             &key, NULL) != DZ_OK))
        abort();
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    size_t n = zero == NULL ? 0 : (size_t)(zero - data);
    struct dz_view earlier = {.p = (const char *)data, .n = n};
    struct dz_view file = {.p = (const char *)data + (zero == NULL ? 0 : n + 1),
                           .n = size - (zero == NULL ? 0 : n + 1)};
    struct dz_consistency c;
    if (dz_consistency_parse(file, &c, NULL) != DZ_OK)
        return 0;
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(DZ_PROOF_MAX);
    if (dz_consistency_write(&c, &again, NULL) != DZ_OK ||
        !dz_view_eq(dz_buf_view(&again), file))
        abort();
    struct dz_checkpoint first;
    if (dz_consistency_check(&c, earlier, &key, &first, NULL, NULL) == DZ_OK &&
        (first.size != c.old_size || first.size > c.checkpoint.size))
        abort();
    dz_consistency_done(&c);
    return 0;
}
