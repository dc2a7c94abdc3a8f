/* Shares of a secret as words: SLIP-0039, "Shamir's Secret-Sharing for Mnemonic Codes".
 *
 * Any k of n shares give the secret, fewer say nothing about it. A share is 20 words (of a secret
 * of
 * 16 bytes) to 33 words (32 bytes) of a fixed list; a checksum finds up to three wrong words. What
 * is made here has one group; shares in several groups are read. Secrets and shares stand in
 * guarded
 * memory only, and arithmetic on them neither branches nor looks up tables. */
#ifndef DZ_SLIP39_H
#define DZ_SLIP39_H

#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_secret.h"

#define DZ_SLIP39_SECRET_MIN 16 /* bytes; always an even number */
#define DZ_SLIP39_SECRET_MAX 32
#define DZ_SLIP39_SHARES_MAX 16  /* in a group */
#define DZ_SLIP39_GIVEN_MAX 256  /* shares that are taken at once: 16 groups of 16 */
#define DZ_SLIP39_TEXT_MAX 300   /* bytes of a share: 33 words of 8 letters, and blanks */
#define DZ_SLIP39_EXPONENT_MAX 8 /* work of foreign shares: 10000 * 2^e rounds of PBKDF2 */

/** Make n shares of which any `threshold` give the secret, without a passphrase. Each of
 *  ret[0..n-1]
 *  is one line of words in lower case, parted by one blank, with a NUL that its size counts; the
 *  caller frees them. Every call gives other shares, and shares of different calls do not mix.
 *  DZ_E_USAGE: not 2 <= threshold <= n <= 16, or a secret of another size; DZ_E_MEMORY. */
DZ_MUSTUSE enum dz_code
dz_slip39_split(const struct dz_secret *secret, unsigned threshold, unsigned n,
                struct dz_secret *ret[DZ_SLIP39_SHARES_MAX], struct dz_err *err);

/** The secret of some shares, in any order. Words may be in either case and cut to their first four
 *  letters. More shares than needed are compared with the rest. passphrase is "" unless the maker
 *  of
 *  the shares chose one; a wrong one gives another secret, which nothing can tell.
 *  DZ_E_INPUT names the share, counted from 1, and what is wrong with it: no share, a word that is
 *  not in the list, a mistake that the checksum shows, a share of something else, too few of them,
 *  the same one twice, or shares that do not fit together. DZ_E_LIMIT: too many, or made with more
 *  work than DZ_SLIP39_EXPONENT_MAX; DZ_E_MEMORY. */
DZ_MUSTUSE enum dz_code
dz_slip39_combine(const struct dz_view *shares, size_t n, const char *passphrase,
                  struct dz_secret **ret, struct dz_err *err);

#endif
