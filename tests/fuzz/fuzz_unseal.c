/* Any bytes as a sealed payload, and as content to be sealed. The first byte says in which
 * pieces they come; the file key is that of docs/format/sealing.md. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_seal.h"
#include "dz_secret.h"

static const uint8_t key[DZ_FILE_KEY_BYTES] = {0, 1, 2,  3,  4,  5,  6,  7,
                                               8, 9, 10, 11, 12, 13, 14, 15};

static enum dz_code
unseal(struct dz_view sealed, size_t piece, struct dz_buf *out)
{
    struct dz_unseal *u = NULL;
    enum dz_code code = dz_unseal_new(key, dz_sink_buf, out, &u, NULL);
    for (size_t i = 0; i < sealed.n && code == DZ_OK; i += piece)
        code = dz_unseal_write(u, sealed.p + i, sealed.n - i < piece ? sealed.n - i : piece, NULL);
    if (code == DZ_OK)
        code = dz_unseal_finish(u, NULL);
    dz_unseal_free(u);
    return code;
}

static void
seal(struct dz_view plain, size_t piece, struct dz_buf *out)
{
    struct dz_seal *s = NULL;
    if (dz_seal_new(key, dz_sink_buf, out, &s, NULL) != DZ_OK)
        abort();
    for (size_t i = 0; i < plain.n; i += piece)
        if (dz_seal_write(s, plain.p + i, plain.n - i < piece ? plain.n - i : piece, NULL) != DZ_OK)
            abort();
    if (dz_seal_finish(s, NULL) != DZ_OK)
        abort();
    dz_seal_free(s);
}

/* In pieces and in one go: the same outcome and the same bytes passed on. */
static void
check_opening(struct dz_view sealed, size_t piece)
{
    DZ_AUTO_BUF struct dz_buf pieces = DZ_BUF(4 << 20);
    DZ_AUTO_BUF struct dz_buf whole = DZ_BUF(4 << 20);
    enum dz_code code = unseal(sealed, piece, &pieces);
    if (code != DZ_OK && code != DZ_E_CORRUPT)
        abort();
    if (unseal(sealed, SIZE_MAX / 2, &whole) != code ||
        !dz_view_eq(dz_buf_view(&pieces), dz_buf_view(&whole)))
        abort();
    if (code == DZ_OK && dz_seal_size(whole.n) != sealed.n)
        abort();
}

static void
check_round_trip(struct dz_view plain, size_t piece)
{
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(4 << 20);
    DZ_AUTO_BUF struct dz_buf back = DZ_BUF(4 << 20);
    seal(plain, piece, &sealed);
    if (sealed.n != dz_seal_size(plain.n))
        abort();
    if (unseal(dz_buf_view(&sealed), 65537 - piece % 1000, &back) != DZ_OK ||
        !dz_view_eq(dz_buf_view(&back), plain))
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t pieces[] = {1, 3, 15, 16, 17, 4096, 65536, 65552};
    if (size == 0 || size > (1 << 20))
        return 0;
    size_t piece = pieces[data[0] % (sizeof pieces / sizeof pieces[0])];
    struct dz_view rest = {.p = (const char *)data + 1, .n = size - 1};
    check_opening(rest, piece);
    check_round_trip(rest, piece);
    return 0;
}
