/* Pieces of the page that several sections use: sections, tables, links to quotes, marks. */
#include <stdlib.h>
#include <string.h>

#include "dz_tr.h"
#include "report_impl.h"

void
dz_report_open_section(struct dz_report_page *p, const char *id, const char *heading)
{
    dz_html_open(&p->h, "section");
    dz_html_attr(&p->h, "id", id);
    dz_html_attrf(&p->h, "aria-labelledby", "%s-h", id);
    dz_html_open(&p->h, "h2");
    dz_html_attrf(&p->h, "id", "%s-h", id);
    dz_html_text(&p->h, heading);
    dz_html_close(&p->h, "h2");
}

void
dz_report_close_section(struct dz_report_page *p)
{
    dz_html_close(&p->h, "section");
}

void
dz_report_open_table(struct dz_report_page *p, const char *class_name, const char *caption,
                     const char *const *heads, enum dz_report_caption shown)
{
    dz_html_open_class(&p->h, "table", class_name);
    dz_html_element_class(&p->h, "caption", shown == DZ_CAPTION_UNSEEN ? "unseen" : NULL, caption);
    dz_html_open(&p->h, "thead");
    dz_html_open(&p->h, "tr");
    for (size_t i = 0; heads[i] != NULL; i++) {
        dz_html_open(&p->h, "th");
        dz_html_attr(&p->h, "scope", "col");
        dz_html_text(&p->h, heads[i]);
        dz_html_close(&p->h, "th");
    }
    dz_html_close(&p->h, "tr");
    dz_html_close(&p->h, "thead");
    dz_html_open(&p->h, "tbody");
}

void
dz_report_close_table(struct dz_report_page *p)
{
    dz_html_close(&p->h, "tbody");
    dz_html_close(&p->h, "table");
}

void
dz_report_open_cell(struct dz_report_page *p, const char *head, const char *class_name)
{
    dz_html_open(&p->h, "td");
    dz_html_attr(&p->h, "class", class_name);
    dz_html_attr(&p->h, "data-head", head);
}

static int
compare_sizes(const void *a, const void *b)
{
    size_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

/* Rows with many facts name each quote once: marks[q] holds the number of the row that has it. */
static size_t
take_quotes(struct dz_report_page *p, const char *fact_id, size_t n)
{
    const struct dz_report_fact *f = dz_report_fact_by_id(p->c, fact_id);
    if (f == NULL)
        return n;
    for (size_t i = 0; i < f->n_quotes; i++) {
        size_t q = f->quotes[i];
        if (p->marks[q] == p->mark)
            continue;
        p->marks[q] = p->mark;
        p->list[n++] = q;
    }
    return n;
}

static void
put_ref(struct dz_report_page *p, size_t quote)
{
    const struct dz_report_quote *q = &p->c->quotes[quote];
    size_t exhibit = p->c->sources[q->source].exhibit;
    dz_html_open_class(&p->h, "a", "ref");
    dz_html_attrf(&p->h, "href", "#q%zu-%zu", exhibit, q->number);
    dz_html_textf(&p->h, "%zu.%zu", exhibit, q->number);
    dz_html_close(&p->h, "a");
}

static void
put_list(struct dz_report_page *p, size_t n)
{
    qsort(p->list, n, sizeof *p->list, compare_sizes);
    dz_html_open_class(&p->h, "span", "refs");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            dz_html_text(&p->h, " ");
        put_ref(p, p->list[i]);
    }
    dz_html_close(&p->h, "span");
}

void
dz_report_put_refs(struct dz_report_page *p, const struct dz_evidence *facts, size_t n)
{
    p->mark++;
    size_t n_quotes = 0;
    for (size_t i = 0; i < n; i++)
        n_quotes = take_quotes(p, facts[i].id, n_quotes);
    put_list(p, n_quotes);
}

void
dz_report_put_refs_at(struct dz_report_page *p, const struct dz_evidence *facts, const uint32_t *at,
                      size_t n)
{
    p->mark++;
    size_t n_quotes = 0;
    for (size_t i = 0; i < n; i++)
        n_quotes = take_quotes(p, facts[at[i]].id, n_quotes);
    put_list(p, n_quotes);
}

void
dz_report_put_fact_refs(struct dz_report_page *p, const struct dz_report_fact *f)
{
    p->mark++;
    put_list(p, take_quotes(p, f->row.id, 0));
}

void
dz_report_put_marks(struct dz_report_page *p, bool unreviewed, bool conflict)
{
    if (unreviewed) {
        dz_html_text(&p->h, " ");
        dz_html_open_class(&p->h, "span", "mark");
        dz_html_text(&p->h, "\xe2\x97\x87\xc2\xa0"); /* white diamond */
        dz_html_text(&p->h, _("not reviewed"));
        dz_html_close(&p->h, "span");
    }
    if (conflict) {
        dz_html_text(&p->h, " ");
        dz_html_open_class(&p->h, "span", "mark");
        dz_html_text(&p->h, "\xe2\x89\xa0\xc2\xa0"); /* not equal */
        dz_html_text(&p->h, _("two versions"));
        dz_html_close(&p->h, "span");
    }
}

void
dz_report_put_evidence_marks(struct dz_report_page *p, const struct dz_evidence *facts, size_t n)
{
    size_t unreviewed = 0, conflicts = 0;
    for (size_t i = 0; i < n; i++) {
        unreviewed += facts[i].bulk && !facts[i].reviewed;
        conflicts += facts[i].conflict;
    }
    /* Where some facts of a row were reviewed, the mark says how many were not. */
    if (unreviewed > 0 && unreviewed < n) {
        dz_html_text(&p->h, " ");
        dz_html_open_class(&p->h, "span", "mark");
        dz_html_text(&p->h, "\xe2\x97\x87\xc2\xa0");
        dz_html_textf(&p->h, _("%zu of %zu not reviewed"), unreviewed, n);
        dz_html_close(&p->h, "span");
        unreviewed = 0;
    }
    dz_report_put_marks(p, unreviewed > 0, conflicts > 0);
}

const char *
dz_report_quote_language(const struct dz_report_content *c, size_t quote)
{
    return c->sources[c->quotes[quote].source].language;
}

void
dz_report_put_words(struct dz_report_page *p, size_t quote)
{
    dz_html_open_class(&p->h, "q", "words");
    dz_html_attr(&p->h, "lang", dz_report_quote_language(p->c, quote));
    dz_html_attr(&p->h, "dir", "auto");
    dz_html_text(&p->h, p->c->quotes[quote].passage->exact);
    dz_html_close(&p->h, "q");
    dz_html_text(&p->h, " ");
    put_ref(p, quote);
}
