/* What several commands share: filters from options, facts as JSON, words for codes and times. */
#ifndef DZ_COMMON_H
#define DZ_COMMON_H

#include <jansson.h>

#include "dz_cmd.h"
#include "dz_fact.h"
#include "dz_source.h"
#include "dz_vault.h"
#include "dz_where.h"

/* The options by which views are narrowed. */
struct dz_filter_values {
    const char *sphere;
    const char *means;
    const char *place;
    const char *from;
    const char *to;
    const char *source;
    const char *state;
};
#define DZ_FILTER_VIEW(strct, member)                                                \
    DZ_OPT_TEXT(strct, member.sphere, "sphere", N_("SPHERE"),                        \
                N_("only this sphere of life; 'dokaz codebook' lists them")),        \
        DZ_OPT_TEXT(strct, member.place, "place", N_("PLACE"),                       \
                    N_("only inside this place: a name or an id of the gazetteer")), \
        DZ_OPT_DATE(strct, member.from, "from", N_("not before this date (EDTF)")),  \
        DZ_OPT_DATE(strct, member.to, "to", N_("not after this date (EDTF)"))
#define DZ_FILTER_ALL(strct, member)                                                               \
    DZ_FILTER_VIEW(strct, member),                                                                 \
        DZ_OPT_TEXT(strct, member.means, "means", N_("MEANS"), N_("only this means of coercion")), \
        DZ_OPT_TEXT(strct, member.source, "source", N_("ID"), N_("only from this source")),        \
        DZ_OPT_TEXT(strct, member.state, "state", N_("STATE"),                                     \
                    N_("current, conflict, withdrawn or any; otherwise all but withdrawn"))

/* The same, checked: codes exist, the place is one id, dates are one interval. */
struct dz_filter {
    const char *sphere;
    const char *means;
    const char *place; /* id; borrowed from the rules */
    const char *from;
    const char *to;
    const char *date; /* EDTF interval of both, or NULL */
    const char *source;
    const char *state;
    char date_text[420];
    char source_id[DZ_ID_MAX];
};
/** c needs rules, and the vault where a source may be named. *ret must stay where it is.
 *  DZ_E_USAGE: no such code, or dates that make no interval; DZ_E_INPUT: the name means several
 *  places, which are listed; DZ_E_NOTFOUND. */
DZ_MUSTUSE enum dz_code
dz_filter_make(struct dz_ctx *c, const struct dz_filter_values *values, struct dz_filter *ret,
               struct dz_err *err);

/** A code of a list, else DZ_E_USAGE naming the nearest. option is what it was given as. */
DZ_MUSTUSE enum dz_code
dz_check_code(struct dz_ctx *c, const char *list, const char *option, const char *code,
              struct dz_err *err);
/** One place from an id or a name in any of the languages; *ret is borrowed from the rules. */
DZ_MUSTUSE enum dz_code
dz_find_place(struct dz_ctx *c, const char *typed, const char **ret, struct dz_err *err);

/** Label of a code in the language of messages; "" for NULL. Borrowed. */
const char *
dz_label(struct dz_ctx *c, const char *list, const char *code);
/** Name of a place id; the id itself when unknown, "" for NULL. Borrowed. */
const char *
dz_place_label(struct dz_ctx *c, const char *id);
/** "act" -> "Act" in the language of messages. */
const char *
dz_kind_label(const char *kind);

/** A fact with all its fields on top, as `facts --json` prints it; caller owns it. */
json_t *
dz_fact_json(const struct dz_fact_row *row);
/** Add to each passage of that object `where`: its page, minute, message or cell, where known. */
DZ_MUSTUSE enum dz_code
dz_fact_json_where(struct dz_where *w, const struct dz_fact_row *row, json_t *line,
                   struct dz_err *err);
/** Marks of a fact for people: withdrawn, conflicting, accepted in bulk. "" for none. */
const char *
dz_fact_mark(const struct dz_fact_row *row);
/** How a quote compares with the current text of its source. Borrowed. */
const char *
dz_passage_words(enum dz_passage_state state);
/** One line that says what a fact says: codes, place, numbers. Appended to out. */
void
dz_fact_gist(struct dz_ctx *c, const struct dz_fact_row *row, struct dz_buf *out);
/** The same for tables, with its marks; facts accepted in bulk begin with DZ_BULK_SIGN. */
void
dz_fact_line(struct dz_ctx *c, const struct dz_fact_row *row, struct dz_buf *out);

/* ---- what leaves ---- */

/** A purpose of consents, or "internal", or NULL; else DZ_E_USAGE. */
DZ_MUSTUSE enum dz_code
dz_check_purpose(struct dz_ctx *c, const char *purpose, struct dz_err *err);
/** The fields that every entry export.made has, for the caller to complete and own. No purpose is
 *  "internal"; to may be NULL. */
json_t *
dz_export_fields(const char *format, const char *purpose, const char *to, bool for_publication);
/** Write export.made before the first byte leaves: an export that nobody saw must not be possible.
 *  fields is one object, or a list of them for one commit; the vault is open for writing. */
DZ_MUSTUSE enum dz_code
dz_export_record(struct dz_ctx *c, const json_t *fields, struct dz_err *err);
/** Who takes something out on purpose is told what it is, not stopped: notices where access is not
 *  open, and where the basis is neither published nor official. */
void
dz_warn_leaving(struct dz_ctx *c, const struct dz_source_row *row);

/** What an entry of a kind did, in words; the kind itself when it is unknown. Borrowed. */
const char *
dz_entry_words(const char *kind);
/** "2026-11-21T09:30:00Z" -> "2026-11-21 09:30"; into ret (at least 17 bytes). */
void
dz_short_time(const char *rfc3339, char ret[17]);
/** "1.4 MiB" in the usual units, appended to out. */
void
dz_size_words(uint64_t bytes, struct dz_buf *out);

/** Say on standard error that something lies in the original of a source that is not open, or was
 *  told
 *  in confidence. */
DZ_MUSTUSE enum dz_code
dz_warn_holding(struct dz_ctx *c, const struct dz_source_row *row, struct dz_err *err);

#endif
