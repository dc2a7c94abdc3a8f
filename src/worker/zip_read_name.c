#include <unicode/ucnv.h>

#include "dz_utf8.h"
#include "dz_zip_read.h"

#define CONVERTED_MAX (DZ_ZIP_NAME_MAX * 3)

/* Russian and Ukrainian Windows write names in code page 866, some programs in 1251. Both have
 * letters where the other has frames and signs that stand in no name. */
static const char *
guess_page(struct dz_view name)
{
    size_t as866 = 0;
    size_t as1251 = 0;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = (uint8_t)name.p[i];
        as866 += c >= 0x80 && c <= 0xaf;
        as1251 += (c >= 0xc0 && c <= 0xdf) || c >= 0xf8 || c == 0xb3 || c == 0xbf || c == 0xba;
    }
    return as1251 > as866 ? "windows-1251" : "ibm-866";
}

void
dz_zip_name(struct dz_view name, bool is_utf8, struct dz_buf *out)
{
    struct dz_buf plain = DZ_BUF(CONVERTED_MAX + 1);
    if (is_utf8 || dz_utf8_valid_prefix(name) == name.n) {
        dz_utf8_repair(&plain, name);
    } else {
        UErrorCode status = U_ZERO_ERROR;
        UConverter *page = ucnv_open(guess_page(name), &status);
        if (U_SUCCESS(status)) {
            char bytes[CONVERTED_MAX];
            int32_t n = ucnv_toAlgorithmic(UCNV_UTF8, page, bytes, sizeof bytes, name.p,
                                           (int32_t)name.n, &status);
            if (U_SUCCESS(status))
                dz_utf8_repair(&plain,
                               (struct dz_view){.p = bytes, .n = n > 0 ? (size_t)n : 0});
        }
        if (page != NULL)
            ucnv_close(page);
        if (plain.n == 0)
            dz_utf8_repair(&plain, name);
    }
    dz_utf8_line(out, dz_buf_view(&plain), DZ_ZIP_NAME_MAX);
    dz_buf_done(&plain);
}
