/* The compiled knowledge that reading needs: codebook, gazetteer, offices and phrases, from the
 * data that is built
 * into the program. Immutable after loading; may be shared by threads. */
#ifndef DZ_RULES_H
#define DZ_RULES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_tr.h"

struct dz_rules;

/** Load everything built in. DZ_E_CORRUPT if the built-in data does not fit (a build mistake).
 *  Caller frees. */
DZ_MUSTUSE enum dz_code
dz_rules_load(struct dz_rules **ret, struct dz_err *err);
void
dz_rules_free(struct dz_rules *r);

/** Version of the codebook ("0.2"). */
const char *
dz_rules_version(const struct dz_rules *r);

/** A code's label in a language; the id itself when it is unknown. list is "sphere", "means",
 *  "modality", "stance", ... */
const char *
dz_rules_label(const struct dz_rules *r, const char *list, const char *id, enum dz_lang lang);
bool
dz_rules_has(const struct dz_rules *r, const char *list, const char *id);
/** Ids of a list in codebook order; borrowed array, *ret_n entries; NULL when there is no such
 *  list. */
const char *const *
dz_rules_ids(const struct dz_rules *r, const char *list, size_t *ret_n);

/* Gazetteer */
struct dz_place {
    const char *id;
    const char *kind;   /* settlement raion oblast republic country region territory */
    const char *parent; /* id or NULL */
    const char *name_en;
    const char *name_uk;
    const char *name_ru;
    const char *lat; /* decimal text or NULL */
    const char *lon;
    const char *occupied_since; /* EDTF or NULL when unknown */
    const char *occupied_until;
    const char *occupied_source;
    const char *const *members; /* ids of a collective territory */
    size_t n_members;
};
/** NULL when there is no such place. Borrowed. */
const struct dz_place *
dz_place_by_id(const struct dz_rules *r, const char *id);
/** All candidates for a written name in any of the three languages, also inflected and old names;
 *  at most max.
 *  Returns how many there are. Never picks silently. */
size_t
dz_place_lookup(const struct dz_rules *r, struct dz_view name, const struct dz_place **ret,
                size_t max);
/** Is place inside (or equal to) area, by parents and members? */
bool
dz_place_within(const struct dz_rules *r, const char *place, const char *area);
const char *
dz_place_name(const struct dz_place *p, enum dz_lang lang);
/** Number and access by index, in file order. */
size_t
dz_place_count(const struct dz_rules *r);
const struct dz_place *
dz_place_at(const struct dz_rules *r, size_t ix);

/** Whole built-in tables as parsed JSON, borrowed: "codebook", "measures", "norms", "terms",
 *  "offices", "gazetteer"; NULL if unknown. */
const json_t *
dz_rules_table(const struct dz_rules *r, const char *name);

#endif
