/* Named queries over the projection: the only way that layers below the vault reach its tables.
 * SQL stands in queries.def
 * alone, one line a query, in the part of SQL that SQLite and PostgreSQL share; statements are
 * prepared once.
 *
 *     struct dz_rows *rows;
 *     DZ_TRY(dz_db_query(db, DZ_Q_FACTS_OF_KIND, &rows, err, dz_arg_text("act")));
 *     while (dz_rows_next(rows)) ... dz_rows_text(rows, 0) ...
 *     return dz_rows_end(rows, err);
 */
#ifndef DZ_DB_H
#define DZ_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_db;
struct dz_rows;

enum dz_query {
#define Q(name, sql) DZ_Q_##name,
#include "queries.def"
#undef Q
    DZ_Q_COUNT
};

enum dz_arg_kind { DZ_ARG_NULL, DZ_ARG_TEXT, DZ_ARG_INT, DZ_ARG_BYTES };
struct dz_arg {
    enum dz_arg_kind kind;
    const char *text; /* kept by the caller until the query ends */
    size_t n;
    int64_t number;
};
/** NULL text binds SQL NULL. */
struct dz_arg
dz_arg_text(const char *s);
struct dz_arg
dz_arg_view(struct dz_view v);
/** Bytes that are no text; dz_rows_view gives them back. */
struct dz_arg
dz_arg_bytes(const void *p, size_t n);
struct dz_arg
dz_arg_int(int64_t n);

/** Run a query that gives rows. End it with dz_rows_end in every case. At most 16 arguments. */
DZ_MUSTUSE enum dz_code
dz_db_query(struct dz_db *db, enum dz_query q, struct dz_rows **ret, struct dz_err *err,
            size_t n_args, const struct dz_arg *args);
/** true while there is a row. */
bool
dz_rows_next(struct dz_rows *r);
/** Borrowed until the next step; "" for SQL NULL. */
const char *
dz_rows_text(struct dz_rows *r, int col);
struct dz_view
dz_rows_view(struct dz_rows *r, int col);
int64_t
dz_rows_int(struct dz_rows *r, int col);
bool
dz_rows_is_null(struct dz_rows *r, int col);
/** Finish; reports what went wrong while stepping. */
DZ_MUSTUSE enum dz_code
dz_rows_end(struct dz_rows *r, struct dz_err *err);

/** Run a query that changes tables; only from apply functions, and for derived caches inside
 *  dz_db_cache_begin/commit. */
DZ_MUSTUSE enum dz_code
dz_db_exec(struct dz_db *db, enum dz_query q, struct dz_err *err, size_t n_args,
           const struct dz_arg *args);
/** Single values: *ret_found false when there is no row. */
DZ_MUSTUSE enum dz_code
dz_db_get_int(struct dz_db *db, enum dz_query q, int64_t *ret, bool *ret_found, struct dz_err *err,
              size_t n_args, const struct dz_arg *args);
DZ_MUSTUSE enum dz_code
dz_db_get_text(struct dz_db *db, enum dz_query q, char **ret, struct dz_err *err, size_t n_args,
               const struct dz_arg *args); /* caller frees; NULL when there is no row */

/* Arguments in line: DZ_ARGS(dz_arg_text(id), dz_arg_int(7)) expands to count and array. */
#define DZ_ARGS(...)                                                                  \
    sizeof((struct dz_arg[]){__VA_ARGS__}) / sizeof(struct dz_arg), (struct dz_arg[]) \
    {                                                                                 \
        __VA_ARGS__                                                                   \
    }
#define DZ_NO_ARGS 0, NULL

/** Many queries over one state of the tables, without a lock taken and given back for each.
 *  Writers do
 *  not wait for it. *ret_begun false: a transaction is under way already. */
DZ_MUSTUSE enum dz_code
dz_db_read_begin(struct dz_db *db, bool *ret_begun, struct dz_err *err);
void
dz_db_read_end(struct dz_db *db, bool begun);

/** A write transaction for derived caches (suggestions), outside the journal. */
DZ_MUSTUSE enum dz_code
dz_db_cache_begin(struct dz_db *db, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_db_cache_commit(struct dz_db *db, struct dz_err *err);

#endif
