/* Shared by the package_*.c files that check a package. */
#ifndef PACKAGE_READ_IMPL_H
#define PACKAGE_READ_IMPL_H

#include "dz_json.h"
#include "dz_package.h"
#include "dz_proof.h"

#define PACKAGE_PATH_MAX 1024u         /* bytes of a path in the index */
#define PACKAGE_ELEMENT_MAX (6u << 20) /* bytes of one element: a body has at most 4 MiB */
#define PACKAGE_VALUES_MAX 200000u     /* values in one element */
#define PACKAGE_SET_MAX (1u << 20)

/* --- package_json.c: JSON of any length, an element at a time --- */

/* One value of the top-level object, or one element of a list in it. The value belongs to the
 * caller of the function. bytes is what stood in the file. */
typedef enum dz_code
package_json_fn(void *ctx, const char *key, const json_t *value, bool in_list, struct dz_err *err);

enum package_json_form {
    PACKAGE_JSON_ANY,
    PACKAGE_JSON_CANONICAL /* RFC 8785 and a newline, nothing else */
};
/* Calls fn for each. DZ_E_INPUT: not such a file, with line of reason; DZ_E_LIMIT: an element is
 * too
 * large. */
DZ_MUSTUSE enum dz_code
dz_package_json(int fd, enum package_json_form form, package_json_fn *fn, void *ctx,
                struct dz_err *err);
/* The same for lines of canonical JSON; key is NULL. */
DZ_MUSTUSE enum dz_code
dz_package_json_lines(int fd, package_json_fn *fn, void *ctx, struct dz_err *err);

/* --- package_set.c: a set of names, 8 bytes each --- */

struct package_set {
    uint8_t key[32];
    uint64_t *slots;
    size_t n_slots;
    size_t n;
};
void
dz_package_set_init(struct package_set *s);
void
dz_package_set_done(struct package_set *s);
/* a and b together name something; *ret_new false when it was there. DZ_E_LIMIT. */
DZ_MUSTUSE enum dz_code
dz_package_set_put(struct package_set *s, const char *a, const char *b, bool *ret_new,
                   struct dz_err *err);
bool
dz_package_set_has(const struct package_set *s, const char *a, const char *b);

/* --- the check --- */

struct package_log {
    char id[33];
    char *vkey;
    char *path; /* of the checkpoint that proofs lead to */
    struct dz_note_key key;
    struct dz_buf note;
    struct dz_checkpoint checkpoint;
    bool good; /* key and checkpoint hold */
};

/* A checkpoint that was stamped. */
struct package_point {
    size_t log;
    uint64_t size;
    char *path;
    bool good; /* signed, of this size, leads to the log's */
};

struct package_stamp {
    size_t log;
    uint64_t size;
    int64_t time_us; /* not later than this */
    char authority[256];
};

struct package {
    int dir;
    const struct dz_package_trust *trust;
    dz_check_fn *fn;
    void *ctx;
    struct dz_package_result result;
    struct dz_bag *bag;
    bool has_format;
    bool custody_read; /* to its end */
    struct package_log *logs;
    size_t n_logs;
    size_t cap_logs;
    struct package_point *points;
    size_t n_points;
    size_t cap_points;
    struct package_stamp *stamps;
    size_t n_stamps;
    size_t cap_stamps;
    struct package_set texts;     /* item, path: texts that the index names and that hold */
    struct package_set originals; /* item, sha256: what proofs say of sources */
    struct package_set facts;     /* item, proof: of the index */
    struct package_set nodes;     /* item, proof: of facts.jsonld */
};

void
dz_package_say(struct package *p, enum dz_check_class cls, const char *code, const char *thing,
               const char *message);
/* The same with a message in the manner of printf; format is translated here. */
void
dz_package_sayf(struct package *p, enum dz_check_class cls, const char *code, const char *thing,
                const char *format, ...) DZ_PRINTF(5, 6);
/* A path of the index: inside the bag, listed and found there. False was told. */
bool
dz_package_path(struct package *p, const char *path, const char *folder, const char *named_by);
/* A whole small file; what is wrong with it is told, then *ret_good is false. */
DZ_MUSTUSE enum dz_code
dz_package_slurp(struct package *p, const char *path, size_t max, struct dz_buf *out,
                 bool *ret_good, struct dz_err *err);

/* package_sign.c: number 2 */
DZ_MUSTUSE enum dz_code
dz_package_signature(struct package *p, struct dz_err *err);

/* package_index.c: numbers 3 and 5, and the lists of the index */
DZ_MUSTUSE enum dz_code
dz_package_index_first(struct package *p, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_package_index_second(struct package *p, struct dz_err *err);
/* Which facts of the index have no node in facts.jsonld. */
DZ_MUSTUSE enum dz_code
dz_package_index_facts(struct package *p, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_package_unnamed(struct package *p, struct dz_err *err);

/* package_log.c: the logs of the index, number 4 */
struct package_log *
dz_package_log_of(struct package *p, const char *id);
DZ_MUSTUSE enum dz_code
dz_package_add_log(struct package *p, const json_t *element, struct dz_err *err);
/* A proof of the index: read, and checked unless it was. *ret_good false when it does not hold,
 * which
 * is told once. Give back with dz_proof_done. */
DZ_MUSTUSE enum dz_code
dz_package_proof(struct package *p, const char *path, const char *named_by, struct dz_proof *ret,
                 bool *ret_good, struct dz_err *err);
/* Name -> value of what a proof shows; caller owns. */
json_t *
dz_package_shown(const struct dz_proof *proof);

/* package_stamp.c: numbers 8 and 9 */
DZ_MUSTUSE enum dz_code
dz_package_add_point(struct package *p, const json_t *element, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_package_add_stamp(struct package *p, const json_t *element, struct dz_err *err);
/* Tell since when an entry is known to have existed. */
void
dz_package_existed(struct package *p, const char *thing, const struct dz_proof *proof);

/* package_facts.c: number 6 */
DZ_MUSTUSE enum dz_code
dz_package_facts(struct package *p, struct dz_err *err);

/* package_quote.c: a quote in a text of any length */
enum package_quote {
    PACKAGE_QUOTE_SAME,
    PACKAGE_QUOTE_OTHER,  /* other characters stand there */
    PACKAGE_QUOTE_SHORT,  /* the text ends before */
    PACKAGE_QUOTE_BEFORE, /* the words are there; before them stand others than the prefix */
    PACKAGE_QUOTE_AFTER
};
struct package_quote_at {
    int64_t start; /* code points */
    int64_t end;
    const char *exact;
    const char *prefix; /* may be NULL, as suffix */
    const char *suffix;
};
DZ_MUSTUSE enum dz_code
dz_package_quote(int fd, const struct package_quote_at *q, enum package_quote *ret,
                 struct dz_err *err);

/* package_custody.c: number 7 */
DZ_MUSTUSE enum dz_code
dz_package_custody(struct package *p, struct dz_err *err);

#endif
