/* What text documents and spreadsheets of OpenDocument share while content.xml is read. */
#ifndef DZ_ODF_H
#define DZ_ODF_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_odf_lists.h"
#include "dz_office.h"

#define DZ_ODF_ASIDE_MAX ((size_t)16 << 20) /* bytes of all notes, and of all comments */

struct dz_odf {
    struct dz_office *o;
    struct dz_para para;
    unsigned skip; /* depth below what has no text of its own */
    unsigned paragraphs; /* how many "p" or "h" deep; text outside is only layout */
    bool space;          /* white space is waiting: runs of it are one space */
    /* Notes and comments stand inside paragraphs and are said behind the document. */
    unsigned aside; /* depth below the note or comment */
    struct dz_para held;
    struct dz_buf notes;
    struct dz_buf comments;
    struct dz_buf comment_who;
    bool in_who;
    struct dz_boxes boxes;
    struct dz_odf_lists lists;
    struct dz_buf number; /* of the paragraph, to be said with its first word */
    uint64_t n_inserted;
    uint64_t n_deleted;
    uint64_t deleted_chars;
    uint64_t hidden_chars;
    unsigned hidden;         /* depth below a span or section that is not shown */
    struct dz_buf unseen;    /* names of styles of text that hide, one a line */
    unsigned deleted; /* depth below deleted text */
    unsigned slides; /* of a presentation, so far */
    /* Spreadsheets. */
    bool is_sheet;
    unsigned table;
    uint64_t row; /* number of the row, from 1 */
    uint64_t row_repeat;
    uint64_t column; /* of the cell, from 1 */
    uint64_t cell_repeat;
    uint64_t last_column;
    bool in_cell;
    char first[24];
    struct dz_buf value;     /* as declared by the cell: a date, a number */
    bool value_wins;         /* dates: ISO rather than as shown */
    struct dz_buf cell;      /* as shown */
    struct dz_buf line;      /* the row */
    struct dz_buf style;     /* name of the style being declared */
    struct dz_buf invisible; /* names of table styles that hide, one a line */
};

/** Elements of tables in a spreadsheet; false: not one of them. */
bool
dz_ods_start(struct dz_odf *d, const char *name, const struct dz_xml_attrs *a);
bool
dz_ods_end(struct dz_odf *d, const char *name);
/** Text of a cell. */
void
dz_ods_text(struct dz_odf *d, struct dz_view text);
/** Say a row that was begun, for files that are cut off. */
void
dz_ods_finish(struct dz_odf *d);

#endif
