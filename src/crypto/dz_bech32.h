/* Bech32 (BIP 173 without its limit on length), as age writes its keys: HRP, "1", the bytes in
 * groups of five bits, six characters of checksum. It finds any mistyped one to four characters. */
#ifndef DZ_BECH32_H
#define DZ_BECH32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"

#define DZ_BECH32_BYTES_MAX 1024 /* bytes of data */

/** Characters of the text for an HRP of n_hrp characters and n bytes of data, without a NUL. */
size_t
dz_bech32_size(size_t n_hrp, size_t n);
/** Lower-case text of hrp (lower case, not empty) and n bytes (at most
 *  DZ_BECH32_BYTES_MAX) into ret, which has room for dz_bech32_size and a NUL. */
void
dz_bech32_encode(const char *hrp, const void *data, size_t n, char *ret);
/** The data of a text whose HRP is exactly hrp, in that case: an upper-case hrp asks for upper-case
 * text. *ret_n is at most cap. False, and outputs untouched: another HRP, mixed case, a wrong
 * character or checksum, bits left over that are not zero, or more than cap bytes. The data may be
 * secret: nothing of it stays behind elsewhere. */
bool
dz_bech32_decode(struct dz_view text, const char *hrp, uint8_t *ret, size_t cap, size_t *ret_n);

#endif
