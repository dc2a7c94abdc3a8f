/* The stored things that leaves speak of: one small record each, found by class and hash. */
#ifndef THINGS_H
#define THINGS_H

#include "dz_entry.h"

enum {
    THING_BROUGHT = 1, /* some log ends with it brought */
    THING_REMOVED = 2, /* some log ends with it removed */
    THING_FOUND = 4,   /* it is stored */
    THING_DAMAGED = 8, /* it is stored, and was reported as damaged */
    THING_NOW_IN = 16,  /* state in the log being read: brought */
    THING_NOW_OUT = 32, /* state in the log being read: removed */
    THING_BODY = 64,    /* a sealed body: it stands in a frame and not in a file */
    THING_EMPTY = 128   /* of a body: its frame was found empty */
};

struct thing_record {
    uint8_t tag[15];
    uint8_t flags; /* 0: free slot */
    uint32_t log;  /* the log that THING_NOW_... speaks of */
    uint64_t size_bytes;
};

struct things {
    uint8_t secret[16]; /* keys the tags, so that nobody can prepare two things with one tag */
    struct thing_record *slots;
    size_t n_slots; /* power of two */
    size_t n_used;
};
void
dz_things_init(struct things *t);
void
dz_things_done(struct things *t);
/* Borrowed until the next dz_things_touch; NULL when unknown. */
struct thing_record *
dz_things_find(const struct things *t, enum dz_thing_class cls, const struct dz_hash32 *sha256);
/* A leaf of log number `log` brings or removes the thing. */
void
dz_things_touch(struct things *t, enum dz_thing_class cls, const struct dz_hash32 *sha256,
                uint32_t log, bool brings, uint64_t size_bytes);
/* Call once after the last leaf. */
void
dz_things_settle(struct things *t);

#endif
