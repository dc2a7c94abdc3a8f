/* The ledger of figures: one row per claim with the sources that carry it, what may be compared and
 * what may not. Nothing is added up. */
#include <string.h>

#include "dz_tr.h"
#include "report_impl.h"

static void
statement_words(const struct dz_figure_statement *s, struct dz_buf *out)
{
    dz_report_value_words(s->value, s->value_max, s->qualifier, out);
}

/* "3 400 000 (20 March 2025)": how pairs name a statement. */
static void
short_words(const struct dz_figure_statement *s, struct dz_buf *out)
{
    statement_words(s, out);
    dz_buf_adds(out, " (");
    if (s->as_of != NULL)
        dz_report_date_words(s->as_of, out);
    else
        dz_buf_adds(out, _("no date stated"));
    dz_buf_adds(out, ")");
}

static void
put_when(struct dz_report_page *p, const struct dz_figure_statement *s)
{
    dz_report_put_date(p, s->as_of);
    if (s->as_of_by_source)
        dz_html_element_class(&p->h, "span", "soft block",
                              _("date of the source: nobody stated a time"));
}

static const struct dz_report_source *
source_by_id(const struct dz_report_content *c, const char *id)
{
    for (size_t i = 0; i < c->n_sources; i++) {
        if (strcmp(c->sources[i].id, id) == 0)
            return &c->sources[i];
    }
    return NULL;
}

static void
put_carriers(struct dz_report_page *p, const struct dz_figure_statement *s)
{
    dz_html_open_class(&p->h, "ul", "carriers");
    for (size_t i = 0; i < s->n_sources; i++) {
        const struct dz_report_source *source = source_by_id(p->c, s->sources[i]);
        if (source == NULL)
            continue;
        dz_html_open(&p->h, "li");
        dz_html_open(&p->h, "a");
        dz_html_attrf(&p->h, "href", "#e%zu", source->exhibit);
        dz_html_textf(&p->h, _("Exhibit %zu"), source->exhibit);
        dz_html_close(&p->h, "a");
        dz_html_text(&p->h, " ");
        dz_html_text(&p->h, source->publisher != NULL ? source->publisher : source->title);
        dz_html_close(&p->h, "li");
    }
    dz_html_close(&p->h, "ul");
    for (size_t i = 0; i < s->n_facts; i++) {
        if (s->facts[i].via != NULL) {
            dz_html_open_class(&p->h, "span", "soft block");
            dz_html_textf(&p->h, _("through: %s"), s->facts[i].via);
            dz_html_close(&p->h, "span");
        }
    }
}

static const char *const heads[] = {N_("Value"),      N_("As of"),  N_("Claimed by"),
                                    N_("Carried by"), N_("Quotes"), NULL};

static void
put_statement(struct dz_report_page *p, size_t ix)
{
    const struct dz_figure_statement *s = &p->c->figures.statements[ix];
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(4096);
    statement_words(s, &words);
    dz_html_open(&p->h, "tr");
    dz_html_attrf(&p->h, "id", "g%zu", ix + 1);
    dz_html_open_class(&p->h, "th", "value");
    dz_html_attr(&p->h, "scope", "row");
    dz_html_text(&p->h, words.p);
    dz_html_close(&p->h, "th");
    dz_report_open_cell(p, _(heads[1]), NULL);
    put_when(p, s);
    dz_html_close(&p->h, "td");
    dz_report_open_cell(p, _(heads[2]), NULL);
    if (s->asserted_by != NULL)
        dz_html_text(&p->h, s->asserted_by);
    else
        dz_html_element_class(&p->h, "span", "soft", _("nobody is named"));
    if (s->side != NULL && s->side[0] != '\0')
        dz_html_element_class(&p->h, "span", "soft block", dz_report_label(p, "side", s->side));
    dz_html_close(&p->h, "td");
    dz_report_open_cell(p, _(heads[3]), NULL);
    put_carriers(p, s);
    dz_html_close(&p->h, "td");
    dz_report_open_cell(p, _(heads[4]), "evidence");
    dz_report_put_refs(p, s->facts, s->n_facts);
    dz_report_put_evidence_marks(p, s->facts, s->n_facts);
    dz_html_close(&p->h, "td");
    dz_html_close(&p->h, "tr");
}

/* What is counted, of whom, where: the heading of a group. */
static void
group_words(struct dz_report_page *p, const struct dz_figure_group *g, struct dz_buf *out)
{
    dz_buf_adds(out, g->unit[0] != '\0' ? dz_report_label(p, "figure_unit", g->unit)
                                        : _("Unit not stated"));
    if (g->of != NULL)
        dz_buf_addf(out, " \xc2\xb7 %s", g->of);
    dz_buf_adds(out, " \xc2\xb7 ");
    if (g->territory != NULL || g->territory_text != NULL)
        dz_report_place_words(p->c, p->lang, g->territory, g->territory_text, out);
    else
        dz_buf_adds(out, _("territory not stated"));
    dz_buf_addf(out, " \xc2\xb7 %s",
                g->type == DZ_FIGURE_FLOW ? _("number in a period") : _("number at a time"));
}

static void
difference_words(const struct dz_figure_pair *pair, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(256);
    if (pair->diff_min == pair->diff_max) {
        dz_decimal_print(pair->diff_min, &text);
        dz_report_number_words(text.p, out);
        return;
    }
    if (pair->diff_min == INT64_MIN && pair->diff_max == INT64_MAX) {
        dz_buf_adds(out, _("not known"));
        return;
    }
    /* An open side is said in words. */
    if (pair->diff_min != INT64_MIN) {
        dz_decimal_print(pair->diff_min, &text);
        if (pair->diff_max == INT64_MAX) {
            dz_report_value_words(text.p, NULL, ">=", out);
            return;
        }
        dz_report_number_words(text.p, out);
        dz_buf_adds(out, " \xe2\x80\xa6 ");
        dz_buf_reset(&text);
    }
    dz_decimal_print(pair->diff_max, &text);
    if (pair->diff_min == INT64_MIN)
        dz_report_value_words(text.p, NULL, "<=", out);
    else
        dz_report_number_words(text.p, out);
}

static void
put_claim_link(struct dz_report_page *p, size_t ix)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(8192);
    short_words(&p->c->figures.statements[ix], &words);
    dz_html_open(&p->h, "a");
    dz_html_attrf(&p->h, "href", "#g%zu", ix + 1);
    dz_html_text(&p->h, words.p);
    dz_html_close(&p->h, "a");
}

static const char *
relation_sign(enum dz_figure_relation r)
{
    switch (r) {
    case DZ_FIGURES_AGREE:
        return "=";
    case DZ_FIGURES_DIFFER:
        return "\xce\x94"; /* delta */
    case DZ_FIGURES_CONTRADICT:
        return "\xe2\x89\xa0"; /* not equal */
    case DZ_FIGURES_NOT_COMPARABLE:
        return "\xc3\x97"; /* times */
    }
    return "";
}

static const char *
relation_word(enum dz_figure_relation r)
{
    switch (r) {
    case DZ_FIGURES_AGREE:
        return _("agree");
    case DZ_FIGURES_DIFFER:
        return _("differ");
    case DZ_FIGURES_CONTRADICT:
        return _("contradict each other");
    case DZ_FIGURES_NOT_COMPARABLE:
        return _("not comparable");
    }
    return "";
}

static void
put_pair(struct dz_report_page *p, const struct dz_figure_pair *pair)
{
    struct dz_html *h = &p->h;
    dz_html_open_class(h, "li", pair->relation == DZ_FIGURES_CONTRADICT ? "contradict" : NULL);
    put_claim_link(p, pair->a);
    dz_html_text(h, " \xe2\x86\x92 ");
    put_claim_link(p, pair->b);
    dz_html_text(h, ": ");
    if (pair->relation == DZ_FIGURES_NOT_COMPARABLE && pair->refusal != DZ_REFUSE_NONE) {
        dz_html_text(h, dz_figure_refusal_text(pair->refusal));
        dz_html_close(h, "li");
        return;
    }
    bool differs = pair->has_difference && pair->relation != DZ_FIGURES_AGREE;
    bool stated = pair->stated_by != SIZE_MAX && pair->stated_by < p->c->figures.n;
    dz_html_open_class(h, "strong", "relation");
    /* Roughly stated numbers whose ranges overlap imply no difference at all. */
    if (differs && pair->may_be_same && !stated) {
        dz_html_textf(h, "\xe2\x89\x88 %s", _("they may be the same number"));
        differs = false;
    } else {
        dz_html_textf(h, "%s %s", relation_sign(pair->relation), relation_word(pair->relation));
    }
    dz_html_close(h, "strong");
    if (differs) {
        DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1024);
        difference_words(pair, &words);
        dz_html_textf(h, _("; difference %s"), words.p);
        if (stated) {
            dz_html_textf(h, ", %s ", _("which this claim states:"));
            put_claim_link(p, pair->stated_by);
        } else {
            dz_html_textf(h, ", %s", _("implied by the two claims and stated by nobody here"));
        }
    }
    dz_html_close(h, "li");
}

static void
put_pairs(struct dz_report_page *p, size_t group)
{
    const struct dz_figures *f = &p->c->figures;
    bool any = false;
    for (size_t i = 0; i < f->n_pairs; i++) {
        if (f->statements[f->pairs[i].a].group != group)
            continue;
        if (!any)
            dz_html_open_class(&p->h, "ul", "pairs");
        any = true;
        put_pair(p, &f->pairs[i]);
    }
    if (any)
        dz_html_close(&p->h, "ul");
}

static void
put_group(struct dz_report_page *p, size_t ix)
{
    const struct dz_figure_group *g = &p->c->figures.groups[ix];
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(65536);
    group_words(p, g, &words);
    const char *translated[] = {_(heads[0]), _(heads[1]), _(heads[2]),
                                _(heads[3]), _(heads[4]), NULL};
    /* Small groups stay on one page. */
    dz_html_open_class(&p->h, "article", g->n_statements <= 3 ? "group whole" : "group");
    dz_report_open_table(p, "figures stack", words.p, translated, DZ_CAPTION_SEEN);
    for (size_t i = 0; i < g->n_statements; i++)
        put_statement(p, g->statements[i]);
    dz_report_close_table(p);
    put_pairs(p, ix);
    dz_html_close(&p->h, "article");
}

void
dz_report_put_figures(struct dz_report_page *p)
{
    const struct dz_figures *f = &p->c->figures;
    dz_html_element(
        &p->h, "p",
        _("A figure is a claim and nothing more. Sources that repeat one claim stand in "
          "one row. Only claims that count the same of the same are compared, and "
          "nothing is added up."));
    for (size_t i = 0; i < f->n_groups; i++)
        put_group(p, i);
    if (f->n_groups == 0)
        dz_html_element_class(&p->h, "p", "empty", _("No figure is documented here."));
    if (f->n_refused == 0)
        return;
    dz_html_element(&p->h, "h3", _("Not compared"));
    dz_html_open_class(&p->h, "ul", "pairs");
    for (size_t i = 0; i < f->n_refused; i++)
        put_pair(p, &f->refused[i]);
    dz_html_close(&p->h, "ul");
}
