/* What free text must not hold of a person: numbers of documents, phones, addresses and the like
 * (rule 1 of data/harm_rules.ini). Numbers with check digits are checked, others need a word beside
 * them that says what they are, so that dates, sums, numbers of decrees and codes of places do not
 * count. What was found is told by kind and place and never repeated. */
#ifndef DZ_PERSONAL_H
#define DZ_PERSONAL_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"

enum dz_personal_kind {
    DZ_PERSONAL_PASSPORT, /* Ukrainian booklet, ID card, record number; Russian series and number */
    DZ_PERSONAL_TAX,      /* РНОКПП, ИНН of a person, СНИЛС */
    DZ_PERSONAL_PHONE,
    DZ_PERSONAL_EMAIL,
    DZ_PERSONAL_CARD, /* of a bank, Luhn */
    DZ_PERSONAL_IBAN,
    DZ_PERSONAL_BIRTH,   /* a day of birth */
    DZ_PERSONAL_ADDRESS, /* street, house and flat */
    DZ_PERSONAL_HANDLE,  /* a name in a messenger or social network */
    DZ_PERSONAL_KINDS
};

struct dz_personal {
    enum dz_personal_kind kind;
    size_t start; /* bytes */
    size_t end;
};
typedef void
dz_personal_fn(void *ctx, const struct dz_personal *found);

/** Tell each, by where it starts; they do not overlap. */
void
dz_personal_find(struct dz_view text, dz_personal_fn *fn, void *ctx);

/** "passport", "tax" ... as JSON and journal have it. Constant. */
const char *
dz_personal_id(enum dz_personal_kind kind);
/** "a passport number" ..., in the language of the thread. */
const char *
dz_personal_words(enum dz_personal_kind kind);

#endif
