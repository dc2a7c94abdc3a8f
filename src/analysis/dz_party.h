/* Parties: who issued, spoke or claimed, whatever the spelling.
 *
 * Sources name one claimant in many ways: a minister by name, by office, by a pronoun's
 * antecedent, in three languages. A party key is the same for all spellings that the table of
 * offices knows: the office's id ("ru_mvd"), also for a holder's name; otherwise "=" and the
 * folded words. Keys serve grouping only; what is shown is always the source's own wording.
 * Nobody is identified who does not stand in that table as a holder of public office. */
#ifndef DZ_PARTY_H
#define DZ_PARTY_H

#include <stdbool.h>

#include "dz_buf.h"
#include "dz_rules.h"

/** Make the lookup tables of a set of rules; rules must outlive them. Keeps the keys it was
 *  asked for, so it is used by one thread. Caller frees. */
struct dz_parties *
dz_parties_new(const struct dz_rules *rules);
void
dz_parties_free(struct dz_parties *p);

/** Append the key of a name as a source writes it; nothing for NULL, "" or blanks. */
void
dz_party_key(const struct dz_parties *p, const char *name, struct dz_buf *out);
/** Side of a key: "RU" "UA" "INT" "NGO" "media" "other"; "" when the table does not know it.
 *  Borrowed. */
const char *
dz_party_side(const struct dz_parties *p, const char *key);
/** Display name of a key that is an office, in a language; NULL for any other key. Borrowed. */
const char *
dz_party_name(const struct dz_parties *p, const char *key, enum dz_lang lang);

#endif
