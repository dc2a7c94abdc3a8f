#include <string.h>

#include "dz_carried_priv.h"

/* What a source is said to be, and what it takes over from the sources that hold it.
 *
 * A stored body has what was said when the source was added, what people said afterwards, and what
 * was carried over to it from a container: "carried" holds the values, "released" the fields of
 * which a person said something after the last one was carried over. */

enum { OPEN_TO_ALL, WITHHELD, PROTECTED };

static int
basis_rank(const char *basis)
{
    if (dz_basis_is_public(basis))
        return OPEN_TO_ALL;
    return dz_basis_is_personal(basis) ? PROTECTED : WITHHELD;
}

/* A level that only a later version knows is taken for the strictest. */
static int
access_rank(const char *access)
{
    if (!access || strcmp(access, "open") == 0)
        return OPEN_TO_ALL;
    return strcmp(access, "restricted") == 0 ? WITHHELD : PROTECTED;
}

int
dz_carried_rank(enum dz_carried_field field, const char *value)
{
    return field == DZ_CARRIED_BASIS ? basis_rank(value) : access_rank(value);
}

const char *
dz_carried_stricter(enum dz_carried_field field, const char *a, const char *b)
{
    if (!a || !b)
        return a ? a : b;
    return dz_carried_rank(field, b) > dz_carried_rank(field, a) ? b : a;
}

const char *
dz_carried_key(enum dz_carried_field field)
{
    return field == DZ_CARRIED_BASIS ? "basis" : "access";
}

/* ---- one source ---- */

static const json_t *
object(const json_t *body, const char *key)
{
    return json_object_get(body, key);
}

static const char *
said(const json_t *body, enum dz_carried_field field)
{
    const json_t *in = field == DZ_CARRIED_BASIS ? object(body, "described") : body;
    return dz_json_str(in, dz_carried_key(field));
}

bool
dz_carried_is_own(const json_t *body, enum dz_carried_field field)
{
    return said(body, field) || !dz_json_str(object(body, "added"), "derivative_of");
}

const char *
dz_carried_own_value(const json_t *body, enum dz_carried_field field)
{
    const char *value = said(body, field);
    if (!value)
        value = dz_json_str(object(body, "added"), dz_carried_key(field));
    if (!value)
        value = field == DZ_CARRIED_BASIS ? "unstated" : "open";
    return value;
}

bool
dz_carried_follows(const json_t *body, enum dz_carried_field field)
{
    const char *key = dz_carried_key(field);
    bool released = said(body, field) && dz_json_bool(object(body, "released"), key, false);
    return dz_json_str(object(body, "carried"), key) && !released;
}

const char *
dz_carried_value(const json_t *body, enum dz_carried_field field)
{
    const char *value = dz_carried_own_value(body, field);
    if (!dz_carried_follows(body, field))
        return value;
    const char *carried = dz_json_str(object(body, "carried"), dz_carried_key(field));
    return dz_carried_is_own(body, field) ? dz_carried_stricter(field, value, carried) : carried;
}

/* ---- what entries do to it ---- */

static json_t *
object_in(json_t *body, const char *key)
{
    json_t *in = json_object_get(body, key);
    if (!in) {
        in = json_object();
        json_object_set_new(body, key, in);
    }
    return in;
}

void
dz_carried_say(json_t *body, enum dz_carried_field field, const char *value)
{
    const char *key = dz_carried_key(field);
    json_t *in = field == DZ_CARRIED_BASIS ? object_in(body, "described") : body;
    if (value[0])
        dz_json_set_str(in, key, value);
    else
        json_object_del(in, key);
    /* Who speaks of the source itself after something was carried over has the last word; who takes
     * that back leaves what was carried over. */
    if (value[0] && dz_json_str(object(body, "carried"), key))
        json_object_set_new(object_in(body, "released"), key, json_true());
    else
        json_object_del(json_object_get(body, "released"), key);
}

void
dz_carried_carry(json_t *body, enum dz_carried_field field, const char *value)
{
    dz_json_set_str(object_in(body, "carried"), dz_carried_key(field), value);
    json_object_del(json_object_get(body, "released"), dz_carried_key(field));
}

/* Has anybody said what this file is, not only what holds it? */
static bool
is_stated(const json_t *body)
{
    if (said(body, DZ_CARRIED_BASIS))
        return true;
    const char *basis = dz_json_str(object(body, "added"), "basis");
    return dz_carried_is_own(body, DZ_CARRIED_BASIS) && basis && strcmp(basis, "unstated") != 0;
}

void
dz_carried_found(json_t *body, const json_t *entry)
{
    static const enum dz_carried_field fields[] = {DZ_CARRIED_BASIS, DZ_CARRIED_ACCESS};
    if (is_stated(body))
        return;
    for (size_t i = 0; i < 2; i++) {
        const char *other = dz_json_str(entry, dz_carried_key(fields[i]));
        const char *now = dz_carried_value(body, fields[i]);
        if (other && !said(body, fields[i]) &&
            dz_carried_rank(fields[i], other) > dz_carried_rank(fields[i], now))
            dz_carried_carry(body, fields[i], other);
    }
}
