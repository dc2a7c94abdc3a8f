#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_slip39.h"
#include "slip39_impl.h"

#define LINES_MAX 8
#define RECORD 12

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
combine(const struct dz_view *lines, size_t n)
{
    DZ_AUTO_SECRET struct dz_secret *got = NULL;
    if (dz_slip39_combine(lines, n, "", &got, NULL) == DZ_OK &&
        (dz_secret_size(got) < DZ_SLIP39_SECRET_MIN || dz_secret_size(got) > DZ_SLIP39_SECRET_MAX ||
         dz_secret_size(got) % 2 != 0))
        abort();
}

/* The checksum keeps mutated words away from what lies behind it. So shares are also made out of
 * records of bytes, one each: written as words they have to be read back as they are, or be refused
 * for what they say, and are put together. */
static void
from_records(const uint8_t *data, size_t size)
{
    static char texts[LINES_MAX][DZ_SLIP39_TEXT_MAX];
    struct dz_view lines[LINES_MAX];
    size_t n = 0;
    for (; n < LINES_MAX && size >= RECORD; n++, data += RECORD, size -= RECORD) {
        struct slip39_share s = {.id = data[0] & 1,
                                 .extendable = (data[1] & 1) != 0,
                                 .exponent = (data[1] & 0xfe) == 0xfe ? 0xf : 0,
                                 .group = data[2] & 0xf,
                                 .group_threshold = (uint8_t)((data[3] & 0xf) + 1),
                                 .n_groups = (uint8_t)((data[4] & 0xf) + 1),
                                 .member = data[5] & 0xf,
                                 .threshold = (uint8_t)((data[6] & 0xf) + 1),
                                 .n_value = (uint8_t)(16 + 2 * (data[7] % 9))};
        for (size_t i = 0; i < s.n_value; i++)
            s.value[i] = (uint8_t)(data[8 + i % 4] + i);
        struct slip39_share again;
        memset(&again, 0, sizeof again);
        dz_slip39_write(&s, texts[n]);
        lines[n] = dz_view_of(texts[n]);
        bool sense = s.group_threshold <= s.n_groups && s.group < s.n_groups;
        if ((dz_slip39_read(lines[n], 1, &again, NULL) == DZ_OK) != sense)
            abort();
        if (sense && (again.id != s.id || again.group != s.group || again.member != s.member ||
                      again.threshold != s.threshold || again.n_value != s.n_value ||
                      memcmp(again.value, s.value, s.n_value) != 0))
            abort();
    }
    combine(lines, n);
}

/* Any text as shares, one a line; behind a '#' shares as records. What comes out has the size of a
 * secret. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    if (!ready && dz_crypto_init(NULL) != DZ_OK)
        abort();
    ready = true;
    if (size > 0 && data[0] == '#') {
        from_records(data + 1, size - 1);
        return 0;
    }
    struct dz_view lines[LINES_MAX];
    size_t n = 0;
    const char *at = (const char *)data;
    while (size > 0 && n < LINES_MAX) {
        struct dz_view line = {at, 0};
        while (line.n < size && at[line.n] != '\n')
            line.n++;
        lines[n++] = line;
        size_t used = line.n + (line.n < size);
        at += used;
        size -= used;
    }
    combine(lines, n);
    return 0;
}
