/* The review queue: what dokaz proposes for each source, and what people decide about it.
 *
 * Suggestions are computed from a source's current text and the rules, kept in a cache and
 * thrown away when either changes. Only decisions stand in the journal. */
#ifndef DZ_QUEUE_H
#define DZ_QUEUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"
#include "dz_rules.h"
#include "dz_vault.h"

#define DZ_SUGGESTION_ID_MAX 24 /* "sug-", 16 hex characters, NUL */

enum dz_decision { DZ_OPEN, DZ_ACCEPTED, DZ_REJECTED };

/** Borrowed for the call. */
struct dz_queue_row {
    const char *id;
    const char *source;
    const char *doc;   /* file name as added, without ending */
    const char *title; /* of the source */
    const char *kind;  /* act measure figure statement person place date */
    size_t start;      /* code points in the current text */
    size_t end;
    const char *quote;
    const char *rule;
    int score;      /* 0..100 */
    bool sensitive; /* never accepted in bulk */
    enum dz_decision decision;
    const json_t *fields; /* the kind's own fields */
    const json_t *line;   /* one object as `suggest --json` prints it (DESIGN section 9) */
};

/** Compute what is missing or stale: of one source, or of all (NULL). On a read-only vault
 * nothing is kept between calls. ret_n (may be NULL): sources read now. cancel (may be NULL) is
 * set by
 * a signal handler: what was read is kept, then DZ_E_CANCELLED. */
DZ_MUSTUSE enum dz_code
dz_queue_update(struct dz_vault *v, const struct dz_rules *rules, const char *source,
                const bool *cancel, uint64_t *ret_n, struct dz_err *err);
/** Sources whose suggestions are missing or stale. */
DZ_MUSTUSE enum dz_code
dz_queue_backlog(struct dz_vault *v, const struct dz_rules *rules, uint64_t *ret,
                 struct dz_err *err);

struct dz_queue_filter { /* NULL and 0: any */
    const char *source;
    const char *kind;
    int min_score;
    bool decided; /* also those that were accepted or rejected */
};
typedef enum dz_code
dz_queue_fn(void *ctx, const struct dz_queue_row *row, struct dz_err *err);
/** By source in the order added, then start. Does not compute: call dz_queue_update first. */
DZ_MUSTUSE enum dz_code
dz_queue_each(struct dz_vault *v, const struct dz_queue_filter *filter, dz_queue_fn *fn, void *ctx,
              struct dz_err *err);

/** Accept one (id or unique beginning): records the fact. corrections (may be NULL) are merged
 * over the proposed fields, `kind` among them. The fact counts as reviewed. DZ_E_NOTFOUND;
 * DZ_E_EXISTS: decided already; DZ_E_DENIED: a person, place or date is no fact of its own. */
DZ_MUSTUSE enum dz_code
dz_queue_accept(struct dz_vault *v, const struct dz_rules *rules, const char *id,
                const json_t *corrections, char ret_fact[DZ_ID_MAX], struct dz_err *err);
/** Reject one: the id and a keyed hash of the quote are kept, no words. */
DZ_MUSTUSE enum dz_code
dz_queue_reject(struct dz_vault *v, const char *id, struct dz_err *err);

struct dz_queue_bulk {
    uint64_t n_accepted;
    uint64_t n_by_kind[4]; /* order of dz_fact_kinds */
    uint64_t n_sensitive;  /* stay in the queue: concern an identifiable private person */
    uint64_t n_not_public; /* stay: testimony, private document, or basis unstated */
    uint64_t n_not_facts;  /* persons, places and dates */
    uint64_t n_refused;    /* did not fit the rules for facts; stay */
};
/** Accept all acts, measures, figures and statements of published and official sources (of one,
 * or NULL: all). They are marked "accepted in bulk, not reviewed". Commits in parts; what is
 * done stays done. */
DZ_MUSTUSE enum dz_code
dz_queue_accept_all(struct dz_vault *v, const struct dz_rules *rules, const char *source,
                    struct dz_queue_bulk *ret, struct dz_err *err);

#endif
