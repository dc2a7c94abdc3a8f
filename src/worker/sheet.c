#include <string.h>

#include "dz_mem.h"
#include "dz_office.h"
#include "dz_sheet_dates.h"

/* SpreadsheetML (ECMA-376 part 1, 18): sheets by the workbook's order, strings shared among them,
 * and numbers that are dates only by the style of their cell. */

#define STRINGS_MAX ((size_t)96 << 20)
#define SHEETS_MAX 10000
#define COLUMNS_MAX 16384
#define GAP_MAX 50 /* empty cells between two in a row that still stand as tabs */

struct sheet {
    char *name;
    char *member;
    const char *hidden; /* "hidden", "veryHidden", or NULL */
};

struct book {
    struct dz_office *o;
    struct dz_rels rels;
    struct sheet *sheets;
    size_t n_sheets;
    size_t sheets_cap;
    bool date1904;
    struct dz_buf strings; /* shared strings, one after another */
    size_t *starts;        /* of each; the end is the next one's start */
    size_t n_strings;
    size_t strings_cap;
    struct dz_sheet_styles styles;
    /* While strings or a sheet are read. */
    unsigned text;     /* inside a "t" that counts */
    unsigned phonetic; /* inside readings of East Asian words */
    struct dz_buf value;
    struct dz_buf row;
    bool in_value;
    char type[12]; /* of the cell */
    uint64_t style;
    uint64_t row_number;
    uint64_t column;      /* of the cell, from 1 */
    uint64_t last_column; /* of the last cell said in this row; 0: none */
    char first[24];       /* the first cell of the row */
    uint64_t n_hidden_rows;
    uint64_t n_hidden_columns;
};

/* ---- the workbook ---- */

static void
on_book(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct book *b = ctx;
    if (strcmp(name, "workbookPr") == 0)
        b->date1904 = dz_xml_attr_is(a, "date1904", "1") || dz_xml_attr_is(a, "date1904", "true");
    if (strcmp(name, "sheet") != 0 || b->n_sheets >= SHEETS_MAX)
        return;
    const struct dz_rel *rel = dz_rels_find(&b->rels, dz_xml_attr(a, "id"));
    if (rel == NULL || strcmp(rel->type, "worksheet") != 0)
        return;
    b->sheets = dz_grow(b->sheets, &b->sheets_cap, b->n_sheets + 1, sizeof *b->sheets);
    struct sheet *s = &b->sheets[b->n_sheets++];
    struct dz_view title = dz_xml_attr(a, "name");
    s->name = dz_strndup(title.p != NULL ? title.p : "", title.n);
    s->member = dz_strdup(rel->target);
    s->hidden = dz_xml_attr_is(a, "state", "hidden")       ? "hidden"
                : dz_xml_attr_is(a, "state", "veryHidden") ? "veryHidden"
                                                           : NULL;
}

/* ---- shared strings ---- */

static void
on_string_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    (void)a;
    struct book *b = ctx;
    if (strcmp(name, "si") == 0) {
        b->starts = dz_grow(b->starts, &b->strings_cap, b->n_strings + 2, sizeof *b->starts);
        b->starts[b->n_strings++] = b->strings.n;
    } else if (strcmp(name, "rPh") == 0) {
        b->phonetic++;
    } else if (strcmp(name, "t") == 0) {
        b->text++;
    }
}

static void
on_string_end(void *ctx, const char *name)
{
    struct book *b = ctx;
    if (strcmp(name, "rPh") == 0)
        b->phonetic -= b->phonetic > 0;
    else if (strcmp(name, "t") == 0)
        b->text -= b->text > 0;
}

static void
on_string_text(void *ctx, struct dz_view text)
{
    struct book *b = ctx;
    if (b->text > 0 && b->phonetic == 0 && b->n_strings > 0)
        dz_buf_addv(&b->strings, text);
    if (b->strings.failed && b->o->limit == NULL)
        b->o->limit = "too_large";
}

static struct dz_view
shared_string(const struct book *b, uint64_t ix)
{
    /* Where all of them are empty there are no bytes to point into. */
    if (ix >= b->n_strings || b->strings.n == 0)
        return (struct dz_view){0};
    size_t end = ix + 1 < b->n_strings ? b->starts[ix + 1] : b->strings.n;
    return (struct dz_view){.p = b->strings.p + b->starts[ix], .n = end - b->starts[ix]};
}

/* ---- one sheet ---- */

/* Letters and number of "B12"; what is missing counts on from the cell before. */
static void
take_place(struct book *b, struct dz_view place)
{
    uint64_t column = 0;
    size_t i = 0;
    while (i < place.n && i < 3 && place.p[i] >= 'A' && place.p[i] <= 'Z')
        column = column * 26 + (uint64_t)(place.p[i++] - 'A' + 1);
    b->column = column > 0 ? column : b->column + 1;
}

static void
say_place(struct book *b)
{
    char letters[8];
    size_t n = 0;
    for (uint64_t c = b->column; c > 0 && n < sizeof letters; c = (c - 1) / 26)
        letters[n++] = (char)('A' + (char)((c - 1) % 26));
    struct dz_buf place = DZ_BUF(sizeof b->first - 1);
    while (n > 0)
        dz_buf_addc(&place, letters[--n]);
    dz_buf_addf(&place, "%llu", (unsigned long long)b->row_number);
    memcpy(b->first, place.p, place.n + 1);
    dz_buf_done(&place);
}

static void
say_value(struct book *b, struct dz_view value)
{
    if (value.n == 0)
        return;
    if (b->last_column == 0)
        say_place(b);
    uint64_t gap = b->column > b->last_column ? b->column - b->last_column : 1;
    if (b->last_column > 0) {
        for (uint64_t i = 0; i < (gap <= GAP_MAX ? gap : 1); i++)
            dz_buf_addc(&b->row, '\t');
    }
    b->last_column = b->column;
    /* A row is one line of text, so line breaks inside a cell become spaces. */
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        dz_buf_addc(&b->row, c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
    }
}

static void
end_cell(struct book *b)
{
    struct dz_view raw = dz_buf_view(&b->value);
    char shown[DZ_SHEET_NUMBER_MAX];
    bool is_number = b->type[0] == '\0' || strcmp(b->type, "n") == 0;
    if (strcmp(b->type, "s") == 0)
        say_value(b, shared_string(b, dz_office_number(dz_view_trim(raw), UINT64_MAX)));
    else if (strcmp(b->type, "b") == 0)
        say_value(b, dz_view_is(raw, "1") ? DZ_VIEW("TRUE") : DZ_VIEW("FALSE"));
    else if (is_number && (dz_sheet_date(&b->styles, b->style, raw, b->date1904, shown) ||
                           dz_sheet_number(&b->styles, b->style, dz_view_trim(raw), shown)))
        say_value(b, dz_view_of(shown));
    else
        say_value(b, raw);
    dz_buf_reset(&b->value);
}

static void
end_row(struct book *b)
{
    if (b->row.n > 0) {
        dz_work_locator(b->o->w, "cell", b->first);
        dz_buf_addc(&b->row, '\n');
        dz_office_text(b->o, dz_buf_view(&b->row));
    }
    if (b->row.failed && b->o->limit == NULL)
        b->o->limit = "too_large";
    dz_buf_reset(&b->row);
    b->last_column = 0;
}

static bool
is_hidden(const struct dz_xml_attrs *a)
{
    return dz_xml_attr_is(a, "hidden", "1") || dz_xml_attr_is(a, "hidden", "true");
}

static void
on_cell_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct book *b = ctx;
    if (strcmp(name, "row") == 0) {
        b->row_number = dz_office_number(dz_xml_attr(a, "r"), b->row_number + 1);
        b->column = 0;
        b->n_hidden_rows += is_hidden(a);
    } else if (strcmp(name, "col") == 0 && is_hidden(a)) {
        uint64_t from = dz_office_number(dz_xml_attr(a, "min"), 1);
        uint64_t to = dz_office_number(dz_xml_attr(a, "max"), from);
        b->n_hidden_columns += to >= from && to <= COLUMNS_MAX ? to - from + 1 : 1;
    } else if (strcmp(name, "c") == 0) {
        struct dz_view type = dz_xml_attr(a, "t");
        size_t n = type.n < sizeof b->type - 1 ? type.n : 0;
        memcpy(b->type, n > 0 ? type.p : "", n);
        b->type[n] = '\0';
        b->style = dz_office_number(dz_xml_attr(a, "s"), 0);
        take_place(b, dz_xml_attr(a, "r"));
        dz_buf_reset(&b->value);
    } else if (strcmp(name, "rPh") == 0) {
        b->phonetic++;
    } else if (strcmp(name, "v") == 0 || (strcmp(name, "t") == 0 && b->phonetic == 0)) {
        b->in_value = true;
    }
}

static void
on_cell_end(void *ctx, const char *name)
{
    struct book *b = ctx;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        b->in_value = false;
    else if (strcmp(name, "rPh") == 0)
        b->phonetic -= b->phonetic > 0;
    else if (strcmp(name, "c") == 0)
        end_cell(b);
    else if (strcmp(name, "row") == 0)
        end_row(b);
}

static void
on_cell_text(void *ctx, struct dz_view text)
{
    struct book *b = ctx;
    if (b->in_value)
        dz_buf_addv(&b->value, text);
}

/* What people do not see without looking for it is read, and said to be there. */
static void
say_hidden(struct book *b, const char *key, const struct sheet *s, uint64_t n)
{
    if (n == 0)
        return;
    DZ_AUTO_FREE char *line = dz_asprintf("%s: %llu", s->name, (unsigned long long)n);
    dz_work_meta(b->o->w, key, dz_view_of(line));
}

static void
read_sheet(struct book *b, const struct sheet *s)
{
    static const struct dz_xml_events events = {
        .start = on_cell_start, .end = on_cell_end, .text = on_cell_text};
    b->row_number = 0;
    b->n_hidden_rows = b->n_hidden_columns = 0;
    b->phonetic = 0;
    b->in_value = false;
    dz_work_locator(b->o->w, "sheet", s->name);
    if (s->hidden != NULL) {
        DZ_AUTO_FREE char *line = dz_asprintf("%s: %s", s->name, s->hidden);
        dz_work_meta(b->o->w, "office.HiddenSheet", dz_view_of(line));
    }
    dz_office_xmls(b->o, s->member, &events, b);
    end_row(b); /* of a sheet that was cut off */
    say_hidden(b, "office.HiddenRows", s, b->n_hidden_rows);
    say_hidden(b, "office.HiddenColumns", s, b->n_hidden_columns);
}

/* ---- comments ---- */

static void
on_comment_text(void *ctx, struct dz_view text)
{
    struct book *b = ctx;
    if (b->in_value)
        dz_buf_addv(&b->row, text);
}

static void
on_comment_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct book *b = ctx;
    if (strcmp(name, "comment") == 0) {
        struct dz_view place = dz_xml_attr(a, "ref");
        size_t n = place.n < sizeof b->first - 1 ? place.n : 0;
        memcpy(b->first, n > 0 ? place.p : "", n);
        b->first[n] = '\0';
    }
    b->in_value = strcmp(name, "t") == 0;
}

static void
on_comment_end(void *ctx, const char *name)
{
    struct book *b = ctx;
    b->in_value = false;
    if (strcmp(name, "comment") == 0)
        end_row(b);
}

static void
read_comments(struct book *b, const struct dz_types *t)
{
    static const struct dz_xml_events events = {
        .start = on_comment_start, .end = on_comment_end, .text = on_comment_text};
    bool begun = false;
    for (size_t i = 0; i < t->n && !dz_office_stopped(b->o); i++) {
        if (strstr(t->list[i].type, "spreadsheetml.comments+xml") == NULL)
            continue;
        if (!begun)
            dz_work_locator(b->o->w, "section", "comments");
        begun = true;
        dz_office_xmls(b->o, t->list[i].member, &events, b);
        end_row(b);
    }
}

static const char *
member_by_rel(const struct book *b, const char *type)
{
    for (size_t i = 0; i < b->rels.n; i++) {
        if (strcmp(b->rels.list[i].type, type) == 0)
            return b->rels.list[i].target;
    }
    return NULL;
}

static void
done(struct book *b)
{
    for (size_t i = 0; i < b->n_sheets; i++) {
        dz_free(b->sheets[i].name);
        dz_free(b->sheets[i].member);
    }
    dz_free(b->sheets);
    dz_free(b->starts);
    dz_buf_done(&b->strings);
    dz_buf_done(&b->value);
    dz_buf_done(&b->row);
    dz_rels_done(&b->rels);
    dz_sheet_styles_done(&b->styles);
}

void
dz_sheet_read(struct dz_office *o, const struct dz_types *t, const char *member)
{
    static const struct dz_xml_events book_events = {.start = on_book};
    static const struct dz_xml_events string_events = {
        .start = on_string_start, .end = on_string_end, .text = on_string_text};
    struct book b = {.o = o, .strings = DZ_BUF(STRINGS_MAX)};
    dz_rels_load(&b.rels, o, member);
    dz_office_xmls(o, member, &book_events, &b);
    const char *strings = member_by_rel(&b, "sharedStrings");
    const char *styles = member_by_rel(&b, "styles");
    if (strings != NULL)
        dz_office_xmls(o, strings, &string_events, &b);
    if (styles != NULL)
        dz_sheet_styles_load(&b.styles, o, styles);
    for (size_t i = 0; i < b.n_sheets && !dz_office_stopped(o); i++)
        read_sheet(&b, &b.sheets[i]);
    read_comments(&b, t);
    dz_drawings_read(o, t);
    done(&b);
}
