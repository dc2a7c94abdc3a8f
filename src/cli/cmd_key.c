/* key: what a member does with their own keys: change the passphrase, take one item out with a key
 * of its own, split the key among people, and open the vault with their shares. */
#include <string.h>

#include "dz_cmd.h"

#include "dz_key_cmd.h"
#include "dz_secret.h"
#include "dz_vault.h"

void
dz_key_bullets(struct dz_out *o, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        dz_out_text(o, "* ");
        dz_out_wrap(o, dz_view_of(_(texts[i])), 2, 2);
    }
}

/* ---- passphrase ---- */

enum dz_code
dz_key_strength(const char *word, enum dz_strength *ret, struct dz_err *err)
{
    static const char *const words[] = {[DZ_STRENGTH_USUAL] = "usual",
                                        [DZ_STRENGTH_LIGHT] = "light",
                                        [DZ_STRENGTH_STRONG] = "strong",
                                        NULL};
    if (word == NULL)
        return DZ_OK;
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strcmp(word, words[i]) == 0) {
            *ret = (enum dz_strength)i;
            return DZ_OK;
        }
    }
    return dz_fail(err, DZ_E_USAGE, "--strength: '%s' is not known: usual, light or strong", word);
}

static enum dz_code
run_passphrase(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct dz_new_passphrase *v = values;
    enum dz_strength strength = DZ_STRENGTH_USUAL;
    DZ_TRY(dz_key_strength(v->strength, &strength, err));
    DZ_AUTO_SECRET struct dz_secret *fresh = NULL;
    DZ_TRY(dz_prompt_passphrase(v->file, true, &fresh, err));
    DZ_TRY(dz_vault_change_passphrase(c->vault, fresh, strength, false, err));
    dz_out_f(&c->out, "%s\n\n", _("The passphrase was changed."));
    dz_key_tell_changed(&c->out);
    return DZ_OK;
}

void
dz_key_tell_changed(struct dz_out *o)
{
    static const char *const facts[] = {
        N_("From now on only the new passphrase opens this vault. Without it nobody can open it, "
           "the makers of dokaz included. Write it down and keep it apart from the device."),
        N_("Backups and copies made before still open with the old passphrase. Make a new backup, "
           "and destroy the old ones where you can."),
        N_("The keys behind the passphrase are the same: nothing was sealed anew. Whoever opened "
           "the vault or a copy with the old passphrase may hold these keys, and they open what "
           "is added later, too."),
        N_("Shares made with 'dokaz key split' still open the vault."),
    };
    dz_key_bullets(o, facts, sizeof facts / sizeof *facts);
}

static const struct dz_opt passphrase_opts[] = {
    DZ_KEY_NEW_PASSPHRASE,
    {0},
};

static const struct dz_cmd passphrase = {
    .name = "key passphrase",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("change the passphrase of the acting member"),
    .usage = "",
    .help = N_("The present passphrase is asked for as ever, the new one twice. The change is an "
               "entry in the journal. If the power fails in the middle, the vault opens with the "
               "old passphrase or with the new one.\n\nThe same passphrase may be given again, to "
               "change only --strength: how much work each guess costs. Choose light where the "
               "vault is opened on machines with little memory: whoever steals the device then "
               "tries guesses faster.\n\nBackups made before keep opening with the old "
               "passphrase."),
    .opts = passphrase_opts,
    .values_size = sizeof(struct dz_new_passphrase),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE,
    .run = run_passphrase,
};

static const struct dz_cmd *const subs[] = {
    &passphrase, &dz_cmd_key_export, &dz_cmd_key_split, &dz_cmd_key_recover, NULL,
};

const struct dz_cmd dz_cmd_key = {
    .name = "key",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("change the passphrase, share out the key, take one item out with its key"),
    .usage = N_("WORD ..."),
    .subs = subs,
};
