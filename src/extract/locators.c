#include "dz_locators.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_tr.h"

void
dz_locators_add(struct dz_buf *locators, uint64_t start, struct dz_view kind, struct dz_view label)
{
    dz_buf_addf(locators, "%llu\t", (unsigned long long)start);
    dz_buf_addv(locators, kind);
    dz_buf_addc(locators, '\t');
    dz_buf_addv(locators, label);
    dz_buf_addc(locators, '\n');
}

enum dz_code
dz_locators_next(struct dz_view *in, struct dz_locator *ret, bool *ret_more, struct dz_err *err)
{
    *ret_more = in->n > 0;
    if (in->n == 0)
        return DZ_OK;
    const char *end = memchr(in->p, '\n', in->n);
    size_t n = end ? (size_t)(end - in->p) : 0;
    const char *tab = n ? memchr(in->p, '\t', n) : NULL;
    const char *second = tab ? memchr(tab + 1, '\t', n - (size_t)(tab + 1 - in->p)) : NULL;
    struct dz_locator found = {0};
    if (!second || !dz_parse_u64((struct dz_view){in->p, (size_t)(tab - in->p)}, &found.start))
        return dz_fail(err, DZ_E_CORRUPT, "the list of pages and times is damaged");
    found.kind = (struct dz_view){tab + 1, (size_t)(second - tab - 1)};
    found.label = (struct dz_view){second + 1, (size_t)(end - second - 1)};
    *in = (struct dz_view){end + 1, in->n - n - 1};
    *ret = found;
    return DZ_OK;
}

enum dz_code
dz_locators_at(struct dz_view locators, const char *kind, uint64_t at, struct dz_locator *ret)
{
    struct dz_locator one;
    bool more = true, found = false;
    while (dz_locators_next(&locators, &one, &more, NULL) == DZ_OK && more && one.start <= at) {
        if (!dz_view_is(one.kind, kind))
            continue;
        *ret = one;
        found = true;
    }
    return found ? DZ_OK : DZ_E_NOTFOUND;
}

/* ---- in words ---- */

static void
comma(struct dz_buf *out)
{
    if (out->n)
        dz_buf_adds(out, ", ");
}

static void
say_page(struct dz_view locators, uint64_t start, uint64_t stop, struct dz_buf *out)
{
    struct dz_locator first, last;
    if (dz_locators_at(locators, "page", start, &first) != DZ_OK)
        return;
    comma(out);
    if (stop > start && dz_locators_at(locators, "page", stop - 1, &last) == DZ_OK &&
        !dz_view_eq(first.label, last.label))
        dz_buf_addf(out, _("pp. %.*s\xE2\x80\x93%.*s"), (int)first.label.n, first.label.p,
                    (int)last.label.n, last.label.p);
    else
        dz_buf_addf(out, _("p. %.*s"), (int)first.label.n, first.label.p);
}

static void
say_cell(struct dz_view locators, uint64_t start, struct dz_buf *out)
{
    struct dz_locator sheet, cell;
    bool has_sheet = dz_locators_at(locators, "sheet", start, &sheet) == DZ_OK;
    bool has_cell = dz_locators_at(locators, "cell", start, &cell) == DZ_OK &&
                    (!has_sheet || cell.start >= sheet.start);
    if (!has_sheet && !has_cell)
        return;
    comma(out);
    if (has_sheet)
        dz_buf_addv(out, sheet.label);
    if (has_sheet && has_cell)
        dz_buf_addc(out, '!');
    if (has_cell)
        dz_buf_addv(out, cell.label);
}

void
dz_locators_say(struct dz_view locators, uint64_t start, uint64_t stop, struct dz_buf *out)
{
    struct dz_locator found;
    say_page(locators, start, stop, out);
    if (dz_locators_at(locators, "slide", start, &found) == DZ_OK) {
        comma(out);
        dz_buf_addf(out, _("slide %.*s"), (int)found.label.n, found.label.p);
    }
    say_cell(locators, start, out);
    if (dz_locators_at(locators, "message", start, &found) == DZ_OK) {
        comma(out);
        dz_buf_addf(out, _("message %.*s"), (int)found.label.n, found.label.p);
    }
    if (dz_locators_at(locators, "time", start, &found) == DZ_OK) {
        comma(out);
        dz_buf_addv(out, found.label);
    }
}
