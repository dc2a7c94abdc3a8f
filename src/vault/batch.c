#include "vault_impl.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_member.h"

/* A batch: everything between taking the lock and letting it go. The order on disk is objects,
 * keys, journal frames (the commit
 * point), checkpoint, projection; docs/format/vault.md section 5. */

#define FRAMES_MAX (256u << 20)
#define BROUGHT_MAX 256

struct object_size {
    uint8_t id[32];
    uint64_t stored_bytes;
};

/* Keys on their way into a key table; wiped. */
struct key_list {
    struct key_record *recs;
    size_t n;
    size_t cap;
};

struct dz_batch {
    struct dz_vault *v;
    json_t **bodies;          /* of the entries, for the projection */
    enum dz_compartment *in;  /* of the entries */
    size_t n;
    size_t cap;
    size_t cap_in;
    struct dz_log_batch frames; /* the same entries, sealed */
    struct key_list keys[DZ_COMPARTMENTS]; /* of the bodies, and of objects that entries brought */
    struct key_list loose; /* of objects that no entry has brought yet */
    struct dz_thing files[BROUGHT_MAX]; /* for the next entry */
    size_t n_files;
    struct dz_thing gone_files[BROUGHT_MAX]; /* likewise */
    size_t n_gone_files;
    struct object_size *sizes; /* of objects that this batch brought, by their order */
    size_t n_sizes;
    size_t cap_sizes;
    uint64_t pending_bytes;
    uint64_t base_seq; /* size of the own log when this part began */
    bool wrote_objects;
    bool removal; /* an entry removes something: shred after the commit */
};

/* ---- beginning ---- */

/* The log of this device: opened for writing now, or made when this device has none. */
static enum dz_code
open_own_log(struct dz_vault *v, struct dz_err *err)
{
    if (v->own_log >= 0)
        return DZ_OK;
    char own[33];
    DZ_TRY(dz_guard_own_log(v, own, err));
    if (!own[0])
        return dz_vault_new_log(v, err);
    for (size_t i = 0; i < v->n_logs; i++) {
        if (strcmp(dz_log_get_info(v->logs[i])->id_hex, own) != 0)
            continue;
        dz_log_close(v->logs[i]);
        memmove(v->logs + i, v->logs + i + 1, (v->n_logs - i - 1) * sizeof *v->logs);
        v->n_logs--;
        break;
    }
    DZ_TRY(dz_vault_add_log(v, own, DZ_LOG_WRITE, err));
    return dz_keys_log_signer_read(v->fd, &v->keys, own, &v->signer, err);
}

/* Sign, and keep the checkpoint outside the vault too. */
static enum dz_code
sign(struct dz_vault *v, struct dz_err *err)
{
    struct dz_log *log = v->logs[v->own_log];
    struct dz_checkpoint outside;
    DZ_TRY(dz_guard_last(v, log, &outside, err));
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    DZ_TRY(dz_log_checkpoint(log, v->signer, outside.size ? &outside : NULL, &note, err));
    /* Held against the log a moment ago: one of the same size is the same. */
    bool known = outside.size && outside.size == dz_log_size(log);
    if (known)
        return dz_guard_writable(v, log, err);
    return note.n ? dz_guard_remember(v, log, dz_buf_view(&note), err) : DZ_OK;
}

/* A log of a further device introduces itself, so that its signing key is known to the journal. */
static enum dz_code
introduce_log(struct dz_batch *b, struct dz_err *err)
{
    const struct dz_log_info *info = dz_log_get_info(b->v->logs[b->v->own_log]);
    DZ_AUTO_BUF struct dz_buf vkey = DZ_BUF(512);
    dz_note_vkey(&info->key, &vkey);
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "what", "log");
    dz_json_set_view(fields, "vkey", dz_buf_view(&vkey));
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.log", info->id_hex);
    DZ_TRY(dz_batch_bring_file(b, path, err));
    return dz_batch_entry(b, "key.changed", fields, NULL, NULL, err);
}

/* Somebody who was removed while this process was under way. */
static enum dz_code
is_member(struct dz_vault *v, struct dz_err *err)
{
    const struct member *m = dz_members_by_id(v, v->keys.member);
    if (m && m->removed)
        return dz_fail(err, DZ_E_DENIED, "you are no longer a member of this vault");
    return DZ_OK;
}

static enum dz_code
begin(struct dz_batch *b, struct dz_err *err)
{
    struct dz_vault *v = b->v;
    if (v->n_logs)
        DZ_TRY(dz_vault_refresh(v, err));
    DZ_TRY(dz_guard_check(v, err));
    DZ_TRY(dz_vault_sweep(v, err));
    DZ_TRY(dz_members_settle(v, err));
    DZ_TRY(open_own_log(v, err));
    /* A further log that is empty was made now, or by a writer that did not get to its first entry.
     */
    bool is_new = v->n_logs > 1 && dz_log_size(v->logs[v->own_log]) == 0;
    /* Entries that a crash left behind the last checkpoint are signed before anything is added. */
    DZ_TRY(sign(v, err));
    DZ_TRY(dz_project_update(v, err));
    DZ_TRY(is_member(v, err));
    DZ_TRY(dz_members_clear(v, err));
    DZ_TRY(dz_tables_heal(v, err));
    DZ_TRY(dz_shred_pending(v, err));
    DZ_TRY(dz_vault_check_objects(v, err));
    b->base_seq = dz_log_size(v->logs[v->own_log]);
    DZ_TRY(dz_project_ordinals(v, dz_log_get_info(v->logs[v->own_log])->id_hex, v->next_n, err));
    DZ_TRY(dz_project_recipients(v, err));
    return is_new ? introduce_log(b, err) : DZ_OK;
}

enum dz_code
dz_batch_begin(struct dz_vault *v, struct dz_batch **ret, struct dz_err *err)
{
    if (v->broken)
        return dz_fail(err, DZ_E_IO, "an earlier write failed: close the vault and open it again");
    if (v->read_only || v->read_only_medium)
        return dz_fail(err, DZ_E_DENIED, "'%s' was opened for reading: nothing was changed",
                       v->path);
    if (v->lock_fd < 0)
        DZ_TRY(dz_os_open(v->fd, "lock", DZ_OS_APPEND, &v->lock_fd, err));
    DZ_TRY(dz_os_lock(v->lock_fd, 10000, err));
    struct dz_batch *b = dz_alloc(sizeof *b);
    b->v = v;
    b->frames.frames.max = FRAMES_MAX;
    enum dz_code code = begin(b, err);
    if (code != DZ_OK) {
        dz_batch_end(b);
        return code;
    }
    *ret = b;
    return DZ_OK;
}

/* ---- objects ---- */

/* Keys move to larger room by hand: growing in place could leave a copy behind that nobody
 * wipes. */
static void
keep_key(struct key_list *l, const struct key_record *rec)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 64;
        struct key_record *room = dz_alloc_array(cap, sizeof *room);
        if (l->n) {
            memcpy(room, l->recs, l->n * sizeof *room);
            dz_wipe(l->recs, l->n * sizeof *room);
        }
        dz_free(l->recs);
        l->recs = room;
        l->cap = cap;
    }
    l->recs[l->n++] = *rec;
}

static void
forget_keys(struct key_list *l)
{
    if (l->recs)
        dz_wipe(l->recs, l->cap * sizeof *l->recs);
    l->n = 0;
}

/* The key of an object goes where the entry lies that brings it. Most often it is the one that was
 * just stored. */
static void
place_key(struct dz_batch *b, enum dz_compartment in, const uint8_t id[32])
{
    struct key_list *l = &b->loose;
    for (size_t i = l->n; i > 0; i--) {
        if (memcmp(l->recs[i - 1].id, id, 32) != 0)
            continue;
        keep_key(&b->keys[in], &l->recs[i - 1]);
        l->recs[i - 1] = l->recs[l->n - 1];
        dz_wipe(&l->recs[--l->n], sizeof *l->recs);
        return;
    }
}

enum dz_code
dz_batch_take(struct dz_batch *b, struct dz_sealed *m, struct dz_object_info *ret,
              struct dz_err *err)
{
    b->wrote_objects = true;
    enum dz_code code = dz_objects_put(&b->v->objects, b->v->id, m, err);
    if (code == DZ_OK) {
        keep_key(&b->loose, &m->rec);
        b->sizes = dz_grow(b->sizes, &b->cap_sizes, b->n_sizes + 1, sizeof *b->sizes);
        struct object_size *size = &b->sizes[b->n_sizes++];
        size->stored_bytes = m->info.stored_bytes;
        memcpy(size->id, m->rec.id, 32);
        b->pending_bytes += m->info.stored_bytes;
        *ret = m->info;
    }
    dz_sealed_drop(m);
    return code;
}

void
dz_batch_keep(struct dz_batch *b, const char *object, struct dz_view plain)
{
    dz_kept_add(&b->v->kept, object, plain);
}

enum dz_code
dz_batch_object_begin(struct dz_batch *b, struct dz_err *err)
{
    if (!b->v->sealer)
        DZ_TRY(dz_sealer_new(b->v, &b->v->sealer, err));
    dz_sealer_begin(b->v->sealer);
    return DZ_OK;
}

enum dz_code
dz_batch_object_write(struct dz_batch *b, const void *p, size_t n, struct dz_err *err)
{
    return dz_sealer_write(b->v->sealer, p, n, err);
}

enum dz_code
dz_batch_object_finish(struct dz_batch *b, struct dz_object_info *ret, struct dz_err *err)
{
    struct dz_sealed *m = NULL;
    DZ_TRY(dz_sealer_finish(b->v->sealer, &m, err));
    return dz_batch_take(b, m, ret, err);
}

void
dz_batch_object_cancel(struct dz_batch *b)
{
    dz_sealer_cancel(b->v->sealer);
}

/* ---- entries ---- */

enum dz_code
dz_batch_bring_file(struct dz_batch *b, const char *path, struct dz_err *err)
{
    if (b->n_files == BROUGHT_MAX)
        return dz_fail(err, DZ_E_LIMIT, "an entry brings too many files");
    DZ_TRY(dz_keys_file_thing(b->v->fd, path, &b->files[b->n_files], err));
    b->n_files++;
    return DZ_OK;
}

enum dz_code
dz_batch_drop_file(struct dz_batch *b, const struct dz_thing *file, struct dz_err *err)
{
    if (b->n_gone_files == BROUGHT_MAX)
        return dz_fail(err, DZ_E_LIMIT, "an entry removes too many files");
    b->gone_files[b->n_gone_files] = *file;
    b->gone_files[b->n_gone_files++].size_bytes = 0;
    return DZ_OK;
}

/* What an entry brings and removes, while that is gathered. */
struct things {
    struct dz_thing *list;
    size_t n;
    size_t cap;
};

static void
things_done(struct things *t)
{
    dz_free(t->list);
}
#define AUTO_THINGS __attribute__((cleanup(things_done)))

static void
add_thing(struct things *t, const struct dz_thing *thing)
{
    t->list = dz_grow(t->list, &t->cap, t->n + 1, sizeof *t->list);
    t->list[t->n++] = *thing;
}

/* Size and hash of an object, as its leaf names them. */
static enum dz_code
object_thing(struct dz_batch *b, const char *hex, struct dz_thing *ret, struct dz_err *err)
{
    const struct object_place *place = NULL;
    *ret = (struct dz_thing){.cls = DZ_THING_OBJECT};
    if (!dz_hex_decode(dz_view_of(hex), ret->sha256.b, 32))
        return dz_fail(err, DZ_E_INPUT, "'%s' is not an object", hex);
    /* Most often it is the one that was just stored; finding any other reads the segments. */
    for (size_t i = b->n_sizes; i > 0 && i + 4 > b->n_sizes; i--) {
        if (memcmp(b->sizes[i - 1].id, ret->sha256.b, 32) != 0)
            continue;
        ret->size_bytes = b->sizes[i - 1].stored_bytes;
        return DZ_OK;
    }
    DZ_TRY(dz_objects_find(&b->v->objects, ret->sha256.b, &place, err));
    if (!place)
        return dz_fail(err, DZ_E_NOTFOUND, "object %.12s is not stored", hex);
    ret->size_bytes = place->size;
    return DZ_OK;
}

/* The ordinal is known to those who can count, so that they notice if one goes missing. */
static json_t *
make_body(const struct dz_batch *b, enum dz_compartment in, const char *kind, const json_t *fields)
{
    struct dz_vault *v = b->v;
    char time[40];
    dz_time_format(dz_os_now_us(), time);
    json_t *body = json_deep_copy(fields);
    dz_json_set_str(body, "kind", kind);
    dz_json_set_str(body, "log", dz_log_get_info(v->logs[v->own_log])->id_hex);
    dz_json_set_int(body, "seq", (int64_t)(b->base_seq + b->n));
    dz_json_set_int(body, "clock", (int64_t)(v->clock + b->n + 1));
    dz_json_set_str(body, "time", time);
    dz_json_set_str(body, "member", v->keys.member);
    if (in != DZ_IN_OPEN)
        dz_json_set_str(body, "compartment", dz_compartment_name(in));
    if (dz_keys_hold(&v->keys, in))
        dz_json_set_int(body, "n", (int64_t)v->next_n[in]++);
    return body;
}

/* A sealed entry becomes the next frame. The job is used up. */
static enum dz_code
add_frame(struct dz_batch *b, struct entry_job *j, struct dz_err *err)
{
    const struct dz_vault *v = b->v;
    enum dz_code code = j->code;
    if (code != DZ_OK)
        code = dz_fail(err, code, "%s", j->err.msg);
    else
        code = dz_log_batch_add(v->logs[v->own_log], &b->frames, j->seq, &j->leaf,
                                dz_buf_view(&j->sealed), err);
    if (code == DZ_OK) {
        keep_key(&b->keys[j->in], &j->rec);
        b->pending_bytes += j->sealed.n;
    }
    dz_entry_job_free(j);
    return code;
}

/* Frames of what is being sealed elsewhere, until at most n_left are. */
static enum dz_code
add_frames(struct dz_batch *b, size_t n_left, struct dz_err *err)
{
    struct dz_pool *p = b->v->entry_pool;
    while (p && dz_pool_count(p) > n_left)
        DZ_TRY(add_frame(b, dz_pool_take(p), err));
    return DZ_OK;
}

/* An entry is sealed as it is made, not at the commit: meanwhile the readers of files go on. */
static enum dz_code
seal_entry(struct dz_batch *b, enum dz_compartment in, const json_t *body,
           const struct dz_leaf *things, struct dz_err *err)
{
    struct entry_job *j = dz_entry_job_new(b->v, b->base_seq + b->n, in, body, things);
    enum dz_code code = add_frames(b, DZ_ENTRY_JOBS_MAX - 1, err);
    if (code != DZ_OK) {
        dz_entry_job_free(j);
        return code;
    }
    if (dz_entry_job_start(b->v, j, b->n))
        return DZ_OK;
    code = add_frames(b, 0, err);
    if (code == DZ_OK)
        return add_frame(b, j, err);
    dz_entry_job_free(j);
    return code;
}

static enum dz_code
add_entry(struct dz_batch *b, enum dz_compartment in, const char *kind, const json_t *fields,
          struct things *brings, struct things *removes, struct dz_err *err)
{
    for (size_t i = 0; i < brings->n; i++)
        if (brings->list[i].cls == DZ_THING_OBJECT)
            place_key(b, in, brings->list[i].sha256.b);
    struct dz_leaf things = {.brings = brings->list,
                             .n_brings = brings->n,
                             .removes = removes->list,
                             .n_removes = removes->n};
    *brings = *removes = (struct things){0}; /* the entry owns the lists */
    DZ_AUTO_JSON json_t *body = make_body(b, in, kind, fields);
    DZ_TRY(seal_entry(b, in, body, &things, err));
    b->bodies = dz_grow(b->bodies, &b->cap, b->n + 1, sizeof *b->bodies);
    b->in = dz_grow(b->in, &b->cap_in, b->n + 1, sizeof *b->in);
    b->in[b->n] = in;
    b->bodies[b->n++] = json_incref(body);
    return DZ_OK;
}

enum dz_code
dz_batch_entry_in(struct dz_batch *b, enum dz_compartment in, const char *kind,
                  const json_t *fields, const char *const *objects, char *ret_ref,
                  struct dz_err *err)
{
    DZ_TRY(dz_vault_need_right(b->v, dz_rights_of_entry(kind, fields), err));
    AUTO_THINGS struct things brings = {0};
    AUTO_THINGS struct things removes = {0};
    struct dz_thing t;
    for (size_t i = 0; i < b->n_files; i++)
        add_thing(&brings, &b->files[i]);
    for (size_t i = 0; i < b->n_gone_files; i++)
        add_thing(&removes, &b->gone_files[i]);
    for (size_t i = 0; objects && objects[i]; i++) {
        DZ_TRY(object_thing(b, objects[i], &t, err));
        add_thing(&brings, &t);
    }
    unsigned long long seq = b->base_seq + b->n;
    DZ_TRY(add_entry(b, in, kind, fields, &brings, &removes, err));
    b->n_files = 0;
    b->n_gone_files = 0;
    if (ret_ref) {
        DZ_AUTO_BUF struct dz_buf ref = DZ_BUF(63);
        dz_buf_addf(&ref, "%s:%llu", dz_log_get_info(b->v->logs[b->v->own_log])->id_hex, seq);
        memcpy(ret_ref, ref.p, ref.n + 1);
    }
    return DZ_OK;
}

enum dz_code
dz_batch_entry(struct dz_batch *b, const char *kind, const json_t *fields,
               const char *const *objects, char *ret_ref, struct dz_err *err)
{
    return dz_batch_entry_in(b, DZ_IN_OPEN, kind, fields, objects, ret_ref, err);
}

/* Hash of the sealed body behind "log:seq", which a removal names. */
static enum dz_code
body_thing(struct dz_batch *b, const char *ref, struct dz_thing *ret, struct dz_err *err)
{
    struct dz_view r = dz_view_of(ref);
    uint64_t seq = 0;
    DZ_AUTO_FREE char *hex = dz_strndup(ref, r.n < 32 ? r.n : 32);
    struct dz_log *log = dz_vault_log_by_hex(b->v, hex);
    if (!log || r.n < 34 || !dz_parse_u64((struct dz_view){r.p + 33, r.n - 33}, &seq) ||
        seq >= dz_log_size(log))
        return dz_fail(err, DZ_E_NOTFOUND, "there is no entry %s", ref);
    struct dz_leaf leaf = {0};
    DZ_TRY(dz_entries_leaf(log, seq, &leaf, err));
    *ret = (struct dz_thing){.cls = DZ_THING_BODY, .sha256 = leaf.sealed_sha256};
    dz_leaf_done(&leaf);
    return DZ_OK;
}

/* The tables that lose keys, and the epochs under which they are written anew. */
static void
set_epochs(const struct dz_batch *b, json_t *fields, const bool losing[DZ_COMPARTMENTS])
{
    json_t *epochs = json_object();
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        if (losing[i])
            dz_json_set_int(epochs, dz_compartment_name((enum dz_compartment)i),
                            (int64_t)b->v->tables[i].epoch + 1);
    json_object_set_new(fields, "epochs", epochs);
}

/* The key of a thing, which has to be there, and in which table. */
static enum dz_code
key_of(struct dz_batch *b, const struct dz_thing *t, const struct key_record **ret,
       enum dz_compartment *ret_in, struct dz_err *err)
{
    DZ_TRY(dz_tables_find(b->v, t->sha256.b, ret, ret_in, err));
    if (*ret)
        return DZ_OK;
    return dz_fail(err, DZ_E_NOTFOUND, "it is not stored, or not for this member to open");
}

/* Every table that holds the key of a thing: a command that was cut short may have left it in a
 * second one. */
static enum dz_code
lose_key(struct dz_batch *b, const struct dz_thing *t, bool *losing, struct dz_err *err)
{
    const struct key_record *rec;
    enum dz_compartment at;
    DZ_TRY(key_of(b, t, &rec, &at, err));
    for (int i = 0; i < DZ_COMPARTMENTS; i++) {
        struct keytable *table = &b->v->tables[i];
        if (!dz_keys_hold(&b->v->keys, table->in))
            continue;
        DZ_TRY(dz_keytable_need(b->v->fd, b->v->id, &b->v->keys, table, err));
        losing[i] = losing[i] || dz_keytable_find(table, t->sha256.b) != NULL;
    }
    return DZ_OK;
}

enum dz_code
dz_batch_removal(struct dz_batch *b, enum dz_compartment in, const char *kind,
                 const json_t *fields, const char *const *objects, const char *const *bodies,
                 struct dz_err *err)
{
    bool losing[DZ_COMPARTMENTS] = {false};
    DZ_TRY(dz_vault_need_right(b->v, dz_rights_of_entry(kind, fields), err));
    AUTO_THINGS struct things brings = {0};
    AUTO_THINGS struct things removes = {0};
    struct dz_thing t;
    DZ_AUTO_JSON json_t *full = json_deep_copy(fields);
    json_t *refs = json_array();
    json_object_set_new(full, "bodies", refs);
    for (size_t i = 0; objects && objects[i]; i++) {
        DZ_TRY(object_thing(b, objects[i], &t, err));
        DZ_TRY(lose_key(b, &t, losing, err));
        t.size_bytes = 0;
        add_thing(&removes, &t);
    }
    for (size_t i = 0; bodies && bodies[i]; i++) {
        json_array_append_new(refs, json_string(bodies[i]));
        DZ_TRY(body_thing(b, bodies[i], &t, err));
        DZ_TRY(lose_key(b, &t, losing, err));
        add_thing(&removes, &t);
    }
    set_epochs(b, full, losing);
    DZ_TRY(add_entry(b, in, kind, full, &brings, &removes, err));
    b->removal = true;
    return DZ_OK;
}

/* A key goes along to the other compartment, unless it is there: to a higher one with this commit,
 * whether the writer can read there or not; to a lower one only behind it (shred.c), so that a
 * command that is cut short opens nothing. */
static enum dz_code
move_key(struct dz_batch *b, enum dz_compartment to, const struct dz_thing *t, bool *losing,
         bool *ret_moved, struct dz_err *err)
{
    const struct key_record *rec;
    enum dz_compartment at;
    DZ_TRY(key_of(b, t, &rec, &at, err));
    *ret_moved = at != to;
    if (at == to)
        return DZ_OK;
    losing[at] = true;
    if (to > at)
        keep_key(&b->keys[to], rec);
    return DZ_OK;
}

enum dz_code
dz_batch_rekey(struct dz_batch *b, const char *kind, json_t *fields,
               const bool losing[DZ_COMPARTMENTS], struct dz_err *err)
{
    bool any = false;
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        any = any || losing[i];
    if (any)
        set_epochs(b, fields, losing);
    DZ_TRY(dz_batch_entry_in(b, DZ_IN_OPEN, kind, fields, NULL, NULL, err));
    b->removal = b->removal || any;
    return DZ_OK;
}

enum dz_code
dz_batch_move(struct dz_batch *b, enum dz_compartment in, enum dz_compartment to, const char *kind,
              const json_t *fields, const char *const *objects, const char *const *bodies,
              struct dz_err *err)
{
    bool losing[DZ_COMPARTMENTS] = {false}, moved, any = false;
    struct dz_thing t;
    DZ_AUTO_JSON json_t *full = json_deep_copy(fields);
    json_t *ids = json_array();
    json_object_set_new(full, "moved", ids);
    dz_json_set_str(full, "to", dz_compartment_name(to));
    for (size_t i = 0; objects && objects[i]; i++) {
        DZ_TRY(object_thing(b, objects[i], &t, err));
        DZ_TRY(move_key(b, to, &t, losing, &moved, err));
        if (moved)
            json_array_append_new(ids, json_string(objects[i]));
        any = any || moved;
    }
    for (size_t i = 0; bodies && bodies[i]; i++) {
        DZ_TRY(body_thing(b, bodies[i], &t, err));
        DZ_TRY(move_key(b, to, &t, losing, &moved, err));
        if (moved)
            json_array_append_new(ids, json_string(bodies[i]));
        any = any || moved;
    }
    if (!any)
        return dz_batch_entry_in(b, in, kind, fields, NULL, NULL, err);
    set_epochs(b, full, losing);
    DZ_TRY(dz_batch_entry_in(b, in, kind, full, NULL, NULL, err));
    b->removal = true;
    return DZ_OK;
}

enum dz_code
dz_vault_log_reading(struct dz_vault *v, enum dz_compartment in, const json_t *fields,
                     struct dz_err *err)
{
    struct dz_batch *b = NULL;
    bool read_only = v->read_only;
    if (v->read_only_medium)
        return dz_fail(err, DZ_E_DENIED, "'%s' cannot be written", v->path);
    v->read_only = false;
    enum dz_code code = dz_batch_begin(v, &b, err);
    if (code == DZ_OK)
        code = dz_batch_entry_in(b, in, "item.read", fields, NULL, NULL, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    v->read_only = read_only;
    return code;
}

struct dz_vault *
dz_batch_vault(struct dz_batch *b)
{
    return b->v;
}

uint64_t
dz_batch_pending_bytes(const struct dz_batch *b)
{
    return b->pending_bytes;
}

/* ---- committing ---- */

static enum dz_code
make_durable(struct dz_batch *b, struct dz_err *err)
{
    struct dz_vault *v = b->v;
    if (b->wrote_objects)
        DZ_TRY(dz_objects_sync(&v->objects, err));
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        DZ_TRY(dz_keytable_append(v->fd, &v->keys, &v->tables[i], b->keys[i].recs, b->keys[i].n,
                                  err));
    return dz_log_append(v->logs[v->own_log], &b->frames, err);
}

static void
reset(struct dz_batch *b)
{
    struct dz_pool *p = b->v->entry_pool;
    while (p && dz_pool_count(p) > 0)
        dz_entry_job_free(dz_pool_take(p));
    for (size_t i = 0; i < b->n; i++)
        json_decref(b->bodies[i]);
    b->n = 0;
    dz_kept_done(&b->v->kept);
    dz_buf_reset(&b->frames.frames);
    b->frames.n = 0;
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        forget_keys(&b->keys[i]);
    forget_keys(&b->loose);
    b->n_sizes = 0;
    b->pending_bytes = 0;
    b->n_files = 0;
    b->n_gone_files = 0;
    b->wrote_objects = false;
    b->removal = false;
}

/* The entries of this batch are applied from memory: they were sealed and signed by this process a
 * moment ago, and the projection was brought up to the journal when the batch began. */
static enum dz_code
project(struct dz_batch *b, struct dz_err *err)
{
    return dz_project_own(b->v, b->base_seq, (const json_t *const *)b->bodies, b->in, b->n, err);
}

enum dz_code
dz_batch_commit(struct dz_batch *b, struct dz_err *err)
{
    struct dz_vault *v = b->v;
    if (b->n == 0)
        return DZ_OK;
    DZ_TRY(add_frames(b, 0, err));
    enum dz_code code = make_durable(b, err);
    bool wrote_objects = b->wrote_objects, removal = b->removal;
    if (code == DZ_OK) {
        b->wrote_objects = false; /* committed: nothing to take back any more */
        code = sign(v, err);
    }
    if (code == DZ_OK)
        code = project(b, err);
    if (code == DZ_OK && removal)
        code = dz_shred_pending(v, err);
    if (code == DZ_OK && (wrote_objects || removal))
        code = dz_vault_remember_objects(v, err);
    if (code != DZ_OK) {
        v->broken = true;
        return code;
    }
    reset(b);
    b->base_seq = dz_log_size(v->logs[v->own_log]);
    return DZ_OK;
}

void
dz_batch_end(struct dz_batch *b)
{
    if (!b)
        return;
    struct dz_vault *v = b->v;
    dz_batch_object_cancel(b);
    /* Objects of a batch that never got to its commit are taken back now; after a crash the next
     * batch does it. */
    if (b->wrote_objects && !v->broken)
        (void)!dz_vault_recover_objects(v, NULL);
    reset(b);
    dz_free(b->bodies);
    dz_free(b->in);
    dz_buf_done(&b->frames.frames);
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        dz_free(b->keys[i].recs);
    dz_free(b->loose.recs);
    dz_free(b->sizes);
    dz_os_unlock(v->lock_fd);
    dz_free(b);
}
