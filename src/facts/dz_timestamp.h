/* Timestamps of the vault's checkpoints: asking authorities for them, and checking those that are
 * kept. Authorities, their certificates and the way to them are settings (dz_setting.h); what is
 * stamped is in docs/format/timestamp.md, the entry in docs/format/entries.md.
 *
 * An authority sees a hash of 32 bytes and the address it comes from, nothing else. */
#ifndef DZ_TIMESTAMP_H
#define DZ_TIMESTAMP_H

#include <stdint.h>

#include "dz_vault.h"
#include "dz_vault_stamp.h"

/** What became of one checkpoint at one authority. All borrowed for the call. */
struct dz_timestamp_report {
    const char *authority;             /* its name in the settings */
    const char *log;                   /* 32 hex characters */
    uint64_t size;                     /* entries under the checkpoint */
    enum dz_code code;                 /* DZ_OK: stamped, and kept */
    const char *message;               /* why not; NULL with DZ_OK */
    const struct dz_tsp_result *stamp; /* NULL without DZ_OK */
};
typedef void
dz_timestamp_report_fn(void *ctx, const struct dz_timestamp_report *r);

struct dz_timestamp_summary {
    size_t n_authorities;
    size_t n_made;   /* stamps kept */
    size_t n_failed; /* requests that gave none */
};

/** Have the last checkpoint of every log stamped: that of this device always, those of other
 *  devices
 *  where an authority has not stamped them yet. Each stamp is checked, and kept before the next one
 *  is asked for. An authority that fails is reported once and passed over.
 *  @param authority  its name, or NULL for all that are set
 *  @return DZ_OK, also when all failed: the summary says so. DZ_E_NOTFOUND: no authority is set, or
 *          none of that name; other errors concern the vault */
DZ_MUSTUSE enum dz_code
dz_timestamps_make(struct dz_vault *v, const char *authority, dz_timestamp_report_fn *fn, void *ctx,
                   struct dz_timestamp_summary *ret, struct dz_err *err);

/** A timestamp as it is kept. All borrowed for the call. */
struct dz_timestamp {
    const char *ref;       /* "log:seq" of the entry */
    const char *log;       /* whose checkpoint it is: 32 hex characters */
    uint64_t size;         /* entries under it */
    const char *root;      /* hex */
    struct dz_view note;   /* the checkpoint with its log's own signature: the bytes stamped */
    const char *authority; /* name in the settings when it was asked */
    const char *signer;    /* name in its certificate */
    const char *time;      /* RFC 3339: when it was stamped, as recorded */
    const char *policy;
    const char *serial;
    const char *imprint;         /* hex: SHA-256 of the note */
    struct dz_view token;        /* RFC 3161, DER; empty when it cannot be read */
    struct dz_view certificates; /* PEM, from the signer's to the trusted one; as token */
    const char *fault;           /* why token and certificates cannot be read; NULL when they can */
};
typedef enum dz_code
dz_timestamp_fn(void *ctx, const struct dz_timestamp *t, struct dz_err *err);
/** Every timestamp kept in this vault, in the order in which they were made; also those whose
 *  stored bytes are damaged, with t->fault. Nothing is checked. */
DZ_MUSTUSE enum dz_code
dz_timestamps_each(struct dz_vault *v, dz_timestamp_fn *fn, void *ctx, struct dz_err *err);

/** Check one: the token is a timestamp of the note, leads to its certificates, says what the entry
 *  says, and the log still begins with what was stamped. DZ_E_CORRUPT, DZ_E_ROLLBACK, or as
 *  dz_vault_check_stamp. */
DZ_MUSTUSE enum dz_code
dz_timestamp_check(struct dz_vault *v, const struct dz_timestamp *t, int64_t now_us,
                   struct dz_vault_stamp *ret, struct dz_err *err);

struct dz_timestamps_report {
    uint64_t n;
    uint64_t
        n_expired; /* valid at the stamping time, a certificate has expired since: no finding */
    uint64_t n_findings; /* of them do not hold */
};
/** Check all; fn gets a finding for each that does not hold, and a notice for each whose
 *  certificates
 *  have expired since it was made. */
DZ_MUSTUSE enum dz_code
dz_timestamps_verify(struct dz_vault *v, dz_verify_fn *fn, void *ctx,
                     struct dz_timestamps_report *ret, struct dz_err *err);

#endif
