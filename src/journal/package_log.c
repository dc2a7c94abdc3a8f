/* The logs that the index names, and proofs under their keys: docs/format/package.md section 5
 * number 4. */
#include <string.h>

#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_tr.h"
#include "package_read_impl.h"

struct package_log *
dz_package_log_of(struct package *p, const char *id)
{
    for (size_t i = 0; id != NULL && i < p->n_logs; i++)
        if (strcmp(p->logs[i].id, id) == 0)
            return &p->logs[i];
    return NULL;
}

static bool
is_pinned(const struct package *p, const struct dz_note_key *key)
{
    for (size_t i = 0; i < p->trust->n_keys; i++)
        if (strcmp(p->trust->keys[i].name, key->name) == 0 &&
            memcmp(p->trust->keys[i].pk, key->pk, sizeof key->pk) == 0)
            return true;
    return p->trust->n_keys == 0;
}

/* The .vkey file says the same as the index. */
static enum dz_code
check_key_file(struct package *p, const struct package_log *log, bool *ret_good, struct dz_err *err)
{
    DZ_AUTO_FREE char *path = dz_asprintf("data/checkpoints/%s.vkey", log->id);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
    *ret_good = dz_package_path(p, path, "data/checkpoints/", DZ_PACKAGE_INDEX);
    if (*ret_good)
        DZ_TRY(dz_package_slurp(p, path, 4096, &text, ret_good, err));
    size_t n = strlen(log->vkey);
    if (*ret_good && (text.n != n + 1 || memcmp(text.p, log->vkey, n) != 0 || text.p[n] != '\n')) {
        dz_package_say(p, DZ_CHECK_FINDING, "log-key", path,
                       _("it is not the key that the index has for this log"));
        *ret_good = false;
    }
    return DZ_OK;
}

static enum dz_code
check_note(struct package *p, struct package_log *log, bool *ret_good, struct dz_err *err)
{
    struct dz_err own = {0};
    struct dz_view text;
    *ret_good = dz_package_path(p, log->path, "data/checkpoints/", log->id);
    if (*ret_good)
        DZ_TRY(dz_package_slurp(p, log->path, DZ_NOTE_MAX, &log->note, ret_good, err));
    if (!*ret_good)
        return DZ_OK;
    enum dz_code code = dz_note_open(dz_buf_view(&log->note), &log->key, 1, &text, &own);
    if (code == DZ_OK)
        code = dz_checkpoint_parse(text, &log->checkpoint, &own);
    if (code == DZ_OK && strcmp(log->checkpoint.origin, log->key.name) != 0)
        code = dz_fail(&own, DZ_E_CORRUPT, "the checkpoint is of another log");
    *ret_good = code == DZ_OK;
    if (code != DZ_OK)
        dz_package_say(p, DZ_CHECK_FINDING, "log-checkpoint", log->path, own.msg);
    return DZ_OK;
}

static enum dz_code
check_log(struct package *p, struct package_log *log, struct dz_err *err)
{
    struct dz_err own = {0};
    bool good_key = false;
    bool good_note = false;
    if (dz_note_vkey_parse(dz_view_of(log->vkey), &log->key, &own) != DZ_OK) {
        dz_package_say(p, DZ_CHECK_FINDING, "log-key", log->id, own.msg);
        return DZ_OK;
    }
    DZ_TRY(check_key_file(p, log, &good_key, err));
    DZ_TRY(check_note(p, log, &good_note, err));
    bool pinned = is_pinned(p, &log->key);
    if (!pinned)
        dz_package_say(p, DZ_CHECK_FINDING, "log-other", log->id,
                       _("the key of this log is none of those given with --key"));
    log->good = good_key && good_note && pinned;
    if (log->good)
        dz_package_sayf(p, DZ_CHECK_FACT, "log", log->id,
                        N_("%llu entries are signed by the key %s"),
                        (unsigned long long)log->checkpoint.size, log->vkey);
    return DZ_OK;
}

enum dz_code
dz_package_add_log(struct package *p, const json_t *element, struct dz_err *err)
{
    const char *id = dz_json_str(element, "log");
    const char *vkey = dz_json_str(element, "vkey");
    const char *path = dz_json_str(element, "checkpoint");
    uint8_t bytes[DZ_LOG_ID_BYTES];
    if (id == NULL || vkey == NULL || path == NULL ||
        !dz_hex_decode(dz_view_of(id), bytes, sizeof bytes) || dz_package_log_of(p, id) != NULL) {
        dz_package_say(p, DZ_CHECK_FINDING, "package-index", DZ_PACKAGE_INDEX,
                       _("a log in it is not described as the format has it"));
        return DZ_OK;
    }
    if (p->n_logs == DZ_PACKAGE_LOGS_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the package has more than %d logs", DZ_PACKAGE_LOGS_MAX);
    p->logs = dz_grow(p->logs, &p->cap_logs, p->n_logs + 1, sizeof *p->logs);
    struct package_log *log = &p->logs[p->n_logs++];
    *log = (struct package_log){.note = DZ_BUF(DZ_NOTE_MAX)};
    dz_hex_encode(bytes, sizeof bytes, log->id);
    log->vkey = dz_strdup(vkey);
    log->path = dz_strdup(path);
    return check_log(p, log, err);
}

/* --- proofs --- */

/* What a proof says of itself against the log it claims. NULL when it holds. */
static bool
proof_holds(struct package *p, const char *path, struct dz_proof *proof, struct dz_err *err)
{
    struct package_log *log = dz_package_log_of(p, proof->log_hex);
    if (log == NULL || !log->good) {
        (void)!dz_fail(err, DZ_E_CORRUPT, "its log is none whose key and checkpoint hold");
        return false;
    }
    DZ_AUTO_FREE char *name =
        dz_asprintf("data/proofs/%s-%llu.tlog-proof", log->id, (unsigned long long)proof->index);
    if (strcmp(name, path) != 0) {
        (void)!dz_fail(err, DZ_E_CORRUPT, "it is the proof of another entry than its name says");
        return false;
    }
    if (!dz_view_eq(dz_buf_view(&proof->note), dz_buf_view(&log->note))) {
        (void)!dz_fail(err, DZ_E_CORRUPT, "it leads to another checkpoint than the index says");
        return false;
    }
    return dz_proof_check(proof, &log->key, NULL, err) == DZ_OK;
}

enum dz_code
dz_package_proof(struct package *p, const char *path, const char *named_by, struct dz_proof *ret,
                 bool *ret_good, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
    struct dz_err own = {0};
    *ret_good = false;
    if (!dz_package_path(p, path, "data/proofs/", named_by) ||
        dz_bag_is_marked(p->bag, path, DZ_BAG_BROKEN))
        return DZ_OK;
    bool read = false;
    DZ_TRY(dz_package_slurp(p, path, DZ_PROOF_MAX, &file, &read, err));
    if (!read)
        return DZ_OK;
    enum dz_code code = dz_proof_parse(dz_buf_view(&file), ret, &own);
    bool known = dz_bag_is_marked(p->bag, path, DZ_BAG_PROVEN);
    *ret_good = code == DZ_OK && (known || proof_holds(p, path, ret, &own));
    if (!*ret_good) {
        dz_bag_mark(p->bag, path, DZ_BAG_BROKEN);
        dz_package_say(p, DZ_CHECK_FINDING, "proof", path, own.msg);
        if (code == DZ_OK)
            dz_proof_done(ret);
        *ret = (struct dz_proof){.index = 0};
    } else if (!known) {
        dz_bag_mark(p->bag, path, DZ_BAG_PROVEN);
        p->result.n_proofs++;
    }
    return DZ_OK;
}
