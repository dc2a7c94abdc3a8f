#include "things.h"

#include <string.h>

#include "dz_hash.h"
#include "dz_mem.h"
#include "dz_os.h"

#define FIRST_SLOTS 1024

void
dz_things_init(struct things *t)
{
    *t = (struct things){.slots = NULL};
    dz_os_random(t->secret, sizeof t->secret);
    t->n_slots = FIRST_SLOTS;
    t->slots = dz_alloc_array(t->n_slots, sizeof *t->slots);
}

void
dz_things_done(struct things *t)
{
    dz_free(t->slots);
    *t = (struct things){.slots = NULL};
}

static void
tag_of(const struct things *t, enum dz_thing_class cls, const struct dz_hash32 *sha256,
       uint8_t ret[15])
{
    uint8_t head[sizeof t->secret + 1];
    memcpy(head, t->secret, sizeof t->secret);
    head[sizeof t->secret] = (uint8_t)cls;
    uint8_t digest[DZ_SHA256_BYTES];
    dz_sha256_2(head, sizeof head, sha256->b, sizeof sha256->b, digest);
    memcpy(ret, digest, 15);
}

/* The slot that holds the tag, or the free one where it belongs. */
static struct thing_record *
slot_for(struct thing_record *slots, size_t n_slots, const uint8_t tag[15])
{
    uint64_t at;
    memcpy(&at, tag, sizeof at);
    for (size_t i = (size_t)at & (n_slots - 1);; i = (i + 1) & (n_slots - 1))
        if (slots[i].flags == 0 || memcmp(slots[i].tag, tag, sizeof slots[i].tag) == 0)
            return &slots[i];
}

struct thing_record *
dz_things_find(const struct things *t, enum dz_thing_class cls, const struct dz_hash32 *sha256)
{
    uint8_t tag[15];
    tag_of(t, cls, sha256, tag);
    struct thing_record *r = slot_for(t->slots, t->n_slots, tag);
    return r->flags == 0 ? NULL : r;
}

static void
double_slots(struct things *t)
{
    size_t n = 2 * t->n_slots;
    struct thing_record *slots = dz_alloc_array(n, sizeof *slots);
    for (size_t i = 0; i < t->n_slots; i++)
        if (t->slots[i].flags != 0)
            *slot_for(slots, n, t->slots[i].tag) = t->slots[i];
    dz_free(t->slots);
    t->slots = slots;
    t->n_slots = n;
}

/* The log that was read is over: what it ended with is kept. */
static void
settle_one(struct thing_record *r)
{
    if ((r->flags & THING_NOW_IN) != 0)
        r->flags |= THING_BROUGHT;
    if ((r->flags & THING_NOW_OUT) != 0)
        r->flags |= THING_REMOVED;
    r->flags &= (uint8_t) ~(THING_NOW_IN | THING_NOW_OUT);
}

void
dz_things_touch(struct things *t, enum dz_thing_class cls, const struct dz_hash32 *sha256,
                uint32_t log, bool brings, uint64_t size_bytes)
{
    if (t->n_used >= t->n_slots - t->n_slots / 4)
        double_slots(t);
    uint8_t tag[15];
    tag_of(t, cls, sha256, tag);
    struct thing_record *r = slot_for(t->slots, t->n_slots, tag);
    if (r->flags == 0) {
        memcpy(r->tag, tag, sizeof r->tag);
        r->log = log;
        t->n_used++;
    }
    if (r->log != log) {
        settle_one(r);
        r->log = log;
    }
    r->flags &= (uint8_t) ~(THING_NOW_IN | THING_NOW_OUT);
    r->flags |= brings ? THING_NOW_IN : THING_NOW_OUT;
    if (brings)
        r->size_bytes = size_bytes;
    if (cls == DZ_THING_BODY)
        r->flags |= THING_BODY;
}

void
dz_things_settle(struct things *t)
{
    for (size_t i = 0; i < t->n_slots; i++)
        settle_one(&t->slots[i]);
}
