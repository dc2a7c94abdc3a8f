/* Comparing one gold fact with one that was found. Private to coding/. */
#ifndef DZ_EVAL_PRIV_H
#define DZ_EVAL_PRIV_H

#include "dz_eval.h"

struct dz_eval_span {
    size_t start; /* code points */
    size_t end;
};

struct dz_eval_fact {
    const json_t *json; /* borrowed */
    struct dz_eval_span *spans;
    size_t n_spans;
    char *key; /* what value kinds are compared by: place or date; folded name of a person */
};

/* A document's text as code points. */
struct dz_eval_text {
    uint32_t *cp;
    size_t n;
};

/** Compatibility forms taken apart, marks dropped, case folded, one kind of apostrophe, one blank
 *  between words. Caller frees. NULL gives "". */
char *
dz_eval_fold(const char *s);
/** Normal form of a place (name_en or name, with type) and of a date. Callers free. */
char *
dz_eval_place_key(const json_t *fact);
char *
dz_eval_date_key(const json_t *fact);
/** Do two names mean one person, case endings and transliteration aside? Both as folded. */
bool
dz_eval_same_person(const char *a, const char *b);
/** Do two folded texts share a word of more than two letters? */
bool
dz_eval_share_word(const char *a, const char *b);

/** Where a fact stands: start and end, else every place of its quote. */
void
dz_eval_spans(struct dz_eval_fact *f, const struct dz_eval_text *text);
/** Largest overlap of two facts, as a share of the shorter span. */
double
dz_eval_overlap(const struct dz_eval_fact *a, const struct dz_eval_fact *b);

/* Agreement of the fields of a matched pair. */
#define DZ_EVAL_AGREES_MAX 8
struct dz_eval_agree {
    const char *name;
    bool ok;
    bool key; /* decides between several possible partners */
};
/** Fields that gold states; returns how many. */
size_t
dz_eval_agreement(enum dz_eval_kind kind, const json_t *gold, const json_t *found,
                  struct dz_eval_agree ret[DZ_EVAL_AGREES_MAX]);

/** Partners that together weigh most: weights[i * m + j] > 0 where i and j may be partners.
 *  partner[i] is set to j or SIZE_MAX. */
void
dz_eval_assign(const double *weights, size_t n, size_t m, size_t *partner);

#endif
