#include "dz_csv.h"

#include <string.h>

#include "dz_mem.h"
#include "dz_utf8.h"

#define CELL_MAX ((size_t)1 << 20)

enum dz_code
dz_csv_init(struct dz_csv *c, struct dz_view text, struct dz_err *err)
{
    DZ_TRY(dz_utf8_check(text, err));
    /* A zero byte would end a cell early without anybody seeing it. */
    const char *zero = text.n > 0 ? memchr(text.p, '\0', text.n) : NULL;
    if (zero != NULL) {
        size_t line = 1;
        for (const char *p = text.p; p < zero; p++)
            line += *p == '\n';
        return dz_fail(err, DZ_E_INPUT, "line %zu: a zero byte: this is no text table", line);
    }
    *c = (struct dz_csv){.text = text, .line = 1};
    if (dz_view_starts(text, "\xEF\xBB\xBF"))
        c->pos = 3;
    return DZ_OK;
}

static void
drop_cells(struct dz_csv *c)
{
    for (size_t i = 0; i < c->n_cells; i++)
        dz_free(c->cells[i]);
    c->n_cells = 0;
}

static bool
at_line_end(const struct dz_csv *c)
{
    return c->pos >= c->text.n || c->text.p[c->pos] == '\n' ||
           (c->text.p[c->pos] == '\r' &&
            (c->pos + 1 >= c->text.n || c->text.p[c->pos + 1] == '\n'));
}

static void
skip_line_end(struct dz_csv *c)
{
    if (c->pos < c->text.n && c->text.p[c->pos] == '\r')
        c->pos++;
    if (c->pos < c->text.n && c->text.p[c->pos] == '\n')
        c->pos++;
    c->line++;
}

/* A cell in quotes: "" stands for one, line ends belong to it. */
static enum dz_code
read_quoted(struct dz_csv *c, struct dz_buf *cell, struct dz_err *err)
{
    size_t begun = c->line;
    c->pos++;
    for (;; c->pos++) {
        if (c->pos >= c->text.n)
            return dz_fail(err, DZ_E_INPUT, "line %zu: a quote is not closed", begun);
        char byte = c->text.p[c->pos];
        if (byte == '"') {
            if (c->pos + 1 >= c->text.n || c->text.p[c->pos + 1] != '"')
                break;
            c->pos++;
        }
        c->line += byte == '\n';
        dz_buf_addc(cell, byte);
    }
    c->pos++;
    if (!at_line_end(c) && c->text.p[c->pos] != ',')
        return dz_fail(err, DZ_E_INPUT, "line %zu: there is text behind a closing quote", c->line);
    return DZ_OK;
}

static enum dz_code
read_cell(struct dz_csv *c, struct dz_err *err)
{
    if (c->n_cells == DZ_CSV_COLUMNS_MAX)
        return dz_fail(err, DZ_E_INPUT, "line %zu: more than %d columns", c->row_line,
                       DZ_CSV_COLUMNS_MAX);
    DZ_AUTO_BUF struct dz_buf cell = DZ_BUF(CELL_MAX);
    if (c->pos < c->text.n && c->text.p[c->pos] == '"')
        DZ_TRY(read_quoted(c, &cell, err));
    while (!at_line_end(c) && c->text.p[c->pos] != ',')
        dz_buf_addc(&cell, c->text.p[c->pos++]);
    DZ_TRY(dz_buf_ok(&cell, "a cell of the table", err));
    c->cells[c->n_cells++] = dz_buf_take(&cell);
    return DZ_OK;
}

enum dz_code
dz_csv_next(struct dz_csv *c, bool *ret_more, struct dz_err *err)
{
    drop_cells(c);
    while (c->pos < c->text.n && at_line_end(c))
        skip_line_end(c);
    if (c->pos >= c->text.n) {
        *ret_more = false;
        return DZ_OK;
    }
    c->row_line = c->line;
    DZ_TRY(read_cell(c, err));
    while (!at_line_end(c)) {
        c->pos++; /* the comma */
        DZ_TRY(read_cell(c, err));
    }
    skip_line_end(c);
    *ret_more = true;
    return DZ_OK;
}

void
dz_csv_done(struct dz_csv *c)
{
    drop_cells(c);
}
