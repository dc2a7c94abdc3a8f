/* Adding files, shared by the files that do it. */
#ifndef DZ_ADD_PRIV_H
#define DZ_ADD_PRIV_H

#include "dz_facts_priv.h"
#include "dz_os.h"

/* What waits for its commit to be reported. */
struct dz_add_pending {
    char *path;
    char id[DZ_ID_MAX];
    char sha256[DZ_HEX32];
    uint64_t size_bytes;
    const char *text_status; /* constant */
    const char *message;     /* translated constant, or NULL */
};

struct dz_adder {
    struct dz_vault *v;
    const struct dz_rules *rules;
    const struct dz_add_opts *opts;
    struct dz_batch *batch; /* NULL between commits */
    int64_t batch_began_us;
    struct dz_add_pending *pending;
    size_t n_pending;
    size_t cap_pending;
    struct dz_os_stat vault_stat; /* the vault's own folder is never added to itself */
    struct dz_add_summary sum;
    uint64_t n_seen;
};

/** A batch to write into. */
DZ_MUSTUSE enum dz_code
dz_adder_batch(struct dz_adder *a, struct dz_err *err);
/** Commit when enough waits: 64 MiB or 2 s. */
DZ_MUSTUSE enum dz_code
dz_adder_breathe(struct dz_adder *a, struct dz_err *err);
/** Commit what waits, report it, let the lock go. */
DZ_MUSTUSE enum dz_code
dz_adder_commit(struct dz_adder *a, struct dz_err *err);
void
dz_adder_done(struct dz_adder *a);
/** Note a preserved file, to be reported at its commit. x may be NULL. */
void
dz_adder_note(struct dz_adder *a, const char *path, const char *id,
              const struct dz_object_info *info, const struct dz_extracted *x);
/** Report at once what is not preserved. */
void
dz_adder_report(struct dz_adder *a, enum dz_add_outcome outcome, const char *path, const char *id,
                const char *sha256, uint64_t size, const char *message);
bool
dz_adder_cancelled(const struct dz_adder *a);

/** Preserve one regular file. path leads to it from the working folder; inside is its path
 * inside the folder that was given, NULL when it was given itself. DZ_OK also when the file
 * could not be preserved (then it was reported). */
DZ_MUSTUSE enum dz_code
dz_add_file(struct dz_adder *a, const char *path, const char *inside, struct dz_err *err);

#endif
