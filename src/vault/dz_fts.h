/* The full-text index: which sources hold the words, the best first.
 *
 * Words come from the layer that registered itself with dz_registry.words; the index keeps their
 * terms and places, and no text. Whoever asks brings terms, too: a phrase is a row of places, each
 * place one term or several of which any will do.
 *
 * Order. With x = (times in the text + 4 * times in the title) / (0.5 + length / 12000), length in
 * characters in steps of half an octave, a phrase adds weight * x / (x + 1.2); its weight is the
 * sum of log(1 + (N - n + 0.5) / (n + 0.5)) over its words, n being the number of sources that hold
 * the word, counted to 256 and estimated beyond. Equal ones: added later first. The answer is what
 * measuring every match would give, up to rounding, as long as there are no more sources than
 * DZ_FTS_REACH. In larger collections it is that too where the best matches stand out; else it is
 * the best of those that stand out and of the latest DZ_FTS_REACH sources. docs/ARCHITECTURE.md
 * says how.
 */
#ifndef DZ_FTS_H
#define DZ_FTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_db.h"

#define DZ_FTS_NEXT '\x1F' /* between places of a phrase */
#define DZ_FTS_OR '\x1E'   /* between terms of a place */
#define DZ_FTS_PHRASES_MAX 256
#define DZ_FTS_LIMIT_MAX 1000
#define DZ_FTS_REACH 20000

struct dz_fts_phrase {
    struct dz_view words; /* terms, parted as above; never with a quotation mark */
    bool begins;          /* the last term may go on */
    bool excluded;        /* stands behind NOT: adds nothing to the order */
};
struct dz_fts_query {
    const char *match; /* FTS5 expression; the phrases are its quoted strings, in their order */
    const struct dz_fts_phrase *phrases;
    size_t n;
    size_t limit; /* 1 to DZ_FTS_LIMIT_MAX */
    size_t reach; /* sources looked through at least, the latest first; 0: DZ_FTS_REACH */
    bool thorough; /* measure every match, to see that nothing is missed otherwise */
    /* Whether a source counts; NULL: all do. Asked only of those that would be among the best. */
    enum dz_code (*wanted)(void *ctx, int64_t row, bool *ret, struct dz_err *err);
    void *ctx;
};
struct dz_fts_hit {
    int64_t row;
    double score;
};

/** Enter the current text of a source in place of what was there. In apply functions only. */
DZ_MUSTUSE enum dz_code
dz_fts_put(struct dz_db *db, const char *source, struct dz_view title, struct dz_view text,
             struct dz_err *err);
/** Take a source out; nothing happens when it is not there. */
DZ_MUSTUSE enum dz_code
dz_fts_drop(struct dz_db *db, const char *source, struct dz_err *err);

/** For who asks more than once: keep more of the index in memory, up to 96 MiB. */
void
dz_fts_keep(struct dz_db *db);

/** Best first; hits has room for q->limit. */
DZ_MUSTUSE enum dz_code
dz_fts_find(struct dz_db *db, const struct dz_fts_query *q, struct dz_fts_hit *hits,
              size_t *ret_n, struct dz_err *err);
/** How many sources hold the words, counted no further than max. */
DZ_MUSTUSE enum dz_code
dz_fts_count(struct dz_db *db, const struct dz_fts_query *q, size_t max, size_t *ret,
               struct dz_err *err);
/** How many sources hold any of these terms: exact below 256, else about. */
DZ_MUSTUSE enum dz_code
dz_fts_spread(struct dz_db *db, struct dz_view place, size_t *ret, struct dz_err *err);

#endif
