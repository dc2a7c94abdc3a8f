/* Evidence and where it comes from: what stands behind each row and number of a view.
 *
 * Every row of every view carries the facts that it rests on, each with its passages, so that a
 * number leads to its quotes. Origins answer how many of those facts may be independent of each
 * other. The rule is deliberately simple (docs/METHOD.md, "Independent origins"): a figure or
 * statement comes from its first named claimant; an act or measure from whom its source cites, else
 * from the source's publisher; sources with the same text, or made from one another, count once,
 * and
 * so does what lineage says of them. Hidden common origins stay hidden, so the number is an upper
 * bound: "at most n". */
#ifndef DZ_ORIGIN_H
#define DZ_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"
#include "dz_fact.h"
#include "dz_mem.h"
#include "dz_party.h"
#include "dz_rules.h"
#include "dz_source.h"
#include "dz_vault.h"

#define DZ_VIEW_BYTES_MAX ((size_t)1 << 30) /* memory that one view's result may take */

/** One fact behind a row. Borrowed from the result it stands in. NULL: not stated. */
struct dz_evidence {
    const char *id;
    const char *kind;     /* act measure figure statement */
    const char *modality; /* never NULL */
    const char *origin;   /* key: facts with equal keys count as one origin; never NULL */
    const char *said_by;  /* issuer, speaker or asserted_by, in the source's words */
    const char *via;      /* through whom, in the source's words */
    bool reviewed;
    bool bulk;     /* accepted in bulk, not reviewed */
    bool conflict; /* two versions stand against each other; the later one is used */
    const struct dz_passage *passages;
    size_t n_passages;
};

/** How much documentation something has. Counted in this collection, never a total of what
 *  happened. */
struct dz_counts {
    size_t n_facts;
    size_t n_passages; /* distinct stretches of text: two codes on one quote count once */
    size_t n_sources;
    size_t n_origins;    /* at most so many are independent */
    size_t n_unreviewed; /* facts accepted in bulk that nobody has looked at */
};

/* What is known of the sources of a collection, small enough to keep while facts stream by. */
struct dz_origins;

/** Empty; feed it with dz_origins_add. Caller frees. */
struct dz_origins *
dz_origins_new(const struct dz_rules *rules);
void
dz_origins_free(struct dz_origins *o);
/** row is copied. */
void
dz_origins_add(struct dz_origins *o, const struct dz_source_row *row);
struct dz_lineage;
/** Count sources that repeat or were taken out of another one as that one, and acts in a passage of
 *  15 words or more that another source had before as that source's. Ids are copied. */
void
dz_origins_derive(struct dz_origins *o, const struct dz_lineage *l);
/** All sources of a vault, with their lineage. Caller frees *ret. */
DZ_MUSTUSE enum dz_code
dz_origins_load(struct dz_vault *v, const struct dz_rules *rules, struct dz_origins **ret,
                struct dz_err *err);

/** A source as far as views need it. Borrowed; NULL members: not known. */
struct dz_source_note {
    const char *id;
    const char *title; /* never NULL */
    const char *publisher;
    const char *published; /* EDTF */
    const char *address;
    const char *basis;
    const char *sha256;
};
/** NULL when no such source was added. */
const struct dz_source_note *
dz_origins_source(const struct dz_origins *o, const char *id);
/** Append the origin key of a fact. */
void
dz_origin_key(const struct dz_origins *o, const struct dz_fact_row *row, struct dz_buf *out);
const struct dz_parties *
dz_origins_parties(const struct dz_origins *o);

/** Copy a fact into the arena of a result. DZ_E_LIMIT past its ceiling. */
DZ_MUSTUSE enum dz_code
dz_evidence_take(const struct dz_origins *o, const struct dz_fact_row *row, struct dz_arena *arena,
                 struct dz_evidence *ret, struct dz_err *err);
/** Count over n facts. */
struct dz_counts
dz_evidence_count(const struct dz_evidence *const *facts, size_t n);

struct dz_disclosure;
/* What all views can be narrowed to. NULL and 0: everything. */
struct dz_scope {
    const char *place;  /* gazetteer id: what lies inside it; see `wider` of the rows */
    const char *sphere; /* main or further */
    const char *period; /* EDTF: what may overlap it */
    bool without_bulk;  /* leave out what nobody has reviewed */
    /* Only what dz_disclosure.h lets the public know: whoever streams facts narrows them, and hands
     * over the settled numbers of acts that are only counted; NULL: there are none. */
    bool for_publication;
    const struct dz_disclosure *counted;
    /* For publication from a vault: replaces names in the words of a fact that is shown; NULL: its
     * words are not handed on. */
    void (*mask)(void *ctx, const struct dz_fact_row *row, json_t *body);
    void *mask_ctx;
};

#endif
