#include <string.h>

#include "dz_mem.h"
#include "dz_odf.h"

/* OpenDocument 1.3 part 3: text with its white space rules (6.1.2), changes (5.5), notes (6.3),
 * annotations (14.1) and tables (9). */

static bool
is_any(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

/* Titles and descriptions of drawings, forms, scripts, declarations, the mark of a note, and
 * numbers of lists as another program worked them out. */
static const char *const skipped[] = {"desc",          "forms",         "scripts", "number",
                                      "note-citation", "ruby-text",     "sequence-decls",
                                      "variable-decls", "user-field-decls", "font-face-decls",
                                      "shapes", "event-listeners", NULL};

/* The number of a paragraph stands in front of its words, in whatever it belongs to. */
static void
begin_words(struct dz_odf *d)
{
    if (d->number.n > 0)
        dz_para_add(d->aside > 0 ? &d->held : &d->para, dz_buf_view(&d->number));
    dz_buf_reset(&d->number);
}

static void
add(struct dz_odf *d, struct dz_view text)
{
    if (d->is_sheet && d->in_cell && d->aside == 0) {
        dz_ods_text(d, text);
        return;
    }
    begin_words(d);
    dz_para_add(d->aside > 0 ? &d->held : &d->para, text);
}

static void
begin_aside(struct dz_odf *d, struct dz_buf *to)
{
    begin_words(d);
    dz_odf_lists_enter(&d->lists);
    d->aside++;
    d->held.aside = to;
    dz_buf_reset(&d->comment_who);
}

static void
end_aside(struct dz_odf *d)
{
    dz_odf_lists_leave(&d->lists);
    if (--d->aside > 0)
        return;
    dz_para_end(&d->held);
    dz_para_flush(&d->held);
    if (d->held.aside == &d->comments)
        dz_work_meta(d->o->w, "office.Comment", dz_buf_view(&d->comment_who));
    d->held.aside = &d->notes;
}

/* On slides everything stands in text boxes; those are no boxes in a paragraph. */
static bool
box_start(struct dz_odf *d)
{
    if (d->is_sheet || d->aside > 0 || (d->boxes.depth == 0 && d->paragraphs == 0))
        return false;
    begin_words(d);
    dz_odf_lists_enter(&d->lists);
    dz_boxes_start(&d->boxes, &d->para);
    return true;
}

static void
end_box(struct dz_odf *d)
{
    if (d->boxes.depth > 0)
        dz_odf_lists_leave(&d->lists);
    dz_boxes_end(&d->boxes, &d->para);
}

static void
say_boxes(struct dz_odf *d)
{
    if (d->aside == 0)
        dz_boxes_say(&d->boxes, &d->para);
}

static void
begin_paragraph(struct dz_odf *d, const char *name, const struct dz_xml_attrs *a)
{
    d->paragraphs++;
    d->space = false;
    dz_buf_reset(&d->number);
    if (d->is_sheet && d->in_cell && d->aside == 0)
        dz_ods_text(d, d->cell.n > 0 ? DZ_VIEW(" ") : DZ_VIEW(""));
    else if (!d->is_sheet && d->deleted == 0)
        dz_odf_lists_number(&d->lists, name, a, d->slides == 0, &d->number);
    if (name[0] == 'h' && d->aside == 0)
        d->para.heading = true;
}

/* One without words has no number, but in a cell: rows are often counted so. */
static void
end_paragraph(struct dz_odf *d)
{
    d->paragraphs -= d->paragraphs > 0;
    if (d->aside == 0 && d->para.cells > 0)
        begin_words(d);
    dz_buf_reset(&d->number);
    if (d->aside > 0)
        dz_para_end(&d->held);
    else if (!d->is_sheet && d->deleted == 0)
        dz_para_end(&d->para);
    say_boxes(d);
}

static void
on_text_element(struct dz_odf *d, const char *name, const struct dz_xml_attrs *a)
{
    if (strcmp(name, "p") == 0 || strcmp(name, "h") == 0) {
        begin_paragraph(d, name, a);
    } else if (strcmp(name, "tab") == 0) {
        add(d, DZ_VIEW("\t"));
    } else if (strcmp(name, "line-break") == 0) {
        add(d, d->para.cells > 0 || d->is_sheet ? DZ_VIEW(" ") : DZ_VIEW("\n"));
    } else if (strcmp(name, "s") == 0) {
        uint64_t n = dz_office_number(dz_xml_attr(a, "c"), 1);
        for (uint64_t i = 0; i < n && i < 200; i++)
            add(d, DZ_VIEW(" "));
    } else if (strcmp(name, "a") == 0) {
        dz_office_link(d->o, dz_xml_attr(a, "href"));
    }
}

static void
add_name(struct dz_buf *names, const struct dz_buf *name)
{
    dz_buf_addc(names, '\n');
    dz_buf_addv(names, dz_buf_view(name));
    dz_buf_addc(names, '\n');
}

/* A style is declared. */
static bool
on_style(struct dz_odf *d, const char *name, const struct dz_xml_attrs *a)
{
    if (strcmp(name, "style") == 0) {
        dz_buf_reset(&d->style);
        dz_buf_addv(&d->style, dz_xml_attr(a, "name"));
    } else if (strcmp(name, "table-properties") == 0) {
        if (dz_xml_attr_is(a, "display", "false"))
            add_name(&d->invisible, &d->style);
    } else if (strcmp(name, "text-properties") == 0) {
        if (dz_xml_attr_is(a, "display", "none"))
            add_name(&d->unseen, &d->style);
    } else {
        return dz_odf_lists_style(&d->lists, name, a);
    }
    return true;
}

/* Words that the program does not show are counted, as deleted ones are. */
static bool
is_hidden(const struct dz_odf *d, const char *name, const struct dz_xml_attrs *a)
{
    if (strcmp(name, "section") == 0)
        return dz_xml_attr_is(a, "display", "none");
    struct dz_view style = dz_xml_attr(a, "style-name");
    if (strcmp(name, "span") != 0 || style.n == 0 || style.n > 1000 || d->unseen.n == 0)
        return false;
    DZ_AUTO_FREE char *line = dz_asprintf("\n%.*s\n", (int)style.n, style.p);
    return strstr(d->unseen.p, line) != NULL;
}

static void
on_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct dz_odf *d = ctx;
    if (d->skip > 0 || is_any(name, skipped)) {
        d->skip++;
        return;
    }
    if (d->hidden > 0 || is_hidden(d, name, a)) {
        d->hidden++;
        return;
    }
    if (strcmp(name, "text-box") == 0 && box_start(d))
        return;
    if (strcmp(name, "spreadsheet") == 0)
        d->is_sheet = true;
    else if (strcmp(name, "page") == 0 && !d->is_sheet)
        dz_work_locatorf(d->o->w, "slide", "%u", ++d->slides);
    else if (strcmp(name, "note-body") == 0)
        begin_aside(d, &d->notes);
    else if (strcmp(name, "annotation") == 0)
        begin_aside(d, &d->comments);
    else if (d->aside > 0 && (strcmp(name, "creator") == 0 || strcmp(name, "date") == 0))
        d->in_who = true;
    else if (strcmp(name, "insertion") == 0)
        d->n_inserted++;
    else if (strcmp(name, "deletion") == 0) {
        d->n_deleted++;
        d->deleted++;
    } else if (d->is_sheet && d->aside == 0 && dz_ods_start(d, name, a))
        return;
    else if (strcmp(name, "table-cell") == 0)
        dz_para_cell_start(&d->para);
    else if (!dz_odf_lists_start(&d->lists, name, a) && !on_style(d, name, a))
        on_text_element(d, name, a);
}

static void
on_end(void *ctx, const char *name)
{
    struct dz_odf *d = ctx;
    if (d->skip > 0) {
        d->skip--;
        return;
    }
    if (d->hidden > 0) {
        d->hidden--;
        return;
    }
    if (d->aside > 0 && (strcmp(name, "note-body") == 0 || strcmp(name, "annotation") == 0))
        end_aside(d);
    else if (d->in_who)
        d->in_who = false;
    else if (strcmp(name, "deletion") == 0)
        d->deleted -= d->deleted > 0;
    else if (strcmp(name, "p") == 0 || strcmp(name, "h") == 0)
        end_paragraph(d);
    else if (d->aside == 0 && strcmp(name, "text-box") == 0)
        end_box(d);
    else if (dz_odf_lists_end(&d->lists, name) ||
             (d->is_sheet && d->aside == 0 && dz_ods_end(d, name)))
        return;
    else if (strcmp(name, "table-cell") == 0)
        dz_para_cell_end(&d->para);
    else if (strcmp(name, "table-row") == 0) {
        dz_para_row_end(&d->para);
        say_boxes(d);
    }
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Runs of white space in a paragraph are one space, and none at its beginning. */
static void
on_text(void *ctx, struct dz_view text)
{
    struct dz_odf *d = ctx;
    if (d->in_who && d->skip == 0 && d->comment_who.n + text.n < 4096) {
        if (d->comment_who.n > 0)
            dz_buf_adds(&d->comment_who, "; ");
        dz_buf_addv(&d->comment_who, text);
        return;
    }
    if (d->skip > 0 || (d->paragraphs == 0 && d->hidden == 0))
        return;
    if (d->deleted > 0 || d->hidden > 0) {
        uint64_t *count = d->deleted > 0 ? &d->deleted_chars : &d->hidden_chars;
        for (size_t i = 0; i < text.n; i++)
            *count += ((uint8_t)text.p[i] & 0xc0u) != 0x80u;
        return;
    }
    for (size_t at = 0; at < text.n;) {
        size_t begin = at;
        while (at < text.n && is_space(text.p[at]))
            at++;
        const struct dz_buf *to = d->aside > 0                ? &d->held.text
                                  : d->is_sheet && d->in_cell ? &d->cell
                                                              : &d->para.text;
        char last = to->n > 0 ? to->p[to->n - 1] : ' ';
        if (at > begin && !is_space(last))
            add(d, DZ_VIEW(" "));
        begin = at;
        while (at < text.n && !is_space(text.p[at]))
            at++;
        if (at > begin)
            add(d, (struct dz_view){.p = text.p + begin, .n = at - begin});
    }
}

/* Headers and footers stand in the master pages, which are read by themselves. */
struct masters {
    struct dz_odf d;
    unsigned depth; /* below a header or footer */
};

static const char *const master_parts[] = {"header",       "footer",       "header-left",
                                           "footer-left",  "header-first", "footer-first",
                                           NULL};

static void
on_master_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct masters *m = ctx;
    if (m->depth == 0) {
        if (!is_any(name, master_parts))
            return;
        dz_work_locator(m->d.o->w, "aside", name[0] == 'h' ? "header" : "footer");
    }
    m->depth++;
    if (m->depth > 1)
        on_start(&m->d, name, a);
}

static void
on_master_end(void *ctx, const char *name)
{
    struct masters *m = ctx;
    if (m->depth > 1)
        on_end(&m->d, name);
    m->depth -= m->depth > 0;
}

static void
on_master_text(void *ctx, struct dz_view text)
{
    struct masters *m = ctx;
    if (m->depth > 1)
        on_text(&m->d, text);
}

static void
done(struct dz_odf *d)
{
    struct dz_buf *const all[] = {&d->notes, &d->comments, &d->comment_who, &d->value,
                                  &d->cell,  &d->line,     &d->style,       &d->invisible,
                                  &d->number, &d->unseen};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        dz_buf_done(all[i]);
    dz_para_done(&d->para);
    dz_boxes_done(&d->boxes);
    dz_para_done(&d->held);
    dz_odf_lists_done(&d->lists);
}

static struct dz_odf
begin(struct dz_office *o)
{
    struct dz_odf d = {
        .o = o,
        .para = {.o = o},
        .held = {.o = o},
        .notes = DZ_BUF(DZ_ODF_ASIDE_MAX),
        .comments = DZ_BUF(DZ_ODF_ASIDE_MAX),
        .invisible = DZ_BUF(1u << 20),
        .unseen = DZ_BUF(1u << 20),
        .number = DZ_BUF(DZ_LIST_NUMBER_BYTES),
    };
    return d;
}

static void
say_aside(struct dz_odf *d, const char *label, const struct dz_buf *text)
{
    if (text->n == 0)
        return;
    dz_work_locator(d->o->w, "section", label);
    dz_office_text(d->o, dz_buf_view(text));
    if (text->failed && d->o->limit == NULL)
        d->o->limit = "too_large";
}

/* A member that is cut off leaves elements open. */
static void
finish(struct dz_odf *d)
{
    dz_boxes_close(&d->boxes, &d->para);
    d->para.cells = 0;
    dz_para_end(&d->para);
    say_boxes(d);
}

static void
say_count(struct dz_odf *d, const char *key, uint64_t n)
{
    if (n == 0)
        return;
    DZ_AUTO_FREE char *number = dz_asprintf("%llu", (unsigned long long)n);
    dz_work_meta(d->o->w, key, dz_view_of(number));
}

/* Common styles, which the text may use. Those that styles.xml makes for itself only have the same
 * names as some of the text's. */
struct common {
    struct dz_odf *d;
    bool is_common;
};

static void
on_common_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct common *c = ctx;
    c->is_common |= strcmp(name, "styles") == 0;
    if (c->is_common)
        (void)on_style(c->d, name, a);
}

static void
on_common_end(void *ctx, const char *name)
{
    struct common *c = ctx;
    c->is_common = c->is_common && strcmp(name, "styles") != 0;
}

void
dz_odf_read(struct dz_office *o)
{
    static const struct dz_xml_events events = {.start = on_start, .end = on_end, .text = on_text};
    static const struct dz_xml_events style_events = {.start = on_common_start,
                                                      .end = on_common_end};
    static const struct dz_xml_events master_events = {
        .start = on_master_start, .end = on_master_end, .text = on_master_text};
    struct dz_odf d = begin(o);
    d.held.aside = &d.notes;
    dz_office_xmls(o, "styles.xml", &style_events, &(struct common){.d = &d});
    dz_office_xmls(o, "content.xml", &events, &d);
    while (d.aside > 0)
        end_aside(&d); /* of a file that was cut off */
    dz_ods_finish(&d);
    finish(&d);
    say_aside(&d, "notes", &d.notes);
    say_aside(&d, "comments", &d.comments);
    say_count(&d, "office.Insertions", d.n_inserted);
    say_count(&d, "office.Deletions", d.n_deleted);
    say_count(&d, "office.DeletedCharacters", d.deleted_chars);
    say_count(&d, "office.HiddenCharacters", d.hidden_chars);
    bool is_sheet = d.is_sheet;
    done(&d);
    /* A spreadsheet's headers are the names of its sheets and numbers of its pages. */
    if (is_sheet)
        return;
    struct masters m = {.d = begin(o)};
    m.d.held.aside = &m.d.notes;
    dz_office_xmls(o, "styles.xml", &master_events, &m);
    finish(&m.d);
    done(&m.d);
}
