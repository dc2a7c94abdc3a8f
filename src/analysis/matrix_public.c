/* The matrix as the public sees it: numbers of acts that rest on unpublished sources, where they
 * are told, and the fifth state where they are not. */
#include <string.h>

#include "dz_disclosure.h"
#include "matrix_impl.h"

/* A period or place that only holds what is withheld gets no column and no row: that it has one
 * would tell. */
static struct dz_disclosure_told
tell(const struct dz_matrix_builder *b, const struct dz_matrix_place *place,
     const struct dz_matrix_period *period, const char *sphere)
{
    const struct dz_disclosure_ask ask = {.level = b->opts->level,
                                          .step = b->opts->step,
                                          .place = place,
                                          .period = period,
                                          .sphere = sphere};
    return dz_disclosure_tell(b->opts->scope.counted, &ask);
}

/* May an act of that place and time stand in a table that was narrowed? Only what surely lies
 * inside: a table by month and one of half a month must not differ by an act. */
static bool
in_scope(const struct dz_matrix_builder *b, const struct dz_disclosure_act *act)
{
    const struct dz_gather *g = &b->gather;
    struct dz_edtf_bounds at;
    if (g->place && (!act->place || !dz_place_within(g->rules, act->place, g->place)))
        return false;
    return !g->has_period || (act->date && dz_edtf_text_bounds(act->date, &at) &&
                              at.lo >= g->period.lo && at.hi <= g->period.hi);
}

/* Is the whole column, or row, inside of what was asked for? */
static bool
period_in_scope(const struct dz_matrix_builder *b, const struct dz_matrix_period *p)
{
    const struct dz_gather *g = &b->gather;
    return !g->has_period || (!p->not_closer && p->lo >= g->period.lo && p->hi <= g->period.hi);
}

static bool
place_in_scope(const struct dz_matrix_builder *b, const struct dz_matrix_place *p)
{
    const struct dz_gather *g = &b->gather;
    return !g->place || (p->id && dz_place_within(g->rules, p->id, g->place));
}

static void
fill_period_of(const struct dz_disclosure_act *act, const struct dz_matrix_act *a,
               struct dz_matrix_period *ret)
{
    *ret = (struct dz_matrix_period){.not_closer = a->period == DZ_PERIOD_NONE};
    /* The label only has to lie in the period, so the act's own date does where it is short. */
    if (act->date && strlen(act->date) < sizeof ret->label)
        memcpy(ret->label, act->date, strlen(act->date));
}

void
dz_matrix_add_counted(struct dz_matrix_builder *b)
{
    size_t n = dz_disclosure_n_acts(b->opts->scope.counted);
    for (size_t i = 0; i < n; i++) {
        struct dz_disclosure_act act = dz_disclosure_act(b->opts->scope.counted, i);
        struct dz_matrix_act a = {.fact = {.id = "", .kind = "act", .modality = "", .origin = ""}};
        struct dz_matrix_period period;
        size_t marks = b->n_marks;
        if (!in_scope(b, &act))
            continue;
        a.place = dz_matrix_row(b->gather.rules, act.place, b->opts->level, &a.not_closer);
        a.period = dz_matrix_column(b->opts->step, act.date, &a.uncertain);
        a.uncertain = false;
        struct dz_matrix_place place = {a.place, a.not_closer};
        fill_period_of(&act, &a, &period);
        if (!place_in_scope(b, &place))
            continue;
        for (size_t k = 0; k < act.n_spheres; k++) {
            const char *sphere = b->spheres[act.spheres[k]];
            bool asked = !b->gather.sphere || strcmp(b->gather.sphere, sphere) == 0;
            if (!asked || tell(b, &place, &period, sphere).withheld)
                continue;
            b->marks = dz_grow(b->marks, &b->cap_marks, b->n_marks + 1, sizeof *b->marks);
            b->marks[b->n_marks++] = (struct dz_matrix_mark){.act = (uint32_t)b->n_acts,
                                                             .sphere_ix = act.spheres[k]};
        }
        if (b->n_marks == marks)
            continue;
        b->acts = dz_grow(b->acts, &b->cap_acts, b->n_acts + 1, sizeof *b->acts);
        b->acts[b->n_acts++] = a;
    }
}

/* What is told of counted acts joins what the shown ones say. */
static void
join(struct dz_cell *cell, const struct dz_disclosure_told *t)
{
    enum dz_cell_state other = t->state;
    cell->n_unpublished = t->n;
    if (t->n == 0 || other == DZ_CELL_NO_INFORMATION || other == cell->state)
        return;
    cell->state = cell->state == DZ_CELL_NO_INFORMATION ? other : DZ_CELL_CONTRADICTORY;
}

static void
settle_cell(const struct dz_matrix_builder *b, const struct dz_matrix *m, struct dz_cell *cell)
{
    const struct dz_matrix_place *place = &m->places[cell->place_ix];
    const struct dz_matrix_period *period = &m->periods[cell->period_ix];
    struct dz_disclosure_told t = tell(b, place, period, m->spheres[cell->sphere_ix]);
    bool whole = place_in_scope(b, place) && period_in_scope(b, period);
    if (!t.withheld && t.n > 0 && !whole)
        t = (struct dz_disclosure_told){.withheld = true};
    cell->withheld = t.withheld;
    if (!t.withheld)
        join(cell, &t);
    else if (cell->n_facts == 0)
        cell->state = DZ_CELL_WITHHELD;
}

/* Every cell of the table is asked for, also where nothing lies: what is withheld says nothing of
 * whether there is anything. */
enum dz_code
dz_matrix_withhold(struct dz_matrix_builder *b, struct dz_matrix *m, struct dz_err *err)
{
    size_t n = 0, cap = 0, old = 0;
    DZ_AUTO_FREE struct dz_cell *list = NULL;
    for (size_t p = 0; p < m->n_places; p++) {
        for (size_t t = 0; t < m->n_periods; t++) {
            for (size_t s = 0; s < m->n_spheres; s++) {
                struct dz_cell cell = {.place_ix = (uint32_t)p,
                                       .period_ix = (uint32_t)t,
                                       .sphere_ix = (uint32_t)s};
                const struct dz_cell *have = old < m->n_cells ? &m->cells[old] : NULL;
                bool is_there = have && have->place_ix == p && have->period_ix == t &&
                                have->sphere_ix == s;
                if (is_there)
                    cell = m->cells[old++];
                settle_cell(b, m, &cell);
                if (cell.n_facts == 0 && cell.n_unpublished == 0 && !cell.withheld)
                    continue;
                list = dz_grow(list, &cap, n + 1, sizeof *list);
                list[n++] = cell;
            }
        }
    }
    m->cells = dz_keep_bytes(&b->keep, n * sizeof *m->cells);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    if (n > 0)
        memcpy(m->cells, list, n * sizeof *list);
    m->n_cells = n;
    return DZ_OK;
}
