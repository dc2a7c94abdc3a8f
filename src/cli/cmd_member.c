/* member: who may open the vault, what they may read, and what they may do. */
#include <string.h>

#include "dz_cmd.h"

#include "dz_json.h"
#include "dz_key_cmd.h"
#include "dz_member.h"
#include "dz_secret.h"

struct values {
    const char *rights;
    const char *level;
    const char *file;
    const char *strength;
    bool all;
};

#define RIGHTS_WORDS N_("code, review, export, identities, administer; or all, or none")

static enum dz_code
read_rights(const char *text, unsigned *ret, struct dz_err *err)
{
    struct dz_view bad = {NULL, 0};
    if (!dz_rights_parse(text, ret, &bad))
        return dz_fail(err, DZ_E_USAGE, "--rights: there is no right '%.*s': %s", (int)bad.n, bad.p,
                       _("code, review, export, identities, administer; or all, or none"));
    return DZ_OK;
}

static enum dz_code
read_level(const char *text, enum dz_compartment *ret, struct dz_err *err)
{
    if (!dz_compartment_parse(text, ret) || *ret == DZ_IN_IDENTITIES)
        return dz_fail(err, DZ_E_USAGE, "--level: '%s' is not known: open, restricted or sealed",
                       text);
    return DZ_OK;
}

static void
add_rights(unsigned rights, struct dz_buf *out)
{
    for (size_t i = 0; i < DZ_RIGHTS; i++)
        if (rights & 1u << i)
            dz_buf_addf(out, "%s%s", out->n > 0 ? ", " : "",
                        dz_right_word((enum dz_right)(1u << i)));
    if (out->n == 0)
        dz_buf_adds(out, _("reading only"));
}

/* ---- list ---- */

struct listing {
    struct dz_ctx *c;
    bool all;
};

static enum dz_code
list_json(struct dz_ctx *c, const struct dz_member_view *m)
{
    DZ_AUTO_JSON json_t *line = json_object();
    json_t *rights = json_array();
    for (size_t i = 0; i < DZ_RIGHTS; i++)
        if (m->rights & 1u << i)
            json_array_append_new(rights, json_string(dz_right_word((enum dz_right)(1u << i))));
    dz_json_set_str(line, "id", m->id);
    dz_json_set_str(line, "name", m->name);
    json_object_set_new(line, "rights", rights);
    dz_json_set_str(line, "level", dz_compartment_name(m->level));
    dz_json_set_str(line, "since", m->since);
    if (m->removed != NULL)
        dz_json_set_str(line, "removed", m->removed);
    dz_out_json(&c->out, line);
    return DZ_OK;
}

static enum dz_code
list_one(void *ctx, const struct dz_member_view *m, struct dz_err *err)
{
    struct listing *l = ctx;
    (void)err;
    struct dz_ctx *c = l->c;
    if (m->removed != NULL && !l->all)
        return DZ_OK;
    if (c->json)
        return list_json(c, m);
    DZ_AUTO_BUF struct dz_buf rights = DZ_BUF(512);
    add_rights(m->rights, &rights);
    dz_out_f(&c->out, "%s  %s\n", m->id, m->name);
    if (m->removed != NULL)
        dz_out_f(&c->out, _("  removed on %.10s\n"), m->removed);
    else
        dz_out_f(&c->out, _("  reads %s; %s; since %.10s\n"), dz_compartment_name(m->level),
                 rights.p, m->since);
    return DZ_OK;
}

static enum dz_code
run_list(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    struct listing l = {c, v->all};
    return dz_vault_each_member(c->vault, list_one, &l, err);
}

static const struct dz_opt list_opts[] = {
    DZ_OPT_FLAG(struct values, all, "all", N_("also those who were removed")),
    {0},
};

static const struct dz_cmd list = {
    .name = "member list",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("list the members: id, name, reading level, rights"),
    .usage = "",
    .opts = list_opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_HAS_JSON,
    .run = run_list,
};

/* ---- add ---- */

static void
tell_added(struct dz_out *o)
{
    static const char *const facts[] = {
        N_("From now on every command says who acts: --as NAME, or DOKAZ_MEMBER=NAME."),
        N_("Reading is held by keys. The other rights are held by dokaz: whoever has the keys and "
           "tools of their own is not bound by them, and 'dokaz verify' tells of it."),
        N_("Without their passphrase this member cannot open the vault. You cannot set them "
           "another one; you can remove them and add them anew."),
    };
    dz_key_bullets(o, facts, sizeof facts / sizeof *facts);
}

static enum dz_code
run_add(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    struct dz_member_new m = {.name = c->words[0], .level = DZ_IN_OPEN};
    if (v->rights != NULL)
        DZ_TRY(read_rights(v->rights, &m.rights, err));
    if (v->level != NULL)
        DZ_TRY(read_level(v->level, &m.level, err));
    DZ_TRY(dz_key_strength(v->strength, &m.strength, err));
    if (v->file == NULL)
        dz_notice(c, _("%s chooses a passphrase now and types it twice: nobody else should see it"),
                  m.name);
    DZ_AUTO_SECRET struct dz_secret *theirs = NULL;
    char id[17];
    DZ_TRY(dz_prompt_passphrase(v->file, true, &theirs, err));
    m.passphrase = theirs;
    DZ_TRY(dz_member_add(c->vault, &m, id, err));
    dz_out_f(&c->out, _("%s is a member (%s).\n\n"), m.name, id);
    tell_added(&c->out);
    return DZ_OK;
}

static const struct dz_opt add_opts[] = {
    DZ_OPT_TEXT(struct values, rights, "rights", N_("LIST"), RIGHTS_WORDS),
    DZ_OPT_TEXT(struct values, level, "level", N_("LEVEL"),
                N_("what they may read: open (the default), restricted or sealed")),
    DZ_OPT_PATH(struct values, file, "member-passphrase-file", N_("FILE"),
                N_("read their passphrase from the first line of FILE instead of asking for it "
                   "twice on the terminal")),
    DZ_OPT_TEXT(struct values, strength, "strength", N_("HOW"),
                N_("work for each guess: usual (512 MiB of memory; 256 where little is free), "
                   "light (256 MiB) or strong (1 GiB)")),
    {0},
};

static const struct dz_cmd add = {
    .name = "member add",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("make somebody a member, with a passphrase of their own"),
    .usage = N_("NAME"),
    .help = N_("First your passphrase is asked for, then theirs, twice.\n\nEvery member reads what "
               "is open; --level gives more. --rights says what else they may do: code (add and "
               "describe sources, record facts), review (decide on suggestions, passages and "
               "origins, correct facts), export (take something out), identities (open who a "
               "protected person is), administer (members, settings, destroying). You can give "
               "only what you may read yourself."),
    .opts = add_opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE,
    .min_words = 1,
    .max_words = 1,
    .run = run_add,
};

/* ---- grant and revoke ---- */

static void
tell_rekeyed(struct dz_ctx *c)
{
    static const char *const facts[] = {
        N_("New keys were made: the old ones open nothing that is added from now on."),
        N_("What they copied before they can still read, and backups made before open as they "
           "did. Make a new backup."),
    };
    dz_key_bullets(&c->out, facts, sizeof facts / sizeof *facts);
}

static enum dz_code
alter(struct dz_ctx *c, const struct dz_member_change *change, struct dz_err *err)
{
    bool rekeyed = false;
    DZ_TRY(dz_member_alter(c->vault, c->words[0], change, &rekeyed, err));
    dz_out_f(&c->out, _("The rights of %s were changed.\n"), c->words[0]);
    if (rekeyed)
        tell_rekeyed(c);
    return DZ_OK;
}

static enum dz_code
run_change(struct dz_ctx *c, const void *values, bool grant, struct dz_err *err)
{
    const struct values *v = values;
    struct dz_member_change change = {.grant = 0};
    unsigned rights = 0;
    if (v->rights == NULL && v->level == NULL)
        return dz_fail(err, DZ_E_USAGE, "say what: --rights LIST, --level LEVEL or both");
    if (v->rights != NULL)
        DZ_TRY(read_rights(v->rights, &rights, err));
    if (grant)
        change.grant = rights;
    else
        change.revoke = rights;
    change.set_level = v->level != NULL;
    if (v->level != NULL)
        DZ_TRY(read_level(v->level, &change.level, err));
    return alter(c, &change, err);
}

static enum dz_code
run_grant(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    return run_change(c, values, true, err);
}

static enum dz_code
run_revoke(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    return run_change(c, values, false, err);
}

static const struct dz_opt grant_opts[] = {
    DZ_OPT_TEXT(struct values, rights, "rights", N_("LIST"), RIGHTS_WORDS),
    DZ_OPT_TEXT(struct values, level, "level", N_("LEVEL"),
                N_("what they may read from now on: open, restricted or sealed")),
    {0},
};

static const struct dz_cmd grant = {
    .name = "member grant",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("give a member further rights, or another reading level"),
    .usage = N_("MEMBER"),
    .opts = grant_opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE,
    .min_words = 1,
    .max_words = 1,
    .run = run_grant,
};

static const struct dz_cmd revoke = {
    .name = "member revoke",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("take rights from a member, or set a lower reading level"),
    .usage = N_("MEMBER"),
    .help = N_("Whoever may no longer read something keeps what they copied. New keys are made, so "
               "that the old ones open nothing that is added later. The last administrator, the "
               "last one who can open identities and the last reader of a level keep them."),
    .opts = grant_opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE,
    .min_words = 1,
    .max_words = 1,
    .run = run_revoke,
};

/* ---- remove ---- */

static enum dz_code
run_remove(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    DZ_TRY(dz_member_remove(c->vault, c->words[0], err));
    dz_out_f(&c->out, _("%s is no longer a member.\n"), c->words[0]);
    tell_rekeyed(c);
    return DZ_OK;
}

static const struct dz_cmd remove_cmd = {
    .name = "member remove",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("remove a member: their key opens nothing that comes after"),
    .usage = N_("MEMBER"),
    .help = N_("New keys are made for all that they could read, and given to the members who stay. "
               "What they read or copied before stays with them."),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE,
    .min_words = 1,
    .max_words = 1,
    .run = run_remove,
};

static const struct dz_cmd *const subs[] = {&add, &list, &grant, &revoke, &remove_cmd, NULL};

const struct dz_cmd dz_cmd_member = {
    .name = "member",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("who may open the vault, what they may read and do"),
    .usage = N_("WORD ..."),
    .subs = subs,
};
