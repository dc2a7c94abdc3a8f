/* Suggestions: facts proposed from a text, each with its exact span and the rule that found it.
 * Deterministic: text, document information and rules alone decide. A person accepts or rejects
 * each. */
#ifndef DZ_SUGGEST_H
#define DZ_SUGGEST_H

#include "dz_json.h"
#include "dz_mention.h"
#include "dz_rules.h"

struct dz_suggestion {
    const char *kind; /* act measure figure statement person place date: constants */
    size_t start;     /* code points of the quote */
    size_t end;
    struct dz_view quote; /* borrowed from the document's text */
    const char *rule;     /* id of the rule that fired, constant */
    int score;            /* 0..100 */
    /* an identifiable private person's health, detention, sexual violence, or a child: never in
     * bulk */
    bool sensitive;
    /* the kind's own fields as DESIGN section 9 lists them (sphere, means, also, edtf, ...);
     * owned */
    json_t *fields;
};

struct dz_suggestions {
    struct dz_suggestion *items; /* by start, end, kind */
    size_t n;
    size_t cap;
};
void
dz_suggestions_done(struct dz_suggestions *s);

/** Read one document. place, date and person appear once per distinct value (first clear mention);
 *  acts, measures,
 *  figures and statements at each occurrence. DZ_E_MEMORY, DZ_E_LIMIT. */
DZ_MUSTUSE enum dz_code
dz_suggest_document(const struct dz_rules *r, struct dz_document *d, const struct dz_doc_info *info,
                    struct dz_suggestions *out, struct dz_err *err);

/* Asks why one suggestion is made. */
struct dz_explain {
    const char *kind;
    const char *rule;
    size_t start; /* code points of its quote */
    size_t end;
    json_t *out; /* rule, score, words, tie, place, date, speaker, lowered; owned by the caller */
};
/** Read the document again and say why. DZ_E_NOTFOUND: this text gives no such suggestion. */
DZ_MUSTUSE enum dz_code
dz_suggest_explain(const struct dz_rules *r, struct dz_document *d, const struct dz_doc_info *info,
                   struct dz_explain *e, struct dz_err *err);

#endif
