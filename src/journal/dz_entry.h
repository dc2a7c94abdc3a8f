/* Entries: what a leaf says in the clear and how a body is committed to, signed and sealed.
 * Bytes: docs/format/journal.md.
 *
 * leaf record = "dzL1" | commitment(32) | sha256 of sealed body(32) | u16 n | n * (class u8, size u64, sha256 32)
 *               of stored things it brings | u16 m | m * (class u8, sha256 32) of things it removes
 * body        = canonical JSON object; plain form sealed = "dzB1" | signature(64) | canonical JSON
 * field digest = SHA-256("dokaz/field/v1" 0x00 | salt_f | u16 len | name | canonical value),
 *               salt_f = HMAC-SHA-256(body salt, name)
 * commitment  = SHA-256("dokaz/body/v1" 0x00 | u16 count | for each field by byte order of name: u16 len | name | digest)
 * signature   = Ed25519 by the member over "dokaz/entry/v1" 0x00 | log id(16) | u64 seq | commitment */
#ifndef DZ_ENTRY_H
#define DZ_ENTRY_H

#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_json.h"
#include "dz_merkle.h"
#include "dz_secret.h"

#define DZ_ENTRY_BODY_MAX (4u << 20) /* bytes of canonical JSON */
#define DZ_ENTRY_THINGS_MAX 1500     /* things brought, and removed, by one entry: a leaf stays under 64 KiB */
#define DZ_LOG_ID_BYTES 16
#define DZ_SALT_BYTES 32

enum dz_thing_class {
    DZ_THING_OBJECT = 'o', /* in objects/: sha256 of the stored (sealed) bytes */
    DZ_THING_FILE = 'f',   /* vault.json or a file under keys/: sha256 of its bytes */
    DZ_THING_BODY = 'b'    /* a sealed body in a journal (only among the removed) */
};
struct dz_thing {
    enum dz_thing_class cls;
    uint64_t size_bytes; /* stored size; 0 among the removed */
    struct dz_hash32 sha256;
};

struct dz_leaf {
    struct dz_hash32 commitment;
    struct dz_hash32 sealed_sha256;
    struct dz_thing *brings;
    size_t n_brings;
    struct dz_thing *removes;
    size_t n_removes;
};
DZ_MUSTUSE enum dz_code
dz_leaf_encode(const struct dz_leaf *leaf, struct dz_buf *out, struct dz_err *err);
/** Strict: unknown version, classes, or trailing bytes are refused. Free with dz_leaf_done. */
DZ_MUSTUSE enum dz_code
dz_leaf_decode(struct dz_view bytes, struct dz_leaf *ret, struct dz_err *err);
void
dz_leaf_done(struct dz_leaf *leaf);

/** Digest of one field under the body salt. */
DZ_MUSTUSE enum dz_code
dz_entry_field_digest(const uint8_t salt[DZ_SALT_BYTES], const char *name, const json_t *value,
                      struct dz_hash32 *ret, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_entry_commit(const uint8_t salt[DZ_SALT_BYTES], const json_t *body, struct dz_hash32 *ret,
                struct dz_err *err);

/** Commit, sign and seal a body: fills commitment and sealed_sha256 of leaf and appends the sealed bytes. */
DZ_MUSTUSE enum dz_code
dz_entry_seal(const json_t *body, const uint8_t log[DZ_LOG_ID_BYTES], uint64_t seq,
              const struct dz_secret *member_seed, const uint8_t key[16], const uint8_t salt[DZ_SALT_BYTES],
              struct dz_leaf *leaf, struct dz_buf *ret_sealed, struct dz_err *err);
/** Open a sealed body and check commitment against leaf. The signature is handed out, not checked:
 *  dz_entry_check_signature does when the member's key is known. Caller owns *ret_body. */
DZ_MUSTUSE enum dz_code
dz_entry_open(struct dz_view sealed, const uint8_t key[16], const uint8_t salt[DZ_SALT_BYTES],
              const struct dz_leaf *leaf, json_t **ret_body, uint8_t ret_sig[64], struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_entry_check_signature(const struct dz_leaf *leaf, const uint8_t log[DZ_LOG_ID_BYTES], uint64_t seq,
                         const uint8_t pk[32], const uint8_t sig[64], struct dz_err *err);

#endif
