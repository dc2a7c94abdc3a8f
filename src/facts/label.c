#include "dz_label.h"

#include <string.h>

#include "dz_locators.h"
#include "dz_where.h"

static size_t
digits(struct dz_view v)
{
    size_t n = 0;
    while (n < v.n && v.p[n] >= '0' && v.p[n] <= '9')
        n++;
    return n;
}

static struct dz_view
behind(struct dz_view v, size_t n)
{
    return (struct dz_view){v.p + n, v.n - n};
}

static bool
is_number(struct dz_view v)
{
    return v.n > 0 && digits(v) == v.n;
}

/* "AB12": a column has at most three letters. */
static bool
is_cell(struct dz_view v)
{
    size_t n = 0;
    while (n < v.n && v.p[n] >= 'A' && v.p[n] <= 'Z')
        n++;
    return n > 0 && n <= 3 && is_number(behind(v, n));
}

static bool
is_time(struct dz_view v)
{
    for (size_t i = 0; i < v.n; i++)
        if ((v.p[i] < '0' || v.p[i] > '9') && v.p[i] != ':' && v.p[i] != '.')
            return false;
    return v.n > 0;
}

/* What spreadsheet programs call a sheet by themselves, in the languages of our sources. */
static bool
is_unnamed_sheet(struct dz_view v)
{
    static const char *const words[] = {"Sheet", "Аркуш", "Лист", ""};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (v.n > n && memcmp(v.p, words[i], n) == 0 && is_number(behind(v, n)))
            return true;
    }
    return false;
}

struct dz_view
dz_label_public(struct dz_view kind, struct dz_view label)
{
    static const struct dz_view nothing = {"", 0};
    /* "12 (xii)": what is printed in the brackets is somebody's words. */
    if (dz_view_is(kind, "page"))
        return (struct dz_view){label.p, digits(label)};
    if (dz_view_is(kind, "slide") || dz_view_is(kind, "message"))
        return is_number(label) ? label : nothing;
    if (dz_view_is(kind, "cell"))
        return is_cell(label) ? label : nothing;
    if (dz_view_is(kind, "time"))
        return is_time(label) ? label : nothing;
    return dz_view_is(kind, "sheet") && is_unnamed_sheet(label) ? label : nothing;
}

void
dz_labels_narrow(struct dz_view locators, struct dz_buf *out)
{
    struct dz_locator one;
    bool more = true;
    while (dz_locators_next(&locators, &one, &more, NULL) == DZ_OK && more) {
        struct dz_view label = dz_label_public(one.kind, one.label);
        if (label.n > 0)
            dz_locators_add(out, one.start, one.kind, label);
    }
}

enum dz_code
dz_labels_tell(struct dz_vault *v, const char *source, const char *text_sha256, bool *ret,
               struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf locators = DZ_BUF(DZ_LOCATORS_MAX);
    struct dz_locator one;
    bool more = true;
    struct dz_err why = {0};
    *ret = false;
    enum dz_code code = dz_source_locators(v, source, text_sha256, &locators, &why);
    /* What cannot be read cannot be looked through. */
    if (code == DZ_E_CORRUPT || code == DZ_E_NOTFOUND)
        *ret = true;
    else if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    struct dz_view in = dz_buf_view(&locators);
    while (!*ret && dz_locators_next(&in, &one, &more, NULL) == DZ_OK && more)
        *ret = dz_view_is(one.kind, "sheet") && one.label.n > 0 &&
               dz_label_public(one.kind, one.label).n == 0;
    return DZ_OK;
}
