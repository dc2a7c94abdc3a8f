/* Numbers of list items and headings in OpenDocument (1.3 part 3: 5.3, 16.30 to 16.36, 19.880). */
#ifndef DZ_ODF_LISTS_H
#define DZ_ODF_LISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_list_number.h"
#include "dz_xml.h"

#define DZ_ODF_LISTS_DEEP 64 /* lists, items, notes and boxes within each other */

struct dz_odf_list_style {
    char *name;
    struct dz_list list;
};
/* A list that stands in the text, and how far it came. */
struct dz_odf_list_run {
    char *id;
    size_t style;
    struct dz_list_count count;
};
struct dz_odf_list_frame {
    enum { DZ_ODF_FRAME_BASE, DZ_ODF_FRAME_LIST, DZ_ODF_FRAME_ITEM } kind;
    size_t style; /* of a list */
    size_t run;
    bool waits; /* an item whose number was not said yet */
    bool starts;
    uint32_t start;
};
struct dz_odf_lists {
    struct dz_odf_list_style *styles;
    size_t n_styles;
    size_t cap_styles;
    bool reading; /* the last style is being read */
    struct dz_odf_list_run *runs;
    size_t n_runs;
    size_t cap_runs;
    struct dz_odf_list_frame frames[DZ_ODF_LISTS_DEEP];
    size_t n_frames;
    size_t n_beyond; /* that found no place */
    struct dz_list outline;
    struct dz_list_count outline_count;
    bool has_outline;
};
/** An element that declares styles; false: none of these. */
bool
dz_odf_lists_style(struct dz_odf_lists *l, const char *name, const struct dz_xml_attrs *a);
/** An element of lists; false: none of these. */
bool
dz_odf_lists_start(struct dz_odf_lists *l, const char *name, const struct dz_xml_attrs *a);
bool
dz_odf_lists_end(struct dz_odf_lists *l, const char *name);
/** What stands in a note or a box is in no list around it. */
void
dz_odf_lists_enter(struct dz_odf_lists *l);
void
dz_odf_lists_leave(struct dz_odf_lists *l);
/** A paragraph or heading begins: append what stands in front of it. bullets: signs as well. */
void
dz_odf_lists_number(struct dz_odf_lists *l, const char *name, const struct dz_xml_attrs *a,
                    bool bullets, struct dz_buf *out);
void
dz_odf_lists_done(struct dz_odf_lists *l);

#endif
