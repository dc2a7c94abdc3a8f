/* What the readers of office formats share: the file with its members, what went wrong so far, and
 * text that is put together paragraph by paragraph. */
#ifndef DZ_OFFICE_H
#define DZ_OFFICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_worker.h"
#include "dz_xml.h"
#include "dz_zip_read.h"

#define DZ_OFFICE_TEXT_MAX ((uint64_t)128 << 20) /* bytes of text of one document */
#define DZ_OFFICE_PARTS_MAX 5000
#define DZ_OFFICE_LINKS_MAX 10000

struct dz_office {
    struct dz_work *w;
    struct dz_zip zip;
    bool damaged;
    bool encrypted;
    const char *limit; /* why a limit stopped the reading; NULL: none did */
    uint64_t text_bytes;
    size_t n_links;
};

/** Whether reading has to stop. */
static inline bool
dz_office_stopped(const struct dz_office *o)
{
    return o->limit != NULL;
}
/** Say text, within the limit. */
void
dz_office_text(struct dz_office *o, struct dz_view text);
/** Run one member through events. False: it is not there (which may be normal). What is wrong with
 * it is noted in o. */
bool
dz_office_xml(struct dz_office *o, struct dz_view member, const struct dz_xml_events *events,
              void *ctx);
bool
dz_office_xmls(struct dz_office *o, const char *member, const struct dz_xml_events *events,
               void *ctx);
/** A whole member in memory; false: not there, or nothing of it could be read. */
bool
dz_office_load(struct dz_office *o, struct dz_view member, struct dz_buf *out);
/** Note how reading a member ended. */
void
dz_office_note(struct dz_office *o, enum dz_zip_end end);
/** A decimal number at the front of v; otherwise when there is none or it does not fit. */
uint64_t
dz_office_number(struct dz_view v, uint64_t otherwise);
/** A place linked to: metadata "office.Link", so many and no more. */
void
dz_office_link(struct dz_office *o, struct dz_view target);
/** Say a file inside as a part. */
void
dz_office_part(struct dz_office *o, const struct dz_zip_entry *e);

/* A paragraph, put together from pieces. Cells of a table row are parted by tabs, paragraphs in one
 * cell by spaces, rows by newlines. */
struct dz_para {
    struct dz_office *o;
    struct dz_buf text;
    struct dz_buf *aside; /* when set, whole lines go there (notes, comments) instead */
    unsigned cells;       /* how many table cells deep */
    bool heading;
};
void
dz_para_done(struct dz_para *p);
void
dz_para_add(struct dz_para *p, struct dz_view text);
/** End of a paragraph. */
void
dz_para_end(struct dz_para *p);
void
dz_para_cell_start(struct dz_para *p);
void
dz_para_cell_end(struct dz_para *p);
void
dz_para_row_end(struct dz_para *p);
/** Say what is left. */
void
dz_para_flush(struct dz_para *p);

/* Text boxes that stand in a paragraph. Their words are said behind it, so that a sentence is not
 * torn apart by a box beside it. While one is read, the paragraph is put aside and p is the box's.
 */
struct dz_boxes {
    unsigned depth;
    struct dz_para outer;
    struct dz_buf lines;
};
void
dz_boxes_start(struct dz_boxes *b, struct dz_para *p);
void
dz_boxes_end(struct dz_boxes *b, struct dz_para *p);
/** The same for a member that is cut off inside boxes. */
void
dz_boxes_close(struct dz_boxes *b, struct dz_para *p);
/** Say what was gathered, unless p is still inside a box or a table. */
void
dz_boxes_say(struct dz_boxes *b, const struct dz_para *p);
void
dz_boxes_done(struct dz_boxes *b);

/* Relations of an OOXML part: which member an id means. */
struct dz_rel {
    char *id;
    char *type;   /* last part of the type's address: "hyperlink", "image" */
    char *target; /* member's name, or an address when external */
    bool external;
};
struct dz_rels {
    struct dz_rel *list;
    size_t n;
    size_t cap;
    char *base; /* folder of the part, with a slash at its end */
};
/** Relations of a member ("word/document.xml"); none is fine. */
void
dz_rels_load(struct dz_rels *r, struct dz_office *o, const char *member);
void
dz_rels_done(struct dz_rels *r);
#define DZ_AUTO_RELS DZ_CLEANUP(dz_rels_done)
const struct dz_rel *
dz_rels_find(const struct dz_rels *r, struct dz_view id);
/** Resolve a reference against the folder of a member; percent escapes undone. Caller frees. */
char *
dz_office_resolve(const char *base, struct dz_view target);

/* What [Content_Types].xml says: members and what they are, in its order. */
struct dz_typed {
    char *member;
    char *type;
};
struct dz_types {
    struct dz_typed *list;
    size_t n;
    size_t cap;
};
void
dz_types_load(struct dz_types *t, struct dz_office *o);
void
dz_types_done(struct dz_types *t);
#define DZ_AUTO_TYPES DZ_CLEANUP(dz_types_done)
/** The first member whose type ends so, or NULL. */
const char *
dz_types_find(const struct dz_types *t, const char *ending);

/* The readers. Each says text and locators; properties and parts are said by office.c. */
void
dz_docx_read(struct dz_office *o, const struct dz_types *t, const char *member);
/** A document of another kind inside: in_place: its text may be said here. Else it is a part. */
void
dz_docx_chunk(struct dz_office *o, const char *member, bool in_place);
/** A sign of a font of signs, by its name and number: boxes and ticks of forms as such, other
 *  signs as
 * nothing. */
struct dz_view
dz_docx_sign(struct dz_view font, struct dz_view number);
void
dz_slides_read(struct dz_office *o, const struct dz_types *t, const char *member);
/** What stands in shapes of sheets, in charts and in diagrams, each in a section of its own. */
void
dz_drawings_read(struct dz_office *o, const struct dz_types *t);
void
dz_sheet_read(struct dz_office *o, const struct dz_types *t, const char *member);
void
dz_odf_read(struct dz_office *o);
void
dz_epub_read(struct dz_office *o);
/** docProps of OOXML; meta.xml of ODF. */
void
dz_office_properties(struct dz_office *o);
void
dz_odf_properties(struct dz_office *o);

#endif
