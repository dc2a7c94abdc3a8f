/* Figures: the ledger of claimed quantities.
 *
 * A figure is a claim and nothing more. Facts that repeat one claim (same claimant, value, unit,
 * population, territory, and a date that fits) are one statement with the sources that relay it.
 * Statements that count the same of the same are comparable: their differences say what they
 * imply. Everything else is refused with its reason. Nothing is ever added up. Values are
 * decimals as text, computed in whole millionths. Rules with examples: docs/METHOD.md. */
#ifndef DZ_FIGURES_H
#define DZ_FIGURES_H

#include "dz_origin.h"

/* Exact decimals: value * 10^6 in 64 bits, so up to about nine million million. */
#define DZ_DECIMAL_PLACES 6
/** "3500000", "0.7", "-12.5". False when it is no decimal, has more than six places or is too
 *  large. */
bool
dz_decimal_parse(const char *text, int64_t *ret);
/** Shortest text of it. */
void
dz_decimal_print(int64_t value, struct dz_buf *out);

enum dz_figure_type {
    DZ_FIGURE_TOTAL, /* how many there were, as of a time */
    DZ_FIGURE_FLOW   /* how many in a period from .. to, or by how much a total changed */
};

struct dz_figure_statement {
    enum dz_figure_type type;
    bool has_value;    /* false: words without a number ("millions") */
    int64_t min;       /* millionths; what the words allow: "over 3" gives min 3, no max */
    int64_t max;       /* INT64_MAX: open upwards; min is INT64_MIN: open downwards */
    const char *value; /* as stated, decimal text; NULL without one */
    const char *value_max;
    const char *qualifier;      /* "~" ">" ">=" "<" "<=" or NULL */
    const char *unit;           /* never NULL: "" when not stated */
    const char *of;             /* what is counted, in words; NULL */
    const char *territory;      /* gazetteer id or NULL */
    const char *territory_text; /* the source's words, or NULL */
    /* EDTF; stated, or of the source's publication when as_of_by_source is set; NULL unknown */
    const char *as_of;
    /* nobody stated a time: the claim is no later than its first publication */
    bool as_of_by_source;
    int32_t lo; /* bounds of as_of (flow: of its period) */
    int32_t hi;
    const char *from; /* flow: EDTF or NULL */
    const char *to;
    const char
        *asserted_by;     /* first claimant, in the words of the first source; NULL: nobody named */
    const char *claimant; /* its party key, "" when nobody is named */
    const char *side;
    const char *derived_from; /* NULL or as recorded */
    const char *method;
    size_t group; /* index into groups */
    const struct dz_evidence
        *facts; /* each repetition, relays among them: said_by, via as each source words it */
    size_t n_facts;
    const char **sources; /* ids of the sources that carry it, each once */
    size_t n_sources;
    struct dz_counts counts;
};

/* Statements that count the same: unit, population, territory and type agree. */
struct dz_figure_group {
    const char *unit;
    const char *of;        /* NULL: not stated */
    const char *territory; /* NULL */
    const char *territory_text;
    enum dz_figure_type type;
    const size_t *statements; /* by time, then value */
    size_t n_statements;
};

enum dz_figure_relation {
    DZ_FIGURES_AGREE,  /* same time, values fit each other */
    DZ_FIGURES_DIFFER, /* different times: the difference is implied, not stated */
    /* same time, or a total that falls: values cannot both be right as stated */
    DZ_FIGURES_CONTRADICT,
    DZ_FIGURES_NOT_COMPARABLE
};
enum dz_figure_refusal {
    DZ_REFUSE_NONE,
    DZ_REFUSE_NO_VALUE,
    DZ_REFUSE_UNIT,       /* passports are not people */
    DZ_REFUSE_POPULATION, /* what or who is counted differs, or only one says it */
    DZ_REFUSE_TERRITORY,
    DZ_REFUSE_TYPE,  /* a total at a time against a number over a period */
    DZ_REFUSE_TIME,  /* the time of one is not known, or they may or may not be the same time */
    DZ_REFUSE_PERIOD /* two flows over different periods */
};
/** One sentence for people, translated; "" for DZ_REFUSE_NONE. */
const char *
dz_figure_refusal_text(enum dz_figure_refusal r);
/** "agree" "differ" "contradict" "not_comparable"; "unit" ... : stable words for JSON. */
const char *
dz_figure_relation_id(enum dz_figure_relation r);
const char *
dz_figure_refusal_id(enum dz_figure_refusal r);

struct dz_figure_pair {
    size_t a; /* the earlier one; indices into statements */
    size_t b;
    enum dz_figure_relation relation;
    enum dz_figure_refusal refusal;
    bool time_by_source; /* the time of one is only that of its first publication */
    bool has_difference;
    /* different times, but the values allow no difference at all: they may be one number */
    bool may_be_same;
    int64_t diff;     /* b - a of the values as stated, in millionths */
    int64_t diff_min; /* b - a in millionths, as far as the values allow; equal for exact ones */
    int64_t diff_max; /* INT64_MIN and INT64_MAX: open */
    int32_t from;     /* days between which the difference came about, when it is implied */
    int32_t until;
    /* a flow over that time whose value fits the difference; SIZE_MAX: nobody states it */
    size_t stated_by;
};

struct dz_figures {
    struct dz_figure_statement *statements; /* by group, then time */
    size_t n;
    struct dz_figure_group *groups;
    size_t n_groups;
    struct dz_figure_pair *pairs; /* inside groups: neighbours in time, and all that contradict */
    size_t n_pairs;
    /* between groups of one unit, one pair for each two groups; at most DZ_REFUSED_MAX */
    struct dz_figure_pair *refused;
    size_t n_refused;
    struct dz_counts counts; /* facts, each once */
    size_t n_withheld;       /* as in dz_chronology.h */
    struct dz_arena arena;
};
#define DZ_REFUSED_MAX 200

/** ret is zeroed by the caller and given back with dz_figures_done. Errors as for chronologies. */
DZ_MUSTUSE enum dz_code
dz_figures_build(struct dz_vault *v, const struct dz_rules *rules, const struct dz_scope *scope,
                 struct dz_figures *ret, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_figures_of(const struct dz_origins *o, const struct dz_rules *rules,
              const struct dz_fact_row *rows, size_t n, const struct dz_scope *scope,
              struct dz_figures *ret, struct dz_err *err);
void
dz_figures_done(struct dz_figures *f);
#define DZ_AUTO_FIGURES DZ_CLEANUP(dz_figures_done)

/** How any two statements lie to each other (a and b are put in order of time). */
struct dz_figure_pair
dz_figures_compare(const struct dz_figures *f, size_t a, size_t b);

#endif
