/* Inside of a log: frames, the derived index, the checkpoints file. Shared by the files of this
 * layer only; the bytes are described in docs/format/journal.md. */
#ifndef LOG_IMPL_H
#define LOG_IMPL_H

#include "dz_log.h"

#define LOG_FORMAT 1
#define FRAME_MIN 29u /* bytes of a frame without leaf record and sealed body */
#define LEAF_RECORD_MAX 65535u
#define SEALED_BODY_MAX (DZ_ENTRY_BODY_MAX + 4096u) /* body, head, and tags of its 65 chunks */
#define FRAME_MAX (FRAME_MIN + LEAF_RECORD_MAX + SEALED_BODY_MAX)
#define CHECKPOINT_OVERHEAD 12u
#define INDEX_RECORD 40u

#define NAME_INFO "log.json"
#define NAME_INFO_TMP "log.json.tmp" /* what dz_os_replace writes first */
#define NAME_FRAMES "frames"
#define NAME_CHECKPOINTS "checkpoints"
#define NAME_INDEX "index"
#define NAME_FRAMES_NEW "frames.new"
#define NAME_INDEX_NEW "index.new"

/* A window that moves forward over a file of known size. */
struct window {
    int fd;
    uint64_t pos; /* offset of the next unread byte */
    uint64_t end; /* size of the file when reading began */
    size_t step;  /* bytes read at once, at least; 0 means 256 KiB */
    struct dz_buf bytes;
    uint64_t bytes_pos; /* offset of bytes.p[0] */
};
/* The next n bytes (clipped at the end of the file) as a borrowed view; pos does not move. */
DZ_MUSTUSE enum dz_code
dz_window_peek(struct window *w, size_t n, struct dz_view *ret, struct dz_err *err);
void
dz_window_done(struct window *w);

enum piece_state {
    PIECE_WHOLE, /* read and checked */
    PIECE_END,   /* nothing is left */
    PIECE_TORN,  /* what is left is an append that never finished */
    PIECE_BAD    /* what is left cannot come from an unfinished append */
};

struct frame {
    char type; /* 'E' or 'e' */
    uint64_t seq;
    uint64_t offset;
    size_t n_bytes; /* of the whole frame */
    struct dz_view leaf;
    struct dz_view sealed;
};
enum frame_check { FRAME_STRICT, FRAME_WITHOUT_CRC };
/* Take one whole frame apart: false when bytes do not begin with a well-formed frame. Without CRC
 * it serves a check that wants to look past a damaged frame. */
bool
dz_frame_parse(struct dz_view bytes, enum frame_check check, struct frame *ret);
/* Next frame of a file; seq is the number it has to carry. Views live until the next call. */
DZ_MUSTUSE enum dz_code
dz_frame_next(struct window *w, uint64_t seq, struct frame *ret, enum piece_state *ret_state,
              struct dz_err *err);
void
dz_frame_write(struct dz_buf *out, char type, uint64_t seq, struct dz_view leaf,
               struct dz_view sealed);

/* Next record of the checkpoints file; *ret_note lives until the next call. */
DZ_MUSTUSE enum dz_code
dz_checkpoint_next(struct window *w, struct dz_view *ret_note, enum piece_state *ret_state,
                   struct dz_err *err);
void
dz_checkpoint_write(struct dz_buf *out, struct dz_view note);
/* Open a note of this log: signature, origin. */
DZ_MUSTUSE enum dz_code
dz_checkpoint_open(const struct dz_log_info *info, struct dz_view note, struct dz_checkpoint *ret,
                   struct dz_err *err);

/* Whether what looks like an unfinished record is none: it holds a whole note, so that its frame
 * was changed, or bytes that no note begins with, so that more than one record was. */
bool
dz_checkpoint_in_tail(struct window *w, const struct dz_log_info *info);

/* The last whole record of a checkpoints file. */
struct last_checkpoint {
    bool found;
    struct dz_checkpoint checkpoint;
    struct dz_buf note;
    uint64_t end;       /* offset behind the record */
    uint64_t file_size; /* more than end: a torn tail */
};
DZ_MUSTUSE enum dz_code
dz_checkpoint_find_last(int fd, const struct dz_log_info *info, struct last_checkpoint *ret,
                        struct dz_err *err);

/* What was written but reached the disk only in parts reads as zeros in whole sectors. True when
 * the bytes, which stand at offset, hold such a hole. */
bool
dz_has_hole(struct dz_view bytes, uint64_t offset);

struct index_record {
    struct dz_hash32 leaf;
    uint64_t offset;
};
/* Records 0 .. n_file - 1 stand in the file, the following ones in memory. */
struct log_index {
    int fd; /* -1: no file */
    uint64_t n_file;
    bool stale; /* the file holds more than the records that are used */
    struct index_record *tail;
    size_t n_tail;
    size_t cap_tail;
    uint8_t cache[256 * INDEX_RECORD];
    uint64_t cache_first;
    size_t cache_n;
};
void
dz_index_init(struct log_index *ix);
void
dz_index_done(struct log_index *ix);
uint64_t
dz_index_count(const struct log_index *ix);
void
dz_index_push(struct log_index *ix, const struct index_record *r);
DZ_MUSTUSE enum dz_code
dz_index_get(struct log_index *ix, uint64_t seq, struct index_record *ret, struct dz_err *err);
void
dz_index_record_read(const uint8_t bytes[INDEX_RECORD], struct index_record *ret);
/* Write the records in memory to the file and drop them from memory; on failure they stay there:
 * the index is derived, so nothing is lost and nothing needs to be said. */
void
dz_index_flush(struct log_index *ix, int dir);
/* Forget everything, the file included. */
void
dz_index_forget(struct log_index *ix);

struct dz_log {
    struct dz_log_info info;
    enum dz_log_mode mode;
    int dir;
    int frames;
    uint64_t frames_ino;
    uint64_t end;         /* offset behind the last whole frame */
    struct window reader; /* for single entries; never sees bytes behind end */
    struct dz_merkle tree;
    struct log_index index;
    struct last_checkpoint last;
    struct dz_merkle last_tree; /* the tree as the last checkpoint signed it, checked */
    /* Full subtrees, for proofs: at most as far as tree, brought up to it when they are needed. */
    struct dz_merkle_nodes nodes;
    uint64_t cut_bytes;
    bool stopped; /* a write failed: what the disk holds is not known */
};

DZ_MUSTUSE enum dz_code
dz_log_read_info(int journal_fd, const char *name, int *ret_dir, struct dz_log_info *ret,
                 struct dz_err *err);
/* Read everything anew, as after opening. */
DZ_MUSTUSE enum dz_code
dz_log_load(struct dz_log *l, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_log_may_write(const struct dz_log *l, struct dz_err *err);

/* What a check of one log counts besides its findings. */
struct log_report {
    uint64_t n_entries;
    uint64_t n_bodies;
    uint64_t n_checkpoints;
    uint64_t signed_size; /* entries under the last checkpoint */
    uint64_t torn_bytes;  /* unfinished appends at the ends of frames and checkpoints */
    uint64_t n_findings;
};
DZ_MUSTUSE enum dz_code
dz_log_check(int journal_fd, const char *name, dz_finding_fn *fn, void *fn_ctx,
             dz_leaf_fn *each_leaf, void *leaf_ctx, struct log_report *ret, struct dz_err *err);

#endif
