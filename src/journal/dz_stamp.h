/* Timestamps of checkpoints: what is stamped and how a stamp is checked. Format and reasons:
 * docs/format/timestamp.md.
 *
 * Stamped is SHA-256 of the single-signature note: the checkpoint's text, a blank line, and the
 * log's own signature line. Lines of further signers may join the note later without breaking a
 * stamp, and a stamp proves that the log's signature existed. */
#ifndef DZ_STAMP_H
#define DZ_STAMP_H

#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_note.h"
#include "dz_tsp.h"

/** The single-signature note of any note that the log signed: its text and exactly the line of key.
 *  @param note  with the log's line and any others
 *  @param key   of the log; its name is the origin on the first line
 *  @param out   the note is appended
 *  @param ret   the checkpoint that it is; may be NULL
 *  @return DZ_E_INPUT: no note, or no checkpoint of this log; DZ_E_CORRUPT: its signature does not
 *          hold, or is missing. */
DZ_MUSTUSE enum dz_code
dz_stamp_note(struct dz_view note, const struct dz_note_key *key, struct dz_buf *out,
              struct dz_checkpoint *ret, struct dz_err *err);

/** SHA-256 of a single-signature note, as dz_stamp_note made it: what the authority signs. */
void
dz_stamp_imprint(struct dz_view single_note, uint8_t ret[32]);

/** A stamp that holds: before stamp.time_us the log had size entries with this root. */
struct dz_stamp {
    struct dz_checkpoint checkpoint;
    struct dz_tsp_result stamp;
};

/** Check a token (DER) against a note: the log's signature, then the timestamp over the
 *  single-signature form. Needs neither vault nor network.
 *  @param note      with the log's line and any others
 *  @param ca_pem    certificates that the caller trusts (PEM). Empty: everything but the chain is
 *                   checked, and ret->stamp.chain says so. Certificates that came together with the
 *                   token prove no more than the token itself until somebody compares
 *                   ret->stamp.anchor_sha256 with what the authority publishes.
 *  @param other_pem further certificates, not trusted; may be empty
 *  @param now_us    dz_os_now_us(); decides only between DZ_TSP_CHAIN_HOLDS and _EXPIRED
 *  @return errors of dz_stamp_note and dz_tsp_check_token; ret is filled only with DZ_OK */
DZ_MUSTUSE enum dz_code
dz_stamp_check(struct dz_view note, const struct dz_note_key *key, struct dz_view token,
               struct dz_view ca_pem, struct dz_view other_pem, int64_t now_us,
               struct dz_stamp *ret, struct dz_err *err);

#endif
