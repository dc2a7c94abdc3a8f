/* Checking a package: everything that docs/format/package.md section 5 lists, with the folder
 * alone,
 * without vault, passphrase or network. A bag that is no package of dokaz is checked as a bag.
 *
 * The folder is foreign: nothing outside it is read, no link is followed, and of lists of any
 * length
 * only a few bytes for each element are kept. A proof is as good as the key it was checked under.
 * Keys, certificates and the signer's key that come with the package show that it agrees with
 * itself;
 * who they belong to, the reader has to know from elsewhere, and gives them here. */
#ifndef DZ_PACKAGE_H
#define DZ_PACKAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_bag.h"
#include "dz_buf.h"
#include "dz_check.h"
#include "dz_err.h"
#include "dz_note.h"
#include "dz_sign.h"

#define DZ_PACKAGE_INDEX "data/package.json"
#define DZ_PACKAGE_LOGS_MAX 1024
#define DZ_PACKAGE_STAMPS_MAX 4096 /* stamped checkpoints, and timestamps */

struct dz_package_trust {
    const struct dz_note_key *keys; /* of logs, as received another way; none: any */
    size_t n_keys;
    struct dz_view ca_pem; /* certificates of timestamp authorities; empty: the package's own */
    const uint8_t *signers; /* keys of DZ_SIGN_PUBLIC_BYTES, one behind the other; none: any */
    size_t n_signers;
    int64_t now_us;
};

struct dz_package_result {
    struct dz_bag_report bag;
    bool is_package; /* data/package.json is there */
    bool is_public;
    bool is_signed; /* the signature holds, by a key of allowed_signers */
    uint64_t n_logs;
    uint64_t n_proofs;   /* that hold; each is counted once */
    uint64_t n_files;    /* originals and texts that are what a proof says */
    uint64_t n_facts;    /* whose record is what a proof says */
    uint64_t n_quotes;   /* found in their text, character by character */
    uint64_t n_custody;  /* lines that agree with their proof */
    uint64_t n_stamps;   /* timestamps that hold */
    uint64_t n_findings; /* of all, the bag's included */
    uint64_t n_notices;
};

/** Check the package or bag whose open folder is dirfd. Lines of all three classes go to fn.
 *  @return DZ_OK when the check ran to its end: what is wrong is in ret->n_findings. DZ_E_NOTFOUND:
 *          not a bag; DZ_E_LIMIT: more files than are read; DZ_E_FORMAT: a package of a newer
 *          format; DZ_E_IO. */
DZ_MUSTUSE enum dz_code
dz_package_check(int dirfd, const struct dz_package_trust *trust, dz_check_fn *fn, void *ctx,
                 struct dz_package_result *ret, struct dz_err *err);

#endif
