/* Logs, entries and checkpoints as people name them on the command line. */
#ifndef DZ_LOGS_H
#define DZ_LOGS_H

#include "dz_cmd.h"
#include "dz_vault.h"

#define DZ_LOG_ID 33  /* 32 hexadecimal digits and a NUL */
#define DZ_REF_MAX 64 /* "log:number" and a NUL */
#define DZ_KEPT_MAX ((size_t)65536)

/** The log whose id begins so; with NULL the only one. DZ_E_USAGE: there are several, which are
 *  listed; DZ_E_NOTFOUND. */
DZ_MUSTUSE enum dz_code
dz_log_pick(struct dz_ctx *c, const char *typed, char ret[DZ_LOG_ID], struct dz_err *err);
/** Whether typed names an entry and not an item: NUMBER, or LOG:NUMBER with a beginning of the
 *  log's id. */
bool
dz_entry_is_typed(const char *typed);
/** The whole "log:number" of such a name. */
DZ_MUSTUSE enum dz_code
dz_entry_pick(struct dz_ctx *c, const char *typed, char ret[DZ_REF_MAX], struct dz_err *err);
/** How `log` names an entry to people, appended: its number, and in a vault of several logs the
 *  beginning of the log's id before it. */
DZ_MUSTUSE enum dz_code
dz_entry_short(struct dz_ctx *c, const struct dz_entry_view *e, struct dz_buf *out,
               struct dz_err *err);

/** A checkpoint file as it was kept outside, appended; "-" is standard input. */
DZ_MUSTUSE enum dz_code
dz_kept_read(const char *path, struct dz_buf *out, struct dz_err *err);

/** Print the checkpoints of all logs or of one. */
DZ_MUSTUSE enum dz_code
dz_checkpoints_list(struct dz_ctx *c, const char *typed_log, struct dz_err *err);
/** Print the signed note of one: which is its size, or "last". */
DZ_MUSTUSE enum dz_code
dz_checkpoint_show(struct dz_ctx *c, const char *typed_log, const char *which, struct dz_err *err);
/** Print the verifier key of each log or of one, a line each. */
DZ_MUSTUSE enum dz_code
dz_vkeys_list(struct dz_ctx *c, const char *typed_log, struct dz_err *err);

#endif
