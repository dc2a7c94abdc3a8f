#include "dz_matrix.h"

#include <stdlib.h>
#include <string.h>

#include "dz_json.h"
#include "dz_time.h"
#include "matrix_impl.h"

/* Acts are placed one by one: a row for the place, a column for the time, a layer for each
 * sphere. What does not fall into one row or one column goes to "not stated more closely"; it is
 * never spread. */

const char *
dz_cell_state_id(enum dz_cell_state s)
{
    switch (s) {
    case DZ_CELL_NO_INFORMATION:
        return "no_information";
    case DZ_CELL_DENIED:
        return "denied";
    case DZ_CELL_AVAILABLE:
        return "available";
    case DZ_CELL_CONTRADICTORY:
        return "contradictory";
    case DZ_CELL_WITHHELD:
        return "withheld";
    }
    return "";
}

enum dz_code
dz_matrix_begin(struct dz_matrix_builder *b, const struct dz_origins *o,
                const struct dz_rules *rules, const struct dz_matrix_opts *opts, struct dz_err *err)
{
    static const struct dz_matrix_opts everything = {0};
    *b = (struct dz_matrix_builder){.opts = opts ? opts : &everything};
    b->arena.max_bytes = DZ_VIEW_BYTES_MAX;
    b->keep.arena = &b->arena;
    b->spheres = dz_rules_ids(rules, "sphere", &b->n_spheres);
    if (b->opts->scope.for_publication && b->opts->level == DZ_LEVEL_SETTLEMENT)
        return dz_fail(err, DZ_E_USAGE,
                       "the public is told of no place closer than a raion: ask for the "
                       "level raion or oblast");
    return dz_gather_open(o, rules, &b->opts->scope, &b->gather, err);
}

void
dz_matrix_builder_done(struct dz_matrix_builder *b)
{
    dz_free(b->acts);
    dz_free(b->marks);
    dz_arena_done(&b->arena);
    *b = (struct dz_matrix_builder){0};
}

/* ---- where and when ---- */

static bool
is_level(const struct dz_place *p, enum dz_matrix_level level)
{
    switch (level) {
    case DZ_LEVEL_OBLAST: /* Crimea is a republic in law, its rank is an oblast's */
        return strcmp(p->kind, "oblast") == 0 || strcmp(p->kind, "republic") == 0;
    case DZ_LEVEL_RAION:
        return strcmp(p->kind, "raion") == 0;
    case DZ_LEVEL_SETTLEMENT:
        return strcmp(p->kind, "settlement") == 0;
    }
    return false;
}

#define PARENTS_MAX 16

const char *
dz_matrix_row(const struct dz_rules *rules, const char *place, enum dz_matrix_level level,
              bool *ret_not_closer)
{
    const struct dz_place *p = place ? dz_place_by_id(rules, place) : NULL;
    *ret_not_closer = true;
    for (size_t hop = 0; p && hop < PARENTS_MAX; hop++) {
        if (is_level(p, level)) {
            *ret_not_closer = false;
            return p->id;
        }
        p = p->parent ? dz_place_by_id(rules, p->parent) : NULL;
    }
    return place;
}

static void
find_row(const struct dz_matrix_builder *b, const struct dz_fact_row *fact, struct dz_matrix_act *a)
{
    const char *text;
    const char *id = dz_fact_place(b->gather.rules, fact, &text);
    a->place = dz_matrix_row(b->gather.rules, id, b->opts->level, &a->not_closer);
}

/* Number of the period a day lies in: months since year 0, quarters, years. */
static int32_t
period_of(enum dz_matrix_step step, int32_t day)
{
    struct dz_date d = dz_date_from_days(day);
    switch (step) {
    case DZ_STEP_MONTH:
        return d.year * 12 + d.month - 1;
    case DZ_STEP_QUARTER:
        return d.year * 4 + (d.month - 1) / 3;
    case DZ_STEP_YEAR:
        return d.year;
    }
    return DZ_PERIOD_NONE;
}

int32_t
dz_matrix_column(enum dz_matrix_step step, const char *date, bool *ret_uncertain)
{
    struct dz_edtf_bounds at;
    *ret_uncertain = false;
    if (!date || !dz_edtf_text_bounds(date, &at))
        return DZ_PERIOD_NONE;
    *ret_uncertain = at.approximate || at.uncertain;
    if (at.lo == DZ_EDTF_MIN_DAY || at.hi == DZ_EDTF_MAX_DAY)
        return DZ_PERIOD_NONE;
    int32_t first = period_of(step, at.lo);
    return first == period_of(step, at.hi) ? first : DZ_PERIOD_NONE;
}

enum dz_code
dz_matrix_take(void *ctx, const struct dz_fact_row *fact, struct dz_err *err)
{
    struct dz_matrix_builder *b = ctx;
    const char *text;
    if (strcmp(fact->kind, "act") != 0 || dz_gather_where(&b->gather, fact) != DZ_REACH_IN ||
        !dz_gather_when(&b->gather, fact->has_date, fact->lo, fact->hi))
        return DZ_OK;
    if (b->gather.place && !dz_fact_place(b->gather.rules, fact, &text))
        return DZ_OK;
    if (!dz_gather_wants(&b->gather, fact))
        return DZ_OK;
    struct dz_matrix_act a = {.specific = dz_fact_specific(fact)};
    find_row(b, fact, &a);
    a.period =
        dz_matrix_column(b->opts->step, fact->has_date ? fact->date : NULL, &a.uncertain);
    dz_keep_evidence(&b->keep, b->gather.origins, fact, &a.fact);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    for (size_t i = 0; i < b->n_spheres; i++) {
        const char *sphere = b->spheres[i];
        bool asked = !b->gather.sphere || strcmp(b->gather.sphere, sphere) == 0;
        if (!asked || !dz_fact_has_code(fact, "sphere", sphere))
            continue;
        b->marks = dz_grow(b->marks, &b->cap_marks, b->n_marks + 1, sizeof *b->marks);
        b->marks[b->n_marks++] =
            (struct dz_matrix_mark){.act = (uint32_t)b->n_acts, .sphere_ix = (uint32_t)i};
    }
    b->acts = dz_grow(b->acts, &b->cap_acts, b->n_acts + 1, sizeof *b->acts);
    b->acts[b->n_acts++] = a;
    return DZ_OK;
}

/* ---- axes ---- */

static int
by_place(const void *a, const void *b)
{
    const struct dz_matrix_place *x = a, *y = b;
    if (x->not_closer != y->not_closer)
        return x->not_closer ? 1 : -1;
    if (!x->id || !y->id)
        return (x->id == NULL) - (y->id == NULL);
    return strcmp(x->id, y->id);
}

static enum dz_code
make_places(struct dz_matrix_builder *b, struct dz_matrix *m, struct dz_err *err)
{
    struct dz_matrix_place *list = dz_keep_bytes(&b->keep, b->n_acts * sizeof *list);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    for (size_t i = 0; i < b->n_acts; i++)
        list[i] = (struct dz_matrix_place){b->acts[i].place, b->acts[i].not_closer};
    qsort(list, b->n_acts, sizeof *list, by_place);
    for (size_t i = 0; i < b->n_acts; i++) {
        if (i == 0 || by_place(&list[i], &m->places[m->n_places - 1]) != 0)
            list[m->n_places++] = list[i];
        m->places = list;
    }
    for (size_t i = 0; i < b->n_acts; i++) {
        struct dz_matrix_place key = {b->acts[i].place, b->acts[i].not_closer};
        const struct dz_matrix_place *at = bsearch(&key, list, m->n_places, sizeof *list, by_place);
        b->acts[i].place_ix = (uint32_t)(at - list);
    }
    return DZ_OK;
}

static void
fill_period(enum dz_matrix_step step, int32_t number, struct dz_matrix_period *p)
{
    int32_t per_year = step == DZ_STEP_MONTH ? 12 : step == DZ_STEP_QUARTER ? 4 : 1;
    int32_t months = 12 / per_year;
    int32_t year = number / per_year, part = number % per_year;
    if (part < 0) {
        part += per_year;
        year--;
    }
    struct dz_date first = {year, (int8_t)(part * months + 1), 1};
    struct dz_date last = {year, (int8_t)(part * months + months), 1};
    last.day = dz_days_in_month(last.year, last.month);
    p->lo = dz_date_to_days(first);
    p->hi = dz_date_to_days(last);
    struct dz_buf label = DZ_BUF(sizeof p->label - 1);
    dz_buf_addf(&label, "%04d", year);
    if (step == DZ_STEP_MONTH)
        dz_buf_addf(&label, "-%02d", part + 1);
    if (step == DZ_STEP_QUARTER)
        dz_buf_addf(&label, "-%d", 33 + part); /* EDTF level 2: 33..36 are the quarters */
    if (label.n > 0)
        memcpy(p->label, label.p, label.n);
    dz_buf_done(&label);
}

static enum dz_code
make_periods(struct dz_matrix_builder *b, struct dz_matrix *m, struct dz_err *err)
{
    int32_t first = INT32_MAX, last = INT32_MIN;
    bool loose = false;
    for (size_t i = 0; i < b->n_acts; i++) {
        int32_t p = b->acts[i].period;
        loose = loose || p == DZ_PERIOD_NONE;
        if (p != DZ_PERIOD_NONE) {
            first = p < first ? p : first;
            last = p > last ? p : last;
        }
    }
    size_t n = first <= last ? (size_t)((int64_t)last - first + 1) : 0;
    if (n > DZ_MATRIX_PERIODS_MAX)
        return dz_fail(
            err, DZ_E_LIMIT,
            "the matrix would have %zu columns: ask for quarters or years, or for a shorter period",
            n);
    m->periods = dz_keep_bytes(&b->keep, (n + 1) * sizeof *m->periods);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    for (size_t i = 0; i < n; i++)
        fill_period(b->opts->step, first + (int32_t)i, &m->periods[i]);
    if (loose) {
        m->periods[n] = (struct dz_matrix_period){
            .not_closer = true, .lo = DZ_EDTF_MIN_DAY, .hi = DZ_EDTF_MAX_DAY};
    }
    m->n_periods = n + loose;
    for (size_t i = 0; i < b->n_acts; i++) {
        int32_t p = b->acts[i].period;
        b->acts[i].period_ix = p == DZ_PERIOD_NONE ? (uint32_t)n : (uint32_t)(p - first);
    }
    return DZ_OK;
}

static enum dz_code
make_spheres(struct dz_matrix_builder *b, struct dz_matrix *m, struct dz_err *err)
{
    m->spheres = dz_keep_bytes(&b->keep, b->n_spheres * sizeof *m->spheres);
    uint32_t *new_ix = dz_keep_bytes(&b->keep, b->n_spheres * sizeof *new_ix);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    for (size_t i = 0; i < b->n_marks; i++)
        new_ix[b->marks[i].sphere_ix] = 1;
    for (size_t i = 0; i < b->n_spheres; i++) {
        if (new_ix[i] == 0)
            continue;
        new_ix[i] = (uint32_t)m->n_spheres;
        m->spheres[m->n_spheres++] = b->spheres[i];
    }
    for (size_t i = 0; i < b->n_marks; i++)
        b->marks[i].sphere_ix = new_ix[b->marks[i].sphere_ix];
    return DZ_OK;
}

/* ---- cells ---- */

/* Over facts that are shown; acts that are only counted stand behind them and have no number
 * here. */
static void
count_cell(const struct dz_matrix *m, const bool *specific, const uint32_t *facts, size_t n,
           struct dz_cell *cell)
{
    const struct dz_evidence **list = dz_alloc_array(n, sizeof *list);
    bool *events = dz_alloc_array(n, sizeof *events);
    for (size_t i = 0; i < n; i++) {
        list[i] = &m->facts[facts[i]];
        events[i] = specific[facts[i]];
        cell->uncertain = cell->uncertain || m->uncertain[facts[i]];
    }
    struct dz_tally t = dz_tally_acts(list, events, n);
    cell->n_events = t.n_events;
    cell->n_claims = t.n_claims;
    cell->n_denied = t.n_denied;
    cell->n_announced = t.n_announced;
    cell->counts = dz_evidence_count(list, n);
    cell->n_facts = n;
    bool pressed = t.n_events + t.n_claims > 0, not_so = t.n_denied > 0;
    cell->state = pressed && not_so ? DZ_CELL_CONTRADICTORY
                  : pressed         ? DZ_CELL_DENIED
                  : not_so          ? DZ_CELL_AVAILABLE
                                    : DZ_CELL_NO_INFORMATION;
    dz_free(events);
    dz_free(list);
}

static int
by_cell(const void *a, const void *b)
{
    const struct dz_matrix_mark *x = a, *y = b;
    if (x->place_ix != y->place_ix)
        return x->place_ix < y->place_ix ? -1 : 1;
    if (x->period_ix != y->period_ix)
        return x->period_ix < y->period_ix ? -1 : 1;
    if (x->sphere_ix != y->sphere_ix)
        return x->sphere_ix < y->sphere_ix ? -1 : 1;
    return (x->act > y->act) - (x->act < y->act);
}

static bool
one_cell(const struct dz_matrix_mark *x, const struct dz_matrix_mark *y)
{
    return x->place_ix == y->place_ix && x->period_ix == y->period_ix &&
           x->sphere_ix == y->sphere_ix;
}

static enum dz_code
make_cells(struct dz_matrix_builder *b, struct dz_matrix *m, struct dz_err *err)
{
    for (size_t i = 0; i < b->n_marks; i++) {
        b->marks[i].place_ix = b->acts[b->marks[i].act].place_ix;
        b->marks[i].period_ix = b->acts[b->marks[i].act].period_ix;
    }
    if (b->n_marks > 0)
        qsort(b->marks, b->n_marks, sizeof *b->marks, by_cell);
    size_t n = 0;
    for (size_t i = 0; i < b->n_marks; i++)
        n += i == 0 || !one_cell(&b->marks[i - 1], &b->marks[i]);
    m->cells = dz_keep_bytes(&b->keep, n * sizeof *m->cells);
    uint32_t *facts = dz_keep_bytes(&b->keep, b->n_marks * sizeof *facts);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    for (size_t i = 0, from = 0; i < b->n_marks; i++) {
        facts[i] = b->marks[i].act;
        if (i + 1 < b->n_marks && one_cell(&b->marks[i], &b->marks[i + 1]))
            continue;
        struct dz_cell *cell = &m->cells[m->n_cells++];
        *cell = (struct dz_cell){.place_ix = b->marks[i].place_ix,
                                 .period_ix = b->marks[i].period_ix,
                                 .sphere_ix = b->marks[i].sphere_ix,
                                 .facts = &facts[from]};
        size_t n_shown = 0; /* by_cell puts those that are only counted behind */
        while (from + n_shown <= i && facts[from + n_shown] < m->n_facts)
            n_shown++;
        count_cell(m, m->specific, &facts[from], n_shown, cell);
        from = i + 1;
    }
    return DZ_OK;
}

enum dz_code
dz_matrix_end(struct dz_matrix_builder *b, struct dz_matrix *ret, struct dz_err *err)
{
    struct dz_matrix m = {.n_withheld = b->gather.n_withheld, .n_facts = b->n_acts};
    if (b->opts->scope.counted)
        dz_matrix_add_counted(b);
    m.facts = dz_keep_bytes(&b->keep, b->n_acts * sizeof *m.facts);
    bool *specific = dz_keep_bytes(&b->keep, b->n_acts),
         *uncertain = dz_keep_bytes(&b->keep, b->n_acts);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    for (size_t i = 0; i < b->n_acts; i++) {
        m.facts[i] = b->acts[i].fact;
        specific[i] = b->acts[i].specific;
        uncertain[i] = b->acts[i].uncertain;
    }
    m.specific = specific;
    m.uncertain = uncertain;
    DZ_TRY(make_places(b, &m, err));
    DZ_TRY(make_periods(b, &m, err));
    DZ_TRY(make_spheres(b, &m, err));
    DZ_TRY(make_cells(b, &m, err));
    if (b->opts->scope.counted)
        DZ_TRY(dz_matrix_withhold(b, &m, err));
    const struct dz_evidence **all = dz_alloc_array(m.n_facts, sizeof *all);
    for (size_t i = 0; i < m.n_facts; i++)
        all[i] = &m.facts[i];
    m.counts = dz_evidence_count(all, m.n_facts);
    dz_free(all);
    m.arena = b->arena;
    b->arena = (struct dz_arena){0};
    *ret = m;
    return DZ_OK;
}

enum dz_code
dz_matrix_of(const struct dz_origins *o, const struct dz_rules *rules,
             const struct dz_fact_row *rows, size_t n, const struct dz_matrix_opts *opts,
             struct dz_matrix *ret, struct dz_err *err)
{
    DZ_CLEANUP(dz_matrix_builder_done) struct dz_matrix_builder b;
    DZ_TRY(dz_matrix_begin(&b, o, rules, opts, err));
    for (size_t i = 0; i < n; i++)
        DZ_TRY(dz_matrix_take(&b, &rows[i], err));
    return dz_matrix_end(&b, ret, err);
}

void
dz_matrix_done(struct dz_matrix *m)
{
    dz_arena_done(&m->arena);
    *m = (struct dz_matrix){0};
}

/* ---- asking ---- */

const struct dz_cell *
dz_matrix_cell(const struct dz_matrix *m, size_t place_ix, size_t period_ix, size_t sphere_ix)
{
    size_t low = 0, high = m->n_cells;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct dz_cell *c = &m->cells[middle];
        bool before = c->place_ix != place_ix     ? c->place_ix < place_ix
                      : c->period_ix != period_ix ? c->period_ix < period_ix
                                                  : c->sphere_ix < sphere_ix;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == m->n_cells)
        return NULL;
    const struct dz_cell *c = &m->cells[low];
    return c->place_ix == place_ix && c->period_ix == period_ix && c->sphere_ix == sphere_ix ? c
                                                                                             : NULL;
}

static bool
asked(size_t want, uint32_t have)
{
    return want == SIZE_MAX || want == have;
}

struct dz_cell
dz_matrix_sum(const struct dz_matrix *m, size_t place_ix, size_t period_ix, size_t sphere_ix)
{
    struct dz_cell sum = {.place_ix = (uint32_t)place_ix,
                          .period_ix = (uint32_t)period_ix,
                          .sphere_ix = (uint32_t)sphere_ix};
    bool *in = dz_alloc_array(m->n_facts, sizeof *in);
    uint32_t *facts = dz_alloc_array(m->n_facts, sizeof *facts);
    size_t n = 0;
    for (size_t i = 0; i < m->n_cells; i++) {
        const struct dz_cell *c = &m->cells[i];
        if (!asked(place_ix, c->place_ix) || !asked(period_ix, c->period_ix) ||
            !asked(sphere_ix, c->sphere_ix))
            continue;
        for (size_t k = 0; k < c->n_facts; k++) {
            if (!in[c->facts[k]])
                facts[n++] = c->facts[k];
            in[c->facts[k]] = true;
        }
    }
    count_cell(m, m->specific, facts, n, &sum);
    dz_free(facts);
    dz_free(in);
    return sum;
}
