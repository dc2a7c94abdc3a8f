/* Timestamps and the logs of a vault: what there is to stamp, and whether a stamp still fits. What
 * a
 * stamp is: docs/format/timestamp.md. */
#ifndef DZ_VAULT_STAMP_H
#define DZ_VAULT_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_tsp.h"
#include "dz_vault.h"

/** The last checkpoint of one log. All borrowed for the call. */
struct dz_last_checkpoint {
    const char *log;        /* 32 hex characters */
    bool own;               /* this device writes the log */
    uint64_t size;          /* entries under it */
    const char *root;       /* 64 hex characters */
    struct dz_view note;    /* with the log's own signature alone */
    const uint8_t *imprint; /* 32 bytes: SHA-256 of the note, what is stamped */
};
typedef enum dz_code
dz_last_checkpoint_fn(void *ctx, const struct dz_last_checkpoint *c, struct dz_err *err);
/** The last checkpoint of every log that has one, in the order of the logs' ids. fn may write to
 *  the vault. */
DZ_MUSTUSE enum dz_code
dz_vault_each_last_checkpoint(struct dz_vault *v, dz_last_checkpoint_fn *fn, void *ctx,
                              struct dz_err *err);

struct dz_vault_stamp {
    uint64_t size;
    char root[DZ_HEX32];
    char imprint[DZ_HEX32];
    struct dz_tsp_result stamp;
};
/** Check a stamp of a log of this vault: the note is signed by the log, the token is a timestamp of
 *  it that leads to ca_pem, and the log begins with what was stamped.
 *  @return DZ_E_NOTFOUND: no such log; DZ_E_ROLLBACK: the log has fewer entries than were stamped;
 *          DZ_E_CORRUPT: other entries; else as dz_stamp_check */
DZ_MUSTUSE enum dz_code
dz_vault_check_stamp(struct dz_vault *v, const char *log, struct dz_view note, struct dz_view token,
                     struct dz_view ca_pem, int64_t now_us, struct dz_vault_stamp *ret,
                     struct dz_err *err);

#endif
