/* What a browser hands over as a picture or a PDF, and addresses it asks for: any bytes are judged
 * without being read past their end, and an address is found again as it was kept. */
#include <stdint.h>
#include <string.h>

#include "dz_address.h"
#include "dz_exchange.h"
#include "dz_mem.h"
#include "shot_impl.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t width = 0, height = 0;
    struct dz_view v = {(const char *)data, size};
    if (dz_shot_is_png(v, &width, &height) && (width == 0 || height == 0))
        __builtin_trap();
    (void)dz_shot_is_pdf(v);
    if (size == 0 || size > 4000)
        return 0;
    DZ_AUTO_SHOT_STORE struct dz_shot_store *s = NULL;
    DZ_AUTO_EXCHANGE struct dz_exchange x = {.status = 200};
    DZ_AUTO_FREE char *path = dz_strndup(v.p, v.n);
    DZ_AUTO_FREE char *url = dz_asprintf("http://a.example/%s", path);
    if (dz_shot_store_new(&s, NULL) != DZ_OK || dz_shot_store_add(s, url, &x, NULL) != DZ_OK)
        return 0;
    DZ_AUTO_FREE char *plain = dz_address_plain(url);
    if (dz_shot_find(s, plain != NULL ? plain : url) == NULL)
        __builtin_trap();
    return 0;
}
