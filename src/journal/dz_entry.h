/* Entries: what a leaf says in the clear, and how a body is committed to, signed and sealed.
 * The bytes of each are in docs/format/journal.md, section 3.
 *
 * The leaf record holds the commitment, the hash of the sealed body, and the hashes of stored
 * things that the entry brings and removes: enough to check everything that is stored, and nothing
 * that says what it is about. The commitment is over salted digests of the body's fields, so that
 * a proof can show some fields and withhold others. The member's signature is over log, number and
 * commitment, so that an entry cannot be moved. */
#ifndef DZ_ENTRY_H
#define DZ_ENTRY_H

#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_json.h"
#include "dz_merkle.h"
#include "dz_secret.h"

#define DZ_ENTRY_BODY_MAX (4u << 20) /* bytes of canonical JSON */
/* things brought, and removed, by one entry: a leaf stays under 64 KiB */
#define DZ_ENTRY_THINGS_MAX 1500 /* brought and removed by one entry together: a leaf < 64 KiB */
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

/** The same commitment, hashed where the fields stand in text, the canonical form that body was
 *  parsed from. false: some name does not stand plainly in it (dz_entry_commit does those). */
bool
dz_entry_commit_text(const uint8_t salt[DZ_SALT_BYTES], json_t *body, struct dz_view text,
                     struct dz_hash32 *ret);

/** Salt of one field, derived from the salt of the body: shown with the field, it opens no other.
 *  */
void
dz_entry_field_salt(const uint8_t salt[DZ_SALT_BYTES], const char *name,
                    uint8_t ret[DZ_SALT_BYTES]);
/** Digest of one field under its own salt. DZ_E_LIMIT: name or value is too long; DZ_E_INPUT: the
 *  value has no canonical form. */
DZ_MUSTUSE enum dz_code
dz_entry_salted_digest(const uint8_t field_salt[DZ_SALT_BYTES], const char *name,
                       const json_t *value, struct dz_hash32 *ret, struct dz_err *err);
struct dz_field_digest {
    const char *name; /* borrowed */
    struct dz_hash32 digest;
};
/** Commitment to fields of which only names and digests are known; sorts them. DZ_E_INPUT: none,
 *  or more than 65535. */
DZ_MUSTUSE enum dz_code
dz_entry_commit_digests(struct dz_field_digest *fields, size_t n, struct dz_hash32 *ret,
                        struct dz_err *err);

/** Commit, sign and seal a body: fills commitment and sealed_sha256 of leaf and appends the
 *  sealed bytes. */
DZ_MUSTUSE enum dz_code
dz_entry_seal(const json_t *body, const uint8_t log[DZ_LOG_ID_BYTES], uint64_t seq,
              const struct dz_secret *member_seed, const uint8_t key[16],
              const uint8_t salt[DZ_SALT_BYTES], struct dz_leaf *leaf, struct dz_buf *ret_sealed,
              struct dz_err *err);
/** Open a sealed body and check commitment against leaf. The signature is handed out, not checked:
 *  dz_entry_check_signature does when the member's key is known. Caller owns *ret_body. */
DZ_MUSTUSE enum dz_code
dz_entry_open(struct dz_view sealed, const uint8_t key[16], const uint8_t salt[DZ_SALT_BYTES],
              const struct dz_leaf *leaf, json_t **ret_body, uint8_t ret_sig[64],
              struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_entry_check_signature(const struct dz_leaf *leaf, const uint8_t log[DZ_LOG_ID_BYTES],
                         uint64_t seq, const uint8_t pk[32], const uint8_t sig[64],
                         struct dz_err *err);

#endif
