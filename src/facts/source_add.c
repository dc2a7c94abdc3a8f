#include <fcntl.h>
#include <string.h>

#include "dz_add_priv.h"
#include "dz_tr.h"

/* Adding: walking what was given, and committing in parts, so that others can write in between
 * and nothing that was reported can be lost. */

#define PENDING_BYTES (256u << 20)
#define PENDING_US 2000000
#define PENDING_FILES 1024 /* their entries wait in memory */

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
        if (p->outcome == DZ_ADD_PRESERVED) {
            a->sum.n_preserved++;
            a->sum.bytes += p->size_bytes;
        } else {
            a->sum.n_read++;
            a->sum.n_without_text += !p->has_text;
        }
        struct dz_add_report r = {p->outcome,     p->path,    p->id,   p->sha256, p->size_bytes,
                                  p->text_status, p->message, p->again};
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
    dz_sealer_free(a->own_sealer);
    forget_pending(a);
    dz_free(a->pending);
}

/* ---- reporting ---- */

void
dz_adder_note(struct dz_adder *a, enum dz_add_outcome outcome, const char *path, const char *id,
              const struct dz_object_info *info, const struct dz_extracted *x)
{
    a->pending = dz_grow(a->pending, &a->cap_pending, a->n_pending + 1, sizeof *a->pending);
    struct dz_add_pending *p = &a->pending[a->n_pending++];
    *p = (struct dz_add_pending){
        .outcome = outcome,
        .path = dz_strdup(path),
        .has_text = x && x->text.n > 0,
        .size_bytes = info->size_bytes,
        .text_status = x ? dz_extract_status_name(x->status) : "pending",
    };
    memcpy(p->id, id, strlen(id) + 1);
    memcpy(p->sha256, info->sha256, sizeof p->sha256);
    if (x && x->why)
        p->message = dz_extract_reason(x->why);
    else if (x && x->n_repaired)
        p->message = _("a few bytes are no characters: they stand as \xEF\xBF\xBD in the text");
}

void
dz_adder_report(struct dz_adder *a, enum dz_add_outcome outcome, const char *path, const char *id,
                const char *sha256, uint64_t size, const char *message)
{
    switch (outcome) {
    case DZ_ADD_PRESERVED:
    case DZ_ADD_TEXT_READ:
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
    struct dz_add_report r = {outcome, path, id, sha256, size, NULL, message, DZ_AGAIN_NEW};
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
