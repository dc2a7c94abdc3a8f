/* A rendering of a captured page: a picture of its whole length and a PDF, made by a browser that
 * is locked in (box/dz_browser.h) and shown nothing but what the capture brought.
 *
 * The page is not visited a second time. The browser has no network; each request that it makes is
 * answered with the very bytes that stand in the WARC, or not at all. docs/format/capture.md
 * section 4. */
#ifndef DZ_SHOT_H
#define DZ_SHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_box;
struct dz_exchange;

#define DZ_SHOT_WIDTH 1280 /* of the window, in pixels */
#define DZ_SHOT_HEIGHT 1024
#define DZ_SHOT_HEIGHT_MAX 50000 /* of the picture; a longer page is cut, and said to be */
#define DZ_SHOT_WIDTH_MAX 4096
#define DZ_SHOT_SECONDS 60u           /* for one page, unless another number is given */
#define DZ_SHOT_BYTES_MAX (64u << 20) /* of the picture, and of the PDF */

/* ---- what a capture brought ---- */

/** Answers by address, in memory and nowhere else. */
struct dz_shot_store;
DZ_MUSTUSE enum dz_code
dz_shot_store_new(struct dz_shot_store **ret, struct dz_err *err);
void
dz_shot_store_free(struct dz_shot_store *s); /* NULL is fine */
static inline void
dz_cleanup_shot_store(struct dz_shot_store **s)
{
    dz_shot_store_free(*s);
}
#define DZ_AUTO_SHOT_STORE DZ_CLEANUP(dz_cleanup_shot_store)
/** Keep one answer; a dz_capture_seen_fn, ctx is the store. The first one of an address counts.
 *  Bodies of more than DZ_SHOT_BYTES_MAX, and what comes when 1 GiB is held, are left out. */
DZ_MUSTUSE enum dz_code
dz_shot_store_add(void *ctx, const char *url, const struct dz_exchange *x, struct dz_err *err);

/* ---- rendering ---- */

struct dz_shot_opts {
    struct dz_box *box;
    const char *browser; /* of dz_browser_find */
    unsigned seconds;    /* 0: DZ_SHOT_SECONDS */
    const bool *cancel;  /* atomic, or NULL */
};

/** Zero it; give it back with dz_shot_done. */
struct dz_shot {
    char *browser;    /* what it says of itself: "Chrome/120.0.6099.224" */
    int64_t began_us; /* UTC */
    int64_t ended_us;
    uint64_t width; /* of the picture, pixels */
    uint64_t height;
    uint64_t page_height; /* of the page in the window, pixels; beyond height, the picture is cut */
    bool unfinished;      /* the page was still loading when the picture was made */
    uint64_t n_answered;  /* requests that were answered out of the capture */
    uint64_t n_missing;   /* addresses asked for that the capture does not hold */
    struct dz_buf png;
    struct dz_buf pdf;
};
void
dz_shot_done(struct dz_shot *s);
#define DZ_AUTO_SHOT DZ_CLEANUP(dz_shot_done)

/** Whether renderings can be made here at all, to be asked before anything is fetched: the errors
 *  of
 *  dz_browser_check. */
DZ_MUSTUSE enum dz_code
dz_shot_check(const struct dz_shot_opts *opts, struct dz_err *err);
/** Render the page whose address (the final one) is in the store. DZ_E_INPUT: what came from there
 *  is no page; DZ_E_LIMIT: not done in time; DZ_E_IO, DZ_E_CORRUPT: the browser failed, or said
 *  what cannot be believed; DZ_E_DENIED, DZ_E_NOTFOUND as dz_shot_check; DZ_E_CANCELLED. */
DZ_MUSTUSE enum dz_code
dz_shot_take(struct dz_shot_store *store, const char *address, const struct dz_shot_opts *opts,
             struct dz_shot *ret, struct dz_err *err);

#endif
