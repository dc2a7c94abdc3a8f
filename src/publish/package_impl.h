/* What the files of the package writer share: first what leaves is decided (select, entries), then
 * it is written (write, index, guide). */
#ifndef DZ_PACKAGE_IMPL_H
#define DZ_PACKAGE_IMPL_H

#include <jansson.h>

#include "dz_fact.h"
#include "dz_mask.h"
#include "dz_needles.h"
#include "dz_package_out.h"
#include "dz_source.h"
#include "dz_where.h"

#define PACK_TEXT_MAX ((size_t)1 << 30) /* bytes of one generated file */

enum pack_verdict { PACK_MAY, PACK_NOT_OPEN, PACK_NOT_BASIS, PACK_NOT_STATED };

struct pack_source {
    char id[DZ_ID_MAX];
    enum pack_verdict verdict;
    bool chosen; /* its entries are in the package */
    bool bare;   /* neither original nor text is: public, and names a private person */
    bool tells;  /* the original is not: public, and its file may tell who made it, and where */
    bool holds;  /* the original is not: something lies in it that stays here */
    char *name;
    char *sha256;
    char *object;
    char *codec;
    char *text_sha256; /* or NULL */
    char *language;    /* or NULL */
    uint64_t size;
    json_t *described; /* what holds of what people said; may be NULL */
    json_t *node;      /* of facts.jsonld; owned */
    size_t added;      /* index + 1 of its entry source.added */
};

/* Is its original in the package? */
static inline bool
dz_pack_has_original(const struct pack_source *s)
{
    return s->chosen && !s->bare && !s->tells && !s->holds;
}

struct pack_text { /* a text version that is in the package */
    size_t source;
    char *sha256;
    char *object;
    char *codec;
    uint64_t size;
    size_t entry;
};

struct pack_fact {
    char id[DZ_ID_MAX];
    char ref[64];  /* of the version shown */
    bool conflict; /* two versions stand against each other */
    bool reviewed;
    bool bulk;
    size_t entry; /* index + 1 */
};

struct pack_entry {
    char ref[64];
    char item[DZ_ID_MAX];
    char *proof;      /* path in the package */
    json_t *withheld; /* list of names */
    bool indexed;     /* named in the index by a file or a fact */
};

struct pack_log {
    char id[33];
    char *vkey;
    uint64_t size; /* of the checkpoint that proofs lead to */
    char *note;    /* path of it */
    bool used;
};

struct pack_stamp { /* a checkpoint that somebody stamped */
    size_t log;
    uint64_t size;
    char *note;        /* path */
    char *consistency; /* path; NULL where the proofs lead to this one */
    char *token;
    char *certificates;
    char *authority;
    char *time; /* as recorded; may be NULL */
};

struct pack {
    struct dz_vault *v;
    const struct dz_rules *rules;
    const struct dz_package_opts *o;
    struct dz_package_report *report;
    int64_t made_us;

    struct pack_source *sources;
    size_t n_sources;
    size_t cap_sources;
    json_t *source_ix; /* id -> index */
    struct pack_fact *facts;
    size_t n_facts;
    size_t cap_facts;
    json_t *fact_ix; /* id -> index */
    json_t *heads;   /* refs of versions of facts that stand */
    struct dz_where where; /* pages and times of quotes */
    json_t *wanted;  /* "source|sha256" of texts that passages stand in */
    json_t *taken;   /* those of them, and of the current ones, that are in the package */

    struct pack_text *texts;
    size_t n_texts;
    size_t cap_texts;
    struct pack_entry *entries;
    size_t n_entries;
    size_t cap_entries;
    struct pack_log *logs;
    size_t n_logs;
    size_t cap_logs;
    struct pack_stamp *stamps;
    size_t n_stamps;
    size_t cap_stamps;

    struct dz_masks masks; /* public: names by source */
    struct dz_needles names;   /* public: whole names of all sources */
    struct dz_needles secrets; /* in no file at all */
    struct dz_needles fields;  /* withheld fields, in no generated file */

    json_t *concepts; /* "list:code" and "place:id" that were used */
    struct dz_buf graph; /* nodes of facts, each followed by ",\n" */
    struct dz_buf custody;
};

/* ---- package_select.c: which sources and facts ---- */

DZ_MUSTUSE enum dz_code
dz_pack_select(struct pack *p, struct dz_err *err);
/** NULL when there is none. */
struct pack_source *
dz_pack_source(const struct pack *p, const char *id);
struct pack_fact *
dz_pack_fact(const struct pack *p, const char *id);
/** "data/texts/..." of a text version, appended to out. */
void
dz_pack_text_path(const char *source, const char *sha256, struct dz_buf *out);

/* ---- package_names.c: private persons ---- */

/** Learn the names in all sources, and mark those chosen that name somebody as bare. */
DZ_MUSTUSE enum dz_code
dz_pack_learn_names(struct pack *p, struct dz_err *err);
/** Whether the leak scan has something withheld of this text; NULL is no text. */
bool
dz_pack_leaks(struct pack *p, const char *item, const char *field, const char *text);
/** Whether publishing must change this text. */
bool
dz_pack_names_someone(struct pack *p, const char *source, const char *text);
/** The text with names replaced. */
void
dz_pack_mask(struct pack *p, const char *source, const char *text, struct dz_buf *out);
/** Whether a text version may be published: it is read and looked through. */
DZ_MUSTUSE enum dz_code
dz_pack_text_is_clean(struct pack *p, const struct pack_source *s, const char *sha256, bool *ret,
                      struct dz_err *err);

/* ---- package_entries.c: which entries, and which of their fields ---- */

DZ_MUSTUSE enum dz_code
dz_pack_entries(struct pack *p, struct dz_err *err);

/* ---- package_fields.c ---- */

/** Names of the fields of a body that are withheld; a new list. source is NULL for entries about
 *  facts. */
json_t *
dz_pack_withhold(struct pack *p, const struct dz_entry_view *e, const char *item);
/** Remember withheld values that must stand nowhere. */
DZ_MUSTUSE enum dz_code
dz_pack_remember(struct pack *p, const json_t *body, const json_t *withheld, struct dz_err *err);

/* ---- package_jsonld.c ---- */

/** Append the node of a fact to p->graph. */
DZ_MUSTUSE enum dz_code
dz_pack_fact_node(struct pack *p, const struct pack_fact *f, const struct pack_entry *e,
                  const json_t *body, const json_t *shown, struct dz_err *err);
/** All of facts.jsonld. */
DZ_MUSTUSE enum dz_code
dz_pack_jsonld(struct pack *p, struct dz_buf *out, struct dz_err *err);

/* ---- package_index.c ---- */

DZ_MUSTUSE enum dz_code
dz_pack_index(struct pack *p, struct dz_buf *out, struct dz_err *err);
/** bag-info.txt; needs the payload written. */
DZ_MUSTUSE enum dz_code
dz_pack_bag_info(struct pack *p, struct dz_bag_out *b, struct dz_buf *out, struct dz_err *err);
/** "data/originals/<source>/<name>", appended. */
void
dz_pack_original_path(const struct pack *p, const struct pack_source *s, struct dz_buf *out);

/* ---- package_stamps.c ---- */

/** Write keys and checkpoints of the logs that are used, and the timestamps that there are. */
DZ_MUSTUSE enum dz_code
dz_pack_checkpoints(struct pack *p, struct dz_bag_out *b, struct dz_err *err);

/* ---- package_write.c ---- */

/** Decide, write, search, record, name. */
DZ_MUSTUSE enum dz_code
dz_pack_make(struct pack *p, struct dz_err *err);

/* ---- package_guide.c ---- */

/** README in the language of the thread. */
DZ_MUSTUSE enum dz_code
dz_pack_guide(struct pack *p, struct dz_buf *out, struct dz_err *err);

#endif
