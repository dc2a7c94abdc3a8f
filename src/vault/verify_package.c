#include <fcntl.h>

#include "dz_os.h"
#include "dz_package.h"
#include "dz_secret.h"
#include "dz_trust.h"
#include "dz_vault_package.h"

struct teller {
    dz_package_told_fn *fn;
    void *ctx;
};

static void
tell(void *ctx, const struct dz_check_line *line)
{
    const struct teller *t = ctx;
    enum dz_package_told told = DZ_PACKAGE_FACT;
    if (line->cls == DZ_CHECK_FINDING)
        told = DZ_PACKAGE_FINDING;
    else if (line->cls == DZ_CHECK_NOTICE)
        told = DZ_PACKAGE_NOTICE;
    t->fn(t->ctx, told, line->code, line->thing, line->message);
}

static enum dz_code
take_words(const struct dz_package_words *words, struct dz_trust *trust, struct dz_err *err)
{
    if (words->key != NULL)
        DZ_TRY(dz_trust_add_key(trust, words->key, err));
    if (words->ca != NULL)
        DZ_TRY(dz_trust_add_ca(trust, words->ca, err));
    if (words->signer != NULL)
        DZ_TRY(dz_trust_add_signers(trust, words->signer, err));
    return DZ_OK;
}

enum dz_code
dz_vault_verify_package(const char *path, const struct dz_package_words *words,
                        dz_package_told_fn *fn, void *ctx, struct dz_package_counts *ret,
                        struct dz_err *err)
{
    DZ_AUTO_TRUST struct dz_trust trust = DZ_TRUST_NONE;
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_crypto_init(err));
    DZ_TRY(take_words(words, &trust, err));
    DZ_TRY(dz_os_opendir(AT_FDCWD, path, &fd, err));
    struct teller teller = {.fn = fn, .ctx = ctx};
    struct dz_package_trust view = dz_trust_view(&trust, dz_os_now_us());
    struct dz_package_result r;
    DZ_TRY(dz_package_check(fd, &view, tell, &teller, &r, err));
    *ret = (struct dz_package_counts){.is_package = r.is_package,
                                      .is_signed = r.is_signed,
                                      .n_payload = r.bag.n_payload,
                                      .payload_bytes = r.bag.payload_bytes,
                                      .n_proofs = r.n_proofs,
                                      .n_files = r.n_files,
                                      .n_facts = r.n_facts,
                                      .n_quotes = r.n_quotes,
                                      .n_custody = r.n_custody,
                                      .n_stamps = r.n_stamps,
                                      .n_findings = r.n_findings,
                                      .n_notices = r.n_notices};
    return DZ_OK;
}
