/* Extraction: from the bytes of one foreign file to readable text and what the file says about
 * itself.
 *
 * Every format is parsed by a worker in the box (dz_box.h); here the worker is chosen, fed and
 * believed nothing: what it says is checked against limits and well-formedness, and a worker that
 * lies or dies is a reason why there is no text, never an error of dokaz. */
#ifndef DZ_EXTRACT_H
#define DZ_EXTRACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "dz_box.h"
#include "dz_buf.h"
#include "dz_err.h"

#define DZ_EXTRACT_TEXT_MAX (16u << 20)  /* bytes of one text */
#define DZ_EXTRACT_MAPPED_MAX (64u << 20) /* bytes of a document that has to be whole in memory */
#define DZ_EXTRACT_PARTS_MAX 20000       /* files inside one */

enum dz_extract_status {
    DZ_EXTRACT_TEXT,        /* well-formed text */
    DZ_EXTRACT_REPAIRED,    /* a few ill-formed bytes stand as U+FFFD (at most one in 100) */
    DZ_EXTRACT_EMPTY,       /* no text in it */
    DZ_EXTRACT_PICTURE,     /* its words are a picture: OCR is needed, and is off */
    DZ_EXTRACT_UNSUPPORTED, /* a kind of file or an encoding that is not read */
    DZ_EXTRACT_DAMAGED,     /* cannot be read, or only in part */
    DZ_EXTRACT_TOO_LARGE,   /* beyond a stated limit */
    DZ_EXTRACT_FAILED       /* the worker was stopped: it died, hung, flooded or lied */
};

/** What came out. Strings are owned, NULL when the file does not say. */
struct dz_extracted {
    enum dz_extract_status status;
    const char *media_type; /* constant: as its bytes say */
    char *extractor;        /* name and version: "pdf/1", "none/1" */
    struct dz_buf text;     /* UTF-8 without byte order mark */
    struct dz_buf locators; /* dz_locators.h; empty when it has none */
    size_t n_repaired;      /* ill-formed parts replaced */
    char *title;
    char *author;
    char *published; /* EDTF, checked */
    char *language;  /* language tag, lower case, as declared */
    char *address;   /* canonical address */
    char *site;      /* name of the publication */
    char *encoding;  /* how the text was encoded, when that had to be found out: "windows-1251" */
    char *ocr;       /* language set of OCR, when it was used */
    json_t *meta;    /* object: key to string or array of strings; or NULL */
    size_t n_parts;  /* files inside */
    const char *why; /* constant code of the reason, NULL when there is none; dz_extract_reason */
};
void
dz_extracted_done(struct dz_extracted *x);
static inline void
dz_cleanup_extracted(struct dz_extracted *x)
{
    dz_extracted_done(x);
}
#define DZ_AUTO_EXTRACTED DZ_CLEANUP(dz_cleanup_extracted)

/** What a part says about itself. Views are valid for the call. */
struct dz_part {
    struct dz_view name;       /* path inside, repaired to UTF-8, without leading slash or ".." */
    struct dz_view media_type; /* as the container claims; empty: nothing */
    json_t *meta;              /* object as above, borrowed; complete when the part ends */
};
/** Takes the parts, in the order of the container: begin, data, end (commit false: it came only
 * in part and must be given up). DZ_E_LIMIT from one of them ends the unpacking in peace. */
struct dz_part_sink {
    enum dz_code (*begin)(void *ctx, const struct dz_part *part, struct dz_err *err);
    enum dz_code (*data)(void *ctx, const void *p, size_t n, struct dz_err *err);
    enum dz_code (*end)(void *ctx, const struct dz_part *part, bool commit, struct dz_err *err);
    void *ctx;
};

/** Gives all bytes of the document, in order, to `to`; stops when that fails. */
typedef enum dz_code
dz_extract_chunk_fn(void *ctx, const void *p, size_t n, struct dz_err *err);
typedef enum dz_code
dz_extract_feed_fn(void *ctx, dz_extract_chunk_fn *to, void *to_ctx, struct dz_err *err);

struct dz_extract_job {
    const char *name; /* file name: a hint only */
    uint64_t size_bytes;
    dz_extract_feed_fn *feed;
    void *feed_ctx;
    const char *ocr;                  /* "ukr+rus+eng"; NULL: no OCR */
    const struct dz_part_sink *parts; /* NULL: parts are counted and not taken out */
    const bool *cancel;               /* atomic, or NULL */
};
/** Read one document; any thread. What a file lacks is a status, not an error. Errors: those of
 * `feed` and of the sink, DZ_E_CANCELLED, and what keeps every document from being read (programs
 * missing, no Landlock). */
DZ_MUSTUSE enum dz_code
dz_extract(struct dz_box *box, const struct dz_extract_job *job, struct dz_extracted *ret,
           struct dz_err *err);

/** Send a few bytes of each kind through the box: whether reading works on this computer. Errors
 *  are
 * those of dz_extract; DZ_E_IO: a reader ends badly, and err names the kind. */
DZ_MUSTUSE enum dz_code
dz_extract_try(struct dz_box *box, struct dz_err *err);

/** "text", "repaired", "empty", "picture", "unsupported", "damaged", "too_large", "failed":
 * constants, as they stand in entries. */
const char *
dz_extract_status_name(enum dz_extract_status s);

/** The words for a `why`, in the language of the thread; "" for NULL. */
const char *
dz_extract_reason(const char *why);

#endif
