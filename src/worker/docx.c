#include <string.h>

#include "dz_docx_lists.h"
#include "dz_mem.h"
#include "dz_office.h"

/* WordprocessingML and the text of DrawingML (slides) as one stream of events: both know
 * paragraphs "p", runs "r", texts "t", breaks, and tables of "tbl", "tr" and "tc". (ECMA-376 part
 * 1, 17 and 21) */
struct docx {
    struct dz_office *o;
    struct dz_para para;
    struct dz_boxes boxes;
    const struct dz_rels *rels;
    struct dz_buf headings; /* ids of styles of headings, one a line */
    struct dz_buf style;    /* id of the style being declared */
    unsigned skip;          /* depth below an element whose text does not count */
    unsigned text;          /* depth of "t" */
    unsigned deleted;       /* depth of deletions, whose text is counted only */
    unsigned properties;    /* depth of properties, which know tabs of their own */
    unsigned n_chunks;
    uint64_t n_inserted;
    uint64_t n_deleted;
    uint64_t deleted_chars;
    uint64_t hidden_chars;
    bool hidden;        /* the run is not shown */
    bool in_box;        /* a field that is a box to be ticked */
    bool ticked;
    bool in_deleted_text;
    struct dz_docx_lists lists;
    struct dz_docx_item item; /* the paragraph being begun */
    struct dz_buf number;     /* of the paragraph, to be said with its first word */
};

#define CHUNKS_MAX 1000 /* documents of other kinds inside */
#define DRAWINGS_MAX ((size_t)16 << 20) /* bytes of text in all charts of a document */

static bool
is_any(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

/* What an older program shows instead repeats what stands beside it. */
/* What properties were before a change says nothing of the text now; what is written above letters
 * to tell how they sound repeats them. */
static const char *const skipped[] = {"Fallback",   "tblGrid",    "sectPr",
                                      "pPrChange", "rPrChange", "rt", NULL};
static const char *const property_lists[] = {"pPr", "rPr", "tblPr", "tcPr", "trPr", "bodyPr", NULL};

static bool
is_on(struct dz_view value)
{
    return !dz_view_is(value, "0") && !dz_view_is(value, "false") && !dz_view_is(value, "off");
}

/* The id of a style is a word of the language that the program spoke, or a number; the name inside
 * stays English ("heading 1"). */
static void
on_style(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct docx *d = ctx;
    dz_docx_lists_style(&d->lists, name, a);
    if (strcmp(name, "style") == 0) {
        dz_buf_reset(&d->style);
        dz_buf_addv(&d->style, dz_xml_attr(a, "styleId"));
        return;
    }
    struct dz_view value = dz_xml_attr(a, "val");
    bool heading = strcmp(name, "name") == 0 &&
                   (dz_view_starts(value, "heading ") || dz_view_is(value, "Title"));
    heading |= strcmp(name, "outlineLvl") == 0 && dz_office_number(value, 9) < 9;
    if (!heading || d->style.n == 0)
        return;
    dz_buf_addc(&d->headings, '\n');
    dz_buf_addv(&d->headings, dz_buf_view(&d->style));
    dz_buf_addc(&d->headings, '\n');
}

static bool
is_heading_style(const struct docx *d, struct dz_view id)
{
    if (id.n > 200 || d->headings.n == 0)
        return false;
    DZ_AUTO_FREE char *line = dz_asprintf("\n%.*s\n", (int)id.n, id.p);
    return strstr(d->headings.p, line) != NULL;
}

static void
begin_item(struct docx *d)
{
    dz_buf_reset(&d->item.style);
    d->item = (struct dz_docx_item){.style = d->item.style};
    dz_buf_reset(&d->number);
}

static void
on_properties(struct docx *d, const char *name, const struct dz_xml_attrs *a)
{
    struct dz_view value = dz_xml_attr(a, "val");
    if (strcmp(name, "pPr") == 0)
        begin_item(d);
    else if (strcmp(name, "vanish") == 0 && d->properties == 2)
        d->hidden = is_on(value); /* deeper, it is a property of the paragraph's end */
    else if (strcmp(name, "numId") == 0) {
        d->item.num = dz_office_number(value, 0);
        d->item.has_num = true;
    } else if (strcmp(name, "ilvl") == 0) {
        d->item.level = dz_office_number(value, 0);
        d->item.has_level = true;
    } else if (strcmp(name, "del") == 0 || strcmp(name, "moveFrom") == 0) {
        d->item.deleted = true;
    }
    if (strcmp(name, "pStyle") == 0)
        dz_buf_addv(&d->item.style, value);
    if (strcmp(name, "pStyle") == 0 && value.n > 0)
        d->para.heading = dz_view_starts(value, "Heading") || is_heading_style(d, value);
    if (strcmp(name, "outlineLvl") == 0 && dz_office_number(value, 9) < 9)
        d->para.heading = true;
}

/* The number of a paragraph stands in front of its words. One without words has none, but in a
 * cell: rows are often counted so. */
static void
begin_words(struct docx *d)
{
    if (d->number.n == 0)
        return;
    dz_para_add(&d->para, dz_buf_view(&d->number));
    dz_buf_reset(&d->number);
}

static void
end_paragraph(struct docx *d)
{
    if (d->para.cells > 0)
        begin_words(d);
    dz_buf_reset(&d->number);
    dz_para_end(&d->para);
    dz_boxes_say(&d->boxes, &d->para);
}

static void
add_sign(struct docx *d, struct dz_view sign)
{
    if (d->deleted > 0 || d->hidden || sign.n == 0)
        return;
    begin_words(d);
    dz_para_add(&d->para, sign);
}

/* A field of a form that is ticked, or not. */
static bool
on_box(struct docx *d, const char *name, const struct dz_xml_attrs *a)
{
    if (strcmp(name, "checkBox") == 0)
        d->in_box = true;
    else if (!d->in_box || (strcmp(name, "default") != 0 && strcmp(name, "checked") != 0))
        return false;
    d->ticked = strcmp(name, "checkBox") != 0 && is_on(dz_xml_attr(a, "val"));
    return true;
}

/* Signs that are elements. */
static bool
on_sign(struct docx *d, const char *name, const struct dz_xml_attrs *a)
{
    struct dz_view sign = {0};
    if (strcmp(name, "tab") == 0 || strcmp(name, "ptab") == 0)
        sign = DZ_VIEW("\t");
    else if (strcmp(name, "br") == 0 || strcmp(name, "cr") == 0)
        sign = d->para.cells > 0 ? DZ_VIEW(" ") : DZ_VIEW("\n");
    else if (strcmp(name, "noBreakHyphen") == 0)
        sign = DZ_VIEW("-");
    else if (strcmp(name, "sym") == 0)
        sign = dz_docx_sign(dz_xml_attr(a, "font"), dz_xml_attr(a, "char"));
    else
        return on_box(d, name, a);
    add_sign(d, sign);
    return true;
}

static void
on_hyperlink(struct docx *d, const struct dz_xml_attrs *a)
{
    const struct dz_rel *rel = d->rels != NULL ? dz_rels_find(d->rels, dz_xml_attr(a, "id")) : NULL;
    if (rel != NULL && rel->external)
        dz_office_link(d->o, dz_view_of(rel->target));
}

/* In a cell or a box the text is not said yet: there a document of another kind is only a part. */
static void
on_chunk(struct docx *d, const struct dz_xml_attrs *a)
{
    const struct dz_rel *rel = d->rels != NULL ? dz_rels_find(d->rels, dz_xml_attr(a, "id")) : NULL;
    if (rel == NULL || rel->external || d->n_chunks++ >= CHUNKS_MAX)
        return;
    bool in_place = d->para.cells == 0 && d->para.aside == NULL && d->deleted == 0;
    if (in_place)
        dz_para_end(&d->para);
    dz_docx_chunk(d->o, rel->target, in_place);
}

static void
on_comment(struct docx *d, const struct dz_xml_attrs *a)
{
    struct dz_view author = dz_xml_attr(a, "author");
    struct dz_view date = dz_xml_attr(a, "date");
    if (author.n > 4096 || date.n > 100)
        return;
    DZ_AUTO_FREE char *line = dz_asprintf("%.*s; %.*s", (int)author.n, author.p ? author.p : "",
                                          (int)date.n, date.p ? date.p : "");
    dz_work_meta(d->o->w, "office.Comment", dz_view_of(line));
}

static void
on_change(struct docx *d, const char *name)
{
    if (strcmp(name, "ins") == 0 || strcmp(name, "moveTo") == 0)
        d->n_inserted++;
    if (strcmp(name, "del") == 0 || strcmp(name, "moveFrom") == 0) {
        d->n_deleted++;
        d->deleted++;
    }
}

static void
on_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct docx *d = ctx;
    if (d->skip > 0 || is_any(name, skipped)) {
        d->skip++;
        return;
    }
    if (d->properties > 0 || is_any(name, property_lists)) {
        d->properties++;
        on_properties(d, name, a);
        /* A link on a slide is a property of its run. */
        if (strcmp(name, "hlinkClick") == 0)
            on_hyperlink(d, a);
        return;
    }
    if (strcmp(name, "r") == 0)
        d->hidden = false;
    else if (strcmp(name, "t") == 0)
        d->text++;
    else if (strcmp(name, "delText") == 0)
        d->in_deleted_text = true;
    else if (on_sign(d, name, a))
        return;
    else if (strcmp(name, "txbxContent") == 0) {
        begin_words(d);
        dz_boxes_start(&d->boxes, &d->para);
    } else if (strcmp(name, "tc") == 0)
        dz_para_cell_start(&d->para);
    else if (strcmp(name, "hyperlink") == 0)
        on_hyperlink(d, a);
    else if (strcmp(name, "comment") == 0)
        on_comment(d, a);
    else if (strcmp(name, "altChunk") == 0)
        on_chunk(d, a);
    else
        on_change(d, name);
}

static void
on_end(void *ctx, const char *name)
{
    struct docx *d = ctx;
    if (d->skip > 0) {
        d->skip--;
        return;
    }
    if (d->properties > 0) {
        if (--d->properties == 0 && strcmp(name, "pPr") == 0)
            dz_docx_lists_number(&d->lists, &d->item, &d->number);
        return;
    }
    if (strcmp(name, "t") == 0) {
        d->text -= d->text > 0;
    } else if (strcmp(name, "delText") == 0) {
        d->in_deleted_text = false;
    } else if (strcmp(name, "checkBox") == 0) {
        d->in_box = false;
        add_sign(d, d->ticked ? DZ_VIEW("\xe2\x98\x92") : DZ_VIEW("\xe2\x98\x90"));
    } else if (strcmp(name, "p") == 0) {
        end_paragraph(d);
    } else if (strcmp(name, "txbxContent") == 0) {
        dz_boxes_end(&d->boxes, &d->para);
    } else if (strcmp(name, "tc") == 0) {
        dz_para_cell_end(&d->para);
    } else if (strcmp(name, "tr") == 0) {
        dz_para_row_end(&d->para);
        dz_boxes_say(&d->boxes, &d->para);
    } else if (strcmp(name, "del") == 0 || strcmp(name, "moveFrom") == 0) {
        d->deleted -= d->deleted > 0;
    }
}

static uint64_t
count_chars(struct dz_view text)
{
    uint64_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((uint8_t)text.p[i] & 0xc0u) != 0x80u;
    return n;
}

static void
on_text(void *ctx, struct dz_view text)
{
    struct docx *d = ctx;
    if (d->skip > 0 || d->properties > 0)
        return;
    if (d->in_deleted_text || (d->text > 0 && d->deleted > 0)) {
        d->deleted_chars += count_chars(text);
    } else if (d->text > 0 && d->hidden) {
        d->hidden_chars += count_chars(text);
    } else if (d->text > 0) {
        begin_words(d);
        dz_para_add(&d->para, text);
    }
}

static void
docx_done(struct docx *d)
{
    dz_buf_done(&d->headings);
    dz_buf_done(&d->style);
    dz_buf_done(&d->item.style);
    dz_buf_done(&d->number);
    dz_docx_lists_done(&d->lists);
    dz_boxes_done(&d->boxes);
    dz_para_done(&d->para);
}

static const struct dz_xml_events events = {.start = on_start, .end = on_end, .text = on_text};

static void
read_member(struct docx *d, const char *member)
{
    DZ_AUTO_RELS struct dz_rels rels = {0};
    dz_rels_load(&rels, d->o, member);
    d->rels = &rels;
    dz_office_xmls(d->o, member, &events, d);
    /* A member that is cut off leaves elements open. */
    dz_boxes_close(&d->boxes, &d->para);
    dz_buf_reset(&d->number);
    dz_para_end(&d->para);
    dz_para_flush(&d->para);
    d->skip = d->text = d->deleted = d->properties = d->para.cells = 0;
    dz_boxes_say(&d->boxes, &d->para);
    d->in_deleted_text = d->hidden = d->in_box = false;
    d->rels = NULL;
}

/* Every member of a kind: headers, footers, notes, comments, charts. kind NULL: no place. */
static void
read_all(struct docx *d, const struct dz_types *t, const char *ending, const char *kind,
         const char *label)
{
    for (size_t i = 0; i < t->n && !dz_office_stopped(d->o); i++) {
        size_t n = strlen(ending);
        size_t have = strlen(t->list[i].type);
        if (have < n || strcmp(t->list[i].type + have - n, ending) != 0)
            continue;
        if (kind != NULL)
            dz_work_locator(d->o->w, kind, label);
        read_member(d, t->list[i].member);
    }
}

/* Most hold pictures and no words: those with words are one section. */
static void
read_kind_of_drawing(struct docx *d, const struct dz_types *t, const char *ending,
                     const char *label)
{
    DZ_AUTO_BUF struct dz_buf lines = DZ_BUF(DRAWINGS_MAX);
    d->para.aside = &lines;
    read_all(d, t, ending, NULL, NULL);
    d->para.aside = NULL;
    if (lines.failed && d->o->limit == NULL)
        d->o->limit = "too_large";
    if (lines.n == 0)
        return;
    dz_work_locator(d->o->w, "section", label);
    dz_office_text(d->o, dz_buf_view(&lines));
}

static void
read_drawings(struct docx *d, const struct dz_types *t)
{
    read_kind_of_drawing(d, t, "officedocument.drawing+xml", "drawings");
    read_kind_of_drawing(d, t, "drawingml.chart+xml", "charts");
    read_kind_of_drawing(d, t, "drawingml.diagramData+xml", "diagrams");
}

void
dz_drawings_read(struct dz_office *o, const struct dz_types *t)
{
    struct docx d = {.o = o, .para = {.o = o}};
    read_drawings(&d, t);
    docx_done(&d);
}

static void
say_count(struct docx *d, const char *key, uint64_t n)
{
    if (n == 0)
        return;
    DZ_AUTO_FREE char *number = dz_asprintf("%llu", (unsigned long long)n);
    dz_work_meta(d->o->w, key, dz_view_of(number));
}

void
dz_docx_read(struct dz_office *o, const struct dz_types *t, const char *member)
{
    static const struct dz_xml_events style_events = {.start = on_style};
    struct docx d = {.o = o, .para = {.o = o}, .headings = DZ_BUF(1u << 20)};
    d.item.style.max = DZ_DOCX_STYLE_BYTES;
    d.number.max = DZ_LIST_NUMBER_BYTES;
    const char *styles = dz_types_find(t, "wordprocessingml.styles+xml");
    if (styles != NULL)
        dz_office_xmls(o, styles, &style_events, &d);
    const char *numbering = dz_types_find(t, "wordprocessingml.numbering+xml");
    if (numbering != NULL)
        dz_docx_lists_load(&d.lists, o, numbering);
    read_member(&d, member);
    read_all(&d, t, "wordprocessingml.footnotes+xml", "section", "footnotes");
    read_all(&d, t, "wordprocessingml.endnotes+xml", "section", "endnotes");
    read_all(&d, t, "wordprocessingml.comments+xml", "section", "comments");
    read_drawings(&d, t);
    read_all(&d, t, "wordprocessingml.header+xml", "aside", "header");
    read_all(&d, t, "wordprocessingml.footer+xml", "aside", "footer");
    say_count(&d, "office.Insertions", d.n_inserted);
    say_count(&d, "office.Deletions", d.n_deleted);
    say_count(&d, "office.DeletedCharacters", d.deleted_chars);
    say_count(&d, "office.HiddenCharacters", d.hidden_chars);
    docx_done(&d);
}

/* ---- slides ---- */

#define SLIDES_MAX 10000

struct slides {
    struct dz_rels *rels;
    char **list; /* members in the order of the show */
    size_t n;
    size_t cap;
};

static void
on_slide(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct slides *s = ctx;
    if (strcmp(name, "sldId") != 0 || s->n >= SLIDES_MAX)
        return;
    /* Two attributes are called "id"; the relation's is the one that is found among relations. */
    for (size_t i = 0; i < s->rels->n; i++) {
        const struct dz_rel *rel = &s->rels->list[i];
        if (strcmp(rel->type, "slide") == 0 && dz_xml_attr_any(a, "id", rel->id)) {
            s->list = dz_grow(s->list, &s->cap, s->n + 1, sizeof *s->list);
            s->list[s->n++] = dz_strdup(rel->target);
            return;
        }
    }
}

static void
read_notes(struct docx *d, const char *slide)
{
    DZ_AUTO_RELS struct dz_rels rels = {0};
    dz_rels_load(&rels, d->o, slide);
    for (size_t i = 0; i < rels.n; i++) {
        if (strcmp(rels.list[i].type, "notesSlide") == 0)
            read_member(d, rels.list[i].target);
    }
}

void
dz_slides_read(struct dz_office *o, const struct dz_types *t, const char *member)
{
    static const struct dz_xml_events list_events = {.start = on_slide};
    DZ_AUTO_RELS struct dz_rels rels = {0};
    dz_rels_load(&rels, o, member);
    struct slides s = {.rels = &rels};
    dz_office_xmls(o, member, &list_events, &s);
    struct docx d = {.o = o, .para = {.o = o}};
    for (size_t i = 0; i < s.n && !dz_office_stopped(o); i++) {
        dz_work_locatorf(o->w, "slide", "%zu", i + 1);
        read_member(&d, s.list[i]);
        read_notes(&d, s.list[i]);
    }
    for (size_t i = 0; i < s.n; i++)
        dz_free(s.list[i]);
    dz_free(s.list);
    read_drawings(&d, t);
    docx_done(&d);
}
