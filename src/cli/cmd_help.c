/* help, and the hidden commands that print what the build installs and the tests compare. */
#include "dz_cmd.h"
#include "dz_vault.h"

static enum dz_code
run_help(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    if (c->n_words == 0) {
        dz_help_overview(&c->out);
        return DZ_OK;
    }
    const struct dz_cmd *cmd = dz_command_find(c->words[0]);
    if (cmd == NULL)
        return dz_fail(err, DZ_E_USAGE, "there is no command '%s': see 'dokaz help'", c->words[0]);
    if (c->n_words > 1) {
        cmd = dz_command_sub(cmd, c->words[1]);
        if (cmd == NULL)
            return dz_fail(err, DZ_E_USAGE, "there is no '%s %s': see 'dokaz help %s'",
                           c->words[0], c->words[1], c->words[0]);
    }
    dz_help_command(&c->out, cmd);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_help = {
    .name = "help",
    .group = DZ_GROUP_START,
    .summary = N_("list the commands, or explain one"),
    .usage = N_("[COMMAND]"),
    .max_words = 2,
    .run = run_help,
};

static enum dz_code
run_man(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    (void)err;
    dz_help_man(&c->out);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_debug_man = {
    .name = "debug-man",
    .summary = N_("print the manual page"),
    .usage = "",
    .needs = DZ_FOR_TESTS,
    .run = run_man,
};

static enum dz_code
run_completion(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    (void)err;
    dz_help_completion(&c->out);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_debug_completion = {
    .name = "debug-completion",
    .summary = N_("print the completion for bash"),
    .usage = "",
    .needs = DZ_FOR_TESTS,
    .run = run_completion,
};

static enum dz_code
dump_piece(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    struct dz_ctx *c = ctx;
    dz_out_bytes(&c->out, p, n);
    return DZ_OK;
}

static enum dz_code
run_dump(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    return dz_vault_dump(c->vault, dump_piece, c, err);
}

const struct dz_cmd dz_cmd_debug_dump = {
    .name = "debug-dump",
    .summary = N_("print every row of the tables, to compare before and after a rebuild"),
    .usage = "",
    .needs = DZ_FOR_TESTS | DZ_NEED_VAULT,
    .run = run_dump,
};
