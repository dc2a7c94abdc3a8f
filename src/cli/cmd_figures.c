#include <stdio.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_figures.h"
#include "dz_json.h"
#include "dz_public_words.h"
#include "dz_view.h"

struct values {
    struct dz_filter_values filter;
    bool reviewed;
    bool for_publication;
};

static const struct dz_opt opts[] = {
    DZ_FILTER_VIEW(struct values, filter),
    DZ_OPT_FLAG(struct values, reviewed, "reviewed",
                N_("leave out what was accepted in bulk and not reviewed")),
    DZ_OPT_FLAG(struct values, for_publication, "public",
                N_("only what may be published: coarsened, names and small numbers withheld")),
    {0},
};

/* The n-th statement is called "F3" in both forms of output. */
static void
number_of(size_t ix, char ret[24])
{
    snprintf(ret, 24, "F%zu", ix + 1);
}

static json_t *
statement_json(const struct dz_figures *f, size_t ix, bool for_publication)
{
    const struct dz_figure_statement *s = &f->statements[ix];
    char name[24];
    number_of(ix, name);
    json_t *line = json_object();
    dz_json_set_str(line, "type", "statement");
    dz_json_set_str(line, "figure", name);
    dz_json_set_str(line, "counts_what", s->type == DZ_FIGURE_FLOW ? "flow" : "total");
    dz_json_set_int(line, "group", (int64_t)s->group + 1);
    dz_json_set_str(line, "value", s->value);
    dz_json_set_str(line, "value_max", s->value_max);
    dz_json_set_str(line, "qualifier", s->qualifier);
    dz_json_set_str(line, "unit", s->unit);
    dz_json_set_str(line, "of", s->of);
    dz_json_set_str(line, "territory_id", s->territory);
    dz_json_set_str(line, "territory", s->territory_text);
    dz_json_set_str(line, "as_of", s->as_of);
    json_object_set_new(line, "as_of_by_source", json_boolean(s->as_of_by_source));
    dz_json_set_str(line, "from", s->from);
    dz_json_set_str(line, "to", s->to);
    dz_json_set_str(line, "asserted_by", s->asserted_by);
    dz_json_set_str(line, "claimant", s->claimant);
    dz_json_set_str(line, "side", s->side);
    dz_json_set_str(line, "derived_from", s->derived_from);
    dz_json_set_str(line, "method", s->method);
    json_t *sources = json_array();
    for (size_t i = 0; i < s->n_sources; i++)
        json_array_append_new(sources, json_string(s->sources[i]));
    json_object_set_new(line, "sources", sources);
    json_object_set_new(line, "counts", dz_counts_json(&s->counts));
    json_object_set_new(line, "facts", dz_evidence_json(s->facts, s->n_facts, for_publication));
    return line;
}

/* One end of a difference; an open one stays out. */
static void
set_difference(json_t *line, const char *key, int64_t value)
{
    if (value == INT64_MIN || value == INT64_MAX)
        return;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(64);
    dz_decimal_print(value, &text);
    dz_json_set_view(line, key, dz_buf_view(&text));
}

static json_t *
pair_json(const struct dz_figure_pair *p)
{
    char a[24];
    char b[24];
    number_of(p->a, a);
    number_of(p->b, b);
    json_t *line = json_object();
    dz_json_set_str(line, "type", "comparison");
    dz_json_set_str(line, "earlier", a);
    dz_json_set_str(line, "later", b);
    dz_json_set_str(line, "relation", dz_figure_relation_id(p->relation));
    if (p->refusal != DZ_REFUSE_NONE)
        dz_json_set_str(line, "refusal", dz_figure_refusal_id(p->refusal));
    if (p->has_difference) {
        set_difference(line, "difference_min", p->diff_min);
        set_difference(line, "difference_max", p->diff_max);
        if (p->may_be_same)
            json_object_set_new(line, "may_be_same", json_true());
        if (p->stated_by != SIZE_MAX) {
            number_of(p->stated_by, a);
            dz_json_set_str(line, "stated_by", a);
        }
    }
    return line;
}

/* The period or day of a claim; a period may be open at one end. */
static void
when_words(const struct dz_figure_statement *s, struct dz_buf *out)
{
    bool flow = s->type == DZ_FIGURE_FLOW;
    if (flow && s->from != NULL && s->to != NULL)
        dz_buf_addf(out, "%s–%s", s->from, s->to);
    else if (flow && s->from != NULL)
        dz_buf_addf(out, _("since %s"), s->from);
    else if (flow && s->to != NULL)
        dz_buf_addf(out, _("until %s"), s->to);
    else
        dz_buf_addf(out, "%s%s", s->as_of_by_source ? "≤ " : "",
                    s->as_of != NULL ? s->as_of : _("unknown"));
}

static void
add_statement(struct dz_ctx *c, struct dz_table *t, const struct dz_figures *f, size_t ix)
{
    const struct dz_figure_statement *s = &f->statements[ix];
    char name[24];
    number_of(ix, name);
    dz_table_add(t, name);
    DZ_AUTO_BUF struct dz_buf when = DZ_BUF(1024);
    when_words(s, &when);
    dz_table_add(t, when.p);
    DZ_AUTO_BUF struct dz_buf value = DZ_BUF(4096);
    if (s->has_value)
        dz_value_words(c, s->qualifier, s->value, s->value_max, NULL, NULL, &value);
    else
        dz_buf_adds(&value, _("no number"));
    dz_table_add(t, value.p);
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1 << 16);
    if (s->counts.n_unreviewed > 0)
        dz_buf_adds(&words, DZ_BULK_SIGN);
    dz_buf_adds(&words, s->asserted_by != NULL ? s->asserted_by : _("nobody is named"));
    if (s->type == DZ_FIGURE_FLOW)
        dz_view_part(&words, _("over the period"));
    DZ_AUTO_BUF struct dz_buf sources = DZ_BUF(1 << 16);
    for (size_t i = 0; i < s->n_sources; i++)
        dz_buf_addf(&sources, "%s%s", i > 0 ? " " : "", s->sources[i]);
    dz_view_part(&words, sources.p);
    if (s->n_sources > 1) {
        DZ_AUTO_BUF struct dz_buf note = DZ_BUF(1024);
        dz_buf_addf(&note,
                    dz_trn("one claim, carried by %zu source", "one claim, carried by %zu sources",
                           (unsigned long)s->n_sources),
                    s->n_sources);
        dz_view_part(&words, note.p);
    }
    dz_table_add(t, words.p);
}

/* One end of a difference; an open one adds nothing. */
static void
add_number(int64_t value, struct dz_buf *out)
{
    if (value == INT64_MIN || value == INT64_MAX)
        return;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(64);
    dz_decimal_print(value, &text);
    dz_number_words(text.p, out);
}

static void
difference_words(const struct dz_figure_pair *p, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf low = DZ_BUF(256);
    DZ_AUTO_BUF struct dz_buf high = DZ_BUF(256);
    add_number(p->diff_min, &low);
    add_number(p->diff_max, &high);
    if (p->may_be_same && p->stated_by == SIZE_MAX) {
        dz_buf_adds(out, _("no difference is implied: they may be the same number"));
        return;
    }
    if (low.n == 0 && high.n == 0)
        dz_buf_adds(out, _("a difference of unknown size is implied"));
    else if (p->diff_min == p->diff_max)
        dz_buf_addf(out, _("a difference of %s is implied"), low.p);
    else if (low.n == 0)
        dz_buf_addf(out, _("a difference of up to %s is implied"), high.p);
    else if (high.n == 0)
        dz_buf_addf(out, _("a difference of at least %s is implied"), low.p);
    else
        dz_buf_addf(out, _("a difference of %s to %s is implied"), low.p, high.p);
    if (p->stated_by != SIZE_MAX) {
        char name[24];
        number_of(p->stated_by, name);
        dz_buf_addf(out, _(", and stated by %s"), name);
    } else {
        dz_buf_adds(out, _(", which nobody states"));
    }
}

static void
print_pair(struct dz_ctx *c, const struct dz_figure_pair *p)
{
    char a[24];
    char b[24];
    number_of(p->a, a);
    number_of(p->b, b);
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1 << 16);
    dz_buf_addf(&words, "%s, %s: ", a, b);
    switch (p->relation) {
    case DZ_FIGURES_AGREE:
        dz_buf_adds(&words, _("agree"));
        break;
    case DZ_FIGURES_DIFFER:
        dz_buf_adds(&words, _("different times"));
        break;
    case DZ_FIGURES_CONTRADICT:
        dz_buf_adds(&words, _("CONTRADICT each other"));
        break;
    case DZ_FIGURES_NOT_COMPARABLE:
        dz_buf_adds(&words, dz_figure_refusal_text(p->refusal));
        break;
    }
    if (p->has_difference) {
        dz_buf_adds(&words, "; ");
        difference_words(p, &words);
    }
    dz_out_wrap(&c->out, dz_buf_view(&words), 4, 2);
}

static const struct dz_column columns[] = {
    {.title = N_("no.")},
    {.title = N_("as of"), .max = 23},
    {.title = N_("value"), .right = true},
    {.title = N_("who said it, and in which sources")},
};

static void
print_group(struct dz_ctx *c, const struct dz_figures *f, size_t g)
{
    const struct dz_figure_group *group = &f->groups[g];
    DZ_AUTO_BUF struct dz_buf title = DZ_BUF(1 << 16);
    const char *unit = dz_label(c, "figure_unit", group->unit);
    dz_view_part(&title, unit[0] != '\0' ? unit : _("unit not stated"));
    dz_view_part(&title, group->of);
    dz_view_part(&title, group->territory != NULL ? dz_place_label(c, group->territory)
                                                  : group->territory_text);
    dz_view_part(&title, group->type == DZ_FIGURE_FLOW ? _("over a period") : _("total at a time"));
    dz_out_f(&c->out, g > 0 ? "\n" : "");
    dz_out_line(&c->out, dz_buf_view(&title), 400);
    dz_out_text(&c->out, "\n");
    DZ_AUTO_TABLE struct dz_table t;
    dz_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < group->n_statements; i++)
        add_statement(c, &t, f, group->statements[i]);
    dz_table_print(&t, &c->out);
    for (size_t i = 0; i < f->n_pairs; i++)
        if (f->statements[f->pairs[i].a].group == g)
            print_pair(c, &f->pairs[i]);
}

/* Pairs refused for one reason, by their first figure: "F4 with F5, F6; F7 with F8". */
static void
refused_for(struct dz_ctx *c, const struct dz_figures *f, size_t first, bool *done)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1 << 20);
    dz_buf_addf(&words, "%s: ", dz_figure_refusal_text(f->refused[first].refusal));
    for (size_t i = first; i < f->n_refused; i++) {
        if (done[i] || f->refused[i].refusal != f->refused[first].refusal)
            continue;
        char a[24];
        number_of(f->refused[i].a, a);
        dz_buf_addf(&words, i == first ? "%s / " : "; %s / ", a);
        const char *comma = "";
        for (size_t k = i; k < f->n_refused; k++) {
            const struct dz_figure_pair *p = &f->refused[k];
            if (done[k] || p->refusal != f->refused[first].refusal || p->a != f->refused[i].a)
                continue;
            char b[24];
            number_of(p->b, b);
            dz_buf_addf(&words, "%s%s", comma, b);
            comma = ", ";
            done[k] = true;
        }
    }
    dz_out_wrap(&c->out, dz_buf_view(&words), 4, 2);
}

static void
print_refused(struct dz_ctx *c, const struct dz_figures *f)
{
    DZ_AUTO_FREE bool *done = dz_alloc_array(f->n_refused, sizeof *done);
    dz_out_f(&c->out, "\n%s\n", _("Not to be compared"));
    for (size_t i = 0; i < f->n_refused; i++)
        if (!done[i])
            refused_for(c, f, i, done);
}

static void
print(struct dz_ctx *c, const struct dz_figures *f)
{
    for (size_t g = 0; g < f->n_groups; g++)
        print_group(c, f, g);
    if (f->n_refused > 0)
        print_refused(c, f);
    dz_bulk_legend(&c->out, f->counts.n_unreviewed);
    dz_counts_print(&c->out, &f->counts);
    dz_out_wrap(&c->out,
                dz_view_of(_("A figure is a claim; nothing is added up. '≤' means: nobody stated "
                             "a time, and the claim is no later than its source.")),
                0, 0);
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    struct dz_filter filter;
    DZ_TRY(dz_filter_make(c, &v->filter, &filter, err));
    struct dz_scope scope = {.place = filter.place,
                             .sphere = filter.sphere,
                             .period = filter.date,
                             .without_bulk = v->reviewed,
                             .for_publication = v->for_publication};
    DZ_AUTO_PUBLIC_WORDS struct dz_public_words words = {0};
    DZ_AUTO_FIGURES struct dz_figures f = {0};
    if (v->for_publication)
        DZ_TRY(dz_public_words_learn(&words, c->vault, c->rules, &scope, err));
    DZ_TRY(dz_figures_build(c->vault, c->rules, &scope, &f, err));
    if (!c->json) {
        print(c, &f);
        return DZ_OK;
    }
    for (size_t i = 0; i < f.n; i++)
        dz_out_json_new(&c->out, statement_json(&f, i, v->for_publication));
    for (size_t i = 0; i < f.n_pairs; i++)
        dz_out_json_new(&c->out, pair_json(&f.pairs[i]));
    for (size_t i = 0; i < f.n_refused; i++)
        dz_out_json_new(&c->out, pair_json(&f.refused[i]));
    return DZ_OK;
}

const struct dz_cmd dz_cmd_figures = {
    .name = "figures",
    .group = DZ_GROUP_VIEWS,
    .summary = N_("the ledger of claimed quantities"),
    .usage = "",
    .help = N_("Facts that repeat one claim are one statement with the sources that carry it. "
               "Statements that count the same are compared; everything else is refused with its "
               "reason. Nothing is ever added up."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_RULES | DZ_HAS_JSON | DZ_TELLS_BACKLOG,
    .run = run,
};
