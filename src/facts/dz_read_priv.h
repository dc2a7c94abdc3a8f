/* Reading the text of sources, shared by the files that do it. */
#ifndef DZ_READ_PRIV_H
#define DZ_READ_PRIV_H

#include "dz_add_priv.h"

/** A text version before its entry: everything that needs no table of the vault. */
struct dz_derived {
    json_t *fields;              /* of text.derived, as far as they are known */
    struct dz_sealed *text;      /* NULL: there is none, it is the original, or it is large */
    struct dz_sealed *locators;  /* likewise */
    bool text_is_large;          /* to be sealed when its entry is written */
    bool locators_are_large;
};
void
dz_derived_done(struct dz_derived *d);
/** Make one of what was read; in any thread. sealer is the thread's own. original: id, sha256, size
 * and codec of the source. */
DZ_MUSTUSE enum dz_code
dz_derive(struct dz_sealer *sealer, const struct dz_rules *rules, const char *source,
          const char *name, const struct dz_extracted *x, const struct dz_object_info *original,
          struct dz_derived *ret, struct dz_err *err);
/** Add its entry to the batch. */
DZ_MUSTUSE enum dz_code
dz_derived_put(struct dz_batch *b, struct dz_derived *d, const struct dz_extracted *x,
               struct dz_err *err);

/* One source that is being read. */
struct dz_read_job {
    char id[DZ_ID_MAX];
    char *name;
    char *path; /* inside the folder or file that it came from: how it is shown */
    char *basis;
    char *access;
    unsigned depth; /* 0: added by a person; else inside so many others */
    struct dz_object_info original;
    struct dz_loan *loan; /* its bytes */
    const struct dz_add_opts *opts;
    const struct dz_rules *rules;
    uint64_t *held;   /* atomic: bytes of text that all jobs of the reader hold */
    size_t holds;     /* of them this one */
    const bool *stop; /* atomic: the reader gave up */
    enum dz_code code;
    struct dz_err why;
    struct dz_extracted x;
    struct dz_derived derived;
};
void
dz_read_job_free(struct dz_read_job *j);
/** For dz_pool; state is a dz_sealer. */
void
dz_read_run(void *sealer, void *job);

/** Begin a batch, and see whether the source still waits to be read. While it was read the lock was
 *  free: another process may have read it too, or removed it for good, and then nothing of it must
 *  come back. */
DZ_MUSTUSE enum dz_code
dz_read_is_wanted(struct dz_adder *a, const struct dz_read_job *j, bool *ret, struct dz_err *err);

/** Compare what was read with the current text version of its source. Where the text or the
 *  locators are the same bytes, the stored objects are named again instead of new ones. */
DZ_MUSTUSE enum dz_code
dz_read_compare(struct dz_vault *v, struct dz_read_job *j, enum dz_add_again *ret,
                struct dz_err *err);

/** Ids of sources. */
struct dz_id_list {
    char (*ids)[DZ_ID_MAX];
    size_t n;
    size_t cap;
};
void
dz_id_list_add(struct dz_id_list *l, const char *id);
void
dz_id_list_done(struct dz_id_list *l);

/** Preserve the files inside one that was read: each is a source of its own, derived from it, with
 * its basis and access; what is here already is not stored again. New ids are added to made. j's
 * status says when not everything could be taken out. Commits on the way. */
DZ_MUSTUSE enum dz_code
dz_read_parts(struct dz_adder *a, struct dz_read_job *j, struct dz_id_list *made,
              struct dz_err *err);

#endif
