/* Finding every form of a person's name in running text.
 *
 * A name is given as people recorded it: in Ukrainian, Russian or Latin letters, in any case. Found
 * are its words in all grammatical cases of both languages, short forms of the given name and what
 * it is called in the other language, initials, and the usual transliterations, also where stress
 * marks, soft hyphens, invisible characters, letters that only look alike, line breaks or spaces
 * between the letters stand inside. How: docs/LEAKSCAN.md. It errs towards finding.
 *
 * Time grows with the text and hardly with the number of names. After the last dz_forms_add any
 * thread may search. */
#ifndef DZ_FORMS_H
#define DZ_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_forms;

/** An empty set; the caller frees. It reads the built-in groups of given names. */
struct dz_forms *
dz_forms_new(void);
void
dz_forms_free(struct dz_forms *n);
static inline void
dz_cleanup_forms(struct dz_forms **n)
{
    dz_forms_free(*n);
}
#define DZ_AUTO_FORMS DZ_CLEANUP(dz_cleanup_forms)

/** One spelling of a person's name; a person may have several. person is any number of the
 *  caller's. Words of fewer than two letters are passed over. */
void
dz_forms_add(struct dz_forms *n, uint32_t person, struct dz_view spelling);
bool
dz_forms_empty(const struct dz_forms *n);

/* How sure it is that this person is named. */
enum dz_form_strength {
    DZ_FORM_GIVEN,   /* a given name or patronymic alone: many people bear it */
    DZ_FORM_SURNAME, /* a surname alone */
    DZ_FORM_FULL     /* two words of the name beside each other, or a surname with initials */
};

struct dz_form_hit {
    size_t start; /* bytes */
    size_t end;
    uint32_t person;
    enum dz_form_strength strength;
    bool of_another; /* a surname beside the given name of somebody else */
};
typedef void
dz_form_hit_fn(void *ctx, const struct dz_form_hit *hit);

/** Tell every place where one of the persons is named, at least so surely, by where it starts. One
 *  place may be told for several persons. Ill-formed bytes part words. */
void
dz_forms_find(const struct dz_forms *n, struct dz_view text, enum dz_form_strength least,
              dz_form_hit_fn *fn, void *ctx);

#endif
