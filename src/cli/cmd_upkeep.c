/* rebuild, backup, purge: what keeps a vault in order. */
#include <string.h>

#include "dz_cmd.h"
#include "dz_json.h"
#include "dz_leak_cmd.h"
#include "dz_source.h"
#include "dz_vault.h"

static enum dz_code
run_rebuild(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    DZ_TRY(dz_vault_rebuild(c->vault, err));
    char root[DZ_HEX32];
    uint64_t entries = dz_vault_version(c->vault, root);
    dz_out_f(&c->out,
             dz_trn("The tables were made again from %llu entry of the journal.",
                    "The tables were made again from %llu entries of the journal.",
                    (unsigned long)entries),
             (unsigned long long)entries);
    dz_out_text(&c->out, "\n");
    return DZ_OK;
}

const struct dz_cmd dz_cmd_rebuild = {
    .name = "rebuild",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("make the tables that views read again from the journal"),
    .usage = "",
    .help = N_("The journal is the authority; the database is a copy made from it and may be "
               "deleted at any time. Decisions are never lost by a rebuild."),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE,
    .run = run_rebuild,
};

static enum dz_code
run_backup(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    DZ_TRY(dz_vault_backup(c->vault, c->words[0], err));
    dz_out_f(&c->out, _("The vault was copied to %s, and the copy was checked."), c->words[0]);
    dz_out_text(&c->out, "\n");
    return DZ_OK;
}

const struct dz_cmd dz_cmd_backup = {
    .name = "backup",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("copy the vault to a new folder and check the copy"),
    .usage = N_("DIR"),
    .help = N_("The copy is sealed like the vault and opens with the same passphrase. It is "
               "consistent even while others write. Keep it on another medium."),
    .needs = DZ_NEED_VAULT,
    .min_words = 1,
    .max_words = 1,
    .run = run_backup,
};

struct purge_values {
    const char *reason;
    bool with_facts;
    bool with_parts;
};

static const struct dz_opt purge_opts[] = {
    DZ_OPT_TEXT(struct purge_values, reason, "reason", N_("REASON"),
                N_("why it goes; kept in the journal")),
    DZ_OPT_FLAG(struct purge_values, with_facts, "with-facts",
                N_("with a source, also destroy the facts that rest on it alone")),
    DZ_OPT_FLAG(struct purge_values, with_parts, "with-parts",
                N_("with a source, also destroy what was taken out of it, at any depth")),
    {0},
};

static void
print_parts(struct dz_ctx *c, const struct dz_purge *done)
{
    if (done->n_parts > 0) {
        dz_out_f(&c->out,
                 dz_trn("%zu source that was taken out of it went, too.",
                        "%zu sources that were taken out of it went, too.",
                        (unsigned long)done->n_parts),
                 done->n_parts);
        dz_out_text(&c->out, "\n");
    }
    if (done->n_held > 0) {
        dz_out_f(&c->out,
                 dz_trn("%zu source inside it stays, because a further source holds it.",
                        "%zu sources inside it stay, because further sources hold them.",
                        (unsigned long)done->n_held),
                 done->n_held);
        dz_out_text(&c->out, "\n");
    }
}

static enum dz_code
run_purge(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct purge_values *v = values;
    if (v->reason == NULL)
        return dz_fail(err, DZ_E_USAGE,
                       "--reason is needed: what is destroyed cannot explain itself");
    char id[DZ_ID_MAX];
    DZ_TRY(dz_item_resolve(c->vault, c->words[0], id, err));
    struct dz_purge done = {0};
    unsigned with = (v->with_facts ? (unsigned)DZ_PURGE_FACTS : 0) |
                    (v->with_parts ? (unsigned)DZ_PURGE_PARTS : 0);
    dz_warn_personal_text(c, "reason", v->reason);
    DZ_TRY(dz_item_purge(c->vault, id, v->reason, with, &done, err));
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "id", id);
        dz_json_set_int(line, "objects", (int64_t)done.n_objects);
        dz_json_set_int(line, "bodies", (int64_t)done.n_bodies);
        dz_json_set_int(line, "facts", (int64_t)done.n_facts);
        dz_json_set_int(line, "parts", (int64_t)done.n_parts);
        dz_json_set_int(line, "held", (int64_t)done.n_held);
        dz_out_json_new(&c->out, line);
        return DZ_OK;
    }
    dz_out_f(&c->out, _("%s was destroyed: %zu objects, %zu entries, %zu facts with it."), id,
             done.n_objects, done.n_bodies, done.n_facts);
    dz_out_text(&c->out, "\n");
    print_parts(c, &done);
    dz_out_wrap(&c->out,
                dz_view_of(_("Backups and copies made earlier still hold it, and so does the "
                             "original file where it lay.")),
                0, 0);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_purge = {
    .name = "purge",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("destroy a source or fact that was added in error"),
    .usage = N_("ID --reason REASON"),
    .help =
        N_("Its entries and the objects that nothing else uses are destroyed by forgetting "
           "their keys. What stays is an entry that says which id went, when, by whom and why. "
           "A fact that is merely wrong is revised or withdrawn instead.\n\nA source that others "
           "were taken out of (a mail with attachments, an archive) goes with them or not at "
           "all: --with-parts. What further sources hold, or was added as a file of its own, "
           "stays."),
    .opts = purge_opts,
    .values_size = sizeof(struct purge_values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_HAS_JSON,
    .min_words = 1,
    .max_words = 1,
    .run = run_purge,
};
