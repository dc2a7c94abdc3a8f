/* Matrix: one table per area, spheres down, periods across, each state as a sign and a word. */
#include <string.h>

#include "dz_tr.h"
#include "report_impl.h"

#define COLUMNS_MAX 7 /* periods side by side on an upright A4 page */

static const char *
state_sign(enum dz_cell_state s)
{
    switch (s) {
    case DZ_CELL_NO_INFORMATION:
        return "\xc2\xb7"; /* middle dot */
    case DZ_CELL_DENIED:
        return "\xe2\x96\xa0"; /* black square */
    case DZ_CELL_AVAILABLE:
        return "\xe2\x97\x8b"; /* white circle */
    case DZ_CELL_CONTRADICTORY:
        return "\xe2\x97\xa9"; /* half black square */
    case DZ_CELL_WITHHELD:
        return "\xe2\x96\xa8"; /* square with slanting lines */
    }
    return "";
}

static const char *
state_word(enum dz_cell_state s)
{
    switch (s) {
    case DZ_CELL_NO_INFORMATION:
        return _("no information");
    case DZ_CELL_DENIED:
        return _("denied");
    case DZ_CELL_AVAILABLE:
        return _("available");
    case DZ_CELL_CONTRADICTORY:
        return _("contradictory");
    case DZ_CELL_WITHHELD:
        return _("withheld");
    }
    return "";
}

static const char *
state_class(enum dz_cell_state s)
{
    switch (s) {
    case DZ_CELL_NO_INFORMATION:
        return "none";
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

static void
put_legend(struct dz_report_page *p)
{
    static const struct {
        enum dz_cell_state state;
        const char *meaning;
    } rows[] = {
        {DZ_CELL_DENIED, N_("denial or pressure is documented")},
        {DZ_CELL_AVAILABLE, N_("documented only that it was not so")},
        {DZ_CELL_CONTRADICTORY, N_("both are documented")},
        {DZ_CELL_NO_INFORMATION, N_("nothing is documented here, which does not mean that nothing "
                                    "happened")},
        {DZ_CELL_WITHHELD, N_("unpublished sources may document something here or nothing: it is not "
                              "told, because few people could be meant")},
    };
    size_t n = sizeof rows / sizeof *rows;
    dz_html_open_class(&p->h, "dl", "legend");
    /* The fifth state is one of public output. */
    n -= p->c->opts.for_publication ? 0 : 1;
    for (size_t i = 0; i < n; i++) {
        dz_html_open(&p->h, "div");
        dz_html_open_class(&p->h, "dt", state_class(rows[i].state));
        dz_html_textf(&p->h, "%s %s", state_sign(rows[i].state), state_word(rows[i].state));
        dz_html_close(&p->h, "dt");
        dz_html_element(&p->h, "dd", _(rows[i].meaning));
        dz_html_close(&p->h, "div");
    }
    dz_html_close(&p->h, "dl");
}

static void
put_period_words(struct dz_report_page *p, const struct dz_matrix_period *period)
{
    if (period->not_closer) {
        dz_html_text(&p->h, _("no closer date"));
        return;
    }
    /* "2024-35" is the third quarter: short, so that seven columns fit. */
    if (strlen(period->label) == 7 && period->label[5] >= '3') {
        dz_html_textf(&p->h, _("%.4s, quarter %c"), period->label,
                      (char)('0' + (period->label[6] - '2')));
        return;
    }
    dz_report_put_date(p, period->label);
}

/* format is a call of dz_trn, so that the compiler sees both forms. */
#define PUT_NUMBER(p, n, format)                      \
    do {                                              \
        if ((n) > 0) {                                \
            dz_html_open_class(&(p)->h, "span", "n"); \
            dz_html_textf(&(p)->h, format, n);        \
            dz_html_close(&(p)->h, "span");           \
        }                                             \
    } while (0)

static void
put_unpublished(struct dz_report_page *p, const struct dz_cell *cell)
{
    PUT_NUMBER(p, cell->n_unpublished,
               dz_trn("%zu act, unpublished sources", "%zu acts, unpublished sources",
                      cell->n_unpublished));
    if (!cell->withheld || cell->state == DZ_CELL_WITHHELD)
        return;
    dz_html_open_class(&p->h, "span", "n");
    dz_html_textf(&p->h, "%s %s", state_sign(DZ_CELL_WITHHELD),
                  _("unpublished sources: withheld"));
    dz_html_close(&p->h, "span");
}

/* A cell in which nothing is shown: there are no quotes to lead to. */
static void
put_counted(struct dz_report_page *p, const struct dz_cell *cell)
{
    dz_html_open_class(&p->h, "span", "state");
    dz_html_textf(&p->h, "%s %s", state_sign(cell->state), state_word(cell->state));
    dz_html_close(&p->h, "span");
    put_unpublished(p, cell);
}

static void
put_cell(struct dz_report_page *p, size_t place, size_t period, size_t sphere)
{
    const struct dz_cell *cell = dz_matrix_cell(&p->c->matrix, place, period, sphere);
    enum dz_cell_state state = cell != NULL ? cell->state : DZ_CELL_NO_INFORMATION;
    dz_html_open_class(&p->h, "td", state_class(state));
    if (cell != NULL && cell->n_facts == 0) {
        put_counted(p, cell);
        dz_html_close(&p->h, "td");
        return;
    }
    if (cell == NULL) {
        dz_html_open(&p->h, "span");
        dz_html_attr(&p->h, "aria-hidden", "true");
        dz_html_text(&p->h, state_sign(state));
        dz_html_close(&p->h, "span");
        dz_html_element_class(&p->h, "span", "unseen", state_word(state));
        dz_html_close(&p->h, "td");
        return;
    }
    dz_html_open(&p->h, "a");
    dz_html_attrf(&p->h, "href", "#m%zu-%zu-%zu", place, period, sphere);
    dz_html_open_class(&p->h, "span", "state");
    dz_html_textf(&p->h, "%s %s", state_sign(state), state_word(state));
    dz_html_close(&p->h, "span");
    PUT_NUMBER(p, cell->n_events, dz_trn("%zu event", "%zu events", cell->n_events));
    PUT_NUMBER(p, cell->n_claims, dz_trn("%zu claim", "%zu claims", cell->n_claims));
    PUT_NUMBER(p, cell->n_announced, dz_trn("%zu announced", "%zu announced", cell->n_announced));
    PUT_NUMBER(p, cell->n_denied, dz_trn("%zu denial", "%zu denials", cell->n_denied));
    PUT_NUMBER(
        p, cell->counts.n_origins,
        dz_trn("\xe2\x89\xa4 %zu origin", "\xe2\x89\xa4 %zu origins", cell->counts.n_origins));
    dz_html_close(&p->h, "a");
    put_unpublished(p, cell);
    if (cell->uncertain)
        dz_html_element_class(&p->h, "span", "n", _("date uncertain"));
    if (cell->counts.n_unreviewed > 0)
        dz_report_put_marks(p, true, false);
    dz_html_close(&p->h, "td");
}

/* What is withheld stands in the table only beside what is not. */
static bool
says_something(const struct dz_cell *cell)
{
    return cell != NULL && cell->state != DZ_CELL_WITHHELD;
}

static bool
row_has_data(const struct dz_matrix *m, size_t place, size_t sphere, const size_t *columns,
             size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (says_something(dz_matrix_cell(m, place, columns[i], sphere)))
            return true;
    }
    return false;
}

static bool
column_has_data(const struct dz_matrix *m, size_t place, size_t period)
{
    for (size_t s = 0; s < m->n_spheres; s++) {
        if (says_something(dz_matrix_cell(m, place, period, s)))
            return true;
    }
    return false;
}

static void
place_words(struct dz_report_page *p, const struct dz_matrix_place *place, struct dz_buf *out)
{
    if (place->id == NULL) {
        dz_buf_adds(out, _("Place not stated"));
        return;
    }
    dz_report_place_words(p->c, p->lang, place->id, NULL, out);
    if (place->not_closer)
        dz_buf_addf(out, " (%s)", _("not stated more closely"));
}

static void
put_columns(struct dz_report_page *p, size_t place, const char *name, const size_t *columns,
            size_t n)
{
    const struct dz_matrix *m = &p->c->matrix;
    dz_html_open_class(&p->h, "table", "matrix");
    dz_html_element_class(&p->h, "caption", "unseen", name);
    dz_html_open(&p->h, "thead");
    dz_html_open(&p->h, "tr");
    dz_html_open(&p->h, "th");
    dz_html_attr(&p->h, "scope", "col");
    dz_html_text(&p->h, _("Sphere"));
    dz_html_close(&p->h, "th");
    for (size_t i = 0; i < n; i++) {
        dz_html_open(&p->h, "th");
        dz_html_attr(&p->h, "scope", "col");
        put_period_words(p, &m->periods[columns[i]]);
        dz_html_close(&p->h, "th");
    }
    dz_html_close(&p->h, "tr");
    dz_html_close(&p->h, "thead");
    dz_html_open(&p->h, "tbody");
    for (size_t s = 0; s < m->n_spheres; s++) {
        if (!row_has_data(m, place, s, columns, n))
            continue;
        dz_html_open(&p->h, "tr");
        dz_html_open(&p->h, "th");
        dz_html_attr(&p->h, "scope", "row");
        dz_html_text(&p->h, dz_report_label(p, "sphere", m->spheres[s]));
        dz_html_close(&p->h, "th");
        for (size_t i = 0; i < n; i++)
            put_cell(p, place, columns[i], s);
        dz_html_close(&p->h, "tr");
    }
    dz_html_close(&p->h, "tbody");
    dz_html_close(&p->h, "table");
}

/* What each number of the tables rests on, one line a cell. */
static void
put_behind(struct dz_report_page *p, size_t place)
{
    const struct dz_matrix *m = &p->c->matrix;
    dz_html_element_class(&p->h, "h4", "behind", _("Quotes behind the cells"));
    dz_html_open_class(&p->h, "ul", "behind");
    for (size_t i = 0; i < m->n_cells; i++) {
        const struct dz_cell *cell = &m->cells[i];
        if (cell->place_ix != place || cell->n_facts == 0)
            continue;
        dz_html_open(&p->h, "li");
        dz_html_attrf(&p->h, "id", "m%zu-%zu-%zu", place, (size_t)cell->period_ix,
                      (size_t)cell->sphere_ix);
        dz_html_text(&p->h, dz_report_label(p, "sphere", m->spheres[cell->sphere_ix]));
        dz_html_text(&p->h, ", ");
        put_period_words(p, &m->periods[cell->period_ix]);
        dz_html_text(&p->h, ": ");
        dz_report_put_refs_at(p, m->facts, cell->facts, cell->n_facts);
        dz_html_close(&p->h, "li");
    }
    dz_html_close(&p->h, "ul");
}

static void
put_place(struct dz_report_page *p, size_t place)
{
    const struct dz_matrix *m = &p->c->matrix;
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(4096);
    place_words(p, &m->places[place], &name);
    size_t columns[COLUMNS_MAX];
    size_t n = 0;
    bool any = false;
    for (size_t t = 0; t < m->n_periods; t++) {
        if (!column_has_data(m, place, t))
            continue;
        if (!any) {
            dz_html_open_class(&p->h, "article", "area");
            dz_html_element(&p->h, "h3", name.p);
            any = true;
        }
        columns[n++] = t;
        if (n == COLUMNS_MAX) {
            put_columns(p, place, name.p, columns, n);
            n = 0;
        }
    }
    if (n > 0)
        put_columns(p, place, name.p, columns, n);
    if (!any)
        return;
    put_behind(p, place);
    dz_html_close(&p->h, "article");
}

void
dz_report_put_matrix(struct dz_report_page *p)
{
    const struct dz_matrix *m = &p->c->matrix;
    dz_html_element(&p->h, "p",
                    _("Acts only, by area, period and sphere. Specific events and general claims "
                      "are counted apart. An act without a closer date or place stands in a column "
                      "or table of its own and is spread over nothing. Periods in which nothing is "
                      "documented for an area are left out of its table."));
    put_legend(p);
    for (size_t i = 0; i < m->n_places; i++)
        put_place(p, i);
    if (m->n_cells == 0)
        dz_html_element_class(&p->h, "p", "empty",
                              _("No act is documented here. That does not mean that nothing "
                                "happened."));
}
