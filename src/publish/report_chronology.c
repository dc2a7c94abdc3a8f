/* Chronology: what is documented here by date, what has no date, and reference measures apart. */
#include <string.h>

#include "dz_tr.h"
#include "dz_unit.h"
#include "report_impl.h"

/* A row without a date still has sources with one: it is no later than they are, and that helps. */
void
dz_report_put_row_date(struct dz_report_page *p, const struct dz_chrono_row *row)
{
    dz_report_put_date(p, row->date);
    if (row->ahead)
        dz_html_element_class(&p->h, "span", "soft block", _("announced for this time"));
    if (row->dated || row->n_facts == 0)
        return;
    const struct dz_report_fact *f = dz_report_fact_by_id(p->c, row->facts[0].id);
    if (f == NULL || f->n_quotes == 0)
        return;
    const struct dz_report_source *s = &p->c->sources[p->c->quotes[f->quotes[0]].source];
    if (s->published == NULL)
        return;
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1024);
    dz_report_date_words(s->published, &words);
    dz_html_open_class(&p->h, "span", "soft block");
    dz_html_textf(&p->h, _("in a source of %s"), words.p);
    dz_html_close(&p->h, "span");
}

static const char *
kind_words(enum dz_chrono_kind kind)
{
    switch (kind) {
    case DZ_CHRONO_ADOPTED:
        return _("Measure");
    case DZ_CHRONO_EFFECTIVE:
        return _("In force");
    case DZ_CHRONO_DEADLINE:
        return _("Deadline");
    case DZ_CHRONO_STATEMENT:
        return _("Statement");
    case DZ_CHRONO_FIGURE:
        return _("Figure");
    case DZ_CHRONO_ACT:
        return _("Act");
    }
    return "";
}

static void
put_measure(struct dz_report_page *p, const struct dz_chrono_row *row)
{
    const char *sep = "";
    if (row->who != NULL) {
        dz_html_text(&p->h, row->who);
        sep = ", ";
    }
    if (row->instrument != NULL) {
        dz_html_textf(&p->h, "%s%s", sep, row->instrument);
        sep = " ";
    }
    if (row->number != NULL)
        dz_html_textf(&p->h, _("%sNo. %s"), sep, row->number);
    const struct dz_report_fact *f =
        row->n_facts > 0 ? dz_report_fact_by_id(p->c, row->facts[0].id) : NULL;
    if (f == NULL || f->n_quotes == 0)
        return;
    dz_html_open_class(&p->h, "div", "said");
    dz_report_put_words(p, f->quotes[0]);
    dz_html_close(&p->h, "div");
}

static void
put_figure(struct dz_report_page *p, const struct dz_chrono_row *row)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(65536);
    dz_report_value_words(row->value, row->value_max, row->qualifier, &words);
    bool counted = row->value != NULL && row->unit != NULL && row->unit[0] != '\0';
    if (counted) {
        DZ_AUTO_BUF struct dz_buf whole = DZ_BUF(65536);
        dz_unit_words(row->unit, dz_report_label(p, "figure_unit", row->unit), words.p,
                      row->value_max != NULL ? row->value_max : row->value, &whole);
        dz_html_text(&p->h, whole.p);
    } else {
        dz_html_text(&p->h, words.p);
    }
    if (row->who != NULL)
        dz_html_textf(&p->h, _(", claimed by %s"), row->who);
}

static void
put_act(struct dz_report_page *p, const struct dz_chrono_row *row)
{
    dz_html_textf(&p->h, "%s: %s", dz_report_label(p, "sphere", row->sphere),
                  dz_report_label(p, "means", row->means));
    if (!row->specific)
        dz_html_textf(&p->h, " (%s)", _("general claim"));
}

/* Where the row is told in full. */
static void
put_more(struct dz_report_page *p, const char *prefix, size_t ix)
{
    dz_html_text(&p->h, " ");
    dz_html_open_class(&p->h, "a", "more");
    dz_html_attrf(&p->h, "href", "#%s%zu", prefix, ix + 1);
    dz_html_text(&p->h, _("in full"));
    dz_html_close(&p->h, "a");
}

static void
put_what(struct dz_report_page *p, const struct dz_chrono_row *row, size_t ix)
{
    dz_html_element_class(&p->h, "strong", "kind", kind_words(row->kind));
    dz_html_text(&p->h, " ");
    const struct dz_report_fact *f =
        row->n_facts > 0 ? dz_report_fact_by_id(p->c, row->facts[0].id) : NULL;
    switch (row->kind) {
    case DZ_CHRONO_ADOPTED:
    case DZ_CHRONO_EFFECTIVE:
    case DZ_CHRONO_DEADLINE:
        put_measure(p, row);
        break;
    case DZ_CHRONO_FIGURE:
        put_figure(p, row);
        if (f != NULL && f->home == DZ_HOME_FIGURE)
            put_more(p, "g", f->home_ix);
        break;
    case DZ_CHRONO_ACT:
        put_act(p, row);
        put_more(p, "a", ix);
        break;
    case DZ_CHRONO_STATEMENT:
        if (row->who != NULL)
            dz_html_textf(&p->h, "%s: ", row->who);
        dz_html_text(&p->h, dz_report_label(p, "stance", row->stance));
        put_more(p, "s", ix);
        break;
    }
    dz_report_put_modality(p, row->modality);
}

static const char *const heads[] = {N_("Date"), N_("What"), N_("Place"), N_("Quotes"), NULL};

static void
put_row(struct dz_report_page *p, size_t ix)
{
    const struct dz_chrono_row *row = &p->c->chronology.rows[ix];
    dz_html_open(&p->h, "tr");
    dz_html_attrf(&p->h, "id", "c%zu", ix + 1);
    dz_html_open_class(&p->h, "th", "date");
    dz_html_attr(&p->h, "scope", "row");
    dz_report_put_row_date(p, row);
    dz_html_close(&p->h, "th");
    dz_report_open_cell(p, _(heads[1]), NULL);
    put_what(p, row, ix);
    dz_html_close(&p->h, "td");
    dz_report_open_cell(p, _(heads[2]), "place");
    /* Statements and figures need no place; for acts and measures its absence says something. */
    bool wants_place = row->kind != DZ_CHRONO_STATEMENT && row->kind != DZ_CHRONO_FIGURE;
    if (wants_place || row->place != NULL || row->place_text != NULL)
        dz_report_put_place(p, row->place, row->place_text);
    if (row->wider)
        dz_html_element_class(&p->h, "span", "soft block", _("about the wider area"));
    dz_html_close(&p->h, "td");
    dz_report_open_cell(p, _(heads[3]), "evidence");
    dz_report_put_refs(p, row->facts, row->n_facts);
    dz_report_put_evidence_marks(p, row->facts, row->n_facts);
    dz_html_close(&p->h, "td");
    dz_html_close(&p->h, "tr");
}

static bool
is_kind(const struct dz_chrono_row *row, unsigned kinds)
{
    return !row->reference && (kinds & DZ_CHRONO_BIT(row->kind)) != 0;
}

static size_t
count_rows(const struct dz_chronology *c, size_t from, size_t to, unsigned kinds)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        n += is_kind(&c->rows[i], kinds);
    return n;
}

static void
put_table(struct dz_report_page *p, const char *caption, size_t from, size_t to, unsigned kinds)
{
    const char *translated[] = {_(heads[0]), _(heads[1]), _(heads[2]), _(heads[3]), NULL};
    dz_report_open_table(p, "chronology stack", caption, translated, DZ_CAPTION_SEEN);
    for (size_t i = from; i < to; i++) {
        if (is_kind(&p->c->chronology.rows[i], kinds))
            put_row(p, i);
    }
    dz_report_close_table(p);
}

#define ALL_KINDS (DZ_CHRONO_BIT(DZ_CHRONO_KINDS) - 1)
#define MEASURES                                                             \
    (DZ_CHRONO_BIT(DZ_CHRONO_ADOPTED) | DZ_CHRONO_BIT(DZ_CHRONO_EFFECTIVE) | \
     DZ_CHRONO_BIT(DZ_CHRONO_DEADLINE))

static void
put_elsewhere(struct dz_report_page *p, const char *name, const char *target, size_t n)
{
    if (n == 0)
        return;
    dz_html_open(&p->h, "li");
    dz_html_open(&p->h, "a");
    dz_html_attr(&p->h, "href", target);
    dz_html_text(&p->h, name);
    dz_html_close(&p->h, "a");
    dz_html_textf(&p->h, ": %zu", n);
    dz_html_close(&p->h, "li");
}

/* What has no date has no place on the axis. Measures are told only here, so they get their rows;
 * the rest stands in sections of its own, and only its number is named. */
static void
put_undated(struct dz_report_page *p)
{
    const struct dz_chronology *c = &p->c->chronology;
    if (count_rows(c, c->n_dated, c->n, ALL_KINDS) == 0)
        return;
    dz_html_element(&p->h, "h3", _("Without a date"));
    size_t acts = count_rows(c, c->n_dated, c->n, DZ_CHRONO_BIT(DZ_CHRONO_ACT));
    size_t statements = count_rows(c, c->n_dated, c->n, DZ_CHRONO_BIT(DZ_CHRONO_STATEMENT));
    size_t figures = count_rows(c, c->n_dated, c->n, DZ_CHRONO_BIT(DZ_CHRONO_FIGURE));
    if (acts + statements + figures > 0) {
        dz_html_element(&p->h, "p", _("Also documented, in sections of their own:"));
        dz_html_open(&p->h, "ul");
        put_elsewhere(p, _("Acts"), "#acts", acts);
        put_elsewhere(p, _("Statements"), "#statements", statements);
        put_elsewhere(p, _("Figures"), "#figures", figures);
        dz_html_close(&p->h, "ul");
    }
    if (count_rows(c, c->n_dated, c->n, MEASURES) > 0)
        put_table(p, _("Measures without a date"), c->n_dated, c->n, MEASURES);
}

void
dz_report_put_chronology(struct dz_report_page *p)
{
    const struct dz_chronology *c = &p->c->chronology;
    dz_html_element(&p->h, "p",
                    _("Measures, deadlines, statements, figures and acts by the earliest day that "
                      "their date can mean. A date is as exact as the source makes it. What is "
                      "\"announced for this time\" was still to come when its source told of it; "
                      "that it happened is not documented by that."));
    if (count_rows(c, 0, c->n_dated, ALL_KINDS) > 0)
        put_table(p, _("Documented in this collection, with a date"), 0, c->n_dated, ALL_KINDS);
    put_undated(p);
    if (count_rows(c, 0, c->n, ALL_KINDS) == 0)
        dz_html_element_class(&p->h, "p", "empty",
                              _("Nothing is documented here. That does not mean that nothing "
                                "happened."));
}
