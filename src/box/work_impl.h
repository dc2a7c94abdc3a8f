/* What is behind struct dz_work, shared by the files work*.c and worker.c. */
#ifndef WORK_IMPL_H
#define WORK_IMPL_H

#include "dz_worker.h"

#define WORK_MAP_MAX ((size_t)64 << 20) /* bytes of a document that is looked at whole */
#define WORK_FIELDS_MAX 16              /* different keys of fields */
#define WORK_FIELD_CP 1000              /* code points of the value of a field */
#define WORK_META_MAX 4096              /* values of metadata; the rest is counted */

struct dz_work {
    char *name;
    char *media_type;
    char *options; /* "key=value", each with its NUL */
    size_t options_n;

    /* The document: in memory (bytes, read to pos), or behind fd. */
    int fd;              /* -1: none */
    bool is_file;
    uint64_t file_bytes;
    uint64_t file_pos;
    struct dz_view bytes; /* the whole of it, or what of a stream has been read for dz_work_map */
    size_t pos;
    void *map; /* a mapping of our own, or NULL */
    size_t map_n;

    /* Where what is said goes. TEXT comes in pieces of any size, in whole characters. */
    void (*emit)(struct dz_work *w, enum dz_wire_type type, struct dz_view payload);
    void (*end)(struct dz_work *w); /* after DONE; may not come back */
    struct dz_buf *out;
    int out_fd;

    struct dz_buf text; /* well-formed text that was not yet sent */
    char carry[4];      /* beginning of a character whose end has not come yet */
    size_t carry_n;
    uint64_t chars;
    uint64_t n_repaired;
    char fields[WORK_FIELDS_MAX][DZ_WIRE_KEY_MAX + 1];
    size_t n_fields;
    uint64_t n_meta;
    bool wants_parts;
    bool in_part;
    bool done;

    /* State of the readable protocol. */
    bool in_line;
    uint64_t part_bytes;
    uint32_t part_crc;
};

/** An empty one; all words are copied, options may be NULL. */
struct dz_work *
dz_work_new(const char *name, const char *media_type, const char *options);
/** Look at what fd is, while that can still be asked: stat takes paths, and is refused later. */
void
dz_work_measure(struct dz_work *w);
/** Send the text that is still held back. */
void
dz_work_flush_text(struct dz_work *w);

#endif
