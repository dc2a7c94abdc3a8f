/* dokaz-verify: check a vault without any key. This program links base, crypto and journal and
 * nothing else; together with it they are what a third party has to read to trust its answer. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dz_keyless.h"
#include "dz_os.h"
#include "dz_secret.h"
#include "dz_tr.h"

enum { EXIT_SOUND = 0, EXIT_FAILED = 1, EXIT_WRONG_USAGE = 2, EXIT_DAMAGED = 3 };

static void
print_help(void)
{
    printf(
        "%s\n\n%s\n\n%s\n\n%s\n", _("Usage: dokaz-verify VAULT"),
        _("Check the stored bytes of a dokaz vault without any key or passphrase: every log with its\n"
          "tree and its signed checkpoints, and every file and object that the logs name. Nothing is\n"
          "written."),
        _("  --help     show this help\n"
          "  --version  show the version\n\n"
          "DOKAZ_LANG names the language of messages, en or uk; otherwise the locale does."),
        _("Exit status: 0 nothing is damaged; 3 damage was found, each finding on a line;\n"
          "1 the check could not run; 2 wrong usage."));
}

/* Findings go to standard output, one a line: they are what the program was asked for. */
static void
print_finding(void *ctx, const char *thing, uint64_t seq, const char *message)
{
    (void)ctx;
    if (seq == DZ_SEQ_NOTICE)
        printf(_("notice: %s: %s\n"), thing, message);
    else if (seq == DZ_SEQ_NONE)
        printf(_("damaged: %s: %s\n"), thing, message);
    else
        printf(_("damaged: %s: entry %llu: %s\n"), thing, (unsigned long long)seq, message);
}

static int
report(const struct dz_keyless_report *r)
{
    printf(_("logs %llu, entries %llu (bodies %llu), checkpoints %llu, stored things %llu, "
             "%llu bytes\n"),
           (unsigned long long)r->n_logs, (unsigned long long)r->n_entries,
           (unsigned long long)r->n_bodies, (unsigned long long)r->n_checkpoints,
           (unsigned long long)r->n_things, (unsigned long long)r->bytes_checked);
    if (r->n_findings == 0) {
        printf("%s\n", _("sound: all that is stored is what was stored"));
        return EXIT_SOUND;
    }
    printf(
        dz_trn("DAMAGED: %llu finding\n", "DAMAGED: %llu findings\n", (unsigned long)r->n_findings),
        (unsigned long long)r->n_findings);
    return EXIT_DAMAGED;
}

static int
fail(const char *path, const struct dz_err *err)
{
    fprintf(stderr, "dokaz-verify: %s: %s\n", path, err->msg);
    return err->code == DZ_E_CORRUPT || err->code == DZ_E_ROLLBACK ? EXIT_DAMAGED : EXIT_FAILED;
}

static int
verify(const char *path)
{
    struct dz_err err = {.code = DZ_OK};
    struct dz_keyless_report r = {.n_logs = 0};
    DZ_AUTO_FD int fd = -1;
    enum dz_code code = dz_crypto_init(&err);
    if (code == DZ_OK)
        code = dz_os_opendir(AT_FDCWD, path, &fd, &err);
    if (code == DZ_OK)
        code = dz_keyless_verify(fd, print_finding, NULL, &r, &err);
    if (code != DZ_OK)
        return fail(path, &err);
    int status = report(&r);
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
    const char *lang = NULL;
    const char *const variables[] = {"DOKAZ_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables && lang == NULL; i++) {
        lang = getenv(variables[i]);
        if (lang != NULL && *lang == '\0')
            lang = NULL;
    }
    dz_lang_set(dz_lang_parse(lang));

    const char *path = argc == 2                                 ? argv[1]
                       : argc == 3 && strcmp(argv[1], "--") == 0 ? argv[2]
                                                                 : NULL;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        print_help();
        return EXIT_SOUND;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("dokaz-verify %s\n", DZ_VERSION);
        return EXIT_SOUND;
    }
    if (path == NULL || (argc == 2 && path[0] == '-' && path[1] != '\0')) {
        fprintf(stderr, "dokaz-verify: %s\n",
                _("one folder is expected: dokaz-verify VAULT (--help tells more)"));
        return EXIT_WRONG_USAGE;
    }
    return verify(path);
}
