#include "dz_odf_lists.h"

#include <string.h>

#include "dz_mem.h"
#include "dz_office.h"

#define STYLES_MAX 4000
#define RUNS_MAX 20000
#define NAME_BYTES 250
#define PATTERN_BYTES 200
#define NONE SIZE_MAX

static char *
dup_name(struct dz_view v)
{
    return v.n > 0 && v.n <= NAME_BYTES ? dz_strndup(v.p, v.n) : NULL;
}

/* ---- styles ---- */

/* Kinds of other alphabets are given by their first letters: "а, б, .., аа, аб, ... (ru)". Letters go
 * "aa", "ab" unless they are told to go "aa", "bb". */
static void
set_kind(struct dz_list_level *level, struct dz_view format)
{
    static const struct {
        const char *format;
        enum dz_number_kind kind;
    } kinds[] = {{"", DZ_NUMBER_NONE},  {"01", DZ_NUMBER_ZERO},        {"a", DZ_NUMBER_LATIN},
                 {"A", DZ_NUMBER_LATIN_UPPER}, {"i", DZ_NUMBER_ROMAN}, {"I", DZ_NUMBER_ROMAN_UPPER}};
    level->kind = DZ_NUMBER_DECIMAL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (dz_view_is(format, kinds[i].format))
            level->kind = kinds[i].kind;
    }
    if (!dz_view_starts(format, "а, б") && !dz_view_starts(format, "А, Б"))
        return;
    bool is_small = dz_view_starts(format, "а");
    if (format.n > 4 && dz_view_is((struct dz_view){format.p + format.n - 4, 4}, "(ru)"))
        level->kind = is_small ? DZ_NUMBER_RUSSIAN : DZ_NUMBER_RUSSIAN_UPPER;
    DZ_AUTO_FREE char *text = dz_strndup(format.p, format.n);
    level->repeats = strstr(text, "аб") == NULL && strstr(text, "Аб") == NULL;
}

static void
put_digits(struct dz_buf *pattern, unsigned from, unsigned to)
{
    for (unsigned i = from; i <= to && i <= 9; i++)
        dz_buf_addf(pattern, i > from ? ".%%%u" : "%%%u", i);
}

/* LibreOffice's own form says where each number stands: "%1%.%2%)". */
static void
put_format(struct dz_buf *pattern, struct dz_view format)
{
    for (size_t i = 0; i < format.n; i++) {
        bool is_number = format.p[i] == '%' && i + 2 < format.n && format.p[i + 1] >= '1' &&
                         format.p[i + 1] <= '9' && format.p[i + 2] == '%';
        dz_buf_addc(pattern, format.p[i]);
        if (is_number) {
            dz_buf_addc(pattern, format.p[i + 1]);
            i += 2;
        }
    }
}

static void
set_number(struct dz_list_level *level, unsigned ix, const struct dz_xml_attrs *a)
{
    DZ_AUTO_BUF struct dz_buf pattern = DZ_BUF(PATTERN_BYTES);
    struct dz_view format = dz_xml_attr(a, "num-list-format");
    set_kind(level, dz_xml_attr(a, "num-format"));
    if (dz_xml_attr_is(a, "num-letter-sync", "true"))
        level->repeats = true;
    level->start = (uint32_t)(dz_office_number(dz_xml_attr(a, "start-value"), 1) & 0x7fffffff);
    if (level->kind == DZ_NUMBER_NONE)
        return;
    if (format.n > 0) {
        put_format(&pattern, format);
    } else {
        uint64_t shown = dz_office_number(dz_xml_attr(a, "display-levels"), 1);
        dz_buf_addv(&pattern, dz_xml_attr(a, "num-prefix"));
        put_digits(&pattern, shown > 0 && shown <= ix ? ix + 1 - (unsigned)shown : 1, ix);
        dz_buf_addv(&pattern, dz_xml_attr(a, "num-suffix"));
    }
    level->pattern = pattern.failed ? NULL : dz_buf_take(&pattern);
}

static void
set_level(struct dz_list *list, const char *name, const struct dz_xml_attrs *a)
{
    uint64_t ix = dz_office_number(dz_xml_attr(a, "level"), 0);
    if (ix < 1 || ix > DZ_LIST_LEVELS || list->levels[ix - 1].known)
        return;
    struct dz_list_level *level = &list->levels[ix - 1];
    struct dz_view sign = dz_xml_attr(a, "bullet-char");
    level->known = true;
    if (strcmp(name, "list-level-style-bullet") == 0) {
        level->kind = DZ_NUMBER_BULLET;
        level->pattern = sign.n <= 16 ? dup_name(sign) : NULL;
    } else if (strcmp(name, "list-level-style-image") != 0) {
        set_number(level, (unsigned)ix, a);
    }
}

bool
dz_odf_lists_style(struct dz_odf_lists *l, const char *name, const struct dz_xml_attrs *a)
{
    if (strcmp(name, "list-style") == 0) {
        l->reading = l->n_styles < STYLES_MAX;
        if (!l->reading)
            return true;
        l->styles = dz_grow(l->styles, &l->cap_styles, l->n_styles + 1, sizeof *l->styles);
        struct dz_odf_list_style *style = &l->styles[l->n_styles++];
        style->name = dup_name(dz_xml_attr(a, "name"));
        dz_list_init(&style->list);
    } else if (strncmp(name, "list-level-style-", 17) == 0) {
        if (l->reading)
            set_level(&l->styles[l->n_styles - 1].list, name, a);
    } else if (strcmp(name, "outline-style") == 0) {
        if (!l->has_outline)
            dz_list_init(&l->outline);
        l->has_outline = true;
    } else if (strcmp(name, "outline-level-style") == 0) {
        if (l->has_outline)
            set_level(&l->outline, name, a);
    } else {
        return false;
    }
    return true;
}

/* Styles of the text itself were read last and hide those of the same name. */
static size_t
find_style(const struct dz_odf_lists *l, struct dz_view name)
{
    for (size_t i = l->n_styles; name.n > 0 && i-- > 0;) {
        if (l->styles[i].name != NULL && dz_view_is(name, l->styles[i].name))
            return i;
    }
    return NONE;
}

/* ---- lists ---- */

static void
push(struct dz_odf_lists *l, struct dz_odf_list_frame frame)
{
    if (l->n_frames == DZ_ODF_LISTS_DEEP)
        l->n_beyond++;
    else
        l->frames[l->n_frames++] = frame;
}

static void
pop(struct dz_odf_lists *l)
{
    if (l->n_beyond > 0)
        l->n_beyond--;
    else
        l->n_frames -= l->n_frames > 0;
}

/* The innermost list around, and how many there are. */
static const struct dz_odf_list_frame *
list_around(const struct dz_odf_lists *l, unsigned *ret_n)
{
    const struct dz_odf_list_frame *found = NULL;
    *ret_n = 0;
    for (size_t i = l->n_frames; i-- > 0 && l->frames[i].kind != DZ_ODF_FRAME_BASE;) {
        if (l->frames[i].kind != DZ_ODF_FRAME_LIST)
            continue;
        if (found == NULL)
            found = &l->frames[i];
        ++*ret_n;
    }
    return found;
}

/* A list that goes on with another, or one of its own. */
static size_t
find_run(struct dz_odf_lists *l, size_t style, const struct dz_xml_attrs *a)
{
    struct dz_view other = dz_xml_attr(a, "continue-list");
    bool same = dz_xml_attr_is(a, "continue-numbering", "true");
    size_t found = NONE;
    for (size_t i = l->n_runs; (other.n > 0 || same) && found == NONE && i-- > 0;) {
        const struct dz_odf_list_run *run = &l->runs[i];
        bool is_it = other.n > 0 ? run->id != NULL && dz_view_is(other, run->id)
                                 : run->style == style;
        found = is_it ? i : NONE;
    }
    if (found == NONE && l->n_runs < RUNS_MAX) {
        l->runs = dz_grow(l->runs, &l->cap_runs, l->n_runs + 1, sizeof *l->runs);
        l->runs[l->n_runs] = (struct dz_odf_list_run){.style = style};
        found = l->n_runs++;
    }
    /* What goes on with a list that went on is told by either name. */
    struct dz_view id = dz_xml_attr(a, "id");
    if (found != NONE && l->runs[found].id == NULL)
        l->runs[found].id = dup_name(id);
    return found;
}

static void
begin_list(struct dz_odf_lists *l, const struct dz_xml_attrs *a)
{
    unsigned n;
    const struct dz_odf_list_frame *around = list_around(l, &n);
    struct dz_odf_list_frame frame = {.kind = DZ_ODF_FRAME_LIST};
    frame.style = find_style(l, dz_xml_attr(a, "style-name"));
    if (frame.style == NONE && around != NULL)
        frame.style = around->style;
    frame.run = around != NULL ? around->run : find_run(l, frame.style, a);
    push(l, frame);
}

bool
dz_odf_lists_start(struct dz_odf_lists *l, const char *name, const struct dz_xml_attrs *a)
{
    if (strcmp(name, "list") == 0) {
        begin_list(l, a);
    } else if (strcmp(name, "list-item") == 0) {
        struct dz_view start = dz_xml_attr(a, "start-value");
        push(l, (struct dz_odf_list_frame){
                    .kind = DZ_ODF_FRAME_ITEM,
                    .waits = true,
                    .starts = start.n > 0,
                    .start = (uint32_t)(dz_office_number(start, 1) & 0x7fffffff)});
    } else if (strcmp(name, "list-header") == 0) {
        push(l, (struct dz_odf_list_frame){.kind = DZ_ODF_FRAME_ITEM});
    } else {
        return false;
    }
    return true;
}

bool
dz_odf_lists_end(struct dz_odf_lists *l, const char *name)
{
    if (strcmp(name, "list") != 0 && strcmp(name, "list-item") != 0 &&
        strcmp(name, "list-header") != 0)
        return false;
    pop(l);
    return true;
}

void
dz_odf_lists_enter(struct dz_odf_lists *l)
{
    push(l, (struct dz_odf_list_frame){.kind = DZ_ODF_FRAME_BASE});
}

void
dz_odf_lists_leave(struct dz_odf_lists *l)
{
    pop(l);
}

/* ---- paragraphs ---- */

static void
number_heading(struct dz_odf_lists *l, const struct dz_xml_attrs *a, struct dz_buf *out)
{
    uint64_t level = dz_office_number(dz_xml_attr(a, "outline-level"), 1);
    if (!l->has_outline || level < 1 || level > DZ_LIST_LEVELS ||
        !l->outline.levels[level - 1].known || dz_xml_attr_is(a, "is-list-header", "true"))
        return;
    unsigned ix = (unsigned)level - 1;
    uint64_t start = dz_office_number(dz_xml_attr(a, "start-value"), l->outline.levels[ix].start);
    if (dz_xml_attr_is(a, "restart-numbering", "true"))
        dz_list_set(&l->outline, &l->outline_count, ix, (uint32_t)(start & 0x7fffffff));
    else
        dz_list_next(&l->outline, &l->outline_count, ix);
    dz_list_put(&l->outline, &l->outline_count, ix, out);
}

void
dz_odf_lists_number(struct dz_odf_lists *l, const char *name, const struct dz_xml_attrs *a,
                    bool bullets, struct dz_buf *out)
{
    unsigned n;
    const struct dz_odf_list_frame *list = list_around(l, &n);
    struct dz_odf_list_frame *item = l->n_frames > 0 ? &l->frames[l->n_frames - 1] : NULL;
    if (list == NULL && name[0] == 'h')
        number_heading(l, a, out);
    if (list == NULL || item == NULL || l->n_beyond > 0)
        return;
    if (item->kind != DZ_ODF_FRAME_ITEM || !item->waits)
        return;
    item->waits = false;
    if (list->style == NONE || list->run == NONE || n > DZ_LIST_LEVELS)
        return;
    const struct dz_list *style = &l->styles[list->style].list;
    struct dz_list_count *count = &l->runs[list->run].count;
    if (item->starts)
        dz_list_set(style, count, n - 1, item->start);
    else
        dz_list_next(style, count, n - 1);
    if (bullets || style->levels[n - 1].kind != DZ_NUMBER_BULLET)
        dz_list_put(style, count, n - 1, out);
}

void
dz_odf_lists_done(struct dz_odf_lists *l)
{
    for (size_t i = 0; i < l->n_styles; i++) {
        dz_free(l->styles[i].name);
        dz_list_done(&l->styles[i].list);
    }
    for (size_t i = 0; i < l->n_runs; i++)
        dz_free(l->runs[i].id);
    dz_free(l->styles);
    dz_free(l->runs);
    dz_list_done(&l->outline);
    *l = (struct dz_odf_lists){0};
}
