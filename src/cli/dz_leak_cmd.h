/* What commands say of personal data and of the leak scan. */
#ifndef DZ_LEAK_CMD_H
#define DZ_LEAK_CMD_H

#include <jansson.h>

#include "dz_cmd.h"
#include "dz_leak.h"

/** Warn on standard error where an object that somebody typed, or one text of it, holds what looks
 *  like personal data: kind and field, one line each, never the words. */
void
dz_warn_personal(const struct dz_ctx *c, const json_t *fields);
void
dz_warn_personal_text(const struct dz_ctx *c, const char *field, const char *text);

/** Findings that nobody decided, on standard error: id, item, field, kind. */
void
dz_tell_findings(const struct dz_ctx *c, const struct dz_leaks *l);

/** What leaves as it is, without being published: say how much in its text and name the leak scan
 *  would ask about. */
DZ_MUSTUSE enum dz_code
dz_warn_leaks(struct dz_ctx *c, const char *source, struct dz_err *err);

#endif
