/* Tables that people bring along: CSV as RFC 4180 says, in UTF-8 (a byte order mark is skipped). */
#ifndef DZ_CSV_H
#define DZ_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"

#define DZ_CSV_COLUMNS_MAX 64

struct dz_csv {
    struct dz_view text; /* borrowed */
    size_t pos;
    size_t line;     /* number of the line that is read next, from 1 */
    size_t row_line; /* line on which the last row began */
    char *cells[DZ_CSV_COLUMNS_MAX];
    size_t n_cells;
};

/** DZ_E_INPUT: not UTF-8. text must outlive c. */
DZ_MUSTUSE enum dz_code
dz_csv_init(struct dz_csv *c, struct dz_view text, struct dz_err *err);
/** Read the next row into c->cells; *ret_more false at the end. Empty lines are passed over.
 *  DZ_E_INPUT names the line: a quote that is not closed, text behind a closing quote, too many
 *  columns. */
DZ_MUSTUSE enum dz_code
dz_csv_next(struct dz_csv *c, bool *ret_more, struct dz_err *err);
void
dz_csv_done(struct dz_csv *c);
#define DZ_AUTO_CSV DZ_CLEANUP(dz_csv_done)

#endif
