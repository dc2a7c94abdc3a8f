#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_fact.h"
#include "dz_mem.h"
#include "dz_json.h"
#include "dz_utf8.h"
#include "dz_view.h"
#include "dz_where.h"

struct values {
    struct dz_filter_values filter;
    bool reviewed;
    bool unreviewed;
};

static const struct dz_opt opts[] = {
    DZ_FILTER_ALL(struct values, filter),
    DZ_OPT_FLAG(struct values, reviewed, "reviewed", N_("only those that a person has reviewed")),
    DZ_OPT_FLAG(struct values, unreviewed, "unreviewed", N_("only those that nobody has reviewed")),
    {0},
};

struct listing {
    struct dz_ctx *c;
    struct dz_table table;
    struct dz_where where;
    size_t n;
    size_t n_bulk;
};

static const struct dz_column columns[] = {
    {.title = N_("fact")},
    {.title = N_("kind"), .max = 15},
    {.title = N_("date"), .max = 16},
    {.title = N_("what it says, and the quote")},
};

/* What programs get: the passages with their page, minute, message or cell. */
static enum dz_code
print_json(struct listing *l, const struct dz_fact_row *row, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *line = dz_fact_json(row);
    DZ_TRY(dz_fact_json_where(&l->where, row, line, err));
    dz_out_json(&l->c->out, line);
    return DZ_OK;
}

static enum dz_code
add_quote(struct listing *l, const struct dz_passage *p, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf where = DZ_BUF(4096);
    dz_buf_adds(out, out->n > 0 ? " · \"" : "\"");
    dz_utf8_line(out, dz_view_of(p->exact), 160);
    dz_buf_adds(out, "\"");
    DZ_TRY(dz_where_say(&l->where, p->source, p->text_sha256, p->start, p->end, &where, err));
    if (where.n > 0)
        dz_buf_addf(out, " (%s)", where.p);
    return DZ_OK;
}

static enum dz_code
list_one(void *ctx, const struct dz_fact_row *row, struct dz_err *err)
{
    struct listing *l = ctx;
    l->n++;
    l->n_bulk += row->bulk;
    if (l->c->json)
        return print_json(l, row, err);
    DZ_AUTO_BUF struct dz_buf gist = DZ_BUF(1 << 16);
    dz_fact_line(l->c, row, &gist);
    if (row->n_passages > 0)
        DZ_TRY(add_quote(l, &row->passages[0], &gist, err));
    dz_table_add(&l->table, row->id);
    dz_table_add(&l->table, dz_kind_label(row->kind));
    dz_table_add(&l->table, row->date);
    dz_table_add(&l->table, gist.p);
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    if (v->reviewed && v->unreviewed)
        return dz_fail(err, DZ_E_USAGE, "--reviewed and --unreviewed exclude each other");
    if (c->n_words == 1) {
        size_t k = 0;
        while (dz_fact_kinds[k] != NULL && strcmp(dz_fact_kinds[k], c->words[0]) != 0)
            k++;
        if (dz_fact_kinds[k] == NULL)
            return dz_fail(err, DZ_E_USAGE,
                           "'%s' is no kind of fact: act, measure, figure or statement",
                           c->words[0]);
    }
    struct dz_filter f;
    DZ_TRY(dz_filter_make(c, &v->filter, &f, err));
    struct dz_fact_filter filter = {
        .kind = c->n_words == 1 ? c->words[0] : NULL,
        .sphere = f.sphere,
        .means = f.means,
        .place = f.place,
        .rules = c->rules,
        .date = f.date,
        .source = f.source,
        .state = f.state,
        .reviewed = v->reviewed     ? DZ_REVIEWED_YES
                    : v->unreviewed ? DZ_REVIEWED_NO
                                    : DZ_REVIEWED_ANY,
    };
    struct listing l = {.c = c, .where = {.v = c->vault}};
    dz_table_init(&l.table, columns, sizeof columns / sizeof *columns);
    enum dz_code code = dz_facts_each(c->vault, &filter, list_one, &l, err);
    if (code == DZ_OK && !c->json) {
        dz_table_print(&l.table, &c->out);
        dz_bulk_legend(&c->out, l.n_bulk);
        dz_out_f(&c->out,
                 dz_trn("%zu fact documented in this collection, %zu of them not reviewed.",
                        "%zu facts documented in this collection, %zu of them not reviewed.",
                        (unsigned long)l.n),
                 l.n, l.n_bulk);
        dz_out_text(&c->out, "\n");
        if (f.date != NULL)
            dz_out_f(&c->out, "%s\n", _("Facts without a date were left out."));
    }
    dz_table_done(&l.table);
    dz_where_done(&l.where);
    return code;
}

const struct dz_cmd dz_cmd_facts = {
    .name = "facts",
    .group = DZ_GROUP_FACTS,
    .summary = N_("list facts, with filters"),
    .usage = N_("[act|measure|figure|statement]"),
    .help = N_("A date filter keeps every fact whose date may fall into the period, and leaves out "
               "those without one. Counts are what this collection documents, never totals."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_RULES | DZ_HAS_JSON | DZ_TELLS_BACKLOG,
    .max_words = 1,
    .run = run,
};
