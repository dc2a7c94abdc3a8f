#include <fcntl.h>
#include <string.h>

#include "dz_add_priv.h"
#include "dz_carried_priv.h"
#include "dz_codec.h"
#include "dz_time.h"
#include "dz_tr.h"

/* Files on their way in: readers take them up in several threads (add_read.c), and here each is
 * settled in its order: recognised as a duplicate, or stored with its entries. What is under way is
 * bounded in number, and in bytes that wait to be settled. Both are enough for the readers to go on
 * while a commit is under way, and for the commit to find work when it is over. */

#define JOBS_MAX 1024
#define HELD_MAX (8u << 20)

/* ---- duplicates ---- */

/* Asked for every file: another process may have added it since its size was looked up. */
static enum dz_code
find_stored(struct dz_adder *a, const char *sha256, char ret_id[DZ_ID_MAX], struct dz_err *err)
{
    DZ_AUTO_FREE char *id = NULL;
    DZ_TRY(dz_db_get_text(dz_vault_db(a->v), DZ_Q_SOURCE_BY_SHA, &id, err,
                          DZ_ARGS(dz_arg_text(sha256))));
    if (id && strlen(id) < DZ_ID_MAX)
        memcpy(ret_id, id, strlen(id) + 1);
    return DZ_OK;
}

static bool
is_waiting(const struct dz_adder *a, const char *sha256, char ret_id[DZ_ID_MAX])
{
    for (size_t i = 0; i < a->n_pending; i++) {
        if (strcmp(a->pending[i].sha256, sha256) != 0)
            continue;
        memcpy(ret_id, a->pending[i].id, DZ_ID_MAX);
        return true;
    }
    return false;
}

enum dz_code
dz_adder_find_same(struct dz_adder *a, const char *sha256, char ret_id[DZ_ID_MAX],
                   struct dz_err *err)
{
    ret_id[0] = '\0';
    return is_waiting(a, sha256, ret_id) ? DZ_OK : find_stored(a, sha256, ret_id, err);
}

/* The same for a file, which waits only where its size has been seen. */
static enum dz_code
find_same(struct dz_adder *a, const struct dz_add_job *j, char ret_id[DZ_ID_MAX],
          struct dz_err *err)
{
    ret_id[0] = '\0';
    if (j->seen_size || j->before.size_bytes != j->size_bytes)
        return dz_adder_find_same(a, j->sha256, ret_id, err);
    return find_stored(a, j->sha256, ret_id, err);
}

/* Whether a file of this size is here or under way, and what is to be done because of it. The bits
 * may say so of a size that never came. Small files of one run often have equal lengths and
 * different bytes: those are sealed at once, by the readers, and where they turn out to be equal
 * that was in vain. A large one, and one whose size the vault held before, is hashed first. */
static enum dz_code
look_up_size(struct dz_adder *a, struct dz_add_job *j, struct dz_err *err)
{
    uint64_t size = j->size_bytes, bit = (size ^ (size >> 20) ^ (size >> 40)) % DZ_ADD_SIZES;
    uint8_t mask = (uint8_t)(1u << (bit % 8));
    j->seen_size = (a->sizes[bit / 8] & mask) != 0;
    a->sizes[bit / 8] |= mask;
    j->may_be_here = j->seen_size && dz_add_is_large(size);
    if (j->may_be_here)
        return DZ_OK;
    int64_t clock = 0;
    bool found = false;
    DZ_TRY(dz_db_get_int(dz_vault_db(a->v), DZ_Q_SOURCE_OF_SIZE, &clock, &found, err,
                         DZ_ARGS(dz_arg_int((int64_t)size))));
    j->may_be_here = found && clock <= a->clock_before;
    return DZ_OK;
}

/* ---- entries ---- */

/* File names are bytes; where they are not UTF-8 the bytes stand beside their readable form. */
static void
set_name(json_t *fields, const char *key, const char *key_bytes, const char *bytes)
{
    struct dz_view raw = dz_view_of(bytes);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
    size_t repaired = dz_utf8_repair(&text, raw);
    dz_json_set_view(fields, key, dz_buf_view(&text));
    if (!repaired)
        return;
    DZ_AUTO_FREE char *hex = dz_alloc(2 * raw.n + 1);
    dz_hex_encode((const uint8_t *)raw.p, raw.n, hex);
    dz_json_set_str(fields, key_bytes, hex);
}

static enum dz_code
add_entry(struct dz_adder *a, const struct dz_add_job *j, const char *id,
          const struct dz_object_info *info, struct dz_err *err)
{
    char time[40];
    DZ_AUTO_JSON json_t *fields = json_object();
    const char *basis = dz_json_str(j->described, "basis");
    const char *access = j->access ? j->access : a->opts->access;
    if (!basis || !basis[0])
        basis = a->opts->basis ? a->opts->basis : "unstated";
    dz_json_set_str(fields, "id", id);
    set_name(fields, "name", "name_bytes", dz_add_name(j->path));
    if (j->inside && strchr(j->inside, '/'))
        set_name(fields, "path", "path_bytes", j->inside);
    dz_json_set_str(fields, "sha256", info->sha256);
    dz_json_set_int(fields, "size", (int64_t)info->size_bytes);
    dz_json_set_str(fields, "object", info->id);
    dz_json_set_str(fields, "codec", info->codec);
    dz_json_set_str(fields, "basis", basis);
    dz_json_set_str(fields, "access", access ? access : "open");
    dz_json_set_str(fields, "method", "file");
    dz_json_set_str(fields, "tool", "dokaz " DZ_VERSION);
    dz_time_format(j->before.mtime_us, time);
    dz_json_set_str(fields, "file_time", time);
    const char *brought[] = {info->id, NULL};
    enum dz_compartment in = dz_access_in(access);
    DZ_TRY(dz_batch_entry_in(a->batch, in, "source.added", fields, brought, NULL, err));
    DZ_AUTO_JSON json_t *described = json_deep_copy(j->described);
    json_object_del(described, "basis");
    if (json_object_size(described) == 0)
        return DZ_OK;
    dz_json_set_str(described, "source", id);
    return dz_batch_entry_in(a->batch, in, "source.described", described, NULL, NULL, err);
}

/* Who adds what is here already says what it is, too. A stricter word than the one that holds
 * counts, or the file would leave as freely as it came the first time; a looser one does not. */
struct word {
    const char *said[DZ_CARRIED_FIELDS]; /* NULL: nothing */
};

static struct word
word_of(const struct dz_adder *a, const struct dz_add_job *j)
{
    const char *basis = dz_json_str(j->described, "basis");
    const char *access = j->access ? j->access : a->opts->access;
    if (!basis || !basis[0])
        basis = a->opts->basis;
    if (basis && strcmp(basis, "unstated") == 0)
        basis = NULL;
    return (struct word){{[DZ_CARRIED_BASIS] = basis, [DZ_CARRIED_ACCESS] = access}};
}

/* The object is stored: its entry, and a note for the report. */
static enum dz_code
preserve(struct dz_adder *a, const struct dz_add_job *j, const struct dz_object_info *info,
         struct dz_err *err)
{
    char id[DZ_ID_MAX];
    dz_vault_new_id("src-", id);
    DZ_TRY(add_entry(a, j, id, info, err));
    dz_adder_note(a, DZ_ADD_PRESERVED, j->path, id, info, NULL);
    struct word w = word_of(a, j);
    int *ranks = a->pending[a->n_pending - 1].ranks;
    const char *basis = w.said[DZ_CARRIED_BASIS];
    ranks[DZ_CARRIED_BASIS] = dz_carried_rank(DZ_CARRIED_BASIS, basis ? basis : "unstated");
    ranks[DZ_CARRIED_ACCESS] = dz_carried_rank(DZ_CARRIED_ACCESS, w.said[DZ_CARRIED_ACCESS]);
    return DZ_OK;
}

/* ---- settling ---- */

/* What could not be preserved is said, unless we were told to stop. DZ_OK: the rest goes on. */
static enum dz_code
give_up(struct dz_adder *a, const struct dz_add_job *j, struct dz_err *err)
{
    const char *message = j->why.msg;
    if (j->result == DZ_ADD_VAULT_FAILED)
        return dz_fail(err, j->why.code, "%s", j->why.msg);
    if (j->result == DZ_ADD_CHANGED)
        message = _("it changed while it was read: add it again when it is at rest");
    else if (j->why.code == DZ_E_CANCELLED)
        return DZ_OK;
    dz_adder_report(a, DZ_ADD_FAILED, j->path, NULL, NULL, j->size_bytes, message);
    return DZ_OK;
}

/* What is no stricter than the present value says nothing. False: so nothing is left. */
static bool
keep_stricter(struct word *w, const int ranks[DZ_CARRIED_FIELDS])
{
    bool left = false;
    for (size_t f = 0; f < DZ_CARRIED_FIELDS; f++) {
        if (w->said[f] && dz_carried_rank((enum dz_carried_field)f, w->said[f]) <= ranks[f])
            w->said[f] = NULL;
        left = left || w->said[f];
    }
    return left;
}

/* Whether the word is stricter than what was said of one that waits for its commit. */
static bool
is_waiting_for_word(const struct dz_adder *a, const char *id, struct word w)
{
    for (size_t i = 0; i < a->n_pending; i++)
        if (strcmp(a->pending[i].id, id) == 0)
            return keep_stricter(&w, a->pending[i].ranks);
    return false;
}

static enum dz_code
take_word(struct dz_adder *a, const struct dz_add_job *j, const char *id, bool *ret_took,
          struct dz_err *err)
{
    static const int least[DZ_CARRIED_FIELDS] = {0};
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_AUTO_JSON json_t *fields = json_object();
    struct dz_described done;
    struct dz_err why = {0};
    struct word w = word_of(a, j);
    *ret_took = false;
    if (!keep_stricter(&w, least))
        return DZ_OK;
    enum dz_code code = dz_source_get(a->v, id, &s, &why);
    if (code == DZ_E_NOTFOUND && !is_waiting_for_word(a, id, w))
        return DZ_OK;
    if (code == DZ_E_NOTFOUND) {
        /* What is committed can be changed, and moved. */
        DZ_TRY(dz_adder_commit(a, err));
        DZ_TRY(dz_adder_batch(a, err));
        code = dz_source_get(a->v, id, &s, &why);
        if (code == DZ_E_NOTFOUND)
            return DZ_OK; /* it went where this member cannot read */
    }
    if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    int ranks[DZ_CARRIED_FIELDS];
    for (size_t f = 0; f < DZ_CARRIED_FIELDS; f++)
        ranks[f] = dz_carried_rank((enum dz_carried_field)f,
                                   dz_carried_value(s.body, (enum dz_carried_field)f));
    if (!keep_stricter(&w, ranks))
        return DZ_OK;
    *ret_took = true;
    dz_json_set_str(fields, "basis", w.said[DZ_CARRIED_BASIS]);
    return dz_describe_put(a->v, a->batch, s.row.id, fields, w.said[DZ_CARRIED_ACCESS], false,
                           &done, err);
}

static enum dz_code
settle_same(struct dz_adder *a, const struct dz_add_job *j, const char *same, struct dz_err *err)
{
    bool took = false;
    DZ_TRY(take_word(a, j, same, &took, err));
    dz_adder_report(a, DZ_ADD_DUPLICATE, j->path, same, j->sha256, j->before.size_bytes,
                    took ? _("it was described less strictly: what was said of it now counts")
                         : NULL);
    return DZ_OK;
}

static enum dz_code
settle(struct dz_adder *a, struct dz_add_job *j, struct dz_err *err)
{
    char same[DZ_ID_MAX];
    struct dz_object_info info;
    if (j->result != DZ_ADD_READ)
        return give_up(a, j, err);
    DZ_TRY(dz_adder_batch(a, err));
    DZ_TRY(find_same(a, j, same, err));
    if (same[0])
        return settle_same(a, j, same, err);
    if (!j->sealed) {
        if (!a->own_tools)
            DZ_TRY(dz_add_tools_new(a->v, &a->own_tools, err));
        dz_add_seal(a->own_tools, j);
        if (j->result != DZ_ADD_READ)
            return give_up(a, j, err);
    }
    struct dz_sealed *sealed = j->sealed;
    j->sealed = NULL;
    DZ_TRY(dz_batch_take(a->batch, sealed, &info, err));
    return preserve(a, j, &info, err);
}

static struct dz_add_job *
take(struct dz_adder *a)
{
    struct dz_add_job *j = dz_pool_take(a->pool);
    a->n_large_under_way -= dz_add_is_large(j->size_bytes);
    return j;
}

static enum dz_code
settle_oldest(struct dz_adder *a, struct dz_err *err)
{
    struct dz_add_job *j = take(a);
    enum dz_code code = settle(a, j, err);
    dz_add_job_free(j);
    a->n_seen++;
    if (a->opts->progress)
        a->opts->progress(a->opts->ctx, DZ_PHASE_PRESERVING, a->n_seen, 0, a->sum.bytes);
    return code;
}

/* Settle the oldest, and commit when enough waits. A large file is sealed under the lock that a
 * commit lets go, so those under way come first. */
static enum dz_code
settle_one(struct dz_adder *a, struct dz_err *err)
{
    DZ_TRY(settle_oldest(a, err));
    if (!dz_adder_is_full(a))
        return DZ_OK;
    while (a->n_large_under_way > 0)
        DZ_TRY(settle_oldest(a, err));
    return dz_adder_commit(a, err);
}

enum dz_code
dz_add_flush(struct dz_adder *a, struct dz_err *err)
{
    while (a->pool && dz_pool_count(a->pool) > 0)
        DZ_TRY(settle_one(a, err));
    return DZ_OK;
}

void
dz_add_stop(struct dz_adder *a)
{
    __atomic_store_n(&a->stop, true, __ATOMIC_RELAXED);
    while (a->pool && dz_pool_count(a->pool) > 0)
        dz_add_job_free(take(a));
    dz_pool_free(a->pool);
    a->pool = NULL;
    for (size_t i = 0; i < DZ_POOL_THREADS_MAX; i++)
        dz_add_tools_free(a->tools[i]);
    dz_add_tools_free(a->own_tools);
    dz_free(a->sizes);
    a->sizes = NULL;
}

/* ---- one file ---- */

static enum dz_code
start(struct dz_adder *a, struct dz_err *err)
{
    if (a->pool)
        return DZ_OK;
    DZ_TRY(dz_db_get_int(dz_vault_db(a->v), DZ_Q_ENTRY_CLOCK_MAX, &a->clock_before, NULL, err,
                         DZ_NO_ARGS));
    a->sizes = dz_alloc(DZ_ADD_SIZES / 8);
    /* One more than there are processors: now and then a reader waits for the disk. */
    a->n_threads = dz_pool_threads(0);
    if (a->n_threads)
        a->n_threads = dz_pool_threads(a->n_threads + 1);
    for (size_t i = 0; i < a->n_threads || i == 0; i++) {
        struct dz_add_tools *t = NULL;
        DZ_TRY(dz_add_tools_new(a->v, &t, err));
        a->tools[i] = t;
    }
    a->pool = dz_pool_new(&(struct dz_pool_opts){
        .n_threads = a->n_threads,
        .n_jobs = JOBS_MAX,
        .run = dz_add_read,
        .states = a->tools,
        .held = dz_add_job_held,
        .held_max = HELD_MAX,
    });
    return DZ_OK;
}

static bool
has_room(const struct dz_adder *a, const struct dz_add_job *j)
{
    size_t n_large = a->n_threads + 1;
    return dz_pool_count(a->pool) < JOBS_MAX &&
           !(dz_add_is_large(j->size_bytes) && a->n_large_under_way >= n_large);
}

static enum dz_code
put(struct dz_adder *a, struct dz_add_job *j, struct dz_err *err)
{
    DZ_TRY(start(a, err));
    DZ_TRY(look_up_size(a, j, err));
    while (!has_room(a, j))
        DZ_TRY(settle_one(a, err));
    if (dz_add_is_large(j->size_bytes))
        DZ_TRY(dz_adder_batch(a, err));
    a->n_large_under_way += dz_add_is_large(j->size_bytes);
    dz_pool_put(a->pool, j);
    return DZ_OK;
}

static enum dz_code
describe_file(struct dz_adder *a, struct dz_add_job *j)
{
    struct dz_err why = {0};
    const json_t *said = NULL;
    if (a->opts->describe)
        said = a->opts->describe(a->opts->ctx, j->path, dz_add_name(j->path));
    if (!said || dz_describe_check(a->rules, said, &j->described, &j->access, &why) == DZ_OK)
        return DZ_OK;
    dz_adder_report(a, DZ_ADD_FAILED, j->path, NULL, NULL, j->size_bytes, why.msg);
    return DZ_E_INPUT;
}

enum dz_code
dz_add_file(struct dz_adder *a, const char *path, const char *inside, const struct dz_os_stat *st,
            struct dz_err *err)
{
    if (st->size_bytes == 0) {
        dz_adder_report(a, DZ_ADD_SKIPPED, path, NULL, NULL, 0,
                        _("the file is empty: there is nothing to preserve"));
        a->n_seen++;
        return DZ_OK;
    }
    struct dz_add_job *j = dz_alloc(sizeof *j);
    *j = (struct dz_add_job){.path = dz_strdup(path),
                             .inside = inside ? dz_strdup(inside) : NULL,
                             .size_bytes = st->size_bytes,
                             .stop = &a->stop,
                             .cancel = a->opts->cancel};
    bool refused = describe_file(a, j) != DZ_OK;
    enum dz_code code = refused ? DZ_OK : put(a, j, err);
    if (refused || code != DZ_OK)
        dz_add_job_free(j);
    return code;
}
