#include <string.h>

#include "dz_cmd.h"

/* In the order of help. A new command is one file and one line in this list. */
#define EACH_COMMAND(X) \
    X(init)             \
    X(help)             \
    X(add)              \
    X(capture)          \
    X(describe)         \
    X(sources)          \
    X(show)             \
    X(text)             \
    X(cat)              \
    X(originals)        \
    X(clean)            \
    X(redact)           \
    X(reextract)        \
    X(purge)            \
    X(suggest)          \
    X(review)           \
    X(accept)           \
    X(reject)           \
    X(record)           \
    X(revise)           \
    X(withdraw)         \
    X(facts)            \
    X(passages)         \
    X(codebook)         \
    X(eval)             \
    X(words)            \
    X(sentences)        \
    X(mentions)         \
    X(search)           \
    X(chronology)       \
    X(matrix)           \
    X(figures)          \
    X(lineage)          \
    X(findings)         \
    X(report)           \
    X(export)           \
    X(verify)           \
    X(log)              \
    X(prove)            \
    X(timestamp)        \
    X(key)              \
    X(member)           \
    X(settings)         \
    X(rebuild)          \
    X(backup)           \
    X(doctor)           \
    X(debug_man)        \
    X(debug_completion) \
    X(debug_dump)

#define DECLARE(name) extern const struct dz_cmd dz_cmd_##name;
EACH_COMMAND(DECLARE)

#define ADDRESS(name) &dz_cmd_##name,
const struct dz_cmd *const dz_commands[] = {EACH_COMMAND(ADDRESS) NULL};

const struct dz_cmd *
dz_command_find(const char *name)
{
    for (size_t i = 0; dz_commands[i] != NULL; i++)
        if (strcmp(dz_commands[i]->name, name) == 0)
            return dz_commands[i];
    return NULL;
}

const char *
dz_command_word(const struct dz_cmd *sub)
{
    const char *space = strchr(sub->name, ' ');
    return space != NULL ? space + 1 : sub->name;
}

const struct dz_cmd *
dz_command_sub(const struct dz_cmd *family, const char *word)
{
    for (size_t i = 0; family->subs != NULL && family->subs[i] != NULL; i++)
        if (strcmp(dz_command_word(family->subs[i]), word) == 0)
            return family->subs[i];
    return NULL;
}

static bool
named_twice(const struct dz_opt *opts, const struct dz_opt *opt)
{
    for (const struct dz_opt *o = opts; o != opt; o++)
        if (strcmp(o->name, opt->name) == 0)
            return true;
    for (const struct dz_opt *o = dz_global_opts; o->name != NULL; o++)
        /* Behind the name of a command that reads a text, --lang is the language of that. */
        if (o != opt && opts != dz_global_opts && strcmp(o->name, opt->name) == 0 &&
            strcmp(o->name, "lang") != 0)
            return true;
    return false;
}

static const char *
options_fault(const struct dz_opt *opts, size_t values_size)
{
    for (const struct dz_opt *o = opts; o != NULL && o->name != NULL; o++) {
        if (o->help == NULL || o->help[0] == '\0')
            return o->name;
        if ((o->kind == DZ_OPT_KIND_FLAG) != (o->arg == NULL))
            return o->name;
        if (o->at >= values_size || named_twice(opts, o))
            return o->name;
    }
    return NULL;
}

static const char *
command_fault(const struct dz_cmd *cmd)
{
    if (cmd->summary == NULL || cmd->usage == NULL || cmd->run == NULL ||
        cmd->values_size > DZ_VALUES_MAX || (cmd->opts != NULL && cmd->values_size == 0) ||
        cmd->min_words > cmd->max_words)
        return cmd->name;
    return options_fault(cmd->opts, cmd->values_size);
}

static const char *
family_fault(const struct dz_cmd *family)
{
    size_t n = strlen(family->name);
    if (family->summary == NULL || family->run != NULL || family->opts != NULL ||
        family->needs != 0)
        return family->name;
    for (size_t i = 0; family->subs[i] != NULL; i++) {
        const struct dz_cmd *cmd = family->subs[i];
        if (strncmp(cmd->name, family->name, n) != 0 || cmd->name[n] != ' ' ||
            dz_command_sub(family, cmd->name + n + 1) != cmd || cmd->group != family->group)
            return cmd->name;
        const char *fault = command_fault(cmd);
        if (fault != NULL)
            return fault;
    }
    return NULL;
}

const char *
dz_commands_fault(void)
{
    for (size_t i = 0; dz_commands[i] != NULL; i++) {
        const struct dz_cmd *cmd = dz_commands[i];
        if (dz_command_find(cmd->name) != cmd)
            return cmd->name;
        const char *fault = cmd->subs != NULL ? family_fault(cmd) : command_fault(cmd);
        if (fault != NULL)
            return fault;
    }
    const char *fault = dz_command_rights_fault();
    return fault != NULL ? fault : options_fault(dz_global_opts, sizeof(struct dz_globals));
}
