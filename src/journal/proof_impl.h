/* Shared by proof.c and consistency.c: both files are lines, an empty line, and a signed note. */
#ifndef PROOF_IMPL_H
#define PROOF_IMPL_H

#include "dz_proof.h"

/* The next line of rest without its newline, which has to be there; rest moves behind it. */
bool
dz_proof_line(struct dz_view *rest, struct dz_view *ret);
/* "label " and a number of at most 2^63 - 1. */
bool
dz_proof_number(struct dz_view line, const char *label, uint64_t *ret);
/* Lines of hashes up to and with the empty one. */
DZ_MUSTUSE enum dz_code
dz_proof_hashes(struct dz_view *rest, struct dz_hash32 ret[DZ_PROOF_HASHES_MAX], size_t *ret_n,
                struct dz_err *err);
void
dz_proof_put_hashes(struct dz_buf *out, const struct dz_hash32 *hashes, size_t n);
/* What a well-formed note says as a checkpoint; no signature is looked at. */
DZ_MUSTUSE enum dz_code
dz_proof_checkpoint(struct dz_view note, struct dz_checkpoint *ret, struct dz_err *err);
/* The JSON object of the extra line (proof_extra.c): fills and prints key, log, leaf_bytes, shown,
 * withheld, public key and signature. */
DZ_MUSTUSE enum dz_code
dz_proof_read_extra(struct dz_view text, struct dz_proof *ret, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_proof_put_extra(const struct dz_proof *p, struct dz_buf *out, struct dz_err *err);

#endif
