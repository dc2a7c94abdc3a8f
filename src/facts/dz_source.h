/* Sources: preserved items, what is known about them, and their text.
 *
 * Adding preserves the bytes (sealed object and source.added); reading derives the text afterwards
 * (text.derived), from the sealed bytes and in the box, and preserves the files inside as sources
 * of
 * their own. Every file is reported when it is durable, never before. */
#ifndef DZ_SOURCE_H
#define DZ_SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_rules.h"
#include "dz_vault.h"

#define DZ_TEXT_MAX (64u << 20) /* bytes of one text version */

struct dz_box;
struct dz_source_row;

/* ---- adding ---- */

enum dz_add_outcome {
    DZ_ADD_PRESERVED, /* durable now */
    DZ_ADD_TEXT_READ, /* its text, or the reason why it has none, is durable now */
    DZ_ADD_DUPLICATE, /* the same bytes are here already: id is the source that holds them */
    /* No regular file: a symbolic link in a folder, a FIFO, a device, an empty file. */
    DZ_ADD_SKIPPED,
    /* Unreadable, changed while it was read, or damaged in the vault. */
    DZ_ADD_FAILED
};
/* What came of reading a source again. */
enum dz_add_again {
    DZ_AGAIN_NEW,  /* a new text version stands */
    DZ_AGAIN_SAME, /* the same as before: nothing was written */
    DZ_AGAIN_KEPT  /* it gave no text this time: the version before stays */
};
struct dz_add_report {
    enum dz_add_outcome outcome;
    const char *path;   /* as reached from the argument; bytes */
    const char *id;     /* source, or NULL */
    const char *sha256; /* hex, or NULL */
    uint64_t size_bytes;
    const char *text_status; /* "pending" when preserved, then "text", ...; else NULL */
    const char *message;     /* one translated line; NULL when all went well */
    enum dz_add_again again; /* read again only */
};
typedef void
dz_add_report_fn(void *ctx, const struct dz_add_report *r);
/** What a table says about a file, as dz_source_describe takes it (may hold basis and access);
 * borrowed, NULL: nothing. */
typedef const json_t *
dz_add_describe_fn(void *ctx, const char *path, const char *name);
enum dz_add_phase { DZ_PHASE_PRESERVING, DZ_PHASE_READING };
/** Files and bytes done so far; of how many files, 0 when that is not known. */
typedef void
dz_add_progress_fn(void *ctx, enum dz_add_phase phase, uint64_t n_files, uint64_t of,
                   uint64_t n_bytes);

struct dz_add_opts {
    /* published official testimony private_document unstated; NULL is unstated */
    const char *basis;
    const char *access; /* open restricted sealed; NULL is open */
    struct dz_box *box; /* reading only: where foreign bytes are parsed */
    const char *ocr;    /* reading only: "ukr+rus+eng", NULL for none */
    bool again;         /* reading only: sources that were read before, too */
    dz_add_report_fn *report;
    dz_add_describe_fn *describe;
    dz_add_progress_fn *progress;
    void *ctx; /* of the three */
    /* set by a signal handler: what is done is committed, then DZ_E_CANCELLED */
    const bool *cancel;
};
struct dz_add_summary {
    uint64_t n_preserved;
    uint64_t n_duplicates;
    uint64_t n_skipped;
    uint64_t n_failed;
    uint64_t n_read;
    uint64_t n_without_text; /* of those */
    uint64_t bytes;
};

/** Preserve files; folders are walked in byte order of their names, symbolic links inside them
 * named and skipped. A link given directly is followed. Problems of one file are reported and
 * do not stop the rest; an error means the vault itself cannot go on. DZ_E_USAGE: unknown basis
 * or access. */
DZ_MUSTUSE enum dz_code
dz_sources_add(struct dz_vault *v, const struct dz_rules *rules, const char *const *paths, size_t n,
               const struct dz_add_opts *opts, struct dz_add_summary *ret, struct dz_err *err);

/** Number of sources preserved but not yet read. */
DZ_MUSTUSE enum dz_code
dz_sources_backlog(struct dz_vault *v, uint64_t *ret, struct dz_err *err);
/** Read those, and what is found inside them; reports as dz_sources_add does. ret may be NULL.
 * DZ_E_NOTFOUND, DZ_E_DENIED: the box cannot be used, nothing was read. */
DZ_MUSTUSE enum dz_code
dz_sources_read_backlog(struct dz_vault *v, const struct dz_rules *rules,
                        const struct dz_add_opts *opts, struct dz_add_summary *ret,
                        struct dz_err *err);

/** Read certain ones (full ids), again when opts->again is set. */
DZ_MUSTUSE enum dz_code
dz_sources_read(struct dz_vault *v, const struct dz_rules *rules, const char *const *ids, size_t n,
                const struct dz_add_opts *opts, struct dz_add_summary *ret, struct dz_err *err);

/** Whether a source is worth reading again: an extractor with a newer version reads such files now,
 *  or the text failed. ocr: languages in which words in pictures would be read, NULL for not at
 *  all; a text that was read in others is worth it. */
bool
dz_source_is_outdated(const struct dz_source_row *row, const char *ocr);

/* ---- capturing ---- */

struct dz_capture_opts;
struct dz_captured;

/** Somebody else is writing, and what was fetched waits; said again about every ten seconds. */
typedef void
dz_capture_waiting_fn(void *ctx);
struct dz_source_capture {
    const struct dz_capture_opts *how; /* proxy, certificates and time come from the settings */
    const char *basis;   /* NULL is unstated */
    const char *access;  /* NULL is open */
    const char *title;   /* what a person calls it, or NULL */
    const char *vantage; /* what a person says of the way the request took, or NULL */
    dz_capture_waiting_fn *waiting; /* or NULL */
    void *ctx;                      /* of waiting */
};
/** Capture one page into a WARC, preserved as a source of its own (docs/format/capture.md). Others
 *  may write while it is fetched; then the write lock is waited for until how->cancel is set:
 *  DZ_E_LOCKED, and nothing was kept. ret says how it went, also what it is when the page could not
 *  be got: then ret_id is "" and nothing was kept. Errors as those of dz_capture; DZ_E_USAGE:
 *  unknown basis or access. */
DZ_MUSTUSE enum dz_code
dz_source_capture(struct dz_vault *v, const struct dz_rules *rules, const char *url,
                  const struct dz_source_capture *what, char ret_id[DZ_ID_MAX],
                  struct dz_captured *ret, struct dz_err *err);

/* ---- one source ---- */

/** All strings valid for the call of the callback, or until dz_source_done. NULL: not known.
 * Effective values: described by a person, else found in the file, else guessed from the head
 * of the text, else from the file name. */
struct dz_source_row {
    const char *id;
    const char *name;  /* file name as added */
    const char *doc;   /* the same without its ending */
    const char *title; /* never NULL: falls back to name */
    const char *publisher;
    const char *author;
    bool author_is_claim; /* a file that is no page says so, and no person */
    const char *published;    /* EDTF */
    const char *published_by; /* described meta head name text; NULL with published */
    const char *address;
    const char *language; /* en uk ru or another tag */
    const char *derivative_of; /* the source that it was taken out of or made from, or NULL */
    const char *basis;
    const char *access;
    const char *reliability;
    const char *media_type;
    const char *sha256; /* of the original */
    uint64_t size_bytes;
    const char *object; /* id and codec for dz_vault_read_object */
    const char *codec;
    const char *added;       /* time of its entry */
    const char *added_by;    /* member */
    const char *ref;         /* its entry */
    bool described;          /* a person has said something about it */
    const char *text_status; /* "text" ... or NULL: not read yet */
    const char *text_sha256; /* current version, or NULL */
    const char *text_object;
    const char *text_codec;
    const char *extractor;
    uint64_t text_chars; /* code points */
    const json_t *body;  /* {"added": {...}, "described": {...}, "text": {...}} */
};

/** What a source is decides what may leave. Published and official ones lie open anyway. Personal
 *  ones rest on somebody who told or lent something: testimonies, private documents, and a basis
 *  that only a later version knows. Unstated (also NULL) is neither: nobody has said yet. */
bool
dz_basis_is_public(const char *basis);
bool
dz_basis_is_personal(const char *basis);

/** One source held by the caller: zero it, pass it to dz_source_get, give it back with
 * dz_source_done. */
struct dz_source {
    struct dz_source_row row;
    json_t *body;
    char *doc;
};
/** DZ_E_NOTFOUND. id may be any unique beginning of at least 5 characters ("src-3"); DZ_E_INPUT
 * when several fit. */
DZ_MUSTUSE enum dz_code
dz_source_get(struct dz_vault *v, const char *id, struct dz_source *ret, struct dz_err *err);
void
dz_source_done(struct dz_source *s);
#define DZ_AUTO_SOURCE DZ_CLEANUP(dz_source_done)

/** Full id of a source or fact from a unique beginning. DZ_E_NOTFOUND, DZ_E_INPUT when several
 * fit. */
DZ_MUSTUSE enum dz_code
dz_item_resolve(struct dz_vault *v, const char *prefix, char ret_id[DZ_ID_MAX], struct dz_err *err);

struct dz_source_filter { /* NULL and 0: any */
    const char *basis;
    const char *access;
    const char *language;
    const char *publisher;
    const char *published; /* EDTF: those that may overlap it */
    bool without_text;
};
typedef enum dz_code
dz_source_fn(void *ctx, const struct dz_source_row *row, struct dz_err *err);
/** In the order in which they were added. Stops at the first error of fn. */
DZ_MUSTUSE enum dz_code
dz_sources_each(struct dz_vault *v, const struct dz_source_filter *filter, dz_source_fn *fn,
                void *ctx, struct dz_err *err);
/** Those that were taken out of, found in, or made from one (a full id), in the same order. */
DZ_MUSTUSE enum dz_code
dz_sources_inside(struct dz_vault *v, const char *id, dz_source_fn *fn, void *ctx,
                  struct dz_err *err);
/** Sources that hold it: it was taken out of them, or its bytes were found in them. Also ids of
 *  those
 * that were destroyed since. */
typedef enum dz_code
dz_container_fn(void *ctx, const char *container, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_source_containers(struct dz_vault *v, const char *id, dz_container_fn *fn, void *ctx,
                     struct dz_err *err);
/** How many sources inside one (a full id), at any depth, are not open, or personal: whoever hands
 * its original on hands those on, too. */
DZ_MUSTUSE enum dz_code
dz_source_protected_inside(struct dz_vault *v, const char *id, size_t *ret, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_sources_count(struct dz_vault *v, uint64_t *ret, struct dz_err *err);

/** The current text, at most DZ_TEXT_MAX, appended to out (zeroed, or of a fitting maximum);
 * ret_sha256 may be NULL. DZ_E_NOTFOUND when the source has no text (the message says why). */
DZ_MUSTUSE enum dz_code
dz_source_text(struct dz_vault *v, const char *id, struct dz_buf *out, char ret_sha256[DZ_HEX32],
               struct dz_err *err);
/** A certain version of it. DZ_E_NOTFOUND. */
DZ_MUSTUSE enum dz_code
dz_source_text_version(struct dz_vault *v, const char *id, const char *sha256, struct dz_buf *out,
                       struct dz_err *err);

/** Say what a source is: an object with any of title publisher author published address language
 * basis access reliability derivative_of source_type licence note tags; an empty string takes a
 * value back. Values are checked (EDTF, codes, address without user or password); DZ_E_INPUT
 * names the field. Basis and access pass on to what was taken out of the source. */
DZ_MUSTUSE enum dz_code
dz_source_describe(struct dz_vault *v, const struct dz_rules *rules, const char *id,
                   const json_t *fields, struct dz_err *err);

struct dz_described {
    size_t n_parts;    /* sources inside that changed with it */
    size_t n_stricter; /* that stay stricter than it, as was said of them */
};
/** The same, and how far it reached. Basis and access pass on to everything inside, at any depth,
 * in the same commit: a part takes over the strictest value of all that hold it. What was said of a
 * part itself is tightened with its container and never loosened below what was said, unless
 * all_parts is set: then the values are said of every part. ret may be NULL. */
DZ_MUSTUSE enum dz_code
dz_source_describe_parts(struct dz_vault *v, const struct dz_rules *rules, const char *id,
                         const json_t *fields, bool all_parts, struct dz_described *ret,
                         struct dz_err *err);

/* ---- custody and removal ---- */

/** Entries about an item in order: fn gets kind, time, member and ref of each; body may be NULL
 * when removed. */
DZ_MUSTUSE enum dz_code
dz_item_history(struct dz_vault *v, const char *id, dz_entry_fn *fn, void *ctx, struct dz_err *err);

struct dz_purge {
    size_t n_objects;
    size_t n_bodies;
    size_t n_facts; /* purged with a source */
    size_t n_parts; /* sources taken out of it, purged with it */
    size_t n_held;  /* sources inside it that stay, because a further source holds them */
};
enum { DZ_PURGE_FACTS = 1, DZ_PURGE_PARTS = 2 };
/** Remove a source or fact added in error: its bodies and the objects that nothing else uses are
 * destroyed; what stays is an entry that says which id, when, by whom, and reason. A source with
 * others that were taken out of it alone is refused with DZ_E_DENIED, which names how many, unless
 * with has DZ_PURGE_PARTS: then those go in the same commit. So is one on which facts rest, unless
 * those are withdrawn or with has DZ_PURGE_FACTS; a fact that also rests on a source that stays is
 * always in the way. reason is required (1..500 bytes). */
DZ_MUSTUSE enum dz_code
dz_item_purge(struct dz_vault *v, const char *id, const char *reason, unsigned with,
              struct dz_purge *ret, struct dz_err *err);

#endif
