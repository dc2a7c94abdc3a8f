/* The tokenizer and the measure of FTS5, and what they share with those who ask. */
#ifndef FULLTEXT_IMPL_H
#define FULLTEXT_IMPL_H

#include "dz_fts.h"
#include "dz_vault.h"

struct sqlite3;

/* Steps of the length of a text that fit into the number of a row. */
#define FULLTEXT_CLASS_BITS 5
#define FULLTEXT_TIERS 8
#define DZ_FULLTEXT_SATURATION 1.2

struct fulltext_seen {
    struct dz_view term;
    uint32_t id;
};

struct fulltext {
    const struct dz_word_source *words; /* NULL: nothing is indexed */
    void *splitter;
    /* The text that is being entered. */
    bool adding;
    bool in_body;
    double norm;
    uint32_t *counts; /* by number of the term; a time in the title counts as four */
    size_t counts_cap;
    struct fulltext_seen *seen;
    size_t n_seen, seen_cap;
    /* The question that is being answered. */
    const double *weights; /* of its phrases */
    size_t n_weights;
    size_t skip; /* phrases in front that only narrow */
    double score; /* of the row last measured */
};

/** Register with a connection. f lives as long as it. */
int
dz_fulltext_register(struct sqlite3 *sqlite, struct fulltext *f);
void
dz_fulltext_done(struct fulltext *f);

/** Half octaves of the length, for the row's number. */
unsigned
dz_fulltext_class(struct dz_view text);
/** What a count is divided by in a text of that length. */
double
dz_fulltext_norm(unsigned class);
/** Least x of a tier. */
double
dz_fulltext_floor(unsigned tier);

#endif
