#include <string.h>

#include "dz_decode.h"
#include "dz_html_reader.h"
#include "dz_office.h"
#include "dz_office_media.h"

/* What programs put into a DOCX as a whole document of another kind (altChunk; ECMA-376 part 1,
 * 17.17.2.1): Word makes it text of its own only when it next saves the file. Pages and plain text
 * are read where they stand; all other kinds have readers of their own, so they become parts. */

#define CHUNK_MAX ((size_t)16 << 20) /* bytes */

static void
say_plain(struct dz_office *o, struct dz_view bytes)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(3 * CHUNK_MAX);
    struct dz_decoded decoded;
    if (bytes.n > 0 && dz_decode(bytes, NULL, &text, &decoded, NULL) != DZ_OK)
        o->damaged = true;
    if (text.n > 0 && text.p[text.n - 1] != '\n')
        dz_buf_addc(&text, '\n');
    dz_office_text(o, dz_buf_view(&text));
}

static void
say_page(struct dz_office *o, struct dz_view bytes)
{
    static const struct dz_html_want want = {0};
    uint64_t before = dz_work_chars(o->w);
    enum dz_code code = dz_html_read_bytes(o->w, bytes, NULL, &want, NULL);
    if (code == DZ_E_LIMIT && o->limit == NULL)
        o->limit = "nesting";
    else if (code != DZ_OK)
        o->damaged = true;
    o->text_bytes += dz_work_chars(o->w) - before;
    if (o->text_bytes > DZ_OFFICE_TEXT_MAX && o->limit == NULL)
        o->limit = "too_large";
}

void
dz_docx_chunk(struct dz_office *o, const char *member, bool in_place)
{
    const struct dz_zip_entry *e = dz_zip_find(&o->zip, member);
    if (e == NULL) {
        o->damaged = true;
        return;
    }
    const char *type = dz_office_media_type(e->name);
    bool is_page = strcmp(type, "text/html") == 0 || strcmp(type, "application/xhtml+xml") == 0;
    if (!in_place || (!is_page && strcmp(type, "text/plain") != 0)) {
        dz_office_part(o, e);
        return;
    }
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(CHUNK_MAX);
    if (!dz_office_load(o, dz_view_of(member), &bytes))
        return;
    if (is_page)
        say_page(o, dz_buf_view(&bytes));
    else
        say_plain(o, dz_buf_view(&bytes));
}
