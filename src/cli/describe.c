#define _GNU_SOURCE /* AT_FDCWD */
#include "dz_describe.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "dz_csv.h"
#include "dz_edtf.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_os.h"

#define TABLE_MAX ((size_t)64 << 20) /* bytes of the whole table */

static const char *const known_columns[] = {
    "file", "title", "publisher", "author", "published", "address", "language", "basis", "access"};
#define N_COLUMNS (sizeof known_columns / sizeof *known_columns)

/* Which known column each column of the table is. */
struct header {
    size_t of[DZ_CSV_COLUMNS_MAX];
    size_t n;
};

static enum dz_code
read_header(struct dz_csv *csv, struct header *h, struct dz_err *err)
{
    bool more = false;
    DZ_TRY(dz_csv_next(csv, &more, err));
    if (!more)
        return dz_fail(err, DZ_E_INPUT, "the table is empty: its first line names the columns");
    bool seen[N_COLUMNS] = {false};
    for (size_t c = 0; c < csv->n_cells; c++) {
        struct dz_view name = dz_view_trim(dz_view_of(csv->cells[c]));
        size_t k = 0;
        while (k < N_COLUMNS && !dz_view_is(name, known_columns[k]))
            k++;
        if (k == N_COLUMNS)
            return dz_fail(err, DZ_E_INPUT,
                           "line 1: there is no column '%s': file, title, publisher, author, "
                           "published, address, language, basis, access",
                           csv->cells[c]);
        if (seen[k])
            return dz_fail(err, DZ_E_INPUT, "line 1: the column '%s' stands there twice",
                           known_columns[k]);
        seen[k] = true;
        h->of[c] = k;
    }
    h->n = csv->n_cells;
    if (!seen[0])
        return dz_fail(err, DZ_E_INPUT, "line 1: the column 'file' is missing");
    return DZ_OK;
}

static enum dz_code
check_value(const struct dz_rules *rules, const char *column, const char *value, size_t line,
            struct dz_err *err)
{
    struct dz_edtf *date = NULL;
    if (strcmp(column, "published") == 0) {
        if (dz_edtf_parse(dz_view_of(value), &date, NULL) != DZ_OK)
            return dz_fail(err, DZ_E_INPUT,
                           "line %zu: published: '%s' is not an EDTF date such as 2024-07-01 or "
                           "2024-07",
                           line, value);
        dz_edtf_free(date);
    }
    if ((strcmp(column, "basis") == 0 || strcmp(column, "access") == 0) &&
        !dz_rules_has(rules, column, value))
        return dz_fail(err, DZ_E_INPUT, "line %zu: %s: there is no '%s'", line, column, value);
    return DZ_OK;
}

static enum dz_code
add_row(struct dz_describe *d, const struct dz_csv *csv, const struct header *h,
        const struct dz_rules *rules, struct dz_err *err)
{
    if (csv->n_cells != h->n)
        return dz_fail(err, DZ_E_INPUT, "line %zu: %zu cells where the first line has %zu",
                       csv->row_line, csv->n_cells, h->n);
    DZ_AUTO_JSON json_t *fields = json_object();
    struct dz_view file = {0};
    for (size_t c = 0; c < csv->n_cells; c++) {
        struct dz_view cell = dz_view_trim(dz_view_of(csv->cells[c]));
        const char *column = known_columns[h->of[c]];
        if (h->of[c] == 0) {
            file = cell;
        } else if (cell.n > 0) {
            DZ_AUTO_FREE char *value = dz_strndup(cell.p, cell.n);
            DZ_TRY(check_value(rules, column, value, csv->row_line, err));
            dz_json_set_str(fields, column, value);
        }
    }
    if (file.n == 0)
        return dz_fail(err, DZ_E_INPUT, "line %zu: no file is named", csv->row_line);
    d->rows = dz_grow(d->rows, &d->cap, d->n + 1, sizeof *d->rows);
    d->rows[d->n++] = (struct dz_describe_row){
        .file = dz_strndup(file.p, file.n),
        .fields = json_incref(fields),
        .line = csv->row_line,
    };
    return DZ_OK;
}

static int
by_file(const void *a, const void *b)
{
    const struct dz_describe_row *x = a;
    const struct dz_describe_row *y = b;
    return strcmp(x->file, y->file);
}

static enum dz_code
load(struct dz_describe *d, struct dz_view text, const struct dz_rules *rules, struct dz_err *err)
{
    DZ_AUTO_CSV struct dz_csv csv = {0};
    struct header h = {0};
    DZ_TRY(dz_csv_init(&csv, text, err));
    DZ_TRY(read_header(&csv, &h, err));
    for (;;) {
        bool more = false;
        DZ_TRY(dz_csv_next(&csv, &more, err));
        if (!more)
            break;
        DZ_TRY(add_row(d, &csv, &h, rules, err));
    }
    if (d->n > 0)
        qsort(d->rows, d->n, sizeof *d->rows, by_file);
    for (size_t i = 1; i < d->n; i++)
        if (strcmp(d->rows[i - 1].file, d->rows[i].file) == 0)
            return dz_fail(err, DZ_E_INPUT, "lines %zu and %zu both describe '%s'",
                           d->rows[i - 1].line, d->rows[i].line, d->rows[i].file);
    return DZ_OK;
}

enum dz_code
dz_describe_load(struct dz_describe *d, const char *path, const struct dz_rules *rules,
                 struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(TABLE_MAX);
    DZ_TRY(dz_os_slurp(AT_FDCWD, path, TABLE_MAX, &text, err));
    if (load(d, dz_buf_view(&text), rules, err) != DZ_OK)
        return dz_while(err, "'%s'", path);
    return DZ_OK;
}

static struct dz_describe_row *
row_of(struct dz_describe *d, const char *file)
{
    struct dz_describe_row wanted = {.file = dz_strdup(file)};
    struct dz_describe_row *found =
        d->n > 0 ? bsearch(&wanted, d->rows, d->n, sizeof *d->rows, by_file) : NULL;
    dz_free(wanted.file);
    return found;
}

const json_t *
dz_describe_find(struct dz_describe *d, const char *path, const char *name)
{
    /* The longest name first: the whole path, then its ends, last the bare file name. */
    struct dz_describe_row *row = row_of(d, path);
    for (const char *slash = strchr(path, '/'); row == NULL && slash != NULL;
         slash = strchr(slash + 1, '/'))
        row = row_of(d, slash + 1);
    if (row == NULL && name != NULL)
        row = row_of(d, name);
    if (row == NULL)
        return NULL;
    row->used = true;
    return row->fields;
}

void
dz_describe_done(struct dz_describe *d)
{
    for (size_t i = 0; i < d->n; i++) {
        dz_free(d->rows[i].file);
        json_decref(d->rows[i].fields);
    }
    dz_free(d->rows);
    *d = (struct dz_describe){0};
}
