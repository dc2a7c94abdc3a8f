#include "vault_impl.h"

#include <fcntl.h>
#include <string.h>

#include "dz_codec.h"

/* The projection: entries in, rows out. It never decides and never knows the clock, so that the
 * same journal always gives
 * the same tables. */

/* One database a reading level: what a member of a level may read, and nothing else. */
static const char *const db_names[] = {
    [DZ_IN_OPEN] = "index-open.db",
    [DZ_IN_RESTRICTED] = "index-restricted.db",
    [DZ_IN_SEALED] = "index-sealed.db",
};
static const char *const beside_names[] = {
    [DZ_IN_OPEN] = "index-open-check.db",
    [DZ_IN_RESTRICTED] = "index-restricted-check.db",
    [DZ_IN_SEALED] = "index-sealed-check.db",
};

const char *
dz_project_name(const struct dz_vault *v)
{
    return db_names[dz_keys_level(&v->keys)];
}

static const char *
beside_name(const struct dz_vault *v)
{
    return beside_names[dz_keys_level(&v->keys)];
}

static enum dz_code
open_db(struct dz_vault *v, const char *name, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    /* 32 bytes of key and 16 of salt; the salt stands in the first bytes of the file. */
    DZ_TRY(dz_keys_derive(&v->keys, dz_keys_level(&v->keys), "dokaz/v1/index", NULL, 0, 48, &key,
                          err));
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
    return remove_files(v, dz_project_name(v), err);
}

enum dz_code
dz_project_drop_others(struct dz_vault *v, struct dz_err *err)
{
    for (size_t i = 0; i < sizeof db_names / sizeof *db_names; i++)
        if (db_names[i] != dz_project_name(v))
            DZ_TRY(remove_files(v, db_names[i], err));
    return DZ_OK;
}

enum dz_code
dz_project_open(struct dz_vault *v, struct dz_err *err)
{
    struct dz_err why = {0};
    bool stale = false;
    enum dz_code code = open_db(v, dz_project_name(v), &why);
    if (code == DZ_OK)
        code = dz_db_schema(v->db, &stale, &why);
    if (code == DZ_OK && !stale)
        return DZ_OK;
    if (code != DZ_OK && code != DZ_E_CORRUPT && code != DZ_E_INPUT)
        return dz_fail(err, code, "%s", why.msg);
    /* Damaged, or of another version: the journal has everything. */
    DZ_TRY(remove_db(v, err));
    DZ_TRY(open_db(v, dz_project_name(v), err));
    return dz_db_schema(v->db, &stale, err);
}

/* ---- applying ---- */

struct apply_state {
    struct dz_vault *v;
    uint64_t applied;
    bool out_of_order; /* an older entry arrived late: only a rebuild gives the right order */
    uint64_t clock;
    uint64_t (*ordinals)[DZ_COMPARTMENTS]; /* of each log */
};

/* Where bodies and objects were moved, which key tables are held to (shred.c). */
static enum dz_code
apply_moved(struct dz_vault *v, const json_t *body, struct dz_err *err)
{
    const json_t *moved = json_object_get(body, "moved"), *id;
    const char *to = dz_json_str(body, "to");
    enum dz_compartment in;
    size_t i;
    if (!moved || !dz_compartment_parse(to, &in))
        return DZ_OK;
    json_array_foreach(moved, i, id)
        DZ_TRY(dz_db_exec(v->db, DZ_Q_MOVED_PUT, err,
                          DZ_ARGS(dz_arg_text(json_string_value(id)), dz_arg_text(to))));
    return DZ_OK;
}

/* Epochs that an entry orders for key tables. */
static enum dz_code
apply_epochs(struct dz_vault *v, const json_t *body, struct dz_err *err)
{
    const json_t *epochs = json_object_get(body, "epochs");
    for (int i = 0; epochs && i < DZ_COMPARTMENTS; i++) {
        const char *name = dz_compartment_name((enum dz_compartment)i);
        int64_t epoch = dz_json_int(epochs, name, 0);
        if (epoch > 0)
            DZ_TRY(dz_db_exec(v->db, DZ_Q_EPOCH_PUT, err,
                              DZ_ARGS(dz_arg_text(name), dz_arg_int(epoch))));
    }
    return DZ_OK;
}

/* Entries were counted in the compartment in which they were made. */
static void
count_entry(struct apply_state *s, const struct dz_entry_view *e)
{
    enum dz_compartment in = DZ_IN_OPEN;
    const char *born = dz_json_str(e->body, "compartment");
    int64_t n = dz_json_int(e->body, "n", -1);
    if (n < 0 || (born && !dz_compartment_parse(born, &in)))
        return;
    for (size_t i = 0; s->ordinals && i < s->v->n_logs; i++)
        if (strcmp(dz_log_get_info(s->v->logs[i])->id_hex, e->log) == 0 &&
            s->ordinals[i][in] <= (uint64_t)n)
            s->ordinals[i][in] = (uint64_t)n + 1;
}

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
    count_entry(s, e);
    /* Identities stand in a database of their own. */
    if (e->in == DZ_IN_IDENTITIES)
        return DZ_OK;
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
    DZ_TRY(dz_apply_rights(v, e, err));
    DZ_TRY(apply_moved(v, e->body, err));
    DZ_TRY(apply_epochs(v, e->body, err));
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

enum dz_code
dz_project_ordinals(struct dz_vault *v, const char *log, uint64_t ret[DZ_COMPARTMENTS],
                    struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        ret[i] = 0;
    DZ_TRY(dz_db_query(v->db, DZ_Q_ORDINALS, &rows, err, DZ_ARGS(dz_arg_text(log))));
    if (dz_rows_next(rows))
        for (int i = 0; i < DZ_COMPARTMENTS; i++)
            ret[i] = (uint64_t)dz_rows_int(rows, i);
    return dz_rows_end(rows, err);
}

static enum dz_code
put_ordinals(struct dz_vault *v, const char *log, const uint64_t n[DZ_COMPARTMENTS],
             struct dz_err *err)
{
    return dz_db_exec(v->db, DZ_Q_ORDINALS_PUT, err,
                      DZ_ARGS(dz_arg_text(log), dz_arg_int((int64_t)n[DZ_IN_OPEN]),
                              dz_arg_int((int64_t)n[DZ_IN_RESTRICTED]),
                              dz_arg_int((int64_t)n[DZ_IN_SEALED]),
                              dz_arg_int((int64_t)n[DZ_IN_IDENTITIES])));
}

enum dz_code
dz_project_recipients(struct dz_vault *v, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    enum dz_compartment in;
    DZ_TRY(dz_db_query(v->db, DZ_Q_COMPARTMENT_LIST, &rows, err, DZ_NO_ARGS));
    while (dz_rows_next(rows)) {
        DZ_AUTO_FREE char *name = dz_strndup(dz_rows_view(rows, 0).p, dz_rows_view(rows, 0).n);
        if (!dz_compartment_parse(name, &in) || dz_keys_hold(&v->keys, in))
            continue;
        struct compartment_key *c = &v->keys.in[in];
        c->epoch = (uint32_t)dz_rows_int(rows, 1);
        c->has_pk = dz_age_recipient_parse(dz_rows_view(rows, 2), c->pk, NULL) == DZ_OK;
    }
    return dz_rows_end(rows, err);
}

/* An entry has a clock that is at most the number of entries there were with it. So one more than
 * all entries is later than any of them, those included that this member cannot read. */
static void
keep_clock(struct dz_vault *v, uint64_t largest)
{
    uint64_t n = 0;
    for (size_t i = 0; i < v->n_logs; i++)
        n += dz_log_size(v->logs[i]);
    v->clock = n > largest ? n : largest;
}

/* Entries come into view, or go out of it, when a key table is written anew: what moved between
 * compartments. Those who hold all reading compartments see no difference; for others the epochs of
 * the tables say whether the projection is of what they can read now. */
static char *
table_epochs(const struct dz_vault *v)
{
    return dz_asprintf(
        "%llu %llu %llu", (unsigned long long)v->tables[DZ_IN_OPEN].epoch,
        (unsigned long long)v->tables[DZ_IN_RESTRICTED].epoch,
        (unsigned long long)v->tables[DZ_IN_SEALED].epoch);
}

static enum dz_code
put_tables(struct dz_vault *v, struct dz_err *err)
{
    DZ_AUTO_FREE char *now = table_epochs(v);
    return dz_db_exec(v->db, DZ_Q_META_PUT, err, DZ_ARGS(dz_arg_text("tables"), dz_arg_text(now)));
}

enum dz_code
dz_project_keep_tables(struct dz_vault *v, struct dz_err *err)
{
    DZ_TRY(dz_db_cache_begin(v->db, err));
    enum dz_code code = put_tables(v, err);
    enum dz_code done = dz_db_cache_commit(v->db, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? done : code;
}

static enum dz_code
same_view(struct dz_vault *v, bool *ret, struct dz_err *err)
{
    DZ_AUTO_FREE char *known = NULL;
    *ret = true;
    if (dz_keys_level(&v->keys) == DZ_IN_SEALED)
        return DZ_OK;
    DZ_AUTO_FREE char *now = table_epochs(v);
    DZ_TRY(dz_db_get_text(v->db, DZ_Q_META_GET, &known, err, DZ_ARGS(dz_arg_text("tables"))));
    *ret = !known || strcmp(known, now) == 0;
    return DZ_OK;
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
    DZ_AUTO_FREE uint64_t(*ordinals)[DZ_COMPARTMENTS] =
        dz_alloc_array(v->n_logs, sizeof *ordinals);
    for (size_t i = 0; i < v->n_logs; i++)
        DZ_TRY(dz_project_ordinals(v, dz_log_get_info(v->logs[i])->id_hex, ordinals[i], err));
    struct apply_state s = {.v = v, .clock = (uint64_t)clock, .ordinals = ordinals};
    DZ_TRY(dz_db_run(v->db, "BEGIN IMMEDIATE", err));
    dz_db_allow_writes(v->db, true);
    enum dz_code code = dz_entries_walk(v, from, hook, apply_entry, &s, err);
    for (size_t i = 0; i < v->n_logs && code == DZ_OK; i++) {
        code = put_log_state(v, v->logs[i], err);
        if (code == DZ_OK)
            code = put_ordinals(v, dz_log_get_info(v->logs[i])->id_hex, ordinals[i], err);
    }
    *ret_out_of_order = s.out_of_order;
    if (code == DZ_OK && !s.out_of_order)
        code = put_tables(v, err);
    dz_db_allow_writes(v->db, false);
    if (code == DZ_OK && !s.out_of_order)
        code = dz_db_run(v->db, "COMMIT", err);
    else
        (void)!dz_db_run(v->db, "ROLLBACK", NULL);
    if (code == DZ_OK)
        keep_clock(v, s.clock);
    /* What was rolled back may have changed them in memory. */
    v->members.loaded = v->members.loaded && code == DZ_OK && !s.out_of_order;
    return code;
}

static enum dz_code
update(struct dz_vault *v, struct dz_err *err)
{
    DZ_AUTO_FREE uint64_t *from = dz_alloc_array(v->n_logs, sizeof *from);
    bool fits, behind, same = true, out_of_order = false;
    enum dz_code code = applied_sizes(v, from, &fits, &behind, err);
    if (code == DZ_OK)
        code = same_view(v, &same, err);
    fits = fits && same;
    if (code == DZ_E_CORRUPT || (code == DZ_OK && !fits))
        return dz_vault_rebuild(v, err);
    DZ_TRY(code);
    if (!behind) {
        int64_t clock = 0;
        DZ_TRY(dz_db_get_int(v->db, DZ_Q_ENTRY_CLOCK_MAX, &clock, NULL, err, DZ_NO_ARGS));
        keep_clock(v, (uint64_t)clock);
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

enum dz_code
dz_project_update(struct dz_vault *v, struct dz_err *err)
{
    DZ_TRY(update(v, err));
    return v->members.loaded ? DZ_OK : dz_members_load(v, err);
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
apply_own(struct dz_vault *v, uint64_t seq, const json_t *const *bodies,
          const enum dz_compartment *in, size_t n, struct apply_state *s, struct dz_err *err)
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
                                  .body = bodies[i],
                                  .in = in[i]};
        /* What this member cannot read is not in view, though they have just written it. */
        if (dz_keys_hold(&v->keys, in[i]))
            DZ_TRY(apply_entry(s, &e, err));
    }
    DZ_TRY(put_ordinals(v, own, v->next_n, err));
    return put_log_state(v, v->logs[v->own_log], err);
}

enum dz_code
dz_project_own(struct dz_vault *v, uint64_t seq, const json_t *const *bodies,
               const enum dz_compartment *in, size_t n, struct dz_err *err)
{
    bool next = false;
    struct apply_state s = {.v = v, .clock = v->clock};
    DZ_TRY(is_next(v, seq, &next, err));
    if (!next)
        return dz_project_update(v, err);
    DZ_TRY(dz_db_run(v->db, "BEGIN IMMEDIATE", err));
    dz_db_allow_writes(v->db, true);
    struct dz_err why = {0};
    enum dz_code code = apply_own(v, seq, bodies, in, n, &s, &why);
    dz_db_allow_writes(v->db, false);
    if (code == DZ_OK && !s.out_of_order)
        code = dz_db_run(v->db, "COMMIT", &why);
    else
        (void)!dz_db_run(v->db, "ROLLBACK", NULL);
    if (code == DZ_OK && !s.out_of_order)
        keep_clock(v, s.clock);
    /* Tables that these entries do not fit are made again from the journal. */
    if (s.out_of_order || code == DZ_E_INPUT || code == DZ_E_CORRUPT)
        return dz_project_update(v, err);
    if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    return v->members.loaded ? DZ_OK : dz_members_load(v, err);
}

enum dz_code
dz_vault_rebuild(struct dz_vault *v, struct dz_err *err)
{
    bool stale, out_of_order;
    v->members.loaded = false;
    DZ_TRY(remove_db(v, err));
    DZ_TRY(open_db(v, dz_project_name(v), err));
    DZ_TRY(dz_db_schema(v->db, &stale, err));
    DZ_TRY(apply_from(v, NULL, NULL, &out_of_order, err));
    return v->members.loaded ? DZ_OK : dz_members_load(v, err);
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
    v->members.loaded = false;
    DZ_TRY(remove_files(v, beside_name(v), err));
    v->db = NULL;
    enum dz_code code = open_db(v, beside_name(v), err);
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
    DZ_TRY(dz_members_load(v, err));
    return remove_files(v, beside_name(v), err);
}

/* ---- the vault's own entries ---- */

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
                              dz_arg_text(dz_json_str(e->body, "reason"))));
}

/* Public halves of compartments' keys, so that everybody can seal to each of them. */
static enum dz_code
apply_recipients(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                 struct dz_err *err)
{
    const json_t *recipients = json_object_get(e->body, "compartments");
    (void)v;
    for (int i = 0; i < DZ_COMPARTMENTS; i++) {
        const char *name = dz_compartment_name((enum dz_compartment)i);
        const char *recipient = dz_json_str(recipients, name);
        if (!recipient)
            continue;
        int64_t epoch = 0;
        DZ_TRY(dz_db_get_int(db, DZ_Q_COMPARTMENT_EPOCH, &epoch, NULL, err,
                             DZ_ARGS(dz_arg_text(name))));
        DZ_TRY(dz_db_exec(db, DZ_Q_COMPARTMENT_PUT, err,
                          DZ_ARGS(dz_arg_text(name), dz_arg_int(epoch + 1),
                                  dz_arg_text(recipient))));
    }
    return DZ_OK;
}

const struct dz_apply dz_vault_applies[] = {
    {"vault.created", dz_apply_member_added},
    {"vault.created", apply_recipients},
    {"member.added", dz_apply_member_added},
    {"key.granted", dz_apply_granted},
    {"key.granted", apply_recipients},
    {"member.removed", dz_apply_member_removed},
    {"member.removed", apply_recipients},
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
