#include <string.h>

#include "html_impl.h"

/* The HTML algorithm repeats every unclosed <b>, <font>, <a> in each block that follows, and
 * searches the stack of open elements for each <p>. A hostile page of a few megabytes can so
 * ask for gigabytes or hours. One look over the tags, before parsing, bounds both. Ordinary
 * pages stay far below. */

#define TAGS_MAX 300000u
#define DEPTH_MAX 2000u
#define ATTRIBUTES_MAX 1000u /* of one tag: each is compared with all before it */
#define WORK_MAX 1000000u    /* elements and attributes that the parser may make or look at */

static const char *const formatting[] = {"a",    "b", "big",   "code",   "em",     "font", "i",
                                         "nobr", "s", "small", "strike", "strong", "tt",   "u"};
/* They close by themselves or cannot be open. */
static const char *const shallow[] = {"p",     "li",    "dt",     "dd",    "tr",   "td",    "th",
                                      "tbody", "thead", "tfoot",  "br",    "img",  "hr",    "meta",
                                      "link",  "input", "col",    "area",  "base", "embed", "param",
                                      "track", "wbr",   "source", "option"};

static bool
is_one_of(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (name[0] == list[i][0] && strcmp(name, list[i]) == 0)
            return true;
    }
    return false;
}
#define IS_ONE_OF(name, list) is_one_of((name), (list), sizeof(list) / sizeof *(list))

/* Where `what` (lower case, and beginning with no letter) stands in the page from pos on, in any
 * case; page.n if nowhere. */
static size_t
find_no_case(struct dz_view page, size_t pos, const char *what)
{
    size_t n = strlen(what);
    for (; pos + n <= page.n; pos++) {
        const char *first = memchr(page.p + pos, what[0], page.n - pos - (n - 1));
        if (!first)
            return page.n;
        pos = (size_t)(first - page.p);
        size_t k = 0;
        while (k < n && (page.p[pos + k] |
                         (page.p[pos + k] >= 'A' && page.p[pos + k] <= 'Z' ? 0x20 : 0)) == what[k])
            k++;
        if (k == n)
            return pos;
    }
    return page.n;
}

/* Tag name at pos, lower case; longer ones are cut. */
static size_t
read_name(struct dz_view page, size_t pos, char name[16])
{
    size_t n = 0;
    while (pos < page.n) {
        char c = page.p[pos];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            break;
        if (n < 15)
            name[n++] = c;
        pos++;
    }
    name[n] = '\0';
    return pos;
}

struct effort {
    size_t tags;
    size_t depth;
    size_t styles; /* formatting elements open now */
    size_t work;
};

static bool
count_tag(struct effort *e, const char *name, bool closes)
{
    if (++e->tags > TAGS_MAX)
        return false;
    size_t *open = IS_ONE_OF(name, formatting) ? &e->styles
                   : IS_ONE_OF(name, shallow)  ? NULL
                                               : &e->depth;
    if (open && !closes)
        (*open)++;
    else if (open && *open > 0)
        (*open)--;
    e->work += 1 + e->styles;
    if (strcmp(name, "p") == 0)
        e->work += e->depth / 16;
    return e->depth <= DEPTH_MAX && e->styles <= DEPTH_MAX && e->work <= WORK_MAX;
}

/* From behind a tag's name to behind its ">". A quoted value may hold anything. */
static size_t
skip_attributes(struct dz_view page, size_t pos, size_t *ret_n)
{
    size_t n = 0;
    char last = ' ';
    for (; pos < page.n && page.p[pos] != '>'; pos++) {
        char c = page.p[pos];
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
        if ((c == '"' || c == '\'') && last == '=') {
            const char *end = memchr(page.p + pos + 1, c, page.n - pos - 1);
            pos = end ? (size_t)(end - page.p) : page.n - 1;
        } else if (blank || c == '/' || c == '"' || c == '\'') {
            n++;
        }
        if (!blank)
            last = c;
    }
    *ret_n = n;
    return pos;
}

bool
html_is_bounded(struct dz_view page)
{
    struct effort e = {0};
    size_t pos = 0;
    while (pos < page.n) {
        const char *next = memchr(page.p + pos, '<', page.n - pos);
        if (!next)
            break;
        pos = (size_t)(next - page.p) + 1;
        if (page.n - pos >= 3 && memcmp(page.p + pos, "!--", 3) == 0) {
            pos = find_no_case(page, pos + 3, "-->");
            continue;
        }
        bool closes = pos < page.n && page.p[pos] == '/';
        char name[16];
        pos = read_name(page, pos + (closes ? 1 : 0), name);
        if (!name[0])
            continue;
        size_t attributes;
        pos = skip_attributes(page, pos, &attributes);
        e.work += attributes;
        if (attributes > ATTRIBUTES_MAX || !count_tag(&e, name, closes))
            return false;
        /* Nothing inside is a tag. */
        if (!closes && (strcmp(name, "script") == 0 || strcmp(name, "style") == 0))
            pos = find_no_case(page, pos, name[1] == 'c' ? "</script" : "</style");
    }
    return true;
}
