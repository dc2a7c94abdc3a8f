#include <string.h>

#include "dz_codec.h"
#include "dz_read_priv.h"
#include "dz_tr.h"

/* Reading preserved sources: several threads hand documents to the box and seal what comes back; in
 * their order, in the thread that holds the vault, the results become entries. What was inside a
 * document is read in the next round. */

/* So many that the readers have work while a commit keeps the thread that holds the vault: one is
 * due every two seconds, and takes as long as the reading of several hundred pages. What waits is
 * counted below. */
#define JOBS_MAX 1024
#define BYTES_MAX ((uint64_t)64 << 20) /* of documents under way */
#define HELD_MAX ((uint64_t)32 << 20)  /* of text that was read and not yet taken over */

struct reader {
    struct dz_adder a;
    struct dz_pool *pool;
    void *sealers[DZ_POOL_THREADS_MAX];
    size_t n_threads;
    uint64_t bytes_under_way;
    uint64_t bytes_read;
    uint64_t held; /* atomic */
    bool stop;     /* atomic */
};

/* ---- ids ---- */

void
dz_id_list_add(struct dz_id_list *l, const char *id)
{
    l->ids = dz_grow(l->ids, &l->cap, l->n + 1, sizeof *l->ids);
    memcpy(l->ids[l->n++], id, strlen(id) + 1);
}

void
dz_id_list_done(struct dz_id_list *l)
{
    dz_free(l->ids);
    *l = (struct dz_id_list){0};
}

/* ---- results ---- */

/* A source whose bytes are damaged is named, and the rest goes on. */
static enum dz_code
give_up(struct reader *r, const struct dz_read_job *j, struct dz_err *err)
{
    if (j->code != DZ_E_CORRUPT && j->code != DZ_E_NOTFOUND)
        return dz_fail(err, j->code, "%s", j->why.msg);
    dz_adder_report(&r->a, DZ_ADD_FAILED, j->path, j->id, j->original.sha256,
                    j->original.size_bytes, j->why.msg);
    return DZ_OK;
}

/* Read again: only what is new becomes an entry, and a text is never replaced by none. */
static enum dz_code
put_derived(struct reader *r, struct dz_read_job *j, enum dz_add_again *ret, struct dz_err *err)
{
    *ret = DZ_AGAIN_NEW;
    if (r->a.opts->again)
        DZ_TRY(dz_read_compare(r->a.v, j, ret, err));
    return *ret == DZ_AGAIN_NEW ? dz_derived_put(r->a.batch, &j->derived, &j->x, err) : DZ_OK;
}

enum dz_code
dz_read_is_wanted(struct dz_adder *a, const struct dz_read_job *j, bool *ret, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    struct dz_err why = {0};
    DZ_TRY(dz_adder_batch(a, err));
    enum dz_code code = dz_source_get(a->v, j->id, &s, &why);
    *ret = code == DZ_OK && (a->opts->again || !s.row.text_status);
    if (code == DZ_OK || code == DZ_E_NOTFOUND)
        return DZ_OK;
    return dz_fail(err, code, "%s", why.msg);
}

static enum dz_code
settle(struct reader *r, struct dz_read_job *j, struct dz_id_list *made, struct dz_err *err)
{
    bool wanted = false;
    enum dz_add_again again;
    DZ_TRY(dz_read_is_wanted(&r->a, j, &wanted, err));
    if (wanted && j->code != DZ_OK)
        return give_up(r, j, err);
    if (wanted && j->x.n_parts) {
        DZ_TRY(dz_read_parts(&r->a, j, made, err));
        DZ_TRY(dz_read_is_wanted(&r->a, j, &wanted, err));
    }
    if (!wanted)
        return DZ_OK;
    DZ_TRY(put_derived(r, j, &again, err));
    dz_adder_note(&r->a, DZ_ADD_TEXT_READ, j->path, j->id, &j->original, &j->x);
    r->a.pending[r->a.n_pending - 1].again = again;
    return dz_adder_is_full(&r->a) ? dz_adder_commit(&r->a, err) : DZ_OK;
}

static uint64_t
counted(const struct dz_read_job *j)
{
    return j->original.size_bytes < BYTES_MAX ? j->original.size_bytes : BYTES_MAX;
}

static enum dz_code
settle_oldest(struct reader *r, struct dz_id_list *made, struct dz_err *err)
{
    struct dz_read_job *j = dz_pool_take(r->pool);
    r->bytes_under_way -= counted(j);
    r->bytes_read += j->original.size_bytes;
    enum dz_code code = settle(r, j, made, err);
    dz_read_job_free(j);
    r->a.n_seen++;
    if (r->a.opts->progress)
        r->a.opts->progress(r->a.opts->ctx, DZ_PHASE_READING, r->a.n_seen, r->a.n_expected,
                            r->bytes_read);
    return code;
}

/* ---- jobs ---- */

static enum dz_code
make_job(struct reader *r, const char *id, struct dz_read_job **ret, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_source_get(r->a.v, id, &s, err));
    *ret = NULL;
    /* Another process may have read it since the list was made. */
    if (s.row.text_status && !r->a.opts->again)
        return DZ_OK;
    struct dz_read_job *j = dz_alloc(sizeof *j);
    const char *path = dz_json_str(json_object_get(s.row.body, "added"), "path");
    *j = (struct dz_read_job){
        .name = dz_strdup(s.row.name),
        .path = dz_strdup(path ? path : s.row.name),
        .basis = dz_strdup(s.row.basis),
        .access = dz_strdup(s.row.access),
        .depth = (unsigned)dz_json_int(json_object_get(s.row.body, "added"), "depth", 0),
        .original = {.size_bytes = s.row.size_bytes,
                     .codec = strcmp(s.row.codec, "zstd") == 0 ? "zstd" : "none"},
        .opts = r->a.opts,
        .rules = r->a.rules,
        .held = &r->held,
        .stop = &r->stop};
    memcpy(j->id, s.row.id, strlen(s.row.id) + 1);
    if (strlen(s.row.object) == DZ_HEX32 - 1)
        memcpy(j->original.id, s.row.object, DZ_HEX32);
    if (strlen(s.row.sha256) == DZ_HEX32 - 1)
        memcpy(j->original.sha256, s.row.sha256, DZ_HEX32);
    struct dz_err why = {0};
    enum dz_code code = dz_vault_lend(r->a.v, s.row.object, s.row.codec, &j->loan, &why);
    if (code == DZ_OK) {
        *ret = j;
        return DZ_OK;
    }
    j->code = code;
    j->why = why;
    code = give_up(r, j, err);
    dz_read_job_free(j);
    return code;
}

/* A small document may hold a large text; several of them are not kept waiting. */
static bool
is_enough(struct reader *r, const struct dz_read_job *next)
{
    return dz_pool_count(r->pool) == JOBS_MAX || r->bytes_under_way + counted(next) > BYTES_MAX ||
           __atomic_load_n(&r->held, __ATOMIC_RELAXED) > HELD_MAX;
}

static enum dz_code
put(struct reader *r, const char *id, struct dz_id_list *made, struct dz_err *err)
{
    struct dz_read_job *j = NULL;
    DZ_TRY(make_job(r, id, &j, err));
    if (!j)
        return DZ_OK;
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_pool_count(r->pool) > 0 && is_enough(r, j))
        code = settle_oldest(r, made, err);
    if (code != DZ_OK) {
        dz_read_job_free(j);
        return code;
    }
    r->bytes_under_way += counted(j);
    dz_pool_put(r->pool, j);
    return DZ_OK;
}

/* One round: the sources of the list, and what was found inside them into made. */
static enum dz_code
read_round(struct reader *r, const struct dz_id_list *list, struct dz_id_list *made,
           struct dz_err *err)
{
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < list->n && code == DZ_OK && !dz_adder_cancelled(&r->a); i++)
        code = put(r, list->ids[i], made, err);
    while (code == DZ_OK && dz_pool_count(r->pool) > 0)
        code = settle_oldest(r, made, err);
    return code == DZ_OK ? dz_adder_commit(&r->a, err) : code;
}

static enum dz_code
read_rounds(struct reader *r, struct dz_id_list *first, struct dz_err *err)
{
    struct dz_id_list list = *first;
    *first = (struct dz_id_list){0};
    enum dz_code code = DZ_OK;
    while (list.n && code == DZ_OK && !dz_adder_cancelled(&r->a)) {
        struct dz_id_list made = {0};
        r->a.n_expected += list.n;
        code = read_round(r, &list, &made, err);
        dz_id_list_done(&list);
        list = made;
    }
    dz_id_list_done(&list);
    return code;
}

/* ---- the whole ---- */

static enum dz_code
start(struct reader *r, struct dz_err *err)
{
    r->n_threads = dz_pool_threads(0);
    /* One more than there are processors: a thread waits while its document is read. */
    if (r->n_threads > 0)
        r->n_threads = dz_pool_threads(r->n_threads + 1);
    for (size_t i = 0; i < r->n_threads || i == 0; i++) {
        struct dz_sealer *s = NULL;
        DZ_TRY(dz_sealer_new(r->a.v, &s, err));
        dz_sealer_quick(s);
        r->sealers[i] = s;
    }
    r->pool = dz_pool_new(&(struct dz_pool_opts){
        .n_threads = r->n_threads, .n_jobs = JOBS_MAX, .run = dz_read_run, .states = r->sealers});
    return DZ_OK;
}

static void
finish(struct reader *r)
{
    __atomic_store_n(&r->stop, true, __ATOMIC_RELAXED);
    while (r->pool && dz_pool_count(r->pool) > 0)
        dz_read_job_free(dz_pool_take(r->pool));
    dz_pool_free(r->pool);
    for (size_t i = 0; i < DZ_POOL_THREADS_MAX; i++)
        dz_sealer_free(r->sealers[i]);
    dz_adder_done(&r->a);
}

static enum dz_code
read_list(struct dz_vault *v, const struct dz_rules *rules, struct dz_id_list *list,
          const struct dz_add_opts *opts, struct dz_add_summary *ret, struct dz_err *err)
{
    struct reader r = {.a = {.v = v, .rules = rules, .opts = opts}};
    enum dz_code code = start(&r, err);
    if (code == DZ_OK)
        code = read_rounds(&r, list, err);
    bool cancelled = dz_adder_cancelled(&r.a);
    /* What was read before is kept, also when somebody stopped it. */
    if (code == DZ_E_CANCELLED && cancelled)
        code = dz_adder_commit(&r.a, err);
    finish(&r);
    if (ret)
        *ret = r.a.sum;
    if (code == DZ_OK && cancelled)
        return dz_fail(err, DZ_E_CANCELLED,
                       "stopped: what was preserved is safe, the next 'dokaz add' reads the rest");
    return code;
}

enum dz_code
dz_sources_backlog(struct dz_vault *v, uint64_t *ret, struct dz_err *err)
{
    int64_t n = 0;
    DZ_TRY(dz_db_get_int(dz_vault_db(v), DZ_Q_SOURCE_UNREAD_COUNT, &n, NULL, err, DZ_NO_ARGS));
    *ret = (uint64_t)n;
    return DZ_OK;
}

enum dz_code
dz_sources_read_backlog(struct dz_vault *v, const struct dz_rules *rules,
                        const struct dz_add_opts *opts, struct dz_add_summary *ret,
                        struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    struct dz_id_list list = {0};
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_SOURCE_UNREAD, &rows, err, DZ_NO_ARGS));
    while (dz_rows_next(rows))
        dz_id_list_add(&list, dz_rows_text(rows, 0));
    enum dz_code code = dz_rows_end(rows, err);
    if (code == DZ_OK && list.n)
        code = read_list(v, rules, &list, opts, ret, err);
    dz_id_list_done(&list);
    return code;
}

enum dz_code
dz_sources_read(struct dz_vault *v, const struct dz_rules *rules, const char *const *ids, size_t n,
                const struct dz_add_opts *opts, struct dz_add_summary *ret, struct dz_err *err)
{
    struct dz_id_list list = {0};
    for (size_t i = 0; i < n; i++)
        dz_id_list_add(&list, ids[i]);
    enum dz_code code = list.n ? read_list(v, rules, &list, opts, ret, err) : DZ_OK;
    dz_id_list_done(&list);
    return code;
}
