#include <string.h>

#include "dz_mem.h"
#include "dz_odf.h"

#define GAP_MAX 50     /* empty cells between two in a row that still stand as tabs */
#define REPEAT_MAX 100 /* times that a filled cell is said again; more is a pattern, not data */
#define ROWS_MAX 100   /* the same of rows */

static void
say_place(struct dz_odf *d)
{
    char letters[16];
    size_t n = 0;
    for (uint64_t c = d->column; c > 0 && n < sizeof letters; c = (c - 1) / 26)
        letters[n++] = (char)('A' + (char)((c - 1) % 26));
    struct dz_buf place = DZ_BUF(sizeof d->first - 1);
    while (n > 0)
        dz_buf_addc(&place, letters[--n]);
    memcpy(d->first, place.p != NULL ? place.p : "", place.n + (place.p != NULL));
    dz_buf_done(&place);
}

static void
end_cell(struct dz_odf *d)
{
    struct dz_view shown = dz_view_trim(dz_buf_view(&d->cell));
    if (d->value_wins || shown.n == 0)
        shown = dz_buf_view(&d->value);
    uint64_t times = d->cell_repeat < REPEAT_MAX ? d->cell_repeat : REPEAT_MAX;
    for (uint64_t t = 0; shown.n > 0 && t < times; t++) {
        uint64_t column = d->column + t;
        uint64_t gap = column > d->last_column ? column - d->last_column : 1;
        if (d->line.n == 0)
            say_place(d);
        for (uint64_t i = 0; d->line.n > 0 && i < (gap <= GAP_MAX ? gap : 1); i++)
            dz_buf_addc(&d->line, '\t');
        dz_buf_addv(&d->line, shown);
        d->last_column = column;
    }
    d->column += d->cell_repeat;
    dz_buf_reset(&d->cell);
    dz_buf_reset(&d->value);
    d->in_cell = false;
}

static void
end_row(struct dz_odf *d)
{
    if (d->line.n > 0) {
        dz_buf_addc(&d->line, '\n');
        uint64_t times = d->row_repeat < ROWS_MAX ? d->row_repeat : ROWS_MAX;
        for (uint64_t t = 0; t < times && !dz_office_stopped(d->o); t++) {
            unsigned long long row = d->row + t;
            dz_work_locatorf(d->o->w, "cell", "%s%llu", d->first, row);
            dz_office_text(d->o, dz_buf_view(&d->line));
        }
        if (times < d->row_repeat)
            dz_work_meta(d->o->w, "office.RepeatedRow", dz_view_of(d->first));
    }
    if (d->line.failed && d->o->limit == NULL)
        d->o->limit = "too_large";
    dz_buf_reset(&d->line);
    d->row += d->row_repeat;
    d->row_repeat = 0;
}

static void
on_table(struct dz_odf *d, const struct dz_xml_attrs *a)
{
    if (d->table++ > 0)
        return; /* a table inside a cell's drawing */
    d->row = 1;
    struct dz_view name = dz_xml_attr(a, "name");
    struct dz_view style = dz_xml_attr(a, "style-name");
    DZ_AUTO_FREE char *title = dz_strndup(name.p != NULL ? name.p : "", name.n);
    dz_work_locator(d->o->w, "sheet", title);
    if (style.n == 0 || style.n > 1000 || d->invisible.n == 0)
        return;
    DZ_AUTO_FREE char *line = dz_asprintf("\n%.*s\n", (int)style.n, style.p);
    if (strstr(d->invisible.p, line) != NULL) {
        DZ_AUTO_FREE char *said = dz_asprintf("%s: hidden", title);
        dz_work_meta(d->o->w, "office.HiddenSheet", dz_view_of(said));
    }
}

static void
on_cell(struct dz_odf *d, const struct dz_xml_attrs *a)
{
    d->in_cell = true;
    d->cell_repeat = dz_office_number(dz_xml_attr(a, "number-columns-repeated"), 1);
    if (d->cell_repeat == 0 || d->cell_repeat > 1u << 20)
        d->cell_repeat = 1;
    dz_buf_reset(&d->cell);
    dz_buf_reset(&d->value);
    struct dz_view date = dz_xml_attr(a, "date-value");
    d->value_wins = date.n > 0;
    static const char *const values[] = {"time-value", "boolean-value", "string-value", "value"};
    for (size_t i = 0; i < sizeof values / sizeof *values && date.n == 0; i++)
        date = dz_xml_attr(a, values[i]);
    dz_buf_addv(&d->value, date);
}

static bool
is_cell(const char *name)
{
    return strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0;
}

static void
on_row(struct dz_odf *d, const struct dz_xml_attrs *a)
{
    d->row_repeat = dz_office_number(dz_xml_attr(a, "number-rows-repeated"), 1);
    if (d->row_repeat == 0 || d->row_repeat > 1u << 24)
        d->row_repeat = 1;
    d->column = 1;
    d->last_column = 0;
}

bool
dz_ods_start(struct dz_odf *d, const char *name, const struct dz_xml_attrs *a)
{
    bool in_table = d->table == 1;
    if (strcmp(name, "table") == 0)
        on_table(d, a);
    else if (in_table && strcmp(name, "table-row") == 0)
        on_row(d, a);
    else if (in_table && is_cell(name))
        on_cell(d, a);
    else
        return false;
    return true;
}

bool
dz_ods_end(struct dz_odf *d, const char *name)
{
    bool in_table = d->table == 1;
    if (strcmp(name, "table") == 0)
        d->table -= d->table > 0;
    else if (in_table && strcmp(name, "table-row") == 0)
        end_row(d);
    else if (in_table && is_cell(name))
        end_cell(d);
    else
        return false;
    return true;
}

void
dz_ods_text(struct dz_odf *d, struct dz_view text)
{
    if (d->table == 1)
        dz_buf_addv(&d->cell, text);
}

void
dz_ods_finish(struct dz_odf *d)
{
    if (d->in_cell)
        end_cell(d);
    if (d->line.n > 0)
        end_row(d);
}
