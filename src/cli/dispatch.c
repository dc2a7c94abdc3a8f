#define _GNU_SOURCE /* AT_FDCWD */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dz_cli.h"
#include "dz_cmd.h"
#include "dz_mem.h"
#include "dz_member.h"
#include "dz_os.h"
#include "dz_queue.h"
#include "dz_reading_log.h"
#include "dz_registry.h"
#include "dz_rules.h"
#include "dz_secret.h"
#include "dz_source.h"
#include "dz_vault.h"

#ifndef DZ_VERSION
#define DZ_VERSION "0"
#endif

const struct dz_opt dz_global_opts[] = {
    {.name = "vault",
     .letter = 'C',
     .kind = DZ_OPT_KIND_PATH,
     .at = DZ_OPT_AT(const char *, struct dz_globals, vault),
     .arg = N_("VAULT"),
     .help = N_("folder of the vault; otherwise the current folder or the nearest one above it")},
    DZ_OPT_PATH(struct dz_globals, passphrase_file, "passphrase-file", N_("FILE"),
                N_("read the passphrase from the first line of FILE instead of the terminal")),
    DZ_OPT_TEXT(struct dz_globals, member, "as", N_("MEMBER"),
                N_("acting member; optional in a vault of one")),
    DZ_OPT_TEXT(struct dz_globals, lang, "lang", N_("LANG"),
                N_("language of messages and reports: en or uk")),
    {.name = "help",
     .letter = 'h',
     .kind = DZ_OPT_KIND_FLAG,
     .at = DZ_OPT_AT(bool, struct dz_globals, help),
     .help = N_("explain the command and its options")},
    DZ_OPT_FLAG(struct dz_globals, version, "version", N_("print the version of the program")),
    {0},
};
static const struct dz_opt json_opt[] = {
    DZ_OPT_FLAG(struct dz_globals, json, "json", N_("print one JSON object a line")),
    {0},
};

/* Set by Ctrl-C; commands that work long read it and stop in order. */
static volatile sig_atomic_t interrupted;
static bool cancel_flag;

static void
on_interrupt(int sig)
{
    /* The second one is meant. */
    if (interrupted)
        _exit(128 + sig);
    interrupted = 1;
    cancel_flag = true;
}

static void
prepare_signals(void)
{
    /* A reader that goes away shows as EPIPE, not as a death. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
}

/* Only commands that look at the flag catch Ctrl-C; it ends all others at once, which the vault
 * bears at any point. */
static void
catch_interrupt(void)
{
    struct sigaction stop = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
}

static int
exit_status(enum dz_code code)
{
    switch (code) {
    case DZ_OK:
        return 0;
    case DZ_E_USAGE:
        return 2;
    case DZ_E_CORRUPT:
    case DZ_E_ROLLBACK:
        return 3;
    case DZ_E_INPUT:
    case DZ_E_NOTFOUND:
    case DZ_E_EXISTS:
    case DZ_E_LIMIT:
    case DZ_E_MEMORY:
    case DZ_E_IO:
    case DZ_E_FULL:
    case DZ_E_LOCKED:
    case DZ_E_AUTH:
    case DZ_E_DENIED:
    case DZ_E_FORMAT:
    case DZ_E_CANCELLED:
        return 1;
    }
    return 1;
}

/* The one place that prints errors. */
static int
report(const char *command, enum dz_code code, const struct dz_err *err)
{
    if (code == DZ_OK)
        return 0;
    /* What was printed so far comes first where both streams are one terminal. */
    if (command != NULL)
        fprintf(stderr, "dokaz: %s: %s\n", command, err->msg);
    else
        fprintf(stderr, "dokaz: %s\n", err->msg);
    return exit_status(code);
}

static void
choose_language(const char *named)
{
    const char *const from[] = {named, getenv("DOKAZ_LANG"), getenv("LC_ALL"),
                                getenv("LC_MESSAGES"), getenv("LANG")};
    for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
        if (from[i] != NULL && from[i][0] != '\0') {
            dz_lang_set(dz_lang_parse(from[i]));
            return;
        }
    }
}

static enum dz_code
check_globals(const struct dz_globals *g, struct dz_err *err)
{
    if (g->lang != NULL && strcmp(g->lang, "en") != 0 && strcmp(g->lang, "uk") != 0)
        return dz_fail(err, DZ_E_USAGE, "--lang: '%s' is not known: en or uk", g->lang);
    return DZ_OK;
}

static enum dz_code
unknown_command(const char *typed, struct dz_err *err)
{
    const char *names[96];
    size_t n = 0;
    for (size_t i = 0; dz_commands[i] != NULL; i++)
        if ((dz_commands[i]->needs & DZ_FOR_TESTS) == 0 && n < sizeof names / sizeof *names - 1)
            names[n++] = dz_commands[i]->name;
    names[n] = NULL;
    const char *near = dz_args_nearest(typed, names);
    if (near != NULL)
        return dz_fail(err, DZ_E_USAGE, "there is no command '%s': did you mean '%s'?", typed,
                       near);
    return dz_fail(err, DZ_E_USAGE, "there is no command '%s': see 'dokaz help'", typed);
}

/* The member of a family that the next word names. *rest moves behind it; global options may stand
 * in front of it. */
static enum dz_code
choose_sub(const struct dz_cmd *family, struct dz_globals *globals, int argc, char **argv,
           int *rest, const struct dz_cmd **ret, struct dz_err *err)
{
    const char *names[32];
    size_t n = 0, n_words = 0;
    int used = 0;
    DZ_AUTO_BUF struct dz_buf list = DZ_BUF(4096);
    for (; n < sizeof names / sizeof *names - 1 && family->subs[n] != NULL; n++) {
        names[n] = dz_command_word(family->subs[n]);
        dz_buf_addf(&list, "%s%s", n > 0 ? ", " : "", names[n]);
    }
    names[n] = NULL;
    struct dz_opt_set set = {dz_global_opts, globals};
    DZ_TRY(dz_args_parse(&set, 1, DZ_ARGS_FIRST_WORD, argc - *rest, argv + *rest, NULL, &n_words,
                         &used, err));
    *rest += used;
    *ret = NULL;
    if (*rest >= argc)
        return globals->help ? DZ_OK
                             : dz_fail(err, DZ_E_USAGE, "say what to do: %s", list.p);
    const char *typed = argv[*rest];
    *ret = dz_command_sub(family, typed);
    *rest += 1;
    if (*ret != NULL)
        return DZ_OK;
    const char *near = dz_args_nearest(typed, names);
    if (near != NULL)
        return dz_fail(err, DZ_E_USAGE, "there is no '%s %s': did you mean '%s'?", family->name,
                       typed, near);
    return dz_fail(err, DZ_E_USAGE, "there is no '%s %s': there are %s", family->name, typed,
                   list.p);
}

static enum dz_code
check_words(const struct dz_cmd *cmd, const char *const *words, size_t n, struct dz_err *err)
{
    if (n < cmd->min_words)
        return dz_fail(err, DZ_E_USAGE, "something is missing: dokaz %s %s", cmd->name,
                       _(cmd->usage));
    if (n > cmd->max_words && cmd->usage[0] == '\0')
        return dz_fail(err, DZ_E_USAGE, "'%s' is too much: this command takes options only",
                       words[cmd->max_words]);
    if (n > cmd->max_words)
        return dz_fail(err, DZ_E_USAGE, "'%s' is too much: dokaz %s %s", words[cmd->max_words],
                       cmd->name, _(cmd->usage));
    return DZ_OK;
}

static enum dz_code
find_vault(struct dz_ctx *c, struct dz_err *err)
{
    if (c->globals.vault != NULL) {
        c->vault_path = dz_strdup(c->globals.vault);
        return DZ_OK;
    }
    return dz_vault_find(".", &c->vault_path, err);
}

/* Sources that an interrupted `add` left unread would be missing from every answer. */
static enum dz_code
tell_backlog(struct dz_ctx *c, struct dz_err *err)
{
    uint64_t n = 0;
    DZ_TRY(dz_sources_backlog(c->vault, &n, err));
    if (n > 0)
        dz_notice(c,
                  dz_trn("%llu source is preserved but not read yet: the next 'dokaz add' reads it",
                         "%llu sources are preserved but not read yet: the next 'dokaz add' reads "
                         "them",
                         (unsigned long)n),
                  (unsigned long long)n);
    return DZ_OK;
}

static enum dz_code
passphrase_for(struct dz_ctx *c, struct dz_err *err)
{
    const char *file = c->globals.passphrase_file;
    if (file == NULL)
        file = getenv("DOKAZ_PASSPHRASE_FILE");
    if (file != NULL && file[0] == '\0')
        file = NULL;
    bool twice = (c->cmd->needs & DZ_NEED_NEW_SECRET) != 0;
    return dz_prompt_passphrase(file, twice, &c->passphrase, err);
}

enum dz_code
dz_ctx_has_vault(const struct dz_ctx *c, struct dz_err *err)
{
    if (c->vault_path == NULL)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "there is no vault here or above: name one with -C VAULT");
    /* A folder that is no vault is said before a passphrase is asked for. */
    DZ_AUTO_FREE char *probe = dz_asprintf("%s/vault.json", c->vault_path);
    if (!dz_os_exists(AT_FDCWD, probe))
        return dz_fail(err, DZ_E_NOTFOUND, "'%s' is not a vault: there is no vault.json in it",
                       c->vault_path);
    return DZ_OK;
}

enum dz_code
dz_ctx_open(struct dz_ctx *c, enum dz_open_how how, struct dz_err *err)
{
    DZ_TRY(dz_ctx_has_vault(c, err));
    if (c->passphrase == NULL && c->identity == NULL)
        DZ_TRY(passphrase_for(c, err));
    struct dz_vault_opts opts = {
        .path = c->vault_path,
        .mode = how == DZ_OPEN_WRITE ? DZ_VAULT_WRITE : DZ_VAULT_READ,
        .passphrase = c->passphrase,
        .identity = c->identity,
        .member = c->globals.member,
        .registry = &dz_facts_registry,
        .no_projection = how == DZ_OPEN_NO_PROJECTION,
    };
    enum dz_code code = dz_vault_open(&opts, &c->vault, err);
    /* It has served its purpose: only keys stay in memory from here on. */
    if (code != DZ_OK)
        return code;
    dz_secret_free(c->passphrase);
    c->passphrase = NULL;
    DZ_TRY(dz_vault_need_right(c->vault, dz_command_rights(c->cmd), err));
    return opts.no_projection ? DZ_OK : dz_shown_log_list(c, err);
}

/* What `needs` says, then the command. */
static enum dz_code
run_command(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    unsigned needs = c->cmd->needs;
    if ((needs & (DZ_NEED_VAULT | DZ_NEED_PATH)) != 0) {
        enum dz_code found = find_vault(c, err);
        if (found != DZ_OK && ((needs & DZ_NEED_VAULT) != 0 || found != DZ_E_NOTFOUND))
            return found;
    }
    if ((needs & DZ_NEED_RULES) != 0)
        DZ_TRY(dz_rules_load(&c->rules, err));
    if ((needs & DZ_NEED_VAULT) != 0)
        DZ_TRY(dz_ctx_open(c, (needs & DZ_NEED_WRITE) != 0 ? DZ_OPEN_WRITE : DZ_OPEN_READ, err));
    else if ((needs & DZ_NEED_NEW_SECRET) != 0)
        DZ_TRY(passphrase_for(c, err));
    if ((needs & DZ_TELLS_BACKLOG) != 0)
        DZ_TRY(tell_backlog(c, err));
    return c->cmd->run(c, values, err);
}

static int
run_and_report(struct dz_ctx *c, const void *values)
{
    struct dz_err err = {0};
    dz_out_init(&c->out, STDOUT_FILENO);
    c->cancel = &cancel_flag;
    enum dz_code code = run_command(c, values, &err);
    dz_progress_end();
    /* The result counts only when it has been written. */
    struct dz_err out_err = {0};
    enum dz_code written = dz_out_finish(&c->out, &out_err);
    int status = report(c->cmd->name, code, &err);
    if (written != DZ_OK && code == DZ_OK)
        status = report(c->cmd->name, written, &out_err);
    dz_vault_close(c->vault);
    dz_secret_free(c->passphrase);
    dz_secret_free(c->identity);
    dz_rules_free(c->rules);
    dz_free(c->vault_path);
    dz_out_done(&c->out);
    return status;
}

/* Help and version go to standard output and are written as carefully as results. */
static int
print_help(const struct dz_cmd *cmd)
{
    struct dz_out out;
    dz_out_init(&out, STDOUT_FILENO);
    if (cmd != NULL)
        dz_help_command(&out, cmd);
    else
        dz_help_overview(&out);
    struct dz_err err = {0};
    int status = report("help", dz_out_finish(&out, &err), &err);
    dz_out_done(&out);
    return status;
}

static int
print_version(void)
{
    struct dz_out out;
    dz_out_init(&out, STDOUT_FILENO);
    dz_out_f(&out, "dokaz %s\n", DZ_VERSION);
    struct dz_err err = {0};
    int status = report("version", dz_out_finish(&out, &err), &err);
    dz_out_done(&out);
    return status;
}

/* Read the words after the command's name and run it. */
static int
run_named(const struct dz_cmd *cmd, struct dz_globals *globals, int argc, char **argv)
{
    struct dz_err err = {0};
    _Alignas(16) unsigned char values[DZ_VALUES_MAX] = {0};
    struct dz_ctx c = {.cmd = cmd};
    const char **words = dz_alloc_array((size_t)argc + 1, sizeof *words);
    struct dz_opt_set sets[] = {
        {cmd->opts, values},
        {dz_global_opts, globals},
        {(cmd->needs & DZ_HAS_JSON) != 0 ? json_opt : NULL, globals},
    };
    int status;
    enum dz_code code = dz_args_parse(sets, sizeof sets / sizeof *sets, DZ_ARGS_ALL, argc, argv,
                                      words, &c.n_words, NULL, &err);
    if (code == DZ_OK)
        code = check_globals(globals, &err);
    if (code == DZ_OK && globals->lang != NULL)
        choose_language(globals->lang);
    if (code == DZ_OK && globals->help) {
        status = print_help(cmd);
    } else {
        if (code == DZ_OK)
            code = check_words(cmd, words, c.n_words, &err);
        if (globals->member == NULL)
            globals->member = getenv("DOKAZ_MEMBER");
        if (globals->member != NULL && globals->member[0] == '\0')
            globals->member = NULL;
        c.words = words;
        c.globals = *globals;
        c.json = globals->json;
        status = code == DZ_OK ? run_and_report(&c, values) : report(cmd->name, code, &err);
    }
    dz_free(words);
    return status;
}

int
dz_cli_main(int argc, char **argv)
{
    dz_os_harden();
    choose_language(NULL);
    dz_tr_init();
    prepare_signals();
    struct dz_err err = {0};
    enum dz_code code = dz_crypto_init(&err);
    if (code != DZ_OK)
        return report(NULL, code, &err);
    if (argc < 1)
        return 2;

    struct dz_globals globals = {0};
    struct dz_opt_set set = {dz_global_opts, &globals};
    size_t n_words = 0;
    int used = 0;
    code =
        dz_args_parse(&set, 1, DZ_ARGS_FIRST_WORD, argc - 1, argv + 1, NULL, &n_words, &used, &err);
    if (code == DZ_OK)
        code = check_globals(&globals, &err);
    if (code != DZ_OK)
        return report(NULL, code, &err);
    if (globals.lang != NULL)
        choose_language(globals.lang);
    if (globals.version)
        return print_version();

    int rest = 1 + used;
    if (rest >= argc) {
        if (globals.help)
            return print_help(NULL);
        code = dz_fail(&err, DZ_E_USAGE, "no command was given: see 'dokaz help'");
        return report(NULL, code, &err);
    }
    const struct dz_cmd *cmd = dz_command_find(argv[rest]);
    if (cmd == NULL)
        return report(NULL, unknown_command(argv[rest], &err), &err);
    rest++;
    if (cmd->subs != NULL) {
        const struct dz_cmd *family = cmd;
        code = choose_sub(family, &globals, argc, argv, &rest, &cmd, &err);
        if (code != DZ_OK)
            return report(family->name, code, &err);
        if (cmd == NULL)
            return print_help(family);
    }
    if ((cmd->needs & DZ_STOPS_IN_ORDER) != 0)
        catch_interrupt();
    return run_named(cmd, &globals, argc - rest, argv + rest);
}
