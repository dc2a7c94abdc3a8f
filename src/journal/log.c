#include "dz_log.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_json.h"
#include "dz_os.h"
#include "log_impl.h"

#define INFO_MAX 4096
#define READER_STEP (64u << 10)

/* The one form of log.json for this log; any other bytes are refused when it is read. */
static enum dz_code
print_info(const struct dz_log_info *info, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf vkey = DZ_BUF(1024);
    dz_note_vkey(&info->key, &vkey);
    enum dz_code code = dz_buf_ok(&vkey, "verifier key", err);
    if (code != DZ_OK)
        return code;
    DZ_AUTO_JSON json_t *object = json_object();
    dz_json_set_int(object, "format", LOG_FORMAT);
    dz_json_set_str(object, "id", info->id_hex);
    dz_json_set_str(object, "origin", info->key.name);
    dz_json_set_view(object, "vkey", dz_buf_view(&vkey));
    code = dz_json_canonical(out, object, err);
    if (code != DZ_OK)
        return code;
    dz_buf_addc(out, '\n');
    return dz_buf_ok(out, NAME_INFO, err);
}

static enum dz_code
fill_folder(int dir, const struct dz_log_info *info, struct dz_err *err)
{
    static const char *const empty_files[] = {NAME_FRAMES, NAME_CHECKPOINTS};
    for (size_t i = 0; i < sizeof empty_files / sizeof *empty_files; i++) {
        int fd = -1;
        enum dz_code code = dz_os_open(dir, empty_files[i], DZ_OS_CREATE, &fd, err);
        if (code == DZ_OK)
            code = dz_os_close(&fd, err);
        if (code != DZ_OK)
            return code;
    }
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(INFO_MAX);
    enum dz_code code = print_info(info, &text, err);
    if (code == DZ_OK)
        code = dz_os_replace(dir, NAME_INFO, dz_buf_view(&text), err);
    if (code == DZ_OK)
        code = dz_os_fsync(dir, err);
    return code;
}

enum dz_code
dz_log_create(int journal_fd, const uint8_t signer_pk[32], struct dz_log_info *ret,
              struct dz_err *err)
{
    struct dz_log_info info = {.id = {0}};
    dz_os_random(info.id, sizeof info.id);
    dz_hex_encode(info.id, sizeof info.id, info.id_hex);
    /* The origin is in everything that is ever shown of the log, so it says nothing: it is
     * random. */
    uint8_t noise[8];
    char noise_hex[2 * sizeof noise + 1];
    dz_os_random(noise, sizeof noise);
    dz_hex_encode(noise, sizeof noise, noise_hex);
    DZ_AUTO_FREE char *origin = dz_asprintf("dokaz/%s", noise_hex);
    enum dz_code code = dz_note_key_init(&info.key, origin, signer_pk, err);
    if (code != DZ_OK)
        return code;

    /* Filled under a name that no reader looks at, then given its own: a log is there whole or
     * not. */
    DZ_AUTO_FREE char *unfinished = dz_asprintf(".new-%s", info.id_hex);
    DZ_AUTO_FD int dir = -1;
    code = dz_os_mkdir(journal_fd, unfinished, err);
    if (code == DZ_OK)
        code = dz_os_opendir(journal_fd, unfinished, &dir, err);
    if (code == DZ_OK)
        code = fill_folder(dir, &info, err);
    if (code == DZ_OK)
        code = dz_os_rename(journal_fd, unfinished, info.id_hex, err);
    if (code == DZ_OK)
        code = dz_os_fsync(journal_fd, err);
    if (code != DZ_OK)
        return dz_while(err, "making a log");
    *ret = info;
    return DZ_OK;
}

/* The values of log.json; the caller has the bytes compared with the canonical ones. */
static enum dz_code
parse_info(struct dz_view text, const char *name, struct dz_log_info *ret, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *object = NULL;
    enum dz_code code = dz_json_parse(text, &object, err);
    if (code != DZ_OK)
        return code;
    if (dz_json_int(object, "format", 0) > LOG_FORMAT)
        return dz_fail(err, DZ_E_FORMAT, "the log has a newer format: a newer dokaz is needed");
    struct dz_log_info info = {.id = {0}};
    struct dz_view id = dz_view_of(name);
    if (!dz_hex_decode(id, info.id, sizeof info.id))
        return dz_fail(err, DZ_E_INPUT, "the name of the folder is not the id of a log");
    dz_hex_encode(info.id, sizeof info.id, info.id_hex);
    code = dz_note_vkey_parse(dz_view_of(dz_json_str(object, "vkey")), &info.key, err);
    if (code != DZ_OK)
        return code;
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(INFO_MAX);
    code = print_info(&info, &again, err);
    if (code == DZ_OK && !dz_view_eq(dz_buf_view(&again), text))
        code =
            dz_fail(err, DZ_E_INPUT, "its values do not fit each other, the folder, or the form");
    if (code == DZ_OK)
        *ret = info;
    return code;
}

enum dz_code
dz_log_read_info(int journal_fd, const char *name, int *ret_dir, struct dz_log_info *ret,
                 struct dz_err *err)
{
    int dir = -1;
    enum dz_code code = dz_os_opendir(journal_fd, name, &dir, err);
    if (code != DZ_OK)
        return dz_while(err, "opening log '%s'", name);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(INFO_MAX);
    code = dz_os_slurp(dir, NAME_INFO, INFO_MAX, &text, err);
    if (code == DZ_OK) {
        code = parse_info(dz_buf_view(&text), name, ret, err);
        if (code == DZ_E_INPUT) {
            code = DZ_E_CORRUPT;
            if (err != NULL)
                err->code = code;
        }
    }
    if (code != DZ_OK) {
        dz_os_close_quiet(&dir);
        dz_while(err, "reading %s of log '%s'", NAME_INFO, name);
        return code;
    }
    *ret_dir = dir;
    return DZ_OK;
}

/* Push the leaf hashes up to size on a tree. */
static enum dz_code
advance(struct dz_log *l, struct dz_merkle *tree, uint64_t size, struct dz_err *err)
{
    while (tree->size < size) {
        struct index_record r;
        enum dz_code code = dz_index_get(&l->index, tree->size, &r, err);
        if (code != DZ_OK)
            return code;
        dz_merkle_push(tree, &r.leaf);
    }
    return DZ_OK;
}

static bool
has_root(const struct dz_merkle *tree, const struct dz_hash32 *root)
{
    struct dz_hash32 own;
    dz_merkle_root(tree, &own);
    return memcmp(own.b, root->b, sizeof own.b) == 0;
}

/* Find the last checkpoint. Bytes behind it are left alone when they are an unfinished append and
 * are corruption when they are not. */
static enum dz_code
read_last(struct dz_log *l, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    enum dz_code code = dz_os_open(l->dir, NAME_CHECKPOINTS, DZ_OS_READ, &fd, err);
    if (code == DZ_OK)
        code = dz_checkpoint_find_last(fd, &l->info, &l->last, err);
    if (code != DZ_OK)
        return code == DZ_E_NOTFOUND
                   ? dz_fail(err, DZ_E_CORRUPT, "the file with the checkpoints is missing")
                   : code;
    struct window w = {.fd = fd, .pos = l->last.end, .end = l->last.file_size};
    struct dz_view note;
    enum piece_state state = PIECE_END;
    code = dz_checkpoint_next(&w, &note, &state, err);
    bool damaged =
        state == PIECE_BAD || (state == PIECE_TORN && dz_checkpoint_in_tail(&w, &l->info));
    dz_window_done(&w);
    if (code == DZ_OK && damaged)
        code = dz_fail(err, DZ_E_CORRUPT, "the checkpoints file is damaged from offset %llu on",
                       (unsigned long long)l->last.end);
    return code;
}

/* Take the leaf hashes under the last checkpoint from the index file if they give the signed root
 * and the last offset leads to its frame. Whatever else the file is: not used, and made again. */
static void
try_index(struct dz_log *l, uint64_t frames_size)
{
    uint64_t size = l->last.checkpoint.size;
    struct dz_os_stat st;
    enum dz_os_mode mode = l->mode == DZ_LOG_WRITE ? DZ_OS_READWRITE : DZ_OS_READ;
    if (size == 0 || dz_os_open(l->dir, NAME_INDEX, mode, &l->index.fd, NULL) != DZ_OK)
        return;
    struct index_record r = {.offset = 0};
    uint64_t floor = 0;
    bool good =
        dz_os_fstat(l->index.fd, &st, NULL) == DZ_OK && st.size_bytes / INDEX_RECORD >= size;
    l->index.n_file = good ? size : 0;
    struct dz_merkle *tree = &l->nodes.tree;
    while (good && tree->size < size) {
        good = dz_index_get(&l->index, tree->size, &r, NULL) == DZ_OK && r.offset >= floor &&
               r.offset < frames_size && (tree->size > 0 || r.offset == 0);
        floor = r.offset + FRAME_MIN;
        dz_merkle_nodes_push(&l->nodes, &r.leaf);
    }
    good = good && has_root(tree, &l->last.checkpoint.root);
    struct frame frame = {.seq = 0};
    if (good) {
        struct window w = {.fd = l->frames, .pos = r.offset, .end = frames_size};
        enum piece_state state = PIECE_END;
        struct dz_hash32 leaf;
        good = dz_frame_next(&w, size - 1, &frame, &state, NULL) == DZ_OK && state == PIECE_WHOLE;
        if (good)
            dz_merkle_leaf(frame.leaf.p, frame.leaf.n, &leaf);
        good = good && memcmp(leaf.b, r.leaf.b, sizeof leaf.b) == 0;
        dz_window_done(&w);
    }
    if (!good) {
        dz_index_forget(&l->index);
        dz_merkle_nodes_done(&l->nodes);
        return;
    }
    l->end = frame.offset + frame.n_bytes;
    l->last_tree = *tree;
    l->index.stale = st.size_bytes != size * INDEX_RECORD;
}

/* Read the frames from l->end on into the index. */
static enum dz_code
scan(struct dz_log *l, uint64_t frames_size, struct dz_err *err)
{
    struct window w = {.fd = l->frames, .pos = l->end, .end = frames_size};
    enum piece_state state = PIECE_WHOLE;
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && state == PIECE_WHOLE) {
        struct frame frame;
        uint64_t seq = dz_index_count(&l->index);
        code = dz_frame_next(&w, seq, &frame, &state, err);
        if (code != DZ_OK || state == PIECE_END)
            break;
        if (state == PIECE_WHOLE) {
            struct index_record r = {.offset = frame.offset};
            dz_merkle_leaf(frame.leaf.p, frame.leaf.n, &r.leaf);
            dz_index_push(&l->index, &r);
            l->end = frame.offset + frame.n_bytes;
        } else if (state == PIECE_BAD || seq < l->last.checkpoint.size) {
            code = dz_fail(err, DZ_E_CORRUPT, "frame %llu at offset %llu is damaged",
                           (unsigned long long)seq, (unsigned long long)l->end);
        }
    }
    dz_window_done(&w);
    return code;
}

/* Take up what stands behind l->end, and hold the whole against the last checkpoint. */
static enum dz_code
take_up(struct dz_log *l, uint64_t frames_size, struct dz_err *err)
{
    enum dz_code code = scan(l, frames_size, err);
    if (code != DZ_OK)
        return code;
    uint64_t count = dz_index_count(&l->index);
    const struct dz_checkpoint *signed_one = &l->last.checkpoint;
    if (count < signed_one->size)
        return dz_fail(err, DZ_E_CORRUPT,
                       "%llu entries are there, but a checkpoint has signed %llu: entries are "
                       "missing; restore the journal from a backup",
                       (unsigned long long)count, (unsigned long long)signed_one->size);
    if (l->last.found) {
        code = advance(l, &l->last_tree, signed_one->size, err);
        if (code != DZ_OK)
            return code;
        if (l->last_tree.size != signed_one->size || !has_root(&l->last_tree, &signed_one->root))
            return dz_fail(err, DZ_E_CORRUPT,
                           "the entries are not those that the checkpoint of size %llu signed",
                           (unsigned long long)signed_one->size);
    }
    if (l->tree.size < l->last_tree.size)
        l->tree = l->last_tree;
    return advance(l, &l->tree, count, err);
}

/* A writer's duties after reading, under the vault's write lock. */
static enum dz_code
settle(struct dz_log *l, uint64_t frames_size, struct dz_err *err)
{
    enum dz_code code = DZ_OK;
    bool sync = false;
    if (frames_size > l->end) {
        code = dz_os_truncate(l->frames, l->end, err);
        if (code != DZ_OK)
            return code;
        l->cut_bytes += frames_size - l->end;
        sync = true;
    }
    /* Frames that no checkpoint covers come from a writer that stopped half-way, perhaps because
     * its sync failed: the system may then hold them in memory and believe them written. They are
     * written once more, so that this sync is about them. */
    if (dz_index_count(&l->index) > l->last.checkpoint.size) {
        struct index_record r;
        code = dz_index_get(&l->index, l->last.checkpoint.size, &r, err);
        struct window w = {.fd = l->frames, .pos = r.offset, .end = l->end};
        while (code == DZ_OK && w.pos < w.end) {
            struct dz_view bytes;
            code = dz_window_peek(&w, 1u << 20, &bytes, err);
            if (code == DZ_OK)
                code = dz_os_pwrite_all(l->frames, bytes.p, bytes.n, w.pos, err);
            if (code == DZ_OK)
                w.pos += bytes.n;
        }
        dz_window_done(&w);
        sync = true;
    }
    if (code == DZ_OK && sync)
        code = dz_os_fdatasync(l->frames, err);
    if (code != DZ_OK) {
        l->stopped = true;
        return code;
    }
    if (dz_os_exists(l->dir, NAME_FRAMES_NEW)) {
        code = dz_os_unlink(l->dir, NAME_FRAMES_NEW, err);
        if (code != DZ_OK)
            return code;
    }
    if (l->index.n_tail > 0 || l->index.stale)
        dz_index_flush(&l->index, l->dir);
    return DZ_OK;
}

enum dz_code
dz_log_load(struct dz_log *l, struct dz_err *err)
{
    dz_index_forget(&l->index);
    dz_os_close_quiet(&l->frames);
    dz_window_done(&l->reader);
    l->reader = (struct window){.fd = -1};
    l->end = 0;
    l->tree = (struct dz_merkle){.size = 0};
    l->last_tree = (struct dz_merkle){.size = 0};
    dz_merkle_nodes_done(&l->nodes);

    /* The checkpoint first: a writer at work adds frames before it signs them, so the frames read
     * later can only be more. */
    enum dz_code code = read_last(l, err);
    if (code != DZ_OK)
        return code;
    enum dz_os_mode mode = l->mode == DZ_LOG_WRITE ? DZ_OS_READWRITE : DZ_OS_READ;
    struct dz_os_stat st;
    code = dz_os_open(l->dir, NAME_FRAMES, mode, &l->frames, err);
    if (code == DZ_E_NOTFOUND)
        return dz_fail(err, DZ_E_CORRUPT, "the file with the entries is missing");
    if (code == DZ_OK)
        code = dz_os_fstat(l->frames, &st, err);
    if (code != DZ_OK)
        return code;
    l->frames_ino = st.ino;
    try_index(l, st.size_bytes);
    code = take_up(l, st.size_bytes, err);
    if (code == DZ_OK && l->mode == DZ_LOG_WRITE)
        code = settle(l, st.size_bytes, err);
    return code;
}

enum dz_code
dz_log_open(int journal_fd, const char *name, enum dz_log_mode mode, struct dz_log **ret,
            uint64_t *ret_cut_bytes, struct dz_err *err)
{
    struct dz_log *l = dz_alloc(sizeof *l);
    l->mode = mode;
    l->dir = -1;
    l->frames = -1;
    l->reader.fd = -1;
    dz_index_init(&l->index);
    enum dz_code code = dz_log_read_info(journal_fd, name, &l->dir, &l->info, err);
    if (code == DZ_OK) {
        code = dz_log_load(l, err);
        if (code != DZ_OK)
            dz_while(err, "log '%s'", name);
    }
    if (code != DZ_OK) {
        dz_log_close(l);
        return code;
    }
    if (ret_cut_bytes != NULL)
        *ret_cut_bytes = l->cut_bytes;
    *ret = l;
    return DZ_OK;
}

void
dz_log_close(struct dz_log *l)
{
    if (l == NULL)
        return;
    dz_index_done(&l->index);
    dz_merkle_nodes_done(&l->nodes);
    dz_window_done(&l->reader);
    dz_buf_done(&l->last.note);
    dz_os_close_quiet(&l->frames);
    dz_os_close_quiet(&l->dir);
    dz_free(l);
}

enum dz_code
dz_log_refresh(struct dz_log *l, struct dz_err *err)
{
    if (l->stopped)
        return dz_log_may_write(l, err);
    uint64_t signed_before = l->last.checkpoint.size;
    struct dz_os_stat named;
    struct dz_os_stat held = {.size_bytes = 0};
    enum dz_code code = dz_os_stat(l->dir, NAME_FRAMES, false, &named, err);
    if (code == DZ_OK && named.ino != l->frames_ino) {
        /* Bodies were dropped: the frames file is a new one with other offsets. */
        code = dz_log_load(l, err);
    } else if (code == DZ_OK) {
        code = read_last(l, err);
        if (code == DZ_OK)
            code = dz_os_fstat(l->frames, &held, err);
        if (code == DZ_OK && l->last.checkpoint.size >= signed_before)
            code = take_up(l, held.size_bytes, err);
        if (code == DZ_OK && l->mode == DZ_LOG_WRITE && l->last.checkpoint.size >= signed_before)
            code = settle(l, held.size_bytes, err);
    }
    if (code == DZ_OK && l->last.checkpoint.size < signed_before)
        code = dz_fail(err, DZ_E_ROLLBACK,
                       "the last checkpoint is older than the one read before: the journal was "
                       "replaced by an older copy");
    if (code != DZ_OK)
        return dz_while(err, "log '%s'", l->info.id_hex);
    return DZ_OK;
}

const struct dz_log_info *
dz_log_get_info(const struct dz_log *l)
{
    return &l->info;
}

uint64_t
dz_log_size(const struct dz_log *l)
{
    return l->tree.size;
}

uint64_t
dz_log_cut_bytes(const struct dz_log *l)
{
    return l->cut_bytes;
}

void
dz_log_root(const struct dz_log *l, struct dz_hash32 *ret)
{
    dz_merkle_root(&l->tree, ret);
}

/* The frame of an entry as the index leads to it; *ret_fits tells whether it is that entry. */
static enum dz_code
fetch(struct dz_log *l, uint64_t seq, struct frame *ret, bool *ret_fits, struct dz_err *err)
{
    struct index_record r;
    enum dz_code code = dz_index_get(&l->index, seq, &r, err);
    if (code != DZ_OK)
        return code;
    *ret_fits = false;
    if (r.offset >= l->end)
        return DZ_OK;
    l->reader.fd = l->frames;
    l->reader.step = READER_STEP;
    l->reader.end = l->end;
    l->reader.pos = r.offset;
    enum piece_state state = PIECE_END;
    code = dz_frame_next(&l->reader, seq, ret, &state, err);
    if (code != DZ_OK || state != PIECE_WHOLE)
        return code;
    struct dz_hash32 leaf;
    dz_merkle_leaf(ret->leaf.p, ret->leaf.n, &leaf);
    *ret_fits = memcmp(leaf.b, r.leaf.b, sizeof leaf.b) == 0;
    return DZ_OK;
}

/* A scan may have met frames that were appended since the tree was read. They wait for a
 * refresh. */
static enum dz_code
step_back(struct dz_log *l, struct dz_err *err)
{
    if (dz_index_count(&l->index) <= l->tree.size)
        return DZ_OK;
    struct index_record r;
    enum dz_code code = dz_index_get(&l->index, l->tree.size, &r, err);
    if (code != DZ_OK)
        return code;
    l->index.n_tail = (size_t)l->tree.size;
    l->end = r.offset;
    return DZ_OK;
}

enum dz_code
dz_log_read(struct dz_log *l, uint64_t seq, struct dz_buf *leaf_bytes, struct dz_buf *sealed,
            struct dz_err *err)
{
    if (seq >= l->tree.size)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no entry %llu in the log",
                       (unsigned long long)seq);
    struct frame frame = {.seq = 0};
    bool fits = false;
    enum dz_code code = fetch(l, seq, &frame, &fits, err);
    if (code == DZ_OK && !fits && seq < l->index.n_file) {
        /* Either the frame or the derived offset is wrong; only reading the frames can tell. */
        dz_index_forget(&l->index);
        l->end = 0;
        struct dz_os_stat st;
        code = dz_os_fstat(l->frames, &st, err);
        if (code == DZ_OK)
            code = scan(l, st.size_bytes, err);
        if (code == DZ_OK)
            code = step_back(l, err);
        if (code == DZ_OK)
            code = fetch(l, seq, &frame, &fits, err);
    }
    if (code != DZ_OK)
        return dz_while(err, "reading entry %llu", (unsigned long long)seq);
    if (!fits)
        return dz_fail(err, DZ_E_CORRUPT, "entry %llu of log '%s' is damaged",
                       (unsigned long long)seq, l->info.id_hex);
    dz_buf_addv(leaf_bytes, frame.leaf);
    dz_buf_addv(sealed, frame.sealed);
    code = dz_buf_ok(leaf_bytes, "leaf record", err);
    return code == DZ_OK ? dz_buf_ok(sealed, "sealed body", err) : code;
}
