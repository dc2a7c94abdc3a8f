/* Proofs of inclusion: one file that says "this entry stands at this place in this log, and this is
 * what it says", made for people who have neither vault nor passphrase. Form and order of the
 * checks: docs/format/proof.md section 1; outwardly it is a C2SP tlog-proof.
 *
 * dz_proof_parse reads the form and believes nothing; dz_proof_check says whether it holds. Nothing
 * of a proof should reach a reader before it was checked. A zeroed struct dz_proof is empty. */
#ifndef DZ_PROOF_H
#define DZ_PROOF_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_entry.h"
#include "dz_err.h"
#include "dz_merkle.h"
#include "dz_note.h"

#define DZ_PROOF_MAX (8u << 20)   /* bytes of a proof or consistency file accepted and written */
#define DZ_PROOF_HASHES_MAX 63    /* a log has at most 2^63 - 1 entries */
#define DZ_PROOF_EXTENSION ".tlog-proof"

/* The checks of docs/format/proof.md section 1, by their numbers there. */
enum dz_proof_step {
    DZ_PROOF_FORM = 1,   /* the file and the checkpoint in it are well-formed and fit each other */
    DZ_PROOF_SIGNED,     /* the log's key signed the checkpoint */
    DZ_PROOF_TREE,       /* the leaf stands at its place in the signed tree */
    DZ_PROOF_LEAF,       /* the leaf record is well-formed */
    DZ_PROOF_COMMITMENT, /* what is shown and withheld is what the leaf commits to */
    DZ_PROOF_PLACE,      /* log and number say the same inside and outside */
    DZ_PROOF_MEMBER,     /* the member's signature holds */
    DZ_PROOF_PINNED      /* the log is the one that was expected */
};

struct dz_proof {
    uint64_t index; /* number of the entry in its log, from 0 */
    struct dz_hash32 hashes[DZ_PROOF_HASHES_MAX];
    size_t n_hashes;
    struct dz_buf note;              /* the checkpoint, byte for byte */
    struct dz_checkpoint checkpoint; /* what the note says */
    struct dz_note_key key;          /* of the log: `vkey` */
    uint8_t log[DZ_LOG_ID_BYTES];
    char log_hex[2 * DZ_LOG_ID_BYTES + 1];
    struct dz_buf leaf_bytes; /* the leaf record */
    struct dz_leaf leaf;      /* the same taken apart; all zero until dz_proof_check came so far */
    bool has_signature;
    uint8_t public_key[32]; /* of the member, with has_signature */
    uint8_t signature[64];
    json_t *shown;    /* object: name -> {"salt": hex, "value": ...}; NULL means empty */
    json_t *withheld; /* object: name -> digest in hex; NULL means empty */
};

/** Read a file (at most DZ_PROOF_MAX bytes). Owns what it needs of it; give back with
 *  dz_proof_done. DZ_E_INPUT says in one line what is not as the format has it (step 1). */
DZ_MUSTUSE enum dz_code
dz_proof_parse(struct dz_view file, struct dz_proof *ret, struct dz_err *err);
/** Steps 2 to 8 on a proof that was parsed (or filled and not yet handed out); fills p->leaf.
 *  @param pinned  the log's key as it was received another way, or NULL: then agreement is with
 *                 the log that the file itself names, and the caller should say so
 *  @param ret_step  which step failed (untouched when all hold); may be NULL
 *  @return DZ_OK: every step holds; DZ_E_CORRUPT: one line says which does not; DZ_E_FORMAT: the
 *          leaf record is of a newer version. */
DZ_MUSTUSE enum dz_code
dz_proof_check(struct dz_proof *p, const struct dz_note_key *pinned, enum dz_proof_step *ret_step,
               struct dz_err *err);
/** Append the file. Needs index, hashes, note, key, log_hex, leaf_bytes, and of shown, withheld and
 *  signature what there is. DZ_E_LIMIT: longer than DZ_PROOF_MAX. Nothing is checked. */
DZ_MUSTUSE enum dz_code
dz_proof_write(const struct dz_proof *p, struct dz_buf *out, struct dz_err *err);
/** Fill shown and withheld from a body under its salt. withhold: names, NULL-ended, or NULL to show
 *  all; names that the body has not are passed over. Withholding "member" takes the signature away
 *  as well (has_signature becomes false): it names the member to everyone who knows the key. */
DZ_MUSTUSE enum dz_code
dz_proof_fill(struct dz_proof *p, const json_t *body, const uint8_t salt[DZ_SALT_BYTES],
              const char *const *withhold, struct dz_err *err);
void
dz_proof_done(struct dz_proof *p);
#define DZ_AUTO_PROOF DZ_CLEANUP(dz_proof_done)

/** Value of a field that is shown, borrowed, or NULL when it is withheld or not there. */
const json_t *
dz_proof_shown(const struct dz_proof *p, const char *field);
/** Whether a field is there and withheld. */
bool
dz_proof_withholds(const struct dz_proof *p, const char *field);
/** Whether the file says nothing about the body because that was removed. */
bool
dz_proof_is_bare(const struct dz_proof *p);

#endif
