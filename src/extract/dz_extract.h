/* Extraction: from the bytes of one foreign file to readable text and what the file says about
 * itself.
 *
 * Works on a stream: begin, feed, finish. Plain text, Markdown and HTML; everything else is
 * named and left without text. Deterministic: bytes and file name alone decide. Nothing here
 * touches files or the network. The interface is what a worker process speaks, so that parsers
 * can move behind a sandbox without changing callers. One extractor belongs to one thread. */
#ifndef DZ_EXTRACT_H
#define DZ_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"

#define DZ_EXTRACT_MAX (16u << 20) /* bytes of input that are read for text */

enum dz_extract_status {
    DZ_EXTRACT_TEXT,        /* well-formed text */
    DZ_EXTRACT_REPAIRED,    /* a few ill-formed bytes stand as U+FFFD (at most one in 100) */
    DZ_EXTRACT_EMPTY,       /* no text in it */
    DZ_EXTRACT_UNSUPPORTED, /* a kind of file or an encoding that is not read */
    DZ_EXTRACT_NOT_TEXT,    /* named like a text file, but holds other bytes */
    DZ_EXTRACT_TOO_LARGE    /* more than DZ_EXTRACT_MAX bytes */
};

/** What came out. Strings are owned, NULL when the file does not say. */
struct dz_extracted {
    enum dz_extract_status status;
    const char *
        /* constant: "text/plain", "text/markdown", "text/html", "application/pdf", ... */
        media_type;
    const char *extractor; /* constant: name and version, "text/1", "html/1", "none/1" */
    struct dz_buf
        text; /* UTF-8 without byte order mark; newlines as they were (HTML: "\n" between blocks) */
    size_t n_repaired; /* ill-formed parts replaced */
    char *title;
    char *author;
    char *published; /* EDTF, checked */
    char *language;  /* language tag, lower case, as declared */
    char *address;   /* canonical address */
    char *site;      /* name of the publication */
    /* Why there is no text: "empty", "blank", "utf16", "not_utf8", "kind", "nesting", "binary",
     * "too_large"; NULL when there is. dz_extract_reason says it in words. */
    const char *why;
};
void
dz_extracted_done(struct dz_extracted *x);
static inline void
dz_cleanup_extracted(struct dz_extracted *x)
{
    dz_extracted_done(x);
}
#define DZ_AUTO_EXTRACTED DZ_CLEANUP(dz_cleanup_extracted)

struct dz_extractor;

/** name is the file name; its ending is a hint only. Never NULL. */
struct dz_extractor *
dz_extractor_new(const char *name);
/** Next bytes. What goes beyond DZ_EXTRACT_MAX is counted and not kept. */
void
dz_extractor_feed(struct dz_extractor *x, const void *p, size_t n);
/** All bytes were fed: fills *ret (give it back with dz_extracted_done). What a file lacks is a
 * status, not an error. DZ_E_LIMIT: the text would be larger than its input allows. */
DZ_MUSTUSE enum dz_code
dz_extractor_finish(struct dz_extractor *x, struct dz_extracted *ret, struct dz_err *err);
void
dz_extractor_free(struct dz_extractor *x);
static inline void
dz_cleanup_extractor(struct dz_extractor **x)
{
    dz_extractor_free(*x);
}
#define DZ_AUTO_EXTRACTOR DZ_CLEANUP(dz_cleanup_extractor)

/** "text", "repaired", "empty", "unsupported", "not_text", "too_large": constants, as they stand
 * in entries. */
const char *
dz_extract_status_name(enum dz_extract_status s);

/** The words for a `why`, in the language of the thread; "" for NULL. */
const char *
dz_extract_reason(const char *why);

#endif
