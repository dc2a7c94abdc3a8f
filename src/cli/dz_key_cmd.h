/* What the files of the command `key` share. */
#ifndef DZ_KEY_CMD_H
#define DZ_KEY_CMD_H

#include "dz_cmd.h"
#include "dz_vault.h"

/* Options of the commands that set a new passphrase. */
struct dz_new_passphrase {
    const char *file;
    const char *strength;
};
#define DZ_KEY_NEW_PASSPHRASE                                                                   \
    DZ_OPT_PATH(struct dz_new_passphrase, file, "new-passphrase-file", N_("FILE"),              \
                N_("read the new passphrase from the first line of FILE instead of asking for " \
                   "it twice on the terminal")),                                                \
        DZ_OPT_TEXT(struct dz_new_passphrase, strength, "strength", N_("HOW"),                  \
                    N_("work for each guess: usual (512 MiB of memory; 256 where little is "    \
                       "free), light (256 MiB) or strong (1 GiB)"))

/** The strength that a word names; *ret stays as it is for NULL. DZ_E_USAGE. */
DZ_MUSTUSE enum dz_code
dz_key_strength(const char *word, enum dz_strength *ret, struct dz_err *err);
/** What a change of passphrase means and what not. */
void
dz_key_tell_changed(struct dz_out *o);
/** Sentences (msgids) as a list with stars. */
void
dz_key_bullets(struct dz_out *o, const char *const *texts, size_t n);

extern const struct dz_cmd dz_cmd_key_export;
extern const struct dz_cmd dz_cmd_key_split;
extern const struct dz_cmd dz_cmd_key_recover;

#endif
