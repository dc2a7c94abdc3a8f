/* Adding files, shared by the files that do it. */
#ifndef DZ_ADD_PRIV_H
#define DZ_ADD_PRIV_H

#include "dz_carried_priv.h"
#include "dz_extract.h"
#include "dz_facts_priv.h"
#include "dz_os.h"
#include "dz_pool.h"

/* ---- add_read.c: one file, apart from the vault's tables; runs in several threads ---- */

enum dz_add_result {
    DZ_ADD_READ,        /* read, and sealed unless it may be here already */
    DZ_ADD_CHANGED,     /* it changed while it was read */
    DZ_ADD_UNREADABLE,  /* why says so; DZ_E_CANCELLED: we were told to stop */
    DZ_ADD_VAULT_FAILED /* why says so: nothing more can be added */
};
struct dz_add_job {
    char *path;
    char *inside; /* path inside the folder that was given, or NULL */
    uint64_t size_bytes; /* when it was found: decides how it is read */
    json_t *described;   /* from a table, or NULL */
    const char *access;
    bool seen_size;   /* an earlier file of this run had this size */
    bool may_be_here; /* likely enough to take only its hash at first */
    const bool *stop;   /* atomic: the adder gave up */
    const bool *cancel; /* atomic, or NULL */
    enum dz_add_result result;
    struct dz_err why;
    struct dz_os_stat before; /* when reading began */
    char sha256[DZ_HEX32];
    struct dz_buf bytes;      /* of a small file that is not sealed yet */
    struct dz_sealed *sealed; /* or NULL */
};
void
dz_add_job_free(struct dz_add_job *j);
/** Bytes that it holds once it was read; for dz_pool. */
size_t
dz_add_job_held(const void *job);

/** What one thread needs for it. */
struct dz_add_tools;
DZ_MUSTUSE enum dz_code
dz_add_tools_new(struct dz_vault *v, struct dz_add_tools **ret, struct dz_err *err);
void
dz_add_tools_free(struct dz_add_tools *t);
/** Read one file; for dz_pool. */
void
dz_add_read(void *tools, void *job);
/** Seal one that was read and turned out to be new. */
void
dz_add_seal(struct dz_add_tools *t, struct dz_add_job *j);
/** Large files are streamed, and sealed into a temporary file: only under the write lock. */
bool
dz_add_is_large(uint64_t size_bytes);
/** Last part of a path. */
const char *
dz_add_name(const char *path);

/* ---- the adder ---- */

#define DZ_ADD_SIZES (1u << 20) /* bits */

/* What waits for its commit to be reported. */
struct dz_add_pending {
    enum dz_add_outcome outcome;
    char *path;
    char id[DZ_ID_MAX];
    char sha256[DZ_HEX32];
    uint64_t size_bytes;
    bool has_text;
    const char *text_status; /* constant */
    const char *message;     /* translated constant, or NULL */
    enum dz_add_again again;
    int ranks[DZ_CARRIED_FIELDS]; /* how strict what was said of it is: dz_carried_rank */
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
    int64_t clock_before; /* of the last entry when this run began */
    struct dz_pool *pool; /* readers; NULL until the first file */
    void *tools[DZ_POOL_THREADS_MAX];
    struct dz_add_tools *own_tools; /* of the adder's own thread, made when needed */
    struct dz_sealer *own_sealer;   /* of files inside others, made when needed */
    uint64_t n_expected;            /* of sources to be read */
    size_t n_threads;
    size_t n_large_under_way;
    bool stop;      /* atomic: readers give up */
    uint8_t *sizes; /* a bit for each size seen in this run, so that equal files are noticed */
};

/** A batch to write into. */
DZ_MUSTUSE enum dz_code
dz_adder_batch(struct dz_adder *a, struct dz_err *err);
/** Enough waits for a commit: 256 MiB, 1024 files or 2 s. */
bool
dz_adder_is_full(const struct dz_adder *a);
/** Commit what waits, report it, let the lock go. */
DZ_MUSTUSE enum dz_code
dz_adder_commit(struct dz_adder *a, struct dz_err *err);
void
dz_adder_done(struct dz_adder *a);
/** The source that holds these bytes, those that wait for their commit included; "" for none. */
DZ_MUSTUSE enum dz_code
dz_adder_find_same(struct dz_adder *a, const char *sha256, char ret_id[DZ_ID_MAX],
                   struct dz_err *err);
/** Note what is to be reported at its commit: DZ_ADD_PRESERVED or DZ_ADD_TEXT_READ. x may be
 * NULL. */
void
dz_adder_note(struct dz_adder *a, enum dz_add_outcome outcome, const char *path, const char *id,
              const struct dz_object_info *info, const struct dz_extracted *x);
/** Report at once what is not preserved. */
void
dz_adder_report(struct dz_adder *a, enum dz_add_outcome outcome, const char *path, const char *id,
                const char *sha256, uint64_t size, const char *message);
bool
dz_adder_cancelled(const struct dz_adder *a);

/** Preserve one regular file of which st was seen. path leads to it from the working folder; inside
 * is its path inside the folder that was given, NULL when it was given itself. DZ_OK also when the
 * file could not be preserved (then it is reported). It is under way afterwards; dz_add_flush ends
 * all. */
DZ_MUSTUSE enum dz_code
dz_add_file(struct dz_adder *a, const char *path, const char *inside, const struct dz_os_stat *st,
            struct dz_err *err);
/** Wait for what is under way and preserve it. */
DZ_MUSTUSE enum dz_code
dz_add_flush(struct dz_adder *a, struct dz_err *err);
/** Give up what is under way; stop the readers. */
void
dz_add_stop(struct dz_adder *a);

#endif
