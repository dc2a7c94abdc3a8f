/* Shared by the bag_*.c files. */
#ifndef BAG_READ_IMPL_H
#define BAG_READ_IMPL_H

#include <unicode/ucnv.h>

#include "dz_bag.h"
#include "dz_hash.h"

/* --- bag_text.c: lines of a tag file --- */

/* What a line reader noticed about the file besides its lines. */
enum bag_text_mark {
    BAG_TEXT_BOM = 1,      /* UTF-8 with a byte order mark */
    BAG_TEXT_OPEN_END = 2, /* the last line has no end */
};

struct bag_text {
    int fd;
    UConverter *from; /* NULL where the file is UTF-8 */
    UConverter *to;
    UChar *pivot;
    UChar *pivot_from;
    UChar *pivot_to;
    char *raw; /* bytes of the file */
    size_t n_raw;
    size_t pos_raw;
    char *text; /* the same in UTF-8; raw itself where it is UTF-8 */
    size_t n_text;
    size_t pos_text;
    uint64_t bytes; /* read so far */
    bool at_end;    /* of the file */
    bool flushed;   /* the converter has given all */
    bool after_cr;  /* an LF now belongs to the line end before */
    bool started;
    unsigned marks;       /* enum bag_text_mark */
    uint64_t line_number; /* of the last line given, from 1 */
    struct dz_buf line;
};

/* Whether tag files in this encoding can be read; the names that are known are in bag_text.c. */
bool
dz_bag_encoding_known(const char *name);
/* Take the file over: dz_bag_text_done closes it, also after an error. Before it, t->fd is -1.
 * DZ_E_INPUT: unknown encoding. */
DZ_MUSTUSE enum dz_code
dz_bag_text_open(struct bag_text *t, int fd, const char *encoding, struct dz_err *err);
void
dz_bag_text_done(struct bag_text *t);
/* Next line, in UTF-8 and without its end, borrowed until the next call; *ret_end at the end of the
 * file. DZ_E_INPUT: bytes that are not of the encoding, or a NUL; DZ_E_LIMIT: line or file too
 * long. */
DZ_MUSTUSE enum dz_code
dz_bag_text_line(struct bag_text *t, struct dz_view *ret, bool *ret_end, struct dz_err *err);

/* --- bag_path.c: paths as they are listed --- */

/* Rules of a version. */
struct bag_version {
    unsigned major;
    unsigned minor;
};
static inline bool
dz_bag_version_is_1(struct bag_version v)
{
    return v.major >= 1;
}

enum bag_path_note {
    BAG_PATH_DOT_SLASH = 1, /* began with "./", which was taken away */
    BAG_PATH_BACKSLASH = 2, /* holds a backslash */
    BAG_PATH_PERCENT = 4,   /* 1.0: a percent sign that stands for itself */
    BAG_PATH_DECODED = 8,   /* something was decoded */
};
/* A listed path as a path on disk, appended to out. NULL, or why it is refused (translated). */
const char *
dz_bag_path_take(struct dz_view listed, struct bag_version v, struct dz_buf *out,
                 unsigned *ret_notes);
/* Unicode forms of a path. false when it is not UTF-8 or too long; out as before then. */
enum bag_form { BAG_FORM_NFC, BAG_FORM_NFD, BAG_FORM_FOLDED };
bool
dz_bag_path_form(struct dz_view path, enum bag_form form, struct dz_buf *out);

/* --- bag_table.c: one record a listed file --- */

enum bag_flag {
    BAG_LISTED = 1,    /* some manifest lists it */
    BAG_FOUND = 2,     /* a regular file of that name is there */
    BAG_DIFFERS = 4,   /* its content is not what a manifest says */
    BAG_FETCH = 8,     /* fetch.txt lists it */
    BAG_REPORTED = 16, /* its absence was told */
};

struct bag_record {
    uint8_t path[16]; /* keyed hash of the path */
    uint8_t flags;
    uint8_t marks; /* enum dz_bag_mark */
    uint8_t listed_by; /* bit for each algorithm of the manifests of its kind */
};

struct bag_table {
    uint8_t key[32]; /* random: nobody can make paths that meet in the table */
    size_t stride;   /* bytes of one record with its digests */
    unsigned n_algs;
    uint8_t *records;
    size_t n;
    size_t cap;
    uint32_t *slots; /* number of a record + 1; 0 is free */
    size_t n_slots;
    uint64_t *folded; /* set of folded paths; 0 is free */
    size_t n_folded;
    size_t n_folded_slots;
};

void
dz_bag_table_init(struct bag_table *t, unsigned n_algs);
void
dz_bag_table_done(struct bag_table *t);
struct bag_record *
dz_bag_table_find(const struct bag_table *t, struct dz_view path);
/* The record of a path, made when there is none. DZ_E_LIMIT: too many. */
DZ_MUSTUSE enum dz_code
dz_bag_table_put(struct bag_table *t, struct dz_view path, struct bag_record **ret, bool *ret_new,
                 struct dz_err *err);
/* Remember the folded form of a new path: true when another path had it. */
bool
dz_bag_table_meets(struct bag_table *t, struct dz_view path);
/* What is kept of a digest: 16 bytes under the table's key. */
void
dz_bag_table_digest(const struct bag_table *t, enum dz_hash_alg alg, const uint8_t *digest,
                    uint8_t ret[16]);
uint8_t *
dz_bag_table_expected(const struct bag_table *t, struct bag_record *r, unsigned alg_ix);

/* --- the check itself --- */

struct dz_bag {
    int dir;
    dz_check_fn *fn;
    void *ctx;
    struct dz_bag_report report;
    struct bag_version version;
    /* algorithms of payload and tag manifests together; a record's digests stand in this order */
    enum dz_hash_alg algs[DZ_HASH_ALGS];
    unsigned n_algs;
    uint8_t payload_algs; /* bits: there is a payload manifest of it */
    uint8_t tag_algs;
    struct dz_hash *hashes[DZ_HASH_ALGS];
    struct bag_table table;
    char *chunk;
    bool has_oxum;
    uint64_t oxum_bytes;
    uint64_t oxum_files;
    uint64_t n_seen; /* names met in the folder */
};

void
dz_bag_say(struct dz_bag *b, enum dz_check_class cls, const char *code, const char *thing,
           const char *message);
/* The same for a line of a tag file: thing is "name:number". */
void
dz_bag_say_line(struct dz_bag *b, enum dz_check_class cls, const char *code, const char *file,
                uint64_t line, const char *message);
/* Open a tag file for reading lines. *ret_there false when there is none or it is no file: that is
 * said here, but for absence. */
DZ_MUSTUSE enum dz_code
dz_bag_open_tag(struct dz_bag *b, const char *name, struct bag_text *t, bool *ret_there,
                struct dz_err *err);
/* Next line; what is wrong with the text is said, and the file ends there. */
DZ_MUSTUSE enum dz_code
dz_bag_next_line(struct dz_bag *b, const char *name, struct bag_text *t, struct dz_view *ret,
                 bool *ret_end, struct dz_err *err);

/* bag_declare.c */
DZ_MUSTUSE enum dz_code
dz_bag_declaration(struct dz_bag *b, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_bag_info(struct dz_bag *b, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_bag_fetch(struct dz_bag *b, struct dz_err *err);

/* bag_manifest.c */
/* Name of manifest number ix of a kind: "manifest-sha256.txt". Caller frees. */
char *
dz_bag_manifest_name(bool tag, enum dz_hash_alg alg);
DZ_MUSTUSE enum dz_code
dz_bag_manifests_find(struct dz_bag *b, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_bag_manifests_read(struct dz_bag *b, struct dz_err *err);
/* Read them once more and name what they list and was not found, or was not listed everywhere. */
DZ_MUSTUSE enum dz_code
dz_bag_manifests_name(struct dz_bag *b, struct dz_err *err);

#endif
