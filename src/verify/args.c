#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "dz_bag.h"
#include "dz_os.h"
#include "dz_sshsig.h"
#include "dz_tr.h"
#include "dz_tsp.h"
#include "verify_impl.h"

#define KEY_FILE_MAX 65536u

void
verify_help(void)
{
    printf(
        "%s\n\n%s\n\n%s\n\n%s\n\n%s\n", _("Usage: dokaz-verify [OPTION]... PATH..."),
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
          "  --json         one JSON object a line\n"
          "  --help         show this help\n"
          "  --version      show the version\n\n"
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

static bool
bad_file(enum verify_exit *ret_exit, const char *path, const struct dz_err *err)
{
    *ret_exit = verify_fail(path, err);
    *ret_exit = EXIT_FAILED;
    return false;
}

static enum dz_code
add_key(struct verify_args *a, struct dz_view text, struct dz_err *err)
{
    if (a->n_keys == VERIFY_KEYS_MAX)
        return dz_fail(err, DZ_E_LIMIT, "more than %d keys", VERIFY_KEYS_MAX);
    enum dz_code code = dz_note_vkey_parse(dz_view_trim(text), &a->keys[a->n_keys], err);
    if (code == DZ_OK)
        a->n_keys++;
    return code;
}

/* A key is given as its text; what is not one names a file that holds one. */
static bool
take_key(struct verify_args *a, const char *word, enum verify_exit *ret_exit)
{
    struct dz_err err = {.code = DZ_OK};
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(KEY_FILE_MAX);
    if (add_key(a, dz_view_of(word), NULL) == DZ_OK)
        return true;
    enum dz_code code = dz_os_slurp(AT_FDCWD, word, KEY_FILE_MAX, &file, &err);
    if (code == DZ_OK)
        code = add_key(a, dz_buf_view(&file), &err);
    return code == DZ_OK || bad_file(ret_exit, word, &err);
}

static bool
take_ca(struct verify_args *a, const char *path, enum verify_exit *ret_exit)
{
    struct dz_err err = {.code = DZ_OK};
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_TSP_PEM_MAX);
    enum dz_code code = dz_os_slurp(AT_FDCWD, path, DZ_TSP_PEM_MAX, &file, &err);
    if (code == DZ_OK)
        code = dz_tsp_certificates(dz_buf_view(&file), &a->ca_pem, &err);
    return code == DZ_OK || bad_file(ret_exit, path, &err);
}

/* Every key of the file, one a line, with or without what stands before it in allowed_signers. */
static enum dz_code
add_signers(struct verify_args *a, struct dz_view file, struct dz_err *err)
{
    size_t before = a->n_signers;
    while (file.n > 0) {
        const char *end = memchr(file.p, '\n', file.n);
        struct dz_view line = {.p = file.p, .n = end != NULL ? (size_t)(end - file.p) : file.n};
        file.p += line.n + (end != NULL ? 1 : 0);
        file.n -= line.n + (end != NULL ? 1 : 0);
        while (line.n > 0 && line.p[0] != '#' && !dz_view_starts(line, "ssh-ed25519 ")) {
            line.p++;
            line.n--;
        }
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (a->n_signers == VERIFY_KEYS_MAX)
            return dz_fail(err, DZ_E_LIMIT, "more than %d keys", VERIFY_KEYS_MAX);
        DZ_TRY(dz_sshsig_public_parse(line, a->signers[a->n_signers], err));
        a->n_signers++;
    }
    if (a->n_signers == before)
        return dz_fail(err, DZ_E_INPUT, "no ssh-ed25519 key stands in it");
    return DZ_OK;
}

static bool
take_signer(struct verify_args *a, const char *path, enum verify_exit *ret_exit)
{
    struct dz_err err = {.code = DZ_OK};
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(KEY_FILE_MAX);
    enum dz_code code = dz_os_slurp(AT_FDCWD, path, KEY_FILE_MAX, &file, &err);
    if (code == DZ_OK)
        code = add_signers(a, dz_buf_view(&file), &err);
    return code == DZ_OK || bad_file(ret_exit, path, &err);
}

/* The value of "--name VALUE" or "--name=VALUE"; NULL when the word is another option. *ix moves on
 * where the value is the next word. */
static const char *
value_of(const char *name, int argc, char **argv, int *ix)
{
    size_t n = strlen(name);
    const char *word = argv[*ix];
    if (strncmp(word, name, n) != 0 || (word[n] != '\0' && word[n] != '='))
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
        bool (*take)(struct verify_args *a, const char *value, enum verify_exit *ret_exit);
    } with_value[] = {{"--key", take_key}, {"--ca", take_ca}, {"--signer", take_signer}};
    const char *word = argv[*ix];
    for (size_t i = 0; i < sizeof with_value / sizeof *with_value; i++) {
        const char *value = value_of(with_value[i].name, argc, argv, ix);
        if (value != NULL && value[0] == '\0')
            return usage(ret_exit, _("an option lacks its value (--help tells more)"));
        if (value != NULL)
            return with_value[i].take(a, value, ret_exit);
    }
    a->json = a->json || strcmp(word, "--json") == 0;
    a->help = a->help || strcmp(word, "--help") == 0;
    a->version = a->version || strcmp(word, "--version") == 0;
    if (strcmp(word, "--json") == 0 || strcmp(word, "--help") == 0 ||
        strcmp(word, "--version") == 0)
        return true;
    return usage(ret_exit, _("there is no such option (--help tells more)"));
}

bool
verify_args_read(struct verify_args *a, int argc, char **argv, enum verify_exit *ret_exit)
{
    bool only_paths = false;
    a->ca_pem = (struct dz_buf)DZ_BUF(DZ_TSP_PEM_MAX);
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
    dz_buf_done(&a->ca_pem);
}
