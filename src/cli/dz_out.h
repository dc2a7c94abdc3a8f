/* Standard output: buffered, one place for errors.
 *
 * Nothing here returns an error: the first failure is kept and later output is dropped. A reader
 * that went away (EPIPE) is no error; any other is reported by dz_out_finish, which every
 * command passes through, so that a full disk under a redirected list is never silent. */
#ifndef DZ_OUT_H
#define DZ_OUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_out {
    struct dz_buf buf;
    struct dz_err err; /* of the first write that failed */
    int fd;
    bool failed;
    bool tty;
    size_t width; /* columns for people: of the terminal, else 80 */
};

void
dz_out_init(struct dz_out *o, int fd);
/** Write what waits. DZ_OK when the reader went away; else the first failure. */
DZ_MUSTUSE enum dz_code
dz_out_finish(struct dz_out *o, struct dz_err *err);
void
dz_out_done(struct dz_out *o);
/** Write what waits now: for lines that report what has become durable. */
void
dz_out_flush(struct dz_out *o);

void
dz_out_bytes(struct dz_out *o, const void *p, size_t n);
void
dz_out_text(struct dz_out *o, const char *s);
void
dz_out_f(struct dz_out *o, const char *fmt, ...) DZ_PRINTF(2, 3);
/** Foreign text on one line: control characters as spaces, at most max code points. */
void
dz_out_line(struct dz_out *o, struct dz_view text, size_t max_cp);
/** Foreign text with its own lines; on a terminal other control characters become spaces. */
void
dz_out_lines(struct dz_out *o, struct dz_view text);
/** Words filled into lines of the width, each line indented; the first one from column `at` on. */
void
dz_out_wrap(struct dz_out *o, struct dz_view text, size_t indent, size_t at);
/** One JSON object on a line of its own; value is borrowed. */
void
dz_out_json(struct dz_out *o, const json_t *value);
/** The same; takes value over and frees it. */
void
dz_out_json_new(struct dz_out *o, json_t *value);

/** Columns that text takes on a terminal: combining marks none, wide characters two. */
size_t
dz_out_columns(struct dz_view text);

/* Tables: cells are collected, then printed with aligned columns; the last column wraps. */
struct dz_column {
    const char *title; /* N_() */
    size_t max;        /* columns; longer cells end in "…"; 0: as long as they are */
    bool right;        /* numbers */
};
struct dz_table {
    const struct dz_column *columns;
    size_t n_columns;
    char **cells;
    size_t n_cells;
    size_t cap;
};
/** columns is borrowed. */
void
dz_table_init(struct dz_table *t, const struct dz_column *columns, size_t n_columns);
/** Next cell, row by row; text is copied and made one line. NULL is an empty cell. */
void
dz_table_add(struct dz_table *t, const char *text);
void
dz_table_addf(struct dz_table *t, const char *fmt, ...) DZ_PRINTF(2, 3);
size_t
dz_table_rows(const struct dz_table *t);
/** Print with a head line; nothing when there are no rows. */
void
dz_table_print(const struct dz_table *t, struct dz_out *o);
void
dz_table_done(struct dz_table *t);
#define DZ_AUTO_TABLE DZ_CLEANUP(dz_table_done)

#endif
