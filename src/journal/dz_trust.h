/* What a reader of packages and proofs knows from elsewhere, as it is typed: keys of logs, keys of
 * signers, certificates of timestamp authorities. */
#ifndef DZ_TRUST_H
#define DZ_TRUST_H

#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_note.h"
#include "dz_package.h"
#include "dz_sign.h"

#define DZ_TRUST_MAX 64 /* keys of each kind */

/* Start with DZ_TRUST_NONE, end with dz_trust_done. */
struct dz_trust {
    struct dz_note_key keys[DZ_TRUST_MAX];
    size_t n_keys;
    uint8_t signers[DZ_TRUST_MAX * DZ_SIGN_PUBLIC_BYTES];
    size_t n_signers;
    struct dz_buf ca_pem;
};
#define DZ_TRUST_NONE                \
    {                                \
        .ca_pem = DZ_BUF(256u << 10) \
    }

/** A verifier key: its text, or the name of a file that holds it. DZ_E_INPUT, DZ_E_LIMIT; errors of
 *  reading the file. */
DZ_MUSTUSE enum dz_code
dz_trust_add_key(struct dz_trust *t, const char *word, struct dz_err *err);
/** A PEM file with certificates and nothing else. Errors of dz_tsp_certificates. */
DZ_MUSTUSE enum dz_code
dz_trust_add_ca(struct dz_trust *t, const char *path, struct dz_err *err);
/** A .pub or allowed_signers file: every ssh-ed25519 key in it. DZ_E_INPUT: there is none. */
DZ_MUSTUSE enum dz_code
dz_trust_add_signers(struct dz_trust *t, const char *path, struct dz_err *err);
/** For dz_package_check; borrows. */
struct dz_package_trust
dz_trust_view(const struct dz_trust *t, int64_t now_us);
/** The trusted key for a log of this name: the one with the name, else the first (which will not
 *  fit,
 *  so that the answer is that it is another log), or NULL when none was given. */
const struct dz_note_key *
dz_trust_key(const struct dz_trust *t, const char *name);
void
dz_trust_done(struct dz_trust *t);
#define DZ_AUTO_TRUST DZ_CLEANUP(dz_trust_done)

#endif
