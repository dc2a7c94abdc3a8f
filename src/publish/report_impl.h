/* What the parts of the report share: the collected content, and the page it is written on. */
#ifndef REPORT_IMPL_H
#define REPORT_IMPL_H

#include "dz_chronology.h"
#include "dz_figures.h"
#include "dz_html.h"
#include "dz_matrix.h"
#include "dz_report.h"
#include "dz_summary.h"

/* A source as the report shows it. */
struct dz_report_source {
    const char *id;
    const char *name;
    const char *title;
    const char *publisher;
    const char *author;
    const char *published;
    const char *published_by;
    const char *address;
    const char *language;
    const char *basis;
    const char *access;
    const char *reliability;
    const char *media_type;
    const char *sha256;
    const char *text_sha256;
    const char *extractor;
    const char *added;
    const char *added_by;
    uint64_t size_bytes;
    uint64_t text_chars;
    bool has_text;
    size_t exhibit;     /* from 1; 0: left out */
    size_t first_quote; /* its quotes stand together */
    size_t n_quotes;
};

/* A stretch of a source's text on which facts rest, once however many facts rest on it. */
struct dz_report_quote {
    const struct dz_passage *passage;
    size_t source; /* index into sources */
    size_t number; /* inside its source, from 1 */
    size_t first_use;
    size_t n_uses; /* indices into uses: facts */
    struct dz_view marks; /* locators that concern it (dz_where.h); may be empty */
};

/* Where in the page a fact has its row. */
enum dz_report_home {
    DZ_HOME_NONE,
    DZ_HOME_CHRONOLOGY, /* home_ix is the row of the chronology, as for acts and statements */
    DZ_HOME_ACT,
    DZ_HOME_STATEMENT,
    DZ_HOME_FIGURE /* home_ix is the statement of the ledger */
};

struct dz_report_fact {
    struct dz_fact_row row; /* strings in the arena of the content */
    json_t *body;
    size_t *quotes; /* indices into quotes */
    size_t n_quotes;
    enum dz_report_home home;
    size_t home_ix;
};

/* All that a report says. Rendering takes this and nothing else. */
struct dz_report_content {
    struct dz_report_opts opts;
    const struct dz_rules *rules;
    uint64_t version; /* entries */
    char hash[DZ_HEX32];

    struct dz_report_source *sources; /* in the order in which they were added */
    size_t n_sources;
    struct dz_report_fact *facts; /* by date, as the facts layer gives them */
    size_t n_facts;
    size_t *by_id;                  /* indices into facts, sorted by id */
    struct dz_report_quote *quotes; /* by source, then position */
    size_t n_quotes;
    size_t *uses;

    bool left_out_access; /* something was left out because it is not open */
    bool left_out_basis;  /* publication: what is neither published nor official */

    struct dz_summary summary;
    struct dz_chronology chronology;
    struct dz_matrix matrix;
    struct dz_figures figures;
    struct dz_arena arena;
};
void
dz_report_content_done(struct dz_report_content *c);
#define DZ_AUTO_REPORT_CONTENT DZ_CLEANUP(dz_report_content_done)

/** Collect everything from a vault; ret is zeroed. */
DZ_MUSTUSE enum dz_code
dz_report_collect(struct dz_vault *v, const struct dz_rules *rules,
                  const struct dz_report_opts *opts, struct dz_report_content *ret,
                  struct dz_err *err);
/** Number exhibits and quotes, and find where each fact has its row. Needs sources, facts and the
 *  views that have been filled in. DZ_E_LIMIT. */
DZ_MUSTUSE enum dz_code
dz_report_number(struct dz_report_content *c, struct dz_err *err);
/** Write the page. Sets the thread's language for the time of the call. */
DZ_MUSTUSE enum dz_code
dz_report_render(const struct dz_report_content *c, dz_chunk_fn *sink, void *ctx,
                 struct dz_err *err);

/** NULL when there is no such fact in the report. */
const struct dz_report_fact *
dz_report_fact_by_id(const struct dz_report_content *c, const char *id);

/* ---- leaving out ---- */

enum dz_report_refusal { DZ_REPORT_SHOW, DZ_REPORT_NOT_OPEN, DZ_REPORT_NOT_PUBLIC };
enum dz_report_refusal
dz_report_judge(const char *basis, const char *access, bool for_publication);

/* ---- the page ---- */

struct dz_report_page {
    struct dz_html h;
    const struct dz_report_content *c;
    enum dz_lang lang;
    size_t *marks; /* scratch: one per quote, see dz_report_put_refs */
    size_t mark;
    size_t *list; /* scratch: quotes of one row */
};

void
dz_report_put_summary(struct dz_report_page *p);
void
dz_report_put_limits(struct dz_report_page *p);
void
dz_report_put_chronology(struct dz_report_page *p);
void
dz_report_put_matrix(struct dz_report_page *p);
void
dz_report_put_figures(struct dz_report_page *p);
void
dz_report_put_acts(struct dz_report_page *p);
void
dz_report_put_statements(struct dz_report_page *p);
void
dz_report_put_sources(struct dz_report_page *p);
void
dz_report_put_quotes(struct dz_report_page *p);
void
dz_report_put_reference(struct dz_report_page *p);

/* ---- words and small pieces ---- */

/** A date in words: "14 November 2023", "about July 2024", "until 1 July 2024"; an EDTF form that
 *  has no short wording stays as it is. */
void
dz_report_date_words(const char *edtf, struct dz_buf *out);
/** The same inside a time element where HTML knows the form. NULL: "no date". */
void
dz_report_put_date(struct dz_report_page *p, const char *edtf);
/** The date of a row; where it has none, also that of the source. */
void
dz_report_put_row_date(struct dz_report_page *p, const struct dz_chrono_row *row);
/** A day number as a date. */
void
dz_report_day_words(int32_t day, struct dz_buf *out);
/** Name of a place and of the oblast that it lies in, or the source's words in quotation marks, or
 *  "place not stated". */
void
dz_report_place_words(const struct dz_report_content *c, enum dz_lang lang, const char *id,
                      const char *text, struct dz_buf *out);
void
dz_report_put_place(struct dz_report_page *p, const char *id, const char *text);
const char *
dz_report_label(const struct dz_report_page *p, const char *list, const char *id);
/** "3 400 000" with narrow gaps, from decimal text. */
void
dz_report_number_words(const char *decimal, struct dz_buf *out);
/** "at least 40 000", "2 to 3". value may be NULL: no number was said. */
void
dz_report_value_words(const char *value, const char *value_max, const char *qualifier,
                      struct dz_buf *out);
/** How it is claimed, where that is more than asserted. */
void
dz_report_put_modality(struct dz_report_page *p, const char *modality);
/** An address printed in full, linked where that is safe. */
void
dz_report_put_address(struct dz_report_page *p, const char *address);
/** "2 sources, at most 1 origin". */
void
dz_report_put_counts(struct dz_report_page *p, const struct dz_counts *counts);

enum dz_report_caption { DZ_CAPTION_SEEN, DZ_CAPTION_UNSEEN };

/** Section with heading and id; ends with dz_report_close_section. */
void
dz_report_open_section(struct dz_report_page *p, const char *id, const char *heading);
void
dz_report_close_section(struct dz_report_page *p);
/** Table with caption and column heads; then rows by the caller; ends with dz_report_close_table.
 *  heads is NULL-ended, translated. A caption that repeats the heading above it is only for those
 *  who hear the page. */
void
dz_report_open_table(struct dz_report_page *p, const char *class_name, const char *caption,
                     const char *const *heads, enum dz_report_caption shown);
void
dz_report_close_table(struct dz_report_page *p);
/** A cell that knows its column's head, for narrow screens. Close it with dz_html_close "td". */
void
dz_report_open_cell(struct dz_report_page *p, const char *head, const char *class_name);

/** Links to the quotes of facts, each quote once, in the order of the exhibits. */
void
dz_report_put_refs(struct dz_report_page *p, const struct dz_evidence *facts, size_t n);
void
dz_report_put_refs_at(struct dz_report_page *p, const struct dz_evidence *facts, const uint32_t *at,
                      size_t n);
void
dz_report_put_fact_refs(struct dz_report_page *p, const struct dz_report_fact *f);
/** Not reviewed, two versions: marks of sign and word. */
void
dz_report_put_marks(struct dz_report_page *p, bool unreviewed, bool conflict);
void
dz_report_put_evidence_marks(struct dz_report_page *p, const struct dz_evidence *facts, size_t n);
/** The exact words of a quote with its language, and the link to it. */
void
dz_report_put_words(struct dz_report_page *p, size_t quote);
const char *
dz_report_quote_language(const struct dz_report_content *c, size_t quote);

#endif
