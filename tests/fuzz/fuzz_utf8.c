/* Any bytes: check, repair, line and the maps of offsets agree with each other. */
#include <stdint.h>
#include <stdlib.h>

#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

/* Offsets there and back, by counting and by the map. */
static void
walk(struct dz_view text)
{
    struct dz_utf8_map map;
    dz_utf8_map_init(&map, text);
    size_t length = dz_utf8_length(text);
    must(map.length_cp == length);
    size_t cp = 0;
    size_t pos = 0;
    while (pos < text.n) {
        must(dz_utf8_map_byte(&map, cp) == pos);
        must(dz_utf8_map_cp(&map, pos) == cp);
        dz_utf8_next(text, &pos);
        cp++;
    }
    must(cp == length && dz_utf8_map_byte(&map, cp) == text.n);
    must(dz_utf8_cp_of(text, text.n / 2) <= length && dz_utf8_byte_of(text, length) == text.n);
    dz_utf8_map_done(&map);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view text = {.p = (const char *)data, .n = size};
    size_t good = dz_utf8_valid_prefix(text);
    must(good <= size);
    bool whole = dz_utf8_check(text, NULL) == DZ_OK;
    must(whole == (good == size));

    DZ_AUTO_BUF struct dz_buf fixed = DZ_BUF(size * 3 + 1);
    size_t replaced = dz_utf8_repair(&fixed, text);
    struct dz_view clean = dz_buf_view(&fixed);
    must(!fixed.failed && dz_utf8_valid_prefix(clean) == clean.n);
    must(whole ? replaced == 0 && dz_view_eq(clean, text) : replaced > 0);
    walk(clean);

    /* At most max characters and the ellipsis, all printable, whatever came in. */
    size_t max = size > 0 ? data[0] : 0;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(size * 3 + 3);
    dz_utf8_line(&line, text, max);
    struct dz_view shown = dz_buf_view(&line);
    must(!line.failed && dz_utf8_valid_prefix(shown) == shown.n &&
         dz_utf8_length(shown) <= max + 1);
    for (size_t pos = 0; pos < shown.n;)
        must(!dz_utf8_is_control(dz_utf8_next(shown, &pos)));
    return 0;
}
