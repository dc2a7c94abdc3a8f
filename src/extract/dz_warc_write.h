/* Writing WARC files (ISO 28500:2017, version 1.1), record by record, not packed: what holds the
 * file packs and seals it. docs/format/capture.md says what stands in which record. */
#ifndef DZ_WARC_WRITE_H
#define DZ_WARC_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

#define DZ_WARC_ID_MAX 48 /* "<urn:uuid:...>" and its NUL */

typedef enum dz_code
dz_warc_sink_fn(void *ctx, const void *p, size_t n, struct dz_err *err);
struct dz_warc_sink {
    dz_warc_sink_fn *fn;
    void *ctx;
};

struct dz_warc_record {
    const char *type;          /* "warcinfo", "request", "response", "metadata" */
    char id[DZ_WARC_ID_MAX];   /* dz_warc_new_id */
    int64_t date_us;           /* when it was captured */
    const char *uri;           /* absolute; NULL for warcinfo */
    const char *content_type;  /* of the block */
    const char *concurrent_to; /* id of a record of the same exchange, or NULL */
    const char *refers_to;     /* id, or NULL */
    const char *warcinfo;      /* id, or NULL */
    const char *ip;            /* NULL or "": not known */
    const char *truncated;     /* "length", "time", "disconnect", or NULL */
    const char *filename;      /* warcinfo only, or NULL */
    struct dz_view head;       /* the block is head and body, one after the other */
    struct dz_view body;
    bool has_payload;          /* the body is the payload, and gets a digest of its own */
};

/** A fresh random one (UUID version 4). */
void
dz_warc_new_id(char ret[DZ_WARC_ID_MAX]);
/** Write one record. DZ_E_INPUT: a value would break the line it stands on. Errors of the sink. */
DZ_MUSTUSE enum dz_code
dz_warc_write(const struct dz_warc_sink *to, const struct dz_warc_record *r, struct dz_err *err);

#endif
