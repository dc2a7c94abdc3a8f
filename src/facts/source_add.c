#include <fcntl.h>
#include <string.h>

#include "dz_add_priv.h"
#include "dz_tr.h"

/* Adding: walking what was given, and committing in parts, so that others can write in between
 * and nothing that was reported can be lost. */

#define PENDING_BYTES (256u << 20)
#define PENDING_US 2000000
#define PENDING_FILES 2048 /* their entries wait in memory */

/* ---- the batch ---- */

enum dz_code
dz_adder_batch(struct dz_adder *a, struct dz_err *err)
{
    if (a->batch)
        return DZ_OK;
    DZ_TRY(dz_batch_begin(a->v, &a->batch, err));
    a->batch_began_us = dz_os_monotonic_us();
    return DZ_OK;
}

static void
forget_pending(struct dz_adder *a)
{
    for (size_t i = 0; i < a->n_pending; i++)
        dz_free(a->pending[i].path);
    a->n_pending = 0;
}

enum dz_code
dz_adder_commit(struct dz_adder *a, struct dz_err *err)
{
    if (!a->batch)
        return DZ_OK;
    enum dz_code code = dz_batch_commit(a->batch, err);
    dz_batch_end(a->batch);
    a->batch = NULL;
    for (size_t i = 0; i < a->n_pending && code == DZ_OK; i++) {
        const struct dz_add_pending *p = &a->pending[i];
        a->sum.n_preserved++;
        a->sum.bytes += p->size_bytes;
        bool has_text =
            strcmp(p->text_status, "text") == 0 || strcmp(p->text_status, "repaired") == 0;
        a->sum.n_without_text += !has_text;
        struct dz_add_report r = {DZ_ADD_PRESERVED, p->path,        p->id,     p->sha256,
                                  p->size_bytes,    p->text_status, p->message};
        if (a->opts->report)
            a->opts->report(a->opts->ctx, &r);
    }
    forget_pending(a);
    return code;
}

bool
dz_adder_is_full(const struct dz_adder *a)
{
    return a->batch &&
           (dz_batch_pending_bytes(a->batch) >= PENDING_BYTES || a->n_pending >= PENDING_FILES ||
            dz_os_monotonic_us() - a->batch_began_us >= PENDING_US);
}

void
dz_adder_done(struct dz_adder *a)
{
    dz_add_stop(a);
    dz_batch_end(a->batch);
    forget_pending(a);
    dz_free(a->pending);
}

/* ---- reporting ---- */

void
dz_adder_note(struct dz_adder *a, const char *path, const char *id,
              const struct dz_object_info *info, const struct dz_extracted *x)
{
    a->pending = dz_grow(a->pending, &a->cap_pending, a->n_pending + 1, sizeof *a->pending);
    struct dz_add_pending *p = &a->pending[a->n_pending++];
    *p = (struct dz_add_pending){
        .path = dz_strdup(path),
        .size_bytes = info->size_bytes,
        .text_status = x ? dz_extract_status_name(x->status) : "pending",
    };
    memcpy(p->id, id, strlen(id) + 1);
    memcpy(p->sha256, info->sha256, sizeof p->sha256);
    if (x && x->why)
        p->message = dz_extract_reason(x->why);
    else if (x && x->n_repaired)
        p->message = _("a few bytes are not UTF-8: they stand as \xEF\xBF\xBD in the text");
}

void
dz_adder_report(struct dz_adder *a, enum dz_add_outcome outcome, const char *path, const char *id,
                const char *sha256, uint64_t size, const char *message)
{
    switch (outcome) {
    case DZ_ADD_PRESERVED:
        break;
    case DZ_ADD_DUPLICATE:
        a->sum.n_duplicates++;
        break;
    case DZ_ADD_SKIPPED:
        a->sum.n_skipped++;
        break;
    case DZ_ADD_FAILED:
        a->sum.n_failed++;
        break;
    }
    struct dz_add_report r = {outcome, path, id, sha256, size, NULL, message};
    if (a->opts->report)
        a->opts->report(a->opts->ctx, &r);
}

bool
dz_adder_cancelled(const struct dz_adder *a)
{
    return a->opts->cancel && __atomic_load_n(a->opts->cancel, __ATOMIC_RELAXED);
}

/* ---- walking ---- */

/* Paths still to visit; the next one is at the end. */
struct todo {
    char **paths;
    size_t n;
    size_t cap;
};

static void
todo_push(struct todo *t, char *path)
{
    t->paths = dz_grow(t->paths, &t->cap, t->n + 1, sizeof *t->paths);
    t->paths[t->n++] = path;
}

/* Names of a folder, pushed in reverse, so that they are visited in byte order. */
static enum dz_code
push_folder(struct dz_adder *a, struct todo *t, const char *path)
{
    char **names = NULL;
    size_t n = 0;
    struct dz_err why = {0};
    if (dz_os_list(AT_FDCWD, path, &names, &n, &why) != DZ_OK) {
        dz_adder_report(a, DZ_ADD_FAILED, path, NULL, NULL, 0, why.msg);
        return DZ_OK;
    }
    size_t length = strlen(path);
    const char *slash = length && path[length - 1] == '/' ? "" : "/";
    for (size_t i = n; i > 0; i--)
        todo_push(t, dz_asprintf("%s%s%s", path, slash, names[i - 1]));
    dz_os_names_free(names, n);
    return DZ_OK;
}

static enum dz_code
visit(struct dz_adder *a, struct todo *t, const char *path, const char *root, struct dz_err *err)
{
    struct dz_os_stat st;
    struct dz_err why = {0};
    bool given = strcmp(path, root) == 0;
    /* A link that somebody names is meant; one that lies in a folder may lead anywhere. */
    if (dz_os_stat(AT_FDCWD, path, given, &st, &why) != DZ_OK) {
        dz_adder_report(a, DZ_ADD_FAILED, path, NULL, NULL, 0, why.msg);
        return DZ_OK;
    }
    const char *skip = NULL;
    if (st.is_link)
        skip = _("a symbolic link: links inside a folder are not followed");
    else if (st.is_dir && st.dev == a->vault_stat.dev && st.ino == a->vault_stat.ino)
        skip = _("the vault itself");
    else if (!st.is_dir && !st.is_file)
        skip = _("not a file: a pipe, socket or device");
    if (skip) {
        dz_adder_report(a, DZ_ADD_SKIPPED, path, NULL, NULL, 0, skip);
        return DZ_OK;
    }
    if (st.is_dir)
        return push_folder(a, t, path);
    const char *inside = given ? NULL : path + strlen(root);
    while (inside && *inside == '/')
        inside++;
    return dz_add_file(a, path, inside, &st, err);
}

static enum dz_code
walk(struct dz_adder *a, const char *root, struct dz_err *err)
{
    struct todo t = {0};
    enum dz_code code = DZ_OK;
    todo_push(&t, dz_strdup(root));
    while (t.n > 0 && code == DZ_OK && !dz_adder_cancelled(a)) {
        DZ_AUTO_FREE char *path = t.paths[--t.n];
        code = visit(a, &t, path, root, err);
    }
    while (t.n > 0)
        dz_free(t.paths[--t.n]);
    dz_free(t.paths);
    return code;
}

static enum dz_code
check_options(const struct dz_rules *rules, const struct dz_add_opts *opts, struct dz_err *err)
{
    if (opts->basis && !dz_rules_has(rules, "basis", opts->basis))
        return dz_fail(err, DZ_E_USAGE, "there is no basis '%s'", opts->basis);
    if (opts->access && !dz_rules_has(rules, "access", opts->access))
        return dz_fail(err, DZ_E_USAGE, "there is no access level '%s'", opts->access);
    return DZ_OK;
}

/* The commit also comes after a cancellation: what was read is kept. */
static enum dz_code
settle(struct dz_adder *a, enum dz_code code, struct dz_add_summary *ret, struct dz_err *err)
{
    if (code == DZ_OK)
        code = dz_add_flush(a, err);
    if (code == DZ_OK)
        code = dz_adder_commit(a, err);
    dz_adder_done(a);
    if (ret)
        *ret = a->sum;
    if (code == DZ_OK && dz_adder_cancelled(a))
        return dz_fail(err, DZ_E_CANCELLED, "stopped: what was reported is preserved");
    return code;
}

enum dz_code
dz_sources_add(struct dz_vault *v, const struct dz_rules *rules, const char *const *paths, size_t n,
               const struct dz_add_opts *opts, struct dz_add_summary *ret, struct dz_err *err)
{
    struct dz_adder a = {.v = v, .rules = rules, .opts = opts};
    DZ_TRY(check_options(rules, opts, err));
    DZ_TRY(dz_os_stat(AT_FDCWD, dz_vault_path(v), true, &a.vault_stat, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK && !dz_adder_cancelled(&a); i++)
        code = walk(&a, paths[i], err);
    return settle(&a, code, ret, err);
}

/* ---- the backlog ---- */

enum dz_code
dz_sources_backlog(struct dz_vault *v, uint64_t *ret, struct dz_err *err)
{
    int64_t n = 0;
    DZ_TRY(dz_db_get_int(dz_vault_db(v), DZ_Q_SOURCE_UNREAD_COUNT, &n, NULL, err, DZ_NO_ARGS));
    *ret = (uint64_t)n;
    return DZ_OK;
}

static enum dz_code
feed(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    dz_extractor_feed(ctx, p, n);
    return DZ_OK;
}

static void
copy_hex(char ret[DZ_HEX32], const char *hex)
{
    if (hex && strlen(hex) == DZ_HEX32 - 1)
        memcpy(ret, hex, DZ_HEX32);
}

static enum dz_code
read_one(struct dz_adder *a, const char *id, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_adder_batch(a, err));
    DZ_TRY(dz_source_get(a->v, id, &s, err));
    /* Another process may have read it since the list was made. */
    if (s.row.text_status)
        return DZ_OK;
    DZ_AUTO_EXTRACTOR struct dz_extractor *x = dz_extractor_new(s.row.name);
    DZ_AUTO_EXTRACTED struct dz_extracted text = {0};
    struct dz_err why = {0};
    enum dz_code code = dz_vault_read_object(a->v, s.row.object, s.row.codec, feed, x, &why);
    if (code == DZ_E_CORRUPT || code == DZ_E_NOTFOUND) {
        dz_adder_report(a, DZ_ADD_FAILED, s.row.name, id, s.row.sha256, s.row.size_bytes, why.msg);
        return DZ_OK;
    }
    if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    DZ_TRY(dz_extractor_finish(x, &text, err));
    struct dz_object_info original = {.size_bytes = s.row.size_bytes, .codec = s.row.codec};
    copy_hex(original.id, s.row.object);
    copy_hex(original.sha256, s.row.sha256);
    DZ_TRY(dz_text_derive(a->batch, a->rules, id, s.row.name, &text, &original, err));
    dz_adder_note(a, s.row.name, id, &original, &text);
    return dz_adder_is_full(a) ? dz_adder_commit(a, err) : DZ_OK;
}

enum dz_code
dz_sources_read_backlog(struct dz_vault *v, const struct dz_rules *rules,
                        const struct dz_add_opts *opts, struct dz_add_summary *ret,
                        struct dz_err *err)
{
    struct dz_adder a = {.v = v, .rules = rules, .opts = opts};
    struct dz_rows *rows = NULL;
    struct todo ids = {0};
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_SOURCE_UNREAD, &rows, err, DZ_NO_ARGS));
    while (dz_rows_next(rows))
        todo_push(&ids, dz_strdup(dz_rows_text(rows, 0)));
    enum dz_code code = dz_rows_end(rows, err);
    for (size_t i = 0; i < ids.n; i++) {
        if (code == DZ_OK && !dz_adder_cancelled(&a))
            code = read_one(&a, ids.paths[i], err);
        dz_free(ids.paths[i]);
    }
    dz_free(ids.paths);
    return settle(&a, code, ret, err);
}
