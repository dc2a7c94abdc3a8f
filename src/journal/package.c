#include "dz_package.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "package_read_impl.h"

void
dz_package_say(struct package *p, enum dz_check_class cls, const char *code, const char *thing,
               const char *message)
{
    if (cls == DZ_CHECK_FINDING)
        p->result.n_findings++;
    if (cls == DZ_CHECK_NOTICE)
        p->result.n_notices++;
    if (p->fn != NULL)
        p->fn(p->ctx, &(struct dz_check_line){
                          .cls = cls, .code = code, .thing = thing, .message = message});
}

void
dz_package_sayf(struct package *p, enum dz_check_class cls, const char *code, const char *thing,
                const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, dz_tr(format), args);
    va_end(args);
    dz_package_say(p, cls, code, thing, message);
}

/* Lines of the bag come through here, so that they are counted once. */
static void
bag_line(void *ctx, const struct dz_check_line *line)
{
    struct package *p = ctx;
    dz_package_say(p, line->cls, line->code, line->thing, line->message);
}

bool
dz_package_path(struct package *p, const char *path, const char *folder, const char *named_by)
{
    if (path == NULL || strlen(path) > PACKAGE_PATH_MAX ||
        strncmp(path, folder, strlen(folder)) != 0) {
        dz_package_sayf(p, DZ_CHECK_FINDING, "package-path", path != NULL ? path : named_by,
                        N_("the index names no path below %s where one belongs"), folder);
        return false;
    }
    if (dz_bag_mark(p->bag, path, DZ_BAG_NAMED))
        return true;
    dz_package_sayf(p, DZ_CHECK_FINDING, "package-absent", path,
                    N_("the index names this file, and it is not there or no manifest lists it "
                       "(named by %s)"),
                    named_by);
    return false;
}

enum dz_code
dz_package_slurp(struct package *p, const char *path, size_t max, struct dz_buf *out,
                 bool *ret_good, struct dz_err *err)
{
    struct dz_err own = {0};
    enum dz_code code = dz_bag_read(p->dir, path, max, out, &own);
    *ret_good = code == DZ_OK;
    if (code == DZ_OK)
        return DZ_OK;
    if (code == DZ_E_INPUT || code == DZ_E_LIMIT || code == DZ_E_NOTFOUND) {
        dz_package_say(p, DZ_CHECK_FINDING, "package-file", path, own.msg);
        return DZ_OK;
    }
    if (err != NULL)
        *err = own;
    return code;
}

json_t *
dz_package_shown(const struct dz_proof *proof)
{
    json_t *values = json_object();
    const char *name;
    json_t *field;
    json_object_foreach(proof->shown, name, field)
    {
        json_object_set(values, name, json_object_get(field, "value"));
    }
    return values;
}

/* What the check means, in words: the reader has to know it as well as the findings. */
static void
tell_limits(struct package *p)
{
    if (p->trust->n_keys == 0 && p->n_logs > 0)
        dz_package_say(
            p, DZ_CHECK_NOTICE, "trust-key", "data/checkpoints",
            _("the keys of the logs came with the package: compare them with what the "
              "keeper of the collection tells you another way, or give them with --key"));
    if (p->result.is_signed && p->trust->n_signers == 0)
        dz_package_say(p, DZ_CHECK_NOTICE, "trust-signer", "allowed_signers",
                       _("the signer's key came with the package: compare its fingerprint with "
                         "what the signer tells you another way, or give the key with --signer"));
    if (p->n_stamps > 0 && p->trust->ca_pem.n == 0)
        dz_package_say(p, DZ_CHECK_NOTICE, "trust-ca", "data/timestamps",
                       _("the certificates of the timestamps came with the package: compare their "
                         "fingerprints with what the authority publishes, or give them with --ca"));
}

static enum dz_code
check_package(struct package *p, struct dz_err *err)
{
    DZ_TRY(dz_package_index_first(p, err));
    if (!p->has_format)
        return DZ_OK;
    DZ_TRY(dz_package_index_second(p, err));
    DZ_TRY(dz_package_facts(p, err));
    DZ_TRY(dz_package_index_facts(p, err));
    DZ_TRY(dz_package_custody(p, err));
    DZ_TRY(dz_package_unnamed(p, err));
    tell_limits(p);
    return DZ_OK;
}

/* A package has four manifests; a plain bag may do with one. */
static void
check_manifests(struct package *p)
{
    static const char *const names[] = {"manifest-sha256.txt", "manifest-sha512.txt",
                                        "tagmanifest-sha256.txt", "tagmanifest-sha512.txt"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!dz_os_exists(p->dir, names[i]))
            dz_package_say(p, DZ_CHECK_FINDING, "package-manifest", names[i],
                           _("the file is missing"));
}

static enum dz_code
proof_found(void *ctx, const char *path, bool is_file, struct dz_err *err)
{
    static const char end[] = ".tlog-proof";
    bool *found = ctx;
    size_t n = strlen(path);
    (void)err;
    *found = *found || (is_file && n > sizeof end && strcmp(path + n - sizeof end + 1, end) == 0);
    return DZ_OK;
}

/* Without its index a package must not pass for a plain bag. */
static enum dz_code
check_plain_bag(struct package *p, struct dz_err *err)
{
    bool found = false;
    DZ_TRY(dz_bag_walk(p->dir, "data/proofs", proof_found, &found, err));
    if (found)
        dz_package_say(p, DZ_CHECK_FINDING, "package-absent", DZ_PACKAGE_INDEX,
                       _("there are proofs here, and the index that says what they prove is "
                         "missing"));
    dz_package_say(p, DZ_CHECK_NOTICE, "bag-only", DZ_PACKAGE_INDEX,
                   _("there is no index of dokaz here: this was checked as a bag only, and nothing "
                     "beyond its checksums is proven"));
    return DZ_OK;
}

static enum dz_code
run(struct package *p, struct dz_err *err)
{
    DZ_TRY(dz_bag_check(p->dir, bag_line, p, &p->bag, &p->result.bag, err));
    DZ_TRY(dz_package_signature(p, err));
    p->result.is_package = dz_bag_mark(p->bag, DZ_PACKAGE_INDEX, DZ_BAG_NAMED);
    if (!p->result.is_package)
        return check_plain_bag(p, err);
    check_manifests(p);
    return check_package(p, err);
}

static void
done(struct package *p)
{
    for (size_t i = 0; i < p->n_logs; i++) {
        dz_free(p->logs[i].vkey);
        dz_free(p->logs[i].path);
        dz_buf_done(&p->logs[i].note);
    }
    for (size_t i = 0; i < p->n_points; i++)
        dz_free(p->points[i].path);
    dz_free(p->logs);
    dz_free(p->points);
    dz_free(p->stamps);
    dz_package_set_done(&p->texts);
    dz_package_set_done(&p->originals);
    dz_package_set_done(&p->facts);
    dz_package_set_done(&p->nodes);
    dz_bag_free(p->bag);
}

enum dz_code
dz_package_check(int dirfd, const struct dz_package_trust *trust, dz_check_fn *fn, void *ctx,
                 struct dz_package_result *ret, struct dz_err *err)
{
    struct package p = {.dir = dirfd, .trust = trust, .fn = fn, .ctx = ctx};
    dz_package_set_init(&p.texts);
    dz_package_set_init(&p.originals);
    dz_package_set_init(&p.facts);
    dz_package_set_init(&p.nodes);
    enum dz_code code = run(&p, err);
    p.result.n_logs = p.n_logs;
    if (code == DZ_OK)
        *ret = p.result;
    done(&p);
    return code;
}
