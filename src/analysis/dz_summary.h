/* Summary: what a collection holds, counted by the same rules as the other views. Counts are
 * "documented in this collection", never totals; people are not counted across sources. */
#ifndef DZ_SUMMARY_H
#define DZ_SUMMARY_H

#include "dz_origin.h"

/** Acts of one code; an act with several codes stands in each of them, so columns must not be
 *  added up. */
struct dz_code_count {
    const char *code;
    size_t n_events;    /* passages of specific events */
    size_t n_claims;    /* passages of general claims */
    size_t n_denied;    /* passages that deny or negate */
    size_t n_announced; /* passages of what was only announced or planned */
    struct dz_counts counts;
    size_t n_unpublished; /* spheres in public output, as in cells of the matrix */
    bool withheld;
};

struct dz_summary {
    struct dz_counts acts;
    size_t n_unpublished_acts; /* public output, beside acts */
    bool withheld_acts;
    struct dz_counts measures;
    struct dz_counts figures;
    struct dz_counts statements;
    struct dz_counts all;
    size_t n_events; /* passages of acts, told apart as in the matrix */
    size_t n_claims;
    size_t n_denied;
    size_t n_announced;
    size_t n_conflicts; /* facts of which two versions stand against each other */
    size_t n_undated_acts;
    size_t n_unplaced_acts;
    const char *first_date; /* EDTF of the earliest and latest act or measure, or NULL */
    const char *last_date;
    struct dz_code_count *spheres; /* codebook order, those that occur */
    size_t n_spheres;
    struct dz_code_count *means;
    size_t n_means;
    struct dz_code_count *places; /* by place id as coded, in the order of the gazetteer */
    size_t n_places;
    struct dz_code_count *stances; /* statements; only counts is filled */
    size_t n_stances;
    size_t n_sources; /* all that are held, also those without facts */
    size_t n_sources_used;
    size_t n_sources_without_text;
    size_t n_sources_unstated; /* basis not stated */
    size_t n_source_origins;   /* sources with the same text or made from one another count once */
    size_t n_withheld;         /* as in dz_chronology.h */
    struct dz_arena arena;
};

/** ret is zeroed by the caller and given back with dz_summary_done. Errors as for chronologies. */
DZ_MUSTUSE enum dz_code
dz_summary_build(struct dz_vault *v, const struct dz_rules *rules, const struct dz_scope *scope,
                 struct dz_summary *ret, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_summary_of(const struct dz_origins *o, const struct dz_rules *rules,
              const struct dz_fact_row *rows, size_t n, const struct dz_scope *scope,
              struct dz_summary *ret, struct dz_err *err);
void
dz_summary_done(struct dz_summary *s);
#define DZ_AUTO_SUMMARY DZ_CLEANUP(dz_summary_done)

#endif
