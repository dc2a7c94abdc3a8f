/* Reference measures: knowledge that is built in, apart from what this collection documents. */
#include <string.h>

#include "dz_tr.h"
#include "report_impl.h"

static const char *const heads[] = {N_("Date"), N_("Measure"), N_("Citation"), NULL};

static bool
same_measure(const struct dz_chrono_row *a, const struct dz_chrono_row *b)
{
    return a->reference && b->reference && strcmp(a->ref_id, b->ref_id) == 0;
}

/* Does an earlier row tell of the same measure? */
static bool
told_before(const struct dz_chronology *c, size_t ix)
{
    for (size_t i = 0; i < ix; i++) {
        if (same_measure(&c->rows[i], &c->rows[ix]))
            return true;
    }
    return false;
}

/* One measure has up to three rows in the chronology; here it has one with all its dates. */
static void
put_dates(struct dz_report_page *p, size_t ix)
{
    const struct dz_chronology *c = &p->c->chronology;
    for (size_t i = ix; i < c->n; i++) {
        if (!same_measure(&c->rows[i], &c->rows[ix]))
            continue;
        dz_html_open_class(&p->h, "span", "line");
        if (c->rows[i].kind == DZ_CHRONO_DEADLINE)
            dz_html_textf(&p->h, "%s: ", _("Deadline"));
        else if (c->rows[i].kind == DZ_CHRONO_EFFECTIVE)
            dz_html_textf(&p->h, "%s: ", _("In force"));
        dz_report_put_date(p, c->rows[i].date);
        dz_html_close(&p->h, "span");
    }
}

static void
put_measure(struct dz_report_page *p, const struct dz_chrono_row *row)
{
    dz_html_element(&p->h, "strong", row->ref_id);
    dz_html_text(&p->h, " ");
    dz_html_text(&p->h, row->who);
    if (row->instrument != NULL)
        dz_html_textf(&p->h, "%s%s", row->who != NULL ? ", " : "", row->instrument);
    if (row->number != NULL)
        dz_html_textf(&p->h, _(" No. %s"), row->number);
    const char *summary = p->lang == DZ_LANG_UK ? row->ref_summary_uk : row->ref_summary_en;
    if (summary != NULL)
        dz_html_element_class(&p->h, "div", "said", summary);
}

static void
put_citation(struct dz_report_page *p, const struct dz_chrono_row *row)
{
    dz_html_text(&p->h, row->ref_source);
    if (row->ref_address != NULL) {
        dz_html_text(&p->h, " ");
        dz_report_put_address(p, row->ref_address);
    }
    if (row->ref_confidence != NULL)
        dz_html_element_class(&p->h, "span", "soft line",
                              dz_report_label(p, "confidence", row->ref_confidence));
}

static void
put_row(struct dz_report_page *p, size_t ix)
{
    const struct dz_chrono_row *row = &p->c->chronology.rows[ix];
    dz_html_open(&p->h, "tr");
    dz_html_attrf(&p->h, "id", "r-%s", row->ref_id);
    dz_html_open_class(&p->h, "th", "date");
    dz_html_attr(&p->h, "scope", "row");
    put_dates(p, ix);
    dz_html_close(&p->h, "th");
    dz_report_open_cell(p, _(heads[1]), NULL);
    put_measure(p, row);
    dz_html_close(&p->h, "td");
    dz_report_open_cell(p, _(heads[2]), "citation");
    put_citation(p, row);
    dz_html_close(&p->h, "td");
    dz_html_close(&p->h, "tr");
}

void
dz_report_put_reference(struct dz_report_page *p)
{
    const struct dz_chronology *c = &p->c->chronology;
    dz_html_element(&p->h, "p",
                    _("These measures come from the reference chronology that is built into dokaz. "
                      "Their sources are not held in this collection: check them before citing. "
                      "They are counted nowhere in this report."));
    const char *translated[] = {_(heads[0]), _(heads[1]), _(heads[2]), NULL};
    dz_report_open_table(p, "reference stack", _("Reference, source not held in this collection"),
                         translated, DZ_CAPTION_SEEN);
    for (size_t i = 0; i < c->n; i++) {
        if (c->rows[i].reference && !told_before(c, i))
            put_row(p, i);
    }
    dz_report_close_table(p);
}
