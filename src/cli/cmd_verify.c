#include <string.h>

#include "dz_cmd.h"
#include "dz_json.h"
#include "dz_logs.h"
#include "dz_mem.h"
#include "dz_timestamp.h"
#include "dz_vault.h"
#include "dz_verify_package.h"

struct values {
    bool keyless;
    bool deep;
    const char *since;
    const char *key;
    const char *ca;
    const char *signer;
};

static const struct dz_opt opts[] = {
    DZ_OPT_FLAG(struct values, keyless, "keyless",
                N_("check stored bytes, tree and checkpoints only; asks for no passphrase")),
    DZ_OPT_FLAG(struct values, deep, "deep", N_("also open every object and check its contents")),
    DZ_OPT_PATH(struct values, since, "since", N_("CHECKPOINT"),
                N_("also check that the vault contains this checkpoint, a file kept elsewhere")),
    DZ_OPT_PATH(struct values, key, "key", N_("KEY"),
                N_("of a package: verifier key of its log (text or file), received another way")),
    DZ_OPT_PATH(struct values, ca, "ca", N_("FILE"),
                N_("of a package: certificates (PEM) of timestamp authorities that you trust")),
    DZ_OPT_PATH(struct values, signer, "signer", N_("FILE"),
                N_("of a package: key of its signer, as a .pub or an allowed_signers file")),
    {0},
};

static void
finding(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
        const char *touches)
{
    struct dz_ctx *c = ctx;
    dz_progress_end();
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "thing", thing);
        dz_json_set_str(line, level == DZ_VERIFY_NOTICE ? "notice" : "finding", message);
        dz_json_set_str(line, "touches", touches);
        dz_out_json_new(&c->out, line);
        return;
    }
    if (level == DZ_VERIFY_NOTICE)
        dz_out_f(&c->out, "%s ", _("Notice:"));
    dz_out_line(&c->out, dz_view_of(thing), 400);
    dz_out_text(&c->out, ": ");
    dz_out_line(&c->out, dz_view_of(message), 1000);
    if (touches != NULL && touches[0] != '\0') {
        dz_out_f(&c->out, " %s ", _("- touches"));
        dz_out_line(&c->out, dz_view_of(touches), 1000);
    }
    dz_out_text(&c->out, "\n");
}

static void
summary(struct dz_ctx *c, const struct dz_verify_report *r, const char *depth)
{
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "depth", depth);
        dz_json_set_int(line, "findings", (int64_t)r->n_findings);
        dz_json_set_int(line, "notices", (int64_t)r->n_notices);
        dz_json_set_int(line, "entries", (int64_t)r->n_entries);
        dz_json_set_int(line, "objects", (int64_t)r->n_objects);
        dz_json_set_int(line, "checkpoints", (int64_t)r->n_checkpoints);
        dz_json_set_int(line, "bytes", (int64_t)r->bytes_checked);
        dz_out_json_new(&c->out, line);
        return;
    }
    dz_out_f(&c->out,
             _("Checked: %llu entries, %llu stored objects, %llu checkpoints, %llu bytes."),
             (unsigned long long)r->n_entries, (unsigned long long)r->n_objects,
             (unsigned long long)r->n_checkpoints, (unsigned long long)r->bytes_checked);
    dz_out_text(&c->out, "\n");
    if (r->n_notices > 0) {
        dz_out_f(&c->out,
                 dz_trn("%llu notice: nothing that was stored is touched by it.",
                        "%llu notices: nothing that was stored is touched by them.",
                        (unsigned long)r->n_notices),
                 (unsigned long long)r->n_notices);
        dz_out_text(&c->out, "\n");
    }
    if (r->n_findings == 0)
        dz_out_f(&c->out, "%s\n", _("Everything is as it was stored."));
}

static void
timestamps(struct dz_ctx *c, const struct dz_timestamps_report *r)
{
    if (r->n == 0)
        return;
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_int(line, "timestamps", (int64_t)r->n);
        dz_json_set_int(line, "timestamps_invalid", (int64_t)r->n_findings);
        dz_json_set_int(line, "timestamps_expired_since", (int64_t)r->n_expired);
        dz_out_json_new(&c->out, line);
    } else {
        dz_out_f(&c->out,
                 dz_trn("%llu of %llu timestamp holds.", "%llu of %llu timestamps hold.",
                        (unsigned long)r->n),
                 (unsigned long long)(r->n - r->n_findings), (unsigned long long)r->n);
        dz_out_text(&c->out, "\n");
    }
}

static enum dz_code
found_damage(const struct dz_verify_report *r, struct dz_err *err)
{
    if (r->n_findings == 0)
        return DZ_OK;
    return dz_fail(err, DZ_E_CORRUPT,
                   dz_trn("%llu finding: the vault is not what was stored; compare with a backup",
                          "%llu findings: the vault is not what was stored; compare with a backup",
                          (unsigned long)r->n_findings),
                   (unsigned long long)r->n_findings);
}

/* Hold the checkpoint of --since against the vault, or against its folder where it is not open. A
 * file that is no checkpoint is the user's mistake; that the vault does not contain it is a finding
 * like any other. */
static enum dz_code
check_since(struct dz_ctx *c, const char *path, struct dz_verify_report *r, struct dz_err *err)
{
    if (path == NULL)
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_KEPT_MAX);
    DZ_TRY(dz_kept_read(path, &note, err));
    struct dz_kept_checkpoint kept;
    struct dz_err why = {0};
    enum dz_code code =
        c->vault != NULL
            ? dz_vault_contains(c->vault, dz_buf_view(&note), &kept, &why)
            : dz_vault_contains_keyless(c->vault_path, dz_buf_view(&note), &kept, &why);
    if (code == DZ_E_ROLLBACK || code == DZ_E_CORRUPT || code == DZ_E_NOTFOUND) {
        r->n_findings++;
        finding(c, DZ_VERIFY_FINDING, path, why.msg, NULL);
        return DZ_OK;
    }
    if (code == DZ_E_INPUT)
        return dz_fail(err, code, "'%s' is not a checkpoint: %s", path, why.msg);
    if (code != DZ_OK)
        return dz_fail(err, code, "'%s': %s", path, why.msg);
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "contains", kept.root_hex);
        dz_json_set_str(line, "log", kept.log);
        dz_json_set_int(line, "size", (int64_t)kept.size);
        dz_out_json_new(&c->out, line);
        return DZ_OK;
    }
    dz_out_f(&c->out,
             _("The vault contains the checkpoint in '%s': the first %llu entries of log %.8s are "
               "those that were signed."),
             path, (unsigned long long)kept.size, kept.log);
    dz_out_text(&c->out, "\n");
    return DZ_OK;
}

static enum dz_code
keyless(struct dz_ctx *c, const char *since, struct dz_err *err)
{
    struct dz_verify_report r = {0};
    DZ_TRY(dz_vault_verify_keyless(c->vault_path, finding, c, &r, err));
    DZ_TRY(check_since(c, since, &r, err));
    summary(c, &r, "keyless");
    return found_damage(&r, err);
}

/* A package needs no vault and no passphrase, and the options of either make no sense for the
 * other. */
static enum dz_code
package(struct dz_ctx *c, const struct values *v, struct dz_err *err)
{
    if (v->keyless || v->deep || v->since != NULL)
        return dz_fail(err, DZ_E_USAGE,
                       "--keyless, --deep and --since are for a vault, not for a package");
    struct dz_package_words words = {.key = v->key, .ca = v->ca, .signer = v->signer};
    return dz_verify_package(c, c->words[0], &words, err);
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    if (c->n_words > 0)
        return package(c, v, err);
    if (v->key != NULL || v->ca != NULL || v->signer != NULL)
        return dz_fail(err, DZ_E_USAGE, "--key, --ca and --signer need a package to check");
    if (v->keyless && v->deep)
        return dz_fail(err, DZ_E_USAGE, "--keyless and --deep exclude each other");
    if (c->vault_path == NULL)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "there is no vault here or above: name one with -C VAULT");
    if (v->keyless)
        return keyless(c, v->since, err);

    enum dz_code code = dz_ctx_open(c, DZ_OPEN_READ, err);
    if (code == DZ_E_CORRUPT || code == DZ_E_ROLLBACK) {
        /* What cannot be opened can still be looked at from outside, so that the damage has a
         * name. */
        struct dz_verify_report r = {0};
        struct dz_err ignored = {0};
        if (dz_vault_verify_keyless(c->vault_path, finding, c, &r, &ignored) == DZ_OK &&
            check_since(c, v->since, &r, &ignored) == DZ_OK)
            summary(c, &r, "keyless");
        return code;
    }
    /* A changed key file looks like a wrong passphrase. */
    if (code == DZ_E_AUTH)
        dz_notice(
            c, "%s",
            _("if the passphrase is right, a key file may be damaged: 'dokaz verify --keyless' "
              "tells"));
    DZ_TRY(code);
    struct dz_verify_report r = {0};
    DZ_TRY(dz_vault_verify(c->vault, v->deep ? DZ_VERIFY_DEEP : DZ_VERIFY_NORMAL, finding, c, &r,
                           err));
    struct dz_timestamps_report stamps = {0};
    code = dz_timestamps_verify(c->vault, finding, c, &stamps, err);
    /* Where entries cannot be read, that has been told. */
    if (code != DZ_OK && r.n_findings == 0)
        return code;
    r.n_findings += stamps.n_findings;
    timestamps(c, &stamps);
    DZ_TRY(check_since(c, v->since, &r, err));
    summary(c, &r, v->deep ? "deep" : "normal");
    return found_damage(&r, err);
}

const struct dz_cmd dz_cmd_verify = {
    .name = "verify",
    .group = DZ_GROUP_INTEGRITY,
    .summary = N_("check that nothing was altered, lost, added or reordered"),
    .usage = N_("[PACKAGE]"),
    .help = N_("With a PACKAGE, the folder of a package or of any other BagIt bag, that is checked "
               "and no vault is needed: form, checksums, signature, proofs, quotes, custody and "
               "timestamps. Keys and certificates that come with it show only that it agrees with "
               "itself; what you know from elsewhere is given with --key, --ca and --signer. A "
               "reader without dokaz has dokaz-verify for it, which also checks single proofs.\n\n"
               "Without options the journal, its signatures, the stored bytes, the key table and "
               "the tables that views read are checked. Every finding names the file, entry or "
               "object and, where it is known, the sources and facts that rest on it. With a "
               "finding the exit status is 3.\n\n"
               "A vault that was put back to an older state as a whole, or replaced by a copy that "
               "went another way, is whole in itself. --since shows that: it takes a checkpoint "
               "that 'dokaz log --checkpoint last' once printed and that was kept elsewhere."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_PATH | DZ_HAS_JSON,
    .max_words = 1,
    .run = run,
};
