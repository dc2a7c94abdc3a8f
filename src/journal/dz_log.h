/* One log: append-only frames with a single writer, its tree, its checkpoints.
 * Bytes, and what counts as unfinished or damaged: docs/format/journal.md.
 *
 * journal/<log>/log.json     public: format, log id (32 hex), origin, verifier key
 * journal/<log>/frames       the entries: the authority; appending and syncing is the commit point
 * journal/<log>/checkpoints  signed notes; the last complete one counts
 * journal/<log>/index        derived: leaf hash and offset of each frame; made again when wrong
 *
 * An unfinished last append is cut at the next write and reported. Any other bad frame, one under
 * the last checkpoint, or fewer frames than it signed, is corruption and never repaired.
 *
 * In write mode the caller holds the vault's write lock during open, refresh, append, checkpoint
 * and drop_bodies; between them others may write, and refresh comes first after taking it again.
 * Frames that were found behind the last checkpoint count; sign one before appending more. */
#ifndef DZ_LOG_H
#define DZ_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_entry.h"
#include "dz_err.h"
#include "dz_merkle.h"
#include "dz_note.h"
#include "dz_secret.h"

struct dz_log;

struct dz_log_info {
    uint8_t id[DZ_LOG_ID_BYTES];
    char id_hex[33];
    struct dz_note_key key; /* name is the origin */
};

/** Make journal/<id>/ with a fresh random id and origin ("dokaz/" and 16 hex characters);
 *  journal_fd is the open journal folder. */
DZ_MUSTUSE enum dz_code
dz_log_create(int journal_fd, const uint8_t signer_pk[32], struct dz_log_info *ret,
              struct dz_err *err);

enum dz_log_mode { DZ_LOG_READ, DZ_LOG_WRITE };
/** Open by folder name: log.json, the last checkpoint, the index, and the frames behind it. In
 *  write mode an unfinished append is cut; *ret_cut_bytes (may be NULL) says how much. DZ_E_CORRUPT
 *  names the frame and offset; DZ_E_FORMAT: a newer format; DZ_E_NOTFOUND: no such log. */
DZ_MUSTUSE enum dz_code
dz_log_open(int journal_fd, const char *name, enum dz_log_mode mode, struct dz_log **ret,
            uint64_t *ret_cut_bytes, struct dz_err *err);
void
dz_log_close(struct dz_log *l);
/** Bytes of unfinished appends cut since opening (by open and by refresh in write mode). */
uint64_t
dz_log_cut_bytes(const struct dz_log *l);
/** Take up frames that another process appended since (readers, and a writer that just took the
 *  lock). */
DZ_MUSTUSE enum dz_code
dz_log_refresh(struct dz_log *l, struct dz_err *err);

const struct dz_log_info *
dz_log_get_info(const struct dz_log *l);
uint64_t
dz_log_size(const struct dz_log *l);
void
dz_log_root(const struct dz_log *l, struct dz_hash32 *ret);
/** Root of the first size leaves. */
DZ_MUSTUSE enum dz_code
dz_log_root_at(struct dz_log *l, uint64_t size, struct dz_hash32 *ret, struct dz_err *err);
/** Proof that entry seq stands in the tree of size entries, and that the tree of n entries begins
 *  with the tree of m: RFC 9162 sections 2.1.3 and 2.1.4. They take hundredths of a millisecond;
 *  the first one after opening may read the leaf hashes of what no checkpoint covered. Whoever
 *  hands
 *  one out checks it first. DZ_E_NOTFOUND: the log is shorter. */
DZ_MUSTUSE enum dz_code
dz_log_inclusion(struct dz_log *l, uint64_t seq, uint64_t size,
                 struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF], size_t *ret_n, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_log_consistency(struct dz_log *l, uint64_t m, uint64_t n,
                   struct dz_hash32 ret[DZ_MERKLE_MAX_PROOF], size_t *ret_n, struct dz_err *err);
/** dz_leaf_hash_fn with ctx = struct dz_log *. */
enum dz_code
dz_log_leaf_hash(void *ctx, uint64_t ix, struct dz_hash32 *ret, struct dz_err *err);

/** Read entry seq (from 0): the leaf record's bytes and the sealed body (empty when it was
 *  removed). */
DZ_MUSTUSE enum dz_code
dz_log_read(struct dz_log *l, uint64_t seq, struct dz_buf *leaf_bytes, struct dz_buf *sealed,
            struct dz_err *err);

/* One append: frames are gathered in memory, then written and synced together. */
struct dz_log_batch {
    struct dz_buf frames; /* give it a maximum of 64 MiB */
    uint64_t n;
};
/** Add one entry; its seq must be dz_log_size + batch->n. */
DZ_MUSTUSE enum dz_code
dz_log_batch_add(const struct dz_log *l, struct dz_log_batch *b, uint64_t seq,
                 const struct dz_leaf *leaf, struct dz_view sealed, struct dz_err *err);
/** Append and fdatasync: the commit point; b is empty afterwards. DZ_E_LOCKED: others appended
 *  since the last refresh, nothing was written. After a failed write or sync every further write of
 *  this process is refused. */
DZ_MUSTUSE enum dz_code
dz_log_append(struct dz_log *l, struct dz_log_batch *b, struct dz_err *err);

/** Sign and store a checkpoint of the present tree. Refuses (DZ_E_ROLLBACK) when the last stored
 *  one, or the given one (may be NULL: the one kept outside the vault), is not a prefix. out (may
 *  be NULL) gets the note, also when the last one is current and nothing has to be signed. */
DZ_MUSTUSE enum dz_code
dz_log_checkpoint(struct dz_log *l, const struct dz_secret *seed,
                  const struct dz_checkpoint *outside, struct dz_buf *out, struct dz_err *err);
/** Last stored checkpoint (size 0 when none yet) and its note (may be NULL). */
DZ_MUSTUSE enum dz_code
dz_log_last_checkpoint(const struct dz_log *l, struct dz_checkpoint *ret, struct dz_buf *note,
                       struct dz_err *err);
/** Every stored checkpoint in order, verified against the log's key. */
typedef enum dz_code
dz_checkpoint_fn(void *ctx, const struct dz_checkpoint *c, struct dz_view note, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_log_each_checkpoint(struct dz_log *l, dz_checkpoint_fn *fn, void *ctx, struct dz_err *err);

/** Replace the frames of removed bodies by type 'e' (leaf kept, sealed bytes dropped): the frames
 *  file is written anew and renamed. seqs rise strictly. Leaf hashes and root stay. */
DZ_MUSTUSE enum dz_code
dz_log_drop_bodies(struct dz_log *l, const uint64_t *seqs, size_t n, struct dz_err *err);

#define DZ_SEQ_NONE UINT64_MAX         /* no single entry is meant */
#define DZ_SEQ_NOTICE (UINT64_MAX - 1) /* no damage: only dz_keyless_verify gives these */
/** One finding of a check: what is damaged (a path) and what it touches; seq is an entry's number
 *  or one of the two above. message is translated and lives until the function returns. */
typedef void
dz_finding_fn(void *ctx, const char *thing, uint64_t seq, const char *message);
/** Check the stored bytes of one log without any key: frames, leaf records, hashes of sealed
 *  bodies, tree, every checkpoint (signature, prefix), index. Findings go to fn (may be NULL);
 *  *ret_n counts them. An unfinished append is none. each_leaf (may be NULL) sees every leaf in
 *  order, so that the caller can check the things brought and removed. Not DZ_OK only if the check
 *  itself could not run. */
typedef enum dz_code
dz_leaf_fn(void *ctx, const struct dz_log_info *log, uint64_t seq, const struct dz_leaf *leaf,
           bool has_body, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_log_verify(int journal_fd, const char *name, dz_finding_fn *fn, void *fn_ctx,
              dz_leaf_fn *each_leaf, void *leaf_ctx, uint64_t *ret_n, struct dz_err *err);

#endif
