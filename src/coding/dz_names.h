/* Finding every form of a person's name in running text.
 *
 * A name is given as people recorded it: in Ukrainian, Russian or Latin letters, in any case. Found
 * are its words in all grammatical cases of both languages, short forms of the given name and what
 * it is called in the other language, initials, and the usual transliterations, also where stress
 * marks, soft hyphens, invisible characters, letters that only look alike, line breaks or spaces
 * between the letters stand inside. How: docs/LEAKSCAN.md. It errs towards finding.
 *
 * Time grows with the text and hardly with the number of names. After the last dz_names_add any
 * thread may search. */
#ifndef DZ_NAMES_H
#define DZ_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_names;

/** An empty set; the caller frees. It reads the built-in groups of given names. */
struct dz_names *
dz_names_new(void);
void
dz_names_free(struct dz_names *n);
static inline void
dz_cleanup_names(struct dz_names **n)
{
    dz_names_free(*n);
}
#define DZ_AUTO_NAMES DZ_CLEANUP(dz_cleanup_names)

/** One spelling of a person's name; a person may have several. person is any number of the
 *  caller's. Words of fewer than two letters are passed over. */
void
dz_names_add(struct dz_names *n, uint32_t person, struct dz_view spelling);
bool
dz_names_empty(const struct dz_names *n);

/* How sure it is that this person is named. */
enum dz_name_strength {
    DZ_NAME_GIVEN,   /* a given name or patronymic alone: many people bear it */
    DZ_NAME_SURNAME, /* a surname alone */
    DZ_NAME_FULL     /* two words of the name beside each other, or a surname with initials */
};

struct dz_name_hit {
    size_t start; /* bytes */
    size_t end;
    uint32_t person;
    enum dz_name_strength strength;
};
typedef void
dz_name_hit_fn(void *ctx, const struct dz_name_hit *hit);

/** Tell every place where one of the persons is named, at least so surely, by where it starts. One
 *  place may be told for several persons. Ill-formed bytes part words. */
void
dz_names_find(const struct dz_names *n, struct dz_view text, enum dz_name_strength least,
              dz_name_hit_fn *fn, void *ctx);

#endif
