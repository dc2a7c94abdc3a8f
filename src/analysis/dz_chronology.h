/* Chronology: measures, deadlines, statements, figures and acts on one time axis.
 *
 * Rows are ordered by the earliest day they can mean, then the latest; what has no date stands
 * in a group of its own at the end. An uncertain date is never narrowed. A measure gives up to
 * three rows: adopted, effective, deadline. One measure that several sources report is one row
 * whose facts all stay listed. Reference measures (built-in knowledge) are rows marked
 * `reference`: "source not held in this collection"; they are never counted. Rules with
 * examples: docs/METHOD.md. */
#ifndef DZ_CHRONOLOGY_H
#define DZ_CHRONOLOGY_H

#include "dz_origin.h"

enum dz_chrono_kind {
    DZ_CHRONO_ADOPTED,   /* measure: signed or adopted, or its only date */
    DZ_CHRONO_EFFECTIVE, /* measure: in force from */
    DZ_CHRONO_DEADLINE,  /* measure: the day by which people had to act */
    DZ_CHRONO_STATEMENT,
    DZ_CHRONO_FIGURE,
    DZ_CHRONO_ACT
};
#define DZ_CHRONO_KINDS 6

struct dz_chrono_row {
    enum dz_chrono_kind kind;
    const char
        *measure; /* measure: equal for the rows of one measure (id of its first fact, or ref_id) */
    bool reference;   /* built-in, source not held; facts is empty, ref_* are set */
    const char *date; /* EDTF as stated; the narrowest of the grouped facts; NULL: undated */
    int32_t lo;       /* days since 1970-01-01, both included; DZ_EDTF_MIN_DAY..MAX_DAY undated */
    int32_t hi;
    bool dated;
    bool approximate; /* ~ */
    bool uncertain;   /* ? */
    /* the place asked for lies inside the stated one: the fact is about the wider area */
    bool wider;
    const char *place;      /* gazetteer id, or NULL */
    const char *place_text; /* the source's words, or NULL */
    const char *sphere;     /* main code, or NULL */
    const char *means;
    const char *modality;   /* never NULL; of the first fact */
    bool specific;          /* act: a specific event, not a general claim */
    /* act with a date: all of it lies behind the day its source came out, or it was announced or
     * planned and not over by then; the date says for when, and not that it happened then */
    bool ahead;
    const char *who;        /* issuer, speaker, claimant, in the source's words */
    const char *side;       /* of who: "RU" "UA" "INT" ...; "" unknown */
    const char *title;      /* measure: how a coder named it, or NULL */
    const char *instrument; /* measure */
    const char *number;     /* measure: of the instrument */
    const char *stance;     /* statement: code */
    const char *value;      /* figure: decimal text */
    const char *value_max;
    const char *qualifier; /* "~" ">" ">=" "<" "<=" or NULL */
    const char *unit;
    const char *what;   /* figure: what is counted, in words */
    const char *ref_id; /* reference: "M017" */
    const char *ref_summary_en;
    const char *ref_summary_uk;
    const char *ref_source;     /* its citation */
    const char *ref_address;    /* first one */
    const char *ref_confidence; /* confirmed reported */
    const struct dz_evidence *facts;
    size_t n_facts;
    struct dz_counts counts;
};

struct dz_chronology {
    struct dz_chrono_row *rows; /* dated ones first, by lo, hi, kind, id; then undated */
    size_t n;
    size_t n_dated;          /* rows[n_dated..n) are undated */
    size_t n_reference;      /* how many of them are reference measures */
    struct dz_counts counts; /* of all facts shown; reference measures do not count */
    size_t n_unpublished; /* public output: acts that are counted and have no row */
    bool withheld;        /* of those no number is told */
    size_t n_withheld;       /* facts left out: they rest on a testimony or private document, and no
                          consent is on record */
    struct dz_arena arena;
};

#define DZ_CHRONO_BIT(kind) (1u << (kind))
struct dz_chronology_opts {
    struct dz_scope scope;
    unsigned kinds;       /* DZ_CHRONO_BIT of the kinds wanted; 0: all */
    bool with_reference;  /* also reference measures */
    bool without_undated; /* leave out what has no date; a period leaves it out as well */
};

/** From a vault. ret is zeroed by the caller and given back with dz_chronology_done. DZ_E_INPUT:
 *  place, sphere or period unknown; DZ_E_LIMIT: the result is too large, narrow it. */
DZ_MUSTUSE enum dz_code
dz_chronology_build(struct dz_vault *v, const struct dz_rules *rules,
                    const struct dz_chronology_opts *opts, struct dz_chronology *ret,
                    struct dz_err *err);
/** The same from rows at hand. */
DZ_MUSTUSE enum dz_code
dz_chronology_of(const struct dz_origins *o, const struct dz_rules *rules,
                 const struct dz_fact_row *rows, size_t n, const struct dz_chronology_opts *opts,
                 struct dz_chronology *ret, struct dz_err *err);
void
dz_chronology_done(struct dz_chronology *c);
#define DZ_AUTO_CHRONOLOGY DZ_CLEANUP(dz_chronology_done)

/** "adopted" "effective" "deadline" "statement" "figure" "act": stable words for JSON. */
const char *
dz_chrono_kind_id(enum dz_chrono_kind kind);

#endif
