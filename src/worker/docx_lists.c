#include "dz_docx_lists.h"

#include <string.h>

#include "dz_mem.h"

#define ABSTRACTS_MAX 2000
#define NUMS_MAX 20000
#define STYLES_MAX 4000
#define BASED_MAX 20    /* styles based on styles */
#define PATTERN_BYTES 200
#define NONE UINT64_MAX

static char *
dup_id(struct dz_view v)
{
    return v.n > 0 && v.n <= DZ_DOCX_STYLE_BYTES ? dz_strndup(v.p, v.n) : NULL;
}

static void
set_string(char **slot, struct dz_view v, size_t max)
{
    dz_free(*slot);
    *slot = v.n > 0 && v.n <= max ? dz_strndup(v.p, v.n) : NULL;
}

static bool
is_on(struct dz_view value)
{
    return !dz_view_is(value, "0") && !dz_view_is(value, "false") && !dz_view_is(value, "off");
}

/* ---- numbering.xml ---- */

static enum dz_number_kind
kind_of(struct dz_view format)
{
    static const struct {
        const char *name;
        enum dz_number_kind kind;
    } kinds[] = {
        {"decimalZero", DZ_NUMBER_ZERO},          {"lowerLetter", DZ_NUMBER_LATIN},
        {"upperLetter", DZ_NUMBER_LATIN_UPPER},   {"lowerRoman", DZ_NUMBER_ROMAN},
        {"upperRoman", DZ_NUMBER_ROMAN_UPPER},    {"russianLower", DZ_NUMBER_RUSSIAN},
        {"russianUpper", DZ_NUMBER_RUSSIAN_UPPER}, {"bullet", DZ_NUMBER_BULLET},
        {"none", DZ_NUMBER_NONE}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (dz_view_is(format, kinds[i].name))
            return kinds[i].kind;
    }
    return DZ_NUMBER_DECIMAL;
}

static void
begin_abstract(struct dz_docx_lists *l, const struct dz_xml_attrs *a)
{
    l->reading = NULL;
    if (l->n_abstracts == ABSTRACTS_MAX)
        return;
    l->abstracts =
        dz_grow(l->abstracts, &l->cap_abstracts, l->n_abstracts + 1, sizeof *l->abstracts);
    struct dz_docx_abstract *one = &l->abstracts[l->n_abstracts++];
    *one = (struct dz_docx_abstract){.id = dz_office_number(dz_xml_attr(a, "abstractNumId"), NONE)};
    dz_list_init(&one->list);
    l->reading = &one->list;
}

static void
begin_num(struct dz_docx_lists *l, const struct dz_xml_attrs *a)
{
    l->reading = NULL;
    if (l->n_nums == NUMS_MAX)
        return;
    l->nums = dz_grow(l->nums, &l->cap_nums, l->n_nums + 1, sizeof *l->nums);
    l->nums[l->n_nums++] = (struct dz_docx_num){
        .id = dz_office_number(dz_xml_attr(a, "numId"), NONE), .abstract = NONE};
}

static struct dz_docx_abstract *
find_abstract(struct dz_docx_lists *l, uint64_t id)
{
    for (size_t i = 0; id != NONE && i < l->n_abstracts; i++) {
        if (l->abstracts[i].id == id)
            return &l->abstracts[i];
    }
    return NULL;
}

/* A level inside an override takes the place of the abstract one. */
static void
begin_own_level(struct dz_docx_lists *l)
{
    struct dz_docx_num *num = &l->nums[l->n_nums - 1];
    const struct dz_docx_abstract *abstract = find_abstract(l, num->abstract);
    if (num->own == NULL) {
        num->own = dz_alloc(sizeof *num->own);
        if (abstract != NULL)
            dz_list_copy(num->own, &abstract->list);
        else
            dz_list_init(num->own);
    }
    l->reading = num->own;
}

static void
begin_level(struct dz_docx_lists *l, const struct dz_xml_attrs *a)
{
    uint64_t ix = dz_office_number(dz_xml_attr(a, "ilvl"), NONE);
    if (l->in_override && l->n_nums > 0)
        begin_own_level(l);
    l->level = l->reading != NULL && ix < DZ_LIST_LEVELS ? &l->reading->levels[ix] : NULL;
    if (l->level != NULL) {
        l->level->known = l->level->repeats = true;
        l->level->start = 0; /* Word's own value where a level says none */
    }
}

static void
on_level(struct dz_list_level *level, const char *name, struct dz_view value)
{
    if (strcmp(name, "start") == 0)
        level->start = (uint32_t)(dz_office_number(value, 1) & 0x7fffffff);
    else if (strcmp(name, "numFmt") == 0)
        level->kind = kind_of(value);
    else if (strcmp(name, "lvlText") == 0)
        set_string(&level->pattern, value, PATTERN_BYTES);
    else if (strcmp(name, "suff") == 0)
        level->tight = dz_view_is(value, "nothing");
    else if (strcmp(name, "isLgl") == 0)
        level->legal = is_on(value);
    else if (strcmp(name, "pStyle") == 0)
        set_string(&level->style, value, DZ_DOCX_STYLE_BYTES);
    else if (strcmp(name, "lvlRestart") == 0) {
        level->restart = (unsigned)(dz_office_number(value, 0) % DZ_LIST_LEVELS);
        level->restarts = level->restart != 0;
    }
}

static void
on_num(struct dz_docx_lists *l, const char *name, const struct dz_xml_attrs *a)
{
    struct dz_docx_num *num = &l->nums[l->n_nums - 1];
    uint64_t value = dz_office_number(dz_xml_attr(a, "val"), NONE);
    if (strcmp(name, "abstractNumId") == 0) {
        num->abstract = value;
    } else if (strcmp(name, "lvlOverride") == 0) {
        l->in_override = true;
        l->overridden = dz_office_number(dz_xml_attr(a, "ilvl"), NONE);
    } else if (strcmp(name, "startOverride") == 0 && value <= 0x7fffffff &&
               l->overridden < DZ_LIST_LEVELS) {
        num->start[l->overridden] = (uint32_t)value;
        num->starts[l->overridden] = true;
    }
}

static void
on_start(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct dz_docx_lists *l = ctx;
    struct dz_view value = dz_xml_attr(a, "val");
    if (strcmp(name, "abstractNum") == 0)
        begin_abstract(l, a);
    else if (strcmp(name, "num") == 0)
        begin_num(l, a);
    else if (strcmp(name, "lvl") == 0)
        begin_level(l, a);
    else if (l->level != NULL)
        on_level(l->level, name, value);
    else if (l->reading != NULL && strcmp(name, "numStyleLink") == 0)
        set_string(&l->abstracts[l->n_abstracts - 1].link, value, DZ_DOCX_STYLE_BYTES);
    else if (l->reading != NULL && strcmp(name, "styleLink") == 0)
        set_string(&l->abstracts[l->n_abstracts - 1].linked, value, DZ_DOCX_STYLE_BYTES);
    else if (l->reading == NULL && l->n_nums > 0)
        on_num(l, name, a);
}

static void
on_end(void *ctx, const char *name)
{
    struct dz_docx_lists *l = ctx;
    if (strcmp(name, "lvl") == 0) {
        l->level = NULL;
        if (l->in_override)
            l->reading = NULL;
    } else if (strcmp(name, "lvlOverride") == 0) {
        l->in_override = false;
    } else if (strcmp(name, "abstractNum") == 0) {
        l->reading = NULL;
    }
}

void
dz_docx_lists_load(struct dz_docx_lists *l, struct dz_office *o, const char *member)
{
    static const struct dz_xml_events events = {.start = on_start, .end = on_end};
    dz_office_xmls(o, member, &events, l);
    l->reading = NULL;
    l->level = NULL;
}

/* ---- styles ---- */

void
dz_docx_lists_style(struct dz_docx_lists *l, const char *name, const struct dz_xml_attrs *a)
{
    if (strcmp(name, "style") == 0 && l->n_styles < STYLES_MAX) {
        l->styles = dz_grow(l->styles, &l->cap_styles, l->n_styles + 1, sizeof *l->styles);
        l->styles[l->n_styles++] = (struct dz_docx_style){.id = dup_id(dz_xml_attr(a, "styleId"))};
        return;
    }
    if (l->n_styles == 0)
        return;
    struct dz_docx_style *style = &l->styles[l->n_styles - 1];
    if (strcmp(name, "basedOn") == 0) {
        set_string(&style->based_on, dz_xml_attr(a, "val"), DZ_DOCX_STYLE_BYTES);
    } else if (strcmp(name, "numId") == 0) {
        style->num = dz_office_number(dz_xml_attr(a, "val"), 0);
        style->has_num = true;
    } else if (strcmp(name, "ilvl") == 0) {
        style->level = dz_office_number(dz_xml_attr(a, "val"), 0);
    }
}

static const struct dz_docx_style *
find_style(const struct dz_docx_lists *l, struct dz_view id)
{
    for (size_t i = 0; id.n > 0 && i < l->n_styles; i++) {
        if (l->styles[i].id != NULL && dz_view_is(id, l->styles[i].id))
            return &l->styles[i];
    }
    return NULL;
}

/* The style that numbers, from this one down to what it is based on. */
static const struct dz_docx_style *
numbering_style(const struct dz_docx_lists *l, struct dz_view id)
{
    const struct dz_docx_style *style = find_style(l, id);
    for (unsigned i = 0; style != NULL && !style->has_num && i < BASED_MAX; i++)
        style = style->based_on != NULL ? find_style(l, dz_view_of(style->based_on)) : NULL;
    return style != NULL && style->has_num ? style : NULL;
}

/* ---- paragraphs ---- */

static struct dz_docx_num *
find_num(const struct dz_docx_lists *l, uint64_t id)
{
    for (size_t i = 0; i < l->n_nums; i++) {
        if (l->nums[i].id == id)
            return &l->nums[i];
    }
    return NULL;
}

/* Where levels are kept under the name of a style of lists, the one that has them. */
static struct dz_docx_abstract *
abstract_of(struct dz_docx_lists *l, const struct dz_docx_num *num)
{
    struct dz_docx_abstract *one = find_abstract(l, num->abstract);
    for (size_t i = 0; one != NULL && one->link != NULL && i < l->n_abstracts; i++) {
        const char *linked = l->abstracts[i].linked;
        if (linked != NULL && strcmp(linked, one->link) == 0)
            return &l->abstracts[i];
    }
    return one;
}

/* A level may name the style whose paragraphs it numbers; that goes before what the style says. */
static uint64_t
level_of_style(const struct dz_list *list, const struct dz_docx_style *style)
{
    for (unsigned i = 0; style->id != NULL && i < DZ_LIST_LEVELS; i++) {
        if (list->levels[i].style != NULL && strcmp(list->levels[i].style, style->id) == 0)
            return i;
    }
    return style->level;
}

void
dz_docx_lists_number(struct dz_docx_lists *l, const struct dz_docx_item *item, struct dz_buf *out)
{
    if (l->n_nums == 0 || item->deleted)
        return;
    const struct dz_docx_style *style =
        item->has_num ? NULL : numbering_style(l, dz_buf_view(&item->style));
    uint64_t id = item->has_num ? item->num : style != NULL ? style->num : 0;
    struct dz_docx_num *num = id != 0 ? find_num(l, id) : NULL;
    struct dz_docx_abstract *abstract = num != NULL ? abstract_of(l, num) : NULL;
    if (abstract == NULL)
        return;
    const struct dz_list *list = num->own != NULL ? num->own : &abstract->list;
    uint64_t level = item->level;
    if (!item->has_level)
        level = style != NULL ? level_of_style(list, style) : 0;
    if (level >= DZ_LIST_LEVELS - 1 || !list->levels[level].known)
        return;
    if (num->starts[level]) {
        num->starts[level] = false;
        dz_list_set(list, &abstract->count, (unsigned)level, num->start[level]);
    } else {
        dz_list_next(list, &abstract->count, (unsigned)level);
    }
    dz_list_put(list, &abstract->count, (unsigned)level, out);
}

void
dz_docx_lists_done(struct dz_docx_lists *l)
{
    for (size_t i = 0; i < l->n_abstracts; i++) {
        dz_list_done(&l->abstracts[i].list);
        dz_free(l->abstracts[i].link);
        dz_free(l->abstracts[i].linked);
    }
    for (size_t i = 0; i < l->n_nums; i++) {
        if (l->nums[i].own != NULL)
            dz_list_done(l->nums[i].own);
        dz_free(l->nums[i].own);
    }
    for (size_t i = 0; i < l->n_styles; i++) {
        dz_free(l->styles[i].id);
        dz_free(l->styles[i].based_on);
    }
    dz_free(l->abstracts);
    dz_free(l->nums);
    dz_free(l->styles);
    *l = (struct dz_docx_lists){0};
}
