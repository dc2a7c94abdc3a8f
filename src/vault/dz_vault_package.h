/* Checking a package on behalf of the upper layers, which do not see the journal's headers. Needs
 * no
 * vault. What is checked: docs/format/package.md section 5. */
#ifndef DZ_VAULT_PACKAGE_H
#define DZ_VAULT_PACKAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_err.h"

/* What the reader knows from elsewhere; each may be NULL. */
struct dz_package_words {
    const char *key;    /* verifier key of a log, or a file that holds it */
    const char *ca;     /* file of certificates (PEM) */
    const char *signer; /* file of keys */
};

enum dz_package_told { DZ_PACKAGE_FINDING, DZ_PACKAGE_NOTICE, DZ_PACKAGE_FACT };
/** Gets each line. code is a stable name of its kind; thing is not cleaned for a terminal; message
 *  is
 *  translated. */
typedef void
dz_package_told_fn(void *ctx, enum dz_package_told told, const char *code, const char *thing,
                   const char *message);

struct dz_package_counts {
    bool is_package; /* else a plain bag */
    bool is_signed;
    uint64_t n_payload;
    uint64_t payload_bytes;
    uint64_t n_proofs;
    uint64_t n_files;
    uint64_t n_facts;
    uint64_t n_quotes;
    uint64_t n_custody;
    uint64_t n_stamps;
    uint64_t n_findings;
    uint64_t n_notices;
};

/** Check the package or bag in this folder.
 *  @return DZ_OK when the check ran to its end: what is wrong is in ret->n_findings; else as
 *          dz_package_check, or what is wrong with the words */
DZ_MUSTUSE enum dz_code
dz_vault_verify_package(const char *path, const struct dz_package_words *words,
                        dz_package_told_fn *fn, void *ctx, struct dz_package_counts *ret,
                        struct dz_err *err);

#endif
