#include <stdio.h>

#include "dz_cmd.h"
#include "dz_json.h"
#include "dz_registry.h"
#include "dz_vault.h"

struct values {
    const char *name;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, name, "name", N_("NAME"),
                N_("what the first member is called; otherwise only an id")),
    {0},
};

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    DZ_TRY(dz_vault_create_as(c->words[0], &dz_facts_registry, v->name, c->passphrase, err));
    dz_out_f(&c->out, _("The vault is in %s."), c->words[0]);
    dz_out_text(&c->out, "\n\n");
    /* The first screen says what nobody should learn too late. */
    static const char *const facts[] = {
        N_("Do not use dokaz inside occupied territory or at a border. A sealed vault on a device "
           "that is searched is a danger to whoever carries it, and so is a device that was "
           "emptied."),
        N_("The passphrase is the only key. Whoever loses it has lost all that is in the vault: "
           "nobody can open it again, not the makers of dokaz either. Write it down and keep it "
           "apart from the device. 'dokaz key split' prints shares of the key that people whom "
           "you trust can keep for that day."),
        N_("Make a copy on another medium with 'dokaz backup DIR', and check both with 'dokaz "
           "verify'."),
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        dz_out_text(&c->out, "* ");
        dz_out_wrap(&c->out, dz_view_of(_(facts[i])), 2, 2);
    }
    return DZ_OK;
}

const struct dz_cmd dz_cmd_init = {
    .name = "init",
    .group = DZ_GROUP_START,
    .summary = N_("make a vault in a new or empty folder"),
    .usage = N_("DIR"),
    .help = N_("The passphrase is asked for twice on the terminal, or read from "
               "--passphrase-file.\n\nDo not use dokaz inside occupied territory or at a border. "
               "Losing the passphrase is losing the data: there is no way around it."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_NEW_SECRET,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
