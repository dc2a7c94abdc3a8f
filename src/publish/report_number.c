/* Exhibits and quotes get their numbers; facts learn where in the page they stand. */
#define _GNU_SOURCE /* qsort_r */
#include <stdlib.h>
#include <string.h>

#include "dz_tr.h"
#include "report_impl.h"

/* Numbering while it is made: one use per passage of a fact. */
struct use {
    size_t source;
    size_t fact;
    const struct dz_passage *passage;
};

static int
compare_ids(const void *a, const void *b, void *ctx)
{
    const struct dz_report_fact *facts = ctx;
    size_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return strcmp(facts[x].row.id, facts[y].row.id);
}

static size_t
find_fact(const struct dz_report_content *c, const char *id)
{
    size_t low = 0, high = c->n_facts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(c->facts[c->by_id[middle]].row.id, id);
        if (order == 0)
            return c->by_id[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

const struct dz_report_fact *
dz_report_fact_by_id(const struct dz_report_content *c, const char *id)
{
    size_t at = find_fact(c, id);
    return at != SIZE_MAX ? &c->facts[at] : NULL;
}

static int
compare_stretches(const struct use *a, const struct use *b)
{
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->passage->start != b->passage->start)
        return a->passage->start < b->passage->start ? -1 : 1;
    if (a->passage->end != b->passage->end)
        return a->passage->end < b->passage->end ? -1 : 1;
    return strcmp(a->passage->text_sha256, b->passage->text_sha256);
}

static int
compare_uses(const void *a, const void *b)
{
    const struct use *x = a;
    const struct use *y = b;
    int order = compare_stretches(x, y);
    return order != 0 ? order : (x->fact < y->fact ? -1 : x->fact > y->fact);
}

static int
compare_source_ids(const void *a, const void *b, void *ctx)
{
    const struct dz_report_source *sources = ctx;
    size_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return strcmp(sources[x].id, sources[y].id);
}

static size_t
find_source(const struct dz_report_content *c, const size_t *order, const char *id)
{
    size_t low = 0, high = c->n_sources;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int cmp = strcmp(c->sources[order[middle]].id, id);
        if (cmp == 0)
            return order[middle];
        if (cmp < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

static size_t
list_uses(const struct dz_report_content *c, const size_t *order, struct use *uses)
{
    size_t n = 0;
    for (size_t f = 0; f < c->n_facts; f++) {
        /* What no view shows (outside the scope, held back) has no quote here either. */
        if (c->facts[f].home == DZ_HOME_NONE)
            continue;
        const struct dz_fact_row *row = &c->facts[f].row;
        for (size_t i = 0; i < row->n_passages; i++) {
            size_t source = find_source(c, order, row->passages[i].source);
            if (source != SIZE_MAX)
                uses[n++] = (struct use){source, f, &row->passages[i]};
        }
    }
    return n;
}

/* From sorted uses to numbered quotes. */
static void
make_quotes(struct dz_report_content *c, const struct use *uses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct dz_report_source *s = &c->sources[uses[i].source];
        if (i == 0 || compare_stretches(&uses[i - 1], &uses[i]) != 0) {
            if (s->n_quotes++ == 0)
                s->first_quote = c->n_quotes;
            c->quotes[c->n_quotes++] = (struct dz_report_quote){.passage = uses[i].passage,
                                                                .source = uses[i].source,
                                                                .number = s->n_quotes,
                                                                .first_use = i};
        }
        c->quotes[c->n_quotes - 1].n_uses++;
        c->uses[i] = uses[i].fact;
        struct dz_report_fact *f = &c->facts[uses[i].fact];
        if (f->n_quotes == 0 || f->quotes[f->n_quotes - 1] != c->n_quotes - 1)
            f->quotes[f->n_quotes++] = c->n_quotes - 1;
    }
}

static void
give_home(struct dz_report_content *c, const char *id, enum dz_report_home home, size_t ix)
{
    size_t at = find_fact(c, id);
    if (at == SIZE_MAX || c->facts[at].home != DZ_HOME_NONE)
        return;
    c->facts[at].home = home;
    c->facts[at].home_ix = ix;
}

static void
find_homes(struct dz_report_content *c)
{
    for (size_t i = 0; i < c->figures.n; i++) {
        const struct dz_figure_statement *s = &c->figures.statements[i];
        for (size_t k = 0; k < s->n_facts; k++)
            give_home(c, s->facts[k].id, DZ_HOME_FIGURE, i);
    }
    for (size_t i = 0; i < c->chronology.n; i++) {
        const struct dz_chrono_row *row = &c->chronology.rows[i];
        enum dz_report_home home = row->kind == DZ_CHRONO_ACT         ? DZ_HOME_ACT
                                   : row->kind == DZ_CHRONO_STATEMENT ? DZ_HOME_STATEMENT
                                                                      : DZ_HOME_CHRONOLOGY;
        for (size_t k = 0; k < row->n_facts; k++)
            give_home(c, row->facts[k].id, home, i);
    }
}

enum dz_code
dz_report_number(struct dz_report_content *c, struct dz_err *err)
{
    size_t exhibit = 0;
    for (size_t i = 0; i < c->n_sources; i++)
        c->sources[i].exhibit = ++exhibit;
    size_t n_passages = 0;
    for (size_t i = 0; i < c->n_facts; i++)
        n_passages += c->facts[i].row.n_passages;

    c->by_id = dz_arena_alloc(&c->arena, (c->n_facts + 1) * sizeof *c->by_id);
    c->uses = dz_arena_alloc(&c->arena, (n_passages + 1) * sizeof *c->uses);
    c->quotes = dz_arena_alloc(&c->arena, (n_passages + 1) * sizeof *c->quotes);
    if (c->by_id == NULL || c->uses == NULL || c->quotes == NULL)
        return dz_fail(err, DZ_E_LIMIT,
                       "report: too many facts for one report: narrow it by place "
                       "or period");
    for (size_t i = 0; i < c->n_facts; i++) {
        struct dz_report_fact *f = &c->facts[i];
        c->by_id[i] = i;
        f->quotes = dz_arena_alloc(&c->arena, (f->row.n_passages + 1) * sizeof *f->quotes);
        if (f->quotes == NULL)
            return dz_fail(err, DZ_E_LIMIT,
                           "report: too many facts for one report: narrow it by "
                           "place or period");
    }
    qsort_r(c->by_id, c->n_facts, sizeof *c->by_id, compare_ids, c->facts);
    find_homes(c);

    DZ_AUTO_FREE size_t *order = dz_alloc_array(c->n_sources, sizeof *order);
    for (size_t i = 0; i < c->n_sources; i++)
        order[i] = i;
    qsort_r(order, c->n_sources, sizeof *order, compare_source_ids, c->sources);
    DZ_AUTO_FREE struct use *uses = dz_alloc_array(n_passages, sizeof *uses);
    size_t n = list_uses(c, order, uses);
    qsort(uses, n, sizeof *uses, compare_uses);
    make_quotes(c, uses, n);
    return DZ_OK;
}

void
dz_report_content_done(struct dz_report_content *c)
{
    for (size_t i = 0; i < c->n_facts; i++)
        json_decref(c->facts[i].body);
    dz_free(c->facts);
    dz_free(c->sources);
    dz_summary_done(&c->summary);
    dz_chronology_done(&c->chronology);
    dz_matrix_done(&c->matrix);
    dz_figures_done(&c->figures);
    dz_arena_done(&c->arena);
    *c = (struct dz_report_content){0};
}
