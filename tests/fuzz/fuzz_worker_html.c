#include <stdint.h>
#include <string.h>

#include "dz_families.h"
#include "dz_html_reader.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes as a page: it ends in exactly one way, what is said is well-formed, and the same bytes
 * say the same again. */
static struct dz_buf
said(struct dz_view bytes)
{
    struct dz_buf out = DZ_BUF((size_t)64 << 20);
    struct dz_work *w = dz_work_memory(bytes, "p.html", "text/html", "links=yes", &out);
    dz_family_html.read(w);
    if (!dz_work_is_done(w))
        __builtin_trap();
    dz_work_free(w);
    return out;
}

static struct dz_buf
said_of_page(struct dz_view page)
{
    static const struct dz_html_want want = {.fields = true, .whole = true, .links = true};
    struct dz_buf out = DZ_BUF((size_t)64 << 20);
    struct dz_work *w = dz_work_memory((struct dz_view){0}, "p.html", "text/html", NULL, &out);
    enum dz_code code = dz_html_read(w, page, &want, NULL);
    dz_work_done(w, code == DZ_OK ? "text" : "limit", NULL);
    dz_work_free(w);
    return out;
}

/* A page is parsed without its words, and without that where this character is in it. A comment in
 * front of a page says nothing, so both have to read the same. */
static void
compare_with_whole(struct dz_view page)
{
    DZ_AUTO_BUF struct dz_buf whole = DZ_BUF(page.n + 64);
    dz_buf_adds(&whole, "<!--\xf4\x80\x80\x80-->");
    dz_buf_addv(&whole, page);
    DZ_AUTO_BUF struct dz_buf a = said_of_page(page);
    DZ_AUTO_BUF struct dz_buf b = said_of_page(dz_buf_view(&whole));
    if (!dz_view_eq(dz_buf_view(&a), dz_buf_view(&b)))
        __builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view bytes = {(const char *)data, size};
    DZ_AUTO_BUF struct dz_buf a = said(bytes);
    DZ_AUTO_BUF struct dz_buf b = said(bytes);
    if (!dz_view_eq(dz_buf_view(&a), dz_buf_view(&b)) ||
        dz_utf8_check(dz_buf_view(&a), NULL) != DZ_OK)
        __builtin_trap();
    /* A mark of the order of bytes counts at the beginning only. */
    if (dz_utf8_valid_prefix(bytes) == size && !dz_view_starts(bytes, "\xef\xbb\xbf"))
        compare_with_whole(bytes);
    return 0;
}
