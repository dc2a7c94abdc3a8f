#include <stdio.h>
#include <string.h>

#include "dz_tr.h"
#include "verify_impl.h"

void
verify_help(void)
{
    printf(
        "%s\n\n%s\n\n%s\n%s\n\n%s\n\n%s\n", _("Usage: dokaz-verify [OPTION]... PATH..."),
        _("Check what dokaz made, without vault key, passphrase or network. A path may be:\n"
          "  a package or any other BagIt bag: files, proofs, quotes, custody, timestamps\n"
          "  a .tlog-proof file: that an entry stands in a log, and what it says\n"
          "  an earlier checkpoint and a .tlog-consistency file: that a log only grew\n"
          "  a checkpoint alone, with --key: that the key signed it\n"
          "  a vault: every stored byte that its logs name\n"
          "What a path is, is seen by its content. Nothing is written."),
        _("  --key KEY      verifier key of a log (text, or a file that holds it), received from\n"
          "                 its keeper another way than with the files; may be repeated\n"
          "  --ca FILE      certificates (PEM) of a timestamp authority; may be repeated\n"
          "  --signer FILE  key of the one who signed the package, as a .pub or an\n"
          "                 allowed_signers file; may be repeated\n"
          "  --json         one JSON object a line"),
        _("  --help     show this help\n"
          "  --version  show the version\n\n"
          "DOKAZ_LANG names the language of messages, en or uk; otherwise the locale does."),
        _("A hash proves that something has not changed since it came into the collection. It does\n"
          "not prove where it came from, nor that what it says is true."),
        _("Exit status: 0 nothing is wrong; 3 something is, each finding on a line;\n"
          "1 the check could not run; 2 wrong usage."));
}

static bool
usage(enum verify_exit *ret_exit, const char *message)
{
    fprintf(stderr, "dokaz-verify: %s\n", message);
    *ret_exit = EXIT_WRONG_USAGE;
    return false;
}

/* The value of "--name VALUE" or "--name=VALUE"; NULL when the word is another option. *ix moves on
 * where the value is the next word. */
static const char *
value_of(const char *name, int argc, char **argv, int *ix)
{
    size_t n = strlen(name);
    const char *word = argv[*ix];
    if (word == NULL || strncmp(word, name, n) != 0 || (word[n] != '\0' && word[n] != '='))
        return NULL;
    if (word[n] == '=')
        return word + n + 1;
    if (*ix + 1 >= argc)
        return "";
    return argv[++*ix];
}

static bool
take_option(struct verify_args *a, int argc, char **argv, int *ix, enum verify_exit *ret_exit)
{
    static const struct {
        const char *name;
        enum dz_code (*take)(struct dz_trust *t, const char *value, struct dz_err *err);
    } with_value[] = {
        {"--key", dz_trust_add_key}, {"--ca", dz_trust_add_ca}, {"--signer", dz_trust_add_signers}};
    const char *word = argv[*ix];
    for (size_t i = 0; i < sizeof with_value / sizeof *with_value; i++) {
        struct dz_err err = {.code = DZ_OK};
        const char *value = value_of(with_value[i].name, argc, argv, ix);
        if (value == NULL)
            continue;
        if (value[0] == '\0')
            return usage(ret_exit, _("an option lacks its value (--help tells more)"));
        if (with_value[i].take(&a->trust, value, &err) == DZ_OK)
            return true;
        (void)verify_fail(with_value[i].name, &err);
        *ret_exit = EXIT_FAILED;
        return false;
    }
    bool *flag = strcmp(word, "--json") == 0      ? &a->json
                 : strcmp(word, "--help") == 0    ? &a->help
                 : strcmp(word, "--version") == 0 ? &a->version
                                                  : NULL;
    if (flag == NULL)
        return usage(ret_exit, _("there is no such option (--help tells more)"));
    *flag = true;
    return true;
}

bool
verify_args_read(struct verify_args *a, int argc, char **argv, enum verify_exit *ret_exit)
{
    bool only_paths = false;
    a->paths = argv; /* paths move to the front; argv[0] is not needed any more */
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (!only_paths && strcmp(word, "--") == 0)
            only_paths = true;
        else if (only_paths || word[0] != '-' || word[1] == '\0')
            a->paths[a->n_paths++] = argv[i];
        else if (!take_option(a, argc, argv, &i, ret_exit))
            return false;
    }
    if (a->n_paths == 0 && !a->help && !a->version)
        return usage(ret_exit, _("a path is expected: dokaz-verify PATH... (--help tells more)"));
    return true;
}

void
verify_args_done(struct verify_args *a)
{
    dz_trust_done(&a->trust);
}
