/* Shared by keyless.c (leaves, the whole), keyless_files.c and keyless_objects.c. */
#ifndef KEYLESS_IMPL_H
#define KEYLESS_IMPL_H

#include "dz_hash.h"
#include "dz_keyless.h"
#include "things.h"

struct keyless {
    int vault;
    dz_finding_fn *fn;
    void *fn_ctx;
    struct dz_keyless_report report;
    struct things things;
    uint32_t log; /* number of the log being read */
    bool has_id;  /* vault.json names a vault id */
    uint8_t id[16];
    struct dz_hash *hash;
    struct dz_buf chunk; /* memory for reading */
    /* Paths of files whose bytes no leaf names: changed ones when a file is missing, otherwise
     * left-overs. */
    char **unknown;
    size_t n_unknown;
    size_t cap_unknown;
    bool file_missing;
};

void
dz_keyless_finding(struct keyless *k, const char *thing, uint64_t seq, const char *message);
void
dz_keyless_notice(struct keyless *k, const char *thing, const char *message);

/* Hash up to n bytes of a file from where it stands; *ret_n less than n when it ended. */
DZ_MUSTUSE enum dz_code
dz_keyless_hash(struct keyless *k, int fd, uint64_t n, struct dz_hash32 *ret, uint64_t *ret_n,
                struct dz_err *err);
/* A whole thing was read: mark it; false when nothing names it. */
bool
dz_keyless_found(struct keyless *k, enum dz_thing_class cls, const struct dz_hash32 *sha256,
                 uint64_t size_bytes, const char *thing);
/* vault.json, keys/, and what stands in the folder of the vault without belonging there. */
DZ_MUSTUSE enum dz_code
dz_keyless_files(struct keyless *k, struct dz_err *err);
/* Call after everything was looked for: what the files with unknown bytes are. */
void
dz_keyless_tell_unknown(struct keyless *k);
/* Both copies of the key table: there, of this vault, and equal. What they hold needs keys. */
DZ_MUSTUSE enum dz_code
dz_keyless_table(struct keyless *k, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_keyless_objects(struct keyless *k, struct dz_err *err);

#endif
