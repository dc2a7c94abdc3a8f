/* findings: what the leak scan asks about before anything is published. */
#include <string.h>

#include "dz_cmd.h"
#include "dz_json.h"
#include "dz_leak_cmd.h"

struct values {
    const char *reason;
    bool all;
};
static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, reason, "reason", N_("REASON"),
                N_("of decide: why; kept in the journal")),
    DZ_OPT_FLAG(struct values, all, "all", N_("also those that are decided")),
    {0},
};

static const char *const states[] = {
    [DZ_LEAK_OPEN] = "open", [DZ_LEAK_MASK] = "mask", [DZ_LEAK_KEEP] = "keep"};

static const char *
state_words(enum dz_leak_state state)
{
    return state == DZ_LEAK_MASK ? _("masked") : state == DZ_LEAK_KEEP ? _("kept") : _("undecided");
}

static void
print_json(struct dz_ctx *c, const struct dz_leak *f)
{
    json_t *line = json_object();
    dz_json_set_str(line, "id", f->id);
    dz_json_set_str(line, "item", f->item);
    dz_json_set_str(line, "field", f->field);
    dz_json_set_str(line, "kind", f->kind);
    dz_json_set_int(line, "start", (int64_t)f->start);
    dz_json_set_int(line, "end", (int64_t)f->end);
    dz_json_set_str(line, "state", states[f->state]);
    dz_json_set_str(line, "reason", f->reason);
    dz_out_json_new(&c->out, line);
}

static enum dz_code
list(struct dz_ctx *c, const struct values *v, const struct dz_leaks *l)
{
    static const struct dz_column columns[] = {{N_("finding"), 0, false}, {N_("item"), 0, false},
                                               {N_("field"), 0, false},   {N_("at"), 0, true},
                                               {N_("what"), 0, false},    {N_("state"), 0, false}};
    DZ_AUTO_TABLE struct dz_table table;
    size_t shown = 0;
    const struct dz_leak *f;
    dz_table_init(&table, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; (f = dz_leaks_at(l, i)) != NULL; i++) {
        if (f->state != DZ_LEAK_OPEN && !v->all)
            continue;
        shown++;
        if (c->json) {
            print_json(c, f);
            continue;
        }
        dz_table_add(&table, f->id);
        dz_table_add(&table, f->item);
        dz_table_add(&table, f->field);
        dz_table_addf(&table, "%zu", f->start);
        dz_table_add(&table, dz_leak_words(f->kind));
        dz_table_add(&table, state_words(f->state));
    }
    if (c->json)
        return DZ_OK;
    if (shown > 0)
        dz_table_print(&table, &c->out);
    else
        dz_out_f(&c->out, "%s\n", _("Nothing waits for a decision."));
    return DZ_OK;
}

/* A beginning does, as everywhere, as long as only one finding has it. */
static enum dz_code
find(const struct dz_leaks *l, const char *typed, const struct dz_leak **ret, struct dz_err *err)
{
    const struct dz_leak *f;
    *ret = NULL;
    for (size_t i = 0; (f = dz_leaks_at(l, i)) != NULL; i++) {
        if (strlen(typed) < 5 || strncmp(f->id, typed, strlen(typed)) != 0)
            continue;
        if (*ret != NULL)
            return dz_fail(err, DZ_E_INPUT, "'%s' fits several findings: write more of it", typed);
        *ret = f;
    }
    if (*ret == NULL)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no finding '%s': 'dokaz findings --all' lists "
                                           "them",
                       typed);
    return DZ_OK;
}

static enum dz_code
decide(struct dz_ctx *c, const struct values *v, const struct dz_leaks *l, struct dz_err *err)
{
    size_t state = 0;
    const struct dz_leak *f = NULL;
    while (state < 3 && strcmp(states[state], c->words[2]) != 0)
        state++;
    if (state == 3)
        return dz_fail(err, DZ_E_USAGE, "'%s' is not one of mask, keep, open", c->words[2]);
    DZ_TRY(find(l, c->words[1], &f, err));
    dz_warn_personal_text(c, "reason", v->reason);
    DZ_TRY(dz_leak_decide(c->vault, f, (enum dz_leak_state)state, v->reason, err));
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "id", f->id);
        dz_json_set_str(line, "decision", states[state]);
        dz_out_json_new(&c->out, line);
        return DZ_OK;
    }
    dz_out_f(&c->out, "%s  %s\n", f->id, state_words((enum dz_leak_state)state));
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    DZ_AUTO_LEAKS struct dz_leaks *l = NULL;
    bool deciding = c->n_words > 0;
    if (deciding && (strcmp(c->words[0], "decide") != 0 || c->n_words != 3))
        return dz_fail(err, DZ_E_USAGE, "give: decide ID mask|keep|open");
    if (!deciding && v->reason != NULL)
        return dz_fail(err, DZ_E_USAGE, "--reason belongs to decide");
    DZ_TRY(dz_ctx_open(c, deciding ? DZ_OPEN_WRITE : DZ_OPEN_READ, err));
    DZ_TRY(dz_leaks_new(c->vault, NULL, false, &l, err));
    DZ_TRY(dz_leaks_scan(c->vault, c->rules, l, c->cancel, err));
    return deciding ? decide(c, v, l, err) : list(c, v, l);
}

const struct dz_cmd dz_cmd_findings = {
    .name = "findings",
    .group = DZ_GROUP_VIEWS,
    .summary = N_("what the leak scan asks about before anything is published"),
    .usage = N_("[decide ID mask|keep|open]"),
    .help = N_("Names of protected persons are masked in whatever leaves with --public, in every "
               "form. What masking could not replace is listed here: surnames that stand alone, "
               "numbers of documents, phones, addresses, dates of birth. It says where each "
               "stands and never repeats it.\n\nEach is decided once: mask withholds it, keep "
               "lets it stand for a --reason, open takes a decision back. The same words in the "
               "same item are one finding. 'export --public' and 'report --public' stop as long "
               "as one is undecided; --mask-all masks those."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_PATH | DZ_NEED_RULES | DZ_HAS_JSON | DZ_STOPS_IN_ORDER,
    .max_words = 3,
    .run = run,
};
