/* Any table: rows come to an end, cells are UTF-8 without zero bytes, and a table that is written
 * from what was read gives the same cells again. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dz_buf.h"
#include "dz_csv.h"
#include "dz_mem.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
must(int holds)
{
    if (!holds)
        dz_panic("fuzz_csv: a property does not hold");
}

static void
write_row(const struct dz_csv *csv, struct dz_buf *out)
{
    for (size_t i = 0; i < csv->n_cells; i++) {
        dz_buf_adds(out, i > 0 ? ",\"" : "\"");
        for (const char *p = csv->cells[i]; *p != '\0'; p++) {
            if (*p == '"')
                dz_buf_addc(out, '"');
            dz_buf_addc(out, *p);
        }
        dz_buf_addc(out, '"');
    }
    dz_buf_addc(out, '\n');
}

/* The whole table in one spelling; false when it is refused. */
static int
normal(struct dz_view text, struct dz_buf *out)
{
    DZ_AUTO_CSV struct dz_csv csv = {0};
    struct dz_err err = {0};
    if (dz_csv_init(&csv, text, &err) != DZ_OK)
        return 0;
    for (size_t rows = 0;; rows++) {
        bool more = false;
        must(rows <= text.n);
        if (dz_csv_next(&csv, &more, &err) != DZ_OK) {
            must(err.code == DZ_E_INPUT || err.code == DZ_E_LIMIT);
            return 0;
        }
        if (!more)
            return 1;
        must(csv.n_cells > 0 && csv.n_cells <= DZ_CSV_COLUMNS_MAX);
        for (size_t i = 0; i < csv.n_cells; i++)
            must(dz_utf8_check(dz_view_of(csv.cells[i]), NULL) == DZ_OK);
        write_row(&csv, out);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    DZ_AUTO_FREE char *exact = dz_alloc(n);
    if (n > 0)
        memcpy(exact, bytes, n);
    DZ_AUTO_BUF struct dz_buf once = DZ_BUF((size_t)64 << 20);
    DZ_AUTO_BUF struct dz_buf twice = DZ_BUF((size_t)64 << 20);
    if (!normal((struct dz_view){exact, n}, &once) || once.n == 0)
        return 0;
    must(normal(dz_buf_view(&once), &twice));
    must(dz_view_eq(dz_buf_view(&once), dz_buf_view(&twice)));
    return 0;
}
