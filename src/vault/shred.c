#include "vault_impl.h"

#include <string.h>

#include "dz_codec.h"

/* Shredding: what the journal says is removed loses its sealed bytes and its key. Order: objects,
 * bodies and the pages of the database first, the key tables under their new epochs last, so that
 * an old epoch in a table always means "not finished" and the next writer who can finishes it. In the
 * same way a table loses the keys of what was moved to another compartment. */

static void
collect_leaf(struct removals *r, const struct dz_leaf *leaf)
{
    for (size_t i = 0; i < leaf->n_removes; i++) {
        const struct dz_thing *t = &leaf->removes[i];
        if (t->cls == DZ_THING_OBJECT) {
            r->objects = dz_grow(r->objects, &r->cap_objects, r->n_objects + 1, 32);
            memcpy(r->objects[r->n_objects++], t->sha256.b, 32);
        } else if (t->cls == DZ_THING_BODY) {
            r->bodies = dz_grow(r->bodies, &r->cap_bodies, r->n_bodies + 1, 32);
            memcpy(r->bodies[r->n_bodies++], t->sha256.b, 32);
        }
    }
}

enum dz_code
dz_removals_collect(struct dz_vault *v, struct removals *r, struct dz_err *err)
{
    for (size_t i = 0; i < v->n_logs; i++) {
        for (uint64_t seq = 0; seq < dz_log_size(v->logs[i]); seq++) {
            struct dz_leaf leaf = {0};
            DZ_TRY(dz_entries_leaf(v->logs[i], seq, &leaf, err));
            collect_leaf(r, &leaf);
            dz_leaf_done(&leaf);
        }
    }
    if (r->n_objects)
        qsort(r->objects, r->n_objects, 32, dz_compare_id);
    if (r->n_bodies)
        qsort(r->bodies, r->n_bodies, 32, dz_compare_id);
    return DZ_OK;
}

void
dz_removals_done(struct removals *r)
{
    dz_free(r->objects);
    dz_free(r->bodies);
    *r = (struct removals){0};
}

enum dz_code
dz_removals_pending(struct dz_vault *v, uint64_t ret_epochs[DZ_COMPARTMENTS], bool *ret_any,
                    struct dz_err *err)
{
    *ret_any = false;
    for (int i = 0; i < DZ_COMPARTMENTS; i++) {
        enum dz_compartment in = (enum dz_compartment)i;
        int64_t epoch = 1;
        ret_epochs[i] = 0;
        if (!dz_keys_hold(&v->keys, in))
            continue;
        DZ_TRY(dz_db_get_int(v->db, DZ_Q_EPOCH, &epoch, NULL, err,
                             DZ_ARGS(dz_arg_text(dz_compartment_name(in)))));
        if ((uint64_t)epoch > v->tables[i].epoch)
            ret_epochs[i] = (uint64_t)epoch;
        *ret_any = *ret_any || ret_epochs[i];
    }
    return DZ_OK;
}

/* Which entries of a log have a body among the removed. */
static enum dz_code
list_bodies(struct dz_log *log, const struct removals *r, uint64_t **ret_seqs, size_t *ret_n,
            struct dz_err *err)
{
    size_t cap = 0;
    for (uint64_t seq = 0; seq < dz_log_size(log); seq++) {
        struct dz_leaf leaf = {0};
        DZ_TRY(dz_entries_leaf(log, seq, &leaf, err));
        if (bsearch(leaf.sealed_sha256.b, r->bodies, r->n_bodies, 32, dz_compare_id)) {
            *ret_seqs = dz_grow(*ret_seqs, &cap, *ret_n + 1, sizeof **ret_seqs);
            (*ret_seqs)[(*ret_n)++] = seq;
        }
        dz_leaf_done(&leaf);
    }
    return DZ_OK;
}

/* Bodies are dropped from the logs of other devices too: under the vault's lock nobody writes
 * those. */
static enum dz_code
drop_bodies(struct dz_vault *v, size_t ix, const struct removals *r, struct dz_err *err)
{
    uint64_t *seqs = NULL;
    size_t n = 0;
    struct dz_log *log = v->logs[ix];
    enum dz_code code = list_bodies(log, r, &seqs, &n, err);
    if (code == DZ_OK && n && (int)ix == v->own_log) {
        code = dz_log_drop_bodies(log, seqs, n, err);
    } else if (code == DZ_OK && n) {
        struct dz_log *writable = NULL;
        code = dz_log_open(v->journal_fd, dz_log_get_info(log)->id_hex, DZ_LOG_WRITE, &writable,
                           NULL, err);
        if (code == DZ_OK)
            code = dz_log_drop_bodies(writable, seqs, n, err);
        dz_log_close(writable);
        if (code == DZ_OK && !dz_vault_reopen_log(v, ix))
            code = dz_fail(err, DZ_E_IO, "a log could not be opened again: run the command again");
    }
    dz_free(seqs);
    return code;
}

/* ---- key tables ---- */

/* What a key table must not hold any more. */
struct drop_list {
    uint8_t (*ids)[32];
    size_t n;
    size_t cap;
};

static void
add_drop(struct drop_list *l, const uint8_t id[32])
{
    l->ids = dz_grow(l->ids, &l->cap, l->n + 1, 32);
    memcpy(l->ids[l->n++], id, 32);
}

/* What was moved and to where: SHA-256 of an object, or of the sealed body of an entry. */
struct moved {
    uint8_t id[32];
    enum dz_compartment to;
};
struct moved_list {
    struct moved *list;
    size_t n;
    size_t cap;
};

/* "log:seq", or the id of an object. An entry whose log is gone says nothing. */
static enum dz_code
moved_id(struct dz_vault *v, const char *name, uint8_t ret[32], bool *ret_known, struct dz_err *err)
{
    struct dz_log *log = NULL;
    uint64_t seq = 0;
    struct dz_leaf leaf = {0};
    *ret_known = dz_hex_decode(dz_view_of(name), ret, 32);
    if (*ret_known || dz_entries_find(v, name, &log, &seq, NULL) != DZ_OK)
        return DZ_OK;
    DZ_TRY(dz_entries_leaf(log, seq, &leaf, err));
    memcpy(ret, leaf.sealed_sha256.b, 32);
    dz_leaf_done(&leaf);
    *ret_known = true;
    return DZ_OK;
}

static enum dz_code
list_moved(struct dz_vault *v, struct moved_list *l, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(v->db, DZ_Q_MOVED_LIST, &rows, err, DZ_NO_ARGS));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows)) {
        struct moved m;
        bool known = false;
        DZ_AUTO_FREE char *name = dz_strndup(dz_rows_view(rows, 0).p, dz_rows_view(rows, 0).n);
        DZ_AUTO_FREE char *to = dz_strndup(dz_rows_view(rows, 1).p, dz_rows_view(rows, 1).n);
        code = moved_id(v, name, m.id, &known, err);
        if (code != DZ_OK || !known || !dz_compartment_parse(to, &m.to))
            continue;
        l->list = dz_grow(l->list, &l->cap, l->n + 1, sizeof *l->list);
        l->list[l->n++] = m;
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

/* Whether a table of a lower compartment gets a key that only this table has: what was moved there.
 * It is added before it is dropped here. */
static enum dz_code
hand_down(struct dz_vault *v, const struct keytable *t, const struct moved *m, struct dz_err *err)
{
    struct keytable *to = &v->tables[m->to];
    const struct key_record *rec = dz_keytable_find(t, m->id);
    if (!rec || m->to >= t->in || !dz_keys_hold(&v->keys, m->to))
        return DZ_OK;
    DZ_TRY(dz_keytable_need(v->fd, v->id, &v->keys, to, err));
    if (dz_keytable_find(to, m->id))
        return DZ_OK;
    return dz_keytable_append(v->fd, &v->keys, to, rec, 1, err);
}

static enum dz_code
rewrite_table(struct dz_vault *v, struct keytable *t, uint64_t epoch, const struct removals *r,
              const struct moved_list *moved, bool *ret_moved, struct dz_err *err)
{
    struct drop_list drop = {0};
    DZ_TRY(dz_keytable_need(v->fd, v->id, &v->keys, t, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < moved->n && code == DZ_OK; i++) {
        if (moved->list[i].to == t->in)
            continue;
        *ret_moved = *ret_moved || dz_keytable_find(t, moved->list[i].id);
        code = hand_down(v, t, &moved->list[i], err);
        add_drop(&drop, moved->list[i].id);
    }
    /* Keys of both kinds go together; ids are hashes and cannot collide. */
    for (size_t i = 0; i < r->n_objects; i++)
        add_drop(&drop, r->objects[i]);
    for (size_t i = 0; i < r->n_bodies; i++)
        add_drop(&drop, r->bodies[i]);
    if (drop.n)
        qsort(drop.ids, drop.n, 32, dz_compare_id);
    if (code == DZ_OK)
        code = dz_keytable_rewrite(v->fd, v->id, &v->keys, t, epoch,
                                   (const uint8_t(*)[32])drop.ids, drop.n, err);
    dz_free(drop.ids);
    return code;
}

static enum dz_code
rewrite_tables(struct dz_vault *v, const uint64_t epochs[DZ_COMPARTMENTS], const struct removals *r,
               bool *ret_moved, struct dz_err *err)
{
    struct moved_list moved = {0};
    enum dz_code code = list_moved(v, &moved, err);
    for (int i = 0; i < DZ_COMPARTMENTS && code == DZ_OK; i++)
        if (epochs[i])
            code = rewrite_table(v, &v->tables[i], epochs[i], r, &moved, ret_moved, err);
    dz_free(moved.list);
    return code;
}

static enum dz_code
shred(struct dz_vault *v, const uint64_t epochs[DZ_COMPARTMENTS], struct removals *r,
      bool *ret_moved, struct dz_err *err)
{
    DZ_TRY(dz_removals_collect(v, r, err));
    if (r->n_objects)
        DZ_TRY(dz_objects_drop(&v->objects, v->id, (const uint8_t(*)[32])r->objects, r->n_objects,
                               err));
    for (size_t i = 0; i < v->n_logs && r->n_bodies; i++)
        DZ_TRY(drop_bodies(v, i, r, err));

    /* The projection has lost the rows already; pages and log of the database must not keep them
     * either, nor databases of other levels. */
    DZ_TRY(dz_db_run(v->db,
                     "INSERT INTO text_fts(text_fts) VALUES ('optimize');"
                     "PRAGMA wal_checkpoint(TRUNCATE); VACUUM",
                     err));
    DZ_TRY(dz_project_drop_others(v, err));
    return rewrite_tables(v, epochs, r, ret_moved, err);
}

enum dz_code
dz_shred_pending(struct dz_vault *v, struct dz_err *err)
{
    struct removals r = {0};
    uint64_t epochs[DZ_COMPARTMENTS];
    bool any = false, moved = false;
    DZ_TRY(dz_removals_pending(v, epochs, &any, err));
    if (!any)
        return DZ_OK;
    v->shredding = true;
    enum dz_code code = shred(v, epochs, &r, &moved, err);
    v->shredding = false;
    dz_removals_done(&r);
    DZ_TRY(code);
    /* What moved is in view, or out of it, only now. */
    if (moved && dz_keys_level(&v->keys) != DZ_IN_SEALED)
        return dz_vault_rebuild(v, err);
    return dz_project_keep_tables(v, err);
}
