#include <string.h>

#include "dz_log.h"
#include "dz_os.h"
#include "log_impl.h"

enum dz_code
dz_log_may_write(const struct dz_log *l, struct dz_err *err)
{
    if (l->stopped)
        return dz_fail(err, DZ_E_IO,
                       "an earlier write to the log failed, so nothing more is written: start "
                       "dokaz again, it will check what was stored");
    if (l->mode != DZ_LOG_WRITE)
        return dz_fail(err, DZ_E_USAGE, "the log is open for reading only");
    return DZ_OK;
}

enum dz_code
dz_log_batch_add(const struct dz_log *l, struct dz_log_batch *b, uint64_t seq,
                 const struct dz_leaf *leaf, struct dz_view sealed, struct dz_err *err)
{
    uint64_t next = l->tree.size + b->n;
    if (seq != next)
        return dz_fail(err, DZ_E_USAGE, "the next entry of the log is %llu, not %llu",
                       (unsigned long long)next, (unsigned long long)seq);
    if (sealed.n == 0 || sealed.n > SEALED_BODY_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the body of an entry is empty or too long");
    DZ_AUTO_BUF struct dz_buf record = DZ_BUF(LEAF_RECORD_MAX);
    enum dz_code code = dz_leaf_encode(leaf, &record, err);
    if (code != DZ_OK)
        return code;
    dz_frame_write(&b->frames, 'E', seq, dz_buf_view(&record), sealed);
    code = dz_buf_ok(&b->frames, "batch of entries", err);
    if (code == DZ_OK)
        b->n++;
    return code;
}

/* Take the frames of a batch that is on disk into tree and index. */
static void
accept_batch(struct dz_log *l, const struct dz_log_batch *b)
{
    struct dz_view rest = dz_buf_view(&b->frames);
    struct frame frame;
    while (rest.n > 0 && dz_frame_parse(rest, FRAME_STRICT, &frame)) {
        struct index_record r = {.offset = l->end};
        dz_merkle_leaf(frame.leaf.p, frame.leaf.n, &r.leaf);
        dz_index_push(&l->index, &r);
        dz_merkle_push(&l->tree, &r.leaf);
        l->end += frame.n_bytes;
        rest.p += frame.n_bytes;
        rest.n -= frame.n_bytes;
    }
}

/* Whether the batch holds the frames of the next entries and nothing else. */
static bool
batch_fits(const struct dz_log *l, const struct dz_log_batch *b)
{
    struct dz_view rest = dz_buf_view(&b->frames);
    struct frame frame;
    uint64_t n = 0;
    while (rest.n > 0) {
        if (!dz_frame_parse(rest, FRAME_STRICT, &frame) || frame.seq != l->tree.size + n)
            return false;
        rest.p += frame.n_bytes;
        rest.n -= frame.n_bytes;
        n++;
    }
    return n == b->n;
}

enum dz_code
dz_log_append(struct dz_log *l, struct dz_log_batch *b, struct dz_err *err)
{
    enum dz_code code = dz_log_may_write(l, err);
    if (code == DZ_OK)
        code = dz_buf_ok(&b->frames, "batch of entries", err);
    if (code != DZ_OK)
        return code;
    if (b->n == 0)
        return DZ_OK;
    if (!batch_fits(l, b))
        return dz_fail(err, DZ_E_USAGE, "the batch does not continue the log");
    /* Somebody else may have appended since the log was read; writing at our end would destroy
     * it. */
    struct dz_os_stat named;
    code = dz_os_stat(l->dir, NAME_FRAMES, false, &named, err);
    if (code == DZ_OK && (named.size_bytes != l->end || named.ino != l->frames_ino))
        code = dz_fail(err, DZ_E_LOCKED, "the log was changed by another process: try again");
    if (code != DZ_OK)
        return code;

    code = dz_os_pwrite_all(l->frames, b->frames.p, b->frames.n, l->end, err);
    if (code == DZ_OK)
        code = dz_os_fdatasync(l->frames, err);
    if (code != DZ_OK) {
        /* What of it is on the disk is not known, and a second sync could lie. */
        l->stopped = true;
        return dz_while(err, "appending to log '%s'", l->info.id_hex);
    }
    accept_batch(l, b);
    dz_index_flush(&l->index, l->dir);
    dz_buf_reset(&b->frames);
    b->n = 0;
    return DZ_OK;
}

/* Refuse when the tree of this log does not begin with what an earlier checkpoint signed. */
static enum dz_code
check_begins_with(struct dz_log *l, const struct dz_checkpoint *c, struct dz_err *err)
{
    if (strcmp(c->origin, l->info.key.name) != 0)
        return dz_fail(err, DZ_E_USAGE, "the checkpoint is of another log: '%s'", c->origin);
    if (c->size > l->tree.size)
        return dz_fail(
            err, DZ_E_ROLLBACK,
            "the log has %llu entries, but %llu were signed before: it is an older copy; "
            "nothing is signed",
            (unsigned long long)l->tree.size, (unsigned long long)c->size);
    struct dz_hash32 root;
    enum dz_code code = dz_log_root_at(l, c->size, &root, err);
    if (code != DZ_OK)
        return code;
    if (memcmp(root.b, c->root.b, sizeof root.b) != 0)
        return dz_fail(err, DZ_E_ROLLBACK,
                       "the first %llu entries are not those that were signed before: the log has "
                       "another history; nothing is signed",
                       (unsigned long long)c->size);
    return DZ_OK;
}

/* Append a signed note to the checkpoints file, in place of a torn tail. */
static enum dz_code
store_note(struct dz_log *l, struct dz_view note, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf record = DZ_BUF(DZ_NOTE_MAX + CHECKPOINT_OVERHEAD);
    dz_checkpoint_write(&record, note);
    enum dz_code code = dz_buf_ok(&record, "checkpoint", err);
    DZ_AUTO_FD int fd = -1;
    if (code == DZ_OK)
        code = dz_os_open(l->dir, NAME_CHECKPOINTS, DZ_OS_READWRITE, &fd, err);
    struct dz_os_stat st;
    if (code == DZ_OK)
        code = dz_os_fstat(fd, &st, err);
    if (code == DZ_OK && st.size_bytes != l->last.file_size)
        code = dz_fail(err, DZ_E_LOCKED, "the log was changed by another process: try again");
    if (code != DZ_OK)
        return code;
    /* The cut is on the disk before anything is written in its place: a second loss of power could
     * else leave the beginning of the new record before the end of the old one. */
    if (st.size_bytes > l->last.end) {
        code = dz_os_truncate(fd, l->last.end, err);
        if (code == DZ_OK)
            code = dz_os_fdatasync(fd, err);
    }
    if (code == DZ_OK)
        code = dz_os_pwrite_all(fd, record.p, record.n, l->last.end, err);
    if (code == DZ_OK)
        code = dz_os_fdatasync(fd, err);
    if (code == DZ_OK)
        code = dz_os_close(&fd, err);
    if (code != DZ_OK) {
        l->stopped = true;
        return code;
    }
    l->last.end += record.n;
    l->last.file_size = l->last.end;
    return DZ_OK;
}

enum dz_code
dz_log_checkpoint(struct dz_log *l, const struct dz_secret *seed,
                  const struct dz_checkpoint *outside, struct dz_buf *out, struct dz_err *err)
{
    enum dz_code code = dz_log_may_write(l, err);
    if (code == DZ_OK && l->last.found)
        code = check_begins_with(l, &l->last.checkpoint, err);
    if (code == DZ_OK && outside != NULL)
        code = check_begins_with(l, outside, err);
    if (code != DZ_OK)
        return code;
    if (l->last.found && l->last.checkpoint.size == l->tree.size) {
        if (out == NULL)
            return DZ_OK;
        dz_buf_addv(out, dz_buf_view(&l->last.note));
        return dz_buf_ok(out, "checkpoint", err);
    }

    struct dz_checkpoint made = {.size = l->tree.size};
    memcpy(made.origin, l->info.key.name, sizeof made.origin);
    dz_merkle_root(&l->tree, &made.root);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_NOTE_MAX);
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    dz_checkpoint_print(&made, &text);
    code = dz_note_sign(dz_buf_view(&text), &l->info.key, seed, &note, err);
    if (code == DZ_OK)
        code = store_note(l, dz_buf_view(&note), err);
    if (code != DZ_OK)
        return dz_while(err, "signing a checkpoint of log '%s'", l->info.id_hex);
    l->last.found = true;
    l->last.checkpoint = made;
    dz_buf_reset(&l->last.note);
    dz_buf_addv(&l->last.note, dz_buf_view(&note));
    l->last_tree = l->tree;
    if (out == NULL)
        return DZ_OK;
    dz_buf_addv(out, dz_buf_view(&note));
    return dz_buf_ok(out, "checkpoint", err);
}

enum dz_code
dz_log_last_checkpoint(const struct dz_log *l, struct dz_checkpoint *ret, struct dz_buf *note,
                       struct dz_err *err)
{
    struct dz_checkpoint made = l->last.checkpoint;
    if (!l->last.found) {
        made = (struct dz_checkpoint){.size = 0};
        memcpy(made.origin, l->info.key.name, sizeof made.origin);
        struct dz_merkle empty = {.size = 0};
        dz_merkle_root(&empty, &made.root);
    } else if (note != NULL) {
        dz_buf_addv(note, dz_buf_view(&l->last.note));
        enum dz_code code = dz_buf_ok(note, "checkpoint", err);
        if (code != DZ_OK)
            return code;
    }
    *ret = made;
    return DZ_OK;
}

enum dz_code
dz_log_each_checkpoint(struct dz_log *l, dz_checkpoint_fn *fn, void *ctx, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    enum dz_code code = dz_os_open(l->dir, NAME_CHECKPOINTS, DZ_OS_READ, &fd, err);
    if (code != DZ_OK)
        return code;
    struct window w = {.fd = fd, .end = l->last.end};
    enum piece_state state = PIECE_WHOLE;
    while (code == DZ_OK) {
        struct dz_view note;
        struct dz_checkpoint c;
        code = dz_checkpoint_next(&w, &note, &state, err);
        if (code != DZ_OK || state == PIECE_END)
            break;
        if (state != PIECE_WHOLE)
            code = dz_fail(err, DZ_E_CORRUPT, "the checkpoints file is damaged at offset %llu",
                           (unsigned long long)w.pos);
        else
            code = dz_checkpoint_open(&l->info, note, &c, err);
        if (code == DZ_OK)
            code = fn(ctx, &c, note, err);
    }
    dz_window_done(&w);
    return code;
}

/* Copy the frames to a new file, without the bodies that are named. */
static enum dz_code
copy_without(struct dz_log *l, int to, const uint64_t *seqs, size_t n, struct dz_err *err)
{
    struct window w = {.fd = l->frames, .end = l->end};
    DZ_AUTO_BUF struct dz_buf pending = DZ_BUF(2 * FRAME_MAX);
    enum dz_code code = DZ_OK;
    size_t next = 0;
    for (uint64_t seq = 0; seq < l->tree.size && code == DZ_OK; seq++) {
        struct frame frame = {.seq = 0};
        enum piece_state state = PIECE_END;
        code = dz_frame_next(&w, seq, &frame, &state, err);
        if (code == DZ_OK && state != PIECE_WHOLE)
            code = dz_fail(err, DZ_E_CORRUPT, "frame %llu at offset %llu is damaged",
                           (unsigned long long)seq, (unsigned long long)w.pos);
        if (code != DZ_OK)
            break;
        if (next < n && seqs[next] == seq) {
            next++;
            dz_frame_write(&pending, 'e', seq, frame.leaf, (struct dz_view){.n = 0});
        } else {
            dz_frame_write(&pending, frame.type, seq, frame.leaf, frame.sealed);
        }
        if (pending.n >= FRAME_MAX || seq + 1 == l->tree.size) {
            code = dz_os_write_all(to, pending.p, pending.n, err);
            dz_buf_reset(&pending);
        }
    }
    dz_window_done(&w);
    return code == DZ_OK ? dz_os_fsync(to, err) : code;
}

enum dz_code
dz_log_drop_bodies(struct dz_log *l, const uint64_t *seqs, size_t n, struct dz_err *err)
{
    enum dz_code code = dz_log_may_write(l, err);
    if (code != DZ_OK || n == 0)
        return code;
    for (size_t i = 0; i < n; i++)
        if (seqs[i] >= l->tree.size || (i > 0 && seqs[i] <= seqs[i - 1]))
            return dz_fail(err, DZ_E_USAGE, "the entries to empty are not a rising list");
    struct dz_os_stat st;
    code = dz_os_fstat(l->frames, &st, err);
    if (code == DZ_OK && st.size_bytes != l->end)
        code = dz_fail(err, DZ_E_LOCKED, "the log was changed by another process: try again");
    if (code != DZ_OK)
        return code;

    DZ_AUTO_FD int fd = -1;
    if (dz_os_exists(l->dir, NAME_FRAMES_NEW))
        code = dz_os_unlink(l->dir, NAME_FRAMES_NEW, err);
    if (code == DZ_OK)
        code = dz_os_open(l->dir, NAME_FRAMES_NEW, DZ_OS_CREATE, &fd, err);
    if (code == DZ_OK)
        code = copy_without(l, fd, seqs, n, err);
    if (code == DZ_OK)
        code = dz_os_close(&fd, err);
    if (code != DZ_OK) {
        enum dz_code ignored = dz_os_unlink(l->dir, NAME_FRAMES_NEW, NULL);
        (void)ignored;
        return dz_while(err, "rewriting log '%s'", l->info.id_hex);
    }
    /* The index names offsets in the old frames. It goes first, for good, so that no crash leaves
     * it beside frames that it does not fit; whoever opens the log makes it again. */
    if (dz_os_exists(l->dir, NAME_INDEX))
        code = dz_os_unlink(l->dir, NAME_INDEX, err);
    if (code == DZ_OK)
        code = dz_os_fsync(l->dir, err);
    if (code == DZ_OK)
        code = dz_os_rename(l->dir, NAME_FRAMES_NEW, NAME_FRAMES, err);
    if (code == DZ_OK)
        code = dz_os_fsync(l->dir, err);
    if (code == DZ_OK)
        code = dz_log_load(l, err);
    if (code != DZ_OK)
        l->stopped = true;
    return code;
}
