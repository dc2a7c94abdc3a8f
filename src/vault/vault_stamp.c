#include "dz_vault_stamp.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_stamp.h"
#include "vault_impl.h"

/* Last checkpoint of a log in the form that is stamped; nothing when it has none. */
static enum dz_code
last_of(struct dz_log *log, struct dz_buf *out, struct dz_checkpoint *ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    DZ_TRY(dz_log_last_checkpoint(log, ret, &note, err));
    if (note.n == 0)
        return DZ_OK;
    return dz_stamp_note(dz_buf_view(&note), &dz_log_get_info(log)->key, out, ret, err);
}

static enum dz_code
give_last(struct dz_log *log, const char *own, dz_last_checkpoint_fn *fn, void *ctx,
          struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    struct dz_checkpoint c;
    char root[DZ_HEX32], id[33];
    uint8_t imprint[32];
    memcpy(id, dz_log_get_info(log)->id_hex, sizeof id);
    if (last_of(log, &note, &c, err) != DZ_OK)
        return dz_while(err, "log %.8s", id);
    if (note.n == 0)
        return DZ_OK;
    dz_hex_encode(c.root.b, sizeof c.root.b, root);
    dz_stamp_imprint(dz_buf_view(&note), imprint);
    const struct dz_last_checkpoint given = {.log = id,
                                             .own = strcmp(id, own) == 0,
                                             .size = c.size,
                                             .root = root,
                                             .note = dz_buf_view(&note),
                                             .imprint = imprint};
    return fn(ctx, &given, err);
}

enum dz_code
dz_vault_each_last_checkpoint(struct dz_vault *v, dz_last_checkpoint_fn *fn, void *ctx,
                              struct dz_err *err)
{
    char own[33];
    DZ_TRY(dz_guard_own_log(v, own, err));
    /* By id, because a log may be opened anew, and one be added, while fn writes. */
    size_t n = v->n_logs;
    char(*ids)[33] = dz_alloc_array(n, sizeof *ids);
    for (size_t i = 0; i < n; i++)
        memcpy(ids[i], dz_log_get_info(v->logs[i])->id_hex, sizeof ids[i]);
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++) {
        struct dz_log *log = dz_vault_log_by_hex(v, ids[i]);
        if (log != NULL)
            code = give_last(log, own, fn, ctx, err);
    }
    dz_free(ids);
    return code;
}

/* The log begins with what was stamped. A log that was set back to an older state is found here
 * even
 * where nothing outside the vault remembers. */
static enum dz_code
check_tree(struct dz_log *log, const struct dz_checkpoint *c, struct dz_err *err)
{
    struct dz_hash32 root;
    if (c->size > dz_log_size(log))
        return dz_fail(err, DZ_E_ROLLBACK,
                       "log %.8s has %llu entries, and %llu were stamped: it was set back",
                       dz_log_get_info(log)->id_hex, (unsigned long long)dz_log_size(log),
                       (unsigned long long)c->size);
    DZ_TRY(dz_log_root_at(log, c->size, &root, err));
    if (memcmp(root.b, c->root.b, sizeof root.b) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "log %.8s does not begin with what was stamped",
                       dz_log_get_info(log)->id_hex);
    return DZ_OK;
}

enum dz_code
dz_vault_check_stamp(struct dz_vault *v, const char *log, struct dz_view note, struct dz_view token,
                     struct dz_view ca_pem, int64_t now_us, struct dz_vault_stamp *ret,
                     struct dz_err *err)
{
    struct dz_log *l = dz_vault_log_by_hex(v, log);
    if (l == NULL)
        return dz_fail(err, DZ_E_NOTFOUND, "log %.8s, which was stamped, is not in this vault",
                       log);
    struct dz_stamp s;
    DZ_TRY(dz_stamp_check(note, &dz_log_get_info(l)->key, token, ca_pem, (struct dz_view){0},
                          now_us, &s, err));
    DZ_TRY(check_tree(l, &s.checkpoint, err));
    struct dz_vault_stamp made = {.size = s.checkpoint.size, .stamp = s.stamp};
    uint8_t imprint[32];
    DZ_AUTO_BUF struct dz_buf single = DZ_BUF(DZ_NOTE_MAX);
    DZ_TRY(dz_stamp_note(note, &dz_log_get_info(l)->key, &single, NULL, err));
    dz_stamp_imprint(dz_buf_view(&single), imprint);
    dz_hex_encode(s.checkpoint.root.b, 32, made.root);
    dz_hex_encode(imprint, 32, made.imprint);
    *ret = made;
    return DZ_OK;
}
