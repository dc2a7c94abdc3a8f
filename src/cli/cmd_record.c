/* record, revise, withdraw: facts by hand. */
#include <string.h>

#include "dz_cmd.h"
#include "dz_fact.h"
#include "dz_json.h"
#include "dz_leak_cmd.h"
#include "dz_source.h"

static void
print_id(struct dz_ctx *c, const char *id)
{
    if (!c->json) {
        dz_out_f(&c->out, "%s\n", id);
        return;
    }
    json_t *line = json_object();
    dz_json_set_str(line, "id", id);
    dz_out_json_new(&c->out, line);
}

static enum dz_code
check_kind(const char *kind, struct dz_err *err)
{
    for (size_t i = 0; dz_fact_kinds[i] != NULL; i++)
        if (strcmp(dz_fact_kinds[i], kind) == 0)
            return DZ_OK;
    return dz_fail(err, DZ_E_USAGE, "'%s' is no kind of fact: act, measure, figure or statement",
                   kind);
}

static enum dz_code
run_record(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    DZ_TRY(check_kind(c->words[0], err));
    DZ_AUTO_JSON json_t *fields = NULL;
    DZ_TRY(dz_prompt_object(&fields, err));
    char id[DZ_ID_MAX];
    dz_warn_personal(c, fields);
    DZ_TRY(dz_fact_record(c->vault, c->rules, c->words[0], fields, id, err));
    print_id(c, id);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_record = {
    .name = "record",
    .group = DZ_GROUP_FACTS,
    .summary = N_("record a fact by hand, as JSON on standard input"),
    .usage = N_("act|measure|figure|statement"),
    .help = N_("The object has the fields of its kind and at least one passage: {\"source\": "
               "\"src-...\", \"exact\": \"the very words\"}. start and end (in characters) are "
               "needed where the words stand in the text more than once. The fact's id is "
               "printed.\n\nNumbers of passports, tax numbers, phone numbers and home addresses "
               "are refused."),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_HAS_JSON,
    .min_words = 1,
    .max_words = 1,
    .run = run_record,
};

struct revise_values {
    const char *version;
};
static const struct dz_opt revise_opts[] = {
    DZ_OPT_TEXT(struct revise_values, version, "entry", N_("REF"),
                N_("which of two versions that stand against each other is revised")),
    {0},
};

static enum dz_code
run_revise(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct revise_values *v = values;
    char id[DZ_ID_MAX];
    DZ_TRY(dz_item_resolve(c->vault, c->words[0], id, err));
    DZ_AUTO_JSON json_t *fields = NULL;
    DZ_TRY(dz_prompt_object(&fields, err));
    dz_warn_personal(c, fields);
    DZ_TRY(dz_fact_revise(c->vault, c->rules, id, v->version, fields, err));
    print_id(c, id);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_revise = {
    .name = "revise",
    .group = DZ_GROUP_FACTS,
    .summary = N_("change a fact, as JSON on standard input"),
    .usage = N_("ID"),
    .help = N_("Fields that are named replace the old ones, an empty string or list takes one "
               "away, the others stay. The old version remains in the journal. A fact that was "
               "accepted in bulk counts as reviewed afterwards; '{}' only marks it so."),
    .opts = revise_opts,
    .values_size = sizeof(struct revise_values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_HAS_JSON,
    .min_words = 1,
    .max_words = 1,
    .run = run_revise,
};

struct withdraw_values {
    const char *reason;
    const char *version;
};
static const struct dz_opt withdraw_opts[] = {
    DZ_OPT_TEXT(struct withdraw_values, reason, "reason", N_("REASON"),
                N_("why; kept in the journal")),
    DZ_OPT_TEXT(struct withdraw_values, version, "entry", N_("REF"),
                N_("which of two versions that stand against each other is withdrawn")),
    {0},
};

static enum dz_code
run_withdraw(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct withdraw_values *v = values;
    if (v->reason == NULL)
        return dz_fail(err, DZ_E_USAGE, "--reason is needed: a later reader will ask for it");
    char id[DZ_ID_MAX];
    DZ_TRY(dz_item_resolve(c->vault, c->words[0], id, err));
    dz_warn_personal_text(c, "reason", v->reason);
    DZ_TRY(dz_fact_withdraw(c->vault, id, v->version, v->reason, err));
    print_id(c, id);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_withdraw = {
    .name = "withdraw",
    .group = DZ_GROUP_FACTS,
    .summary = N_("take a fact back, with a reason"),
    .usage = N_("ID --reason REASON"),
    .help = N_("It leaves all views and stays in the journal."),
    .opts = withdraw_opts,
    .values_size = sizeof(struct withdraw_values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_HAS_JSON,
    .min_words = 1,
    .max_words = 1,
    .run = run_withdraw,
};
