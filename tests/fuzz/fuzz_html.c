#include <stdint.h>
#include <string.h>

#include "dz_extract.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes under the name of a page: whatever comes out as text is well-formed, no value holds
 * a line break, and the same bytes give the same text again. */
static void
extract(const uint8_t *data, size_t size, struct dz_extracted *ret)
{
    DZ_AUTO_EXTRACTOR struct dz_extractor *x = dz_extractor_new("page.html");
    dz_extractor_feed(x, data, size);
    if (dz_extractor_finish(x, ret, NULL) != DZ_OK)
        memset(ret, 0, sizeof *ret);
}

static void
check_value(const char *value)
{
    if (value && (strchr(value, '\n') || dz_utf8_check(dz_view_of(value), NULL) != DZ_OK))
        __builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DZ_AUTO_EXTRACTED struct dz_extracted a = {0};
    DZ_AUTO_EXTRACTED struct dz_extracted b = {0};
    extract(data, size, &a);
    extract(data, size, &b);
    if (a.status != b.status || !dz_view_eq(dz_buf_view(&a.text), dz_buf_view(&b.text)))
        __builtin_trap();
    if (dz_utf8_check(dz_buf_view(&a.text), NULL) != DZ_OK)
        __builtin_trap();
    check_value(a.title);
    check_value(a.author);
    check_value(a.site);
    check_value(a.address);
    check_value(a.language);
    check_value(a.published);
    return 0;
}
