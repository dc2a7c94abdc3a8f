#include <stdint.h>
#include <string.h>

#include "dz_families.h"
#include "dz_utf8.h"
#include "zip_making.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

/* The rest of a file around one member that is the fuzzer's, so that it reaches the readers of XML
 * without having to pack anything itself. */
static void
wrap(struct zip_making *z, uint8_t kind, struct dz_view member)
{
    static const char *const names[] = {"word/document.xml",      "content.xml",
                                        "xl/worksheets/s.xml",    "xl/strings.xml",
                                        "xl/styles.xml",          "book.opf",
                                        "a.xhtml",                "ppt/slides/s.xml",
                                        "[Content_Types].xml",    "docProps/core.xml",
                                        "word/_rels/document.xml.rels",
                                        "word/numbering.xml",     "styles.xml"};
    const char *name = names[kind % (sizeof names / sizeof *names)];
    static const struct {
        const char *name;
        struct dz_view data;
    } around[] = {
        {"word/document.xml",
         DZ_VIEW_INIT("<d><p><pPr><numPr><ilvl val='1'/><numId val='1'/></numPr></pPr><r><t>x</t></r>"
                      "</p><p><pPr><numPr><numId val='2'/></numPr></pPr><r><t>y</t></r></p></d>")},
        {"content.xml",
         DZ_VIEW_INIT("<d><h outline-level='2'>x</h><list style-name='L'><list-item><p>y</p><list>"
                      "<list-item><p>z</p></list-item></list></list-item></list></d>")},
        {"xl/workbook.xml", DZ_VIEW_INIT("<w xmlns:r='r'><sheet name='A' r:id='a'/></w>")},
        {"xl/_rels/workbook.xml.rels",
         DZ_VIEW_INIT("<r><Relationship Id='a' Type='" REL "worksheet' Target='worksheets/s.xml'/>"
                      "<Relationship Id='b' Type='" REL "sharedStrings' Target='strings.xml'/>"
                      "<Relationship Id='c' Type='" REL "styles' Target='styles.xml'/></r>")},
        {"ppt/presentation.xml", DZ_VIEW_INIT("<w xmlns:r='r'><sldId r:id='a'/></w>")},
        {"ppt/_rels/presentation.xml.rels",
         DZ_VIEW_INIT("<r><Relationship Id='a' Type='" REL "slide' Target='slides/s.xml'/></r>")},
        {"META-INF/container.xml", DZ_VIEW_INIT("<c><rootfile full-path='book.opf'/></c>")},
        {"book.opf", DZ_VIEW_INIT("<p><item id='a' href='a.xhtml' media-type='text/html'/>"
                                  "<itemref idref='a'/></p>")},
    };
    static const char types[] = "<t><Override PartName='/word/numbering.xml' ContentType='"
                                "wordprocessingml.numbering+xml'/></t>";
    if (strcmp(name, "word/numbering.xml") == 0)
        zip_store(z, "[Content_Types].xml", dz_view_of(types));
    bool is_book = strcmp(name, "book.opf") == 0 || strcmp(name, "a.xhtml") == 0;
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
        const char *other = around[i].name;
        bool is_style = strcmp(name, "styles.xml") == 0 && strcmp(other, "content.xml") == 0;
        bool fits = is_book ? other[0] == 'M' || other[0] == 'b' : strncmp(other, name, 2) == 0;
        if ((fits || is_style) && strcmp(other, name) != 0)
            zip_store(z, other, around[i].data);
    }
    zip_store(z, name, member);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(64u << 20);
    struct dz_view bytes = {size ? (const char *)data : "", size};
    struct zip_making z = {0};
    if (size > 1 && data[0] < 32) {
        wrap(&z, data[0], (struct dz_view){(const char *)data + 1, size - 1});
        bytes = zip_finish(&z);
    }
    dz_family_office.warm();
    struct dz_work *w =
        dz_work_memory(bytes, "file", "application/octet-stream", "parts=yes\n", &out);
    dz_family_office.read(w);
    if (!dz_work_is_done(w) || dz_utf8_check(dz_buf_view(&out), NULL) != DZ_OK)
        __builtin_trap();
    dz_work_free(w);
    zip_done(&z);
    return 0;
}
