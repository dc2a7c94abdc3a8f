/* Inside the measures: one of them, and how its parts are read. Shared by measures*.c only. */
#ifndef DZ_MEASURES_PRIV_H
#define DZ_MEASURES_PRIV_H

#include "dz_compose.h"

struct dz_measure {
    size_t sentence;
    size_t last; /* sentence that names it last */
    struct dz_span quote;
    const char *class_id; /* decree law order ... or "" for a rule without a named instrument */
    struct dz_view instrument;
    struct dz_view noun; /* its first word, folded */
    struct dz_view issuer;
    struct dz_view number;
    const char *date; /* EDTF or "" */
    const char *deadline;
    const char *rule;
    int score;
    bool indefinite; /* "a decree", "laws": not one that was named before */
    bool soft;       /* a notice, letter or decision: papers of every kind */
    bool laws;       /* several, none of them named */
    bool dated; /* its day stands right beside it: "decree of 3 May", "указ, підписаний 3 травня" */
};

/** Kind of an instrument by its first word, folded: "decree", "law" ...; "instrument" for others. */
const char *
dz_measure_class(struct dz_view word);
/** Days that stand in a part of sentence s: the first that a deadline word opens, and the first
 *  other; what m has stays. */
void
dz_measure_dates(const struct dz_compose *c, size_t s, struct dz_span part, struct dz_measure *m);
/** Does a date with a value stand at the word? */
bool
dz_measure_is_dated(const struct dz_compose *c, const struct dz_word *word);
/** Its number behind the instrument, within words [from, to); empty when there is none. */
struct dz_view
dz_measure_number(const struct dz_compose *c, size_t from, size_t to);
/** Who issued it, as sentence s says around the word `anchor`; empty when it does not. */
struct dz_view
dz_measure_issuer(const struct dz_compose *c, size_t s, size_t anchor);
/** The office or body named right behind an instrument that ends before word w; else empty. */
struct dz_view
dz_measure_issuer_behind(const struct dz_compose *c, size_t w, struct dz_span sentence);
/** Is b, named later, the same measure as a? */
bool
dz_measure_same(const struct dz_measure *a, const struct dz_measure *b);
/** What `from` knows more goes to `into`. */
void
dz_measure_merge(struct dz_measure *into, const struct dz_measure *from);

#endif
