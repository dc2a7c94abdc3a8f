/* What the files of the facts layer share. */
#ifndef DZ_FACTS_PRIV_H
#define DZ_FACTS_PRIV_H

#include "dz_access.h"
#include "dz_db.h"
#include "dz_extract.h"
#include "dz_fact.h"
#include "dz_json.h"
#include "dz_queue.h"
#include "dz_source.h"
#include "dz_suggest.h"
#include "dz_text.h"
#include "dz_vault.h"

/* ---- source.c ---- */

/** Fill a row from the stored body {"added", "described", "text", "access"}; *ret_doc holds
 * row->doc and is freed by the caller. */
void
dz_source_row_fill(struct dz_source_row *row, const char *id, const char *ref, const json_t *body,
                   char **ret_doc);
/** As dz_sources_inside, without those of which a person says that they derive from it: only what
 * lies in its bytes. */
DZ_MUSTUSE enum dz_code
dz_sources_taken_out(struct dz_vault *v, const char *id, dz_source_fn *fn, void *ctx,
                     struct dz_err *err);
/** Fields that a description may have; NULL-ended. */
extern const char *const dz_describe_fields[];

/* ---- describe.c ---- */

/** Check a description; *ret is a clean copy with lists and codes checked, without access.
 * *ret_access is borrowed from fields, NULL when absent. */
DZ_MUSTUSE enum dz_code
dz_describe_check(const struct dz_rules *rules, const json_t *fields, json_t **ret,
                  const char **ret_access, struct dz_err *err);

/** Put a checked description into a batch, with what it changes inside the source. access may be
 * NULL. */
DZ_MUSTUSE enum dz_code
dz_describe_put(struct dz_vault *v, struct dz_batch *b, const char *id, json_t *clean,
                const char *access, bool all_parts, struct dz_described *ret, struct dz_err *err);

/* ---- fact_check.c ---- */

/** Where the bytes of what first stand in text; NULL: nowhere, or what is empty. */
const char *
dz_find(struct dz_view text, struct dz_view what);

/** The text that passages are checked against, kept between facts of one source. Zeroed is
 * empty. */
struct dz_anchor {
    char source[DZ_ID_MAX];
    char sha256[DZ_HEX32];
    struct dz_buf text;
    struct dz_utf8_map map;
    bool loaded;
};
void
dz_anchor_done(struct dz_anchor *a);
#define DZ_AUTO_ANCHOR DZ_CLEANUP(dz_anchor_done)
/** Make a hold the current (sha256 NULL) or a certain text of a source. */
DZ_MUSTUSE enum dz_code
dz_anchor_load(struct dz_vault *v, struct dz_anchor *a, const char *source, const char *sha256,
               struct dz_err *err);
/** Check one passage and complete it; *ret is new. ix counts from 1 for messages. */
DZ_MUSTUSE enum dz_code
dz_passage_check(struct dz_vault *v, struct dz_anchor *a, const json_t *passage, size_t ix,
                 json_t **ret, struct dz_err *err);
/** dz_fact_check with a text kept by the caller. */
DZ_MUSTUSE enum dz_code
dz_fact_check_with(struct dz_vault *v, const struct dz_rules *rules, struct dz_anchor *a,
                   const char *kind, const json_t *fields, json_t **ret, struct dz_err *err);
/** Whether a field belongs to facts of this kind. */
bool
dz_fact_has_field(const char *kind, const char *field);
/** Fields dokaz sets itself: where a fact came from. */
extern const char *const dz_fact_own_fields[];

/* ---- apply_fact.c ---- */

extern const struct dz_apply dz_fact_applies[];

/* ---- fact.c ---- */

/** "act-" and so on; NULL for what is no kind of fact. */
const char *
dz_fact_prefix(const char *kind);
/** Add fact.recorded of checked fields to a batch. */
DZ_MUSTUSE enum dz_code
dz_fact_add(struct dz_batch *b, const char *kind, json_t *checked, char ret_id[DZ_ID_MAX],
            struct dz_err *err);
/** EDTF of a fact as its row shows it; "" for none. */
void
dz_fact_date(const char *kind, const json_t *body, struct dz_buf *out);

/* ---- suggest_pieces.c ---- */

/** dz_suggest_document for a text of any length, in bounded memory: long ones in pieces. Quotes are
 * borrowed from text. */
DZ_MUSTUSE enum dz_code
dz_suggest_text(const struct dz_rules *rules, struct dz_view text, const struct dz_doc_info *info,
                struct dz_suggestions *out, struct dz_err *err);

/* ---- queue.c ---- */

/** What tells two facts of one kind apart when their passages overlap: codes, value, stance. */
void
dz_queue_signature(const char *kind, const json_t *fields, struct dz_buf *out);

/* All decisions about one source. */
struct dz_decided {
    size_t start;
    size_t end;
    char *signature;  /* kind and codes */
    char *suggestion; /* or NULL */
    char *moved;      /* the words of a passage that nobody has found a place for yet, or NULL */
};
struct dz_decisions {
    char source[DZ_ID_MAX];
    char text_sha256[DZ_HEX32];
    struct dz_decided *items;
    size_t n;
    size_t cap;
};
DZ_MUSTUSE enum dz_code
dz_decisions_load(struct dz_vault *v, const char *source, const char *text_sha256,
                  struct dz_decisions *ret, struct dz_err *err);
void
dz_decisions_add(struct dz_decisions *d, size_t start, size_t end, const char *kind,
                 const json_t *fields, const char *suggestion);
void
dz_decisions_done(struct dz_decisions *d);
#define DZ_AUTO_DECISIONS DZ_CLEANUP(dz_decisions_done)
DZ_MUSTUSE enum dz_code
dz_decisions_ask(struct dz_vault *v, const struct dz_decisions *d, const char *id, const char *kind,
                 size_t start, size_t end, const char *quote, const json_t *fields,
                 enum dz_decision *ret, struct dz_err *err);
/** Keyed hash of what a suggestion says and with which words, whatever text version it came from: a
 *  rejection in one version holds in every other. */
void
dz_queue_meaning(const struct dz_vault *v, const char *source, const char *kind,
                 const json_t *fields, const char *quote, char ret[DZ_HEX32]);

/* ---- source_capture.c ---- */

/** Take the write lock to keep what was fetched, however long others hold it; what->waiting is
 * told. DZ_E_LOCKED: a person gave up. */
DZ_MUSTUSE enum dz_code
dz_capture_begin(struct dz_vault *v, const struct dz_source_capture *what, struct dz_batch **ret,
                 struct dz_err *err);

/* ---- small helpers: helpers.c ---- */

/** o[key] = a time as entries hold it (dz_time_format). */
void
dz_set_time(json_t *o, const char *key, int64_t time_us);
/** Whether there is such a source: what worked without the lock asks once more before it writes, so
 *  that nothing comes back of what was removed meanwhile. */
DZ_MUSTUSE enum dz_code
dz_source_is_here(struct dz_vault *v, const char *id, bool *ret, struct dz_err *err);
/** Copy of an entry's body without what every entry has (log, seq, clock, kind). */
json_t *
dz_entry_fields(const json_t *body);
/** JSON text as one line, for a column. */
DZ_MUSTUSE enum dz_code
dz_json_text(const json_t *value, char **ret, struct dz_err *err);
/** Bounds of an EDTF column, whole axis when absent. */
void
dz_date_columns(const char *edtf, int64_t *ret_lo, int64_t *ret_hi);
/** One past all strings that begin with prefix, for ranges; at most 64 bytes. */
void
dz_prefix_end(const char *prefix, char ret[64]);
/* compartment.c */
/** The entry access.changed with these fields, and all of an item moves with it. */
DZ_MUSTUSE enum dz_code
dz_item_move(struct dz_batch *b, const char *item, enum dz_compartment to, const json_t *fields,
             struct dz_err *err);
/** Facts that rest on sources that this batch moves, {id: compartment}, go where they belong. */
DZ_MUSTUSE enum dz_code
dz_facts_follow(struct dz_batch *b, const json_t *moved, struct dz_err *err);

/** Begin, one entry, commit, end. */
DZ_MUSTUSE enum dz_code
dz_commit_one(struct dz_vault *v, const char *kind, const json_t *fields, struct dz_err *err);

#endif
