#include <string.h>

#include "dz_hash.h"
#include "dz_log.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "log_impl.h"

/* One run over a log. Frames and checkpoints are read side by side, so that each checkpoint is held
 * against the tree at the moment when the tree has its size. */
struct check {
    struct dz_log_info info;
    int dir;
    dz_finding_fn *fn;
    void *fn_ctx;
    dz_leaf_fn *each_leaf;
    void *leaf_ctx;
    struct log_report report;

    struct window frames;
    struct window checkpoints;
    struct window index;
    bool index_told; /* a wrong index is one finding, not one for each record */
    struct dz_merkle tree;
    bool have_checkpoint;
    struct dz_checkpoint checkpoint; /* the next one that the tree has not reached */
    uint64_t last_size;
    struct dz_hash32 last_note; /* of the note before, so that a repeated one is noticed */
    uint64_t checkpoints_end; /* behind the last whole record: before it nothing is unfinished */
};

/* Hand out one finding: the thing is the path inside the journal folder. */
static void
tell(struct check *c, const char *file, uint64_t seq, const struct dz_buf *message)
{
    DZ_AUTO_FREE char *thing = dz_asprintf("%s/%s", c->info.id_hex, file);
    c->report.n_findings++;
    if (c->fn != NULL)
        c->fn(c->fn_ctx, thing, seq, message->p == NULL ? "" : message->p);
}

static void
tell_text(struct check *c, const char *file, uint64_t seq, const char *message)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1024);
    dz_buf_adds(&text, message);
    tell(c, file, seq, &text);
}

static enum dz_code
next_checkpoint(struct check *c, struct dz_err *err)
{
    c->have_checkpoint = false;
    while (!c->have_checkpoint) {
        struct dz_view note;
        enum piece_state state = PIECE_END;
        uint64_t at = c->checkpoints.pos;
        enum dz_code code = dz_checkpoint_next(&c->checkpoints, &note, &state, err);
        if (code != DZ_OK || state == PIECE_END)
            return code;
        bool damaged = state == PIECE_BAD ||
                       (state == PIECE_TORN && (at < c->checkpoints_end ||
                                                dz_checkpoint_in_tail(&c->checkpoints, &c->info)));
        if (damaged) {
            DZ_AUTO_BUF struct dz_buf text = DZ_BUF(512);
            dz_buf_addf(&text, _("the checkpoints from offset %llu on are damaged"),
                        (unsigned long long)at);
            tell(c, NAME_CHECKPOINTS, DZ_SEQ_NONE, &text);
        } else if (state == PIECE_TORN) {
            c->report.torn_bytes += c->checkpoints.end - at;
        }
        if (state != PIECE_WHOLE) {
            c->checkpoints.pos = c->checkpoints.end;
            return DZ_OK;
        }
        c->report.n_checkpoints++;
        struct dz_err why = {.code = DZ_OK};
        if (dz_checkpoint_open(&c->info, note, &c->checkpoint, &why) != DZ_OK) {
            tell_text(c, NAME_CHECKPOINTS, DZ_SEQ_NONE, why.msg);
            continue;
        }
        if (c->checkpoint.size < c->last_size) {
            tell_text(c, NAME_CHECKPOINTS, DZ_SEQ_NONE,
                      _("a checkpoint signs fewer entries than the one before it"));
            continue;
        }
        /* One commit, one checkpoint: the same note again was copied there by somebody else. */
        struct dz_hash32 own = {{0}};
        dz_sha256(note.p, note.n, own.b);
        if (c->report.n_checkpoints > 1 && memcmp(own.b, c->last_note.b, sizeof own.b) == 0)
            tell_text(c, NAME_CHECKPOINTS, DZ_SEQ_NONE, _("a checkpoint is there twice"));
        c->last_note = own;
        c->last_size = c->checkpoint.size;
        c->have_checkpoint = true;
    }
    return DZ_OK;
}

/* Hold the tree against the checkpoints of its present size. */
static enum dz_code
check_roots(struct check *c, struct dz_err *err)
{
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && c->have_checkpoint && c->checkpoint.size == c->tree.size) {
        struct dz_hash32 root;
        dz_merkle_root(&c->tree, &root);
        if (memcmp(root.b, c->checkpoint.root.b, sizeof root.b) != 0) {
            DZ_AUTO_BUF struct dz_buf text = DZ_BUF(512);
            dz_buf_addf(&text,
                        _("the first %llu entries are not those that their checkpoint signed"),
                        (unsigned long long)c->tree.size);
            tell(c, NAME_CHECKPOINTS, DZ_SEQ_NONE, &text);
        }
        code = next_checkpoint(c, err);
    }
    return code;
}

/* Compare one record of the index. What is missing is made again; what is there has to be right. */
static enum dz_code
check_index(struct check *c, const struct frame *frame, const struct dz_hash32 *leaf,
            struct dz_err *err)
{
    c->index.pos = frame->seq * INDEX_RECORD;
    if (c->index.fd < 0 || c->index_told || c->index.pos + INDEX_RECORD > c->index.end)
        return DZ_OK;
    struct dz_view bytes;
    enum dz_code code = dz_window_peek(&c->index, INDEX_RECORD, &bytes, err);
    if (code != DZ_OK)
        return code;
    static const uint8_t unwritten[INDEX_RECORD];
    struct index_record r;
    dz_index_record_read((const uint8_t *)bytes.p, &r);
    if (memcmp(bytes.p, unwritten, sizeof unwritten) == 0 ||
        (r.offset == frame->offset && memcmp(r.leaf.b, leaf->b, sizeof leaf->b) == 0))
        return DZ_OK;
    c->index_told = true;
    tell_text(c, NAME_INDEX, frame->seq,
              _("the index does not fit the entries; it is derived and can be deleted"));
    return DZ_OK;
}

static enum dz_code
check_frame(struct check *c, const struct frame *frame, struct dz_err *err)
{
    struct dz_hash32 leaf_hash;
    dz_merkle_leaf(frame->leaf.p, frame->leaf.n, &leaf_hash);
    dz_merkle_push(&c->tree, &leaf_hash);
    enum dz_code code = check_index(c, frame, &leaf_hash, err);
    if (code == DZ_OK)
        code = check_roots(c, err);
    if (code != DZ_OK)
        return code;
    bool has_body = frame->type == 'E';
    c->report.n_bodies += has_body ? 1 : 0;

    struct dz_leaf leaf = {.brings = NULL};
    struct dz_err why = {.code = DZ_OK};
    if (dz_leaf_decode(frame->leaf, &leaf, &why) != DZ_OK) {
        tell_text(c, NAME_FRAMES, frame->seq, why.msg);
        return DZ_OK;
    }
    struct dz_hash32 sealed;
    dz_sha256(frame->sealed.p, frame->sealed.n, sealed.b);
    if (has_body && memcmp(sealed.b, leaf.sealed_sha256.b, sizeof sealed.b) != 0)
        tell_text(c, NAME_FRAMES, frame->seq, _("the sealed body is not the one its leaf names"));
    if (c->each_leaf != NULL)
        code = c->each_leaf(c->leaf_ctx, &c->info, frame->seq, &leaf, has_body, err);
    dz_leaf_done(&leaf);
    return code;
}

/* A frame that does not read as it should. When only its contents suffered, its bounds still lead
 * to the next one, so that all that is damaged gets named and not only the first. */
static bool
pass_damaged(struct check *c, struct frame *ret)
{
    struct dz_view bytes;
    bool passable = dz_window_peek(&c->frames, FRAME_MAX, &bytes, NULL) == DZ_OK &&
                    dz_frame_parse(bytes, FRAME_WITHOUT_CRC, ret) && ret->seq == c->tree.size;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(512);
    if (passable)
        dz_buf_addf(&text, _("the frame at offset %llu is damaged"),
                    (unsigned long long)c->frames.pos);
    else
        dz_buf_addf(&text,
                    _("the frame at offset %llu is damaged; the %llu bytes from there on could not "
                      "be checked"),
                    (unsigned long long)c->frames.pos,
                    (unsigned long long)(c->frames.end - c->frames.pos));
    tell(c, NAME_FRAMES, c->tree.size, &text);
    if (passable) {
        ret->offset = c->frames.pos;
        c->frames.pos += ret->n_bytes;
    }
    return passable;
}

/* All frames; *ret_complete is false when the end could not be reached. */
static enum dz_code
check_frames(struct check *c, bool *ret_complete, struct dz_err *err)
{
    *ret_complete = false;
    enum dz_code code = check_roots(c, err);
    while (code == DZ_OK) {
        struct frame frame = {.seq = 0};
        enum piece_state state = PIECE_END;
        code = dz_frame_next(&c->frames, c->tree.size, &frame, &state, err);
        if (code != DZ_OK)
            return code;
        if (state == PIECE_END)
            break;
        if (state == PIECE_TORN && c->tree.size >= c->report.signed_size) {
            c->report.torn_bytes += c->frames.end - c->frames.pos;
            break;
        }
        if (state != PIECE_WHOLE && !pass_damaged(c, &frame))
            return DZ_OK;
        code = check_frame(c, &frame, err);
    }
    *ret_complete = code == DZ_OK;
    return code;
}

/* Open one file of the log as a window over its present size. A missing one is a finding, except
 * for the index. */
static enum dz_code
open_window(struct check *c, const char *name, struct window *w, struct dz_err *err)
{
    enum dz_code code = dz_os_open(c->dir, name, DZ_OS_READ, &w->fd, err);
    if (code == DZ_E_NOTFOUND) {
        w->fd = -1;
        if (strcmp(name, NAME_INDEX) != 0)
            tell_text(c, name, DZ_SEQ_NONE, _("the file is missing"));
        return DZ_OK;
    }
    struct dz_os_stat st;
    if (code == DZ_OK)
        code = dz_os_fstat(w->fd, &st, err);
    if (code == DZ_OK)
        w->end = st.size_bytes;
    return code;
}

/* Files that nobody should have put into the folder of a log. */
static enum dz_code
check_names(struct check *c, struct dz_err *err)
{
    static const char *const known[] = {NAME_INFO,    NAME_FRAMES,     NAME_CHECKPOINTS,
                                        NAME_INDEX,   NAME_FRAMES_NEW, NAME_INDEX_NEW,
                                        NAME_INFO_TMP};
    char **names = NULL;
    size_t n = 0;
    enum dz_code code = dz_os_list(c->dir, ".", &names, &n, err);
    if (code != DZ_OK)
        return code;
    for (size_t i = 0; i < n; i++) {
        bool is_known = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            is_known = is_known || strcmp(names[i], known[k]) == 0;
        if (!is_known)
            tell_text(c, names[i], DZ_SEQ_NONE, _("this file does not belong to the log"));
    }
    dz_os_names_free(names, n);
    return DZ_OK;
}

static enum dz_code
run_check(struct check *c, struct dz_err *err)
{
    enum dz_code code = check_names(c, err);
    if (code == DZ_OK)
        code = open_window(c, NAME_CHECKPOINTS, &c->checkpoints, err);
    if (code == DZ_OK)
        code = open_window(c, NAME_INDEX, &c->index, err);
    if (code == DZ_OK)
        code = open_window(c, NAME_FRAMES, &c->frames, err);
    if (code != DZ_OK)
        return code;

    /* What the last checkpoint signed was complete on the disk before: there nothing can be merely
     * unfinished. When it cannot be read, the walk over all of them says why. */
    struct last_checkpoint last = {.found = false};
    if (c->checkpoints.fd >= 0 &&
        dz_checkpoint_find_last(c->checkpoints.fd, &c->info, &last, NULL) == DZ_OK && last.found)
        c->report.signed_size = last.checkpoint.size;
    c->checkpoints_end = last.end;
    dz_buf_done(&last.note);

    bool complete = false;
    code = next_checkpoint(c, err);
    if (code == DZ_OK)
        code = check_frames(c, &complete, err);
    c->report.n_entries = c->tree.size;
    if (code == DZ_OK && complete && c->have_checkpoint) {
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(512);
        dz_buf_addf(&text,
                    _("%llu entries are there, but a checkpoint signed %llu: entries are "
                      "missing at the end"),
                    (unsigned long long)c->tree.size, (unsigned long long)c->checkpoint.size);
        tell(c, NAME_FRAMES, DZ_SEQ_NONE, &text);
    }
    if (code == DZ_OK && complete && c->index.end / INDEX_RECORD > c->tree.size)
        tell_text(
            c, NAME_INDEX, DZ_SEQ_NONE,
            _("the index names more entries than there are; it is derived and can be deleted"));
    /* The checkpoints that the tree did not reach still have to be signed and in order. */
    while (code == DZ_OK && c->have_checkpoint)
        code = next_checkpoint(c, err);
    return code;
}

enum dz_code
dz_log_check(int journal_fd, const char *name, dz_finding_fn *fn, void *fn_ctx,
             dz_leaf_fn *each_leaf, void *leaf_ctx, struct log_report *ret, struct dz_err *err)
{
    struct check c = {.dir = -1,
                      .fn = fn,
                      .fn_ctx = fn_ctx,
                      .each_leaf = each_leaf,
                      .leaf_ctx = leaf_ctx,
                      .frames = {.fd = -1},
                      .checkpoints = {.fd = -1},
                      .index = {.fd = -1, .step = 4096}};
    struct dz_err why = {.code = DZ_OK};
    enum dz_code code = dz_log_read_info(journal_fd, name, &c.dir, &c.info, &why);
    if (code == DZ_OK) {
        code = run_check(&c, err);
    } else if (code == DZ_E_CORRUPT || code == DZ_E_NOTFOUND) {
        /* Without its key nothing of the log can be checked. */
        DZ_AUTO_FREE char *thing = dz_asprintf("%s/" NAME_INFO, name);
        c.report.n_findings = 1;
        if (fn != NULL)
            fn(fn_ctx, thing, DZ_SEQ_NONE, why.msg);
        code = DZ_OK;
    } else if (err != NULL) {
        *err = why;
    }
    struct window *windows[] = {&c.frames, &c.checkpoints, &c.index};
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        dz_window_done(windows[i]);
        dz_os_close_quiet(&windows[i]->fd);
    }
    dz_os_close_quiet(&c.dir);
    if (code == DZ_OK)
        *ret = c.report;
    return code;
}

enum dz_code
dz_log_verify(int journal_fd, const char *name, dz_finding_fn *fn, void *fn_ctx,
              dz_leaf_fn *each_leaf, void *leaf_ctx, uint64_t *ret_n, struct dz_err *err)
{
    struct log_report report;
    enum dz_code code =
        dz_log_check(journal_fd, name, fn, fn_ctx, each_leaf, leaf_ctx, &report, err);
    if (code == DZ_OK)
        *ret_n = report.n_findings;
    return code;
}
