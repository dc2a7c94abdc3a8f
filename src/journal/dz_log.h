/* One log: append-only frames with a single writer, its tree, its checkpoints. Bytes: docs/format/journal.md.
 *
 * journal/<log>/log.json      public: format, log id (32 hex), origin, vkey
 * journal/<log>/frames        frames one after another: the authority; appending and syncing them is the commit point
 * journal/<log>/checkpoints   signed notes, each framed by length and CRC-32C; the last complete one counts
 * journal/<log>/index         derived: leaf hash and offset of each frame; made again when missing or wrong
 *
 * frame = "dzF1" | u32 length of the rest without crc | type u8 ('E' entry, 'e' entry whose body was removed) | u64 seq |
 *         u32 n | leaf record(n) | u32 m | sealed body(m) | crc32c u32 over all before it
 * A torn tail (an incomplete last append after a crash) is cut at the next write and reported; a bad frame
 * before it, or fewer frames than the last checkpoint signed, is corruption and never repaired. */
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

/** Make journal/<id>/ with a fresh random id and origin ("dokaz/" and 16 hex characters); journal_fd is the open journal folder. */
DZ_MUSTUSE enum dz_code
dz_log_create(int journal_fd, const uint8_t signer_pk[32], struct dz_log_info *ret, struct dz_err *err);

enum dz_log_mode { DZ_LOG_READ, DZ_LOG_WRITE };
/** Open by folder name. Reads log.json, the last checkpoint and the index (scanning new frames). In write mode a torn tail is
 *  cut; *ret_cut_bytes (may be NULL) says how much. DZ_E_CORRUPT names the frame and offset; DZ_E_FORMAT for a newer format. */
DZ_MUSTUSE enum dz_code
dz_log_open(int journal_fd, const char *name, enum dz_log_mode mode, struct dz_log **ret,
            uint64_t *ret_cut_bytes, struct dz_err *err);
void
dz_log_close(struct dz_log *l);
/** Bytes of unfinished appends cut since opening (by open and by refresh in write mode). */
uint64_t
dz_log_cut_bytes(const struct dz_log *l);
/** Take up frames that another process appended since (readers, and a writer that just took the lock). */
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
/** dz_leaf_hash_fn with ctx = struct dz_log *. */
enum dz_code
dz_log_leaf_hash(void *ctx, uint64_t ix, struct dz_hash32 *ret, struct dz_err *err);

/** Read entry seq (from 0): the leaf record's bytes and the sealed body (empty when it was removed). */
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
dz_log_batch_add(const struct dz_log *l, struct dz_log_batch *b, uint64_t seq, const struct dz_leaf *leaf,
                 struct dz_view sealed, struct dz_err *err);
/** Append and fdatasync: the commit point. After an error the log must not be written again in this process. */
DZ_MUSTUSE enum dz_code
dz_log_append(struct dz_log *l, struct dz_log_batch *b, struct dz_err *err);

/** Sign and store a checkpoint of the present tree; refuses (DZ_E_ROLLBACK) when the last stored or the given one (may be
 *  NULL: the one kept outside the vault) is not a prefix. out (may be NULL) gets the note. Nothing happens when the last one is current. */
DZ_MUSTUSE enum dz_code
dz_log_checkpoint(struct dz_log *l, const struct dz_secret *seed, const struct dz_checkpoint *outside,
                  struct dz_buf *out, struct dz_err *err);
/** Last stored checkpoint (size 0 when none yet) and its note (may be NULL). */
DZ_MUSTUSE enum dz_code
dz_log_last_checkpoint(const struct dz_log *l, struct dz_checkpoint *ret, struct dz_buf *note,
                       struct dz_err *err);
/** Every stored checkpoint in order, verified against the log's key. */
typedef enum dz_code
dz_checkpoint_fn(void *ctx, const struct dz_checkpoint *c, struct dz_view note, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_log_each_checkpoint(struct dz_log *l, dz_checkpoint_fn *fn, void *ctx, struct dz_err *err);

/** Replace the frame of a removed body by type 'e' (leaf kept, sealed bytes dropped): rewrites the frames file beside and
 *  renames. seqs sorted ascending. Leaf hashes and root stay. */
DZ_MUSTUSE enum dz_code
dz_log_drop_bodies(struct dz_log *l, const uint64_t *seqs, size_t n, struct dz_err *err);

#define DZ_SEQ_NONE   UINT64_MAX       /* a finding that means no single entry */
#define DZ_SEQ_NOTICE (UINT64_MAX - 1) /* no damage and not counted: only dz_keyless_verify gives these */
/** One finding of a check: what is damaged (a path) and what it touches; seq is an entry's number or one of the
 *  two above. message is translated and lives until the function returns. */
typedef void
dz_finding_fn(void *ctx, const char *thing, uint64_t seq, const char *message);
/** Check stored bytes of one log without any key: frames, leaf records, sealed bodies' hashes, tree, every checkpoint
 *  (signature, prefix), index. Findings go to fn; *ret_n counts them. each_leaf (may be NULL) sees every leaf in order, so that the
 *  caller can check the things brought and removed. Returns not DZ_OK only if the check itself could not run. */
typedef enum dz_code
dz_leaf_fn(void *ctx, const struct dz_log_info *log, uint64_t seq, const struct dz_leaf *leaf, bool has_body,
           struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_log_verify(int journal_fd, const char *name, dz_finding_fn *fn, void *fn_ctx, dz_leaf_fn *each_leaf,
              void *leaf_ctx, uint64_t *ret_n, struct dz_err *err);

#endif
