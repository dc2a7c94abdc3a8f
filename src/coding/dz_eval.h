/* How well suggestions agree with what a careful reader marked in the same documents.
 *
 * A gold fact is one JSON object: doc, kind, quote, start and end in code points, the fields of its
 * kind, and optionally `optional` (counts neither way), `alt` (other spheres and means that are
 * right too) and `inferred`. Matching is one to one inside a document and a kind: acts, measures,
 * figures and statements when their spans share half of the shorter one, dates, places and persons
 * when they have the same value. Recall counts every gold fact that is not optional; precision only
 * documents that were marked completely. */
#ifndef DZ_EVAL_H
#define DZ_EVAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"

/* Kinds in the order in which they are printed; DZ_EVAL_ALL stands for all of them. */
enum dz_eval_kind {
    DZ_EVAL_ACT,
    DZ_EVAL_MEASURE,
    DZ_EVAL_FIGURE,
    DZ_EVAL_DATE,
    DZ_EVAL_PLACE,
    DZ_EVAL_PERSON,
    DZ_EVAL_STATEMENT,
    DZ_EVAL_ALL
};
extern const char *const dz_eval_kinds[DZ_EVAL_ALL + 1]; /* ids; the last is "all" */

/* Languages; the last stands for all of them. */
enum { DZ_EVAL_EN, DZ_EVAL_UK, DZ_EVAL_RU, DZ_EVAL_OTHER, DZ_EVAL_LANGS };
extern const char *const dz_eval_langs[DZ_EVAL_LANGS];

struct dz_eval_count {
    size_t gold; /* that are not optional */
    size_t hit;  /* of them found */
    size_t tp;   /* found in complete documents */
    size_t fp;   /* found in complete documents, and nothing there */
};

/* A field of matched facts: how often it agrees. */
struct dz_eval_field {
    enum dz_eval_kind kind;
    const char *name;
    size_t n[DZ_EVAL_LANGS + 1]; /* the last one: all languages */
    size_t ok[DZ_EVAL_LANGS + 1];
};

struct dz_eval {
    struct dz_eval_count counts[DZ_EVAL_ALL + 1][DZ_EVAL_LANGS + 1];
    struct dz_eval_field *fields;
    size_t n_fields;
    /* Recall of dates whose year is in the words, and of those where it is not. */
    size_t dates[2], dates_found[2];
    /* Protected persons, and those of them that were found and are protected, per language. */
    size_t kept[DZ_EVAL_LANGS + 1], kept_found[DZ_EVAL_LANGS + 1];
    size_t n_docs, n_complete;
    json_t *misses; /* array of {"tag": "miss" | "false", "doc", "kind", "quote", fields} */
};
void
dz_eval_init(struct dz_eval *e);
void
dz_eval_done(struct dz_eval *e);
#define DZ_AUTO_EVAL DZ_CLEANUP(dz_eval_done)

struct dz_eval_doc {
    const char *name;
    const char *language; /* "en", "uk", "ru" or any other */
    bool complete;
    struct dz_view text;
};
/** Count one document: both are arrays of fact objects; those of unknown kinds are passed over. */
void
dz_eval_add(struct dz_eval *e, const struct dz_eval_doc *doc, const json_t *gold,
            const json_t *found);

struct dz_eval_share {
    double precision, recall, f1; /* negative: cannot be said */
};
struct dz_eval_share
dz_eval_share_of(const struct dz_eval_count *c);

#endif
