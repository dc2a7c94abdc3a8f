/* Mentions: the dates, quantities, places, persons and offices that a text names, with their exact
 * span.
 * Facts are composed from them inside a sentence and its neighbours (dz_suggest.h). */
#ifndef DZ_MENTION_H
#define DZ_MENTION_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_text.h"
#include "dz_time.h"

enum dz_mention_kind {
    DZ_MENTION_DATE,
    DZ_MENTION_QUANTITY,
    DZ_MENTION_PLACE,
    DZ_MENTION_PERSON,
    DZ_MENTION_OFFICE,
    DZ_MENTION_INSTRUMENT /* decree, law, order with its number */
};

/* How a date stands in its sentence. */
enum dz_date_role {
    DZ_DATE_PLAIN,
    DZ_DATE_SINCE,
    DZ_DATE_UNTIL,
    DZ_DATE_BY /* deadline words: by, until, no later than, до */
};

struct dz_mention {
    enum dz_mention_kind kind;
    size_t start; /* bytes */
    size_t end;
    size_t first_token;
    size_t n_tokens;
    const char *rule; /* id of the rule that found it, constant */
    int score;        /* 0..100 */

    /* date */
    char edtf[64]; /* "" when not a date */
    bool inferred; /* year or more comes from context, not from the expression */
    enum dz_date_role date_role;

    /* quantity: decimals as text, "" when absent */
    char value[32];
    char value_max[32]; /* end of a range */
    char qualifier[8];  /* "", "~" about, ">" over, ">=" at least, "<" under, "<=" up to */
    /* passports, people, applications, percent, ... ("" unknown): unit ids of data/phrases */
    char unit[32];

    /* place */
    const char *place_id;    /* gazetteer id or NULL (unknown or ambiguous) */
    const char *place_name;  /* name_en for display */
    const char *place_kind;  /* settlement raion oblast republic country region territory */
    const char **candidates; /* ids when ambiguous */
    size_t n_candidates;
    bool metonym; /* stands for a government ("Kyiv said") */

    /* person */
    struct dz_view name; /* longest form found in the text; in the document's arena */
    /* official expert journalist victim witness other (role ids as in the corpus) */
    const char *role;
    bool role_guessed; /* nothing beside the name says what the person is */
    /* speaks as a private person, first name only, changed name, victim, helper */
    bool protect;
    uint32_t person_ix; /* same number for all mentions of one person in one text */

    /* office */
    const char *office_id; /* data/offices id or NULL */
};

/* What is known about the text from outside. */
struct dz_doc_info {
    const char *language;  /* "en"... or NULL */
    const char *published; /* EDTF or NULL: relative dates and missing years need it */
    const char *publisher; /* or NULL: whose own counts "we verified 43" gives */
};

struct dz_mentions {
    /* by start, then longer first; overlaps of different kinds are allowed */
    struct dz_mention *items;
    size_t n;
    size_t cap;
};
void
dz_mentions_done(struct dz_mentions *m);

struct dz_rules; /* all compiled knowledge: codebook, gazetteer, offices, phrases (dz_rules.h) */

/* One finder per kind; each appends to out. */
DZ_MUSTUSE enum dz_code
dz_find_dates(const struct dz_rules *r, struct dz_document *d, const struct dz_doc_info *info,
              struct dz_mentions *out, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_find_quantities(const struct dz_rules *r, struct dz_document *d, struct dz_mentions *out,
                   struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_find_places(const struct dz_rules *r, struct dz_document *d, struct dz_mentions *out,
               struct dz_err *err);
/** All of them and persons and offices, in the right order, sorted. */
DZ_MUSTUSE enum dz_code
dz_find_mentions(const struct dz_rules *r, struct dz_document *d, const struct dz_doc_info *info,
                 struct dz_mentions *out, struct dz_err *err);

/** Best guess of the publication date from the head of a text ("Dec 13, 2024 - 00:00", a date
 *  line, meta words), as EDTF into
 *  ret (at least 64 bytes); false when there is none. Dates in running prose do not count. */
bool
dz_guess_published(const struct dz_rules *r, struct dz_document *d, char *ret);
/** Where the head says nothing: the month in which the text most likely came out, from the dates
 *  that it tells of as past and to come. EDTF with "%" (uncertain and approximate) into ret (at
 *  least 64 bytes); false when no date gives a hint. */
bool
dz_estimate_published(const struct dz_rules *r, struct dz_document *d, char *ret);

#endif
