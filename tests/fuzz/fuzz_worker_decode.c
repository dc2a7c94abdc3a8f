#include <stdint.h>
#include <string.h>

#include "dz_decode.h"
#include "dz_decode_stream.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says what is declared, the second in which pieces the rest comes: pieces give the
 * same as the whole, and what comes out is UTF-8. */
static enum dz_code
in_pieces(struct dz_view bytes, const char *declared, size_t piece, struct dz_buf *out,
          struct dz_decoded *ret)
{
    DZ_AUTO_DECODER struct dz_decoder *d = dz_decoder_new(declared);
    for (size_t at = 0; at < bytes.n; at += piece) {
        size_t n = bytes.n - at < piece ? bytes.n - at : piece;
        enum dz_code code = dz_decoder_feed(d, (struct dz_view){bytes.p + at, n}, out, NULL);
        if (code != DZ_OK)
            return code;
    }
    return dz_decoder_finish(d, out, ret, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {NULL,      "utf-8",       "windows-1251", "koi8-u",
                                        "utf-16",  "iso-8859-1",  "shift_jis",    "iso-2022-jp",
                                        "gb18030", "x-unknown;;", "utf-32",       "utf-7"};
    if (size < 2)
        return 0;
    const char *declared = names[data[0] % (sizeof names / sizeof *names)];
    struct dz_view bytes = {(const char *)data + 2, size - 2};
    DZ_AUTO_BUF struct dz_buf whole = DZ_BUF(1u << 20);
    DZ_AUTO_BUF struct dz_buf pieces = DZ_BUF(1u << 20);
    struct dz_decoded a = {0};
    struct dz_decoded b = {0};
    enum dz_code code = dz_decode(bytes, declared, &whole, &a, NULL);
    if (code != in_pieces(bytes, declared, 1 + data[1] % 64u, &pieces, &b))
        __builtin_trap();
    if (code != DZ_OK)
        return 0;
    if (!dz_view_eq(dz_buf_view(&whole), dz_buf_view(&pieces)) ||
        strcmp(a.encoding, b.encoding) != 0 || a.guessed != b.guessed ||
        a.n_repaired != b.n_repaired || dz_utf8_check(dz_buf_view(&whole), NULL) != DZ_OK)
        __builtin_trap();
    return 0;
}
