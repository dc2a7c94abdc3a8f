/* A command of the program, and what the dispatcher does for it.
 *
 * Each command is one constant object in a file of its own (close families share one) and one
 * line in commands.c. Help, man page and completion are printed from these objects. The
 * dispatcher does what `needs` says before it calls run: reads options, asks for the passphrase,
 * finds and opens the vault, loads the rules. A command never does that itself. */
#ifndef DZ_CMD_H
#define DZ_CMD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_args.h"
#include "dz_buf.h"
#include "dz_err.h"
#include "dz_out.h"
#include "dz_tr.h"

struct dz_vault;
struct dz_rules;
struct dz_secret;
struct dz_ctx;

enum dz_need {
    DZ_NEED_VAULT = 1 << 0,      /* the vault, open for reading */
    DZ_NEED_WRITE = 1 << 1,      /* with VAULT: open for writing */
    DZ_NEED_RULES = 1 << 2,      /* codebook and gazetteer */
    DZ_NEED_PATH = 1 << 3,       /* only the folder of the vault, if there is one */
    DZ_NEED_NEW_SECRET = 1 << 4, /* a new passphrase, asked for twice */
    DZ_HAS_JSON = 1 << 5,        /* knows --json */
    DZ_TELLS_BACKLOG = 1 << 6,   /* mentions sources that wait to be read */
    DZ_FOR_TESTS = 1 << 7,       /* debug-*: not listed */
    DZ_STOPS_IN_ORDER = 1 << 8   /* looks at c->cancel, which Ctrl-C sets */
};

enum dz_group {
    DZ_GROUP_START,
    DZ_GROUP_SOURCES,
    DZ_GROUP_FACTS,
    DZ_GROUP_VIEWS,
    DZ_GROUP_INTEGRITY,
    DZ_GROUP_UPKEEP,
    DZ_GROUPS
};

struct dz_cmd {
    const char *name; /* of a member of a family both words: "key split" */
    enum dz_group group;
    const char *summary; /* N_(), lower case, no full stop */
    const char *usage;   /* N_(), the words after the name; "" for none */
    const char *help;    /* N_(), paragraphs parted by an empty line; NULL: the summary says it */
    const struct dz_opt *opts; /* NULL: none of its own */
    size_t values_size;        /* of the struct that opts fill; at most DZ_VALUES_MAX */
    unsigned needs;
    size_t min_words;
    size_t max_words; /* SIZE_MAX: any number */
    enum dz_code (*run)(struct dz_ctx *c, const void *values, struct dz_err *err);
    /* A family: the word behind its name picks one of these; NULL-ended, and run is NULL. The
     * dispatcher, help, man page and completion go down by themselves. */
    const struct dz_cmd *const *subs;
};
#define DZ_VALUES_MAX 256

/** All commands in the order of help; NULL-ended. */
extern const struct dz_cmd *const dz_commands[];
const struct dz_cmd *
dz_command_find(const char *name);
/** The member of a family by its second word; NULL: there is none. */
const struct dz_cmd *
dz_command_sub(const struct dz_cmd *family, const char *word);
/** That second word, borrowed. */
const char *
dz_command_word(const struct dz_cmd *sub);

/* Options that every command takes. */
struct dz_globals {
    const char *vault;
    const char *passphrase_file;
    const char *member;
    const char *lang;
    bool json;
    bool help;
    bool version;
};
extern const struct dz_opt dz_global_opts[];

/** What a running command has. All borrowed from the dispatcher. */
struct dz_ctx {
    const struct dz_cmd *cmd;
    const char *const *words;
    size_t n_words;
    bool json;
    struct dz_out out;
    struct dz_globals globals;
    struct dz_vault *vault; /* NULL unless needed */
    char *vault_path;       /* NULL when there is none */
    struct dz_rules *rules;
    struct dz_secret *passphrase; /* of VAULT, or the new one */
    struct dz_secret *identity;   /* set by a command that opens the vault without a passphrase */
    const bool *cancel;           /* set by Ctrl-C in commands that STOP_IN_ORDER */
};

/** Which rights a command needs, any one of them (dz_member.h); 0: none. */
unsigned
dz_command_rights(const struct dz_cmd *cmd);
/** NULL, or a command with rights that does not exist. */
const char *
dz_command_rights_fault(void);

/** Check the command tables against each other; called by tests. NULL, or what is wrong. */
const char *
dz_commands_fault(void);

/* Ways to open the vault for commands that decide late whether they need it. */
enum dz_open_how { DZ_OPEN_READ, DZ_OPEN_WRITE, DZ_OPEN_NO_PROJECTION };
/** Whether c->vault_path is a vault at all, before anything is asked for. DZ_E_NOTFOUND. */
DZ_MUSTUSE enum dz_code
dz_ctx_has_vault(const struct dz_ctx *c, struct dz_err *err);
/** Ask for the passphrase (unless c->identity is set) and open c->vault_path as c->vault.
 *  DZ_E_NOTFOUND without a vault. */
DZ_MUSTUSE enum dz_code
dz_ctx_open(struct dz_ctx *c, enum dz_open_how how, struct dz_err *err);

/* ---- help.c ---- */

void
dz_help_overview(struct dz_out *o);
void
dz_help_command(struct dz_out *o, const struct dz_cmd *cmd);
void
dz_help_man(struct dz_out *o);
void
dz_help_completion(struct dz_out *o);
extern const char *const dz_group_titles[DZ_GROUPS];

/* ---- prompt.c ---- */

/** The passphrase: from the file, else from the terminal. With `twice` it is asked for again.
 *  DZ_E_USAGE: there is neither; DZ_E_INPUT: empty, too long, or the two differ. */
DZ_MUSTUSE enum dz_code
dz_prompt_passphrase(const char *file, bool twice, struct dz_secret **ret, struct dz_err *err);

/** All of standard input, at most max bytes. */
DZ_MUSTUSE enum dz_code
dz_prompt_stdin(size_t max, struct dz_buf *out, struct dz_err *err);
/** The same as one JSON object; caller owns *ret. */
DZ_MUSTUSE enum dz_code
dz_prompt_object(json_t **ret, struct dz_err *err);

/* Lines from standard input, for review. */
struct dz_lines {
    struct dz_buf buf;
    size_t pos;
    bool ended;
};
void
dz_lines_init(struct dz_lines *l);
/** Next line without its end, borrowed until the next call; *ret_more false at the end. */
DZ_MUSTUSE enum dz_code
dz_lines_next(struct dz_lines *l, struct dz_view *ret, bool *ret_more, struct dz_err *err);
/** The next answer: on a terminal one key, as it is pressed; otherwise the next line. */
DZ_MUSTUSE enum dz_code
dz_lines_key(struct dz_lines *l, struct dz_view *ret, bool *ret_more, struct dz_err *err);
void
dz_lines_done(struct dz_lines *l);

/** Progress of long work on standard error, only when that is a terminal. */
void
dz_progress(const char *fmt, ...) DZ_PRINTF(1, 2);
void
dz_progress_end(void);

/** One line on standard error: "dokaz: NAME: text"; for notices that are no errors. */
void
dz_notice(const struct dz_ctx *c, const char *fmt, ...) DZ_PRINTF(2, 3);

#endif
