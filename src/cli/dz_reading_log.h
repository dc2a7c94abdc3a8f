/* Reading what is restricted or sealed leaves an entry, item.read, before anything is printed. */
#ifndef DZ_READING_LOG_H
#define DZ_READING_LOG_H

#include "dz_cmd.h"
#include "dz_vault.h"

/* Items that a command is about to show. Begins as {.in = DZ_IN_OPEN}. */
struct dz_shown {
    json_t *ids; /* of those that are not open; NULL: none */
    enum dz_compartment in; /* the strictest */
};
void
dz_shown_done(struct dz_shown *r);
#define DZ_AUTO_SHOWN __attribute__((cleanup(dz_shown_done)))
DZ_MUSTUSE enum dz_code
dz_shown_add(struct dz_ctx *c, struct dz_shown *r, const char *id, struct dz_err *err);
/** One entry for all of them, or none. DZ_E_DENIED: the medium cannot be written. */
DZ_MUSTUSE enum dz_code
dz_shown_log(struct dz_ctx *c, struct dz_shown *r, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_shown_log_one(struct dz_ctx *c, const char *id, struct dz_err *err);
/** Whether the acting member sees anything that is not open. */
DZ_MUSTUSE enum dz_code
dz_shown_possible(struct dz_ctx *c, bool *ret, struct dz_err *err);
/** For commands that print words of many items: one entry, when the acting member sees anything
 *  that is not open. The dispatcher calls it. */
DZ_MUSTUSE enum dz_code
dz_shown_log_list(struct dz_ctx *c, struct dz_err *err);

#endif
