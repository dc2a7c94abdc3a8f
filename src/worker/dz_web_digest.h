/* SHA-1 and SHA-256 (FIPS 180-4), to check the digests that web archives carry about themselves.
 *
 * Nothing is protected by them here, and a locked-in reader links no library of ciphers for two
 * functions. What dokaz itself signs and seals is hashed in crypto/ alone. */
#ifndef DZ_WEB_DIGEST_H
#define DZ_WEB_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"

enum dz_web_digest_kind { DZ_WEB_SHA1, DZ_WEB_SHA256 };

struct dz_web_digest {
    enum dz_web_digest_kind kind;
    uint32_t state[8];
    uint64_t n_bytes;
    unsigned char block[64];
};
void
dz_web_digest_begin(struct dz_web_digest *d, enum dz_web_digest_kind kind);
void
dz_web_digest_add(struct dz_web_digest *d, const void *p, size_t n);
/** 20 or 32 bytes; returns how many. d is used up. */
size_t
dz_web_digest_end(struct dz_web_digest *d, unsigned char ret[32]);

/** "sha1:BASE32", "sha256:hex" and the like: the kind and the value; false: none that is known. */
bool
dz_web_digest_parse(struct dz_view text, enum dz_web_digest_kind *ret_kind, unsigned char ret[32]);

#endif
