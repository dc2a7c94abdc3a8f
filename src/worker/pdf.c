#include "dz_families.h"

#include <math.h>
#include <string.h>

#include "pdf_impl.h"

/* A PDF with text: its pages in order, each line with its place on the page, what it says about
 * itself, its outline as sections, its notes and forms beside the main text, its attachments as
 * parts. */

#define PROGRESS_PAGES 16 /* each time what was said so far is sent, and dokaz woken */

struct reading {
    struct dz_work *w;
    const struct dz_pdf *pdf;
    struct dz_pdf_outline outline;
    size_t next_section;
    struct dz_pdf_taken taken; /* files in notes */
    size_t n_lost;             /* pages that cannot be read */
    bool plain;                /* neither outline nor notes nor files */
};

/* The number counted from the first page, and the printed one where it differs. */
static void
say_page(struct dz_work *w, PopplerPage *page, int number)
{
    DZ_AUTO_G char *label = poppler_page_get_label(page);
    DZ_AUTO_FREE char *plain = dz_asprintf("%d", number);
    if (label && *label && strcmp(label, plain) != 0)
        dz_work_locatorf(w, "page", "%d (%s)", number, label);
    else
        dz_work_locator(w, "page", plain);
}

/* Sections that begin on this page at or above a height; below_top is in points from the top. */
static void
say_sections(struct reading *r, int page, double page_height, double below_top)
{
    while (r->next_section < r->outline.n) {
        const struct dz_pdf_section *s = &r->outline.v[r->next_section];
        bool here = s->page == page && (s->bottom < 0 || page_height - s->bottom <= below_top);
        if (s->page >= page && !here)
            return;
        dz_work_locator(r->w, "section", s->title);
        r->next_section++;
    }
}

static long
whole(double points)
{
    if (!isfinite(points) || points < -1e6 || points > 1e6)
        return 0;
    return lround(points);
}

static void
say_line(struct dz_work *w, const struct dz_pdf_lines *lines, const struct dz_pdf_line *line)
{
    if (line->begins)
        dz_work_texts(w, "\n");
    if (line->has_box)
        dz_work_locatorf(w, "line", "%ld %ld %ld %ld", whole(line->box.x), whole(line->box.y),
                         whole(line->box.width), whole(line->box.height));
    dz_work_text(w, (struct dz_view){lines->text.p + line->at, line->n + 1});
}

static PopplerPage *
page_at(const struct dz_pdf *pdf, int i)
{
    if (i == 0 && pdf->first)
        return g_object_ref(pdf->first);
    return poppler_document_get_page(pdf->doc, i);
}

static void
read_page(struct reading *r, int i)
{
    DZ_AUTO_PAGE PopplerPage *page = page_at(r->pdf, i);
    if (!page) {
        r->n_lost++;
        return;
    }
    double width = 0;
    double height = 0;
    poppler_page_get_size(page, &width, &height);
    DZ_AUTO_PDF_LINES struct dz_pdf_lines lines = {0};
    dz_pdf_lines_of(page, &lines);
    if (dz_work_chars(r->w) > 0)
        dz_work_texts(r->w, "\n");
    say_page(r->w, page, i + 1);
    for (size_t k = 0; k < lines.n; k++) {
        const struct dz_pdf_line *line = &lines.v[k];
        double middle = line->box.y + line->box.height / 2;
        say_sections(r, i, height, line->has_box ? middle : 0);
        say_line(r->w, &lines, line);
    }
    say_sections(r, i, height, HUGE_VAL);
    if (!r->plain)
        dz_pdf_notes(r->w, page, i + 1, dz_buf_view(&lines.text), &r->taken);
    if ((i + 1) % PROGRESS_PAGES == 0)
        dz_work_progress(r->w, (uint64_t)i + 1, (uint64_t)r->pdf->n_pages);
}

static void
read_pages(struct reading *r)
{
    if (!r->plain)
        dz_pdf_outline_of(r->pdf, &r->outline);
    for (int i = 0; i < r->pdf->n_pages && !dz_work_is_done(r->w); i++)
        read_page(r, i);
    dz_pdf_outline_done(&r->outline);
}

/* What is rarely needed and has brought poppler down (an attachment without its stream does): it
 * can be left out, so that a second try may still give the words. */
static bool
is_plain(const struct dz_work *w)
{
    const char *option = dz_work_option(w, "plain");
    return option && strcmp(option, "yes") == 0;
}

static void
read_open(struct dz_work *w, struct dz_pdf *pdf)
{
    struct reading r = {.w = w, .pdf = pdf};
    dz_pdf_meta(w, pdf);
    r.plain = is_plain(w);
    bool has_text = r.plain || dz_pdf_probe(pdf) == DZ_PDF_TEXT;
    if (has_text)
        read_pages(&r);
    bool all = r.plain || (dz_pdf_attachments(w, pdf) && !r.taken.full);
    has_text = has_text && dz_work_chars(w) > 0;
    if (pdf->truncated)
        dz_work_done(w, "damaged", "truncated");
    else if (r.n_lost > 0)
        dz_work_done(w, "damaged", "damaged");
    else if (!all)
        dz_work_done(w, "limit", "parts_limit");
    else if (!has_text)
        dz_work_done(w, "empty", "no_text");
    else
        dz_work_done(w, "text", NULL);
}

static void
read_pdf(struct dz_work *w)
{
    struct dz_view bytes;
    if (dz_work_map(w, &bytes, NULL) != DZ_OK) {
        dz_work_done(w, "limit", "too_large");
        return;
    }
    DZ_AUTO_PDF struct dz_pdf pdf = {0};
    const char *status;
    const char *why = dz_pdf_open(bytes, &pdf, &status);
    if (why)
        dz_work_done(w, status, why);
    else
        read_open(w, &pdf);
}

/* Character maps of fonts that are named and not carried, such as Asian ones. */
static const char *const folders[] = {"/usr/share/poppler", NULL};

const struct dz_family dz_family_pdf = {
    .name = "pdf",
    .extractor = "pdf/1",
    .folders = folders,
    .heavy = true,
    .warm = dz_pdf_warm,
    .read = read_pdf,
};
