/* The other end: what a program that reads one family of formats is made of.
 *
 * A family is a table entry and a function. dz_worker_main does the rest: it serves on descriptor
 * 3, forks for each document, locks the child in and calls `read`. Tests and fuzzers call `read`
 * directly with dz_work_memory, without processes.
 *
 * All functions that say something are sticky and return nothing: when nobody listens any more, the
 * process ends. Text is UTF-8 in whole characters; what is ill-formed is repaired on the way and
 * counted. */
#ifndef DZ_WORKER_H
#define DZ_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_wire.h"

struct dz_work;

struct dz_family {
    const char *name;           /* "pdf" */
    const char *extractor;      /* name and version that stand in entries: "pdf/1" */
    const char *const *folders; /* program data that may be read, NULL-terminated; or NULL */
    bool heavy; /* reading takes megabytes, however small the document */
    /* Load what every document needs, in the server, before it is locked in. May be NULL. */
    void (*warm)(void);
    /* Read one document and end with exactly one dz_work_done. */
    void (*read)(struct dz_work *w);
};

/** The main of a worker program. */
int
dz_worker_main(const struct dz_family *f);
/** Told by the allocator of a worker program when it refuses. A document that dies afterwards died
 * of the limit of memory. */
void
dz_worker_memory_refused(void);

/* ---- what is asked ---- */

const char *
dz_work_name(const struct dz_work *w); /* file name, a hint; never NULL */
const char *
dz_work_media_type(const struct dz_work *w); /* never NULL */
/** The value of an option, or NULL. "ocr": language set such as "ukr+rus+eng"; "parts": "yes" when
 * the bytes of parts are wanted, else only their number. */
const char *
dz_work_option(const struct dz_work *w, const char *key);

/* ---- the document ---- */

/** Next bytes, *ret_n 0 at the end. Not after dz_work_map. */
DZ_MUSTUSE enum dz_code
dz_work_next(struct dz_work *w, void *p, size_t n, size_t *ret_n, struct dz_err *err);
/** The whole document in memory, valid until the end. DZ_E_LIMIT: it is too large for that and can
 * only be streamed by dz_work_next. Not after dz_work_next. */
DZ_MUSTUSE enum dz_code
dz_work_map(struct dz_work *w, struct dz_view *ret, struct dz_err *err);

/* ---- what is found ---- */

/** What the file says about itself: title, author, published (EDTF or ISO 8601 or RFC 5322, checked
 * by the reader), language, address, site, encoding. The first value of a key counts; trimmed, one
 * line, cut at 1000 code points. Empty values are dropped. */
void
dz_work_field(struct dz_work *w, const char *key, struct dz_view value);
/** Metadata as found, for the custody record: "pdf.Producer", "exif.Model", "mail.Received". One
 * line each; several values of one key are kept in their order. */
void
dz_work_meta(struct dz_work *w, const char *key, struct dz_view value);
void
dz_work_text(struct dz_work *w, struct dz_view utf8);
void
dz_work_texts(struct dz_work *w, const char *utf8);
/** A locator: begins at the end of the text so far and lasts to the next of its kind. Kinds:
 * "page" (number or printed label), "line" (PDF: "x y width height" in points from the top left,
 * of a page), "time" ("00:01:23.400"), "message" (id in a chat or mailbox), "sheet", "cell" (first
 * cell of a row, "B12"), "slide", "section" (heading or file inside), "confidence" (OCR, percent,
 * of what follows), "aside" ("nav", "header", "footer" ...: what is not the main text), "main". */
void
dz_work_locator(struct dz_work *w, const char *kind, const char *label);
void
dz_work_locatorf(struct dz_work *w, const char *kind, const char *fmt, ...) DZ_PRINTF(3, 4);
/** Code points of text so far. */
uint64_t
dz_work_chars(const struct dz_work *w);
void
dz_work_progress(struct dz_work *w, uint64_t done, uint64_t of);

/* A file inside: an attachment, a member of an archive, a page of a web archive. Between begin and
 * end only part functions are called. Where parts are not wanted ("parts" option), data is dropped
 * here, so that callers need not ask, though they may, to save work. */
void
dz_work_part_begin(struct dz_work *w, struct dz_view name, const char *media_type);
/** Known keys: address, captured (RFC 3339), status, method (of the request), digest_ok ("yes",
 * "no"), date, message_id, content_id; anything else is kept as metadata. */
void
dz_work_part_meta(struct dz_work *w, const char *key, struct dz_view value);
void
dz_work_part_data(struct dz_work *w, const void *p, size_t n);
void
dz_work_part_end(struct dz_work *w);

/** How it went: "text", "empty" (no text in it), "unsupported" (not a kind that is read),
 * "damaged" (some text may have come), "limit". why is a code of dz_extract_reason, NULL when there
 * is text and nothing to say. Ends the reading: in a worker the process ends here. */
void
dz_work_done(struct dz_work *w, const char *status, const char *why);
bool
dz_work_is_done(const struct dz_work *w);

/* ---- for tests and fuzzers ---- */

/** A document in memory. What is said becomes a readable protocol in out, a line each, as fixtures
 * state it: "field title=...", "meta KEY=...", "locator 0 page 1" (behind how many code points),
 * "text ..." (\n, \t, \r, \\ and \x01 escaped; a new line after each \n), "part TYPE NAME",
 * "part-meta KEY=...", "part-end 9 bytes e3069283" (CRC-32C), "done text". options as in dz_box_job,
 * may be NULL. Once out is full, dz_work_is_done says true and the document ends. */
struct dz_work *
dz_work_memory(struct dz_view document, const char *name, const char *media_type,
               const char *options, struct dz_buf *out);
void
dz_work_free(struct dz_work *w);

#endif
