/* Between the files of a capture. */
#ifndef CAPTURE_IMPL_H
#define CAPTURE_IMPL_H

#include "dz_capture.h"

#define CAPTURE_QUEUE_MAX 2000 /* addresses remembered for one page */
#define CAPTURE_HOSTS_MAX 256

struct capture_item {
    char *url;
    uint64_t hash;
    unsigned depth;
};
struct capture_host {
    char *name;
    int64_t last_us; /* when it was last asked, by the monotonic clock */
};
struct capture {
    const struct dz_capture_opts *o; /* with every default filled in */
    const struct dz_warc_sink *to;
    struct dz_captured *ret;
    char warcinfo[DZ_WARC_ID_MAX];
    char page_id[DZ_WARC_ID_MAX]; /* of the response record of the page */
    int64_t deadline_us;          /* monotonic */
    struct capture_item items[CAPTURE_QUEUE_MAX];
    size_t n_items;
    struct capture_host hosts[CAPTURE_HOSTS_MAX];
    size_t n_hosts;
};

/* ---- capture_queue.c ---- */

/* Remember an address once; false when it was known, or there is no room. */
bool
capture_remember(struct capture *c, const char *url, unsigned depth);
/* Wait until the host of url may be asked again. DZ_E_CANCELLED. */
DZ_MUSTUSE enum dz_code
capture_wait(struct capture *c, const char *url, struct dz_err *err);
void
capture_forget(struct capture *c);
void
capture_fail(struct capture *c, const char *address, const char *fault);

/* ---- capture_records.c ---- */

DZ_MUSTUSE enum dz_code
capture_write_info(struct capture *c, struct dz_err *err);
/* Request and response of an exchange whose answer began; ret_id is that of the response. */
DZ_MUSTUSE enum dz_code
capture_write_exchange(struct capture *c, const char *url, const struct dz_exchange *x,
                       char ret_id[DZ_WARC_ID_MAX], struct dz_err *err);
/* What became of the page, and of each address that was not got. */
DZ_MUSTUSE enum dz_code
capture_write_outcome(struct capture *c, struct dz_err *err);

#endif
