/* JSON through jansson, with canonical output.
 *
 * What is signed or hashed is written in the subset of RFC 8785 that dokaz uses: objects,
 * arrays, strings, integers and booleans; no floating point (decimals are strings) and no null
 * (absent instead). Keys are sorted by UTF-16 code units; strings are escaped as RFC 8785
 * section 3.2.2.2 says. */
#ifndef DZ_JSON_H
#define DZ_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

static inline void
dz_cleanup_json(json_t **p)
{
    json_decref(*p);
}
#define DZ_AUTO_JSON DZ_CLEANUP(dz_cleanup_json)

/** Append the canonical form. DZ_E_INPUT: a real, a null, an integer beyond 2^53-1 (RFC 7493),
 *  or nesting over 64; DZ_E_LIMIT: out is full. */
DZ_MUSTUSE enum dz_code
dz_json_canonical(struct dz_buf *out, const json_t *value, struct dz_err *err);

/** Parse one JSON text; duplicate keys are refused. Caller owns *ret. DZ_E_INPUT names line and
 *  column. */
DZ_MUSTUSE enum dz_code
dz_json_parse(struct dz_view text, json_t **ret, struct dz_err *err);

/** One line, keys sorted, ends without a newline: for --json output. Reals, nulls and all 64-bit
 *  integers are allowed here. DZ_E_INPUT: nesting over 64; DZ_E_LIMIT: out is full. */
DZ_MUSTUSE enum dz_code
dz_json_line(struct dz_buf *out, const json_t *value, struct dz_err *err);

/** Borrowed string of obj[key], or NULL when absent or not a string. */
const char *
dz_json_str(const json_t *obj, const char *key);
/** Integer of obj[key], or otherwise. */
int64_t
dz_json_int(const json_t *obj, const char *key, int64_t otherwise);
bool
dz_json_bool(const json_t *obj, const char *key, bool otherwise);
/** obj[key] = copy of s; nothing when s is NULL or empty (absent instead of null). Text is checked
 *  at the door; ill-formed parts of one that was not appear as U+FFFD. obj must be an object. */
void
dz_json_set_str(json_t *obj, const char *key, const char *s);
void
dz_json_set_view(json_t *obj, const char *key, struct dz_view v);
void
dz_json_set_int(json_t *obj, const char *key, int64_t v);

#endif
