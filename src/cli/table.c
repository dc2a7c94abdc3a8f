#include "dz_out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_tr.h"
#include "dz_utf8.h"

#define GAP 2            /* columns between columns */
#define CELL_MAX_CP 4000 /* longest cell that is kept */
#define COLUMNS_MAX 16

void
dz_table_init(struct dz_table *t, const struct dz_column *columns, size_t n_columns)
{
    *t = (struct dz_table){.columns = columns, .n_columns = n_columns};
}

static void
add_cell(struct dz_table *t, struct dz_view text)
{
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
    dz_utf8_line(&line, text, CELL_MAX_CP);
    t->cells = dz_grow(t->cells, &t->cap, t->n_cells + 1, sizeof *t->cells);
    t->cells[t->n_cells++] = dz_buf_take(&line);
}

void
dz_table_add(struct dz_table *t, const char *text)
{
    add_cell(t, dz_view_of(text));
}

void
dz_table_addf(struct dz_table *t, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n >= 0)
        add_cell(t, (struct dz_view){text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1});
}

size_t
dz_table_rows(const struct dz_table *t)
{
    return t->n_columns == 0 ? 0 : t->n_cells / t->n_columns;
}

/* Print a cell in its width; the last column flows. What ends its line gets no blanks behind. */
static void
print_cell(struct dz_out *o, const char *text, size_t width, bool right, bool ends)
{
    struct dz_view v = dz_view_of(text);
    size_t has = dz_out_columns(v);
    if (has > width) {
        /* Cut by columns, with a mark that something is missing. */
        size_t pos = 0;
        size_t used = 0;
        while (pos < v.n) {
            size_t next = pos;
            dz_utf8_next(v, &next);
            size_t wide = dz_out_columns((struct dz_view){v.p + pos, next - pos});
            if (used + wide + 1 > width)
                break;
            used += wide;
            pos = next;
        }
        dz_out_bytes(o, v.p, pos);
        dz_out_text(o, "…");
        has = used + 1;
        v.n = 0;
    }
    for (size_t i = has; right && i < width; i++)
        dz_out_text(o, " ");
    dz_out_bytes(o, v.p, v.n);
    for (size_t i = has; !right && !ends && i < width + GAP; i++)
        dz_out_text(o, " ");
    if (right && !ends)
        dz_out_f(o, "%*s", GAP, "");
}

static void
print_row(const struct dz_table *t, char *const *cells, const size_t *widths, struct dz_out *o)
{
    size_t at = 0;
    size_t last = t->n_columns - 1;
    /* A row that continues only its first cell ends there. */
    size_t filled = last;
    while (filled > 0 && cells[filled][0] == '\0')
        filled--;
    for (size_t c = 0; c < last && c <= filled; c++) {
        print_cell(o, cells[c], widths[c], t->columns[c].right, c == filled);
        at += widths[c] + GAP;
    }
    if (filled < last) {
        dz_out_text(o, "\n");
        return;
    }
    if (t->columns[last].right) {
        size_t has = dz_out_columns(dz_view_of(cells[last]));
        for (size_t i = has; i < widths[last]; i++)
            dz_out_text(o, " ");
        dz_out_f(o, "%s\n", cells[last]);
        return;
    }
    dz_out_wrap(o, dz_view_of(cells[last]), at, at);
}

void
dz_table_print(const struct dz_table *t, struct dz_out *o)
{
    size_t rows = dz_table_rows(t);
    if (rows == 0 || t->n_columns > COLUMNS_MAX)
        return;
    size_t widths[COLUMNS_MAX] = {0};
    char *titles[COLUMNS_MAX];
    for (size_t c = 0; c < t->n_columns; c++) {
        titles[c] = dz_strdup(_(t->columns[c].title));
        widths[c] = dz_out_columns(dz_view_of(titles[c]));
        for (size_t r = 0; r < rows; r++) {
            size_t has = dz_out_columns(dz_view_of(t->cells[r * t->n_columns + c]));
            if (t->columns[c].max != 0 && has > t->columns[c].max)
                has = t->columns[c].max;
            if (has > widths[c])
                widths[c] = has;
        }
    }
    print_row(t, titles, widths, o);
    for (size_t r = 0; r < rows; r++)
        print_row(t, t->cells + r * t->n_columns, widths, o);
    for (size_t c = 0; c < t->n_columns; c++)
        dz_free(titles[c]);
}

void
dz_table_done(struct dz_table *t)
{
    for (size_t i = 0; i < t->n_cells; i++)
        dz_free(t->cells[i]);
    dz_free(t->cells);
    *t = (struct dz_table){0};
}
