/* Proofs for people outside: inclusion and consistency files, checkpoints, and the question whether
 * the vault still contains a checkpoint that was kept elsewhere. Format: docs/format/proof.md. */
#include "vault_impl.h"

#include <fcntl.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_consistency.h"
#include "dz_proof.h"

static enum dz_code
find_log(struct dz_vault *v, const char *hex, struct dz_log **ret, struct dz_err *err)
{
    *ret = dz_vault_log_by_hex(v, hex);
    if (!*ret)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no log '%s' in this vault", hex);
    return DZ_OK;
}

enum dz_code
dz_vault_each_log(struct dz_vault *v, dz_log_view_fn *fn, void *ctx, struct dz_err *err)
{
    for (size_t i = 0; i < v->n_logs; i++) {
        const struct dz_log_info *info = dz_log_get_info(v->logs[i]);
        struct dz_checkpoint last;
        DZ_TRY(dz_log_last_checkpoint(v->logs[i], &last, NULL, err));
        DZ_AUTO_BUF struct dz_buf vkey = DZ_BUF(1024);
        dz_note_vkey(&info->key, &vkey);
        DZ_TRY(dz_buf_ok(&vkey, "verifier key", err));
        struct dz_log_view view = {.log = info->id_hex,
                                   .origin = info->key.name,
                                   .vkey = vkey.p,
                                   .size = dz_log_size(v->logs[i]),
                                   .signed_size = last.size};
        DZ_TRY(fn(ctx, &view, err));
    }
    return DZ_OK;
}

/* ---- checkpoints ---- */

struct each_checkpoint {
    struct dz_vault *v;
    struct dz_log *log;
    dz_checkpoint_view_fn *fn;
    void *ctx;
};

static enum dz_code
give_checkpoint(void *ctx, const struct dz_checkpoint *c, struct dz_view note, struct dz_err *err)
{
    struct each_checkpoint *each = ctx;
    struct dz_checkpoint_view view = {
        .log = dz_log_get_info(each->log)->id_hex, .size = c->size, .note = note};
    dz_hex_encode(c->root.b, sizeof c->root.b, view.root_hex);
    DZ_AUTO_JSON json_t *body = NULL;
    if (c->size > 0 && c->size <= dz_log_size(each->log)) {
        struct dz_leaf leaf = {0};
        uint8_t sig[64];
        DZ_TRY(dz_entries_open(each->v, each->log, c->size - 1, &body, sig, &leaf, NULL, err));
        dz_leaf_done(&leaf);
        view.time = body ? dz_json_str(body, "time") : NULL;
    }
    return each->fn(each->ctx, &view, err);
}

enum dz_code
dz_vault_each_checkpoint(struct dz_vault *v, const char *log, dz_checkpoint_view_fn *fn, void *ctx,
                         struct dz_err *err)
{
    struct each_checkpoint each = {.v = v, .fn = fn, .ctx = ctx};
    DZ_TRY(find_log(v, log, &each.log, err));
    return dz_log_each_checkpoint(each.log, give_checkpoint, &each, err);
}

struct wanted_checkpoint {
    uint64_t size;
    struct dz_buf *out;
    bool found;
};

static enum dz_code
take_checkpoint(void *ctx, const struct dz_checkpoint *c, struct dz_view note, struct dz_err *err)
{
    struct wanted_checkpoint *wanted = ctx;
    if (c->size != wanted->size || wanted->found)
        return DZ_OK;
    wanted->found = true;
    dz_buf_addv(wanted->out, note);
    return dz_buf_ok(wanted->out, "checkpoint", err);
}

static enum dz_code
put_checkpoint(struct dz_log *log, uint64_t size, struct dz_buf *out, struct dz_err *err)
{
    struct dz_checkpoint last;
    DZ_TRY(dz_log_last_checkpoint(log, &last, NULL, err));
    if (last.size == 0)
        return dz_fail(err, DZ_E_NOTFOUND, "nothing of log %.8s was signed yet",
                       dz_log_get_info(log)->id_hex);
    if (size == DZ_CHECKPOINT_LAST || size == last.size)
        return dz_log_last_checkpoint(log, &last, out, err);
    struct wanted_checkpoint wanted = {.size = size, .out = out};
    DZ_TRY(dz_log_each_checkpoint(log, take_checkpoint, &wanted, err));
    if (!wanted.found)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "log %.8s has no checkpoint of %llu entries: 'dokaz log --checkpoints' "
                       "lists those there are",
                       dz_log_get_info(log)->id_hex, (unsigned long long)size);
    return DZ_OK;
}

enum dz_code
dz_vault_checkpoint(struct dz_vault *v, const char *log, uint64_t size, struct dz_buf *out,
                    struct dz_err *err)
{
    struct dz_log *l;
    DZ_TRY(find_log(v, log, &l, err));
    return put_checkpoint(l, size, out, err);
}

/* ---- inclusion ---- */

/* What the entry says, its signature and who made it; nothing where the body was removed. */
static enum dz_code
fill_body(struct dz_vault *v, struct dz_log *log, uint64_t seq, const char *const *withhold,
          struct dz_proof *p, struct dz_err *err)
{
    struct dz_leaf leaf = {0};
    DZ_AUTO_JSON json_t *body = NULL;
    const struct key_record *rec = NULL;
    DZ_TRY(dz_entries_open(v, log, seq, &body, p->signature, &leaf, NULL, err));
    enum dz_code code = dz_tables_find(v, leaf.sealed_sha256.b, &rec, NULL, err);
    dz_leaf_done(&leaf);
    DZ_TRY(code);
    if (!body || !rec)
        return DZ_OK;
    DZ_TRY(dz_entries_signer(v, body, p->public_key, err));
    p->has_signature = true;
    return dz_proof_fill(p, body, rec->salt, withhold, err);
}

/* The proof without its body: place, leaf record, tree, checkpoint. */
static enum dz_code
fill_place(struct dz_log *log, uint64_t seq, struct dz_proof *p, struct dz_err *err)
{
    const struct dz_log_info *info = dz_log_get_info(log);
    p->index = seq;
    p->key = info->key;
    memcpy(p->log, info->id, sizeof p->log);
    memcpy(p->log_hex, info->id_hex, sizeof p->log_hex);
    p->note = (struct dz_buf)DZ_BUF(DZ_NOTE_MAX);
    DZ_TRY(put_checkpoint(log, DZ_CHECKPOINT_LAST, &p->note, err));
    DZ_TRY(dz_log_last_checkpoint(log, &p->checkpoint, NULL, err));
    if (seq >= p->checkpoint.size)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "entry %llu of log %.8s is not under a checkpoint yet: the next command "
                       "that writes signs one",
                       (unsigned long long)seq, info->id_hex);
    struct dz_hash32 hashes[DZ_MERKLE_MAX_PROOF];
    DZ_TRY(dz_log_inclusion(log, seq, p->checkpoint.size, hashes, &p->n_hashes, err));
    memcpy(p->hashes, hashes, p->n_hashes * sizeof *hashes);
    p->leaf_bytes = (struct dz_buf)DZ_BUF(65535);
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(DZ_ENTRY_BODY_MAX + 65536);
    return dz_log_read(log, seq, &p->leaf_bytes, &sealed, err);
}

enum dz_code
dz_vault_prove(struct dz_vault *v, const char *ref, const char *const *withhold, struct dz_buf *out,
               struct dz_err *err)
{
    struct dz_log *log;
    uint64_t seq;
    DZ_TRY(dz_entries_find(v, ref, &log, &seq, err));
    enum dz_compartment in;
    if (dz_vault_entry_in(v, ref, &in, NULL) == DZ_OK && in == DZ_IN_IDENTITIES)
        return dz_fail(err, DZ_E_DENIED, "entry %s is about an identity: it does not leave", ref);
    DZ_AUTO_PROOF struct dz_proof p = {.index = 0};
    DZ_TRY(fill_place(log, seq, &p, err));
    DZ_TRY(fill_body(v, log, seq, withhold, &p, err));
    /* What is handed out is read and checked as its receiver will do it: a fault in this program or
     * a damaged index is found here, and not by a court. */
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
    DZ_TRY(dz_proof_write(&p, &file, err));
    DZ_AUTO_PROOF struct dz_proof again = {.index = 0};
    enum dz_code code = dz_proof_parse(dz_buf_view(&file), &again, err);
    if (code == DZ_OK)
        code = dz_proof_check(&again, &dz_log_get_info(log)->key, NULL, err);
    if (code != DZ_OK)
        return dz_while(err, "checking the proof of entry %s before handing it out", ref);
    dz_buf_addv(out, dz_buf_view(&file));
    return dz_buf_ok(out, "proof", err);
}

/* ---- consistency ---- */

/* An earlier checkpoint as the check wants one; made up from the tree where none was signed. */
static enum dz_code
check_made(struct dz_log *log, const struct dz_consistency *c, struct dz_err *err)
{
    struct dz_hash32 earlier;
    DZ_TRY(dz_log_root_at(log, c->old_size, &earlier, err));
    if (!dz_merkle_check_consistency(c->old_size, c->checkpoint.size, &earlier, &c->checkpoint.root,
                                     c->hashes, c->n_hashes))
        return dz_fail(err, DZ_E_CORRUPT,
                       "the proof that was made does not hold: the journal is damaged, see 'dokaz "
                       "verify'");
    return DZ_OK;
}

enum dz_code
dz_vault_consistency(struct dz_vault *v, const char *log, uint64_t m, uint64_t n,
                     struct dz_buf *out, struct dz_err *err)
{
    struct dz_log *l;
    DZ_TRY(find_log(v, log, &l, err));
    DZ_AUTO_CONSISTENCY struct dz_consistency c = {.old_size = m, .note = DZ_BUF(DZ_NOTE_MAX)};
    DZ_TRY(put_checkpoint(l, n, &c.note, err));
    struct dz_view text;
    DZ_TRY(dz_note_open(dz_buf_view(&c.note), &dz_log_get_info(l)->key, 1, &text, err));
    DZ_TRY(dz_checkpoint_parse(text, &c.checkpoint, err));
    if (m == 0)
        return dz_fail(err, DZ_E_USAGE,
                       "every log begins with the empty one: name an earlier size from 1 on");
    if (m > c.checkpoint.size)
        return dz_fail(err, DZ_E_USAGE,
                       "the earlier size is %llu, and the later checkpoint has only %llu entries",
                       (unsigned long long)m, (unsigned long long)c.checkpoint.size);
    struct dz_hash32 hashes[DZ_MERKLE_MAX_PROOF];
    DZ_TRY(dz_log_consistency(l, m, c.checkpoint.size, hashes, &c.n_hashes, err));
    memcpy(c.hashes, hashes, c.n_hashes * sizeof *hashes);
    DZ_TRY(check_made(l, &c, err));
    return dz_consistency_write(&c, out, err);
}

/* ---- checkpoints kept outside ---- */

/* What a kept note says of itself, before the log that it names is found. */
static enum dz_code
read_kept(struct dz_view note, struct dz_checkpoint *ret, struct dz_err *err)
{
    struct dz_view text;
    DZ_TRY(dz_note_text(note, &text, err));
    return dz_checkpoint_parse(text, ret, err);
}

static enum dz_code
contains(struct dz_log *log, struct dz_view note, struct dz_kept_checkpoint *ret,
         struct dz_err *err)
{
    const struct dz_log_info *info = dz_log_get_info(log);
    struct dz_view text;
    struct dz_checkpoint kept;
    struct dz_hash32 root;
    DZ_TRY(dz_note_open(note, &info->key, 1, &text, err));
    DZ_TRY(dz_checkpoint_parse(text, &kept, err));
    if (kept.size > dz_log_size(log))
        return dz_fail(
            err, DZ_E_ROLLBACK,
            "log %.8s has %llu entries here, and %llu were signed: an older copy was put "
            "in its place",
            info->id_hex, (unsigned long long)dz_log_size(log), (unsigned long long)kept.size);
    DZ_TRY(dz_log_root_at(log, kept.size, &root, err));
    if (memcmp(root.b, kept.root.b, sizeof root.b) != 0)
        return dz_fail(
            err, DZ_E_CORRUPT,
            "log %.8s forked: its first %llu entries here are not those that were signed",
            info->id_hex, (unsigned long long)kept.size);
    if (ret) {
        memcpy(ret->log, info->id_hex, sizeof ret->log);
        ret->size = kept.size;
        dz_hex_encode(kept.root.b, sizeof kept.root.b, ret->root_hex);
    }
    return DZ_OK;
}

static enum dz_code
no_such_log(const struct dz_checkpoint *kept, struct dz_err *err)
{
    return dz_fail(
        err, DZ_E_NOTFOUND,
        "its log, %s, is not in this vault: it is of another vault, or the log was taken "
        "away",
        kept->origin);
}

enum dz_code
dz_vault_contains(struct dz_vault *v, struct dz_view note, struct dz_kept_checkpoint *ret,
                  struct dz_err *err)
{
    struct dz_checkpoint kept;
    DZ_TRY(read_kept(note, &kept, err));
    for (size_t i = 0; i < v->n_logs; i++)
        if (strcmp(dz_log_get_info(v->logs[i])->key.name, kept.origin) == 0)
            return contains(v->logs[i], note, ret, err);
    return no_such_log(&kept, err);
}

enum dz_code
dz_vault_contains_keyless(const char *path, struct dz_view note, struct dz_kept_checkpoint *ret,
                          struct dz_err *err)
{
    struct dz_checkpoint kept;
    DZ_TRY(read_kept(note, &kept, err));
    DZ_AUTO_FREE char *journal = dz_asprintf("%s/journal", path);
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_opendir(AT_FDCWD, journal, &fd, err));
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list(fd, ".", &names, &n, err));
    enum dz_code code = DZ_OK;
    bool found = false;
    for (size_t i = 0; i < n && code == DZ_OK && !found; i++) {
        struct dz_log *log = NULL;
        if (names[i][0] == '.')
            continue;
        code = dz_log_open(fd, names[i], DZ_LOG_READ, &log, NULL, err);
        found = code == DZ_OK && strcmp(dz_log_get_info(log)->key.name, kept.origin) == 0;
        if (found)
            code = contains(log, note, ret, err);
        dz_log_close(log);
    }
    dz_os_names_free(names, n);
    return code != DZ_OK || found ? code : no_such_log(&kept, err);
}
