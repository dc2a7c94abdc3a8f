#include "vault_impl.h"

#include <string.h>

/* Shredding: what the journal says is removed loses its sealed bytes and its key. Order: objects,
 * bodies and the pages of the database first, the key table under its new epoch last, so that an
 * old epoch in the table always means "not finished" and the next writer finishes it. */

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
dz_removals_pending(struct dz_vault *v, uint64_t *ret_epoch, struct dz_err *err)
{
    int64_t epoch = 1;
    DZ_TRY(dz_db_get_int(v->db, DZ_Q_EPOCH, &epoch, NULL, err, DZ_NO_ARGS));
    *ret_epoch = (uint64_t)epoch > v->table.epoch ? (uint64_t)epoch : 0;
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

static enum dz_code
shred(struct dz_vault *v, struct removals *r, struct dz_err *err)
{
    DZ_TRY(dz_removals_collect(v, r, err));
    if (r->n_objects)
        DZ_TRY(dz_objects_drop(&v->objects, v->id, (const uint8_t(*)[32])r->objects, r->n_objects,
                               err));
    for (size_t i = 0; i < v->n_logs && r->n_bodies; i++)
        DZ_TRY(drop_bodies(v, i, r, err));

    /* The projection has lost the rows already; pages and log of the database must not keep them
     * either. */
    DZ_TRY(dz_db_run(v->db,
                     "INSERT INTO text_fts(text_fts) VALUES ('optimize');"
                     "PRAGMA wal_checkpoint(TRUNCATE); VACUUM",
                     err));

    /* Keys of both kinds go together; ids are hashes and cannot collide. */
    size_t n = r->n_objects + r->n_bodies;
    uint8_t(*all)[32] = dz_alloc_array(n, 32);
    if (r->n_objects)
        memcpy(all, r->objects, r->n_objects * 32);
    if (r->n_bodies)
        memcpy(all + r->n_objects, r->bodies, r->n_bodies * 32);
    if (n)
        qsort(all, n, 32, dz_compare_id);
    enum dz_code code = dz_keytable_rewrite(v->fd, v->id, &v->keys, &v->table, r->epoch,
                                            (const uint8_t(*)[32])all, n, err);
    dz_free(all);
    return code;
}

enum dz_code
dz_shred_pending(struct dz_vault *v, struct dz_err *err)
{
    struct removals r = {0};
    DZ_TRY(dz_removals_pending(v, &r.epoch, err));
    if (r.epoch == 0)
        return DZ_OK;
    v->shredding = true;
    enum dz_code code = shred(v, &r, err);
    v->shredding = false;
    dz_removals_done(&r);
    return code;
}
