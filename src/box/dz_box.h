/* The box: foreign bytes are parsed in other processes that can reach nothing.
 *
 * For each family of formats there is one program, started once as a server. For each document the
 * server forks a child, which gets one descriptor to read the document from and one to say what it
 * found, and is then locked in: no file, no network, no new process, and limits on memory,
 * processor time, wall time and output (dz_jail.h). A child that dies, hangs, floods or lies ends,
 * and costs one line; nothing of it stays behind.
 *
 * A box may be used by several threads at once; a session belongs to one. */
#ifndef DZ_BOX_H
#define DZ_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_wire.h"

struct dz_box;
struct dz_box_opts {
    const char *folder;    /* where the programs lie; NULL: beside dokaz, else where installed */
    bool without_landlock; /* work also where the kernel has no Landlock: seccomp alone then */
};
/** Nothing is started yet. DZ_E_NOTFOUND: the programs are not there. */
DZ_MUSTUSE enum dz_code
dz_box_new(const struct dz_box_opts *opts, struct dz_box **ret, struct dz_err *err);
/** Ends the servers and whatever runs under them. NULL is fine. */
void
dz_box_free(struct dz_box *b);
static inline void
dz_cleanup_box(struct dz_box **b)
{
    dz_box_free(*b);
}
#define DZ_AUTO_BOX DZ_CLEANUP(dz_cleanup_box)

struct dz_box_limits {         /* 0: the default in brackets */
    uint64_t memory_bytes;     /* address space [512 MiB] */
    unsigned processor_s;      /* [60] */
    unsigned wall_s;           /* [120] */
    uint64_t output_bytes;     /* of all frames together [256 MiB] */
    uint64_t n_frames;         /* [2,000,000] */
};
/** One whole frame, checked in form; not EXIT. An error ends the worker: what is not to be believed
 * is DZ_E_CORRUPT, and then the worker lied. */
typedef enum dz_code
dz_box_frame_fn(void *ctx, enum dz_wire_type type, struct dz_view payload, struct dz_err *err);

struct dz_box_job {
    const char *family;     /* "text", "html", ...: the program is dokaz-read-FAMILY */
    const char *name;       /* file name, a hint */
    const char *media_type; /* as told by the first bytes */
    const char *options;    /* lines "key=value", or NULL */
    int input_fd; /* read from its beginning, at its own offset; borrowed. -1: the bytes are
                             * written by dz_box_write */
    struct dz_box_limits limits;
    dz_box_frame_fn *frame;
    void *ctx;
    const bool *cancel; /* atomic, or NULL */
    int *ret_signal;    /* at the end: the signal that ended it, 0 for none; or NULL */
};
enum dz_box_end {
    DZ_BOX_DONE,    /* it said DONE and ended well */
    DZ_BOX_CRASHED, /* it died */
    DZ_BOX_MEMORY,  /* the limit of memory */
    DZ_BOX_TIME,    /* the limit of processor or wall time */
    DZ_BOX_OUTPUT,  /* the limit of output */
    DZ_BOX_LIED     /* frames that no honest worker sends, or an end without DONE */
};

struct dz_box_session;
/** Hand a document in. DZ_E_NOTFOUND: no such program; DZ_E_DENIED: the kernel has no Landlock, or
 * the program could not lock itself in, and that was not allowed. */
DZ_MUSTUSE enum dz_code
dz_box_begin(struct dz_box *b, const struct dz_box_job *job, struct dz_box_session **ret,
             struct dz_err *err);
/** Next bytes of a document without input_fd. Frames arrive meanwhile. *ret_wants false: the worker
 * has ended or reads no more, the rest need not be written. DZ_E_CANCELLED; errors of `frame`. */
DZ_MUSTUSE enum dz_code
dz_box_write(struct dz_box_session *s, const void *p, size_t n, bool *ret_wants,
             struct dz_err *err);
/** The document is whole: wait for the end, and free the session in any case. *ret_end says how it
 * ended; err is for what is not the worker's fault (DZ_E_CANCELLED, errors of `frame` other than
 * DZ_E_CORRUPT). */
DZ_MUSTUSE enum dz_code
dz_box_end(struct dz_box_session *s, enum dz_box_end *ret_end, struct dz_err *err);
/** Give a session up. NULL is fine. */
void
dz_box_cancel(struct dz_box_session *s);

/** What the kernel offers: the ABI version of Landlock, 0 for none. */
int
dz_box_landlock_abi(void);

#endif
