#include <stdio.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_matrix.h"
#include "dz_mem.h"
#include "dz_view.h"

#define NAME_COLUMNS 34 /* of a sphere; longer names take a second line */

struct values {
    struct dz_filter_values filter;
    const char *level;
    const char *step;
    bool reviewed;
    bool for_publication;
};

static const struct dz_opt opts[] = {
    DZ_FILTER_VIEW(struct values, filter),
    DZ_OPT_TEXT(struct values, level, "level", N_("LEVEL"),
                N_("rows are oblast (usual), raion or settlement")),
    DZ_OPT_TEXT(struct values, step, "step", N_("STEP"),
                N_("columns are month (usual), quarter or year")),
    DZ_OPT_FLAG(struct values, reviewed, "reviewed",
                N_("leave out what was accepted in bulk and not reviewed")),
    DZ_OPT_FLAG(struct values, for_publication, "public",
                N_("only what may be published: coarsened, small numbers withheld")),
    {0},
};

/* Signs that stay apart without colour, read aloud or printed. */
static const char *
sign(enum dz_cell_state s)
{
    switch (s) {
    case DZ_CELL_NO_INFORMATION:
        return "·";
    case DZ_CELL_DENIED:
        return "x";
    case DZ_CELL_AVAILABLE:
        return "+";
    case DZ_CELL_CONTRADICTORY:
        return "?";
    case DZ_CELL_WITHHELD:
        return "#";
    }
    return "";
}

static const char *
place_name(struct dz_ctx *c, const struct dz_matrix_place *p, struct dz_buf *out)
{
    if (p->id == NULL)
        dz_buf_adds(out, _("no place stated"));
    else
        dz_buf_adds(out, dz_place_label(c, p->id));
    if (p->not_closer && p->id != NULL)
        dz_buf_adds(out, _(", not stated more closely"));
    return out->p;
}

static json_t *
cell_json(const struct dz_matrix *m, const struct dz_cell *cell)
{
    const struct dz_matrix_place *place = &m->places[cell->place_ix];
    const struct dz_matrix_period *period = &m->periods[cell->period_ix];
    json_t *line = json_object();
    dz_json_set_str(line, "place_id", place->id);
    json_object_set_new(line, "place_not_closer", json_boolean(place->not_closer));
    dz_json_set_str(line, "period", period->label);
    json_object_set_new(line, "period_not_closer", json_boolean(period->not_closer));
    dz_json_set_str(line, "sphere", m->spheres[cell->sphere_ix]);
    dz_json_set_str(line, "state", dz_cell_state_id(cell->state));
    dz_json_set_int(line, "events", (int64_t)cell->n_events);
    dz_json_set_int(line, "claims", (int64_t)cell->n_claims);
    dz_json_set_int(line, "denials", (int64_t)cell->n_denied);
    dz_json_set_int(line, "announced", (int64_t)cell->n_announced);
    if (cell->withheld)
        json_object_set_new(line, "unpublished_withheld", json_true());
    else if (cell->n_unpublished > 0)
        dz_json_set_int(line, "unpublished", (int64_t)cell->n_unpublished);
    json_object_set_new(line, "uncertain", json_boolean(cell->uncertain));
    json_object_set_new(line, "counts", dz_counts_json(&cell->counts));
    json_t *facts = json_array();
    for (size_t i = 0; i < cell->n_facts; i++)
        json_array_append_new(facts, json_string(m->facts[cell->facts[i]].id));
    json_object_set_new(line, "facts", facts);
    return line;
}

/* "x3/1(2)+7~": state, passages of specific events, of general claims, of what is only planned or
 * announced, acts of unpublished sources ("#": withheld), and whether a date is uncertain. */
static void
cell_words(const struct dz_cell *cell, char ret[64])
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(64);
    dz_buf_adds(&words, sign(cell->state));
    bool shown = cell->n_facts > 0 || cell->n_unpublished > 0;
    if (cell->state != DZ_CELL_NO_INFORMATION && shown)
        dz_buf_addf(&words, "%zu/%zu", cell->n_events, cell->n_claims);
    if (cell->n_announced > 0)
        dz_buf_addf(&words, "(%zu)", cell->n_announced);
    if (cell->n_unpublished > 0)
        dz_buf_addf(&words, "+%zu", cell->n_unpublished);
    if (cell->withheld && cell->state != DZ_CELL_WITHHELD)
        dz_buf_adds(&words, sign(DZ_CELL_WITHHELD));
    if (cell->uncertain)
        dz_buf_adds(&words, "~");
    snprintf(ret, 64, "%s", words.p);
}

/* Periods as people write them: EDTF counts quarters from 33. */
static void
period_words(const struct dz_matrix_period *p, char ret[32])
{
    size_t n = strlen(p->label);
    if (p->not_closer)
        snprintf(ret, 32, "%s", _("no date"));
    else if (n > 3 && p->label[n - 3] == '-' && p->label[n - 2] == '3')
        snprintf(ret, 32, "%.*s Q%c", (int)(n - 3), p->label, (char)(p->label[n - 1] - 2));
    else
        snprintf(ret, 32, "%s", p->label);
}

/* What is withheld stands in the table only beside what is not. */
static bool
says_something(const struct dz_cell *cell)
{
    return cell != NULL && cell->state != DZ_CELL_WITHHELD;
}

static bool
sphere_has(const struct dz_matrix *m, size_t place, size_t sphere)
{
    for (size_t i = 0; i < m->n_periods; i++)
        if (says_something(dz_matrix_cell(m, place, i, sphere)))
            return true;
    return false;
}

/* A period is shown when any cell of the block says something: long empty stretches would push
 * the others off the screen, and a line under the block says that they were left out. */
static bool
period_has(const struct dz_matrix *m, size_t place, size_t period)
{
    for (size_t s = 0; s < m->n_spheres; s++)
        if (says_something(dz_matrix_cell(m, place, period, s)))
            return true;
    return false;
}

/* Where a name is broken to fit its column: after the last word that does; 0: it fits whole. */
static size_t
name_break(const char *name, size_t columns)
{
    if (dz_out_columns(dz_view_of(name)) <= columns)
        return 0;
    size_t best = 0;
    for (const char *s = strchr(name, ' '); s != NULL; s = strchr(s + 1, ' ')) {
        size_t n = (size_t)(s - name);
        if (dz_out_columns((struct dz_view){name, n}) <= columns)
            best = n;
    }
    return best;
}

static void
add_row(struct dz_ctx *c, struct dz_table *t, const struct dz_matrix *m, size_t place,
        size_t sphere, const size_t *periods, size_t n)
{
    const char *name = dz_label(c, "sphere", m->spheres[sphere]);
    size_t at = name_break(name, NAME_COLUMNS);
    if (at > 0) {
        DZ_AUTO_FREE char *first = dz_strndup(name, at);
        dz_table_add(t, first);
        for (size_t i = 0; i < n; i++)
            dz_table_add(t, "");
        name += at + 1;
    }
    dz_table_add(t, name);
    for (size_t i = 0; i < n; i++) {
        char words[64];
        const struct dz_cell *cell = dz_matrix_cell(m, place, periods[i], sphere);
        struct dz_cell none = {0};
        cell_words(cell != NULL ? cell : &none, words);
        dz_table_add(t, words);
    }
}

/* As many periods side by side as the width allows; the rest follows underneath. */
static void
print_block(struct dz_ctx *c, const struct dz_matrix *m, size_t place, const size_t *periods,
            size_t n)
{
    enum { AT_ONCE_MOST = 14 };
    size_t from = 0;
    while (from < n) {
        struct dz_column columns[AT_ONCE_MOST + 1] = {{.title = N_("sphere"), .max = NAME_COLUMNS}};
        char titles[AT_ONCE_MOST][32];
        size_t used = NAME_COLUMNS;
        size_t take = 0;
        while (from + take < n && take < AT_ONCE_MOST) {
            period_words(&m->periods[periods[from + take]], titles[take]);
            size_t wide = dz_out_columns(dz_view_of(titles[take]));
            wide = wide < 7 ? 7 : wide;
            if (take > 0 && used + 2 + wide > c->out.width)
                break;
            used += 2 + wide;
            columns[take + 1] = (struct dz_column){.title = titles[take], .right = true};
            take++;
        }
        DZ_AUTO_TABLE struct dz_table t;
        dz_table_init(&t, columns, take + 1);
        for (size_t s = 0; s < m->n_spheres; s++)
            if (sphere_has(m, place, s))
                add_row(c, &t, m, place, s, periods + from, take);
        dz_table_print(&t, &c->out);
        from += take;
    }
}

static void
print_place(struct dz_ctx *c, const struct dz_matrix *m, size_t place)
{
    size_t *periods = dz_alloc_array(m->n_periods + 1, sizeof *periods);
    size_t n = 0;
    for (size_t i = 0; i < m->n_periods; i++)
        if (period_has(m, place, i))
            periods[n++] = i;
    if (n > 0) {
        DZ_AUTO_BUF struct dz_buf name = DZ_BUF(1024);
        dz_out_text(&c->out, "\n");
        dz_out_line(&c->out, dz_view_of(place_name(c, &m->places[place], &name)), 200);
        dz_out_text(&c->out, "\n");
        print_block(c, m, place, periods, n);
    }
    dz_free(periods);
}

static void
print(struct dz_ctx *c, const struct dz_matrix *m, bool for_publication)
{
    dz_out_wrap(
        &c->out,
        dz_view_of(_("x denied or pressed, + available, ? contradictory, · no information; "
                     "then the passages of specific events / of general claims; (n) passages "
                     "of what is only planned or announced; ~ with an uncertain date. "
                     "Periods without information are left out.")),
        0, 0);
    if (for_publication)
        dz_out_wrap(&c->out,
                    dz_view_of(_("For publication: acts by month and raion or wider area. +n: acts "
                                 "that rest on unpublished sources. #: withheld, there may be some "
                                 "or none.")),
                    0, 0);
    for (size_t p = 0; p < m->n_places; p++)
        print_place(c, m, p);
    dz_counts_print(&c->out, &m->counts);
    dz_limits_print(c);
}

static enum dz_code
choice(const char *option, const char *text, const char *const *names, int usual, int *ret,
       struct dz_err *err)
{
    *ret = usual;
    for (int i = 0; text != NULL; i++) {
        if (names[i] == NULL)
            return dz_fail(err, DZ_E_USAGE, "--%s: '%s' is not one of %s, %s, %s", option, text,
                           names[0], names[1], names[2]);
        if (strcmp(names[i], text) == 0) {
            *ret = i;
            return DZ_OK;
        }
    }
    return DZ_OK;
}

enum dz_code
dz_matrix_choices(const char *level, const char *step, enum dz_matrix_level *ret_level,
                  enum dz_matrix_step *ret_step, enum dz_matrix_step usual, struct dz_err *err)
{
    static const char *const levels[] = {"oblast", "raion", "settlement", NULL};
    static const char *const steps[] = {"month", "quarter", "year", NULL};
    int l = 0;
    int s = 0;
    DZ_TRY(choice("level", level, levels, DZ_LEVEL_OBLAST, &l, err));
    DZ_TRY(choice("step", step, steps, (int)usual, &s, err));
    *ret_level = (enum dz_matrix_level)l;
    *ret_step = (enum dz_matrix_step)s;
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    struct dz_filter f;
    DZ_TRY(dz_filter_make(c, &v->filter, &f, err));
    struct dz_matrix_opts o = {
        .scope = {
            .place = f.place, .sphere = f.sphere, .period = f.date, .without_bulk = v->reviewed,
            .for_publication = v->for_publication}};
    DZ_TRY(dz_matrix_choices(v->level, v->step, &o.level, &o.step, DZ_STEP_MONTH, err));
    DZ_AUTO_MATRIX struct dz_matrix m = {0};
    DZ_TRY(dz_matrix_build(c->vault, c->rules, &o, &m, err));
    for (size_t i = 0; c->json && i < m.n_cells; i++)
        dz_out_json_new(&c->out, cell_json(&m, &m.cells[i]));
    if (!c->json)
        print(c, &m, v->for_publication);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_matrix = {
    .name = "matrix",
    .group = DZ_GROUP_VIEWS,
    .summary = N_("places, periods and spheres: where what is documented"),
    .usage = "",
    .help = N_("Only acts are counted. Specific events and general claims stand apart, passages "
               "are counted and not codes. What has no closer place or date stands in its own row "
               "or column and is never spread."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_RULES | DZ_HAS_JSON | DZ_TELLS_BACKLOG,
    .run = run,
};
