#include "vault_impl.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "dz_codec.h"

struct dz_vault *
dz_vault_alloc(void)
{
    struct dz_vault *v = dz_alloc(sizeof *v);
    v->fd = v->lock_fd = v->journal_fd = v->objects.fd = -1;
    v->objects.segment_fd = v->objects.read_fd = -1;
    v->own_log = -1;
    return v;
}

void
dz_vault_close(struct dz_vault *v)
{
    if (!v)
        return;
    dz_db_close(v->db);
    dz_pool_free(v->entry_pool);
    dz_sealer_free(v->sealer);
    dz_object_reader_free(v->reader);
    for (size_t i = 0; i < SPARE_READERS; i++)
        dz_object_reader_free(v->spare_readers[i]);
    dz_kept_done(&v->kept);
    for (size_t i = 0; i < v->n_logs; i++)
        dz_log_close(v->logs[i]);
    dz_free(v->logs);
    dz_tables_done(v);
    dz_members_forget(v);
    dz_keys_done(&v->keys);
    dz_secret_free(v->signer);
    dz_objects_done(&v->objects);
    dz_os_close_quiet(&v->journal_fd);
    dz_os_close_quiet(&v->lock_fd);
    dz_os_close_quiet(&v->fd);
    dz_free(v->state_dir);
    dz_free(v->path);
    dz_free(v);
}

/* ---- finding ---- */

enum dz_code
dz_vault_find(const char *start, char **ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf path = DZ_BUF(8192);
    dz_buf_adds(&path, start);
    /* The chain of parents is finite: "/.." is "/", so 64 steps are more than any path has. */
    for (int up = 0; up < 64; up++) {
        DZ_AUTO_FREE char *probe = dz_asprintf("%s/vault.json", path.p);
        struct dz_os_stat st;
        if (dz_os_stat(AT_FDCWD, probe, true, &st, NULL) == DZ_OK && st.is_file) {
            *ret = dz_buf_take(&path);
            return DZ_OK;
        }
        dz_buf_adds(&path, "/..");
    }
    return dz_fail(
        err, DZ_E_NOTFOUND,
        "no vault here or above: name one with -C VAULT, or make one with 'dokaz init DIR'");
}

static enum dz_code
read_vault_json(struct dz_vault *v, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
    if (!dz_os_exists(v->fd, "vault.json"))
        return dz_fail(err, DZ_E_NOTFOUND, "'%s' is not a vault: make one with 'dokaz init DIR'",
                       v->path);
    DZ_TRY(dz_os_slurp(v->fd, "vault.json", 65536, &text, err));
    DZ_AUTO_JSON json_t *file = NULL;
    if (dz_json_parse(dz_buf_view(&text), &file, err) != DZ_OK)
        return dz_fail(err, DZ_E_CORRUPT, "vault.json: damaged: restore it from a backup");
    const char *kind = dz_json_str(file, "kind"), *id = dz_json_str(file, "vault");
    if (!kind || strcmp(kind, "dokaz vault") != 0)
        return dz_fail(err, DZ_E_FORMAT, "'%s' belongs to another program", v->path);
    int64_t format = dz_json_int(file, "format", 0);
    if (format > 0 && format < VAULT_FORMAT)
        return dz_fail(err, DZ_E_FORMAT,
                       "'%s' was made by an older dokaz, whose format this one does not read: open "
                       "it with that version, and add its originals to a new vault",
                       v->path);
    if (format != VAULT_FORMAT)
        return dz_fail(err, DZ_E_FORMAT, "'%s' was made by a newer dokaz: update the program",
                       v->path);
    if (!id || !dz_hex_decode(dz_view_of(id), v->id, sizeof v->id))
        return dz_fail(err, DZ_E_CORRUPT, "vault.json: damaged: restore it from a backup");
    dz_hex_encode(v->id, sizeof v->id, v->id_hex);
    return DZ_OK;
}

/* ---- logs ---- */

struct dz_log *
dz_vault_log_by_hex(struct dz_vault *v, const char *hex)
{
    for (size_t i = 0; i < v->n_logs; i++)
        if (strcmp(dz_log_get_info(v->logs[i])->id_hex, hex) == 0)
            return v->logs[i];
    return NULL;
}

enum dz_code
dz_vault_add_log(struct dz_vault *v, const char *name, enum dz_log_mode mode, struct dz_err *err)
{
    struct dz_log *log = NULL;
    uint64_t cut = 0;
    DZ_TRY(dz_log_open(v->journal_fd, name, mode, &log, &cut, err));
    size_t at = v->n_logs;
    while (at > 0 && strcmp(dz_log_get_info(v->logs[at - 1])->id_hex, name) > 0)
        at--;
    struct dz_log **logs = dz_alloc_array(v->n_logs + 1, sizeof *logs);
    if (at)
        memcpy(logs, v->logs, at * sizeof *logs);
    logs[at] = log;
    if (at < v->n_logs)
        memcpy(logs + at + 1, v->logs + at, (v->n_logs - at) * sizeof *logs);
    dz_free(v->logs);
    v->logs = logs;
    v->n_logs++;
    if (mode == DZ_LOG_WRITE)
        v->own_log = (int)at;
    else if (v->own_log >= (int)at)
        v->own_log++;
    v->cut_bytes += cut;
    return DZ_OK;
}

bool
dz_vault_reopen_log(struct dz_vault *v, size_t ix)
{
    struct dz_log *fresh = NULL;
    if ((int)ix == v->own_log || dz_log_open(v->journal_fd, dz_log_get_info(v->logs[ix])->id_hex,
                                             DZ_LOG_READ, &fresh, NULL, NULL) != DZ_OK)
        return false;
    dz_log_close(v->logs[ix]);
    v->logs[ix] = fresh;
    return true;
}

static enum dz_code
open_logs(struct dz_vault *v, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list(v->journal_fd, ".", &names, &n, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++) {
        uint8_t id[16];
        if (dz_hex_decode(dz_view_of(names[i]), id, sizeof id) && !dz_vault_log_by_hex(v, names[i]))
            code = dz_vault_add_log(v, names[i], DZ_LOG_READ, err);
    }
    dz_os_names_free(names, n);
    if (code == DZ_OK && v->n_logs == 0)
        code = dz_fail(err, DZ_E_CORRUPT, "journal: it is empty: restore the vault from a backup");
    return code;
}

enum dz_code
dz_vault_refresh(struct dz_vault *v, struct dz_err *err)
{
    for (size_t i = 0; i < v->n_logs; i++)
        DZ_TRY(dz_log_refresh(v->logs[i], err));
    DZ_TRY(open_logs(v, err));
    struct dz_err why = {0};
    enum dz_code code = dz_tables_load(v, &why);
    if (code != DZ_E_CORRUPT)
        return code == DZ_OK ? DZ_OK : dz_fail(err, code, "%s", why.msg);
    /* There may be new keys since: somebody was removed. */
    dz_tables_done(v);
    if (dz_members_grant(v, NULL) != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    return dz_tables_load(v, err);
}

/* ---- opening ---- */

/* Bring the projection up to date. A reader does it only when nobody writes: it takes the lock for
 * that moment, and otherwise lives
 * with what the writer has projected so far. */
static enum dz_code
project_as_reader(struct dz_vault *v, struct dz_err *err)
{
    DZ_TRY(dz_project_open(v, err));
    if (v->read_only_medium)
        return dz_project_update(v, err);
    DZ_TRY(dz_os_open(v->fd, "lock", DZ_OS_APPEND, &v->lock_fd, err));
    enum dz_code code = dz_os_lock(v->lock_fd, 0, NULL);
    bool locked = code == DZ_OK;
    code = DZ_OK;
    if (locked) {
        code = dz_vault_refresh(v, err);
        if (code == DZ_OK)
            code = dz_project_update(v, err);
        dz_os_unlock(v->lock_fd);
    }
    return code;
}

/* Whether the keys are those of the member who was named, and whether that is one still. */
static enum dz_code
check_member(struct dz_vault *v, const char *named, struct dz_err *err)
{
    const struct member *m = dz_members_by_id(v, v->keys.member);
    uint8_t id[8];
    if (m && m->removed)
        return dz_fail(err, DZ_E_AUTH, "this member was removed from the vault");
    if (!named || dz_hex_decode(dz_view_of(named), id, sizeof id))
        return DZ_OK;
    if (m && m->name && strcmp(m->name, named) == 0)
        return DZ_OK;
    if (!dz_members_by_name(v, named))
        return dz_fail(err, DZ_E_NOTFOUND, "there is no member '%s'", named);
    return dz_fail(err, DZ_E_AUTH,
                   "this passphrase is not that of '%s': try again, or name the member by the id",
                   named);
}

static enum dz_code
open_all(struct dz_vault *v, const struct dz_vault_opts *opts, struct dz_err *err)
{
    DZ_TRY(dz_os_opendir(AT_FDCWD, opts->path, &v->fd, err));
    DZ_TRY(read_vault_json(v, err));
    v->read_only = opts->mode == DZ_VAULT_READ;
    v->read_only_medium = faccessat(v->fd, ".", W_OK, AT_EACCESS) != 0;
    if (v->read_only_medium && !v->read_only)
        return dz_fail(err, DZ_E_DENIED, "'%s' cannot be written: nothing was changed", opts->path);
    DZ_TRY(opts->identity ? dz_keys_open_identity(v->fd, opts->identity, &v->keys, err)
                          : dz_keys_open(v->fd, opts->member, opts->passphrase, &v->keys, err));
    DZ_TRY(dz_objects_open(v->fd, &v->objects, err));
    DZ_TRY(dz_os_opendir(v->fd, "journal", &v->journal_fd, err));
    DZ_TRY(open_logs(v, err));
    DZ_TRY(dz_members_check(v, err));
    DZ_TRY(dz_members_grant(v, err));
    DZ_TRY(dz_tables_load(v, err));
    enum dz_code guard = dz_guard_open(v, v->read_only ? NULL : err);
    if (guard != DZ_OK && !v->read_only)
        return dz_while(err, "keeping the last checkpoint outside the vault");
    DZ_TRY(dz_guard_check(v, err));
    if (opts->no_projection)
        return DZ_OK;
    DZ_TRY(project_as_reader(v, err));
    if (!v->members.loaded)
        DZ_TRY(dz_members_load(v, err));
    return check_member(v, opts->identity ? NULL : opts->member, err);
}

enum dz_code
dz_vault_open(const struct dz_vault_opts *opts, struct dz_vault **ret, struct dz_err *err)
{
    struct dz_vault *v = dz_vault_alloc();
    v->path = dz_strdup(opts->path);
    v->registry = opts->registry;
    enum dz_code code = open_all(v, opts, err);
    if (code == DZ_OK)
        *ret = v;
    else
        dz_vault_close(v);
    return code;
}

/* ---- small questions ---- */

const char *
dz_vault_id(const struct dz_vault *v)
{
    return v->id_hex;
}

const char *
dz_vault_path(const struct dz_vault *v)
{
    return v->path;
}

const char *
dz_vault_member(const struct dz_vault *v)
{
    return v->keys.member;
}

struct dz_db *
dz_vault_db(struct dz_vault *v)
{
    return v->db;
}

uint64_t
dz_vault_version(const struct dz_vault *v, char ret_hex[DZ_HEX32])
{
    DZ_AUTO_HASH struct dz_hash *h = dz_hash_new(DZ_SHA256);
    uint64_t n = 0;
    for (size_t i = 0; i < v->n_logs; i++) {
        struct dz_hash32 root;
        uint64_t size = dz_log_size(v->logs[i]);
        DZ_AUTO_BUF struct dz_buf part = DZ_BUF(128);
        dz_log_root(v->logs[i], &root);
        dz_buf_add(&part, dz_log_get_info(v->logs[i])->id, 16);
        dz_buf_add_u64be(&part, size);
        dz_buf_add(&part, root.b, 32);
        dz_hash_add(h, part.p, part.n);
        n += size;
    }
    uint8_t d[32];
    dz_hash_final(h, d);
    dz_hex_encode(d, 32, ret_hex);
    return n;
}

void
dz_vault_keyed_hash(const struct dz_vault *v, const char *label, struct dz_view message,
                    char ret_hex[DZ_HEX32])
{
    uint8_t key[32], mac[32];
    DZ_AUTO_BUF struct dz_buf info = DZ_BUF(256);
    dz_buf_addf(&info, "dokaz/v1/hash/%s", label);
    dz_hkdf_sha256(dz_secret_peek(v->keys.hash_key), dz_secret_size(v->keys.hash_key), NULL, 0,
                   info.p, info.n, key, sizeof key);
    dz_hmac_sha256(key, sizeof key, message.p, message.n, mac);
    dz_wipe(key, sizeof key);
    dz_hex_encode(mac, 32, ret_hex);
}

/* Ids that are made one after another begin with the same three characters, so that in tables and
 * indexes by id what comes together lies together: a commit of a thousand sources touches a few
 * pages of each, not a thousand. The seven others are random, and differ within such a run. */
#define RUN_IDS 1024
#define RUN_SHARED 3
#define ID_CHARS 10

static pthread_mutex_t run_lock = PTHREAD_MUTEX_INITIALIZER;
static char run[RUN_IDS][ID_CHARS + 1];
static size_t n_run;

static bool
is_in_run(const char *text)
{
    for (size_t i = 0; i < n_run; i++)
        if (strcmp(run[i], text) == 0)
            return true;
    return false;
}

static void
next_of_run(char ret[ID_CHARS + 1])
{
    uint8_t rnd[8];
    (void)pthread_mutex_lock(&run_lock);
    if (n_run == RUN_IDS)
        n_run = 0;
    do {
        dz_os_random(rnd, sizeof rnd);
        dz_base32_id(rnd, ID_CHARS, ret);
        if (n_run > 0)
            memcpy(ret, run[0], RUN_SHARED);
    } while (is_in_run(ret));
    memcpy(run[n_run++], ret, ID_CHARS + 1);
    (void)pthread_mutex_unlock(&run_lock);
}

void
dz_vault_new_id(const char *prefix, char ret[DZ_ID_MAX])
{
    char text[ID_CHARS + 1];
    next_of_run(text);
    DZ_AUTO_BUF struct dz_buf id = DZ_BUF(DZ_ID_MAX - 1);
    dz_buf_addf(&id, "%s%s", prefix, text);
    memcpy(ret, id.p, id.n + 1);
}
