/* Web archives: WARC 1.0 and 1.1 (ISO 28500), pushed in piece by piece, and WACZ 1.1.1 around
 * them. */
#ifndef DZ_WEB_H
#define DZ_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_web_digest.h"
#include "dz_worker.h"

#define DZ_WEB_HEAD_MAX ((size_t)128 << 10) /* bytes of the headers of a record, or of an answer */
#define DZ_WEB_PARTS_MAX 50000
#define DZ_WEB_NOTES_MAX 1000 /* lines of one kind of metadata */
#define DZ_WEB_FREE_BYTES ((uint64_t)64 << 20)
#define DZ_WEB_RATIO_MAX 250

struct dz_web_titles;

/* What a whole archive comes to, over all its WARC files. */
struct dz_web {
    struct dz_work *w;
    struct dz_web_titles *titles; /* of pages, or NULL */
    bool wants_parts;
    bool damaged;
    bool cut;          /* it ends within a record */
    const char *limit; /* why reading stopped, or NULL */
    uint64_t n_parts;
    uint64_t n_records;
    uint64_t n_counted; /* style sheets, scripts, fonts and the like */
    uint64_t n_revisits;
    uint64_t n_redirects;
    uint64_t n_bad_digests;
    uint64_t n_notes;
};

/** The title that a list of pages gives to an address, or an empty view. */
struct dz_view
dz_web_title(const struct dz_web_titles *t, struct dz_view address);
/** Lines of pages.jsonl; *t is made when there are any. */
void
dz_web_titles_add(struct dz_web_titles **t, struct dz_view lines);
void
dz_web_titles_free(struct dz_web_titles *t);

/* One WARC file, packed member by member or not at all. */
struct dz_warc;
struct dz_warc *
dz_warc_new(struct dz_web *web);
/** Next bytes; false: no more are wanted (a limit). */
bool
dz_warc_feed(struct dz_warc *x, const void *p, size_t n);
/** The file ends here. Frees x. */
void
dz_warc_finish(struct dz_warc *x);

/* ---- between warc.c and warc_record.c ---- */

/** The value of a header in lines "Name: value"; empty when absent. */
struct dz_view
dz_warc_header(struct dz_view head, const char *name);

struct dz_record;
/** A record begins. head: its header lines. block_bytes: what Content-Length says. */
struct dz_record *
dz_record_new(struct dz_web *web);
void
dz_record_free(struct dz_record *r);
void
dz_record_begin(struct dz_record *r, struct dz_view head, uint64_t block_bytes);
void
dz_record_data(struct dz_record *r, struct dz_view bytes);
/** whole: the block has all the bytes that it should. */
void
dz_record_end(struct dz_record *r, bool whole);
/** Nothing follows: say what waited for a request. */
void
dz_record_flush(struct dz_record *r);

/* ---- what an answer was packed in ---- */

struct dz_web_unpack;
typedef void dz_web_sink(void *ctx, struct dz_view bytes);
/** encoding: of the Content-Encoding header ("gzip, br"); chunked: of Transfer-Encoding. Archives
 * often keep these headers though what they speak of was undone: the bytes decide. */
struct dz_web_unpack *
dz_web_unpack_new(struct dz_view encoding, bool chunked, dz_web_sink *sink, void *ctx);
/** plain: bytes after the chunks were undone, for a digest; may be NULL. */
void
dz_web_unpack_plain(struct dz_web_unpack *u, dz_web_sink *plain);
/** False: broken, or expands beyond what is believed; see below. */
bool
dz_web_unpack_feed(struct dz_web_unpack *u, struct dz_view bytes);
enum dz_web_unpacked { DZ_WEB_WHOLE, DZ_WEB_BROKEN, DZ_WEB_BOMB };
enum dz_web_unpacked
dz_web_unpack_end(struct dz_web_unpack *u); /* frees u */

#endif
