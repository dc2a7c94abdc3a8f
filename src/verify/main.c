/* dokaz-verify: check a package, a proof or a vault without any key. This program links base,
 * crypto
 * and journal and nothing else; together with it they are what a third party has to read to trust
 * its answer. */
#include <stdio.h>
#include <stdlib.h>

#include "dz_os.h"
#include "dz_secret.h"
#include "dz_tr.h"
#include "verify_impl.h"

/* The language is chosen as dokaz chooses it, before dz_tr_init's fixed locale. */
static void
choose_language(void)
{
    const char *lang = NULL;
    const char *const variables[] = {"DOKAZ_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables && lang == NULL; i++) {
        lang = getenv(variables[i]);
        if (lang != NULL && *lang == '\0')
            lang = NULL;
    }
    dz_lang_set(dz_lang_parse(lang));
}

static enum verify_exit
run(const struct verify_args *a)
{
    struct dz_err err = {.code = DZ_OK};
    if (a->help) {
        verify_help();
        return EXIT_SOUND;
    }
    if (a->version) {
        printf("dokaz-verify %s\n", DZ_VERSION);
        return EXIT_SOUND;
    }
    enum verify_exit status = EXIT_FAILED;
    if (dz_crypto_init(&err) != DZ_OK)
        return verify_fail("libsodium", &err);
    status = verify_files(a);
    /* A report that did not reach its reader is no report. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "dokaz-verify: %s\n", _("writing the report: standard output is closed"));
        return EXIT_FAILED;
    }
    return status;
}

int
main(int argc, char **argv)
{
    dz_os_harden();
    dz_tr_init();
    choose_language();
    struct verify_args a = {.trust = DZ_TRUST_NONE};
    enum verify_exit status = EXIT_SOUND;
    if (verify_args_read(&a, argc, argv, &status))
        status = run(&a);
    verify_args_done(&a);
    return (int)status;
}
