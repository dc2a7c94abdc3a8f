/* Basis and access of a source, and how they pass from a container to what was taken out of it.
 * docs/format/entries.md ("Files inside") has the rules. */
#ifndef DZ_CARRIED_PRIV_H
#define DZ_CARRIED_PRIV_H

#include "dz_facts_priv.h"

enum dz_carried_field { DZ_CARRIED_BASIS, DZ_CARRIED_ACCESS };
#define DZ_CARRIED_FIELDS 2

/** "basis" or "access". */
const char *
dz_carried_key(enum dz_carried_field field);
/** How much a value holds back: 0 nothing, 1 and 2 more. Equal ranks let the same leave. */
int
dz_carried_rank(enum dz_carried_field field, const char *value);
/** The one that holds back more, the first of equals; NULL counts for nothing. */
const char *
dz_carried_stricter(enum dz_carried_field field, const char *a, const char *b);

/** The value that counts, from the stored body of a source; borrowed from it, never NULL. */
const char *
dz_carried_value(const json_t *body, enum dz_carried_field field);
/** It stands on its own feet: a person said it of this source, or the source was not taken out of
 *  another. */
bool
dz_carried_is_own(const json_t *body, enum dz_carried_field field);
/** What it would be if nothing had been carried over to it. */
const char *
dz_carried_own_value(const json_t *body, enum dz_carried_field field);
/** Something was carried over to it, and no person has said otherwise since. */
bool
dz_carried_follows(const json_t *body, enum dz_carried_field field);

/** A person says it of this source; "" takes back what was said. */
void
dz_carried_say(json_t *body, enum dz_carried_field field, const char *value);
/** It is carried over from a container. */
void
dz_carried_carry(json_t *body, enum dz_carried_field field, const char *value);
/** The same bytes were found in another container (an entry source.found). */
void
dz_carried_found(json_t *body, const json_t *entry);

/* ---- parts.c: containers and what is in them ---- */

/* A source that a change of another one concerns, or one that holds such a source. */
struct dz_kin {
    char id[DZ_ID_MAX];
    bool inside; /* of the changed one, at any depth; the changed one is the first and is not */
    bool orphan; /* something that held it was destroyed */
    bool own[DZ_CARRIED_FIELDS];
    bool follows[DZ_CARRIED_FIELDS];
    char *own_value[DZ_CARRIED_FIELDS];
    char *was[DZ_CARRIED_FIELDS];
    char *is[DZ_CARRIED_FIELDS];
    char *held[DZ_CARRIED_FIELDS]; /* what it takes over where is differs from was, or NULL */
    size_t first; /* of its containers in edges */
    size_t n_containers;
};
struct dz_kin_list {
    struct dz_kin *items; /* the changed one first */
    size_t n;
    size_t cap;
    size_t *edges; /* places in items */
    size_t n_edges;
    size_t cap_edges;
    json_t *places; /* id: place */
};
/** The source, all that is inside it, and all that holds any of those. ret must be done with also
 *  after an error. */
DZ_MUSTUSE enum dz_code
dz_kin_load(struct dz_vault *v, const char *id, struct dz_kin_list *ret, struct dz_err *err);
void
dz_kin_done(struct dz_kin_list *l);
#define DZ_AUTO_KIN DZ_CLEANUP(dz_kin_done)
/** The first one's field becomes value: work out what the field is everywhere inside. all: values
 *  that parts have of their own follow, too. */
void
dz_kin_change(struct dz_kin_list *l, enum dz_carried_field field, const char *value, bool all);

#endif
