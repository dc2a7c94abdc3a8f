#include "vault_impl.h"

#include <sqlite3.h>
#include <string.h>

#include "dz_codec.h"
#include "fulltext_impl.h"

/* The projection's database: SQLCipher with a raw key, statements prepared once each. */

static const char *const sql_text[DZ_Q_COUNT] = {
#define Q(name, sql) [DZ_Q_##name] = (sql),
#include "queries.def"
#undef Q
};

struct dz_db {
    sqlite3 *sqlite;
    sqlite3_stmt *prepared[DZ_Q_COUNT];
    bool busy[DZ_Q_COUNT]; /* handed out as rows */
    bool writes_allowed;
    struct fulltext fulltext;
};

struct dz_rows {
    struct dz_db *db;
    sqlite3_stmt *stmt;
    int query; /* -1: a statement of its own */
    int rc;
};

/* ---- errors ---- */

static enum dz_code
db_fail(struct dz_db *db, int rc, struct dz_err *err)
{
    switch (rc & 0xff) {
    case SQLITE_FULL:
        return dz_fail(err, DZ_E_FULL,
                       "index: no room left on the device: free some and run again");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return dz_fail(err, DZ_E_CORRUPT,
                       "index: damaged: run 'dokaz rebuild' (the journal is not touched)");
    case SQLITE_NOMEM:
        return dz_fail(err, DZ_E_MEMORY, "index: out of memory");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return dz_fail(err, DZ_E_LOCKED, "index: another dokaz is busy with it: try again");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
        return dz_fail(err, DZ_E_IO, "index: %s",
                       db ? sqlite3_errmsg(db->sqlite) : sqlite3_errstr(rc));
    default:
        /* The message may quote a search expression but never a bound value. */
        return dz_fail(err, DZ_E_INPUT, "index: %s",
                       db ? sqlite3_errmsg(db->sqlite) : sqlite3_errstr(rc));
    }
}

enum dz_code
dz_db_run(struct dz_db *db, const char *sql, struct dz_err *err)
{
    int rc = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? DZ_OK : db_fail(db, rc, err);
}

/* ---- opening ---- */

/* The key goes in as text of 99 characters in locked memory: x'<64 hex key><32 hex salt>'. */
static enum dz_code
give_key(struct dz_db *db, const struct dz_secret *key, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *text = NULL;
    DZ_TRY(dz_secret_new(128, &text, err));
    char *t = (char *)dz_secret_at(text);
    t[0] = 'x';
    t[1] = '\'';
    dz_hex_encode(dz_secret_peek(key), 48, t + 2);
    t[98] = '\'';
    int rc = sqlite3_key_v2(db->sqlite, "main", t, 99);
    return rc == SQLITE_OK ? DZ_OK : db_fail(db, rc, err);
}

enum dz_code
dz_db_open(const char *path, const struct dz_secret *key, const struct dz_word_source *words,
           struct dz_db **ret, struct dz_err *err)
{
    struct dz_db *db = dz_alloc(sizeof *db);
    db->fulltext.words = words;
    bool in_memory = strcmp(path, ":memory:") == 0;
    int rc = sqlite3_open_v2(path, &db->sqlite,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_PRIVATECACHE,
                             NULL);
    if (rc != SQLITE_OK) {
        enum dz_code code = db_fail(NULL, rc, err);
        dz_db_close(db);
        return code;
    }
    sqlite3_extended_result_codes(db->sqlite, 1);
    sqlite3_busy_timeout(db->sqlite, 10000);
    enum dz_code code = dz_db_run(db, "PRAGMA cipher_log_level = NONE", err);
    if (code == DZ_OK && !in_memory)
        code = give_key(db, key, err);
    if (code == DZ_OK)
        code = dz_db_run(
            db,
            "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL;"
            "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -12000; PRAGMA wal_autocheckpoint = 8000; PRAGMA trusted_schema = OFF",
            err);
    if (code == DZ_OK) {
        rc = dz_fulltext_register(db->sqlite, &db->fulltext);
        code = rc == SQLITE_OK ? DZ_OK : db_fail(db, rc, err);
    }
    if (code != DZ_OK) {
        dz_db_close(db);
        return code;
    }
    *ret = db;
    return DZ_OK;
}

struct fulltext *
dz_db_fulltext(struct dz_db *db)
{
    return &db->fulltext;
}

void
dz_db_close(struct dz_db *db)
{
    if (!db)
        return;
    for (int q = 0; q < DZ_Q_COUNT; q++)
        sqlite3_finalize(db->prepared[q]);
    sqlite3_close_v2(db->sqlite);
    dz_fulltext_done(&db->fulltext);
    dz_free(db);
}

void
dz_db_allow_writes(struct dz_db *db, bool yes)
{
    db->writes_allowed = yes;
}

/* ---- arguments ---- */

struct dz_arg
dz_arg_text(const char *s)
{
    return s ? (struct dz_arg){.kind = DZ_ARG_TEXT, .text = s, .n = strlen(s)} : (struct dz_arg){0};
}

struct dz_arg
dz_arg_view(struct dz_view v)
{
    return (struct dz_arg){.kind = DZ_ARG_TEXT, .text = v.n ? v.p : "", .n = v.n};
}

struct dz_arg
dz_arg_bytes(const void *p, size_t n)
{
    return (struct dz_arg){.kind = DZ_ARG_BYTES, .text = n ? p : "", .n = n};
}

struct dz_arg
dz_arg_int(int64_t n)
{
    return (struct dz_arg){.kind = DZ_ARG_INT, .number = n};
}

static int
bind_all(sqlite3_stmt *stmt, size_t n, const struct dz_arg *args)
{
    int rc = (size_t)sqlite3_bind_parameter_count(stmt) == n ? SQLITE_OK : SQLITE_RANGE;
    for (int i = 0; rc == SQLITE_OK && i < (int)n; i++) {
        const struct dz_arg *a = &args[i];
        if (a->kind == DZ_ARG_TEXT)
            rc = sqlite3_bind_text64(stmt, i + 1, a->text, a->n, SQLITE_STATIC, SQLITE_UTF8);
        else if (a->kind == DZ_ARG_BYTES)
            rc = sqlite3_bind_blob64(stmt, i + 1, a->text, a->n, SQLITE_STATIC);
        else if (a->kind == DZ_ARG_INT)
            rc = sqlite3_bind_int64(stmt, i + 1, a->number);
        else
            rc = sqlite3_bind_null(stmt, i + 1);
    }
    return rc;
}

/* ---- running ---- */

enum dz_code
dz_db_query(struct dz_db *db, enum dz_query q, struct dz_rows **ret, struct dz_err *err,
            size_t n_args, const struct dz_arg *args)
{
    struct dz_rows *r = dz_alloc(sizeof *r);
    r->db = db;
    r->query = db->busy[q] ? -1 : (int)q;
    int rc = SQLITE_OK;
    if (r->query >= 0 && db->prepared[q])
        r->stmt = db->prepared[q];
    else
        rc = sqlite3_prepare_v3(db->sqlite, sql_text[q], -1, SQLITE_PREPARE_PERSISTENT, &r->stmt,
                                NULL);
    if (rc == SQLITE_OK && r->query >= 0) {
        db->prepared[q] = r->stmt;
        db->busy[q] = true;
    }
    if (rc == SQLITE_OK)
        rc = bind_all(r->stmt, n_args, args);
    if (rc != SQLITE_OK) {
        enum dz_code code = db_fail(db, rc, err);
        (void)!dz_rows_end(r, NULL);
        return code;
    }
    r->rc = SQLITE_ROW;
    *ret = r;
    return DZ_OK;
}

bool
dz_rows_next(struct dz_rows *r)
{
    if (r->rc == SQLITE_ROW)
        r->rc = sqlite3_step(r->stmt);
    return r->rc == SQLITE_ROW;
}

struct dz_view
dz_rows_view(struct dz_rows *r, int col)
{
    const char *p = (const char *)sqlite3_column_text(r->stmt, col);
    return (struct dz_view){p ? p : "", p ? (size_t)sqlite3_column_bytes(r->stmt, col) : 0};
}

const char *
dz_rows_text(struct dz_rows *r, int col)
{
    return dz_rows_view(r, col).p;
}

int64_t
dz_rows_int(struct dz_rows *r, int col)
{
    return sqlite3_column_int64(r->stmt, col);
}

bool
dz_rows_is_null(struct dz_rows *r, int col)
{
    return sqlite3_column_type(r->stmt, col) == SQLITE_NULL;
}

enum dz_code
dz_rows_end(struct dz_rows *r, struct dz_err *err)
{
    if (!r)
        return DZ_OK;
    enum dz_code code = DZ_OK;
    if (r->rc != SQLITE_ROW && r->rc != SQLITE_DONE && r->rc != SQLITE_OK)
        code = db_fail(r->db, r->rc, err);
    if (r->query >= 0 && r->stmt) {
        sqlite3_reset(r->stmt);
        sqlite3_clear_bindings(r->stmt);
        r->db->busy[r->query] = false;
    } else {
        sqlite3_finalize(r->stmt);
    }
    dz_free(r);
    return code;
}

enum dz_code
dz_db_exec(struct dz_db *db, enum dz_query q, struct dz_err *err, size_t n_args,
           const struct dz_arg *args)
{
    if (!db->writes_allowed)
        return dz_fail(err, DZ_E_DENIED,
                       "index: changed outside an entry or a cache: this is a mistake in dokaz");
    struct dz_rows *r = NULL;
    DZ_TRY(dz_db_query(db, q, &r, err, n_args, args));
    while (dz_rows_next(r))
        ;
    return dz_rows_end(r, err);
}

enum dz_code
dz_db_get_int(struct dz_db *db, enum dz_query q, int64_t *ret, bool *ret_found, struct dz_err *err,
              size_t n_args, const struct dz_arg *args)
{
    struct dz_rows *r = NULL;
    DZ_TRY(dz_db_query(db, q, &r, err, n_args, args));
    bool found = dz_rows_next(r);
    if (found)
        *ret = dz_rows_int(r, 0);
    if (ret_found)
        *ret_found = found;
    return dz_rows_end(r, err);
}

enum dz_code
dz_db_get_text(struct dz_db *db, enum dz_query q, char **ret, struct dz_err *err, size_t n_args,
               const struct dz_arg *args)
{
    struct dz_rows *r = NULL;
    DZ_TRY(dz_db_query(db, q, &r, err, n_args, args));
    char *text = dz_rows_next(r) ? dz_strdup(dz_rows_text(r, 0)) : NULL;
    enum dz_code code = dz_rows_end(r, err);
    if (code == DZ_OK)
        *ret = text;
    else
        dz_free(text);
    return code;
}

enum dz_code
dz_db_read_begin(struct dz_db *db, bool *ret_begun, struct dz_err *err)
{
    *ret_begun = sqlite3_get_autocommit(db->sqlite) != 0;
    return *ret_begun ? dz_db_run(db, "BEGIN", err) : DZ_OK;
}

void
dz_db_read_end(struct dz_db *db, bool begun)
{
    if (begun)
        (void)!dz_db_run(db, "COMMIT", NULL);
}

enum dz_code
dz_db_cache_begin(struct dz_db *db, struct dz_err *err)
{
    DZ_TRY(dz_db_run(db, "BEGIN IMMEDIATE", err));
    db->writes_allowed = true;
    return DZ_OK;
}

enum dz_code
dz_db_cache_commit(struct dz_db *db, struct dz_err *err)
{
    db->writes_allowed = false;
    enum dz_code code = dz_db_run(db, "COMMIT", err);
    if (code != DZ_OK)
        (void)!dz_db_run(db, "ROLLBACK", NULL);
    return code;
}

/* ---- soundness: what a digest of the rows does not show ---- */

/* First column of the first row as text is "ok". */
static enum dz_code
says_ok(struct dz_db *db, const char *sql, struct dz_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->sqlite, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    enum dz_code code = DZ_OK;
    if (rc != SQLITE_ROW)
        code = db_fail(db, rc, err);
    else if (!text || strcmp(text, "ok") != 0)
        code = db_fail(db, SQLITE_CORRUPT, err);
    sqlite3_finalize(stmt);
    return code;
}

enum dz_code
dz_db_sound(struct dz_db *db, struct dz_err *err)
{
    DZ_TRY(says_ok(db, "PRAGMA integrity_check(1)", err));
    DZ_TRY(
        says_ok(db,
                "SELECT CASE count(*) WHEN 0 THEN 'ok' END FROM text_fts f LEFT JOIN cache_fts c "
                "ON c.row = f.rowid WHERE c.source IS NOT f.source",
                err));
    return dz_db_run(db, "INSERT INTO text_fts(text_fts) VALUES ('integrity-check')", err);
}

/* ---- digest: every row of every table that the journal determines ---- */

static enum dz_code
digest_table(struct dz_db *db, const char *table, const char *sql, dz_chunk_fn *fn, void *ctx,
             struct dz_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->sqlite, sql, -1, &stmt, NULL);
    enum dz_code code = rc == SQLITE_OK ? DZ_OK : db_fail(db, rc, err);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(64u << 20);
    while (code == DZ_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        dz_buf_reset(&line);
        dz_buf_adds(&line, table);
        for (int c = 0; c < sqlite3_column_count(stmt); c++) {
            const char *text = (const char *)sqlite3_column_text(stmt, c);
            dz_buf_adds(&line, text ? "|" : "|~");
            dz_buf_add(&line, text ? text : "", text ? (size_t)sqlite3_column_bytes(stmt, c) : 0);
        }
        dz_buf_addc(&line, '\n');
        code = dz_buf_ok(&line, "digest", err);
        if (code == DZ_OK)
            code = fn(ctx, line.p, line.n, err);
    }
    if (code == DZ_OK && rc != SQLITE_DONE)
        code = db_fail(db, rc, err);
    sqlite3_finalize(stmt);
    return code;
}

enum dz_code
dz_db_digest(struct dz_db *db, dz_chunk_fn *fn, void *ctx, struct dz_err *err)
{
    /* Tables named cache_* hold what can be computed again and differ freely. Of the full-text
     * index count the words, in how many sources and how often each stands (text_words, in order
     * by itself); its own tables hold them in pieces as they came. */
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(
        db->sqlite,
        "SELECT name, 'SELECT * FROM ' || name || CASE name WHEN 'text_words' THEN '' ELSE "
        "' ORDER BY ' || (SELECT group_concat(cid + 1) "
        "FROM pragma_table_info(m.name)) END FROM sqlite_master m WHERE type = 'table' AND name "
        "NOT LIKE 'cache\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "AND name NOT LIKE 'text\\_fts\\_%' ESCAPE '\\' ORDER BY name",
        -1, &stmt, NULL);
    enum dz_code code = rc == SQLITE_OK ? DZ_OK : db_fail(db, rc, err);
    while (code == DZ_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
        code = digest_table(db, (const char *)sqlite3_column_text(stmt, 0),
                            (const char *)sqlite3_column_text(stmt, 1), fn, ctx, err);
    if (code == DZ_OK && rc != SQLITE_DONE)
        code = db_fail(db, rc, err);
    sqlite3_finalize(stmt);
    return code;
}
