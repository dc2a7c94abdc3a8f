/* Facts: acts, measures, figures and statements, each anchored to the exact words of a source.
 *
 * A fact is a JSON object with flat fields (docs/format/entries.md lists them by kind) and
 * `passages`:
 *     {"source": "src-...", "start": 120, "end": 164, "exact": "..."}   (code points)
 * start and end may be left out when exact occurs once in the current text; text (SHA-256 of
 * the version), prefix and suffix are filled in here and checked when given. No fact stands
 * without a passage. */
#ifndef DZ_FACT_H
#define DZ_FACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"
#include "dz_rules.h"
#include "dz_vault.h"

#define DZ_FACT_CONTEXT 32 /* code points of prefix and suffix */
#define DZ_FACT_PASSAGES_MAX 64

/** "act", "measure", "figure", "statement", NULL-ended. */
extern const char *const dz_fact_kinds[];

/** Check a fact of a kind and complete its passages; *ret is the checked copy, owned by the
 * caller. DZ_E_INPUT names the field and what would be right; DZ_E_DENIED: a field that dokaz
 * does not keep (passport, tax or phone numbers, addresses, faces), whatever its name is
 * spelled like. */
DZ_MUSTUSE enum dz_code
dz_fact_check(struct dz_vault *v, const struct dz_rules *rules, const char *kind,
              const json_t *fields, json_t **ret, struct dz_err *err);

/** Record a fact by hand. Facts so made count as reviewed. */
DZ_MUSTUSE enum dz_code
dz_fact_record(struct dz_vault *v, const struct dz_rules *rules, const char *kind,
               const json_t *fields, char ret_id[DZ_ID_MAX], struct dz_err *err);
/** Revise: fields are merged over the current ones (top level; "" or [] takes one away). version
 * is the ref that is revised, or NULL for the only current one; DZ_E_DENIED when two versions
 * stand against each other and none is named, or it is withdrawn. Marks the fact as reviewed
 * unless fields say "reviewed": false. */
DZ_MUSTUSE enum dz_code
dz_fact_revise(struct dz_vault *v, const struct dz_rules *rules, const char *id,
               const char *version, const json_t *fields, struct dz_err *err);
/** Withdraw; reason is required (1..500 bytes). With a conflict, withdrawing one version settles
 * it for the other. */
DZ_MUSTUSE enum dz_code
dz_fact_withdraw(struct dz_vault *v, const char *id, const char *version, const char *reason,
                 struct dz_err *err);

/* How a passage compares with the current text of its source. */
enum dz_passage_state {
    DZ_PASSAGE_SAME,   /* the same words at the same place with the same context */
    DZ_PASSAGE_MOVED,  /* the exact words stand elsewhere, or between other words */
    DZ_PASSAGE_ORPHAN, /* the words are not there as they are */
    DZ_PASSAGE_UNKNOWN /* there is no current text, or it cannot be read */
};

/* Where it stands: as recorded, or as a person confirmed it in a later text version. Whatever its
 * state, its words stand in the preserved version text_sha256. */
struct dz_passage {
    const char *source;
    const char *text_sha256;
    size_t start; /* code points */
    size_t end;
    const char *exact;
    const char *prefix; /* "" at the edge */
    const char *suffix;
    const char *translation; /* or NULL */
    enum dz_passage_state state;
    const char *confirmed; /* entry that says so, or NULL: as recorded */
};

/** One fact as it stands. Borrowed for the call, or until dz_fact_done. NULL: not stated. */
struct dz_fact_row {
    const char *id;
    const char *kind;
    /* "current", "conflict" (two versions; shown is the later one), "withdrawn" */
    const char *state;
    const char *ref;    /* entry of the version shown */
    const char *sphere; /* main codes */
    const char *means;
    const char *place; /* gazetteer id */
    /* EDTF. Act and statement: `date`; measure: `effective`, else `date`; figure: `as_of`, else
     * `from`/`to`. */
    const char *date;
    bool has_date;
    int32_t lo; /* bounds of date in days, DZ_EDTF_MIN_DAY..DZ_EDTF_MAX_DAY without one */
    int32_t hi;
    const char *modality;              /* never NULL: "asserted" when not stated */
    bool reviewed;                     /* a person has looked at it */
    bool bulk;                         /* accepted in bulk, not reviewed */
    const char *suggestion;            /* id of the suggestion it came from */
    const char *coder;                 /* member who recorded it */
    const char *recorded;              /* time of its first entry */
    const json_t *body;                /* the version shown, with all fields */
    const struct dz_passage *passages; /* 1 or more */
    size_t n_passages;
    enum dz_passage_state passage_state; /* of the passage that stands worst */
};
struct dz_fact {
    struct dz_fact_row row;
    json_t *body;
    json_t *elsewhere; /* what the projection says of passages that moved */
    json_t *kept; /* strings of the row */
    struct dz_passage *passages;
};
/** id may be a unique beginning. DZ_E_NOTFOUND; DZ_E_INPUT when several fit. */
DZ_MUSTUSE enum dz_code
dz_fact_get(struct dz_vault *v, const char *id, struct dz_fact *ret, struct dz_err *err);
void
dz_fact_done(struct dz_fact *f);
#define DZ_AUTO_FACT DZ_CLEANUP(dz_fact_done)

struct dz_fact_version {
    const char *ref;
    const char *revises; /* or NULL */
    const char *action;  /* recorded revised withdrawn */
    const char *member;
    const char *time;
    bool head; /* nothing revises it */
    const json_t *body;
};
typedef enum dz_code
dz_fact_version_fn(void *ctx, const struct dz_fact_version *fv, struct dz_err *err);
/** In the order of the journal. */
DZ_MUSTUSE enum dz_code
dz_fact_history(struct dz_vault *v, const char *id, dz_fact_version_fn *fn, void *ctx,
                struct dz_err *err);

enum dz_reviewed { DZ_REVIEWED_ANY, DZ_REVIEWED_YES, DZ_REVIEWED_NO };
struct dz_fact_filter { /* NULL and 0: any */
    const char *kind;
    const char *sphere; /* main or further */
    const char *means;
    const char *place; /* gazetteer id: facts inside it; needs rules */
    const struct dz_rules *rules;
    const char *date;   /* EDTF: facts that may overlap it; those without a date are left out */
    const char *source; /* a passage stands in it */
    const char *state;  /* NULL: all but withdrawn; "any": all */
    enum dz_reviewed reviewed;
};
typedef enum dz_code
dz_fact_fn(void *ctx, const struct dz_fact_row *row, struct dz_err *err);
/** By date (without one first), then id. Stops at the first error of fn. DZ_E_INPUT: filter
 * values that do not parse. */
DZ_MUSTUSE enum dz_code
dz_facts_each(struct dz_vault *v, const struct dz_fact_filter *filter, dz_fact_fn *fn, void *ctx,
              struct dz_err *err);
/** How many of a kind (NULL: all) are not withdrawn. */
DZ_MUSTUSE enum dz_code
dz_facts_count(struct dz_vault *v, const char *kind, uint64_t *ret, struct dz_err *err);

#endif
