/* Which number a paragraph of WordprocessingML has (ECMA-376 part 1, 17.9). */
#ifndef DZ_DOCX_LISTS_H
#define DZ_DOCX_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_list_number.h"
#include "dz_office.h"

#define DZ_DOCX_STYLE_BYTES 253 /* of a style's id */

struct dz_docx_abstract {
    uint64_t id;
    struct dz_list list;
    struct dz_list_count count; /* shared by all that are made of it, as Word counts */
    char *link;                 /* the style of lists that says what its levels are, or NULL */
    char *linked;               /* the style of lists that this one belongs to, or NULL */
};
struct dz_docx_num {
    uint64_t id;
    uint64_t abstract;
    struct dz_list *own; /* levels that differ from the abstract ones, or NULL */
    uint32_t start[DZ_LIST_LEVELS];
    bool starts[DZ_LIST_LEVELS]; /* anew, with the number above, when first used */
};
/* What a style says of the numbers of its paragraphs. */
struct dz_docx_style {
    char *id;
    char *based_on;
    uint64_t num;
    uint64_t level;
    bool has_num;
};
struct dz_docx_lists {
    struct dz_docx_abstract *abstracts;
    size_t n_abstracts;
    size_t cap_abstracts;
    struct dz_docx_num *nums;
    size_t n_nums;
    size_t cap_nums;
    struct dz_docx_style *styles;
    size_t n_styles;
    size_t cap_styles;
    /* While numbering.xml is read. */
    struct dz_list *reading;
    struct dz_list_level *level;
    bool in_override;
    uint64_t overridden; /* which level */
};
/** Read numbering.xml; once. */
void
dz_docx_lists_load(struct dz_docx_lists *l, struct dz_office *o, const char *member);
/** An element of styles.xml. */
void
dz_docx_lists_style(struct dz_docx_lists *l, const char *name, const struct dz_xml_attrs *a);
void
dz_docx_lists_done(struct dz_docx_lists *l);

/* What a paragraph's properties say. */
struct dz_docx_item {
    struct dz_buf style;
    uint64_t num;
    uint64_t level;
    bool has_num;
    bool has_level;
    bool deleted; /* its end was deleted, so that it is no item any more */
};
/** Count the paragraph and append what stands in front of it. */
void
dz_docx_lists_number(struct dz_docx_lists *l, const struct dz_docx_item *item, struct dz_buf *out);

#endif
