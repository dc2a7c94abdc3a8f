#include <stdio.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "verify_impl.h"

/* Findings go to standard output, one a line: they are what the program was asked for. */
static void
vault_finding(void *ctx, const char *thing, uint64_t seq, const char *message)
{
    const struct verify_args *a = ctx;
    if (a->json) {
        DZ_AUTO_FREE char *at = seq == DZ_SEQ_NOTICE || seq == DZ_SEQ_NONE
                                    ? dz_strdup(thing)
                                    : dz_asprintf("%s:%llu", thing, (unsigned long long)seq);
        verify_say(a, &(struct dz_check_line){.cls = seq == DZ_SEQ_NOTICE ? DZ_CHECK_NOTICE
                                                                          : DZ_CHECK_FINDING,
                                              .code = "vault",
                                              .thing = at,
                                              .message = message});
        return;
    }
    if (seq == DZ_SEQ_NOTICE)
        printf(_("notice: %s: %s\n"), thing, message);
    else if (seq == DZ_SEQ_NONE)
        printf(_("damaged: %s: %s\n"), thing, message);
    else
        printf(_("damaged: %s: entry %llu: %s\n"), thing, (unsigned long long)seq, message);
}

static enum verify_exit
check_vault(const struct verify_args *a, const char *path, int fd)
{
    struct dz_err err = {.code = DZ_OK};
    struct dz_keyless_report r = {.n_logs = 0};
    struct verify_args copy = *a; /* the callback's context is not const */
    enum dz_code code = dz_keyless_verify(fd, vault_finding, &copy, &r, &err);
    if (code != DZ_OK)
        return verify_fail(path, &err);
    verify_end_vault(a, &r);
    return r.n_findings == 0 ? EXIT_SOUND : EXIT_DAMAGED;
}

static enum verify_exit
check_package(const struct verify_args *a, const char *path, int fd)
{
    struct dz_err err = {.code = DZ_OK};
    struct dz_package_result r;
    struct verify_args copy = *a;
    struct dz_package_trust trust = dz_trust_view(&a->trust, dz_os_now_us());
    enum dz_code code = dz_package_check(fd, &trust, verify_line, &copy, &r, &err);
    if (code != DZ_OK)
        return verify_fail(path, &err);
    verify_end_package(a, &r);
    return r.n_findings == 0 ? EXIT_SOUND : EXIT_DAMAGED;
}

enum verify_exit
verify_folder(const struct verify_args *a, const char *path, int fd)
{
    if (dz_os_exists(fd, "bagit.txt"))
        return check_package(a, path, fd);
    if (dz_os_exists(fd, "journal") || dz_os_exists(fd, "vault.json"))
        return check_vault(a, path, fd);
    if (dz_os_exists(fd, "data"))
        return check_package(a, path, fd);
    struct dz_err err = {.code = DZ_OK};
    (void)!dz_fail(&err, DZ_E_NOTFOUND,
                   "there is neither bagit.txt nor a journal here: this is not a package and not "
                   "a vault");
    return verify_fail(path, &err);
}
