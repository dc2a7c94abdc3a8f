/* What the files of the bag writer share. */
#ifndef DZ_BAG_IMPL_H
#define DZ_BAG_IMPL_H

#include "dz_bag_out.h"
#include "dz_hash.h"
#include "dz_seal.h"

struct bag_file {
    char *path;
    uint64_t size;
    uint8_t sha256[DZ_SHA256_BYTES];
    uint8_t sha512[DZ_SHA512_BYTES];
    bool listed;
};

struct dz_bag_out {
    enum dz_bag_form form;
    char *path; /* final name */
    char *tmp;  /* where it is built */
    bool made;  /* tmp is there and ours */
    bool finished;
    dz_bag_look_fn *look;
    void *look_ctx;

    struct bag_file *files;
    size_t n_files;
    size_t cap_files;
    char **dirs; /* folders made inside, outer ones first */
    size_t n_dirs;
    size_t cap_dirs;

    int dir; /* folder: tmp */
    int fd;  /* folder: the file being written; sealed: the age file */
    struct dz_seal *seal;
    char *top; /* sealed: the folder that the tar unpacks to */
    int64_t made_us;

    bool writing; /* between begin and end, on the last of files */
    uint64_t expected;
    struct dz_hash *sha256;
    struct dz_hash *sha512;
};

/* ---- bag_sealed.c ---- */

DZ_MUSTUSE enum dz_code
dz_bag_sealed_new(struct dz_bag_out *b, const char *recipient, struct dz_err *err);
/** Tar header of a file. */
DZ_MUSTUSE enum dz_code
dz_bag_sealed_begin(struct dz_bag_out *b, const char *path, uint64_t size, struct dz_err *err);
/** Fill the last block of a file. */
DZ_MUSTUSE enum dz_code
dz_bag_sealed_end(struct dz_bag_out *b, uint64_t size, struct dz_err *err);
/** End of the tar and of the age file, synced. */
DZ_MUSTUSE enum dz_code
dz_bag_sealed_finish(struct dz_bag_out *b, struct dz_err *err);

/* ---- bag_place.c ---- */

/** Remove what killed processes left beside path under its temporary names. */
void
dz_bag_sweep(const char *path);
/** Remove a file, or a folder with all that is in it, as far as possible. */
void
dz_bag_remove(const char *path);
/** Make the name of a new file or folder durable: sync the folder it stands in. */
DZ_MUSTUSE enum dz_code
dz_bag_sync_parent(const char *path, struct dz_err *err);

#endif
