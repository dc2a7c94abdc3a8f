/* The fields of facts: one table, from which checking and the documentation follow. */
#ifndef DZ_FACT_FIELDS_H
#define DZ_FACT_FIELDS_H

#include <jansson.h>
#include <stdbool.h>

#include "dz_err.h"
#include "dz_rules.h"

enum dz_fact_mask {
    DZ_ON_ACT = 1,
    DZ_ON_MEASURE = 2,
    DZ_ON_FIGURE = 4,
    DZ_ON_STATEMENT = 8,
    DZ_ON_ALL = 15
};

enum dz_field_type {
    DZ_FIELD_TEXT,  /* up to 2,000 bytes */
    DZ_FIELD_NOTE,  /* up to 20,000 bytes */
    DZ_FIELD_TEXTS, /* list of texts */
    DZ_FIELD_CODE,  /* id of the list */
    DZ_FIELD_CODES, /* list of ids of the list; of spheres and means where list is "sphere means" */
    DZ_FIELD_EDTF,
    DZ_FIELD_PLACE,   /* gazetteer id */
    DZ_FIELD_DECIMAL, /* decimal text; an integer is taken too */
    DZ_FIELD_SIGN,    /* "~" ">" ">=" "<" "<=" */
    DZ_FIELD_BOOL,
    DZ_FIELD_VICTIMS,
    DZ_FIELD_PERPETRATORS
};
struct dz_fact_field {
    const char *name;
    enum dz_field_type type;
    const char *list; /* of codes */
    unsigned on;      /* kinds that have it */
    unsigned needed;  /* kinds that cannot be without it */
};
extern const struct dz_fact_field dz_fact_fields[]; /* {0}-ended */

/** 0 for what is no kind. */
unsigned
dz_fact_mask_of(const char *kind);
/** NULL when facts of that kind have no such field. */
const struct dz_fact_field *
dz_fact_field_find(unsigned kind, const char *name);
/** Check one value; *ret is new, NULL when it says nothing ("" or []). */
DZ_MUSTUSE enum dz_code
dz_fact_field_check(const struct dz_rules *rules, const struct dz_fact_field *f,
                    const json_t *value, json_t **ret, struct dz_err *err);
/** Whether a name speaks of what dokaz never keeps about a person. */
bool
dz_fact_is_forbidden(const char *name);

#endif
