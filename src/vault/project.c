#include "vault_impl.h"

#include <fcntl.h>
#include <string.h>

#include "dz_codec.h"

/* The projection: entries in, rows out. It never decides and never knows the clock, so that the
 * same journal always gives
 * the same tables. */

static const char *const db_name = "index-" COMPARTMENT ".db";
static const char *const beside_name = "index-" COMPARTMENT "-check.db";

static enum dz_code
open_db(struct dz_vault *v, const char *name, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    /* 32 bytes of key and 16 of salt; the salt stands in the first bytes of the file. */
    DZ_TRY(dz_keys_derive(&v->keys, "dokaz/v1/index", NULL, 0, 48, &key, err));
    const struct dz_word_source *words = v->registry ? v->registry->words : NULL;
    if (v->read_only_medium)
        return dz_db_open(":memory:", key, words, &v->db, err);
    DZ_AUTO_FREE char *path = dz_asprintf("%s/%s", v->path, name);
    return dz_db_open(path, key, words, &v->db, err);
}

static enum dz_code
remove_files(struct dz_vault *v, const char *db, struct dz_err *err)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3 && !v->read_only_medium; i++) {
        DZ_AUTO_FREE char *name = dz_asprintf("%s%s", db, suffixes[i]);
        if (dz_os_exists(v->fd, name))
            DZ_TRY(dz_os_unlink(v->fd, name, err));
    }
    return DZ_OK;
}

static enum dz_code
remove_db(struct dz_vault *v, struct dz_err *err)
{
    dz_db_close(v->db);
    v->db = NULL;
    return remove_files(v, db_name, err);
}

enum dz_code
dz_project_open(struct dz_vault *v, struct dz_err *err)
{
    struct dz_err why = {0};
    bool stale = false;
    enum dz_code code = open_db(v, db_name, &why);
    if (code == DZ_OK)
        code = dz_db_schema(v->db, &stale, &why);
    if (code == DZ_OK && !stale)
        return DZ_OK;
    if (code != DZ_OK && code != DZ_E_CORRUPT && code != DZ_E_INPUT)
        return dz_fail(err, code, "%s", why.msg);
    /* Damaged, or of another version: the journal has everything. */
    DZ_TRY(remove_db(v, err));
    DZ_TRY(open_db(v, db_name, err));
    return dz_db_schema(v->db, &stale, err);
}

/* ---- applying ---- */

struct apply_state {
    struct dz_vault *v;
    uint64_t applied;
    bool out_of_order; /* an older entry arrived late: only a rebuild gives the right order */
    uint64_t clock;
};

static enum dz_code
run_appliers(struct dz_vault *v, const struct dz_apply *list, const struct dz_entry_view *e,
             struct dz_err *err)
{
    for (; list->kind; list++)
        if (strcmp(list->kind, e->kind) == 0)
            DZ_TRY(list->run(v, v->db, e, err));
    return DZ_OK;
}

/* Asked first and then inserted: in one statement, SQLite would guard it by a savepoint of its own,
 * and at every savepoint the full-text index writes out and merges what it has gathered. */
static enum dz_code
put_object(struct dz_vault *v, const char *object, const struct dz_entry_view *e, const char *item,
           struct dz_err *err)
{
    int64_t here = 0;
    if (!object)
        return DZ_OK;
    DZ_TRY(dz_db_get_int(v->db, DZ_Q_OBJECT_IS, &here, NULL, err,
                         DZ_ARGS(dz_arg_text(object), dz_arg_text(e->ref))));
    if (here)
        return DZ_OK;
    return dz_db_exec(
        v->db, DZ_Q_OBJECT_PUT, err,
        DZ_ARGS(dz_arg_text(object), dz_arg_text(e->ref), dz_arg_text(item), dz_arg_text(e->kind)));
}

static enum dz_code
apply_entry(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    struct apply_state *s = ctx;
    struct dz_vault *v = s->v;
    uint64_t clock = (uint64_t)dz_json_int(e->body, "clock", 0);
    if (clock <= s->clock && s->applied == 0 && s->clock)
        s->out_of_order = true;
    if (clock > s->clock)
        s->clock = clock;
    s->applied++;
    /* An entry says which record it is about in `id`, or in `item`, or in the field named like the
     * record. */
    const char *item = dz_json_str(e->body, "id");
    if (!item)
        item = dz_json_str(e->body, "item");
    if (!item)
        item = dz_json_str(e->body, "source");
    DZ_TRY(dz_db_exec(v->db, DZ_Q_ENTRY_PUT, err,
                      DZ_ARGS(dz_arg_text(e->log), dz_arg_int((int64_t)e->seq),
                              dz_arg_int((int64_t)clock), dz_arg_text(e->time),
                              dz_arg_text(e->member), dz_arg_text(e->kind), dz_arg_text(item),
                              dz_arg_text(dz_json_str(e->body, "subject")))));
    static const char *const objects[] = {"object", "locators"};
    for (size_t i = 0; item && i < sizeof objects / sizeof *objects; i++)
        DZ_TRY(put_object(v, dz_json_str(e->body, objects[i]), e, item, err));
    DZ_TRY(run_appliers(v, dz_vault_applies, e, err));
    for (const struct dz_apply *const *list = v->registry ? v->registry->applies : NULL;
         list && *list; list++)
        if (run_appliers(v, *list, e, err) != DZ_OK)
            return dz_while(err, "entry %.8s:%llu (%s)", e->log, (unsigned long long)e->seq,
                            e->kind);
    return DZ_OK;
}

static enum dz_code
put_log_state(struct dz_vault *v, struct dz_log *log, struct dz_err *err)
{
    struct dz_hash32 root;
    char hex[DZ_HEX32];
    /* A log without entries, of a writer that stopped before its first one, says nothing. */
    if (dz_log_size(log) == 0)
        return DZ_OK;
    dz_log_root(log, &root);
    dz_hex_encode(root.b, 32, hex);
    return dz_db_exec(v->db, DZ_Q_LOG_STATE_PUT, err,
                      DZ_ARGS(dz_arg_text(dz_log_get_info(log)->id_hex),
                              dz_arg_int((int64_t)dz_log_size(log)), dz_arg_text(hex)));
}

/* How far each log is applied. *ret_fits false when the database speaks of another history. */
static enum dz_code
applied_sizes(struct dz_vault *v, uint64_t *from, bool *ret_fits, bool *ret_behind,
              struct dz_err *err)
{
    *ret_fits = true;
    *ret_behind = false;
    for (size_t i = 0; i < v->n_logs; i++) {
        struct dz_rows *rows = NULL;
        DZ_TRY(dz_db_query(v->db, DZ_Q_LOG_STATE, &rows, err,
                           DZ_ARGS(dz_arg_text(dz_log_get_info(v->logs[i])->id_hex))));
        if (dz_rows_next(rows)) {
            struct dz_hash32 root;
            uint8_t stored[32];
            from[i] = (uint64_t)dz_rows_int(rows, 0);
            *ret_fits = *ret_fits && from[i] <= dz_log_size(v->logs[i]) &&
                        dz_log_root_at(v->logs[i], from[i], &root, NULL) == DZ_OK &&
                        dz_hex_decode(dz_rows_view(rows, 1), stored, 32) &&
                        memcmp(stored, root.b, 32) == 0;
        }
        DZ_TRY(dz_rows_end(rows, err));
        *ret_behind = *ret_behind || from[i] < dz_log_size(v->logs[i]);
    }
    return DZ_OK;
}

static enum dz_code
apply_from(struct dz_vault *v, const uint64_t *from, const struct dz_opened_hook *hook,
           bool *ret_out_of_order, struct dz_err *err)
{
    int64_t clock = 0;
    DZ_TRY(dz_db_get_int(v->db, DZ_Q_ENTRY_CLOCK_MAX, &clock, NULL, err, DZ_NO_ARGS));
    struct apply_state s = {.v = v, .clock = (uint64_t)clock};
    DZ_TRY(dz_db_run(v->db, "BEGIN IMMEDIATE", err));
    dz_db_allow_writes(v->db, true);
    enum dz_code code = dz_entries_walk(v, from, hook, apply_entry, &s, err);
    for (size_t i = 0; i < v->n_logs && code == DZ_OK; i++)
        code = put_log_state(v, v->logs[i], err);
    dz_db_allow_writes(v->db, false);
    *ret_out_of_order = s.out_of_order;
    if (code == DZ_OK && !s.out_of_order)
        code = dz_db_run(v->db, "COMMIT", err);
    else
        (void)!dz_db_run(v->db, "ROLLBACK", NULL);
    if (code == DZ_OK)
        v->clock = s.clock;
    return code;
}

enum dz_code
dz_project_update(struct dz_vault *v, struct dz_err *err)
{
    DZ_AUTO_FREE uint64_t *from = dz_alloc_array(v->n_logs, sizeof *from);
    bool fits, behind, out_of_order = false;
    enum dz_code code = applied_sizes(v, from, &fits, &behind, err);
    if (code == DZ_E_CORRUPT || (code == DZ_OK && !fits))
        return dz_vault_rebuild(v, err);
    DZ_TRY(code);
    if (!behind) {
        int64_t clock = 0;
        DZ_TRY(dz_db_get_int(v->db, DZ_Q_ENTRY_CLOCK_MAX, &clock, NULL, err, DZ_NO_ARGS));
        v->clock = (uint64_t)clock;
        return DZ_OK;
    }
    struct dz_err why = {0};
    code = apply_from(v, from, NULL, &out_of_order, &why);
    if (code == DZ_OK)
        return out_of_order ? dz_vault_rebuild(v, err) : DZ_OK;
    /* Entries that do not fit what is there, or tables that do not fit each other: old pages may
     * have been put back. The journal has everything; where it is damaged itself, that is said. */
    if (code == DZ_E_INPUT || (code == DZ_E_CORRUPT && dz_db_sound(v->db, NULL) == DZ_E_CORRUPT))
        return dz_vault_rebuild(v, err);
    return dz_fail(err, code, "%s", why.msg);
}

/* Whether the projection stands exactly where the own log stood before these entries. */
static enum dz_code
is_next(struct dz_vault *v, uint64_t seq, bool *ret, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    const char *own = dz_log_get_info(v->logs[v->own_log])->id_hex;
    DZ_TRY(dz_db_query(v->db, DZ_Q_LOG_STATE, &rows, err, DZ_ARGS(dz_arg_text(own))));
    *ret = seq > 0 && dz_rows_next(rows) && (uint64_t)dz_rows_int(rows, 0) == seq;
    return dz_rows_end(rows, err);
}

static enum dz_code
apply_own(struct dz_vault *v, uint64_t seq, const json_t *const *bodies, size_t n,
          struct apply_state *s, struct dz_err *err)
{
    const char *own = dz_log_get_info(v->logs[v->own_log])->id_hex;
    for (size_t i = 0; i < n; i++) {
        DZ_AUTO_FREE char *ref = dz_asprintf("%s:%llu", own, (unsigned long long)seq + i);
        struct dz_entry_view e = {.log = own,
                                  .seq = seq + i,
                                  .ref = ref,
                                  .kind = dz_json_str(bodies[i], "kind"),
                                  .member = dz_json_str(bodies[i], "member"),
                                  .time = dz_json_str(bodies[i], "time"),
                                  .body = bodies[i]};
        DZ_TRY(apply_entry(s, &e, err));
    }
    return put_log_state(v, v->logs[v->own_log], err);
}

enum dz_code
dz_project_own(struct dz_vault *v, uint64_t seq, const json_t *const *bodies, size_t n,
               struct dz_err *err)
{
    bool next = false;
    struct apply_state s = {.v = v, .clock = v->clock};
    DZ_TRY(is_next(v, seq, &next, err));
    if (!next)
        return dz_project_update(v, err);
    DZ_TRY(dz_db_run(v->db, "BEGIN IMMEDIATE", err));
    dz_db_allow_writes(v->db, true);
    struct dz_err why = {0};
    enum dz_code code = apply_own(v, seq, bodies, n, &s, &why);
    dz_db_allow_writes(v->db, false);
    if (code == DZ_OK && !s.out_of_order)
        code = dz_db_run(v->db, "COMMIT", &why);
    else
        (void)!dz_db_run(v->db, "ROLLBACK", NULL);
    if (code == DZ_OK && !s.out_of_order)
        v->clock = s.clock;
    /* Tables that these entries do not fit are made again from the journal. */
    if (s.out_of_order || code == DZ_E_INPUT || code == DZ_E_CORRUPT)
        return dz_project_update(v, err);
    return code == DZ_OK ? DZ_OK : dz_fail(err, code, "%s", why.msg);
}

enum dz_code
dz_vault_rebuild(struct dz_vault *v, struct dz_err *err)
{
    bool stale, out_of_order;
    DZ_TRY(remove_db(v, err));
    DZ_TRY(open_db(v, db_name, err));
    DZ_TRY(dz_db_schema(v->db, &stale, err));
    return apply_from(v, NULL, NULL, &out_of_order, err);
}

/* A database that is compared once and thrown away: it need not survive anything, and what only
 * makes lists quick would be kept in order for nobody. */
static const char beside_sql[] =
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA secure_delete = OFF; PRAGMA cache_size = -24000";
static const char beside_lean_sql[] =
    "DROP INDEX IF EXISTS entry_item; DROP INDEX IF EXISTS entry_clock;"
    "DROP INDEX IF EXISTS source_sha; DROP INDEX IF EXISTS source_size;"
    "DROP INDEX IF EXISTS source_clock; DROP INDEX IF EXISTS fact_kind;"
    "DROP INDEX IF EXISTS kin_container;"
    "DROP INDEX IF EXISTS fact_place; DROP INDEX IF EXISTS fact_suggestion;"
    "DROP INDEX IF EXISTS passage_source; DROP INDEX IF EXISTS cache_suggestion_id;";

enum dz_code
dz_project_beside(struct dz_vault *v, const struct dz_opened_hook *hook, struct dz_err *err)
{
    struct dz_db *kept = v->db;
    bool stale, out_of_order;
    DZ_TRY(remove_files(v, beside_name, err));
    v->db = NULL;
    enum dz_code code = open_db(v, beside_name, err);
    if (code != DZ_OK) {
        v->db = kept;
        return code;
    }
    DZ_TRY(dz_db_run(v->db, beside_sql, err));
    DZ_TRY(dz_db_schema(v->db, &stale, err));
    DZ_TRY(dz_db_run(v->db, beside_lean_sql, err));
    return apply_from(v, NULL, hook, &out_of_order, err);
}

enum dz_code
dz_project_drop_beside(struct dz_vault *v, struct dz_db *beside, struct dz_err *err)
{
    dz_db_close(beside);
    return remove_files(v, beside_name, err);
}

/* ---- the vault's own entries ---- */

static enum dz_code
apply_member(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
             struct dz_err *err)
{
    (void)v;
    const char *id = dz_json_str(e->body, "new_member");
    if (!id)
        id = e->member;
    return dz_db_exec(db, DZ_Q_MEMBER_PUT, err,
                      DZ_ARGS(dz_arg_text(id), dz_arg_text(dz_json_str(e->body, "public")),
                              dz_arg_text(dz_json_str(e->body, "recipient"))));
}

/* What was removed leaves its number in the entry table and nothing that names it. Its bodies are
 * gone from the journal, so a rebuild
 * never sees them: the rows of those entries go too. */
static enum dz_code
apply_removal(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
              struct dz_err *err)
{
    (void)v;
    const char *item = dz_json_str(e->body, "item");
    const json_t *bodies = json_object_get(e->body, "bodies");
    size_t i;
    const json_t *ref;
    json_array_foreach(bodies, i, ref)
        DZ_TRY(dz_db_exec(db, DZ_Q_ENTRY_DROP, err, DZ_ARGS(dz_arg_text(json_string_value(ref)))));
    DZ_TRY(dz_db_exec(db, DZ_Q_OBJECTS_DROP, err, DZ_ARGS(dz_arg_text(item))));
    return dz_db_exec(db, DZ_Q_PURGED_PUT, err,
                      DZ_ARGS(dz_arg_text(item), dz_arg_text(e->ref),
                              dz_arg_text(dz_json_str(e->body, "reason")),
                              dz_arg_int(dz_json_int(e->body, "epoch", 1))));
}

const struct dz_apply dz_vault_applies[] = {
    {"vault.created", apply_member},
    {"member.added", apply_member},
    {"item.purged", apply_removal},
    {0},
};

/* ---- digest and dump ---- */

static enum dz_code
hash_line(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    dz_hash_add(ctx, p, n);
    return DZ_OK;
}

enum dz_code
dz_vault_digest(struct dz_vault *v, char ret_hex[DZ_HEX32], struct dz_err *err)
{
    DZ_AUTO_HASH struct dz_hash *h = dz_hash_new(DZ_SHA256);
    DZ_TRY(dz_db_digest(v->db, hash_line, h, err));
    uint8_t d[32];
    dz_hash_final(h, d);
    dz_hex_encode(d, 32, ret_hex);
    return DZ_OK;
}

enum dz_code
dz_vault_dump(struct dz_vault *v, dz_chunk_fn *fn, void *ctx, struct dz_err *err)
{
    return dz_db_digest(v->db, fn, ctx, err);
}
