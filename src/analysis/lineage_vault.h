/* Lineage of a vault while it is made, shared by the files that do it. */
#ifndef LINEAGE_VAULT_H
#define LINEAGE_VAULT_H

#include "dz_db.h"
#include "lineage_impl.h"

/* Another one: every pair is compared anew. */
#define DZ_LINEAGE_VERSION "2"

/** A text among those that are compared. */
struct dz_lineage_text {
    size_t source; /* index into the sources of the result */
    char sha256[DZ_HEX32];
};

struct dz_lineage_work {
    struct dz_vault *v;
    struct dz_lineage *l;
    struct dz_lineage_text *texts; /* in the order of time */
    size_t n;
    size_t *by_id; /* indices of sources in the order of their ids */
    const bool *cancel;
    size_t cap_pairs;
};

/** Index of a source; DZ_LINEAGE_NONE. */
size_t
dz_lineage_work_find(const struct dz_lineage_work *w, struct dz_view id);

/** A new pair at the end of those of the result. */
struct dz_lineage_pair *
dz_lineage_add_pair(struct dz_lineage_work *w, size_t source, size_t origin);

/** The pair of a source and an origin, or NULL; of the pairs the first n are sorted. */
struct dz_lineage_pair *
dz_lineage_pair_of(struct dz_lineage *l, size_t n, size_t source, size_t origin);

/** Compare all texts and keep what was found in cache_pair. lineage_compare.c */
DZ_MUSTUSE enum dz_code
dz_lineage_compare(struct dz_lineage_work *w, struct dz_err *err);

/** Add pairs that give the same figure or statement of the same claimant. lineage_claims.c */
DZ_MUSTUSE enum dz_code
dz_lineage_claims(struct dz_lineage_work *w, const struct dz_rules *rules, struct dz_err *err);

#endif
