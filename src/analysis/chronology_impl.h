/* Building a chronology: private to the layer. */
#ifndef CHRONOLOGY_IMPL_H
#define CHRONOLOGY_IMPL_H

#include "analysis_impl.h"
#include "dz_chronology.h"

/* One fact that tells of a measure, before it is known which others tell of the same. */
struct dz_chrono_measure {
    struct dz_chrono_row row;                  /* all but dates and evidence */
    const char *dates[DZ_CHRONO_DEADLINE + 1]; /* adopted, effective, deadline; NULL: not stated */
    struct dz_evidence fact;
    /* For comparing: bounds of the dates that are stated, folded words. */
    struct dz_edtf_bounds at[DZ_CHRONO_DEADLINE + 1];
    bool stated[DZ_CHRONO_DEADLINE + 1];
    const char *number;
    const char *instrument;
    const char *issuer; /* party key; NULL: nobody is named */
};

struct dz_chrono_builder {
    const struct dz_chronology_opts *opts;
    struct dz_gather gather;
    struct dz_arena arena;
    struct dz_keeper keep;
    struct dz_chrono_row *rows;
    size_t n_rows;
    size_t cap_rows;
    struct dz_chrono_measure *measures;
    size_t n_measures;
    size_t cap_measures;
};

/** Zeroes b first; it is given back with dz_chrono_builder_done whatever comes of it. */
DZ_MUSTUSE enum dz_code
dz_chrono_begin(struct dz_chrono_builder *b, const struct dz_origins *o,
                const struct dz_rules *rules, const struct dz_chronology_opts *opts,
                struct dz_err *err);
/** A dz_fact_fn. */
DZ_MUSTUSE enum dz_code
dz_chrono_take(void *ctx, const struct dz_fact_row *fact, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_chrono_end(struct dz_chrono_builder *b, struct dz_chronology *ret, struct dz_err *err);
void
dz_chrono_builder_done(struct dz_chrono_builder *b);

bool
dz_chrono_wants(const struct dz_chrono_builder *b, enum dz_chrono_kind kind);
/** Set the date of a row, and what follows from it; edtf is kept by reference. */
void
dz_chrono_date(struct dz_chrono_row *row, const char *edtf);
/** Append a row unless kind, period or missing date leave it out (NULL). */
struct dz_chrono_row *
dz_chrono_emit(struct dz_chrono_builder *b, const struct dz_chrono_row *row);
/** Put the measures that were taken together and append their rows. */
void
dz_chrono_measures(struct dz_chrono_builder *b);
/** Append the built-in reference measures. */
void
dz_chrono_references(struct dz_chrono_builder *b);

#endif
