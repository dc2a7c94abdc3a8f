/* Proofs of consistency: one file that says "the log of the later checkpoint begins with the log of
 * the earlier one", so nothing under the earlier one was changed, taken out or put in since. Form
 * and order of the checks: docs/format/proof.md section 2. */
#ifndef DZ_CONSISTENCY_H
#define DZ_CONSISTENCY_H

#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_merkle.h"
#include "dz_note.h"
#include "dz_proof.h"

#define DZ_CONSISTENCY_EXTENSION ".tlog-consistency"

/* The checks of docs/format/proof.md section 2, by their numbers there. */
enum dz_consistency_step {
    DZ_CONSISTENCY_FORM = 1, /* file and earlier checkpoint are well-formed, of the key's log */
    DZ_CONSISTENCY_SIGNED,   /* the key signed both checkpoints */
    DZ_CONSISTENCY_SIZE,     /* `old` is the size of the earlier one and no more than the later's */
    DZ_CONSISTENCY_TREE      /* the hashes lead to both roots */
};

struct dz_consistency {
    uint64_t old_size;
    struct dz_hash32 hashes[DZ_PROOF_HASHES_MAX];
    size_t n_hashes;
    struct dz_buf note;              /* the later checkpoint, byte for byte */
    struct dz_checkpoint checkpoint; /* what the note says; not believed before the check */
};

/** Read a file. Give back with dz_consistency_done. DZ_E_INPUT says in one line what is wrong. */
DZ_MUSTUSE enum dz_code
dz_consistency_parse(struct dz_view file, struct dz_consistency *ret, struct dz_err *err);
/** Check it together with the earlier checkpoint (a signed note) under the log's key.
 *  @param ret_earlier  what the earlier one says, filled when all holds; may be NULL
 *  @param ret_step     which step failed (untouched when all hold); may be NULL
 *  @return DZ_OK; DZ_E_INPUT: the earlier checkpoint is ill-formed or one of the two is of another
 *          log; DZ_E_CORRUPT: a signature, the size or the hashes do not hold. */
DZ_MUSTUSE enum dz_code
dz_consistency_check(const struct dz_consistency *c, struct dz_view earlier_note,
                     const struct dz_note_key *key, struct dz_checkpoint *ret_earlier,
                     enum dz_consistency_step *ret_step, struct dz_err *err);
/** Append the file: needs old_size, hashes and note. Nothing is checked. */
DZ_MUSTUSE enum dz_code
dz_consistency_write(const struct dz_consistency *c, struct dz_buf *out, struct dz_err *err);
void
dz_consistency_done(struct dz_consistency *c);
#define DZ_AUTO_CONSISTENCY DZ_CLEANUP(dz_consistency_done)

#endif
