/* Lineage without a vault: candidates from sketches, verdicts from texts, parents from verdicts. */
#ifndef LINEAGE_IMPL_H
#define LINEAGE_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_lineage.h"
#include "dz_sketch.h"
#include "dz_utf8.h"

/* ---- lineage_pairs.c: who shares rare shingles with whom ---- */

/* A shingle in more texts than this is nobody's own: a footer, a menu, a quoted law. */
#define DZ_LINEAGE_DF_MAX 25
/* Two kept shingles, as 15 shared words have at least. */
#define DZ_LINEAGE_RARE_LEAST 2

/** Sketches of n texts in the order of time, one behind the other: text d has
 *  hashes[at[d]] .. hashes[at[d + 1]], ascending. */
struct dz_sketch_set {
    uint32_t *hashes;
    size_t *at; /* n + 1 */
    size_t n;
};

struct dz_candidate {
    uint32_t a; /* the earlier text */
    uint32_t b;
    uint32_t n_rare;
    uint32_t n_common; /* with the first text that has it only */
};
struct dz_candidates {
    struct dz_candidate *items; /* by b, then a */
    size_t n;
    size_t cap;
    const struct dz_sketch_set *set;
    uint32_t *docs;   /* texts that share a shingle; only the first where it is common */
    uint32_t *doc_at; /* of each shared shingle, by its number: where its texts begin */
    uint32_t *hash;   /* of each shared shingle */
    size_t n_shared;
    size_t n_docs;
    size_t cap_shared[2];
    size_t cap_docs;
    uint32_t *n_own; /* of each text: numbers of shared shingles that now stand in the set */
};
/** Fill ret, which is zeroed. The hashes of the set are used up: the numbers of shared shingles
 *  take their place; set must live as long as ret. The same input gives the same output whatever
 *  the number of threads. DZ_E_LIMIT: more than 2^31 hashes. */
DZ_MUSTUSE enum dz_code
dz_candidates_find(struct dz_sketch_set *set, struct dz_candidates *ret, struct dz_err *err);
void
dz_candidates_done(struct dz_candidates *c);
/** Hashes of the shingles that two texts share, rare and common ones; borrowed from buf, which the
 *  caller frees after the last use. */
struct dz_marks_buf {
    uint32_t *hashes;
    size_t cap;
};
struct dz_marks
dz_candidates_marks(const struct dz_candidates *c, size_t a, size_t b, struct dz_marks_buf *buf);

/** Of so many words of a text those that are not in common passages, by its sketch: about. */
size_t
dz_candidates_own_words(const struct dz_candidates *c, size_t doc, size_t n_words);

/* ---- lineage_judge.c: what the words say ---- */

/* A text as it is compared. */
struct dz_judged_text {
    struct dz_view text; /* borrowed */
    struct dz_text_words words;
    struct dz_utf8_map map;
    struct dz_aligner *aligner; /* made when it is first needed */
    size_t n_own; /* words without those of footers and the like, about: shares are of these */
};
void
dz_judged_text_init(struct dz_judged_text *t, struct dz_view text);
void
dz_judged_text_done(struct dz_judged_text *t);

/* What two texts share, after everything that is nobody's own was left out. */
struct dz_verdict {
    uint32_t n_words_a; /* without those of common passages */
    uint32_t n_words_b;
    uint32_t n_same; /* words that stand in both; 0: they have nothing to do with each other */
    uint32_t n_longest; /* words of the longest passage */
    struct dz_lineage_passage *passages;
    size_t n_passages;
};
/** Compare b with the earlier text a. ret is zeroed by the caller and given back with
 *  dz_verdict_done. */
void
dz_judge(struct dz_judged_text *a, struct dz_judged_text *b, const struct dz_marks *marks,
         struct dz_verdict *ret);
void
dz_verdict_done(struct dz_verdict *v);
/** false: no relation at all. */
bool
dz_verdict_relation(const struct dz_verdict *v, enum dz_lineage_relation *ret);
/** Thousandths of the words of b (of a) that stand in the other. */
unsigned
dz_verdict_share(const struct dz_verdict *v);
unsigned
dz_verdict_origin_share(const struct dz_verdict *v);

/* ---- lineage_roots.c ---- */

/** Set parent, by and root of every source from the pairs, the decisions among them. Sources stand
 *  in the order of time; pairs by source, then origin. */
void
dz_lineage_settle(struct dz_lineage *l);

#endif
