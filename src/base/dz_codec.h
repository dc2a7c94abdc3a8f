/* Small codecs: hexadecimal, base64 (RFC 4648), strict numbers, short ids. */
#ifndef DZ_CODEC_H
#define DZ_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

/** 2n lower-case hex characters and a NUL into ret_hex (2n+1 bytes). */
void
dz_hex_encode(const uint8_t *p, size_t n, char *ret_hex);
/** Exactly 2n hex digits of either case -> n bytes; false otherwise, output untouched. */
bool
dz_hex_decode(struct dz_view hex, uint8_t *ret, size_t n);
/** 0..15 of a hex digit of either case, -1 of any other character. */
int
dz_hex_digit(char c);

enum dz_b64 { DZ_B64_PADDED, DZ_B64_RAW /* no '=' (age headers) */ };
void
dz_b64_encode(struct dz_buf *out, const void *p, size_t n, enum dz_b64 form);
/** Canonical base64 only: no white space, right padding for the form, zero trailing bits. */
DZ_MUSTUSE enum dz_code
dz_b64_decode(struct dz_buf *out, struct dz_view text, enum dz_b64 form, struct dz_err *err);

/** Decimal without sign, leading zeros (except "0" itself), or spaces; false if it does not fit. */
bool
dz_parse_u64(struct dz_view text, uint64_t *ret);
bool
dz_parse_i64(struct dz_view text, int64_t *ret);

/** CRC-32C (Castagnoli), as in RFC 3720; start with crc 0. */
uint32_t
dz_crc32c(uint32_t crc, const void *p, size_t n);

/** Lower-case Crockford base32 of the leading bits of bytes (at least 5 * chars / 8, rounded
 *  up): chars characters and a NUL into ret. */
void
dz_base32_id(const uint8_t *bytes, size_t chars, char *ret);

#endif
