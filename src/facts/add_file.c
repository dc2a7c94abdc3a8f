#include <fcntl.h>
#include <string.h>

#include "dz_add_priv.h"
#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_time.h"
#include "dz_tr.h"

/* One file: read it, make sure that it did not change meanwhile, preserve it once.
 *
 * A small file is read into memory whole and hashed before anything is stored. A large one is
 * streamed; when a file of its size is here already it is hashed first, so that the same bytes
 * are never stored twice. */

#define CHUNK (1u << 20)
#define HEAD_BYTES 65536

struct file {
    const char *path;
    const char *inside;
    struct dz_os_stat before;
    struct dz_buf bytes; /* small files */
    char sha256[DZ_HEX32];
    json_t *described; /* from a table, or NULL */
    const char *access;
};

static bool
is_small(const struct file *f)
{
    return f->before.size_bytes <= DZ_EXTRACT_MAX;
}

/* Same file, same length, same times: nothing was written while we read. */
static bool
is_unchanged(const struct dz_os_stat *a, const struct dz_os_stat *b, uint64_t n_read)
{
    return a->size_bytes == b->size_bytes && a->mtime_us == b->mtime_us &&
           a->ctime_us == b->ctime_us && a->ino == b->ino && a->dev == b->dev &&
           n_read == a->size_bytes;
}

typedef enum dz_code
sink_fn(void *ctx, const void *p, size_t n, struct dz_err *err);

/* *ret_same false: it changed while it was read. The file is read at most one byte past its
 * stated size, so that one that grows without end does not hold us. */
static enum dz_code
read_through(struct dz_adder *a, struct file *f, sink_fn *fn, void *ctx, bool *ret_same,
             struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    struct dz_os_stat after;
    DZ_TRY(dz_os_open(AT_FDCWD, f->path, DZ_OS_READ, &fd, err));
    DZ_TRY(dz_os_fstat(fd, &f->before, err));
    if (!f->before.is_file)
        return dz_fail(err, DZ_E_INPUT, "not a regular file any more");
    DZ_AUTO_FREE char *chunk = dz_alloc(CHUNK);
    uint64_t total = 0;
    for (;;) {
        size_t n = 0;
        if (dz_adder_cancelled(a))
            return dz_fail(err, DZ_E_CANCELLED, "stopped");
        DZ_TRY(dz_os_read(fd, chunk, CHUNK, &n, err));
        if (n == 0)
            break;
        total += n;
        if (total > f->before.size_bytes)
            break;
        DZ_TRY(fn(ctx, chunk, n, err));
    }
    DZ_TRY(dz_os_fstat(fd, &after, err));
    *ret_same = is_unchanged(&f->before, &after, total);
    return DZ_OK;
}

/* ---- what the bytes go into ---- */

static enum dz_code
into_memory(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    dz_buf_add(ctx, p, n);
    return DZ_OK;
}

static enum dz_code
into_hash(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    dz_hash_add(ctx, p, n);
    return DZ_OK;
}

struct stream {
    struct dz_batch *batch;
    struct dz_extractor *x;
    bool vault_failed; /* the error is the vault's, not the file's */
};

static enum dz_code
into_vault(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct stream *s = ctx;
    dz_extractor_feed(s->x, p, n);
    enum dz_code code = dz_batch_object_write(s->batch, p, n, err);
    s->vault_failed = code != DZ_OK;
    return code;
}

static void
hash_bytes(struct file *f, struct dz_hash *h)
{
    uint8_t digest[DZ_SHA256_BYTES];
    dz_hash_final(h, digest);
    dz_hex_encode(digest, sizeof digest, f->sha256);
}

/* ---- duplicates ---- */

/* The source that holds these bytes, waiting ones included; "" when none does. */
static enum dz_code
find_same(struct dz_adder *a, const char *sha256, char ret_id[DZ_ID_MAX], struct dz_err *err)
{
    ret_id[0] = '\0';
    for (size_t i = 0; i < a->n_pending; i++) {
        if (strcmp(a->pending[i].sha256, sha256) == 0) {
            memcpy(ret_id, a->pending[i].id, DZ_ID_MAX);
            return DZ_OK;
        }
    }
    DZ_AUTO_FREE char *id = NULL;
    DZ_TRY(dz_db_get_text(dz_vault_db(a->v), DZ_Q_SOURCE_BY_SHA, &id, err,
                          DZ_ARGS(dz_arg_text(sha256))));
    if (id && strlen(id) < DZ_ID_MAX)
        memcpy(ret_id, id, strlen(id) + 1);
    return DZ_OK;
}

static enum dz_code
is_size_known(struct dz_adder *a, uint64_t size, bool *ret, struct dz_err *err)
{
    *ret = false;
    for (size_t i = 0; i < a->n_pending && !*ret; i++)
        *ret = a->pending[i].size_bytes == size;
    int64_t n = 0;
    DZ_TRY(dz_db_get_int(dz_vault_db(a->v), DZ_Q_SOURCE_OF_SIZE, &n, NULL, err,
                         DZ_ARGS(dz_arg_int((int64_t)size))));
    *ret = *ret || n > 0;
    return DZ_OK;
}

/* ---- entries ---- */

static const char *
name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

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
add_entry(struct dz_adder *a, const struct file *f, const char *id,
          const struct dz_object_info *info, const char *media_type, struct dz_err *err)
{
    char time[40];
    DZ_AUTO_JSON json_t *fields = json_object();
    const char *basis = dz_json_str(f->described, "basis");
    const char *access = f->access ? f->access : a->opts->access;
    if (!basis || !basis[0])
        basis = a->opts->basis ? a->opts->basis : "unstated";
    dz_json_set_str(fields, "id", id);
    set_name(fields, "name", "name_bytes", name_of(f->path));
    if (f->inside && strchr(f->inside, '/'))
        set_name(fields, "path", "path_bytes", f->inside);
    dz_json_set_str(fields, "sha256", info->sha256);
    dz_json_set_int(fields, "size", (int64_t)info->size_bytes);
    dz_json_set_str(fields, "object", info->id);
    dz_json_set_str(fields, "codec", info->codec);
    dz_json_set_str(fields, "media_type", media_type);
    dz_json_set_str(fields, "basis", basis);
    dz_json_set_str(fields, "access", access ? access : "open");
    dz_json_set_str(fields, "method", "file");
    dz_json_set_str(fields, "tool", "dokaz " DZ_VERSION);
    dz_time_format(f->before.mtime_us, time);
    dz_json_set_str(fields, "file_time", time);
    const char *brought[] = {info->id, NULL};
    DZ_TRY(dz_batch_entry(a->batch, "source.added", fields, brought, NULL, err));
    DZ_AUTO_JSON json_t *described = json_deep_copy(f->described);
    json_object_del(described, "basis");
    if (json_object_size(described) == 0)
        return DZ_OK;
    dz_json_set_str(described, "source", id);
    return dz_batch_entry(a->batch, "source.described", described, NULL, NULL, err);
}

/* The object is stored: entries for it and its text, and a note for the report. */
static enum dz_code
preserve(struct dz_adder *a, const struct file *f, const struct dz_object_info *info,
         const struct dz_extracted *x, struct dz_err *err)
{
    char id[DZ_ID_MAX];
    dz_vault_new_id("src-", id);
    DZ_TRY(add_entry(a, f, id, info, x ? x->media_type : NULL, err));
    if (x)
        DZ_TRY(dz_text_derive(a->batch, a->rules, id, name_of(f->path), x, info, err));
    dz_adder_note(a, f->path, id, info, x);
    return DZ_OK;
}

static bool
refuse(struct dz_adder *a, const struct file *f, const struct dz_extracted *x)
{
    if (x->status != DZ_EXTRACT_NOT_TEXT)
        return false;
    dz_adder_report(a, DZ_ADD_FAILED, f->path, NULL, NULL, f->before.size_bytes,
                    _("not text, although its name says so: give it the ending of what it is"));
    return true;
}

/* ---- small and large ---- */

static enum dz_code
add_small(struct dz_adder *a, struct file *f, struct dz_err *err)
{
    char same[DZ_ID_MAX];
    struct dz_object_info info;
    DZ_AUTO_EXTRACTED struct dz_extracted x = {0};
    DZ_AUTO_HASH struct dz_hash *h = dz_hash_new(DZ_SHA256);
    dz_hash_add(h, f->bytes.p, f->bytes.n);
    hash_bytes(f, h);
    DZ_TRY(find_same(a, f->sha256, same, err));
    if (same[0]) {
        dz_adder_report(a, DZ_ADD_DUPLICATE, f->path, same, f->sha256, f->bytes.n, NULL);
        return DZ_OK;
    }
    if (!a->opts->preserve_only) {
        DZ_AUTO_EXTRACTOR struct dz_extractor *reader = dz_extractor_new(name_of(f->path));
        dz_extractor_feed(reader, f->bytes.p, f->bytes.n);
        DZ_TRY(dz_extractor_finish(reader, &x, err));
        if (refuse(a, f, &x))
            return DZ_OK;
    }
    DZ_TRY(dz_batch_object_begin(a->batch, err));
    DZ_TRY(dz_batch_object_write(a->batch, f->bytes.p, f->bytes.n, err));
    DZ_TRY(dz_batch_object_finish(a->batch, &info, err));
    return preserve(a, f, &info, a->opts->preserve_only ? NULL : &x, err);
}

enum read_result { READ_SAME, READ_CHANGED, READ_FAILED };

/* Try twice; report when it cannot be read or keeps changing. */
static enum read_result
read_steady(struct dz_adder *a, struct file *f, sink_fn *fn, void *ctx, void (*again)(void *ctx),
            struct dz_err *why)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        bool same = false;
        again(ctx);
        enum dz_code code = read_through(a, f, fn, ctx, &same, why);
        if (code != DZ_OK)
            return READ_FAILED;
        if (same)
            return READ_SAME;
    }
    return READ_CHANGED;
}

static void
reset_memory(void *ctx)
{
    dz_buf_reset(ctx);
}

static void
reset_hash(void *ctx)
{
    uint8_t unused[DZ_SHA256_BYTES];
    dz_hash_final(ctx, unused);
}

static enum dz_code
give_up(struct dz_adder *a, const struct file *f, enum read_result result, const struct dz_err *why)
{
    const char *message = result == READ_CHANGED
                              ? _("it changed while it was read: add it again when it is at rest")
                              : why->msg;
    if (why->code != DZ_E_CANCELLED)
        dz_adder_report(a, DZ_ADD_FAILED, f->path, NULL, NULL, f->before.size_bytes, message);
    return DZ_OK;
}

/* Stream into an object; *ret_done false when it was given up and reported. */
static enum dz_code
stream_in(struct dz_adder *a, struct file *f, struct dz_extractor *x, struct dz_object_info *info,
          bool *ret_done, struct dz_err *err)
{
    struct stream s = {.batch = a->batch, .x = x};
    struct dz_err why = {0};
    bool same = false;
    DZ_TRY(dz_batch_object_begin(a->batch, err));
    enum dz_code code = read_through(a, f, into_vault, &s, &same, &why);
    *ret_done = code == DZ_OK && same;
    if (*ret_done)
        return dz_batch_object_finish(a->batch, info, err);
    dz_batch_object_cancel(a->batch);
    if (s.vault_failed)
        return dz_fail(err, code, "%s", why.msg);
    return give_up(a, f, code == DZ_OK ? READ_CHANGED : READ_FAILED, &why);
}

/* Binary bytes under the name of a text show at the head. Known before anything is stored,
 * because an object that is in no entry has no place in the vault. */
static enum dz_code
check_head(struct dz_adder *a, const struct file *f, bool *ret_refused, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    size_t n = 0;
    DZ_AUTO_FREE char *head = dz_alloc(HEAD_BYTES);
    DZ_AUTO_EXTRACTOR struct dz_extractor *x = dz_extractor_new(name_of(f->path));
    DZ_AUTO_EXTRACTED struct dz_extracted text = {0};
    DZ_TRY(dz_os_open(AT_FDCWD, f->path, DZ_OS_READ, &fd, err));
    DZ_TRY(dz_os_read(fd, head, HEAD_BYTES, &n, err));
    dz_extractor_feed(x, head, n);
    DZ_TRY(dz_extractor_finish(x, &text, err));
    *ret_refused = refuse(a, f, &text);
    return DZ_OK;
}

static enum dz_code
add_large(struct dz_adder *a, struct file *f, struct dz_err *err)
{
    bool refused = false, known = false, done = false;
    struct dz_err why = {0};
    struct dz_object_info info;
    if (check_head(a, f, &refused, &why) != DZ_OK)
        return give_up(a, f, READ_FAILED, &why);
    if (refused)
        return DZ_OK;
    DZ_TRY(is_size_known(a, f->before.size_bytes, &known, err));
    if (known) {
        char same[DZ_ID_MAX];
        DZ_AUTO_HASH struct dz_hash *h = dz_hash_new(DZ_SHA256);
        enum read_result result = read_steady(a, f, into_hash, h, reset_hash, &why);
        if (result != READ_SAME)
            return give_up(a, f, result, &why);
        hash_bytes(f, h);
        DZ_TRY(find_same(a, f->sha256, same, err));
        if (same[0]) {
            dz_adder_report(a, DZ_ADD_DUPLICATE, f->path, same, f->sha256, f->before.size_bytes,
                            NULL);
            return DZ_OK;
        }
    }
    DZ_AUTO_EXTRACTOR struct dz_extractor *x = dz_extractor_new(name_of(f->path));
    DZ_AUTO_EXTRACTED struct dz_extracted text = {0};
    DZ_TRY(stream_in(a, f, x, &info, &done, err));
    if (!done)
        return DZ_OK;
    DZ_TRY(dz_extractor_finish(x, &text, err));
    return preserve(a, f, &info, a->opts->preserve_only ? NULL : &text, err);
}

/* ---- one file ---- */

static enum dz_code
describe_file(struct dz_adder *a, struct file *f)
{
    struct dz_err why = {0};
    const json_t *said =
        a->opts->describe ? a->opts->describe(a->opts->ctx, f->path, name_of(f->path)) : NULL;
    if (!said || dz_describe_check(a->rules, said, &f->described, &f->access, &why) == DZ_OK)
        return DZ_OK;
    dz_adder_report(a, DZ_ADD_FAILED, f->path, NULL, NULL, f->before.size_bytes, why.msg);
    return DZ_E_INPUT;
}

static enum dz_code
add_file(struct dz_adder *a, struct file *f, struct dz_err *err)
{
    struct dz_err why = {0};
    if (dz_os_stat(AT_FDCWD, f->path, true, &f->before, &why) != DZ_OK)
        return give_up(a, f, READ_FAILED, &why);
    if (f->before.size_bytes == 0) {
        dz_adder_report(a, DZ_ADD_SKIPPED, f->path, NULL, NULL, 0,
                        _("the file is empty: there is nothing to preserve"));
        return DZ_OK;
    }
    if (describe_file(a, f) != DZ_OK)
        return DZ_OK;
    if (!is_small(f)) {
        DZ_TRY(dz_adder_batch(a, err));
        return add_large(a, f, err);
    }
    enum read_result result = read_steady(a, f, into_memory, &f->bytes, reset_memory, &why);
    if (result != READ_SAME)
        return give_up(a, f, result, &why);
    if (f->bytes.failed) {
        /* It grew past what is read into memory between two looks. */
        return give_up(a, f, READ_CHANGED, &why);
    }
    DZ_TRY(dz_adder_batch(a, err));
    return add_small(a, f, err);
}

enum dz_code
dz_add_file(struct dz_adder *a, const char *path, const char *inside, struct dz_err *err)
{
    struct file f = {.path = path, .inside = inside, .bytes = DZ_BUF(DZ_EXTRACT_MAX)};
    enum dz_code code = add_file(a, &f, err);
    dz_buf_done(&f.bytes);
    json_decref(f.described);
    a->n_seen++;
    if (a->opts->progress)
        a->opts->progress(a->opts->ctx, a->n_seen, a->sum.bytes);
    return code;
}
