#include <string.h>

#include "dz_cmd.h"

#include "dz_member.h"

/* Which right a command needs, told before it does anything. The vault refuses the entries all the
 * same (dz_rights_of_entry); here it is said at once, and for commands that only take out. */

#define EITHER (DZ_RIGHT_CODE | DZ_RIGHT_REVIEW)

static const struct {
    const char *command;
    unsigned any_of;
} rights[] = {
    {"add", DZ_RIGHT_CODE},
    {"capture", DZ_RIGHT_CODE},
    {"describe", DZ_RIGHT_CODE},
    {"re-extract", DZ_RIGHT_CODE},
    {"record", DZ_RIGHT_CODE},
    {"revise", EITHER},
    {"withdraw", EITHER},
    {"review", EITHER},
    {"accept", EITHER},
    {"reject", EITHER},
    {"report", DZ_RIGHT_EXPORT},
    {"export", DZ_RIGHT_EXPORT},
    {"originals", DZ_RIGHT_EXPORT},
    {"clean", DZ_RIGHT_EXPORT},
    {"redact", DZ_RIGHT_EXPORT},
    {"prove", DZ_RIGHT_EXPORT},
    {"key export", DZ_RIGHT_EXPORT},
    {"purge", DZ_RIGHT_ADMINISTER},
    {"member add", DZ_RIGHT_ADMINISTER},
    {"member grant", DZ_RIGHT_ADMINISTER},
    {"member revoke", DZ_RIGHT_ADMINISTER},
    {"member remove", DZ_RIGHT_ADMINISTER},
};

unsigned
dz_command_rights(const struct dz_cmd *cmd)
{
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
        if (strcmp(rights[i].command, cmd->name) == 0)
            return rights[i].any_of;
    return 0;
}

const char *
dz_command_rights_fault(void)
{
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
        const char *space = strchr(rights[i].command, ' ');
        DZ_AUTO_FREE char *first =
            space != NULL ? dz_strndup(rights[i].command, (size_t)(space - rights[i].command))
                          : dz_strdup(rights[i].command);
        const struct dz_cmd *cmd = dz_command_find(first);
        if (cmd == NULL || (space != NULL && dz_command_sub(cmd, space + 1) == NULL))
            return rights[i].command;
    }
    return NULL;
}
