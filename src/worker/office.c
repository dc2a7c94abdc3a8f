#define _GNU_SOURCE /* memmem */

#include "dz_office.h"

#include <string.h>

#include "dz_families.h"
#include "dz_mem.h"
#include "dz_office_media.h"

static const char ole_signature[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

void
dz_office_text(struct dz_office *o, struct dz_view text)
{
    if (dz_office_stopped(o) || text.n == 0)
        return;
    if (text.n > DZ_OFFICE_TEXT_MAX - o->text_bytes) {
        o->limit = "too_large";
        return;
    }
    o->text_bytes += text.n;
    dz_work_text(o->w, text);
}

void
dz_office_note(struct dz_office *o, enum dz_zip_end end)
{
    switch (end) {
    case DZ_ZIP_WHOLE:
    case DZ_ZIP_STOPPED:
        break;
    case DZ_ZIP_DAMAGED:
    case DZ_ZIP_METHOD:
        o->damaged = true;
        break;
    case DZ_ZIP_BOMB:
        if (o->limit == NULL)
            o->limit = "bomb";
        break;
    case DZ_ZIP_LOCKED:
        o->encrypted = true;
        break;
    }
}

struct xml_sink {
    struct dz_office *o;
    struct dz_xml *xml;
};

static bool
to_xml(void *ctx, const void *p, size_t n)
{
    struct xml_sink *s = ctx;
    return dz_xml_feed(s->xml, p, n) && !dz_office_stopped(s->o);
}

bool
dz_office_xml(struct dz_office *o, struct dz_view member, const struct dz_xml_events *events,
              void *ctx)
{
    const struct dz_zip_entry *e = dz_zip_find_view(&o->zip, member);
    if (e == NULL || dz_office_stopped(o))
        return false;
    struct xml_sink s = {.o = o, .xml = dz_xml_new(events, ctx)};
    dz_office_note(o, dz_zip_stream(&o->zip, e, to_xml, &s));
    switch (dz_xml_finish(s.xml)) {
    case DZ_XML_WHOLE:
        break;
    case DZ_XML_DAMAGED:
        o->damaged = true;
        break;
    case DZ_XML_NESTING:
        if (o->limit == NULL)
            o->limit = "nesting";
        break;
    case DZ_XML_ENTITY:
        if (o->limit == NULL)
            o->limit = "bomb";
        break;
    }
    return true;
}

bool
dz_office_xmls(struct dz_office *o, const char *member, const struct dz_xml_events *events,
               void *ctx)
{
    return dz_office_xml(o, dz_view_of(member), events, ctx);
}

bool
dz_office_load(struct dz_office *o, struct dz_view member, struct dz_buf *out)
{
    const struct dz_zip_entry *e = dz_zip_find_view(&o->zip, member);
    if (e == NULL || dz_office_stopped(o))
        return false;
    size_t before = out->n;
    enum dz_zip_end end = dz_zip_load(&o->zip, e, out);
    dz_office_note(o, end);
    if (end == DZ_ZIP_STOPPED && o->limit == NULL)
        o->limit = "too_large";
    return out->n > before;
}

uint64_t
dz_office_number(struct dz_view v, uint64_t otherwise)
{
    uint64_t n = 0;
    size_t i = 0;
    while (i < v.n && v.p[i] >= '0' && v.p[i] <= '9') {
        if (n > UINT64_MAX / 10 - 1)
            return otherwise;
        n = n * 10 + (uint64_t)(v.p[i++] - '0');
    }
    return i > 0 ? n : otherwise;
}

void
dz_office_link(struct dz_office *o, struct dz_view target)
{
    if (target.n > 0 && o->n_links++ < DZ_OFFICE_LINKS_MAX)
        dz_work_meta(o->w, "office.Link", target);
}

/* ---- parts ---- */

static bool
to_part(void *ctx, const void *p, size_t n)
{
    struct dz_office *o = ctx;
    dz_work_part_data(o->w, p, n);
    return true;
}

void
dz_office_part(struct dz_office *o, const struct dz_zip_entry *e)
{
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(4 * DZ_ZIP_NAME_MAX);
    dz_zip_name(e->name, e->is_utf8, &name);
    dz_work_part_begin(o->w, dz_buf_view(&name), dz_office_media_type(e->name));
    const char *wanted = dz_work_option(o->w, "parts");
    if (wanted != NULL && strcmp(wanted, "yes") == 0)
        dz_office_note(o, dz_zip_stream(&o->zip, e, to_part, o));
    dz_work_part_end(o->w);
}

static bool
has_folder(struct dz_view name, const char *folder)
{
    size_t n = strlen(folder);
    for (size_t i = 0; i + n <= name.n; i++) {
        if ((i == 0 || name.p[i - 1] == '/') && memcmp(name.p + i, folder, n) == 0)
            return true;
    }
    return false;
}

/* Pictures, films and embedded objects, wherever the format keeps them. A book keeps its pictures
 * anywhere and names them by type. */
static bool
is_part(const struct dz_zip_entry *e, bool is_book)
{
    if (e->folder)
        return false;
    static const char *const folders[] = {"media/", "embeddings/", "Pictures/", "Media/"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (has_folder(e->name, folders[i]))
            return true;
    }
    if (dz_view_starts(e->name, "Object ") || dz_view_starts(e->name, "ObjectReplacements/"))
        return memchr(e->name.p, '/', e->name.n) == NULL;
    const char *type = dz_office_media_type(e->name);
    return is_book && (strncmp(type, "image/", 6) == 0 || strncmp(type, "audio/", 6) == 0 ||
                       strncmp(type, "video/", 6) == 0 || strcmp(type, "application/pdf") == 0);
}

static void
say_parts(struct dz_office *o, bool is_book)
{
    size_t n_parts = 0;
    for (size_t i = 0; i < o->zip.n && !dz_office_stopped(o); i++) {
        if (!is_part(&o->zip.entries[i], is_book))
            continue;
        if (n_parts++ == DZ_OFFICE_PARTS_MAX) {
            o->limit = "parts_limit";
            return;
        }
        dz_office_part(o, &o->zip.entries[i]);
    }
}

/* ---- which format ---- */

static bool
is_odf_encrypted(struct dz_office *o)
{
    DZ_AUTO_BUF struct dz_buf manifest = DZ_BUF(4u << 20);
    return dz_office_load(o, DZ_VIEW("META-INF/manifest.xml"), &manifest) &&
           memmem(manifest.p, manifest.n, "encryption-data", 15) != NULL;
}

static bool
read_ooxml(struct dz_office *o)
{
    DZ_AUTO_TYPES struct dz_types types = {0};
    dz_types_load(&types, o);
    static const char *const documents[] = {"wordprocessingml.document.main+xml",
                                            "wordprocessingml.template.main+xml",
                                            "ms-word.document.macroEnabled.main+xml",
                                            "ms-word.template.macroEnabledTemplate.main+xml"};
    static const char *const sheets[] = {"spreadsheetml.sheet.main+xml",
                                         "spreadsheetml.template.main+xml",
                                         "ms-excel.sheet.macroEnabled.main+xml"};
    static const char *const slides[] = {"presentationml.presentation.main+xml",
                                         "presentationml.slideshow.main+xml",
                                         "presentationml.template.main+xml",
                                         "ms-powerpoint.presentation.macroEnabled.main+xml"};
    const char *member = NULL;
    for (size_t i = 0; i < sizeof documents / sizeof *documents && member == NULL; i++)
        member = dz_types_find(&types, documents[i]);
    if (member == NULL && dz_zip_find(&o->zip, "word/document.xml") != NULL)
        member = "word/document.xml";
    if (member != NULL) {
        dz_office_properties(o);
        dz_docx_read(o, &types, member);
        return true;
    }
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets && member == NULL; i++)
        member = dz_types_find(&types, sheets[i]);
    if (member == NULL && dz_zip_find(&o->zip, "xl/workbook.xml") != NULL)
        member = "xl/workbook.xml";
    if (member != NULL) {
        dz_office_properties(o);
        dz_sheet_read(o, &types, member);
        return true;
    }
    for (size_t i = 0; i < sizeof slides / sizeof *slides && member == NULL; i++)
        member = dz_types_find(&types, slides[i]);
    if (member == NULL && dz_zip_find(&o->zip, "ppt/presentation.xml") != NULL)
        member = "ppt/presentation.xml";
    if (member == NULL)
        return false;
    dz_office_properties(o);
    dz_slides_read(o, &types, member);
    return true;
}

static void
finish(struct dz_office *o)
{
    if (o->limit != NULL)
        dz_work_done(o->w, "limit", o->limit);
    else if (o->encrypted && o->text_bytes == 0)
        dz_work_done(o->w, "unsupported", "encrypted");
    else if (o->damaged || o->zip.damaged)
        dz_work_done(o->w, "damaged", o->zip.damaged ? "truncated" : "damaged");
    else if (o->text_bytes == 0)
        dz_work_done(o->w, "empty", "no_text");
    else
        dz_work_done(o->w, "text", NULL);
}

static void
read_members(struct dz_office *o)
{
    if (o->zip.overlaps) {
        dz_work_done(o->w, "limit", "bomb");
        return;
    }
    bool is_book = dz_zip_find(&o->zip, "META-INF/container.xml") != NULL;
    bool is_odf = dz_zip_find(&o->zip, "content.xml") != NULL;
    if (is_odf && is_odf_encrypted(o)) {
        dz_work_done(o->w, "unsupported", "encrypted");
        return;
    }
    if (is_odf) {
        is_book = false;
        dz_odf_properties(o);
        dz_odf_read(o);
    } else if (is_book) {
        dz_epub_read(o);
    } else if (!read_ooxml(o)) {
        const char *status = o->zip.damaged ? "damaged" : "unsupported";
        dz_work_done(o->w, status, o->zip.damaged ? "truncated" : "kind");
        return;
    }
    if (!o->encrypted)
        say_parts(o, is_book);
    finish(o);
}

/* What an OLE container is, told by the names of its streams, which are in UTF-16: an office file
 * that was locked, a message of Outlook, a file of Word, Excel or PowerPoint of before 2007, or
 * something else. */
static const char *
why_not_ole(struct dz_view v)
{
    static const struct {
        const char *stream;
        const char *why;
    } known[] = {{"EncryptedPackage", "encrypted"},
                 {"__properties_version1.0", "old_outlook"},
                 {"WordDocument", "old_office"},
                 {"Workbook", "old_office"},
                 {"Book", "old_office"},
                 {"PowerPoint Document", "old_office"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        DZ_AUTO_BUF struct dz_buf name = DZ_BUF(256);
        for (const char *c = known[i].stream; *c != '\0'; c++)
            dz_buf_add(&name, (const char[]){*c, 0}, 2);
        if (memmem(v.p, v.n, name.p, name.n) != NULL)
            return known[i].why;
    }
    return "kind";
}

static void
read_office(struct dz_work *w)
{
    struct dz_view bytes;
    struct dz_err err = {0};
    enum dz_code code = dz_work_map(w, &bytes, &err);
    if (code != DZ_OK) {
        dz_work_done(w, code == DZ_E_LIMIT ? "limit" : "damaged",
                     code == DZ_E_LIMIT ? "too_large" : "damaged");
        return;
    }
    if (bytes.n == 0) {
        dz_work_done(w, "empty", "empty");
        return;
    }
    if (bytes.n >= 8 && memcmp(bytes.p, ole_signature, 8) == 0) {
        dz_work_done(w, "unsupported", why_not_ole(bytes));
        return;
    }
    struct dz_office o = {.w = w};
    if (!dz_zip_open(&o.zip, bytes)) {
        bool cut_off = bytes.n >= 2 && memcmp(bytes.p, "PK", 2) == 0;
        dz_work_done(w, cut_off ? "damaged" : "unsupported", cut_off ? "truncated" : "kind");
    } else {
        read_members(&o);
    }
    dz_zip_done(&o.zip);
}

const struct dz_family dz_family_office = {
    .name = "office",
    .extractor = "office/3",
    .warm = dz_xml_warm,
    .read = read_office,
};
