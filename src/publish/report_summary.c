/* What the collection holds, and what this report cannot say. */
#include <string.h>

#include "dz_tr.h"
#include "report_impl.h"

static void
put_count_cell(struct dz_report_page *p, const char *head, size_t n)
{
    dz_report_open_cell(p, head, "count");
    dz_html_textf(&p->h, "%zu", n);
    dz_html_close(&p->h, "td");
}

static const char *const kind_heads[] = {
    N_("Kind"),         N_("Facts"), N_("Passages"), N_("Sources"), N_("Origins, at most"),
    N_("Not reviewed"), NULL};

static void
put_kind(struct dz_report_page *p, const char *name, const char *target,
         const struct dz_counts *counts)
{
    dz_html_open(&p->h, "tr");
    dz_html_open(&p->h, "th");
    dz_html_attr(&p->h, "scope", "row");
    dz_html_open(&p->h, "a");
    dz_html_attr(&p->h, "href", target);
    dz_html_text(&p->h, name);
    dz_html_close(&p->h, "a");
    dz_html_close(&p->h, "th");
    put_count_cell(p, _(kind_heads[1]), counts->n_facts);
    put_count_cell(p, _(kind_heads[2]), counts->n_passages);
    put_count_cell(p, _(kind_heads[3]), counts->n_sources);
    put_count_cell(p, _(kind_heads[4]), counts->n_origins);
    put_count_cell(p, _(kind_heads[5]), counts->n_unreviewed);
    dz_html_close(&p->h, "tr");
}

static void
put_kinds(struct dz_report_page *p)
{
    const struct dz_summary *s = &p->c->summary;
    const char *heads[] = {_(kind_heads[0]),
                           _(kind_heads[1]),
                           _(kind_heads[2]),
                           _(kind_heads[3]),
                           _(kind_heads[4]),
                           _(kind_heads[5]),
                           NULL};
    dz_report_open_table(p, "counts", _("Documented in this collection, never totals"), heads,
                         DZ_CAPTION_SEEN);
    put_kind(p, _("Measures"), "#chronology", &s->measures);
    put_kind(p, _("Acts"), "#acts", &s->acts);
    put_kind(p, _("Figures"), "#figures", &s->figures);
    put_kind(p, _("Statements"), "#statements", &s->statements);
    dz_report_close_table(p);
}

static const char *const sphere_heads[] = {
    N_("Sphere"),  N_("Specific events"), N_("General claims"),   N_("Announced"),
    N_("Denials"), N_("Sources"),         N_("Origins, at most"), N_("Acts, unpublished sources"),
    NULL};

static bool
has_acts(const struct dz_report_page *p, const char *sphere)
{
    const struct dz_chronology *c = &p->c->chronology;
    for (size_t i = 0; i < c->n; i++) {
        if (c->rows[i].kind == DZ_CHRONO_ACT && c->rows[i].sphere != NULL &&
            strcmp(c->rows[i].sphere, sphere) == 0)
            return true;
    }
    return false;
}

/* A number of acts that are only counted: in public output, and there only if it is told. */
static void
put_unpublished(struct dz_report_page *p, const struct dz_code_count *n)
{
    dz_report_open_cell(p, _(sphere_heads[7]), "count");
    if (n->withheld)
        dz_html_textf(&p->h, "\xe2\x96\xa8 %s", _("withheld"));
    else
        dz_html_textf(&p->h, "%zu", n->n_unpublished);
    dz_html_close(&p->h, "td");
}

static bool
has_unpublished(const struct dz_summary *s)
{
    for (size_t i = 0; i < s->n_spheres; i++)
        if (s->spheres[i].withheld || s->spheres[i].n_unpublished > 0)
            return true;
    return false;
}

static void
put_sphere(struct dz_report_page *p, const struct dz_code_count *n)
{
    dz_html_open(&p->h, "tr");
    dz_html_open(&p->h, "th");
    dz_html_attr(&p->h, "scope", "row");
    dz_html_open(&p->h, "a");
    /* A sphere that is only a further code of some act has no table of its own. */
    if (has_acts(p, n->code))
        dz_html_attrf(&p->h, "href", "#sphere-%s", n->code);
    else
        dz_html_attr(&p->h, "href", "#acts");
    dz_html_text(&p->h, dz_report_label(p, "sphere", n->code));
    dz_html_close(&p->h, "a");
    dz_html_close(&p->h, "th");
    put_count_cell(p, _(sphere_heads[1]), n->n_events);
    put_count_cell(p, _(sphere_heads[2]), n->n_claims);
    put_count_cell(p, _(sphere_heads[3]), n->n_announced);
    put_count_cell(p, _(sphere_heads[4]), n->n_denied);
    put_count_cell(p, _(sphere_heads[5]), n->counts.n_sources);
    put_count_cell(p, _(sphere_heads[6]), n->counts.n_origins);
    if (has_unpublished(&p->c->summary))
        put_unpublished(p, n);
    dz_html_close(&p->h, "tr");
}

static void
put_lead(struct dz_report_page *p)
{
    const struct dz_summary *s = &p->c->summary;
    struct dz_html *h = &p->h;
    dz_html_open_class(h, "p", "lead");
    dz_html_textf(h,
                  dz_trn("This report rests on %zu source; ", "This report rests on %zu sources; ",
                         s->n_sources_used),
                  s->n_sources_used);
    dz_html_textf(h,
                  dz_trn("what they say goes back to at most %zu independent origin",
                         "what they say goes back to at most %zu independent origins",
                         s->all.n_origins),
                  s->all.n_origins);
    if (s->all.n_origins > s->n_sources_used)
        dz_html_text(h, _(": every office, organisation or person whose claim they pass on, and "
                          "every publisher that reports acts itself"));
    dz_html_text(h, ".");
    if (s->first_date != NULL && s->last_date != NULL) {
        DZ_AUTO_BUF struct dz_buf from = DZ_BUF(1024);
        DZ_AUTO_BUF struct dz_buf to = DZ_BUF(1024);
        dz_report_date_words(s->first_date, &from);
        dz_report_date_words(s->last_date, &to);
        dz_html_void(h, "br");
        dz_html_textf(h, _("Earliest dated act or measure: %s; latest: %s."), from.p, to.p);
    }
    dz_html_close(h, "p");
    if (s->all.n_unreviewed > 0) {
        dz_html_open_class(h, "p", "warning");
        dz_html_textf(h,
                      _("%zu of %zu facts were accepted in bulk and nobody has reviewed them. "
                        "Every row that rests on such facts says \xe2\x97\x87 not reviewed."),
                      s->all.n_unreviewed, s->all.n_facts);
        dz_html_close(h, "p");
    }
}

void
dz_report_put_summary(struct dz_report_page *p)
{
    const struct dz_summary *s = &p->c->summary;
    put_lead(p);
    put_kinds(p);
    if (s->n_spheres == 0)
        return;
    const char *heads[] = {_(sphere_heads[0]),
                           _(sphere_heads[1]),
                           _(sphere_heads[2]),
                           _(sphere_heads[3]),
                           _(sphere_heads[4]),
                           _(sphere_heads[5]),
                           _(sphere_heads[6]),
                           has_unpublished(s) ? _(sphere_heads[7]) : NULL,
                           NULL};
    dz_report_open_table(p, "counts", _("Acts by sphere of life: passages, not people"), heads,
                         DZ_CAPTION_SEEN);
    for (size_t i = 0; i < s->n_spheres; i++)
        put_sphere(p, &s->spheres[i]);
    dz_report_close_table(p);
    dz_html_element_class(&p->h, "p", "note",
                          _("An act with several codes stands in several rows, and one source may "
                            "carry many acts: do not add these columns up."));
}

/* ---- limits ---- */

static void
put_limit(struct dz_report_page *p, const char *what, const char *words)
{
    dz_html_open(&p->h, "li");
    dz_html_element(&p->h, "strong", what);
    dz_html_text(&p->h, " ");
    dz_html_text(&p->h, words);
    dz_html_close(&p->h, "li");
}

static void
put_searched(struct dz_report_page *p)
{
    const struct dz_summary *s = &p->c->summary;
    dz_html_open(&p->h, "li");
    dz_html_element(&p->h, "strong", _("What was searched."));
    dz_html_text(&p->h, " ");
    dz_html_textf(&p->h,
                  dz_trn("Only the %zu source of this collection that may be shown here. Nothing "
                         "else was searched: no other archive, no network, no register.",
                         "Only the %zu sources of this collection that may be shown here. Nothing "
                         "else was searched: no other archive, no network, no register.",
                         s->n_sources),
                  s->n_sources);
    if (s->n_sources_without_text > 0) {
        dz_html_text(&p->h, " ");
        dz_html_textf(&p->h,
                      dz_trn("%zu of them has no text that could be read.",
                             "%zu of them have no text that could be read.",
                             s->n_sources_without_text),
                      s->n_sources_without_text);
    }
    if (s->n_sources_unstated > 0) {
        dz_html_text(&p->h, " ");
        dz_html_textf(&p->h,
                      dz_trn("For %zu of them nobody has stated the basis.",
                             "For %zu of them nobody has stated the basis.", s->n_sources_unstated),
                      s->n_sources_unstated);
    }
    dz_html_close(&p->h, "li");
}

static void
put_dates(struct dz_report_page *p)
{
    const struct dz_summary *s = &p->c->summary;
    dz_html_open(&p->h, "li");
    dz_html_element(&p->h, "strong", _("Dates and places."));
    dz_html_text(&p->h, " ");
    dz_html_text(&p->h,
                 _("They are as exact as the source and never made more exact; uncertain ones "
                   "say so."));
    if (s->n_undated_acts > 0) {
        dz_html_text(&p->h, " ");
        dz_html_textf(&p->h,
                      dz_trn("%zu act has no date.", "%zu acts have no date.", s->n_undated_acts),
                      s->n_undated_acts);
    }
    if (s->n_unplaced_acts > 0) {
        dz_html_text(&p->h, " ");
        dz_html_textf(
            &p->h, dz_trn("%zu act has no place.", "%zu acts have no place.", s->n_unplaced_acts),
            s->n_unplaced_acts);
    }
    dz_html_close(&p->h, "li");
}

/* What was left out, said without numbers where a number would say too much. */
static void
put_left_out(struct dz_report_page *p)
{
    const struct dz_report_content *c = p->c;
    if (c->opts.for_publication) {
        put_limit(
            p, _("For publication."),
            _("Only published and official sources are shown, and only facts that rest on "
              "nothing else. Acts are given by month and by raion or wider area. Names of "
              "private persons are withheld where they were recognised: read the quotes before "
              "this is handed on."));
        put_limit(
            p, _("Small numbers."),
            _("Acts that rest on testimonies and private documents are counted only where people "
              "agreed to it, and told only where there are enough of them: 5 acts of 5 sources, 10 "
              "of 10 for children, health, sexual violence and detention. Numbers from which a "
              "smaller one could be worked out are withheld with it. What is withheld may be "
              "nothing at all."));
        return;
    }
    if (c->left_out_access)
        put_limit(p, _("Not shown."),
                  _("Restricted and sealed sources, and what rests on them, are left out."));
    if (c->summary.n_withheld > 0) {
        dz_html_open(&p->h, "li");
        dz_html_element(&p->h, "strong", _("Consent."));
        dz_html_text(&p->h, " ");
        dz_html_textf(
            &p->h,
            dz_trn("%zu fact rests on a testimony or private document without a recorded "
                   "consent and is left out.",
                   "%zu facts rest on testimonies or private documents without a recorded "
                   "consent and are left out.",
                   c->summary.n_withheld),
            c->summary.n_withheld);
        dz_html_close(&p->h, "li");
    }
}

void
dz_report_put_limits(struct dz_report_page *p)
{
    const struct dz_summary *s = &p->c->summary;
    dz_html_open_class(&p->h, "ul", "limits");
    put_limit(p, _("No record does not mean that nothing happened."),
              _("Where and when nothing is documented here, this report says nothing. Observers "
                "have little or no access to occupied territory."));
    put_limit(p, _("No totals."),
              _("Every number counts what is documented in this collection: passages, facts and "
                "sources, never people and never how much happened."));
    put_searched(p);
    put_limit(
        p, _("Independence."),
        _("Sources with the same text, made from one another or citing the same origin count "
          "as one origin. A common origin that nobody names stays hidden, so the number is an "
          "upper bound."));
    put_dates(p);
    if (s->all.n_unreviewed > 0)
        put_limit(p, _("Review."),
                  _("\xe2\x97\x87 not reviewed: found by a rule, taken over in bulk, and not yet "
                    "looked at by a person. Read the quote before relying on such a row."));
    if (s->n_conflicts > 0)
        put_limit(p, _("Two versions."),
                  _("\xe2\x89\xa0 two versions: two members have recorded different versions of "
                    "this fact; the later one is shown."));
    put_limit(p, _("No finding."),
              _("This report finds no crime, no culprit and nothing about any person. Whoever is "
                "named is named by a source. That a person holds Russian papers says nothing about "
                "loyalty or free choice."));
    put_left_out(p);
    dz_html_close(&p->h, "ul");
}
