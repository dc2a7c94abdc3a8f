/* SSH signatures (OpenSSH PROTOCOL.sshsig): an Ed25519 signature in the armored form that
 * `ssh-keygen -Y sign` writes and `ssh-keygen -Y verify` checks, which nearly every computer has.
 *
 * A namespace says what a signature is for, so that one made for a package cannot be passed off as
 * one over a commit or a letter. What is signed is the SHA-512 of the file. Other keys than Ed25519
 * and another hash are refused, and every signature has exactly one accepted text. */
#ifndef DZ_SSHSIG_H
#define DZ_SSHSIG_H

#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_hash.h"
#include "dz_secret.h"
#include "dz_sign.h"

#define DZ_SSHSIG_NAMESPACE_MAX 64 /* bytes of a namespace that we write or read */
#define DZ_SSHSIG_TEXT_MAX 4096    /* bytes of armored text; ours has about 300 */

/* What an armored signature holds. */
struct dz_sshsig {
    uint8_t pk[DZ_SIGN_PUBLIC_BYTES];
    char name_space[DZ_SSHSIG_NAMESPACE_MAX + 1];
    uint8_t sig[DZ_SIGN_BYTES];
};

/** Armored signature over a file's SHA-512, ending in a newline, appended to out. The same input
 *  gives the same text. DZ_E_USAGE: the seed is not 32 bytes, or the namespace is empty, too long
 *  or
 *  has other characters than letters, digits and ".-_@"; DZ_E_LIMIT: out is full. */
DZ_MUSTUSE enum dz_code
dz_sshsig_make(const struct dz_secret *seed, const char *name_space,
               const uint8_t sha512[DZ_SHA512_BYTES], struct dz_buf *out, struct dz_err *err);

/** Take an armored text apart; nothing is checked against a file yet. DZ_E_INPUT: not such a text,
 *  or a signature of another kind. */
DZ_MUSTUSE enum dz_code
dz_sshsig_read(struct dz_view text, struct dz_sshsig *ret, struct dz_err *err);
/** Whether a signature that was read is one over this SHA-512 in this namespace, by the key that
 *  stands in it; the caller says whose key that is. DZ_E_CORRUPT: it is not, and the message says
 *  which of both differs. */
DZ_MUSTUSE enum dz_code
dz_sshsig_check(const struct dz_sshsig *sig, const char *name_space,
                const uint8_t sha512[DZ_SHA512_BYTES], struct dz_err *err);

/** "ssh-ed25519 AAAA... comment" and a newline, as a .pub file holds it, appended to out. comment
 *  may be NULL. DZ_E_USAGE: the comment has control characters; DZ_E_LIMIT. */
DZ_MUSTUSE enum dz_code
dz_sshsig_public_line(const uint8_t pk[DZ_SIGN_PUBLIC_BYTES], const char *comment,
                      struct dz_buf *out, struct dz_err *err);
/** The key of such a line, with or without comment and newline. DZ_E_INPUT. */
DZ_MUSTUSE enum dz_code
dz_sshsig_public_parse(struct dz_view line, uint8_t ret[DZ_SIGN_PUBLIC_BYTES], struct dz_err *err);
/** A line of an allowed_signers file that lets this key sign as principal in one namespace,
 *  appended to out. principal and namespace have the characters of a namespace. DZ_E_USAGE;
 *  DZ_E_LIMIT. */
DZ_MUSTUSE enum dz_code
dz_sshsig_allowed_line(const uint8_t pk[DZ_SIGN_PUBLIC_BYTES], const char *principal,
                       const char *name_space, struct dz_buf *out, struct dz_err *err);

#endif
