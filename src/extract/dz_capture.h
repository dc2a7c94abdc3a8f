/* Capturing a page: it and what it needs, written into one WARC as it comes.
 *
 * One page at a time; links to other pages are not followed. What foreign bytes name as needed is
 * found out in the box (family "needs"). The WARC goes to the caller's sink record by record; at
 * most one answer is held in memory. docs/format/capture.md. */
#ifndef DZ_CAPTURE_H
#define DZ_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_exchange.h"
#include "dz_warc_write.h"

struct dz_box;

#define DZ_CAPTURE_REDIRECTS_MAX 10
#define DZ_CAPTURE_DEPTH_MAX 2 /* what is needed by what the page needs */

/** What a browser that very many people use says of itself. A name of our own would tell every
 *  site that somebody documents it. */
#define DZ_CAPTURE_USER_AGENT \
    "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"

struct dz_capture_progress {
    uint64_t n_done;
    uint64_t n_waiting;
    uint64_t n_bytes;
};
typedef void
dz_capture_progress_fn(void *ctx, const struct dz_capture_progress *p);

/** Told of every exchange as it is written into the WARC; an error ends the capture. */
typedef enum dz_code
dz_capture_seen_fn(void *ctx, const char *url, const struct dz_exchange *x, struct dz_err *err);

struct dz_capture_opts { /* 0 and NULL: what is said in brackets */
    struct dz_box *box;  /* where pages and styles are looked through; never NULL */
    const char *software;      /* for the WARC: "dokaz 1.0" */
    const char *name;          /* of the WARC, for its first record; or NULL */
    const char *proxy;         /* [none] */
    struct dz_view ca_pem;     /* [only the system's] */
    const char *user_agent;    /* [DZ_CAPTURE_USER_AGENT] */
    unsigned exchange_ms;      /* for one request [30 s] */
    unsigned page_ms;          /* for a page and what it needs [10 min] */
    uint64_t exchange_bytes;   /* of one body [100 MiB] */
    uint64_t page_bytes;       /* of all [500 MiB] */
    unsigned resources_max;    /* [200] */
    unsigned pause_ms;         /* between requests to one host [500] */
    bool only_page;            /* nothing of what it needs */
    bool insecure_tls;
    const char *allow_private; /* dz_address_is_named */
    const bool *cancel;        /* atomic, or NULL */
    dz_capture_progress_fn *progress;
    void *ctx; /* of progress */
    dz_capture_seen_fn *seen; /* or NULL */
    void *seen_ctx;
};

/** One address that was not got. */
struct dz_capture_failure {
    char *address;
    const char *fault; /* constant: dz_fault_words */
};
/** How it went. Zero it; give it back with dz_captured_done. */
struct dz_captured {
    char *asked;     /* address, absolute */
    char *address;   /* where the redirections led */
    char **hops;     /* the addresses on the way, the first one included; n_hops 0: none */
    size_t n_hops;
    const char *fault; /* NULL, or why there is no page: then nothing was written that counts */
    const char *cut;   /* NULL, or why the page is there only in part */
    long status;
    struct dz_buf head; /* headers of the final answer */
    char *ip;           /* or NULL */
    bool tls;
    bool tls_trusted;
    char certificate[65];
    char *issuer;
    int64_t began_us;
    int64_t ended_us;
    bool stopped; /* by the user, after the page was there */
    size_t n_resources;
    struct dz_capture_failure *failures;
    size_t n_failures;
    size_t cap_failures;
    uint64_t bytes; /* of all bodies */
};
void
dz_captured_done(struct dz_captured *c);
#define DZ_AUTO_CAPTURED DZ_CLEANUP(dz_captured_done)

/** Capture url into `to`. A page that could not be got is ret->fault and no error. DZ_E_INPUT: no
 *  address; DZ_E_CANCELLED: stopped before the page was there; DZ_E_IO: no network library; errors
 *  of the sink and of the box. */
DZ_MUSTUSE enum dz_code
dz_capture(const char *url, const struct dz_capture_opts *opts, const struct dz_warc_sink *to,
           struct dz_captured *ret, struct dz_err *err);

/** A file name for the WARC of an address: "example.org-path.warc"; caller frees. */
char *
dz_capture_name(const char *url);

/* ---- capture_needs.c ---- */

/** What a body needs, as its own text names it; each address goes to fn as it stands there. */
typedef void
dz_needed_fn(void *ctx, struct dz_view address);
/** Look a page or a style sheet through, in the box. What is neither names nothing; a worker that
 *  fails names no more. DZ_E_CANCELLED; errors of the box itself. */
DZ_MUSTUSE enum dz_code
dz_capture_needs(struct dz_box *box, const struct dz_exchange *x, const bool *cancel,
                 dz_needed_fn *fn, void *ctx, struct dz_err *err);
/** The body of an answer without the chunks and the packing that its head tells of, undone in the
 *  box and appended to out. What is damaged gives what comes before the damage; out->failed: it did
 *  not fit. DZ_E_CANCELLED; errors of the box itself. */
DZ_MUSTUSE enum dz_code
dz_capture_unpack(struct dz_box *box, struct dz_view head, struct dz_view body, const bool *cancel,
                  struct dz_buf *out, struct dz_err *err);

#endif
