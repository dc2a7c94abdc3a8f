/* Proofs, checkpoints and consistency files. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "dz_consistency.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "verify_impl.h"

enum file_kind { FILE_PROOF, FILE_CONSISTENCY, FILE_NOTE };

struct file {
    const char *path;
    enum file_kind kind;
    struct dz_buf bytes;
    struct dz_checkpoint checkpoint; /* of a note, as it says; size 0: none */
};

static void
say(const struct verify_args *a, enum dz_check_class cls, const char *code, const char *thing,
    const char *message)
{
    verify_say(
        a, &(struct dz_check_line){.cls = cls, .code = code, .thing = thing, .message = message});
}

/* --- proofs --- */

/* The fields as "name = value" lines; with --json one object. */
static void
tell_fields(const struct verify_args *a, const struct dz_proof *p, const char *path)
{
    const char *name;
    json_t *field;
    json_object_foreach(p->shown, name, field)
    {
        DZ_AUTO_BUF struct dz_buf value = DZ_BUF(8u << 20);
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(8u << 20);
        if (dz_json_canonical(&value, json_object_get(field, "value"), NULL) != DZ_OK)
            continue;
        dz_buf_addf(&line, "%s = %s", name, value.p);
        if (!line.failed)
            say(a, DZ_CHECK_FACT, "field", path, line.p);
    }
    json_object_foreach(p->withheld, name, field)
    {
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(8u << 20);
        dz_buf_addf(&line, _("the field '%s' is withheld"), name);
        say(a, DZ_CHECK_NOTICE, "withheld", path, line.p);
    }
}

static void
tell_proof(const struct verify_args *a, const struct dz_proof *p, const char *path)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf vkey = DZ_BUF(1024);
    dz_note_vkey(&p->key, &vkey);
    dz_buf_addf(&text, _("entry %llu of log %s stands in the tree of %llu entries signed by %s"),
                (unsigned long long)p->index, p->log_hex, (unsigned long long)p->checkpoint.size,
                vkey.p);
    say(a, DZ_CHECK_FACT, "proof", path, text.p);
    tell_fields(a, p, path);
    if (dz_proof_is_bare(p))
        say(a, DZ_CHECK_NOTICE, "bare", path,
            _("the body was removed: only that there was an entry is proven, not what it said"));
    if (p->has_signature)
        say(a, DZ_CHECK_FACT, "member", path, _("the member's signature holds"));
    if (a->trust.n_keys == 0)
        say(a, DZ_CHECK_NOTICE, "trust-key", path,
            _("the key of the log came with the proof: compare it with what the keeper of the "
              "collection tells you another way, or give it with --key"));
    if (a->json)
        return;
    printf("%s\n", _("sound: the entry stands in the log and says what is shown."));
    printf("%s\n", _("Not proven: that what it says is true; and when it was written, unless a "
                     "timestamp of a later checkpoint says so."));
}

static enum verify_exit
check_proof(const struct verify_args *a, const struct file *f)
{
    struct dz_err err = {.code = DZ_OK};
    DZ_AUTO_PROOF struct dz_proof p = {.index = 0};
    enum dz_code code = dz_proof_parse(dz_buf_view(&f->bytes), &p, &err);
    if (code == DZ_OK)
        code = dz_proof_check(&p, dz_trust_key(&a->trust, p.key.name), NULL, &err);
    if (code == DZ_E_FORMAT)
        return verify_fail(f->path, &err);
    if (code == DZ_OK)
        tell_proof(a, &p, f->path);
    else
        say(a, DZ_CHECK_FINDING, "proof", f->path, err.msg);
    verify_end_file(a, f->path, "proof", code == DZ_OK);
    return code == DZ_OK ? EXIT_SOUND : EXIT_DAMAGED;
}

/* --- checkpoints --- */

static enum verify_exit
no_key(const struct file *f)
{
    struct dz_err err = {.code = DZ_OK};
    (void)!dz_fail(&err, DZ_E_USAGE,
                   "a checkpoint can be checked only with the key of its log: give it with --key");
    (void)verify_fail(f->path, &err);
    return EXIT_WRONG_USAGE;
}

static enum verify_exit
check_note(const struct verify_args *a, const struct file *f)
{
    struct dz_err err = {.code = DZ_OK};
    struct dz_view text;
    const struct dz_note_key *key = dz_trust_key(&a->trust, f->checkpoint.origin);
    if (key == NULL)
        return no_key(f);
    enum dz_code code = dz_note_open(dz_buf_view(&f->bytes), key, 1, &text, &err);
    if (code == DZ_OK && strcmp(f->checkpoint.origin, key->name) != 0)
        code = dz_fail(&err, DZ_E_CORRUPT, "the checkpoint is of another log");
    if (code == DZ_OK) {
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(4096);
        dz_buf_addf(&line, _("the key signed that the log %s has %llu entries with this root"),
                    key->name, (unsigned long long)f->checkpoint.size);
        say(a, DZ_CHECK_FACT, "checkpoint", f->path, line.p);
    } else {
        say(a, DZ_CHECK_FINDING, "checkpoint", f->path, err.msg);
    }
    verify_end_file(a, f->path, "checkpoint", code == DZ_OK);
    return code == DZ_OK ? EXIT_SOUND : EXIT_DAMAGED;
}

static enum dz_code
run_consistency(const struct verify_args *a, const struct file *f, const struct dz_consistency *c,
                const struct file *old, struct dz_err *err)
{
    const struct dz_note_key *key = dz_trust_key(&a->trust, c->checkpoint.origin);
    DZ_TRY(dz_consistency_check(c, dz_buf_view(&old->bytes), key, NULL, NULL, err));
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(4096);
    dz_buf_addf(&line,
                _("the log %s of %llu entries begins with the %llu that %s signs: none of them was "
                  "changed, removed or added since"),
                key->name, (unsigned long long)c->checkpoint.size, (unsigned long long)c->old_size,
                old->path);
    say(a, DZ_CHECK_FACT, "consistency", f->path, line.p);
    return DZ_OK;
}

/* The earlier checkpoint is the one of this size among the paths, or the only one. */
static const struct file *
earlier(const struct file *files, size_t n, const struct dz_consistency *c)
{
    const struct file *only = NULL;
    size_t notes = 0;
    for (size_t i = 0; i < n; i++) {
        if (files[i].kind != FILE_NOTE)
            continue;
        notes++;
        only = &files[i];
        if (files[i].checkpoint.size == c->old_size &&
            strcmp(files[i].checkpoint.origin, c->checkpoint.origin) == 0)
            return only;
    }
    return notes == 1 ? only : NULL;
}

static enum verify_exit
check_consistency(const struct verify_args *a, const struct file *f, const struct file *files,
                  size_t n)
{
    struct dz_err err = {.code = DZ_OK};
    DZ_AUTO_CONSISTENCY struct dz_consistency c = {.old_size = 0};
    enum dz_code code = dz_consistency_parse(dz_buf_view(&f->bytes), &c, &err);
    if (code == DZ_OK) {
        const struct file *old = earlier(files, n, &c);
        if (old == NULL) {
            (void)!dz_fail(&err, DZ_E_USAGE,
                           "the earlier checkpoint is needed too: dokaz-verify OLD.note "
                           "FILE.tlog-consistency");
            (void)verify_fail(f->path, &err);
            return EXIT_WRONG_USAGE;
        }
        if (a->trust.n_keys == 0)
            return no_key(f);
        code = run_consistency(a, f, &c, old, &err);
    }
    if (code != DZ_OK)
        say(a, DZ_CHECK_FINDING, "consistency", f->path, err.msg);
    verify_end_file(a, f->path, "consistency", code == DZ_OK);
    return code == DZ_OK ? EXIT_SOUND : EXIT_DAMAGED;
}

/* --- which is which --- */

/* A checkpoint is known by its first three lines and the empty one; its signature comes later. */
static bool
is_note(struct file *f)
{
    static const char gap[] = "\n\n";
    struct dz_view all = dz_buf_view(&f->bytes);
    for (size_t i = 0; i + 1 < all.n; i++)
        if (memcmp(all.p + i, gap, 2) == 0)
            return dz_checkpoint_parse((struct dz_view){.p = all.p, .n = i + 1}, &f->checkpoint,
                                       NULL) == DZ_OK;
    return false;
}

static enum dz_code
load(struct file *f, struct dz_err *err)
{
    f->bytes = (struct dz_buf)DZ_BUF(VERIFY_FILE_MAX);
    DZ_TRY(dz_os_slurp(AT_FDCWD, f->path, VERIFY_FILE_MAX, &f->bytes, err));
    struct dz_view all = dz_buf_view(&f->bytes);
    f->kind = FILE_NOTE;
    if (dz_view_starts(all, "c2sp.org/tlog-proof@"))
        f->kind = FILE_PROOF;
    else if (dz_view_starts(all, "old "))
        f->kind = FILE_CONSISTENCY;
    else if (!is_note(f))
        return dz_fail(err, DZ_E_INPUT,
                       "this is not a proof, a checkpoint or a consistency file of dokaz");
    return DZ_OK;
}

static enum verify_exit
check_file(const struct verify_args *a, const struct file *files, size_t n, size_t ix,
           bool has_consistency)
{
    const struct file *f = &files[ix];
    switch (f->kind) {
    case FILE_PROOF:
        return check_proof(a, f);
    case FILE_CONSISTENCY:
        return check_consistency(a, f, files, n);
    case FILE_NOTE:
        break;
    }
    /* An earlier checkpoint is checked with the consistency file that it came for. */
    return has_consistency ? EXIT_SOUND : check_note(a, f);
}

static enum verify_exit
worse(enum verify_exit a, enum verify_exit b)
{
    /* Damage outweighs all else, because it is certain. */
    if (a == EXIT_DAMAGED || b == EXIT_DAMAGED)
        return EXIT_DAMAGED;
    if (a == EXIT_FAILED || b == EXIT_FAILED)
        return EXIT_FAILED;
    return a == EXIT_SOUND ? b : a;
}

enum verify_exit
verify_files(const struct verify_args *a)
{
    struct file *files = dz_alloc_array(a->n_paths + 1, sizeof *files);
    enum verify_exit status = EXIT_SOUND;
    size_t n = 0;
    bool has_consistency = false;
    for (size_t i = 0; i < a->n_paths; i++) {
        struct dz_err err = {.code = DZ_OK};
        DZ_AUTO_FD int fd = -1;
        if (dz_os_opendir(AT_FDCWD, a->paths[i], &fd, NULL) == DZ_OK) {
            status = worse(status, verify_folder(a, a->paths[i], fd));
            continue;
        }
        files[n].path = a->paths[i];
        if (load(&files[n], &err) != DZ_OK)
            status = worse(status, verify_fail(a->paths[i], &err));
        else
            has_consistency = files[n].kind == FILE_CONSISTENCY || has_consistency;
        n += err.code == DZ_OK ? 1 : 0;
        if (err.code != DZ_OK)
            dz_buf_done(&files[n].bytes);
    }
    for (size_t i = 0; i < n; i++)
        status = worse(status, check_file(a, files, n, i, has_consistency));
    for (size_t i = 0; i < n; i++)
        dz_buf_done(&files[i].bytes);
    dz_free(files);
    return status;
}
