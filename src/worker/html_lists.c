#include <string.h>

#include "dz_list_number.h"
#include "dz_mem.h"
#include "html_impl.h"

/* Numbers that a browser puts in front of the items of <ol> (HTML, 4.4.5 and 4.4.8). Style sheets
 * are not read: whether a page takes the numbers away is guessed from what stands in it. */

#define LISTS_MAX 64

static bool
holds(struct dz_view v, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= v.n; i++) {
        if (html_is_no_case((struct dz_view){v.p + i, n}, word))
            return true;
    }
    return false;
}

/* Lists that are no lists to a reader: ways to a page, its menus, pictures that slide, comments. */
static bool
is_bare(const GumboElement *e)
{
    static const char *const words[] = {"crumb",     "comment",    "nav",        "menu",
                                        "pagina",    "slide",      "carousel",   "unstyled",
                                        "list-none", "style-none", "list-reset", "tabs"};
    struct dz_view class = html_attribute(e, "class");
    for (size_t i = 0; class.n > 0 && i < sizeof words / sizeof *words; i++) {
        if (holds(class, words[i]))
            return true;
    }
    struct dz_view role = html_attribute(e, "role");
    return holds(html_attribute(e, "itemtype"), "BreadcrumbList") ||
           (role.n > 0 && !html_is_no_case(role, "list"));
}

/* The type of an attribute, or of a style that stands in the element. */
static void
find_kind(const GumboElement *e, struct html_list *list)
{
    static const struct {
        const char *style;
        const char *type;
        enum dz_number_kind kind;
    } kinds[] = {
        {"decimal-leading-zero", NULL, DZ_NUMBER_ZERO},
        {"decimal", "1", DZ_NUMBER_DECIMAL},
        {"lower-alpha", "a", DZ_NUMBER_LATIN},
        {"lower-latin", NULL, DZ_NUMBER_LATIN},
        {"upper-alpha", "A", DZ_NUMBER_LATIN_UPPER},
        {"upper-latin", NULL, DZ_NUMBER_LATIN_UPPER},
        {"lower-roman", "i", DZ_NUMBER_ROMAN},
        {"upper-roman", "I", DZ_NUMBER_ROMAN_UPPER},
        {"none", "none", DZ_NUMBER_NONE},
        {"disc", NULL, DZ_NUMBER_NONE},
        {"circle", NULL, DZ_NUMBER_NONE},
        {"square", NULL, DZ_NUMBER_NONE},
    };
    struct dz_view type = html_attribute(e, "type");
    struct dz_view style = html_attribute(e, "style");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].type != NULL && dz_view_is(type, kinds[i].type))
            list->kind = kinds[i].kind;
    }
    if (!holds(style, "list-style"))
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (holds(style, kinds[i].style)) {
            list->kind = kinds[i].kind;
            return;
        }
    }
}

static bool
find_number(const GumboElement *e, const char *name, int64_t *ret)
{
    struct dz_view v = dz_view_trim(html_attribute(e, name));
    size_t i = v.n > 0 && (v.p[0] == '-' || v.p[0] == '+');
    bool minus = i > 0 && v.p[0] == '-';
    int64_t n = 0;
    size_t from = i;
    for (; i < v.n && i < from + 9 && v.p[i] >= '0' && v.p[i] <= '9'; i++)
        n = n * 10 + (v.p[i] - '0');
    if (i == from)
        return false;
    *ret = minus ? -n : n;
    return true;
}

static int64_t
count_items(const GumboElement *e)
{
    int64_t n = 0;
    for (unsigned i = 0; i < e->children.length; i++) {
        const GumboNode *child = e->children.data[i];
        n += child->type == GUMBO_NODE_ELEMENT && child->v.element.tag == GUMBO_TAG_LI;
    }
    return n;
}

void
html_lists_begin(struct html_lists *l, const GumboElement *e)
{
    struct html_list list = {.kind = DZ_NUMBER_NONE, .next = 1, .step = 1};
    if (e->tag == GUMBO_TAG_OL) {
        list.kind = DZ_NUMBER_DECIMAL;
        find_kind(e, &list);
        if (is_bare(e))
            list.kind = DZ_NUMBER_NONE;
        if (gumbo_get_attribute(&e->attributes, "reversed") != NULL) {
            list.step = -1;
            list.next = count_items(e);
        }
        (void)find_number(e, "start", &list.next);
    }
    if (l->n++ < LISTS_MAX) {
        l->lists = dz_grow(l->lists, &l->cap, l->n, sizeof *l->lists);
        l->lists[l->n - 1] = list;
    }
}

void
html_lists_end(struct html_lists *l)
{
    l->n -= l->n > 0;
}

void
html_lists_item(struct html_lists *l, const GumboNode *node, struct dz_buf *out)
{
    const GumboNode *parent = node->parent;
    dz_buf_reset(out);
    if (l->n == 0 || l->n > LISTS_MAX || parent->type != GUMBO_NODE_ELEMENT ||
        parent->v.element.tag != GUMBO_TAG_OL)
        return;
    struct html_list *list = &l->lists[l->n - 1];
    struct html_list own = *list;
    (void)find_number(&node->v.element, "value", &list->next);
    find_kind(&node->v.element, &own);
    int64_t number = list->next;
    list->next += list->step;
    if (own.kind == DZ_NUMBER_NONE || list->kind == DZ_NUMBER_NONE)
        return;
    if (number > 0)
        dz_number_put(own.kind, false, (uint32_t)number, out);
    else
        dz_buf_addf(out, "%lld", (long long)number);
    dz_buf_adds(out, ". ");
}

void
html_lists_done(struct html_lists *l)
{
    dz_free(l->lists);
    *l = (struct html_lists){0};
}
