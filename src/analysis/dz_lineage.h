/* Lineage: which source repeats, cuts, includes or quotes which, and how many independent origins
 * there are.
 *
 * Sources are compared by the words that they share and that are not everybody's (dz_sketch.h): a
 * verdict shows the passages in both. The earlier of two is taken for the origin, by date of
 * publication, else by the order in which they were added. A person can decide against a verdict;
 * the decision stands in the journal (lineage.decided). Rules with examples: docs/METHOD.md. */
#ifndef DZ_LINEAGE_H
#define DZ_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"
#include "dz_mem.h"
#include "dz_rules.h"
#include "dz_vault.h"

enum dz_lineage_relation {
    DZ_LINEAGE_REPRINT,   /* at least half of each is the other */
    DZ_LINEAGE_EXTRACT,   /* at least half of it stands in the origin, which has much more */
    DZ_LINEAGE_INCLUDES,  /* at least half of the origin stands in it, with much besides */
    DZ_LINEAGE_QUOTE,     /* they share passages, and most of each is its own */
    DZ_LINEAGE_STATEMENT, /* both give the same figure or statement of the same claimant */
    DZ_LINEAGE_SAID       /* a person said so */
};
#define DZ_LINEAGE_RELATIONS 6
/** "reprint" "extract" "includes" "quote" "statement" "said": stable words for JSON. */
const char *
dz_lineage_relation_id(enum dz_lineage_relation r);

/** The same words in both, in code points of the current texts; ends not included. */
struct dz_lineage_passage {
    size_t start; /* in the source */
    size_t end;
    size_t origin_start;
    size_t origin_end;
    size_t n_words; /* that are the same */
};

enum dz_lineage_decision { DZ_LINEAGE_OPEN, DZ_LINEAGE_INDEPENDENT, DZ_LINEAGE_DERIVED };

struct dz_lineage_pair {
    size_t source; /* index into sources: the later one */
    size_t origin; /* the earlier one */
    enum dz_lineage_relation relation;
    bool turned;           /* a person says that the earlier one comes from the later one */
    bool by_date;          /* their dates say which is earlier; else the order of adding */
    unsigned share;        /* thousandths of the source's words that stand in the origin */
    unsigned origin_share; /* thousandths of the origin's words that stand in the source */
    size_t n_words;        /* the same in both */
    const struct dz_lineage_passage *passages;
    size_t n_passages;
    enum dz_lineage_decision decision; /* what a person decided about the two */
    const char *claimant;              /* of a statement: whose, in the source's words; NULL */
    const char *value;                 /* of a figure; NULL */
};

#define DZ_LINEAGE_NONE SIZE_MAX

/** Strings live as long as the result. NULL: not known. */
struct dz_lineage_source {
    const char *id;
    const char *title;
    const char *publisher;
    const char *published; /* EDTF */
    int32_t lo;            /* bounds of published in days */
    int32_t hi;
    size_t n_words; /* 0: it has no text */
    size_t parent; /* what most of it was taken from, or DZ_LINEAGE_NONE */
    size_t by;     /* the pair that says so */
    size_t root;   /* itself, when it has no parent */
};

struct dz_lineage {
    struct dz_lineage_source *sources; /* in the order of time */
    size_t n;
    struct dz_lineage_pair *pairs; /* by source, then origin */
    size_t n_pairs;
    size_t n_roots; /* independent origins, among sources that have a text */
    size_t n_texts; /* sources that have one */
    struct dz_arena arena;
};

/** Compare what has changed since the last time, keep the verdicts in the cache, and collect them
 *  all. ret is zeroed by the caller and given back with dz_lineage_done. cancel may be NULL: set by
 *  a signal handler, then DZ_E_CANCELLED; what was done is kept. With statements, those are looked
 *  for, too, among facts and suggestions; views that only count need none. */
DZ_MUSTUSE enum dz_code
dz_lineage_build(struct dz_vault *v, const struct dz_rules *rules, bool statements,
                 const bool *cancel, struct dz_lineage *ret, struct dz_err *err);
void
dz_lineage_done(struct dz_lineage *l);
#define DZ_AUTO_LINEAGE DZ_CLEANUP(dz_lineage_done)

/** Index of a source by its full id; DZ_LINEAGE_NONE. */
size_t
dz_lineage_find(const struct dz_lineage *l, const char *id);

#endif
